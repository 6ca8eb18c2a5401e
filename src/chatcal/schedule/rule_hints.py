"""What no phrase says, but a rule of RFC 5545 does: business days, odd weeks, a day after another."""

import re

from chatcal.english import DAYS, MONTHS, ORDINALS
from chatcal.recurrence.rules import WEEKDAY_CODES

WEEKDAY_NUMBERS = {name.lower(): number for number, name in enumerate(DAYS)}
MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
ORDINAL_NUMBERS = {name: number for number, name in enumerate(ORDINALS, start=1)} | {"last": -1, "second-to-last": -2}
_WORKDAYS = ",".join(WEEKDAY_CODES[:5])
DAY = f"(?:{'|'.join(WEEKDAY_NUMBERS)})"
_NUMBER = rf"(?:{'|'.join(sorted(ORDINAL_NUMBERS, key=len, reverse=True))}|\d{{1,2}}(?:st|nd|rd|th)?)"
_PERIOD = r"(?: (?:of|in) (?P<period>.+)| (?P<every>(?:every|each) month)| monthly)?"
_BUSINESS_DAY = re.compile(
    rf"(?P<numbers>{_NUMBER}(?:,? (?:and )?{_NUMBER})*) (?P<kind>business ?|working ?|work ?|week)days?{_PERIOD}"
)
_DAY_BESIDE = re.compile(
    rf"(?:(?:first|next) )?(?:(?P<day>{DAY})|day),? (?P<on>on or )?(?P<side>after|following|before) "
    rf"(?P<number>{_NUMBER})(?: (?P<other>{DAY}))?,?{_PERIOD}"
)
_NUMBERED_WEEKS = re.compile(r"\b(?P<parity>odd|uneven|even)(?:-?numbered)?(?: (?:iso|calendar))? ?-?weeks?\b")
_DAYS = rf"(?P<days>{DAY}s?(?:(?:, and|,| and) {DAY}s?)*)"
_DAYS_OF_WEEK = re.compile(rf"{_DAYS} (?:of|in|during) (?P<number>{_NUMBER}) week{_PERIOD}")
_WEEK_OF_MONTH = re.compile(
    rf"(?P<number>{_NUMBER}) week(?: (?:of|in) (?P<period>.+?)| (?:every|each) month),? (?:on )?{_DAYS}"
)
_SHORTEST_MONTH = 28
_MONTH = f"(?:{'|'.join(MONTH_NUMBERS)})"
_MONTH_LIST = re.compile(
    rf"(?:,? ?(?:only )?(?:in|of|on|during|throughout) |, )(?P<list>{_MONTH}(?:(?:,? (?:and|or)|,) {_MONTH})*)"
)
_MONTH_RANGE = re.compile(
    rf"(?:,? ?(?:from|in|of|during) |, )?(?P<first>{_MONTH}) ?(?:to|through|until|till|-|\N{{EN DASH}}) "
    rf"?(?P<last>{_MONTH})|,? ?between (?P<after>{_MONTH}) and (?P<before>{_MONTH})"
)
_SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "fall": (9, 10, 11), "winter": (12, 1, 2)}
_SEASON = re.compile(rf",? ?(?:in|during|throughout|over) (?P<season>{'|'.join(_SEASONS)})(?: months)?")


