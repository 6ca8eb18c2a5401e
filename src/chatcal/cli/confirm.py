"""Write into schedules that somebody confirmed them."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.problems import Problem, ScheduleError, format_problems, sort_problems
from chatcal.project import UnknownChapterError, find_chapters
from chatcal.publish.sources import read_folder


@click.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@options.now_option
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today; change nothing else."""
    from chatcal import files
    from chatcal.publish import build
    from chatcal.schedule import editor

    root = find_root(folder)
    edited: dict[str, bytes] = {}
    unknown: list[str] = []
    with files.lock_folder(root):
        sources = read_folder(root)
        project, problems = build.read_checked_project(sources, (), now, {})
        wrong: list[Problem] = [] if project else problems
        for name in dict.fromkeys(hashtags):
            if project is None:
                break
            try:
                found = find_chapters(project, problems, name)
                wrong += found.errors
                for chapter in found.chapters:
                    edited[chapter.file] = editor.set_confirmed(chapter.file, sources[chapter.file] or b"", now.date())
            except UnknownChapterError as error:
                unknown.append(str(error))
            except ScheduleError as error:
                wrong += error.problems
        click.echo(format_problems(sort_problems(wrong), sources), nl=False, err=True)
        if unknown:
            raise click.UsageError("\n".join([*unknown, "Nothing was written."]))
        if wrong:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace_files({root / path: content for path, content in edited.items()})
    for path in edited:
        click.echo(f"{path}: confirmed: {now.date()}")
