"""What an edit would do to published sessions, and what to write instead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from chatcal import english
from chatcal.feed import ics
from chatcal.model import Chapter, Chat, Event, Revision, has_ended
from chatcal.problems import Problem, Span, make_notice
from chatcal.project import Project
from chatcal.recurrence.sessions import find_exception, is_slot, iterate_slots
from chatcal.recurrence.uids import Uid

EventsBySlug = Mapping[str, Sequence[Event | Revision]]
"""The events that subscribers had so far, by the slug of their chapter."""


_MAX_SHOWN = 3
"""So many lines to write are shown; a person knows how to go on."""


_MIN_REWRITTEN = 3
"""So many past days make an edit of a chat that should have been a new one; fewer may be corrections."""


def suggest_cancelling(schedules: Project, before: EventsBySlug) -> Iterator[Problem]:
    """Yield the advice to cancel slots, of those in `before`, that are put under `except`, or that a rule has lost."""
    for slug, events in before.items():
        chapter = schedules.chapters[slug]
        known = {Uid.parse(session.uid).name for session in schedules.sessions_of(chapter)}
        places: dict[tuple[Span, str, str], list[str]] = defaultdict(list)
        lost = (one for one in events if Uid.parse(one.uid).name not in known and not has_ended(one, schedules.now))
        for chat_id, slot in sorted(_find_event_slots(chapter, (one for one in lost if not _is_cancelled(one)))):
            if place := _find_loss(
                chapter, chat_id, slot, [one.uid for one in events if Uid.parse(one.uid).name in known]
            ):
                places[place].append(f"{slot} {chat_id}".rstrip())
        for (where, why, keep), keys in places.items():
            yield _build_cancel_advice(where, why, keep, list(dict.fromkeys(keys)))


def _find_event_slots(chapter: Chapter, events: Iterable[Event | Revision]) -> Iterator[tuple[str, date]]:
    """Yield the `id` (empty where there is none) and the slot of each event."""
    for one in events:
        uid = Uid.parse(one.uid, [chapter.root])
        if uid.root == chapter.root and uid.slot:
            yield uid.chat or "", uid.slot


def _is_cancelled(one: Event | Revision) -> bool:
    return (one if isinstance(one, Event) else ics.parse_event(one)).status is None


def _find_loss(chapter: Chapter, chat_id: str, slot: date, still: Sequence[str]) -> tuple[Span, str, str] | None:
    """Return where a slot got lost, how, and what to do first; None where an edit says that it should be."""
    chats = [chat for chat in chapter.chats if (chat.id or "") == chat_id]
    if any(is_slot(chat, slot) for chat in chats):
        return None
    for chat in chats:
        if exception := find_exception(chat, slot):
            return exception.where, "put under `except`", "take it out here"
    for chat in chats:
        if not _is_past_end(chat, slot) and any(is_slot(chat, uid.slot) for uid in map(Uid.parse, still) if uid.slot):
            what = "in `dates`" if chat.every is None else "a day of the rule"
            return (chat.every or chat).where, f"no longer {what}", f"leave it {what}"
    return None


def _is_past_end(chat: Chat, slot: date) -> bool:
    return chat.until is not None and slot > chat.until.last


def _build_cancel_advice(where: Span, why: str, keep: str, keys: Sequence[str]) -> Problem:
    first = english.format_day(date.fromisoformat(keys[0][:10]))
    slot, it = f"The slot of {first} is", "it"
    if len(keys) > 1:
        slot, it = f"{len(keys)} slots, the first on {first}, are", "them"
    lines = [f"  {key}: {{cancelled: the reason}}" for key in keys[:_MAX_SHOWN]]
    more = [f"  # and {len(keys) - _MAX_SHOWN} more"] if len(keys) > _MAX_SHOWN else []
    return make_notice(
        where,
        "cancel-instead",
        f"{slot} published already, and now {why}: subscribers would see {it} vanish without a word.",
        "\n".join([f"So that they see why, {keep} and cancel {it}:", "sessions:", *lines, *more]),
    )


def suggest_new_chat(schedules: Project, before: EventsBySlug) -> Iterator[Problem]:
    """Yield the advice to end a chat and add another, where the days held, of those in `before`, get another rule."""
    for slug, events in before.items():
        chapter = schedules.chapters[slug]
        starts = {Uid.parse(session.uid).name: session.start for session in schedules.sessions_of(chapter)}
        held = (one for one in events if has_ended(one, schedules.now) and schedules.window.has_start(one.start))
        other = (one for one in held if _is_start_changed(one.start, starts.get(Uid.parse(one.uid).name)))
        named = {(change.id or "", change.slot) for change in chapter.overrides if change.moved_to or change.at}
        found: dict[Span, list[tuple[Chat, date]]] = defaultdict(list)
        for chat_id, slot in sorted(set(_find_event_slots(chapter, other))):
            chat = _find_edited_chat(chapter, chat_id, slot)
            if chat is not None and not {(chat_id, slot), ("", slot)} & named:
                found[chat.where].append((chat, slot))
        for where, days in found.items():
            if len(days) >= _MIN_REWRITTEN:
                yield _build_new_chat_advice(where, days[-1][0], [slot for _, slot in days], schedules.today)


def _is_start_changed(was: date, now: date | None) -> bool:
    """Say whether a session has gone, or has another start; a clock time where none was known is no other one."""
    return was != now and (now is None or isinstance(was, datetime) == isinstance(now, datetime))


def _find_edited_chat(chapter: Chapter, chat_id: str, slot: date) -> Chat | None:
    """Return the chat whose edit concerns a slot of the past: the one that has it now, or else one that goes on."""
    chats = [chat for chat in chapter.chats if (chat.id or "") == chat_id and not _is_past_end(chat, slot)]
    return next((chat for chat in chats if is_slot(chat, slot)), next(iter(chats), None))


def _build_new_chat_advice(where: Span, chat: Chat, days: Sequence[date], today: date) -> Problem:
    following = next(iterate_slots(chat, today, today + timedelta(days=366)), today)
    return make_notice(
        where,
        "rewrites-past",
        f"This rewrites {len(days)} past days, {english.format_day(days[0])} to {english.format_day(days[-1])}, "
        "which were published otherwise.",
        "To change it from a day on, end the chat as it was and add another:\n"
        "- ...                # the lines as they were, and:\n"
        f"  until: {days[-1]}\n"
        "- ...                # the lines as they are now, and:\n"
        f"  from: {following}",
    )
