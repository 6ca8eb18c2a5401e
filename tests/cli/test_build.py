"""A build reads each file once, whatever it needs of it."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.feed import ics
from chatcal.publish import build
from chatcal.schedule.format import parse_chapter
from tests.support.calendars import CALENDAR, LANTERN, built, sources
from tests.test_files import forbid_listing

FOG = "hashtag: fogchat\nname: Fog\nupstream: https://fog.example/chat.ics\n"
FILES = sources(CALENDAR + "upstream_hosts: [fog.example]\n", lanternchat=LANTERN, fogchat=FOG)
NIGHT = ["build", "--now", "2026-03-02T03:43:00Z"]


def test_a_build_reads_and_parses_each_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = {f"feeds/{name}.ics": content for name, content in built(FILES).items()}
    for path, content in {**FILES, **feeds}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content or b"")
    monkeypatch.chdir(tmp_path)
    counts: Counter[str] = Counter()
    for module, name in ((build, "parse_calendar"), (build, "parse_chapter"), (ics, "read_feed")):
        monkeypatch.setattr(module, name, _count_calls(getattr(module, name), counts))
    monkeypatch.setattr(Path, "read_bytes", _count_reads(Path.read_bytes, counts))
    assert CliRunner().invoke(cli.run_chatcal, NIGHT, catch_exceptions=False).exit_code == 0
    assert {name: number for name, number in counts.items() if name.startswith("p")} == {
        "parse_calendar": 1,
        "parse_chapter": 2,
    }
    assert counts["read_feed"] == len(feeds)
    assert [counts[path] for path in FILES] == [1, 1, 1]


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that builds a calendar of two chapters at a moment."""
    write(tmp_path, sources(lanternchat=LANTERN, dimchat=LANTERN.replace("lanternchat", "dimchat")))
    monkeypatch.chdir(tmp_path)
    return lambda now, *words: CliRunner().invoke(cli.run_chatcal, ["build", "--now", now, *words])


def write(folder: Path, files: Mapping[str, bytes | None]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content or b"")


def list_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["feeds", "schedules", "schedules/sub"])
def test_a_folder_that_cannot_be_listed_stops_the_build_and_changes_nothing(
    night: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert night("2026-03-02T03:43:00Z").exit_code == 0
    before = {name: Path(name).read_bytes() for name in list_files(Path())}
    Path("schedules/sub").mkdir()
    with monkeypatch.context() as patch:
        forbid_listing(patch, Path.cwd() / name)
        for words in ((), ("--allow-shrink",)):
            assert isinstance(night("2026-03-20T03:43:00Z", *words).exception, PermissionError)
    assert {name: Path(name).read_bytes() for name in list_files(Path())} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    "name",
    ["chatcal.yaml", ".chatcal-journal", "_site/build.json", "_site/status.json", "_site/index.html"],
)
def test_a_pipe_in_place_of_a_file_is_named_and_not_waited_for(night: Callable[..., Result], name: str) -> None:
    assert night("2026-03-02T03:43:00Z").exit_code == 0
    Path(name).unlink(missing_ok=True)
    os.mkfifo(name)
    error = night("2026-03-20T03:43:00Z").exception
    assert isinstance(error, OSError)
    assert Path(error.filename).name == Path(name).name


def test_a_status_that_cannot_be_read_stops_the_build(night: Callable[..., Result]) -> None:
    Path("_site/status.json").mkdir(parents=True)
    assert isinstance(night("2026-03-02T03:43:00Z").exception, OSError)


