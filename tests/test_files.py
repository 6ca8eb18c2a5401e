"""Folders are read, and files replaced, whole."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from chatcal import files


def test_files_are_read_by_their_path_and_their_ending(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.yaml", "a.YML", "sub/c.yaml", "README.md"):
        (tmp_path / name).write_bytes(name.encode())
    assert files.read_folder_files(tmp_path, ".yaml", ".yml") == {
        "a.YML": b"a.YML",
        "b.yaml": b"b.yaml",
        "sub/c.yaml": b"sub/c.yaml",
    }


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert files.read_folder_files(tmp_path / "none", ".yaml") == {}


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "a.yaml").symlink_to(tmp_path / "secret")
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "nothing")
    assert files.read_folder_files(tmp_path, ".yaml") == {"a.yaml": None, "dangling.yaml": None}
    with pytest.raises(OSError, match="symbolic link") as error:
        files.read_regular_files(tmp_path, ".yaml")
    assert error.value.filename == str(tmp_path / "a.yaml")


def test_new_files_are_written_and_changed_ones_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_bytes(b"old")
    wanted = {tmp_path / "a.ics": b"new", tmp_path / "deep" / "b.ics": b"b"}
    assert files.replace_files(wanted) == list(wanted)
    assert {path: path.read_bytes() for path in wanted} == wanted


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))
    assert files.replace_files({path: b"same"}) == []
    assert path.stat().st_mtime == 1


def test_a_failure_while_writing_leaves_every_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_bytes(b"old")
    # A name this long cannot be written, on any system.
    with pytest.raises(OSError, match=r"."):
        files.replace_files(
            {
                tmp_path / "a.ics": b"new",
                tmp_path / ("b" * 250 + ".ics"): b"b",
                tmp_path / "deep" / "down" / "c.ics": b"c",
                tmp_path / "deep" / "d.ics": b"d",
            }
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.ics"]
    assert (tmp_path / "a.ics").read_bytes() == b"old"


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".a.ics.chatcal-new").write_bytes(b"half")
    files.replace_files({tmp_path / "a.ics": b"a"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.ics"]


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    code = """
import sys, pathlib
from chatcal import files
folder = pathlib.Path(sys.argv[1])
with files.lock_folder(folder):
    (folder / "a.ics").write_bytes((folder / "a.ics").read_bytes() + b" and second")
"""
    with files.lock_folder(tmp_path):
        second = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=0.5)
        (tmp_path / "a.ics").write_bytes(b"first")
    assert second.wait(timeout=30) == 0
    assert (tmp_path / "a.ics").read_bytes() == b"first and second"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ics"]


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_a_folder_is_locked_by_whatever_name(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("locks")))
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in (tmp_path, Path(), tmp_path / "link"):
        with files.lock_folder(name):
            pass
    assert len(list(Path(tempfile.gettempdir()).glob("*.lock"))) == 1
