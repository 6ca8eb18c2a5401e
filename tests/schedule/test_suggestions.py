"""What somebody most likely meant by a date, a time or a length: hints, each of which can be typed."""

import re
from contextlib import suppress
from time import process_time

import pytest

from chatcal.problems import ScheduleError, Span
from chatcal.schedule import date_values, suggestions
from chatcal.schedule.format import parse_chapter
from chatcal.schedule.nodes import Scalar


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3/4/2026", "`2026-03-04` if the month comes first, `2026-04-03` if the day does"),
        ("3/3/2026", "`2026-03-03`"),
        ("09/15/2026", "`2026-09-15`"),
        ("15.9.2026", "`2026-09-15`"),
        ("15-9-26", "`2026-09-15`"),
        ("27-01-05", "`2005-01-27` if the day comes first, `2027-01-05` if the year does"),
        (
            "05-06-27",
            "`2027-05-06` if the month comes first, `2027-06-05` if the day does, `2005-06-27` if the year does",
        ),
        ("2026/3/4", "`2026-03-04`"),
        ("20260304", "`2026-03-04`"),
        ("4 March 2026", "`2026-03-04`"),
        ("4th of Mar. 2026", "`2026-03-04`"),
        ("Wednesday, March 4th, 2026", "`2026-03-04`"),
        ("Wed 2026-03-04", "`2026-03-04`"),
        ("2026-03-04 13:00", "`2026-03-04`"),
        ("the end of 2026", "`2026-12-31`"),
        ("End of February 2028", "`2028-02-29`"),
        ("beginning of the year 2027", "`2027-01-01`"),
        ("start of 2027-04", "`2027-04-01`"),
        ("end of May", ""),
        ("end of 2027-13", ""),
        ("31/31/2026", ""),
        ("2026-3-32", ""),
        ("30 February 2026", ""),
        ("tomorrow", ""),
        ("2026-03", ""),
    ],
)
def test_a_date_in_another_order_or_in_words(text: str, meant: str) -> None:
    assert suggestions.suggest_date(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-05T20:00Z", "`2026-03-05 20:00`"),
        ("March 5, 2026 at 8:00", "`2026-03-05 08:00`"),
        ("5 March 2026", "`2026-03-05`"),
    ],
)
def test_a_date_with_its_time(text: str, meant: str) -> None:
    assert suggestions.suggest_date(text, timed=True) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("March 2026", "2026-03"),
        ("Sept. 2026", "2026-09"),
        ("Sep. 2026", "2026-09"),
        ("2026-3", "2026-03"),
        ("2026/03", "2026-03"),
        ("2026-03", ""),
        ("2026-13", ""),
        ("2026/13", ""),
        ("2026", ""),
    ],
)
def test_a_month_in_words_or_short(text: str, meant: str) -> None:
    assert suggestions.suggest_month(text) == meant


GENERAL = "Write hours and minutes by the 24-hour clock, like `13:00` or `20:30`."
ZONED = "Write `{}` alone; the zone has a key of its own, `timezone:`."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("9pm", "Write `21:00`, by the 24-hour clock."),
        ("9:30 PM", "Write `21:30`, by the 24-hour clock."),
        ("8 a.m.", "Write `08:00`, by the 24-hour clock."),
        ("12am", "Write `00:00`, by the 24-hour clock."),
        ("12pm", "Write `12:00`, by the 24-hour clock."),
        ("13pm", "Write `13:00`."),
        ("25pm", GENERAL),
        ("13.00", "Write `13:00`."),
        ("1300", "Write `13:00`."),
        ("130", "Write `01:30`."),
        ("13", "Write `13:00`."),
        ("8", "Write `08:00` for the morning, `20:00` for the afternoon or evening."),
        ("12 noon", "Write `12:00`."),
        ("12 midnight", "Write `00:00`."),
        ("20:00 sharp", "Write `20:00` alone."),
        ("8pm sharp", "Write `20:00` alone."),
        ("8 in the evening", "Write `20:00`, by the 24-hour clock."),
        ("7:30 in the evening", "Write `19:30`, by the 24-hour clock."),
        ("9 o'clock in the morning", "Write `09:00`, by the 24-hour clock."),
        ("20:15 in the evening", "Write `20:15`."),
        ("12 in the evening", GENERAL),
        ("8 at night", GENERAL),
        ("13:00 Toronto", ZONED.format("13:00")),
        ("13:00 my time", ZONED.format("13:00")),
        ("13h00", "Write `13:00`."),
        ("20h", "Write `20:00`."),
        ("20 Uhr", "Write `20:00`."),
        ("13:00:00", "Write `13:00`."),
        ("25.00", GENERAL),
        ("13.75", GENERAL),
        ("13:00 ET", ZONED.format("13:00")),
        ("13:00 (ET)", ZONED.format("13:00")),
        ("13:00Z", ZONED.format("13:00")),
        ("13:00-05:00", ZONED.format("13:00")),
        ("8 AM Eastern Time", ZONED.format("08:00")),
        ("13:00-14:00", "Write when it begins, `at: 13:00`, and how long it takes, `lasts: 1h`."),
        ("8-9pm", "Write when it begins, `at: 20:00`, and how long it takes, `lasts: 1h`."),
        ("11am to 12:30pm", "Write when it begins, `at: 11:00`, and how long it takes, `lasts: 1h30`."),
        ("23:30 - 00:15", "Write when it begins, `at: 23:30`, and how long it takes, `lasts: 45min`."),
        ("13:00-13:00", ZONED.format("13:00")),
        ("x to y", GENERAL),
        ("noon", "Write `12:00`."),
        ("8 o'clock", "Write `08:00` for the morning, `20:00` for the afternoon or evening."),
        ("12 o'clock", "Write `00:00` for the morning, `12:00` for the afternoon or evening."),
        ("20 o'clock", GENERAL),
        ("early", GENERAL),
    ],
)
def test_a_clock_time_written_another_way(text: str, hint: str) -> None:
    assert suggestions.suggest_time(text) == hint


