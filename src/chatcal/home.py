"""Where the site is served, and where the calendar says that it is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from chatcal.model import Calendar
from chatcal.problem import Problem, Span, make_warning, split_lines
from chatcal.schedules import CALENDAR_SPAN

_HOME_KEY = re.compile(r"""(?:^|[\s{,])(['"]?)home\1\s*:""")


def apply_home(home: str, calendar: Calendar) -> Calendar:
    """Return a calendar with the address that it is served at, where it does not say one itself."""
    return calendar if calendar.home else replace(calendar, home=home)


def check_home(octets: bytes, written: str | None, home: str) -> Iterator[Problem]:
    """Yield which line of `chatcal.yaml` to change, where it names another address than the one it is served at.

    Takes the octets of that file, the address that it was read to name, and the one that the site is served at.
    """
    if written is not None and urlsplit(written)[1:] != urlsplit(home)[1:]:
        lines = split_lines(octets)
        number = next((number for number, line in enumerate(lines, 1) if _HOME_KEY.search(line)), 1)
        yield make_warning(
            Span(CALENDAR_SPAN.file, number, width=len(lines[number - 1])),
            "other-home",
            f"The site is served at {home}, and its feeds and pages say that they are at {written}.",
            f"If nothing else serves them there, write `home: {home}`.",
        )
