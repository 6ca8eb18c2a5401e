"""The pipeline: schedule files, the last published feeds and a moment to the files that are published next."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from chatcal import checks, english
from chatcal.checks import guards
from chatcal.feed import feeds, ics, revisions
from chatcal.importers.follow import apply_upstream_results
from chatcal.model import Calendar, Chapter, Revision
from chatcal.problems import (
    FeedError,
    Problem,
    ScheduleError,
    Severity,
    Span,
    has_errors,
    make_error,
    make_warning,
    sort_problems,
    split_lines,
)
from chatcal.project import CALENDAR_SPAN, Project, UpstreamContact, UpstreamResult, update_contacts
from chatcal.publish import status
from chatcal.schedule.format import CALENDAR_FILE, parse_calendar, parse_chapter
from chatcal.site import atom, pages
from chatcal.watch import ProgressTracker, ignore_progress

_HOME_KEY = re.compile(r"""(?:^|[\s{,])(['"]?)home\1\s*:""")


def apply_home(home: str, calendar: Calendar) -> Calendar:
    """Return a calendar with the address that it is served at, where it does not say one itself."""
    return calendar if calendar.home else replace(calendar, home=home)


def check_home(octets: bytes, written: str | None, home: str) -> Iterator[Problem]:
    """Yield which line of `chatcal.yaml` to change, where it names another address than the one it is served at.

    Takes the octets of that file, the address that it was read to name, and the one that the site is served at.
    """
    if written is not None and urlsplit(written)[1:] != urlsplit(home)[1:]:
        lines = split_lines(octets)
        number = next((number for number, line in enumerate(lines, 1) if _HOME_KEY.search(line)), 1)
        yield make_warning(
            Span(CALENDAR_SPAN.file, number, width=len(lines[number - 1])),
            "other-home",
            f"The site is served at {home}, and its feeds and pages say that they are at {written}.",
            f"If nothing else serves them there, write `home: {home}`.",
        )


SCHEDULES_FOLDER = "schedules"
FEEDS_FOLDER = "feeds"
SITE_FOLDER = "_site"


SourceFiles = Mapping[str, bytes | None]
"""Schedule files by their path below the calendar's folder; None stands for a symbolic link."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build makes: files by their path below the calendar's folder, and the problems it met."""

    files: Mapping[PurePosixPath, bytes]
    problems: tuple[Problem, ...]


def read_project(
    sources: SourceFiles, published: Iterable[str], now: datetime, watch: ProgressTracker = ignore_progress
) -> tuple[Project | None, list[Problem]]:
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
            octets = _require_regular_file(file, sources[file])
            if file == CALENDAR_FILE:
                calendar = parse_calendar(octets)
                continue
            chapter = parse_chapter(file, octets)
        except ScheduleError as error:
            problems.extend(error.problems)
            unread.add(PurePosixPath(file).stem)
            continue
        if other := chapters.get(chapter.slug):
            problems.append(_report_double_slug(chapter, other))
        chapters[chapter.slug] = chapter
    if calendar is None:
        return None, problems
    return Project(calendar, chapters, now, tuple(published), frozenset(unread)), problems


def _require_regular_file(file: str, octets: bytes | None) -> bytes:
    if octets is None:
        raise make_error(Span(file), "link", "This is a symbolic link.", "Put the file itself here.")
    if file.count("/") > 1:
        raise make_error(
            Span(file),
            "folder",
            "Schedule files in folders are not read.",
            f"Move it to {SCHEDULES_FOLDER}/.",
        )
    return octets


def _report_double_slug(chapter: Chapter, other: Chapter) -> Problem:
    return Problem(
        span=Span(chapter.file),
        code="name-clash",
        message=f"{other.file} describes the chapter `{chapter.slug}` already.",
        hint="Keep one of the two files.",
    )


def check_sources(
    sources: SourceFiles,
    published: Mapping[str, bytes] | Iterable[str],
    now: datetime,
    watch: ProgressTracker = ignore_progress,
) -> tuple[Problem, ...]:
    """Return every problem of the schedules, in order; takes what `read` takes, or the very feeds by their name.

    A feed that cannot be read stops a build, and is no problem of the schedules.
    """
    last = read_valid_feeds(published) if isinstance(published, Mapping) else {}
    return sort_problems(read_checked_project(sources, published, now, last, watch=watch)[1])


def read_valid_feeds(published: Mapping[str, bytes]) -> revisions.PublishedFeeds:
    """Return what the published feeds hold, without those that cannot be read."""
    last: dict[str, tuple[Revision, ...]] = {}
    for name, octets in published.items():
        with suppress(FeedError):
            last[name] = ics.read_feed(octets)
    return last


_NO_RESULTS: Mapping[str, UpstreamResult] = {}


def read_checked_project(
    sources: SourceFiles,
    published: Iterable[str],
    now: datetime,
    last: revisions.PublishedFeeds,
    heard: Mapping[str, UpstreamResult] = _NO_RESULTS,
    *,
    watch: ProgressTracker = ignore_progress,
) -> tuple[Project | None, list[Problem]]:
    """Return the schedules and all that is wrong with them.

    Takes what `read` takes, what the feeds hold, and what was heard of calendars kept elsewhere.
    """
    schedules, problems = read_project(sources, published, now, watch)
    if schedules is not None:
        schedules = apply_upstream_results(replace(schedules, published_revisions=last), heard)
        problems += checks.run_checks(schedules, watch)
    return schedules, problems


class BuildOptions(TypedDict, total=False):
    """What `put` may be told besides, as it says."""

    rewrite_past: bool
    allow_shrink: bool
    home: str | None
    commit: str | None
    heard: Mapping[str, UpstreamResult]
    contacts: Mapping[str, UpstreamContact] | None


def build_calendar(
    sources: SourceFiles, published: Mapping[str, bytes], now: datetime, **how: Unpack[BuildOptions]
) -> BuildResult:
    """Return the feeds and the site, or nothing where a schedule has an error; takes and raises what `put` does."""
    files: dict[PurePosixPath, bytes] = {}
    problems = build_files(files.__setitem__, sources, published, now, **how)
    return BuildResult(files, problems)


def build_files(
    file: Callable[[PurePosixPath, bytes], object],
    sources: SourceFiles,
    published: Mapping[str, bytes],
    now: datetime,
    *,
    rewrite_past: bool = False,
    allow_shrink: bool = False,
    home: str | None = None,
    commit: str | None = None,
    heard: Mapping[str, UpstreamResult] = _NO_RESULTS,
    contacts: Mapping[str, UpstreamContact] | None = None,
    watch: ProgressTracker = ignore_progress,
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
    schedules, problems = read_checked_project(sources, published, now, last, heard, watch=watch)
    if schedules is not None and home is not None:
        problems += check_home(sources[CALENDAR_FILE] or b"", schedules.calendar.home, home)
        schedules = replace(schedules, calendar=apply_home(home, schedules.calendar))
    if allow_shrink:
        problems = [
            replace(one, severity=Severity.WARNING) if one.code in guards.GUARD_CODES else one for one in problems
        ]
    if schedules is None or has_errors(problems):
        return sort_problems(problems)
    schedules = replace(schedules, contacts=update_contacts(schedules.chapters, contacts or {}, heard, schedules.today))
    problems += _find_silent_upstreams(schedules)

    def add_site_file(path: str, octets: bytes) -> None:
        file(PurePosixPath(SITE_FOLDER, path), octets)

    changes = atom.AtomFeeds(schedules.calendar)
    counts: dict[str, int] = {}
    for feed in feeds.build_feeds(schedules, last, published, rewrite_past=rewrite_past, watch=watch):
        problems += [feed.problem] if feed.problem else []
        if feed.content is None:
            continue
        for name in feed.names:
            counts[name] = len(feed.revisions)
            file(PurePosixPath(FEEDS_FOLDER, f"{name}.ics"), feed.content)
            add_site_file(f"{name}.ics", feed.content)
        if chapter := schedules.chapters.get(feed.names[0]):
            add_site_file(*changes.build_chapter_atom(chapter, feed.revisions))
    add_site_file(*changes.build_combined_atom())
    for path, octets in pages.build_pages(schedules, {*changes.paths, status.STATUS_PATH}, watch):
        add_site_file(path, octets)
    add_site_file(status.STATUS_PATH, status.build_status(schedules, counts, commit))
    return sort_problems(problems)


def _find_silent_upstreams(schedules: Project) -> Iterator[Problem]:
    """Yield which calendars kept elsewhere were asked, and not heard from."""
    for slug, found in schedules.upstream_results.items():
        chapter, contact = schedules.chapters[slug], schedules.contacts[slug]
        if found.failure and chapter.upstream is not None:
            nights = english.format_count(contact.count_silent_nights(schedules.today), "night")
            yield make_warning(
                chapter.upstream.where,
                "upstream",
                f"{found.failure}. #{chapter.hashtag} {contact.description}, {nights} in silence; "
                "what was published stays.",
                found.hint,
            )


def _read_published(published: Mapping[str, bytes]) -> revisions.PublishedFeeds:
    found = {}
    for name, octets in sorted(published.items()):
        try:
            found[name] = ics.read_feed(octets)
        except FeedError as error:
            raise FeedError(f"{FEEDS_FOLDER}/{name}.ics: {error}") from None
    return found
