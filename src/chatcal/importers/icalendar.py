"""Calendars in iCalendar form."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, use_zoneinfo
from icalendar import Event as Component

from chatcal import timezones
from chatcal.importers.series import (
    ChangedOccurrence,
    ForeignCalendar,
    ForeignCalendarError,
    ForeignEvent,
    Moment,
    Series,
)
from chatcal.text import make_single_line


def resolve_tzid(text: str) -> str | None:
    """Return the IANA zone that a TZID names: as it is, for Windows, by an old name, or behind a maker's prefix."""
    if text in timezones.list_zone_names():
        return text
    # /freeassociation.sourceforge.net/Tzfile/Europe/London, /citadel.org/20250101_1/America/Argentina/Ushuaia
    parts = text.strip("/").split("/")
    for first in range(1, len(parts)):
        if (end := "/".join(parts[first:])) in timezones.list_zone_names():
            return end
    if text in ("UTC", "GMT", "Z"):
        return timezones.UTC_NAME
    return timezones.resolve_zone_alias(text)


_PROBES = tuple(timedelta(days=15 * number) for number in range(5 * 25))


def find_matching_zone(clock: tzinfo, year: int) -> str | None:
    """Return a zone whose clock shows the same every fortnight for five years from `year` on; None where none does."""
    year = min(max(year, 1970), 2190)
    moments = [datetime(year, 1, 1, 12, tzinfo=UTC) + probe for probe in _PROBES]
    wanted = [moment.astimezone(clock).utcoffset() for moment in moments]
    for name in sorted(timezones.list_zone_names(), key=lambda one: (one not in timezones.list_common_zones(), one)):
        zone = timezones.load_zone(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in zip(moments, wanted, strict=True)):
            return name
    return None


MAX_FILE_BYTES = 2_000_000


MAX_EVENTS = 5_000
"""In one file. More is an archive, and no schedule."""


MAX_DATES = 5_000
"""Skipped or added by one event."""


RawEvent = Any
"""A VEVENT: what its properties hold may be of any kind, whatever the library hopes."""


def read_calendars(octets: bytes, file_name: str) -> tuple[ForeignCalendar, ...]:
    """Return the calendars of an .ics file; takes its octets and the name to use where it has none itself.

    Raises NotReadable for what is no such file, and for what is larger than any schedule.
    """
    if len(octets) > MAX_FILE_BYTES:
        raise ForeignCalendarError(f"it has {len(octets):,} bytes, and {MAX_FILE_BYTES:,} are read")
    if (count := octets.upper().count(b"BEGIN:VEVENT")) > MAX_EVENTS:
        raise ForeignCalendarError(f"it has {count:,} events, and {MAX_EVENTS:,} are read; export less of it")
    # The library remembers the clocks that a file defines, by their names: a second file may mean another by the same.
    use_zoneinfo()  # type: ignore[no-untyped-call] # the library says nothing of it
    try:
        with warnings.catch_warnings(action="ignore"):
            found = Calendar.from_ical(octets.decode("utf-8-sig", "replace"), multiple=True)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ForeignCalendarError(f"it cannot be understood: {make_single_line(str(error), 120)}") from None
    if not found:
        raise ForeignCalendarError("it holds no calendar")
    return tuple(_read_calendar(one, file_name) for one in found)


def _read_calendar(calendar: RawEvent, file_name: str) -> ForeignCalendar:
    name = _read_property(calendar, "X-WR-CALNAME") or _read_property(calendar, "NAME")
    default = _read_property(calendar, "X-WR-TIMEZONE")
    series, unread = read_series(calendar.walk("VEVENT"), resolve_tzid(default) if default else None)
    remarks = [f"{unread} of its events could not be read."] if unread else []
    for kind, what in (("VTODO", "to-dos"), ("VJOURNAL", "journal entries"), ("VFREEBUSY", "times of being busy")):
        if calendar.walk(kind):
            remarks.append(f"Its {what} were left out.")
    return ForeignCalendar(
        name=name or file_name,
        about=_read_property(calendar, "X-WR-CALDESC") or _read_property(calendar, "DESCRIPTION"),
        series=tuple(series),
        remarks=tuple(remarks),
    )


