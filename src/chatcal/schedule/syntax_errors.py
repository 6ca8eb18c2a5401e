"""What YAML's own errors mean to someone who does not know YAML."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatcal.english import format_count, join_list
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.schedule.quoting import (
    SWALLOWED,
    find_lookalike,
    find_unusual_space,
    find_value,
    quote,
    strip_comment,
)


@dataclass(frozen=True, slots=True)
class YamlErrorContext:
    """What YAML says of a file: its message, the place it stopped at, and where what it was reading began."""

    lines: Sequence[str]
    message: str
    span: Span
    context: Span

    @property
    def row(self) -> str:
        return self.get_row(self.span.line)

    def get_row(self, line: int) -> str:
        return self.lines[line - 1]

    def locate(self, line: int, column: int, width: int = 1) -> Span:
        return Span(self.span.file, line, column, max(1, width))

    def locate_row(self, line: int) -> Span:
        row = self.get_row(line)
        return self.locate(line, _measure_indent(row) + 1, len(row.strip()))


def explain_yaml_error(error: YamlErrorContext) -> ScheduleError:
    """Return the problem in the words of someone who edits a schedule, with its place and a hint."""
    for words, explain in _EXPLANATIONS:
        if re.search(words, error.message) and (problem := explain(error)):
            return problem
    message = f"YAML cannot read this line: {' '.join(error.message.split())}."
    return make_error(error.span, "syntax", message, "Compare it with the lines above, or put the value in quotes.")


_CONFLICT_MARK = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")


def _explain_merge_conflict(error: YamlErrorContext) -> ScheduleError | None:
    marks = [number for number, line in enumerate(error.lines, 1) if _CONFLICT_MARK.match(line)]
    if not marks:
        return None
    where = f"{'line' if len(marks) == 1 else 'lines'} {join_list(list(map(str, marks)))}"
    message = f"Git could not merge two versions of this file, and left its marks: {where}."
    signs = "`<<<<<<<`, `=======` and `>>>>>>>`"
    hint = f"Keep the lines between them that are right; delete the lines that begin with {signs}."
    return make_error(error.locate_row(marks[0]), "conflict", message, hint)


def _explain_unusual_space(error: YamlErrorContext) -> ScheduleError | None:
    lines = (error.span.line, error.context.line)
    spaces = [space for line in lines if (space := find_unusual_space(error.span.file, line, error.get_row(line)))]
    return ScheduleError(spaces[:1]) if spaces else None


def _explain_lookalike(error: YamlErrorContext) -> ScheduleError | None:
    # YAML takes such a row for a key, or for text, and notices only below it that something is wrong.
    above = next((line for line in range(error.span.line - 1, 0, -1) if strip_comment(error.get_row(line))), 1)
    for line in sorted({error.span.line, above, error.context.line}):
        if first := find_lookalike(error.span.file, line, error.get_row(line)):
            begin = error.get_row(line)[: first.span.column]
            rows = (number for number, row in enumerate(error.lines, 1) if row.startswith(begin))
            alike = (find_lookalike(error.span.file, number, error.get_row(number)) for number in rows)
            return ScheduleError(one for one in alike if one)
    return None


_OPENING_BRACKET = re.compile(r"[\[{]")


def _explain_bracket(error: YamlErrorContext) -> ScheduleError:
    opened = _find_open_bracket(error)
    if opened is None:
        hint = (
            "Put commas between the values, like `{every: Sunday, at: 13:00}`, and quotes around a value that has a "
            'comma or a colon itself, like `{topic: "Lamps: a talk"}`.'
        )
        message = "A comma is missing in these brackets, or quotation marks."
        return make_error(error.context, "bracket", message, hint)
    row = error.get_row(opened.line)
    if swallowed := SWALLOWED.search(row, opened.column):
        word = swallowed["word"].rstrip(",]}")
        place = error.locate(opened.line, swallowed.start("word") + 1, len(word))
        message = f"`{word}` would be a comment, and the bracket is never closed."
        return make_error(place, "comment", message, f"Put the value with the `#` in quotes: {quote(word)}.")
    value = strip_comment(row[opened.column - 1 :])
    closed = value + ("]" if value.startswith("[") else "}")
    hint = f"Close it, like `{closed}`. A value with `#`, `:`, `,` or brackets needs quotes."
    return make_error(opened, "bracket", "This bracket is never closed.", hint)


def _find_open_bracket(error: YamlErrorContext) -> Span | None:
    """Return the last bracket that stays open on its line; YAML may notice only lines later."""
    for number in range(error.context.line, 0, -1):
        code = SWALLOWED.split(error.get_row(number))[0]
        brackets = list(_OPENING_BRACKET.finditer(code))
        if brackets and (code.count("[") > code.count("]") or code.count("{") > code.count("}")):
            return error.locate(number, brackets[-1].start() + 1)
    return None


def _explain_bad_start(error: YamlErrorContext) -> ScheduleError:
    span = error.context if re.search("an alias|an anchor|block scalar", error.message) else error.span
    row = error.get_row(span.line)
    sign = row[span.column - 1 : span.column]
    if sign == "\t":
        return _explain_tab_indent(error) or make_error(span, "tab", _TAB_MESSAGE, "Write a space instead.")
    if row.strip().startswith("```"):
        hint = "Delete this line. It only frames the text on the page from which that was copied."
        return make_error(error.locate_row(span.line), "sign", "A schedule has no line with three backticks.", hint)
    value = find_value(row, span.column)
    name = "a backtick" if sign == "`" else f"`{sign}`"
    place = error.locate(span.line, span.column, len(value))
    return make_error(place, "sign", f"A value cannot begin with {name} without quotes.", f"Write {quote(value)}.")


_TAB_MESSAGE = "There is a tab where YAML requires spaces."
_MAX_TABS = 100
"""So many lines with tabs are told at once."""


def _explain_tab_indent(error: YamlErrorContext) -> ScheduleError | None:
    """Return the problem of every line that a tab indents, if this is one, with the spaces that each needs."""
    if "\t" not in _find_indent(error.row) and "\t" not in _find_indent(error.get_row(error.context.line)):
        return None
    found: list[Problem] = []
    lines = list(error.lines)
    for number, row in enumerate(error.lines, 1):
        indent = _find_indent(row)
        if "\t" in indent and len(found) < _MAX_TABS:
            text = re.sub(r"^-\s+", "- ", row.strip())
            spaces = _count_spaces(replace(error, lines=lines, span=error.locate(number, 1)), indent, text)
            lines[number - 1] = " " * spaces + text
            hint = f"Indent it by {format_count(spaces, 'space')} in all, without a tab: `{text}`."
            place = error.locate(number, indent.index("\t") + 1)
            found.append(Problem(place, "tab", _TAB_MESSAGE, hint))
    return ScheduleError(found)


def _find_indent(row: str) -> str:
    """Return what stands before the first word of a row: spaces, tabs, the `-` of a list."""
    return row[: len(row) - len(row.lstrip("- \t"))]


def _count_spaces(error: YamlErrorContext, indent: str, text: str) -> int:
    """Return how far a row that a tab indents should be indented, below rows without tabs."""
    above = next((row for row in reversed(error.lines[: error.span.line - 1]) if strip_comment(row)), "")
    if strip_comment(above).endswith(":"):
        return len(_find_indent(above)) + 2
    levels = [span.column - 1 for span, word in _list_levels(error) if (word == "-") == text.startswith("- ")]
    width = _measure_indent(indent.expandtabs(4) + "x")
    return min(levels, key=lambda level: abs(level - width), default=2)


_TWO_COLONS = re.compile(r"(?P<key>[^:\"'#]+):\s+(?P<value>[^\"'\[{|>].*?:(?:\s.*|$))")
_KEY_COLON = re.compile(r":(?:\s|$)")


def _explain_second_colon(error: YamlErrorContext) -> ScheduleError:
    if parts := _TWO_COLONS.fullmatch(error.row):
        value = strip_comment(parts["value"])
        straight = value.strip("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
        place = error.locate(error.span.line, parts.start("value") + 1, len(value))
        message = "This value contains a colon followed by a space, which begins a new key in YAML."
        hint = f"Put the value in quotes: {parts['key'].strip().removeprefix('- ')}: {quote(straight)}."
        return make_error(place, "colon", message, hint)
    above = [number for number in range(1, error.span.line) if strip_comment(error.get_row(number))]
    if above and not _KEY_COLON.search(error.get_row(above[-1])):
        return _explain_missing_colon(error, above[-1])
    return _report_misaligned_line(error)


def _explain_list_after_key(error: YamlErrorContext) -> ScheduleError:
    hint = f"Write it on the next line, indented: `  {error.row[error.span.column - 1 :].strip()}`."
    return make_error(error.span, "indent", "A list cannot begin on the line of its key.", hint)


def _explain_bad_escape(error: YamlErrorContext) -> ScheduleError:
    at = max(error.row.rfind("\\", 0, error.span.column), 0)
    value = strip_comment(error.row[error.context.column - 1 :]) if error.context.line == error.span.line else ""
    inner = value[1:-1] if len(value) > 1 and value.endswith('"') else ""
    message = 'Inside "…" a backslash begins a code, and YAML does not know this code.'
    hint = f"Use '…', in which a backslash is only a backslash{f': {quote(inner)}' if inner else ''}."
    return make_error(error.locate(error.span.line, at + 1), "quote", message, hint)


def _explain_open_quote(error: YamlErrorContext) -> ScheduleError:
    value = strip_comment(error.get_row(error.context.line)[error.context.column - 1 :])
    sign = value[0]
    example = f": {value}{sign}" if len(value) > 1 and not value.endswith(sign) else ""
    hint = f"Close it at the end of the value{example}. Or delete it, if it is part of the text."
    return make_error(error.context, "quote", "This quotation mark is never closed.", hint)


_DELIMITED_VALUE = re.compile(r"\s*(?:- +)*(?:[^:'\"\[{#]+:\s+)?(?P<value>(?P<sign>['\"\[{]).*)")


def _explain_trailing_text(error: YamlErrorContext) -> ScheduleError | None:
    line, row, at = error.span.line, error.row, error.span.column - 1
    parts = _DELIMITED_VALUE.match(row)
    if parts is None or at <= parts.start("value"):
        return None
    value, sign = strip_comment(parts["value"]), parts["sign"]
    rest = error.locate(line, at + 1, len(row.rstrip()) - at)
    if sign in "[{":
        hint = f"If the brackets are part of the text, put the whole value in quotes: {quote(value)}."
        return make_error(rest, "bracket", "There is text after the closing bracket.", hint)
    if sign == row[at - 1] == "'" == value[-1]:
        hint = f'Put the value in "…": {quote(value[1:-1])}.'
        return make_error(error.locate(line, at), "quote", "This apostrophe ends the text that began with `'`.", hint)
    hint = f"Put the whole value in one pair of quotes: {quote(value)}."
    return make_error(rest, "quote", "There is text after the closing quotation mark.", hint)


_TIGHT_COLON = re.compile(r"\s*(?:- )?(?P<key>[a-z_]+):(?P<value>[^\s/].*)")


def _explain_missing_colon(error: YamlErrorContext, line: int | None = None) -> ScheduleError:
    line = line or error.context.line
    row, place = error.get_row(line), error.locate_row(line)
    if tight := _TIGHT_COLON.fullmatch(row):
        hint = f"Write `{tight['key']}: {strip_comment(tight['value'])}`."
        return make_error(place, "syntax", "A space is missing after the colon.", hint)
    hint = "Write `key: value`, with a space after the colon. If it continues the text above, indent it further."
    if re.fullmatch(r"[a-z_]+| *\d{4}-\d\d-\d\d", row):
        hint = f"Write `{row.strip()}:`."
    above = error.get_row(line - 1) if line > 1 else ""
    if above.lstrip().startswith("- ") and _measure_indent(above) == _measure_indent(row):
        hint = f"If it is the next item of the list, write `- ` before it: `- {row.strip()}`."
    return make_error(place, "syntax", "This line has no colon, so it is not a key with a value.", hint)


def _explain_wrong_indent(error: YamlErrorContext) -> ScheduleError | None:
    return None if error.row[: error.span.column - 1].strip(" -") else _report_misaligned_line(error)


def _report_misaligned_line(error: YamlErrorContext) -> ScheduleError:
    """Return the problem of a line that begins in a column of its own, with the column that is nearest."""
    place = error.locate_row(error.span.line)
    is_dash = error.row.lstrip().startswith("- ")
    levels = [(span, word) for span, word in _list_levels(error) if (word == "-") == is_dash]
    hint = "Lines that belong together begin in the same column; use spaces."
    if levels:
        level, word = min(levels, key=lambda one: (abs(one[0].column - place.column), -one[0].column))
        indent = f"Indent it by {level.column - 1} spaces in all" if level.column > 1 else "Delete the spaces before it"
        hint = f"{indent}, so that it begins under `{word}` in line {level.line}."
    return make_error(place, "indent", "This line is not aligned with the lines above it.", hint)


_LINE_START = re.compile(r" *(?:- +)*(?P<word>\S+)")


def _list_levels(error: YamlErrorContext) -> Iterator[tuple[Span, str]]:
    """Yield what the lines above began and may still go on, a key or `-` with its place; the innermost first."""
    edge = len(error.row) + max(map(len, error.lines))
    for number in range(error.span.line - 1, 0, -1):
        begins = _LINE_START.match(error.get_row(number))
        if begins is None or not strip_comment(begins["word"]):
            continue
        for found in reversed(list(re.finditer(r"\S+", begins[0]))):
            if found.start() < edge:
                edge = found.start()
                yield error.locate(number, edge + 1), found[0].rstrip(":")


def _measure_indent(row: str) -> int:
    return len(row) - len(row.lstrip())


_EXPLANATIONS: tuple[tuple[str, Callable[[YamlErrorContext], ScheduleError | None]], ...] = (
    ("", _explain_merge_conflict),
    ("", _explain_unusual_space),
    ("", _explain_lookalike),
    ("flow", _explain_bracket),
    ("cannot start any token|expected the node content|an alias|an anchor|block scalar", _explain_bad_start),
    ("mapping values are not allowed", _explain_second_colon),
    ("sequence entries are not allowed", _explain_list_after_key),
    ("escape", _explain_bad_escape),
    ("quoted scalar", _explain_open_quote),
    ("", _explain_trailing_text),
    ("", _explain_tab_indent),
    ("expected ':'", _explain_missing_colon),
    ("expected <block end>|did not find expected", _explain_wrong_indent),
)
"""By words of PyYAML's pure reader. The first whose words are in the message, and that finds its problem, is meant."""
