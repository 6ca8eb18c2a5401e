"""Chats of the health community on Twitter: their sourced rules give the days that a calendar on the wall gives.

`tests/cases/chapters/health.test` holds what sources say, and below `[days]` the slots of chosen weeks with their
instants, worked out by hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from chatcal.english import DAYS, convert_to_zone
from chatcal.model import Chapter, Session, Window
from chatcal.problems import ScheduleError, Severity
from chatcal.publish import build
from chatcal.recurrence.sessions import compute_sessions
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.support.calendars import at
from tests.support.chapters import read_chapters, read_sources

SOURCES = read_sources("health")
CALENDAR = parse_calendar(SOURCES["chatcal.yaml"])
CHAPTERS = read_chapters("health")


@dataclass(frozen=True)
class Worked:
    """A slot worked out by hand: its start, and its end where it is of interest, in UTC or as dates; its mark."""

    weekday: str
    slot: date
    start: str
    end: str
    mark: str


def worked(slug: str) -> Iterator[tuple[date, date, list[Worked]]]:
    """Yield stretches of days, both inclusive, with their slots; prose between them is passed over."""
    text = CHAPTERS[slug]["days"].decode()
    for stretch in re.split(r"^(?=[0-9]{4}-[0-9]{2}-[0-9]{2} to )", text, flags=re.MULTILINE)[1:]:
        head, *lines = stretch.splitlines()
        first, last = map(date.fromisoformat, head.split(" to "))
        yield first, last, [_worked(line) for line in lines if line.startswith("  ")]


def _worked(line: str) -> Worked:
    weekday, slot, instants, *mark = line.split()
    start, _, end = instants.partition("/")
    return Worked(weekday, date.fromisoformat(slot), start, end, "".join(mark))


def chapter(slug: str) -> Chapter:
    return parse_chapter(f"schedules/{slug}.yaml", CHAPTERS[slug]["case"])


def found(slug: str, first: date, last: date) -> list[Session]:
    """Return the sessions whose slots lie between two days, wherever they were moved to."""
    near = Window(first - timedelta(days=60), last + timedelta(days=60))
    return [one for one in compute_sessions(CALENDAR, chapter(slug), near) if first <= one.slot <= last]


def written(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else str(moment)


def mark(session: Session) -> str:
    return "cancelled" if session.cancelled is not None else "moved" if session.moved_from else ""


@pytest.mark.parametrize("slug", CHAPTERS)
def test_a_chat_meets_on_the_days_that_were_worked_out_by_hand(slug: str) -> None:
    stretches = list(worked(slug))
    assert stretches
    for first, last, slots in stretches:
        expected = [(one.slot, one.start, one.mark) for one in slots]
        assert [(one.slot, written(one.start), mark(one)) for one in found(slug, first, last)] == expected
        ends = {one.start: one.end for one in slots if one.end}
        assert {start: end for start, end in _ends(slug, first, last).items() if start in ends} == ends


def _ends(slug: str, first: date, last: date) -> dict[str, str]:
    return {written(one.start): written(one.end) for one in found(slug, first, last)}


@pytest.mark.parametrize("slug", CHAPTERS)
def test_the_days_worked_out_by_hand_are_days_of_the_calendar(slug: str) -> None:
    slots = [(first, last, one) for first, last, slots in worked(slug) for one in slots]
    assert [one.weekday for _, _, one in slots] == [DAYS[one.slot.weekday()][:3] for _, _, one in slots]
    assert all(first <= one.slot <= last for first, last, one in slots)
    assert CHAPTERS[slug]["days"].count(b"Z") >= sum("T" in one.start for *_, one in slots)


def test_none_has_an_error() -> None:
    problems = build.check_sources(SOURCES, {}, at("2014-01-01T00:00"))
    assert [one.message for one in problems if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("slug", CHAPTERS)
def test_every_chat_names_its_source(slug: str) -> None:
    assert chapter(slug).sources


def test_one_announcement_in_six_zones_is_one_instant() -> None:
    # "7pm AEDT, 4pm AWST, 5:30pm ACST, 6pm AEST, 6:30pm ACDT, 9pm NZDT", printed for 28 January 2016.
    (session,) = found("pallanz", date(2016, 1, 1), date(2016, 1, 31))
    assert isinstance(session.start, datetime)
    cities = ("Australia/Sydney", "Australia/Perth", "Australia/Darwin", "Australia/Brisbane", "Australia/Adelaide")
    shown = [f"{convert_to_zone(session.start, zone):%H:%M}" for zone in (*cities, "Pacific/Auckland")]
    assert shown == ["19:00", "16:00", "17:30", "18:00", "18:30", "21:00"]


REFUSED = [
    # What the sources print, typed as it stands, and what chatcal says to write.
    ("lcsm", "every: every other Thursday", "from: 2013-07", "`counting:`"),
    ("physiotalk", "every: fortnightly", "", "`other Tuesday`, with a `counting:`"),
    ("twitjc", "every: fortnight on Sunday", "", "`other Sunday`, with a `counting:`"),
    ("gyncsm", "every: 2nd Wednesday", "", "`2nd Wednesday of the month`, or `other Wednesday`"),
    ("cmiochat", "every: 4th Thursday", "", "`4th Thursday of the month`"),
    ("scepticalmedic", "every: first Thursday", "", "`first Thursday of the month`"),
    ("aaajc", "every: bi-monthly", "", "`second Tuesday of every other month`"),
    ("btsm", "every: quarterly", "", "`second Tuesday of every 3 months`"),
    ("urojc", "every: monthly", "", "`second Tuesday of the month`"),
    ("hcbiz", "every: weekly", "", "`Tuesday`"),
    ("ebnjc", "every: 1st and 3rd Wed of month", "", "`1st and 3rd Wednesday of the month`"),
    ("hitsm", "every: Fridays", "", "`Friday`"),
    ("bluejc", "every: last Wednesday of every month except December", "", "`except: December`"),
    ("mededfr", "every: twice a month", "", "`first and third Tuesday of the month`"),
    ("hcsmsa", "every: Tuesday", "at: 20:30-21:30", "`at: 20:30`"),
    ("btsm", "every: Sunday", "at: 9 CT", "`timezone:`"),
    ("mdchat", "every: Tuesday", "timezone: Eastern", "`America/New_York`"),
    ("gbdoc", "every: Wednesday", "timezone: UK time", "`Europe/London`"),
    ("hpm", "every: Wednesday", "at: 9 pm", "`21:00`"),
    ("bcsm", "every: Monday", "at: 9pm", "`21:00`"),
    ("hpmglobal", "every: Monday", "at: 13.00", "`13:00`"),
    ("hcldr", "every: Tuesday", "at: 20:30 ET", "`timezone:`"),
    ("dcde", "every: Tuesday", "timezone: EST", "`America/New_York`"),
    ("jrnchat", "every: Thursday", "timezone: GMT", "`Europe/London`"),
    ("wenurses", "every: Thursday", "timezone: GMT Standard Time", "`Europe/London`"),
    ("pallanz", "every: Thursday", "timezone: AEDT", "`Australia/Sydney`"),
    ("healthxph", "every: Saturday", "timezone: UTC+8", "summer time"),
    ("hcsmsa", "every: Tuesday", "timezone: SAST", "`Africa/Johannesburg`"),
    ("nephjc", "every: Tuesday", "timezone: IST", "`Asia/Kolkata`"),
    ("urojc", "every: first Sunday of the month", "lasts: 48 hours", "`48h`"),
    ("medlibs", "dates: [8/19/2014]", "", "`2014-08-19`"),
]


@pytest.mark.parametrize(("slug", "rule", "more", "hint"), REFUSED)
def test_what_the_language_refuses_gets_what_to_write(slug: str, rule: str, more: str, hint: str) -> None:
    keys = {"at": "20:00", "timezone": "Etc/UTC"} | dict([more.split(": ")] if more else [])
    lines = [rule, *(f"{key}: {value}" for key, value in keys.items())]
    text = f"hashtag: {slug}\nname: {slug}\nchats:\n  - " + "\n    ".join(lines) + "\n"
    with pytest.raises(ScheduleError) as refused:
        parse_chapter(f"schedules/{slug}.yaml", text.encode())
    assert any(hint in problem.hint for problem in refused.value.problems), refused.value.problems
