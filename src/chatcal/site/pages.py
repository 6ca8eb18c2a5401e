"""The site: pages that people subscribe from, and files for programs, made of the schedules alone."""

from collections.abc import Callable, Iterable, Iterator
from html import escape

from chatcal.english import Words
from chatcal.feed.event import get_chapter_words
from chatcal.feed.feeds import Feed
from chatcal.model import Chapter
from chatcal.project import ALL_FEED, Project
from chatcal.site.archive import find_recorded_sessions
from chatcal.site.atom import ATOM_PATH, AtomFeeds
from chatcal.site.context import (
    ChapterSummary,
    SessionView,
    build_chapter_view,
    build_overview,
    build_session_view,
    group_by_year,
    group_in_order,
    select_shown,
    summarize_chapter,
    summarize_kept_chapter,
)
from chatcal.site.json import SessionsJson, build_json_ld
from chatcal.site.render import Renderer, read_asset
from chatcal.site.subscribe import OfferedFeed, build_offered_feed
from chatcal.words import get_words

_ASSETS = (
    "style.css",
    "chatcal.js",
    "later.js",
    "single.js",
    "archive.js",
    "embed.css",
    "embed.js",
    "icon.svg",
    "icon.png",
    "sessions.schema.json",
    "status.schema.json",
)
# The names of these are no chapter's: those are folders.
CHANGES_PATH = "changes.html"
ARCHIVE_PATH = "archive.html"


