"""The files of yaml2ical: meetings by weeks and months, in UTC."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Event
from icalendar.prop import vRecur

from chatcal.importing.cleaning import make_single_line
from chatcal.importing.foreign import ForeignCalendar, ForeignCalendarError
from chatcal.importing.ical import read_series
from chatcal.importing.plain import YamlValue, get_list, get_text
from chatcal.words import DAYS, join_list


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
