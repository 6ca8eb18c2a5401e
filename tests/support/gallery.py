"""The gallery of bad schedules: cases in `tests/cases/problems/`, what chatcal prints of them, and the page of both.

Each section of the page has a file. Below `[case NAME]` stands `schedules/lanternchat.yaml`, or `chatcal.yaml` where
NAME begins with `chatcal-`, and below `[file PATH]` any other file; a few are made here. Each case stands among sound
schedules. NAME begins with the code of its problem. `[out]` is the text printed; `[good]` is the mended file, or `[good
PATH]` another one.

`python -m tests.support.gallery` writes every `[out]` and docs/problems.md anew; read what git shows as changed before
you keep it.
"""

import ast
import difflib
import unicodedata
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

from chatcal.checks import run_checks
from chatcal.importers.follow import apply_upstream_results
from chatcal.problems import Problem, format_problems, sort_problems
from chatcal.project import UpstreamContact, UpstreamResult
from chatcal.publish import build, links
from tests.support.calendars import LANTERN, NOW, ROOT, at, built
from tests.support.cases import Parts, read_cases, replace_parts

GALLERY = ROOT / "tests" / "cases" / "problems"
PAGE = ROOT / "docs" / "problems.md"

Tree = Mapping[str, bytes | None]
"""Files by their path below the calendar's folder; None stands for a symbolic link."""

CHAPTER = "schedules/lanternchat.yaml"
CALENDAR = "chatcal.yaml"

_SOUND = """\
hashtag: lanternchat
name: The Lantern Keepers
about: Lighthouse keepers and those who love them compare notes.
timezone: America/Toronto
website: https://lantern.example/
account: lanternchat
moderators:
  - Ada Keeper (@ada_keeper)
sources:
  - https://lantern.example/chat
chats:
  - every: Wednesday
    at: 13:00
"""

AROUND: Tree = {
    CALENDAR: b"title: Lights\nuid_domain: lights.example\n",
    CHAPTER: _SOUND.encode(),
    "schedules/fogchat.yaml": _SOUND.replace("lantern", "fog").replace("Lantern", "Fog").encode(),
}


