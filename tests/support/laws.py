"""Zone data of other years: clocks under the laws that a test gives them."""

import struct
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chatcal import timezones
from tests.support import oracle

Enact = Callable[[Mapping[str, str]], None]
"""Puts zones, by their IANA names, under laws as POSIX writes them, and all others under what tzdata says."""


@contextmanager
def zone_data(folder: Path) -> Iterator[Enact]:
    """Give a function that enacts laws, written into a folder; in the end tzdata alone is in force again."""

    def enact(laws: Mapping[str, str]) -> None:
        for file in [path for path in folder.rglob("*") if path.is_file()]:
            file.unlink()
        for name, law in laws.items():
            file = folder.joinpath(*name.split("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(tzif(law))
        zoneinfo.reset_tzpath([str(folder.absolute())])
        for forget in (zoneinfo.ZoneInfo.clear_cache, timezones.load_zone.cache_clear, oracle.instant.cache_clear):
            forget()

    try:
        yield enact
    finally:
        enact({})
        zoneinfo.reset_tzpath(())


def tzif(law: str) -> bytes:
    """Return a zone file (RFC 9636) of one rule and no history."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    data = struct.pack(">lBB", 0, 0, 0) + b"LMT\0"
    return head + data + head + data + f"\n{law}\n".encode()
