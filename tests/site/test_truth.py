"""The pages say what is so, at every moment: in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from chatcal.publish import build
from tests.pages import rich, served, site, write
from tests.pages.reader import cells, list_of, opened, week_of
from tests.support.calendars import LANTERN, NOW, at, built, sources

pytestmark = pytest.mark.slow

DAILY = "name: N\ntimezone: Europe/Berlin\nchats: [{every: day, at: '9:00'}]\n"
CROWD = {f"many{number}": f"hashtag: many{number}\n{DAILY}" for number in range(6)}
"""So many sessions that a page brings along no more than those of ten days."""
RARE = """\
hashtag: rarechat
name: Rare
timezone: Europe/Berlin
chats: [{every: third Friday of the month, at: "20:00", topic: Seldom but good}]
sessions:
  2026-03-20: {hosts: [Ada], note: Bring a friend}
  2026-04-17: {cancelled: Easter}
  2026-05-15: {moved: 2026-05-16 10:00}
"""


def test_a_filter_finds_what_comes_after_the_sessions_that_the_page_brings_along(
    browser: Browser, tmp_path: Path
) -> None:
    write(tmp_path, site(sources(rarechat=RARE, **CROWD), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}?q=rarechat") as page:
        one = page.locator("#rarechat-2026-03-20")
        expect(one).to_be_visible()
        expect(one.locator("time")).to_have_text("20:00\N{EN DASH}21:00")
        expect(one.locator(".what")).to_have_text("#rarechat Seldom but good")
        expect(one.locator(".more")).to_contain_text("Fri 20 Mar 20:00 in Berlin with Ada Bring a friend Join")
        expect(one.get_by_role("link", name="Join")).to_have_attribute("href", "https://x.com/hashtag/rarechat")
        page.get_by_role("button", name="Show later sessions").click()
        expect(page.locator("#rarechat-2026-04-17 .what")).to_have_text("#rarechat Seldom but good cancelled Easter")
        expect(page.locator("#rarechat-2026-05-15 .what")).to_contain_text("moved from Fri 15 May 20:00 in Berlin")


@pytest.mark.parametrize(
    ("language", "slug", "name", "names"),
    [
        ("en", "lanternchat", "The Lantern Keepers", ["lampchat-2026-04-08", "lampchat-2026-04-22"]),
        (
            "de",
            "fogchat",
            "Nebel und Dunst",
            ["fogchat-2026-03-20", "fogchat-dusk-2026-04-07", "fogchat-2026-04-03"],
        ),
    ],
)
def test_an_item_that_script_makes_says_what_the_page_would_say(  # noqa: PLR0917 - pytest names them
    browser: Browser, tmp_path: Path, language: str, slug: str, name: str, names: list[str]
) -> None:
    """The page of a chapter brings along what home fetches later: both say the same in the same language."""
    files = rich()
    files["chatcal.yaml"] = (files["chatcal.yaml"] or b"") + f"language: {language}\n".encode()
    moved = b"sessions: {2026-04-03: {moved: 2026-04-04}, 2026-04-07: {moved: 2026-04-08}}\n"
    files["schedules/fogchat.yaml"] = (files["schedules/fogchat.yaml"] or b"") + moved
    write(tmp_path, site(files, NOW))

    def read(address: str, item: str) -> str:
        with opened(browser, address) as page:
            one = page.locator(f"[id='{item}']")
            expect(one).to_be_visible()
            links = [link.get_attribute("href") for link in one.locator(".more a").all()]
            return " ".join([*one.inner_text().split(), *map(str, links)])

    with served(tmp_path) as address:
        for item in names:
            with_page, with_script = read(f"{address}{slug}/", item), read(f"{address}#{item}", item)
            assert with_script == with_page.replace(f"#{slug}", f"#{slug} {name}", 1), item


def test_a_topic_in_an_item_that_script_makes_has_the_direction_of_its_language(
    browser: Browser, tmp_path: Path
) -> None:
    topic = "language: ar\nsessions: {2026-09-02: {topic: HPV}}\n"
    write(tmp_path, site(sources(lanternchat=LANTERN + topic), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}#lanternchat-2026-09-02") as page:
        expect(page.locator("#lanternchat-2026-09-02 .topic[lang=ar][dir=rtl]")).to_have_text("HPV")


def test_an_item_that_script_makes_says_that_nobody_knows_the_weeks(browser: Browser, tmp_path: Path) -> None:
    chapter = """\
