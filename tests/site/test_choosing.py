"""From the address of home to a calendar in two clicks: which chat, which calendar; in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages import served, shipped, site, write
from tests.pages.reader import list_of, opened
from tests.support.calendars import at, sources

pytestmark = pytest.mark.slow

HOME = "https://chats.example/"
NOW = at("2026-11-28T09:00")
ADDRESS = f"{HOME}hcsmca.ics"
WEBCAL = "webcal://chats.example/hcsmca.ics"
ENCODED = "https%3A%2F%2Fchats.example%2Fhcsmca.ics"
ASKED = f"url={ENCODED}&name=%23hcsmca%20Health%20Care%20Social%20Media%20Canada"
PROGRAMS = {
    "Apple Calendar on iPhone and iPad": WEBCAL,
    "Apple Calendar on a Mac": WEBCAL,
    "ICSx5": WEBCAL,
    "Google Calendar": f"https://calendar.google.com/calendar/r?cid={ENCODED.replace('https', 'webcal')}",
    "Outlook.com": f"https://outlook.live.com/calendar/0/addfromweb?{ASKED}",
    "Microsoft 365": f"https://outlook.office.com/calendar/0/addfromweb?{ASKED}",
    "New Outlook": None,
    "Classic Outlook": None,
    "Thunderbird": None,
    "GNOME": None,
    "KDE": None,
}
"""Each program, with the link that it takes; where that is None the address is copied."""
AGENTS = {
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148",
    "android": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
    "mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    "linux": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "user_agent": AGENTS["windows"]}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "user_agent": AGENTS["android"], "has_touch": True}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shipped")
    write(folder, site(shipped(HOME), NOW))
    with served(folder) as address:
        yield address


def choose_chat(page: Page, tag: str) -> None:
    page.locator(".chips label", has_text=tag).filter(has_text=tag).first.click()


@pytest.mark.parametrize("reader", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_newcomer_gets_a_chat_into_every_program_in_two_clicks(
    browser: Browser, home: str, reader: dict[str, Any]
) -> None:
    with opened(browser, now=NOW, permissions=["clipboard-read", "clipboard-write"], **reader) as page:
        page.context.route("https://**", lambda route: route.fulfill(body="there"))
        for program, link in PROGRAMS.items():
            page.goto(home)
            choose_chat(page, "#hcsmca")
            tile = page.locator(".programs .go", has_text=program.split(" on ")[-1]).first
            expect(tile).to_be_in_viewport()
            if link is None:
                tile.click()
                expect(page.locator(".said")).to_have_text("The address is copied, ready to paste.")
                assert page.evaluate("navigator.clipboard.readText()") == ADDRESS
            elif link.startswith("webcal"):
                expect(tile).to_have_attribute("href", link)
                page.evaluate("document.addEventListener('click', event => event.preventDefault())")
                tile.click()
            else:
                with (
                    page.context.expect_page() as opening,
                    page.context.expect_event("request", lambda one: one.url.startswith("https://")) as asked,
                ):
                    tile.click()
                assert asked.value.url == link
                opening.value.close()
            answer = page.locator(".answer")
            expect(answer.locator("h4")).to_contain_text(program.partition(" on ")[0])
            expect(answer).to_contain_text("looks for changes")
            expect(answer).to_contain_text("remind")
            assert "chat=hcsmca&calendar=" in page.url


def test_the_choice_is_in_the_address(browser: Browser, home: str) -> None:
    with opened(browser, f"{home}?chat=hcsmca&calendar=thunderbird#subscribe", now=NOW, **DESKTOP) as page:
        expect(page.get_by_role("radio", name="#hcsmca", exact=True)).to_be_checked()
        expect(page.locator("#address")).to_have_value(ADDRESS)
        expect(page.locator(".answer h4")).to_contain_text("Thunderbird")
        expect(page.locator("#calendar")).to_contain_text("#hcsmca")
        choose_chat(page, "All 15 chats")
        assert page.url == f"{home}?calendar=thunderbird#subscribe"
        expect(page.locator("#address")).to_have_value(f"{HOME}all.ics")
    with opened(browser, f"{home}?chat=nochat&calendar=abacus", now=NOW) as page:
        expect(page.locator("#address")).to_have_value(f"{HOME}all.ics")
        assert page.url == home


@pytest.mark.parametrize(
    ("device", "first"),
    [
        ("ios", "Apple Calendar on iPhone"),
        ("android", "ICSx5"),
        ("mac", "Apple Calendar on a Mac"),
        ("windows", "Google Calendar"),
        ("linux", "Google Calendar"),
    ],
)
def test_the_programs_of_the_readers_device_come_first(browser: Browser, home: str, device: str, first: str) -> None:
    with opened(browser, f"{home}hcsmca/", now=NOW, user_agent=AGENTS[device]) as page:
        expect(page.locator(".programs .go").first).to_contain_text(first)
        expect(page.locator(".answer h4")).to_contain_text(first)
        fits = [device in (one.get_attribute("data-for") or "") for one in page.locator("[data-program]").all()]
        assert fits == sorted(fits, reverse=True)
        assert len(fits) == len(PROGRAMS)


@pytest.mark.parametrize("reader", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_chosen_by_finger_is_44_pixels_high(browser: Browser, home: str, reader: dict[str, Any]) -> None:
    with opened(browser, home, now=NOW, **reader) as page:
        for targets in (".chips label", ".programs .go", ".copy"):
            sizes = page.locator(targets).evaluate_all(
                "all => all.map(one => one.getBoundingClientRect()).map(one => Math.min(one.width, one.height))"
            )
            assert sizes
            assert min(sizes) >= 44, targets


def test_subscribe_on_a_card_and_on_a_collection_leads_to_the_chooser_with_the_chat_chosen(
    browser: Browser, home: str
) -> None:
    with opened(browser, home, now=NOW, **PHONE) as page:
        page.locator("#chapters li", has_text="#hcsmca").get_by_role("link", name="Subscribe").click()
        expect(page.locator("#calendar")).to_be_in_viewport()
        expect(page.locator("#calendar")).to_be_focused()
        expect(page.locator("#address")).to_have_value(ADDRESS)
        expect(page.locator(".doubts")).to_contain_text("Last confirmed in February 2012. In February 2016 the weekly")
        assert page.url == f"{home}?chat=hcsmca#subscribe"
        page.locator("#collections li").first.get_by_role("link", name="Subscribe").click()
        expect(page.locator("#address")).to_have_value(f"{HOME}europe.ics")
        expect(page.locator(".doubts")).to_contain_text("None of the coming sessions is confirmed.")
        choose_chat(page, "#hcsmuk")
        expect(page.locator(".doubts")).to_have_text("")


def test_without_script_subscribe_on_a_card_leads_to_the_page_of_the_chat(browser: Browser, home: str) -> None:
    with opened(browser, home, now=NOW, java_script_enabled=False) as page:
        page.locator("#chapters li", has_text="#hcsmca").get_by_role("link", name="Subscribe").click()
        assert page.url == f"{home}hcsmca/#subscribe"
        expect(page.locator("[data-program=google] a")).to_have_attribute("href", PROGRAMS["Google Calendar"] or "")
        expect(page.locator(".how").first).to_be_visible()
        expect(page.locator(".chips")).to_be_hidden()
        # Nothing is offered that script makes, and no room is kept for it.
        expect(page.locator(".how p:visible", has_text="Download")).to_have_count(0)
        page.goto(home)
        lefts = [page.locator(part).bounding_box() for part in ("#subscribe h2", ".programs")]
        assert lefts[0]
        assert lefts[1]
        assert lefts[0]["x"] == lefts[1]["x"]


def test_a_chat_is_found_by_its_name_and_chosen_by_keyboard(browser: Browser, home: str) -> None:
    with opened(browser, home, now=NOW, **DESKTOP) as page:
        page.locator(".find input").fill("silicon")
        # What is chosen stays, since from there the keyboard leads to the others.
        expect(page.locator(".chips label:visible")).to_have_text(["All 15 chats", "#hcsmSV"])
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="#hcsmSV", exact=True)).to_be_checked()
        expect(page.get_by_role("radio", name="#hcsmSV", exact=True)).to_be_focused()
        page.locator(".find input").fill("")
        page.get_by_role("radio", name="All 15 chats").check()
        page.locator(".find input").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_role("radio", name="All 15 chats")).to_be_focused()
        for _ in range(6):
            page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="#hcsmca", exact=True)).to_be_checked()
        page.keyboard.press("Tab")
        expect(page.locator(".programs .go").first).to_be_focused()
        expect(page.locator("#address")).to_have_value(ADDRESS)


TONIGHT = """\
hashtag: nightchat
name: Night
timezone: Europe/Berlin
chats:
  - {every: Saturday, at: "19:00", topic: Owls}
  - {every: Saturday, at: "21:00", id: late}
  - {every: Sunday, at: "10:00", id: next}
