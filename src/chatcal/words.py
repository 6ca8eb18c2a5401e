"""What chatcal says in the languages of chapters: messages from the catalogs in `locale/`, the rest as CLDR has it.

A message is English, and its gaps look like `%(day)s`. `python3 dev.py words` collects the messages for the catalogs.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

from chatcal.english import DAYS, ENGLISH, FROM, ORDINALS, Words
from chatcal.model import DayPart
from chatcal.timezones import UTC_NAME, get_city_name

if TYPE_CHECKING:  # pragma: no cover - only the type checker needs them
    from gettext import GNUTranslations

    from babel import Locale

GENDERS = ("masculine", "feminine", "neuter")
_DAY_PARTS = tuple(str(part) for part in DayPart if part not in (DayPart.UNKNOWN, DayPart.ALL_DAY))
TABLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("from a day", "from a month or year"), FROM),
    "numbered": tuple(f"%(ordinals)s {day}" for day in DAYS),
    "every": DAYS,
    "on": DAYS,
    "except on": tuple(f"{day}s" for day in DAYS),
    "day of the month": ("1st", "%(number)sth"),
    "part of the day": _DAY_PARTS,
    "gender": (*DAYS, "day", "week", "month", "year"),
    **dict.fromkeys(
        GENDERS, (*ORDINALS, "%(number)sth", "last", "second to last", "%(ordinal)s to last", "the last of the month")
    ),
}
"""Messages that only code puts together, by their context."""


def get_words(language: str) -> Words:
    """Return the words of a language, by its BCP 47 tag; those of English where there is no catalog of it."""
    return ENGLISH if language == "en" else _load_words(language)


@cache
def _load_words(language: str) -> Words:
    parts = language.replace("_", "-").split("-")
    catalogs = list_catalogs()
    for count in range(len(parts), 0, -1):
        name = "_".join(parts[:count]).casefold()
        if name in catalogs and not _is_other_script(parts[0], parts[count:]):
            return _Translated(catalogs[name], language)
    return ENGLISH


@cache
def list_catalogs() -> dict[str, str]:
    """Return the names of the catalogs, which are languages, by their names in small letters."""
    found = sorted(one.name for one in resources.files("chatcal").joinpath("locale").iterdir() if one.is_dir())
    return {name.casefold(): name for name in found}


def _is_other_script(language: str, left: Sequence[str]) -> bool:
    """Say whether a tag names a script that its language is seldom written in."""
    from babel.core import get_global

    usual = get_global("likely_subtags").get(language.lower(), "").casefold().split("_")
    return any(len(part) == 4 and part.isalpha() and part.casefold() not in usual for part in left)


def find_language(name: str) -> str:
    """Return the tag of a language by its name in English or, where there is a catalog of it, in itself; or nothing."""
    from babel import Locale

    named: dict[str, str] = {other.casefold(): tag for tag, other in Locale("en").languages.items()}
    itself = {(Locale.parse(tag).language_name or "").casefold(): tag for tag in list_catalogs().values()}
    return (named | itself).get(name.strip().casefold(), "")


@cache
def get_direction(language: str) -> str:
    """Return `rtl` for a language that is written from right to left, `ltr` for others and for unknown ones."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.partition("-")[0]).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def drop_stops(message: str, gaps: Mapping[str, object]) -> str:
    """Return a message without the full stops behind gaps that end with one themselves, as dates may."""
    for name, value in gaps.items():
        text = str(value)
        if text.endswith(".") and not text.endswith(".."):
            message = message.replace(f"%({name})s.", f"%({name})s")
    return message


