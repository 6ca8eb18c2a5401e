"""Words of other languages for days and months, and signs that only look like those of a keyboard."""

from datetime import date

import pytest

from chatcal.english import DAYS
from chatcal.problems import Problem, ScheduleError, Span
from chatcal.schedule import suggestions
from chatcal.schedule.date_values import name_year, parse_date
from chatcal.schedule.other_languages import iterate_readings, straighten
from chatcal.schedule.phrases import parse_exception, parse_phrase

WHERE = Span("")


def hint_of(phrase: str) -> str:
    with pytest.raises(ScheduleError) as error:
        parse_phrase(phrase, WHERE)
    return error.value.problems[0].hint


DAYS_OF_A_WEEK = {
    "German": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "French": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "Spanish": "lunes martes miércoles jueves viernes sábado domingo",
    "Portuguese": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "Swedish": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "Ukrainian": "понеділок вівторок середа четвер п\u2019ятниця субота неділя",
    "Italian": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "Dutch": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
}


@pytest.mark.parametrize("words", DAYS_OF_A_WEEK.values(), ids=DAYS_OF_A_WEEK)
def test_a_day_of_another_language_gets_the_english_word(words: str) -> None:
    assert [hint_of(word) for word in words.split()] == [f"Did you mean `{day}`?" for day in DAYS]


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("jeden Mittwoch", "Wednesday"),
        ("Mo und Do", "Monday and Thursday"),
        ("letzter Mittwoch im Monat", "last Wednesday of the month"),
        ("1. Dienstag des Monats", "first Tuesday of the month"),
        ("23. Dezember", "23 December"),
        ("le premier mercredi du mois", "first Wednesday of the month"),
        ("1er et 3e jeudi du mois", "first and third Thursday of the month"),
        ("primer miércoles de cada mes", "first Wednesday of every month"),
        ("último viernes del mes", "last Friday of the month"),
        ("segunda terça-feira do mês", "second Tuesday of the month"),
        ("segunda", "Monday"),
        ("första onsdagen i månaden", "first Wednesday of the month"),
        ("перша середа місяця", "first Wednesday of the month"),
        ("кожна п'ятниця", "Friday"),
        ("alle zwei Wochen am Mittwoch", "two weeks on Wednesday"),
        ("toutes les deux semaines le mercredi", "two weeks on Wednesday"),
        ("cada tres semanas los lunes", "three weeks on Monday"),
        ("varannan onsdag", "other Wednesday"),
        ("tous les mercredis", "Wednesday"),
        ("“Wednesday”", "Wednesday"),
        ("Mon\u2013Fri", "weekday"),
        ("\uff37ednesday", "Wednesday"),
    ],
)
def test_a_phrase_of_another_language_gets_the_english_phrase(phrase: str, meant: str) -> None:
    assert hint_of(phrase) == f"Did you mean `{meant}`?"
    parse_phrase(meant, WHERE)


@pytest.mark.parametrize(
    ("text", "meant"), [("Août", "August"), ("agosto y diciembre", "August and December"), ("серпень", "August")]
)
def test_whole_months_of_another_language_do_too(text: str, meant: str) -> None:
    with pytest.raises(ScheduleError) as error:
        parse_exception(text, WHERE)
    assert error.value.problems[0].hint == f"Did you mean `{meant}`?"


def test_a_half_of_a_phrase_in_another_language_gets_the_hint_of_the_english_one() -> None:
    assert hint_of("premier mercredi") == "Write `first Wednesday of the month`."
    assert hint_of("zweiter Dienstag").startswith("Write `second Tuesday of the month`, or `other Tuesday`")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("23 Dez 2026", "`2026-12-23`"),
        ("4 août 2026", "`2026-08-04`"),
        ("23 de diciembre de 2026", "`2026-12-23`"),
        ("5 марта 2026", ""),
        ("5 березня 2026", "`2026-03-05`"),
        ("2026\u201312\u201323", "`2026-12-23`"),
        ("\uff12\uff10\uff12\uff16-12-23", "`2026-12-23`"),
    ],
)
def test_a_date_of_another_language_gets_the_date(text: str, meant: str) -> None:
    assert suggestions.suggest_date(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Dec 23", "`2026-12-23`"),
        ("23. Dezember", "`2026-12-23`"),
        ("1/31", "`2027-01-31`"),
        ("28 Nov", "`2026-11-28`"),
        ("27 Nov", "`2027-11-27`"),
        ("29 Feb", "`2028-02-29`"),
        ("5/12", "`2027-05-12` if the month comes first, `2026-12-05` if the day does"),
    ],
)
def test_a_date_without_its_year_gets_the_next_such_day(text: str, meant: str) -> None:
    with pytest.raises(ScheduleError) as error:
        parse_date(text, WHERE)
    (problem,) = error.value.problems
    assert name_year(problem, date(2026, 11, 28)).hint == f"Write the year, too: {meant}."


def test_a_day_that_never_comes_stays_without_a_year() -> None:
    problem = Problem(WHERE, "date", "", "Write `YYYY-02-30`.")
    assert name_year(problem, date(2026, 11, 28)) == problem


def test_a_text_in_english_means_itself() -> None:
    assert list(iterate_readings("First Wednesday, of the month")) == ["first wednesday , of the month"]
    assert straighten("  \u201eLamps\u201c \u2014 oil\u2019s ") == "Lamps\" - oil's"


def test_a_long_text_of_words_with_many_meanings_has_few_readings() -> None:
    assert len(list(iterate_readings("segunda de " * 20))) == 64
