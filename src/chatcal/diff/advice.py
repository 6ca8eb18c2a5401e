"""What an edit would do to published sessions, and what to write instead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from chatcal import english
from chatcal.feed.event import decode_event
from chatcal.model import Chapter, Chat, Revision, Session, has_ended
from chatcal.problems import Problem, Span, make_notice
from chatcal.project import Project
from chatcal.recurrence.sessions import find_exception, is_slot, iterate_slots
from chatcal.recurrence.uids import Uid

Published = Sequence[Session | Revision]

_MAX_SHOWN = 3
"""So many lines to write are shown; a person knows how to go on."""
_KEEP_RULE = "leave it a day of the rule"
_MIN_REWRITTEN = 3
"""So many days make an edit of a chat that should have been a new one; fewer may be corrections."""


def suggest_edits(project: Project, chapter: Chapter, published: Published) -> Iterator[Problem]:
    """Yield the advice how to edit a chapter otherwise; takes what its subscribers had so far.

    Slots that are put under `except`, or that a rule has lost, can be cancelled. Where past days get another rule, the
    chat can be ended, and another be added.
    """
    yield from _suggest_cancelling(project, chapter, published)
    yield from _suggest_new_chat(project, chapter, published)


def _suggest_cancelling(project: Project, chapter: Chapter, published: Published) -> Iterator[Problem]:
    sessions = project.sessions_of(chapter)
    uids = {one.uid for one in sessions}
    lost = [one for one in published if one.uid not in uids and not has_ended(one, project.now)]
    if not lost:
        return
    if not (chapter.chats or chapter.upstream) and (held := list(filter(_is_held, lost))):
        yield _build_gone_advice(chapter, held)
    known = {(one.chat or "", one.slot) for one in sessions}
    still = [slot for _, slot in known.intersection(_list_slots(chapter, published))]
    found: dict[tuple[Span, str, str], list[str]] = defaultdict(list)
    late = _list_late_chats(project, chapter, published)
    for chat, slots in late:
        yield _build_late_advice(chat, slots)
    said = {(chat.id or "", slot) for chat, slots in late for slot in slots}
    for chat_id, slot in sorted(set(_list_slots(chapter, filter(_is_held, lost))) - known - said):
        if loss := _find_loss(chapter, chat_id, slot, still):
            found[loss].append(f"{slot} {chat_id}".rstrip())
    for (where, why, keep), keys in found.items():
        yield _build_cancel_advice(where, why, keep, keys)


def _list_slots(chapter: Chapter, published: Iterable[Session | Revision]) -> Iterator[tuple[str, date]]:
    """Yield the `id` (empty where there is none) and the slot of each event; its domain makes no difference."""
    for one in published:
        uid = Uid.parse(one.uid, [chapter.root])
        if uid.root == chapter.root and uid.slot:
            yield uid.chat or "", uid.slot


def _is_held(one: Session | Revision) -> bool:
    return _decode(one).cancelled is None and _is_certain(one)


def _is_certain(one: Session | Revision) -> bool:
    """Say whether people were not told that it may not be held: nobody misses a session in the wrong week."""
    return _decode(one).held_every is None


def _decode(one: Session | Revision) -> Session:
    return one if isinstance(one, Session) else decode_event(one).session


def _list_late_chats(project: Project, chapter: Chapter, published: Published) -> list[tuple[Chat, list[date]]]:
    """Return each chat that is to begin later, where another stood that has lost coming slots before it, with these."""
    known = {(one.chat or "", one.slot) for one in project.sessions_of(chapter)}
    coming = (one for one in published if not has_ended(one, project.now) and _is_held(one))
    lost = sorted(set(_list_slots(chapter, coming)) - known)
    late = (chat for chat in chapter.chats if chat.first is not None and chat.first.first > project.today)
    found = [(chat, [slot for chat_id, slot in lost if _has_replaced(chapter, chat, chat_id, slot)]) for chat in late]
    # Otherwise the chat itself had not begun, and begins a little later.
    begun = {chat_id for chat_id, _ in _list_slots(chapter, (one for one in published if has_ended(one, project.now)))}
    return [
        (chat, slots) for chat, slots in found if len(slots) >= _MIN_REWRITTEN or (slots and (chat.id or "") in begun)
    ]


def _has_replaced(chapter: Chapter, chat: Chat, chat_id: str, slot: date) -> bool:
    """Say whether a chat stands where one of an earlier slot stood, and nothing says why that slot has gone."""
    alike = [one for one in chapter.chats if (one.id or "") == chat_id]
    is_earlier = chat.first is not None and slot < chat.first.first
    return chat in alike and is_earlier and not any(one.is_past_end(slot) or find_exception(one, slot) for one in alike)


def _build_late_advice(chat: Chat, slots: Sequence[date]) -> Problem:
    begin = chat.first.first if chat.first else slots[-1]
    number = f"{len(slots)} published sessions before it vanish, the first on {english.format_day(slots[0])}"
    if len(slots) == 1:
        number = f"the published session of {english.format_day(slots[0])} vanishes"
    return make_notice(
        chat.where,
        "begins-later",
        f"This chat begins only on {english.format_day(begin)}, and {number}.",
        "If it replaces another from that day on, keep that one too, and end it:\n"
        "- ...                # the lines as they were, and:\n"
        f"  until: {begin - timedelta(days=1)}\n"
        "- ...                # the lines as they are now",
    )


def _build_gone_advice(chapter: Chapter, lost: Published) -> Problem:
    first = english.format_day(min(_decode(one).local_day for one in lost))
    number = english.format_count(len(lost), "published session")
    return make_notice(
        Span(chapter.file),
        "cancel-instead",
        f"This file has no chat any more: {number} to come would vanish without a word, the first on {first}.",
        "Keep its chats, and give each its last day with `until:`, or cancel what is called off: so that readers see "
        "why. A `note:` can say more.",
    )


def _find_loss(chapter: Chapter, chat_id: str, slot: date, still: Sequence[date]) -> tuple[Span, str, str] | None:
    """Return where a slot got lost, how, and what to do first; None where an edit says that it should be."""
    chats = [chat for chat in chapter.chats if (chat.id or "") == chat_id]
    if any(is_slot(chat, slot) for chat in chats):
        return None
    for chat in chats:
        if exception := find_exception(chat, slot):
            return exception.where, "put under `except`", "take it out here"
    for chat in chats:
        if not chat.is_past_end(slot) and any(is_slot(chat, day) for day in still):
            if chat.every is None:
                return chat.where, "no longer in `dates`", "leave it in `dates`"
            return chat.every.where, "no longer a day of the rule", _KEEP_RULE
    return None


def _build_cancel_advice(where: Span, why: str, keep: str, keys: Sequence[str]) -> Problem:
    first = english.format_day(date.fromisoformat(keys[0][:10]))
    slot, it = f"The slot of {first} is", "it"
    if len(keys) > 1:
        slot, it = f"{len(keys)} slots, the first on {first}, are", "them"
    cause = "So that they see why"
    if len(keys) > _MAX_SHOWN and keep == _KEEP_RULE:
        cause = "If the chat meets like this from now on, leave it. If only these days are called off"
    lines = [f"  {key}: {{cancelled: the reason}}" for key in keys[:_MAX_SHOWN]]
    more = [f"  # and {len(keys) - _MAX_SHOWN} more"] if len(keys) > _MAX_SHOWN else []
    return make_notice(
        where,
        "cancel-instead",
        f"{slot} published already, and now {why}: subscribers would see {it} vanish without a word.",
        "\n".join([f"{cause}, {keep} and cancel {it}:", "sessions:", *lines, *more]),
    )


def _suggest_new_chat(project: Project, chapter: Chapter, published: Published) -> Iterator[Problem]:
    starts = {one.uid: one.start for one in project.sessions_of(chapter)}
    held = (one for one in published if has_ended(one, project.now) and project.window.has_start(one.start))
    changed = [one for one in held if starts.get(one.uid) != one.start and _is_certain(one)]
    if not changed:
        return
    sessions = {(one.chat or "", one.slot): one for one in project.sessions_of(chapter)}
    named = {(change.id or "", change.slot) for change in chapter.overrides if change.moved_to or change.at}
    keys = {
        key
        for one in changed
        for key in _list_slots(chapter, [one])
        if not {key, ("", key[1])} & named and _is_start_changed(one, sessions.get(key))
    }
    late = [chat for chat, _ in _list_late_chats(project, chapter, published)]
    for chat in chapter.chats:
        if chat in late:
            continue
        days = [slot for id_, slot in sorted(keys) if _find_edited_chat(chapter, id_, slot, sessions) is chat]
        if len(days) >= _MIN_REWRITTEN:
            yield _build_new_chat_advice(chat, days, project.today)


def _is_start_changed(was: Session | Revision, now: Session | None) -> bool:
    """Say whether a session has gone, or has another start; it has not where only its clock time became known."""
    if now is None:
        return True
    return was.start != now.start and isinstance(was.start, datetime) == isinstance(now.start, datetime)


def _find_edited_chat(
    chapter: Chapter, chat_id: str, slot: date, sessions: Mapping[tuple[str, date], Session]
) -> Chat | None:
    """Return the chat whose edit concerns a slot of the past: the one that has it now, or else one that goes on."""
    session = sessions.get((chat_id, slot))
    if session is not None and session.origin is not None:
        return session.origin.chat
    return next((chat for chat in chapter.chats if (chat.id or "") == chat_id and not chat.is_past_end(slot)), None)


def _build_new_chat_advice(chat: Chat, days: Sequence[date], today: date) -> Problem:
    following = next(iterate_slots(chat, today, today + timedelta(days=366)), today)
    return make_notice(
        chat.where,
        "rewrites-past",
        f"This rewrites {len(days)} past days, {english.format_day(days[0])} to {english.format_day(days[-1])}, "
        "which were published otherwise.",
        "To change it from a day on, end the chat as it was and add another:\n"
        "- ...                # the lines as they were, and:\n"
        f"  until: {days[-1]}\n"
        "- ...                # the lines as they are now, and:\n"
        f"  from: {following}",
    )
