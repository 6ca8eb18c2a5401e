"""Whether a site serves what a calendar's folder would publish, and how it differs."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatcal import english, http
from chatcal.feed import ics
from chatcal.model import Revision, get_day, get_feed_order
from chatcal.problems import FeedError, Problem, sort_problems
from chatcal.project import ALL_FEED, Project
from chatcal.publish import build
from chatcal.publish.status import STATUS_PATH, SiteStatus, read_status
from chatcal.text import encode_url

_PAUSE_SECONDS = 30
"""The time between two tries."""

_MAX_AGE = timedelta(days=3)
"""The age at which a site that is built every night is too old: GitHub skips a night now and then."""

_MEDIA_TYPE = "text/calendar"

Answers = dict[str, http.HttpResponse | OSError]
"""What the site gave for each path, or why it gave nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a file of the site; `broken` where a calendar program cannot read it."""

    path: str
    sentence: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The feeds that were compared and what is wrong with the site, or the problems that prevent a comparison."""

    feeds: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def fetch_feeds(address: str) -> dict[str, bytes]:
    """Return the feeds that the site at an address names in its `status.json`, by name.

    Raises FileNotFoundError where there is no `status.json`, and OSError where it or a feed cannot be fetched.
    """
    try:
        names = read_status(http.get(f"{address}{STATUS_PATH}").require_ok().content).feeds
    except ValueError as error:
        raise OSError(f"{address}{STATUS_PATH} cannot be read: {error}") from None
    try:
        return {name: http.get(f"{address}{name}.ics").require_ok().content for name in names}
    except FileNotFoundError as error:
        raise OSError(f"{error}, though {STATUS_PATH} names it") from None


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

    Takes the schedule files by path, the feeds of the repository by name (none where only the site has them), and the
    moment (aware). While something is wrong it tries again for so many minutes, because caches serve old files for a
    while, and reports that to `tell`. Raises FeedError where a feed of the repository cannot be read.
    """
    project, problems = build.read_project(sources, published, now)
    if project is None:
        return VerifyResult(problems=sort_problems(problems))
    answers: Answers = {}
    waiting = minutes * 60 // _PAUSE_SECONDS
    basis: tuple[Mapping[str, bytes], bool] | None = None
    while True:
        _fetch_missing(address, [STATUS_PATH], answers)
        _fetch_missing(address, _list_feed_paths(project, answers), answers)
        found = (published or _find_valid_feeds(answers), _has_home(answers, address))
        if found != basis:
            basis = found
            memory, knows_home = found
            at_home = build.apply_home(project, address) if knows_home else project
            expected, errors = _build_feeds(at_home if published else build.add_published(at_home, memory), problems)
            if not expected:
                return VerifyResult(problems=errors)
        checks = (_check_feed(path, content, answers[path]) for path, content in sorted(expected.items()))
        findings = (*(one for one in checks if one), *_check_status(answers, now))
        if not findings or not waiting:
            return VerifyResult(tuple(expected), findings)
        files = english.format_count(len(findings), "file")
        tell(f"{files} not right yet; asking again every {_PAUSE_SECONDS} seconds, {waiting} times at most.")
        sleep(_PAUSE_SECONDS)
        waiting -= 1
        for one in findings:
            del answers[one.path]


def _build_feeds(project: Project, problems: Sequence[Problem]) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Return the feeds by their path on the site, none where there are errors, and all problems."""
    found = list(problems)
    made = build.build_files(project, build.BuildOptions(with_site=False), found)
    expected = {path.rpartition("/")[2]: content for path, content in made if isinstance(content, bytes)}
    return expected, sort_problems(found)


def _list_feed_paths(project: Project, answers: Answers) -> list[str]:
    names = {*project.published_feeds, *project.feed_names}
    if not project.published_feeds and (about := _find_served_status(answers)):
        names |= set(about.feeds)
    return [f"{name}.ics" for name in sorted(names)]


def _fetch_missing(address: str, paths: Iterable[str], answers: Answers) -> None:
    for path in paths:
        if path not in answers:
            try:
                answers[path] = http.get(f"{address}{path}").require_ok()
            except OSError as error:
                answers[path] = error


def _find_valid_feeds(answers: Answers) -> dict[str, bytes]:
    found = {}
    for path, answer in answers.items():
        if path != STATUS_PATH and isinstance(answer, http.HttpResponse):
            with suppress(FeedError):
                ics.read_feed(answer.content)
                found[path.removesuffix(".ics")] = answer.content
    return found


def _has_home(answers: Answers, address: str) -> bool:
    """Say whether the feeds were built with this address."""
    answer = answers.get(f"{ALL_FEED}.ics")
    with suppress(FeedError):
        return isinstance(answer, http.HttpResponse) and ics.read_heading(answer.content).url == encode_url(address)
    return False


def _check_feed(path: str, content: bytes, answer: http.HttpResponse | OSError) -> Finding | None:
    if isinstance(answer, OSError):
        return Finding(path, str(answer), broken=True)
    if answer.content != content:
        if content.startswith(answer.content):
            sizes = f"{len(answer.content):,} of {len(content):,} bytes"
            return Finding(path, f"{path} is cut short: {sizes}.", broken=True)
        try:
            difference = _describe_difference(ics.read_feed(answer.content), ics.read_feed(content))
            return Finding(path, f"{path} {difference}.")
        except FeedError as error:
            what = "a web page" if answer.content.lstrip()[:1] == b"<" else "not a feed of chatcal"
            return Finding(path, f"{path} is {what}: {error}.", broken=True)
    if answer.media_type != _MEDIA_TYPE:
        return Finding(path, f"{path} is served as {answer.media_type or 'nothing'} instead of {_MEDIA_TYPE}.")
    return None


def _describe_difference(served: tuple[Revision, ...], here: tuple[Revision, ...]) -> str:
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
    return f"{what}: {english.join_list(counts)}, the first of {english.format_day(get_day(first.start))}"


def _find_served_status(answers: Answers) -> SiteStatus | None:
    answer = answers.get(STATUS_PATH)
    with suppress(ValueError):
        return read_status(answer.content) if isinstance(answer, http.HttpResponse) else None
    return None


def _check_status(answers: Answers, now: datetime) -> Iterator[Finding]:
    about, answer = _find_served_status(answers), answers[STATUS_PATH]
    if isinstance(answer, OSError):
        yield Finding(STATUS_PATH, str(answer), broken=True)
    elif about is None:
        yield Finding(STATUS_PATH, f"{STATUS_PATH} is not what chatcal writes.", broken=True)
    elif now - about.built > _MAX_AGE:
        day = english.format_long_day(about.built.astimezone(UTC).date())
        days = (now - about.built).days
        yield Finding(STATUS_PATH, f"The site was last built on {day}, {days} days ago: the nightly job does not run.")
