"""Read a mapping by a table of its keys. All problems of a mapping are collected before any is raised."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from chatcal.english import capitalize
from chatcal.problems import MAX_PROBLEMS, Problem, ScheduleError, Span, make_error
from chatcal.schedule import nodes
from chatcal.schedule.nodes import Mapping, Node, RefusedNode, Scalar
from chatcal.schedule.quoting import quote
from chatcal.schedule.suggestions import suggest_key

Value = TypeVar("Value")
Schema = dict[str, Any]
"""JSON Schema (draft-07)."""


@dataclass(frozen=True, slots=True)
class Reader(Generic[Value]):
    """Turns a node into a value, or raises ScheduleError; its schema tells editors what it accepts."""

    read: Callable[[Node], Value]
    schema: Schema

    def __call__(self, node: Node) -> Value:
        return self.read(node)


def make_reader(schema: Schema) -> Callable[[Callable[[Node], Value]], Reader[Value]]:
    """Return a decorator that gives a function the schema of the values that it accepts."""
    return lambda read: Reader(read, schema)


def build_text_schema(pattern: str, hint: str, *other_types: str) -> Schema:
    """Return the schema of texts of a pattern; the other types are what YAML may take such a text for."""
    types = ["string", *other_types] if other_types else "string"
    return {"type": types, "pattern": pattern, "patternErrorMessage": hint}


def ignore_case(text: str) -> str:
    """Return the pattern of a text whose letters may be small or capital; JSON Schema has no flag for that."""
    # To Python the kelvin sign is one more capital K.
    other = {"k": "K\N{KELVIN SIGN}"}
    return "".join(f"[{sign}{other.get(sign, sign.upper())}]" if sign.isalpha() else sign for sign in text)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a mapping may have: what it means, how its value is read, and the dataclass field that takes it."""

    name: str
    about: str
    """In the words of docs/schedules.md."""
    read: Reader[Any]
    needed: str = ""
    """An example of the value, if the key is required."""
    field: str = ""


def build_mapping_schema(keys: Sequence[Key]) -> Schema:
    properties = {key.name: {"description": f"{capitalize(key.about)}.", **key.read.schema} for key in keys}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    needed = [key.name for key in keys if key.needed]
    return schema | {"required": needed} if needed else schema


def build_names_schema(pattern: str, schema: Schema) -> Schema:
    """Return the schema of a mapping whose keys are names of a pattern."""
    return {"type": "object", "patternProperties": {pattern: schema}, "additionalProperties": False}


Hints = dict[str, str]
"""What to do with keys that belong elsewhere, by their names."""


def read_mapping(node: Node, what: str, keys: Sequence[Key], elsewhere: Hints | None = None) -> dict[str, Any]:
    """Return the values of a mapping by the names of their fields; raises ScheduleError with every problem.

    `what` names it in messages ("a chat"); of keys that belong elsewhere a hint says where.
    """
    if not isinstance(node, Mapping):
        raise wrong_shape(node, f"{capitalize(what)} is written as `key: value` lines", _suggest_mapping(node, keys))
    table = {key.name: key for key in keys}

    def read_pair(pair: tuple[Scalar, Node]) -> tuple[str, Any]:
        name, value = pair
        if key := table.get(name.text):
            return key.field or key.name, key.read(value)
        hint = (
            suggest_key(name.text, table, texts)
            or (elsewhere or {}).get(name.text, "")
            or f"{capitalize(what)} may have: {', '.join(table)}."
        )
        raise make_error(name.span, "unknown-key", f"{capitalize(what)} has no key `{name.text}`.", hint)

    texts = find_key_texts(node)
    present = find_key_spans(node)
    missing = {
        name: Problem(node.span, "missing-key", f"{capitalize(what)} needs `{name}:`.", f"Add `{name}: {key.needed}`.")
        for name, key in table.items()
        if key.needed and name not in present and node.whole
    }
    try:
        values = dict(read_all(read_pair, node.pairs))
    except ScheduleError as error:
        # What is only misspelt is not missing, too.
        hints = {problem.hint for problem in error.problems}
        left = (one for name, one in missing.items() if f"Did you mean `{name}`?" not in hints)
        raise ScheduleError([*error.problems, *left]) from None
    if missing or not node.whole:
        raise ScheduleError(missing.values())
    return values


