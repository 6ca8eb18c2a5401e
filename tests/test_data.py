"""The calendar that is shipped: its schedules are right, and its feeds are theirs."""

import pytest

from chatcal.feed.ics import read_feed
from chatcal.model import Chapter, get_utc_day
from chatcal.publish.build import build_calendar, check_sources
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.calendars import ROOT, at, feeds_of

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in [ROOT / "chatcal.yaml", *sorted(ROOT.glob("schedules/*.yaml"))]
}
PUBLISHED = {path.stem: path.read_bytes() for path in sorted(ROOT.glob("feeds/*.ics"))}
FOUNDING_LIST = "https://stwem.com/2012/02/22/healthcare-social-media-communities-on-twitter/"
CHAPTERS = [parse_chapter(file, octets) for file, octets in SOURCES.items() if file != "chatcal.yaml"]


def newest_moment() -> str:
    """Return the moment at which the shipped feeds were last changed."""
    return max(f"{one.modified:%Y-%m-%dT%H:%M}" for octets in PUBLISHED.values() for one in read_feed(octets))


def test_the_founding_list_names_fifteen_chapters() -> None:
    assert len(CHAPTERS) == 15


def test_the_shipped_schedules_have_no_error_and_no_warning() -> None:
    found = check_sources(SOURCES, PUBLISHED, at(newest_moment()))
    assert [(one.span.file, one.message) for one in found if one.severity != "notice"] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_chapter_says_when_it_was_confirmed_and_where_that_stands(chapter: Chapter) -> None:
    assert chapter.confirmed is not None
    assert str(chapter.confirmed.day) == "2012-02-22"
    assert FOUNDING_LIST in chapter.sources


def test_seven_chapters_convene_without_an_end() -> None:
    open_ended = {chapter.slug for chapter in CHAPTERS if any(not (one.until or one.dates) for one in chapter.chats)}
    assert open_ended == {"hcsm", "hcsmanz", "hcsmca", "hcsmeu", "hcsmeufr", "hcsmla", "hcsmse"}


def test_nothing_is_published_under_a_placeholder_address() -> None:
    calendar = parse_calendar(SOURCES["chatcal.yaml"])
    assert (calendar.home, calendar.repository, calendar.contact) == (None, None, None)


def test_the_shipped_feeds_are_what_the_shipped_schedules_make() -> None:
    assert feeds_of(build_calendar(SOURCES, PUBLISHED, at(newest_moment()))) == PUBLISHED


def test_every_shipped_feed_reaches_a_year_ahead() -> None:
    reach = {
        name: max(get_utc_day(one.start) for one in read_feed(octets))
        for name, octets in PUBLISHED.items()
        if read_feed(octets)
    }
    newest = at(newest_moment()).date()
    assert min(reach.values()).toordinal() - newest.toordinal() > 330
