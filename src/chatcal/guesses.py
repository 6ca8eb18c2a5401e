"""What somebody most likely meant by a date, a time or a length that is written another way: hints, and no more."""

import re
from calendar import monthrange

from chatcal.words import DAYS, MONTHS

_MONTH_BY_PREFIX = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH_PATTERN = "(?P<month>" + "|".join(f"{name[:3]}[a-z]*" for name in MONTHS) + r")\.?"
_WEEKDAY_PATTERN = "(?:(?:" + "|".join(name[:3] for name in DAYS) + r")[a-z]*\.?,?\s+)?"
_DAY_PATTERN = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TIME_SUFFIX = r"(?:(?:T|,?\s+(?:at\s+)?)(?P<clock>\d{1,2}:\d{2})(?::\d{2})?Z?)?"

_DATE_FORMS = [
    re.compile(_WEEKDAY_PATTERN + form + _TIME_SUFFIX, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-./](?P<day_or_month>\d{1,2})[-./](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<day_or_month>\d{2})(?P<day>\d{2})",
        r"(?P<one>\d{1,2})[-./](?P<other>\d{1,2})[-./](?P<year>\d{4}|\d{2})",
        rf"{_DAY_PATTERN}\s+(?:of\s+)?{_MONTH_PATTERN},?\s+(?P<year>\d{{4}})",
        rf"{_MONTH_PATTERN}\s+{_DAY_PATTERN},?\s+(?P<year>\d{{4}})",
    )
]


def suggest_date(text: str, *, timed: bool = False) -> str:
    """Return the date, or the two dates, that a text most likely means, as the end of a hint; empty if none.

    `timed` says whether a clock time may stand behind a date.
    """
    found = next(filter(None, (form.fullmatch(text.strip()) for form in _DATE_FORMS)), None)
    if found is None:
        return ""
    parts = found.groupdict()
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    clock = f" {parts['clock']:0>5}" if timed and parts["clock"] else ""
    if parts.get("one"):
        one, other = int(parts["one"]), int(parts["other"])
        month_first, day_first = _format_iso(year, one, other, clock), _format_iso(year, other, one, clock)
        if month_first and day_first and one != other:
            return f"{month_first} if the month stands first, {day_first} if the day does"
        return month_first or day_first
    month = int(parts["day_or_month"]) if parts.get("day_or_month") else _MONTH_BY_PREFIX[parts["month"][:3].lower()]
    return _format_iso(year, month, int(parts["day"]), clock)


def _format_iso(year: int, month: int, day: int, clock: str) -> str:
    there = 1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]
    return f"`{year:04}-{month:02}-{day:02}{clock}`" if there else ""


def suggest_month(text: str) -> str:
    """Return the month that a text like `March 2026` or `2026-3` means, as `2026-03`; empty if none."""
    if found := re.fullmatch(rf"{_MONTH_PATTERN},?\s+(?P<year>\d{{4}})", text, re.IGNORECASE):
        return f"{found['year']}-{_MONTH_BY_PREFIX[found['month'][:3].lower()]:02}"
    if found := re.fullmatch(r"(?P<year>\d{4})(?P<between>[-./])(?P<month>\d{1,2})", text):
        usual = found["between"] == "-" and len(found["month"]) == 2
        return f"{found['year']}-{int(found['month']):02}" if not usual and 1 <= int(found["month"]) <= 12 else ""
    return ""


_NAMED_TIMES = {"noon": "12:00", "midnight": "00:00"}
_DAY_PARTS = {
    "midday": ("lunch", "lunchtime", "lunch time"),
    "unknown": ("tba", "tbd", "tbc", "?", "??", "n/a", "none", "varies", "various"),
    "all day": ("24h", "whole day"),
}
_TWELVE_HOURS = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>[ap])\.?m\.?"
_HOURS = r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d{2})(?::\d{2})?)?\s*(?:h|hrs?|hours|uhr)?\.?"
_ZONE_SUFFIX = r"(?P<zone>\s*(?:Z|[+-]\d{1,2}(?::?\d{2})?)|\s+[(]?[A-Za-z][A-Za-z/_ ]*[)]?)?"
_TIME_RANGE = r"(?P<first>.+?)\s*(?:-|\N{EN DASH}|to|until)\s*(?P<last>.+)"


def is_clock_word(text: str) -> bool:
    """Say whether a text that begins with a letter is a clock time nevertheless."""
    return text.lower() in _NAMED_TIMES


def suggest_day_part(text: str) -> str:
    """Return what `at` says where it names no clock time and somebody writes that; empty if nothing."""
    return next((part for part, others in _DAY_PARTS.items() if text in others), "")


def suggest_time(text: str) -> str:
    """Return the hint for a text that is no clock time."""
    if instead := _NAMED_TIMES.get(text.lower()):
        return f"Write `{instead}`."
    if found := re.fullmatch(r"(\d{1,2}) ?o'?clock", text):
        hour = int(found[1])
        if 1 <= hour <= 12:
            return f"Write `{hour % 12:02}:00` for the morning, `{hour % 12 + 12}:00` for the afternoon or evening."
    if (found := re.fullmatch(_TIME_RANGE, text)) and (span := _parse_time_range(found["first"], found["last"])):
        first, length = span
        lasts = _format_duration(length)
        return f"Write when it begins, `at: {_format_time(first)}`, and how long it takes, `lasts: {lasts}`."
    if minutes := _parse_minutes(text):
        return f"Write `{_format_time(minutes[0])}`{minutes[1]}."
    return "Write hours and minutes by the 24-hour clock, like `13:00` or `20:30`."


