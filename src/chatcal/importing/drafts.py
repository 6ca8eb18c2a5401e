"""Foreign calendars to chapters as a maintainer would write them, with remarks on what wants a look."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chatcal.importing.cleaning import hashtag_in, hashtag_of, is_address
from chatcal.importing.foreign import Entry, Foreign, Moment, NotReadable, Override, Series
from chatcal.importing.recurrences import FIRST_DAY, NOWHERE, Recurrence, Untold, recurrences
from chatcal.model import Break, Change, Chapter, Chat, Length, Listed, NoClock, Period, Target
from chatcal.sessions import slots
from chatcal.words import counted
from chatcal.zones import UTC_NAME

LONGEST = timedelta(days=31)
MOST_CHATS = 500
MOST_SLOTS = 200_000
"""Of one chapter, over the years that are looked at."""
_LAST_DAY = date(2199, 12, 31)
_A_RUN = 3
"""Sessions in a row that are skipped: so many are a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A chapter, the remarks that stand above it and above each of its chats, and the series that it comes of."""

    chapter: Chapter
    remarks: tuple[str, ...]
    chat_remarks: tuple[tuple[str, ...], ...]
    series: tuple[Series, ...]
    left_out: tuple[str, ...]
    """Sentences on what was not carried over."""


@dataclass(slots=True)
class _Piece:
    """A chat on its way: its series is known, its `id` is not yet."""

    chat: Chat
    remarks: list[str] = field(default_factory=list)
    changes: dict[date, Change] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Single:
    """A session on a day that no rule gives."""

    start: Moment
    length: timedelta
    entry: Entry
    zone: str | None
    remarks: tuple[str, ...] = field(default=(), compare=False)


def drafts(calendars: Sequence[Foreign], source: str, today: date) -> list[Draft]:
    """Return the chapters of foreign calendars: one for each hashtag that its titles begin with, one for the rest.

    `source` is where they come from, in words or as an address; `today` decides how far days are compared. Raises
    NotReadable for more chats than a chapter can have.
    """
    found = []
    for calendar in calendars:
        groups: dict[str, list[Series]] = {}
        for series in calendar.series:
            groups.setdefault((hashtag_in(series.main.summary) or "").casefold(), []).append(series)
        for group in groups.values() or [[]]:
            tag = hashtag_in(group[0].main.summary) if group else None
            found.append(_draft(calendar, tag, group, source, today))
    return found


def _draft(calendar: Foreign, tag: str | None, group: Sequence[Series], source: str, today: date) -> Draft:
    left_out: list[str] = []
    pieces: list[_Piece] = []
    singles: list[_Single] = []
    carried = []
    hidden = sum(series.private for series in group)
    if hidden:
        left_out.append(f"{counted(hidden, 'event')} marked as private.")
    for series in group:
        if series.private:
            continue
        try:
            made = _of_series(series, singles)
        except Untold as error:
            left_out.append(f"“{series.main.summary or 'A series without a title'}” {error}.")
            continue
        pieces += made
        carried.append(series)
    pieces += _listed(dict.fromkeys(singles))
    if twice := len(singles) - len(set(singles)):
        left_out.append(f"{counted(twice, 'event')} that only repeat another.")
    if len(pieces) > MOST_CHATS:
        raise NotReadable(f"it makes {len(pieces):,} chats of one chapter, and {MOST_CHATS} are the most")
    pieces, zone = _on_common_clock(pieces)
    breaks = _settle(pieces, today)
    hashtag = tag or hashtag_of(calendar.hashtag or calendar.name)
    chapter = Chapter(
        slug=hashtag.lower() if hashtag.isascii() else hashtag_of(hashtag),
        file="",
        hashtag=hashtag,
        name=calendar.name,
        about=calendar.about or None,
        timezone=zone,
        website=calendar.website if is_address(calendar.website) else None,
        note=calendar.note or (None if pieces else "Imported without a session."),
        moderators=calendar.moderators,
        sources=(source,),
        chats=tuple(piece.chat for piece in pieces),
        changes=tuple(change for piece in pieces for change in piece.changes.values()),
        breaks=tuple(breaks),
    )
    return Draft(
        chapter=chapter,
        remarks=tuple(_remarks(calendar, tag, carried, left_out)),
        chat_remarks=tuple(tuple(dict.fromkeys(piece.remarks)) for piece in pieces),
        series=tuple(carried),
        left_out=(*calendar.remarks, *left_out),
    )


def _remarks(calendar: Foreign, tag: str | None, carried: Sequence[Series], left_out: Sequence[str]) -> Iterator[str]:
    if tag is None:
        made_of = "file's name" if calendar.hashtag else "calendar's name"
        yield f"The hashtag is made of the {made_of}. To choose another, change it here and name the file like it."
    if any(series.floats for series in carried):
        yield "Times without a zone: write `timezone:` with the place whose clock is meant, like `America/Toronto`."
    if any(series.zone == UTC_NAME for series in carried):
        yield "Times are in UTC, which knows no summer time. If people go by a place's clock, write its zone and time."
    yield from calendar.remarks
    yield from (f"Not carried over: {sentence}" for sentence in left_out)


# Series to chats


def _of_series(series: Series, singles: list[_Single]) -> list[_Piece]:
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
    singles += [_Single(start, length, main, series.zone, series.remarks) for start, length in extras.items()]
    return pieces


def _moment(found: Recurrence) -> Moment:
    return found.first if found.at is None else datetime.combine(found.first, found.at)


def _like(moment: Moment, start: Moment) -> Moment:
    """Return a moment in the form of the series: a day of one with times is due at its time."""
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time())
    return _day(moment)


def _piece(series: Series, found: Recurrence) -> _Piece:
    main = series.main
    piece = _Piece(
        Chat(
            where=NOWHERE,
            every=found.rule,
            at=NoClock.ALL_DAY if found.at is None else found.at,
            first=Period(found.first, found.first, NOWHERE),
            until=Period(found.until, found.until, NOWHERE) if found.until else None,
            timezone=series.zone,
            **_told(main, main.length, all_day=found.at is None),
        )
    )
    piece.remarks += _chat_remarks(series.remarks, main)
    if _day(main.start) < FIRST_DAY:
        piece.remarks.append(f"It began on {_day(main.start)}; schedules begin in {FIRST_DAY.year}.")
    return piece


def _told(entry: Entry, length: timedelta, *, all_day: bool) -> dict[str, Any]:
    """Return what a chat says beside its times."""
    title = title_and_topic(entry.summary)
    return {
        "lasts": _length(length, all_day=all_day),
        "title": title[0],
        "topic": title[1],
        "join": _join(entry),
        "hosts": entry.hosts,
    }


def _join(entry: Entry) -> str | None:
    """Return where to join: what the place gives, or the event's page where there is no place to go to."""
    return next((one for one in (entry.location or entry.address,) if is_address(one)), None)


