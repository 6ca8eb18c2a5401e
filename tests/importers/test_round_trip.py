"""There and back: chapters at random, written as an .ics file by rules, imported, have the sessions that they had."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chatcal.importers import convert
from chatcal.model import Calendar, Chapter, Chat, Session, Window
from chatcal.recurrence import rules
from chatcal.recurrence.sessions import compute_sessions
from chatcal.schedule.format import parse_chapter
from tests.support.imports import ics
from tests.system.test_generated import FIRST, FORMS, LAST, chapters

CALENDAR = Calendar(title="Lights", uid_domain="lights.example")
YEARS = Window(FIRST, LAST)
NEAR = timedelta(days=60)
"""So far a session may be moved."""


def held(chapter: Chapter, within: Window = YEARS) -> set[tuple[object, ...]]:
    """Return the sessions that are held: start, end, and what they are called."""
    return {
        (one.start, one.end, one.title or one.topic)
        for one in compute_sessions(CALENDAR, chapter, within)
        if one.cancelled is None
    }


def moment(name: str, at: datetime | date, zone: str | None) -> str:
    if isinstance(at, datetime):
        return f"{name}:{at:%Y%m%dT%H%M%S}Z" if at.tzinfo else f"{name};TZID={zone}:{at:%Y%m%dT%H%M%S}"
    return f"{name};VALUE=DATE:{at:%Y%m%d}"


def summary(chapter: Chapter, title: str | None, topic: str | None) -> str:
    return f"SUMMARY:{title or (f'#{chapter.hashtag}: {topic}' if topic else f'#{chapter.hashtag} chat')}"


def length(chat: Chat) -> str:
    if chat.lasts is None:
        return "DURATION:PT1H" if isinstance(chat.at, time) else "DURATION:P1D"
    return f"DURATION:P{chat.lasts.days}D" if chat.lasts.days else f"DURATION:PT{chat.lasts.minutes}M"


def slot_at(chat: Chat, day: date) -> datetime | date:
    """Return when a slot is due, on the chat's own clock."""
    return datetime.combine(day, chat.at) if isinstance(chat.at, time) else day


def of_session(chapter: Chapter, one: Session, *lines: str) -> str:
    """Return the event of a single session."""
    times = moment("DTSTART", one.start, None), moment("DTEND", one.end, None)
    return "\n".join([*lines, *times, summary(chapter, one.title, one.topic)])


def is_plain(chat: Chat, one: Session) -> bool:
    """Say whether a session is what its chat gives."""
    wall = slot_at(chat, one.slot)
    if (one.title, one.topic, one.at, one.moved_from) != (chat.title, chat.topic, chat.at, None):
        return False
    usual = {"DURATION:PT1H": timedelta(hours=1), "DURATION:P1D": timedelta(days=1)}.get(length(chat))
    long = usual or timedelta(
        days=chat.lasts.days if chat.lasts else 0, minutes=chat.lasts.minutes if chat.lasts else 0
    )
    days = isinstance(wall, datetime) and chat.lasts is not None and chat.lasts.days > 0
    return days or one.end - one.start == long  # type: ignore[operator] # both are times, or both days


def events(chapter: Chapter) -> Iterator[str]:
    """Yield the events of a chapter: a series for each chat that recurs, one for each session of listed days."""
    wide = Window(FIRST - NEAR, LAST + NEAR)
    found = compute_sessions(CALENDAR, chapter, wide)
    for number, chat in enumerate(chapter.chats):
        own = {one.slot: one for one in found if one.chat == chat.id and one.cancelled is None}
        if chat.every is None:
            yield from (of_session(chapter, one, f"UID:{number}-{one.slot}") for one in own.values())
            continue
        # Where nobody knows the weeks, all are shown.
        rule = replace(chat.every, interval=1) if chat.has_unknown_weeks else chat.every
        zone = chat.timezone or chapter.timezone
        first = max(wide.first, chat.first.first if chat.first else wide.first)
        days = list(
            rules.expand(rule, first, min(wide.last, chat.until.last if chat.until else wide.last), chat.anchor)
        )
        if not days:
            continue
        ends = datetime.combine(days[-1], chat.at if isinstance(chat.at, time) else time(), ZoneInfo(zone or "Etc/UTC"))
        until = ends.astimezone(UTC) + timedelta(hours=2)
        yield "\n".join(
            [
                f"UID:{number}",
                moment("DTSTART", slot_at(chat, days[0]), zone),
                length(chat),
                f"RRULE:{rules.format_rrule(rule)};UNTIL="
                + (f"{until:%Y%m%dT%H%M%SZ}" if isinstance(chat.at, time) else f"{days[-1]:%Y%m%d}"),
                summary(chapter, chat.title, chat.topic),
                *(moment("EXDATE", slot_at(chat, day), zone) for day in days if day not in own),
            ]
        )
        for day in days:
            if day in own and not is_plain(chat, own[day]):
                yield of_session(chapter, own[day], f"UID:{number}", moment("RECURRENCE-ID", slot_at(chat, day), zone))


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
# Not made smaller where one fails: each is an import of several years, and says itself what is missing.
@settings(max_examples=max(2, settings().max_examples // 40), phases=[Phase.generate])
@given(st.data())
def test_a_chapter_that_goes_out_by_rules_comes_back_with_its_sessions(form: str, data: st.DataObject) -> None:
    made = data.draw(chapters(form))
    # How long two days are that were said in hours, no .ics file can tell from two days.
    text = made.text.replace("48h", "47h")
    slug = text.split()[1]
    chapter = parse_chapter(f"schedules/{slug}.yaml", text.encode())
    octets = ics(*events(chapter))
    found = [
        one.chapter
        for one in convert.convert(convert.read_foreign_file(octets, "there", LAST), "A file", convert.Wishes(LAST))
    ]
    back = {one for chapter_back in found if chapter_back for one in held(chapter_back)}
    there = held(chapter)
    assert (there - back, back - there) == (set(), set()), text + octets.decode()
