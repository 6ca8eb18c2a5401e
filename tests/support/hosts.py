"""A web host of feeds, on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Host:
    """A host that knows ETags, as the hosts of feeds do, and remembers what it answered."""

    folder: Path
    """What it serves."""
    address: str
    """Ends with a slash."""
    answers: list[tuple[str, int]] = field(default_factory=list)
    """The path and the HTTP status of every answer."""


@contextmanager
def hosted(folder: Path) -> Iterator[Host]:
    """Serve the files of a folder meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            octets = path.read_bytes() if path.is_file() else b""
            tag = f'"{sha256(octets).hexdigest()}"'
            if not path.is_file():
                status = HTTPStatus.NOT_FOUND
            elif self.headers["If-None-Match"] == tag:
                status, octets = HTTPStatus.NOT_MODIFIED, b""
            else:
                status = HTTPStatus.OK
            host.answers.append((self.path, status.value))
            self.send_response(status)
            if status is HTTPStatus.OK:
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
            if status is not HTTPStatus.NOT_FOUND:
                self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host = Host(folder, f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
