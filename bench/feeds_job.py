"""chatcal's feeds alone, per chapter and combined, without the site: what the other programs do.

`python -m bench.feeds_job FOLDER` calls the rooms that `chatcal build` calls, and writes as it does.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from chatcal import files
from chatcal.feed import feeds
from chatcal.publish import build

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def main(folder: Path) -> None:
    """Write the feeds of the calendar in a folder, with what is published there as their past."""
    sources = files.read_folder_files(folder, ".yaml")
    published = files.read_regular_files(folder / build.FEEDS_FOLDER, ".ics")
    published = {Path(name).stem: octets for name, octets in published.items()}
    last = build.read_valid_feeds(published)
    schedules, _ = build.read_checked_project(sources, published, NOW, last)
    if schedules is None:
        sys.exit("The calendar cannot be read.")
    with files.open_stage() as stage:
        for feed in feeds.build_feeds(schedules, last, published, rewrite_past=False):
            if feed.content is not None:
                for name in feed.names:
                    stage.add_file(folder / build.FEEDS_FOLDER / f"{name}.ics", feed.content)
        stage.replace_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
