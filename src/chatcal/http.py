"""HTTP with bounds: on size, time and hops, and on addresses for servers that nobody vouches for."""

import re
import socket
import time
import zlib
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import metadata
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

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


MAX_SECONDS = 15
"""For all of a call: names, connections, redirects, headers and body."""


MAX_BYTES = 2_000_000
"""The most of a body, uncompressed."""


MAX_HOPS = 3
"""So many times a server may lead on to another address."""
_CHUNK_SIZE = 16_384


_CERTIFICATES: bool | str = True
"""Whose certificates are believed: those that requests brings along. Tests believe their own."""


class _RequestRefusedError(Exception):
    """Why a server is left; no OSError, which urllib3 would take for a broken connection and put into another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What a server answered: its status, some headers, and the body of a 200."""

    status: int
    etag: str | None = None
    last_modified: str | None = None
    content: bytes = field(default=b"", repr=False)

    @property
    def status_text(self) -> str:
        """The status in words; a server's own words are nobody's to print."""
        phrase = ""
        with suppress(ValueError):
            phrase = f" {HTTPStatus(self.status).phrase}"
        return f"the server answers {self.status}{phrase}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What to ask, and how far to go for it.

    `hosts` are the only ones to be asked; None for any. `body` says whether the body is wanted.
    """

    address: str
    method: str = "GET"
    wants_body: bool = True
    schemes: tuple[str, ...] = ("https",)
    hosts: frozenset[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    home: str | None = None
    """Where the site of the one who asks is, for the User-Agent."""
    hops: int = MAX_HOPS
    seconds: float = MAX_SECONDS


def fetch_guarded(call: HttpRequest) -> HttpResponse:
    """Return what a server answers, whatever its status; raises OSError with a sentence that says why there is none.

    Names, passwords and proxies that the surroundings hold are not used.
    """
    found: Future[HttpResponse] = Future()

    def run_request() -> None:
        try:
            found.set_result(_follow_redirects(call, time.monotonic() + call.seconds))
        except BaseException as error:  # noqa: BLE001 - who waits for the answer raises it
            found.set_exception(error)

    # A resolver knows no deadline, nor does who reads headers that drip: such a thread is left to itself, and ends with
    # the process at the latest.
    Thread(target=run_request, daemon=True).start()
    try:
        return found.result(call.seconds)
    except TimeoutError:
        raise TimeoutError(f"{_mask_text(call.address)} took more than {call.seconds:g} seconds") from None
    except _RequestRefusedError as error:
        reason = str(error)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        reason = explain_http_error(error)
    except ValueError:
        reason = "its answer makes no sense"
    raise OSError(f"{_mask_text(call.address)} cannot be fetched: {reason}") from None


def _follow_redirects(call: HttpRequest, deadline: float) -> HttpResponse:
    target = _check_target(call, call.address, "")
    for _ in range(call.hops + 1):
        found = _send_once(call, target, deadline)
        if isinstance(found, HttpResponse):
            return found
        target = _check_target(call, target, found)
    raise _RequestRefusedError(f"it leads on more than {call.hops} times")


def _send_once(call: HttpRequest, target: str, deadline: float) -> HttpResponse | str:
    """Return what one address answers, or the place that it leads to, as it says it."""
    opened: list[str] = []
    adapter = HTTPAdapter(max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = _make_pools(call.hosts, opened)
    headers = {"User-Agent": _build_user_agent(call.home), "Accept-Encoding": "gzip", **call.headers}
    prepared = requests.Request(call.method, target, headers=headers).prepare()
    # A session would look for passwords and proxies, and read where a server leads even if told not to follow.
    with (
        closing(adapter),
        adapter.send(prepared, stream=True, timeout=call.seconds, verify=_CERTIFICATES) as given,
    ):
        if not opened:
            raise AssertionError("the connection went round the guard")
        if given.is_redirect:
            return given.headers["Location"]
        return HttpResponse(
            status=given.status_code,
            etag=given.headers.get("ETag"),
            last_modified=given.headers.get("Last-Modified"),
            content=_read_body(given, deadline) if call.wants_body and given.status_code == HTTPStatus.OK else b"",
        )


def _build_user_agent(home: str | None) -> str:
    return f"chatcal/{metadata.version('chatcal')}{f' (+{home})' if home else ''}"


def _check_target(call: HttpRequest, base: str, place: str) -> str:
    """Return where a place leads from an address; raises _Refused unless that may be asked.

    Which host it is really connected to is checked when it is.
    """
    try:
        target = urljoin(base, place)
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        raise _RequestRefusedError("it leads to what is no address") from None
    if parts.scheme not in call.schemes or not host:
        raise _RequestRefusedError(f"it leads to an address that is none of {' or '.join(call.schemes)}")
    if "@" in parts.netloc:
        raise _RequestRefusedError("it leads to an address with a name or password in it")
    if call.hosts is not None and host not in call.hosts:
        raise _RequestRefusedError(f"it leads to {_mask_text(host)}, which `upstream_hosts` does not list")
    return target


def _read_body(given: requests.Response, deadline: float) -> bytes:
    """Return a body; what is compressed is let out no further than the bound, whatever it would become."""
    coding = given.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise _RequestRefusedError("it is sent in a compression that was not asked for")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in coding else None
    octets = bytearray()
    taken = 0
    while piece := given.raw.read1(_CHUNK_SIZE, decode_content=False):
        taken += len(piece)
        try:
            octets += inflate.decompress(piece, MAX_BYTES + 1 - len(octets)) if inflate else piece
        except zlib.error:
            raise _RequestRefusedError("its compression is broken") from None
        if max(taken, len(octets)) > MAX_BYTES:
            raise _RequestRefusedError(f"it serves more than {MAX_BYTES:,} octets")
        if time.monotonic() > deadline:
            raise TimeoutError
    if inflate and not inflate.eof:
        raise _RequestRefusedError("its compression is broken")
    return bytes(octets)


def _make_pools(hosts: frozenset[str] | None, opened: list[str]) -> dict[str, type[HTTPConnectionPool]]:
    """Return what connects to public addresses alone, of these hosts or of any; what it opened is put into the list."""

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _open_connection(self, hosts, opened)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _open_connection(self, hosts, opened)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


def _open_connection(asked: HTTPConnection, hosts: frozenset[str] | None, opened: list[str]) -> socket.socket:
    """Return a socket that is connected to an address that was checked, and not to a name that may change meanwhile."""
    if hosts is not None and asked.host not in hosts:
        raise _RequestRefusedError(f"it leads to {_mask_text(asked.host)}, which `upstream_hosts` does not list")
    try:
        addresses = [str(place[0]) for *_, place in socket.getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise _RequestRefusedError("its name is not known") from None
    for address in addresses:
        if not is_public(ip_address(address.partition("%")[0])):
            raise _RequestRefusedError(f"{_mask_text(asked.host)} is at {address}, which is no public address")
    opened.append(asked.host)
    for address in addresses:
        with suppress(OSError):
            return socket.create_connection((address, asked.port), asked.timeout)
    raise _RequestRefusedError("there is no connection to the server")


_NAT64_NETWORK = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 reaches them (RFC 6052 section 2.1)."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the public internet, and not of this machine or its network in any guise."""
    if isinstance(address, IPv6Address):
        if address in _NAT64_NETWORK:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _mask_text(text: str) -> str:
    """Return an address or host as it may stand in a message: it may come from the server."""
    return re.sub(r"[^\w.:/?=&%~+-]", "?", text[:200], flags=re.ASCII)
