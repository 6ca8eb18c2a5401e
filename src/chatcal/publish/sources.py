"""What a calendar's folder, git or the web holds: schedule files, and published feeds."""

import errno
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from chatcal import files
from chatcal.checks.years import has_old_entries, list_entry_keys
from chatcal.problems import Problem, Severity, has_errors, sort_problems
from chatcal.project import Project
from chatcal.publish import git
from chatcal.publish.build import FEEDS_FOLDER, SCHEDULES_FOLDER, SourceFiles, parse_files, read_checked_project
from chatcal.publish.swap import complete_swap
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.text import is_fetchable_url

if TYPE_CHECKING:  # pragma: no cover - slow to import, and most commands compare nothing
    from chatcal.diff.difference import Difference
    from chatcal.diff.snapshot import Snapshot

_SUFFIXES = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
"""Windows may hide the last ending and add it: then the name is an error, and not a file that nobody reads."""


def read_folder(root: Path) -> dict[str, bytes | None]:
    """Return the schedule files of a calendar's folder by their path below it. Raises OSError."""
    calendar, folder = root / CALENDAR_FILE, root / SCHEDULES_FOLDER
    sources = {CALENDAR_FILE: None if calendar.is_symlink() else files.read_file(calendar)}
    _refuse_link(folder)
    found = files.read_folder_files(folder, *_SUFFIXES)
    return sources | {f"{SCHEDULES_FOLDER}/{name}": content for name, content in found.items()}


def _refuse_link(folder: Path) -> None:
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "A symbolic link is not followed", str(folder))


def read_revision(root: Path, revision: str) -> dict[str, bytes | None]:
    """Return the schedule files of a calendar's folder at a revision; raises what `git.read_files` does."""
    found = git.read_files(root, revision, CALENDAR_FILE, SCHEDULES_FOLDER)
    # git lists the folder itself where that is a symbolic link.
    return {
        path: content for path, content in found.items() if path.lower().endswith(_SUFFIXES) or path == SCHEDULES_FOLDER
    }


def read_published(root: Path) -> Mapping[str, bytes]:
    """Return the feeds of a calendar's folder by name; each is read when it is asked for."""
    _refuse_link(root / FEEDS_FOLDER)
    return files.RegularFiles(root / FEEDS_FOLDER, ".ics")


def find_sources_commit(root: Path, sources: SourceFiles) -> str | None:
    """Return the present commit; None where the schedules differ from it."""
    with suppress(git.RevisionError, OSError):
        if read_revision(root, "HEAD") == sources:
            return git.find_commit(root, "HEAD")
    return None


def add_entries_before(project: Project, root: Path) -> Project:
    """Return a project that knows which days stood in its files before the present edit, where some are old."""
    files = [chapter.file for chapter in project.chapters.values() if has_old_entries(chapter, project.today)]
    files += [CALENDAR_FILE] if has_old_entries(project.calendar, project.today) else []
    found = {}
    with suppress(git.RevisionError, OSError):
        before = git.read_files(root, git.find_edit_base(root), *files) if files else {}
        for file, read in parse_files(before):
            if not isinstance(read, list):
                found[file] = frozenset(list_entry_keys(read))
    return replace(project, entries_before=found)


def sort_by_edit(root: Path, files: Iterable[str]) -> list[str]:
    """Return schedule files, the last edited first: by git, or else by the disk."""
    with suppress(OSError):
        order = {name: place for place, name in enumerate(git.list_by_edit(root, SCHEDULES_FOLDER))}
        if order:
            return sorted(files, key=lambda file: (order.get(file, len(order)), file))
    return sorted(files, key=lambda file: (-_find_edit_time(root / file), file))


