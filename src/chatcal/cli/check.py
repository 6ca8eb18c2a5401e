"""Report what is wrong with the schedules."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

import click

from chatcal import english
from chatcal.checks import run_checks
from chatcal.cli import options, output
from chatcal.cli.folder import find_root, get_source_path
from chatcal.cli.terminal import echo
from chatcal.problems import Problem, Severity, filter_by_chapter, has_errors, sort_problems
from chatcal.project import Project, UnknownChapterError, find_slug
from chatcal.publish import build
from chatcal.publish.sources import add_entries_before, read_folder, read_published, sort_by_edit
from chatcal.schedule.format import CALENDAR_FILE


@click.command()
@click.argument("names", metavar="[CHAPTER | FILE]...", nargs=-1)
@click.option("--links", "with_links", is_flag=True, help="Also check that the web addresses in the schedules answer.")
@options.now_option
@options.format_option
@click.pass_obj
def check(folder: Path, /, *, names: Sequence[str], with_links: bool, now: datetime, form: str) -> None:
    """Report what is wrong with the schedules, or only with some of them. Writes nothing.

    Of all schedules, notices of one kind are one line if many chapters have them; of those that are named, each is
    shown.

    With --links, a website, account, source or transcript that does not answer is a warning. Each address is asked at
    most once a day.
    """
    root = find_root(folder)
    sources = read_folder(root)
    parsed = output.track_progress("Reading schedules", build.parse_files(sources), len(sources), len(sources))
    project, found = build.assemble_project(parsed, read_published(root), now)
    if project is not None:
        project = add_entries_before(project, root)
        found += output.track_progress("Checking", run_checks(project), len(sources))
    named = [_find_file(project, root, folder, name, sources) for name in names] or list(sources)
    if with_links and project is not None:
        found += _find_dead_links(project, sources, named)
    problems = sort_problems(found)
    if names:
        # Without chatcal.yaml nothing can be said of any chapter.
        problems = filter_by_chapter(problems, named if project else [*named, CALENDAR_FILE])
    groups = _group_notices(problems) if form == "text" and not names else {}
    alone = [one for one in problems if one.severity is not Severity.NOTICE or one.code not in groups]
    output.echo_problems(alone, sources, form, err=False)
    if form == "text":
        echo("".join(_describe_groups(root, project, groups)), nl=False)
        click.echo(output.summarize(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


def _find_file(
    project: Project | None, root: Path, folder: Path, name: str, sources: Mapping[str, bytes | None]
) -> str:
    """Return the schedule file of a chapter, by one of its names, or by its path. Raises UsageError."""
    is_path = (folder / name).is_file() or "/" in name or name.endswith((".yaml", ".yml"))
    try:
        slug = name.removeprefix("#").casefold() if is_path or project is None else find_slug(project, name)
    except UnknownChapterError as error:
        raise click.UsageError(str(error)) from None
    same = (file for file in sources if "/" in file and PurePosixPath(file).stem == slug)
    return next(same, None) or get_source_path(root, folder / name, sources)


_MANY = 3
"""If more chapters have a notice of one kind, it is one line."""
_MAX_NAMED = 5


def _group_notices(problems: Sequence[Problem]) -> dict[str, dict[str, Problem]]:
    """Return the kinds of notices that many chapters have, each with the first of each file."""
    groups: dict[str, dict[str, Problem]] = defaultdict(dict)
    for one in problems:
        if one.severity is Severity.NOTICE:
            groups[one.code].setdefault(one.span.file, one)
    return {code: notices for code, notices in groups.items() if len(notices) > _MANY}


def _describe_groups(root: Path, project: Project | None, groups: Mapping[str, Mapping[str, Problem]]) -> Iterator[str]:
    """Yield a line for each kind of notice, with the chapters that were edited last."""
    if not groups:
        return
    order = sort_by_edit(root, {file for notices in groups.values() for file in notices})
    slugs = {chapter.file: slug for slug, chapter in project.chapters.items()} if project else {}
    for code, notices in groups.items():
        files = [file for file in order if file in notices]
        named = [slugs.get(file, file) for file in files]
        shown = [*named[:_MAX_NAMED], *([f"{len(named) - _MAX_NAMED} more"] if len(named) > _MAX_NAMED else [])]
        yield f"notice: {len(named)} chapters, last edited first: {english.join_list(shown)}. Of {named[0]}: "
        yield f"{notices[files[0]].message} [{code}]\n"
    yield "  hint: `chatcal check CHAPTER` shows those of one chapter, with what to write.\n"


def _find_dead_links(project: Project, sources: Mapping[str, bytes | None], named: Sequence[str]) -> list[Problem]:
    # It brings requests, which is slow to import.
    from chatcal.publish import links

    by_address = links.list_addresses(chapter for chapter in project.chapters.values() if chapter.file in named)
    addresses = list(dict.fromkeys(address for group in by_address.values() for address in group))
    with output.count_steps("Asking addresses", len(addresses)) as advance:
        dead = links.check_links(addresses, options.get_cache_folder(), project.now, advance, project.calendar.home)
    return list(links.list_link_problems(by_address, dead, sources))
