"""What the world does to a build: it is killed, the disk is full, a folder is read-only, another build runs beside it.

Every file is whole at every moment, as it was or as it will be; and what one build began the next one completes.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatcal import cli, files
from chatcal.feed.ics import read_feed
from chatcal.model import get_feed_order
from chatcal.problems import FeedError
from chatcal.publish.build import build_calendar
from tests.pages import missing
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, built, feeds_of, lines, sources
from tests.support.patience import patient
from tests.support.surroundings import unmeasured

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL, no mounts and no folder locks")

SLUGS = ("lanternchat", "fogchat", "dimchat", "glowchat")
"""The last of them is new."""
BEFORE, AFTER, LATER = "2026-03-01T00:00:00Z", "2026-03-02T03:43:00Z", "2026-03-03T03:43:00Z"

State = Mapping[str, bytes]
"""The files that stand in the published folders, by their path."""

Calendar = tuple[Path, State, State]
"""A calendar's folder after an edit of every chapter, what is published there, and what is to be."""


def write(folder: Path, clock: str, *slugs: str) -> None:
    """Write the schedules of chapters that all meet at a clock time."""
    (folder / "schedules").mkdir(exist_ok=True)
    (folder / "chatcal.yaml").write_text(
        CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat, fogchat]}}\nahead: 4 months\n"
    )
    for slug in slugs:
        text = LANTERN.replace("lanternchat", slug).replace("13:00", clock)
        (folder / "schedules" / f"{slug}.yaml").write_text(text)


def command(folder: Path, now: str) -> list[str]:
    return [sys.executable, "-m", "chatcal", "-C", str(folder), "build", "--now", now]


