"""What chatcal says that it understood; every text was read aloud against its file."""

from pathlib import Path

import pytest

from chatcal import cli
from chatcal.cli.show import render_chapter
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.cli.test_cli import run
from tests.support.calendars import CALENDAR, LANTERN, at
from tests.support.cases import replace_parts
from tests.support.chapters import chapters_file, read_chapters, read_sources
from tests.system.test_health_chats import worked

NOW = ["--now", "2026-03-01T00:00:00Z"]
MOMENTS = {"founding": at("2026-11-23T00:00"), "lights": at("2026-03-01T00:00"), "health": None}
"""The calendars that are shown, and when; None stands for the first day worked out for each chapter."""


def texts(name: str) -> dict[str, str]:
    """Return what `show` says of every chapter of a calendar."""
    sources = read_sources(name)
    calendar = parse_calendar(sources["chatcal.yaml"])
    found = {}
    for slug in read_chapters(name):
        file = f"schedules/{slug}.yaml"
        moment = MOMENTS[name] or at(f"{next(worked(slug))[0]}T00:00")
        found[slug] = render_chapter(calendar, parse_chapter(file, sources[file]), moment)
    return found


GOLDEN = {name: texts(name) for name in MOMENTS}


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_said_of_every_chapter_is_golden(name: str) -> None:
    # Where a change is meant, `python -m tests.cli.test_show` writes them anew; read the difference aloud.
    assert {slug: parts["shown"].decode() for slug, parts in read_chapters(name).items()} == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_no_line_is_too_long_for_a_screen_unless_an_address_is(name: str) -> None:
    for text in GOLDEN[name].values():
        assert all(len(line) <= 96 or "://" in line for line in text.splitlines())


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds the made-up calendar, and stand in it."""
    (tmp_path / "schedules").mkdir()
    for path, octets in read_sources("lights").items():
        (tmp_path / path).write_bytes(octets)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    "name", ["lanternchat", "#LanternChat", "LANTERNCHAT", "schedules/lanternchat.yaml", "lanternchat.yml"]
)
def test_a_chapter_is_shown_by_any_spelling_of_its_name(name: str) -> None:
    result = run("show", name, *NOW)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == GOLDEN["lights"]["lanternchat"]


@pytest.mark.usefixtures("calendar")
def test_a_former_name_shows_the_chapter_of_today() -> None:
    assert run("show", "mistchat", *NOW).stdout == GOLDEN["lights"]["fogchat"]


@pytest.mark.usefixtures("calendar")
def test_without_a_name_all_are_shown_in_short() -> None:
    result = run("show", *NOW)
    assert result.exit_code == 0
    assert result.stdout == (
        "#beaconchat  Beacons\n"
        "  It has no chats; it is a hashtag without meetings.\n"
        "\n"
        "#FogChat  The Fog\n"
        "  Every other Thursday, 20:30 to 22:00 in St Johns, from 2024.\n"
        "  Every 3 weeks on Monday and Thursday, 23:30 to 00:30 the next day in St Johns.\n"
        "  Next: Mon 2 Mar 2026, 23:30 to Tue 3 Mar 2026 00:30 in St Johns: The late fog, hosted by Fi\n"
        "\n"
        "#lanternchat  The Lantern Keepers\n"
        "  Every Wednesday, 13:00 to 14:00 in Toronto, from September 2024 until 31 December 2025.\n"
        "  Every Wednesday except the last of the month, 13:00 to 14:00 in Toronto, from 1 January 2026.\n"
        "  The last Wednesday of every month, 21:00 to 22:00 in Toronto, from 1 January 2026.\n"
        "  Next: Wed 4 Mar 2026, 13:00 to 14:00 in Toronto: #lanternchat chat\n"
        "\n"
        "#stormchat  Storms\n"
        "  The fifth Wednesday of every month, about midday in Paris (the hour is not known), from 2016\n"
        "    until the end of February 2028.\n"
        "  The 31st of every month except in December, and on 31 July 2026 and 31 October 2026, at an\n"
        "    unknown time in Paris, from 1 March 2026.\n"
        "  Every year on 29 February, for 2 whole days in Auckland.\n"
        "  Next: Tue 31 Mar 2026, at an unknown time in Paris: #stormchat chat (time unknown)\n"
        "\n"
        "#watchchat  The Watch\n"
        "  On Sat 14 Mar 2026 at 19:00, Sat 11 Apr 2026 at 19:00 and Sat 18 Apr 2026 at 10:00, in UTC,\n"
        "    for 1 hour each.\n"
        "  The second Saturday of May and November, at 11:00 in Dublin, for 48 hours.\n"
        "  Every day that is a Friday and the 13th of its month, 00:00 to 01:00 UTC.\n"
        "  The last day in every other month that is a Monday, Tuesday, Wednesday, Thursday or Friday,\n"
        "    08:00 to 08:45 in Kathmandu, until the end of 2030.\n"
        "  Next: Fri 13 Mar 2026, 00:00 to 01:00 UTC: #watchchat: Superstition\n"
        "\n"
        "#wreckchat  Wrecks\n"
        "  Every day from Monday to Friday except on Fridays, the last Monday of the month, on 24\n"
        "    December and in August, in the evening (neither hour nor zone is known), until the end of\n"
        "    2019.\n"
        "  There are no coming sessions.\n"
    )


@pytest.mark.usefixtures("calendar")
def test_a_name_that_is_none_is_wrong_usage_and_the_nearest_is_named() -> None:
    result = run("show", "lanternchta", *NOW)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no chapter `lanternchta`. Did you mean `lanternchat`?" in result.stderr


@pytest.mark.usefixtures("calendar")
def test_a_name_that_is_near_none_gets_the_list() -> None:
    result = run("show", "x", *NOW)
    assert result.exit_code == 2
    names = "beaconchat, fogchat, lanternchat, stormchat, watchchat, wreckchat"
    assert f"There is no chapter `x`. There are: {names}." in result.stderr


def test_a_calendar_without_chapters_has_none_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    monkeypatch.chdir(tmp_path)
    assert "There is no chapter `x`. There are: none." in run("show", "x", *NOW).stderr
    assert (run("show", *NOW).exit_code, run("show", *NOW).stdout) == (0, "")


def test_a_file_that_cannot_be_read_gets_its_errors_instead(calendar: Path) -> None:
    (calendar / "schedules" / "fogchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
    for name in ("fogchat", "#FogChat"):
        result = run("show", name, *NOW)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "schedules/fogchat.yaml:6:9: error: `1pm` is not a valid clock time." in result.stderr
        assert "lanternchat.yaml" not in result.stderr


def test_a_rule_that_is_wrong_as_a_whole_gets_its_errors_too(calendar: Path) -> None:
    (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN + "sessions:\n  2026-03-05: cancelled\n")
    result = run("show", "lanternchat", *NOW)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No chat is due on Thu 5 Mar 2026." in result.stderr
    assert run("show", "fogchat", *NOW).exit_code == 0


def test_all_are_shown_but_those_with_errors(calendar: Path) -> None:
    (calendar / "schedules" / "fogchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
    result = run("show", *NOW)
    assert result.exit_code == 1
    assert "#lanternchat  The Lantern Keepers" in result.stdout
    assert "#FogChat" not in result.stdout
    assert "`1pm` is not a valid clock time." in result.stderr


def test_a_calendar_that_cannot_be_read_shows_nothing(calendar: Path) -> None:
    (calendar / "chatcal.yaml").write_text("title: Lights\n")
    result = run("show", "lanternchat", *NOW)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "needs `uid_domain:`." in result.stderr


def test_a_session_of_several_whole_days_is_shown_with_its_last() -> None:
    text = "hashtag: lanternchat\nname: K\nchats: [{every: 4 March, at: all day, lasts: 3d}]\n"
    chapter = parse_chapter("schedules/lanternchat.yaml", text.encode())
    shown = render_chapter(parse_calendar(CALENDAR.encode()), chapter, at("2026-03-01T00:00"))
    assert "\n  Wed 4 Mar 2026 to Fri 6 Mar 2026, all day: #lanternchat chat\n" in shown


def test_a_cancelled_and_a_moved_session_say_why_and_from_where() -> None:
    entries = "sessions:\n  2026-03-04: {cancelled: Storm}\n  2026-03-11: {moved: 2026-03-12 20:00}\n"
    chapter = parse_chapter("schedules/lanternchat.yaml", (LANTERN + entries).encode())
    shown = render_chapter(parse_calendar(CALENDAR.encode()), chapter, at("2026-03-01T00:00"))
    assert "Wed 4 Mar 2026, 13:00 to 14:00 in Toronto: #lanternchat chat (cancelled: Storm)\n" in shown
    assert (
        "Thu 12 Mar 2026, 20:00 to 21:00 in Toronto: #lanternchat chat (moved from Wed 11 Mar 13:00 in\n    Toronto)\n"
        in shown
    )


def test_where_people_meet_is_shown_with_what_is_linked() -> None:
    head = "name: Lamp Ladies\nplace: Lamp Room\ngeo: [44.65, -63.5]\njoin: none\nlinks: {Rules: https://a.example/}\n"
    chats = "timezone: America/Toronto\nchats: [{every: Wednesday, at: 13:00, hosts: [Ada]}]\n"
    days = "{2026-03-04: {place: none}, 2026-03-18: {join: https://b.example/}}"
    chapter = parse_chapter("schedules/lamps.yaml", f"{head}{chats}sessions: {days}\n".encode())
    shown = render_chapter(parse_calendar(f"{CALENDAR}called: meetup\n".encode()), chapter, at("2026-03-01T00:00"))
    assert shown.startswith("Lamp Ladies\nschedules/lamps.yaml; ")
    where = ["It meets at Lamp Room (44.65, -63.5).", "There is no address to join at.", "Rules: https://a.example/"]
    assert "\n".join(["Where, and links", *(f"  {line}" for line in where)]) in shown
    assert "  Wed 4 Mar 2026: in no room.\n" in shown
    assert "Wed 4 Mar 2026, 13:00 to 14:00 in Toronto: Lamp Ladies meetup, hosted by Ada\n" in shown
    assert "Wed 11 Mar 2026, 13:00 to 14:00 in Toronto: Lamp Ladies meetup, at Lamp Room, hosted by Ada\n" in shown
    assert "Wed 18 Mar 2026, 13:00 to 14:00 in Toronto: Lamp Ladies meetup, at Lamp Room or online" in shown


def test_help_says_what_it_does() -> None:
    assert "Say in sentences what chatcal understood of CHAPTER" in " ".join(run("show", "--help").stdout.split())
    assert {"show", "next"} <= set(cli.COMMANDS)


if __name__ == "__main__":
    for name, shown in GOLDEN.items():
        replace_parts(chapters_file(name), "shown", [text.encode() for text in shown.values()])
