"""Edits of one chapter's file that keep every byte beside the edit.

Each edit takes the file's path, for messages, and its content, and returns the new content. It raises EditRefusedError
where it would need a guess. The new file may have errors: the caller checks the calendar with it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chatcal.problems import ScheduleError, make_error
from chatcal.schedule import nodes, parser
from chatcal.schedule.fields import find_key_texts
from chatcal.schedule.format import CHAPTER_KEYS, parse_chapter
from chatcal.schedule.nodes import Node, Scalar
from chatcal.schedule.writer import format_scalar, format_values


class EditRefusedError(Exception):
    """Why a person has to make the edit, as a sentence."""


def set_confirmed(file: str, content: bytes, day: date) -> bytes:
    """Set the day on which a chapter was confirmed; raises ScheduleError where the old date is not on one line."""
    lines = SourceLines(file, content)
    value = lines.get_value("confirmed")
    if not isinstance(value, Scalar):
        return lines.insert_key("confirmed", str(day))
    written = lines.get_written(value)
    if value.text not in written:
        hint = f"Write it on one line: `confirmed: {value.text}`."
        raise make_error(value.span, "date", "This date is not written on one line.", hint)
    return lines.replace_value(value, written.replace(value.text, str(day)))


def set_text(file: str, content: bytes, key: str, text: str) -> bytes:
    """Set one text of the chapter itself, of one line."""
    lines = _read_block_lines(file, content)
    value = lines.get_value(key)
    if isinstance(value, Scalar):
        edited = lines.replace_value(value, format_scalar(text))
    else:
        edited = lines.insert_key(key, format_scalar(text))
    return lines.check_edit(edited, key, text)


def add_override(file: str, content: bytes, day: date, override: Mapping[str, str]) -> bytes:
    """Add what is special about one slot; `override` has its keys with their texts, an empty one for a bare key."""
    lines = _read_block_lines(file, content)
    value = lines.get_value("sessions")
    if value is None:
        place, indent, head = lines.find_end(lines.key_names[-1]), "  ", ["sessions:"]
    elif not isinstance(value, nodes.Mapping) or not value.pairs or lines.is_in_brackets(value.pairs[0][0]):
        raise EditRefusedError("`sessions` is written in brackets.")
    else:
        days = [key for key, _ in value.pairs]
        if any(key.text.startswith(str(day)) for key in days):
            raise EditRefusedError(f"The file has an entry for the session of {day} already.")
        later = [key for key in days if key.text > str(day)]
        place = lines.find_start(later[0]) if later else lines.find_end("sessions")
        indent, head = " " * (days[0].span.column - 1), []
    rows = [f"{indent}  {row}" for row in format_values(override)]
    return lines.check_edit(lines.insert_rows(place, [*head, f"{indent}{day}:", *rows]), "overrides")


KEPT_CHAT_KEYS = ("lasts", "timezone", "join", "title", "topic", "hosts")
"""What a chat keeps when it begins to meet at another time."""


def replace_schedule(file: str, content: bytes, first: date, every: str, at: str) -> bytes:
    """End the chapter's one chat on the day before `first`, and add one from then on; an empty phrase or time stays."""
    lines = _read_block_lines(file, content)
    value = lines.get_value("chats")
    chats = value.items if isinstance(value, nodes.Sequence) else ()
    if len(chats) != 1 or not isinstance(chat := chats[0], nodes.Mapping) or lines.is_in_brackets(chat.pairs[0][0]):
        raise EditRefusedError("The chapter does not have exactly one chat, or the chat is written in brackets.")
    keys = {key.text for key, _ in chat.pairs}
    if "until" in keys or "every" not in keys:
        raise EditRefusedError("The chat has an `until` already, or no `every`.")
    old = find_key_texts(chat)
    if not keys - old.keys() <= {"except", "rota"}:
        raise EditRefusedError("The chat has lists that a program should not copy.")
    first_key = chat.pairs[0][0]
    dash = lines.get_row(first_key)[: first_key.span.column - 1]
    if dash.strip() != "-":
        raise EditRefusedError("The first key of the chat is not on the line of its dash.")
    new = {"every": every or old["every"], "at": at or old["at"], "from": str(first)}
    new |= {key: old[key] for key in KEPT_CHAT_KEYS if key in old}
    indent = " " * len(dash)
    head, *rest = format_values(new)
    rows = [f"{indent}until: {first - timedelta(days=1)}", f"{dash}{head}", *(f"{indent}{row}" for row in rest)]
    return lines.check_edit(lines.insert_rows(lines.find_end("chats"), rows), "chats")


