"""What the templates show of chapters and sessions."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import quote

from chatcal import english
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
    get_utc_day,
    sort_for_feed,
)
from chatcal.project import Project
from chatcal.recurrence.describe import ChatDescription, describe_breaks, describe_certainty, describe_chats
from chatcal.recurrence.sessions import find_place
from chatcal.site.archive import find_recorded_sessions, list_coming_sessions
from chatcal.site.atom import Change
from chatcal.timezones import get_city_name, load_zone


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
    map_url: str | None
    """A map of its place."""
    start: str
    end: str
    """Instants in UTC as `2026-11-25T18:00Z`, or dates."""
    day: date
    """On its own clock, as are the next three."""
    short_day: str
    when: str
    chapter_time: str
    """Day, time and city; empty if it has no clock time."""
    subject: str
    badges: tuple[tuple[str, str, str], ...]

    @property
    def tells_something(self) -> bool:
        """Whether there is more on record than that it took place, was moved or was cancelled."""
        return bool(self.subject or self.session.hosts or self.session.transcript)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """The sessions of one day."""

    weekday: str
    date: str
    sessions: tuple[SessionView, ...]


def group_by_day(project: Project, sessions: Iterable[Session]) -> tuple[DayView, ...]:
    """Return sessions by the day on which they start on their own clocks."""
    ordered = sorted((build_session_view(project, session) for session in sessions), key=lambda view: view.day)
    return tuple(
        DayView(weekday=english.DAYS[day.weekday()], date=english.format_long_day(day), sessions=tuple(views))
        for day, views in groupby(ordered, key=lambda view: view.day)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfChanges:
    """What was published on one day, in UTC."""

    weekday: str
    date: str
    changes: tuple[Change, ...]


def group_changes(changes: Iterable[Change]) -> tuple[DayOfChanges, ...]:
    """Return changes, the latest first, by the day on which they were published."""
    return tuple(
        DayOfChanges(weekday=english.DAYS[day.weekday()], date=english.format_long_day(day), changes=tuple(of_day))
        for day, of_day in groupby(changes, key=lambda one: one.moment.date())
    )


def group_by_year(past: Iterable[SessionView]) -> tuple[tuple[int, tuple[SessionView, ...]], ...]:
    """Return past sessions by their years, the latest first."""
    ordered = sorted(past, key=lambda view: (view.start, view.id), reverse=True)
    return tuple((year, tuple(views)) for year, views in groupby(ordered, key=lambda view: view.day.year))


def build_session_view(project: Project, session: Session) -> SessionView:
    chapter = project.chapters[session.chapter]
    day, when, chapter_time = _describe_when(session)
    return SessionView(
        id=session.uid.removesuffix(f"@{project.calendar.uid_domain}"),
        chapter=chapter,
        session=session,
        name=event.event_summary(project.calendar, chapter, session),
        plain_name=f"{chapter.label} {project.calendar.called.one}",
        map_url=make_map_url(session.place, session.geo),
        start=_format_attribute(session.start),
        end=_format_attribute(session.end),
        day=day,
        short_day=english.format_short_day(day),
        when=when,
        chapter_time=chapter_time,
        subject=": ".join(part for part in (session.title, session.topic) if part),
        badges=tuple(list_badges(session)),
    )


def _format_attribute(moment: datetime | date) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if isinstance(moment, datetime) else moment.isoformat()


def _describe_when(session: Session) -> tuple[date, str, str]:
    """Return the `day`, `when` and `chapter_time` of a view."""
    start, end, zone = session.start, session.end, session.timezone
    if not isinstance(start, datetime) or not isinstance(end, datetime) or zone is None:
        return _describe_whole_days(session)
    first, last = (moment.astimezone(load_zone(zone)) for moment in (start, end))
    day, clock, city = first.date(), f"{first:%H:%M}", get_city_name(zone)
    until = (
        f"\N{EN DASH}{last:%H:%M}"
        if end - start < timedelta(days=1)
        else f" to {english.format_day_and_time(last.date(), last.time())}"
    )
    return day, f"{clock}{until} {city}", f"{english.format_short_day(day)} {clock} in {city}"


def _describe_whole_days(session: Session) -> tuple[date, str, str]:
    first, behind = (moment for moment in (session.start, session.end) if not isinstance(moment, datetime))
    last = behind - timedelta(days=1)
    if session.at is DayPart.UNKNOWN:
        return first, "Time unknown", ""
    if session.at is DayPart.ALL_DAY:
        return first, "All day" if first == last else f"All day, to {english.format_short_day(last)}", ""
    place = f" in {get_city_name(session.timezone)}" if session.timezone else ""
    return first, f"{str(session.at).capitalize()}{place}", ""


def list_badges(session: Session) -> Iterator[tuple[str, str, str]]:
    """Yield what a reader must know of a session: a kind, its word, and a reason, which may be empty."""
    if session.cancelled is not None:
        yield "cancelled", "cancelled", session.cancelled
    if session.moved_from is not None:
        yield "moved", "moved", f"from {_describe_planned_start(session.moved_from, session.timezone)}"
    if session.unconfirmed:
        yield "unconfirmed", "unconfirmed", ""
    if session.held_every:
        yield "unknown", event.format_rhythm(session), "which is not known"
    if event.has_vague_time(session):
        yield "unknown", "time unknown", ""


def _describe_planned_start(planned: tuple[date, StartTime], zone: str | None) -> str:
    day, at = planned
    has_place = zone and at not in (DayPart.ALL_DAY, DayPart.UNKNOWN)
    return english.format_day_and_time(day, at) + (f" in {get_city_name(zone)}" if zone and has_place else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a reader should not rely on the coming sessions of a calendar."""

    since: str | None
    """The month in which a chapter with such sessions was last confirmed, if any was: `February 2012`."""
    everything: bool
    """Whether all coming sessions are unconfirmed."""
    chapters: int
    """How many chapters have unconfirmed ones."""
    reason: str | None = None
    """What the schedule says of it, if it is one chapter's."""


