"""An RFC 5545 recurrence rule, with its start, to the rules and the hours of chats."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from chatcal import rules
from chatcal.importing.foreign import Moment
from chatcal.model import Rule
from chatcal.problem import Invalid, Span
from chatcal.zones import zone

NOWHERE = Span("imported")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Schedules know the days between them, both inclusive."""
_RARE = 41
"""In years. The rarest days that come again do so every 40 years."""
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_A_DAY = 24 * 60 * 60
_MOST_TIMES = 24
"""A day: a chat that meets more often is none."""
_MOST_COUNTED = 100_000
_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}


class Untold(Exception):  # noqa: N818 - a rule that the schedule language cannot say is no fault of anything
    """Why a rule cannot be said, in words that follow "it"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Days that recur, at one time of the day (None: all day), from a first slot to a last."""

    rule: Rule
    at: time | None
    first: date
    until: date | None = None


def recurrences(rrule: str, start: Moment, zone_name: str | None) -> tuple[Recurrence, ...]:
    """Return what an RRULE value gives from its start on, on the clock of the series: one for each time of the day.

    Raises Untold.
    """
    parts = _parts(rrule)
    until, count = parts.pop("UNTIL", None), parts.pop("COUNT", None)
    times = _times(parts, start)
    day = start.date() if isinstance(start, datetime) else start
    _name_days(parts, day)
    try:
        parsed = rules.parsed(";".join(f"{name}={value}" for name, value in parts.items()), NOWHERE)
    except Invalid as error:
        raise Untold(f"has a rule that cannot be said: {error.problems[0].message.rstrip('.')}") from None
    if not _can_fall(parsed):
        raise Untold("has a rule that falls on no day")
    if len(times) > 1 and parsed.by_set_pos:
        raise Untold("picks some of several times a day")
    rule = _plain(parsed, day)
    end = _counted(rule, start, times, count) if count else _ending(until, start, zone_name) if until else None
    found = tuple(one for at in times if (one := _at(rule, at, day, start, end)) is not None)
    if not found and (end is None or str(end) >= str(start)):
        raise Untold("has a rule that falls on no day")
    return found


def _parts(rrule: str) -> dict[str, str]:
    parts = dict(part.partition("=")[::2] for part in rrule.upper().split(";") if part)
    if "FREQ" not in parts:
        raise Untold("has a rule that names no frequency")
    count = parts.get("COUNT", "")
    if count and not re.fullmatch(r"[1-9][0-9]{0,8}", count):
        del parts["COUNT"]
    return parts


