"""The file format: one table of keys for each kind of mapping.

The tables are the format page in code. What needs the days of a rule is left to `checks`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from itertools import combinations
from typing import Any

from chatcal import source, texts, times
from chatcal.fields import Each, Key, collect, key_spans, not_a, not_together, read_mapping
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
from chatcal.syntax import quoted

CALENDAR_FILE = "chatcal.yaml"

_hosts = Each(texts.line, "hosts")

ROTA = (
    Key("from", "the day of the first turn; the chat must be due then", times.day, needed="2026-03-04", field="first"),
    Key("hosts", "a list, in the order of turns", _hosts, needed="[Ada Keeper, Bo Light]"),
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
    found = collect(_rota, node.items if isinstance(node, source.Sequence) else [node])
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
    Key("hosts", "a list: who leads it", _hosts),
    Key("rota", "hosts who take turns", rotas, field="rotas"),
    Key("id", "a short name: small letters and digits, a letter first", texts.chat_id),
)


def chat(node: Node) -> Chat:
    """Read a chat."""
    values = read_mapping(node, "a chat", CHAT, _OF_CHAPTER)
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
        yield from _length_problems(values["lasts"], at, spans["lasts"])
    rule: Rule | None = values.get("every") or values.get("rrule")
    first: Period | None = values.get("first")
    if rule is not None and rule.interval > 1 and "counting" not in values and not (first and first.exact):
        yield Problem(
            span=rule.where,
            code="counting",
            message="This rule counts weeks or months, and nothing says from when.",
            hint="Add `counting:` with a date on which the chat was or will be due, like `counting: 2026-03-04`.",
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
            hint="Write `lasts: 1d` or `lasts: 2d`, or give `at:` a clock time.",
        )
    elif isinstance(at, NoClock) and at is not NoClock.ALL_DAY:
        yield Problem(
            span=where,
            code="together",
            message=f"`lasts` cannot stand beside `at: {at}`.",
            hint="Take it out: without a clock time the whole day is shown.",
        )


CHANGE = (
    Key("cancelled", "not held; the reason, or nothing", texts.reason),
    Key("moved", "held on another day, or at another time; subscribers read “Moved from …”", times.target),
    Key("at", "another time, without a word about it; not with a `moved` that has a time", times.at),
    Key("lasts", "another length", times.length),
    Key("topic", "what it is about", texts.line),
    Key("hosts", "a list: who leads it", _hosts),
    Key("title", "a name of its own", texts.line),
    Key("join", "where it takes place", texts.web),
    Key("note", "one more thing to know", texts.text),
    Key("transcript", "where to read it afterwards; shown on the page", texts.web),
)


def _change(key: Scalar, node: Node) -> Change:
    if key.text in _CHANGES:
        raise invalid(
            key.span,
            "indent",
            f"`{key.text}` belongs below the date of a session, and stands beside it.",
            "Put two more spaces before it, and before what belongs to it.",
        )
    slot, chat_id = times.day_and_rest(key)
    chat = texts.chat_id(replace(key, text=chat_id, span=key.part(chat_id))) if chat_id else None
    if isinstance(node, Scalar) and node.text.strip().lower() in ("cancelled", "canceled"):
        return Change(slot=slot, id=chat, where=key.span, cancelled="")
    if isinstance(node, Scalar):
        raise not_a(node, "What is special that day is wanted here, as `key: value`", _as_change(key, node.text))
    values = read_mapping(node, "a session", CHANGE, _OF_CHAT)
    spans = key_spans(node)
    problems = [
        *not_together("cancelled", ["moved"], spans, "A moved session is held; a cancelled one is not. Keep one."),
    ]
    if "at" in spans and "moved" in values and values["moved"].at is not None:
        problems += not_together("moved", ["at"], spans, "Keep the time behind the date of `moved`.")
    if "lasts" in values and "at" in values:
        problems += _length_problems(values["lasts"], values["at"], spans["lasts"])
    if problems:
        raise Invalid(problems)
    return Change(slot=slot, id=chat, where=key.span, **values)


_CHANGES = {key.name for key in CHANGE}


def _as_change(key: Scalar, text: str) -> str:
    """Return how to write a text that stands behind the date of a session."""
    if re.match("cancell?ed ", text, re.IGNORECASE):
        return f"Write `{key.text}: {{cancelled: {text.partition(' ')[2].strip('():- ')}}}`."
    if not text:
        return "Write it below, indented: `topic: …`, `cancelled: …`, `moved: …`. Or take the date out."
    return f"Say what it is: `{key.text}: {{topic: {quoted(text)}}}`; or `note`, `cancelled`, `moved`."


def changes(node: Node) -> tuple[Change, ...]:
    """Read what is special about single slots."""
    if not isinstance(node, Mapping):
        raise not_a(
            node,
            "Dates are wanted here, each with what is special that day",
            "Write `2026-12-23: {cancelled: Holidays}` for each, without `- ` before it.",
        )
    return collect(lambda pair: _change(*pair), node.pairs)


BREAK = (
    Key("from", "the first day, month or year", times.period, needed="2026-07-20", field="first"),
    Key("until", "the last day, month or year", times.period, needed="2026-08-09"),
    Key("reason", "shown with the cancelled sessions", texts.line),
)
_BREAK_EXAMPLE = "{from: 2026-07-20, until: 2026-08-09, reason: Summer break}"
CALENDAR_BREAK = (
    *BREAK,
    Key("chapters", "only in `chatcal.yaml`: which chapters keep it; left out, all", Each(texts.name, "chapters")),
)


@dataclass(frozen=True, slots=True)
class ReadBreak:
    """A reader of breaks that have these keys."""

    keys: tuple[Key, ...]

    def __call__(self, node: Node) -> Break:
        """Return the break; raises Invalid."""
        values = read_mapping(node, "a break", self.keys)
        if values.get("chapters") == ():
            raise invalid(
                key_spans(node)["chapters"],
                "empty-value",
                "This break names no chapter.",
                "Name those that keep it, or leave `chapters` out: then all do.",
            )
        found = Break(**values)
        if found.until.last < found.first.first:
            raise invalid(
                found.until.where,
                "until-before-from",
                "`until` lies before `from`, so the break has no days.",
                "`from` is the first day, `until` the last.",
            )
        return found


CHAPTER = (
    Key(
        "hashtag",
        "without the `#`: letters, digits and `_`. If all its letters are plain ones (a to z), the file is named like "
        "it, in small letters",
        texts.hashtag,
        needed="lanternchat",
    ),
    Key("name", "what the chapter is called", texts.line, needed="The Lantern Keepers"),
    Key("about", "what it is, in a sentence or two", texts.text),
    Key("region", "any text; readers of the page can choose by it", texts.line),
    Key("language", "short form of the main language; `en` if left out", texts.language),
    Key(
        "timezone",
        "the place whose clock the chapter lives by, or `Etc/UTC`. A clock time cannot do without",
        times.zone,
    ),
    Key("website", "an address", texts.web),
    Key("account", "the community's own account", texts.line),
    Key("join", "the address where the chat takes place; else that of `chatcal.yaml`", texts.web),
    Key("note", "what people should know, above all where there is no chat", texts.text),
    Key("moderators", "a list of people", Each(texts.line, "moderators")),
    Key(
        "confirmed",
        "the day on which a person last said that this schedule is right. Sessions long after it are shown as "
        "unconfirmed",
        times.day,
    ),
    Key("doubt", "why it may be wrong; shown with unconfirmed sessions", texts.line),
    Key("sources", "a list of addresses or a few words: how you know", Each(texts.line, "sources")),
    Key("formerly", "a list of earlier names of the file, the oldest first", Each(texts.name, "names")),
    Key("chats", "a list", Each(chat, "chats", "every: Wednesday\n    at: 13:00")),
    Key("sessions", "what is special about single days", changes, field="changes"),
    Key("breaks", "a list", Each(ReadBreak(BREAK), "breaks", _BREAK_EXAMPLE)),
    Key(
        "upstream",
        "instead of `chats`: the `https` address of an .ics file in which the chapter keeps its calendar itself; its "
        "host stands under `upstream_hosts` of `chatcal.yaml`",
        texts.upstream,
    ),
)

_KEYS_OF_CHAPTER = {key.name for key in CHAPTER}
_KEYS_OF_CHAT = {key.name for key in CHAT}
_OF_CHAPTER = dict.fromkeys(
    _KEYS_OF_CHAPTER - _KEYS_OF_CHAT,
    "This key belongs to the chapter: put it at the left edge, above `chats:`.",
)
_OF_CHAT = dict.fromkeys(
    _KEYS_OF_CHAT - _KEYS_OF_CHAPTER,
    "This key belongs to a chat: put it below `chats:`, indented, with `- ` before the first.",
)


def chapter(file: str, octets: bytes) -> Chapter:
    """Return the chapter that one schedule file describes.

    Takes the file's path as it is shown in messages (its last part, without `.yaml`, is the slug) and its octets.
    Raises Invalid with every problem of the file.
    """
    problems: list[Problem] = []
    slug = re.sub(r"\.ya?ml$", "", file.rpartition("/")[2])
    if problem := texts.name_problem(slug, Span(file)):
        problems.append(replace(problem, hint=f"Rename the file. {problem.hint}"))
    try:
        node, refused = source.read(file, octets, _least(slug))
    except Invalid as error:
        raise Invalid([*problems, *error.problems]) from None
    problems += refused
    try:
        values = read_mapping(node, "a chapter", CHAPTER, _OF_CHAT)
    except Invalid as error:
        raise Invalid([*problems, *error.problems]) from None
    spans = key_spans(node)
    problems += _chapter_problems(slug, values, spans)
    if problems:
        raise Invalid(problems)
    names = values.pop("formerly", ())
    former = tuple(name for name in names if name != slug)
    return Chapter(slug=slug, file=file, formerly=former, kept_name=names[:1] == (slug,), **values)


def _least(slug: str) -> str:
    return f"The least that a chapter needs:\nhashtag: {slug}\nname: The Lantern Keepers\nnote: Details pending."


def _chapter_problems(slug: str, values: dict[str, Any], spans: dict[str, Span]) -> Iterable[Problem]:
    hashtag: str = values["hashtag"]
    if hashtag.isascii() and hashtag.lower() != slug and texts.name_problem(slug, spans["hashtag"]) is None:
        yield Problem(
            span=spans["hashtag"],
            code="slug",
            message=f"The file is named `{slug}`, and the hashtag is `{hashtag}`.",
            hint=f"Correct one of the two. To rename the chapter, name the file `{hashtag.lower()}.yaml`, and keep its "
            f"old feed with `formerly: [{slug}]`.",
        )
    yield from not_together(
        "upstream",
        ("chats", "sessions", "breaks"),
        spans,
        "A chapter keeps its calendar here, or elsewhere. Keep one of the two.",
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


COLLECTION = (
    Key("title", "what it is called", texts.line, needed="European chapters"),
    Key(
        "chapters",
        "a list of the chapters' file names, without `.yaml`",
        Each(texts.name, "chapters"),
        needed="[lanternchat, fogchat]",
    ),
    Key("formerly", "earlier names of the feed", Each(texts.name, "names")),
)


def _collection(key: Scalar, node: Node) -> Collection:
    name = texts.name(key)
    return Collection(name=name, where=key.span, **read_mapping(node, "a collection", COLLECTION))


def collections(node: Node) -> tuple[Collection, ...]:
    """Read the collections by their names."""
    if not isinstance(node, Mapping):
        raise not_a(
            node,
            "Names are wanted here, each with its collection",
            "Write `europe: {title: European chapters, chapters: [lanternchat, fogchat]}` for each, without `- `.",
        )
    return collect(lambda pair: _collection(*pair), node.pairs)


CALENDAR = (
    Key(
        "title",
        "the name of the calendar, and of the feed of all chapters",
        texts.line,
        needed="Chats of the lighthouse keepers",
    ),
    Key("about", "what it is", texts.text),
    Key("home", "the address of the published folder, see Publishing", texts.home),
    Key(
        "uid_domain",
        "a domain that ends the name of every event; choose once, **never change**: every subscriber would get all "
        "sessions as new ones",
        texts.domain,
        needed="lights.example",
    ),
    Key("repository", "where the schedules live; pages then link “suggest a correction”", texts.web),
    Key("contact", "for people without an account there", texts.Address(("mailto:", "https://", "http://"))),
    Key("join", "where chats take place; `{hashtag}` becomes the chapter's", texts.web),
    Key("clocks", "further clocks to show each session on", Each(times.zone, "time zones")),
    Key("ahead", "how far feeds reach, 1 to 120 months; 12 if left out", times.Months(1)),
    Key("behind", "how long feeds keep what is over, 0 to 120 months; 3 if left out", times.Months(0)),
    Key("unconfirmed_after", "how long `confirmed` holds, 0 to 120 months; 18 if left out", times.Months(0)),
    Key(
        "unconfirmed",
        "`show`, or `hide` to keep unconfirmed sessions out of the feeds; `show` if left out",
        texts.shown,
    ),
    Key("collections", "feeds of some chapters together", collections),
    Key(
        "breaks",
        "a list of breaks for all chapters or some",
        Each(ReadBreak(CALENDAR_BREAK), "breaks", _BREAK_EXAMPLE),
    ),
    Key(
        "upstream_hosts",
        "the hosts that `upstream` of a chapter may name; none if left out",
        Each(texts.host, "hosts"),
    ),
)


_LEAST_CALENDAR = "The least that a calendar needs:\ntitle: Chats of the lighthouse keepers\nuid_domain: lights.example"


def calendar(octets: bytes) -> Calendar:
    """Return what `chatcal.yaml` says; takes its octets, raises Invalid with every problem of it."""
    node, refused = source.read(CALENDAR_FILE, octets, _LEAST_CALENDAR)
    try:
        values = read_mapping(node, "the calendar", CALENDAR)
    except Invalid as error:
        raise Invalid([*refused, *error.problems]) from None
    if refused:
        raise Invalid(refused)
    return Calendar(**values)
