"""How long work shows how far it has come, whoever looks at it, if anybody does."""

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class ProgressTracker(Protocol):
    """What sees each of the things that work goes through, as the work comes to it."""

    def __call__(self, what: str, things: Collection[T], /) -> Iterable[T]:
        """Return the things as they are; takes what is done with them, in a few words like `Making feeds`."""


def ignore_progress(_what: str, things: Collection[T]) -> Iterable[T]:
    """Return the things, and show nothing."""
    return things
