"""Read a folder; replace files of folders so that each is whole at every moment."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

_NEW_SUFFIX = ".chatcal-new"
"""The end of a name that a file has until it is complete."""


def read_folder_files(folder: Path, *endings: str) -> dict[str, bytes | None]:
    """Return the files below a folder whose names end so, by their path from there, sorted.

    None stands for a symbolic link, which is not followed. A folder that is not there has no files. Raises OSError.
    """
    paths = (path for path in folder.rglob("*") if path.name.lower().endswith(endings))
    found = sorted((path.relative_to(folder).as_posix(), path) for path in paths if path.is_symlink() or path.is_file())
    return {name: None if path.is_symlink() else path.read_bytes() for name, path in found}


def read_regular_files(folder: Path, *endings: str) -> dict[str, bytes]:
    """Return what `read` does; raises OSError, which names it, where one of them is a symbolic link."""
    found = {}
    for name, octets in read_folder_files(folder, *endings).items():
        if octets is None:
            raise OSError(errno.ELOOP, "A symbolic link is not followed", str(folder / name))
        found[name] = octets
    return found


def replace_files(files: Mapping[Path, bytes]) -> list[Path]:
    """Give each path its octets, and return the paths that changed; see `staged`. Raises OSError, which names it."""
    with open_stage() as stage:
        for path, octets in files.items():
            stage.add_file(path, octets)
        return stage.replace_all()


class Stage:
    """Files that are complete on disk, each beside its path, and have not taken their places."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        """All that were given."""
        self._changed: list[Path] = []
        self._folders: set[Path] = set()
        self._missing: list[Path] = []

    def add_file(self, path: Path, octets: bytes) -> None:
        """Give a path its octets, if it has not got them already, from the next swap on."""
        self.paths.append(path)
        if path.parent not in self._folders:
            self._prepare(path.parent)
        if not _has_content(path, octets):
            with _name_path_in_errors(path):
                _write_synced(_make_new_path(path), octets)
            self._changed.append(path)

    def _prepare(self, folder: Path) -> None:
        self._folders.add(folder)
        self._missing += [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        _remove_new_files(folder)

    def replace_all(self) -> list[Path]:
        """Let every file take its place, by rename, and return the paths that changed."""
        for path in self._changed:
            with _name_path_in_errors(path):
                _make_new_path(path).replace(path)
        return self._changed

    def remove_leftovers(self) -> None:
        """Take away what has not taken its place."""
        for folder in self._folders:
            _remove_new_files(folder)
        for folder in sorted(self._missing, reverse=True):
            with contextlib.suppress(OSError):  # It holds files, as it should, or could not be made.
                folder.rmdir()


@contextlib.contextmanager
def open_stage() -> Iterator[Stage]:
    """Take files one by one, to replace those there are in one go at the end.

    Every new file is complete on disk before the first takes the place of an old one, by rename, so that a failure
    while writing leaves all as it was. A file that has its octets already is not touched. Raises OSError,
    which names the file. Where builds may meet, call it under `lock_folder`.
    """
    stage = Stage()
    try:
        yield stage
    finally:
        stage.remove_leftovers()


def _has_content(path: Path, octets: bytes) -> bool:
    try:
        return path.read_bytes() == octets
    except FileNotFoundError:
        return False


def _make_new_path(path: Path) -> Path:
    return path.with_name(f".{path.name}{_NEW_SUFFIX}")


def _write_synced(path: Path, octets: bytes) -> None:
    with path.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _name_path_in_errors(path: Path) -> Iterator[None]:
    """Let an error of the disk name the file that is to be, where it would name the one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _remove_new_files(folder: Path) -> None:
    """Delete what a killed build has left half done."""
    for path in folder.glob(f".*{_NEW_SUFFIX}"):
        path.unlink(missing_ok=True)


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
