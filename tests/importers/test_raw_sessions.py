"""What imports are compared with: the sessions of a file, read from its bytes and computed by other code."""

from datetime import UTC, date, datetime
from itertools import islice

import pytest
from dateutil.rrule import rrulestr

from chatcal.importers.raw_rules import UnreadableRuleError, expand_raw_rule, parse_raw_rule
from chatcal.importers.raw_sessions import expand_raw_series, read_raw_series
from chatcal.model import Window
from tests.support.imports import event, ics, toronto

START = datetime(2026, 1, 7, 13)  # noqa: DTZ001 - local
YEARS = Window(date(2026, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYMONTH=2,8;BYDAY=MO,FR",
        "FREQ=DAILY;BYHOUR=9,13;BYMINUTE=0,30;COUNT=50",
        "FREQ=HOURLY;INTERVAL=12",
        "FREQ=HOURLY;INTERVAL=36;BYDAY=MO,TU,WE",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,2TU,-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=1,-1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2,-1;COUNT=20",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=3",
        "FREQ=YEARLY;BYMONTH=3,6;BYDAY=2TU",
        "FREQ=YEARLY;BYDAY=20MO,-1SU",
        "FREQ=YEARLY;BYWEEKNO=1,20,-1;BYDAY=TH",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=13;BYDAY=FR",
    ],
)
def test_the_days_of_a_rule_are_those_that_dateutil_finds(rule: str) -> None:
    theirs = islice(rrulestr(rule, dtstart=START), 4_000)
    last = datetime(2029, 12, 31, 23)  # noqa: DTZ001 - local
    found = expand_raw_rule(parse_raw_rule(rule, START), YEARS.first, YEARS.last)
    ours = [one for one in found if isinstance(one, datetime) and one <= last]
    assert ours
    assert ours == [one for one in theirs if one <= last]


@pytest.mark.parametrize(
    "rule",
    [
        "INTERVAL=2",
        "FREQ=OFTEN",
        "FREQ=DAILY;BYDAY=",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;BYSETPOS=1",
        "FREQ=DAILY;BYHOUR=30",
        "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12",
    ],
)
def test_a_rule_that_says_nothing_or_too_much_is_not_counted(rule: str) -> None:
    with pytest.raises(UnreadableRuleError):
        list(expand_raw_rule(parse_raw_rule(rule, START), YEARS.first, YEARS.last))


def starts(*events: str) -> list[str]:
    return sorted(
        one[0].isoformat() for series in read_raw_series(ics(*events)) for one in expand_raw_series(series, YEARS)
    )


LATER = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Toronto:20260114T130000"


@pytest.mark.parametrize(("more", "left"), [("STATUS:CANCELLED", 1), ("CLASS:PRIVATE", 1), ("STATUS:CONFIRMED", 4)])
def test_what_is_changed_from_a_session_on_is_changed(more: str, left: int) -> None:
    found = starts(toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=4"), toronto("20260115", LATER, more))
    assert found == [datetime(2026, 1, day, 18, tzinfo=UTC).isoformat() for day in (7, 15, 22, 29)[:left]]


def test_a_change_of_a_missing_series_is_a_session_unless_it_is_private() -> None:
    slot = "RECURRENCE-ID;TZID=America/Toronto:20260114T130000"
    assert starts(toronto("20260115", slot), toronto("20260116", slot, "CLASS:PRIVATE", uid="2")) == [
        "2026-01-15T18:00:00+00:00"
    ]


def test_a_day_that_is_added_to_a_series_with_times_is_at_its_time() -> None:
    days = ("RDATE;VALUE=DATE:20260109", "EXDATE;VALUE=DATE:20260114")
    assert starts(event("DTSTART:20260107T130000Z", "RRULE:FREQ=WEEKLY;COUNT=2", *days)) == [
        "2026-01-07T13:00:00+00:00",
        "2026-01-09T13:00:00+00:00",
    ]


def test_a_time_that_is_added_to_a_series_of_days_is_its_day() -> None:
    assert starts(event("DTSTART;VALUE=DATE:20260107", "RDATE:20260109T130000Z")) == ["2026-01-07", "2026-01-09"]