def load_catalog(name: str) -> "GNUTranslations":
    """Return the messages of a catalog; fuzzy ones are left out."""
    from gettext import GNUTranslations

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files("chatcal").joinpath("locale", name, "LC_MESSAGES", "chatcal.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=name))
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Translated(Words):
    """The words of a language with a catalog."""

    def __init__(self, catalog: str, language: str) -> None:
        from babel import Locale, UnknownLocaleError

        self._catalog = load_catalog(catalog)
        try:
            self._locale = Locale.parse(language, sep="-")
            self.language = language
        except (UnknownLocaleError, ValueError):
            self._locale = Locale.parse(catalog)
            self.language = catalog.replace("_", "-")
        self.direction = self._locale.text_direction
        self.first_weekday = self._locale.first_week_day
        self._list_styles = {"and": "standard", "or": "or"}

    def find(self, message: str, context: str | None = None) -> str:
        return self._catalog.pgettext(context, message) if context else self._catalog.gettext(message)

    def say(self, message: str, **gaps: object) -> str:
        return drop_stops(self.find(message), gaps) % gaps

    def find_count(self, one: str, several: str, number: int) -> str:
        return self._catalog.ngettext(one, several, number)

    def format_short_day(self, day: date) -> str:
        return _format(self._locale, "MMMEd", day)

    def format_day(self, day: date) -> str:
        return _format(self._locale, "yMMMEd", day)

    def format_long_day(self, day: date) -> str:
        return _format(self._locale, "long", day)

    def format_month(self, day: date) -> str:
        return _format(self._locale, "yMMMM", day)

    def format_month_day(self, day: date) -> str:
        return _format(self._locale, "MMMMd", day)

    def format_clock(self, at: time | datetime) -> str:
        return _format(self._locale, "Hm", datetime(2000, 1, 1, at.hour, at.minute))  # noqa: DTZ001 - a time

    def join_day_and_clock(self, day: str, clock: str) -> str:
        pattern = str(self._locale.datetime_formats["medium"]).replace("'", "")
        return pattern.replace("{0}", clock).replace("{1}", day)

    def format_clock_beside(self, moment: datetime, day: date) -> str:
        clock = self.format_clock(moment)
        return clock if moment.date() == day else f"{_format(self._locale, 'E', moment.date())} {clock}"

    def get_city(self, timezone: str) -> str:
        return _get_city(self._locale, timezone)

    def get_weekday(self, day: int) -> str:
        return str(self._locale.days["stand-alone"]["wide"][day])

    def get_month(self, month: int) -> str:
        return str(self._locale.months["format"]["wide"][month])

    def join_list(self, items: Sequence[str], joint: str = "and") -> str:
        from babel.lists import format_list

        return format_list(items, self._list_styles[joint], self._locale)  # type: ignore[arg-type] # they are styles

    def join_phrases(self, items: Sequence[str]) -> str:
        return self.join_list(items)

    def format_unit(self, number: int, unit: str) -> str:
        from babel.units import format_unit

        return format_unit(number, f"duration-{unit}", "long", locale=self._locale)

    def get_gender(self, noun: str) -> str:
        gender = self.find(noun, "gender")
        return gender if gender in GENDERS else GENDERS[0]

    def spell_ordinal(self, number: int, noun: str) -> str:
        gender = self.get_gender(noun)
        if number in (-1, -2):
            return self.find("last" if number == -1 else "second to last", gender)
        if number < 0:
            return self.find("%(ordinal)s to last", gender) % {"ordinal": self.spell_ordinal(-number, noun)}
        is_word = number <= len(ORDINALS)
        return self.find(ORDINALS[number - 1] if is_word else "%(number)sth", gender) % {"number": number}

    def format_month_number(self, day: int) -> str:
        return self.find("1st" if day == 1 else "%(number)sth", "day of the month") % {"number": day}


# CLDR's patterns are slow to look up, and a calendar has few days and clock times.


@lru_cache(maxsize=8192)
def _format(locale: "Locale", pattern: str, moment: date | datetime) -> str:
    """Return a date in a format of CLDR (`long`, `E`), or a date or clock time by one of its skeletons."""
    from babel.dates import format_date, format_skeleton

    if pattern in ("long", "E"):
        text = format_date(moment, pattern, locale)
    else:
        text = format_skeleton(pattern, moment, locale=locale)
    # The fonts of some calendar programs have no sign for the narrow space.
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


@cache
def _get_city(locale: "Locale", timezone: str) -> str:
    from babel.dates import get_timezone_location

    if timezone == UTC_NAME:
        return get_city_name(timezone)
    return get_timezone_location(timezone, locale, return_city=True)
