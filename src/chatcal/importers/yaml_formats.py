"""The YAML formats of yaml2ical and yaml2ics: each entry becomes the event that the program itself writes for it."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event
from icalendar.prop import vRecur

from chatcal.english import DAYS, join_list
from chatcal.importers.icalendar import read_calendar
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, Moment
from chatcal.problems import ScheduleError
from chatcal.schedule import nodes, parser
from chatcal.schedule.nodes import Node, Scalar
from chatcal.text import make_single_line
from chatcal.timezones import UTC_NAME, list_zone_names, load_zone

YamlMapping = Mapping[str, Any]
_WEEK = timedelta(weeks=1)
_ORDINALS = ("first", "second", "third", "fourth")
_ROTATIONS = {
    "biweekly-even": (2, 0), "biweekly-odd": (2, 1), "quadweekly": (4, 0), "quadweekly-week-1": (4, 1),
    "quadweekly-week-2": (4, 2), "quadweekly-alternate": (4, 2), "quadweekly-week-3": (4, 3),
}  # fmt: skip
"""How many weeks lie between two meetings, and the remainder of the first one's ISO week divided by them."""
_FREQUENCIES = {
    "seconds": "SECONDLY", "minutes": "MINUTELY", "hours": "HOURLY",
    "days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY", "years": "YEARLY",
}  # fmt: skip
_DURATION_UNITS = {"weeks", "days", "hours", "minutes", "seconds"}


def read_yaml(content: bytes, name: str, today: date) -> ForeignCalendar:
    """Return the calendar of a file; a meeting that does not say when it begins does so today.

    Raises ForeignCalendarError where the file is of neither program, or has mistakes.
    """
    found: YamlMapping = {}
    try:
        node, problems = parser.parse_document(name, content)
        if isinstance(node, nodes.Mapping) and not problems:
            found = _convert_node(node)
    except ScheduleError:
        pass
    if "project" in found and isinstance(found.get("schedule"), list):
        return _read_yaml2ical(found, name, today)
    if isinstance(found.get("events"), list):
        return _read_yaml2ics(found, name)
    raise ForeignCalendarError("it is neither an .ics file nor one of yaml2ical or yaml2ics")


