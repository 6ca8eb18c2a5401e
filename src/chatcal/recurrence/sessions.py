"""A chapter and a window to its sessions, in UTC."""

import calendar as months
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, cycle
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
    Session,
    SessionOverride,
    StartTime,
    Window,
    get_feed_order,
    has_ended,
)
from chatcal.recurrence import rules
from chatcal.recurrence.uids import Uid
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


@lru_cache(maxsize=64)  # Each slot of a chapter asks until when it is confirmed.
def add_months(day: date, count: int) -> date:
    """Return the day `count` months later, clipped to the month's end."""
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def iterate_slots(chat: Chat, first: date, last: date) -> Iterator[date]:
    """Return the days of a chat's own clock on which it is due, from `first` to `last`, inclusive, in order."""
    if chat.every is None:
        yield from sorted(listed.day for listed in chat.dates if first <= listed.day <= last)
        return
    if chat.first is not None:
        first = max(first, chat.first.first)
    if chat.until is not None:
        last = min(last, chat.until.last)
    if first > last:
        return
    excepted = _find_excepted_days(chat, first, last)
    for day in rules.expand(chat.every, first, last, chat.anchor):
        if day not in excepted:
            yield day


def _find_excepted_days(chat: Chat, first: date, last: date) -> set[date]:
    return set(
        chain.from_iterable(
            [exception.day] if isinstance(exception, Day) else rules.expand(exception, first, last)
            for exception in chat.exceptions
        )
    )


def is_slot(chat: Chat, day: date) -> bool:
    """Say whether a chat is due on that day of its own clock."""
    return day in iterate_slots(chat, day, day)


def find_overridden_chat(chapter: Chapter, change: SessionOverride) -> Chat | None:
    """Return the chat whose slot a change speaks of; None where no chat, or more than one, fits.

    Where two chats share the day, a date alone means the one without an `id`.
    """
    due = [chat for chat in chapter.chats if is_slot(chat, change.slot)]
    named = [chat for chat in due if chat.id == change.id]
    if change.id is None and len(due) == 1:
        named = due
    return named[0] if len(named) == 1 else None


def compute_sessions(calendar: Calendar, chapter: Chapter, within: Window) -> tuple[Session, ...]:
    """Return the sessions of a chapter that start within the window, by their actual start, in the order of feeds.

    The chapter must have passed `checks`; a change that meets no slot is passed over. Those of a calendar that is kept
    elsewhere are given.
    """
    if chapter.upstream is not None:
        return tuple(
            sorted((one for one in chapter.upstream_sessions if within.has_start(one.start)), key=get_feed_order)
        )
    changes = {
        (chat.where, change.slot): change
        for change in chapter.overrides
        if (chat := find_overridden_chat(chapter, change))
    }
    pauses = (*chapter.breaks, *list_calendar_breaks(calendar, chapter))
    found = []
    for chat in chapter.chats:
        near = iterate_slots(chat, within.first - _SLOT_MARGIN, within.last + _SLOT_MARGIN)
        moved = (slot for (where, slot), change in changes.items() if where == chat.where and change.moved_to)
        wanted = sorted({*near, *moved})
        turns = _assign_turns(chat, wanted[-1]) if wanted else {}
        found += [
            _build_session(
                calendar,
                chapter,
                chat,
                slot,
                change=changes.get((chat.where, slot)),
                on_duty=turns.get(slot, ()),
                pauses=pauses,
            )
            for slot in wanted
        ]
    return tuple(sorted((one for one in found if within.has_start(one.start)), key=get_feed_order))


def _build_session(
    calendar: Calendar,
    chapter: Chapter,
    chat: Chat,
    slot: date,
    *,
    change: SessionOverride | None,
    on_duty: tuple[str, ...],
    pauses: tuple[Break, ...],
) -> Session:
    due = _get_due_time(chat, slot)
    day, at = slot, due
    planned = None
    name = chat.timezone or chapter.timezone
    if change is not None:
        at = change.at or at
        if change.moved_to is not None:
            day, at = change.moved_to.day, change.moved_to.at or at
            planned = (slot, due)
    # Where there is no zone there is no clock time either: the reader of schedules sees to that.
    start, end, clock_change = _compute_instants(
        day, at, _choose_duration(chat, change, at), load_zone(name or UTC_NAME)
    )
    changed = change or SessionOverride(slot=slot, where=chat.where)
    return Session(
        uid=str(Uid(chapter.root, chat.id, slot, calendar.uid_domain)),
        chapter=chapter.slug,
        slot=slot,
        chat=chat.id,
        start=start,
        end=end,
        at=at,
        timezone=name,
        unconfirmed=is_unconfirmed(calendar, chapter, slot),
        cancelled=_find_cancellation(slot, change, pauses),
        moved_from=planned,
        topic=changed.topic or chat.topic,
        hosts=changed.hosts or on_duty or chat.hosts,
        title=changed.title or chat.title,
        join=changed.join or chat.join or get_join_place(calendar, chapter),
        note=changed.note,
        transcript=changed.transcript,
        clock_change=clock_change,
    )


def _get_due_time(chat: Chat, slot: date) -> StartTime:
    """Return when a slot is due by its chat alone."""
    own = next((listed.at for listed in chat.dates if listed.day == slot), None)
    return chat.at if own is None else own


def _choose_duration(chat: Chat, change: SessionOverride | None, at: StartTime) -> Duration:
    lasts = (change.lasts if change else None) or chat.lasts
    if isinstance(at, time):
        return lasts or Duration(minutes=60)
    if at is DayPart.ALL_DAY and lasts is not None and not lasts.minutes:
        return lasts
    return Duration(days=1)


def get_join_place(calendar: Calendar, chapter: Chapter) -> str | None:
    """Return where a chapter's chats take place, unless they say it themselves."""
    if chapter.join is not None:
        return chapter.join
    return _fill_in_hashtag(calendar.join, chapter.hashtag) if calendar.join else None


@lru_cache(maxsize=16)
def _fill_in_hashtag(join: str, hashtag: str) -> str:
    """Return the address that is meant; remembered, so that all sessions of a chapter share one text."""
    return join.replace("{hashtag}", quote(hashtag))


def is_unconfirmed(calendar: Calendar, chapter: Chapter, slot: date) -> bool:
    """Say whether a slot lies too long after the day on which a person last confirmed the schedule."""
    return chapter.confirmed is not None and slot > get_last_confirmed_day(calendar, chapter.confirmed.day)


def get_last_confirmed_day(calendar: Calendar, confirmed: date) -> date:
    """Return the last day whose slots are confirmed by what a person said on the day `confirmed`."""
    return add_months(confirmed, calendar.unconfirmed_after)


def _find_cancellation(slot: date, change: SessionOverride | None, pauses: Iterable[Break]) -> str | None:
    if change is not None:
        return change.cancelled
    for pause in pauses:
        if pause.first.first <= slot <= pause.until.last:
            return pause.reason
    return None


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


_LONGEST_SESSION = timedelta(days=33)
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
    first = now.date() - _LONGEST_SESSION
    for years in _SEARCH_YEARS:
        within = Window(first, date(now.year + years, 12, 31))
        found = [one for one in compute_sessions(calendar, chapter, within) if not has_ended(one, now)]
        if len(found) >= count:
            break
    return found[:count]
