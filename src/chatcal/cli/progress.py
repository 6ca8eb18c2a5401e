"""How far the work on a large calendar has come, on a terminal."""

import sys
from collections.abc import Collection, Iterable
from typing import TypeVar

from chatcal.watch import ProgressTracker, ignore_progress

T = TypeVar("T")

_MIN_SCHEDULES = 200
"""Work on fewer schedules is done before a person has read what a bar says."""


def track_progress(schedules: int) -> ProgressTracker:
    """Return what shows on standard error how far work on so many schedules has come.

    It shows nothing where they are few, or where no terminal is there to look at it.
    """
    if schedules < _MIN_SCHEDULES or not sys.stderr.isatty():
        return ignore_progress
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)

    def track_stage(what: str, things: Collection[T], /) -> Iterable[T]:
        return track(things, what, console=console, transient=True)

    return track_stage
