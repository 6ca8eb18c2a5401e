"""The events of an .ics file, each read by itself; what cannot be read is left out by name.

Files are often broken, and libraries refuse a whole calendar for one broken line. So this module reads lines and times
itself. Both `import` and followed calendars use it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from urllib.parse import unquote

from chatcal.english import format_count, format_day
from chatcal.importers.markup import convert_to_plain_text, decode_quoted_printable, join_soft_breaks
from chatcal.importers.recurrence import UnsupportedSeriesError, parse_recurrences
from chatcal.importers.selection import Selection
from chatcal.importers.series import (
    MAX_NAMED,
    EventGroup,
    ForeignCalendarError,
    LoadedEvent,
    Moment,
    find_web_url,
    format_name,
    get_time,
)
from chatcal.importers.zones import ZoneFinder, find_zone_name
from chatcal.model import get_day
from chatcal.recurrence import rules
from chatcal.text import is_web_url, make_single_line
from chatcal.timezones import load_zone

MAX_COMPONENTS = 50_000
"""Events, alarms and zones of a calendar. A real one of 10 MB has some 30,000."""
MAX_DATES = 5_000
"""That one event skips or adds."""
MAX_TEXT_LENGTH = 4_000
"""Of one property, in characters."""
_MAX_DESCRIPTION_LENGTH = 20_000
"""More than programs let people write. The door may stand at its end."""
_YEARS = range(1900, 2200)
_KINDS = {"VTODO": "to-dos", "VJOURNAL": "journal entries", "VFREEBUSY": "times of being busy"}
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE")
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "URL", "STATUS")
_OTHER_DESCRIPTIONS = ("X-ALT-DESC", "STYLED-DESCRIPTION")
"""What has the description where DESCRIPTION is empty: Outlook's, and that of RFC 9073 section 6.5."""
_CONFERENCES = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
"""Properties that name the address of a meeting (RFC 7986 section 5.11); the first that has one counts."""
_EXTRAS = {
    "category": "CATEGORIES",
    "contact": "CONTACT",
    "comment": "COMMENT",
    "resource": "RESOURCES",
    "attachment": "ATTACH",
}
_MAX_EXTRAS, _MAX_HOSTS = 10, 10
_FRAME = re.compile(
    r"^(?:[-_=*~:.#+\N{BOX DRAWINGS LIGHT HORIZONTAL}-\N{BOX DRAWINGS DOUBLE HORIZONTAL}]{8,}"
    r"|----\( Video Call \)----|Please do not edit this section\.)\r?(?:\n|$)",
    re.MULTILINE,
)
"""Lines that programs put around what they write into a description."""
_NO_PERSON = re.compile(r"(?:mailto:)?(?:.*(?:calendar\.google\.com|@meetup\.com|invalid))?", re.IGNORECASE)
"""Addresses that are not a person's."""
_ENDLESS = re.compile(r"(?:^|;)COUNT=(-\d+|0+|\d{7,})(?=;|$)")
_DURATION = r"([+-]?)P(?=\d|T\d)(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCalendar:
    """What a file holds, in all its VCALENDAR objects together (section 3.4)."""

    name: str
    about: str
    groups: tuple[EventGroup, ...]
    unread: tuple[str, ...]
    """Sentences on events, or parts of them, that could not be read."""
    private: tuple[str, ...]
    """A sentence on how many events are not public, if there are any."""
    other_kinds: tuple[str, ...]
    """Sentences on what is no event."""
    notes: tuple[str, ...]
    """Sentences on what was read, but in doubt."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Sentences on everything that was left out."""
        return (*self.unread, *self.private, *self.other_kinds)


class _UnreadableError(Exception):
    """Why an event cannot be read: the end of a sentence."""


@dataclass(frozen=True, slots=True)
class _Property:
    head: str
    """Name and parameters."""
    value: str

    def get_parameter(self, name: str) -> str:
        found = re.search(rf'[;:]\s*{name}\s*=\s*("[^"]*"|[^;]*)', self.head, re.IGNORECASE)
        return found[1].strip(' "') if found else ""


_Properties = Mapping[str, Sequence[_Property]]


