"""What may be of use again is kept where each system keeps such things."""

import sys
from pathlib import Path

import pytest

from chatcal.cli.options import get_cache_folder
from chatcal.importers import upstream


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_answers_are_kept_in_the_folder_of_the_system_or_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "elsewhere")
    assert get_cache_folder() == Path("elsewhere/chatcal")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert get_cache_folder() == Path("~/.cache/chatcal").expanduser()


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
