"""The commands for development, which need only Python.

`python3 dev.py WORD` (on Windows, `python dev.py WORD`) sets up `.venv` from the locked requirements if it
is missing or out of date, then runs the command.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python should read why it is refused
    sys.exit(
        f"chatcal needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
        "Get one from https://www.python.org/downloads/ and run this file with it."
    )

HELP = """\
python3 dev.py build   set up, then build feeds/ and _site/ from schedules/
python3 dev.py test    set up, then run all that CI runs: lint, types, tests with coverage
python3 dev.py quick   run the fast tests; further words go to pytest
python3 dev.py clients install calendar programs, let them read the feeds, and write what they
                       saw into docs/clients.md; `clients install` only installs them
python3 dev.py versions
                       run the fast tests with the oldest and with the newest libraries that
                       pyproject.toml allows, each in a new environment; `versions oldest` only
                       with the oldest
python3 dev.py lint    run only the linters and the type checker
python3 dev.py bench   measure builds, and compare them with two programs that do the same
python3 dev.py same    build some calendars, and compare the bytes with a build of the last
                       commit; `same COMMIT` compares with another commit
python3 dev.py words   bring the catalogs of src/chatcal/locale/ in step with the code, and say what they
                       lack; `words it` begins one for a language
python3 dev.py lock    update requirements/ from pyproject.toml; `lock --upgrade` takes the newest
                       of everything, `lock --upgrade-package tzdata` of one package
"""
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = VENV / BIN / ("python.exe" if os.name == "nt" else "python")
EVERY_CORE = [
    "-n",
    "auto",
    "--dist",
    "loadfile",
]  # one core for each file, because its tests share a browser or another program


def main(word: str = "help", *more: str) -> int:
    """Run a command with its arguments; return the exit code."""
    if word == "lock":
        return lock(*more)
    if word == "versions":
        return versions(*more)
    if word not in {"build", "test", "quick", "clients", "lint", "bench", "same", "words"}:
        print(HELP, end="")
        return 0 if word in {"help", "-h", "--help"} else 2
    set_up("run" if word == "build" else "dev")
    commands = {
        "build": ("chatcal", "build"),
        "quick": ("pytest", *EVERY_CORE, "-m", "not slow"),
        "bench": ("python", "-m", "bench"),
        "same": ("python", "-m", "bench.same"),
        "words": ("python", "-m", "tests.support.catalogs"),
    }
    if word in commands:
        return run(*commands[word], *more)
    if word == "clients":
        return clients(*more)
    if word == "lint":
        return lint()
    return any([lint(), tests_with_coverage()])


def lint() -> int:
    """Run every linter, even if one has found something; return 0 if none did."""
    return any([run("ruff", "check"), run("ruff", "format", "--check"), run("mypy"), run("lint-imports")])


def tests_with_coverage() -> int:
    """Run all tests, and fail below the coverage that pyproject.toml asks for; return the exit code.

    The coverage is reported even if a test has failed. The last line says how it went.
    """
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.xml")
        run("coverage", "erase")
        failed = run("coverage", "run", "-m", "pytest", *EVERY_CORE, f"--junit-xml={results}")
        uncovered = run("coverage", "combine", "--quiet") or run("coverage", "report")
        print(f"\n{summarize(results)} Coverage: {'too low' if uncovered else 'fine'}.", flush=True)
    return failed or uncovered


def summarize(results: Path) -> str:
    """Say how many tests have passed, failed, and been skipped for want of what, from pytest's own results."""
    if not results.exists():
        return "The tests did not run to their end."
    cases = list(ET.parse(results).iter("testcase"))  # noqa: S314 - pytest has just written it
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    reasons = Counter(one.get("message", "") for case in cases for one in case.findall("skipped"))
    skipped = reasons.total()
    why = "; ".join(f"{count}: {reason.rstrip('.')}" for reason, count in sorted(reasons.items()))
    return f"Tests: {len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped{why and f' ({why})'}."


def clients(*more: str) -> int:
    """Install each calendar program in its own environment, and compare what they see; return the exit code."""
    must(sys.executable, "tests/clients/install.py")
    return 0 if more == ("install",) else run("python", "-m", "tests.clients")


