"""Mappings taken apart by a table of keys."""

import pytest

from chatcal.english import closest_match
from chatcal.problems import MAX_PROBLEMS, Problem, ScheduleError, Span, make_error
from chatcal.schedule.fields import (
    Key,
    check_exclusive,
    find_key_spans,
    make_list_reader,
    read_all,
    read_mapping,
    require_scalar,
    wrong_shape,
)
from chatcal.schedule.nodes import Node, RefusedNode
from chatcal.schedule.parser import parse_document
from chatcal.schedule.text_values import read_text

FILE = "schedules/lanternchat.yaml"
THING = (
    Key("name", "its name", read_text, needed="Fog"),
    Key("from", "its begin", read_text, field="first"),
    Key("topic", "its topic", read_text),
    Key("hosts", "its hosts", make_list_reader(read_text, "hosts")),
)


def node(yaml: str) -> Node:
    """Return the node of a text, whatever is refused in it."""
    return parse_document(FILE, yaml.encode())[0]


def problems(yaml: str) -> list[tuple[str, str]]:
    """Return the codes and hints of what is wrong with a text as a thing."""
    with pytest.raises(ScheduleError) as error:
        read_mapping(node(yaml), "a thing", THING, {"price": "Ask the cashier."})
    return [(problem.code, problem.hint) for problem in error.value.problems]


def test_values_come_by_the_names_of_their_fields() -> None:
    assert read_mapping(node("name: a\nfrom: b\n"), "a thing", THING) == {"name": "a", "first": "b"}


def test_every_problem_of_a_mapping_is_told_at_once() -> None:
    assert problems("from:\ntopics: x\nhosts: Ada\n") == [
        ("empty-value", "Write a text; if there is none, delete the line."),
        ("unknown-key", "Did you mean `topic`?"),
        ("shape", "Write each on a line of its own, with `- ` before it:\n  - Ada"),
        ("missing-key", "Add `name: Fog`."),
    ]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("Name", "Did you mean `name`?"),
        ("topci", "Did you mean `topic`?"),
        ("start", "Did you mean `from`?"),
        ("Speakers", "Did you mean `hosts`?"),
        ("topic:x", "Put a space after the colon: `topic: x`."),
        ("price", "Ask the cashier."),
        ("zzz", "A thing may have: name, from, topic, hosts."),
        ("zzz:x", "A thing may have: name, from, topic, hosts."),
    ],
)
def test_an_unknown_key_gets_the_one_that_was_meant(key: str, hint: str) -> None:
    assert problems(f"name: a\n{key}: x\n") == [("unknown-key", hint)]


@pytest.mark.parametrize(
    "yaml", ["name: #fog\n", "name: *x\n", "name: a\nhosts: [*x]\n", "*x : a\n", "<<: {name: a}\n"]
)
def test_of_what_was_refused_before_nobody_complains_again(yaml: str) -> None:
    assert problems(yaml) == []


@pytest.mark.parametrize(
    ("yaml", "hint"),
    [
        ("name:Fog", "Put a space after each colon: `name: Fog`."),
        ("Fog", "Write its keys below each other, like `name: Fog`."),
        ("[name, Fog]", "Write its keys below each other, without `- ` before them and without square brackets."),
    ],
)
def test_what_is_no_mapping_is_told_how_to_become_one(yaml: str, hint: str) -> None:
    assert problems(yaml) == [("shape", hint)]


def test_a_key_that_is_not_needed_has_no_example() -> None:
    with pytest.raises(ScheduleError) as error:
        read_mapping(node("Fog"), "a thing", THING[1:])
    assert error.value.problems[0].hint == "Write its keys below each other, like `from: …`."


LIST = "Write each on a line of its own, with `- ` before it:"


@pytest.mark.parametrize(
    ("yaml", "hint"),
    [
        ("Ada, Bo and Cy", f"{LIST}\n  - Ada\n  - Bo\n  - Cy"),
        ("Ada & Bo; Cy", f"{LIST}\n  - Ada\n  - Bo\n  - Cy"),
        ("'@ada, Andy'", f'{LIST}\n  - "@ada"\n  - Andy'),
        ("''", LIST),
        ("{a: b}", "Write `- ` before the first line of each: `- a: b`."),
        ("{a: [b]}", LIST + "\n  - "),
        ("{}", LIST + "\n  - "),
    ],
)
def test_what_is_no_list_is_told_how_to_become_one(yaml: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        make_list_reader(read_text, "hosts")(node(yaml))
    assert [problem.hint for problem in error.value.problems] == [hint]


@pytest.mark.parametrize(
    ("yaml", "message", "hint"),
    [
        ("{a: b}", "A date belongs here; this is a group of `key: value` lines.", 'quotes: "a: b".'),
        ("{a b}", "A date belongs here; this is a group of `key: value` lines.", "without brackets: `a b`."),
        (
            "{a: [b]}",
            "A date belongs here; this is a group of `key: value` lines.",
            "Write a date after the colon.",
        ),
        (
            "{'a': b}",
            "A date belongs here; this is a group of `key: value` lines.",
            "Write a date after the colon.",
        ),
        ("{}", "A date belongs here; this is a group of `key: value` lines.", "Write a date after the colon."),
        ("[a]", "A date belongs here; this is a list.", "Write it alone: `a`."),
        ("[a, b]", "A date belongs here; this is a list.", "Write a date after the colon."),
        ("' '", "The value is missing.", "Write a date; if there is none, delete the line."),
    ],
)
def test_what_is_no_text_is_told_how_to_become_one(yaml: str, message: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        require_scalar(node(yaml), "a date")
    (problem,) = error.value.problems
    assert problem.message == message
    assert problem.hint.endswith(hint)


def test_where_nothing_stands_that_is_said_and_no_shape() -> None:
    (problem,) = wrong_shape(node("a:\n").pairs[0][1], "A list belongs here", "Write it.").problems  # type: ignore[union-attr] # a mapping
    assert (problem.code, problem.message) == ("empty-value", "A list belongs here, but the value is missing.")
    assert wrong_shape(RefusedNode(Span(FILE)), "A list belongs here", "Write it.").problems == ()


def test_what_cannot_be_read_of_a_list_is_told_of_all_items() -> None:
    def even(number: int) -> int:
        if number % 2:
            raise make_error(Span(FILE, number), "odd", f"{number} is odd.")
        return number

    assert read_all(even, [2, 4]) == (2, 4)
    with pytest.raises(ScheduleError) as error:
        read_all(even, [1, 2, 3])
    assert [problem.span.line for problem in error.value.problems] == [1, 3]


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert closest_match("WENSDAY", ["Monday", "Wednesday"]) == "Wednesday"
    assert closest_match("x", ["Monday", "Wednesday"]) is None


def test_keys_that_stand_together_are_told_at_the_second() -> None:
    spans = find_key_spans(node("a: 1\nb: 2\n"))
    assert spans == {"a": Span(FILE, 1, 1, 1), "b": Span(FILE, 2, 1, 1)}
    assert find_key_spans(node("[a]")) == {}
    expected = Problem(span=spans["b"], code="together", message="`b` cannot be used with `a`.", hint="Why.")
    assert check_exclusive("a", ["b", "c"], spans, "Why.") == [expected]
    assert check_exclusive("c", ["b"], spans, "Why.") == []


def test_no_more_problems_of_a_list_are_told_than_one_reads() -> None:
    with pytest.raises(ScheduleError) as error:
        read_mapping(node("name: a\nhosts: [" + "'', " * 10_000 + "]"), "a thing", THING)
    assert len(error.value.problems) == MAX_PROBLEMS
