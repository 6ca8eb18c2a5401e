"""chatcal itself, as a thing to hand on: the files that travel with it, and a wheel of the one that runs."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path

SHARED_FILES = (
    ".github/ISSUE_TEMPLATE/add-a-chapter.yml",
    ".github/ISSUE_TEMPLATE/cancel-or-move-a-session.yml",
    ".github/ISSUE_TEMPLATE/config.yml",
    ".github/ISSUE_TEMPLATE/correct-a-schedule.yml",
    ".github/dependabot.yml",
    ".github/workflows/check.yml",
    ".github/workflows/forms.yml",
    ".github/workflows/nightly.yml",
    ".github/workflows/publish.yml",
    "docs/publishing.md",
    "docs/schedules.md",
    "docs/security.md",
    "requirements/run.txt",
)
"""Files of chatcal's own repository that every calendar's has too. pyproject.toml puts them into the wheel."""

_SHARED_IN_WHEEL = "scaffold/shared"


def load_scaffold() -> dict[str, bytes]:
    """Return the files that belong to a new calendar alone, as they were written, by their path in its folder."""
    folder = resources.files("chatcal") / "scaffold"
    return {path: octets for path, octets in _iterate_files(folder) if not path.startswith("shared/")}


def load_shared_files() -> dict[str, bytes]:
    """Return the files of chatcal's own repository that go along, by their path there."""
    return {path: _find_shared_file(path).read_bytes() for path in SHARED_FILES}


def _find_shared_file(path: str) -> Traversable:
    """Return where such a file is: in an installed chatcal within the package, in a checkout at its place there."""
    package = resources.files("chatcal")
    packed = package / _SHARED_IN_WHEEL / path
    return packed if packed.is_file() else Path(str(package)).parents[1] / path


def build_wheel() -> tuple[str, bytes]:
    """Return the name and the octets of a wheel that installs the chatcal that runs.

    It is made as the binary distribution format has it (https://packaging.python.org, PEP 427), and the same code
    gives the same octets. What chatcal needs is not in it.
    """
    installed = metadata.distribution("chatcal")
    about = f"chatcal-{installed.version}.dist-info"
    files = {f"chatcal/{path}": octets for path, octets in _iterate_files(resources.files("chatcal"))}
    files |= {f"chatcal/{_SHARED_IN_WHEEL}/{path}": octets for path, octets in load_shared_files().items()}
    files |= {
        f"{about}/{name}": (installed.read_text(name) or "").encode()
        for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")
    }
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: chatcal\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{path},sha256={_hash_bytes(octets)},{len(octets)}\n" for path, octets in sorted(files.items()))
    files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
    return f"chatcal-{installed.version}-py3-none-any.whl", _zip_files(files)


def _iterate_files(folder: Traversable, below: str = "") -> Iterator[tuple[str, bytes]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir() and one.name != "__pycache__":
            yield from _iterate_files(one, f"{below}{one.name}/")
        elif one.is_file():
            yield f"{below}{one.name}", one.read_bytes()


def _hash_bytes(octets: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(octets).digest()).rstrip(b"=").decode()


def _zip_files(files: dict[str, bytes]) -> bytes:
    """Return an archive, not compressed: git does that, and compressors differ from machine to machine."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        # What describes the rest stands at the end, as PEP 427 advises.
        for path, octets in sorted(files.items(), key=lambda one: (".dist-info/" in one[0], one[0])):
            entry = zipfile.ZipInfo(path)
            entry.create_system = 3  # as on Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, octets)
    return made.getvalue()
