"""Calendars as other programs write them, well or badly: each imported, and followed.

tests/cases/foreign.test has the calendars, and what is read. After a change `python -m tests.importers.test_foreign`
writes what is read now: look at what changed.
"""

from collections.abc import Iterator
from datetime import date

import pytest

from chatcal.cli.import_ import describe_conversion
from chatcal.importers import convert
from chatcal.importers.expand import Occurrence, compute_occurrences
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Window
from tests.support.calendars import ROOT
from tests.support.cases import Parts, read_cases, replace_parts

FILE = ROOT / "tests/cases/foreign.test"
CASES = read_cases(FILE)
TODAY = date(2026, 11, 28)
WITHIN = Window(TODAY, date(2027, 3, 31))


def calendar(case: Parts) -> bytes:
    """Return the file of a case; the lines around its events may be left out, and so may be CR."""
    text = case["case"]
    if b"VCALENDAR" not in text.replace(b"\0", b""):
        text = b"BEGIN:VCALENDAR\n" + text + b"END:VCALENDAR\n"
    return text if b"\r" in text or b"\0" in text else text.replace(b"\n", b"\r\n")


def describe(one: Occurrence) -> str:
    """Return what is read of an occurrence, in one line."""
    said = {
        "": one.summary,
        "cancelled": "yes" if one.cancelled else "",
        "due": str(one.due) if one.due != one.start else "",
        "join": one.join,
        "place": one.location,
        "says": one.description.replace("\n", " / "),
    }
    shown = "; ".join(f"{name} {text}".strip() for name, text in said.items() if text)
    return f"{str(one.start).removesuffix('+00:00')} for {one.end - one.start}: {shown}"  # type: ignore[operator] # alike


def follow(octets: bytes) -> Iterator[str]:
    """Yield what a followed calendar gives in a chapter of Berlin."""
    try:
        found = compute_occurrences(octets, WITHIN, "Europe/Berlin")
    except ForeignCalendarError as error:
        yield f"refused: {error}."
        return
    yield from map(describe, found.occurrences)
    yield from (f"remark: {one}" for one in found.remarks)


def read(octets: bytes) -> Iterator[str]:
    """Yield what an import prints and writes."""
    try:
        found = convert.convert(
            convert.read_foreign_file(octets, "lights", TODAY), "The file lights.ics", convert.Wishes(TODAY)
        )
    except ForeignCalendarError as error:
        yield f"refused: {error}."
        return
    for one in found:
        yield from describe_conversion(one)
        yield f"complete: {'yes' if one.is_complete else 'no'}"
        kept = one.text.replace("sources:\n  - The file lights.ics\n", "").split("\n")
        yield from (f"  {line}" for line in kept if line)


def lines(found: Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in found).encode()


@pytest.mark.parametrize("name", CASES)
def test_a_calendar_is_followed_as_it_is_meant(name: str) -> None:
    assert lines(follow(calendar(CASES[name]))).decode() == CASES[name]["follow"].decode()


@pytest.mark.parametrize("name", CASES)
def test_a_calendar_is_imported_as_it_is_meant(name: str) -> None:
    assert lines(read(calendar(CASES[name]))).decode() == CASES[name]["import"].decode()


def test_nothing_private_is_read_anywhere() -> None:
    for case in CASES.values():
        assert b"Secret" not in case["follow"] + case["import"]


if __name__ == "__main__":
    replace_parts(FILE, "follow", [lines(follow(calendar(case))) for case in CASES.values()])
    replace_parts(FILE, "import", [lines(read(calendar(case))) for case in CASES.values()])
