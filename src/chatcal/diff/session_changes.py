"""What becomes of one session, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from chatcal.english import format_clock, format_quotation
from chatcal.feed.event import PublishedSession
from chatcal.model import Duration
from chatcal.recurrence.date_runs import DateContext
from chatcal.recurrence.describe import describe_cancellation, describe_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChange:
    """What becomes of one session."""

    slot: str
    """Its UID without the domain."""
    day: date
    time: str
    """`13:00 (Toronto)`, where the change itself does not name it."""
    kinds: tuple[str, ...]
    """For programs, any of: added, removed, cancelled, revived, reason, moved, retimed, length, topic, title, hosts,
    confirmed, unconfirmed, join, note."""
    text: str
    before: PublishedSession | None
    after: PublishedSession | None


def compare_sessions(
    before: PublishedSession, after: PublishedSession, reach: DateContext, *, past: bool = False
) -> SessionChange | None:
    """Return what becomes of a session that is there before and after; None where nothing is worth a word.

    Of a past one nobody wants to know where to join it, or whether it is confirmed.
    """
    found = [(kind, words) for kind, words in _find_changes(before, after, reach) if not (past and kind in _COMING)]
    if not found:
        return None
    kinds = tuple(kind for kind, _ in found)
    timed = not {"moved", "retimed"} & set(kinds)
    return SessionChange(
        slot=after.slot,
        day=before.day,
        time=format_session_time(before) if timed else "",
        kinds=kinds,
        text="; ".join(phrase for _, phrase in found),
        before=before,
        after=after,
    )


_COMING = ("confirmed", "unconfirmed", "join")


def describe_added(after: PublishedSession) -> SessionChange:
    """Return that a session appears, and what is special about it."""
    return _make_single_change(after, "added", ["added", *_list_details(after)], before=None, after=after)


def describe_removed(before: PublishedSession) -> SessionChange:
    """Return that a session leaves."""
    return _make_single_change(before, "removed", ["removed"], before=before, after=None)


def describe_session(one: PublishedSession, reach: DateContext) -> SessionChange:
    """Return a session as it is: all that a feed alone can tell."""
    if one.moved_from is None:
        return _make_single_change(one, "stands", _list_details(one), before=None, after=one)
    moved = f"{one.moved_from} moved to {_format_when(one, reach)}"
    return _make_single_change(one, "moved", [moved, *_list_details(one)], before=None, after=one)


def _make_single_change(
    one: PublishedSession,
    kind: str,
    said: Iterable[str],
    *,
    before: PublishedSession | None,
    after: PublishedSession | None,
) -> SessionChange:
    """Return what becomes of a session that stands beside no other."""
    return SessionChange(
        slot=one.slot,
        day=one.day,
        time=format_session_time(one),
        kinds=(kind,),
        text="; ".join(said),
        before=before,
        after=after,
    )


def _list_details(one: PublishedSession) -> Iterator[str]:
    if one.cancelled is not None:
        yield describe_cancellation(one.cancelled)
    if one.topic:
        yield f"the topic is {format_quotation(one.topic)}"
    if one.title:
        yield f"called {format_quotation(one.title)}"
    if one.hosts:
        yield f"hosted by {one.hosts}"


def format_session_time(one: PublishedSession) -> str:
    """Return what is known of a session's time: `13:00 (Toronto)`, `afternoon in Paris`; nothing for a whole day."""
    if isinstance(one.wall, datetime):
        return f"{format_clock(one.wall)} ({one.place or 'UTC'})"
    return one.vague or ""


