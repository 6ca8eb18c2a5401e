"""Take a mapping apart by a table of its keys; every problem of the mapping is collected before any is raised."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatcal import source
from chatcal.problem import Invalid, Problem, Span, invalid
from chatcal.source import Mapping, Node, Scalar, Unread

Read = Callable[[Node], Any]
"""Turns a node into a value, or raises Invalid."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a mapping may have: how its value is read, and into which field of the dataclass it goes."""

    name: str
    read: Read
    required: bool = False
    field: str = ""


def read_mapping(node: Node, what: str, keys: Sequence[Key], elsewhere: str = "") -> dict[str, Any]:
    """Return the values of a mapping by the names of their fields.

    Takes the node, what it is called in messages ("a chat"), its table of keys, and where to look for a key that is
    not of the table. Raises Invalid with every problem: not a mapping, unknown keys, missing ones, values that cannot
    be read.
    """
    if not isinstance(node, Mapping):
        raise not_a(
            node,
            f"{what}, which is written as `key: value` lines",
            "Write its keys below each other.",
        )
    table = {key.name: key for key in keys}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in node.pairs:
        key = table.get(name.text)
        if key is None:
            problems.append(_unknown(name, what, table, elsewhere))
            continue
        try:
            values[key.field or key.name] = key.read(value)
        except Invalid as error:
            problems.extend(error.problems)
    present = {name.text for name, _ in node.pairs}
    problems.extend(
        Problem(
            span=node.span,
            code="missing-key",
            message=f"{what[0].upper()}{what[1:]} needs `{key.name}:`.",
            hint=f"Add a line `{key.name}: …`.",
        )
        for key in keys
        if key.required and key.name not in present
    )
    if problems:
        raise Invalid(problems)
    return values


def _unknown(name: Scalar, what: str, table: dict[str, Key], elsewhere: str) -> Problem:
    hint = elsewhere or f"{what[0].upper()}{what[1:]} may have: {', '.join(table)}."
    if close := nearest(name.text, table):
        hint = f"Did you mean `{close}`?"
    return Problem(
        span=name.span,
        code="unknown-key",
        message=f"{what[0].upper()}{what[1:]} has no key `{name.text}`.",
        hint=hint,
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that somebody most likely meant, if one is near."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def each(read: Read, what: str) -> Read:
    """Return a reader of lists whose items `read` takes; `what` names the list in messages."""

    def read_each(node: Node) -> tuple[Any, ...]:
        if not isinstance(node, source.Sequence):
            raise not_a(node, f"a list of {what}", "Write each on a line of its own, with `- ` before it.")
        return collect(read, node.items)

    return read_each


def collect(read: Callable[[Any], Any], items: Iterable[Any]) -> tuple[Any, ...]:
    """Return what `read` makes of each item; raises Invalid with the problems of all."""
    values = []
    problems: list[Problem] = []
    for item in items:
        try:
            values.append(read(item))
        except Invalid as error:
            problems.extend(error.problems)
    if problems:
        raise Invalid(problems)
    return tuple(values)


def scalar(node: Node, what: str) -> Scalar:
    """Return the node if it is a text with something in it; `what` says in messages what is wanted."""
    if not isinstance(node, Scalar):
        hint = f"Write {what} behind the colon."
        if isinstance(node, Mapping) and node.pairs and (first := node.pairs[0])[0].plain:
            value = first[1].text if isinstance(first[1], Scalar) else "…"
            hint = f'If it is one text, put it in quotes: "{first[0].text}: {value}".'
        raise not_a(node, what, hint)
    if not node.text.strip():
        raise invalid(node.span, "empty-value", "Nothing stands here.", f"Write {what}, or take the key out.")
    return node


def not_a(node: Node, wanted: str, hint: str) -> Invalid:
    """Return the problem of a value of the wrong shape; nothing where the value is reported already."""
    if isinstance(node, Unread):
        return Invalid([])
    found = {Scalar: "a text", source.Sequence: "a list", Mapping: "`key: value` lines"}[type(node)]
    return invalid(node.span, "shape", f"This is {found}; what is wanted is {wanted}.", hint)


def not_together(one: str, others: Iterable[str], spans: dict[str, Span], why: str) -> list[Problem]:
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


def key_spans(node: Node) -> dict[str, Span]:
    """Return where each key of a mapping stands."""
    return {name.text: name.span for name, _ in node.pairs} if isinstance(node, Mapping) else {}
