"""What the templates show, in the words that they show it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import quote

from chatcal import sentences, words
from chatcal.model import Calendar, Chapter, Chat, Collection, NoClock, Session, in_feed_order
from chatcal.schedules import Schedules
from chatcal.sentences import Described
from chatcal.site.record import coming, recorded
from chatcal.site.shown import OnDay, Shown, by_day, shown

_AHEAD = timedelta(days=33)
"""A month, and two days for readers whose day is another one than that of UTC."""
_WEEK = timedelta(days=8)
"""Seven days of a reader who is a day ahead of UTC."""
_MOST = 60
"""The sessions of a page, the coming week's aside; `sessions.json` has them all."""
_MOST_OF_CHAPTER = 12


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
    collections: tuple[tuple[Collection, tuple[str, ...]], ...]
    """Each with the hashtags of its chapters."""


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
    silence: str | None
    """When its own calendar was last heard from, where it keeps one elsewhere that is silent now."""


def home(schedules: Schedules) -> Overview:
    """Return what the page of all chapters shows."""
    return _overview(schedules, schedules.chapters.values(), schedules.calendar.collections)


def collection(schedules: Schedules, one: Collection) -> Overview:
    """Return what the page of a collection shows."""
    return _overview(schedules, [schedules.chapters[slug] for slug in sorted(set(one.chapters))], ())


def _overview(schedules: Schedules, chapters: Iterable[Chapter], collections: tuple[Collection, ...]) -> Overview:
    members = sorted(chapters, key=lambda chapter: (not chapter.chats and chapter.upstream is None, chapter.slug))
    ahead = [one for chapter in members for one in coming(schedules, chapter)]
    near = _next(schedules, ahead)
    return Overview(
        days=by_day(schedules, near),
        until=_until(schedules, near).isoformat(),
        unconfirmed=any(session.unconfirmed for session in near),
        cards=tuple(_card(schedules, chapter) for chapter in members),
        regions=tuple(sorted({chapter.region for chapter in members if chapter.region})),
        languages=tuple(sorted({chapter.language for chapter in members})),
        collections=tuple(
            (one, tuple(schedules.chapters[slug].hashtag for slug in one.chapters)) for one in collections
        ),
    )


def _card(schedules: Schedules, one: Chapter) -> Card:
    periods = (period for period in schedule(one) if not is_over(period.chat, schedules.today))
    return Card(chapter=one, schedule=tuple(periods))


def chapter(schedules: Schedules, one: Chapter) -> ChapterView:
    """Return what the page of a chapter shows."""
    ahead = coming(schedules, one)
    unconfirmed = any(session.unconfirmed for session in ahead)
    past = [shown(schedules, session) for session in recorded(schedules, one)]
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
        lacks=words.listed(lacks(one)),
        collections=tuple(each for each in schedules.calendar.collections if one.slug in each.chapters),
        silence=_silence(schedules, one),
    )


def _silence(schedules: Schedules, one: Chapter) -> str | None:
    contact = schedules.contacts.get(one.slug)
    return contact.said if contact is not None and contact.silent_since is not None else None


def _correct(calendar: Calendar, one: Chapter) -> str | None:
    """Return the address of a form for a correction of that chapter: the repository's, or else the contact."""
    subject = quote(f"#{one.hashtag}: ", safe="")
    if calendar.repository:
        form = f"template=correct-a-schedule.yml&title={subject}&chapter={quote(one.slug)}"
        return f"{calendar.repository.rstrip('/')}/issues/new?{form}"
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
