"""What subscribers will see change, in sentences: made-up pull requests, and the corners that they leave."""

import difflib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatcal import cli, report
from chatcal.compare import Named, compared, working_tree
from tests.calendars import ROOT, at

CASES = Path(__file__).parent / "diffs"
NOW = at("2026-10-20T00:00")
PAGE = ROOT / "docs" / "changes.md"
MARKS = ("<!-- pull requests: written by `python -m tests.test_diff` -->\n", "<!-- end of the pull requests -->\n")


def cases() -> list[str]:
    """Return the names of the made-up pull requests, in order."""
    return sorted(path.name for path in CASES.iterdir() if path.is_dir())


def said(case: str, form: str) -> str:
    """Return what is said of a pull request."""
    before, after = (working_tree(CASES / case / side) for side in ("before", "after"))
    found, problems = compared(before, after, NOW)
    return report.rendered(found, problems, after.sources or {}, form)


@pytest.mark.parametrize("case", cases())
def test_a_pull_request_reads_as_a_maintainer_would_say_it(case: str) -> None:
    # Where a change is meant, `python -m tests.test_diff` writes these anew; read them aloud before you commit them.
    assert said(case, "text") == (CASES / case / "said.txt").read_text("utf-8")
    assert said(case, "markdown") == (CASES / case / "said.md").read_text("utf-8")


@pytest.mark.parametrize("case", cases())
def test_programs_are_told_the_same(case: str) -> None:
    told = json.loads(said(case, "json"))
    text = (CASES / case / "said.txt").read_text("utf-8")
    if isinstance(told, list):
        assert all(problem["message"] in text for problem in told)
        return
    assert told["same"] == ("No difference" in text)
    sentences = [sentence["text"] for one in told["chapters"] for key in ("past", "coming") for sentence in one[key]]
    sentences += [text for one in told["chapters"] for key in ("record", "itself", "page") for text in one[key]]
    assert all(sentence in text for sentence in [*sentences, *told["calendar"], *told["vanishing"], *told["appearing"]])


def test_there_are_twenty_of_them_and_the_page_shows_them() -> None:
    assert len(cases()) >= 20
    assert PAGE.read_text("utf-8") == page()


def page() -> str:
    """Return the page of the documentation with the pull requests as they are now."""
    text = PAGE.read_text("utf-8")
    before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
    return before + MARKS[0] + "".join(shown(case) for case in cases()) + MARKS[1] + after


def shown(case: str) -> str:
    """Return a pull request as the documentation shows it: what it edits, and what is said of it."""
    title = (CASES / case / "title.txt").read_text("utf-8").strip()
    edit = "".join(edits(case))
    text = (CASES / case / "said.txt").read_text("utf-8")
    return f"\n### {title}\n\n```diff\n{edit}```\n\n```text\n{text}```\n\n"


def edits(case: str) -> Iterator[str]:
    """Yield the lines of a unified diff of the files that a pull request touches."""
    sides = [CASES / case / side for side in ("before", "after")]
    for name in sorted({path.relative_to(side).as_posix() for side in sides for path in side.rglob("*.yaml")}):
        texts = [(side / name).read_text("utf-8") if (side / name).exists() else "" for side in sides]
        lines = [text.splitlines(keepends=True) for text in texts]
        if not texts[1]:
            yield f"deleted: {name}\n"
        elif texts[0] != texts[1]:
            yield f"{name}\n" if texts[0] else f"new: {name}\n"
            changes = list(difflib.unified_diff(lines[0], lines[1], n=2))[2:]
            yield from (line for line in changes if not line.startswith("@@"))


if __name__ == "__main__":
    for one in cases():
        for form, ending in (("text", "txt"), ("markdown", "md")):
            (CASES / one / f"said.{ending}").write_bytes(said(one, form).encode())
    PAGE.write_bytes(page().encode())
