"""How a run's problems are shown."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from chatcal import words
from chatcal.cli import disk
from chatcal.problem import Problem, Severity, as_github, as_json, as_text


def rendered(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> str:
    """Return problems as text with the lines they are in, as GitHub's annotations, or as JSON."""
    if form == "text":
        return as_text(problems, sources)
    return as_github(problems, _folder_in_repository()) if form == "github" else as_json(problems)


def _folder_in_repository() -> str:
    """Return where the calendar is below the folder that GitHub checks a repository out to; empty at its top."""
    root = disk.root(click.get_current_context().obj).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", root)).resolve()
    return f"{root.relative_to(workspace).as_posix()}/" if workspace in root.parents else ""


def tell(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> None:
    """Say on stderr what is wrong; what is merely worth knowing is counted only."""
    pressing = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    click.echo(rendered(pressing, sources, form), nl=False, err=True)
    if form == "text" and (notices := len(problems) - len(pressing)):
        them = "it" if notices == 1 else "them"
        click.echo(f"{words.counted(notices, 'notice')}; `chatcal check` shows {them}.", err=True)


def verdict(problems: Sequence[Problem], files: int) -> str:
    """Return how many problems of each kind that many files have."""
    counts = [
        words.counted(number, kind)
        for kind in ("error", "warning", "notice")
        if (number := sum(problem.severity == kind for problem in problems))
    ]
    return f"{words.counted(files, 'file')} read: {words.listed(counts) or 'no problem'}."
