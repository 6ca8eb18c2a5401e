"""Calendars kept elsewhere, followed by the very command over TLS, from a server that means well, or harm."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.feed import ics
from chatcal.feed.event import decode_event
from chatcal.importers import upstream
from chatcal.model import Revision
from tests.support import hostile
from tests.support.calendars import LANTERN
from tests.support.hostile import WEEKLY, Behaviour, Names, Server, calendar, event, serving
from tests.support.patience import patient

FOG = """\
hashtag: fogchat
name: The Fog Signallers
timezone: Europe/London
upstream: {}
"""

CALENDAR = """\
title: Lights
home: https://lights.example/
uid_domain: lights.example
upstream_hosts: [fog.example]
"""

NIGHT = datetime(2026, 3, 1, 3, 43, tzinfo=UTC)


@dataclass
class Adopter:
    """A calendar's folder, one chapter of which keeps its calendar at the server."""

    root: Path
    server: Server
    names: Names

    def chatcal(self, *words: str, day: int = 1) -> Result:
        """Run a command, in a night of March 2026."""
        moment = f"2026-03-{day:02}T03:43:00Z"
        return CliRunner().invoke(
            cli.run_chatcal, ["-C", str(self.root), *words, "--now", moment], catch_exceptions=False
        )

    def night(self, behaviour: Behaviour | None = None, *words: str, day: int = 1) -> Result:
        """Build as the nightly job does; what the server answers can be changed before."""
        if behaviour is not None:
            self.server.answers["/fog.ics"] = behaviour
        return self.chatcal("build", "--fetch", *words, day=day)

    def files(self, place: str = "feeds") -> dict[str, bytes]:
        """Return what is published."""
        return {path.name: path.read_bytes() for path in sorted((self.root / place).rglob("*")) if path.is_file()}

    def feed(self, name: str = "fogchat") -> tuple[Revision, ...]:
        """Return the events of a feed."""
        return ics.read_feed((self.root / "feeds" / f"{name}.ics").read_bytes())

    def said(self) -> list[str]:
        """Return the names of the events of the chapter's feed."""
        return [decode_event(one).summary for one in self.feed()]

    def page(self) -> str:
        """Return the chapter's page."""
        return (self.root / "_site/fogchat/index.html").read_text("utf-8")

    def contact(self) -> Mapping[str, object]:
        """Return what status.json says of the chapter's calendar."""
        found: Mapping[str, object] = json.loads((self.root / "_site/status.json").read_bytes())["upstream"]["fogchat"]
        return found


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """Return a server."""
    with hostile.running() as server:
        yield server


