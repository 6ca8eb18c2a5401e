"""The meetings of yaml2ical (OpenStack's irc-meetings): one file for each, with its schedules."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chatcal.english import DAYS, join_list
from chatcal.importers.formats.documents import Values
from chatcal.importers.formats.entries import Entry, Findings, add_entries, make_event, require_entries, split_people
from chatcal.importers.icalendar import MAX_NOTE_LENGTH
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError
from chatcal.model import Link
from chatcal.text import cut_text, is_web_url, make_paragraphs, make_single_line

_KEYS = ("project", "description", "agenda", "agenda_url", "project_url", "meeting_id", "chair", "schedule")
_SCHEDULE_KEYS = (
    "day", "time", "frequency", "start_date", "duration", "irc", "matrix", "chair", "skip_dates",
)  # fmt: skip
_WEEK = timedelta(weeks=1)
_ORDINALS = ("first", "second", "third", "fourth")
_ROTATIONS = {
    "biweekly-even": (2, 0), "biweekly-odd": (2, 1), "quadweekly": (4, 0), "quadweekly-week-1": (4, 1),
    "quadweekly-week-2": (4, 2), "quadweekly-alternate": (4, 2), "quadweekly-week-3": (4, 3),
}  # fmt: skip
"""How many weeks lie between two meetings, and the remainder of the first one's ISO week divided by them."""


def is_yaml2ical(found: Values) -> bool:
    return "project" in found and isinstance(found.get("schedule"), list)


def read_yaml2ical(found: Values, name: str, today: date) -> ForeignCalendar:
    """Return the calendar of a meeting; raises ForeignCalendarError if none of its schedules can be read.

    A schedule that does not say when it begins is looked at from today on.
    """
    findings = Findings()
    findings.note_unread(found, _KEYS)
    entries: list[Entry] = []
    for number, schedule in enumerate(found["schedule"], start=1):
        try:
            entries.append(_build_entry(found, schedule, today, findings))
        except ForeignCalendarError as error:
            findings.left_out.append(f"Schedule {number}: {error}.")
    schedules = found.get_mappings("schedule")
    if not any(map(_is_adhoc, schedules)):
        require_entries(entries, findings)
    for one in schedules:
        findings.note_unread(one, _SCHEDULE_KEYS, " under `schedule`")
    note = _write_note(found, schedules)
    if len(note) > MAX_NOTE_LENGTH:
        findings.left_out.append(f"The end of its `agenda`: a note holds {MAX_NOTE_LENGTH:,} characters.")
    agenda = found.get_text("agenda_url")
    chairs = [one.get_text("chair") for one in (found, *schedules)]
    heading = ForeignCalendar(
        name=found.get_text("project"),
        slug=name,
        about=found.get_long_text("description"),
        website=found.get_text("project_url"),
        note=cut_text(note, MAX_NOTE_LENGTH),
        links=(Link("Agenda", agenda),) if is_web_url(agenda) else (),
        moderators=tuple(dict.fromkeys(person for chair in chairs for person in split_people(chair))),
    )
    return add_entries(heading, entries, findings)


def _write_note(found: Values, schedules: Sequence[Values]) -> str:
    adhoc = [one for one in schedules if _is_adhoc(one)]
    places = join_list(tuple(dict.fromkeys(filter(None, map(_format_place, adhoc)))))
    also = " also" if len(adhoc) < len(schedules) else ""
    bot = found.get_text("meeting_id")
    parts = [
        f"The chair begins with `#startmeeting {bot}`." if bot else "",
        f"It{also} meets {places and f'in {places} '}on no regular days." if adhoc else "",
    ]
    agenda = make_paragraphs(found.get_paragraphs("agenda"))
    return "\n".join(filter(None, (" ".join(filter(None, parts)), agenda and f"Agenda:\n{agenda}")))


def _is_adhoc(schedule: Values) -> bool:
    return schedule.get_text("frequency") == "adhoc"


def _format_place(schedule: Values) -> str:
    channel, room = schedule.get_text("irc"), schedule.get_text("matrix")
    return f"#{channel} on IRC" if channel else f"{room} on Matrix" if room else ""


def _build_entry(found: Values, schedule: Any, today: date, findings: Findings) -> Entry:
    if not isinstance(schedule, Values):
        raise ForeignCalendarError("it is not a mapping")
    if _is_adhoc(schedule):
        raise ForeignCalendarError("it is `adhoc`, and has no days")
    weekday = schedule.get_text("day").capitalize()
    clock = re.fullmatch(r"([01]?\d|2[0-3])([0-5]\d)", schedule.get_text("time"))
    if weekday not in DAYS or clock is None:
        raise ForeignCalendarError("it has no day, or no time like 1600")
    reasons = dict(_read_skip(one, findings) for one in schedule.get_list("skip_dates"))
    at = time(int(clock[1]), int(clock[2]), tzinfo=UTC)
    begins = _read_compact_date(schedule, "start_date")
    if schedule.get_text("start_date") and begins is None:
        raise ForeignCalendarError("its `start_date` is no day like 20260311")
    first, rule = _compute_recurrence(begins or today, DAYS.index(weekday), schedule.get_text("frequency"))
    minutes = schedule.get_text("duration") or "60"
    if not re.fullmatch(r"\d{1,5}", minutes):
        raise ForeignCalendarError("its `duration` is no number of minutes")
    event = make_event({"summary": found.get_text("project"), "location": _format_place(schedule)})
    event.add("dtstart", datetime.combine(first, at))
    event.add("duration", timedelta(minutes=int(minutes)))
    for day in reasons:
        event.add("exdate", datetime.combine(day, at))
    extras = {"skip_reasons": reasons, "has_known_start": begins is not None}
    return Entry(event=event, lines=(rule,), hosts=split_people(schedule.get_text("chair")), extras=extras)


def _read_skip(found: object, findings: Findings) -> tuple[date, str]:
    skip = Values.take(found)
    findings.note_unread(skip, ("skip_date", "reason"), " under `skip_dates`")
    if day := _read_compact_date(skip, "skip_date"):
        return day, skip.get_text("reason")
    raise ForeignCalendarError("one of its `skip_dates` has no `skip_date` like 20260311")


def _read_compact_date(found: Values, key: str) -> date | None:
    try:
        return datetime.strptime(found.get_text(key), "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _compute_recurrence(begins: date, weekday: int, frequency: str) -> tuple[date, str]:
    """Return the first day of a meeting and the line of its rule, as yaml2ical has them."""
    day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
    if frequency == "weekly":
        return day, "RRULE:FREQ=WEEKLY"
    if frequency in _ROTATIONS:
        weeks, remainder = _ROTATIONS[frequency]
        # After a year of 53 weeks, the next such week is further away.
        while day.isocalendar().week % weeks != remainder:
            day += _WEEK
        return day, f"RRULE:FREQ=WEEKLY;INTERVAL={weeks}"
    ordinal, _, named = frequency.partition("-")
    if ordinal not in _ORDINALS or named.capitalize() not in DAYS[:5]:
        raise ForeignCalendarError(f"its frequency is none that yaml2ical knows: {make_single_line(frequency, 60)}")
    # It begins in the month after `begins`, on the weekday of `day`, whatever weekday the frequency names.
    month = begins.replace(day=1) + timedelta(days=monthrange(begins.year, begins.month)[1])
    first = month + timedelta(days=(weekday - month.weekday()) % 7) + _WEEK * _ORDINALS.index(ordinal)
    return first, f"RRULE:FREQ=MONTHLY;BYDAY={_ORDINALS.index(ordinal) + 1}{named[:2].upper()}"
