"""Report what is wrong with the schedules."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal.cli import options, output
from chatcal.cli.folder import find_root, get_source_path
from chatcal.problems import Problem, filter_by_file, has_errors, sort_problems
from chatcal.publish.sources import read_folder, read_published


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--links", is_flag=True, help="Also ask whether the addresses that the schedules name still answer.")
@options.now_option
@options.format_option
@click.pass_obj
def check(folder: Path, /, *, files: Sequence[Path], links: bool, now: datetime, form: str) -> None:
    """Say what is wrong with the schedules, or only with FILES. Writes nothing.

    With --links, websites, accounts, sources and transcripts that do not answer are warnings. What was asked is known
    for a day.
    """
    from chatcal.publish import build

    root = find_root(folder)
    sources = read_folder(root)
    problems = build.check_sources(sources, read_published(root), now, output.track_progress(len(sources)))
    named = [get_source_path(root, folder / file, sources) for file in files] or list(sources)
    if links:
        problems = sort_problems([*problems, *_find_dead_links(sources, named, now)])
    if files:
        problems = filter_by_file(problems, named)
    click.echo(output.render_problems(problems, sources, form), nl=False)
    if form == "text":
        click.echo(output.summarize(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


def _find_dead_links(sources: Mapping[str, bytes | None], named: Sequence[str], now: datetime) -> list[Problem]:
    """Return the dead addresses of these files; a terminal sees how far the asking is."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from chatcal.publish import build, links

    schedules, _ = build.read_project(sources, (), now)
    if schedules is None:
        return []
    chapters = (one for one in schedules.chapters.values() if one.file in named)
    asked = links.list_addresses(chapters)
    each = list(dict.fromkeys(address for its in asked.values() for address in its))
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Asking addresses", total=len(each))
        found = links.check_links(
            each, options.get_cache_folder(), now, lambda: progress.advance(task), schedules.calendar.home
        )
    return list(links.list_link_problems(asked, found, sources))
