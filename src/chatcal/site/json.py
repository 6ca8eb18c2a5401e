"""The schedules for programs: `sessions.json`, and the JSON-LD that search engines read."""

import json
from collections.abc import Iterable
from datetime import datetime, time

from chatcal.feed import event, session_json
from chatcal.feed.session_json import omit_unset
from chatcal.model import Chapter, Session, get_feed_order
from chatcal.project import Project
from chatcal.recurrence.sessions import convert_to_utc
from chatcal.site import context
from chatcal.site.archive import list_coming_sessions
from chatcal.timezones import load_zone

SESSIONS_VERSION = 1
"""Of the form of `sessions.json`: rises when what a program relies on is taken away or means something else."""
_MAX_EVENTS = 10


def format_sessions_json(schedules: Project, chapters: Iterable[Chapter]) -> bytes:
    """Return `sessions.json` for some chapters, as docs/programs.md and `sessions.schema.json` describe it."""
    members = list(chapters)
    sessions = sorted((one for chapter in members for one in schedules.sessions_of(chapter)), key=get_feed_order)
    calendar = schedules.calendar
    made = omit_unset(
        version=SESSIONS_VERSION,
        title=calendar.title,
        home=calendar.home,
        uid_domain=calendar.uid_domain,
        first=schedules.window.first.isoformat(),
        last=schedules.window.last.isoformat(),
        chapters=[_build_chapter_json(schedules, chapter) for chapter in members],
        sessions=[session_json.session_to_json(schedules.chapters[session.chapter], session) for session in sessions],
    )
    # A line for each value; indenting them would take five times as long.
    return (json.dumps(made, ensure_ascii=False, separators=(",\n", ": ")) + "\n").encode()


def _build_chapter_json(schedules: Project, chapter: Chapter) -> dict[str, object]:
    home = schedules.calendar.home
    return omit_unset(
        slug=chapter.slug,
        hashtag=chapter.hashtag,
        name=chapter.name,
        about=chapter.about,
        region=chapter.region,
        language=chapter.language,
        timezone=chapter.timezone,
        website=chapter.website,
        account=chapter.account,
        moderators=chapter.moderators,
        note=chapter.note,
        confirmed=chapter.confirmed.day.isoformat() if chapter.confirmed else None,
        doubt=chapter.doubt,
        sources=chapter.sources,
        formerly=chapter.formerly,
        page=f"{home}{chapter.slug}/" if home else None,
        feed=f"{home}{chapter.slug}.ics" if home else None,
        schedule=[
            omit_unset(words=period.sentence, notes=period.notes, rrule=period.rrule)
            for period in context.describe_public_chats(chapter)
        ],
    )


def build_json_ld(schedules: Project, chapter: Chapter) -> list[dict[str, object]]:
    """Return the next confirmed sessions of a chapter as schema.org Events, for JSON-LD.

    Those without a clock time are left out, and those of which nobody knows where they take place: search engines want
    both.
    """
    found = (one for one in list_coming_sessions(schedules, chapter) if not one.unconfirmed and one.join)
    timed = (one for one in found if isinstance(one.start, datetime))
    return [_build_event_json(schedules, chapter, one) for one in list(timed)[:_MAX_EVENTS]]


def _build_event_json(schedules: Project, chapter: Chapter, session: Session) -> dict[str, object]:
    home = schedules.calendar.home
    page = f"{home}{chapter.slug}/" if home else None
    return {"@context": "https://schema.org", "@type": "Event"} | omit_unset(
        name=event.format_session_name(chapter, session),
        description=chapter.about,
        startDate=session_json.format_local_time(session.start, session.timezone),
        endDate=session_json.format_local_time(session.end, session.timezone),
        previousStartDate=_format_previous_start(session),
        eventStatus=f"https://schema.org/{_get_event_status(session)}",
        eventAttendanceMode="https://schema.org/OnlineEventAttendanceMode",
        location={"@type": "VirtualLocation", "url": session.join},
        organizer={"@type": "Organization"} | omit_unset(name=chapter.name, url=chapter.website),
        inLanguage=chapter.language,
        isAccessibleForFree=True,
        url=page,
    )


def _get_event_status(session: Session) -> str:
    if session.cancelled is not None:
        return "EventCancelled"
    return "EventRescheduled" if session.moved_from is not None else "EventScheduled"


def _format_previous_start(session: Session) -> str | None:
    """Return when a moved session was due, with the offset of its clock then."""
    if session.moved_from is None or session.timezone is None:
        return None
    day, at = session.moved_from
    if not isinstance(at, time):
        return day.isoformat()
    instant, _ = convert_to_utc(datetime.combine(day, at, load_zone(session.timezone)))
    return session_json.format_local_time(instant, session.timezone)
