"""The command line: the only place that asks the clock, the environment and the disk."""

import gc
import importlib
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from chatcal.cli.terminal import echo, make_harmless
from chatcal.problems import FeedError
from chatcal.text import make_line_printable

COMMANDS = {
    "build": ("build.build_", "Compile the schedules into feeds/ and _site/."),
    "check": ("check.check", "Report what is wrong with the schedules, or only with some of them."),
    "confirm": ("confirm.confirm", "Write into the files of chapters that somebody confirmed them today."),
    "diff": ("diff.show_diff", "Say in sentences what subscribers will see change from A to B."),
    "form": ("form.apply_issue_form", "Make the edit that an issue form asks for."),
    "import": ("import_.import_", "Make schedule files of calendars that were kept elsewhere."),
    "init": ("init.init_calendar", "Begin a calendar in DIR that checks and publishes itself on GitHub."),
    "new": ("new.create_chapter", "Add a chapter with a HASHTAG, or with a name alone."),
    "next": ("next.list_next", "List the coming sessions of CHAPTER, or of all chapters."),
    "schema": ("schema.write_schema", "Write two JSON Schemas, with which an editor completes and checks schedules."),
    "serve": ("serve.serve", "Show the site at http://127.0.0.1:8000/, to this machine alone."),
    "show": ("show.show", "Say in sentences what chatcal understood of CHAPTER, or in short of all chapters."),
    "unconfirmed": ("unconfirmed.list_unconfirmed", "List the chapters that somebody should confirm."),
    "verify": ("verify.verify", "Compare what is published at URL with what these schedules publish."),
}
"""The module and function of each command, and what it does: the first sentence of its own help."""


class LazyGroup(click.Group):
    """A group that imports the module of a command when it is used, so that start-up and --help are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click passes it
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name][0].split(".")
        command: click.Command = getattr(importlib.import_module(f"chatcal.cli.{module}"), function)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            with _raise_interrupts():
                return super().invoke(ctx)
        except click.UsageError as error:
            raise click.UsageError(make_harmless(error.format_message()), error.ctx) from None
        except (KeyboardInterrupt, click.Abort):  # click turns the first into the second at a prompt.
            echo("chatcal: interrupted.", err=True)
            raise SystemExit(130) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@contextmanager
def _raise_interrupts() -> Iterator[None]:
    """Let Ctrl+C raise an exception meanwhile, so that what was begun is cleared away; else it ends the program."""
    handler = signal.getsignal(signal.SIGINT)
    # Else it is ignored.
    if callable(handler):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


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
    in the schedules, 2 wrong usage, 3 disk, network or a broken published feed, 130 Ctrl+C.
    """
    context.obj = folder or Path.cwd()


def main() -> None:
    """Run the command line; an error of disk, network or a published feed ends with a sentence and exit code 3."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pragma: no branch - a program without a console has none
            # Some consoles cannot show every letter: they get a question mark, and no traceback.
            stream.reconfigure(errors="replace")
    # A build makes many objects and few cycles: looking for these less often saves a tenth of its time.
    gc.set_threshold(200_000)
    try:
        run_chatcal()
    except FeedError as error:
        _stop(f"A published feed cannot be read, so nothing was written. {error}.")
    except OSError as error:
        name = make_line_printable(str(error.filename or ""))
        _stop(f"{error.strerror or error}: {name}".rstrip(": "))


def _stop(sentence: str) -> NoReturn:
    echo(f"chatcal: {sentence}", err=True)
    raise SystemExit(3)
