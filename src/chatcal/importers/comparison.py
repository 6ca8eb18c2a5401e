"""A foreign calendar and the chapter made of it, session by session, in sentences."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chatcal.english import format_clock, format_count, format_day, join_list
from chatcal.importers.occurrences import ExpansionError, expand_series
from chatcal.importers.series import Series, split_summary
from chatcal.model import Calendar, Chapter, Window
from chatcal.recurrence.sessions import add_months, compute_sessions

COMPARED_YEARS = 5


_HeldSession = tuple[datetime | date, datetime | date, str]
"""Start, end and title of a session: in UTC, or days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many sessions the foreign calendar has, how many the chapter has too, and what differs, in sentences."""

    windows: tuple[Window, ...]
    sessions: int
    matching: int
    differences: tuple[str, ...]


def compare_with_series(series: Sequence[Series], chapter: Chapter, today: date) -> Comparison:
    """Return the comparison of foreign series with the chapter made of them.

    It spans the five years from the first session on, and the five from `today` on. Where nobody has named a zone the
    chapter's times are in UTC for it.
    """
    calendar = Calendar(title="", uid_domain="")
    windows = tuple(_list_windows(series, today))
    theirs: set[_HeldSession] = set()
    ours: set[_HeldSession] = set()
    sentences = []
    for window in windows:
        for one in series:
            try:
                theirs.update(
                    (start, end, _normalize_summary(chapter, name)) for start, end, name in expand_series(one, window)
                )
            except ExpansionError as error:
                sentences.append(f"The sessions of “{one.main.summary}” cannot be told: {error}.")
        ours.update(
            (one.start, one.end, _format_summary(chapter, one.title, one.topic))
            for one in compute_sessions(calendar, chapter, window)
            if one.cancelled is None
        )
    sentences += _describe_differences(theirs - ours, ours - theirs)
    return Comparison(
        windows=windows,
        sessions=len(theirs),
        matching=len(theirs & ours),
        differences=tuple(dict.fromkeys(sentences)),
    )


def _list_windows(series: Sequence[Series], today: date) -> Iterator[Window]:
    starts = [one.main.start for one in series]
    days = [one.date() if isinstance(one, datetime) else one for one in starts]
    first = max(min(days, default=today), date(1970, 1, 4))
    early, coming = (Window(day, add_months(day, 12 * COMPARED_YEARS)) for day in (first, today))
    if early.first <= coming.last and coming.first <= early.last:
        yield Window(min(early.first, coming.first), max(early.last, coming.last))
    else:
        yield from (early, coming)


def _format_summary(chapter: Chapter, title: str | None, topic: str | None) -> str:
    """Return what a session is called, so that it can be compared."""
    return f"{title or f'#{chapter.hashtag}'}: {topic}" if topic else title or f"#{chapter.hashtag}"


def _normalize_summary(chapter: Chapter, name: str) -> str:
    return _format_summary(chapter, *split_summary(name))


def _describe_differences(theirs: Iterable[_HeldSession], ours: Iterable[_HeldSession]) -> Iterator[str]:
    """Yield a sentence for each way in which sessions differ, with all of them."""
    here: dict[datetime | date, list[_HeldSession]] = defaultdict(list)
    for one in sorted(ours, key=_get_session_key):
        here[one[0]].append(one)
    groups: dict[tuple[str, str], list[datetime | date]] = defaultdict(list)
    for start, end, name in sorted(theirs, key=_get_session_key):
        if not here[start]:
            groups[name, "is missing here"].append(start)
            continue
        like = next((one for one in here[start] if one[2] == name), here[start][0])
        here[start].remove(like)
        _, our_end, our_name = like
        if our_name != name:
            groups[name, f"is called “{our_name}” here"].append(start)
        if our_end != end:
            groups[name, f"lasts {_format_length(our_end, start)} here and {_format_length(end, start)} there"].append(
                start
            )
    for one in sorted((one for left in here.values() for one in left), key=_get_session_key):
        groups[one[2], "is held here alone"].append(one[0])
    for (name, how), starts in groups.items():
        yield f"“{name}” {how}: {_format_starts(starts)}."


def _get_session_key(one: _HeldSession) -> tuple[str, str, str]:
    return str(one[0]), str(one[1]), one[2]


def _format_length(end: datetime | date, start: datetime | date) -> str:
    length: timedelta = end - start  # type: ignore[operator] # both are times, or both days
    minutes = int(length.total_seconds()) // 60
    return format_count(length.days, "day") if minutes % 1440 == 0 and minutes else format_count(minutes, "minute")


_MAX_LISTED = 12


def _format_starts(starts: Iterable[datetime | date]) -> str:
    shown = [_format_start(one) for one in starts]
    if len(shown) > _MAX_LISTED:
        return f"{len(shown):,} sessions, from {shown[0]} to {shown[-1]}"
    return join_list(shown)


def _format_start(start: datetime | date) -> str:
    if not isinstance(start, datetime):
        return format_day(start)
    seconds = f":{start.second:02}" if start.second else ""
    return f"{format_day(start)} {format_clock(start)}{seconds} UTC"
