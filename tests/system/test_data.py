"""The calendar that is shipped: whatever its maintainers write, it can be published, and what is over stands.

No test here knows a chapter, its days or when it was confirmed: edits of schedules come without their feeds.
"""

from chatcal.feed.ics import read_feed
from chatcal.model import Revision, has_ended
from chatcal.problems import Severity
from chatcal.publish.build import build_calendar, check_sources
from chatcal.schedule.format import parse_calendar
from tests.support.calendars import ROOT, feeds_of

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in [ROOT / "chatcal.yaml", *sorted(ROOT.glob("schedules/*.yaml"))]
}
PUBLISHED = {path.stem: path.read_bytes() for path in sorted(ROOT.glob("feeds/*.ics"))}
NEWEST = max(one.modified for octets in PUBLISHED.values() for one in read_feed(octets))
"""The moment at which the shipped feeds were last changed."""


def events(feeds: dict[str, bytes]) -> dict[tuple[str, str], Revision]:
    """Return the events of feeds by the feed's name and their UID."""
    return {(name, one.uid): one for name, octets in feeds.items() for one in read_feed(octets)}


def test_the_shipped_schedules_have_no_error() -> None:
    found = check_sources(SOURCES, PUBLISHED, NEWEST)
    assert [(one.span.file, one.message) for one in found if one.severity is Severity.ERROR] == []


def test_nothing_is_published_under_a_placeholder_address() -> None:
    calendar = parse_calendar(SOURCES["chatcal.yaml"])
    assert not [one for one in (calendar.home, calendar.repository, calendar.contact) if one and ".example" in one]


def test_the_next_build_keeps_every_feed_and_what_is_over() -> None:
    feeds = feeds_of(build_calendar(SOURCES, PUBLISHED, NEWEST))
    assert PUBLISHED.keys() <= feeds.keys()
    published, now = events(PUBLISHED), events(feeds)
    over = {key for key, one in published.items() if has_ended(one, NEWEST)} & now.keys()
    assert {key: now[key].content for key in over} == {key: published[key].content for key in over}


def test_a_build_on_the_feeds_of_the_last_one_changes_no_byte() -> None:
    feeds = feeds_of(build_calendar(SOURCES, PUBLISHED, NEWEST))
    assert feeds_of(build_calendar(SOURCES, feeds, NEWEST)) == feeds
