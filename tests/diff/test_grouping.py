"""One session's change in words, days in few words, and an event understood as it was meant."""

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcal.diff import session_changes
from chatcal.diff.render import render_difference
from chatcal.feed import event, ics
from chatcal.feed.event import PublishedSession, decode_event
from chatcal.model import Event
from chatcal.problems import FeedError, has_errors
from chatcal.publish import build
from chatcal.publish.sources import Source, compare_sources
from chatcal.recurrence.date_runs import DateContext, summarize_dates
from tests.diff.test_difference import NOW, changes
from tests.support.calendars import CALENDAR, LANTERN, at, built, sources


def sentences_of(edit: str, was: str = "", chapter: str = LANTERN) -> list[str]:
    """Return what subscribers will see where that stands at the end of a chapter."""
    text = changes(sources(lanternchat=chapter + was), sources(lanternchat=chapter + edit))
    lines = text.partition("Subscribers will see:\n")[2].partition("\n\n")[0].splitlines()
    return [line.strip().removeprefix("#lanternchat: ") for line in lines]


@pytest.mark.parametrize(
    ("was", "edit", "told"),
    [
        ("", "{cancelled: }", "Wed 4 Nov 13:00 (Toronto): cancelled."),
        (
            "{cancelled: Fog}",
            "{cancelled: Rain}",
            "Wed 4 Nov 13:00 (Toronto): cancelled (Rain) instead of cancelled (Fog).",
        ),
        ("", "{at: 20:00}", "Wed 4 Nov: 13:00 becomes 20:00 (Toronto)."),
        ("", "{lasts: 1h30}", "Wed 4 Nov 13:00 (Toronto): lasts 1 hour and 30 minutes instead of 1 hour."),
        (
            "{topic: Oil}",
            "{note: Bring oil}",
            "Wed 4 Nov 13:00 (Toronto): no topic any more; it was “Oil”; the note is “Bring oil”.",
        ),
        (
            "{note: Bring oil}",
            "{note: Bring wicks}",
            "Wed 4 Nov 13:00 (Toronto): the note is “Bring wicks” instead of “Bring oil”.",
        ),
        (
            "{title: Tour}",
            "{title: Tour, topic: Oil}",
            "Wed 4 Nov 13:00 (Toronto): called “Tour: Oil” instead of “Tour”.",
        ),
        ("{title: Tour}", "{title: Tour, hosts: [Bo]}", "Wed 4 Nov 13:00 (Toronto): hosted by Bo."),
        ("{hosts: [Ada]}", "{hosts: [Ada, Bo]}", "Wed 4 Nov 13:00 (Toronto): hosted by Ada, Bo instead of Ada."),
        (
            "{hosts: [Ada]}",
            "{join: https://lantern.example/tour}",
            "Wed 4 Nov 13:00 (Toronto): no host any more; it was Ada; join at https://lantern.example/tour "
            "instead of https://x.com/hashtag/lanternchat",
        ),
        ("", "{place: Lamp Room}", "Wed 4 Nov 13:00 (Toronto): held at Lamp Room."),
        (
            "{place: Lamp Room}",
            "{place: Fog Room}",
            "Wed 4 Nov 13:00 (Toronto): held at Fog Room instead of Lamp Room.",
        ),
        (
            "{place: Lamp Room}",
            "{place: none, join: none}",
            "Wed 4 Nov 13:00 (Toronto): no room any more; it was Lamp Room; no address to join any more; it was "
            "https://x.com/hashtag/lanternchat",
        ),
        (
            "{place: Lamp Room}",
            "{place: Lamp Room, geo: [44.6, -63.57]}",
            "Wed 4 Nov 13:00 (Toronto): held at Lamp Room (44.6, -63.57) instead of Lamp Room (without coordinates).",
        ),
        (
            "{links: {Rules: https://lantern.example/0, Slides: https://lantern.example/1, "
            "Notes: https://lantern.example/2}}",
            "{links: {Rules: https://lantern.example/0, Slides: https://lantern.example/3, "
            "Recording: https://lantern.example/4}}",
            "Wed 4 Nov 13:00 (Toronto): the link “Slides” leads to https://lantern.example/3 instead of "
            "https://lantern.example/1; the link “Notes” is gone; it was https://lantern.example/2; the link "
            "“Recording” leads to https://lantern.example/4",
        ),
        ("", "{at: evening}", "Wed 4 Nov: 13:00 (Toronto) becomes evening in Toronto."),
        ("{at: all day}", "{at: evening}", "Wed 4 Nov: all day becomes evening in Toronto."),
        ("{at: evening}", "{at: evening, cancelled: Fog}", "Wed 4 Nov, evening in Toronto: cancelled (Fog)."),
        ("{at: all day}", "{at: all day, lasts: 2d}", "Wed 4 Nov: lasts 2 days instead of 1 day."),
        (
            "{at: unknown}",
            "{at: unknown, moved: 2026-11-05}",
            "Wed 4 Nov, time unknown moved to Thu 5 Nov, time unknown.",
        ),
        ("{at: all day}", "{at: all day, moved: 2026-11-05}", "Wed 4 Nov moved to Thu 5 Nov."),
        ("{moved: 2026-11-05}", "{moved: 2026-11-06}", "Thu 5 Nov 13:00 moved to Fri 6 Nov 13:00 (Toronto)."),
        (
            "",
            "{moved: 2026-10-15}",
            "Wed 4 Nov 13:00 moved to Thu 15 Oct 13:00 (Toronto), which is past: it leaves the feeds.",
        ),
    ],
)
def test_one_session_changes(was: str, edit: str, told: str) -> None:
    entry = "sessions:\n  2026-11-04: {}\n"
    before = entry.replace("{}", was) if was else ""
    assert sentences_of(entry.replace("{}", edit), before) == [told]


