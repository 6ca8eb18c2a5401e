"""A preview on this machine alone: what would be published, with the answers that a static host gives."""

import html
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from chatcal.problems import FeedError, format_problems
from chatcal.publish import build

PREVIEW_HOST = "127.0.0.1"


_MEDIA_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""As GitHub Pages has them from mime-db, which gives feeds no charset."""


@dataclass(frozen=True, slots=True)
class SiteBuild:
    """What a build made at a moment (aware): the site's files by their paths, none where something is `wrong`."""

    files: Mapping[str, bytes]
    now: datetime
    error_text: str = ""


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file of the site, and since when (UTC, whole seconds) it has been this one."""

    content: bytes
    modified: datetime

    @property
    def etag(self) -> str:
        """The strong validator of these octets (RFC 9110 section 8.8.3)."""
        return f'"{sha256(self.content).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class ServedSite:
    """What is served: the files of the last build that went well, and what is wrong with the schedules now."""

    files: Mapping[str, ServedFile] = field(default_factory=dict)
    error_text: str = ""


@dataclass(frozen=True, slots=True)
class PreviewResponse:
    """An answer of HTTP."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


def build_preview(
    sources: build.SourceFiles, published: Mapping[str, bytes], now: datetime, commit: str | None
) -> SiteBuild:
    """Return the site as a build makes it; takes what `build.build` takes, and raises what it raises."""
    found = build.build_calendar(sources, published, now, commit=commit)
    files = {
        path.relative_to(build.SITE_FOLDER).as_posix(): octets
        for path, octets in found.files.items()
        if path.is_relative_to(build.SITE_FOLDER)
    }
    return SiteBuild(files, now, "" if files else format_problems(found.problems, sources))


def update_served_site(shelf: ServedSite, new: SiteBuild) -> ServedSite:
    """Return what is served after a build; where it went wrong, what was there stays."""
    if new.error_text:
        return ServedSite(shelf.files, new.error_text)
    since = new.now.astimezone(UTC).replace(microsecond=0)
    files = {path: ServedFile(octets, since) for path, octets in new.files.items()}
    same = {path: old for path, old in shelf.files.items() if path in files and files[path].content == old.content}
    return ServedSite(files | same)


def build_response(shelf: ServedSite, target: str, asked: Mapping[str, str]) -> PreviewResponse:
    """Return the answer to a GET for a target (RFC 9112 section 3.2.1), given the request's headers in lower case.

    It is that of a static host: index.html for folders, 404.html, ETag, Last-Modified and 304. While something is wrong
    with the schedules every page says it; feeds and all else stay as they were last.
    """
    path = unquote(target.partition("#")[0].partition("?")[0]).removeprefix("/")
    index = f"{path.removesuffix('/')}/index.html".removeprefix("/")
    at = index if path == "" or path.endswith("/") else path
    found = shelf.files.get(at)
    if shelf.error_text and (found is None or at.endswith(".html")):
        return _build_page_response(
            HTTPStatus.INTERNAL_SERVER_ERROR, _ERROR_PAGE.format(html.escape(shelf.error_text)).encode()
        )
    if found is None and index in shelf.files:
        return PreviewResponse(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"/{quote(path)}/"})
    if found is None:
        missing = shelf.files.get("404.html")
        return _build_page_response(HTTPStatus.NOT_FOUND, missing.content if missing else b"There is no such page.\n")
    headers = {
        "ETag": found.etag,
        "Last-Modified": format_datetime(found.modified, usegmt=True),
        # A host lets caches keep a file for ten minutes; here that would hide what was just written.
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
    }
    if _is_unmodified(found, asked):
        return PreviewResponse(HTTPStatus.NOT_MODIFIED, headers)
    media_type = _MEDIA_TYPES.get(PurePosixPath(at).suffix, "application/octet-stream")
    return PreviewResponse(HTTPStatus.OK, {"Content-Type": media_type, **headers}, found.content)


