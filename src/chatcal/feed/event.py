"""A session to the event that subscribers read, and back."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chatcal import english
from chatcal.model import Calendar, Chapter, DayPart, Event, Session
from chatcal.recurrence.uids import Uid
from chatcal.text import curl_quotes
from chatcal.timezones import get_city_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSession:
    """What an event says, in parts."""

    event: Event
    wall: datetime | date
    """Its start on the clock of `place`, without a zone; a date where there is no clock time."""
    place: str | None
    """The city of that clock; None where the event names none, and the clock is UTC."""
    vague: str | None
    """`afternoon`, `time unknown`, or empty for a cancelled one, where there is no clock time; None where there is."""
    name: str
    moved_from: str | None
    """`Wed 4 Nov 13:00`."""
    cancelled: str | None
    """The reason, empty where none is given; None where it is held."""
    unconfirmed: bool
    hosts: str
    clocks: str
    """Its start on its own clock and on others, as it is written."""
    notes: tuple[str, ...]
    """What else is said."""

    @property
    def slot(self) -> str:
        """Its UID without the domain."""
        return Uid.parse(self.event.uid).name

    @property
    def hashtag(self) -> str:
        """The hashtag of its chapter, as it is published."""
        return self.event.category

    @property
    def start(self) -> datetime | date:
        """Its start in UTC, or a date."""
        return self.event.start

    @property
    def end(self) -> datetime | date:
        """Its end in UTC, or the date behind its last day."""
        return self.event.end

    @property
    def day(self) -> date:
        """The day on its own clock."""
        return self.wall.date() if isinstance(self.wall, datetime) else self.wall

    @property
    def topic(self) -> str | None:
        """Its topic, as far as its name tells it from a title."""
        prefix = f"#{self.hashtag}: "
        return self.name.removeprefix(prefix) if self.name.startswith(prefix) else None

    @property
    def title(self) -> str | None:
        """What it is called, where that is not the hashtag; its topic may stand behind it."""
        return None if self.topic is not None or self.name == f"#{self.hashtag} chat" else self.name


_MARK = " (unconfirmed)"
_VAGUE = re.compile(r", (time unknown|(?:morning|midday|afternoon|evening|night)(?: in [^,]+)?)$")
_NO_CLOCK = "No clock time is known; the calendar shows the whole day."
_CLOCK = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2}) ([A-Z][a-z]{2}) (\d\d):(\d\d) ([^(]+?)(?: \(.*\))?")


def decode_event(event: Event) -> PublishedSession:
    """Return what an event says."""
    lines = event.description.split("\n")
    cancelled = _cancelled(lines) if event.status is None else None
    moved_from = _taken(lines, "Moved from ")
    unconfirmed = _taken(lines, "Unconfirmed: ") is not None
    hosts = _taken(lines, "Host: ") or _taken(lines, "Hosts: ") or ""
    no_clock = _NO_CLOCK in lines
    clocks = next((line for line in lines if _CLOCK.fullmatch(line)), "")
    wall, place = _own_clock(clocks, event.start)
    name, vague = _name(event, cancelled, unconfirmed=unconfirmed, no_clock=no_clock)
    known = (clocks, _NO_CLOCK, f"Join: {event.location}", "")
    return PublishedSession(
        event=event,
        wall=wall,
        place=place,
        vague=vague,
        name=name,
        moved_from=moved_from,
        cancelled=cancelled,
        unconfirmed=unconfirmed,
        hosts=hosts,
        clocks=clocks,
        notes=tuple(line for line in lines if line not in known),
    )


def _cancelled(lines: list[str]) -> str:
    """Return the reason of a cancellation, and take it out of the lines of the description."""
    return _taken(lines, "Cancelled: ") or _taken(lines, "Cancelled.") or ""


def _taken(lines: list[str], prefix: str) -> str | None:
    """Return what follows a prefix at the head of the description, and take that line out."""
    if not lines or not lines[0].startswith(prefix):
        return None
    return lines.pop(0).removeprefix(prefix)


def _own_clock(clocks: str, start: datetime | date) -> tuple[datetime | date, str | None]:
    if not isinstance(start, datetime):
        return start, None
    if found := _CLOCK.fullmatch(clocks):
        day, month, hour, minute, place = found.groups()
        # The line names no year: no clock is further than a day from UTC.
        for near in (start.date() + timedelta(days=step) for step in (-1, 0, 1)):
            if english.format_short_day(near).endswith(f" {day} {month}"):
                return datetime.combine(near, time(int(hour), int(minute))), place
    return start.astimezone(UTC).replace(tzinfo=None), None


def _name(event: Event, cancelled: str | None, *, unconfirmed: bool, no_clock: bool) -> tuple[str, str | None]:
    """Return what an event is called, and what is known of its time where it has no clock time."""
    if cancelled is not None:
        return event.summary.removeprefix("Cancelled: "), "" if no_clock else None
    name = event.summary.removesuffix(_MARK) if unconfirmed else event.summary
    found = _VAGUE.search(name) if no_clock else None
    return (name[: found.start()], found[1]) if found else (name, None)


def build_event(calendar: Calendar, chapter: Chapter, session: Session) -> Event:
    """Return what the feeds say of a session; start and end as the session has them."""
    return Event(
        uid=session.uid,
        start=session.start,
        end=session.end,
        summary=event_summary(chapter, session),
        description=curl_quotes("\n".join(_list_description_lines(calendar, chapter, session))),
        location=session.join,
        url=f"{calendar.home}{chapter.slug}/" if calendar.home else None,
        category=chapter.hashtag,
        status=get_event_status(session),
    )


def format_session_name(chapter: Chapter, session: Session) -> str:
    """Return what a session is called, its topic included."""
    called = session.title or f"#{chapter.hashtag}"
    if session.topic:
        return f"{called}: {session.topic}"
    return called if session.title else f"{called} chat"


def event_summary(chapter: Chapter, session: Session) -> str:
    """Return the SUMMARY of a session: its name, what is known of its time where it has no clock time, its mark."""
    if session.cancelled is not None:
        return curl_quotes(f"Cancelled: {format_session_name(chapter, session)}")
    mark = " (unconfirmed)" if session.unconfirmed else ""
    return curl_quotes(f"{format_session_name(chapter, session)}{_format_vague_time(session)}{mark}")


def _format_vague_time(session: Session) -> str:
    if not has_vague_time(session):
        return ""
    if session.at is DayPart.UNKNOWN:
        return ", time unknown"
    place = f" in {get_city_name(session.timezone)}" if session.timezone else ""
    return f", {session.at}{place}"


def has_vague_time(session: Session) -> bool:
    """Say whether no source gives the session's clock time."""
    return isinstance(session.at, DayPart) and session.at is not DayPart.ALL_DAY


