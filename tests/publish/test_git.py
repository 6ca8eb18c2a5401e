"""Files as a git repository has them, asked of a real one."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chatcal.publish import build, git
from chatcal.publish.sources import add_entries_before, read_revision, sort_by_edit
from tests.support.calendars import CALENDAR, LANTERN, at, sources

Run = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Make a repository in the temporary folder, stand in it, and return a function that runs git there."""
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@lantern.example")

    def run(*words: str) -> str:
        program = shutil.which("git") or "git"
        return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout.strip()

    run("init", "--quiet", "--initial-branch", "main")
    return run


def commit(repository: Run, **files: str) -> str:
    """Write files, commit all there is, and return the commit."""
    for name, text in files.items():
        path = Path(name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    repository("add", "--all")
    repository("commit", "--quiet", "--allow-empty", "--message", "x")
    return repository("rev-parse", "HEAD")


def test_the_files_of_a_revision_are_those_of_then(repository: Run, tmp_path: Path) -> None:
    commit(repository, chatcal="one", schedules__a="a\n", other__b="b")
    (tmp_path / "schedules" / "empty.yaml").write_bytes(b"")
    (tmp_path / "schedules" / "mit Umlaut ä.yaml").write_bytes(b"\x00\xff\n\n")
    commit(repository, chatcal="two")
    commit(repository, chatcal="three")
    assert git.read_files(tmp_path, "HEAD~2", "chatcal.yaml", "schedules") == {
        "chatcal.yaml": b"one",
        "schedules/a.yaml": b"a\n",
    }
    assert git.read_files(tmp_path, "main~1", "chatcal.yaml", "schedules") == {
        "chatcal.yaml": b"two",
        "schedules/a.yaml": b"a\n",
        "schedules/empty.yaml": b"",
        "schedules/mit Umlaut ä.yaml": b"\x00\xff\n\n",
    }
    assert git.read_files(tmp_path, "HEAD", "nowhere") == {}


def test_a_calendar_may_stand_in_a_folder_of_its_repository(repository: Run, tmp_path: Path) -> None:
    commit(repository, calendar__chatcal="inner", chatcal="outer")
    assert git.read_files(tmp_path / "calendar", "HEAD", "chatcal.yaml") == {"chatcal.yaml": b"inner"}


def test_a_symbolic_link_is_none_and_another_repository_is_nothing(repository: Run, tmp_path: Path) -> None:
    commit(repository, schedules__a="a")
    blob = repository("hash-object", "-w", "schedules/a.yaml")
    head = repository("rev-parse", "HEAD")
    repository("update-index", "--add", "--cacheinfo", f"120000,{blob},schedules/link.yaml")
    repository("update-index", "--add", "--cacheinfo", f"160000,{head},schedules/module.yaml")
    repository("commit", "--quiet", "--message", "x")
    assert git.read_files(tmp_path, "HEAD", "schedules") == {"schedules/a.yaml": b"a", "schedules/link.yaml": None}


def test_a_link_in_place_of_the_schedules_is_not_passed_over(repository: Run, tmp_path: Path) -> None:
    commit(repository, chatcal="one")
    blob = repository("hash-object", "-w", "chatcal.yaml")
    repository("update-index", "--add", "--cacheinfo", f"120000,{blob},schedules")
    repository("commit", "--quiet", "--message", "x")
    assert read_revision(tmp_path, "HEAD") == {"chatcal.yaml": b"one", "schedules": None}


@pytest.mark.parametrize("name", ["nope", "--all", "-h", "HEAD~9", "HEAD:schedules"])
def test_a_revision_that_is_none_is_said(repository: Run, tmp_path: Path, name: str) -> None:
    commit(repository, schedules__a="a")
    with pytest.raises(git.RevisionError, match=f"git knows no revision `{name}` here"):
        git.read_files(tmp_path, name, "schedules")


@pytest.mark.parametrize("there", ["main", "origin/main", "origin/HEAD", "master"])
def test_a_branch_began_where_it_left_the_main_one(repository: Run, tmp_path: Path, there: str) -> None:
    began = commit(repository, schedules__a="a")
    repository("switch", "--quiet", "--create", "mine")
    commit(repository, schedules__a="mine")
    repository("branch", "--quiet", "--move", "main", "trunk")
    repository("switch", "--quiet", "trunk")
    commit(repository, schedules__b="b")
    repository("switch", "--quiet", "mine")
    place = f"refs/remotes/{there}" if "/" in there else f"refs/heads/{there}"
    repository("update-ref", place, "trunk")
    assert git.find_merge_base(tmp_path) == began


def test_without_a_main_branch_or_a_common_past_it_says_so(repository: Run, tmp_path: Path) -> None:
    commit(repository, schedules__a="a")
    repository("switch", "--quiet", "--orphan", "other")
    commit(repository, schedules__b="b")
    with pytest.raises(git.RevisionError, match="no commit from which both this branch and refs/heads/main came"):
        git.find_merge_base(tmp_path)
    repository("branch", "--quiet", "-D", "main")
    with pytest.raises(git.RevisionError, match="no branch `main`"):
        git.find_merge_base(tmp_path)


def test_a_folder_that_is_no_repository_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(git.RevisionError, match="not a git repository"):
        git.find_merge_base(tmp_path)


def test_a_repository_of_somebody_else_is_said(
    repository: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, schedules__a="a")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(OSError, match="belongs to somebody else"):
        git.find_commit(tmp_path, "HEAD")


def test_without_git_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="git is needed"):
        git.find_commit(tmp_path, "HEAD")