def _is_unmodified(found: ServedFile, asked: Mapping[str, str]) -> bool:
    """Say whether who asks has this file already (RFC 9110 sections 13.1.2 and 13.1.3)."""
    if "if-none-match" in asked:
        tags = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
        return found.etag in tags or tags == ["*"]
    with suppress(KeyError, ValueError, TypeError):
        return found.modified <= parsedate_to_datetime(asked["if-modified-since"])
    return False


def _build_page_response(status: HTTPStatus, body: bytes) -> PreviewResponse:
    return PreviewResponse(status, {"Content-Type": _MEDIA_TYPES[".html"], "Cache-Control": "no-store"}, body)


_ERROR_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<noscript><meta http-equiv="refresh" content="2"></noscript>
<title>The schedules have a mistake</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }}
  pre {{ overflow-x: auto; border-left: .3rem solid #c33; padding: .5rem 1rem; }}
</style>
<main>
<h1>The schedules have a mistake</h1>
<pre tabindex="0">{}</pre>
<p>This page looks again every two seconds. The feeds stay as they were before the mistake.</p>
</main>
<script>
  // Only what is new is shown anew: people who listen to the page, or have scrolled in it, keep their place.
  const said = page => page.querySelector("pre")?.textContent;
  setInterval(async () => {{
    try {{
      const text = await (await fetch(location)).text();
      if (said(new DOMParser().parseFromString(text, "text/html")) !== said(document)) location.reload();
    }} catch {{
      // Nobody serves now; somebody may again.
    }}
  }}, 2000);
</script>
</html>
"""


class Preview:
    """What is served now: built anew when somebody asks and what it is made of has changed."""

    def __init__(self, stamp: Callable[[], object], make: Callable[[], SiteBuild]) -> None:
        """Take what tells the state of the inputs, and what builds from them; that may raise BrokenFeed and OSError."""
        self._stamp, self._make = stamp, make
        self._last_stamp: object = None
        self._served = ServedSite()
        self._lock = threading.Lock()

    def get_served_site(self) -> ServedSite:
        """Return what is served at this moment."""
        with self._lock:
            found = self._stamp()
            if found != self._last_stamp:
                self._served = self._rebuild()
                self._last_stamp = found
            return self._served

    def _rebuild(self) -> ServedSite:
        try:
            return update_served_site(self._served, self._make())
        except FeedError as error:
            return ServedSite(self._served.files, f"A published feed cannot be read. {error}.")
        except OSError as error:
            return ServedSite(self._served.files, f"{error.filename or 'The disk'}: {error.strerror or error}")


def compute_stamp(root: Path) -> dict[str, tuple[int, int]]:
    """Return what changes with every change of a calendar's files: when each was written, in nanoseconds; its size."""
    files = [root / "chatcal.yaml", *root.glob("schedules/**/*"), *root.glob("feeds/*.ics")]
    found = {}
    for file in files:
        # An editor may take a file away for a moment.
        with suppress(OSError):
            about = file.lstat()
            found[str(file)] = (about.st_mtime_ns, about.st_size)
    return found


def make_server(preview: Preview, port: int) -> ThreadingHTTPServer:
    """Return a server of a preview, for this machine alone; port 0 is any that is free. Raises OSError."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            given = build_response(preview.get_served_site(), self.path, asked)
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            if given.status is not HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            if self.command == "GET":
                # Browsers go away in the middle of an answer.
                with suppress(ConnectionError):
                    self.wfile.write(given.body)

        do_HEAD = do_GET  # noqa: N815 - http.server looks for this name

        def version_string(self) -> str:
            return "chatcal"

        def log_message(self, *_: object) -> None:
            """Say nothing: whoever edits schedules wants to read what is wrong with them."""

    try:
        return ThreadingHTTPServer((PREVIEW_HOST, port), Handler)
    except OSError as error:
        raise OSError(f"port {port} cannot be used ({error.strerror}); choose another with --port") from None
