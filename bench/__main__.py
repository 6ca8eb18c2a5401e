"""Run every program on the same machine in one go, and print what they cost as ratios: `make bench`.

Seconds are those of the processor (user and system, the least of several runs), so that a disk or a neighbour that is
slow does not count; they are printed to be divided by each other. The octets are those of what was written.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import costs, inputs, tables

PEERS = ["yaml2ical==0.15.0", "yaml2ics==0.3", "setuptools<81"]  # yaml2ical asks setuptools for pkg_resources
FEEDS = "bench.feeds_job"
HERE = inputs.ROOT / ".bench"
BIN = "Scripts" if os.name == "nt" else "bin"
CHATCAL = [sys.executable, "-m", "chatcal"]
NOW = ["--now", "2026-11-23T00:00:00Z"]
LATER = ["--now", "2026-11-23T01:00:00Z"]
NEXT_NIGHT = ["--now", "2026-11-24T01:00:00Z"]
SOME = 150
"""So many files yaml2ics gets, a run each: 1,500 take four minutes."""


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, and the most memory in MB."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure, print the table, and write it as JSON."""
    peers = _peers()
    # Nothing is deleted before the end: for a minute, ext4 takes long to find room for a new file among deleted ones.
    with tempfile.TemporaryDirectory(dir=HERE, prefix="run-") as folder:
        _measure(peers, Path(folder))


def _measure(peers: Path, work: Path) -> None:
    rows: list[dict[str, object]] = []

    def row(what: str, cost: float, unit: str, least: float | None = None, aim: str = "") -> None:
        ratio = None if least is None else round(cost / least, 2)
        rows.append({"what": what, "value": round(cost, 3), "unit": unit, "ratio": ratio, "aim": aim})
        print(f"{what:<66} {cost:>9.2f} {unit:<3} {'' if ratio is None else f'{ratio:>7.2f} x':>9}  {aim}", flush=True)

    print(f"{'':<66} {'':>9} {'':<3} {'ratio':>9}  aim")
    bare = _cost([sys.executable, "-c", "import yaml, icalendar"], runs=5)
    row("python -c 'import yaml, icalendar'", bare.seconds, "s")
    start = _cost([*CHATCAL, "--version"], runs=5)
    row("chatcal --version", start.seconds, "s", bare.seconds, "at most 3")
    family = work / "15"
    inputs.chapters(15, family)
    for word in ("check", "build"):
        cost = _cost([*CHATCAL, "-C", family, word, *NOW], runs=3, before=_emptying(family))
        row(f"chatcal {word}, 15 chapters", cost.seconds, "s", bare.seconds, {"check": "at most 2"}.get(word, ""))

    many = work / "1500"
    inputs.chapters(1500, many)
    # By turns, so that both find the disk alike.
    turns = [
        [_cost([sys.executable, "-m", job, many], runs=1, before=_emptying(many)) for job in ("bench.floor", FEEDS)]
        for _ in range(5)
    ]
    floor, feeds = (min(costs, key=lambda one: one.seconds) for costs in zip(*turns, strict=True))
    row("the floor, feeds of 1,500 chapters", floor.seconds, "s")
    row("chatcal, feeds of 1,500 chapters (against the floor)", feeds.seconds, "s", floor.seconds, "at most 1.15")
    _octets(row, many)
    first = _cost([*CHATCAL, "-C", many, "build", *NOW], runs=2, codes=(1,), before=_emptying(many))
    row("chatcal build, site and all (against its feeds)", first.seconds, "s", feeds.seconds, "at most 1.8")
    quiet = _cost([*CHATCAL, "-C", many, "build", *LATER], runs=1, codes=(1,))
    row("chatcal build again on that day (against the first)", quiet.seconds, "s", first.seconds, "at most 0.25")
    edited = many / "schedules" / "hcsm.yaml"
    edited.write_text(edited.read_text("utf-8").replace("at: 20:00", "at: 20:30"), "utf-8")
    edit = _cost([*CHATCAL, "-C", many, "build", *LATER], runs=1, codes=(1,))
    row("chatcal build after one edit (against the first)", edit.seconds, "s", first.seconds, "at most 0.3")
    night = _cost([*CHATCAL, "-C", many, "build", *NEXT_NIGHT], runs=1, codes=(1,))
    row("chatcal build on the next night (against the first)", night.seconds, "s", first.seconds, "at most 0.25")

    _compare_peers(row, peers, work, feeds, first)
    _measure_large(row, work, start, first)
    tables.RESULTS.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    tables.PAGE.write_text(tables.filled(tables.PAGE.read_text("utf-8"), rows), "utf-8")


def _compare_peers(row: Callable[..., None], peers: Path, work: Path, feeds: Cost, first: Cost) -> None:
    """Measure two programs that make feeds of as many files of their own, and no site."""
    ical, ics = work / "yaml2ical", work / "yaml2ics"
    inputs.meetings(1500, ical)
    _commit(ical)
    inputs.series(SOME, ics)
    least = min(_yaml2ical(peers, ical) for _ in range(3))
    row("yaml2ical, 1,500 files of its own (against chatcal's feeds)", least, "s", feeds.seconds, "at least 2.5")
    row("chatcal build, site and all (against yaml2ical)", first.seconds, "s", least, "at most 0.6")
    whole = _yaml2ics(peers, ics) * 1500 / SOME
    row(f"yaml2ics, {SOME} files of its own, times {1500 // SOME}", whole, "s", feeds.seconds, "at least 30")


