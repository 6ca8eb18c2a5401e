"""A file of another program to schedule files, each compared with what it was made of."""

import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from chatcal.english import format_count
from chatcal.importers import icalendar
from chatcal.importers.chapters import (
    ChatDraft,
    assign_ids,
    find_breaks,
    find_hashtag,
    find_obstacle,
    list_overrides,
    make_chats_from_dates,
    make_chats_from_series,
    take_common_places,
    take_common_zone,
)
from chatcal.importers.comparison import Comparison, compare_with_series
from chatcal.importers.formats.documents import ReadFile
from chatcal.importers.formats.recognize import read_document
from chatcal.importers.loader import MAX_NAMED
from chatcal.importers.raw_sessions import RawSeries, read_raw_series
from chatcal.importers.recurrence import UnsupportedSeriesError
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, Moment, Series
from chatcal.model import Chapter
from chatcal.problems import ScheduleError, Span
from chatcal.schedule import text_values
from chatcal.schedule.format import parse_chapter
from chatcal.schedule.writer import write_schedule
from chatcal.text import is_web_url, make_single_line
from chatcal.timezones import UTC_NAME

MAX_CHATS = 500
"""Of one chapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedChapter:
    """A schedule file that an import makes, and how it compares with what it was made of."""

    slug: str
    text: str
    chapter: Chapter | None
    """What was read from the text; None where it cannot be read."""
    comparison: Comparison | None
    left_out: tuple[str, ...]
    """Sentences on what was not imported."""
    notes: tuple[str, ...]
    """Sentences on what was imported, but should be looked at."""

    @property
    def is_complete(self) -> bool:
        """Whether every session was imported."""
        return self.comparison is not None and not self.comparison.differences and not self.left_out


def _read_nothing(_path: str) -> bytes:
    raise ForeignCalendarError("must be imported by itself")


def read_foreign_file(content: bytes, name: str, today: date, read_file: ReadFile = _read_nothing) -> ForeignCalendar:
    """Return the calendar of a file, given with its name without the ending.

    `read_file` reads the files that it includes. Meetings that do not say when they begin are looked at from today on.
    Raises ForeignCalendarError.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode()
    if b"BEGIN:VCALENDAR" in content[:4096].upper():
        return replace(icalendar.read_calendar(content, name), content=content)
    return read_document(content, name, today, read_file)


def convert(calendar: ForeignCalendar, source: str, today: date) -> list[ConvertedChapter]:
    """Return the schedule files of a calendar: one for each hashtag that titles begin with, one for the rest.

    Each of its groups, if it has some, becomes files of its own. `source` says where it comes from, in words or as a
    URL. Raises ForeignCalendarError.
    """
    if calendar.groups:
        return [one for group in calendar.groups for one in convert(group, source, today)]
    groups: dict[str, list[Series]] = defaultdict(list)
    for series in calendar.series:
        groups[_get_tag(series.main.summary)].append(series)
    groups = groups or {"": []}
    raw: dict[str, list[RawSeries]] = defaultdict(list)
    for one in read_raw_series(calendar.content):
        tag = _get_tag(one.main.title)
        raw[tag if tag in groups else next(iter(groups))].append(one)
    found: list[ConvertedChapter] = []
    for tag, group in groups.items():
        taken = {one.slug for one in found}
        found.append(_convert_group(calendar, group, raw[tag], source=source, today=today, taken=taken))
    return found


def _get_tag(title: str) -> str:
    return (find_hashtag(title) or "").casefold()


