"""Kubernetes' sigs.yaml: a chapter for each group, and no week that nobody has named."""

from datetime import date

import pytest

from chatcal.importers import convert
from chatcal.importers.convert import ConvertedChapter
from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import TODAY, read


def groups(text: str) -> dict[str, ConvertedChapter]:
    """Return what becomes of a file, by the slug of each chapter; all sessions are those of the file."""
    found = convert.convert(read(text), "The file sigs.yaml", convert.Wishes(TODAY))
    for one in found:
        assert one.comparison is not None, one.text
        assert not one.comparison.differences, [one.text, *one.comparison.differences]
    return {one.slug: one for one in found}


def meeting(**said: str) -> ConvertedChapter:
    """Return what becomes of a group with one meeting, of which that is said."""
    values = {
        "description": "Regular SIG Meeting",
        "day": "Wednesday",
        "time": '"11:00"',
        "tz": "UTC",
        "frequency": "weekly",
    }
    rows = "".join(f"    {key}: {value}\n" for key, value in (values | said).items())
    found = groups(f"sigs:\n- dir: sig-lamps\n  name: Lamps\n  meetings:\n  - {rows[4:]}")
    return found["sig-lamps"]


@pytest.mark.parametrize(
    ("day", "frequency", "chat"),
    [
        ("Wednesday", "weekly", "every: Wednesday"),
        ("Tuesdays", "Weekly", "every: Tuesday"),
        ("Monday/Thursday", "weekly", "every: Monday and Thursday"),
        ("Wed", "every week", "every: Wednesday"),
        ("Wednesday", "biweekly", "every: other Wednesday\n    counting: unknown"),
        ("Wednesday", "bi-weekly", "every: other Wednesday\n    counting: unknown"),
        ("Wednesday", "every other Wednesday", "every: other Wednesday\n    counting: unknown"),
        ("Wednesday", "every two weeks", "every: other Wednesday\n    counting: unknown"),
        ("Wednesday", "every four weeks", "every: 4 weeks on Wednesday\n    counting: unknown"),
        (
            "Tuesday",
            "biweekly starting Tuesday Feb 11, 2025",
            "every: other Tuesday\n    at: 11:00\n    from: 2025-02-11",
        ),
        ("Friday", "'biweekly 2019 start date: Jan. 11th'", "every: other Friday\n    at: 11:00\n    from: 2019-01-11"),
        ("Tuesday", "biweekly since 2025-02-11", "every: other Tuesday\n    at: 11:00\n    from: 2025-02-11"),
        ("Tuesdays (starting March 3rd 2026)", "biweekly", "every: other Tuesday\n    at: 11:00\n    from: 2026-03-03"),
        # The day is none of the weekday, or there is none: nobody knows which weeks are meant.
        ("Friday", "biweekly starting Feb 11, 2025", "every: other Friday\n    counting: unknown"),
        ("Friday", "biweekly starting Feb 31, 2025", "every: other Friday\n    counting: unknown"),
        ("Tuesday", "monthly - third Tuesday", "every: third Tuesday of the month"),
        ("Thursday", "Monthly on 4th Thursday", "every: fourth Thursday of the month"),
        ("Wednesday", "monthly - second Wednesday every month", "every: second Wednesday of the month"),
        ("Monday", "first Monday of the month", "every: first Monday of the month"),
        ("Monday", "1st & 3rd", "every: first and third Monday of the month"),
        ("Friday", "Last Friday of the month", "every: last Friday of the month"),
    ],
)
def test_days_and_frequencies_become_chats(day: str, frequency: str, chat: str) -> None:
    assert f"  - {chat}\n" in meeting(day=day, frequency=frequency).text


@pytest.mark.parametrize(
    ("day", "said"), [("Mondays (US) / Fridays (APAC)", True), ("Every Monday & Friday", False), ("Mon, Fri", False)]
)
def test_words_of_a_day_that_are_not_understood_are_told(day: str, *, said: bool) -> None:
    text = meeting(day=f"'{day}'").text
    assert "every: Monday and Friday\n" in text
    assert (f"# The file says “{day}”.\n" in text) == said


