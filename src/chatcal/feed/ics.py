"""Revisions to the bytes of feeds, and back.

Every feed has the one form of the feed profile, so that reading is strict: what was not written here is refused.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from chatcal.model import Event, Geo, Revision
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
    """Return a feed: one VCALENDAR (RFC 5545 section 3.4) with the bytes of its revisions as they are."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        f"NAME:{escape_text(heading.name)}",
        f"X-WR-CALNAME:{escape_text(heading.name)}",
        f"DESCRIPTION:{escape_text(heading.description)}",
        f"X-WR-CALDESC:{escape_text(heading.description)}",
        *([f"URL:{heading.url}"] if heading.url else []),
        *([f"SOURCE;VALUE=URI:{heading.source}"] if heading.source else []),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    content = b"".join([_encode_lines(_fold_lines(lines)), *(revision.content for revision in revisions), _END])
    if _has_forbidden_bytes(content):
        raise AssertionError("the reader of schedules lets no control character pass")
    return content


_END = b"END:VCALENDAR\r\n"
_ALLOWED = bytes({*range(256)} - {*range(0x20), 0x7F} | {*b"\r\n"})


def _has_forbidden_bytes(content: bytes) -> bool:
    """Say whether there is a control character, or a CR or LF that does not belong to an end of line."""
    ends = content.count(b"\r\n")
    return bool(content.translate(None, _ALLOWED)) or not ends == content.count(b"\r") == content.count(b"\n")


def write_events(events: Iterable[Event], modified: datetime, latest: Mapping[str, Revision]) -> dict[str, Revision]:
    """Return what `write_event` does, of several events by UID; `latest` are the revisions before."""
    return {one.uid: write_event(one, modified, latest.get(one.uid)) for one in events}


def write_event(event: Event, modified: datetime, last: Revision | None = None) -> Revision:
    """Return an event as it is published, last modified at that moment (UTC, whole minutes).

    Where `last`, the revision before, says the same in all but X-CHATCAL-… lines, that is returned; where it does not,
    the new one is later than that.
    """
    lines = _fold_lines([
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTART{_format_date_value(event.start)}",
        f"DTEND{_format_date_value(event.end)}",
        f"SUMMARY:{escape_text(event.summary)}",
        f"DESCRIPTION:{escape_text(event.description)}",
        *([f"LOCATION:{escape_text(event.location)}"] if event.location else []),
        *([f"GEO:{format_geo(event.geo, ';')}"] if event.geo else []),
        *([f"CONFERENCE;VALUE=URI:{event.conference}"] if event.conference else []),
        *([f"URL:{event.url}"] if event.url else []),
        f"CATEGORIES:{escape_text(event.category)}",
        *([f"STATUS:{event.status}"] if event.status else []),
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    ])  # fmt: skip
    head, body = _encode_lines(lines[:2]), _encode_lines(lines[2:])
    if last is not None:
        if _remove_extras(last.content) == b"".join([head, _format_stamps(last.modified), body]):
            return last
        modified = max(modified, last.modified + timedelta(minutes=1))
    extras = _encode_lines(_fold_lines(f"{name}:{value}" for name, value in event.extras))
    content = b"".join([head, _format_stamps(modified), body, extras, _EVENT_END])
    return Revision(event.uid, event.start, event.end, modified, content)


_EVENT_END = b"END:VEVENT\r\n"


def write_cancelled(last: Revision, summary: str, modified: datetime) -> Revision:
    """Return a published event as a cancelled one with this summary; what else it says stays.

    It is last modified at that moment, or later than it was before.
    """
    values = read_properties(last.content)
    description = "\n".join(filter(None, ["Cancelled.", unescape_text(values["DESCRIPTION"])]))
    said = {"SUMMARY": f"SUMMARY:{escape_text(summary)}", "DESCRIPTION": f"DESCRIPTION:{escape_text(description)}"}
    lines = [
        said.get(name, line)
        for line in _unfold(last.content.removesuffix(_EVENT_END)).removesuffix("\r\n").split("\r\n")
        if (name := line.partition(":")[0]) not in _NOT_IN_CANCELLED
    ]
    folded = _fold_lines(lines)
    modified = max(modified, last.modified + timedelta(minutes=1))
    parts = [_encode_lines(folded[:2]), _format_stamps(modified), _encode_lines(folded[2:]), _EVENT_END]
    return replace(last, modified=modified, content=b"".join(parts))


_NOT_IN_CANCELLED = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "STATUS", "X-CHATCAL-UNCONFIRMED")


def _remove_extras(content: bytes) -> bytes:
    """Return an event without its end and the X-CHATCAL-… lines before that."""
    before, found, _ = content.partition(b"\r\nX-CHATCAL-")
    return before + b"\r\n" if found else content.removesuffix(_EVENT_END)


@lru_cache(maxsize=64)  # Most events of a build share them.
def _format_stamps(modified: datetime) -> bytes:
    stamp = _format_utc(modified)
    sequence = int((modified - _SEQUENCE_EPOCH).total_seconds()) // 60
    return f"DTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}\r\nSEQUENCE:{sequence}\r\n".encode()


def escape_text(text: str) -> str:
    """Return a TEXT value (RFC 5545 section 3.3.11)."""
    # The backslash comes first. icalendar takes one and an N that somebody typed for a line break.
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def unescape_text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value) if "\\" in value else value


def split_texts(value: str) -> tuple[str, ...]:
    """Return the texts of a list of TEXT values."""
    return tuple(unescape_text(one) for one in re.findall(r"(?:\\.|[^\\,])+", value))


def format_geo(geo: Geo, joint: str) -> str:
    """Return latitude and longitude without needless zeros: `52.52;13.4`."""
    return joint.join(f"{number:.6f}".rstrip("0").rstrip(".") for number in geo)


