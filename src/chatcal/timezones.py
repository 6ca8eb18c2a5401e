"""Time zones, always those of the tzdata package."""

import zoneinfo
from functools import cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo

# The system's zone data differs from machine to machine, and with it the bytes of a feed.
zoneinfo.reset_tzpath(())

_AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
UTC_NAME = "Etc/UTC"
ABBREVIATIONS = {
    "UTC": UTC_NAME, "GMT": UTC_NAME, "Z": UTC_NAME, "ZULU": UTC_NAME, "UCT": UTC_NAME,
    "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "CET": "Europe/Paris", "CEST": "Europe/Paris", "MET": "Europe/Paris",
    "EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "MSK": "Europe/Moscow",
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York", "EST5EDT": "America/New_York",
    "CT": "America/Chicago", "CST": "America/Chicago", "CDT": "America/Chicago", "CST6CDT": "America/Chicago",
    "MT": "America/Denver", "MST": "America/Denver", "MDT": "America/Denver", "MST7MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "PST8PDT": "America/Los_Angeles", "AKST": "America/Anchorage", "AKDT": "America/Anchorage",
    "HST": "Pacific/Honolulu", "AST": "America/Halifax", "ADT": "America/Halifax", "NST": "America/St_Johns",
    "NDT": "America/St_Johns", "BRT": "America/Sao_Paulo", "ART": "America/Argentina/Buenos_Aires",
    "IST": "Asia/Kolkata", "PKT": "Asia/Karachi", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore",
    "PHT": "Asia/Manila", "HKT": "Asia/Hong_Kong", "AWST": "Australia/Perth", "ACST": "Australia/Adelaide",
    "ACDT": "Australia/Adelaide", "AET": "Australia/Sydney", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland", "SAST": "Africa/Johannesburg", "CAT": "Africa/Maputo",
    "EAT": "Africa/Nairobi", "WAT": "Africa/Lagos",
}  # fmt: skip
"""What people write for a zone, each with the place that most of them mean."""


@cache
def load_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; raises KeyError where there is none."""
    return ZoneInfo(name)


@cache
def list_zone_names() -> frozenset[str]:
    """Return every zone name that a schedule may use: Area/City, and Etc/UTC."""
    listed = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in _AREAS)
    return frozenset([*listed, UTC_NAME])


@cache
def get_city_name(name: str) -> str:
    """Return the city of a zone name as people write it: America/New_York is New York."""
    return name.rpartition("/")[2].replace("_", " ")


def list_common_zones() -> frozenset[str]:
    """Return the zones that people mean most, among all that keep the same clock."""
    return frozenset(ABBREVIATIONS.values())


@cache
def index_zone_names() -> dict[str, str]:
    """Return the zone names by what people type in a hurry: in lower case, with the area or without."""
    cities = {get_city_name(name).casefold(): name for name in sorted(list_zone_names(), reverse=True)}
    return cities | {name.casefold(): name for name in sorted(list_zone_names())}


def resolve_zone_alias(text: str) -> str | None:
    """Return the Area/City with the same clock as a name of Windows, or an old name like US/Eastern."""
    # icalendar takes long to import, and few runs need it.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    windows = {name.casefold(): zone_name for name, zone_name in WINDOWS_TO_OLSON.items()}
    if text.casefold() in windows:
        return windows[text.casefold()]
    if text not in zoneinfo.available_timezones():
        return None
    content = read_tzdata(text)
    alike = [name for name in list_zone_names() if read_tzdata(name) == content]
    return min(alike, key=lambda name: (not name.startswith(("America/", "Europe/")), name), default=None)


def read_tzdata(name: str) -> bytes:
    """Return a file of the tzdata package."""
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def get_tzdata_version() -> str:
    """Return the version of the zone data in use, like 2026.1."""
    return metadata.version("tzdata")
