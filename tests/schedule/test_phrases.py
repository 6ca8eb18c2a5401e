"""Phrases to rules: all that the language knows, and what to write instead of what it does not."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcal.english import DAYS, MONTHS
from chatcal.model import Rule
from chatcal.problems import Problem, ScheduleError, Span
from chatcal.recurrence import rules
from chatcal.schedule import phrases

HERE = Span("schedules/lanternchat.yaml", 5, 12, 9)
MO, TU, WE, TH, FR, SA, SU = range(7)


def rule(freq: str, interval: int = 1, **parts: tuple[object, ...]) -> Rule:
    return Rule(freq=freq, interval=interval, where=HERE, **parts)  # type: ignore[arg-type] # each part has its own type


def weekly(*days: int, interval: int = 1) -> Rule:
    return rule("WEEKLY", interval, by_day=tuple((None, day) for day in days))


KNOWN = {
    "Sunday": weekly(SU),
    "Monday and Thursday": weekly(MO, TH),
    "weekday": weekly(MO, TU, WE, TH, FR),
    "day": rule("DAILY"),
    "other Tuesday": weekly(TU, interval=2),
    "3 weeks on Thursday": weekly(TH, interval=3),
    "2 weeks on Monday and Friday": weekly(MO, FR, interval=2),
    "first Wednesday of the month": rule("MONTHLY", by_day=((1, WE),)),
    "last Wednesday of the month": rule("MONTHLY", by_day=((-1, WE),)),
    "second to last Friday of the month": rule("MONTHLY", by_day=((-2, FR),)),
    "first and third Thursday of the month": rule("MONTHLY", by_day=((1, TH), (3, TH))),
    "15th of the month": rule("MONTHLY", by_month_day=(15,)),
    "1st and 15th of the month": rule("MONTHLY", by_month_day=(1, 15)),
    "last day of the month": rule("MONTHLY", by_month_day=(-1,)),
    "second Tuesday of every 2 months": rule("MONTHLY", 2, by_day=((2, TU),)),
    "second Tuesday of every other month": rule("MONTHLY", 2, by_day=((2, TU),)),
    "1st of every 3 months": rule("MONTHLY", 3, by_month_day=(1,)),
    "third Wednesday of March, June and September": rule("YEARLY", by_month=(3, 6, 9), by_day=((3, WE),)),
    "second Tuesday of October": rule("YEARLY", by_month=(10,), by_day=((2, TU),)),
    "8 March": rule("YEARLY", by_month=(3,), by_month_day=(8,)),
}


@pytest.mark.parametrize(("phrase", "meant"), KNOWN.items())
def test_the_phrases_of_the_language_are_known(phrase: str, meant: Rule) -> None:
    assert phrases.parse_phrase(phrase, HERE) == meant


def test_the_examples_are_those_of_the_language() -> None:
    assert tuple(KNOWN) == phrases.PHRASE_EXAMPLES


@pytest.mark.parametrize(
    ("phrase", "same"),
    [
        ("SUNDAY", "Sunday"),
        ("every Sunday", "Sunday"),
        ("each Sunday", "Sunday"),
        ("every each Sunday", "Sunday"),
        ("Thursday, Monday", "Monday and Thursday"),
        ("Monday,Thursday", "Monday and Thursday"),
        ("Monday, and Thursday", "Monday and Thursday"),
        ("Monday and Monday and Thursday", "Monday and Thursday"),
        ("every other Tuesday", "other Tuesday"),
        ("other week on Tuesday", "other Tuesday"),
        ("three weeks on Thursday", "3 weeks on Thursday"),
        ("1st Wednesday of the month", "first Wednesday of the month"),
        ("the first Wednesday of the month", "first Wednesday of the month"),
        ("first Wednesday of month", "first Wednesday of the month"),
        ("first Wednesday of every month", "first Wednesday of the month"),
        ("first Wednesday of each month", "first Wednesday of the month"),
        ("2nd to last Friday of the month", "second to last Friday of the month"),
        ("1st and 3rd Thursday of the month", "first and third Thursday of the month"),
        ("15th day of the month", "15th of the month"),
        ("15 of the month", "15th of the month"),
        ("1st, 15th of the month", "1st and 15th of the month"),
        ("1st and 15th day of the month", "1st and 15th of the month"),
        ("first of every 3 months", "1st of every 3 months"),
        ("8th March", "8 March"),
        ("8th of March", "8 March"),
        ("third  Wednesday of  March, June, and September", "third Wednesday of March, June and September"),
    ],
)
def test_a_phrase_may_be_said_in_other_ways(phrase: str, same: str) -> None:
    assert phrases.parse_phrase(phrase, HERE) == KNOWN[same]


@pytest.mark.parametrize(("number", "word"), [*enumerate(("first", "second", "third", "fourth", "fifth"), start=1)])
def test_ordinals_are_words_or_numbers(word: str, number: int) -> None:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    spelt, counted = (phrases.parse_phrase(f"{one} Monday of the month", HERE) for one in (word, f"{number}{ending}"))
    assert spelt == counted == rule("MONTHLY", by_day=((number, MO),))


@pytest.mark.parametrize("day", DAYS)
def test_every_day_has_its_name(day: str) -> None:
    assert phrases.parse_phrase(day, HERE) == weekly(DAYS.index(day))


@pytest.mark.parametrize(
    ("phrase", "months"),
    [("August and December", (8, 12)), ("december, august", (8, 12)), ("August", (8,)), ("every August", (8,))],
)
def test_except_knows_whole_months(phrase: str, months: tuple[int, ...]) -> None:
    assert phrases.parse_exception(phrase, HERE) == rule("DAILY", by_month=months)


def test_except_knows_what_every_knows() -> None:
    for phrase, meant in KNOWN.items():
        if meant.interval == 1:
            assert phrases.parse_exception(phrase, HERE) == meant


def problem(phrase: str, *, excepted: bool = False) -> Problem:
    """Return the problem of a phrase that is none."""
    with pytest.raises(ScheduleError) as error:
        (phrases.parse_exception if excepted else phrases.parse_phrase)(phrase, HERE)
    (found,) = error.value.problems
    assert (found.code, found.span) == ("phrase", HERE)
    return found


words = st.sampled_from(
    [
        *(word for phrase in KNOWN for word in phrase.split()),
        *(*DAYS, *MONTHS, ",", "and", "&", "-", "/", "weekly", "2nd", "monthly", "Mon", "fortnight", "except", "13:00"),
        *("99th", "in", "each", "alternate", "1 weeks", "to", ",,", "i"),
    ]
)


@given(st.lists(words, max_size=8).map(" ".join), st.booleans())
def test_any_words_are_a_phrase_or_get_a_hint(phrase: str, excepted: bool) -> None:
    try:
        (phrases.parse_exception if excepted else phrases.parse_phrase)(phrase, HERE)
    except ScheduleError as error:
        hints = [found.hint for found in error.problems]
    else:
        return
    assert all(hints)


UNLIKE_ANY = "Write it in English words, like `Sunday`, `other Tuesday`, `first Wednesday of the month` or `8 March`."
REFUSED = {
    "Mon,,i": "",
    "biweekly": "Write `other Tuesday` for every two weeks, or `Tuesday and Friday` for twice a week.",
    "bi-weekly on Friday": "Write `other Friday` for every two weeks, or `Friday and Monday` for twice a week.",
    "bi-monthly": "Write `second Tuesday of every other month`, or `first and third Tuesday of the month`.",
    "bimonthly, Mondays": "Write `second Monday of every other month`, or `first and third Monday of the month`.",
    "fortnightly": "Write `other Tuesday`, with a `counting:` date that says which weeks.",
    "fortnight on Sunday": "Write `other Sunday`, with a `counting:` date that says which weeks.",
    "second Tuesday": "Write `second Tuesday of the month`, or `other Tuesday` for every other week.",
    "every 2nd Tues": "Write `2nd Tuesday of the month`, or `other Tuesday` for every other week.",
    "third Tuesday": "Write `third Tuesday of the month`. Every 3 weeks is `3 weeks on Tuesday`.",
    "first Tuesday": "Write `first Tuesday of the month`.",
    "last Tuesday": "Write `last Tuesday of the month`.",
    "first Monday and 15th of the month": "`first Monday of the month` and `15th of the month`.",
    "Monday and third Thursday of the month": "`Monday` and `third Thursday of the month`.",
    "first Monday and Thursday of the month": "`first Monday of the month` and `first Thursday of the month`.",
    "1st and 2nd Monday and Friday of May": "`1st and 2nd Monday of May` and `1st and 2nd Friday of May`.",
    "first Monday, 3rd and 9th": "`first Monday of the month` and `3rd and 9th of the month`.",
    "weekly": "Name the day: `Tuesday`.",
    "weekly on Tuesday": "Did you mean `Tuesday`?",
    "monthly": "Name the day: `second Tuesday of the month`, or `15th of the month`.",
    "monthly on the first Tuesday": "Did you mean `first Tuesday of the month`?",
    "quarterly": "Name the day: `second Tuesday of every 3 months`.",
    "quarterly on Tuesday": "Name the day: `second Tuesday of every 3 months`.",
    "annually": "Name the day: `8 March`, or `second Tuesday of October`.",
    "every year on March 8th": "Did you mean `8 March`?",
    "every other week": "Name the day: `Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`.",
    "2nd and 4th week": "Write `2nd and 4th Tuesday of the month`, or another day.",
    "first and third weeks of the month on Friday": "Write `first and third Friday of the month`, or another day.",
    "second week on Tuesday": "Did you mean `other Tuesday`?",
    "Tuesday every two weeks": "Did you mean `two weeks on Tuesday`?",
    "Tues and Fri, every 3 weeks": "Did you mean `3 weeks on Tuesday and Friday`?",
    "Tuesdays every other week": "Did you mean `other Tuesday`?",
    "on Friday, once every second week": "Did you mean `other Friday`?",
    "Tue-Thu": "Did you mean `Tuesday, Wednesday and Thursday`?",
    "Mo-Fr": "Did you mean `weekday`?",
    "Sa to Mo": "Did you mean `Saturday, Sunday and Monday`?",
    "Monday to Sunday": "Did you mean `day`?",
    "lamp to oil": UNLIKE_ANY,
    "1st/3rd Tuesday": "Did you mean `1st and 3rd Tuesday of the month`?",
    "first Monday of each quarter": "Did you mean `first Monday of January, April, July and October`?",
    "last Friday every quarter": "Did you mean `last Friday of March, June, September and December`?",
    "Wednesday from 13:00 to 14:00": "Write `Wednesday` here, and the time under `at:`.",
    "Wednesdays at noon": "Write `Wednesday` here, and the time under `at:`.",
    "Wednesday 13:00-14:00": "Write `Wednesday` here, and the time under `at:`.",
    "first Friday of the month, 20h": "Write `first Friday of the month` here, and the time under `at:`.",
    "twice a month": "Name the day: `Tuesday and Friday`, or `first and third Tuesday of the month`.",
    "daily": "Did you mean `day`?",
    "weekends": "Did you mean `Saturday and Sunday`?",
    "Mon-Fri": "Did you mean `weekday`?",
    "Monday to Friday": "Did you mean `weekday`?",
    "Wensday": "Did you mean `Wednesday`?",
    "Tue & Thu": "Did you mean `Tuesday and Thursday`?",
    "Mon/Wed": "Did you mean `Monday and Wednesday`?",
    "Saturday, Sunday,": "Did you mean `Saturday, Sunday`?",
    "Sunday and": "The nearest phrase is `Sunday`.",
    "last Wed of month": "Did you mean `last Wednesday of the month`?",
    "third Wednesday in March": "Did you mean `third Wednesday of March`?",
    "2nd Wednesday each month": "Did you mean `2nd Wednesday of the month`?",
    "second last Friday of the month": "Did you mean `second to last Friday of the month`?",
    "penultimate Friday of the month": "Did you mean `second to last Friday of the month`?",
    "3 days": "Write `rrule: FREQ=DAILY;INTERVAL=3` instead of `every:`, and `counting:` with one of the days.",
    "other day": "Write `rrule: FREQ=DAILY;INTERVAL=2` instead of `every:`, and `counting:` with one of the days.",
    "alternate Tuesdays": "Did you mean `other Tuesday`?",
    "last of the month": "Did you mean `last day of the month`?",
    "3rd": "Did you mean `3rd of the month`?",
    "Wednesday 13:00": "Write `Wednesday` here, and the time under `at:`.",
    "Wednesday at 1pm": "Write `Wednesday` here, and the time under `at:`.",
    "Wednesday, except bank holidays": "Write `Wednesday` here, and cancel each session that falls on one",
    "Wednesday except August": "Write `Wednesday` here, and below it `except: August`.",
    "2026-03-04": "Days are listed under `dates:` instead of `every:`: `dates: [2026-03-04]`.",
    "first weekday of the month": "`rrule: FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1`.",
    "last weekday of the month": "`rrule: FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`.",
    "6th Monday of the month": "Write `fifth Monday of the month`, or `last Monday of the month`.",
    "32nd of the month": "Days of the month run from `1st` to `31st`; the last is `last day of the month`.",
    "March": "The nearest phrase is `8 March`.",
    "1 weeks on Tuesday": "Did you mean `Tuesday`?",
    "second March": UNLIKE_ANY,
    "szerda": UNLIKE_ANY,
    "Wednesday starting someday": "Write `Wednesday` here, and below it `from:` with the date.",
    "other Friday from 29 February": "Write `other Friday` here, and below it `counting:` with the date.",
    "other Friday from 31 June": "Write `other Friday` here, and below it `counting:` with the date.",
    "Wednesdays through June 30, 2027": "Write `Wednesday` here, and below it `until: 2027-06-30`.",
    "Wednesday from 2027-01-06": "Write `Wednesday` here, and below it `from: 2027-01-06`.",
    "Wednesday between 2027-01-06 and 2027-06-30": "below it `from: 2027-01-06` and `until: 2027-06-30`.",
    "Wednesday from 2027-01 - 2027-06": "below it `from: 2027-01` and `until: 2027-06`.",
    "Wednesday from 6 Jan-30 June 2028": "below it `from: 2028-01-06` and `until: 2028-06-30`.",
    "Wednesday from 6 Dec to 31 Jan 2028": "below it `from: 2027-12-06` and `until: 2028-01-31`.",
    "other Wednesday, first on 2027-01-06": "Write `other Wednesday` here, and below it `counting: 2027-01-06`.",
    "other Wednesday (from 06/01/2027)": "Write `other Wednesday` here, and below it `counting: 2027-01-06`.",
    "other Wednesday from 7.1.2026": "`counting: 2026-07-01` if the month comes first, `counting: 2026-01-07` if",
    "other Wednesday from 2027-01-08": "Write `other Wednesday` here, and below it `counting:` with the date.",
    "second Wednesday from Jan 7": "Write `second Wednesday of the month`, or `other Wednesday` for every other week.",
    "and": UNLIKE_ANY,
    "3 Monday of the month": "The nearest phrase is",
    "100 weeks on Tuesday": "",
    "0 weeks on Tuesday": "",
    "first Monday of Mai and foo": "",
    "last and first of the month": "",
    "Monday and and Tuesday": "",
    "40 of the month": "",
    "Wednesday " * 20: "Write it in English words, like `Sunday`",
}


@pytest.mark.parametrize(("phrase", "hint"), REFUSED.items(), ids=lambda text: text[:40])
def test_what_is_no_phrase_gets_what_to_write(phrase: str, hint: str) -> None:
    found = problem(phrase)
    assert hint in found.hint
    assert found.hint


@pytest.mark.parametrize("phrase", REFUSED, ids=lambda text: text[:40])
def test_what_a_hint_says_can_be_typed(phrase: str) -> None:
    """Each phrase, rule or list of dates in backticks is one; keys are followed by a colon."""
    for written in re.findall("`([^`]+)`", problem(phrase).hint):
        key, colon, value = written.partition(": ")
        if colon:
            assert key in ("except", "rrule", "dates", "from", "until", "counting")
            if key == "rrule":
                rules.parse_rrule(value, HERE)
        elif not written.endswith(":") and not re.fullmatch(r"\d+(st|nd)", written):
            phrases.parse_phrase(written, HERE)


@pytest.mark.parametrize(
    ("phrase", "hint"),
    [
        ("other Tuesday", "List the dates, like `except: [2026-03-04, 2026-03-18]`; or cancel those sessions"),
        ("Decembr", "Did you mean `December`?"),
        ("August & Dec", "Did you mean `August and December`?"),
        ("holidays", "Write the days, like `25 December`; or cancel each session that falls on one"),
        ("Christmas and New Year's Day", "Write the days, like `25 December`"),
        ("August December", ""),
        ("July-August", "Did you mean `July and August`?"),
        ("Dec to Feb", "Did you mean `December, January and February`?"),
        ("all of August", "Did you mean `August`?"),
        ("in summer", "Did you mean `June, July and August`?"),
        ("last Wednesday", "Did you mean `last Wednesday of the month`?"),
        ("August 2027", "a break, at the left edge: `breaks: [{from: 2027-08, until: 2027-08}]`."),
        ("December to February 2027", "`breaks: [{from: 2026-12, until: 2027-02}]`."),
        ("May, August and September 2027", "[{from: 2027-05, until: 2027-05}, {from: 2027-08, until: 2027-09}]`."),
    ],
)
def test_what_except_does_not_know_gets_what_to_write(phrase: str, hint: str) -> None:
    assert hint in problem(phrase, excepted=True).hint


@pytest.mark.parametrize(
    "phrase", ["Wednesday until 2027", "Wednesdays in August", "fortnightly", "every 2 days", "Wednesday at 13:00"]
)
def test_no_hint_for_except_changes_the_chat_itself(phrase: str) -> None:
    hint = problem(phrase, excepted=True).hint
    assert not re.search("every|from|until|counting|other|rrule|`at", hint)


def test_a_rule_that_a_hint_gives_for_the_first_weekday_is_right() -> None:
    written = re.search("rrule: ([^`]+)", problem("first weekday of the month").hint)
    assert written is not None
    first = rules.expand(rules.parse_rrule(written[1], HERE), date(2026, 8, 1), date(2026, 10, 31))
    # 1 August 2026 is a Saturday, 1 September a Tuesday, 1 October a Thursday.
    assert list(first) == [date(2026, 8, 3), date(2026, 9, 1), date(2026, 10, 1)]
