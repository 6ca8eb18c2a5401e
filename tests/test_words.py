"""Days, times and lists in words."""

from datetime import date, time

import pytest

from chatcal import words
from chatcal.model import At, NoClock
from tests.calendars import at


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (time(9, 5), "Wed 4 Nov 09:05"),
        (NoClock.EVENING, "Wed 4 Nov, evening"),
        (NoClock.UNKNOWN, "Wed 4 Nov, time unknown"),
        (NoClock.ALL_DAY, "Wed 4 Nov"),
    ],
)
def test_a_day_is_said_with_what_is_known_of_its_time(known: At, said: str) -> None:
    assert words.when(date(2026, 11, 4), known) == said


def test_days_are_said_short_dated_and_long() -> None:
    day = date(2026, 11, 4)
    assert words.short_day(day) == "Wed 4 Nov"
    assert words.dated(day) == "Wed 4 Nov 2026"
    assert words.long_day(day) == "4 November 2026"


def test_a_clock_elsewhere_names_its_day_only_where_it_is_another() -> None:
    assert words.elsewhere(at("2026-11-04T18:00"), "Europe/London", date(2026, 11, 4)) == "18:00 London"
    assert words.elsewhere(at("2026-11-04T18:00"), "Australia/Sydney", date(2026, 11, 4)) == "Thu 05:00 Sydney"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_said_as_a_person_says_them(items: list[str], said: str) -> None:
    assert words.listed(items) == said


def test_things_are_counted() -> None:
    assert words.counted(1, "session") == "1 session"
    assert words.counted(1204, "session") == "1,204 sessions"
