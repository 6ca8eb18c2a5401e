"""Edits against what is published."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from chatcal import english
from chatcal.diff import grouping, session_changes
from chatcal.diff.advice import EventsBySlug, suggest_cancelling, suggest_new_chat
from chatcal.diff.session_changes import SessionChange
from chatcal.feed import ics, revisions
from chatcal.feed.event import decode_event
from chatcal.model import Revision, Session, has_ended
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import Project
from chatcal.recurrence.date_runs import DateContext
from chatcal.timezones import get_city_name


def check_zone_data(schedules: Project) -> Iterator[Problem]:
    """Coming sessions that are published for another moment than the one that the same time on their clock now is.

    A warning, for that is what a build shows: once it is done, the feeds have the new moments, and no trace is left.
    """
    last = revisions.latest_by_uid(schedules.published_revisions)
    reach = DateContext(schedules.now.year, schedules.window.last)
    for chapter in schedules.chapters.values():
        known = ((one, last[one.uid]) for one in schedules.sessions_of(chapter) if one.uid in last)
        steps = [step for one, was in known if (step := _find_clock_move(one, was, schedules.now, reach))]
        if steps:
            moved = "; ".join(sentence.text for sentence in grouping.group_changes(steps, reach))
            yield make_warning(
                Span(chapter.file),
                "zone-data",
                f"New zone data moves sessions of #{chapter.hashtag}: {moved}.",
                "The schedule says what it said; that clock follows another rule now, and the feeds follow the clock.\n"
                "If the chat keeps to the clocks of other places instead, change its time.",
            )


def _find_clock_move(session: Session, was: Revision, now: datetime, reach: DateContext) -> SessionChange | None:
    """Return how zone data moves a session from where it was published; None where that is not so, or all is over.

    A published event gives its day and time on its own clock, and in UTC. Where the schedule has that very day and
    time on that clock, and not that moment, it is the clock that was changed.
    """
    start, at = session.start, session.at
    if not (isinstance(start, datetime) and isinstance(was.start, datetime) and isinstance(at, time)):
        return None
    if session.timezone is None or start == was.start or (has_ended(session, now) and has_ended(was, now)):
        return None
    # The time is that of the schedule: the clock may skip it that day.
    due = datetime.combine(english.convert_to_zone(start, session.timezone).date(), at)
    shown = decode_event(ics.parse_event(was))
    if (shown.wall, shown.place) != (due, get_city_name(session.timezone)):
        return None
    there = replace(shown.event, start=start, end=shown.end + (start - was.start))
    return session_changes.compare_sessions(shown, replace(shown, event=there), reach)


def check_lost_slots(schedules: Project) -> Iterator[Problem]:
    """Slots to come, published, that leave the schedule without a word."""
    yield from suggest_cancelling(schedules, _collect_published(schedules))


def check_rewritten_past(schedules: Project) -> Iterator[Problem]:
    """Chats that were edited in place, so that the days already held follow another rule than they were held by."""
    yield from suggest_new_chat(schedules, _collect_published(schedules))


def _collect_published(schedules: Project) -> EventsBySlug:
    return {
        chapter.slug: [
            one for name in (chapter.slug, *chapter.formerly) for one in schedules.published_revisions.get(name, ())
        ]
        for chapter in schedules.chapters.values()
    }
