"""Schedules to the files of the site."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest

from chatcal import words as languages
from chatcal.english import Words
from chatcal.publish import build
from tests.pages import FOG, LANTERN, QUIET, RICH_CALENDAR, build_pages, rich, served, shipped, site, write
from tests.support.calendars import CALENDAR, NOW, ROOT, at, built, sources

HOME = "https://lights.example/"


def html(files: dict[str, bytes], path: str) -> str:
    return files[path].decode()


def text_of(page: str) -> str:
    """Return the text of a page without its markup, in one line; what only its script says is left out."""
    read = re.sub(r"<template.*?</template>", "", page.partition("<body")[2], flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", read).split())


class Links(HTMLParser):
    """Collects the addresses that a page leads to, and the places in it that can be led to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            if name == "http-equiv" and value == "refresh":
                self.links.append((dict(attrs)["content"] or "").partition("url=")[2])
            if name == "id" and value is not None:
                self.ids.append(value)


@pytest.mark.parametrize("home", [HOME, None])
def test_every_link_leads_to_a_file_and_to_a_place_in_it(home: str | None) -> None:
    files = site(rich(home), NOW)
    for path in (path for path in files if path.endswith(".html")):
        found = Links(html(files, path))
        assert len(found.ids) == len(set(found.ids)), path
        for link in found.links:
            address = urlsplit(urljoin(f"{HOME}{path}", link))
            if address.netloc != "lights.example":
                assert link.startswith(("https://", "mailto:", "webcal://")), link
                continue
            target = unquote(address.path).removeprefix("/")
            target = f"{target}index.html" if target == "" or target.endswith("/") else target
            assert target in files, (path, link)
            if address.fragment:
                assert address.fragment in Links(html(files, target)).ids, (path, link)


def test_a_site_of_the_shipped_schedules_has_a_page_for_every_chapter_and_collection() -> None:
    files = site(shipped(), at("2026-11-23T00:00"))
    slugs = {Path(path).stem for path in shipped() if path.startswith("schedules/")}
    assert {f"{name}/index.html" for name in slugs | {"europe", "americas", "asia-pacific"}} <= set(files)


@pytest.mark.parametrize("month", [2, 3, 8, 11])
def test_home_with_all_that_it_loads_has_20_kb_gzipped(month: int) -> None:
    home = "https://healthcare-social-media.github.io/calendar/"
    files = site(shipped(home), at(f"2026-{month:02}-01T00:00"))
    assert sum(len(gzip.compress(files[name])) for name in ("index.html", "style.css", "chatcal.js")) <= 20_000


def test_a_second_build_and_one_later_that_day_change_no_byte() -> None:
    first, second, late = (
        build.read_project(rich(), {}, now)[0] for now in (NOW, NOW, NOW + timedelta(hours=23, minutes=59))
    )
    assert first
    assert second
    assert late
    assert build_pages(first) == build_pages(second) == build_pages(late)


def test_no_page_asks_another_host_for_anything_or_runs_script_of_its_own() -> None:
    for path, octets in site(rich(), NOW).items():
        if path.endswith(".html"):
            page = octets.decode()
            assert "default-src 'none'" in page
            assert not re.search(r'(src|srcset)="(?!(\.\./)*((chatcal|archive|embed)\.js|qr\.svg))', page)
            assert set(re.findall(r"<script ([^>]*)>", page)) <= {
                f'src="{root}{name}.js?{version}" defer{waits}'
                for root in ("", "../", "../../")
                for name, waits in (("chatcal", ' blocking="render"'), ("archive", ""), ("embed", ""))
                for version in re.findall(r"js\?(\w+)", page)
            } | {'type="application/ld+json"'}
            assert not re.search(r" (on\w+|style)=", page)


def test_the_subscribe_links_are_what_each_program_takes() -> None:
    page = html(site(rich(), NOW), "sea/index.html")
    links = dict(re.findall(r'data-link="(\w+)" href="([^"]+)"', page.replace("&amp;", "&")))
    assert links["webcal"] == "webcal://lights.example/sea.ics"
    google = urlsplit(links["google"])
    assert google.netloc == "calendar.google.com"
    assert parse_qs(google.query) == {"cid": ["webcal://lights.example/sea.ics"]}
    for name, host in (("outlook", "outlook.live.com"), ("office", "outlook.office.com")):
        address = urlsplit(links[name])
        assert (address.netloc, address.path) == (host, "/calendar/0/addfromweb")
        assert parse_qs(address.query) == {"url": ["https://lights.example/sea.ics"], "name": ["Lights at sea"]}
    assert '<input id="address" readonly value="https://lights.example/sea.ics">' in page


def test_each_program_is_told_where_to_paste_the_address_in_its_own_words() -> None:
    text = text_of(html(site(rich(), NOW), "lanternchat/index.html"))
    for name, words in {
        "on iPhone and iPad": "Calendar → Calendars → Add Calendar → Add Subscription Calendar, and paste the address.",
        "on a Mac": "File → New Calendar Subscription, and paste the address.",
        "on Android": "or tap + there, and paste the address.",
        "Google Calendar": "Other calendars, +, From URL, and paste the address.",
        "Outlook.com": "Add calendar → Subscribe from web.",
        "Microsoft 365": "Add calendar → Subscribe from web.",
        "New Outlook": "Open Calendar → Add calendar → Subscribe from web, and paste the address.",
        "Classic Outlook": "Add Calendar → From Internet, and paste the address.",
        "Thunderbird": "New Calendar → On the Network, and paste the address.",
        "GNOME": "In Evolution: New → Calendar, type On The Web. Paste the address.",
        "KDE": "paste the address as its file name.",
    }.items():
        its_own = text.partition(name)[2][:700]
        assert words in its_own, name
        assert "looks for changes" in its_own, name
        assert "remind" in its_own, name


