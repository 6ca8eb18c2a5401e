"""The files of yaml2ical and yaml2ics have the sessions that these programs give them."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatcal.importers import convert
from chatcal.importers.raw_sessions import expand_raw_series, read_raw_series
from chatcal.importers.series import ForeignCalendar
from chatcal.model import Window
from tests.support.calendars import ROOT

PEERS = ROOT / "tests/cases/peers"
FILES = sorted(PEERS.glob("*/*.yaml"))
MADE = date(2026, 11, 23)
"""The day on which the two programs made their .ics files: a meeting without a first day begins then."""
YEARS = Window(date(2015, 1, 1), date(2031, 12, 31))


def sessions(found: ForeignCalendar) -> set[tuple[object, ...]]:
    """Return the sessions of the .ics file of a calendar; yaml2ical's notes of skips are none."""
    series = read_raw_series(found.content)
    of_all = {session for one in series for session in expand_raw_series(one, YEARS)}
    return {session for session in of_all if not session[2].startswith("CANCELLED: ")}


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_sessions_are_those_of_the_ics_file_that_the_program_itself_makes(file: Path) -> None:
    ours = convert.read_foreign_file(file.read_bytes(), file.stem, MADE)
    theirs = convert.read_foreign_file(file.with_suffix(".ics").read_bytes(), file.stem, MADE)
    assert sessions(ours) == {one for one in sessions(theirs) if not is_skipped_in_vain(file, one[0])}
    assert sessions(ours)


def is_skipped_in_vain(file: Path, start: object) -> bool:
    """Say whether a session is one that `except_on: [2022-07-13]` skips, and that is held in what yaml2ics makes of it.

    It writes a day into a list of times, which no calendar program understands.
    """
    day = start.astimezone(ZoneInfo("America/Los_Angeles")).date() if isinstance(start, datetime) else None
    return file.stem == "test_calendar" and day == date(2022, 7, 13)
