"""What changes around the sessions: the calendar, the feeds there are, a chapter's feed and its page; in sentences."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from chatcal.model import Calendar, has_ended, in_feed_order
from chatcal.runs import Reach
from chatcal.sides import Shown, Side
from chatcal.words import counted, listed, long_day
from chatcal.zones import city

_SHOWN = 3


def calendar_changes(old: Side, new: Side, now: datetime) -> Iterator[str]:
    """Yield what changes of all feeds together."""
    if old.domains and new.domains and old.domains != new.domains:
        yield (
            f"The events' names end in {_quoted(*sorted(new.domains))} instead of {_quoted(*sorted(old.domains))}: "
            "every session becomes another event, which subscribers may see twice. Leave `uid_domain` as it was"
        )
    if old.schedules is not None and new.schedules is not None:
        yield from _settings(old.schedules.calendar, new.schedules.calendar, new)
        yield from _members(old, new, now)


def _settings(was: Calendar, now: Calendar, new: Side) -> Iterator[str]:
    if was.title != now.title:
        yield f"The feed of all chapters is called {_quoted(now.title)} instead of {_quoted(was.title)}"
    if was.about != now.about:
        yield f"The combined feeds say of themselves: {_quoted(now.about or now.title)}"
    if was.home != now.home:
        yield _moved_home(was.home, now.home)
    if was.clocks != now.clocks:
        yield f"Beside their own clock, sessions show {_clocks(now)} instead of {_clocks(was)}"
    if was.ahead != now.ahead and new.schedules is not None:
        yield (
            f"The feeds reach {counted(now.ahead, 'month')} ahead instead of {was.ahead}: "
            f"until {long_day(new.schedules.window.last)}"
        )
    if was.behind != now.behind:
        yield f"The feeds keep what is over for {counted(now.behind, 'month')} instead of {was.behind}"


def _moved_home(was: str | None, now: str | None) -> str:
    if now is None:
        return f"Feeds and events no longer name an address of their own; it was {was}"
    if was is None:
        return f"Feeds and events name the calendar's address: {now}"
    return (
        f"The calendar's address is {now} instead of {was}. Who subscribed there stays there: "
        "let the old address forward to the new one"
    )


def _clocks(calendar: Calendar) -> str:
    return listed([city(name) for name in calendar.clocks]) or "none"


def _members(old: Side, new: Side, now: datetime) -> Iterator[str]:
    """Yield which chapters enter or leave a collection."""
    for one in new.schedules.calendar.collections if new.schedules is not None else ():
        if one.name not in old.held:
            continue
        titled = f"the feed `{one.name}`"
        for root in new.held[one.name]:
            if root in new.chapters and root not in old.held[one.name]:
                sessions = counted(coming(new, [root], now), "coming session")
                yield f"#{new.chapters[root].hashtag} enters {titled}, with {sessions}"
        for root in old.held[one.name]:
            if root in old.chapters and root not in new.held[one.name]:
                sessions = counted(coming(old, [root], now), "coming session")
                yield f"#{old.chapters[root].hashtag} leaves {titled}, and with it {sessions}"


def coming(side: Side, roots: Iterable[str], now: datetime) -> int:
    """Return how many sessions of some chapters have not ended."""
    shown = (side.chapters[root] for root in roots if root in side.chapters)
    return sum(not has_ended(one.event, now) for chapter in shown for one in chapter.sessions.values())


def vanishing(old: Side, new: Side, now: datetime, reach: Reach) -> Iterator[str]:
    """Yield what would be lost with the feeds that are only on the first side."""
    for name, what in old.feeds.items():
        if name not in new.feeds:
            roots = [root for root in old.held[name] if root in old.chapters]
            ahead = [one for root in roots for one in old.chapters[root].sessions.values()]
            ahead = sorted(
                (one for one in ahead if not has_ended(one.event, now)), key=lambda one: in_feed_order(one.event)
            )
            lost = "it holds no coming session"
            if ahead:
                number = counted(len(ahead), "coming session")
                following = f"the next on {reach.day(ahead[0].day)}"
                lost = f"its subscribers would lose {number}, {following}"
            yield f"The feed `{name}` ({what}) would vanish: {lost}"


def appearing(old: Side, new: Side, now: datetime) -> Iterator[str]:
    """Yield which feeds are only on the second side."""
    for name, what in new.feeds.items():
        unread = not any(root in new.chapters for root in new.held[name]) and new.held[name]
        if name not in old.feeds and not unread:
            sessions = counted(coming(new, new.held[name], now), "coming session")
            yield f"The feed `{name}` appears: {what}, {sessions}"


def of_chapter(before: Shown, after: Shown, now: datetime) -> Iterator[str]:
    """Yield what changes of a chapter itself, and of what its feed says of it."""
    if before.hashtag != after.hashtag:
        number = sum(not has_ended(one.event, now) for one in after.sessions.values())
        also = f", and so does the feed `{before.slug}`, which stays" if before.slug != after.slug else ""
        yield f"formerly #{before.hashtag}; {counted(number, 'coming session')} take the new name{also}"
    if before.called is not None and after.called is not None:
        was, now_called = (one.partition(" ")[2] for one in (before.called, after.called))
        if was != now_called:
            yield f"its feed is called {_quoted(after.called)} instead of {_quoted(before.called)}"
        if after.about not in (before.about, f"Chats of {now_called}."):
            yield f"its feed says of itself: {_quoted(after.about or '')}"


def of_record(before: Shown, after: Shown) -> Iterator[str]:
    """Yield what the page will say of slots from before the feeds' window."""
    says = [line for line in after.record if line not in before.record]
    unsays = [line for line in before.record if line not in after.record]
    for words, lines in (("the page will say", says), ("the page will no longer say", unsays)):
        yield from (f"{words}: {line.removesuffix('.')}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"{words} the like of {counted(len(lines) - _SHOWN, 'more day')}"


def of_page(before: Shown, after: Shown, reach: Reach, *, sessions: bool) -> Iterator[str]:
    """Yield what changes on the page only; its schedule in words only where no sentence tells of `sessions`."""
    labels = [label for label, text in after.page.items() if before.page.get(label, text) != text]
    if labels:
        yield f"its page changes: {listed(labels)}"
    for slot, address in after.transcripts.items():
        if before.transcripts.get(slot) != address:
            yield f"its page links a transcript of {reach.day(slot)}"
    gone = [slot for slot in before.transcripts if slot not in after.transcripts]
    if gone:
        yield f"its page no longer links a transcript of {listed([reach.day(slot) for slot in gone])}"
    if not sessions and before.schedule != after.schedule and before.page and after.page:
        yield from _schedule(before.schedule, after.schedule)


def _schedule(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """Yield what the page says of a schedule whose sessions within reach stay as they are."""
    says = [_quoted(line) for line in after if line not in before]
    unsays = [_quoted(line) for line in before if line not in after]
    if says:
        yield f"its page will say: {listed(says)}"
    if unsays:
        yield f"its page will no longer say: {listed(unsays)}"


def _quoted(*texts: str) -> str:
    return listed([f"\u201c{text}\u201d" for text in texts])
