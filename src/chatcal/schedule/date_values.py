"""Readers of dates, times, lengths, zones and phrases: one kind of text each, to its value.

Every reader takes a node and raises Invalid, with what to write instead, where the text is not of its kind.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta

from chatcal import timezones
from chatcal.english import MONTHS, closest_match
from chatcal.model import Day, DayPart, Duration, ListedDate, MovedTo, Period, Rule, StartTime
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.recurrence import rules
from chatcal.schedule import nodes, phrases, suggestions
from chatcal.schedule.fields import ListReader, read_all, require_scalar
from chatcal.schedule.nodes import Node, Scalar

FIRST_YEAR, LAST_YEAR = 1970, 2199
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DATE_HINT = "Write year, month and day like `2014-01-29`."


def parse_date(text: str, where: Span, *, timed: bool = False) -> date:
    """Return the date that a text like `2014-01-29` writes; raises Invalid.

    `timed` says whether the hint may write a clock time behind it.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        meant = suggestions.suggest_date(text, timed=timed)
        raise make_error(where, "date", f"`{text}` is no date.", f"{DATE_HINT} Here: {meant}." if meant else DATE_HINT)
    year, month, day = map(int, found.groups())
    if not 1 <= month <= 12:
        swapped = f" Here perhaps: `{year}-{day:02}-{month:02}`." if 1 <= day <= 12 and 1 <= month <= 31 else ""
        raise make_error(where, "date", f"There is no month {month:02}.", DATE_HINT + swapped)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise make_error(
            where,
            "date",
            f"The year {year} is out of range.",
            f"Years run from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = MONTHS[month - 1]
        raise make_error(
            where,
            "date",
            f"{name} {year} has no day {day}.",
            f"It has {last} days: its last is `{year}-{month:02}-{last}`.",
        )
    return date(year, month, day)


def parse_leading_date(found: Scalar, *, timed: bool = False) -> tuple[date, str]:
    """Return the date that a text begins with, and what stands behind it; raises Invalid."""
    first, _, rest = found.text.strip().partition(" ")
    if not _DATE.fullmatch(first) and not suggestions.suggest_date(first):
        first, rest = found.text, ""
    return parse_date(first, found.find_part(first), timed=timed), rest.strip()


def _parse_date_and_time(found: Scalar) -> tuple[date, time | None]:
    day, rest = parse_leading_date(found, timed=True)
    return day, _parse_clock(rest, found.find_part(rest)) if rest else None


def read_date(node: Node) -> Day:
    """Read a date like `2014-01-29`."""
    found = require_scalar(node, "a date like `2014-01-29`")
    return Day(parse_date(found.text, found.span), found.span)


def read_period(node: Node) -> Period:
    """Read a date, or the month or year that is all that is known of it."""
    found = require_scalar(node, "a date like `2014-01-29`, or `2014-01`, or `2014`")
    text, where = found.text, found.span
    if month := suggestions.suggest_month(text):
        raise make_error(where, "date", f"`{text}` is no date.", f"Write `{month}`.")
    if re.fullmatch(r"[0-9]{4}", text):
        return Period(parse_date(f"{text}-01-01", where), parse_date(f"{text}-12-31", where), where)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        first = parse_date(f"{text}-01", where)
        return Period(first, first.replace(day=monthrange(first.year, first.month)[1]), where)
    day = parse_date(text, where)
    return Period(day, day, where)


_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def _parse_clock(text: str, where: Span) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise make_error(where, "time", f"`{text}` is no clock time.", suggestions.suggest_time(text))
    hour, minute = map(int, found.groups())
    if hour == 24 and minute == 0:
        raise make_error(where, "time", "A day ends before 24:00.", "Write `00:00`, on the day that begins then.")
    if hour > 23 or minute > 59:
        raise make_error(
            where,
            "time",
            f"No clock shows `{text}`.",
            "Hours run from 00 to 23, minutes from 00 to 59.",
        )
    return time(hour, minute)


def read_time(node: Node) -> StartTime:
    """Read a clock time, a part of the day, `unknown` or `all day`."""
    found = require_scalar(node, "a clock time like `13:00`, or `unknown`")
    folded = found.text.lower()
    if folded in list(DayPart):
        return DayPart(folded)
    if found.text[:1].isdigit() or suggestions.is_clock_word(found.text):
        return _parse_clock(found.text, found.span)
    known = closest_match(found.text, DayPart) or suggestions.suggest_day_part(folded)
    raise make_error(
        found.span,
        "time",
        f"`{found.text}` is no time of day.",
        f"Did you mean `{known}`?" if known else f"Write a clock time like `13:00`, or one of: {', '.join(DayPart)}.",
    )


_DURATION = re.compile(r"(?P<minutes>[0-9]{1,4})min|(?P<hours>[0-9]{1,3})h(?P<over>[0-5][0-9])?|(?P<days>[0-9]{1,2})d")
_MAX_DURATION = timedelta(days=31)


def read_duration(node: Node) -> Duration:
    """Read a length like `45min`, `1h30` or `2d`."""
    found = require_scalar(node, "a length like `1h`")
    parts = _DURATION.fullmatch(found.text)
    if parts is None:
        raise make_error(
            found.span,
            "length",
            f"`{found.text}` is no length.",
            suggestions.suggest_duration(found.text),
        )
    length = Duration(
        days=int(parts["days"] or 0),
        minutes=int(parts["minutes"] or 0) + 60 * int(parts["hours"] or 0) + int(parts["over"] or 0),
    )
    if not timedelta() < timedelta(days=length.days, minutes=length.minutes) <= _MAX_DURATION:
        raise make_error(
            found.span,
            "length",
            f"A session cannot last `{found.text}`.",
            "It lasts from `1min` to `31d`.",
        )
    return length


def read_zone(node: Node) -> str:
    """Read the IANA name of a zone of the form Area/City, or Etc/UTC."""
    found = require_scalar(node, "an IANA time zone like `America/Toronto`")
    if found.text not in timezones.list_zone_names():
        raise make_error(
            found.span,
            "zone",
            f"`{found.text}` is no time zone of a place.",
            suggestions.suggest_zone_for_words(found.text) or suggestions.suggest_zone(found.text),
        )
    return found.text


def read_every(node: Node) -> Rule:
    """Read a phrase of the schedule language."""
    found = require_scalar(node, "a phrase like `first Wednesday of the month`")
    return phrases.parse_phrase(found.text, found.span)


def read_rrule(node: Node) -> Rule:
    """Read an RFC 5545 recurrence rule."""
    found = require_scalar(node, "a rule like `FREQ=MONTHLY;BYDAY=2TU`")
    return rules.parse_rrule(found.text, found.span)


def _read_exception(node: Node) -> Rule | Day:
    found = require_scalar(node, "a phrase or a date")
    if found.text[:4].isdigit() or suggestions.suggest_date(found.text):
        return read_date(found)
    return phrases.parse_exception(found.text, found.span)


def read_exceptions(node: Node) -> tuple[Rule | Day, ...]:
    """Read a phrase, a date, or a list of them."""
    return read_all(_read_exception, node.items if isinstance(node, nodes.Sequence) else [node])


def _read_listed_date(node: Node) -> ListedDate:
    found = require_scalar(node, "a date like `2014-11-05` or `2014-11-05 13:00`")
    return ListedDate(*_parse_date_and_time(found), found.span)


def read_dates(node: Node) -> tuple[ListedDate, ...]:
    """Read a list of days, each once, with or without times."""
    listed: tuple[ListedDate, ...] = ListReader(_read_listed_date, "dates")(node)
    seen: set[date] = set()
    problems = []
    for one in listed:
        if one.day in seen:
            problems.append(
                Problem(
                    span=one.where,
                    code="twice",
                    message=f"{one.day} is listed twice.",
                    hint="List each day once; two sessions a day are two chats.",
                )
            )
        seen.add(one.day)
    if problems:
        raise ScheduleError(problems)
    return listed


def read_moved_to(node: Node) -> MovedTo:
    """Read where a slot is moved to: a date, with or without a time."""
    found = require_scalar(node, "a date and a time like `2014-11-05 20:00`")
    if _CLOCK.fullmatch(found.text):
        raise make_error(
            found.span,
            "date",
            f"`{found.text}` is a time without a day.",
            f"Write the day too, like `2014-11-05 {found.text}`; on the slot's own day write `at: {found.text}`.",
        )
    return MovedTo(*_parse_date_and_time(found))


@dataclass(frozen=True, slots=True)
class MonthCountReader:
    """A reader of `12 months`, at least so many."""

    minimum: int

    def __call__(self, node: Node) -> int:
        """Return the number of months; raises Invalid."""
        found = require_scalar(node, "a number of months like `12 months`")
        number = re.fullmatch(r"([0-9]{1,3}) months?", found.text)
        if number is None or not self.minimum <= int(number[1]) <= MAX_MONTHS:
            raise make_error(
                found.span,
                "months",
                f"`{found.text}` is no number of months from {self.minimum} to {MAX_MONTHS}.",
                suggestions.suggest_month_count(found.text),
            )
        return int(number[1])


MAX_MONTHS = 120
