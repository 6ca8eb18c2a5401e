"""The pipeline: schedule files, the last published feeds and a moment to the files that are published next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from chatcal import checks, ics, revisions, schedule, site, words
from chatcal.event import event
from chatcal.model import Calendar, Chapter, Revision, in_feed_order, utc_day
from chatcal.problem import BrokenFeed, Invalid, Problem, Span, has_errors, in_order, invalid, warning
from chatcal.schedules import ALL, CALENDAR_SPAN, Schedules
from chatcal.sessions import end_of_month

SCHEDULES = "schedules"
FEEDS = "feeds"
SITE = "_site"

_MOST_OCTETS = 900_000
_MOST_EVENTS = 1_000
"""Google is reported to refuse feeds over 1 MB and to lose events beyond 1,111."""


Sources = Mapping[str, bytes | None]
"""Schedule files by their path below the calendar's folder; None stands for a symbolic link."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a build makes: files by their path below the calendar's folder, and the problems it met."""

    files: Mapping[PurePosixPath, bytes]
    problems: tuple[Problem, ...]


def read(sources: Sources, published: Iterable[str], now: datetime) -> tuple[Schedules | None, list[Problem]]:
    """Return what the schedule files say, and what is wrong with each by itself.

    Takes the files by their path below the calendar's folder, the names of the published feeds, and the moment
    (aware). The schedules are None where `chatcal.yaml` cannot be read.
    """
    problems: list[Problem] = []
    calendar: Calendar | None = None
    chapters: dict[str, Chapter] = {}
    unread: set[str] = set()
    for file in sorted(sources):
        try:
            octets = _regular(file, sources[file])
            if file == schedule.CALENDAR_FILE:
                calendar = schedule.calendar(octets)
                continue
            chapter = schedule.chapter(file, octets)
        except Invalid as error:
            problems.extend(error.problems)
            unread.add(PurePosixPath(file).stem)
            continue
        if other := chapters.get(chapter.slug):
            problems.append(_two_files(chapter, other))
        chapters[chapter.slug] = chapter
    if calendar is None:
        return None, problems
    return Schedules(calendar, chapters, now, tuple(published), frozenset(unread)), problems


def _regular(file: str, octets: bytes | None) -> bytes:
    if octets is None:
        raise invalid(Span(file), "link", "This is a symbolic link.", "Put the file itself here.")
    if file.count("/") > 1:
        raise invalid(
            Span(file),
            "folder",
            "Schedule files in folders are not read.",
            f"Move it to {SCHEDULES}/.",
        )
    return octets


def _two_files(chapter: Chapter, other: Chapter) -> Problem:
    return Problem(
        span=Span(chapter.file),
        code="name-clash",
        message=f"{other.file} describes the chapter `{chapter.slug}` already.",
        hint="Keep one of the two files.",
    )


def check(sources: Sources, published: Iterable[str], now: datetime) -> tuple[Problem, ...]:
    """Return every problem of the schedules, in order; takes what `read` takes."""
    schedules, problems = read(sources, published, now)
    if schedules is not None:
        problems += checks.problems(schedules)
    return in_order(problems)


def build(sources: Sources, published: Mapping[str, bytes], now: datetime, *, rewrite_past: bool = False) -> Build:
    """Return the feeds and the site, or nothing where a schedule has an error.

    Takes the schedule files by their path, the published feeds by their name, and the build's moment (aware). Raises
    BrokenFeed, with the feed's name in front, where a published feed cannot be read.
    """
    schedules, problems = read(sources, published, now)
    if schedules is not None:
        problems += checks.problems(schedules)
    if schedules is None or has_errors(problems):
        return Build({}, in_order(problems))
    feeds, cuts = _feeds(schedules, _read_published(published), published, rewrite_past=rewrite_past)
    pages = site.pages(schedules)
    files = {PurePosixPath(FEEDS, f"{name}.ics"): octets for name, octets in feeds.items()}
    files |= {PurePosixPath(SITE, f"{name}.ics"): octets for name, octets in feeds.items()}
    files |= {PurePosixPath(SITE, path): octets for path, octets in pages.items()}
    return Build(files, in_order([*problems, *cuts]))


def _read_published(published: Mapping[str, bytes]) -> revisions.Published:
    found = {}
    for name, octets in sorted(published.items()):
        try:
            found[name] = ics.read(octets)
        except BrokenFeed as error:
            raise BrokenFeed(f"{FEEDS}/{name}.ics: {error}") from None
    return found


def _feeds(
    schedules: Schedules,
    last: revisions.Published,
    octets: Mapping[str, bytes],
    *,
    rewrite_past: bool,
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return every feed by its name, and what had to be cut."""
    newest = revisions.newest(last)
    feeds: dict[str, bytes] = {}
    cuts: list[Problem] = []
    held: dict[str, tuple[Revision, ...]] = {}

    def publish(names: Iterable[str], heading: ics.Heading, whole: tuple[Revision, ...]) -> tuple[Revision, ...]:
        first, *others = names
        kept, feed, cut = _fitting(schedules, first, heading, whole)
        if feed is None and first in octets:
            kept, feed = last[first], octets[first]
        cuts.extend([cut] if cut else [])
        if feed is not None:
            feeds.update(dict.fromkeys((first, *others), feed))
        return kept

    for slug, chapter in sorted(schedules.chapters.items()):
        names = (slug, *chapter.formerly)
        whole = _of_chapter(schedules, chapter, names, last, newest, rewrite_past=rewrite_past)
        held[slug] = publish(names, _heading(schedules.calendar, chapter), whole)
    for collection in schedules.calendar.collections:
        members = (held[slug] for slug in sorted(set(collection.chapters)))
        heading = _combined_heading(schedules.calendar, collection.name, collection.title)
        publish((collection.name, *collection.formerly), heading, _combined(members))
    publish(
        (ALL,),
        _combined_heading(schedules.calendar, ALL, schedules.calendar.title),
        _combined(held.values()),
    )
    return feeds, cuts


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
    kept = {one.uid: newest[one.uid] for name in names for one in last.get(name, ())}
    sessions = (one for one in schedules.of(chapter) if calendar.unconfirmed == "show" or not one.unconfirmed)
    following = revisions.following(
        (event(calendar, chapter, one) for one in sessions),
        kept.values(),
        newest,
        schedules.now,
        rewrite_past=rewrite_past,
    )
    return revisions.within(following, schedules.window)


