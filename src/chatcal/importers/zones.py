"""Time zones as other programs name and define them (RFC 5545 sections 3.2.19 and 3.6.5)."""

import re
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from chatcal.importers.series import LIBRARY_ERRORS
from chatcal.timezones import (
    COMMON_ZONES,
    UTC_NAME,
    find_windows_zone,
    index_zone_names,
    list_zone_names,
    load_any_zone,
    load_zone,
    resolve_zone_alias,
)

_PROBES = tuple(timedelta(days=15 * number) for number in range(5 * 25))
_ZONE_LINE = re.compile(r"(BEGIN|END|TZID|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO|TZNAME)\s*[;:]", re.IGNORECASE)


SHORT_NAMES = {"EST": "America/New_York", "MST": "America/Denver"}
"""Zones that have winter time all year, though many who write them mean the place beside them."""


def find_zone_name(text: str) -> str | None:
    """Return the IANA zone of a TZID: a name of today, an old or a Windows one, or one behind a program's prefix."""
    # What tzdata says of EST5EDT and its kin differs with its version: they are a place's clock, or one by themselves.
    if re.fullmatch("[A-Z]{3}[0-9][A-Z]{3}", text):
        return None
    return _find_plain_name(text) or (UTC_NAME if text in ("UTC", "GMT", "Z") else resolve_zone_alias(text))


def _find_plain_name(text: str) -> str | None:
    # /freeassociation.sourceforge.net/Tzfile/Europe/London, /citadel.org/20250101_1/America/Argentina/Ushuaia
    parts = text.strip("/").split("/")
    ends = [text, *("/".join(parts[first:]) for first in range(len(parts)))]
    if known := next((end for end in ends if end in list_zone_names()), None):
        return known
    if text.casefold() == "tzone://microsoft/utc":
        return UTC_NAME
    return index_zone_names().get(text.casefold().replace(" ", "_")) if "/" in text else None


class ZoneFinder:
    """Finds the clocks of a calendar's TZIDs; takes its VTIMEZONEs, as lines."""

    def __init__(self, definitions: Iterable[Sequence[str]], others: "ZoneFinder | None" = None) -> None:
        """Take the definitions; each is read only if it is needed. `others` knows those of other calendars."""
        self._others = others
        self._definitions: dict[str, Sequence[str]] = {}
        self._found: dict[str, tzinfo | None] = {"": None}
        for lines in definitions:
            tzids = (re.match(r'TZID\s*(?:;[^:]*)?:\s*"?(.*?)"?\s*\Z', line, re.IGNORECASE) for line in lines)
            self._definitions.setdefault(next((found[1] for found in tzids if found), ""), lines)

    def find(self, tzid: str) -> tzinfo | None:
        """Return the clock of a TZID; None where it is not known.

        An IANA name means that zone, also behind a prefix. Else the file's own definition goes before other names.
        """
        if tzid not in self._found:
            others = None if tzid in self._definitions else self._others
            self._found[tzid] = others.find(tzid) if others else self._look_up(tzid)
        return self._found[tzid]

    def _look_up(self, tzid: str) -> tzinfo | None:
        if name := _find_plain_name(tzid):
            return load_zone(name)
        finders = (self._build, load_any_zone) if tzid in SHORT_NAMES else (load_any_zone, self._build)
        if found := next(filter(None, (find(tzid) for find in finders)), None):
            return found
        name = find_zone_name(tzid) or find_windows_zone(tzid)
        return load_zone(name) if name else None

    def _build(self, tzid: str) -> tzinfo | None:
        return _build_zone(tuple(self._definitions[tzid])) if tzid in self._definitions else None


@lru_cache(maxsize=64)  # Some programs write a calendar for each event, each with the same definition.
def _build_zone(lines: tuple[str, ...]) -> tzinfo | None:
    """Return the clock that a VTIMEZONE defines; None where it cannot be read."""
    # The library takes long to import, and most files do not need it here.
    from icalendar import Timezone

    kept: list[str] = []
    # Lotus Notes repeats the time of the start in its rules: BYMINUTE=0;BYHOUR=2.
    for line in (re.sub(r";BY(HOUR|MINUTE|SECOND)=\d{1,2}(?=;|\Z)", "", line) for line in lines):
        if not _ZONE_LINE.match(line) or (line.upper().startswith("TZID") and any("TZID" in one for one in kept)):
            continue
        # Rules by the second would take for ever, and no clock changes more often than once a year for one reason.
        if re.match("RRULE", line, re.IGNORECASE) and not re.search(r"FREQ=YEARLY(?!.*BY(HOUR|MINUTE|SECOND))", line):
            return None
        kept.append(re.sub(r"([+-]\d\d):(\d\d)\Z", r"\1\2", line) if "OFFSET" in line.upper() else line)
    try:
        with warnings.catch_warnings(action="ignore"):
            defined = Timezone.from_ical("\r\n".join([*kept, ""]))
            zone: tzinfo = defined.to_tz(lookup_tzid=False)  # type: ignore[attr-defined] # it is a Timezone
            datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone)
    except LIBRARY_ERRORS:
        return None
    return zone


@lru_cache(maxsize=256)  # Most events of a calendar have the same clock.
def find_matching_zone(clock: tzinfo, year: int) -> str | None:
    """Return a zone with the same time every fortnight for five years from `year` on; None where there is none."""
    year = min(max(year, 1970), 2190)
    moments = [datetime(year, 1, 1, 12, tzinfo=UTC) + probe for probe in _PROBES]
    wanted = [moment.astimezone(clock).utcoffset() for moment in moments]
    for name in sorted(list_zone_names(), key=lambda one: (one not in COMMON_ZONES, one)):
        zone = load_zone(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in zip(moments, wanted, strict=True)):
            return name
    return None


def is_utc(clock: tzinfo | None) -> bool:
    return str(clock) in ("UTC", UTC_NAME)
