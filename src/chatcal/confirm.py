"""Write into a chapter's file that a person confirmed it, and change no other character."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from chatcal import build, checks, nodes, schedule, source
from chatcal.asked import UnknownChapterError, find_chapters
from chatcal.nodes import Scalar
from chatcal.problem import LINE_BREAK, Problem, ScheduleError, make_error, sort_problems

_CONFIRMED_KEY = "confirmed"
_CHAPTER_KEY_NAMES = [key.name for key in schedule.CHAPTER_KEYS]
_PRECEDING_KEYS = frozenset(_CHAPTER_KEY_NAMES[: _CHAPTER_KEY_NAMES.index(_CONFIRMED_KEY)])
"""The keys that stand before it in a chapter, as the format lists them."""

_LINE_PATTERN = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The files to write, by path; or what is wrong with the chapters' files, and with names that no chapter has."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()


def confirm_chapters(sources: build.SourceFiles, names: Iterable[str], now: datetime) -> Confirmation:
    """Return the files of chapters, each named as for `asked`, with `confirmed` set to the day of a moment (aware)."""
    schedules, problems = build.read_project(sources, (), now)
    if schedules is None:
        return Confirmation({}, sort_problems(problems))
    problems += checks.run_checks(schedules)
    files: dict[str, bytes] = {}
    wrong: list[Problem] = []
    unknown: list[str] = []
    for name in dict.fromkeys(names):
        try:
            found = find_chapters(schedules, problems, name)
            wrong += found.errors
            for chapter in found.chapters:
                files[chapter.file] = set_confirmed(chapter.file, sources[chapter.file] or b"", now.date())
        except UnknownChapterError as error:
            unknown.append(str(error))
        except ScheduleError as error:
            wrong += error.problems
    return Confirmation({} if wrong or unknown else files, sort_problems(wrong), tuple(unknown))


def set_confirmed(file: str, octets: bytes, day: date) -> bytes:
    """Return the octets of a chapter's file with `confirmed` set to a day.

    Takes the file's name, for messages, and its octets, which must have been read without errors. Where there is no
    `confirmed`, it goes behind the keys that the format lists before it. Raises Invalid where the present date does not
    stand on the line of its key.
    """
    rows = _LINE_PATTERN.findall(octets.decode())
    root = cast(nodes.Mapping, source.parse_document(file, octets)[0])
    index, column = root.span.line - 1, root.span.column - 1
    if old := next(
        (value for key, value in root.pairs if key.text == _CONFIRMED_KEY and isinstance(value, Scalar)), None
    ):
        row = rows[old.span.line - 1]
        begin = old.span.column - 1 + (0 if old.plain else 1)
        end = begin + len(old.text)
        if row[begin:end] != old.text:
            raise make_error(
                old.span,
                "date",
                "The date does not stand here whole.",
                f"Write it in one line: `{_CONFIRMED_KEY}: {old.text}`.",
            )
        rows[old.span.line - 1] = f"{row[:begin]}{day}{row[end:]}"
    elif rows[index][column] == "{":
        rows[index] = f"{rows[index][: column + 1]}{_CONFIRMED_KEY}: {day}, {rows[index][column + 1 :]}"
    else:
        _insert_row(rows, _find_insert_place(root, rows), f"{' ' * column}{_CONFIRMED_KEY}: {day}")
    return "".join(rows).encode()


def _find_insert_place(root: nodes.Mapping, rows: list[str]) -> int:
    """Return how many rows stand before the one to insert: up to the end of the value that it goes behind."""
    last = max(number for number, (key, _) in enumerate(root.pairs) if key.text in _PRECEDING_KEYS)
    remark = re.compile(rf" {{0,{root.span.column - 1}}}#|\.\.\.\s*$")
    if last + 1 == len(root.pairs):
        place = len(rows)
        while not rows[place - 1].strip() or remark.match(rows[place - 1]):
            place -= 1
        return place
    place = root.pairs[last + 1][0].span.line - 1
    # Remarks right above a key are about that key.
    while remark.match(rows[place - 1]):
        place -= 1
    while not rows[place - 1].strip():
        place -= 1
    return place


def _insert_row(rows: list[str], place: int, row: str) -> None:
    ending = LINE_BREAK.search(rows[0])
    end = ending[0] if ending else "\n"
    if not LINE_BREAK.search(rows[place - 1]):
        rows[place - 1] += end
    rows.insert(place, row + end)
