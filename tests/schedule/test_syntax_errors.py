"""What YAML complains of, in the words of somebody who edits a schedule."""

import pytest

from chatcal.problems import Problem, ScheduleError, Span
from chatcal.schedule.parser import parse_document
from chatcal.schedule.quoting import find_unusual_space, find_value, quote, strip_comment
from chatcal.schedule.syntax_errors import YamlErrorContext, explain_yaml_error

FILE = "schedules/lanternchat.yaml"


def problem(text: str) -> Problem:
    """Return the one problem of a text that is no YAML."""
    with pytest.raises(ScheduleError) as error:
        parse_document(FILE, text.encode())
    (found,) = error.value.problems
    return found


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        # The gallery has the plain cases; these are their neighbours.
        (
            "a:\n  - b: 1\n   c: 2\n",
            ("indent", 3, 4, 4),
            "Indent it by 4 spaces in all, so that it begins under `b` in line 2.",
        ),
        (
            "a:\n  - b: 1\n # x\n\n   c: 2\n",
            ("indent", 5, 4, 4),
            "Indent it by 4 spaces in all, so that it begins under `b`",
        ),
        (
            "a:\n  b:\n    c: 1\n   d: 2\n",
            ("indent", 4, 4, 4),
            "Indent it by 4 spaces in all, so that it begins under `c`",
        ),
        (
            "a:\n    - b\n  - c\n",
            ("indent", 3, 3, 3),
            "Indent it by 4 spaces in all, so that it begins under `-` in line 2.",
        ),
        ("a: 1\n  - b: 2\n", ("indent", 2, 3, 6), "Lines that belong together begin in the same column; use spaces."),
        ("a: 1\n  b: 2\n", ("indent", 2, 3, 4), "Delete the spaces before it, so that it begins under `a`"),
        ("a\nb: 1\n", ("syntax", 1, 1, 1), "Write `a:`."),
        ("a:b\nc: 1\n", ("syntax", 1, 1, 3), "Write `a: b`."),
        ("a b\nc: 1\n", ("syntax", 1, 1, 3), "Write `key: value`, with a space after the colon."),
        ("- a\nb\n", ("syntax", 2, 1, 1), "If it is the next item of the list, write `- ` before it: `- b`."),
        ("https://x\nb: 1\n", ("syntax", 1, 1, 9), "Write `key: value`"),
        ("a: b: c # d\n", ("colon", 1, 4, 4), 'Put the value in quotes: a: "b: c".'),
        ("- a: b: c\n", ("colon", 1, 6, 4), 'Put the value in quotes: a: "b: c".'),
        ("a: 'x\n", ("quote", 1, 4, 1), "Close it at the end of the value: 'x'."),
        ("a: '\n", ("quote", 1, 4, 1), "Close it at the end of the value. Or delete it"),
        ('a: "x\\q"\n', ("quote", 1, 6, 1), "Use '…', in which a backslash is only a backslash: 'x\\q'."),
        ('a: "x\n  \\q"\n', ("quote", 2, 3, 1), "Use '…', in which a backslash is only a backslash."),
        ('a: "x" y # z\n', ("quote", 1, 8, 5), "Put the whole value in one pair of quotes: '\"x\" y'."),
        ("a: 'x' y\n", ("quote", 1, 8, 1), "Put the whole value in one pair of quotes: \"'x' y\"."),
        ("a: {b} c\n", ("bracket", 1, 8, 1), "If the brackets are part of the text"),
        ("a: [b, *]\n", ("sign", 1, 8, 1), 'Write "*".'),
        ("a: {b: @c, d: e}\n", ("sign", 1, 8, 2), 'Write "@c".'),
        ("a: [b, c\n", ("bracket", 1, 4, 1), "Close it, like `[b, c]`."),
        ("a: [b #c]\n", ("comment", 1, 7, 2), 'Put the value with the `#` in quotes: "#c".'),
        ("a:\n  [b,\n  c: d e: f]\n", ("bracket", 2, 3, 1), "Close it, like `[b,]`."),
        ("a: [b c: d, e: {f g: h i: j}]\n", ("bracket", 1, 16, 1), "Put commas between the values"),
        ("a:\t- b\n", ("tab", 1, 3, 1), "Write a space instead."),
        ("\u00a0- a\n\u00a0b: c\n", ("space", 2, 1, 1), "Delete it, and type a space"),
        ("a: |x\n", ("sign", 1, 4, 2), 'Write "|x".'),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_write(
    text: str, place: tuple[str, int, int, int], hint: str
) -> None:
    found = problem(text)
    span = found.span
    assert (found.code, span.line, span.column, span.width) == place
    assert hint in found.hint


def test_what_has_no_words_of_its_own_is_said_in_those_of_yaml() -> None:
    place = Span(FILE)
    context = YamlErrorContext(["%YAML 7.0"], "found incompatible\n YAML document", place, place)
    (found,) = explain_yaml_error(context).problems
    assert (found.code, found.span) == ("syntax", place)
    assert found.message == "YAML cannot read this line: found incompatible YAML document."


@pytest.mark.parametrize(
    ("text", "written"),
    [("a b", '"a b"'), ('a "b"', "'a \"b\"'"), ('it\'s "b"', "'it''s \"b\"'"), ("it's", '"it\'s"'), ("a\\b", "'a\\b'")],
)
def test_a_text_is_put_into_quotes_that_yaml_reads_back(text: str, written: str) -> None:
    assert quote(text) == written
    node = parse_document(FILE, written.encode())[0]
    assert getattr(node, "text", None) == text


def test_a_value_ends_before_a_comment_and_within_brackets_before_a_comma() -> None:
    assert strip_comment("a #b # c") == "a #b"
    assert find_value("x: a, b] # c", 4) == "a, b]"
    assert find_value("x: [a, b] # c", 5) == "a"
    assert find_value("x: {a: ]}", 8) == "]"


@pytest.mark.parametrize(("row", "column"), [("\u00a0a: 1", 1), ("  - \u2003a: 1", 5), ("  - a:\u00a01", 7)])
def test_a_space_that_is_none_is_found_where_a_key_begins_and_ends(row: str, column: int) -> None:
    found = find_unusual_space(FILE, 1, row)
    assert found is not None
    assert found.span.column == column


@pytest.mark.parametrize("row", ["  - a: 1", "\ta: 1", "a:\t1", "a: Question\u00a0: b", ""])
def test_other_spaces_are_left_alone(row: str) -> None:
    assert find_unusual_space(FILE, 1, row) is None
