"""Readers of dates, times, durations, zones and phrases, each with its pattern, and with what to write instead."""

import re
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta

from chatcal import timezones
from chatcal.english import MONTHS, closest_match
from chatcal.model import Day, DayPart, Duration, ListedDate, MovedTo, Period, Rule, StartTime, UnknownWeeks
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.recurrence import rules
from chatcal.schedule import fields, nodes, phrases, suggestions
from chatcal.schedule.fields import Reader, build_text_schema, make_reader, require_scalar
from chatcal.schedule.nodes import Mapping, Node, Scalar
from chatcal.schedule.other_languages import straighten

FIRST_YEAR, LAST_YEAR = 1970, 2199
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_HINT = "Write year, month and day like `2014-01-29`."
# The same for editors, which cannot say which part is wrong: a pattern of all years, months and days that there are.
_YEAR_PATTERN = "(?:19[7-9][0-9]|2[01][0-9]{2})"
_MONTH_PATTERN = "(?:0[1-9]|1[0-2])"
DATE_PATTERN = (
    f"{_YEAR_PATTERN}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|[12][0-9]))"
)


def parse_date(text: str, where: Span, *, timed: bool = False) -> date:
    """Return the date of a text like `2014-01-29`; `timed` if a time may follow the date that the hint suggests."""
    found = _DATE.fullmatch(text)
    if found is None:
        if len(days := suggestions.list_days(text)) > 1:
            hint = f"Write one day here, `{days[0]}`, and each other day in the same way."
            raise make_error(where, "date", f"`{text}` is more than one day.", hint)
        meant = suggestions.suggest_date(text, timed=timed)
        message, hint = f"`{text}` is not a valid date.", f"{_DATE_HINT} Here: {meant}." if meant else _DATE_HINT
        if not meant and (yearless := suggestions.suggest_yearless_date(text, timed=timed)):
            message, hint = f"`{text}` does not say of which year.", f"Write the year, too: {yearless}."
        raise make_error(where, "date", message, hint)
    year, month, day = map(int, found.groups())
    if not 1 <= month <= 12:
        swapped = f" Here perhaps: `{year}-{day:02}-{month:02}`." if 1 <= day <= 12 and 1 <= month <= 31 else ""
        raise make_error(where, "date", f"There is no month {month:02}.", _DATE_HINT + swapped)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        hint = f"A year is from {FIRST_YEAR} to {LAST_YEAR}."
        raise make_error(where, "date", f"The year {year} is out of range.", hint)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        hint = f"The last day is `{year}-{month:02}-{last}`."
        raise make_error(where, "date", f"{MONTHS[month - 1]} {year} has no day {day}.", hint)
    return date(year, month, day)


def name_year(problem: Problem, today: date) -> Problem:
    """Return a problem whose hint names the next such day, where it has a date without a year, like `YYYY-12-23`."""

    def find_next(found: re.Match[str]) -> str:
        for year in range(today.year, today.year + 9):
            with suppress(ValueError):
                if (day := date.fromisoformat(f"{year}{found[1]}")) >= today:
                    return f"{day}"
        return found[0]

    return replace(problem, hint=re.sub(r"YYYY(-\d{2}-\d{2})", find_next, problem.hint))


def parse_leading_date(found: Scalar, *, timed: bool = False) -> tuple[date, str]:
    """Return the date that a text begins with, and what follows it; raises ScheduleError."""
    first, _, rest = found.text.strip().partition(" ")
    if suggestions.list_days(rest):
        first, rest = found.text, ""
    if not _DATE.fullmatch(first) and not suggestions.suggest_date(first):
        first, rest = found.text, ""
    return parse_date(first, found.find_part(first), timed=timed), rest.strip()


@make_reader(build_text_schema(f"^{DATE_PATTERN}$", _DATE_HINT))
def read_date(node: Node) -> Day:
    found = require_scalar(node, "a date like `2014-01-29`")
    return Day(parse_date(found.text, found.span), found.span)


_COUNTING_PATTERN = f"^(?:{DATE_PATTERN}|{fields.ignore_case('unknown')})$"


