"""Files as a git repository has them: those of a revision, and the revision that a branch began at."""

import shutil
import subprocess
from pathlib import Path


class RevisionError(Exception):
    """Raised where a repository has no such revision, or there is no repository."""


_MAIN_BRANCHES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/heads/main",
    "refs/remotes/origin/master",
    "refs/heads/master",
)
"""Where the main branch stands, the likeliest first."""
_LINK_MODE = "120000"


_FILE_MODES = ("100644", "100755", "100664")
"""The modes of files in a tree (gitformat-index); 100664 is one of old."""


def find_commit(folder: Path, revision: str) -> str:
    """Return the name of the commit that a revision stands for (gitrevisions).

    Raises NoRevision where there is none, or no repository; OSError where git cannot be run.
    """
    found = _run_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise RevisionError(f"git knows no revision `{revision}` here.")
    return found.decode().strip()


def find_merge_base(folder: Path) -> str:
    """Return the commit at which the present branch left the main one; raises as `commit` does."""
    if _run_git(folder, "rev-parse", "--git-dir") is None:
        raise RevisionError("This is no git repository.")
    for name in _MAIN_BRANCHES:
        if _run_git(folder, "rev-parse", "--verify", "--quiet", name) is not None:
            base = _run_git(folder, "merge-base", "HEAD", name)
            if base is None:
                raise RevisionError(f"git knows of no commit from which both this branch and {name} came.")
            return base.decode().strip()
    raise RevisionError("There is no branch `main` to compare with.")


def read_files(folder: Path, revision: str, *paths: str) -> dict[str, bytes | None]:
    """Return the files at a commit that are, or are below, one of the paths, by their paths below the folder.

    None stands for a symbolic link. The folder may be any of the repository. Raises as `commit` does.
    """
    name = find_commit(folder, revision)
    listed = _run_git(folder, "ls-tree", "-r", "-z", name, "--", *paths) or b""
    found: dict[str, bytes | None] = {}
    blobs = {}
    for entry in listed.split(b"\0")[:-1]:
        about, _, path = entry.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        if mode == _LINK_MODE:
            found[path.decode("utf-8", "replace")] = None
        elif mode in _FILE_MODES:
            blobs[path.decode("utf-8", "replace")] = blob
    return dict(sorted((found | _read_blobs(folder, blobs)).items()))


def _read_blobs(folder: Path, blobs: dict[str, str]) -> dict[str, bytes]:
    """Return the octets of blobs, all from one run of git."""
    wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    rest = (_run_git(folder, "cat-file", "--batch", given=wanted) or b"") if blobs else b""
    found = {}
    for path in blobs:
        head, _, rest = rest.partition(b"\n")
        size = int(head.split()[2])
        found[path], rest = rest[:size], rest[size + 1 :]
    return found


def _run_git(folder: Path, *words: str, given: bytes = b"") -> bytes | None:
    """Return what git prints; None where it fails."""
    program = shutil.which("git")
    if program is None:
        raise FileNotFoundError("git is needed to compare with a revision, and is not installed")
    done = subprocess.run([program, *words], cwd=folder, input=given, capture_output=True, check=False)
    if b"dubious ownership" in done.stderr:
        raise PermissionError(f"git refuses to read the repository in {folder}, which belongs to somebody else")
    return done.stdout if done.returncode == 0 else None
