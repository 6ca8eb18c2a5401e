"""The tables of keys, and the readers of a schedule file and of chatcal.yaml."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from chatcal.english import join_code
from chatcal.model import (
    Break,
    Calendar,
    Chapter,
    Chat,
    Collection,
    DayPart,
    Period,
    Rota,
    Rule,
    SessionOverride,
    Upstream,
)
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import add_months
from chatcal.schedule import date_values, fields, parser, places, suggestions, text_values
from chatcal.schedule.date_values import read_date, read_duration, read_period, read_time, read_zone
from chatcal.schedule.fields import Key, Reader, check_exclusive, make_list_reader, make_reader, read_mapping
from chatcal.schedule.nodes import Mapping, Node, Scalar
from chatcal.schedule.quoting import quote
from chatcal.schedule.text_values import read_feed_name, read_line, read_text, read_web_address

CALENDAR_FILE = "chatcal.yaml"
MAX_CHATS, MAX_ROTAS, MAX_SESSIONS, MAX_BREAKS, MAX_COLLECTIONS = 500, 100, 2_000, 200, 500
"""Of one chat, chapter or calendar. Real ones have a tenth; with more, each night's build would take minutes."""
MAX_PAIRS = 100_000
"""Of the chats of a chapter and its entries of `sessions`."""
_read_hosts = make_list_reader(read_line, "hosts")
_read_chapter_names = make_list_reader(read_feed_name, "chapters")
_read_former_names = make_list_reader(read_feed_name, "names")

ROTA_KEYS = (
    Key("from", "the day of the first turn; the chat must be due then", read_date, needed="2026-03-04", field="first"),
    Key("hosts", "a list, in the order of turns", _read_hosts, needed="[Ada Keeper, Bo Light]"),
)


@make_reader(fields.build_mapping_schema(ROTA_KEYS))
def _read_rota(node: Node) -> Rota:
    rota = Rota(**read_mapping(node, "a rota", ROTA_KEYS))
    if not rota.hosts:
        hint = "List the hosts: `hosts: [Ada Keeper, Bo Light]`."
        raise make_error(node.span, "empty-value", "This rota has no hosts.", hint)
    return rota


@make_reader({"anyOf": [_read_rota.schema, {"type": "array", "items": _read_rota.schema}]})
def read_rotas(node: Node) -> tuple[Rota, ...]:
    rotas = fields.read_one_or_more(_read_rota, node, "rotas", MAX_ROTAS)
    hint = "Keep one of the two, with all who take turns. A rota that follows another begins on a later slot."
    date_values.require_unique_days([rota.first for rota in rotas], "Another rota begins on {} too.", hint)
    return rotas


CHAT_KEYS = (
    Key("every", "a phrase", date_values.read_every),
    Key("dates",
        "a list of days, each once, with or without a time. Not with `from`, `until`, `except`, `counting`",
        date_values.read_dates),
    Key("rrule",
        "a recurrence rule (RFC 5545), for days that no phrase can describe. It repeats daily or less often, "
        "names its days, and has no start, end or time of day", date_values.read_rrule),
    Key("at",
        "a time from `00:00` to `23:59`; or `morning`, `midday`, `afternoon`, `evening`, `night`, `unknown`; or "
        "`all day`", read_time),
    Key("lasts",
        "how long: `45min`, `1h`, `1h30`, `48h`, `2d`; at most `31d`. If left out, `1h`, or one day for `all day`",
        read_duration),
    Key("from", "the first day, or the month or year if no more is known; it need not be a chat day", read_period,
        field="first"),
    Key("until", "the last day; or the last month or year, to its end", date_values.read_until),
    Key("counting",
        "a day of the chat, from which weeks or months are counted; or `unknown`, if no source says which are meant",
        date_values.read_counting),
    Key("except", "a phrase, a day, or a list of them, on which the chat does not meet", date_values.read_exceptions,
        field="exceptions"),
    Key("timezone", "if this chat uses another time zone", read_zone),
    Key("join", "the address where to join this chat; or `none`", places.read_join),
    Key("place", "the room or postal address where it meets; or `none`", places.read_place),
    Key("geo", "latitude and longitude of `place`, in degrees", places.read_geo),
    Key("links", "names with addresses: agenda, sign-up, notes", places.read_links),
    Key("note", "what people should know", read_text),
    Key("title", "a name, instead of “#lanternchat chat”", read_line),
    Key("topic", "what it is always about", read_line),
    Key("hosts", "a list: who leads it", _read_hosts),
    Key("rota", "hosts who take turns", read_rotas, field="rotas"),
    Key("id", "a short name: lower-case letters and digits, a letter first", text_values.read_chat_id),
)  # fmt: skip
_WAYS = ("every", "dates", "rrule")


