"""What a calendar's folder holds."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from chatcal import words
from chatcal.schedule import CALENDAR_FILE


def find_root(folder: Path) -> Path:
    """Return the folder that holds chatcal.yaml, that one or one above it."""
    for place in (folder.absolute(), *folder.absolute().parents):
        if (place / CALENDAR_FILE).is_file():
            return place
    raise click.UsageError(
        f"There is no {CALENDAR_FILE} in {folder}, nor in a folder above it. Go there, or use -C DIR."
    )


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
    from chatcal import compare, git

    with suppress(git.RevisionError, OSError):
        if compare.read_revision(root, "HEAD") == sources:
            return git.find_commit(root, "HEAD")
    return None


def get_source_path(root: Path, path: Path, sources: Mapping[str, bytes | None]) -> str:
    """Return how a schedule file is called in problems."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, and name another file
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if shown not in sources:
        raise click.UsageError(f"{shown} is no schedule file of the calendar in {root}.")
    return shown


def refuse_overwrite(root: Path, paths: Iterable[str]) -> None:
    """Raise UsageError where files are in the way of new ones, or stand where a folder of theirs should."""
    taken: set[str] = set()
    for path in map(Path, paths):
        folders = [one for one in path.parents if (root / one).exists() and not (root / one).is_dir()]
        taken.update(one.as_posix() for one in (path, *folders) if os.path.lexists(root / one))
    if taken:
        raise click.UsageError(f"Nothing was written, since this is there already: {words.join_list(sorted(taken))}.")
