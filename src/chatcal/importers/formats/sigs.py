"""The groups of Kubernetes' sigs.yaml: each becomes a chapter, with the meetings of its subprojects."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chatcal.english import DAYS, MONTHS
from chatcal.importers.formats.documents import Values
from chatcal.importers.formats.entries import Entry, Findings, add_entries, make_event
from chatcal.importers.icalendar import MAX_NOTE_LENGTH
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError, find_meeting_url
from chatcal.model import Link, Rule
from chatcal.problems import ScheduleError, Span
from chatcal.recurrence import rules
from chatcal.schedule import phrases, suggestions
from chatcal.text import is_web_url, make_single_line
from chatcal.timezones import ABBREVIATIONS, UTC_NAME, list_zone_names, load_zone

_KINDS = {"sigs": "SIG {}", "workinggroups": "WG {}", "usergroups": "UG {}", "committees": "{} Committee"}
"""The lists of groups, with what a group is called there."""
_MEETING_KEYS = (
    "description", "day", "time", "tz", "frequency", "url", "archive_url", "recordings_url", "calendar_url",
)  # fmt: skip
_PAGES = {
    "archive_url": "Agenda", "recordings_url": "Recordings", "calendar_url": "Calendar", "url": "Page",
}  # fmt: skip
"""What each address is called; of two that are the same, the first name counts."""
_HERE = Span("")
_WEEK = timedelta(weeks=1)
_COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}


def is_sigs(found: Values) -> bool:
    return any("meetings" in group for kind in _KINDS for group in found.get_mappings(kind))


def read_sigs(found: Values, today: date) -> ForeignCalendar:
    """Return a calendar with one for each group that meets; meetings are looked at from today on."""
    groups = [
        _read_group(one, _name_group(form, one.get_text("name")), today)
        for kind, form in _KINDS.items()
        for one in found.get_mappings(kind)
        if _list_meetings(one)
    ]
    if not groups:
        raise ForeignCalendarError("none of its groups has a meeting")
    return ForeignCalendar(name="", groups=tuple(groups))


def _name_group(form: str, name: str) -> str:
    """Return what a group is called; some names say already of which kind it is."""
    kind = form.replace("{}", "").strip()
    return name if re.search(rf"\b{kind}\b", name, re.IGNORECASE) else form.format(name)


def _list_meetings(group: Values) -> list[Values]:
    parts = (group, *group.get_mappings("subprojects"))
    return [meeting for part in parts for meeting in part.get_mappings("meetings")]


def _read_group(group: Values, name: str, today: date) -> ForeignCalendar:
    findings = Findings()
    entries: list[Entry] = []
    unknown: list[str] = []
    for meeting in _list_meetings(group):
        title = _make_title(name, meeting.get_text("description"))
        findings.note_unread(meeting, _MEETING_KEYS, " under `meetings`")
        try:
            entries.append(_build_entry(meeting, title, today))
        except ForeignCalendarError as error:
            said = " ".join(filter(None, (meeting.get_text(key) for key in ("day", "time", "tz"))))
            findings.left_out.append(f"“{title}”: {error}.")
            unknown.append(f"{title} meets {said}, “{meeting.get_text('frequency')}”.")
            address, links = _find_pages(meeting)
            pages = [*([Link("Join", address)] if address else []), *links]
            unknown += (f"{one.name}: {one.address}" for one in pages)
    if entries:
        findings.notes.append("Where the file does not say how long a meeting is, an hour is assumed.")
    contact = group.get_mapping("contact")
    channel, mailing_list = contact.get_text("slack"), contact.get_text("mailing_list")
    chairs = [one.get_text("name") for one in group.get_mapping("leadership").get_mappings("chairs")]
    heading = ForeignCalendar(
        name=name,
        slug=group.get_text("dir"),
        about=group.get_long_text("mission_statement"),
        note=make_single_line(" ".join([*unknown, *([f"Slack: #{channel}."] if channel else [])]), MAX_NOTE_LENGTH),
        links=(Link("Mailing list", mailing_list),) if is_web_url(mailing_list) else (),
        moderators=tuple(dict.fromkeys(filter(None, chairs))),
    )
    return add_entries(heading, entries, findings)


def _make_title(group: str, description: str) -> str:
    """Return what a meeting is called in a calendar that shows those of many groups."""
    kind, _, topic = group.partition(" ")
    if topic and topic.casefold() in description.casefold():
        return description
    # `SIG Apps: Regular SIG Meeting` says it twice.
    plain = " ".join(re.sub(rf"\b{re.escape(kind)}\b", "", description).split())
    return f"{group}: {plain}" if plain else group


def _build_entry(meeting: Values, title: str, today: date) -> Entry:
    plan = _read_plan(meeting)
    zone, is_sure = _read_zone(meeting.get_text("tz"))
    zone_remark = (
        "" if is_sure else f"The file says {meeting.get_text('tz')}; {zone} is the place that most people mean."
    )
    first = plan.first or today
    rule = replace(plan.rule, interval=1) if plan.is_unknown else plan.rule
    begins = next(rules.expand(rule, first, first + 60 * _WEEK, first))
    at, length = _read_time(meeting.get_text("time"), zone)
    address, links = _find_pages(meeting)
    event = make_event({"summary": title, "location": address})
    event.add("dtstart", datetime.combine(begins, at, load_zone(zone)))
    event.add("duration", length)
    extras = {
        "has_known_start": plan.first is not None,
        "unknown_weeks": plan.rule.interval if plan.is_unknown else 0,
        "remarks": tuple(filter(None, [_quote_day(meeting.get_text("day")), plan.remark, zone_remark])),
    }
    return Entry(event=event, lines=(f"RRULE:{rules.format_rrule(rule)}",), links=links, extras=extras)


def _find_pages(meeting: Values) -> tuple[str, tuple[Link, ...]]:
    """Return the address to join a meeting, empty if there is none, and its pages."""
    address = find_meeting_url(meeting.get_text("url"))
    pages: dict[str, str] = {}
    for key, name in _PAGES.items():
        pages.setdefault(meeting.get_text(key), name)
    return address, tuple(Link(name, page) for page, name in pages.items() if is_web_url(page) and page != address)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """On which days a meeting is due."""

    rule: Rule
    first: date | None = None
    is_unknown: bool = False
    """Whether nobody knows which weeks the rule means."""
    remark: str = ""


def _read_plan(meeting: Values) -> _Plan:
    """Return the days of a meeting; raises ForeignCalendarError if its words do not say them."""
    day, frequency = meeting.get_text("day"), meeting.get_text("frequency")
    weekdays = [name for name in DAYS if re.search(rf"\b{name[:3]}[a-z]*\b", day, re.IGNORECASE)]
    if not weekdays:
        raise ForeignCalendarError("its `day` is no day of the week")
    weekday = " and ".join(weekdays)
    words = re.sub(r"[^\w.:/+-]+", " ", frequency.casefold().replace("&", " and ")).strip()
    first = _find_start(f"{day} {frequency}", weekday)
    if re.match(r"weekly\b|every week\b|each week\b", words):
        return _Plan(rule=_parse_phrase(weekday), remark=_quote_rest(frequency))
    if number := _count_weeks(words):
        every = replace(_parse_phrase(weekday), interval=number)
        return _Plan(rule=every, first=first, is_unknown=not first, remark="" if first else _quote_rest(frequency))
    if rule := _find_monthly_rule(words, weekday):
        return _Plan(rule=rule)
    raise ForeignCalendarError(f"its frequency “{make_single_line(frequency, 80)}” does not say on which days it meets")


def _parse_phrase(phrase: str) -> Rule:
    return phrases.parse_phrase(phrase, _HERE)


def _count_weeks(words: str) -> int | None:
    """Return how many weeks lie between two meetings, if words say so."""
    if re.match(r"bi-?weekly\b|fortnightly\b|(?:every )?other \w+day\b|every (?:other|second|2nd) week\b", words):
        return 2
    found = re.match(r"every (\w+) weeks?\b", words)
    return _COUNTS.get(found[1]) if found else None


def _quote_rest(frequency: str) -> str:
    """Return the words of a frequency, if they say more than was understood."""
    is_plain = re.fullmatch(r"(?:weekly|bi-?weekly|every \w+ weeks?|fortnightly)", frequency.strip(), re.IGNORECASE)
    return "" if is_plain else f"The file says “{make_single_line(frequency, 120)}”."


def _quote_day(day: str) -> str:
    """Return the words of a day, if they say more than days of the week."""
    names = "|".join(name[:3] for name in DAYS)
    is_plain = re.fullmatch(rf"(?:(?:every|on|and|or|(?:{names})[a-z]*)\b[\s.,&/+-]*)*", day.strip(), re.IGNORECASE)
    return "" if is_plain else f"The file says “{make_single_line(day, 120)}”."


_MONTH_DAY = rf"(?P<month>{'|'.join(name[:3] for name in MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
_STARTS = (
    re.compile(rf"{_MONTH_DAY},? (?P<year>20\d\d)", re.IGNORECASE),
    re.compile(rf"(?P<year>20\d\d).*?{_MONTH_DAY}", re.IGNORECASE),
    re.compile(r"(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)"),
)


def _find_start(text: str, weekday: str) -> date | None:
    """Return the first day that a text names, if it is on that day of the week."""
    for pattern in _STARTS:
        if found := pattern.search(text):
            parts = found.groupdict()
            names = [name[:3].casefold() for name in MONTHS]
            month = int(parts.get("number") or names.index(parts["month"][:3].casefold()) + 1)
            with suppress(ValueError):
                day = date(int(parts["year"]), month, int(parts["day"]))
                return day if DAYS[day.weekday()] in weekday else None
    return None


def _find_monthly_rule(words: str, weekday: str) -> Rule | None:
    """Return the rule of words like `monthly - third thursday`, which may leave out the day or the month."""
    said = re.sub(r"\b(?:monthly|on|the|of|in|every|each|month|-)\b|(?<= )-(?= )", " ", words)
    said = " ".join(said.split())
    named = said if re.search(rf"\b{weekday}\b", said, re.IGNORECASE) else f"{said} {weekday}"
    for phrase in (f"{named} of the month", named):
        with suppress(ScheduleError):
            rule = _parse_phrase(phrase)
            return rule if rule.freq == "MONTHLY" else None
    return None


_CLOCK = r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*(?:([ap])\.?m\.?\b\.?|h\b)?(?!\d)"
_MINUTE = timedelta(minutes=1)


def _read_time(text: str, zone: str) -> tuple[time, timedelta]:
    """Return a clock time like 16:00, 9:00 AM, 3PM or 7-8pm, and how long a meeting lasts: an hour without an end.

    Raises ForeignCalendarError, also if another zone stands beside it.
    """
    found = re.fullmatch(
        rf"{_CLOCK}(?:\s*(?:-|\N{{EN DASH}}|to)\s*{_CLOCK})?\s*\(?([^()]*)\)?", text.strip(), re.IGNORECASE
    )
    if found and found[7] and suggestions.find_zone(found[7].strip()) != zone:
        raise ForeignCalendarError(f"its `time` names another zone than its `tz`: {make_single_line(text, 60)}")
    if found:
        with suppress(ValueError):
            begins = _make_time(found[1], found[2], found[3] or found[6])
            if not found[4]:
                return begins, 60 * _MINUTE
            ends = _make_time(found[4], found[5], found[6])
            if begins > ends and not found[3] and found[6]:
                begins = _make_time(found[1], found[2], None)  # 11-1pm
            minutes = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
            return begins, (minutes % 1440 or 60) * _MINUTE
    raise ForeignCalendarError(f"its `time` is no clock time: {make_single_line(text, 60)}")


def _make_time(hours: str, minutes: str | None, half: str | None) -> time:
    hour = int(hours)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return time(hour, int(minutes or 0))


def _read_zone(text: str) -> tuple[str, bool]:
    """Return the zone that words like `PT (Pacific Time)` mean, and whether that is sure.

    Raises ForeignCalendarError if they name none.
    """
    parts = [part.strip() for part in re.split(r"[()]", text) if part.strip()]
    for part in (text, *parts):
        if part in list_zone_names():
            return part, True
    for part in parts:
        if found := suggestions.find_zone(part):
            # Whether `CET` means the whole year nobody can tell.
            return found, part.upper() not in ABBREVIATIONS or found == UTC_NAME or len(part) < 3
    raise ForeignCalendarError(f"its time zone is not known: {make_single_line(text, 60)}")
