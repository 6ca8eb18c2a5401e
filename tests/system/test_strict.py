"""The octets of feeds, held to the profile by a reader that takes nothing else; and that reader, held to its word."""

import re
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatcal.feed.ics import FeedHeading, write_event, write_feed
from chatcal.model import Event
from chatcal.text import curl_quotes, replace_misread
from tests.clients.install import HERE
from tests.pages import rich
from tests.support import strict
from tests.support.calendars import CALENDAR, LANTERN, ROOT, at, built, sources

TORTURE = {
    path.relative_to(HERE / "torture").as_posix(): path.read_bytes()
    for path in [HERE / "torture/chatcal.yaml", *sorted(HERE.glob("torture/schedules/*.yaml"))]
}


@pytest.mark.parametrize("path", sorted(ROOT.glob("feeds/*.ics")), ids=lambda path: path.stem)
def test_what_is_published_is_strict(path: Path) -> None:
    strict.read(path.read_bytes())


def test_feeds_of_the_whole_language_are_strict_night_after_night() -> None:
    published: dict[str, bytes] = {}
    for now in (at("2026-02-15T03:43"), at("2026-03-05T03:43")):
        published = built(TORTURE, now, published)
        assert {name: bool(strict.read(octets)) for name, octets in published.items()} == {
            name: name != "uebung" for name in published
        }


@pytest.mark.parametrize("home", [None, "https://lights.example/", "https://phöbus.example/{a}/50%/ü/"])
def test_feeds_with_and_without_addresses_of_their_own_are_strict(home: str | None) -> None:
    for octets in built(rich(home)).values():
        strict.read(octets)


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(["\n", ",", ";", "\\", '"', ":", "🏮", "ב"]),
    min_size=1,
    max_size=200,
).map(lambda text: curl_quotes(replace_misread(text)))


@given(summary=TEXT, description=TEXT)
def test_a_feed_of_any_text_is_strict(summary: str, description: str) -> None:
    event = Event(
        uid="lanternchat-2026-03-04@lights.example",
        start=at("2026-03-04T18:00"),
        end=at("2026-03-04T19:00"),
        summary=summary,
        description=description,
        location="https://x.com/hashtag/lanternchat",
        url=None,
        category="lanternchat",
        status=None,
    )
    heading = FeedHeading(name=summary, description=description, url=None, source=None)
    (values,) = strict.read(write_feed(heading, [write_event(event, at("2026-03-01T10:00"))]))
    assert plain(values["SUMMARY"]) == summary
    assert plain(values["DESCRIPTION"]) == description


