"""Calendar programs, each given feeds and asked for the sessions that it reads in them.

A folder for each program holds a small reader: feeds in, sessions out as JSON. `install.py` sets them up.
"""

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.clients.install import HERE, LOCALE
from tests.support.hosts import hosted
from tests.support.thunderbird import running


@dataclass(frozen=True, order=True)
class Seen:
    """A session as a program reads it, or should: moments as 20260304T180000Z, in UTC, days as 20260304."""

    start: str
    uid: str
    end: str
    summary: str
    description: str | None
    status: str | None


def moment(value: datetime | date) -> str:
    """Return a moment (UTC) or a day as readers write it."""
    return f"{value:%Y%m%dT%H%M%SZ}" if isinstance(value, datetime) else f"{value:%Y%m%d}"


@dataclass(frozen=True)
class Answer:
    """What a program read: its version, and the sessions of each feed, sorted."""

    version: str
    feeds: Sequence[Sequence[Seen]]


@dataclass(frozen=True)
class Surroundings:
    """The clock and the language of the machine that a program runs on."""

    name: str
    timezone: str
    locale: str = "C.UTF-8"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that say so."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("LC_")},
            "TZ": self.timezone,
            "LANG": self.locale,
            "LC_ALL": self.locale,
            **({"LOCPATH": str(HERE / "locales")} if self.locale == LOCALE else {}),
        }

    @property
    def missing(self) -> str | None:
        """Why programs cannot run in them; None where they can."""
        if self.locale == LOCALE and not (HERE / "locales" / LOCALE).exists():
            return f"The locale {LOCALE} is not set up: run `python3 dev.py clients`, with localedef installed."
        return None


SURROUNDINGS = [
    Surroundings("UTC", "UTC"),
    Surroundings("Kolkata", "Asia/Kolkata"),
    Surroundings("Auckland", "Pacific/Auckland"),
    Surroundings("St. John's", "America/St_Johns"),
    Surroundings("Berlin, in German", "Europe/Berlin", LOCALE),
]

Reader = Callable[[Sequence[Path], Surroundings, Path], Answer]
"""Takes feeds, surroundings, and an empty folder to work in."""


@dataclass(frozen=True)
class Program:
    """A calendar program, and how to have it read feeds."""

    name: str
    source: str
    """Where it comes from: Debian, PyPI or npm."""
    needs: Sequence[str | Path]
    """Programs by name, and files of its environment."""
    read: Reader
    keeps: bool = False
    """Whether it keeps what it read in its folder, and brings it up to date when it is given that again."""

    @property
    def missing(self) -> str | None:
        """What it lacks on this machine; None where it can run."""
        for need in self.needs:
            if not (need.exists() if isinstance(need, Path) else shutil.which(need)):
                what = need.relative_to(HERE) if isinstance(need, Path) and need.is_relative_to(HERE) else need
                return f"{self.name} cannot run: {what} is missing. `python3 dev.py clients` sets up what it can."
        return None

    @property
    def is_pinned(self) -> bool:
        """Whether this repository says which version it is, and not the machine."""
        return self.source != "Debian"


def run_reader(*command: str | Path, folder_first: bool = False) -> Reader:
    """Return what runs a reader: its command, with the folder to work in if it asks, and the feeds."""

    def read(feeds: Sequence[Path], surroundings: Surroundings, folder: Path) -> Answer:
        words = [*command, *([folder] if folder_first else []), *feeds]
        environment = surroundings.environment | {"HOME": str(folder)}
        done = subprocess.run(words, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
        told = json.loads(done.stdout)
        return Answer(told["version"], [sorted(Seen(**one) for one in sessions) for sessions in told["feeds"]])

    return read


def in_thunderbird(feeds: Sequence[Path], surroundings: Surroundings, folder: Path) -> Answer:
    """Have Thunderbird subscribe to the feeds, each over HTTP."""
    with pytest.MonkeyPatch.context() as patch, hosted(feeds[0].parent) as host:
        for name, value in surroundings.environment.items():
            patch.setenv(name, value)
        found = []
        with running("thunderbird", folder / "thunderbird", surroundings.timezone) as thunderbird:
            for feed in feeds:
                subscription = thunderbird.subscribe(f"{host.address}{feed.name}")
                items = subscription.shown(date(2000, 1, 1), date(2039, 12, 31))
                found.append(
                    sorted(
                        Seen(moment(one.start), one.uid, moment(one.end), one.title, one.description, one.status)
                        for one in items
                    )
                )
                subscription.end()
            return Answer(thunderbird.version, found)


def from_pypi(name: str, folder: str, *, keeps: bool = False) -> Program:
    """Return a program with an environment of its own in a folder."""
    interpreter = HERE / folder / ".venv/bin/python"
    read = run_reader(interpreter, "-P", HERE / folder / "read.py", folder_first=keeps)
    return Program(name, "PyPI", [interpreter], read, keeps)


def from_npm(name: str, folder: str) -> Program:
    """Return a program with packages of its own in a folder."""
    packages = HERE / folder / "node_modules/.package-lock.json"
    return Program(name, "npm", ["node", packages], run_reader("node", HERE / folder / "read.mjs"))


def from_debian(name: str, *command: str | Path, needs: Sequence[str | Path] = (), keeps: bool = False) -> Program:
    """Return a program that Debian has, and whose reader this command starts."""
    return Program(name, "Debian", [command[0], *needs], run_reader(*command, folder_first=keeps), keeps)


def typelib(name: str) -> Path:
    """Return where Debian has what tells Python of a library."""
    return Path("/usr/lib", sysconfig.get_config_var("MULTIARCH") or "", f"girepository-1.0/{name}.typelib")


PROGRAMS = [
    Program("Thunderbird", "Debian", ["thunderbird"], in_thunderbird),
    from_debian(
        "Evolution's data server",
        Path("/usr/bin/python3"),
        "-P",
        HERE / "evolution/read.py",
        needs=[
            "dbus-run-session",
            Path("/usr/lib/python3/dist-packages/gi"),
            Path("/usr/libexec/evolution-source-registry"),
            typelib("ECal-2.0"),
            typelib("EDataServer-1.2"),
        ],
        keeps=True,
    ),
    from_debian("libical", HERE / "libical/build/read"),
    from_debian("KDE's KCalendarCore", HERE / "kcalendarcore/build/read"),
    from_npm("ical.js", "ical_js"),
    from_npm("Nextcloud's calendar-js", "calendar_js"),
    from_npm("node-ical", "node_ical"),
    from_debian(
        "sabre/vobject",
        "php",
        HERE / "sabre_vobject/read.php",
        needs=[Path("/usr/share/php/Sabre/VObject/autoload.php")],
    ),
    from_pypi("Home Assistant's ical", "home_assistant_ical"),
    from_pypi("recurring-ical-events", "recurring_ical_events"),
    from_pypi("khal, fed by vdirsyncer", "khal", keeps=True),
]
