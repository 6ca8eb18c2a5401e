"""The surroundings in which tests run other programs."""

import os


def unmeasured() -> dict[str, str]:
    """Return this machine's surroundings without what has coverage measure a program.

    A program that is killed would leave half a record, and another copy of chatcal is not what is measured.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
