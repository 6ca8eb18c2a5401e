"""A real subscriber: Thunderbird holds a feed, the schedules change, and at its next look it shows what they say.

What it is to show is worked out by `oracle` from the schedules, and from what was published before and has ended.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from chatcal import cli
from tests.pages import program
from tests.support import oracle
from tests.support.calendars import LANTERN, at
from tests.support.hosts import Host, hosted
from tests.support.laws import zone_data
from tests.support.oracle import Expected
from tests.support.thunderbird import Item, Thunderbird, running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Thunderbird is driven here in the way of Unix"),
]

READER = "America/St_Johns"
"""The zone of who subscribes: another than any chapter's, and half an hour off."""

CALENDAR = """\
title: Lights
uid_domain: lights.example
join: https://x.com/hashtag/{hashtag}
clocks: [Europe/London]
behind: 1 months
ahead: 4 months
collections: {sea: {title: Sea, chapters: [lanternchat, fogchat]}}
"""

FOG = """\
hashtag: fogchat
name: Nebel, Dunst & Rauch
timezone: Europe/Berlin
chats:
  - every: first Tuesday of the month
    at: evening
"""

BEFORE = {"chatcal": CALENDAR, "lanternchat": LANTERN, "fogchat": FOG}
FIRST_NIGHT = "2026-03-01T03:43"

Edits = Mapping[str, str | None]
"""Files by their name, each as it differs from those of the first night; None takes it away."""


@dataclass(frozen=True)
class Night:
    """An edit of the schedules, and the build that publishes it."""

    touched: int
    """The number of events that come, go or look different in the feed."""
    edits: Edits = field(default_factory=dict)
    now: str = "2026-03-02T03:43"
    options: Sequence[str] = ()
    law: str | None = None
    """How new zone data sets the clock of Toronto, as POSIX writes it."""
    feed: str = "all"


def session(entry: str) -> Edits:
    """Return the edit that says what is special about one session."""
    return {"lanternchat": f"{LANTERN}sessions:\n  {entry}\n"}


def lantern(old: str, new: str) -> Edits:
    return {"lanternchat": LANTERN.replace(old, new)}


def calendar(old: str, new: str) -> Edits:
    return {"chatcal": CALENDAR.replace(old, new)}


def fog(old: str, new: str) -> Edits:
    return {"fogchat": FOG.replace(old, new)}


NO_CHATS: Edits = {"lanternchat": LANTERN.partition("chats")[0]}
GIVEN_UP: Edits = {"lanternchat": None, **calendar("lanternchat, ", "")}
LATER = "2026-03-03T03:43"
THURSDAY = "2026-03-05T03:43"
"""The session of Wednesday, 4 March, has been held."""
DURING = "2026-03-04T18:30"
"""It is going on: from 18:00 to 19:00."""

