"""The past sessions of which a schedule records something, and the line between them and what is coming."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from chatcal.model import Chapter, Session, Window, has_ended, in_feed_order
from chatcal.schedules import Schedules
from chatcal.sessions import sessions

_NEAR = timedelta(days=2)


def coming(schedules: Schedules, one: Chapter) -> list[Session]:
    """Return the sessions of a chapter that end today (in UTC) or later, so that pages change once a day at most."""
    return [session for session in schedules.of(one) if not has_ended(session, _midnight(schedules))]


def _midnight(schedules: Schedules) -> datetime:
    return datetime.combine(schedules.today, time(), UTC)


def recorded(schedules: Schedules, one: Chapter) -> list[Session]:
    """Return the past sessions of which the schedule records something, the latest first.

    They are worked out around what is recorded, so that a chat held daily since 1990 costs no more than its records.
    """
    calendar = schedules.calendar
    found: dict[str, Session] = {}

    def work_out(chapter: Chapter, first: date, last: date) -> list[Session]:
        return list(sessions(calendar, chapter, Window(first, min(last, schedules.today))))

    plain = replace(one, changes=())
    for pause in (*one.breaks, *calendar.breaks):
        due = work_out(plain, pause.first.first, pause.until.last)
        found |= {session.uid: session for session in due if session.cancelled is not None}
    for chat in one.chats:
        listed = replace(plain, chats=(chat,))
        for day in (each.day for each in chat.dates):
            found |= {session.uid: session for session in work_out(listed, day - _NEAR, day + _NEAR) if _says(session)}
    for change in one.changes:
        day = change.moved.day if change.moved else change.slot
        near = day - _NEAR, day + _NEAR
        changed = set(work_out(replace(one, changes=(change,)), *near)) - set(work_out(plain, *near))
        found |= {session.uid: session for session in changed}
    past = (session for session in found.values() if has_ended(session, _midnight(schedules)))
    return sorted(past, key=in_feed_order, reverse=True)


def _says(session: Session) -> bool:
    return bool(session.topic or session.hosts or session.title)
