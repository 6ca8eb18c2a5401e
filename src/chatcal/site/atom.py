"""What changed lately, as Atom feeds (RFC 4287).

An entry is what one build has changed of one chapter: the events of its feed that were last modified at that moment.
So a quiet night changes no byte, and what changes again moves to its new entry.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from html import escape, unescape
from uuid import NAMESPACE_DNS, UUID, uuid5

from chatcal.diff.grouping import group_changes
from chatcal.diff.session_changes import describe_sessions
from chatcal.english import ENGLISH, Words
from chatcal.feed.event import (
    PublishedSession,
    decode_event,
    get_chapter_words,
    publish_session,
    summarize_sessions,
)
from chatcal.model import Calendar, Chapter, Revision, Session, get_day, select_coming
from chatcal.project import Project
from chatcal.recurrence.date_runs import DateContext
from chatcal.site.changes import Change, say_changes
from chatcal.words import get_words

ATOM_PATH = "changes.atom"
_MAX_ENTRIES = 30
_EMPTY_UPDATED = datetime(2020, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: RFC 4287 section 4.1.1 wants some moment, and SEQUENCE counts from this."""


class AtomFeeds:
    """The Atom feeds of a calendar, one after another: of each chapter, and at last of all of those."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.latest: list[Change] = []
        """The latest changes of the chapters so far, the latest first."""

    def build_chapter_atom(self, chapter: Chapter, revisions: Iterable[Revision]) -> tuple[str, bytes]:
        """Return the path and the content of a chapter's Atom feed; takes what its feed holds."""
        entries = _find_entries(self._project, chapter, revisions)
        self._add_entries(entries)
        words, folder = get_chapter_words(chapter), f"{chapter.slug}/"
        feed = _format_feed(self._project.calendar, chapter.root, chapter.full_name, folder, entries, words=words)
        return f"{folder}{ATOM_PATH}", feed

    def keep_chapter_atom(self, chapter: Chapter, content: bytes) -> None:
        """Take a chapter's Atom feed as it was published."""
        self._add_entries(_read_entries(chapter, content.decode()))

    def _add_entries(self, entries: Iterable[Change]) -> None:
        self.latest = sorted([*self.latest, *entries], reverse=True)[:_MAX_ENTRIES]

    def build_combined_atom(self) -> tuple[str, bytes]:
        """Return the path and the content of the Atom feed of all chapters that came before."""
        calendar, words = self._project.calendar, get_words(self._project.calendar.language)
        return ATOM_PATH, _format_feed(calendar, "", calendar.title, "", self.latest, words=words)


def _find_entries(project: Project, chapter: Chapter, revisions: Iterable[Revision]) -> list[Change]:
    calendar, words = project.calendar, get_chapter_words(chapter)
    language = words.language
    by_moment: dict[datetime, list[Revision]] = defaultdict(list)
    for one in revisions:
        by_moment[one.modified].append(one)
    news = by_moment.keys() - _find_window_rolls(by_moment, calendar.ahead)
    entries = []
    for moment in sorted(news, reverse=True)[:_MAX_ENTRIES]:
        published = _publish_sessions(project, chapter, by_moment[moment], words)
        sentences = _say(published, words, moment.year)
        title = words.say("%(label)s: %(change)s", label=chapter.label, change=sentences[0])
        if len(sentences) > 1:
            title = words.say_count(
                "%(label)s: %(number)s session changed",
                "%(label)s: %(number)s sessions changed",
                len(published),
                label=chapter.label,
            )
        uuid = _make_uuid(calendar, f"{chapter.root}/{moment:%Y-%m-%dT%H:%MZ}")
        page = f"{calendar.home}{chapter.slug}/" if calendar.home else None
        # Feeds of one language need not say it again with each entry.
        marked = None if language == get_words(calendar.language).language else language
        xml = _format_entry(uuid, moment, title, sentences, page, language=marked)
        entries.append(Change(moment, title, xml, chapter.slug, chapter.label, language, sentences))
    return entries


def _say(published: Sequence[PublishedSession], words: Words, year: int) -> tuple[str, ...]:
    if words is not ENGLISH:
        return say_changes(published, words, year)
    context = DateContext(year)
    return tuple(one.text for one in group_changes(describe_sessions(published, context), context))


