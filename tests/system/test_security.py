"""docs/security.md held to the tests that it names, and to the limits in force."""

import ast
import re
from functools import cache

import pytest

from chatcal import http
from chatcal.checks import upcoming
from chatcal.importers import bounded, convert, expand, follow, loader, upstream
from chatcal.publish import links
from chatcal.schedule import parser
from tests.support.calendars import ROOT
from tests.support.markdown import tables

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
        f"{upstream.LIMITS.seconds} seconds for a whole answer",
        f"{upstream.LIMITS.size:,} bytes, both compressed and unpacked",
        f"At most {upstream.LIMITS.redirects} redirects",
        f"{upstream.PARALLEL_FETCHES} servers at a time",
        f"in such a process too: {convert.IMPORT_SECONDS} seconds",
        f"at most {upcoming.MAX_SESSIONS_TEXT:,} characters of text",
        f"in {http.FEED_LIMITS.seconds} seconds for each answer, {http.FEED_LIMITS.size:,} bytes "
        f"and {http.FEED_LIMITS.redirects} redirects",
        f"{upstream.TOTAL_SECONDS} seconds for all calendars together",
        f"where {upstream.MAX_SILENCES} of a host are silent",
        f"silent for {upstream.DEAD_NIGHTS} nights has {upstream.DEAD_SECONDS} seconds",
        f"also `http`, {links.LIMITS.redirects} redirects, {links.LIMITS.seconds} seconds",
        f"{expand.EXPANSION_SECONDS} seconds, and on Linux (where the nightly job runs) "
        f"{bounded.MAX_MEMORY_BYTES >> 30} GiB of address space",
        f"{loader.MAX_COMPONENTS:,} components; {expand.MAX_SESSIONS:,} sessions within the feed's window, "
        f"and {follow.MAX_COMING_SESSIONS} until the end of next month, "
        f"of {expand._MAX_EVENT_LENGTH.days} days at most",
        f"at most {follow.MAX_NAME_LENGTH} characters of a name and {follow.MAX_NOTE_LENGTH:,} of a description",
        f"{parser.MAX_FILE_SIZE // 1024} KiB and {parser.MAX_NESTING} levels at most",
    ],
)
def test_a_limit_is_the_one_in_force(said: str) -> None:
    assert said in PAGE.replace("\n", " ")
