"""The pipeline: schedule files, the last published feeds and a moment to the files that are published next."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from chatcal import atom, checks, feeds, ics, revisions, schedule, site, status, words
from chatcal.heard import Contact, Heard, contacts_after
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
    lines_of,
    warning,
)
from chatcal.schedules import Schedules

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


def check(sources: Sources, published: Mapping[str, bytes] | Iterable[str], now: datetime) -> tuple[Problem, ...]:
    """Return every problem of the schedules, in order; takes what `read` takes, or the very feeds by their name.

    A feed that cannot be read stops a build, and is no problem of the schedules.
    """
    last = readable(published) if isinstance(published, Mapping) else {}
    return in_order(checked(sources, published, now, last)[1])


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
) -> tuple[Schedules | None, list[Problem]]:
    """Return the schedules and all that is wrong with them.

    Takes what `read` takes, what the feeds hold, and what was heard of calendars kept elsewhere.
    """
    schedules, problems = read(sources, published, now)
    if schedules is not None:
        schedules = replace(schedules, last=last).following(heard)
        problems += checks.problems(schedules)
    return schedules, problems


def build(
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
) -> Build:
    """Return the feeds and the site, or nothing where a schedule has an error.

    Takes the schedule files by their path, the published feeds by their name, and the build's moment (aware). With
    `allow_shrink` a published feed that nothing stands for any more loses its coming sessions, and is no error. `home`
    is where the site is served, for a calendar that does not say it itself; `commit` the one that the files are of.
    `heard` is what calendars kept elsewhere were heard to say now, none where they were not asked; `contacts` when each
    was last heard from before, both by the slugs of their chapters.
    Raises BrokenFeed, with the feed's name in front, where a published feed cannot be read.
    """
    last = _read_published(published)
    schedules, problems = checked(sources, published, now, last, heard)
    if schedules is not None and home is not None:
        problems += _other_home(sources, schedules.calendar.home, home)
        schedules = replace(schedules, calendar=_at(home, schedules.calendar))
    if allow_shrink:
        problems = [replace(one, severity=Severity.WARNING) if one.code in checks.GUARDS else one for one in problems]
    if schedules is None or has_errors(problems):
        return Build({}, in_order(problems))
    schedules = replace(schedules, contacts=contacts_after(schedules.chapters, contacts or {}, heard, schedules.today))
    problems += _silent(schedules)
    made, cuts = feeds.feeds(schedules, last, published, rewrite_past=rewrite_past)
    changes = atom.feeds(schedules, {slug: made[slug] for slug in schedules.chapters if slug in made})
    about = {status.PATH: status.status(schedules, made, commit)}
    pages = site.pages(schedules, changes | about) | changes | about
    files = {PurePosixPath(FEEDS, f"{name}.ics"): octets for name, octets in made.items()}
    files |= {PurePosixPath(SITE, f"{name}.ics"): octets for name, octets in made.items()}
    files |= {PurePosixPath(SITE, path): octets for path, octets in pages.items()}
    return Build(files, in_order([*problems, *cuts]))


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


_HOME = re.compile(r"""(?:^|[\s{,])(['"]?)home\1\s*:""")


def _at(home: str, calendar: Calendar) -> Calendar:
    return calendar if calendar.home else replace(calendar, home=home)


def _other_home(sources: Sources, written: str | None, home: str) -> Iterator[Problem]:
    """Yield which line to change, where a calendar names another address than the one that it is served at."""
    if written is not None and urlsplit(written)[1:] != urlsplit(home)[1:]:
        lines = lines_of(sources[schedule.CALENDAR_FILE] or b"")
        number = next((number for number, line in enumerate(lines, 1) if _HOME.search(line)), 1)
        yield warning(
            Span(schedule.CALENDAR_FILE, number, width=len(lines[number - 1])),
            "other-home",
            f"The site is served at {home}, and its feeds and pages say that they are at {written}.",
            f"If nothing else serves them there, write `home: {home}`.",
        )


def _read_published(published: Mapping[str, bytes]) -> revisions.Published:
    found = {}
    for name, octets in sorted(published.items()):
        try:
            found[name] = ics.read(octets)
        except BrokenFeed as error:
            raise BrokenFeed(f"{FEEDS}/{name}.ics: {error}") from None
    return found
