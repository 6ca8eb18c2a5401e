"""The chats of one chapter among each other: their common clock, what tells them apart, and the breaks they share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from chatcal.importing.chats import ChatDraft
from chatcal.importing.foreign import ForeignCalendarError
from chatcal.importing.recurrences import FIRST_DAY, LAST_DAY, NO_SPAN
from chatcal.model import Break, Chat, DayPart, Period, SessionOverride
from chatcal.sessions import iterate_slots

MAX_SLOTS = 200_000
"""Of one chapter, over the years that are looked at."""
_MIN_BREAK_SLOTS = 3
"""Sessions in a row that are skipped: so many are a break."""


def extract_common_zone(pieces: list[ChatDraft]) -> tuple[list[ChatDraft], str | None]:
    """Give the chapter the zone that most chats have, and take it from these."""
    zones = [piece.chat.timezone for piece in pieces if piece.chat.timezone]
    common = max(sorted(set(zones)), key=zones.count, default=None)
    floating = any(piece.chat.timezone is None and piece.chat.at is not DayPart.ALL_DAY for piece in pieces)
    if floating or common is None:
        return pieces, None
    for piece in pieces:
        if piece.chat.timezone == common:
            piece.chat = replace(piece.chat, timezone=None)
    return pieces, common


def assign_ids_and_breaks(pieces: Sequence[ChatDraft], today: date) -> list[Break]:
    """Tell chats apart that share a day, and return the breaks that runs of skipped sessions are."""
    last = date(min(today.year + 12, LAST_DAY.year), 12, 31)
    due: dict[date, list[ChatDraft]] = defaultdict(list)
    named: dict[str, ChatDraft] = {}
    count = 0
    for number, piece in enumerate(pieces):
        own = []
        for slot in iterate_slots(piece.chat, FIRST_DAY, last):
            own.append(slot)
            count += 1
            if count > MAX_SLOTS:
                raise ForeignCalendarError(f"it has more than {MAX_SLOTS:,} sessions until {last.year}")
        if any(due.get(slot) for slot in own):
            name = _choose_id(piece.chat, number, named)
            named[name] = piece
            piece.chat = replace(piece.chat, id=name)
        for slot in own:
            due[slot].append(piece)
    breaks = _find_breaks(due)
    for piece in pieces:
        kept = {
            day: replace(change, id=piece.chat.id)
            for day, change in piece.overrides.items()
            if not (_is_skip(change) and any(one.first.first <= day <= one.until.last for one in breaks))
        }
        piece.overrides = kept
    return breaks


def _choose_id(chat: Chat, number: int, taken: Mapping[str, object]) -> str:
    if isinstance(chat.at, time) and not chat.dates:
        name = f"at{chat.at.hour:02}{chat.at.minute:02}"
    else:
        name = "extra" if chat.dates else "day"
    return name if name not in taken else f"{name}n{number}"


def _is_skip(change: SessionOverride) -> bool:
    return change == SessionOverride(slot=change.slot, id=change.id, where=NO_SPAN, cancelled=change.cancelled) and (
        change.cancelled is not None
    )


def _find_breaks(due: Mapping[date, Sequence[ChatDraft]]) -> list[Break]:
    """Return a break for each run of days on which all that was due is skipped for one reason."""
    found: list[Break] = []
    run: list[date] = []
    why: str | None = None
    for day in [*sorted(due), None]:
        reason = _find_skip_reason(due[day], day) if day is not None else None
        if reason is None or reason != why:
            if len(run) >= _MIN_BREAK_SLOTS:
                found.append(
                    Break(
                        first=Period(run[0], run[0], NO_SPAN),
                        until=Period(run[-1], run[-1], NO_SPAN),
                        reason=why or "",
                    )
                )
            run = []
        if day is not None and reason is not None:
            run.append(day)
        why = reason
    return found


def _find_skip_reason(pieces: Sequence[ChatDraft], day: date) -> str | None:
    """Return the one reason for which all chats of a day are skipped; None where one is held, or they differ."""
    changes = [piece.overrides.get(day) for piece in pieces]
    reasons = {change.cancelled if change is not None and _is_skip(change) else None for change in changes}
    return reasons.pop() if len(reasons) == 1 else None
