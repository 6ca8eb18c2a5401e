"""Whether what is published at an address is what a calendar's folder would publish, and how not."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatcal import english, http
from chatcal.feed import ics
from chatcal.model import Revision, get_feed_order, get_utc_day
from chatcal.problems import FeedError, Problem
from chatcal.project import ALL_FEED
from chatcal.publish import build, status

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
        names = read_status(http.fetch_feed(f"{home}{status.STATUS_PATH}")).feeds
    except ValueError as error:
        raise OSError(f"{home}{status.STATUS_PATH} cannot be read: {error}") from None
    try:
        return {name: http.fetch_feed(f"{home}{name}.ics") for name in names}
    except FileNotFoundError as error:
        raise OSError(f"{error}, though {status.STATUS_PATH} names it") from None


_PAUSE_SECONDS = 30
"""So many seconds lie between two askings."""


_MAX_AGE = timedelta(days=3)
"""So old may a site be that is built every night: GitHub drops a night now and then."""
_MEDIA_TYPE = "text/calendar"


Answers = Mapping[str, http.FetchedFile | OSError]
"""What a site gave for each path, or why it gave nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be with a file of the site; `broken` where a calendar program cannot read it."""

    path: str
    sentence: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """How a site was found: its feeds, what is not right with it, and the problems that leave nothing to compare."""

    feeds: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def verify_site(
    address: str,
    sources: build.SourceFiles,
    published: Mapping[str, bytes],
    now: datetime,
    *,
    minutes: int,
    tell: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> VerifyResult:
    """Fetch what is published at an address, and compare it with what would be published now.

    Takes the schedule files by their path, the kept feeds by their name (none where the site is the only memory), and
    the moment (aware). While something is not right it asks again for so many minutes, since caches go on serving what
    was published before; `tell` hears of it. Raises BrokenFeed where a kept feed cannot be read.
    """
    home = add_trailing_slash(address)
    answers: dict[str, http.FetchedFile | OSError] = {}
    waiting = minutes * 60 // _PAUSE_SECONDS
    while True:
        _fetch_missing(home, [status.STATUS_PATH], answers)
        _fetch_missing(home, _list_paths(sources, published, now, answers), answers)
        verdict = check_answers(home, sources, published, now, answers)
        if not verdict.findings or not waiting:
            return verdict
        files = english.format_count(len(verdict.findings), "file")
        tell(f"{files} not right yet; asking again every {_PAUSE_SECONDS} seconds, {waiting} times at most.")
        sleep(_PAUSE_SECONDS)
        waiting -= 1
        wrong = {one.path for one in verdict.findings}
        answers = {path: given for path, given in answers.items() if path not in wrong}


def _list_paths(
    sources: build.SourceFiles, published: Mapping[str, bytes], now: datetime, answers: Answers
) -> list[str]:
    """Return the paths of the feeds that should be there."""
    schedules, _ = build.read_project(sources, published, now)
    names = {*published, *(schedules.feed_names if schedules is not None else ())}
    if not published and (about := _find_served_status(answers)):
        names |= set(about.feeds)
    return [f"{name}.ics" for name in sorted(names)]


def _fetch_missing(home: str, paths: Iterable[str], answers: dict[str, http.FetchedFile | OSError]) -> None:
    """Add the answers for paths that there is none for."""
    for path in paths:
        if path not in answers:
            answers[path] = _fetch_answer(f"{home}{path}")


def _fetch_answer(address: str) -> http.FetchedFile | OSError:
    try:
        return http.fetch_file(address)
    except OSError as error:
        return error


def check_answers(
    home: str, sources: build.SourceFiles, published: Mapping[str, bytes], now: datetime, answers: Answers
) -> VerifyResult:
    """Return how a site was found that gave these answers; takes what `verify` takes."""
    memory = published or {path.removesuffix(".ics"): octets for path, octets in _find_valid_feeds(answers)}
    made = build.build_calendar(sources, memory, now, home=_find_built_home(home, answers))
    if not made.files:
        return VerifyResult(problems=made.problems)
    feeds = {path.name: octets for path, octets in made.files.items() if path.parts[0] == build.FEEDS_FOLDER}
    found = [one for path, octets in sorted(feeds.items()) if (one := _check_feed(path, octets, answers[path]))]
    return VerifyResult(tuple(feeds), (*found, *_check_status(answers, now)))


def _find_valid_feeds(answers: Answers) -> Iterator[tuple[str, bytes]]:
    for path, given in answers.items():
        if path != status.STATUS_PATH and isinstance(given, http.FetchedFile):
            with suppress(FeedError):
                ics.read_feed(given.content)
                yield path, given.content


def _find_built_home(home: str, answers: Answers) -> str | None:
    """Return the address that the feeds of a calendar without one were built with."""
    given = dict(_find_valid_feeds(answers)).get(f"{ALL_FEED}.ics")
    return home if given is not None and ics.read_heading(given).url == home else None


def _check_feed(path: str, octets: bytes, given: http.FetchedFile | OSError) -> Finding | None:
    if isinstance(given, OSError):
        return Finding(path, str(given), broken=True)
    if given.content != octets:
        if octets.startswith(given.content):
            return Finding(path, f"{path} is cut short: {len(given.content):,} of {len(octets):,} octets.", broken=True)
        try:
            return Finding(path, f"{path} {_describe_difference(ics.read_feed(given.content), ics.read_feed(octets))}.")
        except FeedError as error:
            what = "a web page" if given.content.lstrip()[:1] == b"<" else "no feed of chatcal"
            return Finding(path, f"{path} is {what}: {error}.", broken=True)
    if given.media_type != _MEDIA_TYPE:
        return Finding(path, f"{path} is served as {given.media_type or 'nothing'} instead of {_MEDIA_TYPE}.")
    return None


def _describe_difference(served: tuple[Revision, ...], here: tuple[Revision, ...]) -> str:
    """Return how a feed that is served differs from the one that there should be."""
    old, new = ({one.uid: one for one in found} for found in (served, here))
    kinds = {
        "missing": [new[uid] for uid in new.keys() - old.keys()],
        "left over": [old[uid] for uid in old.keys() - new.keys()],
        "not as it should be": [new[uid] for uid in new.keys() & old.keys() if new[uid].content != old[uid].content],
    }
    counts = [f"{english.format_count(len(found), 'session')} {kind}" for kind, found in kinds.items() if found]
    if not counts:
        return "says something else of itself, and holds the right sessions"
    first = min((one for found in kinds.values() for one in found), key=get_feed_order)
    last = max((one.modified for one in served), default=None)
    older = last is not None and last < max((one.modified for one in here), default=last)
    what = f"is an older one, of {last:%Y-%m-%d %H:%M} UTC" if older else "is another one"
    return f"{what}: {english.join_list(counts)}, the first of {english.format_day(get_utc_day(first.start))}"


def _find_served_status(answers: Answers) -> SiteStatus | None:
    given = answers.get(status.STATUS_PATH)
    with suppress(ValueError):
        return read_status(given.content) if isinstance(given, http.FetchedFile) else None
    return None


def _check_status(answers: Answers, now: datetime) -> Iterator[Finding]:
    about, given = _find_served_status(answers), answers[status.STATUS_PATH]
    if isinstance(given, OSError):
        yield Finding(status.STATUS_PATH, str(given), broken=True)
    elif about is None:
        yield Finding(status.STATUS_PATH, f"{status.STATUS_PATH} is not what chatcal writes.", broken=True)
    elif now - about.built > _MAX_AGE:
        day = english.format_long_day(about.built.astimezone(UTC).date())
        days = (now - about.built).days
        yield Finding(
            status.STATUS_PATH, f"The site was last built on {day}, {days} days ago: the nightly job stands still."
        )
