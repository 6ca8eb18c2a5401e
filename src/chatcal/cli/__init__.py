"""The command line: the only place that asks the clock, the environment and the disk."""

import importlib
import io
import sys
from pathlib import Path
from typing import NoReturn

import click

from chatcal.problems import FeedError

COMMANDS = {
    "build": "build.build_",
    "check": "check.check",
    "confirm": "confirm.confirm",
    "diff": "diff.show_diff",
    "form": "form.apply_issue_form",
    "import": "import_.import_",
    "init": "init.init_calendar",
    "new": "new.create_chapter",
    "next": "next.list_next",
    "schema": "schema.write_schema",
    "serve": "serve.serve",
    "show": "show.show",
    "unconfirmed": "unconfirmed.list_unconfirmed",
    "verify": "verify.verify",
}
"""The module and the function of each command."""


class LazyGroup(click.Group):
    """Commands whose modules are imported when they are asked for, so that start-up stays quick."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name].split(".")
        command: click.Command = getattr(importlib.import_module(f"chatcal.cli.{module}"), function)
        return command


@click.group(
    name="chatcal",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Work in this folder instead of the current one.",
)
@click.version_option(package_name="chatcal")
@click.pass_context
def run_chatcal(context: click.Context, folder: Path | None) -> None:
    """Turn schedule files into calendars that people subscribe to.

    The calendar is the folder that holds chatcal.yaml: the current one, or one above it. Exit codes: 0 fine, 1 problems
    in the schedules, 2 wrong usage, 3 disk, network or a broken published feed.
    """
    context.obj = folder or Path.cwd()


def main() -> None:
    """Run the command line; every failure of the world ends with a sentence and exit code 3."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pragma: no branch - a program without a console has none
            # Some consoles have letters for few languages: one that they lack is no reason to stop.
            stream.reconfigure(errors="replace")
    try:
        run_chatcal()
    except FeedError as error:
        _stop(f"A published feed cannot be read, so nothing was written. {error}.")
    except OSError as error:
        _stop(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _stop(sentence: str) -> NoReturn:
    click.echo(f"chatcal: {sentence}", err=True)
    raise SystemExit(3)
