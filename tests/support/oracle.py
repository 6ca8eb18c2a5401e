"""The sessions of a calendar, found by counting days: an independent calculation that tests compare the feeds with.

It rests on the schedule language alone and shares no code and no idea with the product. For each single date it asks
"is this a slot of this chat?" and answers from weekday, day of the month, and whole weeks or months between two dates;
a clock time becomes an instant by looking for the instant at which the clock on the wall shows it. Inputs are valid.
"""

import re
import zoneinfo
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import yaml

from tests.support.oracle_words import PARTS, TEXTS, Texts

zoneinfo.reset_tzpath(())  # tzdata's zones on every machine, never the machine's own
zoneinfo.ZoneInfo.clear_cache()

Test = Callable[[date], bool]
Node = Any  # what BaseLoader makes: str, list or dict, all the way down

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [
    *["january", "february", "march", "april", "may", "june"],
    *["july", "august", "september", "october", "november", "december"],
]
ORDINALS = {"last": -1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
WHICH = "which is not known. It may not be held on this day."
NO_CLOCK = (*PARTS, "unknown", "all day")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """An event as a feed should hold it; moments are in UTC. Hosts and description do not count when compared."""

    uid: str
    start: datetime | date
    end: datetime | date
    summary: str
    status: str | None
    hosts: tuple[str, ...] = field(default=(), compare=False)
    description: str = field(default="", compare=False)
    withdrawn_summary: str = field(default="", compare=False)
    """What its summary would be if it were cancelled."""


# Dates


def load(text: str) -> Node:
    return yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506 - BaseLoader makes nothing but text


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def months_later(day: date, months: int) -> date:
    year, month = divmod(month_number(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def span(text: str) -> tuple[date, date]:
    """Return first and last day of 2014-01-29, 2014-01 or 2014."""
    numbers = [int(part) for part in text.split("-")]
    if len(numbers) == 3:
        return date(*numbers), date(*numbers)
    first, last = numbers[1:] * 2 or (1, 12)
    return date(numbers[0], first, 1), date(numbers[0], last, monthrange(numbers[0], last)[1])


def week_of(day: date, starts_on: int = 0) -> date:
    return day - timedelta(days=(day.weekday() - starts_on) % 7)


def months_of(text: str) -> int:
    """Return the months of '18 months'."""
    return int(text.split(maxsplit=1)[0]) * (12 if "year" in text else 1)


# Phrases


def is_month_day(day: date, number: int) -> bool:
    return number in (day.day, day.day - length(day) - 1)


def is_nth(day: date, ordinal: int, weekday: int) -> bool:
    before, after = (day.day - 1) // 7, (length(day) - day.day) // 7
    return day.weekday() == weekday and ordinal in (before + 1, -after - 1)


def tokens_of(phrase: str) -> list[str]:
    """Return the words that carry meaning."""
    found = re.findall(r"[a-z0-9]+", phrase.lower())
    return [word for word in found if word not in ("every", "each", "the", "a", "an", "and")]


def weekdays_of(tokens: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for token in tokens:
        if token == "day":  # noqa: S105 - a word
            found |= set(range(7))
        elif token == "weekday":  # noqa: S105 - a word
            found |= set(range(5))
        else:
            found.add(WEEKDAYS.index(token))
    return found


def ordinal_of(token: str) -> int | None:
    number = re.fullmatch(r"(\d+)(st|nd|rd|th)?", token)
    return int(number[1]) if number else ORDINALS.get(token)


def monthly(tokens: list[str]) -> Test:
    """Return the test of what stands before 'of': first third thursday; 1st 15th; second to last friday; last day."""
    ordinals: list[int] = []
    kinds: list[str] = []
    pairs: list[tuple[int, str]] = []
    rest = iter([*" ".join(tokens).replace(" to last", " to-last").split(), "end"])
    for token in rest:
        if token == "to-last":  # noqa: S105 - a word
            ordinals[-1] = -ordinals[-1]
            continue
        number = ordinal_of(token)
        if (number is not None and kinds) or token == "end":  # noqa: S105 - a word
            pairs += [(one, kind) for one in ordinals for kind in kinds or ["day"]]
            ordinals, kinds = [], []
        if number is None:
            kinds.append(token)
        else:
            ordinals.append(number)
    return lambda day: any(
        is_month_day(day, number) if kind == "day" else is_nth(day, number, WEEKDAYS.index(kind))
        for number, kind in pairs
    )


def every_weeks(weekdays: set[int], weeks: int, anchor: date | None) -> Test:
    def test(day: date) -> bool:
        if day.weekday() not in weekdays:
            return False
        return weeks == 1 or (week_of(day) - week_of(anchor or day)).days // 7 % weeks == 0

    return test


def every_months(within: Test, months: int, anchor: date | None) -> Test:
    return lambda day: within(day) and (month_number(day) - month_number(anchor or day)) % months == 0


def number_of(token: str) -> int:
    """Return the number before 'weeks' or 'months': 3, other, or none."""
    return int(token) if token.isdigit() else 2 if token == "other" else 1  # noqa: S105 - a word


def of_year(tokens: list[str]) -> Test:
    """Return the test of '8 march' and of whole months."""
    pairs: set[tuple[int, int]] = set()
    pending: list[int] = []
    for token in tokens:
        if token in MONTHS:
            pairs |= {(MONTHS.index(token) + 1, number) for number in pending or range(1, 32)}
            pending = []
        else:
            pending.append(ordinal_of(token) or 0)
    return lambda day: (day.month, day.day) in pairs


def phrase_test(phrase: str, anchor: date | None = None) -> Test:
    """Return the test of a phrase; numbers are counted from the anchor."""
    tokens = tokens_of(phrase)
    if "of" in tokens:
        at = tokens.index("of")
        within, right = monthly(tokens[:at]), tokens[at + 1 :]
        if right[-1] in ("month", "months"):
            return every_months(within, number_of(right[0]), anchor)
        named = {MONTHS.index(token) + 1 for token in right}
        return lambda day: day.month in named and within(day)
    if "on" in tokens:
        at = tokens.index("on")
        return every_weeks(weekdays_of(tokens[at + 1 :]), number_of(tokens[0]), anchor)
    if any(token in MONTHS for token in tokens):
        return of_year(tokens)
    if tokens[0] == "other":
        return every_weeks(weekdays_of(tokens[1:]), 2, anchor)
    return every_weeks(weekdays_of(tokens), 1, None)


def rhythm_of(chat: Node) -> str:
    """Return how often a chat is held of which no one knows in what weeks it is; empty for others. In English."""
    if chat.get("counting", "").lower() != "unknown":
        return ""
    if "rrule" in chat:
        rule = rule_of(chat["rrule"])
        number, unit = (
            rule.interval,
            {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[rule.freq],
        )
    else:
        tokens = tokens_of(chat["every"])
        after = tokens.index("of") + 1 if "of" in tokens else 0
        number, unit = number_of(tokens[after]), "month" if after else "week"
    if number == 2 or unit in ("day", "week"):
        return f"every other {unit}" if number == 2 else f"every {number} {unit}s"
    words = {count: word for word, count in ORDINALS.items()}
    ending = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"every {words.get(number, f'{number}{ending}')} {unit}"


# RFC 5545 rules


@dataclass(frozen=True)
class Rule:
    freq: str
    interval: int
    byday: list[tuple[int, int]]  # ordinal or 0, weekday
    bymonthday: list[int]
    bymonth: list[int]
    bysetpos: list[int]
    week_start: int


RULE_PARTS = {"FREQ", "INTERVAL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}


def rule_of(text: str) -> Rule:
    parts = dict(part.split("=") for part in text.upper().removeprefix("RRULE:").split(";") if part)
    assert parts.keys() <= RULE_PARTS, f"not counted here: {parts.keys() - RULE_PARTS}"
    codes = [name[:2].upper() for name in WEEKDAYS]

    def numbers(name: str) -> list[int]:
        return [int(one) for one in parts.get(name, "").split(",") if one]

    return Rule(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        [(int(one[:-2] or 0), codes.index(one[-2:])) for one in parts.get("BYDAY", "").split(",") if one],
        numbers("BYMONTHDAY"),
        numbers("BYMONTH"),
        numbers("BYSETPOS"),
        codes.index(parts.get("WKST", "MO")),
    )


def is_nth_of_year(day: date, ordinal: int, weekday: int) -> bool:
    before = (day - date(day.year, 1, 1)).days // 7
    after = (date(day.year, 12, 31) - day).days // 7
    return day.weekday() == weekday and ordinal in (before + 1, -after - 1)


def fits(rule: Rule, day: date) -> bool:
    """Tell whether the BY parts other than BYSETPOS let the day through."""
    nth = is_nth_of_year if rule.freq == "YEARLY" and not rule.bymonth else is_nth
    return (
        (not rule.bymonth or day.month in rule.bymonth)
        and (not rule.bymonthday or any(is_month_day(day, number) for number in rule.bymonthday))
        and (
            not rule.byday
            or any(nth(day, number, code) if number else day.weekday() == code for number, code in rule.byday)
        )
    )


def period(rule: Rule, day: date) -> tuple[date, date, int]:
    """Return first and last day of the day's period, and its number."""
    if rule.freq == "YEARLY":
        return date(day.year, 1, 1), date(day.year, 12, 31), day.year
    if rule.freq == "MONTHLY":
        return day.replace(day=1), day.replace(day=length(day)), month_number(day)
    if rule.freq == "WEEKLY":
        first = week_of(day, rule.week_start)
        return first, first + 6 * DAY, (first.toordinal() - rule.week_start - 1) // 7
    return day, day, day.toordinal()


def rrule_test(text: str, anchor: date | None) -> Test:
    rule = rule_of(text)

    def test(day: date) -> bool:
        if not fits(rule, day):
            return False
        first, last, number = period(rule, day)
        if rule.interval > 1 and (number - period(rule, anchor or day)[2]) % rule.interval:
            return False
        if not rule.bysetpos:
            return True
        fitting = [one for one in days(first, last) if fits(rule, one)]
        place = fitting.index(day)
        return place + 1 in rule.bysetpos or place - len(fitting) in rule.bysetpos

    return test


# Chats


def listed(node: Node) -> list[Node]:
    return node if isinstance(node, list) else [node] if node else []


def is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def except_test(item: str) -> Test:
    return date.fromisoformat(item).__eq__ if is_date(item) else phrase_test(item)


def chat_test(chat: Node) -> Test:
    """Return the test whether a date is a slot of the chat."""
    if "dates" in chat:
        named = {date.fromisoformat(text.split()[0]) for text in chat["dates"]}
        return lambda day: day in named
    first = span(chat["from"])[0] if "from" in chat else date.min
    last = span(chat["until"])[1] if "until" in chat else date.max
    counted = chat.get("counting") or chat.get("from", "")
    anchor = date.fromisoformat(counted) if is_date(counted) else None
    due = rrule_test(chat["rrule"], anchor) if "rrule" in chat else phrase_test(chat["every"], anchor)
    excepted = [except_test(item) for item in listed(chat.get("except"))]
    return lambda day: first <= day <= last and due(day) and not any(test(day) for test in excepted)


def date_time(chat: Node, slot: date) -> str | None:
    """Return the time that stands with a date of `dates`."""
    for text in chat.get("dates", []):
        day, _, clock = text.partition(" ")
        if day == slot.isoformat() and clock:
            return str(clock.strip())
    return None


def host_of(chat: Node, test: Test, slot: date) -> str | None:
    """Return whose turn a slot is: a slot each, also where it is cancelled; None before any rota begins."""
    rotas = {date.fromisoformat(one["from"]): one["hosts"] for one in listed(chat.get("rota"))}
    begun = max((day for day in rotas if day <= slot), default=None)
    if begun is None:
        return None
    turns = sum(test(day) for day in days(begun, slot - DAY))
    return str(rotas[begun][turns % len(rotas[begun])])


# Clocks


@cache
def instant(wall: datetime, zone: str) -> datetime:
    """Return the first instant at which the zone's clock shows a time, or the first after it where it never does.

    The clock on the wall is written as though it were UTC.
    """
    tz = zoneinfo.ZoneInfo(zone)

    def shown(moment: datetime) -> datetime:
        return moment.astimezone(tz).replace(tzinfo=UTC, fold=0)

    about = [wall + timedelta(minutes=30 * step) for step in range(-32, 33)]
    offsets = {shown(moment) - moment for moment in about}
    showing = [wall - offset for offset in offsets if shown(wall - offset) == wall]
    if showing:
        return min(showing)
    moment = wall - max(offsets)
    while shown(moment) < wall:
        moment += timedelta(minutes=1)
    while shown(moment - timedelta(seconds=1)) > wall:
        moment -= timedelta(seconds=1)
    return moment


def after(start: datetime, lasts: str, zone: str) -> datetime:
    """Return the end of what starts then: days go by the clock on the wall, hours and minutes elapse."""
    if lasts.endswith("d"):
        wall = start.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=UTC, fold=0)
        return instant(wall + int(lasts[:-1]) * DAY, zone)
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)(?:min)?)?", lasts.replace(" ", ""))
    assert found, lasts
    return start + timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


def starts_and_ends(day: date, at: str, lasts: str | None, zone: str | None) -> tuple[datetime | date, datetime | date]:
    if at in NO_CLOCK:
        whole = int(lasts[:-1]) if at == "all day" and lasts and lasts.endswith("d") else 1
        return day, day + whole * DAY
    assert zone
    hour, minute = at.split(":")
    start = instant(datetime.combine(day, time(int(hour), int(minute)), UTC), zone)
    return start, after(start, lasts or "1h", zone)


# Sessions


@dataclass(frozen=True)
class Chapter:
    slug: str
    node: Node
    breaks: list[tuple[date, date, str]]
    confirmed_until: date
    calendar: Node


@dataclass(frozen=True)
class Session:
    event: Expected
    unconfirmed: bool


def chapter_of(calendar: Node, slug: str, text: str) -> Chapter:
    node = load(text)
    names = {slug, *listed(node.get("formerly"))}
    breaks = [
        *listed(node.get("breaks")),
        *(one for one in listed(calendar.get("breaks")) if names & set(one.get("chapters", names))),
    ]
    until = date.max
    if "confirmed" in node:
        allowed = months_of(calendar.get("unconfirmed_after", "18 months"))
        until = months_later(date.fromisoformat(node["confirmed"]), allowed)
    spans = [(span(one["from"])[0], span(one["until"])[1], one.get("reason", "")) for one in breaks]
    return Chapter(slug, node, spans, until, calendar)


def entry_of(chapter: Chapter, due: list[Node], chat: Node, slot: date) -> Node:
    """Return what `sessions` says of a slot of one of the chats that are due that day; None where it is silent."""
    entries = chapter.node.get("sessions") or {}
    name = chat.get("id")
    for key, entry in entries.items():
        day, _, meant = key.partition(" ")
        if day == slot.isoformat() and (meant.strip() == name if meant else not name or len(due) == 1):
            return {"cancelled": ""} if entry == "cancelled" else entry or {}
    return None


def summary_of(
    chapter: Chapter,
    texts: Mapping[str, str],
    at: str,
    zone: str | None,
    rhythm: str = "",
    *,
    cancelled: bool,
    unconfirmed: bool,
) -> str:
    title, topic = texts.get("title"), texts.get("topic")
    hashtag, words = chapter.node.get("hashtag"), words_of(chapter)
    label = f"#{hashtag}" if hashtag else chapter.node["name"]
    plain = words.name.format(hashtag=hashtag) if hashtag else f"{label} chat"
    name = title or (label if topic else plain)
    if topic:
        name = words.topic.format(name=name, topic=line(topic))
    if cancelled:
        return curly(words.cancelled.format(what=name))
    if at in PARTS:
        part = words.say_part(at)
        name += ", " + (words.part_in_city.format(part=part, city=words.city(zone)) if zone else part)
    elif at == "unknown":
        name += f", {words.unknown}"
    marks = ", ".join(filter(None, [rhythm, words.unconfirmed if unconfirmed else ""]))
    return curly(name + (f" ({marks})" if marks else ""))


def words_of(chapter: Chapter) -> Texts:
    return TEXTS[chapter.node.get("language", "en")]


def curly(text: str) -> str:
    """Return a text with curly quotes where some programs would drop straight ones."""
    in_quotes = len(text) > 1 and text[0] == text[-1] == '"' and "\n" not in text
    if not in_quotes and "TZID=" not in text:
        return text
    first, *more = text.split('"')
    opens = [number % 2 == 0 and number + 1 < len(more) for number in range(len(more))]
    return first + "".join(("“" if each else "”") + part for each, part in zip(opens, more, strict=True))


def line(text: str) -> str:
    """Return a text that is to stand on one line."""
    return " ".join(part.strip() for part in text.strip().splitlines())


def news(chapter: Chapter, entry: Node, slot: date, planned: str) -> Iterator[str]:
    """Yield what became of a slot that was due at the time `planned`: called off, and why; moved, and from when."""
    words = words_of(chapter)
    if "cancelled" in entry:
        yield words.cancelled.format(what=line(entry["cancelled"])) if entry["cancelled"] else words.called_off
    if "moved" in entry:
        day = words.say_day(slot)
        if planned == "unknown":
            day += f", {words.unknown}"
        elif planned in PARTS:
            day += f", {words.say_part(planned)}"
        elif planned != "all day":
            hour, minute = map(int, planned.split(":"))
            day = words.day_and_clock.format(day=day, clock=words.say_clock(hour, minute))
        yield words.moved.format(day=day)


def doubts(chapter: Chapter, *, unconfirmed: bool) -> Iterator[str]:
    if unconfirmed:
        day = words_of(chapter).say_long_day(date.fromisoformat(chapter.node["confirmed"]))
        doubt = chapter.node.get("doubt")
        yield words_of(chapter).doubt.format(day=day) + (f" {doubt}" if doubt else "")


def clocks(chapter: Chapter, start: datetime | date, zone: str | None) -> Iterator[str]:
    """Yield what the clocks show at the start: the chat's own with the day, others with the weekday if it differs."""
    if not isinstance(start, datetime):
        return
    assert zone
    words = words_of(chapter)
    own = start.astimezone(zoneinfo.ZoneInfo(zone))
    others = []
    for other in chapter.calendar.get("clocks", []):
        there = start.astimezone(zoneinfo.ZoneInfo(other))
        weekday = "" if there.date() == own.date() else f"{words.say_weekday(there)} "
        if other != zone:
            others.append(f"{weekday}{words.say_clock(there.hour, there.minute)} {words.city(other)}")
    shown = words.day_and_clock.format(day=words.say_day(own), clock=words.say_clock(own.hour, own.minute))
    yield f"{shown} {words.city(zone)}" + (f" ({', '.join(others)})" if others else "")


def joining(chapter: Chapter, chat: Node, entry: Node) -> Iterator[str]:
    everywhere = chapter.calendar.get("join", "none")
    if "{hashtag}" in everywhere:
        hashtag = chapter.node.get("hashtag")
        everywhere = everywhere.replace("{hashtag}", quote(hashtag)) if hashtag else "none"
    places = [level["join"] for level in (entry, chat, chapter.node) if "join" in level]
    if (address := [*places, everywhere][0]) != "none":
        yield words_of(chapter).join.format(address=address)


def links(*levels: Node) -> Iterator[str]:
    """Yield the links of all levels; the last of a name counts, in the place of the first."""
    found: dict[str, str] = {}
    for level in levels:
        for name, address in level.get("links", {}).items():
            found[name.casefold()] = f"{name}: {address}"
    yield from found.values()


def session_of(chapter: Chapter, due: list[Node], chat: Node, slot: date, test: Test) -> Session:
    entry = entry_of(chapter, due, chat, slot)
    rhythm = rhythm_of(chat) if entry is None else ""  # what is said of a day is said by someone who knows
    if entry is None:
        entry = next(({"cancelled": why} for first, last, why in chapter.breaks if first <= slot <= last), {})
    cancelled = "cancelled" in entry
    moved_to, _, moved_at = entry.get("moved", slot.isoformat()).partition(" ")
    at = (moved_at.strip() or entry.get("at") or date_time(chat, slot) or chat["at"]).lower()
    zone = chat.get("timezone") or chapter.node.get("timezone")
    start, end = starts_and_ends(date.fromisoformat(moved_to), at, entry.get("lasts") or chat.get("lasts"), zone)
    unconfirmed = slot > chapter.confirmed_until
    rhythm = "" if cancelled else rhythm
    tentative = unconfirmed or rhythm or at in PARTS or at == "unknown"
    oldest = [*listed(chapter.node.get("formerly")), chapter.slug][0]
    local = "-".join([oldest, *listed(chat.get("id")), slot.isoformat()])
    texts = {**chat, **entry}
    hosts = tuple(listed(entry["hosts"] if "hosts" in entry else host_of(chat, test, slot) or chat.get("hosts")))
    words = words_of(chapter)
    hosting = words.host if len(hosts) == 1 else words.hosts
    event = Expected(
        f"{local}@{chapter.calendar['uid_domain']}",
        start,
        end,
        summary_of(chapter, texts, at, zone, rhythm, cancelled=cancelled, unconfirmed=unconfirmed),
        None if cancelled else "TENTATIVE" if tentative else "CONFIRMED",
        hosts,
        curly(
            "\n".join(
                [
                    *news(chapter, entry, slot, (date_time(chat, slot) or chat["at"]).lower()),
                    *doubts(chapter, unconfirmed=unconfirmed and not cancelled),
                    *([f"{rhythm.capitalize()}; {WHICH}"] if rhythm else []),
                    *([hosting.format(hosts=", ".join(hosts))] if hosts else []),
                    *(level["note"].strip() for level in (entry, chat, chapter.node) if level.get("note")),
                    *links(chapter.node, chat, entry),
                    *([words.no_clock] if at in (*PARTS, "unknown") else []),
                    *clocks(chapter, start, zone),
                    *joining(chapter, chat, entry),
                ]
            )
        ),
        summary_of(chapter, texts, at, zone, cancelled=True, unconfirmed=unconfirmed),
    )
    return Session(event, unconfirmed)


def utc(moment: datetime | date, hour: int = 0) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(hour), UTC)


def sessions(calendar_text: str, chapters: Mapping[str, str], first: date, last: date) -> list[Session]:
    found = []
    for slug, text in chapters.items():
        chapter = chapter_of(load(calendar_text), slug, text)
        chats = [(chat, chat_test(chat)) for chat in listed(chapter.node.get("chats"))]
        named = {date.fromisoformat(key.split()[0]) for key in chapter.node.get("sessions") or {}}
        met = 0
        for day in named | set(days(first - 3 * DAY, last + 3 * DAY)):
            asked = [(chat, test) for chat, test in chats if test(day)]
            due = [chat for chat, _ in asked]
            found += [session_of(chapter, due, chat, day, test) for chat, test in asked]
            met += sum(entry_of(chapter, due, chat, day) is not None for chat in due)
        assert met == len(chapter.node.get("sessions") or {}), f"{slug}: a key of sessions means no slot, or two"
    inside = [one for one in found if first <= utc(one.event.start).date() <= last]
    return sorted(inside, key=lambda one: (utc(one.event.start), one.event.uid))


# What tests ask for


def expected(calendar_text: str, chapters: Mapping[str, str], first: date, last: date) -> list[Expected]:
    """Return the sessions that start from the first to the last day, in UTC; chapters are YAML texts by slug."""
    return [one.event for one in sessions(calendar_text, chapters, first, last)]


def window(calendar_text: str, now: datetime) -> tuple[date, date]:
    """Return first and last day of what a feed holds at a moment."""
    calendar = load(calendar_text)
    month = now.astimezone(UTC).date().replace(day=1)
    first = months_later(month, -months_of(calendar.get("behind", "3 months")))
    last = months_later(month, months_of(calendar.get("ahead", "12 months")))
    return first, last.replace(day=length(last))


def has_ended(one: Expected, now: datetime) -> bool:
    """Tell whether an event is over; one of whole days is when its end has begun everywhere on earth."""
    return utc(one.end, 12) < now


def publication(
    calendar_text: str,
    chapters: Mapping[str, str],
    now: datetime,
    last: Iterable[Expected] = (),
    *,
    rewrite_past: bool = False,
) -> list[Expected]:
    """Return the events of a feed of these chapters; of what it held `last`, all that has ended stays as it was.

    A feed that held an event never becomes empty.
    """
    held = in_order(last)
    hide = load(calendar_text).get("unconfirmed", "show") == "hide"
    begin, end = window(calendar_text, now)
    compiled = [
        one.event
        for one in sessions(calendar_text, chapters, begin, end)
        if (rewrite_past or not has_ended(one.event, now)) and not (hide and one.unconfirmed)
    ]
    kept = [one for one in held if has_ended(one, now) and not rewrite_past]
    events = {one.uid: one for one in [*kept, *compiled]}
    found = in_order(one for one in events.values() if begin <= utc(one.start).date() <= end)
    return (
        found or [one for one in held if has_ended(one, now)][-1:] or [withdrawn(one, begin, end) for one in held[:1]]
    )


def withdrawn(one: Expected, begin: date, end: date) -> Expected:
    """Return an event as it stays when it is the last of its feed: cancelled, if the feed reaches so far."""
    if not begin <= utc(one.start).date() <= end or one.summary == one.withdrawn_summary:
        return one
    said = "\n".join(["Cancelled.", one.description])
    return replace(one, summary=one.withdrawn_summary, status=None, description=said)


def in_order(events: Iterable[Expected]) -> list[Expected]:
    return sorted(events, key=lambda one: (utc(one.start), one.uid))
