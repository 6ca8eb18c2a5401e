"""List the chapters that somebody should confirm, as a checklist for an issue."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.problems import Problem
from chatcal.publish.build import check_sources
from chatcal.publish.sources import read_folder, read_published
from chatcal.text import escape_markdown

_CHECKLIST_HEAD = """\
These schedules were confirmed long ago. Ask the moderators of each. If it is still right, set `confirmed:` in its file
to the day on which they said so; if not, correct it.

"""


@click.command(name="unconfirmed")
@options.now_option
@click.pass_obj
def list_unconfirmed(folder: Path, now: datetime) -> None:
    """List the chapters that somebody should confirm. Prints a checklist in Markdown, or nothing if there are none."""
    root = find_root(folder)
    echo(format_checklist(check_sources(read_folder(root), read_published(root), now)), nl=False)


def format_checklist(problems: Iterable[Problem]) -> str:
    rows = [
        f"- [ ] `{problem.span.file}`, line {problem.span.line}: {escape_markdown(problem.message)}\n"
        for problem in problems
        if problem.code == "unconfirmed"
    ]
    return _CHECKLIST_HEAD + "".join(rows) if rows else ""
