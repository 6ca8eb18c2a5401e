"""Published sessions that an edit, or new zone data, would change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from chatcal.diff.advice import EventsBySlug, suggest_cancelling, suggest_new_chat
from chatcal.diff.grouping import group_changes
from chatcal.diff.session_changes import SessionChange, compare_sessions
from chatcal.english import convert_to_zone
from chatcal.feed import ics
from chatcal.feed.event import decode_event
from chatcal.feed.revisions import latest_by_uid
from chatcal.model import Revision, Session, has_ended
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import Project
from chatcal.recurrence.date_runs import DateContext
from chatcal.timezones import get_city_name


def check_zone_data(project: Project) -> Iterator[Problem]:
    """Check whether sessions move only because their clock has a new rule.

    That is a warning: after the next build the feeds hold the new moments, and nothing shows the change any more.
    """
    published = latest_by_uid(project.published_revisions)
    context = DateContext(project.now.year, project.window.last)
    for chapter in project.chapters.values():
        known = ((one, published[one.uid]) for one in project.sessions_of(chapter) if one.uid in published)
        moves = (_find_clock_move(one, revision, project.now, context) for one, revision in known)
        if sentences := group_changes(filter(None, moves), context):
            yield make_warning(
                Span(chapter.file),
                "zone-data",
                f"New zone data moves sessions of #{chapter.hashtag}: {'; '.join(one.text for one in sentences)}.",
                "The schedule is the same, but its clock follows a new rule, and the feeds follow the clock.\n"
                "If the chat follows the clocks of other places instead, change its time.",
            )


def _find_clock_move(session: Session, revision: Revision, now: datetime, context: DateContext) -> SessionChange | None:
    """Return how zone data moves a session from where it was published; None where that is not so, or all is over.

    A published event gives its day and time on its own clock, and in UTC. If the schedule has the same day and time on
    that clock, but at another moment, the clock was changed.
    """
    start, at = session.start, session.at
    if not (isinstance(start, datetime) and isinstance(revision.start, datetime) and isinstance(at, time)):
        return None
    if session.timezone is None or start == revision.start or (has_ended(session, now) and has_ended(revision, now)):
        return None
    # The time is that of the schedule: the clock may skip it that day.
    due = datetime.combine(convert_to_zone(start, session.timezone).date(), at)
    before = decode_event(ics.parse_event(revision))
    if (before.wall, before.place) != (due, get_city_name(session.timezone)):
        return None
    moved = replace(before.event, start=start, end=before.end + (start - revision.start))
    return compare_sessions(before, replace(before, event=moved), context)


def check_lost_slots(project: Project) -> Iterator[Problem]:
    """Check that published slots to come do not leave the schedule without a word."""
    return suggest_cancelling(project, _collect_published(project))


def check_rewritten_past(project: Project) -> Iterator[Problem]:
    """Check that no chat is edited in place so that days already held change."""
    return suggest_new_chat(project, _collect_published(project))


def _collect_published(project: Project) -> EventsBySlug:
    return {
        slug: [one for name in (slug, *chapter.formerly) for one in project.published_revisions.get(name, ())]
        for slug, chapter in project.chapters.items()
    }
