"""The independent calculation itself, on days that sources or the calendar on the wall vouch for."""

from datetime import date, datetime

import pytest

from tests.support import oracle

CALENDAR = "title: Lights\nuid_domain: lights.example\n"


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment + ":00+00:00")


def found(chapter: str, first: str, last: str, calendar: str = CALENDAR) -> list[oracle.Expected]:
    return oracle.expected(calendar, {"fog": chapter}, date.fromisoformat(first), date.fromisoformat(last))


def fog(*chat: str, zone: str = "Etc/UTC", more: str = "") -> str:
    lines = "\n    ".join(chat)
    return f"hashtag: fog\ntimezone: {zone}\nchats:\n  - {lines}\n{more}"


def slots(phrase: str, first: str, last: str, *more: str) -> list[str]:
    return [one.uid[4:14] for one in found(fog(f"every: {phrase}", "at: 12:00", *more), first, last)]


@pytest.mark.parametrize("day", ["2014-01-29", "2014-09-24", "2014-10-29", "2015-08-26"])
def test_evening_chats_of_the_canadian_chapter_were_on_last_wednesdays(day: str) -> None:
    month = oracle.span(day[:7])
    assert slots("last Wednesday of the month", *(f"{one}" for one in month)) == [day]
    others = slots("Wednesday", *(f"{one}" for one in month), "except: last Wednesday of the month")
    assert day not in others
    assert len(others) >= 3


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        # January and February 2024: the year begins on a Monday, and February has 29 days.
        ("29 February", "02-29"),
        ("29th of the month", "01-29 02-29"),
        ("31st of the month", "01-31"),
        ("last day of the month", "01-31 02-29"),
        ("Every FIFTH wednesday of each month", "01-31"),
        ("fifth Thursday of the month", "02-29"),
        ("second to last Friday of the month", "01-19 02-16"),
        ("1st and third Thursday of the month", "01-04 01-18 02-01 02-15"),
        ("1st and 15th of the month", "01-01 01-15 02-01 02-15"),
        ("second Tuesday of February, June and October", "02-13"),
        ("first Monday of every other month", "01-01"),
        ("1st of every 3 months", "01-01"),
        ("other Wednesday", "01-03 01-17 01-31 02-14 02-28"),
        ("other week on Monday", "01-01 01-15 01-29 02-12 02-26"),
        ("3 weeks on Monday and Friday", "01-01 01-05 01-22 01-26 02-12 02-16"),
    ],
)
def test_phrases_mean_these_days_of_2024(phrase: str, expected: str) -> None:
    days = slots(phrase, "2024-01-01", "2024-02-29", "counting: 2024-01-01")
    assert " ".join(day[5:] for day in days) == expected


def test_weekdays_and_whole_months_are_counted() -> None:
    assert len(slots("weekday", "2024-01-01", "2024-12-31")) == 262
    assert len(slots("day", "2024-01-01", "2024-12-31", "except: [August and December, 2024-02-29]")) == 366 - 62 - 1


