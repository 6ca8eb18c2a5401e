"""Coming sessions, as a table and as JSON."""

import json
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import click
import pytest
import tzlocal

from chatcal.cli import output
from chatcal.cli.options import find_local_zone
from chatcal.project import Project
from chatcal.recurrence.sessions import find_next_sessions
from chatcal.schedule.format import parse_calendar, parse_chapter
from chatcal.site.context import summarize_chapter
from chatcal.site.json import SessionsJson
from tests.cli.test_cli import as_program, run
from tests.support.calendars import CALENDAR, LANTERN, NOW, at

SPRING = ["--now", "2026-03-01T00:00:00Z"]
FOG = """\
hashtag: fogchat
name: The Fog
confirmed: 2024-01-01
chats:
  - every: Thursday
    at: evening
"""
ENTRIES = """\
sessions:
  2026-03-04: {cancelled: Storm}
  2026-03-11: {moved: 2026-03-12 20:00, topic: "Oil [bold]and[/bold] wicks", hosts: [Ada, Bo]}
  2026-03-18: {title: Late watch, note: Bring oil, at: unknown}
"""


TABLE = """\
Times in London (Europe/London), and on the clock of each chapter.
London                 There                     Chat
Wed 4 Mar 2026 18:00   Wed 4 Mar 13:00 Toronto   #lanternchat chat                         cancelled
Thu 5 Mar 2026         Thu 5 Mar, evening        #fogchat chat                             unconfirmed, time unknown
Thu 12 Mar 2026        Thu 12 Mar, evening       #fogchat chat                             unconfirmed, time unknown
Fri 13 Mar 2026 00:00  Thu 12 Mar 20:00 Toronto  #lanternchat: Oil [bold]and[/bold] wicks  moved
Wed 18 Mar 2026        Wed 18 Mar, time unknown  Late watch (#lanternchat)                 time unknown
Thu 19 Mar 2026        Thu 19 Mar, evening       #fogchat chat                             unconfirmed, time unknown
Wed 25 Mar 2026 17:00  Wed 25 Mar 13:00 Toronto  #lanternchat chat
"""


