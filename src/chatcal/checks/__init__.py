"""What no single field can see: plain lists of functions, each from the schedules to problems of one kind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chatcal.checks import clocks, coming, guards, names, published, slots
from chatcal.checks.guards import GUARDS as GUARDS
from chatcal.problem import Problem, Severity
from chatcal.schedules import Schedules
from chatcal.watch import Watch, unwatched

Check = Callable[[Schedules], Iterable[Problem]]


def problems(schedules: Schedules, watch: Watch = unwatched) -> Iterator[Problem]:
    """Yield what is wrong with the schedules; what looks at sessions waits until the rules are right."""
    found = [problem for check in watch("Checking rules", RULES) for problem in check(schedules)]
    yield from found
    wrong = {problem.span.file for problem in found if problem.severity is Severity.ERROR}
    sound = {slug: chapter for slug, chapter in schedules.chapters.items() if chapter.file not in wrong}
    rest = replace(schedules, chapters=sound)
    for check in watch("Checking sessions", SESSIONS):
        yield from check(rest)


RULES: tuple[Check, ...] = (
    names.names_clash,
    names.collection_members,
    names.oldest_name_first,
    names.domain_stays,
    names.chats_apart,
    names.upstream_hosts,
    guards.no_schedules,
    guards.feeds_gone,
    guards.clock_behind,
    slots.never_happens,
    slots.counting_fits,
    slots.exceptions_meet,
    slots.rotas_begin,
    slots.changes_meet,
    slots.days_shared,
)

SESSIONS: tuple[Check, ...] = (
    coming.sessions_overlap,
    coming.chapters_meet,
    coming.clock_changes,
    coming.nothing_ahead,
    coming.unconfirmed,
    coming.confirmed_ahead,
    coming.profile,
    clocks.zone_data,
    published.cancel_instead,
    published.rewrites_past,
)