@make_reader({"anyOf": [{"enum": ["unknown"]}, build_text_schema(_COUNTING_PATTERN, f"{_DATE_HINT} Or `unknown`.")]})
def read_counting(node: Node) -> Day | UnknownWeeks:
    """Read a date, or `unknown`."""
    found = require_scalar(node, "a date like `2014-01-29`, or `unknown`")
    return UnknownWeeks(found.span) if found.text.lower() == "unknown" else read_date(found)


_PERIOD_PATTERN = f"^(?:{DATE_PATTERN}|{_YEAR_PATTERN}-{_MONTH_PATTERN}|{_YEAR_PATTERN})$"
_PERIOD_SCHEMAS = [
    build_text_schema(_PERIOD_PATTERN, f"{_DATE_HINT} `2014-01` and `2014` do, too."),
    {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
]


def _make_period_reader(time_hint: str) -> Reader[Period]:
    """Return a reader of a date, or of a month or a year if no more is known; the hint is for who writes a time."""
    return Reader(lambda node: _read_period(node, time_hint), {"anyOf": _PERIOD_SCHEMAS})


def _read_period(node: Node, time_hint: str) -> Period:
    found = require_scalar(node, "a date like `2014-01-29`, or `2014-01`, or `2014`")
    text, where = found.text, found.span
    if re.fullmatch(r"[0-9]{4}", text):
        return Period(parse_date(f"{text}-01-01", where), parse_date(f"{text}-12-31", where), where)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        first = parse_date(f"{text}-01", where)
        return Period(first, first.replace(day=monthrange(first.year, first.month)[1]), where)
    if not _DATE.fullmatch(text) and (month := suggestions.suggest_month(text)):
        raise make_error(where, "date", f"`{text}` is not a valid date.", f"Write `{month}`.")
    if suggestions.is_clock_time(text):
        hint = time_hint.format(suggestions.mend_time(text))
        raise make_error(where, "date", f"`{text}` is a time, and a day belongs here.", hint)
    if len(days := suggestions.list_days(text)) == 2:
        hint = f"Write the first and the last day: `from: {days[0]}` and `until: {days[1]}`."
        raise make_error(where, "date", f"`{text}` is more than one day.", hint)
    written, _, rest = text.partition(" ")
    if _DATE.fullmatch(written) and suggestions.is_clock_time(rest):
        hint = f"Write `{written}` here, and the time under `at: {suggestions.mend_time(rest)}`."
        raise make_error(where, "date", "A time has a key of its own.", hint)
    day = parse_date(text, where)
    return Period(day, day, where)


read_period = _make_period_reader("A time has a key of its own, `at: {}`; so has how long it takes, `lasts: 1h`.")
read_until = _make_period_reader("Say how long a session lasts instead, like `lasts: 1h`.")

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_CLOCK_PATTERN = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_DATE_AND_CLOCK_PATTERN = rf"^\s*{DATE_PATTERN}(?: \s*{_CLOCK_PATTERN})?\s*$"


def _parse_clock(text: str, where: Span) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise make_error(where, "time", f"`{text}` is not a valid clock time.", suggestions.suggest_time(text))
    hour, minute = map(int, found.groups())
    if hour == 24 and minute == 0:
        raise make_error(where, "time", "A day ends before 24:00.", "Write `00:00`, on the day that begins then.")
    if hour > 23 or minute > 59:
        hint = "Hours run from 00 to 23, minutes from 00 to 59."
        raise make_error(where, "time", f"`{text}` is not a time of a 24-hour clock.", hint)
    return time(hour, minute)


def _parse_date_and_time(found: Scalar) -> tuple[date, time | None]:
    day, rest = parse_leading_date(found, timed=True)
    return day, _parse_clock(rest, found.find_part(rest)) if rest else None


_TIME_HINT = f"Write a clock time like `13:00`, or one of: {', '.join(DayPart)}."


_TIME_PATTERN = f"^(?:{_CLOCK_PATTERN}|{'|'.join(map(fields.ignore_case, DayPart))})$"


@make_reader({"anyOf": [{"enum": list(map(str, DayPart))}, build_text_schema(_TIME_PATTERN, _TIME_HINT)]})
def read_time(node: Node) -> StartTime:
    """Read a clock time, a part of the day, `unknown` or `all day`."""
    found = require_scalar(node, "a clock time like `13:00`, or `unknown`")
    folded = found.text.lower()
    if folded in list(DayPart):
        return DayPart(folded)
    if straighten(found.text)[:1].isdigit() or folded in suggestions.NAMED_TIMES:
        return _parse_clock(found.text, found.span)
    known = closest_match(found.text, DayPart) or suggestions.DAY_PART_SYNONYMS.get(folded)
    message = f"`{found.text}` is not a valid time of day."
    raise make_error(found.span, "time", message, f"Did you mean `{known}`?" if known else _TIME_HINT)


_DURATION = re.compile(r"(?P<minutes>[0-9]{1,4})min|(?P<hours>[0-9]{1,3})h(?P<over>[0-5][0-9])?|(?P<days>[0-9]{1,2})d")
_DURATION_PATTERN = "^(?:[0-9]{1,4}min|[0-9]{1,3}h(?:[0-5][0-9])?|(?:0?[1-9]|[12][0-9]|3[01])d)$"


@make_reader(build_text_schema(_DURATION_PATTERN, "Write a length like `45min`, `1h`, `1h30` or `2d`."))
def read_duration(node: Node) -> Duration:
    found = require_scalar(node, "a length like `1h`")
    parts = _DURATION.fullmatch(found.text)
    if parts is None:
        message = f"`{found.text}` is not a valid length."
        raise make_error(found.span, "length", message, suggestions.suggest_duration(found.text))
    minutes = int(parts["minutes"] or 0) + 60 * int(parts["hours"] or 0) + int(parts["over"] or 0)
    duration = Duration(days=int(parts["days"] or 0), minutes=minutes)
    if not timedelta() < timedelta(days=duration.days, minutes=duration.minutes) <= suggestions.MAX_DURATION:
        message = f"A session cannot last `{found.text}`."
        raise make_error(found.span, "length", message, suggestions.LENGTH_LIMITS)
    return duration


@make_reader({"$ref": "#/definitions/zone"})
def read_zone(node: Node) -> str:
    """Read the IANA name of a zone of the form Area/City, or Etc/UTC."""
    found = require_scalar(node, "an IANA time zone like `America/Toronto`")
    if found.text not in timezones.list_zone_names():
        message = f"`{found.text}` is not a valid time zone."
        raise make_error(found.span, "zone", message, suggestions.suggest_zone(found.text))
    return found.text


@make_reader({"$ref": "#/definitions/phrase"})
def read_every(node: Node) -> Rule:
    if isinstance(node, nodes.Sequence) and (phrase := _join_phrases(node)):
        raise fields.wrong_shape(node, "A phrase belongs here", f"Write `{phrase}`.")
    found = require_scalar(node, "a phrase like `first Wednesday of the month`")
    return phrases.parse_phrase(found.text, found.span)


def _join_phrases(node: nodes.Sequence) -> str:
    """Return the phrase that days in a list are, like `Monday and Thursday`; empty if they are none."""
    phrase = " and ".join(one.text for one in node.items if isinstance(one, Scalar))
    try:
        phrases.parse_phrase(phrase, node.span)
    except ScheduleError:
        return ""
    return phrase


@make_reader(build_text_schema("=", "Write a rule like `FREQ=MONTHLY;BYDAY=2TU`."))
def read_rrule(node: Node) -> Rule:
    found = require_scalar(node, "a rule like `FREQ=MONTHLY;BYDAY=2TU`")
    if "=" not in found.text:
        hint = f"If it is a phrase, write instead `every: {found.text.strip()}`."
        raise make_error(found.span, "rrule", f"`{found.text}` is not a rule.", hint)
    return rules.parse_rrule(found.text, found.span)


MAX_EXCEPTIONS, MAX_DATES = 500, 5_000


def _read_exception(node: Node) -> Rule | Day:
    if isinstance(node, Mapping) and {name.text for name, _ in node.pairs} >= {"from", "until"}:
        raise fields.wrong_shape(node, "A phrase or a date belongs here", "Days on end go under `breaks:`.")
    found = require_scalar(node, "a phrase or a date")
    if _DATE.fullmatch(found.text):
        return read_date(found)
    try:
        return phrases.parse_exception(found.text, found.span)
    except ScheduleError:
        if pause := suggestions.suggest_break(found.text):
            hint = f"Days on end are a break, at the left edge: `breaks: [{pause}]`."
            raise make_error(found.span, "phrase", "`except` takes days that recur, or single ones.", hint) from None
        if len(days := suggestions.list_days(found.text)) > 1:
            hint = f"Write them in brackets: `[{', '.join(days)}]`."
            raise make_error(found.span, "date", f"`{found.text}` is more than one day.", hint) from None
        # Only now: `1st and 2nd of January` could be a date, too.
        if found.text[:4].isdigit() or suggestions.suggest_date(found.text):
            return read_date(found)
        raise


_EXCEPTIONS = [read_every.schema, read_date.schema]


@make_reader({"anyOf": [*_EXCEPTIONS, {"type": "array", "items": {"anyOf": _EXCEPTIONS}}]})
def read_exceptions(node: Node) -> tuple[Rule | Day, ...]:
    return fields.read_one_or_more(_read_exception, node, "exceptions", MAX_EXCEPTIONS)


@make_reader(build_text_schema(_DATE_AND_CLOCK_PATTERN, "Write a date like `2014-11-05` or `2014-11-05 13:00`."))
def _read_listed_date(node: Node) -> ListedDate:
    found = require_scalar(node, "a date like `2014-11-05` or `2014-11-05 13:00`")
    return ListedDate(*_parse_date_and_time(found), found.span)


_read_listed_dates = fields.make_list_reader(_read_listed_date, "dates", most=MAX_DATES)


@make_reader(_read_listed_dates.schema)
def read_dates(node: Node) -> tuple[ListedDate, ...]:
    listed = _read_listed_dates(node)
    require_unique_days(listed, "{} is listed twice.", "List each day once; two sessions a day are two chats.")
    return listed


def require_unique_days(days: Sequence[Day | ListedDate], message: str, hint: str) -> None:
    """Raise ScheduleError if a day comes twice; `{}` in the message becomes the day."""
    first = {one.day: one for one in reversed(days)}
    twice = [one for one in days if one is not first[one.day]]
    fields.raise_problems(Problem(one.where, "twice", message.format(one.day), hint) for one in twice)


_MOVED_HINT = "Write a date and a time like `2014-11-05 20:00`, or a date alone."


@make_reader(build_text_schema(_DATE_AND_CLOCK_PATTERN, _MOVED_HINT))
def read_moved_to(node: Node) -> MovedTo:
    found = require_scalar(node, "a date and a time like `2014-11-05 20:00`")
    if suggestions.is_clock_time(found.text):
        at = suggestions.mend_time(found.text)
        hint = f"Write the day too, like `2014-11-05 {at}`; for the same day write `at: {at}`."
        raise make_error(found.span, "date", f"`{found.text}` is a time without a day.", hint)
    return MovedTo(*_parse_date_and_time(found))


MAX_MONTHS = 120
_MONTH_COUNT_PATTERN = r"(?=[0-9]{1,3} )0*(?:[1-9]|[1-9][0-9]|1[01][0-9]|120)"


def make_month_count_reader(minimum: int) -> Reader[int]:
    """Return a reader of a number of months, like `12 months`; the minimum is 0 or 1."""
    zero = "" if minimum else "|0{1,3}"
    pattern = f"(?:{_MONTH_COUNT_PATTERN}{zero}) months?"

    @make_reader(build_text_schema(f"^{pattern}$", "Write a number of months, like `12 months`."))
    def read_month_count(node: Node) -> int:
        found = require_scalar(node, "a number of months like `12 months`")
        if not re.fullmatch(pattern, found.text):
            message = f"`{found.text}` is not a number of months from {minimum} to {MAX_MONTHS}."
            raise make_error(found.span, "months", message, suggestions.suggest_month_count(found.text))
        return int(found.text.split()[0])

    return read_month_count
