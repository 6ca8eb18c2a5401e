"""Readers of texts, addresses and names: one kind of text each, to its value.

Every reader takes a node and raises Invalid, with what to write instead, where the text is not of its kind.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatcal.model import Upstream
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.schedule.fields import require_scalar
from chatcal.schedule.nodes import Node, Scalar
from chatcal.text import find_ambiguous_backslash, replace_ambiguous_backslashes


def read_text(node: Node) -> str:
    """Read a text with something in it, which all calendar programs show alike."""
    found = require_scalar(node, "a text")
    text = found.text.strip()
    if word := find_ambiguous_backslash(text):
        raise make_error(
            found.find_part(word),
            "backslash",
            f"To some calendar programs the backslash in `{word}` begins a new line.",
            f"Write `{replace_ambiguous_backslashes(word)}`, or leave the backslash out.\n"
            "For a new line in `about` or `note`, put `|` behind the colon, and the lines below it, indented.",
        )
    return text


def read_line(node: Node) -> str:
    """Read a text of one line; where YAML lets it run over several, a space joins them."""
    return re.sub(r"\s*\n\s*", " ", read_text(node))


@dataclass(frozen=True, slots=True)
class AddressReader:
    """A reader of addresses that begin with one of the schemes."""

    schemes: tuple[str, ...]

    def __call__(self, node: Node) -> str:
        """Return the address; raises Invalid."""
        schemes = self.schemes
        found = require_scalar(node, f"an address that begins with `{schemes[0]}`")
        text = found.text.strip()
        if not text.lower().startswith(schemes):
            wanted = " or ".join(f"`{scheme}`" for scheme in schemes)
            raise make_error(
                found.span, "address", f"An address begins with {wanted}.", _suggest_address(text, schemes)
            )
        if bad := re.search(r'[\s"<>\\^`|]', text):
            sign = "space" if bad[0].isspace() else f"`{bad[0]}`"
            raise make_error(found.span, "address", f"An address holds no {sign}.", _suggest_address(text, schemes))
        if not _is_complete_address(text):
            raise make_error(found.span, "address", f"`{text}` is no complete address.", _COPY_HINT)
        return text


def _is_complete_address(text: str) -> bool:
    try:
        split = urlsplit(text)
        return bool(split.hostname) or (split.scheme == "mailto" and "@" in split.path)
    except ValueError:
        return False


_COPY_HINT = "Copy it from the address line of the browser."


def _suggest_address(text: str, schemes: tuple[str, ...]) -> str:
    if text.lower().startswith(schemes) and text.count("://") == 1 and " " in text:
        return f"A space in an address is written `%20`: `{text.replace(' ', '%20')}`."
    if inside := re.search(r"https?://[^\s\"<>)]+", text):
        return f"Write one address, and nothing else: `{inside[0]}`."
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text):
        return f"Write `https://{text}`."
    if "mailto:" in schemes and "@" in text:
        return f"Write `mailto:{text}`."
    if "@" in text[1:]:
        return "An e-mail address is not shown; write the address of a page."
    if text.startswith("@"):
        return "A handle goes under `account:`; here stands the address of a page."
    return _COPY_HINT


read_web_address = AddressReader(("https://", "http://"))


def read_upstream(node: Node) -> Upstream:
    """Read where a calendar is kept that everybody may fetch."""
    found = require_scalar(node, "the `https` address of an .ics file")
    if found.text.lower().startswith("webcal://"):
        raise make_error(
            found.span,
            "address",
            "An address begins with `https://`.",
            f"Calendar programs call it `webcal`; write `https{found.text.strip()[6:]}`.",
        )
    address = AddressReader(("https://",))(node)
    if "@" in urlsplit(address).netloc:
        raise make_error(
            found.span,
            "address",
            "An address with a password in it is read by everybody who reads this file.",
            "Ask for an address that needs none.",
        )
    return Upstream(address, found.span)


def read_home(node: Node) -> str:
    """Read the address of a folder; it ends with a slash."""
    address = read_web_address(node)
    if urlsplit(address).query or urlsplit(address).fragment:
        raise make_error(
            node.span, "address", "`home` is a folder, without `?` and `#`.", f"Write `{re.split('[?#]', address)[0]}`."
        )
    if pages := find_pages_address(address):
        raise make_error(node.span, "address", "This is where the repository is.", f"Its site would be at `{pages}`.")
    return address if address.endswith("/") else address + "/"


def find_pages_address(address: str) -> str | None:
    """Return where GitHub Pages serves the repository that an address leads to; None where it leads to none."""
    found = re.match(r"https?://(?:www\.)?github\.com/([^/]+)/([^/]+?)(?:\.git)?(?:/|$)", address)
    if found is None:
        return None
    host = f"{found[1].lower()}.github.io"
    return f"https://{host}/" if found[2].lower() == host else f"https://{host}/{found[2]}/"


def read_hashtag(node: Node) -> str:
    """Read a hashtag: letters of any script, digits and `_`, without the `#`."""
    found = require_scalar(node, "the hashtag without its `#`")
    text = found.text.strip()
    if text.startswith("#"):
        raise make_error(found.span, "hashtag", "The hashtag is written without its `#`.", f"Write `{text[1:]}`.")
    kept = "".join(sign for sign in text if sign == "_" or unicodedata.category(sign)[0] in "LMN")
    if kept != text:
        raise make_error(
            found.span,
            "hashtag",
            f"`{text}` is no hashtag.",
            "A hashtag has letters, digits and `_`, and no spaces" + (f": `{kept}`." if kept else "."),
        )
    return text


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_language(node: Node) -> str:
    """Read a language tag (BCP 47)."""
    found = require_scalar(node, "a language like `en`")
    if not _LANGUAGE.fullmatch(found.text):
        raise make_error(
            found.span,
            "language",
            f"`{found.text}` is no language tag.",
            "Write the short form of one language: `en`, `fr`, `de`, `es`, `pt-BR`.",
        )
    return found.text


_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
SLUG_HINT = "Names have small letters, digits, `_` and `-`, a letter or digit first, and at most 60 of them."


WINDOWS_NAMES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
    ]
)


def check_feed_name(name: str, where: Span) -> Problem | None:
    """Return what is wrong with a name that a feed is to have; None where nothing is."""
    if not _SLUG.fullmatch(name):
        plain = re.sub(r"[^a-z0-9_]+", "-", convert_to_ascii(name.casefold())).strip("-_")[:60]
        meant = f" Here perhaps: `{plain}`." if plain and plain not in WINDOWS_NAMES else ""
        return Problem(span=where, code="name", message=f"`{name}` cannot name a feed.", hint=SLUG_HINT + meant)
    if name in WINDOWS_NAMES:
        return Problem(
            span=where,
            code="name",
            message=f"`{name}` cannot name a feed: Windows keeps that name for itself.",
            hint=f"Choose another, like `{name}-chat`.",
        )
    return None


def convert_to_ascii(text: str) -> str:
    """Return a text in plain letters: `é` without its accent, and nothing for a letter that has no plain one."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def read_feed_name(node: Node) -> str:
    """Read the name of a feed."""
    found = require_scalar(node, "a name")
    if problem := check_feed_name(found.text, found.span):
        raise ScheduleError([problem])
    return found.text


