"""Show what was understood of a chapter."""

import sys
import textwrap
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click

from chatcal import english
from chatcal.cli import options
from chatcal.cli.folder import load_chapters
from chatcal.cli.output import list_badges
from chatcal.cli.terminal import echo
from chatcal.feed.event import format_session_name
from chatcal.model import Calendar, Chapter, Session
from chatcal.recurrence import describe, sessions


@click.command()
@click.argument("chapter", required=False)
@options.now_option
@click.pass_obj
def show(folder: Path, chapter: str | None, now: datetime) -> None:
    """Say in sentences what chatcal understood of CHAPTER, or in short of all chapters, and the next sessions."""
    calendar, chapters, has_errors = load_chapters(folder, chapter, now)
    render = summarize_chapter if chapter is None else render_chapter
    echo("\n".join(render(calendar, one, now) for one in chapters), nl=False)
    sys.exit(has_errors)


_WIDTH = 96
_NEXT_COUNT = 5


def render_chapter(calendar: Calendar, chapter: Chapter, now: datetime) -> str:
    zone = f"; times are those of {chapter.timezone}" if chapter.timezone else ""
    profile = [_format_heading(chapter), f"{chapter.file}{zone}"]
    sections = {
        "": profile + ([chapter.note] if chapter.note else []),
        "When it meets": _list_chat_lines(calendar, chapter),
        "Where, and links": [
            *describe.describe_where(chapter),
            *(f"{link.name}: {link.address}" for link in chapter.links),
        ],
        "Single sessions": describe.describe_overrides(calendar, chapter),
        "Breaks": describe.describe_breaks(calendar, chapter) if chapter.chats else [],
        "How sure this is": [describe.describe_certainty(calendar, chapter)],
        "The next sessions": _list_next_sessions(calendar, chapter, now, _NEXT_COUNT),
    }
    return "\n".join(_render_section(title, lines) for title, lines in sections.items() if lines)


def _format_heading(chapter: Chapter) -> str:
    return f"#{chapter.hashtag}  {chapter.name}" if chapter.hashtag else chapter.name


def summarize_chapter(calendar: Calendar, chapter: Chapter, now: datetime) -> str:
    coming = _list_next_sessions(calendar, chapter, now, 1, "Next: ")
    return _render_section(_format_heading(chapter), _list_chat_lines(calendar, chapter, notes=False) + coming)


def _list_chat_lines(calendar: Calendar, chapter: Chapter, *, notes: bool = True) -> list[str]:
    if chapter.upstream is not None:
        return [f"It keeps its calendar itself, at {chapter.upstream.description}."]
    if not chapter.chats:
        return [f"It has no {calendar.called.many}{'; it is a hashtag without meetings' if chapter.hashtag else ''}."]
    lines = []
    for chat in describe.describe_chats(chapter):
        lines.append(chat.sentence)
        mark = [f"Its sessions carry the mark `{chat.chat.id}`."] if chat.chat.id else []
        lines += [f"  {note}" for note in (*chat.notes, *mark) if notes]
    return lines


def _list_next_sessions(calendar: Calendar, chapter: Chapter, now: datetime, count: int, prefix: str = "") -> list[str]:
    found = sessions.find_next_sessions(calendar, [chapter], now, count)
    if not found and chapter.chats:
        return ["There are no coming sessions."]
    return [f"{prefix}{_format_session(calendar, chapter, session)}" for _, session in found]


def _format_session(calendar: Calendar, chapter: Chapter, session: Session) -> str:
    where = f", at {session.place}{' or online' if session.join else ''}" if session.place else ""
    hosts = f"{where}, hosted by {english.join_list(session.hosts)}" if session.hosts else where
    marks = [_format_badge(*badge) for badge in list_badges(session)]
    suffix = f" ({', '.join(marks)})" if marks else ""
    return f"{_format_times(session)}: {format_session_name(calendar, chapter, session)}{hosts}{suffix}"


def _format_badge(word: str, reason: str) -> str:
    if not reason:
        return word
    return f"{word}: {reason}" if word == "cancelled" else f"{word} {reason}"


def _format_times(session: Session) -> str:
    """Return when a session is held on the chapter's clock: `Wed 4 Nov 2026, 13:00 to 14:00 in Toronto`."""
    if isinstance(session.start, datetime) and isinstance(session.end, datetime) and session.timezone:
        start, end = (english.convert_to_zone(moment, session.timezone) for moment in (session.start, session.end))
        day = "" if end.date() == start.date() else f"{english.format_day(end.date())} "
        hours = f"{english.format_clock(start)} to {day}{english.format_clock(end)}"
        return f"{english.format_day(start.date())}, {describe.add_place(hours, session.timezone)}"
    last = session.end - timedelta(days=1)
    until = f" to {english.format_day(last)}" if last > session.start else ""
    hours = describe.add_place(describe.describe_start(session.at), session.timezone)
    return f"{english.format_day(session.start)}{until}, {hours}"


def _render_section(title: str, lines: Iterable[str]) -> str:
    heading, margin = (f"{title}\n", "  ") if title else ("", "")
    return heading + "".join(_wrap_line(line, margin) for line in lines)


def _wrap_line(line: str, margin: str) -> str:
    text = line.lstrip()
    margin += " " * (len(line) - len(text))
    wrap = partial(textwrap.fill, width=_WIDTH, break_long_words=False, break_on_hyphens=False)
    return wrap(text, initial_indent=margin, subsequent_indent=f"{margin}  ") + "\n"
