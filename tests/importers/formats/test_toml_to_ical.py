"""The files of toml-to-ical: read as the program reads them, and nothing lost without a word."""

import pytest

from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import chats, made, read

KEEPERS = """\
name = "Keepers"
description = "Meetings of the keepers"

[[events]]
uid = "17"
title = "Triage"
last_modified_on = "2026-01-05T15:46:00.00Z"
start = { date = "2026-01-08T10:00:00.00", timezone = "America/New_York" }
end = { date = "2026-01-08T11:30:00.00", timezone = "America/New_York" }
organizer = { name = "Ada Keeper", email = "ada@keepers.example" }
recurrence_rules = [ { frequency = "weekly" } ]
"""


def changed(old: str, new: str) -> str:
    assert old in KEEPERS
    return KEEPERS.replace(old, new)


def test_an_event_becomes_a_chat_on_its_own_clock() -> None:
    text = made(KEEPERS)
    assert "name: Keepers\nabout: Meetings of the keepers\ntimezone: America/New_York\n" in text
    assert chats(text) == (
        "chats:\n"
        "  - every: Thursday\n    at: 10:00\n    lasts: 1h30\n    from: 2026-01-08\n    title: Triage\n"
        "    hosts: [Ada Keeper]\n"
    )


@pytest.mark.parametrize(
    ("rule", "phrase"),
    [
        ('frequency = "weekly", interval = 2', "every: other Thursday"),
        ('frequency = "monthly", by_day = [{ day = "thursday", num = 2 }]', "every: second Thursday of the month"),
        ('frequency = "monthly", by_day = [{ day = "thursday", num = -1 }]', "every: last Thursday of the month"),
        ('frequency = "weekly", by_day = [{ day = "thursday" }, { day = "friday" }]', "every: Thursday and Friday"),
        ('frequency = "monthly", by_month_day = [8, 22]', "every: 8th and 22nd of the month"),
        ('frequency = "yearly", by_month = [1], by_month_day = [8]', "every: 8 January"),
        ('frequency = "weekly", until = "2026-03-05T15:00:00.00Z"', "until: 2026-03-05"),
        ('frequency = "weekly", until = 2026-03-06', "until: 2026-03-06"),
        ('frequency = "weekly", count = 3, week_start = "sunday"', "until: 2026-01-22"),
    ],
)
def test_rules_are_read(rule: str, phrase: str) -> None:
    assert f"{phrase}\n" in made(changed('frequency = "weekly"', rule))


@pytest.mark.parametrize(
    ("exceptions", "days", "note"),
    [
        ('"2026-03-26T14:00:00.00Z"', ["2026-03-26"], ""),
        ('"2026-03-26T10:00:00-04:00"', ["2026-03-26"], ""),
        ("2026-03-26T14:00:00Z, 2026-04-02", ["2026-03-26", "2026-04-02"], ""),
        # People write the time of the event's own clock, or forget that the clocks have changed.
        ('"2026-03-26T10:00:00.00Z"', ["2026-03-26"], "1 exception of “Triage” names"),
        (
            '"2026-03-26T15:00:00.00Z", "2026-04-02T10:00:00Z"',
            ["2026-03-26", "2026-04-02"],
            "2 exceptions of “Triage” name ",
        ),
    ],
)
def test_exceptions_skip_their_day_and_one_at_another_time_is_told(exceptions: str, days: list[str], note: str) -> None:
    text = changed("recurrence_rules", f"exceptions = [{exceptions}]\nrecurrence_rules")
    found = made(text)
    assert [line[2:12] for line in found.splitlines() if ": cancelled" in line] == days
    assert (note in found) if note else ("exception" not in found)


def test_an_organizer_may_be_a_name_alone() -> None:
    named = 'organizer = { name = "Ada Keeper", email = "ada@keepers.example" }'
    assert "hosts: [Bo Light]\n" in made(changed(named, 'organizer = "Bo Light"'))


