"""The chats of a chapter, made of the series and the single sessions of a foreign calendar."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, groupby, islice
from typing import Any

from chatcal.importers.recurrence import (
    FIRST_DAY,
    LAST_DAY,
    NO_SPAN,
    Recurrence,
    UnsupportedSeriesError,
    parse_recurrences,
)
from chatcal.importers.series import (
    ForeignCalendarError,
    ForeignEvent,
    Moment,
    Series,
    find_join_url,
    find_web_url,
    get_time,
    iterate_web_addresses,
)
from chatcal.model import (
    Break,
    Chat,
    Day,
    DayPart,
    Duration,
    Geo,
    Link,
    ListedDate,
    MovedTo,
    Period,
    SessionOverride,
    UnknownWeeks,
    get_day,
)
from chatcal.problems import ScheduleError
from chatcal.recurrence.sessions import is_slot, iterate_slots
from chatcal.schedule import nodes
from chatcal.schedule.nodes import Scalar
from chatcal.schedule.places import is_online, read_geo, read_place
from chatcal.text import is_map_url, is_web_url

MAX_SLOTS = 200_000
"""Of one chapter, over the years that are looked at."""
MAX_SESSION_LENGTH = timedelta(days=31)
"""The longest session that a schedule allows."""
_HASHTAG = r"#(?=\w*[^\W\d_])([^\W_]\w{1,58})(?!\w)"
"""It has a letter: `#12` is a number."""
_OWN_KEYS = ("lasts", "title", "topic", "join", "place", "geo", "links", "note", "hosts")
"""What may differ between the days of a chat with listed days."""
_MAX_TITLES = 50
"""Of single days, that make a chat each."""
_MAX_ID_LENGTH = 20
"""Of an `id` made of words."""
_SMALL_WORDS = ("a", "an", "and", "for", "in", "of", "on", "the", "to", "with")
_SMALL_TALK = re.compile(
    r"\b(?:and|at|by|call|click|here|join|joining|link|meeting|on|or|the|to|url|using|via|with)\b", re.IGNORECASE
)
"""Words around an address in a place: “Join Zoom Meeting”, “online via”."""
_MIN_BREAK_SLOTS = 3
"""So many skipped sessions in a row are a break."""


@dataclass(slots=True)
class ChatDraft:
    """A chat to which an `id` and overrides can still be added."""

    chat: Chat
    remarks: list[str]
    overrides: dict[date, SessionOverride] = field(default_factory=dict)

    def override(self, slot: date, **said: Any) -> None:
        """Note what is said of one slot, if that is anything."""
        made = SessionOverride(slot=slot, where=NO_SPAN, **said)
        if made != SessionOverride(slot=slot, where=NO_SPAN):
            self.overrides[slot] = made


def find_hashtag(text: str) -> str | None:
    """Return the hashtag that a text begins with, without its `#`; None where it does not begin with one."""
    found = re.match(_HASHTAG, text)
    return found[1] if found else None


def split_title(summary: str) -> tuple[str | None, str | None]:
    """Return the title and the topic in a summary; chatcal itself writes `#lanternchat chat` where there is neither."""
    found = re.fullmatch(rf"{_HASHTAG}(?:\s*(?:chat)?\s*|: \s*(?P<topic>\S.*?)\s*)", summary, re.IGNORECASE)
    return (None, found["topic"]) if found else (summary or None, None)


def _get_join_url(event: ForeignEvent) -> str | None:
    """Return where a session is joined; the page of an event is no door, unless it is at a meeting service."""
    in_words = "" if is_web_url(event.url) else find_web_url(event.url)
    return find_join_url(event.conference, event.location, in_words) or None


def _get_place(event: ForeignEvent) -> str | None:
    """Return the place of an event without addresses of the web; None where it is none that a schedule can have."""
    text = event.location
    for written, _ in iterate_web_addresses(text):
        text = text.replace(written, "")
    without = " ".join(re.sub(r"[(\[<]\s*[)\]>]", "", text).split())
    text = re.sub(r" +[.,]$", "", without.strip(" ,;:|/&-\N{EN DASH}"))
    text = re.sub(r"^\(([^()]+)\)$", r"\1", text)
    if text != event.location:
        if is_online(_SMALL_TALK.sub("", text).strip(" ,;:|/&-") or "online"):
            return None
        text = re.sub(r"^(?:and|or)\b|[ ,;|/]*\b(?:and|at|or|via)$", "", text, flags=re.IGNORECASE).strip()
    with suppress(ScheduleError):
        return None if "://" in text else read_place(Scalar(text, NO_SPAN, plain=False)) or None
    return None


def _get_geo(event: ForeignEvent) -> Geo | None:
    """Return the point of a place; None without a place, and where it is none that a schedule can have."""
    numbers = tuple(Scalar(one, NO_SPAN) for one in event.geo.split(";"))
    with suppress(ScheduleError):
        point = read_geo(nodes.Sequence(numbers, NO_SPAN))
        # Programs write 0;0 for a point that they do not know.
        return point if any(point) and _get_place(event) else None
    return None


def _list_links(event: ForeignEvent) -> tuple[Link, ...]:
    """Return the page of an event, and the addresses of its place, but for the one at which it is joined."""
    page = [event.url] if is_web_url(event.url) else []
    addresses = dict.fromkeys(address for _, address in iterate_web_addresses(event.location))
    join = _get_join_url(event)
    links = [Link("Page", one) for one in page if one != join]
    counts: Counter[str] = Counter()
    for one in addresses:
        if one not in (*page, join):
            name = "Map" if is_map_url(one) else "Place"
            counts[name] += 1
            links.append(Link(name if counts[name] == 1 else f"{name} {counts[name]}", one))
    return (*links, *event.links)


def _build_chat_values(event: ForeignEvent) -> dict[str, Any]:
    """Return what a chat says besides its days and times."""
    title, topic = split_title(event.summary)
    return {
        "lasts": _make_duration(event),
        "title": title,
        "topic": topic,
        "join": _get_join_url(event),
        "place": _get_place(event),
        "geo": _get_geo(event),
        "links": _list_links(event),
        "note": event.description if event.description not in ("", _get_join_url(event)) else None,
        "hosts": event.hosts,
    }


def _make_duration(event: ForeignEvent) -> Duration | None:
    """Return the length of a session; None for an hour, for a whole day, and where it is unknown."""
    if not isinstance(event.start, datetime):
        return Duration(days=event.length.days) if event.length.days > 1 else None
    if event.length and event.length % timedelta(days=1) == timedelta():
        return Duration(days=event.length.days)
    # Programs write an end like 23:59:59 for midnight.
    minutes = round(event.length / timedelta(minutes=1))
    return Duration(minutes=minutes) if minutes not in (0, 60) else None


def list_comments(event: ForeignEvent) -> Iterator[tuple[str, str]]:
    """Yield what an event says that a chat has no key for: its kind, and a comment."""
    is_said = is_online(event.location) and _get_join_url(event)
    if event.location and not (is_said or find_web_url(event.location) or _get_place(event)):
        yield "place", f"Place: {event.location}"
    if event.url and not find_web_url(event.url) and "@" not in event.url:
        yield "page", f"Page: {event.url}"
    if event.geo and not _get_geo(event):
        yield "point", f"Point: {event.geo}"
    for kind, text in event.extras:
        yield kind, f"{kind.capitalize()}: {text}"


def _list_remarks(event: ForeignEvent) -> Iterator[str]:
    if isinstance(event.start, datetime):
        if not event.length:
            yield "The calendar gives no length; an hour is assumed."
        if event.start.second:
            yield f"It began {event.start.second} seconds past the minute."
    yield from (comment for _, comment in list_comments(event))


# Series


def make_chats_from_series(series: Series, singles: list[Series]) -> list[ChatDraft]:
    """Return the chats that recur, and add sessions on other days to `singles`; raises UnsupportedSeriesError."""
    main = series.main
    if main.length > MAX_SESSION_LENGTH:
        raise UnsupportedSeriesError(
            f"lasts {main.length.days} days, and a session lasts at most {MAX_SESSION_LENGTH.days}"
        )
    if main.cancelled and series.rules:
        raise UnsupportedSeriesError("is cancelled as a whole")
    found = [one for rule in series.rules for one in parse_recurrences(rule, main.start, series.zone)]
    drafts = [_draft_recurring_chat(series, one) for one in found if one.first != one.until]
    extras = {one.start: main.length for one in found if one.first == one.until}
    has_ended = any("UNTIL=" in rule.upper() for rule in series.rules) and not found
    for start, length in ([] if has_ended else [(main.start, main.length)]) + list(series.added):
        due = _align_with_start(start, main.start)
        if not any(_is_due(draft.chat, due) for draft in drafts):
            extras.setdefault(due, length)
    for skip in series.skipped:
        _apply_skip(series, skip, drafts, extras)
    events = []
    for change in (one for one in series.changed if one.slot not in series.skipped):
        slot = _align_with_start(change.slot, main.start)
        if draft := next((one for one in drafts if _is_due(one.chat, slot)), None):
            _apply_change(main, change.event, slot, draft)
            if change.includes_later:
                draft.remarks.append(f"From {get_day(slot)} on all sessions change; write another chat for that.")
        else:
            extras.pop(slot, None)
            events.append(change.event)
    events += (replace(main, start=start, length=length) for start, length in extras.items())
    singles += (Series(main=event, zone=series.zone, remarks=series.remarks) for event in events)
    return drafts


def _align_with_start(moment: Moment, start: Moment) -> Moment:
    """Return a moment as its series has them: in a series with times, a day is due at the usual time."""
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time())
    return get_day(moment)


def _draft_recurring_chat(series: Series, found: Recurrence) -> ChatDraft:
    first_day = get_day(series.main.start)
    remarks = [*series.remarks, *_list_remarks(series.main)]
    if first_day < FIRST_DAY:
        remarks.append(f"It began on {first_day}; schedules begin in {FIRST_DAY.year}.")
    rule = replace(found.rule, interval=series.unknown_weeks) if series.unknown_weeks else found.rule
    counting: Day | UnknownWeeks | None = UnknownWeeks(NO_SPAN) if series.unknown_weeks else None
    if not series.has_known_start and found.rule.interval > 1:
        counting = Day(found.first, NO_SPAN)
    chat = Chat(
        where=NO_SPAN,
        every=rule,
        at=_get_start_time(found.at),
        counting=counting,
        first=_make_period(found.first) if series.has_known_start else None,
        until=_make_period(found.until) if found.until else None,
        timezone=series.zone,
        **_build_chat_values(series.main),
    )
    return ChatDraft(chat, remarks)


def _get_start_time(at: time | None) -> time | DayPart:
    return DayPart.ALL_DAY if at is None else at


def _make_period(day: date) -> Period:
    return Period(day, day, NO_SPAN)


def _is_due(chat: Chat, moment: Moment) -> bool:
    return chat.at == _get_start_time(get_time(moment)) and is_slot(chat, get_day(moment))


def _apply_skip(series: Series, skip: Moment, drafts: Sequence[ChatDraft], extras: dict[Moment, timedelta]) -> None:
    day = get_day(skip)
    is_whole_day = not isinstance(skip, datetime) or not isinstance(series.main.start, datetime)
    for draft in drafts:
        if is_slot(draft.chat, day) if is_whole_day else _is_due(draft.chat, skip):
            draft.override(day, cancelled=series.skip_reasons.get(day, ""))
    for start in [one for one in extras if (get_day(one) == day if is_whole_day else one == skip)]:
        del extras[start]


def _apply_change(main: ForeignEvent, event: ForeignEvent, slot: Moment, draft: ChatDraft) -> None:
    """Make the event of one slot an override of its chat."""
    day = get_day(slot)
    if event.length > MAX_SESSION_LENGTH:
        draft.remarks.append(f"On {day} it lasts longer than a session can.")
        return
    if event.cancelled:
        draft.override(day, cancelled="")
    else:
        to, at, usual_at = get_day(event.start), get_time(event.start), get_time(slot)
        draft.override(
            day,
            moved_to=MovedTo(to, at) if (to, at) != (day, usual_at) else None,
            at=DayPart.ALL_DAY if at is None and usual_at is not None else None,
            **_list_differences(event, _build_chat_values(event), _build_chat_values(main)),
        )
    usual = {comment for _, comment in list_comments(main)}
    draft.remarks += [f"{day}: {comment}" for _, comment in list_comments(event) if comment not in usual]


def _list_differences(event: ForeignEvent, own: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a session says that its chat does not; a point only beside its place."""
    if own["lasts"] is None and usual["lasts"] is not None:
        hour_or_day = Duration(minutes=60) if isinstance(event.start, datetime) else Duration(days=1)
        own = {**own, "lasts": hour_or_day}
    found = {key: value for key, value in own.items() if value and value != usual[key]}
    return found | {key: own[key] for key in ("place", "geo") if not found.keys().isdisjoint(("place", "geo"))}


