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
    find_component,
    find_invisible,
    has_lookalikes,
    is_web_url,
    make_line_printable,
    make_printable,
    make_single_line,
    parse_json,
    remove_invisible,
    replace_ambiguous_backslashes,
    replace_misread,
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
        ("Lamps\\\nOil", "Lamps\\", "Lamps/\nOil"),
        ("Lamps and oil\\", "oil\\", "Lamps and oil/"),
        ("\\\\\n\\", "\\\\", "\\/\n/"),
        (r"C:\readme", r"C:\readme", "C:/readme"),
        (r"\t \\ \ n \R \,n \;N \é", None, r"\t \\ \ n \R \,n \;N \é"),
    ],
)
def test_a_backslash_before_n_or_r_or_the_end_of_a_line_is_found_and_becomes_a_slash(
    text: str, word: str | None, mended: str
) -> None:
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


SIGNS = ["\\", "n", "N", "r", "BEGIN:", "VEVENT", "\u202e", '"', ",", ";", " ", "\n", "\u200b", "TZID=", "a", "t", "🏮"]
TEXT = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map("".join).filter(str.strip)


def clean(text: str) -> str:
    """Return a text as a schedule may hold it."""
    return replace_misread(remove_invisible(text).strip()) or "Lamps"


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
    written = curl_quotes(replace_misread(text))
    assert as_node_ical_reads(f"SUMMARY:{ics.escape_text(written)}") == written
    known = as_people_write(text)
    assert (known is None) == (replace_misread(text.strip()) != text.strip())
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
@given(st.fixed_dictionaries(dict.fromkeys(PLACES, TEXT.map(clean))))
def test_no_schedule_makes_a_feed_that_a_program_reads_otherwise(written: Mapping[str, str]) -> None:
    for octets in built(calendar_of(written)).values():
        is_read_as_meant(octets)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Lamps\\nOil", "backslash"), ("Lamps\\rOil", "backslash"), ("Lamps\\\nOil", "backslash"),
        ("Lamps\\ ", "backslash"),
        ("Lamps BEGIN:VEVENT", "component"), ("begin:valarm", "component"), ("xBegin:v", "component"),
        ("Lamps\u202eOil", "control-character"), ("Lamps\u3164", "control-character"),
    ],
)  # fmt: skip
def test_no_schedule_says_what_a_program_would_misread(place: str, text: str, code: str) -> None:
    made = build_calendar(calendar_of(dict.fromkeys(PLACES, "Lamps") | {place: text}), {}, NOW)
    assert {problem.code for problem in made.problems if problem.severity == "error"} == {code}
    assert not made.files


@pytest.mark.parametrize(
    ("text", "found", "mended"),
    [
        ("BEGIN:VEVENT", "BEGIN:VEVENT", "BEGIN VEVENT"),
        ("a\nxbegin:vAlarm!", "begin:vAlarm", "a\nxbegin vAlarm!"),
        ("BEGIN: VEVENT, BEGIN:EVENT, END:VEVENT", None, "BEGIN: VEVENT, BEGIN:EVENT, END:VEVENT"),
    ],
)
def test_the_begin_of_a_component_is_found_and_loses_its_colon(text: str, found: str | None, mended: str) -> None:
    assert find_component(text) == found
    assert replace_misread(text) == mended
    assert find_component(mended) is None


@pytest.mark.parametrize(
    "sign",
    [
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u200f",
        "͏",
        "ㅤ",
        "\u061c",
        "ᅟ",
        "\u2060",
        "\u2064",
        "ﾠ",
        "\U000e0041",
        "\u17b4",
        "\u2800",
        "\ufffc",
        "\ufff0",
        "\U0001bca0",
        "\U0001d173",
    ],
)
def test_a_sign_that_nobody_sees_is_found_and_taken_out(sign: str) -> None:
    for text in (
        f"lamps{sign}and oil",
        f"{sign}lamps",
        f"lamps{sign}",
        f"lamps {sign} oil",
        f"日{sign}本",
        f"л{sign}я",
    ):
        assert find_invisible(text) == sign
        assert find_invisible(remove_invisible(text)) is None
        assert remove_invisible(text) == text.replace(sign, "")


@pytest.mark.parametrize(
    "text", ["lamp\ufe0fs", "\ufe0flamps", "lamps \ufe00", "ля\ufe0fля", "lamp\U000e0101s", "☎\U000e01ef", "la\u180bmp"]
)
def test_a_sign_that_changes_the_form_of_no_letter_is_found(text: str) -> None:
    assert find_invisible(text) in ("\ufe00", "\ufe0f", "\U000e0101", "\U000e01ef", "\u180b")
    assert find_invisible(remove_invisible(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "☎\ufe0f 1\ufe0e", "葛\ufe00", "葛\U000e0100", "ᠠ\u180b", "©\ufe0f", "⠇\u2800⠇",
        "\u0645\u06cc\u200c\u062e", "क\u094d\u200dष", "ක\u0dca\u200dර", "ന\u0d4d\u200d", "র\u200d\u09cdয",
        "👩\u200d🚀", "👩🏽\u200d🚒", "❤\ufe0f\u200d🔥", "🏳\ufe0f\u200d🌈", "🙂\u200d↔\ufe0f", "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "e\u0301", "日本語, עברית, ไทย, 한국어",
    ],
)  # fmt: skip
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert find_invisible(text) is None
    assert remove_invisible(text) == text


@pytest.mark.parametrize("word", ["h\u0441sm", "\u041dcsm", "l\u03bfve", "\uff48csm", "\U0001d521sm", "x\u0578"])
def test_a_word_of_letters_that_look_like_others_is_told(word: str) -> None:
    assert has_lookalikes(word)


@pytest.mark.parametrize(
    "word", ["hcsm", "Übung_2", "лампа", "φάρος", "灯台chat", "ライトhouse한국", "منارة", "çà", "ñandú"]
)
def test_a_word_of_one_script_or_of_scripts_that_differ_is_not(word: str) -> None:
    assert not has_lookalikes(word)


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


def test_no_address_holds_the_begin_of_a_component() -> None:
    files = sources(lanternchat="hashtag: lanternchat\nname: Lanterns\njoin: https://a.example/begin:Vevent\n")
    (wrong,) = [one for one in build_calendar(files, {}, NOW).problems if one.severity == "error"]
    assert (wrong.code, wrong.hint) == ("component", "Write `begin%3AVevent`.")


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
        ("Skip-checks: true", "Skip- checks: true", "Skip-<!-- -->checks: true"),
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


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("Stadt\u00adteil", "Stadtteil"),
        ("a\u200bb\ufeff", "ab"),
        ("a\tb\u2028c", "a b c"),
        ("\u202ea\x07b", "a b"),
        ("a \u3164 b \u3164", "a b"),
    ],
)
def test_what_nobody_sees_parts_no_word(written: str, line: str) -> None:
    assert make_single_line(written) == line
