"""What somebody most likely meant by a phrase that the grammar does not know: what is wrong, and what to write."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from chatcal.words import DAYS, MONTHS, join_list

Words = Sequence[str]
"""A phrase as the grammar takes it: folded, without articles, without a leading `every`."""

PhraseTest = Callable[[str], bool]

_MAX_PHRASE_LENGTH = 100
"""In characters. What is longer is prose, and takes long to compare with phrases."""

_WEEKDAYS = tuple(name.lower() for name in DAYS)
_MONTH_WORDS = tuple(name.lower() for name in MONTHS)
_ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth", "last", "second-to-last")
_VOCABULARY = (
    *_WEEKDAYS, *_MONTH_WORDS, *_ORDINAL_WORDS,
    "weekday", "day", "other", "weeks", "on", "and", "of", "month", "months", "every", "each",
)  # fmt: skip
_AMBIGUOUS = "`{}` can mean several things."
_NO_DAY = "`{}` does not name a day."
_UNKNOWN_PHRASE = "`{}` is no phrase that chatcal knows."


def suggest_phrase(text: str, words: Words, is_phrase: PhraseTest, examples: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with an unknown phrase, and the hint what to write, empty where nothing is near.

    Takes the text as typed, its words, a function that tells what the grammar knows, and a phrase of each form.
    """
    if len(text) > _MAX_PHRASE_LENGTH:
        return "This is longer than any phrase that chatcal knows.", ""
    for look in (
        _explain_ambiguous,
        _explain_day_count,
        _explain_missing_month,
        _explain_other_key,
        _suggest_respelling,
        _explain_mixed,
        _explain_impossible_day,
        _explain_missing_day,
    ):
        if found := look(words, is_phrase):
            message, hint = found
            return message.format(text), hint
    if close := difflib.get_close_matches(text, examples, n=1, cutoff=0.75):
        return _UNKNOWN_PHRASE.format(text), f"The nearest phrase is `{close[0]}`."
    return _UNKNOWN_PHRASE.format(text), ""


def _find_day(words: Words) -> str | None:
    return next((DAYS[_WEEKDAYS.index(word)] for word in map(_mend_word, words) if word in _WEEKDAYS), None)


