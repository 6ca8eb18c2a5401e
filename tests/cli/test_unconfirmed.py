"""What wants doing, as a checklist."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.cli.unconfirmed import format_checklist
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, NOW, sources

OLD = LANTERN + "confirmed: 2024-06-01\n"


def test_a_chapter_that_nobody_confirmed_for_long_is_listed_with_the_line_to_change() -> None:
    said = format_checklist(build.check_sources(sources(lanternchat=OLD), {}, NOW))
    assert said.splitlines()[-1] == (
        "- [ ] `schedules/lanternchat.yaml`, line 7: 57 coming sessions of #lanternchat are unconfirmed: the schedule "
        "was confirmed on 1 June 2024, which counts until 1 December 2025."
    )
    assert "set `confirmed:` in its file" in said


def test_where_every_schedule_is_confirmed_nothing_is_listed() -> None:
    assert (
        format_checklist(build.check_sources(sources(lanternchat=LANTERN + "confirmed: 2026-02-01\n"), {}, NOW)) == ""
    )
    assert format_checklist(build.check_sources(sources(lanternchat=LANTERN), {}, NOW)) == ""


def test_the_command_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "lanternchat.yaml").write_text(OLD)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        cli.run_chatcal, ["unconfirmed", "--now", "2026-03-01T00:00:00Z"], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert result.stdout.count("- [ ] ") == 1
