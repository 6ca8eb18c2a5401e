"""What no single field can see: plain lists of functions, each from the schedules to problems of one kind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chatcal.checks import clocks, coming, guards, names, published, slots
from chatcal.checks.guards import GUARD_CODES as GUARD_CODES
from chatcal.problem import Problem, Severity
from chatcal.schedules import Project
from chatcal.watch import ProgressTracker, ignore_progress

Check = Callable[[Project], Iterable[Problem]]


def run_checks(schedules: Project, watch: ProgressTracker = ignore_progress) -> Iterator[Problem]:
    """Yield what is wrong with the schedules; what looks at sessions waits until the rules are right."""
    found = [problem for check in watch("Checking rules", RULE_CHECKS) for problem in check(schedules)]
    yield from found
    wrong = {problem.span.file for problem in found if problem.severity is Severity.ERROR}
    sound = {slug: chapter for slug, chapter in schedules.chapters.items() if chapter.file not in wrong}
    rest = replace(schedules, chapters=sound)
    for check in watch("Checking sessions", SESSION_CHECKS):
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
    coming.check_overlaps,
    coming.check_same_starts,
    coming.check_clock_changes,
    coming.check_sessions_ahead,
    coming.check_unconfirmed,
    coming.check_confirmed_day,
    coming.check_profile,
    clocks.check_zone_data,
    published.check_lost_slots,
    published.check_rewritten_past,
)
