"""Passwords of meetings that would become public."""

from dataclasses import replace

import pytest

from chatcal.checks import passwords
from chatcal.project import Project
from chatcal.recurrence.sessions import compute_sessions, compute_window
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.support.calendars import CALENDAR, LANTERN, NOW


def found(chapter: str = LANTERN, calendar: str = CALENDAR) -> list[tuple[str, int, str]]:
    """Return the file, the line and the first words of each warning."""
    read = parse_chapter("schedules/lanternchat.yaml", chapter.encode())
    project = Project(calendar=parse_calendar(calendar.encode()), chapters={"lanternchat": read}, now=NOW)
    problems = [*passwords.check_calendar_passwords(project), *passwords.check_passwords(project, read)]
    return [(one.span.file.rpartition("/")[2], one.span.line, one.message.partition(" contain")[0]) for one in problems]


@pytest.mark.parametrize(
    "address",
    [
        "https://zoom.example/j/123?pwd=abc",
        "https://zoom.example/j/123?a=b&PWD=abc",
        "https://zoom.example/w/123?tk=abc&uuid=1",
        "https://meet.example/lamp?password=abc",
        "https://meet.example/lamp#passcode=abc",
        "https://meet.example/passcode/123",
        "https://meet.example/lamp?meetingPassword=abc",
        "https://meet.example/lamp;pw=abc",
        "https://ada:secret@meet.example/lamp",
        "https://teams.microsoft.com/meet/123?p=abc",
    ],
)
def test_an_address_with_a_password_is_told_wherever_it_stands(address: str) -> None:
    chapter = "lanternchat.yaml"
    assert found(f"join: '{address}'\n{LANTERN}") == [(chapter, 1, "`join`")]
    assert found(f"{LANTERN}    links: {{Join: '{address}'}}\n    note: 'Join at {address}.'\n") == [
        (chapter, 5, "`note` and `links`")
    ]
    assert found(f"{LANTERN}sessions:\n  2026-03-04: {{join: '{address}'}}\n") == [(chapter, 8, "`join`")]
    assert found(LANTERN, CALENDAR.replace("https://x.com/hashtag/{hashtag}", address)) == [
        ("chatcal.yaml", 1, "`join`")
    ]


@pytest.mark.parametrize(
    "text", ["Passcode: 1234", "Meeting 12 34, PWD=lamp", "The password is lamp7", "Kennwort: lamp", "Senha 1234"]
)
def test_a_password_in_words_is_told(text: str) -> None:
    assert found(f"note: '{text}'\n{LANTERN}") == [("lanternchat.yaml", 1, "`note`")]


@pytest.mark.parametrize(
    "text",
    [
        "https://zoom.example/j/123",
        "https://meet.example/lamp?pwd=",
        "https://meet.example/lamp?p=2",
        "https://lantern.example/?topic=passwords",
        "https://lantern.example/pin/12",
        "https://lantern.example/?pass_it_on=1",
        "We talk about the password and the passcode.",
        "The password is told at the door.",
        "Ask Ada for the password.",
        "https://[broken",
    ],
)
def test_what_gives_nothing_away_is_passed_over(text: str) -> None:
    assert found(f"note: '{text}'\n{LANTERN}") == []


def test_a_followed_calendar_is_told_once() -> None:
    calendar = parse_calendar(CALENDAR.encode())
    lantern = parse_chapter("schedules/lanternchat.yaml", LANTERN.encode())
    sessions = compute_sessions(calendar, lantern, compute_window(calendar, NOW))
    followed = "hashtag: fogchat\nname: Fog\nupstream: https://fog.example/fog.ics\n"
    chapter = replace(
        parse_chapter("schedules/fogchat.yaml", followed.encode()),
        upstream_sessions=tuple(replace(one, join="https://zoom.example/j/1?pwd=a") for one in sessions),
    )
    project = Project(calendar=calendar, chapters={"fogchat": chapter}, now=NOW)
    (problem,) = passwords.check_passwords(project, chapter)
    assert (problem.span.line, problem.code) == (3, "password")
