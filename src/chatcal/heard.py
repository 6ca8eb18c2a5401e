"""What was heard of calendars that are kept elsewhere, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from chatcal import words
from chatcal.model import Chapter, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamResult:
    """What one asking gave: the sessions of a calendar, or else the half of a sentence that says why there are none."""

    sessions: tuple[Session, ...] = ()
    failure: str = ""
    hint: str = "If it lasts, ask those who keep the calendar."


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamContact:
    """When a calendar was last heard from, and since when not; days in UTC, None where there is none."""

    last_answer: date | None = None
    silent_since: date | None = None

    def add_result(self, found: UpstreamResult, today: date) -> "UpstreamContact":
        """Return what is so after an asking today."""
        if not found.failure:
            return UpstreamContact(last_answer=today)
        return replace(self, silent_since=self.silent_since or today)

    @property
    def description(self) -> str:
        """When it was heard from, in words: `was last heard from on 20 November 2026`."""
        if self.last_answer is not None:
            return f"was last heard from on {words.format_long_day(self.last_answer)}"
        since = f" since {words.format_long_day(self.silent_since)}" if self.silent_since else " so far"
        return f"has not been heard from{since}"

    def count_silent_nights(self, today: date) -> int:
        """Return for how many nights it has been silent, the one of today among them."""
        return (today - self.silent_since).days + 1 if self.silent_since else 0


def update_contacts(
    chapters: Mapping[str, Chapter],
    before: Mapping[str, UpstreamContact],
    heard: Mapping[str, UpstreamResult],
    today: date,
) -> dict[str, UpstreamContact]:
    """Return when each calendar kept elsewhere was last heard from, by slug; takes what was known before, and now."""
    known = {
        slug: before.get(slug, UpstreamContact()) for slug, chapter in chapters.items() if chapter.upstream is not None
    }
    return {slug: one.add_result(heard[slug], today) if slug in heard else one for slug, one in known.items()}
