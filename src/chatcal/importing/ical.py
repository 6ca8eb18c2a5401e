"""Calendars as .ics files have them (RFC 5545), read by icalendar."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, use_zoneinfo
from icalendar import Event as Component

from chatcal import zones
from chatcal.importing.cleaning import line
from chatcal.importing.clocks import alike, named
from chatcal.importing.foreign import Entry, Foreign, Moment, NotReadable, Override, Series

MOST_OCTETS = 2_000_000
MOST_EVENTS = 5_000
"""In one file. More is an archive, and no schedule."""
MOST_DAYS = 5_000
"""Skipped or added by one event."""

Event = Any
"""A VEVENT: what its properties hold may be of any kind, whatever the library hopes."""


def calendars(octets: bytes, file_name: str) -> tuple[Foreign, ...]:
    """Return the calendars of an .ics file; takes its octets and the name to use where it has none itself.

    Raises NotReadable for what is no such file, and for what is larger than any schedule.
    """
    if len(octets) > MOST_OCTETS:
        raise NotReadable(f"it has {len(octets):,} bytes, and {MOST_OCTETS:,} are read")
    if (count := octets.upper().count(b"BEGIN:VEVENT")) > MOST_EVENTS:
        raise NotReadable(f"it has {count:,} events, and {MOST_EVENTS:,} are read; export less of it")
    # The library remembers the clocks that a file defines, by their names: a second file may mean another by the same.
    use_zoneinfo()  # type: ignore[no-untyped-call] # the library says nothing of it
    try:
        with warnings.catch_warnings(action="ignore"):
            found = Calendar.from_ical(octets.decode("utf-8-sig", "replace"), multiple=True)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise NotReadable(f"it cannot be understood: {line(str(error), 120)}") from None
    if not found:
        raise NotReadable("it holds no calendar")
    return tuple(_foreign(one, file_name) for one in found)


def _foreign(calendar: Event, file_name: str) -> Foreign:
    name = _text(calendar, "X-WR-CALNAME") or _text(calendar, "NAME")
    default = _text(calendar, "X-WR-TIMEZONE")
    series, unread = read_series(calendar.walk("VEVENT"), named(default) if default else None)
    remarks = [f"{unread} of its events could not be read."] if unread else []
    for kind, what in (("VTODO", "to-dos"), ("VJOURNAL", "journal entries"), ("VFREEBUSY", "times of being busy")):
        if calendar.walk(kind):
            remarks.append(f"Its {what} were left out.")
    return Foreign(
        name=name or file_name,
        about=_text(calendar, "X-WR-CALDESC") or _text(calendar, "DESCRIPTION"),
        series=tuple(series),
        remarks=tuple(remarks),
    )


def read_series(events: Sequence[Event], default: str | None) -> tuple[list[Series], int]:
    """Return the series of VEVENTs, and how many of these could not be read.

    `default` is the zone that the calendar claims for times on nobody's clock (X-WR-TIMEZONE).
    """
    groups: dict[tuple[object, ...], list[Event]] = {}
    unread = 0
    for number, event in enumerate(events):
        if _is_sound(event):
            uid = _text(event, "UID")
            groups.setdefault((uid,) if uid else ("", number), []).append(event)
        else:
            unread += 1
    return [one for group in groups.values() for one in _of_group(group, default)], unread


def _is_sound(event: Event) -> bool:
    """Say whether what decides its times can be read; what merely decorates it may be broken."""
    wrong = {name for name, _ in event.errors}
    if "DTSTART" not in event or wrong & _TIMES:
        return False
    start = getattr(event["DTSTART"], "dt", None)
    days = [*_dates(event, "RDATE"), *_dates(event, "EXDATE")]
    if len(days) > MOST_DAYS:
        raise NotReadable(f"one of its events skips or adds {len(days):,} days, and {MOST_DAYS:,} are read")
    return isinstance(start, date) and start.year >= 1900 and all(isinstance(one, date | tuple) for one in days)


_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}


def _of_group(group: Sequence[Event], default: str | None) -> Iterator[Series]:
    """Yield the series that the events with one UID are: one, or each event alone where none leads them."""
    mains = [one for one in group if "RECURRENCE-ID" not in one]
    if not mains:
        for event in group:
            yield _series(event, [], default)
        return
    yield _series(max(mains, key=_sequence), [one for one in group if "RECURRENCE-ID" in one], default)


def _sequence(event: Event) -> int:
    value = event.get("SEQUENCE", 0)
    return value if isinstance(value, int) else 0


def _series(main: Event, others: Sequence[Event], default: str | None) -> Series:
    # Days are on no clock; where one of them got a time, that time's clock is the one to tell it by.
    timed = next((one for one in (main, *others) if isinstance(one["DTSTART"].dt, datetime)), main)
    zone, remarks = _zone(timed, timed["DTSTART"].dt, default)
    clock = _clock(timed["DTSTART"].dt, zone)
    latest: dict[Moment, Event] = {}
    for one in sorted(others, key=_sequence):
        latest[_wall(one["RECURRENCE-ID"].dt, clock)] = one
    overrides = [
        Override(
            slot=slot,
            entry=_entry(one, clock, main),
            and_all_later=one["RECURRENCE-ID"].params.get("RANGE", "") == "THISANDFUTURE",
        )
        for slot, one in sorted(latest.items(), key=lambda pair: str(pair[0]))
    ]
    return Series(
        main=_entry(main, clock, main),
        zone=zone,
        rules=_rules(main),
        skipped=tuple(_wall(one, clock) for one in _dates(main, "EXDATE")),
        added=tuple(_added(main, clock)),
        overrides=tuple(overrides),
        remarks=remarks,
        private=str(main.get("CLASS", "")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        events=tuple(_bare(one, zone) for one in (main, *latest.values())),
    )


def _rules(main: Event) -> tuple[str, ...]:
    """Return the rules of an event; one that stands for a single session of a series has none (section 3.8.4.4)."""
    found = [one.to_ical().decode() for one in _all(main, "RRULE")] if "RECURRENCE-ID" not in main else []
    return tuple(dict.fromkeys(one for one in found if one))


def _zone(main: Event, start: Moment, default: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the clock of a series, and what a person should look at."""
    if not isinstance(start, datetime):
        return None, ()
    tzid = str(main["DTSTART"].params.get("TZID", ""))
    if start.tzinfo is None:
        if default:
            return default, ("The times name no zone; they are taken to be on the calendar's own clock.",)
        whose = f"the zone {line(tzid, 60)}, which nobody knows" if tzid else "nobody's clock"
        return None, (f"The times are on {whose}.",)
    if _is_utc(start.tzinfo):
        if default and "RRULE" not in main:
            return default, ()
        return zones.UTC_NAME, ()
    name = getattr(start.tzinfo, "key", None) or tzid
    if known := named(name):
        return known, ()
    if found := alike(start.tzinfo, start.year):
        return found, (f"The calendar calls the clock {line(name, 60)}; {found} keeps the same. Name the right place.",)
    return zones.UTC_NAME, (f"No place keeps the clock {line(name, 60)}; the times are in UTC.",)


