"""Programs that keep what they have read: each holds the feeds of one night, and takes those of the next.

Every kind of change that Thunderbird is shown in test_subscriber is shown to them, all at once.
"""

from pathlib import Path

import pytest

from tests.clients import PROGRAMS, SURROUNDINGS, Program
from tests.clients.calendars import seen
from tests.feed.test_subscriber import FIRST_NIGHT, KINDS, Calendar, Night
from tests.pages import missing

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("program", [one for one in PROGRAMS if one.keeps], ids=lambda program: program.name)
def test_a_program_that_holds_a_feed_takes_the_next_one(program: Program, tmp_path: Path) -> None:
    if program.missing:
        raise missing(program.missing)
    first = Calendar(tmp_path / "first", {}).publish(Night(27, now=FIRST_NIGHT))
    calendars = {kind: first.copied(tmp_path / kind.replace(" ", "-")) for kind in KINDS}
    held = tmp_path / "held"
    held.mkdir()
    for number in range(max(map(len, KINDS.values())) + 1):
        for kind, nights in KINDS.items():
            if 0 < number <= len(nights):
                calendars[kind] = calendars[kind].publish(nights[number - 1])
        paths = [calendars[kind].folder / f"feeds/{nights[0].feed}.ics" for kind, nights in KINDS.items()]
        shown = program.read(paths, SURROUNDINGS[0], held).feeds
        for (kind, nights), sessions in zip(KINDS.items(), shown, strict=True):
            expected = sorted(map(seen, calendars[kind].feed(nights[0].feed)))
            assert sessions == expected, f"{program.name}, {kind}, after {min(number, len(nights))} nights"
