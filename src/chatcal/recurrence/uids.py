"""The names that sessions have for life."""

import re
from collections.abc import Container
from datetime import date

from chatcal.model import Calendar, Chapter

_SLOT = re.compile(r"-(?:[a-z][a-z0-9]*-)?\d{4}-\d\d-\d\d$")
_DATE = re.compile(r"-\d{4}-\d\d-\d\d$")


def build_uid(calendar: Calendar, chapter: Chapter, chat_id: str | None, slot: date) -> str:
    """Return the UID of a slot's session (RFC 7986 section 5.3): it outlives every change but that of the slot."""
    its_chat = f"{chat_id}-" if chat_id else ""
    return f"{chapter.root}-{its_chat}{slot.isoformat()}@{calendar.uid_domain}"


def parse_uid_root(uid: str, known: Container[str]) -> str:
    """Return the oldest slug of the chapter that a UID is of; a `known` one where a slug may look like an `id`."""
    key = uid.partition("@")[0]
    plain = _DATE.sub("", key)
    return plain if plain in known else _SLOT.sub("", key)
