"""A rule to the phrase that a person would write for it: the way back from `phrases`."""

import re
from dataclasses import replace

from chatcal import phrases, spoken
from chatcal.model import Rule
from chatcal.problem import Invalid


def phrase_of(rule: Rule) -> str | None:
    """Return the phrase of `every` that says a rule; None where none does."""
    try:
        said = _said(rule)
        return said if phrases.every(said, rule.where) == rule else None
    except Invalid:
        return None


def _said(rule: Rule) -> str:
    """Return the words for a rule, which may be no phrase."""
    if rule.freq == "MONTHLY" and rule.interval > 2:
        return re.sub("the month$", f"every {rule.interval} months", _said(replace(rule, interval=1)))
    said = spoken.days_of(rule, each="the")
    said = said.replace("every year on ", "").replace("every day from Monday to Friday", "weekday")
    return said.removeprefix("every ").removeprefix("the ")