@make_reader(
    fields.build_mapping_schema(CHAT_KEYS)
    | {"oneOf": [{"required": [way]} for way in _WAYS], "anyOf": [{"required": [key]} for key in ("at", "dates")]}
)
def read_chat(node: Node) -> Chat:
    values = read_mapping(node, "a chat", CHAT_KEYS, _OUTSIDE_CHAT)
    every, rrule = values.pop("every", None), values.pop("rrule", None)
    chat = Chat(where=node.span, every=every or rrule, **values)
    fields.raise_problems(_find_chat_problems(chat, fields.find_key_spans(node)))
    return chat


def _find_chat_problems(chat: Chat, spans: dict[str, Span]) -> Iterable[Problem]:
    ways = [way for way in _WAYS if way in spans]
    if not ways:
        hint = "Write when it meets: `every: Sunday`, or `dates: [2026-03-04, 2026-05-06]`."
        yield Problem(chat.where, "missing-key", "A chat needs `every:` or `dates:`.", hint)
    hint = "Keep one of them; write another chat for the other."
    yield from check_exclusive(ways[0] if ways else "", ways[1:], spans, hint)
    hint = "Delete it, and list only the right days in `dates`."
    yield from check_exclusive("dates", ("from", "until", "except", "counting"), spans, hint)
    if "at" not in spans and not (chat.dates and all(listed.at for listed in chat.dates)):
        hint = "Write the clock time, `at: 20:00`, or what is known: `at: evening`, `at: unknown`."
        yield Problem(chat.where, "missing-key", "A chat needs `at:`.", hint)
    yield from _check_duration(chat, spans)
    rule = chat.every
    if rule is not None and chat.has_unknown_weeks:
        yield from _find_unknown_weeks_problems(chat, rule, spans)
    elif rule is not None and rule.interval > 1 and chat.anchor is None:
        examples = join_code((f"counting: {day}" for day in _find_example_days(rule)), "or")
        like = f", like {examples}" if examples else ""
        message = "This rule counts weeks or months, but does not say from when."
        hint = f"Add `counting:` with a date on which the chat was or will be due{like}."
        hint += " If no source says which are meant: `counting: unknown`."
        yield Problem(rule.where, "counting", message, hint)
    yield from _check_order(chat.first, chat.until)
    yield from places.find_geo_problem(chat.place, spans)


def _find_example_days(rule: Rule) -> list[date]:
    """Return a day that such a rule may count from, and one of the weeks or months between those of the first.

    Who copies a single example gets the wrong weeks half of the time.
    """
    first, last = date(2026, 3, 1), date(2036, 3, 1)
    days = rules.expand(replace(rule, interval=1), first, last)
    example = next(days, None)
    if example is None:
        return []
    due = set(rules.expand(rule, first, last, example))
    return [example, *islice((day for day in days if day not in due), 1)]


def _find_unknown_weeks_problems(chat: Chat, rule: Rule, spans: dict[str, Span]) -> Iterable[Problem]:
    if rule.interval == 1:
        message = "This rule counts no weeks or months, so none of them can be unknown."
        yield Problem(spans["counting"], "counting", message, "Delete `counting: unknown`.")
    if chat.rotas:
        message = "Nobody can take turns if it is not known when the chat meets."
        hint = "Write `hosts:` instead of `rota:`, or a day under `counting:`."
        yield Problem(spans["rota"], "together", message, hint)


def _check_order(first: Period | None, until: Period | None) -> Iterable[Problem]:
    if first and until and until.last < first.first:
        hint = "`from` is the first day, `until` the last. Exchange the two"
        days = (add_months(until.last, 12 * count) for count in range(1, first.first.year - until.last.year + 2))
        if until.is_exact and (later := next((day for day in days if day >= first.first), None)):
            hint += f", or write `until: {later}`"
        yield Problem(until.where, "until-before-from", "`until` is before `from`.", f"{hint}.")


