"""What programs can ask a published site."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from chatcal import cli, timezones
from chatcal.publish import build
from chatcal.publish.status import read_status
from chatcal.site.render import read_asset
from tests.support.calendars import CALENDAR, LANTERN, NOW, ROOT, at, built, sources
from tests.support.markdown import blocks

FOG = """\
hashtag: fogchat
name: Fog
timezone: Europe/London
confirmed: 2024-09-01
chats: [{every: Friday, at: 20:00, from: 2026-02-01}]
sessions: {2026-03-06: cancelled}
"""


SEA = CALENDAR + "collections: {lantern-sea: {title: Sea, chapters: [lanternchat]}}\n"
PAGE = (ROOT / "docs/publishing.md").read_text("utf-8")
BLOCKS = blocks(PAGE, "json")
SCHEMA: dict[str, Any] = json.loads(read_asset("status.schema.json"))


def status(commit: str | None = None) -> dict[str, object]:
    made = build.build_calendar(sources(lanternchat=LANTERN, fogchat=FOG), {}, NOW, build.BuildOptions(commit=commit))
    (octets,) = (octets for path, octets in made.files.items() if path.name == "status.json")
    found: dict[str, object] = json.loads(octets)
    return found


def test_it_says_when_and_of_what_the_site_was_built_and_how_much_it_holds() -> None:
    found = status("c0ffee")
    feeds = found["feeds"]
    assert isinstance(feeds, dict)
    assert found == {
        "built": "2026-03-01T00:00:00Z",
        "commit": "c0ffee",
        "chatcal": found["chatcal"],
        "tzdata": timezones.get_tzdata_version(),
        "icalendar": metadata.version("icalendar"),
        "python": sys.version.split()[0],
        "chapters": 2,
        "sessions": {"coming": feeds["all"], "cancelled": 1, "unconfirmed": 56},
        "feeds": {"all": feeds["fogchat"] + feeds["lanternchat"], "fogchat": 56, "lanternchat": 57},
    }


def status_from(feeds: Mapping[str, bytes]) -> dict[str, object]:
    made = build.build_calendar(sources(SEA, lanternchat=LANTERN), feeds, NOW)
    found: dict[str, object] = json.loads(made.files[PurePosixPath("_site/status.json")])
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no sha256sum")
def test_it_names_the_feeds_that_the_build_went_on_from(tmp_path: Path) -> None:
    feeds = built(sources(SEA, lanternchat=LANTERN))
    for name, octets in feeds.items():
        (tmp_path / f"{name}.ics").write_bytes(octets)
    shell = shutil.which("sh")
    assert shell
    done = subprocess.run(
        [shell, "-c", "LC_ALL=C sha256sum *.ics | sha256sum"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert status_from(feeds)["from_feeds"] == done.stdout.split()[0]
    assert status_from(feeds) == status_from(dict(reversed(feeds.items())))
    assert status_from(feeds)["from_feeds"] != status_from(built(sources(lanternchat=LANTERN)))["from_feeds"]
    assert "from_feeds" not in status_from({})


def test_it_and_the_one_that_docs_show_are_as_its_schema_says() -> None:
    (documented,) = (json.loads(block.text) for block in BLOCKS)
    (elsewhere,) = re.findall('^`({"fogchat": .*})`$', PAGE, re.M)
    whole = documented | {"upstream": json.loads(elsewhere)}
    assert whole.keys() == set(SCHEMA["properties"])
    for one in (status("c0ffee" * 7), status(), documented, whole):
        jsonschema.validate(one, SCHEMA)


@pytest.mark.parametrize(
    "wrong", [{"built": "yesterday"}, {"commit": "main"}, {"chapters": "2"}, {"feeds": {"all": -1}}, {"age": 3}]
)
def test_the_schema_refuses_what_it_never_says(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(status() | wrong, SCHEMA)


def test_a_commit_that_is_not_known_is_left_out() -> None:
    assert "commit" not in status()


def test_it_stands_beside_the_feeds_of_the_site_and_not_in_feeds() -> None:
    made = build.build_calendar(sources(lanternchat=LANTERN), {}, NOW)
    assert [path.as_posix() for path in made.files if path.name == "status.json"] == ["_site/status.json"]


@pytest.mark.parametrize("contacts", [{"fogchat": 7}, {"fogchat": {"heard": "lately"}}, []])
def test_contacts_that_chatcal_did_not_write_are_none(contacts: object) -> None:
    assert read_status(json.dumps(status() | {"upstream": contacts}).encode()).contacts == {}


def test_on_a_quiet_night_it_alone_changes_beside_the_days_that_home_lists() -> None:
    files = sources(lanternchat=LANTERN)
    first = build.build_calendar(files, {}, at("2026-03-01T03:43"))
    kept = {path.stem: octets for path, octets in first.files.items() if path.parts[0] == "feeds"}
    second = build.build_calendar(files, kept, at("2026-03-02T03:43"))
    differing = [path.as_posix() for path in first.files if first.files[path] != second.files[path]]
    assert differing == ["_site/index.html", "_site/status.json"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository that holds a calendar, committed, and a file beside its schedules; stand in it."""
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(LANTERN)
    (tmp_path / "schedules" / "README.md").write_text("One file for each chapter.\n")
    git("init", "--quiet", "--initial-branch", "main", at=tmp_path)
    git("add", ".", at=tmp_path)
    git("-c", "user.name=Ada", "-c", "user.email=ada@lights.example", "commit", "--quiet", "-m", "Begin", at=tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*words: str, at: Path) -> str:
    program = shutil.which("git")
    assert program
    return subprocess.run([program, *words], cwd=at, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def test_a_build_names_the_commit_that_its_schedules_are_of(repository: Path) -> None:
    CliRunner().invoke(cli.run_chatcal, ["build", "--now", "2026-03-01T00:00:00Z"], catch_exceptions=False)
    found = json.loads((repository / "_site" / "status.json").read_bytes())
    assert found["commit"] == git("rev-parse", "HEAD", at=repository)


def test_a_build_of_schedules_that_were_edited_since_names_no_commit(repository: Path) -> None:
    with (repository / "schedules" / "lanternchat.yaml").open("a") as file:
        file.write("about: Lights.\n")
    CliRunner().invoke(cli.run_chatcal, ["build", "--now", "2026-03-01T00:00:00Z"], catch_exceptions=False)
    assert "commit" not in json.loads((repository / "_site" / "status.json").read_bytes())
