"""Files of cases: each case begins with a line `[case NAME]`, and each further part of it with a line like `[out]`.

An empty line above such a header is not part of any text. Below a header that ends in ` escaped`, `\\xNN` stands for a
byte: for what nobody can see, or no editor can save.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

Parts = Mapping[str, bytes]
"""The texts of a case by their headers, without NAME and ` escaped`; `case` is the first."""

_HEADER = re.compile(rb"^(\n?\[[a-z][^\[\]\n]*\]\n)", re.M)


def read_cases(path: Path) -> Mapping[str, Parts]:
    """Return the cases of a file by their names."""
    above, *found = _HEADER.split(path.read_bytes())
    assert not above, f"{path.name} does not begin with a header"
    cases: dict[str, dict[str, bytes]] = {}
    parts: dict[str, bytes] = {}
    for line, text in zip(found[::2], found[1::2], strict=True):
        header = line.decode().strip()[1:-1]
        kind = header.removesuffix(" escaped")
        if kind.startswith("case "):
            kind, _, name = kind.partition(" ")
            assert name not in cases, f"{path.name} has two cases {name}"
            parts = cases[name] = {}
        assert kind not in parts, f"{path.name} has two parts [{header}] in one case"
        parts[kind] = _unescape(text) if header.endswith(" escaped") else text
    return cases


def _unescape(text: bytes) -> bytes:
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text)


def replace_parts(path: Path, kind: str, texts: Iterable[bytes]) -> None:
    """Put new texts below all headers of one kind, in their order."""
    pieces = _HEADER.split(path.read_bytes())
    headers = [place for place, piece in enumerate(pieces) if piece.strip() == f"[{kind}]".encode()]
    for place, text in zip(headers, texts, strict=True):
        pieces[place + 1] = text
    path.write_bytes(b"".join(pieces))
