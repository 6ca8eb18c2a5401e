"""README held to the program: what it shows is what chatcal reads, prints and writes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.problems import Severity, format_problems
from chatcal.publish import build
from tests.support.calendars import CALENDAR, ROOT, at, built, sources
from tests.support.markdown import blocks, broken_links, code, section, tables

README = (ROOT / "README.md").read_text("utf-8")
(SCHEDULE,) = (block.text for block in blocks(README, "yaml"))
ERROR, EVENT = (block.text for block in blocks(README, "text"))
NOW = "2026-09-01T00:00"


def test_the_schedule_has_neither_errors_nor_warnings() -> None:
    files = sources(lanternchat=SCHEDULE)
    problems = [one for one in build.check_sources(files, {}, at(NOW)) if one.severity is not Severity.NOTICE]
    assert not problems, format_problems(problems, files)


def test_the_mistake_is_what_check_prints_of_the_schedule_with_that_line_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, line = re.findall(r"^  (\d+) \| (.*)$", ERROR, re.M)[0]
    lines = SCHEDULE.splitlines()
    lines[int(number) - 1] = line
    (tmp_path / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules/lanternchat.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.run_chatcal, ["check", "--now", f"{NOW}Z"], catch_exceptions=False)
    assert result.stdout == ERROR
    assert result.exit_code == 1


def test_the_event_is_in_the_feed_of_the_schedule_byte_for_byte() -> None:
    feed = built(sources(lanternchat=SCHEDULE), at(NOW))["lanternchat"]
    assert EVENT.startswith("BEGIN:VEVENT\n")
    assert EVENT.endswith("END:VEVENT\n")
    assert EVENT.replace("\n", "\r\n").encode() in feed


def test_the_two_commands_are_words_that_dev_py_knows() -> None:
    commands = [block.text.strip() for block in blocks(README, "console") if "dev.py" in block.text]
    assert commands == ["python3 dev.py build", "python3 dev.py test"]
    known = subprocess.run([sys.executable, ROOT / "dev.py", "help"], capture_output=True, text=True, check=True)
    for command in commands:
        assert f"{command} " in known.stdout


def test_the_table_has_the_commands_that_the_program_has() -> None:
    help_text = CliRunner().invoke(cli.run_chatcal, ["--help"], catch_exceptions=False).stdout
    known = re.findall(r"^  (\w+)  ", help_text.partition("\nCommands:\n")[2], re.M)
    rows = tables(section(README, "The commands"))[0]
    assert sorted(row[0] for row in rows) == sorted(f"`chatcal {name}`" for name in known)


def test_the_links_lead_somewhere() -> None:
    assert not broken_links(ROOT / "README.md")


CONTRIBUTING = ROOT / "CONTRIBUTING.md"
CODE = ROOT / "src/chatcal"
MAP, RECIPES = (
    tables(section(CONTRIBUTING.read_text("utf-8"), "How chatcal works"))[0],
    tables(section(CONTRIBUTING.read_text("utf-8"), "Where to make a change"))[0],
)


def test_the_links_of_contributing_lead_somewhere() -> None:
    assert not broken_links(CONTRIBUTING)


def test_what_contributing_tells_to_type_can_be_typed() -> None:
    typed = "".join(block.text for block in blocks(CONTRIBUTING.read_text("utf-8"), "console")).splitlines()
    words = {line.split()[1] for line in typed if line.startswith(".venv/bin/chatcal ")}
    assert words == {"check", "show", "diff", "confirm"} <= set(cli.COMMANDS)
    known = subprocess.run([sys.executable, ROOT / "dev.py", "help"], capture_output=True, text=True, check=True)
    assert all(f"{line} " in known.stdout for line in typed if "dev.py" in line)


def test_the_map_of_the_code_has_every_part_and_each_imports_only_from_below() -> None:
    parts = [code(where).removesuffix("/").removesuffix(".py") for where, _ in MAP]
    there = {path.stem for path in CODE.iterdir() if path.suffix in ("", ".py")}
    assert set(parts) == there - {"__init__", "__main__", "__pycache__", "scaffold", "locale"}
    assert len(parts) == len(set(parts))
    for row, part in enumerate(parts):
        files = [CODE / f"{part}.py", *(CODE / part).rglob("*.py")]
        for path in filter(Path.exists, files):
            assert imports_of(path) <= set(parts[row:]), path


def imports_of(path: Path) -> set[str]:
    """Return the parts of chatcal that a file imports."""
    text = path.read_text("utf-8")
    lists = re.findall(r"^ *from chatcal import (.*)$", text, re.M)
    return {*re.findall(r"^ *from chatcal\.(\w+)", text, re.M), *re.findall(r"\w+", " ".join(lists))}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda row: row[0])
def test_what_the_map_names_is_there(recipe: list[str]) -> None:
    """In a recipe each file or folder is followed by names that it defines."""
    text = ""
    for name in re.findall("`([^`]+)`", recipe[1]):
        if "/" in name or (name.endswith(".py") and " " not in name):
            (path,) = [folder / name for folder in (CODE, ROOT) if (folder / name).exists()]
            text = path.read_text("utf-8") if path.is_file() else ""
        elif not name.startswith(("Project", "ForeignCalendar", "python3 ")):
            assert re.search(rf"^(?:def |class )?{name}\b", text, re.M), f"{name} is not defined in {path}"
