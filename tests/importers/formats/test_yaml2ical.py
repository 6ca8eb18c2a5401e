"""The files of yaml2ical: read as the program reads them, and nothing lost without a word."""

import pytest

from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import made, read

MEETING = """\
project: The Lantern Keepers
project_url: https://lantern.example/
agenda_url: https://lantern.example/agenda
schedule:
  - {time: '1630', day: wednesday, irc: lantern, frequency: weekly, start_date: 20260107, chair: Bo Light}
  - {time: '630', day: Thursday, matrix: "lantern.example", frequency: second-thursday, start_date: 20260107}
chair: Ada Keeper
description: Lighthouse keepers compare notes.
"""


def test_a_meeting_becomes_the_file_that_a_maintainer_would_write() -> None:
    assert made(MEETING) == (
        "# Times are in UTC, without summer time. If a place's clock is meant, write its zone and time.\n"
        "name: The Lantern Keepers\n"
        "about: Lighthouse keepers compare notes.\n"
        "timezone: Etc/UTC\n"
        "website: https://lantern.example/\n"
        "links:\n  Agenda: https://lantern.example/agenda\n"
        "moderators:\n"
        "  - Ada Keeper\n"
        "  - Bo Light\n"
        "sources:\n"
        "  - The file\n"
        "chats:\n"
        "  - every: Wednesday\n    at: 16:30\n    from: 2026-01-07\n    title: The Lantern Keepers\n"
        '    place: "#lantern on IRC"\n    hosts: [Bo Light]\n'
        "  - every: second Thursday of the month\n    at: 06:30\n    from: 2026-02-12\n    title: The Lantern Keepers\n"
        "    place: lantern.example on Matrix\n"
    )


def test_a_list_stands_where_a_text_does_and_a_lone_value_where_a_list_does() -> None:
    text = MEETING.replace("chair: Ada Keeper", "chair: [Ada Keeper, Cy (cy)]\nagenda: [Oil, Gas]")
    text = text.replace("weekly,", "weekly, skip_dates: {skip_date: 20260311},")
    found = made(text)
    assert "moderators:\n  - Ada Keeper\n  - Cy (cy)\n  - Bo Light\n" in found
    assert "note: |\n  Agenda:\n  Oil\n  Gas\n" in found
    assert "2026-03-11: cancelled" in found


def test_skips_keep_their_reasons_and_a_run_of_one_reason_is_a_break() -> None:
    skips = ["20260311: Fog", "20260701: Summer", "20260708: Summer", "20260715: Summer", "20260722: Wicks"]
    listed = "".join(f"{{skip_date: {one.replace(':', ', reason:')}}}, " for one in skips)
    text = made(MEETING.replace("start_date: 20260107, chair", f"start_date: 20260107, skip_dates: [{listed}], chair"))
    assert text.partition("sessions:\n")[2] == (
        "  2026-03-11:  # Wed\n    cancelled: Fog\n"
        "  2026-07-01:  # Wed\n    cancelled: Summer\n"
        "  2026-07-08:  # Wed\n    cancelled: Summer\n"
        "  2026-07-15:  # Wed\n    cancelled: Summer\n"
        "  2026-07-22:  # Wed\n    cancelled: Wicks\n"
    )
    weekly = MEETING.replace("  - {time: '630'", "  # {time: '630'")
    text = made(weekly.replace("start_date: 20260107, chair", f"start_date: 20260107, skip_dates: [{listed}], chair"))
    assert "breaks:\n  - {from: 2026-07-01, until: 2026-07-15, reason: Summer}\n" in text


def test_a_meeting_that_does_not_say_when_it_began_has_no_first_day() -> None:
    text = made(MEETING.replace("start_date: 20260107, ", "").replace("weekly", "biweekly-odd"))
    chats = text.partition("chats:\n")[2]
    # On 1 March 2026, the next Wednesday of an odd week was the eleventh.
    assert chats.startswith("  - every: other Wednesday\n    counting: 2026-03-11\n    at: 16:30\n    title:")
    assert "from: 2026-02-12" in chats
    assert chats.count("from:") == 1


