"""The commands for development: what the test command says at its end."""

import os
import subprocess
import sys
from pathlib import Path

from dev import summarize

SAMPLE = """
import pytest
def test_passes(): pass
def test_passes_too(): pass
def test_fails(): assert False
@pytest.mark.parametrize("number", range(3))
def test_lacks_something(number): pytest.skip("fogprogram is not installed.")
@pytest.fixture
def broken(): raise ValueError
def test_breaks(broken): pass
"""


def test_the_last_line_counts_what_passed_failed_and_was_skipped_for_want_of_what(tmp_path: Path) -> None:
    sample, results = tmp_path / "test_sample.py", tmp_path / "results.xml"
    sample.write_text(SAMPLE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={results}", str(sample)]
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(command, cwd=tmp_path, env=surroundings, capture_output=True, check=False)
    assert done.returncode == 1
    assert summarize(results) == "Tests: 2 passed, 2 failed, 3 skipped (3: fogprogram is not installed)."


def test_tests_that_did_not_run_are_not_called_passed(tmp_path: Path) -> None:
    assert summarize(tmp_path / "results.xml") == "The tests did not run to their end."
