"""Which feeds there are, and which revisions each of them holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal import english
from chatcal.feed import ics
from chatcal.feed.event import build_events, get_chapter_words
from chatcal.feed.revisions import keep_one, next_revisions
from chatcal.model import CHAT, Calendar, Chapter, Revision, get_day, get_feed_order, has_ended, sort_for_feed
from chatcal.problems import Problem, make_warning
from chatcal.project import ALL_FEED, CALENDAR_SPAN, Project
from chatcal.recurrence.sessions import get_month_end
from chatcal.text import curl_quotes, encode_url

_MAX_BYTES = 900_000
_MAX_EVENTS = 1_000
"""Google is reported to refuse feeds over 1 MB and to lose events beyond 1,111."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is published: its names, its bytes, and the revisions in them.

    The bytes are None where it is too large and was never published.
    """

    names: tuple[str, ...]
    content: bytes | None
    revisions: Collection[Revision]
    problem: Problem | None = None
    """That it had to be cut, or is too large."""


def build_feeds(project: Project, *, rewrite_past: bool) -> Iterator[Feed]:
    """Yield every feed, those of the chapters first; none is kept here, for together they may be too many.

    Takes a project without errors.
    """
    calendar = project.calendar
    left = {
        name: tuple(project.window.select(one for one in found if has_ended(one, project.now)))
        for name, found in project.published_revisions.items()
        if name not in project.feed_names
    }
    last = _LastEvents(project)
    only_there = {one.uid: one for name, part in left.items() for one in part or last.get(name)}
    everything = _CombinedFeed()
    collections = [(collection, _CombinedFeed()) for collection in calendar.collections]
    members: dict[str, list[_CombinedFeed]] = defaultdict(list)
    for collection, combined in collections:
        for member in set(collection.chapters):
            members[member].append(combined)
    for slug, chapter in sorted(project.chapters.items()):
        feed = _build_chapter_feed(project, chapter, rewrite_past=rewrite_past)
        for combined in (everything, *members[slug]):
            combined.add(feed.revisions)
        # Nothing of these is read where nobody asks: a feed that is kept was not read at all.
        for one in feed.revisions if only_there else ():
            only_there.pop(one.uid, None)
        last.update(feed.revisions if slug in project.fresh else ())
        yield feed
    for collection, combined in collections:
        its_own = _build_heading(calendar, collection.name, collection.title, calendar.about or collection.title)
        names = (collection.name, *collection.formerly)
        if not combined.count:
            combined.add(last.get(*names))
        yield _fit_feed(project, names, its_own, combined.get_first(), combined.count)
    everything.add(sort_for_feed(only_there.values()))
    if not everything.count:
        everything.add(last.get(ALL_FEED))
    heading = _build_heading(calendar, ALL_FEED, calendar.title, calendar.about or calendar.title)
    yield _fit_feed(project, (ALL_FEED,), heading, everything.get_first(), everything.count)
    for name, part in left.items():
        found = part or last.get(name)
        yield Feed((name,), ics.replace_revisions(project.published_feeds[name], found), found)


class _CombinedFeed:
    """How many events a combined feed would hold, and the first of them: one more than it may hold, and no others."""

    def __init__(self) -> None:
        self.count = 0
        self._some: list[Revision] = []
        self._last: Revision | None = None
        """Later ones are not among the first."""

    def add(self, revisions: Collection[Revision]) -> None:
        """Take the events of a feed, in the order of feeds."""
        self.count += len(revisions)
        for one in revisions:
            if self._last is not None and get_feed_order(one) > get_feed_order(self._last):
                break
            self._some.append(one)
        if len(self._some) > 2 * _MAX_EVENTS:
            self._some = self.get_first()
            self._last = self._some[-1]

    def get_first(self) -> list[Revision]:
        return sort_for_feed(self._some)[: _MAX_EVENTS + 1]


class _LastEvents:
    """The event that stays in each published feed if it would become empty, as the feed of its chapter has it now."""

    def __init__(self, project: Project) -> None:
        self._kept = {name: _keep_one(project, found) for name, found in project.published_revisions.items()}
        self._newest = {one.uid: one for kept in self._kept.values() for one in kept}
        self._published = project.published_feeds
        self._unread = sorted(project.kept)

    def update(self, revisions: Iterable[Revision]) -> None:
        """Take notice of what a chapter's feed holds now."""
        self._newest |= {one.uid: one for one in revisions if one.uid in self._newest}

    def get(self, *names: str) -> tuple[Revision, ...]:
        """Return it for a feed of these names; nothing where it never held an event."""
        uids = [one.uid for name in names for one in self._kept.get(name, ())][:1]
        # The feeds of chapters that are kept take long to read, and few builds ask.
        while uids and self._unread:
            self.update(ics.LazyRevisions(self._published[self._unread.pop()]))
        return tuple(self._newest[uid] for uid in uids)


