"""Calendars that chapters keep elsewhere, fetched; where one cannot be fetched, all stays as it was published."""

import json
import re
import time
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from pathlib import Path
from typing import Any

from chatcal import files, http
from chatcal.english import format_count
from chatcal.feed.event import loses_most
from chatcal.http import HttpResponse, Limits
from chatcal.importers import expand, follow
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Chapter, Upstream, select_coming
from chatcal.project import Project, UpstreamContact, UpstreamResult
from chatcal.text import parse_json


def read_cache(folder: Path, name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing where there is nothing, or nothing that can be read."""
    with suppress(OSError, ValueError):
        found = parse_json(files.read_file(_make_cache_path(folder, name)))
        if isinstance(found, dict):
            return found
    return {}


def write_cache(folder: Path, name: str, values: Mapping[str, Any]) -> None:
    """Keep values under a name; where that is impossible, they are fetched again next time."""
    with suppress(OSError):
        files.replace_files({_make_cache_path(folder, name): json.dumps(values).encode()})


def _make_cache_path(folder: Path, name: str) -> Path:
    return folder / f"{sha256(name.encode()).hexdigest()[:32]}.json"


PARALLEL_FETCHES = 4
LIMITS = Limits(seconds=15, size=10_000_000, redirects=3)
TOTAL_SECONDS = 300
"""For all calendars together; those that are left then are asked in the next night."""
MAX_SILENCES = 3
"""So many calendars of one host may be silent, one after the other, before the rest of them are not asked."""
DEAD_NIGHTS = 14
"""After so many nights in silence a calendar is asked for less long, but for one night in a week."""
DEAD_SECONDS = 3
_VALIDATORS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
"""Headers that ask whether a calendar has changed, each with the one that its value comes from."""


def fetch_upstreams(project: Project, cache: Path, *, allow_shrink: bool = False) -> dict[str, UpstreamResult]:
    """Return what the calendars kept elsewhere say, by the slugs of their chapters.

    Takes the project, with what is published; the folder that answers are kept in, so that a server can say that
    nothing has changed; and whether a calendar may lose most of its coming sessions.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    silences: dict[str, int] = defaultdict(int)

    def fetch_one(asked: tuple[Chapter, Upstream]) -> UpstreamResult:
        chapter, upstream = asked
        host, left = upstream.host, deadline - time.monotonic()
        if left <= 0:
            why = f"the calendars before it took {TOTAL_SECONDS:g} seconds"
            return UpstreamResult(failure=f"{upstream.address} was not asked: {why}", asked=False)
        if silences[host] >= MAX_SILENCES:
            why = f"{host} is silent for {MAX_SILENCES} others"
            return UpstreamResult(failure=f"{upstream.address} was not asked: {why}", asked=False)
        limits = replace(LIMITS, seconds=min(ceil(left), _choose_seconds(project, chapter)))
        try:
            result = _fetch_upstream(project, chapter, upstream, cache, limits, allow_shrink=allow_shrink)
        except TimeoutError as error:
            silences[host] += 1
            return UpstreamResult(failure=str(error))
        except OSError as error:
            result = UpstreamResult(failure=str(error))
        except ForeignCalendarError as error:
            result = UpstreamResult(failure=f"{upstream.address} cannot be followed: {error}")
        silences[host] = 0
        return result

    # Those that are not silent come first; of these, those that have answered; of these, those not asked for longest.
    elsewhere = sorted(
        ((one, one.upstream) for one in project.chapters.values() if one.upstream is not None),
        key=lambda pair: _get_turn(project, pair[0]),
    )
    with http.open_pool(PARALLEL_FETCHES) as pool:
        results = pool.map(fetch_one, elsewhere)
        return {chapter.slug: result for (chapter, _), result in zip(elsewhere, results, strict=True)}


def _get_turn(project: Project, chapter: Chapter) -> tuple[int, date, str]:
    contact = project.earlier_contacts.get(chapter.slug, UpstreamContact())
    return contact.count_silent_nights(project.today), contact.last_answer or date.max, chapter.slug


def _choose_seconds(project: Project, chapter: Chapter) -> float:
    nights, _, _ = _get_turn(project, chapter)
    return DEAD_SECONDS if nights > DEAD_NIGHTS and nights % 7 else LIMITS.seconds


def _fetch_upstream(
    project: Project, chapter: Chapter, upstream: Upstream, cache: Path, limits: Limits, *, allow_shrink: bool
) -> UpstreamResult:
    validators, kept = _read_cached(cache, upstream)
    policy = replace(http.PUBLIC_ONLY, schemes=("https",), hosts=frozenset(project.calendar.upstream_hosts))
    expand_calendar = partial(
        expand.expand_in_subprocess,
        within=project.window,
        clock=follow.get_display_zone(chapter),
        only=upstream.only,
        category=upstream.category,
    )
    expansion = None
    answer = http.get(upstream.address, limits, policy, headers=validators, home=project.calendar.home)
    if answer.status == HTTPStatus.NOT_MODIFIED and kept is not None:
        try:
            expansion = expand_calendar(kept)
        except ForeignCalendarError:  # What was kept may be damaged.
            answer = http.get(upstream.address, limits, policy, home=project.calendar.home)
    if expansion is None:
        expansion = expand_calendar(answer.require_ok().content)
        write_cache(cache, upstream.address, _build_cache_entry(answer))
    published = project.find_published(chapter)
    sessions = follow.make_sessions_from_occurrences(project.calendar, chapter, expansion.occurrences, published)
    if follow.has_too_many_sessions(sessions, project.now):
        raise ForeignCalendarError(
            f"it has more than {follow.MAX_COMING_SESSIONS} sessions until the end of next month"
        )
    before = select_coming(project.window.select(published), project.now)
    left = len(select_coming(sessions, project.now))
    if not allow_shrink and loses_most(before, left):
        some, were = (f"only {format_count(left, 'session')}", len(before)) if left else ("no session", "some")
        return UpstreamResult(
            failure=f"{upstream.address} holds {some} to come{'' if left else ' any more'}, and {were} were published",
            hint="If that is right, `chatcal build --fetch --allow-shrink` lets it pass.",
        )
    return UpstreamResult(sessions=sessions, remarks=expansion.remarks)


def _read_cached(cache: Path, upstream: Upstream) -> tuple[dict[str, str], bytes | None]:
    """Return the headers that ask whether a calendar has changed (RFC 9110 section 13.1), and the calendar kept."""
    found = read_cache(cache, upstream.address)
    with suppress(KeyError, TypeError, ValueError):
        content = b64decode(found["content"], validate=True)
        validators = {header: found[header] for header in _VALIDATORS if header in found}
        if all(map(_is_validator, validators.values())):
            return validators, content
    return {}, None


def _is_validator(value: object) -> bool:
    """Say whether a value may be a header of a request."""
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e][\x20-\x7e]{0,499}", value) is not None


def _build_cache_entry(answer: HttpResponse) -> dict[str, str]:
    """Return what to keep of an answer: nothing where the server gives nothing to ask for a change with."""
    given = {header: answer.headers.get(name) for header, name in _VALIDATORS.items()}
    validators = {header: value for header, value in given.items() if value and _is_validator(value)}
    return {**validators, "content": b64encode(answer.content).decode()} if validators else {}
