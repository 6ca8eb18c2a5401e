"""Check schedules that are damaged at random: `python -m bench.fuzz [NUMBER [SEED]]`, 5,000 if nothing is said.

Each is a shipped schedule of which one to five lines or characters are cut, moved, replaced or taken from another. It
must be read or refused with a problem: an exception, or more than two seconds of the processor, fails. The same seed
gives the same files.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.inputs import ROOT
from chatcal.publish import build

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_PARTS = (
    "", "-", "- ", ": ", "[", "]", "{", "}", "&a", "*a", "!!str", "|", ">", "'", '"', "#", "\t", "\r", "\0", "\ufeff",
    "\N{RIGHT-TO-LEFT OVERRIDE}", "9" * 400, "x" * 5_000, "every: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-02-30",
    "9999-12-31", "0000-00-00", "at: 25:61", "until: never", "every: 5th Monday of February", "chats: [[[[", "1e309",
)  # fmt: skip
_CALENDAR = b"title: Lights\nuid_domain: lights.example\n"
_MAX_SECONDS = 2.0


def main() -> None:
    """Check all files, and print what became of them."""
    number, seed = (*map(int, sys.argv[1:]), *(5_000, 2012)[len(sys.argv) - 1 :])
    chance = random.Random(seed)  # noqa: S311 - the same files in every run
    shipped = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "schedules").glob("*.yaml"))}
    counts: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(number):
        name = chance.choice([*shipped])
        content = _damage(chance, shipped[name], [*shipped.values()]).encode("utf-8", "surrogatepass")
        begun = time.process_time()
        try:
            problems = build.check_sources({"chatcal.yaml": _CALENDAR, f"schedules/{name}": content}, {}, NOW)
            counts["refused" if any(one.severity == "error" for one in problems) else "read"] += 1
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            counts["exceptions"] += 1
            print(f"{type(error).__name__}: {error}\n{content!r}")
        slowest = max(slowest, time.process_time() - begun)
    print(
        f"{number:,} schedules (seed {seed}): {counts['read']:,} read, {counts['refused']:,} refused, "
        f"{counts['exceptions']} exceptions; the slowest took {slowest:.2f} seconds."
    )
    sys.exit(bool(counts["exceptions"]) or slowest > _MAX_SECONDS)


def _damage(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(lines))
        column = chance.randint(0, len(lines[place]))
        match chance.randint(0, 5):
            case 0:
                lines[place] = lines[place][:column]
            case 1:
                lines.insert(place, chance.choice(chance.choice(texts).split("\n")))
            case 2:
                lines[place] = lines[place][:column] + chance.choice(_PARTS) + lines[place][column:]
            case 3:
                lines[place] = lines[place].partition(":")[0] + ": " + chance.choice(_PARTS)
            case 4:
                lines[place] = " " * chance.randint(0, 8) + lines[place].lstrip()
            case _:
                lines[place] = lines[place][:column] + chr(chance.randrange(0x110000)) + lines[place][column + 1 :]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
