"""Calendars of other programs, made small for tests, and what an import makes of them."""

from collections.abc import Mapping, Sequence
from datetime import date

from chatcal.importers import convert
from chatcal.importers.convert import ConvertedChapter
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError

TODAY = date(2026, 3, 1)


def ics(*events: str, head: str = "") -> bytes:
    """Return an .ics file of events, each given by its lines; those that begin with `BEGIN:` stand as they are."""
    whole = [event if event.startswith("BEGIN:") else f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events]
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *head.split(), *whole, "END:VCALENDAR"])
    return "".join(f"{line}\r\n" for line in text.split("\n") if line).encode()


def event(*lines: str, uid: str = "1", summary: str = "Lanterns") -> str:
    """Return the lines of an event."""
    return "\n".join([f"UID:{uid}", f"SUMMARY:{summary}", *lines])


def toronto(day: str, *lines: str, at: str = "130000", uid: str = "1", summary: str = "Lanterns") -> str:
    """Return the lines of an hour's event on Toronto's clock."""
    start = f"DTSTART;TZID=America/Toronto:{day}T{at}"
    return event(start, "DURATION:PT1H", *lines, uid=uid, summary=summary)


def all_of(octets: bytes, today: date = TODAY) -> Sequence[ConvertedChapter]:
    """Return what an import makes of a file called lantern."""
    return convert.convert(
        convert.read_foreign_file(octets, "lantern", today), "The file lantern.ics", convert.Wishes(today)
    )


def only(octets: bytes, today: date = TODAY) -> ConvertedChapter:
    """Return the one schedule file that an import makes of a file."""
    (found,) = all_of(octets, today)
    return found


def alike(octets: bytes, today: date = TODAY) -> str:
    """Return the text of the one schedule file that an import makes, whose sessions are those of the file."""
    found = only(octets, today)
    assert found.comparison is not None, found.text
    assert not found.comparison.differences, [found.text, *found.comparison.differences]
    assert found.comparison.sessions == found.comparison.matching > 0
    return found.text


def chats(text: str) -> str:
    """Return a schedule file from its chats on."""
    return "chats:\n" + text.partition("chats:\n")[2]


def read(text: str, name: str = "lantern-keepers", files: Mapping[str, str] | None = None) -> ForeignCalendar:
    """Return the calendar of a text of another program; `files` are those that it may include, by their paths."""

    def read_file(path: str) -> bytes:
        if path not in (files or {}):
            raise ForeignCalendarError("does not exist")
        return (files or {})[path].encode()

    return convert.read_foreign_file(text.encode(), name, TODAY, read_file)


def made(text: str, files: Mapping[str, str] | None = None) -> str:
    """Return the one schedule file that an import makes of a text, whose sessions are those of the text."""
    (found,) = convert.convert(read(text, files=files), "The file", convert.Wishes(TODAY))
    assert found.comparison is not None, found.text
    assert not found.comparison.differences, [found.text, *found.comparison.differences]
    return found.text
