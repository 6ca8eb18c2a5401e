"""Add a chapter."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from chatcal import files
from chatcal.cli import options
from chatcal.cli.folder import find_root, name_file, name_program, refuse_new_errors, refuse_overwrite
from chatcal.model import Chapter
from chatcal.publish import build
from chatcal.publish.new_calendar import scaffold_chapter
from chatcal.publish.sources import read_folder


@click.command(name="new")
@click.argument("hashtag", type=options.HASHTAG, required=False, default="")
@click.option("--name", type=options.CHAPTER_NAME, default="", help="What it is called; needed if it has no hashtag.")
@options.now_option
@click.pass_obj
def create_chapter(folder: Path, hashtag: str, name: str, now: datetime) -> None:
    """Add a chapter with a HASHTAG, or with a name alone.

    Its file has the most useful keys as comments.
    """
    if not (hashtag or name):
        raise click.UsageError('Write its hashtag, or, if it has none, its name: --name "The Lantern Keepers".')
    root = find_root(folder)
    with files.lock_folder(root):
        sources = read_folder(root)
        path, content = scaffold_chapter(hashtag, name=name, usual_zone=_find_usual_zone(sources))
        refuse_overwrite(root, [path, path.replace(".yaml", ".yml")])
        refuse_new_errors(sources, {**sources, path: content}, now)
        files.replace_files({root / path: content})
    check = f"`{name_program(root)} check`"
    click.echo(f"{name_file(root, path)} is new. Write in it when people meet, and where; {check} says what is wrong.")


def _find_usual_zone(sources: build.SourceFiles) -> str:
    """Return the time zone of most chapters; empty where none has one."""
    zones = Counter(one.timezone for _, one in build.parse_files(sources) if isinstance(one, Chapter) and one.timezone)
    return next(iter(dict(zones.most_common(1))), "")
