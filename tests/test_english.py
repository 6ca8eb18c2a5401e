"""Days, times and lists in words."""

from datetime import date, time

import pytest

from chatcal import english
from chatcal.model import DayPart, StartTime
from tests.support.calendars import at


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (time(9, 5), "Wed 4 Nov 09:05"),
        (DayPart.EVENING, "Wed 4 Nov, evening"),
        (DayPart.UNKNOWN, "Wed 4 Nov, time unknown"),
        (DayPart.ALL_DAY, "Wed 4 Nov"),
    ],
)
def test_a_day_is_said_with_what_is_known_of_its_time(known: StartTime, said: str) -> None:
    assert english.format_day_and_time(date(2026, 11, 4), known) == said


def test_days_are_said_short_dated_and_long() -> None:
    day = date(2026, 11, 4)
    assert english.format_short_day(day) == "Wed 4 Nov"
    assert english.format_day(day) == "Wed 4 Nov 2026"
    assert english.format_long_day(day) == "4 November 2026"


def test_a_clock_elsewhere_names_its_day_only_where_it_is_another() -> None:
    shown = english.ENGLISH.format_clocks(
        at("2026-11-04T18:00"), "Europe/London", ["Europe/London", "Australia/Sydney"]
    )
    assert shown == "Wed 4 Nov 18:00 London (Thu 05:00 Sydney)"
    assert english.ENGLISH.format_clocks(at("2026-11-04T18:00"), "Europe/London", []) == "Wed 4 Nov 18:00 London"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_said_as_a_person_says_them(items: list[str], said: str) -> None:
    assert english.join_list(items) == said


def test_things_are_counted() -> None:
    assert english.format_count(1, "session") == "1 session"
    assert english.format_count(1204, "session") == "1,204 sessions"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Lamps", "“Lamps”"),
        ('"Lamps"', "“Lamps”"),
        ("„Lampen“", "“Lampen”"),
        ("“Oil” and gas", "“‘Oil’ and gas”"),
        ('"Oil" or "gas"', '“"Oil" or "gas"”'),
        ('"', '“"”'),
        ("", "“”"),
    ],
)
def test_a_text_is_quoted_once(text: str, quoted: str) -> None:
    assert english.format_quotation(text) == quoted
