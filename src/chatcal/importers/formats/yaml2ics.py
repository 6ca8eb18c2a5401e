"""The events of yaml2ics (Scientific Python, CodeRefinery): files of events, which may include others."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event
from icalendar.prop import vRecur

from chatcal.importers.formats.documents import (
    ReadFile,
    Values,
    get_list,
    get_long_text,
    get_mapping,
    get_paragraphs,
    get_text,
    iterate_included,
)
from chatcal.importers.formats.entries import Entry, Findings, parse_moment, read_entries, require_entries, split_people
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError
from chatcal.text import make_single_line
from chatcal.timezones import UTC_NAME, list_zone_names, load_zone

_KEYS = ("name", "description", "timezone", "include", "events")
_EVENT_KEYS = (
    "summary", "name", "begin", "end", "duration", "timezone", "location", "description", "url", "event_url", "status",
    "classification", "organizer", "repeat", "ics",
)  # fmt: skip
_OWN_KEYS = ("uid", "created", "last_modified", "transparent")
"""What chatcal makes itself."""
_REPEAT_KEYS = ("interval", "until", "except_on", "also_on")
_FREQUENCIES = {
    "seconds": "SECONDLY", "minutes": "MINUTELY", "hours": "HOURLY",
    "days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY", "years": "YEARLY",
}  # fmt: skip
_DURATION_UNITS = {"weeks", "days", "hours", "minutes", "seconds"}
_READ_LINES = re.compile(
    r"(?:RRULE|EXDATE|RDATE|LOCATION|GEO|URL|DESCRIPTION|STATUS|CLASS|CATEGORIES|CONTACT|COMMENT|ATTACH|"
    r"(?:X-GOOGLE-)?CONFERENCE)[;:]",
    re.IGNORECASE,
)


def is_yaml2ics(found: Values) -> bool:
    return isinstance(found.get("events"), list) or isinstance(found.get("include"), list)


def read_yaml2ics(found: Values, name: str, read_file: ReadFile) -> ForeignCalendar:
    """Return the calendar of a file and those that it includes; raises ForeignCalendarError if no event can be read."""
    findings = Findings()
    included = iterate_included(found, lambda one: get_list(one, "include"), read_file, findings.left_out)
    entries = [entry for one in (found, *included) for entry in _read_events(one, findings)]
    require_entries(entries, findings)
    for number, entry in enumerate(entries):
        entry.event.add("uid", str(number))
    series, content = read_entries(entries, findings)
    return ForeignCalendar(
        name=get_text(found, "name") or name,
        about=get_long_text(found, "description"),
        series=series,
        remarks=findings.list_left_out(),
        notes=findings.list_notes(),
        content=content,
    )


def _read_events(found: Values, findings: Findings) -> Iterator[Entry]:
    if not is_yaml2ics(found):
        findings.left_out.append("A file that it includes has no `events`.")
    findings.note_unread(found, _KEYS)
    zone = get_text(found, "timezone")
    for one in get_list(found, "events"):
        event = one if isinstance(one, dict) else {}
        title = get_text(event, "summary") or get_text(event, "name")
        try:
            entry = _build_entry(event, title, zone, findings)
        except (ForeignCalendarError, OverflowError) as error:
            named = f"“{title}”" if title else "An event"
            reason = "its times are out of range" if isinstance(error, OverflowError) else error
            findings.left_out.append(f"{named}{_format_begin(event)}: {reason}.")
        else:
            yield entry


def _format_begin(event: Values) -> str:
    begin = get_text(event, "begin")
    return f" of {make_single_line(begin, 30)}" if begin else ""


def _build_entry(found: Values, title: str, calendar_zone: str, findings: Findings) -> Entry:
    if not found:
        raise ForeignCalendarError("it is not a mapping")
    zone = get_text(found, "timezone") or calendar_zone or UTC_NAME
    if zone not in list_zone_names():
        raise ForeignCalendarError(f"its time zone does not exist: {make_single_line(zone, 60)}")
    clock = load_zone(zone)
    event = Event()
    texts = {
        "summary": title,
        "location": get_paragraphs(found, "location"),
        "description": get_paragraphs(found, "description"),
        "url": get_text(found, "url") or get_text(found, "event_url"),
        "status": get_text(found, "status"),
        "class": get_text(found, "classification"),
    }
    for key, text in texts.items():
        if text:
            event.add(key, text)
    start = parse_moment(found.get("begin"), clock, "its `begin`")
    has_length = "duration" in found or "end" in found
    event.add("dtstart", start if has_length or not isinstance(start, datetime) else start.date())
    if "end" in found:
        event.add("dtend", parse_moment(found["end"], clock, "its `end`"))
    elif has_length:
        event.add("duration", _parse_duration(found["duration"]))
    if repeat := get_mapping(found, "repeat"):
        _add_repeat(event, repeat, clock)
        findings.note_unread(repeat, _REPEAT_KEYS, " under `repeat`")
    lines = [line.strip() for line in get_paragraphs(found, "ics").splitlines() if line.strip()]
    findings.note_unread(found, (*_EVENT_KEYS, *_OWN_KEYS))
    findings.own_keys |= dict.fromkeys(key for key in _OWN_KEYS if key in found)
    not_read = [line for line in lines if not _READ_LINES.match(line)]
    findings.note_unread({re.split("[;:]", line)[0]: line for line in not_read}, (), " under `ics`")
    return Entry(event=event, lines=tuple(lines), hosts=_read_organizer(found, findings))


def _read_organizer(found: Values, findings: Findings) -> tuple[str, ...]:
    """Return who leads it; an address of mail alone is not told to everybody."""
    organizer = found.get("organizer")
    name = get_text(organizer, "common_name") if isinstance(organizer, dict) else get_text(found, "organizer")
    named = re.sub(r"\s*<?\S+@\S+?>?(?=[\s,;]|$)", "", name).strip(" ,;")
    if organizer and not named:
        findings.note_unread({"organizer": organizer}, ())
    return split_people(named)


def _parse_duration(found: Any) -> timedelta:
    parts = found if isinstance(found, dict) else {}
    numbers = {key: float(value) for key, value in parts.items() if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", str(value))}
    if not parts or numbers.keys() != parts.keys() or not parts.keys() <= _DURATION_UNITS:
        raise ForeignCalendarError("its `duration` must be like {minutes: 30}")
    return timedelta(seconds=round(timedelta(**numbers).total_seconds()))


def _add_repeat(event: Event, found: Values, clock: ZoneInfo) -> None:
    interval: Sequence[tuple[str, Any]] = tuple(get_mapping(found, "interval").items())
    unit, count = interval[0] if len(interval) == 1 else ("", None)
    if unit not in _FREQUENCIES or not re.fullmatch(r"\d{1,6}", str(count)):
        raise ForeignCalendarError("its `interval` must be like {weeks: 1}")
    until = parse_moment(found.get("until"), load_zone(UTC_NAME), "its `until`")
    moment = until if isinstance(until, datetime) else datetime.combine(until, time())
    rule = f"FREQ={_FREQUENCIES[unit]};INTERVAL={count};UNTIL={moment:%Y%m%dT%H%M%S}"
    event.add("rrule", vRecur.from_ical(rule))
    for key, name in (("except_on", "exdate"), ("also_on", "rdate")):
        for one in get_list(found, key):
            event.add(name, parse_moment(one, clock, f"a day of its `{key}`"))
