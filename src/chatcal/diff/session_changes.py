"""What becomes of one session, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from chatcal.english import ENGLISH, format_clock, format_day_and_time, format_quotation
from chatcal.feed.event import PublishedSession, format_rhythm, format_vague_time, is_moved_by_zone_data
from chatcal.feed.ics import format_geo
from chatcal.model import Duration, Session
from chatcal.recurrence.date_runs import DateContext
from chatcal.recurrence.describe import describe_cancellation
from chatcal.timezones import UTC_NAME, get_city_name


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
    confirmed, unconfirmed, certain, uncertain, place,
    join, links, note."""
    text: str
    before: PublishedSession | None = None
    after: PublishedSession | None = None


_ONLY_OF_COMING = ("confirmed", "unconfirmed", "certain", "uncertain", "place", "join")


def compare_sessions(
    before: PublishedSession, after: PublishedSession, context: DateContext, *, past: bool = False
) -> SessionChange | None:
    """Return what becomes of a session that is there before and after; None where nothing is worth a word.

    Of a past one nobody wants to know where it was held, or whether it is confirmed.
    """
    found = [
        (kind, text) for kind, text in _find_changes(before, after, context) if not (past and kind in _ONLY_OF_COMING)
    ]
    if not found:
        return None
    change = _make_change(before, *zip(*found, strict=True))
    timed = {"moved", "retimed"} & set(change.kinds)
    return replace(change, before=before, after=after, time="" if timed else change.time)


def _make_change(shown: PublishedSession, kinds: Iterable[str], texts: Iterable[str]) -> SessionChange:
    local = shown.session.local_start
    return SessionChange(
        slot=shown.session.uid.partition("@")[0],
        day=local.date() if isinstance(local, datetime) else local,
        time=_format_time(shown.session, local),
        kinds=tuple(kinds),
        text="; ".join(texts),
    )


def describe_added(after: PublishedSession) -> SessionChange:
    """Return that a session appears, and what is special about it."""
    return replace(_make_change(after, ["added"], ["added", *_list_details(after)]), after=after)


def describe_removed(before: PublishedSession) -> SessionChange:
    return replace(_make_change(before, ["removed"], ["removed"]), before=before)


def describe_sessions(published: Iterable[PublishedSession], context: DateContext) -> list[SessionChange]:
    """Return sessions as they are: all that a feed alone can tell."""
    return [_describe_session(one, context) for one in published]


def _describe_session(one: PublishedSession, context: DateContext) -> SessionChange:
    if one.session.moved_from is None:
        return _make_change(one, ["stands"], _list_details(one))
    moved = f"{format_day_and_time(*one.session.moved_from)} moved to {_format_when(one.session, context)}"
    return _make_change(one, ["moved"], [moved, *_list_details(one)])


def describe_clock_change(before: PublishedSession, after: PublishedSession) -> SessionChange | None:
    """Return how new zone data moves a session; None where it does not."""
    start, former, at = after.session.start, before.session.start, after.session.at
    if not (isinstance(start, datetime) and isinstance(former, datetime) and isinstance(at, time)):
        return None
    if not is_moved_by_zone_data(before, after):
        return None
    shown = _add_city(format_clock(at), after.session)
    text = f"{shown} is {format_clock(start)} UTC instead of {format_clock(former)} UTC"
    return replace(_make_change(after, ["retimed"], [text]), time="", before=before, after=after)


def _list_details(one: PublishedSession) -> Iterator[str]:
    if one.session.cancelled is not None:
        yield describe_cancellation(one.session.cancelled)
    title, topic = one.title_and_topic
    if topic:
        yield f"the topic is {format_quotation(topic)}"
    if title:
        yield f"called {format_quotation(title)}"
    if one.session.hosts:
        yield f"hosted by {', '.join(one.session.hosts)}"
    if one.session.place:
        yield f"at {one.session.place}"


def format_session_time(session: Session) -> str:
    """Return what is known of a session's time: `13:00 (Toronto)`, `afternoon in Paris`; nothing for a whole day."""
    return _format_time(session, session.local_start)


def _format_time(session: Session, local: datetime | date) -> str:
    return _add_city(f"{local:%H:%M}", session) if isinstance(local, datetime) else format_vague_time(session)


def _add_city(clock: str, session: Session) -> str:
    return f"{clock} ({get_city_name(session.timezone or UTC_NAME)})"


def _find_changes(before: PublishedSession, after: PublishedSession, context: DateContext) -> Iterator[tuple[str, str]]:
    was, now = before.session, after.session
    is_complete = before.is_complete and after.is_complete
    yield from _compare_times(before, after, context)
    if was.cancelled is None and now.cancelled is not None:
        yield "cancelled", describe_cancellation(now.cancelled)
    elif was.cancelled is not None and now.cancelled is None:
        yield "revived", "held after all"
    elif is_complete and was.cancelled != now.cancelled:
        reason, former = (describe_cancellation(one.cancelled or "") for one in (now, was))
        yield "reason", f"{reason} instead of {former}"
    yield from _compare_names(before, after)
    if is_complete and was.hosts != now.hosts:
        hosts, former = (", ".join(one.hosts) for one in (now, was))
        yield "hosts", _format_change(former, hosts, "hosted by {}", "no host any more; it was {}")
    is_held = was.cancelled is None and now.cancelled is None and before.has_known_time and after.has_known_time
    if is_held and was.unconfirmed != now.unconfirmed:
        kind, verb = ("unconfirmed", "marked") if now.unconfirmed else ("confirmed", "no longer marked")
        yield kind, f"{verb} as unconfirmed"
    if is_held and was.held_every != now.held_every:
        rhythm = format_rhythm(now)
        yield "uncertain" if rhythm else "certain", f"{rhythm}, which is not known" if rhythm else "held for certain"
    yield from _compare_places(was, now)
    if is_complete and was.links != now.links:
        yield "links", "; ".join(_compare_links(was, now))
    if is_complete and was.note != now.note:
        note, former_note = (one.note and format_quotation(one.note.replace("\n", " ")) for one in (now, was))
        yield "note", _format_change(former_note, note, "the note is {}", "no note any more; it was {}")


