"""An RFC 5545 recurrence rule and its start, as the rules and times of chats."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, islice

from chatcal.importers.series import Moment, get_time
from chatcal.model import Rule, get_day
from chatcal.problems import ScheduleError, Span
from chatcal.recurrence import rules
from chatcal.timezones import UTC_NAME, load_zone

NO_SPAN = Span("imported")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""The days that a schedule can have, both inclusive."""

_RAREST_YEARS = 41
"""The rarest days that recur do so every 40 years."""
_MAX_DAILY_TIMES = 24
_MAX_COUNT = 100_000
_FREQ_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_DAY_SECONDS = 24 * 60 * 60


class UnsupportedSeriesError(Exception):
    """Why a series cannot be a chat: words that follow its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Days that recur, at one time of the day (None: all day), from a first slot to a last."""

    rule: Rule
    at: time | None
    first: date
    until: date | None = None

    @property
    def start(self) -> Moment:
        return self.first if self.at is None else datetime.combine(self.first, self.at)


def parse_recurrences(rrule: str, start: Moment, zone: str | None) -> tuple[Recurrence, ...]:
    """Return what an RRULE value gives from its start on, in the zone of the series: one for each time of the day.

    Raises UnsupportedSeriesError.
    """
    parts = dict(part.partition("=")[::2] for part in rrule.upper().split(";") if part)
    if "FREQ" not in parts:
        raise UnsupportedSeriesError("has a rule that names no frequency")
    until, count = parts.pop("UNTIL", None), parts.pop("COUNT", "")
    times = _take_times(parts, start)
    day = get_day(start)
    _add_start_days(parts, day)
    try:
        parsed = rules.parse_rrule(";".join(f"{name}={value}" for name, value in parts.items()), NO_SPAN)
    except ScheduleError as error:
        reason = error.problems[0].message.rstrip(".")
        raise UnsupportedSeriesError(f"has a rule that a schedule cannot have: {reason}") from None
    # Like the 30th of February.
    longest_month = max(monthrange(2000, month)[1] for month in parsed.by_month or [1])
    if parsed.by_month_day and min(map(abs, parsed.by_month_day)) > longest_month:
        raise UnsupportedSeriesError("has a rule that falls on no day")
    if len(times) > 1 and parsed.by_set_pos:
        raise UnsupportedSeriesError("picks some of several times a day")
    rule = _simplify_rule(parsed, day)
    ends = [_parse_until(until, start, zone)] if until else []
    if count:
        ends += filter(None, [_find_last_start(rule, start, times, count)])
    end = min(ends, key=str, default=None)
    found = tuple(one for at in times if (one := _build_recurrence(rule, at, start, end)) is not None)
    if not found and (end is None or str(end) >= str(start)):
        raise UnsupportedSeriesError("has a rule that falls on no day")
    return found


def _take_times(parts: dict[str, str], start: Moment) -> Sequence[time | None]:
    """Take out of a rule what names its times of the day, and return these, in order."""
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
        raise UnsupportedSeriesError("names a time of the day that does not exist")
    return {int(one) for one in text.split(",")}


