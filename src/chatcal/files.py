"""Read a folder; replace files of folders so that each is whole at every moment."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

_NEW_SUFFIX = ".chatcal-new"
"""The end of a file's name until it is complete."""


def read_folder_files(folder: Path, *endings: str) -> dict[str, bytes | None]:
    """Return the files below a folder with these endings by their path from there, sorted; None is a symbolic link.

    A folder that does not exist has no files. Raises OSError.
    """
    paths = (path for path in folder.rglob("*") if path.name.lower().endswith(endings))
    found = sorted((path.relative_to(folder).as_posix(), path) for path in paths if path.is_symlink() or path.is_file())
    return {name: None if path.is_symlink() else path.read_bytes() for name, path in found}


def read_regular_files(folder: Path, *endings: str) -> dict[str, bytes]:
    """Return what `read_folder_files` does; raises OSError with the name of a symbolic link."""
    found = {}
    for name, content in read_folder_files(folder, *endings).items():
        if content is None:
            raise OSError(errno.ELOOP, "A symbolic link is not followed", str(folder / name))
        found[name] = content
    return found


def replace_files(files: Mapping[Path, bytes]) -> list[Path]:
    """Give each path its content, and return the paths that changed; see `open_stage`."""
    with open_stage() as stage:
        for path, content in files.items():
            stage.add_file(path, content)
        return stage.replace_all()


class Stage:
    """New files, complete on disk beside the old ones that they will replace."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        """All that were added."""
        self._new_paths: dict[Path, Path] = {}
        self._folders: set[Path] = set()
        self._new_folders: set[Path] = set()

    def add_file(self, path: Path, content: bytes) -> None:
        """Write the new file, unless the path has this content already."""
        self.paths.append(path)
        folder = path.parent
        if folder not in self._folders:
            self._prepare(folder)
        if folder not in self._new_folders and _has_content(path, content):
            return
        self._new_paths[path] = path.with_name(f".{path.name}{_NEW_SUFFIX}")
        with _name_path_in_errors(path), self._new_paths[path].open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _prepare(self, folder: Path) -> None:
        self._folders.add(folder)
        self._new_folders.update(takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob(f".*{_NEW_SUFFIX}"):  # A killed build left them.
            path.unlink()

    def replace_all(self) -> list[Path]:
        """Rename each new file to its path, and return the paths that changed."""
        changed = list(self._new_paths)
        for path in changed:
            with _name_path_in_errors(path):
                self._new_paths[path].replace(path)
                del self._new_paths[path]
        return changed

    def remove_leftovers(self) -> None:
        """Delete new files that were not renamed, and folders that were made for them."""
        for path in self._new_paths.values():
            path.unlink(missing_ok=True)
        for folder in sorted(self._new_folders, reverse=True):
            with contextlib.suppress(OSError):  # It holds files, as it should, or could not be made.
                folder.rmdir()


@contextlib.contextmanager
def open_stage() -> Iterator[Stage]:
    """Yield a stage that takes files one by one, and replaces the old ones together at the end.

    Each new file is complete on disk before the first old one is replaced, by rename: a failure while writing changes
    nothing. Raises OSError with the name of the file. Call it under `lock_folder` where two programs may write.
    """
    stage = Stage()
    try:
        yield stage
    finally:
        stage.remove_leftovers()


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _name_path_in_errors(path: Path) -> Iterator[None]:
    """Let an error name the file to be replaced, where it would name the new one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Wait until no other program on this machine writes what is in the folder. Raises OSError.

    Read what is published under the lock too: a build that goes on from what another has replaced since would take
    revisions back.
    """
    # Few commands write.
    import filelock

    # A lock file stays for good, so it lies in the folder for temporary files, where others may lock it too.
    name = sha256(os.path.realpath(folder).encode()).hexdigest()[:32]
    with filelock.FileLock(Path(tempfile.gettempdir(), f"chatcal-{name}.lock"), mode=0o666):
        yield
