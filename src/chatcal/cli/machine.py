"""What the machine says: its clock, its zone, its folder for caches."""

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

FIRST_MOMENT, END_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The moments that chatcal works at lie from the first up to the last."""


def read_clock() -> datetime:
    """Return the moment of SOURCE_DATE_EPOCH, or else of the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC)
    try:
        seconds = int(epoch)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < END_MOMENT.timestamp():
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is no number of seconds since 1970.")
    return datetime.fromtimestamp(seconds, UTC)


def find_local_zone() -> str | None:
    """Return the IANA name of the machine's zone: what TZ names, or else what /etc/localtime is a link to."""
    from chatcal.upcoming import find_machine_zone

    name = os.environ.get("TZ")
    if name is None:
        with suppress(OSError):
            name = os.readlink("/etc/localtime").partition("zoneinfo/")[2]  # noqa: PTH115 - the link's text is meant
    return find_machine_zone(name or "")


def get_cache_folder() -> Path:
    """Return the folder for what can be fetched again."""
    from chatcal import caches

    return caches.find_cache_folder(os.environ, sys.platform, Path.home())
