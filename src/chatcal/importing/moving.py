"""A file of another program to schedule files, with the comparison of both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from chatcal import build, schedule, sentences, texts, zones
from chatcal.importing import drafts, foreign, ical, plain, yaml2ical, yaml2ics
from chatcal.importing.comparing import Comparison, compared
from chatcal.importing.foreign import Foreign
from chatcal.importing.writing import text_of
from chatcal.model import Chapter
from chatcal.problem import Invalid, Problem, Span, in_files
from chatcal.words import counted, listed, long_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One schedule file that an import makes, and how it compares with what it was made of."""

    slug: str
    text: str
    chapter: Chapter | None
    """What was understood of the text; None where even a zone would not make it whole."""
    comparison: Comparison | None
    left_out: tuple[str, ...]

    @property
    def is_alike(self) -> bool:
        """Whether every session was carried over."""
        return self.comparison is not None and not self.comparison.differences and not self.left_out


def told(found: Moved) -> Iterator[str]:
    """Yield in sentences what a schedule file says, and how it compares with what it was made of."""
    if found.chapter is None or found.comparison is None:
        yield "It cannot be read as it stands, so nothing could be compared."
        return
    yield from (one.sentence for one in sentences.schedule(found.chapter))
    compared = found.comparison
    spans = [f"from {long_day(one.first)} to {long_day(one.last)}" for one in compared.windows]
    whole = compared.sessions == compared.alike and not compared.differences
    many = "All" if whole else f"{compared.alike:,} of"
    yield f"{many} {counted(compared.sessions, 'session')} {listed(spans)} are alike."
    yield from compared.differences
    yield from (f"Not carried over: {sentence}" for sentence in found.left_out)


def read(octets: bytes, name: str, today: date) -> tuple[Foreign, ...]:
    """Return the calendars of a file; takes its octets, its name without the ending, and the day. Raises NotReadable.

    A meeting of yaml2ical that does not say when it begins does so today.
    """
    if b"BEGIN:VCALENDAR" in octets[:4096].upper():
        return ical.calendars(octets, name)
    found = plain.read(octets, name)
    if isinstance(found, dict) and isinstance(found.get("schedule"), list) and "project" in found:
        return (yaml2ical.meeting(found, name, today),)
    if isinstance(found, dict) and isinstance(found.get("events"), list):
        return (yaml2ics.events(found, name),)
    raise foreign.NotReadable("it is neither an .ics file nor one of yaml2ical or yaml2ics")


def moved(calendars: Sequence[Foreign], source: str, today: date, taken: Sequence[str] = ()) -> tuple[Moved, ...]:
    """Return the schedule files of calendars, none of them under a name that is taken by another of this import.

    `source` says where they come from, in words or as an address. Raises NotReadable.
    """
    names = set(taken)
    found = []
    for draft in drafts.drafts(calendars, source, today):
        slug = _free(draft.chapter.slug, names)
        names.add(slug)
        if slug != draft.chapter.slug:
            draft = replace(draft, chapter=replace(draft.chapter, slug=slug, hashtag=slug))  # noqa: PLW2901 - renamed
        chapter = _understood(slug, text_of(draft, zones.UTC_NAME))
        found.append(
            Moved(
                slug=slug,
                text=text_of(draft),
                chapter=chapter,
                comparison=compared(draft.series, chapter, today) if chapter else None,
                left_out=draft.left_out,
            )
        )
    return tuple(found)


def _free(slug: str, taken: set[str]) -> str:
    if texts.name_problem(slug, Span(slug)):
        slug = f"{slug}_chat"
    return next(
        name for number in range(1, len(taken) + 2) if (name := f"{slug}_{number}" if number > 1 else slug) not in taken
    )


def _understood(slug: str, text: str) -> Chapter | None:
    try:
        return schedule.chapter(f"schedules/{slug}.yaml", text.encode())
    except Invalid:
        return None


def sources_of(found: Iterable[Moved]) -> dict[str, bytes | None]:
    """Return the schedule files by their path below a calendar's folder."""
    return {f"{build.SCHEDULES}/{one.slug}.yaml": one.text.encode() for one in found}


def problems(found: Iterable[Moved], sources: build.Sources, now: datetime) -> tuple[Problem, ...]:
    """Return what `check` says of the files at a moment (aware), among those of their calendar or by themselves."""
    files = sources_of(found)
    alone: dict[str, bytes | None] = {schedule.CALENDAR_FILE: b"title: Imported\nuid_domain: imported.example\n"}
    return in_files(build.check({**(sources or alone), **files}, (), now), files)
