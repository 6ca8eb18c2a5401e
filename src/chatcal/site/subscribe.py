"""The addresses that a feed is subscribed from, and the code that brings its page to a phone."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

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
    code: str
    """The QR code of that page's address: the `d` of an SVG path that is drawn as lines one unit wide."""
    size: int
    """The modules of the code on a side, its quiet zone included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFeed:
    """A feed that a page offers."""

    name: str
    title: str
    links: SubscribeLinks | None
    """None where nobody knows yet where the site is served; the page's script then fills them in."""


def build_offered_feed(calendar: Calendar, name: str, title: str, path: str) -> OfferedFeed:
    """Return the feed of that name; `path` leads from the site's root to the page that shows it."""
    return OfferedFeed(
        name=name, title=title, links=_build_links(calendar.home, name, title, path) if calendar.home else None
    )


def _build_links(home: str, name: str, title: str, path: str) -> SubscribeLinks:
    address = f"{home}{name}.ics"
    webcal = f"webcal:{address.partition(':')[2]}"
    # Google takes webcal and Microsoft https: each comes up empty, or refuses, with the other.
    asked = f"url={quote(address, safe='')}&name={quote(title[:80], safe='')}"
    code, size = _draw_qr_code(f"{home}{path}")
    return SubscribeLinks(
        address=address,
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{asked}",
        office=f"https://outlook.office.com/calendar/0/addfromweb?{asked}",
        page=f"{home}{path}",
        code=code,
        size=size,
    )


def _draw_qr_code(text: str) -> tuple[str, int]:
    """Return the QR code of a text as lines of an SVG path, a unit wide, and its size with the quiet zone.

    The quiet zone is four modules wide (ISO/IEC 18004, 9.1).
    """
    import segno

    made = segno.make(text, error="l", micro=False)
    runs = []
    for y, row in enumerate(made.matrix_iter(border=4)):
        x = drawn = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                # From where the last one ended: that is shorter.
                runs.append(f"{f'm{x - drawn} 0' if drawn else f'M{x} {y}.5'}h{width}")
                drawn = x + width
            x += width
    return "".join(runs), len(made.matrix) + 8
