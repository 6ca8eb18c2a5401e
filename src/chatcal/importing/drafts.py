"""Foreign calendars to chapters as a maintainer would write them, with remarks on what wants a look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal.importing.chats import Piece, Single, of_series
from chatcal.importing.cleaning import hashtag_in, hashtag_of, is_address, line
from chatcal.importing.foreign import Foreign, NotReadable, Series
from chatcal.importing.listing import listed
from chatcal.importing.recurrences import Untold
from chatcal.importing.settling import on_common_clock, settle
from chatcal.model import Chapter
from chatcal.words import counted
from chatcal.zones import UTC_NAME

MOST_CHATS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A chapter, the remarks that stand above it and above each of its chats, and the series that it comes of."""

    chapter: Chapter
    remarks: tuple[str, ...]
    chat_remarks: tuple[tuple[str, ...], ...]
    series: tuple[Series, ...]
    left_out: tuple[str, ...]
    """Sentences on what was not carried over."""


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
    pieces: list[Piece] = []
    singles: list[Single] = []
    if (many := sum(len(series.rules) for series in group)) > MOST_CHATS:
        raise NotReadable(f"it makes {many:,} chats of one chapter, and {MOST_CHATS} are the most")
    carried = []
    hidden = sum(series.private for series in group)
    if hidden:
        left_out.append(f"{counted(hidden, 'event')} marked as private.")
    for series in group:
        if series.private:
            continue
        try:
            made = of_series(series, singles)
        except Untold as error:
            left_out.append(f"“{series.main.summary or 'A series without a title'}” {error}.")
            continue
        pieces += made
        carried.append(series)
    pieces += listed(dict.fromkeys(singles))
    if twice := len(singles) - len(set(singles)):
        left_out.append(f"{counted(twice, 'event')} that only repeat another.")
    if len(pieces) > MOST_CHATS:
        raise NotReadable(f"it makes {len(pieces):,} chats of one chapter, and {MOST_CHATS} are the most")
    pieces, zone = on_common_clock(pieces)
    breaks = settle(pieces, today)
    hashtag = tag or hashtag_of(calendar.hashtag or calendar.name)
    chapter = Chapter(
        slug=hashtag.lower() if hashtag.isascii() else hashtag_of(hashtag),
        file="",
        hashtag=hashtag,
        name=line(calendar.name or hashtag),
        about=calendar.about or None,
        timezone=zone,
        website=calendar.website if is_address(calendar.website) else None,
        note=calendar.note or (None if pieces else "Imported without a session."),
        moderators=calendar.moderators,
        sources=(line(source),),
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
