"""What a calendar's folder holds."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from chatcal import english
from chatcal.model import Calendar, Chapter
from chatcal.problems import Severity, format_problems, sort_problems
from chatcal.publish.sources import read_folder, read_published
from chatcal.schedule.format import CALENDAR_FILE


def find_root(folder: Path) -> Path:
    """Return the folder that holds chatcal.yaml, that one or one above it."""
    for place in (folder.absolute(), *folder.absolute().parents):
        if (place / CALENDAR_FILE).is_file():
            return place
    raise click.UsageError(
        f"There is no {CALENDAR_FILE} in {folder}, nor in a folder above it. Go there, or use -C DIR."
    )


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
        raise click.UsageError(f"Nothing was written, since this is there already: {english.join_list(sorted(taken))}.")


def load_chapters(folder: Path, chapter: str | None, now: datetime) -> tuple[Calendar, tuple[Chapter, ...], bool]:
    """Return the calendar, the chapters that were asked for, and whether some have errors; these go to stderr."""
    from chatcal import checks
    from chatcal.importers.follow import apply_upstream_results
    from chatcal.project import UnknownChapterError, find_chapters
    from chatcal.publish import build

    root = find_root(folder)
    sources = read_folder(root)
    schedules, problems = build.read_project(sources, (), now)
    if schedules is None:
        click.echo(format_problems(sort_problems(problems), sources), nl=False, err=True)
        sys.exit(1)
    if any(one.upstream for one in schedules.chapters.values()):
        published = build.read_valid_feeds(read_published(root))
        schedules = apply_upstream_results(replace(schedules, published_revisions=published), {})
    try:
        found = find_chapters(schedules, sort_problems([*problems, *checks.run_checks(schedules)]), chapter)
    except UnknownChapterError as error:
        raise click.UsageError(str(error)) from None
    click.echo(format_problems(found.errors, sources), nl=False, err=True)
    return schedules.calendar, found.chapters, bool(found.errors)


def refuse_wrong(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime) -> None:
    """Raise UsageError where schedules have errors that they had not before."""
    from chatcal.publish import build

    known = build.check_sources(before, (), now)
    if wrong := [
        one for one in build.check_sources(after, (), now) if one.severity is Severity.ERROR and one not in known
    ]:
        raise click.UsageError("\n".join([f"{one.message} {one.hint}" for one in wrong] + ["Nothing was written."]))
