"""Report what is wrong with the schedules."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal.checks import run_checks
from chatcal.cli import options, output
from chatcal.cli.folder import find_root, get_source_path
from chatcal.problems import Problem, filter_by_file, has_errors, sort_problems
from chatcal.project import Project
from chatcal.publish import build
from chatcal.publish.sources import read_folder, read_published


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--links", "with_links", is_flag=True, help="Also check that the web addresses in the schedules answer.")
@options.now_option
@options.format_option
@click.pass_obj
def check(folder: Path, /, *, files: Sequence[Path], with_links: bool, now: datetime, form: str) -> None:
    """Report what is wrong with the schedules, or only with FILES. Writes nothing.

    With --links, a website, account, source or transcript that does not answer is a warning. Each address is asked at
    most once a day.
    """
    root = find_root(folder)
    sources = read_folder(root)
    parsed = output.track_progress("Reading schedules", build.parse_files(sources), len(sources), len(sources))
    project, found = build.assemble_project(parsed, read_published(root), now)
    if project is not None:
        found += output.track_progress("Checking", run_checks(project), len(sources))
    named = [get_source_path(root, folder / file, sources) for file in files] or list(sources)
    if with_links and project is not None:
        found += _find_dead_links(project, sources, named)
    problems = sort_problems(found)
    if files:
        problems = filter_by_file(problems, named)
    output.echo_problems(problems, sources, form, err=False)
    if form == "text":
        click.echo(output.summarize(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


def _find_dead_links(project: Project, sources: Mapping[str, bytes | None], named: Sequence[str]) -> list[Problem]:
    # It brings requests, which is slow to import.
    from chatcal.publish import links

    by_address = links.list_addresses(chapter for chapter in project.chapters.values() if chapter.file in named)
    addresses = list(dict.fromkeys(address for group in by_address.values() for address in group))
    with output.count_steps("Asking addresses", len(addresses)) as advance:
        dead = links.check_links(addresses, options.get_cache_folder(), project.now, advance, project.calendar.home)
    return list(links.list_link_problems(by_address, dead, sources))