# Single sessions


def find_obstacle(event: ForeignEvent) -> str | None:
    """Return why a single event cannot be a session: words that follow its title; None where it can."""
    if event.length > MAX_SESSION_LENGTH:
        return f"lasts {event.length.days:,} days, and a session lasts at most {MAX_SESSION_LENGTH.days}"
    if FIRST_DAY <= get_day(event.start) <= LAST_DAY:
        return None
    return f"is not between {FIRST_DAY.year} and {LAST_DAY.year}, the years of schedules"


def make_chats_from_dates(singles: Iterable[Series]) -> list[ChatDraft]:
    """Return chats with listed days: those of the same title and zone together, unless they share a day.

    Where very many titles are there only once, their days stand together, each with its title.
    """
    in_order = sorted(singles, key=lambda one: (str(one.main.start), one.main.summary))
    counts = Counter(_fold_title(one) for one in in_order)
    once = {title for title, number in counts.items() if number == 1}
    groups: dict[tuple[object, ...], list[list[Series]]] = defaultdict(list)
    for one in in_order:
        event, day = one.main, get_day(one.main.start)
        title = _fold_title(one)
        shown = "" if title in once and len(once) > _MAX_TITLES else title
        chats = groups[shown, one.zone, get_time(event.start) is None]
        free = next((chat for chat in chats if get_day(chat[-1].main.start) != day), None)
        if free is None:
            chats.append([one])
        else:
            free.append(one)
    return [_draft_dated_chat(chat) for chats in groups.values() for chat in chats]


