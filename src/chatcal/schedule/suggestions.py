"""What to write instead of a text that the language does not know: the most likely meaning, as a hint."""

import difflib
import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import islice, pairwise, product

from chatcal import timezones
from chatcal.english import DAYS, MONTHS, ORDINALS, closest_match, join_list
from chatcal.model import Rule
from chatcal.recurrence.rules import can_fall_on, format_rrule
from chatcal.schedule.other_languages import iterate_readings, straighten
from chatcal.schedule.rule_hints import DAY, parse_months, suggest_rrule
from chatcal.timezones import UTC_NAME

_KEY_SYNONYMS = {
    "hashtag": ("tag",),
    "about": ("description", "bio", "summary"),
    "website": ("url", "link", "site", "homepage", "web", "page"),
    "account": ("twitter", "handle"),
    "moderators": ("organizers", "organisers", "organizer", "organiser", "team", "contact"),
    "timezone": ("tz", "zone", "time zone"),
    "every": ("day", "on", "when", "repeat", "repeats", "frequency", "schedule"),
    "at": ("time", "hour", "clock"),
    "lasts": ("duration", "length", "lasting"),
    "from": ("start", "starts", "begin", "begins", "since", "first"),
    "until": ("end", "ends", "last", "to", "till", "through"),
    "except": ("skip", "exclude", "not"),
    "place": ("location", "venue", "room", "address", "where", "building"),
    "geo": ("coordinates", "coords", "position", "gps", "map", "latlon", "latlng"),
    "join": ("zoom", "jitsi", "teams", "meet", "online", "video", "call", "stream", "meeting", "meeting_url"),
    "links": (
        "link", "url", "urls", "website", "site", "page", "agenda", "slides", "minutes", "recording", "registration",
        "register", "rsvp", "signup", "sign-up", "tickets",
    ),
    "note": ("description", "details", "info", "comment", "remark", "text", "about"),
    "topic": ("subject", "theme"),
    "hosts": ("speaker", "speakers", "guest", "guests", "moderator", "moderators", "organizer", "organiser", "who"),
    "title": ("name", "summary", "called"),
    "cancelled": ("cancel", "off", "skip", "skipped", "reason", "why"),
    "moved": ("move", "date", "rescheduled", "postponed"),
    "reason": ("why", "name", "title"),
    "chats": ("events", "meetings", "meetups"),
    "sessions": ("exceptions", "overrides", "changes"),
    "breaks": ("holidays", "vacation", "vacations", "pause", "pauses"),
}  # fmt: skip
"""What people write for a key; of two keys that a mapping may have, the first is meant."""


def suggest_key(text: str, table: Collection[str], texts: Mapping[str, str]) -> str:
    """Return the hint which key of a table is most likely meant by a text; empty if none.

    Takes the texts of the keys beside it, and of its own.
    """
    key, colon, value = straighten(text).partition(":")
    if colon and key in table:
        return f"Put a space after the colon: `{key}: {value.strip()}`."
    if is_clock_time(texts.get(text, "")):
        if "at" in table and text.casefold() in _KEY_SYNONYMS["from"]:
            return "Did you mean `at`?"
        if "lasts" in table and text.casefold() in _KEY_SYNONYMS["until"]:
            return f"Say how long it lasts instead: `lasts: {_compute_length(texts, texts[text])}`."
    meant = next((name for name, others in _KEY_SYNONYMS.items() if name in table and text.casefold() in others), None)
    meant = meant or closest_match(text, table)
    if meant in ("links", "geo") and re.fullmatch(r"https?://[^\s,{}\[\]#]+", texts.get(text, "")):
        return f"Write `links: {{{text.capitalize()}: {texts[text]}}}`."
    return f"Did you mean `{meant}`?" if meant else ""


_CLEAR_TIME = re.compile(
    r"\d{1,2}(?::|\.(?:00|1[3-9]|[2-5])|\s*(?:h|uhr|[ap]\.?m))|\d{1,2}[.:]\d{2}\s*[ap]\.?m", re.IGNORECASE
)


def is_clock_time(text: str) -> bool:
    """Say whether a text is meant as a clock time, and not as a year, a day of a month or another number."""
    return _parse_minutes(text) is not None and _CLEAR_TIME.match(text) is not None


def mend_time(text: str) -> str:
    """Return what is meant as a clock time, as a schedule writes it."""
    minutes = _parse_minutes(text)
    return _format_time(minutes[0]) if minutes else text


def _compute_length(texts: Mapping[str, str], last: str) -> str:
    """Return the length of a session from the time beside it up to the last; an hour where there is none."""
    names = ("at", *_KEY_SYNONYMS["at"], *_KEY_SYNONYMS["from"])
    begin = next((texts[name] for name in names if is_clock_time(texts.get(name, ""))), "")
    first, end = _parse_minutes(begin), _parse_minutes(last)
    minutes = (end[0] - first[0]) % (24 * 60) if first and end else 0
    return format_duration(minutes or 60)


