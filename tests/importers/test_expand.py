"""Calendars of others are worked out in a process of their own, within bounds of time and memory."""

import re
import sys
import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest

from chatcal.importers.expand import Occurrence, compute_occurrences, expand_in_subprocess
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Window
from tests.support.hostile import BY_THE_SECOND, MANY_RULES, WEEKLY, calendar, event

WITHIN = Window(date(2026, 1, 1), date(2027, 3, 31))


def found(*events: str, clock: str = "Europe/London") -> list[Occurrence]:
    return list(compute_occurrences(calendar(*events), WITHIN, clock).occurrences)


def starts(*events: str, clock: str = "Europe/London") -> list[str]:
    return [one.start.isoformat().removesuffix(":00+00:00") for one in found(*events, clock=clock)]


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc] # year, month, day, hour and minute


def test_a_rule_is_expanded_within_the_window_in_a_process_of_its_own() -> None:
    whole = expand_in_subprocess(WEEKLY, WITHIN, "Europe/London")
    assert whole == compute_occurrences(WEEKLY, WITHIN, "Europe/London")
    made = whole.occurrences
    assert len(made) == 57
    assert made[0] == Occurrence(
        uid="weekly@fog",
        recurring=True,
        slot=date(2026, 3, 4),
        due=utc(2026, 3, 4, 19),
        start=utc(2026, 3, 4, 19),
        end=utc(2026, 3, 4, 20),
        cancelled=False,
        tentative=False,
        summary="Fog talk",
        description="",
        location="",
        url="",
    )


def test_what_starts_just_outside_the_window_is_left_out() -> None:
    days = ("20251231T230000Z", "20260101T000000Z", "20270331T230000Z", "20270401T000000Z")
    assert starts(*(event(day, day) for day in days)) == ["2026-01-01T00:00", "2027-03-31T23:00"]


def test_all_day_events_cross_the_pipe_as_dates() -> None:
    octets = calendar(event(start="20260501").replace("DTSTART", "DTSTART;VALUE=DATE"))
    (one,) = expand_in_subprocess(octets, WITHIN, "Europe/London").occurrences
    assert (one.start, one.end, one.due) == (date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 1))


def test_clocks_change_within_a_rule() -> None:
    rule = event(start="20260322T190000", more="RRULE:FREQ=WEEKLY;COUNT=3\n")
    zoned = rule.replace("DTSTART", "DTSTART;TZID=Europe/London")
    assert starts(zoned) == ["2026-03-22T19:00", "2026-03-29T18:00", "2026-04-05T18:00"]
    # Without a zone it is the clock that is given.
    assert starts(rule) == starts(zoned)
    assert starts(rule, clock="America/Toronto") == ["2026-03-22T23:00", "2026-03-29T23:00", "2026-04-05T23:00"]


MOVED = event("weekly@fog", "20260312T200000Z", "Fog talk", "RECURRENCE-ID:20260311T190000Z\n")
OFF = event("weekly@fog", "20260318T190000Z", "Fog talk", "RECURRENCE-ID:20260318T190000Z\nSTATUS:CANCELLED\n")
RULE = event("weekly@fog", "20260304T190000Z", "Fog talk", "RRULE:FREQ=WEEKLY;COUNT=4\n")


def test_moved_and_cancelled_occurrences_stay_such() -> None:
    first, moved, off, last = found(RULE, MOVED, OFF)
    assert (moved.slot, moved.due, moved.start) == (date(2026, 3, 11), utc(2026, 3, 11, 19), utc(2026, 3, 12, 20))
    assert [one.cancelled for one in (first, moved, off, last)] == [False, False, True, False]
    assert first.due == first.start


