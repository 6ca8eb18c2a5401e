"""The days of a recurrence rule, and its text in RFC 5545."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Literal

from dateutil import rrule

from chatcal.english import join_list
from chatcal.model import Rule
from chatcal.problems import ScheduleError, Span, make_error

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {"YEARLY": 0, "MONTHLY": 1, "WEEKLY": 2, "DAILY": 3}
"""The numbers that dateutil gives them."""


def expand(rule: Rule, first: date, last: date, anchor: date | None = None) -> Iterator[date]:
    """Return the days of a rule from `first` to `last`, both inclusive, in order.

    `anchor` is a day of the rule that an interval above 1 counts from, forwards and backwards. Expansion starts at
    the last period that begins on or before `first`, however long ago the anchor was.
    """
    start = _find_period_start(rule, first, anchor or first)
    if rule.freq == "WEEKLY" and rule.by_day and not (rule.by_month or rule.by_set_pos):
        yield from _expand_weekly(rule, start, first, last)
        return
    # dateutil names its parameters as RFC 5545 names the parts.
    parts: dict[str, Any] = {name.lower(): getattr(rule, field) or None for name, (field, *_) in _NUMBER_PARTS.items()}
    found = rrule.rrule(
        _FREQUENCIES[rule.freq],
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        until=datetime.combine(last, time()),
        wkst=rule.week_start,
        byweekday=[rrule.weekday(day, ordinal) for ordinal, day in rule.by_day] or None,
        **parts,
    )
    for moment in found:
        if moment.date() >= first:
            yield moment.date()


def _expand_weekly(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Return the days of a rule that names weekdays only: most rules do, and dateutil is slow."""
    after = sorted({(weekday - rule.week_start) % 7 for _, weekday in rule.by_day})
    for week in range(start.toordinal(), last.toordinal() + 1, 7 * rule.interval):
        for day in (week + offset for offset in after):
            if first.toordinal() <= day <= last.toordinal():
                yield date.fromordinal(day)


