"""What the templates show of chapters and sessions."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote

from chatcal.english import ENGLISH, Words, mark
from chatcal.feed import event
from chatcal.feed.ics import format_geo
from chatcal.model import (
    Calendar,
    Chapter,
    Chat,
    Collection,
    DayPart,
    Geo,
    Session,
    StartTime,
    get_day,
    sort_for_feed,
)
from chatcal.project import Project, UpstreamContact
from chatcal.recurrence.describe import ChatDescription, describe_breaks, describe_certainty, describe_chats
from chatcal.recurrence.sessions import find_place
from chatcal.site.archive import find_recorded_sessions, list_coming_sessions
from chatcal.timezones import load_zone
from chatcal.words import get_words

Thing = TypeVar("Thing")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session, and what a page says of it."""

    id: str
    """Its UID without the domain."""
    chapter: Chapter
    session: Session
    name: str
    """What its event is called in the feeds."""
    plain_name: str
    """`#lanternchat chat`, without its title and topic."""
    start: str
    end: str
    """Instants in UTC as `2026-11-25T18:00Z`, or dates."""
    day: date
    """On its own clock, as are the next two."""
    when: str
    chapter_time: str
    """Day, time and city; empty if it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]

    @property
    def tells_something(self) -> bool:
        """Whether there is more on record than that it took place, was moved or was cancelled."""
        return bool(self.subject or self.session.hosts or self.session.transcript)


Days = list[tuple[date, list[SessionView]]]
"""Sessions by their days."""


def group_in_order(things: Iterable[Thing], key: Callable[[Thing], Key]) -> list[tuple[Key, list[Thing]]]:
    """Return the runs of things that have one key, each with its key."""
    return [(one, list(run)) for one, run in groupby(things, key)]


def group_by_day(project: Project, sessions: Iterable[Session], words: Words) -> Days:
    """Return sessions by the day on which they start on their own clocks."""
    views = (build_session_view(project, session, words) for session in sessions)
    return group_in_order(sorted(views, key=lambda view: view.day), lambda view: view.day)


def group_by_year(past: Iterable[SessionView]) -> list[tuple[int, list[SessionView]]]:
    """Return past sessions by their years, the latest first."""
    ordered = sorted(past, key=lambda view: (view.start, view.id), reverse=True)
    return group_in_order(ordered, lambda view: view.day.year)


def build_session_view(project: Project, session: Session, words: Words) -> SessionView:
    chapter = project.chapters[session.chapter]
    day, when, chapter_time = describe_when(session, words)
    return SessionView(
        id=session.uid.removesuffix(f"@{project.calendar.uid_domain}"),
        chapter=chapter,
        session=session,
        name=event.event_summary(project.calendar, chapter, session),
        plain_name=event.format_plain_name(project.calendar, chapter, words),
        start=_format_attribute(session.start),
        end=_format_attribute(session.end),
        day=day,
        when=when,
        chapter_time=chapter_time,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(list_badges(session, words)),
    )


def _format_attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def describe_when(session: Session, words: Words) -> tuple[date, str, str]:
    """Return the `day`, `when` and `chapter_time` of the view of a session."""
    start, end, zone = session.start, session.end, session.timezone
    if not isinstance(start, datetime) or not isinstance(end, datetime) or zone is None:
        return _describe_whole_days(session, words)
    first, last = (moment.astimezone(load_zone(zone)) for moment in (start, end))
    day, clock, until, city = first.date(), words.format_clock(first), words.format_clock(last), words.get_city(zone)
    if end - start < timedelta(days=1):
        hours = f"{clock}\N{EN DASH}{until}"
    else:
        hours = words.say(
            "%(start)s to %(day)s %(end)s", start=clock, day=words.format_short_day(last.date()), end=until
        )
    own = words.join_day_and_clock(words.format_short_day(day), clock)
    there = words.say("%(when)s in %(city)s", when=own, city=city)
    return day, words.say("%(time)s %(city)s", time=hours, city=city), there


_DAY_PARTS = {
    DayPart.MORNING: mark("Morning"), DayPart.MIDDAY: mark("Midday"), DayPart.AFTERNOON: mark("Afternoon"),
    DayPart.EVENING: mark("Evening"), DayPart.NIGHT: mark("Night"), DayPart.UNKNOWN: mark("Time unknown"),
    DayPart.ALL_DAY: mark("All day"),
}  # fmt: skip


def _describe_whole_days(session: Session, words: Words) -> tuple[date, str, str]:
    first, behind = (moment for moment in (session.start, session.end) if not isinstance(moment, datetime))
    last = behind - timedelta(days=1)
    said = words.say(_DAY_PARTS[session.at]) if isinstance(session.at, DayPart) else ""
    if session.at is DayPart.ALL_DAY and first != last:
        said = words.say("All day, to %(day)s", day=words.format_short_day(last))
    elif session.timezone and event.has_vague_time(session) and session.at is not DayPart.UNKNOWN:
        said = words.say("%(when)s in %(city)s", when=said, city=words.get_city(session.timezone))
    return first, said, ""


def list_badges(session: Session, words: Words = ENGLISH) -> Iterator[tuple[str, str, str]]:
    """Yield what a reader must know of a session: a kind, its word, and a reason, which may be empty."""
    if session.cancelled is not None:
        yield "cancelled", words.say("cancelled"), session.cancelled
    if session.moved_from is not None:
        when = _describe_planned_start(session.moved_from, session.timezone, words)
        yield "moved", words.say("moved"), words.say("from %(when)s", when=when)
    if session.unconfirmed and session.cancelled is None:
        yield "unconfirmed", words.say("unconfirmed"), ""
    if session.held_every:
        yield "unknown", event.format_rhythm(session, words), words.say("which is not known")
    if event.has_vague_time(session):
        yield "unknown", words.say("time unknown"), ""


def _describe_planned_start(planned: tuple[date, StartTime], zone: str | None, words: Words) -> str:
    day, at = planned
    said = words.format_day_and_time(day, at)
    if not zone or at in (DayPart.ALL_DAY, DayPart.UNKNOWN):
        return said
    return words.say("%(when)s in %(city)s", when=said, city=words.get_city(zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a reader should not rely on the coming sessions of a calendar."""

    since: date | None
    """When a chapter with such sessions was last confirmed, if any was."""
    everything: bool
    """Whether all coming sessions are unconfirmed."""
    chapters: int
    """How many chapters have unconfirmed ones."""
    reason: str | None = None
    """What the schedule says of it, if it is one chapter's."""


