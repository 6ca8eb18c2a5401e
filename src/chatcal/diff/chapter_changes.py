"""What changes around the sessions: the calendar, the feeds, a chapter's own feed and its page; in sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chatcal.diff.snapshot import ChapterSnapshot, Snapshot
from chatcal.english import format_count, format_long_day, format_quotation, join_list
from chatcal.feed.event import PublishedSession
from chatcal.model import Calendar, get_feed_order
from chatcal.project import ALL_FEED
from chatcal.recurrence.date_runs import DateContext
from chatcal.timezones import get_city_name

_MAX_LINES = 3


def compare_calendars(old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    if old.domains and new.domains and old.domains != new.domains:
        domain, former = (join_list([format_quotation(one) for one in sorted(side.domains)]) for side in (new, old))
        loss = "every session becomes another event, which subscribers may see twice"
        yield f"The UIDs of events end in {domain} instead of {former}: {loss}. Leave `uid_domain` as it was"
    for name in new.combined:
        if name in old.combined and old.feeds[name] != new.feeds[name]:
            which = "of all chapters" if name == ALL_FEED else f"`{name}`"
            title, former = (format_quotation(side.feeds[name]) for side in (new, old))
            yield f"The feed {which} is called {title} instead of {former}"
    if old.project is not None and new.project is not None:
        was, is_now = old.project.calendar, new.project.calendar
        yield from _compare_settings(was, is_now)
        if was.ahead != is_now.ahead:
            reach = f"The feeds reach {format_count(is_now.ahead, 'month')} ahead"
            yield f"{reach} instead of {was.ahead}: until {format_long_day(new.project.window.last)}"
        if was.behind != is_now.behind:
            yield f"The feeds keep what is over for {format_count(is_now.behind, 'month')} instead of {was.behind}"
    for name in new.combined:
        if name in old.members and name != ALL_FEED:
            yield from _compare_members(name, old, new, now)


def _compare_settings(was: Calendar, now: Calendar) -> Iterator[str]:
    if was.about != now.about:
        yield f"The description of the combined feeds becomes {format_quotation(now.about or now.title)}"
    if was.home and now.home is None:
        yield f"Feeds and events no longer name an address of their own; it was {was.home}"
    elif was.home is None and now.home:
        yield f"Feeds and events name the calendar's address: {now.home}"
    elif was.home != now.home:
        forward = "Who subscribed there stays there: let the old address forward to the new one"
        yield f"The calendar's address is {now.home} instead of {was.home}. {forward}"
    if was.called != now.called:
        yield f"A meeting is called {format_quotation(now.called.one)} instead of {format_quotation(was.called.one)}"
    if was.clocks != now.clocks:
        cities, former = (join_list([get_city_name(name) for name in one.clocks]) or "none" for one in (now, was))
        yield f"Beside their own clock, sessions show {cities} instead of {former}"


def _compare_members(name: str, old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    if 1 in (len(side.held.get(name, ())) for side in (old, new)):
        # It may be there only so that the feed does not become empty.
        return
    for side, other, verb, joint in ((new, old, "enters", "with"), (old, new, "leaves", "and with it")):
        for root in side.members[name]:
            if root in side.chapters and root not in other.members[name] and _shows(other, root):
                sessions = _count_coming(side, name, [root], now)
                yield f"{side.chapters[root].label} {verb} the feed `{name}`, {joint} {sessions}"


def _shows(side: Snapshot, root: str) -> bool:
    """Say whether a side shows which feeds hold a chapter: of feeds, its sessions do."""
    return side.project is not None or (root in side.chapters and bool(side.chapters[root].sessions))


def _list_coming(side: Snapshot, name: str, roots: Iterable[str], now: datetime) -> list[PublishedSession]:
    """Return the coming sessions of chapters that a feed holds."""
    coming = (one for root in roots if root in side.chapters for one in side.chapters[root].list_coming(now))
    return [one for one in coming if name not in side.held or one.slot in side.held[name]]


def _count_coming(side: Snapshot, name: str, roots: Iterable[str], now: datetime) -> str:
    return format_count(len(_list_coming(side, name, roots, now)), "coming session")


def list_removed_feeds(old: Snapshot, new: Snapshot, now: datetime, context: DateContext) -> Iterator[str]:
    """Yield what would be lost with the feeds that are only on the first side."""
    left = replace(old, chapters={root: one for root, one in old.chapters.items() if not one.is_withdrawn})
    for name, title in old.feeds.items():
        if name in new.feeds:
            continue
        loss = "it holds no coming session"
        if coming := _list_coming(left, name, old.members[name], now):
            first = min((one.session for one in coming), key=get_feed_order)
            number = format_count(len(coming), "coming session")
            loss = f"its subscribers would lose {number}, the next on {context.format_with_weekday(first.local_day)}"
        yield f"The feed `{name}` ({title}) would vanish: {loss}"


def list_added_feeds(old: Snapshot, new: Snapshot, now: datetime) -> Iterator[str]:
    for name, title in new.feeds.items():
        is_known = not new.members[name] or any(root in new.chapters for root in new.members[name])
        if name not in old.feeds and is_known:
            yield f"The feed `{name}` appears: {title}, {_count_coming(new, name, new.members[name], now)}"


def _get_name(feed_name: str) -> str:
    return feed_name.partition(" ")[2] if feed_name.startswith("#") else feed_name


def compare_chapters(before: ChapterSnapshot, after: ChapterSnapshot, now: datetime) -> Iterator[str]:
    """Yield what changes of a chapter itself, and of what its feed says of it."""
    if before.label != after.label:
        number = format_count(len(after.list_coming(now)), "coming session")
        also = f", and so does the feed `{before.slug}`, which stays" if before.slug != after.slug else ""
        yield f"formerly {before.label}; {number} take the new name{also}"
    if before.feed_name is not None and after.feed_name is not None:
        was_called, is_called = (_get_name(one.feed_name or "") for one in (before, after))
        if was_called != is_called and (before.label, after.label) != (before.feed_name, after.feed_name):
            name, former = (format_quotation(one) for one in (after.feed_name, before.feed_name))
            yield f"its feed is called {name} instead of {former}"
        is_made = (after.about or "").endswith(f" of {is_called}.")  # “Chats of The Lantern Keepers.”
        if after.about != before.about and not is_made:
            yield f"its feed's description becomes {format_quotation(after.about or '')}"
    if after.list_coming(now):
        for label, text in _list_page_changes(before, after).items():
            if label not in _IN_EVENTS:
                continue
            becomes = f"becomes {format_quotation(' '.join(text.split()))}" if text else "goes"
            yield f"its {label} {becomes}, in the text of all its events"


_IN_EVENTS = ("note", "list of links")
"""What the page says of a chapter, and so does each of its coming events."""


def _list_page_changes(before: ChapterSnapshot, after: ChapterSnapshot) -> dict[str, str]:
    """Return what the page says of a chapter otherwise than before; nothing where one side is feeds."""
    return {label: text for label, text in after.page.items() if before.page.get(label, text) != text}


def compare_records(before: ChapterSnapshot, after: ChapterSnapshot) -> Iterator[str]:
    """Yield what the page will say of slots from before the feeds' window."""
    for will, here, there in (("will say", after, before), ("will no longer say", before, after)):
        lines = [line for line in here.record if line not in there.record]
        yield from (f"the page {will}: {line.removesuffix('.')}" for line in lines[:_MAX_LINES])
        if len(lines) > _MAX_LINES:
            yield f"the page {will} the like of {format_count(len(lines) - _MAX_LINES, 'more day')}"


def compare_pages(
    before: ChapterSnapshot, after: ChapterSnapshot, now: datetime, context: DateContext, *, sessions: bool
) -> Iterator[str]:
    """Yield what changes on the page only; its schedule in words only where no sentence tells of `sessions`."""
    told = _IN_EVENTS if after.list_coming(now) else ()
    labels = [label for label in _list_page_changes(before, after) if label not in told]
    if labels:
        yield f"its page changes: {join_list(labels)}"
    for slot, address in after.transcripts.items():
        if before.transcripts.get(slot) != address:
            yield f"its page links a transcript of {context.format_with_weekday(slot)}"
    if gone := [context.format_with_weekday(slot) for slot in before.transcripts if slot not in after.transcripts]:
        yield f"its page no longer links a transcript of {join_list(gone)}"
    if not sessions and before.page and after.page:
        for will, here, there in (("will say", after, before), ("will no longer say", before, after)):
            if lines := [format_quotation(line) for line in here.schedule if line not in there.schedule]:
                yield f"its page {will}: {join_list(lines)}"
