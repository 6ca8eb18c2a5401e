"""What chatcal knows: a calendar, its chapters with their chats, and the sessions that come of them.

Everything is frozen. A `where` is the place in a schedule file that a problem with the value should point at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from chatcal.problems import Span
from chatcal.timezones import UTC_NAME, load_zone


class DayPart(StrEnum):
    """What `at` says where it names no clock time."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    UNKNOWN = "unknown"
    ALL_DAY = "all day"


StartTime = time | DayPart
"""When on its day a session begins: a clock time on the chat's own clock, or what is known instead."""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a session lasts: days go by the clock on the wall, minutes elapse."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a date stands for: one, or all of a month or a year where no more is known."""

    first: date
    last: date
    where: Span = field(compare=False)

    @property
    def is_exact(self) -> bool:
        return self.first == self.last


class FeedName(str):
    """The name of a feed, with the place where somebody wrote it."""

    where: Span

    def __new__(cls, name: str, where: Span = Span("")) -> "FeedName":  # noqa: B008 # frozen; a copy gets it afterwards
        """Return a name that equals its text."""
        found = super().__new__(cls, name)
        found.where = where
        return found


@dataclass(frozen=True, slots=True)
class Day:
    """A date that somebody wrote."""

    day: date
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class UnknownWeeks:
    """That nobody knows which weeks, or months, a rule with a number means."""

    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Days that recur, in the parts of an RFC 5545 recurrence rule (section 3.3.10)."""

    freq: str
    """DAILY, WEEKLY, MONTHLY or YEARLY."""
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int | None, int], ...] = ()
    """Ordinal (None for every one) and day of the week, Monday 0."""
    by_set_pos: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    week_start: int = 0
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ListedDate:
    """One of the days of `dates`, with its time where it has its own."""

    day: date
    at: time | None
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Rota:
    """Hosts who take turns, a slot each, from a slot on."""

    first: Day
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A web address with its name: `Agenda`, `Recording`."""

    name: str
    address: str


Geo = tuple[float, float]
"""Latitude and longitude in degrees, north and east positive (RFC 5545 section 3.8.1.6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where people meet, as a calendar, a chapter, a chat or a single session says it: the innermost counts."""

    join: str | None = None
    """Where to join from afar; an empty text takes away what is said further out."""
    place: str | None = None
    """The room or postal address where they meet; an empty text as above."""
    geo: Geo | None = None
    """Where `place` is, on the same level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details(Whereabouts):
    """What can be said of all sessions of a chat, and of a single one."""

    title: str | None = None
    topic: str | None = None
    hosts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(Details):
    """A meeting that recurs by `every`, or is listed in `dates`."""

    where: Span = field(compare=False)
    id: str | None = None
    every: Rule | None = None
    dates: tuple[ListedDate, ...] = ()
    at: StartTime = DayPart.UNKNOWN
    lasts: Duration | None = None
    first: Period | None = None
    until: Period | None = None
    counting: Day | UnknownWeeks | None = None
    exceptions: tuple[Rule | Day, ...] = ()
    timezone: str | None = None
    rotas: tuple[Rota, ...] = ()

    @property
    def anchor(self) -> date | None:
        """The slot that rules with a number count from."""
        if self.counting is not None:
            return self.counting.day if isinstance(self.counting, Day) else None
        return self.first.first if self.first is not None and self.first.is_exact else None

    @property
    def has_unknown_weeks(self) -> bool:
        return isinstance(self.counting, UnknownWeeks)

    def is_past_end(self, day: date) -> bool:
        return self.until is not None and day > self.until.last


@dataclass(frozen=True, slots=True)
class MovedTo:
    """Where a slot is moved to; without a time it keeps its own."""

    day: date
    at: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOverride(Details):
    """What `sessions` says of one slot."""

    slot: date
    id: str | None = None
    where: Span = field(compare=False)
    cancelled: str | None = None
    """The reason, empty where none is given; None where the session is held."""
    moved_to: MovedTo | None = None
    at: StartTime | None = None
    lasts: Duration | None = None
    transcript: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Days on which no chat meets."""

    first: Period
    until: Period
    reason: str = ""
    chapters: tuple[FeedName, ...] = ()
    """The slugs of the chapters that keep it; empty for all."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a chapter keeps its calendar itself."""

    address: str
    where: Span = field(compare=False)
    only: str | None = None
    """A text that the title of a session, or of its series, has: only such sessions are the chapter's."""
    category: str | None = None

    @property
    def description(self) -> str:
        """The address, with what is taken from it."""
        only = f", only “{self.only}”" if self.only else ""
        return f"{self.address}{only}" + (f", only the category “{self.category}”" if self.category else "")

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True, slots=True)
class Called:
    """What people call one meeting, and several of them."""

    one: str
    many: str


