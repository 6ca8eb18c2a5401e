"""Calendars that chapters keep elsewhere, fetched; where one cannot be fetched, all stays as it was published."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from chatcal import files, http
from chatcal.http import HttpResponse, Limits
from chatcal.importers import expand, follow
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Chapter, Upstream
from chatcal.project import Project, UpstreamResult


def read_cache(folder: Path, name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing where there is nothing, or nothing that can be read."""
    with suppress(OSError, ValueError):
        found = json.loads(_make_cache_path(folder, name).read_bytes())
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
LIMITS = Limits(seconds=15, size=2_000_000, redirects=3)
_MAX_VALIDATOR_LENGTH = 500


def fetch_upstreams(project: Project, cache: Path, *, allow_shrink: bool = False) -> dict[str, UpstreamResult]:
    """Return what the calendars kept elsewhere say, by the slugs of their chapters.

    Takes the project, with what is published; the folder that answers are kept in, so that a server can say that
    nothing has changed; and whether a calendar may lose all its coming sessions.
    """

    def fetch_one(asked: tuple[Chapter, Upstream]) -> UpstreamResult:
        try:
            return _fetch_upstream(project, *asked, cache, allow_shrink=allow_shrink)
        except OSError as error:
            return UpstreamResult(failure=str(error))
        except ForeignCalendarError as error:
            return UpstreamResult(failure=f"{asked[1].address} cannot be followed: {error}")

    elsewhere = [(one, one.upstream) for one in project.chapters.values() if one.upstream is not None]
    with ThreadPoolExecutor(PARALLEL_FETCHES) as pool:
        results = pool.map(fetch_one, elsewhere)
        return {chapter.slug: result for (chapter, _), result in zip(elsewhere, results, strict=True)}


def _fetch_upstream(
    project: Project, chapter: Chapter, upstream: Upstream, cache: Path, *, allow_shrink: bool
) -> UpstreamResult:
    validators, kept = _read_cached(cache, upstream)
    policy = replace(http.PUBLIC_ONLY, schemes=("https",), hosts=frozenset(project.calendar.upstream_hosts))
    answer = http.get(upstream.address, LIMITS, policy, headers=validators, home=project.calendar.home)
    is_unchanged = answer.status == HTTPStatus.NOT_MODIFIED
    content = kept if is_unchanged and kept is not None else answer.require_ok().content
    occurrences = expand.expand_in_subprocess(content, project.window, follow.get_display_zone(chapter))
    if not is_unchanged:
        write_cache(cache, upstream.address, _build_cache_entry(answer))
    published = project.find_published(chapter)
    sessions = follow.make_sessions_from_occurrences(project.calendar, chapter, occurrences, published)
    if follow.has_too_many_sessions(sessions, project.now):
        raise ForeignCalendarError(
            f"it has more than {follow.MAX_COMING_SESSIONS} sessions until the end of next month"
        )
    if not allow_shrink and follow.is_emptied(sessions, published, project.now):
        return UpstreamResult(
            failure=f"{upstream.address} holds no session to come any more, and some were published",
            hint="If that is right, `chatcal build --fetch --allow-shrink` lets it pass.",
        )
    return UpstreamResult(sessions=sessions)


def _read_cached(cache: Path, upstream: Upstream) -> tuple[dict[str, str], bytes | None]:
    """Return the headers that ask whether a calendar has changed (RFC 9110 section 13.1), and the calendar kept."""
    found = read_cache(cache, upstream.address)
    with suppress(KeyError, TypeError, ValueError):
        content = b64decode(found.pop("content"), validate=True)
        return {str(header): str(validator) for header, validator in found.items()}, content
    return {}, None


def _build_cache_entry(answer: HttpResponse) -> dict[str, str]:
    """Return what to keep of an answer: nothing where the server gives nothing to ask for a change with."""
    validators = {"If-None-Match": answer.headers.get("ETag"), "If-Modified-Since": answer.headers.get("Last-Modified")}
    short = {header: value for header, value in validators.items() if value and len(value) <= _MAX_VALIDATOR_LENGTH}
    return {**short, "content": b64encode(answer.content).decode()} if short else {}