def get_event_status(session: Session) -> str | None:
    """Return the STATUS of RFC 5545 section 3.8.1.11; None for a cancelled session, since Google hides CANCELLED."""
    if session.cancelled is not None:
        return None
    return "TENTATIVE" if session.unconfirmed or has_vague_time(session) else "CONFIRMED"


def _list_description_lines(calendar: Calendar, chapter: Chapter, session: Session) -> list[str]:
    lines = []
    if session.cancelled is not None:
        lines.append(f"Cancelled: {session.cancelled}" if session.cancelled else "Cancelled.")
    if session.moved_from is not None:
        lines.append(f"Moved from {english.format_day_and_time(*session.moved_from)}")
    if session.unconfirmed and session.cancelled is None and chapter.confirmed:
        doubt = f" {chapter.doubt}" if chapter.doubt else ""
        lines.append(f"Unconfirmed: last confirmed on {english.format_long_day(chapter.confirmed.day)}.{doubt}")
    if session.hosts:
        lines.append(f"{'Host' if len(session.hosts) == 1 else 'Hosts'}: {', '.join(session.hosts)}")
    if session.note:
        lines.append(session.note)
    if has_vague_time(session):
        lines.append("No clock time is known; the calendar shows the whole day.")
    lines += _list_clock_times(calendar, session)
    if session.join:
        lines.append(f"Join: {session.join}")
    return lines


def _list_clock_times(calendar: Calendar, session: Session) -> list[str]:
    if not isinstance(session.start, datetime) or session.timezone is None:
        return []
    own = english.convert_to_zone(session.start, session.timezone)
    others = [
        english.format_other_clock(session.start, timezone, own.date())
        for timezone in calendar.clocks
        if timezone != session.timezone
    ]
    there = f" ({', '.join(others)})" if others else ""
    return [f"{english.format_day_and_time(own.date(), own.time())} {get_city_name(session.timezone)}{there}"]
