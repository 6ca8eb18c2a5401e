"""The coming sessions of chapters: for a person as rows of a table, for a program as JSON."""

import json
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from chatcal import objects, words, zones
from chatcal.event import has_vague_time, name
from chatcal.model import Calendar, Chapter, NoClock, Session, Window, has_ended, in_feed_order
from chatcal.sessions import sessions

Coming = tuple[Chapter, Session]

_REACHES = (1, 9, 41)
"""In years. Most chapters meet within one; the rarest day that a phrase can name comes every 40."""


_LONGEST = timedelta(days=33)
"""What goes on now began at most this long ago: 31 days are the most that a session lasts, two the date line's."""


def coming(calendar: Calendar, chapters: Iterable[Chapter], now: datetime, count: int) -> list[Coming]:
    """Return the next sessions of the chapters, at most `count` of all, by their actual start.

    Takes the moment (aware). A session going on now is coming, and so is a cancelled one. The chapters must have
    passed `checks`.
    """
    found = [(chapter, session) for chapter in chapters for session in _of(calendar, chapter, now, count)]
    return sorted(found, key=lambda pair: in_feed_order(pair[1]))[:count]


def _of(calendar: Calendar, chapter: Chapter, now: datetime, count: int) -> list[Session]:
    found: list[Session] = []
    first = now.date() - _LONGEST
    for years in _REACHES:
        within = Window(first, date(now.year + years, 12, 31))
        found = [one for one in sessions(calendar, chapter, within) if not has_ended(one, now)]
        if len(found) >= count:
            break
    return found[:count]


def machine_zone(text: str) -> str | None:
    """Return the IANA name of the zone that a machine names, as in TZ; None where it names none.

    `EST5EDT` and other abbreviations are no names of places: they stand for no zone here.
    """
    plain = text.removeprefix(":")
    known = zones.by_folded_name().get(plain.casefold())
    return known or (plain if "/" in plain and plain in zoneinfo.available_timezones() else None)


def badges(session: Session) -> list[str]:
    """Return what a reader must know of a session: `cancelled`, `moved`, `unconfirmed`, `time unknown`, in order."""
    if session.cancelled is not None:
        return ["cancelled"]
    marks = {
        "moved": session.planned is not None,
        "unconfirmed": session.unconfirmed,
        "time unknown": has_vague_time(session),
    }
    return [mark for mark, applies in marks.items() if applies]


def called(chapter: Chapter, session: Session) -> str:
    """Return what a session is called among those of other chapters: its name, with the hashtag in any case."""
    return f"{name(chapter, session)} (#{chapter.hashtag})" if session.title else name(chapter, session)


def columns(timezone: str) -> tuple[str, str, str, str]:
    """Return the titles of the columns that `row` fills."""
    return (zones.city(timezone), "There", "Chat", "")


def heading(timezone: str, *, named: bool) -> str:
    """Return whose times a table shows; `named` says whether somebody, or the machine, named the zone."""
    if named:
        return f"Times in {zones.city(timezone)} ({timezone}), and on the clock of each chapter."
    return "Times in UTC, since this machine names no time zone (--tz names one), and on the clock of each chapter."


def row(chapter: Chapter, session: Session, timezone: str) -> tuple[str, str, str, str]:
    """Return a session as four cells: when in the reader's zone, on the chapter's clock, its name, its badges."""
    return _here(session, timezone), _there(session), called(chapter, session), ", ".join(badges(session))


def _here(session: Session, timezone: str) -> str:
    """Return `Wed 4 Nov 2026 18:00`, or the day alone."""
    if isinstance(session.start, datetime):
        local = words.on_clock(session.start, timezone)
        return f"{words.dated(local.date())} {words.clock(local)}"
    return words.dated(session.start)


def _there(session: Session) -> str:
    """Return `Wed 4 Nov 13:00 Toronto`, or the day with what is known of its time: `Wed 4 Nov, afternoon in Paris`."""
    if isinstance(session.start, datetime) and session.timezone is not None:
        local = words.on_clock(session.start, session.timezone)
        return f"{words.when(local.date(), local.time())} {zones.city(session.timezone)}"
    if session.timezone is None or session.at is NoClock.UNKNOWN:
        return words.when(session.start, session.at)
    return f"{words.when(session.start, session.at)} in {zones.city(session.timezone)}"


def as_json(found: Sequence[Coming], timezone: str) -> str:
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
        objects.session(chapter, session)
        | objects.known(
            reader_start=objects.on_clock(session.start, timezone), reader_end=objects.on_clock(session.end, timezone)
        )
        for chapter, session in found
    ]
    return json.dumps(rows, indent=2) + "\n"
