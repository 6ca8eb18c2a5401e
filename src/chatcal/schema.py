"""What editors are told of the format: JSON Schema (draft-07), made from the tables of keys that the reader has.

A schema never refuses what the reader accepts, whichever way an editor reads YAML: it may be given `2016` as a text
or as a number, `null` as a text or as nothing. What hangs on other keys, other files or the calendar is left to
`chatcal check`.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from chatcal import chats, days, phrases, schedule, texts, times, zones
from chatcal.fields import Each, Key, Read
from chatcal.model import NoClock

Schema = dict[str, Any]

CHAPTER = PurePosixPath("schedules/schema.json")
CALENDAR = PurePosixPath("chatcal.schema.json")


def files() -> dict[PurePosixPath, bytes]:
    """Return the schemas, of chapters and of `chatcal.yaml`, by the path below the calendar's folder."""
    return {CHAPTER: _octets(chapter()), CALENDAR: _octets(calendar())}


def _octets(schema: Schema) -> bytes:
    return f"{json.dumps(schema, indent=1)}\n".encode("ascii")


def chapter() -> Schema:
    """Return the schema of a chapter's file."""
    return _file("A chapter of the calendar", schedule.CHAPTER)


def calendar() -> Schema:
    """Return the schema of `chatcal.yaml`."""
    return _file("The calendar", schedule.CALENDAR)


def _file(title: str, keys: Iterable[Key]) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `chatcal schema`.",
        "title": title,
        **_mapping(keys),
        "definitions": {"phrase": _phrase(), "zone": _zone()},
    }


def _mapping(keys: Iterable[Key]) -> Schema:
    keys = tuple(keys)
    found: Schema = {
        "type": "object",
        "properties": {key.name: {"description": _sentence(key.about), **_value(key.read)} for key in keys},
        "additionalProperties": False,
    }
    needed = [key.name for key in keys if key.needed]
    return found | {"required": needed} if needed else found


def _sentence(about: str) -> str:
    return f"{about[0].upper()}{about[1:]}."


def _value(read: Read) -> Schema:
    """Return the schema of the values that a reader accepts."""
    if isinstance(read, Each):
        return {"type": "array", "items": _value(read.read)}
    if isinstance(read, texts.Address):
        return _address(read)
    if isinstance(read, times.Months):
        return _months(read)
    if isinstance(read, days.ReadBreak):
        return _mapping(read.keys)
    if isinstance(read, chats.ReadChat):
        return _chat()
    if isinstance(read, days.ReadChanges):
        return _sessions()
    return _GROUPS[read]() if read in _GROUPS else _KINDS[read]


def _chat() -> Schema:
    ways = [{"required": [way]} for way in ("every", "dates", "rrule")]
    timed = [{"required": [key]} for key in ("at", "dates")]
    return _mapping(chats.CHAT) | {"oneOf": ways, "anyOf": timed}


def _rotas() -> Schema:
    rota = _mapping(chats.ROTA)
    return {"anyOf": [rota, {"type": "array", "items": rota}]}


def _sessions() -> Schema:
    short = _text(rf"^\s*{_any_case('cancel')}[lL]?{_any_case('ed')}\s*$", "Say what it is, like `topic: …`.")
    entry = _mapping(days.CHANGE) | {"not": {"required": ["cancelled", "moved"]}}
    return _named(rf"^\s*{_DATE}(?: \s*{_CHAT_ID})?\s*$", {"anyOf": [short, entry]})


def _collections() -> Schema:
    return _named(f"^{_SLUG}$", _mapping(schedule.COLLECTION))


_GROUPS: dict[Read, Callable[[], Schema]] = {
    chats.rotas: _rotas,
    schedule.collections: _collections,
}


def _named(pattern: str, schema: Schema) -> Schema:
    """Return the schema of a mapping whose keys are names of a pattern."""
    return {"type": "object", "patternProperties": {pattern: schema}, "additionalProperties": False}


def _address(read: texts.Address) -> Schema:
    begins = "|".join(_any_case(scheme) for scheme in read.schemes)
    return _text(rf'^\s*(?:{begins})[^\s"<>\\^`|]+\s*$', f"Write an address that begins with `{read.schemes[0]}`.")


def _months(read: times.Months) -> Schema:
    number = r"(?=[0-9]{1,3} )0*(?:[1-9]|[1-9][0-9]|1[01][0-9]|120)"
    none = "" if read.least else "|0{1,3}"
    return _text(f"^(?:{number}{none}) months?$", "Write a number of months, like `12 months`.")


def _any_case(text: str) -> str:
    """Return the pattern of a text whose letters may be small or capital; a pattern has no flag for that."""
    # The sign for kelvin is one more capital k to Python.
    other = {"k": "K\N{KELVIN SIGN}"}
    return "".join(f"[{sign}{other.get(sign, sign.upper())}]" if sign.isalpha() else sign for sign in text)


