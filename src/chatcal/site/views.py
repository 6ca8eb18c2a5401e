"""What the templates show, in the words that they show it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from urllib.parse import quote

from chatcal import event, sentences, words
from chatcal.model import Calendar, Chapter, Chat, Collection, NoClock, Session, Window, has_ended, in_feed_order
from chatcal.schedules import Schedules
from chatcal.sentences import Described
from chatcal.sessions import sessions
from chatcal.zones import city

_AHEAD = timedelta(days=33)
"""A month, and two days for readers whose day is another one than that of UTC."""
_WEEK = timedelta(days=8)
"""Seven days of a reader who is a day ahead of UTC."""
_MOST = 60
"""The sessions of a page, the coming week's aside; `sessions.json` has them all."""
_MOST_OF_CHAPTER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A session as a page shows it without script: on its chapter's own clock."""

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
    own: str
    """Day, time and city of its own clock; empty where it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]
    """Kinds (`cancelled`, `moved`, `unconfirmed`, `unknown`), each with its word, and with a reason or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDay:
    """The sessions of one day."""

    weekday: str
    date: str
    sessions: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A chapter among others, with the periods of its schedule that are not over."""

    chapter: Chapter
    schedule: tuple[Described, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Some chapters and what is coming of them."""

    days: tuple[OnDay, ...]
    until: str
    """The last date of which these days hold every session, on whichever clock."""
    unconfirmed: bool
    """Whether any of these sessions is."""
    cards: tuple[Card, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    collections: tuple[Collection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterView:
    """A chapter on its own page."""

    chapter: Chapter
    schedule: tuple[tuple[Described, bool], ...]
    """Its periods, each with whether it is over."""
    breaks: tuple[str, ...]
    days: tuple[OnDay, ...]
    past: tuple[tuple[int, tuple[Shown, ...]], ...]
    """By year, the latest first."""
    certainty: str | None
    """How sure the schedule is, where some coming session is unconfirmed."""
    join: str | None
    """Where its chats take place, where they all do in one place."""
    correct: str | None
    """Where to suggest a correction."""
    lacks: str
    collections: tuple[Collection, ...]


def home(schedules: Schedules) -> Overview:
    """Return what the page of all chapters shows."""
    return _overview(schedules, schedules.chapters.values(), schedules.calendar.collections)


def collection(schedules: Schedules, one: Collection) -> Overview:
    """Return what the page of a collection shows."""
    return _overview(schedules, [schedules.chapters[slug] for slug in sorted(set(one.chapters))], ())


def _overview(schedules: Schedules, chapters: Iterable[Chapter], collections: tuple[Collection, ...]) -> Overview:
    members = sorted(chapters, key=lambda chapter: (not chapter.chats, chapter.slug))
    ahead = [one for chapter in members for one in coming(schedules, chapter)]
    near = _next(schedules, ahead)
    return Overview(
        days=by_day(schedules, near),
        until=_until(schedules, near).isoformat(),
        unconfirmed=any(session.unconfirmed for session in near),
        cards=tuple(_card(schedules, chapter) for chapter in members),
        regions=tuple(sorted({chapter.region for chapter in members if chapter.region})),
        languages=tuple(sorted({chapter.language for chapter in members})),
        collections=collections,
    )


def _card(schedules: Schedules, one: Chapter) -> Card:
    periods = (period for period in schedule(one) if not is_over(period.chat, schedules.today))
    return Card(chapter=one, schedule=tuple(periods))


def chapter(schedules: Schedules, one: Chapter) -> ChapterView:
    """Return what the page of a chapter shows."""
    ahead = coming(schedules, one)
    unconfirmed = any(session.unconfirmed for session in ahead)
    past = [shown(schedules, session) for session in _recorded(schedules, one)]
    joins = {session.join for session in ahead}
    years = groupby(past, key=lambda session: session.day.year)
    return ChapterView(
        chapter=one,
        schedule=tuple((period, is_over(period.chat, schedules.today)) for period in schedule(one)),
        breaks=tuple(sentences.breaks(schedules.calendar, one)),
        days=by_day(schedules, ahead[:_MOST_OF_CHAPTER]),
        past=tuple((year, tuple(sessions)) for year, sessions in years),
        certainty=sentences.certainty(schedules.calendar, one) if unconfirmed else None,
        join=joins.pop() if len(joins) == 1 else None,
        correct=_correct(schedules.calendar, one),
        lacks=words.listed(lacks(one), "nor"),
        collections=tuple(each for each in schedules.calendar.collections if one.slug in each.chapters),
    )


def coming(schedules: Schedules, one: Chapter) -> list[Session]:
    """Return the sessions of a chapter that end today (in UTC) or later, so that pages change once a day at most."""
    return [session for session in schedules.of(one) if not has_ended(session, _midnight(schedules))]


def _midnight(schedules: Schedules) -> datetime:
    return datetime.combine(schedules.today, time(), UTC)


def _correct(calendar: Calendar, one: Chapter) -> str | None:
    """Return the address of a form for a correction of that chapter: the repository's, or else the contact."""
    subject = quote(f"#{one.hashtag}: ", safe="")
    if calendar.repository:
        return f"{calendar.repository.rstrip('/')}/issues/new?template=correct-a-schedule.yml&title={subject}"
    if calendar.contact and calendar.contact.startswith("mailto:"):
        return f"{calendar.contact}{'&' if '?' in calendar.contact else '?'}subject={subject}"
    return calendar.contact


def _next(schedules: Schedules, ahead: Iterable[Session]) -> list[Session]:
    ordered = sorted(ahead, key=in_feed_order)
    week, horizon = schedules.today + _WEEK, schedules.today + _AHEAD
    near = [session for session in ordered if _utc_day(session) <= horizon]
    return [session for number, session in enumerate(near) if number < _MOST or _utc_day(session) <= week]


def _until(schedules: Schedules, near: Sequence[Session]) -> date:
    """Return the last date of which `_next` has left out no session, on whichever clock."""
    last = _utc_day(near[-1]) if len(near) >= _MOST else schedules.today + _AHEAD
    return last - timedelta(days=2)


def _utc_day(session: Session) -> date:
    return in_feed_order(session)[0].date()


def by_day(schedules: Schedules, of: Iterable[Session]) -> tuple[OnDay, ...]:
    """Return sessions by the days on which their own clocks show them."""
    ordered = sorted((shown(schedules, session) for session in of), key=lambda one: one.day)
    days = groupby(ordered, key=lambda one: one.day)
    return tuple(
        OnDay(weekday=words.DAYS[day.weekday()], date=words.long_day(day), sessions=tuple(ones)) for day, ones in days
    )


def _recorded(schedules: Schedules, one: Chapter) -> list[Session]:
    """Return the past sessions of which the schedule records something, the latest first.

    They are worked out around what is recorded, so that a chat held daily since 1990 costs no more than its records.
    """
    calendar = schedules.calendar
    found: dict[str, Session] = {}

    def work_out(chapter: Chapter, first: date, last: date) -> list[Session]:
        return list(sessions(calendar, chapter, Window(first, min(last, schedules.today))))

    plain = replace(one, changes=())
    for pause in (*one.breaks, *calendar.breaks):
        due = work_out(plain, pause.first.first, pause.until.last)
        found |= {session.uid: session for session in due if session.cancelled is not None}
    for chat in one.chats:
        listed = replace(plain, chats=(chat,))
        for day in (each.day for each in chat.dates):
            found |= {session.uid: session for session in work_out(listed, day - _NEAR, day + _NEAR) if _says(session)}
    for change in one.changes:
        day = change.moved.day if change.moved else change.slot
        near = day - _NEAR, day + _NEAR
        changed = set(work_out(replace(one, changes=(change,)), *near)) - set(work_out(plain, *near))
        found |= {session.uid: session for session in changed}
    past = (session for session in found.values() if has_ended(session, _midnight(schedules)))
    return sorted(past, key=in_feed_order, reverse=True)


_NEAR = timedelta(days=2)


def _says(session: Session) -> bool:
    return bool(session.topic or session.hosts or session.title)


def shown(schedules: Schedules, session: Session) -> Shown:
    """Return a session as pages show it."""
    one = schedules.chapters[session.chapter]
    day, when, own = _when(session)
    return Shown(
        id=session.uid.removesuffix(f"@{schedules.calendar.uid_domain}"),
        chapter=one,
        session=session,
        name=event.summary(one, session),
        start=_attribute(session.start),
        end=_attribute(session.end),
        day=day,
        short_day=words.short_day(day),
        when=when,
        own=own,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(_badges(session)),
    )


def _attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def _when(session: Session) -> tuple[date, str, str]:
    """Return the day, the hours and the whole of when a session is on its own clock."""
    start, end = session.start, session.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or session.timezone is None:
        return _whole_days(session)
    first, last = words.on_clock(start, session.timezone), words.on_clock(end, session.timezone)
    place = city(session.timezone)
    own = f"{words.when(first.date(), first.time())} in {place}"
    if end - start < timedelta(days=1):
        return first.date(), f"{words.clock(first)}\N{EN DASH}{words.clock(last)} {place}", own
    return first.date(), f"{words.clock(first)} to {words.when(last.date(), last.time())} {place}", own


def _whole_days(session: Session) -> tuple[date, str, str]:
    first, last = _dates(session)
    if session.at is NoClock.UNKNOWN:
        return first, "Time unknown", ""
    if session.at is NoClock.ALL_DAY:
        return first, "All day" if first == last else f"All day, to {words.short_day(last)}", ""
    place = f" in {city(session.timezone)}" if session.timezone else ""
    return first, f"{str(session.at).capitalize()}{place}", ""


def _dates(session: Session) -> tuple[date, date]:
    """Return the first and the last day of a session without a clock time."""
    days = [moment for moment in (session.start, session.end) if not isinstance(moment, datetime)]
    return days[0], days[1] - timedelta(days=1)


def _badges(session: Session) -> Iterable[tuple[str, str, str]]:
    if session.cancelled is not None:
        yield "cancelled", "cancelled", session.cancelled
    if session.planned is not None:
        yield "moved", "moved", f"from {words.when(*session.planned)}"
    if session.unconfirmed:
        yield "unconfirmed", "unconfirmed", ""
    if event.has_vague_time(session):
        yield "unknown", "time unknown", ""


def schedule(one: Chapter) -> list[Described]:
    """Return the chats of a chapter in words, without the marks that only maintainers write."""
    return sentences.schedule(replace(one, chats=tuple(replace(chat, id=None) for chat in one.chats)))


def is_over(chat: Chat, today: date) -> bool:
    """Say whether the last slot of a chat lies before today."""
    if chat.every is None:
        return all(listed.day < today for listed in chat.dates)
    return chat.until is not None and chat.until.last < today


def lacks(one: Chapter) -> list[str]:
    """Return what a reader would like to know of a chapter and its schedule does not say."""
    has = {
        "what it is about": one.about,
        "a website": one.website,
        "an account": one.account,
        "its moderators": one.moderators,
        "its sources": one.sources,
        "the hour of its chats": not any(
            isinstance(chat.at, NoClock) and chat.at is not NoClock.ALL_DAY for chat in one.chats
        ),
    }
    return [name for name, there in has.items() if not there]
