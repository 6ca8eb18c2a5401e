"""The two sides of a comparison: schedules, or published feeds, as chapters with the sessions that subscribers see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain

from chatcal.feed import feeds, ics
from chatcal.feed.event import PublishedSession, decode_event, publish_session
from chatcal.model import Chapter, Window, get_feed_order, has_ended
from chatcal.problems import FeedError
from chatcal.project import ALL_FEED, Project, find_latest
from chatcal.recurrence import describe
from chatcal.recurrence.uids import Uid
from chatcal.text import curl_quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterSnapshot:
    """A chapter as a side shows it."""

    slug: str
    label: str
    """`#lanternchat`, or the name of a chapter without a hashtag."""
    feed_name: str | None = None
    """What its feed is called; None where that is not known, as in what follows."""
    about: str | None = None
    sessions: Mapping[str, PublishedSession] = field(default_factory=dict)
    """By their UIDs without the domain."""
    page: Mapping[str, str] = field(default_factory=dict)
    """What only its page says, by what it is called there."""
    schedule: tuple[str, ...] = ()
    """The schedule in sentences, as the page has it."""
    record: tuple[str, ...] = ()
    """What is said of slots from before the feeds' window, in sentences."""
    transcripts: Mapping[date, str] = field(default_factory=dict)
    """Where the transcripts of the window's sessions are, by slot."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether one cancelled session is all that it has; its feed keeps that, so as not to become empty."""
        return [one.session.cancelled is None for one in self.sessions.values()] == [False]

    def list_coming(self, now: datetime) -> list[PublishedSession]:
        """Return the sessions that have not ended at `now` (aware), in the order of feeds."""
        coming = (one for one in self.sessions.values() if not has_ended(one.session, now))
        return sorted(coming, key=lambda one: get_feed_order(one.session))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One side. Chapters are known by their oldest slug, with which their UIDs begin."""

    chapters: Mapping[str, ChapterSnapshot]
    feeds: Mapping[str, str]
    """The feeds by their names, each with what it is."""
    members: Mapping[str, tuple[str, ...]]
    """The chapters that each feed holds."""
    domains: frozenset[str]
    """How its UIDs end."""
    combined: tuple[str, ...] = ()
    """The names of the feeds that are not those of one chapter."""
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The UIDs without the domain of what each feed holds, where it was feeds."""
    project: Project | None = None
    """What it was made of; None where it was feeds."""
    single_feed: str | None = None
    """The name of the feed, where it is a single one of a server."""
    unread: tuple[str, ...] = ()
    """The files that could not be read."""
    modified: datetime | None = None
    """When the last of its events was published, where it was feeds."""


def build_project_snapshot(project: Project, unread: Iterable[str] = ()) -> Snapshot:
    """Return the side of schedules that are free of errors; `unread` names the files that are left out of them."""
    calendar = project.calendar
    roots = {slug: chapter.root for slug, chapter in project.chapters.items()}
    names: dict[str, str] = {}
    members: dict[str, tuple[str, ...]] = {}
    for slug, chapter in project.chapters.items():
        names[slug] = feeds.build_chapter_heading(calendar, chapter).name
        names |= dict.fromkeys(chapter.formerly, f"a former name of `{slug}`")
        members |= dict.fromkeys((slug, *chapter.formerly), (chapter.root,))
    for one in calendar.collections:
        names[one.name] = curl_quotes(one.title)
        names |= dict.fromkeys(one.formerly, f"a former name of `{one.name}`")
        its_own = tuple(roots[slug] for slug in dict.fromkeys(one.chapters) if slug in roots)
        members |= dict.fromkeys((one.name, *one.formerly), its_own)
    return Snapshot(
        chapters={chapter.root: _build_chapter_snapshot(project, chapter) for chapter in project.chapters.values()},
        feeds=names | {ALL_FEED: curl_quotes(calendar.title)},
        members=members | {ALL_FEED: tuple(roots.values())},
        domains=frozenset([calendar.uid_domain]),
        combined=(ALL_FEED, *(one.name for one in calendar.collections)),
        project=project,
        unread=tuple(unread),
    )


