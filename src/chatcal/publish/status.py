"""What programs can ask a published site: when it was built, of what, and how much it holds."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date
from importlib import metadata

from chatcal import timezones
from chatcal.model import Session
from chatcal.project import Project, UpstreamContact

STATUS_PATH = "status.json"


def build_status(schedules: Project, feeds: Mapping[str, int], commit: str | None) -> bytes:
    """Return `status.json`; it alone is new every night.

    Takes the schedules, how many events each feed holds by its name, and the name of the commit that the schedules are
    of, where they are just as it has them. Moments are in UTC.
    """
    coming = [session for chapter in schedules.chapters.values() for session in schedules.list_coming(chapter)]
    about = {
        "built": f"{schedules.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **({"commit": commit} if commit else {}),
        "chatcal": metadata.version("chatcal"),
        "tzdata": timezones.get_tzdata_version(),
        "chapters": len(schedules.chapters),
        "sessions": _count_sessions(coming),
        "feeds": dict(sorted(feeds.items())),
        **({"upstream": _build_upstream_status(schedules)} if schedules.contacts else {}),
    }
    return (json.dumps(about, indent=2) + "\n").encode()


def _build_upstream_status(schedules: Project) -> dict[str, dict[str, object]]:
    """Return of each calendar kept elsewhere when it was last heard from, since when not, and for how many nights."""
    return {
        slug: {
            **({"heard": one.last_answer.isoformat()} if one.last_answer else {}),
            **({"silent_since": one.silent_since.isoformat()} if one.silent_since else {}),
            "nights": one.count_silent_nights(schedules.today),
        }
        for slug, one in sorted(schedules.contacts.items())
    }


def read_contacts(octets: bytes) -> dict[str, UpstreamContact]:
    """Return what a published `status.json` says of calendars kept elsewhere; nothing where it cannot be read."""
    with suppress(ValueError, AttributeError, TypeError):
        found = json.loads(octets).get("upstream", {})
        return {
            slug: UpstreamContact(
                last_answer=_parse_day(one.get("heard")), silent_since=_parse_day(one.get("silent_since"))
            )
            for slug, one in found.items()
        }
    return {}


def _parse_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _count_sessions(coming: list[Session]) -> dict[str, int]:
    return {
        "coming": len(coming),
        "cancelled": sum(one.cancelled is not None for one in coming),
        "unconfirmed": sum(one.unconfirmed for one in coming),
    }