def _build_chapter_feed(project: Project, chapter: Chapter, *, rewrite_past: bool) -> Feed:
    names = (chapter.slug, *chapter.formerly)
    if chapter.slug in project.kept:
        content = project.published_feeds[chapter.slug]
        return Feed(names, content, ics.LazyRevisions(content))
    whole = _build_chapter_revisions(project, chapter, rewrite_past=rewrite_past)
    return _fit_feed(project, names, build_chapter_heading(project.calendar, chapter), whole, len(whole))


def _build_chapter_revisions(project: Project, chapter: Chapter, *, rewrite_past: bool) -> list[Revision]:
    calendar, latest = project.calendar, project.latest_revisions
    kept = project.find_published(chapter)
    if chapter.slug in project.held or (chapter.upstream is not None and not project.has_fresh_upstream(chapter)):
        return sort_for_feed(project.window.select(kept)) or _keep_one(project, kept)
    wanted = project.sessions_of(chapter) if rewrite_past else project.list_coming(chapter)
    sessions = [one for one in wanted if calendar.unconfirmed == "show" or not one.unconfirmed]
    events = build_events(calendar, chapter, sessions)
    found = next_revisions(events, kept, latest, project.now, rewrite_past=rewrite_past)
    return project.window.select(found) or _keep_one(project, kept)


def _keep_one(project: Project, published: Iterable[Revision]) -> list[Revision]:
    latest = (project.latest_revisions[one.uid] for one in published)
    return keep_one(latest, project.window, project.now)


def build_chapter_heading(calendar: Calendar, chapter: Chapter) -> ics.FeedHeading:
    about = chapter.about or _describe_chapter(calendar, chapter)
    return _build_heading(calendar, chapter.slug, chapter.full_name, about, f"{chapter.slug}/")


def _describe_chapter(calendar: Calendar, chapter: Chapter) -> str:
    words, called = get_chapter_words(chapter), calendar.called
    if called == CHAT:
        return words.say("Chats of %(name)s.", name=chapter.name)
    return words.say("%(meetings)s of %(name)s.", meetings=english.capitalize(called.many), name=chapter.name)


def _build_heading(calendar: Calendar, name: str, title: str, about: str, page: str = "") -> ics.FeedHeading:
    return ics.FeedHeading(
        name=curl_quotes(title),
        description=curl_quotes(about),
        url=encode_url(f"{calendar.home}{page}") if calendar.home else None,
        source=encode_url(f"{calendar.home}{name}.ics") if calendar.home else None,
    )


def _fit_feed(
    project: Project, names: tuple[str, ...], heading: ics.FeedHeading, first: Sequence[Revision], count: int
) -> Feed:
    """Return as much of a feed as calendar programs take, cut at a month's end; what was published if that is nothing.

    Takes how many events it would hold, and the first of them, in the order of feeds: all, or more than programs take.
    """
    for ahead in range(project.calendar.ahead, 0, -1):
        last = get_month_end(project.today, ahead)
        fitting = bisect_right(first, last, key=lambda one: get_day(one.start))
        # What stays in a feed that would become empty may lie beyond its window.
        held = tuple(first if ahead == project.calendar.ahead else first[: max(fitting, 1)])
        if len(held) <= _MAX_EVENTS and len(content := ics.write_feed(heading, held)) <= _MAX_BYTES:
            return Feed(names, content, held, _make_cut_warning(names[0], count, last) if len(held) < count else None)
    published = next((name for name in names if name in project.published_feeds), "")
    return Feed(
        names,
        project.published_feeds.get(published),
        project.published_revisions.get(published, ()),
        _make_size_error(names[0], count),
    )


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
