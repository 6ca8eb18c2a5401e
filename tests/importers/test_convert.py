"""`chatcal import` of .ics files: what a maintainer would have written, and a sentence for all that differs."""

import re
from datetime import date

import pytest

from chatcal.cli.import_ import check_conversions
from chatcal.importers import convert
from chatcal.importers.comparison import compare_with_series
from chatcal.importers.convert import ConvertedChapter
from chatcal.importers.raw_sessions import read_raw_series
from chatcal.importers.series import ForeignCalendarError
from chatcal.problems import Span, format_problems, has_errors
from chatcal.schedule import phrases
from chatcal.schedule.format import parse_chapter
from chatcal.schedule.writer import find_phrase_for_rule
from tests.support.calendars import at
from tests.support.imports import TODAY, alike, all_of, chats, event, ics, only, toronto


def test_a_weekly_series_becomes_the_file_that_a_maintainer_would_write() -> None:
    octets = ics(
        toronto("20260107", "RRULE:FREQ=WEEKLY;UNTIL=20271231T235959Z", "LOCATION:https://lantern.example/room"),
        head="X-WR-CALNAME:Lantern-Keepers",
    )
    assert alike(octets) == (
        "name: Lantern-Keepers\n"
        "timezone: America/Toronto\n"
        "sources:\n"
        "  - The file lantern.ics\n"
        "chats:\n"
        "  - every: Wednesday\n"
        "    at: 13:00\n"
        "    from: 2026-01-07\n"
        "    until: 2027-12-31\n"
        "    title: Lanterns\n"
        "    join: https://lantern.example/room\n"
    )


@pytest.mark.parametrize("phrase", phrases.PHRASE_EXAMPLES)
def test_each_phrase_is_found_again_in_its_rule(phrase: str) -> None:
    rule = phrases.parse_phrase(phrase, Span("x"))
    found = find_phrase_for_rule(rule)
    assert found is not None
    assert phrases.parse_phrase(found, Span("x")) == rule


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("FREQ=DAILY", "every: day"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every: weekday"),
        ("FREQ=DAILY;INTERVAL=14", "every: other Wednesday"),
        ("FREQ=DAILY;INTERVAL=3", "rrule: FREQ=DAILY;INTERVAL=3"),
        ("FREQ=DAILY;INTERVAL=7", "every: Wednesday"),
        ("FREQ=WEEKLY;BYDAY=SU,MO;WKST=SU", "every: Monday and Sunday"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "every: other Wednesday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=SU", "rrule: FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=SU"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE", "every: 3 weeks on Monday and Wednesday"),
        ("FREQ=MONTHLY", "every: 7th of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every: last day of the month"),
        ("FREQ=MONTHLY;BYDAY=1WE", "every: first Wednesday of the month"),
        ("FREQ=MONTHLY;BYDAY=3WE,1WE", "every: first and third Wednesday of the month"),
        ("FREQ=MONTHLY;BYDAY=WE;BYSETPOS=-1", "every: last Wednesday of the month"),
        ("FREQ=MONTHLY;BYDAY=WE;BYMONTHDAY=1,2,3,4,5,6,7", "rrule: FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=WE"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE", "every: first Wednesday of every 3 months"),
        ("FREQ=MONTHLY;INTERVAL=12;BYDAY=1WE", "every: first Wednesday of every 12 months"),
        ("FREQ=MONTHLY;BYMONTH=1,6;BYDAY=1WE", "every: first Wednesday of January and June"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=-1", "rrule: FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE"),
        ("FREQ=YEARLY", "every: 7 January"),
        ("FREQ=YEARLY;BYMONTH=3", "every: 7 March"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2TU", "every: second Tuesday of March"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=WE;BYSETPOS=3", "every: third Wednesday of January"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=TH", "rrule: FREQ=YEARLY;BYWEEKNO=20;BYDAY=TH"),
        ("FREQ=YEARLY;BYYEARDAY=100", "rrule: FREQ=YEARLY;BYYEARDAY=100"),
        ("FREQ=YEARLY;INTERVAL=2", "rrule: FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=7"),
        ("FREQ=HOURLY;INTERVAL=24", "every: day"),
        ("FREQ=MINUTELY;INTERVAL=20160", "every: other Wednesday"),
        ("FREQ=DAILY;BYHOUR=13;BYMINUTE=0;BYSECOND=0", "every: day"),
    ],
)
def test_a_phrase_stands_where_one_says_the_rule_and_the_rule_where_none_does(rule: str, written: str) -> None:
    text = alike(ics(toronto("20260107", f"RRULE:{rule}")))
    assert f"  - {written}\n    at: 13:00\n" in text


def test_a_week_of_the_year_is_held_on_the_day_of_the_start() -> None:
    text = alike(ics(toronto("20260513", "RRULE:FREQ=YEARLY;BYWEEKNO=20")))
    assert "rrule: FREQ=YEARLY;BYWEEKNO=20;BYDAY=WE\n" in text


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        ("FREQ=WEEKLY;COUNT=10", "2026-03-11"),
        ("FREQ=WEEKLY;UNTIL=20260204T180000Z", "2026-02-04"),
        ("FREQ=WEEKLY;UNTIL=20260204T170000Z", "2026-02-03"),
        ("FREQ=WEEKLY;UNTIL=20260205T013000Z", "2026-02-04"),
        ("FREQ=WEEKLY;UNTIL=20260204T130000", "2026-02-04"),
        ("FREQ=WEEKLY;UNTIL=20260204T125959", "2026-02-03"),
        ("FREQ=WEEKLY;UNTIL=20260204", "2026-02-04"),
        ("FREQ=WEEKLY;UNTIL=20260210", "2026-02-10"),
    ],
)
def test_an_end_becomes_the_last_day_on_the_clock_of_the_series(rule: str, until: str) -> None:
    assert f"    until: {until}\n" in alike(ics(toronto("20260107", f"RRULE:{rule}")))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;COUNT=999999999",
        "FREQ=WEEKLY;COUNT=20000",
        "FREQ=WEEKLY;UNTIL=99991231T235959Z",
        "FREQ=WEEKLY;UNTIL=23000101T000000Z",
        "FREQ=WEEKLY;COUNT=-1",
    ],
)
def test_an_end_that_nobody_lives_to_see_is_none(rule: str) -> None:
    assert "until:" not in only(ics(toronto("20260107", f"RRULE:{rule}"))).text


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("INTERVAL=2", "has a rule that names no frequency"),
        ("FREQ=WEEKLY;UNTIL=20270101,20280101", "has a rule whose end cannot be read"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "has a rule that falls on no day"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231T000000Z", "has a rule that falls on no day"),
        ("FREQ=YEARLY;BYMONTH=7;BYWEEKNO=1;BYDAY=MO", "has a rule that falls on no day"),
        ("FREQ=DAILY;BYHOUR=30", "names a time of the day that does not exist"),
        ("FREQ=HOURLY;INTERVAL=6;BYDAY=MO,TU;BYSETPOS=1", "picks some of several times a day"),
    ],
)
def test_a_rule_that_makes_no_sense_is_told(rule: str, why: str) -> None:
    found = only(ics(toronto("20260107", f"RRULE:{rule}")))
    assert [one.endswith(f"{why}.") for one in found.left_out] == [True]


