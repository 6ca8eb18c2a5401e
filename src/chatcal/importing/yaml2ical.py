"""The files of yaml2ical: meetings by weeks and months, in UTC."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Event
from icalendar.prop import vRecur

from chatcal.importing.cleaning import line
from chatcal.importing.foreign import Foreign, NotReadable
from chatcal.importing.ical import read_series
from chatcal.importing.plain import Plain, list_of, text_of
from chatcal.words import DAYS, listed


def meeting(found: Mapping[str, Plain], name: str, today: date) -> Foreign:
    """Return a meeting; `name` is what its file is called, and what the schedule file will be."""
    series = []
    remarks = []
    for schedule in found["schedule"]:
        if not isinstance(schedule, dict):
            raise NotReadable("one of its schedules is no mapping")
        if text_of(schedule, "frequency") == "adhoc":
            remarks.append("One of its schedules is `adhoc`: it has no days.")
            continue
        reasons = dict(map(_skip, list_of(schedule, "skip_dates")))
        ((one,), _) = read_series([_meeting(found, schedule, reasons, today)], None)
        chair = text_of(schedule, "chair")
        main = replace(one.main, hosts=(chair,) if chair else ())
        series.append(replace(one, main=main, reasons=reasons))
    places = dict.fromkeys(_place(one) for one in found["schedule"] if isinstance(one, dict))
    said = [f"Meets in {listed(tuple(places))}."] if places else []
    agenda = text_of(found, "agenda_url")
    chairs = dict.fromkeys(text_of(one, "chair") for one in (found, *found["schedule"]) if isinstance(one, dict))
    return Foreign(
        name=text_of(found, "project"),
        hashtag=name,
        about=text_of(found, "description"),
        website=text_of(found, "project_url"),
        note=line(" ".join([*said, f"Agenda: {agenda}"] if agenda else said)),
        moderators=tuple(chair for chair in chairs if chair),
        series=tuple(series),
        remarks=tuple(remarks),
    )


def _place(schedule: Mapping[str, Plain]) -> str:
    return f"#{text_of(schedule, 'irc')} on IRC" if schedule.get("irc") else f"{text_of(schedule, 'matrix')} on Matrix"


def _skip(found: Plain) -> tuple[date, str]:
    day = _digits(found, "skip_date") if isinstance(found, dict) else None
    if day is None:
        raise NotReadable("one of its `skip_dates` has no `skip_date` like 20260311")
    return day, text_of(found, "reason")


def _digits(found: Mapping[str, Plain], key: str) -> date | None:
    try:
        return datetime.strptime(text_of(found, key), "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _meeting(found: Mapping[str, Plain], schedule: Mapping[str, Plain], skipped: Iterable[date], today: date) -> Event:
    """Return the event that yaml2ical writes for a schedule."""
    begins = _digits(schedule, "start_date") or today
    weekday = text_of(schedule, "day").capitalize()
    hours = re.fullmatch(r"([01]?\d|2[0-3])([0-5]\d)", text_of(schedule, "time"))
    frequency = text_of(schedule, "frequency")
    if weekday not in DAYS or hours is None:
        raise NotReadable(f"{text_of(found, 'project')} has a schedule without a day and a time like 1600")
    first, rule = _first_of(begins, DAYS.index(weekday), frequency)
    duration = text_of(schedule, "duration")
    event = Event()
    event.add("summary", text_of(found, "project"))
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