def test_an_edit_began_where_its_branch_did_or_at_the_first_parent_of_a_merge(repository: Run, tmp_path: Path) -> None:
    with pytest.raises(git.RevisionError):
        git.find_edit_base(tmp_path)
    base = commit(repository, chatcal="one")
    repository("checkout", "--quiet", "-b", "edit")
    tip = commit(repository, chatcal="two")
    assert git.find_edit_base(tmp_path) == base
    repository("checkout", "--quiet", "main")
    main = commit(repository, other="x")
    assert git.find_edit_base(tmp_path) == main
    repository("merge", "--quiet", "--no-edit", "edit")
    assert git.find_edit_base(tmp_path) == main
    repository("checkout", "--quiet", tip)
    repository("branch", "--quiet", "-D", "main", "edit")
    assert git.find_edit_base(tmp_path) == tip


def test_files_are_listed_by_their_last_edit_what_is_not_committed_first(repository: Run, tmp_path: Path) -> None:
    commit(repository, cal__schedules__a="1", cal__schedules__b="1", cal__schedules__c="1", cal__schedules__d="1")
    commit(repository, cal__schedules__c="2", other="x")
    commit(repository, cal__schedules__b="2")
    folder = tmp_path / "cal"
    (folder / "schedules" / "d.yaml").write_text("2")
    (folder / "schedules" / "neu ä.yaml").write_text("1")
    names = [f"schedules/{name}.yaml" for name in ("d", "neu ä", "b", "c", "a")]
    assert git.list_by_edit(folder, "schedules") == names
    assert sort_by_edit(folder, sorted(names)) == names


def test_without_git_files_are_listed_by_the_time_that_the_disk_has(tmp_path: Path) -> None:
    (tmp_path / "schedules").mkdir()
    names = [f"schedules/{name}.yaml" for name in "abc"]
    for name, moment in zip(names, (100, 300, 200), strict=True):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (moment, moment))
    gone = "schedules/gone.yaml"
    assert sort_by_edit(tmp_path, [*names, gone]) == [names[1], names[2], names[0], gone]


def test_entries_before_the_edit_are_those_of_the_commit_it_began_from(repository: Run, tmp_path: Path) -> None:
    breaks = "breaks: [{from: 2025-12-20, until: 2026-01-06}]\n"
    old = f"{LANTERN}{breaks}sessions:\n  2024-12-25: cancelled\n"
    mist = LANTERN.replace("lanternchat", "mistchat").replace("every: Wednesday", "dates: [2026-12-03, 2025-12-03]")
    files = {"schedules__lanternchat": old, "schedules__mistchat": mist, "schedules__fogchat": "hashtag: [\n"}
    commit(repository, chatcal=CALENDAR, **files)
    new = f"{old}  2025-12-24: cancelled\n"
    fog = f"{LANTERN}{breaks}".replace("lanternchat", "fogchat")
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(new)
    project, _ = build.read_project(sources(lanternchat=new, fogchat=fog, mistchat=mist), {}, at("2026-11-28T00:00"))
    assert project is not None
    known = frozenset({(date(2024, 12, 25), None), (date(2025, 12, 20), "until 2026-01-06")})
    listed = frozenset((date(year, 12, 3), "under `dates`") for year in (2025, 2026))
    assert add_entries_before(project, tmp_path).entries_before == {
        "schedules/lanternchat.yaml": known,
        "schedules/mistchat.yaml": listed,
    }
    assert add_entries_before(replace(project, chapters={}), tmp_path).entries_before == {}
    calendar = replace(project.calendar, breaks=project.chapters["fogchat"].breaks)
    shared = add_entries_before(replace(project, chapters={}, calendar=calendar), tmp_path)
    assert shared.entries_before == {"chatcal.yaml": frozenset()}
