"""What programs can ask a published site: when it was built, of what, and how much it holds."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date
from importlib import metadata

from chatcal import timezones
from chatcal.project import Project, UpstreamContact
from chatcal.text import parse_json

STATUS_PATH = "status.json"


def build_status(project: Project, feeds: Mapping[str, int], commit: str | None) -> bytes:
    """Return `status.json`, the only file that is new every night.

    Takes the number of events of each feed by its name, and the commit that the schedules are of, if any. Moments are
    in UTC.
    """
    coming = [session for chapter in project.chapters.values() for session in project.list_coming(chapter)]
    about = {
        "built": f"{project.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **({"commit": commit} if commit else {}),
        "chatcal": metadata.version("chatcal"),
        "tzdata": timezones.get_tzdata_version(),
        "chapters": len(project.chapters),
        "sessions": {
            "coming": len(coming),
            "cancelled": sum(one.cancelled is not None for one in coming),
            "unconfirmed": sum(one.unconfirmed for one in coming),
        },
        "feeds": dict(sorted(feeds.items())),
        **({"upstream": _build_upstream_status(project)} if project.contacts else {}),
    }
    return (json.dumps(about, indent=2) + "\n").encode()


def _build_upstream_status(project: Project) -> dict[str, dict[str, object]]:
    return {
        slug: {
            **({"heard": one.last_answer.isoformat()} if one.last_answer else {}),
            **({"silent_since": one.silent_since.isoformat()} if one.silent_since else {}),
            "nights": one.count_silent_nights(project.today),
        }
        for slug, one in sorted(project.contacts.items())
    }


def read_contacts(content: bytes) -> dict[str, UpstreamContact]:
    """Return the contacts of a published `status.json`; none where it cannot be read."""
    with suppress(ValueError, AttributeError, TypeError):
        found = parse_json(content).get("upstream", {})
        return {
            slug: UpstreamContact(
                last_answer=_parse_day(one.get("heard")), silent_since=_parse_day(one.get("silent_since"))
            )
            for slug, one in found.items()
        }
    return {}


def _parse_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
