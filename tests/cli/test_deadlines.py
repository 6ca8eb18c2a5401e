"""No server keeps a command for longer than it gives to an answer, whatever part of the answer drips."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatcal import http
from chatcal.publish import links
from tests.cli.test_cli import run
from tests.support import hostile
from tests.support.calendars import CALENDAR, LANTERN
from tests.support.hostile import Server
from tests.support.patience import patient

SECONDS = 0.3
NOW = ["--now", "2026-03-01T00:00:00Z"]


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """Return a server."""
    with hostile.running(secure=False) as server:
        yield server


@pytest.fixture
def server(served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a server that may be asked, from the folder of a calendar that names it, for less time than usual."""
    hostile.let_in(monkeypatch)
    monkeypatch.setattr(http.get, "__defaults__", (replace(http.FEED_LIMITS, seconds=SECONDS), http.ANY_SERVER))
    monkeypatch.setattr(links, "LIMITS", replace(links.LIMITS, seconds=SECONDS))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules/lanternchat.yaml").write_text(f"{LANTERN}website: {served.address()}\n")
    monkeypatch.chdir(tmp_path)
    return served


@pytest.mark.slow
@pytest.mark.parametrize("drip", hostile.DRIPS)
def test_no_command_waits_for_a_drip(server: Server, drip: str) -> None:
    server.answers = dict.fromkeys(("/fog.ics", "/status.json", "/all.ics", "/lanternchat.ics"), hostile.DRIPS[drip])
    feed, site = server.address(host="127.0.0.1"), server.address("/", host="127.0.0.1")
    began = time.monotonic()
    for words in (
        ["import", feed],
        ["build", "--published", site],
        ["diff", feed, "."],
        ["diff", ".", feed],
    ):
        with pytest.raises(TimeoutError, match=f"took more than {SECONDS} seconds"):
            run(*words, *NOW)
    result = run("verify", site, "--wait", "0", *NOW)
    assert result.exit_code == 3
    assert f"took more than {SECONDS} seconds" in result.output
    assert run("check", "--links", *NOW).exit_code == 0
    assert time.monotonic() - began < patient(15)