def test_an_end_on_nobodys_clock_is_what_it_says() -> None:
    found = only(ics(event("DTSTART:20260107T130000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;UNTIL=20260204T130000")))
    assert "    until: 2026-02-04\n" in found.text


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Seminar: Testing scientific code", "seminartesting"),
        ("The containers of clusters", "containersclusters"),
        ("Donaudampfschifffahrtsgesellschaft", "donaudampfschifffahr"),
        ("3D printing in week 2", "printingweek2"),
        ("Of the", "at1500"),
    ],
)
def test_a_chat_that_shares_a_day_has_whole_words_of_its_title_as_its_id(title: str, name: str) -> None:
    octets = ics(toronto("20260107", "RRULE:FREQ=WEEKLY"), toronto("20260114", uid="2", summary=title, at="150000"))
    assert f"    id: {name}\n" in only(octets).text


def test_hours_of_a_day_become_a_chat_each() -> None:
    text = alike(ics(toronto("20260107", "RRULE:FREQ=DAILY;BYHOUR=9,13;COUNT=6")))
    assert chats(text) == (
        "chats:\n"
        "  - every: day\n    at: 09:00\n    from: 2026-01-08\n    until: 2026-01-10\n    title: Lanterns\n"
        "  - every: day\n    at: 13:00\n    from: 2026-01-07\n    until: 2026-01-09\n    title: Lanterns\n"
        "    id: at1300\n"
    )


def test_a_rule_by_hours_that_part_the_day_is_days_too() -> None:
    text = alike(ics(toronto("20260107", "RRULE:FREQ=HOURLY;INTERVAL=12;UNTIL=20260201T000000Z")))
    assert re.findall("at: .*", text) == ["at: 01:00", "at: 13:00"]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "repeats by the hour, minute or second, not at the same times of every day"),
        ("FREQ=MINUTELY;INTERVAL=7", "repeats by the hour, minute or second, not at the same times of every day"),
        ("FREQ=HOURLY;BYSETPOS=1", "picks some of several times a day"),
        ("FREQ=HOURLY;BYMINUTE=1", "repeats within the day by a rule of its own"),
        ("FREQ=DAILY;BYHOUR=1,2;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12", "meets more than 24 times a day"),
        ("FREQ=DAILY;BYDAY=MO,TU;BYHOUR=1,2;BYSETPOS=1", "picks some of several times a day"),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", "has a rule that a schedule cannot have"),
    ],
)
def test_what_no_schedule_can_say_is_told_and_stands_as_a_remark(rule: str, why: str) -> None:
    found = only(ics(toronto("20260107", f"RRULE:{rule}")))
    assert len(found.left_out) == 1
    assert why in found.left_out[0]
    assert f"# Not imported: {found.left_out[0]}"[:80] in found.text
    assert not found.is_complete


def test_more_days_than_a_series_has_are_refused() -> None:
    days = ",".join(["20260107T130000Z"] * 5_001)
    with pytest.raises(ForeignCalendarError, match="skips or adds 5,001 days, and 5,000 are the most"):
        all_of(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", f"EXDATE:{days}")))


def test_a_rule_by_the_second_takes_no_time() -> None:
    found = only(ics(*(toronto("20260107", "RRULE:FREQ=SECONDLY", uid=str(number)) for number in range(500))))
    assert len(found.left_out) == 500


# Single sessions


def test_skips_are_cancelled_and_a_run_of_them_is_a_break() -> None:
    skipped = [f"EXDATE;TZID=America/Toronto:2026{day}T130000" for day in ("0311", "0708", "0715", "0722")]
    assert chats(alike(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", *skipped)))) == (
        "chats:\n"
        "  - every: Wednesday\n    at: 13:00\n    from: 2026-01-07\n    title: Lanterns\n"
        "sessions:\n"
        "  2026-03-11: cancelled  # Wed\n"
        "breaks:\n"
        "  - {from: 2026-07-08, until: 2026-07-22}\n"
    )


def test_a_run_of_skips_is_no_break_where_another_chat_is_held() -> None:
    skipped = [f"EXDATE;TZID=America/Toronto:2026{day}T130000" for day in ("0708", "0715", "0722")]
    text = alike(
        ics(
            toronto("20260107", "RRULE:FREQ=WEEKLY", *skipped),
            toronto("20260107", "RRULE:FREQ=DAILY", uid="2", at="200000", summary="Nightly"),
        )
    )
    assert "breaks:" not in text
    assert "  2026-07-15: cancelled  # Wed\n" in text
    assert "    title: Nightly\n    id: nightly\n" in text


@pytest.mark.slow
def test_a_skip_that_names_the_day_alone_skips_the_day() -> None:
    text = alike(ics(toronto("20260107", "RRULE:FREQ=DAILY;BYHOUR=9,13", "EXDATE;VALUE=DATE:20260310")))
    assert "  2026-03-10: cancelled  # Tue\n  2026-03-10 at1300: cancelled  # Tue\n" in text


def test_overrides_become_moves_topics_and_cancellations() -> None:
    clock = "TZID=America/Toronto"
    octets = ics(
        toronto("20260107", "RRULE:FREQ=WEEKLY", "LOCATION:The tower"),
        toronto("20260312", f"RECURRENCE-ID;{clock}:20260311T130000", at="200000"),
        toronto("20260318", f"RECURRENCE-ID;{clock}:20260318T130000", summary="Lanterns\\, louder"),
        toronto("20260325", f"RECURRENCE-ID;{clock}:20260325T130000", "STATUS:CANCELLED"),
        toronto("20260401", f"RECURRENCE-ID;{clock}:20260401T130000").replace("PT1H", "PT90M"),
        toronto("20260408", f"RECURRENCE-ID;{clock}:20260408T130000", "LOCATION:The pier"),
        toronto("20260415", f"RECURRENCE-ID;{clock}:20260415T130000", "LOCATION:https://lantern.example/pier"),
        toronto("20260422", f"RECURRENCE-ID;{clock}:20260422T130000", "LOCATION:The tower", "DESCRIPTION:Bring oil"),
        event(f"RECURRENCE-ID;{clock}:20260429T130000", "DTSTART;VALUE=DATE:20260429"),
        toronto("20260506", f"RECURRENCE-ID;{clock}:20260506T130000", "LOCATION:The tower"),
    )
    text = alike(octets)
    assert "    title: Lanterns\n    place: The tower\n" in text
    assert text.partition("sessions:\n")[2] == (
        "  2026-03-11:  # Wed\n    moved: 2026-03-12 20:00\n"
        "  2026-03-18:  # Wed\n    title: Lanterns, louder\n"
        "  2026-03-25: cancelled  # Wed\n"
        "  2026-04-01:  # Wed\n    lasts: 1h30\n"
        "  2026-04-08:  # Wed\n    place: The pier\n"
        "  2026-04-15:  # Wed\n    join: https://lantern.example/pier\n"
        "  2026-04-22:  # Wed\n    note: Bring oil\n"
        "  2026-04-29:  # Wed\n    moved: 2026-04-29\n    at: all day\n"
    )


@pytest.mark.parametrize(
    ("lines", "join", "page"),
    [
        (["DESCRIPTION:" + "Lamps. " * 400 + "https://us02web.zoom.us/j/1?p=2"], "https://us02web.zoom.us/j/1?p=2", ""),
        (["DESCRIPTION:https://lantern.example/ or https://meet.google.com/abc"], "https://meet.google.com/abc", ""),
        (["URL:https://lantern.example/book"], None, "https://lantern.example/book"),
        (["URL:https://meet.jit.si/lamps"], "https://meet.jit.si/lamps", ""),
        (["LOCATION:https://maps.example/pier", "DESCRIPTION:https://teams.microsoft.com/l/1"],
         "https://teams.microsoft.com/l/1", "https://maps.example/pier"),
        (["LOCATION:https://lantern.example/room", "URL:https://lantern.example/"],
         "https://lantern.example/room", "https://lantern.example/"),
        (["DESCRIPTION:Not zoom.us.example: https://zoom.us.example/"], None, ""),
        (["DESCRIPTION:New? https://zoom.us/download https://support.zoom.us/hc/1 https://zoom.us/rec/share/1 https://zoom.us"
          " https://zoom.us/u/1 https://zoom.us/j/1"], "https://zoom.us/j/1", ""),
        (["DESCRIPTION:At HTTPS://BBB.lantern.example/b/1"], "HTTPS://BBB.lantern.example/b/1", ""),
        (["DESCRIPTION:https://facetime.apple.com/join#v=1"], "https://facetime.apple.com/join#v=1", ""),
        (["DESCRIPTION:https://bbb2.lantern.example/b/1"], "https://bbb2.lantern.example/b/1", ""),
        (["DESCRIPTION:Call in at meet.google.com/abc-def."], "https://meet.google.com/abc-def", ""),
        (["DESCRIPTION:ada@zoom.us/j or notzoom.us/j/1 or conf.d/file"], None, ""),
        (["DESCRIPTION:<a href='https://www.google.com/url?q=https://meet.google.com/abc&amp\\;sa=D'>here</a>"],
         "https://meet.google.com/abc", ""),
    ],
)  # fmt: skip
def test_the_door_is_an_address_of_a_meeting_wherever_it_stands_and_a_page_is_a_link(
    lines: list[str], join: str | None, page: str
) -> None:
    chapter = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", *lines))).chapter
    assert chapter is not None
    assert chapter.chats[0].join == join
    assert [link.address for link in chapter.chats[0].links] == [page] * bool(page)


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("zoom.us/j/1", "join: https://zoom.us/j/1"),
        ("Join Zoom Meeting: https://zoom.us/j/1", "join: https://zoom.us/j/1"),
        ("Online via https://zoom.us/j/1\\, or https://zoom.us/j/2",
         "join: https://zoom.us/j/1\n    links:\n      Place: https://zoom.us/j/2"),
        ("Hybrid: the pier & https://zoom.us/j/1 / https://video.example/1 / https://map.example",
         'join: https://zoom.us/j/1\n    place: "Hybrid: the pier"\n    links:\n'
         "      Place: https://video.example/1\n      Place 2: https://map.example"),
        ("The pier (https://www.openstreetmap.org/node/1)",
         "place: The pier\n    links:\n      Map: https://www.openstreetmap.org/node/1"),
    ],
)  # fmt: skip
def test_no_address_of_a_place_is_lost_and_no_word_around_it_is_a_place(place: str, written: str) -> None:
    text = alike(ics(toronto("20260107", f"LOCATION:{place}")))
    assert text.endswith(f"title: Lanterns\n    {written}\n")


