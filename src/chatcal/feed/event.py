"""A session to the event that subscribers read, and back.

What the properties of RFC 5545 do not say stands in X-CHATCAL-… properties: no sentence is ever read back.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from chatcal import english
from chatcal.english import ENGLISH, Words
from chatcal.feed import ics
from chatcal.model import CHAT, Calendar, Chapter, DayPart, Event, Link, Revision, Session, StartTime, get_day
from chatcal.recurrence.sessions import merge_links
from chatcal.recurrence.uids import Uid
from chatcal.text import curl_quotes, encode_url, is_web_url
from chatcal.timezones import UTC_NAME, list_zone_names, load_zone
from chatcal.words import get_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSession:
    """A session as subscribers see it."""

    session: Session
    label: str
    """What its chapter is called in short."""
    summary: str
    called: str = CHAT.one
    """What its meetings are called."""
    description: str = ""
    url: str | None = None
    is_complete: bool = True
    """False where an event has no X-CHATCAL-… properties, which older versions did not write: nobody knows its zone,
    part of the day, hosts, note and reason, and where it was moved from."""
    has_known_time: bool = True
    """False where nobody knows which words of the summary tell a part of the day."""
    language: str = "en"
    """Of the words of its event."""

    @property
    def slot(self) -> str:
        """Its UID without the domain."""
        return self.session.uid.partition("@")[0]

    @property
    def name(self) -> str:
        """What it is called in English."""
        if self.language != ENGLISH.language:  # such an event says its title and topic
            return _join_name(self.label, self.called, self.session.title, self.session.topic, ENGLISH)
        if self.session.cancelled is not None:
            return self.summary.removeprefix("Cancelled: ")
        return self.summary.removesuffix(_format_mark(self.session))

    @property
    def english_summary(self) -> str:
        """Its SUMMARY, as it is or would be in English."""
        if self.language == ENGLISH.language:
            return self.summary
        return _format_summary(self.name, self.session, ENGLISH)

    @property
    def title_and_topic(self) -> tuple[str | None, str | None]:
        return split_session_name(self.label, self.called, self.name) if self.has_known_time else (None, None)

    @property
    def is_unconfirmed(self) -> bool:
        return self.session.unconfirmed and self.session.cancelled is None


def publish_session(calendar: Calendar, chapter: Chapter, session: Session) -> PublishedSession:
    """Return a session of a schedule as subscribers will see it."""
    event = build_event(calendar, chapter, session)
    return PublishedSession(
        session=session,
        label=chapter.label,
        called=calendar.called.one,
        summary=event.summary,
        description=event.description,
        url=event.url,
        language=get_chapter_words(chapter).language,
    )


def get_chapter_words(chapter: Chapter) -> Words:
    """Return the words that the events and the page of a chapter are in."""
    return ENGLISH if chapter.language == ENGLISH.language else get_words(chapter.language)


def build_events(calendar: Calendar, chapter: Chapter, sessions: Iterable[Session]) -> list[Event]:
    """Return what `build_event` does, of several sessions."""
    return [build_event(calendar, chapter, one) for one in sessions]


def build_event(calendar: Calendar, chapter: Chapter, session: Session) -> Event:
    """Return what the feeds say of a session; start and end as the session has them."""
    words = get_chapter_words(chapter)
    description = "\n".join(_list_description_lines(calendar, chapter, session, words))
    return Event(
        uid=session.uid,
        start=session.start,
        end=session.end,
        summary=event_summary(calendar, chapter, session, words),
        description=curl_quotes(description) if '"' in description else description,
        location=session.place or session.join,
        geo=session.geo,
        conference=encode_url(session.join) if session.place and session.join else None,
        url=encode_url(f"{calendar.home}{chapter.slug}/") if calendar.home else None,
        category=chapter.hashtag or chapter.name,
        status=get_event_status(session),
        extras=tuple(_list_extras(calendar, chapter, session, words)),
    )


def format_session_name(calendar: Calendar, chapter: Chapter, session: Session, words: Words = ENGLISH) -> str:
    """Return what a session is called, its topic included."""
    return _join_name(chapter.label, calendar.called.one, session.title, session.topic, words)


def format_plain_name(calendar: Calendar, chapter: Chapter, words: Words) -> str:
    """Return what a session without a title and a topic is called."""
    return _join_name(chapter.label, calendar.called.one, None, None, words)


def name_meeting(calendar: Calendar, words: Words) -> str:
    """Return what one meeting of the calendar is called, which people may have given another word than chat."""
    return words.say_as("one meeting", "chat") if calendar.called == CHAT else calendar.called.one


def name_meetings(calendar: Calendar, words: Words) -> str:
    return words.say_as("meetings", "chats") if calendar.called == CHAT else calendar.called.many


@lru_cache(maxsize=4096)  # Feeds, pages and sessions.json want it of each session.
def _join_name(label: str, called: str, title: str | None, topic: str | None, words: Words) -> str:
    if topic:
        return words.say("%(name)s: %(topic)s", name=title or label, topic=topic)
    if title:
        return title
    if called == CHAT.one:
        return words.say("%(label)s chat", label=label)
    name = words.say("%(label)s %(meeting)s", label=label, meeting=called)
    return name if name.startswith(label) else english.capitalize(name)


def split_session_name(label: str, called: str, name: str) -> tuple[str | None, str | None]:
    """Return the title and the topic in a name: with a title, all of it is the title.

    Takes what the chapter, and one of its meetings, are called.
    """
    if name == f"{label} {called}":
        return None, None
    topic = name.removeprefix(f"{label}: ")
    return (name, None) if topic == name else (None, topic)


def event_summary(calendar: Calendar, chapter: Chapter, session: Session, words: Words | None = None) -> str:
    """Return the SUMMARY of a session: its name, what is known of its time where it has no clock time, its mark.

    It is in the chapter's words if no others are given.
    """
    words = words or get_chapter_words(chapter)
    return _format_summary(format_session_name(calendar, chapter, session, words), session, words)


def _format_summary(name: str, session: Session, words: Words) -> str:
    if session.cancelled is not None:
        summary = words.say("Cancelled: %(name)s", name=name)
    else:
        summary = f"{name}{_format_mark(session, words)}"
    return curl_quotes(summary) if '"' in summary else summary


def summarize_sessions(
    calendar: Calendar, chapter: Chapter, sessions: Iterable[Session], words: Words | None = None
) -> dict[str, str]:
    """Return what `event_summary` does, of several sessions by UID."""
    return {one.uid: event_summary(calendar, chapter, one, words) for one in sessions}


def format_cancelled_summary(published: PublishedSession) -> str:
    """Return the SUMMARY of a published event, in its own language, if its session is cancelled now."""
    words, session = get_words(published.language), published.session
    name = published.name
    if words is not ENGLISH:
        name = _join_name(published.label, published.called, session.title, session.topic, words)
    return curl_quotes(words.say("Cancelled: %(name)s", name=name))


def _format_mark(session: Session, words: Words = ENGLISH) -> str:
    vague = format_vague_time(session, words)
    marks = [format_rhythm(session, words), words.say("unconfirmed") if session.unconfirmed else ""]
    mark = ", ".join(filter(None, marks))
    return f"{', ' if vague else ''}{vague}{f' ({mark})' if mark else ''}"


def format_rhythm(session: Session, words: Words = ENGLISH) -> str:
    """Return `every other week` for a session that may be held only so often; empty for one that is held."""
    return words.say_interval(*session.held_every) if session.held_every else ""


def format_vague_time(session: Session, words: Words = ENGLISH) -> str:
    """Return `afternoon in Paris`, `afternoon`, `time unknown`; empty with a clock time, or for a whole day."""
    if not has_vague_time(session):
        return ""
    if session.at is DayPart.UNKNOWN:
        return words.say("time unknown")
    part = words.find(str(session.at), "part of the day")
    if session.timezone is None:
        return part
    return words.say("%(part)s in %(city)s", part=part, city=words.get_city(session.timezone))


def has_vague_time(session: Session) -> bool:
    """Say whether no source gives the session's clock time."""
    return isinstance(session.at, DayPart) and session.at is not DayPart.ALL_DAY


