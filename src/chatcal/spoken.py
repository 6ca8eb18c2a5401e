"""Days, hours and periods of a chat in the words in which people say them: the way back from phrases."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from chatcal.model import DayPart, Duration, Period, Rule, StartTime
from chatcal.words import DAYS, MONTHS, format_clock, format_count, format_long_day, join_list
from chatcal.zones import UTC_NAME, get_city_name


def describe_rule(rule: Rule, *, each: str = "every") -> str:
    """Return the days of a rule: `every other Tuesday`, `the first and third Thursday of every month`.

    `each` stands before `month`: `the last Friday of the month` is how an exception puts it.
    """
    parts = {name for name in _RULE_PARTS if getattr(rule, name)}
    plain = all(ordinal is None for ordinal, _ in rule.by_day)
    if rule.freq == "DAILY" and not parts:
        return _format_interval(rule.interval, "day")
    if rule.freq == "WEEKLY" and parts == {"by_day"}:
        return _describe_weekdays(rule)
    named = _join_numbered_weekdays(rule) if rule.by_day else _join_month_days(rule.by_month_day)
    if rule.freq == "MONTHLY" and (parts == {"by_month_day"} or (parts == {"by_day"} and not plain)):
        return f"the {named} of {_format_interval(rule.interval, 'month', each)}"
    if rule.freq == "YEARLY" and parts == {"by_month", "by_month_day"} and _is_one_day(rule):
        return f"{_format_interval(rule.interval, 'year')} on {rule.by_month_day[0]} {MONTHS[rule.by_month[0] - 1]}"
    if rule.freq == "YEARLY" and "by_month" in parts and len(parts) == 2 and (rule.by_month_day or not plain):
        often = f" in {_format_interval(rule.interval, 'year')}" if rule.interval > 1 else ""
        return f"the {named} of {join_list([MONTHS[month - 1] for month in rule.by_month])}{often}"
    return _describe_conditions(rule)


_RULE_PARTS = ("by_month", "by_month_day", "by_day", "by_set_pos", "by_year_day", "by_week_no")


def _is_one_day(rule: Rule) -> bool:
    return len(rule.by_month) == len(rule.by_month_day) == 1 and rule.by_month_day[0] > 0


_WORKDAYS = [0, 1, 2, 3, 4]


def _describe_weekdays(rule: Rule) -> str:
    days = [day for _, day in rule.by_day]
    shown = join_list([DAYS[day] for day in days])
    if days == _WORKDAYS and rule.interval == 1:
        return "every day from Monday to Friday"
    if rule.interval == 1:
        return f"every {shown}"
    if rule.interval == 2 and len(days) == 1:
        return f"every other {shown}"
    return f"{_format_interval(rule.interval, 'week')} on {shown}"


def _describe_conditions(rule: Rule) -> str:
    """Return the days of a rule that no phrase could say: `every day that is a Friday and the 13th of its month`."""
    month = "month" if rule.freq == "MONTHLY" or rule.by_month else "year"
    conditions = []
    if rule.by_day:
        numbered = any(ordinal is not None for ordinal, _ in rule.by_day)
        days = (
            _join_numbered_weekdays(rule, "or") if numbered else join_list([DAYS[day] for _, day in rule.by_day], "or")
        )
        conditions.append(f"the {days} of its {month}" if numbered else f"a {days}")
    if rule.by_month_day:
        conditions.append(f"the {_join_month_days(rule.by_month_day, 'or')} of its month")
    if rule.by_year_day:
        conditions.append(f"the {_join_ordinals(rule.by_year_day, 'or')} day of its year")
    if rule.by_week_no:
        weeks = [str(week) if week > 0 else f"{_name_ordinal(week)} one" for week in _sort_from_start(rule.by_week_no)]
        conditions.append(f"in week {join_list(weeks, 'or')} of its year")
    if rule.by_month:
        conditions.append(f"in {join_list([MONTHS[number - 1] for number in rule.by_month], 'or')}")
    which = f" that is {' and '.join(conditions)}" if conditions else ""
    period = _format_interval(
        rule.interval, {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[rule.freq]
    )
    if rule.by_set_pos:
        return f"the {_join_ordinals(rule.by_set_pos)} day in {period}{which}"
    if rule.freq == "DAILY" and rule.interval > 1:
        return period + which.replace(" that", ", where that", 1)
    return f"every day{which}" + (f", in {period} only" if rule.interval > 1 else "")


def _format_interval(interval: int, unit: str, each: str = "every") -> str:
    """Return `every month`, `every other month`, `every third month`; days and weeks as `every 3 weeks`."""
    if interval == 1:
        return f"{each} {unit}"
    if interval == 2:
        return f"every other {unit}"
    return f"every {interval} {unit}s" if unit in ("day", "week") else f"every {_name_ordinal(interval)} {unit}"


def _join_numbered_weekdays(rule: Rule, joint: str = "and") -> str:
    """Return `first and third Thursday`, `first Monday and last Friday`."""
    found = []
    for weekday, pairs in groupby(sorted(rule.by_day, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        ordinals = _join_ordinals([ordinal for ordinal, _ in pairs if ordinal is not None], joint)
        found.append(f"{ordinals} {DAYS[weekday]}")
    return join_list(found, joint)


def _sort_from_start(numbers: Sequence[int]) -> list[int]:
    """Return numbers in the order of the days that they stand for; negative ones count from the end."""
    return sorted(numbers, key=lambda number: (number < 0, number))


def _join_ordinals(numbers: Sequence[int], joint: str = "and") -> str:
    return join_list([_name_ordinal(number) for number in _sort_from_start(numbers)], joint)


def _join_month_days(numbers: Sequence[int], joint: str = "and") -> str:
    """Return `1st and 15th`, `15th and last day`."""
    shown = [_format_ordinal(number) if number > 0 else _name_ordinal(number) for number in _sort_from_start(numbers)]
    return join_list(shown, joint) + (" day" if any(number < 0 for number in numbers) else "")


_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def _name_ordinal(number: int) -> str:
    """Return `first`, `last`, `second to last`; above the fifth `6th`."""
    if number < 0:
        return "last" if number == -1 else f"{_name_ordinal(-number)} to last"
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else _format_ordinal(number)


def _format_ordinal(number: int) -> str:
    """Return `1st`, `22nd`, `13th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def describe_skipped_days(rule: Rule) -> Iterator[str]:
    """Return sentences that say which days of a rule are skipped where a month or a year has none."""
    for ordinal, weekday in rule.by_day:
        if ordinal in (5, -5) and (rule.freq == "MONTHLY" or rule.by_month):
            yield f"A {_name_ordinal(ordinal)} {DAYS[weekday]} is skipped where the month has none."
    if 29 in rule.by_month_day and rule.by_month == (2,):
        yield "29 February is skipped where the year has none."
    else:
        for day in rule.by_month_day:
            if abs(day) > min(_MONTH_LENGTHS[month - 1] for month in rule.by_month or range(1, 13)):
                yield f"A {_join_month_days([day])} is skipped where the month has none."


DEFAULT_DURATION = Duration(minutes=60)
"""What a session lasts where nobody says."""


def describe_start(at: StartTime) -> str:
    """Return `at 13:00`, `in the evening`."""
    return f"at {format_clock(at)}" if isinstance(at, time) else _DAY_PART_WORDS[at]


def describe_hours(at: StartTime, lasts: Duration | None, timezone: str | None) -> str:
    """Return when on its day a session is held, on which clock: `13:00 to 14:00 in Toronto`."""
    where = describe_place(timezone)
    if isinstance(at, time):
        length = lasts or DEFAULT_DURATION
        if length.days or length.minutes >= 24 * 60:
            return f"at {format_clock(at)}{where}, for {describe_duration(length)}"
        end = datetime.combine(_ANY_DAY, at, UTC) + timedelta(minutes=length.minutes)
        later = " the next day" if end.date() > _ANY_DAY else ""
        return f"{format_clock(at)} to {format_clock(end)}{later}{where}"
    if at is DayPart.ALL_DAY and lasts and lasts.days > 1:
        return f"for {lasts.days} whole days{where}"
    unknown = " (the hour is not known)" if timezone else " (neither hour nor zone is known)"
    return f"{_DAY_PART_WORDS[at]}{where}" + (unknown if at in _VAGUE_TIMES else "")


_ANY_DAY = date(2000, 1, 1)

_VAGUE_TIMES = {
    DayPart.MORNING: "in the morning",
    DayPart.MIDDAY: "about midday",
    DayPart.AFTERNOON: "in the afternoon",
    DayPart.EVENING: "in the evening",
    DayPart.NIGHT: "at night",
}
_DAY_PART_WORDS = _VAGUE_TIMES | {DayPart.UNKNOWN: "at an unknown time", DayPart.ALL_DAY: "all day"}


def describe_place(timezone: str | None) -> str:
    """Return ` in Toronto` for the zone of a chat, nothing where none is known."""
    if timezone is None:
        return ""
    return " UTC" if timezone == UTC_NAME else f" in {get_city_name(timezone)}"


def describe_duration(length: Duration) -> str:
    """Return a length in words: `2 days`, `1 hour and 30 minutes`."""
    hours, minutes = divmod(length.minutes, 60)
    parts = [format_count(length.days, "day"), format_count(hours, "hour"), format_count(minutes, "minute")]
    return join_list([part for part in parts if not part.startswith("0 ")])


def describe_period(first: Period | None, until: Period | None) -> str:
    """Return `from September 2010 until the end of 2016`, `in 2016`, `on 4 March 2026`: as much as is known."""
    if first == until and first is not None:
        return f"{'on' if first.is_exact else 'in'} {_format_period_start(first)}"
    parts = [
        f"from {_format_period_start(first)}" if first else "",
        f"until {_format_period_end(until)}" if until else "",
    ]
    return " ".join(part for part in parts if part)


def _format_period_start(period: Period) -> str:
    if period.is_exact:
        return format_long_day(period.first)
    year = str(period.first.year)
    return year if period.first.month != period.last.month else f"{MONTHS[period.first.month - 1]} {year}"


def _format_period_end(period: Period) -> str:
    return format_long_day(period.last) if period.is_exact else f"the end of {_format_period_start(period)}"
