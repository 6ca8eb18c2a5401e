"""The one event that stays in a feed which would become empty, for programs keep all that an empty one held."""

from datetime import timedelta

import pytest

from chatcal.feed.ics import read_feed
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, built, events, lines, sources, value
from tests.support.strict import read

NIGHT = timedelta(days=1)
NOTHING = LANTERN.partition("chats")[0]
SEA = CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat]}}\n"


def said(text: str, calendar: str = SEA) -> dict[str, bytes | None]:
    return sources(calendar, lanternchat=text)


def test_the_last_event_that_has_ended_stays_beyond_the_window_in_every_feed() -> None:
    feeds = built(said(LANTERN), at("2026-04-15T00:00"), built(said(LANTERN)))
    held = [one for one in read_feed(feeds["lanternchat"]) if one.end < at("2026-04-15T00:00")]
    for now in ("2026-04-15T00:00", "2026-04-16T00:00", "2026-08-01T00:00", "2031-01-01T00:00"):
        feeds = built(said(NOTHING), at(now), feeds)
        expected = held if now < "2026-05" else held[-1:]
        assert [list(read_feed(octets)) for octets in feeds.values()] == [expected] * 3
    assert list(read_feed(built(said(NOTHING), NOW + 1000 * NIGHT, feeds, rewrite_past=True)["sea"])) == held[-1:]


def test_the_soonest_of_coming_ones_stays_as_cancelled_and_its_revision_moves_once() -> None:
    before = built(said(LANTERN))
    (was, *_) = read_feed(before["lanternchat"])
    feeds = built(said(NOTHING), NOW + NIGHT, before)
    (one,) = read_feed(feeds["lanternchat"])
    assert (one.uid, one.start, one.end, one.modified) == (was.uid, was.start, was.end, NOW + NIGHT)
    assert value(one, "SUMMARY") == "Cancelled: #lanternchat chat"
    assert value(one, "DESCRIPTION") == f"Cancelled.\\n{value(was, 'DESCRIPTION')}"
    changed = {"SUMMARY", "DESCRIPTION", "STATUS", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"}
    assert {line.partition(":")[0] for line in set(lines(one)) ^ set(lines(was))} == changed
    assert {read_feed(octets) for octets in feeds.values()} == {(one,)}
    for octets in feeds.values():
        read(octets)
    for nights in (2, 5, 40, 1000):
        assert built(said(NOTHING), NOW + nights * NIGHT, feeds) == feeds
    again = events(built(said(LANTERN), NOW + 2 * NIGHT, feeds)["lanternchat"])
    assert again["lanternchat-2026-03-04"].modified == NOW + 2 * NIGHT
    assert len(again) == len(read_feed(before["lanternchat"]))


@pytest.mark.parametrize(
    ("chat", "summary"),
    [
        ("{every: Wednesday, at: evening}", "Cancelled: #lanternchat chat"),
        ("{every: Wednesday, at: '13:00', topic: 'Oil, and wicks'}",
         "Cancelled: #lanternchat: Oil\\, and wicks"),
        ("{every: Wednesday, at: all day, title: Fair}", "Cancelled: Fair"),
        ("{every: Wednesday, at: all day, title: 'Fair at the old lighthouse on the island of lamps, oil and wicks'}",
         "Cancelled: Fair at the old lighthouse on the island of lamps\\, oil and wicks"),
    ],
)  # fmt: skip
def test_whatever_it_says_it_is_a_whole_event(chat: str, summary: str) -> None:
    text = f"{NOTHING}confirmed: 2024-01-01\nchats:\n  - {chat}\n".replace(
        "timezone: America/Toronto\n", "", "all day" in chat
    )
    text += "" if "all day" in chat else "sessions: {2026-03-04: {note: Bring a lamp}}\n"
    feeds = built(said(NOTHING), NOW, built(said(text), NOW))
    (one,) = read(feeds["all"])
    assert one["SUMMARY"] == summary
    assert "STATUS" not in one
    assert "X-CHATCAL-UNCONFIRMED" not in one


def test_one_that_the_schedule_has_cancelled_stays_as_it_is() -> None:
    text = f"{LANTERN}sessions: {{2026-03-04: {{cancelled: Fog}}}}\n"
    feeds = built(said(text))
    kept = built(said(NOTHING), NOW + NIGHT, feeds)
    assert read_feed(kept["all"]) == read_feed(feeds["all"])[:1]


def test_one_that_a_shorter_window_does_not_reach_is_not_called_cancelled() -> None:
    text = LANTERN.replace("every: Wednesday", "dates: [2026-12-02, 2026-12-09]")
    feeds = built(said(text))
    shorter = built(said(text, f"{SEA}ahead: 1 months\n"), NOW + NIGHT, feeds)
    assert read_feed(shorter["all"]) == read_feed(shorter["lanternchat"]) == read_feed(feeds["all"])[:1]
    (first, _) = read_feed(built(said(text), NOW + 2 * NIGHT, shorter)["all"])
    assert (first,) == read_feed(shorter["all"])


def test_a_collection_of_other_chapters_keeps_the_event_that_its_chapter_still_has() -> None:
    fog = NOTHING.replace("lanternchat", "fogchat")
    before = built(sources(SEA, lanternchat=LANTERN, fogchat=fog))
    other = sources(SEA.replace("[lanternchat]", "[fogchat]"), lanternchat=LANTERN, fogchat=fog)
    feeds = built(other, NOW + NIGHT, before)
    assert read_feed(feeds["sea"]) == read_feed(before["sea"])[:1]
    assert feeds["lanternchat"] == before["lanternchat"]
    # Its chapter gives it a topic, then withdraws it.
    lit = LANTERN + "sessions: {2026-03-04: {topic: Oil}}\n"
    feeds = built({**other, "schedules/lanternchat.yaml": lit.encode()}, NOW + NIGHT, feeds)
    assert read_feed(feeds["sea"]) == read_feed(feeds["lanternchat"])[:1]
    gone = LANTERN + "    except: 2026-03-04\n"
    feeds = built({**other, "schedules/lanternchat.yaml": gone.encode()}, NOW + NIGHT, feeds)
    (one,) = read_feed(feeds["sea"])
    assert value(one, "SUMMARY") == "Cancelled: #lanternchat: Oil"


def test_all_keeps_an_event_whose_own_feed_is_lost_with_its_schedule() -> None:
    files = sources(CALENDAR, fogchat=NOTHING.replace("lanternchat", "fogchat"))
    (one,) = read_feed(built(files, NOW, {"all": built(said(LANTERN))["all"]})["all"])
    assert value(one, "SUMMARY") == "Cancelled: #lanternchat chat"


def test_a_feed_that_never_held_an_event_has_none() -> None:
    assert {read_feed(octets) for octets in built(said(NOTHING)).values()} == {()}