def test_sessions_that_appear_say_what_is_special_about_them() -> None:
    edit = (
        "  - dates: [2026-10-30, 2026-11-06, 2026-11-13]\n    at: 13:00\n"
        "sessions:\n  2026-10-30: {topic: Oil, hosts: [Ada]}\n"
        "  2026-11-06: {title: Tour}\n  2026-11-13: {cancelled: Fog}\n"
    )
    assert sentences_of(edit) == [
        "Fri 30 Oct 13:00 (Toronto): added; the topic is “Oil”; hosted by Ada.",
        "Fri 6 Nov 13:00 (Toronto): added; called “Tour”.",
        "Fri 13 Nov 13:00 (Toronto): added; cancelled (Fog).",
    ]


def test_many_changes_of_one_kind_are_one_sentence_with_examples() -> None:
    days = [f"{NOW + timedelta(days=1, weeks=week):%Y-%m-%d}" for week in range(14)]
    (told,) = sentences_of("sessions:\n" + "".join(f"  {day}: {{topic: Lamp {day}}}\n" for day in days))
    assert told.startswith(
        "every Wednesday from 21 Oct to 20 Jan 2027: topics change, 14 sessions, among them Wed 21 Oct"
    )
    assert told.count("the topic is") == 3


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2026-11-02", "2026-11-05"], "Mon 2 Nov and Thu 5 Nov"),
        (["2026-11-02", "2026-11-09", "2026-11-16"], "every Monday from 2 Nov to 16 Nov"),
        (["2026-11-02", "2026-11-05", "2026-11-09", "2026-11-12"], "every Monday and Thursday from 2 Nov to 12 Nov"),
        ([f"2026-11-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)], "every weekday from 2 Nov to 13 Nov"),
        ([f"2026-11-{day:02}" for day in range(1, 15)], "every day from 1 Nov to 14 Nov"),
        (["2026-11-02", "2026-11-16", "2026-11-30"], "every other Monday from 2 Nov to 30 Nov"),
        (["2026-11-02", "2026-11-23", "2026-12-14"], "Monday every 3 weeks from 2 Nov to 14 Dec"),
        (["2026-11-04", "2026-12-02", "2027-01-06"], "the first Wednesday of each month from 4 Nov to 6 Jan 2027"),
        (["2026-11-25", "2026-12-30", "2027-01-27"], "the last Wednesday of each month from 25 Nov to 27 Jan 2027"),
        (["2026-11-15", "2026-12-15", "2027-01-15"], "day 15 of each month from 15 Nov to 15 Jan 2027"),
        (["2026-11-30", "2026-12-31", "2027-01-31"], "the last day of each month from 30 Nov to 31 Jan 2027"),
        (["2026-11-04", "2027-01-06", "2027-02-03"], "Wed 4 Nov, Wed 6 Jan 2027 and Wed 3 Feb 2027"),
        (["2026-11-02", "2026-11-05", "2026-12-09", "2026-12-20"], "Mon 2 Nov, Thu 5 Nov, Wed 9 Dec and Sun 20 Dec"),
        (
            [f"2026-{month:02}-{day:02}" for month, day in ((3, 4), (3, 11), (4, 1), (5, 6), (6, 10), (7, 29), (9, 2))],
            "Wednesdays from 4 Mar to 2 Sep",
        ),
        (
            [f"2026-{month:02}-{day:02}" for month, day in ((3, 4), (3, 12), (4, 3), (5, 9), (6, 10), (7, 28), (9, 2))],
            "days from 4 Mar to 2 Sep",
        ),
        (
            [f"2026-11-{day:02}" for day in (4, 11, 25)] + [f"2026-12-{day:02}" for day in (2, 9, 16, 23)],
            "every Wednesday from 4 Nov to 23 Dec, except 18 Nov",
        ),
        (["2027-10-18", "2027-10-25", "2027-11-01"], "every Monday from 18 Oct to 1 Nov 2027"),
        (["2027-11-15", "2027-11-22", "2027-11-29"], "every Monday from 15 Nov 2027"),
    ],
)  # fmt: skip
def test_days_are_named_as_a_person_names_them(days: list[str], told: str) -> None:
    assert summarize_dates([date.fromisoformat(day) for day in days], DateContext(2026, date(2027, 11, 30))) == told


