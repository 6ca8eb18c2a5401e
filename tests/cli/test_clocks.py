"""A build under new zone data says which sessions it moves, and of no other that it did."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, ROOT, at, built, events, feeds_of, sources
from tests.support.laws import Enact, zone_data

VANCOUVER = LANTERN.replace("Toronto", "Vancouver")
BEFORE = {"America/Vancouver": "PST8PDT,M3.2.0,M11.1.0"}
"""The rule of Vancouver as zone data had it until 2026, and as it has had it since British Columbia gave up its winter
time."""
AFTER = {"America/Vancouver": "MST7"}
OCTOBER = at("2026-10-20T00:00")
LATER = at("2026-10-21T00:00")


@pytest.fixture
def enact(tmp_path: Path) -> Iterator[Enact]:
    with zone_data(tmp_path / "zones") as enact:
        enact(BEFORE)
        yield enact


def told(files: dict[str, bytes | None], feeds: dict[str, bytes], now: str = "2026-10-21T00:00") -> list[str]:
    """Return what a build says of zone data."""
    made = build.build_calendar(files, feeds, at(now))
    assert made.files
    return [one.message for one in made.problems if one.code == "zone-data"]


def test_the_sessions_that_new_zone_data_moves_are_told_once(enact: Enact) -> None:
    files = sources(lanternchat=VANCOUVER)
    feeds = built(files, OCTOBER)
    enact(AFTER)
    made = build.build_calendar(files, feeds, LATER)
    (moved,) = [one for one in made.problems if one.code == "zone-data"]
    assert moved.severity == "warning"
    assert moved.message == (
        "New zone data moves sessions of #lanternchat: every Wednesday from 4 Nov to 10 Mar 2027: 13:00 (Vancouver) is "
        "20:00 UTC instead of 21:00 UTC, 19 sessions."
    )
    assert moved.message in (ROOT / "docs" / "changes.md").read_text("utf-8").replace("\n", " ")
    first = events(feeds_of(made)["lanternchat"])["lanternchat-2026-11-04"]
    assert (events(feeds["lanternchat"])["lanternchat-2026-11-04"].start, first.start) == (
        at("2026-11-04T21:00"),
        at("2026-11-04T20:00"),
    )
    assert told(files, feeds_of(made)) == []


def test_zone_data_that_moves_sessions_by_more_than_two_hours_stops_the_build_with_a_question(enact: Enact) -> None:
    files = sources(lanternchat=VANCOUVER)
    feeds = built(files, OCTOBER)
    enact({"America/Vancouver": "XST-5"})
    made = build.build_calendar(files, feeds, LATER)
    assert not made.files
    (moved,) = [one for one in made.problems if one.code == "zone-data"]
    assert moved.severity == "error"
    assert moved.hint.endswith("If it is, run `chatcal build --allow-shrink`.")
    let = build.build_calendar(files, feeds, LATER, build.BuildOptions(allow_shrink=True))
    assert let.files
    assert told(files, feeds_of(let)) == []


@pytest.mark.parametrize(
    "edited",
    [
        VANCOUVER.replace("13:00", "12:00"),
        VANCOUVER.replace("Vancouver", "Phoenix"),
        VANCOUVER.replace("13:00", "evening"),
        VANCOUVER.replace("hashtag: lanternchat", "hashtag: lanternchat\nnote: Of lamps."),
    ],
)
def test_what_an_edit_moves_is_not_laid_to_zone_data(enact: Enact, edited: str) -> None:
    feeds = built(sources(lanternchat=VANCOUVER), OCTOBER)
    assert told(sources(lanternchat=edited), feeds) == []
    enact(AFTER)
    # Where both change, what the schedule gives another time is the edit's, and what it does not is the clock's.
    assert bool(told(sources(lanternchat=edited), feeds)) == ("note" in edited)


def test_an_edit_of_another_thing_and_one_of_another_session_hide_nothing(enact: Enact) -> None:
    feeds = built(sources(lanternchat=VANCOUVER), OCTOBER)
    enact(AFTER)
    edited = VANCOUVER + "    lasts: 2h\n    topic: Oil\nsessions:\n  2026-11-04: {moved: 2026-11-05}\n"
    edited += "  2026-11-11: {cancelled: Fog}\n"
    (said,) = told(sources(lanternchat=edited), feeds)
    assert "every Wednesday from 11 Nov to 10 Mar 2027: 13:00 (Vancouver) is 20:00 UTC instead of 21:00 UTC, 18" in said


def test_a_moved_session_and_a_renamed_chapter_are_known_all_the_same(enact: Enact) -> None:
    moved = "sessions: {2026-10-28: {moved: 2026-11-05 20:00}}\n"
    feeds = built(sources(lanternchat=VANCOUVER + "    until: 2026-10-28\n" + moved), OCTOBER)
    renamed = VANCOUVER.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]")
    enact(AFTER)
    assert told(sources(lampchat=renamed + "    until: 2026-10-28\n" + moved), feeds) == [
        "New zone data moves sessions of #lampchat: Thu 5 Nov: 20:00 (Vancouver) is 03:00 UTC instead of 04:00 UTC."
    ]


def test_a_time_that_the_clock_skips_from_now_on_is_still_the_one_that_was_written(enact: Enact) -> None:
    enact({"America/Vancouver": "PST8"})
    files = sources(lanternchat=VANCOUVER.replace("every: Wednesday", "dates: [2027-03-14]").replace("13:00", "02:30"))
    feeds = built(files, OCTOBER)
    # From 14 March on, 02:00 is 03:00.
    enact(BEFORE)
    assert told(files, feeds) == [
        "New zone data moves sessions of #lanternchat: Sun 14 Mar 2027: 02:30 (Vancouver) is 10:00 UTC instead of "
        "10:30 UTC."
    ]


def test_what_is_over_stands_and_what_has_no_clock_time_cannot_be_moved(enact: Enact) -> None:
    chat = VANCOUVER + "    until: 2027-03-10\n"
    files = sources(lanternchat=chat, fogchat=chat.replace("lantern", "fog").replace("13:00", "evening"))
    feeds = built(files, at("2026-11-01T00:00"))
    enact(AFTER)
    (said,) = told(files, feeds, "2027-03-10T20:30")
    # The last of the nineteen: by its published moment it is still to come, by the new one it has begun.
    assert "#lanternchat: Wed 10 Mar: 13:00 (Vancouver) is 20:00 UTC instead of 21:00 UTC." in said
    assert told(files, feeds, "2027-03-11T00:00") == []


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_a_build_says_it_in_every_form(enact: Enact, tmp_path: Path, form: str) -> None:
    (tmp_path / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(VANCOUVER, "utf-8")
    words = ["-C", str(tmp_path), "build", "--format", form, "--now"]
    assert "zone-data" not in CliRunner().invoke(cli.run_chatcal, [*words, "2026-10-20T00:00:00Z"]).stderr
    enact(AFTER)
    said = CliRunner().invoke(cli.run_chatcal, [*words, "2026-10-21T00:00:00Z"])
    assert said.exit_code == 0
    assert "zone-data" in said.stderr
    assert "13:00 (Vancouver) is 20:00 UTC instead of 21:00 UTC, 19 sessions." in said.stderr
