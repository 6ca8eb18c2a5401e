"""What the templates show, in the words that they show it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import quote

from chatcal import english
from chatcal.feed import event
from chatcal.model import Calendar, Chapter, Chat, Collection, DayPart, Session, get_feed_order
from chatcal.project import Project
from chatcal.recurrence import describe
from chatcal.recurrence.describe import ChatDescription
from chatcal.site.archive import find_recorded_sessions, list_coming_sessions
from chatcal.timezones import get_city_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session, and what a page says of it."""

    id: str
    """Its UID without the domain."""
    chapter: Chapter
    session: Session
    name: str
    """What its event is called in the feeds."""
    start: str
    end: str
    """Instants in UTC as `2026-11-25T18:00Z`, or dates."""
    day: date
    short_day: str
    when: str
    chapter_time: str
    """Day, time and city of its own clock; empty where it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]
    """Kinds (`cancelled`, `moved`, `unconfirmed`, `unknown`), each with its word, and with a reason or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """The sessions of one day."""

    weekday: str
    date: str
    sessions: tuple[SessionView, ...]


def group_by_day(schedules: Project, of: Iterable[Session]) -> tuple[DayView, ...]:
    """Return sessions by the days on which their own clocks show them."""
    ordered = sorted((build_session_view(schedules, session) for session in of), key=lambda one: one.day)
    days = groupby(ordered, key=lambda one: one.day)
    return tuple(
        DayView(weekday=english.DAYS[day.weekday()], date=english.format_long_day(day), sessions=tuple(ones))
        for day, ones in days
    )


def build_session_view(schedules: Project, session: Session) -> SessionView:
    """Return a session as pages show it."""
    one = schedules.chapters[session.chapter]
    day, when, own = _describe_when(session)
    return SessionView(
        id=session.uid.removesuffix(f"@{schedules.calendar.uid_domain}"),
        chapter=one,
        session=session,
        name=event.event_summary(one, session),
        start=_format_attribute(session.start),
        end=_format_attribute(session.end),
        day=day,
        short_day=english.format_short_day(day),
        when=when,
        chapter_time=own,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(_list_badges(session)),
    )


def _format_attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def _describe_when(session: Session) -> tuple[date, str, str]:
    """Return the day, the hours and the whole of when a session is on its own clock."""
    start, end = session.start, session.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or session.timezone is None:
        return _describe_whole_days(session)
    first, last = english.convert_to_zone(start, session.timezone), english.convert_to_zone(end, session.timezone)
    place = get_city_name(session.timezone)
    own = f"{english.format_day_and_time(first.date(), first.time())} in {place}"
    if end - start < timedelta(days=1):
        return first.date(), f"{english.format_clock(first)}\N{EN DASH}{english.format_clock(last)} {place}", own
    return (
        first.date(),
        f"{english.format_clock(first)} to {english.format_day_and_time(last.date(), last.time())} {place}",
        own,
    )


def _describe_whole_days(session: Session) -> tuple[date, str, str]:
    first, last = _get_date_range(session)
    if session.at is DayPart.UNKNOWN:
        return first, "Time unknown", ""
    if session.at is DayPart.ALL_DAY:
        return first, "All day" if first == last else f"All day, to {english.format_short_day(last)}", ""
    place = f" in {get_city_name(session.timezone)}" if session.timezone else ""
    return first, f"{str(session.at).capitalize()}{place}", ""


def _get_date_range(session: Session) -> tuple[date, date]:
    """Return the first and the last day of a session without a clock time."""
    days = [moment for moment in (session.start, session.end) if not isinstance(moment, datetime)]
    return days[0], days[1] - timedelta(days=1)


def _list_badges(session: Session) -> Iterable[tuple[str, str, str]]:
    if session.cancelled is not None:
        yield "cancelled", "cancelled", session.cancelled
    if session.moved_from is not None:
        yield "moved", "moved", f"from {english.format_day_and_time(*session.moved_from)}"
    if session.unconfirmed:
        yield "unconfirmed", "unconfirmed", ""
    if event.has_vague_time(session):
        yield "unknown", "time unknown", ""


_AHEAD = timedelta(days=33)
"""A month, and two days for readers whose day is another one than that of UTC."""


_WEEK = timedelta(days=8)
"""Seven days of a reader who is a day ahead of UTC."""


