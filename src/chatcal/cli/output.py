"""What commands print: problems, tables, progress."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from chatcal import english
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.model import Session
from chatcal.problems import Problem, Severity, format_annotations, format_problems, format_problems_json
from chatcal.text import make_printable

T = TypeVar("T")

# What takes long to import is imported by the functions that need it: rich, which draws, and what pages are made of.


_MIN_SCHEDULES = 200
"""Work on fewer schedules is done before a person has read what a bar says."""


def track_progress(what: str, things: Iterable[T], schedules: int, total: int | None = None) -> Iterable[T]:
    """Return the things of one stage of work; a terminal shows how far it is, where there are many schedules.

    Without a total it shows only that the work goes on.
    """
    if schedules < _MIN_SCHEDULES or not sys.stderr.isatty():
        return things
    from rich.console import Console
    from rich.progress import track

    return track(things, what, total, console=Console(stderr=True), transient=True)


@contextmanager
def count_steps(title: str, number: int) -> Iterator[Callable[[], None]]:
    """Show on a terminal how many of so many steps are done; yields what to call after each."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield partial(progress.advance, progress.add_task(title, total=number))


def echo_problems(
    problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str = "text", *, err: bool = True
) -> None:
    """Print problems in a form: `text` with the lines they are in, `github` annotations, or `json`."""
    if form == "json":
        click.echo(format_problems_json(problems), nl=False, err=err)
    elif form == "github":
        click.echo(make_printable(format_annotations(problems, _get_repository_prefix())), nl=False, err=err)
    else:
        echo(format_problems(problems, sources), nl=False, err=err)


def _get_repository_prefix() -> str:
    """Return the path of the calendar below the folder that GitHub checks out; empty at its top."""
    root = find_root(click.get_current_context().obj).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", root)).resolve()
    return f"{root.relative_to(workspace).as_posix()}/" if workspace in root.parents else ""


def print_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> None:
    """Print errors and warnings on stderr; of notices, only how many there are."""
    shown = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    echo_problems(shown, sources, form)
    if form == "text" and (notices := len(problems) - len(shown)):
        them = "it" if notices == 1 else "them"
        click.echo(f"{english.format_count(notices, 'notice')}; `chatcal check` shows {them}.", err=True)


def summarize(problems: Sequence[Problem], files: int) -> str:
    """Return a line like `2 files read: 1 error and 3 notices.`."""
    counts = [
        english.format_count(number, kind)
        for kind in Severity
        if (number := sum(problem.severity is kind for problem in problems))
    ]
    return f"{english.format_count(files, 'file')} read: {english.join_list(counts) or 'no problem'}."


_MAX_WIDTH = 10_000


def render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as wide as the terminal, or as wide as its longest row if the output is not a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(make_printable(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = _MAX_WIDTH
        console.width = console.measure(table).maximum
    with console.capture() as capture:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def list_badges(session: Session) -> list[tuple[str, str]]:
    """Return the words and reasons of the badges of a session; that it is cancelled says enough."""
    from chatcal.site import context

    badges = [(word, reason) for _, word, reason in context.list_badges(session)]
    return badges if session.cancelled is None else badges[:1]
