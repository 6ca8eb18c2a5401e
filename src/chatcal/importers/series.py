"""Events and series as another program wrote them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

Moment = datetime | date
"""A time, or a day. In a series the time is a local one, without a zone."""
RawEvent = Any
"""A VEVENT of the icalendar library: a broken file may give its properties values of any type."""


class ForeignCalendarError(Exception):
    """Why a calendar cannot be read: the end of a sentence, without its full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """What one VEVENT says of one session, or of each session of a series."""

    summary: str
    start: Moment
    length: timedelta
    cancelled: bool = False
    location: str = ""
    url: str = ""
    description: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOccurrence:
    """A session that differs from its series (RECURRENCE-ID)."""

    slot: Moment
    event: ForeignEvent
    includes_later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A session, or sessions by rules, in one zone."""

    main: ForeignEvent
    zone: str | None
    """An IANA name; None for days, and for times without a zone (RFC 5545 section 3.3.5, form 1)."""
    rules: tuple[str, ...] = ()
    """RRULE values (section 3.3.10)."""
    skipped: tuple[Moment, ...] = ()
    added: tuple[tuple[Moment, timedelta], ...] = ()
    changed: tuple[ChangedOccurrence, ...] = ()
    skip_reasons: Mapping[date, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    private: bool = False
    components: tuple[RawEvent, ...] = field(default=(), compare=False, repr=False)
    """The events themselves, with what decides their times, to be expanded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCalendar:
    """A calendar as its file has it."""

    name: str
    about: str = ""
    website: str = ""
    note: str = ""
    moderators: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    remarks: tuple[str, ...] = ()
    """What was left out."""
    hashtag: str = ""
    """What to make the chapter's hashtag of; the name where it is empty."""


def get_day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def get_time(moment: Moment) -> time | None:
    """Return the time of a moment, to the minute; None for a day."""
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


def list_values(component: RawEvent, name: str) -> list[Any]:
    """Return every value of a property, however often the component has it."""
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]