_OFFSET = re.compile(r"(?:(?:UTC|GMT|Etc/GMT)\s*)?[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_ZONE_WORDS = {
    "uk": "Europe/London", "gb": "Europe/London", "british": "Europe/London", "england": "Europe/London",
    "united kingdom": "Europe/London", "great britain": "Europe/London", "scotland": "Europe/London",
    "wales": "Europe/London", "irish": "Europe/Dublin", "central european": "Europe/Paris", "french": "Europe/Paris",
    "german": "Europe/Berlin", "germany": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
    "the netherlands": "Europe/Amsterdam", "holland": "Europe/Amsterdam", "czechia": "Europe/Prague",
    "eastern": "America/New_York", "us eastern": "America/New_York", "est/edt": "America/New_York",
    "central": "America/Chicago", "us central": "America/Chicago", "cst/cdt": "America/Chicago",
    "mountain": "America/Denver", "us mountain": "America/Denver", "mst/mdt": "America/Denver",
    "pacific": "America/Los_Angeles", "us pacific": "America/Los_Angeles", "pst/pdt": "America/Los_Angeles",
    "atlantic": "America/Halifax", "canada/atlantic": "America/Halifax", "canada/eastern": "America/Toronto",
    "canada": "America/Toronto", "canadian": "America/Toronto", "indian": "Asia/Kolkata",
    "philippine": "Asia/Manila", "south african": "Africa/Johannesburg", "australia": "Australia/Sydney",
    "australian eastern": "Australia/Sydney", "new zealand": "Pacific/Auckland",
}  # fmt: skip
"""Words for a clock that are not names of zones, each with the place that most people mean."""


def suggest_zone(text: str) -> str:
    """Return a hint that names the zone to write instead of a text."""
    text = straighten(text)
    if _OFFSET.fullmatch(text):
        example = f"the name of a city that keeps the chapter's clock, like `Europe/London`, or `{UTC_NAME}`"
        return f"An offset knows nothing of summer time. Write {example}."
    if text.upper() in ("GMT", "UTC"):
        return f"Write `{UTC_NAME}` for a clock that never changes, or `Europe/London` for the clock of London."
    if found := find_zone(text):
        return f"Write `{found}`, or the city that keeps the chapter's clock."
    if found := _suggest_country_zone(text):
        return found
    if near := _find_near_zone(text.casefold()):
        return f"Did you mean `{near}`?"
    return "Write a large city that keeps the same clock, with its continent, like `America/Toronto`."


def find_zone(text: str) -> str | None:
    """Return the zone that most people mean by words like `Pacific Time`, `PT` or `US/Pacific`; None if unknown."""
    # Windows lists `(UTC-05:00) Eastern Time (US & Canada)`.
    text = re.sub(r"\([^()]*\)", "", text).strip()
    words = _strip_time(text.lower())
    return timezones.ABBREVIATIONS.get(text.upper()) or _ZONE_WORDS.get(words) or timezones.resolve_zone_alias(text)


def _strip_time(text: str) -> str:
    return re.sub(r"( standard| daylight)?( time)?( zone)?$", "", text)


def _find_near_zone(text: str) -> str | None:
    """Return the zone of the name that is nearest to a text; None if its city differs, as Boston and Moncton do."""
    names = timezones.index_zone_names()
    if text in names:
        return names[text]
    known = [*names, *_ZONE_WORDS, *map(str.casefold, timezones.ABBREVIATIONS), *timezones.list_zone_aliases()]
    for typed in dict.fromkeys((text.replace("\\", "/"), _strip_time(text))):
        for near in difflib.get_close_matches(typed, known, n=3, cutoff=0.8):
            city, other = (one.rpartition("/")[2] for one in (typed, near))
            if difflib.SequenceMatcher(None, city, other).ratio() >= 0.8:
                return names.get(near) or find_zone(near)
    return None


def _suggest_country_zone(text: str) -> str:
    code = _read_country_codes().get(text.casefold())
    zones = [name for country, _, name, *_ in _read_rows("zone.tab") if country == code]
    if len(zones) > 1:
        known = [name for name in zones if name in timezones.COMMON_ZONES] or zones
        listed = " or ".join(f"`{name}`" for name in known[:4])
        return f"That country has several clocks. Write a city that keeps the chapter's, like {listed}."
    return f"Write `{zones[0]}`, for the clock of that country." if zones else ""


@cache
def _read_country_codes() -> dict[str, str]:
    """Return the two letters of every country (ISO 3166) by its name in small letters."""
    return {name.casefold(): code for code, name in _read_rows("iso3166.tab")} | {"usa": "US", "us": "US"}


def _read_rows(table: str) -> Iterator[list[str]]:
    lines = timezones.read_tzdata(table).decode().splitlines()
    return (line.split("\t") for line in lines if not line.startswith("#"))


_MAX_READINGS = 8
_MAX_DATE_LENGTH = 100
"""In characters. A longer text is prose, and takes long to look for a date in."""


def _parse_date_words(text: str, form: str, *, day_first: bool = False) -> str:
    """Return a date in words in a form of `strftime`; empty if it is not a date, or leaves out some of that form."""
    if len(text) > _MAX_DATE_LENGTH:
        return ""
    from dateutil import parser  # only a mistake needs it, and it takes long to import

    class TwoDigitYears(parser.parserinfo):
        # dateutil asks the clock which century is nearest.
        def convertyear(self, year: int, century_specified: bool = False) -> int:  # noqa: FBT001, FBT002 # as dateutil calls it
            return year if century_specified or year >= 100 else year + 2000

    # What the text leaves out comes from the default: it differs between the two, which have a 29 February each.
    defaults = (datetime(2000, 1, 1, 1), datetime(2004, 2, 2, 2))  # noqa: DTZ001 # a text has no zone
    read = partial(parser.parse, text, TwoDigitYears(), dayfirst=day_first, ignoretz=True)
    try:
        first, second = (f"{read(default=default):{form}}" for default in defaults)
    except (ValueError, OverflowError):
        return ""
    return first if first == second else ""


