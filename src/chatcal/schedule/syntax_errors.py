"""What YAML's own complaints mean to someone who does not know YAML."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chatcal.english import join_list
from chatcal.problems import ScheduleError, Span, make_error
from chatcal.schedule.quoting import SWALLOWED, find_unusual_space, find_value, quote, strip_comment


@dataclass(frozen=True, slots=True)
class YamlErrorContext:
    """What YAML says of a file: its words, the place it stopped at, and where what it was reading began."""

    file: str
    lines: Sequence[str]
    message: str
    span: Span
    context: Span

    def explain_yaml_error(self) -> ScheduleError:
        """Return the problem in the words of someone who edits a schedule, with its place and a hint."""
        if conflict := self._find_merge_conflict():
            return conflict
        for line in (self.span.line, self.context.line):
            if space := find_unusual_space(self.file, line, self._get_row(line)):
                return ScheduleError([space])
        for words, explain in _EXPLANATIONS:
            if re.search(words, self.message) and (problem := explain(self)):
                return problem
        return make_error(
            self.span,
            "syntax",
            f"YAML cannot read this line: {' '.join(self.message.split())}.",
            "Compare it with the lines above, or put the value in quotes.",
        )

    def _find_merge_conflict(self) -> ScheduleError | None:
        """Return the problem of a file that git could not merge, where its marks stand in it."""
        marks = [number for number, line in enumerate(self.lines, 1) if _CONFLICT_MARK.match(line)]
        if not marks:
            return None
        return make_error(
            Span(self.file, marks[0], width=len(self._get_row(marks[0]))),
            "conflict",
            f"Git could not merge two versions of this file, and left its marks: {_format_line_numbers(marks)}.",
            "Of what stands between them, keep the lines that are right; delete the lines that begin with `<<<<<<<`, "
            "`=======` and `>>>>>>>`.",
        )

    def _get_row(self, line: int) -> str:
        return self.lines[line - 1]

    def _explain_bracket(self) -> ScheduleError:
        """Return the problem of a bracket that is not closed, or of values in it that nothing parts."""
        opened = self._find_open_bracket()
        if opened is None:
            return self._explain_missing_comma()
        row = self._get_row(opened.line)
        if swallowed := SWALLOWED.search(row, opened.column):
            word = swallowed["word"].rstrip(",]}")
            return make_error(
                Span(self.file, opened.line, swallowed.start("word") + 1, len(word)),
                "comment",
                f"`{word}` would be a comment, and the bracket is never closed.",
                f"Put the value that holds the `#` in quotes: {quote(word)}.",
            )
        value = strip_comment(row[opened.column - 1 :])
        closed = value + ("]" if value.startswith("[") else "}")
        return make_error(
            opened,
            "bracket",
            "A bracket is opened here and never closed properly.",
            f"Close it, like `{closed}`. A value that holds `#`, `:`, `,` or brackets needs quotes round it.",
        )

    def _find_open_bracket(self) -> Span | None:
        """Return the last bracket that stays open on its line; YAML may notice only lines later."""
        for number in range(self.context.line, 0, -1):
            code = SWALLOWED.split(self._get_row(number))[0]
            brackets = list(_OPENING_BRACKET.finditer(code))
            if brackets and (code.count("[") > code.count("]") or code.count("{") > code.count("}")):
                return Span(self.file, number, brackets[-1].start() + 1)
        return None

    def _explain_missing_comma(self) -> ScheduleError:
        return make_error(
            self.context,
            "bracket",
            "In these brackets something stands where a comma should.",
            "Put commas between the values, like `{every: Sunday, at: 13:00}`, and quotes round one that holds them.",
        )

    def _explain_bad_start(self) -> ScheduleError:
        begun = re.search("an alias|an anchor|block scalar", self.message)
        span = self.context if begun else self.span
        row = self._get_row(span.line)
        sign = row[span.column - 1 : span.column]
        if sign == "\t":
            return self._explain_tab(span)
        value = find_value(row, span.column)
        name = "a backtick" if sign == "`" else f"`{sign}`"
        return make_error(
            Span(span.file, span.line, span.column, max(1, len(value))),
            "sign",
            f"A value cannot begin with {name} unless it stands in quotes.",
            f"Write {quote(value)}.",
        )

    def _explain_tab(self, span: Span) -> ScheduleError:
        return make_error(
            span,
            "tab",
            "A tab stands here where YAML wants spaces.",
            "Replace it by spaces, as many as its neighbours have.",
        )

    def _explain_tab_indent(self) -> ScheduleError | None:
        row = self._get_row(self.span.line)
        indent = row[: len(row) - len(row.lstrip())]
        return self._explain_tab(Span(self.file, self.span.line, indent.index("\t") + 1)) if "\t" in indent else None

    def _explain_second_colon(self) -> ScheduleError:
        span, row = self.span, self._get_row(self.span.line)
        if parts := _TWO_COLONS.fullmatch(row):
            value = strip_comment(parts["value"])
            straight = value.strip("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
            return make_error(
                Span(span.file, span.line, parts.start("value") + 1, len(value)),
                "colon",
                "This value holds a colon followed by a space, which begins a new key to YAML.",
                f"Put the value in quotes: {parts['key'].strip().removeprefix('- ')}: {quote(straight)}.",
            )
        above = [number for number in range(1, span.line) if strip_comment(self._get_row(number))]
        if above and not _KEY_COLON.search(self._get_row(above[-1])):
            return self._explain_missing_colon(above[-1])
        return self._explain_misaligned_line()

    def _explain_list_after_key(self) -> ScheduleError:
        item = self._get_row(self.span.line)[self.span.column - 1 :].strip()
        return make_error(
            self.span,
            "indent",
            "A list cannot begin behind a key.",
            f"Write it on a line of its own below, indented: `  {item}`.",
        )

    def _explain_bad_escape(self) -> ScheduleError:
        row = self._get_row(self.span.line)
        at = max(row.rfind("\\", 0, self.span.column), 0)
        value = strip_comment(row[self.context.column - 1 :]) if self.context.line == self.span.line else ""
        inner = value[1:-1] if len(value) > 1 and value.endswith('"') else ""
        instead = f": {quote(inner)}" if inner else ""
        return make_error(
            Span(self.file, self.span.line, at + 1),
            "quote",
            'Inside "…" a backslash begins a code, and this is none that YAML knows.',
            f"Use '…', in which a backslash is only a backslash{instead}.",
        )

    def _explain_open_quote(self) -> ScheduleError:
        row = self._get_row(self.context.line)
        sign, value = row[self.context.column - 1], strip_comment(row[self.context.column - 1 :])
        example = f": {value}{sign}" if len(value) > 1 and not value.endswith(sign) else ""
        return make_error(
            self.context,
            "quote",
            "A quotation mark is opened here and never closed.",
            f"Close it at the end of the value{example}. Or take it out, if it is part of the text.",
        )

    def _explain_trailing_text(self) -> ScheduleError | None:
        """Return the problem of text behind a closing quotation mark or bracket, where that is what it is."""
        row, at = self._get_row(self.span.line), self.span.column - 1
        parts = _DELIMITED_VALUE.match(row)
        if parts is None or at <= parts.start("value"):
            return None
        value, sign = strip_comment(parts["value"]), parts["sign"]
        rest = max(1, len(row.rstrip()) - at)
        if sign in "[{":
            return make_error(
                Span(self.file, self.span.line, at + 1, rest),
                "bracket",
                "Text stands behind the closing bracket.",
                f"If the brackets are part of the text, put the whole value in quotes: {quote(value)}.",
            )
        if sign == row[at - 1] == "'" == value[-1]:
            return make_error(
                Span(self.file, self.span.line, at),
                "quote",
                "This apostrophe ends the text that began with `'`.",
                f'Put the value in "…": {quote(value[1:-1])}.',
            )
        return make_error(
            Span(self.file, self.span.line, at + 1, rest),
            "quote",
            "Text stands behind the closing quotation mark.",
            f"Put the whole value in one pair of quotes: {quote(value)}.",
        )

    def _explain_missing_colon(self, line: int = 0) -> ScheduleError:
        line = line or self.context.line
        row = self._get_row(line)
        place = Span(self.file, line, _measure_indent(row) + 1, max(1, len(row.strip())))
        if tight := _TIGHT_COLON.fullmatch(row):
            return make_error(
                place,
                "syntax",
                "A space is missing behind the colon.",
                f"Write `{tight['key']}: {strip_comment(tight['value'])}`.",
            )
        hint = "Write `key: value`, with a space after the colon. If it goes on with the text above, indent it further."
        above = self._get_row(line - 1) if line > 1 else ""
        if above.lstrip().startswith("- ") and _measure_indent(above) == _measure_indent(row):
            hint = f"If it is the next of the list, write `- ` before it: `- {row.strip()}`."
        return make_error(place, "syntax", "This line has no colon, so it is no key with a value.", hint)

    def _explain_wrong_indent(self) -> ScheduleError | None:
        row = self._get_row(self.span.line)
        return None if row[: self.span.column - 1].strip(" -") else self._explain_misaligned_line()

    def _explain_misaligned_line(self) -> ScheduleError:
        """Return the problem of a line that begins in a column of its own, with the column that is nearest."""
        line, row = self.span.line, self._get_row(self.span.line)
        place = Span(self.file, line, _measure_indent(row) + 1, max(1, len(row.strip())))
        levels = [level for level in self._iterate_levels(line) if level.dash == row.lstrip().startswith("- ")]
        hint = "Lines that belong together begin in the same column; use spaces."
        if levels:
            level = min(levels, key=lambda one: (abs(one.column - place.column), -one.column))
            hint = f"Put {level.column - 1} spaces before it" if level.column > 1 else "Take the spaces before it away"
            hint += f", so that it begins under `{level.word}` in line {level.line}."
        return make_error(place, "indent", "This line does not stand under the lines above it.", hint)

    def _iterate_levels(self, line: int) -> Iterator["_IndentLevel"]:
        """Yield the columns in which the lines above began what may still go on, the innermost first."""
        edge = len(self._get_row(line)) + max(map(len, self.lines))
        for number in range(line - 1, 0, -1):
            begins = _LINE_START.match(self._get_row(number))
            if begins is None or not strip_comment(begins["word"]):
                continue
            starts = [dash.start() for dash in re.finditer("-", begins["dashes"])]
            columns = [begins.end("indent") + start + 1 for start in starts] + [begins.start("word") + 1]
            for at, column in reversed(list(enumerate(columns))):
                if column < edge:
                    edge = column
                    is_dash = at < len(starts)
                    yield _IndentLevel(number, column, "-" if is_dash else begins["word"].rstrip(":"), is_dash)


@dataclass(frozen=True, slots=True)
class _IndentLevel:
    line: int
    column: int
    word: str
    dash: bool


def _measure_indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _format_line_numbers(numbers: Sequence[int]) -> str:
    return f"{'line' if len(numbers) == 1 else 'lines'} {join_list([str(number) for number in numbers])}"


_CONFLICT_MARK = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")
_TWO_COLONS = re.compile(r"(?P<key>[^:\"'#]+):\s+(?P<value>[^\"'\[{|>].*?:(?:\s.*|$))")
_TIGHT_COLON = re.compile(r"\s*(?:- )?(?P<key>[a-z_]+):(?P<value>[^\s/].*)")
_KEY_COLON = re.compile(r":(?:\s|$)")
_OPENING_BRACKET = re.compile(r"[\[{]")
_DELIMITED_VALUE = re.compile(r"\s*(?:- +)*(?:[^:'\"\[{#]+:\s+)?(?P<value>(?P<sign>['\"\[{]).*)")
_LINE_START = re.compile(r"(?P<indent> *)(?P<dashes>(?:- +)*)(?P<word>\S+)")


_EXPLANATIONS: tuple[tuple[str, Callable[[YamlErrorContext], ScheduleError | None]], ...] = (
    ("flow", YamlErrorContext._explain_bracket),
    (
        "cannot start any token|expected the node content|an alias|an anchor|block scalar",
        YamlErrorContext._explain_bad_start,
    ),
    ("mapping values are not allowed", YamlErrorContext._explain_second_colon),
    ("sequence entries are not allowed", YamlErrorContext._explain_list_after_key),
    ("escape", YamlErrorContext._explain_bad_escape),
    ("quoted scalar", YamlErrorContext._explain_open_quote),
    ("", YamlErrorContext._explain_trailing_text),
    ("", YamlErrorContext._explain_tab_indent),
    ("expected ':'", YamlErrorContext._explain_missing_colon),
    ("expected <block end>|did not find expected", YamlErrorContext._explain_wrong_indent),
)
"""In the words of PyYAML's pure reader; the first whose words were said, and that has something to say, is meant."""