def test_what_is_changed_from_an_occurrence_on_names_each_by_its_own_day() -> None:
    later = event("weekly@fog", "20260311T200000Z", "Late", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260311T190000Z\n")
    made = found(RULE, later)
    assert [one.slot.day for one in made] == [4, 11, 18, 25]
    assert [one.start.hour for one in made if isinstance(one.start, datetime)] == [19, 20, 20, 20]


@pytest.mark.parametrize("due", [":00010101T000000Z", ":99991231T235959Z", ":20240401T180000Z", ";VALUE=DATE:20260401"])
def test_no_occurrence_was_due_in_another_age(due: str) -> None:
    (one,) = found(event(more=f"RECURRENCE-ID{due}\n"))
    assert (one.due, one.slot) == (one.start, date(2026, 4, 1))


def test_single_events_are_told_from_series() -> None:
    made = {
        one.uid: one.recurring
        for one in found(RULE, event("one@fog"), event("two@fog", more="RDATE:20260501T180000Z\n"))
    }
    assert made == {"weekly@fog": True, "one@fog": False, "two@fog": True}


@pytest.mark.parametrize(
    ("more", "lasts"),
    [
        ("", timedelta(hours=1)),
        ("DTEND:20260401T193000Z\n", timedelta(minutes=90)),
        ("DURATION:PT20M\n", timedelta(minutes=20)),
        ("DTEND:20260401T180000Z\n", timedelta(hours=1)),
        ("DTEND;VALUE=DATE:20260403\n", timedelta(hours=30)),
        ("DTEND:20400101T000000Z\n", timedelta(days=31)),
    ],
)
def test_an_event_lasts_as_long_as_it_says_or_else_an_hour(more: str, lasts: timedelta) -> None:
    (one,) = found(event(more=more))
    assert isinstance(one.end, datetime)
    assert isinstance(one.start, datetime)
    assert one.end - one.start == lasts


def test_of_a_property_that_stands_twice_the_first_counts_and_a_long_text_is_cut() -> None:
    (one,) = found(event(more="SUMMARY:Other\nSTATUS:tentative\nDESCRIPTION:" + "x" * 9_000 + "\n"))
    assert one.summary == "Fog"
    assert one.tentative
    assert len(one.description) == 2_000


def test_what_a_chat_has_no_use_for_is_passed_over() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT1M\nACTION:DISPLAY\nREPEAT:999999999\nDURATION:PT1S\nEND:VALARM\n"
    (one,) = found(event(more=f"ATTENDEE:mailto:ada@fog.example\nATTACH:file:///etc/passwd\n{alarm}"))
    assert "ada" not in repr(one)
    assert "passwd" not in repr(one)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"<!DOCTYPE html><p>Please log in", "it is a web page"),
        (b"", "it is not a calendar"),
        (b"Too many requests", "it is not a calendar"),
        (WEEKLY[:-5], "it is cut short"),
        (WEEKLY.replace(b"Fog talk", b"Caf\xe9"), "it is not saved as UTF-8"),
        (WEEKLY.decode().encode("utf-16"), "it is not saved as UTF-8"),
        (calendar(event(more="RRULE:FREQ=SECONDLY\n")), "more often than daily"),
        (calendar(event(more="RRULE:FREQ=minutely;INTERVAL=90\n")), "more often than daily"),
        (calendar(event(more="RRULE:FREQ=YEARLY\nRRULE:FREQ=HOURLY\n")), "more often than daily"),
        (calendar(event(more="RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + "\n")), "more than 2,000 se"),
        (calendar(*["BEGIN:VEVENT\nEND:VEVENT\n"] * 60_000), "it has more than 50,000 parts"),
        (calendar("BEGIN:VEVENT\nSUMMARY:No start\nEND:VEVENT\n"), "can be read. “No start”: it has no DTSTART"),
        (
            calendar(event(start="20261399T999999Z")),
            "none of its events can be read. “Fog”: its DTSTART cannot be read",
        ),
        (calendar(event(more="RRULE:FREQ=FOGGY\n")), "“Fog” of 1 Apr 2026: its rule cannot be read"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 9_000 + b"END:VCALENDAR\n", "An event: it has no DTSTART"),
    ],
)
def test_what_is_no_calendar_of_a_chat_is_refused(octets: bytes, why: str) -> None:
    with pytest.raises(ForeignCalendarError, match=re.escape(why)):
        compute_occurrences(octets, WITHIN, "Europe/London")


def test_a_byte_order_mark_and_other_ends_of_lines_are_no_hindrance() -> None:
    octets = b"\xef\xbb\xbf" + WEEKLY.replace(b"\r\n", b"\n")
    assert len(compute_occurrences(octets, WITHIN, "Europe/London").occurrences) == 57


def test_the_reason_crosses_the_pipe() -> None:
    with pytest.raises(ForeignCalendarError, match="it is a web page"):
        expand_in_subprocess(b"<html>", WITHIN, "Europe/London")


def test_a_small_calendar_of_long_texts_takes_little_memory_here() -> None:
    text = "\N{CYCLONE}" * 4_000
    rule = "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4\n"
    sent = calendar(
        event("u" * 4_000, "20260101T010000Z", text, f"DESCRIPTION:{text}\nLOCATION:{text}\nURL:{text}\n{rule}")
    )
    tracemalloc.start()
    made = expand_in_subprocess(sent, WITHIN, "Europe/London").occurrences
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(made) == 1_820
    assert len({id(one.description) for one in made}) == 1
    assert peak < 10_000_000


def test_an_address_that_is_cut_is_not_taken_for_a_shorter_one() -> None:
    long = f"https://fog.example/{'x' * 600}"
    (one,) = found(event(more=f"LOCATION:   {long}\nURL: {long}\n"))
    assert len(one.location) == len(one.url) == 501


def test_rules_that_take_for_ever_are_left_in_time() -> None:
    # No machine starts the other process in so little time.
    with pytest.raises(ForeignCalendarError, match=r"take more than 0\.001 seconds"):
        expand_in_subprocess(MANY_RULES, WITHIN, "Europe/London", 0.001)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone keeps to a limit of address space")
def test_rules_that_take_all_memory_are_left_too() -> None:
    with pytest.raises(ForeignCalendarError, match=r"more memory than a calendar may|take more than"):
        expand_in_subprocess(calendar(event(more=BY_THE_SECOND)), WITHIN, "Europe/London")


def test_a_change_of_a_series_that_is_missing_keeps_the_days_that_it_adds() -> None:
    more = "RECURRENCE-ID:20260401T180000Z\nRDATE;VALUE=PERIOD:20260401T180000Z/PT1H,20260408T180000Z/PT2H\n"
    assert starts(event(more=more)) == ["2026-04-01T18:00", "2026-04-08T18:00"]
    # Where the series is there, they are its own.
    assert starts(event("a", more="RRULE:FREQ=DAILY;COUNT=1\n"), event("a", more=more)) == ["2026-04-01T18:00"]


@pytest.mark.parametrize("count", ["9" * 5_000, "-" + "9" * 5_000, "0" * 5_000])
def test_a_number_of_sessions_that_no_program_reads_makes_no_other_event_unreadable(count: str) -> None:
    assert "2026-03-03T18:00" in starts(
        event("a@fog", "20260302T180000Z", "Fog", f"RRULE:FREQ=WEEKLY;COUNT={count}\n"),
        event("b@fog", "20260303T180000Z"),
    )
