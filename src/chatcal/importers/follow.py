"""A calendar that a chapter keeps elsewhere: its occurrences, or what is published of them, to the chapter's sessions.

Nothing of it is trusted: a few fields are copied, as plain text of bounded length, and names are made here.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from chatcal.english import ENGLISH, convert_to_zone
from chatcal.feed.event import PublishedSession, decode_event, event_summary, split_session_name
from chatcal.importers.series import find_join_url, strip_cancelled
from chatcal.model import Calendar, Chapter, DayPart, Revision, Session, StartTime, get_day, select_coming
from chatcal.project import Project, UpstreamResult
from chatcal.recurrence.sessions import find_join, find_place, get_month_end
from chatcal.recurrence.uids import Uid
from chatcal.text import curl_quotes, cut_text, find_component, is_web_url, make_paragraphs, make_single_line
from chatcal.timezones import UTC_NAME

if TYPE_CHECKING:  # pragma: no cover - icalendar is slow to import
    from chatcal.importers.expand import Occurrence

MAX_NAME_LENGTH = 200
MAX_NOTE_LENGTH = 1_000
_MAX_URL_LENGTH = 500
MAX_COMING_SESSIONS = 100
"""So many sessions may come until the end of next month: with more, the feeds of all chapters would be cut for one."""


def get_display_zone(chapter: Chapter) -> str:
    """Return the zone that a chapter's sessions are shown in, and of times that name none."""
    return chapter.timezone or UTC_NAME


def make_sessions_from_occurrences(
    calendar: Calendar, chapter: Chapter, occurrences: Iterable["Occurrence"], published: Iterable[Revision]
) -> tuple[Session, ...]:
    """Return what becomes of occurrences, in their order.

    `published` are the events of the chapter's feed: what is there already keeps its UID.
    """
    found: list[Session] = []
    once: set[str] = set()
    counts: Counter[tuple[str, date]] = Counter()
    for one in occurrences:
        session = _build_followed_session(calendar, chapter, one, counts)
        found.append(session)
        if not one.recurring:
            once.add(session.uid)
    return _keep_published_uids(calendar, chapter, found, once, {one.uid: one for one in published})


def _build_followed_session(
    calendar: Calendar, chapter: Chapter, one: "Occurrence", counts: Counter[tuple[str, date]]
) -> Session:
    """Return the session of an occurrence; `counts` says how many of its series are on each day so far."""
    # The UIDs of others may hold anything, and an address of a person's.
    series = f"x{sha256((one.uid or one.summary).encode()).hexdigest()[:10]}"
    counts[series, one.slot] += 1
    number = counts[series, one.slot]
    uid = Uid(chapter.root, series if number == 1 else f"{series}n{number}", one.slot, calendar.uid_domain)
    name, cancelled = _read_name(one)
    title, topic = split_session_name(
        chapter.label, calendar.called.one, name or f"{chapter.label} {calendar.called.one}"
    )
    if title and chapter.label.casefold() not in title.casefold():
        title, topic = None, title
    location = curl_quotes(clean_text(one.location, 200))
    is_address = is_web_url(location)
    place, geo = (location, None) if location and not is_address else find_place(chapter, calendar)
    join = _get_web_url(find_join_url(one.join, one.location, one.url))
    is_joined_there = join is not None and join == _get_web_url(one.location)
    note = [f"Place: {location}"] if is_address and not is_joined_there else []
    return Session(
        uid=str(uid),
        chapter=chapter.slug,
        slot=one.slot,
        chat=uid.chat,
        start=one.start,
        end=one.end,
        at=_localize(one.start, chapter)[1],
        timezone=get_display_zone(chapter),
        unconfirmed=one.tentative and not cancelled,
        cancelled="" if cancelled else None,
        moved_from=_localize(one.due, chapter) if one.due != one.start else None,
        title=title,
        topic=topic,
        join=join or find_join(calendar, chapter),
        place=place,
        geo=geo,
        note="\n".join([*note, *clean_text(one.description, MAX_NOTE_LENGTH, lines=True).split("\n")]).strip() or None,
    )


def _read_name(one: "Occurrence") -> tuple[str, bool]:
    """Return what an occurrence is called, and whether it is cancelled; some programs say that in the name alone."""
    name = clean_text(one.summary, MAX_NAME_LENGTH)
    bare = strip_cancelled(name)
    return bare, one.cancelled or bare != name