def _parse_minutes(text: str) -> tuple[int, str] | None:
    """Return the minute of the day that a text means, with what is to be said of it; None where it means none."""
    for form in (_TWELVE_HOURS, _HOURS):
        found = re.fullmatch(form + _ZONE_SUFFIX, text, re.IGNORECASE)
        if found is None:
            continue
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        said = ""
        if "half" in found.groupdict() and hour <= 12:
            hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
            said = ", by the 24-hour clock"
        if hour > 23 or minute > 59:
            return None
        return hour * 60 + minute, " alone; the zone has a key of its own, `timezone:`" if found["zone"] else said
    return None


def _parse_time_range(first: str, last: str) -> tuple[int, int] | None:
    """Return the minute of the day at which a range begins, and how many minutes it takes; None where it is none."""
    half = re.search(r"[ap]\.?m\.?", last, re.IGNORECASE)
    begins = _parse_minutes(first if not half or re.search(r"[ap]\.?m", first, re.IGNORECASE) else first + half[0])
    ends = _parse_minutes(last)
    if begins is None or ends is None:
        return None
    takes = (ends[0] - begins[0]) % (24 * 60)
    # `13:00-05:00` is more likely a time and its offset from UTC.
    return (begins[0], takes) if 0 < takes <= 12 * 60 else None


def _format_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


_QUANTITIES = re.compile(
    r"(?P<number>\d+(?:[.,]5)?|an?|half an|one|two)\s*"
    r"(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?)(?![a-z])\.?"
    r"(?:\s*(?:and\s*)?(?P<over>[0-5]?\d)\s*(?:minutes?|mins?|m|$))?",
    re.IGNORECASE,
)
_NUMBERS = {"a": 1.0, "an": 1.0, "half an": 0.5, "one": 1.0, "two": 2.0}
_UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


def suggest_duration(text: str) -> str:
    """Return the hint for a text that is no length."""
    if re.fullmatch(r"\d{1,3}", text):
        return f"Write `{text}min` for minutes, `{text}h` for hours."
    if clock := re.fullmatch(r"([01]?\d):([0-5]\d)", text):
        return f"Write `{_format_duration(60 * int(clock[1]) + int(clock[2]))}`."
    if found := _QUANTITIES.fullmatch(text.strip()):
        number = found["number"].lower().replace(",", ".")
        unit = found["unit"][0].lower()
        minutes = int((_NUMBERS.get(number) or float(number)) * _UNITS[unit]) + int(found["over"] or 0)
        in_days = unit in "dw" and minutes % _UNITS["d"] == 0
        return f"Write `{minutes // _UNITS['d']}d`." if in_days else f"Write `{_format_duration(minutes)}`."
    return "Write `45min`, `1h`, `1h30`, `48h` or `2d`."


def _format_duration(minutes: int) -> str:
    if minutes < 60 or (minutes < 120 and minutes % 60 and minutes % 30):
        return f"{minutes}min"
    return f"{minutes // 60}h{f'{minutes % 60:02}' if minutes % 60 else ''}"


def suggest_month_count(text: str) -> str:
    """Return the hint for a text that is no number of months."""
    if found := re.fullmatch(r"(\d{1,2})(?: (months?|years?))?", text):
        months = int(found[1]) * (12 if (found[2] or "").startswith("year") else 1)
        if 0 < months <= 120:
            return f"Write `{months} month{'s' if months > 1 else ''}`."
    return "Write a number of months, like `12 months`."


_ZONE_WORDS = {
    "Europe/London": ("uk", "gb", "british", "britain", "england"),
    "Europe/Dublin": ("irish", "ireland"),
    "Europe/Paris": ("central european", "french", "france"),
    "America/New_York": ("eastern", "us eastern", "est/edt", "est5edt"),
    "America/Toronto": ("canada/eastern", "canada", "canadian"),
    "America/Chicago": ("central", "us central", "cst/cdt"),
    "America/Denver": ("mountain", "us mountain", "mst/mdt"),
    "America/Los_Angeles": ("pacific", "us pacific", "pst/pdt"),
    "America/Halifax": ("atlantic", "canada/atlantic"),
    "Asia/Kolkata": ("indian", "india"),
    "Asia/Manila": ("philippine", "philippines"),
    "Africa/Johannesburg": ("south african", "south africa"),
    "Australia/Sydney": ("australia", "australian eastern"),
    "Pacific/Auckland": ("new zealand",),
}
"""Words for a clock that are no names of zones, each with the place that most of those who use it mean."""


def suggest_zone_for_words(text: str) -> str:
    """Return the hint for words that people use for a clock, such as `Eastern Time`; empty where they are none."""
    said = re.sub(r"( standard| daylight)?( time)?( zone)?$", "", text.strip().lower())
    meant = next((zone for zone, others in _ZONE_WORDS.items() if said in others), None)
    return f"Write `{meant}`, or the city that keeps the chapter's clock." if meant else ""
