"""The schedules for programs: `sessions.json`, and the JSON-LD that search engines read."""

import json
from collections.abc import Iterable
from datetime import datetime, time

from chatcal import event, objects
from chatcal.model import Chapter, Session, in_feed_order
from chatcal.objects import known
from chatcal.schedules import Schedules
from chatcal.sessions import to_utc
from chatcal.site import views
from chatcal.site.record import coming
from chatcal.zones import zone

VERSION = 1
"""Of the form of `sessions.json`: rises when what a program relies on is taken away or means something else."""

_MOST_EVENTS = 10


def sessions_json(schedules: Schedules, chapters: Iterable[Chapter]) -> bytes:
    """Return `sessions.json` for some chapters, as docs/programs.md and `sessions.schema.json` describe it."""
    members = list(chapters)
    sessions = sorted((one for chapter in members for one in schedules.of(chapter)), key=in_feed_order)
    calendar = schedules.calendar
    made = known(
        version=VERSION,
        title=calendar.title,
        home=calendar.home,
        uid_domain=calendar.uid_domain,
        first=schedules.window.first.isoformat(),
        last=schedules.window.last.isoformat(),
        chapters=[_chapter(schedules, chapter) for chapter in members],
        sessions=[objects.session(schedules.chapters[session.chapter], session) for session in sessions],
    )
    # A line for each value; indenting them would take five times as long.
    return (json.dumps(made, ensure_ascii=False, separators=(",\n", ": ")) + "\n").encode()


def _chapter(schedules: Schedules, chapter: Chapter) -> dict[str, object]:
    home = schedules.calendar.home
    return known(
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
            known(words=period.sentence, notes=period.notes, rrule=period.rrule) for period in views.schedule(chapter)
        ],
    )


def events(schedules: Schedules, chapter: Chapter) -> list[dict[str, object]]:
    """Return the next confirmed sessions of a chapter as schema.org Events, for JSON-LD.

    Those without a clock time are left out, and those of which nobody knows where they take place: search engines want
    both.
    """
    found = (one for one in coming(schedules, chapter) if not one.unconfirmed and one.join)
    timed = (one for one in found if isinstance(one.start, datetime))
    return [_event(schedules, chapter, one) for one in list(timed)[:_MOST_EVENTS]]


def _event(schedules: Schedules, chapter: Chapter, session: Session) -> dict[str, object]:
    home = schedules.calendar.home
    page = f"{home}{chapter.slug}/" if home else None
    return {"@context": "https://schema.org", "@type": "Event"} | known(
        name=event.name(chapter, session),
        description=chapter.about,
        startDate=objects.on_clock(session.start, session.timezone),
        endDate=objects.on_clock(session.end, session.timezone),
        previousStartDate=_previous(session),
        eventStatus=f"https://schema.org/{_event_status(session)}",
        eventAttendanceMode="https://schema.org/OnlineEventAttendanceMode",
        location={"@type": "VirtualLocation", "url": session.join},
        organizer={"@type": "Organization"} | known(name=chapter.name, url=chapter.website),
        inLanguage=chapter.language,
        isAccessibleForFree=True,
        url=page,
    )


def _event_status(session: Session) -> str:
    if session.cancelled is not None:
        return "EventCancelled"
    return "EventRescheduled" if session.planned is not None else "EventScheduled"


def _previous(session: Session) -> str | None:
    """Return when a moved session was due, with the offset of its clock then."""
    if session.planned is None or session.timezone is None:
        return None
    day, at = session.planned
    if not isinstance(at, time):
        return day.isoformat()
    instant, _ = to_utc(datetime.combine(day, at, zone(session.timezone)))
    return objects.on_clock(instant, session.timezone)
