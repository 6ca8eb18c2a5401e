"""How long tests wait for other programs: longer on a machine that is slow or busy."""

import os
import subprocess
import sys
import time

_ORDINARY = 0.25
"""Seconds that five starts of Python take on an ordinary, idle machine."""


def _measure_slowness() -> float:
    """Return how many times slower than an ordinary machine this one is now, from 1 to 20."""
    began = time.monotonic()
    for _ in range(5):
        subprocess.run([sys.executable, "-I", "-S", "-c", "sum(range(10**6))"], check=True)
    return min(max((time.monotonic() - began) / _ORDINARY, 1.0), 20.0)


# All processes of a run go by the first one, which measures before the tests themselves load the machine.
SLOWNESS = float(os.environ.setdefault("CHATCAL_SLOWNESS", f"{_measure_slowness():.1f}"))


def patient(seconds: float) -> float:
    """Return a time limit for this machine, in seconds, from one for an ordinary machine."""
    return seconds * SLOWNESS
