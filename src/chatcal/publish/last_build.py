"""What the last build made, and what of it a build may keep: that which it would make again, byte by byte.

It is written down in `build.json`, beside the pages: digests of what went into the build and of what came out. A
chapter is kept where all of them fit; where one does not, or the file is missing or damaged, it is built again.
"""

import json
import os
import platform
import zoneinfo
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from chatcal import files
from chatcal.feed.feeds import Feed
from chatcal.files import hash_content
from chatcal.model import Chapter, select_coming
from chatcal.problems import Problem, Severity, Span
from chatcal.project import Project
from chatcal.publish.build import FEEDS_FOLDER, BuildNotes
from chatcal.publish.status import STATUS_PATH, count_coming
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.site.archive import list_coming_sessions
from chatcal.text import parse_json

LAST_BUILD_PATH = "build.json"

_LASTING = frozenset({
    "profile", "unconfirmed", "lookalike", "overlap", "clock-gap", "clock-overlap", "nothing-ahead", "same-time",
    "feed-too-large", "other-home",
})  # fmt: skip
"""Problems that stay the same until a session ends. Others depend on what was published before, or on the day."""
_ONLY_BEFORE_PUBLICATION = frozenset({"no-collection"})
"""Problems that no chapter has in the next build."""


@dataclass(frozen=True, slots=True)
class BuiltChapter:
    """What a build knew of a chapter."""

    file: str
    names: tuple[str, ...]
    """The slug, then the former names."""
    digest: str
    """Of the schedule file."""
    until: datetime | None
    """The moment (aware) until which nothing of it changes by itself; None where nobody knows."""
    coming: Mapping[str, int]
    """What `count_coming` gives."""
    shown: tuple[int, int]
    """How many sessions pages count as coming, and how many of these are unconfirmed."""


@dataclass(frozen=True)
class LastBuild:
    """What a build made, and what of. The paths are those below the site's folder."""

    built: datetime
    inputs: str
    """A digest of what goes into every chapter."""
    feeds: Mapping[str, str]
    """The digests of all feeds by name."""
    counts: Mapping[str, int]
    """The numbers of their events."""
    chapters: Mapping[str, BuiltChapter]
    """By slug."""
    made: Mapping[str, str]
    """A digest of all files of each chapter on the site, by slug."""
    files: Mapping[str, str]
    """The digests of its other files but the status, which is made anew each time."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The chapters that a build keeps as the last one made them, and where that left the site."""

    last: LastBuild
    files: Mapping[str, Sequence[str]]
    """The files of each of the chapters on the site, by slug."""
    site: Path

    def read_file(self, path: str) -> bytes:
        """Return a file of the site; raises OSError."""
        return files.read_file(self.site / path)

    def list_problems(self) -> list[Problem]:
        """Return the problems of the chapters."""
        kept = {self.last.chapters[slug].file for slug in self.files}
        return [one for one in self.last.problems if one.span.file in kept]

    def has_everything(self, sources: Collection[str], now: datetime) -> bool:
        """Say whether a build of these schedule files at this moment would make all files again, but for the status."""
        last = self.last
        return (
            # Nothing is kept of a file that is gone.
            self.files.keys() == last.chapters.keys()
            and {CALENDAR_FILE, *(one.file for one in last.chapters.values())} == set(sources)
            and now.astimezone(UTC).date() == last.built.astimezone(UTC).date()
            and all(one.code in _LASTING for one in last.problems)
            and all(files.hash_file(self.site / path) == digest for path, digest in last.files.items())
        )


NOTHING_KEPT = Kept(LastBuild(datetime.min.replace(tzinfo=UTC), "", {}, {}, {}, {}, {}, ()), {}, Path())


def hash_inputs(calendar: bytes, home: str | None, now: datetime) -> str:
    """Return a digest of what goes into every chapter: the program, `chatcal.yaml`, the home, the month (in UTC)."""
    libraries = ("babel", "icalendar", "jinja2", "segno")
    versions = [platform.python_version(), *map(metadata.version, libraries)]
    zones = _hash_folders(path for path in map(Path, zoneinfo.TZPATH) if path.is_dir())
    parts = [*versions, _hash_packages(), zones, hash_content(calendar), repr(home), f"{now.astimezone(UTC):%Y-%m}"]
    return hash_content("\n".join(parts).encode())


