"""What somebody meant who wrote it another way."""

import difflib
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from chatcal.english import DAYS, MONTHS, closest_match, join_list
from chatcal.timezones import (
    ABBREVIATIONS,
    UTC_NAME,
    index_zone_names,
    list_common_zones,
    read_tzdata,
    resolve_zone_alias,
)

_KEY_SYNONYMS = {
    "hashtag": ("tag",),
    "about": ("description", "bio", "summary"),
    "website": ("url", "link", "site", "homepage", "web"),
    "account": ("twitter", "handle"),
    "moderators": ("organizers", "organisers", "team"),
    "timezone": ("tz", "zone", "time zone"),
    "every": ("day", "on", "when", "repeat", "repeats", "frequency", "schedule"),
    "at": ("time", "hour", "clock"),
    "lasts": ("duration", "length", "lasting"),
    "from": ("start", "starts", "begin", "begins", "since", "first"),
    "until": ("end", "ends", "last", "to", "till", "through"),
    "except": ("skip", "exclude", "not"),
    "topic": ("subject", "theme"),
    "hosts": ("speaker", "speakers", "guest", "guests", "moderator", "moderators"),
    "cancelled": ("cancel", "off"),
    "moved": ("move", "date", "rescheduled", "postponed"),
    "reason": ("why", "name", "title"),
}
"""What people write for a key when they do not look it up."""


def suggest_key(word: str, table: Iterable[str]) -> str | None:
    """Return the key that is most likely meant by a word."""
    folded = word.casefold()
    by_other_word = {other: name for name in table for other in _KEY_SYNONYMS.get(name, ())}
    return closest_match(word, table) or by_other_word.get(folded)


