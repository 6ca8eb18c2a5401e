"""Slots: dates that must be days of a rule, and rules that must have days."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from itertools import chain, pairwise

from chatcal.english import format_clock, format_day, format_short_day, join_code, join_list
from chatcal.model import Chapter, Chat, Day, Rule, SessionOverride
from chatcal.problems import Problem, make_notice, make_warning
from chatcal.project import Project
from chatcal.recurrence.rules import can_fall_on, expand, may_share_days
from chatcal.recurrence.sessions import (
    add_months,
    find_exception,
    find_overridden_chat,
    has_more_slots_than,
    is_slot,
    iterate_slots,
)
from chatcal.schedule.writer import find_phrase_for_rule, format_start

_RARE_YEARS = 41
"""In years. The rarest day that a phrase can name is a fifth Monday, say, of February: every 28 or 40 years."""
_MAX_DAYS_APART = 399
"""How far a message looks for a slot to name."""
_YEARS_TO_COMPARE = 10
MAX_SESSIONS = 20_000
"""Of a chapter, within the feeds' time and its breaks: 55 years of each day."""


def check_session_count(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that no chapter has more sessions than a build can make in some seconds."""
    if has_more_slots_than(MAX_SESSIONS, project.calendar, chapter, project.window):
        message = f"The chats of this chapter have more than {MAX_SESSIONS:,} sessions within the feeds' time."
        hint = "End those that are over with `until:`, or write `ahead: 6 months` or less in `chatcal.yaml`."
        yield Problem(chapter.chats[0].where, "too-many", message, hint)


def check_slots_exist(project: Project, chapter: Chapter) -> Iterator[Problem]:
    for chat in chapter.chats:
        if chat.every is not None and _find_first_slot(chat, project.today) is None:
            why, hint = _explain_no_slots(chat, project.today)
            yield Problem(chat.every.where, "never", f"This chat never meets: {why}.", hint)


def _explain_no_slots(chat: Chat, today: date) -> tuple[str, str]:
    if _find_first_slot(replace(chat, exceptions=()), today):
        return "`except` takes out every day", "Remove from `except` the days on which it meets."
    unbounded = replace(chat, first=None, until=None, exceptions=())
    if _find_first_slot(unbounded, today) is None or chat.first is None:
        return "there is no such day", "Compare the day with its month; February has 28 days, in leap years 29."
    near = name_nearest_days(" Near `from`: ", partial(iterate_slots, unbounded), chat.first.first)
    return "none of its days is between `from` and `until`", f"`from` is the first day, `until` the last.{near}"


def _find_first_slot(chat: Chat, today: date) -> date | None:
    first, last = _find_slot_range(chat, today)
    # Nearly every chat meets within a year; it takes time to find the exceptions of all years.
    within_a_year = iterate_slots(chat, first, min(add_months(first, 12), last))
    return next(chain(within_a_year, iterate_slots(chat, first, last)), None)


def _find_slot_range(chat: Chat, today: date) -> tuple[date, date]:
    """Return the days between which a chat has a slot, if it has any at all."""
    first = chat.first.first if chat.first else today
    if chat.until and not chat.first:
        first = date(min(today, chat.until.first).year - _RARE_YEARS, 1, 1)
    return first, chat.until.last if chat.until else date(first.year + _RARE_YEARS, 12, 31)


def name_nearest_days(words: str, find: Callable[[date, date], Iterable[date]], day: date) -> str:
    """Return the days that are due before and after a day, with words before them; empty where there are none.

    Takes what finds the due days between two, both inclusive.
    """
    one, far = timedelta(days=1), timedelta(days=_MAX_DAYS_APART)
    nearest = (max(find(day - far, day - one), default=None), min(find(day + one, day + far), default=None))
    found = [f"`{due}` ({format_short_day(due)[:3]})" for due in nearest if due]
    return f"{words}{join_list(found)}." if found else ""


def check_counting(_project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that a rule with a number counts from one of its days."""
    for chat in chapter.chats:
        every, anchor, start = chat.every, chat.anchor, chat.counting or chat.first
        if every is None or anchor is None or start is None:
            continue
        if (chat.counting or every.interval > 1) and not can_fall_on(every, anchor):
            message = f"{format_day(anchor)} is not a day of this rule, so it cannot count from there."
            near = name_nearest_days("Days of the rule near it: ", partial(expand, replace(every, interval=1)), anchor)
            hint = near + ("" if chat.counting else " Put one under `counting:`.")
            yield Problem(start.where, "no-slot", message, hint)


def check_exceptions(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that the dates and phrases under `except` have a day on which the chat is due."""
    for chat in chapter.chats:
        bare = replace(chat, exceptions=())
        for exception in chat.exceptions:
            if isinstance(exception, Day):
                yield from _check_due(bare, exception, "`except` has nothing to take out")
            elif not _has_common_day(bare, exception, project.today):
                message = "The chat is never due on these days, so `except` has nothing to take out."
                hint = "Compare them with the days of the chat, or remove them."
                yield make_warning(exception.where, "except-nothing", message, hint)


def _has_common_day(chat: Chat, rule: Rule, today: date) -> bool:
    first, last = _find_slot_range(chat, today)
    if chat.every is not None and not may_share_days(chat.every, rule, first, last):
        return False
    in_order = heapq.merge(iterate_slots(chat, first, last), expand(rule, first, last))
    return any(day == following for day, following in pairwise(in_order))


def _check_due(chat: Chat, day: Day, consequence: str) -> Iterator[Problem]:
    if not is_slot(chat, day.day):
        message = f"The chat is not due on {format_day(day.day)}, so {consequence}."
        hint = name_nearest_days("Days near it on which it is due: ", partial(iterate_slots, chat), day.day)
        yield Problem(day.where, "no-slot", message, hint)


def check_rotas(_project: Project, chapter: Chapter) -> Iterator[Problem]:
    for chat in chapter.chats:
        for rota in chat.rotas:
            yield from _check_due(chat, rota.first, "no turn can begin then")


def check_overrides(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that each key of `sessions` names one slot, and no other key names it."""
    seen: dict[tuple[int, date], SessionOverride] = {}
    for override in chapter.overrides:
        chat = find_overridden_chat(chapter, override)
        times = (override.at, override.moved_to and override.moved_to.at)
        if chat is None:
            message, hint = _explain_no_match(chapter, override, project.today)
            yield Problem(override.where, "no-slot", message, hint)
        elif (first := seen.setdefault((id(chat), override.slot), override)) is not override:
            message = f"This slot already has an entry, in line {first.where.line}."
            yield Problem(override.where, "twice", message, "Write everything under one key.")
        elif not (chat.timezone or chapter.timezone) and any(isinstance(at, time) for at in times):
            hint = "Add `timezone:` to the chapter, like `timezone: America/Toronto`."
            yield Problem(override.where, "zone-missing", "This session has a clock time, but no time zone.", hint)
        elif _is_not_moved(chat, override):
            message = "This moves the session to the very time at which it is due, and readers would see that it moved."
            hint = "Write the new day or time. If the session stays where it is, delete `moved`."
            yield make_warning(override.where, "not-moved", message, hint)


def _is_not_moved(chat: Chat, override: SessionOverride) -> bool:
    due = next((listed.at for listed in chat.dates if listed.day == override.slot and listed.at), chat.at)
    moved_to = override.moved_to
    return (
        moved_to is not None
        and moved_to.day == override.slot
        and override.at in (None, due)
        and moved_to.at in (None, due)
    )


def _explain_no_match(chapter: Chapter, override: SessionOverride, today: date) -> tuple[str, str]:
    """Return why an entry of `sessions` names no single slot, and what to write."""
    slot, day = override.slot, format_day(override.slot)
    if due := [chat for chat in chapter.chats if is_slot(chat, slot)]:
        known = join_code([f"{slot} {chat.id}" for chat in due if chat.id], "or")
        hint = f"Write {known}." if known else "Write only the date."
        if override.id is None:
            return f"More than one chat is due on {day}; this key does not say which.", hint
        return f"No chat with the id `{override.id}` is due on {day}.", hint
    for chat in chapter.chats:
        if exception := find_exception(chat, slot):
            hint = "Keep one of them: `except` if the day is not to be shown at all, the entry if it is to be shown."
            return f"`except` in line {exception.where.line} takes out {day}, so there is no slot to change.", hint
    return f"No chat is due on {day}.", _suggest_due_days(chapter, override, today)


def _suggest_due_days(chapter: Chapter, override: SessionOverride, today: date) -> str:
    day, moved_to = override.slot, override.moved_to
    if not chapter.chats:
        return "This chapter has no chats. Add one under `chats:`."
    for one in chapter.overrides:
        if one.moved_to and one.moved_to.day == day and one is not override:
            place = f"`{one.slot}`, in line {one.where.line}"
            return f"A session is moved to that day: write it under its own date, {place}."
    if moved_to and (due := next((chat for chat in chapter.chats if is_slot(chat, moved_to.day)), None)):
        at = f" {format_clock(moved_to.at)}" if moved_to.at and moved_to.at != due.at else ""
        turned = f"`{moved_to.day}: {{moved: {day}{at}}}`"
        return f"The day on which a chat is due comes first, then the day to which it is moved: {turned}."
    find_due = partial(iterate_all_slots, chapter)
    years = (shift_year(day, year) for year in (day.year + 1, day.year - 1))
    same = next((f" Did you mean `{one}`?" for one in years if one >= today and one in find_due(one, one)), "")
    near = name_nearest_days(" Near it: ", find_due, day)
    hint = f"Write the date on which a chat is due by its rule.{near}{same}"
    if override.cancelled is not None or moved_to:
        return hint
    nearest = min(chapter.chats, key=lambda chat: _measure_distance(chat, day))
    at = format_start(override.at) if override.at else _format_time(nearest, day)
    extra = f"`- {{dates: [{day}], at: {at}}}`"
    bare = SessionOverride(slot=day, id=override.id, where=override.where, at=override.at)
    also = " and all that this entry says" if override != bare else ""
    return f"{hint}\nFor an extra session add a chat, with its time{also}, and delete this entry: {extra}."


def shift_year(day: date, year: int) -> date:
    """Return the same day of another year; the 28th for 29 February, where that year has none."""
    return add_months(day, 12 * (year - day.year))


def _measure_distance(chat: Chat, day: date) -> int:
    """Return how many days it is from a day to the nearest slot of a chat; many where none is near."""
    far = timedelta(days=_MAX_DAYS_APART)
    return min((abs((due - day).days) for due in iterate_slots(chat, day - far, day + far)), default=2 * far.days)


def iterate_all_slots(chapter: Chapter, first: date, last: date) -> Iterator[date]:
    return chain.from_iterable(iterate_slots(chat, first, last) for chat in chapter.chats)


def check_shared_days(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that chats which share a day have different ids: else two sessions would have one UID.

    Each chat is told of the last before it on the first day that it shares: so many chats cost no more than their days.
    """
    last = add_months(project.today, 12 * _YEARS_TO_COMPARE)
    known = Counter(chat.id for chat in chapter.chats)
    seen: dict[tuple[str | None, date], Chat] = {}
    for chat in (one for one in chapter.chats if known[one.id] > 1):
        days = [(chat.id, slot) for slot in iterate_slots(chat, project.window.first, last)]
        if shared := next((key for key in days if key in seen), None):
            one = seen[shared]
            place = f"{format_day(shared[1])} (the other begins in line {one.where.line})"
            message = f"Two chats are due on {place}, and nothing tells their sessions apart."
            hint = _suggest_separation(one, chat, shared[1], project.today)
            yield Problem(chat.where, "uid-twice", message, hint)
        # The last is the one that a newer one replaces, and it has its own end already if it obeyed.
        seen.update(dict.fromkeys(days, chat))


def _suggest_separation(one: Chat, other: Chat, day: date, today: date) -> str:
    both = "If both are held, add a short name to the newer, like `id: late`, and never change it."
    older, newer = sorted((one, other), key=_get_begin)
    for listed, ruled in ((one, other), (other, one)):
        if listed.every is None and ruled.every is not None:
            change = f"`{day}: {{at: {_format_time(listed, day)}}}`"
            return f"If only that day differs, take it out of `dates`, and write under `sessions:` {change}. {both}"
    rarer, other_one = sorted((one, other), key=lambda chat: len(_list_days(chat, day)))
    phrase = rarer.every and rarer.every.interval == 1 and find_phrase_for_rule(rarer.every)
    begin = _get_begin(rarer)
    # Before it begins, `except` would take out days on which only the other is held.
    is_sure = begin <= today or not any(iterate_slots(replace(rarer, first=None), today, begin - timedelta(days=1)))
    instead = ""
    if phrase and is_sure and _list_days(rarer, day) < _list_days(other_one, day):
        instead = (
            f"If the rarer takes the place of the other, write `except: {phrase}` in line {other_one.where.line}, "
            "under the other. "
        )
    if newer.first and _get_begin(older) < newer.first.first:
        end = f"`until: {newer.first.first - timedelta(days=1)}` in the chat that begins in line {older.where.line}"
        return f"{instead}If the newer replaces the older, end the older the day before, with {end}. {both}"
    if instead:
        return f"{instead}{both}"
    end = "give the older its last day with `until:`, and the newer the day after with `from:`"
    return f"If one replaces the other, {end}. {both}"


def _list_days(chat: Chat, first: date) -> set[date]:
    return {*iterate_slots(chat, first, first + timedelta(days=_MAX_DAYS_APART))}


def _get_begin(chat: Chat) -> date:
    return chat.first.first if chat.first else date.min


def _format_time(chat: Chat, day: date) -> str:
    """Return the time of a chat on one of its days, as a schedule writes it."""
    return format_start(next((listed.at for listed in chat.dates if listed.day == day and listed.at), chat.at))


def check_ends(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that a chat which is to begin does not leave another without an end that it may be meant to replace.

    Chats that share days are `check_shared_days`'s; another `id` or `title` says that a chat is another one.
    """
    endless = [chat for chat in chapter.chats if chat.every is not None and chat.until is None]
    for newer in chapter.chats:
        begin = _get_begin(newer)
        if newer.every is None or begin <= project.today:
            continue
        alike = (one for one in endless if _get_begin(one) < begin and (one.id, one.title) == (newer.id, newer.title))
        if older := next(alike, None):
            last, day = begin - timedelta(days=1), format_day(begin)
            yield make_notice(
                newer.where,
                "goes-on",
                f"The chat that begins in line {older.where.line} goes on after {day}, when this one begins.",
                f"If this one replaces that of line {older.where.line}, write there `until: {last}`. If both are held, "
                "leave it.",
            )