@pytest.fixture
def adopter(served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adopter:
    """Return a calendar whose fog chat is at the server, which serves a chat a week."""
    served.answers.clear()
    served.asked.clear()
    served.answers["/fog.ics"] = serving(WEEKLY, ETag='"weekly"')
    root = tmp_path / "calendar"
    (root / "schedules").mkdir(parents=True)
    (root / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (root / "schedules/fogchat.yaml").write_text(FOG.format(served.address()), "utf-8")
    (root / "schedules/lanternchat.yaml").write_text(LANTERN, "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Adopter(root, served, hostile.let_in(monkeypatch))


def test_a_night_publishes_what_the_calendar_says(adopter: Adopter) -> None:
    result = adopter.night()
    assert result.exit_code == 0, result.output
    assert adopter.said() == ["#fogchat: Fog talk"] * 57
    assert {one.uid for one in adopter.feed()} <= {one.uid for one in adopter.feed("all")}
    assert adopter.contact() == {"heard": "2026-03-01", "nights": 0}
    assert "This chapter keeps its calendar itself" in adopter.page()
    assert "last heard from" not in adopter.page()
    assert "Fog talk" in adopter.page()


def test_a_quiet_night_changes_no_feed(adopter: Adopter) -> None:
    adopter.night()
    before = adopter.files()
    assert "0 of them changed" in adopter.night(day=2).stdout
    assert adopter.files() == before
    assert adopter.contact() == {"heard": "2026-03-02", "nights": 0}


def test_what_cannot_be_read_is_named_and_the_rest_is_published(adopter: Adopter) -> None:
    bad = event("bad@fog", "20260312T190000Z", "Blemished", "EXDATE:\n")
    private = event("private@fog", "20260313T190000Z", "Secret", "CLASS:PRIVATE\n")
    good = event("weekly@fog", "20260304T190000Z", "Fog talk", "RRULE:FREQ=WEEKLY\n")
    result = adopter.night(serving(calendar(bad, private, good)))
    assert result.exit_code == 0
    assert adopter.said() == ["#fogchat: Fog talk"] * 57
    said = (
        "was not read as a whole. “Blemished” of 12 Mar 2026: its EXDATE cannot be read. "
        "1 event marked as private was left out."
    )
    assert said in result.stdout
    assert "schedules/fogchat.yaml:4:11: warning: " in result.stderr
    assert adopter.contact() == {"heard": "2026-03-01", "nights": 0}
    assert not any(b"Secret" in content for place in ("feeds", "_site") for content in adopter.files(place).values())


def test_new_uids_every_night_are_no_change(adopter: Adopter) -> None:
    adopter.night()
    before = adopter.files()
    adopter.night(serving(WEEKLY.replace(b"weekly@fog", b"random-4711@fog")), day=2)
    assert adopter.files() == before


def test_what_the_calendar_changes_reaches_subscribers(adopter: Adopter) -> None:
    adopter.night()
    first = adopter.feed()
    off = event("weekly@fog", "20260311T190000Z", "Fog talk", "RECURRENCE-ID:20260311T190000Z\nSTATUS:CANCELLED\n")
    moved = event("weekly@fog", "20260319T200000Z", "Fog talk", "RECURRENCE-ID:20260318T190000Z\n")
    rule = event("weekly@fog", "20260304T190000Z", "Fog talk", "RRULE:FREQ=WEEKLY\n")
    result = adopter.night(serving(calendar(rule, off, moved)), day=2)
    now = adopter.feed()
    assert "3 of them changed" in result.stdout or "2 of them changed" in result.stdout
    assert [one.uid for one in now] == [one.uid for one in first]
    assert [one.content == other.content for one, other in zip(first, now, strict=True)].count(False) == 2
    assert adopter.said()[1] == "Cancelled: #fogchat: Fog talk"
    assert decode_event(now[2]).description.startswith("Moved from Wed 18 Mar 19:00\n")


def test_without_fetch_nobody_is_asked_and_all_stays(adopter: Adopter) -> None:
    adopter.night()
    # The first build went on from no feeds, as its status says; every other one goes on from these.
    adopter.night()
    before, site = adopter.files(), adopter.files("_site")
    adopter.server.asked.clear()
    adopter.server.answers["/fog.ics"] = serving(calendar())
    assert adopter.chatcal("build").exit_code == 0
    assert adopter.chatcal("check").exit_code == 0
    assert adopter.server.asked == []
    assert adopter.files() == before
    assert adopter.files("_site") == site


def test_a_chapter_that_was_never_heard_from_has_an_empty_feed(adopter: Adopter) -> None:
    assert adopter.chatcal("build").exit_code == 0
    assert adopter.said() == []
    assert adopter.contact() == {"nights": 0}
    adopter.night(serving(b"", 500), day=2)
    assert "has not been heard from since 2 March 2026" in adopter.page()


FAILURES: Mapping[str, tuple[Behaviour, str]] = {
    "slow drip of a body": (hostile.slow_body, "took more than"),
    "slow drip of headers": (hostile.slow_headers, "took more than"),
    "silence": (hostile.silent, "took more than"),
    "endless body": (hostile.endless, "larger than 10,000,000 bytes"),
    "gzip bomb": (hostile.bomb, "larger than 10,000,000 bytes"),
    "compressed without content": (hostile.hidden_endless, "larger than 10,000,000 bytes"),
    "broken compression": (serving(WEEKLY, Content_Encoding="gzip"), "compression is broken"),
    "redirect loop": (hostile.leading("/fog.ics"), "redirects more than 3 times"),
    "redirect to loopback": (hostile.leading("https://127.0.0.1/"), "`upstream_hosts` does not list"),
    "redirect to another host": (hostile.leading("https://other.example/"), "`upstream_hosts` does not list"),
    "redirect out of https": (hostile.leading("http://fog.example/"), "is not a valid https address"),
    "304 that nobody asked for": (serving(b"", 304), "answers 304 Not Modified"),
    "web page with 200": (serving(b"<!DOCTYPE html><p>Log in", Content_Type="text/html"), "it is a web page"),
    "empty body": (serving(b""), "it is not a calendar"),
    "404": (serving(b"", 404), "answers 404 Not Found"),
    "429": (serving(b"<p>Slow down", 429, Retry_After="1"), "answers 429 Too Many Requests"),
    "500": (serving(b"", 500), "answers 500 Internal Server Error"),
    "cut connection": (serving(WEEKLY, Content_Length="9999"), "the connection broke"),
    "cut body": (serving(WEEKLY[:-40]), "it is cut short"),
    "wrong charset": (serving(WEEKLY.replace(b"talk", b"caf\xe9")), "it is not saved as UTF-8"),
    "150,000 events": (serving(calendar(*[event()] * 150_000)), "larger than 10,000,000 bytes"),
    "60,000 events of nothing": (serving(calendar(*["BEGIN:VEVENT\nEND:VEVENT\n"] * 60_000)), "more than 50,000 parts"),
    "3,000 sessions": (serving(calendar(*(event(f"u{n}") for n in range(3_000)))), "more than 2,000 sessions"),
    "hundreds soon": (
        serving(calendar(*(event(f"u{n}") for n in range(300)))),
        "more than 100 sessions until",
    ),
    "ends in the year 9999": (serving(calendar(event(more="DTEND:99991231T235959Z\n"))), "cannot be read"),
    "rule by the second": (serving(calendar(event(more="RRULE:FREQ=SECONDLY\n"))), "more often than daily"),
    "broken event": (serving(calendar(event(start="99999999T999999Z"))), "cannot be read"),
    "suddenly empty": (serving(calendar()), "holds no session to come any more"),
}


@pytest.mark.slow
@pytest.mark.parametrize("failure", FAILURES)
def test_nothing_is_lost_by(adopter: Adopter, monkeypatch: pytest.MonkeyPatch, failure: str) -> None:
    adopter.night()
    before = adopter.files()
    _no_cache(monkeypatch, adopter)
    behaviour, why = FAILURES[failure]
    if why == "took more than":
        monkeypatch.setattr(upstream, "LIMITS", replace(upstream.LIMITS, seconds=0.5))
    result = adopter.night(behaviour, day=3)
    assert result.exit_code == 0
    assert adopter.files() == before
    assert why in result.stdout
    assert (
        "#fogchat was last heard from on 1 March 2026, 1 night in silence; what was published stays." in result.stdout
    )
    assert "schedules/fogchat.yaml:4:11: warning: " in result.stderr
    assert adopter.contact() == {"heard": "2026-03-01", "silent_since": "2026-03-03", "nights": 1}
    assert "last heard from on 1 March 2026" in adopter.page()


def _no_cache(monkeypatch: pytest.MonkeyPatch, adopter: Adopter) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(adopter.root / "another"))


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([("10.0.0.1",)], "10.0.0.1, which is not a public address"),
        ([("127.0.0.1", "::1")], "::1, which is not a public address"),
        ([("::ffff:127.0.0.1",)], "which is not a public address"),
        ([("169.254.169.254",)], "which is not a public address"),
    ],
)
def test_nothing_is_lost_by_a_name_that_stands_for_a_private_address(
    adopter: Adopter, answers: list[tuple[str, ...]], why: str
) -> None:
    adopter.night()
    before = adopter.files()
    adopter.server.asked.clear()
    adopter.names.answers["fog.example"] = answers
    assert why in adopter.night(day=2).stdout
    assert adopter.files() == before
    assert adopter.server.asked == []


