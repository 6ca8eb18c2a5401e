"""The files of yaml2ics: events on clocks."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as tz
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event
from icalendar.prop import vRecur

from chatcal import zones
from chatcal.importing.cleaning import make_single_line
from chatcal.importing.foreign import ForeignCalendar, ForeignCalendarError, Moment
from chatcal.importing.ical import read_series
from chatcal.importing.plain import YamlValue, get_list, get_text
from chatcal.words import join_list

_FREQUENCIES = {
    "seconds": "SECONDLY",
    "minutes": "MINUTELY",
    "hours": "HOURLY",
    "days": "DAILY",
    "weeks": "WEEKLY",
    "months": "MONTHLY",
    "years": "YEARLY",
}


def read_yaml2ics(found: Mapping[str, YamlValue], name: str) -> ForeignCalendar:
    """Return the calendar of a file, given with its name; raises NotReadable."""
    made = [_build_vevent(one, get_text(found, "timezone"), number) for number, one in enumerate(found["events"])]
    series, unread = read_series(made, None)
    remarks = []
    if included := get_list(found, "include"):
        remarks.append(f"It includes {make_single_line(join_list([str(one) for one in included]))}: import that too.")
    if unread:
        remarks.append(f"{unread} of its events could not be read.")
    return ForeignCalendar(name=get_text(found, "name") or name, series=tuple(series), remarks=tuple(remarks))


def _build_vevent(found: YamlValue, calendar_zone: str, number: int) -> Event:
    """Return the event that yaml2ics writes for an entry of `events`."""
    if not isinstance(found, dict):
        raise ForeignCalendarError("one of its events is no mapping")
    title = get_text(found, "summary") or get_text(found, "name")
    clock = _read_timezone(get_text(found, "timezone") or calendar_zone)
    start = _parse_timestamp(get_text(found, "begin"), clock, f"`begin` of {title}")
    event = Event()
    event.add("uid", str(number))
    for key in ("summary", "location", "description", "url", "status"):
        if value := title if key == "summary" else get_text(found, key):
            event.add(key, value)
    timed = "duration" in found or "end" in found
    event.add("dtstart", start if timed or not isinstance(start, datetime) else start.date())
    if "end" in found:
        event.add("dtend", _parse_timestamp(get_text(found, "end"), clock, f"`end` of {title}"))
    elif timed:
        event.add("duration", _read_yaml_duration(found["duration"], title))
    if isinstance(found.get("repeat"), dict):
        _add_repeat(event, found["repeat"], clock, title)
    for custom in found.get("ics", "").splitlines() if isinstance(found.get("ics"), str) else []:
        if custom.startswith("RRULE:"):
            event.add("rrule", _read_rrule(custom.removeprefix("RRULE:"), title))
    return event


def _read_timezone(name: str) -> ZoneInfo:
    if name and name not in zones.list_zone_names():
        raise ForeignCalendarError(f"it has a time zone that is none of a place: {make_single_line(name, 60)}")
    return zones.load_zone(name or zones.UTC_NAME)


_DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.\d*)?"
_TIMESTAMP = re.compile(rf"{_DATE}(?:(?:[Tt]|[ \t]+){_TIME}(?:[ \t]*(?P<offset>Z|[-+]\d{{1,2}}(?::?\d{{2}})?))?)?")
"""A date or time as YAML 1.1 has it (yaml.org/type/timestamp)."""


def _parse_timestamp(text: str, clock: ZoneInfo, what: str) -> Moment:
    """Return a day, or a time: with its own offset where it has one, else on the clock."""
    found = _TIMESTAMP.fullmatch(text)
    no_moment = ForeignCalendarError(f"the {what} is no date or time like 2026-03-04 13:00:00")
    if found is None:
        raise no_moment
    try:
        day = date(*map(int, found.groups()[:3]))
        if found["hour"] is None:
            return day
        at = time(int(found["hour"]), int(found["minute"]), int(found["second"]))
        offset = _parse_offset(found["offset"])
        return datetime.combine(day, at, clock) if offset is None else datetime.combine(day, at, offset).astimezone(UTC)
    except ValueError:
        raise no_moment from None


def _parse_offset(text: str | None) -> tzinfo | None:
    """Return the clock of an offset like `-07:00`, `+5` or `Z`; None where there is none."""
    found = re.fullmatch(r"([-+])(\d{1,2})(?::?(\d{2}))?", text or "")
    if found is None:
        return UTC if text else None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return tz(-length if found[1] == "-" else length)


_DURATION_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def _read_yaml_duration(found: YamlValue, title: str) -> timedelta:
    parts = found if isinstance(found, dict) else {}
    if not parts or not all(
        key in _DURATION_UNITS and re.fullmatch(r"\d{1,6}", str(value)) for key, value in parts.items()
    ):
        raise ForeignCalendarError(f"the `duration` of {title} is none like {{minutes: 30}}")
    return timedelta(**{key: int(value) for key, value in parts.items()})


def _add_repeat(event: Event, found: Mapping[str, YamlValue], clock: ZoneInfo, title: str) -> None:
    interval = found.get("interval")
    ((unit, count),) = interval.items() if isinstance(interval, dict) and len(interval) == 1 else ((None, None),)
    if unit not in _FREQUENCIES or not re.fullmatch(r"\d{1,6}", str(count)):
        raise ForeignCalendarError(f"the `interval` of {title} is none like {{weeks: 1}}")
    until = _parse_timestamp(get_text(found, "until"), zones.load_zone(zones.UTC_NAME), f"`until` of {title}")
    moment = until if isinstance(until, datetime) else datetime.combine(until, time())
    event.add("rrule", _read_rrule(f"FREQ={_FREQUENCIES[unit]};INTERVAL={count};UNTIL={moment:%Y%m%dT%H%M%S}", title))
    for key, name in (("except_on", "exdate"), ("also_on", "rdate")):
        for one in get_list(found, key):
            event.add(name, _parse_timestamp(str(one), clock, f"`{key}` of {title}"))


def _read_rrule(text: str, title: str) -> Any:
    try:
        return vRecur.from_ical(text)
    except ValueError:
        raise ForeignCalendarError(f"the rule of {title} cannot be read") from None
