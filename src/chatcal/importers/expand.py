"""A calendar that somebody else has written to its occurrences, in a process of its own, which can be stopped.

No look at a calendar tells how long its rules take to work out, nor what a text makes of a parser: only an end that is
set from outside does. So this module is also a program, that `worked_out` runs.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chatcal.model import Window
from chatcal.recurrence.sessions import convert_to_utc
from chatcal.timezones import load_zone

EXPANSION_SECONDS = 15
"""For working out all occurrences."""
MAX_SESSIONS = 2_000


MAX_COMPONENTS = 20_000
"""Of a calendar: events, alarms, zones. A real one of 2 MB has some 6,000."""


MAX_MEMORY_BYTES = 1 << 30
"""Of address space, where the system keeps to it: Linux does."""


_MAX_EVENT_LENGTH = timedelta(days=31)
"""As long as a session of a schedule may last."""


_MAX_MOVE = timedelta(days=366)
"""So far may one be moved; calendars count from the year 1 to 9999, and clocks do not."""


_MAX_TEXT_LENGTH = 4_000
"""Of each text; what is shown of it is less."""


class UpstreamCalendarError(Exception):
    """Why nothing can be made of a calendar: the half of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence of an event (RFC 5545 section 3.6.1), its texts as they are."""

    uid: str
    """Of its series; empty where there is none."""
    recurring: bool
    slot: date
    """The day on which it was due, on its own clock."""
    due: datetime | date
    """When it was due, in UTC, or a date."""
    start: datetime | date
    end: datetime | date
    cancelled: bool
    tentative: bool
    summary: str
    description: str
    location: str
    url: str


def expand_in_subprocess(
    octets: bytes, within: Window, clock: str, seconds: float = EXPANSION_SECONDS
) -> tuple[Occurrence, ...]:
    """Return the occurrences of a calendar that start within a window, in order.

    `clock` names the zone of times that name none. Raises Unreadable, also where that takes too long or too much
    memory.
    """
    asked = {"first": within.first.isoformat(), "last": within.last.isoformat(), "clock": clock}
    try:
        ran = subprocess.run(
            [sys.executable, "-P", "-m", "chatcal.importers.expand"],
            input=json.dumps(asked).encode() + b"\n" + octets,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UpstreamCalendarError(f"its rules take more than {seconds:g} seconds to work out") from None
    try:
        found = json.loads(ran.stdout)
    except ValueError:
        raise UpstreamCalendarError("it takes more memory than a calendar may") from None
    if isinstance(found, str):
        raise UpstreamCalendarError(found)
    return tuple(_read_occurrence(one) for one in found)


def _read_occurrence(values: dict[str, Any]) -> Occurrence:
    moments = {name: _parse_iso_moment(values[name]) for name in ("due", "start", "end")}
    return Occurrence(**{**values, **moments, "slot": date.fromisoformat(values["slot"])})


def _parse_iso_moment(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def compute_occurrences(octets: bytes, within: Window, clock: str) -> list[Occurrence]:
    """Return what `worked_out` does, without its bounds of time and memory."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar.from_ical(_decode_calendar(octets))
    if any(re.search("FREQ=(?:SECOND|MINUTE|HOUR)LY", rule, re.IGNORECASE) for rule in _list_rrules(calendar)):
        raise UpstreamCalendarError("a rule of it comes more often than daily")
    several = {
        _read_text_property(one, "UID")
        for one in calendar.walk("VEVENT")
        if {"RRULE", "RDATE", "RECURRENCE-ID"} & {*one}
    }
    # A session that starts within the window somewhere on earth is near it everywhere.
    near = within.first - timedelta(days=2), within.last + timedelta(days=3)
    found = []
    for event in recurring_ical_events.of(calendar).between(*near):
        one = _build_occurrence(event, several, load_zone(clock))
        if within.has_start(one.start):
            found.append(one)
            if len(found) > MAX_SESSIONS:
                raise UpstreamCalendarError(
                    f"it has more than {MAX_SESSIONS:,} sessions from {within.first} to {within.last}"
                )
    return sorted(found, key=lambda one: (str(one.due), str(one.start), one.uid, one.summary))


