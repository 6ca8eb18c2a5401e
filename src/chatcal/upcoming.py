"""The coming sessions of chapters: for a person as rows of a table, for a program as JSON."""

import json
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from chatcal import objects, words, zones
from chatcal.event import format_session_name, has_vague_time
from chatcal.model import Calendar, Chapter, DayPart, Session, Window, get_feed_order, has_ended
from chatcal.sessions import compute_sessions

UpcomingSession = tuple[Chapter, Session]

_SEARCH_YEARS = (1, 9, 41)
"""In years. Most chapters meet within one; the rarest day that a phrase can name comes every 40."""


_LONGEST_SESSION = timedelta(days=33)
"""What goes on now began at most this long ago: 31 days are the most that a session lasts, two the date line's."""


def find_next_sessions(
    calendar: Calendar, chapters: Iterable[Chapter], now: datetime, count: int
) -> list[UpcomingSession]:
    """Return the next sessions of the chapters, at most `count` of all, by their actual start.

    Takes the moment (aware). A session going on now is coming, and so is a cancelled one. The chapters must have
    passed `checks`.
    """
    found = [
        (chapter, session) for chapter in chapters for session in _find_chapter_sessions(calendar, chapter, now, count)
    ]
    return sorted(found, key=lambda pair: get_feed_order(pair[1]))[:count]


def _find_chapter_sessions(calendar: Calendar, chapter: Chapter, now: datetime, count: int) -> list[Session]:
    found: list[Session] = []
    first = now.date() - _LONGEST_SESSION
    for years in _SEARCH_YEARS:
        within = Window(first, date(now.year + years, 12, 31))
        found = [one for one in compute_sessions(calendar, chapter, within) if not has_ended(one, now)]
        if len(found) >= count:
            break
    return found[:count]


def find_machine_zone(text: str) -> str | None:
    """Return the IANA name of the zone that a machine names, as in TZ; None where it names none.

    `EST5EDT` and other abbreviations are no names of places: they stand for no zone here.
    """
    plain = text.removeprefix(":")
    known = zones.index_zone_names().get(plain.casefold())
    return known or (plain if "/" in plain and plain in zoneinfo.available_timezones() else None)


def list_badges(session: Session) -> list[str]:
    """Return what a reader must know of a session: `cancelled`, `moved`, `unconfirmed`, `time unknown`, in order."""
    if session.cancelled is not None:
        return ["cancelled"]
    marks = {
        "moved": session.moved_from is not None,
        "unconfirmed": session.unconfirmed,
        "time unknown": has_vague_time(session),
    }
    return [mark for mark, applies in marks.items() if applies]


def format_tagged_name(chapter: Chapter, session: Session) -> str:
    """Return what a session is called among those of other chapters: its name, with the hashtag in any case."""
    return (
        f"{format_session_name(chapter, session)} (#{chapter.hashtag})"
        if session.title
        else format_session_name(chapter, session)
    )


def get_column_titles(timezone: str) -> tuple[str, str, str, str]:
    """Return the titles of the columns that `row` fills."""
    return (zones.get_city_name(timezone), "There", "Chat", "")


def format_table_heading(timezone: str, *, named: bool) -> str:
    """Return whose times a table shows; `named` says whether somebody, or the machine, named the zone."""
    if named:
        return f"Times in {zones.get_city_name(timezone)} ({timezone}), and on the clock of each chapter."
    return "Times in UTC, since this machine names no time zone (--tz names one), and on the clock of each chapter."


def format_session_row(chapter: Chapter, session: Session, timezone: str) -> tuple[str, str, str, str]:
    """Return a session as four cells: when in the reader's zone, on the chapter's clock, its name, its badges."""
    return (
        _format_reader_time(session, timezone),
        _format_chapter_time(session),
        format_tagged_name(chapter, session),
        ", ".join(list_badges(session)),
    )


def _format_reader_time(session: Session, timezone: str) -> str:
    """Return `Wed 4 Nov 2026 18:00`, or the day alone."""
    if isinstance(session.start, datetime):
        local = words.convert_to_zone(session.start, timezone)
        return f"{words.format_day(local.date())} {words.format_clock(local)}"
    return words.format_day(session.start)


def _format_chapter_time(session: Session) -> str:
    """Return `Wed 4 Nov 13:00 Toronto`, or the day with what is known of its time: `Wed 4 Nov, afternoon in Paris`."""
    if isinstance(session.start, datetime) and session.timezone is not None:
        local = words.convert_to_zone(session.start, session.timezone)
        return f"{words.format_day_and_time(local.date(), local.time())} {zones.get_city_name(session.timezone)}"
    if session.timezone is None or session.at is DayPart.UNKNOWN:
        return words.format_day_and_time(session.start, session.at)
    return f"{words.format_day_and_time(session.start, session.at)} in {zones.get_city_name(session.timezone)}"


def format_upcoming_json(found: Sequence[UpcomingSession], timezone: str) -> str:
    """Return coming sessions as a JSON list of objects, for programs.

    They are those of `sessions` in the site's sessions.json, with the same keys: `uid`, `chapter` (its slug), `chat`
    (its id), `slot` (the day by which schedule files know it), `summary`, `status` (the first that is true of
    `cancelled`, `unconfirmed`, `time-unknown`, `confirmed`), `start` and `end` in UTC (`2026-11-04T18:00:00Z`), or as
    dates, the end exclusive, where there is no clock time; `timezone`, `local_start` and `local_end` on the chapter's
    clock, with offset; `time`, its clock time, or what is known instead; `moved_from` (`day` and `time`), `reason` of a
    cancellation, `title`, `topic`, `hosts`, `join`, `note`, `transcript`. Beside them `reader_start` and `reader_end`,
    on the reader's clock. A key of which nothing is known is left out.
    """
    rows = [
        objects.session_to_json(chapter, session)
        | objects.omit_unset(
            reader_start=objects.format_local_time(session.start, timezone),
            reader_end=objects.format_local_time(session.end, timezone),
        )
        for chapter, session in found
    ]
    return json.dumps(rows, indent=2) + "\n"
