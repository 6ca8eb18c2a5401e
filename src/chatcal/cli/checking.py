"""What is wrong, or wants looking after: check, unconfirmed, schema."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal import words
from chatcal.cli import disk, machine, options, progress, showing
from chatcal.problem import Problem, filter_by_file, has_errors, sort_problems


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
    from chatcal import build

    root = disk.find_root(folder)
    sources = disk.read_folder(root)
    problems = build.check_sources(sources, disk.read_published(root), now, progress.track_progress(len(sources)))
    named = [disk.get_source_path(root, folder / file, sources) for file in files] or list(sources)
    if links:
        problems = sort_problems([*problems, *_find_dead_links(sources, named, now)])
    if files:
        problems = filter_by_file(problems, named)
    click.echo(showing.render_problems(problems, sources, form), nl=False)
    if form == "text":
        click.echo(showing.summarize(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


def _find_dead_links(sources: Mapping[str, bytes | None], named: Sequence[str], now: datetime) -> list[Problem]:
    """Return the dead addresses of these files; a terminal sees how far the asking is."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from chatcal import build, links

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
            each, machine.get_cache_folder(), now, lambda: progress.advance(task), schedules.calendar.home
        )
    return list(links.list_link_problems(asked, found, sources))


@click.command(name="unconfirmed")
@options.now_option
@click.pass_obj
def list_unconfirmed(folder: Path, now: datetime) -> None:
    """List the chapters that want confirming, as a checklist in Markdown; prints nothing where none does."""
    from chatcal import build, checklist

    root = disk.find_root(folder)
    click.echo(
        checklist.format_checklist(build.check_sources(disk.read_folder(root), disk.read_published(root), now)),
        nl=False,
    )


@click.command(name="schema")
@click.pass_obj
def write_schema(folder: Path) -> None:
    """Write what lets an editor complete schedules and mark mistakes: two files of JSON Schema.

    An editor takes them where the first line of a file is `# yaml-language-server: $schema=schema.json`; in
    chatcal.yaml, `# yaml-language-server: $schema=chatcal.schema.json`.
    """
    from chatcal import files, schema

    root = disk.find_root(folder)
    made = schema.build_schema_files()
    with files.lock_folder(root):
        changed = files.replace_files({root / path: octets for path, octets in made.items()})
    click.echo(f"{words.join_list([str(path) for path in made])}; {len(changed)} of them changed.")
