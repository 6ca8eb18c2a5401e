"""What editors are told of the format: never a refusal of what chatcal reads, and these mistakes at once."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcal.problems import ScheduleError
from chatcal.schedule import json_schema, parser
from chatcal.schedule.fields import Key, read_mapping
from chatcal.schedule.format import CALENDAR_BREAK_KEYS, CALENDAR_KEYS, CHAPTER_KEYS, CHAT_KEYS, OVERRIDE_KEYS
from tests.support import gallery
from tests.support.calendars import ROOT
from tests.support.chapters import read_sources
from tests.support.markdown import blocks
from tests.system.test_generated import FORMS, chapters

CHAPTER, CALENDAR = map(json.loads, json_schema.build_schema_files().values())
SOUND = {
    "chapter": "hashtag: lanternchat\nname: The Lantern Keepers\n",
    "calendar": "title: Lights\nuid_domain: lights.example\n",
}

_CORE: tuple[tuple[str, Callable[[str], Any]], ...] = (
    (r"null|Null|NULL|~|", lambda _: None),
    (r"true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    (r"[-+]?[0-9]+", int),
    (r"0o[0-7]+", lambda text: int(text[2:], 8)),
    (r"0x[0-9a-fA-F]+", lambda text: int(text[2:], 16)),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
    (r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", lambda text: float(text.replace(".", ""))),
)
"""How YAML 1.2 reads a text without quotes (its core schema, 10.3.2), which is what editors do."""


def as_editors_read(text: str) -> Any:
    """Return the value of a YAML text by the core schema of YAML 1.2."""
    return _value(yaml.compose(text, Loader=yaml.CBaseLoader), core=True)


def as_texts(text: str) -> Any:
    """Return the value of a YAML text in which every scalar is what was typed."""
    return _value(yaml.compose(text, Loader=yaml.CBaseLoader), core=False)


def _value(node: Any, *, core: bool) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(value, core=core) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, core=core) for item in node.value]
    if core and not node.style:
        for pattern, read in _CORE:
            if re.fullmatch(pattern, node.value):
                return read(node.value)
    return node.value


def refusals(schema_: dict[str, Any], value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft7Validator(schema_).iter_errors(value)]


def accepted(text: str, keys: tuple[Key, ...]) -> bool:
    """Say whether chatcal's reader takes a file, as far as it looks at that file alone."""
    try:
        node, refused = parser.parse_document("schedules/lanternchat.yaml", text.encode())
        read_mapping(node, "a file", keys)
    except ScheduleError:
        return False
    return not refused


def is_calendar(text: str) -> bool:
    return bool(re.search(r"^(title|uid_domain):", text, re.M))


