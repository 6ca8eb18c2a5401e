"""The import of a file that others have written, in a process of its own, with limits of time and memory.

This module is also that program.
"""

import pickle
import sys
from datetime import date
from functools import partial
from pathlib import Path

from chatcal.importers.convert import ConvertedChapter, convert, read_foreign_file
from chatcal.importers.expand import limit_process, run_within_limits
from chatcal.importers.icalendar import MAX_FILE_BYTES
from chatcal.importers.series import ForeignCalendarError

IMPORT_SECONDS = 30
"""Of the processor."""


def convert_in_subprocess(
    content: bytes,
    name: str,
    source: str,
    today: date,
    seconds: float = IMPORT_SECONDS,
    *,
    folder: Path | None = None,
    since: date | None = None,
    reserved: frozenset[str] = frozenset(),
) -> list[ConvertedChapter]:
    """Return what `convert` makes of a file, given with its name without the ending and where it comes from.

    Files that it includes are read from its folder, if that is given. Raises ForeignCalendarError, also where that
    takes too long or too much memory.
    """
    request = pickle.dumps((content, name, source, today, folder, since, reserved))
    too_slow = f"it takes more than {seconds:g} seconds to read"
    answer = run_within_limits("chatcal.importers.bounded", request, seconds, too_slow)
    found: list[ConvertedChapter] | str = pickle.loads(answer)  # noqa: S301 - this program itself wrote it
    if isinstance(found, str):
        raise ForeignCalendarError(found)
    return found


def answer_request(request: bytes) -> bytes:
    """Return what the program prints: the chapters, or why there are none."""
    content, name, source, today, folder, since, reserved = pickle.loads(request)  # noqa: S301 - this program itself wrote it
    try:
        found = read_foreign_file(content, name, today, partial(_read_beside, folder))
        return pickle.dumps(convert(found, source, today, since=since, reserved=reserved))
    except ForeignCalendarError as error:
        return pickle.dumps(str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's text may raise anything in the libraries that read it
        return pickle.dumps("one of its events or rules cannot be read")


def _read_beside(folder: Path | None, path: str) -> bytes:
    """Return the content of a file in a folder; raises ForeignCalendarError, also if a link leads out of the folder."""
    if folder is None:
        raise ForeignCalendarError("must be imported by itself")
    try:
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise ForeignCalendarError("lies outside its folder")
        if not file.is_file():
            raise ForeignCalendarError("does not exist")
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ForeignCalendarError(f"has more than {MAX_FILE_BYTES:,} bytes")
        return file.read_bytes()
    except (OSError, ValueError):
        raise ForeignCalendarError("cannot be opened") from None


if __name__ == "__main__":
    limit_process(float(sys.argv[1]))
    sys.stdout.buffer.write(answer_request(sys.stdin.buffer.read()))
