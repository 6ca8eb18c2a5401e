"""A build reads each file once, whatever it needs of it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.feed import ics
from chatcal.publish import build
from chatcal.schedule.format import parse_chapter
from tests.support.calendars import CALENDAR, LANTERN, built, sources

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
