"""Templates, stylesheet and script to pages."""

from base64 import b64encode
from collections.abc import Callable, Collection
from functools import cache
from hashlib import sha256
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from chatcal.model import Calendar
from chatcal.text import is_web_url


def make_renderer(calendar: Calendar, beside: Collection[str]) -> Callable[..., bytes]:
    """Return what fills a template for a page, whose links reach the site's root by `root`."""

    def render(template: str, root: str, **values: object) -> bytes:
        page = _load_environment().get_template(template)
        about = {"calendar": calendar, "beside": beside, "root": root, "version": _compute_assets_version()}
        return page.render(about, style=_read_style, style_hash=_compute_style_hash, **values).encode()

    return render


@cache
def _load_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("chatcal.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["web_address"] = _is_web_address
    return environment


def _is_web_address(text: str | None) -> bool:
    """Say whether a text is an address that a page may link to; a `javascript:` one would run in the page."""
    return text is not None and (is_web_url(text) or text.startswith("mailto:"))


def read_asset(name: str) -> bytes:
    """Return a file that stands on the site as it stands in this package."""
    return resources.files("chatcal.site").joinpath("static", name).read_bytes()


def _read_style() -> str:
    return read_asset("style.css").decode()


@cache
def _compute_style_hash() -> str:
    """Return the stylesheet's hash as a Content-Security-Policy names it (CSP 3, section 2.3.1)."""
    return b64encode(sha256(read_asset("style.css")).digest()).decode()


@cache
def _compute_assets_version() -> str:
    """Return a text that changes with style and script, so that no browser mixes old ones with new pages."""
    return sha256(read_asset("style.css") + read_asset("chatcal.js")).hexdigest()[:8]
