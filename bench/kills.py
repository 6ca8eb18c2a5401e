"""Kill builds and let their disk fail: `python -m bench.kills [KILLS [ERRORS [SEED]]]`, 500 and 100 if nothing is said.

Each attempt builds a small calendar after an edit of every chapter. The build is killed (SIGKILL) at a change of the
disk, or at a moment; or one of its calls to the disk fails. Then another command runs, of any kind; sometimes it is
killed too, and a third one runs. Then feeds/ and _site/ must be all as before the build, or all as after it. The same
seed gives the same attempts, except for the moments.

It needs a system that forks: a process is forked for each command, which is quicker than to start Python.
"""

import builtins
import errno
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path, PurePath
from stat import S_ISREG
from typing import Any, NoReturn

from chatcal import cli
from chatcal.publish.swap import JOURNAL_FILE

SEED = 2012
_SLUGS = ("lanternchat", "fogchat", "dimchat")
"""The first of them is dropped by the edit, and the last is new."""
_CALENDAR = """\
title: Lights
uid_domain: lights.example
home: https://lights.example/
join: https://x.com/hashtag/{hashtag}
ahead: 1 month
collections: {sea: {title: Sea, chapters: [fogchat]}}
"""
_CHAPTER = """\
hashtag: SLUG
name: The Keepers of SLUG
timezone: America/Toronto
chats: [{every: Wednesday, at: CLOCK}]
"""
_BUILD = ("build", "--now", "2026-03-02T03:43:00Z")
_OTHERS = (
    "check", "show", "show lanternchat", "next", "unconfirmed", "diff feeds", "diff . feeds", "confirm lanternchat",
    "new mistchat", "schema", "form empty", "import none.ics", "verify http://127.0.0.1:9/ --wait 0", "serve --port 0",
)  # fmt: skip
"""The commands that may come next, besides a build; whether they end well does not matter."""

_FAILURES = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS)
_CALLS = ("mkdir", "replace", "unlink", "rmdir", "fsync", "write", "short write")
"""What may fail: functions of `os`, but for the last two."""

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]

State = Mapping[str, bytes]


def main() -> None:
    """Run all attempts, print what came of them, and fail where files of two builds outlive a command."""
    kills, errors, seed = (*map(int, sys.argv[1:]), *(500, 100, SEED)[len(sys.argv) - 1 :])
    for name, _ in cli.COMMANDS.values():
        import_module(f"chatcal.cli.{name.split('.')[0]}")
    for name in ("chatcal.site.pages", "chatcal.publish.verify", "chatcal.diff.render"):
        import_module(name)
    with tempfile.TemporaryDirectory(prefix="chatcal-kills-") as folder:
        bench = Bench(Path(folder), random.Random(seed))  # noqa: S311 - the same attempts in every run
        while bench.killed < kills:
            bench.try_kill()
        for _ in range(errors):
            bench.try_error()
    for what in sorted(bench.counts):
        print(f"{bench.counts[what]:5,} {what}")
    print(f"{len(bench.wrong)} mixtures of two builds outlived the next command (seed {seed}).")
    print("\n".join(bench.wrong))
    sys.exit(bool(bench.wrong))


