"""What YAML's own complaints mean to someone who does not know YAML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatcal.problem import Invalid, Span, invalid

SWALLOWED = re.compile(r"\s+(?P<word>#[^\s#]\S*)")
"""A word behind a value that begins with `#`: its author meant text, and YAML reads a comment."""

_TWO_COLONS = re.compile(r"(?P<key>[^:\"'#]+):\s+(?P<value>[^\"'\[{|>].*?:(?:\s.*|$))")
_OPENING = re.compile(r"[\[{]")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What YAML says of a file: its words, the place it stopped at, and where what it was reading began."""

    file: str
    lines: Sequence[str]
    said: str
    span: Span
    context: Span

    def explained(self) -> Invalid:
        """Return the problem in the words of someone who edits a schedule, with its place and a hint."""
        span, context, said = self.span, self.context, self.said
        row = self.lines[span.line - 1]
        if "flow" in said:
            return self._open_bracket(context)
        if "cannot start any token" in said or "expected the node content" in said:
            return self._unstartable(span, row)
        if "scanning an alias" in said or "scanning an anchor" in said:
            return self._unstartable(context, self.lines[context.line - 1])
        if "mapping values are not allowed" in said:
            return self._second_colon(span, row)
        if "sequence entries are not allowed" in said:
            return invalid(
                span,
                "indent",
                "A list cannot begin behind a key.",
                "Write each `- value` on a line of its own below.",
            )
        if "quoted scalar" in said or row[: span.column - 1].endswith(("'", '"')):
            return invalid(
                context if "quoted scalar" in said else span,
                "quote",
                "A quotation mark is not closed properly here.",
                "Close it at the end of the value. Inside '…' an apostrophe is written twice; or use \"…\".",
            )
        if "\t" in row[: len(row) - len(row.lstrip())]:
            return self._tab(Span(self.file, span.line, row.index("\t") + 1))
        if "expected ':'" in said:
            return self._no_colon(context.line)
        if "expected <block end>" in said or "did not find expected" in said:
            return self._wrong_indent(span.line, span.column)
        return invalid(
            span,
            "syntax",
            f"YAML cannot read this line: {' '.join(said.split())}.",
            "Compare it with the lines above, or put the value in quotes.",
        )

    def _no_colon(self, line: int) -> Invalid:
        row = self.lines[line - 1]
        return invalid(
            Span(self.file, line, len(row) - len(row.lstrip()) + 1, max(1, len(row.strip()))),
            "syntax",
            "This line has no colon, so it is no key with a value.",
            "Write `key: value`, with a space after the colon.",
        )

    def _wrong_indent(self, line: int, column: int) -> Invalid:
        row = self.lines[line - 1]
        return invalid(
            Span(self.file, line, column, max(1, len(row.rstrip()) - column + 1)),
            "indent",
            "This line does not stand under the lines above it.",
            "Lines that belong together begin in the same column; use spaces.",
        )

    def _open_bracket(self, context: Span) -> Invalid:
        """Return the problem of a bracket that stays open; YAML may notice only lines later."""
        opened = [
            (number, bracket.start() + 1)
            for number, row in enumerate(self.lines[: context.line], start=1)
            for code in [SWALLOWED.split(row)[0]]
            for bracket in _OPENING.finditer(code)
            if code.count("[") > code.count("]") or code.count("{") > code.count("}")
        ]
        line, column = opened[-1] if opened else (context.line, context.column)
        row = self.lines[line - 1]
        if swallowed := SWALLOWED.search(row, column):
            return invalid(
                Span(self.file, line, swallowed.start("word") + 1, len(swallowed["word"])),
                "comment",
                f"`{swallowed['word']}` would be a comment, and the bracket is never closed.",
                "Put the value that holds the `#` in quotes.",
            )
        return invalid(
            Span(self.file, line, column),
            "bracket",
            "A bracket is opened here and never closed properly.",
            "Close it, put commas between the values, and quotes round a value that holds `#`, `:`, `,` or brackets.",
        )

    def _unstartable(self, span: Span, row: str) -> Invalid:
        sign = row[span.column - 1 : span.column]
        if sign == "\t":
            return self._tab(span)
        value = row[span.column - 1 :].split(" #", maxsplit=1)[0].strip()
        if "[" in row[: span.column]:
            value = re.split(r"[,\]}]", value)[0].strip()
        return invalid(
            Span(span.file, span.line, span.column, max(1, len(value))),
            "sign",
            f"A value cannot begin with `{sign}` unless it stands in quotes.",
            f'Write "{value}".',
        )

    def _tab(self, span: Span) -> Invalid:
        return invalid(span, "tab", "A tab stands here where YAML wants spaces.", "Replace it by two spaces.")

    def _second_colon(self, span: Span, row: str) -> Invalid:
        if parts := _TWO_COLONS.fullmatch(row):
            value = parts["value"].strip()
            return invalid(
                Span(span.file, span.line, parts.start("value") + 1, len(value)),
                "colon",
                "This value holds a colon followed by a space, which begins a new key to YAML.",
                f'Put the value in quotes: {parts["key"].strip().removeprefix("- ")}: "{value}".',
            )
        above = [number for number in range(1, span.line) if self.lines[number - 1].strip()]
        if above and ":" not in self.lines[above[-1] - 1]:
            return self._no_colon(above[-1])
        return self._wrong_indent(span.line, len(row) - len(row.lstrip()) + 1)
