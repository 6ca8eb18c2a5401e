"""A session in the words that a page shows it in, without script: on its chapter's own clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from chatcal import event, words
from chatcal.model import Chapter, NoClock, Session
from chatcal.schedules import Schedules
from chatcal.zones import city


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
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
    own: str
    """Day, time and city of its own clock; empty where it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]
    """Kinds (`cancelled`, `moved`, `unconfirmed`, `unknown`), each with its word, and with a reason or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDay:
    """The sessions of one day."""

    weekday: str
    date: str
    sessions: tuple[Shown, ...]


def by_day(schedules: Schedules, of: Iterable[Session]) -> tuple[OnDay, ...]:
    """Return sessions by the days on which their own clocks show them."""
    ordered = sorted((shown(schedules, session) for session in of), key=lambda one: one.day)
    days = groupby(ordered, key=lambda one: one.day)
    return tuple(
        OnDay(weekday=words.DAYS[day.weekday()], date=words.long_day(day), sessions=tuple(ones)) for day, ones in days
    )


def shown(schedules: Schedules, session: Session) -> Shown:
    """Return a session as pages show it."""
    one = schedules.chapters[session.chapter]
    day, when, own = _when(session)
    return Shown(
        id=session.uid.removesuffix(f"@{schedules.calendar.uid_domain}"),
        chapter=one,
        session=session,
        name=event.summary(one, session),
        start=_attribute(session.start),
        end=_attribute(session.end),
        day=day,
        short_day=words.short_day(day),
        when=when,
        own=own,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(_badges(session)),
    )


def _attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def _when(session: Session) -> tuple[date, str, str]:
    """Return the day, the hours and the whole of when a session is on its own clock."""
    start, end = session.start, session.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or session.timezone is None:
        return _whole_days(session)
    first, last = words.on_clock(start, session.timezone), words.on_clock(end, session.timezone)
    place = city(session.timezone)
    own = f"{words.when(first.date(), first.time())} in {place}"
    if end - start < timedelta(days=1):
        return first.date(), f"{words.clock(first)}\N{EN DASH}{words.clock(last)} {place}", own
    return first.date(), f"{words.clock(first)} to {words.when(last.date(), last.time())} {place}", own


def _whole_days(session: Session) -> tuple[date, str, str]:
    first, last = _dates(session)
    if session.at is NoClock.UNKNOWN:
        return first, "Time unknown", ""
    if session.at is NoClock.ALL_DAY:
        return first, "All day" if first == last else f"All day, to {words.short_day(last)}", ""
    place = f" in {city(session.timezone)}" if session.timezone else ""
    return first, f"{str(session.at).capitalize()}{place}", ""


def _dates(session: Session) -> tuple[date, date]:
    """Return the first and the last day of a session without a clock time."""
    days = [moment for moment in (session.start, session.end) if not isinstance(moment, datetime)]
    return days[0], days[1] - timedelta(days=1)


def _badges(session: Session) -> Iterable[tuple[str, str, str]]:
    if session.cancelled is not None:
        yield "cancelled", "cancelled", session.cancelled
    if session.planned is not None:
        yield "moved", "moved", f"from {words.when(*session.planned)}"
    if session.unconfirmed:
        yield "unconfirmed", "unconfirmed", ""
    if event.has_vague_time(session):
        yield "unknown", "time unknown", ""
