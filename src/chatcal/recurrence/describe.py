"""Rules, chats and overrides in sentences, in English or in the words of another language."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from itertools import groupby

from chatcal import english
from chatcal.english import (
    DAYS,
    ENGLISH,
    FROM,
    Phrases,
    Words,
    format_clock,
    format_day,
    format_quotation,
    join_list,
    mark,
    mark_count,
)  # fmt: skip
from chatcal.model import Calendar, Chapter, Chat, Day, DayPart, Duration, Period, Rule, SessionOverride, StartTime
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import get_last_confirmed_day, is_slot, iterate_slots, list_calendar_breaks
from chatcal.timezones import UTC_NAME

_RULE_PARTS = ("by_month", "by_month_day", "by_day", "by_set_pos", "by_year_day", "by_week_no")
_WORKDAYS = [0, 1, 2, 3, 4]


def describe_rule(rule: Rule, words: Words = ENGLISH, *, each: str = "every") -> str:
    """Return the days of a rule: `every other Tuesday`, `the first and third Thursday of every month`.

    `each` is the word before `month`: an exception says `the last Friday of the month`.
    """
    parts = {name for name in _RULE_PARTS if getattr(rule, name)}
    if rule.freq == "DAILY" and not parts:
        return _say_interval(rule, words)
    if rule.freq == "WEEKLY" and parts == {"by_day"}:
        return _describe_weekdays(rule, words)
    is_by_month_day = parts - {"by_month"} == {"by_month_day"}
    if is_by_month_day or (parts - {"by_month"} == {"by_day"} and _has_ordinals(rule)):
        if rule.freq == "YEARLY" and (day := _find_single_date(rule)):
            return _say_interval(rule, words, _ON_DATE, date=words.format_month_day(day))
        days = _join_month_days(rule.by_month_day, words) if is_by_month_day else _join_numbered_weekdays(rule, words)
        if rule.freq == "MONTHLY" and not rule.by_month:
            is_exception = each == "the" and rule.interval == 1
            if is_exception:
                return words.say("the %(days)s of the month", days=days)
            return _say_interval(rule, words, _OF_MONTH, days=days)
        if rule.freq == "YEARLY" and rule.by_month:
            return _say_interval(rule, words, _OF_NAMED_MONTHS, days=days, months=_join_months(rule, words))
    return _describe_conditions(rule, words)


_ON_WEEKDAYS: Phrases = (
    mark("every week on %(weekdays)s"),
    mark("every other week on %(weekdays)s"),
    mark_count("every %(number)s weeks on %(weekdays)s"),
)
_OF_MONTH: Phrases = (
    mark("the %(days)s of every month"),
    mark("the %(days)s of every other month"),
    mark_count("the %(days)s of every %(ordinal)s month"),
)
_ON_DATE: Phrases = (
    mark("every year on %(date)s"),
    mark("every other year on %(date)s"),
    mark_count("every %(ordinal)s year on %(date)s"),
)
_OF_NAMED_MONTHS: Phrases = (
    mark("the %(days)s of %(months)s"),
    mark("the %(days)s of %(months)s in every other year"),
    mark_count("the %(days)s of %(months)s in every %(ordinal)s year"),
)


def _say_interval(rule: Rule, words: Words, phrases: Phrases | None = None, **gaps: str) -> str:
    return words.say_interval(rule.interval, rules.UNITS[rule.freq], phrases, **gaps)


def _find_single_date(rule: Rule) -> date | None:
    """Return the one day that a rule names of its years, in a leap year."""
    if len(rule.by_month) != 1 or len(rule.by_month_day) != 1:
        return None
    (month,), (day,) = rule.by_month, rule.by_month_day
    return date(2000, month, day) if 0 < day <= monthrange(2000, month)[1] else None


def _describe_weekdays(rule: Rule, words: Words) -> str:
    days = [day for _, day in rule.by_day]
    if rule.interval == 1:
        if days == _WORKDAYS:
            return words.say("every day from Monday to Friday")
        weekdays = words.join_list([words.say_as("every", DAYS[day]) for day in days])
        return words.say("every %(weekdays)s", weekdays=weekdays)
    weekdays = words.join_list([words.say_as("on", DAYS[day]) for day in days])
    if rule.interval == 2 and len(days) == 1:
        return words.say("every other %(weekday)s", weekday=weekdays)
    return _say_interval(rule, words, _ON_WEEKDAYS, weekdays=weekdays)


def _describe_conditions(rule: Rule, words: Words) -> str:
    interval = _say_interval(rule, words)
    conditions = reduce(
        lambda one, other: words.say("%(one)s and %(other)s", one=one, other=other), _list_conditions(rule, words)
    )
    if rule.by_set_pos:
        ordinals = _join_ordinals(rule.by_set_pos, words, "day")
        return words.say(
            "the %(ordinals)s day in %(interval)s that is %(conditions)s",
            ordinals=ordinals,
            interval=interval,
            conditions=conditions,
        )
    if rule.interval == 1:
        return words.say("every day that is %(conditions)s", conditions=conditions)
    if rule.freq == "DAILY":
        return words.say("%(interval)s, where that is %(conditions)s", interval=interval, conditions=conditions)
    return words.say("every day that is %(conditions)s, in %(interval)s only", interval=interval, conditions=conditions)


def _list_conditions(rule: Rule, words: Words) -> Iterator[str]:
    if _has_ordinals(rule):
        days = _join_numbered_weekdays(rule, words, "or")
        if rule.freq == "MONTHLY" or rule.by_month:
            yield words.say("the %(days)s of its month", days=days)
        else:
            yield words.say("the %(days)s of its year", days=days)
    elif rule.by_day:
        yield words.say(
            "a %(weekdays)s", weekdays=words.join_list([words.get_weekday(day) for _, day in rule.by_day], "or")
        )
    if rule.by_month_day:
        days = _join_month_days(rule.by_month_day, words, "or")
        yield words.say_as("day of the month", "the %(days)s of its month", days=days)
    if rule.by_year_day:
        yield words.say(
            "the %(ordinals)s day of its year", ordinals=_join_ordinals(rule.by_year_day, words, "day", "or")
        )
    if rule.by_week_no:
        weeks = _join_numbers(rule.by_week_no, words, lambda week: _spell_week(week, words), "or")
        yield words.say("in week %(weeks)s of its year", weeks=weeks)
    if rule.by_month:
        yield words.say("in %(months)s", months=_join_months(rule, words, "or"))


def _spell_week(week: int, words: Words) -> str:
    return str(week) if week > 0 else words.say("%(ordinal)s one", ordinal=words.spell_ordinal(week, "week"))


def _has_ordinals(rule: Rule) -> bool:
    return any(ordinal is not None for ordinal, _ in rule.by_day)


def _join_months(rule: Rule, words: Words, joint: str = "and") -> str:
    return words.join_list([words.get_month(month) for month in rule.by_month], joint)


def _join_numbered_weekdays(rule: Rule, words: Words, joint: str = "and") -> str:
    by_weekday = groupby(sorted(rule.by_day, key=lambda pair: pair[1]), key=lambda pair: pair[1])
    numbers = {weekday: [ordinal for ordinal, _ in pairs if ordinal] for weekday, pairs in by_weekday}
    return words.join_list([_number_weekday(its, weekday, words, joint) for weekday, its in numbers.items()], joint)


def _number_weekday(ordinals: Sequence[int], weekday: int, words: Words, joint: str = "and") -> str:
    """Return `first and third Monday`."""
    name = DAYS[weekday]
    message = f"%(ordinals)s {name}"
    return words.say_as("numbered", message, ordinals=_join_ordinals(ordinals, words, name, joint))


def _join_ordinals(numbers: Sequence[int], words: Words, noun: str, joint: str = "and") -> str:
    return _join_numbers(numbers, words, lambda number: words.spell_ordinal(number, noun), joint)


def _join_numbers(numbers: Sequence[int], words: Words, spell: Callable[[int], str], joint: str) -> str:
    """Return numbers in the order of their days; negative ones count from the end."""
    return words.join_list(
        [spell(number) for number in sorted(numbers, key=lambda number: (number < 0, number))], joint
    )


def _join_month_days(numbers: Sequence[int], words: Words, joint: str = "and") -> str:
    def spell(day: int) -> str:
        return words.format_month_number(day) if day > 0 else words.spell_ordinal(day, "day")

    days = _join_numbers(numbers, words, spell, joint)
    if min(numbers) < 0:
        return words.say_as("day of the month", "%(numbers)s day", numbers=days)
    return words.say_as("day of the month", "%(numbers)s", numbers=days)


def describe_start(at: StartTime, words: Words = ENGLISH) -> str:
    """Return `at 13:00`, `in the evening`."""
    return (
        words.say("at %(time)s", time=words.format_clock(at))
        if isinstance(at, time)
        else words.say(_DAY_PART_WORDS[at])
    )


_VAGUE_TIMES = {
    DayPart.MORNING: mark("in the morning"), DayPart.MIDDAY: mark("about midday"),
    DayPart.AFTERNOON: mark("in the afternoon"), DayPart.EVENING: mark("in the evening"),
    DayPart.NIGHT: mark("at night"),
}  # fmt: skip
_DAY_PART_WORDS = _VAGUE_TIMES | {DayPart.UNKNOWN: mark("at an unknown time"), DayPart.ALL_DAY: mark("all day")}
_DEFAULT_DURATION = Duration(minutes=60)
_ANY_DAY = date(2000, 1, 1)


def _describe_hours(at: StartTime, lasts: Duration | None, timezone: str | None, words: Words) -> str:
    if isinstance(at, time):
        return _describe_clock_hours(at, lasts or _DEFAULT_DURATION, timezone, words)
    if at is DayPart.ALL_DAY and lasts and lasts.days > 1:
        return add_place(
            words.say_count("for %(number)s whole day", "for %(number)s whole days", lasts.days), timezone, words
        )
    hours = add_place(describe_start(at, words), timezone, words)
    if at not in _VAGUE_TIMES:
        return hours
    if timezone:
        return words.say("%(hours)s (the hour is not known)", hours=hours)
    return words.say("%(hours)s (neither hour nor zone is known)", hours=hours)


def _describe_clock_hours(at: time, length: Duration, timezone: str | None, words: Words) -> str:
    if length.days or length.minutes >= 24 * 60:
        hours = add_place(describe_start(at, words), timezone, words)
        return words.say("%(hours)s, for %(duration)s", hours=hours, duration=words.format_duration(length))
    end = datetime.combine(_ANY_DAY, at, UTC) + timedelta(minutes=length.minutes)
    first, last = words.format_clock(at), words.format_clock(end)
    if end.date() > _ANY_DAY:
        return add_place(words.say("%(start)s to %(end)s the next day", start=first, end=last), timezone, words)
    return add_place(words.say("%(start)s to %(end)s", start=first, end=last), timezone, words)


def add_place(hours: str, timezone: str | None, words: Words = ENGLISH) -> str:
    """Return `13:00 to 14:00 in Toronto` for the zone of a chat; the hours alone where none is known."""
    if timezone is None:
        return hours
    if timezone == UTC_NAME:
        return words.say("%(hours)s UTC", hours=hours)
    return words.say("%(hours)s in %(city)s", hours=hours, city=words.get_city(timezone))


def _describe_period(first: Period | None, until: Period | None, words: Words) -> str:
    """Return `from September 2010 until the end of 2016`, `in 2016`, `on 4 March 2026`: as much as is known."""
    if first is not None and first == until:
        return _describe_single_period(first, words)
    end = _format_period(until, words) if until else ""
    if first is None:
        message = mark("until the end of %(last)s") if until and not until.is_exact else mark("until %(last)s")
        return words.say(message, last=end) if until else ""
    message = FROM[0 if until is None else 1 if until.is_exact else 2]
    begin = {"first": _format_period(first, words), "last": end}
    return words.find(message, "from a day" if first.is_exact else "from a month or year") % begin


def _describe_single_period(period: Period, words: Words) -> str:
    text = _format_period(period, words)
    if period.is_exact:
        return words.say("on %(days)s", days=text)
    if _is_month(period):
        return words.say_as("a month", "in %(period)s", period=text)
    return words.say_as("a year", "in %(period)s", period=text)


def _is_month(period: Period) -> bool:
    return period.first.month == period.last.month


def _format_period(period: Period, words: Words) -> str:
    if period.is_exact:
        return words.format_long_day(period.first)
    return words.format_month(period.first) if _is_month(period) else str(period.first.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDescription:
    """A chat in words."""

    chat: Chat
    sentence: str
    """Its days, hours and period."""
    notes: tuple[str, ...]
    """More sentences."""
    rrule: str | None
    """The days as an RFC 5545 recurrence rule, without `except`, `from` and `until`.

    None for listed days, and if it is not known which weeks are meant.
    """


def describe_chats(chapter: Chapter, words: Words = ENGLISH) -> list[ChatDescription]:
    """Return the chats of a chapter in words, in the order of its file."""
    return [_describe_chat(chat, chat.timezone or chapter.timezone, words) for chat in chapter.chats]


def _describe_chat(chat: Chat, timezone: str | None, words: Words) -> ChatDescription:
    if chat.every is not None:
        days = _describe_days(chat, chat.every, words)
        hours = _describe_hours(chat.at, chat.lasts, timezone, words)
    else:
        days, hours = _describe_listed_days(chat, timezone, words)
    period = _describe_period(chat.first, chat.until, words)
    if period:
        sentence = words.say("%(days)s, %(hours)s, %(period)s.", days=days, hours=hours, period=period)
    else:
        sentence = words.say("%(days)s, %(hours)s.", days=days, hours=hours)
    rrule = rules.format_rrule(chat.every) if chat.every is not None and not chat.has_unknown_weeks else None
    return ChatDescription(
        chat=chat, sentence=english.capitalize(sentence), notes=tuple(_list_notes(chat, words)), rrule=rrule
    )


def _describe_days(chat: Chat, every: Rule, words: Words) -> str:
    days = describe_rule(every, words)
    if chat.has_unknown_weeks:
        days = words.say("%(days)s (which is not known)", days=days)
    parts = [_describe_exception(one, every, words) for one in chat.exceptions if isinstance(one, Rule)]
    dates = [words.format_long_day(one.day) for one in chat.exceptions if isinstance(one, Day)]
    parts += [words.say("on %(days)s", days=words.join_list(dates))] if dates else []
    if not parts:
        return days
    return words.say("%(days)s except %(exceptions)s", days=days, exceptions=words.join_phrases(parts))


def _describe_exception(rule: Rule, every: Rule, words: Words) -> str:
    if rule.freq == "DAILY" and rule.by_month:
        return words.say("in %(months)s", months=_join_months(rule, words))
    if rule.freq == "WEEKLY":
        days = [day for _, day in rule.by_day]
        if days == _WORKDAYS:
            return words.say("from Monday to Friday")
        weekdays = words.join_list([words.find(f"{DAYS[day]}s", "except on") for day in days])
        return words.say("on %(weekdays)s", weekdays=weekdays)
    is_last = rule.freq == "MONTHLY" and rule.by_day == tuple((-1, day) for _, day in every.by_day)
    if is_last and len(every.by_day) == 1:
        return words.find("the last of the month", words.get_gender(DAYS[every.by_day[0][1]]))
    if rule.freq == "YEARLY" and rule.interval == 1 and (day := _find_single_date(rule)):
        return words.say("on %(days)s", days=words.format_month_day(day))
    return describe_rule(rule, words, each="the")


def _describe_listed_days(chat: Chat, timezone: str | None, words: Words) -> tuple[str, str]:
    dates = sorted(chat.dates, key=lambda one: one.day)
    times = [one.at or chat.at for one in dates]
    if len(set(times)) == 1:
        days = words.join_list([words.format_day(one.day) for one in dates])
        return words.say_as("with weekdays", "on %(days)s", days=days), _describe_hours(
            times[0], chat.lasts, timezone, words
        )
    with_times = [
        words.say("%(day)s %(start)s", day=words.format_day(one.day), start=describe_start(at, words))
        for one, at in zip(dates, times, strict=True)
    ]
    # Where times differ, one is a clock time, which needs a zone.
    city = words.get_city(timezone or UTC_NAME)
    duration = words.format_duration(chat.lasts or _DEFAULT_DURATION)
    if all(isinstance(at, time) for at in times):
        hours = words.say("in %(city)s, for %(duration)s each", city=city, duration=duration)
    else:
        hours = words.say("in %(city)s, for %(duration)s where the time is known", city=city, duration=duration)
    return words.say_as("with weekdays", "on %(days)s", days=words.join_list(with_times)), hours


def _list_notes(chat: Chat, words: Words) -> Iterator[str]:
    if chat.title:
        yield words.say("It is called “%(title)s”.", title=chat.title)
    if chat.topic:
        yield words.say("Its topic is “%(topic)s”.", topic=chat.topic)
    if chat.hosts:
        yield words.say("Hosted by %(hosts)s.", hosts=words.join_list(chat.hosts))
    for rota in sorted(chat.rotas, key=lambda one: one.first.day):
        hosts = ", ".join(rota.hosts)
        yield words.say(
            "From %(day)s on hosts take turns: %(hosts)s.", day=words.format_day(rota.first.day), hosts=hosts
        )
    yield from describe_where(chat, words)
    for link in chat.links:
        yield words.say("%(name)s: %(address)s", name=link.name, address=link.address)
    if chat.note:
        yield english.add_full_stop(" ".join(chat.note.split("\n")))
    if chat.every is not None:
        yield from _list_counting_notes(chat, chat.every, words)
        yield from _list_skipped_days(chat.every, words)


def describe_where(part: Chapter | Chat, words: Words = ENGLISH) -> Iterator[str]:
    """Yield what a chapter or a chat says of where people meet, a sentence for each."""
    if part.place:
        point = f" ({', '.join(map(str, part.geo))})" if part.geo else ""
        yield words.say("It meets at %(place)s.", place=part.place + point)
    elif part.place is not None:
        yield words.say("It meets in no room.")
    if part.join:
        yield words.say("Join at %(address)s", address=part.join)
    elif part.join is not None:
        yield words.say("There is no address to join at.")


_LONGEST_WAIT = timedelta(days=366 * 8)
"""Eight years lie between two 29 Februaries at most."""


_UNKNOWN_WEEKS = {
    "day": mark("Shown every day, as tentative, because it is not known in which days it meets."),
    "week": mark("Shown every week, as tentative, because it is not known in which weeks it meets."),
    "month": mark("Shown every month, as tentative, because it is not known in which months it meets."),
    "year": mark("Shown every year, as tentative, because it is not known in which years it meets."),
}


def _list_counting_notes(chat: Chat, every: Rule, words: Words) -> Iterator[str]:
    if chat.first is not None and chat.first.is_exact and not is_slot(chat, chat.first.first):
        first = next(iterate_slots(chat, chat.first.first, chat.first.first + _LONGEST_WAIT), None)
        if first is not None:
            yield words.say("The first is %(day)s.", day=words.format_day(first))
    if chat.has_unknown_weeks:
        yield words.say(_UNKNOWN_WEEKS[rules.UNITS[every.freq]])
    if every.interval > 1 and chat.anchor is not None:
        day = words.format_day(chat.anchor)
        if every.freq == "WEEKLY" and len(every.by_day) > 1:
            weekday = words.say_as("on", DAYS[every.week_start])
            yield words.say("Counted from %(day)s; weeks begin on %(weekday)s.", day=day, weekday=weekday)
        else:
            yield words.say("Counted from %(day)s.", day=day)


def _list_skipped_days(rule: Rule, words: Words) -> Iterator[str]:
    for ordinal, weekday in rule.by_day:
        if ordinal in (5, -5) and (rule.freq == "MONTHLY" or rule.by_month):
            day = _number_weekday([ordinal], weekday, words)
            yield words.say("A %(day)s is skipped where the month has none.", day=day)
    if 29 in rule.by_month_day and rule.by_month == (2,):
        day = words.format_month_day(date(2000, 2, 29))
        yield words.say("%(date)s is skipped where the year has none.", date=day)
    else:
        shortest = min(monthrange(2001, month)[1] for month in rule.by_month or range(1, 13))
        for number in rule.by_month_day:
            if abs(number) > shortest:
                day = _join_month_days([number], words)
                yield words.say("A %(day)s is skipped where the month has none.", day=day)


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
        f"for {ENGLISH.format_duration(change.lasts)}" if change.lasts else "",
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


def describe_breaks(
    calendar: Calendar, chapter: Chapter, words: Words = ENGLISH, *, day: date | None = None, names_origin: bool = True
) -> list[str]:
    """Return the breaks that a chapter keeps, its own and the calendar's, a sentence for each, by date.

    With a day, those alone that it is in. Those of the calendar are said to be its own, to readers of schedules (who
    read English).
    """
    found = [(one, _BREAK) for one in chapter.breaks]
    shared = _CALENDAR_BREAK if names_origin else _BREAK
    found += [(one, shared) for one in list_calendar_breaks(calendar, chapter)]
    return [
        words.say(
            messages[bool(one.reason)],
            period=_describe_period(one.first, one.until, words),
            reason=one.reason and english.add_full_stop(one.reason),
        )
        for one, messages in sorted(found, key=lambda pair: pair[0].first.first)
        if day is None or one.first.first <= day <= one.until.last
    ]


_BREAK = mark("Sessions due %(period)s are cancelled."), mark("Sessions due %(period)s are cancelled: %(reason)s")
"""Without a reason and with one."""
_CALENDAR_BREAK = (
    "Sessions due %(period)s are cancelled (a break of chatcal.yaml).",
    "Sessions due %(period)s are cancelled (a break of chatcal.yaml): %(reason)s",
)


def describe_certainty(calendar: Calendar, chapter: Chapter, words: Words = ENGLISH) -> str:
    """Return how sure the schedule is: when a person last confirmed it, until when that holds, and the doubt."""
    doubt = f" {english.add_full_stop(chapter.doubt)}" if chapter.doubt else ""
    if chapter.confirmed is None:
        nowhere = "It is shown nowhere, since without `confirmed` no session is unconfirmed."
        return f"There is a doubt:{doubt} {nowhere}" if doubt else "Nobody has given a day on which it was confirmed."
    day = words.format_long_day(chapter.confirmed.day)
    if not chapter.chats:
        return words.say("Last confirmed on %(day)s.", day=day) + doubt
    last = words.format_long_day(get_last_confirmed_day(calendar, chapter.confirmed.day))
    return (
        words.say("Last confirmed on %(day)s; sessions due after %(last)s are unconfirmed.", day=day, last=last) + doubt
    )
