"""The files of yaml2ical and yaml2ics, read as these programs read them, to what their .ics files would hold."""

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

from chatcal import source, zones
from chatcal.importing.cleaning import line
from chatcal.importing.foreign import Foreign, Moment, NotReadable, read_series
from chatcal.problem import Invalid
from chatcal.source import Node, Scalar
from chatcal.words import DAYS, listed

_Plain = Any
"""A YAML document as text, lists and mappings, all the way down."""


def calendar(octets: bytes, name: str, today: date) -> Foreign | None:
    """Return the calendar of a file of one of the two programs; None where it is of neither.

    Takes its octets, its name without the ending, and the day on which a meeting begins that says no other. Raises
    NotReadable for what such a file holds and cannot be read.
    """
    try:
        node, problems = source.read(name, octets)
    except Invalid as error:
        node, problems = None, error.problems
    found = _plain(node) if node is not None else None
    if problems or not isinstance(found, dict):
        return None
    if isinstance(found.get("schedule"), list) and "project" in found:
        return _yaml2ical(found, name, today)
    if isinstance(found.get("events"), list):
        return _yaml2ics(found, name)
    return None


def _plain(node: Node | None) -> _Plain:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, source.Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, source.Mapping):
        return {key.text: _plain(value) for key, value in node.pairs}
    return ""


def _text(found: Mapping[str, _Plain], key: str) -> str:
    value = found.get(key, "")
    return line(value) if isinstance(value, str) else ""


# yaml2ical: weeks and months, in UTC


def _yaml2ical(found: Mapping[str, _Plain], name: str, today: date) -> Foreign:
    """Return a meeting; `name` is what its file is called, and what the schedule file will be."""
    series = []
    remarks = []
    for schedule in found["schedule"]:
        if not isinstance(schedule, dict):
            raise NotReadable("one of its schedules is no mapping")
        if _text(schedule, "frequency") == "adhoc":
            remarks.append("One of its schedules is `adhoc`: it has no days.")
            continue
        reasons = dict(map(_skip, _listed(schedule, "skip_dates")))
        ((one,), _) = read_series([_meeting(found, schedule, reasons, today)], None)
        chair = _text(schedule, "chair")
        main = replace(one.main, hosts=(chair,) if chair else ())
        series.append(replace(one, main=main, reasons=reasons))
    places = dict.fromkeys(_place(one) for one in found["schedule"] if isinstance(one, dict))
    said = [f"Meets in {listed(tuple(places))}."] if places else []
    agenda = _text(found, "agenda_url")
    chairs = dict.fromkeys(_text(one, "chair") for one in (found, *found["schedule"]) if isinstance(one, dict))
    return Foreign(
        name=_text(found, "project"),
        hashtag=name,
        about=_text(found, "description"),
        website=_text(found, "project_url"),
        note=line(" ".join([*said, f"Agenda: {agenda}"] if agenda else said)),
        moderators=tuple(chair for chair in chairs if chair),
        series=tuple(series),
        remarks=tuple(remarks),
    )


def _place(schedule: Mapping[str, _Plain]) -> str:
    return f"#{_text(schedule, 'irc')} on IRC" if schedule.get("irc") else f"{_text(schedule, 'matrix')} on Matrix"


def _skip(found: _Plain) -> tuple[date, str]:
    day = _digits(found, "skip_date") if isinstance(found, dict) else None
    if day is None:
        raise NotReadable("one of its `skip_dates` has no `skip_date` like 20260311")
    return day, _text(found, "reason")


def _digits(found: Mapping[str, _Plain], key: str) -> date | None:
    try:
        return datetime.strptime(_text(found, key), "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _meeting(
    found: Mapping[str, _Plain], schedule: Mapping[str, _Plain], skipped: Iterable[date], today: date
) -> Event:
    """Return the event that yaml2ical writes for a schedule."""
    begins = _digits(schedule, "start_date") or today
    weekday = _text(schedule, "day").capitalize()
    hours = re.fullmatch(r"([01]?\d|2[0-3])([0-5]\d)", _text(schedule, "time"))
    frequency = _text(schedule, "frequency")
    if weekday not in DAYS or hours is None:
        raise NotReadable(f"{_text(found, 'project')} has a schedule without a day and a time like 1600")
    first, rule = _first_of(begins, DAYS.index(weekday), frequency)
    duration = _text(schedule, "duration")
    event = Event()
    event.add("summary", _text(found, "project"))
    start = datetime.combine(first, time(int(hours[1]), int(hours[2])), UTC)
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=int(duration) if re.fullmatch(r"\d{1,5}", duration) else 60))
    event.add("rrule", vRecur.from_ical(rule))
    for day in skipped:
        event.add("exdate", datetime.combine(day, start.time(), UTC))
    return event


