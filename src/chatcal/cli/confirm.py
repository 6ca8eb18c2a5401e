"""Write into schedules that somebody confirmed them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal import files
from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.problems import Problem, ScheduleError, format_problems, sort_problems
from chatcal.project import UnknownChapterError, find_chapters
from chatcal.publish import build
from chatcal.publish.sources import read_folder
from chatcal.schedule.editor import set_confirmed


@click.command()
@click.argument("names", metavar="CHAPTER...", nargs=-1, required=True)
@options.now_option
@click.pass_obj
def confirm(folder: Path, names: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today. Nothing else changes."""
    root = find_root(folder)
    with files.lock_folder(root):
        sources = read_folder(root)
        edited, problems, unknown = _confirm_chapters(sources, names, now)
        echo(format_problems(sort_problems(problems), sources), nl=False, err=True)
        if unknown:
            raise click.UsageError("\n".join([*unknown, "Nothing was written."]))
        if problems:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace_files({root / path: content for path, content in edited.items()})
    for path in edited:
        echo(f"{path}: confirmed: {now.date()}")


def _confirm_chapters(
    sources: Mapping[str, bytes | None], names: Iterable[str], now: datetime
) -> tuple[dict[str, bytes], list[Problem], list[str]]:
    """Return the edited files by their path, the problems of these chapters, and messages on unknown names."""
    project, problems = build.read_checked_project(sources, {}, now)
    if project is None:
        return {}, problems, []
    edited: dict[str, bytes] = {}
    errors: list[Problem] = []
    unknown: list[str] = []
    for name in dict.fromkeys(names):
        try:
            chapters, wrong = find_chapters(project, problems, name)
            errors += wrong
            for chapter in chapters:
                edited[chapter.file] = set_confirmed(chapter.file, sources[chapter.file] or b"", now.date())
        except UnknownChapterError as error:
            unknown.append(str(error))
        except ScheduleError as error:
            errors += error.problems
    return edited, errors, unknown
