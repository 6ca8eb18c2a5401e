"""Clocks that new zone data changes: which published sessions that moves, though nobody edited their times."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from chatcal import becomes, ics, revisions, told, words
from chatcal.becomes import Step
from chatcal.model import Revision, Session, has_ended
from chatcal.problem import Problem, Span, warning
from chatcal.runs import Reach
from chatcal.schedules import Schedules
from chatcal.seen import seen
from chatcal.zones import city


def zone_data(schedules: Schedules) -> Iterator[Problem]:
    """Coming sessions that are published for another moment than the one that the same time on their clock now is.

    A warning, for that is what a build shows: once it is done, the feeds have the new moments, and no trace is left.
    """
    last = revisions.newest(schedules.last)
    reach = Reach(schedules.now.year, schedules.window.last)
    for chapter in schedules.chapters.values():
        known = ((one, last[one.uid]) for one in schedules.of(chapter) if one.uid in last)
        steps = [step for one, was in known if (step := _step(one, was, schedules.now, reach))]
        if steps:
            moved = "; ".join(sentence.text for sentence in told.sentences(steps, reach))
            yield warning(
                Span(chapter.file),
                "zone-data",
                f"New zone data moves sessions of #{chapter.hashtag}: {moved}.",
                "The schedule says what it said; that clock follows another rule now, and the feeds follow the clock.\n"
                "If the chat keeps to the clocks of other places instead, change its time.",
            )


def _step(session: Session, was: Revision, now: datetime, reach: Reach) -> Step | None:
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
    due = datetime.combine(words.on_clock(start, session.timezone).date(), at)
    shown = seen(ics.event(was))
    if (shown.wall, shown.place) != (due, city(session.timezone)):
        return None
    there = replace(shown.event, start=start, end=shown.end + (start - was.start))
    return becomes.step(shown, replace(shown, event=there), reach)
