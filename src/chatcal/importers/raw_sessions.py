"""The sessions of an .ics file, read from its bytes, so that an import can be compared with what it was made of.

What an import loses must show. So nothing here comes from what the import kept, from how it reads files, or from a
library that reads calendars.
"""

import re
from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from io import StringIO

from dateutil.tz import tzical

from chatcal.importers.markup import convert_to_plain_text, decode_quoted_printable, join_soft_breaks
from chatcal.importers.raw_rules import RawRule, UnreadableRuleError, expand_raw_rule, parse_raw_rule
from chatcal.importers.series import Moment
from chatcal.importers.zones import SHORT_NAMES, find_zone_name
from chatcal.model import Window, get_day
from chatcal.text import make_single_line
from chatcal.timezones import find_windows_zone, load_any_zone, load_zone

HeldSession = tuple[Moment, Moment, str]
"""Start and end (in UTC, or dates) and title."""

_DAY = timedelta(days=1)
_NO_LENGTH = timedelta()
_YEARS = range(1900, 2200)
_MAX_SHIFT = timedelta(days=40)
"""So far a change of all later sessions may move them, and be counted."""
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "EXRULE", "RDATE", "EXDATE")
_HEAD = re.compile(r'([\w-]+)\s*(?=[;:])((?:[^":]|"[^"]*")*):', re.ASCII)
_MOMENT = re.compile(r"\d{8}(T\d{6}Z?)?", re.ASCII)
_DURATION = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_ZONE_LINE = re.compile(r"(BEGIN|END|TZID|DTSTART|TZOFFSETFROM|TZOFFSETTO|RRULE|RDATE|TZNAME)[:;]", re.IGNORECASE)


class UnreadableEventError(Exception):
    """Which property of an event cannot be read."""


@dataclass(frozen=True, slots=True)
class _Property:
    parameters: str
    value: str

    def get_parameter(self, name: str) -> str:
        found = re.search(rf'[;:]\s*{name}\s*=\s*("[^"]*"|[^;]*)', self.parameters, re.IGNORECASE)
        return found[1].strip(' "') if found else ""


