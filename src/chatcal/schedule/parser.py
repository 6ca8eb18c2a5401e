"""YAML text to nodes that keep their place.

Scalars stay the text their author typed: `13:00` is not a number of minutes, `no` is not false.
"""

import re
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import yaml

from chatcal.problems import LINE_BREAK, MAX_PROBLEMS, Problem, ScheduleError, Span, make_error
from chatcal.schedule.nodes import Mapping, Node, RefusedNode, Scalar, Sequence
from chatcal.schedule.quoting import (
    SWALLOWED,
    find_lookalike,
    find_unusual_space,
    find_value,
    quote,
    strip_comment,
)
from chatcal.schedule.syntax_errors import YamlErrorContext, explain_yaml_error
from chatcal.text import find_invisible

MAX_FILE_SIZE = 256 * 1024
"""In bytes. The largest real schedule seen has a few thousand."""
MAX_NESTING = 20
_SAVE_HINT = (
    "Save it as UTF-8 without BOM. In Notepad: File > Save as > Encoding: UTF-8. In VS Code: click the encoding in the "
    "bottom line > Save with Encoding > UTF-8."
)
# All that YAML calls unprintable; the rarer line breaks, which editors and YAML count differently; what turns the
# direction of writing, also in comments.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def decode_source(file: str, content: bytes) -> str:
    """Return the text of a schedule file.

    Raises ScheduleError if it is over 256 KiB, not UTF-8 or with a byte order mark, or has invisible characters.
    """
    if len(content) > MAX_FILE_SIZE:
        message = f"This file has {len(content):,} bytes; a schedule file may have {MAX_FILE_SIZE:,}."
        hint = "A schedule of many years has a few thousand; delete what does not belong to the schedule."
        raise make_error(Span(file), "too-large", message, hint)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _has_zeros(content):
        raise make_error(Span(file), "encoding", "This file is saved as UTF-16.", _SAVE_HINT)
    if content.startswith(b"\xef\xbb\xbf"):
        raise make_error(Span(file), "encoding", "This file begins with a byte order mark.", _SAVE_HINT)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        meant = content[error.start : error.start + 1].decode("windows-1252", "replace")
        span = _find_end_span(file, content[: error.start].decode("utf-8"))
        hint = f"Save the file as UTF-8. It seems to be saved as Windows-1252 or Latin-1, where this is `{meant}`."
        raise make_error(span, "encoding", "This character is not saved as UTF-8.", hint) from None
    if bad := _UNPRINTABLE.search(text):
        span = _find_end_span(file, text[: bad.start()])
        message = f"There is an invisible character (U+{ord(bad[0]):04X}) here."
        raise make_error(span, "control-character", message, "Delete it; type the line again if you cannot see it.")
    return text


def _has_zeros(content: bytes) -> bool:
    """Say whether each second byte of the beginning is zero, as in UTF-16 without a byte order mark."""
    begin = content[:16]
    return len(begin) > 3 and any(not any(begin[odd::2]) and all(begin[1 - odd :: 2]) for odd in (0, 1))


def _find_end_span(file: str, before: str) -> Span:
    rows = LINE_BREAK.split(before)
    return Span(file, len(rows), len(rows[-1]) + 1)


def parse_document(file: str, content: bytes, least: str = "") -> tuple[Node, tuple[Problem, ...]]:
    """Return the one document of a schedule file, and what the format refuses in it, like anchors and duplicate keys.

    `least` is the hint for an empty file. Raises ScheduleError if there is no document at all.
    """
    document = _DocumentParser(file, decode_source(file, content))
    with suppress(yaml.MarkedYAMLError):
        return document.parse_root(yaml.CBaseLoader, least)
    # libyaml is many times faster; the pure reader names the place of a mistake better.
    try:
        return document.parse_root(yaml.BaseLoader, least)
    except yaml.MarkedYAMLError as error:
        raise explain_yaml_error(document.build_error_context(error)) from None