def test_a_calendar_of_several_chapters_says_that_each_has_one_of_its_own() -> None:
    files = site(rich(), NOW)
    own = 'Each has a <a href="#chapters">calendar of its own</a>'
    groups = 'and so have <a href="#collections">groups of them</a>'
    said = '<p class="plain">This is the calendar of all {} chapters below. {}.</p>'
    assert said.format(3, f"{own}, {groups}") in html(files, "index.html")
    assert said.format(2, own) in html(files, "sea/index.html")
    for of_one in ("land/index.html", "lanternchat/index.html"):
        assert "calendar of its own" not in html(files, of_one)


def test_without_a_home_the_address_is_relative_and_a_sentence_says_how_to_get_the_whole() -> None:
    page = html(site(rich(None), NOW), "sea/index.html")
    assert '<input id="address" readonly value="../sea.ics">' in page
    assert "choose “Copy link”" in text_of(page)
    assert "<svg" not in page


def test_sessions_stand_under_the_day_and_hours_of_their_own_clock() -> None:
    text = text_of(html(site(rich(), NOW), "index.html"))
    assert "Wednesday 4 March 2026 13:00\N{EN DASH}14:00 Toronto #lanternchat Joint chat with #fogchat" in text
    assert "Wed 4 Mar 13:00 in Toronto with Bo Light (@bolight) Bring a lamp Join" in text
    assert "Tuesday 10 March 2026 12:00 to Thu 12 Mar 12:00 Tokyo #fogchat Fog abroad" in text
    assert "Tuesday 3 March 2026 Evening in Berlin #fogchat Nebel und Dunst unconfirmed time unknown" in text
    text = text_of(html(site(rich(), NOW), "fogchat/index.html"))
    assert "Samstag 21. März 2026 Ganztägig, bis So., 22. März" in text
    assert "Dienstag 24. März 2026 Uhrzeit unbekannt" in text


def test_an_all_day_session_of_a_day_and_a_part_of_the_day_without_a_zone() -> None:
    chapter = "hashtag: dimchat\nname: Dim\nchats: [{every: Monday, at: all day}, {every: Tuesday, at: night}]\n"
    text = text_of(html(site(sources(dimchat=chapter), NOW), "index.html"))
    assert "Monday 2 March 2026 All day #dimchat" in text
    assert "Tuesday 3 March 2026 Night #dimchat" in text


def test_badges_say_cancelled_with_the_reason_and_moved_from_where() -> None:
    text = text_of(html(site(rich(), NOW), "lanternchat/index.html"))
    assert "#lanternchat cancelled Holidays Wed 11 Mar 13:00 in Toronto" in text
    assert "Lamp night moved from Wed 18 Mar 13:00 in Toronto Thu 19 Mar 20:00 in Toronto" in text
    assert "cancelled Holidays Wed 11 Mar 13:00 in Toronto Join" not in text


def test_a_chapter_page_tells_the_schedule_period_by_period_and_its_breaks() -> None:
    page = html(site(rich(), NOW), "lanternchat/index.html")
    text = text_of(page)
    assert "Every Wednesday, 13:00 to 14:00 in Toronto, from September 2024 until 31 December 2025." in text
    assert "Sessions due from 8 April 2026 until 15 April 2026 are cancelled: Spring." in text
    assert page.count('<p class="over">') == 1
    # Names of chats are for those who write schedules.
    assert "dusk" not in text_of(html(site(rich(), NOW), "fogchat/index.html"))


def test_a_chapter_page_keeps_what_is_recorded_of_the_past_by_year() -> None:
    text = text_of(html(site(rich(), NOW), "lanternchat/index.html"))
    record = text.partition("On record")[2].partition("About the chapter")[0]
    assert record.split()[:3] == ["2026", "Thu", "8"]
    assert "moved from Wed 7 Jan 13:00 in Toronto 20:00\N{EN DASH}21:00 Toronto" in record
    assert "2025 Wed 24 Dec #lanternchat chat cancelled" in record
    assert "Wed 10 Dec Wicks 13:00\N{EN DASH}14:00 Toronto with Bo Light In winter Transcript" in record
    assert "2010 Di., 4. Mai Fog abroad 12:00" in text_of(html(site(rich(), NOW), "fogchat/index.html"))


def test_days_of_a_break_are_on_record_once_they_are_past() -> None:
    text = text_of(html(site(rich(), at("2026-06-01T00:00")), "lanternchat/index.html"))
    assert "Wed 15 Apr #lanternchat chat cancelled Spring" in text


def test_what_is_listed_without_a_word_is_not_on_record() -> None:
    chapter = 'hashtag: dimchat\nname: Dim\ntimezone: Europe/Paris\nchats: [{dates: [2020-01-01], at: "09:00"}]\n'
    page = html(site(sources(dimchat=chapter), NOW), "dimchat/index.html")
    assert "On record" not in page
    assert "No session is coming here up to 31 March 2027, where this calendar ends." in page


def test_a_change_of_one_of_two_chats_of_a_day_is_on_record_for_that_one() -> None:
    chapter = """\
hashtag: twochat
name: Two
timezone: Europe/Paris
chats:
  - {every: Monday, at: "09:00"}
  - {every: Monday, at: "20:00", id: late}
sessions:
  2026-02-02 late: {topic: Late lights}
  2026-02-09: {topic: Early lights}
"""
    text = text_of(html(site(sources(twochat=chapter), NOW), "twochat/index.html"))
    record = text.partition("On record")[2]
    assert "Mon 9 Feb Early lights 09:00" in record
    assert "Mon 2 Feb Late lights 20:00" in record
    assert record.count("Feb") == 2


def test_a_chapter_page_says_what_is_unconfirmed_and_why() -> None:
    text = text_of(html(site(rich(), NOW), "fogchat/index.html"))
    certainty = "Zuletzt bestätigt am 22. Februar 2012; Termine nach dem 22. August 2013 sind unbestätigt."
    assert certainty in text
    assert "The chat may be over." in text
    assert "unconfirmed" not in text_of(html(site(rich(), NOW), "lanternchat/index.html"))


