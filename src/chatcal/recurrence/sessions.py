"""A chapter and a window to its sessions, in UTC."""

import calendar as months
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, cycle, islice
from urllib.parse import quote
from zoneinfo import ZoneInfo

from chatcal.model import (
    Break,
    Calendar,
    Chapter,
    Chat,
    Day,
    DayPart,
    Duration,
    Geo,
    Link,
    Rule,
    Session,
    SessionOrigin,
    SessionOverride,
    StartTime,
    Whereabouts,
    Window,
    get_feed_order,
    select_coming,
    sort_for_feed,
)
from chatcal.problems import Span
from chatcal.recurrence import rules
from chatcal.recurrence.uids import format_uids
from chatcal.timezones import UTC_NAME, load_zone

_SLOT_MARGIN = timedelta(days=3)
"""No zone is further than 14 hours from UTC: a session within the window has its slot this near, or is moved."""


def compute_window(calendar: Calendar, now: datetime) -> Window:
    """Return the days, in UTC, that a feed built at `now` (aware) reaches over."""
    today = now.astimezone(UTC).date()
    first = add_months(today.replace(day=1), -calendar.behind)
    return Window(first, get_month_end(today, calendar.ahead))


def get_month_end(day: date, ahead: int) -> date:
    """Return the last day of the month that lies `ahead` months after that of `day`."""
    return add_months(day.replace(day=1), ahead + 1) - timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """Return the day `count` months later, clipped to the month's end."""
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def iterate_slots(chat: Chat, first: date, last: date) -> Iterator[date]:
    """Yield the days of a chat's own clock on which it is due, from `first` to `last`, inclusive, in order."""
    if chat.every is None:
        yield from sorted(listed.day for listed in chat.dates if first <= listed.day <= last)
        return
    if chat.first is not None:
        first = max(first, chat.first.first)
    if chat.until is not None:
        last = min(last, chat.until.last)
    if first > last:
        return
    excepted = set(
        chain.from_iterable(
            [exception.day] if isinstance(exception, Day) else rules.expand(exception, first, last)
            for exception in chat.exceptions
        )
    )
    # Each day may be one on which it is held, if nobody knows on which of them it is.
    every = replace(chat.every, interval=1) if chat.has_unknown_weeks else chat.every
    for day in rules.expand(every, first, last, chat.anchor):
        if day not in excepted:
            yield day


def is_slot(chat: Chat, day: date) -> bool:
    return day in iterate_slots(chat, day, day)


def find_exception(chat: Chat, day: date) -> Rule | Day | None:
    """Return what takes out, under `except`, a day on which a chat would be due."""
    if not is_slot(replace(chat, exceptions=()), day):
        return None
    excluding = (
        one for one in chat.exceptions if (one.day == day if isinstance(one, Day) else rules.can_fall_on(one, day))
    )
    return next(excluding, None)


def find_overridden_chat(chapter: Chapter, override: SessionOverride) -> Chat | None:
    """Return the chat whose slot an override is for; None where no chat, or more than one, fits.

    Where two chats share the day, a date alone means the one without an `id`.
    """
    due = [chat for chat in chapter.chats if is_slot(chat, override.slot)]
    named = [chat for chat in due if chat.id == override.id]
    if override.id is None and len(due) == 1:
        named = due
    return named[0] if len(named) == 1 else None


def compute_sessions(calendar: Calendar, chapter: Chapter, within: Window) -> tuple[Session, ...]:
    """Return the sessions of a chapter that start within the window, by their actual start, in the order of feeds.

    The chapter must have passed `checks`; an override that meets no slot is ignored. A followed calendar gives its
    own sessions.
    """
    found = list(chapter.upstream_sessions) if chapter.upstream else []
    for chat, overrides in _match_overrides(chapter):
        near = iterate_slots(chat, within.first - _SLOT_MARGIN, within.last + _SLOT_MARGIN)
        moved = (slot for slot, override in overrides.items() if override.moved_to)
        found += _build_sessions(calendar, chapter, chat, overrides, {*near, *moved})
    return tuple(sort_for_feed(within.select(found)))


def compute_recorded_sessions(calendar: Calendar, chapter: Chapter, last: date) -> list[Session]:
    """Return the sessions that a schedule says something about one by one, or cancels; those of breaks up to `last`.

    No other slot is looked at: a chat held daily since 1990 costs no more than its records.
    """
    found: list[Session] = []
    breaks = _merge_breaks(calendar, chapter, last)
    if not (breaks or chapter.overrides or any(chat.dates for chat in chapter.chats)):
        return found
    for chat, overrides in _match_overrides(chapter):
        paused = (iterate_slots(chat, first, until) for first, until in breaks)
        slots = {*overrides, *(listed.day for listed in chat.dates), *chain.from_iterable(paused)}
        found += [
            session
            for session in _build_sessions(calendar, chapter, chat, overrides, slots)
            if session.slot in overrides
            or session.cancelled is not None
            or (chat.dates and (session.topic or session.hosts or session.title))
        ]
    return found


