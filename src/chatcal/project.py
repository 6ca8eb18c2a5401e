"""Everything that was read, with its sessions computed once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import PurePosixPath

from chatcal import english
from chatcal.english import closest_match
from chatcal.model import Calendar, Chapter, Revision, Session, Window, select_coming
from chatcal.problems import FeedError, Problem, Severity, Span
from chatcal.recurrence.sessions import compute_sessions, compute_window
from chatcal.recurrence.uids import Uid
from chatcal.text import make_line_printable

CALENDAR_SPAN = Span("chatcal.yaml")
ALL_FEED = "all"
"""The name of the feed of all chapters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamResult:
    """The sessions of a calendar kept elsewhere, or else why they could not be fetched, as half a sentence."""

    sessions: tuple[Session, ...] = ()
    remarks: tuple[str, ...] = ()
    """Sentences on what was left out of the sessions, and on what is in doubt."""
    failure: str = ""
    hint: str = "If it lasts, ask those who keep the calendar."
    asked: bool = True
    """Whether its turn came in this run; where it did not, nothing is known of its silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamContact:
    """The days, in UTC, on which a calendar kept elsewhere last answered, and first did not."""

    last_answer: date | None = None
    silent_since: date | None = None

    def add_result(self, result: UpstreamResult, today: date) -> "UpstreamContact":
        if not result.failure:
            return UpstreamContact(last_answer=today)
        return replace(self, silent_since=self.silent_since or today) if result.asked else self

    @property
    def description(self) -> str:
        """Half a sentence: `was last heard from on 20 November 2026`."""
        if self.last_answer is not None:
            return f"was last heard from on {english.format_long_day(self.last_answer)}"
        since = f" since {english.format_long_day(self.silent_since)}" if self.silent_since else " so far"
        return f"has not been heard from{since}"

    def count_silent_nights(self, today: date) -> int:
        """Return for how many nights it has been silent, today's included."""
        return max((today - self.silent_since).days + 1, 1) if self.silent_since else 0


def find_latest(published: Mapping[str, Iterable[Revision]]) -> dict[str, Revision]:
    """Return the newest revision of every UID; feeds differ only where a build was killed halfway."""
    found: dict[str, Revision] = {}
    for revisions in published.values():
        for one in revisions:
            if one.uid not in found or found[one.uid].modified < one.modified:
                found[one.uid] = one
    return found


