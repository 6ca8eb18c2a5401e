"""`chatcal import`: the files that it writes, what it says of them, and its page."""

import re
import sys
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from chatcal import text
from chatcal.cli.import_ import describe_conversion
from chatcal.importers import chapters, convert, icalendar, loader
from chatcal.importers.comparison import COMPARED_YEARS
from tests.cli.test_cli import as_program, run
from tests.support.calendars import CALENDAR, ROOT
from tests.support.imports import event, ics, only, toronto
from tests.support.markdown import blocks, broken_links


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a calendar without chapters, beside an .ics file, and stand in it."""
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "lantern.ics").write_bytes(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", "DESCRIPTION:Bring oil")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


NOW = ["--now", "2026-03-01T00:00:00Z"]


def test_the_command_writes_the_files_and_says_what_it_understood(calendar: Path) -> None:
    result = run("import", "lantern.ics", *NOW)
    assert result.stdout == (
        f"{Path('schedules', 'lantern.yaml')}:\n"
        "  Every Wednesday, 13:00 to 14:00 in Toronto, from 7 January 2026.\n"
        "  All 269 sessions from 7 January 2026 to 1 March 2031 are alike.\n"
    )
    assert result.exit_code == 0
    assert "every: Wednesday" in (calendar / "schedules/lantern.yaml").read_text()
    assert run("check", *NOW).exit_code == 0


def test_nothing_is_overwritten(calendar: Path) -> None:
    (calendar / "other.ics").write_bytes(ics(toronto("20260107")))
    assert run("import", "lantern.ics", *NOW).exit_code == 0
    before = (calendar / "schedules/lantern.yaml").read_bytes()
    result = run("import", "other.ics", "lantern.ics", *NOW)
    assert result.exit_code == 2
    assert "Nothing was written. This exists already: schedules/lantern.yaml." in result.stderr
    assert (calendar / "schedules/lantern.yaml").read_bytes() == before
    assert not (calendar / "schedules/other.yaml").exists()
    assert run("import", "lantern.ics", "-o", "elsewhere", *NOW).exit_code == 0
    assert (calendar / "elsewhere/lantern.yaml").read_bytes() == before


def test_two_files_that_would_be_one_are_refused(calendar: Path) -> None:
    result = run("import", "lantern.ics", "lantern.ics", *NOW)
    assert result.exit_code == 2
    assert not (calendar / "schedules").exists()


def test_the_command_needs_no_calendar_where_it_is_told_where_to_write(calendar: Path) -> None:
    (calendar / "chatcal.yaml").unlink()
    assert run("import", "lantern.ics", *NOW).exit_code == 2
    assert run("import", "lantern.ics", "-o", ".", *NOW).exit_code == 0
    assert (calendar / "lantern.yaml").is_file()


def test_what_is_lost_or_wants_an_edit_leaves_with_1(calendar: Path) -> None:
    (calendar / "lantern.ics").write_bytes(
        ics(event("DTSTART:20260107T130000", "DURATION:PT1H"), toronto("20260107", "RRULE:FREQ=SECONDLY", uid="2"))
    )
    result = run("import", "lantern.ics", *NOW)
    assert result.exit_code == 1
    assert "  Not imported: “Lanterns” of 7 Jan 2026 repeats by the hour, minute or second" in result.stdout
    assert "error: This chat has a clock time, but no time zone. [zone-missing]" in result.stderr


def test_what_was_over_a_year_ago_comes_only_if_it_is_asked_for(calendar: Path) -> None:
    (calendar / "old.ics").write_bytes(ics(toronto("20250226", uid="1"), toronto("20260107", uid="2")))
    result = run("import", "old.ics", *NOW)
    assert "Sessions before 1 March 2025 were left out; `--past` imports them too." in result.stdout
    assert result.exit_code == 0
    assert "dates: [2026-01-07]" in (calendar / "schedules/old.yaml").read_text()
    assert run("import", "old.ics", "--past", "-o", "all", *NOW).exit_code == 0
    assert "dates: [2025-02-26, 2026-01-07]" in (calendar / "all/old.yaml").read_text()


def test_no_chapter_gets_the_name_of_another_feed(calendar: Path) -> None:
    with (calendar / "chatcal.yaml").open("a") as file:
        file.write("collections: {lights: {title: Lights, chapters: [fog], formerly: [lamps]}}\n")
    (calendar / "schedules").mkdir(exist_ok=True)
    (calendar / "schedules/fog.yaml").write_text(
        "hashtag: fog\nname: Fog\nnote: Soon.\nsources: [x]\nformerly: [mist]\n"
    )
    (calendar / "schedules/broken.yaml").write_text("[")
    for name in ("all", "lights", "lamps", "mist"):
        (calendar / f"{name}.ics").write_bytes(ics(toronto("20260107", "RRULE:FREQ=WEEKLY")))
        assert f"{Path('schedules', name)}-chat.yaml:" in run("import", f"{name}.ics", *NOW).stdout


def test_an_address_is_imported_too_and_stays_a_secret(calendar: Path) -> None:
    served = partial(SimpleHTTPRequestHandler, directory=str(calendar))
    with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/lantern.ics?key=secret.secret"
        result = run("import", address, *NOW)
        server.shutdown()
    assert result.exit_code == 0
    (text,) = (file.read_text() for file in (calendar / "schedules").iterdir())
    assert "sources:\n  - A calendar at 127.0.0.1\n" in text
    assert "secret" not in text


def test_a_file_that_is_no_calendar_leaves_with_3(calendar: Path) -> None:
    (calendar / "lantern.ics").write_bytes(b"nothing")
    with pytest.raises(OSError, match=r"^lantern.ics cannot be imported: it is neither an .ics file"):
        run("import", "lantern.ics", *NOW)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such devices")
@pytest.mark.usefixtures("calendar")
def test_what_has_no_end_is_left_with_3() -> None:
    with pytest.raises(OSError, match=r"^/dev/zero cannot be imported: it has 10,000,001 bytes, and 10,000,000 are"):
        run("import", "/dev/zero", *NOW)


def test_of_several_files_those_that_cannot_be_read_are_named_and_the_others_imported(calendar: Path) -> None:
    (calendar / "page.yaml").write_text("title: A page\n")
    result = as_program("import", "page.yaml", "lantern.ics", "nowhere.ics", *NOW, cwd=calendar)
    assert result.returncode == 3
    *_, first, second = result.stderr.splitlines()
    assert first.startswith("chatcal: page.yaml cannot be imported: it is neither an .ics file nor one of yaml2ical")
    assert second.endswith("nowhere.ics: No such file or directory")
    assert "schedules/lantern.yaml:\n  Every Wednesday" in result.stdout.replace("\\", "/")
    assert (calendar / "schedules/lantern.yaml").is_file()


def test_if_no_file_can_be_read_all_are_named_and_nothing_is_written(calendar: Path) -> None:
    (calendar / "page.yaml").write_text("title: A page\n")
    with pytest.raises(OSError, match=r"^page.yaml cannot be imported: .*\n.*nowhere.ics: No such file or directory$"):
        run("import", "page.yaml", "nowhere.ics", *NOW)
    assert not (calendar / "schedules").exists()


def test_files_that_a_file_includes_are_read_beside_it_and_nowhere_else(calendar: Path) -> None:
    talks = "name: NAME\nevents: [{summary: NAME, begin: 2026-05-06}]\n"
    (calendar / "talks").mkdir()
    (calendar / "talks/more").mkdir()
    (calendar / "secret.yml").write_text(talks.replace("NAME", "Secret"))
    (calendar / "talks/more/fog.yml").write_text(talks.replace("NAME", "Fog") + "include: [../oil.yml]\n")
    (calendar / "talks/oil.yml").write_text(talks.replace("NAME", "Oil"))
    (calendar / "talks/link.yml").symlink_to(calendar / "secret.yml")
    paths = r'[more/fog.yml, ../secret.yml, link.yml, more, nowhere.yml, "nul\0", large.yml]'
    (calendar / "talks/main.yml").write_text(f"name: Harbour\ninclude: {paths}\n")
    with (calendar / "talks/large.yml").open("wb") as file:
        file.truncate(icalendar.MAX_FILE_BYTES + 1)
    result = run("import", "talks/main.yml", *NOW)
    assert result.exit_code == 1
    text = (calendar / "schedules/harbour.yaml").read_text()
    assert "Fog" in text
    assert "Oil" in text
    assert "Secret" not in text
    for path, why in {
        "../secret.yml": "lies outside its folder", "link.yml": "lies outside its folder", "more": "does not exist",
        "nowhere.yml": "does not exist", "large.yml": "has more than 10,000,000 bytes", "nul": "cannot be opened",
    }.items():  # fmt: skip
        assert f"  Not imported: It includes {path}, which {why}.\n" in result.stdout


@pytest.mark.slow
def test_a_file_that_cannot_be_read_as_it_stands_is_told_to_be_so() -> None:
    days = [toronto(f"{1980 + n // 12}{n % 12 + 1:02}07", uid=str(n), summary=f"{n}{'x' * 290}") for n in range(1000)]
    found = only(ics(*days))
    assert found.comparison is None
    assert list(describe_conversion(found)) == ["It cannot be read as it is, so nothing could be compared."]
    assert not found.is_complete


def test_nothing_that_a_calendar_holds_is_still_a_chapter() -> None:
    found = only(ics(), today=date(2026, 3, 1))
    assert list(describe_conversion(found)) == ["There is no session from 1 March 2026 to 1 March 2031 to compare."]
    assert icalendar.read_calendar(ics(), "lantern").series == ()


# The page


PAGE = (ROOT / "docs/import.md").read_text("utf-8")


def test_the_example_of_the_page_is_what_the_command_makes_and_says(calendar: Path) -> None:
    file, sentences = (block.text for block in blocks(PAGE, "text"))
    (written,) = (block.text for block in blocks(PAGE, "yaml"))
    events = re.findall("BEGIN:VEVENT\n(.*?)\nEND:VEVENT", file, re.S)
    (calendar / "lantern.ics").write_bytes(ics(*events))
    result = run("import", "lantern.ics", *NOW)
    assert result.stdout == sentences
    assert result.exit_code == 0
    assert (calendar / "schedules/lantern.yaml").read_text() == written


def test_the_limits_of_the_page_are_those_in_force() -> None:
    flat = " ".join(PAGE.split())
    assert (
        f"{icalendar.MAX_FILE_BYTES:,} bytes and {icalendar.MAX_EVENTS:,} events. "
        f"One chapter may get {convert.MAX_CHATS} chats and "
        f"{chapters.MAX_SLOTS:,} sessions, and one event may skip or add {loader.MAX_DATES:,} days."
    ) in flat
    assert f"cut after {text.MAX_LINE_LENGTH} characters." in flat
    assert f"last more than {chapters.MAX_SESSION_LENGTH.days} days" in flat
    assert COMPARED_YEARS == 5


def test_the_command_and_the_page_have_the_same_links_and_exit_codes() -> None:
    assert not broken_links(ROOT / "docs/import.md")
    assert "0 everything was imported" in " ".join(run("import", "--help").stdout.split())
