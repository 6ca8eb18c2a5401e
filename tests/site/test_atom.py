"""What changed lately, as Atom: made of the feeds alone, valid, and the same until something changes."""

from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import pytest
from lxml import etree  # type: ignore[import-untyped] # it brings no types, and two calls need none

from chatcal.publish.build import build_calendar
from tests.pages import rich, shipped, site
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, feeds_of, sources, without_extras

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FOG = "hashtag: fogchat\nname: Fog & <Horns>\n"
FILES = sources(lanternchat=LANTERN, fogchat=FOG)
EDITED = sources(
    lanternchat=LANTERN
    + "sessions:\n  2026-03-11: {moved: 2026-03-12 20:00, topic: Oil}\n  2026-03-18: {cancelled: Fog & <rain>}\n"
    "  2026-03-25: {title: Tour, hosts: [Ada]}\n",
    fogchat=FOG,
)


class Night:
    """Builds one night after the other."""

    def __init__(self) -> None:
        """Begin with nothing published."""
        self.feeds: dict[str, bytes] = {}

    def build(self, files: dict[str, bytes | None], now: datetime) -> dict[str, bytes]:
        """Build, and return the Atom feeds by the folder they stand in."""
        made = build_calendar(files, self.feeds, now)
        self.feeds = feeds_of(made)
        found = {path: octets for path, octets in made.files.items() if path.name == "changes.atom"}
        return {path.parent.relative_to("_site").as_posix(): octets for path, octets in found.items()}


def parsed(octets: bytes) -> ET.Element:
    """Return an Atom feed as a tree, once it is as the grammar of RFC 4287 says."""
    GRAMMAR.assertValid(etree.fromstring(octets))
    return ET.fromstring(octets)  # noqa: S314 - it was made here


def entries(octets: bytes) -> dict[str, list[str]]:
    """Return the sentences of a feed's entries by their titles, latest first."""
    found = {}
    for entry in parsed(octets).iter(f"{ATOM}entry"):
        content = entry.findtext(f"{ATOM}content") or ""
        found[entry.findtext(f"{ATOM}title") or ""] = [item.text or "" for item in ET.fromstring(content)]  # noqa: S314 - it was made here
    return found


def test_there_is_one_of_all_and_one_of_each_chapter_and_pages_link_to_them() -> None:
    made = build_calendar(FILES, {}, NOW).files
    paths = {path.as_posix() for path in made if path.name == "changes.atom"}
    assert paths == {"_site/changes.atom", "_site/lanternchat/changes.atom", "_site/fogchat/changes.atom"}
    assert b"changes.atom" in made[PurePosixPath("_site/lanternchat/index.html")]


def test_the_first_publication_is_one_entry() -> None:
    feeds = Night().build(FILES, NOW)
    whole = "every Wednesday from 4 Mar to 31 Mar 2027, 13:00 (Toronto), 57 sessions"
    assert entries(feeds["lanternchat"]) == {f"#lanternchat: {whole}": [whole]}
    assert feeds["lanternchat"].count(b"<entry>") == feeds["."].count(b"<entry>") == 1


def test_what_a_build_changes_of_a_chapter_is_one_entry_in_sentences() -> None:
    night = Night()
    night.build(FILES, NOW)
    found = entries(night.build(EDITED, at("2026-03-02T08:30"))["."])
    assert next(iter(found.items())) == (
        "#lanternchat: 3 sessions changed",
        [
            "Wed 11 Mar 13:00 moved to Thu 12 Mar 20:00 (Toronto); the topic is \u201cOil\u201d",
            "Wed 18 Mar 13:00 (Toronto): cancelled (Fog & <rain>)",
            "Wed 25 Mar 13:00 (Toronto): called \u201cTour\u201d; hosted by Ada",
        ],
    )
    assert len(found) == 2


