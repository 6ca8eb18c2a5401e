"""The schedules for programs: `sessions.json`, and the JSON-LD that search engines read."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, time
from itertools import islice
from tempfile import SpooledTemporaryFile

from chatcal.feed.event import format_session_name, get_chapter_words
from chatcal.feed.session_json import (
    format_local_time,
    links_to_json,
    omit_unset,
    sessions_to_json,
)
from chatcal.model import Chapter, Session, sort_for_feed
from chatcal.project import Project
from chatcal.recurrence.sessions import convert_to_utc, find_place
from chatcal.site.archive import list_known_sessions
from chatcal.site.context import ChapterSummary
from chatcal.timezones import load_zone

SESSIONS_VERSION = 1
"""Of the form of `sessions.json`: rises when a key that programs use is removed or changes its meaning."""
_MAX_EVENTS = 10

_MAX_IN_MEMORY = 100_000
"""Bytes of a file until it is on the disk."""
_MAX_AT_ONCE = 1_000
"""Items in a piece of the file of all."""

# A line for each value; indenting them would take five times as long.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",\n", ": ")).encode
_CHAPTERS, _SESSIONS, _END = ',\n"chapters": [', '],\n"sessions": [', "]}\n"
_FIRST_KEY = '{"uid": '
"""Each session begins so, and no other object does."""
_KEYS = re.compile(r'"([^"]*)".*?\n"start": "([^"]*)"', re.DOTALL)
"""Its UID and its start: in a string, a quotation mark has a backslash before it."""
_WAITING = re.compile(rb"([^\0]*)\0([^\0]*)\0")
"""The key that a session is sorted by, and the session."""


class SessionsJson:
    """Makes `sessions.json` as docs/programs.md and `sessions.schema.json` describe it, of one chapter after the other.

    Each session is encoded once, and memory holds those of one month at most: they may be too many.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._open_files = ExitStack()
        self._months = defaultdict[str, SpooledTemporaryFile[bytes]](self._open_file)
        """The sessions of each month, each behind the key that it is sorted by."""
        self._chapters = self._open_file()
        self._places: dict[str, tuple[int, int]] = {}
        """Where in the file of the chapters each begins, and its length."""

    def _open_file(self) -> SpooledTemporaryFile[bytes]:
        return self._open_files.enter_context(SpooledTemporaryFile[bytes](_MAX_IN_MEMORY))

    def close(self) -> None:
        """Delete the files that the sessions wait in."""
        self._open_files.close()

    def build_chapter_file(self, summary: ChapterSummary) -> bytes:
        """Return the file of a chapter."""
        chapter = summary.chapter
        sessions, summaries = list_known_sessions(self._project, chapter)
        about = _encode(_chapter_to_json(self._project, summary))
        known = sessions_to_json(self._project.calendar, chapter, sort_for_feed(sessions), summaries)
        texts = _encode(known)[1:-1]
        self._add_texts(chapter.slug, about, texts)
        return f"{self._build_head()}{_CHAPTERS}{about}{_SESSIONS}{texts}{_END}".encode()

    def keep_chapter_file(self, slug: str, content: bytes) -> None:
        """Take the file of a chapter as it was published."""
        about, _, texts = content.decode().partition(_CHAPTERS)[2].removesuffix(_END).partition(_SESSIONS)
        self._add_texts(slug, about, texts)

    def _add_texts(self, slug: str, about: str, texts: str) -> None:
        content = about.encode()
        self._places[slug] = self._chapters.tell(), len(content)
        self._chapters.write(content)
        for text in texts.removeprefix(_FIRST_KEY).split(f",\n{_FIRST_KEY}") if texts else ():
            uid, start = next(_KEYS.finditer(text)).groups()
            self._months[start[:7]].write(f"{start:<20} {uid}\0{_FIRST_KEY}{text}\0".encode())

    def build_combined_file(self) -> Iterator[bytes]:
        """Yield the file of all chapters that came before, in pieces."""
        yield f"{self._build_head()}{_CHAPTERS}".encode()
        yield from _join_in_pieces(self._read_chapters())
        yield _SESSIONS.encode()
        yield from _join_in_pieces(self._read_sessions())
        yield _END.encode()

    def _read_chapters(self) -> Iterator[bytes]:
        for slug in self._project.chapters:
            start, length = self._places[slug]
            self._chapters.seek(start)
            yield self._chapters.read(length)

    def _read_sessions(self) -> Iterator[bytes]:
        for _, file in sorted(self._months.items()):
            file.seek(0)
            content = file.read()
            for _, (start, end) in sorted((one[1], one.span(2)) for one in _WAITING.finditer(content)):
                yield content[start:end]

    def _build_head(self) -> str:
        calendar, window = self._project.calendar, self._project.window
        head = omit_unset(
            version=SESSIONS_VERSION,
            title=calendar.title,
            home=calendar.home,
            uid_domain=calendar.uid_domain,
            first=window.first.isoformat(),
            last=window.last.isoformat(),
        )
        return _encode(head)[:-1]


