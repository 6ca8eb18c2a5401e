"""Chats and overrides in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from chatcal.english import DAYS, MONTHS, format_clock, format_count, format_day, format_long_day, join_list
from chatcal.model import (
    Break,
    Calendar,
    Chapter,
    Chat,
    Day,
    DayPart,
    Duration,
    MovedTo,
    Period,
    Rule,
    SessionOverride,
    StartTime,
)
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import get_last_confirmed_day, is_slot, iterate_slots, list_calendar_breaks
from chatcal.timezones import UTC_NAME, get_city_name


def describe_rule(rule: Rule, *, each: str = "every") -> str:
    """Return the days of a rule: `every other Tuesday`, `the first and third Thursday of every month`.

    `each` stands before `month`: `the last Friday of the month` is how an exception puts it.
    """
    parts = {name for name in _RULE_PARTS if getattr(rule, name)}
    plain = all(ordinal is None for ordinal, _ in rule.by_day)
    if rule.freq == "DAILY" and not parts:
        return _format_interval(rule.interval, "day")
    if rule.freq == "WEEKLY" and parts == {"by_day"}:
        return _describe_weekdays(rule)
    named = _join_numbered_weekdays(rule) if rule.by_day else _join_month_days(rule.by_month_day)
    if rule.freq == "MONTHLY" and (parts == {"by_month_day"} or (parts == {"by_day"} and not plain)):
        return f"the {named} of {_format_interval(rule.interval, 'month', each)}"
    if rule.freq == "YEARLY" and parts == {"by_month", "by_month_day"} and _is_one_day(rule):
        return f"{_format_interval(rule.interval, 'year')} on {rule.by_month_day[0]} {MONTHS[rule.by_month[0] - 1]}"
    if rule.freq == "YEARLY" and "by_month" in parts and len(parts) == 2 and (rule.by_month_day or not plain):
        often = f" in {_format_interval(rule.interval, 'year')}" if rule.interval > 1 else ""
        return f"the {named} of {join_list([MONTHS[month - 1] for month in rule.by_month])}{often}"
    return _describe_conditions(rule)


_RULE_PARTS = ("by_month", "by_month_day", "by_day", "by_set_pos", "by_year_day", "by_week_no")


def _is_one_day(rule: Rule) -> bool:
    return len(rule.by_month) == len(rule.by_month_day) == 1 and rule.by_month_day[0] > 0


_WORKDAYS = [0, 1, 2, 3, 4]


def _describe_weekdays(rule: Rule) -> str:
    days = [day for _, day in rule.by_day]
    shown = join_list([DAYS[day] for day in days])
    if days == _WORKDAYS and rule.interval == 1:
        return "every day from Monday to Friday"
    if rule.interval == 1:
        return f"every {shown}"
    if rule.interval == 2 and len(days) == 1:
        return f"every other {shown}"
    return f"{_format_interval(rule.interval, 'week')} on {shown}"


def _describe_conditions(rule: Rule) -> str:
    """Return the days of a rule that no phrase could say: `every day that is a Friday and the 13th of its month`."""
    month = "month" if rule.freq == "MONTHLY" or rule.by_month else "year"
    conditions = []
    if rule.by_day:
        numbered = any(ordinal is not None for ordinal, _ in rule.by_day)
        days = (
            _join_numbered_weekdays(rule, "or") if numbered else join_list([DAYS[day] for _, day in rule.by_day], "or")
        )
        conditions.append(f"the {days} of its {month}" if numbered else f"a {days}")
    if rule.by_month_day:
        conditions.append(f"the {_join_month_days(rule.by_month_day, 'or')} of its month")
    if rule.by_year_day:
        conditions.append(f"the {_join_ordinals(rule.by_year_day, 'or')} day of its year")
    if rule.by_week_no:
        weeks = [str(week) if week > 0 else f"{_name_ordinal(week)} one" for week in _sort_from_start(rule.by_week_no)]
        conditions.append(f"in week {join_list(weeks, 'or')} of its year")
    if rule.by_month:
        conditions.append(f"in {join_list([MONTHS[number - 1] for number in rule.by_month], 'or')}")
    which = f" that is {' and '.join(conditions)}" if conditions else ""
    period = _format_interval(
        rule.interval, {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[rule.freq]
    )
    if rule.by_set_pos:
        return f"the {_join_ordinals(rule.by_set_pos)} day in {period}{which}"
    if rule.freq == "DAILY" and rule.interval > 1:
        return period + which.replace(" that", ", where that", 1)
    return f"every day{which}" + (f", in {period} only" if rule.interval > 1 else "")


def _format_interval(interval: int, unit: str, each: str = "every") -> str:
    """Return `every month`, `every other month`, `every third month`; days and weeks as `every 3 weeks`."""
    if interval == 1:
        return f"{each} {unit}"
    if interval == 2:
        return f"every other {unit}"
    return f"every {interval} {unit}s" if unit in ("day", "week") else f"every {_name_ordinal(interval)} {unit}"


def _join_numbered_weekdays(rule: Rule, joint: str = "and") -> str:
    """Return `first and third Thursday`, `first Monday and last Friday`."""
    found = []
    for weekday, pairs in groupby(sorted(rule.by_day, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        ordinals = _join_ordinals([ordinal for ordinal, _ in pairs if ordinal is not None], joint)
        found.append(f"{ordinals} {DAYS[weekday]}")
    return join_list(found, joint)


def _sort_from_start(numbers: Sequence[int]) -> list[int]:
    """Return numbers in the order of the days that they stand for; negative ones count from the end."""
    return sorted(numbers, key=lambda number: (number < 0, number))


def _join_ordinals(numbers: Sequence[int], joint: str = "and") -> str:
    return join_list([_name_ordinal(number) for number in _sort_from_start(numbers)], joint)


def _join_month_days(numbers: Sequence[int], joint: str = "and") -> str:
    """Return `1st and 15th`, `15th and last day`."""
    shown = [_format_ordinal(number) if number > 0 else _name_ordinal(number) for number in _sort_from_start(numbers)]
    return join_list(shown, joint) + (" day" if any(number < 0 for number in numbers) else "")


_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def _name_ordinal(number: int) -> str:
    """Return `first`, `last`, `second to last`; above the fifth `6th`."""
    if number < 0:
        return "last" if number == -1 else f"{_name_ordinal(-number)} to last"
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else _format_ordinal(number)


def _format_ordinal(number: int) -> str:
    """Return `1st`, `22nd`, `13th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def describe_skipped_days(rule: Rule) -> Iterator[str]:
    """Return sentences that say which days of a rule are skipped where a month or a year has none."""
    for ordinal, weekday in rule.by_day:
        if ordinal in (5, -5) and (rule.freq == "MONTHLY" or rule.by_month):
            yield f"A {_name_ordinal(ordinal)} {DAYS[weekday]} is skipped where the month has none."
    if 29 in rule.by_month_day and rule.by_month == (2,):
        yield "29 February is skipped where the year has none."
    else:
        for day in rule.by_month_day:
            if abs(day) > min(_MONTH_LENGTHS[month - 1] for month in rule.by_month or range(1, 13)):
                yield f"A {_join_month_days([day])} is skipped where the month has none."


DEFAULT_DURATION = Duration(minutes=60)
"""What a session lasts where nobody says."""


def describe_start(at: StartTime) -> str:
    """Return `at 13:00`, `in the evening`."""
    return f"at {format_clock(at)}" if isinstance(at, time) else _DAY_PART_WORDS[at]


def describe_hours(at: StartTime, lasts: Duration | None, timezone: str | None) -> str:
    """Return when on its day a session is held, on which clock: `13:00 to 14:00 in Toronto`."""
    where = describe_place(timezone)
    if isinstance(at, time):
        length = lasts or DEFAULT_DURATION
        if length.days or length.minutes >= 24 * 60:
            return f"at {format_clock(at)}{where}, for {describe_duration(length)}"
        end = datetime.combine(_ANY_DAY, at, UTC) + timedelta(minutes=length.minutes)
        later = " the next day" if end.date() > _ANY_DAY else ""
        return f"{format_clock(at)} to {format_clock(end)}{later}{where}"
    if at is DayPart.ALL_DAY and lasts and lasts.days > 1:
        return f"for {lasts.days} whole days{where}"
    unknown = " (the hour is not known)" if timezone else " (neither hour nor zone is known)"
    return f"{_DAY_PART_WORDS[at]}{where}" + (unknown if at in _VAGUE_TIMES else "")


_ANY_DAY = date(2000, 1, 1)


_VAGUE_TIMES = {
    DayPart.MORNING: "in the morning",
    DayPart.MIDDAY: "about midday",
    DayPart.AFTERNOON: "in the afternoon",
    DayPart.EVENING: "in the evening",
    DayPart.NIGHT: "at night",
}
_DAY_PART_WORDS = _VAGUE_TIMES | {DayPart.UNKNOWN: "at an unknown time", DayPart.ALL_DAY: "all day"}


def describe_place(timezone: str | None) -> str:
    """Return ` in Toronto` for the zone of a chat, nothing where none is known."""
    if timezone is None:
        return ""
    return " UTC" if timezone == UTC_NAME else f" in {get_city_name(timezone)}"


def describe_duration(length: Duration) -> str:
    """Return a length in words: `2 days`, `1 hour and 30 minutes`."""
    hours, minutes = divmod(length.minutes, 60)
    parts = [format_count(length.days, "day"), format_count(hours, "hour"), format_count(minutes, "minute")]
    return join_list([part for part in parts if not part.startswith("0 ")])


def describe_period(first: Period | None, until: Period | None) -> str:
    """Return `from September 2010 until the end of 2016`, `in 2016`, `on 4 March 2026`: as much as is known."""
    if first == until and first is not None:
        return f"{'on' if first.is_exact else 'in'} {_format_period_start(first)}"
    parts = [
        f"from {_format_period_start(first)}" if first else "",
        f"until {_format_period_end(until)}" if until else "",
    ]
    return " ".join(part for part in parts if part)


def _format_period_start(period: Period) -> str:
    if period.is_exact:
        return format_long_day(period.first)
    year = str(period.first.year)
    return year if period.first.month != period.last.month else f"{MONTHS[period.first.month - 1]} {year}"


def _format_period_end(period: Period) -> str:
    return format_long_day(period.last) if period.is_exact else f"the end of {_format_period_start(period)}"


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
        period=describe_period(chat.first, chat.until),
        notes=tuple(_list_notes(chat)),
        rrule=rules.format_rrule(chat.every) if chat.every is not None else None,
    )


def _describe_recurring_days(chapter: Chapter, chat: Chat, every: Rule) -> tuple[str, str]:
    """Return the days and the hours of a chat that recurs."""
    at = chat.at or DayPart.UNKNOWN
    return describe_rule(every) + _describe_exceptions(chat), describe_hours(
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
    return describe_rule(rule, each="the").removeprefix("every year ")


def _make_last_weekday(every: Rule) -> tuple[tuple[int, int], ...]:
    return ((-1, every.by_day[0][1]),)


def _describe_listed_days(chapter: Chapter, chat: Chat) -> tuple[str, str]:
    """Return the days of `dates` and their hours; where these differ, each with its day."""
    zone = chat.timezone or chapter.timezone
    dates = sorted(chat.dates, key=lambda one: one.day)
    times = [one.at or chat.at or DayPart.UNKNOWN for one in dates]
    if len(set(times)) == 1:
        return f"on {join_list([format_day(one.day) for one in dates])}", describe_hours(times[0], chat.lasts, zone)
    days = [f"{format_day(one.day)} {describe_start(at)}" for one, at in zip(dates, times, strict=True)]
    where = f"in {get_city_name(zone)}" if zone else ""
    length = describe_duration(chat.lasts or DEFAULT_DURATION)
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
        yield from describe_skipped_days(chat.every)


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
        describe_start(change.at) if change.at is not None else "",
        f"for {describe_duration(change.lasts)}" if change.lasts else "",
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
    days = describe_period(pause.first, pause.until)
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
