"""Sessions on days that no rule gives, to chats of listed days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import time

from chatcal.importing.chats import MAX_SESSION_LENGTH, ChatDraft, SingleSession
from chatcal.importing.entries import build_chat_values, get_day, get_time, list_remarks, split_summary
from chatcal.importing.recurrences import FIRST_DAY, LAST_DAY, NO_SPAN
from chatcal.model import Chat, DayPart, ListedDate, SessionOverride


def make_chats_from_dates(singles: Iterable[SingleSession]) -> list[ChatDraft]:
    """Return chats of listed days: those of one length, clock and place together, unless they share a day."""
    pieces: dict[tuple[object, ...], list[list[SingleSession]]] = defaultdict(list)
    for one in sorted(singles, key=lambda one: (str(one.start), one.event.summary)):
        if not FIRST_DAY <= get_day(one.start) <= LAST_DAY or one.length > MAX_SESSION_LENGTH:
            continue
        told = build_chat_values(one.event, one.length, all_day=get_time(one.start) is None)
        kind = (one.zone, get_time(one.start) is None, told["lasts"], told["join"])
        chats = pieces[kind]
        room = next((chat for chat in chats if get_day(chat[-1].start) != get_day(one.start)), None)
        if room is None:
            chats.append([one])
        else:
            room.append(one)
    return [_build_dated_chat(chat) for chats in pieces.values() for chat in chats]


def _build_dated_chat(singles: Sequence[SingleSession]) -> ChatDraft:
    first = singles[0]
    told = build_chat_values(first.event, first.length, all_day=get_time(first.start) is None)
    titles = {split_summary(one.event.summary) for one in singles}
    if len(titles) > 1:
        told |= {"title": None, "topic": None}
    times = {get_time(one.start) for one in singles}
    alike = len(times) == 1
    piece = ChatDraft(
        Chat(
            where=NO_SPAN,
            dates=tuple(
                ListedDate(get_day(one.start), None if alike else get_time(one.start), NO_SPAN) for one in singles
            ),
            at=_get_common_time(times) if alike else DayPart.UNKNOWN,
            timezone=first.zone,
            **told,
        )
    )
    for one in singles:
        title, topic = split_summary(one.event.summary)
        changed = SessionOverride(slot=get_day(one.start), where=NO_SPAN, cancelled="" if one.event.cancelled else None)
        if len(titles) > 1 and (title or topic):
            changed = replace(changed, title=title, topic=topic)
        if changed != SessionOverride(slot=get_day(one.start), where=NO_SPAN):
            piece.overrides[changed.slot] = changed
        about = f"{get_day(one.start)}: " if len(singles) > 1 else ""
        piece.remarks += [f"{about}{remark}" for remark in list_remarks(one.event, one.remarks)]
    return piece


def _get_common_time(times: Iterable[time | None]) -> time | DayPart:
    at = next(iter(times))
    return DayPart.ALL_DAY if at is None else at