def read_series(events: Sequence[RawEvent], default: str | None) -> tuple[list[Series], int]:
    """Return the series of VEVENTs, and how many of these could not be read.

    `default` is the zone that the calendar claims for times on nobody's clock (X-WR-TIMEZONE).
    """
    groups: dict[tuple[object, ...], list[RawEvent]] = {}
    unread = 0
    for number, event in enumerate(events):
        if _has_readable_times(event):
            uid = _read_property(event, "UID")
            groups.setdefault((uid,) if uid else ("", number), []).append(event)
        else:
            unread += 1
    return [one for group in groups.values() for one in _list_group_series(group, default)], unread


def _has_readable_times(event: RawEvent) -> bool:
    """Say whether what decides its times can be read; what merely decorates it may be broken."""
    wrong = {name for name, _ in event.errors}
    if "DTSTART" not in event or wrong & _TIME_PROPERTIES:
        return False
    start = getattr(event["DTSTART"], "dt", None)
    days = [*_list_dates(event, "RDATE"), *_list_dates(event, "EXDATE")]
    if len(days) > MAX_DATES:
        raise ForeignCalendarError(f"one of its events skips or adds {len(days):,} days, and {MAX_DATES:,} are read")
    return isinstance(start, date) and start.year >= 1900 and all(isinstance(one, date | tuple) for one in days)


_TIME_PROPERTIES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}


def _list_group_series(group: Sequence[RawEvent], default: str | None) -> Iterator[Series]:
    """Yield the series that the events with one UID are: one, or each event alone where none leads them."""
    mains = [one for one in group if "RECURRENCE-ID" not in one]
    if not mains:
        for event in group:
            yield _build_series(event, [], default)
        return
    yield _build_series(max(mains, key=_get_sequence), [one for one in group if "RECURRENCE-ID" in one], default)


def _get_sequence(event: RawEvent) -> int:
    value = event.get("SEQUENCE", 0)
    return value if isinstance(value, int) else 0