def test_a_note_that_looks_like_a_clock_or_a_host_is_neither() -> None:
    note = "Wed 25 Mar 09:00 Toronto"
    files = sources(lanternchat=LANTERN + f"sessions: {{2026-03-25: {{note: '{note}'}}}}\n")
    whole = "every Wednesday from 4 Mar to 31 Mar 2027, 13:00 (Toronto), 57 sessions"
    night = Night()
    assert entries(night.build(files, NOW)["lanternchat"]) == {f"#lanternchat: {whole}": [whole]}
    assert entries(night.build(files, at("2026-04-30T00:00"))["lanternchat"]) == {f"#lanternchat: {whole}": [whole]}


def test_events_from_before_the_own_properties_stay_one_entry() -> None:
    night = Night()
    before = night.build(FILES, NOW)
    night.feeds = {name: without_extras(octets) for name, octets in night.feeds.items()}
    assert night.build(FILES, at("2026-03-25T00:00")) == before


def test_of_events_from_before_the_own_properties_that_the_schedule_has_otherwise_less_is_said() -> None:
    night = Night()
    night.build(FILES, NOW)
    night.feeds = {name: without_extras(octets) for name, octets in night.feeds.items()}
    edited = sources(lanternchat=LANTERN.replace("13:00", "14:00"), fogchat=FOG)
    found = entries(night.build(edited, at("2026-03-19T00:00"))["lanternchat"])
    assert found["#lanternchat: 3 sessions changed"] == [
        "Wed 4 Mar 18:00 (UTC)",
        "Wed 11 Mar and Wed 18 Mar, 17:00 (UTC)",
    ]


def test_a_quiet_night_changes_no_byte_and_a_month_that_comes_within_reach_is_no_news() -> None:
    night = Night()
    night.build(FILES, NOW)
    edited = night.build(EDITED, at("2026-03-02T08:30"))
    for day in range(3, 32):
        assert night.build(EDITED, at(f"2026-03-{day:02}T03:43")) == edited
    rolled = night.build(EDITED, at("2026-04-01T03:43"))
    assert list(entries(rolled["lanternchat"])) == list(entries(edited["lanternchat"]))


def test_what_changes_in_the_last_month_of_a_feed_is_news_once_that_month_is_there() -> None:
    calendar = CALENDAR + "ahead: 1 month\n"
    night = Night()
    night.build(sources(calendar, lanternchat=LANTERN), NOW)
    rolled = night.build(sources(calendar, lanternchat=LANTERN), at("2026-04-01T03:43"))
    assert rolled["."].count(b"<entry>") == 1
    stormy = sources(calendar, lanternchat=LANTERN + "sessions: {2026-05-06: {cancelled: Storm}}\n")
    found = entries(night.build(stormy, at("2026-04-20T03:43"))["."])
    assert next(iter(found)) == "#lanternchat: Wed 6 May 13:00 (Toronto): cancelled (Storm)"
    assert len(found) == 2


def test_ids_are_for_life() -> None:
    def ids(octets: bytes) -> list[str | None]:
        return [one.text for one in parsed(octets).iter(f"{ATOM}id")]

    night = Night()
    before = ids(night.build(FILES, NOW)["lanternchat"])
    renamed = LANTERN.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]")
    after = ids(night.build(sources(lampchat=renamed), at("2026-03-20T00:00"))["lampchat"])
    assert after[0] == before[0]
    assert set(before) < set(after)
    assert len(set(after)) == len(after) == 3
    assert all((one or "").startswith("urn:uuid:") for one in after)


