"""A chapter and a window to its sessions, in UTC."""

import calendar as months
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, cycle
from urllib.parse import quote
from zoneinfo import ZoneInfo

from chatcal import rules
from chatcal.model import (
    At,
    Break,
    Calendar,
    Change,
    Chapter,
    Chat,
    Day,
    Length,
    NoClock,
    Session,
    Window,
    in_feed_order,
)
from chatcal.uids import uid_of
from chatcal.zones import UTC_NAME, zone

_NEAR = timedelta(days=3)
"""No zone is further than 14 hours from UTC: a session within the window has its slot this near, or is moved."""


def window(calendar: Calendar, now: datetime) -> Window:
    """Return the days, in UTC, that a feed built at `now` (aware) reaches over."""
    today = now.astimezone(UTC).date()
    first = add_months(today.replace(day=1), -calendar.behind)
    return Window(first, end_of_month(today, calendar.ahead))


def end_of_month(day: date, ahead: int) -> date:
    """Return the last day of the month that lies `ahead` months after that of `day`."""
    return add_months(day.replace(day=1), ahead + 1) - timedelta(days=1)


@lru_cache(maxsize=64)  # Each slot of a chapter asks until when it is confirmed.
def add_months(day: date, count: int) -> date:
    """Return the day `count` months later, clipped to the month's end."""
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def slots(chat: Chat, first: date, last: date) -> Iterator[date]:
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
    excepted = _excepted(chat, first, last)
    for day in rules.days(chat.every, first, last, chat.anchor):
        if day not in excepted:
            yield day


def _excepted(chat: Chat, first: date, last: date) -> set[date]:
    return set(
        chain.from_iterable(
            [exception.day] if isinstance(exception, Day) else rules.days(exception, first, last)
            for exception in chat.exceptions
        )
    )


def is_slot(chat: Chat, day: date) -> bool:
    """Say whether a chat is due on that day of its own clock."""
    return day in slots(chat, day, day)


def chat_of(chapter: Chapter, change: Change) -> Chat | None:
    """Return the chat whose slot a change speaks of; None where no chat, or more than one, fits.

    Where two chats share the day, a date alone means the one without an `id`.
    """
    due = [chat for chat in chapter.chats if is_slot(chat, change.slot)]
    named = [chat for chat in due if chat.id == change.id]
    if change.id is None and len(due) == 1:
        named = due
    return named[0] if len(named) == 1 else None


