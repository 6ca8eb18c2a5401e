"""Slips of the year."""

from dataclasses import replace
from datetime import date

import pytest

from chatcal.checks import run_checks
from chatcal.checks.years import list_entry_keys
from chatcal.problems import Problem
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, at, sources

NOW = at("2026-11-28T19:00")
FILE = "schedules/lanternchat.yaml"
Known = dict[str, frozenset[tuple[date, str | None]]]


def of(code: str, sessions: str, known: Known | None = None, chats: str = LANTERN) -> list[Problem]:
    """Return the problems of one code in a calendar whose chapter has such sessions."""
    text = chats + "sessions:\n" + "".join(f"  {line}\n" for line in sessions.split("; "))
    project, found = build.read_project(sources(CALENDAR, lanternchat=text), {}, NOW)
    assert project is not None
    assert found == []
    return [one for one in run_checks(replace(project, entries_before=known)) if one.code == code]


@pytest.mark.parametrize(
    ("sessions", "hint"),
    [
        ("2027-01-06: {moved: 2026-01-07}", "Did you mean 2027: `2027-01-06: {moved: 2027-01-07}`?"),
        ("2027-01-06: {moved: 2026-01-07 20:00}", "Did you mean 2027: `2027-01-06: {moved: 2027-01-07 20:00}`?"),
        ("2026-12-30: {moved: 2026-01-06}", "Did you mean 2027: `2026-12-30: {moved: 2027-01-06}`?"),
        ("2027-01-06: {moved: 2027-12-30}", "Did you mean 2026: `2027-01-06: {moved: 2026-12-30}`?"),
        ("2026-12-30: {moved: 2027-12-29}", "Did you mean 2026: `2026-12-30: {moved: 2026-12-29}`?"),
        ("2026-01-07: {moved: 2027-01-08}", "Days near it on which a chat is due: `2027-01-06` (Wed)"),
        ("2026-12-02: {moved: 2026-11-25}", "Compare the two days."),
        ("2026-12-02: {moved: 2027-03-03}", "Compare the two days."),
        ("2028-03-01: {moved: 2027-02-28}", "Did you mean 2028: `2028-03-01: {moved: 2028-02-28}`?"),
    ],
)
def test_a_move_by_more_than_sixty_days_or_into_the_past_gets_the_year_that_was_meant(sessions: str, hint: str) -> None:
    (problem,) = of("far-move", sessions)
    assert hint in problem.hint


@pytest.mark.parametrize(
    "sessions",
    [
        "2026-12-30: {moved: 2027-01-06}",
        "2026-12-30: {moved: 2027-02-28}",
        "2026-12-02: {moved: 2026-11-27}",  # somewhere it may still be that day
        "2026-11-25: {moved: 2026-11-24}",
        "2025-01-08: {moved: 2025-06-04}",
        "2026-12-30: {topic: Fog}",
    ],
)
def test_a_move_that_may_well_be_meant_is_none(sessions: str) -> None:
    assert of("far-move", sessions) == []


@pytest.mark.parametrize(
    ("sessions", "hint"),
    [
        ("2025-12-24: cancelled", "Did you mean 2026? A chat is due on `2026-12-23` (Wed) and `2026-12-30` (Wed)."),
        ("2026-01-07: {topic: Fog}", "Did you mean 2027? A chat is due on `2027-01-06` (Wed)"),
        ("2026-06-03: cancelled; 2026-12-30: cancelled; 2025-12-24: cancelled", "Did you mean 2026?"),
        ("2025-12-24: {moved: 2025-12-25}", "Did you mean 2026?"),
    ],
)
def test_where_git_knows_nothing_an_entry_of_long_ago_that_stands_alone_or_out_of_order_is_a_slip(
    sessions: str, hint: str
) -> None:
    (problem,) = of("old-entry", sessions, known={})
    assert hint in problem.hint


@pytest.mark.parametrize(
    "sessions",
    [
        "2026-06-03: cancelled; 2026-09-02: cancelled; 2026-12-30: cancelled",
        "2025-12-24: {transcript: https://lantern.example/2025}",
        "2024-12-25: cancelled",
        "2026-11-04: cancelled",
        "2026-12-30: cancelled",
    ],
)
def test_a_record_of_the_past_is_no_slip(sessions: str) -> None:
    assert of("old-entry", sessions, known={}) == []


def test_where_git_knows_the_file_an_entry_of_long_ago_is_a_slip_only_if_it_is_new() -> None:
    sessions = "2024-12-25: cancelled; 2025-12-24: cancelled"
    known = {FILE: frozenset[tuple[date, str | None]]({(date(2024, 12, 25), None)})}
    assert [one.span.line for one in of("old-entry", sessions, known)] == [9]
    assert len(of("old-entry", sessions, {FILE: frozenset()})) == 2


def test_the_day_itself_is_named_if_a_chat_is_due_on_it() -> None:
    (problem,) = of("old-entry", "2025-12-24: cancelled", {}, LANTERN.replace("Wednesday", "day"))
    assert "Did you mean 2026: `2026-12-24`?" in problem.hint


