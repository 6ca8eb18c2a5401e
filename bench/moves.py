"""Count how often a build goes from one module of chatcal to another: `python -m bench.moves`.

It builds one chapter with one moved session, feeds and site. To count for another checkout, put its `src` folder into
PYTHONPATH. With `-v` it prints the pairs of modules too, the busiest first.
"""

import os
import runpy
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout, suppress
from pathlib import Path
from types import FrameType

CALENDAR = """\
title: Lights
uid_domain: lights.example
home: https://lights.example/
join: https://x.com/hashtag/{hashtag}
clocks: [Europe/London, Australia/Sydney]
"""
CHAPTER = """\
hashtag: lanternchat
name: The Lantern Keepers
timezone: America/Toronto
confirmed: 2026-02-20
chats:
  - every: Wednesday
    at: 13:00
sessions:
  2026-04-01: {moved: 2026-04-02 14:00}
"""
COMMAND = ["chatcal", "build", "--now", "2026-03-01T00:00:00Z"]


class MoveCounter:
    """Counts calls from one module of chatcal into another, by the pair of them."""

    def __init__(self, folder: Path) -> None:
        self.moves: Counter[tuple[str, str]] = Counter()
        self._folder = f"{folder}{os.sep}"

    def count(self, frame: FrameType, event: str, _: object) -> None:
        """Count one event of `sys.setprofile`."""
        if event != "call" or frame.f_back is None:
            return
        here, there = frame.f_back.f_code.co_filename, frame.f_code.co_filename
        if here != there and all(file.startswith(self._folder) and file.endswith(".py") for file in (here, there)):
            self.moves[here.removeprefix(self._folder), there.removeprefix(self._folder)] += 1


def count_moves() -> Counter[tuple[str, str]]:
    """Return how often the build of the chapter calls from one module into another."""
    import chatcal

    counter = MoveCounter(Path(chatcal.__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        schedules = Path(folder, "schedules")
        schedules.mkdir()
        Path(folder, "chatcal.yaml").write_text(CALENDAR, "utf-8")
        (schedules / "lanternchat.yaml").write_text(CHAPTER, "utf-8")
        sys.argv = [COMMAND[0], "-C", folder, *COMMAND[1:]]
        sys.setprofile(counter.count)
        try:
            with redirect_stdout(sys.stderr), suppress(SystemExit):
                runpy.run_module("chatcal", run_name="__main__")
        finally:
            sys.setprofile(None)
        if not Path(folder, "_site", "status.json").exists():
            sys.exit("The build has failed.")
    return counter.moves


if __name__ == "__main__":
    verbose = sys.argv[1:] == ["-v"]
    found = count_moves()
    if verbose:
        for (here, there), number in found.most_common():
            print(f"{number:6} {here} -> {there}")
    print(f"{found.total():,} moves between modules")