def test_partial_dates_reach_from_the_first_to_the_last_day() -> None:
    days = slots("Monday", "2009-01-01", "2013-12-31", "from: 2010-09", "until: 2011")
    assert (days[0], days[-1]) == ("2010-09-06", "2011-12-26")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "01-31 02-29"),
        ("FREQ=MONTHLY;BYDAY=-1FR;BYMONTHDAY=-6,-7", "01-26 02-23"),
        ("FREQ=YEARLY;BYDAY=2TH,-44TH", "01-11 02-29"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=-1TH", "02-29"),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", "01-02 01-30 02-27"),
    ],
)
def test_rules_of_rfc_5545_mean_these_days_of_2024(rule: str, expected: str) -> None:
    chapter = fog(f"rrule: {rule}", "counting: 2024-01-02", "at: 12:00")
    assert " ".join(one.uid[9:14] for one in found(chapter, "2024-01-01", "2024-02-29")) == expected


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("America/New_York", "2024-03-10 02:30", "2024-03-10T07:00"),  # skipped: clocks went from 2 to 3
        ("America/New_York", "2024-03-10 03:00", "2024-03-10T07:00"),
        ("America/New_York", "2024-11-03 01:30", "2024-11-03T05:30"),  # twice: the first counts
        ("America/New_York", "2024-11-03 02:00", "2024-11-03T07:00"),
        ("Australia/Lord_Howe", "2024-10-06 02:15", "2024-10-05T15:30"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2024-04-07 01:45", "2024-04-06T14:45"),  # half an hour is there twice
        ("Pacific/Apia", "2011-12-29 13:00", "2011-12-29T23:00"),
        ("Pacific/Apia", "2011-12-30 13:00", "2011-12-30T10:00"),  # the whole day is skipped
        ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00"),
        ("Pacific/Kiritimati", "2024-01-01 00:00", "2023-12-31T10:00"),
        ("Etc/UTC", "2024-02-29 23:59", "2024-02-29T23:59"),
    ],
)
def test_a_clock_time_becomes_this_instant(zone: str, local: str, instant: str) -> None:
    (one,) = found(fog(f"dates: [{local}]", zone=zone), "2011-01-01", "2024-12-31")
    assert one.start == at(instant)


def test_days_go_by_the_clock_on_the_wall_and_hours_elapse() -> None:
    for lasts, end in [("1d", "2024-03-10T16:00"), ("24h", "2024-03-10T17:00"), ("1h30", "2024-03-09T18:30")]:
        (one,) = found(
            fog("dates: [2024-03-09 12:00]", f"lasts: {lasts}", zone="America/New_York"), *["2024-03-09"] * 2
        )
        assert (one.start, one.end) == (at("2024-03-09T17:00"), at(end))


def test_sessions_and_breaks_change_single_slots() -> None:
    more = """
sessions:
  2024-05-01: cancelled
  2024-05-08: {topic: Mist}
  2024-05-15: {moved: 2024-05-16 09:00, title: Dew}
  2024-05-22 late: {lasts: 45min}
breaks:
  - {from: 2024-05-06, until: 2024-05-12}
  - {from: 2024-05-29, until: 2024-05-29}
"""
    chapter = fog("every: Wednesday", "at: 12:00", "id: late", more=more) + "formerly: [mist, haze]\n"
    events = found(chapter, "2024-05-01", "2024-05-31")
    assert [(one.uid, f"{one.start:%d %H}", one.summary, one.status) for one in events] == [
        ("mist-late-2024-05-01@lights.example", "01 12", "Cancelled: #fog chat", None),
        ("mist-late-2024-05-08@lights.example", "08 12", "#fog: Mist", "CONFIRMED"),
        ("mist-late-2024-05-15@lights.example", "16 09", "Dew", "CONFIRMED"),
        ("mist-late-2024-05-22@lights.example", "22 12", "#fog chat", "CONFIRMED"),
        ("mist-late-2024-05-29@lights.example", "29 12", "Cancelled: #fog chat", None),
    ]
    assert events[3].end == at("2024-05-22T12:45")


def test_a_bare_key_means_the_chat_without_an_id() -> None:
    chats = """\
hashtag: fog
timezone: Etc/UTC
chats:
  - {every: Monday, at: "09:00"}
  - {every: day, at: "21:00", id: late}
sessions:
  2024-05-06: {topic: Mist}
  2024-05-07: {topic: Dew}
"""
    assert [one.summary for one in found(chats, "2024-05-06", "2024-05-07")] == ["#fog: Mist", "#fog chat", "#fog: Dew"]