def _convert_node(node: Node) -> Any:
    """Return a node as a text, a list or a dict."""
    if isinstance(node, nodes.Mapping):
        return {key.text: _convert_node(value) for key, value in node.pairs}
    if isinstance(node, nodes.Sequence):
        return [_convert_node(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None


def _get_text(found: YamlMapping, key: str) -> str:
    """Return the text of a key as one line; empty where there is none."""
    value = found.get(key)
    return make_single_line(value) if isinstance(value, str) else ""


def _get_list(found: YamlMapping, key: str) -> Sequence[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


# yaml2ical


def _read_yaml2ical(found: YamlMapping, name: str, today: date) -> ForeignCalendar:
    series = []
    remarks: list[str] = []
    events: list[Event] = []
    for schedule in found["schedule"]:
        if not isinstance(schedule, dict):
            raise ForeignCalendarError("one of its schedules is not a mapping")
        if _get_text(schedule, "frequency") == "adhoc":
            remarks.append("One of its schedules is `adhoc`: it has no days.")
            continue
        reasons = dict(map(_read_skip, _get_list(schedule, "skip_dates")))
        events.append(_build_meeting(_get_text(found, "project"), schedule, reasons, today))
        read = read_calendar(_write_events(events[-1:]), "")
        remarks += read.remarks
        chair = _get_text(schedule, "chair")
        hosts = (chair,) if chair else ()
        series += [replace(one, main=replace(one.main, hosts=hosts), skip_reasons=reasons) for one in read.series]
    places = dict.fromkeys(map(_format_place, found["schedule"]))
    notes = [f"Meets in {join_list(tuple(places))}."] if places else []
    if agenda := _get_text(found, "agenda_url"):
        notes.append(f"Agenda: {agenda}")
    chairs = dict.fromkeys(_get_text(one, "chair") for one in (found, *found["schedule"]))
    return ForeignCalendar(
        name=_get_text(found, "project"),
        hashtag=name,
        about=_get_text(found, "description"),
        website=_get_text(found, "project_url"),
        note=make_single_line(" ".join(notes)),
        moderators=tuple(filter(None, chairs)),
        series=tuple(series),
        remarks=tuple(remarks),
        content=_write_events(events),
    )


def _format_place(schedule: YamlMapping) -> str:
    channel = _get_text(schedule, "irc")
    return f"#{channel} on IRC" if channel else f"{_get_text(schedule, 'matrix')} on Matrix"


def _read_skip(found: Any) -> tuple[date, str]:
    if isinstance(found, dict) and (day := _read_compact_date(found, "skip_date")):
        return day, _get_text(found, "reason")
    raise ForeignCalendarError("one of its `skip_dates` has no `skip_date` like 20260311")


def _read_compact_date(found: YamlMapping, key: str) -> date | None:
    try:
        return datetime.strptime(_get_text(found, key), "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _build_meeting(project: str, schedule: YamlMapping, skipped: Iterable[date], today: date) -> Event:
    weekday = _get_text(schedule, "day").capitalize()
    clock = re.fullmatch(r"([01]?\d|2[0-3])([0-5]\d)", _get_text(schedule, "time"))
    if weekday not in DAYS or clock is None:
        raise ForeignCalendarError(f"{project} has a schedule without a day and a time like 1600")
    at = time(int(clock[1]), int(clock[2]), tzinfo=UTC)
    begins = _read_compact_date(schedule, "start_date") or today
    first, rule = _compute_recurrence(begins, DAYS.index(weekday), _get_text(schedule, "frequency"))
    minutes = _get_text(schedule, "duration")
    event = Event()
    event.add("summary", project)
    event.add("dtstart", datetime.combine(first, at))
    event.add("duration", timedelta(minutes=int(minutes) if re.fullmatch(r"\d{1,5}", minutes) else 60))
    event.add("rrule", vRecur.from_ical(rule))
    for day in skipped:
        event.add("exdate", datetime.combine(day, at))
    return event


def _compute_recurrence(begins: date, weekday: int, frequency: str) -> tuple[date, str]:
    """Return the first day of a meeting and its rule, as yaml2ical has them."""
    day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
    if frequency == "weekly":
        return day, "FREQ=WEEKLY"
    if frequency in _ROTATIONS:
        weeks, remainder = _ROTATIONS[frequency]
        # After a year of 53 weeks, the next such week is further away.
        while day.isocalendar().week % weeks != remainder:
            day += _WEEK
        return day, f"FREQ=WEEKLY;INTERVAL={weeks}"
    ordinal, _, named = frequency.partition("-")
    if ordinal not in _ORDINALS or named.capitalize() not in DAYS[:5]:
        raise ForeignCalendarError(f"it has a frequency that yaml2ical does not know: {frequency}")
    # It begins in the month after `begins`, on the weekday of `day`, whatever weekday the frequency names.
    month = begins.replace(day=1) + timedelta(days=monthrange(begins.year, begins.month)[1])
    first = month + timedelta(days=(weekday - month.weekday()) % 7) + _WEEK * _ORDINALS.index(ordinal)
    return first, f"FREQ=MONTHLY;BYDAY={_ORDINALS.index(ordinal) + 1}{named[:2].upper()}"


def _write_events(events: Iterable[Event]) -> bytes:
    """Return the .ics file of events, as the program itself would write it."""
    return b"".join([b"BEGIN:VCALENDAR\r\n", *(one.to_ical() for one in events), b"END:VCALENDAR\r\n"])


# yaml2ics


def _read_yaml2ics(found: YamlMapping, name: str) -> ForeignCalendar:
    zone = _get_text(found, "timezone")
    content = _write_events(_build_event(one, zone, number) for number, one in enumerate(found["events"]))
    read = read_calendar(content, "")
    remarks = read.remarks
    if included := _get_list(found, "include"):
        files = make_single_line(join_list([str(one) for one in included]))
        remarks = (f"It includes {files}: import that too.", *remarks)
    return ForeignCalendar(name=_get_text(found, "name") or name, series=read.series, remarks=remarks, content=content)


def _build_event(found: Any, calendar_zone: str, number: int) -> Event:
    if not isinstance(found, dict):
        raise ForeignCalendarError("one of its events is not a mapping")
    title = _get_text(found, "summary") or _get_text(found, "name")
    zone = _get_text(found, "timezone") or calendar_zone or UTC_NAME
    if zone not in list_zone_names():
        raise ForeignCalendarError(f"it has a time zone that does not exist: {make_single_line(zone, 60)}")
    clock = load_zone(zone)
    event = Event()
    event.add("uid", str(number))
    texts = {key: _get_text(found, key) for key in ("location", "description", "url", "status")}
    for key, text in {"summary": title, **texts}.items():
        if text:
            event.add(key, text)
    start = _parse_timestamp(found.get("begin"), clock, "begin", title)
    has_length = "duration" in found or "end" in found
    event.add("dtstart", start if has_length or not isinstance(start, datetime) else start.date())
    if "end" in found:
        event.add("dtend", _parse_timestamp(found["end"], clock, "end", title))
    elif has_length:
        event.add("duration", _parse_duration(found["duration"], title))
    if isinstance(found.get("repeat"), dict):
        _add_repeat(event, found["repeat"], clock, title)
    for line in found["ics"].splitlines() if isinstance(found.get("ics"), str) else ():
        if line.startswith("RRULE:"):
            event.add("rrule", _parse_rrule(line.removeprefix("RRULE:"), title))
    return event


def _parse_timestamp(text: Any, clock: ZoneInfo, key: str, title: str) -> Moment:
    """Return a date or time as YAML 1.1 has them (yaml.org/type/timestamp); one without an offset is of the clock."""
    # YAML allows a lone digit for a number, spaces around the parts, and an offset of hours.
    iso = re.sub(r"(?<!\d)(\d)(?!\d)", r"0\1", " ".join(str(text).split()))
    iso = re.sub(r"(?<=\d) (?=[-+Z])", "", iso)
    try:
        if len(iso) <= len("2026-03-04"):
            return date.fromisoformat(iso)
        moment = datetime.fromisoformat(iso).replace(microsecond=0)
    except ValueError:
        raise ForeignCalendarError(f"the `{key}` of {title} must be a date or time like 2026-03-04 13:00:00") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=clock)


def _parse_duration(found: Any, title: str) -> timedelta:
    parts = found if isinstance(found, dict) else {}
    numbers = {key: int(value) for key, value in parts.items() if re.fullmatch(r"\d{1,6}", str(value))}
    if not parts or numbers.keys() != parts.keys() or not parts.keys() <= _DURATION_UNITS:
        raise ForeignCalendarError(f"the `duration` of {title} must be like {{minutes: 30}}")
    return timedelta(**numbers)


def _add_repeat(event: Event, found: YamlMapping, clock: ZoneInfo, title: str) -> None:
    interval = found.get("interval")
    ((unit, count),) = interval.items() if isinstance(interval, dict) and len(interval) == 1 else ((None, None),)
    if unit not in _FREQUENCIES or not re.fullmatch(r"\d{1,6}", str(count)):
        raise ForeignCalendarError(f"the `interval` of {title} must be like {{weeks: 1}}")
    until = _parse_timestamp(found.get("until"), load_zone(UTC_NAME), "until", title)
    moment = until if isinstance(until, datetime) else datetime.combine(until, time())
    event.add("rrule", _parse_rrule(f"FREQ={_FREQUENCIES[unit]};INTERVAL={count};UNTIL={moment:%Y%m%dT%H%M%S}", title))
    for key, name in (("except_on", "exdate"), ("also_on", "rdate")):
        for one in _get_list(found, key):
            event.add(name, _parse_timestamp(one, clock, key, title))


def _parse_rrule(text: str, title: str) -> Any:
    try:
        return vRecur.from_ical(text)
    except ValueError:
        raise ForeignCalendarError(f"the rule of {title} cannot be read") from None
