"""The file format: what a schedule file says of a chapter, and `chatcal.yaml` of the calendar.

Its tables of keys, and those of `chats` and `days`, are the format page in code. What needs the days of a rule is left
to `checks`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from functools import cache
from typing import Any

from chatcal import source, texts, times
from chatcal.chats import CHAT_KEYS, ChatReader
from chatcal.days import BREAK_EXAMPLE, BREAK_KEYS, CALENDAR_BREAK_KEYS, BreakReader, OverridesReader
from chatcal.fields import (
    Key,
    KeyHints,
    ListReader,
    check_exclusive,
    find_key_spans,
    read_all,
    read_mapping,
    wrong_shape,
)
from chatcal.model import Calendar, Chapter, Collection
from chatcal.nodes import Mapping, Node, Scalar
from chatcal.problem import Problem, ScheduleError, Span

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
        "without the `#`: letters, digits and `_`. If all its letters are plain ones (a to z), the file is named like "
        "it, in small letters",
        texts.read_hashtag,
        needed="lanternchat",
    ),
    Key("name", "what the chapter is called", texts.read_line, needed="The Lantern Keepers"),
    Key("about", "what it is, in a sentence or two", texts.read_text),
    Key("region", "any text; readers of the page can choose by it", texts.read_line),
    Key("language", "short form of the main language; `en` if left out", texts.read_language),
    Key(
        "timezone",
        "the place whose clock the chapter lives by, or `Etc/UTC`. A clock time cannot do without",
        times.read_zone,
    ),
    Key("website", "an address", texts.read_web_address),
    Key("account", "the community's own account", texts.read_line),
    Key("join", "the address where the chat takes place; else that of `chatcal.yaml`", texts.read_web_address),
    Key("note", "what people should know, above all where there is no chat", texts.read_text),
    Key("moderators", "a list of people", ListReader(texts.read_line, "moderators")),
    Key(
        "confirmed",
        "the day on which a person last said that this schedule is right. Sessions long after it are shown as "
        "unconfirmed",
        times.read_date,
    ),
    Key("doubt", "why it may be wrong; shown with unconfirmed sessions", texts.read_line),
    Key("sources", "a list of addresses or a few words: how you know", ListReader(texts.read_line, "sources")),
    Key("formerly", "a list of earlier names of the file, the oldest first", ListReader(texts.read_feed_name, "names")),
    Key("chats", "a list", ListReader(ChatReader(_build_chapter_hints), "chats", "every: Wednesday\n    at: 13:00")),
    Key("sessions", "what is special about single days", OverridesReader(_build_chat_hints), field="overrides"),
    Key("breaks", "a list", ListReader(BreakReader(BREAK_KEYS), "breaks", BREAK_EXAMPLE)),
    Key(
        "upstream",
        "instead of `chats`: the `https` address of an .ics file in which the chapter keeps its calendar itself; its "
        "host stands under `upstream_hosts` of `chatcal.yaml`",
        texts.read_upstream,
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
    if problem := texts.check_feed_name(slug, Span(file)):
        problems.append(replace(problem, hint=f"Rename the file. {problem.hint}"))
    try:
        node, refused = source.parse_document(file, octets, _format_minimal_chapter(slug))
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
    if hashtag.isascii() and hashtag.lower() != slug and texts.check_feed_name(slug, spans["hashtag"]) is None:
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
    Key("title", "what it is called", texts.read_line, needed="European chapters"),
    Key(
        "chapters",
        "a list of the chapters' file names, without `.yaml`",
        ListReader(texts.read_feed_name, "chapters"),
        needed="[lanternchat, fogchat]",
    ),
    Key("formerly", "earlier names of the feed", ListReader(texts.read_feed_name, "names")),
)


def _read_collection(key: Scalar, node: Node) -> Collection:
    name = texts.read_feed_name(key)
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
        texts.read_line,
        needed="Chats of the lighthouse keepers",
    ),
    Key("about", "what it is", texts.read_text),
    Key("home", "the address of the published folder, see Publishing", texts.read_home),
    Key(
        "uid_domain",
        "a domain that ends the name of every event; choose once, **never change**: every subscriber would get all "
        "sessions as new ones",
        texts.read_domain,
        needed="lights.example",
    ),
    Key("repository", "where the schedules live; pages then link “suggest a correction”", texts.read_web_address),
    Key("contact", "for people without an account there", texts.AddressReader(("mailto:", "https://", "http://"))),
    Key("join", "where chats take place; `{hashtag}` becomes the chapter's", texts.read_web_address),
    Key("clocks", "further clocks to show each session on", ListReader(times.read_zone, "time zones")),
    Key("ahead", "how far feeds reach, 1 to 120 months; 12 if left out", times.MonthCountReader(1)),
    Key("behind", "how long feeds keep what is over, 0 to 120 months; 3 if left out", times.MonthCountReader(0)),
    Key("unconfirmed_after", "how long `confirmed` holds, 0 to 120 months; 18 if left out", times.MonthCountReader(0)),
    Key(
        "unconfirmed",
        "`show`, or `hide` to keep unconfirmed sessions out of the feeds; `show` if left out",
        texts.read_visibility,
    ),
    Key("collections", "feeds of some chapters together", read_collections),
    Key(
        "breaks",
        "a list of breaks for all chapters or some",
        ListReader(BreakReader(CALENDAR_BREAK_KEYS), "breaks", BREAK_EXAMPLE),
    ),
    Key(
        "upstream_hosts",
        "the hosts that `upstream` of a chapter may name; none if left out",
        ListReader(texts.read_host, "hosts"),
    ),
)


_MINIMAL_CALENDAR = (
    "The least that a calendar needs:\ntitle: Chats of the lighthouse keepers\nuid_domain: lights.example"
)


def parse_calendar(octets: bytes) -> Calendar:
    """Return what `chatcal.yaml` says; takes its octets, raises Invalid with every problem of it."""
    node, refused = source.parse_document(CALENDAR_FILE, octets, _MINIMAL_CALENDAR)
    try:
        values = read_mapping(node, "the calendar", CALENDAR_KEYS)
    except ScheduleError as error:
        raise ScheduleError([*refused, *error.problems]) from None
    if refused:
        raise ScheduleError(refused)
    return Calendar(**values)