def test_a_name_that_changes_its_answer_between_check_and_connection_gains_nothing(adopter: Adopter) -> None:
    adopter.names.answers["fog.example"] = [("127.0.0.1",), ("10.0.0.1",)]
    adopter.night()
    assert len(adopter.said()) == 57
    assert adopter.names.asked.count("fog.example") == 1


def test_nights_in_silence_are_counted_and_forgotten(adopter: Adopter) -> None:
    adopter.night()
    for day in (2, 3, 4):
        before = adopter.files()
        result = adopter.night(serving(b"", 500), day=day)
        assert adopter.files() == before
    assert "last heard from on 1 March 2026, 3 nights in silence" in result.stdout
    quiet = adopter.page()
    adopter.chatcal("build", day=4)
    assert adopter.page() == quiet
    assert adopter.contact()["nights"] == 3
    adopter.night(serving(WEEKLY), day=5)
    assert adopter.contact() == {"heard": "2026-03-05", "nights": 0}
    assert "last heard from" not in adopter.page()


def test_a_feed_that_is_lost_while_its_calendar_is_silent_comes_back(adopter: Adopter) -> None:
    adopter.night()
    before, page = adopter.files(), adopter.page()
    (adopter.root / "feeds/fogchat.ics").unlink()
    adopter.night(serving(b"", 500))
    assert adopter.files() == before
    assert adopter.page().count("Fog talk") == page.count("Fog talk")
    assert "It keeps its calendar itself." in (adopter.root / "_site/index.html").read_text("utf-8")