def load_calendar(
    content: bytes, *, guess_encoding: bool = False, selection: Selection | None = None
) -> LoadedCalendar:
    """Return the events of an .ics file, or a selection of them.

    With `guess_encoding`, letters that are not UTF-8 are read as Windows-1252. Raises ForeignCalendarError for what is
    not a calendar, or was cut, and where nothing is selected.
    """
    lines, has_guessed = _decode_lines(content, guess_encoding=guess_encoding)
    parts = _split_components(lines)
    headers = [_parse_properties(header) for header in parts.calendars]
    claimed = [_find_claimed_zone(one) for one in headers]
    shared = ZoneFinder(chain.from_iterable(parts.zones))
    finders = [ZoneFinder(own, shared) for own in parts.zones]
    events, unread = [], []
    private, private_uids = 0, set()
    parsed = [(number, _parse_properties(event_lines)) for number, event_lines in parts.events]
    for number, found in _select_events(parsed, selection) if selection else parsed:
        # Thunderbird has written an empty class into changed sessions of events that are public.
        is_private = any(one.value.upper() not in ("", "PUBLIC") for one in found.get("CLASS", ()))
        if is_private:
            private += 1
            private_uids |= {_get_first(found, "UID")} if "RECURRENCE-ID" not in found else set()
        try:
            events.append(_build_event(found, finders[number], claimed[number], is_private=is_private))
        except _UnreadableError as error:
            unread += [] if is_private else [f"{_name_unread(found)}: {error}."]
    groups, hidden = _group_events(events, private_uids)
    private += hidden
    kept = [one for group in groups for one in (group.main, *group.changes)]
    unread += [sentence for one in kept for sentence in one.left_out]
    notes = list(dict.fromkeys(sentence for one in kept for sentence in one.notes))
    if has_guessed:
        notes.insert(0, "Some of its letters are not saved as UTF-8; they were read as Windows-1252.")
    return LoadedCalendar(
        name=_find_header_text(headers, "X-WR-CALNAME", "NAME"),
        about=_find_header_text(headers, "X-WR-CALDESC", "DESCRIPTION"),
        groups=groups,
        unread=tuple(unread),
        private=(f"{format_count(private, 'event')} marked as private {'was' if private == 1 else 'were'} left out.",)
        if private
        else (),
        other_kinds=tuple(f"Its {name} were left out." for kind, name in _KINDS.items() if parts.kinds[kind]),
        notes=tuple(notes[:MAX_NAMED]),
    )


# Lines


def _decode_lines(content: bytes, *, guess_encoding: bool) -> tuple[list[str], bool]:
    """Return the unfolded lines, and whether their encoding was guessed."""
    # A fold may cut a letter in two (section 3.1), so it is undone before the letters are read.
    one_end = re.sub(rb"\r+\n?|\n", b"\n", content.removeprefix(b"\xef\xbb\xbf"))
    rows = join_soft_breaks(re.sub(rb"(?<!\n)\n+[ \t]", b"", one_end)).split(b"\n")
    lines, has_guessed = [], False
    for row in rows:
        try:
            line = row.decode()
        except UnicodeDecodeError:
            try:
                line = row.decode("windows-1252")
            except UnicodeDecodeError:
                guess_encoding = False
            if not guess_encoding:
                raise ForeignCalendarError("it is not saved as UTF-8") from None
            has_guessed = True
        if line := line.strip():
            lines.append(line)
    if not lines or not re.fullmatch(r"BEGIN\s*:\s*VCALENDAR", lines[0], re.IGNORECASE):
        raise ForeignCalendarError("it is a web page" if lines and lines[0].startswith("<") else "it is not a calendar")
    last = next(line for line in reversed(lines) if re.match(r"(?:BEGIN|END)\s*:", line, re.IGNORECASE))
    if not re.fullmatch(r"END\s*:\s*VCALENDAR", last, re.IGNORECASE):
        raise ForeignCalendarError("it is cut short")
    return lines, has_guessed