def test_the_year_is_named_once_where_a_run_lies_in_another_one() -> None:
    days = [date(2028, 3, 6), date(2028, 3, 13), date(2028, 3, 20)]
    assert summarize_dates(days, DateContext(2026)) == "every Monday from 6 Mar to 20 Mar 2028"


def published(start: str, end: str, **changed: Any) -> PublishedSession:
    """Return what an event of the lantern chapter says; its start and end are moments in UTC, or dates."""
    first, last = (at(text) if "T" in text else date.fromisoformat(text) for text in (start, end))
    event = Event(
        uid="lanternchat-2026-11-04@lights.example",
        start=first,
        end=last,
        summary="#lanternchat chat",
        description="Wed 4 Nov 13:00 Toronto",
        location=None,
        url=None,
        category="lanternchat",
        status="CONFIRMED",
        extras=(("X-CHATCAL-ZONE", "America/Toronto"),),
    )
    return decode_event(ics.write_event(replace(event, **changed), NOW))


def compared(before: PublishedSession, after: PublishedSession) -> str | None:
    """Return what becomes of a session."""
    change = session_changes.compare_sessions(before, after, DateContext(2026))
    return change.text if change else None


def test_a_change_of_zone_data_is_told_in_utc() -> None:
    before = published("2026-11-04T19:00", "2026-11-04T20:00")
    after = published("2026-11-04T18:00", "2026-11-04T19:00")
    assert compared(before, after) == "13:00 (Toronto) is 18:00 UTC instead of 19:00 UTC"


def test_a_note_that_looks_like_a_clock_is_a_note() -> None:
    before = published(
        "2026-11-04T19:00", "2026-11-04T20:00", description="Wed 4 Nov 13:00 Toronto\nWed 4 Nov 14:00 Toronto"
    )
    after = published("2026-11-04T18:00", "2026-11-04T19:00")
    assert compared(before, after) == "14:00 becomes 13:00 (Toronto)"


OLD = {"extras": ()}


def test_an_event_that_names_no_zone_is_told_in_utc() -> None:
    same = published("2026-11-04T18:00", "2026-11-04T19:00")
    assert compared(published("2026-11-04T18:00", "2026-11-04T19:00", **OLD), same) is None
    later = published("2026-11-04T20:00", "2026-11-04T21:00", **OLD, description="")
    assert compared(same, later) == "18:00 becomes 20:00 (UTC)"


def test_less_is_said_of_an_event_from_before_the_own_properties() -> None:
    old = published("2026-11-04", "2026-11-05", **OLD, summary="#lanternchat chat, evening", status="TENTATIVE")
    assert not old.is_complete
    assert (old.title_and_topic, old.session.unconfirmed) == ((None, None), False)
    evening = (("X-CHATCAL-TIME", "evening"), ("X-CHATCAL-HOSTS", "Ada"), ("X-CHATCAL-NOTE", "Bring oil"))
    new = published("2026-11-04", "2026-11-05", summary=old.summary, status="TENTATIVE", extras=evening)
    assert compared(old, new) is None
    known = published("2026-11-04T20:00", "2026-11-04T21:00")
    assert compared(old, known) == "called “#lanternchat chat” instead of “#lanternchat chat, evening”"
    off = published("2026-11-04", "2026-11-05", **OLD, summary="Cancelled: #lanternchat chat", status=None)
    assert compared(off, replace(off, session=replace(off.session, cancelled="Fog"))) is None


