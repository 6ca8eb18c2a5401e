"""Which feeds there are, and which revisions each of them holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chatcal import ics, revisions, words
from chatcal.event import event
from chatcal.legible import with_safe_quotes
from chatcal.model import Calendar, Chapter, Revision, has_ended, in_feed_order, utc_day
from chatcal.problem import Problem, warning
from chatcal.schedules import ALL, CALENDAR_SPAN, Schedules
from chatcal.sessions import end_of_month
from chatcal.uids import root_of
from chatcal.watch import Watch, unwatched

_MOST_OCTETS = 900_000
_MOST_EVENTS = 1_000
"""Google is reported to refuse feeds over 1 MB and to lose events beyond 1,111."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is published: under which names, its octets, and the revisions in them.

    The octets are None where it is too large and was never published. `cut` is the problem of one that had to be cut.
    """

    names: tuple[str, ...]
    octets: bytes | None
    revisions: tuple[Revision, ...]
    cut: Problem | None = None


def feeds(
    schedules: Schedules,
    last: revisions.Published,
    octets: Mapping[str, bytes],
    *,
    rewrite_past: bool,
    watch: Watch = unwatched,
) -> Iterator[Feed]:
    """Yield every feed, those of the chapters first; none is kept here, for together they may be too many.

    Takes the schedules, which must be free of errors, the published revisions and the published octets by feed name.
    """
    newest = revisions.newest(last)
    calendar = schedules.calendar
    left = {name: _left(schedules, found) for name, found in last.items() if name not in schedules.names}
    only_there = {one.uid: one for part in left.values() for one in part}
    everything = _Combined()
    collections = [(collection, _Combined()) for collection in calendar.collections]
    members: dict[str, list[_Combined]] = defaultdict(list)
    for collection, combined in collections:
        for slug in set(collection.chapters):
            members[slug].append(combined)

    def published(names: tuple[str, ...], heading: ics.Heading, first: Sequence[Revision], count: int) -> Feed:
        found = _fitting(schedules, names, heading, first, count)
        if found.octets is None and (there := [name for name in names if name in octets]):
            return replace(found, octets=octets[there[0]], revisions=last[there[0]])
        return found

    for slug, chapter in watch("Making feeds", sorted(schedules.chapters.items())):
        names = (slug, *chapter.formerly)
        whole = _of_chapter(schedules, chapter, names, last, newest, rewrite_past=rewrite_past)
        feed = published(names, heading(calendar, chapter), whole, len(whole))
        for combined in (everything, *members[slug]):
            combined.add(feed.revisions)
        for one in feed.revisions:
            only_there.pop(one.uid, None)
        yield feed
    for collection, combined in collections:
        its_own = _combined_heading(calendar, collection.name, collection.title)
        yield published((collection.name, *collection.formerly), its_own, combined.first(), combined.count)
    everything.add(only_there.values())
    yield published((ALL,), _combined_heading(calendar, ALL, calendar.title), everything.first(), everything.count)
    for name, found in left.items():
        yield Feed((name,), ics.holding(octets[name], found), found)


class _Combined:
    """How many events a combined feed would hold, and the first of them: one more than it may hold, and no others."""

    def __init__(self) -> None:
        self.count = 0
        self._some: list[Revision] = []

    def add(self, revisions: Collection[Revision]) -> None:
        self.count += len(revisions)
        self._some += revisions
        if len(self._some) > 4 * _MOST_EVENTS:
            self._some = self.first()

    def first(self) -> list[Revision]:
        return sorted(self._some, key=in_feed_order)[: _MOST_EVENTS + 1]


def _left(schedules: Schedules, found: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return what stays of a feed that nothing stands for any more: what has ended, until it leaves the window."""
    return revisions.within((one for one in found if has_ended(one, schedules.now)), schedules.window)


