"""The pipeline: schedule files, the last published feeds and a moment to the files that are published next."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatcal import checks, english
from chatcal.checks.guards import CHAPTER_GUARD_CODE, GUARD_CODES
from chatcal.feed import feeds, ics
from chatcal.model import Calendar, Chapter
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
)
from chatcal.project import Project
from chatcal.schedule.date_values import name_year
from chatcal.schedule.fields import find_key_spans
from chatcal.schedule.format import CALENDAR_FILE, parse_calendar, parse_chapter
from chatcal.schedule.parser import parse_document

if TYPE_CHECKING:  # pragma: no cover - slow to import, and most commands build nothing
    from chatcal.publish.last_build import BuiltChapter, Kept
    from chatcal.site.pages import Site

SCHEDULES_FOLDER = "schedules"
FEEDS_FOLDER = "feeds"
SITE_FOLDER = "_site"

SourceFiles = Mapping[str, bytes | None]
"""Schedule files by their path below the calendar's folder; None is a symbolic link."""

BuiltFile = tuple[str, bytes | Iterator[bytes] | None]
"""A path below the calendar's folder, and its content, the largest in pieces; None where the file stays as it is."""

ParsedFile = tuple[str, Calendar | Chapter | list[Problem]]
"""The path of a schedule file, and what it says, or what is wrong with it."""


def parse_files(sources: SourceFiles) -> Iterator[ParsedFile]:
    """Yield what each schedule file says."""
    for file, content in sorted(sources.items()):
        try:
            yield file, _parse_file(file, content)
        except ScheduleError as error:
            yield file, list(error.problems)


def _parse_file(file: str, content: bytes | None) -> Calendar | Chapter:
    if content is None:
        raise make_error(Span(file), "link", "This is a symbolic link.", "Put the file itself here.")
    if file == CALENDAR_FILE:
        return parse_calendar(content)
    if file.count("/") > 1:
        raise make_error(
            Span(file), "folder", "Schedule files in folders are not read.", f"Move it to {SCHEDULES_FOLDER}/."
        )
    return parse_chapter(file, content)


def assemble_project(
    parsed: Iterable[ParsedFile],
    published: Mapping[str, bytes],
    now: datetime,
    site: str | None = None,
    kept: frozenset[str] = frozenset(),
) -> tuple[Project | None, list[Problem]]:
    """Return everything that was read, and what is wrong with each schedule file by itself.

    Takes the published feeds by name, the moment (aware), the address of the site that served them, if any, and the
    slugs of chapters that a build keeps as the last one made them. There is no project where `chatcal.yaml` has errors.
    """
    problems: list[Problem] = []
    calendar: Calendar | None = None
    chapters: dict[str, Chapter] = {}
    unread: set[str] = set()
    for file, found in parsed:
        if isinstance(found, Calendar):
            calendar = found
        elif isinstance(found, Chapter):
            if other := chapters.get(found.slug):
                message = f"{other.file} describes the chapter `{found.slug}` already."
                hint = "Keep one of the two files."
                problems.append(Problem(span=Span(file), code="name-clash", message=message, hint=hint))
            chapters[found.slug] = found
        else:
            problems += (name_year(one, now.date()) for one in found)
            unread.add(PurePosixPath(file).stem)
    if calendar is None:
        return None, problems
    return add_published(Project(calendar, chapters, now, frozenset(unread), kept=kept), published, site), problems


def add_published(project: Project, published: Mapping[str, bytes], site: str | None = None) -> Project:
    """Return a project with the published feeds; chapters that are kept elsewhere get the sessions in them.

    Takes the address of the site that served them, if they are not those in the folder.
    """
    revisions = {}
    broken = []
    kept = {name for slug in project.kept for name in (slug, *project.chapters[slug].formerly)}
    for name in sorted(published.keys() - kept):
        try:
            revisions[name] = ics.read_feed(published[name])
        except FeedError as error:
            broken.append(FeedError(_describe_broken_feed(name, str(error), site)))
    read = replace(project, published_feeds=published, published_revisions=revisions, broken_feeds=tuple(broken))
    if all(chapter.upstream is None for chapter in read.chapters.values()):
        return read
    from chatcal.importers.follow import apply_upstream_results

    return apply_upstream_results(read, {})


def _describe_broken_feed(name: str, why: str, site: str | None) -> str:
    if site is not None:
        return (
            f"{site}{name}.ics: {why}. Look whether the host serves another page in its place, and try again later. If "
            "the file itself is damaged, put it back from the last good deployment or a backup"
        )
    path = f"{FEEDS_FOLDER}/{name}.ics"
    way_out = f"Restore it from git: git checkout -- {path}"
    return f"{path}: {why}. {way_out} (or, where that is no better, git checkout COMMIT -- {path})"


