"""Files as a git repository has them, asked of a real one."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chatcal.publish import git
from chatcal.publish.sources import read_revision

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
