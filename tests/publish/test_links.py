"""Whether addresses still answer, asked of a real server by the very command."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.problems import Span
from chatcal.publish import links
from tests.support import hostile
from tests.support.calendars import CALENDAR
from tests.support.hostile import Behaviour, Handler, Names, Server, serving

WELL = serving(b"Here.")


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """Return a server."""
    with hostile.running(secure=False) as server:
        yield server


@pytest.fixture
def server(served: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """Return a server on which all is well, and that may be asked."""
    served.asked.clear()
    served.answers = dict.fromkeys(("/", "/chat", "/ada", "/2026-03-04"), WELL)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return served


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Let tests ask the server on loopback."""
    return hostile.let_in(monkeypatch)


SCHEDULE = """\
hashtag: lanternchat
name: The Lantern Keepers
timezone: America/Toronto
website: {home}/
account: {home}/ada
sources:
  - {home}/chat
  - A few words, see {home}/words
chats:
  - every: Wednesday
    at: 13:00
sessions:
  2026-03-04: {{transcript: "{home}/2026-03-04"}}
"""


@pytest.fixture
def root(server: Server, tmp_path: Path) -> Path:
    """Return a calendar whose schedule names the server's addresses."""
    folder = tmp_path / "calendar"
    (folder / "schedules").mkdir(parents=True)
    (folder / "chatcal.yaml").write_text(f"{CALENDAR}home: https://lights.example/\n", "utf-8")
    text = SCHEDULE.format(home=server.address(""))
    (folder / "schedules/lanternchat.yaml").write_text(text, "utf-8")
    return folder


def checked(root: Path, *words: str, now: str = "2026-03-01T00:00:00Z") -> Result:
    return CliRunner().invoke(cli.run_chatcal, ["-C", str(root), "check", *words, "--now", now], catch_exceptions=False)


def paths(server: Server, method: str = "HEAD") -> list[str]:
    return sorted(path for asked, path, _ in server.asked if asked == method)


def test_nobody_is_asked_by_default(root: Path, server: Server) -> None:
    assert checked(root).exit_code == 0
    assert server.asked == []


def test_websites_accounts_sources_and_transcripts_are_asked_for_by_head(root: Path, server: Server) -> None:
    result = checked(root, "--links")
    assert (result.exit_code, "link-dead" in result.stdout) == (0, False)
    assert paths(server) == ["/", "/2026-03-04", "/ada", "/chat"]
    assert paths(server, "GET") == []
    assert server.asked[0][2]["User-Agent"].endswith(" (+https://lights.example/)")


@pytest.mark.parametrize(("path", "line"), [("/", 4), ("/ada", 5), ("/chat", 7), ("/2026-03-04", 13)])
def test_a_dead_one_is_a_warning_at_its_line(root: Path, server: Server, path: str, line: int) -> None:
    server.answers[path] = serving(b"", 404)
    result = checked(root, "--links")
    address = server.address(path)
    assert result.exit_code == 0
    assert f"schedules/lanternchat.yaml:{line}:" in result.stdout
    assert f"warning: {address} cannot be fetched: the server answers 404 Not Found. [link-dead]" in result.stdout
    assert result.stdout.count("[link-dead]") == 1
    assert paths(server, "GET") == [path]


def no_head(handler: Handler) -> None:
    """Answer GET alone."""
    serving(b"", 200 if handler.command == "GET" else 405)(handler)


def hang_up(handler: Handler) -> None:
    """Answer nothing."""
    handler.connection.close()


@pytest.mark.parametrize(
    "behaviour",
    [no_head, serving(b"", 401), serving(b"", 403), serving(b"", 429), serving(b"", 999), serving(b"", 204)],
    ids=["no HEAD", "401", "403", "429", "999", "204"],
)
def test_what_is_there_for_people_is_alive(root: Path, server: Server, behaviour: Behaviour) -> None:
    server.answers["/chat"] = behaviour
    assert "link-dead" not in checked(root, "--links").stdout


def test_an_address_that_leads_on_to_another_is_alive(root: Path, server: Server) -> None:
    server.answers["/chat"] = hostile.leading("/1")
    server.answers |= {f"/{number}": hostile.leading(f"/{number + 1}") for number in range(1, 9)} | {"/9": WELL}
    assert "link-dead" not in checked(root, "--links").stdout


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (serving(b"", 410), "the server answers 410 Gone"),
        (serving(b"", 500), "the server answers 500 Internal Server Error"),
        (hostile.leading("/chat"), "it redirects more than 10 times"),
        (hostile.leading("http://other.example:1/"), "there is no connection to the server"),
        (hang_up, "there is no connection to the server"),
    ],
)
def test_what_does_not_answer_is_dead(root: Path, server: Server, behaviour: Behaviour, why: str) -> None:
    server.answers["/chat"] = behaviour
    assert why in checked(root, "--links").stdout


