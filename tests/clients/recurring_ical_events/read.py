"""What recurring-ical-events makes of feeds: `python read.py FEED...`, the answer as JSON."""

import json
import locale
import sys
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events


def moment(value: date) -> str:
    """Return a moment: in UTC, or the date where it has no time."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{value:%Y%m%d}"


def text(event: Any, name: str) -> str | None:
    """Return a text of the event."""
    return str(event[name]) if name in event else None


def sessions(octets: bytes) -> list[dict[str, str | None]]:
    """Return every event between two dates far apart."""
    return [
        {
            "uid": text(event, "UID"),
            "start": moment(event.start),
            "end": moment(event.end),
            "summary": text(event, "SUMMARY"),
            "description": text(event, "DESCRIPTION"),
            "status": text(event, "STATUS"),
        }
        for event in recurring_ical_events.of(icalendar.Calendar.from_ical(octets)).between(
            datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
        )
    ]


locale.setlocale(locale.LC_ALL, "")
feeds = [sessions(Path(path).read_bytes()) for path in sys.argv[1:]]
print(json.dumps({"version": version("recurring-ical-events"), "feeds": feeds}))
