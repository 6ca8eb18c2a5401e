"""Calendars in iCalendar form."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, use_zoneinfo
from icalendar import Event as Component

from chatcal.importers.series import (
    ChangedOccurrence,
    ForeignCalendar,
    ForeignCalendarError,
    ForeignEvent,
    Moment,
    RawEvent,
    Series,
    list_values,
)
from chatcal.text import make_single_line
from chatcal.timezones import UTC_NAME, list_common_zones, list_zone_names, load_zone, resolve_zone_alias

MAX_FILE_BYTES = 2_000_000
MAX_EVENTS = 5_000
"""Of one file. One with more is an archive, not a schedule."""
MAX_DATES = 5_000
"""That one event skips or adds."""
_TIME_PROPERTIES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_PROBES = tuple(timedelta(days=15 * number) for number in range(5 * 25))


def read_calendars(content: bytes, file_name: str) -> tuple[ForeignCalendar, ...]:
    """Return the calendars of an .ics file; one without a name gets `file_name`.

    Raises ForeignCalendarError for what is not such a file, and for one that is larger than any schedule.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ForeignCalendarError(f"it has {len(content):,} bytes, and {MAX_FILE_BYTES:,} are the most")
    if (count := content.upper().count(b"BEGIN:VEVENT")) > MAX_EVENTS:
        raise ForeignCalendarError(f"it has {count:,} events, and {MAX_EVENTS:,} are the most; export fewer of them")
    # The library remembers the zones that a file defines by their names; the next file may define others by the same.
    use_zoneinfo()  # type: ignore[no-untyped-call] # the library has left it untyped
    try:
        with warnings.catch_warnings(action="ignore"):
            found = Calendar.from_ical(content.decode("utf-8-sig", "replace"), multiple=True)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ForeignCalendarError(f"it cannot be read: {make_single_line(str(error), 120)}") from None
    if not found:
        raise ForeignCalendarError("it has no calendar")
    return tuple(_read_calendar(one, file_name) for one in found)


def _read_calendar(calendar: RawEvent, file_name: str) -> ForeignCalendar:
    default = _read_text(calendar, "X-WR-TIMEZONE")
    series, unread = read_series(calendar.walk("VEVENT"), resolve_tzid(default) if default else None)
    kinds = {"VTODO": "to-dos", "VJOURNAL": "journal entries", "VFREEBUSY": "times of being busy"}
    left_out = [f"Its {name} were left out." for kind, name in kinds.items() if calendar.walk(kind)]
    return ForeignCalendar(
        name=_read_text(calendar, "X-WR-CALNAME") or _read_text(calendar, "NAME") or file_name,
        about=_read_text(calendar, "X-WR-CALDESC") or _read_text(calendar, "DESCRIPTION"),
        series=series,
        remarks=(*unread, *left_out),
    )


def read_series(
    events: Sequence[RawEvent], default_zone: str | None = None
) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    """Return the series of VEVENTs, and a remark where some cannot be read.

    Times without a zone are in the default one (X-WR-TIMEZONE), if there is one.
    """
    groups: dict[object, list[RawEvent]] = {}
    unread = 0
    for number, event in enumerate(events):
        if _has_readable_times(event):
            groups.setdefault(_read_text(event, "UID") or number, []).append(event)
        else:
            unread += 1
    series = tuple(one for group in groups.values() for one in _build_group_series(group, default_zone))
    return series, (f"{unread} of its events could not be read.",) if unread else ()


def _has_readable_times(event: RawEvent) -> bool:
    broken = {name for name, _ in event.errors}
    if "DTSTART" not in event or not broken.isdisjoint(_TIME_PROPERTIES):
        return False
    start = getattr(event["DTSTART"], "dt", None)
    days = [*_list_dates(event, "RDATE"), *_list_dates(event, "EXDATE")]
    if len(days) > MAX_DATES:
        raise ForeignCalendarError(
            f"one of its events skips or adds {len(days):,} days, and {MAX_DATES:,} are the most"
        )
    return isinstance(start, date) and start.year >= 1900 and all(isinstance(one, date | tuple) for one in days)


def _build_group_series(group: Sequence[RawEvent], default_zone: str | None) -> Iterator[Series]:
    """Yield the series of events with the same UID: one, or each event alone where none is the main one."""
    changed = [one for one in group if "RECURRENCE-ID" in one]
    if len(changed) == len(group):
        yield from (_build_series(event, [], default_zone) for event in group)
    else:
        main = max((one for one in group if "RECURRENCE-ID" not in one), key=_get_sequence)
        yield _build_series(main, changed, default_zone)


def _get_sequence(event: RawEvent) -> int:
    value = event.get("SEQUENCE", 0)
    return value if isinstance(value, int) else 0


