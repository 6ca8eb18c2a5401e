"""Guards against what nobody meant: published feeds that no schedule names any more, and a wrong clock."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chatcal.english import format_count, format_day, join_code
from chatcal.feed.event import decode_event, loses_most
from chatcal.feed.revisions import keep_one
from chatcal.model import Chapter, Revision, get_day, get_feed_order, select_coming
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import CALENDAR_SPAN, Project
from chatcal.recurrence.sessions import is_slot
from chatcal.recurrence.uids import Uid

CHAPTER_GUARD_CODE = "sessions-gone"
"""The error that stops its chapter alone."""
GUARD_CODES = ("no-schedules", "feed-gone", "sessions-gone", "zone-data", "clock")
"""The errors that `chatcal build --allow-shrink` turns into warnings."""

_WAY_AROUND = "If you mean it, run `chatcal build --allow-shrink`"
_MAX_SKEW = timedelta(days=1)
"""The clock of one build may be so far behind that of the last."""


def check_schedules_exist(project: Project) -> Iterator[Problem]:
    if project.chapters or project.unread:
        return
    message = "There is no schedule file in schedules/"
    if gone := _list_removed_feeds(project):
        number = format_count(len({one.uid for name in gone for one in _list_coming(project, name)}), "coming session")
        message += f" for the published feeds {join_code(gone)}: their subscribers would lose {number}."
        hint = f"Bring the files back. {_WAY_AROUND}: the feeds stay, with only the sessions that have ended."
        yield Problem(CALENDAR_SPAN, "no-schedules", message, hint)
    else:
        hint = "Add one for each chapter, like schedules/lanternchat.yaml."
        yield make_warning(CALENDAR_SPAN, "no-schedules", f"{message}.", hint)


def check_removed_feeds(project: Project) -> Iterator[Problem]:
    # A file with errors may have any `formerly`, and a folder without files has its own check.
    if not project.chapters or project.unread:
        return
    for name in _list_removed_feeds(project):
        span = Span(f"feeds/{name}.ics")
        message = f"The feed `{name}` is published, but nothing in the schedules has that name any more"
        hint = f"Bring schedules/{name}.yaml back, or list `{name}` under `formerly:` of what replaced it."
        coming = _list_coming(project, name)
        if coming or name not in project.published_revisions:
            hint += " If the chapter is over, keep its file and give its chats an `until:`.\n"
            hint += f"{_WAY_AROUND}: the feed stays, with only the sessions that have ended."
            yield Problem(span, "feed-gone", f"{message}{_describe_loss(coming)}.", hint)
        else:
            yield make_warning(span, "feed-gone", f"{message}. It stays as it is, without a coming session.", hint)


def check_lost_sessions(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that a chapter does not lose most of its sessions without a word.

    `until:` and a rarer rule are one, and so is a file that has no chat any more.
    """
    if chapter.upstream is not None or not chapter.chats:
        return
    found = project.list_coming(chapter)
    kept = {one.uid for one in found}
    before = select_coming(project.window.select(project.find_published(chapter)), project.now)
    days = {(one.chat, one.slot.weekday()) for one in found}
    lost = [
        one
        for one in before
        if one.uid not in kept and not (_is_ended(project, chapter, one) or _is_thinned(chapter, one, days))
    ]
    if lost and loses_most([one for one in before if one.uid in kept or one in lost], len(found)):
        yield Problem(
            Span(chapter.file),
            "sessions-gone",
            f"{chapter.label} has {format_count(len(before), 'published session')} to come, and would have "
            f"{len(found)}{_describe_loss(lost)}.",
            "If a chat ends, give it an `until:`; if another takes its place, also add that one below it. If sessions "
            "are called off, cancel them or write a break.\n"
            f"{_WAY_AROUND}. Until then its feed stays as it was published, and all others are built.",
        )


def _is_ended(project: Project, chapter: Chapter, one: Revision) -> bool:
    """Say whether the schedule says that the chat of this session ends before it: every chat does, or its own.

    Its own is one that would have it but for an `until:` of late; what ended long ago did not have it.
    """
    uid = Uid.parse(one.uid, [chapter.root])
    day = uid.slot or get_day(one.start)
    ended = [chat for chat in chapter.chats if chat.is_past_end(day)]
    return len(ended) == len(chapter.chats) or any(
        chat.until is not None
        and chat.until.last >= project.window.first
        and chat.id in (uid.chat, None)
        and is_slot(replace(chat, until=None), day)
        for chat in ended
    )


def _is_thinned(chapter: Chapter, one: Revision, days: Collection[tuple[str | None, int]]) -> bool:
    """Say whether the rule of this session's chat was made rarer: it still meets on that day of the week, not that day.

    Somebody has written that, and the pull request said what goes. Takes the chats and weekdays of what is left.
    """
    uid = Uid.parse(one.uid, [chapter.root])
    day = uid.slot or get_day(one.start)
    return (uid.chat, day.weekday()) in days and any(
        chat.every is not None
        and chat.id == uid.chat
        and not chat.is_past_end(day)
        and (chat.first is None or chat.first.first <= day)
        and not is_slot(chat, day)
        for chat in chapter.chats
    )


def check_clock(project: Project) -> Iterator[Problem]:
    """Check that the clock is not behind the last change of the feeds, nor behind the last build, where that is known.

    Feeds change once a month at least, and the site says every night when it was built.
    """
    published = [(name, one.modified) for name, its in sorted(project.published_revisions.items()) for one in its]
    name, modified = max(published, key=lambda pair: pair[1], default=("", project.now))
    file, what = f"feeds/{name}.ics", f"The feed `{name}` was changed"
    if modified - project.now <= _MAX_SKEW and project.last_built is not None:
        file, what, modified = "_site/status.json", "The site was built", project.last_built
    if modified - project.now > _MAX_SKEW:
        yield Problem(
            Span(file),
            "clock",
            f"{what} on {format_day(modified.astimezone(UTC).date())}, but the clock here says "
            f"{format_day(project.today)}: a build would change past sessions and drop the last coming ones.",
            "Correct the clock of this machine, or leave out `--now` and SOURCE_DATE_EPOCH. If the other clock was "
            f"wrong, bring feeds/ back as it was before that build, and delete _site/.\n{_WAY_AROUND}.",
        )


def _list_removed_feeds(project: Project) -> list[str]:
    return [name for name in project.published_feeds if name not in project.feed_names]


def _list_coming(project: Project, name: str) -> list[Revision]:
    """Return the coming events that a feed would lose."""
    published = project.published_revisions.get(name, ())
    stay = {one.uid for one in keep_one(published, project.window, project.now) if one in published}
    if len(published) == 1:
        # A feed never becomes empty, and what a chapter still holds is not cancelled.
        stay |= {one.uid for chapter in project.chapters.values() for one in project.list_coming(chapter)}
    return [one for one in select_coming(published, project.now) if one.uid not in stay]


def _describe_loss(coming: list[Revision]) -> str:
    if not coming:
        return ""
    first = decode_event(min(coming, key=get_feed_order)).session
    utc = " (UTC)" if first.timezone is None and isinstance(first.start, datetime) else ""
    number = format_count(len(coming), "coming session")
    return f": its subscribers would lose {number}, the next on {format_day(first.local_day)}{utc}"
