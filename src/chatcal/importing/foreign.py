"""A calendar that is kept elsewhere: series of sessions, with what became of single ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Moment = datetime | date
"""A time as the clock of its series shows it (without a zone), or a day."""


class ForeignCalendarError(Exception):
    """What was given is no calendar that can be read; says why, in a sentence without its stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """What one VEVENT says of one session, or of each of a series."""

    summary: str
    start: Moment
    length: timedelta
    cancelled: bool = False
    location: str = ""
    address: str = ""
    description: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOccurrence:
    """A session of a series that became another (RECURRENCE-ID)."""

    slot: Moment
    event: ForeignEvent
    includes_later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A session, or sessions by rules, on one clock."""

    main: ForeignEvent
    zone: str | None
    """The IANA name of the clock; None for days, and for times on nobody's clock."""
    rules: tuple[str, ...] = ()
    """RRULE values (section 3.3.10)."""
    skipped: tuple[Moment, ...] = ()
    added: tuple[tuple[Moment, timedelta], ...] = ()
    changed: tuple[ChangedOccurrence, ...] = ()
    skip_reasons: Mapping[date, str] = field(default_factory=dict)
    """Why days are skipped, where the file says it."""
    remarks: tuple[str, ...] = ()
    private: bool = False
    components: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    """The very components, for whoever expands them."""

    @property
    def is_floating(self) -> bool:
        """Whether its times are on nobody's clock (section 3.3.5, form 1)."""
        return self.zone is None and isinstance(self.main.start, datetime)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCalendar:
    """A calendar as its file has it: what it is called and says of itself, its series, and what was left out."""

    name: str
    about: str = ""
    website: str = ""
    note: str = ""
    moderators: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    remarks: tuple[str, ...] = ()
    hashtag: str = ""
    """What the chapter's hashtag should be made of; the name where it is empty."""
