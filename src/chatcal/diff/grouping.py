"""Session changes in sentences; a run of sessions that change alike is one sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal.diff.session_changes import SessionChange, append_time
from chatcal.english import format_count, join_list
from chatcal.recurrence.date_runs import DateContext, summarize_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, without a full stop, and the changes that it tells of, by day."""

    text: str
    changes: tuple[SessionChange, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.changes[0].kinds


_MAX_SENTENCES = 12
"""If one kind of change takes more sentences, they become one with examples."""
_MAX_EXAMPLES = 3
_KIND_TEXTS = {
    "added": "sessions are added", "removed": "sessions are removed", "cancelled": "sessions are cancelled",
    "revived": "sessions are held after all", "reason": "other reasons", "moved": "sessions are moved",
    "retimed": "times change", "length": "lengths change", "topic": "topics change", "title": "names change",
    "hosts": "hosts change", "confirmed": "sessions are confirmed", "unconfirmed": "sessions are marked as unconfirmed",
    "certain": "sessions are held for certain", "uncertain": "sessions may not be held",
    "place": "places change", "join": "addresses to join change", "links": "links change",
    "note": "notes change", "stands": "",
}  # fmt: skip


def group_changes(changes: Iterable[SessionChange], context: DateContext) -> list[Sentence]:
    """Return changes in sentences, by their first days; like ones share a sentence, and so do many of one kind."""
    alike: dict[tuple[str, str], list[SessionChange]] = defaultdict(list)
    for one in sorted(changes, key=_get_sort_key):
        alike[one.time, one.text].append(one)
    by_kinds: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for group in alike.values():
        by_kinds[group[0].kinds].append(Sentence(text=_format_group(group, context), changes=tuple(group)))
    sentences: list[Sentence] = []
    for found in by_kinds.values():
        sentences += [_merge_sentences(found, context)] if len(found) > _MAX_SENTENCES else found
    return sorted(sentences, key=lambda one: _get_sort_key(one.changes[0]))


def _get_sort_key(one: SessionChange) -> tuple[date, str, str]:
    return one.day, one.time, one.slot


def _format_group(group: Sequence[SessionChange], context: DateContext) -> str:
    first = group[0]
    if "moved" in first.kinds:
        return first.text
    days = append_time(summarize_dates([one.day for one in group], context), first.time, len(group))
    return _join_parts(days, first.text, len(group))


def _join_parts(days: str, what: str, count: int) -> str:
    return f"{days}{': ' if what else ''}{what}" + (f", {format_count(count, 'session')}" if count > 2 else "")


def _merge_sentences(sentences: Sequence[Sentence], context: DateContext) -> Sentence:
    changes = sorted((one for sentence in sentences for one in sentence.changes), key=_get_sort_key)
    days = summarize_dates(sorted({one.day for one in changes}), context)
    what = join_list([_KIND_TEXTS[kind] for kind in changes[0].kinds if _KIND_TEXTS[kind]])
    examples = "; ".join(one.text for one in sentences[:_MAX_EXAMPLES])
    text = f"{_join_parts(days, what, len(changes))}, among them {examples}"
    return Sentence(text=text, changes=tuple(changes))
