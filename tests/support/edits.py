"""Edits of whole files, as a diff shows them: the path of each file, and its lines behind ` `, `-` or `+`."""

import re
from collections.abc import Iterator, Mapping

Files = Mapping[str, str]
"""Texts by their path below the calendar's folder."""


def read_edit(edit: str) -> tuple[Files, Files]:
    """Return the files before an edit, and those after it."""
    return dict(_read_side(edit, "-")), dict(_read_side(edit, "+"))


def _read_side(edit: str, sign: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^(?=[a-z])", edit, flags=re.M)[1:]:
        name, *lines = part.splitlines(keepends=True)
        if text := "".join(line[1:] for line in lines if line[0] in (" ", sign)):
            yield name.strip(), text
