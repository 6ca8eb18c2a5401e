"""The locked requirements: of no machine, and the same for whoever publishes and develops."""

import re
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parents[2] / "requirements"


def pins(name: str) -> dict[str, str]:
    lock = (LOCKS / name).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))


def test_whoever_develops_has_the_very_versions_that_publish() -> None:
    assert pins("run.txt")
    assert pins("run.txt").items() <= pins("dev.txt").items()


def test_no_lock_names_an_index_or_a_place() -> None:
    for lock in LOCKS.iterdir():
        assert not re.search(r"^-|://|file:| @ ", lock.read_text("utf-8"), re.MULTILINE), lock


def test_what_is_installed_is_what_pyproject_asks_for() -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
