"""What strangers wrote is shown by the terminal and in the log of a job, and obeyed by neither."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from chatcal import cli
from chatcal.cli.terminal import echo
from tests.support.calendars import CALENDAR, LANTERN

NAME = "a\x1b[2J\n::error::forged ##[warning]%0A.yaml"


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a schedule whose name is one long trick, and stand in it."""
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(LANTERN)
    try:
        (tmp_path / "schedules" / NAME).write_text("hashtag: fogchat\nname: '##[error]fog'\nnmae: Fog\n")
    except OSError:
        pytest.skip("no file of this system can have that name")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.run_chatcal, words)


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    "words",
    [("check",), ("build",), ("build", "--format", "text"), ("diff", "."), ("show",), ("show", "none"), ("next",)],
)
@pytest.mark.parametrize("at_github", [True, False])
def test_the_name_of_a_file_is_shown_and_obeyed_by_nobody(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], *, at_github: bool
) -> None:
    if at_github:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert "\x1b" not in result.output
    assert "forged" in result.output
    for line in result.output.splitlines():
        is_annotation = line.startswith(("::error file=schedules/", "::notice file=schedules/"))
        assert is_annotation or not line.lstrip().startswith("::error")
        assert not at_github or is_annotation or "##[" not in line


def test_what_the_runner_would_obey_is_only_changed_where_it_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "a ::b ##[error]\n  ::error::c"
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    echo(text)
    assert capsys.readouterr().out == f"{text}\n"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    echo(text)
    assert capsys.readouterr().out == "a ::b ## [error]\n  : :error::c\n"


def test_an_error_of_the_disk_shows_the_name_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device", NAME)

    monkeypatch.setattr(cli, "run_chatcal", fail)
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err == (
        "chatcal: No space left on device: a\\x1b[2J\\n::error::forged ##[warning]%0A.yaml\n"
    )


def test_wrong_usage_is_shown_like_all_else() -> None:
    result = run("show", "\x1b[2J")
    assert isinstance(result.exception, SystemExit)
    assert "\x1b" not in click.unstyle(result.output) + result.output
