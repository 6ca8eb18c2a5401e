"""Rules to their days, and RFC 5545 texts to rules and back."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr

from chatcal.model import Rule
from chatcal.problems import ScheduleError, Span
from chatcal.recurrence.rules import can_fall_on, expand, format_rrule, parse_rrule
from chatcal.schedule import phrases
from tests.support.work import count_calls

HERE = Span("schedules/lanternchat.yaml", 6, 12, 9)


def of(text: str, first: str, last: str, anchor: str | None = None) -> list[str]:
    """Return the days of a phrase, or of an RRULE, between two days."""
    rule = parse_rrule(text, HERE) if "=" in text else phrases.parse_phrase(text, HERE)
    start = date.fromisoformat(anchor) if anchor else None
    return [str(day) for day in expand(rule, date.fromisoformat(first), date.fromisoformat(last), start)]


# Read off a calendar: 1 March 2026 is a Sunday, 1 February 2028 a Tuesday of a leap year.
@pytest.mark.parametrize(
    ("rule", "first", "last", "found"),
    [
        ("Sunday", "2026-03-01", "2026-03-15", ["2026-03-01", "2026-03-08", "2026-03-15"]),
        ("Monday and Thursday", "2026-03-01", "2026-03-06", ["2026-03-02", "2026-03-05"]),
        ("weekday", "2026-02-27", "2026-03-03", ["2026-02-27", "2026-03-02", "2026-03-03"]),
        ("day", "2026-02-27", "2026-03-02", ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]),
        ("fifth Sunday of the month", "2026-01-01", "2026-06-30", ["2026-03-29", "2026-05-31"]),
        ("31st of the month", "2026-01-01", "2026-06-30", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("last day of the month", "2028-01-15", "2028-03-15", ["2028-01-31", "2028-02-29"]),
        ("second to last Friday of the month", "2026-03-01", "2026-04-30", ["2026-03-20", "2026-04-17"]),
        ("29 February", "2026-01-01", "2033-01-01", ["2028-02-29", "2032-02-29"]),
        ("third Wednesday of March and June", "2026-01-01", "2026-12-31", ["2026-03-18", "2026-06-17"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-02-01", "2026-03-31", ["2026-02-27", "2026-03-31"]),
        ("FREQ=YEARLY;BYDAY=MO;BYWEEKNO=20", "2026-01-01", "2027-12-31", ["2026-05-11", "2027-05-17"]),
        ("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "2026-01-01", "2026-06-30", ["2026-02-13", "2026-03-13"]),
        ("FREQ=YEARLY;BYDAY=-53TH,53TH", "2026-01-01", "2027-12-31", ["2026-01-01", "2026-12-31"]),
        ("FREQ=YEARLY;BYYEARDAY=-1,1", "2026-01-01", "2027-01-01", ["2026-01-01", "2026-12-31", "2027-01-01"]),
    ],
)
def test_a_rule_gives_the_days_of_a_calendar(rule: str, first: str, last: str, found: list[str]) -> None:
    assert of(rule, first, last) == found


@pytest.mark.parametrize("interval", [1, 2, 3])
@pytest.mark.parametrize("week_start", ["MO", "WE", "SU"])
@pytest.mark.parametrize("weekdays", ["SU", "TU,FR", "SU,MO", "MO,TU,WE,TH,FR,SA,SU"])
def test_weekdays_are_those_that_dateutil_counts(weekdays: str, week_start: str, interval: int) -> None:
    text = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={weekdays};WKST={week_start}"
    rule, last = parse_rrule(text, HERE), date(2028, 4, 1)
    begun = datetime.combine(next(expand(rule, date(2027, 12, 1), last)), time())
    for first in (date(2027, 12, 29) + timedelta(days=count) for count in range(21)):
        expected = rrulestr(text, dtstart=begun).between(
            datetime.combine(first, time()), datetime.combine(last, time()), inc=True
        )
        assert list(expand(rule, first, last, begun.date())) == [moment.date() for moment in expected]


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        ("2026-03-04", ["2026-03-04", "2026-03-18"]),
        # 1,043 weeks before 2026-03-04, and 1,043 after 2026-03-11.
        ("2006-03-08", ["2026-03-11", "2026-03-25"]),
        ("2046-03-07", ["2026-03-04", "2026-03-18"]),
    ],
)
def test_weeks_are_counted_from_their_anchor_forwards_and_backwards(anchor: str, found: list[str]) -> None:
    assert of("other Wednesday", "2026-03-01", "2026-03-31", anchor) == found


@pytest.mark.parametrize(
    ("rule", "anchor", "found"),
    [
        ("1st of every 3 months", "2020-02-01", ["2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01"]),
        ("second Tuesday of every 2 months", "2031-12-09", ["2026-02-10", "2026-04-14", "2026-06-09", "2026-08-11"]),
        ("FREQ=DAILY;INTERVAL=90", "2026-01-01", ["2026-01-01", "2026-04-01", "2026-06-30", "2026-09-28"]),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=8", "2024-03-08", ["2026-03-08"]),
    ],
)
def test_months_days_and_years_are_counted_from_their_anchor(rule: str, anchor: str, found: list[str]) -> None:
    assert of(rule, "2026-01-01", "2026-12-31", anchor)[:4] == found


def test_weeks_begin_on_monday_unless_the_rule_says_otherwise() -> None:
    # Sunday 1 March 2026 ends a week that began on 23 February, or begins one.
    two = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO"
    assert of(two, "2026-03-01", "2026-03-16", "2026-03-02") == ["2026-03-02", "2026-03-08", "2026-03-16"]
    assert of(f"{two};WKST=SU", "2026-03-01", "2026-03-16", "2026-03-02") == [
        "2026-03-01", "2026-03-02", "2026-03-15", "2026-03-16",
    ]  # fmt: skip


def test_a_day_fits_whichever_weeks_are_counted() -> None:
    rule = phrases.parse_phrase("other Wednesday", HERE)
    assert can_fall_on(rule, date(2026, 3, 4))
    assert can_fall_on(rule, date(2026, 3, 11))
    assert not can_fall_on(rule, date(2026, 3, 5))


@pytest.mark.parametrize("phrase", phrases.PHRASE_EXAMPLES)
def test_a_rule_is_the_same_after_a_way_through_its_rfc_5545_text(phrase: str) -> None:
    rule = phrases.parse_phrase(phrase, HERE)
    assert parse_rrule(format_rrule(rule), HERE) == rule


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("RRULE:freq=weekly; byday=we", "FREQ=WEEKLY;BYDAY=WE"),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=WE,WE;WKST=MO", "FREQ=WEEKLY;BYDAY=WE"),
        ("FREQ=MONTHLY;BYDAY=+2TU", "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1,1", "FREQ=MONTHLY;BYMONTHDAY=-1,1,15"),
        ("FREQ=WEEKLY;BYDAY=SU;WKST=SU;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU"),
    ],
)
def test_an_rrule_is_read_in_every_spelling(text: str, written: str) -> None:
    assert format_rrule(parse_rrule(text, HERE)) == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261231", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=WE;COUNT=3", "COUNT"),
        ("DTSTART=20260304;FREQ=DAILY", "DTSTART"),
        ("FREQ=DAILY;BYHOUR=13", "BYHOUR"),
        ("FREQ=DAILY;BYMINUTE=30", "BYMINUTE"),
        ("FREQ=DAILY;BYSECOND=1", "BYSECOND"),
        ("FREQ=HOURLY", "FREQ="),
        ("BYDAY=WE", "FREQ="),
        ("FREQ=WEEKLY;BYDAY", "`BYDAY` is not valid"),
        ("FREQ=WEEKLY;BYDAY=WE;BYDAY=TH", "`BYDAY=TH` is not valid"),
        ("FREQ=WEEKLY;BYDAY=XX", "`BYDAY=XX`"),
        ("FREQ=MONTHLY;BYDAY=0MO", "`BYDAY=0MO`"),
        ("FREQ=WEEKLY;BYDAY=2WE", "`BYDAY=2WE`"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "`BYDAY=MO,1TU`"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "`BYMONTHDAY=32`"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "`BYMONTHDAY=0`"),
        ("FREQ=MONTHLY;BYMONTHDAY=x", "`BYMONTHDAY=x`".upper()),
        ("FREQ=DAILY;INTERVAL=0", "`INTERVAL=0`"),
        ("FREQ=DAILY;WKST=XX", "`WKST=XX`"),
        ("FREQ=DAILY;BYEASTER=1", "`BYEASTER=1`"),
        ("FREQ=MONTHLY", "does not name its days"),
        ("FREQ=YEARLY;BYMONTH=3", "does not name its days"),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=13", "`BYMONTHDAY=` cannot be used with `FREQ=WEEKLY`"),
        ("FREQ=WEEKLY;BYYEARDAY=1", "`BYYEARDAY=` cannot be used with `FREQ=WEEKLY`"),
        ("FREQ=DAILY;BYYEARDAY=10", "`BYYEARDAY=` cannot be used with `FREQ=DAILY`"),
        ("FREQ=MONTHLY;BYYEARDAY=10", "`BYYEARDAY=` cannot be used with `FREQ=MONTHLY`"),
        ("FREQ=DAILY;BYWEEKNO=20", "`BYWEEKNO=` cannot be used with `FREQ=DAILY`"),
        ("FREQ=WEEKLY;BYDAY=MO;BYWEEKNO=20", "`BYWEEKNO=` cannot be used with `FREQ=WEEKLY`"),
        ("FREQ=MONTHLY;BYDAY=MO;BYWEEKNO=20", "`BYWEEKNO=` cannot be used with `FREQ=MONTHLY`"),
        ("FREQ=YEARLY;BYDAY=2MO;BYWEEKNO=20", "a week has each day once"),
        ("FREQ=MONTHLY;BYDAY=9MO", "a month has each day of the week 5 times at most"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=-7MO", "a month has each day of the week 5 times at most"),
        ("FREQ=YEARLY;BYDAY=60MO", "a year has each day of the week 53 times at most"),
        ("FREQ=DAILY;BYSETPOS=1", "`BYSETPOS=` picks from"),
    ],
)
def test_what_the_language_refuses_of_an_rrule_is_told(text: str, said: str) -> None:
    with pytest.raises(ScheduleError) as error:
        parse_rrule(text, HERE)
    (problem,) = error.value.problems
    assert (problem.code, problem.span) == ("rrule", HERE)
    assert said in problem.message
    assert problem.hint


def test_expansion_starts_near_the_window_however_old_the_rule() -> None:
    rule = Rule(freq="WEEKLY", interval=2, by_day=((None, 2),), where=HERE)
    assert count_calls(lambda: list(expand(rule, date(2026, 3, 1), date(2026, 3, 31), date(1970, 1, 7)))) < 100


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTHDAY=31;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1,2,3",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-3,3",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTHDAY=2",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;BYMONTH=1",
    ],
)
def test_a_rule_that_never_falls_costs_no_more_than_its_years(text: str) -> None:
    rule = parse_rrule(text, HERE)
    found: list[date] = []
    years = 41
    calls = count_calls(lambda: found.extend(expand(rule, date(2026, 1, 1), date(2026 + years, 12, 31))))
    assert found == []
    assert calls < 100 * years + 13 * 366 * years  # each year is indexed once, and kept


# dateutil has its own way to find them, and looks for a day until the year 9999.
@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;INTERVAL=3;BYMONTH=2,3;BYMONTHDAY=-1,1,2,3;BYSETPOS=1",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=MO,TU;BYSETPOS=-1,1,7",
        "FREQ=MONTHLY;BYDAY=-1FR,2MO,5SU;BYMONTH=1,12",
        "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYMONTH=1,12;BYDAY=SU,MO,SA;BYSETPOS=2,-1",
        "FREQ=YEARLY;BYDAY=53MO,-53TU,1SU,-2SA",
        "FREQ=YEARLY;BYWEEKNO=1,53,-1,20;BYDAY=MO,SU;WKST=WE",
        "FREQ=YEARLY;BYYEARDAY=1,60,366,-1,-366,-60;INTERVAL=2",
        "FREQ=YEARLY;BYMONTH=3,10;BYDAY=2SU,-1SU",
        "FREQ=YEARLY;BYMONTHDAY=31,-31;BYSETPOS=1,-1,100",
    ],
)
def test_the_days_of_rules_are_those_that_dateutil_finds(text: str) -> None:
    rule, first, last = parse_rrule(text, HERE), date(2023, 1, 1), date(2036, 12, 31)  # from a Sunday, as the weeks
    expected = rrulestr(text, dtstart=datetime.combine(first, time())).between(
        datetime.combine(first, time()), datetime.combine(last, time()), inc=True
    )
    assert list(expand(rule, first, last)) == [moment.date() for moment in expected]
