"""`chatcal`, which `python -m chatcal` is too. It imports the rest when Ctrl+C can no longer end in a traceback."""

import os
from typing import NoReturn

_INTERRUPTED = 130
"""The exit code of a program that Ctrl+C ended: 128 and the number of the signal."""


def main() -> None:
    try:
        import signal

        # It is ignored where the program was begun in the background.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, stop_at_once)
        from chatcal import cli
    except KeyboardInterrupt:
        stop_at_once()
    try:
        cli.main()
    except SystemExit as stop:
        if stop.code == _INTERRUPTED:
            # Python would wait for threads that wait for servers.
            os._exit(_INTERRUPTED)
        raise


def stop_at_once(*_: object) -> NoReturn:
    """End the program while it has done nothing yet, or all that it had to do."""
    os.write(2, b"chatcal: interrupted.\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
