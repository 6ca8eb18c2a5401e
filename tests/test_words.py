"""The words of the languages: their catalogs are whole, and what they say of days, places and rules."""

import re
from dataclasses import replace
from datetime import date, time
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given

from chatcal import words
from chatcal.english import ENGLISH, Words
from chatcal.model import DayPart, Duration, Rule
from chatcal.recurrence import describe
from chatcal.schedule.format import parse_calendar, parse_chapter
from chatcal.words import get_words
from tests.recurrence.test_describe import RULES
from tests.support import catalogs
from tests.support.calendars import CALENDAR, at

LANGUAGES = tuple(words.list_catalogs().values())
GOLDEN = catalogs.ROOT / "tests" / "cases" / "golden" / "words.txt"
TEMPLATE = catalogs.build_template()


def test_there_are_catalogs_of_the_languages_that_docs_promise() -> None:
    assert LANGUAGES == ("de", "es", "fr", "nl", "pt", "sv", "uk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_has_every_message_with_all_its_gaps(language: str) -> None:
    assert list(catalogs.find_faults(catalogs.read_catalog(language), TEMPLATE)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_is_in_step_with_the_code(language: str) -> None:
    path = catalogs.get_path(language)
    assert path.read_bytes() == catalogs.update_catalog(catalogs.read_catalog(language), TEMPLATE), (
        "Run `python3 dev.py words`."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_catalog_says_how_people_are_addressed(language: str) -> None:
    assert re.search(r"Form of address: \w", catalogs.read_catalog(language).header_comment)


def test_a_new_catalog_has_a_head_to_be_filled_in() -> None:
    begun = catalogs.begin_catalog(catalogs.find_locale("pt-PT"), TEMPLATE).decode()
    assert begun.startswith(
        """\
# Portuguese (Portugal) translation of chatcal.
# Form of address:
# Words:
# Not read by a native speaker yet; CONTRIBUTING.md says how to send a correction.
msgid ""
"""
    )
    assert '"Language: pt_PT\\n"' in begun


@pytest.mark.parametrize("name", ["klingon", "italian", "pt/PT", ""])
def test_no_catalog_is_begun_for_what_is_not_a_language(name: str) -> None:
    with pytest.raises(ValueError, match=f"“{name}” is not the code of a language"):
        catalogs.find_locale(name)


@pytest.mark.parametrize("line", ['msgstr "elke dag', 'msgstr elke dag"', 'msgstr "elke "dag""', '"elke', "elke dag"])
def test_a_catalog_with_a_lost_quotation_mark_is_not_read_since_letters_would_be_lost(line: str) -> None:
    with pytest.raises(ValueError, match=r"^nl\.po:2: Write a text between"):
        catalogs.parse_catalog(f'msgid "every day"\n{line}\n'.encode(), "nl", "nl.po")


def catalog_with(entry: str) -> Catalog:
    head = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    return read_po(BytesIO(f"{head}{entry}".encode()), locale="nl")


WANTED = Catalog()
WANTED.add("from %(first)s", context="a day")
COUNTED = Catalog()
COUNTED.add(("every %(ordinal)s month", "every %(ordinal)s month"))
PLURAL = 'msgid "every %(ordinal)s month"\nmsgid_plural "every %(ordinal)s month"\n'


@pytest.mark.parametrize(
    ("entry", "template", "fault"),
    [
        ("", WANTED, "missing: a day | from %(first)s"),
        ('msgid "from %(first)s"\nmsgstr "van %(first)s"\n', WANTED, "missing: a day | from %(first)s"),
        ('msgctxt "a day"\nmsgid "from %(first)s"\nmsgstr ""\n', WANTED, "missing: a day | from %(first)s"),
        (
            '#, fuzzy\nmsgctxt "a day"\nmsgid "from %(first)s"\nmsgstr "van %(first)s"\n',
            WANTED,
            "fuzzy: a day | from %(first)s",
        ),
        (
            'msgctxt "a day"\nmsgid "from %(first)s"\nmsgstr "van %(eerste)s"\n',
            WANTED,
            "gaps: a day | from %(first)s -> van %(eerste)s",
        ),
        (
            'msgctxt "a day"\nmsgid "from %(first)s"\nmsgstr "van %(first)s, 100% zeker"\n',
            WANTED,
            "gaps: a day | from %(first)s -> van %(first)s, 100% zeker",
        ),
        (
            'msgctxt "a day"\nmsgid "from %(first)s"\nmsgstr "van %(first)s, 100%% zeker"\n',
            WANTED,
            None,
        ),
        (PLURAL + 'msgstr[0] "elke %(number)s maand"\n', COUNTED, "missing: every %(ordinal)s month"),
        (PLURAL + 'msgstr[0] "elke %(number)s maand"\nmsgstr[1] "elke %(ordinal)s maand"\n', COUNTED, None),
    ],
)
def test_what_a_catalog_lacks_is_found(entry: str, template: Catalog, fault: str | None) -> None:
    assert list(catalogs.find_faults(catalog_with(entry), template)) == ([fault] if fault else [])


class Listener(Words):
    """Says English, if the catalogs have a message for it."""

    def find(self, message: str, context: str | None = None) -> str:
        assert TEMPLATE.get(message, context), f"no catalog has {context} | {message}"
        return message

    def find_count(self, one: str, several: str, number: int) -> str:
        assert TEMPLATE.get((one, several)), f"no catalog has {several}"
        return super().find_count(one, several, number)

    def get_gender(self, noun: str) -> str:
        self.find(noun, "gender")
        return "feminine"


@given(RULES)
def test_catalogs_have_every_message_that_a_rule_is_said_with(rule: Rule) -> None:
    assert describe.describe_rule(rule, Listener()) == describe.describe_rule(rule)


SCHEDULE = """\
hashtag: lanternchat
name: The Lantern Keepers
timezone: America/Toronto
confirmed: 2024-08-31
chats:
  - {every: Wednesday, except: last Wednesday of the month, at: 13:00, from: 2026-01-01}
  - {every: Wednesday, except: [August and December, 2026-12-23], at: 23:30, from: 2026, until: 2026-03}
  - {every: weekday, except: [Friday, 24 December, weekday], at: evening, until: 2026-03-05}
  - {every: 2 weeks on Monday and Friday, at: 20:00, lasts: 90h, from: 2026-01-06, counting: 2026-01-09}
  - {every: 3 weeks on Monday, at: all day, lasts: 2d, from: 2026, until: 2026, counting: 2026-01-05}
  - {every: other Thursday, at: 13:00, counting: unknown}
  - {every: 31st of the month, at: unknown, from: 2026-03-05, until: 2026-06}
  - {every: fifth Wednesday of the month, at: night, timezone: Etc/UTC, from: 2026-03, until: 2026-03}
  - {every: 29 February, at: 20:00, from: 2028-02-29, until: 2028-02-29}
  - {rrule: FREQ=DAILY;INTERVAL=3;BYDAY=MO, counting: 2026-01-05, at: midday, until: 2026}
  - {every: Friday, at: midday, title: Late, topic: Oil, hosts: [Ada, Bo]}
  - {rrule: FREQ=WEEKLY;INTERVAL=3;BYDAY=MO;BYMONTH=3, counting: 2026-03-02, at: morning, join: "https://l.example/"}
  - {rrule: "FREQ=YEARLY;BYDAY=MO,TU;BYWEEKNO=20,-1,-3", at: afternoon}
  - {rrule: "FREQ=YEARLY;BYDAY=20MO,-2SA;BYYEARDAY=100,-1", at: 13:00}
  - {every: Friday, at: 13:00, place: Lamp room, geo: [51.5, -0.1], links: {Agenda: "https://l.example/a"}, note: Come}
  - {every: Friday, at: 13:00, place: none, join: none, rota: {from: 2026-03-06, hosts: [Cy, Di]}}
  - {dates: [2014-12-06 13:00, 2014-11-05], at: 20:00}
  - {dates: [2014-12-06 13:00, 2014-11-05], at: evening}
breaks:
  - {from: 2026-07-20, until: 2026-08-09, reason: Summer}
  - {from: 2026-12, until: 2026-12}
"""
CHAPTER = parse_chapter("schedules/lanternchat.yaml", SCHEDULE.encode())
SHARED = parse_calendar(
    (CALENDAR + "breaks: [{from: 2027, until: 2027}, {from: 2028, until: 2028, reason: Rest}]\n").encode()
)


def say_schedule(words: Words) -> list[str]:
    """Return all that a page says of a schedule with a bit of everything."""
    said = [text for one in describe.describe_chats(CHAPTER, words) for text in (one.sentence, *one.notes)]
    said += describe.describe_breaks(SHARED, CHAPTER, words, names_origin=False)
    for chapter in (CHAPTER, replace(CHAPTER, chats=())):
        said.append(describe.describe_certainty(SHARED, chapter, words))
    return said


def test_catalogs_have_every_message_that_a_schedule_is_said_with() -> None:
    assert say_schedule(Listener()) == say_schedule(ENGLISH)


def say_in_all_languages() -> str:
    return "\n".join("\n".join([f"[{name}]", *say_schedule(get_words(name)), ""]) for name in LANGUAGES)


def test_a_schedule_is_said_as_it_was_read_by_the_translator() -> None:
    """`python -m tests.test_words` writes what is said now; read the difference."""
    assert say_in_all_languages() == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ["Mi., 4. Nov., 13:00", "Mi., 4. Nov., abends", "Mi., 4. Nov., Uhrzeit unbekannt", "Mi., 4. Nov."]),
        ("es", ["mié, 4 nov, 13:00", "mié, 4 nov, noche", "mié, 4 nov, hora desconocida", "mié, 4 nov"]),
        ("es-419", ["mié, 4 nov, 13:00", "mié, 4 nov, noche", "mié, 4 nov, hora desconocida", "mié, 4 nov"]),
        ("fr", ["mer. 4 nov., 13:00", "mer. 4 nov., soirée", "mer. 4 nov., heure inconnue", "mer. 4 nov."]),
        (
            "pt",
            [
                "qua., 4 de nov. 13:00",
                "qua., 4 de nov., noite",
                "qua., 4 de nov., horário desconhecido",
                "qua., 4 de nov.",
            ],
        ),
        ("sv", ["ons 4 nov. 13:00", "ons 4 nov., kväll", "ons 4 nov., okänd tid", "ons 4 nov."]),
        ("uk", ["ср, 4 лист., 13:00", "ср, 4 лист., увечері", "ср, 4 лист., час невідомий", "ср, 4 лист."]),
    ],
)
def test_days_and_times_are_as_cldr_writes_them(language: str, said: list[str]) -> None:
    day, times = date(2026, 11, 4), (time(13), DayPart.EVENING, DayPart.UNKNOWN, DayPart.ALL_DAY)
    assert [get_words(language).format_day_and_time(day, one) for one in times] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "mié, 4 nov, 19:00 Estocolmo (13:00 Nueva York, jue 3:00 Tokio)"),
        ("uk", "ср, 4 лист., 19:00 Стокгольм (13:00 Нью-Йорк, чт 03:00 Токіо)"),
        ("sv", "ons 4 nov. 19:00 Stockholm (13:00 New York, tors 03:00 Tokyo)"),
    ],
)
def test_an_instant_is_said_on_clocks_whose_cities_have_names_of_that_language(language: str, said: str) -> None:
    others = ["America/New_York", "Europe/Stockholm", "Asia/Tokyo"]
    assert get_words(language).format_clocks(at("2026-11-04T18:00"), "Europe/Stockholm", others) == said


