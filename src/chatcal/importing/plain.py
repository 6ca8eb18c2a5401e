"""YAML files of other programs, as text, lists and mappings, all the way down."""

from collections.abc import Mapping, Sequence
from typing import Any

from chatcal import nodes, source
from chatcal.importing.cleaning import make_single_line
from chatcal.nodes import Node, Scalar
from chatcal.problem import ScheduleError

YamlValue = Any
"""A document, or a part of one."""


def read_yaml(octets: bytes, name: str) -> YamlValue:
    """Return the document of a file, given with its name; None where it is no YAML that a schedule file could be."""
    try:
        node, problems = source.parse_document(name, octets)
    except ScheduleError:
        return None
    return None if problems else convert_node(node)


def convert_node(node: Node) -> YamlValue:
    """Return what a node holds."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, nodes.Sequence):
        return [convert_node(item) for item in node.items]
    return {key.text: convert_node(value) for key, value in node.pairs} if isinstance(node, nodes.Mapping) else None


def get_text(found: Mapping[str, YamlValue], key: str) -> str:
    """Return the text under a key as one line; empty where there is none."""
    value = found.get(key, "")
    return make_single_line(value) if isinstance(value, str) else ""


def get_list(found: Mapping[str, YamlValue], key: str) -> Sequence[YamlValue]:
    """Return the list under a key; empty where there is none."""
    value = found.get(key)
    return value if isinstance(value, list) else []
