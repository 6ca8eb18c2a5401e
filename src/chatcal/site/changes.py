"""What a build has changed, in the words of each chapter: `diff/` says it in English, this module otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from chatcal.english import Words
from chatcal.feed.event import PublishedSession, has_vague_time
from chatcal.site.context import describe_when
from chatcal.timezones import UTC_NAME


class Change(NamedTuple):
    """What one build has changed of one chapter."""

    moment: datetime
    title: str
    xml: str
    """Its entry in an Atom feed."""
    slug: str
    label: str
    language: str
    sentences: tuple[str, ...]
    """In that language."""


_MAX_SENTENCES = 12
_MAX_NAMED = 2
"""So many sessions that are alike are named one by one."""


def say_changes(published: Iterable[PublishedSession], words: Words, year: int) -> tuple[str, ...]:
    """Return what subscribers see of sessions, by their days; those that are alike share a sentence.

    Days of the given year are named without it.
    """
    alike: dict[tuple[str, str], list[date]] = defaultdict(list)
    for one in sorted(published, key=lambda one: (one.session.local_day, one.slot)):
        # Events from before chatcal wrote X-CHATCAL-… properties give no zone.
        session = replace(one.session, timezone=one.session.timezone or UTC_NAME)
        time = "" if has_vague_time(session) else describe_when(session, words)[1]
        alike[time, " · ".join(_list_texts(one, words))].append(one.session.local_day)
    sentences = [one for (time, text), days in alike.items() for one in _say_group(days, time, text, words, year)]
    shown = sentences[:_MAX_SENTENCES]
    if left := len(sentences) - len(shown):
        shown.append(words.say_count("and %(number)s more", "and %(number)s more", left))
    return tuple(shown)


def _list_texts(one: PublishedSession, words: Words) -> Iterator[str]:
    session = one.session
    yield one.summary
    if session.cancelled:
        yield session.cancelled
    if session.moved_from is not None:
        yield words.say("Moved from %(day)s", day=words.format_day_and_time(*session.moved_from))
    if session.hosts:
        hosts = ", ".join(session.hosts)
        yield words.say_count("Host: %(hosts)s", "Hosts: %(hosts)s", len(session.hosts), hosts=hosts)
    if session.place:
        yield words.say("at %(place)s", place=session.place)


def _say_group(days: Sequence[date], time: str, text: str, words: Words, year: int) -> Iterator[str]:
    named = [words.format_short_day(day) if day.year == year else words.format_day(day) for day in days]
    if len(days) > _MAX_NAMED:
        named = [
            words.say_count(
                "%(number)s session, %(first)s to %(last)s", "%(number)s sessions, %(first)s to %(last)s", len(days),
                first=named[0], last=named[-1],
            )
        ]  # fmt: skip
    for when in named:
        shown = words.say("%(day)s, %(time)s", day=when, time=time) if time else when
        yield words.say("%(when)s: %(what)s", when=shown, what=text)