@pytest.mark.parametrize(
    ("day", "frequency", "why"),
    [
        ("Thursday", "monthly", "“monthly” does not say on which days it meets"),
        ("Wednesday", "semimonthly", "“semimonthly” does not say on which days it meets"),
        ("Wednesday", "monthly - Wednesday after the fourth Tuesday", "does not say on which days it meets"),
        ("Wednesday", "every few weeks", "“every few weeks” does not say on which days it meets"),
        ("TBD", "weekly", "its `day` is no day of the week"),
    ],
)
def test_a_meeting_whose_days_nobody_can_compute_is_named_and_noted(day: str, frequency: str, why: str) -> None:
    found = meeting(day=day, frequency=frequency)
    (left_out,) = found.left_out
    assert why in left_out
    assert found.chapter is not None
    assert found.chapter.chats == ()
    assert found.chapter.note == f"SIG Lamps: Regular Meeting meets {day} 11:00 UTC, “{frequency}”."


def test_how_to_join_a_meeting_that_is_only_noted_stays_in_the_note() -> None:
    found = meeting(frequency="bimonthly", url="https://zoom.us/j/1", archive_url="https://docs.example/lamps")
    assert found.chapter is not None
    assert (found.chapter.note or "").endswith(
        ", “bimonthly”. Join: https://zoom.us/j/1 Agenda: https://docs.example/lamps"
    )
    assert (meeting(frequency="bimonthly", url="https://lamps.example/").chapter or found.chapter).note == (
        "SIG Lamps: Regular Meeting meets Wednesday 11:00 UTC, “bimonthly”. Page: https://lamps.example/"
    )


@pytest.mark.parametrize(
    ("kind", "name", "called"),
    [("sigs", "Oil SIG", "Oil SIG"), ("sigs", "Sight", "SIG Sight"), ("committees", "Oil committee", "Oil committee")],
)
def test_a_group_whose_name_says_its_kind_is_called_so_once(kind: str, name: str, called: str) -> None:
    row = "{description: Ebb, day: Friday, time: '9:00', tz: UTC, frequency: weekly}"
    (found,) = groups(f"{kind}:\n- {{dir: x, name: {name}, meetings: [{row}]}}\n").values()
    assert found.chapter is not None
    assert found.chapter.name == called


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ('"9:00"', "09:00"), ("3PM", "15:00"), ("12:30 a.m.", "00:30"), ('"1630"', "16:30"), ("10:30am", "10:30"),
        ("09.30", "09:30"), ("16h30", "16:30"), ("17h", "17:00"), ('"17:00 (UTC)"', "17:00"),
        ("7-8pm", "19:00"), ("11-1pm", "11:00\n    lasts: 2h"), ("16:00 to 17:30", "16:00\n    lasts: 1h30"),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(time: str, at: str) -> None:
    assert f"    at: {at}\n" in meeting(time=time).text


@pytest.mark.parametrize(
    ("zone", "name", "is_sure"),
    [
        ("PT (Pacific Time)", "America/Los_Angeles", True),
        ("Eastern Time (ET)", "America/New_York", True),
        ("Europe/Amsterdam", "Europe/Amsterdam", True),
        ("Poland", "Europe/Warsaw", True),
        ("US/Pacific", "America/Los_Angeles", True),
        ("UTC", "Etc/UTC", True),
        ("CET (Central European Time)", "Europe/Paris", False),
        ("CET", "Europe/Paris", False),
        ("IST (Indian Standard Time)", "Asia/Kolkata", False),
    ],
)
def test_zones_are_read_as_people_write_them_and_a_doubtful_one_is_told(zone: str, name: str, is_sure: bool) -> None:
    text = meeting(tz=zone).text
    assert f"timezone: {name}\n" in text
    assert (f"# The file says {zone}; {name} is the place that most people mean.\n" in text) != is_sure


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"time": "noon or so"}, "its `time` is no clock time: noon or so"),
        ({"time": '"17:00 ET"'}, "its `time` names another zone than its `tz`: 17:00 ET"),
        ({"time": '"25:00"'}, "its `time` is no clock time: 25:00"),
        ({"tz": "Lamp Time"}, "its time zone is not known: Lamp Time"),
    ],
)
def test_a_time_or_zone_that_nobody_knows_is_named(said: dict[str, str], why: str) -> None:
    assert meeting(**said).left_out == (f"“SIG Lamps: Regular Meeting”: {why}.",)