def test_further_ways_into_a_meeting_and_a_page_without_an_address_are_comments() -> None:
    ways = (
        "CONFERENCE;FEATURE=MODERATOR,PHONE:tel:+1-555-1\\,secret",
        "CONFERENCE;FEATURE=CHAT:https://chat.example/lamps",
        "CONFERENCE;FEATURE=PHONE:tel:+1-555-2",
        "X-GOOGLE-CONFERENCE:https://meet.google.com/abc",
        "CONFERENCE:https://meet.google.com/abc",
        "URL:www.lantern.example",
    )
    text = alike(ics(toronto("20260107", *ways)))
    assert "secret" not in text
    assert "join: https://meet.google.com/abc\n" in text
    assert [line.strip() for line in text.splitlines() if "  # " in line] == [
        "# Page: www.lantern.example",
        "# Conference: https://chat.example/lamps",
        "# Conference: tel:+1-555-2",
    ]
    assert "tel" in alike(ics(toronto("20260107", "CONFERENCE:tel:+1-555-2")))
    assert "ada" not in alike(ics(toronto("20260107", "URL:mailto:ada@lantern.example")))


def test_a_text_is_a_note_and_a_longer_one_than_fits_says_so() -> None:
    text = alike(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", "DESCRIPTION:" + "Lamps and oil. " * 20)))
    note = text.partition("    note: >-\n")[2].split("\n")
    assert note[0].startswith("      Lamps and oil. Lamps")
    assert max(map(len, note)) <= 110
    assert "fits into a note" not in text
    found = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", "DESCRIPTION:" + "Lamps. " * 400)))
    assert found.left_out == (
        "“Lanterns” of 7 Jan 2026: the end of its description, of which a note holds 2,000 characters.",
    )
    assert not found.is_complete


def test_a_door_below_a_very_long_text_is_found() -> None:
    said = f"DESCRIPTION:{'Lamps. ' * 1_500}https://meet.lantern.example/x"
    assert "    join: https://meet.lantern.example/x\n" in only(ics(toronto("20260107", said))).text


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (r"Bring a lamp.\nBring oil.", "Bring a lamp.\nBring oil."),
        (r"  Agenda:\n  - Lamps \n\n\n\n- Oil\n", "Agenda:\n- Lamps\n\n- Oil"),
        (r"# No comment\n\nkey: value\n...", "# No comment\n\nkey: value\n..."),
        (
            f"{'Lamps and oil. ' * 20}\\nSecond.\\n\\n{'More, more. ' * 20}",
            f"{('Lamps and oil. ' * 20).strip()}\nSecond.\n\n{('More, more. ' * 20).strip()}",
        ),
        (r"<p>Tea &amp\; oil</p><ul><li>one<li>two</ul>", "Tea & oil\n- one\n- two"),
        ("https://lantern.example/room", "https://lantern.example/room"),
        ("https://meet.lantern.example/room", None),
    ],
)
def test_a_note_keeps_its_lines_and_does_not_repeat_the_door(written: str, note: str | None) -> None:
    day = toronto("20260107", f"DESCRIPTION:{written}")
    change = toronto(
        "20260204", f"DESCRIPTION:{written}", "RECURRENCE-ID;TZID=America/Toronto:20260204T130000", uid="2"
    )
    found = only(ics(day, toronto("20260107", "RRULE:FREQ=WEEKLY", uid="2", summary="Oil"), change))
    chapter = found.chapter
    assert chapter is not None
    assert {chapter.chats[1].note, chapter.overrides[0].note} == {note}
    assert not any(row.endswith(" ") for row in found.text.split("\n"))


def test_the_point_of_a_place_stands_beside_it() -> None:
    pier = ("RRULE:FREQ=WEEKLY", "LOCATION:The pier", "GEO:44.647600;-63.5728")
    text = alike(ics(toronto("20260107", *pier), toronto("20260108", *pier, uid="2")))
    assert "place: The pier\ngeo: [44.6476, -63.5728]\n" in text
    other = toronto("20260108", *pier[:2], "GEO:+44.7;-63.5", uid="2")
    text = alike(ics(toronto("20260107", *pier), other))
    assert "    place: The pier\n    geo: [44.6476, -63.5728]\n" in text
    assert "    place: The pier\n    geo: [44.7, -63.5]\n" in text


