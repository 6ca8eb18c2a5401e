"""The chats of one chapter among each other: their common clock, what tells them apart, and the breaks they share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from chatcal.importing.chats import Piece
from chatcal.importing.foreign import NotReadable
from chatcal.importing.recurrences import FIRST_DAY, LAST_DAY, NOWHERE
from chatcal.model import Break, Change, Chat, NoClock, Period
from chatcal.sessions import slots

MOST_SLOTS = 200_000
"""Of one chapter, over the years that are looked at."""
_A_RUN = 3
"""Sessions in a row that are skipped: so many are a break."""


def on_common_clock(pieces: list[Piece]) -> tuple[list[Piece], str | None]:
    """Give the chapter the zone that most chats have, and take it from these."""
    zones = [piece.chat.timezone for piece in pieces if piece.chat.timezone]
    common = max(sorted(set(zones)), key=zones.count, default=None)
    floating = any(piece.chat.timezone is None and piece.chat.at is not NoClock.ALL_DAY for piece in pieces)
    if floating or common is None:
        return pieces, None
    for piece in pieces:
        if piece.chat.timezone == common:
            piece.chat = replace(piece.chat, timezone=None)
    return pieces, common


def settle(pieces: Sequence[Piece], today: date) -> list[Break]:
    """Tell chats apart that share a day, and return the breaks that runs of skipped sessions are."""
    last = date(min(today.year + 12, LAST_DAY.year), 12, 31)
    due: dict[date, list[Piece]] = defaultdict(list)
    named: dict[str, Piece] = {}
    count = 0
    for number, piece in enumerate(pieces):
        own = []
        for slot in slots(piece.chat, FIRST_DAY, last):
            own.append(slot)
            count += 1
            if count > MOST_SLOTS:
                raise NotReadable(f"it has more than {MOST_SLOTS:,} sessions until {last.year}")
        if any(due.get(slot) for slot in own):
            name = _id_of(piece.chat, number, named)
            named[name] = piece
            piece.chat = replace(piece.chat, id=name)
        for slot in own:
            due[slot].append(piece)
    breaks = _breaks(due)
    for piece in pieces:
        kept = {
            day: replace(change, id=piece.chat.id)
            for day, change in piece.changes.items()
            if not (_is_skip(change) and any(one.first.first <= day <= one.until.last for one in breaks))
        }
        piece.changes = kept
    return breaks


def _id_of(chat: Chat, number: int, taken: Mapping[str, object]) -> str:
    if isinstance(chat.at, time) and not chat.dates:
        name = f"at{chat.at.hour:02}{chat.at.minute:02}"
    else:
        name = "extra" if chat.dates else "day"
    return name if name not in taken else f"{name}n{number}"


def _is_skip(change: Change) -> bool:
    return change == Change(slot=change.slot, id=change.id, where=NOWHERE, cancelled=change.cancelled) and (
        change.cancelled is not None
    )


def _breaks(due: Mapping[date, Sequence[Piece]]) -> list[Break]:
    """Return a break for each run of days on which all that was due is skipped for one reason."""
    found: list[Break] = []
    run: list[date] = []
    why: str | None = None
    for day in [*sorted(due), None]:
        reason = _skipped(due[day], day) if day is not None else None
        if reason is None or reason != why:
            if len(run) >= _A_RUN:
                found.append(
                    Break(
                        first=Period(run[0], run[0], NOWHERE),
                        until=Period(run[-1], run[-1], NOWHERE),
                        reason=why or "",
                    )
                )
            run = []
        if day is not None and reason is not None:
            run.append(day)
        why = reason
    return found


def _skipped(pieces: Sequence[Piece], day: date) -> str | None:
    """Return the one reason for which all chats of a day are skipped; None where one is held, or they differ."""
    changes = [piece.changes.get(day) for piece in pieces]
    reasons = {change.cancelled if change is not None and _is_skip(change) else None for change in changes}
    return reasons.pop() if len(reasons) == 1 else None
