"""Files as a git repository has them: those of a revision, and the revision that a branch began at."""

import shutil
import subprocess
from pathlib import Path


class NoRevision(Exception):  # noqa: N818 - it says what is missing, as other answers do
    """Raised where a repository has no such revision, or there is no repository."""


_MAIN = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main", "refs/remotes/origin/master",
         "refs/heads/master")  # fmt: skip
"""Where the main branch stands, the likeliest first."""

_LINK = "120000"
_FILES = ("100644", "100755", "100664")
"""The modes of files in a tree (gitformat-index); 100664 is one of old."""


def commit(folder: Path, revision: str) -> str:
    """Return the name of the commit that a revision stands for (gitrevisions).

    Raises NoRevision where there is none, or no repository; OSError where git cannot be run.
    """
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise NoRevision(f"git knows no revision `{revision}` here.")
    return found.decode().strip()


def merge_base(folder: Path) -> str:
    """Return the commit at which the present branch left the main one; raises as `commit` does."""
    if _git(folder, "rev-parse", "--git-dir") is None:
        raise NoRevision("This is no git repository.")
    for name in _MAIN:
        if _git(folder, "rev-parse", "--verify", "--quiet", name) is not None:
            base = _git(folder, "merge-base", "HEAD", name)
            if base is None:
                raise NoRevision(f"git knows of no commit from which both this branch and {name} came.")
            return base.decode().strip()
    raise NoRevision("There is no branch `main` to compare with.")


def files(folder: Path, revision: str, *paths: str) -> dict[str, bytes | None]:
    """Return the files at a commit that are, or are below, one of the paths, by their paths below the folder.

    None stands for a symbolic link. The folder may be any of the repository. Raises as `commit` does.
    """
    name = commit(folder, revision)
    listed = _git(folder, "ls-tree", "-r", "-z", name, "--", *paths) or b""
    found: dict[str, bytes | None] = {}
    blobs = {}
    for entry in listed.split(b"\0")[:-1]:
        about, _, path = entry.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        if mode == _LINK:
            found[path.decode("utf-8", "replace")] = None
        elif mode in _FILES:
            blobs[path.decode("utf-8", "replace")] = blob
    return dict(sorted((found | _contents(folder, blobs)).items()))


def _contents(folder: Path, blobs: dict[str, str]) -> dict[str, bytes]:
    """Return the octets of blobs, all from one run of git."""
    wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    rest = (_git(folder, "cat-file", "--batch", given=wanted) or b"") if blobs else b""
    found = {}
    for path in blobs:
        head, _, rest = rest.partition(b"\n")
        size = int(head.split()[2])
        found[path], rest = rest[:size], rest[size + 1 :]
    return found


def _git(folder: Path, *words: str, given: bytes = b"") -> bytes | None:
    """Return what git prints; None where it fails."""
    program = shutil.which("git")
    if program is None:
        raise FileNotFoundError("git is needed to compare with a revision, and is not installed")
    done = subprocess.run([program, *words], cwd=folder, input=given, capture_output=True, check=False)
    if b"dubious ownership" in done.stderr:
        raise PermissionError(f"git refuses to read the repository in {folder}, which belongs to somebody else")
    return done.stdout if done.returncode == 0 else None
