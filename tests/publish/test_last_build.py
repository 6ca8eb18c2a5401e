"""A build that keeps what the last one made leaves the very bytes of one that builds everything."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli, files
from chatcal.publish.last_build import LAST_BUILD_PATH
from chatcal.site import subscribe
from chatcal.site.pages import Site
from tests.support.calendars import at, sources
from tests.support.laws import zone_data

CALENDAR = """\
title: Lights
uid_domain: lights.example
home: https://lights.example/
join: https://x.com/hashtag/{hashtag}
clocks: [Europe/London]
ahead: 2 months
behind: 1 month
upstream_hosts: [far.example]
collections:
  shore: {title: Shore, chapters: [weekly, daily, listed]}
breaks:
  - {from: 2026-03-20, until: 2026-03-24, reason: Storm, chapters: [daily]}
"""
CHAPTERS = {
    "weekly": "region: Fogland\nchats:\n  - every: Wednesday\n    at: 13:00\n",
    "daily": "chats:\n  - every: day\n    at: 23:30\n    lasts: 2h\n    hosts: [Ann]\n",
    "monthly": "confirmed: 2024-10-20\nchats:\n  - every: last Sunday of the month\n    at: evening\n",
    "listed": "chats:\n  - dates: [2026-03-06, 2026-03-15, 2026-04-30]\n    at: 8:00\n    topic: Oil\nlanguage: de\n",
    "ended": "chats:\n  - every: Friday\n    at: 7:00\n    until: 2026-03-17\n",
    "double": (
        "formerly: [single]\nchats:\n  - every: Monday\n    at: 18:00\n  - every: Monday\n    at: 18:30\n    id: late\n"
    ),
    "clashing": "chats:\n  - every: Wednesday\n    at: 13:00\n",
    "empty": "note: It sleeps.\nregion: Fogland\n",
    "far": "upstream: https://far.example/chat.ics\n",
}


def write_chapter(slug: str, body: str) -> str:
    return f"hashtag: {slug}\nname: Those of {slug}\ntimezone: America/Toronto\n{body}"


def write_calendar(folder: Path) -> Path:
    return write_sources(
        folder, sources(CALENDAR, **{slug: write_chapter(slug, body) for slug, body in CHAPTERS.items()})
    )


def write_sources(folder: Path, files: Mapping[str, bytes | None]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content or b"")
    return folder


def run(folder: Path, now: datetime, *words: str) -> tuple[int, str]:
    """Build the calendar in a folder; return the exit code and what was said of problems."""
    result = CliRunner().invoke(
        cli.run_chatcal, ["-C", str(folder), "build", "--now", now.isoformat(), *words], catch_exceptions=False
    )
    return result.exit_code, result.stderr


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the feeds and the site, but for what tells the next build."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for name in ("feeds", "_site")
        for path in (folder / name).rglob("*")
        if path.is_file() and path.name != LAST_BUILD_PATH
    }


@pytest.fixture
def built_chapters(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The slugs of the chapters whose pages were made, in order."""
    slugs: list[str] = []
    build_chapter = Site.build_chapter

    def note(self: Site, chapter: object, feed: object) -> Iterator[tuple[str, bytes]]:
        slugs.append(chapter.slug)  # type: ignore[attr-defined] # it is a Chapter
        return build_chapter(self, chapter, feed)  # type: ignore[arg-type]

    monkeypatch.setattr(Site, "build_chapter", note)
    return slugs


START = at("2026-03-02T03:43")


def test_a_second_build_of_the_same_day_makes_nothing_but_the_status(tmp_path: Path, built_chapters: list[str]) -> None:
    folder = write_calendar(tmp_path)
    (folder / "schedules/far.yaml").unlink()
    run(folder, START)
    known = (folder / "_site" / LAST_BUILD_PATH).read_bytes()
    run(folder, START)
    assert (folder / "_site" / LAST_BUILD_PATH).read_bytes() == known
    kept = run(folder, START + timedelta(hours=1))
    assert sorted(built_chapters) == sorted(CHAPTERS.keys() - {"far"})
    assert kept == run(folder, START + timedelta(hours=1), "--all")


