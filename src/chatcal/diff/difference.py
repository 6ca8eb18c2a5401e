"""Two sides to what subscribers see change from the one to the other, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from chatcal import english
from chatcal.diff import advice, chapter_changes, grouping, session_changes
from chatcal.diff.grouping import Sentence
from chatcal.diff.session_changes import SessionChange
from chatcal.diff.snapshot import ChapterSnapshot, Snapshot, restrict_snapshot
from chatcal.feed.event import PublishedSession
from chatcal.model import Calendar, Window, get_feed_order, has_ended
from chatcal.problems import Problem, sort_problems
from chatcal.project import ALL_FEED
from chatcal.recurrence.date_runs import DateContext
from chatcal.recurrence.sessions import compute_window

_MAX_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterDifference:
    """A chapter that changes. Its sentences end without a full stop."""

    slug: str
    hashtag: str
    record: tuple[str, ...] = ()
    """Of slots from before the feeds' window."""
    past: tuple[Sentence, ...] = ()
    """Of sessions in it that have ended."""
    coming: tuple[Sentence, ...] = ()
    chapter_changes: tuple[str, ...] = ()
    """Of the chapter and its feed."""
    page: tuple[str, ...] = ()
    """Of what only its page shows."""
    next_sessions: tuple[PublishedSession, ...] = ()
    """Its next sessions, at most five; none where it is gone."""
    minor_count: int = 0
    """So many coming sessions change in nothing but links, or the clocks beside their own."""

    def __bool__(self) -> bool:
        """Say whether anything changes that is this chapter's own."""
        return any((self.record, self.past, self.coming, self.chapter_changes, self.page))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from one side to another. Its sentences end without a full stop."""

    now: datetime
    window: Window
    calendar: tuple[str, ...]
    """Of all feeds together."""
    vanishing: tuple[str, ...]
    appearing: tuple[str, ...]
    chapters: tuple[ChapterDifference, ...]
    """Those that change."""
    advice: tuple[Problem, ...]
    unread: tuple[str, ...]
    """The files of the first side that could not be read, so that nothing can be said of what they change."""

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return any((self.calendar, self.vanishing, self.appearing, self.chapters))


def compare_snapshots(before: Snapshot, after: Snapshot, now: datetime) -> Difference:
    """Return what changes from one side to the other, within the window at a moment (aware) that both reach over."""
    span = _find_common_window(before, after, now)
    roots = _select_roots(before, after)
    old, new = restrict_snapshot(before, span, roots), restrict_snapshot(after, span, roots)
    reach = DateContext(now.year, span.last)
    touched = [_build_chapter_difference(old, new, root, now, reach) for root in sorted(roots)]
    whole = before.single_feed is None and after.single_feed is None
    return Difference(
        now=now,
        window=span,
        calendar=(*chapter_changes.compare_calendars(old, new, now), *_describe_minor_changes(touched)),
        vanishing=tuple(chapter_changes.removed_feeds(old, new, now, reach)) if whole else (),
        appearing=tuple(chapter_changes.list_added_feeds(old, new, now)) if whole else (),
        chapters=tuple(one for one in touched if one),
        advice=_list_advice(old, new),
        unread=before.unread,
    )


def _find_common_window(before: Snapshot, after: Snapshot, now: datetime) -> Window:
    """Return the days that both sides reach over; feeds alone are taken to reach as far as they do by default."""
    known = [side.project.window for side in (before, after) if side.project is not None]
    known = known or [compute_window(Calendar(title="", uid_domain=""), now)]
    return Window(max(one.first for one in known), min(one.last for one in known))


def _select_roots(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the chapters that are compared: of a single feed only its own, and none that could not be read."""
    unread = {PurePosixPath(file).stem for file in before.unread}
    roots = {root for root, shown in after.chapters.items() if shown.slug not in unread} | set(before.chapters)
    for side, other in ((before, after), (after, before)):
        if side.single_feed is not None and side.single_feed != ALL_FEED:
            roots &= {*side.chapters, *other.members.get(side.single_feed, ()), *side.members[side.single_feed]}
    return roots


