"""The files of two builds are never found mixed, for longer than until the next command."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chatcal import cli, files
from chatcal.publish.swap import JOURNAL_FILE, complete_swap, open_swap, swap_files
from tests.support.calendars import LANTERN, sources

State = Mapping[str, bytes]

OLD: State = {
    "feeds/a.ics": b"a1",
    "feeds/b.ics": b"b1",
    "feeds/README": b"of somebody else",
    "_site/index.html": b"1",
    "_site/same.html": b"same",
    "_site/gone/index.html": b"1",
    "_site/gone/deep/index.html": b"1",
}
MADE: State = {
    "feeds/a.ics": b"a2",
    "feeds/b.ics": b"b2",
    "feeds/c.ics": b"c2",
    "_site/index.html": b"2",
    "_site/same.html": b"same",
    "_site/c/index.html": b"2",
}
NEW: State = {**MADE, "feeds/README": b"of somebody else"}
COMPLETED = "A build was interrupted while it put its files in place; that is done now."


def write(folder: Path, wanted: State) -> Path:
    for name, content in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def state(folder: Path) -> State:
    """Return every file of a folder, half-written ones and the journal too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def list_empty_folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())]


def build(folder: Path, made: State = MADE) -> int:
    with open_swap(folder) as stage:
        for name, content in made.items():
            stage.add_file(name, content)
        return swap_files(folder, stage)


class Stopped(BaseException):
    """Stands for Ctrl+C."""


