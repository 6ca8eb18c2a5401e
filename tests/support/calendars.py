"""Calendars that tests are made of: small schedules, and the moments they are built at."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from chatcal.feed.ics import read_feed
from chatcal.model import Revision
from chatcal.problems import format_problems
from chatcal.publish.build import BuildOptions, BuildResult, build_calendar

ROOT = Path(__file__).parents[2]

CALENDAR = """\
title: Lights
uid_domain: lights.example
join: https://x.com/hashtag/{hashtag}
clocks: [Europe/London, Australia/Sydney]
"""

LANTERN = """\
hashtag: lanternchat
name: The Lantern Keepers
timezone: America/Toronto
chats:
  - every: Wednesday
    at: 13:00
"""


def at(moment: str) -> datetime:
    """Return the moment of a text like 2026-03-01T00:00, in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


NOW = at("2026-03-01T00:00")


def sources(calendar: str = CALENDAR, **chapters: str) -> dict[str, bytes | None]:
    """Return schedule files: chatcal.yaml and one per chapter."""
    files: dict[str, bytes | None] = {"chatcal.yaml": calendar.encode()}
    return files | {f"schedules/{slug}.yaml": text.encode() for slug, text in chapters.items()}


def built(
    files: Mapping[str, bytes | None],
    now: datetime = NOW,
    published: Mapping[str, bytes] | None = None,
    *,
    rewrite_past: bool = False,
) -> dict[str, bytes]:
    """Return the feeds that a build without errors makes, by name."""
    made = build_calendar(files, published or {}, now, BuildOptions(rewrite_past=rewrite_past))
    assert made.files, format_problems(made.problems, files)
    return feeds_of(made)


def feeds_of(made: BuildResult) -> dict[str, bytes]:
    """Return the feeds of a build by their name."""
    return {path.stem: octets for path, octets in made.files.items() if path.parts[0] == "feeds"}


def events(octets: bytes) -> dict[str, Revision]:
    """Return the events of a feed by the first part of their UID."""
    return {one.uid.partition("@")[0]: one for one in read_feed(octets)}


def lines(revision: Revision) -> list[str]:
    """Return the properties of an event, unfolded."""
    return revision.content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def without_extras(content: bytes) -> bytes:
    """Return events as they were published before chatcal wrote X-CHATCAL-… properties."""
    return re.sub(rb"X-CHATCAL-[^\r]*\r\n(?: [^\r]*\r\n)*", b"", content)


def value(revision: Revision, name: str) -> str | None:
    """Return the value of a property of an event, as it stands; None where there is none."""
    found = [line.partition(":")[2] for line in lines(revision) if line.split(":")[0].split(";")[0] == name]
    return found[0] if found else None
