"""The pages beside those that people subscribe from: what changed, the archive, and what other websites show."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from chatcal.publish import build
from tests.pages import rich, served, site, write
from tests.pages.reader import opened
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, feeds_of, sources

HOME = "https://lights.example/"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site, with a blog beside it that shows two of its pages in frames."""
    folder = tmp_path_factory.mktemp("pages")
    write(folder, site(rich(), NOW))
    frames = (f'<iframe id="{name}" src="{path}"></iframe>' for name, path in FRAMES.items())
    head = "<!doctype html><title>A blog</title><link rel='icon' href='icon.svg'>"
    (folder / "blog.html").write_text(head + "".join(frames), "utf-8")
    with served(folder) as address:
        yield address


FRAMES = {"wanted": "lanternchat/embed/", "other": "lanternchat/"}


# ---- What changed


def test_the_page_of_changes_says_by_day_what_the_atom_feed_says() -> None:
    first = site(rich(), NOW)
    page, atom = (first[name].decode() for name in ("changes.html", "changes.atom"))
    for sentence in re.findall(r"&lt;li&gt;(.*?)&lt;/li&gt;", atom):
        assert f"<li><bdi>{sentence.replace('&amp;', '&')}</bdi></li>" in page.replace("&#34;", '"').replace(
            ' lang="de"', ""
        )
    assert "<h2>Sunday <span>1 March 2026</span></h2>" in page
    assert page.index('<a href="lanternchat/"><bdi>#lanternchat</bdi></a>') < page.index(
        '<a href="fogchat/"><bdi>#fogchat</bdi></a>'
    )


def test_a_quiet_night_changes_no_byte_of_what_changed_and_an_edit_comes_first() -> None:
    feeds: dict[str, bytes] = {}
    pages: list[str] = []
    for night, text in enumerate((LANTERN, LANTERN, LANTERN.replace("13:00", "14:00"))):
        made = build.build_calendar(sources(CALENDAR, lanternchat=text), feeds, NOW + timedelta(days=night))
        feeds = feeds_of(made)
        (page,) = (content for path, content in made.files.items() if path.name == "changes.html")
        pages.append(page.decode())
    assert pages[0] == pages[1]
    assert re.findall(r"<h2>\w+ <span>(.*?)</span>", pages[2])[0] == "3 March 2026"


# ---- The archive


def test_the_archive_holds_topics_hosts_and_transcripts_of_all_chapters_by_year_and_is_searched(
    browser: Browser, pages: str
) -> None:
    with opened(browser, f"{pages}archive.html") as page:
        rows = page.locator(".year .session")
        expect(rows).to_have_count(2)
        expect(page.locator(".year h2")).to_have_text(["2025", "2010"])
        expect(rows.first).to_contain_text("Wicks")
        expect(rows.first.get_by_role("link", name="Transcript")).to_have_attribute(
            "href", "https://lantern.example/wicks"
        )
        page.get_by_label("Search").fill("bo WÍCKS")
        expect(rows.filter(visible=True)).to_have_count(1)
        expect(page.locator(".year:visible h2")).to_have_text(["2025"])
        expect(page.locator("#matches")).to_have_text("1 of 2 sessions.")
        page.get_by_label("Search").fill("storm")
        expect(page.locator("#matches")).to_have_text("No session has that in it.")
        page.get_by_label("Search").fill("")
        expect(rows.filter(visible=True)).to_have_count(2)
        rows.first.get_by_role("link", name="#lanternchat").click()
        expect(page.locator(":target")).to_contain_text("Wicks")


def test_a_calendar_without_a_past_says_that_its_archive_is_empty() -> None:
    page = site(sources(CALENDAR, lanternchat=LANTERN), at("2026-01-01T00:00"))["archive.html"].decode()
    assert "No topic, host or transcript of a past session is on record yet." in page
    assert "<input" not in page


# ---- For other websites


