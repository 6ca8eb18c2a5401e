"""The schedules for programs: `sessions.json`, and the JSON-LD that search engines read."""

import json
from collections.abc import Iterable
from datetime import datetime, time

from chatcal import event, words
from chatcal.model import At, Chapter, Session, in_feed_order
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
    made = _known(
        version=VERSION,
        title=calendar.title,
        home=calendar.home,
        uid_domain=calendar.uid_domain,
        first=schedules.window.first.isoformat(),
        last=schedules.window.last.isoformat(),
        chapters=[_chapter(schedules, chapter) for chapter in members],
        sessions=[_session(schedules, session) for session in sessions],
    )
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _chapter(schedules: Schedules, chapter: Chapter) -> dict[str, object]:
    home = schedules.calendar.home
    return _known(
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
            _known(words=period.sentence, notes=period.notes, rrule=period.rrule) for period in views.schedule(chapter)
        ],
    )


def _session(schedules: Schedules, session: Session) -> dict[str, object]:
    return _known(
        uid=session.uid,
        chapter=session.chapter,
        chat=session.chat,
        slot=session.slot.isoformat(),
        summary=event.summary(schedules.chapters[session.chapter], session),
        status=status(session),
        start=_moment(session.start),
        end=_moment(session.end),
        timezone=session.timezone,
        local_start=_local(session.start, session.timezone),
        local_end=_local(session.end, session.timezone),
        time=_time(session.at),
        moved_from={"day": session.planned[0].isoformat(), "time": _time(session.planned[1])}
        if session.planned
        else None,
        reason=session.cancelled,
        title=session.title,
        topic=session.topic,
        hosts=session.hosts,
        join=session.join,
        note=session.note,
        transcript=session.transcript,
    )


def status(session: Session) -> str:
    """Return `cancelled`, `unconfirmed`, `time-unknown` or `confirmed`: the first that is true."""
    if session.cancelled is not None:
        return "cancelled"
    if session.unconfirmed:
        return "unconfirmed"
    return "time-unknown" if event.has_vague_time(session) else "confirmed"


def _time(at: At) -> str:
    return words.clock(at) if isinstance(at, time) else at.value


def _moment(moment: object) -> str:
    """Return an instant as `2026-11-25T18:00:00Z`, a date as `2026-12-02`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if isinstance(moment, datetime) else str(moment)


def _local(moment: object, timezone: str | None) -> str | None:
    """Return an instant on a clock with its offset, as `2026-11-25T13:00:00-05:00`."""
    if isinstance(moment, datetime) and timezone:
        return words.on_clock(moment, timezone).isoformat()
    return None


def _known(**values: object) -> dict[str, object]:
    """Return values by their name, leaving out those that nobody has given."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


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
    return {"@context": "https://schema.org", "@type": "Event"} | _known(
        name=event.name(chapter, session),
        description=chapter.about,
        startDate=_local(session.start, session.timezone),
        endDate=_local(session.end, session.timezone),
        previousStartDate=_previous(session),
        eventStatus=f"https://schema.org/{_event_status(session)}",
        eventAttendanceMode="https://schema.org/OnlineEventAttendanceMode",
        location={"@type": "VirtualLocation", "url": session.join},
        organizer={"@type": "Organization"} | _known(name=chapter.name, url=chapter.website),
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
    return _local(instant, session.timezone)