def read_project(
    sources: SourceFiles, published: Mapping[str, bytes], now: datetime
) -> tuple[Project | None, list[Problem]]:
    """Parse schedule files; takes and returns what `assemble_project` does."""
    return assemble_project(parse_files(sources), published, now)


def read_checked_project(
    sources: SourceFiles, published: Mapping[str, bytes], now: datetime
) -> tuple[Project | None, list[Problem]]:
    """Return the schedules with all that is wrong with them, whatever is published.

    The feeds are only read where a chapter is kept elsewhere: they hold its sessions.
    """
    project, problems = read_project(sources, {}, now)
    if project is not None:
        problems += checks.run_checks(project)
        if any(chapter.upstream for chapter in project.chapters.values()):
            project = add_published(project, published)
    return project, problems


def check_sources(sources: SourceFiles, published: Mapping[str, bytes], now: datetime) -> tuple[Problem, ...]:
    """Return every problem of the schedules, in order; takes what `read_project` takes.

    A feed that cannot be read stops a build, and is not a problem of the schedules.
    """
    project, problems = read_project(sources, published, now)
    return sort_problems([*problems, *(checks.run_checks(project) if project else ())])


def apply_home(project: Project, home: str) -> Project:
    """Return a project with the address that its site is served at, where the calendar does not give one."""
    return project if project.calendar.home else replace(project, calendar=replace(project.calendar, home=home))