def find_doubt(summaries: Sequence["ChapterSummary"]) -> Doubt | None:
    """Return the doubt about the coming sessions of some chapters; None if all are confirmed."""
    doubtful = [one.chapter for one in summaries if one.unconfirmed]
    if not doubtful:
        return None
    return Doubt(
        since=max((one.confirmed.day for one in doubtful if one.confirmed), default=None),
        everything=all(one.unconfirmed == one.count for one in summaries),
        chapters=len(doubtful),
        reason=doubtful[0].doubt if len(doubtful) == 1 else None,
    )


_AHEAD = timedelta(days=16)
"""Two weeks, and two days for readers whose day is not that of UTC."""
_WEEK = timedelta(days=8)
"""Seven days of a reader who is a day ahead of UTC."""
_MAX_SESSIONS = 60
"""Of a page, besides those of the coming week; `sessions.json` has them all."""
_MAX_CHAPTER_SESSIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterSummary:
    """What several pages show of a chapter, computed once."""

    chapter: Chapter
    chats: tuple[ChatDescription, ...]
    """In the chapter's words."""
    current: tuple[ChatDescription, ...]
    """Those that are not over, in the words of pages of several chapters."""
    breaks: tuple[str, ...]
    """Those that it keeps now, likewise."""
    coming: tuple[Session, ...]
    """All, or after `select_shown` those that a page of several chapters may show."""
    count: int
    """How many are coming."""
    unconfirmed: int
    """How many of these are unconfirmed."""

    @property
    def doubt(self) -> Doubt | None:
        return find_doubt([self])


def summarize_chapter(project: Project, chapter: Chapter) -> ChapterSummary:
    coming = tuple(list_coming_sessions(project, chapter))
    return _summarize(project, chapter, coming, len(coming), sum(session.unconfirmed for session in coming))


