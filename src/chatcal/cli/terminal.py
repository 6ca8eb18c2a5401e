"""What is printed can hold the words of strangers, and does nothing to the terminal or to GitHub's runner."""

import os
import re

import click

from chatcal.text import make_printable

_RUNNER_COMMAND = re.compile(r"^(\s*):(?=:)|##(?=\[)", re.MULTILINE)
"""What GitHub's runner obeys, whoever wrote it: `::error::` at the start of a line of the log, `##[error]` in one."""


def make_harmless(text: str) -> str:
    """Return a text in which escapes stand for control characters, and nothing is a command to GitHub's runner."""
    shown = make_printable(text)
    return _RUNNER_COMMAND.sub(r"\g<0> ", shown) if os.environ.get("GITHUB_ACTIONS") == "true" else shown


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text that may hold the words of a stranger."""
    click.echo(make_harmless(text), nl=nl, err=err)