@pytest.mark.parametrize("calendar", [CALENDAR, CALENDAR + "home: https://lights.example/\n"])
def test_each_feed_has_what_rfc_4287_asks_for(calendar: str) -> None:
    night = Night()
    files = {**EDITED, "chatcal.yaml": calendar.encode()}
    feeds = night.build(files, NOW)
    for folder, octets in feeds.items():
        root = parsed(octets)
        assert root.tag == f"{ATOM}feed"
        for one in (root, *root.iter(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                (found,) = one.findall(f"{ATOM}{name}")
                assert found.text
            datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "")
        assert root.findtext(f"{ATOM}author/{ATOM}name") == "Lights"
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        base = "https://lights.example/" + ("" if folder == "." else f"{folder}/")
        known = {"self": f"{base}changes.atom", "alternate": base}
        assert links == (known if "home" in calendar else {})


@pytest.mark.parametrize("files", [rich(), rich(None), shipped()], ids=["home", "no-home", "shipped"])
def test_every_feed_of_a_site_is_as_the_grammar_of_rfc_4287_says(files: dict[str, bytes | None]) -> None:
    found = [octets for path, octets in site(files, NOW).items() if path.endswith("changes.atom")]
    assert len(found) == len(files)  # one for each chapter, and in place of chatcal.yaml the one of all
    for octets in found:
        assert parsed(octets).findtext(f"{ATOM}author/{ATOM}name"), "the one rule that the grammar cannot say"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<id>", "<id>urn:uuid:1</id><id>"),
        ("<title>", '<title type="markdown">'),
        ("<updated>2026-03-02T08:30:00Z", "<updated>2026-03-02"),
        ("<name>Lights</name>", ""),
        ("<generator>", "<maker/><generator>"),
        ('href="https://lights.example/', 'to="https://lights.example/'),
        ("<entry>", "<entry><subtitle>Fog</subtitle>"),
        ('<content type="html">', '<content type="html" source="here">'),
    ],
)
def test_the_grammar_refuses_what_is_no_atom(right: str, wrong: str) -> None:
    night = Night()
    calendar: dict[str, bytes | None] = {"chatcal.yaml": (CALENDAR + "home: https://lights.example/\n").encode()}
    night.build(FILES | calendar, NOW)
    made = night.build(EDITED | calendar, at("2026-03-02T08:30"))["lanternchat"].decode()
    assert right in made
    with pytest.raises(etree.DocumentInvalid):
        parsed(made.replace(right, wrong, 1).encode())


def test_a_chapter_without_sessions_has_a_feed_without_entries() -> None:
    octets = Night().build(FILES, NOW)["fogchat"]
    assert entries(octets) == {}
    assert parsed(octets).findtext(f"{ATOM}title") == "#fogchat Fog & <Horns>: changes"


def test_only_what_is_late_is_lately() -> None:
    night = Night()
    text = LANTERN + "sessions:\n"
    for day in range(40):
        text += f"  {(at('2026-03-04') + timedelta(weeks=day)):%Y-%m-%d}: {{topic: Lamp {day}}}\n"
        atom = night.build(sources(lanternchat=text), NOW + timedelta(minutes=day))["."]
    found = list(entries(atom))
    assert len(found) == 30
    assert found[0] == "#lanternchat: Wed 2 Dec 12:00 (Toronto): the topic is \u201cLamp 39\u201d".replace(
        "12:00", "13:00"
    )


SPOKEN = {
    "de": (
        "#lanternchat The Lantern Keepers: Änderungen",
        "#lanternchat: 3 Termine geändert",
        [
            "Do., 12. März, 20:00\u201321:00 Toronto: #lanternchat: Oil · Verschoben von Mi., 11. März, 13:00",
            "Mi., 18. März, 13:00\u201314:00 Toronto: Abgesagt: Chat #lanternchat · Fog & <rain>",
            "Mi., 25. März, 13:00\u201314:00 Toronto: Tour · Moderation: Ada · Ort: Lamp room",
        ],
        "54 Termine, Mi., 4. März bis Mi., 31. März 2027, 13:00\u201314:00 Toronto: Chat #lanternchat",
    ),
    "uk": (
        "#lanternchat The Lantern Keepers: зміни",
        "#lanternchat: змінено 3 зустрічі",
        [
            "чт, 12 бер., 20:00\u201321:00 Торонто: #lanternchat: Oil · Перенесено з дати: ср, 11 бер., 13:00",
            "ср, 18 бер., 13:00\u201314:00 Торонто: Скасовано: Чат #lanternchat · Fog & <rain>",
            "ср, 25 бер., 13:00\u201314:00 Торонто: Tour · Веде: Ada · місце: Lamp room",
        ],
        "54 зустрічі, ср, 4 бер. – ср, 31 бер. 2027\u00a0р., 13:00\u201314:00 Торонто: Чат #lanternchat",
    ),
}