class _Parts:
    """The lines of a file, sorted by what they belong to.

    An event ends where the next one begins, also if it has no end of its own.
    """

    def __init__(self) -> None:
        self.calendars: list[list[str]] = []
        self.events: list[tuple[int, list[str]]] = []
        """Each with the number of its calendar."""
        self.zones: list[list[list[str]]] = []
        """Those of each calendar."""
        self.kinds: Counter[str] = Counter()
        self._kind = ""
        self._depth = 0
        """Of what is nested in an event, like an alarm."""

    def add_line(self, line: str) -> None:
        if self._kind == "VTIMEZONE":
            self.zones[-1][-1].append(line)
        elif self._kind == "VEVENT" and not self._depth:
            self.events[-1][1].append(line)
        elif self._kind == "VCALENDAR":
            self.calendars[-1].append(line)

    def begin(self, name: str, line: str) -> None:
        self.kinds[name] += 1
        if name == "VCALENDAR":
            self.calendars.append([])
            self.zones.append([])
        elif name == "VEVENT":
            self.events.append((len(self.calendars) - 1, []))
        elif self._kind != "VCALENDAR":
            self._depth += 1
            self.add_line(line)
            return
        elif name == "VTIMEZONE":
            self.zones[-1].append([line])
        self._kind, self._depth = name, 0

    def end(self, name: str, line: str) -> None:
        self.add_line(line)
        if name in ("VCALENDAR", self._kind):
            self._kind, self._depth = "VCALENDAR", 0
        elif self._depth:
            self._depth -= 1


def _split_components(lines: Iterable[str]) -> _Parts:
    parts = _Parts()
    for line in lines:
        bound = re.fullmatch(r"(BEGIN|END)\s*:\s*([\w-]+)", line, re.IGNORECASE)
        if bound is None:
            parts.add_line(line)
        elif bound[1].upper() == "END":
            parts.end(bound[2].upper(), line)
        else:
            parts.begin(bound[2].upper(), line)
    if parts.kinds.total() > MAX_COMPONENTS:
        raise ForeignCalendarError(f"it has more than {MAX_COMPONENTS:,} parts")
    return parts


def _parse_properties(lines: Iterable[str]) -> _Properties:
    """Return properties by their names; lines that are none have an empty one."""
    found: dict[str, dict[_Property, None]] = defaultdict(dict)
    for line in lines:
        named = re.match(r"(?!https?:)([A-Za-z0-9_.-]+)\s*[;:]", line)
        name = named[1].upper() if named else ""
        # Times have no colon, but the name of a zone may have one that is not quoted.
        colon = line.rfind(":") if name in _TIMES else _find_colon(line)
        one = _Property(line[:colon] if colon >= 0 else line, line[colon + 1 :].strip() if colon >= 0 else "")
        found[name][one] = None
    return {name: list(properties) for name, properties in found.items()}


def _find_colon(line: str) -> int:
    """Return the place of the first colon that is not in quotes."""
    found = re.match(r'(?:[^":]|"[^"]*")*:', line)
    return found.end() - 1 if found else line.find(":")


def _get_first(found: _Properties, name: str) -> str:
    return next((one.value for one in found.get(name, ())), "")


def _unescape(text: str) -> str:
    return re.sub(r"\\([\\;,:\"nN])", lambda sign: "\n" if sign[1] in "nN" else sign[1], text)


def _read_text(found: _Properties, name: str) -> str:
    """Return a property of type TEXT (section 3.3.11) as plain text; the first one where there are two."""
    most = _MAX_DESCRIPTION_LENGTH if name == "DESCRIPTION" else MAX_TEXT_LENGTH
    names = (name, *_OTHER_DESCRIPTIONS) if name == "DESCRIPTION" else (name,)
    values = (decode_quoted_printable(one.head, one.value) for key in names for one in found.get(key, ())[:1])
    text = next(filter(str.strip, (_unescape(value[:most]) for value in values)), "")
    plain = text if name == "URL" else convert_to_plain_text(text)
    return _FRAME.sub("", plain) if name == "DESCRIPTION" else plain


def _find_claimed_zone(header: _Properties) -> str:
    names = (_unescape(one.value).strip(' "') for one in header.get("X-WR-TIMEZONE", ()))
    return next(filter(None, names), "")


def _find_header_text(headers: Iterable[_Properties], *names: str) -> str:
    texts = (make_single_line(_read_text(one, name)) for one in headers for name in names)
    return next(filter(None, texts), "")


