"""What is published, and what becomes of it: advice on edits that subscribers would rather see done in another way."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from chatcal import ics, words
from chatcal.model import Chapter, Chat, Day, Event, Revision, Rule, has_ended
from chatcal.problem import Problem, Span, notice
from chatcal.rules import fits
from chatcal.schedules import Schedules
from chatcal.sessions import is_slot, slots

Before = Mapping[str, Sequence[Event | Revision]]
"""The events that subscribers had so far, by the slug of their chapter."""

_SHOWN = 3
"""So many lines to write are shown; a person knows how to go on."""
_REWRITTEN = 3
"""So many past days make an edit of a chat that should have been a new one; fewer may be corrections."""


def cancel_instead(schedules: Schedules) -> Iterator[Problem]:
    """Slots to come, published, that leave the schedule without a word."""
    yield from vanishing(schedules, _published(schedules))


def rewrites_past(schedules: Schedules) -> Iterator[Problem]:
    """Chats that were edited in place, so that the days already held follow another rule than they were held by."""
    yield from rewritten(schedules, _published(schedules))


def _published(schedules: Schedules) -> Before:
    return {
        chapter.slug: [one for name in (chapter.slug, *chapter.formerly) for one in schedules.last.get(name, ())]
        for chapter in schedules.chapters.values()
    }


def vanishing(schedules: Schedules, before: Before) -> Iterator[Problem]:
    """Yield the advice to cancel slots, of those in `before`, that are put under `except`, or that a rule has lost."""
    for slug, events in before.items():
        chapter = schedules.chapters[slug]
        known = {_key(session.uid) for session in schedules.of(chapter)}
        places: dict[tuple[Span, str, str], list[str]] = defaultdict(list)
        lost = (one for one in events if _key(one.uid) not in known and not has_ended(one, schedules.now))
        for chat_id, slot in sorted(_slots(chapter, (one for one in lost if not _is_cancelled(one)))):
            if place := _lost(chapter, chat_id, slot, [one.uid for one in events if _key(one.uid) in known]):
                places[place].append(f"{slot} {chat_id}".rstrip())
        for (where, why, keep), keys in places.items():
            yield _cancel(where, why, keep, list(dict.fromkeys(keys)))


def _key(uid: str) -> str:
    """Return a UID without its domain, so that another domain makes no difference."""
    return uid.partition("@")[0]


def _slots(chapter: Chapter, events: Iterable[Event | Revision]) -> Iterator[tuple[str, date]]:
    """Yield the `id` (empty where there is none) and the slot of each event."""
    before = f"{chapter.root}-"
    for one in events:
        if one.uid.startswith(before) and (found := _SLOT.fullmatch(one.uid, len(before))):
            yield found[1] or "", date.fromisoformat(found[2])


_SLOT = re.compile(r"(?:([a-z][a-z0-9]*)-)?(\d{4}-\d\d-\d\d)@.*")
"""What follows the chapter in a UID."""


def _is_cancelled(one: Event | Revision) -> bool:
    return (one if isinstance(one, Event) else ics.event(one)).status is None


def _lost(chapter: Chapter, chat_id: str, slot: date, still: Sequence[str]) -> tuple[Span, str, str] | None:
    """Return where a slot got lost, how, and what to do first; None where an edit says that it should be."""
    chats = [chat for chat in chapter.chats if (chat.id or "") == chat_id]
    if any(is_slot(chat, slot) for chat in chats):
        return None
    for chat in chats:
        if is_slot(replace(chat, exceptions=()), slot):
            exception = next(one for one in chat.exceptions if _takes_out(one, slot))
            return exception.where, "put under `except`", "take it out here"
    for chat in chats:
        if not _over(chat, slot) and any(is_slot(chat, day) for day in _days(still)):
            what = "in `dates`" if chat.every is None else "a day of the rule"
            return (chat.every or chat).where, f"no longer {what}", f"leave it {what}"
    return None


def _takes_out(exception: Rule | Day, slot: date) -> bool:
    return exception.day == slot if isinstance(exception, Day) else fits(exception, slot)


def _over(chat: Chat, slot: date) -> bool:
    return chat.until is not None and slot > chat.until.last


def _days(uids: Iterable[str]) -> Iterator[date]:
    return (date.fromisoformat(uid.partition("@")[0][-10:]) for uid in uids)


def _cancel(where: Span, why: str, keep: str, keys: Sequence[str]) -> Problem:
    first = words.dated(date.fromisoformat(keys[0][:10]))
    slot, it = f"The slot of {first} is", "it"
    if len(keys) > 1:
        slot, it = f"{len(keys)} slots, the first on {first}, are", "them"
    lines = [f"  {key}: {{cancelled: the reason}}" for key in keys[:_SHOWN]]
    more = [f"  # and {len(keys) - _SHOWN} more"] if len(keys) > _SHOWN else []
    return notice(
        where,
        "cancel-instead",
        f"{slot} published already, and now {why}: subscribers would see {it} vanish without a word.",
        "\n".join([f"So that they see why, {keep} and cancel {it}:", "sessions:", *lines, *more]),
    )


def rewritten(schedules: Schedules, before: Before) -> Iterator[Problem]:
    """Yield the advice to end a chat and add another, where the days held, of those in `before`, get another rule."""
    for slug, events in before.items():
        chapter = schedules.chapters[slug]
        starts = {_key(session.uid): session.start for session in schedules.of(chapter)}
        held = (one for one in events if has_ended(one, schedules.now) and schedules.window.holds(one.start))
        other = (one for one in held if _differs(one.start, starts.get(_key(one.uid))))
        named = {(change.id or "", change.slot) for change in chapter.changes if change.moved or change.at}
        found: dict[Span, list[tuple[Chat, date]]] = defaultdict(list)
        for chat_id, slot in sorted(set(_slots(chapter, other))):
            chat = _edited(chapter, chat_id, slot)
            if chat is not None and not {(chat_id, slot), ("", slot)} & named:
                found[chat.where].append((chat, slot))
        for where, days in found.items():
            if len(days) >= _REWRITTEN:
                yield _end_and_add(where, days[-1][0], [slot for _, slot in days], schedules.today)


def _differs(was: date, now: date | None) -> bool:
    """Say whether a session has gone, or has another start; a clock time where none was known is no other one."""
    return was != now and (now is None or isinstance(was, datetime) == isinstance(now, datetime))


def _edited(chapter: Chapter, chat_id: str, slot: date) -> Chat | None:
    """Return the chat whose edit concerns a slot of the past: the one that has it now, or else one that goes on."""
    chats = [chat for chat in chapter.chats if (chat.id or "") == chat_id and not _over(chat, slot)]
    return next((chat for chat in chats if is_slot(chat, slot)), next(iter(chats), None))


def _end_and_add(where: Span, chat: Chat, days: Sequence[date], today: date) -> Problem:
    following = next(slots(chat, today, today + timedelta(days=366)), today)
    return notice(
        where,
        "rewrites-past",
        f"This rewrites {len(days)} past days, {words.dated(days[0])} to {words.dated(days[-1])}, "
        "which were published otherwise.",
        "To change it from a day on, end the chat as it was and add another:\n"
        "- ...                # the lines as they were, and:\n"
        f"  until: {days[-1]}\n"
        "- ...                # the lines as they are now, and:\n"
        f"  from: {following}",
    )
