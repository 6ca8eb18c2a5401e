"""What feeds say is what every calendar program reads, whatever people and other calendars write."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcal.feed import event, ics
from chatcal.importers import follow
from chatcal.importers.expand import Occurrence
from chatcal.problems import ScheduleError, Span
from chatcal.publish.build import build_calendar
from chatcal.schedule.format import parse_calendar, parse_chapter
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.text_values import read_text as read
from chatcal.text import (
    break_references,
    curl_quotes,
    escape_markdown,
    find_ambiguous_backslash,
    is_web_url,
    make_line_printable,
    make_printable,
    parse_json,
    replace_ambiguous_backslashes,
)
from tests.support import strict
from tests.support.calendars import CALENDAR, NOW, ROOT, built, sources


@pytest.mark.parametrize(
    ("text", "word", "mended"),
    [
        (r"Lamps\nOil", r"Lamps\nOil", "Lamps/nOil"),
        (r"C:\New and \north", r"C:\New", "C:/New and /north"),
        (r"two \\n", r"\\n", r"two \/n"),
        ("x" * 50 + r"\n" + "y" * 50, "x" * 30 + r"\n" + "y" * 30, "x" * 50 + "/n" + "y" * 50),
        ("\\\nnew line", None, "\\\nnew line"),
        (r"\t \\ \ n \,n \;N \é" + "\\", None, r"\t \\ \ n \,n \;N \é" + "\\"),
    ],
)
def test_a_backslash_before_an_n_is_found_and_becomes_a_slash(text: str, word: str | None, mended: str) -> None:
    assert find_ambiguous_backslash(text) == word
    assert replace_ambiguous_backslashes(text) == mended
    assert find_ambiguous_backslash(mended) is None


@pytest.mark.parametrize(
    ("text", "feed"),
    [
        ('"Lamps"', "“Lamps”"),
        ('"Lamps" of the "North"', "“Lamps” of the “North”"),
        ('"Lamps" of 5"', "“Lamps” of 5”"),
        ('""', "“”"),
        ('DTSTART;TZID="Europe/Paris"', "DTSTART;TZID=“Europe/Paris”"),
        ('5" TZID=', "5” TZID="),
        ('"', '"'),
        ('The "North"', 'The "North"'),
        ('"Lamps"\n"Oil"', '"Lamps"\n"Oil"'),
        ("TZID=UTC", "TZID=UTC"),
        ("“Lamps”", "“Lamps”"),
    ],
)
def test_quotes_that_a_program_would_drop_are_curly_ones(text: str, feed: str) -> None:
    assert curl_quotes(text) == feed


def test_the_page_says_so() -> None:
    assert '`"Lamps"` is shown as “Lamps”' in (ROOT / "docs/schedules.md").read_text("utf-8")
    assert curl_quotes('"Lamps"') == "“Lamps”"


SIGNS = ["\\", "n", "N", '"', ",", ";", " ", "\n", "\u200b", "TZID=", "a", "t", "🏮"]
TEXT = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map("".join).filter(str.strip)
PLACES = ("title", "about", "name", "what", "doubt", "called", "topic", "host", "reason", "note")
"""Where people write what feeds say: in chatcal.yaml, of a chapter, of a chat, of a session."""


def as_people_write(text: str) -> str | None:
    """Return a text as it is read from a schedule; None where it is refused."""
    try:
        return read(Scalar(text, Span("")))
    except ScheduleError:
        return None


def as_node_ical_reads(line: str) -> str:
    """Return the text of a property as node-ical 0.27 takes it, step by step."""
    value = (line if "TZID=" not in line or '"(' in line else line.replace('"', "")).partition(":")[2]
    for escaped, text in (("\\,", ","), ("\\;", ";"), ("\\n", "\n"), ("\\N", "\n"), ("\\\\", "\\")):
        value = value.replace(escaped, text)
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' and "\n" not in value else value


@given(TEXT)
def test_any_text_is_read_as_it_stands_in_the_feed(text: str) -> None:
    written = curl_quotes(replace_ambiguous_backslashes(text))
    assert as_node_ical_reads(f"SUMMARY:{ics.escape_text(written)}") == written
    known = as_people_write(text)
    assert (known is None) == (find_ambiguous_backslash(text) is not None)
    assert known in (None, text.strip())


def is_read_as_meant(octets: bytes) -> None:
    """Hold a feed to the profile, and each of its texts to what it says."""
    assert strict.read(octets)
    for line in strict.content_lines(octets):
        name, _, value = line.partition(":")
        if name in ("NAME", "X-WR-CALNAME", "X-WR-CALDESC", "SUMMARY", "DESCRIPTION"):
            assert as_node_ical_reads(line) == ics.unescape_text(value)


def calendar_of(written: Mapping[str, str]) -> dict[str, bytes | None]:
    """Return a calendar with a text in each of the places: alone, and joined with others."""
    said = {place: json.dumps(text, ensure_ascii=False) for place, text in written.items()}
    return sources(
        f"title: {said['title']}\nuid_domain: lights.example\nabout: {said['about']}\nahead: 2 months\n"
        "unconfirmed_after: 1 month\n",
        lanternchat=f"hashtag: lanternchat\nname: {said['name']}\nabout: {said['what']}\ntimezone: Europe/Paris\n"
        f"confirmed: 2026-03-01\ndoubt: {said['doubt']}\nchats:\n"
        f"  - {{every: Monday, at: evening, title: {said['called']}, topic: {said['topic']}}}\n"
        f"  - {{every: 2 weeks on Tuesday, counting: 2026-03-03, at: all day, title: {said['called']}}}\n"
        "sessions:\n"
        f"  2026-03-03: {{topic: {said['topic']}, note: {said['note']}}}\n"
        f"  2026-03-09: {{cancelled: {said['reason']}, note: {said['note']}}}\n"
        f"  2026-03-17: {{title: {said['topic']}, hosts: [{said['host']}, {said['host']}]}}\n",
    )


@settings(max_examples=settings().max_examples // 2)
@given(st.fixed_dictionaries(dict.fromkeys(PLACES, TEXT.map(replace_ambiguous_backslashes))))
def test_no_schedule_makes_a_feed_that_a_program_reads_otherwise(written: Mapping[str, str]) -> None:
    for octets in built(calendar_of(written)).values():
        is_read_as_meant(octets)


@pytest.mark.parametrize("place", PLACES)
def test_no_schedule_puts_a_backslash_before_an_n(place: str) -> None:
    made = build_calendar(calendar_of(dict.fromkeys(PLACES, "Lamps") | {place: "Lamps\\nOil"}), {}, NOW)
    assert {problem.code for problem in made.problems if problem.severity == "error"} == {"backslash"}
    assert not made.files


FOLLOWED = parse_chapter(
    "schedules/fogchat.yaml", b"hashtag: fogchat\nname: Fog\nupstream: https://fog.example/fog.ics\n"
)


@given(TEXT, TEXT, TEXT, st.booleans())
def test_no_calendar_kept_elsewhere_makes_a_feed_that_a_program_reads_otherwise(
    summary: str, description: str, location: str, all_day: bool
) -> None:
    start = datetime(2026, 4, 1, 17, tzinfo=UTC)
    begin, end = (date(2026, 4, 1), date(2026, 4, 2)) if all_day else (start, start + timedelta(hours=1))
    one = Occurrence(
        uid="one@fog.example",
        recurring=True,
        slot=date(2026, 4, 1),
        due=begin,
        start=begin,
        end=end,
        cancelled=False,
        tentative=False,
        summary=summary,
        description=description,
        location=location,
        url="",
    )
    lights = parse_calendar(CALENDAR.replace("join: https://x.com/hashtag/{hashtag}\n", "").encode())
    (session,) = follow.make_sessions_from_occurrences(lights, FOLLOWED, [one], ())
    said = event.build_event(lights, FOLLOWED, session)
    heading = ics.FeedHeading(name="Fog", description="Fog", url=None, source=None)
    is_read_as_meant(ics.write_feed(heading, [ics.write_event(said, NOW)]))


@pytest.mark.parametrize("kind", ["join: 'https://a.example/a\\nb'", "website: 'https://a.example/a\\b'"])
def test_no_address_holds_a_backslash(kind: str) -> None:
    files = sources(lanternchat=f"hashtag: lanternchat\nname: Lanterns\n{kind}\n")
    assert [problem.code for problem in build_calendar(files, {}, NOW).problems if problem.severity == "error"] == [
        "address"
    ]


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        ("https://fog.example", True),
        ("HTTP://fog.example:8000/a?b=%20#c", True),
        ("https://[2001:db8::1]/", True),
        ("https://bücher.example/ü", True),
        ("see https://fog.example/", False),
        ("https://fog.example/a b", False),
        ("https://fog.example/\x1b", False),
        ("https://fog.example\n", False),
        ("https:///a", False),
        ("https://[fog/", False),
        ("webcal://fog.example/", False),
        ("javascript://fog.example/%0aalert()", False),
        ("", False),
    ],
)
def test_a_web_address_is_known_by_its_scheme_host_and_characters(text: str, is_url: bool) -> None:
    assert is_web_url(text) == is_url


@pytest.mark.parametrize(
    ("text", "message", "markdown"),
    [
        ("fixes #12, closes o/r#7", "fixes # 12, closes o/r# 7", "fixes #<!-- -->12, closes o/r#<!-- -->7"),
        ("gh-3 @ada_k o/r@1a2b", "gh- 3 @ ada_k o/r@ 1a2b", "gh-<!-- -->3 @<!-- -->ada_k o/r@<!-- -->1a2b"),
        ("Oil [skip ci]", "Oil [ skip ci]", r"Oil \[skip ci\]"),
        ("[No CI] [1]", "[ No CI] [1]", r"\[No CI\] \[1\]"),
        ("#lights #12chat #12灯", "#lights #12chat # 12灯", "#lights #12chat #<!-- -->12灯"),
        (
            "resolves https://github.com/o/r/issues/7.",
            "resolves https://github.com/o/r/issues/ 7.",
            "resolves `https://github.com/o/r/issues/7`.",
        ),
        ("5 > 4 & *a* ~b~ _c_", "5 > 4 & *a* ~b~ _c_", r"5 \> 4 \& \*a\* \~b\~ \_c\_"),
    ],
)
def test_no_text_closes_an_issue_calls_somebody_or_skips_a_check(text: str, message: str, markdown: str) -> None:
    assert break_references(text) == message
    assert escape_markdown(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("at https://a.example/?a=1&b=~2*_c_ now", "at <https://a.example/?a=1&amp;b=~2*_c_> now"),
        ("(https://a.example/b), then", "(<https://a.example/b>), then"),
        ("https://a.example/b_(c).", "<https://a.example/b_(c)>."),
        ("HTTPS://a.example/@ada!", "<HTTPS://a.example/@ada>!"),
        ("https://a.example/<b>", r"<https://a.example/>\<b\>"),
        ("https://", "https://"),
    ],
)
def test_an_address_stays_whole_in_markdown(text: str, markdown: str) -> None:
    assert escape_markdown(text) == markdown


def test_control_characters_are_shown() -> None:
    assert make_printable("a\x1b[31m\x9b\r\x7f\u202e灯\n\tb") == "a\\x1b[31m\\x9b\\r\\x7f\\u202e灯\n\tb"
    assert make_line_printable("a\x1b\n\tb") == "a\\x1b\\n\\tb"


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 200_000, b"{", b"\xff", b"9" * 5_000])
def test_json_that_cannot_be_read_is_always_the_same_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(content)


def test_json_is_read() -> None:
    assert parse_json(b'{"a": [1]}') == {"a": [1]}
