"""A file of another program to schedule files, with the comparison of both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from chatcal.importers import chapters, icalendar, series, yaml_formats
from chatcal.importers.comparison import Comparison, compare_with_series
from chatcal.importers.series import ForeignCalendar
from chatcal.model import Chapter
from chatcal.problems import ScheduleError, Span
from chatcal.schedule import text_values
from chatcal.schedule.format import parse_chapter
from chatcal.schedule.writer import write_schedule
from chatcal.timezones import UTC_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedChapter:
    """One schedule file that an import makes, and how it compares with what it was made of."""

    slug: str
    text: str
    chapter: Chapter | None
    """What was understood of the text; None where even a zone would not make it whole."""
    comparison: Comparison | None
    left_out: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every session was carried over."""
        return self.comparison is not None and not self.comparison.differences and not self.left_out


def read_foreign_file(octets: bytes, name: str, today: date) -> tuple[ForeignCalendar, ...]:
    """Return the calendars of a file; takes its octets, its name without the ending, and the day. Raises NotReadable.

    A meeting of yaml2ical that does not say when it begins does so today.
    """
    if b"BEGIN:VCALENDAR" in octets[:4096].upper():
        return icalendar.read_calendars(octets, name)
    found = yaml_formats.read_yaml(octets, name)
    if isinstance(found, dict) and isinstance(found.get("schedule"), list) and "project" in found:
        return (yaml_formats.read_yaml2ical(found, name, today),)
    if isinstance(found, dict) and isinstance(found.get("events"), list):
        return (yaml_formats.read_yaml2ics(found, name),)
    raise series.ForeignCalendarError("it is neither an .ics file nor one of yaml2ical or yaml2ics")


def convert(
    calendars: Sequence[ForeignCalendar], source: str, today: date, taken: Sequence[str] = ()
) -> tuple[ConvertedChapter, ...]:
    """Return the schedule files of calendars, none of them under a name that is taken by another of this import.

    `source` says where they come from, in words or as an address. Raises NotReadable.
    """
    names = set(taken)
    found = []
    for draft in chapters.draft_chapters(calendars, source, today):
        slug = _find_free_slug(draft.chapter.slug, names)
        names.add(slug)
        if slug != draft.chapter.slug:
            draft = replace(draft, chapter=replace(draft.chapter, slug=slug, hashtag=slug))  # noqa: PLW2901 - renamed
        text = write_schedule(draft.chapter, draft.remarks, draft.chat_remarks)
        # Where nobody has named a zone yet, UTC stands in for it.
        chapter = _parse_converted_text(slug, text if draft.chapter.timezone else f"{text}timezone: {UTC_NAME}\n")
        found.append(
            ConvertedChapter(
                slug=slug,
                text=text,
                chapter=chapter,
                comparison=compare_with_series(draft.series, chapter, today) if chapter else None,
                left_out=draft.left_out,
            )
        )
    return tuple(found)


def _find_free_slug(slug: str, taken: set[str]) -> str:
    if text_values.check_feed_name(slug, Span(slug)):
        slug = f"{slug}_chat"
    return next(
        name for number in range(1, len(taken) + 2) if (name := f"{slug}_{number}" if number > 1 else slug) not in taken
    )


def _parse_converted_text(slug: str, text: str) -> Chapter | None:
    try:
        return parse_chapter(f"schedules/{slug}.yaml", text.encode())
    except ScheduleError:
        return None
