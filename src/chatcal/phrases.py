"""Phrases, as people say when they meet, to recurrence rules."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from chatcal.model import Rule
from chatcal.problem import Invalid, Span, invalid
from chatcal.words import DAYS, MONTHS

_DAYS = {name.lower(): number for number, name in enumerate(DAYS)}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "last": -1,
    "second-to-last": -2,
}
_VOCABULARY = (
    *_DAYS, *_MONTHS, *_ORDINALS, "weekday", "day", "other", "weeks", "on", "and", "of", "the", "month", "months",
    "every", "each",
)  # fmt: skip

EXAMPLES = (
    "Sunday",
    "Monday and Thursday",
    "weekday",
    "day",
    "other Tuesday",
    "3 weeks on Thursday",
    "2 weeks on Monday and Friday",
    "first Wednesday of the month",
    "last Wednesday of the month",
    "second to last Friday of the month",
    "first and third Thursday of the month",
    "15th of the month",
    "1st and 15th of the month",
    "last day of the month",
    "second Tuesday of every 2 months",
    "second Tuesday of every other month",
    "1st of every 3 months",
    "third Wednesday of March, June and September",
    "second Tuesday of October",
    "8 March",
)
"""A phrase of each form that `every` knows."""

_MONTHS_ALONE = "August and December"

_AMBIGUOUS = {
    "biweekly": "Write `other Tuesday` for every two weeks, or `Tuesday and Friday` for twice a week.",
    "bimonthly": "Write `second Tuesday of every other month`, or `first and third Tuesday of the month`.",
    "fortnightly": "Write `other Tuesday`, with a `counting:` date that says which weeks.",
    "fortnight": "Write `other Tuesday`, with a `counting:` date that says which weeks.",
    "weekly": "Name the day: `Tuesday`.",
    "monthly": "Name the day: `second Tuesday of the month`, or `15th of the month`.",
    "quarterly": "Name the day: `second Tuesday of every 3 months`.",
    "daily": "Write `day`, or `weekday` for Monday to Friday.",
    "weekend": "Write `Saturday and Sunday`.",
    "yearly": "Name the day: `8 March`, or `second Tuesday of October`.",
    "annually": "Name the day: `8 March`, or `second Tuesday of October`.",
}


class _Unknown(Exception):  # noqa: N818 - never leaves this room
    """A phrase that the grammar does not know."""


def every(text: str, where: Span) -> Rule:
    """Return the rule of a phrase of `every`; raises Invalid with the nearest known phrase."""
    try:
        return _parse(text, where)
    except _Unknown:
        raise _unknown_phrase(text, where) from None


def except_(text: str, where: Span) -> Rule:
    """Return the rule of a phrase of `except`: one of `every` without a number, or whole months."""
    try:
        words = _words(text)
        if all(word in _MONTHS for word in _list(words)):
            return Rule(freq="DAILY", by_month=_sorted(_MONTHS[word] for word in _list(words)), where=where)
    except _Unknown:
        pass
    rule = every(text, where)
    if rule.interval > 1:
        raise invalid(
            where,
            "phrase",
            "`except` cannot count weeks or months.",
            "List the dates, or cancel the sessions under `sessions:`.",
        )
    return rule


def _sorted(numbers: Iterator[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))


def _words(text: str) -> list[str]:
    folded = " ".join(text.lower().replace(",", " , ").split())
    folded = folded.replace("second to last", "second-to-last").replace("2nd to last", "second-to-last")
    words = [word for word in folded.split() if word != "the"]
    while words and words[0] in ("every", "each"):
        del words[0]
    return words


def _list(words: Sequence[str]) -> list[str]:
    """Return the items of a list joined by commas and `and`."""
    items: list[str] = []
    wants_item = True
    for word in words:
        if word in (",", "and"):
            # `a, b, and c`: an `and` may follow a comma, nothing else may follow a joint.
            if wants_item and not (word == "and" and items):
                raise _Unknown
            wants_item = True
        elif wants_item:
            items.append(word)
            wants_item = False
        else:
            raise _Unknown
    if wants_item:
        raise _Unknown
    return items


def _parse(text: str, where: Span) -> Rule:
    words = _words(text)
    if words == ["day"]:
        return Rule(freq="DAILY", where=where)
    if words == ["weekday"]:
        return Rule(freq="WEEKLY", by_day=tuple((None, day) for day in range(5)), where=where)
    if words[:1] == ["other"]:
        rest = words[3:] if words[1:3] == ["week", "on"] else words[1:]
        return _weekly(rest, 2, where)
    if words[1:3] == ["weeks", "on"]:
        return _weekly(words[3:], _count(words[0]), where)
    if "of" in words:
        at = words.index("of")
        return _monthly(words[:at], words[at + 1 :], where)
    if len(words) == 2 and words[1] in _MONTHS:
        return Rule(
            freq="YEARLY",
            by_month=(_MONTHS[words[1]],),
            by_month_day=(_month_day(words[0]),),
            where=where,
        )
    return _weekly(words, 1, where)


def _weekly(words: Sequence[str], interval: int, where: Span) -> Rule:
    items = _list(words)
    if not all(item in _DAYS for item in items):
        raise _Unknown
    days = _sorted(_DAYS[item] for item in items)
    return Rule(freq="WEEKLY", interval=interval, by_day=tuple((None, day) for day in days), where=where)


def _monthly(days: Sequence[str], months: Sequence[str], where: Span) -> Rule:
    freq, interval = "MONTHLY", 1
    by_month: tuple[int, ...] = ()
    if list(months) in (["month"], ["every", "month"], ["each", "month"]):
        pass
    elif list(months) == ["every", "other", "month"]:
        interval = 2
    elif len(months) == 3 and months[0] == "every" and months[2] == "months":
        interval = _count(months[1])
    else:
        names = _list(months)
        if not all(name in _MONTHS for name in names):
            raise _Unknown
        freq, by_month = "YEARLY", _sorted(_MONTHS[name] for name in names)
    if days and days[-1] in _DAYS:
        weekday = _DAYS[days[-1]]
        ordinals = _sorted(_ordinal(item) for item in _list(days[:-1]))
        by_day = tuple((ordinal, weekday) for ordinal in ordinals)
        return Rule(freq=freq, interval=interval, by_month=by_month, by_day=by_day, where=where)
    by_month_day = _sorted(_month_day(item) for item in _month_days(days))
    return Rule(freq=freq, interval=interval, by_month=by_month, by_month_day=by_month_day, where=where)


def _month_days(words: Sequence[str]) -> list[str]:
    """Return the items of a list of days of the month; `last` is one only as `last day`."""
    joined = [word for word in words if word != "day"]
    lasts = [at for at, word in enumerate(words) if word.endswith("last")]
    if any(list(words[at + 1 : at + 2]) != ["day"] for at in lasts):
        raise _Unknown
    return _list(joined)


def _count(word: str) -> int:
    numbers = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
    count = numbers.get(word) or (int(word) if re.fullmatch(r"[0-9]{1,2}", word) else 0)
    if not 2 <= count <= 99:
        raise _Unknown
    return count


_NUMBERED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")


def _ordinal(word: str) -> int:
    found = _NUMBERED.fullmatch(word)
    if word in _ORDINALS:
        return _ORDINALS[word]
    if found and word != found[1] and 1 <= int(found[1]) <= 5:
        return int(found[1])
    raise _Unknown


def _month_day(word: str) -> int:
    found = _NUMBERED.fullmatch(word)
    if word in _ORDINALS:
        return _ORDINALS[word]
    if found and 1 <= int(found[1]) <= 31:
        return int(found[1])
    raise _Unknown


def _unknown_phrase(text: str, where: Span) -> Invalid:
    words = _words(text)
    plain = [word.replace("-", "") for word in words]
    for sign, instead in _AMBIGUOUS.items():
        if sign in plain:
            return invalid(
                where,
                "phrase",
                f"`{text}` can mean several things." if sign.startswith("bi") else f"`{text}` does not name a day.",
                instead,
            )
    if len(words) == 2 and words[0] in (*_ORDINALS, "2nd", "1st", "3rd", "4th", "5th") and words[1] in _DAYS:
        day = DAYS[_DAYS[words[1]]]
        meant = f"`{words[0]} {day} of the month`"
        if words[0] in ("second", "2nd"):
            return invalid(
                where,
                "phrase",
                f"`{text}` can mean several things.",
                f"Write {meant}, or `other {day}` for every other week.",
            )
        return invalid(where, "phrase", f"`{text}` does not say of what.", f"Write {meant}.")
    if _mixes_weekday_and_ordinal(words):
        return invalid(
            where,
            "phrase",
            "A day of the week and a day of the month stand in one phrase.",
            "Write two chats, each with a phrase of its own.",
        )
    return invalid(where, "phrase", f"`{text}` is no phrase that chatcal knows.", _nearest(text, words))


def _mixes_weekday_and_ordinal(words: Sequence[str]) -> bool:
    days = [at for at, word in enumerate(words) if word in _DAYS]
    ordinals = [at for at, word in enumerate(words) if word in _ORDINALS or re.fullmatch(r"\d+(st|nd|rd|th)", word)]
    return len(days) > 1 and bool(ordinals)


def _nearest(text: str, words: Sequence[str]) -> str:
    mended = " ".join(_mended(word) for word in words).replace(" ,", ",").replace("second-to-last", "second to last")
    for candidate in (mended, f"{mended} of the month"):
        try:
            _parse(candidate, Span(""))
        except _Unknown:
            continue
        return f"Did you mean `{_capitalised(candidate)}`?"
    if close := difflib.get_close_matches(text, EXAMPLES, n=1, cutoff=0.5):
        return f"The nearest phrase is `{close[0]}`."
    return "Phrases look like `Sunday`, `other Tuesday`, `first Wednesday of the month` or `8 March`."


def _mended(word: str) -> str:
    if word in _VOCABULARY or word == "," or word[:1].isdigit():
        return word
    begins = [known for known in (*_DAYS, *_MONTHS) if len(word) >= 3 and known.startswith(word.rstrip("."))]
    close = difflib.get_close_matches(word, _VOCABULARY, n=1, cutoff=0.7)
    return (begins or close or [word])[0]


def _capitalised(phrase: str) -> str:
    names: Mapping[str, str] = {name.lower(): name for name in (*DAYS, *MONTHS)}
    return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), phrase).replace("of month", "of the month")
