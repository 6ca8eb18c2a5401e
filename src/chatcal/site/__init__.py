"""The site: pages that people subscribe from, and the same for programs, made of the schedules alone."""

from collections.abc import Collection, Iterator

from chatcal.schedules import ALL, Schedules
from chatcal.site import programs, views
from chatcal.site.subscribe import feed

_ASSETS = ("style.css", "chatcal.js", "icon.svg", "sessions.schema.json", "status.schema.json")


def pages(schedules: Schedules, beside: Collection[str] = ()) -> dict[str, bytes]:
    """Return the site's files by their path, the feeds aside.

    `beside` holds the paths of what else is published there, like `changes.atom` and `hcsm/changes.atom`: pages link to
    what is there. Everything but the moment's day, in UTC, is made of the schedules alone.
    """
    from chatcal.site.rendering import asset

    files = {name: asset(name) for name in _ASSETS}
    files["robots.txt"] = b"User-agent: *\nAllow: /\n"
    files["_headers"] = _HEADERS
    files["sessions.json"] = programs.sessions_json(schedules, schedules.chapters.values())
    for slug, chapter in schedules.chapters.items():
        files[f"{slug}/sessions.json"] = programs.sessions_json(schedules, [chapter])
    return files | dict(_pages(schedules, beside))


def _pages(schedules: Schedules, beside: Collection[str]) -> Iterator[tuple[str, bytes]]:
    from chatcal.site.rendering import renderer

    calendar = schedules.calendar
    render = renderer(calendar, beside)
    everything = feed(calendar, ALL, calendar.title, "")
    yield "index.html", render("home.html", "", feed=everything, overview=views.home(schedules))
    yield "404.html", render("404.html", "")
    for chapter in schedules.chapters.values():
        its_own = feed(calendar, chapter.slug, f"#{chapter.hashtag} {chapter.name}", f"{chapter.slug}/")
        view = views.chapter(schedules, chapter)
        events = programs.events(schedules, chapter)
        yield f"{chapter.slug}/index.html", render("chapter.html", "../", feed=its_own, view=view, events=events)
        for name in chapter.formerly:
            yield f"{name}/index.html", render("moved.html", "../", path=f"{chapter.slug}/", title=its_own.title)
    for collection in calendar.collections:
        combined = feed(calendar, collection.name, collection.title, f"{collection.name}/")
        overview = views.collection(schedules, collection)
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
