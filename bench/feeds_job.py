"""chatcal's feeds alone, per chapter and combined, without the site: what the other programs do.

`python -m bench.feeds_job FOLDER` calls the rooms that `chatcal build` calls, and writes as it does.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from chatcal import build, feeds, files

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def main(folder: Path) -> None:
    """Write the feeds of the calendar in a folder, with what is published there as their past."""
    sources = files.read(folder, ".yaml")
    published = files.read_regular(folder / build.FEEDS, ".ics")
    published = {Path(name).stem: octets for name, octets in published.items()}
    last = build.readable(published)
    schedules, _ = build.checked(sources, published, NOW, last)
    if schedules is None:
        sys.exit("The calendar cannot be read.")
    with files.staged() as stage:
        for feed in feeds.feeds(schedules, last, published, rewrite_past=False):
            if feed.octets is not None:
                for name in feed.names:
                    stage.put(folder / build.FEEDS / f"{name}.ics", feed.octets)
        stage.swap()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
