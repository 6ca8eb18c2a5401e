"""List the chapters that want confirming, as a checklist for an issue."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.problems import Problem
from chatcal.publish import sources


@click.command(name="unconfirmed")
@options.now_option
@click.pass_obj
def list_unconfirmed(folder: Path, now: datetime) -> None:
    """List the chapters that want confirming, as a checklist in Markdown; prints nothing where none does."""
    from chatcal.publish import build

    root = find_root(folder)
    click.echo(
        format_checklist(build.check_sources(sources.read_folder(root), sources.read_published(root), now)),
        nl=False,
    )


_CHECKLIST_HEAD = """\
Nobody has said for long that these schedules still hold. Ask the moderators of each; then set `confirmed:` in its file
to the day on which they said so, or correct the schedule.

"""


def format_checklist(problems: Iterable[Problem]) -> str:
    """Return the chapters that want confirming, of all problems of the schedules; nothing where there are none."""
    wanting = [problem for problem in problems if problem.code == "unconfirmed"]
    rows = [f"- [ ] `{one.span.file}`, line {one.span.line}: {one.message}\n" for one in wanting]
    return _CHECKLIST_HEAD + "".join(rows) if rows else ""