def has_more_slots_than(number: int, calendar: Calendar, chapter: Chapter, within: Window) -> bool:
    """Say whether a build makes sessions of more slots: those of the window, and of breaks before its end.

    A day of both counts twice.
    """
    periods = [(within.first, within.last), *_merge_breaks(calendar, chapter, within.last)]
    found = (slot for chat in chapter.chats for period in periods for slot in iterate_slots(chat, *period))
    return next(islice(found, number, None), None) is not None


def _merge_breaks(calendar: Calendar, chapter: Chapter, last: date) -> list[tuple[date, date]]:
    """Return the first and last days of the times of breaks up to `last`, each day once."""
    merged: list[tuple[date, date]] = []
    for first, until in sorted((one.first.first, one.until.last) for one in _list_breaks(calendar, chapter)):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(until, merged[-1][1])
        else:
            merged.append((first, until))
    return [(first, min(until, last)) for first, until in merged if first <= last]


def _match_overrides(chapter: Chapter) -> list[tuple[Chat, dict[date, SessionOverride]]]:
    """Return each chat with the overrides of its slots."""
    matched = [(find_overridden_chat(chapter, override), override) for override in chapter.overrides]
    return [(chat, {one.slot: one for its, one in matched if its is chat}) for chat in chapter.chats]


def _build_sessions(
    calendar: Calendar, chapter: Chapter, chat: Chat, overrides: Mapping[date, SessionOverride], slots: Iterable[date]
) -> list[Session]:
    slots = sorted(slots)
    turns = _assign_turns(chat, slots[-1]) if slots else {}
    breaks = _list_breaks(calendar, chapter)
    timezone = chat.timezone or chapter.timezone
    # Where there is no zone there is no clock time either: the reader of schedules sees to that.
    clock = load_zone(timezone or UTC_NAME)
    last_confirmed = get_last_confirmed_day(calendar, chapter.confirmed.day) if chapter.confirmed else date.max
    own_times = {listed.day: listed.at for listed in chat.dates if listed.at is not None}
    held_every = _get_held_every(chat)
    # What sessions share takes time and memory once.
    by_rule = SessionOrigin(chat, None)
    own_join, own_place = find_join(calendar, chapter, chat), find_place(chat, chapter, calendar)
    found = []
    uids = format_uids(chapter.root, chat.id, slots, calendar.uid_domain)
    for slot, uid in zip(slots, uids, strict=True):
        override = overrides.get(slot)
        said = override or _NO_OVERRIDE
        due = own_times.get(slot, chat.at)
        day, at, moved_from = slot, said.at or due, None
        if said.moved_to is not None:
            day, at, moved_from = said.moved_to.day, said.moved_to.at or at, (slot, due)
        place, geo = find_place(said, chat, chapter, calendar) if override else own_place
        start, end, clock_change = _compute_instants(day, at, _choose_duration(said.lasts or chat.lasts, at), clock)
        cancelled = override.cancelled if override else _find_reason(slot, breaks)
        is_certain = override is not None or cancelled is not None
        found.append(
            Session(
                uid=uid,
                chapter=chapter.slug,
                slot=slot,
                chat=chat.id,
                start=start,
                end=end,
                at=at,
                timezone=timezone,
                unconfirmed=slot > last_confirmed,
                held_every=None if is_certain else held_every,
                cancelled=cancelled,
                moved_from=moved_from,
                topic=said.topic or chat.topic,
                hosts=said.hosts or turns.get(slot) or chat.hosts,
                title=said.title or chat.title,
                join=find_join(calendar, chapter, said, chat) if override else own_join,
                place=place,
                geo=geo,
                links=merge_links(chat.links, said.links),
                note="\n".join(filter(None, [said.note, chat.note])) or None,
                transcript=said.transcript,
                clock_change=clock_change,
                origin=SessionOrigin(chat, override) if override else by_rule,
            )
        )
    return found


def _get_held_every(chat: Chat) -> tuple[int, str] | None:
    return (chat.every.interval, rules.UNITS[chat.every.freq]) if chat.every and chat.has_unknown_weeks else None


_NO_OVERRIDE = SessionOverride(slot=date.min, where=Span(""))


def _choose_duration(lasts: Duration | None, at: StartTime) -> Duration:
    if isinstance(at, time):
        return lasts or Duration(minutes=60)
    return lasts if at is DayPart.ALL_DAY and lasts and not lasts.minutes else Duration(days=1)


def find_join(calendar: Calendar, chapter: Chapter, *inner: Whereabouts) -> str | None:
    """Return where to join the sessions of a chapter: what the first of `inner` says, the chapter or the calendar."""
    said = next((one.join for one in (*inner, chapter) if one.join is not None), None)
    if said is not None:
        return said or None
    if calendar.join is None or (chapter.hashtag is None and "{hashtag}" in calendar.join):
        return None
    return calendar.join.replace("{hashtag}", quote(chapter.hashtag or ""))