@dataclass(frozen=True)
class Case:
    """One mistake: the calendar that has it, the same mended where a file can show that, and what is printed."""

    name: str
    tree: Tree
    mended: Tree | None
    expected: str
    """The text that was printed when somebody last read it."""

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What chatcal finds in it."""
        found = problems(self.tree, built=self.name in BUILT)
        return sort_problems([*found, *dead_links(self.tree)]) if self.name == "link-dead" else found

    def printed(self) -> str:
        """Return the text that chatcal prints of it."""
        return format_problems(self.problems, _sources(self.tree))


def _large(chats: int, ahead: int) -> Tree:
    """Return a calendar of so many chats a day, for so many months."""
    head, _, _ = _SOUND.partition("chats:")
    times = [(4 + number // 2, 30 * (number % 2)) for number in range(chats)]
    lines = "".join(
        f"  - {{every: day, at: {hour:02}:{at:02}, lasts: 30min, id: at{hour}{at}}}\n" for hour, at in times
    )
    window = f"ahead: {ahead} months\nbehind: 0 months\n"
    return {CALENDAR: (AROUND[CALENDAR] or b"") + window.encode(), CHAPTER: f"{head}chats:\n{lines}".encode()}


def _published(name: str, moment: str) -> Tree:
    """Return the feed of the lantern chat as it was published at a moment, under a name."""
    made = built(AROUND, at(moment))["lanternchat"]
    return {f"feeds/{name}.ics": made.replace(b"UID:lanternchat-", f"UID:{name}-".encode())}


def _published_by_another_rule() -> Tree:
    """Return the feed of the lantern chat as it was published while Toronto had no summer time."""
    without = {path: (octets or b"").replace(b"America/Toronto", b"America/Panama") for path, octets in AROUND.items()}
    feed = built(without, at("2026-02-15T00:00"))["lanternchat"]
    return {"feeds/lanternchat.ics": feed.replace(b"Panama", b"Toronto")}


_BREAK = "  - {from: 2027, until: 2027}\n"
_CHAT = "  - {every: 1 March, at: 13:00}\n"


def _list_entries(count: int) -> str:
    days = (date(2026, 1, 1) + timedelta(days=number) for number in range(count))
    return "".join(f"  {day}: {{topic: Fog}}\n" for day in days)


def _list_daily_chats(count: int) -> str:
    return "".join(f"  - {{every: day, at: 13:00, id: at{number}}}\n" for number in range(count))


MADE: Mapping[str, Callable[[], Tree]] = {
    "begins-later": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "begins-later-one": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "cancel-instead": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "clock": lambda: _published("lanternchat", "2026-04-15T00:00"),
    "encoding-utf-16-bare": lambda: {CHAPTER: LANTERN.encode("utf-16-le")},
    "encoding-utf-16": lambda: {CHAPTER: ("\ufeff" + LANTERN).encode("utf-16-le")},
    "feed-cut": lambda: _large(3, 12),
    "feed-gone": lambda: _published("beaconchat", "2026-02-15T00:00"),
    "feed-gone-ended": lambda: _published("beaconchat", "2024-01-01T00:00"),
    "feed-too-large": lambda: _large(36, 1),
    "formerly": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "link": lambda: {CHAPTER: None},
    # Names that not every system can check out.
    "name-backwards": lambda: {"schedules/..\\..\\x.yaml": AROUND[CHAPTER]},
    "name-capital": lambda: {"schedules/BeaconChat.yaml": _SOUND.replace("lanternchat", "BeaconChat").encode()},
    "name-blank": lambda: {"schedules/Beacon Chat.yaml": _SOUND.replace("lanternchat", "beaconchat").encode()},
    "name-reserved": lambda: {"schedules/con.yaml": _SOUND.replace("hashtag: lanternchat", "hashtag: con").encode()},
    "nesting": lambda: {CHAPTER: b"chats: " + b"[" * 20_000 + b"\n"},
    "sessions-gone": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "rewrites-past": lambda: _published("lanternchat", "2026-01-01T00:00"),
    "chatcal-uid-domain": lambda: _published("lanternchat", "2026-02-15T00:00"),
    "zone-data": _published_by_another_rule,
    "too-much-text": lambda: {CHAPTER: f"{_SOUND}    topic: {'Oil or gas? ' * 3_000}\n".encode()},
    "too-many": lambda: {CHAPTER: f"{_SOUND}{_CHAT * 500}".encode()},
    "too-many-breaks": lambda: {CHAPTER: f"{_SOUND}breaks:\n{_BREAK * 201}".encode()},
    "too-many-exceptions": lambda: {CHAPTER: f"{_SOUND}    except: [{'Monday, ' * 501}]\n".encode()},
    "too-many-sessions": lambda: {CHAPTER: f"{_SOUND}sessions:\n{_list_entries(2_001)}".encode()},
    "too-many-pairs": lambda: {CHAPTER: f"{_SOUND}{_CHAT * 99}sessions:\n{_list_entries(1_001)}".encode()},
    "too-many-in-time": lambda: {CHAPTER: f"{_SOUND}{_list_daily_chats(50)}".encode()},
    "too-large": lambda: {CHAPTER: _SOUND.encode() + b"# " + b"-" * 256 * 1024 + b"\n"},
}
"""What a file of cases cannot hold, or need not; it joins what does."""


def section_file(group: str) -> Path:
    """Return the file of cases of a section of the page."""
    return GALLERY / f"{group.lower().replace(' ', '-')}.test"


def cases() -> list[Case]:
    """Return every case of the gallery, in the order of their names."""
    found = [case for group in MEANINGS for case in section_cases(group)]
    return sorted(found, key=lambda case: case.name)


def section_cases(group: str) -> list[Case]:
    """Return the cases of a section, in the order of its file."""
    return [_read_case(name, parts) for name, parts in read_cases(section_file(group)).items()]


def schedule_texts() -> list[str]:
    """Return every text below the headers of cases, good or bad."""
    found = [case for group in MEANINGS for case in read_cases(section_file(group)).values()]
    return [text.decode("utf-8", "replace") for parts in found for kind, text in parts.items() if kind != "out"]


def _read_case(name: str, parts: Parts) -> Case:
    around = {CALENDAR: AROUND[CALENDAR]} if name.startswith("no-schedules") else AROUND
    main = CALENDAR if name.startswith("chatcal-") else CHAPTER
    first = {main: parts["case"]} if parts["case"] else {}
    bad = {**around, **first, **_files(parts, "file", main), **MADE.get(name, dict)()}
    good = _files(parts, "good", main)
    return Case(name, bad, {**bad, **good} if good else None, parts["out"].decode())


def _files(parts: Parts, kind: str, main: str) -> Tree:
    words = {header: header.partition(" ") for header in parts}
    return {path or main: parts[header] for header, (first, _, path) in words.items() if first == kind}


BUILT = ("feed-cut", "feed-too-large", "chatcal-other-home", "upstream")
"""What only a build notices."""

HEARD = UpstreamResult(
    failure="https://calendar.lantern.example/chat.ics cannot be fetched: the server answers 404 Not Found"
)
CONTACT = UpstreamContact(last_answer=date(2026, 2, 26), silent_since=date(2026, 2, 27))
"""What a build is told of the calendars that chapters keep elsewhere."""

SERVED_AT = "https://here.example/"


def problems(tree: Tree, *, built: bool = False) -> tuple[Problem, ...]:
    """Return what `chatcal check` finds in a calendar, or what `chatcal build` does."""
    sources = _sources(tree)
    feeds = {Path(path).stem: octets for path, octets in tree.items() if path.startswith("feeds/") and octets}
    if not built:
        read, found = build.read_project(sources, feeds, NOW)
        # As the command does in a folder that git does not know.
        return sort_problems([*found, *(run_checks(replace(read, entries_before={})) if read else ())])
    elsewhere = b"upstream:" in (tree.get(CHAPTER) or b"")
    project, found = build.read_project(sources, feeds, NOW)
    if project is not None:
        if elsewhere:
            project = replace(project, earlier_contacts={"lanternchat": CONTACT})
            project = apply_upstream_results(project, {"lanternchat": HEARD})
        found += build.check_home(project, sources["chatcal.yaml"] or b"", SERVED_AT)
        for _, content in build.build_files(project, build.BuildOptions(), found):
            deque([] if isinstance(content, bytes) else content or (), maxlen=0)
    return sort_problems(found)


def dead_links(tree: Tree) -> list[Problem]:
    """Return what `chatcal check --links` finds in a calendar where one page is gone."""
    sources = _sources(tree)
    schedules, _ = build.read_project(sources, {}, NOW)
    assert schedules
    gone = "https://lantern.example/chat-2019"
    why = {gone: f"{gone} cannot be fetched: the server answers 404 Not Found"}
    return list(links.list_link_problems(links.list_addresses(schedules.chapters.values()), why, sources))


def _sources(tree: Tree) -> Tree:
    return {path: octets for path, octets in tree.items() if not path.startswith("feeds/")}


@cache
def codes() -> frozenset[str]:
    """Return every code that the source tree can give a problem: the constants that stand there for one."""
    found = set()
    for path in sorted((ROOT / "src" / "chatcal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and (code := _code(node)) is not None:
                assert isinstance(code, ast.Constant | ast.Name), f"{path.name}:{node.lineno}: a code is no constant"
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
                else:
                    assert code.id == "code", f"{path.name}:{node.lineno}: a code is no constant"
    return frozenset(found)


ERROR_MAKERS = ("Problem", "make_error", "make_warning", "make_notice", "make_pattern_reader", "_refuse")


def _code(call: ast.Call) -> ast.expr | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called in ERROR_MAKERS:
        named = next((one.value for one in call.keywords if one.arg == "code"), None)
        # One that was kept from the last build is made of what was written down.
        return named or (call.args[1] if len(call.args) > 1 else None)
    return None


def code_of(name: str) -> str:
    """Return the code that a case is named after."""
    plain = name.removeprefix("chatcal-")
    fitting = [code for code in codes() if f"{plain}-".startswith(f"{code}-")]
    assert fitting, f"{name} begins with no code"
    return max(fitting, key=len)


MEANINGS: Mapping[str, Mapping[str, str]] = {
    "The file": {
        "encoding": "The file is not saved as plain UTF-8.",
        "control-character": "The file contains an invisible character.",
        "too-large": "The file is far larger than a schedule can be.",
        "too-many": "There are more chats, breaks or sessions than a build has time for.",
        "empty": "The file is empty, or has only comments.",
        "second-document": "A line `---` begins a second document, but a file holds one chapter.",
        "nesting": "Lists and keys are nested deeper than any schedule needs.",
        "link": "A file in `schedules/` is a symbolic link.",
        "folder": "A schedule file is in a folder below `schedules/`, where it is not read.",
        "name": "A file, a collection or an old name cannot be the name of a feed, which must work in addresses and on "
        "every system.",
        "name-clash": "Two feeds would have the same name.",
        "slug": "The file is not named after the hashtag.",
    },
    "How a line is written": {
        "conflict": "Git could not merge two versions of the file, and its marks are still there.",
        "indent": "A line does not begin in the same column as the lines that it belongs to.",
        "tab": "There is a tab where YAML requires spaces, or in a text.",
        "space": "A character before or after a key looks like a space, but is another character.",
        "quote": "A quotation mark is missing, or there is one too many.",
        "colon": "A value contains a colon with a space after it, which begins a new key.",
        "comment": "A `#` that touches a word turns the rest of the line into a comment.",
        "sign": "A value begins with a character that has a meaning in YAML.",
        "bracket": "A bracket is not closed, or a comma is missing in it.",
        "anchor": "A value begins with `&` or `*`, or a key is `<<`: YAML repeats lines with them; chatcal does not.",
        "tag": "A value begins with `!`, which is a tag in YAML.",
        "syntax": "A line is neither a key with a value nor part of a list.",
    },
    "Keys": {
        "unknown-key": "A key is misspelt, is in the wrong place, or does not exist.",
        "duplicate-key": "A key is written twice in one place.",
        "missing-key": "A required key is missing.",
        "together": "Two keys cannot be used together.",
    },
    "Values": {
        "shape": "There is a list where a text belongs, or the other way round.",
        "empty-value": "A key has no value.",
        "date": "A date is not written as chatcal reads it, or there is no such day.",
        "time": "A clock time is not written as chatcal reads it, or does not exist.",
        "length": "A length is not written as chatcal reads it, or is too long for a session.",
        "zone": "A time zone is an abbreviation, an offset, or misspelt. Only the name of a place says when its "
        "clocks change.",
        "zone-missing": "A chat has a clock time, but no time zone.",
        "phrase": "`every` or `except` is not a phrase that chatcal knows.",
        "rrule": "`rrule` has a part that is not allowed here.",
        "hashtag": "A hashtag contains a character that cannot be part of one.",
        "called": "What meetings are called is no word.",
        "place": "A place is none that a map could show.",
        "geo": "Coordinates are no point on earth, or have no place beside them.",
        "address": "An address is not complete, or is not the address of a web page.",
        "backslash": "There is a backslash before n, r or the end of a line, which some calendar programs misread.",
        "component": "A text contains `BEGIN:V…`, which some calendar programs take for the begin of an event.",
        "language": "A language is not written in its short form.",
        "id": "The `id` of a chat is not a short word.",
        "domain": "`uid_domain` is not a valid domain.",
        "choice": "The value of a key is not one of the few words that it can have.",
        "months": "A number of months is not written as chatcal reads it, or is out of range.",
    },
    "Days and rules": {
        "counting": "A rule counts weeks or months, but does not say from when; or it counts none.",
        "never": "A chat never meets.",
        "no-slot": "No chat is due on a date that should be the date of a chat.",
        "except-nothing": "A phrase under `except` has no day in common with the chat.",
        "twice": "A day, a session, or the beginning of a rota is written twice.",
        "until-before-from": "The last day is before the first.",
        "uid-twice": "Two chats are due on one day, and nothing distinguishes their sessions. Either one replaces the "
        "other from a day on, or both are held.",
        "no-chapter": "A collection or a break names a chapter that has no file.",
        "upstream-host": "A chapter keeps its calendar on a host that `chatcal.yaml` does not list.",
    },
    "Worth a look": {
        "goes-on": "A new chat is to begin, and one that it may be meant to replace has no end.",
        "not-moved": "A session is moved to the very time at which it is due.",
        "far-move": "A session is moved very far, or into the past: perhaps a year is wrong.",
        "old-entry": "An entry under `sessions`, a break, or a day under `dates` or `except` is new, and long over, "
        "or an entry is of a far future: perhaps its year is wrong.",
        "overlap": "Two sessions of one chapter are held at one time.",
        "same-time": "Two chapters of one collection begin at the same moment.",
        "clock-gap": "The clocks go forward over the time of a session.",
        "clock-overlap": "The clocks go back over the time of a session, so that it comes twice.",
        "nothing-ahead": "A chapter has chats, but no session to come.",
        "unconfirmed": "Sessions are too long after the day on which somebody last confirmed the schedule.",
        "confirmed-ahead": "A schedule is confirmed on a day in the future.",
        "link-dead": "A page no longer answers. Only `chatcal check --links` tests this.",
        "no-collection": "A new chapter is in no collection, and the others of its region are.",
        "password": "A text gives away the password of a meeting: feeds and pages are public.",
        "lookalike": "A hashtag has letters that look like those of another alphabet.",
        "profile": "The page of the chapter could tell readers more.",
        "pending": "The note of a new file was left beside chats.",
    },
    "What is published": {
        "no-schedules": "There is no schedule file.",
        "feed-gone": "People may subscribe to a feed whose schedule file is gone.",
        "sessions-gone": "A chapter would lose most of its published sessions, and its schedule does not say why. Its "
        "feed stays as it was.",
        "clock": "The clock of this machine is far behind the published feeds.",
        "formerly": "The first name is not the one in the published UIDs, so all events would become new ones.",
        "uid-domain": "`uid_domain` is not the published one, so all events would become new ones.",
        "feed-cut": "A feed would be larger than calendar programs accept, so it ends earlier.",
        "feed-too-large": "Even the next month of a feed is more than calendar programs accept.",
        "too-much-text": "The sessions of a chapter repeat so much text that programs could not read them.",
        "upstream": "A calendar kept elsewhere cannot be read. The feed stays as it was published.",
        "other-home": "`home` in `chatcal.yaml` is not the address at which the site is served.",
        "zone-data": "A place changed its clocks, so sessions begin at another time in UTC.",
        "cancel-instead": "A session that subscribers can see already would disappear without a message.",
        "begins-later": "A chat was edited in place, and given a day from which it meets: its sessions before that day "
        "would disappear.",
        "rewrites-past": "A chat was edited in place, which also changes the days that are over.",
    },
}
"""What each code means, in a sentence; docs/problems.md has a section for each, in this order."""

_HEAD = """\
# Problems

