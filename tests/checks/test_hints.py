"""Whoever does what a hint says, to the letter, gets a file without that problem."""

import re
from collections.abc import Callable

import pytest

from chatcal.problems import Problem, Severity, split_lines
from chatcal.publish import build
from tests.support.calendars import CALENDAR, at, sources
from tests.support.gallery import BUILT, Case, Tree, cases, problems

NOW = at("2026-11-28T19:00")
FILE = "schedules/lanternchat.yaml"
HEAD = "hashtag: lanternchat\nname: The Lantern Keepers\ntimezone: America/Toronto\n"
WEEKLY = "chats:\n  - every: Wednesday\n    at: 13:00\n"

Rows = list[str]


def indent_of(row: str) -> str:
    return row[: len(row) - len(row.lstrip())]


def key_indent(row: str) -> str:
    """Return the spaces that stand below what a row has before its key."""
    return " " * (len(row) - len(row.lstrip(" -")))


def replace_span(rows: Rows, one: Problem, text: str) -> None:
    at_ = one.span.line - 1
    row, column = rows[at_], one.span.column - 1
    rows[at_] = row[:column] + text + row[column + one.span.width :]


def reindent(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    mended = found[2] if found.re.groups > 1 else rows[one.span.line - 1].strip()
    rows[one.span.line - 1] = " " * int(found[1]) + mended


def outdent(rows: Rows, one: Problem, _: re.Match[str]) -> None:
    rows[one.span.line - 1] = rows[one.span.line - 1].lstrip()


def replace_row(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    row = rows[one.span.line - 1]
    begin = (
        indent_of(row)
        if found[1].startswith("- ") or not row.lstrip().startswith("- ")
        else key_indent(row)[:-2] + "- "
    )
    rows[one.span.line - 1] = begin + found[1]


def replace_value(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    at_ = one.span.line - 1
    wrong = re.search("`([^`]+)`", one.message)
    if one.code in ("no-chapter", "component") and wrong:
        rows[at_] = rows[at_].replace(wrong[1], found[1])
    else:
        replace_span(rows, one, found[1])


def replace_whole_value(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    row = rows[one.span.line - 1]
    begin = re.match(r"[\s-]*(?:[a-z_]+: +)?", row)
    assert begin
    rows[one.span.line - 1] = begin[0] + found[1]


def move_below(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    at_, row = one.span.line - 1, rows[one.span.line - 1]
    rows[at_ : at_ + 1] = [row[: one.span.column - 1].rstrip(), found[1]]


def write_place(rows: Rows, _: Problem, found: re.Match[str]) -> None:
    at_ = next(number for number, row in enumerate(rows) if row.strip() == "place:")
    indent = indent_of(rows[at_])
    while rows[at_ + 1].startswith(f"{indent} "):
        del rows[at_ + 1]
    rows[at_] = indent + found[1]


def join_item(rows: Rows, one: Problem, _: re.Match[str]) -> None:
    rows[one.span.line - 1] = rows[one.span.line - 1].replace("-", " ", 1)


def type_space(rows: Rows, one: Problem, _: re.Match[str]) -> None:
    replace_span(rows, one, " ")


def delete_span(rows: Rows, one: Problem, _: re.Match[str]) -> None:
    replace_span(rows, one, "")


def delete_row(rows: Rows, one: Problem, _: re.Match[str]) -> None:
    del rows[one.span.line - 1]


def add_key(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    row = rows[one.span.line - 1]
    if row.rstrip().endswith("}"):
        rows[one.span.line - 1] = f"{row.rstrip()[:-1]}, {found[1]}}}"
    else:
        rows.insert(one.span.line, key_indent(row) + found[1])


def split_phrase(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    replace_span(rows, one, found[1])
    rows.insert(one.span.line, key_indent(rows[one.span.line - 1]) + found[2])


def write_rrule(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    row = rows[one.span.line - 1]
    rows[one.span.line - 1] = row[: row.index("every:")] + found[1]


def end_older(rows: Rows, _: Problem, found: re.Match[str]) -> None:
    until, line = found[1], int(found[2])
    following = next((at_ for at_ in range(line, len(rows)) if not rows[at_].startswith("    ")), len(rows))
    kept = [row for row in rows[line:following] if not row.strip().startswith("until:")]
    rows[line:following] = [*kept, f"    {until}"]


def end_there(rows: Rows, _: Problem, found: re.Match[str]) -> None:
    rows.insert(int(found[1]), f"    {found[2]}")


def add_exception(rows: Rows, _: Problem, found: re.Match[str]) -> None:
    rows.insert(int(found[2]), f"    {found[1]}")


def override_day(rows: Rows, one: Problem, found: re.Match[str]) -> None:
    day = found[1].partition(":")[0]
    at_ = next(number for number in range(one.span.line - 1, len(rows)) if "dates:" in rows[number])
    rows[at_] = rows[at_].replace(day, "2030-01-03")
    rows += ["sessions:", f"  {found[1]}"]


WAYS: tuple[tuple[str, Callable[[Rows, Problem, re.Match[str]], None]], ...] = (
    (r"^Indent it by (\d+) spaces? in all, without a tab: `(.+)`\.$", reindent),
    (r"^Indent it by (\d+) spaces? in all", reindent),
    (r"^Delete the spaces before it", outdent),
    (r"^Put what it holds under the `.+` of line \d+, and delete this key alone", delete_row),
    (r"^Keep one of the two: delete this line", delete_row),
    (r"`(until: \S+)` in the chat that begins in line (\d+)", end_older),
    (r"the place of the other, write `(except: [^`]+)` in line (\d+)", add_exception),
    (r"^If this one replaces that of line (\d+), write there `(until: \S+)`", end_there),
    (r"write under `sessions:` `(.+?: \{at: .+?\})`", override_day),
    (r"^Write `([^`]+)` here, and below it `([a-z]+: [^`]+)`", split_phrase),
    (r"^Write, instead of `every:`, `(rrule: [^`]+)`", write_rrule),
    (r"^Say how long it lasts instead: `(lasts: \S+)`", replace_row),
    (r"^The day on which a chat is due comes first.*: `(\S+: \{.+\})`", replace_row),
    (r"^Add `([a-z]+: [^`]+)`\.$", add_key),
    (r"^Add `counting:` with a date .+, like `(counting: [^`]+)`", add_key),
    (r"[Ww]rite (?:instead )?`(- .+|[a-z]+: .+|\S+: cancelled|[\d-]+: \{.+\})`\.$", replace_row),
    (r"^Did you mean `([^`]+)`\?$", replace_value),
    (r"^Write (?:the year, too: )?`([^`]+)`(?:, by the 24-hour clock)?\.$", replace_value),
    (r"Here: `([^`]+)`\.$", replace_value),
    (r"^Put the (?:whole )?value.*?(?:quotes|…\"): (?:[a-z]+: )?((?:\"|').+(?:\"|'))\.$", replace_whole_value),
    (r"^If the brackets are part of the text, put the whole value in quotes: (.+)\.$", replace_whole_value),
    (r"^If it is text, put (?:it|the whole value) in quotes: ((?:\"[^\"]+\"|'.+'))\.", replace_whole_value),
    (r"^Close it at the end of the value: (.+?)\. Or delete it", replace_whole_value),
    (r"^Close it, like `(.+)`\. A value", replace_whole_value),
    (r"^Write (\".+\")\.$", replace_value),
    (r"^Put a space after the colon: `(.+)`\.$", replace_row),
    (r"^Write it on the next line, indented: `(.+)`\.$", move_below),
    (r"^Write it without the `#`: `(hashtag: .+)`", replace_row),
    (r"^Write `([^`]+)`(?:,| for| alone).*", replace_value),
    (r"^Write a space instead|^Delete it, and type a space", type_space),
    (r"^Write all of it in one text: `(place: .+)`\.$", write_place),
    (r"^Write them in brackets: `(\[.+\])`\.$", replace_value),
    (r"write a space instead of the `-`\.$", join_item),
    (r"^Delete it[;.]", delete_span),
    (r"^Delete this line\. It only frames", delete_row),
)


def obey(content: bytes, one: Problem) -> bytes | None:
    """Return a file in which somebody did what the hint of a problem says; None where that takes thought."""
    for pattern, edit in WAYS:
        if found := re.search(pattern, one.hint):
            rows = split_lines(content)
            edit(rows, one, found)
            return "\n".join(rows).encode()
    return None


def is_left(one: Problem, found: tuple[Problem, ...]) -> bool:
    """Say whether a problem is still there; others of its kind elsewhere do not matter."""
    return any(
        (one.code, one.message, one.hint, one.span.file, one.span.line)
        == (other.code, other.message, other.hint, other.span.file, other.span.line)
        for other in found
    )


OBEYED = [
    (case, one)
    for case in cases()
    if case.name not in BUILT
    for one in case.problems
    # A text of several lines has its backslash elsewhere.
    if one.severity is Severity.ERROR
    and one.code != "backslash"
    and (content := case.tree.get(one.span.file))
    and obey(content, one) is not None
]


@pytest.mark.parametrize(
    ("case", "one"), OBEYED, ids=[f"{case.name}-{one.span.line}-{one.span.column}" for case, one in OBEYED]
)
def test_a_hint_of_the_gallery_that_is_obeyed_takes_the_problem_away(case: Case, one: Problem) -> None:
    mended: Tree = {**case.tree, one.span.file: obey(case.tree[one.span.file] or b"", one)}
    assert not is_left(one, problems(mended))


def test_most_hints_can_be_obeyed_by_a_program() -> None:
    assert len(OBEYED) > 100


def check(text: str) -> tuple[Problem, ...]:
    found = build.check_sources(sources(CALENDAR, lanternchat=HEAD + text), {}, NOW)
    return tuple(one for one in found if one.code != "profile")


SESSIONS = f"{WEEKLY}sessions:\n"
LATER = "  - every: Wednesday\n    at: 19:00\n    from: 2027-01-01\n"


@pytest.mark.parametrize(
    "text",
    [
        # A change of time, without the end of the old chat.
        f"{WEEKLY}  - every: Wednesday\n    at: 19:00\n    from: 2027-01-01\n",
        f"{WEEKLY}    until: 2027-01-06\n  - every: Wednesday\n    at: 19:00\n    from: 2027-01-06\n",
        f"{WEEKLY}    until: 2027-01\n  - every: Wednesday\n    at: 19:00\n    from: 2027-01\n",
        f"{WEEKLY}    until: 2027\n  - every: Wednesday\n    at: 19:00\n    from: 2027-01-01\n",
        f"{WEEKLY}  - every: Wednesday\n    at: 19:00\n    from: 2027-03-05\n",
        f"{WEEKLY}  - every: Wednesday\n    at: 19:00\n    from: 2026-06\n",
        f"{WEEKLY}  - every: Monday and Wednesday\n    at: 19:00\n    from: 2027-01-01\n",
        f"{WEEKLY}  - every: second Wednesday of the month\n    at: 19:00\n    from: 2027-01-01\n",
        f"{WEEKLY}  - every: other Wednesday\n    at: 19:00\n    from: 2027-01-01\n    counting: 2027-01-13\n",
        f"{WEEKLY}  - every: last Wednesday of the month\n    at: 19:00\n",
        f"{WEEKLY}  - every: Thursday\n    at: 19:00\n    from: 2027-01-01\n",
        "chats:\n  - every: Wednesday\n    at: 19:00\n    from: 2027-01-01\n  - every: Wednesday\n    at: 13:00\n",
        f"{WEEKLY}    title: Fog\n  - every: Friday\n    at: 19:00\n    from: 2027-01-01\n    title: Fog\n",
        f"{WEEKLY}{LATER}{LATER.replace('19:00', '20:00').replace('-01-', '-06-')}",
        f"chats:\n{LATER.replace('-01-', '-06-')}{LATER}  - every: Wednesday\n    at: 13:00\n",
        f"{WEEKLY}  - dates: [2027-01-06]\n    at: 19:00\n",
        # A list without the right dash.
        "chats:\n  \u2013 every: Wednesday\n    at: 13:00\n",
        "chats:\n  -every: Wednesday\n    at: 13:00\n",
        "chats:\n  * every: Wednesday\n    at: 13:00\n",
        "chats:\n\u2022 every: Wednesday\n  at: 13:00\n",
        f"{WEEKLY}  \u2014 every: Friday\n    at: 13:00\n",
        f"{WEEKLY}  -every: Friday\n    at: 13:00\n",
        f"moderators:\n  \u2013 Ada\n  \u2013 Bo\n{WEEKLY}",
        f"moderators:\n  -Ada\n  -Bo\n{WEEKLY}",
        "chats:\n  + every: Wednesday\n    at: 13:00\n",
        "chats:\n  1. every: Wednesday\n     at: 13:00\n",
        f"moderators:\n  1) Ada\n  2) Bo\n{WEEKLY}",
        f"{SESSIONS}  2026-12-02\n    topic: Fog\n",
        # A dash before each key.
        "chats:\n  - every: Wednesday\n  - at: 13:00\n",
        "chats:\n  - every: Wednesday\n  - at: 1pm\n  - lasts: 2 hours\n",
        "chats:\n  \u2013 every: Wednesday\n  \u2013 at: 13:00\n",
        "chats:\n  - every: Wednesday\n    lasts: 2h\n  - at: 13:00\n  - every: Thursday\n    at: 14:00\n",
        f"{WEEKLY}breaks:\n  - from: 2027-07-01\n  - until: 2027-08-01\n  - reason: Summer\n",
        # Columns, tabs, colons.
        "chats:\n  - every: Wednesday\n      at: 13:00\n",
        "chats:\n\t- every: Wednesday\n\t  at: 13:00\n",
        "chats:\n  -\tevery: Wednesday\n  \tat: 13:00\n",
        f"moderators:\n\t- Ada\n\t- Bo\n{WEEKLY}",
        f"{SESSIONS}\t2026-12-02:\n\t\ttopic: Fog\n",
        "chats:\n  - every: Wednesday\n    at\uff1a 13:00\n",
        "chats:\n  - every\uff1a Wednesday\n    at: 13:00\n",
        f"{SESSIONS}  2026-12-02\uff1a cancelled\n",
        f"```yaml\n{WEEKLY}```\n",
        # Keys.
        "chats:\n  - every: Wednesday\n    start: 20:00\n    end: 21:30\n",
        f"{WEEKLY}    end: 2pm\n",
        f"{WEEKLY}    location: Lamp Room, Pier 1\n    coordinates: 52.5, 13.4\n",
        f"{WEEKLY}    room: Lamp Room\n    zoom: https://meet.lantern.example/x\n    description: Bring oil.\n",
        f"{WEEKLY}    agenda: https://lantern.example/agenda\n",
        f"{WEEKLY}    venue:\n      - Lamp Room\n      - Pier 1\n",
        f"url: https://lantern.example/\ndescription: Lamps.\nslides: https://lantern.example/2\n{WEEKLY}",
        f"{WEEKLY}breaks:\n  - from: 2027-07-01\n",
        f"{WEEKLY}breaks:\n  - until: 2025-07\n",
        f"{WEEKLY}breaks:\n  - {{from: 2027}}\n",
        f"{SESSIONS}  2026-12-02: cancelled\nsessions:\n  2026-12-09: cancelled\n",
        f"{SESSIONS}  2026-12-02:\n    topic: Fog\n  2026-12-02:\n    note: Lamps\n",
        # Sessions.
        f"{SESSIONS}  2026-12-03: {{moved: 2026-12-02}}\n",
        f"{SESSIONS}  2026-12-03: {{moved: 2026-12-02 13:00}}\n",
        f"{SESSIONS}  2026-12-03: {{moved: 2026-12-02 18:00}}\n",
        f"{SESSIONS}  Dec 23: cancelled\n",
        f"{SESSIONS}  23. Dezember 2026: cancelled\n",
        f"{SESSIONS}  2026\u201312\u201323: cancelled\n",
        f"{SESSIONS}  2026-12-02: no chat\n",
        f"{SESSIONS}  2026-12-02: skip\n",
        f"{SESSIONS}  2026-12-02: 2026-12-03\n",
        f"{SESSIONS}  2026-12-02: moved to Dec 3 2026 at 8pm\n",
        f"{SESSIONS}  2026-12-02: moved to 20.30\n",
        f"{SESSIONS}  2026-12-02: 8pm\n",
        f"{SESSIONS}  2026-12-02:\n    moved: Dec 3 8pm\n",
        f"{WEEKLY}breaks:\n  - {{from: 2027-07-01, to: 2027-07-31}}\n",
        f"{WEEKLY}breaks:\n  - 2027-07-01 to 2027-07-31\n",
        f"{WEEKLY}breaks:\n  - 20 Dec - 6 Jan\n",
        f"{WEEKLY}breaks:\n  - 2027-07\n",
        # Phrases.
        WEEKLY.replace("Wednesday", "every other Wed starting Jan 7"),
        WEEKLY.replace("Wednesday", "every two weeks on Wednesday from 2027-01-06"),
        WEEKLY.replace("Wednesday", "Wednesday from Jan 7"),
        WEEKLY.replace("Wednesday", "Wednesdays until 30 June 2027"),
        WEEKLY.replace("Wednesday", "Wednesday from 2027-01-06"),
        WEEKLY.replace("Wednesday", "other Wednesday (starting 06/01/2027)"),
        WEEKLY.replace("Wednesday", "second Wednesday starting Jan 7"),
        f"{WEEKLY}    except: July to August\n",
        f"{WEEKLY}    except: summer\n",
        f"{WEEKLY}    except: 2026-12-23, 2026-12-30\n",
        WEEKLY.replace("Wednesday", "Thursday after the second Tuesday"),
        WEEKLY.replace("Wednesday", "every Wednesday in December"),
        WEEKLY.replace("Wednesday", "every other Wed in Jan and Dec"),
        WEEKLY.replace("Wednesday", "Wednesdays, October through May"),
        WEEKLY.replace("Wednesday", "Wednesdays in term time"),
        WEEKLY.replace("Wednesday", "[Monday, Thursday]"),
        WEEKLY.replace("Wednesday", "FREQ=WEEKLY;BYDAY=WE"),
        WEEKLY.replace("Wednesday", "RRULE:FREQ=WEEKLY;BYDAY=WE"),
        WEEKLY.replace("every: Wednesday", "rrule: first Wednesday of the month"),
        WEEKLY.replace("Wednesday", "Mittwoch"),
        WEEKLY.replace("Wednesday", "\u201cWednesday\u201d"),
        WEEKLY.replace("13:00", "20\uff1a00"),
        WEEKLY.replace("13:00", "\u201c20:00\u201d"),
    ],
)  # fmt: skip
def test_hints_that_are_obeyed_one_after_the_other_lead_to_a_file_without_problems(text: str) -> None:
    content = (HEAD + text).encode()
    for _ in range(5):
        found = check(content.decode()[len(HEAD) :])
        if not found:
            return
        mended = obey(content, found[0])
        assert mended is not None, found[0].hint
        content = mended
    pytest.fail(f"this is left after five hints: {check(content.decode()[len(HEAD) :])}")
