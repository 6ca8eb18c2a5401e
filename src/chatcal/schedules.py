"""All schedules that were read, with their sessions worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from chatcal.model import Calendar, Chapter, Revision, Session, Window, has_ended
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
    last: Mapping[str, tuple[Revision, ...]] = field(default_factory=dict)
    """What the published feeds hold, by their names, as far as it is known."""
    sessions: dict[str, tuple[Session, ...]] = field(default_factory=dict)

    @cached_property
    def window(self) -> Window:
        """The days, in UTC, that the feeds reach over."""
        return window(self.calendar, self.now)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the feeds that something stands for."""
        collections = self.calendar.collections
        names = {ALL, *self.chapters, *(one.name for one in collections)}
        former = [one.formerly for one in self.chapters.values()] + [one.formerly for one in collections]
        return frozenset(names.union(*former))

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
