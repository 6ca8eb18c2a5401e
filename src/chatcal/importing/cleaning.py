"""Foreign text, made fit to stand in a schedule file."""

import re
import unicodedata

from chatcal.legible import replace_ambiguous_backslashes

MAX_LINE_LENGTH = 300
"""Of one text: longer ones are articles, and no titles."""


def make_single_line(text: str, most: int = MAX_LINE_LENGTH) -> str:
    """Return a text as one line that a schedule may hold, cut with a `…` where it is longer than `most`.

    It loses signs that nobody can see; a backslash that some programs would take for a line break becomes a slash.
    """
    # A joiner holds an emoji together, and some scripts cannot be written without; all else of its kind is hidden.
    seen = "".join(
        sign if sign in "\u200d\u200c" or unicodedata.category(sign)[0] not in "CZ" else " " for sign in text
    )
    one = replace_ambiguous_backslashes(re.sub(r" +", " ", seen).strip())
    return one if len(one) <= most else f"{one[: most - 1].rstrip()}…"


def is_web_url(text: str) -> bool:
    """Say whether a text is just the address of a page."""
    return re.fullmatch(r"https?://[\w.-]+(:\d+)?([/?#][^\s\"<>\\^`|]*)?", text) is not None


def find_hashtag(text: str) -> str | None:
    """Return the hashtag that a text begins with, without its `#`; None where it begins with none."""
    found = re.match(r"#([^\W_]\w{1,58})(?!\w)", text)
    return found[1] if found else None


def make_hashtag(name: str) -> str:
    """Return a hashtag made of a name: its letters and digits, in plain small ones where they can be."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:50].rstrip("_")
    return made or "imported"