def _explain_ambiguous(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    del is_phrase
    plain = "".join(words).replace("-", "")
    day = _find_day(words) or "Tuesday"
    if "biweekly" in plain:
        both = f"{day} and {DAYS[(DAYS.index(day) + 3) % 7]}"
        return _AMBIGUOUS, f"Write `other {day}` for every two weeks, or `{both}` for twice a week."
    if "bimonthly" in plain:
        return _AMBIGUOUS, f"Write `second {day} of every other month`, or `first and third {day} of the month`."
    if "fortnight" in plain:
        message = _UNKNOWN_PHRASE if _find_day(words) else _NO_DAY
        return message, f"Write `other {day}`, with a `counting:` date that says which weeks."
    return None


def _explain_day_count(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a number of days: no phrase counts them."""
    del is_phrase
    if found := re.fullmatch(r"(\d+|other|second|third)(?:st|nd|rd|th)? days?", _join_words(words)):
        interval = {"other": "2", "second": "2", "third": "3"}.get(found[1], found[1])
        rule = f"rrule: FREQ=DAILY;INTERVAL={interval}"
        return "No phrase counts days.", f"Write `{rule}` instead of `every:`, and `counting:` with one of the days."
    return None


_SECOND_WORDS = ("second", "2nd")
_WEEKS_BY_ORDINAL = {"third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _explain_missing_month(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of an ordinal and a day that do not say of what: `second Tuesday`."""
    if len(words) != 2 or not is_phrase(f"{words[0]} {(day := _mend_word(words[1]))} of month") or day not in _WEEKDAYS:
        return None
    phrase = f"`{words[0]} {_spell_names(day)} of the month`"
    if words[0] in _SECOND_WORDS:
        return _AMBIGUOUS, f"Write {phrase}, or `other {_spell_names(day)}` for every other week."
    if weeks := _WEEKS_BY_ORDINAL.get(words[0]):
        return (
            "`{}` does not say of what.",
            f"Write {phrase}. Every {weeks} weeks is `{weeks} weeks on {_spell_names(day)}`.",
        )
    return "`{}` does not say of what.", f"Write {phrase}."


def _explain_other_key(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that holds what has a key of its own: a date, a time, an exception."""
    text = _join_words(words)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return (
            "`{}` is a date, and no phrase.",
            f"Days are listed under `dates:` instead of `every:`: `dates: [{text}]`.",
        )
    parts = re.fullmatch(r"(?P<phrase>.+?),? (?:at )?(?P<at>\d{1,2}(?::\d{2})?(?: ?[ap]m)?)", text)
    if parts and re.search("[:m]", parts["at"]) and is_phrase(parts["phrase"]):
        return (
            "A time has a key of its own.",
            f"Write `{_spell_names(parts['phrase'])}` here, and the time under `at:`.",
        )
    parts = re.fullmatch(r"(?P<phrase>.+?),? (?:except|but not|not)(?: in| on)? (?P<rest>.+)", text)
    if parts and is_phrase(parts["phrase"]):
        return (
            "What a phrase leaves out has a key of its own.",
            f"Write `{_spell_names(parts['phrase'])}` here, and below it `except: {_spell_names(parts['rest'])}`.",
        )
    return None


_RESPELLINGS = (
    (r"\s*[&+]\s*|(?<=[a-z])/(?=[a-z])", " and "),
    (r"\bmon(?:day)?s? ?(?:-|to|through) ?fri(?:day)?s?\b|\b(?:work|working |business )days?\b", "weekday"),
    (r"\b(?:penultimate|second last|next to last|last but one)\b", "second-to-last"),
    (r"\balternat(?:e|ing)\b", "other"),
    (r"\bweekends?\b", "saturday and sunday"),
    (r"\b(?:everyday|daily|days|each day)\b", "day"),
    (rf"\b({'|'.join(name[:3] for name in _MONTH_WORDS)})([a-z]*) (\d{{1,2}})(?:st|nd|rd|th)?$", r"\3 \1\2"),
    (r"\b(?:each|every|a) year\b|^year\b|\byearly\b|\bannually\b", " "),
    (r"\bin\b", "of"),
    (r"(?<!of )\b(?:each|every|per|a) month\b", "of month"),
    (r"^(.*)\bmonthly\b(.*)$", r"\1 \2 of month"),
    (r"\bweekly\b|\b(?:each|every|a) week\b", " "),
    (r"\b1 weeks?\b", " "),
    (r"(?<!week)(?<!weeks) on\b|^on\b", " "),
    (r"\blast of\b", "last day of"),
    (r"[ ,]+$|^[ ,]+", ""),
)


def _suggest_respelling(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return what the phrase is in the words of the grammar, where that is another spelling of it."""
    text = _join_words(words)
    for pattern, other in _RESPELLINGS:
        text = " ".join(re.sub(pattern, other, text).split())
    mended = _join_words([_mend_word(word) for word in text.replace(",", " , ").split()])
    for candidate in (mended, f"{mended} of month"):
        if is_phrase(candidate):
            return _UNKNOWN_PHRASE, f"Did you mean `{_spell_names(candidate)}`?"
    return None


def _explain_mixed(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that names days of the week and days of the month, or some with an ordinal."""
    items, _, months = _join_words([_mend_word(word) for word in words]).partition(" of ")
    parts = [part for part in re.split(r"\s*,\s*|\s+and\s+", items) if part]
    if len(parts) < 2 or not any(part.split()[-1:] in [[day] for day in _WEEKDAYS] for part in parts):
        return None
    chats = list(_split_chats(parts, f" of {months or 'month'}"))
    if len(chats) < 2 or not all(map(is_phrase, chats)):
        return None
    written = join_list([f"`{_spell_names(chat)}`" for chat in chats])
    return (
        "This phrase holds more than one chat.",
        f"Write {len(chats)} chats, each with a phrase of its own: {written}.",
    )


def _split_chats(parts: Sequence[str], months: str) -> Iterator[str]:
    """Yield a phrase for each part; an ordinal holds for the days behind it."""
    alone: list[str] = []
    ordinal = ""
    for part in parts:
        *before, last = part.split()
        if last not in _WEEKDAYS:
            alone.append(part)
            continue
        ordinal = " and ".join([*alone, *before]) or ordinal
        alone = []
        yield f"{ordinal} {last}{months}" if ordinal else last
    if alone:
        yield f"{' and '.join(alone)}{months}"


def _explain_impossible_day(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a number that no month reaches, and of a weekday among those of a month."""
    del is_phrase
    text = _join_words(words)
    if found := re.fullmatch(r"(first|last|second|third|1st|2nd|3rd) weekday of (?:every |each )?month", text):
        place = {"last": -1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}.get(found[1], 1)
        rule = f"rrule: FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={place}"
        return "No phrase says `{}`.", f"Write, in place of `every:`, `{rule}`."
    number = next((int(found[1]) for word in words if (found := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word))), 0)
    if number > 31:
        return (
            f"No month has {number} days.",
            "Days of the month run from `1st` to `31st`; the last is `last day of the month`.",
        )
    if number > 5 and (day := _find_day(words)):
        return f"No month has {number} {day}s.", f"Write `fifth {day} of the month`, or `last {day} of the month`."
    return None


_DAY_EXAMPLES = {
    "weekly": "`Tuesday`",
    "monthly": "`second Tuesday of the month`, or `15th of the month`",
    "quarterly": "`second Tuesday of every 3 months`",
    "yearly": "`8 March`, or `second Tuesday of October`",
    "annually": "`8 March`, or `second Tuesday of October`",
    "week": "`Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`",
    "weeks": "`Tuesday`, or `other Tuesday`, or `3 weeks on Tuesday`",
    "twice": "`Tuesday and Friday`, or `first and third Tuesday of the month`",
    "semimonthly": "`first and third Tuesday of the month`",
    "month": "`second Tuesday of the month`, or `15th of the month`",
}


def _explain_missing_day(words: Words, is_phrase: PhraseTest) -> tuple[str, str] | None:
    """Return the problem of a phrase that says how often, and not on which day."""
    del is_phrase
    plain = [word.replace("-", "") for word in words]
    if _find_day(words) and "quarterly" not in plain:
        return None
    if found := next((phrase for word, phrase in _DAY_EXAMPLES.items() if word in plain), None):
        return _NO_DAY, f"Name the day: {found}."
    return None


def _join_words(words: Words) -> str:
    return " ".join(words).replace(" ,", ",")


def _mend_word(word: str) -> str:
    if word in _VOCABULARY or word == "," or word[:1].isdigit():
        return word
    begins = [known for known in (*_WEEKDAYS, *_MONTH_WORDS) if len(word) >= 3 and known.startswith(word.rstrip(".s"))]
    close = difflib.get_close_matches(word, _VOCABULARY, n=1, cutoff=0.7)
    return (begins or close or [word])[0]


def _spell_names(phrase: str) -> str:
    names: Mapping[str, str] = {name.lower(): name for name in (*DAYS, *MONTHS)}
    spelt = re.sub(r"\w+", lambda word: names.get(word[0], word[0]), phrase)
    return spelt.replace("of month", "of the month").replace("second-to-last", "second to last")
