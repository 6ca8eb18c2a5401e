"""Slots: dates that should be days of a rule, and rules that should have some."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from itertools import chain, combinations, pairwise

from chatcal import english
from chatcal.model import Chapter, Chat, Day, Period, Rule, SessionOverride
from chatcal.problems import Problem, make_warning
from chatcal.project import Project
from chatcal.recurrence.rules import can_fall_on, expand
from chatcal.recurrence.sessions import add_months, find_overridden_chat, is_slot, iterate_slots

_RARE_YEARS = 41
"""In years. The rarest day that a phrase can name is a fifth Monday, say, of February: every 28 or 40 years."""


def check_slots_exist(schedules: Project) -> Iterator[Problem]:
    """Chats without a single slot."""
    for chat in _list_chats(schedules):
        if chat.every is not None and _find_first_slot(chat, schedules.today) is None:
            message, hint = _explain_no_slots(chat, schedules.today)
            yield Problem(span=chat.every.where, code="never", message=message, hint=hint)


def _explain_no_slots(chat: Chat, today: date) -> tuple[str, str]:
    """Return why a chat has no slot, and what to look at."""
    if _find_first_slot(_remove_exceptions(chat), today):
        return "This chat never meets: `except` takes every day out.", "Take out of `except` the days that are kept."
    unbounded = replace(chat, first=None, until=None, exceptions=())
    if _find_first_slot(unbounded, today) is None or chat.first is None:
        return (
            "This chat never meets: there is no such day.",
            "Compare the day with its month; February has 28 days, in leap years 29.",
        )
    near = _find_nearest_days(partial(is_slot, unbounded), chat.first.first)
    return (
        "This chat never meets: none of its days lies between `from` and `until`.",
        f"`from` is the first day, `until` the last.{_format_near(' Near `from`: ', near)}",
    )


def _find_first_slot(chat: Chat, today: date) -> date | None:
    first, last = _find_slot_range(chat, today)
    # Nearly every chat meets within a year; the exceptions of all years need not be worked out for those.
    within_a_year = iterate_slots(chat, first, min(add_months(first, 12), last))
    return next(chain(within_a_year, iterate_slots(chat, first, last)), None)


def _find_slot_range(chat: Chat, today: date) -> tuple[date, date]:
    """Return the days between which a chat has a slot, if it has any at all."""
    first = chat.first.first if chat.first else min(today, chat.until.first if chat.until else today)
    if chat.first is None and chat.until is not None:
        first = date(first.year - _RARE_YEARS, 1, 1)
    return first, chat.until.last if chat.until else date(first.year + _RARE_YEARS, 12, 31)


def _list_chats(schedules: Project) -> Iterator[Chat]:
    for chapter in schedules.chapters.values():
        yield from chapter.chats


def check_counting(schedules: Project) -> Iterator[Problem]:
    """Dates that a rule with a number counts from and that are none of its days."""
    for chat in _list_chats(schedules):
        if chat.every is None:
            continue
        start: Day | Period | None = chat.counting or (chat.first if chat.every.interval > 1 else None)
        if start is None or chat.anchor is None or can_fall_on(chat.every, chat.anchor):
            continue
        near = _find_nearest_days(partial(can_fall_on, chat.every), chat.anchor)
        yield Problem(
            span=start.where,
            code="no-slot",
            message=f"{english.format_day(chat.anchor)} is no day of this rule, so nothing can count from it.",
            hint=_format_near("Days of the rule near it: ", near)
            + ("" if chat.counting else " Put one under `counting:`."),
        )


def check_exceptions(schedules: Project) -> Iterator[Problem]:
    """Dates and phrases under `except` on which the chat is not due anyway."""
    for chat in _list_chats(schedules):
        bare = _remove_exceptions(chat)
        for exception in chat.exceptions:
            if isinstance(exception, Rule):
                if not _has_common_day(bare, exception, schedules.today):
                    yield make_warning(
                        exception.where,
                        "except-nothing",
                        "The chat is not due on any of these days, so there is nothing to except.",
                        "Compare them with the days of the chat, or take them out.",
                    )
            elif not is_slot(bare, exception.day):
                yield Problem(
                    span=exception.where,
                    code="no-slot",
                    message=f"The chat is not due on {english.format_day(exception.day)}, "
                    "so there is nothing to except.",
                    hint=_format_near(
                        "Days near it on which it is due: ", _find_nearest_days(partial(is_slot, bare), exception.day)
                    ),
                )


def _has_common_day(chat: Chat, rule: Rule, today: date) -> bool:
    """Say whether a chat and a rule ever share a day."""
    first, last = _find_slot_range(chat, today)
    in_order = heapq.merge(iterate_slots(chat, first, last), expand(rule, first, last))
    return any(day == following for day, following in pairwise(in_order))


def _remove_exceptions(chat: Chat) -> Chat:
    return replace(chat, exceptions=())


def check_rotas(schedules: Project) -> Iterator[Problem]:
    """Rotas that begin on no slot."""
    for chat in _list_chats(schedules):
        for rota in chat.rotas:
            if not is_slot(chat, rota.first.day):
                yield Problem(
                    span=rota.first.where,
                    code="no-slot",
                    message=f"The chat is not due on {english.format_day(rota.first.day)}, so no turn begins then.",
                    hint=_format_near(
                        "Days near it on which it is due: ", _find_nearest_days(partial(is_slot, chat), rota.first.day)
                    ),
                )


def check_overrides(schedules: Project) -> Iterator[Problem]:
    """Keys of `sessions` that meet no slot, or more than one, or one that another key has met."""
    for chapter in schedules.chapters.values():
        met: dict[tuple[int, date], SessionOverride] = {}
        for change in chapter.overrides:
            chat = find_overridden_chat(chapter, change)
            if chat is None:
                yield _report_unmatched(chapter, change)
            elif (first := met.setdefault((id(chat), change.slot), change)) is not change:
                yield Problem(
                    span=change.where,
                    code="twice",
                    message=f"This slot has an entry already, in line {first.where.line}.",
                    hint="Put what both say under one key.",
                )
            elif _has_clock_time(change) and not (chat.timezone or chapter.timezone):
                yield Problem(
                    span=change.where,
                    code="zone-missing",
                    message="This session has a clock time, and nothing says on whose clock.",
                    hint="Add `timezone:` to the chapter, like `timezone: America/Toronto`.",
                )


def _has_clock_time(change: SessionOverride) -> bool:
    return isinstance(change.at, time) or (change.moved_to is not None and change.moved_to.at is not None)


def _report_unmatched(chapter: Chapter, change: SessionOverride) -> Problem:
    shown = f"{english.format_day(change.slot)}"
    due = [chat for chat in chapter.chats if is_slot(chat, change.slot)]
    if due:
        known = english.join_list([f"`{change.slot} {chat.id}`" for chat in due if chat.id], "or")
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
        if is_slot(_remove_exceptions(chat), change.slot)
        for exception in chat.exceptions
        if _is_excluded(exception, change.slot)
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
        hint=_suggest_due_days(chapter, change.slot),
    )


def _suggest_due_days(chapter: Chapter, day: date) -> str:
    """Return the hint for an entry of `sessions` on a day on which no chat is due."""
    if not chapter.chats:
        return "This chapter has no chats. Add one under `chats:`."
    moved = next((one for one in chapter.overrides if one.moved_to is not None and one.moved_to.day == day), None)
    if moved is not None:
        return (
            f"A session is moved to that day: write it under its own date, `{moved.slot}`, in line {moved.where.line}."
        )
    near = _find_nearest_days(lambda other: any(is_slot(chat, other) for chat in chapter.chats), day)
    return (
        f"The date is that of a day on which a chat is due by its rule.{_format_near(' Near it: ', near)}\n"
        f"An extra session is a chat of its own: `- {{dates: [{day}], at: 13:00}}`, with its time."
    )


def _is_excluded(exception: Rule | Day, day: date) -> bool:
    return exception.day == day if isinstance(exception, Day) else can_fall_on(exception, day)


_MAX_DAYS_APART = 400
"""In days: how far a message looks for a slot to name."""


def _find_nearest_days(due: Callable[[date], bool], day: date) -> str:
    """Return the days before and after a day that are due, in words; empty where there are none."""
    steps = range(1, _MAX_DAYS_APART)
    before = next((found for step in steps if due(found := day - timedelta(days=step))), None)
    after = next((found for step in steps if due(found := day + timedelta(days=step))), None)
    return english.join_list(
        [f"`{found}` ({english.format_short_day(found)[:3]})" for found in (before, after) if found]
    )


def _format_near(before: str, days: str) -> str:
    return f"{before}{days}." if days else ""


_YEARS_TO_COMPARE = 10


def check_shared_days(schedules: Project) -> Iterator[Problem]:
    """Chats of a chapter whose slots share a day and a name, so that two sessions would have one UID."""
    last = add_months(schedules.today, 12 * _YEARS_TO_COMPARE)
    for chapter in schedules.chapters.values():
        for one, other in combinations(chapter.chats, 2):
            if one.id != other.id or other.every in one.exceptions or one.every in other.exceptions:
                continue
            its = set(iterate_slots(one, schedules.window.first, last))
            # One has mostly ended when the other begins, so that few days of that have to be looked at.
            day = (
                next((slot for slot in iterate_slots(other, min(its), max(its)) if slot in its), None) if its else None
            )
            if day is not None:
                yield Problem(
                    span=other.where,
                    code="uid-twice",
                    message=f"Two chats are due on {english.format_day(day)} "
                    f"(the other begins in line {one.where.line}), and nothing tells them apart.",
                    hint=_suggest_separation(one, other),
                )


def _suggest_separation(one: Chat, other: Chat) -> str:
    for older, newer in ((one, other), (other, one)):
        if older.until and newer.first and (older.first is None or older.first.first < newer.first.first):
            last = newer.first.first - timedelta(days=1)
            return (
                f"If the newer takes the place of the older, let that end before it begins: `until: {last}`. "
                "If both are held, add a short name to the newer, like `id: late`, and never change it."
            )
    return "Add a short name to the newer of the two, like `id: late`, and never change it."
