"""Which events of a followed calendar are a chapter's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to take of a calendar."""

    first: date | None = None
    """The day before which single events are over, and of no use."""
    only: str | None = None
    """A text in the title; a hashtag counts only as a whole."""
    category: str | None = None

    @property
    def is_filter(self) -> bool:
        return self.only is not None or self.category is not None

    @property
    def description(self) -> str:
        """The end of a sentence: what an event must have."""
        only = [f"“{self.only}” in its title"] if self.only is not None else []
        return " and ".join([*only, *([f"the category “{self.category}”"] if self.category is not None else [])])

    def accepts(self, title: str, categories: Iterable[str]) -> bool:
        wanted = _fold(self.only or "")
        end = r"(?!\w)" if wanted.startswith("#") else ""
        has_text = re.search(re.escape(wanted) + end, _fold(title)) is not None
        return has_text and (self.category is None or _fold(self.category) in map(_fold, categories))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
