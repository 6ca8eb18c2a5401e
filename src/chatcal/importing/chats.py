"""A foreign series to the chats that it is: what recurs by its rules, and the single days that no rule gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chatcal.importing.cleaning import is_web_url
from chatcal.importing.entries import build_chat_values, get_day, get_time, list_remarks
from chatcal.importing.foreign import ChangedOccurrence, ForeignEvent, Moment, Series
from chatcal.importing.recurrences import FIRST_DAY, NO_SPAN, Recurrence, UnsupportedSeriesError, parse_recurrences
from chatcal.model import Chat, DayPart, Duration, MovedTo, Period, SessionOverride
from chatcal.sessions import iterate_slots

MAX_SESSION_LENGTH = timedelta(days=31)
"""What the schedule language lets a session last."""


@dataclass(slots=True)
class ChatDraft:
    """A chat on its way: its series is known, its `id` is not yet."""

    chat: Chat
    remarks: list[str] = field(default_factory=list)
    overrides: dict[date, SessionOverride] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SingleSession:
    """A session on a day that no rule gives."""

    start: Moment
    length: timedelta
    event: ForeignEvent
    zone: str | None
    remarks: tuple[str, ...] = field(default=(), compare=False)


def make_chats_from_series(series: Series, singles: list[SingleSession]) -> list[ChatDraft]:
    """Return the chats that recur, and put what does not into `singles`; raises Untold."""
    main = series.main
    if main.length > MAX_SESSION_LENGTH:
        raise UnsupportedSeriesError(
            f"lasts {main.length.days} days, and a session lasts at most {MAX_SESSION_LENGTH.days}"
        )
    if main.cancelled and series.rules:
        raise UnsupportedSeriesError("is cancelled as a whole")
    found = [one for rule in series.rules for one in parse_recurrences(rule, main.start, series.zone)]
    pieces = [_build_chat_draft(series, one) for one in found if one.first != one.until]
    extras = {_get_first_start(one): main.length for one in found if one.first == one.until}
    ended = any("UNTIL=" in rule.upper() for rule in series.rules) and not found
    for start, length in (*(() if ended else [(main.start, main.length)]), *series.added):
        at = _align_with_start(start, main.start)
        if not any(_is_due(piece.chat, at) for piece in pieces):
            extras.setdefault(at, length)
    for skip in series.skipped:
        _apply_skip(series, skip, pieces, extras)
    for override in series.changed:
        _apply_change(series, override, pieces, extras, singles)
    singles += [SingleSession(start, length, main, series.zone, series.remarks) for start, length in extras.items()]
    return pieces


def _get_first_start(found: Recurrence) -> Moment:
    return found.first if found.at is None else datetime.combine(found.first, found.at)


def _align_with_start(moment: Moment, start: Moment) -> Moment:
    """Return a moment in the form of the series: a day of one with times is due at its time."""
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time())
    return get_day(moment)


def _build_chat_draft(series: Series, found: Recurrence) -> ChatDraft:
    main = series.main
    piece = ChatDraft(
        Chat(
            where=NO_SPAN,
            every=found.rule,
            at=DayPart.ALL_DAY if found.at is None else found.at,
            first=Period(found.first, found.first, NO_SPAN),
            until=Period(found.until, found.until, NO_SPAN) if found.until else None,
            timezone=series.zone,
            **build_chat_values(main, main.length, all_day=found.at is None),
        )
    )
    piece.remarks += list_remarks(main, series.remarks)
    if get_day(main.start) < FIRST_DAY:
        piece.remarks.append(f"It began on {get_day(main.start)}; schedules begin in {FIRST_DAY.year}.")
    return piece


def _is_due(chat: Chat, moment: Moment) -> bool:
    at = None if chat.at is DayPart.ALL_DAY else chat.at
    return at == get_time(moment) and any(iterate_slots(chat, get_day(moment), get_day(moment)))


def _apply_skip(series: Series, skip: Moment, pieces: Sequence[ChatDraft], extras: dict[Moment, timedelta]) -> None:
    day = get_day(skip)
    whole_day = not isinstance(skip, datetime) or not isinstance(series.main.start, datetime)
    reason = series.skip_reasons.get(day, "")
    for piece in pieces:
        if any(iterate_slots(piece.chat, day, day)) and (whole_day or _is_due(piece.chat, skip)):
            piece.overrides[day] = SessionOverride(slot=day, where=NO_SPAN, cancelled=reason)
    for start in [one for one in extras if (get_day(one) == day if whole_day else one == skip)]:
        del extras[start]


def _apply_change(
    series: Series,
    override: ChangedOccurrence,
    pieces: Sequence[ChatDraft],
    extras: dict[Moment, timedelta],
    singles: list[SingleSession],
) -> None:
    slot, entry = _align_with_start(override.slot, series.main.start), override.event
    if override.slot in series.skipped:
        return
    piece = next((one for one in pieces if _is_due(one.chat, slot)), None)
    if piece is None:
        extras.pop(slot, None)
        singles.append(SingleSession(entry.start, entry.length, entry, series.zone, series.remarks))
        return
    if override.includes_later:
        piece.remarks.append(f"From {get_day(slot)} on all sessions change; write a chat of its own for that.")
    if entry.length > MAX_SESSION_LENGTH:
        piece.remarks.append(f"On {get_day(slot)} it lasts longer than a session can.")
        return
    change = _build_session_override(series.main, slot, entry)
    if change != SessionOverride(slot=change.slot, where=NO_SPAN):
        piece.overrides[change.slot] = change
    if entry.description and entry.description != series.main.description:
        piece.remarks.append(f"On {get_day(slot)} it said: {entry.description}")


def _build_session_override(main: ForeignEvent, slot: Moment, entry: ForeignEvent) -> SessionOverride:
    day, at = get_day(entry.start), get_time(entry.start)
    if entry.cancelled:
        return SessionOverride(slot=get_day(slot), where=NO_SPAN, cancelled="")
    moved = (day, at) != (get_day(slot), get_time(slot))
    usual = build_chat_values(main, main.length, all_day=get_time(slot) is None)
    told = build_chat_values(entry, entry.length, all_day=at is None)
    if told["lasts"] is None and usual["lasts"] is not None:
        told["lasts"] = Duration(days=1) if at is None else Duration(minutes=60)
    place = entry.location if entry.location != main.location and not is_web_url(entry.location) else ""
    return SessionOverride(
        slot=get_day(slot),
        where=NO_SPAN,
        moved_to=MovedTo(day, at) if moved else None,
        at=DayPart.ALL_DAY if at is None and get_time(slot) is not None else None,
        note=f"Place: {place}" if place else None,
        **{name: value for name, value in told.items() if value and value != usual[name]},
    )
