"""Guards against what nobody wrote: feeds that nothing in the schedules stands for any more, and a wrong clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

from chatcal import english
from chatcal.feed import ics
from chatcal.feed.event import decode_event
from chatcal.model import Revision, get_feed_order, select_coming
from chatcal.problems import Problem, Severity, Span, make_warning
from chatcal.project import CALENDAR_SPAN, Project

GUARD_CODES = ("no-schedules", "feed-gone", "clock")
"""The errors that stop what nobody wrote; who means it builds with `--allow-shrink`."""


_SHRINK = (
    "If that is meant, `chatcal build --allow-shrink` lets it pass: the {} served, with the sessions that have ended."
)


def check_schedules_exist(schedules: Project) -> Iterator[Problem]:
    """Folders without a single schedule file."""
    if schedules.chapters or schedules.unread:
        return
    found = Problem(
        span=CALENDAR_SPAN,
        code="no-schedules",
        message="There is no schedule file in schedules/.",
        hint="Add one for each chapter, like schedules/lanternchat.yaml.",
        severity=Severity.WARNING,
    )
    if gone := list(_find_removed_names(schedules)):
        uids = {one.uid for name in gone for one in _list_coming_revisions(schedules, name)}
        names = english.join_list([f"`{name}`" for name in gone])
        lost = f"{names} would lose {english.format_count(len(uids), 'coming session')}"
        feeds = english.format_count(len(gone), "published feed")
        found = replace(
            found,
            message=f"There is no schedule file in schedules/, and nothing stands for {feeds} any more: {lost}.",
            hint=f"Bring the files back. {_SHRINK.format('feeds stay')}",
            severity=Severity.ERROR,
        )
    yield found


def check_removed_feeds(schedules: Project) -> Iterator[Problem]:
    """Names of published feeds that nothing stands for any more."""
    if not schedules.chapters or schedules.unread:
        # A file that cannot be read may be what stands for it, under any `formerly`.
        return
    for name in _find_removed_names(schedules):
        coming = _list_coming_revisions(schedules, name)
        if coming or name not in schedules.published_revisions:
            yield Problem(
                span=Span(f"feeds/{name}.ics"),
                code="feed-gone",
                message=f"The feed `{name}` is published, and nothing in the schedules stands for it any more"
                f"{_describe_loss(coming)}.",
                hint=f"Bring schedules/{name}.yaml back, or list `{name}` under `formerly:` of what took its place. "
                f"A chapter that is over keeps its file: give its chats an `until:`.\n{_SHRINK.format('name stays')}",
            )
        else:
            yield make_warning(
                Span(f"feeds/{name}.ics"),
                "feed-gone",
                f"Nothing in the schedules stands for the feed `{name}` any more; it stays published as it is, and "
                "holds no session to come.",
                f"Bring schedules/{name}.yaml back, or list `{name}` under `formerly:` of what took its place.",
            )


_MAX_SKEW = timedelta(days=1)
"""By so much may the clock of one build be behind that of the last."""


def check_clock(schedules: Project) -> Iterator[Problem]:
    """Clocks far behind the one that the published feeds were made by."""
    newest = {name: max(one.modified for one in its) for name, its in schedules.published_revisions.items() if its}
    name = max(sorted(newest), key=newest.__getitem__, default=None)
    if name is not None and newest[name] - schedules.now > _MAX_SKEW:
        changed = newest[name].astimezone(UTC).date()
        yield Problem(
            span=Span(f"feeds/{name}.ics"),
            code="clock",
            message=f"The feed `{name}` was changed on {english.format_day(changed)}, and the clock here says "
            f"{english.format_day(schedules.today)}: sessions of the days between would be made up anew, "
            "and the last ones to come would go.",
            hint="Set the clock of this machine right; or leave out `--now` and SOURCE_DATE_EPOCH. If it was the other "
            "clock that was wrong, bring feeds/ back as it was before that build.\n"
            "If this is meant, `chatcal build --allow-shrink` lets it pass.",
        )


def _find_removed_names(schedules: Project) -> Iterator[str]:
    """Yield the names of the published feeds that nothing stands for."""
    yield from (name for name in schedules.published_feeds if name not in schedules.feed_names)


def _list_coming_revisions(schedules: Project, name: str) -> list[Revision]:
    return select_coming(schedules.published_revisions.get(name, ()), schedules.now)


def _describe_loss(coming: list[Revision]) -> str:
    if not coming:
        return ""
    first = english.format_day(decode_event(ics.parse_event(min(coming, key=get_feed_order))).day)
    return f": its subscribers would lose {english.format_count(len(coming), 'coming session')}, the next on {first}"
