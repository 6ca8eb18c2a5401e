"""Feeds are fetched from a real server on loopback, which serves them well, badly, slowly and without end."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chatcal import http

FEED = b"BEGIN:VCALENDAR\r\n" * 1000


class Server(BaseHTTPRequestHandler):
    """Serves what the path asks for."""

    def do_GET(self) -> None:
        """Answer."""
        name = self.path.strip("/")
        getattr(self, f"serve_{name}", self.serve_missing)()

    def send(self, octets: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(200)
        for header, text in headers.items():
            self.send_header(header.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def serve_feed(self) -> None:
        """Serve a feed."""
        self.send(FEED)

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
        for _ in range(30):
            try:
                self.wfile.write(b"X")
            except OSError:
                return
            time.sleep(0.1)

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


@pytest.mark.parametrize("name", ["feed", "small", "moved"])
def test_a_feed_is_fetched(home: str, name: str) -> None:
    assert http.fetch_feed(f"{home}/{name}") == FEED


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "the server answers 404 Not Found"),
        ("bomb", "serves more than 5,000,000 octets"),
        ("torn", "its compression is broken"),
        ("round", "it leads from one address to the next without end"),
        ("out", "it leads to an address that is none of the web"),
        ("short", "the connection broke"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(home: str, name: str, why: str) -> None:
    with pytest.raises(OSError, match=why) as refused:
        http.fetch_feed(f"{home}/{name}")
    assert f"{home}/{name}" in str(refused.value)


@pytest.mark.parametrize(("name", "why"), [("silent", "in time"), ("mute", "in time")])
def test_a_server_that_falls_silent_is_left(home: str, monkeypatch: pytest.MonkeyPatch, name: str, why: str) -> None:
    monkeypatch.setattr(http, "_TIMEOUTS", (0.2, 0.2))
    with pytest.raises(OSError, match=why):
        http.fetch_feed(f"{home}/{name}")


def test_a_drip_is_left_after_a_while(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FEED_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(OSError, match=r"took more than 0\.5 seconds"):
        http.fetch_feed(f"{home}/slow")
    assert time.monotonic() - began < 2


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="there is no connection to the server"):
        http.fetch_feed(f"http://127.0.0.1:{port}/feed")
    with pytest.raises(OSError, match="it is no address"):
        http.fetch_feed("http:///feed")


def test_webcal_is_https(home: str) -> None:
    # The server speaks no TLS, and says so in its way.
    with pytest.raises(OSError, match="no secure connection"):
        http.fetch_feed(home.replace("http:", "webcal:") + "/feed")


def test_addresses_are_told_from_revisions_and_folders() -> None:
    assert http.is_fetchable_url("https://lantern.example/all.ics")
    assert http.is_fetchable_url("WEBCAL://lantern.example/all.ics")
    assert not any(map(http.is_fetchable_url, ("main", "feeds", "HEAD~1", "origin/main", "C:\\feeds", "ftp://x/y")))
