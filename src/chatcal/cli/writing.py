"""Schedule files begun and edited: init, new, confirm, form."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from chatcal import words
from chatcal.cli import disk, machine, options
from chatcal.problem import Severity, format_problems, has_errors

_QUESTIONS = {
    "title": ("What is the calendar called?", options.TitleType()),
    "home": (
        "Where will it be served, such as https://OWNER.github.io/REPO/ (Enter if you do not know yet)?",
        options.HomeType(),
    ),
    "hashtag": ("What is the hashtag of its first chapter?", options.HashtagType()),
    "timezone": ("Which city keeps that chapter's clock, like Toronto or Europe/London?", options.ZoneType()),
}
"""What `init` must know, and how it asks."""


@click.command(name="init")
@click.argument("where", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", type=options.TitleType(), help="What the calendar is called.")
@click.option("--home", type=options.HomeType(), help="Where it will be served; '' where that is not known yet.")
@click.option("--hashtag", type=options.HashtagType(), help="The hashtag of its first chapter.")
@click.option(
    "--timezone", type=options.ZoneType(), metavar="ZONE", help="The city that keeps that chapter's clock, or its zone."
)
@options.now_option
@click.pass_obj
def init_calendar(folder: Path, /, *, where: Path, now: datetime, **given: str | None) -> None:
    """Begin a calendar in DIR: a folder that checks and publishes itself on GitHub. Asks what is not said.

    Where a file is in the way, nothing is written.
    """
    from chatcal import files, init

    root = folder / where
    made = init.scaffold_calendar(init.NewCalendar(**_ask_missing(given)))
    disk.refuse_overwrite(root, made)
    _refuse_wrong({}, {path: octets for path, octets in made.items() if init.is_schedule(path)}, now)
    files.replace_files({root / path: octets for path, octets in made.items()})
    click.echo(init.describe_next_steps(where, made), nl=False)


def _ask_missing(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what `init` must know, asked for where it was not given and somebody is there to ask."""
    missing = [f"--{name}" for name in _QUESTIONS if given[name] is None]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(
            f"Nobody can be asked here, so say it: {words.join_list(missing)}."
            + (" Where no address is known yet, --home ''." if "--home" in missing else "")
        )
    answers = {}
    for name, (question, kind) in _QUESTIONS.items():
        value = given[name]
        if value is None:
            default = {"home": "", "timezone": find_local_city()}.get(name)
            value = click.prompt(question, type=kind, default=default, show_default=bool(default), prompt_suffix=" ")
        answers[name] = value
    return answers


def find_local_city() -> str | None:
    """Return the machine's zone; none where it goes by UTC, as machines do that stand nowhere in particular."""
    from chatcal.zones import UTC_NAME

    zone = machine.find_local_zone()
    return None if zone == UTC_NAME else zone


@click.command(name="new")
@click.argument("hashtag", type=options.HashtagType())
@options.now_option
@click.pass_obj
def create_chapter(folder: Path, hashtag: str, now: datetime) -> None:
    """Add a chapter: write a file for it, with what may stand there as remarks."""
    from chatcal import files, init

    root = disk.find_root(folder)
    path, octets = init.scaffold_chapter(hashtag)
    with files.lock_folder(root):
        sources = disk.read_folder(root)
        disk.refuse_overwrite(root, [path, path.replace(".yaml", ".yml")])
        _refuse_wrong(sources, {**sources, path: octets}, now)
        files.replace_files({root / path: octets})
    click.echo(f"{path} is new. Write in it when the chat meets; `chatcal check` says what is wrong.")


def _refuse_wrong(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime) -> None:
    """Raise UsageError where schedules have errors that they had not before."""
    from chatcal import build

    known = build.check_sources(before, (), now)
    if wrong := [
        one for one in build.check_sources(after, (), now) if one.severity is Severity.ERROR and one not in known
    ]:
        raise click.UsageError("\n".join([f"{one.message} {one.hint}" for one in wrong] + ["Nothing was written."]))


@click.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@options.now_option
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today; change nothing else."""
    from chatcal import confirm, files

    root = disk.find_root(folder)
    with files.lock_folder(root):
        sources = disk.read_folder(root)
        done = confirm.confirm_chapters(sources, hashtags, now)
        click.echo(format_problems(done.problems, sources), nl=False, err=True)
        if done.unknown:
            raise click.UsageError("\n".join([*done.unknown, "Nothing was written."]))
        if done.problems:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace_files({root / path: octets for path, octets in done.files.items()})
    for path in done.files:
        click.echo(f"{path}: confirmed: {now.date()}")


@click.command(name="form")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@options.now_option
@click.pass_obj
def apply_issue_form(folder: Path, file: TextIO, now: datetime) -> None:
    """Make the edit that an issue form asks for; takes the issue's text from FILE, or from the standard input.

    Prints the edit in a few words. Where a person has to make it, or where the calendar would then have errors, it says
    so, writes nothing, and ends with exit code 1.
    """
    from chatcal import build, edits, files, forms

    root = disk.find_root(folder)
    sources = disk.read_folder(root)
    try:
        made = forms.apply_form(file.read(), sources)
    except (forms.FormError, edits.EditRefusedError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    edited = {**sources, made.path: made.content}
    if has_errors(problems := build.check_sources(edited, disk.read_published(root), now)):
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        click.echo(format_problems(errors, edited), nl=False, err=True)
        sys.exit(1)
    files.replace_files({root / made.path: made.content})
    click.echo(made.title)
