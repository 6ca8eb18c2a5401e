"""Write into schedules that somebody confirmed them."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal import files
from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.model import Chapter
from chatcal.problems import Problem, ScheduleError, format_problems, sort_problems
from chatcal.project import Project, UnknownChapterError, find_chapters
from chatcal.publish import build
from chatcal.publish.sources import read_folder
from chatcal.schedule.editor import set_confirmed


@click.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@options.now_option
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today. Nothing else changes."""
    root = find_root(folder)
    with files.lock_folder(root):
        sources = read_folder(root)
        project, problems = build.read_checked_project(sources, (), now, {})
        chapters: list[Chapter] = []
        if project is not None:
            chapters, problems = _find_named_chapters(project, problems, hashtags)
        edited = {}
        for chapter in chapters:
            try:
                edited[chapter.file] = set_confirmed(chapter.file, sources[chapter.file] or b"", now.date())
            except ScheduleError as error:
                problems += error.problems
        if problems:
            click.echo(format_problems(sort_problems(problems), sources), nl=False, err=True)
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace_files({root / path: content for path, content in edited.items()})
    for path in edited:
        click.echo(f"{path}: confirmed: {now.date()}")


def _find_named_chapters(
    project: Project, problems: Sequence[Problem], names: Iterable[str]
) -> tuple[list[Chapter], list[Problem]]:
    """Return the chapters of these names, and the errors of those that have some; raises UsageError for other names."""
    chapters, errors, unknown = [], [], []
    for name in dict.fromkeys(names):
        try:
            found = find_chapters(project, problems, name)
        except UnknownChapterError as error:
            unknown.append(str(error))
            continue
        chapters += found.chapters
        errors += found.errors
    if unknown:
        raise click.UsageError("\n".join([*unknown, "Nothing was written."]))
    return chapters, errors
