"""The days of a recurrence rule, and its text in RFC 5545."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, reduce
from itertools import accumulate, chain
from operator import or_

from chatcal.english import join_list
from chatcal.model import Rule
from chatcal.problems import ScheduleError, Span, make_error

UNITS = {"YEARLY": "year", "MONTHLY": "month", "WEEKLY": "week", "DAILY": "day"}
"""What an interval counts, by frequency."""
_FREQUENCIES = tuple(UNITS)


def expand(rule: Rule, first: date, last: date, anchor: date | None = None) -> Iterator[date]:
    """Return the days of a rule from `first` to `last`, both inclusive, in order.

    `anchor` is a day of the rule that an interval above 1 counts from, forwards and backwards. No day is looked at
    outside the years of `first` and `last`, even if the rule has none within them.
    """
    begin, end, counted = first.toordinal(), last.toordinal(), anchor or first
    if rule.freq == "WEEKLY":
        found = _expand_weekly(rule, begin, end, counted)
    else:
        years = (_expand_year(rule, year, counted) for year in range(first.year, last.year + 1))
        found = chain.from_iterable(years)
    return chain.from_iterable(_iterate_batches(found, begin, end))


def _iterate_batches(found: Iterable[int], begin: int, end: int) -> Iterator[list[date]]:
    """Yield days in lists, the first day alone: most callers want the first or all."""
    batch: list[date] = []
    size = 1
    for day in found:
        if day > end:
            break
        if day >= begin:
            batch.append(date.fromordinal(day))
            if len(batch) == size:
                yield batch
                batch, size = [], 64
    yield batch


def _expand_weekly(rule: Rule, begin: int, end: int, anchor: date) -> Iterator[int]:
    if rule.by_set_pos and min(map(abs, rule.by_set_pos)) > len(rule.by_day):
        return
    after = sorted({(weekday - rule.week_start) % 7 for _, weekday in rule.by_day})
    offset = rule.week_start + 1  # day 1 is a Monday
    week, counted = (begin - offset) // 7, (anchor.toordinal() - offset) // 7
    for start in range((week + (counted - week) % rule.interval) * 7 + offset, end + 1, 7 * rule.interval):
        days = [start + count for count in after]
        if rule.by_month:
            days = [day for day in days if date.fromordinal(day).month in rule.by_month]
        yield from _pick_positions(days, rule.by_set_pos)


def _pick_positions(days: Sequence[int], positions: Iterable[int]) -> Iterable[int]:
    if not positions:
        return days
    found = (position - 1 if position > 0 else len(days) + position for position in positions)
    return sorted({days[index] for index in found if 0 <= index < len(days)})


def _expand_year(rule: Rule, year: int, anchor: date) -> Iterator[int]:
    """Return the days of a rule that counts days, months or years, in one year.

    Days are bits, the first of January the lowest: so a rule without any day costs no more than others.
    """
    if rule.freq == "YEARLY" and (year - anchor.year) % rule.interval:
        return
    start = date(year, 1, 1).toordinal()
    found = _find_days(rule, year)
    periods = [found]
    if rule.freq == "MONTHLY":
        ahead = (year - anchor.year) * 12 - anchor.month
        bits = enumerate(_index_year(year).months, start=1)
        periods = [found & month for number, month in bits if not (ahead + number) % rule.interval]
    elif rule.freq == "DAILY" and rule.by_set_pos and not {1, -1}.intersection(rule.by_set_pos):
        return
    positions = rule.by_set_pos if rule.freq != "DAILY" else ()
    for period in periods:
        days = [start + bit for bit in _list_bits(period)]
        if rule.freq == "DAILY" and rule.interval > 1:
            days = [day for day in days if not (day - anchor.toordinal()) % rule.interval]
        yield from _pick_positions(days, positions)


def _list_bits(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@dataclass(frozen=True, slots=True)
class _Year:
    """The days of a year by what rules call them, as bits."""

    whole: int
    months: tuple[int, ...]
    month_days: Mapping[int, int]
    """By their number from the first of the month, and from the last as a negative one."""
    weekdays: tuple[int, ...]


@cache
def _index_year(year: int) -> _Year:
    first = date(year, 1, 1)
    lengths = [monthrange(year, month)[1] for month in range(1, 13)]
    starts = list(accumulate(lengths, initial=0))
    month_days: dict[int, int] = defaultdict(int)
    for start, length in zip(starts, lengths, strict=False):
        for day in range(length):
            month_days[day + 1] |= 1 << start + day
            month_days[day - length] |= 1 << start + day
    whole = (1 << starts[-1]) - 1
    return _Year(
        whole,
        tuple(((1 << length) - 1) << start for start, length in zip(starts, lengths, strict=False)),
        month_days,
        tuple(whole & sum(1 << day for day in range((name - first.weekday()) % 7, 366, 7)) for name in range(7)),
    )


def _join_bits(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)


@lru_cache(maxsize=4096)
def _find_days(rule: Rule, year: int) -> int:
    """Return the days of a year, as bits, that every part of a rule names but INTERVAL and BYSETPOS."""
    known = _index_year(year)
    found = known.whole
    if rule.by_month:
        found &= _join_bits(known.months[month - 1] for month in rule.by_month)
    if rule.by_month_day:
        found &= _join_bits(known.month_days[day] for day in rule.by_month_day)
    if rule.by_year_day:
        found &= _join_bits(_find_year_day(known, day) for day in rule.by_year_day)
    if rule.by_week_no:
        found &= _join_bits(_find_week(year + shift, rule, start=date(year, 1, 1)) for shift in (-1, 0, 1))
    if rule.by_day:
        in_year = rule.freq == "YEARLY" and not rule.by_month
        found &= _join_bits(
            known.weekdays[day] & (known.whole if ordinal is None else _find_nth_days(known, ordinal, in_year=in_year))
            for ordinal, day in rule.by_day
        )
    return found


def _find_year_day(known: _Year, day: int) -> int:
    length = known.whole.bit_length()
    return known.whole & (1 << day - 1) if day > 0 else 1 << length + day if length + day >= 0 else 0


def _find_nth_days(known: _Year, ordinal: int, *, in_year: bool) -> int:
    """Return the seven days of each month, or of the year, of which one is the nth Monday, one the nth Tuesday, ..."""
    sign = 1 if ordinal > 0 else -1
    numbers = range(sign * (7 * abs(ordinal) - 6), sign * (7 * abs(ordinal) + 1), sign)
    return _join_bits(_find_year_day(known, day) if in_year else known.month_days.get(day, 0) for day in numbers)


def _find_week(year: int, rule: Rule, start: date) -> int:
    """Return the days of the weeks that a rule names of a year, as bits from `start`, which may be in the year beside.

    A year's first week is that of the fourth of January (RFC 5545 section 3.3.10).
    """
    begins, ends = (_find_first_week(one, rule.week_start) for one in (year, year + 1))
    count = (ends - begins) // 7
    numbers = {number if number > 0 else count + 1 + number for number in rule.by_week_no}
    days = (begins + 7 * number - 7 - start.toordinal() for number in numbers if 1 <= number <= count)
    return _join_bits(127 << day if day >= 0 else 127 >> -day for day in days)


def _find_first_week(year: int, week_start: int) -> int:
    fourth = date(year, 1, 4)
    return fourth.toordinal() - (fourth.weekday() - week_start) % 7


def can_fall_on(rule: Rule, day: date) -> bool:
    """Say whether a rule can fall on a day, whichever weeks or months it counts."""
    return day in expand(rule, day, day, anchor=day)


def may_share_days(one: Rule, other: Rule, first: date, last: date) -> bool:
    """Say whether two rules could have a day in common, if none skipped weeks, months or positions."""
    return any(_find_days(one, year) & _find_days(other, year) for year in range(first.year, last.year + 1))


WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = r"([+-]?(?:0?[1-9]|[1-9][0-9]))?(MO|TU|WE|TH|FR|SA|SU)"
_NUMBER_PARTS: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "BYMONTH": ("by_month", 1, 12, _FREQUENCIES),
    "BYMONTHDAY": ("by_month_day", -31, 31, ("YEARLY", "MONTHLY", "DAILY")),
    "BYSETPOS": ("by_set_pos", -366, 366, _FREQUENCIES),
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
    if name == "WKST" and value in WEEKDAY_CODES:
        return {"week_start": WEEKDAY_CODES.index(value)}
    if name == "BYDAY" and re.fullmatch(rf"{_WEEKDAY}(,{_WEEKDAY})*", value):
        days = [
            (int(number) if number else None, WEEKDAY_CODES.index(day)) for number, day in re.findall(_WEEKDAY, value)
        ]
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
    parts = {
        "FREQ": rule.freq,
        "INTERVAL": str(rule.interval) if rule.interval > 1 else "",
        **{name: ",".join(map(str, getattr(rule, field))) for name, (field, *_) in _NUMBER_PARTS.items()},
        "BYDAY": ",".join(f"{'' if ordinal is None else ordinal}{WEEKDAY_CODES[day]}" for ordinal, day in rule.by_day),
        "WKST": WEEKDAY_CODES[rule.week_start] if rule.week_start else "",
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)
