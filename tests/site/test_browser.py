"""The pages in a real browser: Chromium without a screen, on a site served from loopback."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from chatcal.model import Calendar, Chapter
from chatcal.project import Project
from chatcal.publish import build
from chatcal.publish.preview import PREVIEW_HOST, Preview, make_server
from tests.pages import FOG, LANTERN, QUIET, build_pages, program, rich, served, shipped, site, tool, write
from tests.pages.reader import cells, list_of, opened, week_of
from tests.support.calendars import CALENDAR, NOW, at, sources

pytestmark = pytest.mark.slow

HOME = "https://lights.example/"
FURTHER = ("changes.html", "archive.html", "lanternchat/embed/")
KINDS = ("", "lanternchat/", "fogchat/", "quietchat/", "sea/", "404.html", *FURTHER)
"""A page of every kind; former pages lead on at once."""


@contextmanager
def running(preview: Preview) -> Iterator[str]:
    """Serve a preview; yield its address."""
    with make_server(preview, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{PREVIEW_HOST}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


# ---- The reader's clock


ZONES = (
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/St_Johns",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",  # its clock moves by half an hour
)
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-27", "2026-10-04", "2026-10-25", "2026-11-01")
"""The days of 2026 on which the clock of one of these zones changes."""


def test_these_are_the_changes_of_the_clocks() -> None:
    def offset(zone: str, day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()

    days = [date(2026, 1, 2) + timedelta(days=number) for number in range(360)]
    found = {str(day) for zone in ZONES for day in days if offset(zone, day) != offset(zone, day - timedelta(days=1))}
    assert found == set(CHANGES)


DAILY = """\
hashtag: dailychat
name: Daily
timezone: America/Toronto
chats:
  - {every: day, at: "13:00"}
  - {every: day, at: "02:30", id: early, timezone: Europe/London}
  - {every: day, at: "23:30", id: late, timezone: Pacific/Auckland}
"""


@pytest.mark.parametrize("change", CHANGES)
def test_times_are_right_in_six_zones_on_both_sides_of_every_change(
    browser: Browser, tmp_path: Path, change: str
) -> None:
    now = at(f"{change}T00:00") - timedelta(days=2)
    files = site(sources(dailychat=DAILY), now)
    write(tmp_path, files)
    held = [one for one in json.loads(files["sessions.json"])["sessions"] if "T" in one["start"]]
    with served(tmp_path) as address:
        for zone in ZONES:
            expected = {}
            for one in held:
                start, end = (datetime.fromisoformat(one[key]).astimezone(ZoneInfo(zone)) for key in ("start", "end"))
                name = one["uid"].partition("@")[0]
                expected[name] = (f"{start:%A} {start.day} {start:%B}", f"{start:%H:%M}\N{EN DASH}{end:%H:%M}")
            with opened(browser, address, now=now, timezone_id=zone) as page:
                shown = list_of(page)
                assert len(shown) > 3 * 12
                for name, (day, hours) in shown.items():
                    assert (day.removeprefix("Today, ").removeprefix("Tomorrow, "), hours) == expected[name], (
                        zone,
                        name,
                    )
                assert_week_is_right(page, [one for one in held if datetime.fromisoformat(one["end"]) > now], zone)


def assert_week_is_right(page: Page, held: list[dict[str, str]], zone: str) -> None:
    """Compare the picture of the week, of what has not ended, with the hours that the clock of a zone shows."""
    for day, bars in week_of(page).items():
        hours = set()
        for one in held:
            start, end = (datetime.fromisoformat(one[key]).astimezone(ZoneInfo(zone)) for key in ("start", "end"))
            if f"{start:%a} {start.day} {start:%b}" == day:
                last = end.hour + end.minute / 60 if end.date() == start.date() else 24.0
                hours.add((start.hour + start.minute / 60, last))
            elif f"{end:%a} {end.day} {end:%b}" == day and (end.hour or end.minute):
                hours.add((0.0, end.hour + end.minute / 60))
        assert stand_at(bars, hours), (zone, day, bars, hours)


def stand_at(bars: list[tuple[str, float, float]], hours: set[tuple[float, float]]) -> bool:
    """Say whether bars stand at these hours, to some three minutes; none is narrower than 20 minutes."""
    drawn = sorted((first, last) for _, first, last in bars)
    due = sorted((first, max(last, first + 1 / 3)) for first, last in hours)
    return len(drawn) == len(due) and all(
        abs(one - other) < 0.06
        for pair, its in zip(drawn, due, strict=True)
        for one, other in zip(pair, its, strict=True)
    )


def test_a_reader_picks_another_clock_and_the_address_keeps_it(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, timezone_id="America/Toronto") as page:
        expect(page.locator("#zone option:checked")).to_have_text("America/Toronto (this device)")
        assert list_of(page)["lampchat-2026-03-04"] == ("Wednesday 4 March", "13:00\N{EN DASH}14:00")
        page.locator("#zone").select_option("Asia/Kolkata")
        assert list_of(page)["lampchat-2026-03-04"] == ("Wednesday 4 March", "23:30\N{EN DASH}00:30")
        assert page.url == f"{rich_site}?tz=Asia%2FKolkata"
        page.reload()
        assert list_of(page)["lampchat-2026-03-04"] == ("Wednesday 4 March", "23:30\N{EN DASH}00:30")
        page.locator("#chapters h3 a", has_text="#lanternchat").click()
        expect(page.locator("#zone option:checked")).to_have_text("Asia/Kolkata")
        assert page.url == f"{rich_site}lanternchat/?tz=Asia%2FKolkata"
        assert list_of(page)["lampchat-2026-03-04"] == ("Wednesday 4 March", "23:30\N{EN DASH}00:30")


def test_what_a_filter_hid_leads_on_with_the_zone_that_was_picked_meanwhile(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        page.get_by_label("Search").fill("nowhere to be found")
        page.locator("#zone").select_option("Asia/Kolkata")
        page.get_by_role("button", name="Clear").click()
        page.locator("#lampchat-2026-03-04 .what a").click()
        assert page.url == f"{rich_site}lanternchat/?tz=Asia%2FKolkata"


def test_a_zone_that_is_none_is_passed_over(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}?tz=Mars/Phobos&month=2026-13&region=Moon") as page:
        expect(page.locator("#zone option:checked")).to_have_text("Europe/Berlin (this device)")
        expect(page.locator(".chapters > li:visible")).to_have_count(3)
        assert page.url == rich_site


def test_a_language_that_the_browser_does_not_know_keeps_its_tag(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(sources(lanternchat=LANTERN + "language: en-a1\n", fogchat=FOG), NOW))
    with served(tmp_path) as address, opened(browser, address) as page:
        expect(page.locator("[name=language] option").nth(2)).to_have_text("en-a1")
        assert list_of(page)["lampchat-2026-03-04"][1] == "19:00\N{EN DASH}20:00"


def test_a_reader_of_the_twelve_hour_clock_sees_it(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, timezone_id="America/Toronto", locale="en-US") as page:
        assert list_of(page)["lampchat-2026-03-04"] == ("Wednesday 4 March", "1:00 pm\N{EN DASH}2:00 pm")
        assert page.locator(".hours").inner_text().split("\n") == [
            f"{hour} {half}" for half in ("am", "pm") for hour in (12, 3, 6, 9)
        ]


OLDER = """
    const made = Intl.DateTimeFormat, cycle = { true: "h11", false: "h24" };
    const told = ({ hour12, ...rest } = {}) => hour12 === undefined ? rest : { ...rest, hourCycle: cycle[hour12] };
    Intl.DateTimeFormat = function (locale, options) {
      return made(locale, told(options));
    };
    Intl.DateTimeFormat.prototype = made.prototype;
    Date.prototype.toLocaleString = function (locale, options) {
      return Intl.DateTimeFormat(locale, options).format(this);
    };