def test_sessions_end_and_stay_though_the_calendar_is_silent(adopter: Adopter) -> None:
    adopter.night()
    before = adopter.feed()
    adopter.night(serving(b"", 500), day=20)
    assert adopter.feed() == before


def test_a_calendar_that_is_rightly_empty_is_let_pass_on_demand(adopter: Adopter) -> None:
    adopter.night()
    result = adopter.night(serving(calendar()), day=2)
    assert "`chatcal build --fetch --allow-shrink` lets it pass" in result.stderr
    adopter.night(None, "--allow-shrink", day=2)
    assert adopter.said() == ["Cancelled: #fogchat: Fog talk"], "a feed never becomes empty"
    assert adopter.contact() == {"heard": "2026-03-02", "nights": 0}
    before = adopter.feed()
    for served, day in ((serving(calendar()), 3), (serving(b"", 500), 4), (serving(calendar()), 5)):
        assert "lets it pass" not in adopter.night(served, day=day).stderr
        assert adopter.feed() == before


def test_a_calendar_that_loses_most_of_its_sessions_is_asked_about(adopter: Adopter) -> None:
    events = [event(f"{day}@fog", f"202604{day:02}T190000Z", f"Evening {day}") for day in range(1, 9)]
    adopter.night(serving(calendar(*events)))
    before = adopter.feed()
    result = adopter.night(serving(calendar(*events[:3])), day=2)
    assert "holds only 3 sessions to come, and 8 were published" in result.stderr
    assert "`chatcal build --fetch --allow-shrink` lets it pass" in result.stderr
    assert adopter.feed() == before
    adopter.night(None, "--allow-shrink", day=2)
    assert adopter.said() == [f"#fogchat: Evening {day}" for day in (1, 2, 3)]
    adopter.night(serving(calendar(events[0])), day=3)
    assert adopter.said() == ["#fogchat: Evening 1"], "two sessions may go"


def test_a_calendar_has_lost_nothing_where_the_feeds_are_told_to_reach_less_far(adopter: Adopter) -> None:
    adopter.night()
    (adopter.root / "chatcal.yaml").write_text(f"{CALENDAR}ahead: 1 month\n", "utf-8")
    result = adopter.night(day=2)
    assert "were published" not in result.stderr
    assert adopter.contact() == {"heard": "2026-03-02", "nights": 0}
    assert adopter.said() == ["#fogchat: Fog talk"] * 9


def test_a_calendar_that_comes_to_its_end_is_followed_to_it(adopter: Adopter) -> None:
    last = serving(calendar(event("last@fog", "20260302T190000Z", "Farewell")))
    adopter.night(last)
    assert adopter.said() == ["#fogchat: Farewell"]
    assert adopter.night(last, day=9).stdout.count("heard") == 0
    assert adopter.said() == ["#fogchat: Farewell"]


