"""The sessions that a foreign series has, by recurring-ical-events and not by any code of chatcal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from chatcal.importers.series import Series
from chatcal.model import Window
from chatcal.text import make_single_line


class ExpansionError(Exception):
    """A series whose sessions the library cannot tell."""


def expand_series(series: Series, within: Window) -> Iterator[tuple[datetime | date, datetime | date, str]]:
    """Yield start, end and title of each session that is held and starts in a window: in UTC, or days.

    A day that ends on the day it begins is a day. Times on nobody's clock are taken for UTC. Raises NotExpanded.
    """
    calendar = Calendar()
    for event in series.components:
        calendar.add_component(event)
    try:
        # A day more at either end: the window is one of UTC days.
        found: list[Any] = recurring_ical_events.of(calendar).between(
            within.first - timedelta(days=1), within.last + timedelta(days=2)
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ExpansionError(make_single_line(str(error), 120)) from None
    for one in found:
        start, end = _read_as_utc(one["DTSTART"].dt), _read_as_utc(one["DTEND"].dt)
        if not isinstance(start, datetime) and end == start:
            end = start + timedelta(days=1)
        if within.has_start(start) and str(one.get("STATUS", "")).upper() != "CANCELLED":
            yield start, end, make_single_line(str(one.get("SUMMARY", ""))) or series.main.summary


def _read_as_utc(moment: datetime | date) -> datetime | date:
    if not isinstance(moment, datetime):
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
