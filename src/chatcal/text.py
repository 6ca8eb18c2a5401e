"""Rules for plain text."""

import json
import re
import unicodedata
from collections.abc import Container
from typing import Any
from urllib.parse import urlsplit

_AMBIGUOUS_BACKSLASH = re.compile(r"\\(?=[nN])")


def find_ambiguous_backslash(text: str) -> str | None:
    """Return the first word in which a backslash stands before an n, cut where it is long; None where none does."""
    found = re.search(r"\S{0,30}\\[nN]\S{0,30}", text) if "\\" in text else None
    return found and found[0]


def replace_ambiguous_backslashes(text: str) -> str:
    """Return a text with a slash for each backslash before an n."""
    return _AMBIGUOUS_BACKSLASH.sub("/", text)


def curl_quotes(text: str) -> str:
    """Return the whole of what a property says, with curly quotes where straight ones would be dropped."""
    if '"' not in text or not ("TZID=" in text or re.fullmatch('".*"', text)):
        return text
    in_pairs = re.sub('"([^"]*)"', "\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", text)
    return in_pairs.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")


MAX_LINE_LENGTH = 300
"""Of one text: longer ones are articles, and no titles."""


def make_single_line(text: str, most: int = MAX_LINE_LENGTH) -> str:
    """Return a text as one line that a schedule may hold, cut with a `…` where it is longer than `most`.

    It loses signs that nobody can see; a backslash that some programs would take for a line break becomes a slash.
    """
    # A joiner holds an emoji together, and some scripts cannot be written without; all else of its kind is hidden.
    seen = "".join(
        sign if sign in "\u200d\u200c" or unicodedata.category(sign)[0] not in "CZ" else " " for sign in text
    )
    one = replace_ambiguous_backslashes(re.sub(r" +", " ", seen).strip())
    return one if len(one) <= most else f"{one[: most - 1].rstrip()}…"


URL_END = r'\s"<>\\^`|'
NOT_IN_URL = re.compile(rf"[{URL_END}\x00-\x1f\x7f]")
"""What must be written with `%` in an address (RFC 3986)."""


def is_web_url(text: str, schemes: Container[str] = ("http", "https")) -> bool:
    """Say whether a text is a web address, and nothing else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not NOT_IN_URL.search(text)


def is_fetchable_url(text: str) -> bool:
    """Say whether a text is meant as an address to fetch, and not as a file; `webcal` is https to calendar programs."""
    return text.lower().startswith(("http://", "https://", "webcal://"))


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, colours it, or turns the direction of writing; not line breaks and tabs."""


def make_printable(text: str) -> str:
    """Return a text in which escapes stand for control characters; line breaks and tabs stay."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def make_line_printable(text: str) -> str:
    """Return a text as one line in which escapes stand for control characters."""
    return make_printable(text.replace("\n", "\\n").replace("\t", "\\t"))


_REFERENCE = re.compile(
    r"@(?=\w)|#(?=\d+(?:\W|$))|\bGH-(?=\d)|\[(?=[a-z])|(?<=/)(?:issues|pull|pulls|discussions)/(?=\d)",
    re.ASCII | re.IGNORECASE,
)
"""The first half of what means something to GitHub: `@name`, `#1`, `GH-1`, `[skip ci]`, the address of an issue."""


def break_references(text: str) -> str:
    """Return a text for a commit message: spaces in it keep GitHub from telling people, closing issues, skipping CI."""
    return _REFERENCE.sub(lambda found: f"{found[0]} ", text)


def parse_json(content: bytes) -> Any:
    """Return what a JSON text says; raises ValueError, also where it is nested deeper than Python can read."""
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


_MARKUP = re.compile(r"([\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w))")
_ADDRESS = re.compile(rf"(https?://[^{URL_END}]*[\w/&~*=#%+$@)-])", re.IGNORECASE)
"""A web address within a text, without what ends the sentence."""


def escape_markdown(text: str) -> str:
    """Return a text as one line that Markdown shows as it is, its web addresses as links.

    Comments keep it from calling people and from closing issues; the address of an issue is no link, for the same end.
    """
    parts = _ADDRESS.split(text.replace("\n", " "))
    parts[::2] = [_REFERENCE.sub(_add_comment, _MARKUP.sub(r"\\\1", part)) for part in parts[::2]]
    parts[1::2] = [_format_address(address) for address in parts[1::2]]
    return "".join(parts)


def _add_comment(found: re.Match[str]) -> str:
    return found[0] if found[0] == "[" else f"{found[0]}<!-- -->"


def _format_address(found: str) -> str:
    address = found if found.count("(") >= found.count(")") else found.rstrip(")")
    rest = found[len(address) :]
    if _REFERENCE.search(address.replace("@", "")):
        return f"`{address}`{rest}"
    return f"<{address.replace('&', '&amp;')}>{rest}"