def _build_chapter_difference(
    old: Snapshot, new: Snapshot, root: str, now: datetime, reach: DateContext
) -> ChapterDifference:
    before, after = old.chapters.get(root), new.chapters.get(root)
    if before is None or after is None:
        return _build_one_sided(before, after, now, reach)
    past, coming, quiet = [], [], 0
    for one, other in _pair_sessions(before, after):
        if _is_over(one, now) and _is_over(other, now):
            # A feed holds no past from before its first publication: that is no change.
            if (one or old.project) and (other or new.project):
                past.append(_compare_pair(one, other, reach, past=True))
        elif step := _compare_pair(one, other, reach):
            coming.append(_add_past_remark(step, now))
        else:
            quiet += _get_links(one) != _get_links(other)
    told_past = grouping.group_changes((step for step in past if step), reach)
    told_coming = grouping.group_changes(coming, reach)
    return ChapterDifference(
        slug=after.slug,
        hashtag=after.hashtag if not told_past else before.hashtag,
        record=tuple(chapter_changes.compare_records(before, after)),
        past=tuple(told_past),
        coming=tuple(told_coming),
        chapter_changes=tuple(chapter_changes.compare_chapters(before, after, now)),
        page=tuple(chapter_changes.compare_pages(before, after, reach, sessions=bool(told_past or told_coming))),
        next_sessions=_find_next_sessions(after, now),
        minor_count=quiet,
    )


def _build_one_sided(
    before: ChapterSnapshot | None, after: ChapterSnapshot | None, now: datetime, reach: DateContext
) -> ChapterDifference:
    """Return a chapter that comes or goes: with it come or go its coming sessions, and what was held is not touched."""
    shown = after or before or ChapterSnapshot(slug="", hashtag="")
    ahead = (one for one in shown.sessions.values() if not has_ended(one.event, now))
    steps = [
        session_changes.describe_removed(one) if after is None else session_changes.describe_added(one) for one in ahead
    ]
    verb = "leaves the calendar" if after is None else "enters the calendar"
    return ChapterDifference(
        slug=shown.slug,
        hashtag=shown.hashtag,
        coming=tuple(grouping.group_changes(steps, reach)),
        chapter_changes=() if steps else (verb,),
        next_sessions=_find_next_sessions(after, now) if after else (),
    )


def _pair_sessions(
    before: ChapterSnapshot, after: ChapterSnapshot
) -> Iterator[tuple[PublishedSession | None, PublishedSession | None]]:
    for slot in sorted({*before.sessions, *after.sessions}):
        yield before.sessions.get(slot), after.sessions.get(slot)


def _is_over(one: PublishedSession | None, now: datetime) -> bool:
    return one is None or has_ended(one.event, now)


def _compare_pair(
    before: PublishedSession | None, after: PublishedSession | None, reach: DateContext, *, past: bool = False
) -> SessionChange | None:
    if before is not None and after is not None:
        return session_changes.compare_sessions(before, after, reach, past=past)
    return (
        session_changes.describe_removed(before)
        if before is not None
        else session_changes.describe_added(after)
        if after is not None
        else None
    )


def _add_past_remark(step: SessionChange, now: datetime) -> SessionChange:
    """Return a step that leads out of the past, or into it, with what that means."""
    if step.before is not None and step.after is not None:
        if has_ended(step.before.event, now):
            return replace(step, text=f"{step.text}, though that is over: calendars show it at its new time")
        if has_ended(step.after.event, now):
            return replace(step, text=f"{step.text}, which is past: it leaves the feeds")
    return step


def _get_links(one: PublishedSession | None) -> tuple[str | None, str] | None:
    return (one.event.url, one.clocks) if one else None


def _describe_minor_changes(touched: list[ChapterDifference]) -> Iterator[str]:
    if number := sum(one.minor_count for one in touched):
        sessions = english.format_count(number, "coming session")
        yield f"In {sessions} nothing changes but links, or the clocks shown beside their own"


def _find_next_sessions(after: ChapterSnapshot, now: datetime) -> tuple[PublishedSession, ...]:
    ahead = (one for one in after.sessions.values() if not has_ended(one.event, now))
    return tuple(sorted(ahead, key=lambda one: get_feed_order(one.event))[:_MAX_NEXT])


def _list_advice(old: Snapshot, new: Snapshot) -> tuple[Problem, ...]:
    """Return what a maintainer could do better, where the second side is of schedules."""
    if new.project is None:
        return ()
    before = {
        new.chapters[root].slug: [one.event for one in shown.sessions.values()]
        for root, shown in old.chapters.items()
        if root in new.chapters
    }
    return sort_problems(
        [*advice.suggest_cancelling(new.project, before), *advice.suggest_new_chat(new.project, before)]
    )