# From Sunday, 1 March, to the end of July there are 22 Wednesdays; the first is 4 March. There are five first Tuesdays.
KINDS: dict[str, list[Night]] = {
    "cancelled, and revived": [Night(1, session("2026-03-11: {cancelled: 'Holidays, snow'}")), Night(1, now=LATER)],
    "cancelled without a reason": [Night(1, session("2026-03-11: cancelled"))],
    "cancelled by a break": [
        Night(3, lantern("chats", "breaks: [{from: 2026-03-11, until: 2026-03-25, reason: Spring}]\nchats"))
    ],
    "moved, moved on, and moved back": [
        Night(1, session("2026-03-11: {moved: 2026-03-12 20:00}")),
        Night(1, session("2026-03-11: {moved: 2026-03-13}"), LATER),
        Night(1, now="2026-03-04T03:43"),
    ],
    "moved past its neighbour": [Night(1, session("2026-03-11: {moved: 2026-03-19 20:00}"))],
    "moved to the hour of its neighbour": [Night(1, session("2026-03-11: {moved: 2026-03-18 13:00}"))],
    "moved into the past": [Night(1, session("2026-03-11: {moved: 2026-02-26 13:00}"))],
    "postponed after its end": [Night(1, session("2026-03-04: {moved: 2026-03-20 20:00}"), THURSDAY)],
    "cancelled after its end": [Night(0, session("2026-03-04: {cancelled: Late}"), THURSDAY)],
    "lengthened while it goes on": [Night(1, session("2026-03-04: {lasts: 2h}"), DURING)],
    "one retimed": [Night(1, session("2026-03-11: {at: 15:30, lasts: 45min}"))],
    "all retimed after one was held": [Night(21, lantern("13:00", "21:30"), THURSDAY)],
    "retimed from a day on": [
        Night(
            18,
            lantern("13:00", "13:00\n    until: 2026-03-31\n  - {every: Wednesday, at: 20:00, from: 2026-04-01}"),
        )
    ],
    "on another day of the week": [Night(22 + 22, lantern("Wednesday", "Thursday"))],
    "given a topic, then hosts": [
        Night(1, session("2026-03-11: {topic: 'Öl, Docht; \"Glas\" \\ 🕯️'}")),
        Night(1, session("2026-03-11: {topic: Oil, hosts: [Bo Light (@bolight), Ada]}"), LATER),
    ],
    "in doubt, then confirmed": [
        Night(22, lantern("name", "confirmed: 2024-08-01\nname")),
        Night(22, lantern("name", "confirmed: 2026-03-02\nname"), LATER),
    ],
    "in doubt, and hidden": [
        Night(22, {**lantern("name", "confirmed: 2024-08-01\nname"), **calendar("ahead", "unconfirmed: hide\nahead")})
    ],
    "of a day, then of a clock time": [Night(5, fog("evening", "19:30")), Night(5, now=LATER)],
    "of two whole days": [Night(5, fog("evening", "all day\n    lasts: 2d"))],
    "taken out, and back": [Night(1, lantern("13:00", "13:00\n    except: 2026-03-11")), Night(1, now=LATER)],
    "the chat ended": [Night(20, lantern("13:00", "13:00\n    until: 2026-03-11"))],
    "no chats left": [
        Night(21, NO_CHATS, THURSDAY, feed="lanternchat"),
        Night(0, NO_CHATS, "2027-03-05T03:43", feed="lanternchat"),
    ],
    "no chats left before the first was held": [
        Night(22, NO_CHATS, feed="lanternchat"),
        Night(0, NO_CHATS, LATER, feed="lanternchat"),
        Night(0, NO_CHATS, "2027-03-05T03:43", feed="lanternchat"),
    ],
    "no chats left, and new ones": [Night(22, NO_CHATS, feed="lanternchat"), Night(22, now=LATER, feed="lanternchat")],
    "the chapter renamed": [
        Night(
            21,
            {
                "lanternchat": None,
                "lampchat": LANTERN.replace("lanternchat", "lampchat") + "formerly: [lanternchat]\n",
                **calendar("lanternchat", "lampchat"),
            },
            THURSDAY,
            feed="lanternchat",
        )
    ],
    "the clock of another place": [Night(22, lantern("America/Toronto", "Australia/Sydney"))],
    "new zone data": [Night(21, law="EST5")],
    "the month's roll": [Night(5, now="2026-04-01T03:43")],
    "no night for three months": [Night(11 + 16, now="2026-06-01T03:43")],
    "a new chapter": [
        Night(2, {"dimchat": "hashtag: dimchat\nname: Dim\nchats: [{dates: [2026-03-04, 2026-05-05], at: unknown}]\n"})
    ],
    "a chapter given up": [Night(21, GIVEN_UP, THURSDAY, options=["--allow-shrink"], feed="lanternchat")],
    "a chapter given up before its first session": [
        Night(22, GIVEN_UP, options=["--allow-shrink"], feed="lanternchat"),
        Night(0, GIVEN_UP, LATER, feed="lanternchat"),
        Night(0, GIVEN_UP, "2027-03-05T03:43", feed="lanternchat"),
    ],
    "out of a collection, and back": [
        Night(22, calendar("lanternchat, ", ""), THURSDAY, feed="sea"),
        Night(22, now="2026-03-06T03:43", feed="sea"),
    ],
    "a shorter feed": [Night(16, calendar("ahead: 4", "ahead: 1"))],
    "a shorter past": [Night(5 + 5, calendar("behind: 1", "behind: 0"), now="2026-04-01T03:43")],
    "another clock beside the chapter's": [Night(22, calendar("Europe/London", "Asia/Tokyo"))],
}


@pytest.fixture(scope="module")
def thunderbird(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thunderbird]:
    with running(program("thunderbird"), tmp_path_factory.mktemp("thunderbird"), READER) as started:
        yield started


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosted(tmp_path_factory.mktemp("host")) as host:
        yield host


