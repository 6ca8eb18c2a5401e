"""What a run of the bench has left behind, and its arithmetic."""

import json
import re
import subprocess
import sys

import pytest

from bench import costs, inputs, tables
from tests.support.surroundings import unmeasured


def test_the_page_shows_the_table_of_the_last_run() -> None:
    page = tables.PAGE.read_text("utf-8")
    assert tables.filled(page, json.loads(tables.RESULTS.read_text("utf-8"))) == page


def test_a_month_of_a_million_subscribers_is_what_each_asks_for() -> None:
    # 0.85 + 7.2 + 1.6 requests a day, of them 0.85 + 0.3 + 1.6 for the whole feed
    month = costs.month(40_000)
    assert round(month.million_requests, 1) == 289.5
    assert round(month.gigabytes) == round((2.75 * 40_000 + 9.65 * 500) * 30 * 1_000_000 / 1e9)
    assert month.fit_pages == 29_029


def test_a_build_of_one_chapter_makes_at_most_1500_moves_between_modules() -> None:
    command = [sys.executable, "-m", "bench.moves"]
    said = subprocess.run(command, cwd=inputs.ROOT, capture_output=True, text=True, check=True).stdout
    found = re.fullmatch(r"([\d,]+) moves between modules\n", said)
    assert found
    assert 0 < int(found[1].replace(",", "")) <= 1_500


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows forks no process")
def test_no_files_of_two_builds_stand_side_by_side_after_the_next_command() -> None:
    command = [sys.executable, "-m", "bench.kills", "12", "8"]
    done = subprocess.run(command, cwd=inputs.ROOT, env=unmeasured(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 mixtures of two builds outlived the next command" in done.stdout


@pytest.mark.slow
def test_no_damaged_schedule_raises_an_exception_or_takes_long() -> None:
    command = [sys.executable, "-m", "bench.fuzz", "300"]
    done = subprocess.run(command, cwd=inputs.ROOT, env=unmeasured(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"300 schedules \(seed 2012\): [1-9]\d* read, [1-9]\d* refused, 0 exceptions; ", done.stdout)
