"""What was understood, what comes, what changes, what is out there: show, next, diff, verify."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from chatcal import words
from chatcal.cli import disk, machine, options, showing
from chatcal.model import Calendar, Chapter
from chatcal.problem import format_problems, sort_problems

_MAX_WIDTH = 10_000


@click.command()
@click.argument("chapter", required=False)
@options.now_option
@click.pass_obj
def show(folder: Path, chapter: str | None, now: datetime) -> None:
    """Say in sentences what chatcal understood of CHAPTER, and its next sessions; without CHAPTER, of all in short."""
    from chatcal.show import render_chapter, summarize_chapter

    calendar, chapters, wrong = _load_chapters(folder, chapter, now)
    text = render_chapter if chapter is not None else summarize_chapter
    click.echo("\n".join(text(calendar, one, now) for one in chapters), nl=False)
    sys.exit(wrong)


@click.command(name="next")
@click.argument("chapter", required=False)
@click.option(
    "--tz",
    "timezone",
    type=options.ZoneType(),
    metavar="ZONE",
    help="The zone to show times in, like Europe/London or London.  [default: this machine's, or UTC]",
)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many sessions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.now_option
@click.pass_obj
def list_next(folder: Path, *, chapter: str | None, timezone: str | None, count: int, form: str, now: datetime) -> None:
    """List the coming sessions of CHAPTER, or of all, in your zone and on the chapter's clock.

    --format json prints a list of objects for programs, like those under `sessions` in the site's sessions.json: uid,
    chapter, chat, slot, summary, status (cancelled, unconfirmed, time-unknown or confirmed), start and end (in UTC, or
    dates where no clock time is known), timezone, local_start, local_end, time, moved_from, reason, title, topic,
    hosts, join, note, transcript; and reader_start and reader_end, in your zone. What is not known is left out.
    """
    from chatcal import upcoming, zones

    calendar, chapters, wrong = _load_chapters(folder, chapter, now)
    named = timezone or machine.find_local_zone()
    zone_name = named or zones.UTC_NAME
    sessions = upcoming.find_next_sessions(calendar, chapters, now, count)
    if form == "json":
        click.echo(upcoming.format_upcoming_json(sessions, zone_name), nl=False)
    elif not sessions:
        click.echo("No session lies ahead.")
    else:
        click.echo(upcoming.format_table_heading(zone_name, named=named is not None))
        click.echo(
            render_table(
                upcoming.get_column_titles(zone_name),
                [upcoming.format_session_row(*one, zone_name) for one in sessions],
            ),
            nl=False,
        )
    sys.exit(wrong)


@click.command(name="diff")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@options.now_option
@click.pass_obj
def show_diff(folder: Path, *, a: str | None, b: str | None, form: str, now: datetime) -> None:
    """Say in sentences what subscribers will see change from A to B.

    Each may be a git revision, a folder of feeds, the address of a feed, or a calendar's folder, such as . for the
    working tree. B is the working tree where it is left out; A is where the present branch left the main one. Schedules
    of B with errors are shown, with exit code 1.
    """
    from chatcal import compare, report
    from chatcal.git import RevisionError

    try:
        before = (
            compare.load_source(a, folder, lambda: disk.find_root(folder))
            if a
            else compare.load_branch_point(disk.find_root(folder))
        )
        after = (
            compare.load_source(b, folder, lambda: disk.find_root(folder))
            if b
            else compare.load_working_tree(disk.find_root(folder))
        )
    except RevisionError as error:
        raise click.UsageError(
            f"{error} Name what to compare, like: chatcal diff HEAD~1 .\n"
            "Or compare with the feeds of the last build: chatcal diff feeds"
        ) from None
    found, problems = compare.compare_sources(before, after, now)
    click.echo(report.render_difference(found, problems, after.schedule_files or {}, form), nl=False)
    sys.exit(found is None)


@click.command()
@click.argument("address", type=options.AddressType(), metavar="URL")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 120),
    default=12,
    show_default=True,
    help="For how many minutes to ask again while something is not right: caches keep a file for ten.",
)
@options.now_option
@click.pass_obj
def verify(folder: Path, *, address: str, minutes: int, now: datetime) -> None:
    """Compare what is published at URL with what these schedules publish.

    Every feed must be there, readable and the same byte for byte, and the site no older than three days. Exit codes,
    for a monitor: 0 all is right; 1 something is another than here, or the schedules have errors; 3 a feed is missing
    or cannot be read, or the site cannot be reached.
    """
    from chatcal import verify

    root = disk.find_root(folder)
    sources = disk.read_folder(root)
    found = verify.verify_site(
        address, sources, disk.read_published(root), now, minutes=minutes, tell=lambda said: click.echo(said, err=True)
    )
    showing.print_problems(found.problems, sources, "text")
    click.echo("".join(f"{one.sentence}\n" for one in found.findings), nl=False)
    if not found.problems and not found.findings:
        click.echo(f"{words.format_count(len(found.feeds), 'feed')} at {address} are what these schedules publish.")
    sys.exit(3 if any(one.broken for one in found.findings) else bool(found.findings or found.problems))


def _load_chapters(folder: Path, chapter: str | None, now: datetime) -> tuple[Calendar, tuple[Chapter, ...], bool]:
    """Return the calendar, the chapters that were asked for, and whether some have errors; these go to stderr."""
    from chatcal import build, checks
    from chatcal.asked import UnknownChapterError, find_chapters
    from chatcal.followed import apply_upstream_results

    root = disk.find_root(folder)
    sources = disk.read_folder(root)
    schedules, problems = build.read_project(sources, (), now)
    if schedules is None:
        click.echo(format_problems(sort_problems(problems), sources), nl=False, err=True)
        sys.exit(1)
    if any(one.upstream for one in schedules.chapters.values()):
        published = build.read_valid_feeds(disk.read_published(root))
        schedules = apply_upstream_results(replace(schedules, published_revisions=published), {})
    try:
        found = find_chapters(schedules, sort_problems([*problems, *checks.run_checks(schedules)]), chapter)
    except UnknownChapterError as error:
        raise click.UsageError(str(error)) from None
    click.echo(format_problems(found.errors, sources), nl=False, err=True)
    return schedules.calendar, found.chapters, bool(found.errors)


def render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as wide as the terminal, or as its longest row where the output is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:
        console.width = _MAX_WIDTH
        console.width = console.measure(table).maximum
    with console.capture() as capture:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
