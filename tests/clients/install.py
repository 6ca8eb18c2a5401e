"""Set up each calendar program in an environment of its own: `python3 tests/clients/install.py`.

What a folder holds says what it needs: requirements.txt a virtual environment, package-lock.json npm's packages,
read.c and CMakeLists.txt a compiler. What is set up already stays. What Debian packages are needed, `.ci/run` says;
where they are missing a line says so, and the tests of that program say it again.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCALE = "de_DE.UTF-8"

Command = list[str | Path]


def steps(folder: Path) -> Iterator[Command]:
    """Yield the commands that set up what a folder holds."""
    if (folder / "requirements.txt").exists():
        venv = folder / ".venv"
        yield [sys.executable, "-m", "venv", "--clear", venv]
        pip: Command = [venv / "bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        yield [*pip, "--require-hashes", "--only-binary", ":all:", "-r", folder / "requirements.txt"]
    if (folder / "package-lock.json").exists():
        yield ["npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if (folder / "CMakeLists.txt").exists():
        yield ["cmake", "-S", folder, "-B", folder / "build", "--log-level=ERROR"]
        yield ["cmake", "--build", folder / "build", "--", "--quiet"]
    if (folder / "read.c").exists():
        (folder / "build").mkdir(exist_ok=True)
        yield ["cc", "-Wall", "-Wextra", "-Werror", "-o", folder / "build/read", folder / "read.c", "-lical"]
    if folder.name == "locales":
        # A locale that writes 1,5, compiled into the folder: the machine's own are left alone.
        yield ["localedef", "-i", LOCALE.partition(".")[0], "-f", "UTF-8", folder / LOCALE]


def digest(folder: Path) -> str:
    """Return what changes when a folder must be set up anew."""
    inputs = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "made-from.txt")
    written = [path.read_bytes() for path in inputs]
    return hashlib.sha256(b"".join([sys.version.encode(), str(folder).encode(), *written])).hexdigest()


def stamp(folder: Path) -> Path:
    """Return the file that says what a folder was set up from, where that takes something."""
    for name in (".venv", "node_modules", "build"):
        if (folder / name).exists():
            return folder / name / "made-from.txt"
    return folder / "made-from.txt"


def install(folder: Path) -> None:
    """Set up what a folder holds, unless it is; say why where that fails."""
    if stamp(folder).exists() and stamp(folder).read_text() == digest(folder):
        return
    commands = list(steps(folder))
    for command in commands:
        program = str(command[0])
        if not shutil.which(program):
            print(f"{folder.name}: {program} is not installed.", flush=True)
            return
        if subprocess.run(command, cwd=HERE, check=False).returncode:
            print(f"{folder.name}: {program} has failed.", flush=True)
            return
    if commands:
        stamp(folder).write_text(digest(folder))


def main() -> None:
    """Set up all of them."""
    (HERE / "locales").mkdir(exist_ok=True)
    for folder in sorted(HERE.iterdir()):
        if folder.is_dir():
            install(folder)


if __name__ == "__main__":
    main()
