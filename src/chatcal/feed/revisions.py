"""The sessions of now and the revisions that are published to the revisions that are published next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from chatcal.feed.ics import write_event
from chatcal.model import Event, Revision, has_ended, sort_for_feed


def next_revisions(
    events: Iterable[Event],
    kept: Iterable[Revision],
    last: Mapping[str, Revision],
    now: datetime,
    *,
    rewrite_past: bool = False,
) -> list[Revision]:
    """Return what a chapter's feed holds next, in the order of feeds.

    Takes the events as the schedule has them now, within the window, those that have ended only with `rewrite_past`;
    the revisions of the chapter that are published; the newest published revision by UID; and the build's moment
    (aware). Published events that have ended stay as they are, or with `rewrite_past` are the schedule's as well.
    """
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    past = {} if rewrite_past else {one.uid: one for one in kept if has_ended(one, now)}
    fresh = {one.uid: write_event(one, moment, last.get(one.uid)) for one in events}
    return sort_for_feed((past | fresh).values())
