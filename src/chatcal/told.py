"""What becomes of sessions, in sentences; runs of sessions that the same becomes of are one sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal import runs
from chatcal.becomes import Step, with_time
from chatcal.runs import Reach
from chatcal.words import counted, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, without a full stop, and the steps that it tells of, by day."""

    text: str
    steps: tuple[Step, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What becomes of the sessions."""
        return self.steps[0].kinds


_MOST = 12
"""So many sentences of one kind are told one by one."""
_SHOWN = 3
"""So many of more are told as examples."""

_OF_KIND = {
    "added": "sessions are added", "removed": "sessions are removed", "cancelled": "sessions are cancelled",
    "revived": "sessions are held after all", "reason": "other reasons", "moved": "sessions are moved",
    "retimed": "times change", "length": "lengths change", "topic": "topics change", "title": "names change",
    "hosts": "hosts change", "confirmed": "sessions are confirmed", "unconfirmed": "sessions are marked as unconfirmed",
    "join": "places to join change", "note": "notes change", "stands": "",
}  # fmt: skip


def sentences(steps: Iterable[Step], reach: Reach) -> list[Sentence]:
    """Return steps in sentences, by their first days; like ones share a sentence, and so do many of one kind."""
    alike: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for one in sorted(steps, key=_order):
        alike[one.time, one.said].append(one)
    kinds: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for group in alike.values():
        found = Sentence(text=_text(group, reach), steps=tuple(group))
        kinds[found.kinds].append(found)
    told = [one for found in kinds.values() for one in ([_of_many(found, reach)] if len(found) > _MOST else found)]
    return sorted(told, key=lambda one: _order(one.steps[0]))


def _order(one: Step) -> tuple[date, str, str]:
    return one.day, one.time, one.slot


def _text(group: Sequence[Step], reach: Reach) -> str:
    first = group[0]
    if "moved" in first.kinds:
        return first.said
    days = runs.spoken([one.day for one in group], reach)
    return f"{with_time(days, first.time, len(group))}{': ' if first.said else ''}{first.said}{_count(group)}"


def _count(group: Sequence[Step]) -> str:
    return f", {counted(len(group), 'session')}" if len(group) > 2 else ""


def _of_many(found: Sequence[Sentence], reach: Reach) -> Sentence:
    steps = tuple(sorted((one for sentence in found for one in sentence.steps), key=_order))
    days = runs.spoken(sorted({one.day for one in steps}), reach)
    what = listed([_OF_KIND[kind] for kind in found[0].kinds if _OF_KIND[kind]])
    examples = "; ".join(one.text for one in found[:_SHOWN])
    return Sentence(text=f"{days}{': ' if what else ''}{what}{_count(steps)}, among them {examples}", steps=steps)
