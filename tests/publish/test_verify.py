"""Whether a site serves what these schedules publish: real answers of a server on loopback."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.feed import feeds
from chatcal.publish import build, verify
from chatcal.site import pages
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, sources

HTML = b"<!doctype html><title>429 Too Many Requests</title>"
FOG = "hashtag: fogchat\nname: Fog\ntimezone: Europe/London\nchats: [{every: Friday, at: 20:00}]\n"
FILES = sources(lanternchat=LANTERN, fogchat=FOG)


class Site(ThreadingHTTPServer):
    """A server on loopback: what it gives for each path, what it was asked for, and where it breaks off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.media_type = "text/calendar; charset=utf-8"
        self.cut: set[str] = set()
        self.folder = "/chats/"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{self.folder}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path = unquote(self.path).removeprefix(self.server.folder)
        self.server.asked.append(path)
        octets = self.server.files.get(path)
        self.send_response(404 if octets is None else 200)
        self.send_header("Content-Type", self.server.media_type if path.endswith(".ics") else "application/json")
        self.send_header("Content-Length", str(len(octets or b"")))
        self.end_headers()
        self.wfile.write((octets or b"")[: 100 if path in self.server.cut else None])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


def serve() -> Iterator[Site]:
    """Yield a running server, of nothing yet."""
    with Site() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@cache
def usual() -> Mapping[str, bytes]:
    return built(FILES, None)


def built(files: Mapping[str, bytes | None], home: str | None) -> dict[str, bytes]:
    project, problems = build.read_project(files, {}, NOW)
    assert project
    made = build.build_files(build.apply_home(project, home) if home else project, build.BuildOptions(), problems)
    return {
        Path(path).name: content if isinstance(content, bytes) else b"".join(content or ())
        for path, content in made
        if path.endswith((".ics", ".json"))
    }


def published(files: Mapping[str, bytes | None] = FILES, home: str | None = None) -> dict[str, bytes]:
    """Return what a build of NOW publishes, by the path on the site."""
    return dict(usual()) if files is FILES and home is None else built(files, home)


def kept(files: Mapping[str, bytes | None] = FILES, home: str | None = None) -> dict[str, bytes]:
    """Return the feeds of that build by their names, as a repository keeps them."""
    return {
        path.removesuffix(".ics"): octets for path, octets in published(files, home).items() if path.endswith(".ics")
    }


def found(
    site: Site,
    files: Mapping[str, bytes | None] = FILES,
    feeds: Mapping[str, bytes] | None = None,
    now: datetime = NOW,
) -> list[str]:
    """Return what is not right with a site, asked once."""
    keeps = kept() if feeds is None else feeds
    verdict = verify.verify_site(site.address, files, keeps, now, minutes=0, tell=print)
    assert not verdict.problems
    return [f"{'broken: ' if one.broken else ''}{one.sentence}" for one in verdict.findings]


def test_nothing_is_said_of_a_site_that_serves_what_is_kept_here(site: Site) -> None:
    site.files = published()
    assert found(site) == []
    assert sorted(site.asked) == ["all.ics", "fogchat.ics", "lanternchat.ics", "status.json"]


def test_it_stays_right_while_sessions_end_and_days_go_by(site: Site) -> None:
    site.files = published()
    assert found(site, now=at("2026-03-03T23:59")) == []


def test_a_feed_that_is_missing_cannot_be_read(site: Site) -> None:
    site.files = published()
    del site.files["fogchat.ics"]
    assert found(site) == [f"broken: {site.address}fogchat.ics cannot be fetched: the server answers 404 Not Found"]


def test_a_web_page_in_place_of_a_feed_is_told(site: Site) -> None:
    site.files = published() | {"fogchat.ics": HTML}
    assert found(site) == ["broken: fogchat.ics is a web page: it does not begin like a calendar."]


def test_a_feed_of_another_program_is_told(site: Site) -> None:
    other = published()["fogchat.ics"].replace(b"-//chatcal//chatcal//EN", b"-//other//EN")
    site.files = published() | {"fogchat.ics": other}
    assert found(site) == ["broken: fogchat.ics is not a feed of chatcal: another program has written it."]


def test_a_combined_feed_whose_heading_is_not_utf_8_is_another_one(site: Site) -> None:
    site.files = published() | {"all.ics": published()["all.ics"].replace(b"NAME:", b"NAME:\xff", 1)}
    assert found(site) == ["all.ics says something else of itself, and holds the right sessions."]


