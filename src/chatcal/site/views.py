"""What the templates show, in the words that they show it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import quote

from chatcal import sentences, words
from chatcal.model import Calendar, Chapter, Chat, Collection, DayPart, Session, get_feed_order
from chatcal.schedules import Project
from chatcal.sentences import ChatDescription
from chatcal.site.record import find_recorded_sessions, list_coming_sessions
from chatcal.site.shown import DayView, SessionView, build_session_view, group_by_day

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
        breaks=tuple(sentences.describe_breaks(schedules.calendar, one)),
        days=group_by_day(schedules, ahead[:_MAX_CHAPTER_SESSIONS]),
        past=tuple((year, tuple(sessions)) for year, sessions in years),
        certainty=sentences.describe_certainty(schedules.calendar, one) if unconfirmed else None,
        join=joins.pop() if len(joins) == 1 else None,
        correction_url=_make_correction_url(schedules.calendar, one),
        missing_facts=words.join_list(list_missing_facts(one)),
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
    return sentences.describe_chats(replace(one, chats=tuple(replace(chat, id=None) for chat in one.chats)))


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
