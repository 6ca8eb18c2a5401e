"""The days of a recurrence rule, found by asking each day (RFC 5545 section 3.3.10).

An import is compared with this. So it rests on the text of the rule alone, and shares no code with what makes chats of
rules, nor with the libraries that read calendars.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Any

from chatcal.importers.series import Moment
from chatcal.model import get_day

_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEPS = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}
"""The seconds between two sessions of a rule that repeats within the day."""
_SHORTEST_STEP = 3_600
_MAX_TIMES = 24
"""Of one day."""
_LARGEST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_NUMBERS = r"[+-]?0*[1-9]\d{0,2}(,[+-]?0*[1-9]\d{0,2})*"
_PARTS = {
    "FREQ": "YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY",
    "INTERVAL": r"0*[1-9]\d{0,8}",
    "COUNT": r"-?\d{1,18}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": "|".join(_WEEKDAYS),
    "BYDAY": r"([+-]?(0?[1-9]|[1-4]\d|5[0-3])?(MO|TU|WE|TH|FR|SA|SU)(,|\b))+",
    **dict.fromkeys(_LARGEST, _NUMBERS),
    **dict.fromkeys(("BYHOUR", "BYMINUTE", "BYSECOND"), r"\d{1,2}(,\d{1,2})*"),
}


class UnreadableRuleError(Exception):
    """A rule that says nothing, or more than the comparison counts."""


@dataclass(frozen=True, slots=True)
class RawRule:
    """An RRULE value, by its parts."""

    parts: dict[str, str]
    start: Moment

    def list_numbers(self, name: str) -> list[int]:
        return [int(one) for one in self.parts.get(name, "").split(",") if one]


def parse_raw_rule(text: str, start: Moment) -> RawRule:
    """Return a rule that begins on a local moment; raises UnreadableRuleError."""
    parts = dict(part.strip().partition("=")[::2] for part in text.upper().split(";") if part.strip())
    known = all(name in _PARTS and re.fullmatch(_PARTS[name], value) for name, value in parts.items())
    if not known or "FREQ" not in parts:
        raise UnreadableRuleError
    rule = RawRule(parts, start)
    if any(abs(one) > most for name, most in _LARGEST.items() for one in rule.list_numbers(name)):
        raise UnreadableRuleError
    if parts["FREQ"] in _STEPS:
        within_a_day = parts.keys() & {"BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS", "BYWEEKNO"}
        if within_a_day or _get_step(parts) < _SHORTEST_STEP or not isinstance(start, datetime):
            raise UnreadableRuleError
    return RawRule(_add_start(parts, get_day(start)), start)


def _add_start(parts: dict[str, str], start: date) -> dict[str, str]:
    """Return the parts of a rule with those that it leaves to its start."""
    freq = parts["FREQ"]
    named = parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
    if "BYDAY" not in parts and (freq == "WEEKLY" or (freq == "YEARLY" and "BYWEEKNO" in parts and not named)):
        return parts | {"BYDAY": _WEEKDAYS[start.weekday()]}
    if freq not in ("MONTHLY", "YEARLY") or named:
        return parts
    return {"BYMONTH": str(start.month) if freq == "YEARLY" else ""} | parts | {"BYMONTHDAY": str(start.day)}


def _get_step(parts: dict[str, str]) -> int:
    return _STEPS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))


def expand_raw_rule(rule: RawRule, first: date, last: date) -> Iterator[Moment]:
    """Yield the local moments of a rule up to a day, in order: from its start on if it counts them, else from `first`.

    It does not look at UNTIL. Raises UnreadableRuleError.
    """
    count = int(rule.parts.get("COUNT", "0"))
    # Whole periods, so that BYSETPOS counts all their days.
    begin = date(max(get_day(rule.start).year, 1 if count > 0 else first.year), 1, 1) - 7 * _DAY
    found = (one for one in _expand_periods(rule, begin, last) if one >= rule.start)
    yield from islice(found, count) if count > 0 else found


def _expand_periods(rule: RawRule, begin: date, last: date) -> Iterator[Moment]:
    positions = rule.list_numbers("BYSETPOS")
    is_due = _make_day_test(rule)
    find_times = _make_time_finder(rule)
    numbers = range(begin.toordinal(), min(last + 366 * _DAY if positions else last, date(9999, 1, 1)).toordinal() + 1)
    days = (day for day in map(date.fromordinal, numbers) if is_due(day))
    for _, period in groupby(days, key=lambda day: _number_period(rule, day)):
        moments: list[Moment] = [
            day if at is None else datetime.combine(day, at) for day in period for at in find_times(day)
        ]
        if positions:
            chosen = {one - 1 if one > 0 else len(moments) + one for one in positions}
            moments = [one for number, one in enumerate(moments) if number in chosen]
        yield from moments


def _make_day_test(rule: RawRule) -> Callable[[date], bool]:
    """Return whether a day is one of the rule's; the cheapest question is asked first."""
    parts, freq = rule.parts, rule.parts["FREQ"]
    names = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
    months, month_days, year_days, weeks = map(rule.list_numbers, names)
    tests: list[Callable[[date], bool]] = []
    weekdays = [
        (int(number or 0), _WEEKDAYS.index(day))
        for number, day in re.findall(r"([+-]?\d{0,2})(MO|TU|WE|TH|FR|SA|SU)", parts.get("BYDAY", ""))
    ]
    if weekdays:
        due = {weekday for _, weekday in weekdays}
        tests.append(lambda day: day.weekday() in due)
        if freq in ("MONTHLY", "YEARLY") and any(number for number, _ in weekdays):
            in_year = freq == "YEARLY" and not months
            tests.append(lambda day: any(_is_nth(day, number, weekday, in_year) for number, weekday in weekdays))
    interval = int(parts.get("INTERVAL", "1"))
    if interval > 1 and freq not in _STEPS:
        from_start = _number_period(rule, get_day(rule.start))
        tests.append(lambda day: (_number_period(rule, day) - from_start) % interval == 0)
    if months:
        tests.append(lambda day: day.month in months)
    if month_days:
        tests.append(lambda day: day.day in month_days or day.day - _count_month_days(day) - 1 in month_days)
    if year_days:
        tests.append(lambda day: _number_in_year(day)[0] in year_days or -_number_in_year(day)[1] in year_days)
    if weeks:
        tests.append(lambda day: not {_number_week(rule, day)[1], _number_week(rule, day)[2]}.isdisjoint(weeks))
    return lambda day: all(test(day) for test in tests)