def plain(value: str) -> str:
    """Return the text of a TEXT value."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)


Edit = Callable[[bytes], bytes]


def put(old: bytes, new: bytes) -> Edit:
    """Return the edit that puts something in the place of what is there."""

    def edit(octets: bytes) -> bytes:
        assert old in octets
        return octets.replace(old, new, 1)

    return edit


EDITS: dict[str, tuple[Edit, str]] = {
    "line ends of another system": (lambda octets: octets.replace(b"\r\n", b"\n"), "has no end"),
    "no last line end": (lambda octets: octets[:-2], "has no end"),
    "one line end of another system": (put(b"\r\n", b"\n"), "control character"),
    "a tab": (put(b"#lanternchat chat", b"#lanternchat\tchat"), "control character"),
    "a line of 76 octets": (put(b"SUMMARY:", b"SUMMARY:" + b"a" * 76), "octets"),
    "a cut letter": (put(b"SUMMARY:", b"SUMMARY:" + "é".encode()[:1]), "no UTF-8"),
    "another set of characters": (put(b"SUMMARY:", "SUMMARY:é".encode("latin-1")), "no UTF-8"),
    "an empty line": (put(b"BEGIN:VEVENT", b"\r\nBEGIN:VEVENT"), "empty"),
    "a mark before the first line": (lambda octets: b"\xef\xbb\xbf" + octets, "not one calendar"),
    "two calendars": (lambda octets: octets + octets, "It is no event"),
    "a method": (put(b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE"), "CALSCALE is missing"),
    "an interval without its type": (put(b";VALUE=DURATION", b""), "other parameters"),
    "a name only programs of one maker read": (put(b"X-WR-CALNAME:#lantern", b"X-WR-CALNAME:#fog"), "two names"),
    "two descriptions": (put(b"X-WR-CALDESC:", b"X-WR-CALDESC:More: "), "two descriptions"),
    "properties in another order": (put(b"CALSCALE:GREGORIAN\r\n", b""), "CALSCALE is missing"),
    "a property of the calendar behind its events": (
        put(b"END:VCALENDAR", b"X-PUBLISHED-TTL:PT1H\r\nEND:VCALENDAR"),
        "It is no event",
    ),
    "an address of 257 letters": (
        put(
            b"REFRESH",
            b"SOURCE;VALUE=URI:https://a.example/" + b"a" * 40 + (b"\r\n " + b"a" * 74) * 3 + b"\r\nREFRESH",
        ),
        "longer than Google takes",
    ),
    "a rule": (put(b"END:VEVENT", b"RRULE:FREQ=DAILY\r\nEND:VEVENT"), "no place"),
    "an alarm": (put(b"END:VEVENT", b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT"), "It is no event"),
    "a to-do": (
        lambda octets: octets.replace(b"BEGIN:VEVENT", b"BEGIN:VTODO").replace(b"END:VEVENT", b"END:VTODO"),
        "It is no event",
    ),
    "a floating time": (put(b"DTSTART:20260304T180000Z", b"DTSTART:20260304T180000"), "another type"),
    "a time with a zone": (put(b"DTSTART:", b"DTSTART;TZID=Europe/Paris:"), "other parameters"),
    "a day that is called a time": (
        put(b"DTSTART:20260304T180000Z", b"DTSTART:20260304"),
        "not of the type that it names",
    ),
    "a time that is called a day": (put(b"DTSTART:", b"DTSTART;VALUE=DATE:"), "not of the type that it names"),
    "a day that ends at a time": (
        put(b"DTSTART:20260304T180000Z", b"DTSTART;VALUE=DATE:20260304"),
        "begins on a clock and ends on a day",
    ),
    "a day that is none": (put(b"DTSTART:20260304", b"DTSTART:20260230"), "There is no 20260230"),
    "an end before the start": (put(b"DTEND:20260304", b"DTEND:20260303"), "ends before"),
    "a comma on its own": (put(b"#lanternchat chat", b"a,b"), "another type"),
    "a line break with a capital letter": (put(b"#lanternchat chat", b"a\\Nb"), "another type"),
    "a backslash before an n that is no line break": (put(b"#lanternchat chat", b"a\\\\nb"), "another type"),
    "a backslash before an r": (put(b"#lanternchat chat", b"a\\\\rb"), "another type"),
    "a typed backslash at the end": (put(b"#lanternchat chat", b"a\\\\"), "another type"),
    "a typed backslash at the end of a line": (put(b"#lanternchat chat", b"a\\\\\\nb"), "another type"),
    "what looks like an event": (put(b"#lanternchat chat", b"a Begin:VEVENT"), "another type"),
    "a title in quotes": (put(b"#lanternchat chat", b'"#lanternchat chat"'), "another type"),
    "quotes beside a zone": (put(b"#lanternchat chat", b'TZID="Europe/Paris" chat'), "another type"),
    "a backslash at the end": (put(b"#lanternchat chat", b"a\\"), "another type"),
    "a title without letters": (put(b"SUMMARY:#lanternchat chat", b"SUMMARY:"), "another type"),
    "an address with a space": (put(b"CATEGORIES", b"URL:https://a b\r\nCATEGORIES"), "another type"),
    "a cancelled one": (put(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"), "another type"),
    "two moments of change": (put(b"LAST-MODIFIED:20260301T0000", b"LAST-MODIFIED:20260301T0001"), "two moments"),
    "a change within a minute": (lambda octets: octets.replace(b":20260301T000000Z", b":20260301T000001Z"), "a minute"),
    "another sequence": (put(b"SEQUENCE:", b"SEQUENCE:1"), "sequence"),
    "an event twice": (
        lambda octets: re.sub(rb"(BEGIN:VEVENT.*?END:VEVENT\r\n)", rb"\1\1", octets, count=1, flags=re.S),
        "A UID is there twice",
    ),
    "events in another order": (
        lambda octets: re.sub(
            rb"(BEGIN:VEVENT.*?END:VEVENT\r\n)(BEGIN:VEVENT.*?END:VEVENT\r\n)", rb"\2\1", octets, count=1, flags=re.S
        ),
        "another order",
    ),
    "a name that is too long": (
        put(b"UID:lanternchat", b"UID:" + b"a" * 71 + (b"\r\n " + b"a" * 74) * 3 + b"\r\n lanternchat"),
        "UID is longer",
    ),
}


@pytest.mark.parametrize(("edit", "because"), EDITS.values(), ids=EDITS)
def test_a_feed_that_is_otherwise_is_refused(edit: Edit, because: str) -> None:
    octets = built(sources(CALENDAR, lanternchat=LANTERN))["lanternchat"]
    assert strict.read(octets)
    with pytest.raises(strict.NotStrict, match=because):
        strict.read(edit(octets))
