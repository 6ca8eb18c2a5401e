"""A foreign calendar and the chapter made of it, session by session, in sentences."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chatcal.importing.entries import title_and_topic
from chatcal.importing.expanding import NotExpanded, held
from chatcal.importing.foreign import Series
from chatcal.model import Calendar, Chapter, Window
from chatcal.sessions import add_months, sessions
from chatcal.words import clock, counted, dated, listed

YEARS = 5

_Held = tuple[datetime | date, datetime | date, str]
"""Start, end and title of a session: in UTC, or days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many sessions the foreign calendar has, how many the chapter has too, and what differs, in sentences."""

    windows: tuple[Window, ...]
    sessions: int
    alike: int
    differences: tuple[str, ...]


def compared(series: Sequence[Series], chapter: Chapter, today: date) -> Comparison:
    """Return the comparison of foreign series with the chapter made of them.

    It spans the five years from the first session on, and the five from `today` on. Where nobody has named a zone the
    chapter's times are in UTC for it.
    """
    calendar = Calendar(title="", uid_domain="")
    windows = tuple(_windows(series, today))
    theirs: set[_Held] = set()
    ours: set[_Held] = set()
    sentences = []
    for window in windows:
        for one in series:
            try:
                theirs.update((start, end, _same(chapter, name)) for start, end, name in held(one, window))
            except NotExpanded as error:
                sentences.append(f"The sessions of “{one.main.summary}” cannot be told: {error}.")
        ours.update(
            (one.start, one.end, _summary(chapter, one.title, one.topic))
            for one in sessions(calendar, chapter, window)
            if one.cancelled is None
        )
    sentences += _differences(theirs - ours, ours - theirs)
    return Comparison(
        windows=windows,
        sessions=len(theirs),
        alike=len(theirs & ours),
        differences=tuple(dict.fromkeys(sentences)),
    )


def _windows(series: Sequence[Series], today: date) -> Iterator[Window]:
    starts = [one.main.start for one in series]
    days = [one.date() if isinstance(one, datetime) else one for one in starts]
    first = max(min(days, default=today), date(1970, 1, 4))
    early, coming = (Window(day, add_months(day, 12 * YEARS)) for day in (first, today))
    if early.first <= coming.last and coming.first <= early.last:
        yield Window(min(early.first, coming.first), max(early.last, coming.last))
    else:
        yield from (early, coming)


def _summary(chapter: Chapter, title: str | None, topic: str | None) -> str:
    """Return what a session is called, so that it can be compared."""
    return f"{title or f'#{chapter.hashtag}'}: {topic}" if topic else title or f"#{chapter.hashtag}"


def _same(chapter: Chapter, name: str) -> str:
    return _summary(chapter, *title_and_topic(name))


def _differences(theirs: Iterable[_Held], ours: Iterable[_Held]) -> Iterator[str]:
    """Yield a sentence for each way in which sessions differ, with all of them."""
    here: dict[datetime | date, list[_Held]] = defaultdict(list)
    for one in sorted(ours, key=_in_order):
        here[one[0]].append(one)
    groups: dict[tuple[str, str], list[datetime | date]] = defaultdict(list)
    for start, end, name in sorted(theirs, key=_in_order):
        if not here[start]:
            groups[name, "is missing here"].append(start)
            continue
        like = next((one for one in here[start] if one[2] == name), here[start][0])
        here[start].remove(like)
        _, our_end, our_name = like
        if our_name != name:
            groups[name, f"is called “{our_name}” here"].append(start)
        if our_end != end:
            groups[name, f"lasts {_long(our_end, start)} here and {_long(end, start)} there"].append(start)
    for one in sorted((one for left in here.values() for one in left), key=_in_order):
        groups[one[2], "is held here alone"].append(one[0])
    for (name, how), starts in groups.items():
        yield f"“{name}” {how}: {_listed(starts)}."


def _in_order(one: _Held) -> tuple[str, str, str]:
    return str(one[0]), str(one[1]), one[2]


def _long(end: datetime | date, start: datetime | date) -> str:
    length: timedelta = end - start  # type: ignore[operator] # both are times, or both days
    minutes = int(length.total_seconds()) // 60
    return counted(length.days, "day") if minutes % 1440 == 0 and minutes else counted(minutes, "minute")


_FEW = 12


def _listed(starts: Iterable[datetime | date]) -> str:
    shown = [_moment(one) for one in starts]
    if len(shown) > _FEW:
        return f"{len(shown):,} sessions, from {shown[0]} to {shown[-1]}"
    return listed(shown)


def _moment(start: datetime | date) -> str:
    if not isinstance(start, datetime):
        return dated(start)
    seconds = f":{start.second:02}" if start.second else ""
    return f"{dated(start)} {clock(start)}{seconds} UTC"
