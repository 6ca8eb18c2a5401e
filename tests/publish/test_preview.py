"""The preview: what a static host would answer, and a mistake in the page."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from chatcal.publish import build
from chatcal.publish.preview import PREVIEW_HOST, Preview, compute_stamp, make_server
from tests.support.calendars import CALENDAR, LANTERN, NOW
from tests.support.patience import patient


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    port: int


Ask = Callable[..., Answer]


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """Return a folder that holds a calendar of one chapter."""
    (tmp_path / "calendar" / "schedules").mkdir(parents=True)
    (tmp_path / "calendar" / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "calendar" / "schedules" / "lanternchat.yaml").write_text(LANTERN)
    return tmp_path / "calendar"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return the folder that the site goes to."""
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


@contextmanager
def running(preview: Preview) -> Iterator[Ask]:
    """Yield what asks a server on loopback, by one connection."""
    with make_server(preview, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        connection = HTTPConnection(PREVIEW_HOST, server.server_port, timeout=patient(10))

        def ask(target: str, method: str = "GET", **headers: str) -> Answer:
            connection.request(method, target, headers={name.replace("_", "-"): one for name, one in headers.items()})
            given = connection.getresponse()
            return Answer(
                given.status, {name.lower(): one for name, one in given.getheaders()}, given.read(), server.server_port
            )

        yield ask
        connection.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def ask(calendar: Path, site: Path) -> Iterator[Ask]:
    with running(Preview(calendar, site, lambda: NOW)) as asking:
        yield asking


def write_chapter(calendar: Path, text: str, name: str = "lanternchat") -> None:
    (calendar / "schedules" / f"{name}.yaml").write_text(text)


@pytest.mark.parametrize(
    ("target", "file", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html?tz=Europe/Paris", "index.html", "text/html; charset=utf-8"),
        ("/lanternchat/", "lanternchat/index.html", "text/html; charset=utf-8"),
        ("/lanternchat.ics", "lanternchat.ics", "text/calendar"),
        ("/lanternchat%2Eics", "lanternchat.ics", "text/calendar"),
        ("/_headers", "_headers", "application/octet-stream"),
    ],
)
def test_a_file_is_served_with_its_media_type(ask: Ask, site: Path, target: str, file: str, media_type: str) -> None:
    given = ask(target)
    assert (given.status, given.body) == (200, (site / file).read_bytes())
    assert given.headers["content-type"] == media_type
    assert "access-control-allow-origin" not in given.headers


def test_it_serves_what_a_build_makes_and_every_file_has_a_media_type_of_its_own(ask: Ask, site: Path) -> None:
    ask("/")
    made = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    sources: build.SourceFiles = {
        "chatcal.yaml": CALENDAR.encode(), "schedules/lanternchat.yaml": LANTERN.encode()
    }  # fmt: skip
    built = build.build_calendar(sources, {}, NOW).files
    assert made == {
        path.relative_to("_site").as_posix(): content for path, content in built.items() if path.is_relative_to("_site")
    }
    types = {path: ask(f"/{path}").headers["content-type"] for path in made}
    assert [path for path, one in types.items() if one == "application/octet-stream"] == ["_headers"]


def test_a_folder_without_its_slash_leads_to_it(ask: Ask) -> None:
    given = ask("/lanternchat")
    assert (given.status, given.headers["location"]) == (301, "/lanternchat/")


@pytest.mark.parametrize(
    "target", ["/none", "/none/", "/../calendar/chatcal.yaml", "//lights.example/", "*", "/%00", "/%ED%A0%80"]
)
def test_what_is_not_there_gets_the_page_for_that(ask: Ask, site: Path, target: str) -> None:
    given = ask(target)
    assert (given.status, given.body) == (404, (site / "404.html").read_bytes())


def test_a_folder_without_a_page_is_not_listed(ask: Ask, site: Path) -> None:
    assert ask("/").status == 200
    (site / "empty").mkdir()
    assert ask("/empty/").status == 404


def test_a_browser_keeps_nothing_and_a_program_that_has_a_file_does_not_get_it_again(ask: Ask) -> None:
    first = ask("/lanternchat.ics")
    assert first.headers["cache-control"] == "no-store"
    since = first.headers["last-modified"]
    assert (again := ask("/lanternchat.ics", If_Modified_Since=since)).status == 304
    assert again.body == b""
    assert ask("/lanternchat.ics", If_Modified_Since="Sat, 28 Feb 2026 00:00:00 GMT").status == 200


def test_a_file_that_a_build_leaves_as_it_was_keeps_its_date(ask: Ask, calendar: Path, site: Path) -> None:
    ask("/")
    for path in ("lanternchat.ics", "lanternchat/index.html"):
        os.utime(site / path, (0, 0))
    write_chapter(calendar, LANTERN + "region: Europe\n")
    assert ask("/lanternchat.ics").headers["last-modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert ask("/lanternchat/").headers["last-modified"] != "Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_mistake_shows_in_every_page_and_takes_no_feed_away(ask: Ask, calendar: Path) -> None:
    home, feed = ask("/").body, ask("/lanternchat.ics").body
    write_chapter(calendar, LANTERN.replace("13:00", "<1pm>"))
    for target in ("/", "/index.html", "/lanternchat/", "/none"):
        given = ask(target)
        assert given.status == 500
        assert b"schedules/lanternchat.yaml:6:9: error: `&lt;1pm&gt;`" in given.body
        assert b"<1pm>" not in given.body
    assert ask("/lanternchat.ics").body == feed
    write_chapter(calendar, LANTERN)
    assert ask("/").body == home


def test_what_a_schedule_has_no_more_is_gone(ask: Ask, calendar: Path) -> None:
    write_chapter(calendar, LANTERN.replace("lanternchat", "fogchat"), "fogchat")
    assert ask("/fogchat/").status == 200
    (calendar / "schedules" / "fogchat.yaml").unlink()
    assert (ask("/fogchat/").status, ask("/fogchat.ics").status, ask("/lanternchat/").status) == (404, 404, 200)


def test_it_builds_again_only_when_something_changed(calendar: Path, site: Path) -> None:
    builds = []

    def read_clock() -> datetime:
        builds.append(1)
        return NOW

    preview = Preview(calendar, site, read_clock)
    assert [preview.update(), preview.update(), len(builds)] == ["", "", 1]
    write_chapter(calendar, LANTERN + "about: They compare notes.\n")
    assert [preview.update(), len(builds)] == ["", 2]


def test_the_state_changes_with_every_file_that_counts(calendar: Path) -> None:
    seen = [compute_stamp(calendar)]
    (calendar / "schedules" / "fogchat.yaml").write_text("hashtag: fogchat\n")
    seen.append(compute_stamp(calendar))
    (calendar / "chatcal.yaml").write_text(CALENDAR + "about: Lights.\n")
    seen.append(compute_stamp(calendar))
    (calendar / "feeds").mkdir()
    (calendar / "feeds" / "all.ics").write_bytes(b"")
    seen.append(compute_stamp(calendar))
    (calendar / "chatcal.yaml").unlink()
    seen.append(compute_stamp(calendar))
    assert all(one not in seen[:number] for number, one in enumerate(seen))
    (calendar / "notes.txt").write_text("no part of the calendar")
    assert compute_stamp(calendar) == seen[-1]


def test_other_methods_are_refused_and_nothing_is_logged(ask: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    head = ask("/lanternchat.ics", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(ask("/lanternchat.ics").body))
    assert ask("/", "POST").status == 501
    assert head.headers["server"] == "chatcal"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_it_answers_to_the_names_of_this_machine(ask: Ask, name: str) -> None:
    assert ask("/", Host=f"{name}:{ask('/').port}").status == 200


@pytest.mark.parametrize(
    "name",
    ["lights.example:{}", "127.0.0.1.lights.example:{}", "127.0.0.1", "127.0.0.1:1{}", "localhost:{}@x", "", ":{}"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_it_answers_to_no_other_name(ask: Ask, name: str, method: str) -> None:
    port = ask("/").port
    given = ask("/lanternchat.ics", method, Host=name.format(port))
    assert given.status == 421
    assert b"VEVENT" not in given.body


def test_a_request_without_a_name_or_with_two_or_of_nonsense_is_refused(ask: Ask) -> None:
    port = ask("/").port
    for head in (
        b"GET /lanternchat.ics HTTP/1.0",
        f"GET /lanternchat.ics HTTP/1.1\r\nHost: localhost:{port}\r\nHost: lights.example".encode(),
        b"nonsense",
    ):
        with socket.create_connection((PREVIEW_HOST, port), 10) as connection:
            connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
            given = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert b"VEVENT" not in given
        assert b"421" in given[:20] or b"400" in given


def test_what_else_goes_wrong_shows_in_the_page_too(ask: Ask, calendar: Path) -> None:
    (calendar / "feeds").mkdir()
    (calendar / "feeds" / "lanternchat.ics").write_bytes(b"<html>")
    given = ask("/")
    assert given.status == 500
    assert b"A published feed cannot be read. feeds/lanternchat.ics: it does not begin like a calendar." in given.body
    (calendar / "chatcal.yaml").unlink()
    assert b"chatcal.yaml: No such file or directory" in ask("/").body


def test_a_port_that_is_taken_is_said_with_what_to_do(calendar: Path, site: Path) -> None:
    preview = Preview(calendar, site, lambda: NOW)
    with make_server(preview, 0) as taken, pytest.raises(OSError, match="choose another with --port"):
        make_server(preview, taken.server_port)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no Ctrl+C to a program of another console")
def test_the_command_serves_what_is_edited_and_ends_with_ctrl_c(calendar: Path) -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-m", "chatcal", "serve", "--port", "0"],
            cwd=calendar,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as program,
        ExitStack() as at_last,
    ):
        at_last.callback(program.kill)
        assert program.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", program.stdout.readline())
        assert found
        connection = HTTPConnection(PREVIEW_HOST, int(found[1]), timeout=patient(30))

        def page() -> tuple[int, str]:
            connection.request("GET", "/lanternchat/")
            given = connection.getresponse()
            return given.status, given.read().decode()

        assert page()[0] == 200
        (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
        status, text = page()
        assert status == 500
        assert "`1pm` is not a valid clock time." in text
        (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN + "about: They compare notes.\n")
        status, text = page()
        assert status == 200
        assert "They compare notes." in text
        connection.close()
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=patient(30)) == 0
    assert not (calendar / "feeds").exists()
    assert not (calendar / "_site").exists()