def test_a_meeting_without_days_is_told_and_noted() -> None:
    text = MEETING.replace("second-thursday", "adhoc")
    assert read(text).remarks == ("Schedule 2: it is `adhoc`, and has no days.",)
    assert read(text).note == "It also meets in lantern.example on Matrix on no regular days."
    found = read(text.replace("weekly", "adhoc").replace("irc: lantern, ", ""))
    assert (found.series, found.note) == ((), "It meets in lantern.example on Matrix on no regular days.")
    found = read(text.replace('matrix: "lantern.example", ', ""))
    assert found.note == "It also meets on no regular days."


def test_several_chairs_in_one_text_become_a_list_of_moderators_and_of_hosts() -> None:
    text = MEETING.replace("Ada Keeper", "Ada Keeper (ada), Cy Beam and Di Mist").replace("Bo Light", "Bo & Ed")
    text = made(text)
    assert "moderators:\n  - Ada Keeper (ada)\n  - Cy Beam\n  - Di Mist\n  - Bo\n  - Ed\n" in text
    assert "hosts: [Bo, Ed]\n" in text


def test_every_key_that_is_not_read_is_named_and_the_bots_name_is_kept() -> None:
    text = MEETING.replace(
        "start_date: 20260107, chair", "etherpad: x, skip_dates: [{skip_date: 20260311, by: Bo}], chair"
    )
    found = read(text + "meeting_id: lamps\nwiki: https://wiki.example/\n")
    assert found.remarks == ("Its keys `wiki`, `by` under `skip_dates` and `etherpad` under `schedule` are not read.",)
    assert found.note == "The chair begins with `#startmeeting lamps`."
    assert read(MEETING).remarks == ()


def test_the_agenda_stands_in_the_note_and_an_end_that_is_cut_is_told() -> None:
    found = read(MEETING + "meeting_id: lamps\nagenda: |\n  * Oil\n  * Gas   lamps\n")
    assert found.note == "The chair begins with `#startmeeting lamps`.\nAgenda:\n* Oil\n* Gas lamps"
    assert found.remarks == ()
    long = read(f"{MEETING}agenda: {'Oil, ' * 600}\n")
    assert len(long.note) == 2_000
    assert long.remarks == ("The end of its `agenda`: a note holds 2,000 characters.",)


def test_a_place_of_all_schedules_is_the_chapters_and_where_there_is_none_there_is_none() -> None:
    text = made(MEETING.replace('matrix: "lantern.example"', "irc: lantern"))
    assert text.count("place:") == 1
    assert 'place: "#lantern on IRC"\nlinks:\n' in text
    nowhere = MEETING.replace("irc: lantern, ", "").replace('matrix: "lantern.example", ', "")
    assert "place:" not in made(nowhere)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  - {time: '1630'", "  - none\n  - {time: '1630'", "it is not a mapping"),
        ("wednesday", "someday", "it has no day, or no time like 1600"),
        ("'1630'", "'2560'", "it has no day, or no time like 1600"),
        ("weekly", "often", "its frequency is none that yaml2ical knows: often"),
        ("weekly", "second-sunday", "its frequency is none that yaml2ical knows: second-sunday"),
        ("start_date: 20260107", "start_date: 2026-01-07", "its `start_date` is no day like 20260311"),
        ("frequency: weekly", "frequency: weekly, duration: 1h", "its `duration` is no number of minutes"),
        ("weekly", "skip_dates: [x], frequency: weekly", "one of its `skip_dates` has no `skip_date` like 20260311"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_named_and_the_others_are_imported(old: str, new: str, why: str) -> None:
    assert old in MEETING
    text = MEETING.replace(old, new, 1).replace("frequency: skip_dates", "skip_dates")
    found = read(text)
    assert found.remarks == (f"Schedule 1: {why}.",)
    assert found.series
    alone = text.partition("  - {time: '630'")[0]
    with pytest.raises(ForeignCalendarError, match=f"^no event can be read. Schedule 1: {why}$"):
        read(alone.replace("  - none\n  - {time: '1630'", "  - none\n  # "))