def test_further_sessions_changed_ones_and_whole_days_are_read() -> None:
    text = changed("recurrence_rules", 'recurrences = ["2026-03-27T14:00:00Z"]\nrecurrence_rules')
    text += """
[[events]]
uid = "17"
recurrence_id = { date = "2026-04-02T10:00:00", timezone = "America/New_York" }
title = "Triage, on fog"
start = { date = "2026-04-03T12:00:00", timezone = "America/New_York" }
end = { date = "2026-04-03T13:30:00", timezone = "America/New_York" }
[[events]]
title = "Day of fog"
start = "2026-05-01"
exceptions = ["2026-05-03"]
recurrence_rules = [{ frequency = "daily", count = 4 }]
[[events]]
title = "Night of fog"
start = 2026-05-06T22:00:00Z
end = 2026-05-07T00:00:00Z
status = "cancelled"
"""
    found = made(text)
    assert "  - dates: [2026-03-27]\n    at: 10:00\n" in found
    assert "  2026-04-02:  # Thu\n    moved: 2026-04-03 12:00\n    title: Triage, on fog\n" in found
    assert "every: day\n    at: all day\n    from: 2026-05-01\n    until: 2026-05-04\n" in found
    assert "  2026-05-03: cancelled  # Sun\n" in found
    assert "  2026-05-06: cancelled  # Wed\n" in found


def test_included_files_are_followed() -> None:
    text = changed("[[events]]", '[meta]\nincludes = ["_zones.toml", "fog.toml"]\n\n[[events]]')
    fog = "name = 'Fog'\n[[events]]\nuid = 'f'\ntitle = 'Fog'\n"
    fog += "start = '2026-05-06T15:00:00Z'\nend = '2026-05-06T16:00:00Z'\n"
    found = made(text, {"_zones.toml": "name = 'Zones'\n[[timezones]]\nname = 'America/New_York'\n", "fog.toml": fog})
    assert "title: Fog\n" in found
    assert "title: Triage\n" in found


def test_every_key_that_is_not_read_is_named() -> None:
    text = changed("[ {", '[ { by_moon = ["full"],').replace(
        "organizer", 'color = "red"\nstatus = "tentative"\norganizer'
    )
    assert read(text + "[site]\na = 1\n").remarks == (
        "Its keys `site`, `by_moon` in `recurrence_rules` and `color` are not read.",
    )


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("start = {", "begins = {", "its `start` must be a date or time like 2026-03-04 13:00:00"),
        ('"America/New_York" }\nend', '"Nowhere" }\nend', "its time zone does not exist: Nowhere"),
        ('"weekly"', '"often"', 'one of its `recurrence_rules` has no `frequency` like "weekly"'),
        ('"weekly"', '"weekly", interval = "x"', "one of its `recurrence_rules` has no number: x"),
        ('"weekly"', '"weekly", by_day = [{ day = "x" }]', "one of its `recurrence_rules` has no day: x"),
        ('"weekly"', '"weekly", week_start = "x"', "one of its `recurrence_rules` has no day: x"),
    ],
)
def test_what_is_wrong_with_an_event_is_named_and_the_others_are_imported(old: str, new: str, why: str) -> None:
    other = '[[events]]\nstart = "2026-05-01"\n'
    found = read(changed(old, new) + other)
    assert f"“Triage”: {why}." in found.remarks
    assert len(found.series) == 1
    with pytest.raises(ForeignCalendarError, match=r"^no event can be read\. “Triage”: "):
        read("[meta]\n" + changed(old, new).partition('"Meetings of the keepers"\n')[2])


def test_events_that_are_no_tables_are_named() -> None:
    assert read("events = [1]\n[meta]\nincludes = ['a.toml']\n", files={"a.toml": KEEPERS}).remarks == (
        "An event: its `start` must be a date or time like 2026-03-04 13:00:00.",
    )