def _combined(parts: Iterable[tuple[Revision, ...]]) -> tuple[Revision, ...]:
    return tuple(sorted((one for part in parts for one in part), key=in_feed_order))


def _heading(calendar: Calendar, chapter: Chapter) -> ics.Heading:
    return ics.Heading(
        name=f"#{chapter.hashtag} {chapter.name}",
        description=chapter.about or f"Chats of {chapter.name}.",
        url=f"{calendar.home}{chapter.slug}/" if calendar.home else None,
        source=f"{calendar.home}{chapter.slug}.ics" if calendar.home else None,
    )


def _combined_heading(calendar: Calendar, name: str, title: str) -> ics.Heading:
    return ics.Heading(
        name=title,
        description=calendar.about or title,
        url=calendar.home,
        source=f"{calendar.home}{name}.ics" if calendar.home else None,
    )


def _fitting(
    schedules: Schedules, name: str, heading: ics.Heading, whole: tuple[Revision, ...]
) -> tuple[tuple[Revision, ...], bytes | None, Problem | None]:
    """Return as much of a feed as calendar programs take, cut at a month's end; None where even a month is too much."""
    for last in _month_ends(schedules):
        held = tuple(one for one in whole if utc_day(one.start) <= last)
        if len(held) > _MOST_EVENTS or sum(len(one.octets) for one in held) > _MOST_OCTETS:
            continue
        feed = ics.feed(heading, held)
        if len(feed) <= _MOST_OCTETS:
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
        "than calendar programs take; it stays as it was published last.",
        hint=_KNOBS,
    )