def find_doubt(summaries: Iterable["ChapterSummary"]) -> Doubt | None:
    """Return the doubt about the coming sessions of some chapters; None if all are confirmed."""
    summaries = list(summaries)
    doubtful = [one.chapter for one in summaries if one.unconfirmed]
    if not doubtful:
        return None
    last = max((one.confirmed.day for one in doubtful if one.confirmed), default=None)
    return Doubt(
        since=f"{english.MONTHS[last.month - 1]} {last.year}" if last else None,
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
    current: tuple[ChatDescription, ...]
    """Those that are not over."""
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
    chats, coming = tuple(describe_chats(chapter)), tuple(list_coming_sessions(project, chapter))
    return ChapterSummary(
        chapter=chapter,
        chats=chats,
        current=tuple(one for one in chats if not is_over(one.chat, project.today)),
        coming=coming,
        count=len(coming),
        unconfirmed=sum(session.unconfirmed for session in coming),
    )


def select_shown(project: Project, summary: ChapterSummary) -> ChapterSummary:
    """Return a summary with the sessions alone that a page of several chapters may show."""
    near = bisect_right(summary.coming, project.today + _AHEAD, key=_get_utc_day)
    return replace(summary, chats=(), coming=summary.coming[: max(1, near)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the page of several chapters shows."""

    days: tuple[DayView, ...]
    until: str
    """The last date for which `days` have every session, on whichever clock."""
    last: date
    last_day: str
    """The last day of the window, also in words."""
    doubt: Doubt | None
    cards: tuple[ChapterSummary, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    collections: tuple[tuple[Collection, str, Doubt | None], ...]
    """Each with what its chapters are called in short."""


def build_home_view(project: Project, summaries: Mapping[str, ChapterSummary]) -> Overview:
    return _build_overview(project, summaries.values(), project.calendar.collections)


def build_collection_view(project: Project, summaries: Mapping[str, ChapterSummary], one: Collection) -> Overview:
    return _build_overview(project, [summaries[slug] for slug in sorted(set(one.chapters))], ())


def _build_overview(
    project: Project, summaries: Iterable[ChapterSummary], collections: Iterable[Collection]
) -> Overview:
    cards = sorted(summaries, key=_get_card_order)
    near = _select_next(project, [session for card in cards for session in card.coming])
    by_slug = {card.chapter.slug: card for card in cards}
    return Overview(
        days=group_by_day(project, near),
        until=_find_last_full_day(project, near).isoformat(),
        last=project.window.last,
        last_day=english.format_long_day(project.window.last),
        doubt=find_doubt(cards),
        cards=tuple(cards),
        regions=tuple(sorted({card.chapter.region for card in cards if card.chapter.region})),
        languages=tuple(sorted({card.chapter.language for card in cards})),
        collections=tuple(
            (
                one,
                _join_labels([project.chapters[slug] for slug in one.chapters]),
                find_doubt([by_slug[slug] for slug in one.chapters]),
            )
            for one in collections
        ),
    )


def _join_labels(chapters: Sequence[Chapter]) -> str:
    joint = " " if all(one.hashtag for one in chapters) else ", "
    return joint.join(one.label for one in chapters)


def _get_card_order(card: ChapterSummary) -> tuple[bool, str]:
    """Chapters that never meet come last."""
    return not card.chapter.chats and card.chapter.upstream is None, card.chapter.slug


def _select_next(project: Project, coming: Iterable[Session]) -> list[Session]:
    ordered = sort_for_feed(coming)
    week, near = (bisect_right(ordered, project.today + days, key=_get_utc_day) for days in (_WEEK, _AHEAD))
    return ordered[: max(1, min(near, max(week, _MAX_SESSIONS)))]


def _find_last_full_day(project: Project, near: Sequence[Session]) -> date:
    """Return the last date up to which `_select_next` left out no session, on whichever clock."""
    last = _get_utc_day(near[-1]) if len(near) >= _MAX_SESSIONS else project.today + _AHEAD
    return last - timedelta(days=2)


def _get_utc_day(session: Session) -> date:
    return get_utc_day(session.start)


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
    days: tuple[DayView, ...]
    until: str
    """The last date for which `days` have every session, on whichever clock; empty if they have all there are."""
    last: date
    last_day: str
    """The last day of the window, also in words."""
    past: tuple[tuple[int, tuple[SessionView, ...]], ...]
    """By year, the latest first."""
    doubt: Doubt | None
    certainty: str | None
    """How sure the schedule is, if it has been confirmed."""
    place: str | None
    """Where all its coming sessions are held, if that is one place."""
    map_url: str | None
    join: str | None
    """The address to join at of all of them, likewise."""
    report: ReportLinks
    missing_facts: str
    collections: tuple[Collection, ...]
    silence: str | None
    """When its own calendar elsewhere last answered, if it does not answer now."""


def build_chapter_view(project: Project, summary: ChapterSummary) -> ChapterView:
    calendar, chapter, coming = project.calendar, summary.chapter, summary.coming
    past = [build_session_view(project, session) for session in find_recorded_sessions(project, chapter)]
    joins = {session.join for session in coming}
    places = {(session.place, session.geo) for session in coming} or {find_place(chapter, calendar)}
    place, geo = places.pop() if len(places) == 1 else (None, None)
    shown = coming[:_MAX_CHAPTER_SESSIONS]
    contact = project.contacts.get(chapter.slug)
    return ChapterView(
        chapter=chapter,
        schedule=tuple((chat, is_over(chat.chat, project.today)) for chat in summary.chats),
        breaks=tuple(describe_breaks(calendar, chapter, names_origin=False)),
        days=group_by_day(project, shown),
        until=(_get_utc_day(shown[-1]) - timedelta(days=2)).isoformat() if len(shown) < len(coming) else "",
        last=project.window.last,
        last_day=english.format_long_day(project.window.last),
        past=group_by_year(past),
        doubt=summary.doubt,
        certainty=describe_certainty(calendar, chapter) if chapter.confirmed else None,
        place=place,
        map_url=make_map_url(place, geo),
        join=joins.pop() if len(joins) == 1 else None,
        report=build_report_links(calendar, chapter),
        missing_facts=english.join_list(list_missing_facts(chapter, calendar.called.many)),
        collections=tuple(one for one in calendar.collections if chapter.slug in one.chapters),
        silence=contact.description if contact is not None and contact.silent_since is not None else None,
    )


def make_map_url(place: str | None, geo: Geo | None) -> str | None:
    """Return the address of a map of a place; none of a text that has an address itself."""
    if place is None or "://" in place:
        return None
    query = format_geo(geo, ",") if geo else place
    return f"https://www.openstreetmap.org/search?query={quote(query, safe='')}"


def is_over(chat: Chat, today: date) -> bool:
    """Say whether the last slot of a chat was before today."""
    if chat.every is None:
        return all(listed.day < today for listed in chat.dates)
    return chat.until is not None and chat.until.last < today


def list_missing_facts(chapter: Chapter, called: str) -> list[str]:
    """Return what a reader would like to know of a chapter and its schedule does not say."""
    facts = {
        "what it is about": chapter.about,
        "a website": chapter.website,
        "an account": chapter.account,
        "its moderators": chapter.moderators,
        "its sources": chapter.sources,
        f"the hour of its {called}": not any(
            isinstance(chat.at, DayPart) and chat.at is not DayPart.ALL_DAY for chat in chapter.chats
        ),
    }
    return [name for name, known in facts.items() if not known]
