"""The site: pages that people subscribe from, and files for programs, made of the schedules alone."""

from collections.abc import Collection, Iterator

from chatcal.project import ALL_FEED, Project
from chatcal.site.context import build_chapter_view, build_collection_view, build_home_view, summarize_chapter
from chatcal.site.json import SessionsJson, build_json_ld
from chatcal.site.render import make_renderer, read_asset
from chatcal.site.subscribe import build_offered_feed

_ASSETS = ("style.css", "chatcal.js", "icon.svg", "sessions.schema.json", "status.schema.json")


def build_pages(project: Project, beside: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the site's files with their paths, but not the feeds.

    `beside` holds the paths of what else is published there, like `changes.atom` and `hcsm/changes.atom`: pages link to
    these. Of the moment, pages show only its day, in UTC.
    """
    for name in _ASSETS:
        yield name, read_asset(name)
    yield "robots.txt", b"User-agent: *\nAllow: /\n"
    yield "_headers", _HEADERS
    calendar = project.calendar
    summaries = {slug: summarize_chapter(project, chapter) for slug, chapter in project.chapters.items()}
    sessions_json = SessionsJson(project, summaries.values())
    yield "sessions.json", sessions_json.build_file(list(summaries))
    render = make_renderer(calendar, beside)
    feed = build_offered_feed(calendar, ALL_FEED, calendar.title, "")
    yield "index.html", render("home.html", "", feed=feed, overview=build_home_view(project, summaries))
    yield "404.html", render("404.html", "")
    for slug, summary in summaries.items():
        chapter = summary.chapter
        yield f"{slug}/sessions.json", sessions_json.build_file([slug])
        feed = build_offered_feed(calendar, slug, f"#{chapter.hashtag} {chapter.name}", f"{slug}/")
        view, events = build_chapter_view(project, summary), build_json_ld(project, summary)
        yield f"{slug}/index.html", render("chapter.html", "../", feed=feed, view=view, events=events)
        for name in chapter.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{slug}/", title=feed.title)
    for collection in calendar.collections:
        feed = build_offered_feed(calendar, collection.name, collection.title, f"{collection.name}/")
        overview = build_collection_view(project, summaries, collection)
        yield f"{collection.name}/index.html", render("collection.html", "../", feed=feed, overview=overview)
        for name in collection.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{collection.name}/", title=feed.title)


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
