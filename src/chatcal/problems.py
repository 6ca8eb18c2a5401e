"""Problems as values: what is wrong, where, and what to do; shown as text, to GitHub, or as JSON."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import PurePosixPath

from chatcal.text import make_line_printable


class Severity(StrEnum):
    """How bad a problem is; the names are GitHub's."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one line of a file; line and column count from 1, in characters."""

    file: str
    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a schedule, or that its maintainer should know."""

    span: Span
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


MAX_PROBLEMS = 200
"""So many of one file or list are told at once: nobody reads more, and to find what was meant takes time."""


class ScheduleError(Exception):
    """Schedules cannot be read; carries every problem found so far."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class FeedError(Exception):
    """A published feed cannot be read, or chatcal has not written it."""


def make_error(span: Span, code: str, message: str, hint: str = "") -> ScheduleError:
    return ScheduleError([Problem(span, code, message, hint)])


make_warning = partial(Problem, severity=Severity.WARNING)
make_notice = partial(Problem, severity=Severity.NOTICE)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by their place, each once; those of one place the worst first, then as they were found."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.span, list(Severity).index(p.severity))))


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def filter_by_chapter(problems: Iterable[Problem], files: Iterable[str]) -> tuple[Problem, ...]:
    """Return the problems of some schedule files, and of the feeds of the same names."""
    wanted = {PurePosixPath(file).stem for file in files}
    return tuple(problem for problem in problems if PurePosixPath(problem.span.file).stem in wanted)


LINE_BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line in YAML."""


def split_lines(content: bytes) -> list[str]:
    """Return a file's lines as YAML counts them, with what is not UTF-8 replaced."""
    return LINE_BREAK.split(content.decode("utf-8", "replace"))


def format_problems(problems: Sequence[Problem], sources: Mapping[str, bytes | None]) -> str:
    """Return the problems for a person to read: the place, the line, a caret under the span, a hint."""
    files = {problem.span.file for problem in problems}
    lines = {file: split_lines(content) for file, content in sources.items() if content and file in files}
    return "".join(_format_problem(problem, lines.get(problem.span.file, [])) for problem in problems)


def _format_problem(problem: Problem, lines: Sequence[str]) -> str:
    span = problem.span
    file, message = make_line_printable(span.file), make_line_printable(problem.message)
    shown = f"{file}:{span.line}:{span.column}: {problem.severity}: {message} [{problem.code}]\n"
    if span.line <= len(lines) and (line := lines[span.line - 1]).strip():
        shown += _format_excerpt(line, span)
    if problem.hint:
        first, *more = problem.hint.split("\n")
        shown += f"  hint: {first}\n" + "".join(f"        {row}\n" for row in more)
    return shown


_MAX_EXCERPT_WIDTH = 100


def _format_excerpt(line: str, span: Span) -> str:
    start = max(0, span.column - _MAX_EXCERPT_WIDTH // 2) if len(line) > _MAX_EXCERPT_WIDTH else 0
    part = line[start : start + _MAX_EXCERPT_WIDTH]
    at = span.column - 1 - start
    gutter = " " * len(str(span.line))
    carets = "^" * max(1, sum(map(_count_cells, part[at : at + span.width])))
    shown = "".join(_make_visible(character) for character in part)
    before = "".join(" " * _count_cells(character) for character in part[:at])
    return f"  {span.line} | {shown}\n  {gutter} | {before}{carets}\n"


def _make_visible(character: str) -> str:
    if character == "\t":
        return "\N{RIGHTWARDS ARROW}"
    # A control or bidirectional mark would move the caret, or the terminal's cursor.
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _count_cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_MAX_ANNOTATIONS = 10
"""GitHub shows at most ten annotations of a kind for each step, and drops the rest."""


def format_annotations(problems: Sequence[Problem], folder: str = "") -> str:
    """Return the problems as GitHub workflow commands, at most ten of a kind, the rest as a count.

    `folder` is where the calendar is in its repository, with a slash at its end; empty where it is at the top.
    """
    rows, counts = [], Counter[Severity]()
    for problem in problems:
        counts[problem.severity] += 1
        if counts[problem.severity] <= _MAX_ANNOTATIONS:
            rows.append(_format_command(problem, folder))
    more = {severity: count - _MAX_ANNOTATIONS for severity, count in sorted(counts.items())}
    rows += [f"and {count} more of the kind: {severity}\n" for severity, count in more.items() if count > 0]
    return "".join(rows)


_DATA_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = _DATA_ESCAPES | str.maketrans({":": "%3A", ",": "%2C"})


def _format_command(problem: Problem, folder: str) -> str:
    span = problem.span
    message = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    file, title = (text.translate(_PROPERTY_ESCAPES) for text in (folder + span.file, problem.code))
    place = f"file={file},line={span.line},col={span.column},endColumn={span.column + span.width},title={title}"
    return f"::{problem.severity} {place}::{message.translate(_DATA_ESCAPES)}\n"


def format_problems_json(problems: Sequence[Problem]) -> str:
    """Return the problems as a JSON list of objects with the place, the code, the message and the hint."""
    rows = (asdict(problem) for problem in problems)
    return json.dumps([row.pop("span") | row for row in rows], indent=2) + "\n"