def test_a_session_elsewhere_has_its_own_point_or_none() -> None:
    pier = toronto("20260107", "RRULE:FREQ=WEEKLY", "LOCATION:The pier", "GEO:44.6;-63.5")
    lines = {
        "20260204": ["LOCATION:The mole"],
        "20260211": ["LOCATION:The mole", "GEO:44.7;-63.5"],
        "20260218": ["LOCATION:The pier", "GEO:44.61;-63.5"],
        "20260225": ["LOCATION:The pier", "SUMMARY:Oil"],
    }
    changes = [toronto(day, *said, f"RECURRENCE-ID;TZID=America/Toronto:{day}T130000") for day, said in lines.items()]
    chapter = only(ics(pier, *changes)).chapter
    assert chapter is not None
    assert [(one.place, one.geo) for one in chapter.overrides] == [
        ("The mole", None),
        ("The mole", (44.7, -63.5)),
        ("The pier", (44.61, -63.5)),
    ]


def test_listed_days_share_a_place_with_its_point() -> None:
    days = [
        toronto(f"2026010{number}", f"LOCATION:{place}", *([f"GEO:{geo}"] if geo else []), uid=f"{number}")
        for number, place, geo in [
            (5, "The pier", ""),
            (6, "The pier", "44.6;-63.5"),
            (7, "The pier", ""),
            (8, "The mole", ""),
        ]
    ]
    chapter = only(ics(*days)).chapter
    assert chapter is not None
    (chat,) = chapter.chats
    assert (chat.place, chat.geo) == ("The pier", (44.6, -63.5))
    assert [(one.place, one.geo) for one in chapter.overrides] == [("The mole", None)]


@pytest.mark.parametrize(
    "lines", [["GEO:44.6;-63.5"], ["LOCATION:The pier", "GEO:95;1"], ["LOCATION:The pier", "GEO:0.0;0.0"], ["GEO:x"]]
)
def test_a_point_that_no_place_can_have_is_a_comment_and_counted(lines: list[str]) -> None:
    found = only(ics(toronto("20260107", *lines)))
    assert f"  # Point: {lines[-1].partition(':')[2]}\n" in found.text
    assert "Only in comments: 1 point." in found.notes


def test_where_all_chats_meet_stands_once_and_a_place_that_no_map_shows_stays_a_remark() -> None:
    rooms = [
        toronto(f"2026010{day}", "RRULE:FREQ=WEEKLY", "LOCATION:The pier https://lantern.example/room", uid=f"{day}")
        for day in (7, 8)
    ]
    text = alike(ics(*rooms))
    assert "timezone: America/Toronto\njoin: https://lantern.example/room\nplace: The pier\n" in text
    assert text.count("join:") == text.count("place:") == 1
    assert "  # Place: Online\n" in alike(ics(toronto("20260107", "LOCATION:Online")))
    lines = r"LOCATION:Lamp room\, \nPier 1\n\nHalifax\nhttps://lantern.example/map"
    assert "    place: Lamp room, Pier 1, Halifax\n" in alike(ics(toronto("20260107", lines)))
    said = only(ics(toronto("20260107", "LOCATION:https://lantern.example/x (Main hall)"))).chapter
    assert said is not None
    assert (said.chats[0].place, said.chats[0].join) == ("Main hall", "https://lantern.example/x")
    teams = "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/1"
    assert "#" not in chats(alike(ics(toronto("20260107", "LOCATION:Microsoft Teams Meeting", teams))))
    assert "#" not in chats(alike(ics(toronto("20260107", "LOCATION:Online", "URL:https://meet.lantern.example/x"))))


def test_what_differs_between_listed_days_stands_with_each_day() -> None:
    octets = ics(
        toronto("20260107", "LOCATION:The pier", "DESCRIPTION:Bring oil", "URL:https://lantern.example/a", uid="1"),
        toronto("20260114", "LOCATION:The tower", "DESCRIPTION:Bring wicks", "URL:https://lantern.example/b", uid="2"),
    )
    assert alike(octets).partition("chats:\n")[2] == (
        "  - dates: [2026-01-07, 2026-01-14]\n    at: 13:00\n    title: Lanterns\nsessions:\n"
        "  2026-01-07:  # Wed\n    place: The pier\n    links:\n      Page: https://lantern.example/a\n"
        "    note: Bring oil\n"
        "  2026-01-14:  # Wed\n    place: The tower\n    links:\n      Page: https://lantern.example/b\n"
        "    note: Bring wicks\n"
    )


def test_a_change_of_one_of_several_sessions_a_day_does_not_move_it() -> None:
    clock = "TZID=America/Toronto"
    change = toronto("20260311", f"RECURRENCE-ID;{clock}:20260311T090000", at="090000", summary="Oil")
    text = only(ics(toronto("20260107", "RRULE:FREQ=DAILY;BYHOUR=9,13;UNTIL=20260401"), change)).text
    assert text.partition("sessions:\n")[2] == "  2026-03-11:  # Wed\n    title: Oil\n"


def test_a_session_as_long_as_all_sessions_usually_are_says_so_where_its_chat_is_longer() -> None:
    clock = "TZID=America/Toronto"
    long = toronto("20260107", "RRULE:FREQ=WEEKLY").replace("PT1H", "PT2H")
    text = alike(ics(long, toronto("20260311", f"RECURRENCE-ID;{clock}:20260311T130000")))
    assert "  2026-03-11:  # Wed\n    lasts: 1h\n" in text


def test_the_highest_sequence_counts_and_a_skip_is_stronger_than_an_override() -> None:
    clock = "TZID=America/Toronto"
    octets = ics(
        toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=20", f"EXDATE;{clock}:20260318T130000", "SEQUENCE:2"),
        toronto("20260107", "RRULE:FREQ=DAILY", "SEQUENCE:1"),
        toronto("20260312", f"RECURRENCE-ID;{clock}:20260311T130000", "SEQUENCE:4"),
        toronto("20260313", f"RECURRENCE-ID;{clock}:20260311T130000", "SEQUENCE:x"),
        toronto("20260319", f"RECURRENCE-ID;{clock}:20260318T130000"),
    )
    text = alike(octets)
    assert "every: Wednesday" in text
    assert "  2026-03-11:  # Wed\n    moved: 2026-03-12 13:00\n  2026-03-18: cancelled  # Wed\n" in text


def test_added_days_and_overrides_of_no_slot_become_listed_days() -> None:
    clock = "TZID=America/Toronto"
    octets = ics(
        toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=20", f"RDATE;{clock}:20260109T130000,20260114T130000"),
        toronto("20260110", f"RECURRENCE-ID;{clock}:20260110T130000"),
    )
    assert "  - dates: [2026-01-09, 2026-01-10]\n    at: 13:00\n    title: Lanterns\n" in alike(octets)


def test_a_start_that_its_rule_does_not_give_is_a_day_of_its_own() -> None:
    text = alike(ics(toronto("20260107", "RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3")))
    assert "every: Thursday\n    at: 13:00\n    from: 2026-01-08\n    until: 2026-01-22\n" in text
    assert "  - dates: [2026-01-07]\n" in text


