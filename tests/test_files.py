"""Folders are read, and files replaced, whole."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from chatcal import files
from tests.support.patience import patient


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
        files.RegularFiles(tmp_path, ".yaml")
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
    assert second.wait(timeout=patient(30)) == 0
    assert (tmp_path / "a.ics").read_bytes() == b"first and second"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ics"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folder")
def test_a_folder_is_locked_by_whatever_name_and_without_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    monkeypatch.chdir(tmp_path / "folder")
    # Nothing can be made in the folder for temporary files.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    for name in (tmp_path / "folder", Path(), tmp_path / "link"):
        handle = os.open(tmp_path / "folder", os.O_RDONLY)
        with files.lock_folder(name), pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("deep", ["", "sub", "sub/deeper"])
def test_a_folder_that_cannot_be_listed_is_not_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deep: str
) -> None:
    (tmp_path / "sub" / "deeper").mkdir(parents=True)
    forbid_listing(monkeypatch, tmp_path / deep)
    with pytest.raises(PermissionError):
        files.read_folder_files(tmp_path, ".ics")


def forbid_listing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the system refuse to list a folder; that of root it refuses to nobody who is root."""
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_a_folder_that_leads_nowhere_or_is_a_file_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nothing")
    (tmp_path / "file").write_bytes(b"")
    for name in ("link", "file"):
        with pytest.raises(OSError, match=name):
            files.read_folder_files(tmp_path / name, ".ics")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ics")
    assert files.read_folder_files(tmp_path, ".yaml") == {}
    with pytest.raises(OSError, match="It is no regular file") as error:
        files.read_folder_files(tmp_path, ".ics")
    assert error.value.filename == str(tmp_path / "pipe.ics")


def test_a_write_shorter_than_asked_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.ics").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda handle: os.truncate(handle, 2))
    with pytest.raises(OSError, match="Only 2 of 3 bytes were written") as error:
        files.replace_files({tmp_path / "a.ics": b"new"})
    assert error.value.filename == str(tmp_path / "a.ics")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_files_that_are_not_kept_are_deleted_and_folders_left_empty(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    for name in ("index.html", "gone.html", "old/deep/a.html", "both/kept.html", "both/.gone.chatcal-new", ".git/refs"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(b"x")
    (site / "empty" / "too").mkdir(parents=True)
    (tmp_path / "beside").write_bytes(b"x")
    kept = [site / "index.html", site / "both" / "kept.html"]
    assert files.delete_paths(files.find_others(site, list(map(str, kept)))) == 3
    assert {path for path in site.rglob("*") if path.is_file()} == {*kept, site / ".git" / "refs"}
    assert sorted(path.name for path in site.iterdir()) == [".git", "both", "index.html"]
    assert (tmp_path / "beside").exists()
    assert files.delete_paths(files.find_others(site, list(map(str, kept)))) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_nothing_is_deleted_through_a_symbolic_link(tmp_path: Path) -> None:
    site, outside = tmp_path / "_site", tmp_path / "outside"
    site.mkdir()
    outside.mkdir()
    for name in ("page.html", "other.html"):
        (outside / name).write_bytes(b"x")
    for name in ("folder", "kept"):
        (site / name).symlink_to(outside)
    (site / "file").symlink_to(outside / "other.html")
    (site / "nowhere").symlink_to("nothing")
    # A page was made behind this link.
    assert files.delete_paths(files.find_others(site, [str(site / "kept" / "page.html")])) == 3
    assert [path.name for path in site.iterdir()] == ["kept"]
    (tmp_path / "link").symlink_to(outside)
    assert files.find_others(tmp_path / "link", []) == []
    assert sorted(path.name for path in outside.iterdir()) == ["other.html", "page.html"]
