"""How a value is written on a line of YAML: its quotes, the comment after it, the spaces before it."""

import re

from chatcal.problems import Problem, Span

SWALLOWED = re.compile(r"(?<!\s)\s+(?P<word>#[^\s#]\S*)")
"""A word with a `#` after a value: its author meant text, and YAML reads a comment."""
_COMMENT = re.compile(r"(?:^|\s)#(?:\s|$)")


def quote(text: str) -> str:
    """Return a text in quotes, as YAML reads it back."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def strip_comment(text: str) -> str:
    """Return a value as its author meant it: up to a `#` between spaces."""
    return _COMMENT.split(text)[0].strip()


_MAX_VALUE_LENGTH = 1_000
"""In characters. Only a message shows it."""


def find_value(row: str, column: int) -> str:
    """Return the value that begins in a column of a row; within brackets it ends with the next comma or bracket."""
    value = strip_comment(row[column - 1 : column - 1 + _MAX_VALUE_LENGTH])
    before = row[: column - 1]
    in_brackets = before.count("[") > before.count("]") or before.count("{") > before.count("}")
    return re.split(r"(?<=.)[,\]}]", value)[0].strip() if in_brackets else value


_BULLETS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63\u2022\u00b7*"
"""What looks like the `-` of a list, or is one where people write by hand."""
_WRONG_ITEM = re.compile(
    rf" *(?:- +)?(?P<sign>[{_BULLETS}+](?=\s)|[{_BULLETS[:-1]}]|\d{{1,2}}[.)](?=\s)|-(?=[^\s\d-]))\s*(?P<rest>\S.*)"
)
_WRONG_COLON = re.compile(
    r" *(?:- +)?(?:[a-z_]+|\d{4}-\d\d-\d\d)[ ]?(?P<sign>[\uff1a\ufe55\ufe13\ua789])\s*(?P<rest>.*)"
)


def find_lookalike(file: str, line: int, row: str) -> Problem | None:
    """Return the problem of a row that begins like an item of a list or a key, but with another dash or colon; or None.

    So does an item without a space after its `-`. Only its caller knows that the row is not part of a text.
    """
    if found := _WRONG_ITEM.fullmatch(row):
        sign, right = found["sign"], f"- {strip_comment(found['rest'])}"
        code = f" (U+{ord(sign):04X})" if len(sign) == 1 else ""
        message = f"A list item begins with a hyphen and a space; this is `{sign}`{code}."
        if sign == "-":
            message = "A space is missing after the `-` that begins a list item."
    elif found := _WRONG_COLON.fullmatch(row):
        sign, begin = found["sign"], row[: found.start("sign")].strip()
        right = f"{begin}: {strip_comment(found['rest'])}".rstrip()
        message = f"This looks like a colon, but is another character (U+{ord(sign):04X})."
    else:
        return None
    return Problem(Span(file, line, found.start("sign") + 1), "syntax", message, f"Write `{right}`.")


_UNUSUAL_SPACE = re.compile(r"[ -]*(?:(?P<indent>[^\S ])|\w+:(?P<colon>[^\S ]))")


def find_unusual_space(file: str, line: int, row: str) -> Problem | None:
    """Return the problem of a character before or after a key that only looks like a space; or None."""
    found = _UNUSUAL_SPACE.match(row)
    if found is None or "\t" in found[0]:
        return None
    at = found.start(found.lastgroup or 0)
    message = f"This looks like a space, but is another character (U+{ord(row[at]):04X})."
    hint = "Delete it, and type a space. It may come from a page from which the line was copied."
    return Problem(Span(file, line, at + 1), "space", message, hint)
