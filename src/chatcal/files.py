"""Read a folder; replace files of folders so that each is whole at every moment."""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import file_digest, sha256
from itertools import takewhile
from pathlib import Path

_NEW_SUFFIX = ".chatcal-new"
"""The end of a file's name until it is complete."""


def read_folder_files(folder: Path, *endings: str) -> dict[str, bytes | None]:
    """Return the files below a folder with these endings by their path from there, sorted; None is a symbolic link.

    A folder that does not exist has no files. Raises OSError, also where something else than a file has such an ending:
    to read a pipe takes for ever.
    """
    found = _find_files(folder, *endings)
    return {name: None if entry.is_symlink() else Path(entry.path).read_bytes() for name, entry in found}


def _find_files(folder: Path, *endings: str) -> list[tuple[str, os.DirEntry[str]]]:
    try:
        folder.lstat()
    except FileNotFoundError:
        return []
    found = sorted(
        (Path(entry.path).relative_to(folder).as_posix(), entry)
        for entry in list_entries(folder)
        if entry.name.lower().endswith(endings) and not entry.is_dir(follow_symlinks=False)
    )
    for _, entry in found:
        if not entry.is_symlink():
            _refuse_other_kinds(entry.path)
    return found


def _refuse_other_kinds(path: str) -> None:
    """Raise OSError where something else than a file has its name: to open a pipe takes for ever."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "It is no regular file", path)


def read_file(path: Path) -> bytes:
    """Return the content of a file. Raises OSError, also where something else has its name."""
    _refuse_other_kinds(str(path))
    return path.read_bytes()


def list_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
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


class RegularFiles(Mapping[str, bytes]):
    """What `read_folder_files` gives, by the paths without the ending; each file is read when it is asked for.

    Raises OSError with the name of a symbolic link.
    """

    def __init__(self, folder: Path, ending: str) -> None:
        self._paths: dict[str, str] = {}
        for name, entry in _find_files(folder, ending):
            if entry.is_symlink():
                raise OSError(errno.ELOOP, "A symbolic link is not followed", entry.path)
            self._paths[name[: -len(ending)]] = entry.path

    def __getitem__(self, name: str) -> bytes:
        return Path(self._paths[name]).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def replace_files(files: Mapping[Path, bytes]) -> list[Path]:
    """Give each path its content, and return the paths that changed.

    Each new file is complete on disk before the first old one is replaced, by rename: a failure while writing changes
    nothing. Raises OSError with the name of the file. Call it under `lock_folder` where two programs may write.
    """
    stage = Stage()
    try:
        for path, content in files.items():
            stage.add_file(str(path), content)
        return [Path(name) for name in stage.replace_all()]
    finally:
        stage.remove_leftovers()


_MANY_FILES = 50
"""Above, one pass over the disk is quicker than one for each file, whatever other programs have left to write."""


class Stage:
    """New files, complete on disk beside the old ones that they will replace.

    They are named by their paths below a folder, with slashes; or by whole paths if it is not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.names: list[str] = []
        """All that were added."""
        self.digests: dict[str, tuple[str | None, str]] = {}
        """Of the old and of the new content of each that changes, as `hash_file` gives them."""
        self.new_digests: dict[str, str] = {}
        """Of the new content of each but those that are left as they are."""
        self._beginning = f"{folder}{os.sep}" if folder else ""
        self._sizes: dict[str, int] = {}
        self._folders: set[str] = set()
        self._new_folders: set[str] = set()

    def list_paths(self) -> list[str]:
        """Return the whole paths of all that were added, and those of their new files."""
        return [*map(self._locate, self.names), *map(get_new_path, map(self._locate, self.digests))]

    def _locate(self, name: str) -> str:
        return f"{self._beginning}{name.replace('/', os.sep)}"

    def add_file(self, name: str, content: bytes | Iterable[bytes] | None) -> None:
        """Write the new file, unless the old one has this content; one in pieces is never in memory as a whole.

        None leaves the file as it is. The new one is on the disk after `flush`.
        """
        self.names.append(name)
        if content is None:
            return
        path = self._locate(name)
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._prepare(folder)
        old = None if folder in self._new_folders else hash_file(path)
        if isinstance(content, bytes):
            if old is not None and old == hash_content(content):
                self.new_digests[name] = old
                return
            content = [content]
        self.digests[name] = old, ""
        digest = sha256()
        with name_path_in_errors(path), open(get_new_path(path), "wb") as file:
            for piece in content:
                digest.update(piece)
                file.write(piece)
            self._sizes[name] = file.tell()
        new = self.new_digests[name] = digest.hexdigest()
        self.digests[name] = old, new
        if old == new:
            os.unlink(get_new_path(path))
            del self.digests[name], self._sizes[name]

    def _prepare(self, path: str) -> None:
        self._folders.add(path)
        folder = Path(path)
        self._new_folders.update(map(str, takewhile(lambda one: not one.exists(), (folder, *folder.parents))))
        folder.mkdir(parents=True, exist_ok=True)
        if path not in self._new_folders:
            for left in folder.glob(f".*{_NEW_SUFFIX}"):  # A killed build left them.
                left.unlink()

    def flush(self) -> None:
        """Wait until each new file is complete on the disk. Raises OSError with the name of the file."""
        is_synced = len(self._sizes) > _MANY_FILES and sync_disk()
        for name, size in self._sizes.items():
            path = self._locate(name)
            with name_path_in_errors(path):
                new_path = get_new_path(path)
                written = os.stat(new_path).st_size if is_synced else _sync_file(new_path)
                if written != size:
                    raise OSError(errno.EIO, f"Only {written} of {size} bytes were written")

    def replace_all(self) -> list[str]:
        """Rename each new file to its path, and return the names of those that changed."""
        self.flush()
        for path in map(self._locate, self.digests):
            with name_path_in_errors(path):
                os.replace(get_new_path(path), path)
        return list(self.digests)

    def remove_leftovers(self) -> None:
        """Delete new files that were not renamed, and folders that were made for them."""
        for path in map(self._locate, self.digests):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(get_new_path(path))
        for folder in sorted(self._new_folders, reverse=True):
            with contextlib.suppress(OSError):  # It holds files, as it should, or could not be made.
                os.rmdir(folder)


