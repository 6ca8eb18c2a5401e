"""What a schedule file says of single days: sessions that are not as usual, and breaks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chatcal import texts, times
from chatcal.chats import HOSTS, find_duration_problems
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
from chatcal.model import Break, SessionOverride
from chatcal.nodes import Mapping, Node, Scalar
from chatcal.problem import ScheduleError, make_error
from chatcal.written import quote

OVERRIDE_KEYS = (
    Key("cancelled", "not held; the reason, or nothing", texts.read_cancelled),
    Key(
        "moved",
        "held on another day, or at another time; subscribers read “Moved from …”",
        times.read_moved_to,
        field="moved_to",
    ),
    Key("at", "another time, without a word about it; not with a `moved` that has a time", times.read_time),
    Key("lasts", "another length", times.read_duration),
    Key("topic", "what it is about", texts.read_line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("title", "a name of its own", texts.read_line),
    Key("join", "where it takes place", texts.read_web_address),
    Key("note", "one more thing to know", texts.read_text),
    Key("transcript", "where to read it afterwards; shown on the page", texts.read_web_address),
)


def _read_override(key: Scalar, node: Node, elsewhere: KeyHints) -> SessionOverride:
    if key.text in _OVERRIDE_KEY_NAMES:
        raise make_error(
            key.span,
            "indent",
            f"`{key.text}` belongs below the date of a session, and stands beside it.",
            "Put two more spaces before it, and before what belongs to it.",
        )
    slot, chat_id = times.parse_leading_date(key)
    chat = texts.read_chat_id(replace(key, text=chat_id, span=key.find_part(chat_id))) if chat_id else None
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
    Key("from", "the first day, month or year", times.read_period, needed="2026-07-20", field="first"),
    Key("until", "the last day, month or year", times.read_period, needed="2026-08-09"),
    Key("reason", "shown with the cancelled sessions", texts.read_line),
)
BREAK_EXAMPLE = "{from: 2026-07-20, until: 2026-08-09, reason: Summer break}"
CALENDAR_BREAK_KEYS = (
    *BREAK_KEYS,
    Key(
        "chapters",
        "only in `chatcal.yaml`: which chapters keep it; left out, all",
        ListReader(texts.read_feed_name, "chapters"),
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
