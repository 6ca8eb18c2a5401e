"""What the formats have in common: entries that become events, people, and keys that are not read."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from chatcal.english import join_code, join_list
from chatcal.importers.formats.documents import ReadFile, Values, iterate_included
from chatcal.importers.icalendar import MAX_EVENTS, read_calendar
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, Moment, name_some
from chatcal.model import Link
from chatcal.text import make_single_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as the program itself would write it, and what a schedule can say besides."""

    event: Event
    lines: tuple[str, ...] = ()
    """Properties that stand in the file as they are."""
    hosts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Fields of its Series."""


@dataclass(slots=True)
class Findings:
    """What is told of a document besides its events."""

    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    """How many entries have a key that is not read, by the key as a sentence shows it."""

    own_keys: dict[str, None] = field(default_factory=dict)
    """Keys of what chatcal makes itself."""

    def list_notes(self) -> tuple[str, ...]:
        own = [f"chatcal makes {join_code(self.own_keys)} itself."] if self.own_keys else []
        return (*self.notes, *own)

    def note_unread(self, found: Iterable[str], known: Collection[str], where: str = "") -> None:
        """Count the keys of a mapping that are not known; `where` follows each in a sentence."""
        self.unread.update(f"`{make_single_line(key, 60)}`{where}" for key in found if key not in known)

    def list_left_out(self) -> tuple[str, ...]:
        """Return sentences on what was left out; the last one counts the keys."""
        counted = [f"{key}{f' ({number:,} times)' if number > 1 else ''}" for key, number in self.unread.items()]
        shown = name_some(counted, "more")
        keys = f"Its keys {join_list(shown)} are" if len(shown) > 1 else f"Its key {''.join(shown)} is"
        return (
            *name_some(self.left_out, "more of its entries could not be read."),
            *([f"{keys} not read."] if shown else []),
        )


def require_entries(entries: Sequence[Entry], findings: Findings) -> None:
    """Raise ForeignCalendarError, with the first reason, if no event can be read."""
    if not entries:
        why = f"no event can be read. {findings.left_out[0].rstrip('.')}" if findings.left_out else "it has no events"
        raise ForeignCalendarError(why)


def make_event(texts: Mapping[str, str]) -> Event:
    """Return an event with these properties, but for those that are empty."""
    event = Event()
    for name, text in texts.items():
        if text:
            event.add(name, text)
    return event


def read_event_files(
    found: Values,
    name: str,
    list_included: Callable[[Values], Sequence[Any]],
    read_events: Callable[[Values, Findings], Iterable[Entry]],
    read_file: ReadFile,
) -> ForeignCalendar:
    """Return the calendar of a file and those that it includes; raises ForeignCalendarError if no event can be read."""
    findings = Findings()
    included = iterate_included(found, list_included, read_file, findings.left_out)
    entries = [entry for one in (found, *included) for entry in read_events(one, findings)]
    require_entries(entries, findings)
    heading = ForeignCalendar(name=found.get_text("name") or name, about=found.get_long_text("description"))
    return add_entries(heading, entries, findings)


def add_entries(calendar: ForeignCalendar, entries: Sequence[Entry], findings: Findings) -> ForeignCalendar:
    """Return a calendar with its entries, and with what is found of them; raises ForeignCalendarError.

    An entry without a UID is an event by itself.
    """
    if len(entries) > MAX_EVENTS:
        raise ForeignCalendarError(f"it has {len(entries):,} events, and {MAX_EVENTS:,} are the most")
    by_uid: dict[str, Entry] = {}
    numbers: dict[str | int, str] = {}
    for count, entry in enumerate(entries):
        number = numbers.setdefault(entry.event.pop("uid", count), str(len(numbers)))
        entry.event.add("uid", number)
        by_uid.setdefault(number, entry)
    content = _write_calendar(entries)
    found = read_calendar(content, "")
    findings.left_out += found.remarks
    findings.notes += found.notes
    series = []
    for one in found.series:
        entry = by_uid[one.uid]
        main = replace(one.main, hosts=entry.hosts, links=entry.links)
        series.append(replace(one, main=main, **entry.extras))
    return replace(
        calendar,
        series=tuple(series),
        remarks=findings.list_left_out(),
        notes=findings.list_notes(),
        content=content,
    )


def _write_calendar(entries: Iterable[Entry]) -> bytes:
    # Its lines are not folded: to do that takes longer than all the rest.
    rows = ["BEGIN:VCALENDAR"]
    for one in entries:
        *event, end, _ = one.event.content_lines()
        rows += [*event, *one.lines, end]
    return "".join(f"{row}\r\n" for row in [*rows, "END:VCALENDAR"]).encode()


def split_people(text: str) -> tuple[str, ...]:
    """Return the people that a text names, like `A (a1), B and C`; what is in parentheses stays together."""
    parts = re.split(r"(?:\s*+[,;]\s*+(?:and\s++)?+|\s++(?:and|&)\s++)(?![^()]*\))(?!(?:[JS]r|II|III|PhD|MD)\b)", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def parse_moment(text: Any, clock: ZoneInfo | None, what: str) -> Moment:
    """Return a date or time as YAML 1.1 or RFC 3339 has them; one without an offset is of the clock.

    `what` names it in the ForeignCalendarError that is raised if it is neither.
    """
    # YAML allows a lone digit for a number, spaces around the parts, and an offset of hours.
    iso = re.sub(r"(?<![\d.])(\d)(?!\d)", r"0\1", " ".join(str(text).split()))
    iso = re.sub(r"(?<=\d) (?=[-+Z])", "", iso)
    try:
        if len(iso) <= len("2026-03-04"):
            return date.fromisoformat(iso)
        moment = datetime.fromisoformat(iso).replace(microsecond=0)
    except ValueError:
        raise ForeignCalendarError(f"{what} must be a date or time like 2026-03-04 13:00:00") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=clock)
