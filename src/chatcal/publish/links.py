"""Whether the addresses that schedules name still answer."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import as_completed
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from chatcal import http
from chatcal.http import PUBLIC_ONLY, Limits
from chatcal.importers import upstream
from chatcal.model import Chapter
from chatcal.problems import Problem, Span, make_warning, split_lines
from chatcal.text import is_web_url

PARALLEL_CALLS = 8
LIMITS = Limits(seconds=10, size=0, redirects=10)
"""Old addresses redirect many times, and are good all the same."""
RESULT_LIFETIME = timedelta(days=1)
_REACHABLE_STATUSES = frozenset(
    [
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
        999,
    ]
)
"""How servers refuse programs where people see a page; 999 is LinkedIn's."""
_CACHE_NAME = "links"


def list_addresses(chapters: Iterable[Chapter]) -> dict[str, tuple[str, ...]]:
    """Return the addresses that each chapter's file names: website, account, sources and transcripts, each once."""
    found = {}
    for one in chapters:
        named = (one.website, one.account, *one.sources, *(change.transcript for change in one.overrides))
        found[one.file] = tuple(dict.fromkeys(text for text in named if text and is_web_url(text)))
    return found


def check_links(
    asked: Iterable[str], cache: Path, now: datetime, report: Callable[[], None], home: str | None
) -> dict[str, str]:
    """Return which addresses are dead, each with the sentence that says why.

    Takes the folder that results are kept in, the moment (aware) that they are kept from, what to call after each
    answer, and the address of the calendar's own site. Raises OSError where none of several can be reached at all:
    then this machine is offline.
    """
    kept = _select_fresh(upstream.read_cache(cache, _CACHE_NAME), now)
    found: dict[str, str] = {}
    reached: list[bool] = []
    with http.open_pool(PARALLEL_CALLS) as pool:
        answers = {pool.submit(_check_address, address, home): address for address in asked if address not in kept}
        for answer in as_completed(answers):
            is_there, found[answers[answer]] = answer.result()
            reached.append(is_there)
            report()
    if len(reached) > 1 and not any(reached):
        raise OSError(f"None of {len(reached)} addresses can be reached; is this machine on the network?")
    kept |= {address: (now.isoformat(), why) for address, why in found.items()}
    upstream.write_cache(cache, _CACHE_NAME, kept)
    return {address: kept[address][1] for address in asked if kept[address][1]}


def _select_fresh(kept: Mapping[str, object], now: datetime) -> dict[str, tuple[str, str]]:
    """Return the results of the last day, each with the moment that it is from. A file may hold anything."""
    fresh = {}
    for address, result in kept.items():
        with suppress(TypeError, ValueError):
            moment, why = map(str, result if isinstance(result, list) else ())
            if timedelta() <= now - datetime.fromisoformat(moment) < RESULT_LIFETIME:
                fresh[address] = (moment, why)
    return fresh


def _check_address(address: str, home: str | None) -> tuple[bool, str]:
    """Return whether a server answers, and why the address is dead; empty where it is not."""
    reached, why = False, ""
    for method in ("HEAD", "GET"):
        try:
            answer = http.get(address, LIMITS, PUBLIC_ONLY, method=method, home=home)
        except OSError as error:
            why = str(error)
            continue
        if answer.status < HTTPStatus.BAD_REQUEST or answer.status in _REACHABLE_STATUSES:
            return True, ""
        reached, why = True, answer.failure
    return reached, why


def list_link_problems(
    asked: Mapping[str, Iterable[str]], found: Mapping[str, str], sources: Mapping[str, bytes | None]
) -> Iterator[Problem]:
    """Yield the dead addresses at each place where they are written.

    Takes the addresses by the file that names them, those that are dead with the reason, and the files.
    """
    for file, named in asked.items():
        for address in named:
            if address in found:
                for span in _find_places(file, address, split_lines(sources[file] or b"")):
                    yield make_warning(
                        span,
                        "link-dead",
                        f"{found[address]}.",
                        "If the page has moved, write its new address; if it is gone, web.archive.org may have it.",
                    )


def _find_places(file: str, address: str, lines: list[str]) -> list[Span]:
    """Return where an address stands in a file; the file itself where it is written over several lines."""
    whole = re.compile(rf"{re.escape(address)}(?![^\s\"',\]}}])")
    places = [
        Span(file, number, match.start() + 1, width=len(address))
        for number, line in enumerate(lines, 1)
        for match in whole.finditer(line)
    ]
    return places or [Span(file)]