def title_and_topic(summary: str) -> tuple[str | None, str | None]:
    """Return the title and the topic that a summary gives: `#lanternchat chat` is what chatcal writes by itself."""
    tag = hashtag_in(summary)
    rest = summary[len(tag) + 1 :] if tag else ""
    if tag and rest.strip().lower() in ("", "chat"):
        return None, None
    if tag and rest.startswith(": ") and rest[2:].strip():
        return None, rest[2:].strip()
    return summary or None, None


def _length(length: timedelta, *, all_day: bool) -> Length | None:
    if all_day:
        return Length(days=length.days) if length.days > 1 else None
    seconds = int(length.total_seconds())
    if seconds % 86_400 == 0 and seconds:
        return Length(days=length.days)
    minutes = seconds // 60
    return Length(minutes=minutes) if minutes not in (0, 60) else None


def _chat_remarks(remarks: Sequence[str], entry: Entry) -> Iterator[str]:
    yield from remarks
    if isinstance(entry.start, datetime):
        if not entry.length:
            yield "The calendar gives no length; an hour is assumed."
        if entry.start.second:
            yield f"It began {entry.start.second} seconds past the minute."
    if entry.location and not is_address(entry.location):
        yield f"Place: {entry.location}"
    if entry.address and entry.address != _join(entry):
        yield f"Page: {entry.address}"
    if entry.description:
        yield f"It said: {entry.description}"


# Single slots


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _at(moment: Moment) -> time | None:
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


def _is_due(chat: Chat, moment: Moment) -> bool:
    at = None if chat.at is NoClock.ALL_DAY else chat.at
    return at == _at(moment) and any(slots(chat, _day(moment), _day(moment)))


def _skip(series: Series, skip: Moment, pieces: Sequence[_Piece], extras: dict[Moment, timedelta]) -> None:
    day = _day(skip)
    whole_day = not isinstance(skip, datetime) or not isinstance(series.main.start, datetime)
    reason = series.reasons.get(day, "")
    for piece in pieces:
        if any(slots(piece.chat, day, day)) and (whole_day or _is_due(piece.chat, skip)):
            piece.changes[day] = Change(slot=day, where=NOWHERE, cancelled=reason)
    for start in [one for one in extras if (_day(one) == day if whole_day else one == skip)]:
        del extras[start]


