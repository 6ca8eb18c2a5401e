"""Sessions to the words of their events."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatcal.feed.event import decode_event, is_moved_by_zone_data
from chatcal.feed.ics import read_feed, read_heading
from chatcal.feed.revisions import keep_one
from chatcal.model import Link
from chatcal.recurrence.sessions import compute_window
from chatcal.schedule.format import parse_calendar
from chatcal.words import list_catalogs
from tests.support.calendars import CALENDAR, NOW, ROOT, at, built, events, lines, sources, value, without_extras

HEAD = "hashtag: lanternchat\nname: Keepers\n"


def shown(chapter: str, slot: str = "2026-03-04", calendar: str = CALENDAR) -> dict[str, str]:
    """Return the properties of the event of a slot, by name, with what TEXT escapes put back."""
    feed = built(sources(calendar, lanternchat=HEAD + chapter), NOW)["lanternchat"]
    found = next(one for uid, one in events(feed).items() if uid.endswith(slot))
    pairs = (line.partition(":") for line in lines(found))
    return {name.partition(";")[0]: re.sub(r"\\([,;])", r"\1", text.replace("\\n", "\n")) for name, _, text in pairs}


WEEKLY = "timezone: America/Toronto\nchats: [{every: Wednesday, at: 13:00}]\n"
OTHER = "timezone: America/Toronto\nchats: [{every: other Wednesday, at: 13:00, counting: unknown}]\n"


@pytest.mark.parametrize(
    ("chapter", "summary", "status"),
    [
        (WEEKLY, "#lanternchat chat", "CONFIRMED"),
        (WEEKLY + "sessions: {2026-03-04: {topic: Oil}}", "#lanternchat: Oil", "CONFIRMED"),
        (WEEKLY.replace("13:00", "13:00, title: Evening watch"), "Evening watch", "CONFIRMED"),
        (WEEKLY.replace("13:00", "13:00, title: Evening watch, topic: Oil"), "Evening watch: Oil", "CONFIRMED"),
        (WEEKLY.replace("13:00", "afternoon"), "#lanternchat chat, afternoon in Toronto", "TENTATIVE"),
        ("chats: [{every: Wednesday, at: evening}]", "#lanternchat chat, evening", "TENTATIVE"),
        (WEEKLY.replace("13:00", "unknown"), "#lanternchat chat, time unknown", "TENTATIVE"),
        (WEEKLY.replace("13:00", "all day"), "#lanternchat chat", "CONFIRMED"),
        ("confirmed: 2024-01-01\n" + WEEKLY, "#lanternchat chat (unconfirmed)", "TENTATIVE"),
        (OTHER, "#lanternchat chat (every other week)", "TENTATIVE"),
        (OTHER + "sessions: {2026-03-04: {topic: Oil}}", "#lanternchat: Oil", "CONFIRMED"),
        ("confirmed: 2024-01-01\n" + OTHER, "#lanternchat chat (every other week, unconfirmed)", "TENTATIVE"),
        (
            OTHER.replace("13:00", "night").replace("other", "3 weeks on"),
            "#lanternchat chat, night in Toronto (every 3 weeks)",
            "TENTATIVE",
        ),
        (
            "confirmed: 2024-01-01\n" + WEEKLY.replace("13:00", "night"),
            "#lanternchat chat, night in Toronto (unconfirmed)",
            "TENTATIVE",
        ),
    ],
)
def test_the_summary_says_name_when_and_mark(chapter: str, summary: str, status: str) -> None:
    found = shown(chapter)
    assert (found["SUMMARY"], found["STATUS"]) == (summary, status)


@pytest.mark.parametrize("chapter", [WEEKLY, "confirmed: 2024-01-01\n" + WEEKLY, WEEKLY.replace("13:00", "night")])
def test_a_cancelled_session_says_so_first_and_has_no_status(chapter: str) -> None:
    found = shown(chapter + "sessions: {2026-03-04: {cancelled: Storm, topic: Oil}}")
    assert found["SUMMARY"] == "Cancelled: #lanternchat: Oil"
    assert found["DESCRIPTION"].startswith("Cancelled: Storm\n")
    assert "Unconfirmed" not in found["DESCRIPTION"]
    assert "STATUS" not in found


def test_a_session_of_unknown_weeks_says_that_it_may_not_be_held_unless_it_is_cancelled() -> None:
    said = "Every other week; which is not known. It may not be held on this day."
    assert said in shown(OTHER)["DESCRIPTION"].split("\n")
    found = shown(OTHER + "breaks: [{from: 2026-03, until: 2026-03}]")
    assert found["SUMMARY"] == "Cancelled: #lanternchat chat"
    assert "every other week" not in str(found).lower()


def test_a_cancellation_without_a_reason_gives_none() -> None:
    assert shown(WEEKLY + "sessions: {2026-03-04: cancelled}")["DESCRIPTION"].startswith("Cancelled.\n")


def test_the_description_says_what_a_subscriber_asks_in_order() -> None:
    chapter = (
        "confirmed: 2024-01-01\ndoubt: It may stop.\n"
        + WEEKLY
        + ("sessions:\n  2026-03-04:\n    moved: 2026-03-05 20:00\n    hosts: [Ada, Bo]\n    note: Bring oil.\n")
    )
    assert shown(chapter)["DESCRIPTION"].split("\n") == [
        "Moved from Wed 4 Mar 13:00",
        "Unconfirmed: last confirmed on 1 January 2024. It may stop.",
        "Hosts: Ada, Bo",
        "Bring oil.",
        "Thu 5 Mar 20:00 Toronto (Fri 01:00 London, Fri 12:00 Sydney)",
        "Join: https://x.com/hashtag/lanternchat",
    ]


def test_a_clock_that_is_the_chapters_own_is_not_repeated() -> None:
    london = WEEKLY.replace("America/Toronto", "Europe/London")
    assert "Wed 4 Mar 13:00 London (Thu 00:00 Sydney)" in shown(london)["DESCRIPTION"]
    alone = CALENDAR.replace("clocks: [Europe/London, Australia/Sydney]\n", "")
    assert "Wed 4 Mar 13:00 Toronto\n" in shown(WEEKLY, calendar=alone)["DESCRIPTION"]


def test_without_a_clock_time_the_description_says_so() -> None:
    found = shown("chats: [{every: Wednesday, at: evening, hosts: [Ada]}]", calendar=CALENDAR.replace("join", "# join"))
    assert found["DESCRIPTION"] == "Host: Ada\nNo clock time is known; the calendar shows the whole day."
    assert "LOCATION" not in found


@pytest.mark.parametrize(
    ("at", "was"),
    [("afternoon", "Wed 4 Mar, afternoon"), ("unknown", "Wed 4 Mar, time unknown"), ("all day", "Wed 4 Mar")],
)
def test_a_move_names_what_was_known_of_the_time_before(at: str, was: str) -> None:
    chapter = WEEKLY.replace("13:00", at) + "sessions: {2026-03-04: {moved: 2026-03-05 20:00}}"
    assert shown(chapter)["DESCRIPTION"].startswith(f"Moved from {was}\n")


def test_the_join_address_is_that_of_the_session_the_chat_the_chapter_or_the_calendar() -> None:
    chat = WEEKLY.replace("13:00", "13:00, join: https://b.example/")
    assert shown(WEEKLY)["LOCATION"] == "https://x.com/hashtag/lanternchat"
    assert shown("join: https://a.example/\n" + WEEKLY)["LOCATION"] == "https://a.example/"
    assert shown("join: https://a.example/\n" + chat)["LOCATION"] == "https://b.example/"
    one = chat + "sessions: {2026-03-04: {join: https://c.example/}}"
    assert shown(one)["LOCATION"] == "https://c.example/"


ROOM = "place: 'Lamp Room, Pier 2'\n"
POINT = "geo: [44.6, -63.57]\n"
NO_JOIN = CALENDAR.replace("join:", "# join:")


def where(chapter: str, calendar: str = CALENDAR) -> tuple[str | None, ...]:
    """Return what the event says of where it is held."""
    found = shown(chapter, calendar=calendar)
    return tuple(found.get(name) for name in ("LOCATION", "GEO", "CONFERENCE"))


def test_a_session_in_a_room_has_it_as_its_location_with_its_point() -> None:
    assert where(ROOM + POINT + WEEKLY, NO_JOIN) == ("Lamp Room, Pier 2", "44.6;-63.57", None)
    assert where(ROOM + "join: none\n" + WEEKLY) == ("Lamp Room, Pier 2", None, None)


def test_a_hybrid_session_has_its_room_as_location_and_the_address_to_join_in_two_other_places() -> None:
    chapter = f"{ROOM}join: https://meet.example/lamp\n{WEEKLY}"
    assert where(chapter) == ("Lamp Room, Pier 2", None, "https://meet.example/lamp")
    assert shown(chapter)["DESCRIPTION"].endswith("\nJoin: https://meet.example/lamp")


@pytest.mark.parametrize(
    ("join", "conference"),
    [
        ("https://meet.example/Brücke?q={a-b}#ß", "https://meet.example/Br%C3%BCcke?q=%7Ba-b%7D#%C3%9F"),
        ("https://phöbus.example:81/灯,1", "https://ph%C3%B6bus.example:81/%E7%81%AF,1"),
        ("https://meet.example/50%/%C3%BC/%zz", "https://meet.example/50%25/%C3%BC/%25zz"),
        ("https://meet.example/%c3%bc?a=[1]&b=~'*?#a#b", "https://meet.example/%c3%bc?a=%5B1%5D&b=~'*?#a%23b"),
        ("https://meet.example?", "https://meet.example?"),
        ("https://[::1]:8/", "https://[::1]:8/"),
    ],
)
def test_an_address_with_other_letters_is_a_uri_to_programs_and_read_back_as_it_was_written(
    join: str, conference: str
) -> None:
    files = sources(lanternchat=f'{HEAD}{ROOM}join: "{join}"\n{WEEKLY}')
    feed = built(files, NOW)["lanternchat"]
    one = read_feed(feed)[0]
    assert value(one, "CONFERENCE") == conference
    assert decode_event(one).session.join == join
    assert decode_event(one).description.endswith(f"\nJoin: {join}")


IN_CHAT = WEEKLY.replace("13:00", "13:00, place: Fog Room")
ON_DAY = "sessions: {2026-03-04: {%s}}"


@pytest.mark.parametrize(
    ("chapter", "location", "geo"),
    [
        (WEEKLY, "The Guild", "1;2"),
        (ROOM + WEEKLY, "Lamp Room, Pier 2", None),
        (ROOM + POINT + WEEKLY, "Lamp Room, Pier 2", "44.6;-63.57"),
        (ROOM + POINT + IN_CHAT, "Fog Room", None),
        (ROOM + IN_CHAT + ON_DAY % "place: Pier 9, geo: [3, 4.5]", "Pier 9", "3;4.5"),
        (ROOM + POINT + IN_CHAT + ON_DAY % "moved: 2026-03-05, place: Pier 9", "Pier 9", None),
        (ROOM + POINT + WEEKLY + ON_DAY % "cancelled: Fog", "Lamp Room, Pier 2", "44.6;-63.57"),
        (ROOM + POINT + WEEKLY + ON_DAY % "place: none", "https://x.com/hashtag/lanternchat", None),
        (ROOM + WEEKLY.replace("13:00", "13:00, place: none"), "https://x.com/hashtag/lanternchat", None),
        (ROOM + WEEKLY.replace("13:00", "13:00, place: none") + ON_DAY % "place: Pier 9", "Pier 9", None),
        ("place: none\n" + WEEKLY, "https://x.com/hashtag/lanternchat", None),
        ("place: none\njoin: none\n" + WEEKLY, None, None),
        ("place: none\n" + WEEKLY + ON_DAY % "join: none", None, None),
        ("place: none\njoin: none\n" + WEEKLY + ON_DAY % "join: https://a.example/", "https://a.example/", None),
    ],
)
def test_the_innermost_place_counts_with_its_own_point_and_none_takes_it_away(
    chapter: str, location: str | None, geo: str | None
) -> None:
    calendar = f"{CALENDAR}place: The Guild\ngeo: [1, 2]\n"
    assert where(chapter, calendar)[:2] == (location, geo)


def test_notes_and_links_of_session_chat_and_chapter_are_in_the_description() -> None:
    chapter = (
        "note: Ring the bell.\nlinks: {Conduct: https://lantern.example/conduct, Agenda: https://lantern.example/a}\n"
        + WEEKLY.replace("13:00", "13:00, note: Bring oil., links: {Sign-up: https://lantern.example/sign-up}")
        + ON_DAY % "note: In the dark., links: {agenda: 'https://lantern.example/b?c=1,2;3'}"
    )
    assert shown(chapter)["DESCRIPTION"].split("\n") == [
        "In the dark.",
        "Bring oil.",
        "Ring the bell.",
        "Conduct: https://lantern.example/conduct",
        "agenda: https://lantern.example/b?c=1,2;3",
        "Sign-up: https://lantern.example/sign-up",
        "Wed 4 Mar 13:00 Toronto (18:00 London, Thu 05:00 Sydney)",
        "Join: https://x.com/hashtag/lanternchat",
    ]


def test_what_an_event_says_of_place_links_and_notes_is_read_back() -> None:
    chapter = (
        f"{ROOM}{POINT}note: Ring the bell.\n"
        + WEEKLY.replace("13:00", "13:00, note: Bring oil., links: {Sign-up: 'https://lantern.example/?c=1,2;3'}")
        + ON_DAY % "note: In the dark., links: {Agenda of the day: https://lantern.example/b}"
    )
    feed = built(sources(lanternchat=HEAD + chapter), NOW)["lanternchat"]
    session = decode_event(next(one for one in read_feed(feed) if "2026-03-04" in one.uid)).session
    assert (session.place, session.geo) == ("Lamp Room, Pier 2", (44.6, -63.57))
    assert (session.join, session.note) == ("https://x.com/hashtag/lanternchat", "In the dark.\nBring oil.")
    assert session.links == (
        Link("Sign-up", "https://lantern.example/?c=1,2;3"),
        Link("Agenda of the day", "https://lantern.example/b"),
    )


def test_what_chatcal_adds_to_a_description_stays_under_400_octets() -> None:
    calendar = CALENDAR.replace("Europe/London, Australia/Sydney", "America/New_York, Europe/London, Australia/Sydney")
    chapter = (
        "confirmed: 2024-09-01\n"
        + WEEKLY.replace("America/Toronto", "America/Argentina/Buenos_Aires")
        + ("sessions: {2026-03-04: {moved: 2026-03-05 20:00}}")
    )
    assert len(shown(chapter, calendar=calendar)["DESCRIPTION"].encode()) < 400


def test_the_page_of_the_chapter_is_named_where_home_is_known() -> None:
    home = CALENDAR + "home: https://lights.example/calendar\n"
    assert shown(WEEKLY, calendar=home)["URL"] == "https://lights.example/calendar/lanternchat/"
    assert "URL" not in shown(WEEKLY)


def test_the_properties_come_in_the_order_of_the_profile() -> None:
    home = CALENDAR + "home: https://lights.example/\n"
    feed = built(sources(home, lanternchat=HEAD + ROOM + POINT + WEEKLY))["lanternchat"]
    names = [line.split(":")[0].split(";")[0] for line in lines(events(feed)["lanternchat-2026-03-04"])]
    assert names == [
        "BEGIN", "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION",
        "LOCATION", "GEO", "CONFERENCE", "URL", "CATEGORIES", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-CHATCAL-ZONE", "END",
    ]  # fmt: skip


MEETUPS = CALENDAR + "called: meetup\n"


@pytest.mark.parametrize(
    ("head", "chat", "summary"),
    [
        (HEAD, "", "#lanternchat meetup"),
        (HEAD, ", topic: Oil", "#lanternchat: Oil"),
        ("name: Lamp Ladies\n", "", "Lamp Ladies meetup"),
        ("name: Lamp Ladies\n", ", topic: Oil", "Lamp Ladies: Oil"),
        ("name: Lamp Ladies\n", ", title: Summer party", "Summer party"),
    ],
)
def test_people_who_say_meetup_read_meetup_and_no_sign_of_a_hashtag_that_they_do_not_have(
    head: str, chat: str, summary: str
) -> None:
    schedule = head + WEEKLY.replace("13:00", f"13:00{chat}")
    feed = built(sources(MEETUPS, lanternchat=schedule), NOW)["lanternchat"]
    found = decode_event(read_feed(feed)[0])
    assert found.summary == summary
    assert found.label == ("#lanternchat" if head == HEAD else "Lamp Ladies")
    title, topic = ("Summer party" if "title" in chat else None), ("Oil" if "topic" in chat else None)
    assert (found.title_and_topic, found.session.topic) == ((title, topic), topic)
    assert found.is_complete
    assert read_heading(feed).description == ("Meetups of Keepers." if head == HEAD else "Meetups of Lamp Ladies.")
    assert not re.search(r"\bchats?\b", feed.decode())
    assert ("#" in feed.decode()) == (head == HEAD)


@pytest.mark.parametrize("language", list_catalogs().values())
def test_a_word_of_people_for_a_meeting_begins_a_summary_with_a_capital_letter(language: str) -> None:
    schedule = f"name: rust-lang\nlanguage: {language}\n{WEEKLY}"
    feed = built(sources(CALENDAR + "called: {one: ágora, many: ágoras}\n", lanternchat=schedule), NOW)["lanternchat"]
    found = decode_event(read_feed(feed)[0])
    assert found.summary == "Ágora rust-lang"
    assert (found.name, found.title_and_topic) == ("rust-lang ágora", (None, None))


def test_a_chapter_without_a_hashtag_has_its_name_as_category_and_no_address_made_of_a_hashtag() -> None:
    feed = built(sources(lanternchat="name: Lamp, Ladies\nchats: [{every: Wednesday, at: all day}]\n"), NOW)
    one = events(feed["lanternchat"])["lanternchat-2026-03-04"]
    assert value(one, "CATEGORIES") == "Lamp\\, Ladies"
    assert value(one, "X-CHATCAL-NAME") == "Lamp\\, Ladies"
    assert value(one, "LOCATION") is None
    assert "Join" not in (value(one, "DESCRIPTION") or "")


OWN = "X-CHATCAL-"


@pytest.mark.parametrize(
    ("chapter", "own"),
    [
        (WEEKLY, {"ZONE": "America/Toronto"}),
        (WEEKLY.replace("13:00", "evening"), {"ZONE": "America/Toronto", "TIME": "evening"}),
        (OTHER, {"ZONE": "America/Toronto", "HELD-EVERY": "2 weeks"}),
        (
            "confirmed: 2024-01-01\n" + OTHER,
            {"ZONE": "America/Toronto", "HELD-EVERY": "2 weeks", "UNCONFIRMED": "TRUE"},
        ),
        ("chats: [{every: Wednesday, at: unknown}]", {"TIME": "unknown"}),
        ("chats: [{every: Wednesday, at: all day}]", {}),
        ("confirmed: 2024-01-01\nchats: [{every: Wednesday, at: all day}]", {"UNCONFIRMED": "TRUE"}),
        ("confirmed: 2024-01-01\n" + WEEKLY, {"ZONE": "America/Toronto"}),
        (
            WEEKLY + "sessions: {2026-03-04: {moved: 2026-03-05 20:00, hosts: [Ada, 'Bo, Cy'], note: 'Oil; wicks'}}",
            {
                "ZONE": "America/Toronto",
                "MOVED-FROM": "2026-03-04 13:00",
                "HOSTS": "Ada,Bo, Cy",
                "NOTE": "Oil; wicks",
            },
        ),
        (
            WEEKLY.replace("13:00", "night") + "sessions: {2026-03-04: {moved: 2026-03-05}}",
            {"ZONE": "America/Toronto", "TIME": "night", "MOVED-FROM": "2026-03-04 night"},
        ),
        (WEEKLY + "sessions: {2026-03-04: cancelled}", {"ZONE": "America/Toronto"}),
        (WEEKLY + "sessions: {2026-03-04: {cancelled: Fog}}", {"ZONE": "America/Toronto", "REASON": "Fog"}),
    ],
)
def test_what_no_other_property_says_is_in_chatcals_own(chapter: str, own: dict[str, str]) -> None:
    found = shown(chapter)
    assert {name.removeprefix(OWN): text for name, text in found.items() if name.startswith(OWN)} == own


def test_an_event_that_gets_its_first_own_properties_is_no_new_revision() -> None:
    files = sources(lanternchat=HEAD + WEEKLY + "sessions: {2026-03-04: {note: Bring oil}}")
    new = built(files)
    old = {name: without_extras(octets) for name, octets in new.items()}
    assert old != new
    assert built(files, at("2026-03-02T00:00"), old) == old
    assert built(files, at("2026-03-02T00:00"), new) == new


def test_an_event_gets_its_own_properties_when_it_changes() -> None:
    old = {name: without_extras(octets) for name, octets in built(sources(lanternchat=HEAD + WEEKLY)).items()}
    edited = sources(lanternchat=HEAD + WEEKLY + "sessions: {2026-03-11: {note: Bring oil}}")
    now = events(built(edited, at("2026-03-02T00:00"), old)["lanternchat"])
    first, second = now["lanternchat-2026-03-04"], now["lanternchat-2026-03-11"]
    assert first == events(old["lanternchat"])["lanternchat-2026-03-04"]
    assert value(second, "X-CHATCAL-NOTE") == "Bring oil"
    assert value(second, "X-CHATCAL-ZONE") == "America/Toronto"


def test_every_session_leaves_its_subscriber_free() -> None:
    feed = built(sources(lanternchat=HEAD + WEEKLY))["lanternchat"]
    one = events(feed)["lanternchat-2026-03-04"]
    assert (value(one, "TRANSP"), value(one, "X-MICROSOFT-CDO-BUSYSTATUS")) == ("TRANSPARENT", "FREE")


LANGUAGE = """\
language: {}
timezone: Europe/Stockholm
confirmed: 2026-01-31
chats:
  - {{id: clock, every: Wednesday, at: 13:00, hosts: [Ada, Bo]}}
  - {{id: part, every: Thursday, at: evening, title: Late watch}}
  - {{id: weeks, every: other Friday, at: unknown, counting: unknown}}
