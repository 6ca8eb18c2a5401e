"""The calendars that the programs are given: their feeds, and the sessions that a reader should see in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from tests.clients import Seen, moment
from tests.clients.install import HERE
from tests.support import oracle
from tests.support.calendars import at, built
from tests.support.chapters import read_sources
from tests.support.oracle import Expected


@dataclass(frozen=True)
class Feed:
    """A published feed, and what a reader should see in it, sorted."""

    name: str
    octets: bytes
    expected: Sequence[Seen]


def seen(one: Expected) -> Seen:
    """Return a session as a program should read it."""
    return Seen(moment(one.start), one.uid, moment(one.end), one.summary, one.description, one.status)


def members(calendar_text: str, chapters: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the slugs of the chapters that each feed holds, by the feed's name."""
    collections = oracle.load(calendar_text).get("collections", {})
    return {"all": list(chapters), **{slug: [slug] for slug in chapters}} | {
        name: one["chapters"] for name, one in collections.items()
    }


def feeds(files: Mapping[str, bytes], nights: Sequence[datetime]) -> list[Feed]:
    """Return the feeds of a calendar after it was built on these nights, the same bytes once."""
    calendar, *texts = [octets.decode() for octets in files.values()]
    chapters = dict(zip([Path(path).stem for path in files][1:], texts, strict=True))
    published: dict[str, bytes] = {}
    expected: dict[str, list[Expected]] = {}
    held = members(calendar, chapters)
    for now in nights:
        published = built(files, now, published)
        expected = {
            name: oracle.publication(calendar, {slug: chapters[slug] for slug in slugs}, now, expected.get(name, ()))
            for name, slugs in held.items()
        }
    assert {octets for name, octets in published.items()} == {published[name] for name in held}
    return [Feed(name, published[name], sorted(map(seen, expected[name]))) for name in held]


@cache
def torture() -> list[Feed]:
    """Return the feeds of the calendar that was made to trip programs, with what was held between two nights."""
    folder = HERE / "torture"
    paths = [folder / "chatcal.yaml", *sorted(folder.glob("schedules/*.yaml"))]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return feeds(files, [at("2026-02-15T03:43"), at("2026-03-05T03:43")])


@cache
def shipped() -> list[Feed]:
    """Return the feeds of the calendar that this repository ships, as it was then."""
    return feeds(read_sources("founding"), [at("2026-11-23T00:00")])
