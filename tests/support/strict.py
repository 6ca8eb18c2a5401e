"""A reader that takes nothing but the feed profile: every octet of a feed, and every value by its type.

It shares no code with chatcal. Value types are those of RFC 5545 section 3.3 and of RFC 7986.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise


class NotStrict(AssertionError):  # noqa: N818 - it is what the feed is
    """A feed is not as the profile has it."""


# Value types

# Quotes stand as they are, but neither round a whole line of text nor beside TZID=; no typed backslash before n, r or a
# line's end; no BEGIN:V.
QUOTES = r"""(?!(?i:.*BEGIN:V))(?!"(?:(?!\\n).)*"$)(?:(?!.*TZID=)|(?=[^"]*$))"""
OWN_TEXT = r"(?:[^\\;,\x00-\x1f\x7f]|\\\\(?![nNr]|\\n|$)|\\[;,n])*"
TEXT = QUOTES + OWN_TEXT
INSTANT = r"\d{8}T\d{6}Z"
DAY = r"\d{8}"
# RFC 3986: other letters are written with a percent sign, which begins nothing else.
_SIGN = r"[!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2}"
URI = rf"[a-z][a-z0-9+.-]*:(?://(?:[^/?#\[\]@]*@)?\[[0-9a-f:.]+\])?(?:{_SIGN})*(?:#(?:{_SIGN})*)?"
DURATION = r"PT1H"
INTEGER = r"\d{1,10}"
NAME = r"[A-Z0-9-]+"
PART = "morning|midday|afternoon|evening|night"


@dataclass(frozen=True)
class Property:
    """A property that a component has, at its place."""

    name: str
    value: str
    """What the value is to match, whole."""
    parameters: Sequence[str] = ("",)
    """What may stand between name and colon."""
    needed: bool = True


CALENDAR = [
    Property("VERSION", r"2\.0"),
    Property("PRODID", r"-//chatcal//chatcal//EN"),
    Property("CALSCALE", "GREGORIAN"),
    Property("NAME", TEXT),
    Property("X-WR-CALNAME", TEXT),
    Property("DESCRIPTION", TEXT),
    Property("X-WR-CALDESC", TEXT),
    Property("URL", URI, needed=False),
    Property("SOURCE", URI, (";VALUE=URI",), needed=False),
    Property("REFRESH-INTERVAL", DURATION, (";VALUE=DURATION",)),
    Property("X-PUBLISHED-TTL", DURATION),
]

EVENT = [
    Property("UID", r"[a-z0-9_-]+-\d{4}-\d\d-\d\d@[a-z0-9.-]+"),
    Property("DTSTAMP", INSTANT),
    Property("LAST-MODIFIED", INSTANT),
    Property("SEQUENCE", INTEGER),
    Property("DTSTART", f"{INSTANT}|{DAY}", ("", ";VALUE=DATE")),
    Property("DTEND", f"{INSTANT}|{DAY}", ("", ";VALUE=DATE")),
    Property("SUMMARY", f"(?!$){TEXT}"),
    Property("DESCRIPTION", TEXT),
    Property("LOCATION", TEXT, needed=False),
    Property("GEO", r"-?\d{1,2}(?:\.\d{1,6})?;-?\d{1,3}(?:\.\d{1,6})?", needed=False),
    Property("CONFERENCE", URI, (";VALUE=URI",), needed=False),
    Property("URL", URI, needed=False),
    # One: the hashtag, or the name of a chapter without one.
    Property("CATEGORIES", f"(?!$){TEXT}"),
    Property("STATUS", "CONFIRMED|TENTATIVE", needed=False),
    Property("TRANSP", "TRANSPARENT"),
    Property("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
    Property("X-CHATCAL-NAME", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-CALLED", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-ZONE", r"[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+)+", needed=False),
    Property("X-CHATCAL-TIME", f"{PART}|unknown", needed=False),
    Property("X-CHATCAL-MOVED-FROM", rf"\d{{4}}-\d\d-\d\d (?:\d\d:\d\d|{PART}|unknown|all day)", needed=False),
    Property("X-CHATCAL-HOSTS", rf"(?!$){OWN_TEXT}(?:,(?!$){OWN_TEXT})*", needed=False),
    Property("X-CHATCAL-REASON", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-NOTE", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-LINKS", rf"(?!$){OWN_TEXT}(?:,(?!$){OWN_TEXT})*", needed=False),
    Property("X-CHATCAL-JOIN", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-HELD-EVERY", r"[1-9]\d?\d? (?:day|week|month|year)s", needed=False),
    Property("X-CHATCAL-UNCONFIRMED", "TRUE", needed=False),
    Property("X-CHATCAL-LANGUAGE", r"(?!en$)[a-z]{2,3}", needed=False),
    Property("X-CHATCAL-TITLE", f"(?!$){OWN_TEXT}", needed=False),
    Property("X-CHATCAL-TOPIC", f"(?!$){OWN_TEXT}", needed=False),
]

Values = Mapping[str, str]


def must(holds: bool, what: str) -> None:
    """Raise NotStrict unless that holds."""
    if not holds:
        raise NotStrict(what)


def content_lines(octets: bytes) -> list[str]:
    """Return the lines of a feed, unfolded (RFC 5545 section 3.1)."""
    must(octets.endswith(b"\r\n"), "The last line has no end.")
    rows = octets.removesuffix(b"\r\n").split(b"\r\n")
    for row in rows:
        must(len(row) <= 75, f"A line has {len(row)} octets: {row!r}")
        must(not re.search(rb"[\x00-\x1f\x7f]", row), f"A control character stands in {row!r}")
        must(row.strip(b" ") != b"", "A line is empty.")
        try:
            row.decode()
        except UnicodeDecodeError:
            raise NotStrict(f"A line is no UTF-8, or a fold cuts a letter: {row!r}") from None
    return octets.decode().removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def read(octets: bytes) -> list[Values]:
    """Return the events of a feed, each as its values by their names; raises NotStrict where anything is otherwise."""
    lines = content_lines(octets)
    must((lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR"), "It is not one calendar.")
    inside = lines[1:-1]
    begins = [number for number, line in enumerate(inside) if line.startswith("BEGIN:")]
    heading = values(inside[: begins[0]] if begins else inside, CALENDAR)
    must(heading["NAME"] == heading["X-WR-CALNAME"], "It has two names.")
    must(heading["DESCRIPTION"] == heading["X-WR-CALDESC"], "It has two descriptions.")
    must(len(heading.get("SOURCE", "")) <= 256, "Its address is longer than Google takes.")
    events = [event(inside[begin:end]) for begin, end in pairwise([*begins, len(inside)])]
    places = [(as_moment(one["DTSTART"]), one["UID"]) for one in events]
    must(places == sorted(places), "The events stand in another order.")
    must(len({one["UID"] for one in events}) == len(events), "A UID is there twice.")
    return events


def values(lines: Sequence[str], properties: Sequence[Property]) -> Values:
    """Return the values of lines that are to be just these properties, in this order."""
    found: dict[str, str] = {}
    rest = list(lines)
    for one in properties:
        line = re.fullmatch(rf"({NAME})([^:]*):(.*)", rest[0], re.S) if rest else None
        if not line or line[1] != one.name:
            must(not one.needed, f"{one.name} is missing, or stands elsewhere: {rest[:1]}")
            continue
        must(line[2] in one.parameters, f"{one.name} has other parameters: {line[2]}")
        must(bool(re.fullmatch(one.value, line[3], re.S)), f"{one.name} has another type: {line[3]!r}")
        found[one.name] = line[3]
        if len(one.parameters) > 1:
            must((line[2] == "") == ("T" in line[3]), f"{one.name} is not of the type that it names: {rest[0]}")
        rest.pop(0)
    must(not rest, f"These have no place there: {rest[:3]}")
    return found


def event(lines: Sequence[str]) -> Values:
    """Return the values of an event."""
    must((lines[0], lines[-1]) == ("BEGIN:VEVENT", "END:VEVENT"), f"It is no event: {lines[0]}, {lines[-1]}")
    found = values(lines[1:-1], EVENT)
    must(found["DTSTAMP"] == found["LAST-MODIFIED"], "It is changed at two moments.")
    changed = as_moment(found["DTSTAMP"])
    must(changed.second == 0, "It is changed within a minute.")
    minutes = (changed - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds() / 60
    must(int(found["SEQUENCE"]) == minutes < 2**31, "Its sequence is not its moment.")
    must(len(found["DTSTART"]) == len(found["DTEND"]), "It begins on a clock and ends on a day, or the reverse.")
    must(as_moment(found["DTSTART"]) < as_moment(found["DTEND"]), "It ends before it begins.")
    must(len(found["UID"].encode()) < 255, "Its UID is longer than some stores take.")
    return found


def as_moment(text: str) -> datetime:
    """Return an instant, or the midnight in UTC that a day begins with; raises NotStrict where there is none."""
    try:
        if "T" in text:
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    except ValueError:
        raise NotStrict(f"There is no {text}.") from None
