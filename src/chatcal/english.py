"""Days, clock times, lists and counts in English, the same in every locale, and what other languages say otherwise."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from chatcal.model import DayPart, Duration, StartTime
from chatcal.timezones import get_city_name, load_zone

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth")


def closest_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that somebody most likely meant, if one is near."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def convert_to_zone(instant: datetime, timezone: str) -> datetime:
    return instant.astimezone(load_zone(timezone))


def format_ordinal(number: int) -> str:
    """Return `1st`, `22nd`, `13th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def join_code(items: Iterable[str], joint: str = "and") -> str:
    return join_list([f"`{item}`" for item in items], joint)


def format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing if number == 1 else pluralize(thing)}"


def pluralize(word: str) -> str:
    """Return the plural of an English word as most have it: `meetups`, `lunches`, `parties`."""
    if re.search("[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def format_quotation(text: str) -> str:
    """Return a text in curly quotes; one that is in quotes as a whole gets no others, and inner ones become single."""
    quoted = re.fullmatch(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]", text)
    inner = quoted[1] if quoted else text.translate(_SINGLE_QUOTES)
    return f"\N{LEFT DOUBLE QUOTATION MARK}{inner}\N{RIGHT DOUBLE QUOTATION MARK}"


_QUOTES = '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}'
_SINGLE_QUOTES = str.maketrans(
    _QUOTES[1:],
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}",
)


def capitalize(text: str) -> str:
    """Return a text with its first letter in upper case, and the others as they are."""
    return text[:1].upper() + text[1:]


def add_full_stop(text: str) -> str:
    """Return a sentence with a full stop, unless it has an end already, or ends with a web address."""
    has_end = text.rstrip("\N{RIGHT DOUBLE QUOTATION MARK}").endswith((".", "!", "?"))
    return text if has_end or "://" in text.rsplit(maxsplit=1)[-1] else f"{text}."


def mark(message: str) -> str:
    """Return a message as it is; the catalogs get it from here."""
    return message


def mark_count(message: str) -> str:
    """Return a message that counts several of something as it is; the catalogs get it from here."""
    return message


Phrases = tuple[str, str, str]
"""For each period, for every other one, and for every third or later one."""
_EVERY: Mapping[str, Phrases] = {
    "day": (mark("every day"), mark("every other day"), mark_count("every %(number)s days")),
    "week": (mark("every week"), mark("every other week"), mark_count("every %(number)s weeks")),
    "month": (mark("every month"), mark("every other month"), mark_count("every %(ordinal)s month")),
    "year": (mark("every year"), mark("every other year"), mark_count("every %(ordinal)s year")),
}

FROM = ("from %(first)s", "from %(first)s until %(last)s", "from %(first)s until the end of %(last)s")
"""From a day, a month or a year on, until a day, and until the end of a month or year."""


class Words:
    """The words of English, and of the languages of `words.py`, which say other things."""

    language = "en"
    """The BCP 47 tag of the language that the words are in, whatever was asked for."""
    direction = "ltr"
    first_weekday = 0
    """The day that a week begins with; Monday is 0."""

    def find(self, message: str, context: str | None = None) -> str:  # noqa: ARG002 - for other languages
        """Return a message with its gaps."""
        return message

    def find_count(self, one: str, several: str, number: int) -> str:
        return one if number == 1 else several

    def say(self, message: str, **gaps: object) -> str:
        return self.find(message) % gaps

    def say_as(self, context: str, message: str, **gaps: object) -> str:
        """Say a message whose translation depends on where it stands."""
        return self.find(message, context) % gaps

    def say_count(self, one: str, several: str, number: int, **gaps: object) -> str:
        """Say how many there are; the gap `number` is filled."""
        return self.find_count(one, several, number) % {"number": number, **gaps}

    def say_interval(self, number: int, unit: str, phrases: Phrases | None = None, **gaps: str) -> str:
        """Say how often, like `every week`, `every third month`; the unit is day, week, month or year.

        Translations may take the gap `number` in place of `ordinal`.
        """
        once, other, often = phrases or _EVERY[unit]
        if number <= 2:
            return self.say(once if number == 1 else other, **gaps)
        return self.say_count(often, often, number, ordinal=self.spell_ordinal(number, unit), **gaps)

    def format_short_day(self, day: date) -> str:
        """Return a day as `Wed 4 Nov`."""
        return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"

    def format_day(self, day: date) -> str:
        """Return a day as `Wed 4 Nov 2026`."""
        return f"{self.format_short_day(day)} {day.year}"

    def format_long_day(self, day: date) -> str:
        """Return a day as `4 November 2026`."""
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def format_month(self, day: date) -> str:
        """Return the month of a day as `November 2026`."""
        return self.format_long_day(day).partition(" ")[2]

    def format_month_day(self, day: date) -> str:
        """Return a day of any year as `4 November`."""
        return self.format_long_day(day).rpartition(" ")[0]

    def format_clock(self, at: time | datetime) -> str:
        return f"{at.hour:02}:{at.minute:02}"

    def join_day_and_clock(self, day: str, clock: str) -> str:
        return f"{day} {clock}"

    def format_clock_beside(self, moment: datetime, day: date) -> str:
        """Return a clock time as `13:00`, or `Thu 05:00` if it is not on `day`."""
        clock = self.format_clock(moment)
        return clock if moment.date() == day else f"{DAYS[moment.weekday()][:3]} {clock}"

    def get_city(self, timezone: str) -> str:
        return get_city_name(timezone)

    def get_weekday(self, day: int) -> str:
        return DAYS[day]

    def name_weekday(self, day: date) -> str:
        """Return the weekday of a date as it stands alone or begins a line."""
        return capitalize(self.get_weekday(day.weekday()))

    def get_month(self, month: int) -> str:
        return MONTHS[month - 1]

    def join_list(self, items: Sequence[str], joint: str = "and") -> str:
        """Return `a`, `a and b`, `a, b and c`; the joint is `and` or `or`."""
        return f"{', '.join(items[:-1])} {joint} {items[-1]}" if len(items) > 1 else "".join(items)

    def join_phrases(self, items: Sequence[str]) -> str:
        """Return a list of phrases that may be lists themselves."""
        if len(items) > 1 and any(" and " in item for item in items):
            return f"{', '.join(items[:-1])}, and {items[-1]}"
        return self.join_list(items)

    def format_duration(self, length: Duration) -> str:
        """Return `2 days`, `1 hour and 30 minutes`."""
        hours, minutes = divmod(length.minutes, 60)
        parts = ((length.days, "day"), (hours, "hour"), (minutes, "minute"))
        return self.join_list([self.format_unit(number, unit) for number, unit in parts if number])

    def format_unit(self, number: int, unit: str) -> str:
        return format_count(number, unit)

    def get_gender(self, noun: str) -> str:  # noqa: ARG002 - for languages in which nouns have a gender
        """Return the context of messages that depend on a noun: a day of the week, or day, week, month, year."""
        return ""

    def spell_ordinal(self, number: int, noun: str) -> str:
        """Return `first`, `6th` before a noun; negative numbers count from the end: `last`, `second to last`.

        The noun is a day of the week, or day, week, month or year.
        """
        if number < 0:
            return "last" if number == -1 else f"{self.spell_ordinal(-number, noun)} to last"
        return ORDINALS[number - 1] if number <= len(ORDINALS) else format_ordinal(number)

    def format_month_number(self, day: int) -> str:
        """Return a day of the month as `1st`."""
        return format_ordinal(day)

    def format_day_and_time(self, day: date, at: StartTime) -> str:
        """Return a day with what is known of its time: `Wed 4 Nov 13:00`, `Wed 4 Nov, afternoon`."""
        if isinstance(at, time):
            return self.join_day_and_clock(self.format_short_day(day), self.format_clock(at))
        if at is DayPart.ALL_DAY:
            return self.format_short_day(day)
        if at is DayPart.UNKNOWN:
            return self.say("%(day)s, time unknown", day=self.format_short_day(day))
        part = self.say_as("part of the day", str(at))
        return self.say("%(day)s, %(part)s", day=self.format_short_day(day), part=part)

    def format_clocks(self, instant: datetime, timezone: str, others: Iterable[str]) -> str:
        """Return an instant (aware) on its own clock and on others: `Wed 4 Nov 13:00 Toronto (18:00 London, …)`."""
        own = convert_to_zone(instant, timezone)
        shown = self.format_day_and_time(own.date(), own.time())
        there = self.say("%(time)s %(city)s", time=shown, city=self.get_city(timezone))
        clocks = [
            self.say("%(time)s %(city)s", time=self.format_clock_beside(local, own.date()), city=self.get_city(other))
            for other in others
            if other != timezone
            for local in (convert_to_zone(instant, other),)
        ]
        return self.say("%(time)s (%(other_times)s)", time=there, other_times=", ".join(clocks)) if clocks else there


ENGLISH = Words()
format_short_day, format_day, format_long_day = ENGLISH.format_short_day, ENGLISH.format_day, ENGLISH.format_long_day
format_clock, format_clock_beside = ENGLISH.format_clock, ENGLISH.format_clock_beside
format_day_and_time, join_list, spell_ordinal = ENGLISH.format_day_and_time, ENGLISH.join_list, ENGLISH.spell_ordinal
