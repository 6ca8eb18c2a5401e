"""Whole histories: nights on which schedules, the calendar, the clock and the zone data change, against a model.

The model never looks into a feed. What a feed should hold is what it held and has ended, and what the independent
calculation of `oracle` makes of that night's schedules.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from chatcal import timezones
from chatcal.feed import ics
from chatcal.model import Revision
from chatcal.problems import FeedError, format_problems
from chatcal.publish import build
from chatcal.site import pages
from tests.support import oracle
from tests.support.calendars import feeds_of, lines, value
from tests.support.laws import Enact, zone_data

SLUGS = ("lanternchat", "fogchat", "dimchat", "lampchat", "mistchat", "glowchat")
ZONES = ("America/Toronto", "Europe/London", "Australia/Sydney", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Etc/UTC")
PHRASES = (
    "Wednesday", "Monday and Thursday", "first Sunday of the month", "last Wednesday of the month", "15th of the month",
    "31st of the month", "weekday",
)  # fmt: skip
CLOCK_TIMES = ("13:00", "20:00", "23:30", "02:30", "00:00")
TIMES = (*CLOCK_TIMES, "evening", "unknown", "all day")
LAWS = (None, "EDT4", "EST5", "<-0430>4:30", "EST5EDT,M4.1.0,M10.5.0")
"""Clocks that Canada may give Toronto, as POSIX writes them; None leaves it at what the zone data says."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SEQUENCE_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
FIRST_NIGHT = datetime(2026, 2, 20, 3, 43, tzinfo=UTC)

Node = dict[str, Any]


# Zone data


def test_a_law_moves_the_clock_of_toronto_and_no_other(tmp_path: Path) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with zone_data(tmp_path) as enact:
        for laws, there in (({}, 7), ({"America/Toronto": "EDT4"}, 8), ({}, 7)):
            enact(laws)
            assert noon.astimezone(timezones.load_zone("America/Toronto")).hour == there
            assert noon.astimezone(timezones.load_zone("Europe/London")).hour == 12


# The model


@lru_cache(maxsize=100)
def read(octets: bytes) -> tuple[Revision, ...]:
    return ics.read_feed(octets)


def shown(revision: Revision) -> oracle.Expected:
    """Return an event as a subscriber sees it."""
    summary = (value(revision, "SUMMARY") or "").replace("\\,", ",")
    return oracle.Expected(revision.uid, revision.start, revision.end, summary, value(revision, "STATUS"))


@dataclass
class Community:
    """A chapter: what its file says, and what its feed shows."""

    slug: str
    node: Node
    shown: list[oracle.Expected] = field(default_factory=list)

    def names(self) -> list[str]:
        """Return the names of its feed, the present one first."""
        return [self.slug, *self.node["formerly"]]

    def open_chats(self) -> list[Node]:
        """Return the chats that are edited in place; one that was ended stays, for its days are another's now."""
        return [chat for chat in self.node["chats"] if "until" not in chat]

    def slots(self, first: date, last: date) -> list[str]:
        """Return the keys of `sessions` for the slots between two days."""
        tests = [(chat, oracle.chat_test(chat)) for chat in self.node["chats"]]
        return sorted(key(chat, day) for chat, due in tests for day in oracle.days(first, last) if due(day))

    def text(self) -> str:
        """Return the file; entries whose slots are due no more go, as whoever edits would take them out."""
        days = {date.fromisoformat(entry[:10]) for entry in self.node["sessions"]}
        due = {entry for day in days for entry in self.slots(day, day)}
        sessions = {entry: said for entry, said in self.node["sessions"].items() if entry in due}
        self.node["sessions"] = sessions
        said = {"hashtag": self.slug, "name": "Keepers", "note": "Of lights."} | self.node
        return yaml.safe_dump({name: what for name, what in said.items() if what}, sort_keys=False)


def key(chat: Node, slot: date) -> str:
    return f"{slot} {chat['id']}" if "id" in chat else f"{slot}"


