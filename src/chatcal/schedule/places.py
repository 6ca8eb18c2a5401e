"""Readers of where chats meet, and of links: rooms, coordinates, addresses to join at."""

import re
from collections.abc import Iterable, Mapping

from chatcal.model import Geo, Link
from chatcal.problems import Problem, Span, make_error
from chatcal.schedule import nodes
from chatcal.schedule.fields import (
    Schema,
    find_key_spans,
    ignore_case,
    make_reader,
    read_named_values,
    require_scalar,
    wrong_shape,
)
from chatcal.schedule.nodes import Node, Scalar
from chatcal.schedule.quoting import quote
from chatcal.schedule.text_values import TEXT_PATTERN, read_line, read_text, read_web_address
from chatcal.text import curl_quotes, is_map_url, is_web_url

MAX_LINKS = 20
_NONE_SCHEMA: Schema = {"type": ["string", "null"], "pattern": rf"^\s*(?:{ignore_case('none')})?\s*$"}


def _is_none(node: Node) -> bool:
    """Say whether a value takes away what stands further out: `none`, or an empty text in quotes."""
    if not isinstance(node, Scalar):
        return False
    text = node.text.strip().lower()
    return text == "none" or not (text or node.plain)


def _looks_like_place(text: str) -> bool:
    """Say whether a text is more likely a room or a postal address than a mistyped web address or handle."""
    return not re.search(r"[@\\]|://|^#|^[\w-]+(\.[\w-]+)+(/|$)", text) and bool(re.search(r"[^\W\d_]", text))


_NOT_KNOWN = ("tba", "tbd", "tbc", "unknown", "to be announced", "to be confirmed", "?")
_PHONE = re.compile(r"(?:tel:|\+|00|\()[\d ()/+-]{5,}")


@make_reader({"anyOf": [read_web_address.schema, _NONE_SCHEMA]})
def read_join(node: Node) -> str:
    """Read the address where to join; empty for `none`."""
    if _is_none(node):
        return ""
    text = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
    if is_online(text) or text.lower() in _NOT_KNOWN:
        hint = "Write the address that people open, like `https://…`; if it is not known yet, delete the line."
        raise make_error(node.span, "address", f"`{text}` is no address at which people join.", hint)
    if _PHONE.fullmatch(text):
        hint = "Write it where people read it: `note: " + quote(f"Call {text.removeprefix('tel:')}.") + "`."
        raise make_error(node.span, "address", "A telephone number is no address that a browser opens.", hint)
    if "{hashtag}" in text:
        message = "Only `join` in `chatcal.yaml` is completed; here `{hashtag}` would stay as it is."
        raise make_error(node.span, "address", message, "Write the whole address of this one.")
    if _looks_like_place(text):
        message = "`join` is a web address; this looks like a room or a postal address."
        hint = f"Write `place: {quote(text)}`. `join` is for those who take part from afar."
        raise make_error(node.span, "address", message, hint)
    return read_web_address(node)


@make_reader(read_web_address.schema)
def read_calendar_join(node: Node) -> str:
    """Read the address where to join all chats, in which only `{hashtag}` stands for something."""
    address = read_web_address(node)
    if found := re.search(r"\{\w*\}", address.replace("{hashtag}", "")):
        hint = "Write `{hashtag}` where each chapter's hashtag belongs, or nothing in braces."
        raise make_error(node.span, "address", f"Nothing is written in place of `{found[0]}`.", hint)
    return address


_ONLINE = re.compile(
    r"(?:on-?line|virtual(?:ly)?|remote(?:ly)?|internet|web|video|(?:microsoft |ms )?teams|zoom|jitsi(?: meet)?|skype|"
    r"google meet|(?:cisco )?webex|discord|big ?blue ?button)(?:[ -]?(?:meeting|call|event|only|besprechung|meet))?",
    re.IGNORECASE,
)
"""What programs and people write where there is no place."""


def is_online(text: str) -> bool:
    """Say whether a text says only that people meet online."""
    return _ONLINE.fullmatch(text) is not None


@make_reader({"anyOf": [read_text.schema, _NONE_SCHEMA]})
def read_place(node: Node) -> str:
    """Read a room or a postal address as one line; empty for `none`."""
    if _is_none(node):
        return ""
    if texts := _list_texts(node):
        hint = f"Write all of it in one text: `place: {quote(', '.join(texts))}`."
        raise wrong_shape(node, "The room or the address belongs here", hint)
    lines = (line.strip().rstrip(",") for line in read_text(node).split("\n"))
    text = curl_quotes(", ".join(filter(None, lines)))
    if is_web_url(text):
        hint = f"Write `join: {text}`."
        if is_map_url(text):
            hint = f"Write the room or the postal address: a map finds it. This goes under `links: {{Map: {text}}}`."
        raise make_error(node.span, "place", "A place is a room or a postal address.", hint)
    if is_online(text):
        hint = "Write `place: none`, or leave the key out; the address to join at goes under `join`."
        raise make_error(node.span, "place", f"`{text}` is no place that a map shows.", hint)
    return text


