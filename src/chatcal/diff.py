"""Two sides to what subscribers see change from the one to the other, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from chatcal import becomes, changed, told, words
from chatcal.becomes import Step
from chatcal.checks import published
from chatcal.model import Calendar, Window, has_ended, in_feed_order
from chatcal.problem import Problem, in_order
from chatcal.runs import Reach
from chatcal.schedules import ALL
from chatcal.seen import Seen
from chatcal.sessions import window
from chatcal.sides import Shown, Side, within
from chatcal.told import Sentence

_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A chapter that changes. Its sentences end without a full stop."""

    slug: str
    hashtag: str
    record: tuple[str, ...] = ()
    """Of slots from before the feeds' window."""
    past: tuple[Sentence, ...] = ()
    """Of sessions in it that have ended."""
    coming: tuple[Sentence, ...] = ()
    itself: tuple[str, ...] = ()
    """Of the chapter and its feed."""
    page: tuple[str, ...] = ()
    """Of what only its page shows."""
    next: tuple[Seen, ...] = ()
    """Its next sessions, at most five; none where it is gone."""
    quiet: int = 0
    """So many coming sessions change in nothing but links, or the clocks beside their own."""

    def __bool__(self) -> bool:
        """Say whether anything changes that is this chapter's own."""
        return any((self.record, self.past, self.coming, self.itself, self.page))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from one side to another. Its sentences end without a full stop."""

    now: datetime
    window: Window
    calendar: tuple[str, ...]
    """Of all feeds together."""
    vanishing: tuple[str, ...]
    appearing: tuple[str, ...]
    chapters: tuple[Touched, ...]
    """Those that change."""
    advice: tuple[Problem, ...]
    unread: tuple[str, ...]
    """The files of the first side that could not be read, so that nothing can be said of what they change."""

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return any((self.calendar, self.vanishing, self.appearing, self.chapters))


def difference(before: Side, after: Side, now: datetime) -> Difference:
    """Return what changes from one side to the other, within the window at a moment (aware) that both reach over."""
    span = _window(before, after, now)
    roots = _scope(before, after)
    old, new = within(before, span, roots), within(after, span, roots)
    reach = Reach(now.year, span.last)
    touched = [_touched(old, new, root, now, reach) for root in sorted(roots)]
    whole = before.lone is None and after.lone is None
    return Difference(
        now=now,
        window=span,
        calendar=(*changed.calendar_changes(old, new, now), *_quiet(touched)),
        vanishing=tuple(changed.vanishing(old, new, now, reach)) if whole else (),
        appearing=tuple(changed.appearing(old, new, now)) if whole else (),
        chapters=tuple(one for one in touched if one),
        advice=_advice(old, new),
        unread=before.unread,
    )


def _window(before: Side, after: Side, now: datetime) -> Window:
    """Return the days that both sides reach over; feeds alone are taken to reach as far as they do by default."""
    known = [side.schedules.window for side in (before, after) if side.schedules is not None]
    known = known or [window(Calendar(title="", uid_domain=""), now)]
    return Window(max(one.first for one in known), min(one.last for one in known))


def _scope(before: Side, after: Side) -> set[str]:
    """Return the chapters that are compared: of a single feed only its own, and none that could not be read."""
    unread = {PurePosixPath(file).stem for file in before.unread}
    roots = {root for root, shown in after.chapters.items() if shown.slug not in unread} | set(before.chapters)
    for side, other in ((before, after), (after, before)):
        if side.lone is not None and side.lone != ALL:
            roots &= {*side.chapters, *other.held.get(side.lone, ()), *side.held[side.lone]}
    return roots


def _touched(old: Side, new: Side, root: str, now: datetime, reach: Reach) -> Touched:
    before, after = old.chapters.get(root), new.chapters.get(root)
    if before is None or after is None:
        return _one_sided(before, after, now, reach)
    past, coming, quiet = [], [], 0
    for one, other in _pairs(before, after):
        if _ended(one, now) and _ended(other, now):
            # A feed holds no past from before its first publication: that is no change.
            if (one or old.schedules) and (other or new.schedules):
                past.append(_step(one, other, reach, past=True))
        elif step := _step(one, other, reach):
            coming.append(_across(step, now))
        else:
            quiet += _links(one) != _links(other)
    told_past = told.sentences((step for step in past if step), reach)
    told_coming = told.sentences(coming, reach)
    return Touched(
        slug=after.slug,
        hashtag=after.hashtag if not told_past else before.hashtag,
        record=tuple(changed.of_record(before, after)),
        past=tuple(told_past),
        coming=tuple(told_coming),
        itself=tuple(changed.of_chapter(before, after, now)),
        page=tuple(changed.of_page(before, after, reach, sessions=bool(told_past or told_coming))),
        next=_next(after, now),
        quiet=quiet,
    )


def _one_sided(before: Shown | None, after: Shown | None, now: datetime, reach: Reach) -> Touched:
    """Return a chapter that comes or goes: with it come or go its coming sessions, and what was held is not touched."""
    shown = after or before or Shown(slug="", hashtag="")
    ahead = (one for one in shown.sessions.values() if not has_ended(one.event, now))
    steps = [becomes.removed(one) if after is None else becomes.added(one) for one in ahead]
    verb = "leaves the calendar" if after is None else "enters the calendar"
    return Touched(
        slug=shown.slug,
        hashtag=shown.hashtag,
        coming=tuple(told.sentences(steps, reach)),
        itself=() if steps else (verb,),
        next=_next(after, now) if after else (),
    )


def _pairs(before: Shown, after: Shown) -> Iterator[tuple[Seen | None, Seen | None]]:
    for slot in sorted({*before.sessions, *after.sessions}):
        yield before.sessions.get(slot), after.sessions.get(slot)


def _ended(one: Seen | None, now: datetime) -> bool:
    return one is None or has_ended(one.event, now)


def _step(before: Seen | None, after: Seen | None, reach: Reach, *, past: bool = False) -> Step | None:
    if before is not None and after is not None:
        return becomes.step(before, after, reach, past=past)
    return becomes.removed(before) if before is not None else becomes.added(after) if after is not None else None


def _across(step: Step, now: datetime) -> Step:
    """Return a step that leads out of the past, or into it, with what that means."""
    if step.before is not None and step.after is not None:
        if has_ended(step.before.event, now):
            return replace(step, said=f"{step.said}, though that is over: calendars show it at its new time")
        if has_ended(step.after.event, now):
            return replace(step, said=f"{step.said}, which is past: it leaves the feeds")
    return step


def _links(one: Seen | None) -> tuple[str | None, str] | None:
    return (one.event.url, one.clocks) if one else None


def _quiet(touched: list[Touched]) -> Iterator[str]:
    if number := sum(one.quiet for one in touched):
        sessions = words.counted(number, "coming session")
        yield f"In {sessions} nothing changes but links, or the clocks shown beside their own"


def _next(after: Shown, now: datetime) -> tuple[Seen, ...]:
    ahead = (one for one in after.sessions.values() if not has_ended(one.event, now))
    return tuple(sorted(ahead, key=lambda one: in_feed_order(one.event))[:_NEXT])


def _advice(old: Side, new: Side) -> tuple[Problem, ...]:
    """Return what a maintainer could do better, where the second side is of schedules."""
    if new.schedules is None:
        return ()
    before = {
        new.chapters[root].slug: [one.event for one in shown.sessions.values()]
        for root, shown in old.chapters.items()
        if root in new.chapters
    }
    return in_order([*published.vanishing(new.schedules, before), *published.rewritten(new.schedules, before)])