def _localize(start: datetime | date, chapter: Chapter) -> tuple[date, StartTime]:
    """Return the day and the time on the clock of the chapter."""
    if not isinstance(start, datetime):
        return start, DayPart.ALL_DAY
    local = convert_to_zone(start, get_display_zone(chapter))
    return local.date(), local.time()


@lru_cache(maxsize=256)  # Thousands of sessions may share a long text.
def clean_text(text: str, most: int, *, lines: bool = False) -> str:
    """Return a text of somebody else's as feeds may hold it, and no longer than so many characters.

    It loses signs that nobody can see, among them what turns the direction of writing, but not what joins the parts of
    a letter or of a picture; and what some programs would misread.
    """
    kept = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _NO_SIGNS)
    return cut_text(re.sub("\n+", "\n", make_paragraphs(kept)), most) if lines else make_single_line(kept, most)


_NO_SIGNS = ("Cc", "Cs", "Co", "Cn")
"""The categories of control characters, and of what has no meaning."""


def _get_web_url(text: str) -> str | None:
    """Return a text if it is the address of a page, and nothing else."""
    address = text.strip()
    is_plain = len(address) <= _MAX_URL_LENGTH and address.isascii() and not find_component(address)
    return address if is_plain and is_web_url(address) else None


def _keep_published_uids(
    calendar: Calendar,
    chapter: Chapter,
    found: Sequence[Session],
    once: set[str],
    published: Mapping[str, Revision],
) -> tuple[Session, ...]:
    """Return sessions with the UIDs that they are published under.

    A single event that its calendar puts on another day stays the same event. And some programs give every event a new
    UID whenever they write: one at the same time and of the same name is the same.
    """
    made = {session.uid for session in found}
    free = {uid: decode_event(one, [chapter.root]) for uid, one in sorted(published.items()) if uid not in made}
    of_series: dict[str | None, list[PublishedSession]] = defaultdict(list)
    alike: dict[tuple[datetime | date, str], list[PublishedSession]] = defaultdict(list)
    for one in free.values():
        of_series[one.session.chat].append(one)
        alike[one.session.start, _summarize(calendar, chapter, one)].append(one)
    settled = []
    for session in found:
        same = of_series[session.chat] if session.uid in once else []
        namesakes = alike[session.start, event_summary(calendar, chapter, session, ENGLISH)]
        known = [*same, *namesakes] if session.uid not in published else []
        kept = next((one.session for one in known if one.session.uid in free), session)
        free.pop(kept.uid, None)
        settled.append(replace(session, uid=kept.uid, chat=kept.chat, slot=kept.slot))
    return tuple(settled)


def _summarize(calendar: Calendar, chapter: Chapter, one: PublishedSession) -> str:
    """Return the summary of a published event in English, whatever language it is in."""
    if one.language == ENGLISH.language:
        return one.summary
    return event_summary(calendar, chapter, one.session, ENGLISH)


def decode_published(chapter: Chapter, revisions: Iterable[Revision]) -> tuple[Session, ...]:
    """Return the sessions of a chapter as they are published, in the order of their feed."""
    return tuple(_decode_revision(chapter, one) for one in revisions)


def _decode_revision(chapter: Chapter, revision: Revision) -> Session:
    session = replace(decode_event(revision, [chapter.root]).session, chapter=chapter.slug)
    if session.timezone and chapter.upstream is None:
        return session
    return replace(session, at=_localize(revision.start, chapter)[1], timezone=get_display_zone(chapter))


def has_too_many_sessions(found: Iterable[Session], now: datetime) -> bool:
    """Say whether more sessions come soon after `now` (aware) than those of other chapters leave room for."""
    last = get_month_end(now.astimezone(UTC).date(), 1)
    return sum(get_day(one.start) <= last for one in select_coming(found, now)) > MAX_COMING_SESSIONS


def apply_upstream_results(project: Project, results: Mapping[str, UpstreamResult]) -> Project:
    """Return a project with the sessions of calendars kept elsewhere: those fetched now, or else those published."""
    fetched = replace(project, upstream_results=results)
    elsewhere = {
        slug: replace(
            chapter,
            upstream_sessions=results[slug].sessions
            if fetched.has_fresh_upstream(chapter)
            else decode_published(chapter, project.find_published(chapter)),
        )
        for slug, chapter in project.chapters.items()
        if chapter.upstream is not None
    }
    return replace(fetched, chapters={**project.chapters, **elsewhere}, sessions={}, coming={})
