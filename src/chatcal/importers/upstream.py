"""Calendars that chapters keep elsewhere, fetched; what cannot be had leaves all as it was published."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from chatcal import files, http
from chatcal.http import HttpRequest, HttpResponse
from chatcal.importers import expand, follow
from chatcal.importers.series import ForeignCalendarError
from chatcal.model import Chapter, Upstream
from chatcal.project import Project, UpstreamResult


def find_cache_folder(environment: Mapping[str, str], system: str, home: Path) -> Path:
    """Return where a user's programs keep what they can fetch again.

    Takes the environment, `sys.platform`, and the user's own folder.
    """
    if named := environment.get("XDG_CACHE_HOME"):
        return Path(named) / "chatcal"
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "chatcal" / "Cache"
    return home / ("Library/Caches" if system == "darwin" else ".cache") / "chatcal"


def read_cache(place: Path, name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing where there is nothing, or nothing that can be read."""
    with suppress(OSError, ValueError):
        found = json.loads(_make_cache_path(place, name).read_bytes())
        if isinstance(found, dict):
            return found
    return {}


def write_cache(place: Path, name: str, values: Mapping[str, Any]) -> None:
    """Keep values under a name; where that cannot be, they are fetched again next time."""
    with suppress(OSError):
        files.replace_files({_make_cache_path(place, name): json.dumps(values).encode()})


def _make_cache_path(place: Path, name: str) -> Path:
    return place / f"{sha256(name.encode()).hexdigest()[:32]}.json"


PARALLEL_FETCHES = 4


TIMEOUT_SECONDS = http.MAX_SECONDS
"""For an answer; tests are less patient."""
_MAX_VALIDATOR_LENGTH = 500


def fetch_upstreams(schedules: Project, cache: Path, *, allow_shrink: bool = False) -> dict[str, UpstreamResult]:
    """Return what calendars kept elsewhere say, by the slugs of their chapters; a few are asked at a time.

    Takes the schedules, with what is published; the folder in which answers are kept, so that a server can say that
    nothing has changed; and whether one may lose all its coming sessions.
    """

    def fetch_one(asked: tuple[Chapter, Upstream]) -> UpstreamResult:
        return _fetch_upstream(schedules, *asked, cache, allow_shrink=allow_shrink)

    elsewhere = [(one, one.upstream) for one in schedules.chapters.values() if one.upstream is not None]
    with ThreadPoolExecutor(PARALLEL_FETCHES) as pool:
        return {one.slug: heard for (one, _), heard in zip(elsewhere, pool.map(fetch_one, elsewhere), strict=True)}


def _fetch_upstream(
    schedules: Project, chapter: Chapter, upstream: Upstream, cache: Path, *, allow_shrink: bool
) -> UpstreamResult:
    validators, kept = _read_cached(cache, upstream)
    try:
        answer = http.fetch_guarded(_build_request(schedules, upstream, validators))
        octets = _get_content(upstream, answer, kept)
        found = expand.expand_in_subprocess(octets, schedules.window, follow.get_display_zone(chapter))
    except OSError as error:
        return UpstreamResult(failure=str(error))
    except ForeignCalendarError as error:
        return UpstreamResult(failure=f"{upstream.address} cannot be followed: {error}")
    if answer.status == HTTPStatus.OK:
        write_cache(cache, upstream.address, _build_cache_entry(answer))
    published = schedules.find_published(chapter)
    sessions = follow.make_sessions_from_occurrences(schedules.calendar, chapter, found, published)
    if follow.has_too_many_sessions(sessions, schedules.now):
        many = f"it has more than {follow.MAX_COMING_SESSIONS} sessions until the end of next month"
        return UpstreamResult(failure=f"{upstream.address} cannot be followed: {many}")
    if not allow_shrink and follow.is_emptied(sessions, published, schedules.now):
        return UpstreamResult(
            failure=f"{upstream.address} holds no session to come any more, and some were published",
            hint="If that is right, `chatcal build --fetch --allow-shrink` lets it pass.",
        )
    return UpstreamResult(sessions=sessions)


def _build_request(schedules: Project, upstream: Upstream, validators: Mapping[str, str]) -> HttpRequest:
    return HttpRequest(
        address=upstream.address,
        hosts=frozenset(schedules.calendar.upstream_hosts),
        headers=validators,
        home=schedules.calendar.home,
        seconds=TIMEOUT_SECONDS,
    )


def _get_content(upstream: Upstream, answer: HttpResponse, kept: bytes | None) -> bytes:
    """Return the calendar that an answer gives, or says to be the one that is kept; raises OSError where it is none."""
    if answer.status == HTTPStatus.OK:
        return answer.content
    if answer.status == HTTPStatus.NOT_MODIFIED and kept is not None:
        return kept
    raise OSError(f"{upstream.address} cannot be fetched: {answer.status_text}")


def _read_cached(cache: Path, upstream: Upstream) -> tuple[dict[str, str], bytes | None]:
    """Return the headers that ask whether a calendar has changed (RFC 9110 section 13.1), and the calendar kept."""
    found = read_cache(cache, upstream.address)
    with suppress(KeyError, TypeError, ValueError):
        octets = b64decode(found.pop("octets"), validate=True)
        return {str(header): str(validator) for header, validator in found.items()}, octets
    return {}, None


def _build_cache_entry(answer: HttpResponse) -> dict[str, str]:
    """Return what to keep of an answer: nothing, where the next one could not be asked for conditionally."""
    validators = {"If-None-Match": answer.etag, "If-Modified-Since": answer.last_modified}
    short = {header: value for header, value in validators.items() if value and len(value) <= _MAX_VALIDATOR_LENGTH}
    return {**short, "octets": b64encode(answer.content).decode()} if short else {}
