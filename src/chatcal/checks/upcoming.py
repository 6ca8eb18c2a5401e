"""Coming sessions, and what is known of their chapters."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import combinations, islice

from chatcal.english import convert_to_zone, format_clock, format_count, format_day, format_long_day, join_list
from chatcal.model import Chapter, Session
from chatcal.problems import Problem, Span, make_notice, make_warning
from chatcal.project import Project
from chatcal.recurrence.sessions import get_last_confirmed_day
from chatcal.schedule.format import PENDING_NOTE

MAX_SESSIONS_TEXT = 2_000_000
"""Characters in all sessions of a chapter. A feed takes less than half of that."""


def check_text_size(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that sessions do not repeat a long text so often that no program could read them."""
    total = 0
    shared = [chapter.note, *(text for link in chapter.links for text in (link.name, link.address))]
    for one in project.sessions_of(chapter) if chapter.upstream is None else ():
        texts = (one.title, one.topic, one.join, one.place, one.transcript, one.cancelled, one.note, *one.hosts)
        links = (text for link in one.links for text in (link.name, link.address))
        total += sum(len(text) for text in (*texts, *links, *shared) if text)
        if total > MAX_SESSIONS_TEXT:
            first, last = map(format_long_day, (project.window.first, project.window.last))
            yield Problem(
                span=Span(chapter.file),
                code="too-much-text",
                message=f"The sessions from {first} to {last} have more than {MAX_SESSIONS_TEXT:,} characters of text.",
                hint="Shorten what each of them repeats: `topic`, `title`, `hosts`, `join`, `place`, `links`, `note`, "
                "or the reason of a break.",
            )
            return


MAX_PAIRS = 10_000
"""So many sessions that overlap are counted: in a chapter with the most sessions, each overlaps with thousands."""


def check_overlaps(project: Project, chapter: Chapter) -> Iterator[Problem]:
    # Whoever reads this cannot change a followed calendar.
    if chapter.upstream is not None:
        return
    held = [one for one in project.list_coming(chapter) if one.cancelled is None]
    if pairs := list(islice(_find_overlapping_pairs(held), MAX_PAIRS)):
        first, second = pairs[0]
        days = join_list([format_day(slot) for slot in dict.fromkeys((first.slot, second.slot))])
        least = "at least " if len(pairs) == MAX_PAIRS else ""
        more = f"; so do {least}{format_count(len(pairs) - 1, 'more pair')}" if len(pairs) > 1 else ""
        message = f"Two sessions, of {days}, overlap{more}."
        hint = "Move one of them, cancel it, or make it shorter, unless you mean it."
        yield make_warning(_find_place(chapter, first, second), "overlap", message, hint)


def _find_overlapping_pairs(sessions: Sequence[Session]) -> Iterator[tuple[Session, Session]]:
    """Yield the sessions with a clock time that overlap; takes sessions in the order of feeds."""
    timed = [(one, one.start, one.end) for one in sessions]
    for at, (one, _, end) in enumerate(timed):
        for other, start, _ in timed[at + 1 :]:
            if isinstance(end, datetime) and isinstance(start, datetime):
                if start >= end:
                    break
                yield one, other


def _find_place(chapter: Chapter, *sessions: Session) -> Span:
    """Return where one of the sessions is written: its own entry, or else its chat."""
    origins = [session.origin for session in sessions if session.origin]
    entries = [origin for origin in origins if origin.override]
    return min((origin.where for origin in entries or origins), default=Span(chapter.file))


def check_same_starts(project: Project) -> Iterator[Problem]:
    """Check that no chapters of one collection begin at the same moment."""
    for collection in project.calendar.collections:
        starts: dict[datetime, set[str]] = defaultdict(set)
        for slug in project.chapters.keys() & {*collection.chapters}:
            for session in project.list_coming(project.chapters[slug]):
                if isinstance(session.start, datetime) and session.cancelled is None:
                    starts[session.start].add(slug)
        pairs: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for start, slugs in sorted(starts.items()):
            for pair in combinations(sorted(slugs, key=collection.chapters.index), 2):
                pairs[pair].append(start)
        for pair, moments in sorted(pairs.items()):
            both = " and ".join(f"{project.chapters[slug].label}" for slug in pair)
            when = f"{format_count(len(moments), 'time')}, first on {format_day(moments[0].date())}"
            hint = f"Somebody who follows the collection `{collection.name}` cannot be at both."
            yield make_warning(collection.where, "same-time", f"{both} begin at the same moment {when}.", hint)


