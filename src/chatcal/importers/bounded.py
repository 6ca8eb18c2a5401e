"""The import of a file that others have written, in a process of its own, with limits of time and memory.

This module is also that program.
"""

import pickle
import subprocess
import sys
from datetime import date

from chatcal.importers.convert import ConvertedChapter, convert, read_foreign_file
from chatcal.importers.expand import limit_memory
from chatcal.importers.series import ForeignCalendarError

IMPORT_SECONDS = 30


def convert_in_subprocess(
    content: bytes, name: str, source: str, today: date, seconds: float = IMPORT_SECONDS
) -> list[ConvertedChapter]:
    """Return what `convert` makes of a file, given with its name without the ending and where it comes from.

    Raises ForeignCalendarError, also where that takes too long or too much memory.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "chatcal.importers.bounded"],
            input=pickle.dumps((content, name, source, today)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ForeignCalendarError(f"it takes more than {seconds:g} seconds to read") from None
    if done.returncode:
        raise ForeignCalendarError("it takes more memory than a calendar may")
    found: list[ConvertedChapter] | str = pickle.loads(done.stdout)  # noqa: S301 - this program itself wrote it
    if isinstance(found, str):
        raise ForeignCalendarError(found)
    return found


def answer_request(request: bytes) -> bytes:
    """Return what the program prints: the chapters, or why there are none."""
    content, name, source, today = pickle.loads(request)  # noqa: S301 - this program itself wrote it
    try:
        return pickle.dumps(convert(read_foreign_file(content, name, today), source, today))
    except ForeignCalendarError as error:
        return pickle.dumps(str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's text may raise anything in the libraries that read it
        return pickle.dumps("one of its events or rules cannot be read")


if __name__ == "__main__":
    limit_memory()
    sys.stdout.buffer.write(answer_request(sys.stdin.buffer.read()))
