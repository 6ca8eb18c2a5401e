"""Many days in few words: `every Sunday from 6 Dec`, `the first Wednesday of each month from 4 Mar to 2 Sep`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from chatcal.english import DAYS, format_short_day, join_list, spell_ordinal

_MAX_LISTED = 6
"""So many days without a rhythm are named one by one."""
_MAX_HOLES = 4
"""So many days that a run leaves out are named with it."""
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class DateContext:
    """What the reader of a sentence knows already: the year, and the last day (in UTC) that is looked at, if any."""

    year: int
    last: date | None = None

    def format_with_weekday(self, day: date) -> str:
        """Return a day as `Wed 4 Nov`, with its year where that is another one."""
        return format_short_day(day) if day.year == self.year else f"{format_short_day(day)} {day.year}"

    def format_date(self, day: date) -> str:
        return self.format_with_weekday(day).partition(" ")[2]


def summarize_dates(days: Sequence[date], context: DateContext) -> str:
    """Return days, each once and in order, as a person names them.

    A run ends `to` its last day, unless its next day would lie beyond what is looked at.
    """
    if len(days) > 2 and (found := _match_weekly(days) or _match_other_weeks(days) or _match_monthly(days)):
        words, following, holes = found
        left_out = f", except {join_list([context.format_date(day) for day in holes])}" if holes else ""
        return f"{words} from {_format_span(days, following, context)}{left_out}"
    if len(days) <= _MAX_LISTED:
        return join_list([context.format_with_weekday(day) for day in days])
    weekdays = sorted({day.weekday() for day in days})
    plural = join_list([f"{DAYS[day]}s" for day in weekdays]) if len(weekdays) < 3 else "days"
    return f"{plural} from {_format_span(days, days[-1] + 2 * _WEEK, context)}"


def _format_span(days: Sequence[date], following: date, context: DateContext) -> str:
    # The last day is one in UTC, and the days are those of a clock that may be a day behind or ahead.
    if context.last is not None and following + _DAY > context.last:
        return context.format_date(days[0])
    first = context if days[0].year != days[-1].year else DateContext(days[0].year)
    return f"{first.format_date(days[0])} to {context.format_date(days[-1])}"


Rhythm = tuple[str, date, Sequence[date]]
"""Its words, the day that would follow the last, and the days that it leaves out."""


def _match_weekly(days: Sequence[date]) -> Rhythm | None:
    weekdays = sorted({day.weekday() for day in days})
    between = {days[0] + count * _DAY for count in range((days[-1] - days[0]).days)}
    holes = sorted(day for day in between.difference(days) if day.weekday() in weekdays)
    if len(days) < 2 * len(weekdays) or len(holes) > min(_MAX_HOLES, len(days) // 4):
        return None
    next_days = (days[-1] + count * _DAY for count in range(1, 8))
    following = next(day for day in next_days if day.weekday() in weekdays)
    words = {(0, 1, 2, 3, 4): "weekday", tuple(range(7)): "day"}
    return f"every {words.get(tuple(weekdays)) or join_list([DAYS[day] for day in weekdays])}", following, holes


def _match_other_weeks(days: Sequence[date]) -> Rhythm | None:
    step = days[1] - days[0]
    if step not in (2 * _WEEK, 3 * _WEEK) or any(later - day != step for day, later in pairwise(days)):
        return None
    name = DAYS[days[0].weekday()]
    return f"every other {name}" if step == 2 * _WEEK else f"{name} every 3 weeks", days[-1] + step, ()


def _match_monthly(days: Sequence[date]) -> Rhythm | None:
    months = [day.year * 12 + day.month for day in days]
    words = _describe_monthly(days)
    if words is None or months != list(range(months[0], months[0] + len(months))):
        return None
    return f"{words} of each month", days[-1] + timedelta(days=35), ()


def _describe_monthly(days: Sequence[date]) -> str | None:
    name = DAYS[days[0].weekday()]
    if len({day.weekday() for day in days}) == 1:
        if all((day + _WEEK).month != day.month for day in days):
            return f"the last {name}"
        weeks = {(day.day - 1) // 7 + 1 for day in days}
        return f"the {spell_ordinal(weeks.pop(), name)} {name}" if len(weeks) == 1 else None
    if all((day + _DAY).month != day.month for day in days):
        return "the last day"
    return f"day {days[0].day}" if len({day.day for day in days}) == 1 else None
