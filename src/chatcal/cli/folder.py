"""The folder of a calendar, and what may not happen to it."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import click

from chatcal import english
from chatcal.cli.terminal import echo
from chatcal.model import Calendar, Chapter
from chatcal.problems import Severity, format_problems, sort_problems
from chatcal.project import UnknownChapterError, find_chapters
from chatcal.publish import build
from chatcal.publish.sources import read_folder, read_published
from chatcal.publish.swap import complete_swap
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.text import make_line_printable


def find_root(folder: Path) -> Path:
    """Return the folder that holds chatcal.yaml: this one, or one above it.

    If a build was interrupted there while it replaced files, that is completed first. Raises OSError.
    """
    start = make_absolute(folder)
    for place in (start, *start.parents):
        # What has the name but is no file is told when it is read.
        if os.path.lexists(place / CALENDAR_FILE):
            if done := complete_swap(place):
                echo(done, err=True)
            return place
    way_out = "Go to the folder of your calendar, or use -C DIR. To begin a calendar here: chatcal init"
    if near := min(start.glob("[Cc]hatcal.*ml*"), default=None):
        way_out = f"There is {make_line_printable(near.name)}: rename it."
    raise click.UsageError(f"There is no {CALENDAR_FILE} in {folder}, nor in a folder above it. {way_out}")


def make_absolute(path: Path) -> Path:
    """Return a path from the root on, without `..`: what is beside a folder is not below it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, and name another file


def name_program(root: Path) -> str:
    """Return what to type before a command for the calendar in a folder: the program as it was called, and `-C`."""
    name = click.get_current_context().find_root().info_name or ""
    typed = sys.argv[0]
    # Of what is on the path, the name is enough. `python -m` runs no file of this name.
    program = _quote(typed) if Path(typed).stem == name and shutil.which(name) != typed else name
    return program if make_absolute(root) == Path.cwd() else f"{program} -C {_quote(str(root))}"


def name_file(root: Path, path: str) -> str:
    """Return what to call a file below a folder: its path there, if that is the current folder, or else the whole."""
    return path if root == Path.cwd() else str(root / path)


def _quote(path: str) -> str:
    return f'"{path}"' if " " in path else path


def get_source_path(root: Path, path: Path, sources: Mapping[str, bytes | None]) -> str:
    """Return the name that problems give to a schedule file."""
    path = make_absolute(path)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if name not in sources:
        raise click.UsageError(f"{name} is not a schedule file of the calendar in {root}.")
    return name


def refuse_overwrite(root: Path, paths: Iterable[str]) -> None:
    """Raise UsageError if one of the paths exists, or if a file has the name of a folder that they need."""
    taken: set[str] = set()
    for path in map(Path, paths):
        folders = [folder for folder in path.parents if (root / folder).exists() and not (root / folder).is_dir()]
        taken.update(one.as_posix() for one in (path, *folders) if os.path.lexists(root / one))
    if taken:
        raise click.UsageError(f"Nothing was written. This exists already: {english.join_list(sorted(taken))}.")


def refuse_new_errors(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime) -> None:
    """Raise UsageError if the schedules have errors that they did not have before."""
    known = build.check_sources(before, {}, now)
    errors = [problem for problem in build.check_sources(after, {}, now) if problem.severity is Severity.ERROR]
    if new := [f"{error.message} {error.hint}" for error in errors if error not in known]:
        raise click.UsageError("\n".join([*new, "Nothing was written."]))


def load_chapters(folder: Path, name: str | None, now: datetime) -> tuple[Calendar, list[Chapter], bool]:
    """Return the calendar, the chapter of that name or all, and whether some have errors. Prints these."""
    root = find_root(folder)
    sources = read_folder(root)
    project, problems = build.read_checked_project(sources, read_published(root), now)
    if project is None:
        echo(format_problems(sort_problems(problems), sources), nl=False, err=True)
        sys.exit(1)
    try:
        chapters, errors = find_chapters(project, sort_problems(problems), name)
    except UnknownChapterError as error:
        raise click.UsageError(str(error)) from None
    echo(format_problems(errors, sources), nl=False, err=True)
    return project.calendar, chapters, bool(errors)
