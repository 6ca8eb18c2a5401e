"""The occurrences of calendars that others have written, by recurring-ical-events.

Nobody can tell beforehand how long the rules of a calendar take to expand, nor what its text does to a parser. So
this module is also a program: `expand_in_subprocess` runs it, with limits of time and memory.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import icalendar

from chatcal.importers.series import ForeignCalendarError, Moment, Series, get_day, list_values
from chatcal.model import Window
from chatcal.recurrence.sessions import convert_to_utc
from chatcal.text import make_single_line
from chatcal.timezones import load_zone

EXPANSION_SECONDS = 15
MAX_SESSIONS = 2_000
MAX_COMPONENTS = 20_000
"""Events, alarms and zones of a calendar. A real one of 2 MB has some 6,000."""
MAX_MEMORY_BYTES = 1 << 30
"""Of address space. Linux keeps to this limit, other systems do not."""
_MAX_EVENT_LENGTH = timedelta(days=31)
"""The longest session that a schedule allows."""
_MAX_MOVE = timedelta(days=366)
"""An occurrence that was moved further counts as not moved: dates run from the year 1 to 9999, zones do not."""
_TEXT_LIMITS = {"uid": 500, "summary": 500, "description": 2_000, "location": 501, "url": 501}
"""How many characters of each text are of use: an address that is longer than 500 is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence of an event (RFC 5545 section 3.6.1), its texts as they are; times are in UTC, or dates."""

    uid: str
    """Of its series; empty where there is none."""
    recurring: bool
    slot: date
    """The day on which it was due, on its own clock."""
    due: Moment
    start: Moment
    end: Moment
    cancelled: bool
    tentative: bool
    summary: str
    description: str
    location: str
    url: str


def expand_in_subprocess(
    content: bytes, within: Window, clock: str, seconds: float = EXPANSION_SECONDS
) -> tuple[Occurrence, ...]:
    """Return the occurrences of a calendar that start within a window, in order.

    `clock` is the zone of times that name none. Raises ForeignCalendarError, also where that takes too long or too
    much memory.
    """
    request = {"first": str(within.first), "last": str(within.last), "clock": clock}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "chatcal.importers.expand"],
            input=json.dumps(request).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ForeignCalendarError(f"its rules take more than {seconds:g} seconds to expand") from None
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise ForeignCalendarError("it takes more memory than a calendar may") from None
    if isinstance(found, str):
        raise ForeignCalendarError(found)
    return tuple(
        Occurrence(
            **values
            | {name: _parse_moment(values[name]) for name in ("slot", "due", "start", "end")}
            | {name: found["texts"][values[name]] for name in _TEXT_LIMITS}
        )
        for values in found["occurrences"]
    )


def _parse_moment(text: str) -> Moment:
    return datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def compute_occurrences(content: bytes, within: Window, clock: str) -> list[Occurrence]:
    """Return what `expand_in_subprocess` does, without its limits of time and memory."""
    calendar = icalendar.Calendar.from_ical(_decode_calendar(content))
    rules = (rule.to_ical().decode() for part in calendar.walk() for rule in list_values(part, "RRULE"))
    if any(re.search("FREQ=(?:SECOND|MINUTE|HOUR)LY", rule, re.IGNORECASE) for rule in rules):
        raise ForeignCalendarError("one of its rules repeats more often than daily")
    series = {
        _read_text(one, "UID") for one in calendar.walk("VEVENT") if {"RRULE", "RDATE", "RECURRENCE-ID"} & one.keys()
    }
    found = []
    for event in _expand_calendar(calendar, within):
        one = _build_occurrence(event, series, load_zone(clock))
        if within.has_start(one.start):
            found.append(one)
            if len(found) > MAX_SESSIONS:
                raise ForeignCalendarError(
                    f"it has more than {MAX_SESSIONS:,} sessions from {within.first} to {within.last}"
                )
    return sorted(found, key=lambda one: (str(one.due), str(one.start), one.uid, one.summary))


def expand_series(series: Series, within: Window) -> Iterator[tuple[Moment, Moment, str]]:
    """Yield start and end (in UTC, or dates) and title of each session that is held and starts within a window.

    A time without a zone counts as UTC. Raises ForeignCalendarError where the library cannot expand the series.
    """
    calendar = icalendar.Calendar()
    for event in series.components:
        calendar.add_component(event)
    try:
        found = list(_expand_calendar(calendar, within))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ForeignCalendarError(make_single_line(str(error), 120)) from None
    for one in found:
        start, end = (_normalize_moment(one[name].dt, UTC) for name in ("DTSTART", "DTEND"))
        if not isinstance(start, datetime) and end == start:
            end = start + timedelta(days=1)
        if within.has_start(start) and _read_text(one, "STATUS").upper() != "CANCELLED":
            yield start, end, make_single_line(_read_text(one, "SUMMARY")) or series.main.summary


def _expand_calendar(calendar: icalendar.Calendar, within: Window) -> Any:
    # It takes long to import, and only few commands expand.
    import recurring_ical_events

    # A session that starts within the window anywhere on earth is near it everywhere.
    first, last = within.first - timedelta(days=2), within.last + timedelta(days=3)
    return recurring_ical_events.of(calendar).between(first, last)


def _decode_calendar(content: bytes) -> str:
    """Return the text of a calendar; raises ForeignCalendarError where it clearly is not one."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ForeignCalendarError("it is not saved as UTF-8") from None
    if not re.match("BEGIN:VCALENDAR", text, re.IGNORECASE):
        raise ForeignCalendarError("it is a web page" if text.startswith("<") else "it is not a calendar")
    if not re.search(r"END:VCALENDAR\Z", text, re.IGNORECASE):
        raise ForeignCalendarError("it is cut short")
    if len(re.findall("^BEGIN:", text, re.IGNORECASE | re.MULTILINE)) > MAX_COMPONENTS:
        raise ForeignCalendarError(f"it has more than {MAX_COMPONENTS:,} parts")
    return text


