"""The command line: the only place that asks the clock, the environment and the disk."""

import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from chatcal import words
from chatcal.model import Calendar, Chapter
from chatcal.problem import (
    BrokenFeed,
    Invalid,
    Problem,
    Severity,
    as_github,
    as_json,
    as_text,
    has_errors,
    in_files,
    in_order,
)

if TYPE_CHECKING:  # pragma: no cover - importing brings heavy imports, which only its command waits for
    from chatcal.importing.moving import Moved

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


class _Zone(click.ParamType[str]):
    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the IANA name of a zone, or of the zone of a city."""
        from chatcal import zones

        known = zones.by_folded_name().get(value.casefold())
        if known is None:
            self.fail(f"{value!r} is no time zone of a place. {zones.to_write_instead(value)}", param, ctx)
        return known


class _Folder(click.ParamType[str]):
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address of a folder on the web, with the slash at its end."""
        from urllib.parse import urlsplit

        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or value.endswith(".ics"):
            self.fail(f"{value!r} is not where a site is. Write an address like https://chats.example/.", param, ctx)
        return f"{value.rstrip('/')}/"


class _Title(click.ParamType[str]):
    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a text of one line."""
        if not (value.strip() and value.isprintable()):
            self.fail("Write a few words, in one line.", param, ctx)
        return str(value.strip())


class _Home(_Folder):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address of a folder on the web, or nothing where there is none yet."""
        from chatcal.texts import pages_of

        if pages := pages_of(value):
            self.fail(f"{value!r} is where the repository is. Its site would be at {pages}.", param, ctx)
        return super().convert(value, param, ctx) if value else ""


class _Hashtag(click.ParamType[str]):
    name = "hashtag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a hashtag without its `#`, that a file can be named by."""
        from chatcal.init import slug_of

        hashtag: str = value.strip().removeprefix("#")
        try:
            slug_of(hashtag)
        except Invalid as error:
            self.fail(" ".join(f"{one.message} {one.hint}" for one in error.problems), param, ctx)
        return hashtag


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
@click.option("--links", is_flag=True, help="Also ask whether the addresses that the schedules name still answer.")
@_now_option
@_format_option
@click.pass_obj
def check(folder: Path, /, *, files: Sequence[Path], links: bool, now: datetime, form: str) -> None:
    """Say what is wrong with the schedules, or only with FILES. Writes nothing.

    With --links, websites, accounts, sources and transcripts that do not answer are warnings. What was asked is known
    for a day.
    """
    from chatcal import build

    root = _root(folder)
    sources = _sources(root)
    problems = build.check(sources, _published(root), now)
    named = [_schedule(root, folder / file, sources) for file in files] or list(sources)
    if links:
        problems = in_order([*problems, *_dead_links(sources, named, now)])
    if files:
        problems = in_files(problems, named)
    click.echo(_rendered(problems, sources, form), nl=False)
    if form == "text":
        click.echo(_verdict(problems, len(sources)), err=True)
    sys.exit(has_errors(problems))


@chatcal.command(name="build")
@_now_option
@click.option("--rewrite-past", is_flag=True, help="Compile ended sessions of the feeds' window again, too.")
@click.option(
    "--allow-shrink", is_flag=True, help="Let feeds that no schedule stands for any more lose their coming sessions."
)
@click.option("--fetch", is_flag=True, help="Ask the calendars that chapters keep elsewhere (`upstream:`) what is new.")
@click.option("--home", type=_Folder(), help="Where the site is served, where chatcal.yaml does not say it.")
@click.option(
    "--published",
    "site",
    type=_Folder(),
    help="Go on from the feeds that the site at this address serves, instead of those in feeds/.",
)
@_format_option
@click.pass_obj
def build_(folder: Path, /, *, now: datetime, site: str | None, fetch: bool, form: str, **how: Any) -> None:
    """Compile the schedules into feeds/ and _site/."""
    from chatcal import build, files

    root = _root(folder)
    with files.sole_writer(root):
        sources = _sources(root)
        published = _published(root) if site is None else _served(site, first=how["allow_shrink"])
        if not published and not how["allow_shrink"]:
            _refuse_lost(_status(root, home=how["home"], fetch=fetch))
        how |= _elsewhere(
            root, sources, published, now, fetch=fetch, home=site or how["home"], allow_shrink=how["allow_shrink"]
        )
        made = build.build(sources, published, now, commit=_commit(root, sources), **how)
        _tell(made.problems, sources, form)
        if not made.files:
            click.echo("Nothing was written; the feeds stay as they were.", err=True)
            sys.exit(1)
        changed = files.replace({root / path: octets for path, octets in made.files.items()})
    feeds = sum(path.parts[0] == build.FEEDS for path in made.files)
    new = sum(path.parent.name == build.FEEDS for path in changed)
    click.echo(f"{feeds} feeds in {build.FEEDS}/, {new} of them changed; the site is in {build.SITE}/.")
    for problem in made.problems:
        if problem.code == "upstream":
            click.echo(problem.message)
    sys.exit(has_errors(made.problems))