def _find_period_start(rule: Rule, first: date, anchor: date) -> date:
    if rule.freq in ("DAILY", "WEEKLY"):
        length, offset = (1, 0) if rule.freq == "DAILY" else (7, rule.week_start + 1)  # day 1 is a Monday
        period, counted = ((day.toordinal() - offset) // length for day in (first, anchor))
        return date.fromordinal((period - (period - counted) % rule.interval) * length + offset)
    length = 1 if rule.freq == "MONTHLY" else 12
    period, counted = ((day.year * 12 + day.month - 1) // length for day in (first, anchor))
    month = (period - (period - counted) % rule.interval) * length
    return date(month // 12, month % 12 + 1, 1)


def can_fall_on(rule: Rule, day: date) -> bool:
    """Say whether a rule can fall on a day, whichever weeks or months it counts."""
    return day in expand(rule, day, day, anchor=day)


_WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_WEEKDAY = r"([+-]?(?:0?[1-9]|[1-9][0-9]))?(MO|TU|WE|TH|FR|SA|SU)"
_NUMBER_PARTS: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "BYMONTH": ("by_month", 1, 12, tuple(_FREQUENCIES)),
    "BYMONTHDAY": ("by_month_day", -31, 31, ("YEARLY", "MONTHLY", "DAILY")),
    "BYSETPOS": ("by_set_pos", -366, 366, tuple(_FREQUENCIES)),
    "BYYEARDAY": ("by_year_day", -366, 366, ("YEARLY",)),
    "BYWEEKNO": ("by_week_no", -53, 53, ("YEARLY",)),
}
"""The field of each, its least and highest number, and the frequencies that take it (RFC 5545 section 3.3.10)."""

_REFUSED_PARTS = {
    "DTSTART": "Write `from:` instead.",
    "UNTIL": "Write `until:` instead.",
    "COUNT": "Write `until:` with the last day instead.",
    "BYHOUR": "Write `at:` instead; two times a day are two chats.",
    "BYMINUTE": "Write `at:` instead.",
    "BYSECOND": "Write `at:` instead.",
}


def parse_rrule(text: str, where: Span) -> Rule:
    """Return the rule of an RFC 5545 RRULE value (section 3.3.10), like `FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1`.

    Raises ScheduleError for what a schedule does not take: hours, a start or an end, and rules without days.
    """
    parts = _split_parts(text, where)
    freq = parts.pop("FREQ", "")
    if freq not in _FREQUENCIES:
        raise _make_error(where, "The rule needs `FREQ=` DAILY, WEEKLY, MONTHLY or YEARLY.", "Put it first.")
    values: dict[str, object] = {}
    for name, value in parts.items():
        values |= _parse_part(name, value, freq, where)
    rule = Rule(freq=freq, where=where, **values)  # type: ignore[arg-type] # _parse_part gives each field its own type
    if freq != "DAILY" and not (rule.by_day or rule.by_month_day or rule.by_year_day):
        raise _make_error(where, "The rule does not name its days.", "Add `BYDAY=` or `BYMONTHDAY=`, like `BYDAY=2TU`.")
    if message := _find_conflict(rule, parts):
        raise _make_error(where, message)
    return rule


def _make_error(where: Span, message: str, hint: str = "See RFC 5545, 3.3.10.") -> ScheduleError:
    return make_error(where, "rrule", message, hint)


def _split_parts(text: str, where: Span) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.upper().replace(" ", "").removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name in _REFUSED_PARTS:
            raise _make_error(where, f"`rrule` cannot have `{name}`.", _REFUSED_PARTS[name])
        if not value or name in parts:
            why = f"the rule has another `{name}=`" if value else "a part needs a value"
            raise _make_error(where, f"`{part}` is not valid: {why}.", "Parts look like `BYDAY=2TU`.")
        parts[name] = value
    return parts


def _find_conflict(rule: Rule, parts: Mapping[str, str]) -> str | None:
    """Return which parts of a rule contradict each other, as a message; None where none do."""
    for name, (_, _, _, frequencies) in _NUMBER_PARTS.items():
        if name in parts and rule.freq not in frequencies:
            return f"`{name}=` cannot be used with `FREQ={rule.freq}`, only with {join_list(frequencies, 'or')}."
    ordinals = [abs(ordinal) for ordinal, _ in rule.by_day if ordinal is not None]
    if ordinals and rule.by_week_no:
        return f"`BYDAY={parts['BYDAY']}` cannot be used with `BYWEEKNO=`: a week has each day once."
    most, period = (53, "year") if rule.freq == "YEARLY" and not rule.by_month else (5, "month")
    if max(ordinals, default=0) > most:
        return f"`BYDAY={parts['BYDAY']}` never comes: a {period} has each day of the week {most} times at most."
    if rule.by_set_pos and not parts.keys() & {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        return "`BYSETPOS=` picks from the days that another part names, and there is no such part."
    return None


def _parse_part(name: str, value: str, freq: str, where: Span) -> dict[str, object]:
    if name == "INTERVAL" and re.fullmatch(r"[1-9][0-9]?", value):
        return {"interval": int(value)}
    if name == "WKST" and value in _WEEKDAYS:
        return {"week_start": _WEEKDAYS[value]}
    if name == "BYDAY" and re.fullmatch(rf"{_WEEKDAY}(,{_WEEKDAY})*", value):
        days = [(int(number) if number else None, _WEEKDAYS[day]) for number, day in re.findall(_WEEKDAY, value)]
        numbered = [ordinal is not None for ordinal, _ in days]
        if not any(numbered) or freq in ("MONTHLY", "YEARLY"):
            # RFC 5545 wants their union, and dateutil takes what they share.
            if len(set(numbered)) > 1:
                raise _make_error(where, f"`{name}={value}` mixes days with and without a number.", "Write two chats.")
            return {"by_day": tuple(dict.fromkeys(days))}
    if name in _NUMBER_PARTS and re.fullmatch(r"[+-]?[0-9]{1,3}(,[+-]?[0-9]{1,3})*", value):
        field, least, most, _ = _NUMBER_PARTS[name]
        numbers = sorted({int(item) for item in value.split(",")})
        if all(least <= number <= most and number for number in numbers):
            return {field: tuple(numbers)}
    raise _make_error(where, f"`{name}={value}` is not a valid part of a `FREQ={freq}` rule.")


def format_rrule(rule: Rule) -> str:
    """Return a rule as the value of an RFC 5545 RRULE (section 3.3.10): the inverse of parse_rrule."""
    codes = list(_WEEKDAYS)
    parts = {
        "FREQ": rule.freq,
        "INTERVAL": str(rule.interval) if rule.interval > 1 else "",
        **{name: ",".join(map(str, getattr(rule, field))) for name, (field, *_) in _NUMBER_PARTS.items()},
        "BYDAY": ",".join(f"{'' if ordinal is None else ordinal}{codes[day]}" for ordinal, day in rule.by_day),
        "WKST": codes[rule.week_start] if rule.week_start else "",
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)