def files() -> Iterator[str]:
    """Yield every schedule file there is, good or bad: the shipped ones, those of tests, and the examples of pages."""
    for folder in ("schedules", "tests"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            yield path.read_text("utf-8")
    yield from gallery.schedule_texts()
    yield from (octets.decode() for name in ("founding", "health", "lights") for octets in read_sources(name).values())
    yield (ROOT / "chatcal.yaml").read_text("utf-8")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in blocks(page.read_text("utf-8"), "yaml"):
            around = SOUND["calendar" if block.mark == "calendar" else "chapter"]
            yield "".join(line for line in around.splitlines(True) if line.split(":")[0] not in block.text) + block.text


def test_a_schema_is_one_that_editors_know() -> None:
    for one in (CHAPTER, CALENDAR):
        assert one["$schema"] == "http://json-schema.org/draft-07/schema#"
        jsonschema.Draft7Validator.check_schema(one)


def test_every_key_has_a_sentence_that_an_editor_shows() -> None:
    keys = CHAPTER["properties"] | CALENDAR["properties"] | CHAPTER["properties"]["chats"]["items"]["properties"]
    assert {"hashtag", "collections", "every"} <= keys.keys()
    assert all(re.fullmatch(r"[A-Z`].*\.", one["description"], re.S) for one in keys.values())
    assert keys["confirmed"]["description"].startswith("The day on which a person last confirmed")


def test_what_chatcal_reads_is_not_refused() -> None:
    read = 0
    for text in files():
        keys, one = (CALENDAR_KEYS, CALENDAR) if is_calendar(text) else (CHAPTER_KEYS, CHAPTER)
        if accepted(text, keys):
            read += 1
            for value in (as_editors_read(text), as_texts(text)):
                assert not refusals(one, value), text
    assert read > 250


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(st.data())
def test_chapters_at_random_are_not_refused(data: st.DataObject) -> None:
    text = data.draw(chapters(data.draw(st.sampled_from(FORMS)))).text
    assert accepted(text, CHAPTER_KEYS)
    assert not refusals(CHAPTER, as_editors_read(text)), text


(SESSION,) = (one["anyOf"][1] for one in CHAPTER["properties"]["sessions"]["patternProperties"].values())
TABLES: dict[str, tuple[tuple[Key, ...], dict[str, Any]]] = {
    "chapter": (CHAPTER_KEYS, CHAPTER),
    "chat": (CHAT_KEYS, CHAPTER["properties"]["chats"]["items"]),
    "session": (
        OVERRIDE_KEYS,
        SESSION,
    ),
    "break": (CALENDAR_BREAK_KEYS, CALENDAR["properties"]["breaks"]["items"]),
    "calendar": (CALENDAR_KEYS, CALENDAR),
}
ODD = (
    "null", "~", "Null", "true", "False", "no", "0", "7", "2016", "1970", "2199", "2024", "1e3", "1.5", "0x1F",
    "0o17", "+5", "-5", ".inf", ".nan", "1_000", "2026-02-29", "2016-02-29", "2010-09", "12:60", "24:00", "9:05",
    "09:05", "00:00", "EVENING", "All Day", "Europe/London", "Etc/UTC", "en", "pt-BR", "no-NO", "ñandú", "日本", "Ⅷ",
    "a_b", "a b", "a#b", "https://lights.example/", "HTTP://lights.example", "mailto:ada@lights.example",
    "012 months", "000 months", "1 month", "120 months", "every  the Second Tuesday of every OTHER month",
    "2 wee\N{KELVIN SIGN}s on Monday", "08 March", "3th of March", "2nd to last day of the month",
    "second-to-last Friday of May, and June", "rrule:freq=daily", "F REQ=DAILY", "cancelled", "1min", "9999min",
    "744h", "1h05", "007d", "31d", "show", "con", "x" * 60, "'no'", '"2016"', "' 13:00 '", "'2026-11-05  20:00 '",
    "[]", "[null, 2016]", "[2026-11-05, August]", "[Sunday]", "{}", "{2026-11-05: }", "{2026-11-05: cancelled}",
    "{' 2026-11-05  late': {}}", "{2026-11-05: {cancelled: }}", "{2026-11-05: {cancelled: true}}",
    "{2026-11-05: {cancelled: 'no'}}", "{2026-11-05: {cancelled: 3}}", "{north: {title: 1, chapters: [1e3, null]}}",
    "{from: 2016, until: 2017}", "[{from: 2016, until: 2017}]", "[{every: day, at: 1:00}]", "[{dates: []}]",
)  # fmt: skip
"""Texts in which YAML sees more than one kind of value, and ends of what is allowed."""


def patterns(one: Any) -> Iterator[str]:
    """Yield every pattern of texts in a schema, those that it refers to aside."""
    if isinstance(one, dict):
        if "pattern" in one:
            yield one["pattern"]
        for inner in one.values():
            yield from patterns(inner)
    elif isinstance(one, list):
        for inner in one:
            yield from patterns(inner)


SCALARS = st.one_of(
    st.sampled_from(ODD),
    st.text("0123456789:- ", min_size=1, max_size=16),
    st.text("0123456789hmind", min_size=1, max_size=5),
    st.text(max_size=8).map(json.dumps),
    st.sampled_from(sorted({found for one in (CHAPTER, CALENDAR) for found in patterns(one)})).flatmap(st.from_regex),
)


@pytest.mark.parametrize("table", TABLES)
@given(SCALARS, st.data())
def test_no_value_that_a_key_takes_is_refused(table: str, text: str, data: st.DataObject) -> None:
    keys, one = TABLES[table]
    key = data.draw(st.sampled_from(keys))
    line = f"{key.name}: {text}"
    if not accepted(line, (key,)):
        line = f"{key.name}: {json.dumps(text)}"
        if not accepted(line, (key,)):
            return
    definitions = CHAPTER["definitions"]
    for value in (as_editors_read(line), as_texts(line)):
        assert not refusals(one["properties"][key.name] | {"definitions": definitions}, value[key.name]), line


@pytest.mark.parametrize("table", TABLES)
def test_none_of_the_odd_values_that_a_key_takes_is_refused(table: str) -> None:
    keys, one = TABLES[table]
    taken = 0
    for line, key in ((f"{key.name}: {text}", key) for key in keys for text in ODD):
        if accepted(line, (key,)):
            taken += 1
            for value in (as_editors_read(line), as_texts(line)):
                found = refusals(one["properties"][key.name] | {"definitions": CHAPTER["definitions"]}, value[key.name])
                assert not found, line
    assert taken > 2 * len(keys)


CHAT = "chats:\n  - every: Sunday\n    at: 13:00\n"
MISTAKES = {
    "a key that there is not": "hashtags: lanternchat",
    "a key of a chat, in the chapter": "at: 13:00",
    "a key of the chapter, in a chat": f"{CHAT}    moderators: [Ada Keeper]",
    "a key that a break has not": "breaks: [{from: 2026-07-20, to: 2026-08-09}]",
    "a hashtag with its sign": "hashtag: '#lanternchat'",
    "a hashtag of two words": "hashtag: lantern chat",
    "a text where a list is wanted": "moderators: Ada Keeper",
    "a list where a text is wanted": "name: [The Lantern Keepers]",
    "a text of nothing but spaces": "name: ' '",
    "a text with a backslash before an n": "name: 'Lantern\\nKeepers'",
    "a text of two lines with a backslash before a capital N": 'note: "Lamps\\nare\\\\New"',
    "a text with a backslash before an r": "name: 'C:\\readme'",
    "a text with a backslash at its end": "name: 'Lanterns \\ '",
    "a text with a backslash at the end of a line": 'note: "Lamps\\\\\\nare"',
    "a text with the begin of an event": "name: 'Lanterns begin:Vevent'",
    "a text in a list of chats": "chats: [Sunday]",
    "a chat where a list is wanted": "chats: {every: Sunday, at: 13:00}",
    "a date of a month with fewer days": "confirmed: 2026-04-31",
    "a date of a month that there is not": "confirmed: 2026-13-01",
    "a date by another order": "confirmed: 01.03.2026",
    "a date without noughts": "confirmed: 2026-3-1",
    "a year out of range": "breaks: [{from: 1969, until: 1970}]",
    "a date in words": "breaks: [{from: July 2026, until: 2026-08}]",
    "a break without its end": "breaks: [{from: 2026-07-20}]",
    "a zone by a short name": "timezone: EST",
    "a zone as an offset": "timezone: UTC+1",
    "a zone of a city that there is not": "timezone: America/Torono",
    "an address without its begin": "website: lantern.example",
    "an address of another kind": "website: javascript:alert(1)",
    "an address with a space": "join: https://lantern.example/a b",
    "a language by its name": "language: French",
    "a chat without a day": "chats: [{at: 13:00}]",
    "a chat without a time": "chats: [{every: Sunday}]",
    "a chat with two rules": "chats: [{every: Sunday, dates: [2026-03-01], at: 13:00}]",
    "a misspelt day of the week": "chats: [{every: Wensday, at: 13:00}]",
    "a word that can mean two things": "chats: [{every: biweekly, at: 13:00}]",
    "a list of days": "chats: [{every: [Monday, Thursday], at: 13:00}]",
    "a clock of twelve hours": CHAT.replace("13:00", "1pm"),
    "a clock that shows no such time": CHAT.replace("13:00", "25:00"),
    "a number for a clock time": CHAT.replace("13:00", "1300"),
    "a part of the day that there is not": CHAT.replace("13:00", "teatime"),
    "a length without its unit": f"{CHAT}    lasts: 90",
    "a length in words": f"{CHAT}    lasts: one hour",
    "an id with a capital": f"{CHAT}    id: Late",
    "a rota without hosts": f"{CHAT}    rota: {{from: 2026-03-01}}",
    "an exception that is no day": f"{CHAT}    except: [Christmas]",
    "a list of dates as a text": "chats: [{dates: 2026-03-01, at: 13:00}]",
    "a moved session without a day": "sessions: {2026-12-23: {moved: 20:00}}",
    "a session that is cancelled and moved": "sessions: {2026-12-23: {cancelled: Fog, moved: 2026-12-24}}",
    "a session that is not cancelled": "sessions: {2026-12-23: {cancelled: false}}",
    "a session with nothing": "sessions: {2026-12-23: }",
    "a session with a bare word": "sessions: {2026-12-23: postponed}",
    "a session of no date": "sessions: {next week: {cancelled: Fog}}",
    "sessions as a list": "sessions: [{2026-12-23: {cancelled: Fog}}]",
    "an earlier name with a capital": "formerly: [LightChat]",
    "an earlier name that Windows keeps": "formerly: [con]",
}
MISTAKES_OF_CALENDAR = {
    "a key that there is not": "collection: {}",
    "a home without its begin": "home: lights.example",
    "a domain as an address": "uid_domain: https://lights.example/",
    "a contact without its kind": "contact: ada@lights.example",
    "a number alone for months": "ahead: 12",
    "no month at all": "ahead: 0 months",
    "too many months": "behind: 121 months",
    "another word than the two": "unconfirmed: maybe",
    "a zone for a list": "clocks: Europe/London",
    "a collection without chapters": "collections: {north: {title: The north}}",
    "a collection with a capital": "collections: {North: {title: The north, chapters: [lanternchat]}}",
    "collections as a list": "collections: [{title: The north, chapters: [lanternchat]}]",
    "a break with a key that there is not": "breaks: [{from: 2026, until: 2026, chapter: fogchat}]",
}


def _with(around: str, mistake: str) -> str:
    """Return a sound file with a mistake in it, in place of the key where that stands there already."""
    key = mistake.partition(":")[0]
    return "".join(line for line in around.splitlines(True) if line.partition(":")[0] != key) + mistake


@pytest.mark.parametrize("mistake", [pytest.param(text, id=name) for name, text in MISTAKES.items()])
def test_a_mistake_in_a_chapter_is_refused(mistake: str) -> None:
    text = _with(SOUND["chapter"], mistake)
    assert refusals(CHAPTER, as_editors_read(text))
    assert not accepted(text, CHAPTER_KEYS)


@pytest.mark.parametrize("mistake", [pytest.param(text, id=name) for name, text in MISTAKES_OF_CALENDAR.items()])
def test_a_mistake_in_chatcal_yaml_is_refused(mistake: str) -> None:
    text = _with(SOUND["calendar"], mistake)
    assert refusals(CALENDAR, as_editors_read(text))
    assert not accepted(text, CALENDAR_KEYS)


def test_a_chapter_needs_a_name_and_no_hashtag() -> None:
    def without(key: str) -> str:
        return "".join(line for line in SOUND["chapter"].splitlines(True) if not line.startswith(key))

    assert refusals(CHAPTER, as_editors_read(without("name"))) == ["$: 'name' is a required property"]
    assert refusals(CHAPTER, as_editors_read(without("hashtag"))) == []


@pytest.mark.parametrize("missing", ["title", "uid_domain"])
def test_a_calendar_without_what_it_needs_is_refused(missing: str) -> None:
    text = "".join(line for line in SOUND["calendar"].splitlines(True) if not line.startswith(missing))
    assert refusals(CALENDAR, as_editors_read(text)) == [f"$: '{missing}' is a required property"]


def test_a_good_part_of_the_gallery_of_mistakes_is_refused_at_once() -> None:
    bad = gallery.cases()
    refused = 0
    for case in bad:
        file, one = ("chatcal.yaml", CALENDAR) if case.name.startswith("chatcal-") else (gallery.CHAPTER, CHAPTER)
        try:
            refused += bool(refusals(one, as_editors_read((case.tree.get(file) or b"").decode())))
        except (yaml.YAMLError, UnicodeError, AttributeError):
            continue
    assert refused > 100, f"{refused} of {len(bad)}"


@pytest.mark.slow
def test_a_program_that_others_use_reads_the_schemas_the_same_way(tmp_path: Path) -> None:
    program = shutil.which("check-jsonschema", path=Path(sys.executable).parent)
    assert program
    command = [program, "--schemafile"]

    def check(*paths: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *map(str, paths)], capture_output=True, encoding="utf-8", check=False)

    for path, octets in json_schema.build_schema_files().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(octets)
    done = check(tmp_path / json_schema.CHAPTER_SCHEMA_PATH, *sorted((ROOT / "schedules").glob("*.yaml")))
    assert done.returncode == 0, done.stdout
    assert check(tmp_path / json_schema.CALENDAR_SCHEMA_PATH, ROOT / "chatcal.yaml").returncode == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text(_with(SOUND["chapter"], MISTAKES["a misspelt day of the week"]), "utf-8")
    assert "Wensday" in check(tmp_path / json_schema.CHAPTER_SCHEMA_PATH, bad).stdout
