"""Pages in Markdown, taken apart as far as tests want to hold them to what chatcal does."""

import re
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple


class Block(NamedTuple):
    """A fenced block: the word in the HTML comment right above it, its language, its text, and its line in the page."""

    mark: str
    language: str
    text: str
    line: int


_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<mark>\w+) -->\n)?^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S
)


def blocks(page: str, language: str) -> list[Block]:
    """Return the fenced blocks of a language."""
    found = (
        Block(one["mark"] or "", one["language"], dedent(one["text"]), page.count("\n", 0, one.start("text")) + 1)
        for one in _BLOCK.finditer(page)
    )
    return [one for one in found if one.language == language]


def section(page: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one of any level."""
    begins = re.search(rf"^#+ {re.escape(heading)}$", page, re.M)
    assert begins, f"no heading: {heading}"
    return re.split(r"^#+ ", page[begins.end() :], maxsplit=1, flags=re.M)[0]


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a text, each as its rows of cells, without their headings."""
    found = re.findall(r"^\|.*\|\n\| -.*\|\n((?:\|.*\|\n)+)", text, re.M)
    return [[[cell.strip() for cell in row.strip("|").split(" | ")] for row in one.splitlines()] for one in found]


def code(cell: str) -> str:
    """Return what stands in a cell as code, and nothing else."""
    assert re.fullmatch(r"`[^`]+`", cell), cell
    return cell[1:-1]


def broken_links(page: Path) -> list[str]:
    """Return the links of a page within the repository that lead nowhere."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" in link or (target.exists() and (not anchor or anchor in _anchors(target))):
            continue
        found.append(link)
    return found


def _anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {anchor_of(heading) for heading in headings}


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
