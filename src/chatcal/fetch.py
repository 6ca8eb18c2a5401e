"""Fetch a feed from a server, within bounds of time and size."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
import urllib3

_MAX_FEED_BYTES = 5_000_000
"""Five times what a feed may have at most."""
_FEED_SECONDS = 30
"""For the whole of a feed."""
_TIMEOUTS = (10, 10)
"""In seconds: how long a server may take to answer the call, and between two pieces of its answer."""
_READ_SIZE = 65_536
_MAX_REDIRECTS = 5


def is_fetchable_url(text: str) -> bool:
    """Say whether a text is an address that can be fetched; `webcal` is what calendar programs call https."""
    return urlsplit(text).scheme.lower() in ("http", "https", "webcal")


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What a server gave: the octets, and the media type it says they have, in lower case and without parameters."""

    content: bytes
    media_type: str


def fetch_feed(address: str) -> bytes:
    """Return the octets that an address serves; takes and raises what `answer` does."""
    return fetch_file(address).content


def fetch_file(address: str) -> FetchedFile:
    """Return what an http, https or webcal address serves; raises OSError with a sentence that says why not.

    It is a FileNotFoundError where the server is there and the file is not. Servers send pieces compressed; the bound
    holds for what comes out.
    """
    scheme, _, rest = address.partition("://")
    target = f"https://{rest}" if scheme.lower() == "webcal" else address
    deadline = time.monotonic() + _FEED_SECONDS
    octets = bytearray()
    try:
        with requests.Session() as session:
            session.max_redirects = _MAX_REDIRECTS
            with session.get(target, timeout=_TIMEOUTS, stream=True) as given:
                given.raise_for_status()
                # Unlike requests' own way to read, this one gives what has come, so that a slow drip is noticed.
                while piece := given.raw.read1(_READ_SIZE, decode_content=True):
                    octets += piece
                    if len(octets) > _MAX_FEED_BYTES:
                        raise OSError(f"{address} is no feed: it serves more than {_MAX_FEED_BYTES:,} octets")
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{address} took more than {_FEED_SECONDS} seconds")
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        kind = FileNotFoundError if _is_missing(error) else OSError
        raise kind(f"{address} cannot be fetched: {explain_http_error(error)}") from None
    return FetchedFile(bytes(octets), given.headers.get("Content-Type", "").partition(";")[0].strip().lower())


def _is_missing(error: Exception) -> bool:
    found = error.response if isinstance(error, requests.HTTPError) else None
    return found is not None and found.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def explain_http_error(error: Exception) -> str:
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
