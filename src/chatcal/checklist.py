"""What wants doing now and then, as a checklist for an issue."""

from collections.abc import Iterable

from chatcal.problem import Problem

_CHECKLIST_HEAD = """\
Nobody has said for long that these schedules still hold. Ask the moderators of each; then set `confirmed:` in its file
to the day on which they said so, or correct the schedule.

"""


def format_checklist(problems: Iterable[Problem]) -> str:
    """Return the chapters that want confirming, of all problems of the schedules; nothing where there are none."""
    wanting = [problem for problem in problems if problem.code == "unconfirmed"]
    rows = [f"- [ ] `{one.span.file}`, line {one.span.line}: {one.message}\n" for one in wanting]
    return _CHECKLIST_HEAD + "".join(rows) if rows else ""