def _check_duration(part: Chat | SessionOverride, spans: dict[str, Span]) -> Iterable[Problem]:
    if part.lasts is None or "at" not in spans:
        return
    if part.at is DayPart.ALL_DAY and part.lasts.minutes:
        hint = "Write `lasts: 1d` or `lasts: 2d`, or give `at:` a clock time."
        yield Problem(spans["lasts"], "length", "A session with `at: all day` lasts whole days.", hint)
    elif isinstance(part.at, DayPart) and part.at is not DayPart.ALL_DAY:
        hint = "Delete it: without a clock time the whole day is shown."
        yield Problem(spans["lasts"], "together", f"`lasts` cannot be used with `at: {part.at}`.", hint)


OVERRIDE_KEYS = (
    Key("cancelled", "the session is not held; the reason, or nothing", text_values.read_cancelled),
    Key("moved", "held on another day, or at another time; subscribers read “Moved from …”", date_values.read_moved_to,
        field="moved_to"),
    Key("at", "another time; subscribers do not read “Moved from …”. Not with a `moved` that has a time", read_time),
    Key("lasts", "another length", read_duration),
    Key("topic", "what it is about", read_line),
    Key("hosts", "a list: who leads it", _read_hosts),
    Key("title", "a name for this session", read_line),
    Key("join", "the address where to join it; or `none`", places.read_join),
    Key("place", "the room or postal address where it is held; or `none`", places.read_place),
    Key("geo", "latitude and longitude of `place`, in degrees", places.read_geo),
    Key("links", "names with addresses: recording, slides", places.read_links),
    Key("note", "anything else to know", read_text),
    Key("transcript", "where to read the session afterwards; shown on the page", read_web_address),
)  # fmt: skip


def _read_override(key: Scalar, node: Node) -> SessionOverride:
    if key.text in _IN_SESSION:
        message = f"`{key.text}` belongs below the date of a session, not beside it."
        hint = "Put two more spaces before it, and before what belongs to it."
        raise make_error(key.span, "indent", message, hint)
    if pause := suggestions.suggest_break(key.text):
        hint = f"Days on end are a break, at the left edge: `breaks: [{pause}]`."
        raise make_error(key.span, "date", f"`{key.text}` is more than one day.", hint)
    slot, chat_id = date_values.parse_leading_date(key)
    id_node = replace(key, text=chat_id, span=key.find_part(chat_id))
    if suggestions.is_clock_time(chat_id):
        at = suggestions.mend_time(chat_id)
        hint = f"Write only the date, `{slot}:`. If another time is meant, write below it `at: {at}`."
        raise make_error(
            id_node.span, "id", "A session is named by its day; after it stands the `id` of its chat.", hint
        )
    chat = text_values.read_chat_id(id_node) if chat_id else None
    if isinstance(node, Scalar):
        if node.text.strip().lower() in ("cancelled", "canceled"):
            return SessionOverride(slot=slot, id=chat, where=key.span, cancelled="")
        if chat_id in _IN_SESSION:
            message = f"`{chat_id}` belongs below the date of a session, not beside it."
            hint = f"Write only the date, `{slot}:`, and below it, indented, `{chat_id}:` with the rest."
            raise make_error(id_node.span, "indent", message, hint)
        wanted = "What is special on that day is written as `key: value`"
        raise fields.wrong_shape(node, wanted, _suggest_override(key, slot, node.text))
    values = read_mapping(node, "a session", OVERRIDE_KEYS, _OUTSIDE_SESSION)
    override = SessionOverride(slot=slot, id=chat, where=key.span, **values)
    spans = fields.find_key_spans(node)
    hint = "A moved session is held; a cancelled one is not. Keep one."
    problems = check_exclusive("cancelled", ["moved"], spans, hint)
    if override.moved_to and override.moved_to.at is not None:
        problems += check_exclusive("moved", ["at"], spans, "Keep the time after the date of `moved`.")
    problems += places.find_geo_problem(override.place, spans)
    fields.raise_problems([*problems, *_check_duration(override, spans)])
    return override


