"""The pipeline: schedule files, the last published feeds and a moment to the files that are published next."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TypedDict, Unpack

from chatcal import atom, checks, feeds, ics, revisions, schedule, site, status, words
from chatcal.heard import Contact, Heard, contacts_after
from chatcal.home import at_home, other_home
from chatcal.model import Calendar, Chapter, Revision
from chatcal.problem import (
    BrokenFeed,
    Invalid,
    Problem,
    Severity,
    Span,
    has_errors,
    in_order,
    invalid,
    warning,
)
from chatcal.schedules import Schedules
from chatcal.watch import Watch, unwatched

SCHEDULES = "schedules"
FEEDS = "feeds"
SITE = "_site"

Sources = Mapping[str, bytes | None]
"""Schedule files by their path below the calendar's folder; None stands for a symbolic link."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a build makes: files by their path below the calendar's folder, and the problems it met."""

    files: Mapping[PurePosixPath, bytes]
    problems: tuple[Problem, ...]


def read(
    sources: Sources, published: Iterable[str], now: datetime, watch: Watch = unwatched
) -> tuple[Schedules | None, list[Problem]]:
    """Return what the schedule files say, and what is wrong with each by itself.

    Takes the files by their path below the calendar's folder, the names of the published feeds, and the moment
    (aware). The schedules are None where `chatcal.yaml` cannot be read.
    """
    problems: list[Problem] = []
    calendar: Calendar | None = None
    chapters: dict[str, Chapter] = {}
    unread: set[str] = set()
    for file in watch("Reading schedules", sorted(sources)):
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


def check(
    sources: Sources, published: Mapping[str, bytes] | Iterable[str], now: datetime, watch: Watch = unwatched
) -> tuple[Problem, ...]:
    """Return every problem of the schedules, in order; takes what `read` takes, or the very feeds by their name.

    A feed that cannot be read stops a build, and is no problem of the schedules.
    """
    last = readable(published) if isinstance(published, Mapping) else {}
    return in_order(checked(sources, published, now, last, watch=watch)[1])


def readable(published: Mapping[str, bytes]) -> revisions.Published:
    """Return what the published feeds hold, without those that cannot be read."""
    last: dict[str, tuple[Revision, ...]] = {}
    for name, octets in published.items():
        with suppress(BrokenFeed):
            last[name] = ics.read(octets)
    return last


_NOTHING: Mapping[str, Heard] = {}


def checked(
    sources: Sources,
    published: Iterable[str],
    now: datetime,
    last: revisions.Published,
    heard: Mapping[str, Heard] = _NOTHING,
    *,
    watch: Watch = unwatched,
) -> tuple[Schedules | None, list[Problem]]:
    """Return the schedules and all that is wrong with them.

    Takes what `read` takes, what the feeds hold, and what was heard of calendars kept elsewhere.
    """
    schedules, problems = read(sources, published, now, watch)
    if schedules is not None:
        schedules = replace(schedules, last=last).following(heard)
        problems += checks.problems(schedules, watch)
    return schedules, problems


class How(TypedDict, total=False):
    """What `put` may be told besides, as it says."""

    rewrite_past: bool
    allow_shrink: bool
    home: str | None
    commit: str | None
    heard: Mapping[str, Heard]
    contacts: Mapping[str, Contact] | None


def build(sources: Sources, published: Mapping[str, bytes], now: datetime, **how: Unpack[How]) -> Build:
    """Return the feeds and the site, or nothing where a schedule has an error; takes and raises what `put` does."""
    files: dict[PurePosixPath, bytes] = {}
    problems = put(files.__setitem__, sources, published, now, **how)
    return Build(files, problems)


def put(
    file: Callable[[PurePosixPath, bytes], object],
    sources: Sources,
    published: Mapping[str, bytes],
    now: datetime,
    *,
    rewrite_past: bool = False,
    allow_shrink: bool = False,
    home: str | None = None,
    commit: str | None = None,
    heard: Mapping[str, Heard] = _NOTHING,
    contacts: Mapping[str, Contact] | None = None,
    watch: Watch = unwatched,
) -> tuple[Problem, ...]:
    """Give each of the feeds and the site to `file` as it is made, nothing where a schedule has an error.

    Returns the problems, in order. What was given is of no use unless this returns.

    Takes the schedule files by their path, the published feeds by their name, and the build's moment (aware). With
    `allow_shrink` a published feed that nothing stands for any more loses its coming sessions, and is no error. `home`
    is where the site is served, for a calendar that does not say it itself; `commit` the one that the files are of.
    `heard` is what calendars kept elsewhere were heard to say now, none where they were not asked; `contacts` when each
    was last heard from before, both by the slugs of their chapters.
    Raises BrokenFeed, with the feed's name in front, where a published feed cannot be read.
    """
    last = _read_published(published)
    schedules, problems = checked(sources, published, now, last, heard, watch=watch)
    if schedules is not None and home is not None:
        problems += other_home(sources[schedule.CALENDAR_FILE] or b"", schedules.calendar.home, home)
        schedules = replace(schedules, calendar=at_home(home, schedules.calendar))
    if allow_shrink:
        problems = [replace(one, severity=Severity.WARNING) if one.code in checks.GUARDS else one for one in problems]
    if schedules is None or has_errors(problems):
        return in_order(problems)
    schedules = replace(schedules, contacts=contacts_after(schedules.chapters, contacts or {}, heard, schedules.today))
    problems += _silent(schedules)

    def on_site(path: str, octets: bytes) -> None:
        file(PurePosixPath(SITE, path), octets)

    changes = atom.Changes(schedules.calendar)
    counts: dict[str, int] = {}
    for feed in feeds.feeds(schedules, last, published, rewrite_past=rewrite_past, watch=watch):
        problems += [feed.cut] if feed.cut else []
        if feed.octets is None:
            continue
        for name in feed.names:
            counts[name] = len(feed.revisions)
            file(PurePosixPath(FEEDS, f"{name}.ics"), feed.octets)
            on_site(f"{name}.ics", feed.octets)
        if chapter := schedules.chapters.get(feed.names[0]):
            on_site(*changes.of(chapter, feed.revisions))
    on_site(*changes.of_all())
    for path, octets in site.pages(schedules, {*changes.paths, status.PATH}, watch):
        on_site(path, octets)
    on_site(status.PATH, status.status(schedules, counts, commit))
    return in_order(problems)


def _silent(schedules: Schedules) -> Iterator[Problem]:
    """Yield which calendars kept elsewhere were asked, and not heard from."""
    for slug, found in schedules.heard.items():
        chapter, contact = schedules.chapters[slug], schedules.contacts[slug]
        if found.why and chapter.upstream is not None:
            nights = words.counted(contact.nights(schedules.today), "night")
            yield warning(
                chapter.upstream.where,
                "upstream",
                f"{found.why}. #{chapter.hashtag} {contact.said}, {nights} in silence; what was published stays.",
                found.hint,
            )


def _read_published(published: Mapping[str, bytes]) -> revisions.Published:
    found = {}
    for name, octets in sorted(published.items()):
        try:
            found[name] = ics.read(octets)
        except BrokenFeed as error:
            raise BrokenFeed(f"{FEEDS}/{name}.ics: {error}") from None
    return found
