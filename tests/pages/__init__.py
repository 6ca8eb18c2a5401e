"""Calendars whose pages show everything that pages can show, and what the tests of pages share."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path

import pytest

from chatcal.feed.feeds import Feed
from chatcal.problems import format_problems
from chatcal.project import Project
from chatcal.publish import build
from chatcal.site.pages import Site
from tests.support.calendars import sources
from tests.support.chapters import read_sources

TOOLS = Path(__file__).parent / "node_modules"

RICH_CALENDAR = """\
title: Lights
about: Chats of those who keep lights.
home: {home}
uid_domain: lights.example
repository: https://code.example/lights
join: https://x.com/hashtag/{{hashtag}}
clocks: [Europe/London]
collections:
  sea: {{title: Lights at sea, chapters: [lanternchat, fogchat], formerly: [ocean]}}
  land: {{title: Lights on land, chapters: [quietchat]}}
"""

LANTERN = """\
hashtag: lanternchat
name: The Lantern Keepers
about: Lighthouse keepers and those who love them compare notes.
region: Canada
timezone: America/Toronto
website: https://lantern.example/
account: lanternchat
moderators: [Ada Keeper (@ada_keeper)]
confirmed: 2026-03-01
sources: [https://lantern.example/chat, "A talk with Ada"]
formerly: [lampchat]
chats:
  - {every: Wednesday, at: "13:00", from: 2024-09, until: 2025-12-31}
  - {every: Wednesday, at: "13:00", from: 2026-01-01}
sessions:
  2025-12-10: {topic: Wicks, hosts: [Bo Light], note: In winter, transcript: "https://lantern.example/wicks"}
  2025-12-24: cancelled
  2026-01-07: {moved: 2026-01-08 20:00}
  2026-03-04: {topic: "Joint chat with #fogchat", hosts: ["Bo Light (@bolight)"], note: Bring a lamp}
  2026-03-11: {cancelled: Holidays}
  2026-03-18: {moved: 2026-03-19 20:00, title: Lamp night}
  2026-04-22:
    place: Lamp Room, 1 Pier Road
    geo: [44.65, -63.5]
    note: "Bring oil.\\nMore on https://lantern.example/night."
    links: {Sign-up: "https://lantern.example/?a=1&b=2"}
breaks:
  - {from: 2026-04-08, until: 2026-04-15, reason: Spring}
"""

FOG = """\
hashtag: fogchat
name: Nebel und Dunst
about: Was man im Nebel sieht.
region: Europe
language: de
timezone: Europe/Berlin
confirmed: 2012-02-22
doubt: The chat may be over.
note: |
  Ring the bell.
  Read https://fog.example/rules (in English).
links: {Agenda: https://fog.example/agenda}
chats:
  - {every: Friday, at: "23:30"}
  - {every: first Tuesday of the month, at: evening, id: dusk}
  - {dates: [2010-05-04 12:00, 2026-03-10 12:00], timezone: Asia/Tokyo, title: Fog abroad, id: abroad, lasts: 48h}
  - {dates: [2026-03-21], at: all day, lasts: 2d, title: Days of fog, id: days}
  - {dates: [2026-03-24], at: unknown, id: some}
"""

QUIET = """\
hashtag: quietchat
name: The Quiet Ones
region: Europe
note: Details pending.
"""

RICH = {"lanternchat": LANTERN, "fogchat": FOG, "quietchat": QUIET}


def rich(home: str | None = "https://lights.example/") -> dict[str, bytes | None]:
    """Return schedule files with all that pages show, published at `home`, or nobody knows where."""
    calendar = RICH_CALENDAR.format(home=home or "")
    return sources(calendar if home else calendar.replace("home: \n", ""), **RICH)


def shipped(home: str = "") -> dict[str, bytes | None]:
    """Return the files of the shipped calendar as it was, with a line for `home` where one is given."""
    files = read_sources("founding")
    return {**files, "chatcal.yaml": files["chatcal.yaml"] + (f"home: {home}\n".encode() if home else b"")}


def build_pages(project: Project, with_atom: Iterable[str] = ()) -> dict[str, bytes]:
    """Return the files of a site whose feeds hold nothing, by path; of the chapters only these have an Atom feed."""
    feed = Feed(("lanternchat",), b"", ())
    with closing(Site(project)) as made:
        parts = [made.build_chapter(one, feed if one.slug in with_atom else None) for one in project.chapters.values()]
        return {
            path: content if isinstance(content, bytes) else b"".join(content)
            for path, content in chain(*parts, made.build_rest())
        }


def site(files: Mapping[str, bytes | None], now: datetime) -> dict[str, bytes]:
    """Return the published files of a build without errors by their path on the site."""
    made = build.build_calendar(files, {}, now)
    assert made.files, format_problems(made.problems, files)
    return {
        path.relative_to("_site").as_posix(): octets for path, octets in made.files.items() if path.parts[0] == "_site"
    }


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files of a site into a folder."""
    for path, octets in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(octets)


class _Host(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is not there with the site's own page, as static hosts do."""
        page = Path(self.directory, "404.html")
        if code != http.HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.read_bytes())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback as a static host does; yield its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def program(*names: str) -> str:
    """Return the first of these programs that is installed; a test without it fails in CI and is skipped elsewhere."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise missing(f"{names[0]} is not installed.")


def tool(path: str) -> Path:
    """Return a file of the npm packages that check pages; a test without it fails in CI and is skipped elsewhere."""
    if (TOOLS / path).exists():
        return TOOLS / path
    raise missing(f"{path.partition('/')[0]} is not installed: run `npm ci --ignore-scripts` in tests/pages.")


def missing(what: str) -> BaseException:
    """Return what ends a test that lacks something."""
    return pytest.fail.Exception(what) if os.environ.get("CI") else pytest.skip.Exception(what)