_ROTATION = {
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


def _first_of(begins: date, weekday: int, frequency: str) -> tuple[date, str]:
    """Return the first day of a meeting, and its rule, as yaml2ical has them."""
    day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
    if frequency == "weekly":
        return day, "FREQ=WEEKLY"
    if frequency in _ROTATION:
        weeks, rest = _ROTATION[frequency]
        # The year's last week may be a 53rd, so that the next of the kind is some weeks further on.
        while day.isocalendar().week % weeks != rest:
            day += _WEEK
        return day, f"FREQ=WEEKLY;INTERVAL={weeks}"
    ordinals = ("first", "second", "third", "fourth")
    nth, _, named = frequency.partition("-")
    if nth not in ordinals or named.capitalize() not in DAYS[:5]:
        raise NotReadable(f"it has a frequency that yaml2ical does not know: {frequency}")
    # It begins in the month after the one that it is to begin in, on the weekday of `day`, whatever the rule says.
    month = begins.replace(day=1) + timedelta(days=monthrange(begins.year, begins.month)[1])
    first = month + timedelta(days=(weekday - month.weekday()) % 7) + _WEEK * ordinals.index(nth)
    return first, f"FREQ=MONTHLY;BYDAY={ordinals.index(nth) + 1}{named[:2].upper()}"


# yaml2ics: events, on clocks


_FREQUENCIES = {
    "seconds": "SECONDLY",
    "minutes": "MINUTELY",
    "hours": "HOURLY",
    "days": "DAILY",
    "weeks": "WEEKLY",
    "months": "MONTHLY",
    "years": "YEARLY",
}


def _yaml2ics(found: Mapping[str, _Plain], name: str) -> Foreign:
    events = [_event(one, _text(found, "timezone"), number) for number, one in enumerate(found["events"])]
    series, unread = read_series(events, None)
    remarks = []
    if included := _listed(found, "include"):
        remarks.append(f"It includes {line(listed([str(one) for one in included]))}: import that too.")
    if unread:
        remarks.append(f"{unread} of its events could not be read.")
    return Foreign(name=_text(found, "name") or name, series=tuple(series), remarks=tuple(remarks))


def _listed(found: Mapping[str, _Plain], key: str) -> Sequence[_Plain]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _event(found: _Plain, calendar_zone: str, number: int) -> Event:
    """Return the event that yaml2ics writes for an entry of `events`."""
    if not isinstance(found, dict):
        raise NotReadable("one of its events is no mapping")
    title = _text(found, "summary") or _text(found, "name")
    clock = _clock(_text(found, "timezone") or calendar_zone)
    start = _moment(_text(found, "begin"), clock, f"`begin` of {title}")
    event = Event()
    event.add("uid", str(number))
    for key in ("summary", "location", "description", "url", "status"):
        if value := title if key == "summary" else _text(found, key):
            event.add(key, value)
    timed = "duration" in found or "end" in found
    event.add("dtstart", start if timed or not isinstance(start, datetime) else start.date())
    if "end" in found:
        event.add("dtend", _moment(_text(found, "end"), clock, f"`end` of {title}"))
    elif timed:
        event.add("duration", _duration(found["duration"], title))
    if isinstance(found.get("repeat"), dict):
        _repeat(event, found["repeat"], clock, title)
    for custom in found.get("ics", "").splitlines() if isinstance(found.get("ics"), str) else []:
        if custom.startswith("RRULE:"):
            event.add("rrule", _rule(custom.removeprefix("RRULE:"), title))
    return event


def _clock(name: str) -> ZoneInfo:
    if name and name not in zones.names():
        raise NotReadable(f"it has a time zone that is none of a place: {line(name, 60)}")
    return zones.zone(name or zones.UTC_NAME)


_DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.\d*)?"
_STAMP = re.compile(rf"{_DATE}(?:(?:[Tt]|[ \t]+){_TIME}(?:[ \t]*(?P<offset>Z|[-+]\d{{1,2}}(?::?\d{{2}})?))?)?")
"""A date or time as YAML 1.1 has it (yaml.org/type/timestamp)."""


def _moment(text: str, clock: ZoneInfo, what: str) -> Moment:
    """Return a day, or a time: with its own offset where it has one, else on the clock."""
    found = _STAMP.fullmatch(text)
    no_moment = NotReadable(f"the {what} is no date or time like 2026-03-04 13:00:00")
    if found is None:
        raise no_moment
    try:
        day = date(*map(int, found.groups()[:3]))
        if found["hour"] is None:
            return day
        at = time(int(found["hour"]), int(found["minute"]), int(found["second"]))
        offset = _offset(found["offset"])
        return datetime.combine(day, at, clock) if offset is None else datetime.combine(day, at, offset).astimezone(UTC)
    except ValueError:
        raise no_moment from None


def _offset(text: str | None) -> tzinfo | None:
    """Return the clock of an offset like `-07:00`, `+5` or `Z`; None where there is none."""
    found = re.fullmatch(r"([-+])(\d{1,2})(?::?(\d{2}))?", text or "")
    if found is None:
        return UTC if text else None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return tz(-length if found[1] == "-" else length)


_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def _duration(found: _Plain, title: str) -> timedelta:
    parts = found if isinstance(found, dict) else {}
    if not parts or not all(key in _UNITS and re.fullmatch(r"\d{1,6}", str(value)) for key, value in parts.items()):
        raise NotReadable(f"the `duration` of {title} is none like {{minutes: 30}}")
    return timedelta(**{key: int(value) for key, value in parts.items()})


def _repeat(event: Event, found: Mapping[str, _Plain], clock: ZoneInfo, title: str) -> None:
    interval = found.get("interval")
    ((unit, count),) = interval.items() if isinstance(interval, dict) and len(interval) == 1 else ((None, None),)
    if unit not in _FREQUENCIES or not re.fullmatch(r"\d{1,6}", str(count)):
        raise NotReadable(f"the `interval` of {title} is none like {{weeks: 1}}")
    until = _moment(_text(found, "until"), zones.zone(zones.UTC_NAME), f"`until` of {title}")
    moment = until if isinstance(until, datetime) else datetime.combine(until, time())
    event.add("rrule", _rule(f"FREQ={_FREQUENCIES[unit]};INTERVAL={count};UNTIL={moment:%Y%m%dT%H%M%S}", title))
    for key, name in (("except_on", "exdate"), ("also_on", "rdate")):
        for one in _listed(found, key):
            event.add(name, _moment(str(one), clock, f"`{key}` of {title}"))


def _rule(text: str, title: str) -> Any:
    try:
        return vRecur.from_ical(text)
    except ValueError:
        raise NotReadable(f"the rule of {title} cannot be read") from None
