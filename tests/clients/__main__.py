"""Have all programs read the feeds, print what they see otherwise, and write the table of docs/clients.md."""

import sys

from tests.clients import PROGRAMS, SURROUNDINGS
from tests.clients.agreement import disagreements
from tests.clients.table import filled, rows
from tests.support.calendars import ROOT

PAGE = ROOT / "docs/clients.md"


def main() -> int:
    """Return 0 where all agree, 1 where they do not, 3 where some are missing: then no table."""
    every = [*(program.missing for program in PROGRAMS), *(surroundings.missing for surroundings in SURROUNDINGS)]
    lacking = [what for what in every if what]
    found = [
        one
        for program in PROGRAMS
        if not program.missing
        for surroundings in SURROUNDINGS
        if not surroundings.missing
        for one in disagreements(program, surroundings)
    ]
    print(*found, *lacking, sep="\n")
    if lacking:
        return 3
    PAGE.write_text(filled(PAGE.read_text("utf-8"), rows()), "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