class Site:
    """The site's files with their paths, but not the feeds: those of one chapter after the other, then the rest.

    `beside` holds the paths of what else is published there, like `status.json`: pages link to these. Of the moment,
    pages show only its day, in UTC.
    """

    def __init__(self, project: Project, beside: Iterable[str] = ()) -> None:
        self._project = project
        self._beside = {*beside, ATOM_PATH}
        self._words = get_words(project.calendar.language)
        self._renderer = Renderer(project, self._beside)
        self._atom_feeds = AtomFeeds(project)
        self._sessions_json = SessionsJson(project)
        self._summaries: dict[str, ChapterSummary] = {}
        self._on_record: list[SessionView] = []

    def close(self) -> None:
        """Delete what waits on the disk."""
        self._sessions_json.close()

    def build_chapter(self, chapter: Chapter, feed: Feed | None) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a chapter, besides its feed; takes that too, if there is one."""
        project, slug, render = self._project, chapter.slug, self._renderer.render
        if feed is not None and feed.content is not None:
            path, content = self._atom_feeds.build_chapter_atom(chapter, feed.revisions)
            self._beside.add(path)
            yield path, content
        summary = summarize_chapter(project, chapter)
        self._summaries[slug] = select_shown(project, summary)
        yield f"{slug}/sessions.json", self._sessions_json.build_chapter_file(summary)
        offered = build_offered_feed(project.calendar, slug, chapter.full_name, f"{slug}/")
        yield from _list_codes(f"{slug}/", offered)
        words = get_chapter_words(chapter)
        view, events = build_chapter_view(project, summary), build_json_ld(project, summary)
        self._add_record((one for _, sessions in view.past for one in sessions), words)
        page = render("chapter.html", "../", words, feed=offered, view=view, events=events, zones=view.zones)
        yield f"{slug}/index.html", page
        embed = render("embed.html", "../../", words, view=view)
        for name in (slug, *chapter.formerly):
            # Other websites show it. It stays where it was when the chapter gets another name.
            yield f"{name}/embed/index.html", embed
        for name in chapter.formerly:
            yield f"{name}/index.html", render("moved.html", "../", words, path=f"{slug}/", title=offered.title)

    def keep_chapter(self, chapter: Chapter, shown: tuple[int, int], read_file: Callable[[str], bytes]) -> None:
        """Take a chapter whose files stay as they are; `read_file` returns one by its path.

        `shown` is how many sessions are coming, and how many of these are unconfirmed.
        """
        slug = chapter.slug
        self._atom_feeds.keep_chapter_atom(chapter, read_file(f"{slug}/{ATOM_PATH}"))
        self._beside.add(f"{slug}/{ATOM_PATH}")
        self._sessions_json.keep_chapter_file(slug, read_file(f"{slug}/sessions.json"))
        self._summaries[slug] = summarize_kept_chapter(self._project, chapter, *shown)
        past = find_recorded_sessions(self._project, chapter)
        self._add_record((build_session_view(self._project, one, self._words) for one in past), self._words)

    def _add_record(self, past: Iterable[SessionView], words: Words) -> None:
        found = [one for one in past if one.tells_something]
        if words is not self._words:
            found = [build_session_view(self._project, one.session, self._words) for one in found]
        self._on_record += found

    def build_rest(self) -> Iterator[tuple[str, bytes | Iterator[bytes]]]:
        """Yield all other files, the largest in pieces, when each chapter had its turn."""
        project, calendar, words = self._project, self._project.calendar, self._words
        render, stream = self._renderer.render, self._renderer.stream
        for name in _ASSETS:
            yield name, read_asset(name)
        yield from _build_guides(project)
        yield "_headers", _HEADERS
        yield self._atom_feeds.build_combined_atom()
        yield "sessions.json", self._sessions_json.build_combined_file()
        feed = build_offered_feed(calendar, ALL_FEED, calendar.title, "")
        yield from _list_codes("", feed)
        overview = build_overview(project, self._summaries, calendar.collections)
        yield "index.html", stream("home.html", "", words, feed=feed, overview=overview, zones=overview.zones)
        yield "404.html", render("404.html", "", words)
        days = group_in_order(self._atom_feeds.latest, lambda change: change.moment.date())
        yield CHANGES_PATH, render("changes.html", "", words, days=days, zones=())
        yield ARCHIVE_PATH, stream("archive.html", "", words, years=group_by_year(self._on_record), zones=())
        for collection in calendar.collections:
            feed = build_offered_feed(calendar, collection.name, collection.title, f"{collection.name}/")
            overview = build_overview(project, {slug: self._summaries[slug] for slug in collection.chapters})
            yield from _list_codes(f"{collection.name}/", feed)
            page = render("collection.html", "../", words, feed=feed, overview=overview, zones=overview.zones)
            yield f"{collection.name}/index.html", page
            for name in collection.formerly:
                path = f"{collection.name}/"
                yield f"{name}/index.html", render("moved.html", "../", words, path=path, title=feed.title)


def _list_codes(folder: str, feed: OfferedFeed) -> Iterator[tuple[str, bytes]]:
    if feed.links:
        yield f"{folder}qr.svg", feed.links.qr_code


def _build_guides(project: Project) -> Iterator[tuple[str, bytes]]:
    """Yield the files that tell programs what may be read; a map of the site needs whole addresses."""
    robots = "User-agent: *\nAllow: /\n"
    calendar = project.calendar
    if calendar.home:
        robots += f"Sitemap: {calendar.home}sitemap.xml\n"
        folders = [*project.chapters, *(one.name for one in calendar.collections)]
        paths = ["", *(f"{name}/" for name in sorted(folders)), CHANGES_PATH, ARCHIVE_PATH]
        places = "".join(f"  <url><loc>{escape(calendar.home + path)}</loc></url>\n" for path in paths)
        yield "sitemap.xml", _SITEMAP.format(places).encode()
    yield "robots.txt", robots.encode()


# The protocol of sitemaps.org. It says not when a page changed: that would change every file every night.
_SITEMAP = """\
<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}</urlset>
"""


# Pages whose folder is not `embed` may not be framed. A page cannot say that of itself, only its server; the script of
# the pages steps out of frames, too.
_HEADERS = b"""\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
/
  Content-Security-Policy: frame-ancestors 'none'
/:folder/
  Content-Security-Policy: frame-ancestors 'none'
/*.html
  Content-Security-Policy: frame-ancestors 'none'
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
