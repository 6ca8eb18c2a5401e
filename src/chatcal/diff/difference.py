"""What subscribers see change from one snapshot to another, in sentences."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from chatcal.diff import chapter_changes, session_changes
from chatcal.diff.advice import suggest_edits
from chatcal.diff.grouping import Sentence, group_changes
from chatcal.diff.session_changes import SessionChange
from chatcal.diff.snapshot import Snapshot, restrict_snapshot
from chatcal.english import format_count
from chatcal.feed.event import PublishedSession
from chatcal.model import Calendar, Window, get_day, has_ended
from chatcal.problems import Problem, sort_problems
from chatcal.project import ALL_FEED
from chatcal.recurrence.date_runs import DateContext
from chatcal.recurrence.sessions import compute_window, get_month_end

_MAX_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterDifference:
    """A chapter that changes. Its sentences end without a full stop."""

    slug: str
    label: str
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
    changed_sessions: tuple[PublishedSession, ...] = ()
    """Its coming sessions that change, or come in, as they will be."""
    minor_count: int = 0
    """The number of coming sessions in which only links or descriptions change."""

    def __bool__(self) -> bool:
        """Say whether anything changes that is this chapter's own."""
        return any((self.record, self.past, self.coming, self.chapter_changes, self.page))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from one snapshot to another. Its sentences end without a full stop."""

    now: datetime
    window: Window
    calendar: tuple[str, ...]
    """Of all feeds together."""
    vanishing: tuple[str, ...]
    appearing: tuple[str, ...]
    chapters: tuple[ChapterDifference, ...]
    advice: tuple[Problem, ...]
    unread: tuple[str, ...]
    """The files of the first side that have errors, so that nothing can be said of what they change."""

    def __bool__(self) -> bool:
        return any((self.calendar, self.vanishing, self.appearing, self.chapters))


def compare_snapshots(before: Snapshot, after: Snapshot, now: datetime) -> Difference:
    """Return what changes from one side to the other, within the days that both reach over; `now` is aware."""
    calendars = [side.project.calendar for side in (before, after) if side.project is not None]
    windows = [compute_window(calendar, now) for calendar in calendars] or [_find_reach(before, after, now)]
    window = Window(max(one.first for one in windows), min(one.last for one in windows))
    roots = _select_roots(before, after)
    reaches = dict.fromkeys(roots, window)
    # Between two builds the months that time adds are a change; from feeds to schedules they are none.
    for side in (before, after):
        if side.project is None and calendars:
            reaches = {root: _clip_window(window, calendars[0], root, side) for root in roots}
    old, new = restrict_snapshot(before, reaches), restrict_snapshot(after, reaches)
    context = DateContext(now.year, window.last)
    chapters = [_compare_chapter(old, new, root, now, context) for root in sorted(roots)]
    minor_count = sum(one.minor_count for one in chapters)
    minor = f"In {format_count(minor_count, 'coming session')} only links or descriptions change"
    is_whole = before.single_feed is None and after.single_feed is None
    return Difference(
        now=now,
        window=window,
        calendar=(*chapter_changes.compare_calendars(old, new, now), *([minor] if minor_count else [])),
        vanishing=tuple(chapter_changes.list_removed_feeds(old, new, now, context)) if is_whole else (),
        appearing=tuple(chapter_changes.list_added_feeds(old, new, now)) if is_whole else (),
        chapters=tuple(filter(None, chapters)),
        advice=_list_advice(old, new),
        unread=before.unread,
    )


def _find_reach(before: Snapshot, after: Snapshot, now: datetime) -> Window:
    """Return the months that feeds alone reach over."""
    shown = [*before.chapters.values(), *after.chapters.values()]
    days = [get_day(one.session.start) for chapter in shown for one in chapter.sessions.values()]
    days.append(now.astimezone(UTC).date())
    return Window(min(days).replace(day=1), get_month_end(max(days), 0))


def _clip_window(window: Window, calendar: Calendar, root: str, side: Snapshot) -> Window:
    """Return the window of a chapter: no month that a build adds only because time goes by, if its feeds show that.

    They do if they hold a session of the last month that they reached when they last changed.
    """
    shown = side.chapters.get(root)
    if shown and side.modified:
        last = compute_window(calendar, side.modified).last
        if any(get_day(one.session.start) >= last.replace(day=1) for one in shown.sessions.values()):
            return Window(window.first, min(window.last, last))
    return window


def _select_roots(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the chapters that are compared: of a single feed only its own, and none whose file has errors."""
    unread = {PurePosixPath(file).stem for file in before.unread}
    roots = {root for root, shown in after.chapters.items() if shown.slug not in unread} | set(before.chapters)
    for side, other in ((before, after), (after, before)):
        if side.single_feed is not None and side.single_feed != ALL_FEED:
            roots &= {*side.chapters, *other.members.get(side.single_feed, ()), *side.members[side.single_feed]}
    return roots


