"""A build that goes on from what a site serves, and from what is damaged there or here."""

import json
import zoneinfo
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from chatcal import cli, timezones
from chatcal.problems import FeedError
from tests.cli.test_build import write
from tests.publish.test_verify import HTML, Site, serve
from tests.support.calendars import LANTERN, sources


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> Callable[..., Result]:
    """Return a function that builds from what the site serves, which is what was built on 28 March."""
    write(tmp_path, sources(lanternchat=LANTERN))
    monkeypatch.chdir(tmp_path)
    for day in ("02", "28"):
        assert build(f"2026-03-{day}T03:43:00Z").exit_code == 0
    site.files = {path.name: path.read_bytes() for path in Path("_site").iterdir() if path.is_file()}
    return lambda now, *words: build(now, "--published", site.address, *words)


def build(now: str, *words: str) -> Result:
    return CliRunner().invoke(cli.run_chatcal, ["build", "--now", now, *words])


@pytest.mark.parametrize("local", [None, b"damaged", b'{"feeds": {}, "built": "2026-03-02T03:43:00Z"}'])
def test_the_clock_is_held_against_the_moment_that_the_site_says_whatever_was_left_here(
    night: Callable[..., Result], local: bytes | None
) -> None:
    status = Path("_site/status.json")
    status.unlink()
    if local is not None:
        status.write_bytes(local)
    result = night("2026-03-26T03:43:00Z")
    assert result.exit_code == 1
    assert "The site was built on Sat 28 Mar 2026, but the clock here says Thu 26 Mar 2026" in result.stderr
    assert night("2026-03-27T03:43:00Z").exit_code == 0


def test_a_broken_feed_of_a_site_is_named_by_its_address_and_git_has_no_part_in_it(
    night: Callable[..., Result], site: Site
) -> None:
    site.files = {**site.files, "lanternchat.ics": HTML}
    result = night("2026-03-29T03:43:00Z")
    assert isinstance(result.exception, FeedError)
    assert str(result.exception).startswith(f"{site.address}lanternchat.ics: ")
    assert "try again later" in str(result.exception)
    assert "a backup" in str(result.exception)
    assert "git" not in str(result.exception)


@pytest.mark.parametrize("status", [b"", b"[" * 200_000, b'{"feeds": {}, "built": "soon"}', HTML])
def test_a_site_whose_status_is_damaged_stops_the_build_and_is_named(
    night: Callable[..., Result], site: Site, status: bytes
) -> None:
    site.files = {**site.files, "status.json": status}
    before = Path("feeds/all.ics").read_bytes()
    result = night("2026-03-29T03:43:00Z")
    assert isinstance(result.exception, OSError)
    assert f"{site.address}status.json cannot be read" in str(result.exception)
    assert Path("feeds/all.ics").read_bytes() == before


def test_what_is_damaged_here_and_can_be_had_again_stops_no_build(night: Callable[..., Result]) -> None:
    Path("_site/status.json").write_bytes(b"[" * 200_000)
    assert night("2026-03-29T03:43:00Z").exit_code == 0
    assert json.loads(Path("_site/status.json").read_bytes())["built"] == "2026-03-29T03:43:00Z"


@pytest.mark.parametrize("content", [b"", b"TZif", b"TZif2" + b"\0" * 40, b"<html>"])
def test_a_zone_file_that_is_cut_stops_the_program_and_says_what_to_install(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Toronto").write_bytes(content)
    zoneinfo.reset_tzpath([str(tmp_path)])
    timezones.load_zone.cache_clear()
    ZoneInfo.clear_cache()
    try:
        with pytest.raises(
            OSError, match=r"data of America/Toronto cannot be read.*install tzdata again: python -m pip"
        ):
            timezones.load_zone("America/Toronto")
    finally:
        zoneinfo.reset_tzpath(())
        timezones.load_zone.cache_clear()
        ZoneInfo.clear_cache()
    assert timezones.load_zone("America/Toronto").key == "America/Toronto"


def test_what_is_no_name_of_a_zone_is_no_damage() -> None:
    with pytest.raises(ValueError, match="keys"):
        timezones.load_zone("../hosts")