@chatcal.command()
@click.argument("chapter", required=False)
@_now_option
@click.pass_obj
def show(folder: Path, chapter: str | None, now: datetime) -> None:
    """Say in sentences what chatcal understood of CHAPTER, and its next sessions; without CHAPTER, of all in short."""
    from chatcal.show import in_full, in_short

    calendar, chapters, wrong = _asked(folder, chapter, now)
    text = in_full if chapter is not None else in_short
    click.echo("\n".join(text(calendar, one, now) for one in chapters), nl=False)
    sys.exit(wrong)


@chatcal.command(name="next")
@click.argument("chapter", required=False)
@click.option(
    "--tz",
    "timezone",
    type=_Zone(),
    metavar="ZONE",
    help="The zone to show times in, like Europe/London or London.  [default: this machine's, or UTC]",
)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many sessions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_now_option
@click.pass_obj
def next_(folder: Path, *, chapter: str | None, timezone: str | None, count: int, form: str, now: datetime) -> None:
    """List the coming sessions of CHAPTER, or of all, in your zone and on the chapter's clock.

    --format json prints a list of objects for programs, like those under `sessions` in the site's sessions.json: uid,
    chapter, chat, slot, summary, status (cancelled, unconfirmed, time-unknown or confirmed), start and end (in UTC, or
    dates where no clock time is known), timezone, local_start, local_end, time, moved_from, reason, title, topic,
    hosts, join, note, transcript; and reader_start and reader_end, in your zone. What is not known is left out.
    """
    from chatcal import upcoming, zones

    calendar, chapters, wrong = _asked(folder, chapter, now)
    named = timezone or _machine_zone()
    zone_name = named or zones.UTC_NAME
    sessions = upcoming.coming(calendar, chapters, now, count)
    if form == "json":
        click.echo(upcoming.as_json(sessions, zone_name), nl=False)
    elif not sessions:
        click.echo("No session lies ahead.")
    else:
        click.echo(upcoming.heading(zone_name, named=named is not None))
        click.echo(_table(upcoming.columns(zone_name), [upcoming.row(*one, zone_name) for one in sessions]), nl=False)
    sys.exit(wrong)


@chatcal.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@_now_option
@click.pass_obj
def diff(folder: Path, *, a: str | None, b: str | None, form: str, now: datetime) -> None:
    """Say in sentences what subscribers will see change from A to B.

    Each may be a git revision, a folder of feeds, the address of a feed, or a calendar's folder, such as . for the
    working tree. B is the working tree where it is left out; A is where the present branch left the main one. Schedules
    of B with errors are shown, with exit code 1.
    """
    from chatcal import compare, report
    from chatcal.git import NoRevision

    try:
        before = compare.named(a, folder, lambda: _root(folder)) if a else compare.branch_point(_root(folder))
        after = compare.named(b, folder, lambda: _root(folder)) if b else compare.working_tree(_root(folder))
    except NoRevision as error:
        raise click.UsageError(f"{error} Name what to compare, like: chatcal diff HEAD~1 .") from None
    found, problems = compare.compared(before, after, now)
    click.echo(report.rendered(found, problems, after.sources or {}, form), nl=False)
    sys.exit(found is None)


