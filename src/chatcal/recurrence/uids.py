"""The UIDs of sessions (RFC 7986 section 5.3): each outlives every change of its session but that of the slot."""

import re
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

_SLOT = re.compile(r"-(\d{4}-\d\d-\d\d)$", re.ASCII)
_CHAT = re.compile(r"-([a-z][a-z0-9]*)$")


@dataclass(frozen=True, slots=True)
class Uid:
    """What a UID like `fogchat-late-2026-03-04@lights.example` is made of."""

    root: str
    """The oldest slug of the chapter."""
    chat: str | None
    """The `id` of the chat, where it has one."""
    slot: date | None
    """None in a UID that chatcal has not made."""
    domain: str

    @property
    def name(self) -> str:
        """The UID without its domain."""
        return "-".join(part for part in (self.root, self.chat, self.slot and self.slot.isoformat()) if part)

    def __str__(self) -> str:
        return f"{self.name}@{self.domain}"

    @classmethod
    def parse(cls, text: str, roots: Container[str] = ()) -> "Uid":
        """Read any UID.

        `fog-late` may be a chapter, or the chapter `fog` and its chat `late`: it is a chapter if it is in `roots`.
        """
        name, _, domain = text.partition("@")
        with suppress(ValueError):  # 30 February is not a slot
            if found := _SLOT.search(name):
                root, slot = name[: found.start()], date.fromisoformat(found[1])
                chat = None if root in roots else _CHAT.search(root)
                return cls(root[: chat.start()], chat[1], slot, domain) if chat else cls(root, None, slot, domain)
        return cls(name, None, None, domain)


def format_uids(root: str, chat: str | None, slots: Iterable[date], domain: str) -> list[str]:
    """Return the UIDs of a chat's sessions."""
    return [str(Uid(root, chat, slot, domain)) for slot in slots]