def find_place(*levels: Whereabouts) -> tuple[str | None, Geo | None]:
    """Return the place, with its point, that the first of these levels names, the innermost first."""
    said = next((one for one in levels if one.place is not None), None)
    return (said.place or None, said.geo) if said else (None, None)


def merge_links(*levels: Iterable[Link]) -> tuple[Link, ...]:
    """Return the links of all levels, the outermost first; one that has the name of another takes its place."""
    return tuple({one.name.casefold(): one for one in chain.from_iterable(levels)}.values())


def get_last_confirmed_day(calendar: Calendar, confirmed: date) -> date:
    """Return the last day whose slots are confirmed by what a person said on the day `confirmed`."""
    return add_months(confirmed, calendar.unconfirmed_after)


def _find_reason(slot: date, breaks: Iterable[Break]) -> str | None:
    return next((pause.reason for pause in breaks if pause.first.first <= slot <= pause.until.last), None)


def _list_breaks(calendar: Calendar, chapter: Chapter) -> tuple[Break, ...]:
    """Return the breaks that a chapter keeps, its own first."""
    return (*chapter.breaks, *list_calendar_breaks(calendar, chapter))


def list_calendar_breaks(calendar: Calendar, chapter: Chapter) -> tuple[Break, ...]:
    """Return the breaks of the calendar that a chapter keeps."""
    return tuple(pause for pause in calendar.breaks if not pause.chapters or chapter.slug in pause.chapters)


def _assign_turns(chat: Chat, last: date) -> dict[date, tuple[str, ...]]:
    """Return whose turn each slot up to `last` is; every slot since a rota's first uses a turn, held or not."""
    turns: dict[date, tuple[str, ...]] = {}
    for rota in sorted(chat.rotas, key=lambda one: one.first.day):
        for slot, host in zip(iterate_slots(chat, rota.first.day, last), cycle(rota.hosts), strict=False):
            turns[slot] = (host,)
    return turns


def _compute_instants(
    day: date, at: StartTime, lasts: Duration, clock: ZoneInfo
) -> tuple[datetime | date, datetime | date, str | None]:
    """Return the start and the end of a session, and whether its start falls in a change of the clock."""
    if not isinstance(at, time):
        return day, day + timedelta(days=lasts.days), None
    start, clock_change = convert_to_utc(datetime.combine(day, at, clock))
    end = start
    if lasts.days:
        wall = start.astimezone(clock)
        end, _ = convert_to_utc(datetime.combine(wall.date() + timedelta(days=lasts.days), wall.time(), clock))
    return start, end + timedelta(minutes=lasts.minutes), clock_change


def convert_to_utc(local: datetime) -> tuple[datetime, str | None]:
    """Return the instant of a local time, in UTC, and `gap` or `overlap` where the clock changes then.

    Takes an aware datetime. A time that the clock skips becomes the first instant after the gap; of one that it shows
    twice, the first is taken (PEP 495).
    """
    early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early, None
    if early < late:
        return early, "overlap"
    return _find_gap_end(late, early, local), "gap"


def _find_gap_end(before: datetime, after: datetime, local: datetime) -> datetime:
    """Return the first instant, to the second, at which the clock has passed the local time that it skips."""
    wall = local.replace(tzinfo=None)

    def has_passed(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(local.tzinfo).replace(tzinfo=None) >= wall

    seconds = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(seconds, 1, key=has_passed))


UpcomingSession = tuple[Chapter, Session]


_SEARCH_YEARS = (1, 9, 41)
"""In years. Most chapters meet within one; the rarest day that a phrase can name comes every 40."""


LONGEST_SESSION = timedelta(days=33)
"""What goes on now began at most this long ago: 31 days are the most that a session lasts, two the date line's."""


def find_next_sessions(
    calendar: Calendar, chapters: Iterable[Chapter], now: datetime, count: int
) -> list[UpcomingSession]:
    """Return the next sessions of the chapters, at most `count` of all, by their actual start.

    Takes the moment (aware). A session going on now is coming, and so is a cancelled one. The chapters must have
    passed `checks`.
    """
    found = [
        (chapter, session) for chapter in chapters for session in _find_chapter_sessions(calendar, chapter, now, count)
    ]
    return sorted(found, key=lambda pair: get_feed_order(pair[1]))[:count]


def _find_chapter_sessions(calendar: Calendar, chapter: Chapter, now: datetime, count: int) -> list[Session]:
    found: list[Session] = []
    first = now.date() - LONGEST_SESSION
    for years in _SEARCH_YEARS:
        within = Window(first, date(now.year + years, 12, 31))
        found = select_coming(compute_sessions(calendar, chapter, within), now)
        if len(found) >= count:
            break
    return found[:count]