"""
"""Where browsers of before 2024 are told of `hour12` alone, the hours are those of 0 to 11, or of 1 to 24."""


NEWER = """
    delete Array.prototype.at;
    delete Array.prototype.findLast;
    delete String.prototype.at;
    delete Intl.supportedValuesOf;
"""
"""What browsers of 2021 lack, though they read the script."""


def test_browsers_that_lack_what_came_later_show_and_open_sessions(browser: Browser, rich_site: str) -> None:
    with opened(browser) as page:
        page.add_init_script(NEWER)
        page.goto(f"{rich_site}#lampchat-2026-04-29")
        expect(page.locator("[id='lampchat-2026-04-29']")).to_be_in_viewport()
        expect(page.locator("caption")).to_have_text("March 2026")
        page.goto(f"{rich_site}#lampchat-2019-05-01")
        page.wait_for_url(f"{rich_site}lanternchat/#lampchat-2019-05-01")


def test_noon_is_twelve_and_midnight_zero_also_in_older_browsers(browser: Browser, tmp_path: Path) -> None:
    noon = "hashtag: noonchat\nname: N\ntimezone: Etc/UTC\nchats: [{every: day, at: '12:00', lasts: 12h}]\n"
    write(tmp_path, site(sources(noonchat=noon), NOW))
    with served(tmp_path) as address:
        for locale, hours, first in (
            ("en-US", "12:00 pm\N{EN DASH}12:00 am", "12:00 pm UTC"),
            ("en-GB", "12:00\N{EN DASH}00:00", "12:00 UTC"),
        ):
            with opened(browser, locale=locale, timezone_id="UTC") as page:
                page.add_init_script(OLDER)
                page.goto(address)
                expect(page.locator("#days time").first).to_have_text(hours)
                page.goto(f"{address}noonchat/embed/")
                expect(page.locator("time").first).to_contain_text(first)


def test_days_begin_with_a_capital_letter_and_hashtags_stay_as_they_are(browser: Browser, rich_site: str) -> None:
    style = "one => getComputedStyle(one, '::first-letter').textTransform"
    with opened(browser, rich_site) as page:
        assert page.locator("#days h3").first.evaluate(style) == "uppercase"
    with opened(browser, f"{rich_site}changes.html") as page:
        assert page.locator("#changes h2").first.evaluate(style) == "uppercase"
        assert page.locator("#changes h3").first.evaluate(style) == "none"


def test_the_longest_hours_of_the_twelve_hour_clock_stand_on_one_line(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}fogchat/", timezone_id="Europe/Berlin", locale="en-US") as page:
        hours = page.locator("#fogchat-2026-03-06 time")
        expect(hours).to_have_text("11:30 PM\N{EN DASH}12:30 AM")
        lines = "one => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length; }"
        assert hours.evaluate(lines) == 1


@pytest.mark.parametrize("language", ["fr-CA", "es"])
@pytest.mark.parametrize("width", [320, 520, 720])
def test_the_hours_of_the_week_stand_beside_one_another_on_one_line_in_every_width(
    browser: Browser, tmp_path: Path, language: str, width: int
) -> None:
    write(tmp_path, site(sources(CALENDAR + f"language: {language}\n", lanternchat=LANTERN), NOW))
    size = {"width": width, "height": 740}
    with served(tmp_path) as address, opened(browser, address, locale="en-US", viewport=size) as page:
        assert page.locator(".hours").evaluate("one => one.getBoundingClientRect().height") < 30
        ends: list[tuple[float, float]] = page.evaluate(
            """() => [...document.querySelectorAll(".hours span")]
                .filter(one => one.checkVisibility({visibilityProperty: true})).map(one => {
                    const all = new Range();
                    all.selectNodeContents(one);
                    const { left, right } = all.getBoundingClientRect();
                    return [left, right];
                })"""
        )
        assert all(end < start for (_, end), (start, _) in pairwise(ends))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_has_ended_is_gone_and_what_goes_on_says_so(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-04T18:30"), timezone_id="America/Toronto") as page:
        shown = list_of(page)
        assert "fogchat-dusk-2026-03-03" not in shown
        assert shown["lampchat-2026-03-04"] == ("Today, Wednesday 4 March", "13:00\N{EN DASH}14:00")
        assert shown["fogchat-2026-03-06"][0] == "Friday 6 March"
        expect(page.locator("#lampchat-2026-03-04 .badge.now")).to_have_text("on now")
        expect(page.locator("#days .badge.now")).to_have_count(1)
    with opened(browser, rich_site, now=at("2026-03-04T11:59"), timezone_id="America/Toronto") as page:
        # The evening of 3 March ends at noon UTC in the last zone on earth.
        assert "fogchat-dusk-2026-03-03" in list_of(page)
    with opened(browser, rich_site, now=at("2028-01-01T00:00")) as page:
        none = "No session is coming here up to 31 March 2027, where this calendar ends."
        expect(page.locator("#days")).to_have_text(none)


def test_long_sessions_say_on_which_day_they_end_and_fill_their_days_of_the_week(
    browser: Browser, rich_site: str
) -> None:
    with opened(browser, rich_site, now=at("2026-03-09T00:00"), timezone_id="Asia/Tokyo") as page:
        assert list_of(page)["fogchat-abroad-2026-03-10"][1] == "12:00 to Thu 12 Mar 12:00"
        week = week_of(page)
        assert ("#fogchat 12:00", 12.0, 24.0) in week["Tue 10 Mar"]
        assert ("#fogchat to Thu 12:00", 0.0, 24.0) in week["Wed 11 Mar"]
        assert ("#fogchat to 12:00", 0.0, 12.0) in week["Thu 12 Mar"]
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("td:has([datetime='2026-03-22'])")).to_have_text("22#fogchat\N{NO-BREAK SPACE}?")
        month = cells(page)
        assert [month[f"2026-03-{day}"] for day in (10, 11, 12, 13)] == [
            "12:00 #fogchat\N{NO-BREAK SPACE}?",
            "to Thu 12:00 #fogchat\N{NO-BREAK SPACE}?",
            "to 12:00 #fogchat\N{NO-BREAK SPACE}?, 02:00 #lanternchat cancelled",
            "",
        ]
        assert month["2026-03-21"] == "07:30 #fogchat\N{NO-BREAK SPACE}?, #fogchat\N{NO-BREAK SPACE}?"


def test_days_without_a_clock_time_stay_on_their_date_in_every_zone(browser: Browser, rich_site: str) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with opened(browser, rich_site, timezone_id=zone) as page:
            assert list_of(page)["fogchat-dusk-2026-03-03"] == ("Tuesday 3 March", "Evening in Berlin")


# ---- A site that nobody builds any more


def test_days_behind_the_end_of_the_calendar_are_not_said_to_be_free(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2027-03-29T12:00")) as page:
        expect(page.locator(".week .none")).to_have_text(["no chat"] + [""] * 4)
    with opened(browser, rich_site, now=at("2028-03-29T12:00")) as page:
        expect(page.locator("#days")).to_contain_text("31 March 2027, where this calendar ends")
        expect(page.locator(".week .none")).to_have_text([""] * 6)


@pytest.mark.parametrize("path", ["", "lanternchat/", "sea/"])
@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-03-04T00:00", ""),
        ("2026-03-04T00:01", "1 March 2026, 3 days ago"),
        ("2026-04-10T12:00", "1 March 2026, 40 days ago"),
        ("2026-02-28T00:00", ""),
    ],
)
def test_a_page_says_that_the_site_was_not_built_for_over_three_days(
    browser: Browser, rich_site: str, path: str, now: str, said: str
) -> None:
    with opened(browser, f"{rich_site}{path}", now=at(now)) as page:
        page.wait_for_load_state("networkidle")
        whole = f"Last brought up to date on {said}. What changed since is not here, nor in the calendars"
        expect(page.locator("main > [role=status]").first).to_contain_text(whole if said else "")
        assert bool(page.locator("#stale").inner_text()) is bool(said)


def test_the_day_of_the_last_build_is_that_of_the_readers_clock(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-05T00:00"), timezone_id="America/Toronto") as page:
        expect(page.locator("#stale")).to_contain_text("on 28 February 2026, 4 days ago")


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "Not found"},
        {"body": '{"built": '},
        {"body": "null"},
        {"body": '{"built": "in spring"}'},
    ],
    ids=["missing", "cut short", "nothing", "no moment"],
)
def test_a_page_that_cannot_tell_how_old_it_is_says_nothing_and_works(
    browser: Browser, rich_site: str, answer: dict[str, Any]
) -> None:
    with opened(browser, now=at("2026-03-20T00:00"), complaints=("Failed to load resource",)) as page:
        page.route("**/status.json", lambda route: route.fulfill(**answer))
        page.goto(rich_site)
        page.wait_for_load_state("networkidle")
        expect(page.locator("#stale")).to_have_text("")
        assert "lampchat-2026-03-25" in list_of(page)


def test_a_page_without_status_json_beside_it_does_not_ask_for_it(browser: Browser, tmp_path: Path) -> None:
    schedules, _ = build.read_project(rich(), {}, NOW)
    assert schedules
    write(tmp_path, build_pages(schedules))
    with served(tmp_path) as address, opened(browser, address, now=at("2026-03-20T00:00")) as page:
        page.wait_for_load_state("networkidle")
        expect(page.locator("#stale")).to_have_count(0)


# ---- Filters, later sessions, the month


def test_filters_narrow_everything_and_live_in_the_address(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        page.get_by_label("Language").select_option("German")
        page.wait_for_url(f"{rich_site}?language=de")
        expect(page.locator(".chapters > li:visible")).to_have_count(1)
        expect(page.locator(".found")).to_contain_text("1 of 3 chapters.")
        expect(page.locator(".found a")).to_have_attribute("href", f"{rich_site}fogchat/")
        assert all(name.startswith("fogchat") for name in list_of(page))
        expect(page.locator(".week")).not_to_contain_text("lanternchat")
        expect(page.locator("table")).not_to_contain_text("lanternchat")
        page.reload()
        expect(page.get_by_label("Language")).to_have_value("de")
        expect(page.locator(".chapters > li:visible")).to_have_count(1)
        page.get_by_role("button", name="Clear").click()
        expect(page.locator(".chapters > li:visible")).to_have_count(3)
        assert page.url == rich_site


def test_text_finds_chapters_topics_and_hosts(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        page.get_by_label("Search").fill("bolight JOINT")
        page.wait_for_url(f"{rich_site}?q=bolight+JOINT")
        assert list(list_of(page)) == ["lampchat-2026-03-04"]
        expect(page.locator(".chapters > li:visible")).to_have_count(1)
        page.get_by_label("Search").fill("dunst")
        expect(page.locator(".chapters > li:visible h3")).to_have_text("#fogchat Nebel und Dunst")
        page.get_by_label("Search").fill("nowhere to be found")
        expect(page.locator(".found")).to_have_text("No chapter is like that.")
        expect(page.locator(".session")).to_have_count(0)


@pytest.mark.parametrize(
    ("kept", "chapters"),
    [
        ([], {"lanternchat": LANTERN}),
        (["q"], {"lanternchat": LANTERN, "quietchat": QUIET.replace("Europe", "Canada")}),
        (["region", "language", "q"], {"lanternchat": LANTERN, "fogchat": FOG}),
    ],
)
def test_a_filter_without_a_choice_is_not_there_and_filters_nothing(
    browser: Browser, tmp_path: Path, kept: list[str], chapters: dict[str, str]
) -> None:
    write(tmp_path, site(sources(**chapters), NOW))
    asked = {"region": "Canada", "language": "en", "q": "the"}
    with served(tmp_path) as address, opened(browser, f"{address}?{urlencode(asked)}") as page:
        there = [name for name in asked if page.locator(f"[name={name}]").is_visible()]
        assert there == kept
        assert parse_qs(urlsplit(page.url).query) == {name: [asked[name]] for name in kept}
        expect(page.locator(".week a")).not_to_have_count(0)
        expect(page.locator("table")).to_be_visible()


def test_a_filter_that_leaves_a_collection_names_its_calendar(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(shipped(), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}?region=Europe") as page:
        expect(page.locator(".found")).to_have_text(
            "7 of 15 chapters. The calendar of exactly these: European chapters"
        )
        page.locator(".found a").click()
        expect(page.locator("#address")).to_have_value(f"{address}europe.ics")


def test_later_sessions_come_on_request_with_the_focus(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        assert "lampchat-2026-03-25" not in list_of(page)
        page.get_by_role("button", name="Show later sessions").press("Enter")
        expect(page.locator("#days #lampchat-2026-03-25")).to_be_visible()
        assert page.evaluate("document.activeElement.className") == "day"
        for _ in range(12):
            if page.get_by_role("button", name="Show later sessions").count():
                page.get_by_role("button", name="Show later sessions").click()
                page.wait_for_load_state("networkidle")
        expect(page.get_by_role("button", name="Show later sessions")).to_have_count(0)
        held = json.loads(site(rich(), NOW)["sessions.json"])["sessions"]
        coming = {one["uid"].partition("@")[0] for one in held if one["end"] > "2026-03-01"}
        assert set(list_of(page)) == coming


def test_a_search_needs_no_accents(browser: Browser, tmp_path: Path) -> None:
    rooms = {name: f"name: {name} Café\ntimezone: Europe/Berlin\n" for name in ("Genève", "Zürich")}
    rooms |= {f"Room {number}": f"name: Room {number}\ntimezone: Europe/Berlin\n" for number in range(8)}
    daily = 'chats: [{every: day, at: "9:00", topic: Voilà}]\n'
    write(tmp_path, site(sources(**{f"room{number}": text + daily for number, text in enumerate(rooms.values())}), NOW))
    with served(tmp_path) as address, opened(browser, address) as page:
        page.get_by_label("Find").fill("zurich cafe")
        expect(page.locator(".chips label:visible")).to_have_text(["All 10 chats", "Zürich Café"])
        for asked in ("ZURICH", "zürich voila"):
            page.get_by_label("Search").fill(asked)
            expect(page.locator(".chapters > li:visible h3")).to_have_text(["Zürich Café"])
            expect(page.locator("#days .session").first).to_contain_text("Zürich Café")


def test_the_focus_is_not_lost_where_no_later_session_comes(browser: Browser, tmp_path: Path) -> None:
    daily = "name: N\ntimezone: Europe/Berlin\nchats: [{every: day, at: '9:00'}]\n"
    many = {f"many{number}": f"hashtag: many{number}\n{daily}" for number in range(6)}
    once = "hashtag: oncechat\nname: Once\ntimezone: Europe/Berlin\nchats: [{dates: [2026-03-03 20:00]}]\n"
    write(tmp_path, site(sources(oncechat=once, **many), NOW))
    with served(tmp_path) as address, opened(browser, f"{address}?q=oncechat") as page:
        page.get_by_role("button", name="Show later sessions").press("Enter")
        expect(page.get_by_role("button", name="Show later sessions")).to_have_count(0)
        expect(page.locator(".day", has=page.locator("#oncechat-2026-03-03"))).to_be_focused()


def test_how_many_chapters_were_found_is_read_out_once(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}?q=fog") as page:
        expect(page.locator(".found")).to_contain_text("of 3 chapters.")
        page.evaluate(
            """() => {
                window.written = 0;
                new MutationObserver(() => { written += 1; })
                    .observe(document.querySelector(".found"), { childList: true, subtree: true, characterData: true });
                for (let minute = 0; minute < 3; minute += 1) {
                    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
                }
            }"""
        )
        assert page.evaluate("new Promise(done => setTimeout(() => done(written), 100))") == 0


@pytest.mark.parametrize("end", ["#100%", "?month=9999-12", "?month=0000-01", "?tz=&region=&q=", "?tz=-99:00"])
def test_an_address_that_is_none_harms_nothing(browser: Browser, rich_site: str, end: str) -> None:
    with opened(browser, f"{rich_site}{end}") as page:
        assert list_of(page)
        page.locator("#month").scroll_into_view_if_needed()
        expect(page.locator("caption")).to_have_text("March 2026")


def test_the_month_is_one_table_and_another_month_is_one_step_away(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site) as page:
        table = page.locator("#month table")
        expect(table.locator("caption")).to_have_text("March 2026")
        assert table.locator("thead th").all_inner_texts() == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        month = cells(page)
        assert list(month) == [f"2026-03-{day:02}" for day in range(1, 32)]
        assert month["2026-03-04"] == "19:00 #lanternchat"
        expect(page.locator("td.today time")).to_have_text("1")
        expect(page.locator("#month [role=status]")).to_have_text(
            "A ? stands for what is unconfirmed, may not be held, or has no clock time."
        )
        page.get_by_role("button", name="April 2026").press("Enter")
        expect(table.locator("caption")).to_have_text("April 2026")
        assert page.url == f"{rich_site}?month=2026-04"
        assert cells(page)["2026-04-29"] == "19:00 #lanternchat"
        assert cells(page)["2026-04-07"] == "#fogchat\N{NO-BREAK SPACE}?"
        assert page.evaluate("document.activeElement.textContent") == "May 2026"
        page.reload()
        expect(table.locator("caption")).to_have_text("April 2026")
        page.get_by_label("Language").select_option("de")
        expect(table).not_to_contain_text("lanternchat")
        page.goto(f"{rich_site}?month=2027-03")
        expect(table.locator("caption")).to_have_text("March 2027")
        expect(page.get_by_role("button", name="April 2027")).to_be_disabled()
        page.get_by_role("button", name="February 2027").click()
        page.get_by_role("button", name="March 2027").press("Enter")
        expect(page.locator(".scroll")).to_be_focused()


def test_in_place_of_a_month_that_the_calendar_does_not_reach_the_nearest_is_shown(
    browser: Browser, rich_site: str
) -> None:
    with opened(browser) as page:
        for asked, shown, disabled, other in (
            ("2020-05", "December 2025", "November 2025", "January 2026"),
            ("2031-05", "March 2027", "April 2027", "February 2027"),
        ):
            page.goto(f"{rich_site}?month={asked}")
            expect(page.locator("caption")).to_have_text(shown)
            expect(page.get_by_role("button", name=disabled)).to_be_disabled()
            page.get_by_role("button", name=other).click()
            expect(page.locator("caption")).to_have_text(other)


def test_on_a_narrow_screen_the_month_begins_with_today(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, now=at("2026-03-14T12:00"), viewport={"width": 360, "height": 700}) as page:
        expect(page.locator("td.today")).to_have_text("14")
        box, today = page.locator(".scroll").bounding_box(), page.locator("td.today").bounding_box()
        assert box
        assert today
        assert box["x"] <= today["x"]
        assert today["x"] + today["width"] <= box["x"] + box["width"] + 1
        page.get_by_role("button", name="April 2026").click()
        expect(page.locator("caption")).to_have_text("April 2026")
        assert page.locator(".scroll").evaluate("one => one.scrollLeft") == 0


def test_a_month_that_cannot_be_loaded_says_so(browser: Browser, rich_site: str) -> None:
    complaint = "Failed to load resource"
    with opened(browser, complaints=(complaint,)) as page:
        page.route("**/sessions.json", lambda route: route.abort())
        page.goto(f"{rich_site}?month=2026-05")
        expect(page.locator("#month")).to_contain_text("the rest could not be loaded")


# ---- Subscribing


def test_copying_puts_the_address_on_the_clipboard_and_says_what_to_do_with_it(
    browser: Browser, rich_site: str
) -> None:
    with opened(browser, f"{rich_site}sea/", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.get_by_role("button", name="Copy").press("Enter")
        expect(page.locator(".said")).to_contain_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == f"{HOME}sea.ics"


def test_copying_works_in_older_browsers_and_where_it_does_not_the_page_says_so(
    browser: Browser, rich_site: str
) -> None:
    with opened(browser) as page:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.goto(rich_site)
        page.get_by_role("button", name="Copy").click()
        expect(page.locator(".said")).to_contain_text("Copied.")
        page.evaluate("document.execCommand = () => false")
        page.get_by_role("button", name="Copy").click()
        expect(page.locator(".said")).to_contain_text("press Ctrl+C")
        assert page.evaluate("getSelection().toString() || document.activeElement.id")


def test_script_completes_the_addresses_of_a_site_that_knows_no_home(browser: Browser, homeless_site: str) -> None:
    host = homeless_site.removeprefix("http://")
    with opened(browser, f"{homeless_site}sea/") as page:
        expect(page.locator("#address")).to_have_value(f"{homeless_site}sea.ics")
        links = {one.get_attribute("data-link"): one.get_attribute("href") for one in page.locator("[data-link]").all()}
        encoded = homeless_site.replace(":", "%3A").replace("/", "%2F")
        assert links == {
            "webcal": f"webcal://{host}sea.ics",
            "google": f"https://calendar.google.com/calendar/r?cid={encoded.replace('http%3A', 'webcal%3A')}sea.ics",
            "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={encoded}sea.ics&name=Lights%20at%20sea",
            "office": f"https://outlook.office.com/calendar/0/addfromweb?url={encoded}sea.ics&name=Lights%20at%20sea",
        }


@pytest.mark.parametrize("path", ["", "lanternchat/", "sea/"])
def test_the_code_is_the_address_of_its_page(browser: Browser, rich_site: str, tmp_path: Path, path: str) -> None:
    reader = program("zbarimg")
    for scheme in ("light", "dark"):
        with opened(browser, f"{rich_site}{path}", color_scheme=scheme) as page:
            image = page.locator(".code img")
            image.scroll_into_view_if_needed()
            image.evaluate("one => one.decode()")  # it is loaded when it comes into view
            image.screenshot(path=tmp_path / "code.png")
        read = subprocess.run(
            [reader, "--quiet", "--raw", tmp_path / "code.png"], check=False, capture_output=True, text=True
        )
        assert read.stdout == f"{HOME}{path}\n", scheme


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("lampchat-2026-03-04", "Wed 4 Mar"),
        ("lampchat-2026-03-18", "Fri 20 Mar"),
        ("fogchat-dusk-2026-03-03", "Tue 3 Mar"),
    ],
)
def test_just_this_one_is_a_calendar_of_one_event_as_the_feed_has_it(
    browser: Browser, rich_site: str, tmp_path: Path, name: str, day: str
) -> None:
    with opened(browser, rich_site) as page:
        page.get_by_role("button", name="Show later sessions").click()
        with page.expect_download() as download:
            page.locator(f"#{name}").get_by_role("button", name=f"Download {day} only").click()
        assert download.value.suggested_filename == f"{name}.ics"
        download.value.save_as(tmp_path / "one.ics")
        feed = page.request.get(f"{rich_site}all.ics").body()
    octets = (tmp_path / "one.ics").read_bytes()
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    (one,) = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    (same,) = (each for each in icalendar.Calendar.from_ical(feed).walk("VEVENT") if each["UID"] == one["UID"])
    for key in ("UID", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"):
        assert one.get(key) == same.get(key), key
    assert one.get("LOCATION") == same["LOCATION"]
    assert b"\r\nDTSTAMP:20260301T000000Z\r\n" in octets


# ---- Without script, by keyboard, for everybody


def test_without_script_the_pages_read_well_and_people_can_subscribe(
    browser: Browser, rich_site: str, homeless_site: str
) -> None:
    with opened(browser, rich_site, java_script_enabled=False) as page:
        expect(page.locator(".zone")).to_contain_text(
            "Times are on each chapter\N{RIGHT SINGLE QUOTATION MARK}s own clock"
        )
        expect(page.locator("#lampchat-2026-03-04 time")).to_have_text("13:00\N{EN DASH}14:00 Toronto")
        expect(page.locator("#address")).to_have_value(f"{HOME}all.ics")
        expect(page.locator("[data-link=webcal]").first).to_have_attribute("href", "webcal://lights.example/all.ics")
        for only_with_script in ("form", ".copy", "#zone", "#month", "figure.week", ".own"):
            expect(page.locator(only_with_script).first).to_be_hidden()
        page.locator("#chapters h3 a").first.click()
        expect(page.locator("h1")).to_contain_text("Nebel und Dunst")
    with opened(browser, f"{homeless_site}sea/", java_script_enabled=False) as page:
        expect(page.locator(".hand .plain")).to_contain_text("choose “Copy link”")
        expect(page.locator(".programs")).to_be_hidden()
        with page.expect_download() as download:
            page.locator(".hand .plain a").click()
        assert download.value.suggested_filename == "sea.ics"


def test_every_control_is_reached_by_keyboard_and_shows_the_focus(browser: Browser, rich_site: str) -> None:
    for path in KINDS:
        with opened(browser, f"{rich_site}{path}") as page:
            if page.locator("#month").count():
                page.locator("#month").scroll_into_view_if_needed()
                page.wait_for_load_state("networkidle")
                page.evaluate("scrollTo(0, 0)")
            wanted = page.evaluate(
                """() => [...document.querySelectorAll(
                    "a[href], button:enabled, input, select, textarea, summary, [tabindex='0']")]
                    // Of the buttons of a group the arrow keys pick one.
                    .filter(one => one.type !== "radio" || one.checked)
                    .filter(one => one.checkVisibility()).length"""
            )
            seen = 0
            while seen <= wanted:
                page.keyboard.press("Tab")
                focused = page.evaluate(
                    """() => {
                        const one = document.activeElement, look = getComputedStyle(one);
                        const { left, width } = one.getBoundingClientRect();
                        const seen = [look.outlineStyle, look.outlineWidth, left >= 0, width > 0];
                        return one === document.body ? null : seen;
                    }"""
                )
                if focused is None:
                    break
                assert focused == ["solid", "3px", True, True], page.evaluate("document.activeElement.outerHTML")
                seen += 1
            assert seen == wanted, path


def test_the_page_of_a_mistake_keeps_the_readers_place_until_something_else_is_wrong(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    schedule = tmp_path / "schedules" / "lanternchat.yaml"
    schedule.write_text(LANTERN.replace("13:00", "1pm"))
    preview = Preview(tmp_path, tmp_path / "_site", lambda: NOW)
    complaints = ("Failed to load resource",)
    with running(preview) as address, opened(browser, address, complaints=complaints) as page:
        expect(page.locator("pre")).to_contain_text("`1pm` is not a valid clock time.")
        page.evaluate(tool("axe-core/axe.min.js").read_text("utf-8"))
        assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
        page.evaluate("document.body.dataset.same = 'yes'")
        with page.expect_response(address):
            pass
        assert page.evaluate("document.body.dataset.same") == "yes"
        schedule.write_text(LANTERN.replace("Wednesday", "Wodensday"))
        expect(page.locator("pre")).to_contain_text("Wodensday")
        schedule.write_text(LANTERN)
        expect(page.locator("#address")).to_be_visible()


def test_a_preview_that_was_unpacked_leads_from_page_to_page_without_a_server(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(rich(), NOW))
    # No page may ask for files there, and the page goes on without.
    blocked = ("Access to fetch", "Failed to load resource")
    home = (tmp_path / "index.html").as_uri()
    with opened(browser, home, complaints=blocked) as page:
        for link in ("#chapters h3 a", ".session a", ".week a", "table a", "#collections li > a:first-child"):
            page.locator(link).first.click()
            expect(page.locator("h1")).not_to_have_text("Lights")
            expect(page.locator("#address")).to_be_visible()
            page.locator(".top a").click()
            assert page.url == home


@pytest.mark.parametrize("path", ["", "lanternchat/"])
def test_on_paper_there_is_what_can_be_read_and_nothing_to_press(browser: Browser, rich_site: str, path: str) -> None:
    with opened(browser, f"{rich_site}{path}", color_scheme="dark", timezone_id="Asia/Kolkata") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        expect(page.locator("button:visible, form:visible, .programs:visible")).to_have_count(0)
        expect(page.locator("#calendar:visible, .embed:visible, #now p:visible")).to_have_count(0)
        expect(page.locator("#address")).to_be_visible()
        expect(page.locator(".code")).to_be_visible()
        expect(page.locator("#zone option:checked")).to_have_text("Asia/Kolkata (this device)")
        expect(page.locator("#zone")).to_be_visible()
        expect(page.locator(".session:visible")).not_to_have_count(0)


def test_the_first_key_leads_past_the_head_of_the_page(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}lanternchat/") as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_that_shuts_people_out(browser: Browser, rich_site: str, scheme: str, width: int) -> None:
    axe = tool("axe-core/axe.min.js").read_text("utf-8")
    for path in (*KINDS, "?month=2026-04&q=fog", "?q=nothing", "#stale"):
        now = NOW + timedelta(days=9) if path == "#stale" else NOW
        with opened(
            browser, f"{rich_site}{path}", now=now, color_scheme=scheme, viewport={"width": width, "height": 800}
        ) as page:
            if path == "":
                page.get_by_role("button", name="Show later sessions").click()
            page.wait_for_load_state("networkidle")
            page.evaluate(axe)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == [], path
            assert len(found["passes"]) > 10


@pytest.mark.parametrize(
    ("what", "settings"),
    [
        ("a telephone", {"viewport": {"width": 320, "height": 640}}),
        ("200 % zoom", {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}),
        ("letters twice as large", {"viewport": {"width": 1280, "height": 800}}),
    ],
)
def test_nothing_runs_out_of_the_page_on(browser: Browser, rich_site: str, what: str, settings: dict[str, Any]) -> None:
    for path in KINDS:
        # In that week a session of two days fills the picture.
        with opened(browser, f"{rich_site}{path}", now=at("2026-03-09T00:00"), **settings) as page:
            if "letters" in what:
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            # Labels of the week stay in the picture, and off the bars of their lines unless these fill the day.
            assert page.evaluate(
                """() => [...document.querySelectorAll(".week a")].every(link => {
                    const [all, bar, label] = [link, ...link.children].map(one => one.getBoundingClientRect());
                    const within = all.left - 1 <= label.left && label.right <= all.right + 1;
                    const beside = label.left >= bar.right - 1 || label.right <= bar.left + 1;
                    return within && (beside || bar.width > all.width / 5);
                })"""
            )
            assert page.evaluate(
                """() => [...document.querySelectorAll(".chips label")].every(chip => {
                    const [all, mark] = [chip, chip.firstElementChild].map(one => one.getBoundingClientRect());
                    return Math.abs(all.height - mark.height) < 2;
                })"""
            )
            width = page.evaluate("document.documentElement.clientWidth")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (what, path)


def test_nothing_moves_for_readers_who_ask_for_rest(browser: Browser, rich_site: str) -> None:
    with opened(browser, rich_site, reduced_motion="reduce") as page:
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        assert page.evaluate("document.getAnimations().length") == 0


# ---- What pages load, and what they are made of


def test_home_loads_four_small_files_and_asks_no_other_host(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, site(shipped("https://lights.example/"), NOW))
    answers: list[Response] = []
    with served(tmp_path) as address, opened(browser) as page:
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it takes no builtin
        page.goto(address)
        page.wait_for_load_state("networkidle")
        loaded = {answer.url for answer in answers}
        assert all(url.startswith(address) for url in loaded)
        names = {url.removeprefix(address).partition("?")[0] for url in loaded}
    assert names - {"icon.svg", "qr.svg"} == {"", "style.css", "chatcal.js", "status.json"}


def test_a_former_page_leads_on_and_a_missing_one_shows_the_way(browser: Browser, rich_site: str) -> None:
    with opened(browser, f"{rich_site}lampchat/") as page:
        page.wait_for_url(f"{rich_site}lanternchat/")
    with opened(browser, f"{rich_site}deep/down/there", complaints=("Failed to load resource",)) as page:
        expect(page.locator("h1")).to_have_text("There is no such page")
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "960px"
        expect(page.locator("main a")).to_have_attribute("href", HOME)


def test_html_validate_finds_no_error_in_pages_and_in_what_script_makes_of_them(
    browser: Browser, rich_site: str, tmp_path: Path
) -> None:
    validate = tool("html-validate/bin/html-validate.mjs")
    files = {**site(rich(), NOW), **{f"homeless/{path}": octets for path, octets in site(rich(None), NOW).items()}}
    write(tmp_path, {path: octets for path, octets in files.items() if path.endswith(".html")})
    for path in KINDS:
        with opened(browser, f"{rich_site}{path}") as page:
            made = page.content().replace("<!DOCTYPE html>", "<!doctype html>")
            (tmp_path / f"made-{path.strip('/').replace('/', '-') or 'home'}.html").write_text(made, "utf-8")
    config = tmp_path / ".htmlvalidate.json"
    config.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}), "utf-8")
    done = subprocess.run(
        [program("node"), validate, "--config", config, tmp_path], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


# ---- Hostile schedules


PAYLOADS = (
    "</script><script>window.harm = 1</script>",
    '"><img src=x onerror="window.harm = 1">',
    "javascript:window.harm=1",
    "'-->{{ 7 * 7 }}{% raw %}<!--",
    "\N{RIGHT-TO-LEFT OVERRIDE}drawkcab",
)


def poisoned(value: Any, poison: Callable[[], str]) -> Any:
    """Return a chapter or calendar with poison in every free text, also where the reader of files lets none pass."""
    untouched = {"slug", "file", "hashtag", "timezone", "language", "id", "home", "uid_domain", "where", "unconfirmed"}
    if isinstance(value, str):
        return poison()
    if isinstance(value, tuple):
        return tuple(poisoned(one, poison) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), poison)
            for field in fields(value)
            if field.init
            and field.name not in untouched
            and not isinstance(getattr(value, field.name), (date, datetime))
        }
        return replace(value, **changed)
    return value


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_shows_as_text_and_runs_nothing(browser: Browser, tmp_path: Path, payload: str) -> None:
    schedules, _ = build.read_project(rich(), {}, NOW)
    assert schedules is not None
    calendar: Calendar = poisoned(replace(schedules.calendar, collections=(), breaks=(), clocks=()), lambda: payload)
    chapters: dict[str, Chapter] = {}
    for slug, chapter in schedules.chapters.items():
        chats = tuple(
            replace(chat, topic=payload, title=payload, hosts=(payload,), join=payload) for chat in chapter.chats
        )
        changes = tuple(
            replace(one, topic=payload, note=payload, transcript=payload, cancelled=one.cancelled and payload)
            for one in chapter.overrides
        )
        hostile = poisoned(replace(chapter, chats=(), overrides=(), breaks=(), formerly=()), lambda: payload)
        chapters[slug] = replace(hostile, chats=chats, overrides=changes)
    write(tmp_path, build_pages(Project(calendar, chapters, NOW)))
    with served(tmp_path) as address:
        for path in ("", "lanternchat/", "fogchat/", "quietchat/", "404.html"):
            for scripted in (True, False):
                with opened(browser, f"{address}{path}", java_script_enabled=scripted) as page:
                    assert payload in page.locator("body").inner_text() or path == "404.html"
                    assert page.title().count(payload) >= 1
                    if scripted:
                        page.wait_for_load_state("networkidle")
                        assert page.evaluate("window.harm") is None
                        assert page.evaluate("[...document.images].every(one => one.src.endsWith('/qr.svg'))")
                        assert (
                            page.evaluate("[...document.links].filter(one => one.protocol === 'javascript:').length")
                            == 0
                        )
                        assert page.evaluate(
                            "[...document.scripts].every(one => one.src || one.type === 'application/ld+json')"
                        )
                        assert page.evaluate("[...document.querySelectorAll('bdi')].length") > 0


def test_a_name_of_ten_thousand_letters_stays_within_the_page(browser: Browser, tmp_path: Path) -> None:
    long = "A" * 10_000
    chat = f"{{every: Wednesday, at: '9:00', topic: {long}}}"
    chapter = f"hashtag: longchat\nname: {long}\ntimezone: Europe/Paris\nchats: [{chat}]\n"
    write(tmp_path, site(sources(longchat=chapter), NOW))
    with served(tmp_path) as address:
        for path in ("", "longchat/"):
            with opened(browser, f"{address}{path}", viewport={"width": 360, "height": 700}) as page:
                assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_name_from_right_to_left_turns_nothing_around_it(browser: Browser, tmp_path: Path) -> None:
    name = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} evil"
    chapter = f'hashtag: rtlchat\nname: "{name}"\ntimezone: Europe/Paris\nchats: [{{every: day, at: "9:00"}}]\n'
    write(tmp_path, site(sources(rtlchat=chapter), NOW))
    with served(tmp_path) as address, opened(browser, address) as page:
        badge = page.locator(".session .what").first
        link, bdi = badge.locator("a").bounding_box(), badge.locator(":scope > bdi").bounding_box()
        assert link
        assert bdi
        assert link["x"] < bdi["x"]
        assert (
            page.locator("bdi", has_text="evil").first.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"
        )
