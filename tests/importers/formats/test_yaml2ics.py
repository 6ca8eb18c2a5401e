"""The files of yaml2ics: read as the program reads them, and nothing lost without a word."""

import pytest

from chatcal.importers import convert
from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import TODAY, chats, made, read

EVENTS = """\
name: Lights
timezone: America/Toronto
events:
  - summary: Lanterns
    begin: 2026-01-07 13:00:00
    duration: {hours: 1}
    repeat: {interval: {weeks: 1}, until: 2026-12-31}
"""


def test_an_event_becomes_a_chat() -> None:
    assert chats(made(EVENTS)) == (
        "chats:\n"
        "  - every: Wednesday\n    at: 13:00\n    from: 2026-01-07\n    until: 2026-12-30\n    title: Lanterns\n"
    )


@pytest.mark.parametrize(
    ("begin", "at"),
    [
        ("2026-01-07 13:00:00 -05:00", "18:00"),
        ("2026-01-07T13:00:00+0530", "07:30"),
        ("2026-01-07 13:00:00 +5", "08:00"),
        ("2026-01-07 13:00:00Z", "13:00"),
    ],
)
def test_a_time_with_an_offset_is_in_utc(begin: str, at: str) -> None:
    single = f"events:\n  - {{summary: Lanterns, begin: {begin}, end: 2026-01-07 20:00:00Z}}\n"
    text = made(single)
    assert "timezone: Etc/UTC\n" in text
    assert f"    at: {at}\n" in text


def test_a_lone_day_is_skipped_or_added_as_one_in_a_list_is() -> None:
    lone = "except_on: 2026-01-14, also_on: 2026-01-16 13:00:00}"
    text = made(EVENTS.replace("2026-12-31}", f"2026-12-31, {lone}"))
    assert "  2026-01-14: cancelled  # Wed\n" in text
    assert "  - dates: [2026-01-16]\n" in text


def test_events_that_share_lines_by_anchors_are_whole() -> None:
    text = "timezone: Europe/Berlin\nevents:\n  - &a\n    summary: Day 1\n    location: https://lamp.example/\n"
    text += "    begin: 2026-03-02 09:00:00\n    duration: {hours: 3}\n"
    text += "  - <<: *a\n    summary: Day 2\n    begin: 2026-03-03 09:00:00\n"
    found = made(text)
    for day in (1, 2):
        assert f"  - dates: [2026-03-0{day + 1}]\n    at: 09:00\n    lasts: 3h\n    title: Day {day}\n" in found
    assert "join: https://lamp.example/\n" in found


@pytest.mark.parametrize(
    ("length", "lasts"),
    [
        ("{hours: 1.5}", "1h30"), ("{minutes: 45.0}", "45min"), ("{hours: 1, minutes: 30}", "1h30"),
        ("{days: 0.5}", "12h"), ("{weeks: 1}", "7d"), ("{seconds: 5400}", "1h30"),
    ],
)  # fmt: skip
def test_a_length_may_be_a_fraction_and_a_sum(length: str, lasts: str) -> None:
    assert f"    lasts: {lasts}\n" in made(EVENTS.replace("{hours: 1}", length))


def test_skipped_and_added_days_and_rules_of_ones_own_are_read() -> None:
    text = EVENTS.replace(
        "until: 2026-12-31", "until: 2026-12-31 23:00:00, except_on: [2026-03-11], also_on: [2026-03-12 13:00:00]"
    )
    text += (
        "  - summary: Yearly\n    begin: 2026-05-01\n    ics: |\n      RRULE:FREQ=YEARLY;COUNT=3\n\n      X-A;B=c:1\n"
    )
    text += "  - summary: Day\n    begin: 2026-05-02\n    ics: |\n      URL:https://lantern.example/day\n"
    found = made(text)
    assert "  2026-03-11: cancelled  # Wed\n" in found
    assert "  - dates: [2026-03-12]\n" in found
    assert "  - every: 1 May\n    at: all day\n    from: 2026-05-01\n    until: 2028-05-01\n" in found
    assert "https://lantern.example/day" in found
    assert read(text).remarks == ("Its key `X-A` under `ics` is not read.",)


def test_every_key_that_is_not_read_is_named_and_what_chatcal_makes_itself_is_no_loss() -> None:
    more = (
        "uid: a\n    transparent: true\n    categories: [oil]\n    alarms: []\n    event_url: https://a.example/\n    "
    )
    text = EVENTS.replace("repeat: {", f"{more}repeat: {{byweekday: fr, ").replace(
        "events:", "description: About.\nevents:"
    )
    found = read(text)
    assert found.remarks == ("Its keys `byweekday` under `repeat`, `categories` and `alarms` are not read.",)
    assert found.notes == ("chatcal makes `uid` and `transparent` itself.",)
    assert found.about == "About."
    assert found.series[0].main.url == "https://a.example/"


