"""Schedule files from a folder or from git, and published feeds."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from chatcal import files, http
from chatcal.diff.difference import Difference, compare_snapshots
from chatcal.diff.snapshot import Snapshot, build_feed_snapshot, build_project_snapshot
from chatcal.importers.follow import apply_upstream_results
from chatcal.problems import Problem, Severity, has_errors, sort_problems
from chatcal.project import Project
from chatcal.publish import build, git
from chatcal.schedule.format import CALENDAR_FILE


def read_folder(root: Path) -> dict[str, bytes | None]:
    """Return the schedule files by their path below the root."""
    from chatcal import files

    found = files.read_folder_files(root / "schedules", ".yaml", ".yml")
    return {CALENDAR_FILE: (root / CALENDAR_FILE).read_bytes()} | {
        f"schedules/{name}": octets for name, octets in found.items()
    }


def read_published(root: Path) -> dict[str, bytes]:
    """Return the published feeds by their name."""
    from chatcal import files

    return {
        name.removesuffix(".ics"): octets for name, octets in files.read_regular_files(root / "feeds", ".ics").items()
    }


def find_sources_commit(root: Path, sources: Mapping[str, bytes | None]) -> str | None:
    """Return the commit that the schedules are of; None where they are in none just as they stand."""
    from chatcal.publish import git

    with suppress(git.RevisionError, OSError):
        if read_revision(root, "HEAD") == sources:
            return git.find_commit(root, "HEAD")
    return None


_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What stands under a name: schedule files by their path, or else feeds by their name."""

    schedule_files: Mapping[str, bytes | None] | None = None
    feeds: Mapping[str, bytes] = field(default_factory=dict)
    is_single_feed: bool = False
    """Whether it is a single feed of a server."""


def load_source(text: str, folder: Path, root: Callable[[], Path]) -> Source:
    """Return what stands under a name: an address, a folder, or else a revision of the calendar's repository.

    Takes the folder that names are relative to, and what returns the calendar's folder. A folder that holds
    `chatcal.yaml` is a calendar, any other one a folder of feeds. Raises OSError, and git.NoRevision.
    """
    if http.is_fetchable_url(text):
        name = PurePosixPath(unquote(urlsplit(text).path)).name.removesuffix(".ics")
        return Source(feeds={name: http.fetch_feed(text)}, is_single_feed=True)
    place = folder / text
    if not place.is_dir():
        return Source(schedule_files=read_revision(root(), text))
    if (place / CALENDAR_FILE).is_file():
        return load_working_tree(place)
    found = files.read_regular_files(place, ".ics")
    return Source(feeds={PurePosixPath(name).stem: octets for name, octets in found.items()})


def read_revision(root: Path, revision: str) -> dict[str, bytes | None]:
    """Return the schedule files of a calendar's folder as they are at a revision; raises as `git.files` does."""
    found = git.read_files(root, revision, CALENDAR_FILE, build.SCHEDULES_FOLDER)
    return {path: octets for path, octets in found.items() if path.lower().endswith(_SUFFIXES)}


def load_branch_point(root: Path) -> Source:
    """Return the schedules as they were where the present branch left the main one; raises as `named` does."""
    return Source(schedule_files=read_revision(root, git.find_merge_base(root)))


def load_working_tree(root: Path) -> Source:
    """Return the schedules as they stand in a calendar's folder."""
    found = files.read_folder_files(root / build.SCHEDULES_FOLDER, *_SUFFIXES)
    calendar = {CALENDAR_FILE: (root / CALENDAR_FILE).read_bytes()}
    return Source(
        schedule_files=calendar | {f"{build.SCHEDULES_FOLDER}/{name}": octets for name, octets in found.items()}
    )


def compare_sources(before: Source, after: Source, now: datetime) -> tuple[Difference | None, tuple[Problem, ...]]:
    """Return what changes from one side to the other at a moment (aware), and the problems of the second.

    There is no difference where the second side has errors. Raises BrokenFeed.
    """
    new, problems = (
        (None, ()) if after.schedule_files is None else _read_project(after.schedule_files, before.feeds, now)
    )
    if after.schedule_files is not None and (new is None or has_errors(problems)):
        return None, problems
    old, unread = (
        (None, ()) if before.schedule_files is None else _read_valid_project(before.schedule_files, after.feeds, now)
    )
    second = build_project_snapshot(new) if new is not None else None
    if before.schedule_files is None:
        first = build_feed_snapshot(before.feeds, _find_roots(second), lone=before.is_single_feed)
    elif old is not None:
        first = build_project_snapshot(old, unread)
    else:
        first = Snapshot(chapters={}, feeds={}, members={}, domains=frozenset(), unread=unread)
    if second is None:
        second = build_feed_snapshot(after.feeds, _find_roots(first), lone=after.is_single_feed)
    return compare_snapshots(first, second, now), problems


def _read_project(
    sources: Mapping[str, bytes | None], feeds: Mapping[str, bytes], now: datetime
) -> tuple[Project | None, tuple[Problem, ...]]:
    """Return schedules with their problems; what is kept elsewhere has the sessions that the feeds have."""
    schedules, problems = build.read_checked_project(sources, (), now, {})
    if schedules is not None and any(chapter.upstream for chapter in schedules.chapters.values()):
        schedules = replace(schedules, published_revisions=build.read_valid_feeds(feeds))
        schedules = apply_upstream_results(schedules, {})
    return schedules, sort_problems(problems)


def _read_valid_project(
    sources: Mapping[str, bytes | None], feeds: Mapping[str, bytes], now: datetime
) -> tuple[Project | None, tuple[str, ...]]:
    """Return the schedules without what has errors, and the files that have them."""
    schedules, problems = _read_project(sources, feeds, now)
    wrong = tuple(dict.fromkeys(one.span.file for one in problems if one.severity is Severity.ERROR))
    if schedules is None:
        return None, wrong
    sound = {slug: chapter for slug, chapter in schedules.chapters.items() if chapter.file not in wrong}
    return replace(schedules, chapters=sound), wrong


def _find_roots(side: Snapshot | None) -> dict[str, str]:
    """Return the oldest slug of the chapter of each name, of a side of schedules."""
    if side is None or side.project is None:
        return {}
    chapters = side.project.chapters.values()
    return {name: chapter.root for chapter in chapters for name in (chapter.slug, *chapter.formerly)}
