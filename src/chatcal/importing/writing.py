"""A chapter to the text of its schedule file."""

import re
from collections.abc import Iterator, Sequence
from datetime import time

from chatcal import rules
from chatcal.importing.cleaning import line
from chatcal.importing.drafts import Draft
from chatcal.importing.phrasing import phrase_of
from chatcal.model import At, Break, Change, Chapter, Chat, Length, Listed, Period
from chatcal.words import clock, dated


def text_of(draft: Draft, timezone: str | None = None) -> str:
    """Return the schedule file of a draft; `timezone` stands in for one that nobody has named yet."""
    chapter = draft.chapter
    rows = [*_remarks(draft.remarks, ""), *_head(chapter, chapter.timezone or timezone)]
    if chapter.chats:
        rows.append("chats:")
    for chat, remarks in zip(chapter.chats, draft.chat_remarks, strict=True):
        rows += _remarks(remarks, "  ")
        rows += [f"  {'- ' if first else '  '}{row}" for first, row in _numbered(_chat(chat))]
    if chapter.changes:
        rows.append("sessions:")
    for change in sorted(chapter.changes, key=lambda one: (one.slot, one.id or "")):
        rows += _change(change)
    if chapter.breaks:
        rows.append("breaks:")
    rows += [f"  - {{{', '.join(_break(one))}}}" for one in chapter.breaks]
    return "".join(f"{row}\n" for row in rows)


def _numbered(rows: Iterator[str]) -> Iterator[tuple[bool, str]]:
    return ((number == 0, row) for number, row in enumerate(rows))


def _remarks(remarks: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}# {line(remark)}" for remark in remarks]


def _head(chapter: Chapter, timezone: str | None) -> Iterator[str]:
    yield f"hashtag: {_text(chapter.hashtag)}"
    yield f"name: {_text(chapter.name)}"
    for key, value in (
        ("about", chapter.about),
        ("timezone", timezone),
        ("website", chapter.website),
        ("note", chapter.note),
    ):
        if value:
            yield f"{key}: {_text(value)}"
    for key, values in (("moderators", chapter.moderators), ("sources", chapter.sources)):
        if values:
            yield f"{key}: [{', '.join(map(_listed_text, values))}]"


def _chat(chat: Chat) -> Iterator[str]:
    yield from _days(chat)
    if chat.every is not None or any(one.at is None for one in chat.dates):
        yield f"at: {_at(chat.at)}"
    if chat.lasts:
        yield f"lasts: {_length(chat.lasts)}"
    for key, period in (("from", chat.first), ("until", chat.until)):
        if period:
            yield f"{key}: {_period(period)}"
    for key in ("timezone", "title", "topic", "join"):
        if value := getattr(chat, key):
            yield f"{key}: {_text(value)}"
    if chat.hosts:
        yield f"hosts: [{', '.join(map(_listed_text, chat.hosts))}]"
    if chat.id:
        yield f"id: {chat.id}"


def _days(chat: Chat) -> Iterator[str]:
    if chat.every is None:
        yield f"dates: [{', '.join(map(_date, chat.dates))}]"
    elif phrase := phrase_of(chat.every):
        yield f"every: {phrase}"
    else:
        yield f"rrule: {rules.as_rrule(chat.every)}"


def _date(one: Listed) -> str:
    return f"{one.day} {clock(one.at)}" if one.at else str(one.day)


def _at(at: At) -> str:
    return clock(at) if isinstance(at, time) else str(at)


def _length(length: Length) -> str:
    if length.days:
        return f"{length.days}d"
    hours, minutes = divmod(length.minutes, 60)
    if not hours:
        return f"{minutes}min"
    return f"{hours}h{minutes:02}" if minutes else f"{hours}h"


def _period(period: Period) -> str:
    return str(period.first)


def _change(change: Change) -> Iterator[str]:
    key = f"{change.slot} {change.id}" if change.id else str(change.slot)
    rows = list(_changed(change))
    if rows == ["cancelled:"]:
        yield f"  {key}: cancelled  # {dated(change.slot)[:3]}"
        return
    yield f"  {key}:  # {dated(change.slot)[:3]}"
    yield from (f"    {row}" for row in rows)


def _changed(change: Change) -> Iterator[str]:
    if change.cancelled is not None:
        yield f"cancelled: {_text(change.cancelled)}" if change.cancelled else "cancelled:"
    if change.moved:
        at = f" {clock(change.moved.at)}" if change.moved.at else ""
        yield f"moved: {change.moved.day}{at}"
    if change.at is not None:
        yield f"at: {_at(change.at)}"
    if change.lasts:
        yield f"lasts: {_length(change.lasts)}"
    for key in ("title", "topic", "join", "note"):
        if value := getattr(change, key):
            yield f"{key}: {_text(value)}"


def _break(pause: Break) -> Iterator[str]:
    yield f"from: {_period(pause.first)}"
    yield f"until: {_period(pause.until)}"
    if pause.reason:
        yield f"reason: {_listed_text(pause.reason)}"


_PLAIN = re.compile(r"[^\W\d_][\w .()/+&;=!?'-]*")
_WORDS = re.compile(r"(?:no|yes|true|false|null|on|off|n|y|~|cancell?ed)", re.IGNORECASE)


def _text(text: str) -> str:
    """Return a text as YAML wants it: as it is where nothing in it can be taken for something else."""
    address = re.fullmatch(r"https?://[^\s#'\"]+", text)
    if address or (_PLAIN.fullmatch(text) and not _WORDS.fullmatch(text) and not text.endswith(" ")):
        return text
    return _quoted(text)


def _listed_text(text: str) -> str:
    """Return a text as it stands between brackets."""
    return _quoted(text) if re.search(r"[,\[\]{}]", text) else _text(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