def _build_series(main: RawEvent, others: Sequence[RawEvent], default: str | None) -> Series:
    # Days are on no clock; where one of them got a time, that time's clock is the one to tell it by.
    timed = next((one for one in (main, *others) if isinstance(one["DTSTART"].dt, datetime)), main)
    zone, remarks = _find_zone(timed, timed["DTSTART"].dt, default)
    clock = _find_clock(timed["DTSTART"].dt, zone)
    latest: dict[Moment, RawEvent] = {}
    for one in sorted(others, key=_get_sequence):
        latest[_convert_to_wall_time(one["RECURRENCE-ID"].dt, clock)] = one
    overrides = [
        ChangedOccurrence(
            slot=slot,
            event=_read_foreign_event(one, clock, main),
            includes_later=one["RECURRENCE-ID"].params.get("RANGE", "") == "THISANDFUTURE",
        )
        for slot, one in sorted(latest.items(), key=lambda pair: str(pair[0]))
    ]
    return Series(
        main=_read_foreign_event(main, clock, main),
        zone=zone,
        rules=_read_rules(main),
        skipped=tuple(_convert_to_wall_time(one, clock) for one in _list_dates(main, "EXDATE")),
        added=tuple(_list_added(main, clock)),
        changed=tuple(overrides),
        remarks=remarks,
        private=str(main.get("CLASS", "")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        components=tuple(_strip_event(one, zone) for one in (main, *latest.values())),
    )


def _read_rules(main: RawEvent) -> tuple[str, ...]:
    """Return the rules of an event; one that stands for a single session of a series has none (section 3.8.4.4)."""
    found = [one.to_ical().decode() for one in _list_values(main, "RRULE")] if "RECURRENCE-ID" not in main else []
    return tuple(dict.fromkeys(one for one in found if one))


def _find_zone(main: RawEvent, start: Moment, default: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the clock of a series, and what a person should look at."""
    if not isinstance(start, datetime):
        return None, ()
    tzid = str(main["DTSTART"].params.get("TZID", ""))
    if start.tzinfo is None:
        if default:
            return default, ("The times name no zone; they are taken to be on the calendar's own clock.",)
        whose = f"the zone {make_single_line(tzid, 60)}, which nobody knows" if tzid else "nobody's clock"
        return None, (f"The times are on {whose}.",)
    if _is_utc(start.tzinfo):
        if default and "RRULE" not in main:
            return default, ()
        return timezones.UTC_NAME, ()
    name = getattr(start.tzinfo, "key", None) or tzid
    if known := resolve_tzid(name):
        return known, ()
    if found := find_matching_zone(start.tzinfo, start.year):
        return found, (
            f"The calendar calls the clock {make_single_line(name, 60)}; {found} keeps the same. Name the right place.",
        )
    return timezones.UTC_NAME, (f"No place keeps the clock {make_single_line(name, 60)}; the times are in UTC.",)


def _find_clock(start: Moment, zone: str | None) -> tzinfo | None:
    """Return the clock that shows the times of a series: the calendar's own where it has one, as it may differ."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return None
    own = zone is None or not (_is_utc(start.tzinfo) or zone == timezones.UTC_NAME)
    return start.tzinfo if own else timezones.load_zone(zone or timezones.UTC_NAME)


def _is_utc(clock: tzinfo) -> bool:
    return str(clock) in ("UTC", "Etc/UTC")


def _strip_event(event: RawEvent, zone: str | None) -> RawEvent:
    """Return an event with only what decides its times; one on nobody's clock is put on the clock of its series."""
    found: RawEvent = Component()
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
    found["SEQUENCE"] = _get_sequence(event)
    found["UID"] = event.get("UID", "none")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        moment = found[name].dt if name in found else None
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            del found[name]
            found.add(name, moment.replace(tzinfo=timezones.load_zone(zone)))
    return found


def _read_foreign_event(event: RawEvent, clock: tzinfo | None, main: RawEvent) -> ForeignEvent:
    start: Moment = event["DTSTART"].dt
    return ForeignEvent(
        summary=_read_property(event, "SUMMARY") or _read_property(main, "SUMMARY"),
        start=_convert_to_wall_time(start, clock),
        length=_compute_length(event, start),
        cancelled=_read_property(event, "STATUS").upper() == "CANCELLED",
        location=_read_property(event, "LOCATION"),
        address=_read_property(event, "URL"),
        description=_read_property(event, "DESCRIPTION"),
    )


def _compute_length(event: RawEvent, start: Moment) -> timedelta:
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


def _list_added(main: RawEvent, clock: tzinfo | None) -> Iterator[tuple[Moment, timedelta]]:
    length = _compute_length(main, main["DTSTART"].dt)
    for one in _list_dates(main, "RDATE"):
        if isinstance(one, tuple):
            start, end = one
            yield _convert_to_wall_time(start, clock), end if isinstance(end, timedelta) else end - start
        else:
            yield _convert_to_wall_time(one, clock), length


def _convert_to_wall_time(moment: Moment, clock: tzinfo | None) -> Moment:
    """Return a moment as the clock of its series shows it; a UTC moment of one on nobody's clock stays what it says."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is not None and clock is not None:
        moment = moment.astimezone(clock)
    return moment.replace(tzinfo=None)


def _list_dates(event: RawEvent, name: str) -> list[Any]:
    return [one.dt for found in _list_values(event, name) for one in getattr(found, "dts", ())]


def _list_values(event: RawEvent, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _read_property(component: RawEvent, name: str) -> str:
    found = component.get(name, "")
    return make_single_line(str(found[0] if isinstance(found, list) and found else found))
