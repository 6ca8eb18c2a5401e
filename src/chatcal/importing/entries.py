"""What one entry of a calendar says, in the keys of a chat and in remarks."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from chatcal.importing.cleaning import find_hashtag, is_web_url
from chatcal.importing.foreign import ForeignEvent, Moment
from chatcal.model import Duration


def get_day(moment: Moment) -> date:
    """Return the day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def get_time(moment: Moment) -> time | None:
    """Return the clock time of a moment, to the minute; None for a day."""
    return moment.time().replace(second=0) if isinstance(moment, datetime) else None


def build_chat_values(entry: ForeignEvent, length: timedelta, *, all_day: bool) -> dict[str, Any]:
    """Return what a chat says beside its times."""
    title = split_summary(entry.summary)
    return {
        "lasts": _make_duration(length, all_day=all_day),
        "title": title[0],
        "topic": title[1],
        "join": _find_join_url(entry),
        "hosts": entry.hosts,
    }


def _find_join_url(entry: ForeignEvent) -> str | None:
    """Return where to join: what the place gives, or the event's page where there is no place to go to."""
    return next((one for one in (entry.location or entry.address,) if is_web_url(one)), None)


def split_summary(summary: str) -> tuple[str | None, str | None]:
    """Return the title and the topic that a summary gives: `#lanternchat chat` is what chatcal writes by itself."""
    tag = find_hashtag(summary)
    rest = summary[len(tag) + 1 :] if tag else ""
    if tag and rest.strip().lower() in ("", "chat"):
        return None, None
    if tag and rest.startswith(": ") and rest[2:].strip():
        return None, rest[2:].strip()
    return summary or None, None


def _make_duration(length: timedelta, *, all_day: bool) -> Duration | None:
    if all_day:
        return Duration(days=length.days) if length.days > 1 else None
    seconds = int(length.total_seconds())
    if seconds % 86_400 == 0 and seconds:
        return Duration(days=length.days)
    minutes = seconds // 60
    return Duration(minutes=minutes) if minutes not in (0, 60) else None


def list_remarks(entry: ForeignEvent, remarks: Sequence[str]) -> Iterator[str]:
    """Yield the remarks on a chat: those on its series, and what an entry says that no key of a chat can."""
    yield from remarks
    if isinstance(entry.start, datetime):
        if not entry.length:
            yield "The calendar gives no length; an hour is assumed."
        if entry.start.second:
            yield f"It began {entry.start.second} seconds past the minute."
    if entry.location and not is_web_url(entry.location):
        yield f"Place: {entry.location}"
    if entry.address and entry.address != _find_join_url(entry):
        yield f"Page: {entry.address}"
    if entry.description:
        yield f"It said: {entry.description}"
