"""What is published at an address."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chatcal import fetch, status

_FEED_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What a published `status.json` says: when the site was built (UTC), and the names of its feeds."""

    built: datetime
    feeds: tuple[str, ...]


def add_trailing_slash(address: str) -> str:
    """Return the address of a folder, with the slash at its end."""
    return f"{address.rstrip('/')}/"


def read_status(octets: bytes) -> SiteStatus:
    """Return what a `status.json` says; raises ValueError where chatcal has not written it."""
    found = json.loads(octets)
    if not isinstance(found, Mapping) or not isinstance(found.get("feeds"), Mapping):
        raise ValueError("it names no feeds")  # noqa: TRY004 - who reads a file minds its form, not its types
    built = datetime.fromisoformat(str(found.get("built")))
    names = tuple(found["feeds"])
    if built.tzinfo is None or not all(map(_FEED_NAME.fullmatch, names)):
        raise ValueError("it names feeds or a moment that there cannot be")
    return SiteStatus(built, names)


def fetch_feeds(address: str) -> dict[str, bytes]:
    """Return the feeds that the site at an address names in its `status.json`, by their names.

    Raises FileNotFoundError where there is no `status.json`, and OSError where it or one of the feeds is not to be had.
    """
    home = add_trailing_slash(address)
    try:
        names = read_status(fetch.fetch_feed(f"{home}{status.STATUS_PATH}")).feeds
    except ValueError as error:
        raise OSError(f"{home}{status.STATUS_PATH} cannot be read: {error}") from None
    try:
        return {name: fetch.fetch_feed(f"{home}{name}.ics") for name in names}
    except FileNotFoundError as error:
        raise OSError(f"{error}, though {status.STATUS_PATH} names it") from None
