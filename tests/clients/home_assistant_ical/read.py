"""What Home Assistant's `ical` makes of feeds: `python read.py FEED...`, the answer as JSON."""

import json
import locale
import sys
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from ical.calendar_stream import IcsCalendarStream


def moment(value: date) -> str:
    """Return a moment: in UTC, or the date where it has no time."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{value:%Y%m%d}"


def sessions(text: str) -> list[dict[str, str | None]]:
    """Return every event on the timeline of the reader's own clock, as Home Assistant asks for it."""
    return [
        {
            "uid": event.uid,
            "start": moment(event.start),
            "end": moment(event.end),
            "summary": event.summary,
            "description": event.description,
            "status": event.status.value if event.status else None,
        }
        for event in IcsCalendarStream.calendar_from_ics(text).timeline
    ]


locale.setlocale(locale.LC_ALL, "")
feeds = [sessions(Path(path).read_bytes().decode()) for path in sys.argv[1:]]
print(json.dumps({"version": version("ical"), "feeds": feeds}))
