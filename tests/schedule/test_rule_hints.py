"""Rules to write instead of what no phrase says: each has the days that the words mean."""

import re
from datetime import date, timedelta

import pytest

from chatcal.english import DAYS
from chatcal.problems import Problem, ScheduleError, Span
from chatcal.recurrence import rules
from chatcal.schedule import phrases

HERE = Span("schedules/lanternchat.yaml", 1, 1)
YEARS = [date(2026, 1, 1) + timedelta(days=count) for count in range(366 * 8)]
"""Among them are years of 53 weeks, and Februaries of 28 days that begin on each day of the week."""


def problem(phrase: str) -> Problem:
    with pytest.raises(ScheduleError) as caught:
        phrases.parse_phrase(phrase, HERE)
    (found,) = caught.value.problems
    return found


def days_of_hint(phrase: str) -> list[date]:
    """Return the days of the rule in the hint for a phrase."""
    found = re.search("`rrule: ([^`]+)`", problem(phrase).hint)
    assert found is not None, problem(phrase)
    rule = rules.parse_rrule(found[1], HERE)
    return list(rules.expand(rule, YEARS[0], YEARS[-1]))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5


def nth(day: date) -> int:
    return (day.day - 1) // 7 + 1


def business_days(month: date) -> list[date]:
    first = month.replace(day=1)
    days = (first + timedelta(days=count) for count in range(31))
    return [day for day in days if day.month == month.month and is_business_day(day)]


@pytest.mark.parametrize(
    ("phrase", "position", "months"),
    [
        ("first business day of the month", 0, range(1, 13)),
        ("Last Working Day of every month", -1, range(1, 13)),
        ("3rd workday", 2, range(1, 13)),
        ("last weekday of the month", -1, range(1, 13)),
        ("second to last business day monthly", -2, range(1, 13)),
        ("5th work day in March, June and September", 4, (3, 6, 9)),
        ("last business day of the quarter", -1, (3, 6, 9, 12)),
        ("first business day of each quarter", 0, (1, 4, 7, 10)),
        ("last working day of the year", -1, (12,)),
    ],
)
def test_business_days_get_a_rule_of_their_days(phrase: str, position: int, months: range | tuple[int, ...]) -> None:
    assert days_of_hint(phrase) == [day for day in YEARS if day.month in months and day == business_days(day)[position]]


def test_several_business_days_are_one_rule_and_holidays_are_left_to_people() -> None:
    found = days_of_hint("first and third business day of the month")
    assert found == [day for day in YEARS if day in (business_days(day)[0], business_days(day)[2])]
    assert "holidays" in problem("first business day of the month").hint
    assert "holidays" not in problem("first weekday of the month").hint


@pytest.mark.parametrize(
    ("phrase", "weekdays", "remainder"),
    [
        ("Thursday in odd weeks", [3], 1),
        ("odd ISO weeks on Thu", [3], 1),
        ("Mondays of even calendar weeks", [0], 0),
        ("uneven weeks: Monday and Friday", [0, 4], 1),
        ("every weekday in even-numbered weeks", [0, 1, 2, 3, 4], 0),
        ("odd weeks", [1], 1),
    ],
)
def test_odd_and_even_weeks_get_a_rule_of_weeks_of_the_year(phrase: str, weekdays: list[int], remainder: int) -> None:
    assert days_of_hint(phrase) == [
        day for day in YEARS if day.weekday() in weekdays and day.isocalendar().week % 2 == remainder
    ]
    assert "3 weeks on" not in problem(phrase).hint


@pytest.mark.parametrize(
    ("phrase", "weekday", "other", "number", "distance"),
    [
        ("the Thursday after the second Tuesday", 3, 1, 2, 2),
        ("Thursday following the 2nd Tuesday of every month", 3, 1, 2, 2),
        ("first Monday after the first Tuesday of the month", 0, 1, 1, 6),
        ("Tuesday after the third Tuesday", 1, 1, 3, 7),
        ("day after the third Sunday of the month", 0, 6, 3, 1),
        ("Friday before the second Saturday", 4, 5, 2, -1),
        ("Sat before the third Fri", 5, 4, 3, -6),
        ("day before the second Monday, every month", 6, 0, 2, -1),
    ],
)
def test_a_day_beside_another_gets_a_rule(phrase: str, weekday: int, other: int, number: int, distance: int) -> None:
    found = days_of_hint(phrase)
    gap = timedelta(days=distance)
    assert found == [
        day for day in YEARS if day.weekday() == weekday and (day - gap).weekday() == other and nth(day - gap) == number
    ], DAYS[weekday]