class _DocumentParser:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = LINE_BREAK.split(text)
        self.problems: list[Problem] = []
        self.anchors: set[str] = set()

    def parse_root(
        self, loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader], least: str
    ) -> tuple[Node, tuple[Problem, ...]]:
        self.problems, self.anchors = [], set()
        root: Node | None = None
        # Any: the stubs know neither the events' marks nor that the parser is a generator.
        events: Any = yaml.parse(self.text, Loader=loader)
        with closing(events):
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                    span = self._locate_event(event)
                    hint = "Delete this line. If what is below it is another chapter, put that into another file."
                    raise make_error(span, "second-document", "A second document begins here.", hint)
                if isinstance(event, yaml.NodeEvent):
                    root = self._build_node(event, events, depth=0)
        if root is None:
            message = "This file has only comments." if self.text.strip() else "This file is empty."
            raise make_error(Span(self.file), "empty", message, least)
        return root, tuple(self.problems)

    def _refuse(self, span: Span, code: str, message: str, hint: str) -> RefusedNode:
        self.problems.append(Problem(span, code, message, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise ScheduleError(self.problems)
        return RefusedNode(span)

    def _build_node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > MAX_NESTING:
            message = f"Lists and keys are nested more than {MAX_NESTING} deep here."
            hint = "No schedule needs that; look for too many brackets, or for lines indented too far."
            raise make_error(self._locate_event(event), "nesting", message, hint)
        if isinstance(event, yaml.AliasEvent):
            return self._refuse_anchor(event, "*")
        if event.anchor is not None:
            anchored = self._refuse_anchor(event, "&")
            if isinstance(event, yaml.ScalarEvent):
                return anchored
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = self._build_scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self._build_node(inner, events, depth + 1))
            node = Sequence(tuple(items), self._locate_event(event))
        else:
            node = self._build_mapping(event, events, depth)
        return node if event.tag is None else self._refuse_tag(event)

    def _build_mapping(self, event: Any, events: Iterator[Any], depth: int) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        whole = True
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._build_node(inner, events, depth + 1)
            value = self._build_node(next(events), events, depth + 1)
            if isinstance(key, Scalar) and self._check_key(key, value, pairs):
                pairs[key.text] = (key, value)
                continue
            whole = whole and isinstance(key, Scalar) and key.text in pairs
            if not isinstance(key, Scalar | RefusedNode):
                hint = "Write `key: value`; if the brackets are part of the key, put it in quotes."
                self._refuse(key.span, "syntax", "A key cannot be in brackets.", hint)
        return Mapping(tuple(pairs.values()), self._locate_event(event), whole)

    def _check_key(self, key: Scalar, value: Node, pairs: dict[str, tuple[Scalar, Node]]) -> bool:
        if key.plain and key.text == "<<":
            self._refuse(key.span, "anchor", "Merge keys (`<<`) are not allowed.", "Write the lines out.")
        elif key.text in pairs:
            first = pairs[key.text][0].span.line
            message = f"The key `{key.text}` is already in line {first}."
            hint = f"Keep one of the two: delete this line, or line {first}."
            if not any(isinstance(one, Scalar | RefusedNode) for one in (value, pairs[key.text][1])):
                hint = f"Put what it holds under the `{key.text}` of line {first}, and delete this key alone."
            elif key.text in ("every", "at"):
                hint += " If both are right, write another chat with the other."
            self._refuse(key.span, "duplicate-key", message, hint)
        elif space := self._find_unusual_space(key.span):
            self.problems.append(space)
        else:
            return True
        return False

    def _find_unusual_space(self, key: Span) -> Problem | None:
        row = self.lines[key.line - 1]
        return find_unusual_space(self.file, key.line, row) if _ROW_BEGIN.fullmatch(row, 0, key.column - 1) else None

    def _refuse_tag(self, event: Any) -> RefusedNode:
        span = self._locate_event(event)
        text = find_value(self.lines[span.line - 1], span.column)
        message = "A value that begins with `!` is a tag in YAML; tags are not allowed."
        hint = f"If it is text, put it in quotes: {quote(text)}. Otherwise delete the tag."
        return self._refuse(replace(span, width=len(text)), "tag", message, hint)

    def _refuse_anchor(self, event: Any, sign: str) -> RefusedNode:
        """Refuse an anchor, or what refers to it; each name once, since a file may do so a thousand times."""
        span = self._locate_event(event)
        text = sign + event.anchor
        if text in self.anchors:
            return RefusedNode(span)
        self.anchors.add(text)
        if isinstance(event, yaml.ScalarEvent):
            text = find_value(self.lines[span.line - 1], span.column)
        message = f"A value that begins with `{sign}` is an anchor or an alias in YAML; they are not allowed."
        hint = f"If it is text, put it in quotes: {quote(text)}. Otherwise write the lines out."
        return self._refuse(replace(span, width=len(text)), "anchor", message, hint)

    def _build_scalar(self, event: Any) -> Scalar | RefusedNode:
        plain = not event.style
        if plain and (swallowed := self._refuse_swallowed(event)):
            return swallowed
        span = self._locate_event(event)
        row = self.lines[span.line - 1]
        # A text that begins its row, and a key: any other text may begin so.
        if plain and _ROW_BEGIN.fullmatch(row, 0, span.column - 1) and find_lookalike(span.file, span.line, row):
            numbers = range(span.line, min(event.end_mark.line + 1, len(self.lines)) + 1)
            wrong = (find_lookalike(span.file, number, self.lines[number - 1]) for number in numbers)
            self.problems += [one for one in wrong if one]
            return RefusedNode(span)
        control = _CONTROL_IN_TEXT.search(event.value)
        bad = control[0] if control else find_invisible(event.value)
        if bad is None:
            return Scalar(event.value, span, plain)
        at = row.find(bad, span.column - 1)
        where = replace(span, column=at + 1, width=1) if at >= 0 else span
        if bad == "\t":
            return self._refuse(where, "tab", "There is a tab in this text.", "Write a space instead.")
        message = f"This text contains an invisible character (U+{ord(bad):04X})."
        hint = "Delete it. Inside \"…\" a backslash begins a code; inside '…' it is only a backslash."
        return self._refuse(where, "control-character", message, hint)

    def _refuse_swallowed(self, event: Any) -> RefusedNode | None:
        end = event.end_mark
        line = self.lines[end.line] if end.line < len(self.lines) else ""
        found = (SWALLOWED if event.value else _SWALLOWED_WHOLE).match(line, end.column)
        if found is None:
            return None
        word, text = found["word"], strip_comment(line[found.start("word") :])
        hint = (
            f"If it is text, put the whole value in quotes: {quote(f'{event.value} {text}'.strip())}. "
            f"If it is a comment, put a space after the `#`: `# {text[1:]}`."
        )
        if not event.value and _HASHTAG_LINE.match(self.lines[end.line]):
            hint = f"Write it without the `#`: `hashtag: {word[1:]}`."
        span = Span(self.file, end.line + 1, found.start("word") + 1, len(text))
        return self._refuse(span, "comment", f"`{text}` would be a comment, not part of the value.", hint)

    def _locate_event(self, event: Any) -> Span:
        begun, end = event.start_mark, event.end_mark
        line, column = self._find_place(begun)
        if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            return Span(self.file, line, column)
        last = end.column if end.line == begun.line else len(self.lines[line - 1])
        return Span(self.file, line, column, max(1, last - column + 1))

    def build_error_context(self, error: yaml.MarkedYAMLError) -> YamlErrorContext:
        # Any: to the stubs a mark may be missing; the scanner and the parser always say where they stopped.
        stopped: Any = error.problem_mark
        message = f"{error.context or ''} {error.problem or ''}"
        began = self._locate_mark(error.context_mark or stopped)
        return YamlErrorContext(self.lines, message, self._locate_mark(stopped), began)

    def _locate_mark(self, mark: Any) -> Span:
        return Span(self.file, *self._find_place(mark))

    def _find_place(self, mark: Any) -> tuple[int, int]:
        """Return the line and column of one of YAML's marks; libyaml puts that of a missing value below the last."""
        line = min(mark.line, len(self.lines) - 1)
        return line + 1, mark.column + 1 if line == mark.line else len(self.lines[line]) + 1


_CONTROL_IN_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ROW_BEGIN = re.compile(r"[\s-]*")
"""Asked only up to a place in the row: a row may be long, and hold many texts."""
_SWALLOWED_WHOLE = re.compile(r"\s*(?P<word>#[^\s#]\S*)")
_HASHTAG_LINE = re.compile(r"\s*hashtag\s*:")
