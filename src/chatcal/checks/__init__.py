"""What no single field can see: plain lists of functions, each from the schedules to problems of one kind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chatcal.checks import guards, names, published, slots, upcoming
from chatcal.problems import Problem, Severity
from chatcal.project import Project

Check = Callable[[Project], Iterable[Problem]]


def run_checks(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with a project; what looks at sessions waits until the rules are right."""
    found = [problem for check in RULE_CHECKS for problem in check(project)]
    yield from found
    wrong = {problem.span.file for problem in found if problem.severity is Severity.ERROR}
    sound = {slug: chapter for slug, chapter in project.chapters.items() if chapter.file not in wrong}
    rest = replace(project, chapters=sound)
    for check in SESSION_CHECKS:
        yield from check(rest)


RULE_CHECKS: tuple[Check, ...] = (
    names.check_feed_names,
    names.check_named_chapters,
    names.check_oldest_names,
    names.check_uid_domain,
    names.check_chat_ids,
    names.check_upstream_hosts,
    guards.check_schedules_exist,
    guards.check_removed_feeds,
    guards.check_clock,
    slots.check_slots_exist,
    slots.check_counting,
    slots.check_exceptions,
    slots.check_rotas,
    slots.check_overrides,
    slots.check_shared_days,
)


SESSION_CHECKS: tuple[Check, ...] = (
    upcoming.check_overlaps,
    upcoming.check_same_starts,
    upcoming.check_clock_changes,
    upcoming.check_sessions_ahead,
    upcoming.check_unconfirmed,
    upcoming.check_confirmed_day,
    upcoming.check_profile,
    published.check_zone_data,
    published.check_lost_slots,
    published.check_rewritten_past,
)
