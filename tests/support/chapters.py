"""Calendars of tests, each in one file of `tests/cases/chapters/`.

The case `chatcal` is `chatcal.yaml`; every other is a chapter. `[shown]` is what `chatcal show` says of it; `[days]`
has its slots as worked out by hand. `founding` is a copy of the shipped calendar as it was in November 2026: it stays
when that is edited. `health` has chats beside it, `lights` made-up ones.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.support.calendars import ROOT
from tests.support.cases import Parts, read_cases


def chapters_file(name: str) -> Path:
    return ROOT / "tests" / "cases" / "chapters" / f"{name}.test"


def read_chapters(name: str) -> dict[str, Parts]:
    """Return the chapters of a calendar by their slug."""
    return {slug: parts for slug, parts in read_cases(chapters_file(name)).items() if slug != "chatcal"}


def read_sources(name: str) -> Mapping[str, bytes]:
    """Return the files of a calendar by their path."""
    cases = read_cases(chapters_file(name))
    return {"chatcal.yaml" if slug == "chatcal" else f"schedules/{slug}.yaml": cases[slug]["case"] for slug in cases}
