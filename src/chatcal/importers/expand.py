"""The occurrences of calendars that others have written, by recurring-ical-events."""

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import icalendar

from chatcal.importers.bounded import run_within_limits
from chatcal.importers.loader import load_calendar
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
    is_cancelled,
    name_some,
)
from chatcal.model import Window, get_day
from chatcal.recurrence.sessions import convert_to_utc
from chatcal.text import make_single_line
from chatcal.timezones import load_zone

EXPANSION_SECONDS = 15
"""Of the processor."""
MAX_SESSIONS = 2_000
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
    too_slow = f"its rules take more than {seconds:g} seconds to expand"
    return run_within_limits(seconds, too_slow, compute_occurrences, content, within, clock, only, category)


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
    return Expansion(
        occurrences=tuple(sorted(found, key=lambda one: (str(one.due), str(one.start), one.uid, one.summary))),
        remarks=(*name_some(unread, "more of its events could not be read."), *calendar.private, *calendar.notes),
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
    # Thousands of occurrences may share the long texts of an event.
    fields = [{"recurring": is_recurring, **_list_fields(one, group.main)} for one in events]
    try:
        found = []
        for one in _expand_events(group, within):
            number = int(one["X-NUMBER"])
            found.append(Occurrence(**_find_times(one, events[number], clock), **fields[number]))
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
    made = icalendar.Event()
    made.add("UID", "group")
    made.add("X-NUMBER", str(number))
    made.add("DTSTART", event.start)
    made.add("DTEND", event.start + event.usual_length)
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


def _list_fields(event: LoadedEvent, main: LoadedEvent) -> dict[str, Any]:
    """Return what all occurrences of an event say."""
    texts = {name: event.texts.get(name.upper(), "") for name in ("description", "location", "url")}
    texts["uid"] = event.uid
    texts["summary"] = event.texts.get("SUMMARY") or main.texts.get("SUMMARY", "")
    texts["join"] = find_join_url(find_conference(event), texts["location"], texts["url"])
    status = event.texts.get("STATUS", "")
    return {
        "cancelled": is_cancelled(status),
        "tentative": status.upper() == "TENTATIVE",
        **{name: text[: _TEXT_LIMITS[name]] for name, text in texts.items()},
    }


def _find_times(found: Any, event: LoadedEvent, clock: tzinfo) -> dict[str, Any]:
    start, end = (_normalize_moment(found[name].dt, clock) for name in ("DTSTART", "DTEND"))
    planned = found["RECURRENCE-ID"].dt
    # With RANGE, all later occurrences carry the RECURRENCE-ID of the first one.
    if event.includes_later or not _is_near(_normalize_moment(planned, clock), start):
        planned = found["DTSTART"].dt
    return {
        "slot": get_day(planned),
        "due": _normalize_moment(planned, clock),
        "start": start,
        "end": _compute_end(start, end),
    }


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
