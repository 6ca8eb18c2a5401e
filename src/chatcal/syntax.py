"""What YAML's own complaints mean to someone who does not know YAML."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chatcal.problem import Invalid, Span, invalid
from chatcal.words import listed
from chatcal.written import SWALLOWED, quoted, unusual_space, value_at, without_comment


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
        if conflict := self._conflict():
            return conflict
        for line in (self.span.line, self.context.line):
            if space := unusual_space(self.file, line, self._row(line)):
                return Invalid([space])
        for words, explain in _MEANINGS:
            if re.search(words, self.said) and (problem := explain(self)):
                return problem
        return invalid(
            self.span,
            "syntax",
            f"YAML cannot read this line: {' '.join(self.said.split())}.",
            "Compare it with the lines above, or put the value in quotes.",
        )

    def _conflict(self) -> Invalid | None:
        """Return the problem of a file that git could not merge, where its marks stand in it."""
        marks = [number for number, line in enumerate(self.lines, 1) if _CONFLICT.match(line)]
        if not marks:
            return None
        return invalid(
            Span(self.file, marks[0], width=len(self._row(marks[0]))),
            "conflict",
            f"Git could not merge two versions of this file, and left its marks: {_counted_lines(marks)}.",
            "Of what stands between them, keep the lines that are right; delete the lines that begin with `<<<<<<<`, "
            "`=======` and `>>>>>>>`.",
        )

    def _row(self, line: int) -> str:
        return self.lines[line - 1]

    def _bracket(self) -> Invalid:
        """Return the problem of a bracket that is not closed, or of values in it that nothing parts."""
        opened = self._opened()
        if opened is None:
            return self._no_comma()
        row = self._row(opened.line)
        if swallowed := SWALLOWED.search(row, opened.column):
            word = swallowed["word"].rstrip(",]}")
            return invalid(
                Span(self.file, opened.line, swallowed.start("word") + 1, len(word)),
                "comment",
                f"`{word}` would be a comment, and the bracket is never closed.",
                f"Put the value that holds the `#` in quotes: {quoted(word)}.",
            )
        value = without_comment(row[opened.column - 1 :])
        closed = value + ("]" if value.startswith("[") else "}")
        return invalid(
            opened,
            "bracket",
            "A bracket is opened here and never closed properly.",
            f"Close it, like `{closed}`. A value that holds `#`, `:`, `,` or brackets needs quotes round it.",
        )

    def _opened(self) -> Span | None:
        """Return the last bracket that stays open on its line; YAML may notice only lines later."""
        for number in range(self.context.line, 0, -1):
            code = SWALLOWED.split(self._row(number))[0]
            brackets = list(_OPENING.finditer(code))
            if brackets and (code.count("[") > code.count("]") or code.count("{") > code.count("}")):
                return Span(self.file, number, brackets[-1].start() + 1)
        return None

    def _no_comma(self) -> Invalid:
        return invalid(
            self.context,
            "bracket",
            "In these brackets something stands where a comma should.",
            "Put commas between the values, like `{every: Sunday, at: 13:00}`, and quotes round one that holds them.",
        )

    def _unstartable(self) -> Invalid:
        begun = re.search("an alias|an anchor|block scalar", self.said)
        span = self.context if begun else self.span
        row = self._row(span.line)
        sign = row[span.column - 1 : span.column]
        if sign == "\t":
            return self._tab(span)
        value = value_at(row, span.column)
        name = "a backtick" if sign == "`" else f"`{sign}`"
        return invalid(
            Span(span.file, span.line, span.column, max(1, len(value))),
            "sign",
            f"A value cannot begin with {name} unless it stands in quotes.",
            f"Write {quoted(value)}.",
        )

    def _tab(self, span: Span) -> Invalid:
        return invalid(
            span,
            "tab",
            "A tab stands here where YAML wants spaces.",
            "Replace it by spaces, as many as its neighbours have.",
        )

    def _indented_by_tab(self) -> Invalid | None:
        row = self._row(self.span.line)
        indent = row[: len(row) - len(row.lstrip())]
        return self._tab(Span(self.file, self.span.line, indent.index("\t") + 1)) if "\t" in indent else None

    def _second_colon(self) -> Invalid:
        span, row = self.span, self._row(self.span.line)
        if parts := _TWO_COLONS.fullmatch(row):
            value = without_comment(parts["value"])
            straight = value.strip("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
            return invalid(
                Span(span.file, span.line, parts.start("value") + 1, len(value)),
                "colon",
                "This value holds a colon followed by a space, which begins a new key to YAML.",
                f"Put the value in quotes: {parts['key'].strip().removeprefix('- ')}: {quoted(straight)}.",
            )
        above = [number for number in range(1, span.line) if without_comment(self._row(number))]
        if above and not _KEY.search(self._row(above[-1])):
            return self._no_colon(above[-1])
        return self._out_of_line()

    def _list_behind_key(self) -> Invalid:
        item = self._row(self.span.line)[self.span.column - 1 :].strip()
        return invalid(
            self.span,
            "indent",
            "A list cannot begin behind a key.",
            f"Write it on a line of its own below, indented: `  {item}`.",
        )

    def _escape(self) -> Invalid:
        row = self._row(self.span.line)
        at = max(row.rfind("\\", 0, self.span.column), 0)
        value = without_comment(row[self.context.column - 1 :]) if self.context.line == self.span.line else ""
        inner = value[1:-1] if len(value) > 1 and value.endswith('"') else ""
        instead = f": {quoted(inner)}" if inner else ""
        return invalid(
            Span(self.file, self.span.line, at + 1),
            "quote",
            'Inside "…" a backslash begins a code, and this is none that YAML knows.',
            f"Use '…', in which a backslash is only a backslash{instead}.",
        )

    def _open_quote(self) -> Invalid:
        row = self._row(self.context.line)
        sign, value = row[self.context.column - 1], without_comment(row[self.context.column - 1 :])
        example = f": {value}{sign}" if len(value) > 1 and not value.endswith(sign) else ""
        return invalid(
            self.context,
            "quote",
            "A quotation mark is opened here and never closed.",
            f"Close it at the end of the value{example}. Or take it out, if it is part of the text.",
        )

    def _behind_closing(self) -> Invalid | None:
        """Return the problem of text behind a closing quotation mark or bracket, where that is what it is."""
        row, at = self._row(self.span.line), self.span.column - 1
        parts = _CLOSED.match(row)
        if parts is None or at <= parts.start("value"):
            return None
        value, sign = without_comment(parts["value"]), parts["sign"]
        rest = max(1, len(row.rstrip()) - at)
        if sign in "[{":
            return invalid(
                Span(self.file, self.span.line, at + 1, rest),
                "bracket",
                "Text stands behind the closing bracket.",
                f"If the brackets are part of the text, put the whole value in quotes: {quoted(value)}.",
            )
        if sign == row[at - 1] == "'" == value[-1]:
            return invalid(
                Span(self.file, self.span.line, at),
                "quote",
                "This apostrophe ends the text that began with `'`.",
                f'Put the value in "…": {quoted(value[1:-1])}.',
            )
        return invalid(
            Span(self.file, self.span.line, at + 1, rest),
            "quote",
            "Text stands behind the closing quotation mark.",
            f"Put the whole value in one pair of quotes: {quoted(value)}.",
        )

    def _no_colon(self, line: int = 0) -> Invalid:
        line = line or self.context.line
        row = self._row(line)
        place = Span(self.file, line, _indent(row) + 1, max(1, len(row.strip())))
        if tight := _TIGHT_COLON.fullmatch(row):
            return invalid(
                place,
                "syntax",
                "A space is missing behind the colon.",
                f"Write `{tight['key']}: {without_comment(tight['value'])}`.",
            )
        hint = "Write `key: value`, with a space after the colon. If it goes on with the text above, indent it further."
        above = self._row(line - 1) if line > 1 else ""
        if above.lstrip().startswith("- ") and _indent(above) == _indent(row):
            hint = f"If it is the next of the list, write `- ` before it: `- {row.strip()}`."
        return invalid(place, "syntax", "This line has no colon, so it is no key with a value.", hint)

    def _wrong_indent(self) -> Invalid | None:
        row = self._row(self.span.line)
        return None if row[: self.span.column - 1].strip(" -") else self._out_of_line()

    def _out_of_line(self) -> Invalid:
        """Return the problem of a line that begins in a column of its own, with the column that is nearest."""
        line, row = self.span.line, self._row(self.span.line)
        place = Span(self.file, line, _indent(row) + 1, max(1, len(row.strip())))
        levels = [level for level in self._levels(line) if level.dash == row.lstrip().startswith("- ")]
        hint = "Lines that belong together begin in the same column; use spaces."
        if levels:
            level = min(levels, key=lambda one: (abs(one.column - place.column), -one.column))
            hint = f"Put {level.column - 1} spaces before it" if level.column > 1 else "Take the spaces before it away"
            hint += f", so that it begins under `{level.word}` in line {level.line}."
        return invalid(place, "indent", "This line does not stand under the lines above it.", hint)

    def _levels(self, line: int) -> "Iterator[_Level]":
        """Yield the columns in which the lines above began what may still go on, the innermost first."""
        edge = len(self._row(line)) + max(map(len, self.lines))
        for number in range(line - 1, 0, -1):
            begins = _BEGINS.match(self._row(number))
            if begins is None or not without_comment(begins["word"]):
                continue
            starts = [dash.start() for dash in re.finditer("-", begins["dashes"])]
            columns = [begins.end("indent") + start + 1 for start in starts] + [begins.start("word") + 1]
            for at, column in reversed(list(enumerate(columns))):
                if column < edge:
                    edge = column
                    is_dash = at < len(starts)
                    yield _Level(number, column, "-" if is_dash else begins["word"].rstrip(":"), is_dash)


@dataclass(frozen=True, slots=True)
class _Level:
    line: int
    column: int
    word: str
    dash: bool


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _counted_lines(numbers: Sequence[int]) -> str:
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed([str(number) for number in numbers])}"


_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")
_TWO_COLONS = re.compile(r"(?P<key>[^:\"'#]+):\s+(?P<value>[^\"'\[{|>].*?:(?:\s.*|$))")
_TIGHT_COLON = re.compile(r"\s*(?:- )?(?P<key>[a-z_]+):(?P<value>[^\s/].*)")
_KEY = re.compile(r":(?:\s|$)")
_OPENING = re.compile(r"[\[{]")
_CLOSED = re.compile(r"\s*(?:- +)*(?:[^:'\"\[{#]+:\s+)?(?P<value>(?P<sign>['\"\[{]).*)")
_BEGINS = re.compile(r"(?P<indent> *)(?P<dashes>(?:- +)*)(?P<word>\S+)")

_MEANINGS: tuple[tuple[str, Callable[[Complaint], Invalid | None]], ...] = (
    ("flow", Complaint._bracket),
    ("cannot start any token|expected the node content|an alias|an anchor|block scalar", Complaint._unstartable),
    ("mapping values are not allowed", Complaint._second_colon),
    ("sequence entries are not allowed", Complaint._list_behind_key),
    ("escape", Complaint._escape),
    ("quoted scalar", Complaint._open_quote),
    ("", Complaint._behind_closing),
    ("", Complaint._indented_by_tab),
    ("expected ':'", Complaint._no_colon),
    ("expected <block end>|did not find expected", Complaint._wrong_indent),
)
"""In the words of PyYAML's pure reader; the first whose words were said, and that has something to say, is meant."""
