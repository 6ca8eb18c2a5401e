"""What subscribers will see change, in sentences: made-up pull requests, and the corners that they leave."""

import difflib
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.diff import render
from chatcal.publish.build import BuildOptions, build_calendar
from chatcal.publish.sources import Source, compare_sources
from tests.support.calendars import CALENDAR, LANTERN, ROOT, at, built, sources, without_extras
from tests.support.edits import read_edit

CASES = sorted((ROOT / "tests" / "cases" / "diffs").glob("*.md"))
NOW = at("2026-10-20T00:00")
PAGE = ROOT / "docs" / "changes.md"
MARKS = (
    "<!-- pull requests: written by `python -m tests.diff.test_difference` -->\n",
    "<!-- end of the pull requests -->\n",
)


@dataclass(frozen=True)
class Case:
    """A made-up pull request as its file shows it: the edit, and what is said of it as text and as Markdown."""

    title: str
    edit: str
    text: str
    markdown: str

    def written(self) -> str:
        return f"# {self.title}\n\n```diff\n{self.edit}```\n\n```text\n{self.text}```\n\n---\n\n{self.markdown}"

    def said(self, form: str) -> str:
        """Return what chatcal says of it."""
        before, after = ({path: text.encode() for path, text in files.items()} for files in read_edit(self.edit))
        return changes(before, after, form=form)


def read_case(path: Path) -> Case:
    form = r"# (.*?)\n\n```diff\n(.*?)```\n\n```text\n(.*?)```\n\n---\n\n(.*)"
    found = re.fullmatch(form, path.read_text("utf-8"), re.S)
    assert found, f"{path.name} is not a title, an edit, a text and its Markdown"
    return Case(*found.groups())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_pull_request_reads_as_a_maintainer_would_say_it(path: Path) -> None:
    # Where a change is meant, `python -m tests.diff.test_difference` writes these anew; read them before you commit.
    case = read_case(path)
    assert case.said("text") == case.text
    assert case.said("markdown") == case.markdown


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_programs_are_told_the_same(path: Path) -> None:
    case = read_case(path)
    told, text = json.loads(case.said("json")), case.text
    if isinstance(told, list):
        assert all(problem["message"] in text for problem in told)
        return
    assert told["same"] == ("No difference" in text)
    sentences = [sentence["text"] for one in told["chapters"] for key in ("past", "coming") for sentence in one[key]]
    sentences += [text for one in told["chapters"] for key in ("record", "itself", "page") for text in one[key]]
    assert all(sentence in text for sentence in [*sentences, *told["calendar"], *told["vanishing"], *told["appearing"]])


def test_the_page_shows_the_pull_requests() -> None:
    assert PAGE.read_text("utf-8") == page()


def page() -> str:
    """Return the page of the documentation with the pull requests as they are now."""
    text = PAGE.read_text("utf-8")
    before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
    return before + MARKS[0] + "".join(shown(read_case(path)) for path in CASES) + MARKS[1] + after


def shown(case: Case) -> str:
    """Return a pull request as the documentation shows it: what it edits, and what is said of it."""
    edit = "".join(edits(case))
    return f"\n### {case.title}\n\n```diff\n{edit}```\n\n```text\n{case.text}```\n\n"


def edits(case: Case) -> Iterator[str]:
    """Yield the lines of a unified diff of the files that a pull request touches."""
    before, after = read_edit(case.edit)
    for name in sorted({*before, *after}):
        old, new = (files.get(name, "").splitlines(keepends=True) for files in (before, after))
        if not new:
            yield f"deleted: {name}\n"
        elif old != new:
            yield f"{name}\n" if old else f"new: {name}\n"
            lines = list(difflib.unified_diff(old, new, n=2))[2:]
            yield from (line for line in lines if not line.startswith("@@"))


# The corners


def changes(
    before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime = NOW, form: str = "text"
) -> str:
    """Return what is said of an edit."""
    found, problems = compare_sources(Source(schedule_files=before), Source(schedule_files=after), now)
    return render.render_difference(found, problems, after, form)


