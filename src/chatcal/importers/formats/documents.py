"""YAML and TOML of others: their text to plain values, and the files that they include."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from posixpath import dirname, join, normpath
from typing import Any

import yaml

from chatcal.importers.icalendar import MAX_FILE_BYTES
from chatcal.importers.series import ForeignCalendarError
from chatcal.text import make_single_line

ReadFile = Callable[[str], bytes]
"""Returns the content of a file by its path from the folder of the first one; raises ForeignCalendarError."""
_NULLS = ("", "~", "null", "Null", "NULL")
_MAX_DEPTH = 50
_MAX_ABOUT = 2_000
"""In characters."""
_MAX_FILES = 200
"""Of those that a file includes. The largest seen has 25."""


class Values(dict[str, Any]):
    """A mapping of a document. In it are texts, lists and mappings; None stands for what is empty."""

    @classmethod
    def take(cls, value: Any) -> "Values":
        """Return a value if it is a mapping, else an empty one."""
        return value if isinstance(value, Values) else cls()

    def get_mapping(self, key: str) -> "Values":
        return self.take(self.get(key))

    def get_list(self, key: str) -> Sequence[Any]:
        """Return the list of a key; a lone value is a list of one."""
        value = self.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]

    def get_mappings(self, key: str) -> "list[Values]":
        """Return the mappings in the list of a key."""
        return [one for one in self.get_list(key) if isinstance(one, Values)]

    def get_text(self, key: str) -> str:
        """Return the text of a key as one line; empty if there is none. Of several texts commas stand between them."""
        return make_single_line(", ".join(self._get_texts(key)))

    def get_long_text(self, key: str) -> str:
        """Return the text of a key, which may have several sentences, as one line."""
        return make_single_line(" ".join(self._get_texts(key)), _MAX_ABOUT)

    def get_paragraphs(self, key: str) -> str:
        """Return the text of a key with its line breaks; empty if there is none."""
        return "\n".join(self._get_texts(key)).strip()

    def _get_texts(self, key: str) -> list[str]:
        return [one for one in self.get_list(key) if isinstance(one, str)]


def parse_document(content: bytes) -> Values:
    """Return the mapping of a YAML or TOML document; empty if it is something else. Raises ForeignCalendarError."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise ForeignCalendarError("it is not saved as UTF-8") from None
    found = _parse_toml(text) if re.match(r"(?:\s*#.*\n|\s*\n)*\s*(?:\[|[\w-]+\s*=)", text) else None
    if found is None:
        found = _parse_yaml(text)
    return Values.take(found)


def _parse_toml(text: str) -> Any:
    try:
        return _stringify(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _stringify(value: Any) -> Any:
    """Return a value of TOML with texts instead of numbers and times."""
    if isinstance(value, dict):
        return Values({key: _stringify(one) for key, one in value.items()})
    if isinstance(value, list):
        return [_stringify(one) for one in value]
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _parse_yaml(text: str) -> Any:
    try:
        # Nodes, and no objects: `1630` and `no` stay the texts that they are.
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        raise ForeignCalendarError(f"its line {mark.line + 1} cannot be read as YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise ForeignCalendarError("it cannot be read as YAML") from None
    return _NodeReader().read(node)


class _NodeReader:
    """Makes values of nodes: each anchor once, however often it is referred to."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}
        self._depth = 0

    def read(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NULLS else node.value
        if id(node) not in self._known:
            if self._depth > _MAX_DEPTH:
                raise ForeignCalendarError("its lists and keys are nested too deep")
            self._depth += 1
            self._known[id(node)] = self._read_collection(node)
            self._depth -= 1
        return self._known[id(node)]

    def _read_collection(self, node: Any) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one) for one in node.value]
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == "tag:yaml.org,2002:merge":
                sources = self.read(value)
                # Of several sources the first that has a key gives it (yaml.org/type/merge).
                for source in reversed(sources if isinstance(sources, list) else [sources]):
                    merged |= Values.take(source)
            elif isinstance(key, yaml.ScalarNode):
                found[key.value] = self.read(value)
        return Values(merged | found)


def iterate_included(
    found: Values, list_paths: Callable[[Values], Sequence[Any]], read_file: ReadFile, remarks: list[str]
) -> Iterator[Values]:
    """Yield the documents that a document includes, and those that they include in turn: each file once.

    Their paths are counted from the file that names them, and none may lie outside the folder of the first. Adds a
    sentence to `remarks` for each that is not read.
    """
    waiting = [(path, "") for path in list_paths(found)]
    seen: set[str] = set()
    size = 0
    while waiting:
        named, folder = waiting.pop(0)
        path = normpath(join(folder, str(named)))
        if path in seen:
            continue
        seen.add(path)
        if len(seen) > _MAX_FILES:
            remarks.append(f"It includes more than {_MAX_FILES} files; the rest was left out.")
            return
        try:
            content = _read_included(path, read_file, MAX_FILE_BYTES - size)
            size += len(content)
            included = _parse_included(content)
        except ForeignCalendarError as error:
            remarks.append(f"It includes {make_single_line(str(named), 100)}, which {error}.")
            continue
        # In a circle the first file comes again, whatever it is called.
        if included == found:
            continue
        waiting += [(other, dirname(path)) for other in list_paths(included)]
        yield included


def _read_included(path: str, read_file: ReadFile, most: int) -> bytes:
    if path.startswith(("../", "/")) or path == "..":
        raise ForeignCalendarError("lies outside its folder")
    content = read_file(path)
    if len(content) > most:
        raise ForeignCalendarError(f"makes more than {MAX_FILE_BYTES:,} bytes with the others")
    return content


def _parse_included(content: bytes) -> Values:
    try:
        found = parse_document(content)
    except ForeignCalendarError as error:
        raise ForeignCalendarError(f"cannot be read: {error}") from None
    if not found:
        raise ForeignCalendarError("is no such file")
    return found
