"""What is wrong, or wants looking after: check, unconfirmed, schema."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal import words
from chatcal.cli import disk, machine, options, progress, showing
from chatcal.problem import Problem, has_errors, in_files, in_order


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--links", is_flag=True, help="Also ask whether the addresses that the schedules name still answer.")
@options.now
@options.form
@click.pass_obj
def check(folder: Path, /, *, files: Sequence[Path], links: bool, now: datetime, form: str) -> None:
    """Say what is wrong with the schedules, or only with FILES. Writes nothing.

    With --links, websites, accounts, sources and transcripts that do not answer are warnings. What was asked is known
    for a day.
    """
    from chatcal import build

    root = disk.root(folder)
    sources = disk.sources(root)
    problems = build.check(sources, disk.published(root), now, progress.watch(len(sources)))
    named = [disk.named(root, folder / file, sources) for file in files] or list(sources)
    if links:
        problems = in_order([*problems, *_dead_links(sources, named, now)])
    if files:
        problems = in_files(problems, named)
    click.echo(showing.rendered(problems, sources, form), nl=False)
    if form == "text":
        click.echo(showing.verdict(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


def _dead_links(sources: Mapping[str, bytes | None], named: Sequence[str], now: datetime) -> list[Problem]:
    """Return the dead addresses of these files; a terminal sees how far the asking is."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from chatcal import build, links

    schedules, _ = build.read(sources, (), now)
    if schedules is None:
        return []
    chapters = (one for one in schedules.chapters.values() if one.file in named)
    asked = links.addresses(chapters)
    each = list(dict.fromkeys(address for its in asked.values() for address in its))
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Asking addresses", total=len(each))
        found = links.dead(each, machine.caches(), now, lambda: progress.advance(task), schedules.calendar.home)
    return list(links.problems(asked, found, sources))


@click.command()
@options.now
@click.pass_obj
def unconfirmed(folder: Path, now: datetime) -> None:
    """List the chapters that want confirming, as a checklist in Markdown; prints nothing where none does."""
    from chatcal import build, checklist

    root = disk.root(folder)
    click.echo(checklist.unconfirmed(build.check(disk.sources(root), disk.published(root), now)), nl=False)


@click.command()
@click.pass_obj
def schema(folder: Path) -> None:
    """Write what lets an editor complete schedules and mark mistakes: two files of JSON Schema.

    An editor takes them where the first line of a file is `# yaml-language-server: $schema=schema.json`; in
    chatcal.yaml, `# yaml-language-server: $schema=chatcal.schema.json`.
    """
    from chatcal import files, schema

    root = disk.root(folder)
    made = schema.files()
    with files.sole_writer(root):
        changed = files.replace({root / path: octets for path, octets in made.items()})
    click.echo(f"{words.listed([str(path) for path in made])}; {len(changed)} of them changed.")