def test_utc_is_called_utc_in_every_language() -> None:
    assert {get_words(language).get_city("Etc/UTC") for language in LANGUAGES} == {"UTC"}


def test_no_space_is_narrow_since_some_fonts_have_no_sign_for_it() -> None:
    assert get_words("uk").format_long_day(date(2026, 11, 4)) == "4 листопада 2026\u00a0р."


def test_a_sentence_that_ends_with_a_date_has_one_full_stop() -> None:
    assert get_words("uk").say("Counted from %(day)s.", day="2026 р.") == "Відлік від 2026 р."
    assert get_words("uk").say("Hosted by %(hosts)s.", hosts="Ada..") == "Ведучі: Ada..."
    silent = "That calendar was last heard from on %(day)s. What was published last is shown until it answers again."
    assert " 2026 р. Доки" in get_words("uk").say(silent, day="2026 р.")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("es", "es"),
        ("ES", "ES"),
        ("es-419", "es-419"),
        ("pt-BR", "pt-BR"),
        ("de-AT", "de-AT"),
        ("es-XX", "es"),  # a country that CLDR does not know
        ("uk-Cyrl", "uk-Cyrl"),
        ("uk-Latn", "en"),  # the catalog is in another script
        ("en", "en"),
        ("en-GB", "en"),
        ("ar", "en"),
        ("tlh", "en"),
    ],
)
def test_words_say_truthfully_what_language_they_are_in(asked: str, language: str) -> None:
    assert get_words(asked).language == language


