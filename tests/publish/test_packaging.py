"""What is released: a wheel and a source distribution, installed where nothing of this tree is, and used."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcal.publish.new_calendar import SHARED_FILES
from tests.support.calendars import CALENDAR, LANTERN, ROOT, built, sources
from tests.support.jobs import git

pytestmark = pytest.mark.slow

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
BIN = "Scripts" if sys.platform == "win32" else "bin"


def run(*command: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    """Run a program with as little of this machine's surroundings as it can do with."""
    kept = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LANG")
    surroundings = {name: os.environ[name] for name in kept if name in os.environ}
    return subprocess.run(command, cwd=at, env=surroundings, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with what `hatchling build` makes of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "hatchling", "build", "-d", folder, at=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment's folder of programs."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / BIN


def packaged() -> set[str]:
    """Return the files of the package that git knows, by their path below src/."""
    return set(git("ls-files", "--cached", "--others", "--exclude-standard", "src", at=ROOT).split("\n"))


def test_there_is_one_wheel_for_every_machine_and_one_source_distribution(dist: Path) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    assert {path.name for path in dist.iterdir()} == {
        f"chatcal-{VERSION}-py3-none-any.whl",
        f"chatcal-{VERSION}.tar.gz",
    }


def test_the_wheel_holds_every_file_of_the_package_and_no_other_and_the_source_all_that_it_is_made_of(
    dist: Path,
) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        inside = {f"src/{name}" for name in wheel.namelist() if ".dist-info/" not in name}
        assert {"METADATA", "entry_points.txt", "LICENSE"} <= {name.rpartition("/")[2] for name in wheel.namelist()}
    assert inside == packaged() | {f"src/chatcal/scaffold/shared/{path}" for path in SHARED_FILES}
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert {name for name in names if name.startswith("src/")} == packaged()
    assert {"LICENSE", "README.md", "pyproject.toml", *SHARED_FILES} <= names


BEGIN = ("--title", "Fog", "--home", "", "--hashtag", "fogchat", "--timezone", "London")


def kinds(dist: Path) -> Iterator[tuple[Path, list[str]]]:
    yield next(dist.glob("*.whl")), []
    yield next(dist.glob("*.tar.gz")), ["--force-reinstall", "--no-deps"]


def test_each_is_installed_in_an_empty_environment_and_does_all_of_its_work(
    dist: Path, empty: Path, tmp_path: Path
) -> None:
    for number, (file, options) in enumerate(kinds(dist)):
        done = run(empty / "python", "-m", "pip", "install", "-q", *options, file, at=tmp_path)
        assert done.returncode == 0, done.stderr
        calendar = tmp_path / str(number)
        (calendar / "schedules").mkdir(parents=True)
        (calendar / "chatcal.yaml").write_text(CALENDAR, "utf-8")
        (calendar / "schedules/lanternchat.yaml").write_text(LANTERN, "utf-8")
        now = ("--now", "2026-03-01T00:00Z")
        for words, said in {
            ("--version",): f"chatcal, version {VERSION}",
            ("check", *now): "",
            ("build", *now): "2 feeds in feeds/, 2 of them changed",
            ("show", "lanternchat", *now): "Wed 4 Mar 2026, 13:00",
            ("next", "--tz", "London", *now): "#lanternchat chat",
            ("diff", "feeds", ".", *now): "No difference",
            ("schema",): "schema.json",
            ("init", "new", *BEGIN, *now): "Three steps are left",
            ("-C", "new", "build", *now): "2 feeds in feeds/",
        }.items():
            result = run(empty / "chatcal", *words, at=calendar)
            assert result.returncode == 0, (words, result.stderr)
            assert said in result.stdout, words
        feeds = {path.stem: path.read_bytes() for path in (calendar / "feeds").iterdir()}
        assert feeds == built(sources(lanternchat=LANTERN))
        site = {path.name for path in (calendar / "_site").iterdir()}
        assert {"index.html", "style.css", "lanternchat", "sessions.json"} <= site
