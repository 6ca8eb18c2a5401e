"""Take the zone files out of a newer tzdata wheel: `python -m chatcal.publish.newest_zones WHEEL`.

Nobody has locked that wheel by hash. So no code of it runs, and what it says must be close to the zone data that is
installed, which is locked.
"""

import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from chatcal import files
from chatcal.english import format_count
from chatcal.timezones import get_tzdata_version

_ZONES = "tzdata/zoneinfo/"
_ZONE_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}")
_VERSION = re.compile(r"^Version: (\d{4}\.\d{1,3})$", re.MULTILINE)
_MAX_SIZE = 20_000
_MAX_FILES = 2_000
_MAX_MOVE = timedelta(hours=2)
_MAX_CHANGED = 60
"""Of some 600 names. One law changes those of one country; so many at once are a fault, or somebody's bad joke."""
_MAX_MONTHS = 24
_DATA_ERRORS = (ArithmeticError, AssertionError, EOFError, LookupError, ValueError, struct.error)


class ZoneDataError(Exception):
    """A wheel is not what a newer release of tzdata would be; says why in half a sentence."""


def read_wheel(content: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the version of a wheel, and its zone files by their IANA names; raises ZoneDataError."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as wheel:
            listed = wheel.infolist()
            if len(listed) > _MAX_FILES:
                raise ZoneDataError("it holds too many files")
            zones = {
                one.filename.removeprefix(_ZONES): _read_entry(wheel, one)
                for one in listed
                if one.filename.startswith(_ZONES) and _ZONE_NAME.fullmatch(one.filename.removeprefix(_ZONES))
            }
            about = [_read_entry(wheel, one) for one in listed if one.filename.endswith(".dist-info/METADATA")]
    except (*_DATA_ERRORS, OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ZoneDataError("it cannot be unpacked") from error
    found = _VERSION.search(about[0].decode("utf-8", "replace")) if len(about) == 1 else None
    if found is None:
        raise ZoneDataError("it names no version like 2026.1")
    return found[1], zones


def _read_entry(wheel: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with wheel.open(entry) as file:
        content = file.read(_MAX_SIZE + 1)
    if len(content) > _MAX_SIZE:
        raise ZoneDataError(f"a file in it has more than {_MAX_SIZE:,} bytes")
    return content


def check_zones(installed: Mapping[str, bytes], newer: Mapping[str, bytes], now: datetime) -> None:
    """Raise ZoneDataError where zone files are not plausible ones after those that are installed.

    `now` is aware; what places will do in the two years from then is compared.
    """
    if missing := sorted(installed.keys() - newer.keys()):
        raise ZoneDataError(f"{format_count(len(missing), 'zone')} of the data in use are not in it: {missing[0]}")
    moments = [now + timedelta(days=30 * month) for month in range(_MAX_MONTHS)]
    changed = 0
    for name, content in sorted(newer.items()):
        offsets = _list_offsets(name, content, moments)
        known = _list_offsets(name, installed[name], moments) if name in installed else offsets
        if any(abs(new - old) > _MAX_MOVE for new, old in zip(offsets, known, strict=True)):
            raise ZoneDataError(f"in {name} clocks would move by more than two hours")
        changed += offsets != known
    if changed > _MAX_CHANGED:
        raise ZoneDataError(f"clocks would move in {changed} zones at once")


def _list_offsets(name: str, content: bytes, moments: list[datetime]) -> list[timedelta]:
    try:
        zone = ZoneInfo.from_file(BytesIO(content))
        return [one.astimezone(zone).utcoffset() or timedelta() for one in moments]
    except _DATA_ERRORS as error:
        raise ZoneDataError(f"its file of {name} cannot be read") from error


def install_zones(wheel: Path, package: Path, now: datetime) -> str:
    """Put the zone files of a wheel into the installed tzdata package, and return what was done, as a sentence.

    Nothing changes where the wheel is not newer. Raises ZoneDataError and OSError.
    """
    version, zones = read_wheel(wheel.read_bytes())
    present = get_tzdata_version()
    if [*map(int, version.split("."))] <= [*map(int, present.split("."))]:
        return f"The zone data in use, {present}, is the newest."
    folder = package / "zoneinfo"
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    installed = {name: path.read_bytes() for name, path in found.items() if _ZONE_NAME.fullmatch(name)}
    check_zones(installed, zones, now)
    (about,) = package.parent.glob("tzdata-*.dist-info/METADATA")
    names = "".join(f"{name}\n" for name in sorted(zones))
    files.replace_files(
        {
            **{folder.joinpath(*name.split("/")): content for name, content in zones.items()},
            package / "zones": names.encode(),
            about: _VERSION.sub(f"Version: {version}", about.read_text("utf-8"), count=1).encode(),
        }
    )
    return f"The zone data is now {version} instead of {present}."


def main(wheel: Path) -> None:
    """Install zones, and say what came of it; what is refused changes nothing, and GitHub's runner is warned."""
    try:
        click.echo(install_zones(wheel, Path(str(resources.files("tzdata"))), datetime.now(UTC)))
    except ZoneDataError as error:
        present = get_tzdata_version()
        click.echo(f"::warning title=Time zones::The newest zone data is not used, but {present}: {error}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
