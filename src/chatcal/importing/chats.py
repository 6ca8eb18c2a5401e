"""A foreign series to the chats that it is: what recurs by its rules, and the single days that no rule gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chatcal.importing.cleaning import is_address
from chatcal.importing.entries import at_of, day_of, remarks_on, told_of
from chatcal.importing.foreign import Entry, Moment, Override, Series
from chatcal.importing.recurrences import FIRST_DAY, NOWHERE, Recurrence, Untold, recurrences
from chatcal.model import Change, Chat, Length, NoClock, Period, Target
from chatcal.sessions import slots

LONGEST = timedelta(days=31)
"""What the schedule language lets a session last."""


@dataclass(slots=True)
class Piece:
    """A chat on its way: its series is known, its `id` is not yet."""

    chat: Chat
    remarks: list[str] = field(default_factory=list)
    changes: dict[date, Change] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Single:
    """A session on a day that no rule gives."""

    start: Moment
    length: timedelta
    entry: Entry
    zone: str | None
    remarks: tuple[str, ...] = field(default=(), compare=False)


def of_series(series: Series, singles: list[Single]) -> list[Piece]:
    """Return the chats that recur, and put what does not into `singles`; raises Untold."""
    main = series.main
    if main.length > LONGEST:
        raise Untold(f"lasts {main.length.days} days, and a session lasts at most {LONGEST.days}")
    if main.cancelled and series.rules:
        raise Untold("is cancelled as a whole")
    found = [one for rule in series.rules for one in recurrences(rule, main.start, series.zone)]
    pieces = [_piece(series, one) for one in found if one.first != one.until]
    extras = {_moment(one): main.length for one in found if one.first == one.until}
    ended = any("UNTIL=" in rule.upper() for rule in series.rules) and not found
    for start, length in (*(() if ended else [(main.start, main.length)]), *series.added):
        at = _like(start, main.start)
        if not any(_is_due(piece.chat, at) for piece in pieces):
            extras.setdefault(at, length)
    for skip in series.skipped:
        _skip(series, skip, pieces, extras)
    for override in series.overrides:
        _override(series, override, pieces, extras, singles)
    singles += [Single(start, length, main, series.zone, series.remarks) for start, length in extras.items()]
    return pieces


def _moment(found: Recurrence) -> Moment:
    return found.first if found.at is None else datetime.combine(found.first, found.at)


def _like(moment: Moment, start: Moment) -> Moment:
    """Return a moment in the form of the series: a day of one with times is due at its time."""
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time())
    return day_of(moment)


def _piece(series: Series, found: Recurrence) -> Piece:
    main = series.main
    piece = Piece(
        Chat(
            where=NOWHERE,
            every=found.rule,
            at=NoClock.ALL_DAY if found.at is None else found.at,
            first=Period(found.first, found.first, NOWHERE),
            until=Period(found.until, found.until, NOWHERE) if found.until else None,
            timezone=series.zone,
            **told_of(main, main.length, all_day=found.at is None),
        )
    )
    piece.remarks += remarks_on(main, series.remarks)
    if day_of(main.start) < FIRST_DAY:
        piece.remarks.append(f"It began on {day_of(main.start)}; schedules begin in {FIRST_DAY.year}.")
    return piece


def _is_due(chat: Chat, moment: Moment) -> bool:
    at = None if chat.at is NoClock.ALL_DAY else chat.at
    return at == at_of(moment) and any(slots(chat, day_of(moment), day_of(moment)))


def _skip(series: Series, skip: Moment, pieces: Sequence[Piece], extras: dict[Moment, timedelta]) -> None:
    day = day_of(skip)
    whole_day = not isinstance(skip, datetime) or not isinstance(series.main.start, datetime)
    reason = series.reasons.get(day, "")
    for piece in pieces:
        if any(slots(piece.chat, day, day)) and (whole_day or _is_due(piece.chat, skip)):
            piece.changes[day] = Change(slot=day, where=NOWHERE, cancelled=reason)
    for start in [one for one in extras if (day_of(one) == day if whole_day else one == skip)]:
        del extras[start]


def _override(
    series: Series,
    override: Override,
    pieces: Sequence[Piece],
    extras: dict[Moment, timedelta],
    singles: list[Single],
) -> None:
    slot, entry = _like(override.slot, series.main.start), override.entry
    if override.slot in series.skipped:
        return
    piece = next((one for one in pieces if _is_due(one.chat, slot)), None)
    if piece is None:
        extras.pop(slot, None)
        singles.append(Single(entry.start, entry.length, entry, series.zone, series.remarks))
        return
    if override.and_all_later:
        piece.remarks.append(f"From {day_of(slot)} on all sessions change; write a chat of its own for that.")
    if entry.length > LONGEST:
        piece.remarks.append(f"On {day_of(slot)} it lasts longer than a session can.")
        return
    change = _change(series.main, slot, entry)
    if change != Change(slot=change.slot, where=NOWHERE):
        piece.changes[change.slot] = change
    if entry.description and entry.description != series.main.description:
        piece.remarks.append(f"On {day_of(slot)} it said: {entry.description}")


def _change(main: Entry, slot: Moment, entry: Entry) -> Change:
    day, at = day_of(entry.start), at_of(entry.start)
    if entry.cancelled:
        return Change(slot=day_of(slot), where=NOWHERE, cancelled="")
    moved = (day, at) != (day_of(slot), at_of(slot))
    usual = told_of(main, main.length, all_day=at_of(slot) is None)
    told = told_of(entry, entry.length, all_day=at is None)
    if told["lasts"] is None and usual["lasts"] is not None:
        told["lasts"] = Length(days=1) if at is None else Length(minutes=60)
    place = entry.location if entry.location != main.location and not is_address(entry.location) else ""
    return Change(
        slot=day_of(slot),
        where=NOWHERE,
        moved=Target(day, at) if moved else None,
        at=NoClock.ALL_DAY if at is None and at_of(slot) is not None else None,
        note=f"Place: {place}" if place else None,
        **{name: value for name, value in told.items() if value and value != usual[name]},
    )
