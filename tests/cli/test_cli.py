"""The command line, as a person runs it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from chatcal import cli, files
from chatcal.__main__ import main
from chatcal.problems import FeedError
from tests.support.calendars import CALENDAR, LANTERN

NOW = ["--now", "2026-03-01T00:00:00Z"]


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds a calendar of one chapter, and stand in it."""
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(LANTERN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    """Run chatcal within this process; what it prints goes apart to stdout and stderr."""
    return CliRunner().invoke(cli.run_chatcal, words, catch_exceptions=False)


def as_program(*words: str, cwd: Path, encoding: str = "utf-8", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run chatcal as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "chatcal", *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding=encoding,
        check=False,
    )


LETTERS = """\
hashtag: \N{CJK UNIFIED IDEOGRAPH-706F}\N{CJK UNIFIED IDEOGRAPH-53F0}
name: Les Éclaireurs \N{RIGHTWARDS ARROW} 灯台
timezone: Asia/Tokyo
chats: [{every: Friday, at: 20:00, topic: "灯 \N{EN DASH} \N{GRINNING FACE}"}]
"""
COMMANDS = [
    ("check",), ("show", "todai"), ("next",), ("diff",), ("unconfirmed",), ("check", "schedules/灯.yaml"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_console_that_lacks_letters_shows_question_marks_in_their_place(
    calendar: Path, command: tuple[str, ...]
) -> None:
    (calendar / "schedules" / "todai.yaml").write_text(LETTERS, "utf-8")
    (calendar / "feeds").mkdir()
    moment = () if command[0] == "unconfirmed" else NOW
    plain = as_program(*command, *moment, cwd=calendar, PYTHONIOENCODING="utf-8")
    poor = as_program(*command, *moment, cwd=calendar, encoding="cp1252", PYTHONIOENCODING="cp1252")
    shown = [text.encode("cp1252", "replace").decode("cp1252") for text in (plain.stdout, plain.stderr)]
    assert [poor.stdout, poor.stderr, poor.returncode] == [*shown, plain.returncode]


@pytest.mark.slow
def test_json_is_whole_on_any_console(calendar: Path) -> None:
    (calendar / "schedules" / "todai.yaml").write_text(LETTERS, "utf-8")
    for encoding in ("utf-8", "cp1252"):
        done = as_program("next", "--format", "json", *NOW, cwd=calendar, PYTHONIOENCODING=encoding)
        assert "灯 \N{EN DASH} \N{GRINNING FACE}" in {one.get("topic") for one in json.loads(done.stdout)}


def wrong(calendar: Path) -> None:
    """Give the chapter a mistake."""
    (calendar / "schedules" / "lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))


@pytest.mark.usefixtures("calendar")
def test_check_says_what_is_so_and_leaves_with_0() -> None:
    result = run("check", *NOW)
    assert result.exit_code == 0
    assert "schedules/lanternchat.yaml:1:1: notice: The profile of #lanternchat has 1 of 6" in result.stdout
    assert result.stderr == "2 files read: 1 notice.\n"


def test_check_points_at_a_mistake_and_leaves_with_1(calendar: Path) -> None:
    wrong(calendar)
    result = run("check", *NOW)
    assert result.exit_code == 1
    assert result.stdout == (
        "schedules/lanternchat.yaml:6:9: error: `1pm` is not a valid clock time. [time]\n"
        "  6 |     at: 1pm\n"
        "    |         ^^^\n"
        "  hint: Write `13:00`, by the 24-hour clock.\n"
    )


def test_check_of_some_files_speaks_of_those_only(calendar: Path) -> None:
    wrong(calendar)
    (calendar / "schedules" / "fogchat.yaml").write_text("hashtag: fogchat\nname: Fog\nnote: Pending.\n")
    assert run("check", "schedules/fogchat.yaml", *NOW).exit_code == 0
    assert run("check", "schedules/lanternchat.yaml", *NOW).exit_code == 1


@pytest.mark.usefixtures("calendar")
def test_check_of_a_file_elsewhere_is_wrong_usage(tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "x.yaml"
    other.write_text("")
    for file in (str(other), "schedules/none.yaml"):
        result = run("check", file, *NOW)
        assert result.exit_code == 2
        assert "is not a schedule file of the calendar in" in result.stderr


def test_problems_can_be_had_as_json(calendar: Path) -> None:
    wrong(calendar)
    (problem,) = json.loads(run("check", "--format", "json", *NOW).stdout)
    assert problem == {
        "file": "schedules/lanternchat.yaml",
        "line": 6,
        "column": 9,
        "width": 3,
        "code": "time",
        "severity": "error",
        "message": "`1pm` is not a valid clock time.",
        "hint": "Write `13:00`, by the 24-hour clock.",
    }


def test_under_github_actions_problems_are_annotations(calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    wrong(calendar)
    assert run("check", *NOW).stdout == (
        "::error file=schedules/lanternchat.yaml,line=6,col=9,endColumn=12,title=time::"
        "`1pm` is not a valid clock time.%0AWrite `13:00`, by the 24-hour clock.\n"
    )


def test_build_writes_feeds_and_site_and_says_how_many(calendar: Path) -> None:
    result = run("build", *NOW)
    assert result.exit_code == 0
    assert result.stdout == "2 feeds in feeds/, 2 of them changed; the site is in _site/.\n"
    assert result.stderr == "1 notice; `chatcal check` shows it.\n"
    assert (calendar / "feeds" / "lanternchat.ics").read_bytes() == (
        calendar / "_site" / "lanternchat.ics"
    ).read_bytes()
    assert (calendar / "_site" / "index.html").exists()


def test_a_calendar_without_chapters_has_one_feed(calendar: Path) -> None:
    for path in (calendar / "schedules").iterdir():
        path.unlink()
    assert run("build", *NOW).stdout.startswith("1 feed in feeds/, 1 of them changed")


@pytest.mark.usefixtures("calendar")
def test_a_second_build_changes_nothing() -> None:
    run("build", *NOW)
    assert "2 feeds in feeds/, 0 of them changed" in run("build", "--now", "2026-03-01T01:00:00Z").stdout


def test_a_build_with_a_mistake_leaves_the_old_feeds(calendar: Path) -> None:
    run("build", *NOW)
    before = (calendar / "feeds" / "lanternchat.ics").read_bytes()
    wrong(calendar)
    result = run("build", *NOW)
    assert result.exit_code == 1
    assert "`1pm` is not a valid clock time." in result.stderr
    assert result.stderr.endswith("Nothing was written; the feeds stay as they were.\n")
    assert (calendar / "feeds" / "lanternchat.ics").read_bytes() == before


def test_the_calendar_is_found_from_any_folder_below_it(calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(calendar / "schedules")
    assert run("build", *NOW).exit_code == 0
    assert (calendar / "feeds" / "all.ics").exists()


def test_the_calendar_can_be_named(calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert run("-C", str(calendar), "check", *NOW).exit_code == 0
    assert run("-C", str(calendar), "check", "schedules/lanternchat.yaml", *NOW).exit_code == 0


def test_without_a_calendar_it_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert result.exit_code == 2
    assert "There is no chatcal.yaml in" in result.stderr
    assert "To begin a calendar here: chatcal init" in " ".join(result.stderr.split())


@pytest.mark.parametrize("name", ["chatcal.yml", "Chatcal.yaml.txt"])
def test_a_calendar_whose_file_has_another_name_is_told_to_rename_it(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(CALENDAR)
    result = CliRunner().invoke(cli.run_chatcal, ["-C", str(tmp_path), "check"])
    assert result.exit_code == 2
    assert f"There is {name}: rename it." in " ".join(result.stderr.split())
    assert "init" not in result.stderr.partition("Error")[2]


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("yesterday", "is not a moment"),
        ("2026-03-01T00:00", "Add a Z for UTC: 2026-03-01T00:00Z"),
        ("9999-12-31T00:00:00Z", "is out of range"),
    ],
)
def test_a_moment_that_is_none_is_wrong_usage(moment: str, said: str) -> None:
    result = run("check", "--now", moment)
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_moment_can_come_from_the_environment(calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    run("build")
    assert b"LAST-MODIFIED:20260301T000000Z" in (calendar / "feeds" / "lanternchat.ics").read_bytes()
    for wrong_epoch in ("soon", "-1", "99999999999999"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong_epoch)
        result = run("build")
        assert result.exit_code == 2
        assert f"SOURCE_DATE_EPOCH is '{wrong_epoch}'" in result.stderr


@pytest.mark.usefixtures("calendar")
def test_without_a_moment_the_clock_gives_it() -> None:
    assert run("check").exit_code == 0


def test_a_broken_published_feed_stops_the_program_with_3(calendar: Path) -> None:
    run("build", *NOW)
    (calendar / "feeds" / "lanternchat.ics").write_bytes(b"<html>")
    result = as_program("build", *NOW, cwd=calendar)
    assert result.returncode == 3
    assert result.stderr.endswith(
        "chatcal: A published feed cannot be read, so nothing was written. "
        "feeds/lanternchat.ics: it does not begin like a calendar. Restore it from git: git checkout -- "
        "feeds/lanternchat.ics (or, where that is no better, git checkout COMMIT -- feeds/lanternchat.ics).\n"
    )
    assert (calendar / "feeds" / "lanternchat.ics").read_bytes() == b"<html>"


def test_line_ends_that_git_changed_are_told_by_their_cause(calendar: Path) -> None:
    run("build", *NOW)
    feed = calendar / "feeds" / "lanternchat.ics"
    feed.write_bytes(feed.read_bytes().replace(b"\r\n", b"\n"))
    with pytest.raises(FeedError, match=r"core\.autocrlf.*`\*\.ics -text`.*git checkout -- feeds/lanternchat\.ics"):
        run("build", *NOW)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, click.Abort])
def test_ctrl_c_ends_with_130_and_changes_nothing(
    calendar: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    def interrupt(*_: object) -> None:
        raise stop

    monkeypatch.setattr(files, "find_others", interrupt)
    result = run("build", *NOW)
    assert result.exit_code == 130
    assert result.stderr.endswith("\nchatcal: interrupted.\n")
    assert sorted(path.name for path in calendar.iterdir()) == ["chatcal.yaml", "schedules"]


INTERRUPTER = """
import os, signal, sys
wanted = sys.argv.pop(1)
class Interrupter:
    def find_spec(self, name, *_):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupter())
from chatcal.__main__ import main
main()
"""
"""Runs chatcal, and presses Ctrl+C when it imports a module."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a console, not to a program")
@pytest.mark.parametrize("module", ["chatcal.cli", "click", "chatcal.cli.build", "yaml", "chatcal.site.pages"])
def test_ctrl_c_leaves_no_traceback_while_the_program_starts(calendar: Path, module: str) -> None:
    words = [sys.executable, "-c", INTERRUPTER, module, "build", *NOW]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.splitlines()[-1]) == (130, "chatcal: interrupted.")
    assert "Traceback" not in result.stderr
    assert sorted(path.name for path in calendar.iterdir()) == ["chatcal.yaml", "schedules"]


@pytest.fixture
def handled() -> Iterator[None]:
    """Keep what Ctrl+C does to the tests."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("calendar", "handled")
def test_a_program_that_is_to_ignore_ctrl_c_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["chatcal", "check", *NOW])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("handled")
@pytest.mark.parametrize("early", [True, False])
def test_after_ctrl_c_the_program_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], early: bool
) -> None:
    class LeftError(Exception):
        pass

    def leave(code: int) -> None:
        raise LeftError(code)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt if early else SystemExit(130)

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(signal if early else cli, "getsignal" if early else "main", interrupt)
    with pytest.raises(LeftError, match="130"):
        main()
    assert capfd.readouterr().err == ("chatcal: interrupted.\n" if early else "")
    # The fixture asks too.
    monkeypatch.undo()


def test_a_disk_that_fails_stops_the_program_with_3_and_no_traceback(calendar: Path) -> None:
    (calendar / "feeds").write_text("a file stands where the folder should be")
    result = as_program("build", *NOW, cwd=calendar)
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert "feeds" in result.stderr.splitlines()[-1]


def test_a_program_that_ends_well_leaves_with_0(calendar: Path) -> None:
    result = as_program("check", *NOW, cwd=calendar)
    assert result.returncode == 0
    assert result.stderr == "2 files read: 1 notice.\n"


@pytest.mark.usefixtures("calendar")
def test_the_version_and_the_help_can_be_had() -> None:
    assert run("--version").stdout.startswith("chatcal, version ")
    said = run("--help").stdout
    assert "Exit codes: 0 fine, 1 problems" in said
    assert "build" in said
    assert "--rewrite-past" in run("build", "-h").stdout


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_its_words(shell: str) -> None:
    environment = {"_CHATCAL_COMPLETE": f"{shell}_source"}
    script = CliRunner(env=environment).invoke(cli.run_chatcal, prog_name="chatcal", complete_var="_CHATCAL_COMPLETE")
    assert "_CHATCAL_COMPLETE" in script.stdout


@pytest.fixture
def modules_of() -> Callable[[str], set[str]]:
    """Return a function that tells which modules a program of one line imports."""

    def tell(line: str) -> set[str]:
        code = f"{line}\nimport sys; print('\\n'.join(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    return tell


def test_asking_for_help_imports_nothing_heavy(modules_of: Callable[[str], set[str]]) -> None:
    heavy = {"yaml", "icalendar", "jinja2", "dateutil", "requests", "rich", "platformdirs", "tzlocal"}
    assert not heavy & modules_of("import chatcal.cli")


@pytest.mark.parametrize("command", ["check", "show", "next", "diff", "unconfirmed", "confirm", "new"])
def test_a_command_that_needs_no_network_and_no_page_imports_nothing_for_them(
    modules_of: Callable[[str], set[str]], command: str
) -> None:
    heavy = {"requests", "jinja2", "segno", "platformdirs", "tzlocal"}
    module = cli.COMMANDS[command][0].partition(".")[0]
    assert not heavy & modules_of(f"import chatcal.cli.{module}")


def test_a_build_imports_nothing_for_the_network(modules_of: Callable[[str], set[str]]) -> None:
    assert not {"requests", "urllib3", "platformdirs", "tzlocal"} & modules_of("import chatcal.cli.build")


def test_help_imports_no_command(modules_of: Callable[[str], set[str]]) -> None:
    line = "from chatcal import cli; cli.run_chatcal(['--help'], standalone_mode=False)"
    assert not {f"chatcal.cli.{place.partition('.')[0]}" for place, _ in cli.COMMANDS.values()} & modules_of(line)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_list_of_commands_says_what_the_help_of_each_begins_with(name: str) -> None:
    command = cli.run_chatcal.get_command(click.Context(cli.run_chatcal), name)
    assert command
    assert command.name == name
    assert f"{' '.join((command.help or '').split())} ".startswith(cli.COMMANDS[name][1].removesuffix("."))
    assert f"  {name} " in run("--help").stdout


def test_a_command_that_is_none_is_wrong_usage() -> None:
    result = run("chekc")
    assert result.exit_code == 2
    assert "No such command 'chekc'." in result.stderr


def test_shells_can_complete_the_names_of_commands() -> None:
    environment = {"_CHATCAL_COMPLETE": "bash_complete", "COMP_WORDS": "chatcal ch", "COMP_CWORD": "1"}
    done = CliRunner(env=environment).invoke(cli.run_chatcal, prog_name="chatcal", complete_var="_CHATCAL_COMPLETE")
    assert done.stdout == "plain,check\n"