def _take_intraday_times(parts: dict[str, str], start: datetime) -> Sequence[time]:
    """Make a rule by hours, minutes or seconds a daily one, and return its times, the same on each of its days."""
    interval = parts.pop("INTERVAL", "1")
    step = (int(interval) if re.fullmatch(r"[0-9]{1,6}", interval) else 0) * _FREQ_SECONDS[parts["FREQ"]]
    parts["FREQ"] = "DAILY"
    if "BYSETPOS" in parts:
        raise UnsupportedSeriesError("picks some of several times a day")
    first = start.replace(second=0)
    if step and step % _DAY_SECONDS == 0:
        parts["INTERVAL"] = str(step // _DAY_SECONDS)
        return [first.time()]
    if not step or _DAY_SECONDS % step or _DAY_SECONDS // step > _MAX_DAILY_TIMES or step % 60:
        raise UnsupportedSeriesError("repeats by the hour, minute or second, not at the same times of every day")
    return sorted((first + timedelta(seconds=step * number)).time() for number in range(_DAY_SECONDS // step))


def _add_start_days(parts: dict[str, str], day: date) -> None:
    """Let a rule name the days that only its start gives (RFC 5545 section 3.3.10)."""
    freq = parts["FREQ"]
    if freq == "DAILY" or parts.keys() & {"BYDAY", "BYYEARDAY"} or (freq != "WEEKLY" and "BYMONTHDAY" in parts):
        return
    if freq == "WEEKLY" or "BYWEEKNO" in parts:
        parts["BYDAY"] = rules.WEEKDAY_CODES[day.weekday()]
        return
    if freq == "YEARLY":
        parts.setdefault("BYMONTH", str(day.month))
    parts["BYMONTHDAY"] = str(day.day)


def _simplify_rule(rule: Rule, first: date) -> Rule:
    """Return a rule with the same days, in the form that a phrase has.

    Other programs write `FREQ=DAILY;BYDAY=MO,TU`, `INTERVAL=7` days, `BYDAY=TU;BYSETPOS=2`, weeks that begin on Sunday.
    """
    if rule.freq == "DAILY" and not (rule.by_month_day or rule.by_set_pos):
        if rule.by_day and rule.interval == 1:
            rule = replace(rule, freq="WEEKLY")
        elif not rule.by_day and rule.interval % 7 == 0:
            rule = replace(rule, freq="WEEKLY", interval=rule.interval // 7, by_day=((None, first.weekday()),))
    weekdays = [day for _, day in rule.by_day]
    one_month = rule.freq == "MONTHLY" or (rule.freq == "YEARLY" and len(rule.by_month) == 1)
    if (
        len(weekdays) == 1
        and one_month
        and not rule.by_month_day
        and all(ordinal is None for ordinal, _ in rule.by_day)
        and all(-5 <= one <= 5 for one in rule.by_set_pos)
    ):
        ordinals = rule.by_set_pos or (None,)
        rule = replace(rule, by_day=tuple((one, weekdays[0]) for one in ordinals), by_set_pos=())
    if rule.freq == "MONTHLY" and rule.by_month and rule.interval == 1 and not rule.by_set_pos:
        rule = replace(rule, freq="YEARLY")
    # The start of the week matters for numbers of weeks, and where days on both its sides are counted by weeks.
    is_split = len({day < rule.week_start for day in weekdays}) > 1
    if not rule.by_week_no and not (is_split and rule.freq == "WEEKLY" and (rule.interval > 1 or rule.by_set_pos)):
        rule = replace(rule, week_start=0)
    return replace(rule, by_day=tuple(sorted(rule.by_day, key=lambda pair: (pair[0] or 0, pair[1]))))


def _find_last_start(rule: Rule, start: Moment, times: Sequence[time | None], text: str) -> Moment | None:
    """Return the last of so many sessions; None where there are more than anybody lives to see."""
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise UnsupportedSeriesError("has a rule whose end cannot be read")
    count = int(text)
    days = rules.expand(rule, get_day(start), LAST_DAY, get_day(start))
    starts = (day if at is None else datetime.combine(day, at) for day in days for at in times)
    first = start.replace(second=0) if isinstance(start, datetime) else start
    held = dropwhile(lambda moment: moment < first, starts)
    return next(islice(held, count - 1, None), None) if count <= _MAX_COUNT else None


def _parse_until(until: str, start: Moment, zone: str | None) -> Moment:
    """Return an UNTIL as the clock of the series shows it."""
    try:
        moment = datetime.strptime(until.removesuffix("Z"), "%Y%m%dT%H%M%S" if "T" in until else "%Y%m%d")  # noqa: DTZ007 - local
    except ValueError:
        raise UnsupportedSeriesError("has a rule whose end cannot be read") from None
    if not isinstance(start, datetime):
        return moment.date()
    # One that does not say that it is in UTC counts as UTC too, as in other programs that read such files.
    if zone is not None and FIRST_DAY <= moment.date() <= LAST_DAY:
        moment = moment.replace(tzinfo=load_zone(UTC_NAME)).astimezone(load_zone(zone)).replace(tzinfo=None)
    return moment


def _build_recurrence(rule: Rule, at: time | None, start: Moment, end: Moment | None) -> Recurrence | None:
    """Return the recurrence at one of the times of the day; None where it ends before it begins."""
    anchor = get_day(start)
    begins = get_time(start)
    day = max(anchor + timedelta(days=at is not None and begins is not None and at < begins), FIRST_DAY)
    until = get_day(end) if end is not None else None
    if until is not None and at is not None and isinstance(end, datetime) and at > end.time():
        until -= timedelta(days=1)
    if until is not None and until > LAST_DAY:
        until = None
    last = min(until or LAST_DAY, date(min(day.year + _RAREST_YEARS, LAST_DAY.year), day.month, 1))
    first = next(rules.expand(rule, day, last, anchor), None)
    return Recurrence(rule=rule, at=at, first=first, until=until) if first is not None else None
