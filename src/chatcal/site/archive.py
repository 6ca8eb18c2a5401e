"""The line between past and coming sessions on pages, and the past sessions that a schedule records."""

from datetime import UTC, datetime, time

from chatcal.model import Chapter, Session, get_feed_order, has_ended, select_coming
from chatcal.project import Project
from chatcal.recurrence.sessions import compute_recorded_sessions


def list_coming_sessions(project: Project, chapter: Chapter) -> list[Session]:
    """Return the sessions of a chapter that end today (in UTC) or later, so that pages change once a day at most."""
    midnight = _compute_midnight(project)
    return select_coming(project.sessions_of(chapter), midnight)


def find_recorded_sessions(project: Project, chapter: Chapter) -> list[Session]:
    """Return the past sessions that the schedule says something about one by one, the latest first."""
    midnight = _compute_midnight(project)
    recorded = compute_recorded_sessions(project.calendar, chapter, project.today)
    return sorted((one for one in recorded if has_ended(one, midnight)), key=get_feed_order, reverse=True)


def _compute_midnight(project: Project) -> datetime:
    return datetime.combine(project.today, time(), UTC)
