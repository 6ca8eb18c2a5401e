"""Events and series as another program wrote them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from chatcal.english import format_day
from chatcal.model import Link
from chatcal.text import URL_END, is_web_url, make_single_line

Moment = datetime | date
"""A time, or a day. In a series the time is a local one, without a zone."""
LIBRARY_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What the libraries raise for a stranger's text that they cannot read."""
CONFERENCES = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
"""Properties that name the address of a meeting (RFC 7986 section 5.11), the first that has one counts."""


class ForeignCalendarError(Exception):
    """Why a calendar cannot be read: the end of a sentence, without its full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEvent:
    """One VEVENT (RFC 5545 section 3.6.1). A time is aware, unless it names no zone, or one that is not known."""

    uid: str
    sequence: int
    stamp: str
    """DTSTAMP as it is written: the later one sorts last."""
    start: Moment
    tzid: str
    """The zone that the start names, known or not."""
    unknown_zone: str
    """The first zone that it names and nobody knows; empty where there is none."""
    claimed_zone: str | None
    """The IANA zone of the whole calendar (X-WR-TIMEZONE), which times without a zone are in."""
    length: timedelta | None
    """None where no end is given that can be used."""
    rules: tuple[str, ...]
    """RRULE values (section 3.3.10); where the start is aware, UNTIL is in UTC."""
    skipped: tuple[Moment, ...]
    """A day beside a start with a time means all of that day."""
    added: tuple[tuple[Moment, timedelta | None], ...]
    slot: Moment | None
    """Which session of its series it changes (RECURRENCE-ID)."""
    includes_later: bool
    texts: Mapping[str, str]
    """Plain texts by the names of their properties; those that are empty are left out."""
    hosts: tuple[str, ...]
    """Names of who leads it: its chairs, or who organizes it."""
    extras: tuple[tuple[str, str], ...]
    """Categories, contacts, comments and addresses of attachments, each with its kind."""
    files: int
    """How many attachments are in the calendar itself, or have no address of the web."""
    is_private: bool
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return format_name(self.texts.get("SUMMARY", ""), get_day(self.start))

    @property
    def conference(self) -> str:
        """The address of the meeting, from a property made for it; empty where there is none."""
        return next(filter(None, (find_web_url(self.texts.get(name, "")) for name in CONFERENCES)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """An event with those that change sessions of it, at most one for each; or an event that changes an unknown one."""

    main: LoadedEvent
    changes: tuple[LoadedEvent, ...] = ()
    shares_uid: bool = False
    """Whether another group has the same UID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """What one VEVENT says of one session, or of each session of a series."""

    summary: str
    start: Moment
    length: timedelta
    cancelled: bool = False
    location: str = ""
    geo: str = ""
    """Latitude and longitude as they are written, with a `;` between them (RFC 5545 section 3.8.1.6)."""
    url: str = ""
    conference: str = ""
    """The address of its meeting, if a property made for it names one."""
    description: str = ""
    """What it says, with line breaks."""
    is_cut: bool = False
    """Whether it says more than that."""
    hosts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    """What else it says: the kind, and a text of one line."""
    files: int = 0
    """How many attachments it has without an address of the web."""

    @property
    def name(self) -> str:
        return format_name(self.summary, get_day(self.start))


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
    uid: str = ""
    zone: str | None
    """An IANA name; None for days, and for times without a zone (RFC 5545 section 3.3.5, form 1)."""
    rules: tuple[str, ...] = ()
    """RRULE values (section 3.3.10)."""
    skipped: tuple[Moment, ...] = ()
    added: tuple[tuple[Moment, timedelta], ...] = ()
    changed: tuple[ChangedOccurrence, ...] = ()
    skip_reasons: Mapping[date, str] = field(default_factory=dict)
    has_known_start: bool = True
    """False if the file does not say when it began: then the start is only the next session."""
    unknown_weeks: int = 0
    """Every how many weeks it is held, if the file does not say in which ones: its rule then has all of them."""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCalendar:
    """A calendar as its file has it."""

    name: str
    about: str = ""
    website: str = ""
    note: str = ""
    links: tuple[Link, ...] = ()
    moderators: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    remarks: tuple[str, ...] = ()
    """What was left out."""
    notes: tuple[str, ...] = ()
    """What was read, but should be looked at."""
    slug: str = ""
    """What to name the chapter's file after; its name where it is empty."""
    groups: tuple["ForeignCalendar", ...] = ()
    """The calendars of its groups, if the file has some; then it has no series of its own."""
    content: bytes = field(default=b"", repr=False)
    """The .ics file, or what would be one: an import is compared with it, read anew."""


def get_day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def get_time(moment: Moment) -> time | None:
    """Return the time of a moment, to the minute; None for a day."""
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


def find_web_url(text: str) -> str:
    """Return the first web address in a text; empty where there is none."""
    return next(iterate_web_urls(text), "")


def iterate_web_urls(text: str) -> Iterator[str]:
    for found in re.finditer(rf"https?://[^{URL_END}]+(?![^\s<>])", text):
        address = found[0].rstrip(".,;:!?'")
        address = address.rstrip(")]") if not re.search(r"[(\[]", address) else address
        if is_web_url(address):
            yield address


_MEETING_HOSTS = re.compile(
    r"(?:.*\.)?(?:zoom\.us|zoom\.com|zoomgov\.com|webex\.com|bluejeans\.com|gotomeeting\.com|gotomeet\.me|whereby\.com|"
    r"jit\.si|8x8\.vc|gather\.town|senfcall\.de|discord\.gg|ringcentral\.com|chime\.aws)|"
    r"meet\.google\.com|teams\.microsoft\.com|teams\.live\.com|join\.skype\.com|(?:meet|jitsi|bbb|conf|webconf)\..+"
)
"""Hosts of services at which people meet, and how communities call their own."""


def find_meeting_url(text: str) -> str:
    """Return the first address of a known meeting service in a text; empty where there is none."""
    hosts = ((one, urlsplit(one).hostname or "") for one in iterate_web_urls(text))
    return next((one for one, host in hosts if _MEETING_HOSTS.fullmatch(host)), "")


def find_join_url(conference: str, location: str, url: str) -> str:
    """Return where a session is joined: its conference, else an address in its place, else its page; may be empty."""
    return conference or find_web_url(location) or find_web_url(url)


def format_name(title: str, day: date | None) -> str:
    """Return an event as sentences name it, with or without its title and day: “Lanterns” of 2 Dec 2026."""
    shown = make_single_line(title, 60)
    named = f"“{shown}”" if shown else "An event"
    return f"{named} of {format_day(day).partition(' ')[2]}" if day else named
