"""What is said of sessions to come."""

from chatcal.publish.build import check_sources
from tests.support.calendars import CALENDAR, LANTERN, NOW, sources

SEA = CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat, fogchat]}}\n"
TWICE = LANTERN + "  - {every: Wednesday, at: 13:00, id: late}\n"
FOG = "hashtag: fogchat\nname: Fog\ntimezone: America/Toronto\nchats: [{every: Wednesday, at: 15:00}]\n"


def codes(calendar: str, **chapters: str) -> list[str]:
    """Return the codes of the warnings about schedules."""
    return [one.code for one in check_sources(sources(calendar, **chapters), {}, NOW) if one.severity == "warning"]


def test_two_sessions_of_one_chapter_are_no_two_chapters_at_one_time() -> None:
    assert codes(SEA, lanternchat=TWICE, fogchat=FOG) == ["overlap"]


def test_two_chapters_of_a_collection_at_one_time_are_told_of() -> None:
    assert codes(SEA, lanternchat=LANTERN, fogchat=FOG.replace("15:00", "13:00")) == ["same-time"]
    assert codes(CALENDAR, lanternchat=LANTERN, fogchat=FOG.replace("15:00", "13:00")) == []