hashtag: dimchat
name: Dim
timezone: Europe/Berlin
chats:
  - {every: other Monday, at: "20:00", counting: unknown}
"""
    write(tmp_path, site(sources(dimchat=chapter), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}#dimchat-2026-12-07") as page:
        one = page.locator("[id='dimchat-2026-12-07']")
        expect(one.locator(".what")).to_have_text("#dimchat Dim every other week which is not known")


def test_where_the_rest_cannot_be_loaded_the_list_says_until_when_it_is_complete(
    browser: Browser, tmp_path: Path
) -> None:
    write(tmp_path, site(sources(rarechat=RARE, **CROWD), NOW))
    with served(tmp_path) as address, opened(browser, complaints=("Failed to load resource",)) as page:
        page.route("**/sessions.json", lambda route: route.abort())
        page.goto(f"{address}?q=rarechat")
        expect(page.locator("#days")).to_have_text(
            "No session is listed here up to 8 March 2026. What comes later could not be loaded."
        )
        page.unroute("**/sessions.json")
        page.get_by_role("button", name="April 2026").click()
        expect(page.locator("#rarechat-2026-03-20")).to_be_visible()


def test_what_could_not_be_loaded_is_not_said_to_be_nowhere(browser: Browser, tmp_path: Path) -> None:
    partly = "Only the coming weeks are shown: the rest could not be loaded."
    write(tmp_path, site(sources(rarechat=RARE, **CROWD), NOW))
    with served(tmp_path) as address, opened(browser, complaints=("Failed to load resource",)) as page:
        page.route("**/sessions.json", lambda route: route.abort())
        page.goto(f"{address}?q=friend")
        expect(page.locator(".found")).to_have_text(partly)
        page.goto(f"{address}rarechat/#rarechat-2027-03-19")
        expect(page.locator("#asked")).to_have_text(partly)


def test_what_could_not_be_loaded_comes_when_the_reader_is_online_again(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(rarechat=RARE, **CROWD), NOW))
    with served(tmp_path) as address, opened(browser, complaints=("Failed to load resource",)) as page:
        page.route("**/sessions.json", lambda route: route.abort())
        page.goto(f"{address}?q=rarechat")
        expect(page.locator("#days")).to_contain_text("What comes later could not be loaded.")
        page.unroute("**/sessions.json")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#rarechat-2026-03-20")).to_be_visible()


def test_no_chapter_is_said_to_be_like_that_before_all_sessions_were_searched(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(rarechat=RARE, **CROWD), NOW))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with served(tmp_path) as address, opened(browser) as page:
        page.route("**/sessions.json", hold)
        page.goto(f"{address}?q=friend")
        expect(page.locator(".found")).to_have_text("Loading the rest…")
        held[0].continue_()
        expect(page.locator(".found")).to_have_text("1 of 7 chapters. The calendar of exactly these: #rarechat")
        page.get_by_label("Search").fill("none such")
        expect(page.locator(".found")).to_have_text("No chapter is like that.")


def test_the_month_of_today_has_its_past_from_the_first_look(browser: Browser, tmp_path: Path) -> None:
    chapter = "hashtag: newchat\n" + DAILY
    now = at("2026-03-20T12:00")
    feeds = built(sources(newchat=chapter), NOW)
    made = build.build_calendar(sources(newchat=chapter), feeds, now).files
    pages = {path.relative_to("_site").as_posix(): octets for path, octets in made.items() if path.parts[0] == "_site"}
    write(tmp_path, pages)
    with served(tmp_path) as address, opened(browser, address, now=now) as page:
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("td li")).to_have_count(31)
        first = cells(page)
        page.get_by_role("button", name="April 2026").click()
        page.get_by_role("button", name="March 2026").click()
        assert cells(page) == first
        assert set(first.values()) == {"09:00 #newchat"}


def test_the_next_session_is_listed_where_none_is_near(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(rarechat=RARE), NOW))
    with served(tmp_path) as address, opened(browser, address) as page:
        assert list(list_of(page)) == ["rarechat-2026-03-20"]


def test_of_many_sessions_of_a_chapter_some_are_listed_at_a_time(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(**CROWD), NOW))
    with served(tmp_path) as address:
        with opened(browser, f"{address}many0/") as page:
            expect(page.locator(".day")).to_have_count(12)
            page.get_by_role("button", name="Show later sessions").click()
            expect(page.locator(".day")).to_have_count(32)
        with opened(browser, f"{address}many0/", now=at("2026-08-01T00:00")) as page:
            expect(page.locator(".day")).to_have_count(20)


def test_a_frame_says_when_nothing_more_is_coming(browser: Browser, tmp_path: Path) -> None:
    few = DAILY.replace("every: day", "every: day, until: 2026-03-02")
    write(tmp_path, site(sources(fewchat=f"hashtag: fewchat\n{few}", **CROWD), NOW))
    with served(tmp_path) as address:
        for path, now, said in (
            ("fewchat", "2026-03-02T08:59", ["Mon 2 Mar"]),
            ("fewchat", "2026-03-02T09:00", ["No session is coming up."]),
            # Of what lies behind the sessions that it brings along, it knows nothing.
            ("many0", "2026-09-01T00:00", []),
        ):
            with opened(browser, f"{address}{path}/embed/", now=at(now)) as page:
                rows = page.locator("li:visible")
                expect(rows).to_have_count(len(said))
                for row, text in zip(rows.all(), said, strict=True):
                    expect(row).to_contain_text(text)


YEARLY = """\
hashtag: fairchat
name: Fair
timezone: Europe/Berlin
chats:
  - {every: 20 February, at: "18:00"}
  - {id: fair, every: 10 February, at: all day, lasts: 2d}
