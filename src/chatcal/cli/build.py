"""Schedules to feeds and a site: build, and what it goes on from."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from chatcal import english
from chatcal.cli import options, output
from chatcal.cli.folder import find_root
from chatcal.problems import has_errors
from chatcal.publish.sources import find_sources_commit, read_folder, read_published


@click.command(name="build")
@options.now_option
@click.option("--rewrite-past", is_flag=True, help="Compile ended sessions of the feeds' window again, too.")
@click.option(
    "--allow-shrink", is_flag=True, help="Let feeds that no schedule stands for any more lose their coming sessions."
)
@click.option("--fetch", is_flag=True, help="Ask the calendars that chapters keep elsewhere (`upstream:`) what is new.")
@click.option(
    "--home", type=options.AddressType(), help="Where the site is served, where chatcal.yaml does not say it."
)
@click.option(
    "--published",
    "site",
    type=options.AddressType(),
    help="Go on from the feeds that the site at this address serves, instead of those in feeds/.",
)
@options.format_option
@click.pass_obj
def build_(folder: Path, /, *, now: datetime, site: str | None, fetch: bool, form: str, **how: Any) -> None:
    """Compile the schedules into feeds/ and _site/."""
    from chatcal import files
    from chatcal.publish import build

    root = find_root(folder)
    with files.lock_folder(root):
        sources = read_folder(root)
        published = read_published(root) if site is None else _fetch_served_feeds(site, first=how["allow_shrink"])
        if not published and not how["allow_shrink"]:
            _refuse_lost_feeds(_read_last_status(root, home=how["home"], fetch=fetch))
        how |= _get_upstream_state(
            root, sources, published, now, fetch=fetch, home=site or how["home"], allow_shrink=how["allow_shrink"]
        )
        with files.open_stage() as stage:
            problems = build.build_files(
                lambda path, octets: stage.add_file(root / path, octets),
                sources,
                published,
                now,
                commit=find_sources_commit(root, sources),
                watch=output.track_progress(len(sources)),
                **how,
            )
            output.print_problems(problems, sources, form)
            if not stage.paths:
                click.echo("Nothing was written; the feeds stay as they were.", err=True)
                sys.exit(1)
            changed = stage.replace_all()
    feeds, new = (sum(path.parent.name == build.FEEDS_FOLDER for path in paths) for paths in (stage.paths, changed))
    click.echo(f"{feeds} feeds in {build.FEEDS_FOLDER}/, {new} of them changed; the site is in {build.SITE_FOLDER}/.")
    for problem in problems:
        if problem.code == "upstream":
            click.echo(problem.message)
    sys.exit(has_errors(problems))


def _fetch_served_feeds(site: str, *, first: bool) -> dict[str, bytes]:
    """Return the feeds that a site serves, by their name; a `first` publication may find none."""
    from chatcal.publish import verify

    try:
        return verify.fetch_feeds(site)
    except FileNotFoundError as error:
        if first:
            return {}
        raise OSError(f"{error}. If nothing was ever published there, --allow-shrink begins with no feeds") from None


def _get_upstream_state(
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
    from chatcal.importers import upstream
    from chatcal.publish import build, status

    schedules, _ = build.read_project(sources, published, now)
    if schedules is None or not any(one.upstream for one in schedules.chapters.values()):
        return {}
    contacts = status.read_contacts(_read_last_status(root, home=home or schedules.calendar.home, fetch=fetch))
    if not fetch:
        return {"contacts": contacts}
    return {
        "contacts": contacts,
        "heard": upstream.fetch_upstreams(
            replace(schedules, published_revisions=build.read_valid_feeds(published)),
            options.get_cache_folder(),
            allow_shrink=allow_shrink,
        ),
    }


def _read_last_status(root: Path, *, home: str | None, fetch: bool) -> bytes:
    """Return what the last build said of itself, here or else where the site is served; `{}` where neither tells."""
    from chatcal import http
    from chatcal.publish import build, status, verify

    with suppress(OSError):
        return (root / build.SITE_FOLDER / status.STATUS_PATH).read_bytes()
    if fetch and home:
        with suppress(OSError):
            return http.fetch_feed(f"{verify.add_trailing_slash(home)}{status.STATUS_PATH}")
    return b"{}"


def _refuse_lost_feeds(last: bytes) -> None:
    """Raise OSError where the last build published feeds, for a calendar that has none left."""
    from chatcal.publish import verify

    try:
        feeds = english.format_count(len(verify.read_status(last).feeds), "feed")
    except ValueError:
        return
    raise OSError(
        f"feeds/ is empty, and {feeds} are published: what was held would go from them, and every session to come "
        "would count as changed. Bring feeds/ back out of git or a backup, or go on from the site with --published "
        "ADDRESS. If nothing of it is to be kept, --allow-shrink begins anew"
    )
