"""HTML in the texts of calendars, as Google and Meetup write it, to plain text (RFC 5545 section 3.8.1.5).

And the signs by which vCalendar, the format before iCalendar, writes letters (RFC 2045 section 6.7).
"""

import html
import re
from quopri import decodestring
from urllib.parse import parse_qs, urlsplit

from chatcal.text import is_web_url

_TAG = re.compile(
    r"<(/?)(a|article|b|big|blockquote|body|br|center|code|dd|del|div|dl|dt|em|figure|font|h[1-6]|head|hr|html|html-blob|"
    r"i|iframe|img|ins|li|meta|o:p|ol|p|pre|s|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|"
    r"tfoot|th|thead|title|tr|tt|u|ul|wbr)(\s*/?|\s[^<>=]*=[^<>]*)>|<!--.{0,1000}?-->|<!doctype[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
"""What is a tag beyond doubt: `a <b and c> d` is none."""
_CHARACTER = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
_INLINE = {
    "b", "big", "code", "del", "em", "font", "i", "iframe", "img", "ins", "o:p", "s", "small", "span", "strike",
    "strong", "sub", "sup", "svg", "tt", "u", "wbr",
}  # fmt: skip
_UNSEEN = re.compile(r"<(head|script|style|svg|title)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_DETOUR = re.compile(
    r"https?://(?:www\.google\.com/url|[\w-]+\.safelinks\.protection\.outlook\.com/[^\s<>?]*)\?[^\s<>\"()\x02\x03]+",
    re.IGNORECASE,
)
"""An address that Google or Outlook has put around another, where it says who reads it."""
_LINK, _LINK_END = "\x02", "\x03"
"""Marks of the beginning and end of a link; texts of calendars may not have them."""


def convert_to_plain_text(text: str) -> str:
    """Return a text without the tags and character names of HTML; a link's address stands in parentheses behind it.

    A text without HTML stays as it is, also where it has signs like `<`.
    """
    text = _UNSEEN.sub("", re.sub(f"[{_LINK}{_LINK_END}]", "", text))
    if not _TAG.search(text):
        return _DETOUR.sub(_shorten_detour, _decode_characters(text))
    made: list[str] = []
    position = 0
    for tag in _TAG.finditer(text):
        made.append(_decode_characters(text[position : tag.start()]))
        position = tag.end()
        made.append(_convert_tag(tag))
    made.append(_decode_characters(text[position:]))
    rows = (" ".join(row.split()) for row in _place_addresses(_DETOUR.sub(_shorten_detour, "".join(made))).split("\n"))
    return "\n".join(row for row in rows if row)


def join_soft_breaks(content: bytes) -> bytes:
    """Return lines (each ends with LF) without the breaks within a value that is quoted-printable."""
    if b"QUOTED-PRINTABLE" not in content.upper():
        return content
    broken = re.compile(
        rb"^[\w-]{1,50};[^:\n]{0,200}QUOTED-PRINTABLE[^:\n]{0,200}:(?:[^\n]*=\n)+", re.IGNORECASE | re.MULTILINE
    )
    return broken.sub(lambda found: found[0].replace(b"=\n", b""), content)


def decode_quoted_printable(parameters: str, value: str) -> str:
    """Return a value with its letters, if its parameters say that it is quoted-printable."""
    if "QUOTED-PRINTABLE" not in parameters.upper():
        return value
    octets = decodestring(value.encode())
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("windows-1252", "ignore")


def _shorten_detour(found: re.Match[str]) -> str:
    """Return the address to which a detour leads; the detour itself if it names none."""
    named = parse_qs(urlsplit(found[0]).query)
    return next((one for key in ("q", "url") for one in named.get(key, ()) if is_web_url(one)), found[0])


def _convert_tag(tag: re.Match[str]) -> str:
    name = (tag[2] or "").lower()
    if name == "a":
        found = None if tag[1] else _HREF.search(tag[3])
        address = _decode_characters(next(filter(None, found.groups()), "")) if found else ""
        return _LINK_END if tag[1] else f"{_LINK}{address if is_web_url(address) else ''}{_LINK}"
    if name == "li" and not tag[1]:
        return "\n- "
    return "" if name in _INLINE else " " if name in ("td", "th") else "\n"


def _place_addresses(text: str) -> str:
    """Put the address of each link behind its text, unless the text is the address."""

    def place(link: re.Match[str]) -> str:
        return link[2] if not link[1] or link[1] in link[2] else f"{link[2].strip()} ({link[1]})"

    return re.sub(
        f"[{_LINK}{_LINK_END}]", "", re.sub(f"{_LINK}([^{_LINK}]*){_LINK}([^{_LINK}{_LINK_END}]*)", place, text)
    )


def _decode_characters(text: str) -> str:
    return _CHARACTER.sub(lambda found: html.unescape(found[0]).replace("\N{NO-BREAK SPACE}", " "), text)
