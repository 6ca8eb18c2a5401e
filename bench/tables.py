"""The table in docs/speed.md, which a run writes."""

import re
from collections.abc import Iterable, Mapping

from bench.inputs import ROOT

RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "speed.md"
_BETWEEN = re.compile(r"(<!-- made by the bench -->\n).*?(<!-- end -->\n)", re.DOTALL)


def filled(page: str, rows: Iterable[Mapping[str, object]]) -> str:
    """Return the page with the table of these rows in its place."""
    table = "".join(
        f"| {str(row['what']).strip()} | {row['value']:,} {row['unit']} | {row['ratio'] or ''} | {row['aim']} |\n"
        for row in rows
    )
    head = "\n| what | cost | ratio | aim |\n| --- | ---: | ---: | --- |\n"
    return _BETWEEN.sub(lambda found: f"{found[1]}{head}{table}\n{found[2]}", page)
