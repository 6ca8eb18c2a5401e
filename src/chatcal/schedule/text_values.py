"""Readers of texts, addresses and names, each with its pattern, and with what to write instead where it is wrong."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from chatcal.english import pluralize
from chatcal.model import Called, FeedName, Upstream
from chatcal.problems import Problem, ScheduleError, Span, make_error
from chatcal.schedule.fields import (
    Key,
    Reader,
    build_mapping_schema,
    build_text_schema,
    ignore_case,
    make_reader,
    read_mapping,
    require_scalar,
)
from chatcal.schedule.nodes import Mapping, Node, Scalar
from chatcal.text import (
    NOT_IN_URL,
    URL_END,
    find_ambiguous_backslash,
    find_component,
    is_web_url,
    replace_ambiguous_backslashes,
    replace_misread,
)
from chatcal.words import find_language

ANY_TYPE = ("number", "boolean", "null")
"""The types that YAML may see in a text without quotes."""
_TEXT_HINT = "Write a text, with no backslash before n, r or the end of a line, and no `BEGIN:V`; or delete the line."
TEXT_PATTERN = rf"^(?![\s\S]*(?:\\(?:[nNr\n]|\s*$)|{ignore_case('begin:v')}))[\s\S]*\S"
_TEXT_SCHEMA = build_text_schema(TEXT_PATTERN, _TEXT_HINT, *ANY_TYPE)


@make_reader(_TEXT_SCHEMA)
def read_text(node: Node) -> str:
    """Read a text that is not empty, and that all calendar programs show alike."""
    found = require_scalar(node, "a text")
    text = found.text.strip()
    if word := find_ambiguous_backslash(text):
        message = f"Some calendar programs misread the backslash in `{word}`."
        hint = (
            f"Write `{replace_ambiguous_backslashes(word)}`, or leave the backslash out.\n"
            "For a line break in `about` or `note`, put `|` after the colon, and the lines below it, indented."
        )
        raise make_error(found.find_part(word), "backslash", message, hint)
    _refuse_component(found, text, replace_misread)
    return text


def _refuse_component(found: Scalar, text: str, mend: Callable[[str], str]) -> None:
    if word := find_component(text):
        message = f"Some calendar programs take `{word}` for the begin of an event."
        raise make_error(found.find_part(word), "component", message, f"Write `{mend(word)}`.")


@make_reader(_TEXT_SCHEMA)
def read_line(node: Node) -> str:
    """Read a text of one line; if YAML lets it run over several, a space joins them."""
    return " ".join(row for line in read_text(node).split("\n") if (row := line.strip()))


def make_address_reader(*schemes: str) -> Reader[str]:
    """Return a reader of addresses that begin with one of the schemes."""
    begins = "|".join(map(ignore_case, schemes))
    hint = f"Write an address that begins with `{schemes[0]}`."

    @make_reader(build_text_schema(rf"^\s*(?:{begins})[^{URL_END}]+\s*$", hint))
    def read_address(node: Node) -> str:
        found = require_scalar(node, f"an address that begins with `{schemes[0]}`")
        text = found.text.strip()
        if not text.lower().startswith(schemes):
            message = f"An address begins with {' or '.join(f'`{scheme}`' for scheme in schemes)}."
        elif bad := NOT_IN_URL.search(text):
            message = f"An address cannot contain {'a space' if bad[0].isspace() else f'`{bad[0]}`'}."
        elif not (is_web_url(text) or re.match("mailto:[^?#]*@", text, re.IGNORECASE)):
            raise make_error(found.span, "address", f"The address `{text}` is not complete.", _COPY_HINT)
        else:
            _refuse_component(found, text, lambda word: word.replace(":", "%3A"))
            return text
        raise make_error(found.span, "address", message, _suggest_address(text, schemes))

    return read_address


_COPY_HINT = "Copy it from the address line of the browser."


def _suggest_address(text: str, schemes: tuple[str, ...]) -> str:
    if text.lower().startswith(schemes) and text.count("://") == 1 and " " in text:
        alone = f"If what follows it is text, write only `{text.partition(' ')[0]}`."
        return f"A space in an address is written `%20`: `{text.replace(' ', '%20')}`. {alone}"
    if schemes == ("https://",) and text.lower().startswith("http://"):
        return f"Write `https{text[4:]}`, if it answers there."
    if inside := re.search(r"https?://[^\s\"<>)]*[^\s\"<>).,;]", text):
        return f"Write one address, and nothing else: `{inside[0]}`."
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text):
        return f"Write `https://{text}`."
    if "mailto:" in schemes and "@" in text:
        return f"Write `mailto:{text}`."
    if "@" in text[1:]:
        return "E-mail addresses are not shown; write the address of a page."
    if text.startswith("@"):
        return "A handle goes under `account:`; write the address of a page here."
    return _COPY_HINT


read_web_address = make_address_reader("https://", "http://")
_read_https_address = make_address_reader("https://")


@make_reader(_read_https_address.schema)
def read_calendar_address(node: Node) -> Upstream:
    """Read the address of a calendar that everybody may fetch."""
    found = require_scalar(node, "the `https` address of an .ics file")
    if found.text.lower().startswith("webcal://"):
        hint = f"Calendar programs call it `webcal`; write `https{found.text.strip()[6:]}`."
        raise make_error(found.span, "address", "An address begins with `https://`.", hint)
    address = _read_https_address(node)
    if "@" in urlsplit(address).netloc:
        message = "This address contains a password, and everybody can read this file."
        raise make_error(found.span, "address", message, "Ask for an address that needs no password.")
    return Upstream(address, found.span)


@make_reader(read_web_address.schema)
def read_home(node: Node) -> str:
    """Read the address of a folder; it ends with a slash."""
    address = read_web_address(node)
    if urlsplit(address).query or urlsplit(address).fragment:
        short = re.split("[?#]", address)[0]
        raise make_error(node.span, "address", "`home` is a folder, without `?` and `#`.", f"Write `{short}`.")
    if re.search(r"\b(?:OWNER|REPO)\b", address):
        hint = "Write your own in place of `OWNER` and `REPO`; if the site has no address yet, delete the line."
        raise make_error(node.span, "address", "This is the address of an example.", hint)
    if pages := find_pages_address(address):
        hint = f"Its site would be at `{pages}`."
        raise make_error(node.span, "address", "This is the address of the repository.", hint)
    return address if address.endswith("/") else address + "/"


def find_pages_address(address: str) -> str | None:
    """Return where GitHub Pages serves the repository that an address leads to; None where it leads to none."""
    found = re.match(r"https?://(?:www\.)?github\.com/([^/]+)/([^/]+?)(?:\.git)?(?:/|$)", address)
    if found is None:
        return None
    host = f"{found[1].lower()}.github.io"
    return f"https://{host}/" if found[2].lower() == host else f"https://{host}/{found[2]}/"


_HASHTAG_HINT = "A hashtag has letters, digits and `_`"


# JSON Schema cannot name the letters of every script: it lets through what is not ASCII.
@make_reader(build_text_schema(r"^\s*[^\s!-/:-@\[-^`{-~]+\s*$", f"{_HASHTAG_HINT}, and no `#` in front.", *ANY_TYPE))
def read_hashtag(node: Node) -> str:
    """Read a hashtag: letters of any script, digits and `_`, without the `#`."""
    found = require_scalar(node, "the hashtag without its `#`")
    text = found.text.strip()
    if text.startswith("#"):
        raise make_error(found.span, "hashtag", "The hashtag is written without its `#`.", f"Write `{text[1:]}`.")
    kept = "".join(sign for sign in text if sign == "_" or unicodedata.category(sign)[0] in "LMN")
    if kept != text:
        hint = f"{_HASHTAG_HINT}, and no spaces" + (f": `{kept}`." if kept else ".")
        raise make_error(found.span, "hashtag", f"`{text}` is not a valid hashtag.", hint)
    return text


Mend = Callable[[str], str]


def make_pattern_reader(
    pattern: str, code: str, what: str, example: str, hint: str, *, mend: Mend = str, types: Sequence[str] = ()
) -> Reader[str]:
    """Return a reader of texts of a pattern; `{}` in the hint becomes what `mend` makes of a text, or the example."""

    @make_reader(build_text_schema(f"^{pattern}$", hint.format(example), *types))
    def read_match(node: Node) -> str:
        found = require_scalar(node, f"a {what} like `{example}`")
        if not re.fullmatch(pattern, found.text):
            message = f"`{found.text}` is not a valid {what}."
            raise make_error(found.span, code, message, hint.format(mend(found.text) or example))
        return found.text

    return read_match


_LANGUAGE_PATTERN = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"  # BCP 47
_LANGUAGE_HINT = "Write the short form of one language, like `{}` or `pt-BR`."
read_language = make_pattern_reader(
    _LANGUAGE_PATTERN, "language", "language tag", "en", _LANGUAGE_HINT, mend=find_language
)


def _mend_chat_id(text: str) -> str:
    return re.sub(r"^[^a-z]+|[^a-z0-9]", "", text.lower())


CHAT_ID_PATTERN = "[a-z][a-z0-9]*"
_CHAT_ID_HINT = "Write lower-case letters and digits, a letter first: `{}`."
read_chat_id = make_pattern_reader(
    CHAT_ID_PATTERN, "id", "chat id", "late", _CHAT_ID_HINT, mend=_mend_chat_id, types=("boolean", "null")
)


def _mend_host(text: str) -> str:
    host = re.split(r"[/?#]", re.sub(r"^[a-z]+://", "", text.strip().lower()))[0]
    return re.sub(r"[^a-z0-9.-]", "-", host)[:100].strip("-.")


def _make_host_reader(what: str, example: str, hint: str) -> Reader[str]:
    pattern = "[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?"
    return make_pattern_reader(pattern, "domain", what, example, hint, mend=_mend_host, types=ANY_TYPE)


_HOST_HINT = "Write what is between `https://` and the next `/`, in lower-case letters: `{}`."
read_host = _make_host_reader("host", "calendar.lantern.example", _HOST_HINT)
read_domain = _make_host_reader("domain", "chats.example", "Write lower-case letters, digits, dots and `-`: `{}`.")

FEED_NAME_PATTERN = "[a-z0-9][a-z0-9_-]{0,59}"
FEED_NAME_HINT = "A name has at most 60 lower-case letters, digits, `_` and `-`, a letter or digit first."
_WINDOWS_PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
_WINDOWS_NAMES = {"con", "prn", "aux", "nul"} | _WINDOWS_PORTS
FEED_NAME_SCHEMA_PATTERN = f"(?!(?:{'|'.join(sorted(_WINDOWS_NAMES))})$){FEED_NAME_PATTERN}"


def check_feed_name(name: str, where: Span) -> Problem | None:
    """Return what is wrong with a name that a feed is to have; None if nothing is."""
    message = f"`{name}` cannot be the name of a feed"
    if name in _WINDOWS_NAMES:
        return Problem(where, "name", f"{message}: Windows reserves it.", f"Choose another, like `{name}chat`.")
    if re.fullmatch(FEED_NAME_PATTERN, name):
        return None
    plain = make_feed_name(re.sub(r"(?i:\.ya?ml|\.txt)+$", "", name))
    perhaps = f" Here perhaps: `{plain}`." if plain and plain not in _WINDOWS_NAMES else ""
    return Problem(where, "name", f"{message}.", f"{FEED_NAME_HINT}{perhaps}")


def make_feed_name(text: str) -> str:
    """Return what the feed of a chapter with this name can be called: small letters, digits, `-` and `_`."""
    return re.sub(r"[^a-z0-9_]+", "-", convert_to_ascii(text.casefold())).strip("-_")[:60].rstrip("-_")


def convert_to_ascii(text: str) -> str:
    """Return a text in plain letters: `é` without its accent; a letter that has no plain one is left out."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