_OFF = re.compile(
    r"(?:is |it's )?(?:off|skip(?:ped)?|cancel(?:lation)?|not held|holidays?|break|closed|none|"
    r"no(?: (?:chat|meeting|meet-?up|session|call|event)s?\b.*)?)",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"(?:(?:is )?(?:moved|postponed|rescheduled)(?: (?:to|until))?|->|\N{RIGHTWARDS ARROW})\s*", re.IGNORECASE
)


def _suggest_override(key: Scalar, slot: date, text: str) -> str:
    if called_off := re.fullmatch(r"cancell?ed\W+(.*?)\W*", text, re.IGNORECASE):
        reason = called_off[1] if re.fullmatch(r"[\w ]*", called_off[1]) else quote(called_off[1])
        return f"Write `{key.text}: {{cancelled: {reason}}}`." if reason else f"Write `{key.text}: cancelled`."
    if text in ("", "~", "null"):
        return "Write it below, indented: `topic: …`, `cancelled: …`, `moved: …`. Or delete the date."
    if _OFF.fullmatch(text):
        return f"If it is not held, write `{key.text}: cancelled`."
    if suggestions.is_clock_time(text):
        return f"Write `{key.text}: {{at: {suggestions.mend_time(text)}}}`."
    rest = _MOVED.sub("", text, count=1)
    if suggestions.is_clock_time(rest):
        return f"Write `{key.text}: {{moved: {slot} {suggestions.mend_time(rest)}}}`."
    if day := suggestions.suggest_date(rest, timed=True):
        moved = re.sub("`(.+?)`", rf"`{key.text}: {{moved: \1}}`", day)
        return f"Write {moved}."
    if rest != text:
        return "Write below it, indented, `moved:` with the date on which it is held."
    return f"Say what it is: `{key.text}: {{topic: {quote(text)}}}`; or `note`, `cancelled`, `moved`."


_CANCELLED_PATTERN = rf"^\s*{fields.ignore_case('cancel')}[lL]?{fields.ignore_case('ed')}\s*$"
_OVERRIDE_SCHEMAS = [
    fields.build_text_schema(_CANCELLED_PATTERN, "Say what it is, like `topic: …`."),
    fields.build_mapping_schema(OVERRIDE_KEYS) | {"not": {"required": ["cancelled", "moved"]}},
]
_SLOT_PATTERN = rf"^\s*{date_values.DATE_PATTERN}(?: \s*{text_values.CHAT_ID_PATTERN})?\s*$"


@make_reader(fields.build_names_schema(_SLOT_PATTERN, {"anyOf": _OVERRIDE_SCHEMAS}))
def read_overrides(node: Node) -> tuple[SessionOverride, ...]:
    hint = "Write `2026-12-23: {cancelled: Holidays}` for each, without `- ` before it."
    wanted = "Dates belong here, each with what is special on that day"
    return fields.read_named_values(node, _read_override, what="sessions", most=MAX_SESSIONS, wanted=wanted, hint=hint)


BREAK_KEYS = (
    Key("from", "the first day, month or year", read_period, needed="2026-07-20", field="first"),
    Key("until", "the last day, month or year", read_period, needed="2026-08-09"),
    Key("reason", "shown with the cancelled sessions", read_line),
)
CALENDAR_BREAK_KEYS = (
    *BREAK_KEYS,
    Key("chapters", "only in `chatcal.yaml`: the chapters that take the break; all if left out", _read_chapter_names),
)


_EXAMPLE_BREAK = timedelta(days=20)


def _fit_examples(node: Node, keys: Sequence[Key]) -> list[Key]:
    """Return the keys of a break with examples that fit the day beside them: one of three weeks, or a month or year."""
    texts = fields.find_key_texts(node)

    def fit(key: Key) -> Key:
        other, shift = {"from": ("until", -_EXAMPLE_BREAK), "until": ("from", _EXAMPLE_BREAK)}.get(
            key.name, ("", timedelta())
        )
        written = texts.get(other, "")
        with suppress(ValueError):
            return replace(key, needed=f"{date.fromisoformat(written) + shift}")
        return replace(key, needed=written) if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", written) else key

    return list(map(fit, keys))


