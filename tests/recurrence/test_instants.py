"""Every instant of the calendar of the founding list, compared with a calculation that shares nothing with chatcal."""

import re
from datetime import UTC, date, datetime

import pytest

from chatcal.feed.ics import read_feed
from chatcal.publish.build import build_calendar
from tests.clients.calendars import members
from tests.support import oracle
from tests.support.calendars import at, feeds_of, value
from tests.support.chapters import read_chapters, read_sources

SOURCES = read_sources("founding")
CALENDAR = SOURCES["chatcal.yaml"].decode()
CHAPTERS = {slug: parts["case"].decode() for slug, parts in read_chapters("founding").items()}


def moment(text: str | None) -> datetime | date:
    """Return the moment of a DTSTART or DTEND as it stands in the feed."""
    assert text
    if len(text) == 8:
        return date.fromisoformat(text)
    assert text.endswith("Z")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)


def published(octets: bytes) -> list[oracle.Expected]:
    """Return what a feed's events say, in the feed's order."""
    return [
        oracle.Expected(
            one.uid,
            moment(value(one, "DTSTART")),
            moment(value(one, "DTEND")),
            re.sub(r"\\(.)", r"\1", value(one, "SUMMARY") or ""),
            value(one, "STATUS"),
        )
        for one in read_feed(octets)
    ]


@pytest.mark.parametrize("now", [at("2012-03-01T00:00"), at("2026-11-23T00:00")], ids=lambda now: f"{now:%Y-%m}")
def test_every_event_of_every_feed_is_the_independently_calculated_one(now: datetime) -> None:
    feeds = feeds_of(build_calendar(SOURCES, {}, now))
    held = members(CALENDAR, CHAPTERS)
    assert feeds.keys() == held.keys()
    for name, slugs in held.items():
        expected = oracle.publication(CALENDAR, {slug: CHAPTERS[slug] for slug in slugs}, now)
        assert published(feeds[name]) == expected, name
    assert len(published(feeds["all"])) > 200
