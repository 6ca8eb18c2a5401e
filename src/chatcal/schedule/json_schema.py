"""What editors are told of the format: JSON Schema (draft-07), made from the tables of keys that the reader has.

A schema never refuses what the reader accepts, whichever way an editor reads YAML: it may be given `2016` as a text
or as a number, `null` as a text or as nothing. What hangs on other keys, other files or the calendar is left to
`chatcal check`.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from chatcal import timezones
from chatcal.model import DayPart
from chatcal.schedule import date_values, phrases, text_values
from chatcal.schedule.fields import Key, ListReader, Reader
from chatcal.schedule.format import (
    CALENDAR_KEYS,
    CHAPTER_KEYS,
    CHAT_KEYS,
    COLLECTION_KEYS,
    OVERRIDE_KEYS,
    ROTA_KEYS,
    BreakReader,
    ChatReader,
    OverridesReader,
    read_collections,
    read_rotas,
)

Schema = dict[str, Any]
CHAPTER_SCHEMA_PATH = PurePosixPath("schedules/schema.json")
CALENDAR_SCHEMA_PATH = PurePosixPath("chatcal.schema.json")


def build_schema_files() -> dict[PurePosixPath, bytes]:
    """Return the schemas, of chapters and of `chatcal.yaml`, by the path below the calendar's folder."""
    return {
        CHAPTER_SCHEMA_PATH: _encode_schema(build_chapter_schema()),
        CALENDAR_SCHEMA_PATH: _encode_schema(build_calendar_schema()),
    }


def _encode_schema(schema: Schema) -> bytes:
    return f"{json.dumps(schema, indent=1)}\n".encode("ascii")


def build_chapter_schema() -> Schema:
    """Return the schema of a chapter's file."""
    return _build_file_schema("A chapter of the calendar", CHAPTER_KEYS)


def build_calendar_schema() -> Schema:
    """Return the schema of `chatcal.yaml`."""
    return _build_file_schema("The calendar", CALENDAR_KEYS)


def _build_file_schema(title: str, keys: Iterable[Key]) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `chatcal schema`.",
        "title": title,
        **_build_mapping(keys),
        "definitions": {"phrase": _build_phrase(), "zone": _build_zone()},
    }


def _build_mapping(keys: Iterable[Key]) -> Schema:
    keys = tuple(keys)
    found: Schema = {
        "type": "object",
        "properties": {
            key.name: {"description": _format_description(key.about), **_build_value(key.read)} for key in keys
        },
        "additionalProperties": False,
    }
    needed = [key.name for key in keys if key.needed]
    return found | {"required": needed} if needed else found


def _format_description(about: str) -> str:
    return f"{about[0].upper()}{about[1:]}."


def _build_value(read: Reader) -> Schema:
    """Return the schema of the values that a reader accepts."""
    if isinstance(read, ListReader):
        return {"type": "array", "items": _build_value(read.read)}
    if isinstance(read, text_values.AddressReader):
        return _build_address(read)
    if isinstance(read, date_values.MonthCountReader):
        return _build_months(read)
    if isinstance(read, BreakReader):
        return _build_mapping(read.keys)
    if isinstance(read, ChatReader):
        return _build_chat()
    if isinstance(read, OverridesReader):
        return _build_overrides()
    return _BUILDERS[read]() if read in _BUILDERS else _VALUE_SCHEMAS[read]


def _build_chat() -> Schema:
    ways = [{"required": [way]} for way in ("every", "dates", "rrule")]
    timed = [{"required": [key]} for key in ("at", "dates")]
    return _build_mapping(CHAT_KEYS) | {"oneOf": ways, "anyOf": timed}


def _build_rotas() -> Schema:
    rota = _build_mapping(ROTA_KEYS)
    return {"anyOf": [rota, {"type": "array", "items": rota}]}


def _build_overrides() -> Schema:
    short = _match_text(
        rf"^\s*{_ignore_case('cancel')}[lL]?{_ignore_case('ed')}\s*$", "Say what it is, like `topic: …`."
    )
    entry = _build_mapping(OVERRIDE_KEYS) | {"not": {"required": ["cancelled", "moved"]}}
    return _build_named_values(rf"^\s*{_DATE}(?: \s*{_CHAT_ID})?\s*$", {"anyOf": [short, entry]})


def _build_collections() -> Schema:
    return _build_named_values(f"^{_SLUG}$", _build_mapping(COLLECTION_KEYS))


_BUILDERS: dict[Reader, Callable[[], Schema]] = {
    read_rotas: _build_rotas,
    read_collections: _build_collections,
}


def _build_named_values(pattern: str, schema: Schema) -> Schema:
    """Return the schema of a mapping whose keys are names of a pattern."""
    return {"type": "object", "patternProperties": {pattern: schema}, "additionalProperties": False}


def _build_address(read: text_values.AddressReader) -> Schema:
    begins = "|".join(_ignore_case(scheme) for scheme in read.schemes)
    return _match_text(
        rf'^\s*(?:{begins})[^\s"<>\\^`|]+\s*$', f"Write an address that begins with `{read.schemes[0]}`."
    )


def _build_months(read: date_values.MonthCountReader) -> Schema:
    number = r"(?=[0-9]{1,3} )0*(?:[1-9]|[1-9][0-9]|1[01][0-9]|120)"
    none = "" if read.minimum else "|0{1,3}"
    return _match_text(f"^(?:{number}{none}) months?$", "Write a number of months, like `12 months`.")


