"""An RFC 5545 recurrence rule, with its start, to the rules and the hours of chats."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from chatcal.importers.series import Moment
from chatcal.model import Rule
from chatcal.problems import ScheduleError, Span
from chatcal.recurrence import rules
from chatcal.timezones import load_zone

NO_SPAN = Span("imported")


FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Schedules know the days between them, both inclusive."""


_RAREST_YEARS = 41
"""In years. The rarest days that come again do so every 40 years."""
_WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_SECONDS = 24 * 60 * 60


_MAX_DAILY_TIMES = 24
"""A day: a chat that meets more often is none."""
_MAX_COUNT = 100_000
_FREQ_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}


class UnsupportedSeriesError(Exception):
    """Why a rule cannot be said, in words that follow "it"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Days that recur, at one time of the day (None: all day), from a first slot to a last."""

    rule: Rule
    at: time | None
    first: date
    until: date | None = None


def parse_recurrences(rrule: str, start: Moment, zone_name: str | None) -> tuple[Recurrence, ...]:
    """Return what an RRULE value gives from its start on, on the clock of the series: one for each time of the day.

    Raises Untold.
    """
    parts = _split_rrule(rrule)
    until, count = parts.pop("UNTIL", None), parts.pop("COUNT", None)
    times = _take_times(parts, start)
    day = start.date() if isinstance(start, datetime) else start
    _add_start_days(parts, day)
    try:
        parsed = rules.parse_rrule(";".join(f"{name}={value}" for name, value in parts.items()), NO_SPAN)
    except ScheduleError as error:
        raise UnsupportedSeriesError(
            f"has a rule that cannot be said: {error.problems[0].message.rstrip('.')}"
        ) from None
    if not _can_fall(parsed):
        raise UnsupportedSeriesError("has a rule that falls on no day")
    if len(times) > 1 and parsed.by_set_pos:
        raise UnsupportedSeriesError("picks some of several times a day")
    rule = _simplify_rule(parsed, day)
    end = (
        _find_last_start(rule, start, times, count)
        if count
        else _parse_until(until, start, zone_name)
        if until
        else None
    )
    found = tuple(one for at in times if (one := _build_recurrence(rule, at, day, start, end)) is not None)
    if not found and (end is None or str(end) >= str(start)):
        raise UnsupportedSeriesError("has a rule that falls on no day")
    return found


def _split_rrule(rrule: str) -> dict[str, str]:
    parts = dict(part.partition("=")[::2] for part in rrule.upper().split(";") if part)
    if "FREQ" not in parts:
        raise UnsupportedSeriesError("has a rule that names no frequency")
    count = parts.get("COUNT", "")
    if count and not re.fullmatch(r"[1-9][0-9]{0,8}", count):
        del parts["COUNT"]
    return parts


