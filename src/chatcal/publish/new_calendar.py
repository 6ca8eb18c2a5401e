"""The folder of a new calendar."""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from chatcal.problems import Span, make_error
from chatcal.schedule import json_schema, text_values
from chatcal.schedule.format import CALENDAR_FILE
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.quoting import quote
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


_CHAPTER_FILE = "schedules/HASHTAG.yaml"
"""What the file of a new chapter is made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalendar:
    """What a new calendar must know: its title, its first hashtag, that chapter's zone, and where it is served.

    `home` is empty where that is not known yet; `timezone` is an IANA name.
    """

    title: str
    home: str
    hashtag: str
    timezone: str


class _PercentTemplate(Template):
    delimiter = "%"


def scaffold_calendar(answers: NewCalendar) -> dict[str, bytes]:
    """Return the files of a new calendar by their path in its folder; raises Invalid where the hashtag is none."""
    slug = make_slug(answers.hashtag)
    owner, repository = _find_github_repository(answers.home)
    wheel, octets = build_wheel()
    words = {
        "title": escape_markdown(answers.title),
        "quoted_title": quote(answers.title),
        "hashtag": answers.hashtag,
        "slug": slug,
        "home": _format_line("home", answers.home, "https://OWNER.github.io/REPO/"),
        "uid_domain": _choose_uid_domain(answers.home, slug),
        "repository": _format_line(
            "repository", owner and f"https://github.com/{owner}/{repository}", "https://github.com/OWNER/REPO"
        ),
        "owner": f"* @{owner}" if owner else "# * @OWNER",
        "served": f"They are at\n<{answers.home}>." if answers.home else "They are not\npublished yet.",
        "on_github": f"{owner or 'OWNER'}/{repository or 'REPO'}",
        "wheel": wheel,
    }
    own = {path: _fill_template(octets, words) for path, octets in load_scaffold().items() if path != _CHAPTER_FILE}
    schemas = {str(path): octets for path, octets in json_schema.build_schema_files().items()}
    path, first = scaffold_chapter(answers.hashtag, answers.timezone)
    return {**own, **load_shared_files(), **schemas, path: first, f"requirements/{wheel}": octets}


def scaffold_chapter(hashtag: str, timezone: str = "") -> tuple[str, bytes]:
    """Return the path and the octets of the file of a new chapter; raises Invalid where the hashtag is none.

    Without a zone, an IANA name, the file has its line as a comment.
    """
    words = {
        "hashtag": hashtag,
        "timezone": f"{_format_line('timezone', timezone, 'America/Toronto'):<31}",
        "name": f"{_format_line('name', hashtag, ''):<31}",
    }
    slug = make_slug(hashtag)
    return f"schedules/{slug}.yaml", _fill_template(load_scaffold()[_CHAPTER_FILE], {**words, "slug": slug})


def make_slug(hashtag: str) -> str:
    """Return the name that the file of a hashtag has; raises Invalid where it can have none."""
    where = Span("")
    text_values.read_hashtag(Scalar(hashtag, where))
    letters = text_values.convert_to_ascii(hashtag).lower()
    if not letters:
        raise make_error(
            where,
            "name",
            f"A file cannot be named `{hashtag}`: names have small letters from a to z, and digits.",
            f"Take a plain name here, like `chat`; then write `hashtag: {hashtag}` in that file.",
        )
    return text_values.read_feed_name(Scalar(letters, where))


def is_schedule(path: str) -> bool:
    """Say whether a file of a new calendar is one that `check` reads."""
    return path == CALENDAR_FILE or (path.startswith("schedules/") and path.endswith(".yaml"))


def describe_next_steps(where: Path, made: Collection[str]) -> str:
    """Return what to do with a new calendar, made of these files in that folder."""
    named = f'"{where}"' if " " in str(where) else str(where)
    return _PercentTemplate(_NEXT_STEPS).substitute(
        count=len(made),
        where=named,
        chapter=next(path for path in made if path.startswith("schedules/") and is_schedule(path)),
    )


_NEXT_STEPS = """\
A calendar of %{count} files is in %{where}. Three steps are left, and README.md there has them in full:

1. Write in %{chapter} when the chat meets. `chatcal -C %{where} serve` shows what becomes of it,
   and `chatcal -C %{where} check` says what is wrong. Look through chatcal.yaml, too: uid_domain is chosen once.
2. Put the folder on GitHub, as a public repository.
3. There, the one click: Settings > Pages > Build and deployment > Source: GitHub Actions.
   Then Actions > Publish > Run workflow.
"""


def _format_line(key: str, value: str, example: str) -> str:
    """Return a line of a schedule file; one that is still to be written is a comment with an example."""
    return f"{key}: {value}" if value else f"# {key}: {example}"


def _fill_template(octets: bytes, words: dict[str, str]) -> bytes:
    return _PercentTemplate(octets.decode()).substitute(words).encode()


def _find_github_repository(home: str) -> tuple[str, str]:
    """Return the owner and the repository whose GitHub Pages an address is; two empty texts where it is none."""
    parts = urlsplit(home)
    found = re.fullmatch(r"([a-z0-9-]+)\.github\.io", parts.hostname or "")
    folders = parts.path.strip("/").split("/")
    if found is None or len(folders) > 1:
        return "", ""
    return found[1], folders[0] or found[0]


def _choose_uid_domain(home: str, slug: str) -> str:
    """Return a domain to end UIDs with; below `example`, which nobody owns, where no address is known."""
    host = urlsplit(home).hostname or ""
    return host if re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", host) else f"{slug.replace('_', '-')}.chatcal.example"