def _read_entries(chapter: Chapter, feed: str) -> Iterator[Change]:
    """Yield the entries of a feed that `_format_feed` gave."""
    language = get_chapter_words(chapter).language
    for xml in re.findall(r"^  <entry(?: xml:lang=\"[^\"]+\")?>\n.*?\n  </entry>$", feed, re.DOTALL | re.MULTILINE):
        title, updated, content = (unescape(xml.split(f"<{tag}>")[1].split("</")[0]) for tag in _READ_TAGS)
        sentences = tuple(map(unescape, re.findall("<li>(.*?)</li>", content)))
        yield Change(datetime.fromisoformat(updated), title, xml, chapter.slug, chapter.label, language, sentences)


_READ_TAGS = ("title", "updated", 'content type="html"')


def _publish_sessions(
    project: Project, chapter: Chapter, revisions: Sequence[Revision], words: Words
) -> list[PublishedSession]:
    """Return what the schedule says of coming sessions, and what was published of those that are over."""
    scheduled = {one.uid: one for one in project.sessions_of(chapter)}
    known = [scheduled[one.uid] for one in select_coming(revisions, project.now) if one.uid in scheduled]
    summaries = summarize_sessions(project.calendar, chapter, known, words)
    called = project.calendar.called.one
    return [
        PublishedSession(session=scheduled[one.uid], label=chapter.label, called=called, summary=summaries[one.uid])
        if one.uid in summaries
        else _decode_past(project.calendar, chapter, one, scheduled.get(one.uid))
        for one in revisions
    ]


def _decode_past(calendar: Calendar, chapter: Chapter, revision: Revision, session: Session | None) -> PublishedSession:
    published = decode_event(revision)
    if session is not None and not published.is_complete:
        scheduled = publish_session(calendar, chapter, session)
        # Where the schedule still makes the very same event, it says what the event does not.
        if session.start == revision.start and (scheduled.summary, scheduled.description) == (
            published.summary,
            published.description,
        ):
            return scheduled
    return published


def _make_uuid(calendar: Calendar, name: str) -> UUID:
    """Return a name for life: of what never changes, the `uid_domain` and a chapter's oldest slug."""
    return uuid5(uuid5(NAMESPACE_DNS, calendar.uid_domain), name)


def _find_window_rolls(by_moment: Mapping[datetime, Sequence[Revision]], ahead: int) -> set[datetime]:
    """Return the moments at which all that changed was new in the last month of its feed: its roll, and no news.

    A month came with the first of its events; whatever changes in it later is news.
    """
    begun: set[int] = set()
    rolls = set()
    for moment, changed in sorted(by_moment.items()):
        months = {_count_months(get_day(one.start)) for one in changed}
        if min(months) - _count_months(moment) >= ahead and begun.isdisjoint(months):
            rolls.add(moment)
        begun |= months
    return rolls


def _count_months(day: date) -> int:
    return day.year * 12 + day.month


_escape_text = partial(escape, quote=False)


def _format_feed(
    calendar: Calendar, root: str, name: str, folder: str, latest: Sequence[Change], *, words: Words
) -> bytes:
    title = words.say("%(name)s: changes", name=name)
    updated = max((one.moment for one in latest), default=_EMPTY_UPDATED)
    page = escape(f"{calendar.home}{folder}")
    links = (
        f'  <link rel="self" type="application/atom+xml" href="{page}{ATOM_PATH}"/>',
        f'  <link rel="alternate" type="text/html" href="{page}"/>',
    )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{words.language}">',
        f"  <id>urn:uuid:{_make_uuid(calendar, root)}</id>",
        f"  <title>{_escape_text(title)}</title>",
        f"  <updated>{_format_moment(updated)}</updated>",
        f"  <author><name>{_escape_text(calendar.title)}</name></author>",
        "  <generator>chatcal</generator>",
        *(links if calendar.home else ()),
        *(one.xml for one in latest),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _format_entry(
    uuid: UUID, moment: datetime, title: str, sentences: Iterable[str], page: str | None, *, language: str | None
) -> str:
    items = "".join(f"<li>{_escape_text(sentence)}</li>" for sentence in sentences)
    lines = [
        f'  <entry xml:lang="{language}">' if language else "  <entry>",
        f"    <id>urn:uuid:{uuid}</id>",
        f"    <title>{_escape_text(title)}</title>",
        f"    <updated>{_format_moment(moment)}</updated>",
        *([f'    <link rel="alternate" type="text/html" href="{escape(page)}"/>'] if page else []),
        f'    <content type="html">{_escape_text(f"<ul>{items}</ul>")}</content>',
        "  </entry>",
    ]
    return "\n".join(lines)


def _format_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