def _take_times(parts: dict[str, str], start: Moment) -> Sequence[time | None]:
    """Return the times of the day, in order, and take what says them out of the rule."""
    hours, minutes, seconds = (parts.pop(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if parts["FREQ"] in _FREQ_SECONDS:
        if hours or minutes or seconds or not isinstance(start, datetime):
            raise UnsupportedSeriesError("repeats within the day by a rule of its own")
        return _take_intraday_times(parts, start)
    if not isinstance(start, datetime):
        return [None]
    found = {
        time(hour, minute)
        for hour in _parse_numbers(hours, start.hour, 23)
        for minute in _parse_numbers(minutes, start.minute, 59)
    }
    if len(found) > _MAX_DAILY_TIMES or len(_parse_numbers(seconds, start.second, 59)) > 1:
        raise UnsupportedSeriesError(f"meets more than {_MAX_DAILY_TIMES} times a day")
    return sorted(found)


def _parse_numbers(text: str, default: int, most: int) -> set[int]:
    if not text:
        return {default}
    if not re.fullmatch(r"[0-9]{1,2}(,[0-9]{1,2})*", text) or any(int(one) > most for one in text.split(",")):
        raise UnsupportedSeriesError("names a time of the day that there is not")
    return {int(one) for one in text.split(",")}


def _take_intraday_times(parts: dict[str, str], start: datetime) -> Sequence[time | None]:
    """Return the times of a rule by hours, minutes or seconds that are the same on each of its days."""
    interval = parts.pop("INTERVAL", "1")
    step = (int(interval) if re.fullmatch(r"[0-9]{1,6}", interval) else 0) * _FREQ_SECONDS[parts["FREQ"]]
    parts["FREQ"] = "DAILY"
    if "BYSETPOS" in parts:
        raise UnsupportedSeriesError("picks some of several times a day")
    if step and step % _DAY_SECONDS == 0:
        parts["INTERVAL"] = str(step // _DAY_SECONDS)
        return [start.time().replace(second=0)]
    if not step or _DAY_SECONDS % step or _DAY_SECONDS // step > _MAX_DAILY_TIMES or step % 60:
        raise UnsupportedSeriesError("repeats by the hour, minute or second in a way that no days have")
    first = start.replace(second=0)
    return sorted((first + timedelta(seconds=step * number)).time() for number in range(_DAY_SECONDS // step))


def _add_start_days(parts: dict[str, str], day: date) -> None:
    """Let a rule name the days that its start alone says (section 3.3.10)."""
    named = parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
    freq = parts["FREQ"]
    if freq == "WEEKLY" and "BYDAY" not in parts:
        parts["BYDAY"] = _WEEKDAY_CODES[day.weekday()]
    elif freq == "MONTHLY" and not named:
        parts["BYMONTHDAY"] = str(day.day)
    elif freq == "YEARLY" and "BYWEEKNO" in parts and not named:
        parts["BYDAY"] = _WEEKDAY_CODES[day.weekday()]
    elif freq == "YEARLY" and not named:
        parts.setdefault("BYMONTH", str(day.month))
        parts["BYMONTHDAY"] = str(day.day)


_SAMPLE_DAYS = [date(1996, 1, 1) + timedelta(days=number) for number in range(28 * 366)]
"""All days of the week, on all days of the year."""


def _can_fall(rule: Rule) -> bool:
    """Say whether there is a day on which the parts of a rule can meet; dateutil looks for it until the year 9999."""
    weekdays = {day for _, day in rule.by_day}
    return any(
        (not rule.by_month or day.month in rule.by_month)
        and (not weekdays or day.weekday() in weekdays)
        and (
            not rule.by_month_day or {day.day, day.day - monthrange(day.year, day.month)[1] - 1} & {*rule.by_month_day}
        )
        for day in _SAMPLE_DAYS
    )


def _simplify_rule(rule: Rule, day: date) -> Rule:
    """Return the same days by the plainest rule, which a phrase is likelier to say."""
    if rule.freq == "DAILY" and not (rule.by_month or rule.by_month_day or rule.by_set_pos):
        if rule.by_day and rule.interval == 1:
            rule = replace(rule, freq="WEEKLY")
        elif not rule.by_day and rule.interval % 7 == 0:
            rule = replace(rule, freq="WEEKLY", interval=rule.interval // 7, by_day=((None, day.weekday()),))
    if rule.freq == "WEEKLY":
        return _simplify_weekly(rule)
    rule = _convert_positions(rule)
    if rule.freq == "MONTHLY" and rule.interval % 12 == 0 and not rule.by_month:
        rule = replace(rule, freq="YEARLY", interval=rule.interval // 12, by_month=(day.month,))
    elif rule.freq == "MONTHLY" and rule.by_month and rule.interval == 1 and not rule.by_set_pos:
        rule = replace(rule, freq="YEARLY")
    if not rule.by_week_no:
        rule = replace(rule, week_start=0)
    return replace(rule, by_day=tuple(sorted(rule.by_day, key=lambda pair: (pair[0] or 0, pair[1]))))


def _simplify_weekly(rule: Rule) -> Rule:
    days = sorted(day for _, day in rule.by_day)
    start = rule.week_start
    # Weeks that begin on another day part the same days in the same way, unless one lies on either side of it.
    if rule.interval == 1 or all(day >= start for day in days) or all(day < start for day in days):
        rule = replace(rule, week_start=0)
    rule = replace(rule, by_day=tuple((None, day) for day in days))
    if rule.interval == 1 and len(days) == 7 and not (rule.by_month or rule.by_set_pos):
        return replace(rule, freq="DAILY", by_day=())
    return rule


def _convert_positions(rule: Rule) -> Rule:
    """Return `BYDAY=2TU` for `BYDAY=TU;BYSETPOS=2`, and for `BYDAY=TU;BYMONTHDAY=8,9,10,11,12,13,14`."""
    if len(rule.by_day) != 1 or rule.by_day[0][0] is not None or (rule.freq == "YEARLY" and not rule.by_month):
        return rule
    weekday = rule.by_day[0][1]
    one_month = rule.freq == "MONTHLY" or len(rule.by_month) == 1
    if rule.by_set_pos and not rule.by_month_day and one_month and all(-5 <= one <= 5 for one in rule.by_set_pos):
        return replace(rule, by_day=tuple((one, weekday) for one in rule.by_set_pos), by_set_pos=())
    for ordinal, days in _WEEKS_OF_MONTH.items():
        if rule.by_month_day == days and not rule.by_set_pos:
            return replace(rule, by_day=((ordinal, weekday),), by_month_day=())
    return rule


_WEEKS_OF_MONTH = {
    1: tuple(range(1, 8)),
    2: tuple(range(8, 15)),
    3: tuple(range(15, 22)),
    4: tuple(range(22, 29)),
    -1: tuple(range(-7, 0)),
}


def _find_last_start(rule: Rule, start: Moment, times: Sequence[time | None], count: str) -> Moment | None:
    """Return the last of so many sessions; None where they go on for ever as far as anybody minds."""
    if int(count) > _MAX_COUNT:
        return None
    found = list(islice(_iterate_starts(rule, start, times), int(count)))
    return found[-1] if len(found) == int(count) else None


def _iterate_starts(rule: Rule, start: Moment, times: Sequence[time | None]) -> Iterator[Moment]:
    day, begins = (start.date(), start.time()) if isinstance(start, datetime) else (start, time())
    for one in rules.expand(rule, day, LAST_DAY, day):
        for at in times:
            if at is None:
                yield one
            elif one > day or at >= begins.replace(second=0):
                yield datetime.combine(one, at)


def _parse_until(until: str, start: Moment, zone_name: str | None) -> Moment:
    """Return an UNTIL on the clock of the series."""
    found = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", until)
    if found is None:
        raise UnsupportedSeriesError("has a rule whose end cannot be read")
    moment = datetime(*(int(one or 0) for one in found.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock's
    if not isinstance(start, datetime):
        return moment.date()
    # What is not said to be in UTC is read so too, as the programs do that read such files.
    if zone_name is not None and FIRST_DAY <= moment.date() <= LAST_DAY:
        moment = moment.replace(tzinfo=load_zone("Etc/UTC")).astimezone(load_zone(zone_name)).replace(tzinfo=None)
    return moment


def _build_recurrence(rule: Rule, at: time | None, day: date, start: Moment, end: Moment | None) -> Recurrence | None:
    """Return the recurrence at one of the times of the day; None where it ends before it begins."""
    if isinstance(start, datetime) and at is not None and at < start.time().replace(second=0):
        day += timedelta(days=1)
    until = end
    if isinstance(end, datetime):
        until = end.date() if at is None or at <= end.time() else end.date() - timedelta(days=1)
    if until is not None and until > LAST_DAY:
        until = None
    anchor = start.date() if isinstance(start, datetime) else start
    day = max(day, FIRST_DAY)
    last = min(until or LAST_DAY, LAST_DAY, day.replace(year=day.year + _RAREST_YEARS, day=1))
    first = next(rules.expand(rule, day, last, anchor), None)
    return Recurrence(rule=rule, at=at, first=first, until=until) if first is not None else None