class Bench:
    """A calendar that is built again and again from the same state, and what came of it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        """What was left of two builds."""
        self.killed = 0
        self._chance = chance
        self._start, self._work = folder / "start", folder / "work"
        self._error_log = folder / "stderr"
        _write_schedules(self._start, "13:00", _SLUGS[:-1])
        self._require_success("build", "--now", "2026-03-01T00:00:00Z", folder=self._start)
        self._old = _read_state(self._start)
        _write_schedules(self._start, "15:00", _SLUGS[1:])
        (self._start / "empty").touch()
        self._reset()
        begun = time.monotonic()
        self._require_success(*_BUILD, "--allow-shrink", folder=self._work)
        self._seconds = time.monotonic() - begun
        self._new = _read_state(self._work)
        self._steps, self._calls = self._count_steps(), self._count_calls()

    def try_kill(self) -> None:
        """Kill one build, and look at what is left after the next command."""
        self._reset()
        kind = self._chance.choice(["at a change of the disk", "while files are replaced", "at a moment"])
        begun, swap, end = 0, *self._steps
        first = swap if kind == "while files are replaced" else begun
        step, moment = self._chance.randint(first + 1, end), self._chance.uniform(0, self._seconds)
        if kind == "at a moment":
            status = self._run(*_BUILD, "--allow-shrink", seconds=moment)
        else:
            status = self._run(*_BUILD, "--allow-shrink", prepare=lambda: _kill_at(step))
        if status != -signal.SIGKILL:
            return  # It was through before that.
        self.killed += 1
        self.counts[f"kills {kind}"] += 1
        self._check_next(f"killed {kind}, step {step}, {moment:.3f} seconds")

    def try_error(self) -> None:
        """Let one call of a build fail, or all from that on, and look at what is left after the next command."""
        self._reset()
        call = self._chance.choice(_CALLS)
        number, failure = self._chance.randint(1, self._calls[call]), self._chance.choice(_FAILURES)
        lasts = self._chance.random() < 0.5
        status = self._run(*_BUILD, "--allow-shrink", prepare=lambda: _fail_at(call, number, failure, lasts=lasts))
        said = self._error_log.read_text("utf-8", "replace")
        if status not in (0, 3) or "Traceback" in said or bool(status) != ("chatcal: " in said):
            self.wrong.append(f"{call} {number} failed: exit code {status}\n{said}")
        self.counts["disk errors that stopped a build" if status else "disk errors that stopped no build"] += 1
        self._check_next(f"{call} {number} failed")

    def _check_next(self, what: str) -> None:
        left = _read_state(self._work)
        self.counts["of these left files of two builds side by side"] += left not in (self._old, self._new)
        command = self._chance.choice(_OTHERS)
        if self._chance.random() < 0.2:
            step = self._chance.randint(1, 40)
            if self._run_next(command, lambda: _kill_at(step)) == -signal.SIGKILL:
                self.counts["of the next commands were killed too"] += 1
        if self._chance.random() < 0.2:
            command = " ".join([*_BUILD, "--allow-shrink"])
            self._restore_schedules()  # The command that was killed may have added a chapter.
        self._run_next(command)
        found = _read_state(self._work)
        if found not in (self._old, self._new) or (self._work / JOURNAL_FILE).exists():
            differing = sorted(
                name for name in found.keys() | self._new.keys() if found.get(name) != self._new.get(name)
            )
            self.wrong.append(f"{what}, then `{command}`: {', '.join(differing)}")
        if self._chance.random() < 0.8:
            return
        # One more build, and nothing that was begun is left.
        self._restore_schedules()
        self._run(*_BUILD, "--allow-shrink")
        if _read_state(self._work) != self._new or [*self._work.rglob("*.chatcal-new")]:
            self.wrong.append(f"{what}, then `{command}`, and a build left files that were begun")

    def _run_next(self, command: str, prepare: Callable[[], None] | None = None) -> int:
        # What serves the site does not end by itself.
        return self._run(*command.split(), prepare=prepare, seconds=1.5 if command.startswith("serve") else None)

    def _restore_schedules(self) -> None:
        shutil.rmtree(self._work / "schedules")
        shutil.copytree(self._start / "schedules", self._work / "schedules")

    def _reset(self) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        shutil.copytree(self._start, self._work)

    def _require_success(self, *words: str, folder: Path) -> None:
        if self._run(*words, folder=folder):
            sys.exit(self._error_log.read_text("utf-8"))

    def _count_steps(self) -> tuple[int, int]:
        """Return at which change of the disk a build begins to replace files, and how many it makes."""
        self._reset()
        log = self._work / "log"
        self._run(*_BUILD, "--allow-shrink", prepare=lambda: _log_steps(log))
        first, *_, last = map(int, log.read_text("utf-8").split())
        return first, last

    def _count_calls(self) -> Mapping[str, int]:
        """Return how often a build makes each call that may fail."""
        self._reset()
        log = self._work / "log"
        self._run(*_BUILD, "--allow-shrink", prepare=lambda: _log_calls(log))
        counts = Counter(log.read_text("utf-8").split())
        return {**counts, "short write": counts["fsync"]}

    def _run(
        self,
        *words: str,
        folder: Path | None = None,
        prepare: Callable[[], None] | None = None,
        seconds: float | None = None,
    ) -> int:
        """Run chatcal in a process, which is killed after so many seconds, and return its exit code or -SIGKILL."""
        child = os.fork()
        if not child:
            self._become_chatcal(words, folder or self._work, prepare)
        if seconds is not None:
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                found, status = os.waitpid(child, os.WNOHANG)
                if found:
                    return os.waitstatus_to_exitcode(status)
                time.sleep(0.001)
            os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _become_chatcal(self, words: Sequence[str], folder: Path, prepare: Callable[[], None] | None) -> NoReturn:
        code: object = 99
        try:
            os.chdir(folder)
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            os.dup2(os.open(self._error_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 2)
            sys.argv = ["chatcal", *words]
            if prepare:
                prepare()
            cli.main()
        except SystemExit as stop:
            code = stop.code
        except BaseException:  # noqa: BLE001 - nothing may go on as the parent
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(int(str(code or 0)) if isinstance(code, int | None) else 98)


def _write_schedules(folder: Path, clock: str, slugs: Sequence[str]) -> None:
    shutil.rmtree(folder / "schedules", ignore_errors=True)
    (folder / "schedules").mkdir(parents=True)
    (folder / "chatcal.yaml").write_text(_CALENDAR, "utf-8")
    for slug in slugs:
        text = _CHAPTER.replace("SLUG", slug).replace("CLOCK", clock)
        (folder / "schedules" / f"{slug}.yaml").write_text(text, "utf-8")


def _read_state(folder: Path) -> State:
    """Return what is published, without what was only begun, and without which feeds a build went on from.

    `build.json` tells the next build what it may keep: it differs with the way that led there.
    """
    return {
        path.relative_to(folder).as_posix(): re.sub(rb'  "from_feeds": .*\n', b"", path.read_bytes())
        for name in ("feeds", "_site")
        for path in (folder / name).rglob("*")
        if path.is_file() and not path.name.endswith(".chatcal-new") and path.name != "build.json"
    }


def _watch_steps(act: Callable[[int, bool], None]) -> None:
    """Call a function before each change of the disk, with its number and whether it begins to replace files."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event == "open":
            path, _, flags = arguments
            is_change = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR)) and not str(path).startswith("/dev/")
        else:
            is_change = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
        if is_change:
            count += 1
            act(count, event == "os.rename" and PurePath(os.fsdecode(arguments[1])).name == JOURNAL_FILE)

    sys.addaudithook(hook)