def test_private_addresses_are_not_asked(root: Path, server: Server, names: Names) -> None:
    server.answers["/chat"] = hostile.leading("http://other.example/")
    names.answers["other.example"] = [("192.168.1.1",)]
    result = checked(root, "--links")
    assert "other.example is at 192.168.1.1, which is not a public address. [link-dead]" in result.stdout


def test_results_are_good_for_a_day(root: Path, server: Server) -> None:
    server.answers["/chat"] = serving(b"", 404)
    first = checked(root, "--links")
    server.asked.clear()
    later = checked(root, "--links", now="2026-03-01T23:59:00Z")
    assert later.stdout == first.stdout
    assert server.asked == []
    server.answers["/chat"] = WELL
    assert "link-dead" not in checked(root, "--links", now="2026-03-02T00:00:00Z").stdout
    assert paths(server) == ["/", "/2026-03-04", "/ada", "/chat"]


@pytest.mark.parametrize(
    "result", [5, [], ["x"], ["soon", ""], ["2026-02-28T12:00:00", ""], ["2026-03-09T00:00:00Z", ""]]
)
def test_results_that_make_no_sense_are_asked_again(root: Path, server: Server, tmp_path: Path, result: object) -> None:
    checked(root, "--links")
    server.asked.clear()
    (kept,) = (tmp_path / "cache/chatcal").iterdir()
    kept.write_text(json.dumps({server.address("/chat"): result}))
    checked(root, "--links", now="2026-03-01T12:00:00Z")
    assert paths(server) == ["/", "/2026-03-04", "/ada", "/chat"]


def test_only_the_files_named_are_asked_about(root: Path, server: Server) -> None:
    (root / "schedules/fogchat.yaml").write_text(
        f"hashtag: fogchat\nname: Fog\nnote: Soon.\nwebsite: {server.address('/fog')}\n", "utf-8"
    )
    result = checked(root, "--links", str(root / "schedules/fogchat.yaml"))
    assert "/fog cannot be fetched: the server answers 404 Not Found" in result.stdout
    assert paths(server) == ["/fog"]


def test_an_address_is_asked_once_and_told_wherever_it_stands(root: Path, server: Server) -> None:
    (root / "schedules/fogchat.yaml").write_text(
        f"hashtag: fogchat\nname: Fog\nnote: Soon.\nwebsite: {server.address('/chat')}\n", "utf-8"
    )
    server.answers["/chat"] = serving(b"", 404)
    result = checked(root, "--links")
    assert result.stdout.count("[link-dead]") == 2
    assert paths(server, "GET") == ["/chat"]


def test_an_address_that_is_part_of_another_is_not_mistaken_for_it() -> None:
    lines = ["a: https://fog.example/chat", "b: [https://fog.example/chat/2, https://fog.example/chat]"]
    assert [span.line for span in links._find_places("f", "https://fog.example/chat", lines)] == [1, 2]
    assert links._find_places("f", "https://fog.example/other", lines) == [Span("f")]


def test_a_machine_without_a_network_is_told_apart_from_dead_addresses(root: Path, server: Server) -> None:
    text = SCHEDULE.format(home="http://nowhere.example")
    (root / "schedules/lanternchat.yaml").write_text(text, "utf-8")
    with pytest.raises(OSError, match="None of 4 addresses can be reached; is this machine on the network"):
        checked(root, "--links")
    assert server.asked == []


def test_a_calendar_that_cannot_be_read_asks_nobody(root: Path, server: Server) -> None:
    (root / "chatcal.yaml").write_text("title: [", "utf-8")
    assert checked(root, "--links").exit_code == 1
    assert server.asked == []


def test_a_few_are_asked_at_a_time(root: Path, server: Server) -> None:
    lock = threading.Lock()
    now = most = 0

    def slow(handler: Handler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        WELL(handler)

    sources = "".join(f"  - {server.address(f'/{number}')}\n" for number in range(24))
    server.answers |= {f"/{number}": slow for number in range(24)}
    text = SCHEDULE.format(home=server.address("")).replace("sources:\n", f"sources:\n{sources}")
    (root / "schedules/lanternchat.yaml").write_text(text, "utf-8")
    assert "link-dead" not in checked(root, "--links").stdout
    assert 2 <= most <= links.PARALLEL_CALLS


def test_a_terminal_sees_how_far_the_asking_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = checked(root, "--links").stderr
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "another"))
    shown = checked(root, "--links").stderr
    assert "Asking addresses" not in plain
    assert "Asking addresses" in shown
    assert "4/4" in shown