def _compare_chapter(old: Snapshot, new: Snapshot, root: str, now: datetime, context: DateContext) -> ChapterDifference:
    if not (root in old.chapters and root in new.chapters):
        return _build_one_sided(old, new, root, now, context)
    before, after = old.chapters[root], new.chapters[root]
    past_changes, coming_changes, minor_count = [], [], 0
    gone = {} if before.is_withdrawn and not after.list_coming(now) else before.sessions
    for slot in sorted({*gone, *after.sessions}):
        was, is_now = before.sessions.get(slot), after.sessions.get(slot)
        if all(one is None or has_ended(one.session, now) for one in (was, is_now)):
            # A feed holds no past from before its first publication: that is no change.
            if (was or old.project) and (is_now or new.project):
                past_changes.append(_compare_pair(was, is_now, context, past=True))
        elif change := _compare_pair(was, is_now, context):
            coming_changes.append(_add_past_remark(change, now))
        else:
            minor_count += len({(one.url, one.description) for one in (was, is_now) if one}) > 1
    past, coming = group_changes(filter(None, past_changes), context), group_changes(coming_changes, context)
    return ChapterDifference(
        slug=after.slug,
        label=before.label if past else after.label,
        record=tuple(chapter_changes.compare_records(before, after)) if old.project and new.project else (),
        past=tuple(past),
        coming=tuple(coming),
        chapter_changes=tuple(chapter_changes.compare_chapters(before, after, now)),
        page=tuple(chapter_changes.compare_pages(before, after, now, context, sessions=bool(past or coming))),
        next_sessions=tuple(after.list_coming(now)[:_MAX_NEXT]),
        changed_sessions=tuple(one.after for one in coming_changes if one.after),
        minor_count=minor_count,
    )


def _build_one_sided(old: Snapshot, new: Snapshot, root: str, now: datetime, context: DateContext) -> ChapterDifference:
    """Return a chapter that comes or goes with its coming sessions; what was held is not touched."""
    is_gone = root in old.chapters
    chapter = (old if is_gone else new).chapters[root]
    coming = [] if is_gone and chapter.is_withdrawn else chapter.list_coming(now)
    describe = session_changes.describe_removed if is_gone else session_changes.describe_added
    return ChapterDifference(
        slug=chapter.slug,
        label=chapter.label,
        coming=tuple(group_changes(map(describe, coming), context)),
        chapter_changes=() if coming else ("leaves the calendar" if is_gone else "enters the calendar",),
        next_sessions=() if is_gone else tuple(coming[:_MAX_NEXT]),
    )


def _compare_pair(
    before: PublishedSession | None, after: PublishedSession | None, context: DateContext, *, past: bool = False
) -> SessionChange | None:
    if before and after:
        return session_changes.compare_sessions(before, after, context, past=past)
    if before:
        return session_changes.describe_removed(before)
    return session_changes.describe_added(after) if after else None


def _add_past_remark(change: SessionChange, now: datetime) -> SessionChange:
    """Return a change that leads out of the past, or into it, with what that means."""
    remark = ""
    if change.before and change.after:
        if has_ended(change.before.session, now):
            remark = ", though that is over: calendars show it at its new time"
        elif has_ended(change.after.session, now):
            remark = ", which is past: it leaves the feeds"
    return replace(change, text=change.text + remark)


def _list_advice(old: Snapshot, new: Snapshot) -> tuple[Problem, ...]:
    if new.project is None:
        return ()
    found: list[Problem] = []
    for root in sorted(old.chapters.keys() & new.chapters.keys()):
        before = [one.session for one in old.chapters[root].sessions.values()]
        found += suggest_edits(new.project, new.project.chapters[new.chapters[root].slug], before)
    return sort_problems(found)
