"""The octets of a file to its text; what an editor may do to a file unseen is refused here."""

import re

from chatcal.problem import LINE_BREAK, ScheduleError, Span, make_error

MAX_FILE_SIZE = 256 * 1024
"""In octets. The largest real schedule seen has a few thousand."""

_SAVE_AS_UTF_8 = "Save it as UTF-8, without BOM; most editors offer that in their Save As dialogue."


def decode_source(file: str, octets: bytes) -> str:
    """Return the text of a schedule file.

    Takes the file's name, for messages. Raises Invalid where it is over 256 KiB, begins with a byte order mark, is not
    UTF-8, or holds a character that nobody can see and YAML does not allow.
    """
    if len(octets) > MAX_FILE_SIZE:
        raise make_error(
            Span(file),
            "too-large",
            f"This file has {len(octets):,} bytes; a schedule file may have {MAX_FILE_SIZE:,}.",
            "A schedule of many years has a few thousand; take out what is no schedule.",
        )
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise make_error(Span(file), "encoding", "This file is saved as UTF-16.", _SAVE_AS_UTF_8)
    if octets.startswith(b"\xef\xbb\xbf"):
        raise make_error(Span(file), "encoding", "This file begins with a byte order mark.", _SAVE_AS_UTF_8)
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _make_encoding_error(file, octets, error.start) from None
    if bad := _UNPRINTABLE.search(text):
        raise make_error(
            _find_end_span(file, text[: bad.start()]),
            "control-character",
            f"An invisible character (U+{ord(bad[0]):04X}) stands here.",
            "Delete it; type the line again if you cannot see it.",
        )
    return text


def _make_encoding_error(file: str, octets: bytes, at: int) -> ScheduleError:
    meant = bytes([octets[at]]).decode("windows-1252", "replace")
    return make_error(
        _find_end_span(file, octets[:at].decode("utf-8")),
        "encoding",
        "This character is not saved as UTF-8.",
        f"Save the file as UTF-8; it looks as if it were saved as Windows-1252 or Latin-1, where this is `{meant}`.",
    )


# All that YAML calls unprintable, and the rarer line breaks, which editors and YAML count differently.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _find_end_span(file: str, before: str) -> Span:
    rows = LINE_BREAK.split(before)
    return Span(file, len(rows), len(rows[-1]) + 1)
