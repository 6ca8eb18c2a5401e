"""What becomes of a calendar that is not trusted: sessions with names of their own, in plain words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcal.feed import event, ics
from chatcal.importers import follow
from chatcal.importers.expand import Occurrence
from chatcal.model import Calendar, Chapter, DayPart, Revision, Session
from chatcal.project import UpstreamContact, UpstreamResult
from chatcal.schedule.format import parse_chapter
from tests.support.calendars import without_extras

CALENDAR = Calendar(
    title="Lights",
    uid_domain="lights.example",
    join="https://x.com/hashtag/{hashtag}",
    clocks=("Europe/London",),
    upstream_hosts=("fog.example",),
)
CHAPTER = parse_chapter(
    "schedules/fogchat.yaml",
    b"hashtag: fogchat\nname: Fog\ntimezone: America/Toronto\nupstream: https://fog.example/fog.ics\n",
)
START = datetime(2026, 4, 1, 17, tzinfo=UTC)

ONE = Occurrence(
    uid="one@fog.example",
    recurring=True,
    slot=date(2026, 4, 1),
    due=START,
    start=START,
    end=START + timedelta(hours=1),
    cancelled=False,
    tentative=False,
    summary="Fog at sea",
    description="",
    location="",
    url="",
)


def sessions(
    *occurrences: Occurrence, published: Sequence[Revision] = (), chapter: Chapter = CHAPTER
) -> tuple[Session, ...]:
    return follow.make_sessions_from_occurrences(CALENDAR, chapter, occurrences, published)


def revisions(*found: Session, chapter: Chapter = CHAPTER) -> list[Revision]:
    return [
        ics.write_event(event.build_event(CALENDAR, chapter, one), datetime(2026, 3, 1, tzinfo=UTC)) for one in found
    ]


def session(**changed: Any) -> Session:
    (found,) = sessions(replace(ONE, **changed))
    return found


def test_an_occurrence_becomes_a_session_on_the_clock_of_its_chapter() -> None:
    found = session()
    assert (found.start, found.end, found.at, found.timezone) == (START, ONE.end, time(13), "America/Toronto")
    assert found.topic == "Fog at sea"
    assert found.join == "https://x.com/hashtag/fogchat"
    assert event.event_summary(CALENDAR, CHAPTER, found) == "#fogchat: Fog at sea"


def test_its_name_is_the_chapters_own_and_shows_nothing_of_the_other() -> None:
    found = session(uid="ada@private.example")
    assert found.uid.startswith("fogchat-x")
    assert found.uid.endswith("-2026-04-01@lights.example")
    assert "ada" not in found.uid
    assert found.uid == session(uid="ada@private.example", summary="Other", start=START + timedelta(hours=3)).uid
    assert found.uid != session(uid="bo@private.example").uid


def test_two_of_a_series_on_a_day_have_two_names() -> None:
    first, second = sessions(ONE, replace(ONE, start=ONE.end, due=ONE.end))
    assert second.uid == first.uid.replace("-2026", "n2-2026")
    assert second.chat == f"{first.chat}n2"


def test_thousands_of_a_series_on_a_day_have_a_name_each_and_soon() -> None:
    began = process_time()
    found = sessions(*[ONE] * 2_000)
    assert len({one.uid for one in found}) == 2_000
    assert found[-1].chat == f"{found[0].chat}n2000"
    # It took 20 seconds.
    assert process_time() - began < 5


def test_events_without_a_name_go_by_what_they_are_called() -> None:
    assert session(uid="").uid == session(uid="").uid
    assert session(uid="").uid != session(uid="", summary="Other").uid


@pytest.mark.parametrize(
    ("summary", "name", "cancelled"),
    [
        ("Fog", "#fogchat: Fog", None),
        ("", "#fogchat chat", None),
        ("#fogchat chat", "#fogchat chat", None),
        ("#fogchat: Horns", "#fogchat: Horns", None),
        ("Horns of #FogChat", "Horns of #FogChat", None),
        ("Canceled: Fog", "#fogchat: Fog", ""),
        ("CANCELLED - Fog", "#fogchat: Fog", ""),
        ("Cancelled flights", "#fogchat: Cancelled flights", None),
    ],
)
def test_a_name_says_whose_it_is_and_whether_it_is_off(summary: str, name: str, cancelled: str | None) -> None:
    found = session(summary=summary)
    assert event.format_session_name(CALENDAR, CHAPTER, found) == name
    assert found.cancelled == cancelled


def test_cancelled_tentative_and_moved_ones_stay_such() -> None:
    assert session(cancelled=True).cancelled == ""
    assert session(tentative=True).unconfirmed
    assert not session(tentative=True, cancelled=True).unconfirmed
    assert session().moved_from is None
    assert session(due=START - timedelta(days=1)).moved_from == (date(2026, 3, 31), time(13))
    day = {"start": date(2026, 4, 3), "end": date(2026, 4, 4), "due": date(2026, 4, 1)}
    assert session(**day).moved_from == (date(2026, 4, 1), DayPart.ALL_DAY)
    assert session(**day).at is DayPart.ALL_DAY


HASHTAG_PAGE = "https://x.com/hashtag/fogchat"
BROKEN = "https://fog.example/BEGIN:VEVENT"
FOREIGN = "https://fög.example/room"


@pytest.mark.parametrize(
    ("location", "url", "join", "place", "note"),
    [
        ("https://fog.example/room", "https://fog.example/", "https://fog.example/room", None, None),
        ("", "https://fog.example/", "https://fog.example/", None, None),
        ("The old pier", "", HASHTAG_PAGE, "The old pier", None),
        ("The old pier", "https://fog.example/", "https://fog.example/", "The old pier", None),
        ("javascript:alert(1)", "data:text/html,x", HASHTAG_PAGE, "javascript:alert(1)", None),
        ("", 'https://fog.example/"onclick="x', HASHTAG_PAGE, None, None),
        ("", f"https://fog.example/{'x' * 500}", HASHTAG_PAGE, None, None),
        (" ", "https://fög.example/", HASHTAG_PAGE, None, None),
        (BROKEN, "", HASHTAG_PAGE, BROKEN.replace(":V", " V"), None),
        (FOREIGN, "", HASHTAG_PAGE, None, f"Place: {FOREIGN}"),
        ("https://osm.org/go/0", "https://fog.example/", "https://fog.example/", None, "Place: https://osm.org/go/0"),
        ("https://osm.org/go/0", "", HASHTAG_PAGE, None, "Place: https://osm.org/go/0"),
    ],
)
def test_only_an_address_of_a_page_becomes_a_link_and_a_room_is_a_place(
    location: str, url: str, join: str, place: str | None, note: str | None
) -> None:
    found = session(location=location, url=url)
    assert (found.join, found.place, found.note) == (join, place, note)


def test_the_place_of_the_chapter_stands_where_the_followed_calendar_names_none() -> None:
    chapter = replace(CHAPTER, place="Fog Room", geo=(44.6, -63.6))
    occurrences = (ONE, replace(ONE, uid="two@fog.example", location="The old pier"))
    found = follow.make_sessions_from_occurrences(CALENDAR, chapter, occurrences, ())
    assert {(one.place, one.geo) for one in found} == {("Fog Room", (44.6, -63.6)), ("The old pier", None)}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Fog\r\n\r\n  and\train ", "Fog\nand rain"),
        ("\x00\x1b[31mred\x1b[0m\x7f\x85", "[31mred[0m"),
        ("gnol\u202eright\u2066to\u2069left\u200f", "gnolrighttoleft"),
        ("soft\u00adhy\u200bphen\ufeff", "softhyphen"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("family \U0001f468\u200d\U0001f469\u200d\U0001f467", "family \U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("\ud800lone", "lone"),
        ("\ue000private", "private"),
        ("x" * 2_000, "x" * 999 + "…"),
    ],
)
def test_signs_that_nobody_sees_are_taken_out(text: str, plain: str) -> None:
    assert follow.clean_text(text, 1_000, lines=True) == plain
    assert session(description=text).note == plain


def test_a_name_has_one_line_of_bounded_length() -> None:
    assert session(summary="Fog\nBEGIN:VEVENT\r\nUID:evil").topic == "Fog BEGIN VEVENT UID:evil"
    assert len(session(summary="x" * 900).topic or "") == 200


def test_what_is_published_already_keeps_its_name_when_a_single_event_is_put_on_another_day() -> None:
    known = revisions(session(recurring=False))
    later = START + timedelta(days=2)
    (moved,) = sessions(
        replace(ONE, recurring=False, slot=date(2026, 4, 3), start=later, due=later, end=later), published=known
    )
    assert moved.uid == known[0].uid
    assert moved.slot == date(2026, 4, 1)


def test_a_series_has_no_name_to_lend() -> None:
    known = revisions(session())
    later = START + timedelta(days=7)
    (next_week,) = sessions(replace(ONE, slot=date(2026, 4, 8), start=later, due=later, end=later), published=known)
    assert next_week.uid.endswith("-2026-04-08@lights.example")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("cancelled", [False, True])
def test_new_names_every_night_change_nothing(language: str, *, cancelled: bool) -> None:
    chapter = replace(CHAPTER, language=language)
    three = [replace(ONE, start=START + timedelta(days=n), cancelled=cancelled) for n in range(3)]
    first = sessions(*(replace(one, uid=f"random-{n}") for n, one in enumerate(three)), chapter=chapter)
    known = revisions(*first, chapter=chapter)
    others = (replace(one, uid=f"other-{n}") for n, one in enumerate(three))
    again = sessions(*others, published=known, chapter=chapter)
    assert [one.uid for one in again] == [one.uid for one in first]
    assert revisions(*again, chapter=chapter) == known


def test_one_name_is_never_given_twice() -> None:
    known = revisions(session(uid="random"))
    found = sessions(replace(ONE, uid="a"), replace(ONE, uid="b"), published=known)
    assert len({one.uid for one in found}) == 2
    assert known[0].uid in {one.uid for one in found}


def test_of_a_feed_of_former_chats_the_same_session_keeps_its_name() -> None:
    (found,) = sessions(replace(ONE, summary=""))
    own = replace(found, uid="fogchat-2026-04-01@lights.example", chat=None)
    (kept,) = sessions(replace(ONE, summary=""), published=revisions(own))
    assert (kept.uid, kept.chat, kept.slot) == (own.uid, None, date(2026, 4, 1))


TEXTS = st.one_of(st.text(max_size=80), st.sampled_from(["Moved from Wed 4 Nov 13:00", "Cancelled: x", "Host: Ada"]))


@given(
    summary=TEXTS,
    description=TEXTS,
    location=TEXTS,
    url=TEXTS,
    cancelled=st.booleans(),
    tentative=st.booleans(),
    moved=st.integers(-40, 40),
)
def test_what_is_published_says_the_same_again(
    *, summary: str, description: str, location: str, url: str, cancelled: bool, tentative: bool, moved: int
) -> None:
    found = session(
        summary=summary,
        description=description,
        location=location,
        url=url,
        cancelled=cancelled,
        tentative=tentative,
        due=START + timedelta(hours=moved),
    )
    (published,) = revisions(found)
    (again,) = follow.decode_published(CHAPTER, [published])
    assert (again.uid, again.start, again.end, again.join) == (found.uid, found.start, found.end, found.join)
    assert (again.cancelled, again.unconfirmed, again.hosts) == (found.cancelled, found.unconfirmed, found.hosts)
    assert (again.moved_from, again.note) == (found.moved_from, found.note)
    assert event.event_summary(CALENDAR, CHAPTER, again) == event.event_summary(CALENDAR, CHAPTER, found)
    assert ics.read_feed(
        ics.write_feed(ics.FeedHeading(name="", description="", url=None, source=None), [published])
    ) == (published,)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"cancelled": True},
        {"tentative": True},
        {"due": START - timedelta(days=1)},
        {"start": date(2026, 4, 1), "end": date(2026, 4, 2), "due": date(2026, 4, 1)},
        {"start": date(2026, 4, 2), "end": date(2026, 4, 3), "due": date(2026, 4, 1)},
        {"summary": "#fogchat chat", "description": "One\nTwo"},
        {"location": "The old pier"},
    ],
)
def test_what_an_honest_calendar_says_is_read_back_whole(changed: dict[str, object]) -> None:
    found = session(**changed)
    assert follow.decode_published(CHAPTER, revisions(found)) == (found,)


STRANGE = "Moved from the old pub to the tower.\nHosts: see the wiki\nCancelled: no\nWed 23 Dec 09:00 Toronto"


def test_what_a_stranger_writes_stays_a_note_on_silent_nights() -> None:
    found = session(description=STRANGE)
    assert follow.decode_published(CHAPTER, revisions(found)) == (found,)
    assert found.note == STRANGE


def test_what_a_stranger_wrote_into_an_old_event_is_not_taken_for_data() -> None:
    found = session(description=STRANGE)
    (published,) = revisions(found)
    old = replace(published, content=without_extras(published.content))
    assert b"Hosts: see the wiki" in old.content
    assert follow.decode_published(CHAPTER, [old]) == (replace(found, note=None),)


def test_a_chapter_without_a_clock_has_that_of_utc() -> None:
    bare = replace(CHAPTER, timezone=None)
    (found,) = follow.make_sessions_from_occurrences(CALENDAR, bare, [ONE], ())
    assert (found.timezone, found.at) == ("Etc/UTC", time(17))


def test_contacts_count_nights() -> None:
    never, today = UpstreamContact(), date(2026, 4, 1)
    assert never.description == "has not been heard from so far"
    assert never.count_silent_nights(today) == 0
    heard = never.add_result(UpstreamResult(), today)
    assert heard == UpstreamContact(last_answer=today)
    assert heard.description == "was last heard from on 1 April 2026"
    silent = heard.add_result(UpstreamResult(failure="it is gone"), today + timedelta(days=1))
    still = silent.add_result(UpstreamResult(failure="it is gone"), today + timedelta(days=3))
    assert still == silent
    assert still.description == "was last heard from on 1 April 2026"
    assert still.count_silent_nights(today + timedelta(days=3)) == 3
    assert (
        never.add_result(UpstreamResult(failure="it is gone"), today).description
        == "has not been heard from since 1 April 2026"
    )
    assert still.add_result(UpstreamResult(failure="no time", asked=False), today + timedelta(days=9)) == still
    assert heard.add_result(UpstreamResult(failure="no time", asked=False), today + timedelta(days=9)) == heard
    # A clock that went back since makes no nights of less than nothing.
    assert still.count_silent_nights(today - timedelta(days=9)) == 1
    assert still.add_result(UpstreamResult(), today + timedelta(days=4)) == UpstreamContact(
        last_answer=today + timedelta(days=4)
    )