def test_a_clock_behind_the_last_build_stops_the_build_though_no_feed_was_changed(night: Callable[..., Result]) -> None:
    assert night("2026-03-02T03:43:00Z").exit_code == 0
    assert " 0 of them changed" in night("2026-03-28T03:43:00Z").stdout
    assert night("2026-03-27T03:43:00Z").exit_code == 0, "machines differ by so much"
    assert night("2026-03-28T03:43:00Z").exit_code == 0
    result = night("2026-03-27T03:42:59Z")
    assert result.exit_code == 1
    assert (
        "_site/status.json:1:1: error: The site was built on Sat 28 Mar 2026, but the clock here says Fri 27 Mar 2026: "
        "a build would change past sessions and drop the last coming ones. [clock]"
    ) in result.stderr
    assert night("2026-03-05T03:43:00Z", "--allow-shrink").exit_code == 0


@pytest.mark.parametrize("status", [b"", b"[" * 200_000, b'{"feeds": {}, "built": "soon"}'])
def test_a_status_that_is_damaged_tells_no_moment(night: Callable[..., Result], status: bytes) -> None:
    assert night("2026-03-02T03:43:00Z").exit_code == 0
    Path("_site/status.json").write_bytes(status)
    assert night("2026-03-01T23:43:00Z").exit_code == 0


def test_what_a_build_did_not_make_goes_from_the_site(night: Callable[..., Result]) -> None:
    result = night("2026-03-02T03:43:00Z")
    assert "Deleted" not in result.output
    made = list_files(Path("_site"))
    assert any(name.startswith("dimchat/") for name in made)
    write(Path(), {"_site/fog/.page.html.chatcal-new": b"half", "feeds/.fog.ics.chatcal-new": b"half", "feeds/N": b""})
    assert "Deleted from _site/: 1 file of earlier builds.\n" in night("2026-03-03T03:43:00Z").stdout
    assert list_files(Path("_site")) == made
    assert not Path("_site/fog").exists()
    assert list_files(Path("feeds")) == {"N", "all.ics", "dimchat.ics", "lanternchat.ics"}
    Path("schedules/dimchat.yaml").unlink()
    assert night("2026-03-04T03:43:00Z").exit_code == 1
    assert list_files(Path("_site")) == made
    assert night("2026-03-04T03:43:00Z", "--allow-shrink").exit_code == 0
    # Whoever is subscribed keeps what was held.
    assert [name for name in list_files(Path("_site")) if "dimchat" in name] == ["dimchat.ics"]
    assert b"dimchat" not in Path("_site/index.html").read_bytes()


def test_no_file_that_was_parsed_is_kept_for_ever() -> None:
    assert not hasattr(parse_chapter, "cache_info")


def _count_calls(function: Callable[..., Any], counts: Counter[str]) -> Callable[..., Any]:
    def count(*args: Any) -> Any:
        counts[function.__name__] += 1
        return function(*args)

    return count


def _count_reads(read_bytes: Callable[[Path], bytes], counts: Counter[str]) -> Callable[[Path], bytes]:
    def count(path: Path) -> bytes:
        counts[path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else str(path)] += 1
        return read_bytes(path)

    return count


def test_a_chapter_with_a_question_stays_and_the_build_says_so_with_exit_code_1(night: Callable[..., Result]) -> None:
    assert night("2026-03-02T03:43:00Z").exit_code == 0
    before = Path("feeds/lanternchat.ics").read_bytes()
    fewer = LANTERN.replace("every: Wednesday", "dates: [2026-05-06]")
    later = LANTERN.replace("lanternchat", "dimchat").replace("13:00", "14:00")
    write(Path(), {"schedules/lanternchat.yaml": fewer.encode(), "schedules/dimchat.yaml": later.encode()})
    result = night("2026-03-03T03:43:00Z")
    assert result.exit_code == 1
    assert Path("feeds/lanternchat.ics").read_bytes() == before
    assert " 2 of them changed; the site is in _site/.\n#lanternchat has 57 published sessions" in result.stdout
    assert "run `chatcal build --allow-shrink`" in result.stderr
    assert night("2026-03-03T03:43:00Z", "--allow-shrink").exit_code == 0
    assert Path("feeds/lanternchat.ics").read_bytes() != before