@pytest.mark.parametrize(
    "extra",
    [
        ("X-CHATCAL-ZONE", "Europe/Atlantis"),
        ("X-CHATCAL-TIME", "noonish"),
        ("X-CHATCAL-MOVED-FROM", "yesterday"),
        ("X-CHATCAL-MOVED-FROM", "2026-11-03 25:00"),
        ("X-CHATCAL-MOVED-FROM", "2026-11-03 noonish"),
    ],
)
def test_own_properties_that_chatcal_does_not_write_are_not_believed(extra: tuple[str, str]) -> None:
    found = published("2026-11-04T18:00", "2026-11-04T19:00", extras=(("X-CHATCAL-NOTE", "Oil"), extra))
    assert found == published("2026-11-04T18:00", "2026-11-04T19:00", **OLD)


@pytest.mark.parametrize(
    "note",
    [
        "Wed 23 Dec 09:00 Toronto",
        "Moved from the pub to the tower.",
        "Hosts: bring your own lamp.",
        "Host: nobody",
        "Cancelled: never",
        "Unconfirmed: it rains.",
    ],
)
def test_a_note_is_a_note_whatever_it_says(note: str) -> None:
    text = f"{LANTERN}sessions:\n  2026-11-04: {{note: '{note}'}}\n"
    sides = [
        [Source(schedule_files=files), Source(feeds=built(files, NOW))]
        for files in (sources(lanternchat=LANTERN), sources(lanternchat=text))
    ]
    for before, after in product(*sides):
        difference, _ = compare_sources(before, after, NOW)
        assert difference is not None
        (chapter,) = difference.chapters
        assert [one.text for one in chapter.coming] == [f"Wed 4 Nov 13:00 (Toronto): the note is “{note}”"]


@pytest.mark.parametrize(
    ("was", "edit", "told"),
    [
        ("", "note: Ring the bell.\n", "its note becomes “Ring the bell.”, in the text of all its events"),
        ("note: Ring the bell.\n", "", "its note goes, in the text of all its events"),
        (
            "",
            "links: {Agenda: https://lantern.example/agenda}\n",
            "its list of links becomes “Agenda https://lantern.example/agenda”, in the text of all its events",
        ),
    ],
)
def test_a_note_and_links_of_a_chapter_are_told_once(was: str, edit: str, told: str) -> None:
    text = changes(sources(lanternchat=LANTERN + was), sources(lanternchat=LANTERN + edit))
    assert f"  #lanternchat: {told}." in text.splitlines()
    assert "On pages only:" not in text
    quiet = "hashtag: lanternchat\nname: Keepers\n"
    assert "On pages only:" in changes(sources(lanternchat=quiet + was), sources(lanternchat=quiet + edit))


LADIES = LANTERN.replace("hashtag: lanternchat\n", "").replace("The Lantern Keepers", "Lamp Ladies")


def test_a_chapter_without_a_hashtag_goes_by_its_name() -> None:
    edited = LADIES.replace("13:00", "14:00")
    sides = [
        [Source(schedule_files=files), Source(feeds=built(files, NOW))]
        for files in (sources(lanternchat=LADIES), sources(lanternchat=edited))
    ]
    for before, after in product(*sides):
        difference, _ = compare_sources(before, after, NOW)
        assert difference is not None
        text = render_difference(difference, [], {}, "text")
        assert "  Lamp Ladies: every Wednesday from 21 Oct: 13:00 becomes 14:00 (Toronto), " in text
        assert "Next of Lamp Ladies:\n  Wed 21 Oct 14:00 (Toronto)  18:00 UTC  Lamp Ladies chat\n" in text
        assert "#lamp" not in text.lower()
        found = json.loads(render_difference(difference, [], {}, "json"))["chapters"][0]
        assert (found["hashtag"], found["label"]) == (None, "Lamp Ladies")


def test_another_name_of_a_chapter_without_a_hashtag_is_told_once() -> None:
    text = changes(sources(lanternchat=LADIES), sources(lanternchat=LADIES.replace("Ladies", "People")))
    assert text.splitlines()[:2] == [
        "Subscribers will see:",
        "  Lamp People: formerly Lamp Ladies; 54 coming sessions take the new name.",
    ]


