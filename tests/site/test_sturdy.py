"""Pages break nowhere: long and foreign tags, small screens, forced colours, paper, and quick typists."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.pages import LANTERN, served, site, write
from tests.pages.reader import opened, week_of
from tests.support.calendars import CALENDAR, NOW, at, sources

pytestmark = pytest.mark.slow

LONG = "a" * 55 + "chat"
HOURS = "".join(f'  - {{every: day, at: "{hour:02}:00", id: at{hour:02}}}\n' for hour in range(1, 24))
LONG_CHAPTER = f"""\
hashtag: {LONG}
name: Long
timezone: Europe/Berlin
chats:
  - {{every: day, at: "00:00"}}
{HOURS}sessions:
  2026-03-02 at12: {{cancelled: Fog}}
"""
BRIEF = "".join(f'  - {{every: day, at: "{at}", lasts: 5min, id: at{at[:2]}}}\n' for at in ("00:00", "12:00", "23:54"))
BRIEF_CHAPTER = f"name: Brief\ntimezone: Europe/Berlin\nchats:\n{BRIEF}"


@pytest.mark.parametrize("width", [360, 320])
def test_a_tag_of_60_letters_runs_out_of_the_page_at_no_hour(browser: Browser, tmp_path: Path, width: int) -> None:
    write(tmp_path, site(sources(**{LONG: LONG_CHAPTER}), NOW))
    with served(tmp_path) as address:
        for path in ("", f"{LONG}/"):
            with opened(browser, f"{address}{path}", viewport={"width": width, "height": 700}) as page:
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                if path:
                    continue
                labels = page.evaluate(
                    """() => [...document.querySelectorAll(".week a")].map(link => {
                        const parts = [link, ...link.querySelectorAll("span, em")];
                        const [all, label, said] = parts.map(one => one.getBoundingClientRect());
                        return all.left - 1 <= label.left && said.right <= all.right + 1 && said.width > 10;
                    })"""
                )
                assert len(labels) > 7 * 20
                assert all(labels)
                assert any("cancelled" in label for label, _, _ in week_of(page)["Mon 2 Mar"])


def test_a_session_of_five_minutes_has_its_label_beside_its_bar(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(brief=BRIEF_CHAPTER), NOW))
    with served(tmp_path) as address, opened(browser, address, viewport={"width": 1440, "height": 900}) as page:
        parts = page.evaluate(
            """() => [...document.querySelectorAll(".week a")].map(link => [link, ...link.children].map(one => {
                const { left, right } = one.getBoundingClientRect();
                return [left, right];
            }))"""
        )
        assert len(parts) == 7 * 3 - 1  # the first is over
        for (first, last), bar, label in parts:
            assert first <= bar[0] + 1
            assert bar[1] <= last + 1
            assert bar[1] <= label[0] + 1 or label[1] <= bar[0] + 1


@pytest.mark.parametrize("hour", [0, 9, 11, 12, 13, 14, 18, 23])
def test_a_name_stands_whole_beside_its_hour_on_a_telephone(browser: Browser, tmp_path: Path, hour: int) -> None:
    chapter = f"hashtag: oilchat\nname: Oil\ntimezone: Etc/UTC\nchats: [{{every: day, at: '{hour:02}:00'}}]\n"
    write(tmp_path, site(sources(oilchat=chapter), NOW))
    with (
        served(tmp_path) as address,
        opened(browser, address, timezone_id="UTC", locale="en-US", viewport={"width": 360, "height": 640}) as page,
    ):
        names = page.locator(".week bdi")
        expect(names).not_to_have_count(0)
        assert names.evaluate_all("names => names.every(name => name.scrollWidth <= name.clientWidth)")


@pytest.mark.parametrize("path", ["", "lanternchat/", "sea/", "archive.html"])
def test_letters_twice_as_large_stay_within_the_page_of_a_telephone(
    browser: Browser, rich_site: str, path: str
) -> None:
    with opened(browser, f"{rich_site}{path}", viewport={"width": 320, "height": 640}) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_each_day_of_the_week_stands_on_one_line_in_german(browser: Browser, tmp_path: Path) -> None:
    now = at("2026-11-29T00:00")
    write(tmp_path, site(sources(f"{CALENDAR}language: de\n", brief=BRIEF_CHAPTER), now))
    with served(tmp_path) as address, opened(browser, address, now=now) as page:
        days = page.locator(".week strong")
        expect(days.nth(1)).to_have_text("Mo., 30. Nov.")
        lines = """one => {
            const text = document.createRange();
            text.selectNodeContents(one);
            return new Set([...text.getClientRects()].map(part => Math.round(part.bottom))).size;
        }"""
        assert [day.evaluate(lines) for day in days.all()] == [1] * 7


def test_the_filters_of_a_region_with_a_long_name_stay_within_the_page(browser: Browser, tmp_path: Path) -> None:
    chapters = {f"far{number}": f"name: Far\nregion: {'far' * 20}{number}\n" for number in range(2)}
    write(tmp_path, site(sources(**chapters), NOW))
    with served(tmp_path) as address, opened(browser, address, viewport={"width": 320, "height": 700}) as page:
        expect(page.get_by_label("Region")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_tag_from_right_to_left_stands_apart_in_week_and_month(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        for tags in (".week a bdi", "table a bdi", "#now bdi", ".chips bdi"):
            expect(page.locator(tags).first).to_have_text(page.locator(tags).first.inner_text())
            assert page.locator(tags).first.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_bars_of_the_week_stand_under_their_hours_in_both_directions(
    browser: Browser, rich_site: str, direction: str
) -> None:
    with opened(browser, rich_site, now=at("2026-03-04T18:30"), viewport={"width": 1440, "height": 900}) as page:
        page.evaluate("to => { document.documentElement.dir = to; }", direction)
        hours, bars, line = page.evaluate(
            """() => {
                const from = (one, track) => {
                    const [part, all] = [one, track].map(each => each.getBoundingClientRect());
                    const gap = document.dir === "rtl" ? all.right - part.right : part.left - all.left;
                    return Math.round(gap / all.width * 24 * 4) / 4;
                };
                const tracks = [...document.querySelectorAll(".week ul")];
                const timed = [...document.querySelectorAll(".week li:not(.day-long) > a")]
                    .filter(one => /^ ..:../.test(one.querySelector("em").textContent));
                return [
                    [...document.querySelectorAll(".hours span")].map(one => from(one, tracks[0])),
                    timed.map(one => [one.querySelector("em").textContent,
                        from(one.querySelector("i"), one.closest("ul"))]),
                    from(document.querySelector(".week li.now"), tracks[0]),
                ];
            }"""
        )
        assert hours == [0, 3, 6, 9, 12, 15, 18, 21]
        assert bars
        for said, hour in bars:
            assert hour == int(said[1:3]) + int(said[4:6]) / 60
        assert line == 19.5  # Berlin


def test_in_forced_colours_the_line_of_now_and_all_digits_are_seen(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-04T18:30"), forced_colors="active") as page:
        line = page.locator(".week .now")
        assert line.evaluate("one => parseFloat(getComputedStyle(one).borderLeftWidth)") == 2
        assert line.evaluate("one => getComputedStyle(one).borderLeftColor") != page.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for digits in (".week em", "td.today time", "#now li", ".session .when"):
            text, ground = page.locator(digits).first.evaluate(
                """one => {
                    let ground = one;
                    const solid = colour => !/, 0[)]$/.test(colour);
                    while (!solid(getComputedStyle(ground).backgroundColor) && ground.parentElement) {
                        ground = ground.parentElement;
                    }
                    return [getComputedStyle(one).color, getComputedStyle(ground).backgroundColor];
                }"""
            )
            assert text != ground, digits


def test_on_paper_all_letters_follow_the_size_of_the_page(browser: Browser, rich_site: str) -> None:
    for path in ("", "lanternchat/"):
        with opened(browser, f"{rich_site}{path}") as page:
            page.emulate_media(media="print")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            sizes = page.evaluate(
                """() => [...document.querySelectorAll("main *")]
                    .filter(one => one.checkVisibility() && one.textContent.trim())
                    .map(one => parseFloat(getComputedStyle(one).fontSize) * 0.75)"""
            )
            assert max(sizes) <= 30
            assert min(sizes) >= 7.5
            for part, size in (("body", 10), (".lead", 11.5)):
                pixels = page.locator(part).evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
                assert abs(pixels * 0.75 - size) < 0.1, part


def test_the_month_opens_on_today_on_a_phone_also_when_the_rest_has_come(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-14T12:00"), viewport={"width": 360, "height": 700}) as page:
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("#month [role=status]")).not_to_contain_text("Loading")
        expect(page.locator("td.today")).to_be_in_viewport(ratio=1)


MISTAKE = "Is something wrong or missing here?"


@pytest.mark.parametrize("path", ["", "lanternchat/", "few/", "404.html", "lampchat/"])
def test_every_page_has_a_way_to_report_a_mistake(browser: Browser, tmp_path: Path, path: str) -> None:
    lines = "repository: https://code.example/lights\ncontact: mailto:ada@lights.example\n"
    calendar = CALENDAR + lines + "collections: {few: {title: Few, chapters: [lanternchat]}}\n"
    write(tmp_path, site(sources(calendar, lanternchat=LANTERN), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}{path}") as page:
        report = page.locator("footer .report")
        expect(report).to_contain_text(MISTAKE)
        form, contact = (one.get_attribute("href") or "" for one in report.locator("a").all())
        assert form.startswith("https://code.example/lights/issues/new")
        assert contact.startswith("mailto:ada@lights.example")


def test_a_quick_typist_waits_for_one_search_and_no_formatter_is_made_again(browser: Browser, tmp_path: Path) -> None:
    daily = "name: N\ntimezone: Europe/Paris\nchats: [{every: Monday, at: '9:00'}]\n"
    many = {f"many{number}": f"hashtag: many{number}\n{daily}" for number in range(60)}
    write(tmp_path, site(sources(**many), NOW))
    with served(tmp_path) as address, opened(browser) as page:
        page.add_init_script(
            """(() => {
                const make = Intl.DateTimeFormat, replace = history.replaceState.bind(history);
                window.made = window.remembered = 0;
                Intl.DateTimeFormat = new Proxy(make, {
                    apply: (...all) => (window.made += 1, Reflect.apply(...all)),
                    construct: (...all) => (window.made += 1, Reflect.construct(...all)),
                });
                history.replaceState = (...all) => (window.remembered += 1, replace(...all));
            })()"""
        )
        page.goto(address)
        expect(page.locator(".chapters > li:visible")).to_have_count(60)
        page.get_by_label("Search").fill("many")
        page.wait_for_url("**/?q=many")
        page.evaluate("window.made = window.remembered = 0")
        page.evaluate(
            """() => {
                const field = document.querySelector("[name=q]");
                for (const text of ["many1", "many11", "many1", "many12"]) {
                    field.value = text;
                    field.dispatchEvent(new Event("input", {bubbles: true}));
                }
            }"""
        )
        page.wait_for_url("**/?q=many12")
        expect(page.locator(".chapters > li:visible")).to_have_count(1)
        assert page.evaluate("window.remembered") == 1
        assert page.evaluate("window.made") == 0


def test_what_a_search_finds_is_drawn_in_pieces_until_the_next_key(browser: Browser, tmp_path: Path) -> None:
    weekly = "name: N\ntimezone: Europe/Paris\nchats: [{every: Monday, at: '9:00'}]\n"
    many = {f"many{number}": f"hashtag: many{number}\n{weekly}" for number in range(60)}
    write(tmp_path, site(sources(**many), NOW))
    parts = "#days .session, .week a, .chapters > li:not([hidden]), td a"
    with served(tmp_path) as address, opened(browser) as page:
        page.goto(f"{address}?q=nothing")
        page.get_by_label("Search").fill("many1")
        expect(page.locator(".chapters > li:visible")).to_have_count(11)
        expect(page.locator("td a")).not_to_have_count(0)
        expect(page.locator("#month [role=status]")).to_be_attached()
        whole = page.locator("main").inner_html()
        page.goto(f"{address}?q=nothing")
        expect(page.locator("#days")).to_contain_text("where this calendar ends")
        page.evaluate("window.waiting = []; window.requestAnimationFrame = one => waiting.push(one); null")

        def draw() -> list[int]:
            """Draw what is waiting, frame by frame; return how many parts each added."""
            return page.evaluate(  # type: ignore[no-any-return]
                """parts => {
                    const count = () => document.querySelectorAll(parts).length, added = [];
                    for (let was = count(); waiting.length; was = count()) {
                        waiting.shift()();
                        added.push(count() - was);
                    }
                    return added;
                }""",
                parts,
            )

        page.get_by_label("Search").fill("many")
        page.wait_for_url("**/?q=many")
        page.evaluate("waiting.shift()()")
        expect(page.locator(".found")).to_have_text("")
        expect(page.locator(".week a")).to_have_count(60)
        expect(page.locator("#days .session")).to_have_count(0)
        page.get_by_label("Search").fill("many1")
        assert draw() == [0]
        page.wait_for_url("**/?q=many1")
        assert draw()
        assert page.locator("main").inner_html() == whole
        page.get_by_label("Search").fill("many")
        page.wait_for_url("**/?q=many")
        pieces = draw()
        assert page.locator(parts).count() > 300
        assert len(pieces) > 10
        # The bars of a day of the week come together, and so do the links of a week of the month.
        assert max(pieces) <= 80


@pytest.mark.parametrize("path", ["", "lanternchat/"])
def test_nothing_moves_under_the_readers_eyes_when_script_comes_late(
    browser: Browser, rich_site: str, path: str
) -> None:
    with opened(browser, viewport={"width": 360, "height": 740}) as page:

        def wait(route: Route) -> None:
            page.wait_for_timeout(400)
            route.continue_()

        page.route("**/chatcal.js*", wait)
        page.add_init_script(
            """(() => {
                window.moved = 0;
                new PerformanceObserver(seen => {
                    for (const one of seen.getEntries()) window.moved += one.value;
                }).observe({ type: "layout-shift", buffered: true });
            })()"""
        )
        page.goto(f"{rich_site}{path}")
        expect(page.locator(".answer")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("window.moved") == 0
