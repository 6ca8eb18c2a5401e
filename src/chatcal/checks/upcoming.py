"""Sessions to come, and what is known of the chapters that hold them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import combinations

from chatcal import english
from chatcal.model import Chapter, Session
from chatcal.problems import Problem, Span, make_notice, make_warning
from chatcal.project import Project
from chatcal.recurrence.sessions import get_last_confirmed_day


def check_overlaps(schedules: Project) -> Iterator[Problem]:
    """Coming sessions of one chapter at one time."""
    for chapter in schedules.chapters.values():
        if chapter.upstream is not None:
            # Whoever reads this cannot mend it.
            continue
        held = [one for one in schedules.list_coming(chapter) if one.cancelled is None]
        pairs = list(_find_overlapping_pairs(held))
        if pairs:
            one, other = pairs[0]
            both = english.join_list([english.format_day(slot) for slot in dict.fromkeys((one.slot, other.slot))])
            more = f"; so are {english.format_count(len(pairs) - 1, 'more pair')}" if len(pairs) > 1 else ""
            yield make_warning(
                _find_place(chapter, other, one),
                "overlap",
                f"Two sessions, of {both}, are held at one time{more}.",
                "Move one of them, cancel it, or let it be shorter, unless that is meant.",
            )


def _find_overlapping_pairs(held: Sequence[Session]) -> Iterator[tuple[Session, Session]]:
    """Yield the pairs of sessions with a clock time that meet, of sessions in the order of feeds."""
    timed = [(one, one.start, one.end) for one in held]
    for at, (one, _, end) in enumerate(timed):
        for other, start, _ in timed[at + 1 :]:
            if isinstance(end, datetime) and isinstance(start, datetime):
                if start >= end:
                    break
                yield one, other


def _find_place(chapter: Chapter, *found: Session) -> Span:
    """Return where a session is written: its own entry, or else its chat."""
    origins = [session.origin for session in found if session.origin]
    entries = [origin for origin in origins if origin.override]
    return min((origin.where for origin in entries or origins), default=Span(chapter.file))


def check_same_starts(schedules: Project) -> Iterator[Problem]:
    """Chapters of one collection whose coming sessions begin at one time."""
    for collection in schedules.calendar.collections:
        starts: dict[datetime, list[tuple[Chapter, Session]]] = defaultdict(list)
        for slug in collection.chapters:
            if chapter := schedules.chapters.get(slug):
                for session in schedules.list_coming(chapter):
                    if isinstance(session.start, datetime) and session.cancelled is None:
                        starts[session.start].append((chapter, session))
        pairs: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for start, found in sorted(starts.items()):
            for (its, _), (others, _) in combinations(found, 2):
                if its.slug != others.slug:
                    pairs[its.slug, others.slug].append(start)
        for (one_slug, other_slug), moments in sorted(pairs.items()):
            one, other = (schedules.chapters[slug].hashtag for slug in (one_slug, other_slug))
            yield make_warning(
                collection.where,
                "same-time",
                f"#{one} and #{other} begin at the same moment {english.format_count(len(moments), 'time')}, "
                f"first on {english.format_day(moments[0].date())}.",
                f"Who follows the collection `{collection.name}` cannot be at both.",
            )


def check_clock_changes(schedules: Project) -> Iterator[Problem]:
    """Coming sessions whose local time the clock skips, or shows twice."""
    for chapter in schedules.chapters.values():
        for session in schedules.list_coming(chapter):
            if session.clock_change is None or session.timezone is None or not isinstance(session.start, datetime):
                continue
            # No clock changes by more than an hour where people meet, so that two hours on it is unambiguous again.
            later = session.start + timedelta(hours=0 if session.clock_change == "gap" else 2)
            shown, other = (english.convert_to_zone(start, session.timezone) for start in (session.start, later))
            at, time = english.format_clock(shown), english.format_clock(other)
            change = f"at: {time}" if other.date() == session.slot else f"moved: {other.date()} {time}"
            hint = f"To choose a time for that day, write under `sessions:` a line like `{session.slot}: {{{change}}}`."
            place, day = _find_place(chapter, session), english.format_day(session.slot)
            if session.clock_change == "gap":
                said = f"On {day} the clock skips the time of this session; it is published for {at}."
                yield make_warning(place, "clock-gap", said, hint)
            else:
                said = f"On {day} the clock shows {at} twice; this session is published for the first."
                yield make_warning(place, "clock-overlap", said, hint)


def check_sessions_ahead(schedules: Project) -> Iterator[Problem]:
    """Chapters that have chats, and no session to come."""
    for chapter in schedules.chapters.values():
        if chapter.chats and not chapter.note and not schedules.list_coming(chapter):
            yield make_warning(
                chapter.chats[-1].where,
                "nothing-ahead",
                "No session lies ahead of this chapter.",
                "If it is over, say so: `note: This chat has ended.` If not, add a chat or later dates.",
            )


def check_unconfirmed(schedules: Project) -> Iterator[Problem]:
    """Chapters whose coming sessions nobody has confirmed for long."""
    for chapter in schedules.chapters.values():
        late = [session for session in schedules.list_coming(chapter) if session.unconfirmed]
        if late and chapter.confirmed is not None and chapter.upstream is None:
            last = get_last_confirmed_day(schedules.calendar, chapter.confirmed.day)
            yield make_notice(
                chapter.confirmed.where,
                "unconfirmed",
                f"{english.format_count(len(late), 'coming session')} of #{chapter.hashtag} "
                f"{'is' if len(late) == 1 else 'are'} unconfirmed: the schedule was confirmed on "
                f"{english.format_long_day(chapter.confirmed.day)}, which is good for slots until "
                f"{english.format_long_day(last)}.",
                "Ask the moderators, and set `confirmed:` to the day on which they say that it is right.",
            )


_A_DAY = timedelta(days=1)
"""Somewhere it may be tomorrow already."""


def check_confirmed_day(schedules: Project) -> Iterator[Problem]:
    """Chapters that were confirmed on a day that has not come."""
    for chapter in schedules.chapters.values():
        if chapter.confirmed is not None and chapter.confirmed.day > schedules.today + _A_DAY:
            yield make_warning(
                chapter.confirmed.where,
                "confirmed-ahead",
                f"{english.format_long_day(chapter.confirmed.day)} has not come yet; "
                "nobody can have confirmed it then.",
                "Write the day on which somebody last said that the schedule is right. From when a chat meets is its "
                "own `from:`.",
            )


def check_profile(schedules: Project) -> Iterator[Problem]:
    """Chapters of which a reader would like to know more."""
    for chapter in schedules.chapters.values():
        has = {
            "about": bool(chapter.about),
            "website": bool(chapter.website),
            "account": bool(chapter.account),
            "moderators": bool(chapter.moderators),
            "sources": bool(chapter.sources),
            "clock time": chapter.upstream is not None
            or any(isinstance(chat.at, time) or any(one.at for one in chat.dates) for chat in chapter.chats),
        }
        missing = [name for name, there in has.items() if not there]
        if missing:
            yield make_notice(
                Span(chapter.file),
                "profile",
                f"The profile of #{chapter.hashtag} has {len(has) - len(missing)} of {len(has)}: "
                f"{english.join_list([f'no {name}' for name in missing])}.",
                "Add what a source states; leave out what none does.",
            )
