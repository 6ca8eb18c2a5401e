"""Chapters from the series and dates of a foreign calendar."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from chatcal.english import format_count
from chatcal.importers.recurrence import (
    FIRST_DAY,
    LAST_DAY,
    NO_SPAN,
    Recurrence,
    UnsupportedSeriesError,
    parse_recurrences,
)
from chatcal.importers.series import (
    ChangedOccurrence,
    ForeignCalendar,
    ForeignCalendarError,
    ForeignEvent,
    Moment,
    Series,
    build_chat_values,
    find_hashtag,
    get_day,
    get_time,
    list_remarks,
    split_summary,
)
from chatcal.model import Break, Chapter, Chat, DayPart, Duration, ListedDate, MovedTo, Period, SessionOverride
from chatcal.recurrence.sessions import iterate_slots
from chatcal.text import is_web_url, make_single_line
from chatcal.timezones import UTC_NAME


def make_hashtag(name: str) -> str:
    """Return a hashtag made of a name: its letters and digits, in plain small ones where they can be."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:50].rstrip("_")
    return made or "imported"


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


MAX_CHATS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterDraft:
    """A chapter, the remarks that stand above it and above each of its chats, and the series that it comes of."""

    chapter: Chapter
    remarks: tuple[str, ...]
    chat_remarks: tuple[tuple[str, ...], ...]
    series: tuple[Series, ...]
    left_out: tuple[str, ...]
    """Sentences on what was not carried over."""


def draft_chapters(calendars: Sequence[ForeignCalendar], source: str, today: date) -> list[ChapterDraft]:
    """Return the chapters of foreign calendars: one for each hashtag that its titles begin with, one for the rest.

    `source` is where they come from, in words or as an address; `today` decides how far days are compared. Raises
    NotReadable for more chats than a chapter can have.
    """
    found = []
    for calendar in calendars:
        groups: dict[str, list[Series]] = {}
        for series in calendar.series:
            groups.setdefault((find_hashtag(series.main.summary) or "").casefold(), []).append(series)
        for group in groups.values() or [[]]:
            tag = find_hashtag(group[0].main.summary) if group else None
            found.append(_draft_chapter(calendar, tag, group, source, today))
    return found


def _draft_chapter(
    calendar: ForeignCalendar, tag: str | None, group: Sequence[Series], source: str, today: date
) -> ChapterDraft:
    left_out: list[str] = []
    pieces: list[ChatDraft] = []
    singles: list[SingleSession] = []
    if (many := sum(len(series.rules) for series in group)) > MAX_CHATS:
        raise ForeignCalendarError(f"it makes {many:,} chats of one chapter, and {MAX_CHATS} are the most")
    carried = []
    hidden = sum(series.private for series in group)
    if hidden:
        left_out.append(f"{format_count(hidden, 'event')} marked as private.")
    for series in group:
        if series.private:
            continue
        try:
            made = make_chats_from_series(series, singles)
        except UnsupportedSeriesError as error:
            left_out.append(f"“{series.main.summary or 'A series without a title'}” {error}.")
            continue
        pieces += made
        carried.append(series)
    pieces += make_chats_from_dates(dict.fromkeys(singles))
    if twice := len(singles) - len(set(singles)):
        left_out.append(f"{format_count(twice, 'event')} that only repeat another.")
    if len(pieces) > MAX_CHATS:
        raise ForeignCalendarError(f"it makes {len(pieces):,} chats of one chapter, and {MAX_CHATS} are the most")
    pieces, zone = extract_common_zone(pieces)
    breaks = assign_ids_and_breaks(pieces, today)
    hashtag = tag or make_hashtag(calendar.hashtag or calendar.name)
    chapter = Chapter(
        slug=hashtag.lower() if hashtag.isascii() else make_hashtag(hashtag),
        file="",
        hashtag=hashtag,
        name=make_single_line(calendar.name or hashtag),
        about=calendar.about or None,
        timezone=zone,
        website=calendar.website if is_web_url(calendar.website) else None,
        note=calendar.note or (None if pieces else "Imported without a session."),
        moderators=calendar.moderators,
        sources=(make_single_line(source),),
        chats=tuple(piece.chat for piece in pieces),
        overrides=tuple(change for piece in pieces for change in piece.overrides.values()),
        breaks=tuple(breaks),
    )
    return ChapterDraft(
        chapter=chapter,
        remarks=tuple(_list_draft_remarks(calendar, tag, carried, left_out)),
        chat_remarks=tuple(tuple(dict.fromkeys(piece.remarks)) for piece in pieces),
        series=tuple(carried),
        left_out=(*calendar.remarks, *left_out),
    )


def _list_draft_remarks(
    calendar: ForeignCalendar, tag: str | None, carried: Sequence[Series], left_out: Sequence[str]
) -> Iterator[str]:
    if tag is None:
        made_of = "file's name" if calendar.hashtag else "calendar's name"
        yield f"The hashtag is made of the {made_of}. To choose another, change it here and name the file like it."
    if any(series.is_floating for series in carried):
        yield "Times without a zone: write `timezone:` with the place whose clock is meant, like `America/Toronto`."
    if any(series.zone == UTC_NAME for series in carried):
        yield "Times are in UTC, which knows no summer time. If people go by a place's clock, write its zone and time."
    yield from calendar.remarks
    yield from (f"Not carried over: {sentence}" for sentence in left_out)