_OFFSET = re.compile(r"(?:(?:UTC|GMT|Etc/GMT)\s*)?[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)


def suggest_zone(text: str) -> str:
    """Return a hint that names the zone to write where the text is not one."""
    if _OFFSET.fullmatch(text):
        return (
            "An offset knows nothing of summer time. Write the name of a city that keeps the chapter's clock, "
            f"like `Europe/London`, or `{UTC_NAME}`."
        )
    if found := ABBREVIATIONS.get(text.upper()) or resolve_zone_alias(text):
        if text.upper() in ("GMT", "UTC"):
            return f"Write `{UTC_NAME}` for a clock that never changes, or `Europe/London` for the clock of London."
        return f"Write `{found}`, or the city that keeps the chapter's clock."
    if found := _suggest_country_zone(text):
        return found
    if close := difflib.get_close_matches(text.casefold(), index_zone_names(), n=1, cutoff=0.75):
        return f"Did you mean `{index_zone_names()[close[0]]}`?"
    return "Write a large city that keeps the same clock, with its continent, like `America/Toronto`."


def _suggest_country_zone(text: str) -> str | None:
    """Return a hint that names the clocks of a country; None where the text is not the name of one."""
    code = _read_country_codes().get(text.casefold())
    rows = (line.split("\t") for line in read_tzdata("zone.tab").decode().splitlines())
    its = [row[2] for row in rows if row[0] == code]
    if len(its) > 1:
        known = [f"`{name}`" for name in its if name in list_common_zones()] or [f"`{name}`" for name in its]
        return f"That country has several clocks. Write a city that keeps the chapter's, like {' or '.join(known[:4])}."
    return f"Write `{its[0]}`, for the clock of that country." if its else None


@cache
def _read_country_codes() -> dict[str, str]:
    """Return the two letters of every country (ISO 3166) by its name in small letters."""
    rows = (line.split("\t") for line in read_tzdata("iso3166.tab").decode().splitlines() if not line.startswith("#"))
    return {name.casefold(): code for code, name in rows} | _COUNTRIES


_COUNTRIES = {
    "uk": "GB", "united kingdom": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "usa": "US", "us": "US", "the netherlands": "NL", "holland": "NL", "czechia": "CZ",
}  # fmt: skip
"""Names that people write, and the list has in another form."""
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


Words = Sequence[str]
"""A phrase as the grammar takes it: folded, without articles, without a leading `every`."""
PhraseTest = Callable[[str], bool]


_MAX_PHRASE_LENGTH = 100
"""In characters. What is longer is prose, and takes long to compare with phrases."""
_WEEKDAYS = tuple(name.lower() for name in DAYS)
_MONTH_WORDS = tuple(name.lower() for name in MONTHS)
_ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth", "last", "second-to-last")


_VOCABULARY = (
    *_WEEKDAYS, *_MONTH_WORDS, *_ORDINAL_WORDS,
    "weekday", "day", "other", "weeks", "on", "and", "of", "month", "months", "every", "each",
)  # fmt: skip
_AMBIGUOUS = "`{}` can mean several things."
_NO_DAY = "`{}` does not name a day."
_UNKNOWN_PHRASE = "`{}` is no phrase that chatcal knows."


def suggest_phrase(text: str, words: Words, is_phrase: PhraseTest, examples: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with an unknown phrase, and the hint what to write, empty where nothing is near.

    Takes the text as typed, its words, a function that tells what the grammar knows, and a phrase of each form.
    """
    if len(text) > _MAX_PHRASE_LENGTH:
        return "This is longer than any phrase that chatcal knows.", ""
    for look in (
        _explain_ambiguous,
        _explain_day_count,
        _explain_missing_month,
        _explain_other_key,
        _suggest_respelling,
        _explain_mixed,
        _explain_impossible_day,
        _explain_missing_day,
    ):
        if found := look(words, is_phrase):
            message, hint = found
            return message.format(text), hint
    if close := difflib.get_close_matches(text, examples, n=1, cutoff=0.75):
        return _UNKNOWN_PHRASE.format(text), f"The nearest phrase is `{close[0]}`."
    return _UNKNOWN_PHRASE.format(text), ""


def _find_day(words: Words) -> str | None:
    return next((DAYS[_WEEKDAYS.index(word)] for word in map(_mend_word, words) if word in _WEEKDAYS), None)


def _explain_ambiguous(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    del is_phrase
    plain = "".join(words).replace("-", "")
    day = _find_day(words) or "Tuesday"
    if "biweekly" in plain:
        both = f"{day} and {DAYS[(DAYS.index(day) + 3) % 7]}"
        return _AMBIGUOUS, f"Write `other {day}` for every two weeks, or `{both}` for twice a week."
    if "bimonthly" in plain:
        return _AMBIGUOUS, f"Write `second {day} of every other month`, or `first and third {day} of the month`."
    if "fortnight" in plain:
        message = _UNKNOWN_PHRASE if _find_day(words) else _NO_DAY
        return message, f"Write `other {day}`, with a `counting:` date that says which weeks."
    return None


def _explain_day_count(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a number of days: no phrase counts them."""
    del is_phrase
    if found := re.fullmatch(r"(\d+|other|second|third)(?:st|nd|rd|th)? days?", _join_words(words)):
        interval = {"other": "2", "second": "2", "third": "3"}.get(found[1], found[1])
        rule = f"rrule: FREQ=DAILY;INTERVAL={interval}"
        return "No phrase counts days.", f"Write `{rule}` instead of `every:`, and `counting:` with one of the days."
    return None


_SECOND_WORDS = ("second", "2nd")
_WEEKS_BY_ORDINAL = {"third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _explain_missing_month(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of an ordinal and a day that do not say of what: `second Tuesday`."""
    if len(words) != 2 or not is_phrase(f"{words[0]} {(day := _mend_word(words[1]))} of month") or day not in _WEEKDAYS:
        return None
    phrase = f"`{words[0]} {_spell_names(day)} of the month`"
    if words[0] in _SECOND_WORDS:
        return _AMBIGUOUS, f"Write {phrase}, or `other {_spell_names(day)}` for every other week."
    if weeks := _WEEKS_BY_ORDINAL.get(words[0]):
        return (
            "`{}` does not say of what.",
            f"Write {phrase}. Every {weeks} weeks is `{weeks} weeks on {_spell_names(day)}`.",
        )
    return "`{}` does not say of what.", f"Write {phrase}."


def _explain_other_key(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that holds what has a key of its own: a date, a time, an exception."""
    text = _join_words(words)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return (
            "`{}` is a date, and no phrase.",
            f"Days are listed under `dates:` instead of `every:`: `dates: [{text}]`.",
        )
    parts = re.fullmatch(r"(?P<phrase>.+?),? (?:at )?(?P<at>\d{1,2}(?::\d{2})?(?: ?[ap]m)?)", text)
    if parts and re.search("[:m]", parts["at"]) and is_phrase(parts["phrase"]):
        return (
            "A time has a key of its own.",
            f"Write `{_spell_names(parts['phrase'])}` here, and the time under `at:`.",
        )
    parts = re.fullmatch(r"(?P<phrase>.+?),? (?:except|but not|not)(?: in| on)? (?P<rest>.+)", text)
    if parts and is_phrase(parts["phrase"]):
        return (
            "What a phrase leaves out has a key of its own.",
            f"Write `{_spell_names(parts['phrase'])}` here, and below it `except: {_spell_names(parts['rest'])}`.",
        )
    return None


_RESPELLINGS = (
    (r"\s*[&+]\s*|(?<=[a-z])/(?=[a-z])", " and "),
    (r"\bmon(?:day)?s? ?(?:-|to|through) ?fri(?:day)?s?\b|\b(?:work|working |business )days?\b", "weekday"),
    (r"\b(?:penultimate|second last|next to last|last but one)\b", "second-to-last"),
    (r"\balternat(?:e|ing)\b", "other"),
    (r"\bweekends?\b", "saturday and sunday"),
    (r"\b(?:everyday|daily|days|each day)\b", "day"),
    (rf"\b({'|'.join(name[:3] for name in _MONTH_WORDS)})([a-z]*) (\d{{1,2}})(?:st|nd|rd|th)?$", r"\3 \1\2"),
    (r"\b(?:each|every|a) year\b|^year\b|\byearly\b|\bannually\b", " "),
    (r"\bin\b", "of"),
    (r"(?<!of )\b(?:each|every|per|a) month\b", "of month"),
    (r"^(.*)\bmonthly\b(.*)$", r"\1 \2 of month"),
    (r"\bweekly\b|\b(?:each|every|a) week\b", " "),
    (r"\b1 weeks?\b", " "),
    (r"(?<!week)(?<!weeks) on\b|^on\b", " "),
    (r"\blast of\b", "last day of"),
    (r"[ ,]+$|^[ ,]+", ""),
)


def _suggest_respelling(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return what the phrase is in the words of the grammar, where that is another spelling of it."""
    text = _join_words(words)
    for pattern, other in _RESPELLINGS:
        text = " ".join(re.sub(pattern, other, text).split())
    mended = _join_words([_mend_word(word) for word in text.replace(",", " , ").split()])
    for candidate in (mended, f"{mended} of month"):
        if is_phrase(candidate):
            return _UNKNOWN_PHRASE, f"Did you mean `{_spell_names(candidate)}`?"
    return None


def _explain_mixed(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that names days of the week and days of the month, or some with an ordinal."""
    items, _, months = _join_words([_mend_word(word) for word in words]).partition(" of ")
    parts = [part for part in re.split(r"\s*,\s*|\s+and\s+", items) if part]
    if len(parts) < 2 or not any(part.split()[-1:] in [[day] for day in _WEEKDAYS] for part in parts):
        return None
    chats = list(_split_chats(parts, f" of {months or 'month'}"))
    if len(chats) < 2 or not all(map(is_phrase, chats)):
        return None
    written = join_list([f"`{_spell_names(chat)}`" for chat in chats])
    return (
        "This phrase holds more than one chat.",
        f"Write {len(chats)} chats, each with a phrase of its own: {written}.",
    )


def _split_chats(parts: Sequence[str], months: str) -> Iterator[str]:
    """Yield a phrase for each part; an ordinal holds for the days behind it."""
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


def _explain_impossible_day(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a number that no month reaches, and of a weekday among those of a month."""
    del is_phrase
    text = _join_words(words)
    if found := re.fullmatch(r"(first|last|second|third|1st|2nd|3rd) weekday of (?:every |each )?month", text):
        place = {"last": -1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}.get(found[1], 1)
        rule = f"rrule: FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={place}"
        return "No phrase says `{}`.", f"Write, in place of `every:`, `{rule}`."
    number = next((int(found[1]) for word in words if (found := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word))), 0)
    if number > 31:
        return (
            f"No month has {number} days.",
            "Days of the month run from `1st` to `31st`; the last is `last day of the month`.",
        )
    if number > 5 and (day := _find_day(words)):
        return f"No month has {number} {day}s.", f"Write `fifth {day} of the month`, or `last {day} of the month`."
    return None


_DAY_EXAMPLES = {
    "weekly": "`Tuesday`",
    "monthly": "`second Tuesday of the month`, or `15th of the month`",
    "quarterly": "`second Tuesday of every 3 months`",
    "yearly": "`8 March`, or `second Tuesday of October`",
    "annually": "`8 March`, or `second Tuesday of October`",
    "week": "`Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`",
    "weeks": "`Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`",
    "twice": "`Tuesday and Friday`, or `first and third Tuesday of the month`",
    "semimonthly": "`first and third Tuesday of the month`",
    "month": "`second Tuesday of the month`, or `15th of the month`",
}


def _explain_missing_day(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that says how often, and not on which day."""
    del is_phrase
    plain = [word.replace("-", "") for word in words]
    if _find_day(words) and "quarterly" not in plain:
        return None
    if found := next((phrase for word, phrase in _DAY_EXAMPLES.items() if word in plain), None):
        return _NO_DAY, f"Name the day: {found}."
    return None


def _join_words(words: Words) -> str:
    return " ".join(words).replace(" ,", ",")


def _mend_word(word: str) -> str:
    if word in _VOCABULARY or word == "," or word[:1].isdigit():
        return word
    begins = [known for known in (*_WEEKDAYS, *_MONTH_WORDS) if len(word) >= 3 and known.startswith(word.rstrip(".s"))]
    close = difflib.get_close_matches(word, _VOCABULARY, n=1, cutoff=0.7)
    return (begins or close or [word])[0]


def _spell_names(phrase: str) -> str:
    names: Mapping[str, str] = {name.lower(): name for name in (*DAYS, *MONTHS)}
    spelt = re.sub(r"\w+", lambda word: names.get(word[0], word[0]), phrase)
    return spelt.replace("of month", "of the month").replace("second-to-last", "second to last")