def _build_chapter_snapshot(project: Project, chapter: Chapter) -> ChapterSnapshot:
    calendar, first = project.calendar, project.window.first
    shown = (one for one in project.sessions_of(chapter) if calendar.unconfirmed == "show" or not one.unconfirmed)
    sessions = (publish_session(calendar, chapter, one) for one in shown)
    heading = feeds.build_chapter_heading(calendar, chapter)
    before = replace(chapter, overrides=tuple(one for one in chapter.overrides if one.slot < first))
    return ChapterSnapshot(
        slug=chapter.slug,
        label=chapter.label,
        feed_name=heading.name,
        about=heading.description,
        sessions={one.slot: one for one in sessions},
        page=_list_page_facts(chapter),
        schedule=tuple(one.sentence for one in describe.describe_chats(chapter)),
        record=tuple(describe.describe_overrides(calendar, before)),
        transcripts={one.slot: one.transcript for one in chapter.overrides if one.transcript and one.slot >= first},
    )


def _list_page_facts(chapter: Chapter) -> dict[str, str]:
    """Return what the page of a chapter says, and no event by itself."""
    return {
        "region": chapter.region or "",
        "language": chapter.language,
        "website": chapter.website or "",
        "account": chapter.account or "",
        "calendar of its own": chapter.upstream.description if chapter.upstream else "",
        "moderators": ", ".join(chapter.moderators),
        "sources": ", ".join(chapter.sources),
        "list of links": ", ".join(f"{link.name} {link.address}" for link in chapter.links),
        "note": chapter.note or "",
        "doubt": chapter.doubt or "",
        "day of confirmation": chapter.confirmed.day.isoformat() if chapter.confirmed else "",
    }


def build_feed_snapshot(contents: Mapping[str, bytes], roots: Mapping[str, str], *, lone: bool) -> Snapshot:
    """Return the side of published feeds.

    Takes their bytes by name, the oldest slug of each name that the other side knows, and whether it is a single feed
    of a server. Raises FeedError, with the feed's name in front, where one cannot be read.
    """
    published, headings = {}, {}
    for name, content in contents.items():
        try:
            published[name], headings[name] = ics.read_feed(content), ics.read_heading(content)
        except FeedError as error:
            raise FeedError(f"{name}.ics: {error}") from None
    known = {*roots.values(), *contents}
    sessions: dict[str, dict[str, PublishedSession]] = defaultdict(dict)
    for revision in find_latest(published).values():
        one = decode_event(revision, known)
        sessions[one.session.chapter][one.slot] = one
    members = {
        name: tuple(dict.fromkeys(Uid.parse(one.uid, known).root for one in found)) or (roots.get(name, name),)
        for name, found in published.items()
    }
    chapters = {
        root: ChapterSnapshot(
            slug=root, label=max(found.values(), key=lambda one: one.session.slot).label, sessions=found
        )
        for root, found in sessions.items()
    }
    combined = []
    for name, heading in headings.items():
        root, *others = members[name]
        word = heading.name.partition(" ")[0]
        label = word if word.startswith("#") else heading.name
        shown = chapters.get(root, ChapterSnapshot(slug=name, label=label))
        is_known = word.startswith("#") or (shown.label == label and (root in chapters or name in roots))
        if is_known and not others and name != ALL_FEED:
            chapters[root] = replace(shown, label=label, feed_name=heading.name, about=heading.description)
        else:
            combined.append(name)
    return Snapshot(
        chapters=chapters,
        feeds={name: heading.name for name, heading in headings.items()},
        members=members,
        domains=frozenset(Uid.parse(one.uid).domain for one in chain.from_iterable(published.values())),
        combined=tuple(combined),
        held={name: frozenset(one.uid.partition("@")[0] for one in found) for name, found in published.items()},
        single_feed=next(iter(contents)) if lone else None,
        modified=max((one.modified for one in chain.from_iterable(published.values())), default=None),
    )


def restrict_snapshot(side: Snapshot, windows: Mapping[str, Window]) -> Snapshot:
    """Return a side with the chapters that have a window, and those of their sessions that start within it."""
    return replace(
        side,
        chapters={
            root: replace(
                shown,
                sessions={
                    key: one for key, one in shown.sessions.items() if windows[root].has_start(one.session.start)
                },
            )
            for root, shown in side.chapters.items()
            if root in windows
        },
    )