@pytest.mark.parametrize("left", [["lanternchat"], []])
def test_a_deleted_schedule_stops_the_second_build_of_a_day_as_it_stops_the_first_of_the_next(
    tmp_path: Path, left: list[str]
) -> None:
    texts = {slug: write_chapter(slug, CHAPTERS["weekly"]) for slug in ("fogchat", "lanternchat")}
    write_sources(tmp_path, sources(**texts))
    assert run(tmp_path, START)[0] == 0
    before = read_files(tmp_path)
    for slug in {*texts} - {*left}:
        (tmp_path / "schedules" / f"{slug}.yaml").unlink()
    for now in (START, START + timedelta(hours=1), START + timedelta(days=1)):
        code, said = run(tmp_path, now)
        assert code == 1
        assert "fogchat" in said
    assert read_files(tmp_path) == before


def test_a_chapter_is_built_again_when_one_of_its_sessions_is_over(tmp_path: Path, built_chapters: list[str]) -> None:
    folder = write_calendar(tmp_path)
    run(folder, START)
    for moment, slugs in (
        ("2026-03-02T03:44", []),
        ("2026-03-02T22:59", ["daily"]),
        ("2026-03-02T23:59", []),
        ("2026-03-03T06:31", ["daily", "double"]),
        ("2026-03-03T23:59", []),
        ("2026-03-04T03:43", ["daily", "double"]),
        ("2026-03-04T19:01", ["clashing", "daily", "weekly"]),
    ):
        built_chapters.clear()
        run(folder, at(moment))
        # Nobody knows what a calendar kept elsewhere says next.
        assert sorted(built_chapters) == sorted(["far", *slugs]), moment


def test_only_an_edited_chapter_is_built_again(tmp_path: Path, built_chapters: list[str]) -> None:
    folder = write_calendar(tmp_path)
    run(folder, START)
    built_chapters.clear()
    (folder / "schedules/weekly.yaml").write_text(write_chapter("weekly", CHAPTERS["weekly"].replace("13", "14")))
    run(folder, START)
    assert sorted(built_chapters) == ["far", "weekly"]


def test_a_session_moved_into_the_past_is_a_warning_when_that_is_two_days_ago(tmp_path: Path) -> None:
    folder = write_calendar(tmp_path)
    (folder / "schedules/far.yaml").unlink()
    body = CHAPTERS["weekly"] + "sessions: {2026-03-18: {moved: 2026-03-05 10:00}}\n"
    (folder / "schedules/weekly.yaml").write_text(write_chapter("weekly", body))
    moments = ("2026-03-05T20:00", "2026-03-06T23:00", "2026-03-07T01:00")
    said = ["[far-move]" in run(folder, at(moment))[1] for moment in moments]
    assert said == [False, False, True]


def test_the_feed_of_a_former_name_that_is_given_up_cancels_nothing_while_its_chapter_is_kept(tmp_path: Path) -> None:
    folder = write_calendar(tmp_path)
    path, text = folder / "schedules/double.yaml", write_chapter("double", CHAPTERS["double"])
    path.write_text(text.replace("[single]", "[single, lone]"))
    run(folder, START)
    path.write_text(text)
    run(folder, START, "--allow-shrink")
    feed = (folder / "feeds/lone.ics").read_bytes()
    run(folder, START + timedelta(minutes=1))
    assert (folder / "feeds/lone.ics").read_bytes() == feed


@pytest.mark.parametrize("words", [["--all"], ["--rewrite-past"], ["--allow-shrink"], ["--home", "https://o.example/"]])
def test_some_builds_keep_nothing(tmp_path: Path, built_chapters: list[str], words: list[str]) -> None:
    folder = write_calendar(tmp_path)
    run(folder, START)
    built_chapters.clear()
    run(folder, START, *words)
    assert sorted(built_chapters) == sorted(CHAPTERS)