def suggest_date(text: str, *, timed: bool = False) -> str:
    """Return the date, or the two, that a text may mean, as the end of a hint; `timed` if a time may follow it."""
    if edge := _find_edge(text):
        return f"`{edge}`"
    text = next(
        (one for one in islice(iterate_readings(text), _MAX_READINGS) if _parse_date_words(one, "%Y-%m-%d")),
        straighten(text),
    )
    # After the year comes the month.
    orders = (False,) if re.search(r"\d{4}[-./]?\d", text) else (False, True)
    ways = [(text, order, "the day does" if order else "the month comes first") for order in orders]
    if re.match(r"\d{2}-\d{2}-\d{2}(?!\d)", text):
        ways.append((f"20{text}", False, "the year does"))
    dates: dict[str, str] = {}
    for one, order, when in ways:
        if day := _parse_date_words(one, "%Y-%m-%d", day_first=order):
            at = _parse_date_words(one, " %H:%M", day_first=order) if timed else ""
            # Read either way it is the same day, of which the month cannot come first.
            dates[f"`{day}{at}`"] = "the day comes first" if f"`{day}{at}`" in dates else when
    return ", ".join(f"{day} if {when}" for day, when in dates.items()) if len(dates) > 1 else next(iter(dates), "")


def _find_edge(text: str) -> str:
    """Return the day that a text like `the end of June 2027` means; empty if it means none."""
    found = re.fullmatch(r"(?:the )?(?:(end)|start|beginning) of (?:the year )?(.+)", text, re.IGNORECASE)
    if found is None:
        return ""
    is_end, period = found[1], found[2]
    if re.fullmatch(r"\d{4}", period):
        period += "-12" if is_end else "-01"
    month = suggest_month(period) or period
    if not re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", month):
        return ""
    return f"{month}-{monthrange(*map(int, month.split('-')))[1] if is_end else '01'}"


def suggest_yearless_date(text: str, *, timed: bool) -> str:
    """Return the date, or the two, that a text names without the year, as the end of a hint, like `YYYY-12-23`.

    `timed` if a time may follow it.
    """
    first, other = (_find_yearless_date(text, day_first=order, timed=timed) for order in (False, True))
    if first == other:
        return f"`{first}`" if first else ""
    return f"`{first}` if the month comes first, `{other}` if the day does"


def _find_yearless_date(text: str, *, day_first: bool = False, timed: bool = False) -> str:
    for one in (text, *islice(iterate_readings(text), _MAX_READINGS)):
        if day := _parse_date_words(one, "%m-%d", day_first=day_first):
            return f"YYYY-{day}{_parse_date_words(one, ' %H:%M', day_first=day_first) if timed else ''}"
    return ""


def list_days(text: str) -> list[str]:
    """Return the days that a text names as a schedule writes them."""
    return re.findall(r"\d{4}-\d{2}-\d{2}", text)


_DAYS_ON_END = re.compile(
    r"(?:from )?(.+?)\s*(?:\bto\b|\buntil\b|\btill\b|\bthrough\b|\s-\s|\u2013|\.\.+|(?<=-\d\d)/(?=\d{4}-))\s*(.+)"
)


def suggest_break(text: str) -> str:
    """Return the break that a text like `20 Dec to 6 Jan` means, as a schedule writes it; empty if it means none."""
    if re.fullmatch(r"\d{4}(?:-\d{2})?", text):
        return f"{{from: {text}, until: {text}}}"
    found = _DAYS_ON_END.fullmatch(text[:_MAX_DATE_LENGTH])
    days = [_parse_date_words(day, "%Y-%m-%d") or _find_yearless_date(day) for day in found.groups()] if found else []
    return f"{{from: {days[0]}, until: {days[1]}}}" if days and all(days) else ""


def suggest_month(text: str) -> str:
    """Return the month that a text like `March 2026` or `2026-3` means, as `2026-03`; empty if none."""
    month = _parse_date_words(text, "%Y-%m")
    return "" if month == text or _parse_date_words(text, "%d") else month


NAMED_TIMES = {"noon": "12:00", "midnight": "00:00"}
DAY_PART_SYNONYMS = {
    **dict.fromkeys(("lunch", "lunchtime", "lunch time"), "midday"),
    **dict.fromkeys(("tba", "tbd", "tbc", "?", "??", "n/a", "none", "varies", "various"), "unknown"),
    **dict.fromkeys(("24h", "whole day"), "all day"),
}
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d{2})(?::\d{2})?)?\s*(?:(?P<half>[ap])\.?m|h|hrs?|hours|uhr)?\.?"
    r"(?P<zone>\s*(?:Z|[+-]\d{1,2}(?::?\d{2})?)|\s+[(]?[A-Za-z][A-Za-z/_ ]*[)]?)?",
    re.IGNORECASE,
)
_DAY_HALF = re.compile(
    r"(?!12\b)(?P<clock>\d.*?)(?: ?o'?clock)?,? (?:in the )?(?:(?P<early>morning)|afternoon|evening)", re.IGNORECASE
)
_HALF_DAY = re.compile(r"(\d{1,2})(?: ?o'?clock)?")
_TIME_RANGE = re.compile(r"(?P<first>.+?)\s*(?:-|\N{EN DASH}|to|until)\s*(?P<last>.+)")


