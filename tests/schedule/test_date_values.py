"""Dates, times, lengths and zones, each as it is typed."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from chatcal.model import Day, DayPart, Duration, ListedDate, MovedTo, Period, Rule
from chatcal.problems import ScheduleError, Span
from chatcal.schedule import date_values
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.parser import parse_document

FILE = "schedules/lanternchat.yaml"
HERE = Span(FILE)


def value(reader: Callable[[Any], Any], typed: str) -> Any:
    """Return what a reader makes of a value as it is typed."""
    return reader(parse_document(FILE, typed.encode())[0])


def refused(reader: Callable[[Any], Any], typed: str) -> list[tuple[str, int, str]]:
    """Return the code and the column of each problem of a value, and its message."""
    with pytest.raises(ScheduleError) as error:
        value(reader, typed)
    return [(problem.code, problem.span.column, problem.message) for problem in error.value.problems]


def test_a_day_is_year_month_and_day() -> None:
    assert value(date_values.read_date, "2024-02-29") == Day(date(2024, 2, 29), HERE)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("2026-02-29", "February 2026 has no day 29."),
        ("2026-04-00", "April 2026 has no day 0."),
        ("2026-13-01", "There is no month 13."),
        ("2026-00-01", "There is no month 00."),
        ("1969-12-31", "The year 1969 is out of range."),
        ("2200-01-01", "The year 2200 is out of range."),
        ("3/4/2026", "`3/4/2026` is not a valid date."),
    ],
)
def test_what_is_no_day_is_told(typed: str, message: str) -> None:
    assert refused(date_values.read_date, typed) == [("date", 1, message)]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-03-04", date(2026, 3, 4), date(2026, 3, 4)),
    ],
)
def test_a_period_is_all_that_is_known_of_a_date(typed: str, first: date, last: date) -> None:
    assert value(date_values.read_period, typed) == Period(first, last, HERE)


@pytest.mark.parametrize("typed", ["2026-13", "1066", "March 2026", "26"])
def test_what_is_no_period_is_told(typed: str) -> None:
    assert refused(date_values.read_period, typed)[0][:2] == ("date", 1)


@pytest.mark.parametrize(("typed", "at"), [("13:00", time(13)), ("9:05", time(9, 5)), ("00:00", time(0))])
def test_at_is_a_clock_time(typed: str, at: time) -> None:
    assert value(date_values.read_time, typed) == at


@pytest.mark.parametrize("word", DayPart)
def test_at_is_a_part_of_the_day_in_any_case(word: DayPart) -> None:
    assert value(date_values.read_time, word.upper()) is word


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("24:00", "A day ends before 24:00."),
        ("25:00", "`25:00` is not a time of a 24-hour clock."),
        ("13:60", "`13:60` is not a time of a 24-hour clock."),
        ("9pm", "`9pm` is not a valid clock time."),
        ("noon", "`noon` is not a valid clock time."),
        ("dusk", "`dusk` is not a valid time of day."),
        ("evenin", "`evenin` is not a valid time of day."),
    ],
)
def test_what_is_no_time_is_told(typed: str, message: str) -> None:
    assert refused(date_values.read_time, typed) == [("time", 1, message)]


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("45min", Duration(minutes=45)),
        ("1h", Duration(minutes=60)),
        ("1h30", Duration(minutes=90)),
        ("48h", Duration(minutes=48 * 60)),
        ("2d", Duration(days=2)),
        ("31d", Duration(days=31)),
        ("744h", Duration(minutes=744 * 60)),
    ],
)
def test_a_length_is_minutes_hours_or_days(typed: str, length: Duration) -> None:
    assert value(date_values.read_duration, typed) == length


@pytest.mark.parametrize("typed", ["0min", "0h00", "0d", "32d", "745h", "1h60", "h", "1 h", "-1h"])
def test_what_is_no_length_is_told(typed: str) -> None:
    assert refused(date_values.read_duration, typed)[0][:2] == ("length", 1)


@pytest.mark.parametrize("typed", ["America/Toronto", "America/Argentina/Buenos_Aires", "Etc/UTC", "Europe/Kyiv"])
def test_a_zone_is_the_name_of_a_place(typed: str) -> None:
    assert value(date_values.read_zone, typed) == typed


@pytest.mark.parametrize("typed", ["EST", "GMT", "UTC", "Etc/GMT+5", "US/Eastern", "america/toronto", "Eastern Time"])
def test_what_is_no_place_is_told(typed: str) -> None:
    assert refused(date_values.read_zone, typed) == [("zone", 1, f"`{typed}` is not a valid time zone.")]


def test_a_moved_session_may_keep_its_time() -> None:
    assert value(date_values.read_moved_to, "2026-03-05 20:00") == MovedTo(date(2026, 3, 5), time(20))
    assert value(date_values.read_moved_to, "2026-03-05") == MovedTo(date(2026, 3, 5), None)


@pytest.mark.parametrize(
    ("typed", "code", "column"),
    [
        ("2026-03-05 8pm", "time", 12),
        ("2026-03-05  8pm", "time", 13),
        ("'2026-02-30 20:00'", "date", 2),
        ("Thursday 20:00", "date", 1),
        ("3/5/2026 20:00", "date", 1),
        ("2026-03-05T20:00", "date", 1),
    ],
)
def test_the_part_of_a_moment_that_is_wrong_is_pointed_at(typed: str, code: str, column: int) -> None:
    assert refused(date_values.read_moved_to, typed)[0][:2] == (code, column)


def test_dates_are_days_with_or_without_times() -> None:
    listed = value(date_values.read_dates, "[2014-11-05, 2014-11-06 13:00]")
    assert listed == (
        ListedDate(date(2014, 11, 5), None, Span(FILE, 1, 2, 10)),
        ListedDate(date(2014, 11, 6), time(13), Span(FILE, 1, 14, 16)),
    )


def test_a_day_that_is_listed_again_is_told_each_time() -> None:
    days = "[2014-11-05, 2014-11-05 13:00, 2014-11-06, 2014-11-06]"
    assert [problem[:2] for problem in refused(date_values.read_dates, days)] == [("twice", 14), ("twice", 44)]


def test_every_wrong_day_of_a_list_is_told() -> None:
    assert [problem[:2] for problem in refused(date_values.read_dates, "[x, 2014-11-05, y]")] == [
        ("date", 2),
        ("date", 17),
    ]


def test_exceptions_are_phrases_and_dates_alone_or_in_a_list() -> None:
    (alone,) = value(date_values.read_exceptions, "August")
    assert isinstance(alone, Rule)
    assert alone.by_month == (8,)
    rule, day = value(date_values.read_exceptions, "[last Wednesday of the month, 2026-12-23]")
    assert rule == Rule(freq="MONTHLY", by_day=((-1, 2),), where=HERE)
    assert day == Day(date(2026, 12, 23), HERE)


def test_an_exception_that_is_a_phrase_is_not_taken_for_a_date() -> None:
    (rule,) = value(date_values.read_exceptions, "1st and 2nd of January")
    assert rule == Rule(freq="YEARLY", by_month=(1,), by_month_day=(1, 2), where=HERE)


@pytest.mark.parametrize(
    ("typed", "code"), [("12/23/2026", "date"), ("2026-12", "phrase"), ("23 December 2026", "date"), ("hols", "phrase")]
)
def test_an_exception_that_looks_like_a_date_is_taken_for_one(typed: str, code: str) -> None:
    assert refused(date_values.read_exceptions, typed)[0][0] == code


@pytest.mark.parametrize(
    ("read", "typed", "hint"),
    [
        (date_values.read_period, "2027-01-06 to 2027-06-30", "`from: 2027-01-06` and `until: 2027-06-30`."),
        (date_values.read_period, "20.00", "A time has a key of its own, `at: 20:00`;"),
        (date_values.read_period, "20 Uhr", "A time has a key of its own, `at: 20:00`;"),
        (date_values.read_until, "21:30", "Say how long a session lasts instead, like `lasts: 1h`."),
        (
            date_values.read_date,
            "2027-01-06, 2027-01-13",
            "Write one day here, `2027-01-06`, and each other day in the",
        ),
        (date_values.read_dates, "[2027-01-06 to 2027-01-13]", "Write one day here, `2027-01-06`,"),
        (
            date_values.read_exceptions,
            "2027-01-06 and 2027-01-13",
            "Write them in brackets: `[2027-01-06, 2027-01-13]`.",
        ),
        (date_values.read_exceptions, "2026-12-20 - 2027-01-06", "`breaks: [{from: 2026-12-20, until: 2027-01-06}]`."),
        (date_values.read_exceptions, "2026-12-20/2027-01-06", "`breaks: [{from: 2026-12-20, until: 2027-01-06}]`."),
        (date_values.read_exceptions, "2026-12", "`breaks: [{from: 2026-12, until: 2026-12}]`."),
        (date_values.read_exceptions, "{from: 2026-12, until: 2027-01}", "Days on end go under `breaks:`."),
        (date_values.read_moved_to, "8pm", "like `2014-11-05 20:00`; for the same day write `at: 20:00`."),
        (date_values.read_moved_to, "Dec 3 8pm", "Write the year, too: `YYYY-12-03 20:00`."),
    ],
)
def test_more_than_one_day_or_a_time_in_place_of_a_day_says_where_it_belongs(
    read: Callable[[Any], Any], typed: str, hint: str
) -> None:
    with pytest.raises(ScheduleError) as error:
        value(read, typed)
    (problem,) = error.value.problems
    assert hint in problem.hint


def test_every_and_rrule_give_the_same_rule() -> None:
    assert value(date_values.read_every, "first Wednesday of the month") == value(
        date_values.read_rrule, "FREQ=MONTHLY;BYDAY=1WE"
    )


def test_months_have_a_least_number() -> None:
    assert value(date_values.make_month_count_reader(1), "1 month") == 1
    assert value(date_values.make_month_count_reader(0), "0 months") == 0
    assert value(date_values.make_month_count_reader(1), "120 months") == 120
    for typed in ("0 months", "121 months", "12"):
        assert refused(date_values.make_month_count_reader(1), typed)[0][:2] == ("months", 1)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("20:00", "A time has a key of its own, `at: 20:00`; so has how long it takes, `lasts: 1h`."),
        ("9pm", "A time has a key of its own, `at: 21:00`; so has how long it takes, `lasts: 1h`."),
        ("2027-01-06 20:00", "Write `2027-01-06` here, and the time under `at: 20:00`."),
        ("2027-01-06 8 pm", "Write `2027-01-06` here, and the time under `at: 20:00`."),
    ],
)
def test_a_time_where_a_day_belongs_gets_the_key_of_times(text: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        date_values.read_period(Scalar(text, Span("", 1, 1, len(text))))
    assert error.value.problems[0].hint == hint


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("from 20 Dec to 6 Jan", "{from: YYYY-12-20, until: YYYY-01-06}"),
        ("20 July 2026 - 9 August 2026", "{from: 2026-07-20, until: 2026-08-09}"),
        ("20. Dezember \u2013 6. Januar", "{from: YYYY-12-20, until: YYYY-01-06}"),
    ],
)
def test_days_on_end_under_except_are_a_break(text: str, meant: str) -> None:
    with pytest.raises(ScheduleError) as error:
        date_values.read_exceptions(Scalar(text, Span("", 1, 1, len(text))))
    assert error.value.problems[0].hint == f"Days on end are a break, at the left edge: `breaks: [{meant}]`."
