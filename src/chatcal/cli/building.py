"""Schedules to feeds and a site: build, and what it goes on from."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from chatcal import words
from chatcal.cli import disk, machine, options, progress, showing
from chatcal.problem import has_errors


@click.command(name="build")
@options.now
@click.option("--rewrite-past", is_flag=True, help="Compile ended sessions of the feeds' window again, too.")
@click.option(
    "--allow-shrink", is_flag=True, help="Let feeds that no schedule stands for any more lose their coming sessions."
)
@click.option("--fetch", is_flag=True, help="Ask the calendars that chapters keep elsewhere (`upstream:`) what is new.")
@click.option("--home", type=options.Folder(), help="Where the site is served, where chatcal.yaml does not say it.")
@click.option(
    "--published",
    "site",
    type=options.Folder(),
    help="Go on from the feeds that the site at this address serves, instead of those in feeds/.",
)
@options.form
@click.pass_obj
def build_(folder: Path, /, *, now: datetime, site: str | None, fetch: bool, form: str, **how: Any) -> None:
    """Compile the schedules into feeds/ and _site/."""
    from chatcal import build, files

    root = disk.root(folder)
    with files.sole_writer(root):
        sources = disk.sources(root)
        published = disk.published(root) if site is None else _served(site, first=how["allow_shrink"])
        if not published and not how["allow_shrink"]:
            _refuse_lost(_status(root, home=how["home"], fetch=fetch))
        how |= _elsewhere(
            root, sources, published, now, fetch=fetch, home=site or how["home"], allow_shrink=how["allow_shrink"]
        )
        with files.staged() as stage:
            problems = build.put(
                lambda path, octets: stage.put(root / path, octets),
                sources,
                published,
                now,
                commit=disk.commit(root, sources),
                watch=progress.watch(len(sources)),
                **how,
            )
            showing.tell(problems, sources, form)
            if not stage.paths:
                click.echo("Nothing was written; the feeds stay as they were.", err=True)
                sys.exit(1)
            changed = stage.swap()
    feeds, new = (sum(path.parent.name == build.FEEDS for path in paths) for paths in (stage.paths, changed))
    click.echo(f"{feeds} feeds in {build.FEEDS}/, {new} of them changed; the site is in {build.SITE}/.")
    for problem in problems:
        if problem.code == "upstream":
            click.echo(problem.message)
    sys.exit(has_errors(problems))


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
        "heard": upstream.hear(
            replace(schedules, last=build.readable(published)), machine.caches(), allow_shrink=allow_shrink
        ),
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
