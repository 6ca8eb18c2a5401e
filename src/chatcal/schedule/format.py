"""The tables of keys, and the readers of a schedule file and of chatcal.yaml."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from itertools import combinations, islice
from typing import Any

from chatcal.model import (
    Break,
    Calendar,
    Chapter,
    Chat,
    Collection,
    DayPart,
    Duration,
    ListedDate,
    Period,
    Rota,
    Rule,
    SessionOverride,
    StartTime,
)
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.recurrence import rules
from chatcal.schedule import date_values, nodes, parser, text_values
from chatcal.schedule.fields import (
    Key,
    KeyHints,
    ListReader,
    check_exclusive,
    find_key_spans,
    read_all,
    read_mapping,
    wrong_shape,
)
from chatcal.schedule.nodes import Mapping, Node, Scalar
from chatcal.schedule.quoting import quote

HOSTS = ListReader(text_values.read_line, "hosts")


ROTA_KEYS = (
    Key(
        "from",
        "the day of the first turn; the chat must be due then",
        date_values.read_date,
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
    Key("every", "a phrase", date_values.read_every),
    Key(
        "dates",
        "a list of days, each once, with or without a time. Not with `from`, `until`, `except`, `counting`",
        date_values.read_dates,
    ),
    Key(
        "rrule",
        "a recurrence rule (RFC 5545), for days that no phrase can describe. It repeats daily or less often, names its "
        "days, and has no start, end or time of day",
        date_values.read_rrule,
    ),
    Key(
        "at",
        "a time from `00:00` to `23:59`; or `morning`, `midday`, `afternoon`, `evening`, `night`, `unknown`; or `all "
        "day`",
        date_values.read_time,
    ),
    Key(
        "lasts",
        "how long: `45min`, `1h`, `1h30`, `48h`, `2d`; at most `31d`. If left out, `1h`, or one day for `all day`",
        date_values.read_duration,
    ),
    Key(
        "from",
        "the first day, or the month or year if no more is known; it need not be a chat day",
        date_values.read_period,
        field="first",
    ),
    Key("until", "the last day; or the last month or year, to its end", date_values.read_period),
    Key("counting", "a day of the chat, from which weeks or months are counted", date_values.read_date),
    Key(
        "except",
        "a phrase, a day, or a list of them, on which the chat does not meet",
        date_values.read_exceptions,
        field="exceptions",
    ),
    Key("timezone", "if this chat uses another time zone", date_values.read_zone),
    Key("join", "where this chat takes place", text_values.read_web_address),
    Key("title", "a name, instead of “#lanternchat chat”", text_values.read_line),
    Key("topic", "what it is always about", text_values.read_line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("rota", "hosts who take turns", read_rotas, field="rotas"),
    Key("id", "a short name: lower-case letters and digits, a letter first", text_values.read_chat_id),
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


OVERRIDE_KEYS = (
    Key("cancelled", "the session is not held; the reason, or nothing", text_values.read_cancelled),
    Key(
        "moved",
        "held on another day, or at another time; subscribers read “Moved from …”",
        date_values.read_moved_to,
        field="moved_to",
    ),
    Key(
        "at",
        "another time; subscribers do not read “Moved from …”. Not with a `moved` that has a time",
        date_values.read_time,
    ),
    Key("lasts", "another length", date_values.read_duration),
    Key("topic", "what it is about", text_values.read_line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("title", "a name for this session", text_values.read_line),
    Key("join", "where it takes place", text_values.read_web_address),
    Key("note", "anything else to know", text_values.read_text),
    Key("transcript", "where to read the session afterwards; shown on the page", text_values.read_web_address),
)


def _read_override(key: Scalar, node: Node, elsewhere: KeyHints) -> SessionOverride:
    if key.text in _OVERRIDE_KEY_NAMES:
        raise make_error(
            key.span,
            "indent",
            f"`{key.text}` belongs below the date of a session, and stands beside it.",
            "Put two more spaces before it, and before what belongs to it.",
        )
    slot, chat_id = date_values.parse_leading_date(key)
    chat = text_values.read_chat_id(replace(key, text=chat_id, span=key.find_part(chat_id))) if chat_id else None
    if isinstance(node, Scalar) and node.text.strip().lower() in ("cancelled", "canceled"):
        return SessionOverride(slot=slot, id=chat, where=key.span, cancelled="")
    if isinstance(node, Scalar):
        raise wrong_shape(
            node, "What is special that day is wanted here, as `key: value`", _suggest_override(key, node.text)
        )
    values = read_mapping(node, "a session", OVERRIDE_KEYS, elsewhere)
    spans = find_key_spans(node)
    problems = [
        *check_exclusive("cancelled", ["moved"], spans, "A moved session is held; a cancelled one is not. Keep one."),
    ]
    if "at" in spans and "moved_to" in values and values["moved_to"].at is not None:
        problems += check_exclusive("moved", ["at"], spans, "Keep the time behind the date of `moved`.")
    if "lasts" in values and "at" in values:
        problems += find_duration_problems(values["lasts"], values["at"], spans["lasts"])
    if problems:
        raise ScheduleError(problems)
    return SessionOverride(slot=slot, id=chat, where=key.span, **values)


_OVERRIDE_KEY_NAMES = {key.name for key in OVERRIDE_KEYS}


def _suggest_override(key: Scalar, text: str) -> str:
    """Return how to write a text that stands behind the date of a session."""
    if re.match("cancell?ed ", text, re.IGNORECASE):
        return f"Write `{key.text}: {{cancelled: {text.partition(' ')[2].strip('():- ')}}}`."
    if not text:
        return "Write it below, indented: `topic: …`, `cancelled: …`, `moved: …`. Or take the date out."
    return f"Say what it is: `{key.text}: {{topic: {quote(text)}}}`; or `note`, `cancelled`, `moved`."


@dataclass(frozen=True, slots=True)
class OverridesReader:
    """A reader of what is special about single slots; it knows what to say of keys that belong to a chat."""

    get_hints: Callable[[], KeyHints]

    def __call__(self, node: Node) -> tuple[SessionOverride, ...]:
        """Return the changes; raises Invalid with the problems of all."""
        if not isinstance(node, Mapping):
            raise wrong_shape(
                node,
                "Dates are wanted here, each with what is special that day",
                "Write `2026-12-23: {cancelled: Holidays}` for each, without `- ` before it.",
            )
        return read_all(lambda pair: _read_override(pair[0], pair[1], self.get_hints()), node.pairs)


BREAK_KEYS = (
    Key("from", "the first day, month or year", date_values.read_period, needed="2026-07-20", field="first"),
    Key("until", "the last day, month or year", date_values.read_period, needed="2026-08-09"),
    Key("reason", "shown with the cancelled sessions", text_values.read_line),
)
BREAK_EXAMPLE = "{from: 2026-07-20, until: 2026-08-09, reason: Summer break}"


CALENDAR_BREAK_KEYS = (
    *BREAK_KEYS,
    Key(
        "chapters",
        "only in `chatcal.yaml`: the chapters that take the break; all if left out",
        ListReader(text_values.read_feed_name, "chapters"),
    ),
)


@dataclass(frozen=True, slots=True)
class BreakReader:
    """A reader of breaks that have these keys."""

    keys: tuple[Key, ...]

    def __call__(self, node: Node) -> Break:
        """Return the break; raises Invalid."""
        values = read_mapping(node, "a break", self.keys)
        if values.get("chapters") == ():
            raise make_error(
                find_key_spans(node)["chapters"],
                "empty-value",
                "This break names no chapter.",
                "Name those that keep it, or leave `chapters` out: then all do.",
            )
        found = Break(**values)
        if found.until.last < found.first.first:
            raise make_error(
                found.until.where,
                "until-before-from",
                "`until` lies before `from`, so the break has no days.",
                "`from` is the first day, `until` the last.",
            )
        return found


CALENDAR_FILE = "chatcal.yaml"


@cache
def _build_chapter_hints() -> KeyHints:
    return dict.fromkeys(
        _collect_key_names(CHAPTER_KEYS) - _collect_key_names(CHAT_KEYS),
        "This key belongs to the chapter: put it at the left edge, above `chats:`.",
    )


@cache
def _build_chat_hints() -> KeyHints:
    return dict.fromkeys(
        _collect_key_names(CHAT_KEYS) - _collect_key_names(CHAPTER_KEYS),
        "This key belongs to a chat: put it below `chats:`, indented, with `- ` before the first.",
    )


def _collect_key_names(keys: Iterable[Key]) -> set[str]:
    return {key.name for key in keys}


CHAPTER_KEYS = (
    Key(
        "hashtag",
        "without the `#`: letters, digits and `_`. If all letters are from a to z, the file has the same name in lower "
        "case",
        text_values.read_hashtag,
        needed="lanternchat",
    ),
    Key("name", "what the chapter is called", text_values.read_line, needed="The Lantern Keepers"),
    Key("about", "what it is, in a sentence or two", text_values.read_text),
    Key("region", "any text; readers can filter the page by it", text_values.read_line),
    Key("language", "code of the main language; `en` if left out", text_values.read_language),
    Key(
        "timezone",
        "the place whose time the chapter uses, or `Etc/UTC`. Required for a clock time",
        date_values.read_zone,
    ),
    Key("website", "an address", text_values.read_web_address),
    Key("account", "the community's own account", text_values.read_line),
    Key(
        "join",
        "the address where the chat takes place; that of `chatcal.yaml` if left out",
        text_values.read_web_address,
    ),
    Key("note", "what people should know, for example why there is no chat", text_values.read_text),
    Key("moderators", "a list of people", ListReader(text_values.read_line, "moderators")),
    Key(
        "confirmed",
        "the day on which a person last confirmed this schedule. Sessions long after it are shown as unconfirmed",
        date_values.read_date,
    ),
    Key("doubt", "why the schedule may be wrong; shown with unconfirmed sessions", text_values.read_line),
    Key("sources", "a list of how you know: addresses, or a few words", ListReader(text_values.read_line, "sources")),
    Key(
        "formerly",
        "a list of earlier names of the file, the oldest first",
        ListReader(text_values.read_feed_name, "names"),
    ),
    Key("chats", "a list", ListReader(ChatReader(_build_chapter_hints), "chats", "every: Wednesday\n    at: 13:00")),
    Key("sessions", "what is special about single sessions", OverridesReader(_build_chat_hints), field="overrides"),
    Key("breaks", "a list", ListReader(BreakReader(BREAK_KEYS), "breaks", BREAK_EXAMPLE)),
    Key(
        "upstream",
        "instead of `chats`: the `https` address of the chapter's own calendar, an .ics file. List its host under "
        "`upstream_hosts` in `chatcal.yaml`",
        text_values.read_upstream,
    ),
)


@cache  # A build reads each file twice; a preview, and both sides of a comparison, read mostly what was read before.
def parse_chapter(file: str, octets: bytes) -> Chapter:
    """Return the chapter that one schedule file describes.

    Takes the file's path as it is shown in messages (its last part, without `.yaml`, is the slug) and its octets.
    Raises Invalid with every problem of the file.
    """
    problems: list[Problem] = []
    slug = re.sub(r"\.ya?ml$", "", file.rpartition("/")[2])
    if problem := text_values.check_feed_name(slug, Span(file)):
        problems.append(replace(problem, hint=f"Rename the file. {problem.hint}"))
    try:
        node, refused = parser.parse_document(file, octets, _format_minimal_chapter(slug))
    except ScheduleError as error:
        raise ScheduleError([*problems, *error.problems]) from None
    problems += refused
    try:
        values = read_mapping(node, "a chapter", CHAPTER_KEYS, _build_chat_hints())
    except ScheduleError as error:
        raise ScheduleError([*problems, *error.problems]) from None
    spans = find_key_spans(node)
    problems += _find_chapter_problems(slug, values, spans)
    if problems:
        raise ScheduleError(problems)
    names = values.pop("formerly", ())
    former = tuple(name for name in names if name != slug)
    return Chapter(slug=slug, file=file, formerly=former, has_oldest_name=names[:1] == (slug,), **values)


def _format_minimal_chapter(slug: str) -> str:
    return f"The least that a chapter needs:\nhashtag: {slug}\nname: The Lantern Keepers\nnote: Details pending."


def _find_chapter_problems(slug: str, values: dict[str, Any], spans: dict[str, Span]) -> Iterable[Problem]:
    hashtag: str = values["hashtag"]
    if hashtag.isascii() and hashtag.lower() != slug and text_values.check_feed_name(slug, spans["hashtag"]) is None:
        yield Problem(
            span=spans["hashtag"],
            code="slug",
            message=f"The file is named `{slug}`, and the hashtag is `{hashtag}`.",
            hint=f"Correct one of the two. To rename the chapter, name the file `{hashtag.lower()}.yaml`, and keep its "
            f"old feed with `formerly: [{slug}]`.",
        )
    yield from check_exclusive(
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


COLLECTION_KEYS = (
    Key("title", "what it is called", text_values.read_line, needed="European chapters"),
    Key(
        "chapters",
        "a list of the chapters' file names, without `.yaml`",
        ListReader(text_values.read_feed_name, "chapters"),
        needed="[lanternchat, fogchat]",
    ),
    Key("formerly", "earlier names of the feed", ListReader(text_values.read_feed_name, "names")),
)


def _read_collection(key: Scalar, node: Node) -> Collection:
    name = text_values.read_feed_name(key)
    return Collection(name=name, where=key.span, **read_mapping(node, "a collection", COLLECTION_KEYS))


def read_collections(node: Node) -> tuple[Collection, ...]:
    """Read the collections by their names."""
    if not isinstance(node, Mapping):
        raise wrong_shape(
            node,
            "Names are wanted here, each with its collection",
            "Write `europe: {title: European chapters, chapters: [lanternchat, fogchat]}` for each, without `- `.",
        )
    return read_all(lambda pair: _read_collection(*pair), node.pairs)


CALENDAR_KEYS = (
    Key(
        "title",
        "the name of the calendar, and of the feed of all chapters",
        text_values.read_line,
        needed="Chats of the lighthouse keepers",
    ),
    Key("about", "what it is", text_values.read_text),
    Key("home", "the address of the published folder, see Publishing", text_values.read_home),
    Key(
        "uid_domain",
        "a domain that ends the UID of every event. Choose it once and **never change** it: subscribers would get all "
        "sessions as new events",
        text_values.read_domain,
        needed="lights.example",
    ),
    Key(
        "repository",
        "the repository of the schedules; pages then have a link “suggest a correction”",
        text_values.read_web_address,
    ),
    Key(
        "contact",
        "an address for people without an account there",
        text_values.AddressReader(("mailto:", "https://", "http://")),
    ),
    Key("join", "where chats take place; `{hashtag}` becomes the chapter's", text_values.read_web_address),
    Key(
        "clocks",
        "more time zones in which to show each session's time",
        ListReader(date_values.read_zone, "time zones"),
    ),
    Key("ahead", "how far feeds reach, 1 to 120 months; 12 if left out", date_values.MonthCountReader(1)),
    Key(
        "behind",
        "how long feeds keep sessions that are over, 0 to 120 months; 3 if left out",
        date_values.MonthCountReader(0),
    ),
    Key(
        "unconfirmed_after",
        "how long `confirmed` holds, 0 to 120 months; 18 if left out",
        date_values.MonthCountReader(0),
    ),
    Key(
        "unconfirmed",
        "`show`, or `hide` to keep unconfirmed sessions out of the feeds; `show` if left out",
        text_values.read_visibility,
    ),
    Key("collections", "combined feeds of some chapters", read_collections),
    Key(
        "breaks",
        "a list of breaks for all chapters or some",
        ListReader(BreakReader(CALENDAR_BREAK_KEYS), "breaks", BREAK_EXAMPLE),
    ),
    Key(
        "upstream_hosts",
        "the hosts that `upstream` of a chapter may name; none if left out",
        ListReader(text_values.read_host, "hosts"),
    ),
)


_MINIMAL_CALENDAR = (
    "The least that a calendar needs:\ntitle: Chats of the lighthouse keepers\nuid_domain: lights.example"
)


def parse_calendar(octets: bytes) -> Calendar:
    """Return what `chatcal.yaml` says; takes its octets, raises Invalid with every problem of it."""
    node, refused = parser.parse_document(CALENDAR_FILE, octets, _MINIMAL_CALENDAR)
    try:
        values = read_mapping(node, "the calendar", CALENDAR_KEYS)
    except ScheduleError as error:
        raise ScheduleError([*refused, *error.problems]) from None
    if refused:
        raise ScheduleError(refused)
    return Calendar(**values)