def test_without_a_catalog_words_are_english() -> None:
    assert get_words("ar") is ENGLISH
    assert (ENGLISH.direction, ENGLISH.first_weekday) == ("ltr", 0)


def test_numbers_agree_with_the_noun_that_they_stand_before() -> None:
    words = get_words("uk")
    assert [words.spell_ordinal(1, noun) for noun in ("Wednesday", "Thursday")] == ["першу", "перший"]
    assert [words.spell_ordinal(-1, noun) for noun in ("Wednesday", "Thursday")] == ["останню", "останній"]
    assert [words.spell_ordinal(number, "day") for number in (5, 6, -2, -3)] == [
        "п’ятий", "6-й", "передостанній", "третій (з кінця)"
    ]  # fmt: skip
    assert [get_words("fr").format_month_number(day) for day in (1, 2, 31)] == ["le 1er", "le 2", "le 31"]


def test_articles_and_prepositions_of_french_suit_the_vowel_behind_them() -> None:
    said = []
    for rule in (
        "every: second to last Friday of the month",
        "every: Friday, except: second to last Friday of the month",
    ):
        chat = f"{{{rule}, at: 13:00, from: 2026-04, until: 2026-10-02}}"
        chapter = parse_chapter(
            "schedules/luxchat.yaml", f"name: Lux\ntimezone: Europe/Paris\nchats: [{chat}]".encode()
        )
        said += [one.sentence for one in describe.describe_chats(chapter, get_words("fr"))]
    hours = "de 13:00 à 14:00 (Paris), depuis avril 2026 et jusqu’au 2 octobre 2026."
    assert said == [
        f"L’avant-dernier vendredi de chaque mois, {hours}",
        f"Tous les vendredis, sauf l’avant-dernier vendredi du mois, {hours}",
    ]


def test_a_catalog_that_does_not_know_genders_has_one() -> None:
    assert get_words("uk").get_gender("nothing") == "masculine"


def test_durations_and_lists_are_those_of_the_language() -> None:
    assert get_words("uk").format_duration(Duration(days=2, minutes=61)) == "2 дні, 1 година і 1 хвилина"
    assert get_words("es").join_list(["a", "b", "c"], "or") == "a, b o c"
    assert get_words("de").join_phrases(["im August", "am 1. und 2. Mai"]) == "im August und am 1. und 2. Mai"


if __name__ == "__main__":
    GOLDEN.write_text(say_in_all_languages(), "utf-8", newline="\n")