def test_a_chapter_page_says_what_nobody_has_told() -> None:
    files = site(rich(), NOW)
    missing = "Hier fehlt noch: eine Website, ein Konto, wer moderiert, die Quellen und die Uhrzeit der Chats."
    assert missing in text_of(html(files, "fogchat/index.html"))
    assert "Missing here so far: what it is about, a website" in text_of(html(files, "quietchat/index.html"))
    assert "Missing here" not in html(files, "lanternchat/index.html")
    rooms = site(sources(lamps="name: Lamp Ladies\nplace: Lamp Room\nnote: Soon.\n"), NOW)
    missing = "Missing here so far: what it is about, a website, its moderators and its sources."
    assert missing in text_of(html(rooms, "lamps/index.html"))


def test_a_chapter_without_a_chat_has_a_page_and_an_empty_calendar() -> None:
    text = text_of(html(site(rich(), NOW), "quietchat/index.html"))
    assert "Details pending." in text
    assert "No chat is known of this chapter now." in text


@pytest.mark.parametrize(
    ("lines", "form", "contact"),
    [
        (
            "repository: https://code.example/lights/",
            "https://code.example/lights/issues/new?template=correct-a-schedule.yml&amp;title=%23lanternchat%3A%20"
            "&amp;chapter=lanternchat",
            None,
        ),
        ("contact: mailto:ada@lights.example", None, "mailto:ada@lights.example?subject=%23lanternchat%3A%20"),
        (
            "contact: mailto:ada@lights.example?cc=bo",
            None,
            "mailto:ada@lights.example?cc=bo&amp;subject=%23lanternchat%3A%20",
        ),
        ("contact: https://lights.example/form", None, "https://lights.example/form"),
        (
            "repository: https://code.example/lights\ncontact: https://lights.example/form",
            "https://code.example/lights/issues/new?template=correct-a-schedule.yml&amp;title=%23lanternchat%3A%20"
            "&amp;chapter=lanternchat",
            "https://lights.example/form",
        ),
        ("about: Nobody to write to", None, None),
    ],
)
def test_a_correction_goes_to_the_repository_and_to_the_contact(
    lines: str, form: str | None, contact: str | None
) -> None:
    files = site(sources(f"{CALENDAR}{lines}\n", lanternchat=LANTERN), NOW)
    page = html(files, "lanternchat/index.html")
    for said, link in (("Suggest a correction", form), ("Write to those who keep this calendar", contact)):
        found = re.findall(rf'<a href="([^"]+)"><bdi>{said}', page)
        assert set(found) == ({link} if link else set())
        for other in ("index.html", "404.html"):
            assert bool(link) is (said in html(files, other))


def test_a_page_of_many_sessions_holds_the_coming_week_whole_and_names_the_day_it_reaches() -> None:
    daily = "name: N\ntimezone: Europe/Paris\nchats: [{every: day, at: '9:00'}]\n"
    many = {f"many{number}": f"hashtag: many{number}\n{daily}" for number in range(12)}
    page = html(site(sources(**many), NOW), "index.html")
    days = re.findall(r'datetime="2026-03-(\d\d)T', page)
    assert days.count("09") == 12
    assert "10" not in days
    assert 'data-until="2026-03-07"' in page
    assert 'data-until="2026-03-15"' in html(site(rich(), NOW), "index.html")


def test_a_collection_is_shown_with_the_hashtags_of_its_chapters() -> None:
    text = text_of(html(site(shipped(), NOW), "index.html"))
    assert "European chapters #hcsmeu #hcsmeuES #hcsmeufr" in text


def test_a_former_page_leads_to_the_new_one() -> None:
    files = site(rich(), NOW)
    assert 'content="0; url=../lanternchat/"' in html(files, "lampchat/index.html")
    assert 'content="0; url=../sea/"' in html(files, "ocean/index.html")


def test_a_card_shows_the_periods_that_are_not_over() -> None:
    text = text_of(html(site(rich(), NOW), "index.html"))
    cards = text.partition("The chapters")[2]
    assert "from 1 January 2026" in cards
    assert "from September 2024" not in cards
    assert "Details pending." in cards


def test_pages_link_to_what_is_published_beside_them() -> None:
    schedules, _ = build.read_project(rich(), {}, NOW)
    assert schedules is not None
    bare, more = build_pages(schedules), build_pages(schedules, ["lanternchat"])
    assert "changes.atom" not in html(bare, "lanternchat/index.html")
    assert 'type="application/atom+xml" href="changes.atom"' in html(more, "index.html")
    assert 'href="../lanternchat/changes.atom"' in html(more, "lanternchat/index.html")
    assert "changes.atom" not in html(more, "quietchat/index.html")


def test_search_engines_read_the_next_confirmed_sessions_as_events() -> None:
    files = site(rich(), NOW)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html(files, "lanternchat/index.html"))
    assert found
    events = json.loads(found[1])
    assert len(events) == 10
    assert events[0] == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "#lanternchat: Joint chat with #fogchat",
        "description": "Lighthouse keepers and those who love them compare notes.",
        "startDate": "2026-03-04T13:00:00-05:00",
        "endDate": "2026-03-04T14:00:00-05:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": "https://x.com/hashtag/lanternchat"},
        "organizer": {"@type": "Organization", "name": "The Lantern Keepers", "url": "https://lantern.example/"},
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "url": "https://lights.example/lanternchat/",
    }
    assert events[1]["eventStatus"] == "https://schema.org/EventCancelled"
    assert events[2]["eventStatus"] == "https://schema.org/EventRescheduled"
    assert events[2]["previousStartDate"] == "2026-03-18T13:00:00-04:00"
    assert "ld+json" not in html(files, "fogchat/index.html")


def test_a_session_moved_from_a_day_without_a_time_was_due_on_that_day() -> None:
    chapter = """\
hashtag: dimchat
name: Dim
timezone: Europe/Paris
chats: [{every: Monday, at: evening}]
sessions: {2026-03-02: {moved: 2026-03-03 20:00}}
"""
    page = html(site(sources(dimchat=chapter), NOW), "dimchat/index.html")
    assert '"previousStartDate": "2026-03-02"' in page


