"""A rule to the phrase that a person would write for it: the way back from `phrases`."""

import re
from dataclasses import replace

from chatcal.model import Rule
from chatcal.problems import ScheduleError
from chatcal.recurrence import describe
from chatcal.schedule import phrases


def find_phrase_for_rule(rule: Rule) -> str | None:
    """Return the phrase of `every` that says a rule; None where none does."""
    try:
        said = _write_phrase(rule)
        return said if phrases.parse_phrase(said, rule.where) == rule else None
    except ScheduleError:
        return None


def _write_phrase(rule: Rule) -> str:
    """Return the words for a rule, which may be no phrase."""
    if rule.freq == "MONTHLY" and rule.interval > 2:
        return re.sub("the month$", f"every {rule.interval} months", _write_phrase(replace(rule, interval=1)))
    said = describe.describe_rule(rule, each="the")
    said = said.replace("every year on ", "").replace("every day from Monday to Friday", "weekday")
    return said.removeprefix("every ").removeprefix("the ")