# What can be compared


def calendar_in(folder: Path, chapter: str = LANTERN, calendar: str = CALENDAR) -> Path:
    """Write a calendar of one chapter into a folder."""
    (folder / "schedules").mkdir(parents=True, exist_ok=True)
    (folder / "chatcal.yaml").write_text(calendar, "utf-8")
    (folder / "schedules" / "lanternchat.yaml").write_text(chapter, "utf-8")
    return folder


MOVED = LANTERN + "sessions: {2026-11-04: {moved: 2026-11-05 20:00}}\n"
TOLD = "  #lanternchat: Wed 4 Nov 13:00 moved to Thu 5 Nov 20:00 (Toronto).\n"


def run(*words: str) -> Result:
    """Run `chatcal diff` within this process at one moment."""
    return CliRunner().invoke(
        cli.run_chatcal, ["diff", *words, "--now", "2026-10-20T00:00:00Z"], catch_exceptions=False
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with the calendar on its main branch, with a moved session since."""
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    calendar_in(tmp_path)
    program = shutil.which("git") or "git"
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@lantern.example"]
    for words in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--message", "Begin"],
        ["switch", "--quiet", "--create", "mine"],
    ):
        subprocess.run([program, *words], check=True, cwd=tmp_path)
    calendar_in(tmp_path, MOVED)
    return tmp_path


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("words", [[], ["main"], ["HEAD", "."]])
def test_a_revision_is_compared_with_the_working_tree(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    assert TOLD in result.stdout


def test_what_else_lies_beside_the_schedules_of_a_revision_is_none(repository: Path) -> None:
    git = shutil.which("git") or "git"
    (repository / "schedules/schema.json").write_text("{}")
    subprocess.run([git, "add", "--all"], check=True, cwd=repository)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@lantern.example"]
    subprocess.run([git, *who, "commit", "--quiet", "--message", "Schema"], check=True, cwd=repository)
    assert run("HEAD").stdout == "No difference: subscribers see no change.\n"


@pytest.mark.usefixtures("repository")
def test_two_revisions_that_are_the_same_show_no_difference() -> None:
    result = run("main", "HEAD")
    assert (result.exit_code, result.stdout) == (0, "No difference: subscribers see no change.\n")
    assert run("main", "HEAD", "--format", "markdown").stdout.endswith(f":\n\n{result.stdout}")
    assert json.loads(run("main", "HEAD", "--format", "json").stdout)["same"] is True


@pytest.mark.usefixtures("repository")
def test_a_name_of_nothing_is_wrong_usage() -> None:
    result = run("nope")
    assert result.exit_code == 2
    assert "git knows no revision `nope` here." in result.stderr
    assert "like: chatcal diff HEAD~1 ." in result.stderr


def test_where_git_is_not_used_it_says_what_else_can_be_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(calendar_in(tmp_path))
    result = run()
    assert result.exit_code == 2
    assert "This is not a git repository." in result.stderr
    assert result.stderr.endswith("Or compare with the feeds of the last build: chatcal diff feeds\n")
    published(tmp_path / "feeds")
    assert run("feeds").stdout.startswith("No difference")


def test_errors_of_the_second_side_are_shown_with_1(repository: Path) -> None:
    calendar_in(repository, LANTERN.replace("13:00", "1pm"))
    result = run()
    assert result.exit_code == 1
    assert result.stdout.startswith("schedules/lanternchat.yaml:6:9: error: `1pm`")
    assert "**The schedules have errors.**\n\n```text\nschedules/" in run("--format", "markdown").stdout
    assert json.loads(run("--format", "json").stdout)[0]["code"] == "time"
    (repository / "chatcal.yaml").write_text("title: x\n")
    assert run().exit_code == 1


def test_errors_of_the_first_side_leave_that_file_unsaid(tmp_path: Path) -> None:
    before, after = calendar_in(tmp_path / "a", LANTERN.replace("13:00", "1pm")), calendar_in(tmp_path / "b", MOVED)
    result = run(str(before), str(after))
    assert result.stdout == (
        "Before, schedules/lanternchat.yaml had errors: what changes there is not shown.\n\n"
        "No difference: subscribers see no change.\n"
    )
    assert ":\n\nBefore, schedules/lanternchat.yaml" in run(str(before), str(after), "--format", "markdown").stdout
    calendar_in(before, LANTERN, "title: x\n")
    text = run(str(before), str(after)).stdout
    assert text.startswith("Before, chatcal.yaml had errors")
    assert "The feed `lanternchat` appears" in text


def published(folder: Path, chapter: str = LANTERN, now: str = "2026-10-01T00:00") -> Path:
    """Publish a calendar of one chapter into a folder."""
    folder.mkdir(exist_ok=True)
    for feed, octets in built(sources(lanternchat=chapter), at(now)).items():
        (folder / f"{feed}.ics").write_bytes(octets)
    return folder


def test_published_feeds_are_compared_with_schedules_both_ways(tmp_path: Path) -> None:
    feeds, calendar = published(tmp_path / "feeds"), calendar_in(tmp_path / "calendar", MOVED)
    there = run(str(feeds), str(calendar))
    assert there.stdout.startswith(f"Subscribers will see:\n{TOLD}\nNext of")
    back = run(str(calendar), str(feeds))
    assert "Thu 5 Nov 20:00 moved back to Wed 4 Nov 13:00 (Toronto)." in back.stdout
    assert run(str(feeds), str(calendar_in(tmp_path / "same"))).stdout.startswith("No difference")


@pytest.mark.usefixtures("repository")
def test_the_first_line_says_what_is_compared_with_what(tmp_path: Path) -> None:
    git = shutil.which("git") or "git"
    shown = subprocess.run([git, "show", "-s", "--format=%h", "HEAD"], capture_output=True, text=True, check=True)
    short, here = shown.stdout.strip(), "to the schedules here, committed or not:\n"
    feeds = published(tmp_path / "feeds")
    calendar_in(tmp_path / "other")
    first = {
        words: run(*words).stderr for words in [(), ("HEAD",), ("feeds", "."), (".", "other"), ("other", str(feeds))]
    }
    assert re.fullmatch(rf"From commit {short} of \d+ \w+ \d{{4}}, the last one, {here}", first[()])
    assert re.fullmatch(rf"From commit {short} of \d+ \w+ \d{{4}} \(HEAD\) {here}", first["HEAD",])
    assert first["feeds", "."] == f"From the feeds in feeds {here}"
    assert first[".", "other"] == "From the schedules here, committed or not to the schedules in other:\n"
    assert first["other", str(feeds)] == f"From the schedules in other to the feeds in {feeds}:\n"
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@lantern.example"]
    subprocess.run([git, *who, "commit", "--quiet", "--all", "--message", "Move"], check=True)
    assert f"From commit {short} of " in run().stderr
    assert "where this branch left the main one, to the schedules here" in run().stderr
    assert run("--format", "markdown").stderr == ""


@pytest.mark.usefixtures("repository")
def test_a_comment_on_a_pull_request_says_what_is_compared_and_marks_nothing_up(tmp_path: Path) -> None:
    calendar_in(tmp_path / "@ada *and* co")
    told = run("@ada *and* co", ".", "--format", "markdown").stdout
    assert told.startswith(
        "From the schedules in @<!-- -->ada \\*and\\* co to the schedules here, committed or not:\n\n**"
    )
    assert run("HEAD", "main", "--format", "json").stdout.startswith("{")
    calendar_in(tmp_path, LANTERN.replace("13:00", "1pm"))
    assert run("HEAD", "--format", "markdown").stdout.startswith("**The schedules have errors.**")


@pytest.mark.parametrize("now", ["2026-10-20T00:00:00Z", "2026-11-05T00:00:00Z", "2027-02-01T00:00:00Z"])
def test_schedules_that_nobody_touched_are_what_the_feeds_hold_however_old_these_are(tmp_path: Path, now: str) -> None:
    old = f"{LANTERN}sessions:\n  2019-10-02: {{topic: First lamp}}\n"
    feeds, calendar = published(tmp_path / "feeds", old), calendar_in(tmp_path / "calendar", old)
    for words in ([str(feeds), str(calendar)], [str(calendar), str(feeds)]):
        result = CliRunner().invoke(cli.run_chatcal, ["diff", *words, "--now", now], catch_exceptions=False)
        assert result.stdout == "No difference: subscribers see no change.\n"


def test_a_chapter_whose_feed_does_not_show_how_far_it_reached_is_compared_to_the_end(tmp_path: Path) -> None:
    once = LANTERN.replace("every: Wednesday", "dates: [2026-11-04, 2026-12-02]")
    feeds = published(tmp_path / "feeds", once, "2026-03-01T00:00")
    calendar = calendar_in(tmp_path / "calendar", once.replace("2026-12-02", "2026-12-02, 2027-08-04"))
    assert "Wed 4 Aug 2027 13:00 (Toronto): added" in run(str(feeds), str(calendar)).stdout


def test_the_days_that_change_are_listed_however_far_ahead_they_are(tmp_path: Path) -> None:
    calendar = calendar_in(tmp_path / "calendar")
    changed = calendar_in(tmp_path / "changed", f"{LANTERN}sessions: {{2027-03-03: {{moved: 2027-03-04 20:00}}}}\n")
    told = run(str(calendar), str(changed)).stdout
    assert "Next of #lanternchat:\n  Wed 21 Oct 13:00" in told
    assert "Later days of #lanternchat that change:\n  Thu 4 Mar 2027 20:00 (Toronto)" in told
    later = calendar_in(tmp_path / "later", LANTERN.replace("13:00", "14:00"))
    told = run(str(calendar), str(later)).stdout
    assert told.count("14:00 (Toronto) ") == 5 + 10
    assert "  and 39 more\n" in told
    assert "\n\nand 39 more\n\n</details>" in run(str(calendar), str(later), "--format", "markdown").stdout


def test_a_topic_in_quotes_is_quoted_once(tmp_path: Path) -> None:
    calendar = calendar_in(tmp_path / "calendar")
    for topic in ("'\"Lamps\"'", "“Lamps”", "Lamps"):
        changed = calendar_in(tmp_path / "changed", f"{LANTERN}sessions: {{2026-10-21: {{topic: {topic}}}}}\n")
        assert "the topic is “Lamps”." in run(str(calendar), str(changed)).stdout


def test_what_feeds_hold_of_the_past_is_compared_and_what_they_never_held_is_not(tmp_path: Path) -> None:
    feeds = published(tmp_path / "feeds")
    told_of = run(str(feeds), str(calendar_in(tmp_path / "calendar", LANTERN.replace("13:00", "15:00")))).stdout
    # Feeds begun on 1 October hold 7 and 14 October of what has ended, the schedule all since July.
    assert "#lanternchat: Wed 7 Oct and Wed 14 Oct: 13:00 becomes 15:00 (Toronto).\n" in told_of
    assert "cancel" not in told_of


@pytest.mark.parametrize("language", ["sv", "es", "uk"])
@pytest.mark.parametrize("time", ["afternoon", "unknown", "all day", "13:00"])
@pytest.mark.parametrize("name", ["", "{title: Lamps}", "{topic: Lamps}", "{title: Lamps, topic: Oil}", "cancelled"])
def test_sessions_that_were_published_in_other_words_than_the_chapter_has_now_show_no_difference(
    tmp_path: Path, language: str, time: str, name: str
) -> None:
    english = LANTERN.replace("13:00", time).replace("chats:", "confirmed: 2012-02-14\nchats:")
    if name:
        english += f"sessions: {{2026-10-14: {name}, 2026-10-28: {name}}}\n"
    before = published(tmp_path / "feeds", english)
    for feed in before.iterdir():
        feed.write_bytes(without_extras(feed.read_bytes()))
    after = calendar_in(tmp_path / "calendar", f"language: {language}\n{english}")
    for words in ((before, after), (before, published(tmp_path / "new", f"language: {language}\n{english}"))):
        told = run(*map(str, words)).stdout
        assert "called" not in told
        assert "Oct" not in told.partition("Next of")[0]
    other = calendar_in(tmp_path / "other", f"language: {language}\n{english.replace('Wednesday', 'Thursday')}")
    assert "Oct" in run(str(before), str(other)).stdout


def test_a_feed_that_keeps_one_cancelled_session_so_as_not_to_be_empty_shows_no_difference(tmp_path: Path) -> None:
    before = built(sources(lanternchat=LANTERN), at("2026-10-19T00:00"))
    nothing = sources(lanternchat=LANTERN.partition("chats")[0])
    given_up = sources(fogchat=LANTERN.partition("chats")[0].replace("lanternchat", "fogchat"))
    over = sources(lanternchat=LANTERN.replace("at: 13:00", "at: 13:00\n    until: 2026-10-07"))
    for name, files in {"withdrawn": nothing, "given-up": given_up, "over": over}.items():
        folder = publish(tmp_path / name, files, before, at("2026-10-19T03:43"))
        assert b"SUMMARY:Cancelled: #lanternchat chat" in (folder / "feeds/lanternchat.ics").read_bytes()
        told = run(str(folder / "feeds"), str(folder)).stdout
        assert "Wed 21 Oct" not in told
        assert ("No difference" in told) == (name != "given-up"), told
        assert ("would vanish: it holds no coming session" in told) == (name == "given-up")


def test_a_chapter_that_is_over_takes_a_new_name_once_though_its_past_keeps_the_old_one(tmp_path: Path) -> None:
    over = LANTERN.replace("at: 13:00", "at: 13:00\n    until: 2026-10-14")
    before = built(sources(lanternchat=over), at("2026-10-01T00:00"))
    renamed = over.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]")
    publish(tmp_path, sources(lampchat=renamed), before)
    assert run(f"{tmp_path}/feeds", str(tmp_path)).stdout == "No difference: subscribers see no change.\n"


def test_two_folders_of_feeds_are_compared_as_far_as_they_reach(tmp_path: Path) -> None:
    calendar = CALENDAR + "ahead: 24 months\n"
    edited = LANTERN + "sessions: {2028-09-06: {cancelled: Storm}}\n"
    before, after = (
        publish(tmp_path / name, sources(calendar, lanternchat=text)) for name, text in (("a", LANTERN), ("b", edited))
    )
    told = "#lanternchat: Wed 6 Sep 2028 13:00 (Toronto): cancelled (Storm).\n"
    assert told in run(f"{before}/feeds", f"{after}/feeds").stdout
    published = build_calendar(sources(calendar, lanternchat=LANTERN), {}, at("2026-09-30T00:00"))
    (tmp_path / "c").mkdir()
    for path, content in published.files.items():
        if path.suffix == ".ics":
            (tmp_path / "c" / path.name).write_bytes(content)
    told = "#lanternchat: every Wednesday from 4 Oct 2028, 13:00 (Toronto): added, 4 sessions.\n"
    assert told in run(f"{tmp_path}/c", f"{before}/feeds").stdout


def test_two_folders_of_feeds_are_compared_without_any_schedule(tmp_path: Path) -> None:
    before, after = published(tmp_path / "a"), published(tmp_path / "b", MOVED)
    assert TOLD in run(str(before), str(after)).stdout
    (after / "lanternchat.ics").rename(after / "lampchat.ics")
    text = run(str(before), str(after)).stdout
    assert "The feed `lanternchat` (#lanternchat The Lantern Keepers) would vanish: its subscribers would lose" in text
    assert "The feed `lampchat` appears: #lanternchat The Lantern Keepers, " in text


def test_feeds_of_chapters_without_sessions_and_with_an_id_are_told_apart(tmp_path: Path) -> None:
    files = {
        "fogchat": "hashtag: fogchat\nname: Fog\n",
        "lanternchat": LANTERN + "    id: noon\n",
        "a-b": "hashtag: ä\nname: B\ntimezone: Etc/UTC\nchats: [{every: Sunday, at: 10:00}]\n",
    }
    sides = [tmp_path / "a", tmp_path / "b"]
    for side in sides:
        side.mkdir()
        for feed, octets in built(sources(**files), at("2026-10-01T00:00")).items():
            (side / f"{feed}.ics").write_bytes(octets)
        files["fogchat"] = files["fogchat"].replace("Fog", "Fog and Horns")
        files["a-b"] = files["a-b"].replace("10:00", "11:00")
    text = run(*map(str, sides)).stdout
    assert "#fogchat: its feed is called “#fogchat Fog and Horns” instead of “#fogchat Fog”.\n" in text
    assert "#ä: every Sunday from 4 Oct to 18 Oct: 10:00 becomes 11:00 (UTC), 3 sessions.\n" in text
    assert "#lanternchat" not in text


def test_a_feed_that_is_not_ours_stops_with_3(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "all.ics").write_bytes(b"<html>")
    words = [sys.executable, "-m", "chatcal", "diff", "feeds", str(calendar_in(tmp_path / "calendar"))]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert done.stderr.endswith("all.ics: it does not begin like a calendar.\n")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Return the address of a server of the published feeds."""
    folder = published(tmp_path / "served")
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Keep quiet."""


@pytest.mark.parametrize("name", ["lanternchat", "all"])
def test_a_feed_of_a_server_is_compared_with_what_it_holds_and_no_more(
    tmp_path: Path, server: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    calendar = calendar_in(tmp_path / "calendar", MOVED)
    (calendar / "schedules" / "fogchat.yaml").write_text(LANTERN.replace("lanternchat", "fogchat"))
    text = run(f"{server}/{name}.ics", str(calendar)).stdout
    assert TOLD in text
    assert "appear" not in text
    assert ("#fogchat: every Wednesday from 21 Oct, 13:00 (Toronto): added" in text) == (name == "all")
    back = run(str(calendar), f"{server}/lanternchat.ics").stdout
    assert "Thu 5 Nov 20:00 moved back to Wed 4 Nov 13:00" in back
    assert "fogchat" not in back
    assert run(f"{server}/lanternchat.ics", f"{server}/all.ics").stdout.startswith("No difference")


# Around the sessions

SEA = CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat, fogchat]}}\nhome: https://lights.example/\n"
FOG = "hashtag: fogchat\nname: Fog\nchats: [{every: Sunday, at: evening}]\n"


def around(calendar: str, was: str = SEA, **files: str) -> str:
    """Return what is said of an edit of chatcal.yaml."""
    chapters = {"lanternchat": LANTERN, "fogchat": FOG} | files
    return changes(sources(was, **chapters), sources(calendar, **chapters))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: Lights", "title: Lamps", "  The feed of all chapters is called “Lamps” instead of “Lights”.\n"),
        (
            "title: Lights",
            "title: Lights\nabout: All of them.",
            "  The description of the combined feeds becomes “All of them.”\n",
        ),
        (
            "https://lights.example/",
            "https://new.example/",
            "  The calendar's address is https://new.example/ instead of https://lights.example/. "
            "Who subscribed there stays there: let the old address forward to the new one.\n",
        ),
        (
            "home: https://lights.example/\n",
            "",
            "  Feeds and events no longer name an address of their own; it was https://lights.example/\n",
        ),
        (
            "clocks: [Europe/London, Australia/Sydney]\n",
            "",
            "  Beside their own clock, sessions show none instead of London and Sydney.\n",
        ),
        (
            "title: Lights",
            "title: Lights\nbehind: 1 months",
            "  The feeds keep what is over for 1 month instead of 3.\n",
        ),
        (", fogchat]", "]", "  #fogchat leaves the feed `sea`, and with it 54 coming sessions.\n"),
        ("sea:", "ocean:", "  The feed `ocean` appears: Sea, 108 coming sessions.\n"),
        (
            "title: Sea,",
            "title: Sea, formerly: [lake],",
            "  The feed `lake` appears: a former name of `sea`, 108 coming sessions.\n",
        ),
    ],
)
def test_what_chatcal_yaml_changes_is_told(old: str, new: str, told: str) -> None:
    assert old in SEA
    assert told in around(SEA.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: Lights", "title: Lamps", "The feed of all chapters is called “Lamps” instead of “Lights”."),
        ("title: Sea", "title: Ocean", "The feed `sea` is called “Ocean” instead of “Sea”."),
        ("fogchat]", "fogchat, glowchat]", "#glowchat enters the feed `sea`, with 2 coming sessions."),
        (", fogchat]", "]", "#fogchat leaves the feed `sea`, and with it 54 coming sessions."),
    ],
)
def test_what_changes_of_a_collection_is_told_of_published_feeds_too(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    glow = "hashtag: glowchat\nname: Glow\nchats: [{dates: [2026-12-01, 2026-12-02], at: evening}]\n"
    before, after = (
        sources(text, lanternchat=LANTERN, fogchat=FOG, glowchat=glow) for text in (SEA, SEA.replace(old, new))
    )
    was, now = publish(tmp_path / "was", before), publish(tmp_path / "now", after)
    told = f"Subscribers will see:\n  {told}\n"
    assert changes(before, after) == told
    assert run(f"{was}/feeds", f"{now}/feeds").stdout == told
    assert run(f"{was}/feeds", str(now)).stdout == told
    assert run(f"{now}/feeds", str(now)).stdout == "No difference: subscribers see no change.\n"


def publish(
    folder: Path, files: Mapping[str, bytes | None], before: Mapping[str, bytes] = {}, now: datetime = NOW
) -> Path:
    """Write a calendar and all that is published of it into a folder; takes what was published before."""
    made = build_calendar(files, before, now, BuildOptions(allow_shrink=True)).files
    for path, content in {**files, **{f"{path}": content for path, content in made.items()}}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content or b"")
    return folder


def test_the_session_that_stays_in_a_collection_so_that_it_is_not_empty_is_told_of_no_more(tmp_path: Path) -> None:
    empty = {"lanternchat": LANTERN, "fogchat": FOG.partition("chats")[0]}
    before = built(sources(SEA.replace(", fogchat", ""), **empty), at("2026-10-01T00:00"))
    publish(tmp_path, sources(SEA.replace("lanternchat, ", ""), **empty), before)
    assert "No difference" in run(f"{tmp_path}/feeds", str(tmp_path)).stdout


def test_a_deleted_collection_that_holds_only_what_is_over_loses_no_coming_session(tmp_path: Path) -> None:
    before = built(sources(SEA, lanternchat=LANTERN, fogchat=FOG), at("2026-10-01T00:00"))
    publish(tmp_path, sources(lanternchat=LANTERN, fogchat=FOG), before)
    told = run(f"{tmp_path}/feeds", str(tmp_path)).stdout
    assert "The feed `sea` (Sea) would vanish: it holds no coming session." in told


def test_hidden_unconfirmed_sessions_leave() -> None:
    text = around(SEA + "unconfirmed: hide\n", lanternchat=LANTERN + "confirmed: 2025-05-01\n")
    assert "#lanternchat: every Wednesday from 4 Nov, 13:00 (Toronto): removed, 52 sessions." in text


def test_the_next_sessions_show_what_is_special() -> None:
    text = changes(
        sources(lanternchat=LANTERN),
        sources(lanternchat=LANTERN + "confirmed: 2025-04-22\nsessions: {2026-10-21: {cancelled: Fog}}\n"),
    )
    assert "  Wed 21 Oct 13:00 (Toronto)  17:00 UTC  #lanternchat chat (cancelled)\n" in text
    assert "  Wed 28 Oct 13:00 (Toronto)  17:00 UTC  #lanternchat chat (unconfirmed)\n" in text
    assert "(Toronto): marked as unconfirmed, " in text


def test_a_chapter_without_sessions_comes_and_goes_and_describes_itself() -> None:
    bare = {"lanternchat": LANTERN}
    fog = "hashtag: fogchat\nname: Fog\n"
    assert "#fogchat: enters the calendar.\n" in changes(sources(**bare), sources(**bare, fogchat=fog))
    gone = changes(sources(**bare, fogchat=fog), sources(**bare))
    assert "#fogchat: leaves the calendar.\n" in gone
    assert "The feed `fogchat` (#fogchat Fog) would vanish: it holds no coming session.\n" in gone
    about = changes(sources(**bare, fogchat=fog), sources(**bare, fogchat=fog + "about: Of horns.\n"))
    assert "#fogchat: its feed's description becomes “Of horns.”\n" in about


def test_a_hashtag_in_other_letters_keeps_its_feed() -> None:
    text = changes(
        sources(lanternchat=LANTERN), sources(lanternchat=LANTERN.replace("hashtag: lantern", "hashtag: Lantern"))
    )
    assert "#LanternChat" not in text
    assert "#Lanternchat: formerly #lanternchat; 54 coming sessions take the new name.\n" in text


def test_a_schedule_that_changes_out_of_reach_changes_the_page() -> None:
    old = "  - {every: Friday, at: 10:00, until: 2012}\n"
    came = changes(sources(lanternchat=LANTERN), sources(lanternchat=LANTERN + old))
    assert "On pages only:\n  #lanternchat: its page will say: “Every Friday, 10:00 to 11:00 in Toronto" in came
    went = changes(sources(lanternchat=LANTERN + old), sources(lanternchat=LANTERN))
    assert "#lanternchat: its page will no longer say: “Every Friday" in went


def test_the_record_of_long_ago_is_told_with_a_few_examples() -> None:
    lines = "".join(f"  2025-01-{day:02}: {{topic: Lamp}}\n" for day in (1, 8, 15, 22, 29))
    record = changes(sources(lanternchat=LANTERN), sources(lanternchat=f"{LANTERN}sessions:\n{lines}"))
    assert record.count("#lanternchat: the page will say: Wed ") == 3
    assert "#lanternchat: the page will say the like of 2 more days.\n" in record
    unsaid = changes(sources(lanternchat=f"{LANTERN}sessions:\n{lines}"), sources(lanternchat=LANTERN))
    assert "#lanternchat: the page will no longer say: Wed 1 Jan 2025: the topic is “Lamp”.\n" in unsaid


def test_a_transcript_that_goes_is_told() -> None:
    kept = LANTERN + "sessions:\n  2026-10-14: {transcript: https://lantern.example/14}\n"
    with_it = kept + "  2026-10-07: {transcript: https://lantern.example/7}\n"
    text = changes(sources(lanternchat=with_it), sources(lanternchat=kept))
    assert text.count("transcript") == 1
    assert "#lanternchat: its page no longer links a transcript of Wed 7 Oct.\n" in text


def test_nothing_a_person_wrote_is_markup_or_calls_somebody() -> None:
    edit = LANTERN + "sessions:\n  2026-11-04: {topic: '<b>*a*_b_ [c](d) `e` | @ada snake_case ~ & \\ #1'}\n"
    found, problems = compare_sources(
        Source(schedule_files=sources(lanternchat=LANTERN)), Source(schedule_files=sources(lanternchat=edit)), NOW
    )
    text = render.render_difference(found, problems, {}, "markdown")
    assert r"\<b\>\*a\*\_b\_ \[c\](d) \`e\` \| @<!-- -->ada snake_case \~ \& \\ #<!-- -->1" in text
    assert render.format_code_block("a ```` b") == "`````text\na ```` b\n`````"


if __name__ == "__main__":
    for one in CASES:
        case = read_case(one)
        case = replace(case, text=case.said("text"), markdown=case.said("markdown"))
        one.write_bytes(case.written().encode())
    PAGE.write_bytes(page().encode())
