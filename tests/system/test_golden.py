"""Whole inputs and whole outputs, by bytes: what the founding list makes of the calendar at its own time."""

from pathlib import Path

import pytest

from chatcal.feed.ics import read_feed
from chatcal.model import Revision
from chatcal.publish.build import build_calendar
from tests.support.calendars import at, feeds_of, value
from tests.support.chapters import read_sources

GOLDEN = Path(__file__).parents[1] / "cases" / "golden" / "2012-03-01.ics"
"""All feeds in the order of their names, in one stream as RFC 5545, section 3.4, allows."""
FEEDS = feeds_of(build_calendar(read_sources("founding"), {}, at("2012-03-01T00:00")))

CONVENING = {
    "hcsm": ("Sunday", "20:00 Chicago"),
    "hcsmanz": ("Sunday", "20:00 Sydney"),
    "hcsmca": ("Wednesday", "13:00 Toronto"),
    "hcsmeu": ("Friday", "12:00 London"),
    "hcsmeufr": ("Wednesday", "après-midi (Paris)"),
    "hcsmla": ("Tuesday", "noche"),
    "hcsmse": ("Friday", "eftermiddag i Stockholm"),
}
"""What the founding list of 22 February 2012 says convenes, with the clock times that other sources add."""

SILENT = ("hcsmasia", "hcsmat", "hcsmeues", "hcsmglobal", "hcsmin", "hcsmsv", "hcsmua", "hcsmuk")


def read_golden_feeds() -> dict[str, bytes]:
    end = b"END:VCALENDAR\r\n"
    return {name: feed + end for name, feed in zip(sorted(FEEDS), GOLDEN.read_bytes().split(end)[:-1], strict=True)}


def test_the_feeds_of_march_2012_are_the_golden_ones() -> None:
    # Where a change is meant, `python -m tests.system.test_golden` writes them anew; read them before you commit.
    assert read_golden_feeds() == FEEDS


def test_a_build_on_the_golden_feeds_changes_no_byte() -> None:
    golden = read_golden_feeds()
    assert feeds_of(build_calendar(read_sources("founding"), golden, at("2012-03-01T00:00"))) == golden


@pytest.mark.parametrize("slug", CONVENING)
def test_a_chapter_that_convened_in_2012_has_confirmed_sessions_on_its_day(slug: str) -> None:
    weekday, shown = CONVENING[slug]
    found = read_feed(FEEDS[slug])
    assert len(found) >= 12
    for one in found:
        summary, description = value(one, "SUMMARY") or "", value(one, "DESCRIPTION") or ""
        assert "unconfirmed" not in summary
        assert shown in (summary + description).replace("\\", "")
        assert f"{slot_of(one):%A}" == weekday
        assert value(one, "STATUS") == ("CONFIRMED" if ":" in shown else "TENTATIVE")


def slot_of(one: Revision) -> object:
    """Return the day that the UID of an event names."""
    return at(one.uid.partition("@")[0][-10:])


@pytest.mark.parametrize("slug", SILENT)
def test_a_chat_hashtag_had_no_session(slug: str) -> None:
    assert read_feed(FEEDS[slug]) == ()


@pytest.mark.parametrize(
    ("slug", "slot", "instant"),
    [
        # Worked out by hand: the clocks of the United States changed on 11 March 2012, Europe's on the 25th,
        # Australia's on 1 April.
        ("hcsm", "2012-03-04", "2012-03-05T02:00"),
        ("hcsm", "2012-03-11", "2012-03-12T01:00"),
        ("hcsmanz", "2012-03-25", "2012-03-25T09:00"),
        ("hcsmanz", "2012-04-01", "2012-04-01T10:00"),
        ("hcsmca", "2012-03-07", "2012-03-07T18:00"),
        ("hcsmca", "2012-03-14", "2012-03-14T17:00"),
        ("hcsmeu", "2012-03-23", "2012-03-23T12:00"),
        ("hcsmeu", "2012-03-30", "2012-03-30T11:00"),
    ],
)
def test_sessions_of_2012_stand_at_the_right_instant(slug: str, slot: str, instant: str) -> None:
    (one,) = [one for one in read_feed(FEEDS[slug]) if slot in one.uid]
    assert one.start == at(instant)


def test_the_french_chapter_met_on_first_wednesdays() -> None:
    days = [f"{one.start:%Y-%m-%d}" for one in read_feed(FEEDS["hcsmeufr"])]
    assert days[:4] == ["2012-03-07", "2012-04-04", "2012-05-02", "2012-06-06"]


if __name__ == "__main__":
    GOLDEN.write_bytes(b"".join(FEEDS[name] for name in sorted(FEEDS)))
