"""Templates, stylesheet and script to pages."""

import re
from base64 import b64encode
from collections.abc import Callable, Collection
from functools import cache
from hashlib import sha256
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from chatcal.english import ENGLISH, Words
from chatcal.feed.event import name_meeting, name_meetings
from chatcal.model import Calendar
from chatcal.site.context import build_report_links
from chatcal.text import is_web_url, split_addresses


def make_renderer(calendar: Calendar, beside: Collection[str]) -> Callable[..., bytes]:
    """Return a function that renders a template in some words; in its page `root` is the way to the site's root."""
    style = read_asset("style.css")
    shared = {
        "calendar": calendar,
        "beside": beside,
        "report": build_report_links(calendar),
        # Changes with style and script, so that no browser mixes old ones with new pages.
        "version": sha256(style + b"".join(map(read_asset, _SCRIPTS))).hexdigest()[:8],
        "style": style.decode(),
        # As a Content-Security-Policy names it (CSP 3, section 2.3.1).
        "style_hash": b64encode(sha256(style).digest()).decode(),
    }

    def render(template: str, root: str, words: Words, **values: object) -> bytes:
        called = {"meeting": name_meeting(calendar, words), "meetings": name_meetings(calendar, words)}
        page = _load_environment(words).get_template(template)
        return page.render(shared, **called, root=root, **values).encode()

    return render


_SCRIPTS = ("chatcal.js", "later.js", "single.js")


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
    )
    environment.tests["web_address"] = _is_web_address
    environment.filters["linked"] = link_addresses
    environment.globals["words"] = words

    # Whoever sends a translation writes no HTML: tags come from the templates alone.
    @cache
    def find(message: str) -> str:
        return escape(message if words is ENGLISH else words.find(message))

    def find_count(one: str, several: str, number: int) -> str:
        return escape(words.find_count(one, several, number))

    environment.install_gettext_callables(find, find_count, newstyle=True)  # type: ignore[attr-defined] # of the extension
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
        return _SCRIPT_NOTES.sub(b"", content)
    return _STYLE_SPACE.sub(rb"\1", content).replace(b";}", b"}") if name.endswith(".css") else content


_SCRIPT_NOTES = re.compile(rb"^\s*(?:(?://|/\*\*).*\n\s*)*", re.MULTILINE)
"""Comments, which are whole lines, and indentation."""
_STYLE_SPACE = re.compile(rb"\s*([{};,])\s*|(?<=:) ")
