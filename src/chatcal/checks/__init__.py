"""Checks of what no single field shows; each takes the project, or one of its chapters, and yields problems."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chatcal.checks import guards, names, published, slots, upcoming
from chatcal.model import Chapter
from chatcal.problems import Problem, Severity
from chatcal.project import Project

Check = Callable[[Project], Iterable[Problem]]
ChapterCheck = Callable[[Project, Chapter], Iterable[Problem]]


def run_checks(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with a project; sessions are checked only where the rules are right."""
    found = [problem for check in RULE_CHECKS for problem in check(project)]
    yield from found
    wrong = {problem.span.file for problem in found if problem.severity is Severity.ERROR}
    right = {slug: chapter for slug, chapter in project.chapters.items() if chapter.file not in wrong}
    rest = replace(project, chapters=right)
    for check in SESSION_CHECKS:
        yield from check(rest)


def _check_chapters(check: ChapterCheck) -> Check:
    return lambda project: (one for chapter in project.chapters.values() for one in check(project, chapter))


RULE_CHECKS: tuple[Check, ...] = (
    names.check_feed_names,
    names.check_named_chapters,
    names.check_uid_domain,
    names.check_chat_ids,
    guards.check_schedules_exist,
    guards.check_removed_feeds,
    guards.check_clock,
    *map(
        _check_chapters,
        (
            names.check_oldest_name,
            names.check_upstream_host,
            slots.check_slots_exist,
            slots.check_counting,
            slots.check_exceptions,
            slots.check_rotas,
            slots.check_overrides,
            slots.check_shared_days,
        ),
    ),
)
SESSION_CHECKS: tuple[Check, ...] = (
    upcoming.check_same_starts,
    published.check_zone_data,
    published.check_lost_slots,
    published.check_rewritten_past,
    *map(
        _check_chapters,
        (
            upcoming.check_overlaps,
            upcoming.check_clock_changes,
            upcoming.check_sessions_ahead,
            upcoming.check_unconfirmed,
            upcoming.check_confirmed_day,
            upcoming.check_profile,
        ),
    ),
)
