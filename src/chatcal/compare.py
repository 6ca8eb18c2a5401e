"""What a person names to the two sides of a comparison: the working tree, a revision, a folder, an address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from chatcal import build, fetch, files, git, schedule
from chatcal.diff import Difference, difference
from chatcal.problem import Problem, Severity, has_errors, in_order
from chatcal.schedules import Schedules
from chatcal.sides import Side, of_feeds, of_schedules

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What stands under a name: schedule files by their path, or else feeds by their name."""

    sources: Mapping[str, bytes | None] | None = None
    feeds: Mapping[str, bytes] = field(default_factory=dict)
    lone: bool = False
    """Whether it is a single feed of a server."""


def named(text: str, folder: Path, root: Callable[[], Path]) -> Named:
    """Return what stands under a name: an address, a folder, or else a revision of the calendar's repository.

    Takes the folder that names are relative to, and what returns the calendar's folder. A folder that holds
    `chatcal.yaml` is a calendar, any other one a folder of feeds. Raises OSError, and git.NoRevision.
    """
    if fetch.is_address(text):
        name = PurePosixPath(unquote(urlsplit(text).path)).name.removesuffix(".ics")
        return Named(feeds={name: fetch.feed(text)}, lone=True)
    place = folder / text
    if not place.is_dir():
        return Named(sources=committed(root(), text))
    if (place / schedule.CALENDAR_FILE).is_file():
        return working_tree(place)
    found = files.read_regular(place, ".ics")
    return Named(feeds={PurePosixPath(name).stem: octets for name, octets in found.items()})


def committed(root: Path, revision: str) -> dict[str, bytes | None]:
    """Return the schedule files of a calendar's folder as they are at a revision; raises as `git.files` does."""
    found = git.files(root, revision, schedule.CALENDAR_FILE, build.SCHEDULES)
    return {path: octets for path, octets in found.items() if path.lower().endswith(_ENDINGS)}


def branch_point(root: Path) -> Named:
    """Return the schedules as they were where the present branch left the main one; raises as `named` does."""
    return Named(sources=committed(root, git.merge_base(root)))


def working_tree(root: Path) -> Named:
    """Return the schedules as they stand in a calendar's folder."""
    found = files.read(root / build.SCHEDULES, *_ENDINGS)
    calendar = {schedule.CALENDAR_FILE: (root / schedule.CALENDAR_FILE).read_bytes()}
    return Named(sources=calendar | {f"{build.SCHEDULES}/{name}": octets for name, octets in found.items()})


def compared(before: Named, after: Named, now: datetime) -> tuple[Difference | None, tuple[Problem, ...]]:
    """Return what changes from one side to the other at a moment (aware), and the problems of the second.

    There is no difference where the second side has errors. Raises BrokenFeed.
    """
    new, problems = (None, ()) if after.sources is None else _read(after.sources, before.feeds, now)
    if after.sources is not None and (new is None or has_errors(problems)):
        return None, problems
    old, unread = (None, ()) if before.sources is None else _sound(before.sources, after.feeds, now)
    second = of_schedules(new) if new is not None else None
    if before.sources is None:
        first = of_feeds(before.feeds, _roots(second), lone=before.lone)
    elif old is not None:
        first = of_schedules(old, unread)
    else:
        first = Side(chapters={}, feeds={}, held={}, domains=frozenset(), unread=unread)
    if second is None:
        second = of_feeds(after.feeds, _roots(first), lone=after.lone)
    return difference(first, second, now), problems


def _read(
    sources: Mapping[str, bytes | None], feeds: Mapping[str, bytes], now: datetime
) -> tuple[Schedules | None, tuple[Problem, ...]]:
    """Return schedules with their problems; what is kept elsewhere has the sessions that the feeds have."""
    schedules, problems = build.checked(sources, (), now, {})
    if schedules is not None and any(chapter.upstream for chapter in schedules.chapters.values()):
        schedules = replace(schedules, last=build.readable(feeds)).following({})
    return schedules, in_order(problems)


def _sound(
    sources: Mapping[str, bytes | None], feeds: Mapping[str, bytes], now: datetime
) -> tuple[Schedules | None, tuple[str, ...]]:
    """Return the schedules without what has errors, and the files that have them."""
    schedules, problems = _read(sources, feeds, now)
    wrong = tuple(dict.fromkeys(one.span.file for one in problems if one.severity is Severity.ERROR))
    if schedules is None:
        return None, wrong
    sound = {slug: chapter for slug, chapter in schedules.chapters.items() if chapter.file not in wrong}
    return replace(schedules, chapters=sound), wrong


def _roots(side: Side | None) -> dict[str, str]:
    """Return the oldest slug of the chapter of each name, of a side of schedules."""
    if side is None or side.schedules is None:
        return {}
    chapters = side.schedules.chapters.values()
    return {name: chapter.root for chapter in chapters for name in (chapter.slug, *chapter.formerly)}
