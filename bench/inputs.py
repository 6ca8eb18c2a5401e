"""Calendars of any size, for chatcal and for the two programs that do its job."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def chapters(number: int, folder: Path) -> None:
    """Write copies of the shipped schedules under names of their own, so many as to make that number of chapters."""
    _empty(folder / "schedules")
    calendar = (ROOT / "chatcal.yaml").read_text("utf-8")
    (folder / "chatcal.yaml").write_text(calendar, "utf-8")
    shipped = sorted((ROOT / "schedules").glob("*.yaml"))
    for copy in range(number):
        file, again = shipped[copy % len(shipped)], copy // len(shipped)
        suffix = f"x{again}" if again else ""
        text = re.sub(r"(?m)^(hashtag: *\S+)", rf"\g<1>{suffix}", file.read_text("utf-8"))
        (folder / "schedules" / f"{file.stem}{suffix}.yaml").write_text(text, "utf-8")


def meetings(number: int, folder: Path) -> None:
    """Write files of yaml2ical: a weekly meeting each, with what it must say."""
    _empty(folder)
    for one in range(number):
        (folder / f"chat{one}.yaml").write_text(
            f"project: Chat {one}\nchair: Somebody\ndescription: A weekly chat of chapter {one}.\nschedule:\n"
            f"  - time: '{one % 24:02}00'\n    day: Wednesday\n    irc: chat{one}\n    frequency: weekly\n",
            "utf-8",
        )


def series(number: int, folder: Path) -> None:
    """Write files of yaml2ics: a weekly event each, with what it must say."""
    _empty(folder)
    for one in range(number):
        (folder / f"chat{one}.yaml").write_text(
            f"name: Chat {one}\ntimezone: America/Toronto\nevents:\n  - summary: Chat {one}\n"
            f"    description: A weekly chat of chapter {one}.\n    begin: 2026-11-04 {one % 24:02}:00:00\n"
            "    duration: {hours: 1}\n    repeat: {interval: {weeks: 1}, until: 2027-11-30}\n",
            "utf-8",
        )


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
