"""What was fetched and may be of use again: files that anybody may delete at any time."""

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from chatcal import files


def find_cache_folder(environment: Mapping[str, str], system: str, home: Path) -> Path:
    """Return where a user's programs keep what they can fetch again.

    Takes the environment, `sys.platform`, and the user's own folder.
    """
    if named := environment.get("XDG_CACHE_HOME"):
        return Path(named) / "chatcal"
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "chatcal" / "Cache"
    return home / ("Library/Caches" if system == "darwin" else ".cache") / "chatcal"


def read_cache(place: Path, name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing where there is nothing, or nothing that can be read."""
    with suppress(OSError, ValueError):
        found = json.loads(_make_cache_path(place, name).read_bytes())
        if isinstance(found, dict):
            return found
    return {}


def write_cache(place: Path, name: str, values: Mapping[str, Any]) -> None:
    """Keep values under a name; where that cannot be, they are fetched again next time."""
    with suppress(OSError):
        files.replace_files({_make_cache_path(place, name): json.dumps(values).encode()})


def _make_cache_path(place: Path, name: str) -> Path:
    return place / f"{sha256(name.encode()).hexdigest()[:32]}.json"