def _make_breaks_reader(keys: Sequence[Key]) -> Reader[tuple[Break, ...]]:
    @make_reader(fields.build_mapping_schema(keys))
    def read_break(node: Node) -> Break:
        if isinstance(node, Scalar) and (pause := suggestions.suggest_break(node.text)):
            wanted = "A break is written as `key: value` lines"
            raise fields.wrong_shape(node, wanted, f"Write `{pause}`.")
        values = read_mapping(node, "a break", _fit_examples(node, keys))
        if values.get("chapters") == ():
            span = fields.find_key_spans(node)["chapters"]
            hint = "Name the chapters that take the break, or delete `chapters`: then all take it."
            raise make_error(span, "empty-value", "This break names no chapter.", hint)
        fields.raise_problems(_check_order(values["first"], values["until"]))
        return Break(**values)

    return make_list_reader(
        read_break, "breaks", "{from: 2026-07-20, until: 2026-08-09, reason: Summer break}", MAX_BREAKS, ["from"]
    )


UPSTREAM_KEYS = (
    Key("address", "the `https` address of the .ics file", text_values.read_calendar_address, field="found",
        needed="https://calendar.lantern.example/chat.ics"),
    Key("only",
        "only sessions that have this text in their title, or in the title of their series. Upper and lower case make "
        "no difference; a hashtag counts only as a whole", read_line),
    Key("category", "only sessions that are, or whose series is, in this category", read_line),
)  # fmt: skip


@make_reader({"anyOf": [text_values.read_calendar_address.schema, fields.build_mapping_schema(UPSTREAM_KEYS)]})
def read_upstream(node: Node) -> Upstream:
    if not isinstance(node, Mapping):
        return text_values.read_calendar_address(node)
    values = read_mapping(node, "a calendar kept elsewhere", UPSTREAM_KEYS)
    found: Upstream = values.pop("found")
    return replace(found, **values)


CHAPTER_KEYS = (
    Key("hashtag",
        "without the `#`: letters, digits and `_`. If all letters are from a to z, the file has the same name in lower "
        "case. If there is no hashtag, leave it out", text_values.read_hashtag),
    Key("name", "what the chapter is called", read_line, needed="The Lantern Keepers"),
    Key("about", "what it is, in a sentence or two", read_text),
    Key("region", "any text; readers can filter the page by it", read_line),
    Key("language", "code of the main language, which its events are in as well; `en` if left out",
        text_values.read_language),
    Key("timezone", "the place whose time the chapter uses, or `Etc/UTC`. Required for a clock time", read_zone),
    Key("website", "an address", read_web_address),
    Key("account", "the community's own account", read_line),
    Key("join", "the address where to join the chats; that of `chatcal.yaml` if left out; or `none`", places.read_join),
    Key("place", "the room or postal address where the chats meet; that of `chatcal.yaml` if left out; or `none`",
        places.read_place),
    Key("geo", "latitude and longitude of `place`, in degrees", places.read_geo),
    Key("links", "names with addresses: agenda, sign-up, code of conduct", places.read_links),
    Key("note", "what people should know, for example why there is no chat", read_text),
    Key("moderators", "a list of people", make_list_reader(read_line, "moderators")),
    Key("confirmed",
        "the day on which a person last confirmed this schedule. Sessions long after it are shown as unconfirmed",
        read_date),
    Key("doubt", "why the schedule may be wrong; shown with unconfirmed sessions", read_line),
    Key("sources", "a list of how you know: addresses, or a few words", make_list_reader(read_line, "sources")),
    Key("formerly", "a list of earlier names of the file, the oldest first", _read_former_names),
    Key("chats", "a list", make_list_reader(read_chat, "chats", "every: Wednesday\n    at: 13:00", MAX_CHATS, _WAYS)),
    Key("sessions", "what is special about single sessions", read_overrides, field="overrides"),
    Key("breaks", "a list", _make_breaks_reader(BREAK_KEYS)),
    Key("upstream",
        "instead of `chats`: the `https` address of the chapter's own calendar, an .ics file; or the address with what "
        "to take from it. List its host under `upstream_hosts` in `chatcal.yaml`", read_upstream),
)  # fmt: skip


PENDING_NOTE = "Details pending."
"""What a new file says in place of chats."""


