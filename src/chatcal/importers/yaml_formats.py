"""The YAML formats of yaml2ical and yaml2ics."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as tz
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event
from icalendar.prop import vRecur

from chatcal import timezones
from chatcal.english import DAYS, join_list
from chatcal.importers.icalendar import read_series
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, Moment
from chatcal.problems import ScheduleError
from chatcal.schedule import nodes, parser
from chatcal.schedule.nodes import Node, Scalar
from chatcal.text import make_single_line

YamlValue = Any
"""A document, or a part of one."""


def read_yaml(octets: bytes, name: str) -> YamlValue:
    """Return the document of a file, given with its name; None where it is no YAML that a schedule file could be."""
    try:
        node, problems = parser.parse_document(name, octets)
    except ScheduleError:
        return None
    return None if problems else convert_node(node)


def convert_node(node: Node) -> YamlValue:
    """Return what a node holds."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, nodes.Sequence):
        return [convert_node(item) for item in node.items]
    return {key.text: convert_node(value) for key, value in node.pairs} if isinstance(node, nodes.Mapping) else None


def get_text(found: Mapping[str, YamlValue], key: str) -> str:
    """Return the text under a key as one line; empty where there is none."""
    value = found.get(key, "")
    return make_single_line(value) if isinstance(value, str) else ""


def get_list(found: Mapping[str, YamlValue], key: str) -> Sequence[YamlValue]:
    """Return the list under a key; empty where there is none."""
    value = found.get(key)
    return value if isinstance(value, list) else []


def read_yaml2ical(found: Mapping[str, YamlValue], name: str, today: date) -> ForeignCalendar:
    """Return a meeting; `name` is what its file is called, and what the schedule file will be."""
    series = []
    remarks = []
    for schedule in found["schedule"]:
        if not isinstance(schedule, dict):
            raise ForeignCalendarError("one of its schedules is no mapping")
        if get_text(schedule, "frequency") == "adhoc":
            remarks.append("One of its schedules is `adhoc`: it has no days.")
            continue
        reasons = dict(map(_read_skip, get_list(schedule, "skip_dates")))
        ((one,), _) = read_series([_build_meeting(found, schedule, reasons, today)], None)
        chair = get_text(schedule, "chair")
        main = replace(one.main, hosts=(chair,) if chair else ())
        series.append(replace(one, main=main, skip_reasons=reasons))
    places = dict.fromkeys(_format_place(one) for one in found["schedule"] if isinstance(one, dict))
    said = [f"Meets in {join_list(tuple(places))}."] if places else []
    agenda = get_text(found, "agenda_url")
    chairs = dict.fromkeys(get_text(one, "chair") for one in (found, *found["schedule"]) if isinstance(one, dict))
    return ForeignCalendar(
        name=get_text(found, "project"),
        hashtag=name,
        about=get_text(found, "description"),
        website=get_text(found, "project_url"),
        note=make_single_line(" ".join([*said, f"Agenda: {agenda}"] if agenda else said)),
        moderators=tuple(chair for chair in chairs if chair),
        series=tuple(series),
        remarks=tuple(remarks),
    )


def _format_place(schedule: Mapping[str, YamlValue]) -> str:
    return (
        f"#{get_text(schedule, 'irc')} on IRC" if schedule.get("irc") else f"{get_text(schedule, 'matrix')} on Matrix"
    )


def _read_skip(found: YamlValue) -> tuple[date, str]:
    day = _read_compact_date(found, "skip_date") if isinstance(found, dict) else None
    if day is None:
        raise ForeignCalendarError("one of its `skip_dates` has no `skip_date` like 20260311")
    return day, get_text(found, "reason")


def _read_compact_date(found: Mapping[str, YamlValue], key: str) -> date | None:
    try:
        return datetime.strptime(get_text(found, key), "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _build_meeting(
    found: Mapping[str, YamlValue], schedule: Mapping[str, YamlValue], skipped: Iterable[date], today: date
) -> Event:
    """Return the event that yaml2ical writes for a schedule."""
    begins = _read_compact_date(schedule, "start_date") or today
    weekday = get_text(schedule, "day").capitalize()
    hours = re.fullmatch(r"([01]?\d|2[0-3])([0-5]\d)", get_text(schedule, "time"))
    frequency = get_text(schedule, "frequency")
    if weekday not in DAYS or hours is None:
        raise ForeignCalendarError(f"{get_text(found, 'project')} has a schedule without a day and a time like 1600")
    first, rule = _compute_recurrence(begins, DAYS.index(weekday), frequency)
    duration = get_text(schedule, "duration")
    event = Event()
    event.add("summary", get_text(found, "project"))
    start = datetime.combine(first, time(int(hours[1]), int(hours[2])), UTC)
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=int(duration) if re.fullmatch(r"\d{1,5}", duration) else 60))
    event.add("rrule", vRecur.from_ical(rule))
    for day in skipped:
        event.add("exdate", datetime.combine(day, start.time(), UTC))
    return event


_ROTATIONS = {
    "biweekly-even": (2, 0),
    "biweekly-odd": (2, 1),
    "quadweekly": (4, 0),
    "quadweekly-week-1": (4, 1),
    "quadweekly-week-2": (4, 2),
    "quadweekly-alternate": (4, 2),
    "quadweekly-week-3": (4, 3),
}
"""Every so many weeks, beginning in one whose ISO number leaves that when divided by them."""
_WEEK = timedelta(weeks=1)


def _compute_recurrence(begins: date, weekday: int, frequency: str) -> tuple[date, str]:
    """Return the first day of a meeting, and its rule, as yaml2ical has them."""
    day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
    if frequency == "weekly":
        return day, "FREQ=WEEKLY"
    if frequency in _ROTATIONS:
        weeks, rest = _ROTATIONS[frequency]
        # The year's last week may be a 53rd, so that the next of the kind is some weeks further on.
        while day.isocalendar().week % weeks != rest:
            day += _WEEK
        return day, f"FREQ=WEEKLY;INTERVAL={weeks}"
    ordinals = ("first", "second", "third", "fourth")
    nth, _, named = frequency.partition("-")
    if nth not in ordinals or named.capitalize() not in DAYS[:5]:
        raise ForeignCalendarError(f"it has a frequency that yaml2ical does not know: {frequency}")
    # It begins in the month after the one that it is to begin in, on the weekday of `day`, whatever the rule says.
    month = begins.replace(day=1) + timedelta(days=monthrange(begins.year, begins.month)[1])
    first = month + timedelta(days=(weekday - month.weekday()) % 7) + _WEEK * ordinals.index(nth)
    return first, f"FREQ=MONTHLY;BYDAY={ordinals.index(nth) + 1}{named[:2].upper()}"


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
    if name and name not in timezones.list_zone_names():
        raise ForeignCalendarError(f"it has a time zone that is none of a place: {make_single_line(name, 60)}")
    return timezones.load_zone(name or timezones.UTC_NAME)


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
    until = _parse_timestamp(get_text(found, "until"), timezones.load_zone(timezones.UTC_NAME), f"`until` of {title}")
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
