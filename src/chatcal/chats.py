"""What a schedule file says of a chat, and of the hosts who take turns in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, islice
from typing import Any

from chatcal import nodes, rules, texts, times
from chatcal.fields import Key, KeyHints, ListReader, check_exclusive, find_key_spans, read_all, read_mapping
from chatcal.model import Chat, DayPart, Duration, ListedDate, Period, Rota, Rule, StartTime
from chatcal.nodes import Node
from chatcal.problem import Problem, ScheduleError, Span, make_error

HOSTS = ListReader(texts.read_line, "hosts")

ROTA_KEYS = (
    Key(
        "from",
        "the day of the first turn; the chat must be due then",
        times.read_date,
        needed="2026-03-04",
        field="first",
    ),
    Key("hosts", "a list, in the order of turns", HOSTS, needed="[Ada Keeper, Bo Light]"),
)


def _read_rota(node: Node) -> Rota:
    rota = Rota(**read_mapping(node, "a rota", ROTA_KEYS))
    if not rota.hosts:
        raise make_error(
            node.span,
            "empty-value",
            "A rota without hosts has nobody to take a turn.",
            "List the hosts: `hosts: [Ada Keeper, Bo Light]`.",
        )
    return rota


def read_rotas(node: Node) -> tuple[Rota, ...]:
    """Read a rota, or a list of them."""
    found = read_all(_read_rota, node.items if isinstance(node, nodes.Sequence) else [node])
    if problems := [
        Problem(
            span=later.first.where,
            code="twice",
            message=f"Another rota begins on {later.first.day} too.",
            hint="Keep one of the two, with all who take turns; a rota that follows another begins on a later slot.",
        )
        for earlier, later in combinations(found, 2)
        if earlier.first == later.first
    ]:
        raise ScheduleError(problems)
    return found


CHAT_KEYS = (
    Key("every", "a phrase", times.read_every),
    Key(
        "dates",
        "a list of days, each once, with or without a time. Not with `from`, `until`, `except`, `counting`",
        times.read_dates,
    ),
    Key(
        "rrule",
        "a recurrence rule (RFC 5545) for what no phrase says: by days or longer, naming its days, without start, end "
        "and time of day",
        times.read_rrule,
    ),
    Key(
        "at",
        "a clock time by 24 hours; or `morning`, `midday`, `afternoon`, `evening`, `night`, `unknown`; or `all day`",
        times.read_time,
    ),
    Key(
        "lasts",
        "how long: `45min`, `1h`, `1h30`, `48h`, `2d`; at most `31d`. Left out: `1h`, or one day for `all day`",
        times.read_duration,
    ),
    Key(
        "from",
        "the first day, or the month or year if no more is known; it need not be a chat day",
        times.read_period,
        field="first",
    ),
    Key("until", "the last day, or the month or year, whose end then counts", times.read_period),
    Key("counting", "a day of the chat, from which other weeks or months are counted", times.read_date),
    Key("except", "a phrase, a day, or a list of them: never due then", times.read_exceptions, field="exceptions"),
    Key("timezone", "if this chat keeps another clock", times.read_zone),
    Key("join", "where this chat takes place", texts.read_web_address),
    Key("title", "a name of its own, in place of “#lanternchat chat”", texts.read_line),
    Key("topic", "what it is always about", texts.read_line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("rota", "hosts who take turns", read_rotas, field="rotas"),
    Key("id", "a short name: small letters and digits, a letter first", texts.read_chat_id),
)


@dataclass(frozen=True, slots=True)
class ChatReader:
    """A reader of chats that knows what to say of keys that belong to the chapter."""

    get_hints: Callable[[], KeyHints]

    def __call__(self, node: Node) -> Chat:
        """Return the chat; raises Invalid with every problem of it."""
        values = read_mapping(node, "a chat", CHAT_KEYS, self.get_hints())
        spans = find_key_spans(node)
        if problems := list(_find_chat_problems(values, spans, node.span)):
            raise ScheduleError(problems)
        rule = values.pop("rrule", None) or values.pop("every", None)
        return Chat(where=node.span, every=rule, **values)


def _find_chat_problems(values: dict[str, Any], spans: dict[str, Span], where: Span) -> Iterable[Problem]:
    ways = [way for way in ("every", "dates", "rrule") if way in spans]
    if not ways:
        yield Problem(
            span=where,
            code="missing-key",
            message="A chat needs `every:` or `dates:`.",
            hint="Write when it meets: `every: Sunday`, or `dates: [2026-03-04, 2026-05-06]`.",
        )
    yield from check_exclusive(
        ways[0] if ways else "", ways[1:], spans, "Keep one of them; what one cannot say is another chat."
    )
    yield from check_exclusive(
        "dates",
        ("from", "until", "except", "counting"),
        spans,
        "Take it out, and list under `dates` just the days that are meant.",
    )
    at: StartTime | None = values.get("at")
    dates: tuple[ListedDate, ...] = values.get("dates", ())
    if at is None and (not dates or any(listed.at is None for listed in dates)):
        yield Problem(
            span=where,
            code="missing-key",
            message="A chat needs `at:`.",
            hint="Write the clock time, `at: 20:00`, or what is known: `at: evening`, `at: unknown`.",
        )
    if "lasts" in spans:
        yield from find_duration_problems(values["lasts"], at, spans["lasts"])
    rule: Rule | None = values.get("every") or values.get("rrule")
    first: Period | None = values.get("first")
    if rule is not None and rule.interval > 1 and "counting" not in values and not (first and first.is_exact):
        yield Problem(
            span=rule.where,
            code="counting",
            message="This rule counts weeks or months, and nothing says from when.",
            hint=f"Add `counting:` with a date on which the chat was or will be due{_suggest_counting(rule)}.",
        )
    until: Period | None = values.get("until")
    if first and until and until.last < first.first:
        yield Problem(
            span=until.where,
            code="until-before-from",
            message="`until` lies before `from`, so the chat never meets.",
            hint="`from` is the first day, `until` the last.",
        )


def _suggest_counting(rule: Rule) -> str:
    days = rules.expand(replace(rule, interval=1), date(2026, 3, 1), date(2036, 3, 1))
    return "".join(f", like `counting: {day}`" for day in islice(days, 1))


def find_duration_problems(lasts: Duration, at: StartTime | None, where: Span) -> Iterable[Problem]:
    """Yield what is wrong with a length beside a clock time, or what stands in its place."""
    if at is DayPart.ALL_DAY and lasts.minutes:
        yield Problem(
            span=where,
            code="length",
            message="A chat that takes `all day` lasts whole days.",
            hint="Write `lasts: 1d` or `lasts: 2d`, or give `at:` a clock time.",
        )
    elif isinstance(at, DayPart) and at is not DayPart.ALL_DAY:
        yield Problem(
            span=where,
            code="together",
            message=f"`lasts` cannot stand beside `at: {at}`.",
            hint="Take it out: without a clock time the whole day is shown.",
        )