def _read_text(event: Any, name: str) -> str:
    """Return what is of use of the text of a property; of the first one where there are two."""
    return next((str(value).strip()[: _TEXT_LIMITS.get(name.lower())] for value in list_values(event, name)), "")


def _build_occurrence(event: Any, series: set[str], clock: tzinfo) -> Occurrence:
    start, end = (_normalize_moment(event[name].dt, clock) for name in ("DTSTART", "DTEND"))
    recurrence_id = list_values(event, "RECURRENCE-ID")[0]
    planned = recurrence_id.dt
    # With RANGE, all later occurrences carry the RECURRENCE-ID of the first one.
    if "RANGE" in recurrence_id.params or not _is_near(_normalize_moment(planned, clock), start):
        planned = event["DTSTART"].dt
    uid, status = (_read_text(event, name) for name in ("UID", "STATUS"))
    return Occurrence(
        uid=uid,
        recurring=uid in series,
        slot=get_day(planned),
        due=_normalize_moment(planned, clock),
        start=start,
        end=_compute_end(start, end),
        cancelled=status.upper() == "CANCELLED",
        tentative=status.upper() == "TENTATIVE",
        **{name: _read_text(event, name) for name in ("summary", "description", "location", "url")},
    )


def _normalize_moment(moment: Moment, clock: tzinfo) -> Moment:
    """Return a time in UTC; one without a zone is a time of that clock."""
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else convert_to_utc(moment.replace(tzinfo=clock))[0]


def _is_near(due: Moment, start: Moment) -> bool:
    """Say whether an occurrence may have been moved that far, and whether both are times, or both are dates."""
    if isinstance(due, datetime) != isinstance(start, datetime):
        return False
    moved: timedelta = due - start  # type: ignore[operator] # both are times, or both dates
    return abs(moved) < _MAX_MOVE


def _compute_end(start: Moment, end: Moment) -> Moment:
    """Return the end of an event, which lasts an hour or a day where it names none."""
    if end > start:
        return min(end, start + _MAX_EVENT_LENGTH)
    return start + (timedelta(hours=1) if isinstance(start, datetime) else timedelta(days=1))


def _encode_occurrences(found: Iterable[Occurrence]) -> str:
    """Return JSON that has each text once: thousands of sessions may share a long one."""
    texts: dict[str, int] = {}
    rows = [
        asdict(one) | {name: texts.setdefault(getattr(one, name), len(texts)) for name in _TEXT_LIMITS} for one in found
    ]
    return json.dumps({"texts": list(texts), "occurrences": rows}, default=str)


def answer_request(
    request: bytes, expand: Callable[[bytes, Window, str], list[Occurrence]] = compute_occurrences
) -> str:
    """Return what the program prints: the occurrences as JSON, or why there are none."""
    first_line, _, content = request.partition(b"\n")
    values = json.loads(first_line)
    within = Window(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
    try:
        return _encode_occurrences(expand(content, within, values["clock"]))
    except ForeignCalendarError as error:
        return json.dumps(str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's text may raise anything in the libraries that read it
        return json.dumps("one of its events or rules cannot be read")


if __name__ == "__main__":
    with suppress(ImportError, OSError, ValueError):
        import resource  # Windows does not have it.

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    sys.stdout.write(answer_request(sys.stdin.buffer.read()))
