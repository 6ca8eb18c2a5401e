"""Days, times and lists in English words, the same in every locale."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from chatcal.model import DayPart, StartTime
from chatcal.timezones import get_city_name, load_zone


def closest_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that somebody most likely meant, if one is near."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


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
    """Return a clock time as `13:00`."""
    return f"{at.hour:02}:{at.minute:02}"


def format_day_and_time(day: date, at: StartTime) -> str:
    """Return a day with what is known of its time: `Wed 4 Nov 13:00`, `Wed 4 Nov, afternoon`."""
    if isinstance(at, time):
        return f"{format_short_day(day)} {format_clock(at)}"
    if at is DayPart.ALL_DAY:
        return format_short_day(day)
    return f"{format_short_day(day)}, {'time unknown' if at is DayPart.UNKNOWN else at}"


def convert_to_zone(instant: datetime, timezone: str) -> datetime:
    """Return an instant (aware) as the clock of a zone shows it."""
    return instant.astimezone(load_zone(timezone))


def format_other_clock(instant: datetime, timezone: str, day: date) -> str:
    """Return what a clock shows at an instant (aware): `18:00 London`, or `Thu 05:00 Sydney` where it is not `day`."""
    there = convert_to_zone(instant, timezone)
    weekday = "" if there.date() == day else f"{DAYS[there.weekday()][:3]} "
    return f"{weekday}{format_clock(there)} {get_city_name(timezone)}"


def join_list(items: Sequence[str], joint: str = "and") -> str:
    """Return items as a person lists them: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def format_count(number: int, thing: str) -> str:
    """Return a number of things: `1 session`, `12 sessions`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
