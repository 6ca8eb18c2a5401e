"""Take a mapping apart by a table of its keys; every problem of the mapping is collected before any is raised."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.schedule import nodes
from chatcal.schedule.nodes import Mapping, Node, RefusedNode, Scalar
from chatcal.schedule.quoting import quote
from chatcal.schedule.suggestions import suggest_key

Reader = Callable[[Node], Any]
"""Turns a node into a value, or raises Invalid."""


KeyHints = dict[str, str]
"""What to do about keys that belong elsewhere, by their name."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a mapping may have: what it says, how it is read, and into which field of the dataclass it goes.

    A key that may not be missing has an example, which tells what to write.
    """

    name: str
    about: str
    """For people who write it, in the words of docs/schedules.md."""
    read: Reader
    needed: str = ""
    field: str = ""


def read_mapping(node: Node, what: str, keys: Sequence[Key], elsewhere: KeyHints | None = None) -> dict[str, Any]:
    """Return the values of a mapping by the names of their fields.

    Takes the node, what it is called in messages ("a chat"), its table of keys, and hints for keys that belong
    elsewhere. Raises Invalid with every problem: not a mapping, unknown keys, missing ones, values that cannot be
    read; with none of its own where a value was refused before.
    """
    if not isinstance(node, Mapping):
        raise wrong_shape(node, f"{_capitalize(what)} is written as `key: value` lines", _suggest_mapping(node, keys))
    table = {key.name: key for key in keys}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    complete = node.whole
    for name, value in node.pairs:
        key = table.get(name.text)
        if key is None:
            problems.append(_report_unknown_key(name, what, table, elsewhere or {}))
            continue
        try:
            values[key.field or key.name] = key.read(value)
        except ScheduleError as error:
            problems.extend(error.problems)
            complete = False
    present = {name.text for name, _ in node.pairs}
    problems.extend(
        Problem(
            span=node.span,
            code="missing-key",
            message=f"{_capitalize(what)} needs `{key.name}:`.",
            hint=f"Add `{key.name}: {key.needed}`.",
        )
        for key in keys
        if key.needed and key.name not in present and node.whole
    )
    if problems or not complete:
        raise ScheduleError(problems)
    return values


def _capitalize(what: str) -> str:
    return what[0].upper() + what[1:]


def _suggest_mapping(node: Node, keys: Sequence[Key]) -> str:
    """Return how to write what stands here as keys with values."""
    if isinstance(node, Scalar) and (tight := re.match(r"([a-z_]+):(\S+)", node.text)):
        return f"Put a space behind each colon: `{tight[1]}: {tight[2]}`."
    if isinstance(node, nodes.Sequence):
        return "Write its keys below each other, without `- ` before them and without square brackets."
    return f"Write its keys below each other, like `{keys[0].name}: {keys[0].needed or '…'}`."


def _report_unknown_key(name: Scalar, what: str, table: dict[str, Key], elsewhere: KeyHints) -> Problem:
    hint = f"{_capitalize(what)} may have: {', '.join(table)}."
    key, colon, value = name.text.partition(":")
    if colon and key in table:
        hint = f"Put a space behind the colon: `{key}: {value}`."
    elif meant := suggest_key(name.text, table):
        hint = f"Did you mean `{meant}`?"
    elif name.text in elsewhere:
        hint = elsewhere[name.text]
    return Problem(
        span=name.span,
        code="unknown-key",
        message=f"{_capitalize(what)} has no key `{name.text}`.",
        hint=hint,
    )


@dataclass(frozen=True, slots=True)
class ListReader:
    """A reader of lists whose items `read` takes.

    `what` names the list in messages; the example is an item of it, where what stands there instead may be none.
    """

    read: Reader
    what: str
    example: str = ""

    def __call__(self, node: Node) -> tuple[Any, ...]:
        """Return what the items are; raises Invalid with the problems of all."""
        if not isinstance(node, nodes.Sequence):
            raise wrong_shape(node, f"A list of {self.what} is wanted here", _suggest_list(node, self.example))
        return read_all(self.read, node.items)


def _suggest_list(node: Node, example: str) -> str:
    """Return how to write what stands here as a list."""
    if isinstance(node, Mapping) and node.pairs and isinstance(first := node.pairs[0][1], Scalar):
        return f"Write `- ` before the first line of each: `- {node.pairs[0][0].text}: {first.text}`."
    lines = [example]
    if isinstance(node, Scalar) and not example:
        lines = [one.strip() for one in re.split(r"[,;&]|\band\b", node.text) if one.strip()]
    return "\n".join(
        ["Write each on a line of its own, with `- ` before it:", *(f"  - {_quote_if_needed(one)}" for one in lines)]
    )


def _quote_if_needed(text: str) -> str:
    return quote(text) if text.startswith(("@", "#")) else text


def read_all(read: Callable[[Any], Any], items: Iterable[Any]) -> tuple[Any, ...]:
    """Return what `read` makes of each item; raises Invalid with the problems of all."""
    values = []
    failed: list[ScheduleError] = []
    for item in items:
        try:
            values.append(read(item))
        except ScheduleError as error:
            failed.append(error)
    if failed:
        raise ScheduleError([problem for error in failed for problem in error.problems])
    return tuple(values)


def require_scalar(node: Node, what: str) -> Scalar:
    """Return the node if it is a text with something in it; `what` says in messages what is wanted."""
    if not isinstance(node, Scalar):
        raise wrong_shape(node, f"{_capitalize(what)} is wanted here", _suggest_scalar(node, what))
    if not node.text.strip():
        raise make_error(
            node.span,
            "empty-value",
            "Nothing stands here.",
            f"Write {what}; where there is none, take the whole line out.",
        )
    return node


def _suggest_scalar(node: Node, what: str) -> str:
    """Return how to write what stands here as one text."""
    if isinstance(node, Mapping) and node.pairs and node.pairs[0][0].plain:
        key, value = node.pairs[0]
        if isinstance(value, Scalar) and value.text:
            return f"If it is one text, put it in quotes: {quote(f'{key.text}: {value.text}')}."
        if isinstance(value, Scalar):
            return f"If it is text, write it without brackets: `{key.text}`."
    if isinstance(node, nodes.Sequence) and len(node.items) == 1 and isinstance(node.items[0], Scalar):
        return f"Write it alone: `{node.items[0].text}`."
    return f"Write {what}, behind the colon."


def wrong_shape(node: Node, wanted: str, hint: str) -> ScheduleError:
    """Return the problem of a value of the wrong shape; nothing where the value is reported already.

    `wanted` is the first half of a sentence that says what should stand there.
    """
    if isinstance(node, RefusedNode):
        return ScheduleError([])
    if isinstance(node, Scalar) and not node.text.strip():
        return make_error(node.span, "empty-value", f"{wanted}, and nothing stands here.", hint)
    found = {Scalar: "a text", nodes.Sequence: "a list", Mapping: "a group of `key: value` lines"}[type(node)]
    return make_error(node.span, "shape", f"{wanted}; this is {found}.", hint)


def check_exclusive(one: str, others: Iterable[str], spans: dict[str, Span], why: str) -> list[Problem]:
    """Return a problem for each of the keys that stand beside `one` and may not."""
    return [
        Problem(
            span=spans[other],
            code="together",
            message=f"`{other}` cannot stand beside `{one}`.",
            hint=why,
        )
        for other in others
        if one in spans and other in spans
    ]


def find_key_spans(node: Node) -> dict[str, Span]:
    """Return where each key of a mapping stands."""
    return {name.text: name.span for name, _ in node.pairs} if isinstance(node, Mapping) else {}
