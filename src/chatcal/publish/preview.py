"""A preview of the site, to this machine alone: as a host would serve it, with mistakes shown in the page."""

import io
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from chatcal import files
from chatcal.problems import FeedError, format_problems, has_errors
from chatcal.publish import build
from chatcal.publish.sources import find_sources_commit, read_folder, read_published
from chatcal.publish.swap import complete_swap
from chatcal.site.render import read_asset

PREVIEW_HOST = "127.0.0.1"
_LOCAL_NAMES = (PREVIEW_HOST, "localhost", "[::1]")

_MISTAKE_PAGE = read_asset("mistake.html").decode()


class Preview:
    """The site of a calendar in a folder, built again when somebody asks for it and a schedule or a feed has changed.

    Takes the calendar's folder, an empty folder for the site, and what returns the moment (aware) of a build.
    """

    def __init__(self, root: Path, site_folder: Path, read_clock: Callable[[], datetime]) -> None:
        self.site_folder = site_folder
        self._root, self._read_clock = root, read_clock
        self._stamp: object = None
        self._mistake = ""
        self._lock = threading.Lock()

    def update(self) -> str:
        """Bring the site up to date. Return what is wrong with the schedules, then the site stays as it was."""
        with self._lock:
            stamp = compute_stamp(self._root)
            if stamp != self._stamp:
                self._mistake = self._build()
                self._stamp = stamp
            return self._mistake

    def _build(self) -> str:
        try:
            complete_swap(self._root)
            sources = read_folder(self._root)
            commit = find_sources_commit(self._root, sources)
            result = build.build_calendar(
                sources, read_published(self._root), self._read_clock(), build.BuildOptions(commit=commit)
            )
            made = {
                self.site_folder / path.relative_to(build.SITE_FOLDER): content
                for path, content in result.files.items()
                if path.is_relative_to(build.SITE_FOLDER)
            }
            if not made or has_errors(result.problems):
                return format_problems(result.problems, sources)
            files.replace_files(made)
            files.delete_paths(files.find_others(self.site_folder, list(map(str, made))))
        except FeedError as error:
            return f"A published feed cannot be read. {error}."
        except OSError as error:
            return f"{error.filename or 'The disk'}: {error.strerror or error}"
        return ""


def compute_stamp(root: Path) -> dict[str, tuple[int, int]]:
    """Return the time of the last change, in nanoseconds, and the size of each file that a build reads."""
    stamp = {}
    for file in (root / "chatcal.yaml", *root.glob("schedules/**/*"), *root.glob("feeds/*.ics")):
        # An editor may remove a file for a moment.
        with suppress(OSError):
            about = file.lstat()
            stamp[str(file)] = (about.st_mtime_ns, about.st_size)
    return stamp


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - http.server has it so
        ".atom": "application/atom+xml",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".ics": "text/calendar",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
    }
    """As GitHub Pages has them; it gives feeds no charset."""

    def __init__(self, preview: Preview, *args: Any) -> None:
        self._preview = preview
        super().__init__(*args, directory=str(preview.site_folder))

    def handle(self) -> None:
        # Browsers go away in the middle of an answer.
        with suppress(ConnectionError):
            super().handle()

    def parse_request(self) -> bool:
        """Read a request, and refuse one to another name: a page elsewhere can let its own name stand for 127.0.0.1."""
        if not super().parse_request():
            return False
        port = self.connection.getsockname()[1]
        names = {f"{name}:{port}" for name in _LOCAL_NAMES}
        asked = [name.lower() for name in self.headers.get_all("Host", [])]
        # A browser leaves out the usual port.
        if len(asked) == 1 and not names.isdisjoint((asked[0], f"{asked[0]}:80")):
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        return False

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        mistake = self._preview.update()
        path = Path(self.translate_path(self.path))
        if mistake and (path.suffix == ".html" or not path.is_file()):
            self.error_message_format = _MISTAKE_PAGE
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=mistake)
            return None
        try:
            return super().send_head()
        except ValueError:  # No file can have such a name.
            self.send_error(HTTPStatus.NOT_FOUND)
            return None

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - http.server passes it
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == HTTPStatus.NOT_FOUND:
            page = self._preview.site_folder / "404.html"
            self.error_message_format = page.read_text("utf-8").replace("%", "%%")
        super().send_error(code, message, explain)

    def end_headers(self) -> None:
        # A host lets caches keep a file for ten minutes; here that would hide what was just written.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def version_string(self) -> str:
        return "chatcal"

    def log_message(self, *_: object) -> None:
        """Log nothing, so that what the terminal shows is about the schedules."""


def make_server(preview: Preview, port: int) -> ThreadingHTTPServer:
    """Return a server of a preview; port 0 is any free one. Raises OSError."""
    try:
        return ThreadingHTTPServer((PREVIEW_HOST, port), partial(_Handler, preview))
    except OSError as error:
        raise OSError(f"port {port} cannot be used ({error.strerror}); choose another with --port") from None
