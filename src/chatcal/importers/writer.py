"""A chapter to the text of its schedule file."""

import re
from collections.abc import Iterator, Sequence
from datetime import time

from chatcal.english import format_clock, format_day
from chatcal.importers.chapters import ChapterDraft
from chatcal.model import Break, Chapter, Chat, Duration, ListedDate, Period, SessionOverride, StartTime
from chatcal.recurrence import rules
from chatcal.schedule.writer import find_phrase_for_rule
from chatcal.text import make_single_line


def write_schedule(draft: ChapterDraft, timezone: str | None = None) -> str:
    """Return the schedule file of a draft; `timezone` stands in for one that nobody has named yet."""
    chapter = draft.chapter
    rows = [*_format_remarks(draft.remarks, ""), *_format_head(chapter, chapter.timezone or timezone)]
    if chapter.chats:
        rows.append("chats:")
    for chat, remarks in zip(chapter.chats, draft.chat_remarks, strict=True):
        rows += _format_remarks(remarks, "  ")
        rows += [f"  {'- ' if first else '  '}{row}" for first, row in _mark_first(_format_chat(chat))]
    if chapter.overrides:
        rows.append("sessions:")
    for change in sorted(chapter.overrides, key=lambda one: (one.slot, one.id or "")):
        rows += _format_override(change)
    if chapter.breaks:
        rows.append("breaks:")
    rows += [f"  - {{{', '.join(_format_break(one))}}}" for one in chapter.breaks]
    return "".join(f"{row}\n" for row in rows)


def _mark_first(rows: Iterator[str]) -> Iterator[tuple[bool, str]]:
    return ((number == 0, row) for number, row in enumerate(rows))


def _format_remarks(remarks: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}# {make_single_line(remark)}" for remark in remarks]


def _format_head(chapter: Chapter, timezone: str | None) -> Iterator[str]:
    yield f"hashtag: {_format_scalar(chapter.hashtag)}"
    yield f"name: {_format_scalar(chapter.name)}"
    for key, value in (
        ("about", chapter.about),
        ("timezone", timezone),
        ("website", chapter.website),
        ("note", chapter.note),
    ):
        if value:
            yield f"{key}: {_format_scalar(value)}"
    for key, values in (("moderators", chapter.moderators), ("sources", chapter.sources)):
        if values:
            yield f"{key}: [{', '.join(map(_format_list_text, values))}]"


def _format_chat(chat: Chat) -> Iterator[str]:
    yield from _format_days(chat)
    if chat.every is not None or any(one.at is None for one in chat.dates):
        yield f"at: {_format_at(chat.at)}"
    if chat.lasts:
        yield f"lasts: {_format_lasts(chat.lasts)}"
    for key, period in (("from", chat.first), ("until", chat.until)):
        if period:
            yield f"{key}: {_format_period(period)}"
    for key in ("timezone", "title", "topic", "join"):
        if value := getattr(chat, key):
            yield f"{key}: {_format_scalar(value)}"
    if chat.hosts:
        yield f"hosts: [{', '.join(map(_format_list_text, chat.hosts))}]"
    if chat.id:
        yield f"id: {chat.id}"


def _format_days(chat: Chat) -> Iterator[str]:
    if chat.every is None:
        yield f"dates: [{', '.join(map(_format_date, chat.dates))}]"
    elif phrase := find_phrase_for_rule(chat.every):
        yield f"every: {phrase}"
    else:
        yield f"rrule: {rules.format_rrule(chat.every)}"


def _format_date(one: ListedDate) -> str:
    return f"{one.day} {format_clock(one.at)}" if one.at else str(one.day)


def _format_at(at: StartTime) -> str:
    return format_clock(at) if isinstance(at, time) else str(at)


def _format_lasts(length: Duration) -> str:
    if length.days:
        return f"{length.days}d"
    hours, minutes = divmod(length.minutes, 60)
    if not hours:
        return f"{minutes}min"
    return f"{hours}h{minutes:02}" if minutes else f"{hours}h"


def _format_period(period: Period) -> str:
    return str(period.first)


def _format_override(change: SessionOverride) -> Iterator[str]:
    key = f"{change.slot} {change.id}" if change.id else str(change.slot)
    rows = list(_format_override_values(change))
    if rows == ["cancelled:"]:
        yield f"  {key}: cancelled  # {format_day(change.slot)[:3]}"
        return
    yield f"  {key}:  # {format_day(change.slot)[:3]}"
    yield from (f"    {row}" for row in rows)


def _format_override_values(change: SessionOverride) -> Iterator[str]:
    if change.cancelled is not None:
        yield f"cancelled: {_format_scalar(change.cancelled)}" if change.cancelled else "cancelled:"
    if change.moved_to:
        at = f" {format_clock(change.moved_to.at)}" if change.moved_to.at else ""
        yield f"moved: {change.moved_to.day}{at}"
    if change.at is not None:
        yield f"at: {_format_at(change.at)}"
    if change.lasts:
        yield f"lasts: {_format_lasts(change.lasts)}"
    for key in ("title", "topic", "join", "note"):
        if value := getattr(change, key):
            yield f"{key}: {_format_scalar(value)}"


def _format_break(pause: Break) -> Iterator[str]:
    yield f"from: {_format_period(pause.first)}"
    yield f"until: {_format_period(pause.until)}"
    if pause.reason:
        yield f"reason: {_format_list_text(pause.reason)}"


_PLAIN_TEXT = re.compile(r"[^\W\d_][\w .()/+&;=!?'-]*")
_YAML_WORDS = re.compile(r"(?:no|yes|true|false|null|on|off|n|y|~|cancell?ed)", re.IGNORECASE)


def _format_scalar(text: str) -> str:
    """Return a text as YAML wants it: as it is where nothing in it can be taken for something else."""
    address = re.fullmatch(r"https?://[^\s#'\"]+", text)
    if address or (_PLAIN_TEXT.fullmatch(text) and not _YAML_WORDS.fullmatch(text) and not text.endswith(" ")):
        return text
    return _quote_text(text)


def _format_list_text(text: str) -> str:
    """Return a text as it stands between brackets."""
    return _quote_text(text) if re.search(r"[,\[\]{}]", text) else _format_scalar(text)


def _quote_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
