"""Edits of a schedule file by whole lines: its comments, its order and its layout stay as somebody made them.

What such an edit cannot do without a guess, or would do to more than was asked, is left to a person: Unclear.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chatcal import nodes, schedule, source
from chatcal.nodes import Node, Scalar
from chatcal.problem import LINE_BREAK, Invalid
from chatcal.written import quoted


class Unclear(Exception):  # noqa: N818 - it is no error: a person does it instead
    """Why a person has to make the edit, as a sentence."""


def text_changed(file: str, octets: bytes, key: str, text: str) -> bytes:
    """Return a chapter's file with one text of the chapter itself given, or replaced.

    Takes its path as it is shown, its octets, the key and the new text, of one line. Raises Unclear. Whether
    the new file has errors is for whoever takes it to check.
    """
    lines = _Lines(file, octets)
    value = lines.value_of(key)
    if isinstance(value, Scalar):
        edited = lines.with_value(value, as_yaml(text))
    else:
        names = [one.name for one in schedule.CHAPTER]
        above = [name for name in lines.names if names.index(name) < names.index(key)]
        edited = lines.inserted(lines.end_of(above[-1]), [f"{key}: {as_yaml(text)}"])
    return _checked(lines, edited, key, text)


def session_added(file: str, octets: bytes, day: date, said: Mapping[str, str]) -> bytes:
    """Return a chapter's file with what is special about one slot; takes and raises what `text_changed` does.

    `said` are the keys of the session with their texts; an empty one is a key without a value.
    """
    lines = _Lines(file, octets)
    value = lines.value_of("sessions")
    entry = [f"{key}: {as_yaml(text)}" if text else f"{key}:" for key, text in said.items()]
    if value is None:
        edited = lines.inserted(
            lines.end_of(lines.names[-1]), ["sessions:", f"  {day}:", *(f"    {line}" for line in entry)]
        )
        return _checked(lines, edited, "changes")
    if not isinstance(value, nodes.Mapping) or not value.pairs or lines.is_flow(value.pairs[0][0]):
        raise Unclear("`sessions` is written in brackets.")
    if any(key.text.startswith(str(day)) for key, _ in value.pairs):
        raise Unclear(f"Something is said of the session of {day} already.")
    later = [key for key, _ in value.pairs if key.text > str(day)]
    indent = " " * (value.pairs[0][0].span.column - 1)
    place = lines.above(later[0]) if later else lines.end_of("sessions")
    edited = lines.inserted(place, [f"{indent}{day}:", *(f"{indent}  {line}" for line in entry)])
    return _checked(lines, edited, "changes")


KEPT = ("lasts", "timezone", "join", "title", "topic", "hosts")
"""What a chat has still when it begins to meet at another time."""


def chat_changed(file: str, octets: bytes, first: date, every: str, at: str) -> bytes:
    """Return a chapter's file in which its one chat meets otherwise from a day on, and until then as it did.

    Takes the day, a phrase and a clock time, of which an empty one stays; takes and raises what `text_changed` does.
    """
    lines = _Lines(file, octets)
    value = lines.value_of("chats")
    chats = value.items if isinstance(value, nodes.Sequence) else ()
    if len(chats) != 1 or not isinstance(chat := chats[0], nodes.Mapping) or lines.is_flow(chat.pairs[0][0]):
        raise Unclear("The chapter has more than one chat, or none, or one that is written in brackets.")
    parts = {key.text: part for key, part in chat.pairs}
    if "until" in parts or "every" not in parts:
        raise Unclear("The chat has an end already, or does not follow a phrase.")
    typed = {key: part.text for key, part in parts.items() if isinstance(part, Scalar)}
    if not parts.keys() - typed.keys() <= {"except", "rota"}:
        raise Unclear("The chat has more parts than a program should copy.")
    column = chat.pairs[0][0].span.column - 1
    before = lines.row(chat.pairs[0][0])[:column]
    if before.strip() != "-":
        raise Unclear("The chat begins in an unusual way.")
    new = {"every": every or typed["every"], "at": at or typed["at"], "from": str(first)}
    new |= {key: typed[key] for key in KEPT if key in typed}
    indent, (begin, *rest) = " " * column, [f"{key}: {as_yaml(text)}" for key, text in new.items()]
    added = [f"{indent}until: {first - timedelta(days=1)}", f"{before}{begin}", *(f"{indent}{line}" for line in rest)]
    return _checked(lines, lines.inserted(lines.end_of("chats"), added), "chats")


def new_chapter(said: Mapping[str, str | Sequence[str]], chat: Mapping[str, str]) -> bytes:
    """Return the file of a new chapter; takes the keys of the chapter with a text or a list, and those of its chat."""
    rows = []
    for key, value in said.items():
        if isinstance(value, str):
            rows.append(f"{key}: {as_yaml(value)}")
        else:
            rows += [f"{key}:", *(f"  - {as_yaml(item)}" for item in value)]
    if chat:
        lines = [f"{key}: {as_yaml(text)}" for key, text in chat.items()]
        rows += ["chats:", f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]
    return "".join(f"{row}\n" for row in rows).encode()


def as_yaml(text: str) -> str:
    """Return a text of one line as it is written behind a key: bare if YAML reads it so, in quotes otherwise."""
    return next((one for one in (text, quoted(text)) if _is_read_as(one, text)), json.dumps(text))


def _is_read_as(written: str, text: str) -> bool:
    try:
        node, refused = source.read("", f"key: {written}\nlist:\n  - {written}\n".encode())
    except Invalid:
        return False
    if refused or not isinstance(node, nodes.Mapping) or len(node.pairs) != 2:
        return False
    (_, value), (_, items) = node.pairs
    found = (value, *(items.items if isinstance(items, nodes.Sequence) else ()))
    return [one.text if isinstance(one, Scalar) else None for one in found] == [text, text]


class _Lines:
    """A chapter's file by its lines, with what YAML sees in them."""

    def __init__(self, file: str, octets: bytes) -> None:
        try:
            self.chapter = schedule.chapter(file, octets)
        except Invalid:
            raise Unclear("The file has mistakes already.") from None
        node, _ = source.read(file, octets)
        self.file = file
        text = octets.decode("utf-8")
        self._pairs = node.pairs if isinstance(node, nodes.Mapping) else ()
        breaks = set(LINE_BREAK.findall(text)) or {"\n"}
        if len(breaks) > 1:
            raise Unclear("The lines of the file end in more than one way.")
        (self._break,) = breaks
        self._rows = LINE_BREAK.split(text)
        if not self._rows[-1]:
            self._rows.pop()
        if self.is_flow(self._pairs[0][0]):
            raise Unclear("The whole file is written in brackets.")

    @property
    def names(self) -> list[str]:
        """The keys of the chapter, in the order of the file."""
        return [key.text for key, _ in self._pairs]

    def value_of(self, name: str) -> Node | None:
        """Return what stands behind a key; None where the key is not there."""
        return next((value for key, value in self._pairs if key.text == name), None)

    def row(self, node: Node) -> str:
        """Return the line that a node begins on."""
        return self._rows[node.span.line - 1]

    def is_flow(self, key: Scalar) -> bool:
        """Say whether a key stands behind a bracket, and not at the begin of a line or behind its dash."""
        return bool(self.row(key)[: key.span.column - 1].strip(" -"))

    def end_of(self, name: str) -> int:
        """Return behind how many lines the last one of a key stands, remarks below it aside."""
        below = [key.span.line - 1 for key, _ in self._pairs]
        number = self.names.index(name)
        end = below[number + 1] if number + 1 < len(below) else len(self._rows)
        while not _is_content(self._rows[end - 1]):
            end -= 1
        return end

    def above(self, key: Scalar) -> int:
        """Return above which line a key stands, with the remarks right above it."""
        place = key.span.line - 1
        while self._rows[place - 1].lstrip().startswith("#"):
            place -= 1
        return place

    def inserted(self, place: int, rows: Iterable[str]) -> bytes:
        """Return the file with lines put in behind so many of its own."""
        return self._written([*self._rows[:place], *rows, *self._rows[place:]])

    def with_value(self, value: Scalar, written: str) -> bytes:
        """Return the file with another value in the place of one that stands on one line."""
        at, row = value.span.line - 1, self.row(value)
        begin = value.span.column - 1
        changed = f"{row[:begin]}{written}{row[begin + value.span.width :]}"
        return self._written([*self._rows[:at], changed, *self._rows[at + 1 :]])

    def _written(self, rows: Sequence[str]) -> bytes:
        return "".join(f"{row}{self._break}" for row in rows).encode()


def _is_content(row: str) -> bool:
    return bool(row.strip()) and not row.lstrip().startswith("#")


def _checked(lines: _Lines, edited: bytes, field: str, text: str | None = None) -> bytes:
    """Return what was edited, if nothing but one part of the chapter is another, or now that text.

    What has errors now is returned too: whoever checks the calendar says which.
    """
    before = lines.chapter
    try:
        after = schedule.chapter(lines.file, edited)
    except Invalid:
        return edited
    part: dict[str, Any] = {field: getattr(before, field)}
    wrong = text is not None and getattr(after, field) != text
    if wrong or replace(after, **part) != before or after == before:
        raise Unclear("A program cannot make this edit without changing something else, or it changes nothing.")
    return edited
