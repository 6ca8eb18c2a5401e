"""Revisions to the octets of feeds, and back.

Every feed has the one form of the feed profile, so that reading is strict: what was not written here is refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from icalendar.parser import Contentline

from chatcal.model import Event, Revision
from chatcal.problems import FeedError

PRODID = "-//chatcal//chatcal//EN"
_SEQUENCE_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHeading:
    """What a feed says of itself before its first event."""

    name: str
    description: str
    url: str | None
    source: str | None


def write_feed(heading: FeedHeading, revisions: Iterable[Revision]) -> bytes:
    """Return a feed: one VCALENDAR (RFC 5545 section 3.4) with the octets of its revisions as they are."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        _format_text("NAME", heading.name),
        _format_text("X-WR-CALNAME", heading.name),
        _format_text("DESCRIPTION", heading.description),
        _format_text("X-WR-CALDESC", heading.description),
        *([f"URL:{heading.url}"] if heading.url else []),
        *([f"SOURCE;VALUE=URI:{heading.source}"] if heading.source else []),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    octets = b"".join([_fold_lines(lines), *(revision.content for revision in revisions), b"END:VCALENDAR\r\n"])
    if _has_forbidden_bytes(octets):
        raise AssertionError("the reader of schedules lets no control character pass")
    return octets


_ALLOWED = bytes({*range(256)} - {*range(0x20), 0x7F} | {*b"\r\n"})


def _has_forbidden_bytes(octets: bytes) -> bool:
    """Say whether there is a control character, or a CR or LF that is no part of an end of line."""
    ends = octets.count(b"\r\n")
    return bool(octets.translate(None, _ALLOWED)) or not ends == octets.count(b"\r") == octets.count(b"\n")