def _list_texts(node: Node) -> list[str]:
    """Return the texts of a list or a mapping, as people write an address."""
    values = node.items if isinstance(node, nodes.Sequence) else ()
    if isinstance(node, nodes.Mapping):
        values = tuple(value for _, value in node.pairs)
    return [one.text.strip() for one in values if isinstance(one, Scalar) and one.text.strip()]


_GEO_HINT = "Write latitude and longitude in degrees, with a point: `[52.52, 13.405]`."
_LIMITS = (90, 180)
_NUMBER_PATTERN = r"[+-]?[0-9]{1,3}(?:\.[0-9]*)?"


@make_reader({
    "type": "array",
    "items": [
        {"type": ["number", "string"], "minimum": -most, "maximum": most, "pattern": rf"^\s*{_NUMBER_PATTERN}\s*$"}
        for most in _LIMITS
    ],
    "minItems": 2,
    "maxItems": 2,
})  # fmt: skip
def read_geo(node: Node) -> Geo:
    """Read latitude and longitude, with six decimal places at most: that is ten centimetres."""
    if not isinstance(node, nodes.Sequence):
        raise wrong_shape(node, "Latitude and longitude belong here", _suggest_geo(node))
    items = [require_scalar(item, "a number of degrees") for item in node.items]
    if len(items) != len(_LIMITS):
        raise make_error(node.span, "geo", "A point has two numbers: latitude and longitude.", _GEO_HINT)
    for item in items:
        if not re.fullmatch(_NUMBER_PATTERN, item.text.strip()):
            raise make_error(item.span, "geo", f"`{item.text}` is not a number of degrees.", _GEO_HINT)
    latitude, longitude = (round(float(item.text), 6) + 0.0 for item in items)  # + 0.0: no -0.0
    for number, most, item in zip((latitude, longitude), _LIMITS, items, strict=True):
        if abs(number) > most:
            is_swapped = abs(longitude) <= _LIMITS[0] and abs(latitude) <= _LIMITS[1]
            hint = f"Latitude comes first: `[{longitude:g}, {latitude:g}]`." if is_swapped else _GEO_HINT
            raise make_error(item.span, "geo", f"`{item.text}` is more than {most} degrees.", hint)
    return latitude, longitude


def _suggest_geo(node: Node) -> str:
    found = re.findall(_NUMBER_PATTERN, node.text) if isinstance(node, Scalar) else []
    return f"Write them in brackets: `[{found[0]}, {found[1]}]`." if len(found) == len(_LIMITS) else _GEO_HINT


def find_geo_problem(place: str | None, spans: Mapping[str, Span]) -> Iterable[Problem]:
    """Yield that coordinates have no place beside them: whoever inherits the one would lose the other."""
    if "geo" in spans and not place:
        hint = "Write the room or the address that it is, on the same level: `place: …`."
        yield Problem(spans["geo"], "geo", "`geo` is the point of a `place`, and there is none beside it.", hint)


def _read_link(name: Scalar, address: Node) -> Link:
    return Link(read_line(name), read_web_address(address))


@make_reader({
    "type": "object",
    "patternProperties": {TEXT_PATTERN: read_web_address.schema},
    "additionalProperties": False,
    "maxProperties": MAX_LINKS,
})  # fmt: skip
def read_links(node: Node) -> tuple[Link, ...]:
    """Read names with their addresses."""
    example = "Agenda: https://lantern.example/agenda"
    if isinstance(node, Scalar) and is_web_url(node.text.strip()):
        example = f"Website: {node.text.strip()}"
    hint = f"Write a name before each: `links: {{{example}}}`, or each on a line of its own, without `- `."
    wanted = "Names belong here, each with its address"
    links = read_named_values(node, _read_link, what="links", most=MAX_LINKS, wanted=wanted, hint=hint)
    first: dict[str, str] = {}
    for name, span in find_key_spans(node).items():
        if (other := first.setdefault(name.casefold(), name)) != name:
            message = f"`{name}` and `{other}` differ only in upper and lower case: one would replace the other."
            raise make_error(span, "duplicate-key", message, "Give one of them another name, or delete it.")
    return links
