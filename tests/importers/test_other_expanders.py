"""Imports held against two programs that share no code with them: ical.js, and recurring-ical-events.

Their files are the calendars that icalendar and recurring-ical-events test themselves with, and those in tests/cases.
Of each file the sessions of two years from its first on, and of two years from today on, are what ical.js finds, or
what recurring-ical-events finds, or every session that differs is in a sentence of the import. If not, EXPLAINED says
why the import is right. docs/import.md has the counts: `python -m tests.importers.test_other_expanders` writes them.
"""

import json
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from chatcal.importers import convert
from chatcal.importers.convert import ConvertedChapter
from chatcal.importers.series import LIBRARY_ERRORS, ForeignCalendarError
from chatcal.model import Calendar, Window
from chatcal.recurrence.sessions import compute_sessions
from tests.clients.install import HERE
from tests.importers.formats.test_peers import MADE
from tests.pages import missing, program
from tests.support.calendars import ROOT

PAGE = ROOT / "docs/import.md"
ICAL_JS = HERE / "ical_js"
YEARS = timedelta(days=2 * 365)
LIBRARIES = ("icalendar", "recurring_ical_events")

WHOLE_DAY = (
    "an event whose DTEND is the day of its DTSTART lasts that day; both programs end it where it begins (3.6.1)"
)
MIXED = "a DTEND with a time beside a DTSTART without one is wrong (3.8.2.2); the day of its end counts"
EXPLAINED: Mapping[str, str] = {
    "example": WHOLE_DAY,
    "Germany_Holidays": WHOLE_DAY,
    "issue_201_mixed_datetime_and_date": MIXED,
    "issue_201_test_matrix": MIXED,
    "issue_156_RDATE_with_PERIOD_TZID_khal": "the event that has the days of the series changes one of them; the series"
    " itself is missing, so its days are kept (3.8.5.2). Both programs keep one session, or none",
    "issue_156_RDATE_with_PERIOD_TZID_khal_2": "as in the file before it",
    "issue_253_additional_recurrence_id": "a change of a session after the end of its series is kept, as whoever"
    " entered it wants it to take place (3.8.4.4). Both programs drop it",
    "test_calendar": "a day in EXDATE skips all sessions of that day, and an UNTIL without a Z is of the clock of the"
    " start (3.3.10, 3.8.5.1). Both programs skip one session or none, and end earlier",
    "issue_722_missing_timezones": "ical.js passes over periods in RDATE (3.8.5.2), recurring-ical-events refuses the"
    " file",
}
"""Why an import is right where both programs find something else, with sections of RFC 5545, by names of files."""

OUTCOMES = {
    "same": "the same as ical.js finds",
    "second": "the same as recurring-ical-events finds, where ical.js cannot read the file or finds something else",
    "told": "differs from both, and every session that differs is in a sentence",
    "refused": "refused by the import, with a sentence",
    "explained": "differs from both without a sentence; the test says why the import is right",
    "nothing": "without an event that anybody can read",
    "untold": "differs, and nobody says so",
}

Session = tuple[str, str, str]
"""Start and end, in UTC or as days, and title."""
Spans = Sequence[tuple[date, date]]


def files() -> Iterator[tuple[str, Path]]:
    """Yield all calendars, each with where it is from."""
    for package in LIBRARIES:
        with resources.as_file(resources.files(package)) as folder:
            name = package.replace("_", "-")
            yield from ((f"{name} {metadata.version(name)}", file) for file in sorted(folder.rglob("*.ics")))
    yield from (("tests/cases", file) for file in sorted((ROOT / "tests/cases").rglob("*.ics")))


def spans_of(octets: bytes) -> Spans:
    """Return the days that are looked at."""
    found = re.findall(rb"BEGIN:VEVENT(?:(?!END:VEVENT).)*?\nDTSTART[^\n]*:(\d{8})", octets, re.DOTALL)
    starts = [datetime.strptime(one.decode(), "%Y%m%d").date() for one in found]  # noqa: DTZ007 - a day
    first = min((one for one in starts if one > date(1970, 1, 3)), default=MADE)
    return [(day, day + YEARS) for day in (first, MADE)]


def write(moment: datetime | date) -> str:
    """Return a moment as ical.js writes it."""
    if not isinstance(moment, datetime):
        return str(moment)
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%Y-%m-%dT%H:%M:%SZ}"


def title(text: str, name: str) -> str:
    """Return a title as sentences have it; without one it is what the chapter is called."""
    return re.sub(r"^(#\w+) chat$", r"\1", " ".join(text.split())) or name


