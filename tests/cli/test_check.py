"""What `check` shows of all schedules, and of some."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_cli import NOW, calendar, run
from tests.support.calendars import LANTERN

__all__ = ["calendar"]


def add_chapters(folder: Path, count: int, after: str = "") -> list[str]:
    """Add chapters, each edited a second later than the one before, and return their slugs."""
    slugs = [f"fog{letter}chat" for letter in "abcdefghij"[:count]]
    for number, slug in enumerate(slugs):
        file = folder / "schedules" / f"{slug}.yaml"
        file.write_text(LANTERN.replace("lanternchat", slug) + after)
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))
    os.utime(folder / "schedules" / "lanternchat.yaml", (1_600_000_000, 1_600_000_000))
    return slugs


@pytest.mark.parametrize("name", ["lanternchat", "#lanternchat", "LanternChat", "lightchat", "#lightchat"])
def test_check_of_a_chapter_shows_its_problems_alone_whichever_name_it_is_given(calendar: Path, name: str) -> None:
    add_chapters(calendar, 5)
    (calendar / "schedules" / "lanternchat.yaml").write_text(f"{LANTERN}formerly: [lightchat]\n")
    result = run("check", name, *NOW)
    assert result.exit_code == 0
    assert result.stdout.count(": notice: ") == 1
    assert result.stdout.startswith("schedules/lanternchat.yaml:1:1: notice: The profile of #lanternchat")
    assert "  hint: Add what a source states" in result.stdout


def test_check_of_several_chapters_and_files_shows_each_problem_in_full(calendar: Path) -> None:
    slugs = add_chapters(calendar, 5)
    result = run("check", *slugs[:3], "schedules/lanternchat.yaml", f"{slugs[4]}.yml", *NOW)
    assert result.exit_code == 2
    result = run("check", *slugs[:4], "schedules/lanternchat.yaml", *NOW)
    assert result.stdout.count("  hint: ") == 5
    assert "last edited first" not in result.stdout


def test_check_of_a_chapter_with_errors_shows_them(calendar: Path) -> None:
    add_chapters(calendar, 2)
    (calendar / "schedules" / "fogachat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
    assert run("check", "fogachat", *NOW).exit_code == 1
    assert "fogachat.yaml:6:9: error" in run("check", "FogAChat", *NOW).stdout
    assert run("check", "fogbchat", *NOW).exit_code == 0


def test_check_of_a_chapter_that_is_not_there_names_the_nearest(calendar: Path) -> None:
    result = run("check", "lantrnchat", *NOW)
    assert result.exit_code == 2
    assert "There is no chapter `lantrnchat`. Did you mean `lanternchat`?" in result.stderr
    assert run("check", "schedules/lantrnchat.yaml", *NOW).exit_code == 2
    assert (calendar / "schedules").is_dir()


def test_check_of_a_chapter_shows_what_is_wrong_with_the_calendar_if_that_cannot_be_read(calendar: Path) -> None:
    (calendar / "chatcal.yaml").write_text("title: Lights\n")
    result = run("check", "lanternchat", *NOW)
    assert result.exit_code == 1
    assert "chatcal.yaml:1:1: error" in result.stdout


def test_notices_of_one_kind_over_many_chapters_are_one_line_the_last_edited_first(calendar: Path) -> None:
    add_chapters(calendar, 3)
    few = run("check", *NOW).stdout
    assert "last edited first" in few
    add_chapters(calendar, 10, "confirmed: 2020-01-01\n")
    result = run("check", *NOW)
    assert result.exit_code == 0
    assert result.stderr == "12 files read: 21 notices.\n"
    *kinds, hint = result.stdout.splitlines()
    profile, unconfirmed = kinds
    first = "fogjchat, fogichat, foghchat, foggchat, fogfchat"
    assert profile.startswith(
        f"notice: 11 chapters, last edited first: {first} and 6 more. Of fogjchat: The profile of"
    )
    assert profile.endswith("[profile]")
    assert unconfirmed.startswith(f"notice: 10 chapters, last edited first: {first} and 5 more. Of fogjchat: ")
    assert hint == "  hint: `chatcal check CHAPTER` shows those of one chapter, with what to write."
    assert run("check", "--format", "json", *NOW).stdout.count('"code"') == 21


def test_notices_of_few_chapters_are_shown_with_their_lines(calendar: Path) -> None:
    add_chapters(calendar, 2)
    assert run("check", *NOW).stdout.count("  hint: Add what a source states") == 3


def test_check_asks_git_which_entries_of_long_ago_are_new(calendar: Path) -> None:
    def git(*words: str) -> None:
        names = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        subprocess.run([shutil.which("git") or "git", *words], cwd=calendar, check=True, env={**os.environ, **names})

    git("init", "--quiet", "--initial-branch", "main")
    file = calendar / "schedules" / "lanternchat.yaml"
    old = f"{LANTERN}sessions:\n  2025-04-02: cancelled\n"
    file.write_text(old)
    assert "[old-entry]" in run("check", *NOW).stdout
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")
    assert "[old-entry]" not in run("check", *NOW).stdout
    file.write_text(f"{old}  2025-04-09: cancelled\n")
    assert run("check", *NOW).stdout.count("[old-entry]") == 1


@pytest.mark.parametrize("name", ["fogchat.yaml.txt", "fogchat.YML.txt"])
def test_a_file_whose_ending_was_hidden_when_it_was_saved_is_not_passed_over(calendar: Path, name: str) -> None:
    (calendar / "schedules" / name).write_text("name: Fog\nnote: Soon.\n")
    result = run("check", *NOW)
    assert result.exit_code == 1
    assert f"schedules/{name}:1:1: error: `{name}` cannot be the name of a feed." in result.stdout
    assert "Rename the file." in result.stdout
    assert "Here perhaps: `fogchat`." in result.stdout
