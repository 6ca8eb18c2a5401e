r"""Texts that every calendar program shows alike: what some misread, and what feeds say in its place.

Feeds escape texts as RFC 5545 section 3.3.11 has it. node-ical 0.27 undoes that in an order of its own: a backslash
before an n becomes a line break, even where it is escaped itself. It also drops quotes that stand round a whole text,
and all of a line that holds `TZID=`.
"""

import re

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
