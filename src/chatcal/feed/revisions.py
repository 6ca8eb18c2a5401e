"""The sessions of now and the revisions that are published to the revisions that are published next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from chatcal.feed import ics
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
    fresh = {one.uid: _update_revision(one, last.get(one.uid), moment) for one in events}
    return tuple(sorted((past | fresh).values(), key=get_feed_order))


def _update_revision(event: Event, last: Revision | None, moment: datetime) -> Revision:
    if last is None:
        return ics.write_event(event, moment)
    unchanged = ics.write_event(event, last.modified)
    if unchanged.content == last.content:
        return last
    return ics.write_event(event, max(moment, last.modified + timedelta(minutes=1)))


def filter_by_window(revisions: Iterable[Revision], window: Window) -> tuple[Revision, ...]:
    """Return the revisions that start within the window."""
    return tuple(one for one in revisions if window.has_start(one.start))
