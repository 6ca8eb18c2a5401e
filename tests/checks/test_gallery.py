"""Every bad schedule of the gallery gets the text that somebody has read; the docs show the same ones."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.problems import Severity, split_lines
from tests.support import gallery
from tests.support.gallery import AROUND, MEANINGS, Case, cases, code_of, codes, page, problems, section_cases

CASES = cases()
MENDED = [case for case in CASES if case.mended is not None]

NO_LINE_MENDS = {
    "too-large": "the file is to be cut down",
    "too-many": "the file is to be cut down",
    "link": "the file itself is to be put there",
    "no-schedules": "files are to be brought back",
    "folder": "the file is to be moved",
    "upstream": "the other calendar is to be mended",
    "feed-cut": "it is for the maintainer of the calendar to choose what goes",
    "feed-too-large": "it is for the maintainer of the calendar to choose what goes",
    "too-much-text": "its author alone can make a text shorter",
    "zone-data": "nobody has made a mistake",
    "clock": "no schedule file is wrong",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_schedule_gets_the_text_that_was_read(case: Case) -> None:
    assert case.printed() == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_named_after_its_problem(case: Case) -> None:
    assert code_of(case.name) in {problem.code for problem in case.problems}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_problem_lies_within_its_file_and_says_what_to_do(case: Case) -> None:
    for problem in case.problems:
        assert problem.message.endswith(".")
        assert problem.hint
        span = problem.span
        rows = split_lines(case.tree.get(span.file) or b"")
        assert 1 <= span.line <= len(rows)
        assert 1 <= span.column <= len(rows[span.line - 1]) + 1
        assert span.column + span.width <= max(len(rows[span.line - 1]), span.column) + 1


@pytest.mark.parametrize("case", MENDED, ids=lambda case: case.name)
def test_the_mended_schedule_has_no_error_and_not_that_problem(case: Case) -> None:
    assert case.mended is not None
    found = problems(case.mended)
    assert code_of(case.name) not in {problem.code for problem in found}
    assert [problem for problem in found if problem.severity is Severity.ERROR] == []


def test_the_schedules_around_a_case_are_sound() -> None:
    assert problems(AROUND) == ()


def test_every_code_has_a_mended_case_or_a_reason_why_no_line_mends_it() -> None:
    assert {code_of(case.name) for case in MENDED} | set(NO_LINE_MENDS) == codes()


def test_every_code_has_its_meaning() -> None:
    assert {code for meanings in MEANINGS.values() for code in meanings} == codes()


@pytest.mark.parametrize("group", MEANINGS)
def test_a_case_stands_in_the_file_of_its_section(group: str) -> None:
    assert {code_of(case.name) for case in section_cases(group)} == MEANINGS[group].keys()


def test_the_page_of_problems_is_the_one_made_of_the_gallery() -> None:
    assert gallery.PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize(
    "name", ["time", "comment", "chatcal-months", "no-slot", "encoding-latin-1", "feed-gone", "overlap"]
)
def test_the_command_prints_what_the_gallery_shows(name: str, tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.name == name)
    for path, octets in case.tree.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(octets or b"")
    words = ["-C", str(tmp_path), "check", "--now", "2026-03-01T00:00:00Z"]
    result = CliRunner().invoke(cli.run_chatcal, words, catch_exceptions=False)
    assert result.stdout == case.expected
    assert result.exit_code == any(problem.severity is Severity.ERROR for problem in case.problems)
