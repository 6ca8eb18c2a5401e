"""The addresses that a feed is subscribed from, and the code that brings its page to a phone."""

import io
from dataclasses import dataclass
from urllib.parse import quote

import segno

from chatcal.model import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeLinks:
    """The addresses of a feed for one kind of calendar program each."""

    address: str
    webcal: str
    google: str
    outlook: str
    office: str
    page: str
    """The address of the page that shows the feed."""
    qr_code: bytes
    """That address as an SVG file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFeed:
    """A feed that a page offers."""

    name: str
    title: str
    links: SubscribeLinks | None
    """None if nobody knows yet where the site is served; the page's script then fills them in."""


def build_offered_feed(calendar: Calendar, name: str, title: str, path: str) -> OfferedFeed:
    """Return the feed of that name; `path` leads from the site's root to the page that shows it."""
    return OfferedFeed(
        name=name, title=title, links=_build_links(calendar.home, name, title, path) if calendar.home else None
    )


def _build_links(home: str, name: str, title: str, path: str) -> SubscribeLinks:
    address = f"{home}{name}.ics"
    webcal = f"webcal:{address.partition(':')[2]}"
    # Google takes webcal and Microsoft https: with the other, each refuses or shows nothing.
    query = f"url={quote(address, safe='')}&name={quote(title[:80], safe='')}"
    return SubscribeLinks(
        address=address,
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{query}",
        office=f"https://outlook.office.com/calendar/0/addfromweb?{query}",
        page=f"{home}{path}",
        qr_code=_draw_qr_code(f"{home}{path}"),
    )


def _draw_qr_code(text: str) -> bytes:
    svg = io.BytesIO()
    code = segno.make(text, error="l", micro=False)
    code.save(svg, kind="svg", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    # Without crisp edges, browsers draw faint lines between the rows.
    return svg.getvalue().replace(b"<svg ", b'<svg shape-rendering="crispEdges" ', 1)
