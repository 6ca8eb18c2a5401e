"""Rules for plain text."""

import re
import unicodedata
from collections.abc import Container
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


_MARKUP = re.compile(r"([\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w))")


def escape_markdown(text: str) -> str:
    """Return a text as one line that Markdown shows as it is; a comment behind an `@` keeps it from calling people."""
    return re.sub(r"@(?=\w)", "@<!-- -->", _MARKUP.sub(r"\\\1", text).replace("\n", " "))