def test_a_chapter_without_sessions_ahead_has_records_and_no_slips() -> None:
    assert of("old-entry", "2025-12-24: cancelled", {}, f"{LANTERN}    until: 2026-10\n") == []


def test_an_entry_of_a_far_future_gets_the_year_that_was_meant() -> None:
    (problem,) = of("old-entry", "2062-12-06: cancelled; 2034-12-06: cancelled")
    assert problem.message == "This is written of Wed 6 Dec 2062, in 36 years."
    assert problem.hint.startswith("Did you mean 2026? A chat is due on `2026-12-02` (Wed) and `2026-12-09` (Wed).")


def test_a_build_asks_nobody_what_is_new() -> None:
    assert of("old-entry", "2025-12-24: cancelled") == []


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("{from: 2025-12-20, until: 2026-01-06}", "Did you mean 2026: `{from: 2026-12-20, until: 2027-01-06}`?"),
        ("{from: 2026-07-01, until: 2026-08-01}", "Did you mean 2027: `{from: 2027-07-01, until: 2027-08-01}`?"),
        ("{from: 2026-07, until: 2026-08}", "Did you mean 2027? If it belongs to 2026, leave it."),
        ("{from: 2026-10-20, until: 2026-11-06}", ""),
        ("{from: 2027-01-01, until: 2027-01-06}", ""),
    ],
)
def test_a_new_break_of_long_ago_gets_the_year_that_was_meant(written: str, hint: str) -> None:
    sessions = f"2026-12-02: {{topic: Oil}}\nbreaks:\n  - {written}"
    assert of("old-entry", sessions, known={}) == of("old-entry", sessions) == []
    found = of("old-entry", sessions, {FILE: frozenset()})
    assert [hint in one.hint for one in found] == [True] * bool(hint)


@pytest.mark.parametrize(
    ("chats", "hint"),
    [
        ("{dates: [2026-12-03, 2026-01-15, 2026-01-22], at: 18:00}", "Did you mean 2027: `2027-01-15`? If it belongs"),
        (
            "{every: Friday, except: [2025-12-19, 2025-12-26], at: 18:00}",
            "Did you mean 2026? A chat is due on `2026-12",
        ),
        (
            "{every: Friday, except: [2026-01-09, August], at: 18:00}",
            "Did you mean 2027? A chat is due on `2027-01-08`",
        ),
        ("{every: Friday, except: 2026-12-25, at: 18:00}", ""),
        ("{dates: [2026-12-03, 2026-11-05], at: 18:00}", ""),
    ],
)
def test_a_new_day_of_long_ago_under_dates_or_except_gets_the_year_that_was_meant(chats: str, hint: str) -> None:
    chapter = f"{LANTERN}  - {chats}\n"
    sessions = "2026-12-02: {topic: Oil}"
    assert of("old-entry", sessions, {}, chapter) == of("old-entry", sessions, None, chapter) == []
    found = of("old-entry", sessions, {FILE: frozenset()}, chapter)
    assert [hint in one.hint for one in found] == [True] * bool(hint)
    read, _ = build.read_project(sources(lanternchat=chapter), {}, NOW)
    assert read is not None
    assert of("old-entry", sessions, {FILE: frozenset(list_entry_keys(read.chapters["lanternchat"]))}, chapter) == []


def test_a_new_break_of_several_chapters_that_is_long_over_gets_the_year_that_was_meant() -> None:
    written = f"{CALENDAR}breaks:\n  - {{from: 2025-12-20, until: 2026-01-06}}\n"
    project, _ = build.read_project(sources(written, lanternchat=LANTERN), {}, NOW)
    assert project is not None
    key = (date(2025, 12, 20), "until 2026-01-06")
    for known, told in (({}, 0), ({"chatcal.yaml": frozenset({key})}, 0), ({"chatcal.yaml": frozenset()}, 1)):
        found = [one for one in run_checks(replace(project, entries_before=known)) if one.code == "old-entry"]
        assert ["Did you mean 2026: `{from: 2026-12-20, until: 2027-01-06}`?" in one.hint for one in found] == [
            True
        ] * told


def test_a_break_that_was_there_before_is_a_record() -> None:
    known = {FILE: frozenset[tuple[date, str | None]]({(date(2025, 12, 20), "until 2026-01-06")})}
    sessions = "2026-12-02: {topic: Oil}\nbreaks:\n  - {from: 2025-12-20, until: 2026-01-06}"
    assert of("old-entry", sessions, known) == []
    assert of("old-entry", sessions, {FILE: frozenset()}, f"{LANTERN}    until: 2026-12-02\n") != []
    over = LANTERN.replace("every: Wednesday", "dates: [2026-11-04, 2025-12-24]")
    gone = sessions.replace("2026-12-02", "2026-11-04")
    assert of("old-entry", gone, {FILE: frozenset()}, over) == []
