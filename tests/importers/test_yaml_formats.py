"""The files of yaml2ical and yaml2ics: read as these programs read them."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatcal.importers import convert
from chatcal.importers.raw_sessions import expand_raw_series, read_raw_series
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError
from chatcal.model import Window
from tests.support.calendars import ROOT
from tests.support.imports import TODAY, chats

PEERS = ROOT / "tests/cases/peers"
FILES = sorted(PEERS.glob("*/*.yaml"))
MADE = date(2026, 11, 23)
"""The day on which the two programs made their .ics files: a meeting without a first day begins then."""
YEARS = Window(date(2015, 1, 1), date(2031, 12, 31))


def calendar(text: str) -> ForeignCalendar:
    """Return the calendar of a file."""
    return convert.read_foreign_file(text.encode(), "lantern-keepers", TODAY)


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


def made(text: str) -> str:
    """Return the one schedule file that an import makes, whose sessions are those of the file."""
    (found,) = convert.convert(calendar(text), "The file", TODAY)
    assert found.comparison is not None
    assert not found.comparison.differences
    return found.text


MEETING = """\
project: The Lantern Keepers
project_url: https://lantern.example/
agenda_url: https://lantern.example/agenda
schedule:
  - {time: '1630', day: wednesday, irc: lantern, frequency: weekly, start_date: 20260107, chair: Bo Light}
  - {time: '630', day: Thursday, matrix: "lantern.example", frequency: second-thursday, start_date: 20260107}
chair: Ada Keeper
description: Lighthouse keepers compare notes.
"""
EVENTS = """\
name: Lights
timezone: America/Toronto
events:
  - summary: Lanterns
    begin: 2026-01-07 13:00:00
    duration: {hours: 1}
    repeat: {interval: {weeks: 1}, until: 2026-12-31}
