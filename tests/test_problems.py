"""Problems as text, as GitHub's annotations, as JSON."""

import json

from chatcal.problems import (
    Problem,
    ScheduleError,
    Severity,
    Span,
    filter_by_chapter,
    format_annotations,
    format_problems,
    format_problems_json,
    has_errors,
    make_error,
    make_notice,
    make_warning,
    sort_problems,
    split_lines,
)

FILE = "schedules/lanternchat.yaml"


def one(line: str, column: int, width: int = 1, hint: str = "") -> str:
    """Return the rows below the first of a problem with a line of a file."""
    problem = Problem(span=Span(FILE, 1, column, width), code="date", message="No.", hint=hint)
    text = format_problems([problem], {FILE: line.encode()})
    first, _, rest = text.partition("\n")
    assert first == f"{FILE}:1:{column}: error: No. [date]"
    return rest


def test_the_caret_stands_under_the_span() -> None:
    assert one("from: tomorrow", 7, 8) == "  1 | from: tomorrow\n    |       ^^^^^^^^\n"


def test_a_hint_may_have_several_lines() -> None:
    assert one("", 1, hint="Write:\na\nb") == "  hint: Write:\n        a\n        b\n"


def test_the_gutter_is_as_wide_as_the_number_of_the_line() -> None:
    problem = Problem(span=Span(FILE, 12, 2), code="date", message="No.")
    assert format_problems([problem], {FILE: b"\n" * 11 + b"ab"}).endswith("  12 | ab\n     |  ^\n")


def test_signs_of_two_cells_and_of_none_move_the_caret() -> None:
    assert one("燈台: x", 5) == "  1 | 燈台: x\n    |       ^\n"
    assert one("e\u0301t: x", 5) == "  1 | e\u0301t: x\n    |    ^\n"
    assert one("ab\u0e31c", 4) == "  1 | ab\u0e31c\n    |   ^\n"


def test_a_tab_is_seen_and_a_sign_that_moves_the_cursor_is_not_let_out() -> None:
    assert one("\ta\x1b[2J\u202eb", 2) == "  1 | →a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}b\n    |  ^\n"


def test_of_a_long_line_the_part_about_the_span_is_shown() -> None:
    shown = one("x" * 300 + "HERE" + "y" * 300, 301, 4)
    assert shown == f"  1 | {'x' * 49}HERE{'y' * 47}\n    | {' ' * 49}^^^^\n"


def test_a_span_beyond_the_end_of_the_line_or_the_file_is_shown_as_far_as_it_goes() -> None:
    assert one("at:", 4) == "  1 | at:\n    |    ^\n"
    assert one("", 1) == ""
    assert (
        format_problems([Problem(span=Span("gone.yaml"), code="date", message="No.")], {"gone.yaml": None}).count("\n")
        == 1
    )


def test_lines_are_counted_as_yaml_counts_them() -> None:
    assert split_lines(b"a\r\nb\rc\nd\x0ce\xff") == ["a", "b", "c", "d\x0ce\N{REPLACEMENT CHARACTER}"]


def test_problems_are_sorted_by_place_and_kept_in_the_order_they_were_found_at_one() -> None:
    second = Problem(span=Span(FILE, 2), code="b", message="Found first.")
    third = Problem(span=Span(FILE, 2), code="a", message="Found second.")
    last = make_notice(Span(FILE, 2), "a", "A notice.")
    first = make_warning(Span(FILE, 1, 9), "z", "A warning.")
    assert sort_problems([last, second, third, first, second]) == (first, second, third, last)


def test_only_errors_stop_a_build() -> None:
    assert not has_errors([make_warning(Span(FILE), "a", "A."), make_notice(Span(FILE), "a", "A.")])
    assert has_errors(make_error(Span(FILE), "a", "A.").problems)


def test_problems_of_a_chapter_are_those_of_its_file_and_of_its_feed() -> None:
    files = ("schedules/fogchat.yaml", "feeds/fogchat.ics", "schedules/lanternchat.yaml", "chatcal.yaml")
    found = [make_warning(Span(file), "a", "A.") for file in files]
    assert filter_by_chapter(found, ["schedules/fogchat.yaml"]) == tuple(found[:2])


def test_what_is_raised_says_what_it_carries() -> None:
    problems = [Problem(span=Span(FILE), code="a", message=message) for message in ("One.", "Two.")]
    assert str(ScheduleError(problems)) == "One.; Two."


def test_github_gets_its_signs_escaped() -> None:
    problem = Problem(
        span=Span("schedules/a,b:c%.yaml", 3, 5, 4),
        code="date",
        message="100 % wrong, say: 1.",
        hint="Line one\r\nline: two",
    )
    assert format_annotations([problem]) == (
        "::error file=schedules/a%2Cb%3Ac%25.yaml,line=3,col=5,endColumn=9,title=date::"
        "100 %25 wrong, say: 1.%0ALine one%0D%0Aline: two\n"
    )


def test_github_gets_ten_of_a_kind_and_the_count_of_the_rest() -> None:
    errors = [Problem(span=Span(FILE, line), code="a", message="A.") for line in range(1, 13)]
    notices = [make_notice(Span(FILE, line), "a", "A.") for line in range(1, 11)]
    rows = format_annotations([*errors, *notices]).splitlines()
    assert [row.split()[0] for row in rows] == ["::error"] * 10 + ["::notice"] * 10 + ["and"]
    assert rows[-1] == "and 2 more of the kind: error"


def test_a_message_cannot_begin_a_command_of_its_own() -> None:
    problem = Problem(span=Span(FILE), code="a", message="x\n::warning::y")
    assert format_annotations([problem]).count("\n") == 1


def test_json_has_one_flat_object_for_each() -> None:
    assert json.loads(format_problems_json([make_notice(Span(FILE, 2, 3, 4), "a", "Ä.", "Hint.")])) == [
        {
            "file": FILE,
            "line": 2,
            "column": 3,
            "width": 4,
            "code": "a",
            "message": "Ä.",
            "hint": "Hint.",
            "severity": Severity.NOTICE,
        }
    ]
    assert format_problems_json([]) == "[]\n"