def test_a_frame_shows_the_next_three_sessions_on_the_readers_clock_and_its_links_open_at_the_top(
    browser: Browser, pages: str
) -> None:
    with opened(browser, f"{pages}blog.html", now=at("2026-03-04T18:30")) as page:
        frame = page.frame_locator("#wanted")
        shown = frame.locator("li:visible time")
        expect(shown).to_have_text(["Wed 4 Mar, 19:00 CET", "Wed 11 Mar, 18:00 CET", "Fri 20 Mar, 01:00 CET"])
        expect(frame.locator("li:visible").nth(1)).to_contain_text("cancelled")
        frame.get_by_role("link", name="Subscribe to this calendar").click()
        page.wait_for_url(f"{pages}lanternchat/#subscribe")
    with opened(browser, f"{pages}blog.html", now=at("2026-03-04T19:00")) as page:
        expect(page.frame_locator("#wanted").locator("li:visible time").first).to_have_text("Wed 11 Mar, 18:00 CET")


def test_other_pages_in_a_frame_show_only_the_way_out_of_it(browser: Browser, pages: str) -> None:
    with opened(browser, f"{pages}blog.html") as page:
        frame = page.frame_locator("#other")
        expect(frame.locator("body")).to_have_text("#lanternchat The Lantern Keepers")
        frame.get_by_role("link").click()
        page.wait_for_url(f"{pages}lanternchat/")
        expect(page.locator("#address")).to_be_visible()
    headers = site(rich(), NOW)["_headers"].decode()
    assert [rule for rule in re.findall(r"^(/\S*)\n  Content-Security-Policy", headers, re.M) if "embed" in rule] == []


def test_what_a_frame_loads_is_small_and_of_this_site_alone(browser: Browser, pages: str) -> None:
    loaded: list[str] = []
    with opened(browser) as page:
        page.on("response", lambda answer: loaded.append(answer.url))
        page.goto(f"{pages}lanternchat/embed/")
        page.wait_for_load_state("networkidle")
    names = {url.removeprefix(pages).partition("?")[0] for url in loaded}
    assert names - {"favicon.ico"} == {"lanternchat/embed/", "embed.css", "embed.js"}
    files = site(rich(), NOW)
    assert sum(len(files[name]) for name in ("lanternchat/embed/index.html", "embed.css", "embed.js")) < 10_000


def test_the_page_of_a_chapter_has_what_to_paste_and_former_addresses_of_it_stay() -> None:
    files = site(rich(), NOW)
    assert f"&lt;iframe src=&#34;{HOME}lanternchat/embed/&#34;" in files["lanternchat/index.html"].decode()
    assert files["lampchat/embed/index.html"] == files["lanternchat/embed/index.html"]
    assert "&lt;iframe" not in site(rich(None), NOW)["lanternchat/index.html"].decode()


# ---- For programs that show or find pages


def test_every_page_that_people_share_says_what_it_is() -> None:
    files = site(rich(), NOW)
    for path, title in (
        ("", "Lights"),
        ("lanternchat/", "#lanternchat The Lantern Keepers"),
        ("sea/", "Lights at sea"),
        ("changes.html", "What changed: Lights"),
        ("archive.html", "Past sessions: Lights"),
    ):
        page = files[path if path.endswith("html") else f"{path}index.html"].decode()
        told = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="(.*?)">', page))
        assert told["og:title"] == title
        assert told["og:url"] == f"{HOME}{path}"
        assert told["og:image"] == f"{HOME}icon.png"
        assert told["og:description"] == told["description"]
        assert '<link rel="apple-touch-icon"' in page
    assert files["icon.png"].startswith(b"\x89PNG")
    assert "og:url" not in site(rich(None), NOW)["index.html"].decode()


def test_the_map_of_the_site_names_every_page_that_is_not_a_former_one() -> None:
    files = site(rich(), NOW)
    places = re.findall(r"<loc>(.*)</loc>", files["sitemap.xml"].decode())
    former = {"lampchat/index.html", "ocean/index.html"}
    pages = {path for path in files if path.endswith(".html") and "embed/" not in path and path != "404.html"} - former
    assert {f"{HOME}{path.removesuffix('index.html')}" for path in pages} == set(places)
    assert f"Sitemap: {HOME}sitemap.xml\n" in files["robots.txt"].decode()
    assert "sitemap.xml" not in site(rich(None), NOW)
