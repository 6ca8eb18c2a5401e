"""The bar that a person sees while a large calendar is built."""

import contextlib
import io
import os
import sys

import pytest

from chatcal.cli import output

THINGS = ["lanternchat", "fogchat", "tidechat"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no terminals of this kind")
def test_a_large_calendar_shows_on_a_terminal_what_is_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        with os.fdopen(follower, "w", encoding="utf-8") as stderr:
            monkeypatch.setattr(sys, "stderr", stderr)
            assert list(output.track_progress("Making feeds", iter(THINGS), 200, len(THINGS))) == THINGS
            monkeypatch.undo()
        shown = everything(terminal)
    assert "Making feeds" in shown
    assert "\x1b[2K" in shown.rpartition("Making feeds")[2], "the bar goes when the work is done"


def everything(terminal: io.FileIO) -> str:
    """Return what a terminal was sent; Linux says that there is no more by an error."""
    sent = b""
    with contextlib.suppress(OSError):
        while octets := terminal.read(4096):
            sent += octets
    return sent.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no terminals of this kind")
def test_a_small_calendar_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower, "w", encoding="utf-8") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        assert output.track_progress("Making feeds", THINGS, 199) is THINGS


def test_a_log_and_a_pipe_show_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert output.track_progress("Making feeds", THINGS, 15_000) is THINGS