@cache
def _hash_packages() -> str:
    """Return a digest of chatcal itself, its templates included, and of the zone data that comes with it."""
    return _hash_folders(map(resources.files, ("chatcal", "tzdata")))


def _hash_folders(folders: Iterable[Traversable]) -> str:
    digest = sha256()
    for folder in folders:
        for path, content in sorted(_read_files(folder, "")):
            digest.update(f"{path}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _read_files(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_file():
            yield path + one.name, one.read_bytes()
        elif one.name != "__pycache__":
            yield from _read_files(one, f"{path}{one.name}/")


def hash_feeds(feeds: Mapping[str, bytes]) -> dict[str, str]:
    """Return the digests of feeds by name."""
    return {name: hash_content(content) for name, content in feeds.items()}


def format_last_build(last: LastBuild) -> Iterator[bytes]:
    """Yield the file that tells the next build of this one, in pieces."""
    digest = sha256()
    yield _HEAD
    for piece in _encode_fields(last):
        digest.update(piece)
        yield piece
    yield f',"digest":"{digest.hexdigest()}"}}\n'.encode()


def _encode_fields(last: LastBuild) -> Iterator[bytes]:
    before = "{"
    for key, value in _list_fields(last).items():
        # Sorted, because a build that keeps everything comes to the feeds in another order.
        text = json.dumps(value, default=_to_json, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield f'{before}"{key}":{text}'.encode()
        before = ",\n"
    yield b"}"


_HEAD = b'{"build":\n'


def _to_json(value: object) -> object:
    return _list_fields(value) if is_dataclass(value) else str(value)


def _list_fields(value: Any) -> dict[str, object]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def read_last_build(content: bytes) -> LastBuild | None:
    """Return what such a file tells; None where no build wrote it, or somebody has changed it since."""
    text, _, digest = content.removeprefix(_HEAD).rpartition(b',"digest":')
    if digest != f'"{hash_content(text)}"}}\n'.encode():
        return None
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        found = parse_json(text)
        found["built"] = _read_moment(found["built"])
        for one in found["chapters"].values():
            one["names"], one["shown"] = tuple(one["names"]), tuple(one["shown"])
            one["until"] = one["until"] and _read_moment(one["until"])
        found["chapters"] = {slug: BuiltChapter(**one) for slug, one in found["chapters"].items()}
        for one in found["problems"]:
            one["span"], one["severity"] = Span(**one["span"]), Severity(one["severity"])
        found["problems"] = tuple(Problem(**one) for one in found["problems"])
        return LastBuild(**found)
    return None


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _compute_lasting(project: Project, chapter: Chapter, feed: Feed) -> datetime:
    """Return until when nothing of a chapter changes by itself: until one of its sessions or chats is over."""
    today = project.today
    days = [chat.until.last for chat in chapter.chats if chat.until]
    days += [max(one.day for one in chat.dates) for chat in chapter.chats if chat.dates]
    # From the second day on, a check warns of a session moved to a day that is over.
    days += [one.moved_to.day + timedelta(days=1) for one in chapter.overrides if one.moved_to]
    ends: list[datetime] = [_end_day(day) for day in days if day >= today]
    midnight = datetime.combine(today, time(), UTC)
    # What was published has ends of its own, where the schedule or the zone data is another one since.
    found = {one.end for one in select_coming(project.sessions_of(chapter), midnight)}
    for end in found | {one.end for one in select_coming(feed.revisions, midnight)}:
        moment = end if isinstance(end, datetime) else datetime.combine(end, time(12), UTC)
        # Pages show a session until the day is over.
        ends.append(_end_day(moment.date()) if moment < project.now else moment)
    return min(ends, default=datetime.max.replace(tzinfo=UTC))


def _end_day(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)


def find_kept(
    site: Path, inputs: str, sources: Mapping[str, bytes | None], feeds: Mapping[str, bytes], now: datetime
) -> Kept:
    """Return what a build at `now` (aware) may keep.

    Takes the folder of the site, the digest of the inputs of this build, the schedule files by path, and the published
    feeds by name. Raises OSError.
    """
    last = None
    with suppress(FileNotFoundError):
        last = read_last_build(files.read_file(site / LAST_BUILD_PATH))
    if last is None or last.inputs != inputs or now < last.built or hash_feeds(feeds) != last.feeds:
        return NOTHING_KEPT
    kept = {}
    for slug, one in last.chapters.items():
        schedule = sources.get(one.file)
        if one.until and now <= one.until and schedule is not None and hash_content(schedule) == one.digest:
            digests = _hash_chapter_files(site, one.names)
            if _join_digests(digests) == last.made.get(slug):
                kept[slug] = tuple(digests)
    return Kept(last, kept, site)


def _hash_chapter_files(site: Path, names: Iterable[str]) -> dict[str, str | None]:
    """Return the digests of all that is on the site under the names of a chapter, by path; None is no file."""
    paths = [f"{site}{os.sep}{name}.ics" for name in names]
    for name in names:
        with suppress(FileNotFoundError):
            found = files.list_entries(site / name)
            paths += [entry.path for entry in found if not entry.is_dir(follow_symlinks=False)]
    start = len(f"{site}{os.sep}")
    # What is no file, like a pipe, has no digest.
    return {
        path[start:].replace(os.sep, "/"): files.hash_file(path) if Path(path).is_file() else None for path in paths
    }


def _join_digests(digests: Mapping[str, str | None]) -> str:
    return hash_content("".join(f"{path}\0{digest}\n" for path, digest in sorted(digests.items())).encode())


def describe_build(
    stage: files.Stage, notes: BuildNotes, kept: Kept, *, built: datetime, inputs: str, problems: Iterable[Problem]
) -> LastBuild:
    """Return what the next build must know of one at the moment `built`, whose files are on a stage."""
    digests = stage.new_digests
    owners = {name: slug for slug, one in notes.chapters.items() for name in one.names}
    feeds, others, pages = {}, {}, defaultdict[str, dict[str, str | None]](dict)
    for name in stage.names:
        folder, _, path = name.partition("/")
        first = path.partition("/")[0].removesuffix(".ics")
        digest = digests.get(name)
        if folder == FEEDS_FOLDER:
            feeds[first] = digest or kept.last.feeds[first]
        elif (slug := owners.get(first)) is None:
            others[path] = digest or kept.last.files[path]
        elif digest:
            pages[slug][path] = digest
    del others[STATUS_PATH]
    made = {slug: _join_digests(pages[slug]) if slug in pages else kept.last.made[slug] for slug in notes.chapters}
    lasting = tuple(one for one in problems if one.code not in _ONLY_BEFORE_PUBLICATION)
    return LastBuild(built, inputs, feeds, notes.counts, notes.chapters, made, others, lasting)


def find_changing_files(problems: Iterable[Problem]) -> set[str]:
    """Return the files with a problem that may be another one, or none, in the next build."""
    return {one.span.file for one in problems if one.code not in _LASTING | _ONLY_BEFORE_PUBLICATION}


def describe_chapter(
    project: Project, chapter: Chapter, sources: Mapping[str, bytes | None], feed: Feed, changing: Collection[str]
) -> BuiltChapter:
    """Return what the next build must know of a chapter.

    Takes the schedule files by path, its feed, and what `find_changing_files` gives.
    """
    shown = list_coming_sessions(project, chapter)
    is_lasting = (
        feed.content is not None and feed.problem is None and chapter.upstream is None and chapter.file not in changing
    )
    return BuiltChapter(
        file=chapter.file,
        names=feed.names,
        digest=hash_content(sources.get(chapter.file) or b""),
        until=_compute_lasting(project, chapter, feed) if is_lasting else None,
        coming=count_coming(project, chapter),
        shown=(len(shown), sum(session.unconfirmed for session in shown)),
    )
