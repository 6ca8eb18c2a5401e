"""docs/ held to the code: every block runs, every list of keys is whole, every figure is the one in force."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatcal import english
from chatcal.feed import feeds, ics
from chatcal.model import Calendar, Rule
from chatcal.problems import ScheduleError, Severity, Span, format_problems
from chatcal.publish import build
from chatcal.recurrence import rules
from chatcal.schedule import date_values, nodes, parser, phrases, suggestions
from chatcal.schedule.fields import Key
from chatcal.schedule.format import (
    CALENDAR_BREAK_KEYS,
    CALENDAR_KEYS,
    CHAPTER_KEYS,
    CHAT_KEYS,
    COLLECTION_KEYS,
    OVERRIDE_KEYS,
    ROTA_KEYS,
    UPSTREAM_KEYS,
)
from tests.feed.test_subscriber import KINDS
from tests.support.calendars import CALENDAR, NOW, ROOT, sources
from tests.support.markdown import Block, blocks, broken_links, code, section, tables

PAGES = sorted((ROOT / "docs").glob("*.md"))
SCHEDULES = (ROOT / "docs/schedules.md").read_text("utf-8")
FEEDS = (ROOT / "docs/feeds.md").read_text("utf-8")
PUBLISHING = (ROOT / "docs/publishing.md").read_text("utf-8")

EXAMPLES = [
    pytest.param(block, id=f"{name}, line {block.line}")
    for name, page in (("schedules.md", SCHEDULES), ("feeds.md", FEEDS), ("publishing.md", PUBLISHING))
    for block in blocks(page, "yaml")
]
"""The other pages of docs/ have tests of their own, and show what is wrong, too."""

CHAPTER = {
    "hashtag": "lanternchat",
    "name": "The Lantern Keepers",
    "timezone": "America/Toronto",
    "chats": "[{every: Wednesday, at: 13:00}]",
}
"""What an example of a chapter stands in: the keys that it does not write itself."""

LIGHTS = {"title": "Lights", "uid_domain": "lights.example"}
"""The same for an example of chatcal.yaml."""


def whole(fragment: str, around: dict[str, str]) -> str:
    """Return a whole file: a fragment with those of the lines around it whose keys it lacks."""
    own = re.findall(r"^(\w+):", fragment, re.M)
    return "".join(f"{key}: {value}\n" for key, value in around.items() if key not in own) + fragment


def as_files(block: Block) -> dict[str, bytes | None]:
    """Return the schedule files that an example is checked as."""
    if "upstream:" in block.text:
        return sources(f"{CALENDAR}upstream_hosts: [calendar.lantern.example]\n", lanternchat=block.text)
    if block.mark == "chapter":
        return sources(CALENDAR, lanternchat=whole(block.text, CHAPTER))
    if hashtag := re.match(r"hashtag: (\w+)\n", block.text):
        return sources(CALENDAR, **{hashtag[1]: block.text})
    if block.text.startswith("name: "):
        return sources(CALENDAR, berlin=block.text)
    assert block.mark == "calendar" or block.text.startswith("title: "), "What is this an example of?"
    calendar = whole(block.text, LIGHTS) if block.mark else block.text
    return sources(calendar, lanternchat=whole("", CHAPTER), fogchat="hashtag: fogchat\nname: Fog\nnote: Soon.\n")


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_has_neither_errors_nor_warnings(block: Block) -> None:
    files = as_files(block)
    problems = [one for one in build.check_sources(files, {}, NOW) if one.severity is not Severity.NOTICE]
    assert not problems, format_problems(problems, files)


KEYS = [
    ("A chapter", 0, CHAPTER_KEYS),
    ("A chat", 0, CHAT_KEYS),
    ("One session", 0, OVERRIDE_KEYS),
    ("A break", 0, CALENDAR_BREAK_KEYS),
    ("A rota", 0, ROTA_KEYS),
    ("A calendar kept elsewhere", 0, UPSTREAM_KEYS),
    ("The calendar: `chatcal.yaml`", 0, CALENDAR_KEYS),
    ("The calendar: `chatcal.yaml`", 1, COLLECTION_KEYS),
]
"""The tables of keys: the heading, which table below it, and the table in the code."""


@pytest.mark.parametrize(("heading", "number", "keys"), KEYS)
def test_a_table_has_every_key_and_says_which_are_needed(heading: str, number: int, keys: Sequence[Key]) -> None:
    rows = tables(section(SCHEDULES, heading))[number]
    assert {code(name): "needed" in what for name, what, _ in rows} == {key.name: bool(key.needed) for key in keys}
    assert len(rows) == len(keys)


@pytest.mark.parametrize(("heading", "number", "keys"), KEYS)
def test_editors_are_told_of_a_key_what_the_page_says(heading: str, number: int, keys: Sequence[Key]) -> None:
    rows = tables(section(SCHEDULES, heading))[number]
    said = {code(name): re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", what) for name, what, _ in rows}
    assert {key.name: key.about for key in keys} == {
        name: re.sub(r"(, below|; needed)$", "", what) for name, what in said.items()
    }


@pytest.mark.parametrize(("heading", "number", "keys"), KEYS)
def test_the_example_of_a_key_can_be_read(heading: str, number: int, keys: Sequence[Key]) -> None:
    for name, _, example in tables(section(SCHEDULES, heading))[number]:
        assert code(example).startswith(f"{code(name)}: ")
        read(code(example), keys)


def read(line: str, keys: Sequence[Key]) -> object:
    """Return the value of one line `key: value`; raises Invalid where it is refused."""
    node, refused = parser.parse_document("example.yaml", line.encode())
    if refused:
        raise ScheduleError(refused)
    assert isinstance(node, nodes.Mapping)
    ((name, value),) = node.pairs
    return next(key for key in keys if key.name == name.text).read(value)


PHRASES = tables(section(SCHEDULES, "Phrases for `every` and `except`"))[0]
WHERE = Span("schedules/lanternchat.yaml")


@pytest.mark.parametrize(("phrase", "days"), [pytest.param(code(one), days, id=one) for one, days in PHRASES])
def test_a_phrase_falls_on_the_days_beside_it(phrase: str, days: str) -> None:
    rule = phrases.parse_phrase(phrase, WHERE)
    assert ", ".join(map(shown, next_days(rule))) == days


def next_days(rule: Rule) -> list[date]:
    begin, end = date(2026, 3, 1), date(2040, 12, 31)
    # What a number counts from is the first day that any count of weeks or months can fall on.
    every_day = (begin + timedelta(days=number) for number in range((end - begin).days))
    anchor = next(day for day in every_day if rules.can_fall_on(rule, day))
    return list(islice(rules.expand(rule, begin, end, anchor), 3))


def shown(day: date) -> str:
    said = english.format_short_day(day) if day.year == 2026 else english.format_day(day)
    return said.partition(" ")[2]


def test_every_form_of_phrase_is_in_the_table() -> None:
    assert set(phrases.PHRASE_EXAMPLES) <= {code(phrase) for phrase, _ in PHRASES}


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("Every first wednesday of the month", "first Wednesday of the month"),
        ("15 of the month", "15th of the month"),
        ("8th of March", "8 March"),
    ],
)
def test_what_the_page_calls_the_same_is_the_same(loose: str, strict: str) -> None:
    assert f"`{loose}`" in SCHEDULES
    assert phrases.parse_phrase(loose, WHERE) == phrases.parse_phrase(strict, WHERE)


@pytest.mark.parametrize("count", ["2", "99", "two", "six"])
def test_these_numbers_of_weeks_and_months_are_known(count: str) -> None:
    phrases.parse_phrase(f"{count} weeks on Monday", WHERE)
    phrases.parse_phrase(f"first Monday of every {count} months", WHERE)


@pytest.mark.parametrize("count", ["1", "100", "seven"])
def test_these_numbers_are_not(count: str) -> None:
    with pytest.raises(ScheduleError):
        phrases.parse_phrase(f"{count} weeks on Monday", WHERE)


def test_whole_months_are_for_except_alone_and_numbers_for_every() -> None:
    for months in ("August", "August and December"):
        assert f"`{months}`" in SCHEDULES
        phrases.parse_exception(months, WHERE)
        with pytest.raises(ScheduleError):
            phrases.parse_phrase(months, WHERE)
    with pytest.raises(ScheduleError):
        phrases.parse_exception("other Tuesday", WHERE)


@pytest.mark.parametrize(
    ("refused", "instead"), tables(section(SCHEDULES, "What is refused, and what to write instead"))[0]
)
def test_what_is_called_refused_is_refused_and_what_to_write_is_read(refused: str, instead: str) -> None:
    keys = (*CHAT_KEYS, *CHAPTER_KEYS)
    with pytest.raises(ScheduleError):
        read(code(refused), keys)
    read(code(instead), keys)


DEFAULTS = Calendar(title="Lights", uid_domain="lights.example")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (SCHEDULES, f"over {parser.MAX_FILE_SIZE // 1024} KiB or nested over {parser.MAX_NESTING} deep"),
        (SCHEDULES, f"Years run from {date_values.FIRST_YEAR} to {date_values.LAST_YEAR}."),
        (SCHEDULES, f"at most `{suggestions.MAX_DURATION.days}d`"),
        (SCHEDULES, f"1 to 120 months; {DEFAULTS.ahead} if left out"),
        (SCHEDULES, f"0 to 120 months; {DEFAULTS.behind} if left out"),
        (SCHEDULES, f"0 to 120 months; {DEFAULTS.unconfirmed_after} if left out"),
        (SCHEDULES, f"out of the feeds; `{DEFAULTS.unconfirmed}` if left out"),
        (FEEDS, f"{feeds._MAX_BYTES:,} bytes or {feeds._MAX_EVENTS:,} events"),
        (FEEDS, f"{DEFAULTS.unconfirmed_after} months after `confirmed`"),
        (FEEDS, f"Thunderbird, subscribed over HTTP, was taken through {len(KINDS)} kinds of change"),
    ],
)
def test_a_figure_is_the_one_in_force(page: str, said: str) -> None:
    assert said in page.replace("\n", " ")


def test_an_event_takes_about_as_much_as_is_said() -> None:
    least, most = map(int, re.findall(r"between (\d+) and (\d+) bytes", FEEDS)[0])
    whole, end, _ = (ROOT / "tests/cases/golden/2012-03-01.ics").read_bytes().partition(b"END:VCALENDAR\r\n")
    events = ics.read_feed(whole + end)
    assert least <= sum(len(one.content) for one in events) / len(events) <= most


def workflow(name: str) -> Any:
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))


def test_every_workflow_is_described_by_its_own_name() -> None:
    described = [row[0] for row in tables(section(PUBLISHING, "What runs when"))[0]]
    there = [path.name for path in (ROOT / ".github/workflows").glob("*.yml")]
    assert sorted(described) == sorted(f"*{workflow(name)['name']}* (`{name}`)" for name in there)


def test_the_night_comes_at_the_hour_that_is_said() -> None:
    # `on` is a boolean to YAML 1.1.
    minute, hour, *_ = workflow("nightly.yml")[True]["schedule"][0]["cron"].split()
    assert f"{int(hour):02}:{int(minute):02} UTC" in PUBLISHING


def test_publishing_takes_the_steps_that_are_said_and_one_of_them_writes() -> None:
    jobs = workflow("publish.yml")["jobs"]
    assert f"*Publish* has five steps, and each runs only if the one before it succeeded: {', '.join(jobs)}." in (
        PUBLISHING.replace("\n", " ")
    )
    assert [name for name, job in jobs.items() if job["permissions"].get("contents") == "write"] == ["keep"]
    assert "The job named *keep* in *Publish*, and nobody else." in PUBLISHING


def test_the_label_is_the_one_that_the_workflow_waits_for_and_the_forms_are_named_as_they_are() -> None:
    assert workflow("forms.yml")["jobs"]["edit"]["if"] == "github.event.label.name == 'make pull request'"
    said = section(PUBLISHING, "Corrections without git").replace("\n", " ")
    assert "New label: `make pull request`" in said
    for form in (ROOT / ".github/ISSUE_TEMPLATE").glob("*-*.yml"):
        assert f"*{yaml.safe_load(form.read_text('utf-8'))['name']}*" in said


def test_releasing_names_the_workflow_and_the_environment_that_pypi_is_told() -> None:
    page = (ROOT / "docs/releasing.md").read_text("utf-8").replace("\n", " ")
    release = workflow("release.yml")
    assert f"the environment `{release['jobs']['publish']['environment']['name']}`" in re.sub(r" +", " ", page)
    assert release[True]["push"]["tags"] == ["v*"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert not broken_links(page)
