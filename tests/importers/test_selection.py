"""A chapter may follow its part of a large calendar that others share."""

from datetime import date
from typing import Any

import pytest

from chatcal.importers.expand import compute_occurrences, expand_in_subprocess
from chatcal.importers.series import ForeignCalendarError
from chatcal.importers.upstream import LIMITS
from chatcal.model import Window
from chatcal.problems import ScheduleError, Span
from chatcal.schedule.format import parse_chapter
from tests.support.hostile import calendar, event

WITHIN = Window(date(2026, 1, 1), date(2027, 3, 31))
SERIES = event("talk", "20260304T190000Z", "Fog talk", "RRULE:FREQ=WEEKLY;COUNT=3\nCATEGORIES:Fog,Sea\\, and sky\n")
RENAMED = event("talk", "20260311T190000Z", "#lanternchat: with us", "RECURRENCE-ID:20260311T190000Z\n")
LANTERN = event("a", "20260305T190000Z", "#LanternChat: oil")
OTHER = event("b", "20260306T190000Z", "#lanternchats and &amp; more", "CATEGORIES:Lamps\nCATEGORIES:sea, and sky\n")


def titles(*events: str, **wanted: Any) -> list[str]:
    return [
        one.summary for one in compute_occurrences(calendar(*events), WITHIN, "Europe/London", **wanted).occurrences
    ]


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ({"only": "fog  TALK"}, ["Fog talk", "#lanternchat: with us", "Fog talk"]),
        ({"only": "#lanternchat"}, ["#LanternChat: oil", "#lanternchat: with us"]),
        ({"only": "& more"}, ["#lanternchats and & more"]),
        ({"category": "sea, and sky"}, ["Fog talk", "#lanternchat: with us", "Fog talk"]),
        ({"category": "LAMPS"}, ["#lanternchats and & more"]),
        ({"category": "sea", "only": "lanternchats"}, ["#lanternchats and & more"]),
    ],
)
def test_only_what_is_wanted_is_taken_and_all_of_a_series_with_it(wanted: dict[str, str], taken: list[str]) -> None:
    assert titles(SERIES, RENAMED, LANTERN, OTHER, **wanted) == taken


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"only": "Fox"}, "none of its events has “Fox” in its title"),
        ({"category": "Fo"}, "none of its events has the category “Fo”"),
        ({"only": "fog", "category": "Lamps"}, "none of its events has “fog” in its title and the category “Lamps”"),
    ],
)
def test_a_calendar_that_has_nothing_of_what_is_wanted_is_told(wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(ForeignCalendarError, match=f"^{why}$"):
        expand_in_subprocess(calendar(SERIES, RENAMED, LANTERN, OTHER), WITHIN, "Europe/London", **wanted)


def test_a_calendar_without_events_has_nothing_wrong() -> None:
    assert titles(only="Fog") == []


def test_single_events_that_are_over_are_not_read() -> None:
    days = ("20251229T190000Z", "20251230T190000Z", "20260101T190000Z")
    events = [event(day, day, day[:8], "DTEND:soon\n" if day != days[-1] else "") for day in days]
    found = compute_occurrences(calendar(*events), WITHIN, "UTC")
    assert [one.summary for one in found.occurrences] == ["20260101"]
    assert len(found.remarks) == 1
    assert "20251230" in found.remarks[0]


@pytest.mark.slow
def test_a_part_of_the_largest_calendar_is_read_within_the_limits() -> None:
    text = "DESCRIPTION:" + "Some words of a description. " * 9 + "\n"
    many = [
        event(
            f"u{n}@google.com",
            f"{2005 + n // 60 % 22}0{1 + n % 9}12T190000Z",
            "Fog" if n % 60 == 0 else f"Meeting {n}",
            text,
        )
        for n in range(25_000)
    ]
    octets = calendar(*many)
    assert LIMITS.size * 0.9 < len(octets) <= LIMITS.size
    found = expand_in_subprocess(octets, WITHIN, "UTC", 60, only="Fog")
    assert 10 < len(found.occurrences) < 100


UPSTREAM = "hashtag: fogchat\nname: Fog\nupstream: {}\n"


def read(upstream: str) -> Any:
    return parse_chapter("schedules/fogchat.yaml", UPSTREAM.format(upstream).encode()).upstream


def test_the_part_is_written_beside_the_address() -> None:
    whole = read("https://fog.example/all.ics")
    part = read('{address: "https://fog.example/all.ics", only: "#fogchat", category: Sea}')
    assert (whole.only, whole.category, part.only, part.category) == (None, None, "#fogchat", "Sea")
    assert part.address == whole.address == whole.description
    assert part.description == "https://fog.example/all.ics, only “#fogchat”, only the category “Sea”"
    assert isinstance(part.where, Span)
    assert part.where.line == 3


@pytest.mark.parametrize(
    ("upstream", "code"),
    [
        ("{only: Fog}", "missing-key"),
        ("{address: webcal://fog.example/all.ics}", "address"),
        ("{address: https://fog.example/all.ics, title: Fog}", "unknown-key"),
        ("[https://fog.example/all.ics]", "shape"),
    ],
)
def test_what_is_wrong_with_a_part_is_told(upstream: str, code: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read(upstream)
    assert [one.code for one in caught.value.problems] == [code]