def test_a_feed_that_was_cut_short_on_the_host_is_told_with_how_much_is_there(site: Site) -> None:
    whole = published()["fogchat.ics"]
    site.files = published() | {"fogchat.ics": whole[:500]}
    assert found(site) == [f"broken: fogchat.ics is cut short: 500 of {len(whole):,} bytes."]


def test_a_feed_that_is_cut_short_on_the_way_is_told(site: Site) -> None:
    site.files = published()
    site.cut = {"fogchat.ics"}
    (said,) = found(site)
    assert said.startswith(f"broken: {site.address}fogchat.ics cannot be fetched: ")


def test_a_wrong_media_type_is_told_of_a_feed_that_is_right(site: Site) -> None:
    site.files = published()
    site.media_type = "text/plain"
    assert found(site)[0] == "all.ics is served as text/plain instead of text/calendar."
    site.media_type = ""
    assert found(site)[0] == "all.ics is served as nothing instead of text/calendar."


def test_an_older_feed_is_told_with_what_it_lacks_and_since_when_it_is(site: Site) -> None:
    moved = LANTERN + "sessions: {2026-03-11: {moved: 2026-03-12}, 2026-03-18: cancelled}\n"
    now = at("2026-03-02T03:43")
    files = sources(
        lanternchat=moved.replace("every: Wednesday", "every: Wednesday\n    except: 2026-03-25"), fogchat=FOG
    )
    made = build.build_calendar(files, kept(), now)
    here = {path.stem: octets for path, octets in made.files.items() if path.parts[0] == "feeds"}
    site.files = published()
    assert found(site, files, here, now) == [
        f"{name}.ics is an older one, of 2026-03-01 00:00 UTC: 1 session left over and 2 sessions not as it should be, "
        "the first of Thu 12 Mar 2026."
        for name in ("all", "lanternchat")
    ]


def test_a_newer_feed_is_another_one(site: Site) -> None:
    later = build.build_calendar(FILES, {}, at("2026-03-01T03:43"))
    site.files = published() | {"fogchat.ics": {path.name: one for path, one in later.files.items()}["fogchat.ics"]}
    assert found(site) == ["fogchat.ics is another one: 56 sessions not as it should be, the first of Fri 6 Mar 2026."]


def test_a_feed_without_the_events_it_should_hold_is_told(site: Site) -> None:
    empty = published(sources(fogchat="hashtag: fogchat\nname: Fog\n"))["fogchat.ics"]
    site.files = published() | {"fogchat.ics": empty}
    assert found(site) == ["fogchat.ics is another one: 56 sessions missing, the first of Fri 6 Mar 2026."]


def test_a_feed_that_says_something_else_of_itself_is_told(site: Site) -> None:
    files = sources(lanternchat=LANTERN, fogchat=FOG.replace("name: Fog", "name: Mist"))
    site.files = published(files)
    assert found(site) == ["fogchat.ics says something else of itself, and holds the right sessions."]


@pytest.mark.parametrize("folder", ["/chats/", "/übung/"])
def test_where_feeds_carry_the_address_they_are_served_at_that_is_right(site: Site, folder: str) -> None:
    site.folder = folder
    site.files = published(home=site.address)
    assert found(site, feeds=kept(home=site.address)) == []


def test_where_feeds_carry_another_address_that_is_told(site: Site) -> None:
    site.files = published(home="https://elsewhere.example/")
    assert "says something else of itself" in " ".join(found(site, feeds=kept())) or len(found(site)) == 3


def test_where_the_site_is_the_only_memory_it_is_compared_with_the_schedules(site: Site) -> None:
    site.files = published()
    assert found(site, feeds={}) == []
    moved = sources(lanternchat=LANTERN.replace("13:00", "14:00"), fogchat=FOG)
    assert [said.partition(" ")[0] for said in found(site, moved, {})] == ["all.ics", "lanternchat.ics"]


def test_a_feed_that_only_the_site_still_has_is_asked_for_too(site: Site) -> None:
    site.files = published(sources(lanternchat=LANTERN, fogchat=FOG, mistchat=FOG.replace("fogchat", "mistchat")))
    gone = verify.verify_site(site.address, FILES, {}, NOW, minutes=0, tell=print)
    assert "feed-gone" in [one.code for one in gone.problems]
    assert gone.findings == ()