def content(revision: Revision) -> list[str]:
    """Return what an event says, its revision aside."""
    return [line for line in lines(revision) if not line.startswith(("DTSTAMP:", "LAST-MODIFIED:", "SEQUENCE:"))]


def sequence(revision: Revision) -> int:
    return int(value(revision, "SEQUENCE") or -1)


steps = st.sampled_from([None, MINUTE, HOUR, 5 * HOUR, DAY, DAY, DAY, 6 * DAY, 20 * DAY, 40 * DAY])
"""How long after an edit the next build comes; None: more edits come before it."""


class Nights(RuleBasedStateMachine):
    """Edits of maintainers, acts of the world, and the builds that follow them."""

    enact: Enact

    def __init__(self) -> None:
        super().__init__()
        self.now = FIRST_NIGHT
        self.law: str | None = None
        self.enact({})
        self.calendar: Node = {"title": "Lights", "uid_domain": "lights.example", "collections": {}}
        # Less to work out than with the default, and no less to prove.
        self.calendar |= {"behind": "2 months", "ahead": "3 months"}
        self.communities: list[Community] = []
        self.given_up: list[Community] = []
        self.unused = list(SLUGS)
        self.feeds: dict[str, bytes] = {}
        self.sequences: dict[str, int] = {}
        self.last_build: tuple[object, ...] = ()

    def legislate(self, law: str | None) -> None:
        self.law = law
        self.enact({"America/Toronto": law} if law else {})

    # Building, and the rules that hold after it

    def texts(self) -> dict[str, str]:
        return {one.slug: one.text() for one in self.communities}

    def files(self) -> dict[str, bytes | None]:
        files: dict[str, bytes | None] = {"chatcal.yaml": self.calendar_text().encode()}
        return files | {f"schedules/{slug}.yaml": text.encode() for slug, text in self.texts().items()}

    def calendar_text(self) -> str:
        return yaml.safe_dump({name: said for name, said in self.calendar.items() if said}, sort_keys=False)

    def night(self, step: timedelta | None, *, rewrite_past: bool = False, allow_shrink: bool = False) -> None:
        """Let time pass and build, unless more edits are to come first."""
        if step is None:
            return
        self.now += step
        was = {name: {one.uid: one for one in read(octets)} for name, octets in self.feeds.items()}
        files = self.files()
        options = build.BuildOptions(rewrite_past=rewrite_past, allow_shrink=allow_shrink)
        made = build.build_calendar(files, self.feeds, self.now, options)
        errors = {one.code for one in made.problems if one.severity == "error"}
        if errors and errors <= {"sessions-gone", "zone-data"}:
            # The maintainers are asked, and mean it.
            assert bool(made.files) == ("zone-data" not in errors)
            for slug in {Path(one.span.file).stem for one in made.problems if one.code == "sessions-gone"}:
                kept = feeds_of(made).get(slug, self.feeds[slug])
                assert set(read(kept)) <= set(read(self.feeds[slug])), f"{slug} did not stay as it was published"
            made = build.build_calendar(files, self.feeds, self.now, replace(options, allow_shrink=True))
        assert made.files, format_problems(made.problems, files)
        new = feeds_of(made)
        window = oracle.window(self.calendar_text(), self.now)
        inputs = (files, window, self.law)
        if inputs == self.last_build and not rewrite_past:
            assert new == self.feeds, "a quiet night changed a byte"
        if self.law in self.last_build:
            assert "zone-data" not in {one.code for one in made.problems}, "no clock was changed"
        self.feeds, self.last_build = new, inputs
        self.feeds_hold_what_they_should(rewrite_past=rewrite_past)
        self.feeds_of_the_given_up_hold_what_they_held_and_has_ended(was)
        self.revisions_are_right(was, rewrite_past=rewrite_past)
        self.combined_feeds_hold_the_events_of_their_chapters(was)
        for name, events in was.items():
            assert read(self.feeds[name]) or not events, f"{name} became empty"

    def feeds_hold_what_they_should(self, *, rewrite_past: bool) -> None:
        for one in self.communities:
            one.shown = oracle.publication(
                self.calendar_text(), {one.slug: one.text()}, self.now, one.shown, rewrite_past=rewrite_past
            )
            assert [shown(it) for it in read(self.feeds[one.slug])] == one.shown, one.slug
            for name in one.names():
                assert self.feeds[name] == self.feeds[one.slug]

    def feeds_of_the_given_up_hold_what_they_held_and_has_ended(
        self, was: Mapping[str, Mapping[str, Revision]]
    ) -> None:
        for one in self.given_up:
            one.shown = oracle.publication(self.calendar_text(), {}, self.now, one.shown)
            for name in one.names():
                found = read(self.feeds[name])
                assert [shown(it) for it in found] == one.shown, name
                self.is_revised_only_where_it_changes(was[name], found)

    def is_revised_only_where_it_changes(self, was: Mapping[str, Revision], found: Iterable[Revision]) -> None:
        for one in found:
            old = was[one.uid]
            if content(one) == content(old):
                assert one.content == old.content
            else:
                assert sequence(one) == max((self.now - SEQUENCE_EPOCH) // MINUTE, sequence(old) + 1)

    def revisions_are_right(self, was: Mapping[str, Mapping[str, Revision]], *, rewrite_past: bool) -> None:
        minutes = (self.now - SEQUENCE_EPOCH) // MINUTE
        for community in self.communities:
            last = {uid: it for name in community.names() for uid, it in was.get(name, {}).items()}
            for one in read(self.feeds[community.slug]):
                old = last.get(one.uid)
                kept = old and oracle.has_ended(shown(old), self.now) and shown(one) == shown(old)
                if old is None:
                    assert sequence(one) == minutes > self.sequences.get(one.uid, 0)
                elif kept or content(one) == content(old):
                    # What has ended stands as it was, whatever its chapter says now; but see --rewrite-past.
                    assert one.content == old.content or (rewrite_past and content(one) != content(old))
                else:
                    assert sequence(one) == max(minutes, sequence(old) + 1)
                stamp = SEQUENCE_EPOCH + sequence(one) * MINUTE
                assert value(one, "DTSTAMP") == value(one, "LAST-MODIFIED") == f"{stamp:%Y%m%dT%H%M%SZ}"
                self.sequences[one.uid] = sequence(one)

    def combined_feeds_hold_the_events_of_their_chapters(self, was: Mapping[str, Mapping[str, Revision]]) -> None:
        chapters = {one.slug: read(self.feeds[one.slug]) for one in self.communities}
        members = {name: it["chapters"] for name, it in self.calendar["collections"].items()} | {"all": list(chapters)}
        left = [it for one in self.given_up for it in read(self.feeds[one.slug])]
        for name, slugs in members.items():
            events = [one for slug in slugs for one in chapters[slug]] + (left if name == "all" else [])
            found = read(self.feeds[name])
            if not events and was.get(name):
                events = self.last_of_a_collection(
                    was[name], {one.uid: one for feed in chapters.values() for one in feed}
                )
                self.is_revised_only_where_it_changes(was[name], events)
            assert list(found) == sorted(events, key=lambda one: (oracle.utc(one.start), one.uid))
            assert len({one.uid for one in found}) == len(found)
        assert set(self.feeds) == {
            *members,
            *(name for one in self.communities + self.given_up for name in one.names()),
        }

    def last_of_a_collection(self, was: Mapping[str, Revision], there: Mapping[str, Revision]) -> list[Revision]:
        """Return what stays of a collection whose chapters have no event: one that an earlier member had or has."""
        (one,) = read(self.feeds["sea"])
        in_order = sorted(was.values(), key=lambda it: (oracle.utc(it.start), it.uid))
        ended = [it for it in in_order if oracle.has_ended(shown(it), self.now)]
        last = [*in_order[:1], *ended][-1]
        assert one.uid == last.uid
        if one.uid in there:
            return [there[one.uid]]
        if not ended:
            assert shown(one).summary.startswith("Cancelled: ")
            assert shown(one).status is None
        return [one] if not ended else [last]

    # What rules choose from

    def one_of(self, data: st.DataObject) -> Community:
        slug = data.draw(st.sampled_from([one.slug for one in self.communities]))
        return next(one for one in self.communities if one.slug == slug)

    def one_slot(self, data: st.DataObject, first: int, last: int) -> tuple[Community, str] | None:
        """Return a chapter and the key of one of its slots, from so many days ahead to so many; None has neither."""
        community = self.one_of(data)
        today = self.now.date()
        slots = community.slots(today + first * DAY, today + last * DAY)
        return (community, data.draw(st.sampled_from(slots))) if slots else None

    def one_chat(self, data: st.DataObject) -> Node | None:
        chats = self.one_of(data).open_chats()
        return data.draw(st.sampled_from(chats)) if chats else None

    # Chapters

    @initialize(hour=st.integers(0, 23), law=st.sampled_from(LAWS))
    def begin(self, hour: int, law: str | None) -> None:
        self.now += hour * HOUR
        self.legislate(law)
        self.found("America/Toronto", {"every": "Wednesday", "at": "13:00"})
        self.found("Europe/London", {"every": "Monday and Thursday", "at": "20:00", "lasts": "1h30"})
        self.night(MINUTE)

    def found(self, timezone: str, chat: Node) -> None:
        node = {"timezone": timezone, "formerly": [], "chats": [chat], "sessions": {}, "breaks": []}
        self.communities.append(Community(self.unused.pop(0), node))

    @precondition(lambda self: len(self.communities) < 4 and self.unused)
    @rule(timezone=st.sampled_from(ZONES), every=st.sampled_from(PHRASES), at=st.sampled_from(TIMES), step=steps)
    def write(self, timezone: str, every: str, at: str, step: timedelta | None) -> None:
        self.found(timezone, {"every": every, "at": at})
        self.night(step)

    @precondition(lambda self: self.unused)
    @rule(data=st.data(), step=steps)
    def rename(self, data: st.DataObject, step: timedelta | None) -> None:
        community = self.one_of(data)
        old, community.slug = community.slug, self.unused.pop()
        community.node["formerly"].append(old)
        for collection in self.calendar["collections"].values():
            collection["chapters"] = [community.slug if slug == old else slug for slug in collection["chapters"]]
        self.night(step)

    @precondition(lambda self: len(self.communities) > 1)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        """Delete a chapter's file on purpose, and its slug from the collections, which must not lose their last."""
        community = self.one_of(data)
        collections = [one["chapters"] for one in self.calendar["collections"].values()]
        if all(chapters != [community.slug] for chapters in collections):
            for chapters in collections:
                chapters[:] = [slug for slug in chapters if slug != community.slug]
            self.communities.remove(community)
            self.given_up.append(community)
            self.night(MINUTE, allow_shrink=True)

    @precondition(lambda self: self.given_up)
    @rule(step=steps)
    def take_up_again(self, step: timedelta | None) -> None:
        self.communities.append(self.given_up.pop())
        self.night(step)

    @rule(data=st.data(), timezone=st.sampled_from(ZONES), step=steps)
    def change_zone(self, data: st.DataObject, timezone: str, step: timedelta | None) -> None:
        self.one_of(data).node["timezone"] = timezone
        self.night(step)

    @rule(data=st.data(), months=st.sampled_from([None, 1, 12, 17, 20]), step=steps)
    def confirm(self, data: st.DataObject, months: int | None, step: timedelta | None) -> None:
        node = self.one_of(data).node
        node.pop("confirmed", None)
        if months is not None:
            node["confirmed"] = f"{oracle.months_later(self.now.date(), -months)}"
        self.night(step)

    @rule(data=st.data(), first=st.integers(-20, 60), length=st.integers(0, 30), step=steps)
    def take_a_break(self, data: st.DataObject, first: int, length: int, step: timedelta | None) -> None:
        day = self.now.date() + first * DAY
        pause = {"from": f"{day}", "until": f"{day + length * DAY}", "reason": "Rest"}
        self.one_of(data).node["breaks"] = [pause] if length else []
        self.night(step)

    # Chats

    @rule(data=st.data(), every=st.sampled_from(PHRASES), at=st.sampled_from(TIMES), step=steps)
    def add_a_chat(self, data: st.DataObject, every: str, at: str, step: timedelta | None) -> None:
        chats = self.one_of(data).node["chats"]
        if len(chats) < 3:
            ids = {chat.get("id") for chat in chats}
            free = next(name for name in ("late", "extra", "third", "fourth") if name not in ids)
            chats.append({"every": every, "at": at, "id": free})
        self.night(step)

    @rule(data=st.data(), step=steps)
    def delete_a_chat(self, data: st.DataObject, step: timedelta | None) -> None:
        chats = self.one_of(data).node["chats"]
        if chats:
            chats.remove(data.draw(st.sampled_from(chats)))
        self.night(step)

    @rule(data=st.data(), step=steps)
    def delete_all_chats(self, data: st.DataObject, step: timedelta | None) -> None:
        self.one_of(data).node["chats"].clear()
        self.night(step)

    @rule(data=st.data(), ahead=st.integers(-10, 40), step=steps)
    def end_a_chat(self, data: st.DataObject, ahead: int, step: timedelta | None) -> None:
        day = self.now.date() + ahead * DAY
        if (chat := self.one_chat(data)) and chat.get("from", "") <= f"{day - 40 * DAY}":
            chat["until"] = f"{day}"
        self.night(step)

    @rule(data=st.data(), at=st.sampled_from(TIMES), ahead=st.integers(-10, 40), step=steps)
    def change_the_time_from_a_day_on(self, data: st.DataObject, at: str, ahead: int, step: timedelta | None) -> None:
        day = self.now.date() + ahead * DAY
        community = self.one_of(data)
        chats = [chat for chat in community.open_chats() if chat.get("from", "") <= f"{day - 40 * DAY}"]
        if chats and len(community.node["chats"]) < 4:
            chat = data.draw(st.sampled_from(chats))
            community.node["chats"].append(plain(chat) | {"at": at, "from": f"{day}"})
            chat["until"] = f"{day - DAY}"
        self.night(step)

    @rule(data=st.data(), at=st.sampled_from(TIMES), step=steps)
    def retime_a_chat_in_place(self, data: st.DataObject, at: str, step: timedelta | None) -> None:
        if chat := self.one_chat(data):
            chat["at"] = at
            chat.pop("lasts", None)
        self.night(step)

    @rule(data=st.data(), every=st.sampled_from(PHRASES), step=steps)
    def correct_the_day_of_a_chat(self, data: st.DataObject, every: str, step: timedelta | None) -> None:
        if chat := self.one_chat(data):
            chat["every"] = every
        self.night(step)

    # Sessions

    def change(self, found: tuple[Community, str] | None, entry: object, step: timedelta | None) -> None:
        if found:
            community, slot = found
            community.node["sessions"][slot] = entry
        self.night(step)

    @rule(data=st.data(), reason=st.sampled_from(["", "Holidays", "Fog, and rain"]), step=steps)
    def cancel(self, data: st.DataObject, reason: str, step: timedelta | None) -> None:
        self.change(self.one_slot(data, -10, 40), {"cancelled": reason}, step)

    @rule(data=st.data(), step=steps)
    def revive_or_move_back(self, data: st.DataObject, step: timedelta | None) -> None:
        sessions = self.one_of(data).node["sessions"]
        if sessions:
            del sessions[data.draw(st.sampled_from(sorted(sessions)))]
        self.night(step)

    @rule(data=st.data(), days=st.integers(-6, 50), at=st.sampled_from([None, *CLOCK_TIMES]), step=steps)
    def move(self, data: st.DataObject, days: int, at: str | None, step: timedelta | None) -> None:
        """Move a session: near or far, from before now or after it, to before now or after it."""
        found = self.one_slot(data, -12, 40)
        if found:
            target = f"{date.fromisoformat(found[1][:10]) + days * DAY}"
            self.change(found, {"moved": f"{target} {at}" if at else target}, step)

    @rule(data=st.data(), days=st.integers(1, 30), step=steps)
    def postpone_after_its_end(self, data: st.DataObject, days: int, step: timedelta | None) -> None:
        self.change(self.one_slot(data, -20, -1), {"moved": f"{self.now.date() + days * DAY} 20:00"}, step)

    @rule(data=st.data(), days=st.integers(1, 30), step=steps)
    def move_into_the_past(self, data: st.DataObject, days: int, step: timedelta | None) -> None:
        self.change(self.one_slot(data, 1, 30), {"moved": f"{self.now.date() - days * DAY} 20:00"}, step)

    @rule(data=st.data(), at=st.sampled_from(TIMES), step=steps)
    def retime(self, data: st.DataObject, at: str, step: timedelta | None) -> None:
        self.change(self.one_slot(data, -3, 20), {"at": at}, step)

    @rule(data=st.data(), step=steps)
    def give_a_topic_and_a_host(self, data: st.DataObject, step: timedelta | None) -> None:
        self.change(self.one_slot(data, -10, 40), {"topic": "Oil, wicks and glass", "hosts": ["Bo (@bo)"]}, step)

    # The calendar

    @rule(
        setting=st.sampled_from([
            ("home", "https://lights.example/"), ("home", ""), ("clocks", ["Asia/Tokyo"]), ("clocks", []),
            ("behind", "0 months"), ("behind", "1 months"), ("behind", "2 months"), ("behind", "4 months"),
            ("ahead", "1 months"), ("ahead", "3 months"), ("ahead", ""),
            ("unconfirmed", "hide"), ("unconfirmed", ""), ("unconfirmed_after", "12 months"),
            ("join", "https://x.com/hashtag/{hashtag}"),
        ]),
        step=steps,
    )  # fmt: skip
    def change_the_calendar(self, setting: tuple[str, object], step: timedelta | None) -> None:
        name, said = setting
        self.calendar[name] = said
        self.night(step)

    @rule(data=st.data(), step=steps)
    def join_or_leave_a_collection_or_take_its_place(self, data: st.DataObject, step: timedelta | None) -> None:
        sea = self.calendar["collections"].setdefault("sea", {"title": "Sea", "chapters": []})["chapters"]
        slug = self.one_of(data).slug
        if slug not in sea:
            sea.append(slug)
        elif len(sea) > 1:
            sea.remove(slug)
        else:
            sea[:] = [self.one_of(data).slug]
        self.night(step)

    # The world

    @rule(step=st.sampled_from([timedelta(0), MINUTE, HOUR, 7 * HOUR, DAY, 3 * DAY, 31 * DAY, 100 * DAY]))
    def pass_time(self, step: timedelta) -> None:
        self.night(step)

    @rule(data=st.data(), off=st.sampled_from([-HOUR, -MINUTE, timedelta(0), timedelta(seconds=1), MINUTE]))
    def build_about_the_end_of_a_session(self, data: st.DataObject, off: timedelta) -> None:
        ends = sorted({oracle.utc(it.end, 12) for one in self.communities for it in one.shown})
        ahead = [end - self.now + off for end in ends if end + off > self.now + MINUTE][:5]
        for chat in (chat for one in self.communities for chat in one.node["chats"]):
            # An edit of all, so that what has ended by then and what has not differ.
            chat["topic"] = "Wicks" if chat.get("topic") == "Oil" else "Oil"
        self.night(data.draw(st.sampled_from(ahead)) if ahead else DAY)

    @rule(law=st.sampled_from(LAWS), step=steps)
    def change_zone_data(self, law: str | None, step: timedelta | None) -> None:
        self.legislate(law)
        self.night(step)

    @rule(step=steps)
    def rewrite_the_past(self, step: timedelta | None) -> None:
        self.night(step, rewrite_past=True)

    @rule(data=st.data())
    def change_and_take_back_within_a_minute(self, data: st.DataObject) -> None:
        found = self.one_slot(data, 1, 20)
        if found:
            community, slot = found
            self.night(MINUTE)
            before = community.node["sessions"].get(slot)
            self.change(found, {"topic": "In haste"}, timedelta(0))
            if before is None:
                del community.node["sessions"][slot]
            else:
                community.node["sessions"][slot] = before
            self.night(timedelta(0))
            # Its revision is now two minutes ahead of the clock; what goes and comes back must come later than that.
            self.now += 5 * MINUTE

    @rule(data=st.data(), how=st.sampled_from(["cut", "empty", "foreign", "nul", "twice", "merged"]))
    def corrupt(self, data: st.DataObject, how: str) -> None:
        """Break a published feed: the build refuses, and builds on once the feed is back."""
        name = data.draw(st.sampled_from(sorted(self.feeds)))
        whole = self.feeds[name]
        broken = {
            "cut": whole[: data.draw(st.integers(1, len(whole) - 1))],
            "empty": b"",
            "foreign": whole.replace(b"-//chatcal//", b"-//other//"),
            "nul": whole.replace(b"VERSION:2.0", b"VERSION:2.0\0"),
            "twice": whole + whole,
            "merged": whole.replace(b"END:VCALENDAR", b"<<<<<<< HEAD\r\nEND:VCALENDAR", 1),
        }[how]
        with pytest.raises(FeedError, match=rf"feeds/{name}\.ics"):
            build.build_calendar(self.files(), {**self.feeds, name: broken}, self.now)

    @rule(data=st.data())
    def lose_a_feed(self, data: st.DataObject) -> None:
        """Delete a published feed by every name that it has: what the others hold makes it whole again."""
        names = data.draw(st.sampled_from([["all"], *(one.names() for one in self.communities)]))
        left = {name: octets for name, octets in self.feeds.items() if name not in names}
        made = [feeds_of(build.build_calendar(self.files(), feeds, self.now)) for feeds in (left, self.feeds)]
        assert made[0] == made[1]

    @rule(data=st.data())
    def merge_a_mistake(self, data: st.DataObject) -> None:
        community = self.one_of(data)
        files = self.files() | {f"schedules/{community.slug}.yaml": b"hashtag: no\nevery: second Tuesday\n"}
        assert not build.build_calendar(files, self.feeds, self.now).files

    @precondition(lambda self: len(self.communities) > 1)
    @rule(data=st.data())
    def lose_a_file(self, data: st.DataObject) -> None:
        community = self.one_of(data)
        files = self.files()
        del files[f"schedules/{community.slug}.yaml"]
        # Without a session to come nothing is lost, and a warning is all; so with a cancelled one that stays.
        coming = [one for one in community.shown if not oracle.has_ended(one, self.now)]
        begin, end = oracle.window(self.calendar_text(), self.now)
        if coming and [oracle.withdrawn(one, begin, end) for one in coming] != community.shown:
            assert not build.build_calendar(files, self.feeds, self.now).files

    def teardown(self) -> None:
        if self.communities:
            self.night(DAY)
            self.night(timedelta(0))


def plain(chat: Node) -> Node:
    """Return a chat with what goes with every time."""
    return {name: said for name, said in chat.items() if name != "lasts"}


def test_the_rules_of_the_feeds_hold_in_every_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is made of the feeds is proved elsewhere, and takes most of a night's time.
    for work in ("build_chapter", "build_rest"):
        monkeypatch.setattr(pages.Site, work, lambda *_: ())
    histories = int(os.environ.get("CHATCAL_HISTORIES", "40" if os.environ.get("CI") else "4"))
    with zone_data(tmp_path) as enact:
        monkeypatch.setattr(Nights, "enact", staticmethod(enact), raising=False)
        run_state_machine_as_test(
            Nights,
            settings=settings(max_examples=histories, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
        )
