"""The line between past and coming sessions on pages, and the past sessions that a schedule records."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from chatcal.feed.event import decode_event
from chatcal.model import Chapter, Session, Window, get_feed_order, has_ended, select_coming
from chatcal.project import Project
from chatcal.recurrence.sessions import LONGEST_SESSION, compute_recorded_sessions, compute_sessions


def list_coming_sessions(project: Project, chapter: Chapter, last: date | None = None) -> list[Session]:
    """Return the sessions of a chapter that end today (in UTC) or later, so that pages change once a day at most.

    With `last` those alone that start up to that day (in UTC).
    """
    midnight, window = _compute_midnight(project), project.window
    if last is None:
        return select_coming(project.sessions_of(chapter), midnight)
    near = Window(max(window.first, project.today - LONGEST_SESSION), min(window.last, last))
    return select_coming(compute_sessions(project.calendar, chapter, near), midnight)


def find_recorded_sessions(project: Project, chapter: Chapter) -> list[Session]:
    """Return the past sessions that the schedule says something about one by one, the latest first."""
    midnight = _compute_midnight(project)
    recorded = compute_recorded_sessions(project.calendar, chapter, project.today)
    return sorted((one for one in recorded if has_ended(one, midnight)), key=get_feed_order, reverse=True)


def list_known_sessions(project: Project, chapter: Chapter) -> tuple[list[Session], dict[str, str]]:
    """Return the sessions of a chapter within the window, but of the past only those that somebody told of.

    A schedule without `from` says nothing of the time before it was written. So the past is what the feed held, as it
    held it, and what the schedule says something about one by one. Returns also the summaries, by UID, of the sessions
    that are as the feed held them.
    """
    midnight = _compute_midnight(project)
    scheduled = {one.uid: one for one in project.sessions_of(chapter)}
    told = [*find_recorded_sessions(project, chapter), *select_coming(scheduled.values(), midnight)]
    known = {one.uid: scheduled[one.uid] for one in told if one.uid in scheduled}
    summaries = {}
    for held in project.window.select(project.find_published(chapter)):
        if held.uid not in known and has_ended(held, project.now):
            published, session = decode_event(held, {chapter.root}), scheduled.get(held.uid)
            is_unchanged = session is not None and (session.start, session.end) == (held.start, held.end)
            # An event that says too little of itself was published before events said more.
            if session is None or published.is_complete or not is_unchanged:
                session = replace(published.session, chapter=chapter.slug)
            known[held.uid], summaries[held.uid] = session, published.summary
    return list(known.values()), summaries


def _compute_midnight(project: Project) -> datetime:
    return datetime.combine(project.today, time(), UTC)
