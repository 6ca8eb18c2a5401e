"""YAML to nodes: what is read keeps its text and its place, what is refused is told, and nothing else happens."""

import time
from contextlib import suppress
from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from chatcal.problems import LINE_BREAK, MAX_PROBLEMS, Problem, ScheduleError, Span, format_problems
from chatcal.schedule import parser
from chatcal.schedule.format import parse_calendar, parse_chapter
from chatcal.schedule.nodes import Mapping, Node, RefusedNode, Scalar, Sequence
from chatcal.schedule.parser import decode_source, parse_document
from tests.support.calendars import ROOT
from tests.support.gallery import schedule_texts

FILE = "schedules/lanternchat.yaml"


def pairs(text: str) -> dict[str, Node]:
    """Return the keys and values of a text in which nothing is refused."""
    node, problems = parse_document(FILE, text.encode())
    assert problems == ()
    assert isinstance(node, Mapping)
    return {key.text: value for key, value in node.pairs}


def refused(text: str) -> list[tuple[str, int, int]]:
    """Return the code, line and column of everything that is refused in a text."""
    try:
        _, problems = parse_document(FILE, text.encode())
    except ScheduleError as error:
        problems = error.problems
    return [(problem.code, problem.span.line, problem.span.column) for problem in problems]


@pytest.mark.parametrize("typed", ["13:00", "no", "2026-03-04", "1_000", "~", "0o17", ".inf", "Null", "=", "12e3"])
def test_a_value_is_the_text_that_was_typed(typed: str) -> None:
    assert pairs(f"at: {typed}\n") == {"at": Scalar(typed, Span(FILE, 1, 5, len(typed)))}


def test_every_node_knows_its_place() -> None:
    found = pairs('name: "A b"\nchats:\n  - {every: day}\n  - x\n')
    assert found["name"] == Scalar("A b", Span(FILE, 1, 7, 5), plain=False)
    chats = found["chats"]
    assert isinstance(chats, Sequence)
    assert [one.span for one in chats.items] == [Span(FILE, 3, 5), Span(FILE, 4, 5)]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_editor_ends_them(line_break: str) -> None:
    assert [node.span.line for node in pairs(line_break.join(["a: 1", "b: 2", "c: 3"])).values()] == [1, 2, 3]


def test_a_text_of_several_lines_is_pointed_at_by_its_first() -> None:
    assert pairs("about: one\n  two\n")["about"] == Scalar("one two", Span(FILE, 1, 8, 3))
    assert pairs("about: >-\n  one\n  two\n")["about"] == Scalar("one two", Span(FILE, 1, 8, 2), plain=False)


def test_columns_count_characters_and_not_octets() -> None:
    assert [key.span for key in [pairs("{ä: é, b: c}")["b"]]] == [Span(FILE, 1, 11, 1)]


@pytest.mark.parametrize(
    ("typed", "part", "place"),
    [
        ("2026-03-05 8pm", "8pm", (1, 12, 3)),
        ("'2026-03-05 8pm'", "8pm", (1, 13, 3)),
        ('"2026-03-05\\x208pm"', "8pm", (1, 1, 19)),
        ("2026-03-05\n  8pm", "8pm", (1, 1, 10)),
    ],
)
def test_a_part_of_a_value_is_pointed_at_where_that_can_be_told(
    typed: str, part: str, place: tuple[int, int, int]
) -> None:
    node = parse_document(FILE, typed.encode())[0]
    assert isinstance(node, Scalar)
    assert node.find_part(part) == Span(FILE, *place)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: &x 1\n", [("anchor", 1, 4)]),
        ("a: [*x, *x, *y]\n", [("anchor", 1, 5), ("anchor", 1, 13)]),
        ("<<: {a: 1}\n", [("anchor", 1, 1)]),
        ("*x : 1\n", [("anchor", 1, 1)]),
        ("a: !!str 1\n", [("tag", 1, 4)]),
        ("a: !x {b: 1}\n", [("tag", 1, 4)]),
        ("a: 1\nb: 2\na: 3\n", [("duplicate-key", 3, 1)]),
        ("'<<': 1\n", []),
        ("? {a: 1}\n: 2\n", [("syntax", 1, 3)]),
        ("a: 1 #b\n", [("comment", 1, 6)]),
        ("a: 1 # b\n", []),
        ("a: b#c\n", []),
        ("a: '1' #b\n", []),
        ("#a: 1\nb: 2\n", []),
        ('a: "x\\ty"\n', [("tab", 1, 4)]),
        ('a: "x\\u2028y"\n', [("control-character", 1, 4)]),
        ("a: x\n--- \nb: y\n", [("second-document", 2, 1)]),
        ("a: x\n...\n", []),
        ("--- \na: x\n", []),
        ("", [("empty", 1, 1)]),
        ("---\n", []),
        ("a: \x07\n", [("control-character", 1, 4)]),
        ("a: x\x85y\n", [("control-character", 1, 5)]),
        ("[" * 30, [("nesting", 1, 22)]),
        ("[" * 20 + "]" * 20, []),
    ],
)
def test_what_the_format_refuses_is_told_with_its_place(text: str, places: list[tuple[str, int, int]]) -> None:
    assert refused(text) == places