def damage(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        path = folder / "_site" / LAST_BUILD_PATH
        path.write_bytes(change(path.read_bytes()))

    return act


def forge(find: str, replacement: str) -> Callable[[Path], None]:
    """Return what changes the words of the last build, and its own digest with them."""

    def change(content: bytes) -> bytes:
        head = '{"build":\n'
        text = re.sub(find, replacement, content.decode().removeprefix(head).rpartition(',"digest":')[0], count=1)
        return f'{head}{text},"digest":"{sha256(text.encode()).hexdigest()}"}}\n'.encode()

    return damage(change)


DAMAGE: Mapping[str, Callable[[Path], None]] = {
    "none": lambda folder: (folder / "_site" / LAST_BUILD_PATH).unlink(),
    "empty": damage(lambda _: b""),
    "cut": damage(lambda content: content[: len(content) // 2]),
    "one sign": damage(lambda content: content.replace(b"2026-03", b"2027-03", 1)),
    "not an object": forge("(?s).*", "[]"),
    "no moment": forge('"built":"[^"]*"', '"built":"2026-03-02"'),
    "later": forge('"built":"2026', '"built":"2027'),
    "other inputs": forge('"inputs":"[^"]*"', '"inputs":"0"'),
    "other feeds": forge(r'("feeds":\{"[^"]*":)"[^"]*"', r'\1"0"'),
    "no digests of chapters": forge('"made":{[^}]*}', '"made":{}'),
    "no chapters": forge('"chapters":{', '"chapters":{"":7,'),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_where_what_the_last_build_wrote_down_does_not_fit_everything_is_built(
    tmp_path: Path, built_chapters: list[str], kind: str
) -> None:
    folder = write_calendar(tmp_path)
    run(folder, START)
    before = read_files(folder)
    built_chapters.clear()
    DAMAGE[kind](folder)
    run(folder, START)
    assert sorted(built_chapters) == sorted(CHAPTERS)
    assert {**read_files(folder), "_site/status.json": b""} == {**before, "_site/status.json": b""}


def test_a_status_tells_the_same_whether_chapters_were_kept_or_built(tmp_path: Path) -> None:
    folder = write_calendar(tmp_path)
    run(folder, START)
    told = []
    for words in ([], ["--all"]):
        run(folder, START, *words)
        told.append(json.loads((folder / "_site/status.json").read_bytes()))
    assert told[0] == told[1]


# ---- Nights with and without


class Nights:
    """The same nights in two folders: one builds as usual, in the other nothing is kept."""

    def __init__(self, folder: Path, chance: random.Random, enact: Callable[[Mapping[str, str]], None]) -> None:
        self.usual, self.whole = write_calendar(folder / "usual"), write_calendar(folder / "whole")
        # Some begin before the turn of a month; in some, nothing is kept elsewhere, and all may stay as it is.
        self.chance, self.enact, self.now = chance, enact, START + timedelta(days=chance.choice([0, 0, 27]))
        if chance.random() < 0.5:
            for root in (self.usual, self.whole):
                (root / "schedules/far.yaml").unlink()
        self.kept: list[bytes] = []
        self.feeds: dict[str, dict[bytes, None]] = {}
        self.is_refused = False

    def write(self, path: str, text: str) -> None:
        for folder in (self.usual, self.whole):
            (folder / path).write_text(text, "utf-8")

    def edit(self) -> None:
        slug = self.chance.choice([*CHAPTERS])
        if slug == "far":
            return
        body = CHAPTERS[slug].replace("13:00", f"{self.chance.randrange(24)}:15")
        if self.chance.random() < 0.5:
            # The session of that day may have begun, or be over, before the edit or after it.
            hour = (self.now - timedelta(hours=self.chance.choice([3, 5, 7]))).hour
            body = body.replace("23:30", f"{hour}:30")
        day = f"2026-03-{self.chance.randrange(1, 29):02}"
        entries = {
            "weekly": f"sessions:\n  {self.chance.choice(['2026-03-11', '2026-03-18'])}: {{moved: {day} 10:00}}\n",
            "daily": f"sessions:\n  {day}: {{cancelled: Fog}}\n",
            "double": f"sessions:\n  2026-03-16 late: {{topic: Rope {day}, note: Bring it}}\n",
            "monthly": f"doubt: Somebody said so on {day}.\n",
        }
        if slug in entries and self.chance.random() < 0.7:
            body += entries[slug]
        self.write(f"schedules/{slug}.yaml", write_chapter(slug, body))

    def edit_calendar(self) -> None:
        choices = [("Storm", "Ice"), ("2 months", "3 months"), ("Europe/London", "Europe/Paris"), ("[weekly, ", "[")]
        old, new = self.chance.choice(choices)
        self.write("chatcal.yaml", CALENDAR.replace(old, new))

    def rename(self) -> None:
        names = self.chance.choice(["formerly: [single]\n", "formerly: [single, lone]\n"])
        self.write(
            "schedules/double.yaml", write_chapter("double", CHAPTERS["double"].replace("formerly: [single]\n", names))
        )

    def add_or_remove(self) -> None:
        if (self.usual / "schedules/guest.yaml").exists():
            for folder in (self.usual, self.whole):
                (folder / "schedules/guest.yaml").unlink()
        else:
            self.write("schedules/guest.yaml", write_chapter("guest", CHAPTERS["ended"]))

    def legislate(self) -> None:
        self.enact(self.chance.choice([{}, {"America/Toronto": "LAW4"}, {"America/Toronto": "LAW5"}]))

    def break_file(self) -> None:
        """Do to a file of the usual folder what happens to files."""
        found = [path for path in (self.usual / "_site").rglob("*") if path.is_file() and path.name != LAST_BUILD_PATH]
        if not found:
            return
        path = self.chance.choice(sorted(found))
        kind = self.chance.randrange(3)
        if kind == 0:
            path.unlink()
        elif kind == 1:
            path.write_bytes(path.read_bytes()[:-3])
        else:
            (path.parent / "stray.html").write_bytes(b"x")

    def break_site(self) -> None:
        """Do to the usual folder what happens to folders, and to what a build wrote down."""
        kind = self.chance.randrange(3)
        if kind == 0 and self.kept:
            (self.usual / "_site" / LAST_BUILD_PATH).write_bytes(self.chance.choice(self.kept))
        elif kind == 1 and (self.usual / "_site" / LAST_BUILD_PATH).exists():
            self.chance.choice(list(DAMAGE.values()))(self.usual)
        else:
            shutil.rmtree(self.usual / "_site", ignore_errors=True)

    def restore_feed(self) -> None:
        """Do to both what git does: bring an old feed back, or lose one."""
        name = self.chance.choice(["weekly", "daily", "single", "all", "shore"])
        content = self.chance.choice([*self.feeds.get(name, ()), None, None])
        for folder in (self.usual, self.whole):
            path = folder / "feeds" / f"{name}.ics"
            if content is None:
                path.unlink(missing_ok=True)
            elif path.exists():
                path.write_bytes(content)

    def night(self) -> None:
        self.now += timedelta(minutes=self.chance.choice([0, 7, 60, 600, 1440, 1440, 1440, 4321]))
        (self.whole / "_site" / LAST_BUILD_PATH).unlink(missing_ok=True)
        # Such a build keeps nothing, and one that is refused makes nothing.
        words = ["--allow-shrink"] if self.is_refused or self.chance.random() < 0.05 else []
        results = [run(folder, self.now, *words) for folder in (self.usual, self.whole)]
        assert results[0] == results[1], self.now
        self.is_refused = "Nothing was written" in results[0][1]
        if not self.is_refused:
            assert read_files(self.usual) == read_files(self.whole), self.now
        if (path := self.usual / "_site" / LAST_BUILD_PATH).exists():
            self.kept.append(path.read_bytes())
        for path in (self.usual / "feeds").iterdir():
            self.feeds.setdefault(path.stem, {})[path.read_bytes()] = None

    def live(self) -> None:
        # After some of the rare ones, nothing is kept.
        often = [self.edit, self.edit, self.edit, self.break_file]
        rarely = [self.edit_calendar, self.rename, self.add_or_remove, self.legislate]
        rarely += [self.break_site, self.restore_feed, self.restore_feed]
        self.night()
        for _ in range(12):
            for happen in self.chance.sample(often, self.chance.choice([0, 1, 1, 2, 3])):
                happen()
            if self.chance.random() < 0.35:
                self.chance.choice(rarely)()
            self.night()


@pytest.fixture
def _quick_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw each QR code once, and wait for no disk: both take most of the time, and show nothing here."""
    monkeypatch.setattr(subscribe, "_draw_qr_code", draw_qr_code)
    monkeypatch.setattr(files, "sync_disk", lambda: True)
    monkeypatch.setattr(os, "fsync", lambda _: None)


draw_qr_code = cache(subscribe._draw_qr_code)


@pytest.mark.usefixtures("_quick_builds")
@pytest.mark.parametrize("seed", range(int(os.environ.get("CHATCAL_HISTORIES", "12" if os.environ.get("CI") else "2"))))
def test_no_night_differs_from_one_in_which_everything_is_built(tmp_path: Path, seed: int) -> None:
    with zone_data(tmp_path / "laws") as enact:
        Nights(tmp_path, random.Random(seed), enact).live()  # noqa: S311 - nothing is secret