def run(folder: Path, now: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Build as a program of its own."""
    return subprocess.run(
        command(folder, now), capture_output=True, text=True, check=False, timeout=patient(120), **how
    )


def state(folder: Path) -> State:
    """Return all that stands in the published folders, half-written files too."""
    return {
        path.relative_to(folder).as_posix(): read(path)
        for name in ("feeds", "_site")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


def read(path: Path) -> bytes:
    """Return what a file says, but not which feeds the build went on from: those may be of two states."""
    return re.sub(rb'  "from_feeds": .*\n', b"", path.read_bytes())


def folders(folder: Path) -> set[Path]:
    """Return every folder below one that is published."""
    return {path for name in ("feeds", "_site") for path in (folder / name).rglob("*") if path.is_dir()}


def restore(folder: Path, wanted: State) -> None:
    for name in ("feeds", "_site"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name, octets in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Calendar:
    folder = tmp_path_factory.mktemp("edited")
    write(folder, "13:00", *SLUGS[:-1])
    assert run(folder, BEFORE).returncode == 0
    old = state(folder)
    write(folder, "15:00", *SLUGS)
    assert run(folder, AFTER).returncode == 0
    new = state(folder)
    assert sum(old[name] != new[name] for name in old) > 10
    restore(folder, old)
    return folder, old, new


@pytest.fixture
def calendar(edited: Calendar) -> Calendar:
    restore(edited[0], edited[1])
    return edited


def feeds_in(found: State) -> State:
    return {name: octets for name, octets in found.items() if name.endswith(".ics")}


def half_written(name: str) -> bool:
    return name.endswith(".chatcal-new")


def check_whole(found: State, *states: State) -> None:
    """Fail where a file that has its name is neither as it was nor as it will be, or none that there should be."""
    for name, octets in found.items():
        if not half_written(name):
            assert octets in [one[name] for one in states if name in one], name
    assert all(name in found for name in states[0])


@contextmanager
def watched(folder: Path, *states: State) -> Iterator[None]:
    """Look at every file again and again meanwhile, as subscribers do."""
    stop = threading.Event()
    wrong: list[str] = []
    looks = 0

    def look() -> None:
        nonlocal looks
        while not stop.is_set():
            for name in states[0]:
                try:
                    octets = read(folder / name)
                except FileNotFoundError:
                    octets = b"nothing"
                if octets not in [one.get(name) for one in states]:
                    wrong.append(name)
            looks += 1

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
    assert looks
    assert not wrong


# Killed

KILLER = """
import os, signal, sys
steps = int(sys.argv.pop(1))
def hook(event, arguments):
    global steps
    if event == "open":
        steps -= bool((arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR))
    else:
        steps -= event in ("os.rename", "os.remove", "os.mkdir")
    if steps == 0 and event != "os.kill":
        os.kill(os.getpid(), signal.SIGKILL)
from chatcal.cli import main
sys.addaudithook(hook)
main()
"""
"""Runs chatcal until it is about to touch the disk for the nth time, and kills it there."""


def killed_at_a_moment(folder: Path, seconds: float) -> bool:
    """Kill a build so long after its start; return whether it still ran."""
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command(folder, AFTER), env=unmeasured(), stdout=nowhere, stderr=nowhere)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def killed_at_a_step(folder: Path, step: int) -> bool:
    """Kill a build when it is about to touch the disk for the nth time; return whether it came so far."""
    killer = [sys.executable, "-c", KILLER, str(step), *command(folder, AFTER)[3:]]
    done = subprocess.run(killer, env=unmeasured(), capture_output=True, check=False, timeout=patient(120))
    return done.returncode == -signal.SIGKILL


def completed(folder: Path, now: str) -> State:
    """Build again, within this process, and return what is published then."""
    result = CliRunner().invoke(cli.run_chatcal, ["-C", str(folder), "build", "--now", now], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return state(folder)


def contents(octets: bytes) -> list[list[str]]:
    """Return what the events of a feed say, their revisions aside."""
    revision = ("DTSTAMP:", "LAST-MODIFIED:", "SEQUENCE:")
    return [[line for line in lines(one) if not line.startswith(revision)] for one in read_feed(octets)]


def check_completed(found: State, new: State, killed: State) -> None:
    """Fail where a build of a later night did not complete what a killed one began."""
    assert found.keys() == new.keys()
    for name in feeds_in(new):
        assert contents(found[name]) == contents(new[name])
        last = {one.uid: one for one in read_feed(killed[name])} if name in killed else {}
        assert all(one.modified >= last[one.uid].modified for one in read_feed(found[name]) if one.uid in last)
    chapters = [one for slug in SLUGS for one in read_feed(found[f"feeds/{slug}.ics"])]
    assert list(read_feed(found["feeds/all.ics"])) == sorted(chapters, key=get_feed_order)


@posix
def test_a_build_killed_at_any_moment_leaves_whole_files_and_the_next_one_completes_it(calendar: Calendar) -> None:
    folder, old, new = calendar
    chance = random.Random(2012)  # noqa: S311 - the same moments in every run
    kills = int(os.environ.get("CHATCAL_KILLS", "30" if os.environ.get("CI") else "10"))
    begun = time.monotonic()
    assert run(folder, AFTER).returncode == 0
    seconds = time.monotonic() - begun
    changed = sum(old.get(name) != new[name] for name in new)
    attempts = done = halfway = 0
    while done < kills:
        restore(folder, old)
        if done % 3:
            # Each changed file is opened and renamed.
            killed = killed_at_a_step(folder, chance.randint(1, 2 * changed))
        else:
            killed = killed_at_a_moment(folder, chance.uniform(0, seconds))
        assert (attempts := attempts + 1) < 3 * kills + 20
        if not killed:
            continue  # It was through before that.
        done += 1
        left = state(folder)
        check_whole(left, old, new)
        halfway += old != left != new
        if done % 2:
            assert completed(folder, AFTER) == new
        else:
            check_completed(completed(folder, LATER), new, left)
    assert halfway > kills / 3


# No room, no permission, no way


@posix
def test_a_build_that_may_write_no_large_file_leaves_all_as_it_was(calendar: Calendar) -> None:
    folder, old, new = calendar
    import resource

    size, there = max(map(len, old.values())) - 1, folders(folder)

    # What coverage writes down of a program is larger than that.
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    result = run(folder, AFTER, preexec_fn=limit, env=unmeasured())
    assert (result.returncode, state(folder), folders(folder)) == (3, old, there)
    assert "File too large: " in result.stderr
    assert completed(folder, AFTER) == new


@contextmanager
def mounted(*words: str, at: Path) -> Iterator[None]:
    """Mount something on a folder or a file; a test that may not fails in CI, and is skipped elsewhere."""
    mount = subprocess.run(["mount", *words, str(at)], capture_output=True, text=True, check=False)  # noqa: S607
    if mount.returncode:
        raise missing(f"Mounting takes root: {mount.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)  # noqa: S607


def remount(disk: Path, limits: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{limits}", str(disk)], check=True)  # noqa: S607


@pytest.mark.skipif(sys.platform != "linux", reason="a small file system is made as Linux makes it")
@pytest.mark.parametrize("short_of", ["octets", "files"])
def test_a_full_disk_leaves_all_as_it_was_and_room_lets_the_next_build_through(
    calendar: Calendar, tmp_path: Path, short_of: str
) -> None:
    folder, old, new = calendar
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=64m", "tmpfs", at=disk):
        shutil.copytree(folder, disk / "calendar")
        there = disk / "calendar"
        used = os.statvfs(disk)
        blocks, inodes = used.f_blocks - used.f_bfree, used.f_files - used.f_ffree
        for more in (0, 1, 10, 20):
            limit = f"size={(blocks + more) * used.f_frsize}" if short_of == "octets" else f"nr_inodes={inodes + more}"
            remount(disk, limit)
            result = run(there, AFTER)
            assert (result.returncode, state(there)) == (3, old)
            assert len(folders(there)) == len(folders(folder))
            assert f"No space left on device: {there}" in result.stderr
        remount(disk, "size=64m,nr_inodes=10000")
        assert completed(there, AFTER) == new


@pytest.mark.skipif(sys.platform != "linux", reason="a file is made immovable as Linux makes it")
@pytest.mark.parametrize("name", ["feeds/all.ics", "feeds/lanternchat.ics", "_site/index.html"])
def test_a_file_that_cannot_be_replaced_is_named_and_the_next_command_replaces_it(
    calendar: Calendar, name: str
) -> None:
    folder, old, new = calendar
    with mounted("--bind", str(folder / name), at=folder / name):
        result = run(folder, AFTER)
        found = state(folder)
        assert result.returncode == 3
        said = "Device or resource busy, so not every file of the build is in place. The next command goes on with it"
        assert result.stderr.endswith(f"chatcal: {said}: {folder / name}\n")
        assert {path for path in new if found[path] != new[path]} == {name}
        assert found[name] == old[name]
    checked = CliRunner().invoke(cli.run_chatcal, ["-C", str(folder), "check", "--now", AFTER], catch_exceptions=False)
    assert checked.stderr.startswith("A build was interrupted while it put its files in place; that is done now.\n")
    assert state(folder) == new


@posix
def test_a_file_that_is_read_only_is_replaced_like_any_other(calendar: Calendar) -> None:
    folder, _, new = calendar
    (folder / "feeds" / "all.ics").chmod(0o444)
    assert run(folder, AFTER).returncode == 0
    assert state(folder) == new


def without_privileges() -> list[str]:
    """Return what to put before a command so that it may not write where modes forbid it, as root may."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        raise missing("Root may write everywhere, and setpriv is not installed.")
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]


