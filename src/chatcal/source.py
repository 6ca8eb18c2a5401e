"""YAML text to nodes that keep their place, with nothing guessed and nothing surprising let in.

Scalars stay the text their author typed: `13:00` is no number of minutes, `no` is not false.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from chatcal.decoding import decoded
from chatcal.nodes import Mapping, Node, Scalar, Sequence, Unread
from chatcal.problem import LINE_BREAK, Problem, Span, invalid
from chatcal.syntax import Complaint
from chatcal.written import SWALLOWED, quoted, unusual_space, value_at, without_comment

DEEPEST = 20


def read(file: str, octets: bytes, least: str = "") -> tuple[Node, tuple[Problem, ...]]:
    """Return the one document of a schedule file, and what the format refuses in it.

    Takes the file's name, for messages, its octets, and the hint for a file that holds nothing. Refused are anchors,
    aliases, tags, merge keys, duplicate keys, and a `#` that touches a word. Raises Invalid where no document can be
    had at all: not UTF-8, no YAML, a second document, control characters, files over 256 KiB, nesting over 20.
    """
    document = _Document(file, decoded(file, octets))
    try:
        return document.node(yaml.CBaseLoader, least)
    except yaml.MarkedYAMLError:
        pass
    # libyaml is many times faster; the pure reader names the place of a mistake better.
    try:
        return document.node(yaml.BaseLoader, least)
    except yaml.MarkedYAMLError as error:
        raise document.complaint(error).explained() from None


class _Document:
    """One file on its way from text to nodes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = LINE_BREAK.split(text)
        self.problems: list[Problem] = []
        self.anchors: set[str] = set()

    def node(
        self, loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader], least: str
    ) -> tuple[Node, tuple[Problem, ...]]:
        self.problems, self.anchors = [], set()
        # Any: the stubs know neither the events' marks nor that the parser is a generator.
        events: Any = yaml.parse(self.text, Loader=loader)
        try:
            return self._document(events, least), tuple(self.problems)
        finally:
            events.close()

    def _refuse(self, span: Span, code: str, message: str, hint: str) -> Unread:
        self.problems.append(Problem(span=span, code=code, message=message, hint=hint))
        return Unread(span)

    def _document(self, events: Iterator[Any], least: str) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise invalid(
                        self._span(event),
                        "second-document",
                        "A second document begins here.",
                        "Take the line `---` out, and what is below it: another chapter is a file of its own.",
                    )
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, depth=0)
        if root is None:
            nothing = "nothing but comments" if self.text.strip() else "nothing"
            raise invalid(Span(self.file), "empty", f"This file holds {nothing}.", least)
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST:
            raise invalid(
                self._span(event),
                "nesting",
                f"Lists and keys are nested over {DEEPEST} deep here.",
                "No schedule needs that; look for brackets too many, or lines indented too far.",
            )
        if isinstance(event, yaml.AliasEvent):
            return self._refuse_anchor(event, "*")
        if event.anchor is not None:
            anchored = self._refuse_anchor(event, "&")
            if isinstance(event, yaml.ScalarEvent):
                return anchored
        node = self._content(event, events, depth)
        return node if event.tag is None else self._refuse_tag(event)

    def _content(self, event: Any, events: Iterator[Any], depth: int) -> Node:
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
        whole = True
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._node(inner, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if isinstance(key, Scalar) and self._is_key(key, pairs):
                pairs[key.text] = (key, value)
                continue
            whole = whole and isinstance(key, Scalar) and key.text in pairs
            if not isinstance(key, Scalar | Unread):
                self._refuse(
                    key.span,
                    "syntax",
                    "Brackets cannot be a key.",
                    "Write `key: value`; if the brackets are part of the key, put it in quotes.",
                )
        return Mapping(tuple(pairs.values()), self._span(event), whole)

    def _is_key(self, key: Scalar, pairs: dict[str, tuple[Scalar, Node]]) -> bool:
        if key.plain and key.text == "<<":
            self._refuse(key.span, "anchor", "Merge keys (`<<`) are not read.", "Write the lines out.")
        elif key.text in pairs:
            first = pairs[key.text][0].span.line
            self._refuse(
                key.span,
                "duplicate-key",
                f"`{key.text}` stands here for the second time; the first is in line {first}.",
                "Keep one of the two.",
            )
        elif space := unusual_space(self.file, key.span.line, self.lines[key.span.line - 1]):
            self.problems.append(space)
        else:
            return True
        return False

    def _refuse_tag(self, event: Any) -> Unread:
        span = self._span(event)
        text = value_at(self.lines[span.line - 1], span.column)
        return self._refuse(
            replace(span, width=len(text)),
            "tag",
            "A value that begins with `!` is a tag to YAML; tags are not read.",
            f"If it is text, put it in quotes: {quoted(text)}. Otherwise take the tag out.",
        )

    def _refuse_anchor(self, event: Any, sign: str) -> Unread:
        """Refuse an anchor, or what refers to it; each name once, since a file may do so a thousand times."""
        if sign + event.anchor in self.anchors:
            return Unread(self._span(event))
        self.anchors.add(sign + event.anchor)
        span = self._span(event)
        text = value_at(self.lines[span.line - 1], span.column)
        if not isinstance(event, yaml.ScalarEvent):
            text = f"{sign}{event.anchor}"
        return self._refuse(
            replace(span, width=len(text)),
            "anchor",
            f"A value that begins with `{sign}` is an anchor or an alias to YAML; they are not read.",
            f"If it is text, put it in quotes: {quoted(text)}. Otherwise write the lines out.",
        )

    def _scalar(self, event: Any) -> Scalar | Unread:
        plain = not event.style
        span = self._span(event)
        if plain and (swallowed := self._refuse_swallowed(event)):
            return swallowed
        if bad := _CONTROL_IN_TEXT.search(event.value):
            return self._refuse_control(span, bad[0])
        return Scalar(event.value, span, plain)

    def _refuse_control(self, span: Span, character: str) -> Unread:
        at = self.lines[span.line - 1].find(character, span.column - 1)
        where = replace(span, column=at + 1, width=1) if at >= 0 else span
        if character == "\t":
            return self._refuse(where, "tab", "A tab stands in this text.", "Write a space instead.")
        return self._refuse(
            where,
            "control-character",
            f"This text holds an invisible character (U+{ord(character):04X}).",
            "Take it out. Inside \"…\" a backslash begins a code; inside '…' it is only a backslash.",
        )

    def _refuse_swallowed(self, event: Any) -> Unread | None:
        """Refuse a `#` that touches a word behind a value: its author meant text, and YAML reads a comment."""
        end = event.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        found = (SWALLOWED if event.value else _SWALLOWED_WHOLE).match(rest)
        if found is None:
            return None
        word, text = found["word"], without_comment(rest[found.start("word") :])
        hint = (
            f"If it is text, put the whole value in quotes: {quoted(f'{event.value} {text}'.strip())}. "
            f"If it is a comment, put a space behind the `#`: `# {text[1:]}`."
        )
        if not event.value and _HASHTAG_LINE.match(self.lines[end.line]):
            hint = f"Write it without the `#`: `hashtag: {word[1:]}`."
        return self._refuse(
            Span(self.file, end.line + 1, end.column + 1 + found.start("word"), len(text)),
            "comment",
            f"`{text}` would be a comment, not part of the value.",
            hint,
        )

    def _span(self, event: Any) -> Span:
        begun, end = event.start_mark, event.end_mark
        start = self._marked(begun)
        if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            return start
        last = end.column if end.line == begun.line else len(self.lines[start.line - 1])
        return Span(self.file, start.line, start.column, max(1, last - start.column + 1))

    def complaint(self, error: yaml.MarkedYAMLError) -> Complaint:
        """Return what YAML complains of, without its classes."""
        # Any: to the stubs a mark may be missing; the scanner and the parser always say where they stopped.
        stopped: Any = error.problem_mark
        said = f"{error.context or ''} {error.problem or ''}"
        began = self._marked(error.context_mark or stopped)
        return Complaint(self.file, self.lines, said, self._marked(stopped), began)

    def _marked(self, mark: Any) -> Span:
        """Return the place of one of YAML's marks; libyaml puts that of a missing value below the last line."""
        line = min(mark.line, len(self.lines) - 1)
        return Span(self.file, line + 1, mark.column + 1 if line == mark.line else len(self.lines[line]) + 1)


_CONTROL_IN_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SWALLOWED_WHOLE = re.compile(r"\s*(?P<word>#[^\s#]\S*)")
_HASHTAG_LINE = re.compile(r"\s*hashtag\s*:")
