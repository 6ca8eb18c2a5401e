"""The site: pages that people subscribe from, and the same for programs, made of the schedules alone."""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING

from chatcal.schedules import ALL, Schedules
from chatcal.site import programs, views
from chatcal.site.subscribe import feed

if TYPE_CHECKING:
    from jinja2 import Environment

_ASSETS = ("style.css", "chatcal.js", "icon.svg", "sessions.schema.json")
"""Files that stand on the site as they stand in this package."""


def pages(schedules: Schedules, beside: Collection[str] = ()) -> dict[str, bytes]:
    """Return the site's files by their path, the feeds aside.

    `beside` holds the paths of what else is published there (`changes.atom`, `hcsm/changes.atom`, `status.json`): pages
    link to those that are there.
    """
    files = {name: _asset(name) for name in _ASSETS}
    files["robots.txt"] = b"User-agent: *\nAllow: /\n"
    files["_headers"] = _HEADERS.encode()
    files["sessions.json"] = programs.sessions_json(schedules, schedules.chapters.values())
    for slug, chapter in schedules.chapters.items():
        files[f"{slug}/sessions.json"] = programs.sessions_json(schedules, [chapter])
    for path, page in _pages(schedules, _renderer(schedules, beside)):
        files[path] = page.encode()
    return files


def _pages(schedules: Schedules, render: Callable[..., str]) -> Iterator[tuple[str, str]]:
    calendar = schedules.calendar
    everything = feed(calendar, ALL, calendar.title, "")
    yield "index.html", render("home.html", "", feed=everything, overview=views.home(schedules))
    yield "404.html", render("404.html", "", style=_asset("style.css").decode(), style_hash=_style_hash())
    for chapter in schedules.chapters.values():
        its_own = feed(calendar, chapter.slug, f"#{chapter.hashtag} {chapter.name}", f"{chapter.slug}/")
        view = views.chapter(schedules, chapter)
        events = programs.events(schedules, chapter)
        yield f"{chapter.slug}/index.html", render("chapter.html", "../", feed=its_own, view=view, events=events)
        for name in chapter.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{chapter.slug}/", title=its_own.title)
    for collection in calendar.collections:
        combined = feed(calendar, collection.name, collection.title, f"{collection.name}/")
        overview = views.collection(schedules, collection)
        yield f"{collection.name}/index.html", render("collection.html", "../", feed=combined, overview=overview)
        for name in collection.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{collection.name}/", title=combined.title)


def _renderer(schedules: Schedules, beside: Collection[str]) -> Callable[..., str]:
    """Return what fills a template for a page from which the site's root is reached by `root`."""

    def render(template: str, root: str, **values: object) -> str:
        page = _environment().get_template(template)
        return page.render(root=root, calendar=schedules.calendar, beside=beside, version=_version(), **values)

    return render


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

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
    return text is not None and re.fullmatch(r"(https?://|mailto:)\S+", text) is not None


def _asset(name: str) -> bytes:
    return resources.files(__name__).joinpath("static", name).read_bytes()


@cache
def _version() -> str:
    """Return a text that changes with style and script, so that no browser mixes old ones with new pages."""
    return sha256(_asset("style.css") + _asset("chatcal.js")).hexdigest()[:8]


@cache
def _style_hash() -> str:
    """Return the stylesheet's hash as a Content-Security-Policy names it (CSP 3, section 2.3.1)."""
    from base64 import b64encode

    return b64encode(sha256(_asset("style.css")).digest()).decode()


_HEADERS = """\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
/*.ics
  Content-Type: text/calendar; charset=utf-8
  Access-Control-Allow-Origin: *
  Cache-Control: public, max-age=600
/*.json
  Access-Control-Allow-Origin: *
/*.atom
  Content-Type: application/atom+xml; charset=utf-8
  Access-Control-Allow-Origin: *
"""
