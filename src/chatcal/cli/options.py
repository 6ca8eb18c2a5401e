"""Options that commands share, and what the machine says of its clock and zone."""

import os
import zoneinfo
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from chatcal import timezones
from chatcal.problems import ScheduleError
from chatcal.text import is_web_url

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
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is no number of seconds since 1970.")
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


class MomentType(click.ParamType[datetime]):
    """A moment, aware, in the years that chatcal works at."""

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
        if not FIRST_MOMENT <= moment < END_MOMENT:
            years = f"years run from {FIRST_MOMENT.year} to {END_MOMENT.year - 1}"
            self.fail(f"{value!r} is out of range: {years}.", param, ctx)
        return moment.astimezone(UTC)


class ZoneType(click.ParamType[str]):
    """A time zone of a place."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the IANA name of a zone, or of the zone of a city."""
        from chatcal import timezones
        from chatcal.schedule import suggestions

        known = timezones.index_zone_names().get(value.casefold())
        if known is None:
            self.fail(f"{value!r} is not a valid time zone. {suggestions.suggest_zone(value)}", param, ctx)
        return known


class AddressType(click.ParamType[str]):
    """The address of a folder on the web."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address of a folder on the web, with the slash at its end."""
        if not is_web_url(value) or value.endswith(".ics"):
            self.fail(f"{value!r} is not where a site is. Write an address like https://chats.example/.", param, ctx)
        return f"{value.rstrip('/')}/"


class TitleType(click.ParamType[str]):
    """A few words."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a text of one line."""
        if not (value.strip() and value.isprintable()):
            self.fail("Write a few words, in one line.", param, ctx)
        return str(value.strip())


class HomeType(AddressType):
    """Where a site is served, or nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address of a folder on the web, or nothing where there is none yet."""
        from chatcal.schedule.text_values import find_pages_address

        if pages := find_pages_address(value):
            self.fail(f"{value!r} is where the repository is. Its site would be at {pages}.", param, ctx)
        return super().convert(value, param, ctx) if value else ""


class HashtagType(click.ParamType[str]):
    """What a chapter is known by."""

    name = "hashtag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a hashtag without its `#`, that a file can be named by."""
        from chatcal.publish.new_calendar import make_slug

        hashtag: str = value.strip().removeprefix("#")
        try:
            make_slug(hashtag)
        except ScheduleError as error:
            self.fail(" ".join(f"{one.message} {one.hint}" for one in error.problems), param, ctx)
        return hashtag


def _get_default_format() -> str:
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


now_option = click.option(
    "--now",
    type=MomentType(),
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
