"""Whether what is published at an address is what a calendar's folder would publish, and how not."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatcal import build, fetch, ics, online, status, words
from chatcal.model import Revision, in_feed_order, utc_day
from chatcal.problem import BrokenFeed, Problem
from chatcal.schedules import ALL

_PAUSE = 30
"""So many seconds lie between two askings."""
_FRESH = timedelta(days=3)
"""So old may a site be that is built every night: GitHub drops a night now and then."""
_MEDIA_TYPE = "text/calendar"

Answers = Mapping[str, fetch.Answer | OSError]
"""What a site gave for each path, or why it gave nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be with a file of the site; `broken` where a calendar program cannot read it."""

    path: str
    sentence: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a site was found: its feeds, what is not right with it, and the problems that leave nothing to compare."""

    feeds: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def verify(
    address: str,
    sources: build.Sources,
    published: Mapping[str, bytes],
    now: datetime,
    *,
    minutes: int,
    tell: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Verdict:
    """Fetch what is published at an address, and compare it with what would be published now.

    Takes the schedule files by their path, the kept feeds by their name (none where the site is the only memory), and
    the moment (aware). While something is not right it asks again for so many minutes, since caches go on serving what
    was published before; `tell` hears of it. Raises BrokenFeed where a kept feed cannot be read.
    """
    home = online.folder(address)
    answers: dict[str, fetch.Answer | OSError] = {}
    waiting = minutes * 60 // _PAUSE
    while True:
        _ask(home, [status.PATH], answers)
        _ask(home, _paths(sources, published, now, answers), answers)
        verdict = judged(home, sources, published, now, answers)
        if not verdict.findings or not waiting:
            return verdict
        files = words.counted(len(verdict.findings), "file")
        tell(f"{files} not right yet; asking again every {_PAUSE} seconds, {waiting} times at most.")
        sleep(_PAUSE)
        waiting -= 1
        wrong = {one.path for one in verdict.findings}
        answers = {path: given for path, given in answers.items() if path not in wrong}


def _paths(sources: build.Sources, published: Mapping[str, bytes], now: datetime, answers: Answers) -> list[str]:
    """Return the paths of the feeds that should be there."""
    schedules, _ = build.read(sources, published, now)
    names = {*published, *(schedules.names if schedules is not None else ())}
    if not published and (about := _about(answers)):
        names |= set(about.feeds)
    return [f"{name}.ics" for name in sorted(names)]


def _ask(home: str, paths: Iterable[str], answers: dict[str, fetch.Answer | OSError]) -> None:
    """Add the answers for paths that there is none for."""
    for path in paths:
        if path not in answers:
            answers[path] = _answer(f"{home}{path}")


def _answer(address: str) -> fetch.Answer | OSError:
    try:
        return fetch.answer(address)
    except OSError as error:
        return error


def judged(
    home: str, sources: build.Sources, published: Mapping[str, bytes], now: datetime, answers: Answers
) -> Verdict:
    """Return how a site was found that gave these answers; takes what `verify` takes."""
    memory = published or {path.removesuffix(".ics"): octets for path, octets in _readable(answers)}
    made = build.build(sources, memory, now, home=_home(home, answers))
    if not made.files:
        return Verdict(problems=made.problems)
    feeds = {path.name: octets for path, octets in made.files.items() if path.parts[0] == build.FEEDS}
    found = [one for path, octets in sorted(feeds.items()) if (one := _of_feed(path, octets, answers[path]))]
    return Verdict(tuple(feeds), (*found, *_of_status(answers, now)))


def _readable(answers: Answers) -> Iterator[tuple[str, bytes]]:
    for path, given in answers.items():
        if path != status.PATH and isinstance(given, fetch.Answer):
            with suppress(BrokenFeed):
                ics.read(given.octets)
                yield path, given.octets


def _home(home: str, answers: Answers) -> str | None:
    """Return the address that the feeds of a calendar without one were built with."""
    given = dict(_readable(answers)).get(f"{ALL}.ics")
    return home if given is not None and ics.heading(given).url == home else None


def _of_feed(path: str, octets: bytes, given: fetch.Answer | OSError) -> Finding | None:
    if isinstance(given, OSError):
        return Finding(path, str(given), broken=True)
    if given.octets != octets:
        if octets.startswith(given.octets):
            return Finding(path, f"{path} is cut short: {len(given.octets):,} of {len(octets):,} octets.", broken=True)
        try:
            return Finding(path, f"{path} {_difference(ics.read(given.octets), ics.read(octets))}.")
        except BrokenFeed as error:
            what = "a web page" if given.octets.lstrip()[:1] == b"<" else "no feed of chatcal"
            return Finding(path, f"{path} is {what}: {error}.", broken=True)
    if given.media_type != _MEDIA_TYPE:
        return Finding(path, f"{path} is served as {given.media_type or 'nothing'} instead of {_MEDIA_TYPE}.")
    return None


def _difference(served: tuple[Revision, ...], here: tuple[Revision, ...]) -> str:
    """Return how a feed that is served differs from the one that there should be."""
    old, new = ({one.uid: one for one in found} for found in (served, here))
    kinds = {
        "missing": [new[uid] for uid in new.keys() - old.keys()],
        "left over": [old[uid] for uid in old.keys() - new.keys()],
        "not as it should be": [new[uid] for uid in new.keys() & old.keys() if new[uid].octets != old[uid].octets],
    }
    counts = [f"{words.counted(len(found), 'session')} {kind}" for kind, found in kinds.items() if found]
    if not counts:
        return "says something else of itself, and holds the right sessions"
    first = min((one for found in kinds.values() for one in found), key=in_feed_order)
    last = max((one.modified for one in served), default=None)
    older = last is not None and last < max((one.modified for one in here), default=last)
    what = f"is an older one, of {last:%Y-%m-%d %H:%M} UTC" if older else "is another one"
    return f"{what}: {words.listed(counts)}, the first of {words.dated(utc_day(first.start))}"


def _about(answers: Answers) -> online.About | None:
    given = answers.get(status.PATH)
    with suppress(ValueError):
        return online.about(given.octets) if isinstance(given, fetch.Answer) else None
    return None


def _of_status(answers: Answers, now: datetime) -> Iterator[Finding]:
    about, given = _about(answers), answers[status.PATH]
    if isinstance(given, OSError):
        yield Finding(status.PATH, str(given), broken=True)
    elif about is None:
        yield Finding(status.PATH, f"{status.PATH} is not what chatcal writes.", broken=True)
    elif now - about.built > _FRESH:
        day = words.long_day(about.built.astimezone(UTC).date())
        days = (now - about.built).days
        yield Finding(status.PATH, f"The site was last built on {day}, {days} days ago: the nightly job stands still.")