sessions:
  2026-03-11 clock: {{cancelled: Fog, topic: Oil}}
  2026-03-18 clock: {{moved: 2026-03-19 20:00, hosts: [Ada], links: {{Agenda: "https://a.example/"}}}}
  2026-03-25 clock: cancelled
  2026-03-26 part: {{moved: 2026-03-27, topic: Wicks, note: Bring oil.}}
"""
CATALOGS = tuple(list_catalogs().values())


def language_feed(language: str) -> bytes:
    calendar = CALENDAR + "unconfirmed_after: 3 months\nahead: 3 months\n"
    return built(sources(calendar, lanternchat=HEAD + LANGUAGE.format(language)), NOW)["lanternchat"]


GOLDEN = ROOT / "tests" / "cases" / "golden" / "words.ics"


def test_a_feed_is_in_the_words_of_its_chapter() -> None:
    # Where a change is meant, `python -m tests.feed.test_event` writes them anew; read them before you commit.
    assert b"".join(map(language_feed, CATALOGS)).decode() == GOLDEN.read_bytes().decode()


@pytest.mark.parametrize("language", CATALOGS)
def test_events_of_every_language_are_read_back_as_the_session_that_they_were_made_of(language: str) -> None:
    found, english = ({one.uid: decode_event(one) for one in read_feed(language_feed(tag))} for tag in (language, "en"))
    for uid, one in found.items():
        assert one.language == language
        assert one.name == english[uid].name
        assert one.title_and_topic == english[uid].title_and_topic
        # The summary of an English event does not tell its title from its topic.
        assert replace(one.session, title=None, topic=None) == replace(english[uid].session, title=None, topic=None)


def test_only_events_in_another_language_say_it_with_their_title_and_topic() -> None:
    late = "BEGIN:VEVENT\r\nUID:lanternchat-part-2026-03-26@"
    event = language_feed("uk").decode().partition(late)[2].partition("END:VEVENT")[0]
    assert "\r\nX-CHATCAL-LANGUAGE:uk\r\nX-CHATCAL-TITLE:Late watch\r\nX-CHATCAL-TOPIC:Wicks\r\n" in event
    assert b"X-CHATCAL-LANGUAGE" not in language_feed("en")


@pytest.mark.parametrize("language", ["en-GB", "ar", "tlh"])
def test_without_a_catalog_every_byte_is_that_of_english(language: str) -> None:
    assert language_feed(language) == language_feed("en")


def test_an_event_without_a_zone_names_no_city_in_any_language() -> None:
    evening = "language: {}\nchats: [{{every: Wednesday, at: evening}}]\n"
    said = {language: shown(evening.format(language))["SUMMARY"] for language in CATALOGS}
    assert said == {
        "de": "Chat #lanternchat, abends",
        "es": "Chat #lanternchat, noche",
        "fr": "Chat #lanternchat, soirée",
        "nl": "Chat #lanternchat, ’s avonds",
        "pt": "Chat #lanternchat, noite",
        "sv": "Chatt #lanternchat, kväll",
        "uk": "Чат #lanternchat, увечері",
    }


@pytest.mark.parametrize("language", CATALOGS)
def test_what_chatcal_adds_to_a_description_is_short_in_every_language(language: str) -> None:
    for one in read_feed(language_feed(language)):
        assert len(decode_event(one).description.encode()) <= 400


def build_both(language: str, now: str, published: Mapping[str, bytes]) -> dict[str, bytes]:
    lantern, fog = HEAD + LANGUAGE.format(language), "hashtag: fogchat\nname: Fog\n" + WEEKLY
    return built(sources(CALENDAR, lanternchat=lantern, fogchat=fog), at(now), published)


def test_a_chapter_that_gets_its_language_changes_its_events_once_and_no_others() -> None:
    before = build_both("en", "2026-03-01T00:00", {})
    after = build_both("es", "2026-03-02T03:00", before)
    assert build_both("es", "2026-03-03T03:00", after) == after
    assert after["fogchat"] == before["fogchat"]
    old, new = (events(feeds["lanternchat"]) for feeds in (before, after))
    assert old.keys() == new.keys()
    for uid, one in new.items():
        assert int(value(one, "SEQUENCE") or 0) > int(value(old[uid], "SEQUENCE") or 0)
        assert value(one, "X-CHATCAL-LANGUAGE") == "es"
    assert events(after["all"]) == events(after["lanternchat"]) | events(after["fogchat"])


@pytest.mark.parametrize(
    ("language", "summary"), [("en", "Cancelled: #lanternchat chat"), ("fr", "Annulé\u00a0: Chat #lanternchat")]
)
def test_the_event_that_stays_when_its_chat_is_gone_is_cancelled_in_its_own_words(language: str, summary: str) -> None:
    head = f"{HEAD}language: {language}\n"
    published = read_feed(built(sources(lanternchat=head + WEEKLY), NOW)["lanternchat"])
    (left,) = keep_one(published, compute_window(parse_calendar(CALENDAR.encode()), NOW), at("2026-03-02T00:00"))
    assert (left.uid, value(left, "SUMMARY")) == (published[0].uid, summary)


@pytest.mark.parametrize("language", ["en", *CATALOGS])
@pytest.mark.parametrize("clocks", ["", "clocks: [Asia/Tokyo]\n"])
def test_new_zone_data_is_recognized_in_events_of_every_language(language: str, clocks: str) -> None:
    head = f"{HEAD}language: {language}\n"
    feed = built(
        sources(CALENDAR.replace("clocks: [Europe/London, Australia/Sydney]\n", clocks), lanternchat=head + WEEKLY), NOW
    )["lanternchat"]
    later = decode_event(read_feed(feed)[0])
    start = later.session.start
    assert isinstance(start, datetime)
    earlier = replace(later, session=replace(later.session, start=start - timedelta(hours=1)))
    assert is_moved_by_zone_data(earlier, later)
    edited = replace(earlier, description=earlier.description.replace("13:00", "12:00"))
    assert not is_moved_by_zone_data(edited, later)


if __name__ == "__main__":
    GOLDEN.write_bytes(b"".join(map(language_feed, CATALOGS)))