def _times(parts: dict[str, str], start: Moment) -> Sequence[time | None]:
    """Return the times of the day, in order, and take what says them out of the rule."""
    hours, minutes, seconds = (parts.pop(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if parts["FREQ"] in _SECONDS:
        if hours or minutes or seconds or not isinstance(start, datetime):
            raise Untold("repeats within the day by a rule of its own")
        return _within_a_day(parts, start)
    if not isinstance(start, datetime):
        return [None]
    found = {
        time(hour, minute) for hour in _numbers(hours, start.hour, 23) for minute in _numbers(minutes, start.minute, 59)
    }
    if len(found) > _MOST_TIMES or len(_numbers(seconds, start.second, 59)) > 1:
        raise Untold(f"meets more than {_MOST_TIMES} times a day")
    return sorted(found)


def _numbers(text: str, default: int, most: int) -> set[int]:
    if not text:
        return {default}
    if not re.fullmatch(r"[0-9]{1,2}(,[0-9]{1,2})*", text) or any(int(one) > most for one in text.split(",")):
        raise Untold("names a time of the day that there is not")
    return {int(one) for one in text.split(",")}


def _within_a_day(parts: dict[str, str], start: datetime) -> Sequence[time | None]:
    """Return the times of a rule by hours, minutes or seconds that are the same on each of its days."""
    interval = parts.pop("INTERVAL", "1")
    step = (int(interval) if re.fullmatch(r"[0-9]{1,6}", interval) else 0) * _SECONDS[parts["FREQ"]]
    parts["FREQ"] = "DAILY"
    if "BYSETPOS" in parts:
        raise Untold("picks some of several times a day")
    if step and step % _A_DAY == 0:
        parts["INTERVAL"] = str(step // _A_DAY)
        return [start.time().replace(second=0)]
    if not step or _A_DAY % step or _A_DAY // step > _MOST_TIMES or step % 60:
        raise Untold("repeats by the hour, minute or second in a way that no days have")
    first = start.replace(second=0)
    return sorted((first + timedelta(seconds=step * number)).time() for number in range(_A_DAY // step))


def _name_days(parts: dict[str, str], day: date) -> None:
    """Let a rule name the days that its start alone says (section 3.3.10)."""
    named = parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
    freq = parts["FREQ"]
    if freq == "WEEKLY" and "BYDAY" not in parts:
        parts["BYDAY"] = _CODES[day.weekday()]
    elif freq == "MONTHLY" and not named:
        parts["BYMONTHDAY"] = str(day.day)
    elif freq == "YEARLY" and "BYWEEKNO" in parts and not named:
        parts["BYDAY"] = _CODES[day.weekday()]
    elif freq == "YEARLY" and not named:
        parts.setdefault("BYMONTH", str(day.month))
        parts["BYMONTHDAY"] = str(day.day)


_YEARS = [date(1996, 1, 1) + timedelta(days=number) for number in range(28 * 366)]
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
        for day in _YEARS
    )


def _plain(rule: Rule, day: date) -> Rule:
    """Return the same days by the plainest rule, which a phrase is likelier to say."""
    if rule.freq == "DAILY" and not (rule.by_month or rule.by_month_day or rule.by_set_pos):
        if rule.by_day and rule.interval == 1:
            rule = replace(rule, freq="WEEKLY")
        elif not rule.by_day and rule.interval % 7 == 0:
            rule = replace(rule, freq="WEEKLY", interval=rule.interval // 7, by_day=((None, day.weekday()),))
    if rule.freq == "WEEKLY":
        return _plain_week(rule)
    rule = _nth_by_position(rule)
    if rule.freq == "MONTHLY" and rule.interval % 12 == 0 and not rule.by_month:
        rule = replace(rule, freq="YEARLY", interval=rule.interval // 12, by_month=(day.month,))
    elif rule.freq == "MONTHLY" and rule.by_month and rule.interval == 1 and not rule.by_set_pos:
        rule = replace(rule, freq="YEARLY")
    if not rule.by_week_no:
        rule = replace(rule, week_start=0)
    return replace(rule, by_day=tuple(sorted(rule.by_day, key=lambda pair: (pair[0] or 0, pair[1]))))


def _plain_week(rule: Rule) -> Rule:
    days = sorted(day for _, day in rule.by_day)
    start = rule.week_start
    # Weeks that begin on another day part the same days in the same way, unless one lies on either side of it.
    if rule.interval == 1 or all(day >= start for day in days) or all(day < start for day in days):
        rule = replace(rule, week_start=0)
    rule = replace(rule, by_day=tuple((None, day) for day in days))
    if rule.interval == 1 and len(days) == 7 and not (rule.by_month or rule.by_set_pos):
        return replace(rule, freq="DAILY", by_day=())
    return rule


def _nth_by_position(rule: Rule) -> Rule:
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


def _counted(rule: Rule, start: Moment, times: Sequence[time | None], count: str) -> Moment | None:
    """Return the last of so many sessions; None where they go on for ever as far as anybody minds."""
    if int(count) > _MOST_COUNTED:
        return None
    found = list(islice(_starts(rule, start, times), int(count)))
    return found[-1] if len(found) == int(count) else None


def _starts(rule: Rule, start: Moment, times: Sequence[time | None]) -> Iterator[Moment]:
    day, begins = (start.date(), start.time()) if isinstance(start, datetime) else (start, time())
    for one in rules.days(rule, day, LAST_DAY, day):
        for at in times:
            if at is None:
                yield one
            elif one > day or at >= begins.replace(second=0):
                yield datetime.combine(one, at)


def _ending(until: str, start: Moment, zone_name: str | None) -> Moment:
    """Return an UNTIL on the clock of the series."""
    found = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", until)
    if found is None:
        raise Untold("has a rule whose end cannot be read")
    moment = datetime(*(int(one or 0) for one in found.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock's
    if not isinstance(start, datetime):
        return moment.date()
    # What is not said to be in UTC is read so too, as the programs do that read such files.
    if zone_name is not None and FIRST_DAY <= moment.date() <= LAST_DAY:
        moment = moment.replace(tzinfo=zone("Etc/UTC")).astimezone(zone(zone_name)).replace(tzinfo=None)
    return moment


def _at(rule: Rule, at: time | None, day: date, start: Moment, end: Moment | None) -> Recurrence | None:
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
    last = min(until or LAST_DAY, LAST_DAY, day.replace(year=day.year + _RARE, day=1))
    first = next(rules.days(rule, day, last, anchor), None)
    return Recurrence(rule=rule, at=at, first=first, until=until) if first is not None else None
