"""Days, clock times, lists and counts in English, the same in every locale."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from chatcal.model import DayPart, StartTime
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


def format_short_day(day: date) -> str:
    """Return a day as `Wed 4 Nov`."""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def format_day(day: date) -> str:
    """Return a day as `Wed 4 Nov 2026`."""
    return f"{format_short_day(day)} {day.year}"


def format_long_day(day: date) -> str:
    """Return a day as `4 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_clock(at: time | datetime) -> str:
    return f"{at.hour:02}:{at.minute:02}"


def format_day_and_time(day: date, at: StartTime) -> str:
    """Return a day with what is known of its time: `Wed 4 Nov 13:00`, `Wed 4 Nov, afternoon`."""
    if isinstance(at, time):
        return f"{format_short_day(day)} {format_clock(at)}"
    if at is DayPart.ALL_DAY:
        return format_short_day(day)
    return f"{format_short_day(day)}, {'time unknown' if at is DayPart.UNKNOWN else at}"


def convert_to_zone(instant: datetime, timezone: str) -> datetime:
    return instant.astimezone(load_zone(timezone))


def format_clocks(instant: datetime, timezone: str, others: Iterable[str]) -> str:
    """Return an instant (aware) on its own clock and on others: `Wed 4 Nov 13:00 Toronto (18:00 London, …)`."""
    own = convert_to_zone(instant, timezone)
    clocks = [
        f"{format_clock_beside(convert_to_zone(instant, other), own.date())} {get_city_name(other)}"
        for other in others
        if other != timezone
    ]
    there = f" ({', '.join(clocks)})" if clocks else ""
    return f"{format_short_day(own)} {format_clock(own)} {get_city_name(timezone)}{there}"


def format_clock_beside(moment: datetime, day: date) -> str:
    """Return a clock time as `13:00`, or `Thu 05:00` if it is not on `day`."""
    weekday = "" if moment.date() == day else f"{DAYS[moment.weekday()][:3]} "
    return f"{weekday}{format_clock(moment)}"


def format_ordinal(number: int) -> str:
    """Return `1st`, `22nd`, `13th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def spell_ordinal(number: int) -> str:
    """Return `first`, `6th`; negative numbers count from the end: `last`, `second to last`."""
    if number < 0:
        return "last" if number == -1 else f"{spell_ordinal(-number)} to last"
    return ORDINALS[number - 1] if number <= len(ORDINALS) else format_ordinal(number)


def join_list(items: Sequence[str], joint: str = "and") -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return f"{', '.join(items[:-1])} {joint} {items[-1]}" if len(items) > 1 else "".join(items)


def join_code(items: Iterable[str], joint: str = "and") -> str:
    return join_list([f"`{item}`" for item in items], joint)


def format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def format_interval(number: int, unit: str, each: str = "every") -> str:
    """Return `every month`, `every other month`, `every third month`; days and weeks as `every 3 weeks`.

    `each` is the word before `month`, where every single one is meant.
    """
    if number <= 2:
        return f"{each if number == 1 else 'every other'} {unit}"
    return f"every {number} {unit}s" if unit in ("day", "week") else f"every {spell_ordinal(number)} {unit}"


def format_quotation(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def add_full_stop(text: str) -> str:
    """Return a sentence with a full stop, unless it has an end already, or ends with a web address."""
    has_end = text.rstrip("\N{RIGHT DOUBLE QUOTATION MARK}").endswith((".", "!", "?"))
    return text if has_end or "://" in text.rsplit(maxsplit=1)[-1] else f"{text}."
