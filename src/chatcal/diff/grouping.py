"""What becomes of sessions, in sentences; runs of sessions that the same becomes of are one sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal.diff.session_changes import SessionChange, append_time
from chatcal.english import format_count, join_list
from chatcal.recurrence import date_runs
from chatcal.recurrence.date_runs import DateContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, without a full stop, and the steps that it tells of, by day."""

    text: str
    changes: tuple[SessionChange, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What becomes of the sessions."""
        return self.changes[0].kinds


_MAX_SENTENCES = 12
"""So many sentences of one kind are told one by one."""


_MAX_EXAMPLES = 3
"""So many of more are told as examples."""


_KIND_TEXTS = {
    "added": "sessions are added", "removed": "sessions are removed", "cancelled": "sessions are cancelled",
    "revived": "sessions are held after all", "reason": "other reasons", "moved": "sessions are moved",
    "retimed": "times change", "length": "lengths change", "topic": "topics change", "title": "names change",
    "hosts": "hosts change", "confirmed": "sessions are confirmed", "unconfirmed": "sessions are marked as unconfirmed",
    "join": "places to join change", "note": "notes change", "stands": "",
}  # fmt: skip


def group_changes(steps: Iterable[SessionChange], reach: DateContext) -> list[Sentence]:
    """Return steps in sentences, by their first days; like ones share a sentence, and so do many of one kind."""
    alike: dict[tuple[str, str], list[SessionChange]] = defaultdict(list)
    for one in sorted(steps, key=_get_sort_key):
        alike[one.time, one.text].append(one)
    kinds: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for group in alike.values():
        found = Sentence(text=_format_group(group, reach), changes=tuple(group))
        kinds[found.kinds].append(found)
    told = [
        one
        for found in kinds.values()
        for one in ([_merge_sentences(found, reach)] if len(found) > _MAX_SENTENCES else found)
    ]
    return sorted(told, key=lambda one: _get_sort_key(one.changes[0]))


def _get_sort_key(one: SessionChange) -> tuple[date, str, str]:
    return one.day, one.time, one.slot


def _format_group(group: Sequence[SessionChange], reach: DateContext) -> str:
    first = group[0]
    if "moved" in first.kinds:
        return first.text
    days = date_runs.summarize_dates([one.day for one in group], reach)
    return f"{append_time(days, first.time, len(group))}{': ' if first.text else ''}{first.text}{_add_count(group)}"


def _add_count(group: Sequence[SessionChange]) -> str:
    return f", {format_count(len(group), 'session')}" if len(group) > 2 else ""


def _merge_sentences(found: Sequence[Sentence], reach: DateContext) -> Sentence:
    steps = tuple(sorted((one for sentence in found for one in sentence.changes), key=_get_sort_key))
    days = date_runs.summarize_dates(sorted({one.day for one in steps}), reach)
    what = join_list([_KIND_TEXTS[kind] for kind in found[0].kinds if _KIND_TEXTS[kind]])
    examples = "; ".join(one.text for one in found[:_MAX_EXAMPLES])
    return Sentence(text=f"{days}{': ' if what else ''}{what}{_add_count(steps)}, among them {examples}", changes=steps)
