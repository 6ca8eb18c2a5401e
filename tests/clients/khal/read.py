"""What khal lists of feeds that vdirsyncer has brought: `python read.py FOLDER FEED...`, the answer as JSON.

The folder holds their settings, the calendars as files, and khal's database. What is there from an earlier run is
kept and brought up to date, as it is for a subscriber.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

VDIRSYNCER = """\
[general]
status_path = "{folder}/status"
"""
PAIR = """
[pair {name}]
a = "{name}_feed"
b = "{name}_files"
collections = null
partial_sync = "revert"
[storage {name}_feed]
type = "singlefile"
read_only = true
path = "{path}"
[storage {name}_files]
type = "filesystem"
path = "{folder}/calendars/{name}"
fileext = ".ics"
"""
KHAL = """\
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H%M%S
dateformat = %Y%m%d
longdateformat = %Y%m%d
datetimeformat = %Y%m%dT%H%M%S%z
longdatetimeformat = %Y%m%dT%H%M%S%z
[calendars]
"""
FIELDS = ["calendar", "uid", "all-day", "start-long", "end-long", "title", "description", "status"]


def settings(folder: Path, feeds: list[str]) -> None:
    """Write what both programs are set to: a calendar for each feed, named by its number."""
    syncer = [VDIRSYNCER.format(folder=folder)]
    khal = [KHAL.format(folder=folder, zone=os.environ.get("TZ", "UTC"))]
    for number, path in enumerate(feeds):
        syncer.append(PAIR.format(name=f"f{number}", path=path, folder=folder))
        khal.append(f"[[f{number}]]\npath = {folder}/calendars/f{number}\nreadonly = True\n")
        (folder / f"calendars/f{number}").mkdir(parents=True, exist_ok=True)
    (folder / "vdirsyncer").write_text("".join(syncer))
    (folder / "khal").write_text("".join(khal))


def run(*command: str) -> str:
    """Run a program of this environment; return what it prints."""
    done = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def moment(text: str, days: int) -> str:
    """Return a moment in UTC, or a day; khal names the last day of what lasts whole days, RFC 5545 the one after it."""
    if "T" in text:
        return f"{datetime.strptime(text, '%Y%m%dT%H%M%S%z').astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{datetime.strptime(text, '%Y%m%d').replace(tzinfo=UTC) + timedelta(days=days):%Y%m%d}"


def main(folder: Path, feeds: list[str]) -> None:
    """Bring the feeds up to date, and print what khal lists."""
    settings(folder, feeds)
    syncer = ["vdirsyncer", "--verbosity", "WARNING", "--config", str(folder / "vdirsyncer")]
    run(*syncer, "discover")
    run(*syncer, "sync")
    asked = [word for field in FIELDS for word in ("--json", field)]
    listed = run("khal", "-c", str(folder / "khal"), "list", *asked, "20260101", "20271231")
    found: list[dict[tuple[str, str], dict[str, str | None]]] = [{} for _ in feeds]
    for line in listed.splitlines():
        for event in json.loads(line):  # each day that it takes, once
            found[int(event["calendar"][1:])][event["uid"], event["start-long"]] = {
                "uid": event["uid"],
                "start": moment(event["start-long"], 0),
                "end": moment(event["end-long"], 1),
                "summary": event["title"],
                "description": event["description"],
                "status": event["status"] or None,
            }
    print(json.dumps({"version": version("khal"), "feeds": [list(sessions.values()) for sessions in found]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
