"""Add a chapter."""

from datetime import datetime
from pathlib import Path

import click

from chatcal import files
from chatcal.cli import options
from chatcal.cli.folder import find_root, refuse_new_errors, refuse_overwrite
from chatcal.publish.new_calendar import scaffold_chapter
from chatcal.publish.sources import read_folder


@click.command(name="new")
@click.argument("hashtag", type=options.HASHTAG, required=False, default="")
@click.option("--name", type=options.CHAPTER_NAME, default="", help="What it is called; needed if it has no hashtag.")
@options.now_option
@click.pass_obj
def create_chapter(folder: Path, hashtag: str, name: str, now: datetime) -> None:
    """Add a chapter with a HASHTAG, or with a name alone.

    Its file has an example of each key as a comment.
    """
    if not (hashtag or name):
        raise click.UsageError('Write its hashtag, or, if it has none, its name: --name "The Lantern Keepers".')
    root = find_root(folder)
    path, content = scaffold_chapter(hashtag, name=name)
    with files.lock_folder(root):
        sources = read_folder(root)
        refuse_overwrite(root, [path, path.replace(".yaml", ".yml")])
        refuse_new_errors(sources, {**sources, path: content}, now)
        files.replace_files({root / path: content})
    click.echo(f"{path} is new. Write in it when people meet, and where; `chatcal check` says what is wrong.")