def test_a_site_that_nobody_built_for_days_is_told(site: Site) -> None:
    site.files = published()
    assert found(site, now=NOW + timedelta(days=3)) == []
    assert found(site, now=NOW + timedelta(days=3, seconds=1)) == [
        "The site was last built on 1 March 2026, 3 days ago: the nightly job does not run."
    ]


@pytest.mark.parametrize(
    "octets",
    [
        b"<html>",
        b"[]",
        b'{"feeds": []}',
        b'{"feeds": {}}',
        b'{"feeds": {}, "built": "2026-03-01T00:00:00"}',
        b'{"feeds": {"../x": 1}, "built": "2026-03-01T00:00:00Z"}',
    ],
)
def test_a_status_that_chatcal_did_not_write_is_told(site: Site, octets: bytes) -> None:
    site.files = published() | {"status.json": octets}
    assert found(site) == ["broken: status.json is not what chatcal writes."]
    with pytest.raises(OSError, match=r"status\.json cannot be read"):
        verify.fetch_feeds(site.address)


def test_it_asks_again_only_for_what_is_not_right_until_caches_have_let_go(site: Site) -> None:
    right = published()
    site.files = right | {"fogchat.ics": HTML}
    del site.files["lanternchat.ics"]
    waited: list[float] = []
    told: list[str] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            site.files = right

    verdict = verify.verify_site(site.address, FILES, kept(), NOW, minutes=12, tell=told.append, sleep=sleep)
    assert verdict.findings == ()
    assert waited == [30, 30]
    assert told[0] == "2 files not right yet; asking again every 30 seconds, 24 times at most."
    assert [site.asked.count(path) for path in ("all.ics", "fogchat.ics", "lanternchat.ics")] == [1, 3, 3]


