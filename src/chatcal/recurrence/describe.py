"""Rules, chats and overrides in English sentences."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from chatcal import english
from chatcal.english import DAYS, MONTHS, format_clock, format_day, format_quotation, join_list, spell_ordinal
from chatcal.model import Calendar, Chapter, Chat, Day, DayPart, Duration, Period, Rule, SessionOverride, StartTime
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import get_last_confirmed_day, is_slot, iterate_slots, list_calendar_breaks
from chatcal.timezones import UTC_NAME, get_city_name

_RULE_PARTS = ("by_month", "by_month_day", "by_day", "by_set_pos", "by_year_day", "by_week_no")
_WORKDAYS = [0, 1, 2, 3, 4]


def describe_rule(rule: Rule, *, each: str = "every") -> str:
    """Return the days of a rule: `every other Tuesday`, `the first and third Thursday of every month`.

    `each` is the word before `month`: an exception says `the last Friday of the month`.
    """
    parts = {name for name in _RULE_PARTS if getattr(rule, name)}
    if rule.freq == "DAILY" and not parts:
        return _format_interval(rule)
    if rule.freq == "WEEKLY" and parts == {"by_day"}:
        return _describe_weekdays(rule)
    is_by_month_day = parts - {"by_month"} == {"by_month_day"}
    if is_by_month_day or (parts - {"by_month"} == {"by_day"} and _has_ordinals(rule)):
        days = _join_month_days(rule.by_month_day) if is_by_month_day else _join_numbered_weekdays(rule)
        if rule.freq == "MONTHLY" and not rule.by_month:
            return f"the {days} of {_format_interval(rule, each)}"
        if rule.freq == "YEARLY" and rule.by_month:
            if is_by_month_day and len(rule.by_month) == len(rule.by_month_day) == 1 and rule.by_month_day[0] > 0:
                return f"{_format_interval(rule)} on {rule.by_month_day[0]} {_join_months(rule)}"
            often = f" in {_format_interval(rule)}" if rule.interval > 1 else ""
            return f"the {days} of {_join_months(rule)}{often}"
    return _describe_conditions(rule)


def _describe_weekdays(rule: Rule) -> str:
    if rule.interval == 1:
        is_workweek = [day for _, day in rule.by_day] == _WORKDAYS
        return "every day from Monday to Friday" if is_workweek else f"every {_join_weekdays(rule)}"
    if rule.interval == 2 and len(rule.by_day) == 1:
        return f"every other {_join_weekdays(rule)}"
    return f"{_format_interval(rule)} on {_join_weekdays(rule)}"


def _describe_conditions(rule: Rule) -> str:
    period = "month" if rule.freq == "MONTHLY" or rule.by_month else "year"
    days = f"the {_join_numbered_weekdays(rule, 'or')} of its {period}" if _has_ordinals(rule) else ""
    conditions = [
        days or (f"a {_join_weekdays(rule, 'or')}" if rule.by_day else ""),
        f"the {_join_month_days(rule.by_month_day, 'or')} of its month" if rule.by_month_day else "",
        f"the {_join_from_start(rule.by_year_day, 'or')} day of its year" if rule.by_year_day else "",
        f"in week {_join_from_start(rule.by_week_no, 'or', _spell_week)} of its year" if rule.by_week_no else "",
        f"in {_join_months(rule, 'or')}" if rule.by_month else "",
    ]
    which = f" that is {' and '.join(filter(None, conditions))}" if any(conditions) else ""
    if rule.by_set_pos:
        return f"the {_join_from_start(rule.by_set_pos)} day in {_format_interval(rule)}{which}"
    if rule.freq == "DAILY" and rule.interval > 1:
        return _format_interval(rule) + which.replace(" that", ", where that", 1)
    return f"every day{which}" + (f", in {_format_interval(rule)} only" if rule.interval > 1 else "")


def _spell_week(week: int) -> str:
    return str(week) if week > 0 else f"{spell_ordinal(week)} one"


def _has_ordinals(rule: Rule) -> bool:
    return any(ordinal is not None for ordinal, _ in rule.by_day)


def _format_interval(rule: Rule, each: str = "every") -> str:
    return english.format_interval(rule.interval, rules.UNITS[rule.freq], each)


def _join_weekdays(rule: Rule, joint: str = "and") -> str:
    return join_list([DAYS[day] for _, day in rule.by_day], joint)


def _join_months(rule: Rule, joint: str = "and") -> str:
    return join_list([MONTHS[month - 1] for month in rule.by_month], joint)


def _join_numbered_weekdays(rule: Rule, joint: str = "and") -> str:
    by_weekday = groupby(sorted(rule.by_day, key=lambda pair: pair[1]), key=lambda pair: pair[1])
    numbers = {weekday: [ordinal for ordinal, _ in pairs if ordinal] for weekday, pairs in by_weekday}
    return join_list([f"{_join_from_start(its, joint)} {DAYS[weekday]}" for weekday, its in numbers.items()], joint)


def _join_from_start(numbers: Sequence[int], joint: str = "and", spell: Callable[[int], str] = spell_ordinal) -> str:
    """Return numbers in the order of their days; negative ones count from the end."""
    return join_list([spell(number) for number in sorted(numbers, key=lambda number: (number < 0, number))], joint)


def _join_month_days(numbers: Sequence[int], joint: str = "and") -> str:
    days = _join_from_start(numbers, joint, lambda day: (english.format_ordinal if day > 0 else spell_ordinal)(day))
    return days + (" day" if min(numbers) < 0 else "")


def describe_start(at: StartTime) -> str:
    """Return `at 13:00`, `in the evening`."""
    return f"at {format_clock(at)}" if isinstance(at, time) else _DAY_PART_WORDS[at]


_VAGUE_TIMES = {
    DayPart.MORNING: "in the morning", DayPart.MIDDAY: "about midday", DayPart.AFTERNOON: "in the afternoon",
    DayPart.EVENING: "in the evening", DayPart.NIGHT: "at night",
}  # fmt: skip
_DAY_PART_WORDS = _VAGUE_TIMES | {DayPart.UNKNOWN: "at an unknown time", DayPart.ALL_DAY: "all day"}
_DEFAULT_DURATION = Duration(minutes=60)
_ANY_DAY = date(2000, 1, 1)


def _describe_hours(at: StartTime, lasts: Duration | None, timezone: str | None) -> str:
    where = describe_place(timezone)
    if isinstance(at, time):
        length = lasts or _DEFAULT_DURATION
        if length.days or length.minutes >= 24 * 60:
            return f"at {format_clock(at)}{where}, for {describe_duration(length)}"
        end = datetime.combine(_ANY_DAY, at, UTC) + timedelta(minutes=length.minutes)
        later = " the next day" if end.date() > _ANY_DAY else ""
        return f"{format_clock(at)} to {format_clock(end)}{later}{where}"
    if at is DayPart.ALL_DAY and lasts and lasts.days > 1:
        return f"for {lasts.days} whole days{where}"
    unknown = " (the hour is not known)" if timezone else " (neither hour nor zone is known)"
    return f"{describe_start(at)}{where}" + (unknown if at in _VAGUE_TIMES else "")


def describe_place(timezone: str | None) -> str:
    """Return ` in Toronto` for the zone of a chat, nothing where none is known."""
    if timezone is None:
        return ""
    return " UTC" if timezone == UTC_NAME else f" in {get_city_name(timezone)}"


def describe_duration(length: Duration) -> str:
    """Return `2 days`, `1 hour and 30 minutes`."""
    hours, minutes = divmod(length.minutes, 60)
    numbers = {"day": length.days, "hour": hours, "minute": minutes}
    return join_list([english.format_count(number, unit) for unit, number in numbers.items() if number])


def _describe_period(first: Period | None, until: Period | None) -> str:
    """Return `from September 2010 until the end of 2016`, `in 2016`, `on 4 March 2026`: as much as is known."""
    if first is not None and first == until:
        return f"{'on' if first.is_exact else 'in'} {_format_period(first)}"
    parts = [f"from {_format_period(first)}"] if first else []
    parts += [f"until {'' if until.is_exact else 'the end of '}{_format_period(until)}"] if until else []
    return " ".join(parts)


def _format_period(period: Period) -> str:
    if period.is_exact:
        return english.format_long_day(period.first)
    is_month = period.first.month == period.last.month
    return f"{MONTHS[period.first.month - 1]} {period.first.year}" if is_month else str(period.first.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDescription:
    """A chat in words. Each part begins with a small letter and has no full stop; the notes are whole sentences."""

    chat: Chat
    days: str
    """`every Wednesday except the last of the month`."""
    hours: str
    period: str
    """`from September 2010 until the end of 2016`; empty where neither end is known."""
    notes: tuple[str, ...]
    rrule: str | None
    """The days as an RFC 5545 recurrence rule, without `except`, `from` and `until`.

    None for listed days, and if it is not known which weeks are meant.
    """

    @property
    def sentence(self) -> str:
        """The days, the hours and the period as one sentence."""
        text = ", ".join(part for part in (self.days, self.hours, self.period) if part)
        return f"{text[0].upper()}{text[1:]}."


def describe_chats(chapter: Chapter) -> list[ChatDescription]:
    """Return the chats of a chapter in words, in the order of its file."""
    return [_describe_chat(chat, chat.timezone or chapter.timezone) for chat in chapter.chats]


def _describe_chat(chat: Chat, timezone: str | None) -> ChatDescription:
    if chat.every is not None:
        unknown = " (which is not known)" if chat.has_unknown_weeks else ""
        days = f"{describe_rule(chat.every)}{unknown}{_describe_exceptions(chat, chat.every)}"
        hours = _describe_hours(chat.at, chat.lasts, timezone)
    else:
        days, hours = _describe_listed_days(chat, timezone)
    period, notes = _describe_period(chat.first, chat.until), tuple(_list_notes(chat))
    rrule = rules.format_rrule(chat.every) if chat.every is not None and not chat.has_unknown_weeks else None
    return ChatDescription(chat=chat, days=days, hours=hours, period=period, notes=notes, rrule=rrule)


def _describe_exceptions(chat: Chat, every: Rule) -> str:
    dates = [english.format_long_day(one.day) for one in chat.exceptions if isinstance(one, Day)]
    parts = [_describe_exception(one, every) for one in chat.exceptions if isinstance(one, Rule)]
    parts += [f"on {join_list(dates)}"] if dates else []
    if len(parts) > 1 and any(" and " in part for part in parts):
        return f" except {', '.join(parts[:-1])}, and {parts[-1]}"
    return f" except {join_list(parts)}" if parts else ""


def _describe_exception(rule: Rule, every: Rule) -> str:
    if rule.freq == "DAILY" and rule.by_month:
        return f"in {_join_months(rule)}"
    if rule.freq == "WEEKLY":
        days = [day for _, day in rule.by_day]
        return "from Monday to Friday" if days == _WORKDAYS else f"on {join_list([f'{DAYS[day]}s' for day in days])}"
    is_last = rule.freq == "MONTHLY" and rule.by_day == tuple((-1, day) for _, day in every.by_day)
    if is_last and len(every.by_day) == 1:
        return "the last of the month"
    return describe_rule(rule, each="the").removeprefix("every year ")


def _describe_listed_days(chat: Chat, timezone: str | None) -> tuple[str, str]:
    dates = sorted(chat.dates, key=lambda one: one.day)
    times = [one.at or chat.at for one in dates]
    if len(set(times)) == 1:
        days = join_list([format_day(one.day) for one in dates])
        return f"on {days}", _describe_hours(times[0], chat.lasts, timezone)
    days = join_list([f"{format_day(one.day)} {describe_start(at)}" for one, at in zip(dates, times, strict=True)])
    # Where times differ, one is a clock time, which needs a zone.
    place = get_city_name(timezone or UTC_NAME)
    limit = "each" if all(isinstance(at, time) for at in times) else "where the time is known"
    return f"on {days}", f"in {place}, for {describe_duration(chat.lasts or _DEFAULT_DURATION)} {limit}"


def _list_notes(chat: Chat) -> Iterator[str]:
    if chat.title:
        yield f"It is called {format_quotation(chat.title)}."
    if chat.topic:
        yield f"Its topic is {format_quotation(chat.topic)}."
    if chat.hosts:
        yield f"Hosted by {join_list(chat.hosts)}."
    for rota in sorted(chat.rotas, key=lambda one: one.first.day):
        yield f"From {format_day(rota.first.day)} on hosts take turns: {', '.join(rota.hosts)}."
    yield from _describe_where(chat)
    for link in chat.links:
        yield f"{link.name}: {link.address}"
    if chat.note:
        yield english.add_full_stop(" ".join(chat.note.split("\n")))
    if chat.every is not None:
        yield from _list_counting_notes(chat, chat.every)
        yield from _list_skipped_days(chat.every)


def _describe_where(chat: Chat) -> Iterator[str]:
    if chat.place is not None:
        point = f" ({', '.join(map(str, chat.geo))})" if chat.geo else ""
        yield f"It meets at {chat.place}{point}." if chat.place else "It meets in no room."
    if chat.join is not None:
        yield f"Join at {chat.join}" if chat.join else "There is no address to join at."


_LONGEST_WAIT = timedelta(days=366 * 8)
"""Eight years lie between two 29 Februaries at most."""


def _list_counting_notes(chat: Chat, every: Rule) -> Iterator[str]:
    if chat.first is not None and chat.first.is_exact and not is_slot(chat, chat.first.first):
        first = next(iterate_slots(chat, chat.first.first, chat.first.first + _LONGEST_WAIT), None)
        if first is not None:
            yield f"The first is {format_day(first)}."
    if chat.has_unknown_weeks:
        unit = rules.UNITS[every.freq]
        yield f"Shown every {unit}, as tentative, because it is not known in which {unit}s it meets."
    if every.interval > 1 and chat.anchor is not None:
        weeks = f"; weeks begin on {DAYS[every.week_start]}" if every.freq == "WEEKLY" and len(every.by_day) > 1 else ""
        yield f"Counted from {format_day(chat.anchor)}{weeks}."


def _list_skipped_days(rule: Rule) -> Iterator[str]:
    for ordinal, weekday in rule.by_day:
        if ordinal in (5, -5) and (rule.freq == "MONTHLY" or rule.by_month):
            yield f"A {spell_ordinal(ordinal)} {DAYS[weekday]} is skipped where the month has none."
    if 29 in rule.by_month_day and rule.by_month == (2,):
        yield "29 February is skipped where the year has none."
    else:
        shortest = min(monthrange(2001, month)[1] for month in rule.by_month or range(1, 13))
        for day in rule.by_month_day:
            if abs(day) > shortest:
                yield f"A {_join_month_days([day])} is skipped where the month has none."


def describe_overrides(calendar: Calendar, chapter: Chapter) -> list[str]:
    """Return what a chapter says of single slots, a sentence for each, by date."""
    pauses = [*chapter.breaks, *list_calendar_breaks(calendar, chapter)]
    in_order = sorted(chapter.overrides, key=lambda one: (one.slot, one.id or ""))
    return [
        _describe_override(one, in_break=any(pause.first.first <= one.slot <= pause.until.last for pause in pauses))
        for one in in_order
    ]


def _describe_override(change: SessionOverride, *, in_break: bool) -> str:
    parts = ["held in spite of the break"] if in_break and change.cancelled is None and not change.moved_to else []
    if change.moved_to:
        unchanged = "" if change.at else ", at the same time"
        clock = f", {format_clock(change.moved_to.at)}" if change.moved_to.at else unchanged
        parts += [f"moved to {format_day(change.moved_to.day)}{clock}"]
    parts += [
        describe_cancellation(change.cancelled) if change.cancelled is not None else "",
        describe_start(change.at) if change.at is not None else "",
        f"for {describe_duration(change.lasts)}" if change.lasts else "",
        f"called {format_quotation(change.title)}" if change.title else "",
        f"the topic is {format_quotation(change.topic)}" if change.topic else "",
        f"hosted by {join_list(change.hosts)}" if change.hosts else "",
        ("in no room" if not change.place else f"at {change.place}") if change.place is not None else "",
        ("without an address to join" if not change.join else f"join at {change.join}")
        if change.join is not None
        else "",
        *(f"{link.name} at {link.address}" for link in change.links),
        f"the note is {format_quotation(change.note)}" if change.note else "",
        f"transcript at {change.transcript}" if change.transcript else "",
    ]
    slot = format_day(change.slot) + (f" ({change.id})" if change.id else "")
    return english.add_full_stop(f"{slot}: {'; '.join(filter(None, parts)) or 'as planned'}")


def describe_cancellation(reason: str) -> str:
    """Return `cancelled (Fog)`, or `cancelled` where there is no reason."""
    return f"cancelled ({reason})" if reason else "cancelled"


def describe_breaks(calendar: Calendar, chapter: Chapter, origin: str = " (a break of chatcal.yaml)") -> list[str]:
    """Return the breaks that a chapter keeps, its own and the calendar's, a sentence for each, by date.

    `origin` is said of those of the calendar.
    """
    found = [(one, "") for one in chapter.breaks]
    found += [(one, origin) for one in list_calendar_breaks(calendar, chapter)]
    texts = (
        f"Sessions due {_describe_period(one.first, one.until)} are cancelled{said}{one.reason and f': {one.reason}'}"
        for one, said in sorted(found, key=lambda pair: pair[0].first.first)
    )
    return [english.add_full_stop(text) for text in texts]


def describe_certainty(calendar: Calendar, chapter: Chapter) -> str:
    """Return how sure the schedule is: when a person last confirmed it, until when that holds, and the doubt."""
    doubt = f" {english.add_full_stop(chapter.doubt)}" if chapter.doubt else ""
    if chapter.confirmed is None:
        nowhere = "It is shown nowhere, since without `confirmed` no session is unconfirmed."
        return f"There is a doubt:{doubt} {nowhere}" if doubt else "Nobody has given a day on which it was confirmed."
    last = get_last_confirmed_day(calendar, chapter.confirmed.day)
    later = f"; sessions due after {english.format_long_day(last)} are unconfirmed" if chapter.chats else ""
    return f"Last confirmed on {english.format_long_day(chapter.confirmed.day)}{later}.{doubt}"
