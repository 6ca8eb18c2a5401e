"""Which feeds there are, and which revisions each of them holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chatcal import english
from chatcal.feed import ics, revisions
from chatcal.feed.event import build_event
from chatcal.model import Calendar, Chapter, Revision, get_utc_day, has_ended, sort_for_feed
from chatcal.problems import Problem, make_warning
from chatcal.project import ALL_FEED, CALENDAR_SPAN, Project
from chatcal.recurrence.sessions import get_month_end
from chatcal.recurrence.uids import Uid
from chatcal.text import curl_quotes

_MAX_BYTES = 900_000


_MAX_EVENTS = 1_000
"""Google is reported to refuse feeds over 1 MB and to lose events beyond 1,111."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is published: under which names, its octets, and the revisions in them.

    The octets are None where it is too large and was never published. `cut` is the problem of one that had to be cut.
    """

    names: tuple[str, ...]
    content: bytes | None
    revisions: tuple[Revision, ...]
    problem: Problem | None = None


def build_feeds(schedules: Project, *, rewrite_past: bool) -> Iterator[Feed]:
    """Yield every feed, those of the chapters first; none is kept here, for together they may be too many.

    Takes a project without errors.
    """
    last, octets = schedules.published_revisions, schedules.published_feeds
    newest = revisions.latest_by_uid(last)
    calendar = schedules.calendar
    left = {name: _keep_ended(schedules, found) for name, found in last.items() if name not in schedules.feed_names}
    only_there = {one.uid: one for part in left.values() for one in part}
    everything = _CombinedFeed()
    collections = [(collection, _CombinedFeed()) for collection in calendar.collections]
    members: dict[str, list[_CombinedFeed]] = defaultdict(list)
    for collection, combined in collections:
        for slug in set(collection.chapters):
            members[slug].append(combined)

    def make_feed(names: tuple[str, ...], heading: ics.FeedHeading, first: Sequence[Revision], count: int) -> Feed:
        found = _fit_feed(schedules, names, heading, first, count)
        if found.content is None and (there := [name for name in names if name in octets]):
            return replace(found, content=octets[there[0]], revisions=last[there[0]])
        return found

    for slug, chapter in sorted(schedules.chapters.items()):
        names = (slug, *chapter.formerly)
        whole = _build_chapter_revisions(schedules, chapter, names, last, newest, rewrite_past=rewrite_past)
        feed = make_feed(names, build_chapter_heading(calendar, chapter), whole, len(whole))
        for combined in (everything, *members[slug]):
            combined.add(feed.revisions)
        for one in feed.revisions:
            only_there.pop(one.uid, None)
        yield feed
    for collection, combined in collections:
        its_own = _build_combined_heading(calendar, collection.name, collection.title)
        yield make_feed((collection.name, *collection.formerly), its_own, combined.get_first(), combined.count)
    everything.add(only_there.values())
    yield make_feed(
        (ALL_FEED,),
        _build_combined_heading(calendar, ALL_FEED, calendar.title),
        everything.get_first(),
        everything.count,
    )
    for name, found in left.items():
        yield Feed((name,), ics.replace_revisions(octets[name], found), found)


class _CombinedFeed:
    """How many events a combined feed would hold, and the first of them: one more than it may hold, and no others."""

    def __init__(self) -> None:
        self.count = 0
        self._some: list[Revision] = []

    def add(self, revisions: Collection[Revision]) -> None:
        self.count += len(revisions)
        self._some += revisions
        if len(self._some) > 4 * _MAX_EVENTS:
            self._some = self.get_first()

    def get_first(self) -> list[Revision]:
        return sort_for_feed(self._some)[: _MAX_EVENTS + 1]


def _keep_ended(schedules: Project, found: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return what stays of a feed that nothing stands for any more: what has ended, until it leaves the window."""
    return revisions.filter_by_window((one for one in found if has_ended(one, schedules.now)), schedules.window)


