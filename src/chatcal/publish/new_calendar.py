"""The files of a new calendar, and of a new chapter."""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Mapping
from importlib import metadata
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from chatcal.model import CHAT
from chatcal.problems import Span, make_error
from chatcal.schedule import text_values
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.schedule.json_schema import build_schema_files
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.quoting import quote
from chatcal.schedule.writer import format_scalar
from chatcal.text import escape_markdown

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
    "docs/hosts.md",
    "docs/publishing.md",
    "docs/schedules.md",
    "docs/security.md",
    "requirements/run.txt",
)
"""Files of chatcal's own repository that every calendar has too. pyproject.toml puts them into the wheel."""

_PACKAGE = Path(__file__).parents[1]
_SHARED_IN_WHEEL = "scaffold/shared"
_CHAPTER_FILE = "schedules/HASHTAG.yaml"


def _read_tree(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their path there, without what Python compiled."""
    paths = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path.read_bytes() for name, path in paths.items() if "__pycache__" not in name.parts}


def _load_shared_files() -> dict[str, bytes]:
    # An installed chatcal has them in its package; in a checkout they are at their own place.
    packed = _PACKAGE / _SHARED_IN_WHEEL
    root = packed if packed.is_dir() else _PACKAGE.parents[1]
    return {path: (root / path).read_bytes() for path in SHARED_FILES}


def build_wheel() -> tuple[str, bytes]:
    """Return the name and the content of a wheel that installs the chatcal that runs, without what it needs.

    The same code gives the same bytes. The format is that of PEP 427.
    """
    installed = metadata.distribution("chatcal")
    about = f"chatcal-{installed.version}.dist-info"
    files = {f"chatcal/{path}": content for path, content in _read_tree(_PACKAGE).items()}
    files |= {f"chatcal/{_SHARED_IN_WHEEL}/{path}": content for path, content in _load_shared_files().items()}
    files |= {
        f"{about}/{name}": (installed.read_text(name) or "").encode()
        for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")
    }
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: chatcal\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(
        f"{path},sha256={_hash_bytes(content)},{len(content)}\n" for path, content in sorted(files.items())
    )
    files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
    return f"chatcal-{installed.version}-py3-none-any.whl", _zip_files(files)


def _hash_bytes(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _zip_files(files: Mapping[str, bytes]) -> bytes:
    """Return an archive, not compressed: git does that, and compressors differ from machine to machine."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        # The description comes last, as PEP 427 advises.
        for path in sorted(files, key=lambda path: (".dist-info/" in path, path)):
            entry = zipfile.ZipInfo(path)
            entry.create_system = 3  # as on Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path])
    return made.getvalue()


def scaffold_calendar(
    *, title: str, home: str, hashtag: str, timezone: str, name: str = "", called: str = CHAT.one
) -> dict[str, bytes]:
    """Return the files of a new calendar by their path in its folder. Raises ScheduleError for a wrong hashtag.

    The address is empty if it is not known yet; the hashtag, if the first chapter has none: then it has a name.
    """
    path, chapter = scaffold_chapter(hashtag, timezone, name)
    slug = Path(path).stem
    owner, repository = _find_github_repository(home)
    wheel, wheel_content = build_wheel()
    words = {
        "title": escape_markdown(title),
        "quoted_title": quote(title),
        "slug": slug,
        "new": "HASHTAG" if hashtag else '--name "NAME"',
        "called": _format_line("called", called if called != CHAT.one else "", "meetup"),
        "home": _format_line("home", home, "https://OWNER.github.io/REPO/"),
        "uid_domain": _choose_uid_domain(home, title, slug),
        "repository": _format_line(
            "repository", owner and f"https://github.com/{owner}/{repository}", "https://github.com/OWNER/REPO"
        ),
        "owner": f"* @{owner}" if owner else "# * @OWNER",
        "served": f"They are at\n<{home}>." if home else "They are not\npublished yet.",
        "on_github": f"{owner or 'OWNER'}/{repository or 'REPO'}",
        "wheel": wheel,
    }
    scaffold = _read_scaffold()
    del scaffold[_CHAPTER_FILE]
    return {
        **{path: _fill_template(content, words) for path, content in scaffold.items()},
        **_load_shared_files(),
        **{str(path): content for path, content in build_schema_files().items()},
        path: chapter,
        f"requirements/{wheel}": wheel_content,
    }


def scaffold_chapter(hashtag: str, timezone: str = "", name: str = "", usual_zone: str = "") -> tuple[str, bytes]:
    """Return the path and content of a new chapter's file, with keys as comments. Raises ScheduleError as above.

    Without a time zone, the one that other chapters have is in a comment.
    """
    slug = make_slug(hashtag, name)
    words = {
        "hashtag": f"hashtag: {hashtag}\n" if hashtag else "",
        "timezone": f"{_format_line('timezone', timezone, usual_zone or 'America/Toronto'):<31}",
        "name": f"{_format_line('name', format_scalar(name) if name else hashtag, ''):<31}",
    }
    return f"schedules/{slug}.yaml", _fill_template(_read_scaffold()[_CHAPTER_FILE], words)


def _read_scaffold() -> dict[str, bytes]:
    files = _read_tree(_PACKAGE / "scaffold")
    return {path: content for path, content in files.items() if not path.startswith("shared/")}


def make_slug(hashtag: str, name: str = "") -> str:
    """Return the name of the file of a chapter with a hashtag, or with a name alone.

    Raises ScheduleError if one of them is not valid.
    """
    where = Span("")
    if hashtag:
        text_values.read_hashtag(Scalar(hashtag, where))
    key, text = ("hashtag", hashtag) if hashtag else ("name", text_values.read_line(Scalar(name, where)))
    letters = text_values.convert_to_ascii(hashtag).lower() if hashtag else text_values.make_feed_name(name)
    if not letters:
        raise make_error(
            where,
            "name",
            f"A file cannot be named `{text}`: names have small letters from a to z, and digits.",
            f"Take a plain name here, like `lantern`; then write `{key}: {text}` in that file.",
        )
    return text_values.read_feed_name(Scalar(letters, where))


def is_schedule(path: str) -> bool:
    """Say whether a file of a new calendar is one that `check` reads."""
    return path == CALENDAR_FILE or (path.startswith("schedules/") and path.endswith(".yaml"))


def describe_next_steps(where: Path, made: Collection[str], program: str) -> str:
    """Return what to do with a new calendar that has these files in that folder, and what to type before commands."""
    words = {
        "count": str(len(made)),
        "where": "this folder" if where == Path() else str(where),
        "program": program,
        "chapter": next(path for path in made if path.startswith("schedules/") and is_schedule(path)),
    }
    return _fill_template(_NEXT_STEPS, words).decode()


_NEXT_STEPS = b"""\
A calendar of %{count} files is in %{where}. Three steps are left, and README.md there has them in full:

1. Write in %{chapter} when people meet, and where. Look through chatcal.yaml, too: uid_domain is chosen once.
   This says what is wrong, and shows what becomes of it:
   %{program} check
   %{program} serve
2. Put the folder on GitHub, as a public repository.
3. There, the one click: Settings > Pages > Build and deployment > Source: GitHub Actions.
   Then Actions > Publish > Run workflow.
"""


def _format_line(key: str, value: str, example: str) -> str:
    """Return a line of a schedule file: without a value, it is a comment with an example."""
    return f"{key}: {value}" if value else f"# {key}: {example}"


class _PercentTemplate(Template):
    delimiter = "%"


def _fill_template(content: bytes, words: Mapping[str, str]) -> bytes:
    return _PercentTemplate(content.decode()).substitute(words).encode()


def _find_github_repository(home: str) -> tuple[str, str]:
    """Return the owner and the repository of an address on GitHub Pages, or two empty texts."""
    parts = urlsplit(home)
    found = re.fullmatch(r"([a-z0-9-]+)\.github\.io", parts.hostname or "")
    folders = parts.path.strip("/").split("/")
    return (found[1], folders[0] or found[0]) if found and len(folders) == 1 else ("", "")


def _choose_uid_domain(home: str, title: str, slug: str) -> str:
    """Return the host of an address, or else a domain below `example`, which nobody owns."""
    host = urlsplit(home).hostname or ""
    name = (text_values.make_feed_name(title) or slug).replace("_", "-")
    return host if re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", host) else f"{name}.chatcal.example"
