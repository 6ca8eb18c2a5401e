"""Schedules in sentences: what a reader is told must be what was understood, word for word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcal.model import Calendar, Chapter, Rule
from chatcal.problems import Span
from chatcal.recurrence import describe, rules
from chatcal.schedule import phrases
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.support.calendars import CALENDAR

NOWHERE = Span("")


def chapter(text: str) -> Chapter:
    """Return a chapter of Toronto from what follows its head."""
    head = "hashtag: lanternchat\nname: Keepers\ntimezone: America/Toronto\n"
    return parse_chapter("schedules/lanternchat.yaml", (head + text).encode())


def calendar(text: str = "") -> Calendar:
    return parse_calendar((CALENDAR + text).encode())


def described(chat: str) -> describe.ChatDescription:
    (found,) = describe.describe_chats(chapter(f"chats:\n  - {{{chat}}}\n"))
    return found


PHRASES = {
    "Sunday": "every Sunday",
    "Monday and Thursday": "every Monday and Thursday",
    "thursday, monday": "every Monday and Thursday",
    "weekday": "every day from Monday to Friday",
    "day": "every day",
    "other Tuesday": "every other Tuesday",
    "every other week on Tuesday": "every other Tuesday",
    "3 weeks on Thursday": "every 3 weeks on Thursday",
    "2 weeks on Monday and Friday": "every other week on Monday and Friday",
    "2 weeks on Monday, Tuesday, Wednesday, Thursday and Friday": (
        "every other week on Monday, Tuesday, Wednesday, Thursday and Friday"
    ),
    "first Wednesday of the month": "the first Wednesday of every month",
    "1st Wednesday of each month": "the first Wednesday of every month",
    "last Wednesday of the month": "the last Wednesday of every month",
    "last and first Wednesday of the month": "the first and last Wednesday of every month",
    "second to last Friday of the month": "the second to last Friday of every month",
    "first and third Thursday of the month": "the first and third Thursday of every month",
    "15th of the month": "the 15th of every month",
    "1st, 2nd, 3rd, 11th, 12th, 13th, 21st, 22nd, 23rd and 30th of the month": (
        "the 1st, 2nd, 3rd, 11th, 12th, 13th, 21st, 22nd, 23rd and 30th of every month"
    ),
    "1st and 15th of the month": "the 1st and 15th of every month",
    "last day of the month": "the last day of every month",
    "15th and last day of the month": "the 15th and last day of every month",
    "second Tuesday of every 2 months": "the second Tuesday of every other month",
    "second Tuesday of every other month": "the second Tuesday of every other month",
    "1st of every 3 months": "the 1st of every third month",
    "fifth Monday of every 6 months": "the fifth Monday of every 6th month",
    "third Wednesday of March, June and September": "the third Wednesday of March, June and September",
    "second Tuesday of October": "the second Tuesday of October",
    "8 March": "every year on 8 March",
    "8th of March": "every year on 8 March",
    "1st and 15th of March": "the 1st and 15th of March",
    "last day of February": "the last day of February",
    "1st of March and June": "the 1st of March and June",
}


@pytest.mark.parametrize(("phrase", "said"), PHRASES.items(), ids=PHRASES)
def test_a_phrase_is_said_as_it_was_understood(phrase: str, said: str) -> None:
    assert describe.describe_rule(phrases.parse_phrase(phrase, NOWHERE)) == said


def test_every_form_of_phrase_has_its_sentence() -> None:
    assert set(phrases.PHRASE_EXAMPLES) <= set(PHRASES)


@pytest.mark.parametrize("phrase", PHRASES)
def test_what_is_said_of_a_phrase_is_a_phrase_of_the_same_days(phrase: str) -> None:
    said = describe.describe_rule(phrases.parse_phrase(phrase, NOWHERE))
    written = {"every day from Monday to Friday": "weekday", "every year on 8 March": "8 March"}.get(said, said)
    for ordinal, number in {"third month": "3 months", "6th month": "6 months"}.items():
        written = written.replace(f"every {ordinal}", f"every {number}")
    written = written.replace("every other week on", "2 weeks on")
    assert phrases.parse_phrase(written, NOWHERE) == phrases.parse_phrase(phrase, NOWHERE)


@pytest.mark.parametrize(
    ("rrule", "said"),
    [
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "every day that is a Friday and the 13th of its month"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "the last day in every month that is a Monday, Tuesday, Wednesday, Thursday or Friday",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO;BYSETPOS=1,2",
            "the first and second day in every other month that is a Monday",
        ),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "every day that is a Monday and in week 20 of its year"),
        ("FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=MO", "every day that is a Monday and in week 1 or last one of its year"),
        ("FREQ=YEARLY;BYDAY=20MO,-2TU", "every day that is the 20th Monday or second to last Tuesday of its year"),
        ("FREQ=MONTHLY;BYDAY=1MO,-1TU", "the first Monday and last Tuesday of every month"),
        ("FREQ=YEARLY;BYYEARDAY=100,-1", "every day that is the 100th or last day of its year"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=MO", "every day that is a Monday and in March"),
        ("FREQ=MONTHLY;BYDAY=MO", "every day that is a Monday"),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=3,4", "every day that is a Monday and in March or April"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYMONTH=3",
            "every day that is a Monday and in March, in every other week only",
        ),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
        ("FREQ=DAILY;INTERVAL=2", "every other day"),
        ("FREQ=DAILY;INTERVAL=3;BYDAY=MO", "every 3 days, where that is a Monday"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=8", "every other year on 8 March"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=3,4;BYMONTHDAY=-2",
            "the second to last day of March and April in every fourth year",
        ),
    ],
)
def test_a_rule_that_no_phrase_says_is_said_by_its_conditions(rrule: str, said: str) -> None:
    assert describe.describe_rule(rules.parse_rrule(rrule, NOWHERE)) == said


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        (
            "every: Wednesday, except: last Wednesday of the month, at: 13:00, from: 2026-01-01",
            "Every Wednesday except the last of the month, 13:00 to 14:00 in Toronto, from 1 January 2026.",
        ),
        (
            "every: Wednesday, except: [first Wednesday of the month, August and December], at: 13:00",
            "Every Wednesday except the first Wednesday of the month, and in August and December, "
            "13:00 to 14:00 in Toronto.",
        ),
        (
            "every: Wednesday, except: [last Wednesday of the month, August], at: 13:00",
            "Every Wednesday except the last of the month and in August, 13:00 to 14:00 in Toronto.",
        ),
        (
            "every: Wednesday, except: last Friday of the month, at: 13:00",
            "Every Wednesday except the last Friday of the month, 13:00 to 14:00 in Toronto.",
        ),
        (
            "every: weekday, except: [Friday, last Friday of the month], at: 13:00",
            "Every day from Monday to Friday except on Fridays and the last Friday of the month, "
            "13:00 to 14:00 in Toronto.",
        ),
        (
            "every: day, except: [weekday, day, 24 December, second Sunday of May], at: 13:00",
            "Every day except from Monday to Friday, every day, on 24 December and the second Sunday of May, "
            "13:00 to 14:00 in Toronto.",
        ),
        (
            "every: Wednesday, except: [2026-12-23, 2026-12-30], at: 13:00",
            "Every Wednesday except on 23 December 2026 and 30 December 2026, 13:00 to 14:00 in Toronto.",
        ),
        ("every: Sunday, at: 23:30", "Every Sunday, 23:30 to 00:30 the next day in Toronto."),
        ("every: Sunday, at: 20:00, lasts: 1h30", "Every Sunday, 20:00 to 21:30 in Toronto."),
        ("every: Sunday, at: 11:00, lasts: 48h", "Every Sunday, at 11:00 in Toronto, for 48 hours."),
        ("every: Sunday, at: 11:00, lasts: 1500min", "Every Sunday, at 11:00 in Toronto, for 25 hours."),
        ("every: Sunday, at: 11:00, lasts: 1501min", "Every Sunday, at 11:00 in Toronto, for 25 hours and 1 minute."),
        ("every: Sunday, at: 11:00, lasts: 2d, timezone: Etc/UTC", "Every Sunday, at 11:00 UTC, for 2 days."),
        ("every: Sunday, at: 9:05, timezone: America/New_York", "Every Sunday, 09:05 to 10:05 in New York."),
        ("every: Sunday, at: morning", "Every Sunday, in the morning in Toronto (the hour is not known)."),
        ("every: Sunday, at: midday", "Every Sunday, about midday in Toronto (the hour is not known)."),
        ("every: Sunday, at: night", "Every Sunday, at night in Toronto (the hour is not known)."),
        ("every: Sunday, at: unknown", "Every Sunday, at an unknown time in Toronto."),
        ("every: Sunday, at: all day", "Every Sunday, all day in Toronto."),
        ("every: Sunday, at: all day, lasts: 2d", "Every Sunday, for 2 whole days in Toronto."),
        ("every: Sunday, at: 20:00, from: 2010-09", "Every Sunday, 20:00 to 21:00 in Toronto, from September 2010."),
        (
            "every: Sunday, at: 20:00, from: 2010, until: 2016",
            "Every Sunday, 20:00 to 21:00 in Toronto, from 2010 until the end of 2016.",
        ),
        (
            "every: Sunday, at: 20:00, until: 2016-02",
            "Every Sunday, 20:00 to 21:00 in Toronto, until the end of February 2016.",
        ),
        (
            "every: Sunday, at: 20:00, until: 2016-02-28",
            "Every Sunday, 20:00 to 21:00 in Toronto, until 28 February 2016.",
        ),
        ("every: Sunday, at: 20:00, from: 2016, until: 2016", "Every Sunday, 20:00 to 21:00 in Toronto, in 2016."),
        (
            "every: Sunday, at: 20:00, from: 2016-02-28, until: 2016-02-28",
            "Every Sunday, 20:00 to 21:00 in Toronto, on 28 February 2016.",
        ),
        ("dates: [2014-11-05], at: 20:00", "On Wed 5 Nov 2014, 20:00 to 21:00 in Toronto."),
        ("dates: [2014-11-05 20:00]", "On Wed 5 Nov 2014, 20:00 to 21:00 in Toronto."),
        (
            "dates: [2014-12-06 13:00, 2014-11-05, 2014-11-06], at: 20:00, lasts: 45min",
            "On Wed 5 Nov 2014 at 20:00, Thu 6 Nov 2014 at 20:00 and Sat 6 Dec 2014 at 13:00, in Toronto, "
            "for 45 minutes each.",
        ),
        (
            "dates: [2014-12-06 13:00, 2014-11-05], at: evening, timezone: Etc/UTC",
            "On Wed 5 Nov 2014 in the evening and Sat 6 Dec 2014 at 13:00, in UTC, for 1 hour where the time is known.",
        ),
    ],
)
def test_a_chat_is_said_in_one_sentence(chat: str, said: str) -> None:
    assert described(chat).sentence == said


def test_without_a_zone_the_sentence_says_so() -> None:
    text = b"hashtag: lanternchat\nname: Keepers\nchats:\n  - {every: Tuesday, at: evening}\n"
    (found,) = describe.describe_chats(parse_chapter("schedules/lanternchat.yaml", text))
    assert found.sentence == "Every Tuesday, in the evening (neither hour nor zone is known)."


@pytest.mark.parametrize(
    ("chat", "notes"),
    [
        ("every: Sunday, at: 20:00", []),
        ("every: fifth Wednesday of the month, at: 20:00", ["A fifth Wednesday is skipped where the month has none."]),
        (
            "every: first and fifth Wednesday of March, at: 20:00",
            ["A fifth Wednesday is skipped where the month has none."],
        ),
        ("rrule: FREQ=YEARLY;BYDAY=5WE, at: 20:00", []),
        ("every: 31st of the month, at: 20:00", ["A 31st is skipped where the month has none."]),
        (
            "every: 28th and 30th of the month, at: 20:00",
            ["A 30th is skipped where the month has none."],
        ),
        ("every: 31st of March and May, at: 20:00", []),
        ("every: 31st of March and April, at: 20:00", ["A 31st is skipped where the month has none."]),
        ("every: 29 February, at: 20:00", ["29 February is skipped where the year has none."]),
        ("every: 29th of the month, at: 20:00", ["A 29th is skipped where the month has none."]),
        ("rrule: FREQ=MONTHLY;BYMONTHDAY=-31, at: 20:00", ["A 31st to last day is skipped where the month has none."]),
        (
            "every: other Thursday, at: 20:00, from: 2013-07-25",
            ["Counted from Thu 25 Jul 2013."],
        ),
        (
            "every: other Thursday, at: 20:00, from: 2013-07-20, counting: 2013-07-25",
            ["The first is Thu 25 Jul 2013.", "Counted from Thu 25 Jul 2013."],
        ),
        (
            "every: 2 weeks on Monday and Friday, at: 20:00, from: 2013, counting: 2013-07-26",
            ["Counted from Fri 26 Jul 2013; weeks begin on Monday."],
        ),
        ("every: Sunday, at: 20:00, counting: 2013-07-28", []),
        (
            "every: other Thursday, at: 20:00, from: 2013-07-25, counting: unknown",
            ["Shown every week, as tentative, because it is not known in which weeks it meets."],
        ),
        (
            "every: 1st of every 2 months, at: 20:00, counting: unknown",
            ["Shown every month, as tentative, because it is not known in which months it meets."],
        ),
        ("every: Friday, at: 20:00, from: 2012-02-22", ["The first is Fri 24 Feb 2012."]),
        (
            "every: Friday, at: 20:00, title: Late watch, topic: Oil, hosts: [Ada, Bo], id: late, "
            "join: 'https://lantern.example/late', "
            "rota: [{from: 2026-03-06, hosts: [Cy, Di]}, {from: 2025-03-07, hosts: [Ed]}]",
            [
                "It is called \u201cLate watch\u201d.",
                "Its topic is \u201cOil\u201d.",
                "Hosted by Ada and Bo.",
                "From Fri 7 Mar 2025 on hosts take turns: Ed.",
                "From Fri 6 Mar 2026 on hosts take turns: Cy, Di.",
                "Join at https://lantern.example/late",
            ],
        ),
    ],
)
def test_what_a_sentence_leaves_out_follows_it(chat: str, notes: list[str]) -> None:
    assert list(described(chat).notes) == notes


def test_a_chat_that_begins_after_its_end_has_no_first_day() -> None:
    assert described("every: 29 February, at: 20:00, from: 2025-01-01, until: 2026-01-01").notes == (
        "29 February is skipped where the year has none.",
    )


def test_programs_get_the_rule_as_an_rrule_and_none_of_listed_days() -> None:
    assert described("every: last Wednesday of the month, at: 20:00").rrule == "FREQ=MONTHLY;BYDAY=-1WE"
    assert described("every: 3 weeks on Monday, at: 20:00, counting: 2026-01-05").rrule == (
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO"
    )
    assert described("dates: [2014-11-05], at: 20:00").rrule is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("2026-09-30: {topic: Oil and wicks?}", "Wed 30 Sep 2026: the topic is \u201cOil and wicks?\u201d"),
        ("2026-12-23: {cancelled: Holidays}", "Wed 23 Dec 2026: cancelled (Holidays)."),
        ("2026-12-23: cancelled", "Wed 23 Dec 2026: cancelled."),
        ("2026-11-04: {moved: 2026-11-05 20:00}", "Wed 4 Nov 2026: moved to Thu 5 Nov 2026, 20:00."),
        ("2026-11-04: {moved: 2026-11-05}", "Wed 4 Nov 2026: moved to Thu 5 Nov 2026, at the same time."),
        (
            "2026-11-04: {moved: 2026-11-05, at: 21:00, lasts: 2h}",
            "Wed 4 Nov 2026: moved to Thu 5 Nov 2026; at 21:00; for 2 hours.",
        ),
        ("2026-11-04: {at: evening}", "Wed 4 Nov 2026: in the evening."),
        (
            "2026-11-04: {title: Late, hosts: [Ada, Bo], note: Bring oil., join: 'https://a.example/'}",
            "Wed 4 Nov 2026: called \u201cLate\u201d; hosted by Ada and Bo; join at https://a.example/; "
            "the note is \u201cBring oil.\u201d",
        ),
        ("2026-11-04: {transcript: 'https://a.example/1'}", "Wed 4 Nov 2026: transcript at https://a.example/1"),
        ("2026-07-22: {topic: Oil}", "Wed 22 Jul 2026: held in spite of the break; the topic is \u201cOil\u201d."),
        ("2026-07-22: {moved: 2026-07-23}", "Wed 22 Jul 2026: moved to Thu 23 Jul 2026, at the same time."),
        ("2026-07-22: cancelled", "Wed 22 Jul 2026: cancelled."),
        ("2026-11-04 late: {topic: Oil}", "Wed 4 Nov 2026 (late): the topic is \u201cOil\u201d."),
    ],
)
def test_a_change_is_said_in_one_sentence(entry: str, said: str) -> None:
    text = (
        "chats: [{every: Wednesday, at: 13:00, id: late}]\n"
        f"sessions:\n  {entry}\n"
        "breaks: [{from: 2026-07-20, until: 2026-08-09}]\n"
    )
    assert describe.describe_overrides(calendar(), chapter(text)) == [said]


def test_an_entry_that_says_nothing_is_as_planned() -> None:
    text = "chats: [{every: Wednesday, at: 13:00}]\nsessions:\n  2026-11-04: {}\n  2026-10-28: {topic: Oil}\n"
    assert describe.describe_overrides(calendar(), chapter(text)) == [
        "Wed 28 Oct 2026: the topic is \u201cOil\u201d.",
        "Wed 4 Nov 2026: as planned.",
    ]


def test_breaks_are_said_by_date_those_of_the_calendar_as_such() -> None:
    own = (
        "breaks:\n"
        "  - {from: 2026-07-20, until: 2026-08-09, reason: Summer break}\n"
        "  - {from: 2026-12, until: 2026-12}\n"
    )
    shared = (
        "breaks:\n"
        "  - {from: 2026-12-24, until: 2026-12-24, reason: Holidays!}\n"
        "  - {from: 2025, until: 2025, chapters: [lanternchat]}\n"
        "  - {from: 2026, until: 2026, chapters: [fogchat]}\n"
    )
    assert describe.describe_breaks(calendar(shared), chapter(own)) == [
        "Sessions due in 2025 are cancelled (a break of chatcal.yaml).",
        "Sessions due from 20 July 2026 until 9 August 2026 are cancelled: Summer break.",
        "Sessions due in December 2026 are cancelled.",
        "Sessions due on 24 December 2026 are cancelled (a break of chatcal.yaml): Holidays!",
    ]


CHATS = "chats: [{every: Wednesday, at: 13:00}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHATS, "Nobody has given a day on which it was confirmed."),
        (
            CHATS + "confirmed: 2024-08-31\n",
            "Last confirmed on 31 August 2024; sessions due after 28 February 2026 are unconfirmed.",
        ),
        (
            CHATS + "confirmed: 2024-08-31\ndoubt: It may stop\n",
            "Last confirmed on 31 August 2024; sessions due after 28 February 2026 are unconfirmed. It may stop.",
        ),
        ("confirmed: 2024-08-31\n", "Last confirmed on 31 August 2024."),
        (
            CHATS + "doubt: It may stop.\n",
            "There is a doubt: It may stop. It is shown nowhere, since without `confirmed` no session is unconfirmed.",
        ),
    ],
)
def test_certainty_is_said_with_its_day_and_its_doubt(text: str, said: str) -> None:
    assert describe.describe_certainty(calendar(), chapter(text)) == said


ORDINALS = st.sampled_from([1, 2, 3, 4, 5, -1, -2])
WEEKDAYS = st.integers(0, 6)


RULES = st.builds(
    Rule,
    freq=st.sampled_from(["MONTHLY", "YEARLY"]),
    interval=st.integers(1, 12),
    by_month=st.sets(st.integers(1, 12)).map(lambda months: tuple(sorted(months))),
    by_month_day=st.sets(st.integers(1, 31)).map(lambda days: tuple(sorted(days))),
    by_day=st.one_of(
        st.lists(st.tuples(ORDINALS, WEEKDAYS), min_size=1, unique=True).map(tuple),
        st.lists(st.tuples(st.none(), WEEKDAYS), min_size=1, unique=True).map(tuple),
    ),
    by_set_pos=st.sets(st.sampled_from([1, 2, -1])).map(lambda numbers: tuple(sorted(numbers))),
    week_start=st.integers(0, 6),
    where=st.just(NOWHERE),
)


@given(RULES)
def test_a_rule_written_as_an_rrule_reads_back_as_itself(rule: Rule) -> None:
    assert rules.parse_rrule(rules.format_rrule(rule), NOWHERE) == rule