def _override(
    series: Series,
    override: Override,
    pieces: Sequence[_Piece],
    extras: dict[Moment, timedelta],
    singles: list[_Single],
) -> None:
    slot, entry = _like(override.slot, series.main.start), override.entry
    if override.slot in series.skipped:
        return
    piece = next((one for one in pieces if _is_due(one.chat, slot)), None)
    if piece is None:
        extras.pop(slot, None)
        singles.append(_Single(entry.start, entry.length, entry, series.zone, series.remarks))
        return
    if override.and_all_later:
        piece.remarks.append(f"From {_day(slot)} on all sessions change; write a chat of its own for that.")
    if entry.length > LONGEST:
        piece.remarks.append(f"On {_day(slot)} it lasts longer than a session can.")
        return
    change = _change(series.main, slot, entry)
    if change != Change(slot=change.slot, where=NOWHERE):
        piece.changes[change.slot] = change
    if entry.description and entry.description != series.main.description:
        piece.remarks.append(f"On {_day(slot)} it said: {entry.description}")


def _change(main: Entry, slot: Moment, entry: Entry) -> Change:
    day, at = _day(entry.start), _at(entry.start)
    if entry.cancelled:
        return Change(slot=_day(slot), where=NOWHERE, cancelled="")
    moved = (day, at) != (_day(slot), _at(slot))
    usual = _told(main, main.length, all_day=_at(slot) is None)
    told = _told(entry, entry.length, all_day=at is None)
    if told["lasts"] is None and usual["lasts"] is not None:
        told["lasts"] = Length(days=1) if at is None else Length(minutes=60)
    place = entry.location if entry.location != main.location and not is_address(entry.location) else ""
    return Change(
        slot=_day(slot),
        where=NOWHERE,
        moved=Target(day, at) if moved else None,
        at=NoClock.ALL_DAY if at is None and _at(slot) is not None else None,
        note=f"Place: {place}" if place else None,
        **{name: value for name, value in told.items() if value and value != usual[name]},
    )


# Sessions on days that no rule gives


def _listed(singles: Iterable[_Single]) -> list[_Piece]:
    """Return chats of listed days: those of one length, clock and place together, unless they share a day."""
    pieces: dict[tuple[object, ...], list[list[_Single]]] = defaultdict(list)
    for one in sorted(singles, key=lambda one: (str(one.start), one.entry.summary)):
        if not FIRST_DAY <= _day(one.start) <= _LAST_DAY or one.length > LONGEST:
            continue
        told = _told(one.entry, one.length, all_day=_at(one.start) is None)
        kind = (one.zone, _at(one.start) is None, told["lasts"], told["join"])
        chats = pieces[kind]
        room = next((chat for chat in chats if _day(chat[-1].start) != _day(one.start)), None)
        if room is None:
            chats.append([one])
        else:
            room.append(one)
    return [_list_of(chat) for chats in pieces.values() for chat in chats]


def _list_of(singles: Sequence[_Single]) -> _Piece:
    first = singles[0]
    told = _told(first.entry, first.length, all_day=_at(first.start) is None)
    titles = {title_and_topic(one.entry.summary) for one in singles}
    if len(titles) > 1:
        told |= {"title": None, "topic": None}
    times = {_at(one.start) for one in singles}
    alike = len(times) == 1
    piece = _Piece(
        Chat(
            where=NOWHERE,
            dates=tuple(Listed(_day(one.start), None if alike else _at(one.start), NOWHERE) for one in singles),
            at=_common(times) if alike else NoClock.UNKNOWN,
            timezone=first.zone,
            **told,
        )
    )
    for one in singles:
        title, topic = title_and_topic(one.entry.summary)
        changed = Change(slot=_day(one.start), where=NOWHERE, cancelled="" if one.entry.cancelled else None)
        if len(titles) > 1 and (title or topic):
            changed = replace(changed, title=title, topic=topic)
        if changed != Change(slot=_day(one.start), where=NOWHERE):
            piece.changes[changed.slot] = changed
        about = f"{_day(one.start)}: " if len(singles) > 1 else ""
        piece.remarks += [f"{about}{remark}" for remark in _chat_remarks(one.remarks, one.entry)]
    return piece


def _common(times: Iterable[time | None]) -> time | NoClock:
    at = next(iter(times))
    return NoClock.ALL_DAY if at is None else at


# The chapter as a whole


def _on_common_clock(pieces: list[_Piece]) -> tuple[list[_Piece], str | None]:
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


def _settle(pieces: Sequence[_Piece], today: date) -> list[Break]:
    """Tell chats apart that share a day, and return the breaks that runs of skipped sessions are."""
    last = date(min(today.year + 12, _LAST_DAY.year), 12, 31)
    due: dict[date, list[_Piece]] = defaultdict(list)
    named: dict[str, _Piece] = {}
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


def _breaks(due: Mapping[date, Sequence[_Piece]]) -> list[Break]:
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


def _skipped(pieces: Sequence[_Piece], day: date) -> str | None:
    """Return the one reason for which all chats of a day are skipped; None where one is held, or they differ."""
    changes = [piece.changes.get(day) for piece in pieces]
    reasons = {change.cancelled if change is not None and _is_skip(change) else None for change in changes}
    return reasons.pop() if len(reasons) == 1 else None
