"""Work on a calendar that others have written, in a process of its own, with limits of time and memory.

Nobody can tell beforehand how long the rules of a calendar take to expand, nor what its text does to a parser. This
module is also the program that such a process runs.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import ParamSpec, TypeVar

from chatcal.importers.series import ForeignCalendarError

PATIENCE = 8
"""So many times longer may it take by the clock, on a machine that is busy with other work."""
MAX_MEMORY_BYTES = 1 << 30
"""Of address space. Linux keeps to this limit, other systems do not."""
SIGKILL, SIGXCPU = 9, 24
"""The signals that end a process which has used its time: Windows has no names for them, and no such limit."""
Values = ParamSpec("Values")
Result = TypeVar("Result")


def run_within_limits(
    seconds: float, too_slow: str, function: Callable[Values, Result], *values: Values.args, **named: Values.kwargs
) -> Result:
    """Return what a function gives for these values, in a process that may use so many seconds of the processor.

    Raises ForeignCalendarError where the function does, where it takes too much memory, and with `too_slow` where the
    seconds do not do.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "chatcal.importers.bounded", str(seconds)],
            input=pickle.dumps((function, values, named)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ForeignCalendarError(too_slow) from None
    if done.returncode in (-SIGXCPU, -SIGKILL):
        raise ForeignCalendarError(too_slow)
    if done.returncode:
        raise ForeignCalendarError("it takes more memory than a calendar may")
    found: Result | ForeignCalendarError = pickle.loads(done.stdout)  # noqa: S301 - this program itself wrote it
    if isinstance(found, ForeignCalendarError):
        raise found
    return found


def answer_request(request: bytes) -> bytes:
    """Return what the program prints: what the function gives, or why it gives nothing."""
    function, values, named = pickle.loads(request)  # noqa: S301 - this program itself wrote it
    try:
        return pickle.dumps(function(*values, **named))
    except ForeignCalendarError as error:
        return pickle.dumps(error)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's text may raise anything in the libraries that read it
        return pickle.dumps(ForeignCalendarError("one of its events or rules cannot be read"))


def limit_process(seconds: float) -> None:
    """Let this process have no more memory, and seconds of the processor, than work on a calendar may take."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # Windows does not have it.

        resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    limit_process(float(sys.argv[1]))
    sys.stdout.buffer.write(answer_request(sys.stdin.buffer.read()))