def suggest_time(text: str) -> str:
    """Return the hint for a text that is not a clock time."""
    text = " ".join(straighten(text).split())
    if instead := NAMED_TIMES.get(text.lower().removeprefix("12 ")):
        return f"Write `{instead}`."
    if found := _DAY_HALF.fullmatch(text):
        text = f"{found['clock']} {'am' if found['early'] else 'pm'}"
    if (found := _HALF_DAY.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        hour = int(found[1]) % 12
        return f"Write `{hour:02}:00` for the morning, `{hour + 12}:00` for the afternoon or evening."
    if (found := _TIME_RANGE.fullmatch(text)) and (hint := _suggest_time_range(found["first"], found["last"])):
        return hint
    if minutes := _parse_minutes(text):
        return f"Write `{_format_time(minutes[0])}`{minutes[1]}."
    return "Write hours and minutes by the 24-hour clock, like `13:00` or `20:30`."


def _parse_minutes(text: str) -> tuple[int, str] | None:
    """Return the minute of the day that a text means, with a remark; None if it means none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    remark = ""
    if found["half"] and hour <= 12:
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
        remark = ", by the 24-hour clock"
    if found["zone"]:
        is_zone = _is_zone(found["zone"].strip(" ()"))
        remark = " alone; the zone has a key of its own, `timezone:`" if is_zone else " alone"
        # `8 in the evening` is no time of the morning.
        if not (is_zone or found["half"]) and hour <= 12:
            return None
    return (hour * 60 + minute, remark) if hour <= 23 and minute <= 59 else None


def _is_zone(text: str) -> bool:
    """Say whether what follows a time is meant as a zone: an offset, a name, `my time`."""
    is_word = re.fullmatch("[A-Za-z_ ]+", text) and not text.lower().endswith(" time")
    return not is_word or bool(find_zone(text)) or text.casefold() in timezones.index_zone_names()


def _suggest_time_range(first: str, last: str) -> str:
    half = re.search(r"[ap]\.?m\.?", last, re.IGNORECASE)
    begins = _parse_minutes(first if not half or re.search(r"[ap]\.?m", first, re.IGNORECASE) else first + half[0])
    ends = _parse_minutes(last)
    takes = (ends[0] - begins[0]) % (24 * 60) if begins and ends else 0
    # `13:00-05:00` is more likely a time and its offset from UTC.
    if begins is None or not 0 < takes <= 12 * 60:
        return ""
    start, length = _format_time(begins[0]), format_duration(takes)
    return f"Write when it begins, `at: {start}`, and how long it takes, `lasts: {length}`."


def _format_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


_QUANTITY = re.compile(
    r"(?P<number>\d{1,6}(?:[.,]5)?|an?|half an|one|two)\s*"
    r"(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?)(?![a-z])\.?"
    r"(?:\s*(?:and\s*)?(?P<over>[0-5]?\d)\s*(?:minutes?|mins?|m|$))?",
    re.IGNORECASE,
)
_NUMBERS = {"a": 1.0, "an": 1.0, "half an": 0.5, "one": 1.0, "two": 2.0}
_UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
MAX_DURATION = timedelta(days=31)
LENGTH_LIMITS = "It lasts from `1min` to `31d`."


def suggest_duration(text: str) -> str:
    """Return the hint for a text that is not a length."""
    if re.fullmatch(r"[1-9]\d{0,2}", text):
        return f"Write `{text}min` for minutes, `{text}h` for hours."
    if clock := re.fullmatch(r"(0?\d):([0-5]\d)", text):
        return f"Write `{format_duration(60 * int(clock[1]) + int(clock[2]))}`."
    if found := _QUANTITY.fullmatch(text.strip()):
        number = found["number"].lower().replace(",", ".")
        unit = found["unit"][0].lower()
        minutes = int((_NUMBERS.get(number) or float(number)) * _UNITS[unit]) + int(found["over"] or 0)
        if not timedelta() < timedelta(minutes=minutes) <= MAX_DURATION:
            return LENGTH_LIMITS
        in_days = unit in "dw" and minutes % _UNITS["d"] == 0
        return f"Write `{minutes // _UNITS['d']}d`." if in_days else f"Write `{format_duration(minutes)}`."
    return "Write `45min`, `1h`, `1h30`, `48h` or `2d`."


def format_duration(minutes: int) -> str:
    """Return a length as a schedule writes it: `45min`, `1h`, `1h30`."""
    hours, over = divmod(minutes, 60)
    return f"{hours}h{f'{over:02}' if over else ''}" if hours else f"{over}min"


def suggest_month_count(text: str) -> str:
    """Return the hint for a text that is not a number of months."""
    if found := re.fullmatch(r"(\d{1,2})(?: (months?|years?))?", text):
        months = int(found[1]) * (12 if (found[2] or "").startswith("year") else 1)
        if 0 < months <= 120:
            return f"Write `{months} month{'s' if months > 1 else ''}`."
    return "Write a number of months, like `12 months`."


RuleFinder = Callable[[str], Rule | None]
"""Returns the rule of a phrase; None for what is none."""
MAX_PHRASE_LENGTH = 100
"""In characters. A longer text is prose, and takes long to compare with phrases."""
_WEEKDAYS = {name.lower(): name for name in DAYS}
_NAMES = _WEEKDAYS | {name.lower(): name for name in MONTHS}
_VOCABULARY = (
    *_NAMES, *ORDINALS, "last", "second-to-last",
    "weekday", "day", "other", "weeks", "on", "and", "of", "month", "months", "every", "each",
)  # fmt: skip


def suggest_phrase(
    text: str,
    readings: Iterable[str],
    find_rule: RuleFinder,
    examples: Iterable[str],
    *,
    is_exception: bool,
) -> tuple[str, str]:
    """Return what is wrong with an unknown phrase, and the hint what to write, empty where nothing is near.

    Takes the text as typed, what it may mean as the grammar normalizes it, what returns the rule of a phrase, and a
    phrase of each form.
    """
    if len(text) > MAX_PHRASE_LENGTH:
        return "This text is longer than any phrase.", ""
    ways: tuple[Callable[[str, RuleFinder], tuple[str, str] | None], ...] = (
        _explain_months, _explain_year, _explain_bounds, _explain_form, _suggest_respelling, _explain_mixed,
        _explain_missing_day,
    )  # fmt: skip
    if is_exception:
        # The others name keys of the chat, which would change the chat itself.
        ways = (_explain_excepted_months, _explain_holidays, _suggest_respelling)
    for reading, explain in product(readings, ways):
        if found := explain(reading.replace(" ,", ","), find_rule):
            return found[0].format(text=text), found[1]
    close = difflib.get_close_matches(text, examples, n=1, cutoff=0.75)
    return _UNKNOWN.format(text=text), f"The nearest phrase is `{close[0]}`." if close else ""


_AMBIGUOUS = "`{text}` can mean several things."
_INCOMPLETE = "`{text}` does not say of what."
_UNKNOWN = "`{text}` is not a phrase that chatcal knows."
_OWN_BOUNDS = "The first or last day has a key of its own."
_NO_DAY = "`{text}` does not name a day."
_ORDINAL = rf"{'|'.join(ORDINALS)}|last|[1-5](?:st|nd|rd|th)"
_HOLIDAYS = (
    r"holidays?|christmas|x-?mas|new year(?:'?s)?|easter|thanksgiving|ramadan|eid|diwali|passover|pentecost|carnival"
)
_FORMS = (
    ("bi ?-?weekly", _AMBIGUOUS,
     "Write `other {day}` for every two weeks, or `{day} and {later}` for twice a week."),
    ("bi ?-?monthly", _AMBIGUOUS,
     "Write `second {day} of every other month`, or `first and third {day} of the month`."),
    (f"^twice (?:(?:a|per|each|every) )?month(?:ly)?,? (?:on )?{DAY}", _AMBIGUOUS,
     "Write `first and third {day} of the month`, or `other {day}` for every other week."),
    ("fortnight", _UNKNOWN,
     "Write `other {day}`, with a `counting:` date that says which weeks."),
    (r"^(?P<number>\d+|other|second|third)(?:st|nd|rd|th)? days?$", "No phrase counts days.",
     "Write `rrule: FREQ=DAILY;INTERVAL={number}` instead of `every:`, and `counting:` with one of the days."),
    (f"^(?P<ordinal>second|2nd) {DAY}$", _AMBIGUOUS,
     "Write `{ordinal} {day} of the month`, or `other {day}` for every other week."),
    (f"^(?P<ordinal>(?P<number>third|fourth|[34])(?:rd|th)?) {DAY}$", _INCOMPLETE,
     "Write `{ordinal} {day} of the month`. Every {number} weeks is `{number} weeks on {day}`."),
    (f"^(?P<ordinal>first|1st|fifth|5th|last|second-to-last) {DAY}$", _INCOMPLETE,
     "Write `{ordinal} {day} of the month`."),
    (rf"^(?P<numbers>(?:{_ORDINAL})(?:(?:, and|,| and) (?:{_ORDINAL}))+) weeks?(?: of month)?(?: on {DAY})?$",
     _INCOMPLETE, "Write `{numbers} {day} of the month`, or another day."),
    (r"\bweeks? \(?[ab]\b|\b[ab]-weeks?\b|\b[ab] weeks\b|\bb week\b", "No phrase names weeks by letters.",
     "Write `other {day}`, and below it `counting:` with the {day} of such a week."),
    (r"^(?P<phrase>.+?),? (?:at |from )?(?:noon|midnight|\d{1,2}[:.]\d{2}.*|\d{1,2} ?(?:[ap]\.?m|h|uhr)\b.*)$",
     "A time has a key of its own.",
     "Write `{phrase}` here, and the time under `at:`."),
    (rf"^(?P<phrase>.+?),? (?:except|but not|not|unless) .*\b(?:{_HOLIDAYS})\b.*$", "No phrase knows holidays.",
     "Write `{phrase}` here, and cancel each session that falls on one, under `sessions:`, or as a break."),
    (r"^(?P<phrase>.+?),? (?:except|but not|not)(?: in| on)? (?P<rest>.+)$", "Exceptions have a key of their own.",
     "Write `{phrase}` here, and below it `except: {rest}`."),
    (r"\b(?P<number>3[2-9]|[4-9]\d|\d{3,})(?:st|nd|rd|th)\b", "No month has {number} days.",
     "Days of the month run from `1st` to `31st`; the last is `last day of the month`."),
    (rf"\b(?P<number>[6-9]|[12]\d|3[01])(?:st|nd|rd|th) {DAY}\b", "No month has {number} {day}s.",
     "Write `fifth {day} of the month`, or `last {day} of the month`."),
)  # fmt: skip
"""Forms that are no phrases: a pattern, what is wrong, and what to write. The group `phrase` must be a phrase."""
_NUMBER_WORDS = {"other": "2", "last": "-1"} | {name: str(number) for number, name in enumerate(ORDINALS, start=1)}


def _explain_form(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    day = _find_day(text) or "Tuesday"
    text = _join_words(mended if (mended := _mend_word(word)) in _WEEKDAYS else word for word in _split_words(text))
    if found_rule := suggest_rrule(text):
        return found_rule
    later = DAYS[(DAYS.index(day) + 3) % 7]
    for pattern, message, hint in _FORMS:
        found = re.search(pattern, text)
        if found is None or not find_rule(found.groupdict().get("phrase", "day")):
            continue
        parts = {
            name: _NUMBER_WORDS.get(part, part) if name == "number" else _spell_names(part)
            for name, part in found.groupdict().items()
        }
        return message.format(text="{text}", day=day, **parts), hint.format(day=day, later=later, **parts)
    return None


_RESPELLINGS = (
    (r"\s*[&+]\s*|(?<=[a-z])/(?=\w)", " and "),
    (r"\bmon(?:day)?s? ?(?:-|to|through) ?fri(?:day)?s?\b|\b(?:work|working |business )days?\b", "weekday"),
    (r"^([a-z]{2,}) ?(?:-|to|through) ?([a-z]{2,})$", lambda found: _list_days(*found.groups())),
    (
        r"^((?:first|second|third|fourth|1st|2nd|3rd|4th) .+?),? (?:(?:of|in) )?(?:(?:each|every|a) )?quarter$",
        r"\1 of january, april, july and october",
    ),
    (r"^(last .+?),? (?:(?:of|in) )?(?:(?:each|every|a) )?quarter$", r"\1 of march, june, september and december"),
    (r"\b(?:penultimate|second last|next to last|last but one)\b", "second-to-last"),
    (r"\balternat(?:e|ing)\b", "other"),
    (r"^(?:second|2nd) weeks?\b", "other"),
    (r"^(?:on )?(.+?),? (?:once )?(?:each|every) (?:other|second|2nd) weeks?$", r"other \1"),
    (r"^(?:on )?(.+?),? (?:once )?(?:each|every) ((?:two|three|four|\d+) weeks)$", r"\2 on \1"),
    (r"^(?:(?:third|3rd)|(fourth|4th)) weeks?\b", lambda found: "4 weeks" if found[1] else "3 weeks"),
    (rf"^({DAY})s?,? \(?((?:{_ORDINAL})(?:(?:, and|,| and) (?:{_ORDINAL}))*)\)?$", r"\2 \1"),
    (r"\bweekends?\b", "saturday and sunday"),
    (r"\b(?:everyday|daily|days|each day)\b", "day"),
    (rf"\b({'|'.join(name[:3].lower() for name in MONTHS)})([a-z]*) (\d{{1,2}})(?:st|nd|rd|th)?$", r"\3 \1\2"),
    (r"\b(?:each|every|a) year\b|^year\b|\byearly\b|\bannually\b", " "),
    (r"\bin\b", "of"),
    (r"(?<!of )\b(?:each|every|per|a) month\b", "of month"),
    (r"^(.*)\bmonthly\b(.*)$", r"\1 \2 of month"),
    (r"\bweekly\b|\b(?:each|every|a) week\b", " "),
    (r"\b1 weeks?\b", " "),
    (r"(?<!week)(?<!weeks) on\b|^(?:on|all|only)\b", " "),
    (r"\blast of\b", "last day of"),
    (r"\b(\d+|two|three|four) weeks (?!on\b)", r"\1 weeks on "),
    (r"[ ,]+$|^[ ,]+", ""),
)


def _list_days(first: str, last: str) -> str:
    """Return the days of the week from one to another, like `tue` to `thu`; if they are none, what was written."""
    names = list(_WEEKDAYS)
    ends = [[name for name in names if name.startswith(word.rstrip("s"))] for word in (first, last)]
    if not all(ends):
        return f"{first}-{last}"
    begin, end = (names.index(found[0]) for found in ends)
    days = [names[(begin + number) % 7] for number in range((end - begin) % 7 + 1)]
    if days == names[:5]:
        return "weekday"
    return "day" if len(days) == len(names) else join_list(days)


def _suggest_respelling(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    mended = _respell(text)
    for candidate in (mended, f"{mended} of month"):
        if find_rule(candidate):
            return _UNKNOWN, f"Did you mean `{_spell_names(candidate)}`?"
    return None


def _respell(text: str) -> str:
    for pattern, other in _RESPELLINGS:
        text = " ".join(re.sub(pattern, other, text).split())
    return _mend_words(text)


_BOUND = re.compile(
    r"(?P<phrase>.+?),? (?:(?P<from>start(?:s|ing)?|begin(?:s|ning)?|commencing|counting|from|since|as of|first on)"
    r"|until|till|through|up to|end(?:s|ing)?)(?: (?:on|from|in|with))? (?P<day>.+)"
)
_BOTH_BOUNDS = re.compile(
    r"(?P<phrase>.+?),? (?:(?:from|between|start(?:s|ing)?|begin(?:s|ning)?) (?P<first>.+?) ?"
    r"(?:\b(?:to|until|till|through|and|end(?:s|ing)?)\b|(?<!\d)-|-(?!\d)) ?(?P<last>.+)|(?:in|during) (?P<only>.+))"
)
_YEAR = r"(?:19|2\d)\d\d"
_COUNTING_YEARS = range(2026, 2054)
"""In 28 years every date falls on every day of the week."""


def _explain_year(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    """Return how to say a date, or that a rule is for one year."""
    phrase, year = _split_year(text)
    if year and (days := suggest_date(text)):
        listed = re.sub("`(.+?)`", r"`dates: [\1]`", days)
        return "`{text}` is a date, not a phrase.", f"Days are listed under `dates:` instead of `every:`: {listed}."
    phrase = _respell(re.sub(",? (?:in|during)$", "", phrase))
    if year and find_rule(phrase):
        return _OWN_BOUNDS, f"Write `{_spell_names(phrase)}` here, and below it `from: {year}` and `until: {year}`."
    return None


def _split_year(text: str) -> tuple[str, str]:
    """Return a text without the year that it names, once or more, and that year; empty if it names none, or two."""
    years = set(re.findall(rf"\b{_YEAR}\b", text))
    year = years.pop() if len(years) == 1 else ""
    return (re.sub(rf",?(?: of)? {year}\b", "", text), year) if year else (text, "")


def _explain_bounds(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    """Return that the first or last day has a key of its own: a rule that counts takes `counting`."""
    text = re.sub("[()]", "", text)
    if (both := _BOTH_BOUNDS.fullmatch(text)) and find_rule(phrase := _respell(both["phrase"])):
        (first, *_), (last, *_) = (_find_bounds(both[name] or both["only"]) or [""] for name in ("first", "last"))
        if first and last:
            if first.startswith("Y") and not last.startswith("Y"):
                first = f"{int(last[:4]) - (first[4:] > last[4:])}{first[4:]}"
            below = f"`from: {first}` and `until: {last}`"
            return _OWN_BOUNDS, f"Write `{_spell_names(phrase)}` here, and below it {below}."
    found = _BOUND.fullmatch(text)
    if found is None or is_clock_time(found["day"].split()[0]):
        return None
    phrase = _respell(found["phrase"])
    if (rule := find_rule(phrase)) is None:
        return _explain_form(found["phrase"], find_rule)
    key = ("counting" if rule.interval > 1 else "from") if found["from"] else "until"
    days = _find_bounds(found["day"])
    if key == "counting":
        days = [day for day in map(partial(_complete_anchor, rule), days) if day]
    lines = [f"`{key}: {day}`" for day in days] or [f"`{key}:` with the date"]
    line = lines[0] if len(lines) == 1 else f"{lines[0]} if the month comes first, {lines[1]} if the day does"
    return _OWN_BOUNDS, f"Write `{_spell_names(phrase)}` here, and below it {line}."


def _complete_anchor(rule: Rule, written: str) -> str:
    """Return a day from which a rule may count, in a year that fits if none is written; empty if it fits none."""
    if len(written) < len("YYYY-MM-DD") or written.startswith("YYYY-02-29"):
        return ""
    years = _COUNTING_YEARS if written.startswith("Y") else (written[:4],)
    days = (date.fromisoformat(f"{year}{written[4:]}") for year in years)
    return next((f"{day}" for day in days if can_fall_on(rule, day)), "")


def _find_bounds(text: str) -> list[str]:
    """Return the day that a text means, with or without its year, or the two; or the month of a year, or the year."""
    if re.fullmatch(_YEAR, text):
        return [text]
    for find in (partial(_parse_date_words, form="%Y-%m-%d"), _find_yearless_date):
        orders = (False,) if re.search(r"\d{4}-\d", text) else (False, True)
        if days := list(dict.fromkeys(day for order in orders if (day := find(text, day_first=order)))):
            return days
    month = _parse_date_words(text, "%Y-%m")
    return [month] if month else []


_MAX_RULE_MONTHS = 6
"""Of more, those that are left out are fewer."""
_VAGUE_TIME = re.compile(
    r"(?:in|during|over|throughout|of|while) .*\b(?:terms?|term-?time|semesters?|school|academic|holidays?|vacations?|"
    r"advent|lent|ramadan|seasons?|daylight|summer time|winter time)\b.*"
)


def _explain_months(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    """Return how to say that a chat of weeks or days is held in some months only."""
    text, year = _split_year(text)
    words = _split_words(text)
    for is_before, at in product((False, True), range(1, len(words))):
        phrase = _respell(_join_words(words[at:] if is_before else words[:at]))
        rule = find_rule(phrase)
        # `Summer Wednesdays`; but May Day is one day.
        if rule is None or rule.freq not in ("WEEKLY", "WEEKLY" if is_before else "DAILY"):
            continue
        rest = _join_words(["in", *words[:at]] if is_before else words[at:]).strip()
        months, season = parse_months(_mend_months(rest))
        written = _spell_names(phrase)
        meant = f" Here {season} is {_join_months(months)}." if season else ""
        if months and year and all(one % 12 + 1 == after for one, after in pairwise(months)):
            first = int(year) - (months[0] > months[-1])
            below = f"`from: {first}-{months[0]:02}` and `until: {year}-{months[-1]:02}`"
            return _OWN_BOUNDS, f"Write `{written}` here, and below it {below}.{meant}"
        bounds = f", and below it `from: {year}` and `until: {year}`" if year else ""
        if months and len(months) <= _MAX_RULE_MONTHS:
            rrule = format_rrule(replace(rule, by_month=tuple(sorted(months))))
            return "No phrase says `{text}`.", f"Write, instead of `every:`, `rrule: {rrule}`{bounds}.{meant}"
        others = [number for number in range(1, len(MONTHS) + 1) if number not in months]
        if months and others:
            message = "Months that are left out have a key of their own."
            return message, f"Write `{written}` here, and below it `except: {_join_months(others)}`{bounds}."
        if _VAGUE_TIME.fullmatch(rest):
            hint = f"Write `{written}` here, and below it `except: July and August` with the months that are left out."
            return "`{text}` does not say which days these are.", f"{hint} Other days go under `breaks:`."
    return None


def _explain_excepted_months(text: str, _: RuleFinder) -> tuple[str, str] | None:
    """Return how to take out whole months: those of one year are a break."""
    text, year = _split_year(text)
    text = re.sub("^(?:all (?:of )?|whole |month of |in |during |throughout |from )+", "", text)
    months, _season = parse_months(_mend_months(f"in {text}"))
    if not months:
        return None
    if not year:
        return _UNKNOWN, f"Did you mean `{_join_months(months)}`?"
    runs = list(_list_month_runs(months, int(year)))
    breaks = ", ".join(f"{{from: {first}, until: {last}}}" for first, last in runs)
    message = "`except` takes days that recur, or single ones."
    return message, f"Months of one year are a break, at the left edge: `breaks: [{breaks}]`."


def _explain_holidays(text: str, _: RuleFinder) -> tuple[str, str] | None:
    if not re.search(rf"\b(?:{_HOLIDAYS})\b", text):
        return None
    hint = (
        "Write the days, like `25 December`; or cancel each session that falls on one, under `sessions:`, or as a "
        "break."
    )
    return "`{text}` names holidays, and chatcal knows none.", hint


def _list_month_runs(months: Sequence[int], year: int) -> Iterator[tuple[str, str]]:
    """Yield the first and the last month of each run of months of a year, or of a winter that ends in it."""
    year -= months[0] > months[-1]
    first = previous = f"{year}-{months[0]:02}"
    for before, month in pairwise(months):
        year += month < before
        written = f"{year}-{month:02}"
        if month != before % 12 + 1:
            yield first, previous
            first = written
        previous = written
    yield first, previous


def _mend_months(text: str) -> str:
    text = re.sub(r"(?<=[a-z])\s*[/&]\s*(?=[a-z])", " and ", text)
    return _mend_words(re.sub(r"(?<=[a-z.])([-\N{EN DASH}])(?=[a-z])", r" \1 ", text))


def _join_months(months: Iterable[int]) -> str:
    return join_list([MONTHS[number - 1] for number in months])


def _explain_mixed(text: str, find_rule: RuleFinder) -> tuple[str, str] | None:
    """Return the problem of a phrase that names days of the week and days of the month, or some with an ordinal."""
    items, _, months = _mend_words(text).partition(" of ")
    parts = [part for part in re.split(r"\s*,\s*|\s+and\s+", items) if part]
    if not any(part.split()[-1] in _WEEKDAYS for part in parts):
        return None
    if months and not find_rule(f"1st of {months}"):
        return None
    chats = list(_split_chats(parts, f" of {months or 'month'}"))
    if len(chats) < 2 or not all(map(find_rule, chats)):
        return None
    written = join_list([f"`{_spell_names(chat)}`" for chat in chats])
    return "This phrase means more than one chat.", f"Write {len(chats)} chats, each with its own phrase: {written}."


def _split_chats(parts: Sequence[str], months: str) -> Iterator[str]:
    """Yield a phrase for each part; an ordinal applies to the days after it."""
    alone: list[str] = []
    ordinal = ""
    for part in parts:
        *before, last = part.split()
        if last not in _WEEKDAYS:
            alone.append(part)
            continue
        ordinal = " and ".join([*alone, *before]) or ordinal
        alone = []
        yield f"{ordinal} {last}{months}" if ordinal else last
    if alone:
        yield f"{' and '.join(alone)}{months}"


_DAY_EXAMPLES = (
    ("weekly", "`Tuesday`"),
    ("quarterly", "`second Tuesday of every 3 months`"),
    ("yearly|annually", "`8 March`, or `second Tuesday of October`"),
    ("twice", "`Tuesday and Friday`, or `first and third Tuesday of the month`"),
    ("semi-?monthly", "`first and third Tuesday of the month`"),
    ("weeks?", "`Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`"),
    ("month|monthly", "`second Tuesday of the month`, or `15th of the month`"),
)


def _explain_missing_day(text: str, _: RuleFinder) -> tuple[str, str] | None:
    words = _split_words(text)
    if _find_day(text) and "quarterly" not in words:
        return None
    for pattern, examples in _DAY_EXAMPLES:
        if any(re.fullmatch(pattern, word) for word in words):
            return _NO_DAY, f"Name the day: {examples}."
    return None


def _find_day(text: str) -> str | None:
    return next((_WEEKDAYS[word] for word in map(_mend_word, _split_words(text)) if word in _WEEKDAYS), None)


def _split_words(text: str) -> list[str]:
    return text.replace(",", " , ").split()


def _join_words(words: Iterable[str]) -> str:
    return " ".join(words).replace(" ,", ",")


def _mend_words(text: str) -> str:
    return _join_words(map(_mend_word, _split_words(text)))


def _mend_word(word: str) -> str:
    if word in _VOCABULARY or word == "," or word[:1].isdigit():
        return word
    begins = [name for name in _NAMES if len(word) >= 3 and name.startswith(word.rstrip(".s"))]
    close = difflib.get_close_matches(word, _VOCABULARY, n=1, cutoff=0.7)
    return (begins or close or [word])[0]


def _spell_names(phrase: str) -> str:
    """Return a phrase with the names of days and months as English writes them, and with its articles."""
    spelt = re.sub(r"\w+", lambda word: _NAMES.get(word[0], word[0]), phrase)
    return spelt.replace("of month", "of the month").replace("second-to-last", "second to last")
