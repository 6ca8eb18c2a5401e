"""Sessions on days that no rule gives, to chats of listed days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import time

from chatcal.importing.chats import LONGEST, Piece, Single
from chatcal.importing.entries import at_of, day_of, remarks_on, title_and_topic, told_of
from chatcal.importing.recurrences import FIRST_DAY, LAST_DAY, NOWHERE
from chatcal.model import Change, Chat, Listed, NoClock


def listed(singles: Iterable[Single]) -> list[Piece]:
    """Return chats of listed days: those of one length, clock and place together, unless they share a day."""
    pieces: dict[tuple[object, ...], list[list[Single]]] = defaultdict(list)
    for one in sorted(singles, key=lambda one: (str(one.start), one.entry.summary)):
        if not FIRST_DAY <= day_of(one.start) <= LAST_DAY or one.length > LONGEST:
            continue
        told = told_of(one.entry, one.length, all_day=at_of(one.start) is None)
        kind = (one.zone, at_of(one.start) is None, told["lasts"], told["join"])
        chats = pieces[kind]
        room = next((chat for chat in chats if day_of(chat[-1].start) != day_of(one.start)), None)
        if room is None:
            chats.append([one])
        else:
            room.append(one)
    return [_list_of(chat) for chats in pieces.values() for chat in chats]


def _list_of(singles: Sequence[Single]) -> Piece:
    first = singles[0]
    told = told_of(first.entry, first.length, all_day=at_of(first.start) is None)
    titles = {title_and_topic(one.entry.summary) for one in singles}
    if len(titles) > 1:
        told |= {"title": None, "topic": None}
    times = {at_of(one.start) for one in singles}
    alike = len(times) == 1
    piece = Piece(
        Chat(
            where=NOWHERE,
            dates=tuple(Listed(day_of(one.start), None if alike else at_of(one.start), NOWHERE) for one in singles),
            at=_common(times) if alike else NoClock.UNKNOWN,
            timezone=first.zone,
            **told,
        )
    )
    for one in singles:
        title, topic = title_and_topic(one.entry.summary)
        changed = Change(slot=day_of(one.start), where=NOWHERE, cancelled="" if one.entry.cancelled else None)
        if len(titles) > 1 and (title or topic):
            changed = replace(changed, title=title, topic=topic)
        if changed != Change(slot=day_of(one.start), where=NOWHERE):
            piece.changes[changed.slot] = changed
        about = f"{day_of(one.start)}: " if len(singles) > 1 else ""
        piece.remarks += [f"{about}{remark}" for remark in remarks_on(one.entry, one.remarks)]
    return piece


def _common(times: Iterable[time | None]) -> time | NoClock:
    at = next(iter(times))
    return NoClock.ALL_DAY if at is None else at