@make_reader(build_text_schema(f"^{FEED_NAME_SCHEMA_PATTERN}$", FEED_NAME_HINT, *ANY_TYPE))
def read_feed_name(node: Node) -> FeedName:
    found = require_scalar(node, "a name")
    if problem := check_feed_name(found.text, found.span):
        raise ScheduleError([problem])
    return FeedName(found.text, found.span)


_CALLED_PATTERN = r"[^\s!-@\[-`{-~][^\n!-&(-,/:-@\[-`{-~]{0,39}"


def _mend_word(text: str) -> str:
    return re.sub(r"[!-&(-,/:-@\[-`{-~]|^[\d\s'.-]+", "", text)[:40]


_WORD_HINT = "Write a word or two, a letter first: `{}`."
_read_word = make_pattern_reader(
    _CALLED_PATTERN, "called", "word for a meeting", "meetup", _WORD_HINT, mend=_mend_word, types=("boolean", "null")
)
CALLED_KEYS = (
    Key("one", "one meeting", _read_word, needed="Treffen"),
    Key("many", "several meetings", _read_word, needed="Treffen"),
)


@make_reader({"anyOf": [_read_word.schema, build_mapping_schema(CALLED_KEYS)]})
def read_called(node: Node) -> Called:
    """Read what one meeting is called, and several, if that cannot be made of it."""
    if isinstance(node, Mapping):
        return Called(**read_mapping(node, "what meetings are called", CALLED_KEYS))
    one = _read_word(node)
    return Called(one, pluralize(one))


@make_reader({"enum": ["show", "hide"]})
def read_visibility(node: Node) -> str:
    found = require_scalar(node, "`show` or `hide`")
    if found.text not in ("show", "hide"):
        hint = "Write `show`, or `hide` to keep unconfirmed sessions out of the feeds."
        raise make_error(found.span, "choice", f"`{found.text}` is neither `show` nor `hide`.", hint)
    return found.text


@make_reader({"anyOf": [{"type": ["string", "number", "null"]}, {"const": True}]})
def read_cancelled(node: Node) -> str:
    """Read the reason of `cancelled:`, which may be missing."""
    if isinstance(node, Scalar) and not node.text.strip():
        return ""
    found = require_scalar(node, "the reason")
    if found.plain and found.text.strip().lower() in ("yes", "true", "on"):
        return ""
    if found.plain and found.text.strip().lower() in ("no", "false", "off"):
        message = f"`cancelled: {found.text}` would cancel the session, with `{found.text}` as the reason."
        hint = "If it is held, delete the line. If it is cancelled, write the reason, or nothing."
        raise make_error(found.span, "choice", message, hint)
    return read_line(found)