def _clock(start: Moment, zone: str | None) -> tzinfo | None:
    """Return the clock that shows the times of a series: the calendar's own where it has one, as it may differ."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return None
    own = zone is None or not (_is_utc(start.tzinfo) or zone == zones.UTC_NAME)
    return start.tzinfo if own else zones.zone(zone or zones.UTC_NAME)


def _is_utc(clock: tzinfo) -> bool:
    return str(clock) in ("UTC", "Etc/UTC")


def _bare(event: Event, zone: str | None) -> Event:
    """Return an event with only what decides its times; one on nobody's clock is put on the clock of its series."""
    found: Event = Component()
    for name in (
        "UID",
        "SUMMARY",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
    ):
        if name in event:
            found[name] = event[name]
    found["SEQUENCE"] = _sequence(event)
    found["UID"] = event.get("UID", "none")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        moment = found[name].dt if name in found else None
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            del found[name]
            found.add(name, moment.replace(tzinfo=zones.zone(zone)))
    return found


def _entry(event: Event, clock: tzinfo | None, main: Event) -> Entry:
    start: Moment = event["DTSTART"].dt
    return Entry(
        summary=_text(event, "SUMMARY") or _text(main, "SUMMARY"),
        start=_wall(start, clock),
        length=_length(event, start),
        cancelled=_text(event, "STATUS").upper() == "CANCELLED",
        location=_text(event, "LOCATION"),
        address=_text(event, "URL"),
        description=_text(event, "DESCRIPTION"),
    )


def _length(event: Event, start: Moment) -> timedelta:
    """Return how long an event lasts; zero for a time without an end (section 3.6.1)."""
    end = event["DTEND"].dt if "DTEND" in event else None
    if end is None and "DURATION" in event:
        end = start + event["DURATION"].dt
    if isinstance(start, datetime):
        if not isinstance(end, datetime) or (end.tzinfo is None) != (start.tzinfo is None):
            return timedelta()
        return max(end - start, timedelta())
    if end is None:
        return timedelta(days=1)
    last = end.date() if isinstance(end, datetime) else end
    return max(last - start, timedelta(days=1))


def _added(main: Event, clock: tzinfo | None) -> Iterator[tuple[Moment, timedelta]]:
    length = _length(main, main["DTSTART"].dt)
    for one in _dates(main, "RDATE"):
        if isinstance(one, tuple):
            start, end = one
            yield _wall(start, clock), end if isinstance(end, timedelta) else end - start
        else:
            yield _wall(one, clock), length


def _wall(moment: Moment, clock: tzinfo | None) -> Moment:
    """Return a moment as the clock of its series shows it; a UTC moment of one on nobody's clock stays what it says."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is not None and clock is not None:
        moment = moment.astimezone(clock)
    return moment.replace(tzinfo=None)


def _dates(event: Event, name: str) -> list[Any]:
    return [one.dt for found in _all(event, name) for one in getattr(found, "dts", ())]


def _all(event: Event, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _text(component: Event, name: str) -> str:
    found = component.get(name, "")
    return line(str(found[0] if isinstance(found, list) and found else found))
