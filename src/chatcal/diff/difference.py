"""What subscribers see change from one snapshot to another, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from chatcal.diff import chapter_changes, session_changes
from chatcal.diff.advice import suggest_cancelling, suggest_new_chat
from chatcal.diff.grouping import Sentence, group_changes
from chatcal.diff.session_changes import SessionChange
from chatcal.diff.snapshot import ChapterSnapshot, Snapshot, restrict_snapshot
from chatcal.english import format_count
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
    """Those that change."""
    advice: tuple[Problem, ...]
    unread: tuple[str, ...]
    """The files of the first side that have errors, so that nothing can be said of what they change."""

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return any((self.calendar, self.vanishing, self.appearing, self.chapters))


def compare_snapshots(before: Snapshot, after: Snapshot, now: datetime) -> Difference:
    """Return what changes from one side to the other, within the days that both reach over; `now` is aware."""
    window = _find_common_window(before, after, now)
    roots = _select_roots(before, after)
    old, new = restrict_snapshot(before, window, roots), restrict_snapshot(after, window, roots)
    context = DateContext(now.year, window.last)
    chapters = [_compare_chapter(old, new, root, now, context) for root in sorted(roots)]
    is_whole = before.single_feed is None and after.single_feed is None
    return Difference(
        now=now,
        window=window,
        calendar=(*chapter_changes.compare_calendars(old, new, now), *_describe_minor_changes(chapters)),
        vanishing=tuple(chapter_changes.list_removed_feeds(old, new, now, context)) if is_whole else (),
        appearing=tuple(chapter_changes.list_added_feeds(old, new, now)) if is_whole else (),
        chapters=tuple(filter(None, chapters)),
        advice=_list_advice(old, new),
        unread=before.unread,
    )


def _find_common_window(before: Snapshot, after: Snapshot, now: datetime) -> Window:
    """Return the days that both sides reach over; feeds alone are taken to reach as far as they do by default."""
    known = [side.project.window for side in (before, after) if side.project is not None]
    known = known or [compute_window(Calendar(title="", uid_domain=""), now)]
    return Window(max(one.first for one in known), min(one.last for one in known))


def _select_roots(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the chapters that are compared: of a single feed only its own, and none whose file has errors."""
    unread = {PurePosixPath(file).stem for file in before.unread}
    roots = {root for root, shown in after.chapters.items() if shown.slug not in unread} | set(before.chapters)
    for side, other in ((before, after), (after, before)):
        if side.single_feed is not None and side.single_feed != ALL_FEED:
            roots &= {*side.chapters, *other.members.get(side.single_feed, ()), *side.members[side.single_feed]}
    return roots


def _compare_chapter(old: Snapshot, new: Snapshot, root: str, now: datetime, context: DateContext) -> ChapterDifference:
    if root not in new.chapters:
        return _build_one_sided(old.chapters[root], now, context, is_removed=True)
    if root not in old.chapters:
        return _build_one_sided(new.chapters[root], now, context, is_removed=False)
    before, after = old.chapters[root], new.chapters[root]
    past_changes, coming_changes, minor_count = [], [], 0
    for slot in sorted({*before.sessions, *after.sessions}):
        was, is_now = before.sessions.get(slot), after.sessions.get(slot)
        if all(one is None or has_ended(one.session, now) for one in (was, is_now)):
            # A feed holds no past from before its first publication: that is no change.
            if (was or old.project) and (is_now or new.project):
                past_changes.append(_compare_pair(was, is_now, context, past=True))
        elif change := _compare_pair(was, is_now, context):
            coming_changes.append(_add_past_remark(change, now))
        else:
            minor_count += _get_minor_texts(was) != _get_minor_texts(is_now)
    past, coming = group_changes(filter(None, past_changes), context), group_changes(coming_changes, context)
    return ChapterDifference(
        slug=after.slug,
        hashtag=before.hashtag if past else after.hashtag,
        record=tuple(chapter_changes.compare_records(before, after)),
        past=tuple(past),
        coming=tuple(coming),
        chapter_changes=tuple(chapter_changes.compare_chapters(before, after, now)),
        page=tuple(chapter_changes.compare_pages(before, after, context, sessions=bool(past or coming))),
        next_sessions=tuple(_list_coming(after, now)[:_MAX_NEXT]),
        minor_count=minor_count,
    )


def _build_one_sided(
    chapter: ChapterSnapshot, now: datetime, context: DateContext, *, is_removed: bool
) -> ChapterDifference:
    """Return a chapter that comes or goes with its coming sessions; what was held is not touched."""
    coming = _list_coming(chapter, now)
    describe = session_changes.describe_removed if is_removed else session_changes.describe_added
    verb = "leaves the calendar" if is_removed else "enters the calendar"
    return ChapterDifference(
        slug=chapter.slug,
        hashtag=chapter.hashtag,
        coming=tuple(group_changes(map(describe, coming), context)),
        chapter_changes=() if coming else (verb,),
        next_sessions=() if is_removed else tuple(coming[:_MAX_NEXT]),
    )


def _list_coming(chapter: ChapterSnapshot, now: datetime) -> list[PublishedSession]:
    coming = (one for one in chapter.sessions.values() if not has_ended(one.session, now))
    return sorted(coming, key=lambda one: get_feed_order(one.session))


def _compare_pair(
    before: PublishedSession | None, after: PublishedSession | None, context: DateContext, *, past: bool = False
) -> SessionChange | None:
    if before is None:
        return session_changes.describe_added(after) if after is not None else None
    if after is None:
        return session_changes.describe_removed(before)
    return session_changes.compare_sessions(before, after, context, past=past)


def _add_past_remark(change: SessionChange, now: datetime) -> SessionChange:
    """Return a change that leads out of the past, or into it, with what that means."""
    if change.before is not None and change.after is not None:
        if has_ended(change.before.session, now):
            return replace(change, text=f"{change.text}, though that is over: calendars show it at its new time")
        if has_ended(change.after.session, now):
            return replace(change, text=f"{change.text}, which is past: it leaves the feeds")
    return change


def _get_minor_texts(one: PublishedSession | None) -> tuple[str | None, str] | None:
    return (one.url, one.description) if one else None


def _describe_minor_changes(chapters: list[ChapterDifference]) -> Iterator[str]:
    if number := sum(one.minor_count for one in chapters):
        sessions = format_count(number, "coming session")
        yield f"In {sessions} only links or descriptions change"


def _list_advice(old: Snapshot, new: Snapshot) -> tuple[Problem, ...]:
    """Return what a maintainer could do better, where the second side is of schedules."""
    if new.project is None:
        return ()
    before = {
        new.chapters[root].slug: [one.session for one in shown.sessions.values()]
        for root, shown in old.chapters.items()
        if root in new.chapters
    }
    return sort_problems([*suggest_cancelling(new.project, before), *suggest_new_chat(new.project, before)])
