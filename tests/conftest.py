"""What every test rests on: the same examples and the same surroundings on every machine."""

import os
import signal
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest

# Derandomized: a run passes or fails for what the code is, not for the day's luck.
here = hypothesis.settings(derandomize=True, deadline=None)
hypothesis.settings.register_profile("here", here)
hypothesis.settings.register_profile("ci", here, max_examples=200)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

# A shell that starts the tests in the background has them ignore Ctrl+C, and the programs that they start inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take away the temporary files that programs leave, such as locks. The folder's name is short, for sockets."""
    tmp_path_factory.getbasetemp()  # It is where it always is.
    with (
        tempfile.TemporaryDirectory(prefix="t", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("TMPDIR", folder)
        yield


@pytest.fixture(autouse=True)
def same_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the variables that change what chatcal prints or when it thinks it runs."""
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
