"""How far the work on a large calendar has come, on a terminal."""

import sys
from collections.abc import Collection, Iterable
from typing import TypeVar

from chatcal.watch import Watch, unwatched

T = TypeVar("T")

_NOTICED = 200
"""Work on fewer schedules is done before a person has read what a bar says."""


def watch(schedules: int) -> Watch:
    """Return what shows on standard error how far work on so many schedules has come.

    It shows nothing where they are few, or where no terminal is there to look at it.
    """
    if schedules < _NOTICED or not sys.stderr.isatty():
        return unwatched
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)

    def shown(what: str, things: Collection[T], /) -> Iterable[T]:
        return track(things, what, console=console, transient=True)

    return shown
