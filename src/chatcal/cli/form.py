"""Make the edit that an issue form asks for."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from chatcal import files
from chatcal.cli import options, output
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.problems import Severity
from chatcal.publish.build import check_sources
from chatcal.publish.sources import read_folder, read_published
from chatcal.schedule.editor import EditRefusedError
from chatcal.schedule.issue_forms import FormError, apply_form
from chatcal.text import break_references


@click.command(name="form")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@options.now_option
@click.pass_obj
def apply_issue_form(folder: Path, file: TextIO, now: datetime) -> None:
    """Make the edit that an issue form asks for. FILE holds the text of the issue; without it, the standard input.

    Prints the edit in a few words. If only a person can make it, or if it would bring an error into the calendar, the
    command says so, writes nothing, and ends with exit code 1.
    """
    root = find_root(folder)
    sources = read_folder(root)
    try:
        edit = apply_form(file.read(), sources)
    except (FormError, EditRefusedError) as error:
        echo(str(error), err=True)
        sys.exit(1)
    edited = {**sources, edit.path: edit.content}
    problems = check_sources(edited, read_published(root), now)
    if errors := [problem for problem in problems if problem.severity is Severity.ERROR]:
        output.echo_problems(errors, edited)
        sys.exit(1)
    files.replace_files({root / edit.path: edit.content})
    echo(break_references(edit.title))
