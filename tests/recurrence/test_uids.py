"""A UID is written and read by one class."""

from datetime import date

import pytest

from chatcal.recurrence.uids import Uid

SLOT = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("uid", "text"),
    [
        (Uid("fog", None, SLOT, "lights.example"), "fog-2026-03-04@lights.example"),
        (Uid("fog", "late", SLOT, "lights.example"), "fog-late-2026-03-04@lights.example"),
        (Uid("fog-chat", "late", SLOT, "lights.example"), "fog-chat-late-2026-03-04@lights.example"),
        (Uid("fog-7", None, SLOT, "lights.example"), "fog-7-2026-03-04@lights.example"),
        (Uid("4711", None, None, "elsewhere.example"), "4711@elsewhere.example"),
        (Uid("fog-2026-02-30", None, None, "lights.example"), "fog-2026-02-30@lights.example"),
    ],
)
def test_it_is_read_as_it_was_written(uid: Uid, text: str) -> None:
    assert str(uid) == text
    assert Uid.parse(text) == uid


def test_a_chapter_that_is_known_is_no_chat() -> None:
    text = "fog-late-2026-03-04@lights.example"
    assert Uid.parse(text, {"fog", "fog-late"}) == Uid("fog-late", None, SLOT, "lights.example")
    assert Uid.parse(text, {"fog"}).name == "fog-late-2026-03-04"