def _compare_places(was: Session, now: Session) -> Iterator[tuple[str, str]]:
    if (was.place, was.geo) != (now.place, now.geo):
        # A point is of interest where it alone changes.
        place, former_place = (_format_point(one) if was.place == now.place else one.place for one in (now, was))
        yield "place", _format_change(former_place, place, "held at {}", "no room any more; it was {}")
    if was.join != now.join:
        yield "join", _format_change(was.join, now.join, "join at {}", "no address to join any more; it was {}")


def _format_point(one: Session) -> str:
    return f"{one.place} ({format_geo(one.geo, ', ') if one.geo else 'without coordinates'})"


def _compare_links(was: Session, now: Session) -> Iterator[str]:
    before, after = ({link.name: link.address for link in one.links} for one in (was, now))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            link = f"the link {format_quotation(name)}"
            yield _format_change(
                before.get(name), after.get(name), f"{link} leads to {{}}", f"{link} is gone; it was {{}}"
            )


def _format_change(old: str | None, new: str | None, holds: str, gone: str) -> str:
    if not new:
        return gone.format(old)
    return holds.format(new) + (f" instead of {old}" if old else "")


def _compare_names(before: PublishedSession, after: PublishedSession) -> Iterator[tuple[str, str]]:
    """Yield what changes in a name; that of another hashtag is the chapter's change, and not the session's."""
    if not (before.has_known_time and after.has_known_time):
        name, former = after.english_summary, before.english_summary
    elif before.title_and_topic[0] is None and after.title_and_topic[0] is None:
        topic, former_topic = (one.title_and_topic[1] for one in (after, before))
        if topic != former_topic:
            topic, former_topic = topic and format_quotation(topic), former_topic and format_quotation(former_topic)
            yield "topic", _format_change(former_topic, topic, "the topic is {}", "no topic any more; it was {}")
        if topic or former_topic or before.called == after.called:
            return
        name, former = f"{before.label} {after.called}", f"{before.label} {before.called}"
    else:
        name, former = after.name, before.name
    if name != former:
        yield "title", f"called {format_quotation(name)} instead of {format_quotation(former)}"


def _compare_times(
    before: PublishedSession, after: PublishedSession, context: DateContext
) -> Iterator[tuple[str, str]]:
    was, now = before.session, after.session
    if any(isinstance(one.start, datetime) and one.timezone is None for one in (was, now)):
        # The times of an event that gives no zone are told in UTC, and so are those that it is compared with.
        was, now = replace(was, timezone=None), replace(now, timezone=None)
    old, new = format_session_time(was), format_session_time(now)
    if change := describe_clock_change(before, after):
        yield "retimed", change.text
    elif was.local_day != now.local_day:
        verb = "moved back to" if was.moved_from and not now.moved_from else "moved to"
        yield "moved", f"{_format_when(was, context, now)} {verb} {_format_when(now, context)}"
    elif old != new and before.has_known_time and after.has_known_time:
        same = ", the same moment" if was.start == now.start and isinstance(now.start, datetime) else ""
        yield "retimed", f"{_format_time_beside(was, now) or 'all day'} becomes {new or 'all day'}{same}"
    if isinstance(was.start, datetime) == isinstance(now.start, datetime):
        lasted, lasts = _compute_duration(was), _compute_duration(now)
        if lasted != lasts:
            yield "length", f"lasts {ENGLISH.format_duration(lasts)} instead of {ENGLISH.format_duration(lasted)}"


def _compute_duration(session: Session) -> Duration:
    if isinstance(session.start, datetime) and isinstance(session.end, datetime):
        return Duration(minutes=int((session.end - session.start).total_seconds()) // 60)
    return Duration(days=session.end.toordinal() - session.start.toordinal())


def _format_when(one: Session, context: DateContext, beside: Session | None = None) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`; the city is left out beside another session of that clock."""
    return append_time(context.format_with_weekday(one.local_day), _format_time_beside(one, beside), 1)


def _format_time_beside(one: Session, other: Session | None) -> str:
    is_beside = other is not None and isinstance(other.start, datetime) and one.timezone == other.timezone
    local = one.local_start
    return format_clock(local) if is_beside and isinstance(local, datetime) else format_session_time(one)


def append_time(days: str, time: str, number: int) -> str:
    """Return `Wed 4 Nov 13:00 (Toronto)`, `every Wednesday from 4 Nov, 13:00 (Toronto)`."""
    comma = "" if number == 1 and time[:1].isdigit() else ","
    return f"{days}{comma} {time}" if time else days
