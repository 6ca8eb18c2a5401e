"""What becomes of one session, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from chatcal.model import Length
from chatcal.runs import Reach
from chatcal.seen import Seen
from chatcal.spoken import length_of
from chatcal.words import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of one session."""

    slot: str
    """Its UID without the domain."""
    day: date
    time: str
    """`13:00 (Toronto)`, where the change itself does not name it."""
    kinds: tuple[str, ...]
    """For programs, any of: added, removed, cancelled, revived, reason, moved, retimed, length, topic, title, hosts,
    confirmed, unconfirmed, join, note."""
    said: str
    before: Seen | None
    after: Seen | None


def step(before: Seen, after: Seen, reach: Reach, *, past: bool = False) -> Step | None:
    """Return what becomes of a session that is there before and after; None where nothing is worth a word.

    Of a past one nobody wants to know where to join it, or whether it is confirmed.
    """
    found = [(kind, words) for kind, words in _differences(before, after, reach) if not (past and kind in _COMING)]
    if not found:
        return None
    kinds = tuple(kind for kind, _ in found)
    timed = not {"moved", "retimed"} & set(kinds)
    return Step(
        slot=after.slot,
        day=before.day,
        time=time_of(before) if timed else "",
        kinds=kinds,
        said="; ".join(phrase for _, phrase in found),
        before=before,
        after=after,
    )


_COMING = ("confirmed", "unconfirmed", "join")


def added(after: Seen) -> Step:
    """Return that a session appears, and what is special about it."""
    return _alone(after, "added", ["added", *_special(after)], before=None, after=after)


def removed(before: Seen) -> Step:
    """Return that a session leaves."""
    return _alone(before, "removed", ["removed"], before=before, after=None)


def stands(one: Seen, reach: Reach) -> Step:
    """Return a session as it is: all that a feed alone can tell."""
    if one.moved_from is None:
        return _alone(one, "stands", _special(one), before=None, after=one)
    moved = f"{one.moved_from} moved to {_when(one, reach)}"
    return _alone(one, "moved", [moved, *_special(one)], before=None, after=one)


def _alone(one: Seen, kind: str, said: Iterable[str], *, before: Seen | None, after: Seen | None) -> Step:
    """Return what becomes of a session that stands beside no other."""
    return Step(
        slot=one.slot, day=one.day, time=time_of(one), kinds=(kind,), said="; ".join(said), before=before, after=after
    )


def _special(one: Seen) -> Iterator[str]:
    if one.cancelled is not None:
        yield _cancelled(one.cancelled)
    if one.topic:
        yield f"the topic is {_quoted(one.topic)}"
    if one.title:
        yield f"called {_quoted(one.title)}"
    if one.hosts:
        yield f"hosted by {one.hosts}"


def _cancelled(reason: str) -> str:
    return f"cancelled ({reason})" if reason else "cancelled"


def _quoted(text: str) -> str:
    return f"\u201c{text}\u201d"


def time_of(one: Seen) -> str:
    """Return what is known of a session's time: `13:00 (Toronto)`, `afternoon in Paris`; nothing for a whole day."""
    if isinstance(one.wall, datetime):
        return f"{clock(one.wall)} ({one.place or 'UTC'})"
    return one.vague or ""


def _differences(before: Seen, after: Seen, reach: Reach) -> Iterator[tuple[str, str]]:
    yield from _time(before, after, reach)
    if before.cancelled is None and after.cancelled is not None:
        yield "cancelled", _cancelled(after.cancelled)
    elif before.cancelled is not None and after.cancelled is None:
        yield "revived", "held after all"
    elif before.cancelled != after.cancelled:
        yield "reason", f"{_cancelled(after.cancelled or '')} instead of {_cancelled(before.cancelled or '')}"
    yield from _names(before, after)
    if before.hosts != after.hosts:
        yield "hosts", _given(before.hosts, after.hosts, "hosted by {}", "no host any more; it was {}")
    if before.cancelled is None and after.cancelled is None and before.unconfirmed != after.unconfirmed:
        kind, words = ("unconfirmed", "marked") if after.unconfirmed else ("confirmed", "no longer marked")
        yield kind, f"{words} as unconfirmed"
    here, there = before.event.location or "", after.event.location or ""
    if here != there:
        yield "join", _given(here, there, "takes place at {}", "no place to join any more; it was {}")
    old, new = (_quoted(" ".join(one.notes)) if one.notes else "" for one in (before, after))
    if old != new:
        yield "note", _given(old, new, "the note is {}", "no note any more; it was {}")


def _given(old: str, new: str, holds: str, gone: str) -> str:
    if not new:
        return gone.format(old)
    return holds.format(new) + (f" instead of {old}" if old else "")


def _names(before: Seen, after: Seen) -> Iterator[tuple[str, str]]:
    """Yield what changes in a name; that of another hashtag is the chapter's change, and not the session's."""
    if before.title is None and after.title is None:
        if before.topic != after.topic:
            old, new = (_quoted(one.topic) if one.topic else "" for one in (before, after))
            yield "topic", _given(old, new, "the topic is {}", "no topic any more; it was {}")
    elif before.name != after.name:
        yield "title", f"called {_quoted(after.name)} instead of {_quoted(before.name)}"


def _time(before: Seen, after: Seen, reach: Reach) -> Iterator[tuple[str, str]]:
    if any(isinstance(one.start, datetime) and one.place is None for one in (before, after)):
        # A feed that names no clock is told in UTC, and so is what it is compared with.
        before, after = _in_utc(before), _in_utc(after)
    old, new = time_of(before), time_of(after)
    if before.day != after.day:
        verb = "moved back to" if before.moved_from and not after.moved_from else "moved to"
        yield "moved", f"{_when(before, reach, after)} {verb} {_when(after, reach)}"
    elif old != new and "" not in (before.vague, after.vague):
        same = ", the same moment" if before.start == after.start and isinstance(after.start, datetime) else ""
        yield "retimed", f"{_time_beside(before, after) or 'all day'} becomes {new or 'all day'}{same}"
    elif before.start != after.start and isinstance(before.start, datetime) and isinstance(after.start, datetime):
        yield "retimed", f"{new} is {clock(after.start)} UTC instead of {clock(before.start)} UTC"
    if isinstance(before.start, datetime) == isinstance(after.start, datetime):
        lasted, lasts = _lasts(before), _lasts(after)
        if lasted != lasts:
            yield "length", f"lasts {length_of(lasts)} instead of {length_of(lasted)}"


def _in_utc(one: Seen) -> Seen:
    if not isinstance(one.start, datetime):
        return one
    return replace(one, wall=one.start.replace(tzinfo=None), place=None)


def _lasts(one: Seen) -> Length:
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        return Length(minutes=int((one.end - one.start).total_seconds()) // 60)
    return Length(days=one.end.toordinal() - one.start.toordinal())


def _when(one: Seen, reach: Reach, beside: Seen | None = None) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`; the city is left out beside another session of that clock."""
    return with_time(reach.day(one.day), _time_beside(one, beside), 1)


def _time_beside(one: Seen, other: Seen | None) -> str:
    if other is not None and one.place == other.place and isinstance(one.wall, datetime):
        return clock(one.wall)
    return time_of(one)


def with_time(days: str, time: str, number: int) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`, `every Wednesday from 4 Nov, 13:00 (Toronto)`."""
    comma = "" if number == 1 and time[:1].isdigit() else ","
    return f"{days}{comma} {time}" if time else days
