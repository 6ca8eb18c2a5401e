"""What changes around the sessions: the calendar, the feeds there are, a chapter's feed and its page; in sentences."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from chatcal.diff.snapshot import ChapterSnapshot, Snapshot
from chatcal.english import format_count, format_long_day, join_list
from chatcal.model import Calendar, get_feed_order, has_ended
from chatcal.recurrence.date_runs import DateContext
from chatcal.timezones import get_city_name

_MAX_LINES = 3


def compare_calendars(old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    """Yield what changes of all feeds together."""
    if old.domains and new.domains and old.domains != new.domains:
        yield (
            f"The events' names end in {_quote(*sorted(new.domains))} instead of {_quote(*sorted(old.domains))}: "
            "every session becomes another event, which subscribers may see twice. Leave `uid_domain` as it was"
        )
    if old.project is not None and new.project is not None:
        yield from _compare_settings(old.project.calendar, new.project.calendar, new)
        yield from _compare_members(old, new, now)


def _compare_settings(was: Calendar, now: Calendar, new: Snapshot) -> Iterator[str]:
    if was.title != now.title:
        yield f"The feed of all chapters is called {_quote(now.title)} instead of {_quote(was.title)}"
    if was.about != now.about:
        yield f"The combined feeds say of themselves: {_quote(now.about or now.title)}"
    if was.home != now.home:
        yield _describe_home_change(was.home, now.home)
    if was.clocks != now.clocks:
        yield f"Beside their own clock, sessions show {_format_clocks(now)} instead of {_format_clocks(was)}"
    if was.ahead != now.ahead and new.project is not None:
        yield (
            f"The feeds reach {format_count(now.ahead, 'month')} ahead instead of {was.ahead}: "
            f"until {format_long_day(new.project.window.last)}"
        )
    if was.behind != now.behind:
        yield f"The feeds keep what is over for {format_count(now.behind, 'month')} instead of {was.behind}"


def _describe_home_change(was: str | None, now: str | None) -> str:
    if now is None:
        return f"Feeds and events no longer name an address of their own; it was {was}"
    if was is None:
        return f"Feeds and events name the calendar's address: {now}"
    return (
        f"The calendar's address is {now} instead of {was}. Who subscribed there stays there: "
        "let the old address forward to the new one"
    )


def _format_clocks(calendar: Calendar) -> str:
    return join_list([get_city_name(name) for name in calendar.clocks]) or "none"


def _compare_members(old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    """Yield which chapters enter or leave a collection."""
    for one in new.project.calendar.collections if new.project is not None else ():
        if one.name not in old.members:
            continue
        titled = f"the feed `{one.name}`"
        for root in new.members[one.name]:
            if root in new.chapters and root not in old.members[one.name]:
                sessions = format_count(count_upcoming(new, [root], now), "coming session")
                yield f"#{new.chapters[root].hashtag} enters {titled}, with {sessions}"
        for root in old.members[one.name]:
            if root in old.chapters and root not in new.members[one.name]:
                sessions = format_count(count_upcoming(old, [root], now), "coming session")
                yield f"#{old.chapters[root].hashtag} leaves {titled}, and with it {sessions}"


def count_upcoming(side: Snapshot, roots: Iterable[str], now: datetime) -> int:
    """Return how many sessions of some chapters have not ended."""
    shown = (side.chapters[root] for root in roots if root in side.chapters)
    return sum(not has_ended(one.event, now) for chapter in shown for one in chapter.sessions.values())


def removed_feeds(old: Snapshot, new: Snapshot, now: datetime, reach: DateContext) -> Iterator[str]:
    """Yield what would be lost with the feeds that are only on the first side."""
    for name, what in old.feeds.items():
        if name not in new.feeds:
            roots = [root for root in old.members[name] if root in old.chapters]
            ahead = [one for root in roots for one in old.chapters[root].sessions.values()]
            ahead = sorted(
                (one for one in ahead if not has_ended(one.event, now)), key=lambda one: get_feed_order(one.event)
            )
            lost = "it holds no coming session"
            if ahead:
                number = format_count(len(ahead), "coming session")
                following = f"the next on {reach.format_with_weekday(ahead[0].day)}"
                lost = f"its subscribers would lose {number}, {following}"
            yield f"The feed `{name}` ({what}) would vanish: {lost}"


def list_added_feeds(old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    """Yield which feeds are only on the second side."""
    for name, what in new.feeds.items():
        unread = not any(root in new.chapters for root in new.members[name]) and new.members[name]
        if name not in old.feeds and not unread:
            sessions = format_count(count_upcoming(new, new.members[name], now), "coming session")
            yield f"The feed `{name}` appears: {what}, {sessions}"


def compare_chapters(before: ChapterSnapshot, after: ChapterSnapshot, now: datetime) -> Iterator[str]:
    """Yield what changes of a chapter itself, and of what its feed says of it."""
    if before.hashtag != after.hashtag:
        number = sum(not has_ended(one.event, now) for one in after.sessions.values())
        also = f", and so does the feed `{before.slug}`, which stays" if before.slug != after.slug else ""
        yield f"formerly #{before.hashtag}; {format_count(number, 'coming session')} take the new name{also}"
    if before.feed_name is not None and after.feed_name is not None:
        was, now_called = (one.partition(" ")[2] for one in (before.feed_name, after.feed_name))
        if was != now_called:
            yield f"its feed is called {_quote(after.feed_name)} instead of {_quote(before.feed_name)}"
        if after.about not in (before.about, f"Chats of {now_called}."):
            yield f"its feed says of itself: {_quote(after.about or '')}"


def compare_records(before: ChapterSnapshot, after: ChapterSnapshot) -> Iterator[str]:
    """Yield what the page will say of slots from before the feeds' window."""
    says = [line for line in after.record if line not in before.record]
    unsays = [line for line in before.record if line not in after.record]
    for words, lines in (("the page will say", says), ("the page will no longer say", unsays)):
        yield from (f"{words}: {line.removesuffix('.')}" for line in lines[:_MAX_LINES])
        if len(lines) > _MAX_LINES:
            yield f"{words} the like of {format_count(len(lines) - _MAX_LINES, 'more day')}"


def compare_pages(
    before: ChapterSnapshot, after: ChapterSnapshot, reach: DateContext, *, sessions: bool
) -> Iterator[str]:
    """Yield what changes on the page only; its schedule in words only where no sentence tells of `sessions`."""
    labels = [label for label, text in after.page.items() if before.page.get(label, text) != text]
    if labels:
        yield f"its page changes: {join_list(labels)}"
    for slot, address in after.transcripts.items():
        if before.transcripts.get(slot) != address:
            yield f"its page links a transcript of {reach.format_with_weekday(slot)}"
    gone = [slot for slot in before.transcripts if slot not in after.transcripts]
    if gone:
        days = join_list([reach.format_with_weekday(slot) for slot in gone])
        yield f"its page no longer links a transcript of {days}"
    if not sessions and before.schedule != after.schedule and before.page and after.page:
        yield from _compare_schedules(before.schedule, after.schedule)


def _compare_schedules(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """Yield what the page says of a schedule whose sessions within reach stay as they are."""
    says = [_quote(line) for line in after if line not in before]
    unsays = [_quote(line) for line in before if line not in after]
    if says:
        yield f"its page will say: {join_list(says)}"
    if unsays:
        yield f"its page will no longer say: {join_list(unsays)}"


def _quote(*texts: str) -> str:
    return join_list([f"\u201c{text}\u201d" for text in texts])
