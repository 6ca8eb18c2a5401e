"""Make the edit that an issue form asks for."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.problems import Severity, format_problems, has_errors
from chatcal.publish.sources import read_folder, read_published


@click.command(name="form")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@options.now_option
@click.pass_obj
def apply_issue_form(folder: Path, file: TextIO, now: datetime) -> None:
    """Make the edit that an issue form asks for; takes the issue's text from FILE, or from the standard input.

    Prints the edit in a few words. Where a person has to make it, or where the calendar would then have errors, it says
    so, writes nothing, and ends with exit code 1.
    """
    from chatcal import files
    from chatcal.publish import build
    from chatcal.schedule import editor, issue_forms

    root = find_root(folder)
    sources = read_folder(root)
    try:
        made = issue_forms.apply_form(file.read(), sources)
    except (issue_forms.FormError, editor.EditRefusedError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    edited = {**sources, made.path: made.content}
    if has_errors(problems := build.check_sources(edited, read_published(root), now)):
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        click.echo(format_problems(errors, edited), nl=False, err=True)
        sys.exit(1)
    files.replace_files({root / made.path: made.content})
    click.echo(made.title)
