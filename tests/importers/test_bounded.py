"""Files of others are imported in a process of its own, within bounds of time and memory."""

import pickle
import shutil
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from chatcal.importers.bounded import answer_request, run_within_limits
from chatcal.importers.convert import IMPORT_SECONDS, ConvertedChapter, Wishes, convert_in_subprocess, read_foreign_file
from chatcal.importers.series import ForeignCalendarError
from tests.cli.test_cli import as_program
from tests.support.calendars import CALENDAR
from tests.support.imports import TODAY, all_of, event, ics, toronto
from tests.support.patience import patient

SOUND = ics(toronto("20260107", "RRULE:FREQ=WEEKLY"))


def convert(content: bytes, seconds: float = IMPORT_SECONDS) -> list[ConvertedChapter]:
    return convert_in_subprocess(content, "lantern", "The file lantern.ics", Wishes(TODAY), seconds=seconds)


def test_what_is_made_in_another_process_is_what_would_be_made_here() -> None:
    assert convert(SOUND) == all_of(SOUND)


def test_the_reason_comes_back() -> None:
    with pytest.raises(ForeignCalendarError, match=r"[0-9,]+ bytes"):
        convert(SOUND + b"\r\n" * 5_000_000)


def test_what_a_file_includes_is_read_only_from_its_own_folder(tmp_path: Path) -> None:
    talks = b"name: Talks\nevents: [{summary: Lamps, begin: 2026-05-06}]\ninclude: [more.yml]\n"
    (tmp_path / "more.yml").write_text("events: [{summary: Fog, begin: 2026-05-07}]\n")
    (found,) = convert_in_subprocess(talks, "talks", "A file", Wishes(TODAY), folder=tmp_path)
    assert found.is_complete
    (alone,) = convert_in_subprocess(talks, "talks", "A calendar at lantern.example", Wishes(TODAY))
    assert alone.left_out == ("It includes more.yml, which must be imported by itself.",)
    assert read_foreign_file(talks, "talks", TODAY).remarks == alone.left_out


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_many_blank_lines_take_no_time(end: bytes) -> None:
    blank = end * (1_500_000 // len(end)) + b"X-BLANK:1\r\n"
    began = time.monotonic()  # it was hours where each of them was looked at once for each other one
    assert all_of(SOUND.replace(b"BEGIN:VEVENT", blank + b"BEGIN:VEVENT"))[0].is_complete
    assert time.monotonic() - began < patient(60)


def test_a_file_that_takes_for_ever_is_left_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(ForeignCalendarError, match=r"it takes more than 0\.01 seconds to read"):
        convert(SOUND, 0.01)
    assert time.monotonic() - began < patient(10)


@pytest.mark.slow
def test_many_values_of_one_property_cost_little() -> None:
    many = ics(toronto("20260107", "RRULE:FREQ=WEEKLY", *(f"CATEGORIES:{number}" for number in range(100_000))))
    began = time.process_time()
    # It took minutes.
    assert all_of(many)[0].chapter == all_of(SOUND)[0].chapter
    assert time.process_time() - began < 10


def test_a_tag_that_never_ends_takes_no_time() -> None:
    began = time.process_time()
    all_of(ics(*(toronto("20260107", "DESCRIPTION:<a " + "=" * 19_000, uid=str(n)) for n in range(20))))
    assert time.process_time() - began < 10


def test_many_events_in_a_zone_that_only_the_file_defines_take_no_time() -> None:
    lines = ("TZID:Home", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300")
    zone = "\n".join(["BEGIN:VTIMEZONE", *lines, "END:STANDARD", "END:VTIMEZONE"])
    days = (date(2026, 3, 2) + timedelta(days=number % 900) for number in range(2_000))
    events = (event(f"DTSTART;TZID=Home:{day:%Y%m%d}T130000", uid=str(n)) for n, day in enumerate(days))
    began = time.process_time()
    all_of(ics(zone, *events))
    assert time.process_time() - began < 10


def run_out_of_memory() -> None:
    raise MemoryError


def test_what_raises_anything_at_all_is_not_imported() -> None:
    with pytest.raises(ForeignCalendarError, match="one of its events or rules cannot be read"):
        run_within_limits(30, "it takes too long", divmod, 1, 0)
    # Once more in this process: the coverage of the other is not measured.
    assert isinstance(pickle.loads(answer_request(pickle.dumps((divmod, (1, 0), {})))), ForeignCalendarError)  # noqa: S301
    request = pickle.dumps((read_foreign_file, (b"<html>", "lantern", TODAY), {}))
    assert isinstance(pickle.loads(answer_request(request)), ForeignCalendarError)  # noqa: S301
    with pytest.raises(MemoryError):
        answer_request(pickle.dumps((run_out_of_memory, (), {})))


def test_a_process_that_dies_has_taken_too_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("git"))
    with pytest.raises(ForeignCalendarError, match="more memory than a calendar may"):
        convert(SOUND)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit the time of a process")
def test_a_process_that_has_used_its_time_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "busy"
    program.write_text(
        f"#!{sys.executable}\nfrom chatcal.importers import bounded\nbounded.limit_process(1)\nwhile True: pass\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(ForeignCalendarError, match="it takes more than 100 seconds to read"):
        convert(SOUND, 100)


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        ["DTEND:20260107T190000Z", "DTEND:20260107T200000Z"],
        ["DURATION:PT1H", "DURATION:PT2H"],
        ["DURATION:P9999999D"],
        ["DURATION:P99999999999999999999W"],
        ["DURATION:-P9999999D"],
        ["RECURRENCE-ID:20260107T180000Z", "RECURRENCE-ID:20260107T180000Z"],
        ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
        ["DTSTART:20260108T180000Z"],
        ["SEQUENCE:1", "SEQUENCE:2"],
        ["UID:b", "UID:c"],
        ["CLASS:PUBLIC", "CLASS:PRIVATE"],
        ["EXDATE:20260107T180000Z/P9999999D"],
        ["RDATE;VALUE=PERIOD:20260107T180000Z/P9999999D"],
        ["RDATE;VALUE=PERIOD:99991231T235959Z/P9D"],
    ],
    ids=" ".join,
)
def test_an_event_with_a_property_twice_or_beyond_all_bounds_ends_with_a_sentence(
    tmp_path: Path, lines: list[str]
) -> None:
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "x.ics").write_bytes(ics(event("DTSTART:20260107T180000Z", "SUMMARY:S", *lines)))
    done = as_program("import", "x.ics", "--now", "2026-03-01T00:00:00Z", cwd=tmp_path)
    assert done.returncode in (0, 1, 3)
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr.startswith("chatcal: ")


def test_the_day_of_an_import_is_what_it_is_told() -> None:
    (today,) = convert_in_subprocess(SOUND, "lantern", "A file", Wishes(date(2027, 1, 1)))
    assert today.comparison
    assert today.comparison.windows[-1].last.year == 2032
