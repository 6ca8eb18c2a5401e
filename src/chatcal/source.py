"""YAML text to nodes that keep their place, with nothing guessed and nothing surprising let in.

Scalars stay the text their author typed: `13:00` is no number of minutes, `no` is not false.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from chatcal.problem import Problem, Span, invalid
from chatcal.syntax import SWALLOWED, Complaint

LARGEST_FILE = 256 * 1024
"""In octets. The largest real schedule seen has a few thousand."""

DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, as typed; `plain` where it stands without quotes."""

    text: str
    span: Span
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    pairs: "tuple[tuple[Scalar, Node], ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that could not be read; its problem is reported already, so nobody complains of it again."""

    span: Span


Node = Scalar | Sequence | Mapping | Unread


def read(file: str, octets: bytes) -> tuple[Node, tuple[Problem, ...]]:
    """Return the one document of a schedule file, and what the format refuses in it.

    Takes the file's name, for messages, and its octets. Refused are anchors, aliases, tags, merge keys, duplicate
    keys, and a `#` that touches a word. Raises Invalid where no document can be had at all: not UTF-8, no YAML, a
    second document, control characters, files over 256 KiB, nesting over 20.
    """
    text = _decoded(file, octets)
    document = _Document(file, text)
    try:
        return document.node(yaml.CBaseLoader)
    except yaml.MarkedYAMLError:
        pass
    # libyaml is many times faster; the pure reader names the place of a mistake better.
    try:
        return document.node(yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise document.complaint(error).explained() from None


def _decoded(file: str, octets: bytes) -> str:
    start = Span(file)
    if len(octets) > LARGEST_FILE:
        raise invalid(
            start,
            "too-large",
            f"This file has {len(octets):,} bytes; a schedule file may have {LARGEST_FILE:,}.",
            "Split the chapter, or take out what is no schedule.",
        )
    if octets.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise invalid(
            start,
            "encoding",
            "This file begins with a byte order mark.",
            "Save it as UTF-8 without BOM; most editors offer that in their Save As dialogue.",
        )
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode("utf-8")
        raise invalid(
            _place(file, before),
            "encoding",
            "This character is not UTF-8.",
            "Save the file as UTF-8; it looks as if it were saved as Latin-1 or Windows-1252.",
        ) from None
    if bad := _CONTROL.search(text):
        raise invalid(
            _place(file, text[: bad.start()]),
            "control-character",
            f"An invisible character (U+{ord(bad[0]):04X}) stands here.",
            "Delete it; type the line again if you cannot see it.",
        )
    return text


# All that YAML calls unprintable, and the rarer line breaks, which editors and YAML count differently.
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _place(file: str, before: str) -> Span:
    rows = _LINE_BREAK.split(before)
    return Span(file, len(rows), len(rows[-1]) + 1)


_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class _Document:
    """One file on its way from text to nodes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = _LINE_BREAK.split(text)
        self.problems: list[Problem] = []

    def node(self, loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader]) -> tuple[Node, tuple[Problem, ...]]:
        self.problems = []
        # Any: the stubs know neither the events' marks nor that the parser is a generator.
        events: Any = yaml.parse(self.text, Loader=loader)
        try:
            return self._document(events), tuple(self.problems)
        finally:
            events.close()

    def _refuse(self, span: Span, code: str, message: str, hint: str) -> Unread:
        self.problems.append(Problem(span=span, code=code, message=message, hint=hint))
        return Unread(span)

    def _document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise invalid(
                        self._span(event),
                        "second-document",
                        "A second document begins here.",
                        "Take the line `---` out; a schedule file holds one chapter.",
                    )
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, depth=0)
        if root is None:
            raise invalid(
                Span(self.file),
                "empty",
                "This file is empty.",
                "Begin with `hashtag:`, `name:` and `chats:`.",
            )
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST:
            raise invalid(
                self._span(event),
                "nesting",
                f"Lists and keys are nested over {DEEPEST} deep here.",
                "No schedule needs that; look for brackets too many.",
            )
        if isinstance(event, yaml.AliasEvent):
            return self._refuse_anchor(event, "*")
        if event.anchor is not None:
            self._refuse_anchor(event, "&")
        if event.tag is not None:
            self._refuse(
                self._span(event),
                "tag",
                "A value that begins with `!` is a tag to YAML; tags are not read.",
                "If it is text, put it in quotes; otherwise take the tag out.",
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self._node(inner, events, depth + 1))
            return Sequence(tuple(items), self._span(event))
        return self._mapping(event, events, depth)

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._node(inner, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(
                    key.span,
                    "syntax",
                    "A key is a word, and this is none.",
                    "Write `key: value`, or use quotes.",
                )
            elif key.plain and key.text == "<<":
                self._refuse(key.span, "anchor", "Merge keys (`<<`) are not read.", "Write the lines out.")
            elif key.text in pairs:
                first = pairs[key.text][0].span.line
                self._refuse(
                    key.span,
                    "duplicate-key",
                    f"`{key.text}` stands here for the second time; the first is in line {first}.",
                    "Keep one of the two.",
                )
            else:
                pairs[key.text] = (key, value)
        return Mapping(tuple(pairs.values()), self._span(event))

    def _refuse_anchor(self, event: Any, sign: str) -> Unread:
        return self._refuse(
            self._span(event),
            "anchor",
            f"A value that begins with `{sign}` is an anchor or an alias to YAML; they are not read.",
            f'If it is text, put it in quotes: "{sign}{event.anchor}". Otherwise write the lines out.',
        )

    def _scalar(self, event: Any) -> Scalar | Unread:
        plain = not event.style
        span = self._span(event)
        if plain and (swallowed := self._refuse_swallowed(event)):
            return swallowed
        if bad := _CONTROL_IN_TEXT.search(event.value):
            return self._refuse(
                span,
                "control-character",
                f"This text holds a control character (U+{ord(bad[0]):04X}).",
                "Take it out; a tab in a text is written as a space.",
            )
        return Scalar(event.value, span, plain)

    def _refuse_swallowed(self, event: Any) -> Unread | None:
        """Refuse a `#` that touches a word behind a value: its author meant text, and YAML reads a comment."""
        end = event.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        found = (SWALLOWED if event.value else _SWALLOWED_WHOLE).match(rest)
        if found is None:
            return None
        word = found["word"]
        value = f"{event.value} {word}".strip()
        if not event.value and _HASHTAG_LINE.match(self.lines[end.line]):
            hint = f"Write it without the `#`: `hashtag: {word[1:]}`."
        else:
            hint = (
                f'If it is text, put the whole value in quotes: "{value}". '
                "If it is a comment, put a space after the `#`."
            )
        return self._refuse(
            Span(self.file, end.line + 1, end.column + 1 + found.start("word"), len(word)),
            "comment",
            f"`{word}` would be a comment, not part of the value.",
            hint,
        )

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            return Span(self.file, start.line + 1, start.column + 1)
        here = self.lines[start.line] if start.line < len(self.lines) else ""
        last = end.column if end.line == start.line else len(here)
        return Span(self.file, start.line + 1, start.column + 1, max(1, last - start.column))

    def complaint(self, error: yaml.MarkedYAMLError) -> Complaint:
        """Return what YAML complains of, without its classes."""
        return Complaint(
            self.file,
            self.lines,
            f"{error.context or ''} {error.problem or ''}",
            self._marked(error.problem_mark or error.context_mark),
            self._marked(error.context_mark or error.problem_mark),
        )

    def _marked(self, mark: yaml.Mark | None) -> Span:
        if mark is None:
            return Span(self.file)
        line = min(mark.line, len(self.lines) - 1)
        return Span(self.file, line + 1, mark.column + 1 if line == mark.line else len(self.lines[line]) + 1)


_CONTROL_IN_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SWALLOWED_WHOLE = re.compile(r"\s*(?P<word>#[^\s#]\S*)")
_HASHTAG_LINE = re.compile(r"\s*hashtag\s*:")