def test_keys_of_several_events_are_counted() -> None:
    extra = "  - {summary: Other, begin: 2026-05-01, categories: [fog], status: TENTATIVE, organizer: ada@a.example}\n"
    found = read("color: red\n" + EVENTS + extra + extra.replace("Other", "Third").replace("ada@a.example", "{}"))
    assert found.remarks == ("Its keys `color`, `categories` (2 times) and `organizer` are not read.",)


@pytest.mark.parametrize(
    ("organizer", "hosts"),
    [
        ("Ada Keeper", ("Ada Keeper",)),
        ("Ada Keeper <ada@lamp.example>, Bo bo@lamp.example", ("Ada Keeper", "Bo")),
        ("{common_name: Ada Keeper, email: ada@lamp.example}", ("Ada Keeper",)),
    ],
)
def test_an_organizer_is_the_host_without_the_address(organizer: str, hosts: tuple[str, ...]) -> None:
    found = read(EVENTS + f"    organizer: {organizer}\n")
    assert found.series[0].main.hosts == hosts
    assert found.remarks == ()


def test_what_is_private_is_left_out_and_counted() -> None:
    private = "  - {summary: Secret, begin: 2026-05-01, classification: PRIVATE}\n"
    found = read(EVENTS + private)
    assert found.remarks == ("1 event marked as private was left out.",)
    assert "Secret" not in str(found.series)


@pytest.mark.parametrize(
    ("old", "new", "name", "why"),
    [
        ("  - summary", "  - none\n  - summary", "An event", "it is not a mapping"),
        ("America/Toronto", "Nowhere", "“Lanterns” of 2026-01-07 13:00:00", "its time zone does not exist: Nowhere"),
        (
            "2026-01-07",
            "soon",
            "“Lanterns” of soon 13:00:00",
            "its `begin` must be a date or time like 2026-03-04 13:00:00",
        ),
        (
            "2026-01-07",
            "2026-02-30",
            "“Lanterns” of 2026-02-30 13:00:00",
            "its `begin` must be a date or time like 2026-03-04 13:00:00",
        ),
        ("{hours: 1}", "1h", "“Lanterns” of 2026-01-07 13:00:00", "its `duration` must be like {minutes: 30}"),
        ("{hours: 1}", "{hours: -1}", "“Lanterns” of 2026-01-07 13:00:00", "its `duration` must be like {minutes: 30}"),
        ("{weeks: 1}", "weekly", "“Lanterns” of 2026-01-07 13:00:00", "its `interval` must be like {weeks: 1}"),
        ("{weeks: 1}", "{moons: 1}", "“Lanterns” of 2026-01-07 13:00:00", "its `interval` must be like {weeks: 1}"),
        (
            "2026-01-07 13:00:00",
            "0001-01-01 00:00:00 +05:00",
            "“Lanterns” of 0001-01-01 00:00:00 +05:00",
            "its times are out of range",
        ),
        ("    begin", "    start", "“Lanterns”", "its `begin` must be a date or time like 2026-03-04 13:00:00"),
    ],
)
def test_what_is_wrong_with_an_event_is_named_and_the_others_are_imported(
    old: str, new: str, name: str, why: str
) -> None:
    assert old in EVENTS
    other = "  - {summary: Other, begin: 2026-05-01, timezone: Europe/Paris}\n"
    found = read(EVENTS.replace(old, new, 1) + other)
    assert f"{name}: {why}." in found.remarks
    assert "Other" in [one.main.summary for one in found.series]


def test_a_rule_that_cannot_be_read_is_named_with_its_event() -> None:
    text = EVENTS.replace("repeat:", 'ics: "RRULE:FREQ=OFTEN;X"\n    # repeat:')
    (found,) = convert.convert(read(text), "The file", convert.Wishes(TODAY))
    assert found.left_out == (
        "“Lanterns” of 7 Jan 2026 has a rule that a schedule cannot have: `X=` is not valid: a part needs a value.",
    )


def test_a_file_whose_events_all_fail_says_why() -> None:
    with pytest.raises(ForeignCalendarError, match=r"^no event can be read\. “Lanterns” of soon 13:00:00: its `begin`"):
        read(EVENTS.replace("2026-01-07", "soon"))


def test_an_event_whose_times_make_no_sense_is_counted() -> None:
    text = EVENTS + "  - {summary: Old, begin: 0100-01-01}\n"
    assert read(text).remarks == ("“Old” of 1 Jan 100: it begins in the year 100.",)
