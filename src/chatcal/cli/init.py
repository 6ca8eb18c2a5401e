"""Begin a calendar."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from chatcal import english
from chatcal.cli import options
from chatcal.cli.folder import refuse_overwrite, refuse_wrong

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
    from chatcal import files
    from chatcal.publish import new_calendar

    root = folder / where
    made = new_calendar.scaffold_calendar(new_calendar.NewCalendar(**_ask_missing(given)))
    refuse_overwrite(root, made)
    refuse_wrong({}, {path: octets for path, octets in made.items() if new_calendar.is_schedule(path)}, now)
    files.replace_files({root / path: octets for path, octets in made.items()})
    click.echo(new_calendar.describe_next_steps(where, made), nl=False)


def _ask_missing(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what `init` must know, asked for where it was not given and somebody is there to ask."""
    missing = [f"--{name}" for name in _QUESTIONS if given[name] is None]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(
            f"Nobody can be asked here, so say it: {english.join_list(missing)}."
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
    from chatcal.timezones import UTC_NAME

    zone = options.find_local_zone()
    return None if zone == UTC_NAME else zone
