"""Edits to single lines of a schedule file; everything else keeps its bytes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from chatcal import checks
from chatcal.problems import LINE_BREAK, Problem, ScheduleError, make_error, sort_problems
from chatcal.project import UnknownChapterError, find_chapters
from chatcal.publish import build
from chatcal.schedule import nodes, parser
from chatcal.schedule.format import CHAPTER_KEYS, parse_chapter
from chatcal.schedule.nodes import Node, Scalar
from chatcal.schedule.quoting import quote

_CONFIRMED_KEY = "confirmed"
_CHAPTER_KEY_NAMES = [key.name for key in CHAPTER_KEYS]


_PRECEDING_KEYS = frozenset(_CHAPTER_KEY_NAMES[: _CHAPTER_KEY_NAMES.index(_CONFIRMED_KEY)])
"""The keys that stand before it in a chapter, as the format lists them."""
_LINE_PATTERN = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The files to write, by path; or what is wrong with the chapters' files, and with names that no chapter has."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()


def confirm_chapters(sources: build.SourceFiles, names: Iterable[str], now: datetime) -> Confirmation:
    """Return the files of chapters, each named as for `asked`, with `confirmed` set to the day of a moment (aware)."""
    schedules, problems = build.read_project(sources, (), now)
    if schedules is None:
        return Confirmation({}, sort_problems(problems))
    problems += checks.run_checks(schedules)
    files: dict[str, bytes] = {}
    wrong: list[Problem] = []
    unknown: list[str] = []
    for name in dict.fromkeys(names):
        try:
            found = find_chapters(schedules, problems, name)
            wrong += found.errors
            for chapter in found.chapters:
                files[chapter.file] = set_confirmed(chapter.file, sources[chapter.file] or b"", now.date())
        except UnknownChapterError as error:
            unknown.append(str(error))
        except ScheduleError as error:
            wrong += error.problems
    return Confirmation({} if wrong or unknown else files, sort_problems(wrong), tuple(unknown))


def set_confirmed(file: str, octets: bytes, day: date) -> bytes:
    """Return the octets of a chapter's file with `confirmed` set to a day.

    Takes the file's name, for messages, and its octets, which must have been read without errors. Where there is no
    `confirmed`, it goes behind the keys that the format lists before it. Raises Invalid where the present date does not
    stand on the line of its key.
    """
    rows = _LINE_PATTERN.findall(octets.decode())
    root = cast(nodes.Mapping, parser.parse_document(file, octets)[0])
    index, column = root.span.line - 1, root.span.column - 1
    if old := next(
        (value for key, value in root.pairs if key.text == _CONFIRMED_KEY and isinstance(value, Scalar)), None
    ):
        row = rows[old.span.line - 1]
        begin = old.span.column - 1 + (0 if old.plain else 1)
        end = begin + len(old.text)
        if row[begin:end] != old.text:
            raise make_error(
                old.span,
                "date",
                "The date does not stand here whole.",
                f"Write it in one line: `{_CONFIRMED_KEY}: {old.text}`.",
            )
        rows[old.span.line - 1] = f"{row[:begin]}{day}{row[end:]}"
    elif rows[index][column] == "{":
        rows[index] = f"{rows[index][: column + 1]}{_CONFIRMED_KEY}: {day}, {rows[index][column + 1 :]}"
    else:
        _insert_row(rows, _find_insert_place(root, rows), f"{' ' * column}{_CONFIRMED_KEY}: {day}")
    return "".join(rows).encode()


def _find_insert_place(root: nodes.Mapping, rows: list[str]) -> int:
    """Return how many rows stand before the one to insert: up to the end of the value that it goes behind."""
    last = max(number for number, (key, _) in enumerate(root.pairs) if key.text in _PRECEDING_KEYS)
    remark = re.compile(rf" {{0,{root.span.column - 1}}}#|\.\.\.\s*$")
    if last + 1 == len(root.pairs):
        place = len(rows)
        while not rows[place - 1].strip() or remark.match(rows[place - 1]):
            place -= 1
        return place
    place = root.pairs[last + 1][0].span.line - 1
    # Remarks right above a key are about that key.
    while remark.match(rows[place - 1]):
        place -= 1
    while not rows[place - 1].strip():
        place -= 1
    return place


def _insert_row(rows: list[str], place: int, row: str) -> None:
    ending = LINE_BREAK.search(rows[0])
    end = ending[0] if ending else "\n"
    if not LINE_BREAK.search(rows[place - 1]):
        rows[place - 1] += end
    rows.insert(place, row + end)


class EditRefusedError(Exception):
    """Why a person has to make the edit, as a sentence."""


def set_text(file: str, octets: bytes, key: str, text: str) -> bytes:
    """Return a chapter's file with one text of the chapter itself given, or replaced.

    Takes its path as it is shown, its octets, the key and the new text, of one line. Raises Unclear. Whether
    the new file has errors is for whoever takes it to check.
    """
    lines = SourceLines(file, octets)
    value = lines.get_value(key)
    if isinstance(value, Scalar):
        edited = lines.replace_value(value, format_scalar(text))
    else:
        names = [one.name for one in CHAPTER_KEYS]
        above = [name for name in lines.key_names if names.index(name) < names.index(key)]
        edited = lines.insert_rows(lines.find_end(above[-1]), [f"{key}: {format_scalar(text)}"])
    return _check_edit(lines, edited, key, text)


def add_override(file: str, octets: bytes, day: date, said: Mapping[str, str]) -> bytes:
    """Return a chapter's file with what is special about one slot; takes and raises what `text_changed` does.

    `said` are the keys of the session with their texts; an empty one is a key without a value.
    """
    lines = SourceLines(file, octets)
    value = lines.get_value("sessions")
    entry = [f"{key}: {format_scalar(text)}" if text else f"{key}:" for key, text in said.items()]
    if value is None:
        edited = lines.insert_rows(
            lines.find_end(lines.key_names[-1]), ["sessions:", f"  {day}:", *(f"    {line}" for line in entry)]
        )
        return _check_edit(lines, edited, "overrides")
    if not isinstance(value, nodes.Mapping) or not value.pairs or lines.is_flow(value.pairs[0][0]):
        raise EditRefusedError("`sessions` is written in brackets.")
    if any(key.text.startswith(str(day)) for key, _ in value.pairs):
        raise EditRefusedError(f"Something is said of the session of {day} already.")
    later = [key for key, _ in value.pairs if key.text > str(day)]
    indent = " " * (value.pairs[0][0].span.column - 1)
    place = lines.find_start(later[0]) if later else lines.find_end("sessions")
    edited = lines.insert_rows(place, [f"{indent}{day}:", *(f"{indent}  {line}" for line in entry)])
    return _check_edit(lines, edited, "overrides")


KEPT_CHAT_KEYS = ("lasts", "timezone", "join", "title", "topic", "hosts")
"""What a chat has still when it begins to meet at another time."""


def replace_schedule(file: str, octets: bytes, first: date, every: str, at: str) -> bytes:
    """Return a chapter's file in which its one chat meets otherwise from a day on, and until then as it did.

    Takes the day, a phrase and a clock time, of which an empty one stays; takes and raises what `text_changed` does.
    """
    lines = SourceLines(file, octets)
    value = lines.get_value("chats")
    chats = value.items if isinstance(value, nodes.Sequence) else ()
    if len(chats) != 1 or not isinstance(chat := chats[0], nodes.Mapping) or lines.is_flow(chat.pairs[0][0]):
        raise EditRefusedError("The chapter has more than one chat, or none, or one that is written in brackets.")
    parts = {key.text: part for key, part in chat.pairs}
    if "until" in parts or "every" not in parts:
        raise EditRefusedError("The chat has an end already, or does not follow a phrase.")
    typed = {key: part.text for key, part in parts.items() if isinstance(part, Scalar)}
    if not parts.keys() - typed.keys() <= {"except", "rota"}:
        raise EditRefusedError("The chat has more parts than a program should copy.")
    column = chat.pairs[0][0].span.column - 1
    before = lines.get_row(chat.pairs[0][0])[:column]
    if before.strip() != "-":
        raise EditRefusedError("The chat begins in an unusual way.")
    new = {"every": every or typed["every"], "at": at or typed["at"], "from": str(first)}
    new |= {key: typed[key] for key in KEPT_CHAT_KEYS if key in typed}
    indent, (begin, *rest) = " " * column, [f"{key}: {format_scalar(text)}" for key, text in new.items()]
    added = [f"{indent}until: {first - timedelta(days=1)}", f"{before}{begin}", *(f"{indent}{line}" for line in rest)]
    return _check_edit(lines, lines.insert_rows(lines.find_end("chats"), added), "chats")


def write_new_chapter(said: Mapping[str, str | Sequence[str]], chat: Mapping[str, str]) -> bytes:
    """Return the file of a new chapter; takes the keys of the chapter with a text or a list, and those of its chat."""
    rows = []
    for key, value in said.items():
        if isinstance(value, str):
            rows.append(f"{key}: {format_scalar(value)}")
        else:
            rows += [f"{key}:", *(f"  - {format_scalar(item)}" for item in value)]
    if chat:
        lines = [f"{key}: {format_scalar(text)}" for key, text in chat.items()]
        rows += ["chats:", f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]
    return "".join(f"{row}\n" for row in rows).encode()


def format_scalar(text: str) -> str:
    """Return a text of one line as it is written behind a key: bare if YAML reads it so, in quotes otherwise."""
    return next((one for one in (text, quote(text)) if _is_read_as(one, text)), json.dumps(text))


def _is_read_as(written: str, text: str) -> bool:
    try:
        node, refused = parser.parse_document("", f"key: {written}\nlist:\n  - {written}\n".encode())
    except ScheduleError:
        return False
    if refused or not isinstance(node, nodes.Mapping) or len(node.pairs) != 2:
        return False
    (_, value), (_, items) = node.pairs
    found = (value, *(items.items if isinstance(items, nodes.Sequence) else ()))
    return [one.text if isinstance(one, Scalar) else None for one in found] == [text, text]


class SourceLines:
    """A chapter's file by its lines, with what YAML sees in them."""

    def __init__(self, file: str, octets: bytes) -> None:
        try:
            self.chapter = parse_chapter(file, octets)
        except ScheduleError:
            raise EditRefusedError("The file has mistakes already.") from None
        node, _ = parser.parse_document(file, octets)
        self.file = file
        text = octets.decode("utf-8")
        self._pairs = node.pairs if isinstance(node, nodes.Mapping) else ()
        breaks = set(LINE_BREAK.findall(text)) or {"\n"}
        if len(breaks) > 1:
            raise EditRefusedError("The lines of the file end in more than one way.")
        (self._break,) = breaks
        self._rows = LINE_BREAK.split(text)
        if not self._rows[-1]:
            self._rows.pop()
        if self.is_flow(self._pairs[0][0]):
            raise EditRefusedError("The whole file is written in brackets.")

    @property
    def key_names(self) -> list[str]:
        """The keys of the chapter, in the order of the file."""
        return [key.text for key, _ in self._pairs]

    def get_value(self, name: str) -> Node | None:
        """Return what stands behind a key; None where the key is not there."""
        return next((value for key, value in self._pairs if key.text == name), None)

    def get_row(self, node: Node) -> str:
        """Return the line that a node begins on."""
        return self._rows[node.span.line - 1]

    def is_flow(self, key: Scalar) -> bool:
        """Say whether a key stands behind a bracket, and not at the begin of a line or behind its dash."""
        return bool(self.get_row(key)[: key.span.column - 1].strip(" -"))

    def find_end(self, name: str) -> int:
        """Return behind how many lines the last one of a key stands, remarks below it aside."""
        below = [key.span.line - 1 for key, _ in self._pairs]
        number = self.key_names.index(name)
        end = below[number + 1] if number + 1 < len(below) else len(self._rows)
        while not _is_content(self._rows[end - 1]):
            end -= 1
        return end

    def find_start(self, key: Scalar) -> int:
        """Return above which line a key stands, with the remarks right above it."""
        place = key.span.line - 1
        while self._rows[place - 1].lstrip().startswith("#"):
            place -= 1
        return place

    def insert_rows(self, place: int, rows: Iterable[str]) -> bytes:
        """Return the file with lines put in behind so many of its own."""
        return self._join_rows([*self._rows[:place], *rows, *self._rows[place:]])

    def replace_value(self, value: Scalar, written: str) -> bytes:
        """Return the file with another value in the place of one that stands on one line."""
        at, row = value.span.line - 1, self.get_row(value)
        begin = value.span.column - 1
        changed = f"{row[:begin]}{written}{row[begin + value.span.width :]}"
        return self._join_rows([*self._rows[:at], changed, *self._rows[at + 1 :]])

    def _join_rows(self, rows: Sequence[str]) -> bytes:
        return "".join(f"{row}{self._break}" for row in rows).encode()


def _is_content(row: str) -> bool:
    return bool(row.strip()) and not row.lstrip().startswith("#")


def _check_edit(lines: SourceLines, edited: bytes, field: str, text: str | None = None) -> bytes:
    """Return what was edited, if nothing but one part of the chapter is another, or now that text.

    What has errors now is returned too: whoever checks the calendar says which.
    """
    before = lines.chapter
    try:
        after = parse_chapter(lines.file, edited)
    except ScheduleError:
        return edited
    part: dict[str, Any] = {field: getattr(before, field)}
    wrong = text is not None and getattr(after, field) != text
    if wrong or replace(after, **part) != before or after == before:
        raise EditRefusedError(
            "A program cannot make this edit without changing something else, or it changes nothing."
        )
    return edited
