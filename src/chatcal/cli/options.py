"""What may stand behind a command: kinds of values, and the options that several commands have."""

import os
from datetime import UTC, datetime
from typing import Any

import click

from chatcal.cli import machine
from chatcal.problem import ScheduleError


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
        if not machine.FIRST_MOMENT <= moment < machine.END_MOMENT:
            years = f"years run from {machine.FIRST_MOMENT.year} to {machine.END_MOMENT.year - 1}"
            self.fail(f"{value!r} is out of range: {years}.", param, ctx)
        return moment.astimezone(UTC)


class ZoneType(click.ParamType[str]):
    """A time zone of a place."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the IANA name of a zone, or of the zone of a city."""
        from chatcal import zones

        known = zones.index_zone_names().get(value.casefold())
        if known is None:
            self.fail(f"{value!r} is no time zone of a place. {zones.suggest_zone(value)}", param, ctx)
        return known


class AddressType(click.ParamType[str]):
    """The address of a folder on the web."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address of a folder on the web, with the slash at its end."""
        from urllib.parse import urlsplit

        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or value.endswith(".ics"):
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
        from chatcal.texts import find_pages_address

        if pages := find_pages_address(value):
            self.fail(f"{value!r} is where the repository is. Its site would be at {pages}.", param, ctx)
        return super().convert(value, param, ctx) if value else ""


class HashtagType(click.ParamType[str]):
    """What a chapter is known by."""

    name = "hashtag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a hashtag without its `#`, that a file can be named by."""
        from chatcal.init import make_slug

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
    default=machine.read_clock,
    help="Work as if it were this moment, like 2026-11-23T00:00:00Z.  [default: SOURCE_DATE_EPOCH, or the clock]",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "json"]),
    default=_get_default_format,
    help="How problems are shown.  [default: text; github under GitHub Actions]",
)
