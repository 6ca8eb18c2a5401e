"""The names that calendar programs give to time zones, to the place whose clock is meant."""

from datetime import UTC, datetime, timedelta, tzinfo

from chatcal import zones


def resolve_tzid(text: str) -> str | None:
    """Return the IANA zone that a TZID names: as it is, for Windows, by an old name, or behind a maker's prefix."""
    if text in zones.list_zone_names():
        return text
    # /freeassociation.sourceforge.net/Tzfile/Europe/London, /citadel.org/20250101_1/America/Argentina/Ushuaia
    parts = text.strip("/").split("/")
    for first in range(1, len(parts)):
        if (end := "/".join(parts[first:])) in zones.list_zone_names():
            return end
    if text in ("UTC", "GMT", "Z"):
        return zones.UTC_NAME
    return zones.resolve_zone_alias(text)


_PROBES = tuple(timedelta(days=15 * number) for number in range(5 * 25))


def find_matching_zone(clock: tzinfo, year: int) -> str | None:
    """Return a zone whose clock shows the same every fortnight for five years from `year` on; None where none does."""
    year = min(max(year, 1970), 2190)
    moments = [datetime(year, 1, 1, 12, tzinfo=UTC) + probe for probe in _PROBES]
    wanted = [moment.astimezone(clock).utcoffset() for moment in moments]
    for name in sorted(zones.list_zone_names(), key=lambda one: (one not in zones.list_common_zones(), one)):
        zone = zones.load_zone(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in zip(moments, wanted, strict=True)):
            return name
    return None