def test_a_value_that_is_refused_is_left_unread_and_the_rest_is_read() -> None:
    node, problems = parse_document(FILE, b"hashtag: #lantern\nname: Lantern\n")
    assert isinstance(node, Mapping)
    assert [type(value) for _, value in node.pairs] == [RefusedNode, Scalar]
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("octets", "code", "column"),
    [
        (b"\xef\xbb\xbfa: 1", "encoding", 1),
        ("a: 1".encode("utf-16"), "encoding", 1),
        ("a: 1".encode("utf-16-be"), "encoding", 1),
        ("a: 1".encode("utf-16-le"), "encoding", 1),
        (b"a: \x001", "control-character", 4),
        (b"a: caf\xe9", "encoding", 7),
        (b"a: \x81", "encoding", 4),
        (b"# " + b"x" * 256 * 1024, "too-large", 1),
    ],
)
def test_octets_that_are_no_plain_utf_8_are_refused(octets: bytes, code: str, column: int) -> None:
    with pytest.raises(ScheduleError) as error:
        decode_source(FILE, octets)
    (problem,) = error.value.problems
    assert (problem.code, problem.span.column) == (code, column)


def test_a_file_of_the_largest_size_is_read() -> None:
    assert decode_source(FILE, b"x" * 256 * 1024)


TEXTS = [
    *(path.read_text("utf-8") for path in sorted((ROOT / "schedules").glob("*.yaml"))),
    *schedule_texts(),
]
"""The shipped schedules, and those that are bad already."""

snippets = st.sampled_from(
    [
        *"[]{}:-#&*!|>'\"%@`,?\\ \t\n\r~<=.",
        *(": ", "- ", " #", "#x", "  ", "\n  ", "---\n", "...\n", "&a ", "*a", "!!x ", "<<: "),
        *("\u00a0", "\u2028", "\x00", "\ufeff", "é", "燈", "🗼"),
        *("every", "chats:", "at: 13:00", "2026-03-04", "sessions:\n"),
    ]
)
"""What YAML takes offence at, or reads in a way of its own."""


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a schedule after a few slips of the keyboard."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        first = draw(st.integers(0, len(text)))
        last = min(len(text), first + draw(st.integers(0, 12)))
        text = text[:first] + draw(st.one_of(st.just(""), snippets, st.text(max_size=3))) + text[last:]
    return text


def chapter_or_problems(octets: bytes) -> tuple[Problem, ...]:
    """Read octets as a chapter; return its problems, which must lie in the file and can be shown."""
    try:
        parse_chapter(FILE, octets)
    except ScheduleError as error:
        problems = error.problems
    else:
        return ()
    assert problems
    rows = LINE_BREAK.split(octets.decode("utf-8", "replace"))
    for problem in problems:
        assert 1 <= problem.span.line <= len(rows), problem
        assert 1 <= problem.span.column <= len(rows[problem.span.line - 1]) + 1, problem
        assert problem.hint, problem
    assert format_problems(problems, {FILE: octets})
    return problems


@given(st.one_of(st.text(), st.lists(snippets, max_size=40).map("".join)))
@example("? ")
@example("- - -\n -")
def test_any_text_gives_a_chapter_or_problems(text: str) -> None:
    chapter_or_problems(text.encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_any_octets_give_a_chapter_or_problems(octets: bytes) -> None:
    chapter_or_problems(octets)


@given(mutated())
def test_a_schedule_with_slips_gives_a_chapter_or_problems(text: str) -> None:
    chapter_or_problems(text.encode("utf-8", "surrogatepass"))


@given(mutated())
def test_chatcal_yaml_with_slips_gives_a_calendar_or_problems(text: str) -> None:
    # Any other exception fails the test.
    with suppress(ScheduleError):
        parse_calendar(text.encode("utf-8", "surrogatepass"))


def by(loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader], text: str) -> Node | None:
    """Return what one of YAML's two readers makes of a text; None where it refuses it, or the format does."""
    try:
        node, problems = parser._DocumentParser(
            FILE, decode_source(FILE, text.encode("utf-8", "surrogatepass"))
        ).parse_root(loader, "")
    except (yaml.MarkedYAMLError, ScheduleError):
        return None
    return None if problems else without_width(node)


def without_width(node: Node) -> Node:
    """Return a node whose spans have no width: the two readers end a text of several lines in different places."""
    here = replace(node, span=replace(node.span, width=1))
    if isinstance(here, Sequence):
        return replace(here, items=tuple(map(without_width, here.items)))
    if isinstance(here, Mapping):
        return replace(
            here, pairs=tuple((replace(key, span=Span(FILE)), without_width(one)) for key, one in here.pairs)
        )
    return here


@given(st.one_of(st.lists(snippets, max_size=20).map("".join), mutated()))
def test_libyaml_and_the_pure_reader_agree(text: str) -> None:
    fast, pure = (by(loader, text) for loader in (yaml.CBaseLoader, yaml.BaseLoader))
    # The pure reader refuses a few tabs that libyaml takes; what it reads, libyaml reads in the same way.
    assert pure is None or fast == pure


@pytest.mark.parametrize(
    "text",
    [
        "[" * 250_000,
        "a: " * 80_000,
        "- " * 120_000,
        "x:\n" + "  - y: z\n" * 25_000,
        "a: b #c\n" * 30_000,
        "a: '" + "x\n" * 120_000,
        "every: " + "wensday and " * 20_000,
        "chats: [{every: " + "Wensday and " * 20_000 + "}]",
        "chats: [{at: " + "1-" * 120_000 + "}]",
        "timezone: " + "Toronto/" * 30_000,
        "website: " + "a." * 120_000,
        "a: &a [" + "*a, " * 60_000 + "]",
        "".join(f"key{number}: x\n" for number in range(16_000)),
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.slow
def test_the_worst_text_is_dealt_with_soon(text: str) -> None:
    began = time.process_time()
    chapter_or_problems(text.encode())
    assert time.process_time() - began < 20


def test_no_more_is_told_to_be_refused_than_one_reads() -> None:
    with pytest.raises(ScheduleError) as error:
        parse_document(FILE, b"hosts: [" + b"!a x, " * 10_000 + b"]\n")
    assert len(error.value.problems) == MAX_PROBLEMS