@posix
@pytest.mark.parametrize("name", ["feeds", "_site", "_site/lanternchat"])
def test_a_read_only_folder_leaves_all_as_it_was(calendar: Calendar, name: str) -> None:
    folder, old, new = calendar
    (folder / name).chmod(0o555)
    try:
        result = subprocess.run(
            [*without_privileges(), *command(folder, AFTER)], capture_output=True, text=True, check=False
        )
    finally:
        (folder / name).chmod(0o755)
    assert (result.returncode, state(folder)) == (3, old)
    assert f"Permission denied: {folder / name}" in result.stderr
    assert completed(folder, AFTER) == new


@posix
def test_a_schedule_that_may_not_be_read_stops_the_build(calendar: Calendar) -> None:
    folder, old, _ = calendar
    schedule = folder / "schedules" / "fogchat.yaml"
    schedule.chmod(0)
    try:
        result = subprocess.run(
            [*without_privileges(), *command(folder, AFTER)], capture_output=True, text=True, check=False
        )
    finally:
        schedule.chmod(0o644)
    assert (result.returncode, state(folder)) == (3, old)
    assert result.stderr == f"chatcal: Permission denied: {schedule}\n"


@pytest.mark.parametrize("name", ["feeds/all.ics", "_site/index.html"])
def test_a_folder_in_the_place_of_a_file_is_named_and_nothing_changes(calendar: Calendar, name: str) -> None:
    folder, old, new = calendar
    (folder / name).unlink()
    (folder / name).mkdir()
    result = run(folder, AFTER)
    assert result.returncode == 3
    assert str(folder / name) in result.stderr
    assert state(folder) == {path: octets for path, octets in old.items() if path != name}
    (folder / name).rmdir()
    assert completed(folder, AFTER).keys() == new.keys()


