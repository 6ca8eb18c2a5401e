"""Revisions to octets and back."""

from datetime import date

import hypothesis.strategies as st
import icalendar
import pytest
from hypothesis import example, given
from icalendar.parser import Contentline

from chatcal.feed.ics import FeedHeading, LazyRevisions, read_feed, write_event, write_feed
from chatcal.model import Event
from chatcal.problems import FeedError
from tests.support.calendars import CALENDAR, LANTERN, at, built, sources

HEADING = FeedHeading(name="#lanternchat", description="Keepers, and friends", url=None, source=None)


def event(summary: str = "Oil", description: str = "Wicks") -> Event:
    """Return an event with these words."""
    return Event(
        uid="lanternchat-2026-03-04@lights.example",
        start=at("2026-03-04T18:00"),
        end=at("2026-03-04T19:00"),
        summary=summary,
        description=description,
        location="https://x.com/hashtag/lanternchat",
        url="https://lights.example/lanternchat/",
        category="lanternchat",
        status="CONFIRMED",
    )


def test_a_feed_begins_with_all_that_it_says_of_itself() -> None:
    heading = FeedHeading(name="A, b", description="C", url="https://h.example/a/", source="https://h.example/a.ics")
    assert write_feed(heading, []).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//chatcal//chatcal//EN",
        "CALSCALE:GREGORIAN",
        "NAME:A\\, b",
        "X-WR-CALNAME:A\\, b",
        "DESCRIPTION:C",
        "X-WR-CALDESC:C",
        "URL:https://h.example/a/",
        "SOURCE;VALUE=URI:https://h.example/a.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "END:VCALENDAR",
        "",
    ]


def test_the_sequence_is_the_moment_in_minutes_since_2020() -> None:
    octets = write_event(event(), at("2020-01-02T00:01")).content
    assert b"DTSTAMP:20200102T000100Z\r\nLAST-MODIFIED:20200102T000100Z\r\nSEQUENCE:1441\r\n" in octets


@example("é" * 100)
@example("a" + "é" * 100)
@given(st.text(st.sampled_from("ab \\\\,;^é\U0001f56f\n"), max_size=300))
def test_lines_are_folded_as_icalendar_folds_them(description: str) -> None:
    octets = write_event(event(description=description), at("2026-03-01T00:00")).content
    line = f"DESCRIPTION:{icalendar.vText(description).to_ical().decode()}"  # no \N is drawn, which it spoils
    folded = Contentline(line).to_ical()  # type: ignore[no-untyped-call] # icalendar has left it untyped
    assert b"\r\n%b\r\nLOCATION:" % folded in octets


def test_a_backslash_before_an_n_is_no_line_break() -> None:
    octets = write_event(event("C:\\New\\notes"), at("2026-03-01T00:00")).content
    assert b"\r\nSUMMARY:C:\\\\New\\\\notes\r\n" in octets


def test_the_events_of_a_feed_are_read_one_by_one_as_they_are_read_together() -> None:
    content = built(sources(lanternchat=LANTERN), at("2026-03-02T03:43"))["lanternchat"]
    whole, lazy = read_feed(content), LazyRevisions(content)
    assert (len(lazy), list(lazy)) == (len(whole), list(whole))
    assert whole[-1] in lazy


def test_what_is_written_is_read_back() -> None:
    one = write_event(event(), at("2026-03-01T10:00"))
    whole = Event(uid="b@x", start=date(2026, 3, 5), end=date(2026, 3, 6), summary="S", description="D", location=None,
                  url=None, category="c", status=None)  # fmt: skip
    other = write_event(whole, at("2026-03-01T10:00"))
    assert read_feed(write_feed(HEADING, [one, other])) == (one, other)


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(["\n", ",", ";", "\\", '"', ":", "🏮", "ב"]),
    max_size=200,
)


@given(summary=TEXT, description=TEXT)
def test_no_text_leaves_its_property(summary: str, description: str) -> None:
    octets = write_feed(HEADING, [write_event(event(summary, description), at("2026-03-01T10:00"))])
    rows = octets.split(b"\r\n")
    assert all(len(row) <= 75 for row in rows)
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    for row in rows:
        row.decode()  # no fold cuts a character in two
    (parsed,) = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    assert len(parsed) == 14
    assert (str(parsed["SUMMARY"]), str(parsed["DESCRIPTION"])) == (summary, description)
    assert len(read_feed(octets)) == 1


WHOLE = built(sources(CALENDAR, lanternchat=LANTERN))["lanternchat"]


BROKEN = {
    "nothing": (b"", "does not begin like a calendar"),
    "a page": (b"<!doctype html><html></html>", "does not begin like a calendar"),
    "line ends of another system": (WHOLE.replace(b"\r\n", b"\n"), "in LF alone, as git's `core.autocrlf` leaves"),
    "another program's": (WHOLE.replace(b"chatcal//chatcal", b"A//B"), "another program has written it"),
    "cut short": (WHOLE[:-40], "cut short"),
    "twice over": (WHOLE + WHOLE, "cut short"),
    "a to-do": (WHOLE.replace(b"BEGIN:VEVENT", b"BEGIN:VTODO", 1), "holds what chatcal does not write"),
    "no end": (WHOLE.replace(b"DTEND:", b"DUE:", 1), "an event of it cannot be read"),
    "no date": (WHOLE.replace(b"DTEND:2026", b"DTEND:SOON", 1), "an event of it cannot be read"),
    "marks of a merge conflict": (
        WHOLE.replace(b"END:VEVENT\r\n", b"END:VEVENT\r\n<<<<<<< HEAD\r\n", 1),
        "a line of it is none that a calendar has",
    ),
    "a control character": (WHOLE.replace(b"#lantern", b"#\x00lantern"), "a line of it is none that a calendar has"),
    "no UTF-8": (WHOLE.replace(b"#lanternchat chat", b"\xff", 1), "an event of it cannot be read"),
}


@pytest.mark.parametrize(("broken", "because"), BROKEN.values(), ids=BROKEN)
def test_a_feed_that_is_not_whole_or_not_ours_is_refused(broken: bytes, because: str) -> None:
    assert read_feed(WHOLE)
    with pytest.raises(FeedError, match=because):
        read_feed(broken)


def test_a_control_character_that_got_so_far_stops_the_build() -> None:
    with pytest.raises(AssertionError, match="control character"):
        write_feed(FeedHeading(name="a\x07", description="", url=None, source=None), [])