@pytest.mark.parametrize(
    ("frequency", "said"),
    [
        ("Biweekly, interleaved with the other one", "# The file says “Biweekly, interleaved with the other one”.\n"),
        ("weekly", ""),
        ("Bi-weekly", ""),
    ],
)
def test_what_a_frequency_says_besides_stands_above_its_chat(frequency: str, said: str) -> None:
    text = meeting(frequency=frequency).text
    assert said in text
    assert ("The file says “" in text) == bool(said)


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("Regular SIG Meeting", '"SIG Lamps: Regular Meeting"'),
        ("Lamps office hours", "Lamps office hours"),
        ("SIG", "SIG Lamps"),
        ("''", "SIG Lamps"),
    ],
)
def test_a_title_names_the_group_once(description: str, title: str) -> None:
    assert f"    title: {title}\n" in meeting(description=description).text


def test_a_group_becomes_a_chapter_with_its_subprojects_and_what_is_known_of_it() -> None:
    text = """\
sigs:
- {dir: sig-quiet, name: Quiet, meetings: []}
- none
- dir: sig-lamps
  name: Lamps
  mission_statement: >
    Lamps,
    of all kinds.
  leadership: {chairs: [{name: Ada Keeper, github: ada}, {name: Bo Light}, x], tech_leads: [{name: Cy Beam}]}
  contact: {slack: sig-lamps, mailing_list: 'https://lists.example/lamps'}
  meetings:
  - {description: Regular SIG Meeting, day: Monday, time: '9:00', tz: UTC, frequency: weekly, url: 'https://zoom.us/j/1',
     archive_url: 'https://docs.example/lamps', recordings_url: TBD, minutes: x}
  subprojects:
  - name: oil
    meetings: [{description: Oil, day: Tuesday, time: '9:00', tz: UTC, frequency: biweekly, url: x, calendar_url: x}]
  - name: glass
workinggroups:
- {dir: wg-tides, name: Tides, meetings: [{description: Ebb, day: Friday, time: '9:00', tz: UTC, frequency: weekly}]}
committees:
- dir: committee-harbour
  name: Harbour
  meetings: [{description: Public, day: Friday, time: '9:00', tz: UTC, frequency: weekly}]
"""
    found = groups(text)
    assert list(found) == ["sig-lamps", "wg-tides", "committee-harbour"]
    lamps = found["sig-lamps"].chapter
    assert lamps is not None
    assert (lamps.name, lamps.about) == ("SIG Lamps", "Lamps, of all kinds.")
    assert lamps.moderators == ("Ada Keeper", "Bo Light")
    assert lamps.note is not None
    assert "Slack: #sig-lamps." in lamps.note
    assert [(chat.title, chat.join) for chat in lamps.chats] == [
        ("SIG Lamps: Regular Meeting", "https://zoom.us/j/1"), ("SIG Lamps: Oil", None),
    ]  # fmt: skip
    assert found["sig-lamps"].left_out == ("Its key `minutes` under `meetings` is not read.",)
    assert "https://docs.example/lamps" in found["sig-lamps"].text
    assert found["wg-tides"].chapter is not None
    assert found["wg-tides"].chapter.chats[0].title == "WG Tides: Ebb"
    assert found["committee-harbour"].chapter is not None
    assert found["committee-harbour"].chapter.chats[0].title == "Harbour Committee: Public"


def test_a_known_start_beside_an_unknown_one_is_compared_only_from_the_later() -> None:
    text = """\
sigs:
- dir: sig-lamps
  name: Lamps
  meetings:
  - {description: A, day: Tuesday, time: '9:00', tz: UTC, frequency: 'biweekly starting Tuesday Feb 11, 2025'}
  - {description: B, day: Friday, time: '9:00', tz: UTC, frequency: weekly}
"""
    comparison = groups(text)["sig-lamps"].comparison
    assert comparison is not None
    assert comparison.windows[0].first == date(2025, 2, 11)
    assert comparison.sessions == comparison.matching


def test_groups_that_never_meet_make_no_calendar() -> None:
    with pytest.raises(ForeignCalendarError, match=r"^none of its groups has a meeting$"):
        read("sigs: [{dir: sig-quiet, name: Quiet, meetings: []}]\n")
