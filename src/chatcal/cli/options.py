"""Options that commands share, and what the machine says of its clock and zone."""

import os
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from chatcal import timezones
from chatcal.problems import ScheduleError, Span
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.suggestions import suggest_zone
from chatcal.schedule.text_values import find_pages_address, read_called
from chatcal.text import is_web_url

T = TypeVar("T")

FIRST_MOMENT, END_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The moments that chatcal works at lie from the first up to the last."""


def read_clock() -> datetime:
    """Return the moment of SOURCE_DATE_EPOCH, or else of the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC)
    try:
        seconds = int(epoch)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < END_MOMENT.timestamp():
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is not a number of seconds from 1970 on.")
    return datetime.fromtimestamp(seconds, UTC)


def find_local_zone() -> str | None:
    """Return the IANA name of the zone that TZ names, or else the machine; None where that is not the zone of a place.

    `EST5EDT` and other abbreviations are not places.
    """
    name = os.environ.get("TZ")
    if name is None:
        # It looks into many files, for one command.
        import tzlocal

        with suppress(zoneinfo.ZoneInfoNotFoundError):  # the machine's files contradict each other
            name = tzlocal.get_localzone_name()
    plain = (name or "").removeprefix(":")
    known = timezones.index_zone_names().get(plain.casefold())
    return known or (plain if "/" in plain and plain in zoneinfo.available_timezones() else None)


def get_cache_folder() -> Path:
    """Return the folder for what can be fetched again: on every system XDG_CACHE_HOME can name another place."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "chatcal"
    # Few commands need it.
    import platformdirs

    return platformdirs.user_cache_path("chatcal", appauthor=False)


def parse_moment(value: str | datetime) -> datetime:
    """Return the moment, in UTC, of a text like 2026-11-23T00:00:00Z."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a moment. Write one like 2026-11-23T00:00:00Z.") from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{value!r} does not say in which zone. Add a Z for UTC: {value}Z.")
    if not FIRST_MOMENT <= moment < END_MOMENT:
        years = f"years run from {FIRST_MOMENT.year} to {END_MOMENT.year - 1}"
        raise click.BadParameter(f"{value!r} is out of range: {years}.")
    return moment.astimezone(UTC)


def parse_zone(value: str) -> str:
    """Return the IANA name of a zone, or of the zone of a city."""
    known = timezones.index_zone_names().get(value.casefold())
    if known is None:
        raise click.BadParameter(f"{value!r} is not a valid time zone. {suggest_zone(value)}")
    return known


def parse_address(value: str) -> str:
    """Return the address of a folder on the web, with the slash at its end."""
    if not is_web_url(value) or value.endswith(".ics"):
        raise click.BadParameter(f"{value!r} is not the address of a site. Write one like https://chats.example/.")
    return f"{value.rstrip('/')}/"


def parse_home(value: str) -> str:
    """Return the address where a site is served; an empty text stays one."""
    if pages := find_pages_address(value):
        raise click.BadParameter(f"{value!r} is the address of the repository. Its site would be at {pages}.")
    return parse_address(value) if value else ""


def parse_title(value: str) -> str:
    if not (value.strip() and value.isprintable()):
        raise click.BadParameter("Write a few words, in one line.")
    return value.strip()


def parse_hashtag(value: str) -> str:
    """Return a hashtag without its `#`, that a file can be named after; an empty text stays one."""
    hashtag = value.strip().removeprefix("#")
    if value.strip():
        _check_slug(hashtag or "#", "")
    return hashtag


def parse_chapter_name(value: str) -> str:
    """Return the name of a chapter, that a file can be named after; an empty text stays one."""
    if value:
        _check_slug("", value)
    return value.strip()


def _check_slug(hashtag: str, name: str) -> None:
    # Few commands need it.
    from chatcal.publish.new_calendar import make_slug

    make_slug(hashtag, name)


def parse_called(value: str) -> str:
    return read_called(Scalar(value.strip(), Span(""))).one


def make_type(name: str, parse: Callable[[Any], T]) -> click.ParamType[T]:
    """Return a type of parameters; `parse` raises BadParameter or ScheduleError where a text is not of that type."""

    def convert(value: object) -> T:
        try:
            return parse(value)
        except ScheduleError as error:
            raise click.BadParameter(" ".join(f"{one.message} {one.hint}" for one in error.problems)) from None

    kind = click.types.FuncParamType(convert)
    kind.name = name
    return kind


MOMENT = make_type("moment", parse_moment)
ZONE = make_type("zone", parse_zone)
ADDRESS = make_type("address", parse_address)
HOME = make_type("address", parse_home)
TITLE = make_type("text", parse_title)
HASHTAG = make_type("hashtag", parse_hashtag)
CHAPTER_NAME = make_type("text", parse_chapter_name)
CALLED = make_type("word", parse_called)


def _get_default_format() -> str:
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


now_option = click.option(
    "--now",
    type=MOMENT,
    default=read_clock,
    help="Work as if it were this moment, like 2026-11-23T00:00:00Z.  [default: SOURCE_DATE_EPOCH, or the clock]",
)


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "json"]),
    default=_get_default_format,
    help="How problems are shown.  [default: text; github under GitHub Actions]",
)