@dataclass(frozen=True)
class Project:
    """Everything that was read, with the sessions of each chapter computed once."""

    calendar: Calendar
    chapters: Mapping[str, Chapter]
    """By slug."""
    now: datetime
    """The moment of the build (aware)."""
    unread: frozenset[str] = frozenset()
    """The slugs of chapters whose files have errors: they are not missing."""
    published_feeds: Mapping[str, bytes] = field(default_factory=dict)
    """By name, like their revisions."""
    published_revisions: Mapping[str, tuple[Revision, ...]] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    """The slugs of chapters that stay as they were published."""
    broken_feeds: tuple[FeedError, ...] = ()
    """Why published feeds could not be read."""
    upstream_results: Mapping[str, UpstreamResult] = field(default_factory=dict)
    """What was fetched in this run, by the slug of the chapter."""
    earlier_contacts: Mapping[str, UpstreamContact] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    """The slugs of chapters whose files stay as the last build made them; their published feeds are not read."""
    last_built: datetime | None = None
    """The moment of the last build (aware), where its site says it."""
    entries_before: Mapping[str, frozenset[tuple[date, str | None]]] | None = None
    """What tells the entries of `sessions` and the breaks from before the present edit apart, by file, as far as git
    knows; None where nobody asked it.
    """
    sessions: dict[str, tuple[Session, ...]] = field(default_factory=dict)
    coming: dict[str, list[Session]] = field(default_factory=dict)

    @cached_property
    def window(self) -> Window:
        """The days, in UTC, that the feeds cover."""
        return compute_window(self.calendar, self.now)

    @cached_property
    def feed_names(self) -> frozenset[str]:
        """The names of all feeds, former names included."""
        names = {ALL_FEED}
        for chapter in self.chapters.values():
            names.update((chapter.slug, *chapter.formerly))
        for collection in self.calendar.collections:
            names.update((collection.name, *collection.formerly))
        return frozenset(names)

    @cached_property
    def fresh(self) -> dict[str, Chapter]:
        """The chapters that are not kept, by slug."""
        return {slug: chapter for slug, chapter in self.chapters.items() if slug not in self.kept}

    @cached_property
    def today(self) -> date:
        """The day of the build, in UTC."""
        return self.now.astimezone(UTC).date()

    @cached_property
    def contacts(self) -> dict[str, UpstreamContact]:
        """The contacts with calendars kept elsewhere after this run, by the slug of the chapter."""
        found = {}
        for slug, chapter in self.chapters.items():
            if chapter.upstream is not None:
                contact = self.earlier_contacts.get(slug, UpstreamContact())
                result = self.upstream_results.get(slug)
                found[slug] = contact.add_result(result, self.today) if result else contact
        return found

    def sessions_of(self, chapter: Chapter) -> tuple[Session, ...]:
        """Return the sessions of a chapter within the window."""
        if chapter.slug not in self.sessions:
            self.sessions[chapter.slug] = compute_sessions(self.calendar, chapter, self.window)
        return self.sessions[chapter.slug]

    def list_coming(self, chapter: Chapter) -> list[Session]:
        """Return the sessions of a chapter within the window that have not ended."""
        if chapter.slug not in self.coming:
            self.coming[chapter.slug] = select_coming(self.sessions_of(chapter), self.now)
        return self.coming[chapter.slug]

    def forget_sessions(self, slug: str) -> None:
        """Let go of a chapter's sessions; they are computed again where they are asked for."""
        self.sessions.pop(slug, None)
        self.coming.pop(slug, None)

    def has_fresh_upstream(self, chapter: Chapter) -> bool:
        """Say whether the chapter's calendar is kept elsewhere and was fetched in this run."""
        return chapter.slug in self.upstream_results and not self.upstream_results[chapter.slug].failure

    def find_published(self, chapter: Chapter) -> tuple[Revision, ...]:
        """Return the published events of a chapter, whatever its name was then, each once."""
        feeds = [self.published_revisions.get(name) for name in (*chapter.formerly, chapter.slug)]
        uids = [one.uid for feed in feeds if feed for one in feed]
        if all(feed is None for feed in feeds):
            # Where its own feed is lost, the combined ones hold what was in it.
            uids = self._published_uids.get(chapter.root, [])
        return tuple(self.latest_revisions[uid] for uid in dict.fromkeys(uids))

    @cached_property
    def _published_uids(self) -> dict[str, list[str]]:
        """By the root of their chapter."""
        known = {*self.published_revisions, *(one.root for one in self.chapters.values())}
        found: dict[str, list[str]] = {}
        for uid in self.latest_revisions:
            found.setdefault(Uid.parse(uid, known).root, []).append(uid)
        return found

    @cached_property
    def latest_revisions(self) -> dict[str, Revision]:
        """The newest published revision of every UID."""
        return find_latest(self.published_revisions)


class UnknownChapterError(Exception):
    """No chapter has this name; the text suggests another."""


def find_chapters(
    project: Project, problems: Iterable[Problem], name: str | None
) -> tuple[list[Chapter], list[Problem]]:
    """Return the chapter with a name, or all without one, if they have no errors; and the errors of those that do.

    Takes every problem of the project.

    The name is a slug, a hashtag (or the name of a chapter without one) or a former name, in any case, with or without
    `#`; or the path of its file. Raises UnknownChapterError.
    """
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    wrong = {problem.span.file for problem in errors}
    sound = [chapter for _, chapter in sorted(project.chapters.items()) if chapter.file not in wrong]
    if name is None:
        return sound, errors
    slug = find_slug(project, name)
    own = [problem for problem in errors if PurePosixPath(problem.span.file).stem == slug]
    return [chapter for chapter in sound if chapter.slug == slug], own


def find_slug(project: Project, name: str) -> str:
    """Return the slug of the chapter with a name, as `find_chapters` takes it; raises UnknownChapterError."""
    slugs = {slug.casefold(): slug for slug in project.unread}
    for slug, chapter in project.chapters.items():
        slugs |= {known.casefold(): slug for known in (*chapter.formerly, chapter.hashtag or chapter.name, slug)}
    file = PurePosixPath(name.strip())
    wanted = (file.stem if file.suffix in (".yaml", ".yml") else f"{file}").removeprefix("#").casefold()
    if wanted in slugs:
        return slugs[wanted]
    near = closest_match(wanted, slugs)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(sorted(set(slugs.values()))) or 'none'}."
    raise UnknownChapterError(make_line_printable(f"There is no chapter `{name}`. {hint}"))
