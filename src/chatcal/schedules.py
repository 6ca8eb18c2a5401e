"""All schedules that were read, with their sessions worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from chatcal.heard import UpstreamContact, UpstreamResult
from chatcal.model import Calendar, Chapter, Revision, Session, Window, has_ended
from chatcal.problem import Span
from chatcal.sessions import compute_sessions, compute_window
from chatcal.uids import parse_uid_root

CALENDAR_SPAN = Span("chatcal.yaml")

ALL_FEED = "all"
"""The name of the feed of all chapters."""


@dataclass(frozen=True)
class Project:
    """All that was read: the calendar, its chapters by slug, the build's moment (aware), and the feeds there are."""

    calendar: Calendar
    chapters: Mapping[str, Chapter]
    now: datetime
    published_names: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    """The slugs of chapters whose files have errors; nothing is said of their absence."""
    published_revisions: Mapping[str, tuple[Revision, ...]] = field(default_factory=dict)
    """What the published feeds hold, by their names, as far as it is known."""
    upstream_results: Mapping[str, UpstreamResult] = field(default_factory=dict)
    """What calendars kept elsewhere were heard to say now, by the slugs of their chapters."""
    contacts: Mapping[str, UpstreamContact] = field(default_factory=dict)
    """When each of them was last heard from."""
    sessions: dict[str, tuple[Session, ...]] = field(default_factory=dict)

    @cached_property
    def window(self) -> Window:
        """The days, in UTC, that the feeds reach over."""
        return compute_window(self.calendar, self.now)

    @cached_property
    def feed_names(self) -> frozenset[str]:
        """The names of the feeds that something stands for."""
        collections = self.calendar.collections
        names = {ALL_FEED, *self.chapters, *(one.name for one in collections)}
        former = [one.formerly for one in self.chapters.values()] + [one.formerly for one in collections]
        return frozenset(names.union(*former))

    @cached_property
    def today(self) -> date:
        """The build's day, in UTC."""
        return self.now.astimezone(UTC).date()

    def sessions_of(self, chapter: Chapter) -> tuple[Session, ...]:
        """Return the sessions of a chapter within the window, worked out once."""
        if chapter.slug not in self.sessions:
            self.sessions[chapter.slug] = compute_sessions(self.calendar, chapter, self.window)
        return self.sessions[chapter.slug]

    def list_coming(self, chapter: Chapter) -> tuple[Session, ...]:
        """Return the sessions of a chapter within the window that have not ended."""
        return tuple(session for session in self.sessions_of(chapter) if not has_ended(session, self.now))

    def has_fresh_upstream(self, chapter: Chapter) -> bool:
        """Say whether a chapter keeps its calendar elsewhere, and that was heard from now."""
        return chapter.slug in self.upstream_results and not self.upstream_results[chapter.slug].failure

    def find_published(self, chapter: Chapter) -> tuple[Revision, ...]:
        """Return what is published of a chapter, under whichever of its names, each event once."""
        names = [name for name in (*chapter.formerly, chapter.slug) if name in self.published_revisions]
        known = {*self.published_revisions, *(one.root for one in self.chapters.values())}
        # Where its own feed is lost, the combined ones hold what was in it.
        held = (one for name in names or self.published_revisions for one in self.published_revisions[name])
        return tuple({one.uid: one for one in held if names or parse_uid_root(one.uid, known) == chapter.root}.values())