def test_a_day_before_the_last_of_another_gets_a_rule_from_the_months_end() -> None:
    week, gap = timedelta(days=7), timedelta(days=4)
    assert days_of_hint("Monday before the last Friday of the month") == [
        day for day in YEARS if day.weekday() == 0 and (day + gap).month != (day + gap + week).month
    ]


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("Monday after the 15th", 16, 22),
        ("Monday on or after the 15th of the month", 15, 21),
        ("first Monday before the 15th", 8, 14),
        ("Monday on or before the 15th", 9, 15),
    ],
)
def test_a_day_beside_a_date_gets_a_rule(phrase: str, first: int, last: int) -> None:
    assert days_of_hint(phrase) == [day for day in YEARS if day.weekday() == 0 and first <= day.day <= last]


def test_a_day_beside_another_of_some_months_gets_a_rule_of_the_year() -> None:
    assert days_of_hint("the Thursday after the second Tuesday of March") == [
        day for day in YEARS if day.month == 3 and day.weekday() == 3 and 10 <= day.day <= 16
    ]


@pytest.mark.parametrize(
    "phrase",
    [
        "Wednesday after the fourth Tuesday",
        "Monday before the first Tuesday",
        "Sunday after the last Saturday",
        "Friday before the 5th",
        "Friday after the 25th of the month",
    ],
)
def test_a_day_that_may_fall_into_another_month_gets_no_rule_that_would_miss_it(phrase: str) -> None:
    found = problem(phrase)
    assert "another month" in found.message
    assert found.hint == "List its days instead of `every:`, like `dates: [2026-03-04, 2026-04-01]`."


@pytest.mark.parametrize(
    "phrase",
    [
        "24th business day of the month",
        "first business day of Lent",
        "day after the 15th",
        "Monday after the second",
        "Thursday after the second Tuesday of Lent",
    ],
)
def test_what_no_rule_says_either_gets_another_hint(phrase: str) -> None:
    assert "rrule" not in problem(phrase).hint


@pytest.mark.parametrize(
    ("phrase", "weekdays", "months"),
    [
        ("every Wednesday in March", {2}, {3}),
        ("Mondays in June and July", {0}, {6, 7}),
        ("weekday in summer", set(range(5)), {6, 7, 8}),
        ("Fridays throughout the winter months", {4}, {12, 1, 2}),
        ("all Tuesdays from Oct. to Feb.", {1}, {10, 11, 12, 1, 2}),
        ("Wednesdays, Mar-May", {2}, {3, 4, 5}),
        ("Sunday between May and September", {6}, {5, 6, 7, 8, 9}),
        ("only weekends in Jan/Aug", {5, 6}, {1, 8}),
        ("day in December", set(range(7)), {12}),
        ("summer Wednesdays", {2}, {6, 7, 8}),
        ("winter Tuesday and Thursday", {1, 3}, {12, 1, 2}),
        ("April Wednesdays", {2}, {4}),
        ("April and May Wednesdays", {2}, {4, 5}),
        ("May-July weekends", {5, 6}, {5, 6, 7}),
        ("Wednesday in April or May", {2}, {4, 5}),
    ],
)
def test_days_within_months_get_a_rule_of_those_months(phrase: str, weekdays: set[int], months: set[int]) -> None:
    assert days_of_hint(phrase) == [day for day in YEARS if day.weekday() in weekdays and day.month in months]


@pytest.mark.parametrize(
    ("phrase", "below"),
    [
        ("Wednesdays from October to May", "except: June, July, August and September"),
        ("Wednesday in term time", "except: July and August"),
        ("Wednesday in March 2027", "from: 2027-03` and `until: 2027-03"),
        ("Wednesdays from October 2026 to May 2027", "from: 2026-10` and `until: 2027-05"),
        ("Wednesday, between 6 Jan and 30 June 2027", "from: 2027-01-06` and `until: 2027-06-30"),
        ("Wednesday from 6 January 2027", "from: 2027-01-06"),
        ("Wednesday in April and May 2027", "from: 2027-04` and `until: 2027-05"),
        ("Wednesday in April 2027 and May 2027", "from: 2027-04` and `until: 2027-05"),
        ("Wednesday from April to May 2027", "from: 2027-04` and `until: 2027-05"),
        ("Wednesdays from November to February 2027", "from: 2026-11` and `until: 2027-02"),
        ("Wednesday in summer 2027", "from: 2027-06` and `until: 2027-08"),
        ("Winter Wednesdays, 2027", "from: 2026-12` and `until: 2027-02"),
        ("Wednesday in 2027", "from: 2027` and `until: 2027"),
        ("Wednesdays 2027", "from: 2027` and `until: 2027"),
        ("Wednesday from 2027", "from: 2027"),
        ("Wednesdays until 2027", "until: 2027"),
    ],
)
def test_days_between_two_days_get_the_keys_for_it(phrase: str, below: str) -> None:
    assert problem(phrase).hint.startswith(f"Write `Wednesday` here, and below it `{below}`")