def _convert_group(
    calendar: ForeignCalendar,
    group: Sequence[Series],
    raw: Sequence[RawSeries],
    *,
    source: str,
    today: date,
    taken: set[str],
) -> ConvertedChapter:
    _check_chat_count(sum(len(series.rules) for series in group))
    drafts: list[ChatDraft] = []
    singles: list[Series] = []
    carried: list[Series] = []
    lost: list[str] = []
    told: set[tuple[str, Moment]] = set()
    for series in group:
        try:
            drafts += make_chats_from_series(series, singles)
            carried.append(series)
        except UnsupportedSeriesError as error:
            lost.append(f"“{series.main.summary or 'A series without a title'}” {error}.")
            told.add((series.main.summary, series.main.start))
    unique = {(one.main, one.zone): one for one in reversed(singles)}
    if len(unique) < len(singles):
        lost.append(f"{format_count(len(singles) - len(unique), 'event')} that only repeat another.")
    in_order = sorted(unique.values(), key=lambda one: str(one.main.start))
    impossible = [f"{one.main.name} {why}." for one in in_order if (why := find_obstacle(one.main))]
    lost += impossible[:MAX_NAMED]
    if len(impossible) > MAX_NAMED:
        lost.append(f"{len(impossible) - MAX_NAMED:,} more events that schedules have no room for.")
    drafts += make_chats_from_dates(one for one in in_order if not find_obstacle(one.main))
    _check_chat_count(len(drafts))
    zone = take_common_zone(drafts)
    common = take_common_places(drafts)
    breaks = find_breaks(assign_ids(drafts, today))
    tag = find_hashtag(group[0].main.summary) if group else None
    slug, hashtag = _choose_names(tag or _make_hashtag(calendar.hashtag or calendar.name), taken)
    chapter = Chapter(
        slug=slug,
        file="",
        hashtag=hashtag,
        name=make_single_line(calendar.name or hashtag),
        about=calendar.about or None,
        timezone=zone,
        website=calendar.website if is_web_url(calendar.website) else None,
        note=calendar.note or (None if drafts else "Imported without a session."),
        join=common.get("join"),
        place=common.get("place"),
        links=tuple(dict.fromkeys((*calendar.links, *common.get("links", ())))),
        moderators=calendar.moderators,
        sources=(make_single_line(source),),
        chats=tuple(draft.chat for draft in drafts),
        overrides=tuple(override for draft in drafts for override in list_overrides(draft, breaks)),
        breaks=tuple(breaks),
    )
    remarks = []
    if tag is None:
        origin = calendar.hashtag_origin if calendar.hashtag else "calendar's name"
        remarks.append(f"The hashtag is made of the {origin}. To choose another, change it here and rename the file.")
    if any(series.zone is None and isinstance(series.main.start, datetime) for series in carried):
        remarks.append("Times without a zone: write `timezone:` with the right place, like `America/Toronto`.")
    if any(series.zone == UTC_NAME for series in carried):
        remarks.append("Times are in UTC, without summer time. If a place's clock is meant, write its zone and time.")
    remarks += [*calendar.notes, *calendar.remarks, *(f"Not imported: {sentence}" for sentence in lost)]
    text = write_schedule(chapter, remarks, [list(dict.fromkeys(draft.remarks)) for draft in drafts])
    # Times that name no zone are compared as times in UTC.
    read = _read_back(slug, text if zone else f"{text}timezone: {UTC_NAME}\n")
    # What a sentence names already is not told once more, session by session.
    untold = [one for one in raw if (one.main.title, one.main.local_start) not in told]
    return ConvertedChapter(
        slug=slug,
        text=text,
        chapter=read,
        comparison=compare_with_series(untold, read, today) if read else None,
        left_out=(*calendar.remarks, *lost),
        notes=calendar.notes,
    )


def _check_chat_count(number: int) -> None:
    if number > MAX_CHATS:
        raise ForeignCalendarError(f"it makes {number:,} chats of one chapter, and {MAX_CHATS} are the most")


def _make_hashtag(name: str) -> str:
    """Return a hashtag made of the ASCII letters and digits of a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:50].rstrip("_")
    return made or "imported"


def _choose_names(hashtag: str, taken: set[str]) -> tuple[str, str]:
    """Return the slug and the hashtag of a chapter; where the file's name is not free, both get another."""
    slug = wanted = hashtag.lower() if hashtag.isascii() else _make_hashtag(hashtag)
    if text_values.check_feed_name(slug, Span(slug)):
        slug = f"{slug}_chat"
    slug = next(name for number in count(1) if (name := f"{slug}_{number}" if number > 1 else slug) not in taken)
    return slug, hashtag if slug == wanted else slug


def _read_back(slug: str, text: str) -> Chapter | None:
    try:
        return parse_chapter(f"schedules/{slug}.yaml", text.encode())
    except ScheduleError:
        return None
