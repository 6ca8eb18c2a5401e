"""Time zones, always those of the tzdata package."""

import struct
import zoneinfo
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

# The system's zone data differs from machine to machine, and with it the bytes of a feed.
zoneinfo.reset_tzpath(())

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
UTC_NAME = "Etc/UTC"
_ABBREVIATIONS_BY_ZONE = {
    UTC_NAME: "UTC GMT Z ZULU UCT", "Europe/London": "BST", "Europe/Lisbon": "WET WEST",
    "Europe/Paris": "CET CEST MET", "Europe/Helsinki": "EET EEST", "Europe/Moscow": "MSK",
    "America/New_York": "ET EST EDT EST5EDT", "America/Chicago": "CT CST CDT CST6CDT",
    "America/Denver": "MT MST MDT MST7MDT", "America/Los_Angeles": "PT PST PDT PST8PDT",
    "America/Anchorage": "AKST AKDT", "Pacific/Honolulu": "HST", "America/Halifax": "AST ADT",
    "America/St_Johns": "NST NDT", "America/Sao_Paulo": "BRT", "America/Argentina/Buenos_Aires": "ART",
    "Asia/Kolkata": "IST", "Asia/Karachi": "PKT", "Asia/Tokyo": "JST", "Asia/Seoul": "KST", "Asia/Singapore": "SGT",
    "Asia/Manila": "PHT", "Asia/Hong_Kong": "HKT", "Australia/Perth": "AWST", "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AET AEST AEDT", "Pacific/Auckland": "NZST NZDT", "Africa/Johannesburg": "SAST",
    "Africa/Maputo": "CAT", "Africa/Nairobi": "EAT", "Africa/Lagos": "WAT",
}  # fmt: skip
ABBREVIATIONS = {short: zone for zone, text in _ABBREVIATIONS_BY_ZONE.items() for short in text.split()}
"""What people write for a zone, each with the place that most of them mean."""
COMMON_ZONES = frozenset(_ABBREVIATIONS_BY_ZONE)
"""The zones that people mean most, among all that keep the same clock."""


@cache
def load_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; raises KeyError where there is none, and OSError where its file is damaged."""
    try:
        return ZoneInfo(name)
    except (ValueError, EOFError, struct.error) as error:
        if name not in _list_all_names():
            raise
        way_out = "install tzdata again: python -m pip install --force-reinstall tzdata"
        raise OSError(f"the time zone data of {name} cannot be read ({error}); {way_out}") from None


def load_any_zone(name: str) -> ZoneInfo | None:
    """Return the zone of any IANA name, also of an old one like EST5EDT; None where there is none."""
    return load_zone(name) if name in _list_all_names() else None


@cache
def _list_all_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def list_zone_names() -> frozenset[str]:
    """Return every zone name that a schedule may use: Area/City, and Etc/UTC."""
    return frozenset(name for name in _list_all_names() if name.split("/")[0] in _AREAS) | {UTC_NAME}


@cache
def get_city_name(name: str) -> str:
    """Return the city of a zone name as people write it: America/New_York is New York."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def index_zone_names() -> dict[str, str]:
    """Return the zone names by what people type in a hurry: in lower case, with the area or without."""
    cities = {get_city_name(name).casefold(): name for name in sorted(list_zone_names(), reverse=True)}
    return cities | {name.casefold(): name for name in sorted(list_zone_names())}


@lru_cache(maxsize=256)
def resolve_zone_alias(text: str) -> str | None:
    """Return the Area/City with the same clock as a name of Windows, or an old name like US/Eastern."""
    # Without an area, a name in small letters may be any word.
    named = find_windows_zone(text) or _index_old_names().get(text.casefold(), text)
    if named not in _list_all_names():
        return None
    content = read_tzdata(named)
    alike = [name for name in list_zone_names() if read_tzdata(name) == content]

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        return name not in COMMON_ZONES, name != named, not name.startswith(("America/", "Europe/")), name

    return min(alike, key=rank, default=None)


def find_windows_zone(text: str) -> str | None:
    """Return the IANA zone of a name of Windows; of one like UTC-02 it is none that a schedule may use."""
    return _index_windows_names().get(text.casefold())


def list_zone_aliases() -> list[str]:
    """Return the names of Windows and the old ones like US/Eastern, in small letters."""
    return [*_index_windows_names(), *_index_old_names()]


@cache
def _index_windows_names() -> dict[str, str]:
    # icalendar takes long to import, and few runs need it.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {name.casefold(): zone_name for name, zone_name in WINDOWS_TO_OLSON.items()}


@cache
def _index_old_names() -> dict[str, str]:
    old = _list_all_names() - list_zone_names()
    return {name.casefold(): name for name in sorted(old) if "/" in name and not name.startswith("Etc/")}


def read_tzdata(name: str) -> bytes:
    """Return a file of the tzdata package."""
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def get_tzdata_version() -> str:
    from importlib import metadata  # only a build needs it, and it takes long to import

    return metadata.version("tzdata")
