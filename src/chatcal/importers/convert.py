"""A file of another program to schedule files, each compared with what it was made of."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from chatcal.english import format_count, format_long_day, join_list
from chatcal.importers import icalendar
from chatcal.importers.bounded import run_within_limits
from chatcal.importers.chapters import (
    ChatDraft,
    assign_ids,
    find_breaks,
    find_hashtag,
    find_obstacle,
    leave_out_past,
    list_comments,
    list_overrides,
    make_chats_from_dates,
    make_chats_from_series,
    take_common_places,
    take_common_zone,
)
from chatcal.importers.comparison import Comparison, compare_with_series
from chatcal.importers.formats.documents import ReadFile
from chatcal.importers.formats.recognize import read_document
from chatcal.importers.icalendar import MAX_FILE_BYTES, MAX_NOTE_LENGTH
from chatcal.importers.raw_sessions import RawSeries, read_raw_series
from chatcal.importers.recurrence import UnsupportedSeriesError
from chatcal.importers.series import MAX_NAMED, ForeignCalendar, ForeignCalendarError, ForeignEvent, Moment, Series
from chatcal.model import Chapter, get_day
from chatcal.problems import ScheduleError, Span
from chatcal.schedule import text_values
from chatcal.schedule.format import parse_chapter
from chatcal.schedule.writer import write_schedule
from chatcal.text import is_web_url, make_single_line
from chatcal.timezones import UTC_NAME

IMPORT_SECONDS = 30
"""Of the processor."""
MAX_CHATS = 500
"""Of one chapter; and so many series with different titles, which become chapters."""
MAX_SERIES = 10
"""Of different titles in one chapter: of more, each gets a chapter."""
_REST = ("", "")


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


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports wants."""

    today: date
    since: date | None = None
    """The day before which everything is over, and left out."""
    reserved: frozenset[str] = frozenset()
    """Names of feeds that no chapter may have."""

    def includes(self, single: Series) -> bool:
        return self.since is None or get_day(single.main.start) >= self.since


def convert_in_subprocess(
    content: bytes,
    name: str,
    source: str,
    wishes: Wishes,
    *,
    folder: Path | None = None,
    seconds: float = IMPORT_SECONDS,
) -> list[ConvertedChapter]:
    """Return what `convert` makes of a file, given with its name without the ending and where it comes from.

    Files that it includes are read from its folder, if that is given. Raises ForeignCalendarError, also where that
    takes too long or too much memory.
    """
    too_slow = f"it takes more than {seconds:g} seconds to read"
    return run_within_limits(seconds, too_slow, _convert_file, content, name, source, wishes, folder)


def _convert_file(
    content: bytes, name: str, source: str, wishes: Wishes, folder: Path | None
) -> list[ConvertedChapter]:
    return convert(read_foreign_file(content, name, wishes.today, partial(_read_beside, folder)), source, wishes)


def _read_beside(folder: Path | None, path: str) -> bytes:
    """Return the content of a file in a folder; raises ForeignCalendarError, also if a link leads out of the folder."""
    if folder is None:
        raise ForeignCalendarError("must be imported by itself")
    try:
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise ForeignCalendarError("lies outside its folder")
        if not file.is_file():
            raise ForeignCalendarError("does not exist")
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ForeignCalendarError(f"has more than {MAX_FILE_BYTES:,} bytes")
        return file.read_bytes()
    except (OSError, ValueError):
        raise ForeignCalendarError("cannot be opened") from None


_read_nothing = partial(_read_beside, None)