def _phrase() -> Schema:
    """Return the schema of phrases: their words, in any order; which orders there are is for the reader to say."""
    words = "|".join(_any_case(word) for word in sorted(phrases.WORDS))
    figure = f"[0-9]{{1,2}}(?:{'|'.join(_any_case(end) for end in ('st', 'nd', 'rd', 'th'))})?"
    return _text(
        rf"^[\s,]*(?:(?:{words}|{figure})(?:[\s,]+|$))+$",
        "Write a phrase in English words, like `first Wednesday of the month`, `other Tuesday` or `8 March`.",
        examples=list(phrases.EXAMPLES),
    )


def _zone() -> Schema:
    """Return the schema of zones. They are no enumeration: an editor would recite all of them where one is wrong."""
    names = sorted(zones.names())
    hint = "Write the place whose clock it is, like `America/Toronto`, or `Etc/UTC`."
    return _text(f"^(?:{'|'.join(names)})$", hint, examples=names)


def _text(pattern: str, hint: str, **more: Any) -> Schema:
    """Return the schema of texts of a pattern, with what an editor says of others."""
    return {"type": "string", "pattern": pattern, "patternErrorMessage": hint, **more}


def _also(kinds: Iterable[str], schema: Schema) -> Schema:
    """Return the schema for texts that YAML may take for values of other kinds: `1e3` is a hashtag, and a number."""
    return schema | {"type": ["string", *kinds]}


_YEAR = "(?:19[7-9][0-9]|2[01][0-9]{2})"
_MONTH = "(?:0[1-9]|1[0-2])"
_DATE = (
    f"{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|[12][0-9]))"
)
_CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_DAY_AND_CLOCK = rf"^\s*{_DATE}(?: \s*{_CLOCK})?\s*$"
_CHAT_ID = "[a-z][a-z0-9]*"
_SLUG = f"(?!(?:{'|'.join(sorted(texts.WINDOWS_NAMES))})$)[a-z0-9][a-z0-9_-]{{0,59}}"
_DAY = _text(f"^{_DATE}$", times.DATE_HINT)
_PHRASE = {"$ref": "#/definitions/phrase"}
_EXCEPTED = [_PHRASE, _DAY]

_TEXT = _also(
    ("number", "boolean", "null"),
    _text(r"^(?![\s\S]*\\[nN])[\s\S]*\S", "Write a text, with no backslash before an n; or take the line out."),
)

_KINDS: dict[Read, Schema] = {
    texts.text: _TEXT,
    texts.line: _TEXT,
    texts.reason: {"anyOf": [{"type": ["string", "number", "null"]}, {"const": True}]},
    texts.home: _address(texts.web),
    texts.hashtag: _also(
        ("number", "boolean", "null"),
        _text(r"^\s*[^\s!-/:-@\[-^`{-~]+\s*$", "A hashtag has letters, digits and `_`, and no `#` in front."),
    ),
    texts.language: _text("^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", "Write the short form of a language, like `en`."),
    texts.name: _also(("number", "boolean", "null"), _text(f"^{_SLUG}$", texts.SLUG_HINT)),
    texts.chat_id: _also(
        ("boolean", "null"), _text(f"^{_CHAT_ID}$", "Write small letters and digits, a letter first.")
    ),
    texts.domain: _also(
        ("number", "boolean", "null"),
        _text("^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$", "Write small letters, digits, dots and `-`: `chats.example`."),
    ),
    texts.host: _also(
        ("number", "boolean", "null"),
        _text("^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$", "Write what stands between `https://` and the next `/`."),
    ),
    texts.upstream: _address(texts.Address(("https://",))),
    texts.shown: {"enum": ["show", "hide"]},
    times.day: _DAY,
    times.period: {
        "anyOf": [
            _text(f"^(?:{_DATE}|{_YEAR}-{_MONTH}|{_YEAR})$", f"{times.DATE_HINT} `2014-01` and `2014` do, too."),
            {"type": "integer", "minimum": times.FIRST_YEAR, "maximum": times.LAST_YEAR},
        ]
    },
    times.at: {
        "anyOf": [
            {"enum": [str(part) for part in NoClock]},
            _text(
                f"^(?:{_CLOCK}|{'|'.join(_any_case(part) for part in NoClock)})$",
                f"Write a clock time like `13:00`, or one of: {', '.join(NoClock)}.",
            ),
        ]
    },
    times.length: _text(
        "^(?:[0-9]{1,4}min|[0-9]{1,3}h(?:[0-5][0-9])?|(?:0?[1-9]|[12][0-9]|3[01])d)$",
        "Write a length like `45min`, `1h`, `1h30` or `2d`.",
    ),
    times.zone: {"$ref": "#/definitions/zone"},
    times.every: _PHRASE,
    times.exceptions: {"anyOf": [*_EXCEPTED, {"type": "array", "items": {"anyOf": _EXCEPTED}}]},
    times.rrule: _text("=", "Write a rule like `FREQ=MONTHLY;BYDAY=2TU`."),
    times.dates: {
        "type": "array",
        "items": _text(_DAY_AND_CLOCK, "Write a date like `2014-11-05` or `2014-11-05 13:00`."),
    },
    times.target: _text(_DAY_AND_CLOCK, "Write a date and a time like `2014-11-05 20:00`, or a date alone."),
}
