"""Say in sentences what subscribers will see change."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.diff.render import render_difference
from chatcal.publish.git import RevisionError
from chatcal.publish.sources import Source, compare_sources, load_branch_point, load_source, read_folder
from chatcal.text import escape_markdown


@click.command(name="diff")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "commit"]), default="text", show_default=True
)
@options.now_option
@click.pass_obj
def show_diff(folder: Path, *, a: str | None, b: str | None, form: str, now: datetime) -> None:
    """Say in sentences what subscribers will see change from A to B.

    Each may be a git revision, a folder of feeds, the address of a feed, or a calendar's folder, such as . for the
    working tree. Without B, it is the working tree; without A, it is the commit where this branch left the main one.
    Errors in the schedules of B are shown, with exit code 1.
    """
    root = partial(find_root, folder)
    try:
        before = load_source(a, folder, root) if a else load_branch_point(root())
        after = load_source(b, folder, root) if b else Source(schedule_files=read_folder(root()))
    except RevisionError as error:
        raise click.UsageError(
            f"{error} Name what to compare, like: chatcal diff HEAD~1 .\n"
            "Or compare with the feeds of the last build: chatcal diff feeds"
        ) from None
    difference, problems = compare_sources(before, after, now)
    text = render_difference(difference, problems, after.schedule_files or {}, form)
    compared = f"From {before.name} to {after.name}:"
    if form == "text":
        echo(compared, err=True)
    elif form == "markdown" and difference is not None:
        text = f"{escape_markdown(compared)}\n\n{text}"
    (click.echo if form == "json" else echo)(text, nl=False)
    sys.exit(difference is None)
