"""Begin a calendar."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from chatcal import english, files
from chatcal.cli import options
from chatcal.cli.folder import name_program, refuse_new_errors, refuse_overwrite
from chatcal.model import CHAT
from chatcal.publish import new_calendar
from chatcal.timezones import UTC_NAME

_QUESTIONS = {
    "title": "What is the calendar called?",
    "home": "Where will it be served, such as https://OWNER.github.io/REPO/ (Enter if you do not know yet)?",
    "called": "What do people call one meeting: chat, meetup, call?",
    "hashtag": "What is the hashtag of its first chapter (Enter if it has none)?",
    "name": "What is its first chapter called?",
    "timezone": "Which city keeps that chapter's clock, like Toronto or Europe/London?",
}
"""By the names of the options that answer them."""


@click.command(name="init")
@click.argument("where", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", type=options.TITLE, help="What the calendar is called.")
@click.option("--home", type=options.HOME, help="Where it will be served; '' if that is not known yet.")
@click.option("--called", type=options.CALLED, help="What people call one meeting, like meetup.  [default: chat]")
@click.option("--hashtag", type=options.HASHTAG, help="The hashtag of its first chapter; '' if it has none.")
@click.option("--name", type=options.CHAPTER_NAME, help="What that chapter is called; needed if it has no hashtag.")
@click.option(
    "--timezone", type=options.ZONE, metavar="ZONE", help="The city that keeps that chapter's clock, or its zone."
)
@options.now_option
@click.pass_obj
def init_calendar(folder: Path, /, *, where: Path, now: datetime, **given: str | None) -> None:
    """Begin a calendar in DIR that checks and publishes itself on GitHub. Asks for what no option says.

    If one of its files exists already, nothing is written.
    """
    root = folder / where
    made = new_calendar.scaffold_calendar(**_ask_missing(given))
    refuse_overwrite(root, made)
    refuse_new_errors({}, {path: content for path, content in made.items() if new_calendar.is_schedule(path)}, now)
    files.replace_files({root / path: content for path, content in made.items()})
    typed = (click.get_current_context().find_root().params["folder"] or Path()) / where
    click.echo(new_calendar.describe_next_steps(typed, made, name_program(typed)), nl=False)


def _ask_missing(given: Mapping[str, str | None]) -> dict[str, str]:
    answers = {name: value for name, value in given.items() if value is not None}
    if answers.get("hashtag"):
        answers.setdefault("name", "")
    elif not answers.get("name"):
        answers.pop("name", None)
    if not sys.stdin.isatty():
        answers.setdefault("called", CHAT.one)
        unasked = [] if answers.get("hashtag") == "" else ["name"]
        missing = [f"--{name}" for name in _QUESTIONS if name not in (*answers, *unasked)]
        hint = " If you do not know the address yet, write --home ''." if "--home" in missing else ""
        if missing:
            raise click.UsageError(f"Missing: {english.join_list(missing)}. There is no terminal to ask at.{hint}")
    defaults = {"home": "", "called": CHAT.one, "hashtag": "", "timezone": find_local_city()}
    kinds = {option.name: option.type for option in click.get_current_context().command.params}
    for name, question in _QUESTIONS.items():
        if name not in answers and not (name == "name" and answers["hashtag"]):
            default = defaults.get(name)
            answers[name] = click.prompt(
                question, type=kinds[name], default=default, show_default=bool(default), prompt_suffix=" "
            )
    return answers


def find_local_city() -> str | None:
    """Return the machine's zone, or None if it is UTC: that is the clock of servers, not of a place."""
    zone = options.find_local_zone()
    return None if zone == UTC_NAME else zone