@pytest.mark.parametrize(("text", "meant"), [("lunchtime", "midday"), ("tba", "unknown"), ("soon", "")])
def test_a_part_of_the_day_in_other_words(text: str, meant: str) -> None:
    assert suggestions.DAY_PART_SYNONYMS.get(text, "") == meant


GENERAL_LENGTH = "Write `45min`, `1h`, `1h30`, `48h` or `2d`."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("60", "Write `60min` for minutes, `60h` for hours."),
        ("1:30", "Write `1h30`."),
        ("01:30", "Write `1h30`."),
        ("14:00", GENERAL_LENGTH),
        ("0", GENERAL_LENGTH),
        ("1 hour", "Write `1h`."),
        ("2 hrs", "Write `2h`."),
        ("1.5h", "Write `1h30`."),
        ("1,5 hours", "Write `1h30`."),
        ("an hour", "Write `1h`."),
        ("half an hour", "Write `30min`."),
        ("90 minutes", "Write `1h30`."),
        ("75 minutes", "Write `1h15`."),
        ("1h30m", "Write `1h30`."),
        ("1h 30min", "Write `1h30`."),
        ("1 hour and 15 minutes", "Write `1h15`."),
        ("2 days", "Write `2d`."),
        ("1 week", "Write `7d`."),
        ("1.5 days", "Write `36h`."),
        ("48 Hours", "Write `48h`."),
        ("long", GENERAL_LENGTH),
        ("until 14:00", GENERAL_LENGTH),
        ("31 days", "Write `31d`."),
        ("32 days", suggestions.LENGTH_LIMITS),
        ("5 weeks", suggestions.LENGTH_LIMITS),
        ("1000 h", suggestions.LENGTH_LIMITS),
        ("0 hours", suggestions.LENGTH_LIMITS),
        ("9" * 400 + "h", GENERAL_LENGTH),
    ],
)
def test_a_length_in_words(text: str, hint: str) -> None:
    assert suggestions.suggest_duration(text) == hint
    for written in re.findall("`([^`]+)`", hint):
        date_values.read_duration(Scalar(written, Span("")))  # what a hint says can be typed


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("12", "Write `12 months`."),
        ("1 year", "Write `12 months`."),
        ("1", "Write `1 month`."),
        ("99 years", "Write a number of months, like `12 months`."),
        ("0", "Write a number of months, like `12 months`."),
        ("many", "Write a number of months, like `12 months`."),
    ],
)
def test_a_number_of_months_in_words(text: str, hint: str) -> None:
    assert suggestions.suggest_month_count(text) == hint


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Eastern", "America/New_York"),
        ("Eastern Time", "America/New_York"),
        ("Pacific Daylight Time", "America/Los_Angeles"),
        ("UK time", "Europe/London"),
        ("EST/EDT", "America/New_York"),
        ("Canada", "America/Toronto"),
        ("Central European Time", "Europe/Paris"),
    ],
)
def test_a_clock_that_everybody_has_a_word_for(text: str, zone: str) -> None:
    assert suggestions.suggest_zone(text) == f"Write `{zone}`, or the city that keeps the chapter's clock."


@pytest.mark.parametrize("text", ["Toronto", "my time", "time", ""])
def test_other_words_are_no_clock(text: str) -> None:
    assert not suggestions.suggest_zone(text).startswith("Write `")


def test_every_clock_that_is_suggested_is_one_that_can_be_written() -> None:
    for zone in suggestions._ZONE_WORDS.values():
        assert date_values.read_zone(Scalar(zone, Span(""))) == zone


@pytest.mark.parametrize("key", ["at", "lasts", "until", "from", "every", "timezone", "title", "join", "id"])
@pytest.mark.parametrize("between", [" ", "1 ", " -", "a.a", "#"])
def test_a_long_text_costs_no_more_than_a_short_one(key: str, between: str) -> None:
    chat = f'chats: [{{every: day, at: 13:00, {key}: "1{between * (120_000 // len(between))}x"}}]'
    text = chat.replace("every: day, ", "" if key == "every" else "every: day, ")
    text = text.replace("at: 13:00, ", "" if key == "at" else "at: 13:00, ", 1)
    before = process_time()
    with suppress(ScheduleError):
        parse_chapter("schedules/lanternchat.yaml", f"hashtag: lanternchat\nname: K\n{text}\n".encode())
    # What grows with the square of the length takes minutes.
    assert process_time() - before < 3
