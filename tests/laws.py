"""Zone data in which Toronto lives by another law, as when a country changes its clocks."""

import struct
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chatcal import zones
from tests import oracle


@contextmanager
def zone_data(folder: Path) -> Iterator[Callable[[str | None], None]]:
    """Give a function that puts Toronto under a law; everything else stays what tzdata says, and so does the end."""

    def enact(law: str | None) -> None:
        file = folder / "America" / "Toronto"
        file.unlink(missing_ok=True)
        if law is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(tzif(law))
        zoneinfo.reset_tzpath([str(folder.absolute())])
        for forget in (zoneinfo.ZoneInfo.clear_cache, zones.zone.cache_clear, oracle.instant.cache_clear):
            forget()

    try:
        yield enact
    finally:
        enact(None)
        zoneinfo.reset_tzpath(())


def tzif(law: str) -> bytes:
    """Return a zone file (RFC 9636) of one rule, as POSIX writes it, and no history."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    data = struct.pack(">lBB", 0, 0, 0) + b"LMT\0"
    return head + data + head + data + f"\n{law}\n".encode()
