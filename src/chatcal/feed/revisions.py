"""The sessions of now and the revisions that are published to the revisions that are published next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from chatcal.feed.event import decode_event, format_cancelled_summary
from chatcal.feed.ics import write_cancelled, write_events
from chatcal.model import Event, Revision, Window, has_ended, sort_for_feed


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
    moment = _get_minute(now)
    past = {} if rewrite_past else {one.uid: one for one in kept if has_ended(one, now)}
    fresh = write_events(events, moment, last)
    return sort_for_feed((past | fresh).values())


def keep_one(published: Iterable[Revision], window: Window, now: datetime) -> list[Revision]:
    """Return the one event that stays in a feed which would become empty; none where it never held one.

    Some programs keep all that they have when a feed has no event. So the last that has ended stays; or else the
    soonest, as a cancelled one. That one stays as it is where the window does not reach it: nobody withdrew it.
    """
    found = sort_for_feed(published)
    ended = [one for one in found if has_ended(one, now)]
    if ended or not found:
        return ended[-1:]
    if not window.has_start(found[0].start):
        return found[:1]
    shown = decode_event(found[0])
    if shown.session.cancelled is not None:
        return found[:1]
    return [write_cancelled(found[0], format_cancelled_summary(shown), _get_minute(now))]


def _get_minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)