def test_a_rule_of_one_session_is_a_day() -> None:
    assert "  - dates: [2026-01-07]\n" in alike(ics(toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=1")))


def test_a_rule_that_ends_before_it_begins_gives_nothing() -> None:
    found = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY;UNTIL=20250101T000000Z")))
    assert "note: Imported without a session.\n" in found.text


def test_single_events_stand_together_by_their_titles() -> None:
    octets = ics(
        toronto("20260310", uid="1", summary="Oil"),
        toronto("20260401", uid="6", summary="oil", at="200000").replace("PT1H", "PT2H"),
        toronto("20260408", "STATUS:CONFIRMED", uid="7", summary="Oil"),
        toronto("20260320", uid="2", at="200000", summary="Wicks"),
        toronto("20260320", uid="3", at="210000", summary="Glass"),
        toronto("20260330", "STATUS:CANCELLED", uid="4", summary="Fog"),
        toronto("20260310", uid="5", summary="Oil"),
    )
    found = only(octets)
    assert found.left_out == ("1 event that only repeats another.",)
    assert chats(found.text) == (
        "chats:\n"
        "  - dates: [2026-03-10 13:00, 2026-04-01 20:00, 2026-04-08 13:00]\n    title: Oil\n"
        "  - dates: [2026-03-20]\n    at: 20:00\n    title: Wicks\n"
        "  - dates: [2026-03-20]\n    at: 21:00\n    title: Glass\n    id: glass\n"
        "  - dates: [2026-03-30]\n    at: 13:00\n    title: Fog\n"
        "sessions:\n"
        "  2026-03-30: cancelled  # Mon\n"
        "  2026-04-01:  # Wed\n    lasts: 2h\n    title: oil\n"
    )
    assert found.comparison is not None
    assert found.comparison.sessions == found.comparison.matching == 5


# Clocks


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("America/Toronto", "America/Toronto"),
        ("Eastern Standard Time", "America/New_York"),
        ("US/Eastern", "America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Toronto", "America/Toronto"),
        ("/mozilla.org/20070129_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("UTC", "Etc/UTC"),
        ("GMT", "Etc/UTC"),
        ("GB", "Europe/London"),
        ("NZ", "Pacific/Auckland"),
        ("India Standard Time", "Asia/Kolkata"),
        ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ],
)
def test_the_zone_is_found_behind_the_names_that_programs_give_it(tzid: str, zone: str) -> None:
    text = alike(ics(event(f"DTSTART;TZID={tzid}:20260107T130000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")))
    assert f"timezone: {zone}\n" in text
    assert "at: 13:00\n" in text


@pytest.mark.parametrize(("tzid", "zone"), [("CET", "Europe/Amsterdam"), ("UTC-02", "America/Noronha")])
def test_a_zone_that_is_no_place_becomes_one_with_a_comment(tzid: str, zone: str) -> None:
    text = alike(ics(event(f"DTSTART;TZID={tzid}:20260107T130000", "DURATION:PT1H"), head=f"X-WR-TIMEZONE:{tzid}"))
    assert f"timezone: {zone}\n" in text
    assert f"  # The calendar names its zone {tzid}; {zone} has the same time. Name the right place.\n" in text


CENTRAL = """BEGIN:VTIMEZONE
TZID:Home
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""

HOME = event("DTSTART;TZID=Home:20260107T130000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")


def test_a_clock_that_the_calendar_alone_knows_becomes_a_place_that_keeps_it() -> None:
    text = alike(ics(CENTRAL, HOME))
    assert "timezone: Europe/Paris\n" in text
    assert "  # The calendar names its zone Home; Europe/Paris has the same time. Name the right place.\n" in text


def test_a_clock_that_no_place_keeps_becomes_utc_and_what_differs_is_told() -> None:
    found = only(ics(CENTRAL.replace("+0200", "+0222"), HOME))
    assert "timezone: Etc/UTC\n" in found.text
    assert "  # No place has the time of the zone Home; the times are in UTC.\n" in found.text
    assert found.comparison is not None
    assert any("is missing here" in one for one in found.comparison.differences)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("DTSTART:20260107T130000", "The times name no zone."),
        ("DTSTART;TZID=Lighthouse:20260107T130000", "The times are in the zone Lighthouse, which is unknown."),
    ],
)
def test_times_on_nobodys_clock_are_left_for_a_person_to_decide(start: str, said: str) -> None:
    found = only(ics(event(start, "DURATION:PT1H", "RRULE:FREQ=WEEKLY")))
    assert f"  # {said}\n" in found.text
    assert "# Times without a zone: write `timezone:` with the right place" in found.text
    problems, _ = check_conversions([found], {}, at("2026-03-01T00:00"))
    assert [one.code for one in problems] == ["zone-missing"]
    assert found.comparison is not None
    assert found.comparison.sessions == found.comparison.matching


def test_times_on_nobodys_clock_are_on_that_of_the_calendar_where_it_claims_one() -> None:
    single = "DTSTART:20260107T130000"
    text = alike(ics(event(single, "DURATION:PT1H"), head="X-WR-TIMEZONE:America/Toronto"))
    assert "timezone: America/Toronto\n" in text
    assert "  # The times name no zone; they are taken to be in the calendar's own zone.\n" in text


def test_a_single_time_in_utc_is_shown_on_the_clock_that_the_calendar_claims() -> None:
    text = alike(ics(event("DTSTART:20260107T180000Z", "DURATION:PT1H"), head="X-WR-TIMEZONE:America/Toronto"))
    assert "timezone: America/Toronto\n" in text
    assert "at: 13:00\n" in text


def test_a_series_in_utc_stays_so_with_a_question() -> None:
    text = alike(
        ics(event("DTSTART:20260107T180000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"), head="X-WR-TIMEZONE:Nowhere")
    )
    assert "timezone: Etc/UTC\n" in text
    assert "# Times are in UTC, without summer time. If a place's clock is meant" in text


def test_chats_on_two_clocks_name_each() -> None:
    text = alike(
        ics(
            toronto("20260107", "RRULE:FREQ=WEEKLY"),
            toronto("20260108", "RRULE:FREQ=WEEKLY", uid="2"),
            event("DTSTART;TZID=Europe/London:20260109T130000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid="3"),
        )
    )
    assert "timezone: America/Toronto\nsources" in text
    assert "    timezone: Europe/London\n    title: Lanterns\n" in text


# Lengths and days


@pytest.mark.parametrize(
    ("end", "written"),
    [
        ("DTEND;TZID=America/Toronto:20260107T134500", "    lasts: 45min\n"),
        ("DTEND;TZID=America/Toronto:20260107T150000", "    lasts: 2h\n"),
        ("DTEND;TZID=America/Toronto:20260107T143000", "    lasts: 1h30\n"),
        ("DTEND;TZID=America/Toronto:20260109T130000", "    lasts: 2d\n"),
        ("DTEND:20260107T190000Z", ""),
    ],
)
def test_the_length_is_written_unless_it_is_an_hour(end: str, written: str) -> None:
    text = alike(ics(event("DTSTART;TZID=America/Toronto:20260107T130000", end)))
    assert text.partition("at: 13:00\n")[2].startswith(f"{written}    title")


def test_a_time_without_an_end_is_told_to_be_an_hour_here() -> None:
    found = only(ics(event("DTSTART;TZID=America/Toronto:20260107T130030")))
    assert "  # The calendar gives no length; an hour is assumed.\n" in found.text
    assert "  # It began 30 seconds past the minute.\n" in found.text
    assert found.comparison is not None
    assert found.comparison.differences == (
        "“Lanterns” is missing here: Wed 7 Jan 2026 18:00:30 UTC.",
        "“Lanterns” is held only here: Wed 7 Jan 2026 18:00 UTC.",
    )


def test_whole_days_are_all_day() -> None:
    octets = ics(
        event("DTSTART;VALUE=DATE:20260107", "DTEND;VALUE=DATE:20260109", "RRULE:FREQ=YEARLY"),
        event("DTSTART;VALUE=DATE:20260210", uid="2"),
        event("DTSTART;VALUE=DATE:20260211", "DTEND;VALUE=DATE:20260211", uid="3"),
        event("DTSTART;VALUE=DATE:20260107", "RRULE:FREQ=MONTHLY;COUNT=3", uid="4"),
    )
    assert chats(alike(octets)) == (
        "chats:\n"
        "  - every: 7 January\n    at: all day\n    lasts: 2d\n    from: 2026-01-07\n    title: Lanterns\n"
        "  - every: 7th of the month\n    at: all day\n    from: 2026-01-07\n    until: 2026-03-07\n"
        "    title: Lanterns\n    id: lanterns\n"
        "  - dates: [2026-02-10, 2026-02-11]\n    at: all day\n    title: Lanterns\n"
    )


def test_what_lasts_longer_than_a_session_can_is_told() -> None:
    found = only(ics(event("DTSTART;VALUE=DATE:20260107", "DTEND;VALUE=DATE:20260307")))
    assert found.left_out == ("“Lanterns” of 7 Jan 2026 lasts 59 days, and a session lasts at most 31.",)


def test_single_events_outside_the_years_of_schedules_are_all_named() -> None:
    old = [toronto(f"19690{number // 9 + 1}0{number % 9 + 1}", uid=str(number)) for number in range(25)]
    found = only(ics(toronto("20260107", "RDATE;VALUE=PERIOD:20260108T180000Z/P59D", uid="a"), *old))
    (first, *_, last) = found.left_out
    assert last == "“Lanterns” of 8 Jan 2026 lasts 59 days, and a session lasts at most 31."
    assert len(found.left_out) == 26
    assert "# Not imported either: 6 more things, which the import named.\n" in found.text
    assert first == "“Lanterns” of 1 Jan 1969 is not between 1970 and 2199, the years of schedules."
    assert not found.is_complete


# What calendars are grouped by, and what stays out


def test_titles_that_begin_with_a_hashtag_make_a_chapter_each() -> None:
    octets = ics(
        toronto("20260107", "RRULE:FREQ=WEEKLY", uid="1", summary="#lanternchat chat"),
        toronto("20260108", uid="2", summary="#LanternChat: Oil or gas?"),
        toronto("20260109", uid="3", summary="#fogchat"),
        toronto("20260110", uid="4", summary="#fogchat anniversary"),
        head="X-WR-CALNAME:Lights",
    )
    lantern, fog = all_of(octets)
    assert (lantern.slug, fog.slug) == ("lanternchat", "fogchat")
    assert lantern.text.startswith("hashtag: lanternchat\nname: Lights\n")
    assert "title" not in lantern.text
    assert "    topic: Oil or gas?\n" in lantern.text
    assert '    title: "#fogchat anniversary"\n' in fog.text
    assert lantern.is_complete
    assert fog.is_complete


def test_several_calendars_in_a_file_are_one() -> None:
    one = ics(toronto("20260107"), head="X-WR-CALNAME:Con")
    found = only(one + ics(toronto("20260108", uid="2"), head="X-WR-CALNAME:Other"))
    assert found.slug == "con-chat"
    assert "  - dates: [2026-01-07, 2026-01-08]\n" in found.text


def test_what_is_marked_as_private_stays_out_unnamed() -> None:
    found = only(ics(toronto("20260107", "CLASS:PRIVATE", summary="My doctor"), toronto("20260108", uid="2")))
    assert found.left_out == ("1 event marked as private was left out.",)
    assert "doctor" not in found.text


def test_a_series_that_is_cancelled_as_a_whole_stays_out() -> None:
    found = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", "STATUS:CANCELLED")))
    assert found.left_out == ("“Lanterns” of 7 Jan 2026 is cancelled as a whole.",)


def test_what_is_no_event_or_cannot_be_read_is_named() -> None:
    todo = "BEGIN:VTODO\nUID:1\nSUMMARY:Oil\nEND:VTODO"
    broken = [event("DTSTART:soon"), event("DURATION:PT1H"), event("DTSTART:15000101T000000Z")]
    found = only(ics(todo, *broken, event("DTSTART:20260101T000000Z", "RDATE;VALUE=TIME:120000")))
    assert found.left_out == (
        "“Lanterns”: its DTSTART cannot be read.",
        "“Lanterns”: it has no DTSTART.",
        "“Lanterns” of 1 Jan 1500: it begins in the year 1500.",
        "“Lanterns” of 1 Jan 2026: its RDATE cannot be read.",
        "Its to-dos were left out.",
    )


def test_an_event_without_a_uid_and_an_override_without_its_series_stand_alone() -> None:
    octets = ics(
        "BEGIN:VEVENT\nDTSTART:20260310T130000Z\nDTEND:20260310T140000Z\nSUMMARY:Oil\nEND:VEVENT",
        "BEGIN:VEVENT\nDTSTART:20260311T130000Z\nDTEND:20260311T140000Z\nSUMMARY:Oil\nEND:VEVENT",
        toronto("20260312", "RECURRENCE-ID;TZID=America/Toronto:20260311T130000", "RRULE:FREQ=DAILY", uid="7"),
    )
    assert alike(octets).count("dates:") == 2


def test_a_change_of_all_later_sessions_is_told() -> None:
    found = only(
        ics(
            toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=9"),
            toronto("20260122", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Toronto:20260121T130000"),
        )
    )
    assert "  # From 2026-01-21 on all sessions change; write another chat for that.\n" in found.text
    assert found.comparison is not None
    assert found.comparison.sessions - found.comparison.matching == 6
    assert "“Lanterns” is missing here: Thu 29 Jan 2026 18:00 UTC" in found.comparison.differences[0]


def test_an_override_that_is_too_long_is_told() -> None:
    long = toronto("20260114", "RECURRENCE-ID;TZID=America/Toronto:20260114T130000").replace("PT1H", "P40D")
    found = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY"), long))
    assert "  # On 2026-01-14 it lasts longer than a session can.\n" in found.text
    assert found.comparison is not None
    assert found.comparison.differences == (
        "“Lanterns” lasts 60 minutes here and 40 days there: Wed 14 Jan 2026 18:00 UTC.",
    )


def test_a_birthday_of_long_ago_begins_with_the_first_year_of_schedules() -> None:
    text = alike(ics(event("DTSTART;VALUE=DATE:19390107", "RRULE:FREQ=YEARLY;INTERVAL=2")))
    assert "from: 1971-01-07\n" in text
    assert "  # It began on 1939-01-07; schedules begin in 1970.\n" in text


# What is over, and calendars of many titles


def of_the_last_year(octets: bytes) -> list[ConvertedChapter]:
    foreign = convert.read_foreign_file(octets, "lantern", TODAY)
    return convert.convert(foreign, "A file", convert.Wishes(TODAY, since=date(2025, 3, 1)))


def test_what_was_over_before_a_day_is_left_out_with_a_sentence() -> None:
    clock = "TZID=America/Toronto"
    octets = ics(
        toronto("20200108", "RRULE:FREQ=WEEKLY;INTERVAL=2", f"EXDATE;{clock}:20200122T130000,20250312T130000", uid="1"),
        toronto("20200109", "RRULE:FREQ=WEEKLY;UNTIL=20240101T000000Z", "LOCATION:Online", uid="2", summary="Fog"),
        toronto("20240110", uid="3", summary="Oil"),
        toronto("20250401", uid="4", summary="Wicks"),
    )
    (found,) = of_the_last_year(octets)
    assert found.text.partition("chats:\n")[2] == (
        "  - every: other Wednesday\n    at: 13:00\n    from: 2025-03-12\n    title: Lanterns\n"
        "  - dates: [2025-04-01]\n    at: 13:00\n    title: Wicks\n"
        "sessions:\n  2025-03-12: cancelled  # Wed\n"
    )
    assert found.is_complete
    assert found.notes == ("Sessions before 1 March 2025 were left out; `--past` imports them too.",)
    assert found.comparison is not None
    assert found.comparison.windows[0].first == date(2025, 3, 2)
    assert "Fog" in only(octets).text


def test_many_series_with_different_titles_become_a_chapter_each() -> None:
    named = [f"Group {letter}" for letter in "ABCDEFGHIJK"]
    octets = ics(
        *(toronto("20260107", "RRULE:FREQ=WEEKLY", uid=one, summary=one) for one in named),
        toronto("20260210", uid="more", summary="group a"),
        toronto("20260211", uid="single", summary="Party"),
        toronto("20200107", "RRULE:FREQ=WEEKLY;UNTIL=20210101T000000Z", uid="over", summary="Over"),
        head="X-WR-CALNAME:Lights",
    )
    found = of_the_last_year(octets)
    assert [one.slug for one in found] == [*(one.lower().replace(" ", "-") for one in named), "lights"]
    assert found[0].text.startswith("name: Group A\n")
    assert "dates: [2026-02-10]" in found[0].text
    assert "title: Party" in found[-1].text
    assert all(one.is_complete for one in found)
    (one,) = of_the_last_year(octets.replace(b"SUMMARY:Group K", b"SUMMARY:Group J"))
    assert one.slug == "lights"


def test_a_day_of_the_usual_hour_among_longer_ones_says_so() -> None:
    days = [toronto(f"2026030{day}", uid=str(day)).replace("PT1H", "PT2H" if day < 4 else "PT1H") for day in (2, 3, 4)]
    text = alike(ics(*days))
    assert "    lasts: 2h\n" in text
    assert text.endswith("sessions:\n  2026-03-04:  # Wed\n    lasts: 1h\n")


def test_very_many_titles_that_come_once_share_a_chat() -> None:
    octets = ics(
        *(toronto(f"2026{3 + n // 28:02}{n % 28 + 1:02}", uid=str(n), summary=f"Talk {n}") for n in range(60)),
        *(toronto(f"202605{day}", uid=day, summary="Oil") for day in ("20", "21")),
    )
    found = only(octets)
    assert found.is_complete
    assert chats(found.text).count("- dates:") == 2
    assert "  2026-03-03:  # Tue\n    title: Talk 2\n" in found.text


@pytest.mark.parametrize(
    ("summary", "slug"),
    [
        ("#12: Oil or gas?", "lantern"),
        ("#2026chat", "2026chat"),
        ("#lantern", "lantern_2"),
        ("#r\u00e9clame", "reclame"),
        ("Oil", "lantern"),
    ],
)
def test_a_hashtag_has_a_letter(summary: str, slug: str) -> None:
    found = all_of(ics(toronto("20260107", uid="1"), toronto("20260108", uid="2", summary=summary)))
    assert found[-1].slug == slug


def test_a_name_that_no_file_can_have_or_that_is_taken_gets_another() -> None:
    assert only(ics(toronto("20260107"), head="X-WR-CALNAME:2026")).slug == "2026"
    assert only(ics(toronto("20260107"), head="X-WR-CALNAME:Con")).slug == "con-chat"
    foreign = convert.read_foreign_file(ics(toronto("20260107"), head="X-WR-CALNAME:All"), "x", TODAY)
    (found,) = convert.convert(foreign, "A file", convert.Wishes(TODAY, reserved=frozenset({"all", "all-chat"})))
    assert found.slug == "all-chat-2"
    assert "hashtag" not in found.text
    foreign = convert.read_foreign_file(ics(toronto("20260107", summary="#all: Oil or gas?")), "x", TODAY)
    (found,) = convert.convert(foreign, "A file", convert.Wishes(TODAY, reserved=frozenset({"all"})))
    assert found.text.startswith("hashtag: all_chat\nname: x\n")


def test_winter_time_all_year_gets_a_question_unless_the_file_defines_it_otherwise() -> None:
    short = event("DTSTART;TZID=EST:20260707T130000", "DURATION:PT1H")
    found = only(ics(short))
    assert "its zone EST has winter time all year" in found.notes[0]
    assert "write that place: `timezone: America/New_York`" in found.notes[0]
    rules = (
        ("STANDARD", "1102", "-0400", "-0500", "11;BYDAY=1SU"),
        ("DAYLIGHT", "0308", "-0500", "-0400", "3;BYDAY=2SU"),
    )
    parts = (
        "\n".join(
            f"BEGIN:{kind}\nDTSTART:2007{day}T020000\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}\n"
            f"RRULE:FREQ=YEARLY;BYMONTH={rule}\nEND:{kind}"
            for kind, day, before, after, rule in rules
        )
        .replace("20070308", "20070311")
        .replace("20071102", "20071104")
    )
    own = only(ics(f"BEGIN:VTIMEZONE\nTZID:EST\n{parts}\nEND:VTIMEZONE", short))
    assert own.notes == ()
    assert own.chapter is not None
    assert own.chapter.timezone not in (None, "America/Atikokan")
    assert own.is_complete


# People, and what has no key


@pytest.mark.parametrize(
    ("lines", "hosts"),
    [
        (["ORGANIZER;CN=Ada Keeper:mailto:ada@lantern.example"], ("Ada Keeper",)),
        (["ORGANIZER;CN=Ada:mailto:a@x.example", 'ATTENDEE;ROLE=CHAIR;CN="Light, Bo":mailto:b@x.example'],
         ("Light, Bo",)),
        (["ORGANIZER;CN=ada@lantern.example:mailto:ada@lantern.example"], ()),
        (["ORGANIZER;CN=Lanterns:mailto:x@group.calendar.google.com"], ()),
        (["ORGANIZER;CN=Meetup Reminder:MAILTO:info@meetup.com"], ()),
        (["ATTENDEE;CN=Cy:mailto:c@x.example"], ()),
    ],
)  # fmt: skip
def test_chairs_are_hosts_else_the_organizer_unless_it_is_a_calendar(lines: list[str], hosts: tuple[str, ...]) -> None:
    chapter = only(ics(toronto("20260107", "RRULE:FREQ=WEEKLY", *lines))).chapter
    assert chapter is not None
    assert chapter.chats[0].hosts == hosts


def test_what_has_no_key_is_a_comment_and_counted_and_a_file_inside_is_lost() -> None:
    extras = ("CATEGORIES:Oil,Gas", "ATTACH:https://lantern.example/a.pdf", "CONTACT:Ada\\, the keeper")
    found = only(
        ics(
            toronto("20260107", "RRULE:FREQ=WEEKLY", "LOCATION:Online", *extras),
            toronto("20260114", "RECURRENCE-ID;TZID=America/Toronto:20260114T130000", "COMMENT:Bring oil"),
            toronto("20260301", "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA", uid="2", summary="Fog"),
        )
    )
    for comment in ("Place: Online", "Category: Oil,Gas", "Contact: Ada, the keeper", "2026-01-14: Comment: Bring oil"):
        assert f"  # {comment}\n" in found.text
    assert found.notes == ("Only in comments: 1 place, 1 category, 1 contact, 1 attachment and 1 comment.",)
    assert found.left_out == ("“Fog” of 1 Mar 2026: a file that the calendar itself holds.",)
    assert not found.is_complete


def test_every_event_that_cannot_be_read_is_named() -> None:
    broken = [event("DTSTART:20260107T130000Z", "DTEND:soon", uid=str(n), summary=f"Broken {n}") for n in range(30)]
    found = only(ics(toronto("20260107", uid="a"), *broken))
    assert found.left_out == tuple(f"“Broken {n}” of 7 Jan 2026: its DTEND cannot be read." for n in range(30))


# The comparison itself


LANTERN_DAILY = ics(toronto("20260107", "RRULE:FREQ=WEEKLY;COUNT=20"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("13:00", "13:30", "“Lanterns” is missing here: 20 sessions, from Wed 7 Jan 2026 18:00 UTC to"),
        ("at: 13:00\n", "at: 13:00\n    lasts: 2h\n", "“Lanterns” lasts 120 minutes here and 60 minutes there: 20"),
        ("title: Lanterns", "title: Lamps", "“Lanterns” is called “Lamps” here: 20 sessions, from"),
        ("every: Wed", "except: 2026-02-04\n    every: Wed", "“Lanterns” is missing here: Wed 4 Feb 2026 18:00 UTC."),
        ("until: 2026-05-20", "until: 2026-05-27", "“Lanterns” is held only here: Wed 27 May 2026 17:00 UTC."),
        ("America/Toronto", "America/Panama", "“Lanterns” is missing here: Wed 11 Mar 2026 17:00 UTC, Wed 18 Mar"),
    ],
)
def test_whatever_is_changed_in_what_was_written_is_told(old: str, new: str, said: str) -> None:
    text = alike(LANTERN_DAILY)
    assert old in text
    chapter = parse_chapter("schedules/lantern.yaml", text.replace(old, new, 1).encode())
    assert compare_with_series(read_raw_series(LANTERN_DAILY), chapter, TODAY).differences[0].startswith(said)


def test_a_day_that_differs_is_told_without_a_time() -> None:
    octets = ics(event("DTSTART;VALUE=DATE:20260107"))
    chapter = parse_chapter("schedules/lantern.yaml", alike(octets).replace("2026-01-07", "2026-01-08").encode())
    found = compare_with_series(read_raw_series(octets), chapter, TODAY)
    assert found.differences[0] == "“Lanterns” is missing here: Wed 7 Jan 2026."


def test_a_series_that_cannot_be_compared_is_told() -> None:
    raw = read_raw_series(LANTERN_DAILY.replace(b"FREQ=WEEKLY", b"FREQ=OFTEN"))
    found = compare_with_series(raw, parse_chapter("schedules/lantern.yaml", alike(LANTERN_DAILY).encode()), TODAY)
    assert found.differences[0] == "The sessions of “Lanterns” cannot be compared: its RRULE cannot be read."


# Hostile and broken files


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "it is neither an .ics file nor"),
        (b"<html>Not found</html>", "it is neither an .ics file nor"),
        (b"BEGIN:VCALENDAR\r\nX-A:\x81\r\nEND:VCALENDAR\r\n", "it is not saved as UTF-8"),
        (b"X-A:BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "it is not a calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 10_000_000, "it has 10,000,017 bytes, and 10,000,000 are the most"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5_001, "it has 5,001 events, and 5,000 are the most"),
        (b"BEGIN:VCALENDAR\r\n", "it is cut short"),
    ],
)
def test_what_is_no_calendar_is_refused_with_a_reason(octets: bytes, why: str) -> None:
    with pytest.raises(ForeignCalendarError, match=f"^{re.escape(why)}"):
        convert.read_foreign_file(octets, "lantern", TODAY)


def test_more_single_events_on_one_day_than_a_chapter_can_have_chats_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(convert, "MAX_CHATS", 2)
    many = [toronto("20260107", at=f"1{hour}0000", uid=str(hour)) for hour in range(3)]
    with pytest.raises(ForeignCalendarError, match="3 chats of one chapter, and 2 are the most"):
        all_of(ics(*many))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "why"), [("Oil", "501 chats of one chapter"), ("Oil {}", "501 series with different titles")]
)
def test_more_chats_than_a_chapter_can_have_are_refused(title: str, why: str) -> None:
    many = [toronto("20260107", "RRULE:FREQ=WEEKLY", uid=str(n), summary=title.format(n)) for n in range(501)]
    with pytest.raises(ForeignCalendarError, match=f"{why}, and 500 are the most"):
        all_of(ics(*many))


@pytest.mark.slow
def test_more_sessions_than_anybody_holds_are_refused() -> None:
    daily = [toronto("20000107", "RRULE:FREQ=DAILY", uid=str(number)) for number in range(20)]
    with pytest.raises(ForeignCalendarError, match="more than 200,000 sessions until 2038"):
        all_of(ics(*daily))


HOSTILE = (
    "no",
    "~",
    "- a: b",
    "a: b",
    "a #b",
    "#",
    "@ada",
    "'",
    '"',
    "\\\\n",
    "{a: b}",
    "[x]",
    "&a *b !c",
    "| >",
    "%YAML 1.2",
    "---",
    "...",
    "\u202egnorw",
    "a\u2028b\u2029c",
    "tab\there",
    "bell\x07",
    "a\\nb\\, c\\;",
    "\ufeffbom",
    "👩\u200d🚀 launch",
    "\U0001d518\U0001d52b\U0001d526",
    "cancelled",
    "2026-01-01",
    "13:00",
    "null",
    "=1+1",
    "x" * 400,
    "",
)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_stays_text_in_every_field(text: str) -> None:
    octets = ics(
        f"BEGIN:VEVENT\nUID:1\nSUMMARY:{text}\nLOCATION:{text}\nURL:{text}\nDESCRIPTION:{text}\n"
        "DTSTART;TZID=America/Toronto:20260107T130000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT",
        f"BEGIN:VEVENT\nUID:1\nSUMMARY:{text}!\nLOCATION:{text}!\nRECURRENCE-ID;TZID=America/Toronto:20260114T130000\n"
        "DTSTART;TZID=America/Toronto:20260115T130000\nDURATION:PT1H\nEND:VEVENT",
        f"BEGIN:VEVENT\nUID:2\nSUMMARY:{text}?\nDTSTART;VALUE=DATE:20260107\nEND:VEVENT",
    ).replace(b"PRODID", f"X-WR-CALNAME:{text}\r\nX-WR-CALDESC:{text}\r\nPRODID".encode())
    found = all_of(octets)
    for one in found:
        assert one.is_complete, [one.text, one.comparison]
    problems, schedules = check_conversions(found, {}, at("2026-03-01T00:00"))
    assert not has_errors(problems), format_problems(problems, schedules)


@pytest.mark.parametrize(("named", "name"), [("keepers.club@mail.example", "keepers.club"), ("Keepers@sea", "Keepers")])
def test_a_calendar_that_is_named_after_an_e_mail_address_does_not_publish_it(named: str, name: str) -> None:
    found = only(ics(toronto("20260401"), head=f"X-WR-CALNAME:{named}"))
    assert found.chapter is not None
    assert found.chapter.name == name
    assert named not in found.text
    assert "The calendar's name is an e-mail address; write what its people are called." in found.notes


def test_a_calendar_without_any_name_is_called_imported() -> None:
    (found,) = convert.convert(
        convert.read_foreign_file(ics(toronto("20260107")), "", TODAY),
        "A calendar at lantern.example",
        convert.Wishes(TODAY),
    )
    assert found.text.startswith("name: imported\n")