def read_foreign_file(content: bytes, name: str, today: date, read_file: ReadFile = _read_nothing) -> ForeignCalendar:
    """Return the calendar of a file, given with its name without the ending.

    `read_file` reads the files that it includes. Meetings that do not say when they begin are looked at from today on.
    Raises ForeignCalendarError.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode()
    if len(content) > MAX_FILE_BYTES:
        raise ForeignCalendarError(f"it has {len(content):,} bytes, and {MAX_FILE_BYTES:,} are the most")
    if b"BEGIN:VCALENDAR" in content[:4096].upper():
        return replace(icalendar.read_calendar(content, name), content=content)
    return read_document(content, name, today, read_file)


def convert(calendar: ForeignCalendar, source: str, wishes: Wishes) -> list[ConvertedChapter]:
    """Return the schedule files of a calendar: one for each hashtag that titles begin with, one for the rest.

    Where many series with different titles make up the rest, each of these gets a file too. Each group of the calendar,
    if it has some, becomes files of its own. `source` says where it comes from, in words or as a URL. Raises
    ForeignCalendarError.
    """
    if calendar.groups:
        return list(chain.from_iterable(convert(one, source, wishes) for one in calendar.groups))
    titles = _list_series_titles(calendar.series, wishes)
    if len(titles) > MAX_CHATS:
        raise ForeignCalendarError(f"it has {len(titles):,} series with different titles, and {MAX_CHATS} are the most")
    own = titles if len(titles) > MAX_SERIES else frozenset[str]()

    def find_key(title: str) -> tuple[str, str]:
        return _get_tag(title), title.casefold() if title.casefold() in own else ""

    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for series in calendar.series:
        groups[find_key(series.main.summary)].append(series)
    if not groups:
        groups[_REST] = []
    raw: dict[tuple[str, str], list[RawSeries]] = defaultdict(list)
    for one in read_raw_series(calendar.content):
        key = find_key(one.main.title)
        raw[key if key in groups else next(iter(groups))].append(one)
    found: list[ConvertedChapter] = []
    for key, group in groups.items():
        taken = {one.slug for one in found}
        part = replace(calendar, name=group[0].main.summary, about="", slug="") if key[1] else calendar
        if found:
            part = replace(part, remarks=(), notes=())
        found.append(_convert_group(part, group, raw[key], source=source, wishes=wishes, taken=taken))
    return found


def _list_series_titles(group: Iterable[Series], wishes: Wishes) -> frozenset[str]:
    """Return the titles of series that go on, without those that begin with a hashtag."""
    found: set[str] = set()
    for series in group:
        with suppress(UnsupportedSeriesError):
            if series.rules and not _get_tag(series.main.summary) and any(_draft_chats(series, [], wishes)):
                found.add(series.main.summary.casefold())
    return frozenset(found)


def _draft_chats(series: Series, singles: list[Series], wishes: Wishes) -> list[ChatDraft]:
    drafts = make_chats_from_series(series, singles)
    return list(leave_out_past(drafts, wishes.since)) if wishes.since else drafts


def _get_tag(title: str) -> str:
    return (find_hashtag(title) or "").casefold()


def _convert_group(
    calendar: ForeignCalendar,
    group: Sequence[Series],
    raw: Sequence[RawSeries],
    *,
    source: str,
    wishes: Wishes,
    taken: Set[str],
) -> ConvertedChapter:
    drafts: list[ChatDraft] = []
    singles: list[Series] = []
    carried: list[Series] = []
    lost: list[str] = []
    told: set[tuple[str, Moment]] = set()
    for series in group:
        number = len(singles)
        try:
            drafted = _draft_chats(series, singles, wishes)
            drafts += drafted
            if drafted or any(map(wishes.includes, singles[number:])):
                carried.append(series)
        except UnsupportedSeriesError as error:
            lost.append(f"{series.main.name} {error}.")
            told.add((series.main.summary, series.main.start))
        _check_chat_count(len(drafts))
    unique = {(one.main, one.zone): one for one in reversed(singles)}
    if len(unique) < len(singles):
        number = len(singles) - len(unique)
        lost.append(f"{format_count(number, 'event')} that only repeat{'s' if number == 1 else ''} another.")
    coming = sorted(filter(wishes.includes, unique.values()), key=lambda one: str(one.main.start))
    lost += (f"{one.name}: a file that the calendar itself holds." for one in _list_events(carried) if one.files)
    lost += (
        f"{one.name}: the end of its description, of which a note holds {MAX_NOTE_LENGTH:,} characters."
        for one in _list_events(carried)
        if one.is_cut
    )
    lost += (f"{one.main.name} {why}." for one in coming if (why := find_obstacle(one.main)))
    drafts += make_chats_from_dates(one for one in coming if not find_obstacle(one.main))
    _check_chat_count(len(drafts))
    zone = take_common_zone(drafts)
    common = take_common_places(drafts)
    breaks = find_breaks(assign_ids(drafts, wishes.today))
    tag = find_hashtag(group[0].main.summary) if group else None
    slug, hashtag = _choose_names(tag, calendar.slug or calendar.name, wishes.reserved, taken)
    chapter = Chapter(
        slug=slug,
        file="",
        hashtag=hashtag,
        name=make_single_line(calendar.name or hashtag or slug),
        about=calendar.about or None,
        timezone=zone,
        website=calendar.website if is_web_url(calendar.website) else None,
        note=calendar.note or (None if drafts else "Imported without a session."),
        join=common.get("join"),
        place=common.get("place"),
        geo=common.get("geo"),
        links=tuple(dict.fromkeys((*calendar.links, *common.get("links", ())))),
        moderators=calendar.moderators,
        sources=(make_single_line(source),),
        chats=tuple(draft.chat for draft in drafts),
        overrides=tuple(override for draft in drafts for override in list_overrides(draft, breaks)),
        breaks=tuple(breaks),
    )
    remarks = []
    if any(series.zone is None and isinstance(series.main.start, datetime) for series in carried):
        remarks.append("Times without a zone: write `timezone:` with the right place, like `America/Toronto`.")
    if any(series.zone == UTC_NAME for series in carried):
        remarks.append("Times are in UTC, without summer time. If a place's clock is meant, write its zone and time.")
    left_out = (*calendar.remarks, *lost)
    unread = [*calendar.remarks, *(f"Not imported: {sentence}" for sentence in lost)]
    remarks += [*calendar.notes, *unread[:MAX_NAMED]]
    if len(unread) > MAX_NAMED:
        remarks.append(f"Not imported either: {len(unread) - MAX_NAMED:,} more things, which the import named.")
    text = write_schedule(chapter, remarks, [list(dict.fromkeys(draft.remarks)) for draft in drafts])
    # Times that name no zone are compared as times in UTC.
    read = _read_back(slug, text if zone else f"{text}timezone: {UTC_NAME}\n")
    # What a sentence names already is not told once more, session by session.
    untold = [one for one in raw if (one.main.title, one.main.local_start) not in told]
    return ConvertedChapter(
        slug=slug,
        text=text,
        chapter=read,
        comparison=compare_with_series(untold, read, wishes.today, wishes.since) if read else None,
        left_out=left_out,
        notes=(*calendar.notes, *_describe_past(group, singles, wishes), *_describe_comments(carried)),
    )


def _list_events(group: Iterable[Series]) -> Iterator[ForeignEvent]:
    for series in group:
        yield series.main
        yield from (one.event for one in series.changed)


def _describe_past(group: Iterable[Series], singles: Iterable[Series], wishes: Wishes) -> Iterator[str]:
    """Yield a sentence if sessions were left out because they are over."""
    if wishes.since and not all(map(wishes.includes, (*group, *singles))):
        yield f"Sessions before {format_long_day(wishes.since)} were left out; `--past` imports them too."


def _describe_comments(carried: Iterable[Series]) -> Iterator[str]:
    """Yield a sentence that counts what stands only in comments of the file."""
    kinds = Counter(kind for event in _list_events(carried) for kind, _ in list_comments(event))
    if kinds:
        yield f"Only in comments: {join_list([format_count(number, kind) for kind, number in kinds.items()])}."


def _check_chat_count(number: int) -> None:
    if number > MAX_CHATS:
        raise ForeignCalendarError(f"it makes {number:,} chats of one chapter, and {MAX_CHATS} are the most")


def _choose_names(tag: str | None, name: str, reserved: Set[str], taken: Set[str]) -> tuple[str, str | None]:
    """Return the slug and the hashtag of a chapter; where the file's name is not free, both get another."""
    joint = "_" if tag else "-"  # A hashtag has no hyphen.
    plain = tag.lower() if tag and tag.isascii() else text_values.make_feed_name(tag or name)[:50].rstrip("-_")
    slug = wanted = plain.replace("-", joint) or "imported"
    if text_values.check_feed_name(slug, Span(slug)) or slug in reserved:
        slug = f"{slug}{joint}chat"
    named = (slug, *(f"{slug}{joint}{number}" for number in range(2, len(taken) + len(reserved) + 3)))
    slug = next(one for one in named if one not in taken and one not in reserved)
    return slug, tag and (tag if slug == wanted else slug)


def _read_back(slug: str, text: str) -> Chapter | None:
    try:
        return parse_chapter(f"schedules/{slug}.yaml", text.encode())
    except ScheduleError:
        return None