def get_event_status(session: Session) -> str | None:
    """Return the STATUS of RFC 5545 section 3.8.1.11; None for a cancelled session, since Google hides CANCELLED."""
    if session.cancelled is not None:
        return None
    is_doubtful = session.unconfirmed or session.held_every or has_vague_time(session)
    return "TENTATIVE" if is_doubtful else "CONFIRMED"


def _list_description_lines(calendar: Calendar, chapter: Chapter, session: Session, words: Words) -> Iterator[str]:
    if session.cancelled:
        yield words.say("Cancelled: %(reason)s", reason=session.cancelled)
    elif session.cancelled is not None:
        yield words.say("Cancelled.")
    if session.moved_from is not None:
        yield words.say("Moved from %(day)s", day=words.format_day_and_time(*session.moved_from))
    if session.unconfirmed and session.cancelled is None and chapter.confirmed:
        day = words.format_long_day(chapter.confirmed.day)
        doubt = f" {chapter.doubt}" if chapter.doubt else ""
        yield words.say("Unconfirmed: last confirmed on %(day)s.", day=day) + doubt
    if rhythm := format_rhythm(session, words):
        said = words.say("%(rhythm)s; which is not known. It may not be held on this day.", rhythm=rhythm)
        yield english.capitalize(said)
    yield from _list_texts(chapter, session, words)
    if has_vague_time(session):
        yield words.say("No clock time is known; the calendar shows the whole day.")
    if isinstance(session.start, datetime) and session.timezone is not None:
        yield words.format_clocks(session.start, session.timezone, calendar.clocks)
    if session.join:
        yield _format_join(session.join, words)


