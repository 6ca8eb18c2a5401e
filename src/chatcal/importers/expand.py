"""The occurrences of calendars that others have written, by recurring-ical-events.

Nobody can tell beforehand how long the rules of a calendar take to expand, nor what its text does to a parser. So
this module is also a program: `expand_in_subprocess` runs it, with limits of time and memory.
"""

import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import ceil
from typing import Any

import icalendar

from chatcal.importers.loader import MAX_NAMED, load_calendar
from chatcal.importers.raw_rules import UnreadableRuleError, parse_raw_rule
from chatcal.importers.selection import Selection
from chatcal.importers.series import (
    LIBRARY_ERRORS,
    EventGroup,
    ForeignCalendarError,
    LoadedEvent,
    Moment,
    find_conference,
    find_join_url,
    get_day,
    is_cancelled,
)
from chatcal.model import Window
from chatcal.recurrence.sessions import convert_to_utc
from chatcal.text import make_single_line
from chatcal.timezones import load_zone

EXPANSION_SECONDS = 15
"""Of the processor."""
PATIENCE = 8
"""So many times longer may that take by the clock, on a machine that is busy with other work."""
SIGKILL, SIGXCPU = 9, 24
"""The signals that end a process which has used its time: Windows has no names for them, and no such limit."""
MAX_SESSIONS = 2_000
MAX_MEMORY_BYTES = 1 << 30
"""Of address space. Linux keeps to this limit, other systems do not."""
_MAX_EVENT_LENGTH = timedelta(days=31)
"""The longest session that a schedule allows."""
_MAX_MOVE = timedelta(days=366)
"""An occurrence that was moved further counts as not moved: dates run from the year 1 to 9999, zones do not."""
_TEXT_LIMITS = {"uid": 500, "summary": 500, "description": 2_000, "location": 501, "url": 501, "join": 501}
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
    join: str = ""
    """The address to join at, found in the whole texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What a calendar holds in a window of time."""

    occurrences: tuple[Occurrence, ...]
    """In order."""
    remarks: tuple[str, ...]
    """Sentences on what was left out, and on what is in doubt."""


def expand_in_subprocess(
    content: bytes,
    within: Window,
    clock: str,
    seconds: float = EXPANSION_SECONDS,
    *,
    only: str | None = None,
    category: str | None = None,
) -> Expansion:
    """Return the occurrences of a calendar that start within a window.

    `clock` is the zone of times that name none; `only` is a text in the titles, if not all are wanted, and `category` a
    category. Raises ForeignCalendarError, also where that takes too long or too much memory.
    """
    values = {"first": str(within.first), "last": str(within.last), "clock": clock, "only": only, "category": category}
    request = json.dumps(values).encode() + b"\n" + content
    too_slow = f"its rules take more than {seconds:g} seconds to expand"
    found = json.loads(run_within_limits("chatcal.importers.expand", request, seconds, too_slow))
    if isinstance(found, str):
        raise ForeignCalendarError(found)
    return Expansion(
        occurrences=tuple(
            Occurrence(
                **values
                | {name: _parse_moment(values[name]) for name in ("slot", "due", "start", "end")}
                | {name: found["texts"][values[name]] for name in _TEXT_LIMITS}
            )
            for values in found["occurrences"]
        ),
        remarks=tuple(found["remarks"]),
    )


def _parse_moment(text: str) -> Moment:
    return datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def compute_occurrences(
    content: bytes, within: Window, clock: str, only: str | None = None, category: str | None = None
) -> Expansion:
    """Return what `expand_in_subprocess` does, without its limits of time and memory."""
    # What begins before the window anywhere on earth is over.
    selection = Selection(first=within.first - timedelta(days=2), only=only, category=category)
    calendar = load_calendar(content, selection=selection)
    found: list[Occurrence] = []
    unread = list(calendar.unread)
    count = 0
    for group in calendar.groups:
        try:
            found += _expand_group(group, within, load_zone(clock))
            count += 1
        except _GroupError as error:
            unread.append(f"{group.main.name}: {error}.")
        if len(found) > MAX_SESSIONS:
            raise ForeignCalendarError(
                f"it has more than {MAX_SESSIONS:,} sessions from {within.first} to {within.last}"
            )
    if unread and not count:
        raise ForeignCalendarError(f"none of its events can be read. {unread[0].rstrip('.')}")
    more = [f"{len(unread) - MAX_NAMED} more of its events could not be read."] if len(unread) > MAX_NAMED else []
    return Expansion(
        occurrences=tuple(sorted(found, key=lambda one: (str(one.due), str(one.start), one.uid, one.summary))),
        remarks=(*unread[:MAX_NAMED], *more, *calendar.private, *calendar.notes),
    )


class _GroupError(Exception):
    """Why the sessions of an event are not known: the end of a sentence."""