def _is_nth(day: date, number: int, weekday: int, in_year: bool) -> bool:  # noqa: FBT001 - a day of the year or month
    if day.weekday() != weekday:
        return False
    before, after = _number_in_year(day) if in_year else (day.day, _count_month_days(day) - day.day + 1)
    return number in (0, (before + 6) // 7, -((after + 6) // 7))


def _number_in_year(day: date) -> tuple[int, int]:
    """Return which day of its year it is, counted from the front and from the back."""
    front = day.timetuple().tm_yday
    return front, 366 + isleap(day.year) - front


def _count_month_days(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _begin_week(rule: RawRule, day: date) -> date:
    return day - _DAY * ((day.weekday() - _WEEKDAYS.index(rule.parts.get("WKST", "MO"))) % 7)


def _number_week(rule: RawRule, day: date) -> tuple[int, int, int]:
    """Return the year that a day's week belongs to, and its number in it from the front and from the back."""
    week = _begin_week(rule, day)
    year = (week + 3 * _DAY).year
    first, end = (_begin_week(rule, date(one, 1, 4)) for one in (year, year + 1))
    return year, (week - first).days // 7 + 1, -((end - week).days // 7)


def _number_period(rule: RawRule, day: date) -> int:
    freq = rule.parts["FREQ"]
    if freq == "YEARLY":
        return _number_week(rule, day)[0] if "BYWEEKNO" in rule.parts else day.year
    if freq == "MONTHLY":
        return day.year * 12 + day.month
    return _begin_week(rule, day).toordinal() // 7 if freq == "WEEKLY" else day.toordinal()


def _make_time_finder(rule: RawRule) -> Callable[[date], list[Any]]:
    """Return what gives the times of a day: None for a whole day. Raises UnreadableRuleError for too many times."""
    start = rule.start
    if not isinstance(start, datetime):
        return lambda _: [None]
    if rule.parts["FREQ"] in _STEPS:
        step = _get_step(rule.parts)
        at_start = start.hour * 3600 + start.minute * 60 + start.second

        def find_times(day: date) -> list[time]:
            offset = (at_start - (day - start.date()).days * 86_400) % step
            return [
                (start.replace(hour=0, minute=0, second=0) + timedelta(seconds=one)).time()
                for one in range(offset, 86_400, step)
            ]

        return find_times
    numbers = (
        (name, rule.list_numbers(f"BY{name.upper()}") or [getattr(start, name)])
        for name in ("hour", "minute", "second")
    )
    hours, minutes, seconds = (sorted(set(found)) for _, found in numbers)
    if len(hours) * len(minutes) * len(seconds) > _MAX_TIMES:
        raise UnreadableRuleError
    try:
        times = [time(hour, minute, second) for hour in hours for minute in minutes for second in seconds]
    except ValueError:
        raise UnreadableRuleError from None
    return lambda _: times
