"""What may be of use again is kept where each system keeps such things."""

from pathlib import Path

import pytest

from chatcal.importers import upstream

HOME = Path("home")


@pytest.mark.parametrize(
    ("system", "environment", "place"),
    [
        ("linux", {}, "home/.cache/chatcal"),
        ("linux", {"XDG_CACHE_HOME": "elsewhere"}, "elsewhere/chatcal"),
        ("darwin", {}, "home/Library/Caches/chatcal"),
        ("darwin", {"XDG_CACHE_HOME": "elsewhere"}, "elsewhere/chatcal"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/chatcal/Cache"),
        ("win32", {}, "home/AppData/Local/chatcal/Cache"),
    ],
)
def test_each_system_has_its_place(system: str, environment: dict[str, str], place: str) -> None:
    assert upstream.find_cache_folder(environment, system, HOME) == Path(place)


def test_what_is_kept_is_found_by_its_name(tmp_path: Path) -> None:
    assert upstream.read_cache(tmp_path / "new", "one") == {}
    upstream.write_cache(tmp_path / "new", "one", {"a": 1})
    assert upstream.read_cache(tmp_path / "new", "one") == {"a": 1}
    assert upstream.read_cache(tmp_path / "new", "two") == {}
    (file,) = (tmp_path / "new").iterdir()
    file.write_text("[]")
    assert upstream.read_cache(tmp_path / "new", "one") == {}


def test_a_place_that_takes_nothing_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    upstream.write_cache(tmp_path / "file", "one", {"a": 1})
    assert upstream.read_cache(tmp_path / "file", "one") == {}
