"""The past sessions of which a schedule records something, and the line between them and what is coming."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from chatcal.model import Chapter, Session, Window, get_feed_order, has_ended
from chatcal.project import Project
from chatcal.recurrence.sessions import compute_sessions

_NEAR = timedelta(days=2)


def list_coming_sessions(schedules: Project, one: Chapter) -> list[Session]:
    """Return the sessions of a chapter that end today (in UTC) or later, so that pages change once a day at most."""
    return [session for session in schedules.sessions_of(one) if not has_ended(session, _compute_midnight(schedules))]


def _compute_midnight(schedules: Project) -> datetime:
    return datetime.combine(schedules.today, time(), UTC)


def find_recorded_sessions(schedules: Project, one: Chapter) -> list[Session]:
    """Return the past sessions of which the schedule records something, the latest first.

    They are worked out around what is recorded, so that a chat held daily since 1990 costs no more than its records.
    """
    calendar = schedules.calendar
    found: dict[str, Session] = {}

    def compute_past(chapter: Chapter, first: date, last: date) -> list[Session]:
        return list(compute_sessions(calendar, chapter, Window(first, min(last, schedules.today))))

    plain = replace(one, overrides=())
    for pause in (*one.breaks, *calendar.breaks):
        due = compute_past(plain, pause.first.first, pause.until.last)
        found |= {session.uid: session for session in due if session.cancelled is not None}
    for chat in one.chats:
        listed = replace(plain, chats=(chat,))
        for day in (each.day for each in chat.dates):
            found |= {
                session.uid: session
                for session in compute_past(listed, day - _NEAR, day + _NEAR)
                if _has_details(session)
            }
    for change in one.overrides:
        day = change.moved_to.day if change.moved_to else change.slot
        near = day - _NEAR, day + _NEAR
        changed = set(compute_past(replace(one, overrides=(change,)), *near)) - set(compute_past(plain, *near))
        found |= {session.uid: session for session in changed}
    past = (session for session in found.values() if has_ended(session, _compute_midnight(schedules)))
    return sorted(past, key=get_feed_order, reverse=True)


def _has_details(session: Session) -> bool:
    return bool(session.topic or session.hosts or session.title)
