"""YAML files of other programs, as text, lists and mappings, all the way down."""

from collections.abc import Mapping, Sequence
from typing import Any

from chatcal import nodes, source
from chatcal.importing.cleaning import line
from chatcal.nodes import Node, Scalar
from chatcal.problem import Invalid

Plain = Any
"""A document, or a part of one."""


def read(octets: bytes, name: str) -> Plain:
    """Return the document of a file, given with its name; None where it is no YAML that a schedule file could be."""
    try:
        node, problems = source.read(name, octets)
    except Invalid:
        return None
    return None if problems else plain(node)


def plain(node: Node) -> Plain:
    """Return what a node holds."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, nodes.Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs} if isinstance(node, nodes.Mapping) else None


def text_of(found: Mapping[str, Plain], key: str) -> str:
    """Return the text under a key as one line; empty where there is none."""
    value = found.get(key, "")
    return line(value) if isinstance(value, str) else ""


def list_of(found: Mapping[str, Plain], key: str) -> Sequence[Plain]:
    """Return the list under a key; empty where there is none."""
    value = found.get(key)
    return value if isinstance(value, list) else []