def by_ical_js(found: Sequence[Path]) -> list[Any]:
    """Return what ical.js finds in files, or why it cannot read one."""
    request = [(str(file), [[str(day) for day in span] for span in spans_of(file.read_bytes())]) for file in found]
    done = subprocess.run(
        [program("node"), str(ICAL_JS / "expand.mjs")],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def by_recurring_ical_events(octets: bytes, spans: Spans) -> list[Session] | None:
    """Return what recurring-ical-events finds in a file; None where it cannot read it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            calendars = icalendar.Calendar.from_ical(octets, multiple=True)
            events = [
                event
                for one in calendars
                for first, last in spans
                for event in recurring_ical_events.of(one).between(first, last + timedelta(days=1))
            ]
            return [
                (write(event.start), write(event.end), str(event.get("SUMMARY", "")))
                for event in events
                if str(event.get("CLASS", "PUBLIC")).upper() == "PUBLIC" and event.get("STATUS") != "CANCELLED"
            ]
    except LIBRARY_ERRORS:
        return None


def by_import(found: Sequence[ConvertedChapter], spans: Spans) -> Iterator[Session]:
    """Yield the sessions of the schedule files that an import makes."""
    for chapter in (one.chapter for one in found if one.chapter):
        for span in spans:
            for session in compute_sessions(Calendar(title="", uid_domain=""), chapter, Window(*span)):
                topic = f": {session.topic}" if session.topic else ""
                if session.cancelled is None:
                    yield write(session.start), write(session.end), (session.title or chapter.label) + topic


def judge(file: Path, theirs: Any) -> str:
    """Return how an import of a file does, given what ical.js finds."""
    octets = file.read_bytes()
    spans = spans_of(octets)
    second = by_recurring_ical_events(octets, spans)
    if not theirs.get("sessions") and not second and b"BEGIN:VEVENT" not in octets:
        return "nothing"
    try:
        found = convert.convert(convert.read_foreign_file(octets, file.stem, MADE), "A file", convert.Wishes(MADE))
    except ForeignCalendarError:
        return "refused" if theirs.get("sessions") or second else "nothing"
    tag = found[0].chapter.label if found[0].chapter else ""
    ours, first, other = (
        {(start, end, title(text, tag)) for start, end, text in sessions if within(start, spans)}
        for sessions in (by_import(found, spans), theirs.get("sessions") or (), second or ())
    )
    if "error" not in theirs and ours == first:
        return "same"
    if second is not None and ours == other:
        return "second"
    said = [one for chapter in found for one in sentences(chapter)]
    if "error" in theirs and second is None:
        return "told" if said and not ours else "untold"
    for seen in [first] * ("error" not in theirs) + [other] * (second is not None):
        if all(any(f"“{text}”" in sentence for sentence in said) for _, _, text in ours ^ seen):
            return "told"
    return "explained" if file.stem in EXPLAINED else "untold"


def sentences(chapter: ConvertedChapter) -> Sequence[str]:
    return (*(chapter.comparison.differences if chapter.comparison else ()), *chapter.left_out, *chapter.notes)


def within(start: str, spans: Spans) -> bool:
    return any(str(first) <= start[:10] <= str(last) for first, last in spans)


@cache
def outcomes() -> tuple[tuple[str, str, str], ...]:
    """Return of each file where it is from, its name, and how its import does."""
    every = list(files())
    answers = by_ical_js([file for _, file in every])
    return tuple((source, file.stem, judge(file, one)) for (source, file), one in zip(every, answers, strict=True))


def tables() -> Iterator[str]:
    """Yield the lines of the table in docs/import.md."""
    sources = list(dict.fromkeys(source for source, _, _ in outcomes()))
    yield f"| sessions of two years | {' | '.join(sources)} |"
    yield f"| --- |{' ---: |' * len(sources)}"
    counts = Counter((source, outcome) for source, _, outcome in outcomes())
    for outcome, what in OUTCOMES.items():
        yield f"| {what} | {' | '.join(str(counts[source, outcome]) for source in sources)} |"


_BEGIN, _END = "<!-- judged -->\n", "<!-- /judged -->\n"


def page() -> str:
    """Return docs/import.md with the counts of this run."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    return before + _BEGIN + "\n".join(tables()) + "\n" + _END + rest.partition(_END)[2]


@pytest.fixture(autouse=True)
def _programs() -> None:
    program("node")
    if not (ICAL_JS / "node_modules").exists():
        raise missing("ical.js is not installed: run `python3 dev.py clients install`.")


@pytest.mark.slow
def test_no_session_differs_from_what_other_programs_find_without_a_sentence_or_a_reason() -> None:
    assert [name for _, name, outcome in outcomes() if outcome == "untold"] == []


@pytest.mark.slow
def test_every_explained_file_differs() -> None:
    assert {name for _, name, outcome in outcomes() if outcome == "explained"} == set(EXPLAINED)


@pytest.mark.slow
def test_the_counts_of_the_page_are_those_of_this_run() -> None:
    assert page() == PAGE.read_text("utf-8"), "Run `python -m tests.importers.test_other_expanders`."


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