def suggest_rrule(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text of `every`, and the rule to write; None if it says nothing of this kind.

    Takes the text in small letters, without articles. In the message, `{text}` stands for the text as typed.
    """
    if found := _BUSINESS_DAY.fullmatch(text):
        return _explain_business_day(found)
    if found := _NUMBERED_WEEKS.search(text):
        return _explain_numbered_weeks(text, found)
    if found := _DAY_BESIDE.fullmatch(text):
        return _explain_day_beside(found)
    if found := _DAYS_OF_WEEK.fullmatch(text) or _WEEK_OF_MONTH.fullmatch(text):
        return _explain_week_of_month(found)
    return None


def parse_months(text: str) -> tuple[tuple[int, ...], str]:
    """Return the months of what follows a phrase, like `in june and july`, and its season; none if it names none."""
    if found := _MONTH_LIST.fullmatch(text):
        return tuple(dict.fromkeys(MONTH_NUMBERS[name] for name in re.findall(_MONTH, found["list"]))), ""
    if found := _MONTH_RANGE.fullmatch(text):
        first, last = (MONTH_NUMBERS[name] for name in found.groups() if name)
        return tuple((first - 1 + number) % 12 + 1 for number in range((last - first) % 12 + 1)), ""
    if found := _SEASON.fullmatch(text):
        return _SEASONS[found["season"]], found["season"]
    return (), ""


def _format_hint(*parts: str) -> str:
    return f"Write, instead of `every:`, `rrule: {';'.join(filter(None, parts))}`."


def _join_range(first: int, last: int) -> str:
    return ",".join(map(str, range(first, last + 1)))


def _explain_business_day(found: re.Match[str]) -> tuple[str, str] | None:
    numbers = [_read_number(one) for one in re.findall(_NUMBER, found["numbers"])]
    period = _parse_period(found, from_end=numbers[0] < 0)
    if period is None or not all(-5 <= number <= 23 and number for number in numbers):
        return None
    positions = f"BYSETPOS={','.join(map(str, numbers))}"
    hint = _format_hint("FREQ=MONTHLY", period, f"BYDAY={_WORKDAYS}", positions)
    holidays = "" if found["kind"] == "week" else " It knows no holidays: cancel or move what falls on one."
    return "No phrase says `{text}`.", hint + holidays


def _read_number(word: str) -> int:
    return ORDINAL_NUMBERS.get(word) or int(re.sub(r"\D", "", word))


def _parse_period(found: re.Match[str], *, from_end: bool) -> str | None:
    """Return the part of a rule for a period of months; empty for every month, None if it is no such period."""
    words = re.sub("^(?:every|each|a) ", "", found["period"] or "month")
    if words == "month":
        return ""
    if words in ("quarter", "year"):
        quarters = {"quarter": (3, 6, 9, 12), "year": (12,)}[words]
        return f"BYMONTH={','.join(str(month if from_end else month - quarters[0] + 1) for month in quarters)}"
    named = re.split(", and |, | and ", words)
    if not all(name in MONTH_NUMBERS for name in named):
        return None
    return f"BYMONTH={','.join(str(MONTH_NUMBERS[name]) for name in named)}"


def _explain_numbered_weeks(text: str, found: re.Match[str]) -> tuple[str, str]:
    days = [day for day in WEEKDAY_NUMBERS if re.search(rf"\b{day}s?\b", text)]
    is_workweek = not days and re.search("weekday|business|work", text)
    codes = _WORKDAYS if is_workweek else ",".join(WEEKDAY_CODES[WEEKDAY_NUMBERS[day]] for day in days or ["tuesday"])
    weeks = range(2 if found["parity"] == "even" else 1, 54, 2)
    hint = _format_hint("FREQ=YEARLY", f"BYWEEKNO={','.join(map(str, weeks))}", f"BYDAY={codes}")
    phrase = f"`other {(days or ['tuesday'])[0].capitalize()}`"
    other = f" A year of 53 weeks breaks the rhythm. If it is every two weeks all the same: {phrase}, with `counting:`."
    return "No phrase names weeks by their numbers in the year.", hint + ("" if is_workweek else other)


def _explain_week_of_month(found: re.Match[str]) -> tuple[str, str] | None:
    number, period = _read_number(found["number"]), _parse_period(found, from_end=False)
    if period is None or not number or abs(number) > _SHORTEST_MONTH // 7:
        return None
    first = 7 * number - 6 if number > 0 else 7 * number
    codes = ",".join(WEEKDAY_CODES[WEEKDAY_NUMBERS[day]] for day in re.findall(DAY, found["days"]))
    frequency = "FREQ=YEARLY" if period else "FREQ=MONTHLY"
    hint = _format_hint(frequency, period, f"BYDAY={codes}", f"BYMONTHDAY={_join_range(first, first + 6)}")
    return "No phrase says `{text}`.", f"{hint} It takes seven days of the month for a week."


def _explain_day_beside(found: re.Match[str]) -> tuple[str, str] | None:
    period = _parse_period(found, from_end=False)
    number = _read_number(found["number"])
    other = found["other"]
    if period is None or (not other and (found["day"] is None or not found["number"][0].isdigit())):
        return None
    is_before = found["side"] == "before"
    if other:
        day, days = _find_days_beside_weekday(found["day"], number, other, is_before=is_before)
    else:
        day, days = WEEKDAY_NUMBERS[found["day"]], _find_days_beside_date(number, found)
    if not (days[0] >= 1 and days[1] <= _SHORTEST_MONTH) and not (days[1] < 0 and days[0] >= -_SHORTEST_MONTH):
        message = "No rule says `{text}`, because it can fall into another month."
        return message, "List its days instead of `every:`, like `dates: [2026-03-04, 2026-04-01]`."
    frequency = "FREQ=YEARLY" if period else "FREQ=MONTHLY"
    hint = _format_hint(frequency, period, f"BYDAY={WEEKDAY_CODES[day]}", f"BYMONTHDAY={_join_range(*days)}")
    return "No phrase says `{text}`.", hint


def _find_days_beside_weekday(
    word: str | None, number: int, other: str, *, is_before: bool
) -> tuple[int, tuple[int, int]]:
    """Return a day of the week, and between which days of the month it falls: beside the nth of another weekday."""
    beside, sign = WEEKDAY_NUMBERS[other], -1 if is_before else 1
    day = WEEKDAY_NUMBERS[word] if word else (beside + sign) % 7
    distance = sign * ((sign * (day - beside)) % 7 or 7)
    first = 7 * number - 6 if number > 0 else 7 * number
    return day, (first + distance, first + distance + 6)


def _find_days_beside_date(number: int, found: re.Match[str]) -> tuple[int, int]:
    """Return between which days of the month a day of the week falls that is the first after, or the last before."""
    gap = 0 if found["on"] else 1
    return (number - gap - 6, number - gap) if found["side"] == "before" else (number + gap, number + gap + 6)