@chatcal.command()
@click.argument("address", type=_Folder(), metavar="URL")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 120),
    default=12,
    show_default=True,
    help="For how many minutes to ask again while something is not right: caches keep a file for ten.",
)
@_now_option
@click.pass_obj
def verify(folder: Path, *, address: str, minutes: int, now: datetime) -> None:
    """Compare what is published at URL with what these schedules publish.

    Every feed must be there, readable and the same byte for byte, and the site no older than three days. Exit codes,
    for a monitor: 0 all is right; 1 something is another than here, or the schedules have errors; 3 a feed is missing
    or cannot be read, or the site cannot be reached.
    """
    from chatcal import verify

    root = _root(folder)
    sources = _sources(root)
    found = verify.verify(
        address, sources, _published(root), now, minutes=minutes, tell=lambda said: click.echo(said, err=True)
    )
    _tell(found.problems, sources, "text")
    click.echo("".join(f"{one.sentence}\n" for one in found.findings), nl=False)
    if not found.problems and not found.findings:
        click.echo(f"{words.counted(len(found.feeds), 'feed')} at {address} are what these schedules publish.")
    sys.exit(3 if any(one.broken for one in found.findings) else bool(found.findings or found.problems))


@chatcal.command()
@_now_option
@click.pass_obj
def unconfirmed(folder: Path, now: datetime) -> None:
    """List the chapters that want confirming, as a checklist in Markdown; prints nothing where none does."""
    from chatcal import build, checklist

    root = _root(folder)
    click.echo(checklist.unconfirmed(build.check(_sources(root), _published(root), now)), nl=False)


@chatcal.command()
@click.pass_obj
def schema(folder: Path) -> None:
    """Write what lets an editor complete schedules and mark mistakes: two files of JSON Schema.

    An editor takes them where the first line of a file is `# yaml-language-server: $schema=schema.json`; in
    chatcal.yaml, `# yaml-language-server: $schema=chatcal.schema.json`.
    """
    from chatcal import files, schema

    root = _root(folder)
    made = schema.files()
    with files.sole_writer(root):
        changed = files.replace({root / path: octets for path, octets in made.items()})
    click.echo(f"{words.listed([str(path) for path in made])}; {len(changed)} of them changed.")


@chatcal.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@_now_option
@click.pass_obj
def form(folder: Path, file: TextIO, now: datetime) -> None:
    """Make the edit that an issue form asks for; takes the issue's text from FILE, or from the standard input.

    Prints the edit in a few words. Where a person has to make it, or where the calendar would then have errors, it says
    so, writes nothing, and ends with exit code 1.
    """
    from chatcal import build, edits, files, forms

    root = _root(folder)
    sources = _sources(root)
    try:
        made = forms.edit(file.read(), sources)
    except (forms.Refused, edits.Unclear) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    edited = {**sources, made.path: made.octets}
    if has_errors(problems := build.check(edited, _published(root), now)):
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        click.echo(as_text(errors, edited), nl=False, err=True)
        sys.exit(1)
    files.replace({root / made.path: made.octets})
    click.echo(made.title)


