"""The events of yaml2ics (Scientific Python, CodeRefinery): files of events, which may include others."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from chatcal.importers.formats.documents import ReadFile, Values
from chatcal.importers.formats.entries import Entry, Findings, make_event, parse_moment, read_event_files, split_people
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
    return read_event_files(found, name, lambda one: one.get_list("include"), _read_events, read_file)


def _read_events(found: Values, findings: Findings) -> Iterator[Entry]:
    if not is_yaml2ics(found):
        findings.left_out.append("A file that it includes has no `events`.")
    findings.note_unread(found, _KEYS)
    zone = found.get_text("timezone")
    for one in found.get_list("events"):
        event = Values.take(one)
        title = event.get_text("summary") or event.get_text("name")
        try:
            entry = _build_entry(event, title, zone, findings)
        except (ForeignCalendarError, OverflowError) as error:
            named = f"“{title}”" if title else "An event"
            begin = make_single_line(event.get_text("begin"), 30)
            reason = "its times are out of range" if isinstance(error, OverflowError) else error
            findings.left_out.append(f"{named}{begin and f' of {begin}'}: {reason}.")
        else:
            yield entry


def _build_entry(found: Values, title: str, calendar_zone: str, findings: Findings) -> Entry:
    if not found:
        raise ForeignCalendarError("it is not a mapping")
    zone = found.get_text("timezone") or calendar_zone or UTC_NAME
    if zone not in list_zone_names():
        raise ForeignCalendarError(f"its time zone does not exist: {make_single_line(zone, 60)}")
    clock = load_zone(zone)
    event = make_event({
        "summary": title,
        "location": found.get_paragraphs("location"),
        "description": found.get_paragraphs("description"),
        "url": found.get_text("url") or found.get_text("event_url"),
        "status": found.get_text("status"),
        "class": found.get_text("classification"),
    })  # fmt: skip
    start = parse_moment(found.get("begin"), clock, "its `begin`")
    has_length = "duration" in found or "end" in found
    event.add("dtstart", start if has_length or not isinstance(start, datetime) else start.date())
    if "end" in found:
        event.add("dtend", parse_moment(found["end"], clock, "its `end`"))
    elif has_length:
        event.add("duration", _parse_duration(found["duration"]))
    rules = []
    if repeat := found.get_mapping("repeat"):
        rules.append(_format_rule(repeat))
        for key, name in (("except_on", "exdate"), ("also_on", "rdate")):
            for one in repeat.get_list(key):
                event.add(name, parse_moment(one, clock, f"a day of its `{key}`"))
        findings.note_unread(repeat, _REPEAT_KEYS, " under `repeat`")
    lines = [line.strip() for line in found.get_paragraphs("ics").splitlines() if line.strip()]
    findings.note_unread(found, (*_EVENT_KEYS, *_OWN_KEYS))
    findings.own_keys |= dict.fromkeys(key for key in _OWN_KEYS if key in found)
    not_read = [line for line in lines if not _READ_LINES.match(line)]
    findings.note_unread(dict.fromkeys(re.split("[;:]", line)[0] for line in not_read), (), " under `ics`")
    return Entry(event=event, lines=(*rules, *lines), hosts=_read_organizer(found, findings))


def _read_organizer(found: Values, findings: Findings) -> tuple[str, ...]:
    """Return who leads it; an address of mail alone is not told to everybody."""
    organizer = found.get("organizer")
    name = organizer.get_text("common_name") if isinstance(organizer, Values) else found.get_text("organizer")
    named = re.sub(r"\s*<?\S+@\S+?>?(?=[\s,;]|$)", "", name).strip(" ,;")
    if organizer and not named:
        findings.note_unread(["organizer"], ())
    return split_people(named)


def _parse_duration(found: Any) -> timedelta:
    parts = Values.take(found)
    numbers = {key: float(value) for key, value in parts.items() if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", str(value))}
    if not parts or numbers.keys() != parts.keys() or not parts.keys() <= _DURATION_UNITS:
        raise ForeignCalendarError("its `duration` must be like {minutes: 30}")
    return timedelta(seconds=round(timedelta(**numbers).total_seconds()))


def _format_rule(found: Values) -> str:
    interval: Sequence[tuple[str, Any]] = tuple(found.get_mapping("interval").items())
    unit, count = interval[0] if len(interval) == 1 else ("", None)
    if unit not in _FREQUENCIES or not re.fullmatch(r"\d{1,6}", str(count)):
        raise ForeignCalendarError("its `interval` must be like {weeks: 1}")
    until = parse_moment(found.get("until"), load_zone(UTC_NAME), "its `until`")
    moment = until if isinstance(until, datetime) else datetime.combine(until, time())
    return f"RRULE:FREQ={_FREQUENCIES[unit]};INTERVAL={count};UNTIL={moment:%Y%m%dT%H%M%S}"
