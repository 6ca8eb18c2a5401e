"""Whether programs read what was published: each runs once in each of the surroundings, with many feeds at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients import SURROUNDINGS, Answer, Program, Seen, Surroundings
from tests.clients.calendars import Feed, shipped, torture


@cache
def feeds(surroundings: Surroundings) -> list[Feed]:
    """Return what programs read: at home every feed, in other surroundings the two that hold every session."""
    every = [*torture(), *shipped()]
    return every if surroundings == SURROUNDINGS[0] else [feed for feed in every if feed.name == "all"]


_ANSWERS: dict[tuple[str, str], Answer] = {}


def answer(program: Program, surroundings: Surroundings) -> Answer:
    """Return what a program reads in all feeds; it is asked once."""
    key = program.name, surroundings.name
    if key not in _ANSWERS:
        with TemporaryDirectory() as folder:
            own = Path(folder, "own")
            own.mkdir()
            paths = []
            for number, feed in enumerate(feeds(surroundings)):
                paths.append(Path(folder, f"{number}.ics"))
                paths[-1].write_bytes(feed.octets)
            _ANSWERS[key] = program.read(paths, surroundings, own)
    return _ANSWERS[key]


@dataclass(frozen=True)
class Disagreement:
    """A session that a program reads otherwise than it was published; None where it is not there at all."""

    program: str
    feed: str
    seen: Seen | None
    expected: Seen | None

    def __str__(self) -> str:
        """Say which program reads what otherwise."""
        session = self.seen or self.expected
        assert session
        lines = [f"{self.program} reads {session.uid} of {self.feed}.ics otherwise:"]
        if self.seen is None or self.expected is None:
            return "\n".join([*lines, f"  seen: {self.seen}", f"  expected: {self.expected}"])
        for field in fields(Seen):
            seen, expected = getattr(self.seen, field.name), getattr(self.expected, field.name)
            if seen != expected:
                lines += [f"  {field.name} seen: {seen!r}", f"  {field.name} expected: {expected!r}"]
        return "\n".join(lines)


def disagreements(program: Program, surroundings: Surroundings) -> list[Disagreement]:
    """Return all sessions of all feeds that a program reads otherwise."""
    told = answer(program, surroundings).feeds
    return [
        Disagreement(f"{program.name} ({surroundings.name})", feed.name, one, other)
        for feed, sessions in zip(feeds(surroundings), told, strict=True)
        for one, other in paired(sessions, feed.expected)
        if one != other
    ]


def paired(seen: Sequence[Seen], expected: Sequence[Seen]) -> Iterator[tuple[Seen | None, Seen | None]]:
    """Pair the sessions of one UID in their order; None stands for the one that is missing."""
    by_uid: dict[str, tuple[list[Seen], list[Seen]]] = {}
    for one in seen:
        by_uid.setdefault(one.uid, ([], []))[0].append(one)
    for one in expected:
        by_uid.setdefault(one.uid, ([], []))[1].append(one)
    for ours, theirs in by_uid.values():
        for number in range(max(len(ours), len(theirs))):
            yield next(iter(ours[number : number + 1]), None), next(iter(theirs[number : number + 1]), None)