def _fold_title(single: Series) -> str:
    title, _ = split_title(single.main.summary)
    return (title or "").casefold()


def _draft_dated_chat(singles: Sequence[Series]) -> ChatDraft:
    events = [one.main for one in singles]
    days = [get_day(one.start) for one in events]
    times = [get_time(one.start) for one in events]
    has_one_time = len(set(times)) == 1
    found = [_build_chat_values(one) for one in events]
    usual = {key: _find_usual([values[key] for values in found], key) for key in _OWN_KEYS}
    usual["geo"] = next((one["geo"] for one in found if one["geo"] and one["place"] == usual["place"]), None)
    chat = Chat(
        where=NO_SPAN,
        dates=tuple(
            ListedDate(day, None if has_one_time else at, NO_SPAN) for day, at in zip(days, times, strict=True)
        ),
        at=_get_start_time(times[0]) if has_one_time else DayPart.UNKNOWN,
        timezone=singles[0].zone,
        **usual,
    )
    draft = ChatDraft(chat, [])
    for day, event, own in zip(days, events, found, strict=True):
        draft.override(day, cancelled="" if event.cancelled else None, **_list_differences(event, own, usual))
    remarks = [(*one.remarks, *_list_remarks(one.main)) for one in singles]
    for day, said in zip(days, remarks, strict=True):
        draft.remarks += [one if all(one in other for other in remarks) else f"{day}: {one}" for one in said]
    return draft