def test_an_unchanged_calendar_is_not_sent_again_and_goes_on(adopter: Adopter) -> None:
    adopter.night()
    adopter.server.answers["/fog.ics"] = serving(b"", 304)
    before = adopter.feed()
    CliRunner().invoke(
        cli.run_chatcal,
        ["-C", str(adopter.root), "build", "--fetch", "--now", "2026-04-01T03:43:00Z"],
        catch_exceptions=False,
    )
    assert adopter.server.asked[-1][2]["If-None-Match"] == '"weekly"'
    # The window has rolled by a month: the rule is worked out anew, of what is kept.
    assert len(adopter.feed()) > len(before)
    assert adopter.contact() == {"heard": "2026-04-01", "nights": 0}


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"If-None-Match": "\\"weekly\\""}',
        b'{"content": "?"}',
        b'{"content": 5}',
        b'{"content": "QQ==", "If-None-Match": "\\"weekly\\"\\n"}',
        b'{"content": "QQ==", "If-None-Match": "a\\r\\nHost: b"}',
        b'{"content": "QQ==", "If-None-Match": " "}',
        b'{"content": "QQ==", "If-None-Match": "\\ud800"}',
        b'{"content": "QQ==", "If-None-Match": ["a"]}',
        b'{"content": "QQ==", "If-None-Match": {}, "If-Modified-Since": 5}',
        b'{"content": "QQ==", "If-None-Match": "%s"}' % (b"a" * 501),
    ],
    ids=lambda damage: damage[:40].decode(),
)
def test_a_store_that_is_damaged_is_as_none(adopter: Adopter, tmp_path: Path, damage: bytes) -> None:
    adopter.night()
    before = adopter.files()
    (kept,) = (tmp_path / "cache/chatcal").iterdir()
    kept.write_bytes(damage)
    result = adopter.night(day=2)
    assert result.exit_code == 0
    assert "upstream" not in result.output
    assert "If-None-Match" not in adopter.server.asked[-1][2]
    assert adopter.files() == before


def test_a_calendar_that_was_damaged_where_it_is_kept_is_fetched_again(adopter: Adopter, tmp_path: Path) -> None:
    def know_tag(handler: hostile.Handler) -> None:
        known = handler.headers["If-None-Match"] == '"weekly"'
        (serving(b"", 304) if known else serving(WEEKLY, ETag='"weekly"'))(handler)

    adopter.night(know_tag)
    before = adopter.files()
    (kept,) = (tmp_path / "cache/chatcal").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(b'{"content": "QQ==", "If-None-Match": "\\"weekly\\"", "Host": "elsewhere"}')
    assert "upstream" not in adopter.night(day=2).output
    assert [headers["Host"].split(":")[0] for _, _, headers in adopter.server.asked] == ["fog.example"] * 3
    assert adopter.files() == before
    assert kept.read_bytes() == whole


def test_what_cannot_be_followed_is_not_kept(adopter: Adopter, tmp_path: Path) -> None:
    adopter.night(serving(b"<html>", ETag='"page"'))
    adopter.night(serving(WEEKLY), day=2)
    assert "If-None-Match" not in adopter.server.asked[-1][2]
    assert [path.read_bytes() for path in (tmp_path / "cache/chatcal").iterdir()] == [b"{}"]


def test_a_modification_date_is_asked_with_too_and_a_long_etag_is_not(adopter: Adopter) -> None:
    adopter.night(serving(WEEKLY, Last_Modified="Sun, 01 Mar 2026 00:00:00 GMT", ETag=f'"{"x" * 600}"'))
    adopter.night(day=2)
    asked = adopter.server.asked[-1][2]
    assert asked["If-Modified-Since"] == "Sun, 01 Mar 2026 00:00:00 GMT"
    assert "If-None-Match" not in asked


def test_it_says_who_asks(adopter: Adopter) -> None:
    adopter.night()
    assert adopter.server.asked[0][2]["User-Agent"].endswith(" (+https://lights.example/)")


HOSTILE = (
    "\x1b]0;owned\x07\u202eevil\u2066</script><script>alert(1)</script>'\"&lt;{{7*7}}\\n\\;"
    "\\nBEGIN:VEVENT\\nUID:evil@lights.example\\nEND:VEVENT"
)


