"""The command line: the only place that asks the clock, the environment and the disk."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from chatcal import words
from chatcal.problem import BrokenFeed, Problem, Severity, as_github, as_json, as_text, has_errors, in_files

_CALENDAR = "chatcal.yaml"


_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class _Moment(click.ParamType[datetime]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment of a text like 2026-11-23T00:00:00Z, in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment. Write one like 2026-11-23T00:00:00Z.", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} does not say in which zone. Add a Z for UTC: {value}Z.", param, ctx)
        if not _FIRST <= moment < _LAST:
            self.fail(f"{value!r} is out of range: years run from {_FIRST.year} to {_LAST.year - 1}.", param, ctx)
        return moment.astimezone(UTC)


def _now() -> datetime:
    """Return the moment of SOURCE_DATE_EPOCH, or else of the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC)
    try:
        seconds = int(epoch)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < _LAST.timestamp():
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is no number of seconds since 1970.")
    return datetime.fromtimestamp(seconds, UTC)


def _default_format() -> str:
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


_now_option = click.option(
    "--now",
    type=_Moment(),
    default=_now,
    help="Work as if it were this moment, like 2026-11-23T00:00:00Z.  [default: SOURCE_DATE_EPOCH, or the clock]",
)
_format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "json"]),
    default=_default_format,
    help="How problems are shown.  [default: text; github under GitHub Actions]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Work in this folder instead of the current one.",
)
@click.version_option(package_name="chatcal")
@click.pass_context
def chatcal(context: click.Context, folder: Path | None) -> None:
    """Turn schedule files into calendars that people subscribe to.

    The calendar is the folder that holds chatcal.yaml: the current one, or one above it. Exit codes: 0 fine, 1 problems
    in the schedules, 2 wrong usage, 3 disk, network or a broken published feed.
    """
    context.obj = folder or Path.cwd()


@chatcal.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_now_option
@_format_option
@click.pass_obj
def check(folder: Path, files: Sequence[Path], now: datetime, form: str) -> None:
    """Say what is wrong with the schedules, or only with FILES. Writes nothing."""
    from chatcal import build

    root = _root(folder)
    sources = _sources(root)
    problems = build.check(sources, _published(root), now)
    if files:
        problems = in_files(problems, [_schedule(root, folder / file, sources) for file in files])
    click.echo(_rendered(problems, sources, form), nl=False)
    if form == "text":
        click.echo(_verdict(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


@chatcal.command(name="build")
@_now_option
@click.option("--rewrite-past", is_flag=True, help="Compile ended sessions of the feeds' window again, too.")
@_format_option
@click.pass_obj
def build_(folder: Path, *, now: datetime, rewrite_past: bool, form: str) -> None:
    """Compile the schedules into feeds/ and _site/."""
    from chatcal import build, files

    root = _root(folder)
    sources = _sources(root)
    made = build.build(sources, _published(root), now, rewrite_past=rewrite_past)
    _tell(made.problems, sources, form)
    if not made.files:
        click.echo("Nothing was written; the feeds stay as they were.", err=True)
        sys.exit(1)
    changed = files.replace({root / path: octets for path, octets in made.files.items()})
    feeds = sum(path.parts[0] == build.FEEDS for path in made.files)
    new = sum(path.parent.name == build.FEEDS for path in changed)
    click.echo(f"{feeds} feeds in {build.FEEDS}/, {new} of them changed; the site is in {build.SITE}/.")
    sys.exit(has_errors(made.problems))


def _root(folder: Path) -> Path:
    """Return the folder that holds chatcal.yaml, that one or one above it."""
    for place in (folder.absolute(), *folder.absolute().parents):
        if (place / _CALENDAR).is_file():
            return place
    raise click.UsageError(f"There is no {_CALENDAR} in {folder}, nor in a folder above it. Go there, or use -C DIR.")


def _sources(root: Path) -> dict[str, bytes | None]:
    """Return the schedule files by their path below the root."""
    from chatcal import files

    found = files.read(root / "schedules", ".yaml", ".yml")
    return {_CALENDAR: (root / _CALENDAR).read_bytes()} | {
        f"schedules/{name}": octets for name, octets in found.items()
    }


def _published(root: Path) -> dict[str, bytes]:
    """Return the published feeds by their name."""
    from chatcal import files

    found = files.read(root / "feeds", ".ics")
    return {name.removesuffix(".ics"): octets for name, octets in found.items() if octets is not None}


def _schedule(root: Path, path: Path, sources: Mapping[str, bytes | None]) -> str:
    """Return how a schedule file is called in problems."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, and name another file
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if shown not in sources:
        raise click.UsageError(f"{shown} is no schedule file of the calendar in {root}.")
    return shown


def _rendered(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> str:
    if form == "text":
        return as_text(problems, sources)
    return as_github(problems) if form == "github" else as_json(problems)


def _tell(problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str) -> None:
    """Say on stderr what is wrong; what is merely worth knowing is counted only."""
    pressing = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    click.echo(_rendered(pressing, sources, form), nl=False, err=True)
    if form == "text" and (notices := len(problems) - len(pressing)):
        them = "it" if notices == 1 else "them"
        click.echo(f"{words.counted(notices, 'notice')}; `chatcal check` shows {them}.", err=True)


def _verdict(problems: Sequence[Problem], files: int) -> str:
    counts = [
        words.counted(number, kind)
        for kind in ("error", "warning", "notice")
        if (number := sum(problem.severity == kind for problem in problems))
    ]
    return f"{words.counted(files, 'file')} read: {words.listed(counts) or 'no problem'}."


def main() -> None:
    """Run the command line; every failure of the world ends with a sentence and exit code 3."""
    try:
        chatcal()
    except BrokenFeed as error:
        _stop(f"A published feed cannot be read, so nothing was written. {error}.")
    except OSError as error:
        _stop(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _stop(sentence: str) -> NoReturn:
    click.echo(f"chatcal: {sentence}", err=True)
    raise SystemExit(3)