# Two at once


@posix
def test_builds_at_once_leave_one_whole_state(calendar: Calendar) -> None:
    folder, old, new = calendar
    nights = [f"2026-03-02T03:4{minute}:00Z" for minute in (7, 3, 5, 4)]
    begun = [subprocess.Popen(command(folder, now), stdout=subprocess.DEVNULL) for now in nights]
    assert [process.wait(patient(120)) for process in begun] == [0, 0, 0, 0]
    found = state(folder)
    check_completed(found, new, old)
    # Whichever came first published the edit; to those behind it nothing was new.
    stamps = {one.modified for one in read_feed(found["feeds/all.ics"])}
    assert len(stamps) == 1
    assert feeds_in(completed(folder, LATER)) == feeds_in(found)


@posix
def test_a_build_that_waited_goes_on_from_what_the_other_published(calendar: Calendar) -> None:
    folder, _, new = calendar
    with files.lock_folder(folder):
        # Its clock is behind that of the build it waits for.
        waiting = subprocess.Popen(command(folder, "2026-03-02T03:40:00Z"), stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(3)
        restore(folder, new)
    assert waiting.wait(patient(60)) == 0
    assert feeds_in(state(folder)) == feeds_in(new)


@posix
def test_who_reads_during_a_build_reads_whole_files(calendar: Calendar) -> None:
    folder, old, new = calendar
    with watched(folder, old, new):
        for _ in range(3):
            assert run(folder, AFTER).returncode == 0
            restore_atomically(folder, old)
    assert state(folder).items() >= old.items()


def restore_atomically(folder: Path, wanted: State) -> None:
    files.replace_files({folder / name: octets for name, octets in wanted.items()})


# Damaged

DAMAGED = sources(lanternchat=LANTERN)
PUBLISHED = built(DAMAGED, NOW)["lanternchat"]
LATER_NIGHT = at("2026-03-20T03:43")


@settings(max_examples=200 if os.environ.get("CI") else 30, suppress_health_check=list(HealthCheck))
@given(
    cuts=st.lists(
        st.tuples(
            st.integers(0, len(PUBLISHED)),
            st.integers(0, 40),
            st.one_of(st.binary(max_size=8), st.sampled_from([b"\r\n", b"\n", b":", b"9999", b"BEGIN:VEVENT\r\n"])),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_damaged_feed_is_refused_or_goes_on_as_a_feed(cuts: list[tuple[int, int, bytes]]) -> None:
    damaged = PUBLISHED
    for start, length, instead in cuts:
        damaged = damaged[:start] + instead + damaged[start + length :]
    try:
        made = build_calendar(DAMAGED, {"lanternchat": damaged}, LATER_NIGHT)
    except FeedError:
        return
    feeds = feeds_of(made)
    assert read_feed(feeds["lanternchat"]) == read_feed(feeds["all"])
    assert feeds_of(build_calendar(DAMAGED, feeds, LATER_NIGHT)) == feeds
