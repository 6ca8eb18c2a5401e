"""Published sessions that an edit, or new zone data, would change."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chatcal.diff.advice import suggest_edits
from chatcal.diff.grouping import group_changes
from chatcal.diff.session_changes import SessionChange, describe_clock_change
from chatcal.feed.event import decode_event, publish_session
from chatcal.model import Chapter, has_ended
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import Project
from chatcal.recurrence.date_runs import DateContext

_ZONE_DATA_HINT = """\
The schedule is the same, but its clock follows a new rule, and the feeds follow the clock.
If the chat follows the clocks of other places instead, change its time."""


def check_zone_data(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check whether sessions move only because their clock has a new rule.

    That is a warning: after the next build the feeds hold the new moments, and nothing shows the change any more. A
    move of more than two hours is an error: it is rare, and damaged zone data looks the same.
    """
    latest = project.latest_revisions
    if not latest:
        return
    found = (
        describe_clock_change(decode_event(was), publish_session(project.calendar, chapter, session))
        for session in project.sessions_of(chapter)
        if (was := latest.get(session.uid)) and was.start != session.start
        if not (has_ended(was, project.now) and has_ended(session, project.now))
    )
    changes = [one for one in found if one]
    if sentences := group_changes(changes, DateContext(project.now.year, project.window.last)):
        moves = "; ".join(one.text for one in sentences)
        message = f"New zone data moves sessions of {chapter.label}: {moves}."
        if any(map(_is_far, changes)):
            yield Problem(Span(chapter.file), "zone-data", message, f"{_ZONE_DATA_HINT}\n{_FAR_HINT}")
        else:
            yield make_warning(Span(chapter.file), "zone-data", message, _ZONE_DATA_HINT)


_FAR = timedelta(hours=2)
_FAR_HINT = "Is it true that this place moves its clocks by so much? If it is, run `chatcal build --allow-shrink`."


def _is_far(change: SessionChange) -> bool:
    starts = [one.session.start for one in (change.before, change.after) if one is not None]
    moments = [one for one in starts if isinstance(one, datetime)]
    return len(moments) > 1 and abs(moments[0] - moments[1]) > _FAR


def check_edits(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that published slots to come do not leave without a word, and that no edit changes days already held."""
    names = (chapter.slug, *chapter.formerly)
    published = [one for name in names for one in project.published_revisions.get(name, ())]
    return suggest_edits(project, chapter, published)
