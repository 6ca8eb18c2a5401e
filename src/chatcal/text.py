"""Rules for plain text."""

import json
import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

_AMBIGUOUS_BACKSLASH = re.compile(r"\\(?=[nNr]|$)", re.MULTILINE)
_COMPONENT = re.compile("(BEGIN):(V)", re.IGNORECASE)
"""What some programs take for the begin of a component, wherever it stands."""


def find_ambiguous_backslash(text: str) -> str | None:
    """Return the first word in which a backslash stands before an n, an r or the end of a line; None where none does.

    It is cut where it is long.
    """
    found = re.search(r"\S{0,30}\\(?:[nNr]\S{0,30}|$)", text, re.MULTILINE) if "\\" in text else None
    return found and found[0]


def replace_ambiguous_backslashes(text: str) -> str:
    """Return a text with a slash for each backslash before an n, an r or the end of a line."""
    return _AMBIGUOUS_BACKSLASH.sub("/", text)


def find_component(text: str) -> str | None:
    """Return the first `BEGIN:V` in a text, as it is written there, with the rest of its word; None without any."""
    found = re.search(r"BEGIN:V\w{0,30}", text, re.IGNORECASE)
    return found and found[0]


def replace_misread(text: str) -> str:
    """Return a text without what some programs misread: such backslashes become slashes, `BEGIN:V` loses its colon."""
    return _COMPONENT.sub(r"\1 \2", replace_ambiguous_backslashes(text))


# Arabic, Syriac, N'Ko, the scripts of India and South-East Asia, Tibetan, Mongolian.
_JOINED = (
    r"\u0600-\u0dff\u0e80-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe"
    r"\U00010a00-\U00011fff"
)
_VIRAMA = r"\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
_EMOJI = r"\u2190-\u2bff\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    # Joiners shape letters of some scripts and hold emoji together; anywhere else nobody sees them.
    rf"(?!(?<=[{_JOINED}]).[{_JOINED}]|(?<=[{_VIRAMA}])\u200d|(?<=[{_EMOJI}\ufe0f\u20e3])\u200d[{_EMOJI}])[\u200c\u200d]"
    # Zero-width spaces, what turns the direction of writing, fillers, and signs of old conventions.
    r"|[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\uffa0]"
    r"|[\ufff0-\ufffc]"
    r"|[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]|(?<![\u2801-\u28ff])\u2800"
    # Forms of emoji and of Asian letters.
    r"|(?<![^\sA-Za-z\u00c0-\u052f])[\ufe00-\ufe0f]|(?<![\u1800-\u18af])[\u180b-\u180d\u180f]"
    r"|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
    # Tags make the flags of parts of a country.
    r"|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f]"
)


def find_invisible(text: str) -> str | None:
    """Return the first sign in a text that nobody sees and no script needs; None without any.

    Control characters are not looked for.
    """
    found = None if text.isascii() else _INVISIBLE.search(text)
    return found and found[0]


def remove_invisible(text: str) -> str:
    """Return a text without the signs that nobody sees and no script needs; control characters stay."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


_ALIKE = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Scripts that share the shapes of many letters, as the names of letters begin."""


def has_lookalikes(word: str) -> bool:
    """Say whether a word mixes letters of scripts that look alike, or has another form of a plain letter."""
    found = {unicodedata.name(sign, "").partition(" ")[0] for sign in word}
    plain = (unicodedata.normalize("NFKC", sign) for sign in word if not sign.isascii())
    return len(found.intersection(_ALIKE)) > 1 or any(one.isascii() for one in plain)


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

    It loses signs that nobody can see, and what some programs would misread.
    """
    return cut_text(replace_misread(_make_line(text)), most)


def _make_line(text: str) -> str:
    # What Python does not call printable is in the categories C and Z, apart from the space.
    if not text.isprintable():
        text = "".join(
            sign if sign.isprintable() or sign in "\u200d\u200c" else "" if unicodedata.category(sign) == "Cf" else " "
            for sign in text
        )
    return " ".join(remove_invisible(text).split())


def make_paragraphs(text: str) -> str:
    """Return a text as `make_single_line` does, however long, but with its line breaks, and at most one empty line."""
    rows = map(_make_line, re.split(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]", text))
    return replace_misread(re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip())


def cut_text(text: str, most: int) -> str:
    """Return a text, cut with a `…` where it is longer than `most`."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


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


_MAP = re.compile(r"//(?:maps\.|[^/]*openstreetmap\.|(?:www\.)?osm\.org|goo\.gl/maps|[^/]+/maps\b)", re.IGNORECASE)


def is_map_url(address: str) -> bool:
    """Say whether a web address is that of a map."""
    return _MAP.search(address) is not None


@lru_cache(maxsize=4096)  # Most events of a chapter share them.
def encode_url(address: str) -> str:
    """Return a web address as a URI (RFC 3986): what may not stand in one is written with `%`."""
    host, path, fragment = re.findall(r"(\w+://[^/?#]*)([^#]*#?)(.*)", _STRAY_PERCENT.sub("%25", address))[0]
    return quote(host, f"{_URI_SIGNS}[]") + quote(path, f"{_URI_SIGNS}#") + quote(fragment, _URI_SIGNS)


_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_URI_SIGNS = "!$%&'()*+,/:;=?@~"


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
    r"@(?=\w)|#(?=\d+(?:\W|$))|\bGH-(?=\d)|\[(?=[a-z])|(?<=/)(?:issues|pull|pulls|discussions)/(?=\d)|\bskip-(?=checks)",
    re.ASCII | re.IGNORECASE,
)
"""The first half of what means something to GitHub: `@name`, `#1`, `GH-1`, `[skip ci]`, the address of an issue, …"""


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


def split_addresses(text: str) -> list[str]:
    """Return the parts of a text: every second is a web address, without what ends the sentence."""
    parts = _ADDRESS.split(text)
    for number in range(1, len(parts), 2):
        found = parts[number]
        address = found if found.count("(") >= found.count(")") else found.rstrip(")")
        parts[number] = address
        parts[number + 1] = found[len(address) :] + parts[number + 1]
    return parts


def escape_markdown(text: str) -> str:
    """Return a text as one line that Markdown shows as it is, its web addresses as links.

    Comments keep it from calling people and from closing issues; the address of an issue is no link, for the same end.
    """
    parts = split_addresses(text.replace("\n", " "))
    parts[::2] = [_REFERENCE.sub(_add_comment, _MARKUP.sub(r"\\\1", part)) for part in parts[::2]]
    parts[1::2] = [_format_address(address) for address in parts[1::2]]
    return "".join(parts)


def _add_comment(found: re.Match[str]) -> str:
    return found[0] if found[0] == "[" else f"{found[0]}<!-- -->"


def _format_address(address: str) -> str:
    if _REFERENCE.search(address.replace("@", "")):
        return f"`{address}`"
    return f"<{address.replace('&', '&amp;')}>"
