"""Calendars that chapters keep elsewhere, asked over the network; what cannot be had leaves all as it was published."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from chatcal import caches, expansion, followed, guarded
from chatcal.guarded import Answer, Call
from chatcal.heard import Heard
from chatcal.model import Chapter, Upstream
from chatcal.schedules import Schedules

AT_ONCE = 4
SECONDS = guarded.SECONDS
"""For an answer; tests are less patient."""
_LONGEST_VALIDATOR = 500


def hear(schedules: Schedules, cache: Path, *, allow_shrink: bool = False) -> dict[str, Heard]:
    """Return what calendars kept elsewhere say, by the slugs of their chapters; a few are asked at a time.

    Takes the schedules, with what is published; the folder in which answers are kept, so that a server can say that
    nothing has changed; and whether one may lose all its coming sessions.
    """

    def ask(asked: tuple[Chapter, Upstream]) -> Heard:
        return _heard(schedules, *asked, cache, allow_shrink=allow_shrink)

    elsewhere = [(one, one.upstream) for one in schedules.chapters.values() if one.upstream is not None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {one.slug: heard for (one, _), heard in zip(elsewhere, pool.map(ask, elsewhere), strict=True)}


def _heard(schedules: Schedules, chapter: Chapter, upstream: Upstream, cache: Path, *, allow_shrink: bool) -> Heard:
    validators, kept = _kept(cache, upstream)
    try:
        answer = guarded.ask(_call(schedules, upstream, validators))
        octets = _octets(upstream, answer, kept)
        found = expansion.worked_out(octets, schedules.window, followed.clock(chapter))
    except OSError as error:
        return Heard(why=str(error))
    except expansion.Unreadable as error:
        return Heard(why=f"{upstream.address} cannot be followed: {error}")
    if answer.status == HTTPStatus.OK:
        caches.write(cache, upstream.address, _to_keep(answer))
    published = schedules.published_of(chapter)
    sessions = followed.sessions(schedules.calendar, chapter, found, published)
    if followed.are_too_many(sessions, schedules.now):
        many = f"it has more than {followed.MOST_SOON} sessions until the end of next month"
        return Heard(why=f"{upstream.address} cannot be followed: {many}")
    if not allow_shrink and followed.is_emptied(sessions, published, schedules.now):
        return Heard(
            why=f"{upstream.address} holds no session to come any more, and some were published",
            hint="If that is right, `chatcal build --fetch --allow-shrink` lets it pass.",
        )
    return Heard(sessions=sessions)


def _call(schedules: Schedules, upstream: Upstream, validators: Mapping[str, str]) -> Call:
    return Call(
        address=upstream.address,
        hosts=frozenset(schedules.calendar.upstream_hosts),
        headers=validators,
        home=schedules.calendar.home,
        seconds=SECONDS,
    )


def _octets(upstream: Upstream, answer: Answer, kept: bytes | None) -> bytes:
    """Return the calendar that an answer gives, or says to be the one that is kept; raises OSError where it is none."""
    if answer.status == HTTPStatus.OK:
        return answer.octets
    if answer.status == HTTPStatus.NOT_MODIFIED and kept is not None:
        return kept
    raise OSError(f"{upstream.address} cannot be fetched: {answer.said}")


def _kept(cache: Path, upstream: Upstream) -> tuple[dict[str, str], bytes | None]:
    """Return the headers that ask whether a calendar has changed (RFC 9110 section 13.1), and the calendar kept."""
    found = caches.read(cache, upstream.address)
    with suppress(KeyError, TypeError, ValueError):
        octets = b64decode(found.pop("octets"), validate=True)
        return {str(header): str(validator) for header, validator in found.items()}, octets
    return {}, None


def _to_keep(answer: Answer) -> dict[str, str]:
    """Return what to keep of an answer: nothing, where the next one could not be asked for conditionally."""
    validators = {"If-None-Match": answer.etag, "If-Modified-Since": answer.last_modified}
    short = {header: value for header, value in validators.items() if value and len(value) <= _LONGEST_VALIDATOR}
    return {**short, "octets": b64encode(answer.octets).decode()} if short else {}