def check_clock_changes(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that the clock does not skip the local time of a session, or show it twice."""
    found = list(_find_clock_changes(project, chapter))
    more = len(found) - _MAX_CLOCK_CHANGES
    if more > 0:
        *found, last = found[:_MAX_CLOCK_CHANGES]
        message = f"{last.message} So it is with {format_count(more, 'more session')} of this chapter."
        found.append(replace(last, message=message))
    yield from found


_MAX_CLOCK_CHANGES = 10
"""So many sessions of a chapter are told one by one."""


def _find_clock_changes(project: Project, chapter: Chapter) -> Iterator[Problem]:
    for session in project.list_coming(chapter):
        if session.clock_change is None or session.timezone is None or not isinstance(session.start, datetime):
            continue
        # No clock changes by more than an hour where people meet: two hours later no time is shown twice.
        later = session.start + timedelta(hours=0 if session.clock_change == "gap" else 2)
        shown, other = (convert_to_zone(start, session.timezone) for start in (session.start, later))
        at, suggested = format_clock(shown), format_clock(other)
        change = f"at: {suggested}" if other.date() == session.slot else f"moved: {other.date()} {suggested}"
        hint = f"To choose a time for that day, write under `sessions:` a line like `{session.slot}: {{{change}}}`."
        place, day = _find_place(chapter, session), format_day(session.slot)
        if session.clock_change == "gap":
            message = f"On {day} the clock skips the time of this session; it is published for {at}."
            yield make_warning(place, "clock-gap", message, hint)
        else:
            message = f"On {day} the clock shows {at} twice; this session is published for the first."
            yield make_warning(place, "clock-overlap", message, hint)


def check_sessions_ahead(project: Project, chapter: Chapter) -> Iterator[Problem]:
    if chapter.chats and not chapter.note and not project.list_coming(chapter):
        hint = "If it is over, say so: `note: This chat has ended.` If not, add a chat or later dates."
        yield make_warning(chapter.chats[-1].where, "nothing-ahead", "This chapter has no coming session.", hint)


def check_unconfirmed(project: Project, chapter: Chapter) -> Iterator[Problem]:
    late = [session for session in project.list_coming(chapter) if session.unconfirmed]
    if late and chapter.confirmed is not None and chapter.upstream is None:
        last = get_last_confirmed_day(project.calendar, chapter.confirmed.day)
        number = f"{format_count(len(late), 'coming session')} of {chapter.label} {'is' if len(late) == 1 else 'are'}"
        days = f"{format_long_day(chapter.confirmed.day)}, which counts until {format_long_day(last)}"
        message = f"{number} unconfirmed: the schedule was confirmed on {days}."
        hint = "Ask the moderators, and set `confirmed:` to the day on which they say that it is right."
        yield make_notice(chapter.confirmed.where, "unconfirmed", message, hint)


def check_confirmed_day(project: Project, chapter: Chapter) -> Iterator[Problem]:
    # Somewhere it may be tomorrow already.
    if chapter.confirmed is not None and chapter.confirmed.day > project.today + timedelta(days=1):
        day = format_long_day(chapter.confirmed.day)
        message = f"Nobody can have confirmed this on {day}: that day is in the future."
        hint = "Write the day on which somebody last said that the schedule is right, at the latest today: "
        hint += f"`{project.today}`."
        hint += " The day from which a chat meets is its own `from:`."
        yield make_warning(chapter.confirmed.where, "confirmed-ahead", message, hint)


def check_profile(_project: Project, chapter: Chapter) -> Iterator[Problem]:
    timed = (isinstance(chat.at, time) or any(one.at for one in chat.dates) for chat in chapter.chats)
    asked = ("about", "website", *(["account"] if chapter.hashtag else []), "moderators", "sources")
    has = {name: bool(getattr(chapter, name)) for name in asked}
    has["clock time"] = chapter.upstream is not None or any(timed)
    if missing := [f"no {name}" for name, is_known in has.items() if not is_known]:
        known = f"{len(has) - len(missing)} of {len(has)}"
        message = f"The profile of {chapter.label} has {known}: {join_list(missing)}."
        hint = "Add what a source states; leave out what none does."
        yield make_notice(Span(chapter.file), "profile", message, hint)


def check_pending(_project: Project, chapter: Chapter) -> Iterator[Problem]:
    if chapter.note == PENDING_NOTE and (chapter.chats or chapter.upstream):
        message = f"The note is still the one of a new file, `{PENDING_NOTE}`, and readers see it."
        hint = "If the days are right, delete the line `note:`. If not, write what people should know."
        yield make_notice(Span(chapter.file), "pending", message, hint)
