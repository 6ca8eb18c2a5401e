"""Sentences on how a foreign calendar and the chapter made of it differ, session by session."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chatcal.english import format_clock, format_count, format_day, join_list
from chatcal.importers.chapters import split_title
from chatcal.importers.raw_sessions import HeldSession, RawSeries, UnreadableEventError, expand_raw_series
from chatcal.importers.series import Moment
from chatcal.model import Calendar, Chapter, Session, Window, get_day
from chatcal.recurrence.sessions import add_months, compute_sessions

COMPARED_YEARS = 5
_MAX_LISTED = 12
"""Of sessions that differ in the same way; of more, only the first and the last are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many sessions the foreign calendar has, how many of them the chapter has too, and what differs."""

    windows: tuple[Window, ...]
    sessions: int
    matching: int
    differences: tuple[str, ...]
    """In sentences."""


def compare_with_series(
    series: Sequence[RawSeries], chapter: Chapter, today: date, since: date | None = None
) -> Comparison:
    """Compare the series of a file, read anew, with the chapter made of them.

    The comparison spans five years from the first session on, and five from `today` on; what is before `since` was left
    out.
    """
    windows = tuple(_list_windows(series, today, since))
    begins = max((get_day(one.main.local_start) for one in series), default=today)
    before: set[HeldSession] = set()
    theirs: set[HeldSession] = set()
    ours: set[HeldSession] = set()
    sentences = []
    for window in windows:
        for one in series:
            try:
                theirs.update(
                    (start, end, _format_title(chapter, *split_title(title)))
                    for start, end, title in expand_raw_series(one, window)
                )
            except UnreadableEventError as error:
                sentences.append(f"The sessions of “{one.main.title}” cannot be compared: its {error} cannot be read.")
        for session in compute_sessions(Calendar(title="", uid_domain=""), chapter, window):
            if session.cancelled is None:
                held = session.start, session.end, _format_title(chapter, session.title, session.topic)
                (before if _is_before_start(session, begins) else ours).add(held)
    # Of a chat without a `from`, a file may know the sessions from its own start on only.
    ours |= before & theirs
    sentences += _describe_differences(theirs - ours, ours - theirs)
    return Comparison(
        windows=windows,
        sessions=len(theirs),
        matching=len(theirs & ours),
        differences=tuple(dict.fromkeys(sentences)),
    )


def _is_before_start(session: Session, begins: date) -> bool:
    chat = session.origin.chat if session.origin else None
    return chat is not None and chat.every is not None and chat.first is None and session.slot < begins


def _list_windows(series: Sequence[RawSeries], today: date, since: date | None) -> Iterator[Window]:
    # A day later, as clocks differ by up to a day.
    earliest = since + timedelta(days=1) if since else date(1970, 1, 4)
    first = max(min((get_day(one.main.local_start) for one in series), default=today), earliest)
    early, coming = (Window(day, add_months(day, 12 * COMPARED_YEARS)) for day in (first, today))
    if early.first <= coming.last and coming.first <= early.last:
        yield Window(min(early.first, coming.first), max(early.last, coming.last))
    else:
        yield from (early, coming)


def _format_title(chapter: Chapter, title: str | None, topic: str | None) -> str:
    title = title or chapter.label
    return f"{title}: {topic}" if topic else title


def _describe_differences(theirs: Iterable[HeldSession], ours: Iterable[HeldSession]) -> Iterator[str]:
    """Yield a sentence for each way in which sessions differ, with all sessions that differ in that way."""
    unmatched: dict[Moment, list[HeldSession]] = defaultdict(list)
    for one in sorted(ours, key=_get_sort_key):
        unmatched[one[0]].append(one)
    groups: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for start, end, title in sorted(theirs, key=_get_sort_key):
        if not unmatched[start]:
            groups[title, "is missing here"].append(start)
            continue
        match = next((one for one in unmatched[start] if one[2] == title), unmatched[start][0])
        unmatched[start].remove(match)
        _, our_end, our_title = match
        if our_title != title:
            groups[title, f"is called “{our_title}” here"].append(start)
        if our_end != end:
            lengths = f"{_format_length(start, our_end)} here and {_format_length(start, end)} there"
            groups[title, f"lasts {lengths}"].append(start)
    for start, _, title in sorted((one for left in unmatched.values() for one in left), key=_get_sort_key):
        groups[title, "is held only here"].append(start)
    for (title, difference), starts in groups.items():
        yield f"“{title}” {difference}: {_format_starts(starts)}."


def _get_sort_key(one: HeldSession) -> tuple[str, str, str]:
    return str(one[0]), str(one[1]), one[2]


def _format_length(start: Moment, end: Moment) -> str:
    length: timedelta = end - start  # type: ignore[operator] # both are times, or both days
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    if seconds:
        return f"{format_count(minutes, 'minute')} {format_count(seconds, 'second')}"
    return format_count(length.days, "day") if minutes % 1440 == 0 and minutes else format_count(minutes, "minute")


def _format_starts(starts: Sequence[Moment]) -> str:
    if len(starts) > _MAX_LISTED:
        return f"{len(starts):,} sessions, from {_format_start(starts[0])} to {_format_start(starts[-1])}"
    return join_list([_format_start(one) for one in starts])


def _format_start(start: Moment) -> str:
    if not isinstance(start, datetime):
        return format_day(start)
    seconds = f":{start.second:02}" if start.second else ""
    return f"{format_day(start)} {format_clock(start)}{seconds} UTC"
