"""All schedules that were read, with their sessions worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from chatcal.model import Calendar, Chapter, Session, Window, has_ended
from chatcal.problem import Span
from chatcal.sessions import sessions, window

CALENDAR_SPAN = Span("chatcal.yaml")

ALL = "all"
"""The name of the feed of all chapters."""


@dataclass(frozen=True)
class Schedules:
    """All that was read: the calendar, its chapters by slug, the build's moment (aware), and the feeds there are."""

    calendar: Calendar
    chapters: Mapping[str, Chapter]
    now: datetime
    published: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    """The slugs of chapters whose files have errors; nothing is said of their absence."""
    sessions: dict[str, tuple[Session, ...]] = field(default_factory=dict)

    @cached_property
    def window(self) -> Window:
        """The days, in UTC, that the feeds reach over."""
        return window(self.calendar, self.now)

    @cached_property
    def today(self) -> date:
        """The build's day, in UTC."""
        return self.now.astimezone(UTC).date()

    def of(self, chapter: Chapter) -> tuple[Session, ...]:
        """Return the sessions of a chapter within the window, worked out once."""
        if chapter.slug not in self.sessions:
            self.sessions[chapter.slug] = sessions(self.calendar, chapter, self.window)
        return self.sessions[chapter.slug]

    def coming(self, chapter: Chapter) -> tuple[Session, ...]:
        """Return the sessions of a chapter within the window that have not ended."""
        return tuple(session for session in self.of(chapter) if not has_ended(session, self.now))