"""


def test_a_meeting_becomes_the_file_that_a_maintainer_would_write() -> None:
    assert made(MEETING) == (
        "# The hashtag is made of the file's name. To choose another, change it here and rename the file.\n"
        "# Times are in UTC, without summer time. If a place's clock is meant, write its zone and time.\n"
        "hashtag: lantern_keepers\n"
        "name: The Lantern Keepers\n"
        "about: Lighthouse keepers compare notes.\n"
        "timezone: Etc/UTC\n"
        "website: https://lantern.example/\n"
        'note: "Meets in #lantern on IRC and lantern.example on Matrix. Agenda: https://lantern.example/agenda"\n'
        "moderators:\n"
        "  - Ada Keeper\n"
        "  - Bo Light\n"
        "sources:\n"
        "  - The file\n"
        "chats:\n"
        "  - every: Wednesday\n    at: 16:30\n    from: 2026-01-07\n    title: The Lantern Keepers\n"
        "    hosts: [Bo Light]\n"
        "  - every: second Thursday of the month\n    at: 06:30\n    from: 2026-02-12\n    title: The Lantern Keepers\n"
    )


def test_skips_keep_their_reasons_and_a_run_of_one_reason_is_a_break() -> None:
    skips = ["20260311: Fog", "20260701: Summer", "20260708: Summer", "20260715: Summer", "20260722: Wicks"]
    listed = "".join(f"{{skip_date: {one.replace(':', ', reason:')}}}, " for one in skips)
    text = made(MEETING.replace("start_date: 20260107, chair", f"start_date: 20260107, skip_dates: [{listed}], chair"))
    assert text.partition("sessions:\n")[2] == (
        "  2026-03-11:  # Wed\n    cancelled: Fog\n"
        "  2026-07-01:  # Wed\n    cancelled: Summer\n"
        "  2026-07-08:  # Wed\n    cancelled: Summer\n"
        "  2026-07-15:  # Wed\n    cancelled: Summer\n"
        "  2026-07-22:  # Wed\n    cancelled: Wicks\n"
    )
    weekly = MEETING.replace("  - {time: '630'", "  # {time: '630'")
    text = made(weekly.replace("start_date: 20260107, chair", f"start_date: 20260107, skip_dates: [{listed}], chair"))
    assert "breaks:\n  - {from: 2026-07-01, until: 2026-07-15, reason: Summer}\n" in text


def test_a_meeting_without_a_first_day_begins_today_and_one_without_days_is_told() -> None:
    text = MEETING.replace("start_date: 20260107, ", "").replace("second-thursday", "adhoc")
    assert "    from: 2026-03-04\n" in made(text)
    assert calendar(text).remarks == ("One of its schedules is `adhoc`: it has no days.",)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  - {time: '1630'", "  - none\n  - {time: '1630'", "one of its schedules is not a mapping"),
        ("wednesday", "someday", "The Lantern Keepers has a schedule without a day and a time like 1600"),
        ("'1630'", "'2560'", "The Lantern Keepers has a schedule without a day and a time like 1600"),
        ("weekly", "often", "it has a frequency that yaml2ical does not know: often"),
        ("weekly", "skip_dates: [x], frequency: weekly", "one of its `skip_dates` has no `skip_date` like 20260311"),
    ],
)
def test_what_is_wrong_with_a_meeting_is_named(old: str, new: str, why: str) -> None:
    assert old in MEETING
    text = MEETING.replace(old, new, 1).replace("frequency: skip_dates", "skip_dates")
    with pytest.raises(ForeignCalendarError, match=f"^{why}$"):
        calendar(text)


def test_an_event_becomes_a_chat() -> None:
    assert chats(made(EVENTS)) == (
        "chats:\n"
        "  - every: Wednesday\n    at: 13:00\n    from: 2026-01-07\n    until: 2026-12-30\n    title: Lanterns\n"
    )


@pytest.mark.parametrize(
    ("begin", "at"),
    [
        ("2026-01-07 13:00:00 -05:00", "18:00"),
        ("2026-01-07T13:00:00+0530", "07:30"),
        ("2026-01-07 13:00:00 +5", "08:00"),
        ("2026-01-07 13:00:00Z", "13:00"),
    ],
)
def test_a_time_with_an_offset_is_in_utc(begin: str, at: str) -> None:
    single = f"events:\n  - {{summary: Lanterns, begin: {begin}, end: 2026-01-07 20:00:00Z}}\n"
    text = made(single)
    assert "timezone: Etc/UTC\n" in text
    assert f"    at: {at}\n" in text


def test_skipped_and_added_days_and_rules_of_ones_own_are_read() -> None:
    text = EVENTS.replace(
        "until: 2026-12-31", "until: 2026-12-31 23:00:00, except_on: [2026-03-11], also_on: [2026-03-12 13:00:00]"
    )
    text += "  - summary: Yearly\n    begin: 2026-05-01\n    ics: |\n      RRULE:FREQ=YEARLY;COUNT=3\n      X-A:1\n"
    found = made(text + "include: [more.yaml]\n")
    assert "  2026-03-11: cancelled  # Wed\n" in found
    assert "  - dates: [2026-03-12]\n" in found
    assert "  - every: 1 May\n    at: all day\n    from: 2026-05-01\n    until: 2028-05-01\n" in found
    assert "# It includes more.yaml: import that too.\n" in found


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  - summary", "  - none\n  - summary", "one of its events is not a mapping"),
        ("America/Toronto", "Nowhere", "it has a time zone that does not exist: Nowhere"),
        ("2026-01-07", "soon", "the `begin` of Lanterns must be a date or time like 2026-03-04 13:00:00"),
        ("2026-01-07", "2026-02-30", "the `begin` of Lanterns must be a date or time like 2026-03-04 13:00:00"),
        ("{hours: 1}", "1h", r"the `duration` of Lanterns must be like {minutes: 30}"),
        ("{weeks: 1}", "weekly", r"the `interval` of Lanterns must be like {weeks: 1}"),
        ("{weeks: 1}", "{moons: 1}", r"the `interval` of Lanterns must be like {weeks: 1}"),
        ("repeat:", 'ics: "RRULE:FREQ=OFTEN;X"\n    repeat:', "the rule of Lanterns cannot be read"),
    ],
)
def test_what_is_wrong_with_an_event_is_named(old: str, new: str, why: str) -> None:
    assert old in EVENTS
    with pytest.raises(ForeignCalendarError, match=f"^{why}$"):
        calendar(EVENTS.replace(old, new, 1))


def test_an_event_whose_times_make_no_sense_is_counted() -> None:
    text = EVENTS + "  - {summary: Old, begin: 0100-01-01}\n"
    assert calendar(text).remarks == ("“Old” of 1 Jan 100: it begins in the year 100.",)


@pytest.mark.parametrize(
    "text", ["a: [", "- a\n", "a: b\n", "events: none\n", "a: &b c\n", "project: x\nschedule: y\n"]
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ForeignCalendarError, match=r"neither an \.ics file nor one of yaml2ical or yaml2ics"):
        calendar(text)
