"""Compare what this checkout builds with what another commit built, byte by byte: `python3 dev.py same [COMMIT]`."""

import filecmp
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from bench import inputs
from chatcal.publish.last_build import LAST_BUILD_PATH

HERE = inputs.ROOT / ".bench" / "same"
SHIPPED = ("chatcal.yaml", "schedules", "feeds")
MOMENTS = {
    "shipped": ("2026-12-05T03:00:00Z", "2027-01-02T03:00:00Z"),
    "founding": ("2012-03-01T00:00:00Z", "2012-04-02T00:00:00Z"),
    "many": ("2026-11-23T00:00:00Z", "2027-03-29T00:00:00Z"),
}
"""When each calendar is built: the second time on top of the first."""


def main(commit: str = "HEAD") -> int:
    """Build each calendar with both programs, print each file that differs, and return 1 if there is one."""
    shutil.rmtree(HERE, ignore_errors=True)
    archive = subprocess.run(["git", "archive", commit, "src"], cwd=inputs.ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(HERE / "program", filter="data")
    programs = {"before": HERE / "program" / "src", "after": inputs.ROOT / "src"}
    differing = [line for name in MOMENTS for line in compare_builds(name, programs)]
    print("\n".join(differing) or f"The same as {commit}.")
    return 1 if differing else 0


def compare_builds(name: str, programs: dict[str, Path]) -> list[str]:
    """Return the files in which the builds of one calendar differ."""
    sides = [HERE / side / name for side in programs]
    for side, source in zip(sides, programs.values(), strict=True):
        lay_out(name, side)
        for moment in MOMENTS[name]:
            command = [sys.executable, "-m", "chatcal", "-C", str(side), "build", "--now", moment]
            environment = {**os.environ, "PYTHONPATH": str(source)}
            done = subprocess.run(command, cwd=side, env=environment, capture_output=True, text=True, check=False)
            # Code 1 tells of problems; a build that stops writes nothing, and so differs.
            if done.returncode not in {0, 1}:
                return [f"{name} at {moment}: exit {done.returncode}\n{done.stderr}"]
    return [f"{name}: {path}" for path in list_differences(*sides)]


def lay_out(name: str, folder: Path) -> None:
    """Lay out a calendar's input files."""
    if name == "many":
        inputs.chapters(150, folder)
        return
    folder.mkdir(parents=True)
    for part in SHIPPED if name == "shipped" else SHIPPED[:2]:
        source = inputs.ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)


def list_differences(before: Path, after: Path) -> list[str]:
    """Return the files, by their path in a folder, that differ or exist on one side alone."""
    paths = {
        path.relative_to(side).as_posix()
        for side in (before, after)
        for path in side.rglob("*")
        # What tells the next build names the program that made it.
        if path.is_file() and path.name != LAST_BUILD_PATH
    }
    _, mismatches, missing = filecmp.cmpfiles(before, after, sorted(paths), shallow=False)
    return sorted([*mismatches, *missing])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
