"""Phrases, as people say when they meet, to recurrence rules."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import dropwhile

from chatcal.english import ORDINALS
from chatcal.model import Rule
from chatcal.problems import Span, make_error
from chatcal.schedule import suggestions
from chatcal.schedule.other_languages import iterate_readings, straighten
from chatcal.schedule.rule_hints import MONTH_NUMBERS, ORDINAL_NUMBERS, WEEKDAY_NUMBERS


def _write_numbers(numbers: Iterable[int], *endings: str) -> dict[str, int]:
    """Return numbers by each way to write them: `1` or `01`, with one of the endings."""
    return {f"{form}{end}": one for one in numbers for form in (f"{one}", f"{one:02}") for end in endings}


_COUNT_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_COUNTS = _COUNT_WORDS | _write_numbers(range(2, 100), "")
_ORDINALS = ORDINAL_NUMBERS | _write_numbers(range(1, len(ORDINALS) + 1), "st", "nd", "rd", "th")
_DATES = _write_numbers(range(1, 32), "", "st", "nd", "rd", "th")
PHRASE_WORDS = frozenset(
    {"day", "weekday", "week", "weeks", "month", "months", "other", "every", "each", "the", "of", "on", "and", "to"}
).union(WEEKDAY_NUMBERS, MONTH_NUMBERS, ORDINAL_NUMBERS, _COUNT_WORDS)
"""Every word, in small letters, of a phrase; numbers are the rest, with or without `st`, `nd`, `rd` or `th`."""


PHRASE_EXAMPLES = (
    "Sunday", "Monday and Thursday", "weekday", "day", "other Tuesday", "3 weeks on Thursday",
    "2 weeks on Monday and Friday", "first Wednesday of the month", "last Wednesday of the month",
    "second to last Friday of the month", "first and third Thursday of the month", "15th of the month",
    "1st and 15th of the month", "last day of the month", "second Tuesday of every 2 months",
    "second Tuesday of every other month", "1st of every 3 months", "third Wednesday of March, June and September",
    "second Tuesday of October", "8 March",
)  # fmt: skip
"""A phrase of each form that `every` knows."""


class _UnknownPhraseError(Exception):
    """A phrase that the grammar does not know."""


def parse_phrase(text: str, where: Span) -> Rule:
    """Return the rule of a phrase of `every`; raises ScheduleError with the nearest known phrase."""
    examples = "`Sunday`, `other Tuesday`, `first Wednesday of the month` or `8 March`"
    return _parse_or_suggest(_parse_rule, text, where, examples)


def parse_exception(text: str, where: Span) -> Rule:
    """Return the rule of a phrase of `except`: one of `every` without a number, or whole months."""
    examples = "`August and December`, `last Wednesday of the month` or `2026-12-23`"
    rule = _parse_or_suggest(_parse_exception_rule, text, where, examples, is_exception=True)
    if rule.interval > 1:
        hint = "List the dates, like `except: [2026-03-04, 2026-03-18]`; or cancel those sessions under `sessions:`."
        raise make_error(where, "phrase", "`except` cannot count weeks or months.", hint)
    return rule


def _parse_or_suggest(
    parse: Callable[[str, Span], Rule], text: str, where: Span, examples: str, *, is_exception: bool = False
) -> Rule:
    def find_rule(written: str) -> Rule | None:
        with suppress(_UnknownPhraseError):
            return parse(_normalize(written), where)
        return None

    if rule := find_rule(text):
        return rule
    if re.match(r"\s*(?:rrule:)?\s*freq=", text, re.IGNORECASE) and not is_exception:
        message, hint = "A rule has a key of its own.", f"Write, instead of `every:`, `rrule: {text.strip()}`."
        raise make_error(where, "phrase", message, hint)
    readings = _list_readings(text, find_rule)
    message, hint = suggestions.suggest_phrase(text, readings, find_rule, PHRASE_EXAMPLES, is_exception=is_exception)
    raise make_error(where, "phrase", message, hint or f"Write it in English words, like {examples}.")


def _list_readings(text: str, find_rule: Callable[[str], Rule | None]) -> list[str]:
    """Return what a text may mean, the likeliest first: a phrase, what was written, other languages."""
    readings = list(iterate_readings(text)) if len(text) <= suggestions.MAX_PHRASE_LENGTH else []
    known = [one for one in readings if find_rule(one)]
    return [_normalize(one) for one in [*known, straighten(text), *readings[:_MAX_READINGS]]]


_MAX_READINGS = 8
"""So many are looked into if none is a phrase."""


def _normalize(text: str) -> str:
    """Return a phrase in small letters, with one space between its words, and without those that say nothing."""
    folded = " ".join(text.lower().replace(",", " , ").split())
    words = re.sub("(?:second|2nd) to last", "second-to-last", folded).split()
    named = (word for word in words if word != "the")
    return " ".join(dropwhile(lambda word: word in ("every", "each"), named))


def _parse_exception_rule(phrase: str, where: Span) -> Rule:
    with suppress(_UnknownPhraseError):
        return Rule(freq="DAILY", by_month=_parse_list(phrase, MONTH_NUMBERS), where=where)
    return _parse_rule(phrase, where)


def _parse_rule(phrase: str, where: Span) -> Rule:
    if phrase == "day":
        return Rule(freq="DAILY", where=where)
    if phrase == "weekday":
        return _build_weekly(range(5), 1, where)
    if found := re.fullmatch("other (?:week on )?(.+)", phrase):
        return _build_weekly(_parse_list(found[1], WEEKDAY_NUMBERS), 2, where)
    if found := re.fullmatch(r"(\S+) weeks on (.+)", phrase):
        return _build_weekly(_parse_list(found[2], WEEKDAY_NUMBERS), _look_up(found[1], _COUNTS), where)
    if found := re.fullmatch("(.+?) of (.+)", phrase):
        return _parse_monthly(found[1], found[2], where)
    day, _, month = phrase.partition(" ")
    if day in _DATES and month in MONTH_NUMBERS:
        return Rule(freq="YEARLY", by_month=(MONTH_NUMBERS[month],), by_month_day=(_DATES[day],), where=where)
    return _build_weekly(_parse_list(phrase, WEEKDAY_NUMBERS), 1, where)


def _build_weekly(days: Iterable[int], interval: int, where: Span) -> Rule:
    return Rule(freq="WEEKLY", interval=interval, by_day=tuple((None, day) for day in days), where=where)


def _parse_monthly(days: str, months: str, where: Span) -> Rule:
    freq, interval = "MONTHLY", 1
    by_month: tuple[int, ...] = ()
    if months == "every other month":
        interval = 2
    elif found := re.fullmatch(r"every (\S+) months", months):
        interval = _look_up(found[1], _COUNTS)
    elif months not in ("month", "every month", "each month"):
        freq, by_month = "YEARLY", _parse_list(months, MONTH_NUMBERS)
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    ordinals, _, weekday = days.rpartition(" ")
    if weekday in WEEKDAY_NUMBERS:
        by_day = tuple((ordinal, WEEKDAY_NUMBERS[weekday]) for ordinal in _parse_list(ordinals, _ORDINALS))
    elif re.search("last(?! day(?: |$))", days):
        raise _UnknownPhraseError
    else:
        dates = " ".join(word for word in days.split() if word != "day")
        by_month_day = _parse_list(dates, _ORDINALS | _DATES)
    return Rule(freq=freq, interval=interval, by_month=by_month, by_day=by_day, by_month_day=by_month_day, where=where)


def _parse_list(text: str, known: Mapping[str, int]) -> tuple[int, ...]:
    """Return the numbers, sorted, of the items of a list joined by commas and `and`."""
    return tuple(sorted({_look_up(item, known) for item in re.split(" (?:, and|,|and) ", text)}))


def _look_up(word: str, known: Mapping[str, int]) -> int:
    if word not in known:
        raise _UnknownPhraseError
    return known[word]
