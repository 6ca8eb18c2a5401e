"""The schedules for programs: `sessions.json`, and the JSON-LD that search engines read."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from itertools import chain

from chatcal.feed.event import format_session_name
from chatcal.feed.session_json import format_local_time, links_to_json, omit_unset, session_to_json
from chatcal.model import Chapter, Session, sort_for_feed
from chatcal.project import Project
from chatcal.recurrence.sessions import convert_to_utc, find_place
from chatcal.site.archive import list_known_sessions
from chatcal.site.context import ChapterSummary
from chatcal.timezones import load_zone

SESSIONS_VERSION = 1
"""Of the form of `sessions.json`: rises when a key that programs use is removed or changes its meaning."""
_MAX_EVENTS = 10

# A line for each value; indenting them would take five times as long.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",\n", ": ")).encode


class SessionsJson:
    """Makes `sessions.json` as docs/programs.md and `sessions.schema.json` describe it. Encodes each session once."""

    def __init__(self, project: Project, summaries: Iterable[ChapterSummary]) -> None:
        self._project = project
        self._chapters: dict[str, str] = {}
        self._known: dict[str, list[Session]] = {}
        """By the slug of their chapter."""
        self._sessions: dict[str, str] = {}
        """By UID."""
        for summary in summaries:
            chapter = summary.chapter
            self._chapters[chapter.slug] = _encode(_chapter_to_json(project, summary))
            self._known[chapter.slug] = list_known_sessions(project, chapter)
            for session in self._known[chapter.slug]:
                self._sessions[session.uid] = _encode(session_to_json(chapter, session))

    def build_file(self, slugs: Sequence[str]) -> bytes:
        """Return the file of some chapters."""
        calendar, window = self._project.calendar, self._project.window
        head = _encode(
            omit_unset(
                version=SESSIONS_VERSION,
                title=calendar.title,
                home=calendar.home,
                uid_domain=calendar.uid_domain,
                first=window.first.isoformat(),
                last=window.last.isoformat(),
            )
        )
        chapters = ",\n".join(self._chapters[slug] for slug in slugs)
        held = sort_for_feed(chain.from_iterable(self._known[slug] for slug in slugs))
        sessions = ",\n".join(self._sessions[session.uid] for session in held)
        return f'{head[:-1]},\n"chapters": [{chapters}],\n"sessions": [{sessions}]}}\n'.encode()


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
        name=format_session_name(chapter, session),
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
