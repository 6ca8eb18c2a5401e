"""Many days in few words: `every Sunday from 6 Dec`, `the first Wednesday of each month from 4 Mar to 2 Sep`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from chatcal.english import DAYS, format_short_day, join_list

_MOST_LISTED = 6
"""So many days that keep no rhythm are named one by one."""


_MOST_HOLES = 4
"""So many days that a run leaves out are named with it."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class DateContext:
    """What the reader of a sentence knows already: the year, and the last day (in UTC) that is looked at, if any."""

    year: int
    last: date | None = None

    def format_with_weekday(self, day: date) -> str:
        """Return a day as `Wed 4 Nov`, with its year where that is another one."""
        return format_short_day(day) if day.year == self.year else f"{format_short_day(day)} {day.year}"

    def format_date(self, day: date) -> str:
        """Return a day as `4 Nov`, with its year where that is another one."""
        return self.format_with_weekday(day).partition(" ")[2]


def summarize_dates(days: Sequence[date], reach: DateContext) -> str:
    """Return days, each once and in order, as a person names them.

    A run ends `to` its last day, unless its next day would lie beyond what is looked at.
    """
    if len(days) < 3:
        return join_list([reach.format_with_weekday(day) for day in days])
    for rhythm in (_match_weekly, _match_other_weeks, _match_monthly_weekday, _match_monthly_day):
        if found := rhythm(days):
            words, following = found
            holes = join_list([reach.format_date(day) for day in _find_holes(days)]) if rhythm is _match_weekly else ""
            return f"{words} from {_format_span(days, following, reach)}{', except ' if holes else ''}{holes}"
    if len(days) <= _MOST_LISTED:
        return join_list([reach.format_with_weekday(day) for day in days])
    weekdays = sorted({day.weekday() for day in days})
    plural = join_list([f"{DAYS[day]}s" for day in weekdays]) if len(weekdays) < 3 else "days"
    return f"{plural} from {_format_span(days, days[-1] + timedelta(days=14), reach)}"


def _format_span(days: Sequence[date], following: date, reach: DateContext) -> str:
    # The last day is one in UTC, and the days are those of a clock that may be a day behind or ahead.
    open_ended = reach.last is not None and following + timedelta(days=1) > reach.last
    if open_ended:
        return reach.format_date(days[0])
    first = reach if days[0].year != days[-1].year else DateContext(days[0].year)
    return f"{first.format_date(days[0])} to {reach.format_date(days[-1])}"


def _find_holes(days: Sequence[date]) -> list[date]:
    """Return the days between the first and the last that fall on the same weekdays and are not there."""
    weekdays, there = {day.weekday() for day in days}, set(days)
    between = (days[0] + timedelta(days=count) for count in range((days[-1] - days[0]).days))
    return [day for day in between if day.weekday() in weekdays and day not in there]


Rhythm = tuple[str, date]
"""Its words, and the day that would follow the last."""


def _match_weekly(days: Sequence[date]) -> Rhythm | None:
    weekdays = sorted({day.weekday() for day in days})
    if len(days) < 2 * len(weekdays) or len(_find_holes(days)) > min(_MOST_HOLES, len(days) // 4):
        return None
    steps = (days[-1] + timedelta(days=count) for count in range(1, 8))
    following = next(day for day in steps if day.weekday() in weekdays)
    if weekdays == [0, 1, 2, 3, 4]:
        return "every weekday", following
    return f"every {'day' if len(weekdays) == 7 else join_list([DAYS[day] for day in weekdays])}", following


def _match_other_weeks(days: Sequence[date]) -> Rhythm | None:
    weeks, rest = divmod((days[1] - days[0]).days, 7)
    if rest or weeks > 3 or any(later - day != timedelta(weeks=weeks) for day, later in pairwise(days)):
        return None
    name = f"every other {DAYS[days[0].weekday()]}" if weeks == 2 else f"{DAYS[days[0].weekday()]} every 3 weeks"
    return name, days[-1] + timedelta(weeks=weeks)


def _match_monthly_weekday(days: Sequence[date]) -> Rhythm | None:
    if len({day.weekday() for day in days}) > 1:
        return None
    name = DAYS[days[0].weekday()]
    if _is_true_of_all(days, lambda day: (day + timedelta(days=7)).month != day.month):
        return _match_each_month(days, f"the last {name} of each month")
    if _is_true_of_all(days, lambda day: (day.day - 1) // 7 == (days[0].day - 1) // 7):
        return _match_each_month(days, f"the {_ORDINALS[(days[0].day - 1) // 7]} {name} of each month")
    return None


def _match_monthly_day(days: Sequence[date]) -> Rhythm | None:
    if _is_true_of_all(days, lambda day: (day + timedelta(days=1)).month != day.month):
        return _match_each_month(days, "the last day of each month")
    if _is_true_of_all(days, lambda day: day.day == days[0].day):
        return _match_each_month(days, f"day {days[0].day} of each month")
    return None


def _is_true_of_all(days: Sequence[date], test: Callable[[date], bool]) -> bool:
    return all(map(test, days))


def _match_each_month(days: Sequence[date], words: str) -> Rhythm | None:
    months = [day.year * 12 + day.month for day in days]
    if months != list(range(months[0], months[0] + len(months))):
        return None
    return words, days[-1] + timedelta(days=35)