def _ignore_case(text: str) -> str:
    """Return the pattern of a text whose letters may be small or capital; a pattern has no flag for that."""
    # The sign for kelvin is one more capital k to Python.
    other = {"k": "K\N{KELVIN SIGN}"}
    return "".join(f"[{sign}{other.get(sign, sign.upper())}]" if sign.isalpha() else sign for sign in text)


def _build_phrase() -> Schema:
    """Return the schema of phrases: their words, in any order; which orders there are is for the reader to say."""
    words = "|".join(_ignore_case(word) for word in sorted(phrases.PHRASE_WORDS))
    figure = f"[0-9]{{1,2}}(?:{'|'.join(_ignore_case(end) for end in ('st', 'nd', 'rd', 'th'))})?"
    return _match_text(
        rf"^[\s,]*(?:(?:{words}|{figure})(?:[\s,]+|$))+$",
        "Write a phrase in English words, like `first Wednesday of the month`, `other Tuesday` or `8 March`.",
        examples=list(phrases.PHRASE_EXAMPLES),
    )


def _build_zone() -> Schema:
    """Return the schema of zones. They are no enumeration: an editor would recite all of them where one is wrong."""
    names = sorted(timezones.list_zone_names())
    hint = "Write the place whose clock it is, like `America/Toronto`, or `Etc/UTC`."
    return _match_text(f"^(?:{'|'.join(names)})$", hint, examples=names)


def _match_text(pattern: str, hint: str, **more: Any) -> Schema:
    """Return the schema of texts of a pattern, with what an editor says of others."""
    return {"type": "string", "pattern": pattern, "patternErrorMessage": hint, **more}


def _add_types(kinds: Iterable[str], schema: Schema) -> Schema:
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
_SLUG = f"(?!(?:{'|'.join(sorted(text_values.WINDOWS_NAMES))})$)[a-z0-9][a-z0-9_-]{{0,59}}"
_DAY = _match_text(f"^{_DATE}$", date_values.DATE_HINT)
_PHRASE = {"$ref": "#/definitions/phrase"}
_EXCEPTIONS = [_PHRASE, _DAY]


_TEXT = _add_types(
    ("number", "boolean", "null"),
    _match_text(r"^(?![\s\S]*\\[nN])[\s\S]*\S", "Write a text, with no backslash before an n; or take the line out."),
)


_VALUE_SCHEMAS: dict[Reader, Schema] = {
    text_values.read_text: _TEXT,
    text_values.read_line: _TEXT,
    text_values.read_cancelled: {"anyOf": [{"type": ["string", "number", "null"]}, {"const": True}]},
    text_values.read_home: _build_address(text_values.read_web_address),
    text_values.read_hashtag: _add_types(
        ("number", "boolean", "null"),
        _match_text(r"^\s*[^\s!-/:-@\[-^`{-~]+\s*$", "A hashtag has letters, digits and `_`, and no `#` in front."),
    ),
    text_values.read_language: _match_text(
        "^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", "Write the short form of a language, like `en`."
    ),
    text_values.read_feed_name: _add_types(
        ("number", "boolean", "null"), _match_text(f"^{_SLUG}$", text_values.SLUG_HINT)
    ),
    text_values.read_chat_id: _add_types(
        ("boolean", "null"), _match_text(f"^{_CHAT_ID}$", "Write small letters and digits, a letter first.")
    ),
    text_values.read_domain: _add_types(
        ("number", "boolean", "null"),
        _match_text(
            "^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$", "Write small letters, digits, dots and `-`: `chats.example`."
        ),
    ),
    text_values.read_host: _add_types(
        ("number", "boolean", "null"),
        _match_text(
            "^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$", "Write what stands between `https://` and the next `/`."
        ),
    ),
    text_values.read_upstream: _build_address(text_values.AddressReader(("https://",))),
    text_values.read_visibility: {"enum": ["show", "hide"]},
    date_values.read_date: _DAY,
    date_values.read_period: {
        "anyOf": [
            _match_text(
                f"^(?:{_DATE}|{_YEAR}-{_MONTH}|{_YEAR})$", f"{date_values.DATE_HINT} `2014-01` and `2014` do, too."
            ),
            {"type": "integer", "minimum": date_values.FIRST_YEAR, "maximum": date_values.LAST_YEAR},
        ]
    },
    date_values.read_time: {
        "anyOf": [
            {"enum": [str(part) for part in DayPart]},
            _match_text(
                f"^(?:{_CLOCK}|{'|'.join(_ignore_case(part) for part in DayPart)})$",
                f"Write a clock time like `13:00`, or one of: {', '.join(DayPart)}.",
            ),
        ]
    },
    date_values.read_duration: _match_text(
        "^(?:[0-9]{1,4}min|[0-9]{1,3}h(?:[0-5][0-9])?|(?:0?[1-9]|[12][0-9]|3[01])d)$",
        "Write a length like `45min`, `1h`, `1h30` or `2d`.",
    ),
    date_values.read_zone: {"$ref": "#/definitions/zone"},
    date_values.read_every: _PHRASE,
    date_values.read_exceptions: {"anyOf": [*_EXCEPTIONS, {"type": "array", "items": {"anyOf": _EXCEPTIONS}}]},
    date_values.read_rrule: _match_text("=", "Write a rule like `FREQ=MONTHLY;BYDAY=2TU`."),
    date_values.read_dates: {
        "type": "array",
        "items": _match_text(_DAY_AND_CLOCK, "Write a date like `2014-11-05` or `2014-11-05 13:00`."),
    },
    date_values.read_moved_to: _match_text(
        _DAY_AND_CLOCK, "Write a date and a time like `2014-11-05 20:00`, or a date alone."
    ),
}