def _suggest_mapping(node: Node, keys: Sequence[Key]) -> str:
    if isinstance(node, Scalar) and (tight := re.match(r"([a-z_]+):(\S+)", node.text)):
        return f"Put a space after each colon: `{tight[1]}: {tight[2]}`."
    if isinstance(node, nodes.Sequence):
        return "Write its keys below each other, without `- ` before them and without square brackets."
    example = next((key for key in keys if key.needed), keys[0])
    return f"Write its keys below each other, like `{example.name}: {example.needed or '…'}`."


MAX_ITEMS = 20_000


def make_list_reader(
    read: Reader[Value], what: str, example: str = "", most: int = MAX_ITEMS, begins: Collection[str] = ()
) -> Reader[tuple[Value, ...]]:
    """Return a reader of lists; `what` names the list in messages, the example is an item of it.

    An item with none of the keys in `begins` continues the one above it, and says so.
    """

    @make_reader({"type": "array", "items": read.schema})
    def read_list(node: Node) -> tuple[Value, ...]:
        if not isinstance(node, nodes.Sequence):
            raise wrong_shape(node, f"A list of {what} belongs here", _suggest_list(node, example))
        check_count(node.items, most, what, node.span)
        items, problems = _join_items(node.items, what, begins, read.schema.get("properties", {}))
        try:
            found = read_all(read, items)
        except ScheduleError as error:
            raise ScheduleError([*problems, *error.problems]) from None
        raise_problems(problems)
        return found

    return read_list


def _join_items(
    items: Iterable[Node], what: str, begins: Collection[str], known: Collection[str]
) -> tuple[list[Node], list[Problem]]:
    """Return items, each with what only a wrong `- ` cuts off from it, and a problem for each cut."""
    joined: list[Node] = []
    problems = []
    for item in items:
        above = joined[-1] if begins and joined else None
        if isinstance(item, Mapping) and isinstance(above, Mapping) and item.pairs:
            first, names = item.pairs[0][0], {key.text for key, _ in item.pairs}
            is_new = names & {*begins, *(key.text for key, _ in above.pairs)} or not names <= set(known)
            # In brackets an item begins before its first key.
            if not is_new and first.span.column == item.span.column:
                message = f"The `-` before `{first.text}` begins another item of the {what}."
                hint = f"If `{first.text}` belongs to the item above, write a space instead of the `-`."
                problems.append(Problem(first.span, "indent", message, hint))
                joined[-1] = replace(above, pairs=(*above.pairs, *item.pairs))
                continue
        joined.append(item)
    return joined, problems


def _suggest_list(node: Node, example: str) -> str:
    if isinstance(node, Mapping) and node.pairs and isinstance(first := node.pairs[0][1], Scalar):
        return f"Write `- ` before the first line of each: `- {node.pairs[0][0].text}: {first.text}`."
    items = [example]
    if isinstance(node, Scalar) and not example:
        found = [one.strip() for one in re.split(r"[,;&]|\band\b", node.text)]
        items = [quote(one) if one.startswith(("@", "#")) else one for one in found if one]
    return "\n".join(["Write each on a line of its own, with `- ` before it:", *(f"  - {item}" for item in items)])


def check_count(items: Sequence[object], most: int, what: str, where: Span) -> None:
    """Raise ScheduleError if there are more than can be worked with; `what` names them in the message."""
    if len(items) > most:
        message = f"There are {len(items):,} {what} here; {most:,} is the most."
        raise make_error(where, "too-many", message, "Delete those that are over, or divide the file into chapters.")


Item = TypeVar("Item")