def _name_unread(found: _Properties) -> str:
    try:
        day = datetime.strptime(_get_first(found, "DTSTART")[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        day = None
    return format_name(_read_text(found, "SUMMARY"), day)


def _select_events(
    events: Sequence[tuple[int, _Properties]], selection: Selection
) -> Sequence[tuple[int, _Properties]]:
    """Return the events of a selection, with the number of their calendar; all events of a series go together."""
    if selection.is_filter and events:
        mains = (found for _, found in events if "RECURRENCE-ID" not in found and _is_accepted(found, selection))
        series = {_get_first(found, "UID") for found in mains} - {""}
        events = [one for one in events if _get_first(one[1], "UID") in series or _is_accepted(one[1], selection)]
        if not events:
            raise ForeignCalendarError(f"none of its events has {selection.description}")
    return [one for one in events if not _is_over(one[1], selection.first)]


def _is_accepted(found: _Properties, selection: Selection) -> bool:
    categories = (one for line in found.get("CATEGORIES", ()) for one in re.split(r"(?<!\\),", line.value))
    plain = (convert_to_plain_text(_unescape(one)) for one in categories)
    return selection.accepts(_read_text(found, "SUMMARY"), plain)


def _is_over(found: _Properties, first: date | None) -> bool:
    """Say whether an event is a single one that begins before a day, without reading more of it than that."""
    day = _get_first(found, "DTSTART")[:8]
    is_single = found.keys().isdisjoint(("RRULE", "RDATE", "RECURRENCE-ID"))
    return first is not None and is_single and day.isascii() and day.isdigit() and day < f"{first:%Y%m%d}"


# Events


def _build_event(found: _Properties, zones: ZoneFinder, claimed: str, *, is_private: bool) -> LoadedEvent:
    if "DTSTART" not in found:
        raise _UnreadableError("it has no DTSTART")
    start_line = _get_single(found, "DTSTART")
    start = _parse_moment(start_line, zones)
    tzid = start_line.get_parameter("TZID")
    claimed_zone = find_zone_name(claimed)
    adopted = ""
    if isinstance(start, datetime) and start.tzinfo is None and not tzid:
        start = start.replace(tzinfo=load_zone(claimed_zone) if claimed_zone else zones.find(claimed))
        adopted = claimed if start.tzinfo and not claimed_zone else ""
    if start.year not in _YEARS:
        raise _UnreadableError(f"it begins in the year {start.year}")
    slot = None
    if "RECURRENCE-ID" in found:
        slot = _align(_parse_moment(_get_single(found, "RECURRENCE-ID"), zones), start)
    # An event that changes one session of a series has no rules of its own (section 3.8.4.4).
    is_main = slot is None
    rules = [re.sub(r"\s", "", one.value).upper() for one in found.get("RRULE", ()) if one.value] if is_main else []
    has_rules = [_settle_end(rule, start) for rule in rules]
    days = [_parse_list(found, name, zones, start) for name in ("EXDATE", "RDATE")]
    if (count := sum(map(len, days))) > MAX_DATES:
        raise ForeignCalendarError(f"one of its events skips or adds {count:,} days, and {MAX_DATES:,} are the most")
    zoned = [one for name in ("DTSTART", "RECURRENCE-ID", "EXDATE", "RDATE") for one in found.get(name, ())]
    named = [
        one.get_parameter("TZID") for one in zoned if "T" in one.value.upper() and not one.value.upper().endswith("Z")
    ]
    summary = _read_text(found, "SUMMARY")
    about = format_name(summary, get_day(start))
    length = _compute_length(found, start, zones)
    doors = _list_doors(found)
    notes = [
        f"{about}: its rule ends on a day, not at a time. {one} is taken to be in it." for _, one in has_rules if one
    ]
    if any(not one[1].strip("0").isdigit() for one in map(_ENDLESS.search, rules) if one):
        notes.append(f"{about}: its rule counts no session at all; it is taken to have no end.")
    if claimed and isinstance(start, datetime) and not (start.tzinfo or tzid):
        shown = make_single_line(claimed, 60)
        notes.append(f"The calendar's own zone {shown} is unknown, and some of its times name no other.")
    notes += _list_end_notes(found, about, start, length, zones)
    sequence = _get_first(found, "SEQUENCE") or ("" if "SEQUENCE" in found else "0")
    if not re.fullmatch(r"\d{1,9}", sequence):
        notes.append(f"{about}: its SEQUENCE cannot be read, and counts as 0.")
        sequence = "0"
    return LoadedEvent(
        uid=_get_first(found, "UID"),
        sequence=int(sequence),
        stamp=_get_first(found, "DTSTAMP"),
        start=start,
        tzid=tzid or adopted,
        unknown_zone=next((one for one in named if one and zones.find(one) is None), ""),
        claimed_zone=claimed_zone,
        length=length if length and length > timedelta() else None,
        rules=tuple(dict.fromkeys(rule for rule, _ in has_rules)),
        skipped=tuple(dict.fromkeys(day for day, _ in days[0])),
        added=tuple(dict.fromkeys(days[1])),
        slot=slot,
        hosts=_list_hosts(found),
        extras=tuple(_list_extras(found, doors)),
        conference=find_web_url(doors[0]) if doors else "",
        files=sum(one.value != "" and not is_web_url(one.value) for one in found.get("ATTACH", ())),
        includes_later=not is_main and found["RECURRENCE-ID"][0].get_parameter("RANGE").upper() == "THISANDFUTURE",
        texts={name: text for name in _TEXTS if (text := _read_text(found, name).strip())},
        is_private=is_private,
        left_out=tuple(_list_left_out(found, about)),
        notes=tuple(notes),
    )


def _list_end_notes(
    found: _Properties, about: str, start: Moment, length: timedelta | None, zones: ZoneFinder
) -> Iterator[str]:
    tzid = found["DTEND"][0].get_parameter("TZID") if "DTEND" in found else ""
    if tzid and isinstance(start, datetime) and start.tzinfo and zones.find(tzid) is None:
        yield f"{about}: its end is in the zone {make_single_line(tzid, 60)}, which is unknown."
    if length and length < timedelta():
        usual = "an hour" if isinstance(start, datetime) else "a day"
        yield f"{about}: its end lies before its start; {usual} is assumed."


def _list_left_out(found: _Properties, about: str) -> Iterator[str]:
    if "EXRULE" in found:
        yield f"{about}: its EXRULE was not read, so sessions that it takes away are listed."
    lines = [one.head for one in found.get("", ()) if not re.match("ATTENDEE|ORGANIZER|X-", one.head, re.IGNORECASE)]
    if lines:
        more = f" and {format_count(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
        # Nobody's address of mail is told.
        shown = "one of its lines" if "@" in lines[0] else f"its line “{make_single_line(lines[0], 60)}”"
        yield f"{about}: {shown}{more} cannot be read."


def _list_hosts(found: _Properties) -> tuple[str, ...]:
    """Return the names of chairs (section 3.2.16), else of the organizer, unless it is a calendar."""
    chairs = [one for one in found.get("ATTENDEE", ()) if one.get_parameter("ROLE").upper() == "CHAIR"]
    people = (one for one in chairs or found.get("ORGANIZER", ()) if not _NO_PERSON.fullmatch(one.value))
    # The Events Calendar writes names like addresses: Ada%20Low.
    names = (make_single_line(unquote(one.get_parameter("CN")), 80) for one in people)
    return tuple(dict.fromkeys(name for name in names if name and "@" not in name))[:_MAX_HOSTS]


def _list_doors(found: _Properties) -> Sequence[str]:
    """Return what properties made for it name as ways into the meeting, a web address of the meeting itself first.

    What is for moderators alone is passed over.
    """
    named = [
        (feature in ("CHAT", "FEED") or not find_web_url(one.value), _unescape(one.value[:MAX_TEXT_LENGTH]).strip())
        for name in _CONFERENCES
        for one in found.get(name, ())
        if "MODERATOR" not in (feature := one.get_parameter("FEATURE").upper())
    ]
    return list(dict.fromkeys(text for _, text in sorted(named, key=lambda pair: pair[0]) if text))


def _list_extras(found: _Properties, doors: Sequence[str]) -> Iterator[tuple[str, str]]:
    taken = {find_web_url(one) for one in doors[:1]} - {""}
    yield from (("conference", make_single_line(one, 300)) for one in doors if find_web_url(one) not in taken)
    for kind, name in _EXTRAS.items():
        for one in found.get(name, ())[:_MAX_EXTRAS]:
            text = one.value if name == "ATTACH" else convert_to_plain_text(_unescape(one.value[:MAX_TEXT_LENGTH]))
            if text.strip() and (name != "ATTACH" or is_web_url(one.value)):
                yield kind, make_single_line(text, 300)
    if _get_first(found, "STATUS").upper() == "TENTATIVE":
        yield "doubt", "the calendar marks it as tentative"


def _get_single(found: _Properties, name: str) -> _Property:
    if len(found[name]) > 1:
        raise _UnreadableError(f"its {name} stands twice")
    return found[name][0]


def _parse_moment(line: _Property, zones: ZoneFinder, value: str | None = None) -> Moment:
    """Return one date or time (sections 3.3.4 and 3.3.5) of a property; a `Z` goes before a TZID beside it."""
    parts = re.fullmatch(
        r"\s*(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?\s*", line.value if value is None else value, re.IGNORECASE
    )
    if parts is not None:
        year, month, day, hour, minute, second = (int(one or 0) for one in parts.groups()[:6])
        with suppress(ValueError):
            if parts[4] is None:
                return date(year, month, day)
            zone = UTC if parts[7] else zones.find(line.get_parameter("TZID"))
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    raise _UnreadableError(f"its {re.split('[;:]', line.head)[0].strip().upper()} cannot be read")


def _parse_duration(text: str, name: str) -> timedelta:
    parts = re.fullmatch(_DURATION, text.strip(), re.IGNORECASE)
    if parts is not None:
        weeks, days, hours, minutes, seconds = (int(one or "0") for one in parts.groups()[1:])
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -length if parts[1] == "-" else length
    raise _UnreadableError(f"its {name} cannot be read")


def _align(moment: Moment, start: Moment) -> Moment:
    """Return a moment of the same kind as the start of its event; a day beside a time stays a day."""
    if not isinstance(moment, datetime):
        return moment
    if not isinstance(start, datetime):
        return moment.date()
    if start.tzinfo is None or moment.tzinfo is None:
        return moment.replace(tzinfo=start.tzinfo)
    if not date.min.year < moment.year < date.max.year:
        return moment
    return moment.astimezone(start.tzinfo)


def _align_slot(moment: Moment, start: Moment) -> Moment:
    """Return the start of a session of a series; a day means the usual time on that day."""
    if isinstance(start, datetime) and not isinstance(moment, datetime):
        return datetime.combine(moment, start.time(), start.tzinfo)
    return _align(moment, start)


def _compute_length(found: _Properties, start: Moment, zones: ZoneFinder) -> timedelta | None:
    """Return how long an event lasts: nothing, or less, where it ends too early; None where its end is missing."""
    if "DTEND" in found:
        end = _parse_moment(_get_single(found, "DTEND"), zones)
        if end.year not in _YEARS:
            raise _UnreadableError("its DTEND cannot be read")
        end = _align(end, start)
        if isinstance(start, datetime):
            midnight = end if isinstance(end, datetime) else datetime.combine(end, time(), start.tzinfo)
            length = midnight.replace(tzinfo=None) - start.replace(tzinfo=None)
        else:
            length = get_day(end) - start
    elif "DURATION" in found:
        length = _parse_duration(_get_single(found, "DURATION").value, "DURATION")
    else:
        return None
    return length if isinstance(start, datetime) else timedelta(days=-(-length // timedelta(days=1)))


def _parse_list(
    found: _Properties, name: str, zones: ZoneFinder, start: Moment
) -> list[tuple[Moment, timedelta | None]]:
    """Return the dates and times of EXDATE or RDATE, each with its length if it is a period (section 3.3.9)."""
    made: list[tuple[Moment, timedelta | None]] = []
    for line in found.get(name, ()):
        # An RDATE without a value adds nothing; what an EXDATE without one should skip, nobody knows.
        for text in line.value.split(",") if line.value or name == "EXDATE" else ():
            first, slash, end = text.partition("/")
            begins = (_align_slot if name == "RDATE" else _align)(_parse_moment(line, zones, first), start)
            length = None
            if slash and end.strip().upper().startswith(("P", "-P", "+P")):
                length = _parse_duration(end, name)
            elif slash and isinstance(begins, datetime):
                ends = _align(_parse_moment(line, zones, end), start)
                length = ends - begins if isinstance(ends, datetime) else None
            made.append((begins, length if length and length > timedelta() else None))
    return made


def _settle_end(rule: str, start: Moment) -> tuple[str, str]:
    """Return a rule whose end can be read, and the day that is in it only by convention, if there is one.

    A COUNT that nobody lives to see, or that counts nothing, is left out. UNTIL becomes like the start: a time without
    a Z is of its clock. A day counts whole beside a start with a time, as in Google's files; some programs end at the
    beginning of that day.
    """
    rule = re.sub("COUNT=0+", "COUNT=", _ENDLESS.sub("", rule)).strip(";")
    found = re.search(r"(?:^|;)UNTIL=(\d{8})(?:T(\d{6})(Z?))?(?=;|$)", rule)
    if found is None or (isinstance(start, datetime) and found[3]):
        return rule, ""
    before, after = rule[: found.start()], rule[found.end() :]
    try:
        until = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - local
    except ValueError:
        return rule, ""
    unbounded = f"{before}{after}".strip(";")
    if until.year > _YEARS[-1]:
        return unbounded, ""
    if not isinstance(start, datetime):
        return f"{before};UNTIL={until:%Y%m%d}{after}".strip(";"), ""
    day = format_day(until.date()) if not found[2] and _may_fall_on(unbounded, start, until.date()) else ""
    if start.tzinfo is None:
        return f"{before};UNTIL={until:%Y%m%dT%H%M%S}{after}".strip(";"), day
    ends = until.replace(tzinfo=start.tzinfo).astimezone(UTC)
    return f"{before};UNTIL={ends:%Y%m%dT%H%M%SZ}{after}".strip(";"), day


def _may_fall_on(rule: str, start: datetime, day: date) -> bool:
    try:
        found = parse_recurrences(rule, start.replace(tzinfo=None), None)
    except UnsupportedSeriesError:
        return True
    return any(True for one in found for _ in rules.expand(one.rule, day, day, start.date()))


# Groups


def _group_events(events: Sequence[LoadedEvent], private_uids: set[str]) -> tuple[tuple[EventGroup, ...], int]:
    """Return the groups of public events, and how many events are left out because their series is private."""
    by_uid: dict[object, list[LoadedEvent]] = defaultdict(list)
    for number, one in enumerate(events):
        by_uid[one.uid or number].append(one)
    found: list[EventGroup] = []
    hidden = 0
    for group in by_uid.values():
        mains = _choose_versions([one for one in group if one.slot is None])
        changes = [one for one in group if one.slot is not None]
        if not mains:
            is_hidden = group[0].uid in private_uids
            # An older version of what is private now is not public.
            public = [one for one in _choose_versions(changes) if not one.is_private]
            if is_hidden:
                hidden += len(public)
            else:
                found += (EventGroup(main=one, shares_uid=True) for one in public)
            continue
        owners = [_find_main(mains, one) for one in changes]
        for main in mains:
            own = [one for one, owner in zip(changes, owners, strict=True) if owner is main]
            if main.is_private:
                hidden += sum(not one.is_private for one in own)
            else:
                found.append(_attach_changes(main, own, shares_uid=len(mains) > 1))
    return tuple(found), hidden


def _choose_versions(events: Iterable[LoadedEvent]) -> list[LoadedEvent]:
    """Return events without older versions: the higher SEQUENCE, then the later DTSTAMP (RFC 5546 section 2.1.5).

    Changes are versions of one another if they change the same session. Other events are if they begin alike and differ
    in SEQUENCE; else they are several events, whatever their UID, unless they are alike.
    """
    kept: dict[Moment, dict[object, LoadedEvent]] = defaultdict(dict)
    for one in sorted(events, key=lambda one: (one.sequence, one.stamp)):
        alike = kept[one.slot or one.start]
        if any(older.sequence < one.sequence for older in alike.values()):
            alike.clear()
        alike[None if one.slot else (one.texts.get("SUMMARY"), one.length, one.rules)] = one
    return [one for alike in kept.values() for one in alike.values()]


def _find_main(mains: Sequence[LoadedEvent], change: LoadedEvent) -> LoadedEvent:
    """Return the event whose session another one changes: of several, one that recurs at that time of the day."""

    def rank(main: LoadedEvent) -> tuple[bool, bool]:
        slot = _align_slot(change.slot or change.start, main.start)
        return bool(main.rules or main.added) or slot == main.start, get_time(slot) == get_time(main.start)

    return max(mains, key=rank)


def _attach_changes(main: LoadedEvent, changes: Iterable[LoadedEvent], *, shares_uid: bool) -> EventGroup:
    """Return an event with its changes; a session that is private is skipped."""
    own = _choose_versions(
        replace(one, slot=_align_slot(one.slot or one.start, main.start), skipped=(), added=()) for one in changes
    )
    private = tuple(one.slot for one in own if one.slot and one.is_private)
    return EventGroup(
        main=replace(main, skipped=(*main.skipped, *private)),
        changes=tuple(one for one in own if not one.is_private),
        shares_uid=shares_uid,
    )
