"""How a run's problems are shown."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from chatcal import words
from chatcal.cli import disk
from chatcal.problem import Problem, Severity, format_annotations, format_problems, format_problems_json


def render_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> str:
    """Return problems as text with the lines they are in, as GitHub's annotations, or as JSON."""
    if form == "text":
        return format_problems(problems, sources)
    return (
        format_annotations(problems, _get_repository_prefix()) if form == "github" else format_problems_json(problems)
    )


def _get_repository_prefix() -> str:
    """Return where the calendar is below the folder that GitHub checks a repository out to; empty at its top."""
    root = disk.find_root(click.get_current_context().obj).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", root)).resolve()
    return f"{root.relative_to(workspace).as_posix()}/" if workspace in root.parents else ""


def print_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> None:
    """Say on stderr what is wrong; what is merely worth knowing is counted only."""
    pressing = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    click.echo(render_problems(pressing, sources, form), nl=False, err=True)
    if form == "text" and (notices := len(problems) - len(pressing)):
        them = "it" if notices == 1 else "them"
        click.echo(f"{words.format_count(notices, 'notice')}; `chatcal check` shows {them}.", err=True)


def summarize(problems: Sequence[Problem], files: int) -> str:
    """Return how many problems of each kind that many files have."""
    counts = [
        words.format_count(number, kind)
        for kind in ("error", "warning", "notice")
        if (number := sum(problem.severity == kind for problem in problems))
    ]
    return f"{words.format_count(files, 'file')} read: {words.join_list(counts) or 'no problem'}."