def _build_chapter_revisions(
    schedules: Project,
    chapter: Chapter,
    names: Iterable[str],
    last: revisions.PublishedFeeds,
    newest: Mapping[str, Revision],
    *,
    rewrite_past: bool,
) -> tuple[Revision, ...]:
    calendar = schedules.calendar
    kept = _find_published(schedules, chapter, names, last, newest)
    if chapter.upstream is not None and not schedules.has_fresh_upstream(chapter):
        return tuple(sort_for_feed(schedules.window.select(kept.values())))
    wanted = schedules.sessions_of(chapter) if rewrite_past else schedules.list_coming(chapter)
    sessions = (one for one in wanted if calendar.unconfirmed == "show" or not one.unconfirmed)
    following = revisions.next_revisions(
        (build_event(calendar, chapter, one) for one in sessions),
        kept.values(),
        newest,
        schedules.now,
        rewrite_past=rewrite_past,
    )
    return revisions.filter_by_window(following, schedules.window)


def _find_published(
    schedules: Project,
    chapter: Chapter,
    names: Iterable[str],
    last: revisions.PublishedFeeds,
    newest: Mapping[str, Revision],
) -> dict[str, Revision]:
    """Return what is published of a chapter; where its own feed is lost, what the combined feeds hold of it."""
    feeds = [last[name] for name in names if name in last]
    if feeds or not newest:
        return {one.uid: newest[one.uid] for feed in feeds for one in feed}
    known = {*last, *(one.root for one in schedules.chapters.values())}
    return {uid: one for uid, one in newest.items() if Uid.parse(uid, known).root == chapter.root}


def build_chapter_heading(calendar: Calendar, chapter: Chapter) -> ics.FeedHeading:
    """Return what the feed of a chapter says of itself."""
    return ics.FeedHeading(
        name=curl_quotes(f"#{chapter.hashtag} {chapter.name}"),
        description=curl_quotes(chapter.about or f"Chats of {chapter.name}."),
        url=f"{calendar.home}{chapter.slug}/" if calendar.home else None,
        source=f"{calendar.home}{chapter.slug}.ics" if calendar.home else None,
    )


def _build_combined_heading(calendar: Calendar, name: str, title: str) -> ics.FeedHeading:
    return ics.FeedHeading(
        name=curl_quotes(title),
        description=curl_quotes(calendar.about or title),
        url=calendar.home,
        source=f"{calendar.home}{name}.ics" if calendar.home else None,
    )


def _fit_feed(
    schedules: Project, names: tuple[str, ...], heading: ics.FeedHeading, first: Sequence[Revision], count: int
) -> Feed:
    """Return as much of a feed as calendar programs take, cut at a month's end; without octets if a month is too much.

    Takes how many events it would hold, and the first of them, in the order of feeds: all, or more than programs take.
    """
    for last in _iterate_month_ends(schedules):
        held = tuple(first[: bisect_right(first, last, key=lambda one: get_utc_day(one.start))])
        if len(held) <= _MAX_EVENTS and len(feed := ics.write_feed(heading, held)) <= _MAX_BYTES:
            return Feed(names, feed, held, _make_cut_warning(names[0], count, last) if len(held) < count else None)
    return Feed(names, None, (), _make_size_error(names[0], count))


def _iterate_month_ends(schedules: Project) -> Iterator[date]:
    for ahead in range(schedules.calendar.ahead, 0, -1):
        yield get_month_end(schedules.today, ahead)


_SIZE_HINT = "Set `ahead:` or `behind:` lower in chatcal.yaml, or offer smaller `collections:`."


def _make_cut_warning(name: str, count: int, last: date) -> Problem:
    return make_warning(
        CALENDAR_SPAN,
        "feed-cut",
        f"The feed `{name}` would hold {english.format_count(count, 'event')}; "
        f"it ends on {english.format_long_day(last)}, "
        "since calendar programs refuse larger ones.",
        _SIZE_HINT,
    )


def _make_size_error(name: str, count: int) -> Problem:
    return Problem(
        span=CALENDAR_SPAN,
        code="feed-too-large",
        message=f"The feed `{name}` would hold {english.format_count(count, 'event')}, and even its next month is more "
        "than calendar programs take. What was published of it last stays.",
        hint=_SIZE_HINT,
    )
