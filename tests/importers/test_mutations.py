"""Broken calendars by the hundred: whatever is changed in a file, an import and a followed calendar give an answer.

CHATCAL_MUTATIONS is the number of files to try; none may take more than 5 seconds of the processor.
"""

import os
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.test_foreign import CASES, calendar, follow, read

NUMBER = int(os.environ.get("CHATCAL_MUTATIONS", "200"))
FILES = [file for case in CASES.values() if (file := calendar(case)).count(b"\r\n") > 5]
LINES = sorted({line for file in FILES for line in file.split(b"\r\n") if line})
VALUES = (
    b"", b"-1", b"0", b"99991231T235959Z", b"00010101T000000", b"20261202", b"20261329T250000", b"P1D",
    b"-PT99999999H", b"FREQ=DAILY", b"FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", b"FREQ=WEEKLY;COUNT=99999;INTERVAL=0",
    b"FREQ=MONTHLY;BYDAY=9XX", b"FREQ=DAILY;UNTIL=99991231", b"PRIVATE", b"\xff\xfe", b"\0", b"<a href='",
    b'";:,\\', b"x" * 5_000,
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a file of the cases with some of its lines removed, doubled, swapped, filled anew or cut."""
    lines = draw(st.sampled_from(FILES)).split(b"\r\n")
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(1, max(len(lines) - 3, 1)))
        head = lines[place].partition(b":")[0]
        match draw(st.integers(0, 6)):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, draw(st.sampled_from(LINES)))
            case 2:
                lines[place] = head + b":" + draw(st.sampled_from(VALUES))
            case 3:
                lines[place] = head + b":" + draw(st.binary(max_size=20))
            case 4:
                lines[place] = lines[place][: draw(st.integers(0, 60))]
            case 5:
                lines.insert(place, lines[draw(st.integers(0, len(lines) - 1))])
            case _:
                other = draw(st.sampled_from(LINES))
                lines[place] = head + b":" + other.partition(b":")[2]
    return b"\r\n".join(lines)


@pytest.mark.slow
@settings(
    max_examples=NUMBER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=NUMBER == 200,
)
@given(octets=mutated())
def test_whatever_is_changed_in_a_file_there_is_an_answer_in_time(octets: bytes) -> None:
    began = time.process_time()
    list(follow(octets))
    assert list(read(octets))
    # A slow machine is no fault: only who asks for a number of files measures the time.
    assert NUMBER == 200 or time.process_time() - began < 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in other units")
def test_broken_files_take_little_memory() -> None:
    import resource

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000
