"""Schedule files begun and edited: init, new, confirm, form."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from chatcal import words
from chatcal.cli import disk, machine, options
from chatcal.problem import Severity, as_text, has_errors

_QUESTIONS = {
    "title": ("What is the calendar called?", options.Title()),
    "home": (
        "Where will it be served, such as https://OWNER.github.io/REPO/ (Enter if you do not know yet)?",
        options.Home(),
    ),
    "hashtag": ("What is the hashtag of its first chapter?", options.Hashtag()),
    "timezone": ("Which city keeps that chapter's clock, like Toronto or Europe/London?", options.Zone()),
}
"""What `init` must know, and how it asks."""


@click.command()
@click.argument("where", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", type=options.Title(), help="What the calendar is called.")
@click.option("--home", type=options.Home(), help="Where it will be served; '' where that is not known yet.")
@click.option("--hashtag", type=options.Hashtag(), help="The hashtag of its first chapter.")
@click.option(
    "--timezone", type=options.Zone(), metavar="ZONE", help="The city that keeps that chapter's clock, or its zone."
)
@options.now
@click.pass_obj
def init(folder: Path, /, *, where: Path, now: datetime, **given: str | None) -> None:
    """Begin a calendar in DIR: a folder that checks and publishes itself on GitHub. Asks what is not said.

    Where a file is in the way, nothing is written.
    """
    from chatcal import files, init

    root = folder / where
    made = init.calendar(init.Answers(**_answered(given)))
    disk.refuse_taken(root, made)
    _refuse_wrong({}, {path: octets for path, octets in made.items() if init.is_schedule(path)}, now)
    files.replace({root / path: octets for path, octets in made.items()})
    click.echo(init.next_steps(where, made), nl=False)


def _answered(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what `init` must know, asked for where it was not given and somebody is there to ask."""
    missing = [f"--{name}" for name in _QUESTIONS if given[name] is None]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(
            f"Nobody can be asked here, so say it: {words.listed(missing)}."
            + (" Where no address is known yet, --home ''." if "--home" in missing else "")
        )
    answers = {}
    for name, (question, kind) in _QUESTIONS.items():
        value = given[name]
        if value is None:
            default = {"home": "", "timezone": city_here()}.get(name)
            value = click.prompt(question, type=kind, default=default, show_default=bool(default), prompt_suffix=" ")
        answers[name] = value
    return answers


def city_here() -> str | None:
    """Return the machine's zone; none where it goes by UTC, as machines do that stand nowhere in particular."""
    from chatcal.zones import UTC_NAME

    zone = machine.zone()
    return None if zone == UTC_NAME else zone


@click.command()
@click.argument("hashtag", type=options.Hashtag())
@options.now
@click.pass_obj
def new(folder: Path, hashtag: str, now: datetime) -> None:
    """Add a chapter: write a file for it, with what may stand there as remarks."""
    from chatcal import files, init

    root = disk.root(folder)
    path, octets = init.chapter(hashtag)
    with files.sole_writer(root):
        sources = disk.sources(root)
        disk.refuse_taken(root, [path, path.replace(".yaml", ".yml")])
        _refuse_wrong(sources, {**sources, path: octets}, now)
        files.replace({root / path: octets})
    click.echo(f"{path} is new. Write in it when the chat meets; `chatcal check` says what is wrong.")


def _refuse_wrong(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime) -> None:
    """Raise UsageError where schedules have errors that they had not before."""
    from chatcal import build

    known = build.check(before, (), now)
    if wrong := [one for one in build.check(after, (), now) if one.severity is Severity.ERROR and one not in known]:
        raise click.UsageError("\n".join([f"{one.message} {one.hint}" for one in wrong] + ["Nothing was written."]))


@click.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@options.now
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today; change nothing else."""
    from chatcal import confirm, files

    root = disk.root(folder)
    with files.sole_writer(root):
        sources = disk.sources(root)
        done = confirm.confirm(sources, hashtags, now)
        click.echo(as_text(done.problems, sources), nl=False, err=True)
        if done.unknown:
            raise click.UsageError("\n".join([*done.unknown, "Nothing was written."]))
        if done.problems:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace({root / path: octets for path, octets in done.files.items()})
    for path in done.files:
        click.echo(f"{path}: confirmed: {now.date()}")


@click.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@options.now
@click.pass_obj
def form(folder: Path, file: TextIO, now: datetime) -> None:
    """Make the edit that an issue form asks for; takes the issue's text from FILE, or from the standard input.

    Prints the edit in a few words. Where a person has to make it, or where the calendar would then have errors, it says
    so, writes nothing, and ends with exit code 1.
    """
    from chatcal import build, edits, files, forms

    root = disk.root(folder)
    sources = disk.sources(root)
    try:
        made = forms.edit(file.read(), sources)
    except (forms.Refused, edits.Unclear) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    edited = {**sources, made.path: made.octets}
    if has_errors(problems := build.check(edited, disk.published(root), now)):
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        click.echo(as_text(errors, edited), nl=False, err=True)
        sys.exit(1)
    files.replace({root / made.path: made.octets})
    click.echo(made.title)
