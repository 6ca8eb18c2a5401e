"""Names: of feeds, of the chapters that they stand for, and of the hosts that some are kept at."""

from collections.abc import Iterator
from itertools import chain

from chatcal.english import closest_match
from chatcal.model import select_coming
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import ALL_FEED, CALENDAR_SPAN, Project
from chatcal.recurrence.uids import Uid


def check_feed_names(schedules: Project) -> Iterator[Problem]:
    """Names that two feeds have: slugs, collections, `all` and `formerly` names share one space."""
    owners: dict[str, str] = {ALL_FEED: "the feed of all chapters"}
    for name, owner, span in _list_feed_names(schedules):
        if name in owners:
            yield Problem(
                span=span,
                code="name-clash",
                message=f"`{name}` is the name of {owners[name]} already.",
                hint="Every feed has a name of its own, in small letters; choose another.",
            )
        owners.setdefault(name, owner)


def _list_feed_names(schedules: Project) -> Iterator[tuple[str, str, Span]]:
    for chapter in schedules.chapters.values():
        yield chapter.slug, f"the chapter in {chapter.file}", Span(chapter.file)
    for collection in schedules.calendar.collections:
        yield collection.name, "a collection in chatcal.yaml", collection.where
        for name in collection.formerly:
            yield name, "a former name of a collection", collection.where
    for chapter in schedules.chapters.values():
        for name in chapter.formerly:
            yield name, f"a former name in {chapter.file}", Span(chapter.file)


def check_upstream_hosts(schedules: Project) -> Iterator[Problem]:
    """Calendars kept elsewhere, on a host that the calendar does not list."""
    for chapter in schedules.chapters.values():
        if chapter.upstream is not None and chapter.upstream.host not in schedules.calendar.upstream_hosts:
            yield Problem(
                span=chapter.upstream.where,
                code="upstream-host",
                message=f"The host `{chapter.upstream.host}` is none that this calendar follows.",
                hint=f"If it is to be trusted, list it in chatcal.yaml: `upstream_hosts: [{chapter.upstream.host}]`.",
            )


def check_named_chapters(schedules: Project) -> Iterator[Problem]:
    """Chapters that a collection or a break names and that are not there."""
    known = {*schedules.chapters, *schedules.unread}
    named = [(slug, collection.where) for collection in schedules.calendar.collections for slug in collection.chapters]
    named += [(slug, pause.first.where) for pause in schedules.calendar.breaks for slug in pause.chapters]
    for slug, where in named:
        if slug not in known:
            near = closest_match(slug, known)
            yield Problem(
                span=where,
                code="no-chapter",
                message=f"There is no chapter `{slug}`.",
                hint=f"Did you mean `{near}`?" if near else f"Its file would be schedules/{slug}.yaml.",
            )


def check_oldest_names(schedules: Project) -> Iterator[Problem]:
    """Chapters whose coming sessions are published under the name of another time than the one that is oldest now."""
    for chapter in schedules.chapters.values():
        names = (chapter.slug, *chapter.formerly)
        feed = next(
            (schedules.published_revisions[name] for name in names if name in schedules.published_revisions), ()
        )
        roots = {Uid.parse(one.uid, names).root for one in select_coming(feed, schedules.now)}
        begun = [name for name in names if name in roots]
        if begun and chapter.root not in begun:
            names = (begun[0], *(name for name in chapter.formerly if name != begun[0]))
            yield Problem(
                span=Span(chapter.file),
                code="formerly",
                message=f"The coming sessions of #{chapter.hashtag} are published under names with `{begun[0]}-`, and "
                f"would get others, with `{chapter.root}-`: calendars would drop them all, and show new ones.",
                hint=f"The name that they have comes first, the present one too: `formerly: [{', '.join(names)}]`.",
            )


def check_chat_ids(schedules: Project) -> Iterator[Problem]:
    """Chats whose `id` gives their sessions the names of another chapter's: `fog` with `late`, beside `fog-late`."""
    owners = {chapter.root: chapter for chapter in schedules.chapters.values()}
    for chapter in schedules.chapters.values():
        for chat in chapter.chats:
            if chat.id and (other := owners.get(f"{chapter.root}-{chat.id}")):
                yield Problem(
                    span=chat.where,
                    code="uid-twice",
                    message=f"With the id `{chat.id}` the sessions of this chat would share their names with those in "
                    f"{other.file}, which begin with `{other.root}-` too.",
                    hint="Choose another `id`, or another name for the newer of the two files.",
                )


def check_uid_domain(schedules: Project) -> Iterator[Problem]:
    """Names that end in another domain than those of the coming sessions that are published."""
    domain = schedules.calendar.uid_domain
    published = chain.from_iterable(schedules.published_revisions.values())
    others = sorted({Uid.parse(one.uid).domain for one in select_coming(published, schedules.now)} - {domain})
    if others:
        yield make_warning(
            CALENDAR_SPAN,
            "uid-domain",
            f"Coming sessions are published under names that end in `{others[0]}`, and get others that end in "
            f"`{domain}`: calendars drop them all, and show new ones.",
            f"If anybody has subscribed, write `uid_domain: {others[0]}` as before.",
        )