@pytest.mark.parametrize("language", SPOKEN)
def test_the_feed_of_a_chapter_is_in_its_words_and_so_are_its_entries_in_that_of_all(language: str) -> None:
    title, several, sentences, one = SPOKEN[language]
    night, spoken = Night(), {"lanternchat": LANTERN + f"language: {language}\n", "fogchat": FOG}
    night.build(sources(**spoken), NOW)
    spoken["lanternchat"] += (EDITED["schedules/lanternchat.yaml"] or b"").decode().removeprefix(LANTERN)
    spoken["lanternchat"] = spoken["lanternchat"].replace("hosts: [Ada]", "hosts: [Ada], place: Lamp room")
    made = night.build(sources(**spoken), at("2026-03-02T08:30"))
    own = parsed(made["lanternchat"])
    assert (own.get(LANG), own.findtext(f"{ATOM}title")) == (language, title)
    assert list(entries(made["lanternchat"]).items()) == [
        (several, sentences), (f"#lanternchat: {one}", [one])
    ]  # fmt: skip
    combined = parsed(made["."])
    assert (combined.get(LANG), combined.findtext(f"{ATOM}title")) == ("en", "Lights: changes")
    assert [entry.get(LANG) for entry in combined.iter(f"{ATOM}entry")] == [language, language]
    # Weeks later, what is over is read from the feed, and every sentence stands.
    assert night.build(sources(**spoken), at("2026-03-30T08:30")) == made


def test_a_calendar_in_another_language_calls_its_feed_in_that_one() -> None:
    made = Night().build(sources(CALENDAR + "language: sv\n", lanternchat=LANTERN), NOW)["."]
    assert (parsed(made).get(LANG), parsed(made).findtext(f"{ATOM}title")) == ("sv", "Lights: ändringar")
    assert [entry.get(LANG) for entry in parsed(made).iter(f"{ATOM}entry")] == ["en"]


def test_of_many_changes_in_another_language_the_first_are_told() -> None:
    text = LANTERN + "language: fr\nsessions:\n"
    for week in range(20):
        text += f"  {(at('2026-03-04') + timedelta(weeks=week)):%Y-%m-%d}: {{topic: Lamp {week}}}\n"
    (found,) = entries(Night().build(sources(lanternchat=text), NOW)["lanternchat"]).values()
    assert len(found) == 13
    assert found[0] == "mer. 4 mars, 13:00\u201314:00 Toronto\u00a0: #lanternchat\u00a0: Lamp 0"
    assert found[-1] == "et 9 autres"


def test_a_part_of_the_day_is_said_once() -> None:
    text = LANTERN.replace("every: Wednesday\n    at: 13:00", "dates: [2026-03-04]\n    at: evening") + "language: es\n"
    (found,) = entries(Night().build(sources(lanternchat=text), NOW)["lanternchat"]).values()
    assert found == ["mié, 4 mar: Chat #lanternchat, noche en Toronto"]


def test_times_of_events_that_give_no_zone_are_told_in_utc_in_other_languages_too() -> None:
    night = Night()
    files = sources(lanternchat=LANTERN + "language: de\n")
    night.build(files, NOW)
    night.feeds = {name: without_extras(octets) for name, octets in night.feeds.items()}
    edited = sources(lanternchat=LANTERN.replace("13:00", "14:00") + "language: de\n")
    found = entries(night.build(edited, at("2026-03-19T00:00"))["lanternchat"])
    assert found["#lanternchat: 3 Termine geändert"][0] == "Mi., 4. März, 18:00\u201319:00 UTC: Chat #lanternchat"
