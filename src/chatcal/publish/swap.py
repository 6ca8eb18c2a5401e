"""The files of a build replace those of the last one as a whole, whatever happens meanwhile.

No system replaces many files at once. So a journal says first what is about to be replaced and deleted, and the next
command completes what a build was interrupted at.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from chatcal import files
from chatcal.english import join_list
from chatcal.publish.build import FEEDS_FOLDER, SITE_FOLDER
from chatcal.text import parse_json

JOURNAL_FILE = ".chatcal-journal"


_Replaced = Mapping[str, tuple[str | None, str]]
"""The files that a build replaces, by their paths below the calendar's folder: the digests of the old and the new."""


@contextmanager
def open_swap(root: Path) -> Iterator[files.Stage]:
    """Lock a calendar's folder, complete what was interrupted there, and yield a stage for `swap_files`.

    Raises OSError.
    """
    with files.lock_folder(root):
        _complete(root)
        stage = files.Stage(root)
        try:
            yield stage
        finally:
            if not (root / JOURNAL_FILE).exists():
                stage.remove_leftovers()


def swap_files(root: Path, stage: files.Stage) -> int:
    """Put what a stage holds in place, delete all else in the site, and return how many files were deleted.

    Raises OSError.
    """
    paths = stage.list_paths()
    folders = {*files.find_folders(paths), str(root / SITE_FOLDER)} - {str(root), *map(str, root.parents)}
    if link := next(filter(os.path.islink, sorted(folders)), None):
        raise OSError(errno.ELOOP, "A symbolic link is not followed", link)
    others = files.find_others(root / SITE_FOLDER, paths)
    if not (stage.digests or others):
        return 0
    deleted = [path.relative_to(root).as_posix() for path in others]
    stage.flush()
    journal = json.dumps({"replaced": stage.digests, "deleted": deleted})
    files.replace_files({root / JOURNAL_FILE: journal.encode()})
    files.sync_folder(root)
    return _carry_out(root, stage.digests, deleted)


def complete_swap(root: Path) -> str:
    """Complete what a build was interrupted at, and return a sentence on it; nothing where none was. Raises OSError.

    A folder that somebody has changed since stays as it is.
    """
    if not (root / JOURNAL_FILE).exists():
        return ""
    with files.lock_folder(root):
        return _complete(root)


def _complete(root: Path) -> str:
    try:
        replaced, deleted = _read_journal(root / JOURNAL_FILE)
    except FileNotFoundError:
        return ""
    left = {
        _get_folder(name)
        for name, digests in replaced.items()
        if _find_link(root, root / name) or _is_changed(root / name, *digests)
    }
    unwanted = [
        Path(files.get_new_path(str(root / name)))
        for name in replaced
        if _get_folder(name) in left and not _find_link(root, root / name)
    ]
    files.delete_paths([*unwanted, *sorted({path.parent for path in unwanted}, reverse=True)])
    _carry_out(
        root,
        {name: digests for name, digests in replaced.items() if _get_folder(name) not in left},
        [name for name in deleted if _get_folder(name) not in left and not _find_link(root, root / name)],
    )
    if not left:
        return "A build was interrupted while it put its files in place; that is done now."
    folders = join_list([f"{name}/" for name in sorted(left)])
    return f"A build was interrupted while it put its files in place, and {folders} changed since: what is there stays."


def _read_journal(path: Path) -> tuple[_Replaced, list[str]]:
    """Return what is to be replaced and deleted. Raises OSError."""
    content = files.read_file(path)
    try:
        found = parse_json(content)
        replaced, deleted = {name: (old, new) for name, (old, new) in found["replaced"].items()}, list(found["deleted"])
        # It may have come with a pull request.
        is_ours = all(map(_is_made_by_build, (*replaced, *deleted)))
    except (ValueError, LookupError, TypeError, AttributeError):
        is_ours = False
    if not is_ours:
        raise OSError(errno.EINVAL, "No build wrote this file. Delete it, and build again", str(path))
    return replaced, deleted


def _is_made_by_build(name: str) -> bool:
    parts = Path(name).parts
    return len(parts) > 1 and parts[0] in (FEEDS_FOLDER, SITE_FOLDER) and ".." not in parts


def _is_changed(path: Path, old: str | None, new: str) -> bool:
    """Say whether a file is neither the old nor the new one, or can no longer become the new one."""
    present = files.hash_file(path)
    return present != new and (present != old or files.hash_file(files.get_new_path(str(path))) != new)


def _find_link(root: Path, path: Path) -> Path | None:
    """Return the symbolic link that a path below a folder leads through; None where it leads through none."""
    parents = path.relative_to(root).parents
    return next((root / one for one in list(parents)[-2::-1] if (root / one).is_symlink()), None)


def _get_folder(name: str) -> str:
    return Path(name).parts[0]


def _carry_out(root: Path, replaced: _Replaced, deleted: Sequence[str]) -> int:
    """Replace files, delete files and then folders, and then the journal; return how many files were deleted."""
    failed: list[OSError] = []
    for name, (_, new) in replaced.items():
        path = root / name
        try:
            Path(files.get_new_path(str(path))).replace(path)
        except OSError as error:
            # It may have been done before. If not, all the others are replaced at least.
            if files.hash_file(path) != new:
                why = f"{error.strerror}, so not every file of the build is in place. The next command goes on with it"
                failed.append(OSError(error.errno, why, str(path)))
    if failed:
        raise failed[0]
    count = files.delete_paths(root / name for name in deleted)
    (root / JOURNAL_FILE).unlink(missing_ok=True)
    return count
