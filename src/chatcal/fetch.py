"""Fetch a feed from a server, within bounds of time and size."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
import urllib3

_MOST_OCTETS = 5_000_000
"""Five times what a feed may have at most."""
_SECONDS = 30
"""For the whole of a feed."""
_PATIENCE = (10, 10)
"""In seconds: how long a server may take to answer the call, and between two pieces of its answer."""
_PIECE = 65_536
_HOPS = 5


def is_address(text: str) -> bool:
    """Say whether a text is an address that can be fetched; `webcal` is what calendar programs call https."""
    return urlsplit(text).scheme.lower() in ("http", "https", "webcal")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave: the octets, and the media type it says they have, in lower case and without parameters."""

    octets: bytes
    media_type: str


def feed(address: str) -> bytes:
    """Return the octets that an address serves; takes and raises what `answer` does."""
    return answer(address).octets


def answer(address: str) -> Answer:
    """Return what an http, https or webcal address serves; raises OSError with a sentence that says why not.

    It is a FileNotFoundError where the server is there and the file is not. Servers send pieces compressed; the bound
    holds for what comes out.
    """
    scheme, _, rest = address.partition("://")
    target = f"https://{rest}" if scheme.lower() == "webcal" else address
    deadline = time.monotonic() + _SECONDS
    octets = bytearray()
    try:
        with requests.Session() as session:
            session.max_redirects = _HOPS
            with session.get(target, timeout=_PATIENCE, stream=True) as given:
                given.raise_for_status()
                # Unlike requests' own way to read, this one gives what has come, so that a slow drip is noticed.
                while piece := given.raw.read1(_PIECE, decode_content=True):
                    octets += piece
                    if len(octets) > _MOST_OCTETS:
                        raise OSError(f"{address} is no feed: it serves more than {_MOST_OCTETS:,} octets")
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{address} took more than {_SECONDS} seconds")
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        kind = FileNotFoundError if _is_missing(error) else OSError
        raise kind(f"{address} cannot be fetched: {why(error)}") from None
    return Answer(bytes(octets), given.headers.get("Content-Type", "").partition(";")[0].strip().lower())


def _is_missing(error: Exception) -> bool:
    found = error.response if isinstance(error, requests.HTTPError) else None
    return found is not None and found.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def why(error: Exception) -> str:
    """Return the half of a sentence that says why nothing was fetched, for an error of requests or urllib3."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}".rstrip()
    return next(why for kind, why in _REASONS if isinstance(error, kind))


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "no secure connection can be made to it"),
    (requests.Timeout, "the server does not answer in time"),
    (urllib3.exceptions.ReadTimeoutError, "the server does not answer in time"),
    (urllib3.exceptions.DecodeError, "its compression is broken"),
    (requests.TooManyRedirects, "it leads from one address to the next without end"),
    (requests.exceptions.InvalidURL, "it is no address"),
    (requests.exceptions.InvalidSchema, "it leads to an address that is none of the web"),
    (requests.ConnectionError, "there is no connection to the server"),
    (Exception, "the connection broke"),
)
