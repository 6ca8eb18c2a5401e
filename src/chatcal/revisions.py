"""The sessions of now and the revisions that are published to the revisions that are published next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from chatcal import ics
from chatcal.model import Event, Revision, Window, has_ended, in_feed_order

Published = Mapping[str, tuple[Revision, ...]]
"""The revisions of every published feed, by the feed's name."""


def newest(published: Published) -> dict[str, Revision]:
    """Return the newest published revision of every UID; feeds differ only where a build was killed halfway."""
    found: dict[str, Revision] = {}
    for revisions in published.values():
        for one in revisions:
            if one.uid not in found or found[one.uid].modified < one.modified:
                found[one.uid] = one
    return found


def following(
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
    fresh = {one.uid: _revision(one, last.get(one.uid), moment) for one in events}
    return tuple(sorted((past | fresh).values(), key=in_feed_order))


def _revision(event: Event, last: Revision | None, moment: datetime) -> Revision:
    if last is None:
        return ics.revision(event, moment)
    unchanged = ics.revision(event, last.modified)
    if unchanged.octets == last.octets:
        return last
    return ics.revision(event, max(moment, last.modified + timedelta(minutes=1)))


def within(revisions: Iterable[Revision], window: Window) -> tuple[Revision, ...]:
    """Return the revisions that start within the window."""
    return tuple(one for one in revisions if window.holds(one.start))