def read_chat_id(node: Node) -> str:
    """Read the `id` of a chat."""
    found = require_scalar(node, "a short name like `late`")
    if not re.fullmatch(r"[a-z][a-z0-9]*", found.text):
        raise make_error(
            found.span,
            "id",
            f"`{found.text}` is no `id`.",
            f"Write small letters and digits, a letter first: `{_fix_id(found.text)}`.",
        )
    return found.text


def _fix_id(text: str) -> str:
    return re.sub(r"[^a-z0-9]|^[0-9]+", "", text.lower()) or "late"


def read_host(node: Node) -> str:
    """Read the name of a server."""
    found = require_scalar(node, "a host like `calendar.lantern.example`")
    if not _DOMAIN.fullmatch(found.text):
        raise make_error(
            found.span,
            "domain",
            f"`{found.text}` is no host.",
            f"Write what stands between `https://` and the next `/`, in small letters: `{_fix_domain(found.text)}`.",
        )
    return found.text


_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?")


def read_domain(node: Node) -> str:
    """Read a domain."""
    found = require_scalar(node, "a domain like `chats.example`")
    if not _DOMAIN.fullmatch(found.text):
        raise make_error(
            found.span,
            "domain",
            f"`{found.text}` is no domain.",
            f"Write small letters, digits, dots and `-`: `{_fix_domain(found.text)}`.",
        )
    return found.text


def _fix_domain(text: str) -> str:
    host = re.split(r"[/?#]", re.sub(r"^[a-z]+://", "", text.strip().lower()))[0]
    return re.sub(r"[^a-z0-9.-]", "-", host)[:100].strip("-.") or "lights.example"


def read_visibility(node: Node) -> str:
    """Read `show` or `hide`."""
    found = require_scalar(node, "`show` or `hide`")
    if found.text not in ("show", "hide"):
        raise make_error(
            found.span,
            "choice",
            f"`{found.text}` is neither `show` nor `hide`.",
            "Write `show`, or `hide` to keep unconfirmed sessions out of the feeds.",
        )
    return found.text


def read_cancelled(node: Node) -> str:
    """Read `cancelled:`, whose reason may be missing."""
    if isinstance(node, Scalar) and not node.text.strip():
        return ""
    found = require_scalar(node, "the reason")
    if found.plain and found.text.strip().lower() in ("no", "false", "off"):
        raise make_error(
            found.span,
            "choice",
            f"`cancelled: {found.text}` would cancel the session, and give `{found.text}` as the reason.",
            "To hold it, take the line out; to cancel it, write the reason, or nothing.",
        )
    return read_line(found)