def sessions(calendar: Calendar, chapter: Chapter, within: Window) -> tuple[Session, ...]:
    """Return the sessions of a chapter that start within the window, by their actual start, in the order of feeds.

    The chapter must have passed `checks`; a change that meets no slot is passed over. Those of a calendar that is kept
    elsewhere are given.
    """
    if chapter.upstream is not None:
        return tuple(sorted((one for one in chapter.given if within.holds(one.start)), key=in_feed_order))
    changes = {(chat.where, change.slot): change for change in chapter.changes if (chat := chat_of(chapter, change))}
    pauses = (*chapter.breaks, *breaks_of(calendar, chapter))
    found = []
    for chat in chapter.chats:
        near = slots(chat, within.first - _NEAR, within.last + _NEAR)
        moved = (slot for (where, slot), change in changes.items() if where == chat.where and change.moved)
        wanted = sorted({*near, *moved})
        turns = _turns(chat, wanted[-1]) if wanted else {}
        found += [
            _session(
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
    return tuple(sorted((one for one in found if within.holds(one.start)), key=in_feed_order))


def _session(
    calendar: Calendar,
    chapter: Chapter,
    chat: Chat,
    slot: date,
    *,
    change: Change | None,
    on_duty: tuple[str, ...],
    pauses: tuple[Break, ...],
) -> Session:
    due = _due(chat, slot)
    day, at = slot, due
    planned = None
    name = chat.timezone or chapter.timezone
    if change is not None:
        at = change.at or at
        if change.moved is not None:
            day, at = change.moved.day, change.moved.at or at
            planned = (slot, due)
    # Where there is no zone there is no clock time either: the reader of schedules sees to that.
    start, end, clock_change = _instants(day, at, _length(chat, change, at), zone(name or UTC_NAME))
    changed = change or Change(slot=slot, where=chat.where)
    return Session(
        uid=uid_of(calendar, chapter, chat.id, slot),
        chapter=chapter.slug,
        slot=slot,
        chat=chat.id,
        start=start,
        end=end,
        at=at,
        timezone=name,
        unconfirmed=is_unconfirmed(calendar, chapter, slot),
        cancelled=_cancelled(slot, change, pauses),
        planned=planned,
        topic=changed.topic or chat.topic,
        hosts=changed.hosts or on_duty or chat.hosts,
        title=changed.title or chat.title,
        join=changed.join or chat.join or join_of(calendar, chapter),
        note=changed.note,
        transcript=changed.transcript,
        clock_change=clock_change,
    )


def _due(chat: Chat, slot: date) -> At:
    """Return when a slot is due by its chat alone."""
    own = next((listed.at for listed in chat.dates if listed.day == slot), None)
    return chat.at if own is None else own


def _length(chat: Chat, change: Change | None, at: At) -> Length:
    lasts = (change.lasts if change else None) or chat.lasts
    if isinstance(at, time):
        return lasts or Length(minutes=60)
    if at is NoClock.ALL_DAY and lasts is not None and not lasts.minutes:
        return lasts
    return Length(days=1)


def join_of(calendar: Calendar, chapter: Chapter) -> str | None:
    """Return where a chapter's chats take place, unless they say it themselves."""
    if chapter.join is not None:
        return chapter.join
    return _join_by_hashtag(calendar.join, chapter.hashtag) if calendar.join else None


@lru_cache(maxsize=16)
def _join_by_hashtag(join: str, hashtag: str) -> str:
    """Return the address that is meant; remembered, so that all sessions of a chapter share one text."""
    return join.replace("{hashtag}", quote(hashtag))


def is_unconfirmed(calendar: Calendar, chapter: Chapter, slot: date) -> bool:
    """Say whether a slot lies too long after the day on which a person last confirmed the schedule."""
    return chapter.confirmed is not None and slot > last_confirmed(calendar, chapter.confirmed.day)


def last_confirmed(calendar: Calendar, confirmed: date) -> date:
    """Return the last day whose slots are confirmed by what a person said on the day `confirmed`."""
    return add_months(confirmed, calendar.unconfirmed_after)


def _cancelled(slot: date, change: Change | None, pauses: Iterable[Break]) -> str | None:
    if change is not None:
        return change.cancelled
    for pause in pauses:
        if pause.first.first <= slot <= pause.until.last:
            return pause.reason
    return None


def breaks_of(calendar: Calendar, chapter: Chapter) -> tuple[Break, ...]:
    """Return the breaks of the calendar that a chapter keeps."""
    return tuple(pause for pause in calendar.breaks if not pause.chapters or chapter.slug in pause.chapters)


def _turns(chat: Chat, last: date) -> dict[date, tuple[str, ...]]:
    """Return whose turn each slot up to `last` is; every slot since a rota's first uses a turn, held or not."""
    turns: dict[date, tuple[str, ...]] = {}
    for rota in sorted(chat.rotas, key=lambda one: one.first.day):
        for slot, host in zip(slots(chat, rota.first.day, last), cycle(rota.hosts), strict=False):
            turns[slot] = (host,)
    return turns


def _instants(day: date, at: At, lasts: Length, clock: ZoneInfo) -> tuple[datetime | date, datetime | date, str | None]:
    """Return the start and the end of a session, and whether its start falls in a change of the clock."""
    if not isinstance(at, time):
        return day, day + timedelta(days=lasts.days), None
    start, clock_change = to_utc(datetime.combine(day, at, clock))
    end = start
    if lasts.days:
        wall = start.astimezone(clock)
        end, _ = to_utc(datetime.combine(wall.date() + timedelta(days=lasts.days), wall.time(), clock))
    return start, end + timedelta(minutes=lasts.minutes), clock_change


def to_utc(local: datetime) -> tuple[datetime, str | None]:
    """Return the instant of a local time, in UTC, and `gap` or `overlap` where the clock changes then.

    Takes an aware datetime. A time that the clock skips becomes the first instant after the gap; of one that it shows
    twice, the first is taken (PEP 495).
    """
    early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early, None
    if early < late:
        return early, "overlap"
    return _first_after_gap(late, early, local), "gap"


def _first_after_gap(before: datetime, after: datetime, local: datetime) -> datetime:
    """Return the first instant, to the second, at which the clock has passed the local time that it skips."""
    wall = local.replace(tzinfo=None)

    def has_passed(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(local.tzinfo).replace(tzinfo=None) >= wall

    seconds = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(seconds, 1, key=has_passed))