@lru_cache(maxsize=4096)
def _format_join(address: str, words: Words) -> str:
    return words.say("Join: %(address)s", address=address)


def _list_texts(chapter: Chapter, session: Session, words: Words) -> Iterator[str]:
    if session.hosts:
        hosts = ", ".join(session.hosts)
        yield words.say_count("Host: %(hosts)s", "Hosts: %(hosts)s", len(session.hosts), hosts=hosts)
    if note := join_notes(chapter, session):
        yield note
    for link in merge_links(chapter.links, session.links) if chapter.links else session.links:
        yield words.say("%(name)s: %(address)s", name=link.name, address=link.address)


def join_notes(chapter: Chapter, session: Session) -> str | None:
    """Return what the session's own note and its chapter's say."""
    return "\n".join(filter(None, [session.note, chapter.note])) or None


def is_moved_by_zone_data(before: PublishedSession, after: PublishedSession) -> bool:
    """Say whether an event gives, for another moment, the very time that the session still has on its clock."""
    session = after.session
    shown = session.local_start
    if before.session.start == session.start or session.timezone is None or not isinstance(shown, datetime):
        return False
    # Where the clock skips a time, the session starts later than that.
    due = datetime.combine(shown, session.at) if isinstance(session.at, time) else shown
    words = get_words(before.language)
    shown_time, city = words.format_day_and_time(due.date(), due.time()), words.get_city(session.timezone)
    own = words.say("%(time)s %(city)s", time=shown_time, city=city)
    beside = words.say("%(time)s (%(other_times)s)", time=own, other_times="\n").partition("\n")[0]
    join = _format_join(before.session.join or "", words)
    last = before.description.removesuffix(f"\n{join}").rpartition("\n")[2]
    return last == own or last.startswith(beside)