def _decode_calendar(octets: bytes) -> str:
    """Return the text of a calendar; raises Unreadable where it can be seen to be none."""
    try:
        text = octets.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UpstreamCalendarError("it is not saved as UTF-8") from None
    if not re.match("BEGIN:VCALENDAR", text, re.IGNORECASE):
        raise UpstreamCalendarError("it is a web page" if text.startswith("<") else "it is no calendar")
    if not re.search(r"END:VCALENDAR\Z", text, re.IGNORECASE):
        raise UpstreamCalendarError("it is cut short")
    if len(re.findall("^BEGIN:", text, re.IGNORECASE | re.MULTILINE)) > MAX_COMPONENTS:
        raise UpstreamCalendarError(f"it has more than {MAX_COMPONENTS:,} parts")
    return text


def _list_rrules(calendar: Any) -> Iterator[str]:
    for part in calendar.walk():
        for rule in _list_property(part, "RRULE"):
            yield rule.to_ical().decode()


def _list_property(part: Any, name: str) -> list[Any]:
    """Return every value of a property, however often it stands there."""
    found = part.get(name, [])
    return found if isinstance(found, list) else [found]


def _read_text_property(part: Any, name: str) -> str:
    """Return the text of a property: of the first, where it stands there twice."""
    return next((str(value)[:_MAX_TEXT_LENGTH] for value in _list_property(part, name)), "")


def _build_occurrence(event: Any, several: set[str], clock: Any) -> Occurrence:
    start, end = (_normalize_moment(event[name].dt, clock) for name in ("DTSTART", "DTEND"))
    due = _list_property(event, "RECURRENCE-ID")[0]
    # What is changed from one occurrence on names the first of them for all.
    planned = event["DTSTART"].dt if "RANGE" in due.params else due.dt
    if not _is_near(_normalize_moment(planned, clock), start):
        planned = event["DTSTART"].dt
    uid = _read_text_property(event, "UID")
    status = _read_text_property(event, "STATUS").upper()
    return Occurrence(
        uid=uid,
        recurring=uid in several,
        slot=planned.date() if isinstance(planned, datetime) else planned,
        due=_normalize_moment(planned, clock),
        start=start,
        end=_compute_end(start, end),
        cancelled=status == "CANCELLED",
        tentative=status == "TENTATIVE",
        summary=_read_text_property(event, "SUMMARY"),
        description=_read_text_property(event, "DESCRIPTION"),
        location=_read_text_property(event, "LOCATION"),
        url=_read_text_property(event, "URL"),
    )


def _normalize_moment(moment: datetime | date, clock: Any) -> datetime | date:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        return convert_to_utc(moment.replace(tzinfo=clock))[0]
    return moment.astimezone(UTC)


def _is_near(due: datetime | date, start: datetime | date) -> bool:
    """Say whether an occurrence may have been moved so far, and whether both have a clock time, or none."""
    if isinstance(due, datetime):
        return isinstance(start, datetime) and abs(due - start) < _MAX_MOVE
    return not isinstance(start, datetime) and abs(due - start) < _MAX_MOVE


def _compute_end(start: datetime | date, end: datetime | date) -> datetime | date:
    """Return the end of an event; one that has none lasts an hour, or its day."""
    if end > start:
        return min(end, start + _MAX_EVENT_LENGTH)
    return start + (timedelta(hours=1) if isinstance(start, datetime) else timedelta(days=1))


def answer_request(
    asked: bytes, work_out: Callable[[bytes, Window, str], list[Occurrence]] = compute_occurrences
) -> str:
    """Return what the program prints: occurrences as JSON, or the reason why there are none."""
    first_line, _, octets = asked.partition(b"\n")
    values = json.loads(first_line)
    within = Window(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
    try:
        return json.dumps([asdict(one) for one in work_out(octets, within, values["clock"])], default=_encode_moment)
    except UpstreamCalendarError as error:
        return json.dumps(str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a text of somebody else's makes of the libraries that read it
        return json.dumps("an event of it, or a rule, cannot be read")


def _encode_moment(moment: date) -> str:
    return moment.isoformat()


def _limit_memory() -> None:
    from contextlib import suppress

    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    _limit_memory()
    sys.stdout.write(answer_request(sys.stdin.buffer.read()))
