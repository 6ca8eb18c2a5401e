"""Slips of the year: entries of `sessions`, and breaks, for days that are a year off."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import takewhile

from chatcal.checks.slots import iterate_all_slots, name_nearest_days, shift_year
from chatcal.english import format_count, format_day
from chatcal.model import Break, Calendar, Chapter, Day, MovedTo, SessionOverride
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import CALENDAR_SPAN, Project
from chatcal.schedule.writer import format_day_and_clock

EntryKey = tuple[date, str | None]
"""Of an entry its slot and id; of a break its first day, of `dates` and `except` a day, and words that are no id."""
_FAR_AHEAD = timedelta(days=3653)
"""Nobody plans a single session ten years ahead."""
_FAR = timedelta(days=60)
"""So far a session is seldom moved, and so long ago an entry is of something that is over."""


def check_moves(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that no session that is to come, or is moved to a day to come, is moved very far or into the past."""
    for override, moved_to in ((one, one.moved_to) for one in chapter.overrides if one.moved_to):
        slot, day = override.slot, moved_to.day
        if max(slot, day) < project.today - _FAR:
            continue
        if abs(day - slot) > _FAR:
            message = f"This moves the session of {format_day(slot)} by {format_count(abs(day - slot).days, 'day')}."
        elif day < project.today - timedelta(days=1) and slot >= project.today:
            message = f"This moves the session of {format_day(slot)} into the past, to {format_day(day)}."
        else:
            continue
        yield make_warning(override.where, "far-move", message, _suggest_move(project.today, chapter, slot, moved_to))


def _suggest_move(today: date, chapter: Chapter, slot: date, moved_to: MovedTo) -> str:
    day = moved_to.day
    near = [one for one in (shift_year(day, slot.year + count) for count in (-1, 0, 1)) if abs(one - slot) <= _FAR]
    meant = next((one for one in near if one != day and one >= today - timedelta(days=1)), None)
    if meant:
        moved = format_day_and_clock(meant, moved_to.at)
        return f"Did you mean {meant.year}: `{slot}: {{moved: {moved}}}`? If not, leave it."
    if slot < today:
        due = name_nearest_days("Days near it on which a chat is due: ", partial(iterate_all_slots, chapter), day)
        return f"The day on which the session is due comes first; is its year right? {due} If it is, leave it."
    return "Compare the two days. If they are right, leave it."


