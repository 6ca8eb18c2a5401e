"""The calendars of toml-to-ical (the Rust project): files of events, which may include others."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chatcal.english import DAYS, format_count
from chatcal.importers.formats.documents import ReadFile, Values
from chatcal.importers.formats.entries import Entry, Findings, make_event, parse_moment, read_event_files, split_people
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, Moment
from chatcal.text import make_single_line
from chatcal.timezones import load_any_zone

_KEYS = ("name", "description", "timezones", "meta", "events")
_EVENT_KEYS = (
    "uid", "created_on", "last_modified_on", "title", "description", "start", "end", "location", "status",
    "transparency", "organizer", "recurrence_rules", "recurrences", "exceptions", "recurrence_id",
)  # fmt: skip
_FREQUENCIES = ("yearly", "monthly", "weekly", "daily", "hourly", "minutely", "secondly")
_PARTS = {
    "interval": "INTERVAL", "count": "COUNT", "by_second": "BYSECOND", "by_minute": "BYMINUTE", "by_hour": "BYHOUR",
    "by_month_day": "BYMONTHDAY", "by_year_day": "BYYEARDAY", "by_week_no": "BYWEEKNO", "by_month": "BYMONTH",
}  # fmt: skip


def is_toml_to_ical(found: Values) -> bool:
    """Say whether a document is of this kind; its events have a `start` where those of yaml2ics `begin`."""
    events = found.get_mappings("events")
    has_own_key = any("start" in one for one in events) or "meta" in found or "timezones" in found
    return has_own_key and not any("begin" in one for one in events)


def read_toml_to_ical(found: Values, name: str, read_file: ReadFile) -> ForeignCalendar:
    """Return the calendar of a file and those that it includes; raises ForeignCalendarError if no event can be read."""
    return read_event_files(
        found, name, lambda one: one.get_mapping("meta").get_list("includes"), _read_events, read_file
    )


def _read_events(found: Values, findings: Findings) -> Iterator[Entry]:
    findings.note_unread(found, _KEYS)
    for one in found.get_list("events"):
        event = Values.take(one)
        title = event.get_text("title")
        try:
            yield _build_entry(event, title, findings)
        except ForeignCalendarError as error:
            findings.left_out.append(f"{f'“{title}”' if title else 'An event'}: {error}.")


def _build_entry(found: Values, title: str, findings: Findings) -> Entry:
    start, zone = _read_moment(found, "start")
    event = make_event({
        "uid": found.get_text("uid") or f"{title} {start}",
        "summary": title,
        "location": found.get_paragraphs("location"),
        "description": found.get_paragraphs("description"),
        "status": found.get_text("status").upper(),
    })  # fmt: skip
    event.add("dtstart", start)
    if "end" in found:
        event.add("dtend", _read_moment(found, "end")[0])
    if "recurrence_id" in found:
        event.add("recurrence-id", _read_moment(found, "recurrence_id")[0])
    for one in found.get_list("recurrences"):
        event.add("rdate", parse_moment(one, None, "a time of its `recurrences`"))
    moved = 0
    for one in found.get_list("exceptions"):
        named = parse_moment(one, zone, "a time of its `exceptions`")
        skipped = _find_skipped(named, start, zone)
        moved += isinstance(named, datetime) and not isinstance(skipped, datetime)
        event.add("exdate", skipped)
    if moved:
        days = f"{format_count(moved, 'exception')} of “{title}” {'names' if moved == 1 else 'name'} another time"
        findings.notes.append(f"{days} than the event's: that day is skipped all the same. toml-to-ical would hold it.")
    rules = tuple(_format_rule(Values.take(one), findings) for one in found.get_list("recurrence_rules"))
    findings.note_unread(found, _EVENT_KEYS)
    organizer = found.get_mapping("organizer").get_text("name") or found.get_text("organizer")
    return Entry(event=event, lines=rules, hosts=split_people(organizer))


def _read_moment(found: Values, key: str) -> tuple[Moment, ZoneInfo | None]:
    """Return a date or time and the zone that stands with it."""
    value = found.get(key)
    if not isinstance(value, Values):
        return parse_moment(value, None, f"its `{key}`"), None
    name = value.get_text("timezone")
    zone = load_any_zone(name)
    if zone is None:
        raise ForeignCalendarError(f"its time zone does not exist: {make_single_line(name, 60)}")
    return parse_moment(value.get("date"), zone, f"its `{key}`"), zone


def _find_skipped(exception: Moment, start: Moment, zone: ZoneInfo | None) -> Moment:
    """Return the session that an exception skips, or its day if it is not at the time of the event.

    Exceptions are in UTC, and people write the local time of the event there.
    """
    if not isinstance(start, datetime) or not isinstance(exception, datetime) or exception.tzinfo is None:
        return exception
    local = exception.astimezone(zone or start.tzinfo)
    if local.time() == start.time():
        return exception
    as_written = exception.astimezone(UTC)
    return as_written.date() if as_written.time() == start.time() else local.date()


def _format_rule(found: Values, findings: Findings) -> str:
    frequency = found.get_text("frequency")
    if frequency not in _FREQUENCIES:
        raise ForeignCalendarError('one of its `recurrence_rules` has no `frequency` like "weekly"')
    parts = [f"FREQ={frequency.upper()}"]
    for key, name in _PARTS.items():
        if values := found.get_list(key):
            parts.append(f"{name}={','.join(_format_number(one) for one in values)}")
    if "until" in found:
        until = parse_moment(found["until"], None, "the `until` of its rule")
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%SZ}" if isinstance(until, datetime) else f"UNTIL={until:%Y%m%d}")
    if days := found.get_list("by_day"):
        parts.append(f"BYDAY={','.join(_format_day(Values.take(one)) for one in days)}")
    if week_start := found.get_text("week_start"):
        parts.append(f"WKST={_format_weekday(week_start)}")
    findings.note_unread(found, ("frequency", "until", "by_day", "week_start", *_PARTS), " in `recurrence_rules`")
    return f"RRULE:{';'.join(parts)}"


def _format_number(value: Any) -> str:
    if not re.fullmatch(r"-?\d{1,9}", str(value)):
        raise ForeignCalendarError(f"one of its `recurrence_rules` has no number: {make_single_line(str(value), 60)}")
    return str(value)


def _format_day(found: Values) -> str:
    return f"{_format_number(found['num']) if 'num' in found else ''}{_format_weekday(found.get_text('day'))}"


def _format_weekday(name: str) -> str:
    if name.capitalize() not in DAYS:
        raise ForeignCalendarError(f"one of its `recurrence_rules` has no day: {make_single_line(name, 60)}")
    return name[:2].upper()
