"""Feeds are fetched from a real server on loopback, which serves them well, badly, slowly and without end."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from chatcal import http
from chatcal.text import is_fetchable_url
from tests.support.patience import patient

FEED = b"BEGIN:VCALENDAR\r\n" * 1000


class Server(BaseHTTPRequestHandler):
    """Serves what the path asks for."""

    def do_GET(self) -> None:
        """Answer."""
        name = urlsplit(self.path).path.strip("/").replace("%20", "_")
        getattr(self, f"serve_{name}", self.serve_missing)()

    def send(self, content: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(200)
        for header, text in headers.items():
            self.send_header(header.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def serve_feed(self) -> None:
        """Serve a feed."""
        self.send(FEED)

    serve_a_feed = serve_feed

    def serve_small(self) -> None:
        """Serve a feed, compressed."""
        self.send(gzip.compress(FEED), Content_Encoding="gzip")

    def serve_bomb(self) -> None:
        """Serve little that becomes much."""
        self.send(gzip.compress(bytes(6_000_000)), Content_Encoding="gzip")

    def serve_torn(self) -> None:
        """Serve what only claims to be compressed."""
        self.send(FEED, Content_Encoding="gzip")

    def serve_moved(self) -> None:
        """Say that the feed is elsewhere."""
        self.redirect("/feed")

    def serve_round(self) -> None:
        """Lead nowhere."""
        self.redirect("/round")

    def serve_out(self) -> None:
        """Lead out of the web."""
        self.redirect("ftp://lantern.example/feed")

    def redirect(self, place: str) -> None:
        """Lead to another place."""
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve_slow(self) -> None:
        """Serve a little now and then."""
        self.send_response(200)
        self.end_headers()
        self.drip(b"X")

    def drip(self, piece: bytes) -> None:
        """Send a piece now and then."""
        with suppress(OSError):
            for _ in range(30):
                self.wfile.write(piece)
                time.sleep(0.1)

    def serve_headers(self) -> None:
        """Serve headers that do not end."""
        self.send_response(200)
        self.flush_headers()
        self.drip(b"X-Fog: f\r\n")

    def serve_informal(self) -> None:
        """Announce an answer, again and again."""
        self.drip(b"HTTP/1.1 100 Continue\r\n\r\n")

    def serve_silent(self) -> None:
        """Begin, and stop."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"X")
        time.sleep(1)

    def serve_mute(self) -> None:
        """Say nothing for long."""
        time.sleep(1)

    def serve_short(self) -> None:
        """Serve less than was said."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"X")

    def serve_private(self) -> None:
        """Serve a feed to Ada."""
        if self.headers.get("Authorization") == "Basic YWRhOnNlY3JldA==":
            self.send(FEED)
        else:
            self.send_error(401)

    def serve_missing(self) -> None:
        """Serve nothing."""
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Keep quiet."""


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """Return the address of a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to the server itself."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def fetch(address: str, seconds: float = 30) -> bytes:
    """Return what an address serves."""
    return http.get(address, replace(http.FEED_LIMITS, seconds=seconds)).require_ok().content


@pytest.mark.parametrize("name", ["feed", "small", "moved", "a feed"])
def test_a_feed_is_fetched(home: str, name: str) -> None:
    assert fetch(f"{home}/{name}") == FEED


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "the server answers 404 Not Found"),
        ("bomb", "it is larger than 5,000,000 bytes"),
        ("torn", "its compression is broken"),
        ("round", "it redirects more than 5 times"),
        ("out", "ftp://lantern.example/feed is not a valid http or https address"),
        ("short", "the connection broke"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(home: str, name: str, why: str) -> None:
    with pytest.raises(OSError, match=why) as refused:
        fetch(f"{home}/{name}")
    assert f"{home}/{name}" in str(refused.value)


@pytest.mark.parametrize(("name", "why"), [("silent", "in time"), ("mute", "in time")])
def test_a_server_that_falls_silent_is_left(home: str, monkeypatch: pytest.MonkeyPatch, name: str, why: str) -> None:
    monkeypatch.setattr(http, "_SILENCE_SECONDS", 0.2)
    with pytest.raises(OSError, match=why):
        fetch(f"{home}/{name}")


@pytest.mark.parametrize("name", ["slow", "headers", "informal"])
def test_a_drip_is_left_after_a_while(home: str, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(OSError, match=r"took more than 0\.5 seconds"):
        fetch(f"{home}/{name}", seconds=0.5)
    assert time.monotonic() - began < patient(2)


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="there is no connection to the server"):
        fetch(f"http://127.0.0.1:{port}/feed")
    with pytest.raises(OSError, match="http:///feed is not a valid http or https address"):
        fetch("http:///feed")


def test_webcal_is_https(home: str) -> None:
    # The server speaks no TLS, and says so in its way.
    with pytest.raises(OSError, match="there is no secure connection"):
        fetch(home.replace("http:", "webcal:") + "/feed")


def test_addresses_are_told_from_revisions_and_folders() -> None:
    assert is_fetchable_url("https://lantern.example/all.ics")
    assert is_fetchable_url("WEBCAL://lantern.example/all.ics")
    assert not any(map(is_fetchable_url, ("main", "feeds", "HEAD~1", "origin/main", "C:\\feeds", "ftp://x/y")))


def test_a_password_in_the_address_is_used(home: str) -> None:
    with pytest.raises(OSError, match="401 Unauthorized"):
        fetch(f"{home}/private")
    assert fetch(home.replace("//", "//ada:secret@") + "/private") == FEED


def test_the_proxy_of_the_machine_is_used(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", home)
    assert fetch("http://lantern.example/feed") == FEED


def test_ctrl_c_waits_for_no_server() -> None:
    silent, asked = threading.Event(), []

    def ask(server: int) -> None:
        asked.append(server)
        silent.wait(60)

    def interrupt() -> None:
        with http.open_pool(2) as pool:
            pool.map(ask, range(20))
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert time.monotonic() - begun < 30
    silent.set()
    assert len(asked) <= 2