def check_home(project: Project, content: bytes, home: str) -> Iterator[Problem]:
    """Warn if `chatcal.yaml` (its content) gives another address than the one that the site is served at."""
    written = project.calendar.home
    if written is not None and urlsplit(written)[1:] != urlsplit(home)[1:]:
        yield make_warning(
            find_key_spans(parse_document(CALENDAR_FILE, content)[0])["home"],
            "other-home",
            f"The site is served at {home}, and its feeds and pages say that they are at {written}.",
            f"If nothing else serves them there, write `home: {home}`.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What a build may do differently."""

    rewrite_past: bool = False
    """Compile sessions that have ended again."""
    allow_shrink: bool = False
    """Turn the errors of `GUARD_CODES` into warnings."""
    commit: str | None = None
    """The commit that the schedules are of, for the site's status."""
    with_site: bool = True
    """Build the site too, not the feeds alone."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """Files by their path below the calendar's folder, and the problems in order."""

    files: Mapping[PurePosixPath, bytes]
    problems: tuple[Problem, ...]


def build_calendar(
    sources: SourceFiles, published: Mapping[str, bytes], now: datetime, options: BuildOptions = BuildOptions()
) -> BuildResult:
    """Read, check and build everything in memory. Takes and raises what `read_project` and `build_files` do."""
    project, problems = read_project(sources, published, now)
    made = build_files(project, options, problems) if project else ()
    files = {
        PurePosixPath(path): content if isinstance(content, bytes) else b"".join(content or ())
        for path, content in made
    }
    return BuildResult(files, sort_problems(problems))


@dataclass(slots=True, kw_only=True)
class BuildNotes:
    """What one build tells the next, as far as it has come."""

    sources: SourceFiles = field(default_factory=dict)
    """The schedule files that it is of."""
    chapters: dict[str, "BuiltChapter"] = field(default_factory=dict)
    """By slug."""
    counts: dict[str, int] = field(default_factory=dict)
    """The numbers of events of the feeds by name."""

    def add_feed(self, feed: feeds.Feed, chapter: "BuiltChapter | None") -> None:
        """Take what was made of a feed; also what is to be known of its chapter, if it is that of one."""
        if feed.content is not None:
            self.counts |= dict.fromkeys(feed.names, len(feed.revisions))
        if chapter is not None:
            self.chapters[chapter.names[0]] = chapter


def build_files(
    project: Project,
    options: BuildOptions,
    problems: list[Problem],
    *,
    kept: "Kept | None" = None,
    notes: BuildNotes | None = None,
) -> Iterator[BuiltFile]:
    """Yield each file with its path below the calendar's folder; nothing if there is an error.

    A chapter that would lose most of its sessions is an error, and stays as it was published; all else is built.
    `problems` are those known so far. Those that the checks and the build find are added to them, so only at the end
    are they complete. Takes also what is kept of the last build, and what takes notes for the next. Raises FeedError
    where a published feed cannot be read.
    """
    from chatcal.publish.last_build import describe_chapter, find_changing_files

    if project.broken_feeds:
        raise project.broken_feeds[0]
    problems += kept.list_problems() if kept else []
    for one in checks.run_checks(project):
        is_allowed = options.allow_shrink and one.code in GUARD_CODES
        problems.append(replace(one, severity=Severity.WARNING) if is_allowed else one)
    if has_errors(one for one in problems if one.code != CHAPTER_GUARD_CODE):
        return
    project = _hold_chapters(project, problems)
    problems += _find_upstream_problems(project)
    notes = notes or BuildNotes()
    # What `--rewrite-past` has changed shows on pages only after the next build.
    changing = find_changing_files(problems)
    if options.rewrite_past:
        changing |= {one.file for one in project.chapters.values()}
    with ExitStack() as stack:
        site = stack.enter_context(closing(_begin_site(project))) if options.with_site else None
        for feed in feeds.build_feeds(project, rewrite_past=options.rewrite_past):
            problems += [feed.problem] if feed.problem else []
            chapter = project.chapters.get(feed.names[0])
            if site and chapter and kept and chapter.slug in kept.files:
                known = kept.last.chapters[chapter.slug]
                notes.add_feed(feed, known)
                site.keep_chapter(chapter, known.shown, kept.read_file)
                yield from ((f"{FEEDS_FOLDER}/{name}.ics", None) for name in feed.names)
                yield from ((f"{SITE_FOLDER}/{path}", None) for path in kept.files[chapter.slug])
                continue
            yield from _place_feed(FEEDS_FOLDER, feed)
            if site:
                yield from _place_feed(SITE_FOLDER, feed)
                notes.add_feed(
                    feed, describe_chapter(project, chapter, notes.sources, feed, changing) if chapter else None
                )
                yield from _place_pages(site.build_chapter(chapter, feed) if chapter else ())
            # Memory does not hold the sessions of all chapters beside all else.
            project.forget_sessions(feed.names[0])
        if site:
            yield from _place_pages(site.build_rest())
            yield _build_status(project, notes, options.commit)


def repeat_files(
    kept: "Kept", published: Mapping[str, bytes], now: datetime, commit: str | None, notes: BuildNotes
) -> Iterator[BuiltFile]:
    """Yield what `build_files` does where a build makes everything again that the last one made.

    Takes what is kept of that build, the published feeds by name, the moment (aware), the commit of the schedules, and
    what to add the notes to. The problems are those of the last build.
    """
    project = Project(parse_calendar(notes.sources[CALENDAR_FILE] or b""), {}, now, published_feeds=published)
    notes.chapters |= kept.last.chapters
    notes.counts |= kept.last.counts
    yield from ((f"{FEEDS_FOLDER}/{name}.ics", None) for name in kept.last.feeds)
    yield from ((f"{SITE_FOLDER}/{path}", None) for path in chain(kept.last.files, *kept.files.values()))
    yield _build_status(project, notes, commit)


def _build_status(project: Project, notes: BuildNotes, commit: str | None) -> BuiltFile:
    from chatcal.publish.status import STATUS_PATH, build_status

    coming = Counter[str]()
    for one in notes.chapters.values():
        coming.update(one.coming)
    content = build_status(project, len(notes.chapters), notes.counts, coming, commit)
    return f"{SITE_FOLDER}/{STATUS_PATH}", content


def _place_feed(folder: str, feed: feeds.Feed) -> Iterator[BuiltFile]:
    if feed.content is not None:
        yield from ((f"{folder}/{name}.ics", feed.content) for name in feed.names)


def _place_pages(pages: Iterable[tuple[str, bytes | Iterator[bytes]]]) -> Iterator[BuiltFile]:
    return ((f"{SITE_FOLDER}/{path}", content) for path, content in pages)


def _begin_site(project: Project) -> "Site":
    from chatcal.publish.status import STATUS_PATH
    from chatcal.site.pages import Site

    return Site(project, [STATUS_PATH])


def _hold_chapters(project: Project, problems: Iterable[Problem]) -> Project:
    """Return a project in which chapters with a question to answer have the sessions that are published."""
    from chatcal.importers.follow import decode_published

    files = {one.span.file for one in problems if one.code == CHAPTER_GUARD_CODE and one.severity is Severity.ERROR}
    held = {slug: chapter for slug, chapter in project.chapters.items() if chapter.file in files}
    published = {
        slug: decode_published(chapter, project.window.select(project.find_published(chapter)))
        for slug, chapter in held.items()
    }
    # Not a copy: whoever called would hold the sessions of all chapters to the end.
    project.sessions.update(published)
    project.coming.clear()
    return replace(project, held=frozenset(held))


def _find_upstream_problems(project: Project) -> Iterator[Problem]:
    """Yield the calendars kept elsewhere that could not be fetched, or of which something was left out."""
    for slug, result in project.upstream_results.items():
        chapter, contact, message = project.chapters[slug], project.contacts[slug], ""
        if result.failure:
            nights = english.format_count(contact.count_silent_nights(project.today), "night")
            silence = f"{chapter.label} {contact.description}, {nights} in silence"
            message = f"{result.failure}. {silence}; what was published stays."
        elif result.remarks and chapter.upstream:
            message = f"{chapter.upstream.address} was not read as a whole. {' '.join(result.remarks)}"
        if message and chapter.upstream:
            yield make_warning(chapter.upstream.where, "upstream", message, result.hint)