def _build_series(main: RawEvent, changed: Sequence[RawEvent], default_zone: str | None) -> Series:
    # Days have no zone; where one of them is moved to a time, the series gets the zone of that time.
    timed = next((one for one in (main, *changed) if isinstance(one["DTSTART"].dt, datetime)), main)
    zone, remarks = _find_zone(timed, default_zone)
    # What converts times to those of the series: the calendar's own clock where it has one, as it may differ.
    clock: tzinfo | None = getattr(timed["DTSTART"].dt, "tzinfo", None)
    if clock and zone and (_is_utc(clock) or zone == UTC_NAME):
        clock = load_zone(zone)
    latest = {_convert_to_local(one["RECURRENCE-ID"].dt, clock): one for one in sorted(changed, key=_get_sequence)}
    # An event that changes one session of a series has no rules of its own (RFC 5545 section 3.8.4.4).
    rules = [] if "RECURRENCE-ID" in main else [one.to_ical().decode() for one in list_values(main, "RRULE")]
    return Series(
        main=_read_event(main, clock, main),
        zone=zone,
        rules=tuple(dict.fromkeys(filter(None, rules))),
        skipped=tuple(_convert_to_local(one, clock) for one in _list_dates(main, "EXDATE")),
        added=tuple(_list_added(main, clock)),
        changed=tuple(
            ChangedOccurrence(
                slot=slot,
                event=_read_event(one, clock, main),
                includes_later=one["RECURRENCE-ID"].params.get("RANGE", "") == "THISANDFUTURE",
            )
            for slot, one in sorted(latest.items(), key=lambda pair: str(pair[0]))
        ),
        remarks=remarks,
        private=str(main.get("CLASS", "")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        components=tuple(_strip_event(one, zone) for one in (main, *latest.values())),
    )


def _find_zone(event: RawEvent, default_zone: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the zone of a series, and what a person should look at."""
    start = event["DTSTART"].dt
    tzid = str(event["DTSTART"].params.get("TZID", ""))
    if not isinstance(start, datetime):
        return None, ()
    if start.tzinfo is None and default_zone:
        return default_zone, ("The times name no zone; they are taken to be in the calendar's own zone.",)
    if start.tzinfo is None:
        shown = make_single_line(tzid, 60)
        return None, (f"The times are in the zone {shown}, which is unknown." if tzid else "The times name no zone.",)
    if _is_utc(start.tzinfo):
        return (default_zone if default_zone and "RRULE" not in event else UTC_NAME), ()
    name = getattr(start.tzinfo, "key", None) or tzid
    if known := resolve_tzid(name):
        return known, ()
    shown = make_single_line(name, 60)
    if found := find_matching_zone(start.tzinfo, start.year):
        return found, (f"The calendar names its zone {shown}; {found} has the same time. Name the right place.",)
    return UTC_NAME, (f"No place has the time of the zone {shown}; the times are in UTC.",)


def resolve_tzid(text: str) -> str | None:
    """Return the IANA zone of a TZID: a name of today, an old or a Windows one, or one behind a program's prefix."""
    # /freeassociation.sourceforge.net/Tzfile/Europe/London, /citadel.org/20250101_1/America/Argentina/Ushuaia
    parts = text.strip("/").split("/")
    ends = [text, *("/".join(parts[first:]) for first in range(1, len(parts)))]
    if known := next((end for end in ends if end in list_zone_names()), None):
        return known
    return UTC_NAME if text in ("UTC", "GMT", "Z") else resolve_zone_alias(text)


def find_matching_zone(clock: tzinfo, year: int) -> str | None:
    """Return a zone with the same time every fortnight for five years from `year` on; None where there is none."""
    year = min(max(year, 1970), 2190)
    moments = [datetime(year, 1, 1, 12, tzinfo=UTC) + probe for probe in _PROBES]
    wanted = [moment.astimezone(clock).utcoffset() for moment in moments]
    for name in sorted(list_zone_names(), key=lambda one: (one not in list_common_zones(), one)):
        zone = load_zone(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in zip(moments, wanted, strict=True)):
            return name
    return None


def _is_utc(clock: tzinfo) -> bool:
    return str(clock) in ("UTC", UTC_NAME)


def _strip_event(event: RawEvent, zone: str | None) -> RawEvent:
    """Return an event with only what decides its sessions; a time without a zone is put into that of its series."""
    found: RawEvent = Component()
    for name in ("SUMMARY", "STATUS", *_TIME_PROPERTIES):
        if name in event:
            found[name] = event[name]
    found["UID"] = event.get("UID", "none")
    found["SEQUENCE"] = _get_sequence(event)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        moment = found[name].dt if name in found else None
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            del found[name]
            found.add(name, moment.replace(tzinfo=load_zone(zone)))
    return found


def _read_event(event: RawEvent, clock: tzinfo | None, main: RawEvent) -> ForeignEvent:
    return ForeignEvent(
        summary=_read_text(event, "SUMMARY") or _read_text(main, "SUMMARY"),
        start=_convert_to_local(event["DTSTART"].dt, clock),
        length=_compute_length(event),
        cancelled=_read_text(event, "STATUS").upper() == "CANCELLED",
        location=_read_text(event, "LOCATION"),
        url=_read_text(event, "URL"),
        description=_read_text(event, "DESCRIPTION"),
    )


def _compute_length(event: RawEvent) -> timedelta:
    """Return how long an event lasts; zero for a time without an end (RFC 5545 section 3.6.1)."""
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else None
    if end is None and "DURATION" in event:
        end = start + event["DURATION"].dt
    shortest = timedelta() if isinstance(start, datetime) else timedelta(days=1)
    if isinstance(start, datetime):
        if not isinstance(end, datetime) or (end.tzinfo is None) != (start.tzinfo is None):
            return shortest
    elif isinstance(end, datetime):
        end = end.date()
    length: timedelta = (end or start) - start
    return max(length, shortest)


def _list_added(main: RawEvent, clock: tzinfo | None) -> Iterator[tuple[Moment, timedelta]]:
    for one in _list_dates(main, "RDATE"):
        start, end = one if isinstance(one, tuple) else (one, _compute_length(main))
        yield _convert_to_local(start, clock), end if isinstance(end, timedelta) else end - start


def _convert_to_local(moment: Moment, clock: tzinfo | None) -> Moment:
    """Return a moment as the clock of its series shows it; without a clock it stays what it says."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is not None and clock is not None:
        moment = moment.astimezone(clock)
    return moment.replace(tzinfo=None)


def _list_dates(event: RawEvent, name: str) -> list[Any]:
    return [one.dt for found in list_values(event, name) for one in getattr(found, "dts", ())]


def _read_text(component: RawEvent, name: str) -> str:
    return make_single_line(str(next(iter(list_values(component, name)), "")))
