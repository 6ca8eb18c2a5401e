"""The sessions that a foreign series has, by recurring-ical-events and not by any code of chatcal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from chatcal.importing.cleaning import line
from chatcal.importing.foreign import Series
from chatcal.model import Window


class NotExpanded(Exception):  # noqa: N818 - a broken series is no fault of the program
    """A series whose sessions the library cannot tell."""


def held(series: Series, within: Window) -> Iterator[tuple[datetime | date, datetime | date, str]]:
    """Yield start, end and title of each session that is held and starts in a window: in UTC, or days.

    A day that ends on the day it begins is a day. Times on nobody's clock are taken for UTC. Raises NotExpanded.
    """
    calendar = Calendar()
    for event in series.events:
        calendar.add_component(event)
    try:
        # A day more at either end: the window is one of UTC days.
        found: list[Any] = recurring_ical_events.of(calendar).between(
            within.first - timedelta(days=1), within.last + timedelta(days=2)
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise NotExpanded(line(str(error), 120)) from None
    for one in found:
        start, end = _utc(one["DTSTART"].dt), _utc(one["DTEND"].dt)
        if not isinstance(start, datetime) and end == start:
            end = start + timedelta(days=1)
        if within.holds(start) and str(one.get("STATUS", "")).upper() != "CANCELLED":
            yield start, end, line(str(one.get("SUMMARY", ""))) or series.main.summary


def _utc(moment: datetime | date) -> datetime | date:
    if not isinstance(moment, datetime):
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
