"""The site: pages that people subscribe from, and the same for programs, made of the schedules alone."""

from collections.abc import Collection, Iterator

from chatcal.project import ALL_FEED, Project
from chatcal.site import context, json
from chatcal.site.subscribe import build_offered_feed
from chatcal.watch import ProgressTracker, ignore_progress

_ASSETS = ("style.css", "chatcal.js", "icon.svg", "sessions.schema.json", "status.schema.json")


def build_pages(
    schedules: Project, beside: Collection[str] = (), watch: ProgressTracker = ignore_progress
) -> Iterator[tuple[str, bytes]]:
    """Yield the site's files with their paths, the feeds aside.

    `beside` holds the paths of what else is published there, like `changes.atom` and `hcsm/changes.atom`: pages link to
    what is there. Everything but the moment's day, in UTC, is made of the schedules alone.
    """
    from chatcal.site.render import read_asset

    for name in _ASSETS:
        yield name, read_asset(name)
    yield "robots.txt", b"User-agent: *\nAllow: /\n"
    yield "_headers", _HEADERS
    yield "sessions.json", json.format_sessions_json(schedules, schedules.chapters.values())
    yield from _build_html_pages(schedules, beside, watch)


def _build_html_pages(
    schedules: Project, beside: Collection[str], watch: ProgressTracker
) -> Iterator[tuple[str, bytes]]:
    from chatcal.site.render import make_renderer

    calendar = schedules.calendar
    render = make_renderer(calendar, beside)
    everything = build_offered_feed(calendar, ALL_FEED, calendar.title, "")
    yield "index.html", render("home.html", "", feed=everything, overview=context.build_home_view(schedules))
    yield "404.html", render("404.html", "")
    for chapter in watch("Making pages", schedules.chapters.values()):
        yield f"{chapter.slug}/sessions.json", json.format_sessions_json(schedules, [chapter])
        its_own = build_offered_feed(calendar, chapter.slug, f"#{chapter.hashtag} {chapter.name}", f"{chapter.slug}/")
        view = context.build_chapter_view(schedules, chapter)
        events = json.build_json_ld(schedules, chapter)
        yield f"{chapter.slug}/index.html", render("chapter.html", "../", feed=its_own, view=view, events=events)
        for name in chapter.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{chapter.slug}/", title=its_own.title)
    for collection in calendar.collections:
        combined = build_offered_feed(calendar, collection.name, collection.title, f"{collection.name}/")
        overview = context.build_collection_view(schedules, collection)
        yield f"{collection.name}/index.html", render("collection.html", "../", feed=combined, overview=overview)
        for name in collection.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{collection.name}/", title=combined.title)


_HEADERS = b"""\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
/*.ics
  Content-Type: text/calendar; charset=utf-8
  Access-Control-Allow-Origin: *
  Cache-Control: public, max-age=600
/*.json
  Access-Control-Allow-Origin: *
/*.atom
  Content-Type: application/atom+xml; charset=utf-8
  Access-Control-Allow-Origin: *
"""