def _kill_at(step: int) -> None:
    def act(count: int, _: bool) -> None:  # noqa: FBT001 - passed by position
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch_steps(act)


def _log_steps(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT)
    lines: list[int] = []

    def act(count: int, begins: bool) -> None:  # noqa: FBT001 - passed by position
        if begins or lines:
            lines.append(count)
            os.write(handle, f"{count}\n".encode())

    _watch_steps(act)


def _log_calls(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT)

    def note(call: str) -> Wrapper:
        def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
            def act(*words: Any, **named: Any) -> Any:
                os.write(handle, f"{call}\n".encode())
                return function(*words, **named)

            return act

        return wrap

    for call in _CALLS:
        if call != "short write":
            _wrap_call(call, note(call))


def _fail_at(call: str, number: int, failure: int, *, lasts: bool) -> None:
    """Let the nth call of this process fail, or all from that on; that a file is written short shows at fsync."""
    count = 0

    def is_due() -> bool:
        nonlocal count
        count += 1
        return count >= number if lasts else count == number

    def fail(function: Callable[..., Any]) -> Callable[..., Any]:
        def act(*words: Any, **named: Any) -> Any:
            if is_due():
                raise OSError(failure, os.strerror(failure))
            return function(*words, **named)

        return act

    def cut(fsync: Callable[[int], None]) -> Callable[[int], None]:
        def act(handle: int) -> None:
            fsync(handle)
            if is_due() and S_ISREG(os.fstat(handle).st_mode):
                os.truncate(handle, os.fstat(handle).st_size - 1)

        return act

    _wrap_call(call, cut if call == "short write" else fail)


def _wrap_call(call: str, wrap: Wrapper) -> None:
    if call == "write":
        plain_open = open

        def open_wrapped(path: Any, mode: str = "r", *words: Any, **named: Any) -> Any:
            file: Any = plain_open(path, mode, *words, **named)
            return _FailingFile(file, wrap(file.write)) if mode == "wb" else file

        builtins.open = open_wrapped  # type: ignore[assignment] # this process fails on purpose
    else:
        name = "fsync" if call == "short write" else call
        setattr(os, name, wrap(getattr(os, name)))


class _FailingFile:
    """A file with another way to write."""

    def __init__(self, file: Any, write: Callable[[bytes], int]) -> None:
        self._file, self.write = file, write

    def __enter__(self) -> "_FailingFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


if __name__ == "__main__":
    main()
