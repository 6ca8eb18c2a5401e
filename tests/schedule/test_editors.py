"""docs/editors.md held to what it speaks of: the schema's files, the hook, the action."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.schedule import json_schema
from tests.support.calendars import CALENDAR, LANTERN, ROOT
from tests.support.editor import Editor, editor
from tests.support.markdown import Block, blocks, code, section, tables

PAGE = (ROOT / "docs/editors.md").read_text("utf-8")


def block(mark: str) -> Block:
    (found,) = (one for one in blocks(PAGE, "yaml") if one.mark == mark)
    return found


def action() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a calendar, in which the test works."""
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / "schedules/lanternchat.yaml").write_text(LANTERN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str) -> Result:
    program, *words = shlex.split(command)
    assert program == "chatcal"
    return CliRunner().invoke(cli.run_chatcal, words, catch_exceptions=False)


def test_the_command_writes_the_files_that_are_named_and_says_what_changed(root: Path) -> None:
    said = "schedules/schema.json and chatcal.schema.json; {} of them changed.\n"
    assert run("chatcal schema").stdout == said.format(2)
    assert {
        path: (root / path).read_bytes() for path in json_schema.build_schema_files()
    } == json_schema.build_schema_files()
    assert run("chatcal schema").stdout == said.format(0)
    assert "chatcal schema\n" in (one.text for one in blocks(PAGE, "console"))
    assert all(f"`{path}`" in PAGE for path in json_schema.build_schema_files())
    assert not run("chatcal check --now 2026-03-01T00:00Z").exit_code


@pytest.mark.parametrize("path", ["schedules/lanternchat.yaml", "chatcal.yaml"])
def test_the_first_line_leads_from_a_file_to_its_schema(root: Path, path: str) -> None:
    run("chatcal schema")
    line = block("calendar" if path == "chatcal.yaml" else "chapter").text
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)\n", line)
    assert named
    assert named[1] in run("chatcal schema --help").stdout
    found = ((root / path).parent / named[1]).relative_to(root)
    assert found == Path(
        json_schema.CALENDAR_SCHEMA_PATH if path == "chatcal.yaml" else json_schema.CHAPTER_SCHEMA_PATH
    )
    (root / path).write_text(line + (root / path).read_text("utf-8"), "utf-8")
    assert not run("chatcal check --now 2026-03-01T00:00Z").exit_code


def test_the_hook_is_there_and_stops_a_mistake(root: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (used,) = yaml.safe_load(block("hook").text)["repos"][0]["hooks"]
    assert used == {"id": hook["id"]}
    assert hook["language"] == "python"
    assert run(hook["entry"]).exit_code == 0
    (root / "schedules/lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"), "utf-8")
    assert run(hook["entry"]).exit_code == 1


@pytest.mark.parametrize(
    ("path", "whether"),
    [
        ("chatcal.yaml", True),
        ("schedules/lanternchat.yaml", True),
        ("schedules/lanternchat.yml", True),
        ("schedules/schema.json", False),
        ("feeds/lanternchat.ics", False),
        (".github/workflows/publish.yml", False),
    ],
)
def test_the_hook_runs_where_a_schedule_is_touched(path: str, *, whether: bool) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert bool(re.search(hook["files"], path)) is whether


def test_the_table_has_the_inputs_that_the_action_has() -> None:
    (rows,) = tables(section(PAGE, "In a repository of your own: the action"))
    assert [code(row[0]) for row in rows] == list(action()["inputs"])


def test_the_workflow_shown_uses_what_the_action_hands_over() -> None:
    workflow = yaml.safe_load(block("action").text)
    _, build, upload = workflow["jobs"]["build"]["steps"]
    handed = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", upload["with"]["path"])
    assert handed
    assert (handed[1], [handed[2]]) == (build["id"], list(action()["outputs"]))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Yield an editor in a folder with the schemas."""
    root = tmp_path_factory.mktemp("opened")
    (root / "schedules").mkdir()
    for path, octets in json_schema.build_schema_files().items():
        (root / path).write_bytes(octets)
    with editor(root) as found:
        yield found


CHAPTER_LINE, CALENDAR_LINE = block("chapter").text, block("calendar").text


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [path.relative_to(ROOT).as_posix() for path in (ROOT / "chatcal.yaml", *sorted(ROOT.glob("schedules/*.yaml")))],
)
def test_an_editor_underlines_nothing_in_what_is_shipped(opened: Editor, path: str) -> None:
    line = CALENDAR_LINE if path == "chatcal.yaml" else CHAPTER_LINE
    assert opened.open(path, line + (ROOT / path).read_text("utf-8")) == []


WRONG = """\
hashtag: fogchat
name: Fog
hastag: fogchat
confirmed: 2026-04-31
timezone: America/Torono
chats:
  - every: Wensday
    at: 13:00
  - every: Sunday
"""


@pytest.mark.slow
def test_an_editor_underlines_what_the_page_names(opened: Editor) -> None:
    assert opened.open("schedules/wrong.yaml", CHAPTER_LINE + WRONG) == [
        (4, "Property hastag is not allowed."),
        (5, "Write year, month and day like `2014-01-29`."),
        (6, "Write the place whose clock it is, like `America/Toronto`, or `Etc/UTC`."),
        (8, "Write a phrase in English words, like `first Wednesday of the month`, `other Tuesday` or `8 March`."),
        (10, 'Missing property "at".'),
    ]


@pytest.mark.slow
def test_an_editor_offers_keys_with_what_they_say_time_zones_and_phrases(opened: Editor) -> None:
    path = "schedules/begun.yaml"
    opened.open(path, f"{CHAPTER_LINE}hashtag: fogchat\nname: Fog\n\nchats:\n  - every: \ntimezone: Europe/L\n")
    keys = opened.offered(path, 4, 1)
    assert "The day on which a person last confirmed this schedule." in keys["confirmed"]
    assert "hashtag" not in keys
    assert "first Wednesday of the month" in opened.offered(path, 6, 12)
    assert "Europe/London" in opened.offered(path, 7, 19)
