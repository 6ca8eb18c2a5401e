"""The chapters that somebody asked for by name, with what is wrong with their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from chatcal.fields import closest_match
from chatcal.model import Chapter
from chatcal.problem import Problem, Severity
from chatcal.schedules import Project


@dataclass(frozen=True, slots=True)
class FoundChapters:
    """Sound chapters by their slug, and the errors of the others."""

    chapters: tuple[Chapter, ...]
    errors: tuple[Problem, ...]


class UnknownChapterError(Exception):
    """A name that no chapter has; its text says which are near."""


def find_chapters(schedules: Project, problems: Iterable[Problem], name: str | None = None) -> FoundChapters:
    """Return the chapter of a name, or all where there is none.

    Takes all problems of the schedules. The name is a slug, a hashtag or a former name, in any case, with or without
    `#`. Raises NoChapter.
    """
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    wrong = {problem.span.file for problem in errors}
    sound = [chapter for _, chapter in sorted(schedules.chapters.items()) if chapter.file not in wrong]
    if name is None:
        return FoundChapters(tuple(sound), errors)
    slug = _find_slug(schedules, name)
    own = tuple(problem for problem in errors if PurePosixPath(problem.span.file).stem == slug)
    return FoundChapters(tuple(chapter for chapter in sound if chapter.slug == slug), own)


def _find_slug(schedules: Project, name: str) -> str:
    slugs = {slug.casefold(): slug for slug in schedules.unread}
    for slug, chapter in schedules.chapters.items():
        slugs |= {known.casefold(): slug for known in (*chapter.formerly, chapter.hashtag, slug)}
    wanted = name.strip().removeprefix("#").casefold()
    if wanted in slugs:
        return slugs[wanted]
    near = closest_match(wanted, slugs)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(sorted(set(slugs.values()))) or 'none'}."
    raise UnknownChapterError(f"There is no chapter `{name}`. {hint}")
