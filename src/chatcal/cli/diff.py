"""Say in sentences what subscribers will see change."""

import sys
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root


@click.command(name="diff")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@options.now_option
@click.pass_obj
def show_diff(folder: Path, *, a: str | None, b: str | None, form: str, now: datetime) -> None:
    """Say in sentences what subscribers will see change from A to B.

    Each may be a git revision, a folder of feeds, the address of a feed, or a calendar's folder, such as . for the
    working tree. B is the working tree where it is left out; A is where the present branch left the main one. Schedules
    of B with errors are shown, with exit code 1.
    """
    from chatcal.diff import render
    from chatcal.publish import sources
    from chatcal.publish.git import RevisionError

    try:
        before = (
            sources.load_source(a, folder, lambda: find_root(folder))
            if a
            else sources.load_branch_point(find_root(folder))
        )
        after = (
            sources.load_source(b, folder, lambda: find_root(folder))
            if b
            else sources.load_working_tree(find_root(folder))
        )
    except RevisionError as error:
        raise click.UsageError(
            f"{error} Name what to compare, like: chatcal diff HEAD~1 .\n"
            "Or compare with the feeds of the last build: chatcal diff feeds"
        ) from None
    found, problems = sources.compare_sources(before, after, now)
    click.echo(render.render_difference(found, problems, after.schedule_files or {}, form), nl=False)
    sys.exit(found is None)