_MAX_SESSIONS = 60
"""The sessions of a page, the coming week's aside; `sessions.json` has them all."""
_MAX_CHAPTER_SESSIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterCard:
    """A chapter among others, with the periods of its schedule that are not over."""

    chapter: Chapter
    schedule: tuple[ChatDescription, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Some chapters and what is coming of them."""

    days: tuple[DayView, ...]
    until: str
    """The last date of which these days hold every session, on whichever clock."""
    unconfirmed: bool
    """Whether any of these sessions is."""
    cards: tuple[ChapterCard, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    collections: tuple[tuple[Collection, tuple[str, ...]], ...]
    """Each with the hashtags of its chapters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterView:
    """A chapter on its own page."""

    chapter: Chapter
    schedule: tuple[tuple[ChatDescription, bool], ...]
    """Its periods, each with whether it is over."""
    breaks: tuple[str, ...]
    days: tuple[DayView, ...]
    past: tuple[tuple[int, tuple[SessionView, ...]], ...]
    """By year, the latest first."""
    certainty: str | None
    """How sure the schedule is, where some coming session is unconfirmed."""
    join: str | None
    """Where its chats take place, where they all do in one place."""
    correction_url: str | None
    """Where to suggest a correction."""
    missing_facts: str
    collections: tuple[Collection, ...]
    silence: str | None
    """When its own calendar was last heard from, where it keeps one elsewhere that is silent now."""


def build_home_view(schedules: Project) -> Overview:
    """Return what the page of all chapters shows."""
    return _build_overview(schedules, schedules.chapters.values(), schedules.calendar.collections)


def build_collection_view(schedules: Project, one: Collection) -> Overview:
    """Return what the page of a collection shows."""
    return _build_overview(schedules, [schedules.chapters[slug] for slug in sorted(set(one.chapters))], ())


def _build_overview(schedules: Project, chapters: Iterable[Chapter], collections: tuple[Collection, ...]) -> Overview:
    members = sorted(chapters, key=lambda chapter: (not chapter.chats and chapter.upstream is None, chapter.slug))
    ahead = [one for chapter in members for one in list_coming_sessions(schedules, chapter)]
    near = _select_next(schedules, ahead)
    return Overview(
        days=group_by_day(schedules, near),
        until=_find_last_full_day(schedules, near).isoformat(),
        unconfirmed=any(session.unconfirmed for session in near),
        cards=tuple(_build_card(schedules, chapter) for chapter in members),
        regions=tuple(sorted({chapter.region for chapter in members if chapter.region})),
        languages=tuple(sorted({chapter.language for chapter in members})),
        collections=tuple(
            (one, tuple(schedules.chapters[slug].hashtag for slug in one.chapters)) for one in collections
        ),
    )


def _build_card(schedules: Project, one: Chapter) -> ChapterCard:
    periods = (period for period in describe_public_chats(one) if not is_over(period.chat, schedules.today))
    return ChapterCard(chapter=one, schedule=tuple(periods))


def build_chapter_view(schedules: Project, one: Chapter) -> ChapterView:
    """Return what the page of a chapter shows."""
    ahead = list_coming_sessions(schedules, one)
    unconfirmed = any(session.unconfirmed for session in ahead)
    past = [build_session_view(schedules, session) for session in find_recorded_sessions(schedules, one)]
    joins = {session.join for session in ahead}
    years = groupby(past, key=lambda session: session.day.year)
    return ChapterView(
        chapter=one,
        schedule=tuple((period, is_over(period.chat, schedules.today)) for period in describe_public_chats(one)),
        breaks=tuple(describe.describe_breaks(schedules.calendar, one)),
        days=group_by_day(schedules, ahead[:_MAX_CHAPTER_SESSIONS]),
        past=tuple((year, tuple(sessions)) for year, sessions in years),
        certainty=describe.describe_certainty(schedules.calendar, one) if unconfirmed else None,
        join=joins.pop() if len(joins) == 1 else None,
        correction_url=_make_correction_url(schedules.calendar, one),
        missing_facts=english.join_list(list_missing_facts(one)),
        collections=tuple(each for each in schedules.calendar.collections if one.slug in each.chapters),
        silence=_describe_silence(schedules, one),
    )


def _describe_silence(schedules: Project, one: Chapter) -> str | None:
    contact = schedules.contacts.get(one.slug)
    return contact.description if contact is not None and contact.silent_since is not None else None


def _make_correction_url(calendar: Calendar, one: Chapter) -> str | None:
    """Return the address of a form for a correction of that chapter: the repository's, or else the contact."""
    subject = quote(f"#{one.hashtag}: ", safe="")
    if calendar.repository:
        form = f"template=correct-a-schedule.yml&title={subject}&chapter={quote(one.slug)}"
        return f"{calendar.repository.rstrip('/')}/issues/new?{form}"
    if calendar.contact and calendar.contact.startswith("mailto:"):
        return f"{calendar.contact}{'&' if '?' in calendar.contact else '?'}subject={subject}"
    return calendar.contact


def _select_next(schedules: Project, ahead: Iterable[Session]) -> list[Session]:
    ordered = sorted(ahead, key=get_feed_order)
    week, horizon = schedules.today + _WEEK, schedules.today + _AHEAD
    near = [session for session in ordered if _get_utc_day(session) <= horizon]
    return [session for number, session in enumerate(near) if number < _MAX_SESSIONS or _get_utc_day(session) <= week]


def _find_last_full_day(schedules: Project, near: Sequence[Session]) -> date:
    """Return the last date of which `_next` has left out no session, on whichever clock."""
    last = _get_utc_day(near[-1]) if len(near) >= _MAX_SESSIONS else schedules.today + _AHEAD
    return last - timedelta(days=2)


def _get_utc_day(session: Session) -> date:
    return get_feed_order(session)[0].date()


def describe_public_chats(one: Chapter) -> list[ChatDescription]:
    """Return the chats of a chapter in words, without the marks that only maintainers write."""
    return describe.describe_chats(replace(one, chats=tuple(replace(chat, id=None) for chat in one.chats)))


def is_over(chat: Chat, today: date) -> bool:
    """Say whether the last slot of a chat lies before today."""
    if chat.every is None:
        return all(listed.day < today for listed in chat.dates)
    return chat.until is not None and chat.until.last < today


def list_missing_facts(one: Chapter) -> list[str]:
    """Return what a reader would like to know of a chapter and its schedule does not say."""
    has = {
        "what it is about": one.about,
        "a website": one.website,
        "an account": one.account,
        "its moderators": one.moderators,
        "its sources": one.sources,
        "the hour of its chats": not any(
            isinstance(chat.at, DayPart) and chat.at is not DayPart.ALL_DAY for chat in one.chats
        ),
    }
    return [name for name, there in has.items() if not there]
