"""Add a chapter."""

from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root, refuse_overwrite, refuse_wrong
from chatcal.publish.sources import read_folder


@click.command(name="new")
@click.argument("hashtag", type=options.HashtagType())
@options.now_option
@click.pass_obj
def create_chapter(folder: Path, hashtag: str, now: datetime) -> None:
    """Add a chapter: write a file for it, with what may stand there as remarks."""
    from chatcal import files
    from chatcal.publish import new_calendar

    root = find_root(folder)
    path, octets = new_calendar.scaffold_chapter(hashtag)
    with files.lock_folder(root):
        sources = read_folder(root)
        refuse_overwrite(root, [path, path.replace(".yaml", ".yml")])
        refuse_wrong(sources, {**sources, path: octets}, now)
        files.replace_files({root / path: octets})
    click.echo(f"{path} is new. Write in it when the chat meets; `chatcal check` says what is wrong.")
