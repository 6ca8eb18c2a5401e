"""Everything that was read, with its sessions computed once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import PurePosixPath

from chatcal import english
from chatcal.english import closest_match
from chatcal.model import Calendar, Chapter, Revision, Session, Window, has_ended
from chatcal.problems import Problem, Severity, Span
from chatcal.recurrence.sessions import compute_sessions, compute_window
from chatcal.recurrence.uids import Uid


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
            return f"was last heard from on {english.format_long_day(self.last_answer)}"
        since = f" since {english.format_long_day(self.silent_since)}" if self.silent_since else " so far"
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
        return tuple({one.uid: one for one in held if names or Uid.parse(one.uid, known).root == chapter.root}.values())


@dataclass(frozen=True, slots=True)
class FoundChapters:
    """Sound chapters by their slug, and the errors of the others."""

    chapters: tuple[Chapter, ...]
    errors: tuple[Problem, ...]


class UnknownChapterError(Exception):
    """A name that no chapter has; its text says which are near."""


def find_chapters(schedules: Project, problems: Iterable[Problem], name: str | None = None) -> FoundChapters:
    """Return the chapter of a name, or all where there is none.

    Takes all problems of the schedules. The name is a slug, a hashtag or a former name, in any case, with or without
    `#`. Raises NoChapter.
    """
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    wrong = {problem.span.file for problem in errors}
    sound = [chapter for _, chapter in sorted(schedules.chapters.items()) if chapter.file not in wrong]
    if name is None:
        return FoundChapters(tuple(sound), errors)
    slug = _find_slug(schedules, name)
    own = tuple(problem for problem in errors if PurePosixPath(problem.span.file).stem == slug)
    return FoundChapters(tuple(chapter for chapter in sound if chapter.slug == slug), own)


def _find_slug(schedules: Project, name: str) -> str:
    slugs = {slug.casefold(): slug for slug in schedules.unread}
    for slug, chapter in schedules.chapters.items():
        slugs |= {known.casefold(): slug for known in (*chapter.formerly, chapter.hashtag, slug)}
    wanted = name.strip().removeprefix("#").casefold()
    if wanted in slugs:
        return slugs[wanted]
    near = closest_match(wanted, slugs)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(sorted(set(slugs.values()))) or 'none'}."
    raise UnknownChapterError(f"There is no chapter `{name}`. {hint}")