def test_what_lies_past_the_clipped_month_is_unconfirmed() -> None:
    chapter = fog("every: day", "at: evening", zone="America/Argentina/Buenos_Aires", more="confirmed: 2022-08-31\n")
    one, other = found(chapter, "2024-02-29", "2024-03-01")
    assert [one.summary, other.summary] == [
        "#fog chat, evening in Buenos Aires",
        "#fog chat, evening in Buenos Aires (unconfirmed)",
    ]
    assert (one.start, one.end, one.status) == (date(2024, 2, 29), date(2024, 3, 1), "TENTATIVE")


def test_a_first_publication_holds_what_has_not_ended() -> None:
    now = at("2024-03-31T12:00")
    assert oracle.window(CALENDAR, now) == (date(2023, 12, 1), date(2025, 3, 31))
    timed = fog("every: day", "at: 11:00", "until: 2024-04-01")
    whole = fog("every: day", "at: all day", "until: 2024-04-01")
    for chapter in (timed, whole):
        days = [one.uid[4:14] for one in oracle.publication(CALENDAR, {"fog": chapter}, now)]
        assert days == (["2024-03-30"] if chapter is whole else []) + ["2024-03-31", "2024-04-01"]


def test_hosts_take_turns_and_a_cancelled_slot_uses_its_turn() -> None:
    chapter = fog(
        "every: Wednesday",
        "at: 12:00",
        "except: last Wednesday of the month",
        "hosts: [Nobody yet]",
        "rota: [{from: 2026-05-06, hosts: [A, B, C]}, {from: 2026-06-10, hosts: [C, D]}]",
        more="sessions:\n  2026-05-13: cancelled\n  2026-05-20: {hosts: [Guest]}\n",
    )
    assert [(one.uid[9:14], *one.hosts) for one in found(chapter, "2026-04-22", "2026-06-30")] == [
        ("04-22", "Nobody yet"),
        ("05-06", "A"),
        ("05-13", "B"),
        ("05-20", "Guest"),
        ("06-03", "A"),  # 27 May is the last Wednesday
        ("06-10", "C"),
        ("06-17", "D"),
    ]


@pytest.mark.parametrize("key", ["2026-05-07", "2026-05-06 late"])
def test_a_key_that_meets_no_slot_is_not_passed_over(key: str) -> None:
    chapter = fog("every: Wednesday", "at: 12:00", more=f"sessions:\n  {key}: cancelled\n")
    with pytest.raises(AssertionError, match="a key of sessions"):
        found(chapter, "2026-05-01", "2026-05-31")


def test_a_part_of_a_rule_that_is_not_counted_is_not_passed_over() -> None:
    with pytest.raises(AssertionError, match="BYWEEKNO"):
        found(fog("rrule: FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "at: 12:00"), "2026-05-01", "2026-05-31")


@pytest.mark.parametrize(
    ("every", "rhythm"),
    [
        ("every: other Wednesday", "every other week"),
        ("every: 3 weeks on Wednesday", "every 3 weeks"),
        ("every: first Wednesday of every other month", "every other month"),
        ("every: first Wednesday of every 3 months", "every third month"),
        ("every: first Wednesday of every 13 months", "every 13th month"),
        ("rrule: FREQ=DAILY;INTERVAL=2;BYDAY=WE", "every other day"),
    ],
)
def test_what_may_be_held_each_time_is_tentative_until_somebody_knows(every: str, rhythm: str) -> None:
    more = "sessions: {2026-06-03: {topic: Oil}}\nbreaks: [{from: 2026-07, until: 2026-07}]\n"
    shown = found(fog(every, "at: 12:00", "counting: Unknown", more=more), "2026-06-01", "2026-08-05")
    said = {one.uid[4:14]: (one.status, one.summary) for one in shown}
    assert said["2026-06-03"] == ("CONFIRMED", "#fog: Oil")
    assert said["2026-07-01"] == (None, "Cancelled: #fog chat")
    assert said["2026-08-05"] == ("TENTATIVE", f"#fog chat ({rhythm})")
    (last,) = (one.description for one in shown if "08-05" in one.uid)
    assert f"{rhythm.capitalize()}; which is not known." in last