@dataclass(frozen=True)
class RawEvent:
    """A VEVENT as its lines have it. What reads its times raises UnreadableEventError."""

    properties: Mapping[str, Sequence[_Property]]
    zones: Mapping[str, tzinfo]
    """Those that the file defines, by their names."""
    floating: str
    """The zone of a start that names none. Other times without one are of the clock of the start."""

    def get_value(self, name: str) -> str:
        """Return the value of a property; the first one where there are two, empty where there is none."""
        return next((one.value.strip() for one in self.properties.get(name, ())), "")

    @cached_property
    def title(self) -> str:
        return re.sub(r"(?i)^cancell?ed\s*[:-]\s*", "", self._whole_title)

    @cached_property
    def _whole_title(self) -> str:
        first = next(iter(self.properties.get("SUMMARY", ())), _Property("", ""))
        written = decode_quoted_printable(first.parameters, first.value.strip())
        text = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], written)
        return make_single_line(convert_to_plain_text(text))

    @property
    def is_private(self) -> bool:
        return any(one.value.strip().upper() not in ("", "PUBLIC") for one in self.properties.get("CLASS", ()))

    @property
    def is_cancelled(self) -> bool:
        in_title = self._whole_title != self.title
        return in_title or self.get_value("STATUS").upper() in ("CANCELLED", "CANCELED")

    @property
    def version(self) -> tuple[int, str]:
        """What says which of two versions is the newer (RFC 5546 section 2.1.5)."""
        sequence = self.get_value("SEQUENCE")
        return int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0, self.get_value("DTSTAMP")

    @cached_property
    def start(self) -> Moment:
        """The start as the file has it: a day, or a time with its zone."""
        start = self.get_first("DTSTART")
        if not isinstance(start, datetime) or start.tzinfo:
            return start
        names_zone = any(one.get_parameter("TZID") for one in self.properties["DTSTART"])
        return start.replace(tzinfo=(None if names_zone else self._find_zone(self.floating)) or UTC)

    @cached_property
    def local_start(self) -> Moment:
        return self.to_local(self.start)

    @property
    def clock(self) -> tzinfo:
        return (isinstance(self.start, datetime) and self.start.tzinfo) or UTC

    def to_local(self, moment: Moment) -> Moment:
        """Return a moment as the clock of the event shows it, without its zone; a day for an event of whole days."""
        if not isinstance(moment, datetime) or not isinstance(self.start, datetime):
            return get_day(moment)
        return (moment.astimezone(self.clock) if moment.tzinfo else moment).replace(tzinfo=None)

    def to_utc(self, moment: Moment) -> Moment:
        """Return a local moment in UTC; a day stays what it is."""
        return moment.replace(tzinfo=self.clock).astimezone(UTC) if isinstance(moment, datetime) else moment

    def list_periods(self, name: str) -> list[tuple[Moment, "Moment | tuple[timedelta, timedelta] | None"]]:
        """Return what a property lists; of a period (RFC 5545 section 3.3.9) also its end, or its length."""
        try:
            return [
                (self.parse_moment(start, tzid), self._parse_period_end(end, tzid) if end else None)
                for one in self.properties.get(name, ())
                for tzid in [one.get_parameter("TZID")]
                if one.value.strip() or name != "RDATE"
                for start, _, end in (value.strip().partition("/") for value in one.value.upper().split(","))
            ]
        except (ValueError, OverflowError):
            raise UnreadableEventError(name) from None

    def list_local(self, name: str) -> list[Moment]:
        """Return the days and times that a property lists, as the clock of the event shows them."""
        return [self.to_local(moment) for moment, _ in self.list_periods(name)]

    def get_first(self, name: str) -> Moment:
        found = {moment for moment, _ in self.list_periods(name)}
        if len(found) != 1:
            raise UnreadableEventError(name)
        return found.pop()

    def parse_moment(self, text: str, tzid: str = "") -> Moment:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        moment = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")  # noqa: DTZ007 - below
        if "T" not in text:
            return moment.date()
        return moment.replace(tzinfo=UTC if text.endswith("Z") else self._find_zone(tzid) if tzid else None)

    def _find_zone(self, tzid: str) -> tzinfo | None:
        known = None if tzid in SHORT_NAMES and tzid in self.zones else find_zone_name(tzid)
        return load_zone(known) if known else self.zones.get(tzid) or load_any_zone(find_windows_zone(tzid) or tzid)

    def _parse_period_end(self, text: str, tzid: str) -> "Moment | tuple[timedelta, timedelta]":
        return _parse_duration(text) if "P" in text else self.parse_moment(text, tzid)

    def find_length(self) -> tuple[timedelta, timedelta]:
        """Return how many days a session lasts by the calendar, and how long after these by the clock."""
        if "DTEND" in self.properties:
            end = self.get_first("DTEND")
            if get_day(end).year not in _YEARS:
                raise UnreadableEventError("DTEND")
            return self.measure(self.start, end)
        try:
            return (
                _parse_duration(self.get_value("DURATION").upper())
                if "DURATION" in self.properties
                else (_NO_LENGTH,) * 2
            )
        except (ValueError, OverflowError):
            raise UnreadableEventError("DURATION") from None

    def measure(self, start: Moment, end: Moment) -> tuple[timedelta, timedelta]:
        """Return the length between two moments; an hour where the end is of no use to a time."""
        if not isinstance(start, datetime):
            return get_day(end) - start, _NO_LENGTH
        first = self.to_local(start)
        last = self.to_local(end) if isinstance(end, datetime) else datetime.combine(end, time())
        by_calendar: timedelta = last - first
        if by_calendar % _DAY:
            by_clock: timedelta = self.to_utc(last) - self.to_utc(first)
            return _NO_LENGTH, by_clock if by_clock > _NO_LENGTH else timedelta(hours=1)
        return (by_calendar, _NO_LENGTH) if by_calendar >= _NO_LENGTH else (_NO_LENGTH, timedelta(hours=1))

    def hold(self, local: Moment, length: tuple[timedelta, timedelta], title: str) -> HeldSession:
        """Return a session that starts at a local moment."""
        days, rest = length
        if not isinstance(local, datetime):
            return local, local + max(days + rest, _DAY), title
        end: datetime = self.to_utc(local + days)  # type: ignore[assignment] # it is a time
        return self.to_utc(local), end + rest, title


def _parse_duration(text: str) -> tuple[timedelta, timedelta]:
    """Return the days and the rest of a duration; one that goes back is of no use, so it becomes an hour."""
    found = _DURATION.fullmatch(text.removeprefix("-"))
    if not found or not any(found.groups()):
        raise ValueError(text)
    if text.startswith("-"):
        return _NO_LENGTH, timedelta(hours=1)
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return timedelta(weeks=weeks, days=days), timedelta(hours=hours, minutes=minutes, seconds=seconds)


@dataclass(frozen=True, slots=True)
class RawSeries:
    """An event, and the events that change single sessions of it, by the local moment or day that they change."""

    main: RawEvent
    changes: Mapping[Moment, RawEvent]

    def find_change(self, slot: Moment) -> RawEvent | None:
        return self.changes.get(slot) or self.changes.get(get_day(slot))