"""


def test_a_session_of_another_year_is_not_taken_for_one_of_this(browser: Browser, tmp_path: Path) -> None:
    files = site(sources(fairchat=YEARLY), NOW)
    write(tmp_path, files)
    with served(tmp_path) as address:
        with opened(browser, address) as page:
            expect(page.locator("#now li")).to_contain_text("10 Feb 2027 All day, to Thu 11 Feb")
        with opened(browser, f"{address}fairchat/embed/") as page:
            expect(page.locator("time")).to_have_text(
                ["Wed 10 Feb 2027 · All day, to Thu 11 Feb", "Sat, 20 Feb 2027, 18:00 CET"]
            )
    assert "Sat 20 Feb 2027 · 18:00\N{EN DASH}19:00 Berlin" in files["fairchat/embed/index.html"].decode()


def test_what_is_next_is_told_also_where_all_that_is_near_is_cancelled(browser: Browser, tmp_path: Path) -> None:
    pause = "breaks: [{from: 2026-03-02, until: 2026-05-31}]\n"
    chapters = {name: f"hashtag: {name}\n{DAILY}{pause}" for name in ("shutchat", "restchat")}
    write(tmp_path, site(sources(**chapters), NOW))
    with served(tmp_path) as address:
        for path in ("", "shutchat/"):
            with opened(browser, f"{address}{path}", now=at("2026-03-02T12:00")) as page:
                expect(page.locator("#now li")).to_contain_text("Mon 1 Jun 09:00\N{EN DASH}10:00")


def test_nothing_of_today_is_passed_over_for_what_comes_tomorrow(browser: Browser, tmp_path: Path) -> None:
    chats = "".join(f"  - {{id: n{hour}, every: day, at: '{hour}:00'}}\n" for hour in range(10, 18))
    chapter = f"hashtag: fullchat\nname: N\ntimezone: Europe/Berlin\nchats:\n{chats}"
    write(tmp_path, site(sources(fullchat=chapter), NOW))
    with served(tmp_path) as address:
        for now, shown in (
            ("08:30", [10, 11, 12, 13, 14]),
            ("12:30", [13, 14, 15, 16, 17]),
            ("13:30", [14, 15, 16, 17, 10]),
        ):
            with opened(browser, address, now=at(f"2026-03-02T{now}")) as page:
                expect(page.locator("#now li")).to_contain_text([f"{hour}:00\N{EN DASH}" for hour in shown])


def test_a_cancelled_session_is_told_by_a_word_in_week_month_and_list(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-09T00:00")) as page:
        assert "#lanternchat 18:00 cancelled" in [label for label, _, _ in week_of(page)["Wed 11 Mar"]]
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("#month [role=status]")).not_to_contain_text("Loading")
        assert cells(page)["2026-03-11"] == "to Thu 04:00 #fogchat\N{NO-BREAK SPACE}?, 18:00 #lanternchat cancelled"
        page.get_by_role("button", name="April 2026").click()
        expect(page.locator("td:has([datetime='2026-04-08']) li")).to_have_text("19:00 #lanternchat cancelled")
        expect(page.locator("#lampchat-2026-03-11")).to_contain_text("cancelled")
        expect(page.locator("#lampchat-2026-03-11 button")).to_have_count(0)


def test_a_cancelled_session_is_no_doubtful_one_wherever_it_comes_from(browser: Browser, tmp_path: Path) -> None:
    chapter = "hashtag: dimchat\nname: Dim\ntimezone: Europe/Berlin\nconfirmed: 2012-01-01\n"
    off = "{cancelled: Fog}"
    chapter += f"chats: [{{every: Wednesday, at: evening}}]\nsessions: {{2026-03-04: {off}, 2026-03-25: {off}}}\n"
    write(tmp_path, site(sources(dimchat=chapter), NOW))
    with served(tmp_path) as address, opened(browser, address) as page:
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("td li")).to_have_count(4)
        month = cells(page)
        assert month["2026-03-04"] == month["2026-03-25"] == "#dimchat cancelled"
        assert month["2026-03-11"] == "#dimchat\N{NO-BREAK SPACE}?"
        page.get_by_role("button", name="Show later sessions").click()
        for day in ("04", "25"):
            expect(page.locator(f"#dimchat-2026-03-{day} .what")).to_have_text(
                "#dimchat Dim cancelled Fog time unknown"
            )


def test_a_page_that_is_left_open_goes_with_the_time(browser: Browser, rich_site: str) -> None:
    with opened(browser) as page:
        page.clock.install(time=at("2026-03-04T17:30"))
        page.goto(rich_site)
        lamp = page.locator("#lampchat-2026-03-04")
        expect(lamp.locator("xpath=ancestor::section[1]//h3")).to_contain_text("Today, Wednesday")
        expect(page.locator(".badge.now")).to_have_count(0)
        left = page.locator(".week .now").evaluate("one => one.style.insetInlineStart")
        page.locator("#lampchat-2026-03-11 .what a").focus()
        page.clock.fast_forward("31:00")
        expect(lamp.locator(".badge.now")).to_have_text("on now")
        assert page.locator(".week .now").evaluate("one => one.style.insetInlineStart") != left
        page.clock.fast_forward("01:00:00")
        expect(lamp).to_have_count(0)
        page.clock.fast_forward("24:00:00")
        expect(page.locator(".week strong").first).to_have_text("Thu 5 Mar")
        expect(page.locator("#lampchat-2026-03-11 .what a")).to_be_focused()


def test_a_page_that_comes_back_to_the_front_is_brought_up_to_date_at_once(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-04T12:00")) as page:
        expect(page.locator("#days h3").first).to_contain_text("Today, Wednesday")
        page.clock.set_fixed_time(at("2026-03-06T12:00"))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
        expect(page.locator("#days h3").first).to_contain_text("Today, Friday")


@pytest.mark.parametrize(
    ("path", "name", "shown"),
    [
        ("", "lampchat-2026-12-23", "Wednesday 23 December"),
        ("sea/", "lampchat-2026-12-23", "Wednesday 23 December"),
        ("lanternchat/", "lampchat-2026-12-23", "Wednesday 23 December"),
        ("lanternchat/", "lampchat-2025-12-10", "Wicks"),
        ("lampchat/", "lampchat-2026-12-23", "Wednesday 23 December"),
        ("", "lampchat-2026-01-07", "which is over"),
        ("", "fogchat-abroad-2010-05-04", "Fog abroad"),
    ],
)
def test_the_address_of_a_session_opens_it(browser: Browser, rich_site: str, path: str, name: str, shown: str) -> None:
    with opened(browser, f"{rich_site}{path}#{name}") as page:
        one = page.locator(f"[id='{name}']")
        expect(one).to_be_in_viewport()
        expect(page.locator("section, #asked", has=one).last).to_contain_text(shown)


def test_the_address_of_a_past_session_leads_to_its_own_chapter_and_not_to_one_whose_name_begins_alike(
    browser: Browser, tmp_path: Path
) -> None:
    chapter = "name: N\ntimezone: Europe/Berlin\nchats: [{every: Wednesday, at: '9:00', from: 2012}]\n"
    ladies = f"{chapter}sessions: {{2012-01-04: {{topic: Wicks}}}}\n"
    write(tmp_path, site(sources(**{"lamp": chapter, "lamp-ladies": ladies, "lamp-men": chapter}), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}#lamp-ladies-2012-01-04") as page:
        page.wait_for_url(f"{address}lamp-ladies/#lamp-ladies-2012-01-04")
        expect(page.locator("#lamp-ladies-2012-01-04")).to_contain_text("Wicks")


def test_a_session_that_was_asked_for_goes_with_the_clock_that_is_picked(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}#lampchat-2026-01-07") as page:
        asked = page.locator("#asked")
        expect(asked).to_contain_text("Friday, 9 January 2026")
        expect(asked.locator("time")).to_have_text("02:00\N{EN DASH}03:00")
        page.locator("#zone").select_option("America/Toronto")
        expect(asked).to_contain_text("Thursday, 8 January 2026")
        expect(asked.locator("time")).to_have_text("20:00\N{EN DASH}21:00")


def test_a_day_on_which_the_filters_leave_nothing_is_not_said_to_be_free(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}?q=nebel") as page:
        expect(page.locator(".week li", has_text="Wed 4 Mar")).to_have_text("Wed 4 Mar")
        page.get_by_label("Search").fill("")
        expect(page.locator(".week li", has_text="Thu 5 Mar")).to_have_text("Thu 5 Marno chat")


def test_a_session_that_the_filters_leave_out_is_not_said_to_be_over(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}?q=nebel#lampchat-2026-03-04") as page:
        asked = page.locator("#asked")
        expect(asked).to_contain_text("Wednesday, 4 March 2026")
        expect(asked).to_contain_text("Joint chat")
        expect(asked).not_to_contain_text("over")
        page.get_by_role("button", name="Clear").click()
        expect(page.locator("#days #lampchat-2026-03-04")).to_be_visible()
        expect(asked).to_have_count(0)


def test_the_address_of_a_session_that_nobody_knows_says_so(browser: Browser, rich_site: str) -> None:
    for path in ("", "lanternchat/"):
        with opened(browser, f"{rich_site}{path}#lampchat-2019-05-01") as page:
            expect(page.locator("#asked")).to_have_text("Nothing is on record here of a session on 1 May 2019.")
            expect(page.locator("h1")).to_contain_text("Lantern")


def test_sessions_in_week_and_month_lead_to_their_own_address(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        for links in (".week a", "table a"):
            lamp = page.locator(links, has_text="#lanternchat").first
            expect(lamp).to_have_attribute("href", "lanternchat/#lampchat-2026-03-04")
        page.get_by_role("button", name="April 2026").click()
        page.locator("table a", has_text="#lanternchat").last.click()
        expect(page.locator("[id='lampchat-2026-04-29']")).to_be_in_viewport()