def test_another_word_for_a_meeting_is_told() -> None:
    word = f"{CALENDAR}called: meetup\n"
    text = changes(sources(lanternchat=LANTERN), sources(word, lanternchat=LANTERN))
    assert "  A meeting is called “meetup” instead of “chat”.\n" in text
    assert "13:00 (Toronto): called “#lanternchat meetup” instead of “#lanternchat chat”, 54 sessions.\n" in text
    assert "description" not in text


OTHER = LANTERN.replace("Wednesday", "other Wednesday")


def test_weeks_that_become_known_are_told_and_so_are_those_that_nobody_knows_any_more() -> None:
    unknown, known = (sources(lanternchat=f"{OTHER}    counting: {day}\n") for day in ("unknown", "2026-11-04"))
    learned, forgotten = changes(unknown, known), changes(known, unknown)
    assert "every other Wednesday from 21 Oct, 13:00 (Toronto): held for certain" in learned
    assert "every other Wednesday from 28 Oct, 13:00 (Toronto): removed" in learned
    assert "Advice:" not in learned
    assert "from 21 Oct, 13:00 (Toronto): every other week, which is not known" in forgotten
    assert "from 28 Oct, 13:00 (Toronto): added" in forgotten


CHAPTERS = st.builds(
    "".join,
    st.tuples(*(st.sampled_from(["", f"    {key}: {value}\n"]) for key, value in (
        ("topic", "'Oil, wicks; (unconfirmed)'"), ("title", "Tour, evening"), ("hosts", "[Ada, 'Bo: the second']"),
        ("join", "https://lantern.example/a,b"), ("timezone", "Australia/Sydney"), ("note", "'Host: oil'"),
        ("place", "'Lamp; Room, 2\\\\3'\n    geo: [44.5, -63]"), ("links", "{'A, b': 'https://lantern.example/?a,b;c'}"),
    ))),
)  # fmt: skip


@given(
    chat=CHAPTERS,
    time=st.sampled_from(["13:00", "23:30", "evening", "unknown", "all day"]),
    entry=st.sampled_from(
        ["", "cancelled", "{cancelled: 'Fog; rain'}", "{moved: 2026-11-05}", "{note: 'Host: nobody'}", "{note: A\\B}"]
    ),
    confirmed=st.sampled_from(["", "confirmed: 2020-01-01\n"]),
    weeks=st.sampled_from(["", "    counting: unknown\n"]),
    words=st.sampled_from([("hashtag: lanternchat\n", ""), ("", "called: {one: Treffen, many: Treffen}\n")]),
)
def test_an_event_is_understood_as_it_was_meant(  # noqa: PLR0917 - hypothesis names them
    chat: str, time: str, entry: str, confirmed: str, weeks: str, words: tuple[str, str]
) -> None:
    every = "other Wednesday" if weeks else "Wednesday"
    text = f"{LANTERN.replace('13:00', time).replace('Wednesday', every)}{weeks}{chat}{confirmed}"
    text += f"sessions:\n  2026-11-04: {entry}\n" if entry else ""
    hashtag, called = words
    text = text.replace("hashtag: lanternchat\n", hashtag)
    schedules, problems = build.read_checked_project(sources(f"{CALENDAR}{called}", lanternchat=text), {}, NOW)
    assert schedules is not None
    assert not has_errors(problems)
    chapter = schedules.chapters["lanternchat"]
    (session,) = [one for one in schedules.sessions_of(chapter) if one.slot == date(2026, 11, 4)]
    meant = event.publish_session(schedules.calendar, chapter, session)
    found = decode_event(ics.write_event(event.build_event(schedules.calendar, chapter, session), NOW))
    title, topic = meant.title_and_topic
    unconfirmed = session.unconfirmed and session.cancelled is None
    expected = replace(session, title=title, topic=topic, unconfirmed=unconfirmed, transcript=None)
    assert found.session == expected
    assert (found.name, found.summary, found.description, found.url, found.label) == (
        meant.name, meant.summary, meant.description, meant.url, meant.label
    )  # fmt: skip
    assert found.name == event.format_session_name(schedules.calendar, chapter, session)
    assert topic == (session.topic if session.title is None else None)


def test_a_heading_that_is_not_utf_8_is_a_broken_feed() -> None:
    feed = ics.write_feed(ics.FeedHeading(name="Lights", description="", url=None, source=None), [])
    with pytest.raises(FeedError, match="its heading is not UTF-8"):
        ics.read_heading(feed.replace(b"Lights", b"\xff"))
