"""A server on loopback that answers well, badly, slowly and without end, over TLS, as a calendar kept elsewhere would.

`fog.example` is the name that it has a certificate for; `fog.example.pem` holds that and its key, which guards nothing.
"""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest

from chatcal import http

HOST = "fog.example"
PEM = Path(__file__).with_name("fog.example.pem")

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//fog//fog//EN
{}END:VCALENDAR
"""

EVENT = """\
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20260101T000000Z
DTSTART:{start}
SUMMARY:{summary}
{more}END:VEVENT
"""


def event(uid: str = "one@fog", start: str = "20260401T180000Z", summary: str = "Fog", more: str = "") -> str:
    """Return an event of a calendar; `more` are further lines."""
    return EVENT.format(uid=uid, start=start, summary=summary, more=more)


def calendar(*events: str) -> bytes:
    """Return a calendar that holds these events, as a server sends it."""
    return CALENDAR.format("".join(events)).replace("\n", "\r\n").encode()


WEEKLY = calendar(event("weekly@fog", "20260304T190000Z", "Fog talk", "RRULE:FREQ=WEEKLY\n"))


MANY_RULES = calendar(*(event(f"u{n}", "19000101T000000Z", more="RRULE:FREQ=DAILY\n") for n in range(3_000)))
"""Each takes a moment; all of them together, minutes."""


BY_THE_SECOND = "RRULE:FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND={}\n".format(
    *(",".join(map(str, range(count))) for count in (24, 60, 60))
)


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's table."""

    server: "Server"
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        with suppress(OSError):
            self.server.answers.get(self.path, missing)(self)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server gives it

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Keep quiet."""


Behaviour = Callable[[Handler], None]


class Server(ThreadingHTTPServer):
    """What is asked of it, and what it answers, by path."""

    daemon_threads = True

    def __init__(self, *, secure: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.answers: dict[str, Behaviour] = {}
        self.scheme = "https" if secure else "http"
        if secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(PEM)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: who asks may hang up at any time."""

    def address(self, path: str = "/fog.ics", host: str = HOST) -> str:
        """Return the address of a path."""
        return f"{self.scheme}://{host}:{self.server_port}{path}"


@contextmanager
def running(*, secure: bool = True) -> Iterator[Server]:
    """Serve until the block ends."""
    server = Server(secure=secure)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Names:
    """What names stand for; each asking takes the next answer, and the last one stays."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[str, ...]]] = {HOST: [("127.0.0.1",)], "other.example": [("127.0.0.1",)]}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        """Answer as socket.getaddrinfo does."""
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(f"{host} is not known")
        answers = self.answers[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]


def let_in(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Let 127.0.0.1, and nothing else that is no public address, count as public, and believe the server's certificate.

    Nothing but a test can do that: there is no option and no variable for it.
    """
    names = Names()
    is_public = http.is_public

    def but_for_loopback(address: IPv4Address | IPv6Address) -> bool:
        return address == ip_address("127.0.0.1") or is_public(address)

    monkeypatch.setattr(http, "is_public", but_for_loopback)
    monkeypatch.setattr(http, "_CERTIFICATES", str(PEM))
    resolve = socket.getaddrinfo

    def resolved(host: Any, port: Any, *args: Any, **how: Any) -> Any:
        # A socket that is given numbers looks those up too.
        numeric = isinstance(host, str) and host.replace(".", "").isdigit()
        return resolve(host, port, *args, **how) if numeric else names.resolve(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return names


def serving(octets: bytes, status: int = 200, **headers: str) -> Behaviour:
    """Return what sends these octets; `Content_Type="text/html"` is a header."""

    def send(handler: Handler) -> None:
        handler.send_response(status)
        for header, text in headers.items():
            handler.send_header(header.replace("_", "-"), text)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(octets)))
        handler.end_headers()
        handler.wfile.write(octets)

    return send


missing = serving(b"", 404)


def leading(place: str) -> Behaviour:
    """Return what leads to another address."""
    return serving(b"", 302, Location=place)


def slow_body(handler: Handler) -> None:
    """Send a little of a body now and then, for long."""
    handler.send_response(200)
    handler.end_headers()
    for octet in WEEKLY * 100:
        handler.wfile.write(bytes([octet]))
        time.sleep(0.02)


def slow_headers(handler: Handler) -> None:
    """Send headers that do not end."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Fog: ")
    for _ in range(1000):
        handler.wfile.write(b"f")
        time.sleep(0.02)


def slow_continues(handler: Handler) -> None:
    """Announce an answer, again and again."""
    for _ in range(1000):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


def dripping(begin: bytes, piece: bytes) -> Behaviour:
    """Return what begins an answer, and goes on with a piece now and then."""

    def drip(handler: Handler) -> None:
        handler.wfile.write(begin)
        for _ in range(1000):
            handler.wfile.write(piece)
            time.sleep(0.02)

    return drip


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

DRIPS = {
    "status": dripping(b"HTTP/1.1 200 ", b"O"),
    "header": slow_headers,
    "headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X-Fog: f\r\n"),
    "100 Continue": slow_continues,
    "body": slow_body,
    "chunks": dripping(CHUNKED, b"1\r\nX\r\n"),
    "size of a chunk": dripping(CHUNKED, b"0"),
    "trailer": dripping(CHUNKED + b"0\r\n", b"X"),
    "trailers": dripping(CHUNKED + b"0\r\n", b"X-Fog: f\r\n"),
    "headers of a redirect": dripping(b"HTTP/1.1 302 Found\r\nLocation: /fog.ics\r\n", b"X-Fog: f\r\n"),
}
"""Every part of an answer, sent so slowly that it has no end."""


def silent(_: Handler) -> None:
    """Say nothing for long."""
    time.sleep(10)


def endless(handler: Handler) -> None:
    """Send a body without end, as fast as it is taken."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(WEEKLY)
    while True:
        handler.wfile.write(b"X" * 65_536)


bomb = serving(gzip.compress(gzip.compress(bytes(100_000_000))[:-8] + bytes(200_000_000)), Content_Encoding="gzip")
"""Some 300 kB that become 200 MB."""

hidden_endless = serving(
    b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"x" * 12_000_000, Content_Encoding="gzip", Content_Type="text/calendar"
)
"""A compressed body that is all name and no content."""
