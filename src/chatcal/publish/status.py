"""What programs can ask a published site: when it was built, of what, and how much it holds."""

import json
import platform
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from typing import Any

from chatcal import timezones
from chatcal.files import hash_content
from chatcal.model import Chapter
from chatcal.project import Project, UpstreamContact
from chatcal.text import parse_json

STATUS_PATH = "status.json"
_FEED_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What a published `status.json` says."""

    built: datetime
    """When the site was built (UTC)."""
    feeds: tuple[str, ...]
    """The names of its feeds."""
    contacts: Mapping[str, UpstreamContact]
    """With calendars kept elsewhere, by the slug of the chapter."""


def count_coming(project: Project, chapter: Chapter) -> dict[str, int]:
    """Return how many sessions of a chapter are to come, and how many of these are cancelled or unconfirmed."""
    coming = project.list_coming(chapter)
    return {
        "coming": len(coming),
        "cancelled": sum(one.cancelled is not None for one in coming),
        "unconfirmed": sum(one.unconfirmed for one in coming),
    }


def build_status(
    project: Project, chapters: int, feeds: Mapping[str, int], coming: Mapping[str, int], commit: str | None
) -> bytes:
    """Return `status.json`, which is new every night, as `build.json` is.

    Takes the number of chapters, that of the events of each feed by its name, the sum of what `count_coming` gives for
    the chapters, and the commit that the schedules are of, if any. Moments are in UTC.
    """
    about = {
        "built": f"{project.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **({"commit": commit} if commit else {}),
        "chatcal": metadata.version("chatcal"),
        "tzdata": timezones.get_tzdata_version(),
        "icalendar": metadata.version("icalendar"),
        "python": platform.python_version(),
        **({"from_feeds": _hash_feeds(project.published_feeds)} if project.published_feeds else {}),
        "chapters": chapters,
        "sessions": {kind: coming[kind] for kind in ("coming", "cancelled", "unconfirmed")},
        "feeds": dict(sorted(feeds.items())),
        **({"upstream": _build_upstream_status(project)} if project.contacts else {}),
    }
    return (json.dumps(about, indent=2) + "\n").encode()


def _hash_feeds(feeds: Mapping[str, bytes]) -> str:
    """Return what `LC_ALL=C sha256sum *.ics | sha256sum` says among the feeds."""
    files = sorted((f"{name}.ics", hash_content(content)) for name, content in feeds.items())
    return hash_content("".join(f"{digest}  {file}\n" for file, digest in files).encode())


def _build_upstream_status(project: Project) -> dict[str, dict[str, object]]:
    return {
        slug: {
            **({"heard": one.last_answer.isoformat()} if one.last_answer else {}),
            **({"silent_since": one.silent_since.isoformat()} if one.silent_since else {}),
            "nights": one.count_silent_nights(project.today),
        }
        for slug, one in sorted(project.contacts.items())
    }


def read_status(content: bytes) -> SiteStatus:
    """Return what a `status.json` says; raises ValueError where chatcal did not write it."""
    found = parse_json(content)
    if not isinstance(found, Mapping) or not isinstance(found.get("feeds"), Mapping):
        raise ValueError("it names no feeds")  # noqa: TRY004 - the file is wrong, not a type
    built = datetime.fromisoformat(str(found.get("built")))
    names = tuple(found["feeds"])
    if built.tzinfo is None or not all(map(_FEED_NAME.fullmatch, names)):
        raise ValueError("a feed's name or the moment is wrong")
    return SiteStatus(built, names, _read_contacts(found.get("upstream", {})))


def _read_contacts(found: Any) -> dict[str, UpstreamContact]:
    with suppress(ValueError, AttributeError, TypeError):
        return {
            slug: UpstreamContact(
                last_answer=_parse_day(one.get("heard")), silent_since=_parse_day(one.get("silent_since"))
            )
            for slug, one in found.items()
        }
    return {}


def _parse_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