def _expand_group(group: EventGroup, within: Window, clock: tzinfo) -> list[Occurrence]:
    """Return the occurrences of a group that start within a window; raises _GroupError."""
    events = (group.main, *group.changes)
    if any(re.search("FREQ=(?:SECOND|MINUTE|HOUR)LY", rule) for rule in group.main.rules):
        raise _GroupError("its rule repeats more often than daily")
    try:
        for rule in group.main.rules:
            parse_raw_rule(rule, group.main.start)
    except UnreadableRuleError:
        # The library passes over a part of a rule that it cannot read.
        raise _GroupError("its rule cannot be read") from None
    if unknown := next(filter(None, (one.unknown_zone for one in events)), ""):
        raise _GroupError(f"its zone {make_single_line(unknown, 60)} is unknown")
    is_recurring = group.shares_uid or any(one.rules or one.added or one.slot for one in events)
    try:
        found = [
            _build_occurrence(one, events[int(one["X-NUMBER"])], group.main, clock, is_recurring=is_recurring)
            for one in _expand_events(group, within)
        ]
    except LIBRARY_ERRORS:
        raise _GroupError("its sessions cannot be computed") from None
    return [one for one in found if within.has_start(one.start)]


def _expand_events(group: EventGroup, within: Window) -> Any:
    # It takes long to import, and only few commands expand.
    import recurring_ical_events

    calendar = icalendar.Calendar()
    for number, one in enumerate((group.main, *group.changes)):
        calendar.add_component(_build_component(one, number))
    # A session that starts within the window anywhere on earth is near it everywhere.
    first, last = within.first - timedelta(days=2), within.last + timedelta(days=3)
    # It warns of rules with both COUNT and UNTIL, and computes them.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return recurring_ical_events.of(calendar).between(first, last)


def _build_component(event: LoadedEvent, number: int) -> icalendar.Event:
    """Return what decides when an event takes place, and its number among the others."""
    usual = timedelta() if isinstance(event.start, datetime) else timedelta(days=1)
    made = icalendar.Event()
    made.add("UID", "group")
    made.add("X-NUMBER", str(number))
    made.add("DTSTART", event.start)
    made.add("DTEND", event.start + (event.length or usual))
    for rule in event.rules:
        made.add("RRULE", icalendar.vRecur.from_ical(rule))
    for day in event.skipped:
        made.add("EXDATE", day)
    for start, length in event.added:
        made.add("RDATE", [(start, length) if length else start])
    # The library takes no further days from what changes a session, and here its series is missing.
    if event.slot and not event.added:
        made.add("RECURRENCE-ID", event.slot, parameters={"RANGE": "THISANDFUTURE"} if event.includes_later else {})
    return made


def _build_occurrence(
    found: Any, event: LoadedEvent, main: LoadedEvent, clock: tzinfo, *, is_recurring: bool
) -> Occurrence:
    start, end = (_normalize_moment(found[name].dt, clock) for name in ("DTSTART", "DTEND"))
    planned = found["RECURRENCE-ID"].dt
    # With RANGE, all later occurrences carry the RECURRENCE-ID of the first one.
    if event.includes_later or not _is_near(_normalize_moment(planned, clock), start):
        planned = found["DTSTART"].dt
    title = event.texts.get("SUMMARY") or main.texts.get("SUMMARY", "")
    texts = {name: event.texts.get(name.upper(), "") for name in ("description", "location", "url")}
    join = find_join_url(find_conference(event), texts["location"], texts["url"])
    texts |= {"uid": event.uid, "summary": title, "join": join}
    status = event.texts.get("STATUS", "")
    return Occurrence(
        recurring=is_recurring,
        slot=get_day(planned),
        due=_normalize_moment(planned, clock),
        start=start,
        end=_compute_end(start, end),
        cancelled=is_cancelled(status),
        tentative=status.upper() == "TENTATIVE",
        **{name: text[: _TEXT_LIMITS[name]] for name, text in texts.items()},
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


def _encode_expansion(expansion: Expansion) -> str:
    """Return JSON that has each text once: thousands of sessions may share a long one."""
    texts: dict[str, int] = {}
    rows = [
        asdict(one) | {name: texts.setdefault(getattr(one, name), len(texts)) for name in _TEXT_LIMITS}
        for one in expansion.occurrences
    ]
    return json.dumps({"texts": list(texts), "occurrences": rows, "remarks": expansion.remarks}, default=str)


def answer_request(request: bytes, expand: Callable[..., Expansion] = compute_occurrences) -> str:
    """Return what the program prints: the occurrences as JSON, or why there are none."""
    first_line, _, content = request.partition(b"\n")
    values = json.loads(first_line)
    within = Window(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
    try:
        return _encode_expansion(expand(content, within, values["clock"], values.get("only"), values.get("category")))
    except ForeignCalendarError as error:
        return json.dumps(str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's text may raise anything in the libraries that read it
        return json.dumps("one of its events or rules cannot be read")


def run_within_limits(module: str, request: bytes, seconds: float, too_slow: str) -> bytes:
    """Return what a module of the importers prints when it gets a request.

    It may use so many seconds of the processor, and wait for it on a busy machine. Raises ForeignCalendarError, with
    `too_slow` where that does not do.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, str(seconds)],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ForeignCalendarError(too_slow) from None
    if done.returncode in (-SIGXCPU, -SIGKILL):
        raise ForeignCalendarError(too_slow)
    if done.returncode:
        raise ForeignCalendarError("it takes more memory than a calendar may")
    return done.stdout


def limit_process(seconds: float) -> None:
    """Let this process have no more memory, and seconds of the processor, than work on a calendar may take."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # Windows does not have it.

        resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    limit_process(float(sys.argv[1]))
    sys.stdout.write(answer_request(sys.stdin.buffer.read()))