sessions:
  2026-11-28 late: {cancelled: Storm}
"""


@pytest.mark.parametrize("reader", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_on_tonight_is_on_the_first_screen(browser: Browser, tmp_path: Path, reader: dict[str, Any]) -> None:
    write(tmp_path, site(sources(nightchat=TONIGHT), at("2026-11-28T00:00")))
    with served(tmp_path) as address:
        for path in ("", "nightchat/"):
            with opened(browser, f"{address}{path}", now=at("2026-11-28T18:30"), **reader) as page:
                lines = page.locator("#now li")
                expect(lines).to_have_count(3)
                for number, said in enumerate(
                    (
                        "on now 19:00\N{EN DASH}20:00 #nightchat Owls Join",
                        "today 21:00\N{EN DASH}22:00 #nightchat",
                        "tomorrow 10:00\N{EN DASH}11:00 #nightchat",
                    )
                ):
                    expect(lines.nth(number)).to_contain_text(said)
                    expect(lines.nth(number)).to_be_in_viewport(ratio=1)
                expect(lines.nth(1)).to_contain_text("cancelled")
                expect(lines.nth(1).get_by_role("link", name="Join")).to_have_count(0)
                page.clock.set_fixed_time(at("2026-11-28T19:30"))
                page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
                expect(lines).to_have_count(2)
                assert list_of(page)


def test_the_first_screen_says_that_nothing_is_confirmed(browser: Browser, home: str) -> None:
    for reader in (DESKTOP, PHONE):
        with opened(browser, home, now=NOW, **reader) as page:
            expect(page.locator("#subscribe > .doubt .badge")).to_be_in_viewport()
            expect(page.locator("#subscribe > .doubt")).to_be_in_viewport()
