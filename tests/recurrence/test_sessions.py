"""Chapters and windows to sessions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chatcal.model import DayPart, Session, Window
from chatcal.problems import Span
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import (
    add_months,
    compute_recorded_sessions,
    compute_sessions,
    compute_window,
    convert_to_utc,
)
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.support.calendars import CALENDAR, NOW, at


def held(chapter: str, first: str, last: str, calendar: str = CALENDAR) -> list[Session]:
    """Return the sessions of a chapter called lanternchat between two days."""
    head = "hashtag: lanternchat\nname: Keepers\n"
    read = parse_chapter("schedules/lanternchat.yaml", (head + chapter).encode())
    within = Window(date.fromisoformat(first), date.fromisoformat(last))
    return list(compute_sessions(parse_calendar(calendar.encode()), read, within))


def starts(found: list[Session]) -> list[str]:
    """Return the starts of sessions as short texts, in UTC."""
    return [f"{one.start:%Y-%m-%d %H:%M}" if isinstance(one.start, datetime) else str(one.start) for one in found]


WEEKLY = "timezone: America/Toronto\nchats:\n  - every: Wednesday\n    at: 13:00\n"


def test_a_weekly_chat_keeps_its_clock_time_across_both_changes_of_the_clock() -> None:
    assert starts(held(WEEKLY, "2026-03-01", "2026-03-14")) == ["2026-03-04 18:00", "2026-03-11 17:00"]
    assert starts(held(WEEKLY, "2026-10-25", "2026-11-07")) == ["2026-10-28 17:00", "2026-11-04 18:00"]


def test_the_window_counts_the_days_of_utc_and_not_those_of_the_chapter() -> None:
    late = WEEKLY.replace("13:00", "21:00")
    assert starts(held(late, "2026-03-05", "2026-03-05")) == ["2026-03-05 02:00"]
    assert starts(held(late, "2026-03-04", "2026-03-04")) == []


@pytest.mark.parametrize(
    ("zone", "start"), [("Pacific/Kiritimati", "2026-03-03 23:00"), ("Pacific/Pago_Pago", "2026-03-05 00:00")]
)
def test_zones_on_either_side_of_the_date_line_are_a_day_apart(zone: str, start: str) -> None:
    assert starts(held(WEEKLY.replace("America/Toronto", zone), "2026-03-02", "2026-03-06")) == [start]


def test_a_session_past_midnight_ends_on_the_next_day() -> None:
    chats = WEEKLY.replace("13:00", "23:30\n    lasts: 1h30")
    (one,) = held(chats, "2026-03-04", "2026-03-06")
    assert (one.start, one.end) == (at("2026-03-05T04:30"), at("2026-03-05T06:00"))


def test_hours_elapse_and_days_go_by_the_clock_on_the_wall() -> None:
    # The clocks of Toronto go forward on 8 March 2026, so that two days on the wall are 47 hours.
    weekend = WEEKLY.replace("Wednesday", "Saturday").replace("13:00", "13:00\n    lasts: {}")
    (hours,) = held(weekend.replace("{}", "48h"), "2026-03-07", "2026-03-07")
    (days,) = held(weekend.replace("{}", "2d"), "2026-03-07", "2026-03-07")
    assert hours.end == at("2026-03-09T18:00")
    assert days.end == at("2026-03-09T17:00")


def test_29_february_is_a_day_of_leap_years_only() -> None:
    leap = WEEKLY.replace("Wednesday", "29 February")
    assert starts(held(leap, "2027-01-01", "2032-12-31")) == ["2028-02-29 18:00", "2032-02-29 18:00"]


@pytest.mark.parametrize(
    ("zone", "local", "instant", "change"),
    [
        ("America/New_York", "2024-03-10T02:30", "2024-03-10T07:00", "gap"),
        ("America/New_York", "2024-03-10T03:00", "2024-03-10T07:00", None),
        ("America/New_York", "2024-03-10T01:59", "2024-03-10T06:59", None),
        ("America/New_York", "2024-11-03T01:30", "2024-11-03T05:30", "overlap"),
        ("America/New_York", "2024-11-03T02:00", "2024-11-03T07:00", None),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", "gap"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "overlap"),
        ("Pacific/Apia", "2011-12-30T13:00", "2011-12-30T10:00", "gap"),
        ("Etc/UTC", "2024-03-10T02:30", "2024-03-10T02:30", None),
    ],
)
def test_a_skipped_time_is_the_end_of_the_gap_and_of_a_doubled_one_the_first_counts(
    zone: str, local: str, instant: str, change: str | None
) -> None:
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    assert convert_to_utc(wall) == (at(instant), change)


def test_a_part_of_the_day_is_a_day_on_the_chats_own_clock() -> None:
    (one,) = held("timezone: Pacific/Auckland\nchats: [{every: 4 March, at: evening}]", "2026-03-01", "2026-03-31")
    assert (one.start, one.end, one.at) == (date(2026, 3, 4), date(2026, 3, 5), DayPart.EVENING)


def test_all_day_lasts_whole_days() -> None:
    (one,) = held("chats: [{every: 4 March, at: all day, lasts: 2d}]", "2026-03-01", "2026-03-31")
    assert (one.start, one.end) == (date(2026, 3, 4), date(2026, 3, 6))


def test_dates_are_held_at_their_own_times_or_at_the_chats() -> None:
    chats = "timezone: Etc/UTC\nchats: [{dates: [2026-03-09 10:00, 2026-03-02], at: 20:00}]"
    assert starts(held(chats, "2026-03-01", "2026-03-31")) == ["2026-03-02 20:00", "2026-03-09 10:00"]


def test_an_until_known_to_the_month_ends_with_it_and_a_from_begins_with_it() -> None:
    chats = WEEKLY + "    from: 2026-02\n    until: 2026-03\n"
    assert starts(held(chats, "2026-01-01", "2026-12-31"))[::7] == ["2026-02-04 18:00", "2026-03-25 17:00"]


def test_a_chat_that_is_over_has_no_sessions_after() -> None:
    assert held(WEEKLY + "    until: 2012\n", "2026-01-01", "2026-12-31") == []


def test_other_weeks_count_from_their_slot_however_long_ago_it_was() -> None:
    chats = WEEKLY.replace("Wednesday", "other Wednesday") + "    counting: {}\n"
    long_ago = starts(held(chats.replace("{}", "1990-01-03"), "2026-03-01", "2026-03-31"))
    ahead = starts(held(chats.replace("{}", "2030-01-02"), "2026-03-01", "2026-03-31"))
    # 1990-01-03 lies 13,216 days before 2026-03-11, and 2030-01-02 lies 1,400 after 2026-03-04.
    assert long_ago == ["2026-03-11 17:00", "2026-03-25 17:00"]
    assert ahead == ["2026-03-04 18:00", "2026-03-18 17:00"]


def test_each_week_may_be_one_where_nobody_knows_which_until_an_entry_or_a_break_says_so() -> None:
    chats = WEEKLY.replace("Wednesday", "other Wednesday")
    chats += "    from: 2026-02-04\n    counting: unknown\n    except: last Wednesday of the month\n"
    more = "sessions:\n  2026-03-04: {topic: Oil}\nbreaks:\n  - {from: 2026-03-18, until: 2026-03-18}\n"
    found = held(chats + more, "2026-03-01", "2026-04-02")
    assert [(one.slot.day, one.held_every, one.cancelled) for one in found] == [
        (4, None, None), (11, (2, "week"), None), (18, None, ""), (1, (2, "week"), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("every", "days", "rhythm"),
    [
        ("every: 3 weeks on Monday and Friday", [2, 6, 9, 13, 16, 20, 23, 27, 30], (3, "week")),
        ("every: second Tuesday of every 2 months", [10], (2, "month")),
        ("rrule: FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=8", [8], (2, "year")),
        ("rrule: FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1,2,3", [1, 2, 3], (2, "day")),
    ],
)
def test_all_rules_with_a_number_can_have_unknown_weeks(every: str, days: list[int], rhythm: tuple[int, str]) -> None:
    chats = f"timezone: Etc/UTC\nchats:\n  - {every}\n    at: 13:00\n    counting: Unknown\n"
    found = held(chats, "2026-03-01", "2026-03-31")
    assert [one.slot.day for one in found] == days
    assert {one.held_every for one in found} == {rhythm}


def test_a_slot_under_except_is_no_slot() -> None:
    chats = WEEKLY + "    except: [last Wednesday of the month, 2026-03-11, March 2027]\n".replace(", March 2027", "")
    assert starts(held(chats, "2026-03-01", "2026-03-31")) == ["2026-03-04 18:00", "2026-03-18 17:00"]


def test_a_cancelled_session_stays_and_says_why() -> None:
    (one,) = held(WEEKLY + "sessions:\n  2026-03-04: {cancelled: Holidays}\n", "2026-03-04", "2026-03-04")
    assert one.cancelled == "Holidays"


def test_a_moved_session_keeps_its_uid_and_knows_where_it_was_due() -> None:
    moved = WEEKLY + "sessions:\n  2026-03-04: {moved: 2026-03-05 20:00}\n"
    (one,) = held(moved, "2026-03-01", "2026-03-07")
    assert one.uid == "lanternchat-2026-03-04@lights.example"
    assert one.start == at("2026-03-06T01:00")
    assert one.moved_from == (date(2026, 3, 4), datetime(2026, 1, 1, 13, tzinfo=UTC).time())


def test_a_session_moved_by_date_alone_keeps_its_clock_time() -> None:
    moved = WEEKLY + "sessions:\n  2026-03-04: {moved: 2026-03-12}\n"
    assert starts(held(moved, "2026-03-09", "2026-03-14")) == ["2026-03-11 17:00", "2026-03-12 17:00"]


def test_a_session_moved_into_the_window_from_far_away_is_found() -> None:
    moved = WEEKLY + "sessions:\n  2026-03-04: {moved: 2026-09-03 20:00}\n"
    assert starts(held(moved, "2026-09-03", "2026-09-04")) == ["2026-09-04 00:00"]


def test_a_session_without_a_clock_time_gets_one_by_its_entry() -> None:
    chats = "timezone: Etc/UTC\nchats: [{every: Wednesday, at: evening}]\nsessions:\n  2026-03-04: {at: 19:00}\n"
    (one,) = held(chats, "2026-03-04", "2026-03-04")
    assert (one.start, one.end) == (at("2026-03-04T19:00"), at("2026-03-04T20:00"))


def test_breaks_cancel_slots_unless_sessions_hold_them_and_leave_what_is_moved_in() -> None:
    text = WEEKLY + (
        "sessions:\n"
        "  2026-03-11: {topic: Oil}\n"
        "  2026-03-25: {moved: 2026-03-12 13:00}\n"
        "breaks: [{from: 2026-03-01, until: 2026-03-15, reason: Storms}]\n"
    )
    found = {str(one.slot): one.cancelled for one in held(text, "2026-03-01", "2026-03-31")}
    assert found == {"2026-03-04": "Storms", "2026-03-11": None, "2026-03-18": None, "2026-03-25": None}


def test_breaks_of_the_calendar_hold_for_all_chapters_or_for_those_they_name() -> None:
    all_of_them = CALENDAR + "breaks: [{from: 2026-03-01, until: 2026-03-15, reason: Storms}]\n"
    others = all_of_them.replace("reason: Storms", "chapters: [fogchat]")
    assert held(WEEKLY, "2026-03-04", "2026-03-04", all_of_them)[0].cancelled == "Storms"
    assert held(WEEKLY, "2026-03-04", "2026-03-04", others)[0].cancelled is None


def test_hosts_take_turns_and_a_cancelled_slot_uses_one() -> None:
    text = WEEKLY + (
        "    rota: {from: 2026-03-04, hosts: [Ada, Bo, Cy]}\n"
        "sessions:\n  2026-03-11: {cancelled: Storm}\n  2026-04-01: {hosts: [Di, Ed]}\n"
    )
    found = [one.hosts for one in held(text, "2026-02-25", "2026-04-08")]
    assert found == [(), ("Ada",), ("Bo",), ("Cy",), ("Ada",), ("Di", "Ed"), ("Cy",)]


def test_a_later_rota_takes_over_from_its_slot_on() -> None:
    text = WEEKLY + "    rota: [{from: 2026-03-04, hosts: [Ada, Bo]}, {from: 2026-03-11, hosts: [Cy, Di]}]\n"
    assert [one.hosts for one in held(text, "2026-03-04", "2026-03-18")] == [("Ada",), ("Cy",), ("Di",)]


def test_a_rota_that_began_long_ago_is_counted_once_and_not_for_each_session(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0
    days = rules.expand

    def counting(*arguments: Any) -> Iterator[date]:
        nonlocal counted
        for day in days(*arguments):
            counted += 1
            yield day

    monkeypatch.setattr(rules, "expand", counting)
    daily = WEEKLY.replace("Wednesday", "day") + "    rota: {from: 2010-01-01, hosts: [Ada, Bo, Cy]}\n"
    # 2026-03-01 lies 5,903 days after 2010-01-01, which is 1,967 rounds of three and two more.
    assert [one.hosts for one in held(daily, "2026-03-01", "2027-03-01")][:2] == [("Cy",), ("Ada",)]
    assert counted < 10_000


def test_its_own_date_makes_a_session_unconfirmed() -> None:
    text = "confirmed: 2024-08-31\n" + WEEKLY.replace("Wednesday", "day")
    # Eighteen months after 31 August 2024 is 28 February 2026, the last of its month.
    found = {str(one.slot): one.unconfirmed for one in held(text, "2026-02-28", "2026-03-01")}
    assert found == {"2026-02-28": False, "2026-03-01": True}


def test_a_bare_date_means_the_chat_without_id_where_two_share_the_day() -> None:
    text = WEEKLY + (
        "  - {every: Wednesday, at: 21:00, id: late}\nsessions:\n"
        "  2026-03-04: {topic: Oil}\n  2026-03-04 late: {topic: Wicks}\n  2026-03-11 late: {topic: Glass}\n"
    )
    found = {one.uid.partition("@")[0]: one.topic for one in held(text, "2026-03-04", "2026-03-12")}
    assert found == {
        "lanternchat-2026-03-04": "Oil",
        "lanternchat-late-2026-03-04": "Wicks",
        "lanternchat-2026-03-11": None,
        "lanternchat-late-2026-03-11": "Glass",
    }


def test_a_chat_is_known_by_itself_and_not_by_its_place_in_a_file() -> None:
    text = WEEKLY + "  - {every: Thursday, at: 13:00}\nsessions:\n  2026-03-04: {moved: 2026-03-06}\n"
    read = parse_chapter("schedules/lanternchat.yaml", f"hashtag: lanternchat\nname: Keepers\n{text}".encode())
    elsewhere = replace(read, chats=tuple(replace(chat, where=Span("made by a program")) for chat in read.chats))
    within = Window(date(2026, 3, 1), date(2026, 3, 7))
    for chapter in (read, elsewhere):
        found = compute_sessions(parse_calendar(CALENDAR.encode()), chapter, within)
        assert [str(one.slot) for one in found] == ["2026-03-05", "2026-03-04"]
        assert [one.origin and one.origin.override for one in found] == [None, chapter.overrides[0]]
        assert all(one.origin and one.origin.chat is chat for one, chat in zip(found, chapter.chats[::-1], strict=True))


def test_lines_above_a_chat_change_no_session() -> None:
    text = WEEKLY + "sessions:\n  2026-03-04: {moved: 2026-03-06}\n"
    assert held("# One line more\n" + text, "2026-03-01", "2026-03-31") == held(text, "2026-03-01", "2026-03-31")


def test_what_a_schedule_records_is_found_without_looking_at_all_other_slots() -> None:
    text = WEEKLY.replace("Wednesday", "day").replace("13:00", "21:00") + (
        "  - {dates: [2019-05-01, 2019-05-02], at: 13:00, id: extra}\n"
        "  - {dates: [2020-05-01], at: 13:00, id: named, topic: Oil}\n"
        "sessions:\n  2019-05-02 extra: {note: Bring oil}\n  1999-01-01: {moved: 1999-02-01}\n"
        "breaks: [{from: 2001-12-31, until: 2001-12-31}, {from: 2026-02-28, until: 2027-01-01}]\n"
    )
    read = parse_chapter("schedules/lanternchat.yaml", f"hashtag: lanternchat\nname: Keepers\n{text}".encode())
    found = compute_recorded_sessions(parse_calendar(CALENDAR.encode()), read, date(2026, 3, 1))
    slots = ["1999-01-01", "2001-12-31", "2026-02-28", "2026-03-01", "2019-05-02", "2020-05-01"]
    assert [str(one.slot) for one in found] == slots


def test_the_uid_keeps_the_oldest_name() -> None:
    text = "formerly: [lampchat, lightchat]\n" + WEEKLY
    assert held(text, "2026-03-04", "2026-03-04")[0].uid == "lampchat-2026-03-04@lights.example"


def test_a_hashtag_in_another_script_is_escaped_in_the_address_to_join_at() -> None:
    read = parse_chapter("schedules/lampe.yaml", ("hashtag: lámpara\nname: L\n" + WEEKLY).encode())
    (one,) = compute_sessions(parse_calendar(CALENDAR.encode()), read, Window(date(2026, 3, 4), date(2026, 3, 4)))
    assert one.join == "https://x.com/hashtag/l%C3%A1mpara"


def test_the_window_reaches_from_a_months_start_to_a_months_end() -> None:
    calendar = parse_calendar(CALENDAR.encode())
    assert compute_window(calendar, at("2026-03-31T23:59")) == Window(date(2025, 12, 1), date(2027, 3, 31))
    assert compute_window(calendar, NOW) == compute_window(calendar, at("2026-03-31T23:59"))


def test_months_are_added_within_the_calendar() -> None:
    assert add_months(date(2024, 8, 31), 18) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
