"""Slots: dates that should be days of a rule, and rules that should have some."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from itertools import chain, combinations, pairwise

from chatcal import words
from chatcal.model import Change, Chapter, Chat, Day, Period, Rule
from chatcal.problem import Problem, Span, warning
from chatcal.rules import days, fits
from chatcal.schedules import Schedules
from chatcal.sessions import add_months, chat_of, is_slot, slots

_RARE = 41
"""In years. The rarest day that a phrase can name is a fifth Monday, say, of February: every 28 or 40 years."""


def never_happens(schedules: Schedules) -> Iterator[Problem]:
    """Chats without a single slot."""
    for chat in _chats(schedules):
        if chat.every is not None and _first_slot(chat, schedules.today) is None:
            message, hint = _why_never(chat, schedules.today)
            yield Problem(span=chat.every.where, code="never", message=message, hint=hint)


def _why_never(chat: Chat, today: date) -> tuple[str, str]:
    """Return why a chat has no slot, and what to look at."""
    if _first_slot(_without_exceptions(chat), today):
        return "This chat never meets: `except` takes every day out.", "Take out of `except` the days that are kept."
    unbounded = replace(chat, first=None, until=None, exceptions=())
    if _first_slot(unbounded, today) is None or chat.first is None:
        return (
            "This chat never meets: there is no such day.",
            "Compare the day with its month; February has 28 days, in leap years 29.",
        )
    near = _nearest(partial(is_slot, unbounded), chat.first.first)
    return (
        "This chat never meets: none of its days lies between `from` and `until`.",
        f"`from` is the first day, `until` the last.{_said(' Near `from`: ', near)}",
    )


def _first_slot(chat: Chat, today: date) -> date | None:
    first, last = _reach(chat, today)
    # Nearly every chat meets within a year; the exceptions of all years need not be worked out for those.
    within_a_year = slots(chat, first, min(add_months(first, 12), last))
    return next(chain(within_a_year, slots(chat, first, last)), None)


def _reach(chat: Chat, today: date) -> tuple[date, date]:
    """Return the days between which a chat has a slot, if it has any at all."""
    first = chat.first.first if chat.first else min(today, chat.until.first if chat.until else today)
    if chat.first is None and chat.until is not None:
        first = date(first.year - _RARE, 1, 1)
    return first, chat.until.last if chat.until else date(first.year + _RARE, 12, 31)


def _chats(schedules: Schedules) -> Iterator[Chat]:
    for chapter in schedules.chapters.values():
        yield from chapter.chats


def counting_fits(schedules: Schedules) -> Iterator[Problem]:
    """Dates that a rule with a number counts from and that are none of its days."""
    for chat in _chats(schedules):
        if chat.every is None:
            continue
        start: Day | Period | None = chat.counting or (chat.first if chat.every.interval > 1 else None)
        if start is None or chat.anchor is None or fits(chat.every, chat.anchor):
            continue
        near = _nearest(partial(fits, chat.every), chat.anchor)
        yield Problem(
            span=start.where,
            code="no-slot",
            message=f"{words.dated(chat.anchor)} is no day of this rule, so nothing can count from it.",
            hint=_said("Days of the rule near it: ", near) + ("" if chat.counting else " Put one under `counting:`."),
        )


def exceptions_meet(schedules: Schedules) -> Iterator[Problem]:
    """Dates and phrases under `except` on which the chat is not due anyway."""
    for chat in _chats(schedules):
        bare = _without_exceptions(chat)
        for exception in chat.exceptions:
            if isinstance(exception, Rule):
                if not _meet(bare, exception, schedules.today):
                    yield warning(
                        exception.where,
                        "except-nothing",
                        "The chat is not due on any of these days, so there is nothing to except.",
                        "Compare them with the days of the chat, or take them out.",
                    )
            elif not is_slot(bare, exception.day):
                yield Problem(
                    span=exception.where,
                    code="no-slot",
                    message=f"The chat is not due on {words.dated(exception.day)}, so there is nothing to except.",
                    hint=_said("Days near it on which it is due: ", _nearest(partial(is_slot, bare), exception.day)),
                )


def _meet(chat: Chat, rule: Rule, today: date) -> bool:
    """Say whether a chat and a rule ever share a day."""
    first, last = _reach(chat, today)
    in_order = heapq.merge(slots(chat, first, last), days(rule, first, last))
    return any(day == following for day, following in pairwise(in_order))


def _without_exceptions(chat: Chat) -> Chat:
    return replace(chat, exceptions=())


def rotas_begin(schedules: Schedules) -> Iterator[Problem]:
    """Rotas that begin on no slot."""
    for chat in _chats(schedules):
        for rota in chat.rotas:
            if not is_slot(chat, rota.first.day):
                yield Problem(
                    span=rota.first.where,
                    code="no-slot",
                    message=f"The chat is not due on {words.dated(rota.first.day)}, so no turn begins then.",
                    hint=_said("Days near it on which it is due: ", _nearest(partial(is_slot, chat), rota.first.day)),
                )


def changes_meet(schedules: Schedules) -> Iterator[Problem]:
    """Keys of `sessions` that meet no slot, or more than one, or one that another key has met."""
    for chapter in schedules.chapters.values():
        met: dict[tuple[Span, date], Change] = {}
        for change in chapter.changes:
            chat = chat_of(chapter, change)
            if chat is None:
                yield _unmet(chapter, change)
            elif (first := met.setdefault((chat.where, change.slot), change)) is not change:
                yield Problem(
                    span=change.where,
                    code="twice",
                    message=f"This slot has an entry already, in line {first.where.line}.",
                    hint="Put what both say under one key.",
                )
            elif _needs_zone(change) and not (chat.timezone or chapter.timezone):
                yield Problem(
                    span=change.where,
                    code="zone-missing",
                    message="This session has a clock time, and nothing says on whose clock.",
                    hint="Add `timezone:` to the chapter, like `timezone: America/Toronto`.",
                )


def _needs_zone(change: Change) -> bool:
    return isinstance(change.at, time) or (change.moved is not None and change.moved.at is not None)


def _unmet(chapter: Chapter, change: Change) -> Problem:
    shown = f"{words.dated(change.slot)}"
    due = [chat for chat in chapter.chats if is_slot(chat, change.slot)]
    if due:
        known = words.listed([f"`{change.slot} {chat.id}`" for chat in due if chat.id], "or")
        return Problem(
            span=change.where,
            code="no-slot",
            message=f"More than one chat is due on {shown}; this key does not say which."
            if change.id is None
            else f"No chat with the id `{change.id}` is due on {shown}.",
            hint=f"Write {known}." if known else "Write the date alone.",
        )
    excepted = [
        exception
        for chat in chapter.chats
        if is_slot(_without_exceptions(chat), change.slot)
        for exception in chat.exceptions
        if _takes_out(exception, change.slot)
    ]
    if excepted:
        return Problem(
            span=change.where,
            code="no-slot",
            message=f"`except` in line {excepted[0].where.line} takes {shown} out, so there is no slot to change.",
            hint="Keep one of them: `except` for a day that is never shown, the entry to say what becomes of it.",
        )
    return Problem(
        span=change.where,
        code="no-slot",
        message=f"No chat is due on {shown}.",
        hint=_due_instead(chapter, change.slot),
    )


def _due_instead(chapter: Chapter, day: date) -> str:
    """Return the hint for an entry of `sessions` on a day on which no chat is due."""
    if not chapter.chats:
        return "This chapter has no chats. Add one under `chats:`."
    moved = next((one for one in chapter.changes if one.moved is not None and one.moved.day == day), None)
    if moved is not None:
        return (
            f"A session is moved to that day: write it under its own date, `{moved.slot}`, in line {moved.where.line}."
        )
    near = _nearest(lambda other: any(is_slot(chat, other) for chat in chapter.chats), day)
    return (
        f"The date is that of a day on which a chat is due by its rule.{_said(' Near it: ', near)}\n"
        f"An extra session is a chat of its own: `- {{dates: [{day}], at: 13:00}}`, with its time."
    )


def _takes_out(exception: Rule | Day, day: date) -> bool:
    return exception.day == day if isinstance(exception, Day) else fits(exception, day)


_FAR = 400
"""In days: how far a message looks for a slot to name."""


def _nearest(due: Callable[[date], bool], day: date) -> str:
    """Return the days before and after a day that are due, in words; empty where there are none."""
    steps = range(1, _FAR)
    before = next((found for step in steps if due(found := day - timedelta(days=step))), None)
    after = next((found for step in steps if due(found := day + timedelta(days=step))), None)
    return words.listed([f"`{found}` ({words.short_day(found)[:3]})" for found in (before, after) if found])


def _said(before: str, days: str) -> str:
    return f"{before}{days}." if days else ""


_YEARS_TO_COMPARE = 10


def days_shared(schedules: Schedules) -> Iterator[Problem]:
    """Chats of a chapter whose slots share a day and a name, so that two sessions would have one UID."""
    last = add_months(schedules.today, 12 * _YEARS_TO_COMPARE)
    for chapter in schedules.chapters.values():
        for one, other in combinations(chapter.chats, 2):
            if one.id != other.id or other.every in one.exceptions or one.every in other.exceptions:
                continue
            its = set(slots(one, schedules.window.first, last))
            # One has mostly ended when the other begins, so that few days of that have to be looked at.
            day = next((slot for slot in slots(other, min(its), max(its)) if slot in its), None) if its else None
            if day is not None:
                yield Problem(
                    span=other.where,
                    code="uid-twice",
                    message=f"Two chats are due on {words.dated(day)} "
                    f"(the other begins in line {one.where.line}), and nothing tells them apart.",
                    hint=_apart(one, other),
                )


def _apart(one: Chat, other: Chat) -> str:
    for older, newer in ((one, other), (other, one)):
        if older.until and newer.first and (older.first is None or older.first.first < newer.first.first):
            last = newer.first.first - timedelta(days=1)
            return (
                f"If the newer takes the place of the older, let that end before it begins: `until: {last}`. "
                "If both are held, add a short name to the newer, like `id: late`, and never change it."
            )
    return "Add a short name to the newer of the two, like `id: late`, and never change it."
