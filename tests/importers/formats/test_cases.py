"""Folders of other communities, moved in as a maintainer would: the files are those that were read and signed.

tests/cases/imports/ has a folder for each, made up in the form of a real one, with the `schedules/` that come of it.
After a change `python -m tests.importers.formats.test_cases` writes them anew: read what changed.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chatcal.cli.import_ import check_conversions
from chatcal.importers.convert import ConvertedChapter, Wishes, convert_in_subprocess
from chatcal.problems import has_errors
from chatcal.publish import build
from tests.support.calendars import CALENDAR, ROOT

CASES = ROOT / "tests/cases/imports"
FOLDERS = sorted(path.name for path in CASES.iterdir())
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SINCE = {"google": date(2025, 11, 28)}
"""What was over then is left out, as the command does."""
TOLD = {
    "google": ["1 event marked as private was left out."],
    "sigs": [
        "“SIG Fog: Bells”: its frequency “monthly - Wednesday, after the fourth Tuesday, every month” does not say on "
        "which days it meets.",
        "“WG Tides: Regular Meeting”: its frequency “monthly” does not say on which days it meets.",
    ],
    "toml": [],
    "yaml2ical": ["Its key `etherpad` under `schedule` is not read.", "Schedule 1: it is `adhoc`, and has no days."],
    "yaml2ics": [
        "It includes more.yaml, which does not exist.",
        "Its keys `byweekday` under `repeat` and `categories` are not read.",
    ],
}
"""What each loses, in sentences."""


def imported(folder: str) -> list[ConvertedChapter]:
    """Return what becomes of the files of a folder, without those that are only there to be included."""
    files = [path for path in sorted((CASES / folder).iterdir()) if path.is_file() and path.name[0] != "_"]
    wishes = Wishes(date(2026, 11, 28), SINCE.get(folder))
    return [
        one
        for path in files
        for one in convert_in_subprocess(
            path.read_bytes(), path.stem, f"The file {path.name}", wishes, folder=path.parent
        )
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_becomes_the_files_that_a_maintainer_would_sign(folder: str) -> None:
    found = imported(folder)
    signed = {path.name: path.read_text("utf-8") for path in (CASES / folder / "schedules").iterdir()}
    assert {f"{one.slug}.yaml": one.text for one in found} == signed
    for one in found:
        assert one.comparison is not None
        assert not one.comparison.differences
        assert one.comparison.sessions == one.comparison.matching
    assert [sentence for one in found for sentence in one.left_out] == TOLD[folder]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_of_a_folder_are_checked_and_built_as_they_are(folder: str) -> None:
    found = imported(folder)
    mistakes, files = check_conversions(found, {}, NOW)
    assert not has_errors(mistakes)
    sources = {"chatcal.yaml": CALENDAR.encode(), **files}
    project, problems = build.read_checked_project(sources, {}, NOW)
    assert project is not None
    assert not has_errors(problems)
    assert {f"{one.slug}" for one in found} == set(project.chapters)


if __name__ == "__main__":
    for name in FOLDERS:
        target: Path = CASES / name / "schedules"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for chapter in imported(name):
            (target / f"{chapter.slug}.yaml").write_text(chapter.text, "utf-8")