def _find_usual(values: Sequence[Any], key: str) -> Any:
    """Return what stands once for all days of a chat: what most of them have, if none is without it, or a length."""
    most = max(dict.fromkeys(values), key=values.count)
    if key == "lasts" or (all(values) and values.count(most) * 2 > len(values)):
        return most
    return () if isinstance(most, tuple) else None


# What is over


def leave_out_past(drafts: Iterable[ChatDraft], first: date) -> Iterator[ChatDraft]:
    """Yield recurring chats as they are from a day on; those that are over then are left out."""
    for draft in drafts:
        chat = draft.chat
        if chat.first is None or chat.first.first >= first:
            yield draft
            continue
        start = next(iterate_slots(chat, first, chat.until.last if chat.until else LAST_DAY), None)
        if start is not None:
            overrides = {day: one for day, one in draft.overrides.items() if day >= start}
            yield ChatDraft(replace(chat, first=_make_period(start)), draft.remarks, overrides)


# All chats of a chapter


def take_common_zone(drafts: Sequence[ChatDraft]) -> str | None:
    """Return the zone that most chats have, and take it from them; None where one has times without a zone."""
    zones = [draft.chat.timezone for draft in drafts if draft.chat.timezone]
    if any(draft.chat.timezone is None and draft.chat.at is not DayPart.ALL_DAY for draft in drafts):
        return None
    common = max(sorted(set(zones)), key=zones.count, default=None)
    for draft in drafts:
        if draft.chat.timezone == common:
            draft.chat = replace(draft.chat, timezone=None)
    return common


