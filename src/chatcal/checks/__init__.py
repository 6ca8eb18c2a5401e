"""Checks of what no single field shows; each takes the project, or one of its chapters, and yields problems."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chatcal.checks import guards, names, passwords, published, slots, upcoming, years
from chatcal.model import Chapter
from chatcal.problems import MAX_PROBLEMS, Problem, Severity
from chatcal.project import Project

Checks = tuple[Callable[[Project], Iterable[Problem]], ...]
ChapterChecks = tuple[Callable[[Project, Chapter], Iterable[Problem]], ...]

# What belongs to one subject is in one row.
RULE_CHECKS: Checks = (
    names.check_feed_names, names.check_named_chapters, names.check_new_chapters, names.check_uid_domain,
    names.check_chat_ids,
    guards.check_schedules_exist, guards.check_removed_feeds, guards.check_clock, passwords.check_calendar_passwords,
)  # fmt: skip
CHAPTER_RULE_CHECKS: ChapterChecks = (
    names.check_oldest_name, names.check_upstream_host, names.check_lookalikes,
    slots.check_session_count, slots.check_slots_exist, slots.check_counting, slots.check_exceptions, slots.check_rotas,
    slots.check_overrides, slots.check_shared_days, passwords.check_passwords,
)  # fmt: skip
SESSION_CHECKS: Checks = (upcoming.check_same_starts, years.check_old_calendar_breaks)
CHAPTER_SESSION_CHECKS: ChapterChecks = (
    published.check_zone_data, published.check_edits,
    guards.check_lost_sessions, slots.check_ends, years.check_moves, years.check_entries,
    years.check_old_days,
    upcoming.check_text_size, upcoming.check_overlaps, upcoming.check_clock_changes, upcoming.check_sessions_ahead,
    upcoming.check_unconfirmed, upcoming.check_confirmed_day, upcoming.check_profile,
    upcoming.check_pending,
)  # fmt: skip


_MOST_HELD = 2_000
"""The sessions of so many chapters stay in memory for the build. Those of more would take too much of it."""


def run_checks(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with a project; sessions are checked only where the rules are right."""
    found = list(_run(RULE_CHECKS, CHAPTER_RULE_CHECKS, project))
    yield from found
    wrong = {problem.span.file for problem in found if problem.severity is Severity.ERROR}
    right = {slug: chapter for slug, chapter in project.chapters.items() if chapter.file not in wrong}
    yield from _run(SESSION_CHECKS, CHAPTER_SESSION_CHECKS, replace(project, chapters=right))


def _run(checks: Checks, chapter_checks: ChapterChecks, project: Project) -> Iterator[Problem]:
    for check in checks:
        yield from check(project)
    for chapter in project.fresh.values():
        for chapter_check in chapter_checks:
            yield from _limit(chapter_check(project, chapter))
        if len(project.sessions) > _MOST_HELD:
            project.forget_sessions(chapter.slug)


def _limit(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems up to as many errors as are told of one list: to find what was meant takes time."""
    errors = 0
    for one in problems:
        yield one
        errors += one.severity is Severity.ERROR
        if errors == MAX_PROBLEMS:
            return
