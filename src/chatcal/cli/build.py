"""Compile the schedules."""

import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from chatcal import english, files
from chatcal.checks.guards import CHAPTER_GUARD_CODE
from chatcal.cli import options, output
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.files import Stage
from chatcal.problems import Problem, has_errors, sort_problems
from chatcal.project import Project
from chatcal.publish import build
from chatcal.publish.last_build import (
    LAST_BUILD_PATH,
    NOTHING_KEPT,
    Kept,
    describe_build,
    find_kept,
    format_last_build,
    hash_inputs,
)
from chatcal.publish.sources import find_sources_commit, read_folder, read_published
from chatcal.publish.status import STATUS_PATH, SiteStatus, read_status
from chatcal.publish.swap import open_swap, swap_files
from chatcal.schedule.format import CALENDAR_FILE

# What uses the network is imported by the functions that need it: most builds do not, and it takes long to import.

_FILES_PER_CHAPTER = 5
"""A feed here and on the site, an Atom feed, a page, and its sessions as JSON."""


@click.command(name="build")
@options.now_option
@click.option("--rewrite-past", is_flag=True, help="Compile ended sessions of the feeds' window again, too.")
@click.option("--all", "rebuild", is_flag=True, help="Build all chapters again, also those that have not changed.")
@click.option(
    "--allow-shrink",
    is_flag=True,
    help="Let feeds lose coming sessions, and pass what else asks for a yes.",
)
@click.option("--fetch", is_flag=True, help="Ask the calendars that chapters keep elsewhere (`upstream:`) what is new.")
@click.option("--home", type=options.ADDRESS, help="Where the site is served, where chatcal.yaml does not say it.")
@click.option(
    "--published",
    "site",
    type=options.ADDRESS,
    help="Go on from the feeds that the site at this address serves, instead of those in feeds/.",
)
@options.format_option
@click.pass_obj
def build_(folder: Path, /, **given: Any) -> None:
    """Compile the schedules into feeds/ and _site/."""
    root = find_root(folder)
    asked = _Request(root=root, **given)
    with open_swap(root) as stage:
        found = _stage_build(stage, asked)
        if not stage.names:
            click.echo("Nothing was written; the feeds stay as they were.", err=True)
            sys.exit(1)
        deleted = swap_files(root, stage)
    feeds, new = (
        sum(name.startswith(f"{build.FEEDS_FOLDER}/") for name in names) for names in (stage.names, stage.digests)
    )
    count = english.format_count(feeds, "feed")
    click.echo(f"{count} in {build.FEEDS_FOLDER}/, {new} of them changed; the site is in {build.SITE_FOLDER}/.")
    if deleted:
        click.echo(f"Deleted from {build.SITE_FOLDER}/: {english.format_count(deleted, 'file')} of earlier builds.")
    for problem in found:
        if problem.code in ("upstream", CHAPTER_GUARD_CODE):
            echo(problem.message)
    sys.exit(has_errors(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What was asked for: the calendar's folder, then the options."""

    root: Path
    form: str
    now: datetime
    rebuild: bool
    rewrite_past: bool
    allow_shrink: bool
    fetch: bool
    home: str | None
    site: str | None


def _stage_build(stage: Stage, asked: _Request) -> tuple[Problem, ...]:
    """Put everything that is published next on a stage; print the problems, and return them."""
    root, now, home, site = asked.root, asked.now, asked.home, asked.site
    sources = read_folder(root)
    published = read_published(root) if site is None else _fetch_served_feeds(site, is_first=asked.allow_shrink)
    last = None if published or asked.allow_shrink else _read_last_status(root, home if asked.fetch else None)
    if last is not None:
        raise _explain_lost_feeds(last)
    inputs = hash_inputs(sources[CALENDAR_FILE] or b"", home, now)
    kept = NOTHING_KEPT
    if site is None and not (asked.rebuild or asked.rewrite_past or asked.allow_shrink):
        kept = find_kept(root / build.SITE_FOLDER, inputs, sources, published, now)
    notes = build.BuildNotes(sources=sources)
    problems = sort_problems(_stage_files(stage, published, kept, notes, asked))
    output.print_problems(problems, sources, asked.form)
    if stage.names:
        made = describe_build(stage, notes, kept, built=now, inputs=inputs, problems=problems)
        stage.add_file(f"{build.SITE_FOLDER}/{LAST_BUILD_PATH}", format_last_build(made))
    return problems


def _stage_files(
    stage: Stage,
    published: Mapping[str, bytes],
    kept: Kept,
    notes: build.BuildNotes,
    asked: _Request,
) -> list[Problem]:
    """Put all files but what tells the next build on a stage, and return the problems."""
    sources, commit = notes.sources, find_sources_commit(asked.root, notes.sources)
    if kept.has_everything(sources, asked.now):
        problems = list(kept.last.problems)
        made = build.repeat_files(kept, published, asked.now, commit, notes)
    else:
        project, problems = _read_project(sources, published, kept.files, asked)
        options = build.BuildOptions(rewrite_past=asked.rewrite_past, allow_shrink=asked.allow_shrink, commit=commit)
        made = build.build_files(project, options, problems, kept=kept, notes=notes) if project else iter(())
    schedules = len(sources)
    for path, content in output.track_progress(
        "Making feeds and pages", made, schedules, _FILES_PER_CHAPTER * (schedules - 1)
    ):
        stage.add_file(path, content)
    return problems


def _read_project(
    sources: build.SourceFiles,
    published: Mapping[str, bytes],
    kept: Collection[str],
    asked: _Request,
) -> tuple[Project | None, list[Problem]]:
    """Return everything that is read, and the problems of the files by themselves; takes the slugs that are kept."""
    parsed = output.track_progress("Reading schedules", build.parse_files(sources), len(sources), len(sources))
    project, problems = build.assemble_project(parsed, published, asked.now, asked.site, frozenset(kept))
    if project is None:
        return None, problems
    fetch = asked.fetch and any(chapter.upstream for chapter in project.chapters.values())
    home_asked = (asked.home or project.calendar.home) if fetch else None
    last = _fetch_status(asked.site) if asked.site else _read_last_status(asked.root, home_asked)
    if last is not None:
        project = replace(project, earlier_contacts=last.contacts, last_built=last.built)
    if fetch:
        project = _fetch_upstreams(project, allow_shrink=asked.allow_shrink)
    if asked.home is not None:
        problems += build.check_home(project, sources[CALENDAR_FILE] or b"", asked.home)
        project = build.apply_home(project, asked.home)
    return project, problems


def _fetch_served_feeds(site: str, *, is_first: bool) -> dict[str, bytes]:
    """Return the feeds that a site serves, by name; only before the first publication there may be none."""
    from chatcal.publish.verify import fetch_feeds

    try:
        return fetch_feeds(site)
    except FileNotFoundError as error:
        if is_first:
            return {}
        raise OSError(f"{error}. If nothing was ever published there, --allow-shrink begins with no feeds") from None


def _fetch_upstreams(project: Project, *, allow_shrink: bool) -> Project:
    """Return a project with what calendars kept elsewhere say now."""
    from chatcal.importers.follow import apply_upstream_results
    from chatcal.importers.upstream import fetch_upstreams

    results = fetch_upstreams(project, options.get_cache_folder(), allow_shrink=allow_shrink)
    return apply_upstream_results(project, results)


def _read_last_status(root: Path, home: str | None) -> SiteStatus | None:
    """Return the status of the last build, from here or else from the site at an address."""
    with suppress(FileNotFoundError, ValueError):
        return read_status(files.read_file(root / build.SITE_FOLDER / STATUS_PATH))
    return _fetch_status(home) if home else None


def _fetch_status(site: str) -> SiteStatus | None:
    from chatcal import http

    with suppress(OSError, ValueError):
        return read_status(http.get(f"{site}{STATUS_PATH}").require_ok().content)
    return None


def _explain_lost_feeds(last: SiteStatus) -> OSError:
    """Return why no build begins where the last one published feeds, and now there are none."""
    feeds = english.format_count(len(last.feeds), "feed")
    return OSError(
        f"feeds/ is empty, and {feeds} are published: what was held would go from them, and every session to come "
        "would count as changed. Bring feeds/ back out of git or a backup, or go on from the site with --published "
        "ADDRESS. If nothing of it is to be kept, --allow-shrink begins anew"
    )
