"""Calendars that were kept elsewhere: import."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from chatcal.cli import options, output
from chatcal.cli.folder import find_root, refuse_overwrite
from chatcal.problems import has_errors
from chatcal.publish.sources import read_folder

if TYPE_CHECKING:  # pragma: no cover - importing brings heavy imports, which only its command waits for
    from chatcal.importers.convert import ConvertedChapter


@click.command(name="import")
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "-o",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schedule files into this folder.  [default: schedules/ of the calendar]",
)
@options.now_option
@click.pass_obj
def import_(folder: Path, *, places: Sequence[str], target: Path | None, now: datetime) -> None:
    """Make schedule files of calendars that were kept elsewhere: .ics files, and those of yaml2ical and yaml2ics.

    Sessions are then worked out on both sides, and every one that differs is told. Nothing is overwritten. Exit codes:
    0 all is carried over; 1 something is not, or wants an edit; 2 wrong usage; 3 a file cannot be read or written.
    """
    from chatcal import files
    from chatcal.importers import convert
    from chatcal.publish import build

    root = None if target else find_root(folder)
    into = Path(build.SCHEDULES_FOLDER) if root else folder / (target or "")
    found = [one for place in places for one in _convert_place(folder, place, now)]
    made = {str(into / f"{one.slug}.yaml"): one.text.encode() for one in found}
    if len(made) < len(found):
        raise click.UsageError("Two of these make a schedule file of one name. Import one, rename what it made, go on.")
    refuse_overwrite(root or Path(), made)
    sources = read_folder(root) if root else {}
    files.replace_files({(root or Path()) / path: octets for path, octets in made.items()})
    for path, one in zip(made, found, strict=True):
        click.echo("\n  ".join([f"{path}:", *convert.describe_conversion(one)]))
    problems = convert.check_conversions(found, sources, now)
    output.print_problems(problems, convert.build_schedule_files(found), "text")
    sys.exit(has_errors(problems) or not all(one.is_complete for one in found))


def _convert_place(folder: Path, place: str, now: datetime) -> "Sequence[ConvertedChapter]":
    """Return the schedule files that a file or an address gives."""
    from urllib.parse import urlsplit

    from chatcal import http
    from chatcal.importers import convert, series

    address = http.is_fetchable_url(place)
    octets = http.fetch_feed(place) if address else (folder / place).read_bytes()
    file = PurePosixPath(urlsplit(place).path).name if address else Path(place).name
    # An address may be a secret that opens a private calendar, and schedule files are for everybody.
    source = f"A calendar at {urlsplit(place).hostname}" if address else f"The file {file}"
    try:
        return convert.convert(
            convert.read_foreign_file(octets, file.rpartition(".")[0] or file, now.date()), source, now.date()
        )
    except series.ForeignCalendarError as error:
        raise OSError(f"{place} cannot be imported: {error}") from None