def _sync_file(path: str) -> int:
    """Wait until a file is on the disk, and return its size there. Raises OSError."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def get_new_path(path: str) -> str:
    """Return where the new file stands until it replaces the one at a path."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}{_NEW_SUFFIX}")


def find_folders(paths: Iterable[str]) -> set[str]:
    """Return all folders that paths lead through."""
    found: set[str] = set()
    new = set(map(os.path.dirname, paths))
    while new:
        found |= new
        new = set(map(os.path.dirname, new)) - found
    return found


def find_others(folder: Path, kept: Collection[str]) -> list[Path]:
    """Return all files below a folder but these, then the folders that are empty without them. Raises OSError.

    Takes whole paths. A symbolic link is one, and nothing behind it; if the folder is one, nothing is. `.git` is none.
    """
    if folder.is_symlink():
        return []
    used = {*kept, *find_folders(kept)}
    git = f"{folder / '.git'}{os.sep}"
    others = [
        entry
        for entry in list_entries(folder)
        if entry.path not in used and not f"{entry.path}{os.sep}".startswith(git)
    ]
    folders = sorted((entry.path for entry in others if entry.is_dir(follow_symlinks=False)), reverse=True)
    files = (entry.path for entry in others if not entry.is_dir(follow_symlinks=False))
    return [Path(path) for path in (*files, *folders)]


def delete_paths(paths: Iterable[Path]) -> int:
    """Delete files, and folders that are empty then; return the number of files. Raises OSError."""
    count = 0
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):  # It holds files again.
                path.rmdir()
        elif os.path.lexists(path):
            path.unlink()
            count += 1
    return count


def hash_file(path: Path | str) -> str | None:
    """Return the SHA-256 of a file; None where there is none. Raises what `read_file` does."""
    try:
        _refuse_other_kinds(str(path))
        with open(path, "rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def hash_content(content: bytes) -> str:
    """Return the SHA-256 of a content, as `hash_file` does."""
    return sha256(content).hexdigest()


@contextlib.contextmanager
def name_path_in_errors(path: str) -> Iterator[None]:
    """Let an error name the file to be replaced, where it would name the new one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


if sys.platform == "win32":  # pragma: no cover - only on Windows

    @contextlib.contextmanager
    def lock_folder(_folder: Path) -> Iterator[None]:
        """Do nothing: Windows locks no folder, and renames no file over one that another program has open."""
        yield

    def sync_folder(_folder: Path) -> None:
        """Do nothing: Windows cannot."""

    def sync_disk() -> bool:
        """Return False: Windows cannot."""
        return False

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

    def sync_disk() -> bool:
        """Wait until everything is on the disk, and return True; False where the system does not wait."""
        if sys.platform != "linux":
            return False
        os.sync()
        return True

    def sync_folder(folder: Path) -> None:
        """Wait until the names in a folder are on the disk, where its file system can tell."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)
