"""Calendars that the libraries icalendar and recurring-ical-events test themselves with, imported one and all.

docs/import.md has the figures. After an upgrade of a library `python -m tests.importers.test_corpus` writes them anew:
look at what changed, and say why below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path

import pytest

from chatcal.english import format_count
from chatcal.importers import convert
from chatcal.importers.series import ForeignCalendarError
from tests.importers.formats.test_peers import FILES, MADE
from tests.support.calendars import ROOT

PAGE = ROOT / "docs/import.md"
LIBRARIES = {"icalendar": "icalendar", "recurring-ical-events": "recurring_ical_events"}

NO_END = "a time without an end: chatcal assumes an hour"
WHY = {
    "times to the second: chatcal keeps minutes": (
        "discourse_no_dtend",
        "issue_722_timezone_transition_ambiguity",
        "rfc_9253_examples",
    ),
    "`RANGE=THISANDFUTURE`: chatcal changes only the first session, and says so": ("issue_75_range_parameter",),
}
"""Why sessions of a file are not alike, where it is not for want of an end."""

KINDS = (
    (
        r"(cannot|could not) be read\.|it has no DTSTART\.|its DTSTART stands twice\.",
        "events of which a part cannot be read",
    ),
    (r"(times of being busy|to-dos|journal entries) were left out\.", "to-dos, journal entries, busy times"),
    (r"events? marked as private w", "events marked as private"),
    (r"events? that only repeats? another\.", "events that only repeat another"),
    (
        r"has a rule that a schedule cannot have",
        "rules in another calendar system, or with parts that are not in RFC 5545",
    ),
)


@dataclass(frozen=True)
class Imported:
    """What an import makes of a file: sessions in all and alike, what differs, and what was left out."""

    name: str
    sessions: int
    alike: int
    differences: tuple[str, ...]
    left_out: tuple[str, ...]
    refused: bool = False


def imported(file: Path) -> Imported:
    try:
        found = convert.convert(
            convert.read_foreign_file(file.read_bytes(), file.stem, MADE), "A file", convert.Wishes(MADE)
        )
    except ForeignCalendarError:
        return Imported(file.stem, 0, 0, (), (), refused=True)
    compared = [one.comparison for one in found]
    return Imported(
        file.stem,
        sum(one.sessions for one in compared if one),
        sum(one.matching for one in compared if one),
        tuple(sentence for one in compared for sentence in (one.differences if one else ["It is too large."])),
        tuple(sentence for one in found for sentence in one.left_out),
    )


@cache
def of_library(package: str) -> tuple[Imported, ...]:
    """Return what an import makes of the calendars in an installed package."""
    with resources.as_file(resources.files(package)) as folder:
        return tuple(map(imported, sorted(folder.rglob("*.ics"))))


def of_examples(program: str) -> tuple[Imported, ...]:
    """Return what an import makes of the example files of yaml2ical or yaml2ics."""
    return tuple(imported(file) for file in FILES if file.parent.name == program and file.stem != "frequencies")


def everything() -> list[Imported]:
    return [one for package in LIBRARIES.values() for one in of_library(package)]


def has_no_end(found: Imported) -> bool:
    return all(" lasts 60 minutes here and 0 minutes there: " in one for one in found.differences)


def tables() -> Iterator[str]:
    """Yield the lines of the tables in docs/import.md."""
    yield "| from | files | no calendar | sessions | the same |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    whole = {f"{name} {metadata.version(name)}": of_library(package) for name, package in LIBRARIES.items()}
    whole |= {"yaml2ical 0.15.0": of_examples("yaml2ical"), "yaml2ics 0.3": of_examples("yaml2ics")}
    for name, found in whole.items():
        sessions, alike = (sum(getattr(one, what) for one in found) for what in ("sessions", "alike"))
        yield f"| {name} | {len(found):,} | {sum(one.refused for one in found):,} | {sessions:,} | {alike:,} |"
    yield ""
    yield "| why sessions differ | files | sessions | the same |"
    yield "| --- | --- | ---: | ---: |"
    differing = [one for one in everything() if one.differences]
    endless = [one for one in differing if has_no_end(one)]
    groups = [(NO_END, format_count(len(endless), "file"), endless)]
    for why, names in WHY.items():
        groups.append((why, ", ".join(f"`{name}`" for name in names), [one for one in differing if one.name in names]))
    for why, shown, of_why in groups:
        yield f"| {why} | {shown} | {sum(one.sessions for one in of_why):,} | {sum(one.alike for one in of_why):,} |"
    yield ""
    yield "| what was not imported, with a sentence | files |"
    yield "| --- | ---: |"
    for pattern, what in KINDS:
        yield f"| {what} | {sum(any(re.search(pattern, s) for s in one.left_out) for one in everything())} |"


_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"


def page() -> str:
    """Return docs/import.md with the figures of this run."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    return before + _BEGIN + "\n".join(tables()) + "\n" + _END + rest.partition(_END)[2]


@pytest.mark.slow
def test_the_figures_of_the_page_are_those_of_this_run() -> None:
    assert page() == PAGE.read_text("utf-8"), (
        "Run `python -m tests.importers.test_corpus`, and look at what it changes."
    )


@pytest.mark.slow
def test_every_file_that_differs_has_its_reason_and_every_reason_a_file() -> None:
    differing = {one.name for one in everything() if one.differences and not has_no_end(one)}
    assert differing == {name for names in WHY.values() for name in names}


@pytest.mark.slow
def test_everything_that_is_left_out_is_of_a_known_kind() -> None:
    for one in everything():
        for sentence in one.left_out:
            assert any(re.search(pattern, sentence) for pattern, _ in KINDS), sentence


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