def set_up(lock_name: str) -> None:
    """Make `.venv` from requirements/`lock_name`.txt, unless it is up to date.

    It is made anew for another Python, folder or lock. dev.txt includes all of run.txt.
    """
    inputs = ["pyproject.toml", "requirements/run.txt", "requirements/dev.txt"]
    digest = hashlib.sha256(b"".join((ROOT / path).read_bytes() for path in inputs)).hexdigest()
    source = f"{digest} {sys.version} {ROOT}"
    stamp = VENV / "made-from.txt"
    if PYTHON.exists() and stamp.exists():
        made_from = stamp.read_text("utf-8")
        if made_from in {f"{lock_name} {source}", f"dev {source}"}:
            return
    if not importlib.util.find_spec("ensurepip"):
        sys.exit("This Python lacks its venv module. On Debian and Ubuntu: sudo apt install python3-venv")
    print(f"Setting up .venv from requirements/{lock_name}.txt; give it a minute.", flush=True)
    must(sys.executable, "-m", "venv", "--clear", VENV)
    pip_install(PYTHON, "--require-hashes", "-r", f"requirements/{lock_name}.txt")
    pip_install(PYTHON, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(f"{lock_name} {source}", "utf-8")
    print(f"Done. The command is {Path('.venv', BIN, 'chatcal')}.", flush=True)


def lock(*options: str) -> int:
    """Lock what pyproject.toml asks for, by hash, for every Python and system; return the exit code.

    It reads no settings of this machine, so the result is the same everywhere.
    """
    with tempfile.TemporaryDirectory() as folder:
        python = make_environment(folder, "uv")
        compiling = """-m uv pip compile pyproject.toml --quiet --universal --python-version 3.11
            --generate-hashes --only-binary :all: --no-config --no-emit-index-url"""
        steps = [*compiling.split(), "--custom-compile-command", "python3 dev.py lock", *options]
        dev, run_only = "requirements/dev.txt", "requirements/run.txt"
        must(python, *steps, "--group", "dev", "-o", dev)
        must(python, *steps, "--group", "build", "-o", run_only, "-c", dev)
        for pinned in sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/clients/*/requirements.in")):
            must(python, *steps[:4], pinned, *steps[5:], "-o", pinned.with_suffix(".txt"))
    return 0


def versions(*which: str) -> int:
    """Run the fast tests with the oldest and the newest libraries that pyproject.toml allows; return the exit code.

    The libraries for development are the locked ones, so the tests that compare the locks are left out.
    """
    failed = False
    for name, resolution in {"oldest": "lowest-direct", "newest": "highest"}.items():
        if which and name not in which:
            continue
        with tempfile.TemporaryDirectory() as folder:
            python = make_environment(folder, "uv")
            wanted = Path(folder, "wanted.txt")
            compiling = ["-m", "uv", "pip", "compile", "pyproject.toml", "--quiet", "--no-config", "--no-header"]
            must(python, *compiling, "--resolution", resolution, "--python", python, "-o", wanted)
            pip_install(python, "-r", "requirements/dev.txt")
            pip_install(python, "-r", wanted)
            pip_install(python, "--no-deps", "--no-build-isolation", "--editable", ".")
            print(f"\n> the fast tests with the {name} libraries", flush=True)
            tests: list[str | Path] = [python, "-m", "pytest", *EVERY_CORE, "-m", "not slow"]
            tests += ["--ignore", "tests/system/test_requirements.py", "-p", "no:cacheprovider"]
            failed |= bool(subprocess.run(tests, cwd=ROOT, check=False).returncode)
    return int(failed)


def make_environment(folder: str, *packages: str) -> Path:
    """Make a virtual environment with these packages in a folder; return its Python."""
    python = Path(folder, BIN, PYTHON.name)
    must(sys.executable, "-m", "venv", folder)
    pip_install(python, *packages)
    return python


def pip_install(python: Path, *what: str | Path) -> None:
    """Install into the environment of that Python; pip prints only errors."""
    must(python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what)


def must(*command: str | Path) -> None:
    """Run a step; exit with its exit code if it fails."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def run(program: str, *arguments: str) -> int:
    """Print and run a command of `.venv`; return its exit code."""
    print(f"\n> {program} {' '.join(arguments)}", flush=True)
    return subprocess.run([VENV / BIN / program, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
