"""The preview: what a static host would answer, and a mistake in the page."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from chatcal.publish.preview import (
    PREVIEW_HOST,
    Preview,
    PreviewResponse,
    ServedSite,
    SiteBuild,
    build_preview,
    build_response,
    compute_stamp,
    make_server,
    update_served_site,
)
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, sources

FILES = {
    "index.html": b"home",
    "404.html": b"nothing here",
    "lantern/index.html": b"the chapter",
    "lantern.ics": b"BEGIN:VCALENDAR",
    "_headers": b"/*",
}
SHELF = update_served_site(ServedSite(), SiteBuild(FILES, NOW))


def asked(target: str, shelf: ServedSite = SHELF, headers: Mapping[str, str] | None = None) -> PreviewResponse:
    return build_response(shelf, target, headers or {})


@pytest.mark.parametrize(
    ("target", "body", "media_type"),
    [
        ("/", b"home", "text/html; charset=utf-8"),
        ("/index.html?tz=Europe/Paris", b"home", "text/html; charset=utf-8"),
        ("/lantern/", b"the chapter", "text/html; charset=utf-8"),
        ("/lantern.ics", b"BEGIN:VCALENDAR", "text/calendar"),
        ("/lantern%2Eics", b"BEGIN:VCALENDAR", "text/calendar"),
        ("/_headers", b"/*", "application/octet-stream"),
    ],
)
def test_a_file_is_served_with_its_media_type(target: str, body: bytes, media_type: str) -> None:
    given = asked(target)
    assert (given.status, given.body, given.headers["Content-Type"]) == (200, body, media_type)
    assert given.headers["Access-Control-Allow-Origin"] == "*"


def test_every_file_of_a_site_has_a_media_type_of_its_own() -> None:
    site = build_preview(sources(lanternchat=LANTERN), {}, NOW, None)
    shelf = update_served_site(ServedSite(), site)
    types = {path: asked(f"/{path}", shelf).headers["Content-Type"] for path in site.files}
    assert [path for path, one in types.items() if one == "application/octet-stream"] == ["_headers"]


def test_a_folder_without_its_slash_leads_to_it() -> None:
    given = asked("/lantern")
    assert (given.status, given.headers["Location"]) == (301, "/lantern/")


@pytest.mark.parametrize("target", ["/none", "/none/", "/Lantern/", "/../cli.py", "//lights.example/", "*"])
def test_what_is_not_there_gets_the_page_for_that(target: str) -> None:
    given = asked(target)
    assert (given.status, given.body) == (404, b"nothing here")


def test_a_site_without_a_page_for_what_is_missing_says_it_in_a_line() -> None:
    assert asked("/none", ServedSite()).body == b"There is no such page.\n"


def test_who_has_a_file_already_is_told_so() -> None:
    first = asked("/lantern.ics")
    tag, since = first.headers["ETag"], first.headers["Last-Modified"]
    assert since == "Sun, 01 Mar 2026 00:00:00 GMT"
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": f'"other", W/{tag}'},
        {"if-none-match": "*"},
        {"if-modified-since": since},
    ):
        given = asked("/lantern.ics", headers=headers)
        assert (given.status, given.body, given.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize(
    "headers",
    [
        {"if-none-match": '"other"'},
        # RFC 9110 section 13.1.3: the validator comes before the date.
        {"if-none-match": '"other"', "if-modified-since": "Sun, 01 Mar 2026 00:00:00 GMT"},
        {"if-modified-since": "Sat, 28 Feb 2026 00:00:00 GMT"},
        {"if-modified-since": "Sat, 28 Feb 2026 00:00:00 -0000"},
        {"if-modified-since": "lately"},
    ],
)
def test_who_has_another_file_gets_this_one(headers: Mapping[str, str]) -> None:
    assert asked("/lantern.ics", headers=headers).status == 200


def test_a_file_that_a_build_leaves_as_it_was_keeps_its_date() -> None:
    later = update_served_site(SHELF, SiteBuild(FILES | {"index.html": b"news"}, at("2026-03-02T00:00")))
    assert asked("/lantern.ics", later).headers["Last-Modified"] == "Sun, 01 Mar 2026 00:00:00 GMT"
    assert asked("/", later).headers["Last-Modified"] == "Mon, 02 Mar 2026 00:00:00 GMT"


def test_a_mistake_shows_in_every_page_and_takes_no_feed_away() -> None:
    wrong = build_preview(sources(lanternchat=LANTERN.replace("13:00", "<1pm>")), {}, NOW, None)
    shelf = update_served_site(SHELF, wrong)
    for target in ("/", "/index.html", "/lantern/", "/none"):
        given = asked(target, shelf)
        assert given.status == 500
        assert b"schedules/lanternchat.yaml:6:9: error: `&lt;1pm&gt;` is no time of day." in given.body
        assert b"<1pm>" not in given.body
    assert asked("/lantern.ics", shelf).body == b"BEGIN:VCALENDAR"
    assert asked("/", update_served_site(shelf, SiteBuild(FILES, NOW))).body == b"home"


def test_it_builds_anew_only_when_something_changed() -> None:
    state, builds = [1], []

    def make() -> SiteBuild:
        builds.append(state[0])
        return SiteBuild(FILES, NOW)

    preview = Preview(lambda: list(state), make)
    preview.get_served_site()
    preview.get_served_site()
    state[0] = 2
    preview.get_served_site()
    assert builds == [1, 2]


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """Return a folder that holds a calendar of one chapter."""
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(LANTERN)
    return tmp_path


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


@contextmanager
def running(make: Callable[[], SiteBuild]) -> Iterator[Callable[..., HTTPResponse]]:
    """Yield what asks a server on loopback."""
    with make_server(Preview(lambda: 1, make), 0) as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        connection = HTTPConnection(PREVIEW_HOST, found.server_port, timeout=10)

        def ask(method: str, target: str, **headers: str) -> HTTPResponse:
            connection.request(method, target, headers={name.replace("_", "-"): one for name, one in headers.items()})
            return connection.getresponse()

        yield ask
        connection.close()
        found.shutdown()
        thread.join()


def test_a_browser_is_answered_on_one_connection(capfd: pytest.CaptureFixture[str]) -> None:
    with running(lambda: SiteBuild(FILES, NOW)) as ask:
        first = ask("GET", "/lantern.ics")
        assert (first.status, first.read(), first.headers["Content-Type"]) == (200, b"BEGIN:VCALENDAR", "text/calendar")
        again = ask("GET", "/lantern.ics", If_None_Match=first.headers["ETag"])
        assert (again.status, again.read(), again.headers["Content-Length"]) == (304, b"", None)
        head = ask("HEAD", "/lantern.ics")
        assert (head.status, head.read(), head.headers["Content-Length"]) == (200, b"", "15")
        assert ask("GET", "/none").read() == b"nothing here"
        assert ask("POST", "/").status == 501
    assert capfd.readouterr() == ("", "")


def broken_feed() -> SiteBuild:
    return build_preview(sources(lanternchat=LANTERN), {"lanternchat": b"<html>"}, NOW, None)


def no_disk() -> SiteBuild:
    raise FileNotFoundError(2, "No such file or directory", "chatcal.yaml")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (broken_feed, b"A published feed cannot be read. feeds/lanternchat.ics: it does not begin like a calendar."),
        (no_disk, b"chatcal.yaml: No such file or directory"),
    ],
)
def test_what_else_goes_wrong_shows_in_the_page_too(make: Callable[[], SiteBuild], said: bytes) -> None:
    with running(make) as ask:
        given = ask("GET", "/")
        assert given.status == 500
        assert said in given.read()


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with (
        make_server(Preview(lambda: 1, no_disk), 0) as taken,
        pytest.raises(OSError, match="choose another with --port"),
    ):
        make_server(Preview(lambda: 1, no_disk), taken.server_port)


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
        connection = HTTPConnection(PREVIEW_HOST, int(found[1]), timeout=30)

        def page() -> tuple[int, str]:
            connection.request("GET", "/lanternchat/")
            given = connection.getresponse()
            return given.status, given.read().decode()

        assert page()[0] == 200
        (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
        status, text = page()
        assert status == 500
        assert "`1pm` is no clock time." in text
        (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN + "about: They compare notes.\n")
        status, text = page()
        assert status == 200
        assert "They compare notes." in text
        connection.close()
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=30) == 0
    assert not (calendar / "feeds").exists()
    assert not (calendar / "_site").exists()