def read_all(read: Callable[[Item], Value], items: Iterable[Item]) -> tuple[Value, ...]:
    """Return what `read` makes of each item; raises ScheduleError with the problems of all."""
    values: list[Value] = []
    failed: list[ScheduleError] = []
    for item in items:
        try:
            values.append(read(item))
        except ScheduleError as error:
            failed.append(error)
            if len(failed) == MAX_PROBLEMS:
                break
    if failed:
        raise ScheduleError(problem for error in failed for problem in error.problems)
    return tuple(values)


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise ScheduleError if there are any problems."""
    if found := list(problems):
        raise ScheduleError(found)


def read_one_or_more(read: Callable[[Node], Value], node: Node, what: str, most: int) -> tuple[Value, ...]:
    """Read one value, or a list of them; `what` and `most` are those of `check_count`."""
    items = node.items if isinstance(node, nodes.Sequence) else (node,)
    check_count(items, most, what, node.span)
    return read_all(read, items)


def require_scalar(node: Node, what: str) -> Scalar:
    """Return the node if it is a text that is not empty; `what` says in messages what belongs there."""
    if not isinstance(node, Scalar):
        raise wrong_shape(node, f"{capitalize(what)} belongs here", _suggest_scalar(node, what))
    if not node.text.strip():
        hint = f"Write {what}; if there is none, delete the line."
        raise make_error(node.span, "empty-value", "The value is missing.", hint)
    return node


def _suggest_scalar(node: Node, what: str) -> str:
    if isinstance(node, Mapping) and node.pairs and node.pairs[0][0].plain:
        key, value = node.pairs[0]
        if isinstance(value, Scalar) and value.text:
            return f"If it is one text, put it in quotes: {quote(f'{key.text}: {value.text}')}."
        if isinstance(value, Scalar):
            return f"If it is text, write it without brackets: `{key.text}`."
    if isinstance(node, nodes.Sequence) and len(node.items) == 1 and isinstance(node.items[0], Scalar):
        return f"Write it alone: `{node.items[0].text}`."
    return f"Write {what} after the colon."


def wrong_shape(node: Node, wanted: str, hint: str) -> ScheduleError:
    """Return the problem of a value of the wrong shape; nothing if the parser has reported the value already.

    `wanted` is the first half of a sentence that says what belongs there.
    """
    if isinstance(node, RefusedNode) or (isinstance(node, Mapping) and not node.whole and not node.pairs):
        return ScheduleError([])
    if isinstance(node, Scalar) and not node.text.strip():
        return make_error(node.span, "empty-value", f"{wanted}, but the value is missing.", hint)
    found = {Scalar: "a text", nodes.Sequence: "a list", Mapping: "a group of `key: value` lines"}[type(node)]
    return make_error(node.span, "shape", f"{wanted}; this is {found}.", hint)


def check_exclusive(one: str, others: Iterable[str], spans: dict[str, Span], hint: str) -> list[Problem]:
    """Return a problem for each of the other keys that is present although `one` is."""
    return [
        Problem(spans[other], "together", f"`{other}` cannot be used with `{one}`.", hint)
        for other in others
        if one in spans and other in spans
    ]


def read_named_values(
    node: Node, read: Callable[[Scalar, Node], Value], *, what: str, most: int, wanted: str, hint: str
) -> tuple[Value, ...]:
    """Read a mapping whose keys are names; `wanted` and the hint say what belongs there instead of something else."""
    if not isinstance(node, Mapping):
        raise wrong_shape(node, wanted, hint)
    check_count(node.pairs, most, what, node.span)
    return read_all(lambda pair: read(*pair), node.pairs)


def find_key_spans(node: Node) -> dict[str, Span]:
    return {name.text: name.span for name, _ in node.pairs} if isinstance(node, Mapping) else {}


def find_key_texts(node: Node) -> dict[str, str]:
    """Return the values of a mapping that are texts."""
    pairs = node.pairs if isinstance(node, Mapping) else ()
    return {name.text: value.text for name, value in pairs if isinstance(value, Scalar)}
