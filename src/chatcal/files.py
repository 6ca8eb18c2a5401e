"""Read a folder; replace files of folders so that each is whole at every moment."""

import contextlib
import errno
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile
from pathlib import Path

_NEW_SUFFIX = ".chatcal-new"
"""The end of a file's name until it is complete."""


def read_folder_files(folder: Path, *endings: str) -> dict[str, bytes | None]:
    """Return the files below a folder with these endings by their path from there, sorted; None is a symbolic link.

    A folder that does not exist has no files. Raises OSError.
    """
    try:
        folder.lstat()
    except FileNotFoundError:
        return {}
    found = sorted(
        (Path(entry.path).relative_to(folder).as_posix(), entry)
        for entry in _list_entries(folder)
        if entry.name.lower().endswith(endings) and (entry.is_symlink() or entry.is_file())
    )
    return {name: None if entry.is_symlink() else Path(entry.path).read_bytes() for name, entry in found}


def _list_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield all that is below a folder, but nothing behind a symbolic link.

    Raises OSError where a folder cannot be listed; `Path.rglob` takes that for an empty one.
    """
    folders = [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)


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
            if (written := os.fstat(file.fileno()).st_size) != len(content):
                raise OSError(errno.EIO, f"Only {written} of {len(content)} bytes were written")

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


def delete_others(folder: Path, kept: Collection[Path]) -> int:
    """Delete all files below a folder but these, then empty folders, and return the number of files. Raises OSError.

    A symbolic link is deleted, and nothing behind it; if the folder is one, nothing is. `.git` stays.
    """
    if folder.is_symlink():
        return 0
    used = {*kept, *(parent for path in kept for parent in path.parents)}
    found = [(Path(entry.path), entry.is_dir(follow_symlinks=False)) for entry in _list_entries(folder)]
    git = folder / ".git"
    others = [one for one in found if one[0] not in used and git not in (one[0], *one[0].parents)]
    files = [path for path, is_folder in others if not is_folder]
    for path in files:
        path.unlink()
    for path in sorted((path for path, is_folder in others if is_folder), reverse=True):
        path.rmdir()
    return len(files)


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


if sys.platform == "win32":  # pragma: no cover - only on Windows

    @contextlib.contextmanager
    def lock_folder(_folder: Path) -> Iterator[None]:
        """Do nothing: Windows locks no folder, and renames no file over one that another program has open."""
        yield

else:  # pragma: no cover - everywhere but on Windows
    import fcntl

    @contextlib.contextmanager
    def lock_folder(folder: Path) -> Iterator[None]:
        """Wait until no other program on this machine writes what is in the folder. Raises OSError.

        Read what is published under the lock too: a build that goes on from what another has replaced since would take
        revisions back. The lock is of the folder itself, so no file is left, and it ends with its process.
        """
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
