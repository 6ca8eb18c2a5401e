"""What commands print: problems, tables, progress."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import click

from chatcal import english
from chatcal.cli import folder
from chatcal.problems import Problem, Severity, format_annotations, format_problems, format_problems_json
from chatcal.watch import ProgressTracker, ignore_progress

T = TypeVar("T")


_MIN_SCHEDULES = 200
"""Work on fewer schedules is done before a person has read what a bar says."""


def track_progress(schedules: int) -> ProgressTracker:
    """Return what shows on standard error how far work on so many schedules has come.

    It shows nothing where they are few, or where no terminal is there to look at it.
    """
    if schedules < _MIN_SCHEDULES or not sys.stderr.isatty():
        return ignore_progress
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)

    def track_stage(what: str, things: Collection[T], /) -> Iterable[T]:
        return track(things, what, console=console, transient=True)

    return track_stage


def render_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> str:
    """Return problems as text with the lines they are in, as GitHub's annotations, or as JSON."""
    if form == "text":
        return format_problems(problems, sources)
    return (
        format_annotations(problems, _get_repository_prefix()) if form == "github" else format_problems_json(problems)
    )


def _get_repository_prefix() -> str:
    """Return where the calendar is below the folder that GitHub checks a repository out to; empty at its top."""
    root = folder.find_root(click.get_current_context().obj).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", root)).resolve()
    return f"{root.relative_to(workspace).as_posix()}/" if workspace in root.parents else ""


def print_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> None:
    """Say on stderr what is wrong; what is merely worth knowing is counted only."""
    pressing = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    click.echo(render_problems(pressing, sources, form), nl=False, err=True)
    if form == "text" and (notices := len(problems) - len(pressing)):
        them = "it" if notices == 1 else "them"
        click.echo(f"{english.format_count(notices, 'notice')}; `chatcal check` shows {them}.", err=True)


def summarize(problems: Sequence[Problem], files: int) -> str:
    """Return how many problems of each kind that many files have."""
    counts = [
        english.format_count(number, kind)
        for kind in ("error", "warning", "notice")
        if (number := sum(problem.severity == kind for problem in problems))
    ]
    return f"{english.format_count(files, 'file')} read: {english.join_list(counts) or 'no problem'}."


_MAX_WIDTH = 10_000


def render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as wide as the terminal, or as its longest row where the output is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:
        console.width = _MAX_WIDTH
        console.width = console.measure(table).maximum
    with console.capture() as capture:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
