"""What chatcal understood of a chapter, as a text that can be read aloud against its file."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from chatcal import sentences, spoken, upcoming, words
from chatcal.event import name
from chatcal.model import Calendar, Chapter, Session

_WIDTH = 96
_COMING = 5


def in_full(calendar: Calendar, chapter: Chapter, now: datetime) -> str:
    """Return all that is known of a chapter's schedule, and its next five sessions after `now` (aware)."""
    sections = {
        "": _profile(chapter),
        "When it meets": list(_chats(chapter)),
        "Single sessions": sentences.changes(calendar, chapter),
        "Breaks": sentences.breaks(calendar, chapter) if chapter.chats else [],
        "How sure this is": [sentences.certainty(calendar, chapter)],
        "The next sessions": _next(calendar, chapter, now, _COMING),
    }
    return "\n".join(_section(title, lines) for title, lines in sections.items() if lines)


def in_short(calendar: Calendar, chapter: Chapter, now: datetime) -> str:
    """Return when a chapter meets, and its next session after `now` (aware)."""
    meets = [described.sentence for described in sentences.schedule(chapter)]
    coming = [_session(*found) for found in upcoming.coming(calendar, [chapter], now, 1)]
    ahead = [f"Next: {coming[0]}"] if coming else ["No session lies ahead."] if chapter.chats else []
    return _section(f"#{chapter.hashtag}  {chapter.name}", [*(meets or _chats(chapter)), *ahead])


def _profile(chapter: Chapter) -> list[str]:
    clock = f"; its clock is that of {chapter.timezone}" if chapter.timezone else ""
    lines = [f"#{chapter.hashtag}  {chapter.name}", f"{chapter.file}{clock}"]
    return lines + ([chapter.note] if chapter.note else [])


def _chats(chapter: Chapter) -> Iterator[str]:
    for described in sentences.schedule(chapter):
        yield described.sentence
        yield from (f"  {note}" for note in described.notes)
    if chapter.upstream is not None:
        yield f"It keeps its calendar itself, at {chapter.upstream.address}."
    elif not chapter.chats:
        yield "It has no chats; it is a hashtag without meetings."


def _next(calendar: Calendar, chapter: Chapter, now: datetime, count: int) -> list[str]:
    found = upcoming.coming(calendar, [chapter], now, count)
    if not found and chapter.chats:
        return ["No session lies ahead."]
    return [_session(chapter, session) for _, session in found]


def _session(chapter: Chapter, session: Session) -> str:
    hosts = f", hosted by {words.listed(session.hosts)}" if session.hosts else ""
    marks = _marks(session)
    return f"{_when(session)}: {name(chapter, session)}{hosts}" + (f" ({', '.join(marks)})" if marks else "")


def _when(session: Session) -> str:
    """Return when a session is held on the chapter's clock: `Wed 4 Nov 2026, 13:00 to 14:00 in Toronto`."""
    place = spoken.place(session.timezone)
    if isinstance(session.start, datetime) and isinstance(session.end, datetime) and session.timezone:
        start, end = (words.on_clock(moment, session.timezone) for moment in (session.start, session.end))
        day = "" if end.date() == start.date() else f"{words.dated(end.date())} "
        return f"{words.dated(start.date())}, {words.clock(start)} to {day}{words.clock(end)}{place}"
    last = session.end - timedelta(days=1)
    until = f" to {words.dated(last)}" if last > session.start else ""
    return f"{words.dated(session.start)}{until}, {spoken.beginning(session.at)}{place}"


def _marks(session: Session) -> list[str]:
    """Return the badges of a session, with the reason of a cancellation and the day before a move."""
    said = {
        "cancelled": f"cancelled: {session.cancelled}" if session.cancelled else "cancelled",
        "moved": f"moved from {words.when(*session.planned)}" if session.planned else "",
    }
    return [said.get(badge, badge) for badge in upcoming.badges(session)]


def _section(title: str, lines: Iterable[str]) -> str:
    """Return lines below their title, those that are too long wrapped."""
    margin = "  " if title else ""
    shown = [f"{title}\n"] if title else []
    return "".join([*shown, *(_wrapped(line, margin) for line in lines)])


def _wrapped(line: str, margin: str) -> str:
    text = line.lstrip()
    margin += " " * (len(line) - len(text))
    return "".join(
        f"{row}\n"
        for row in textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=margin,
            subsequent_indent=f"{margin}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
