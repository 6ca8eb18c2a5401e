"""The work that a call takes, which no slow machine changes."""

import sys
from collections.abc import Callable


def count_calls(work: Callable[[], object]) -> int:
    """Return how many calls of Python functions, of steps of generators and of built-in functions it makes."""
    count = 0

    def notice(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(notice)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
