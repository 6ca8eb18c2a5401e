"""The table of what programs saw, as docs/clients.md shows it."""

import re
from collections.abc import Sequence

from tests.clients import PROGRAMS, SURROUNDINGS, Program
from tests.clients.agreement import answer, disagreements, feeds
from tests.clients.calendars import torture

HEADING = (
    "| program | version, from | sessions of the torture calendar | of the shipped calendar | disagreements |\n"
    "| --- | --- | --- | --- | --- |\n"
)

Row = tuple[str, str, str, str, str]


def row(program: Program) -> Row:
    """Return what a program saw, in all surroundings together."""
    tortured = shipped = 0
    for surroundings in SURROUNDINGS:
        read = answer(program, surroundings).feeds
        for feed, sessions in zip(feeds(surroundings), read, strict=True):
            if feed in torture():
                tortured += len(sessions)
            else:
                shipped += len(sessions)
    wrong = sum(len(disagreements(program, surroundings)) for surroundings in SURROUNDINGS)
    version = answer(program, SURROUNDINGS[0]).version
    return program.name, f"{version}, {program.source}", f"{tortured:,}", f"{shipped:,}", f"{wrong:,}"


def rows() -> list[Row]:
    """Return the rows of all programs."""
    return [row(program) for program in PROGRAMS]


def filled(page: str, found: Sequence[Row]) -> str:
    """Return a page with these rows in its table."""
    before, _, rest = page.partition(HEADING)
    assert rest, "the page has no such table"
    after = re.sub(r"\A(\|.*\n)*", "", rest)
    return "".join([before, HEADING, *(f"| {' | '.join(one)} |\n" for one in found), after])
