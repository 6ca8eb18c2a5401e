"""JSON Schema (draft-07) of the two kinds of files, for editors: what each reader accepts, put together.

A schema never refuses what the reader accepts, whichever way an editor reads YAML: it may see `2016` as a text or as a
number, `null` as a text or as nothing. What depends on other keys, other files or the calendar only `chatcal check`
can say.
"""

import json
from collections.abc import Sequence
from pathlib import PurePosixPath

from chatcal.schedule import phrases
from chatcal.schedule.fields import Key, Schema, build_mapping_schema, build_text_schema, ignore_case
from chatcal.schedule.format import CALENDAR_KEYS, CHAPTER_KEYS
from chatcal.timezones import list_zone_names

CHAPTER_SCHEMA_PATH = PurePosixPath("schedules/schema.json")
CALENDAR_SCHEMA_PATH = PurePosixPath("chatcal.schema.json")


def build_schema_files() -> dict[PurePosixPath, bytes]:
    """Return the schemas, of chapters and of `chatcal.yaml`, by the path in the calendar's folder."""
    schemas = {
        CHAPTER_SCHEMA_PATH: _build_file_schema("A chapter of the calendar", CHAPTER_KEYS),
        CALENDAR_SCHEMA_PATH: _build_file_schema("The calendar", CALENDAR_KEYS),
    }
    return {path: f"{json.dumps(schema, indent=1)}\n".encode("ascii") for path, schema in schemas.items()}


def _build_file_schema(title: str, keys: Sequence[Key]) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `chatcal schema`.",
        "title": title,
        **build_mapping_schema(keys),
        "definitions": {"phrase": _build_phrase_schema(), "zone": _build_zone_schema()},
    }


def _build_phrase_schema() -> Schema:
    """Return the schema of phrases: their words, in any order; only the reader knows which orders make sense."""
    words = "|".join(map(ignore_case, sorted(phrases.PHRASE_WORDS)))
    number = f"[0-9]{{1,2}}(?:{'|'.join(map(ignore_case, ('st', 'nd', 'rd', 'th')))})?"
    hint = "Write a phrase in English words, like `first Wednesday of the month`, `other Tuesday` or `8 March`."
    schema = build_text_schema(rf"^[\s,]*(?:(?:{words}|{number})(?:[\s,]+|$))+$", hint)
    return schema | {"examples": list(phrases.PHRASE_EXAMPLES)}


def _build_zone_schema() -> Schema:
    """Return the schema of zones. It is no enumeration: an editor would list all of them if one is wrong."""
    names = sorted(list_zone_names())
    hint = "Write the place whose clock it is, like `America/Toronto`, or `Etc/UTC`."
    return build_text_schema(f"^(?:{'|'.join(names)})$", hint) | {"examples": names}
