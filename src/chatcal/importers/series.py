"""Events and series as another program wrote them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import filterfalse
from urllib.parse import urlsplit

from chatcal.english import format_day
from chatcal.model import Link, get_day
from chatcal.text import URL_END, is_map_url, is_web_url, make_single_line

Moment = datetime | date
"""A time, or a day. In a series the time is a local one, without a zone."""
LIBRARY_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What the libraries raise for a stranger's text that they cannot read."""


MAX_NAMED = 20
"""Of more remarks on a calendar, and of more notes, the others are only counted, or left out."""


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
    """The zone that the start names, known or not; of one that names none, that of the calendar, if it is no place."""
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
    conference: str
    """The address of the meeting, from a property made for it; empty where there is none."""
    is_private: bool
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return format_name(self.texts.get("SUMMARY", ""), get_day(self.start))

    @property
    def usual_length(self) -> timedelta:
        """How long it lasts; zero for a time without an end (RFC 5545 section 3.6.1)."""
        return self.length or (timedelta() if isinstance(self.start, datetime) else timedelta(days=1))


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


def get_time(moment: Moment) -> time | None:
    """Return the time of a moment, to the minute; None for a day."""
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


_SERVICES = (
    r"(?:[\w-]+\.)*(?:zoom\.us|zoom\.com|zoomgov\.com|webex\.com|bluejeans\.com|gotomeeting\.com|gotomeet\.me|whereby\.com|"
    r"jit\.si|8x8\.vc|gather\.town|senfcall\.de|discord\.gg|ringcentral\.com|chime\.aws)|"
    r"facetime\.apple\.com|hangouts\.google\.com|meet\.google\.com|teams\.microsoft\.com|teams\.live\.com|join\.skype\.com"
)
_MEETING_HOSTS = re.compile(
    rf"(?!(?:support|help|learn|blog|status)\.)(?:{_SERVICES}|(?:meet|meetpad|jitsi|bbb\d*|conf|webconf)\..+)"
)
"""Hosts of services at which people meet, and how communities call their own."""
_OTHER_PAGES = re.compile(
    r"/*|/(?:rec(?:ording)?|u|tel|download|test|support|hc|docs|sign(?:up|in)|zoomconference|meetingoptions|test-meeting\.html)"
    r"(?:/.*)?",
    re.IGNORECASE,
)
"""Paths of such services that lead into no meeting: recordings, telephone numbers, programs."""
_ADDRESS = re.compile(rf"(?:https?://|(?<![\w@.:/-])(?=(?:{_SERVICES})/))[^{URL_END}]+(?![^\s<>])", re.IGNORECASE)
"""An address in a text; that of a service may have no scheme."""


def iterate_web_addresses(text: str) -> Iterator[tuple[str, str]]:
    """Yield each web address in a text, as it is written and as an address."""
    for found in _ADDRESS.finditer(text):
        written = found[0].rstrip(".,;:!?'")
        written = written.rstrip(")]") if not re.search(r"[(\[]", written) else written
        address = written if re.match("https?:", written, re.IGNORECASE) else f"https://{written}"
        if is_web_url(address):
            yield written, address


def find_web_url(text: str) -> str:
    """Return the first web address in a text; empty where there is none."""
    return next((address for _, address in iterate_web_addresses(text)), "")


@lru_cache(maxsize=256)  # The sessions of a series share long texts.
def find_meeting_url(text: str) -> str:
    """Return the first address of a meeting at a known service in a text; empty where there is none."""
    parts = ((address, urlsplit(address)) for _, address in iterate_web_addresses(text))
    return next(
        (
            address
            for address, one in parts
            if _MEETING_HOSTS.fullmatch(one.hostname or "") and not _OTHER_PAGES.fullmatch(one.path)
        ),
        "",
    )


def find_conference(event: LoadedEvent) -> str:
    """Return the address of an event's meeting: from a property made for it, else one at a known service."""
    texts = (event.texts.get(name, "") for name in ("LOCATION", "URL", "DESCRIPTION"))
    return event.conference or next(filter(None, map(find_meeting_url, texts)), "")


def find_join_url(conference: str, location: str, url: str) -> str:
    """Return where a session is joined: its conference, else an address in its place, else its page; may be empty.

    A map of the place is no such address.
    """
    addresses = (address for _, address in iterate_web_addresses(location))
    return conference or next(filterfalse(is_map_url, addresses), "") or find_web_url(url)


def strip_cancelled(title: str) -> str:
    """Return a title without the word by which Outlook says that a session is cancelled."""
    return re.sub(r"^cancell?ed\s*[:-]\s*", "", title, flags=re.IGNORECASE)


def is_cancelled(status: str) -> bool:
    return status.strip().upper() in ("CANCELLED", "CANCELED")


def format_name(title: str, day: date | None) -> str:
    """Return an event as sentences name it, with or without its title and day: “Lanterns” of 2 Dec 2026."""
    shown = make_single_line(title, 60)
    named = f"“{shown}”" if shown else "An event"
    return f"{named} of {format_day(day).partition(' ')[2]}" if day else named


def name_some(things: Sequence[str], rest: str) -> list[str]:
    """Return the first of many things, and how many more there are: `rest` follows their number."""
    more = len(things) - MAX_NAMED
    return [*things[:MAX_NAMED], *([f"{more:,} {rest}"] if more > 0 else [])]