def _measure_large(row: Callable[..., None], work: Path, start: Cost, first: Cost) -> None:
    """Measure ten times as many chapters: whether time grows with them, and what memory holds."""
    most = work / "15000"
    inputs.chapters(15_000, most)
    large = _cost([*CHATCAL, "-C", most, "build", *NOW], runs=1, codes=(1,), before=_emptying(most))
    ten = (large.seconds - start.seconds) / (first.seconds - start.seconds)
    row("chatcal build of 15,000 chapters (against 1,500, without start)", ten, "x", 1.0, "at most 10.5")
    row("  its most memory", large.megabytes, "MB", None, "at most 300")
    later = _cost([*CHATCAL, "-C", most, "build", *LATER], runs=1, codes=(1,))
    row("  the same when it is built again on that day", later.megabytes, "MB", None, "at most 300")
    night = _cost([*CHATCAL, "-C", most, "build", *NEXT_NIGHT], runs=1, codes=(1,))
    row("  the same on the next night", night.megabytes, "MB", None, "at most 300")


def _octets(row: Callable[..., None], folder: Path) -> None:
    """Weigh the feed of a weekly chapter and its events, plain and as a web host sends them."""
    octets = (folder / "feeds" / "hcsm.ics").read_bytes()
    events = octets.count(b"BEGIN:VEVENT")
    row("a weekly chapter's feed", len(octets) / 1000, "kB")
    row("  gzip", len(gzip.compress(octets)) / 1000, "kB")
    row("  an event of it", len(octets) / events, "B")
    row("  an event of it, gzip", len(gzip.compress(octets)) / events, "B")
    described = sum(len(part.split(b"\r\nLOCATION:")[0]) for part in octets.split(b"\r\nDESCRIPTION:")[2:])
    row("  of it DESCRIPTION", described / events, "B")
    million = costs.month(len(octets))
    row("  for a million subscribers, a month", million.gigabytes, "GB")
    row("  the same, gzip", costs.month(len(gzip.compress(octets))).gigabytes, "GB")
    row("  their requests, a month", million.million_requests, "M")
    row("  subscribers that 100 GB a month are enough for", million.fit_pages, "")


def _peers() -> Path:
    """Install the two programs that do the same job, each as released, and return where they stand."""
    place = HERE / "peers"
    if not (place / BIN / "yaml2ics").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([place / BIN / "python", "-m", "pip", "install", "-qq", *PEERS], check=True)
    return place / BIN


def _commit(folder: Path) -> None:
    """Put files into a repository of their own: yaml2ical asks git about each, and a long history is slow to search."""
    who = ["-c", "user.name=bench", "-c", "user.email=bench@lights.example"]
    for words in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "--message", "Begin"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def _yaml2ical(programs: Path, folder: Path) -> float:
    """Return the seconds of yaml2ical for a combined feed and one for each file."""
    out = Path(tempfile.mkdtemp(dir=folder.parent))
    combined = _cost(
        [programs / "yaml2ical", "-y", folder, "-o", out / "all.ics", "-n", "All", "-f"], runs=1, cwd=folder
    )
    each = _cost([programs / "yaml2ical", "-y", folder, "-i", out, "-f"], runs=1, cwd=folder)
    return combined.seconds + each.seconds


def _yaml2ics(programs: Path, folder: Path) -> float:
    """Return the seconds of yaml2ics for a combined feed, and for one run for each file."""
    files = sorted(folder.iterdir())
    combined = _cost([programs / "yaml2ics", *files], runs=1)
    return combined.seconds + sum(_cost([programs / "yaml2ics", file], runs=1).seconds for file in files)


def _emptying(folder: Path) -> Callable[[], None]:
    """Return what sets aside all that was made in a folder."""

    def empty() -> None:
        aside = Path(tempfile.mkdtemp(dir=folder.parent))
        for made in ("feeds", "_site", "floor"):
            if (folder / made).exists():
                (folder / made).rename(aside / made)

    return empty


def _cost(
    command: Sequence[str | Path],
    *,
    runs: int,
    codes: Sequence[int] = (0,),
    before: Callable[[], None] | None = None,
    cwd: Path = inputs.ROOT,
) -> Cost:
    """Run a command so often, and return the least that it cost; stop where it ends otherwise than it should."""
    costs = []
    # What pip has installed is compiled, and so is this after the first run, whatever a machine's habit is.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        if before:
            before()
        child = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = child.stderr.read() if child.stderr else b""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in codes:
            sys.exit(f"{' '.join(map(str, command[:6]))}: exit {child.returncode}\n{said.decode()[-2000:]}")
        costs.append(Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
    return min(costs, key=lambda one: one.seconds)


if __name__ == "__main__":
    main()
