"""Calendars that were kept elsewhere: import."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from chatcal.cli import disk, options, showing
from chatcal.problem import has_errors

if TYPE_CHECKING:  # pragma: no cover - importing brings heavy imports, which only its command waits for
    from chatcal.importing.moving import Moved


@click.command(name="import")
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "-o",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schedule files into this folder.  [default: schedules/ of the calendar]",
)
@options.now
@click.pass_obj
def import_(folder: Path, *, places: Sequence[str], target: Path | None, now: datetime) -> None:
    """Make schedule files of calendars that were kept elsewhere: .ics files, and those of yaml2ical and yaml2ics.

    Sessions are then worked out on both sides, and every one that differs is told. Nothing is overwritten. Exit codes:
    0 all is carried over; 1 something is not, or wants an edit; 2 wrong usage; 3 a file cannot be read or written.
    """
    from chatcal import build, files
    from chatcal.importing import moving

    root = None if target else disk.root(folder)
    into = Path(build.SCHEDULES) if root else folder / (target or "")
    found = [one for place in places for one in _moved(folder, place, now)]
    made = {str(into / f"{one.slug}.yaml"): one.text.encode() for one in found}
    if len(made) < len(found):
        raise click.UsageError("Two of these make a schedule file of one name. Import one, rename what it made, go on.")
    disk.refuse_taken(root or Path(), made)
    sources = disk.sources(root) if root else {}
    files.replace({(root or Path()) / path: octets for path, octets in made.items()})
    for path, one in zip(made, found, strict=True):
        click.echo("\n  ".join([f"{path}:", *moving.told(one)]))
    problems = moving.problems(found, sources, now)
    showing.tell(problems, moving.sources_of(found), "text")
    sys.exit(has_errors(problems) or not all(one.is_alike for one in found))


def _moved(folder: Path, place: str, now: datetime) -> "Sequence[Moved]":
    """Return the schedule files that a file or an address gives."""
    from urllib.parse import urlsplit

    from chatcal import fetch
    from chatcal.importing import foreign, moving

    address = fetch.is_address(place)
    octets = fetch.feed(place) if address else (folder / place).read_bytes()
    file = PurePosixPath(urlsplit(place).path).name if address else Path(place).name
    # An address may be a secret that opens a private calendar, and schedule files are for everybody.
    source = f"A calendar at {urlsplit(place).hostname}" if address else f"The file {file}"
    try:
        return moving.moved(moving.read(octets, file.rpartition(".")[0] or file, now.date()), source, now.date())
    except foreign.NotReadable as error:
        raise OSError(f"{place} cannot be imported: {error}") from None
