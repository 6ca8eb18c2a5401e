"""A chapter to the text of its schedule file."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from chatcal.english import format_clock, format_short_day
from chatcal.model import Chapter, Chat, Day, Duration, Rule, SessionOverride, StartTime
from chatcal.problems import ScheduleError
from chatcal.recurrence import describe, rules
from chatcal.schedule import nodes, parser, phrases, suggestions
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.quoting import quote
from chatcal.text import make_single_line

_LONG_KEYS = ("about", "note")
_PLACES = ("join", "place", "geo")
_LINE_WIDTH = 100
_FOLDING: Any = {
    "initial_indent": "  ", "subsequent_indent": "  ", "break_long_words": False, "break_on_hyphens": False,
}  # fmt: skip
Values = Mapping[str, str | Sequence[str] | Mapping[str, str] | None]
"""What a mapping of a schedule file holds; None and empty lists are left out, an empty text is a key alone."""


def write_schedule(chapter: Chapter, remarks: Sequence[str], chat_remarks: Sequence[Sequence[str]]) -> str:
    """Return a schedule file, with remarks above it and above each of its chats.

    It writes the keys that an import can fill in, and no others.
    """
    names = ("hashtag", "name", "about", "timezone", "website", *_PLACES, "links", "note", "moderators", "sources")
    rows = [*_format_remarks(remarks), *format_values(_get_texts(chapter, *names))]
    if chapter.chats:
        rows.append("chats:")
    for chat, above in zip(chapter.chats, chat_remarks, strict=True):
        rows += [f"  {remark}" for remark in _format_remarks(above)]
        rows += format_item(_get_chat_values(chat))
    if chapter.overrides:
        rows.append("sessions:")
    for override in sorted(chapter.overrides, key=lambda one: (one.slot, one.id or "")):
        rows += _format_override(override)
    if chapter.breaks:
        rows.append("breaks:")
    for one in chapter.breaks:
        reason = f", reason: {_format_in_brackets(one.reason)}" if one.reason else ""
        rows.append(f"  - {{from: {one.first.first}, until: {one.until.first}{reason}}}")
    return "".join(f"{row}\n" for row in rows)


def _format_remarks(remarks: Iterable[str]) -> Iterator[str]:
    return (f"# {make_single_line(remark)}" for remark in remarks)


def _get_texts(part: Chapter | Chat | SessionOverride, *keys: str) -> Values:
    values = {key: getattr(part, key) for key in keys}
    values["links"] = {link.name: link.address for link in part.links}
    if values["geo"]:
        values["geo"] = [f"{number:.6f}".rstrip("0").rstrip(".") for number in values["geo"]]
    return values


def _get_chat_values(chat: Chat) -> Values:
    phrase = find_phrase_for_rule(chat.every) if chat.every else None
    has_own_times = chat.dates and all(one.at for one in chat.dates)
    return {
        "every": phrase,
        "rrule": rules.format_rrule(chat.every) if chat.every and not phrase else None,
        "counting": _format_counting(chat),
        "dates": [format_day_and_clock(one.day, one.at) for one in chat.dates],
        "at": None if has_own_times else format_start(chat.at),
        "lasts": _format_duration(chat.lasts),
        "from": str(chat.first.first) if chat.first else None,
        "until": str(chat.until.first) if chat.until else None,
        **_get_texts(chat, "timezone", "title", "topic", *_PLACES, "links", "note", "hosts", "id"),
    }


def _format_counting(chat: Chat) -> str | None:
    if chat.has_unknown_weeks:
        return "unknown"
    return str(chat.counting.day) if isinstance(chat.counting, Day) else None


def format_day_and_clock(day: date, at: time | None) -> str:
    """Return `2026-11-05 20:00`, or the day alone."""
    return f"{day} {format_clock(at)}" if at else str(day)


def format_start(at: StartTime) -> str:
    """Return `20:00`, or the part of the day."""
    return format_clock(at) if isinstance(at, time) else str(at)


def _format_duration(length: Duration | None) -> str | None:
    if length is None:
        return None
    return f"{length.days}d" if length.days else suggestions.format_duration(length.minutes)


def _format_override(override: SessionOverride) -> Iterator[str]:
    key = f"{override.slot} {override.id}" if override.id else str(override.slot)
    weekday = format_short_day(override.slot)[:3]
    moved_to = override.moved_to
    values: Values = {
        "cancelled": override.cancelled,
        "moved": format_day_and_clock(moved_to.day, moved_to.at) if moved_to else None,
        "at": format_start(override.at) if override.at else None,
        "lasts": _format_duration(override.lasts),
        **_get_texts(override, "title", "topic", *_PLACES, "links", "note", "hosts"),
    }
    rows = format_values(values)
    if rows == ["cancelled:"]:
        yield f"  {key}: cancelled  # {weekday}"
    else:
        yield f"  {key}:  # {weekday}"
        yield from (f"    {row}".rstrip() for row in rows)


def format_values(values: Values) -> list[str]:
    """Return the lines of a mapping; `dates`, `hosts` and `geo` are short, and written in brackets."""
    rows = []
    for key, value in values.items():
        if isinstance(value, str) and key in _LONG_KEYS and ("\n" in value or len(value) > _LINE_WIDTH):
            rows += _format_block(key, value.split("\n"))
        elif isinstance(value, str):
            rows.append(f"{key}: {format_scalar(value)}" if value else f"{key}:")
        elif isinstance(value, Mapping):
            listed = [f"  {format_scalar(name)}: {format_scalar(text)}" for name, text in value.items()]
            rows += [f"{key}:", *listed] if listed else []
        elif value and key in ("dates", "hosts", "geo"):
            rows.append(f"{key}: [{', '.join(map(_format_in_brackets, value))}]")
        elif value:
            rows += [f"{key}:", *(f"  - {format_scalar(item)}" for item in value)]
    return rows


def _format_block(key: str, lines: Sequence[str]) -> list[str]:
    """Return the lines of a long text: as they are where each is short; else folded, with an empty one between two."""
    if len(lines) > 1 and max(map(len, lines)) <= _LINE_WIDTH:
        return [f"{key}: |", *(f"  {line}".rstrip() for line in lines)]
    rows = [f"{key}: >-"]
    for number, line in enumerate(lines):
        rows += [*([""] if number else []), *textwrap.wrap(line, _LINE_WIDTH, **_FOLDING)]
    return rows


def format_item(values: Values) -> list[str]:
    """Return the lines of a mapping that is an item of a list, as `chats` holds them."""
    return [f"  {'  ' if number else '- '}{row}".rstrip() for number, row in enumerate(format_values(values))]


def _format_in_brackets(text: str) -> str:
    return quote(text) if re.search(r"[,\[\]{}]", text) else format_scalar(text)


def format_scalar(text: str) -> str:
    """Return a text of one line as YAML: bare where YAML reads it back unchanged, in quotes otherwise."""
    return next((one for one in (text, quote(text)) if _is_read_as(one, text)), json.dumps(text))


def _is_read_as(written: str, text: str) -> bool:
    try:
        node, refused = parser.parse_document("", f"key: {written}\nlist:\n  - {written}\n".encode())
    except ScheduleError:
        return False
    if refused or not isinstance(node, nodes.Mapping) or len(node.pairs) != 2:
        return False
    (_, value), (_, items) = node.pairs
    found = (value, *(items.items if isinstance(items, nodes.Sequence) else ()))
    return [one.text if isinstance(one, Scalar) else None for one in found] == [text, text]


def find_phrase_for_rule(rule: Rule) -> str | None:
    """Return the phrase of `every` that means a rule; None where none does."""
    try:
        phrase = _write_phrase(rule)
        return phrase if phrases.parse_phrase(phrase, rule.where) == rule else None
    except ScheduleError:
        return None


def _write_phrase(rule: Rule) -> str:
    """Return the words for a rule, which may not be a phrase."""
    if rule.freq == "MONTHLY" and rule.interval > 2:
        return re.sub("the month$", f"every {rule.interval} months", _write_phrase(replace(rule, interval=1)))
    words = describe.describe_rule(rule, each="the")
    words = words.replace("every year on ", "").replace("every day from Monday to Friday", "weekday")
    return words.removeprefix("every ").removeprefix("the ")