def test_hostile_text_in_every_field_stays_text(adopter: Adopter) -> None:
    fields = "".join(
        f"{name}:{HOSTILE}\n"
        for name in ("DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "COMMENT", "CONTACT", "ORGANIZER", "STATUS", "X-A")
    )
    wicked = event(HOSTILE, "20260304T190000Z", HOSTILE, fields + 'ATTENDEE;CN="Ada":mailto:ada@fog.example\n')
    result = adopter.night(serving(calendar(wicked, event("good@fog"))))
    assert result.exit_code == 0
    assert len(adopter.feed()) == 2
    for place in ("feeds", "_site"):
        for name, octets in adopter.files(place).items():
            if name.endswith(".png"):
                continue
            text = octets.decode("utf-8", "replace")
            assert not set(text) & set("\x00\x07\x1b\u202e\u2066"), name
            assert "ada@fog" not in text, name
            assert not name.endswith(".html") or "<script>alert" not in text, name
            assert not name.endswith(".ics") or text.count("\r\nUID:") == text.count("BEGIN:VEVENT\r\n"), name
    assert all(one.uid.startswith("fogchat-x") for one in adopter.feed())


def test_hosts_that_are_not_listed_are_an_error_and_are_not_asked(adopter: Adopter) -> None:
    (adopter.root / "chatcal.yaml").write_text(CALENDAR.replace("fog.example", "other.example"), "utf-8")
    result = adopter.night()
    assert result.exit_code == 1
    assert "[upstream-host]" in result.stderr
    assert adopter.server.asked == []


def test_what_is_shown_of_the_chapter_is_what_is_published(adopter: Adopter) -> None:
    adopter.night()
    shown = adopter.chatcal("show", "fogchat").stdout
    assert f"It keeps its calendar itself, at {adopter.server.address()}." in shown
    assert "Wed 4 Mar 2026, 19:00 to 20:00 in London: #fogchat: Fog talk" in shown
    assert "#fogchat: Fog talk" in adopter.chatcal("next").stdout
    assert adopter.chatcal("diff", "feeds", ".").stdout == adopter.chatcal("diff", "feeds", "feeds").stdout


def test_a_change_of_the_address_shows_in_a_comparison(adopter: Adopter) -> None:
    (adopter.root / "other/schedules").mkdir(parents=True)
    for name in ("chatcal.yaml", "schedules/fogchat.yaml", "schedules/lanternchat.yaml"):
        text = (adopter.root / name).read_text("utf-8").replace("/fog.ics", "/elsewhere.ics")
        (adopter.root / "other" / name).write_text(text, "utf-8")
    assert "#fogchat: its page changes: calendar of its own." in adopter.chatcal("diff", ".", "other").stdout


def test_when_it_was_last_heard_from_is_asked_of_the_site_where_nothing_is_left_here(
    adopter: Adopter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hostile.running(secure=False) as site:
        home = site.address("/", host="127.0.0.1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        (adopter.root / "chatcal.yaml").write_text(CALENDAR.replace("https://lights.example/", home), "utf-8")
        adopter.night()
        site.answers["/status.json"] = serving((adopter.root / "_site/status.json").read_bytes())
        (adopter.root / "_site/status.json").unlink()
        adopter.night(serving(b"", 500), day=4)
        assert adopter.contact() == {"heard": "2026-03-01", "silent_since": "2026-03-04", "nights": 1}
        for broken in (
            b"[]",
            b"{",
            b"[" * 200_000,
            b'{"upstream": 5}',
            b'{"upstream": {"fogchat": {"heard": "soon"}}}',
        ):
            site.answers["/status.json"] = serving(broken)
            (adopter.root / "_site/status.json").unlink()
            adopter.night(serving(b"", 500), day=5)
            assert adopter.contact() == {"silent_since": "2026-03-05", "nights": 1}
    (adopter.root / "_site/status.json").unlink()
    assert adopter.night(day=6).exit_code == 0


def test_a_calendar_without_upstream_asks_nobody(adopter: Adopter) -> None:
    (adopter.root / "schedules/fogchat.yaml").unlink()
    assert adopter.night().exit_code == 0
    assert adopter.server.asked == []
    assert "upstream" not in json.loads((adopter.root / "_site/status.json").read_bytes())


def test_schedules_that_cannot_be_read_ask_nobody(adopter: Adopter) -> None:
    (adopter.root / "chatcal.yaml").write_text("title: [", "utf-8")
    assert adopter.night().exit_code == 1
    assert adopter.server.asked == []


def test_a_chapter_that_takes_its_calendar_elsewhere_keeps_its_sessions_until_it_is_heard(adopter: Adopter) -> None:
    own = "hashtag: fogchat\nname: The Fog Signallers\ntimezone: Europe/London\nchats: [{every: Monday, at: 20:00}]\n"
    (adopter.root / "schedules/fogchat.yaml").write_text(own, "utf-8")
    adopter.chatcal("build")
    before = adopter.feed()
    (adopter.root / "schedules/fogchat.yaml").write_text(FOG.format(adopter.server.address()), "utf-8")
    adopter.chatcal("build")
    assert adopter.feed() == before
    adopter.night()
    assert adopter.said() == ["#fogchat: Fog talk"] * 57


def add_chapters(adopter: Adopter, behaviour: Behaviour, *names: str) -> None:
    for name in names:
        adopter.server.answers[f"/{name}.ics"] = behaviour
        text = FOG.replace("fogchat", name).format(adopter.server.address(f"/{name}.ics"))
        (adopter.root / f"schedules/{name}.yaml").write_text(text, "utf-8")


def asked_paths(adopter: Adopter) -> list[str]:
    return [path for _, path, _ in adopter.server.asked]


@pytest.mark.slow
def test_many_silent_servers_cost_no_more_than_a_few(adopter: Adopter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "LIMITS", replace(upstream.LIMITS, seconds=0.5))
    monkeypatch.setattr(upstream, "TOTAL_SECONDS", 1)
    monkeypatch.setattr(upstream, "MAX_SILENCES", 99)
    adopter.night()
    before = adopter.files()
    adopter.server.asked.clear()
    add_chapters(adopter, hostile.silent, *(f"fog{number:02}" for number in range(40)))
    began = time.monotonic()
    result = adopter.night(day=2)
    assert result.exit_code == 0
    assert time.monotonic() - began < patient(8)
    assert "was not asked: the calendars before it took 1 seconds." in result.stdout
    assert len(asked_paths(adopter)) < 20
    # What answered before was asked in time, and its feed is what it was.
    assert adopter.contact() == {"heard": "2026-03-02", "nights": 0}
    assert adopter.files()["fogchat.ics"] == before["fogchat.ics"]
    # In the next night those come first that were not asked in this one.
    late = {f"/fog{number:02}.ics" for number in range(40)} - {*asked_paths(adopter)}
    adopter.server.asked.clear()
    adopter.night(day=3)
    assert {*asked_paths(adopter)} - {"/fog.ics"} <= late


@pytest.mark.slow
def test_a_host_that_is_silent_for_some_is_not_asked_for_the_others(
    adopter: Adopter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "LIMITS", replace(upstream.LIMITS, seconds=0.3))
    monkeypatch.setattr(upstream, "PARALLEL_FETCHES", 1)
    adopter.server.answers["/fog.ics"] = hostile.silent
    add_chapters(adopter, hostile.silent, "dim1", "dim2", "dim3", "dim4")
    result = adopter.night()
    assert result.exit_code == 0
    assert asked_paths(adopter) == ["/dim1.ics", "/dim2.ics", "/dim3.ics"]
    assert "/dim4.ics was not asked: fog.example is silent for 3 others." in result.stdout
    said = json.loads((adopter.root / "_site/status.json").read_bytes())["upstream"]
    assert said["dim4"] == said["fogchat"] == {"nights": 0}
    assert said["dim1"] == {"silent_since": "2026-03-01", "nights": 1}
    # One that answers, with whatever it may be, says that the host is there.
    adopter.server.asked.clear()
    adopter.server.answers["/fog.ics"] = serving(b"", 500)
    adopter.night()
    assert asked_paths(adopter) == [f"/{name}.ics" for name in ("dim4", "fog", "dim1", "dim2", "dim3")]


@pytest.mark.slow
def test_a_calendar_that_is_long_dead_costs_little_but_once_a_week(
    adopter: Adopter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "LIMITS", replace(upstream.LIMITS, seconds=0.5))
    monkeypatch.setattr(upstream, "DEAD_SECONDS", 0.1)
    adopter.server.answers["/fog.ics"] = hostile.silent
    took = {
        day: re.findall("took more than (.*) seconds", adopter.night(day=day).stdout) for day in (1, 14, 15, 21, 22)
    }
    assert took == {1: ["0.5"], 14: ["0.5"], 15: ["0.1"], 21: ["0.5"], 22: ["0.1"]}
    # It is heard as soon as it is back, in whatever time this machine takes.
    monkeypatch.setattr(upstream, "DEAD_SECONDS", patient(10))
    adopter.night(serving(WEEKLY), day=23)
    assert adopter.contact() == {"heard": "2026-03-23", "nights": 0}