def _join_in_pieces(texts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the items of a list, many at once."""
    joint = b""
    while some := [*islice(texts, _MAX_AT_ONCE)]:
        yield joint + b",\n".join(some)
        joint = b",\n"


_PROFILE_KEYS = (
    "slug", "hashtag", "name", "about", "region", "language", "timezone", "website", "account", "moderators", "note",
)  # fmt: skip


def _chapter_to_json(project: Project, summary: ChapterSummary) -> dict[str, object]:
    chapter, home = summary.chapter, project.calendar.home
    place, geo = find_place(chapter, project.calendar)
    return omit_unset(
        **{key: getattr(chapter, key) for key in _PROFILE_KEYS},
        place=place,
        geo=geo,
        links=links_to_json(chapter.links),
        confirmed=chapter.confirmed.day.isoformat() if chapter.confirmed else None,
        doubt=chapter.doubt,
        sources=chapter.sources,
        formerly=chapter.formerly,
        page=f"{home}{chapter.slug}/" if home else None,
        feed=f"{home}{chapter.slug}.ics" if home else None,
        schedule=[omit_unset(words=chat.sentence, notes=chat.notes, rrule=chat.rrule) for chat in summary.chats],
    )


def build_json_ld(project: Project, summary: ChapterSummary) -> list[dict[str, object]]:
    """Return the next certain sessions of a chapter as Events of schema.org.

    Search engines want a clock time, and a place or an address: sessions without one of them are left out.
    """
    events = [
        session
        for session in summary.coming
        if not (session.unconfirmed or session.held_every)
        and (session.place or session.join)
        and isinstance(session.start, datetime)
    ]
    return [_build_event_json(project, summary.chapter, session) for session in events[:_MAX_EVENTS]]


def _build_event_json(project: Project, chapter: Chapter, session: Session) -> dict[str, object]:
    home = project.calendar.home
    where = list(_list_locations(session))
    kind = "Offline" if session.place else "Online"
    return {"@context": "https://schema.org", "@type": "Event"} | omit_unset(
        name=format_session_name(project.calendar, chapter, session, get_chapter_words(chapter)),
        description=chapter.about,
        startDate=format_local_time(session.start, session.timezone),
        endDate=format_local_time(session.end, session.timezone),
        previousStartDate=_format_previous_start(session),
        eventStatus=f"https://schema.org/{_get_event_status(session)}",
        eventAttendanceMode=f"https://schema.org/{'Mixed' if len(where) > 1 else kind}EventAttendanceMode",
        location=where if len(where) > 1 else where[0],
        organizer={"@type": "Organization"} | omit_unset(name=chapter.name, url=chapter.website),
        inLanguage=chapter.language,
        isAccessibleForFree=True,
        url=f"{home}{chapter.slug}/" if home else None,
    )


def _list_locations(session: Session) -> Iterator[dict[str, object]]:
    if session.place:
        latitude, longitude = session.geo or (None, None)
        point = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
        place = omit_unset(name=session.place, address=session.place, geo=point if session.geo else None)
        yield {"@type": "Place"} | place
    if session.join:
        yield {"@type": "VirtualLocation", "url": session.join}


def _get_event_status(session: Session) -> str:
    if session.cancelled is not None:
        return "EventCancelled"
    return "EventRescheduled" if session.moved_from is not None else "EventScheduled"


def _format_previous_start(session: Session) -> str | None:
    """Return the first start of a moved session, with the offset of its clock then."""
    if session.moved_from is None or session.timezone is None:
        return None
    day, at = session.moved_from
    if not isinstance(at, time):
        return day.isoformat()
    instant, _ = convert_to_utc(datetime.combine(day, at, load_zone(session.timezone)))
    return format_local_time(instant, session.timezone)
