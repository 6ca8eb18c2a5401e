"""Templates, stylesheet and script to pages."""

import re
from base64 import b64encode
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from types import CodeType

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from chatcal.english import ENGLISH, Words
from chatcal.feed.event import name_meeting, name_meetings
from chatcal.project import Project
from chatcal.site.context import build_report_links, make_map_url
from chatcal.text import is_web_url, split_addresses
from chatcal.words import drop_stops, get_direction


class Renderer:
    """Renders templates in some words; `beside` are the paths of what else is on the site.

    In a page `root` is the way to the site's root.
    """

    def __init__(self, project: Project, beside: Collection[str]) -> None:
        calendar, style = project.calendar, read_asset("style.css")
        self._shared: dict[str, object] = {
            "calendar": calendar,
            "beside": beside,
            "report": build_report_links(calendar),
            "last": project.window.last,
            # Changes with style and script, so that no browser mixes old ones with new pages.
            "version": sha256(style + b"".join(map(read_asset, _SCRIPTS))).hexdigest()[:8],
            "style": style.decode(),
            # As a Content-Security-Policy names it (CSP 3, section 2.3.1).
            "style_hash": b64encode(sha256(style).digest()).decode(),
        }

        @cache
        def name(words: Words) -> dict[str, str]:
            return {"meeting": name_meeting(calendar, words), "meetings": name_meetings(calendar, words)}

        @lru_cache
        def say_for_script(words: Words, zones: tuple[str, ...]) -> Markup:
            page = _load_environment(words).get_template("words.html")
            return Markup(page.render(name(words), zones=zones))  # noqa: S704 - templates escape

        self._name = name
        self._shared["say_for_script"] = say_for_script

    def render(self, template: str, root: str, words: Words, **values: object) -> bytes:
        page = _load_environment(words).get_template(template)
        return page.render(self._shared, **self._name(words), root=root, **values).encode()

    def stream(self, template: str, root: str, words: Words, **values: object) -> Iterator[bytes]:
        """Yield a page in pieces: that of all chapters may be large."""
        page = _load_environment(words).get_template(template)
        pieces = page.stream(self._shared, **self._name(words), root=root, **values)
        pieces.enable_buffering(_MANY_PIECES)
        return (piece.encode() for piece in pieces)


_MANY_PIECES = 1_000
_SCRIPTS = ("chatcal.js", "later.js", "single.js")


class _SharedCode(BytecodeCache):
    """What templates are compiled to, which is the same for the words of all languages."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:  # pragma: no branch - it is compiled
            self._code[bucket.key] = bucket.code


_SHARED_CODE = _SharedCode()


@cache
def _load_environment(words: Words) -> Environment:
    environment = Environment(
        loader=PackageLoader("chatcal.site"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_SHARED_CODE,
    )
    environment.tests["web_address"] = _is_web_address
    environment.filters["linked"] = link_addresses
    environment.filters["direction"] = get_direction
    environment.filters["map_url"] = make_map_url
    environment.globals["words"] = words

    # Whoever sends a translation writes no HTML: tags come from the templates alone.
    @cache
    def find(message: str) -> Markup:
        return escape(message if words is ENGLISH else words.find(message))

    @cache
    def say_plain(message: str) -> Markup:
        return find(message) % {}

    # Jinja's own functions do the same, by way of five calls for each message.
    def say(message: str, **values: object) -> Markup:
        if not values:
            return say_plain(message)
        # No date of English ends with a full stop.
        return (find(message) if words is ENGLISH else escape(drop_stops(find(message), values))) % values

    def say_count(one: str, several: str, number: int, **values: object) -> Markup:
        return escape(words.find_count(one, several, number)) % {"num": number, **values}

    environment.globals |= {"_": say, "gettext": say, "ngettext": say_count}
    environment.extend(newstyle_gettext=True)
    return environment


def _is_web_address(text: str | None) -> bool:
    """Say whether a page may link to an address; a `javascript:` one would run in the page."""
    return text is not None and (is_web_url(text) or text.startswith("mailto:"))


def link_addresses(text: str) -> Markup:
    """Return a text as HTML: its web addresses are links, its line breaks stay."""
    parts = split_addresses(text)
    made = [
        _LINK.format(part) if number % 2 and is_web_url(part) else escape(part) for number, part in enumerate(parts)
    ]
    return Markup().join(made).replace("\n", _BREAK)


_LINK, _BREAK = Markup('<a href="{0}">{0}</a>'), Markup("<br>\n")


def read_asset(name: str) -> bytes:
    """Return a file of the package that goes to the site; script and style without what only people read."""
    content = resources.files("chatcal.site").joinpath("static", name).read_bytes()
    if name.endswith(".js"):
        return _SCRIPT_ENDS.sub(b"", _SCRIPT_NOTES.sub(b"", content))
    return _STYLE_SPACE.sub(rb"\1", content).replace(b";}", b"}") if name.endswith(".css") else content


_SCRIPT_NOTES = re.compile(rb"^\s*(?:(?://|/\*\*).*\n\s*)*", re.MULTILINE)
"""Comments, which are whole lines, and indentation."""
_SCRIPT_ENDS = re.compile(rb"(?<=[;{,])\n")
"""The ends of lines behind signs that need none; no text in a script goes over several lines."""
_STYLE_SPACE = re.compile(rb"\s*([{};,>])\s*|(?<=:) ")
