"""What a schedule file says of a chat, and of the hosts who take turns in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, islice
from typing import Any

from chatcal import nodes, rules, texts, times
from chatcal.fields import Each, Hints, Key, collect, key_spans, not_together, read_mapping
from chatcal.model import At, Chat, Length, Listed, NoClock, Period, Rota, Rule
from chatcal.nodes import Node
from chatcal.problem import Invalid, Problem, Span, invalid

HOSTS = Each(texts.line, "hosts")

ROTA = (
    Key("from", "the day of the first turn; the chat must be due then", times.day, needed="2026-03-04", field="first"),
    Key("hosts", "a list, in the order of turns", HOSTS, needed="[Ada Keeper, Bo Light]"),
)


def _rota(node: Node) -> Rota:
    rota = Rota(**read_mapping(node, "a rota", ROTA))
    if not rota.hosts:
        raise invalid(
            node.span,
            "empty-value",
            "A rota without hosts has nobody to take a turn.",
            "List the hosts: `hosts: [Ada Keeper, Bo Light]`.",
        )
    return rota


def rotas(node: Node) -> tuple[Rota, ...]:
    """Read a rota, or a list of them."""
    found = collect(_rota, node.items if isinstance(node, nodes.Sequence) else [node])
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
        raise Invalid(problems)
    return found


CHAT = (
    Key("every", "a phrase", times.every),
    Key(
        "dates",
        "a list of days, each once, with or without a time. Not with `from`, `until`, `except`, `counting`",
        times.dates,
    ),
    Key(
        "rrule",
        "a recurrence rule (RFC 5545) for what no phrase says: by days or longer, naming its days, without start, end "
        "and time of day",
        times.rrule,
    ),
    Key(
        "at",
        "a clock time by 24 hours; or `morning`, `midday`, `afternoon`, `evening`, `night`, `unknown`; or `all day`",
        times.at,
    ),
    Key(
        "lasts",
        "how long: `45min`, `1h`, `1h30`, `48h`, `2d`; at most `31d`. Left out: `1h`, or one day for `all day`",
        times.length,
    ),
    Key(
        "from",
        "the first day, or the month or year if no more is known; it need not be a chat day",
        times.period,
        field="first",
    ),
    Key("until", "the last day, or the month or year, whose end then counts", times.period),
    Key("counting", "a day of the chat, from which other weeks or months are counted", times.day),
    Key("except", "a phrase, a day, or a list of them: never due then", times.exceptions, field="exceptions"),
    Key("timezone", "if this chat keeps another clock", times.zone),
    Key("join", "where this chat takes place", texts.web),
    Key("title", "a name of its own, in place of “#lanternchat chat”", texts.line),
    Key("topic", "what it is always about", texts.line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("rota", "hosts who take turns", rotas, field="rotas"),
    Key("id", "a short name: small letters and digits, a letter first", texts.chat_id),
)


@dataclass(frozen=True, slots=True)
class ReadChat:
    """A reader of chats that knows what to say of keys that belong to the chapter."""

    elsewhere: Callable[[], Hints]

    def __call__(self, node: Node) -> Chat:
        """Return the chat; raises Invalid with every problem of it."""
        values = read_mapping(node, "a chat", CHAT, self.elsewhere())
        spans = key_spans(node)
        if problems := list(_problems(values, spans, node.span)):
            raise Invalid(problems)
        rule = values.pop("rrule", None) or values.pop("every", None)
        return Chat(where=node.span, every=rule, **values)


def _problems(values: dict[str, Any], spans: dict[str, Span], where: Span) -> Iterable[Problem]:
    ways = [way for way in ("every", "dates", "rrule") if way in spans]
    if not ways:
        yield Problem(
            span=where,
            code="missing-key",
            message="A chat needs `every:` or `dates:`.",
            hint="Write when it meets: `every: Sunday`, or `dates: [2026-03-04, 2026-05-06]`.",
        )
    yield from not_together(
        ways[0] if ways else "", ways[1:], spans, "Keep one of them; what one cannot say is another chat."
    )
    yield from not_together(
        "dates",
        ("from", "until", "except", "counting"),
        spans,
        "Take it out, and list under `dates` just the days that are meant.",
    )
    at: At | None = values.get("at")
    dates: tuple[Listed, ...] = values.get("dates", ())
    if at is None and (not dates or any(listed.at is None for listed in dates)):
        yield Problem(
            span=where,
            code="missing-key",
            message="A chat needs `at:`.",
            hint="Write the clock time, `at: 20:00`, or what is known: `at: evening`, `at: unknown`.",
        )
    if "lasts" in spans:
        yield from length_problems(values["lasts"], at, spans["lasts"])
    rule: Rule | None = values.get("every") or values.get("rrule")
    first: Period | None = values.get("first")
    if rule is not None and rule.interval > 1 and "counting" not in values and not (first and first.exact):
        yield Problem(
            span=rule.where,
            code="counting",
            message="This rule counts weeks or months, and nothing says from when.",
            hint=f"Add `counting:` with a date on which the chat was or will be due{_example(rule)}.",
        )
    until: Period | None = values.get("until")
    if first and until and until.last < first.first:
        yield Problem(
            span=until.where,
            code="until-before-from",
            message="`until` lies before `from`, so the chat never meets.",
            hint="`from` is the first day, `until` the last.",
        )


def _example(rule: Rule) -> str:
    days = rules.days(replace(rule, interval=1), date(2026, 3, 1), date(2036, 3, 1))
    return "".join(f", like `counting: {day}`" for day in islice(days, 1))


def length_problems(lasts: Length, at: At | None, where: Span) -> Iterable[Problem]:
    """Yield what is wrong with a length beside a clock time, or what stands in its place."""
    if at is NoClock.ALL_DAY and lasts.minutes:
        yield Problem(
            span=where,
            code="length",
            message="A chat that takes `all day` lasts whole days.",
            hint="Write `lasts: 1d` or `lasts: 2d`, or give `at:` a clock time.",
        )
    elif isinstance(at, NoClock) and at is not NoClock.ALL_DAY:
        yield Problem(
            span=where,
            code="together",
            message=f"`lasts` cannot stand beside `at: {at}`.",
            hint="Take it out: without a clock time the whole day is shown.",
        )
