"""Names: of feeds, of chapters, in UIDs, and of the hosts of followed calendars."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, islice

from chatcal.english import closest_match, join_list
from chatcal.model import Chapter, FeedName, select_coming
from chatcal.problems import MAX_PROBLEMS, Problem, Span, make_notice, make_warning
from chatcal.project import ALL_FEED, CALENDAR_SPAN, Project
from chatcal.recurrence.uids import Uid
from chatcal.text import has_lookalikes


def check_feed_names(project: Project) -> Iterator[Problem]:
    """Check that slugs, collections, `all` and the names under `formerly` all differ."""
    owners: dict[str, str] = {ALL_FEED: "the feed of all chapters"}
    for name, owner, span in _list_feed_names(project):
        if owners.get(name) == owner:
            yield Problem(span, "twice", f"`{name}` is named twice.", "Delete one of the two.")
        elif name in owners:
            hint = "Every feed needs a name of its own, in lower-case letters. Choose another."
            if isinstance(name, FeedName):
                hint = "Who subscribed to a name gets one feed: delete the name here, or there."
            yield Problem(span, "name-clash", f"`{name}` is already the name of {owners[name]}.", hint)
        owners.setdefault(name, owner)


def _list_feed_names(project: Project) -> Iterator[tuple[str, str, Span]]:
    """Yield each name with what has it, and its place; former names are FeedNames."""
    for chapter in project.chapters.values():
        yield chapter.slug, f"the chapter in {chapter.file}", Span(chapter.file)
    for one in project.calendar.collections:
        yield f"{one.name}", "a collection in chatcal.yaml", one.where
        yield from ((name, f"an earlier feed of `{one.name}`", name.where) for name in one.formerly)
    for chapter in project.chapters.values():
        yield from ((name, f"an earlier feed of {chapter.file}", name.where) for name in chapter.formerly)


def check_upstream_host(project: Project, chapter: Chapter) -> Iterator[Problem]:
    if (upstream := chapter.upstream) and upstream.host not in project.calendar.upstream_hosts:
        message = f"This calendar does not follow the host `{upstream.host}`."
        hint = f"If you trust it, list it in chatcal.yaml: `upstream_hosts: [{upstream.host}]`."
        yield Problem(upstream.where, "upstream-host", message, hint)


def check_lookalikes(_: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that a hashtag has no letters that only look like others: posts with the others would not be found."""
    if chapter.hashtag and has_lookalikes(chapter.hashtag):
        names = [unicodedata.name(sign, "").partition(" ")[0].title() for sign in chapter.hashtag if sign.isalpha()]
        message = f"#{chapter.hashtag} has letters that look like others: {join_list(list(dict.fromkeys(names)))}."
        hint = "Type it on one keyboard. If people really write it so, leave it."
        yield make_warning(Span(chapter.file), "lookalike", message, hint)


def check_named_chapters(project: Project) -> Iterator[Problem]:
    """Check that the chapters exist which a collection or a break names."""
    known = {*project.chapters, *project.unread}
    lists = [one.chapters for one in project.calendar.collections] + [one.chapters for one in project.calendar.breaks]
    unknown = (slug for slug in chain.from_iterable(lists) if slug not in known)
    for slug in islice(unknown, MAX_PROBLEMS):
        near = closest_match(slug, known)
        hint = f"Did you mean `{near}`?" if near else f"Its file would be schedules/{slug}.yaml."
        yield Problem(slug.where, "no-chapter", f"There is no chapter `{slug}`.", hint)


def check_new_chapters(project: Project) -> Iterator[Problem]:
    """Check that a chapter that is not published yet is in the collection that holds the others of its region."""
    collections = project.calendar.collections
    named = {slug for one in collections for slug in one.chapters}
    known = named.union(project.published_feeds)
    by_region: dict[str, set[str]] = defaultdict(set)
    for slug in named & project.chapters.keys():
        by_region[_fold_region(project.chapters[slug])].add(slug)
    for chapter in project.fresh.values():
        region = _fold_region(chapter)
        others = by_region.get(region)
        if not (region and others) or known.intersection((chapter.slug, *chapter.formerly)):
            continue
        if one := next((one for one in collections if others.issubset(one.chapters)), None):
            message = (
                f"{chapter.label} is in no collection; the other chapters of {chapter.region} are in `{one.name}`."
            )
            hint = f"If it belongs there, write in chatcal.yaml, under `{one.name}`: "
            hint += f"`chapters: [{', '.join((*one.chapters, chapter.slug))}]`."
            yield make_notice(Span(chapter.file), "no-collection", message, hint)


def _fold_region(chapter: Chapter) -> str:
    return (chapter.region or "").casefold()


def check_oldest_name(project: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that the UIDs of published sessions to come begin as new ones do: with the oldest name."""
    names = (chapter.slug, *chapter.formerly)
    feed = next((project.published_revisions[name] for name in names if name in project.published_revisions), ())
    roots = {Uid.parse(one.uid, names).root for one in select_coming(feed, project.now)}
    published = [name for name in names if name in roots]
    if published and chapter.root not in published:
        names = (published[0], *(name for name in chapter.formerly if name != published[0]))
        message = _describe_loss(f" of {chapter.label}", "begin with", f"{published[0]}-", f"{chapter.root}-")
        hint = f"Write the published name first, even if it is the present one: `formerly: [{', '.join(names)}]`."
        yield Problem(Span(chapter.file), "formerly", message, hint)


def _describe_loss(whose: str, verb: str, old: str, new: str) -> str:
    change = f"The published UIDs{whose} {verb} `{old}`, but would {verb} `{new}`"
    return f"{change}: calendars would drop the coming sessions and show new ones."


def check_chat_ids(project: Project) -> Iterator[Problem]:
    """Check that no UIDs are shared: those of `fog` with the `id` `late` begin like those of the chapter `fog-late`."""
    owners = {chapter.root: chapter for chapter in project.chapters.values()}
    for chapter in project.chapters.values():
        for chat in chapter.chats:
            if chat.id and (other := owners.get(f"{chapter.root}-{chat.id}")):
                yield Problem(
                    chat.where,
                    "uid-twice",
                    f"With the id `{chat.id}` the sessions of this chat could have the same UIDs as those in "
                    f"{other.file}, which also begin with `{other.root}-`.",
                    "Choose another `id`, or another name for the newer of the two files.",
                )


def check_uid_domain(project: Project) -> Iterator[Problem]:
    """Check that the UIDs of published sessions to come end as new ones do."""
    domain = project.calendar.uid_domain
    published = chain.from_iterable(project.published_revisions.values())
    domains = {Uid.parse(one.uid).domain for one in select_coming(published, project.now)}
    if others := sorted(domains - {domain}):
        hint = f"If anybody has subscribed, write `uid_domain: {others[0]}` as before."
        yield make_warning(CALENDAR_SPAN, "uid-domain", _describe_loss("", "end in", others[0], domain), hint)