<!-- Made by `python -m tests.support.gallery` from tests/cases/problems/; edit those, or tests/support/gallery.py. -->

When `chatcal check` finds a problem, the first line of its message ends with a code in brackets, like `[time]`. This
page explains each code, with a wrong example, the message, and the right way to write it.

Errors stop publication: the feeds stay as they were until you correct all errors. Warnings and notices do not stop it;
they point to something that may be wrong.
"""


def page() -> str:
    """Return docs/problems.md."""
    by_code: dict[str, list[Case]] = {}
    for case in cases():
        by_code.setdefault(code_of(case.name), []).append(case)
    parts = [_HEAD]
    for group, meanings in MEANINGS.items():
        parts.append(f"\n## {group}\n")
        parts += [_section(code, meaning, by_code[code]) for code, meaning in meanings.items() if code in by_code]
    return "".join(parts)


def _section(code: str, meaning: str, found: Sequence[Case]) -> str:
    shown = next((case for case in found if case.mended is not None), found[0])
    others = [case for case in found if case is not shown]
    text = f"\n### `{code}`\n\n{meaning}\n"
    if shown.mended is not None:
        bad, good = changed_lines(shown.tree, shown.mended)
        text += f"\nWrong:\n\n{_block('yaml', bad)}" if bad else ""
        text += f"\nRight:\n\n{_block('yaml', good)}"
    text += f"\nMessage:\n\n{_block('text', shown.expected)}"
    if others:
        also = "\n".join(case.expected for case in others)
        summary = "<details><summary>More examples</summary>"
        text += f"\n{summary}\n\n{_block('text', also)}\n</details>\n"
    return text


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}```\n"


def changed_lines(bad: Tree, good: Tree) -> tuple[str, str]:
    """Return the lines in which two calendars differ, with one line before and behind, as they are shown."""
    lines: tuple[list[str], list[str]] = ([], [])
    for path in sorted({*bad, *good}):
        old, new = (_shown(tree.get(path) or b"") for tree in (bad, good))
        for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
            (_, old_first, _, new_first, _), (_, _, old_last, _, new_last) = group[0], group[-1]
            lines[0].extend(old[old_first:old_last])
            lines[1].extend(new[new_first:new_last])
    return "".join(lines[0]), "".join(lines[1])


def _shown(octets: bytes) -> list[str]:
    text = octets.decode("utf-8", "replace")
    visible = "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(sign) else sign for sign in text)
    return visible.splitlines(keepends=True)


def _is_hidden(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf")


def write() -> None:
    """Write the text of every case, and the page, anew."""
    for group in MEANINGS:
        replace_parts(section_file(group), "out", [case.printed().encode() for case in section_cases(group)])
    PAGE.write_text(page(), "utf-8", newline="\n")


if __name__ == "__main__":
    write()
