"""Foreign calendars to chapters as a maintainer would write them, with remarks on what wants a look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chatcal.importing.chats import ChatDraft, SingleSession, make_chats_from_series
from chatcal.importing.cleaning import find_hashtag, is_web_url, make_hashtag, make_single_line
from chatcal.importing.foreign import ForeignCalendar, ForeignCalendarError, Series
from chatcal.importing.listing import make_chats_from_dates
from chatcal.importing.recurrences import UnsupportedSeriesError
from chatcal.importing.settling import assign_ids_and_breaks, extract_common_zone
from chatcal.model import Chapter
from chatcal.words import format_count
from chatcal.zones import UTC_NAME

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
