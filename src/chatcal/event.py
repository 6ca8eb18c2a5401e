"""A session to the words of its event: what a subscriber reads in a calendar."""

from datetime import datetime

from chatcal import words
from chatcal.legible import curl_quotes
from chatcal.model import Calendar, Chapter, DayPart, Event, Session
from chatcal.zones import get_city_name


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
        lines.append(f"Moved from {words.format_day_and_time(*session.moved_from)}")
    if session.unconfirmed and session.cancelled is None and chapter.confirmed:
        doubt = f" {chapter.doubt}" if chapter.doubt else ""
        lines.append(f"Unconfirmed: last confirmed on {words.format_long_day(chapter.confirmed.day)}.{doubt}")
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
    own = words.convert_to_zone(session.start, session.timezone)
    others = [
        words.format_other_clock(session.start, timezone, own.date())
        for timezone in calendar.clocks
        if timezone != session.timezone
    ]
    there = f" ({', '.join(others)})" if others else ""
    return [f"{words.format_day_and_time(own.date(), own.time())} {get_city_name(session.timezone)}{there}"]
