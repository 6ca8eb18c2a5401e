"""Calendars that were kept elsewhere: import."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import click

from chatcal import files, http
from chatcal.cli import options, output
from chatcal.cli.folder import find_root, name_file, refuse_overwrite
from chatcal.cli.terminal import echo
from chatcal.english import format_count, format_long_day, join_list
from chatcal.importers.convert import ConvertedChapter, Wishes, convert_in_subprocess
from chatcal.importers.icalendar import MAX_FILE_BYTES
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Calendar, Chapter
from chatcal.problems import Problem, filter_by_chapter, has_errors
from chatcal.project import ALL_FEED
from chatcal.publish import build
from chatcal.publish.sources import read_folder
from chatcal.recurrence.describe import describe_chats
from chatcal.recurrence.sessions import add_months
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.text import is_fetchable_url


@click.command(name="import")
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "-o",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schedule files into this folder.  [default: schedules/ of the calendar]",
)
@click.option("--past", is_flag=True, help="Import everything, also what was over more than a year ago.")
@options.now_option
@click.pass_obj
def import_(folder: Path, *, places: Sequence[str], target: Path | None, past: bool, now: datetime) -> None:
    """Make schedule files of calendars that were kept elsewhere.

    They may be .ics files, and files of yaml2ical, yaml2ics, toml-to-ical and Kubernetes' sigs.yaml. Then the sessions
    of both sides are compared, and every difference is named. Nothing is overwritten. If one of several files cannot be
    read, the others are imported. Exit codes: 0 everything was imported; 1 something was not or needs an edit; 2 wrong
    usage; 3 a file cannot be read or written.
    """
    root = None if target else find_root(folder)
    into = Path(build.SCHEDULES_FOLDER) if root else folder / (target or "")
    sources = read_folder(root) if root else {}
    since = None if past else add_months(now.date(), -12)
    wishes = Wishes(now.date(), since, find_reserved_names(sources))
    found: list[ConvertedChapter] = []
    failed: list[OSError] = []
    for place in places:
        try:
            found += _convert_place(folder, place, wishes)
        except OSError as error:
            failed.append(error)
    if not found:
        raise _join_errors(failed)
    made = {str(into / f"{one.slug}.yaml"): one.text.encode() for one in found}
    if len(made) < len(found):
        raise click.UsageError(
            "Two of these would become the same schedule file. Import one of them, rename its file, then import the "
            "other."
        )
    refuse_overwrite(root or Path(), made)
    files.replace_files({(root or Path()) / path: content for path, content in made.items()})
    for path, one in zip(made, found, strict=True):
        echo("\n  ".join([f"{name_file(root or Path.cwd(), path)}:", *describe_conversion(one)]))
    problems, schedules = check_conversions(found, sources, now)
    output.print_problems(problems, schedules, "text")
    if failed:
        raise _join_errors(failed)
    sys.exit(has_errors(problems) or not all(one.is_complete for one in found))


def find_reserved_names(sources: build.SourceFiles) -> frozenset[str]:
    """Return the names of feeds that are no chapter's: of all chapters, of collections, and former ones."""
    found = {ALL_FEED}
    for _, part in build.parse_files(sources):
        if isinstance(part, Chapter):
            found.update(part.formerly)
        elif isinstance(part, Calendar):
            found.update(name for one in part.collections for name in (one.name, *one.formerly))
    return frozenset(found)


def _convert_place(folder: Path, place: str, wishes: Wishes) -> list[ConvertedChapter]:
    is_url = is_fetchable_url(place)
    content = http.get(place).require_ok().content if is_url else _read_start(folder / place)
    file = PurePosixPath(urlsplit(place).path).name if is_url else Path(place).name
    # An address may be a secret that opens a private calendar, and schedule files are public.
    source = f"A calendar at {urlsplit(place).hostname}" if is_url else f"The file {file}"
    try:
        beside = None if is_url else (folder / place).absolute().parent
        return convert_in_subprocess(content, file.rpartition(".")[0] or file, source, wishes, folder=beside)
    except ForeignCalendarError as error:
        raise OSError(f"{place} cannot be imported: {error}") from None


def _read_start(path: Path) -> bytes:
    """Return a file that may be imported, or so much of another that it is refused: a device has no end."""
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _join_errors(errors: Sequence[OSError]) -> OSError:
    """Return one error that names what could not be imported; all that could be was imported."""
    if len(errors) == 1:
        return errors[0]
    return OSError("\n".join(f"{one.filename}: {one.strerror}" if one.strerror else str(one) for one in errors))


def describe_conversion(found: ConvertedChapter) -> Iterator[str]:
    """Yield sentences: what the schedule file says, and how it compares with the calendar it was made of."""
    if found.chapter is None or found.comparison is None:
        yield "It cannot be read as it is, so nothing could be compared."
        return
    yield from (one.sentence for one in describe_chats(found.chapter))
    compared = found.comparison
    spans = join_list([f"from {format_long_day(one.first)} to {format_long_day(one.last)}" for one in compared.windows])
    is_same = compared.sessions == compared.matching and not compared.differences
    if compared.sessions == 0:
        yield f"There is no session {spans} to compare."
    elif is_same and compared.sessions == 1:
        yield f"The only session {spans} is the same."
    else:
        share = "All" if is_same else f"{compared.matching:,} of"
        yield f"{share} {format_count(compared.sessions, 'session')} {spans} are alike."
    yield from compared.differences
    yield from found.notes
    yield from (f"Not imported: {sentence}" for sentence in found.left_out)
    if len(found.left_out) > 1:
        yield f"In all, {len(found.left_out):,} things were not imported."


def check_conversions(
    found: Sequence[ConvertedChapter], sources: build.SourceFiles, now: datetime
) -> tuple[tuple[Problem, ...], build.SourceFiles]:
    """Return what `check` says of new schedule files at a moment (aware), and these files by their path.

    They are checked among the files of their calendar, or by themselves where there are none.
    """
    made = {f"{build.SCHEDULES_FOLDER}/{one.slug}.yaml": one.text.encode() for one in found}
    alone = {CALENDAR_FILE: b"title: Imported\nuid_domain: imported.example\n"}
    return filter_by_chapter(build.check_sources({**(sources or alone), **made}, {}, now), made), made