def read_raw_series(content: bytes) -> list[RawSeries]:
    """Return the public series of an .ics file. An event whose times cannot be read is left to the import to tell."""
    events = _read_events(content)
    private = {one.get_value("UID") for one in events if one.is_private and "RECURRENCE-ID" not in one.properties}
    groups: dict[object, list[RawEvent]] = defaultdict(list)
    for number, event in enumerate(events):
        with suppress(UnreadableEventError):
            for name in ("RDATE", "EXDATE"):
                event.list_periods(name)
            event.find_length()
            if "RECURRENCE-ID" in event.properties:
                event.get_first("RECURRENCE-ID")
            uid = event.get_value("UID")
            if get_day(event.start).year in _YEARS:
                groups[uid or number].append(event)
    return [one for uid, group in groups.items() for one in _build_series(group, is_private=uid in private)]


def _read_events(content: bytes) -> list[RawEvent]:
    events: list[tuple[int, dict[str, dict[_Property, None]]]] = []
    zones: list[dict[str, tzinfo]] = []
    floating: list[str] = []
    inside: list[str] = []
    zone_lines: list[str] = []
    for line in _unfold(content):
        name, one = _parse_line(line)
        kind = one.value.strip().upper()
        if name == "BEGIN":
            inside.append(kind)
            if kind == "VCALENDAR":
                floating.append("")
                zones.append({})
            elif kind == "VEVENT":
                events.append((len(floating) - 1, defaultdict(dict)))
        if "VTIMEZONE" in inside and _ZONE_LINE.match(line):
            zone_lines.append(line.strip())
        if name == "END" and kind in inside:
            del inside[inside.index(kind) :]
            if kind == "VTIMEZONE":
                zones[-1] = dict(_read_zones("\n".join(zone_lines))) | zones[-1]
                zone_lines = []
        elif inside[-1:] == ["VEVENT"]:
            events[-1][1][name][one] = None  # a dict is a set in order: a line that comes twice counts once
        elif inside == ["VCALENDAR"] and name == "X-WR-TIMEZONE":
            floating[-1] = floating[-1] or one.value.replace("\\", "").strip(' "')
    others = {name: zone for one in reversed(zones) for name, zone in one.items()}
    return [
        RawEvent({name: list(ones) for name, ones in found.items()}, ChainMap(zones[number], others), floating[number])
        for number, found in events
    ]


def _unfold(content: bytes) -> Sequence[str]:
    whole = re.sub(rb"\r+\n?|\n", b"\n", content.removeprefix(b"\xef\xbb\xbf"))
    whole = join_soft_breaks(re.sub(rb"(?<!\n)\n+[ \t]", b"", whole))
    try:
        return whole.decode().split("\n")
    except UnicodeDecodeError:
        return whole.decode("cp1252", "replace").split("\n")


def _parse_line(line: str) -> tuple[str, _Property]:
    found = _HEAD.match(line)
    if not found:
        return "", _Property("", "")
    # The name of a zone may have a colon that is not quoted; a time has none.
    name = found[1].upper()
    parameters, _, value = (
        line[found.end(1) :].rpartition(":") if name in _TIMES else (found[2], "", line[found.end() :])
    )
    return name, _Property(parameters, value)


@lru_cache(maxsize=64)
def _read_zones(text: str) -> Mapping[str, tzinfo]:
    text = re.sub(r"(?m)^(TZOFFSET\w+:[+-]\d\d):(\d\d)$", r"\1\2", text)
    text = re.sub(r"(?m)^DTSTART[^:\n]*:(\d{8})$", r"DTSTART:\1T000000", text)
    text = re.sub(r"(?is)(\nTZID[^\n]*)(.*?)\nTZID[^\n]*", r"\1\2", text)
    text = re.sub(r"(?mi);BY(?:HOUR|MINUTE|SECOND)=\d{1,2}(?=;|$)", "", text)
    # Rules by the second would take for ever.
    if re.search(r"(?mi)^RRULE(?!.*FREQ=YEARLY)|^RRULE.*BY(HOUR|MINUTE|SECOND)", text):
        return {}
    try:
        calendar = tzical(StringIO(text))
        return {name: zone for name in calendar.keys() if (zone := calendar.get(name))}  # noqa: SIM118 - no mapping
    except (ValueError, TypeError, OverflowError):
        return {}


def _build_series(group: Iterable[RawEvent], *, is_private: bool) -> Iterator[RawSeries]:
    """Yield the series of events with the same UID; a change belongs to each that has a session then.

    Where only changes can be read, these are sessions, unless their series is private.
    """
    events = sorted(group, key=lambda one: one.version)
    changes = [one for one in events if "RECURRENCE-ID" in one.properties]
    mains = [one for one in events if "RECURRENCE-ID" not in one.properties]
    newest = {one.start: one.version[0] for one in mains}
    # Events that begin alike are versions of one another if SEQUENCE says so.
    found = [one for one in mains if one.version[0] == newest[one.start]]
    if not found and not is_private:
        latest = {str(one.get_first("RECURRENCE-ID")): one for one in changes}
        found, changes = list(latest.values()), []
    for main in found:
        if not main.is_private:
            yield RawSeries(main, {main.to_local(one.get_first("RECURRENCE-ID")): one for one in changes})


