"""The schedule of a chapter in sentences, made of what was understood and never of what was typed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from chatcal import rules, spoken
from chatcal.model import Break, Calendar, Chapter, Chat, Day, DayPart, MovedTo, Rule, SessionOverride, StartTime
from chatcal.sessions import get_last_confirmed_day, is_slot, iterate_slots, list_calendar_breaks
from chatcal.words import DAYS, MONTHS, format_clock, format_day, format_long_day, join_list
from chatcal.zones import get_city_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDescription:
    """One chat of a chapter, in words; each part begins small and ends without a full stop."""

    chat: Chat
    days: str
    """`every Wednesday except the last of the month`."""
    hours: str
    """`13:00 to 14:00 in Toronto`, or what is known instead."""
    period: str
    """`from September 2010 until the end of 2016`; empty where neither end is known."""
    notes: tuple[str, ...] = ()
    """Whole sentences: what it counts from, what is skipped, who hosts, what it is called."""
    rrule: str | None = None
    """The days as an RFC 5545 recurrence rule, `except`, `from` and `until` aside; None for listed days."""

    @property
    def sentence(self) -> str:
        """The rule, its hours and its period as one sentence."""
        text = ", ".join(part for part in (self.days, self.hours, self.period) if part)
        return f"{text[0].upper()}{text[1:]}."


def describe_chats(chapter: Chapter) -> list[ChatDescription]:
    """Return the chats of a chapter in words, in the order of its file: one for each period of its schedule."""
    return [_describe_chat(chapter, chat) for chat in chapter.chats]


def _describe_chat(chapter: Chapter, chat: Chat) -> ChatDescription:
    days, hours = (
        _describe_recurring_days(chapter, chat, chat.every)
        if chat.every is not None
        else _describe_listed_days(chapter, chat)
    )
    return ChatDescription(
        chat=chat,
        days=days,
        hours=hours,
        period=spoken.describe_period(chat.first, chat.until),
        notes=tuple(_list_notes(chat)),
        rrule=rules.format_rrule(chat.every) if chat.every is not None else None,
    )


def _describe_recurring_days(chapter: Chapter, chat: Chat, every: Rule) -> tuple[str, str]:
    """Return the days and the hours of a chat that recurs."""
    at = chat.at or DayPart.UNKNOWN
    return spoken.describe_rule(every) + _describe_exceptions(chat), spoken.describe_hours(
        at, chat.lasts, chat.timezone or chapter.timezone
    )


def _describe_exceptions(chat: Chat) -> str:
    """Return ` except the last of the month, in August and on 24 December 2026`; nothing where there is none."""
    dates = [format_long_day(one.day) for one in chat.exceptions if isinstance(one, Day)]
    parts = [_describe_excepted_days(one, chat.every) for one in chat.exceptions if isinstance(one, Rule)]
    parts += [f"on {join_list(dates)}"] if dates else []
    if not parts:
        return ""
    if len(parts) > 1 and any(" and " in part for part in parts):
        return f" except {', '.join(parts[:-1])}, and {parts[-1]}"
    return f" except {join_list(parts)}"


def _describe_excepted_days(rule: Rule, every: Rule | None) -> str:
    if rule.freq == "DAILY" and rule.by_month:
        return f"in {join_list([MONTHS[month - 1] for month in rule.by_month])}"
    if rule.freq == "WEEKLY":
        days = [day for _, day in rule.by_day]
        return (
            "from Monday to Friday" if days == [0, 1, 2, 3, 4] else f"on {join_list([f'{DAYS[day]}s' for day in days])}"
        )
    if (
        every is not None
        and len(every.by_day) == 1
        and (rule.freq, rule.by_day) == ("MONTHLY", _make_last_weekday(every))
    ):
        return "the last of the month"
    return spoken.describe_rule(rule, each="the").removeprefix("every year ")


def _make_last_weekday(every: Rule) -> tuple[tuple[int, int], ...]:
    return ((-1, every.by_day[0][1]),)


def _describe_listed_days(chapter: Chapter, chat: Chat) -> tuple[str, str]:
    """Return the days of `dates` and their hours; where these differ, each with its day."""
    zone = chat.timezone or chapter.timezone
    dates = sorted(chat.dates, key=lambda one: one.day)
    times = [one.at or chat.at or DayPart.UNKNOWN for one in dates]
    if len(set(times)) == 1:
        return f"on {join_list([format_day(one.day) for one in dates])}", spoken.describe_hours(
            times[0], chat.lasts, zone
        )
    days = [f"{format_day(one.day)} {spoken.describe_start(at)}" for one, at in zip(dates, times, strict=True)]
    where = f"in {get_city_name(zone)}" if zone else ""
    length = spoken.describe_duration(chat.lasts or spoken.DEFAULT_DURATION)
    timed = all(isinstance(at, time) for at in times)
    return f"on {join_list(days)}", f"{where}, " + (
        f"for {length} each" if timed else f"for {length} where the time is known"
    )


def _list_notes(chat: Chat) -> Iterator[str]:
    if chat.title:
        yield f"It is called \u201c{chat.title}\u201d."
    if chat.topic:
        yield f"Its topic is \u201c{chat.topic}\u201d."
    if chat.hosts:
        yield f"Hosted by {join_list(chat.hosts)}."
    for rota in sorted(chat.rotas, key=lambda one: one.first.day):
        yield f"From {format_day(rota.first.day)} on hosts take turns: {', '.join(rota.hosts)}."
    if chat.join:
        yield f"It takes place at {chat.join}"
    if chat.id:
        yield f"Its sessions carry the mark `{chat.id}`."
    if chat.every is not None:
        yield from _list_counting_notes(chat, chat.every)
        yield from spoken.describe_skipped_days(chat.every)


def _list_counting_notes(chat: Chat, every: Rule) -> Iterator[str]:
    if chat.first is not None and chat.first.is_exact and not is_slot(chat, chat.first.first):
        first = next(iterate_slots(chat, chat.first.first, chat.first.first + timedelta(days=_LONGEST_WAIT)), None)
        if first is not None:
            yield f"The first is {format_day(first)}."
    if every.interval > 1 and chat.anchor is not None:
        weeks = f"; weeks begin on {DAYS[every.week_start]}" if every.freq == "WEEKLY" and len(every.by_day) > 1 else ""
        yield f"Counted from {format_day(chat.anchor)}{weeks}."


_LONGEST_WAIT = 366 * 8
"""In days. Between two 29 Februaries lie eight years at most."""


def describe_overrides(calendar: Calendar, chapter: Chapter) -> list[str]:
    """Return what a chapter says of single slots, a sentence for each, by date."""
    pauses = [*chapter.breaks, *list_calendar_breaks(calendar, chapter)]
    return [
        _describe_override(one, pauses) for one in sorted(chapter.overrides, key=lambda one: (one.slot, one.id or ""))
    ]


def _describe_override(change: SessionOverride, pauses: Sequence[Break]) -> str:
    in_break = any(pause.first.first <= change.slot <= pause.until.last for pause in pauses)
    parts = [
        _describe_cancellation(change.cancelled) if change.cancelled is not None else "",
        _describe_move(change.moved_to, change.at) if change.moved_to else "",
        "held in spite of the break" if in_break and change.cancelled is None and not change.moved_to else "",
        spoken.describe_start(change.at) if change.at is not None else "",
        f"for {spoken.describe_duration(change.lasts)}" if change.lasts else "",
        f"called \u201c{change.title}\u201d" if change.title else "",
        f"the topic is \u201c{change.topic}\u201d" if change.topic else "",
        f"hosted by {join_list(change.hosts)}" if change.hosts else "",
        f"takes place at {change.join}" if change.join else "",
        f"the note is \u201c{change.note}\u201d" if change.note else "",
        f"transcript at {change.transcript}" if change.transcript else "",
    ]
    said = "; ".join(part for part in parts if part) or "as planned"
    return _add_full_stop(f"{format_day(change.slot)}{f' ({change.id})' if change.id else ''}: {said}")


def _describe_cancellation(reason: str) -> str:
    return f"cancelled ({reason})" if reason else "cancelled"


def _describe_move(target: MovedTo, at: StartTime | None) -> str:
    same = "" if at is not None else ", at the same time"
    return f"moved to {format_day(target.day)}" + (f", {format_clock(target.at)}" if target.at else same)


def _add_full_stop(text: str) -> str:
    """Return a text that ends as a sentence does, unless it has its stop already or a stop would spoil an address."""
    return text if text.endswith((".", "!", "?")) or "://" in text.rsplit(maxsplit=1)[-1] else f"{text}."


def describe_breaks(calendar: Calendar, chapter: Chapter) -> list[str]:
    """Return the breaks that a chapter keeps, its own and the calendar's, a sentence for each, by date."""
    own = [(pause, "") for pause in chapter.breaks]
    shared = [(pause, " (a break of chatcal.yaml)") for pause in list_calendar_breaks(calendar, chapter)]
    return [
        _describe_break(pause, whose) for pause, whose in sorted([*own, *shared], key=lambda pair: pair[0].first.first)
    ]


def _describe_break(pause: Break, whose: str) -> str:
    days = spoken.describe_period(pause.first, pause.until)
    return _add_full_stop(f"Sessions due {days} are cancelled{whose}" + (f": {pause.reason}" if pause.reason else ""))


def describe_certainty(calendar: Calendar, chapter: Chapter) -> str:
    """Return how sure the schedule is: when a person last confirmed it, until when that holds, and the doubt."""
    doubt = f" {_add_full_stop(chapter.doubt)}" if chapter.doubt else ""
    if chapter.confirmed is None:
        nowhere = "It is shown nowhere, since without `confirmed` no session is unconfirmed."
        return f"There is a doubt:{doubt} {nowhere}" if doubt else "Nobody has given a day on which it was confirmed."
    last = get_last_confirmed_day(calendar, chapter.confirmed.day)
    later = f"; sessions due after {format_long_day(last)} are unconfirmed" if chapter.chats else ""
    return f"Last confirmed on {format_long_day(chapter.confirmed.day)}{later}.{doubt}"