def test_sessions_json_holds_the_window_with_utc_and_local_times_and_the_real_status() -> None:
    files = site(rich(), NOW)
    found = json.loads(files["sessions.json"])
    assert (found["version"], found["first"], found["last"]) == (1, "2025-12-01", "2027-03-31")
    sessions = {one["uid"].partition("@")[0]: one for one in found["sessions"]}
    assert sessions["lampchat-2026-03-18"] == {
        "uid": "lampchat-2026-03-18@lights.example",
        "chapter": "lanternchat",
        "slot": "2026-03-18",
        "summary": "Lamp night",
        "status": "confirmed",
        "start": "2026-03-20T00:00:00Z",
        "end": "2026-03-20T01:00:00Z",
        "timezone": "America/Toronto",
        "local_start": "2026-03-19T20:00:00-04:00",
        "local_end": "2026-03-19T21:00:00-04:00",
        "time": "20:00",
        "moved_from": {"day": "2026-03-18", "time": "13:00"},
        "title": "Lamp night",
        "join": "https://x.com/hashtag/lanternchat",
    }
    assert sessions["lampchat-2026-03-11"]["status"] == "cancelled"
    assert sessions["lampchat-2026-03-11"]["reason"] == "Holidays"
    assert sessions["fogchat-2026-03-06"]["status"] == "unconfirmed"
    dusk = sessions["fogchat-dusk-2026-03-03"]
    assert (dusk["start"], dusk["end"], dusk["time"]) == ("2026-03-03", "2026-03-04", "evening")
    assert "local_start" not in dusk
    starts = [one["start"] for one in found["sessions"]]
    assert starts == sorted(starts)


def test_a_session_of_unknown_weeks_says_so_to_people_and_programs_and_not_to_search_engines() -> None:
    chapter = "hashtag: dimchat\nname: Dim\ntimezone: Europe/Berlin\njoin: https://dim.example/\nchats:\n"
    chapter += "  - {every: other Monday, at: 20:00, counting: WEEKS}\n"
    files = site(sources(dimchat=chapter.replace("WEEKS", "unknown")), NOW)
    found = json.loads(files["sessions.json"])
    one = found["sessions"][0]
    assert (one["status"], one["held_every"]) == ("weeks-unknown", "2 weeks")
    assert one["summary"] == "#dimchat chat (every other week)"
    assert "rrule" not in found["chapters"][0]["schedule"][0]
    text = text_of(html(files, "dimchat/index.html"))
    assert "Every other Monday (which is not known), 20:00 to 21:00 in Berlin" in text
    assert "every other week which is not known" in text
    assert "schema.org" not in html(files, "dimchat/index.html")
    certain = site(sources(dimchat=chapter.replace("WEEKS", "2026-03-02")), NOW)
    assert "schema.org" in html(certain, "dimchat/index.html")


def test_a_session_of_which_only_the_time_is_unknown_says_so() -> None:
    chapter = "hashtag: dimchat\nname: Dim\nchats: [{every: Monday, at: unknown}]\n"
    sessions = json.loads(site(sources(dimchat=chapter), NOW)["dimchat/sessions.json"])["sessions"]
    assert {one["status"] for one in sessions} == {"time-unknown"}


def test_sessions_json_tells_the_rule_in_words_and_as_a_recurrence_rule() -> None:
    (chapter,) = json.loads(site(rich(), NOW)["fogchat/sessions.json"])["chapters"]
    first, *_, listed = chapter["schedule"]
    assert first["words"] == "Jeden Freitag, 23:30 bis 00:30 Uhr am nächsten Tag in Berlin."
    assert first["rrule"] == "FREQ=WEEKLY;BYDAY=FR"
    assert "rrule" not in listed
    assert chapter["page"] == "https://lights.example/fogchat/"


