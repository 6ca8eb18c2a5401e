"""One HTTP client, with limits on time, size and redirects, and on the servers that may be asked."""

import re
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import responses
from importlib import metadata
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Thread
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from chatcal.text import NOT_IN_URL, is_web_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far to go for one answer."""

    seconds: float
    """For everything: name, connections, redirects, headers and body."""
    size: int
    """The most bytes of a body, as sent and as unpacked; where it is 0, no body is read."""
    redirects: int


FEED_LIMITS = Limits(seconds=30, size=5_000_000, redirects=5)
"""The size is five times that of the largest feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which servers may be asked, at every redirect."""

    public_only: bool = False
    """Connect to public IP addresses only, and use no password and no proxy of this machine."""
    schemes: tuple[str, ...] = ("http", "https")
    hosts: frozenset[str] | None = None
    """What `upstream_hosts` lists; None for any host."""


ANY_SERVER = Policy()
PUBLIC_ONLY = Policy(public_only=True)
"""For servers that nobody vouches for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    address: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(default=b"", repr=False)
    """The body of a 200; empty for every other status."""

    @property
    def media_type(self) -> str:
        """The media type, in lower case and without parameters; empty where there is none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def failure(self) -> str:
        """The sentence that says why there is no content."""
        # The server's own words for its status could be anything.
        status = f"{self.status} {responses.get(self.status, '')}".rstrip()
        return f"{self.address} cannot be fetched: the server answers {status}"

    def require_ok(self) -> Self:
        """Raise FileNotFoundError where the server does not have the file, and OSError for any status but 200."""
        if self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise FileNotFoundError(self.failure)
        if self.status != HTTPStatus.OK:
            raise OSError(self.failure)
        return self


def get(
    address: str,
    limits: Limits = FEED_LIMITS,
    policy: Policy = ANY_SERVER,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    home: str | None = None,
) -> HttpResponse:
    """Return what a server answers, whatever the status. Raises OSError, which says why there is no answer.

    Takes the address of the calendar's own site (`home`), for the User-Agent.
    """
    agent = f"chatcal/{metadata.version('chatcal')}{f' (+{home})' if home else ''}"
    request = requests.Request(
        method,
        re.sub("^webcal:", "https:", address, flags=re.IGNORECASE),
        headers={"User-Agent": agent, "Accept-Encoding": "gzip", **(headers or {})},
    )
    deadline = time.monotonic() + limits.seconds
    answer: Future[HttpResponse] = Future()

    def run_request() -> None:
        try:
            answer.set_result(_follow_redirects(request, limits, policy, deadline))
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
            answer.set_exception(error)

    # Looking up a name, or reading headers that drip, cannot be stopped at a deadline. The thread is then left alone;
    # it ends with the process at the latest.
    Thread(target=run_request, daemon=True).start()
    try:
        return replace(answer.result(limits.seconds), address=address)
    except TimeoutError:
        raise TimeoutError(f"{address} took more than {limits.seconds:g} seconds") from None
    except (_RefusedError, requests.RequestException, urllib3.exceptions.HTTPError, zlib.error, ValueError) as error:
        reason = next((reason for kind, reason in _REASONS.items() if isinstance(error, kind)), str(error))
        # What does not answer in time costs the time of those after it, whoever asks for many.
        kind = TimeoutError if reason == _SILENT else OSError
        raise kind(f"{address} cannot be fetched: {reason}") from None


class _RefusedError(Exception):
    """What a limit or the policy forbids. It is not an OSError: urllib3 would take that for a broken connection."""


_SILENT = "the server does not answer in time"
_REASONS: dict[type[Exception], str] = {
    requests.exceptions.SSLError: "there is no secure connection to the server",
    requests.Timeout: _SILENT,
    urllib3.exceptions.TimeoutError: _SILENT,
    requests.exceptions.InvalidURL: "it is not a valid address",
    requests.ConnectionError: "there is no connection to the server",
    requests.RequestException: "the connection broke",
    urllib3.exceptions.HTTPError: "the connection broke",
    zlib.error: "its compression is broken",
    ValueError: "its answer makes no sense",
}
"""The first that fits is the reason."""
_SILENCE_SECONDS = 10
"""How long a server may be silent."""
_CERTIFICATES: bool | str = True
"""Which certificates are trusted: those that requests brings along. Tests trust their own."""


def _follow_redirects(request: requests.Request, limits: Limits, policy: Policy, deadline: float) -> HttpResponse:
    place = request.url
    for _ in range(limits.redirects + 1):
        request.url = _check_target(request.url, place, policy)
        answer = _send_once(request, limits, policy, deadline)
        if isinstance(answer, HttpResponse):
            return answer
        place = answer
    raise _RefusedError(f"it redirects more than {limits.redirects} times")


def _check_target(base: str, place: str, policy: Policy) -> str:
    """Return where a place leads from an address. Raises _RefusedError unless the policy allows it.

    The IP address is checked when it is connected to.
    """
    try:
        target = urljoin(base, NOT_IN_URL.sub(lambda found: quote(found[0]), place))
    except ValueError:
        target = ""
    if not is_web_url(target, policy.schemes):
        raise _RefusedError(f"{_mask_text(place)} is not a valid {' or '.join(policy.schemes)} address")
    parts = urlsplit(target)
    if policy.public_only and "@" in parts.netloc:
        raise _RefusedError("it redirects to an address with a user name or a password")
    _check_host(str(parts.hostname), policy)
    return target


def _check_host(host: str, policy: Policy) -> None:
    if policy.hosts is not None and host not in policy.hosts:
        raise _RefusedError(f"it redirects to {_mask_text(host)}, which `upstream_hosts` does not list")


def _send_once(request: requests.Request, limits: Limits, policy: Policy, deadline: float) -> HttpResponse | str:
    """Return the answer of one address, or the place that it redirects to."""
    opened: list[str] = []
    with closing(HTTPAdapter()) as adapter, requests.Session() as session:
        session.trust_env = not policy.public_only
        if policy.public_only:
            adapter.poolmanager.pool_classes_by_scheme = _make_guarded_pools(policy, opened)
        settings: Any = session.merge_environment_settings(
            request.url, proxies={}, stream=True, verify=_CERTIFICATES, cert=None
        )
        # The session itself would follow redirects by other rules, and read their bodies without a limit.
        with adapter.send(session.prepare_request(request), timeout=_SILENCE_SECONDS, **settings) as given:
            if policy.public_only and not opened:
                raise AssertionError("the connection went round the guard")
            if place := session.get_redirect_target(given):
                return place
            wants_body = limits.size and given.status_code == HTTPStatus.OK
            return HttpResponse(
                address=request.url,
                status=given.status_code,
                headers=given.headers,
                content=_read_body(given, limits, deadline) if wants_body else b"",
            )


def _read_body(given: requests.Response, limits: Limits, deadline: float) -> bytes:
    """Return a body, and unpack no more of it than the limit allows."""
    coding = given.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise _RefusedError("it is sent in a compression that was not asked for")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in coding else None
    content = bytearray()
    received = 0
    while piece := given.raw.read1(_CHUNK_SIZE, decode_content=False):
        received += len(piece)
        content += inflate.decompress(piece, limits.size + 1 - len(content)) if inflate else piece
        if max(received, len(content)) > limits.size:
            raise _RefusedError(f"it is larger than {limits.size:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError
    if inflate and not inflate.eof:
        raise zlib.error
    return bytes(content)


_CHUNK_SIZE = 16_384


def _make_guarded_pools(policy: Policy, opened: list[str]) -> dict[str, type[HTTPConnectionPool]]:
    """Return what connects to public IP addresses only; each host connected to is added to `opened`."""

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _open_connection(self, policy, opened)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _open_connection(self, policy, opened)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


def _open_connection(asked: HTTPConnection, policy: Policy, opened: list[str]) -> socket.socket:
    """Connect to an IP address that was checked, not to a name, whose address may change in between."""
    _check_host(asked.host, policy)
    try:
        found = socket.getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _RefusedError("there is no server of that name") from None
    addresses = [str(place[0]) for *_, place in found]
    for address in addresses:
        if not is_public(ip_address(address.partition("%")[0])):
            raise _RefusedError(f"{_mask_text(asked.host)} is at {address}, which is not a public address")
    opened.append(asked.host)
    failure: Exception = _RefusedError("there is no connection to the server")
    for address in addresses:
        try:
            return socket.create_connection((address, asked.port), asked.timeout)
        except TimeoutError:
            failure = urllib3.exceptions.ConnectTimeoutError()
        except OSError:
            continue
    raise failure


_NAT64_NETWORK = IPv6Network("64:ff9b::/96")
"""IPv4 addresses, as a network without IPv4 reaches them (RFC 6052 section 2.1)."""
_GLOBAL_NETWORK = IPv6Network("2000::/3")
"""All that is public in IPv6 (RFC 4291 section 2.4)."""
_SPECIAL_NETWORKS = tuple(
    map(
        ip_network,
        (
            # IANA's registries of special purpose addresses; versions of Python know different parts of them.
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
            "168.63.129.16/32",  # Azure: what machines there ask about themselves
        ),
    )
)  # fmt: skip


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is on the public internet, and not one of this machine or its network in disguise."""
    if isinstance(address, IPv6Address):
        if address in _NAT64_NETWORK:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_NETWORK:
            return False
    return address.is_global and not any(address in network for network in _SPECIAL_NETWORKS)


def _mask_text(text: str) -> str:
    """Return what a server sent in a form that a terminal may print."""
    return re.sub(r"[^\w.:/?=&%~+-]", "?", text[:200], flags=re.ASCII)


@contextmanager
def open_pool(size: int) -> Iterator[ThreadPoolExecutor]:
    """Yield threads that ask servers; an exception, such as Ctrl+C, waits for none of them."""
    pool = ThreadPoolExecutor(size)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