def _of_chapter(
    schedules: Schedules,
    chapter: Chapter,
    names: Iterable[str],
    last: revisions.Published,
    newest: Mapping[str, Revision],
    *,
    rewrite_past: bool,
) -> tuple[Revision, ...]:
    calendar = schedules.calendar
    kept = _published(schedules, chapter, names, last, newest)
    if chapter.upstream is not None and not schedules.follows(chapter):
        return revisions.within(sorted(kept.values(), key=in_feed_order), schedules.window)
    wanted = schedules.of(chapter) if rewrite_past else schedules.coming(chapter)
    sessions = (one for one in wanted if calendar.unconfirmed == "show" or not one.unconfirmed)
    following = revisions.following(
        (event(calendar, chapter, one) for one in sessions),
        kept.values(),
        newest,
        schedules.now,
        rewrite_past=rewrite_past,
    )
    return revisions.within(following, schedules.window)


def _published(
    schedules: Schedules,
    chapter: Chapter,
    names: Iterable[str],
    last: revisions.Published,
    newest: Mapping[str, Revision],
) -> dict[str, Revision]:
    """Return what is published of a chapter; where its own feed is lost, what the combined feeds hold of it."""
    feeds = [last[name] for name in names if name in last]
    if feeds or not newest:
        return {one.uid: newest[one.uid] for feed in feeds for one in feed}
    known = {*last, *(one.root for one in schedules.chapters.values())}
    return {uid: one for uid, one in newest.items() if root_of(uid, known) == chapter.root}


def heading(calendar: Calendar, chapter: Chapter) -> ics.Heading:
    """Return what the feed of a chapter says of itself."""
    return ics.Heading(
        name=with_safe_quotes(f"#{chapter.hashtag} {chapter.name}"),
        description=with_safe_quotes(chapter.about or f"Chats of {chapter.name}."),
        url=f"{calendar.home}{chapter.slug}/" if calendar.home else None,
        source=f"{calendar.home}{chapter.slug}.ics" if calendar.home else None,
    )


def _combined_heading(calendar: Calendar, name: str, title: str) -> ics.Heading:
    return ics.Heading(
        name=with_safe_quotes(title),
        description=with_safe_quotes(calendar.about or title),
        url=calendar.home,
        source=f"{calendar.home}{name}.ics" if calendar.home else None,
    )


def _fitting(
    schedules: Schedules, names: tuple[str, ...], heading: ics.Heading, first: Sequence[Revision], count: int
) -> Feed:
    """Return as much of a feed as calendar programs take, cut at a month's end; without octets if a month is too much.

    Takes how many events it would hold, and the first of them, in the order of feeds: all, or more than programs take.
    """
    for last in _month_ends(schedules):
        held = tuple(first[: bisect_right(first, last, key=lambda one: utc_day(one.start))])
        if len(held) <= _MOST_EVENTS and len(feed := ics.feed(heading, held)) <= _MOST_OCTETS:
            return Feed(names, feed, held, _cut(names[0], count, last) if len(held) < count else None)
    return Feed(names, None, (), _too_large(names[0], count))


def _month_ends(schedules: Schedules) -> Iterator[date]:
    for ahead in range(schedules.calendar.ahead, 0, -1):
        yield end_of_month(schedules.today, ahead)


_KNOBS = "Set `ahead:` or `behind:` lower in chatcal.yaml, or offer smaller `collections:`."


def _cut(name: str, count: int, last: date) -> Problem:
    return warning(
        CALENDAR_SPAN,
        "feed-cut",
        f"The feed `{name}` would hold {words.counted(count, 'event')}; it ends on {words.long_day(last)}, "
        "since calendar programs refuse larger ones.",
        _KNOBS,
    )


def _too_large(name: str, count: int) -> Problem:
    return Problem(
        span=CALENDAR_SPAN,
        code="feed-too-large",
        message=f"The feed `{name}` would hold {words.counted(count, 'event')}, and even its next month is more "
        "than calendar programs take. What was published of it last stays.",
        hint=_KNOBS,
    )
