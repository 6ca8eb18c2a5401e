"""chatcal's feeds alone, per chapter and combined, without the site: what the other programs do.

`python -m bench.feeds_job FOLDER` calls the rooms that `chatcal build` calls, and writes as it does.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from chatcal import files
from chatcal.publish import build
from chatcal.publish.sources import read_folder, read_published

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def main(folder: Path) -> None:
    """Write the feeds of the calendar in a folder, with what is published there as their past."""
    project, problems = build.read_project(read_folder(folder), read_published(folder), NOW)
    if project is None:
        sys.exit("The calendar cannot be read.")
    stage = files.Stage(folder)
    for path, content in build.build_files(project, build.BuildOptions(with_site=False), problems):
        stage.add_file(path, content)
    stage.replace_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