def _find_edit_time(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One side of a comparison: schedule files by path, or feeds by name."""

    schedule_files: SourceFiles | None = None
    feeds: Mapping[str, bytes] = field(default_factory=dict)
    is_single_feed: bool = False
    """Whether it is one feed from a server."""
    name: str = "the schedules here, committed or not"
    """What it is, for a sentence."""


def load_source(text: str, folder: Path, find_root: Callable[[], Path]) -> Source:
    """Return what a name means: an address, a folder, or else a revision of the calendar's repository.

    Paths are relative to `folder`. A folder with `chatcal.yaml` is a calendar, any other holds feeds. Raises OSError
    and RevisionError.
    """
    if is_fetchable_url(text):
        # Few names are addresses, and requests is slow to import.
        from chatcal import http

        name = PurePosixPath(unquote(urlsplit(text).path)).name.removesuffix(".ics")
        feeds = {name: http.get(text).require_ok().content}
        return Source(feeds=feeds, is_single_feed=True, name=f"the feed at {text}")
    place = folder / text
    if not place.is_dir():
        root = find_root()
        found = read_revision(root, text)
        return Source(schedule_files=found, name=f"commit {git.describe_commit(root, text)} ({text})")
    if (place / CALENDAR_FILE).is_file():
        here = Source(schedule_files=read_folder(place))
        return here if text == "." else replace(here, name=f"the schedules in {text}")
    # It may be the feeds/ of a calendar.
    complete_swap(place.parent)
    feeds = {PurePosixPath(name).name: one for name, one in files.RegularFiles(place, ".ics").items()}
    return Source(feeds=feeds, name=f"the feeds in {text}")


def load_branch_point(root: Path) -> Source:
    """Return the schedules at the commit where the present branch left the main one; raises what `load_source` does."""
    commit = git.find_merge_base(root)
    where = "the last one" if commit == git.find_commit(root, "HEAD") else "where this branch left the main one"
    name = f"commit {git.describe_commit(root, commit)}, {where},"
    return Source(schedule_files=read_revision(root, commit), name=name)


def compare_sources(before: Source, after: Source, now: datetime) -> tuple["Difference | None", tuple[Problem, ...]]:
    """Return what changes between two sides at a moment (aware), and the problems of the second.

    There is no difference where the second side has errors. Raises FeedError.
    """
    from chatcal.diff.difference import compare_snapshots
    from chatcal.diff.snapshot import build_feed_snapshot, build_project_snapshot

    second: Snapshot | None = None
    problems: tuple[Problem, ...] = ()
    if after.schedule_files is not None:
        project, found = read_checked_project(after.schedule_files, before.feeds, now)
        problems = sort_problems(found)
        if project is None or has_errors(problems):
            return None, problems
        second = build_project_snapshot(project)
    first = _build_first_snapshot(before, after.feeds, second, now)
    if second is None:
        second = build_feed_snapshot(after.feeds, _map_roots(first), lone=after.is_single_feed)
    return compare_snapshots(first, second, now), problems


def _build_first_snapshot(
    before: Source, feeds: Mapping[str, bytes], second: "Snapshot | None", now: datetime
) -> "Snapshot":
    """Return the first side, without the files that have errors; takes the feeds and the snapshot of the second."""
    from chatcal.diff.snapshot import Snapshot, build_feed_snapshot, build_project_snapshot

    if before.schedule_files is None:
        return build_feed_snapshot(before.feeds, _map_roots(second), lone=before.is_single_feed)
    project, problems = read_checked_project(before.schedule_files, feeds, now)
    errors = (one for one in sort_problems(problems) if one.severity is Severity.ERROR)
    wrong = tuple(dict.fromkeys(one.span.file for one in errors))
    if project is None:
        return Snapshot(chapters={}, feeds={}, members={}, domains=frozenset(), unread=wrong)
    sound = {slug: chapter for slug, chapter in project.chapters.items() if chapter.file not in wrong}
    return build_project_snapshot(replace(project, chapters=sound), wrong)


def _map_roots(snapshot: "Snapshot | None") -> dict[str, str]:
    """Return the oldest slug of each chapter by each of its names; of schedules only."""
    if snapshot is None or snapshot.project is None:
        return {}
    chapters = snapshot.project.chapters.values()
    return {name: chapter.root for chapter in chapters for name in (chapter.slug, *chapter.formerly)}
