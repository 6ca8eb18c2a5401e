"""Edits as maintainers make them, each with what a subscriber must see afterwards.

A replay is a section of a page in `tests/cases/replays/`: what is edited, in whole files, as a pull request shows it;
the moments (UTC) of the builds before and after it; and the feeds as they must be then, written from the schedule and
the feed profile. A line of a feed has a mark, the UID without its domain, the moments in UTC, the SUMMARY, the lines of
the DESCRIPTION (between slashes), and the STATUS where that is not CONFIRMED. The marks: `=` stands byte for byte, `*`
is a new revision with a new SEQUENCE, `+` appears, `-` is gone. A feed that is not shown must stand byte for byte, but
for `all.ics`, which must hold what the feeds of all chapters do. Lines behind `>` are said: by `chatcal diff`, or with
a severity by `chatcal build`; where an error is, the build must write nothing.

The titles and first sentences of the replays are the table of docs/changes-for-subscribers.md; `python -m
tests.diff.test_replays` writes it anew.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml

from chatcal.diff import render
from chatcal.feed import ics
from chatcal.feed.event import decode_event
from chatcal.model import Revision, get_feed_order
from chatcal.publish import build
from chatcal.publish.sources import Source, compare_sources
from tests.support.calendars import ROOT, at, feeds_of, value
from tests.support.edits import Files, read_edit
from tests.support.laws import zone_data
from tests.support.markdown import anchor_of

REPLAYS = ROOT / "tests" / "cases" / "replays"
CALENDAR = "title: Lights\nuid_domain: lights.example\nbehind: 1 months\nahead: 1 months\n"
"""The `chatcal.yaml` of every replay that does not show its own."""
PAGE = ROOT / "docs" / "changes-for-subscribers.md"
MARKS = ("<!-- table: written by `python -m tests.diff.test_replays` -->\n", "<!-- end of the table -->\n")
GROUPS = ("sessions", "chats", "chapters", "calendar", "world")
"""The pages of replays, in the order of their tables."""

Feeds = Mapping[str, bytes]


@dataclass
class Night:
    """A build: of which files, when, and what is there then, and said.

    Among the files, `zone data` has the laws that clocks are under.
    """

    files: Files
    moment: datetime
    option: str | None = None
    feeds: str = ""
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """An edit, what subscribers see of it, and the builds that prove it; the first is the first publication."""

    title: str
    seen: str
    nights: list[Night]


# Reading a replay

_MOMENT = r"(\d{4}-\d\d-\d\d \d\d:\d\d)"
_PARTS = re.compile(
    rf"^```diff\n(?P<edit>.*?)^```$|^```text\n(?P<feeds>.*?)^```$|^> (?P<said>[^\n]+)$"
    rf"|^(?:Published on {_MOMENT}, and again|And again) on {_MOMENT}(?: with `--(?P<option>[a-z-]+)`)?[:.]$",
    re.M | re.S,
)


@cache
def replays(group: str) -> tuple[str, list[Replay]]:
    """Return the heading of a page, and what its sections say."""
    heading, *sections = (REPLAYS / f"{group}.md").read_text("utf-8").split("\n## ")
    return heading.removeprefix("# ").strip(), [_read_replay(section) for section in sections]


def _read_replay(section: str) -> Replay:
    title, seen, rest = section.split("\n\n", 2)
    assert not _PARTS.sub("", rest).strip(), f"{title}: a line is not part of a replay"
    nights: list[Night] = []
    before: Files = {}
    after: Files = {}
    for part in _PARTS.finditer(rest):
        if edit := part["edit"]:
            before, after = read_edit(edit)
            assert not nights or before == nights[-1].files, "the files are others than before"
        elif feeds := part["feeds"]:
            nights[-1].feeds = feeds
        elif said := part["said"]:
            nights[-1].said.append(said)
        else:
            if part[4]:
                nights.append(Night(before, _at(part[4])))
            nights.append(Night(after, _at(part[5]), part["option"]))
    return Replay(title, seen.replace("\n", " "), nights)


def _at(moment: str) -> datetime:
    return at(moment.replace(" ", "T"))


# Building


def made(files: Files, published: Feeds, moment: datetime, laws: Path, option: str | None = None) -> build.BuildResult:
    """Return a build of files at a moment, under the laws that they say."""
    with zone_data(laws) as enact:
        enact(yaml.safe_load(files.get("zone data", "{}")))
        options = build.BuildOptions(rewrite_past=option == "rewrite-past", allow_shrink=option == "allow-shrink")
        return build.build_calendar(_sources(files), published, moment, options)


def _sources(files: Files) -> dict[str, bytes | None]:
    texts = {"chatcal.yaml": CALENDAR} | {path: text for path, text in files.items() if path != "zone data"}
    return {path: text.encode() for path, text in texts.items()}


# Feeds as a replay shows them


def shown(expected: str, was: Feeds, now: Feeds) -> str:
    """Return the feeds that a replay shows, as it should show them."""
    names = re.findall(r"^[a-z].*\.ics.*$", expected, re.M)
    return "\n".join("\n".join([line, *_lines(line, expected, was, now)]) for line in names)


def _lines(line: str, expected: str, was: Feeds, now: Feeds) -> Iterator[str]:
    name, *others = re.findall(r"(\S+)\.ics", line)
    assert all(now[other] == now[name] for other in others)
    for key in re.findall(r"^  (\w+): ", expected.partition(line)[2].partition(".ics")[0], re.M):
        yield f"  {key}: {getattr(ics.read_heading(now[name]), key)}"
    sources = (octets for former, octets in was.items() if former in (name, *others))
    old = {one.uid: one for octets in sources for one in ics.read_feed(octets)}
    new = {one.uid: one for one in ics.read_feed(now[name])}
    for one in sorted((old | new).values(), key=get_feed_order):
        yield _line(old.get(one.uid), new.get(one.uid))


def _line(old: Revision | None, new: Revision | None) -> str:
    one = new or old
    assert one is not None
    slot = one.uid.partition("@")[0]
    if new is None:
        return f"- {slot}"
    mark = "+" if old is None else "=" if old.content == new.content else "*"
    event, status = decode_event(new), value(new, "STATUS")
    cells = [slot, _moments(new), event.summary, event.description.replace("\n", " / ")]
    return f"{mark} {' | '.join([*cells, *([str(status)] if status != 'CONFIRMED' else [])])}"


def _moments(one: Revision) -> str:
    """Return `2026-11-06 01:00-02:00`, and all days of what has no clock time, the last included."""
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        assert one.end - one.start < timedelta(days=1)
        return f"{one.start:%Y-%m-%d %H:%M}-{one.end:%H:%M}"
    last = one.end - timedelta(days=1)
    return f"{one.start}" if last == one.start else f"{one.start} to {last}"


def plain(text: str) -> str:
    """Return lines without the spaces that put their cells below each other."""
    return "\n".join(re.sub(r" +\| +", " | ", line).rstrip() for line in text.splitlines() if line)


# What must be so


ALL = [pytest.param(one, id=f"{group}/{anchor_of(one.title)}") for group in GROUPS for one in replays(group)[1]]


@pytest.mark.parametrize("replay", ALL)
def test_subscribers_see_what_a_replay_says(replay: Replay, tmp_path: Path) -> None:
    first, *nights = replay.nights
    published = feeds_of(made(first.files, {}, first.moment, tmp_path))
    before = first.files
    for night in nights:
        done = made(night.files, published, night.moment, tmp_path, night.option)
        problems = {f"{one.severity}: {one.message}" for one in done.problems}
        assert bool(done.files) != any(said.startswith("error: ") for said in night.said), problems
        now = feeds_of(done) if done.files else published
        assert plain(shown(night.feeds, published, now)) == plain(night.feeds)
        what_is_not_shown_stands(night.feeds, published, now)
        changes_have_their_revision(published, now, night.moment)
        all_holds_the_events_of_all(now)
        assert set(night.said) <= problems | sentences(before, night)
        published, before = now, night.files


def what_is_not_shown_stands(expected: str, was: Feeds, now: Feeds) -> None:
    named = {"all", *re.findall(r"(\S+)\.ics", expected)}
    assert {name: was[name] for name in was.keys() - named} == {name: now[name] for name in now.keys() - named}


def changes_have_their_revision(was: Feeds, now: Feeds, moment: datetime) -> None:
    old = {one.uid: one for octets in was.values() for one in ics.read_feed(octets)}
    minutes = (moment - at("2020-01-01T00:00")) // timedelta(minutes=1)
    for one in (one for octets in now.values() for one in ics.read_feed(octets)):
        last = old.get(one.uid)
        if last is None or last.content != one.content:
            sequence = int(value(one, "SEQUENCE") or "")
            assert sequence == max(minutes, int(value(last, "SEQUENCE") or "") + 1 if last else 0)
            stamp = at("2020-01-01T00:00") + timedelta(minutes=sequence)
            assert value(one, "DTSTAMP") == value(one, "LAST-MODIFIED") == f"{stamp:%Y%m%dT%H%M%SZ}"


def all_holds_the_events_of_all(now: Feeds) -> None:
    events = {one.content for name, octets in now.items() if name != "all" for one in ics.read_feed(octets)}
    combined = ics.read_feed(now["all"])
    assert {one.content for one in combined} == events
    assert len(combined) == len({one.uid for one in combined})


def sentences(before: Files, night: Night) -> set[str]:
    """Return what `chatcal diff` says of an edit."""
    files = _sources(night.files)
    found, problems = compare_sources(
        Source(schedule_files=_sources(before)), Source(schedule_files=files), night.moment
    )
    return {line.strip() for line in render.render_difference(found, problems, files, "text").splitlines()}


def test_the_page_has_a_row_for_each_replay() -> None:
    assert PAGE.read_text("utf-8") == with_table()


def with_table() -> str:
    """Return the page with the table as the replays have it."""
    text = PAGE.read_text("utf-8")
    before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
    return before + MARKS[0] + "".join(map(_table, GROUPS)) + "\n" + MARKS[1] + after


def _table(group: str) -> str:
    heading, found = replays(group)
    page = f"../tests/cases/replays/{group}.md"
    lines = [f"| {one.title} | {one.seen} | [replay]({page}#{anchor_of(one.title)}) |\n" for one in found]
    return f"\n## {heading}\n\n| what happens | subscribers see | |\n| --- | --- | --- |\n{''.join(lines)}"


if __name__ == "__main__":
    PAGE.write_text(with_table(), "utf-8", newline="\n")
