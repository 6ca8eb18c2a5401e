"""Calendars in iCalendar form."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from chatcal.english import join_list
from chatcal.importers.loader import load_calendar
from chatcal.importers.series import (
    ChangedOccurrence,
    EventGroup,
    ForeignCalendar,
    ForeignCalendarError,
    ForeignEvent,
    LoadedEvent,
    Moment,
    Series,
    find_conference,
    is_cancelled,
    name_some,
    strip_cancelled,
)
from chatcal.importers.zones import SHORT_NAMES, find_matching_zone, find_zone_name, is_utc
from chatcal.text import cut_text, make_paragraphs, make_single_line
from chatcal.timezones import ABBREVIATIONS, UTC_NAME, load_any_zone, load_zone

MAX_FILE_BYTES = 10_000_000
MAX_NOTE_LENGTH = 2_000
"""In characters. A feed repeats the note of a chat in each of its events."""
MAX_EVENTS = 5_000
"""Of one file. One with more is an archive, not a schedule."""
_ADDRESS = re.compile(r"(?P<name>[^\s@]+)@[^\s@]+")


def read_calendar(content: bytes, file_name: str) -> ForeignCalendar:
    """Return the calendar of an .ics file; one without a name gets `file_name`.

    Raises ForeignCalendarError for what is not such a file, and for one with more events than any schedule.
    """
    if (count := content.upper().count(b"BEGIN:VEVENT")) > MAX_EVENTS:
        raise ForeignCalendarError(f"it has {count:,} events, and {MAX_EVENTS:,} are the most; export fewer of them")
    found = load_calendar(content, guess_encoding=True)
    unknown = {
        one.main.unknown_zone: f"{one.main.name}: its zone {make_single_line(one.main.unknown_zone, 60)} is unknown."
        for one in reversed(found.groups)
        if one.main.unknown_zone
    }
    short = {
        one.main.tzid: f"{one.main.name}: its zone {one.main.tzid} has winter time all year. If people go by the clock "
        f"of a place, write that place: `timezone: {SHORT_NAMES[one.main.tzid]}`."
        for one in reversed(found.groups)
        if _has_short_zone(one.main)
    }
    # Google names a calendar after its owner's address.
    owner = _ADDRESS.fullmatch(found.name)
    named = ("The calendar's name is an e-mail address; write what its people are called.",) if owner else ()
    return ForeignCalendar(
        name=(owner["name"] if owner else found.name) or file_name,
        about=found.about,
        series=tuple(_build_series(group) for group in found.groups),
        remarks=found.left_out,
        notes=(*named, *found.notes, *unknown.values(), *short.values(), *_note_cancelled(found.groups)),
    )


def _note_cancelled(groups: Iterable[EventGroup]) -> Iterator[str]:
    """Yield a sentence on the events that are taken for cancelled because their titles say so."""
    events = (one for group in groups for one in (group.main, *group.changes))
    titled = ((one, one.texts.get("SUMMARY", "")) for one in events)
    names = [one.name for one, title in titled if strip_cancelled(title) != title]
    if names:
        yield f"Cancelled, as the title says: {join_list(name_some(names, 'more'))}."


def _build_series(group: EventGroup) -> Series:
    main = group.main
    # Days have no zone; where one of them is moved to a time, the series gets the zone of that time.
    timed = next((one for one in (main, *group.changes) if isinstance(one.start, datetime)), main)
    zone, remarks = _find_zone(timed)
    # What converts times to those of the series: the calendar's own clock where it has one, as it may differ.
    clock = timed.start.tzinfo if isinstance(timed.start, datetime) else None
    if clock and zone and (is_utc(clock) or zone == UTC_NAME):
        clock = load_zone(zone)
    return Series(
        main=_make_event(main, clock, main),
        uid=main.uid,
        zone=zone,
        rules=main.rules,
        skipped=tuple(_convert_to_local(one, clock) for one in main.skipped),
        added=tuple(_list_added(main, clock)),
        changed=tuple(
            ChangedOccurrence(
                slot=_convert_to_local(one.slot, clock),
                event=_make_event(one, clock, main),
                includes_later=one.includes_later,
            )
            for one in sorted(group.changes, key=lambda one: str(one.slot))
            if one.slot
        ),
        remarks=remarks,
    )


def _find_zone(event: LoadedEvent) -> tuple[str | None, tuple[str, ...]]:
    """Return the zone of a series, and what a person should look at."""
    start = event.start
    if not isinstance(start, datetime):
        return None, ()
    shown = make_single_line(event.tzid or event.unknown_zone, 60)
    if start.tzinfo is None:
        return None, (f"The times are in the zone {shown}, which is unknown." if shown else "The times name no zone.",)
    if is_utc(start.tzinfo):
        return (event.claimed_zone if event.claimed_zone and not event.rules else UTC_NAME), ()
    if not event.tzid:
        return event.claimed_zone, ("The times name no zone; they are taken to be in the calendar's own zone.",)
    if (known := find_zone_name(event.tzid)) and (event.tzid not in SHORT_NAMES or _has_short_zone(event)):
        # Like CET: a clock, and no place.
        is_clock = event.tzid in ABBREVIATIONS and known != UTC_NAME and event.tzid not in SHORT_NAMES
        return known, (
            f"The calendar names its zone {shown}; {known} has the same time. Name the right place.",
        ) * is_clock
    if found := find_matching_zone(start.tzinfo, start.year):
        return found, (f"The calendar names its zone {shown}; {found} has the same time. Name the right place.",)
    return UTC_NAME, (f"No place has the time of the zone {shown}; the times are in UTC.",)


def _has_short_zone(event: LoadedEvent) -> bool:
    """Say whether an event is in winter time all year, and not in a zone that its file defines by such a name."""
    clock = event.start.tzinfo if isinstance(event.start, datetime) else None
    return event.tzid in SHORT_NAMES and clock is load_any_zone(event.tzid)


def _make_event(event: LoadedEvent, clock: tzinfo | None, main: LoadedEvent) -> ForeignEvent:
    texts = {name: make_single_line(event.texts.get(name, "")) for name in ("SUMMARY", "URL", "STATUS", "GEO")}
    bare = strip_cancelled(texts["SUMMARY"])
    location = event.texts.get("LOCATION", "")
    description = make_paragraphs(event.texts.get("DESCRIPTION", ""))
    return ForeignEvent(
        summary=bare or make_single_line(main.texts.get("SUMMARY", "")),
        start=_convert_to_local(event.start, clock),
        length=event.usual_length,
        cancelled=bare != texts["SUMMARY"] or is_cancelled(texts["STATUS"]),
        location=make_single_line(", ".join(filter(None, (row.strip(" ,\r\t") for row in location.split("\n"))))),
        geo=texts["GEO"],
        url=texts["URL"],
        # The way into the meeting is looked for before anything is cut.
        conference=find_conference(event),
        description=cut_text(description, MAX_NOTE_LENGTH),
        is_cut=len(description) > MAX_NOTE_LENGTH,
        hosts=event.hosts,
        extras=event.extras,
        files=event.files,
    )


def _list_added(main: LoadedEvent, clock: tzinfo | None) -> Iterator[tuple[Moment, timedelta]]:
    for start, length in main.added:
        yield _convert_to_local(start, clock), length or main.usual_length


def _convert_to_local(moment: Moment, clock: tzinfo | None) -> Moment:
    """Return a moment as the clock of its series shows it; without a clock it stays what it says."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is not None and clock is not None:
        moment = moment.astimezone(clock)
    return moment.replace(tzinfo=None)