@dataclass(frozen=True)
class Calendar:
    """A folder that schedules are published from, and what the feed of each chapter is to show, by its oldest name."""

    folder: Path
    shown: Mapping[str, Sequence[Expected]]

    def copied(self, folder: Path) -> "Calendar":
        """Return the same in a new folder."""
        return Calendar(shutil.copytree(self.folder, folder), self.shown)

    def publish(self, night: Night) -> "Calendar":
        """Edit and build; return the calendar as it is to be then."""
        files = {name: text for name, text in {**BEFORE, **night.edits}.items() if text is not None}
        shutil.rmtree(self.folder / "schedules", ignore_errors=True)
        (self.folder / "schedules").mkdir(parents=True)
        for name, text in files.items():
            path = "chatcal.yaml" if name == "chatcal" else f"schedules/{name}.yaml"
            (self.folder / path).write_text(text, encoding="utf-8")
        command = ["-C", str(self.folder), "build", "--now", f"{night.now}:00Z", *night.options]
        with zone_data(self.folder.with_suffix(".zones")) as enact:
            enact({"America/Toronto": night.law} if night.law else {})
            built = CliRunner().invoke(cli.run_chatcal, command, catch_exceptions=False)
            assert built.exit_code == 0, built.output
            chapters = {oldest(name, text): {name: text} for name, text in files.items() if name != "chatcal"}
            now = at(night.now)
            shown = {
                name: oracle.publication(files["chatcal"], chapters.get(name, {}), now, self.shown.get(name, ()))
                for name in {*self.shown, *chapters}
            }
        return Calendar(self.folder, shown)

    def feed(self, name: str) -> list[Expected]:
        """Return what a feed is to show."""
        collections = {"all": list(self.shown), "sea": sea((self.folder / "chatcal.yaml").read_text("utf-8"))}
        return oracle.in_order(one for chapter in collections.get(name, [name]) for one in self.shown[chapter])


def oldest(name: str, text: str) -> str:
    """Return the oldest name of a chapter."""
    return str([*oracle.listed(oracle.load(text).get("formerly")), name][0])


def sea(calendar_text: str) -> list[str]:
    """Return the chapters of the collection."""
    return list(oracle.load(calendar_text)["collections"]["sea"]["chapters"])


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Calendar:
    return Calendar(tmp_path_factory.mktemp("first") / "night", {}).publish(Night(27, now=FIRST_NIGHT))


def seen(item: Item) -> Expected:
    return Expected(item.uid, item.start, item.end, item.title, item.status)


def on_the_clock(moment: datetime | date) -> str:
    """Return how a moment stands on the reader's clock."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    return f"{moment.astimezone(ZoneInfo(READER)):%Y%m%dT%H%M%S}"


EVER = date(2000, 1, 1), date(2040, 12, 31)


def different(before: Sequence[Item], after: Sequence[Item]) -> int:
    """Return the number of events that came, went or look different."""
    return len({one.uid for one in set(before) ^ set(after)})


@pytest.mark.parametrize("kind", ["none", *KINDS])
def test_what_it_shows_after_a_change_is_what_the_schedules_say(
    thunderbird: Thunderbird, host: Host, first_night: Calendar, kind: str
) -> None:
    nights = KINDS.get(kind, [Night(0)])
    place, feed = kind.replace(" ", "-"), nights[0].feed
    calendar = first_night.copied(host.folder / place)
    subscription = thunderbird.subscribe(f"{host.address}{place}/feeds/{feed}.ics")
    before = subscription.shown(*EVER)
    assert [seen(one) for one in before] == calendar.feed(feed)
    for night in nights:
        calendar = calendar.publish(night)
        assert subscription.refresh() == []
        after = subscription.shown(*EVER)
        assert [seen(one) for one in after] == calendar.feed(feed)
        assert [one.clock for one in after] == [(on_the_clock(one.start), on_the_clock(one.end)) for one in after]
        assert different(before, after) == night.touched
        assert host.answers[-1][1] == (HTTPStatus.OK if night.touched else HTTPStatus.NOT_MODIFIED)
        before = after
    subscription.end()


def test_a_cancelled_session_says_so_and_why_and_is_not_struck_out(
    thunderbird: Thunderbird, host: Host, first_night: Calendar
) -> None:
    first_night.copied(host.folder / "cancelled").publish(
        Night(1, session("2026-03-11: {cancelled: 'Holidays, snow'}"))
    )
    subscription = thunderbird.subscribe(f"{host.address}cancelled/feeds/lanternchat.ics")
    (item,) = subscription.shown(date(2026, 3, 11), date(2026, 3, 11))
    assert item.title == "Cancelled: #lanternchat chat"
    assert item.description is not None
    assert item.description.startswith("Cancelled: Holidays, snow\n")
    assert item.status is None
    subscription.end()


def test_half_a_file_would_empty_the_calendar(thunderbird: Thunderbird, host: Host, first_night: Calendar) -> None:
    feed = first_night.copied(host.folder / "half").folder / "feeds" / "lanternchat.ics"
    subscription = thunderbird.subscribe(f"{host.address}half/feeds/lanternchat.ics")
    shown, octets = subscription.shown(*EVER), feed.read_bytes()
    feed.write_bytes(octets[: len(octets) // 2])
    subscription.refresh()
    assert shown
    assert subscription.shown(*EVER) == []
    feed.write_bytes(octets)
    subscription.refresh()
    assert subscription.shown(*EVER) == shown
    subscription.end()