def expand_raw_series(series: RawSeries, within: Window) -> Iterator[HeldSession]:
    """Yield the sessions of a series that are held and start within a window.

    Raises UnreadableEventError, also for what repeats more often than the comparison counts.
    """
    main = series.main
    skipped = set(main.list_local("EXDATE"))
    near = Window(within.first - _MAX_SHIFT, within.last + _MAX_SHIFT)
    dropped = set(_expand_rules(main, "EXRULE", near))
    usual = main.find_length()
    slots = dict.fromkeys([*_expand_rules(main, "RRULE", near), *_list_first(main)], usual)
    for start, end in main.list_periods("RDATE"):
        slot = _align(main, main.to_local(start))
        length = usual if end is None else end if isinstance(end, tuple) else main.measure(start, end)
        slots.setdefault(slot, length)
    ranges = {
        due: one
        for due, one in series.changes.items()
        if one.properties["RECURRENCE-ID"][0].get_parameter("RANGE").upper() == "THISANDFUTURE"
        and isinstance(due, datetime) == isinstance(one.local_start, datetime)
    }
    held = [
        _apply_later_change(main, ranges, slot, length)
        for slot, length in slots.items()
        if skipped.isdisjoint({slot, get_day(slot)}) and slot not in dropped and not series.find_change(slot)
    ]
    held += [
        change.hold(change.local_start, change.find_length(), change.title or main.title)
        for slot, change in series.changes.items()
        if skipped.isdisjoint({slot, get_day(slot)}) and not (change.is_cancelled or change.is_private)
    ]
    yield from (one for one in held if one and within.has_start(one[0]))


def _list_rules(main: RawEvent, name: str) -> list[RawRule]:
    # An event that changes one session of a series has no rules of its own (RFC 5545 section 3.8.4.4).
    found = [] if "RECURRENCE-ID" in main.properties else main.properties.get(name, [])
    texts = [re.sub(r"\s", "", one.value) for one in found]
    try:
        return [parse_raw_rule(text, main.local_start) for text in texts if text]
    except UnreadableRuleError:
        raise UnreadableEventError(name) from None


def _list_first(main: RawEvent) -> list[Moment]:
    """Return the start: it is a session also where the rule does not give it, but not where all rules ended before."""
    rules = _list_rules(main, "RRULE")
    has_begun = not rules or any(_is_before_end(main, rule, main.local_start) for rule in rules)
    return [main.local_start] if has_begun else []


def _expand_rules(main: RawEvent, name: str, near: Window) -> Iterator[Moment]:
    for rule in _list_rules(main, name):
        for slot in expand_raw_rule(rule, near.first, near.last):
            if not _is_before_end(main, rule, slot):
                break
            yield slot


def _is_before_end(main: RawEvent, rule: RawRule, slot: Moment) -> bool:
    """Say whether a rule still holds; an end without a zone is local to the series."""
    until = rule.parts.get("UNTIL")
    if not until:
        return True
    end = main.parse_moment(until)
    if not (isinstance(slot, datetime) and isinstance(end, datetime)):
        return get_day(slot) <= get_day(end)
    return main.to_utc(slot) <= end if until.endswith("Z") else slot <= end.replace(tzinfo=None)


def _align(main: RawEvent, slot: Moment) -> Moment:
    """Return an added day as the series has them: at the usual time, or without any."""
    if not isinstance(main.local_start, datetime):
        return get_day(slot)
    return slot if isinstance(slot, datetime) else datetime.combine(slot, main.local_start.time())


def _apply_later_change(
    main: RawEvent, ranges: Mapping[Moment, RawEvent], slot: Moment, length: tuple[timedelta, timedelta]
) -> HeldSession | None:
    """Return a session of a slot with what changed from an earlier slot on (RANGE); None where it is cancelled."""
    alike = (due for due in ranges if isinstance(due, datetime) == isinstance(slot, datetime))
    due = max((due for due in alike if due < slot), default=None)
    if due is None:
        return None if main.is_cancelled else main.hold(slot, length, main.title)
    change = ranges[due]
    if change.is_cancelled or change.is_private:
        return None
    moved = main.to_local(change.start) - main.to_local(change.get_first("RECURRENCE-ID"))
    return main.hold(slot + moved, change.find_length(), change.title or main.title)