def _find_changes(before: PublishedSession, after: PublishedSession, reach: DateContext) -> Iterator[tuple[str, str]]:
    yield from _compare_times(before, after, reach)
    if before.cancelled is None and after.cancelled is not None:
        yield "cancelled", describe_cancellation(after.cancelled)
    elif before.cancelled is not None and after.cancelled is None:
        yield "revived", "held after all"
    elif before.cancelled != after.cancelled:
        old, new = (describe_cancellation(one.cancelled or "") for one in (before, after))
        yield "reason", f"{new} instead of {old}"
    yield from _compare_names(before, after)
    if before.hosts != after.hosts:
        yield "hosts", _format_change(before.hosts, after.hosts, "hosted by {}", "no host any more; it was {}")
    if before.cancelled is None and after.cancelled is None and before.unconfirmed != after.unconfirmed:
        kind, words = ("unconfirmed", "marked") if after.unconfirmed else ("confirmed", "no longer marked")
        yield kind, f"{words} as unconfirmed"
    here, there = before.event.location or "", after.event.location or ""
    if here != there:
        yield "join", _format_change(here, there, "takes place at {}", "no place to join any more; it was {}")
    old, new = (format_quotation(" ".join(one.notes)) if one.notes else "" for one in (before, after))
    if old != new:
        yield "note", _format_change(old, new, "the note is {}", "no note any more; it was {}")


def _format_change(old: str, new: str, holds: str, gone: str) -> str:
    if not new:
        return gone.format(old)
    return holds.format(new) + (f" instead of {old}" if old else "")


def _compare_names(before: PublishedSession, after: PublishedSession) -> Iterator[tuple[str, str]]:
    """Yield what changes in a name; that of another hashtag is the chapter's change, and not the session's."""
    if before.title is None and after.title is None:
        if before.topic != after.topic:
            old, new = (format_quotation(one.topic) if one.topic else "" for one in (before, after))
            yield "topic", _format_change(old, new, "the topic is {}", "no topic any more; it was {}")
    elif before.name != after.name:
        yield "title", f"called {format_quotation(after.name)} instead of {format_quotation(before.name)}"


def _compare_times(before: PublishedSession, after: PublishedSession, reach: DateContext) -> Iterator[tuple[str, str]]:
    if any(isinstance(one.start, datetime) and one.place is None for one in (before, after)):
        # A feed that names no clock is told in UTC, and so is what it is compared with.
        before, after = _convert_to_utc(before), _convert_to_utc(after)
    old, new = format_session_time(before), format_session_time(after)
    if before.day != after.day:
        verb = "moved back to" if before.moved_from and not after.moved_from else "moved to"
        yield "moved", f"{_format_when(before, reach, after)} {verb} {_format_when(after, reach)}"
    elif old != new and "" not in (before.vague, after.vague):
        same = ", the same moment" if before.start == after.start and isinstance(after.start, datetime) else ""
        yield "retimed", f"{_format_time_beside(before, after) or 'all day'} becomes {new or 'all day'}{same}"
    elif before.start != after.start and isinstance(before.start, datetime) and isinstance(after.start, datetime):
        yield "retimed", f"{new} is {format_clock(after.start)} UTC instead of {format_clock(before.start)} UTC"
    if isinstance(before.start, datetime) == isinstance(after.start, datetime):
        lasted, lasts = _compute_duration(before), _compute_duration(after)
        if lasted != lasts:
            yield "length", f"lasts {describe_duration(lasts)} instead of {describe_duration(lasted)}"


def _convert_to_utc(one: PublishedSession) -> PublishedSession:
    if not isinstance(one.start, datetime):
        return one
    return replace(one, wall=one.start.replace(tzinfo=None), place=None)


def _compute_duration(one: PublishedSession) -> Duration:
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        return Duration(minutes=int((one.end - one.start).total_seconds()) // 60)
    return Duration(days=one.end.toordinal() - one.start.toordinal())


def _format_when(one: PublishedSession, reach: DateContext, beside: PublishedSession | None = None) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`; the city is left out beside another session of that clock."""
    return append_time(reach.format_with_weekday(one.day), _format_time_beside(one, beside), 1)


def _format_time_beside(one: PublishedSession, other: PublishedSession | None) -> str:
    if other is not None and one.place == other.place and isinstance(one.wall, datetime):
        return format_clock(one.wall)
    return format_session_time(one)


def append_time(days: str, time: str, number: int) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`, `every Wednesday from 4 Nov, 13:00 (Toronto)`."""
    comma = "" if number == 1 and time[:1].isdigit() else ","
    return f"{days}{comma} {time}" if time else days