@pytest.fixture
def lights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds a calendar of two chapters, and stand in it, in London."""
    (tmp_path / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(LANTERN + ENTRIES, "utf-8")
    (tmp_path / "schedules" / "fogchat.yaml").write_text(FOG, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Europe/London")
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


pytestmark = pytest.mark.usefixtures("lights")


def listed(*words: str) -> list[dict[str, Any]]:
    """Return what `next --format json` prints."""
    result = run("next", *SPRING, "--format", "json", *words)
    assert result.exit_code == 0
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_the_table_has_the_readers_clock_the_chapters_clock_and_the_badges() -> None:
    assert run("next", *SPRING, "-n", "7").stdout == TABLE


def test_a_chapter_is_found_by_its_hashtag_in_any_case() -> None:
    for name in ("lanternchat", "#LanternChat", " LANTERNCHAT "):
        assert {one["chapter"] for one in listed(name)} == {"lanternchat"}


def test_a_zone_can_be_named_by_its_city() -> None:
    assert listed("lanternchat", "--tz", "sydney")[0]["reader_start"] == "2026-03-05T05:00:00+11:00"
    assert "Times in Sydney (Australia/Sydney)" in run("next", *SPRING, "--tz", "Australia/Sydney").stdout


def test_a_zone_that_is_none_gets_the_name_to_write() -> None:
    result = run("next", *SPRING, "--tz", "EST")
    assert result.exit_code == 2
    assert "'EST' is not a valid time zone. Write `America/New_York`" in " ".join(result.stderr.split())


def test_a_chapter_that_is_none_is_wrong_usage() -> None:
    result = run("next", "lantern-chat", *SPRING)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no chapter `lantern-chat`. Did you mean `lanternchat`?" in result.stderr


@pytest.mark.parametrize("zone", ["", "EST5EDT", "Nowhere/Here"])
def test_a_machine_that_names_no_zone_gets_utc_and_reads_so(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    shown = run("next", "lanternchat", *SPRING).stdout
    assert shown.startswith("Times in UTC, since this machine names no time zone (--tz names one), and")
    assert "\nWed 4 Mar 2026 18:00" in shown


def test_without_tz_the_machine_itself_names_the_zone(lights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "America/Toronto")
    assert "Times in Toronto (America/Toronto)" in run("-C", str(lights), "next", *SPRING).stdout
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: None)
    assert "Times in UTC, since" in run("-C", str(lights), "next", *SPRING).stdout
    monkeypatch.setattr(tzlocal, "get_localzone_name", _find_two_zones)
    assert "Times in UTC, since" in run("-C", str(lights), "next", *SPRING).stdout


def _find_two_zones() -> str:
    raise ZoneInfoNotFoundError("Multiple conflicting time zone configurations found")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/London", "Europe/London"),
        (":Europe/London", "Europe/London"),
        ("UTC", "Etc/UTC"),
        ("US/Eastern", "US/Eastern"),
        ("EST", None),
        ("", None),
    ],
)
def test_a_machine_names_its_zone_by_place(monkeypatch: pytest.MonkeyPatch, text: str, zone: str | None) -> None:
    monkeypatch.setenv("TZ", text)
    assert find_local_zone() == zone


def test_json_says_all_that_is_known_and_leaves_out_the_rest() -> None:
    assert listed("lanternchat", "-n", "3") == [
        {
            "uid": "lanternchat-2026-03-04@lights.example",
            "chapter": "lanternchat",
            "slot": "2026-03-04",
            "summary": "Cancelled: #lanternchat chat",
            "status": "cancelled",
            "start": "2026-03-04T18:00:00Z",
            "end": "2026-03-04T19:00:00Z",
            "timezone": "America/Toronto",
            "local_start": "2026-03-04T13:00:00-05:00",
            "local_end": "2026-03-04T14:00:00-05:00",
            "time": "13:00",
            "reason": "Storm",
            "join": "https://x.com/hashtag/lanternchat",
            "reader_start": "2026-03-04T18:00:00+00:00",
            "reader_end": "2026-03-04T19:00:00+00:00",
        },
        {
            "uid": "lanternchat-2026-03-11@lights.example",
            "chapter": "lanternchat",
            "slot": "2026-03-11",
            "summary": "#lanternchat: Oil [bold]and[/bold] wicks",
            "status": "confirmed",
            "start": "2026-03-13T00:00:00Z",
            "end": "2026-03-13T01:00:00Z",
            "timezone": "America/Toronto",
            "local_start": "2026-03-12T20:00:00-04:00",
            "local_end": "2026-03-12T21:00:00-04:00",
            "time": "20:00",
            "moved_from": {"day": "2026-03-11", "time": "13:00"},
            "topic": "Oil [bold]and[/bold] wicks",
            "hosts": ["Ada", "Bo"],
            "join": "https://x.com/hashtag/lanternchat",
            "reader_start": "2026-03-13T00:00:00+00:00",
            "reader_end": "2026-03-13T01:00:00+00:00",
        },
        {
            "uid": "lanternchat-2026-03-18@lights.example",
            "chapter": "lanternchat",
            "slot": "2026-03-18",
            "summary": "Late watch, time unknown",
            "status": "time-unknown",
            "start": "2026-03-18",
            "end": "2026-03-19",
            "timezone": "America/Toronto",
            "time": "unknown",
            "title": "Late watch",
            "join": "https://x.com/hashtag/lanternchat",
            "note": "Bring oil",
        },
    ]


def test_json_has_the_form_of_the_sites() -> None:
    calendar = parse_calendar(CALENDAR.encode())
    texts = {"lanternchat": LANTERN + ENTRIES, "fogchat": FOG}
    chapters = {slug: parse_chapter(f"schedules/{slug}.yaml", text.encode()) for slug, text in texts.items()}
    project = Project(calendar, chapters, NOW)
    with closing(SessionsJson(project)) as sessions_json:
        for chapter in chapters.values():
            sessions_json.build_chapter_file(summarize_chapter(project, chapter))
        site = json.loads(b"".join(sessions_json.build_combined_file()))
    ahead = [one for one in site["sessions"] if one["end"] >= "2026-03-01T00:00:00Z"][:30]
    mine = listed("-n", "30")
    assert {"reader_start", "reader_end"} <= set(mine[0])
    assert [{key: one[key] for key in one if not key.startswith("reader_")} for one in mine] == ahead


def test_nothing_ahead_is_said_and_is_an_empty_list(lights: Path) -> None:
    (lights / "schedules" / "lanternchat.yaml").write_text(LANTERN + "    until: 2012\n", "utf-8")
    assert run("next", "lanternchat", *SPRING).stdout == "There are no coming sessions.\n"
    assert listed("lanternchat") == []


def test_a_chapter_with_an_error_is_reported_and_the_others_are_listed(lights: Path) -> None:
    (lights / "schedules" / "fogchat.yaml").write_text(FOG.replace("evening", "7pm"), "utf-8")
    result = run("next", *SPRING, "-n", "1")
    assert result.exit_code == 1
    assert "schedules/fogchat.yaml:6:9: error: `7pm` is not a valid clock time." in result.stderr
    assert "Wed 4 Mar 13:00 Toronto" in result.stdout
    assert run("next", "lanternchat", *SPRING).exit_code == 0
    assert (alone := run("next", "fogchat", *SPRING)).exit_code == 1
    assert alone.stdout == ""


def test_the_wide_terminal_of_a_program_cuts_nothing(lights: Path) -> None:
    long = "Oil, wicks and everything else that keeps a lamp burning through the night, the storm and the fog"
    (lights / "schedules" / "fogchat.yaml").write_text(FOG.replace("at: evening", f"at: evening\n    topic: {long}"))
    ran = as_program("next", *SPRING, cwd=lights, TZ="Europe/London", PYTHONUTF8="1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"#fogchat: {long}  unconfirmed, time unknown\n" in ran.stdout


def test_a_part_of_the_day_says_in_which_city(lights: Path) -> None:
    (lights / "schedules" / "fogchat.yaml").write_text(FOG.replace("evening", "evening\n    timezone: Europe/Paris"))
    assert "Thu 5 Mar 2026         Thu 5 Mar, evening in Paris" in run("next", *SPRING).stdout


def test_a_narrow_terminal_folds_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    table = click.unstyle(output.render_table(["One", "Two"], [["word " * 20, "other"]]))
    assert max(map(len, table.splitlines())) <= 60
    assert table.count("word") == 20


def chapters(**texts: str) -> Any:
    return [parse_chapter(f"schedules/{slug}.yaml", text.encode()) for slug, text in texts.items()]


def starts(count: int, now: datetime, **texts: str) -> list[str]:
    found = find_next_sessions(parse_calendar(CALENDAR.encode()), chapters(**texts), now, count)
    return [f"{one.chapter} {one.start:%Y-%m-%d}" for _, one in found]


def test_rare_sessions_are_found_however_far_ahead() -> None:
    leap = LANTERN.replace("Wednesday", "29 February")
    assert starts(3, NOW, lanternchat=leap) == [f"lanternchat {year}-02-29" for year in (2028, 2032, 2036)]


def test_a_session_going_on_is_coming_until_it_ends() -> None:
    long = LANTERN.replace("at: 13:00", "at: 13:00\n    lasts: 31d").replace("Wednesday", "4 March")
    assert starts(1, at("2026-04-04T16:59"), lanternchat=long) == ["lanternchat 2026-03-04"]
    assert starts(1, at("2026-04-04T17:00"), lanternchat=long) == ["lanternchat 2026-03-04"]
    assert starts(1, at("2026-04-04T17:01"), lanternchat=long) == ["lanternchat 2027-03-04"]


def test_sessions_of_several_chapters_come_in_the_order_of_their_starts() -> None:
    found = starts(4, NOW, lanternchat=LANTERN, fogchat=FOG.replace("hashtag: lanternchat", "hashtag: fogchat"))
    assert found == ["lanternchat 2026-03-04", "fogchat 2026-03-05", "lanternchat 2026-03-11", "fogchat 2026-03-12"]
    assert date.fromisoformat(found[0].split()[1]).weekday() == 2