@pytest.mark.parametrize(
    ("phrase", "written", "year"),
    [
        ("second Tuesday of the month in 2027", "second Tuesday of the month", "2027"),
        ("first Tuesday in April, 2027", "first Tuesday of April", "2027"),
        ("other Tuesday of 2028", "other Tuesday", "2028"),
    ],
)
def test_days_of_one_year_get_the_keys_for_it(phrase: str, written: str, year: str) -> None:
    assert problem(phrase).hint == f"Write `{written}` here, and below it `from: {year}` and `until: {year}`."


def test_months_of_one_year_that_are_not_in_a_row_get_a_rule_and_the_keys_for_the_year() -> None:
    found = problem("Wednesdays in April and June 2027")
    rule = "rrule: FREQ=WEEKLY;BYMONTH=4,6;BYDAY=WE"
    assert found.hint == f"Write, instead of `every:`, `{rule}`, and below it `from: 2027` and `until: 2027`."


@pytest.mark.parametrize("phrase", ["8 March 2027", "March 8, 2027", "Monday 8 March 2027"])
def test_a_day_with_its_year_goes_into_a_list(phrase: str) -> None:
    assert problem(phrase).hint == "Days are listed under `dates:` instead of `every:`: `dates: [2027-03-08]`."
    both = "`dates: [2027-08-03]` if the month comes first, `dates: [2027-03-08]` if the day does."
    assert problem("8/3/2027").hint.endswith(both)


@pytest.mark.parametrize(
    "phrase", ["week A Tuesday", "Tuesdays of week B", "Tuesday (week A)", "A weeks on Tuesday", "B-week Tuesday"]
)
def test_weeks_with_letters_are_every_other_week(phrase: str) -> None:
    found = problem(phrase)
    assert found.message == "No phrase names weeks by letters."
    assert found.hint == "Write `other Tuesday`, and below it `counting:` with the Tuesday of such a week."


@pytest.mark.parametrize("phrase", ["May day", "Wednesday in April 2026 and June 2027", "a week on Tuesday"])
def test_what_only_looks_like_months_or_letters_gets_another_hint(phrase: str) -> None:
    assert "BYMONTH" not in problem(phrase).hint
    assert "letters" not in problem(phrase).message


@pytest.mark.parametrize("phrase", ["Wednesday in week 2", "Wednesday from January to December", "Friday of something"])
def test_what_names_no_months_gets_no_rule_of_months(phrase: str) -> None:
    assert "BYMONTH" not in problem(phrase).hint
    assert "except" not in problem(phrase).hint


@pytest.mark.parametrize(
    ("phrase", "weekdays", "days"),
    [
        ("Tuesday and Thursday of the first week", {1, 3}, range(1, 8)),
        ("Mondays in the third week of the month", {0}, range(15, 22)),
        ("Friday during the 4th week of every month", {4}, range(22, 29)),
        ("second week of the month on Tuesday", {1}, range(8, 15)),
        ("the first week of every month, Thursday", {3}, range(1, 8)),
        ("third week of each month Tuesdays and Fridays", {1, 4}, range(15, 22)),
    ],
)
def test_days_of_a_week_of_the_month_get_a_rule_of_seven_days(phrase: str, weekdays: set[int], days: range) -> None:
    assert days_of_hint(phrase) == [day for day in YEARS if day.weekday() in weekdays and day.day in days]


def test_days_of_the_last_week_of_some_months_get_a_rule_from_the_months_end() -> None:
    found = days_of_hint("Tuesday of the last week of March and April")
    assert len(found) == 16
    assert all(day.month in (3, 4) and (day + timedelta(days=7)).month == day.month + 1 for day in found)


@pytest.mark.parametrize("phrase", ["Tuesday of the fifth week", "Tuesday of the first week of Lent"])
def test_a_week_that_no_month_is_sure_to_have_gets_no_rule(phrase: str) -> None:
    assert "rrule" not in problem(phrase).hint


@pytest.mark.parametrize(
    ("phrase", "written"),
    [
        ("every second week on Friday", "other Friday"),
        ("every 3rd week Friday", "3 weeks on Friday"),
        ("every fourth week on Friday", "4 weeks on Friday"),
        ("Wednesday (2nd and 4th)", "2nd and 4th Wednesday of the month"),
        ("Wednesdays, first and third", "first and third Wednesday of the month"),
        ("twice a month on Monday", "first and third Monday of the month"),
        ("twice monthly on Monday", "first and third Monday of the month"),
    ],
)
def test_a_rhythm_in_other_words_is_found(phrase: str, written: str) -> None:
    assert f"`{written}`" in problem(phrase).hint