def parse_chapter(file: str, content: bytes) -> Chapter:
    """Return the chapter of one schedule file, whose path names its slug; raises ScheduleError with every problem."""
    problems: list[Problem] = []
    slug = re.sub(r"\.ya?ml$", "", file.rpartition("/")[2])
    if problem := text_values.check_feed_name(slug, Span(file)):
        problems.append(replace(problem, hint=f"Rename the file. {problem.hint}"))
    least = f"A chapter needs at least:\nhashtag: {slug}\nname: The Lantern Keepers\nnote: {PENDING_NOTE}"
    try:
        node, refused = parser.parse_document(file, content, least)
        problems += refused
        values = read_mapping(node, "a chapter", CHAPTER_KEYS, _OUTSIDE_CHAPTER)
    except ScheduleError as error:
        raise ScheduleError([*problems, *error.problems]) from None
    problems += _find_chapter_problems(slug, values, fields.find_key_spans(node))
    fields.raise_problems(_name_file(values.get("hashtag", ""), problem) for problem in problems)
    names = values.pop("formerly", ())
    former = tuple(name for name in names if name != slug)
    return Chapter(slug=slug, file=file, formerly=former, has_oldest_name=names[:1] == (slug,), **values)


def _name_file(hashtag: str, problem: Problem) -> Problem:
    """Return a problem that names the file which a hashtag needs, if the name of the file is what is wrong."""
    slug = hashtag.lower()
    is_of_file = problem.code == "name" and problem.span == Span(problem.span.file)
    if not is_of_file or not hashtag.isascii() or text_values.check_feed_name(slug, problem.span):
        return problem
    return replace(problem, hint=f"Rename the file to `{slug}.yaml`, as its hashtag is.")


def _find_chapter_problems(slug: str, values: dict[str, Any], spans: dict[str, Span]) -> Iterable[Problem]:
    hashtag: str = values.get("hashtag", slug)
    own_slug, span = hashtag.lower(), spans.get("hashtag", Span(""))
    if hashtag.isascii() and own_slug != slug and text_values.check_feed_name(slug, span) is None:
        message = f"The file is named `{slug}`, but the hashtag is `{hashtag}`."
        rename = f"name the file `{own_slug}.yaml`, and keep its old feed with `formerly: [{slug}]`"
        yield Problem(span, "slug", message, f"Correct one of the two. To rename the chapter, {rename}.")
    hint = "A chapter keeps its calendar here, or elsewhere. Keep one of the two."
    yield from check_exclusive("upstream", ("chats", "sessions", "breaks"), spans, hint)
    yield from places.find_geo_problem(values.get("place"), spans)
    chats, overrides = (len(values.get(key, ())) for key in ("chats", "overrides"))
    if chats * overrides > MAX_PAIRS:
        message = (
            f"{chats:,} chats with {overrides:,} sessions under `sessions` are too many: each is compared with all."
        )
        hint = f"Divide the file into chapters: the one number times the other is at most {MAX_PAIRS:,}."
        yield Problem(spans["sessions"], "too-many", message, hint)
    for chat in values.get("chats", ()):
        clock = isinstance(chat.at, time) or any(listed.at for listed in chat.dates)
        if clock and not (chat.timezone or values.get("timezone")):
            hint = "Add `timezone:` to the chapter, like `timezone: America/Toronto`."
            yield Problem(chat.where, "zone-missing", "This chat has a clock time, but no time zone.", hint)


COLLECTION_KEYS = (
    Key("title", "what it is called", read_line, needed="European chapters"),
    Key("chapters", "a list of the chapters' file names, without `.yaml`", _read_chapter_names,
        needed="[lanternchat, fogchat]"),
    Key("formerly", "earlier names of the feed", _read_former_names),
)  # fmt: skip
_FEED_NAME_PATTERN = f"^{text_values.FEED_NAME_SCHEMA_PATTERN}$"


def _read_collection(key: Scalar, node: Node) -> Collection:
    name = read_feed_name(key)
    return Collection(name=name, where=key.span, **read_mapping(node, "a collection", COLLECTION_KEYS))


@make_reader(fields.build_names_schema(_FEED_NAME_PATTERN, fields.build_mapping_schema(COLLECTION_KEYS)))
def read_collections(node: Node) -> tuple[Collection, ...]:
    hint = "Write `europe: {title: European chapters, chapters: [lanternchat, fogchat]}` for each, without `- `."
    wanted = "Names belong here, each with its collection"
    return fields.read_named_values(
        node, _read_collection, what="collections", most=MAX_COLLECTIONS, wanted=wanted, hint=hint
    )