def write_event(event: Event, modified: datetime) -> Revision:
    """Return an event as it is published, last modified at that moment (UTC, whole minutes)."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        *_format_stamps(modified),
        f"DTSTART{_format_date_value(event.start)}",
        f"DTEND{_format_date_value(event.end)}",
        _format_text("SUMMARY", event.summary),
        _format_text("DESCRIPTION", event.description),
        *([_format_text("LOCATION", event.location)] if event.location else []),
        *([f"URL:{event.url}"] if event.url else []),
        _format_text("CATEGORIES", event.category),
        *([f"STATUS:{event.status}"] if event.status else []),
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "END:VEVENT",
    ]
    return Revision(event.uid, event.start, event.end, modified, _fold_lines(lines))


@lru_cache(maxsize=64)
def _format_stamps(modified: datetime) -> tuple[str, ...]:
    """Return the lines that say when an event was modified; most events of a build share them."""
    stamp = _format_utc(modified)
    sequence = int((modified - _SEQUENCE_EPOCH).total_seconds()) // 60
    return f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{sequence}"


def _format_text(name: str, value: str) -> str:
    for character, escaped in _ESCAPED:
        value = value.replace(character, escaped)
    return f"{name}:{value}"


_ESCAPED = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))
"""RFC 5545 section 3.3.11, the backslash first. icalendar takes one and an N that somebody typed for a line break."""


def _format_date_value(moment: datetime | date) -> str:
    return (
        f":{_format_utc(moment)}"
        if isinstance(moment, datetime)
        else f";VALUE=DATE:{moment.isoformat().replace('-', '')}"
    )


def _format_utc(moment: datetime) -> str:
    local = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{local.isoformat(timespec='seconds').replace('-', '').replace(':', '')}Z"


def _fold_lines(lines: Iterable[str]) -> bytes:
    cut = [line if len(line) <= _LINE_LENGTH and line.isascii() else _fold_line(line) for line in lines]
    return "\r\n".join([*cut, ""]).encode()


def _fold_line(line: str) -> str:
    """Return a line as icalendar folds it (RFC 5545 section 3.1).

    icalendar looks at every letter, which would be the half of a build. Where each letter is one octet, cutting does:
    into lines of 74 octets that do not part an escape from what it escapes.
    """
    if not line.isascii():
        content_line: Callable[[str], Any] = Contentline  # icalendar has left it untyped
        folded: bytes = content_line(line).to_ical()
        return folded.decode()
    lines = []
    while len(line) > _LINE_LENGTH:
        cut = _LINE_LENGTH - 1 if line[_LINE_LENGTH - 1] in r"\^" else _LINE_LENGTH
        lines.append(line[:cut])
        line = line[cut:]
    return "\r\n ".join([*lines, line])


_LINE_LENGTH = 74


_STRAY_LINE = re.compile(rb"^(?!\Z| |[A-Z][A-Z0-9-]*[:;])", re.MULTILINE)
"""A line that neither begins a property nor goes on with one (RFC 5545 section 3.1): the mark of a merge conflict."""
_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)


def read_feed(octets: bytes) -> tuple[Revision, ...]:
    """Return the revisions of a published feed, in its order; raises BrokenFeed where chatcal has not written it."""
    heading = octets.partition(b"BEGIN:VEVENT\r\n")[0]
    if not heading.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"):
        raise FeedError("it does not begin like a calendar")
    if f"\r\nPRODID:{PRODID}\r\n".encode() not in heading:
        raise FeedError("another program has written it")
    blocks = list(_EVENT.finditer(octets))
    rest = _EVENT.sub(b"", octets)
    if not rest.endswith(b"\r\nEND:VCALENDAR\r\n") or rest.count(b"BEGIN:") != 1 or rest.count(b"END:") != 1:
        raise FeedError("it is cut short, or holds what chatcal does not write")
    if _has_forbidden_bytes(octets) or _STRAY_LINE.search(octets):
        raise FeedError("a line of it is none that a calendar has")
    try:
        return tuple(_parse_revision(block[0]) for block in blocks)
    except (KeyError, ValueError) as error:
        raise FeedError(f"an event of it cannot be read ({error})") from None


def _parse_revision(octets: bytes) -> Revision:
    values = dict(_iterate_properties(octets))
    return Revision(
        values["UID"],
        _parse_moment(values["DTSTART"]),
        _parse_moment(values["DTEND"]),
        _parse_instant(values["LAST-MODIFIED"]),
        octets,
    )


def _iterate_properties(octets: bytes) -> Iterator[tuple[str, str]]:
    """Yield the properties of an event by their names, without parameters, and their values as they stand."""
    for line in octets.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        yield name.partition(";")[0], value


def parse_event(revision: Revision) -> Event:
    """Return what a published event says."""
    values = dict(_iterate_properties(revision.content))
    return Event(
        uid=revision.uid,
        start=revision.start,
        end=revision.end,
        summary=_unescape_text(values.get("SUMMARY", "")),
        description=_unescape_text(values.get("DESCRIPTION", "")),
        location=_unescape_text(values["LOCATION"]) if "LOCATION" in values else None,
        url=values.get("URL"),
        category=_unescape_text(values.get("CATEGORIES", "")),
        status=values.get("STATUS"),
    )


def read_heading(octets: bytes) -> FeedHeading:
    """Return what a published feed says of itself; raises BrokenFeed where that is not UTF-8."""
    try:
        values = dict(_iterate_properties(_split_feed(octets)[0]))
    except UnicodeDecodeError:
        raise FeedError("its heading is not UTF-8") from None
    return FeedHeading(
        name=_unescape_text(values.get("NAME", "")),
        description=_unescape_text(values.get("DESCRIPTION", "")),
        url=values.get("URL"),
        source=values.get("SOURCE"),
    )


def replace_revisions(octets: bytes, revisions: Iterable[Revision]) -> bytes:
    """Return a published feed with these revisions in place of its own, its heading as it was published."""
    before, after = _split_feed(octets)
    return b"".join([before, *(revision.content for revision in revisions), after])


def _split_feed(octets: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the events of a feed, and what behind them."""
    end = b"END:VCALENDAR\r\n"
    return _EVENT.sub(b"", octets).removesuffix(end), end


def _unescape_text(value: str) -> str:
    """Return the text of a TEXT value (RFC 5545 section 3.3.11)."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def _parse_moment(value: str) -> datetime | date:
    return date.fromisoformat(value) if _DATE.fullmatch(value) else _parse_instant(value)


def _parse_instant(value: str) -> datetime:
    if not _UTC.fullmatch(value):
        raise ValueError(f"{value!r} is no moment in UTC")
    return datetime.fromisoformat(value)


_DATE = re.compile(r"[0-9]{8}")
_UTC = re.compile(r"[0-9]{8}T[0-9]{6}Z")
