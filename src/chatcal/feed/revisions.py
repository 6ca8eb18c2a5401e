"""The sessions of now and the revisions that are published to the revisions that are published next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from chatcal.feed.ics import write_event
from chatcal.model import Event, Revision, Window, get_feed_order, has_ended

PublishedFeeds = Mapping[str, tuple[Revision, ...]]
"""The revisions of every published feed, by the feed's name."""


def latest_by_uid(published: PublishedFeeds) -> dict[str, Revision]:
    """Return the newest published revision of every UID; feeds differ only where a build was killed halfway."""
    found: dict[str, Revision] = {}
    for revisions in published.values():
        for one in revisions:
            if one.uid not in found or found[one.uid].modified < one.modified:
                found[one.uid] = one
    return found


def next_revisions(
    events: Iterable[Event],
    kept: Iterable[Revision],
    last: Mapping[str, Revision],
    now: datetime,
    *,
    rewrite_past: bool = False,
) -> tuple[Revision, ...]:
    """Return what a chapter's feed holds next, in the order of feeds.

    Takes the events as the schedule has them now, within the window, those that have ended only with `rewrite_past`;
    the revisions of the chapter that are published; the newest published revision by UID; and the build's moment
    (aware). Published events that have ended stay as they are, or with `rewrite_past` are the schedule's as well.
    """
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    past = {} if rewrite_past else {one.uid: one for one in kept if has_ended(one, now)}
    fresh = {one.uid: write_event(one, moment, last.get(one.uid)) for one in events}
    return tuple(sorted((past | fresh).values(), key=get_feed_order))


def filter_by_window(revisions: Iterable[Revision], window: Window) -> tuple[Revision, ...]:
    return tuple(one for one in revisions if window.has_start(one.start))