@chatcal.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.pass_obj
def serve(folder: Path, port: int) -> None:
    """Show the site at http://127.0.0.1:8000/, to this machine alone, as a host would serve it.

    It is built anew whenever a schedule has changed and somebody asks; nothing is written to feeds/ or _site/. A
    mistake shows in the page. Ctrl+C ends it.
    """
    from chatcal import serve

    root = _root(folder)

    def make() -> serve.Made:
        sources = _sources(root)
        return serve.made(sources, _published(root), _now(), _commit(root, sources))

    with serve.server(serve.Preview(lambda: serve.stamp(root), make), port) as server:
        click.echo(f"The site is at http://{serve.ADDRESS}:{server.server_port}/ until you press Ctrl+C.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()


_QUESTIONS = {
    "title": ("What is the calendar called?", _Title()),
    "home": ("Where will it be served, such as https://OWNER.github.io/REPO/ (Enter if you do not know yet)?", _Home()),
    "hashtag": ("What is the hashtag of its first chapter?", _Hashtag()),
    "timezone": ("Which city keeps that chapter's clock, like Toronto or Europe/London?", _Zone()),
}
"""What `init` must know, and how it asks."""


@chatcal.command()
@click.argument("where", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", type=_Title(), help="What the calendar is called.")
@click.option("--home", type=_Home(), help="Where it will be served; '' where that is not known yet.")
@click.option("--hashtag", type=_Hashtag(), help="The hashtag of its first chapter.")
@click.option("--timezone", type=_Zone(), metavar="ZONE", help="The city that keeps that chapter's clock, or its zone.")
@_now_option
@click.pass_obj
def init(folder: Path, /, *, where: Path, now: datetime, **given: str | None) -> None:
    """Begin a calendar in DIR: a folder that checks and publishes itself on GitHub. Asks what is not said.

    Where a file is in the way, nothing is written.
    """
    from chatcal import files, init

    root = folder / where
    made = init.calendar(init.Answers(**_answered(given)))
    _refuse_taken(root, made)
    _refuse_wrong({}, {path: octets for path, octets in made.items() if init.is_schedule(path)}, now)
    files.replace({root / path: octets for path, octets in made.items()})
    click.echo(init.next_steps(where, made), nl=False)


@chatcal.command()
@click.argument("hashtag", type=_Hashtag())
@_now_option
@click.pass_obj
def new(folder: Path, hashtag: str, now: datetime) -> None:
    """Add a chapter: write a file for it, with what may stand there as remarks."""
    from chatcal import files, init

    root = _root(folder)
    path, octets = init.chapter(hashtag)
    with files.sole_writer(root):
        sources = _sources(root)
        _refuse_taken(root, [path, path.replace(".yaml", ".yml")])
        _refuse_wrong(sources, {**sources, path: octets}, now)
        files.replace({root / path: octets})
    click.echo(f"{path} is new. Write in it when the chat meets; `chatcal check` says what is wrong.")


@chatcal.command()
@click.argument("hashtags", metavar="HASHTAG...", nargs=-1, required=True)
@_now_option
@click.pass_obj
def confirm(folder: Path, hashtags: Sequence[str], now: datetime) -> None:
    """Write into the files of chapters that somebody confirmed them today; change nothing else."""
    from chatcal import confirm, files

    root = _root(folder)
    with files.sole_writer(root):
        sources = _sources(root)
        done = confirm.confirm(sources, hashtags, now)
        click.echo(as_text(done.problems, sources), nl=False, err=True)
        if done.unknown:
            raise click.UsageError("\n".join([*done.unknown, "Nothing was written."]))
        if done.problems:
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        files.replace({root / path: octets for path, octets in done.files.items()})
    for path in done.files:
        click.echo(f"{path}: confirmed: {now.date()}")


def _answered(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what `init` must know, asked for where it was not given and somebody is there to ask."""
    missing = [f"--{name}" for name in _QUESTIONS if given[name] is None]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(
            f"Nobody can be asked here, so say it: {words.listed(missing)}."
            + (" Where no address is known yet, --home ''." if "--home" in missing else "")
        )
    answers = {}
    for name, (question, kind) in _QUESTIONS.items():
        value = given[name]
        if value is None:
            default = {"home": "", "timezone": _city_here()}.get(name)
            value = click.prompt(question, type=kind, default=default, show_default=bool(default), prompt_suffix=" ")
        answers[name] = value
    return answers


def _city_here() -> str | None:
    """Return the machine's zone; none where it goes by UTC, as machines do that stand nowhere in particular."""
    from chatcal.zones import UTC_NAME

    zone = _machine_zone()
    return None if zone == UTC_NAME else zone


def _refuse_taken(root: Path, paths: Iterable[str]) -> None:
    """Raise UsageError where files are in the way of new ones, or stand where a folder of theirs should."""
    taken: set[str] = set()
    for path in map(Path, paths):
        folders = [one for one in path.parents if (root / one).exists() and not (root / one).is_dir()]
        taken.update(one.as_posix() for one in (path, *folders) if os.path.lexists(root / one))
    if taken:
        raise click.UsageError(f"Nothing was written, since this is there already: {words.listed(sorted(taken))}.")


def _refuse_wrong(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], now: datetime) -> None:
    """Raise UsageError where schedules have errors that they had not before."""
    from chatcal import build

    known = build.check(before, (), now)
    if wrong := [one for one in build.check(after, (), now) if one.severity is Severity.ERROR and one not in known]:
        raise click.UsageError("\n".join([f"{one.message} {one.hint}" for one in wrong] + ["Nothing was written."]))


@chatcal.command(name="import")
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "-o",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the schedule files into this folder.  [default: schedules/ of the calendar]",
)
@_now_option
@click.pass_obj
def import_(folder: Path, *, places: Sequence[str], target: Path | None, now: datetime) -> None:
    """Make schedule files of calendars that were kept elsewhere: .ics files, and those of yaml2ical and yaml2ics.

    Sessions are then worked out on both sides, and every one that differs is told. Nothing is overwritten. Exit codes:
    0 all is carried over; 1 something is not, or wants an edit; 2 wrong usage; 3 a file cannot be read or written.
    """
    from chatcal import build, files
    from chatcal.importing import moving

    root = None if target else _root(folder)
    into = Path(build.SCHEDULES) if root else folder / (target or "")
    found = [one for place in places for one in _moved(folder, place, now)]
    made = {str(into / f"{one.slug}.yaml"): one.text.encode() for one in found}
    if len(made) < len(found):
        raise click.UsageError("Two of these make a schedule file of one name. Import one, rename what it made, go on.")
    _refuse_taken(root or Path(), made)
    sources = _sources(root) if root else {}
    files.replace({(root or Path()) / path: octets for path, octets in made.items()})
    for path, one in zip(made, found, strict=True):
        click.echo("\n  ".join([f"{path}:", *moving.told(one)]))
    problems = moving.problems(found, sources, now)
    _tell(problems, moving.sources_of(found), "text")
    sys.exit(has_errors(problems) or not all(one.is_alike for one in found))


def _moved(folder: Path, place: str, now: datetime) -> "Sequence[Moved]":
    """Return the schedule files that a file or an address gives."""
    from pathlib import PurePosixPath
    from urllib.parse import urlsplit

    from chatcal import fetch
    from chatcal.importing import foreign, moving

    address = fetch.is_address(place)
    octets = fetch.feed(place) if address else (folder / place).read_bytes()
    file = PurePosixPath(urlsplit(place).path).name if address else Path(place).name
    # An address may be a secret that opens a private calendar, and schedule files are for everybody.
    source = f"A calendar at {urlsplit(place).hostname}" if address else f"The file {file}"
    try:
        return moving.moved(moving.read(octets, file.rpartition(".")[0] or file, now.date()), source, now.date())
    except foreign.NotReadable as error:
        raise OSError(f"{place} cannot be imported: {error}") from None


def _asked(folder: Path, chapter: str | None, now: datetime) -> tuple[Calendar, tuple[Chapter, ...], bool]:
    """Return the calendar, the chapters that were asked for, and whether some have errors; these go to stderr."""
    from chatcal import build, checks
    from chatcal.asked import NoChapter, asked

    root = _root(folder)
    sources = _sources(root)
    schedules, problems = build.read(sources, (), now)
    if schedules is None:
        click.echo(as_text(in_order(problems), sources), nl=False, err=True)
        sys.exit(1)
    if any(one.upstream for one in schedules.chapters.values()):
        schedules = replace(schedules, last=build.readable(_published(root))).following({})
    try:
        found = asked(schedules, in_order([*problems, *checks.problems(schedules)]), chapter)
    except NoChapter as error:
        raise click.UsageError(str(error)) from None
    click.echo(as_text(found.errors, sources), nl=False, err=True)
    return schedules.calendar, found.chapters, bool(found.errors)


def _machine_zone() -> str | None:
    """Return the IANA name of the machine's zone: what TZ names, or else what /etc/localtime is a link to."""
    from chatcal.upcoming import machine_zone

    name = os.environ.get("TZ")
    if name is None:
        with suppress(OSError):
            name = os.readlink("/etc/localtime").partition("zoneinfo/")[2]  # noqa: PTH115 - the link's text is meant
    return machine_zone(name or "")


_WIDEST = 10_000


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as wide as the terminal, or as its longest row where the output is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:
        console.width = _WIDEST
        console.width = console.measure(table).maximum
    with console.capture() as capture:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


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

    return {name.removesuffix(".ics"): octets for name, octets in files.read_regular(root / "feeds", ".ics").items()}


def _served(site: str, *, first: bool) -> dict[str, bytes]:
    """Return the feeds that a site serves, by their name; a `first` publication may find none."""
    from chatcal import online

    try:
        return online.feeds(site)
    except FileNotFoundError as error:
        if first:
            return {}
        raise OSError(f"{error}. If nothing was ever published there, --allow-shrink begins with no feeds") from None


def _elsewhere(
    root: Path,
    sources: Mapping[str, bytes | None],
    published: Mapping[str, bytes],
    now: datetime,
    *,
    fetch: bool,
    home: str | None,
    allow_shrink: bool,
) -> dict[str, Any]:
    """Return what is heard of calendars kept elsewhere, and when they were last heard from, for a build."""
    from chatcal import build, status, upstream

    schedules, _ = build.read(sources, published, now)
    if schedules is None or not any(one.upstream for one in schedules.chapters.values()):
        return {}
    contacts = status.contacts(_status(root, home=home or schedules.calendar.home, fetch=fetch))
    if not fetch:
        return {"contacts": contacts}
    return {
        "contacts": contacts,
        "heard": upstream.hear(replace(schedules, last=build.readable(published)), _cache(), allow_shrink=allow_shrink),
    }


def _status(root: Path, *, home: str | None, fetch: bool) -> bytes:
    """Return what the last build said of itself, here or else where the site is served; `{}` where neither tells."""
    from chatcal import build, status

    with suppress(OSError):
        return (root / build.SITE / status.PATH).read_bytes()
    if fetch and home:
        from chatcal import fetch as fetching
        from chatcal import online

        with suppress(OSError):
            return fetching.feed(f"{online.folder(home)}{status.PATH}")
    return b"{}"


def _refuse_lost(last: bytes) -> None:
    """Raise OSError where the last build published feeds, for a calendar that has none left."""
    from chatcal import online

    try:
        feeds = words.counted(len(online.about(last).feeds), "feed")
    except ValueError:
        return
    raise OSError(
        f"feeds/ is empty, and {feeds} are published: what was held would go from them, and every session to come "
        "would count as changed. Bring feeds/ back out of git or a backup, or go on from the site with --published "
        "ADDRESS. If nothing of it is to be kept, --allow-shrink begins anew"
    )


def _dead_links(sources: Mapping[str, bytes | None], named: Sequence[str], now: datetime) -> list[Problem]:
    """Return the dead addresses of these files; a terminal sees how far the asking is."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from chatcal import build, links

    schedules, _ = build.read(sources, (), now)
    if schedules is None:
        return []
    chapters = (one for one in schedules.chapters.values() if one.file in named)
    asked = links.addresses(chapters)
    each = list(dict.fromkeys(address for its in asked.values() for address in its))
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Asking addresses", total=len(each))
        found = links.dead(each, _cache(), now, lambda: progress.advance(task), schedules.calendar.home)
    return list(links.problems(asked, found, sources))


def _cache() -> Path:
    """Return the folder for what can be fetched again."""
    from chatcal import caches

    return caches.folder(os.environ, sys.platform, Path.home())


def _commit(root: Path, sources: Mapping[str, bytes | None]) -> str | None:
    """Return the commit that the schedules are of; None where they are in none just as they stand."""
    from chatcal import compare, git

    with suppress(git.NoRevision, OSError):
        if compare.committed(root, "HEAD") == sources:
            return git.commit(root, "HEAD")
    return None


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
    return as_github(problems, _folder_in_repository()) if form == "github" else as_json(problems)


def _folder_in_repository() -> str:
    """Return where the calendar is below the folder that GitHub checks a repository out to; empty at its top."""
    root = _root(click.get_current_context().obj).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", root)).resolve()
    return f"{root.relative_to(workspace).as_posix()}/" if workspace in root.parents else ""


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pragma: no branch - a program without a console has none
            # Some consoles have letters for few languages: one that they lack is no reason to stop.
            stream.reconfigure(errors="replace")
    try:
        chatcal()
    except BrokenFeed as error:
        _stop(f"A published feed cannot be read, so nothing was written. {error}.")
    except OSError as error:
        _stop(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _stop(sentence: str) -> NoReturn:
    click.echo(f"chatcal: {sentence}", err=True)
    raise SystemExit(3)