def _format_date_value(moment: datetime | date) -> str:
    return (
        f":{_format_utc(moment)}"
        if isinstance(moment, datetime)
        else f";VALUE=DATE:{moment.isoformat().replace('-', '')}"
    )


def _format_utc(moment: datetime) -> str:
    local = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{local.isoformat(timespec='seconds').replace('-', '').replace(':', '')}Z"


def _fold_lines(lines: Iterable[str]) -> list[str]:
    return [line if len(line) <= _LINE_LENGTH and line.isascii() else _fold_line(line) for line in lines]


def _encode_lines(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def _fold_line(line: str) -> str:
    """Return a line as icalendar folds it (RFC 5545 section 3.1).

    icalendar looks at every letter, which would take half of a build. It is enough to cut lines of 74 bytes that part
    no letter, nor an escape from what it escapes.
    """
    rest, lines = line.encode(), []
    while len(rest) > _LINE_LENGTH:
        cut = _LINE_LENGTH
        while rest[cut] & 0xC0 == 0x80:  # It goes on with a letter (RFC 3629 section 3).
            cut -= 1
        cut -= rest[cut - 1] in rb"\^"
        lines.append(rest[:cut])
        rest = rest[cut:]
    return b"\r\n ".join([*lines, rest]).decode()


_LINE_LENGTH = 74


_STRAY_LINE = re.compile(rb"^(?!\Z| |[A-Z][A-Z0-9-]*[:;])", re.MULTILINE)
"""A line that neither begins a property nor goes on with one (RFC 5545 section 3.1): the mark of a merge conflict."""
_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)
_EVENT_HEAD = re.compile(
    r"BEGIN:VEVENT\r\nUID:(.*(?:\r\n .*)*)\r\nDTSTAMP:.*\r\nLAST-MODIFIED:(.*)\r\nSEQUENCE:.*\r\n"
    r"DTSTART(?:;VALUE=DATE)?:(.*)\r\nDTEND(?:;VALUE=DATE)?:(.*)\r\n"
)


def read_feed(content: bytes) -> tuple[Revision, ...]:
    """Return the revisions of a published feed, in its order; raises FeedError where chatcal has not written it."""
    heading = content.partition(b"BEGIN:VEVENT\r\n")[0]
    if content.startswith(b"BEGIN:VCALENDAR\n") and b"\r" not in content:
        raise FeedError(
            "its lines end in LF alone, as git's `core.autocrlf` leaves them: write `*.ics -text` into .gitattributes"
        )
    if not heading.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"):
        raise FeedError("it does not begin like a calendar")
    if f"\r\nPRODID:{PRODID}\r\n".encode() not in heading:
        raise FeedError("another program has written it")
    rest = _EVENT.sub(b"", content)
    if not rest.endswith(b"\r\n" + _END) or rest.count(b"BEGIN:") != 1 or rest.count(b"END:") != 1:
        raise FeedError("it is cut short, or holds what chatcal does not write")
    if _has_forbidden_bytes(content) or _STRAY_LINE.search(content):
        raise FeedError("a line of it is none that a calendar has")
    try:
        return tuple(_read_revision(block) for block in _EVENT.findall(content))
    except ValueError as error:
        raise FeedError(f"an event of it cannot be read ({error})") from None


class LazyRevisions(Collection[Revision]):
    """The revisions of a feed of which it is known that chatcal has written it; each is read when it is asked for."""

    def __init__(self, content: bytes) -> None:
        begin = b"BEGIN:VEVENT\r\n"
        parts = content.removesuffix(_END).split(begin)
        self._blocks = [begin + part for part in parts[1:]]

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> Iterator[Revision]:
        return map(_read_revision, self._blocks)

    def __contains__(self, one: object) -> bool:
        return any(own == one for own in self)


def _read_revision(content: bytes) -> Revision:
    found = _EVENT_HEAD.match(content.decode())
    if not found:
        raise ValueError("a property is missing")
    uid, modified, start, end = found.groups()
    return Revision(
        uid.replace("\r\n ", ""), _parse_moment(start), _parse_moment(end), _parse_instant(modified), content
    )


def read_properties(content: bytes) -> dict[str, str]:
    """Return the values of a published event, or of a heading, by the names of its properties, as they are written."""
    lines = (line.partition(":") for line in _unfold(content).split("\r\n"))
    return {name.partition(";")[0]: value for name, _, value in lines}


def _unfold(content: bytes) -> str:
    return content.decode().replace("\r\n ", "")


def read_heading(content: bytes) -> FeedHeading:
    """Return what a published feed says of itself; raises FeedError where that is not UTF-8."""
    try:
        values = read_properties(_EVENT.sub(b"", content))
    except UnicodeDecodeError:
        raise FeedError("its heading is not UTF-8") from None
    return FeedHeading(
        name=unescape_text(values.get("NAME", "")),
        description=unescape_text(values.get("DESCRIPTION", "")),
        url=values.get("URL"),
        source=values.get("SOURCE"),
    )


def replace_revisions(content: bytes, revisions: Iterable[Revision]) -> bytes:
    """Return a published feed with these revisions in place of its own, its heading as it was published."""
    heading = _EVENT.sub(b"", content).removesuffix(_END)
    return b"".join([heading, *(revision.content for revision in revisions), _END])


def _parse_moment(value: str) -> datetime | date:
    return date.fromisoformat(value) if _DATE.fullmatch(value) else _parse_instant(value)


def _parse_instant(value: str) -> datetime:
    if not _UTC.fullmatch(value):
        raise ValueError(f"{value!r} is not a moment in UTC")
    return datetime.fromisoformat(value)


_DATE = re.compile(r"[0-9]{8}")
_UTC = re.compile(r"[0-9]{8}T[0-9]{6}Z")