@contextmanager
def stopped_at(step: int, error: BaseException) -> Iterator[Callable[[], int]]:
    """Raise an error at the nth time that something is changed on the disk; yield what tells how often that was."""
    count = 0

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                raise error
            return function(*words, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("mkdir", "replace", "unlink", "rmdir", "fsync"):
            patch.setattr(os, name, wrap(getattr(os, name)))
        yield lambda: count


def count_steps(folder: Path) -> int:
    with stopped_at(0, Stopped()) as count:
        build(write(folder, OLD))
        return count()


def test_all_files_are_replaced_and_the_others_deleted_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    assert build(write(tmp_path, OLD)) == 2
    assert (state(tmp_path), list_empty_folders(tmp_path)) == (NEW, [])
    assert build(tmp_path) == 0
    assert complete_swap(tmp_path) == ""


@pytest.mark.parametrize("error", [Stopped(), OSError(errno.EIO, "Input/output error")])
def test_wherever_a_build_stops_the_next_command_finds_one_state(tmp_path: Path, error: BaseException) -> None:
    steps = count_steps(tmp_path / "0")
    assert steps > 20
    ends = set()
    for step in range(1, steps + 1):
        folder = write(tmp_path / str(step), OLD)
        with stopped_at(step, error), suppress(Stopped, OSError):
            build(folder)
        said = complete_swap(folder)
        found = {name: content for name, content in state(folder).items() if not name.endswith(".chatcal-new")}
        assert found in (OLD, NEW), step
        ends.add((said, found == NEW))
        build(folder)
        assert (state(folder), list_empty_folders(folder)) == (NEW, []), step
    assert ends == {("", False), ("", True), (COMPLETED, True)}


def test_the_journal_names_what_the_last_build_left_and_no_new_file(tmp_path: Path) -> None:
    journal = json.loads((interrupted(tmp_path) / JOURNAL_FILE).read_bytes())
    gone = ["_site/gone", "_site/gone/deep", "_site/gone/deep/index.html", "_site/gone/index.html"]
    assert sorted(journal["deleted"]) == gone
    assert sorted(journal["replaced"]) == sorted(MADE.keys() - {"_site/same.html"})


def test_a_command_that_is_stopped_while_it_completes_a_build_is_completed_by_the_next(tmp_path: Path) -> None:
    for step in range(1, 30):
        folder = interrupted(tmp_path / str(step))
        with stopped_at(step, Stopped()), suppress(Stopped):
            complete_swap(folder)
        complete_swap(folder)
        assert state(folder) == NEW


def interrupted(folder: Path) -> Path:
    """Return a folder in which a build was stopped when it had replaced one file."""
    write(folder, OLD)
    replace, seen = os.replace, []

    def stop(old: Path, new: Path) -> None:
        seen.append(new)
        if len(seen) == 3:
            raise Stopped
        replace(old, new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(Stopped):
            build(folder)
    assert (folder / "feeds/a.ics").read_bytes() == b"a2"
    assert (folder / "feeds/b.ics").read_bytes() == b"b1"
    return folder


def test_the_next_build_completes_the_one_before_it_first(tmp_path: Path) -> None:
    folder = interrupted(tmp_path)
    with open_swap(folder):
        assert state(folder) == NEW


def test_one_file_that_cannot_be_replaced_keeps_no_other_from_it_and_is_replaced_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, OLD)
    replace = os.replace

    def refuse(old: Path, new: Path) -> None:
        if Path(new).name == "a.ics":
            raise PermissionError(errno.EACCES, "Permission denied", str(old))
        replace(old, new)

    for act in (build, complete_swap):
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", refuse)
            with pytest.raises(PermissionError, match="Permission denied, so not every file") as error:
                act(folder)
        assert error.value.filename == str(folder / "feeds/a.ics")
        found = state(folder)
        assert {name for name in MADE if found[name] != MADE[name]} == {"feeds/a.ics"}
    assert complete_swap(folder) == COMPLETED
    assert state(folder) == NEW


@pytest.mark.parametrize(
    "since",
    [{"feeds/b.ics": b"of git"}, {"feeds/.b.ics.chatcal-new": b"damaged"}, {"feeds/b.ics": None}],
)
def test_a_folder_that_was_changed_since_stays_as_it_is(tmp_path: Path, since: Mapping[str, bytes | None]) -> None:
    folder = interrupted(tmp_path)
    for name, content in since.items():
        (folder / name).unlink()
        if content is not None:
            (folder / name).write_bytes(content)
    before = state(folder)
    assert complete_swap(folder) == (
        "A build was interrupted while it put its files in place, and feeds/ changed since: what is there stays."
    )
    assert state(folder) == {
        name: content for name, content in before.items() if name.startswith("feeds/") and "chatcal-new" not in name
    } | {name: content for name, content in NEW.items() if name.startswith("_site/")}
    build(folder)
    assert state(folder) == NEW


def test_a_site_that_was_changed_since_loses_nothing(tmp_path: Path) -> None:
    folder = interrupted(tmp_path)
    (folder / "_site/index.html").write_bytes(b"3")
    assert "and _site/ changed since" in complete_swap(folder)
    assert list_empty_folders(folder) == []
    found = state(folder)
    assert (found["_site/index.html"], found["_site/gone/index.html"], found["feeds/b.ics"]) == (b"3", b"1", b"b2")


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
@pytest.mark.parametrize("link", ["feeds", "_site", "_site/c"])
def test_nothing_is_written_behind_a_link(tmp_path: Path, link: str) -> None:
    folder, outside = write(tmp_path / "calendar", {**OLD, "_site/c/index.html": b"1"}), tmp_path / "outside"
    (folder / link).rename(outside)
    (folder / link).symlink_to(outside)
    before = state(outside)
    with pytest.raises(OSError, match="A symbolic link is not followed") as error:
        build(folder)
    assert error.value.filename == str(folder / link)
    assert state(outside) == before
    assert state(folder)["feeds/a.ics"] == b"a1" if link != "feeds" else before["a.ics"] == b"a1"


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_nothing_is_replaced_behind_a_link_that_was_put_there_since(tmp_path: Path) -> None:
    folder, outside = interrupted(tmp_path / "calendar"), tmp_path / "outside"
    (folder / "feeds").rename(outside)
    (folder / "feeds").symlink_to(outside)
    assert "feeds/ changed since" in complete_swap(folder)
    assert (state(outside)["b.ics"], state(folder)["_site/index.html"]) == (b"b1", b"2")


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_nothing_is_deleted_behind_a_link_that_was_put_there_since(tmp_path: Path) -> None:
    folder, outside = interrupted(tmp_path / "calendar"), tmp_path / "outside"
    (folder / "_site/gone").rename(outside)
    (folder / "_site/gone").symlink_to(outside)
    complete_swap(folder)
    assert state(outside) == {"index.html": b"1", "deep/index.html": b"1"}


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[" * 200_000,
        b"[]",
        b'{"replaced": {"feeds/a.ics": 1}, "deleted": []}',
        json.dumps({"replaced": {}, "deleted": ["schedules/a.yaml"]}).encode(),
        json.dumps({"replaced": {}, "deleted": ["_site/../chatcal.yaml"]}).encode(),
        json.dumps({"replaced": {}, "deleted": ["_site"]}).encode(),
        json.dumps({"replaced": {"chatcal.yaml": [None, "0"]}, "deleted": []}).encode(),
        json.dumps({"replaced": {}, "deleted": ["/etc/hosts"]}).encode(),
        json.dumps({"replaced": {}, "deleted": [7]}).encode(),
    ],
)
def test_a_journal_that_no_build_wrote_is_obeyed_by_nobody(tmp_path: Path, journal: bytes) -> None:
    folder = write(tmp_path, {**OLD, JOURNAL_FILE: journal})
    with pytest.raises(OSError, match="No build wrote this file") as error:
        complete_swap(folder)
    assert error.value.filename == str(folder / JOURNAL_FILE)
    assert state(folder) == {**OLD, JOURNAL_FILE: journal}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folder")
def test_who_finds_a_build_at_its_end_waits_for_it(tmp_path: Path) -> None:
    folder = interrupted(tmp_path)
    code = "import sys, pathlib; from chatcal.publish import swap; print(swap.complete_swap(pathlib.Path(sys.argv[1])))"
    with files.lock_folder(folder):
        other = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
        os.replace(folder / "feeds/.b.ics.chatcal-new", folder / "feeds/b.ics")  # noqa: PTH105 - as a build does it
        (folder / JOURNAL_FILE).unlink()
    assert other.communicate(timeout=30)[0] == "\n"


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "show",
        "next",
        "unconfirmed",
        "diff feeds",
        "diff . feeds",
        "confirm lanternchat",
        "new fogchat",
        "schema",
    ],
)
def test_every_command_completes_what_a_build_was_interrupted_at_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    folder = interrupted(tmp_path)
    write(folder, {name: content or b"" for name, content in sources(lanternchat=LANTERN).items()})
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli.run_chatcal, command.split())
    assert not isinstance(result.exception, OSError)
    assert {name: content for name, content in state(folder).items() if name in NEW} == NEW
    assert not (folder / JOURNAL_FILE).exists()
