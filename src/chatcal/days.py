"""What a schedule file says of single days: sessions that are not as usual, and breaks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chatcal import texts, times
from chatcal.chats import HOSTS, length_problems
from chatcal.fields import Each, Hints, Key, collect, key_spans, not_a, not_together, read_mapping
from chatcal.model import Break, Change
from chatcal.nodes import Mapping, Node, Scalar
from chatcal.problem import Invalid, invalid
from chatcal.written import quoted

CHANGE = (
    Key("cancelled", "not held; the reason, or nothing", texts.reason),
    Key("moved", "held on another day, or at another time; subscribers read “Moved from …”", times.target),
    Key("at", "another time, without a word about it; not with a `moved` that has a time", times.at),
    Key("lasts", "another length", times.length),
    Key("topic", "what it is about", texts.line),
    Key("hosts", "a list: who leads it", HOSTS),
    Key("title", "a name of its own", texts.line),
    Key("join", "where it takes place", texts.web),
    Key("note", "one more thing to know", texts.text),
    Key("transcript", "where to read it afterwards; shown on the page", texts.web),
)


def _change(key: Scalar, node: Node, elsewhere: Hints) -> Change:
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
    values = read_mapping(node, "a session", CHANGE, elsewhere)
    spans = key_spans(node)
    problems = [
        *not_together("cancelled", ["moved"], spans, "A moved session is held; a cancelled one is not. Keep one."),
    ]
    if "at" in spans and "moved" in values and values["moved"].at is not None:
        problems += not_together("moved", ["at"], spans, "Keep the time behind the date of `moved`.")
    if "lasts" in values and "at" in values:
        problems += length_problems(values["lasts"], values["at"], spans["lasts"])
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


@dataclass(frozen=True, slots=True)
class ReadChanges:
    """A reader of what is special about single slots; it knows what to say of keys that belong to a chat."""

    elsewhere: Callable[[], Hints]

    def __call__(self, node: Node) -> tuple[Change, ...]:
        """Return the changes; raises Invalid with the problems of all."""
        if not isinstance(node, Mapping):
            raise not_a(
                node,
                "Dates are wanted here, each with what is special that day",
                "Write `2026-12-23: {cancelled: Holidays}` for each, without `- ` before it.",
            )
        return collect(lambda pair: _change(pair[0], pair[1], self.elsewhere()), node.pairs)


BREAK = (
    Key("from", "the first day, month or year", times.period, needed="2026-07-20", field="first"),
    Key("until", "the last day, month or year", times.period, needed="2026-08-09"),
    Key("reason", "shown with the cancelled sessions", texts.line),
)
BREAK_EXAMPLE = "{from: 2026-07-20, until: 2026-08-09, reason: Summer break}"
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