def take_common_places(drafts: Sequence[ChatDraft]) -> dict[str, Any]:
    """Return where to join and where to meet, if all of several chats have that alike, and take it from them."""
    common: dict[str, Any] = {}
    for keys in (("join",), ("place", "geo"), ("links",)) if len(drafts) > 1 else ():
        values = {tuple(getattr(draft.chat, key) for key in keys) for draft in drafts}
        if len(values) == 1 and any(value := values.pop()):
            common |= zip(keys, value, strict=True)
            for draft in drafts:
                taken: dict[str, Any] = {key: () if key == "links" else None for key in keys}
                draft.chat = replace(draft.chat, **taken)
    return common


def assign_ids(drafts: Sequence[ChatDraft], today: date) -> dict[date, list[ChatDraft]]:
    """Give an `id` to each chat that shares a day with one before it, and return the chats of each day."""
    last = date(min(today.year + 12, LAST_DAY.year), 12, 31)
    due: dict[date, list[ChatDraft]] = defaultdict(list)
    titles = Counter(draft.chat.title for draft in drafts)
    taken: set[str] = set()
    count = 0
    for draft in drafts:
        slots = list(islice(iterate_slots(draft.chat, FIRST_DAY, last), MAX_SLOTS - count + 1))
        count += len(slots)
        if count > MAX_SLOTS:
            raise ForeignCalendarError(f"it has more than {MAX_SLOTS:,} sessions until {last.year}")
        if not due.keys().isdisjoint(slots):
            names = list(_list_ids(draft.chat, has_own_title=titles[draft.chat.title] == 1))
            names += (f"{names[0]}n{number}" for number in range(2, len(taken) + 3))
            name = next(one for one in names if one not in taken)
            draft.chat = replace(draft.chat, id=name)
            taken.add(name)
        for slot in slots:
            due[slot].append(draft)
    return due


def _list_ids(chat: Chat, *, has_own_title: bool) -> Iterator[str]:
    """Yield what a chat can be called, the best first: its title, if no other has it, else its time."""
    ascii_title = unicodedata.normalize("NFKD", chat.title or "").encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall("[a-z0-9]+", ascii_title) if word not in _SMALL_WORDS]
    words = list(dropwhile(lambda word: word[0].isdigit(), words))[:3]
    while len(words) > 1 and len("".join(words)) > _MAX_ID_LENGTH:
        words.pop()
    titled = "".join(words)[:_MAX_ID_LENGTH]
    if titled and has_own_title:
        yield titled
    if isinstance(chat.at, time):
        yield f"at{chat.at.hour:02}{chat.at.minute:02}"
    yield titled or "day"


def find_breaks(due: Mapping[date, Sequence[ChatDraft]]) -> list[Break]:
    """Return a break for each run of days on which all chats are skipped for the same reason."""
    found = []
    for reason, run in groupby(sorted(due), key=lambda day: _find_skip_reason(due[day], day)):
        days = list(run)
        if reason is not None and len(days) >= _MIN_BREAK_SLOTS:
            found.append(Break(first=_make_period(days[0]), until=_make_period(days[-1]), reason=reason))
    return found


def _find_skip_reason(drafts: Iterable[ChatDraft], day: date) -> str | None:
    """Return the one reason for which all chats of a day are skipped; None where one is held, or the reasons differ."""
    overrides = [draft.overrides.get(day) for draft in drafts]
    reasons = {one.cancelled if one and _only_cancels(one) else None for one in overrides}
    return reasons.pop() if len(reasons) == 1 else None


def _only_cancels(override: SessionOverride) -> bool:
    cancellation = SessionOverride(slot=override.slot, where=NO_SPAN, cancelled=override.cancelled)
    return override.cancelled is not None and override == cancellation


def list_overrides(draft: ChatDraft, breaks: Sequence[Break]) -> Iterator[SessionOverride]:
    """Yield the overrides of a chat that no break makes needless."""
    for day, override in draft.overrides.items():
        if not (_only_cancels(override) and any(one.first.first <= day <= one.until.last for one in breaks)):
            yield replace(override, id=draft.chat.id)
