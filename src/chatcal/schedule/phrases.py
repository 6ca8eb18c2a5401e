"""Phrases, as people say when they meet, to recurrence rules."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from chatcal.english import DAYS, MONTHS, ORDINALS
from chatcal.model import Rule
from chatcal.problems import Span, make_error
from chatcal.schedule import suggestions

_DAYS = {name.lower(): number for number, name in enumerate(DAYS)}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
_ORDINALS = {name: number for number, name in enumerate(ORDINALS, start=1)} | {"last": -1, "second-to-last": -2}
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
PHRASE_WORDS = frozenset(
    {"day", "weekday", "week", "weeks", "month", "months", "other", "every", "each", "the", "of", "on", "and", "to"}
).union(_DAYS, _MONTHS, _ORDINALS, _COUNTS)
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
    rule = _parse_or_suggest(_parse_exception_rule, text, where, examples)
    if rule.interval > 1:
        raise make_error(
            where,
            "phrase",
            "`except` cannot count weeks or months.",
            "List the dates, like `except: [2026-03-04, 2026-03-18]`; or cancel those sessions under `sessions:`.",
        )
    return rule


def _parse_or_suggest(parse: Callable[[str, Span], Rule], text: str, where: Span, examples: str) -> Rule:
    def is_phrase(other: str) -> bool:
        try:
            parse(other, where)
        except _UnknownPhraseError:
            return False
        return True

    try:
        return parse(text, where)
    except _UnknownPhraseError:
        message, hint = suggestions.suggest_phrase(text, _split_words(text), is_phrase, PHRASE_EXAMPLES)
        raise make_error(where, "phrase", message, hint or f"Write it in English words, like {examples}.") from None


def _sort_numbers(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))


def _split_words(text: str) -> list[str]:
    folded = " ".join(text.lower().replace(",", " , ").split())
    folded = folded.replace("second to last", "second-to-last").replace("2nd to last", "second-to-last")
    words = [word for word in folded.split() if word != "the"]
    while words and words[0] in ("every", "each"):
        del words[0]
    return words


def _split_list(words: Sequence[str]) -> list[str]:
    """Return the items of a list joined by commas and `and`."""
    items: list[str] = []
    joint = ","
    for word in words:
        if word not in (",", "and"):
            if not joint:
                raise _UnknownPhraseError
            items.append(word)
            joint = ""
        # `a, b, and c`: an `and` may follow a comma, nothing else may follow a joint.
        elif items and (not joint or (joint, word) == (",", "and")):
            joint = word
        else:
            raise _UnknownPhraseError
    if joint:
        raise _UnknownPhraseError
    return items


def _parse_rule(text: str, where: Span) -> Rule:
    words = _split_words(text)
    if words == ["day"]:
        return Rule(freq="DAILY", where=where)
    if words == ["weekday"]:
        return Rule(freq="WEEKLY", by_day=tuple((None, day) for day in range(5)), where=where)
    if words[:1] == ["other"]:
        rest = words[3:] if words[1:3] == ["week", "on"] else words[1:]
        return _parse_weekly(rest, 2, where)
    if words[1:3] == ["weeks", "on"]:
        return _parse_weekly(words[3:], _parse_count(words[0]), where)
    if "of" in words:
        at = words.index("of")
        return _parse_monthly(words[:at], words[at + 1 :], where)
    if len(words) == 2 and words[1] in _MONTHS and _NUMBER.fullmatch(words[0]):
        day = _parse_number(words[0], 31)
        return Rule(freq="YEARLY", by_month=(_MONTHS[words[1]],), by_month_day=(day,), where=where)
    return _parse_weekly(words, 1, where)


def _parse_exception_rule(text: str, where: Span) -> Rule:
    words = _split_words(text)
    if words and all(word in _MONTHS for word in words if word not in (",", "and")):
        return Rule(freq="DAILY", by_month=_sort_numbers(_MONTHS[word] for word in _split_list(words)), where=where)
    return _parse_rule(text, where)


def _parse_weekly(words: Sequence[str], interval: int, where: Span) -> Rule:
    items = _split_list(words)
    if not all(item in _DAYS for item in items):
        raise _UnknownPhraseError
    days = _sort_numbers(_DAYS[item] for item in items)
    return Rule(freq="WEEKLY", interval=interval, by_day=tuple((None, day) for day in days), where=where)


def _parse_monthly(days: list[str], months: list[str], where: Span) -> Rule:
    freq, interval = "MONTHLY", 1
    by_month: tuple[int, ...] = ()
    if months == ["every", "other", "month"]:
        interval = 2
    elif len(months) == 3 and months[0] == "every" and months[2] == "months":
        interval = _parse_count(months[1])
    elif months not in (["month"], ["every", "month"], ["each", "month"]):
        names = _split_list(months)
        if not all(name in _MONTHS for name in names):
            raise _UnknownPhraseError
        freq, by_month = "YEARLY", _sort_numbers(_MONTHS[name] for name in names)
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    if days and days[-1] in _DAYS:
        weekday = _DAYS[days[-1]]
        ordinals = _sort_numbers(_parse_ordinal(item) for item in _split_list(days[:-1]))
        by_day = tuple((ordinal, weekday) for ordinal in ordinals)
    else:
        by_month_day = _sort_numbers(_parse_number(item, 31) for item in _split_month_days(days))
    return Rule(freq=freq, interval=interval, by_month=by_month, by_day=by_day, by_month_day=by_month_day, where=where)


def _split_month_days(words: list[str]) -> list[str]:
    """Return the items of a list of days of the month, in which `last` is written `last day`."""
    if any(word.endswith("last") and following != "day" for word, following in pairwise([*words, ""])):
        raise _UnknownPhraseError
    return _split_list([word for word in words if word != "day"])


def _parse_count(word: str) -> int:
    count = _COUNTS.get(word) or (int(word) if re.fullmatch(r"[0-9]{1,2}", word) else 0)
    if not 2 <= count <= 99:
        raise _UnknownPhraseError
    return count


_NUMBER = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")


def _parse_ordinal(word: str) -> int:
    if word.isdigit():
        raise _UnknownPhraseError
    return _parse_number(word, len(ORDINALS))


def _parse_number(word: str, maximum: int) -> int:
    """Return the number of an ordinal, in words or figures; negative ones count from the end of the month."""
    found = _NUMBER.fullmatch(word)
    number = int(found[1]) if found else _ORDINALS.get(word, 0)
    if number == 0 or number > maximum:
        raise _UnknownPhraseError
    return number