@pytest.mark.parametrize("files", [rich(), rich(None), shipped()], ids=["home", "no-home", "shipped"])
def test_every_sessions_json_is_as_its_schema_says(files: dict[str, bytes | None], tmp_path: Path) -> None:
    write(tmp_path, site(files, NOW))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(tmp_path / "sessions.schema.json")]
    done = subprocess.run([*command, *tmp_path.rglob("sessions.json")], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_schema_refuses_what_sessions_json_never_holds(tmp_path: Path) -> None:
    write(tmp_path, site(rich(), NOW))
    made = json.loads((tmp_path / "sessions.json").read_bytes())
    made["sessions"][0]["status"] = "postponed"
    (tmp_path / "wrong.json").write_text(json.dumps(made), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(tmp_path / "sessions.schema.json")]
    done = subprocess.run([*command, tmp_path / "wrong.json"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "postponed" in done.stdout


def test_robots_may_read_everything_and_feeds_are_served_as_calendars() -> None:
    files = site(rich(), NOW)
    assert files["robots.txt"] == b"User-agent: *\nAllow: /\nSitemap: https://lights.example/sitemap.xml\n"
    assert "/*.ics\n  Content-Type: text/calendar; charset=utf-8\n" in files["_headers"].decode()


def test_a_calendar_without_collections_or_words_about_itself_has_its_pages_too() -> None:
    calendar = RICH_CALENDAR.format(home=HOME).partition("collections:")[0].replace("about:", "#")
    text = text_of(html(site(sources(calendar, lanternchat=LANTERN, fogchat=FOG, quietchat=QUIET), NOW), "index.html"))
    assert "Calendars of several chapters" not in text


PROGRAMS = (ROOT / "docs" / "programs.md").read_text("utf-8")


def test_the_documented_session_is_what_is_published() -> None:
    found = re.search(r"```json\n(.*?)```", PROGRAMS, re.DOTALL)
    assert found
    documented = json.loads(found[1])
    published = json.loads(site(rich(), NOW)["sessions.json"])["sessions"]
    assert documented == next(one for one in published if one["uid"] == documented["uid"])


def test_every_key_of_the_schema_is_documented_and_no_other() -> None:
    schema = json.loads(site(rich(), NOW)["sessions.schema.json"])
    documented = {
        (key, "yes" in needed)
        for keys, needed in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|(.*?)\|", PROGRAMS, re.MULTILINE)
        for key in re.findall(r"`(\w+)`", keys)
    }
    parts = (schema, schema["$defs"]["chapter"], schema["$defs"]["session"])
    assert documented == {(key, key in part["required"]) for part in parts for key in part["properties"]}


def test_the_documented_program_runs(tmp_path: Path) -> None:
    write(tmp_path, site(rich(), NOW))
    found = re.search(r"```python\n(.*?)```", PROGRAMS, re.DOTALL)
    assert found
    with served(tmp_path) as address:
        program = found[1].replace(HOME, address).replace("datetime.now(timezone.utc)", "datetime(2026, 3, 5)")
        done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.stdout.splitlines()[:2] == [
        "2026-03-19T20:00:00-04:00 Lamp night",
        "2026-03-25T13:00:00-04:00 #lanternchat chat",
    ]


# ---- Nothing that is not so


def test_doubt_stands_beside_every_subscribe_with_its_month_and_its_reason() -> None:
    files = site(rich(), NOW)
    said = "unconfirmed Last confirmed in February 2012. The chat may be over."
    home = text_of(html(files, "index.html"))
    assert said in home.partition("The chapters")[2].partition("#lanternchat")[0]
    assert (
        "unconfirmed" not in home.partition("The chapters")[2].partition("#lanternchat")[2].partition("Calendars of")[0]
    )
    some = "unconfirmed 1 of these {} chapters has sessions that are not confirmed."
    assert some.format(3) in home.partition("When they meet")[0]
    assert some.format(2) in home.partition("Calendars of several chapters")[2]
    assert some.format(2) in text_of(html(files, "sea/index.html")).partition("When they meet")[0]
    own = text_of(html(files, "fogchat/index.html")).partition("Einmal abonnieren")[0]
    assert "unbestätigt Zuletzt bestätigt im Februar 2012. The chat may be over." in own
    for path in ("lanternchat/index.html", "land/index.html"):
        assert "unconfirmed" not in text_of(html(files, path))


def test_home_says_at_once_that_nothing_is_confirmed() -> None:
    text = text_of(html(site(shipped(), at("2026-11-28T00:00")), "index.html"))
    said = "None of the coming sessions is confirmed. The last time that anybody confirmed them was in February 2012."
    assert said in text.partition("When they meet")[0]


def test_doubt_of_a_chapter_that_nobody_ever_confirmed_names_no_month() -> None:
    files = dict(rich())
    moment = at("2026-03-01T12:00")
    chapter = b"hashtag: farchat\nname: Far\nupstream: https://far.example/far.ics\n"
    schedules, _ = build.read_project({**files, "schedules/farchat.yaml": chapter}, {}, moment)
    assert schedules
    far = schedules.chapters["farchat"]
    one = replace(
        schedules.sessions_of(schedules.chapters["fogchat"])[-1], uid="farchat-2026-04-01@x", chapter="farchat"
    )
    followed = replace(schedules, chapters={"farchat": replace(far, upstream_sessions=(one,))}, sessions={}, coming={})
    text = text_of(
        html(
            dict(build_pages(replace(followed, calendar=replace(schedules.calendar, collections=())))),
            "farchat/index.html",
        )
    )
    assert "unconfirmed Nobody has confirmed it so far." in text
    assert "None" not in text


def past_of(files: dict[str, bytes], now: datetime) -> list[str]:
    """Return the sessions of `sessions.json` that are over, as they begin."""
    found = json.loads(files["sessions.json"])["sessions"]
    return [one["start"] for one in found if one["end"] <= f"{now:%Y-%m-%dT%H:%M:%SZ}"]


def test_a_new_chapter_has_no_past_that_nobody_told_of() -> None:
    new = "hashtag: newchat\nname: New\ntimezone: Europe/Paris\nchats: [{every: day, at: '9:00'}]\n"
    told = new + "sessions: {2026-02-03: {topic: The first}}\n"
    assert past_of(site(sources(newchat=new), NOW), NOW) == []
    assert past_of(site(sources(newchat=told), NOW), NOW) == ["2026-02-03T08:00:00Z"]


def test_the_past_of_a_chapter_is_what_its_feed_held() -> None:
    new = "hashtag: newchat\nname: New\ntimezone: Europe/Paris\nchats: [{every: Tuesday, at: '9:00'}]\n"
    later = NOW + timedelta(days=14)
    feeds = built(sources(newchat=new), NOW)
    moved = sources(newchat=new.replace("'9:00'", "'21:00'").replace("Tuesday", "Tuesday and Friday"))
    for files in (sources(newchat=new), moved):
        made = build.build_calendar(files, feeds, later).files
        pages = {
            path.relative_to("_site").as_posix(): octets for path, octets in made.items() if path.parts[0] == "_site"
        }
        assert past_of(pages, later) == ["2026-03-03T08:00:00Z", "2026-03-10T08:00:00Z"]
    quiet = build.build_calendar(sources(newchat=new), feeds, later + timedelta(days=1)).files
    assert quiet


def test_the_past_of_a_chapter_keeps_its_words_when_its_chat_is_edited_in_place() -> None:
    old = "hashtag: newchat\nname: New\ntimezone: Europe/Paris\nchats: [{every: Tuesday, at: '9:00', hosts: [Ann]}]\n"
    feeds = built(sources(newchat=old), NOW)
    new = old.replace("newchat", "latechat").replace("[Ann]", "[Bo], topic: Oil") + "formerly: [newchat]\n"
    made = build.build_calendar(sources(latechat=new), feeds, NOW + timedelta(days=7)).files
    past, coming, *_ = json.loads(made[PurePosixPath("_site/latechat/sessions.json")])["sessions"]
    assert past.items() >= {"summary": "#newchat chat", "hosts": ["Ann"], "chapter": "latechat"}.items()
    assert "topic" not in past
    assert coming.items() >= {"summary": "#latechat: Oil", "hosts": ["Bo"], "topic": "Oil"}.items()


def test_the_past_of_events_that_say_little_of_themselves_has_the_facts_of_the_schedule_in_the_words_of_its_feed() -> (
    None
):
    """Events once had none of the lines that chatcal reads them by, and were in English in every language."""
    chat = "hashtag: newchat\nname: New\nlanguage: de\nconfirmed: 2012-02-22\nchats: [{every: Tuesday, at: evening}]\n"
    feeds = built(sources(newchat=chat.replace("language: de\n", "")), NOW)
    bare = {name: re.sub(rb"X-CHATCAL-(?!HASH)[^\r]*\r\n(?: [^\r]*\r\n)*", b"", feed) for name, feed in feeds.items()}
    made = build.build_calendar(sources(newchat=chat), bare, NOW + timedelta(days=7)).files
    past, *_ = json.loads(made[PurePosixPath("_site/newchat/sessions.json")])["sessions"]
    assert past.items() >= {"summary": "#newchat chat, evening (unconfirmed)", "time": "evening"}.items()
    assert past["status"] == "unconfirmed"


def test_a_session_that_is_over_stays_known_on_the_day_on_which_its_schedule_says_that_it_ended_sooner() -> None:
    long = "hashtag: newchat\nname: New\ntimezone: Europe/Paris\nchats: [{every: Tuesday, at: '23:00', lasts: 3h}]\n"
    feeds = built(sources(newchat=long), NOW)
    morning = at("2026-03-04T08:00")
    for later in (long, long.replace("3h", "30min"), long.replace("Tuesday", "Friday")):
        options = build.BuildOptions(allow_shrink=True)
        made = build.build_calendar(sources(newchat=later), feeds, morning, options).files
        pages = {"sessions.json": made[PurePosixPath("_site/sessions.json")]}
        assert past_of(pages, morning) == ["2026-03-03T22:00:00Z"], later


def test_breaks_of_the_whole_calendar_are_told_without_the_name_of_a_file() -> None:
    calendar = CALENDAR + "breaks: [{from: 2026-12-24, until: 2027-01-02, reason: Holidays}]\n"
    text = text_of(html(site(sources(calendar, lanternchat=LANTERN), NOW), "lanternchat/index.html"))
    assert "Sessions due from 24 December 2026 until 2 January 2027 are cancelled: Holidays." in text


@pytest.mark.parametrize(
    ("today", "is_shown"), [("2026-04-07", False), ("2026-04-08", True), ("2026-04-15", True), ("2026-04-16", False)]
)
def test_a_card_tells_a_break_while_it_lasts(today: str, is_shown: bool) -> None:
    card = text_of(html(site(rich(), at(f"{today}T12:00")), "index.html")).partition("The chapters")[2]
    assert ("Sessions due from 8 April 2026 until 15 April 2026 are cancelled: Spring." in card) is is_shown


def test_no_page_names_files_or_keys_of_those_who_keep_schedules() -> None:
    calendar = RICH_CALENDAR.format(home=HOME) + "breaks: [{from: 2026-12-24, until: 2027-01-02}]\n"
    for path, octets in site(sources(calendar, lanternchat=LANTERN, fogchat=FOG, quietchat=QUIET), NOW).items():
        if path.endswith(".html"):
            assert not re.search(r"yaml|`", text_of(octets.decode())), path


def test_only_what_a_chapter_says_in_its_chats_is_marked_as_in_its_language() -> None:
    files = site(shipped(), at("2026-11-28T00:00"))
    for path in ("index.html", "hcsmeues/index.html"):
        assert not re.search(r'<bdi lang="es">Health', html(files, path))
    lights = site(rich(), NOW)
    assert '<bdi class="topic" lang="de">Fog abroad</bdi>' in html(lights, "archive.html")
    assert '<bdi class="topic">Fog abroad</bdi>' in html(lights, "fogchat/index.html")


def test_the_next_session_is_shown_however_far_it_is() -> None:
    rare = "hashtag: rarechat\nname: Rare\ntimezone: Europe/Paris\nchats: [{dates: [2026-09-01], at: '9:00'}]\n"
    calendar = CALENDAR + "collections: {few: {title: Few, chapters: [rarechat]}}\n"
    files = site(sources(calendar, rarechat=rare), NOW)
    for path in ("index.html", "few/index.html", "rarechat/index.html"):
        assert "Tuesday 1 September 2026 09:00" in text_of(html(files, path)), path


ROOMS = """\
name: Lamp Ladies
about: Write to https://ladies.example/ (please).
place: Lamp Room, 1 Pier Road & more
links: {Code of conduct: https://ladies.example/conduct}
timezone: America/Toronto
chats:
  - every: Wednesday
    at: 13:00
    links: {Agenda: https://ladies.example/agenda}
sessions:
  2025-12-31: {links: {Recording: https://ladies.example/video}}
  2026-03-04: {place: "Fog Room", geo: [44.65, -63.5], join: https://meet.example/fog}
  2026-03-11: {place: none, note: "Online <b>only</b>: https://meet.example/11?a=1&b=2."}
  2026-03-18: {cancelled: "See https://ladies.example/fog, please"}
  2026-03-25: {place: "The old pier, https://ladies.example/map"}
"""
MAP = "https://www.openstreetmap.org/"


def items(page: str) -> dict[str, str]:
    """Return the items of sessions by their days."""
    found = re.findall(r'<li class="session[^>]* id="lamp-ladies-([0-9-]+)"(.*?)</li>', page, re.DOTALL)
    return dict(found)


def test_a_page_leads_to_a_map_of_each_place_and_to_all_that_is_linked() -> None:
    calendar = CALENDAR.replace("join:", "# join:") + "called: meetup\n"
    page = html(
        site({"chatcal.yaml": calendar.encode(), "schedules/lamp-ladies.yaml": ROOMS.encode()}, NOW),
        "lamp-ladies/index.html",
    )
    on = items(page)
    fog = f'at <a class="place" href="{MAP}search?query=44.65%2C-63.5"><bdi>Fog Room</bdi></a>'
    assert fog in on["2026-03-04"]
    assert '<a href="https://meet.example/fog" data-join>Join</a>' in on["2026-03-04"]
    assert 'class="place"' not in on["2026-03-11"] + on["2026-03-18"]
    online = 'Online &lt;b&gt;only&lt;/b&gt;: <a href="https://meet.example/11?a=1&amp;b=2">https://meet.example/11?a=1&amp;b=2</a>.'
    assert online in on["2026-03-11"]
    assert 'See <a href="https://ladies.example/fog">https://ladies.example/fog</a>, please' in on["2026-03-18"]
    assert '<bdi class="place">The old pier, <a href="https://ladies.example/map">' in on["2026-03-25"]
    room = f'<a class="place" href="{MAP}search?query=Lamp%20Room%2C%201%20Pier%20Road%20%26%20more">'
    assert f"at {room}<bdi>Lamp Room, 1 Pier Road &amp; more</bdi></a>" in on["2026-04-01"]
    assert '<a href="https://ladies.example/agenda"><bdi>Agenda</bdi></a>' in on["2026-04-01"]
    assert '<a href="https://ladies.example/video"><bdi>Recording</bdi></a>' in on["2025-12-31"]
    assert '<a href="https://ladies.example/conduct"><bdi>Code of conduct</bdi></a>' in page
    assert 'Write to <a href="https://ladies.example/">https://ladies.example/</a> (please).' in page
    assert "Meets at" not in page


def test_a_chapter_that_meets_in_one_place_says_so_once() -> None:
    one = ROOMS.partition("sessions:")[0]
    files = site({"chatcal.yaml": CALENDAR.encode(), "schedules/lamp-ladies.yaml": one.encode()}, NOW)
    assert f'<dt>Meets at</dt><dd><a class="place" href="{MAP}search?query=Lamp%20Room' in html(
        files, "lamp-ladies/index.html"
    )


def test_pages_of_meetups_say_neither_chat_nor_hashtag() -> None:
    calendar = "title: Lamps\nuid_domain: lights.example\ncalled: meetup\n"
    calendar += "collections: {a: {title: A, chapters: [lamp-ladies, quiet]}}\n"
    quiet = "name: The Quiet\n"
    files = sources(calendar, **{"lamp-ladies": ROOMS, "quiet": quiet})
    made = site(files, NOW)
    for path in (path for path in made if path.endswith(".html")):
        shown = text_of(html(made, path))
        assert not re.search(r"\bchats?\b|hashtag|#", shown, re.IGNORECASE), path
    assert "Meetups, their times, and calendars to subscribe to." in text_of(html(made, "index.html"))
    assert "No meetup now." in text_of(html(made, "index.html"))
    assert "A Lamp Ladies, The Quiet" in text_of(html(made, "index.html"))
    assert "No meetup is known of this chapter now." in text_of(html(made, "quiet/index.html"))
    assert "hashtag" not in json.loads(made["sessions.json"])["chapters"][0]


CATALOGS = tuple(languages.list_catalogs().values())


@pytest.mark.parametrize("language", CATALOGS)
def test_pages_of_meetups_say_chat_in_no_language(language: str) -> None:
    rule = "{rrule: FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29, at: 13:00, counting: unknown}"
    chats = f"chats: [{rule}, {{every: 31st of the month, at: 14:00}}]\nbreaks: [{{from: 2026-05, until: 2026-06}}]\n"
    lamp = f"name: Lamp Ladies\nlanguage: {language}\ntimezone: America/Toronto\n{chats}"
    calendar = f"title: Lamps\nuid_domain: lights.example\ncalled: meetup\nlanguage: {language}\n"
    made = site(sources(calendar, lamp=lamp, quiet=f"name: Quiet\nlanguage: {language}\n"), NOW)
    for path in (path for path in made if path.endswith(".html")):
        shown = text_of(html(made, path).replace("template", "body"))
        assert not re.search(r"\bchat|\bчат", shown, re.IGNORECASE), path


GOLDEN = ROOT / "tests" / "cases" / "golden" / "pages"
SPEAKING = ("hcsmeues", "hcsmla", "hcsmeufr", "hcsmat", "hcsmse", "hcsmua")


def make_golden_page(slug: str) -> bytes:
    """Return a page of the shipped calendar, without what the browser gets the newest style and script by."""
    files = shipped()
    files["schedules/hcsmua.yaml"] = (files["schedules/hcsmua.yaml"] or b"") + b"language: uk\n"
    made = site(files, at("2026-11-28T00:00"))
    return re.sub(rb"\?[0-9a-f]{8}", b"", made[f"{slug}/index.html"])


@pytest.mark.parametrize("slug", SPEAKING)
def test_the_pages_of_chapters_that_do_not_speak_english_are_golden(slug: str) -> None:
    # Where a change is meant, `python -m tests.site.test_pages` writes them anew; read them before you commit.
    assert make_golden_page(slug).decode() == (GOLDEN / f"{slug}.html").read_text("utf-8")


SILENT = """\
hashtag: lanternchat
name: Lux
timezone: America/Toronto
confirmed: 2025-08-31
sources: [https://lantern.example/chat]
chats: [{every: Wednesday, at: 13:00}, {id: dusk, every: Thursday, at: evening}]
sessions:
  2025-11-05: {cancelled: Lux, hosts: [Ada]}
  2026-03-12 dusk: {moved: 2026-03-13, transcript: "https://lantern.example/t"}
"""


ALIKE = {"nl": {"of", "is"}}
"""Words of a language that are written like English ones."""


@pytest.mark.parametrize("language", CATALOGS)
def test_no_english_word_is_left_on_the_pages_of_another_language(language: str) -> None:
    files = site(
        sources(CALENDAR + f"language: {language}\n", lanternchat=f"{SILENT}language: {language}\n", luxchat=DIM), NOW
    )
    for path in ("index.html", "404.html", "archive.html", "lanternchat/index.html", "lanternchat/embed/index.html"):
        page = html(files, path)
        assert f'<html lang="{language}">' in page
        said = [*text_of(page).split(), *text_of(page.replace("template", "body")).split()]
        english = {"the", "of", "this", "are", "is", "with", "and", "calendar"} - ALIKE.get(language, set())
        assert english.isdisjoint(said)


def test_a_sentence_of_a_page_that_ends_with_a_date_has_one_full_stop() -> None:
    files = site(sources(CALENDAR + "language: uk\n", lanternchat=f"{SILENT}language: uk\n", luxchat=DIM), NOW)
    for path in ("index.html", "lanternchat/index.html"):
        assert "серпень 2025 р." in text_of(html(files, path))
        assert "р.." not in text_of(html(files, path))


WEEKLY = "timezone: America/Toronto\nchats: [{every: Wednesday, at: 13:00}]\n"
DIM = "hashtag: luxchat\nname: Lux\nlanguage: fr\n"


def test_each_page_is_in_its_own_language() -> None:
    chapters = {"lanternchat": LANTERN, "luxchat": DIM}
    files = site(sources(CALENDAR + "language: sv\n", **chapters), NOW)
    pages = [path for path in files if path.endswith(".html")]
    found = {path: re.search(r'<html lang="([^"]+)"', html(files, path)) for path in pages}
    assert {path: one and one[1] for path, one in found.items()} == {
        "404.html": "sv", "archive.html": "sv", "changes.html": "sv", "index.html": "sv",
        "luxchat/index.html": "fr", "luxchat/embed/index.html": "fr",
        "lampchat/index.html": "en", "lampchat/embed/index.html": "en",
        "lanternchat/index.html": "en", "lanternchat/embed/index.html": "en",
    }  # fmt: skip
    assert "Varje onsdag" in html(files, "index.html")
    assert "Every Wednesday" in html(files, "lanternchat/index.html")


def test_changes_are_told_in_the_words_of_each_chapter_and_marked_so_on_other_pages() -> None:
    chapters = {"lanternchat": LANTERN, "luxchat": "hashtag: luxchat\nname: Lux\nlanguage: fr\n" + WEEKLY}
    page = html(site(sources(CALENDAR + "language: sv\n", **chapters), NOW), "changes.html")
    assert '<li><bdi lang="en">every Wednesday' in page
    assert '<li><bdi lang="fr">57 sessions, de mer. 4 mars à mer. 31 mars 2027, 13:00' in page


@pytest.mark.parametrize("language", ["ar", "he", "fa", "ur"])
def test_a_page_is_written_in_the_direction_of_its_words(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    about = "about: \N{ARABIC LETTER SEEN}\N{ARABIC LETTER LAM}\n"
    chapter = f"{SILENT}{about}language: {language}\n"
    files = site(sources(lanternchat=chapter), NOW)
    page = html(files, "lanternchat/index.html")
    assert '<html lang="en">' in page  # there is no catalog, and the words are English
    assert '<p class="lead" dir="auto">' in page
    monkeypatch.setattr(languages, "list_catalogs", lambda: {language: "de"})
    languages._load_words.cache_clear()
    try:
        files = site(sources(lanternchat=chapter), NOW)
    finally:
        languages._load_words.cache_clear()
    for path in ("lanternchat/index.html", "lanternchat/embed/index.html"):
        assert f'<html lang="{language}" dir="rtl">' in html(files, path)
    # Its first line begins where the page begins, and code is read from left to right.
    assert '<span class="tag"><bdi>#lanternchat</bdi></span>' in html(files, "lanternchat/index.html")


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("ar", ' dir="rtl"'),
        ("ur-PK", ' dir="rtl"'),
        ("fa", ' dir="rtl"'),
        ("he", ' dir="rtl"'),
        ("es", ""),
        ("tlh", ""),
    ],
)
def test_a_topic_is_written_in_the_direction_of_its_language_also_if_it_begins_with_other_letters(
    language: str, direction: str
) -> None:
    topics = "sessions: {2026-03-04: {topic: HPV \N{ARABIC LETTER SEEN}}, 2026-02-25: {topic: HPV}}\n"
    chapter = f"hashtag: luxchat\nname: Lux\nlanguage: {language}\n{WEEKLY}{topics}"
    files = site(sources(CALENDAR + "language: de\n", luxchat=chapter), NOW)
    for path in ("index.html", "archive.html", *(["luxchat/index.html"] if direction else [])):
        assert f' lang="{language}"{direction}>HPV' in html(files, path), path


def test_html_in_a_catalog_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = '<script>alert(1)</script> <img src=x onerror="alert(2)"> & %(names)s'

    class Hostile(Words):
        def find(self, message: str, context: str | None = None) -> str:
            gaps = re.findall(r"%\(\w+\)s", super().find(message, context))
            return hostile.replace("%(names)s", " ".join(gaps))

        def find_count(self, one: str, several: str, number: int) -> str:
            return self.find(super().find_count(one, several, number))

    spoken = Hostile()
    for module in ("feed.event", "site.pages", "site.context"):
        monkeypatch.setattr(f"chatcal.{module}.get_words", lambda _: spoken)
    files = site(sources(CALENDAR + "language: xx\n", lanternchat=LANTERN + "language: xx\n"), NOW)
    for path in ("index.html", "404.html", "changes.html", "archive.html", "lanternchat/index.html"):
        page = html(files, path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>" not in page
        assert "<img" not in page


def test_the_week_of_the_month_begins_as_in_the_language_of_the_page() -> None:
    for language, first in {
        "pt-BR": ' data-first="6"',
        "pt": "",
        "es-MX": ' data-first="6"',
        "de": "",
        "en": "",
    }.items():
        files = site(sources(CALENDAR + f"language: {language}\n", lanternchat=LANTERN, fogchat=FOG), NOW)
        assert f'<div class="month"{first}></div>' in html(files, "index.html")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for slug in SPEAKING:
        (GOLDEN / f"{slug}.html").write_bytes(make_golden_page(slug))
