"""Write into schedules that somebody confirmed them."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.problems import format_problems
from chatcal.publish.sources import read_folder


@click.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@options.now_option
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today; change nothing else."""
    from chatcal import files
    from chatcal.schedule import editor

    root = find_root(folder)
    with files.lock_folder(root):
        sources = read_folder(root)
        done = editor.confirm_chapters(sources, hashtags, now)
        click.echo(format_problems(done.problems, sources), nl=False, err=True)
        if done.unknown:
            raise click.UsageError("\n".join([*done.unknown, "Nothing was written."]))
        if done.problems:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace_files({root / path: octets for path, octets in done.files.items()})
    for path in done.files:
        click.echo(f"{path}: confirmed: {now.date()}")