def check_entries(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that no entry is of a slot of a far future, as `2062` in place of `2026` is, or newly of long ago."""
    for override in chapter.overrides:
        if override.slot > project.today + _FAR_AHEAD:
            when = f"in {format_count(override.slot.year - project.today.year, 'year')}"
        elif _is_newly_old(project, chapter, override):
            when = "which is long over"
        else:
            continue
        message = f"This is written of {format_day(override.slot)}, {when}."
        yield make_warning(override.where, "old-entry", message, _suggest_year(chapter, override.slot, project.today))


def _is_newly_old(project: Project, chapter: Chapter, override: SessionOverride) -> bool:
    """Say whether somebody writes now about a slot of long ago, where sessions are to come.

    Where git knows the file, `sessions` of before tell what is new. Elsewhere an entry counts as new if its day in the
    coming year is ahead, and if it is the only one of the past, or stands below a later one.
    """
    if project.entries_before is None or not (_is_old_entry(override, project.today) and project.list_coming(chapter)):
        return False
    if (known := project.entries_before.get(chapter.file)) is not None:
        return (override.slot, override.id) not in known
    alone = not any(_is_old_entry(one, project.today) for one in chapter.overrides if one is not override)
    above = takewhile(lambda one: one is not override, chapter.overrides)
    is_new = alone or any(one.slot > override.slot for one in above)
    return is_new and _find_next_year(override.slot, project.today) == override.slot.year + 1


def check_old_days(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that no break and no day of long ago is written now, where git knows the file, and sessions are to come.

    Of the days under `dates` and of those under `except`, one is told.
    """
    known = (project.entries_before or {}).get(chapter.file)
    if known is None or not project.list_coming(chapter):
        return
    yield from _find_old_breaks(project, chapter.breaks, chapter.file)
    told = set()
    for key, where in _list_written_days(chapter):
        day, kind = key
        if _is_long_over(day, project.today) and key not in known and kind not in told:
            told.add(kind)
            message = f"{format_day(day)}, {kind}, is long over."
            yield make_warning(where, "old-entry", message, _suggest_year(chapter, day, project.today, kind))


def _list_written_days(chapter: Chapter) -> Iterator[tuple[EntryKey, Span]]:
    """Yield each day that stands under `dates` or `except`, with its place."""
    for chat in chapter.chats:
        yield from (((one.day, _IN_DATES), one.where) for one in chat.dates)
        yield from (((one.day, "under `except`"), one.where) for one in chat.exceptions if isinstance(one, Day))


def _is_long_over(day: date, today: date) -> bool:
    return day < today - _FAR


def check_old_calendar_breaks(project: Project) -> Iterator[Problem]:
    """Check the same of the breaks of several chapters."""
    yield from _find_old_breaks(project, project.calendar.breaks, CALENDAR_SPAN.file)


def _find_old_breaks(project: Project, breaks: Iterable[Break], file: str) -> Iterator[Problem]:
    known = (project.entries_before or {}).get(file)
    if known is None:
        return
    for one in breaks:
        if _is_long_over(one.until.last, project.today) and _get_break_key(one) not in known:
            message = f"This break ended on {format_day(one.until.last)}, which is long over."
            years = _find_next_year(one.first.first, project.today) - one.first.first.year
            meant = one.first.first.year + years
            first, last = (shift_year(day, day.year + years) for day in (one.first.first, one.until.last))
            example = f": `{{from: {first}, until: {last}}}`" if one.first.is_exact and one.until.is_exact else ""
            hint = f"Did you mean {meant}{example}? If it belongs to {one.first.first.year}, leave it."
            yield make_warning(one.first.where, "old-entry", message, hint)


def has_old_entries(part: Calendar | Chapter, today: date) -> bool:
    """Say whether some of the entries that `list_entry_keys` tells apart are of days of long ago."""
    days = [one.until.last for one in part.breaks]
    if isinstance(part, Chapter):
        days += [day for (day, _), _ in _list_written_days(part)]
        days += [one.slot for one in part.overrides if _is_old_entry(one, today)]
    return any(_is_long_over(day, today) for day in days)


def list_entry_keys(part: Calendar | Chapter) -> Iterator[EntryKey]:
    """Yield what tells the entries of `sessions`, the breaks, and the days under `dates` and `except` apart."""
    if isinstance(part, Chapter):
        yield from ((one.slot, one.id) for one in part.overrides)
        yield from (key for key, _ in _list_written_days(part))
    yield from map(_get_break_key, part.breaks)


def _get_break_key(one: Break) -> EntryKey:
    return one.first.first, f"until {one.until.last}"


def _is_old_entry(override: SessionOverride, today: date) -> bool:
    """Say whether an entry is of a slot of long ago; a transcript is written then, and no slip."""
    days = [override.slot, *([override.moved_to.day] if override.moved_to else [])]
    return _is_long_over(max(days), today) and override.transcript is None


def _find_next_year(day: date, today: date) -> int:
    """Return the year in which that day of the year comes next."""
    return today.year if shift_year(day, today.year) >= today else today.year + 1


_IN_DATES = "under `dates`"


def _suggest_year(chapter: Chapter, day: date, today: date, kind: str | None = None) -> str:
    """Return the hint which year is meant; a day under `dates` needs no rule by which a chat is due on it."""
    meant = shift_year(day, _find_next_year(day, today))
    leave = f"If it belongs to {day.year}, leave it."
    if kind == _IN_DATES or meant in iterate_all_slots(chapter, meant, meant):
        return f"Did you mean {meant.year}: `{meant}`? {leave}"
    near = name_nearest_days("A chat is due on ", partial(iterate_all_slots, chapter), meant)
    return f"Did you mean {meant.year}? {near} {leave}"
