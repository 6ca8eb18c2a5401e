"""A session in the words that a page shows it in, without script: on its chapter's own clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from chatcal import event, words
from chatcal.model import Chapter, DayPart, Session
from chatcal.schedules import Project
from chatcal.zones import get_city_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session, and what a page says of it."""

    id: str
    """Its UID without the domain."""
    chapter: Chapter
    session: Session
    name: str
    """What its event is called in the feeds."""
    start: str
    end: str
    """Instants in UTC as `2026-11-25T18:00Z`, or dates."""
    day: date
    short_day: str
    when: str
    chapter_time: str
    """Day, time and city of its own clock; empty where it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]
    """Kinds (`cancelled`, `moved`, `unconfirmed`, `unknown`), each with its word, and with a reason or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """The sessions of one day."""

    weekday: str
    date: str
    sessions: tuple[SessionView, ...]


def group_by_day(schedules: Project, of: Iterable[Session]) -> tuple[DayView, ...]:
    """Return sessions by the days on which their own clocks show them."""
    ordered = sorted((build_session_view(schedules, session) for session in of), key=lambda one: one.day)
    days = groupby(ordered, key=lambda one: one.day)
    return tuple(
        DayView(weekday=words.DAYS[day.weekday()], date=words.format_long_day(day), sessions=tuple(ones))
        for day, ones in days
    )


def build_session_view(schedules: Project, session: Session) -> SessionView:
    """Return a session as pages show it."""
    one = schedules.chapters[session.chapter]
    day, when, own = _describe_when(session)
    return SessionView(
        id=session.uid.removesuffix(f"@{schedules.calendar.uid_domain}"),
        chapter=one,
        session=session,
        name=event.event_summary(one, session),
        start=_format_attribute(session.start),
        end=_format_attribute(session.end),
        day=day,
        short_day=words.format_short_day(day),
        when=when,
        chapter_time=own,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(_list_badges(session)),
    )


def _format_attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def _describe_when(session: Session) -> tuple[date, str, str]:
    """Return the day, the hours and the whole of when a session is on its own clock."""
    start, end = session.start, session.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or session.timezone is None:
        return _describe_whole_days(session)
    first, last = words.convert_to_zone(start, session.timezone), words.convert_to_zone(end, session.timezone)
    place = get_city_name(session.timezone)
    own = f"{words.format_day_and_time(first.date(), first.time())} in {place}"
    if end - start < timedelta(days=1):
        return first.date(), f"{words.format_clock(first)}\N{EN DASH}{words.format_clock(last)} {place}", own
    return (
        first.date(),
        f"{words.format_clock(first)} to {words.format_day_and_time(last.date(), last.time())} {place}",
        own,
    )


def _describe_whole_days(session: Session) -> tuple[date, str, str]:
    first, last = _get_date_range(session)
    if session.at is DayPart.UNKNOWN:
        return first, "Time unknown", ""
    if session.at is DayPart.ALL_DAY:
        return first, "All day" if first == last else f"All day, to {words.format_short_day(last)}", ""
    place = f" in {get_city_name(session.timezone)}" if session.timezone else ""
    return first, f"{str(session.at).capitalize()}{place}", ""


def _get_date_range(session: Session) -> tuple[date, date]:
    """Return the first and the last day of a session without a clock time."""
    days = [moment for moment in (session.start, session.end) if not isinstance(moment, datetime)]
    return days[0], days[1] - timedelta(days=1)


def _list_badges(session: Session) -> Iterable[tuple[str, str, str]]:
    if session.cancelled is not None:
        yield "cancelled", "cancelled", session.cancelled
    if session.moved_from is not None:
        yield "moved", "moved", f"from {words.format_day_and_time(*session.moved_from)}"
    if session.unconfirmed:
        yield "unconfirmed", "unconfirmed", ""
    if event.has_vague_time(session):
        yield "unknown", "time unknown", ""
