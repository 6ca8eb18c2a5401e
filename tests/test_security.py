"""docs/security.md held to the tests that it names, and to the limits in force."""

import ast
import re
from functools import cache

import pytest

from chatcal import decoding, expansion, followed, guarded, links, source, upstream
from tests.calendars import ROOT
from tests.markdown import tables

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
ROWS = [row for table in tables(PAGE) for row in table]


@cache
def proofs_in(file: str) -> frozenset[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / "tests" / file).read_bytes())
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_what_is_kept_to_is_proved_by_tests_that_are_there(row: tuple[str, ...]) -> None:
    file = ""
    proofs = []
    for name in re.findall("`([^`]+)`", row[1]):
        if name.endswith(".py"):
            file = name
        else:
            assert name in proofs_in(file), f"{file} has no {name}"
            proofs.append(name)
    assert proofs


@pytest.mark.parametrize(
    "said",
    [
        f"{guarded.SECONDS} seconds for all of an answer",
        f"{guarded.OCTETS:,} octets, sent and unpacked",
        f"It may lead on {guarded.HOPS} times",
        f"{upstream.AT_ONCE} servers at a time",
        f"also `http`, {links.HOPS} hops, {links.SECONDS} seconds",
        f"{expansion.SECONDS} seconds, and on Linux, where the nightly job runs,",
        f" {expansion.OCTETS_OF_MEMORY >> 30} GiB of address space",
        f"{expansion.MOST_PARTS:,} parts, {expansion.MOST_SESSIONS:,} sessions within the feed's window",
        f"and {followed.MOST_SOON} until the end of next month, of {expansion._LONGEST.days} days at most",
        f"{followed.LONGEST_NAME} and {followed.LONGEST_NOTE:,} characters at most",
        f"{decoding.LARGEST_FILE // 1024} KiB and {source.DEEPEST} levels at most",
    ],
)
def test_a_limit_is_the_one_in_force(said: str) -> None:
    assert said in PAGE.replace("\n", " ")
