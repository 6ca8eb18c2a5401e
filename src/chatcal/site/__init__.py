"""Pages that people subscribe from, made of the schedules alone."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

    from chatcal.schedules import Schedules


def pages(schedules: "Schedules") -> dict[str, bytes]:
    """Return the site's files by their path, the feeds aside."""
    template = _environment().get_template("index.html")
    page = template.render(calendar=schedules.calendar, chapters=list(schedules.chapters.values()))
    return {"index.html": page.encode()}


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("chatcal.site"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