def _list_extras(calendar: Calendar, chapter: Chapter, session: Session, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the X-CHATCAL-… properties: what is not the default, and no other one says."""
    called = calendar.called.one
    is_plainly_named = not (session.title or session.topic)
    is_tentative_anyway = bool(session.held_every) or not isinstance(session.start, datetime)
    is_unconfirmed = session.unconfirmed and session.cancelled is None
    is_english = words is ENGLISH
    texts = {
        _NAME: "" if chapter.hashtag else chapter.name,
        _CALLED: called if is_plainly_named and called != CHAT.one else "",
        "X-CHATCAL-ZONE": session.timezone,
        "X-CHATCAL-TIME": str(session.at) if has_vague_time(session) else "",
        "X-CHATCAL-MOVED-FROM": _format_moved_from(*session.moved_from) if session.moved_from else "",
        "X-CHATCAL-HOSTS": session.hosts,
        "X-CHATCAL-REASON": session.cancelled,
        "X-CHATCAL-NOTE": session.note,
        "X-CHATCAL-LINKS": [f"{one.name} {one.address}" for one in session.links],
        _JOIN: session.join if session.place and session.join and encode_url(session.join) != session.join else "",
        "X-CHATCAL-HELD-EVERY": english.format_count(*session.held_every) if session.held_every else "",
        # STATUS does not tell it from an unknown time, or from unknown weeks.
        _UNCONFIRMED: "TRUE" if is_unconfirmed and is_tentative_anyway else "",
        # The summary of an event in another language is not read.
        _LANGUAGE: "" if is_english else words.language,
        "X-CHATCAL-TITLE": "" if is_english else session.title,
        "X-CHATCAL-TOPIC": "" if is_english else session.topic,
    }
    for name, said in texts.items():
        if said:  # libical takes a property without a value for an error
            yield name, ",".join(map(ics.escape_text, [said] if isinstance(said, str) else said))


def _format_moved_from(day: date, at: StartTime) -> str:
    return f"{day} {english.format_clock(at) if isinstance(at, time) else at}"


_NAME, _CALLED, _UNCONFIRMED = "X-CHATCAL-NAME", "X-CHATCAL-CALLED", "X-CHATCAL-UNCONFIRMED"
_LANGUAGE, _JOIN = "X-CHATCAL-LANGUAGE", "X-CHATCAL-JOIN"


def decode_event(revision: Revision, roots: Container[str] = ()) -> PublishedSession:
    """Return the session that an event was made of; what the event does not say is left out.

    `roots` are the oldest slugs of chapters, as far as they are known.
    """
    values = ics.read_properties(revision.content)
    status, start, uid = values.get("STATUS"), revision.start, Uid.parse(revision.uid, roots)
    extras = _read_extras(values)
    fields: dict[str, Any] = {
        "at": DayPart.ALL_DAY, "timezone": None, "cancelled": "" if status is None else None, **extras
    }  # fmt: skip
    if isinstance(start, datetime):
        fields["at"] = start.astimezone(load_zone(fields["timezone"] or UTC_NAME)).time()
    is_complete = bool(extras) or not values.keys().isdisjoint((_NAME, _CALLED, _UNCONFIRMED, _LANGUAGE))
    language = values.get(_LANGUAGE, ENGLISH.language)
    is_tentative_anyway = "held_every" in extras or not isinstance(start, datetime)
    published = PublishedSession(
        session=Session(
            uid=revision.uid,
            chapter=uid.root,
            slot=uid.slot or get_day(start),
            chat=uid.chat,
            start=start,
            end=revision.end,
            unconfirmed=status == "TENTATIVE" and (_UNCONFIRMED in values or not is_tentative_anyway),
            **_read_places(values),
            **fields,
        ),
        label=ics.unescape_text(values[_NAME] if _NAME in values else f"#{values.get('CATEGORIES', '')}"),
        called=ics.unescape_text(values.get(_CALLED, CHAT.one)),
        summary=ics.unescape_text(values.get("SUMMARY", "")),
        description=ics.unescape_text(values.get("DESCRIPTION", "")),
        url=values.get("URL"),
        is_complete=is_complete,
        has_known_time=is_complete or isinstance(start, datetime) or status == "CONFIRMED",
        language=language,
    )
    if language != ENGLISH.language:
        return published
    title, topic = published.title_and_topic
    if not (title or topic):
        return published
    return replace(published, session=replace(published.session, title=title, topic=topic))


def _read_places(values: Mapping[str, str]) -> dict[str, Any]:
    """Return `place`, `geo` and `join`. A place is never an address: the reader of schedules sees to that."""
    location = ics.unescape_text(values.get("LOCATION", "")) or None
    if location is not None and is_web_url(location):
        return {"join": location}
    latitude, _, longitude = values.get("GEO", "").partition(";")
    geo = (float(latitude), float(longitude)) if longitude else None
    return {
        "place": location,
        "geo": geo,
        "join": ics.unescape_text(values.get(_JOIN, values.get("CONFERENCE", ""))) or None,
    }


_MIN_LOST = 3
"""Fewer lost sessions are an edit like any other."""


def loses_most(published: Iterable[Revision], left: int) -> bool:
    """Say whether subscribers would lose most of their coming sessions, or all; those cancelled do not count.

    Takes the published events that are still to come, and how many sessions are to come now.
    """
    before = list(published)
    if 2 * left >= len(before):
        return False
    held = sum(decode_event(one).session.cancelled is None for one in before)
    return left == 0 < held or held - left >= max(_MIN_LOST, held // 2 + 1)


def _read_extras(values: Mapping[str, str]) -> dict[str, Any]:
    """Return fields of a session; none where one of the properties is not as chatcal writes it."""
    try:
        return {field: read(values[name]) for name, (field, read) in _EXTRA_READERS.items() if name in values}
    except ValueError:
        return {}


def _read_zone(value: str) -> str:
    if value not in list_zone_names():
        raise ValueError(value)
    return value


def _read_moved_from(value: str) -> tuple[date, StartTime]:
    day, _, at = value.partition(" ")
    return date.fromisoformat(day), time.fromisoformat(at) if ":" in at else DayPart(at)


def _read_held_every(value: str) -> tuple[int, str]:
    number, unit = value.split()
    return int(number), unit.removesuffix("s")


def _read_links(value: str) -> tuple[Link, ...]:
    return tuple(Link(*one.rsplit(" ", 1)) for one in ics.split_texts(value) if " " in one)


_EXTRA_READERS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "X-CHATCAL-ZONE": ("timezone", _read_zone),
    "X-CHATCAL-TIME": ("at", DayPart),
    "X-CHATCAL-MOVED-FROM": ("moved_from", _read_moved_from),
    "X-CHATCAL-HOSTS": ("hosts", ics.split_texts),
    "X-CHATCAL-REASON": ("cancelled", ics.unescape_text),
    "X-CHATCAL-NOTE": ("note", ics.unescape_text),
    "X-CHATCAL-HELD-EVERY": ("held_every", _read_held_every),
    "X-CHATCAL-LINKS": ("links", _read_links),
    "X-CHATCAL-TITLE": ("title", ics.unescape_text),
    "X-CHATCAL-TOPIC": ("topic", ics.unescape_text),
}
