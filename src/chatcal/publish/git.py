"""The files of a revision in a git repository, and the commit where a branch began."""

import shutil
import subprocess
from contextlib import suppress
from datetime import date
from pathlib import Path

from chatcal.english import format_day

_MAIN_BRANCHES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/heads/main",
    "refs/remotes/origin/master",
    "refs/heads/master",
)
"""The main branch, the likeliest first."""

_LINK_MODE = "120000"
_FILE_MODES = ("100644", "100755", "100664")
"""The modes of files in a tree (gitformat-index); old programs wrote 100664."""


class RevisionError(Exception):
    """There is no such revision, or no repository."""


def find_commit(folder: Path, revision: str) -> str:
    """Return the commit of a revision (gitrevisions). Raises RevisionError, and OSError where git cannot be run."""
    found = _run_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise RevisionError(f"git knows no revision `{revision}` here.")
    return found.decode().strip()


def describe_commit(folder: Path, revision: str) -> str:
    """Return a commit as `1a2b3c4 of 28 Nov 2026`. Raises what `find_commit` does."""
    commit = find_commit(folder, revision)
    short, _, day = (_run_git(folder, "show", "--no-patch", "--format=%h %cs", commit) or b"").decode().partition(" ")
    return f"{short} of {format_day(date.fromisoformat(day.strip())).partition(' ')[2]}"


def find_merge_base(folder: Path) -> str:
    """Return the commit where the present branch left the main one; raises what `find_commit` does."""
    for name in _MAIN_BRANCHES:
        if _run_git(folder, "rev-parse", "--verify", "--quiet", name) is not None:
            base = _run_git(folder, "merge-base", "HEAD", name)
            if base is None:
                raise RevisionError(f"git knows of no commit from which both this branch and {name} came.")
            return base.decode().strip()
    if _run_git(folder, "rev-parse", "--git-dir") is None:
        raise RevisionError("This is not a git repository.")
    raise RevisionError("There is no branch `main` to compare with.")


def find_edit_base(folder: Path) -> str:
    """Return the commit that the present edit began from: of a merge its first parent, or where the branch began.

    Without a main branch it is the present commit. Raises RevisionError where there is none, and OSError.
    """
    found = _run_git(folder, "rev-list", "--parents", "--max-count=1", "HEAD")
    if found is None:
        raise RevisionError("There is no commit here.")
    parents = found.decode().split()[1:]
    if len(parents) > 1:
        return parents[0]
    with suppress(RevisionError):
        return find_merge_base(folder)
    return find_commit(folder, "HEAD")


def list_by_edit(folder: Path, *paths: str) -> list[str]:
    """Return the files at or below the paths, the last edited first, as far as git knows: first what is not committed.

    Raises OSError where git cannot be run.
    """
    status = _run_git(folder, "status", "--porcelain", "--no-renames", "-uall", "-z", "--", *paths)
    if status is None:
        return []
    prefix = (_run_git(folder, "rev-parse", "--show-prefix") or b"").strip()
    edited = [entry[3:].removeprefix(prefix) for entry in status.split(b"\0")]
    logged = _run_git(folder, "log", "--format=", "--name-only", "--relative", "-z", "--", *paths) or b""
    names = dict.fromkeys(name for name in (*edited, *logged.split(b"\0")) if name)
    return [name.decode("utf-8", "replace").strip("\n") for name in names]


def read_files(folder: Path, revision: str, *paths: str) -> dict[str, bytes | None]:
    """Return the files of a revision at or below the paths, by their path below the folder; None is a symbolic link.

    The folder may be any of the repository. Raises what `find_commit` does.
    """
    listed = _run_git(folder, "ls-tree", "-r", "-z", find_commit(folder, revision), "--", *paths) or b""
    found: dict[str, bytes | None] = {}
    blobs: dict[str, str] = {}
    for entry in listed.decode("utf-8", "replace").split("\0")[:-1]:
        about, _, path = entry.partition("\t")
        mode, _, blob = about.split(" ")
        if mode in (_LINK_MODE, *_FILE_MODES):
            found[path] = None
        if mode in _FILE_MODES:
            blobs[path] = blob
    # One run of git prints all blobs, each after a line with its size.
    given = "\n".join(blobs.values()).encode()
    rest = (_run_git(folder, "cat-file", "--batch=%(objectsize)", given=given) if blobs else None) or b""
    for path in blobs:
        size, _, rest = rest.partition(b"\n")
        found[path], rest = rest[: int(size)], rest[int(size) + 1 :]
    return dict(sorted(found.items()))


def _run_git(folder: Path, *words: str, given: bytes = b"") -> bytes | None:
    """Return what git prints; None where it fails."""
    program = shutil.which("git")
    if program is None:
        raise FileNotFoundError("git is needed to compare with a revision, and is not installed")
    done = subprocess.run([program, *words], cwd=folder, input=given, capture_output=True, check=False)
    if b"dubious ownership" in done.stderr:
        raise PermissionError(f"git refuses to read the repository in {folder}, which belongs to somebody else")
    return done.stdout if done.returncode == 0 else None