def _summarize(
    project: Project, chapter: Chapter, coming: tuple[Session, ...], count: int, unconfirmed: int
) -> ChapterSummary:
    own, shared = event.get_chapter_words(chapter), get_words(project.calendar.language)
    chats = tuple(describe_chats(chapter, own))
    everywhere = chats if own is shared else tuple(describe_chats(chapter, shared))
    return ChapterSummary(
        chapter=chapter,
        chats=chats,
        current=tuple(one for one in everywhere if not is_over(one.chat, project.today)),
        breaks=tuple(describe_breaks(project.calendar, chapter, shared, day=project.today, names_origin=False)),
        coming=coming,
        count=count,
        unconfirmed=unconfirmed,
    )


def select_shown(project: Project, summary: ChapterSummary) -> ChapterSummary:
    """Return a summary with the sessions alone that a page of several chapters may show."""
    near = bisect_right(summary.coming, project.today + _AHEAD, key=_get_day)
    return replace(summary, chats=(), coming=summary.coming[: max(1, near)])


def summarize_kept_chapter(project: Project, chapter: Chapter, count: int, unconfirmed: int) -> ChapterSummary:
    """Return what `select_shown` gives of a chapter that has so many sessions to come, without computing them all."""
    coming = list_coming_sessions(project, chapter, project.today + _AHEAD)
    if not coming:
        coming = list_coming_sessions(project, chapter)[:1]
    return replace(_summarize(project, chapter, tuple(coming), count, unconfirmed), chats=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the page of several chapters shows."""

    days: Days
    until: str
    """The last date for which `days` have every session, on whichever clock."""
    doubt: Doubt | None
    cards: tuple[ChapterSummary, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    zones: tuple[str, ...]
    """Of the chats."""
    collections: tuple[tuple[Collection, str, Doubt | None], ...]
    """Each with what its chapters are called in short."""


def build_overview(
    project: Project, summaries: Mapping[str, ChapterSummary], collections: Iterable[Collection] = ()
) -> Overview:
    """Return what a page shows of chapters, by slug, and of combined feeds of some of them."""
    cards = sorted(summaries.values(), key=_get_card_order)
    words = get_words(project.calendar.language)
    near = _select_next(project, [session for card in cards for session in card.coming])
    return Overview(
        days=group_by_day(project, near, words),
        until=_find_last_full_day(project, near).isoformat(),
        doubt=find_doubt(cards),
        cards=tuple(cards),
        regions=tuple(sorted({card.chapter.region for card in cards if card.chapter.region})),
        languages=tuple(sorted({card.chapter.language for card in cards})),
        zones=_list_zones(card.chapter for card in cards),
        collections=tuple(
            (
                one,
                _join_labels([project.chapters[slug] for slug in one.chapters]),
                find_doubt([summaries[slug] for slug in one.chapters]),
            )
            for one in collections
        ),
    )


def _list_zones(chapters: Iterable[Chapter]) -> tuple[str, ...]:
    return tuple(
        sorted({zone for one in chapters for zone in (one.timezone, *(c.timezone for c in one.chats)) if zone})
    )


def _join_labels(chapters: Sequence[Chapter]) -> str:
    joint = " " if all(one.hashtag for one in chapters) else ", "
    return joint.join(one.label for one in chapters)


def _get_card_order(card: ChapterSummary) -> tuple[bool, str]:
    """Chapters that never meet come last."""
    return not card.chapter.chats and card.chapter.upstream is None, card.chapter.slug


def _select_next(project: Project, coming: Iterable[Session]) -> list[Session]:
    ordered = sort_for_feed(coming)
    week, near = (bisect_right(ordered, project.today + days, key=_get_day) for days in (_WEEK, _AHEAD))
    return ordered[: max(1, min(near, max(week, _MAX_SESSIONS)))]


def _find_last_full_day(project: Project, near: Sequence[Session]) -> date:
    """Return the last date up to which `_select_next` left out no session, on whichever clock."""
    last = _get_day(near[-1]) if len(near) >= _MAX_SESSIONS else project.today + _AHEAD
    return last - timedelta(days=2)


def _get_day(session: Session) -> date:
    return get_day(session.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLinks:
    """Where a reader can report a mistake, as far as the calendar says it."""

    form: str | None
    contact: str | None


def build_report_links(calendar: Calendar, chapter: Chapter | None = None) -> ReportLinks:
    """Return the form in the repository and the contact, for one chapter or for the calendar as a whole."""
    form, contact = None, calendar.contact
    subject = quote(f"{chapter.label}: ", safe="") if chapter else ""
    if calendar.repository:
        asked = (
            f"?template=correct-a-schedule.yml&title={subject}&chapter={quote(chapter.slug)}" if chapter else "/choose"
        )
        form = f"{calendar.repository.rstrip('/')}/issues/new{asked}"
    if contact and chapter and contact.startswith("mailto:"):
        contact += f"{'&' if '?' in contact else '?'}subject={subject}"
    return ReportLinks(form=form, contact=contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterView:
    """What the page of a chapter shows."""

    chapter: Chapter
    schedule: tuple[tuple[ChatDescription, bool], ...]
    """Its chats, each with whether it is over."""
    breaks: tuple[str, ...]
    days: Days
    until: str
    """The last date for which `days` have every session, on whichever clock; empty if they have all there are."""
    past: list[tuple[int, list[SessionView]]]
    """By year, the latest first."""
    doubt: Doubt | None
    certainty: str | None
    """How sure the schedule is, if it has been confirmed."""
    place: str | None
    """Where all its coming sessions are held, if that is one place."""
    geo: Geo | None
    join: str | None
    """The address to join at of all of them, likewise."""
    report: ReportLinks
    missing_facts: str
    collections: tuple[Collection, ...]
    contact: UpstreamContact | None
    """When its own calendar elsewhere last answered, if it has one."""
    zones: tuple[str, ...]
    """Of its chats."""


def build_chapter_view(project: Project, summary: ChapterSummary) -> ChapterView:
    calendar, chapter, coming = project.calendar, summary.chapter, summary.coming
    words = event.get_chapter_words(chapter)
    past = [build_session_view(project, session, words) for session in find_recorded_sessions(project, chapter)]
    joins = {session.join for session in coming}
    places = {(session.place, session.geo) for session in coming} or {find_place(chapter, calendar)}
    place, geo = places.pop() if len(places) == 1 else (None, None)
    shown = coming[:_MAX_CHAPTER_SESSIONS]
    return ChapterView(
        chapter=chapter,
        schedule=tuple((chat, is_over(chat.chat, project.today)) for chat in summary.chats),
        breaks=tuple(describe_breaks(calendar, chapter, words, names_origin=False)),
        days=group_by_day(project, shown, words),
        until=(_get_day(shown[-1]) - timedelta(days=2)).isoformat() if len(shown) < len(coming) else "",
        past=group_by_year(past),
        doubt=summary.doubt,
        certainty=describe_certainty(calendar, chapter, words) if chapter.confirmed else None,
        place=place,
        geo=geo,
        join=joins.pop() if len(joins) == 1 else None,
        report=build_report_links(calendar, chapter),
        missing_facts=words.join_list(list_missing_facts(calendar, chapter, words)),
        collections=tuple(one for one in calendar.collections if chapter.slug in one.chapters),
        contact=project.contacts.get(chapter.slug),
        zones=_list_zones([chapter]),
    )


def make_map_url(place: str, geo: Geo | None) -> str | None:
    """Return the address of a map of a place; none of a text that has an address itself."""
    if "://" in place:
        return None
    query = format_geo(geo, ",") if geo else place
    return f"https://www.openstreetmap.org/search?query={quote(query, safe='')}"


def is_over(chat: Chat, today: date) -> bool:
    """Say whether the last slot of a chat was before today."""
    if chat.every is None:
        return all(listed.day < today for listed in chat.dates)
    return chat.until is not None and chat.until.last < today


def list_missing_facts(calendar: Calendar, chapter: Chapter, words: Words) -> list[str]:
    """Return what a reader would like to know of a chapter and its schedule does not say."""
    facts = {
        words.say("what it is about"): chapter.about,
        words.say("a website"): chapter.website,
        words.say("an account"): chapter.account or not chapter.hashtag,
        words.say("its moderators"): chapter.moderators,
        words.say("its sources"): chapter.sources,
        words.say("the hour of its %(meetings)s", meetings=event.name_meetings(calendar, words)): not any(
            isinstance(chat.at, DayPart) and chat.at is not DayPart.ALL_DAY for chat in chapter.chats
        ),
    }
    return [name for name, known in facts.items() if not known]