class SourceLines:
    """A chapter's file as lines, with the places of its keys. Edits return a new file."""

    def __init__(self, file: str, content: bytes) -> None:
        try:
            self.chapter = parse_chapter(file, content)
        except ScheduleError:
            raise EditRefusedError("The file has mistakes already.") from None
        root, _ = parser.parse_document(file, content)
        self.pairs = root.pairs if isinstance(root, nodes.Mapping) else ()
        self._file, self._root = file, root.span
        # The parser has refused all that this takes for the end of a line, other than \r and \n.
        self._rows = content.decode().splitlines(keepends=True)
        self._line_end = self._rows[0][len(self._rows[0].rstrip("\r\n")) :] or "\n"

    @property
    def key_names(self) -> list[str]:
        """The keys of the chapter, in the order of the file."""
        return [key.text for key, _ in self.pairs]

    def get_value(self, name: str) -> Node | None:
        return next((value for key, value in self.pairs if key.text == name), None)

    def get_row(self, node: Node) -> str:
        """Return the line that a node begins on."""
        return self._rows[node.span.line - 1]

    def get_written(self, value: Scalar) -> str:
        """Return a value as it is written on the line that it begins on."""
        begin = value.span.column - 1
        return self.get_row(value)[begin : begin + value.span.width]

    def is_in_brackets(self, key: Scalar) -> bool:
        """Say whether anything but spaces and a dash precedes a key on its line."""
        return bool(self.get_row(key)[: key.span.column - 1].strip(" -"))

    def find_start(self, key: Scalar) -> int:
        """Return how many lines precede a key and the comments right above it."""
        place = key.span.line - 1
        while _make_comment_pattern(key.span.column).match(self._rows[place - 1]):
            place -= 1
        return place

    def find_end(self, name: str) -> int:
        """Return how many lines there are up to the end of a key's value; comments about the next key do not count."""
        number = self.key_names.index(name) + 1
        if number < len(self.pairs):
            place, skipped = self.find_start(self.pairs[number][0]), re.compile(r"\s*$")
        else:
            place, skipped = len(self._rows), re.compile(rf"\s*$|{_make_comment_pattern(self._root.column).pattern}")
        while skipped.match(self._rows[place - 1]):
            place -= 1
        return place

    def insert_key(self, name: str, written: str) -> bytes:
        """Add a key to the chapter where the format lists it."""
        order = [key.name for key in CHAPTER_KEYS]
        row = f"{name}: {written}"
        if self.is_in_brackets(self.pairs[0][0]):
            return self._replace_part(self._root.line - 1, self._root.column, 0, f"{row}, ")
        above = [key for key in self.key_names if order.index(key) < order.index(name)]
        return self.insert_rows(self.find_end(above[-1]), [" " * (self._root.column - 1) + row])

    def insert_rows(self, place: int, rows: Iterable[str]) -> bytes:
        """Add lines below so many of the file's own."""
        above = self._rows[:place]
        if not above[-1].endswith(("\r", "\n")):
            above[-1] += self._line_end
        return "".join([*above, *(row + self._line_end for row in rows), *self._rows[place:]]).encode()

    def replace_value(self, value: Scalar, written: str) -> bytes:
        """Write another value in place of one that is on one line."""
        return self._replace_part(value.span.line - 1, value.span.column - 1, value.span.width, written)

    def _replace_part(self, number: int, begin: int, width: int, written: str) -> bytes:
        row = self._rows[number]
        changed = f"{row[:begin]}{written}{row[begin + width :]}"
        return "".join([*self._rows[:number], changed, *self._rows[number + 1 :]]).encode()

    def check_edit(self, edited: bytes, field: str, text: str | None = None) -> bytes:
        """Return an edited file if only one field of the chapter differs; `text`, if given, is its new value.

        A file that has errors now is returned too.
        """
        try:
            after = parse_chapter(self._file, edited)
        except ScheduleError:
            return edited
        old: dict[str, Any] = {field: getattr(self.chapter, field)}
        is_wrong = text is not None and getattr(after, field) != text
        if is_wrong or replace(after, **old) != self.chapter or after == self.chapter:
            raise EditRefusedError("The edit would change something else too, or nothing at all.")
        return edited


def _make_comment_pattern(column: int) -> re.Pattern[str]:
    """Return what matches a comment that is not deeper than a column, and the end of the document."""
    return re.compile(rf" {{0,{column - 1}}}#|\.\.\.\s*$")


def _read_block_lines(file: str, content: bytes) -> SourceLines:
    lines = SourceLines(file, content)
    if lines.is_in_brackets(lines.pairs[0][0]):
        raise EditRefusedError("The whole file is written in brackets.")
    return lines