_read_month_count = date_values.make_month_count_reader(minimum=0)
_read_positive_month_count = date_values.make_month_count_reader(minimum=1)
_read_contact = text_values.make_address_reader("mailto:", "https://", "http://")
CALENDAR_KEYS = (
    Key("title", "the name of the calendar, and of the feed of all chapters", read_line,
        needed="Chats of the lighthouse keepers"),
    Key("about", "what it is", read_text),
    Key("language", "code of the language of the pages of several chapters; `en` if left out",
        text_values.read_language),
    Key("home", "the address of the published folder, see Publishing", text_values.read_home),
    Key("uid_domain",
        "a domain that ends the UID of every event. Choose it once and **never change** it: subscribers would get "
        "all sessions as new events", text_values.read_domain, needed="lights.example"),
    Key("repository", "the repository of the schedules; pages then have a link “suggest a correction”",
        read_web_address),
    Key("contact", "an address for people without an account there", _read_contact),
    Key("called",
        "what people call one meeting, like `meetup`; `chat` if left out. If its plural is not made as in English, "
        "both: `{one: Treffen, many: Treffen}`", text_values.read_called),
    Key("join", "the address where to join chats; `{hashtag}` becomes the chapter's", places.read_calendar_join),
    Key("place", "the room or postal address where all chapters meet", places.read_place),
    Key("geo", "latitude and longitude of `place`, in degrees", places.read_geo),
    Key("clocks", "more time zones in which to show each session's time", make_list_reader(read_zone, "time zones")),
    Key("ahead", "how far feeds reach, 1 to 120 months; 12 if left out", _read_positive_month_count),
    Key("behind", "how long feeds keep sessions that are over, 0 to 120 months; 3 if left out", _read_month_count),
    Key("unconfirmed_after", "how long `confirmed` holds, 0 to 120 months; 18 if left out", _read_month_count),
    Key("unconfirmed", "`show`, or `hide` to keep unconfirmed sessions out of the feeds; `show` if left out",
        text_values.read_visibility),
    Key("collections", "combined feeds of some chapters", read_collections),
    Key("breaks", "a list of breaks for all chapters or some", _make_breaks_reader(CALENDAR_BREAK_KEYS)),
    Key("upstream_hosts", "the hosts that `upstream` of a chapter may name; none if left out",
        make_list_reader(text_values.read_host, "hosts")),
)  # fmt: skip


def _give_hint(keys: Iterable[Key], hint: str) -> fields.Hints:
    return {key.name: f"This key belongs to {hint}." for key in keys}


_IN_CALENDAR = _give_hint(CALENDAR_KEYS, "the calendar: put it into `chatcal.yaml`")
_IN_CHAPTER = _give_hint(CHAPTER_KEYS, "the chapter: put it at the left edge, above `chats:`")
_IN_CHAT = _give_hint(
    CHAT_KEYS, "a chat: put it below `chats:`, in the column of that chat's `every:`. A chat begins with `- `"
)
_IN_SESSION = _give_hint(
    OVERRIDE_KEYS, "a session: put it below its day, under `sessions:`, like `2026-12-23: {cancelled: Holidays}`"
)
_OUTSIDE_CALENDAR = _give_hint(
    (*OVERRIDE_KEYS, *CHAT_KEYS, *CHAPTER_KEYS), "a chapter: put it into its file in schedules/"
)
# Of two that have a key, the last is meant.
_OUTSIDE_CHAPTER = _IN_CALENDAR | _IN_SESSION | _IN_CHAT
_OUTSIDE_CHAT = _IN_CALENDAR | _IN_SESSION | _IN_CHAPTER
_OUTSIDE_SESSION = _IN_CHAPTER | _IN_CHAT


def parse_calendar(content: bytes) -> Calendar:
    """Return what `chatcal.yaml` says; raises ScheduleError with every problem of it."""
    least = "A calendar needs at least:\ntitle: Chats of the lighthouse keepers\nuid_domain: lights.example"
    node, refused = parser.parse_document(CALENDAR_FILE, content, least)
    try:
        values = read_mapping(node, "the calendar", CALENDAR_KEYS, _OUTSIDE_CALENDAR)
    except ScheduleError as error:
        raise ScheduleError([*refused, *error.problems]) from None
    fields.raise_problems([*refused, *places.find_geo_problem(values.get("place"), fields.find_key_spans(node))])
    return Calendar(**values)