CHAT = Called("chat", "chats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter(Whereabouts):
    """A community, as one schedule file describes it."""

    slug: str
    file: str
    hashtag: str | None = None
    name: str
    about: str | None = None
    region: str | None = None
    language: str = "en"
    timezone: str | None = None
    website: str | None = None
    account: str | None = None
    links: tuple[Link, ...] = ()
    note: str | None = None
    moderators: tuple[str, ...] = ()
    confirmed: Day | None = None
    doubt: str | None = None
    sources: tuple[str, ...] = ()
    formerly: tuple[FeedName, ...] = ()
    """Its other names, the oldest first."""
    has_oldest_name: bool = False
    """Whether its own name is the oldest all the same: it took others in, or has its first name back."""
    chats: tuple[Chat, ...] = ()
    overrides: tuple[SessionOverride, ...] = ()
    breaks: tuple[Break, ...] = ()
    upstream: Upstream | None = None
    upstream_sessions: "tuple[Session, ...]" = ()
    """The sessions of a calendar that is kept elsewhere, as far as they are known."""
    label: str = field(init=False, repr=False, compare=False)
    """What it is called in short: `#lanternchat`, or its name if it has no hashtag."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", f"#{self.hashtag}" if self.hashtag else self.name)

    @property
    def full_name(self) -> str:
        """`#lanternchat The Lantern Keepers`, or its name alone."""
        return f"#{self.hashtag} {self.name}" if self.hashtag else self.name

    @property
    def root(self) -> str:
        """The slug that its UIDs begin with, for ever: the oldest."""
        return self.formerly[0] if self.formerly and not self.has_oldest_name else self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A combined feed of a few chapters."""

    name: str
    title: str
    chapters: tuple[FeedName, ...]
    formerly: tuple[FeedName, ...] = ()
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(Whereabouts):
    """What `chatcal.yaml` says of the calendar as a whole."""

    title: str
    uid_domain: str
    about: str | None = None
    language: str = "en"
    home: str | None = None
    repository: str | None = None
    contact: str | None = None
    called: Called = CHAT
    clocks: tuple[str, ...] = ()
    ahead: int = 12
    behind: int = 3
    unconfirmed_after: int = 18
    unconfirmed: str = "show"
    collections: tuple[Collection, ...] = ()
    breaks: tuple[Break, ...] = ()
    upstream_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionOrigin:
    """Where a session comes from: its chat, and what `sessions` says of its slot."""

    chat: Chat
    override: SessionOverride | None

    @property
    def where(self) -> Span:
        return self.override.where if self.override else self.chat.where


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Details):
    """What becomes of a slot: held as planned, cancelled, or moved.

    `start` and `end` are in UTC, or dates on the chat's own clock where there is no clock time (`end` is then the day
    after the last, as DTEND is in RFC 5545 section 3.6.1). Its links and its note are its own and its chat's, not those
    of its chapter.
    """

    uid: str
    chapter: str
    slot: date
    chat: str | None
    start: datetime | date
    end: datetime | date
    at: StartTime
    timezone: str | None
    unconfirmed: bool = False
    held_every: tuple[int, str] | None = None
    """`(2, "week")` if it is held every other week only, and nobody knows in which; None if it is held."""
    cancelled: str | None = None
    moved_from: tuple[date, StartTime] | None = None
    """Where it was due before it was moved; None where it was not."""
    transcript: str | None = None
    clock_change: str | None = None
    """`gap` or `overlap` where its local time falls in a change of the clock."""
    origin: SessionOrigin | None = field(default=None, compare=False, repr=False)
    """None in a followed calendar, and where a feed was decoded."""

    @property
    def local_start(self) -> datetime | date:
        """Its start on its own clock (that of UTC where it has none), without a zone."""
        if not isinstance(self.start, datetime):
            return self.start
        return self.start.astimezone(load_zone(self.timezone or UTC_NAME)).replace(tzinfo=None)

    @property
    def local_day(self) -> date:
        return get_day(self.local_start)


@dataclass(frozen=True, slots=True)
class Window:
    """The days, in UTC, whose sessions a feed holds; both inclusive."""

    first: date
    last: date

    def has_start(self, start: datetime | date) -> bool:
        """Say whether a session that starts then is in it; a DATE counts as 00:00 UTC."""
        return self.first <= get_day(start) <= self.last

    def select(self, items: "Iterable[Item]") -> "list[Item]":
        return [item for item in items if self.has_start(item.start)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One session as a VEVENT shows it (RFC 5545 section 3.6.1), its revision aside."""

    uid: str
    start: datetime | date
    end: datetime | date
    summary: str
    description: str
    location: str | None
    geo: Geo | None = None
    conference: str | None = None
    """Where to join it from afar, if `location` says something else (RFC 7986 section 5.11)."""
    url: str | None
    category: str
    status: str | None
    extras: tuple[tuple[str, str], ...] = ()
    """Names and values of its X-CHATCAL-… properties."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An event as it is published: when it was last modified (in UTC), and its bytes."""

    uid: str
    start: datetime | date
    end: datetime | date
    modified: datetime
    content: bytes = field(repr=False)


Item = TypeVar("Item", Session, Event, Revision)


def get_day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def get_feed_order(item: Session | Event | Revision) -> tuple[datetime, str]:
    """Return the sort key of events in every feed: the start (00:00 UTC for a DATE), then the UID."""
    start = item.start
    if not isinstance(start, datetime):
        start = datetime.combine(start, time(), UTC)
    return start, item.uid


def has_ended(item: Session | Event | Revision, now: datetime) -> bool:
    """Say whether a session ended before `now` (aware), for everybody on earth.

    A whole day has ended when its DTEND begins in the last zone on earth, twelve hours behind UTC.
    """
    end = item.end
    if not isinstance(end, datetime):
        end = datetime.combine(end, time(12), UTC)
    return end < now


def select_coming(items: Iterable[Item], now: datetime) -> list[Item]:
    """Return those that have not ended at `now` (aware)."""
    return [item for item in items if not has_ended(item, now)]


def sort_for_feed(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=get_feed_order)
