"""Which feeds there are, and which revisions each of them holds."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from chatcal import ics, revisions, words
from chatcal.event import event
from chatcal.legible import with_safe_quotes
from chatcal.model import Calendar, Chapter, Revision, has_ended, in_feed_order, utc_day
from chatcal.problem import Problem, warning
from chatcal.schedules import ALL, CALENDAR_SPAN, Schedules
from chatcal.sessions import end_of_month
from chatcal.uids import root_of

_MOST_OCTETS = 900_000
_MOST_EVENTS = 1_000
"""Google is reported to refuse feeds over 1 MB and to lose events beyond 1,111."""


def feeds(
    schedules: Schedules, last: revisions.Published, octets: Mapping[str, bytes], *, rewrite_past: bool
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return every feed by its name, and the problems of those that had to be cut.

    Takes the schedules, which must be free of errors, the published revisions and the published octets by feed name.
    """
    newest = revisions.newest(last)
    made: dict[str, bytes] = {}
    cuts: list[Problem] = []
    held: dict[str, tuple[Revision, ...]] = {}

    def publish(names: Sequence[str], heading: ics.Heading, whole: tuple[Revision, ...]) -> tuple[Revision, ...]:
        kept, feed, cut = _fitting(schedules, names[0], heading, whole)
        if feed is None and (published := [name for name in names if name in octets]):
            kept, feed = last[published[0]], octets[published[0]]
        cuts.extend([cut] if cut else [])
        if feed is not None:
            made.update(dict.fromkeys(names, feed))
        return kept

    for slug, chapter in sorted(schedules.chapters.items()):
        names = (slug, *chapter.formerly)
        whole = _of_chapter(schedules, chapter, names, last, newest, rewrite_past=rewrite_past)
        held[slug] = publish(names, heading(schedules.calendar, chapter), whole)
    for collection in schedules.calendar.collections:
        members = (held[slug] for slug in sorted(set(collection.chapters)))
        its_own = _combined_heading(schedules.calendar, collection.name, collection.title)
        publish((collection.name, *collection.formerly), its_own, _combined(members))
    left = {name: _left(schedules, found) for name, found in last.items() if name not in schedules.names}
    publish(
        (ALL,),
        _combined_heading(schedules.calendar, ALL, schedules.calendar.title),
        _combined([*held.values(), _only_there(left.values(), held.values())]),
    )
    made |= {name: ics.holding(octets[name], found) for name, found in left.items()}
    return made, cuts


def _left(schedules: Schedules, found: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return what stays of a feed that nothing stands for any more: what has ended, until it leaves the window."""
    return revisions.within((one for one in found if has_ended(one, schedules.now)), schedules.window)


def _only_there(left: Iterable[tuple[Revision, ...]], held: Iterable[tuple[Revision, ...]]) -> tuple[Revision, ...]:
    """Return the revisions of feeds that are left over, each once, without those that chapters hold."""
    known = {one.uid for part in held for one in part}
    return tuple({one.uid: one for part in left for one in part if one.uid not in known}.values())


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
    sessions = (one for one in schedules.of(chapter) if calendar.unconfirmed == "show" or not one.unconfirmed)
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


def _combined(parts: Iterable[tuple[Revision, ...]]) -> tuple[Revision, ...]:
    return tuple(sorted((one for part in parts for one in part), key=in_feed_order))


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
    schedules: Schedules, name: str, heading: ics.Heading, whole: tuple[Revision, ...]
) -> tuple[tuple[Revision, ...], bytes | None, Problem | None]:
    """Return as much of a feed as calendar programs take, cut at a month's end; None where even a month is too much."""
    for last in _month_ends(schedules):
        held = whole[: bisect_right(whole, last, key=lambda one: utc_day(one.start))]
        if len(held) <= _MOST_EVENTS and len(feed := ics.feed(heading, held)) <= _MOST_OCTETS:
            return held, feed, _cut(name, whole, last) if len(held) < len(whole) else None
    return (), None, _too_large(name, whole)


def _month_ends(schedules: Schedules) -> Iterator[date]:
    for ahead in range(schedules.calendar.ahead, 0, -1):
        yield end_of_month(schedules.today, ahead)


_KNOBS = "Set `ahead:` or `behind:` lower in chatcal.yaml, or offer smaller `collections:`."


def _cut(name: str, whole: tuple[Revision, ...], last: date) -> Problem:
    return warning(
        CALENDAR_SPAN,
        "feed-cut",
        f"The feed `{name}` would hold {words.counted(len(whole), 'event')}; it ends on {words.long_day(last)}, "
        "since calendar programs refuse larger ones.",
        _KNOBS,
    )


def _too_large(name: str, whole: tuple[Revision, ...]) -> Problem:
    return Problem(
        span=CALENDAR_SPAN,
        code="feed-too-large",
        message=f"The feed `{name}` would hold {words.counted(len(whole), 'event')}, and even its next month is more "
        "than calendar programs take. What was published of it last stays.",
        hint=_KNOBS,
    )
