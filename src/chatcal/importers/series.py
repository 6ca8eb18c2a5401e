"""Events and series as another program wrote them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from chatcal.model import Duration
from chatcal.text import is_web_url


def find_hashtag(text: str) -> str | None:
    """Return the hashtag that a text begins with, without its `#`; None where it begins with none."""
    found = re.match(r"#([^\W_]\w{1,58})(?!\w)", text)
    return found[1] if found else None


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


def get_day(moment: Moment) -> date:
    """Return the day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def get_time(moment: Moment) -> time | None:
    """Return the clock time of a moment, to the minute; None for a day."""
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


def build_chat_values(entry: ForeignEvent, length: timedelta, *, all_day: bool) -> dict[str, Any]:
    """Return what a chat says beside its times."""
    title = split_summary(entry.summary)
    return {
        "lasts": _make_duration(length, all_day=all_day),
        "title": title[0],
        "topic": title[1],
        "join": _find_join_url(entry),
        "hosts": entry.hosts,
    }


def _find_join_url(entry: ForeignEvent) -> str | None:
    """Return where to join: what the place gives, or the event's page where there is no place to go to."""
    return next((one for one in (entry.location or entry.address,) if is_web_url(one)), None)


def split_summary(summary: str) -> tuple[str | None, str | None]:
    """Return the title and the topic that a summary gives: `#lanternchat chat` is what chatcal writes by itself."""
    tag = find_hashtag(summary)
    rest = summary[len(tag) + 1 :] if tag else ""
    if tag and rest.strip().lower() in ("", "chat"):
        return None, None
    if tag and rest.startswith(": ") and rest[2:].strip():
        return None, rest[2:].strip()
    return summary or None, None


def _make_duration(length: timedelta, *, all_day: bool) -> Duration | None:
    if all_day:
        return Duration(days=length.days) if length.days > 1 else None
    seconds = int(length.total_seconds())
    if seconds % 86_400 == 0 and seconds:
        return Duration(days=length.days)
    minutes = seconds // 60
    return Duration(minutes=minutes) if minutes not in (0, 60) else None


def list_remarks(entry: ForeignEvent, remarks: Sequence[str]) -> Iterator[str]:
    """Yield the remarks on a chat: those on its series, and what an entry says that no key of a chat can."""
    yield from remarks
    if isinstance(entry.start, datetime):
        if not entry.length:
            yield "The calendar gives no length; an hour is assumed."
        if entry.start.second:
            yield f"It began {entry.start.second} seconds past the minute."
    if entry.location and not is_web_url(entry.location):
        yield f"Place: {entry.location}"
    if entry.address and entry.address != _find_join_url(entry):
        yield f"Page: {entry.address}"
    if entry.description:
        yield f"It said: {entry.description}"
