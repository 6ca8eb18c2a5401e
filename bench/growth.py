"""How much the nights of some years add to a git repository that keeps feeds/: `python -m bench.growth CHAPTERS YEARS`.

On a quiet night no feed changes. So one commit for each first night of a month has all that the nights add, apart from
edits. Each month is built on top of the last one; the repository is packed as GitHub packs it, `git gc`.
"""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import inputs
from chatcal import files
from chatcal.publish import build
from chatcal.publish.sources import read_folder, read_published

HERE = inputs.ROOT / ".bench" / "growth"
FIRST_YEAR = 2026


def main(chapters: int, years: int) -> None:
    """Print the size of the packed repository after the first month, and after each year."""
    shutil.rmtree(HERE, ignore_errors=True)
    inputs.chapters(chapters, HERE)
    run_git("init", "--quiet")
    first = add_month(0)
    print(f"first month: {first / 1e6:.1f} MB", flush=True)
    for year in range(1, years + 1):
        for month in range(12 * year - 11, 12 * year + 1):
            add_month(month, pack=month == 12 * year)
        size = measure_pack()
        print(f"after {year} years: {size / 1e6:.1f} MB, {(size - first) / year / 1e6:.2f} MB a year", flush=True)


def add_month(number: int, *, pack: bool = True) -> int:
    """Build the first night of a month, commit its feeds, and return the size of the repository."""
    now = datetime(FIRST_YEAR + number // 12, number % 12 + 1, 1, 3, tzinfo=UTC)
    project, problems = build.read_project(read_folder(HERE), read_published(HERE), now)
    if project is None:
        sys.exit("The calendar cannot be read.")
    made = build.build_files(project, build.BuildOptions(with_site=False), problems)
    files.replace_files({HERE / path: content for path, content in made if isinstance(content, bytes)})
    run_git("add", "--all")
    run_git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", f"{now:%Y-%m}")
    return measure_pack() if pack else 0


def measure_pack() -> int:
    run_git("gc", "--quiet")
    return sum(path.stat().st_size for path in (HERE / ".git" / "objects").rglob("*") if path.is_file())


def run_git(*words: str) -> None:
    subprocess.run(["git", "-C", Path(HERE), *words], check=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