def test_feeds_are_built_once_and_pages_never_however_often_it_asks(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds: list[object] = []

    def count_builds(*args: Any, **options: Any) -> Iterator[feeds.Feed]:
        builds.append(args)
        return build_feeds(*args, **options)

    build_feeds = feeds.build_feeds
    site.files = published() | {"fogchat.ics": HTML}
    keeps = kept()
    monkeypatch.setattr(feeds, "build_feeds", count_builds)
    monkeypatch.setattr(pages, "Site", lambda *_: pytest.fail("it builds pages"))
    verdict = verify.verify_site(site.address, FILES, keeps, NOW, minutes=2, tell=print, sleep=lambda _: None)
    assert [one.path for one in verdict.findings] == ["fogchat.ics"]
    assert site.asked.count("fogchat.ics") == 5
    assert len(builds) == 1


def test_it_gives_up_after_the_minutes_it_was_given(site: Site) -> None:
    waited: list[float] = []
    verdict = verify.verify_site(site.address, FILES, kept(), NOW, minutes=2, tell=print, sleep=waited.append)
    assert len(verdict.findings) == 4
    assert sum(waited) == 2 * 60


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds the calendar and its feeds, and stand in it."""
    for path, octets in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(octets or b"")
    (tmp_path / "feeds").mkdir()
    for name, octets in kept().items():
        (tmp_path / "feeds" / f"{name}.ics").write_bytes(octets)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.run_chatcal, [*words, "--now", "2026-03-01T00:00:00Z"], catch_exceptions=False)


@pytest.mark.usefixtures("calendar")
def test_the_command_leaves_with_0_1_or_3(site: Site) -> None:
    site.files = published()
    right = run("verify", site.address.rstrip("/"))
    assert (right.exit_code, right.stdout) == (0, f"3 feeds at {site.address} are what these schedules publish.\n")
    site.media_type = "text/plain"
    assert run("verify", site.address, "--wait", "0").exit_code == 1
    site.files["fogchat.ics"] = HTML
    broken = run("verify", site.address, "--wait", "0")
    assert broken.exit_code == 3
    assert "fogchat.ics is a web page" in broken.stdout


@pytest.mark.usefixtures("calendar")
def test_a_site_that_cannot_be_reached_is_3() -> None:
    with Site() as gone:
        address = gone.address
    result = run("verify", address, "--wait", "0")
    assert result.exit_code == 3
    assert f"{address}all.ics cannot be fetched: there is no connection to the server\n" in result.stdout


def test_schedules_with_a_mistake_are_1_and_say_where(site: Site, calendar: Path) -> None:
    site.files = published()
    (calendar / "schedules/fogchat.yaml").write_text(FOG.replace("20:00", "8pm"))
    result = run("verify", site.address, "--wait", "0")
    assert result.exit_code == 1
    assert "schedules/fogchat.yaml:4:29: error:" in result.stderr
    (calendar / "chatcal.yaml").write_text("title: [\n")
    assert run("verify", site.address, "--wait", "0").exit_code == 1


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    "address", ["chats.example", "ftp://chats.example/", "https://", "https://chats.example/all.ics"]
)
def test_what_is_no_address_of_a_site_is_wrong_usage(address: str) -> None:
    result = run("verify", address)
    assert result.exit_code == 2
    assert "Write one like https://chats.example/." in result.stderr


def test_a_build_goes_on_from_the_feeds_that_a_site_serves(site: Site, calendar: Path) -> None:
    site.files = published()
    for feed in (calendar / "feeds").iterdir():
        feed.unlink()
    later = ["build", "--published", site.address, "--now", "2026-03-09T03:43:00Z"]
    assert CliRunner().invoke(cli.run_chatcal, later, catch_exceptions=False).exit_code == 0
    assert {path.stem: path.read_bytes() for path in (calendar / "feeds").iterdir()} == kept()


def as_program(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chatcal", *words, "--now", "2026-03-01T00:00:00Z"]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False, env=dict(os.environ))


def test_a_build_from_a_site_without_feeds_stops_unless_it_is_the_first(site: Site, calendar: Path) -> None:
    stopped = as_program("build", "--published", site.address, cwd=calendar)
    assert stopped.returncode == 3
    assert stopped.stderr == (
        f"chatcal: {site.address}status.json cannot be fetched: the server answers 404 Not Found. "
        "If nothing was ever published there, --allow-shrink begins with no feeds\n"
    )
    first = as_program("build", "--published", site.address, "--allow-shrink", cwd=calendar)
    assert first.returncode == 0
    assert (calendar / "_site/status.json").exists()


def test_a_build_stops_where_a_site_lacks_a_feed_that_it_names(site: Site, calendar: Path) -> None:
    site.files = published()
    del site.files["fogchat.ics"]
    stopped = as_program("build", "--published", site.address, "--allow-shrink", cwd=calendar)
    assert stopped.returncode == 3
    assert (
        "fogchat.ics cannot be fetched: the server answers 404 Not Found, though status.json names it" in stopped.stderr
    )


def test_the_address_that_a_build_is_given_stands_where_the_calendar_has_none(calendar: Path) -> None:
    assert run("build", "--home", "https://lights.example").exit_code == 0
    assert b"SOURCE;VALUE=URI:https://lights.example/all.ics" in (calendar / "_site/all.ics").read_bytes()
    assert json.loads((calendar / "_site/status.json").read_bytes())["feeds"]["fogchat"] == 56


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("home: https://old.example\n", "chatcal.yaml:5:1"),
        ('about: my home\n"home" : https://old.example/\n', "chatcal.yaml:6:1"),
    ],
)
def test_a_calendar_that_names_another_address_keeps_it_and_is_told_which_line_to_change(
    calendar: Path, lines: str, place: str
) -> None:
    (calendar / "chatcal.yaml").write_text(CALENDAR + lines)
    result = run("build", "--home", "https://lights.example/chats/")
    assert result.exit_code == 0
    assert (
        f"{place}: warning: The site is served at https://lights.example/chats/, and its feeds and pages say that they "
        "are at https://old.example/. [other-home]" in result.stderr
    )
    assert "write `home: https://lights.example/chats/`" in result.stderr
    assert b"SOURCE;VALUE=URI:https://old.example/all.ics" in (calendar / "_site/all.ics").read_bytes()


@pytest.mark.parametrize("home", ["https://lights.example/", "http://lights.example/"])
def test_an_address_with_and_without_a_certificate_is_the_same(calendar: Path, home: str) -> None:
    (calendar / "chatcal.yaml").write_text(CALENDAR + "home: https://lights.example/\n")
    assert "other-home" not in run("build", "--home", home).stderr
