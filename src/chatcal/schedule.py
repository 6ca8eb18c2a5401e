"""The file format: one table of keys for each kind of mapping.

The tables are the format page in code. What needs the days of a rule is left to `checks`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import Any

from chatcal import source, texts, times
from chatcal.fields import Key, Read, collect, each, key_spans, not_a, not_together, read_mapping
from chatcal.model import (
    At,
    Break,
    Calendar,
    Change,
    Chapter,
    Chat,
    Collection,
    Length,
    Listed,
    NoClock,
    Period,
    Rota,
    Rule,
)
from chatcal.problem import Invalid, Problem, Span, invalid
from chatcal.source import Mapping, Node, Scalar

CALENDAR_FILE = "chatcal.yaml"

_texts = each(texts.text, "texts")

_ROTA = (
    Key("from", times.day, required=True, field="first"),
    Key("hosts", _texts, required=True),
)


def _rota(node: Node) -> Rota:
    rota = Rota(**read_mapping(node, "a rota", _ROTA))
    if not rota.hosts:
        raise invalid(
            node.span,
            "empty-value",
            "A rota without hosts has nobody to take a turn.",
            "List the hosts.",
        )
    return rota


def _rotas(node: Node) -> tuple[Rota, ...]:
    return collect(_rota, node.items if isinstance(node, source.Sequence) else [node])


_CHAT = (
    Key("every", times.every),
    Key("dates", times.dates),
    Key("rrule", times.rrule),
    Key("at", times.at),
    Key("lasts", times.length),
    Key("from", times.period, field="first"),
    Key("until", times.period),
    Key("counting", times.day),
    Key("except", times.exceptions, field="exceptions"),
    Key("timezone", times.zone),
    Key("join", texts.web),
    Key("title", texts.text),
    Key("topic", texts.text),
    Key("hosts", _texts),
    Key("rota", _rotas, field="rotas"),
    Key("id", texts.chat_id),
)


def _chat(node: Node) -> Chat:
    values = read_mapping(node, "a chat", _CHAT)
    spans = key_spans(node)
    if problems := list(_chat_problems(values, spans, node.span)):
        raise Invalid(problems)
    rule = values.pop("rrule", None) or values.pop("every", None)
    return Chat(where=node.span, every=rule, **values)


def _chat_problems(values: dict[str, Any], spans: dict[str, Span], where: Span) -> Iterable[Problem]:
    ways = [way for way in ("every", "dates", "rrule") if way in spans]
    if not ways:
        yield Problem(
            span=where,
            code="missing-key",
            message="A chat needs `every:` or `dates:`.",
            hint="Write when it meets: `every: Sunday`.",
        )
    yield from not_together(ways[0] if ways else "", ways[1:], spans, "Write one of them, or two chats.")
    yield from not_together(
        "dates",
        ("from", "until", "except", "counting"),
        spans,
        "List just the days that are meant.",
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
        yield from _length_problems(values["lasts"], at, spans["lasts"])
    rule: Rule | None = values.get("every") or values.get("rrule")
    first: Period | None = values.get("first")
    if rule is not None and rule.interval > 1 and "counting" not in values and not (first and first.exact):
        yield Problem(
            span=rule.where,
            code="counting",
            message="This rule counts weeks or months, and nothing says from when.",
            hint="Add `counting:` with a date on which the chat was or will be due.",
        )
    until: Period | None = values.get("until")
    if first and until and until.last < first.first:
        yield Problem(
            span=until.where,
            code="until-before-from",
            message="`until` lies before `from`, so the chat never meets.",
            hint="`from` is the first day, `until` the last.",
        )


def _length_problems(lasts: Length, at: At | None, where: Span) -> Iterable[Problem]:
    if at is NoClock.ALL_DAY and lasts.minutes:
        yield Problem(
            span=where,
            code="length",
            message="A chat that takes `all day` lasts whole days.",
            hint="Write `1d` or `2d`, or give it a clock time.",
        )
    elif isinstance(at, NoClock) and at is not NoClock.ALL_DAY:
        yield Problem(
            span=where,
            code="together",
            message=f"`lasts` cannot stand beside `at: {at}`.",
            hint="Take it out: without a clock time the whole day is shown.",
        )


_CHANGE = (
    Key("cancelled", texts.reason),
    Key("moved", times.target),
    Key("at", times.at),
    Key("lasts", times.length),
    Key("topic", texts.text),
    Key("hosts", _texts),
    Key("title", texts.text),
    Key("join", texts.web),
    Key("note", texts.text),
    Key("transcript", texts.web),
)


def _change(key: Scalar, node: Node) -> Change:
    day, _, chat_id = key.text.partition(" ")
    slot = times.date_of(day, key.span)
    chat = texts.chat_id(replace(key, text=chat_id.strip())) if chat_id.strip() else None
    if isinstance(node, Scalar) and node.text.strip().lower() in ("cancelled", "canceled"):
        return Change(slot=slot, id=chat, where=key.span, cancelled="")
    values = read_mapping(node, "a session", _CHANGE)
    spans = key_spans(node)
    problems = [
        *not_together("cancelled", ["moved"], spans, "A moved session is held; a cancelled one is not."),
    ]
    if "at" in spans and "moved" in values and values["moved"].at is not None:
        problems += not_together("moved", ["at"], spans, "Write the time behind the date of `moved`.")
    if "lasts" in values and "at" in values:
        problems += _length_problems(values["lasts"], values["at"], spans["lasts"])
    if problems:
        raise Invalid(problems)
    return Change(slot=slot, id=chat, where=key.span, **values)


def _changes(node: Node) -> tuple[Change, ...]:
    if not isinstance(node, Mapping):
        raise not_a(
            node,
            "lines that begin with a date",
            "Write `2014-12-24:` and below it what is special that day.",
        )
    return collect(lambda pair: _change(*pair), node.pairs)


_BREAK = (
    Key("from", times.period, required=True, field="first"),
    Key("until", times.period, required=True),
    Key("reason", texts.text),
)
_CALENDAR_BREAK = (*_BREAK, Key("chapters", each(texts.name, "chapters")))


def _break(keys: tuple[Key, ...]) -> Read:
    def read(node: Node) -> Break:
        found = Break(**read_mapping(node, "a break", keys))
        if found.until.last < found.first.first:
            raise invalid(
                found.until.where,
                "until-before-from",
                "`until` lies before `from`, so the break has no days.",
                "`from` is the first day, `until` the last.",
            )
        return found

    return read


_CHAPTER = (
    Key("hashtag", texts.hashtag, required=True),
    Key("name", texts.text, required=True),
    Key("about", texts.text),
    Key("region", texts.text),
    Key("language", texts.language),
    Key("timezone", times.zone),
    Key("website", texts.web),
    Key("account", texts.text),
    Key("join", texts.web),
    Key("note", texts.text),
    Key("moderators", _texts),
    Key("confirmed", times.day),
    Key("doubt", texts.text),
    Key("sources", _texts),
    Key("formerly", each(texts.name, "names")),
    Key("chats", each(_chat, "chats")),
    Key("sessions", _changes, field="changes"),
    Key("breaks", each(_break(_BREAK), "breaks")),
)

_CHAPTER_OF_CHAT = {key.name for key in _CHAT}


def chapter(file: str, octets: bytes) -> Chapter:
    """Return the chapter that one schedule file describes.

    Takes the file's path as it is shown in messages (its last part, without `.yaml`, is the slug) and its octets.
    Raises Invalid with every problem of the file.
    """
    problems: list[Problem] = []
    slug = re.sub(r"\.ya?ml$", "", file.rpartition("/")[2])
    if problem := texts.name_problem(slug, Span(file)):
        problems.append(replace(problem, message=f"A file named `{file.rpartition('/')[2]}` cannot name a feed."))
    try:
        node, refused = source.read(file, octets)
    except Invalid as error:
        raise Invalid([*problems, *error.problems]) from None
    problems += refused
    try:
        values = read_mapping(node, "a chapter", _CHAPTER, _elsewhere(node))
    except Invalid as error:
        raise Invalid([*problems, *error.problems]) from None
    spans = key_spans(node)
    problems += _chapter_problems(slug, values, spans)
    if problems:
        raise Invalid(problems)
    return Chapter(slug=slug, file=file, **values)


def _elsewhere(node: Node) -> str:
    misplaced = [
        name for name in key_spans(node) if name in _CHAPTER_OF_CHAT and name not in {k.name for k in _CHAPTER}
    ]
    if misplaced:
        return "This key belongs to a chat: put it below `chats:`, indented, with `- ` before the first."
    return ""


def _chapter_problems(slug: str, values: dict[str, Any], spans: dict[str, Span]) -> Iterable[Problem]:
    hashtag: str = values["hashtag"]
    if hashtag.isascii() and hashtag.lower() != slug:
        yield Problem(
            span=spans["hashtag"],
            code="slug",
            message=f"The file is named `{slug}`, and the hashtag is `{hashtag}`.",
            hint=f"Name the file `{hashtag.lower()}.yaml`, and keep `{slug}` under `formerly:` if it was published.",
        )
    for chat in values.get("chats", ()):
        clock = isinstance(chat.at, time) or any(listed.at for listed in chat.dates)
        if clock and not (chat.timezone or values.get("timezone")):
            yield Problem(
                span=chat.where,
                code="zone-missing",
                message="This chat has a clock time, and nothing says on whose clock.",
                hint="Add `timezone:` to the chapter, like `timezone: America/Toronto`.",
            )


_COLLECTION = (
    Key("title", texts.text, required=True),
    Key("chapters", each(texts.name, "chapters"), required=True),
    Key("formerly", each(texts.name, "names")),
)


def _collection(key: Scalar, node: Node) -> Collection:
    name = texts.name(key)
    return Collection(name=name, where=key.span, **read_mapping(node, "a collection", _COLLECTION))


def _collections(node: Node) -> tuple[Collection, ...]:
    if not isinstance(node, Mapping):
        raise not_a(node, "names with their collections", "Write `europe: {title: …, chapters: [a, b]}`.")
    return collect(lambda pair: _collection(*pair), node.pairs)


_CALENDAR = (
    Key("title", texts.text, required=True),
    Key("about", texts.text),
    Key("home", texts.home),
    Key("uid_domain", texts.domain, required=True),
    Key("repository", texts.web),
    Key("contact", texts.address("mailto:", "https://", "http://")),
    Key("join", texts.web),
    Key("clocks", each(times.zone, "time zones")),
    Key("ahead", times.months(1)),
    Key("behind", times.months(0)),
    Key("unconfirmed_after", times.months(0)),
    Key("unconfirmed", texts.shown),
    Key("collections", _collections),
    Key("breaks", each(_break(_CALENDAR_BREAK), "breaks")),
    Key("upstream_hosts", _texts),
)


def calendar(octets: bytes) -> Calendar:
    """Return what `chatcal.yaml` says; takes its octets, raises Invalid with every problem of it."""
    node, refused = source.read(CALENDAR_FILE, octets)
    try:
        values = read_mapping(node, "chatcal.yaml", _CALENDAR)
    except Invalid as error:
        raise Invalid([*refused, *error.problems]) from None
    if refused:
        raise Invalid(refused)
    return Calendar(**values)
