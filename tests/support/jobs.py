"""Workflows, run: each job's steps in order, in a fresh clone of a bare repository, as GitHub's runner would.

Git, bash, chatcal and the web are real. `gh` is a program that keeps issues and artifacts in a folder; the few actions
that workflows use are a few lines here. What is not here is not proven: permissions, runners, and GitHub itself.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from tests.support.calendars import ROOT

PULL = "refs/pull/1/merge"


def program(name: str) -> str:
    """Return where a program is."""
    found = shutil.which(name)
    assert found, f"{name} is not installed"
    return found


def git(*words: str, at: Path) -> str:
    """Run git as Ada, and return what it prints."""
    settings = {"user.name": "Ada", "user.email": "ada@lights.example", "init.defaultBranch": "main"}
    given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(
        [program("git"), *given, *words], cwd=at, capture_output=True, encoding="utf-8", check=False, env=_plain()
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.strip()


def _plain() -> dict[str, str]:
    """Return this machine's surroundings without what would tell a run from one on another machine."""
    kept = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "LANG", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"GIT_CONFIG_NOSYSTEM": "1"}


@dataclass
class Hub:
    """A place like GitHub, in a folder: a repository, its artifacts, issues and Pages."""

    folder: Path
    address: str
    """Where Pages serves; empty where it is off."""
    variables: dict[str, str] = field(default_factory=dict)
    runs: int = 0
    code: Path = ROOT
    """Where its workflows stand."""
    chatcal: Path | None = None
    """A repository that chatcal's action is taken from; without one it is that of this tree, and installs nothing."""

    @classmethod
    def new(cls, folder: Path, address: str) -> "Hub":
        """Return a hub with an empty repository."""
        for name in ("pages", "artifacts", "work"):
            (folder / name).mkdir(parents=True)
        made = cls(folder, address)
        git("init", "--quiet", "--bare", str(made.origin), at=folder)
        git("config", "uploadpack.allowAnySHA1InWant", "true", at=made.origin)
        git("symbolic-ref", "HEAD", "refs/heads/main", at=made.origin)
        git("clone", "--quiet", made.origin.as_uri(), "ada", at=folder)
        return made

    def copied(self, folder: Path) -> "Hub":
        """Return a hub of its own that is as far as this one."""
        shutil.copytree(self.folder, folder)
        made = Hub(folder, self.address, runs=self.runs, code=self.code, chatcal=self.chatcal)
        git("remote", "set-url", "origin", made.origin.as_uri(), at=made.ada)
        return made

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    @property
    def ada(self) -> Path:
        """The clone of somebody who pushes to the main branch."""
        return self.folder / "ada"

    def push(self, files: Mapping[str, str | None], message: str = "Edit", branch: str = "main") -> str:
        """Change files (None deletes one), commit them on a branch, push it and return the commit."""
        if self.commits():
            git("fetch", "--quiet", "origin", at=self.ada)
            git("checkout", "--quiet", "-B", branch, "origin/main", at=self.ada)
        for path, text in files.items():
            place = self.ada / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                place.unlink()
            else:
                place.write_text(text, "utf-8", newline="\n")
        git("add", "--all", at=self.ada)
        git("commit", "--quiet", "-m", message, at=self.ada)
        git("push", "--quiet", "--force", "origin", f"HEAD:{branch}", at=self.ada)
        return git("rev-parse", "HEAD", at=self.ada)

    def pull_request(self, files: Mapping[str, str | None]) -> None:
        """Open a pull request that changes files: its merge into the main branch is what a job checks out."""
        self.push(files, "A pull request", "theirs")
        git("checkout", "--quiet", "--detach", "origin/main", at=self.ada)
        git("merge", "--quiet", "--no-ff", "-m", "Merge", "theirs", at=self.ada)
        git("push", "--quiet", "--force", "origin", f"HEAD:{PULL}", at=self.ada)

    def commits(self) -> list[str]:
        """Return the subjects of the main branch, the newest first."""
        if not git("for-each-ref", "refs/heads/main", at=self.origin):
            return []
        return git("log", "--format=%s", "main", at=self.origin).splitlines()

    def message(self) -> str:
        """Return the message of the last commit of the main branch."""
        return git("log", "-1", "--format=%B", "main", at=self.origin)

    def changed(self) -> list[str]:
        """Return the files that the last commit of the main branch changed."""
        return git("show", "--name-only", "--format=", "main", at=self.origin).splitlines()

    def feeds(self) -> dict[str, bytes]:
        """Return the feeds that are kept on the main branch, by their names."""
        clone = self.folder / "look"
        shutil.rmtree(clone, ignore_errors=True)
        git("clone", "--quiet", "--depth", "1", self.origin.as_uri(), str(clone), at=self.folder)
        return {path.stem: path.read_bytes() for path in (clone / "feeds").glob("*.ics")}

    def site(self) -> dict[str, bytes]:
        """Return what Pages serves, by path."""
        pages = self.folder / "pages"
        return {path.relative_to(pages).as_posix(): path.read_bytes() for path in pages.rglob("*") if path.is_file()}

    def issues(self) -> list[dict[str, Any]]:
        """Return the issues, the oldest first: number, state, title, body, label, and the comments."""
        file = self.folder / "issues.json"
        found: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.exists() else []
        return found

    def run(self, workflow: str, event: str, moment: int, **how: Any) -> "Run":
        """Run a workflow at a moment, in seconds since 1970, and return how it went; `how` are more parts of Run."""
        self.runs += 1
        shutil.rmtree(self.folder / "artifacts")
        (self.folder / "artifacts").mkdir()
        run = Run(self, workflow, event, moment, self.runs, **how)
        run.workflow_jobs(yaml.safe_load((self.code / ".github/workflows" / workflow).read_text("utf-8")))
        return run


class Pages(ThreadingHTTPServer):
    """A server on loopback of a folder that can be another one at any time."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Quiet)
        self.folder = Path()

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Quiet(SimpleHTTPRequestHandler):
    server: Pages

    def translate_path(self, path: str) -> str:
        self.directory = str(self.server.folder)
        return super().translate_path(path)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def pages() -> Iterator[Pages]:
    """Yield a running server."""
    with Pages() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass
class Job:
    """How a job went: `success`, `failure` or `skipped`; what it gave others; what it wrote."""

    result: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""

    @property
    def annotations(self) -> list[str]:
        """The lines that GitHub shows at files."""
        return [line for line in self.log.splitlines() if line.startswith("::")]


@dataclass
class Run:
    """A run of a workflow, and all that steps can ask about it."""

    hub: Hub
    workflow: str
    event: str
    moment: int
    number: int
    inputs: Mapping[str, bool] = field(default_factory=dict)
    before: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    """What happens elsewhere just before the step of that name begins."""
    results: Mapping[str, str] = field(default_factory=dict)
    """How jobs go that are not run."""
    surroundings: Mapping[str, str] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    """What GitHub tells of the event."""
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The ref of the event."""
        return PULL if self.event == "pull_request" else "refs/heads/main"

    @property
    def summary(self) -> str:
        """All that the run's page says."""
        return "\n".join(job.summary for job in self.jobs.values())

    def went(self) -> dict[str, str]:
        """Return how each job went."""
        return {name: job.result for name, job in self.jobs.items()}

    def workflow_jobs(self, workflow: Mapping[Any, Any]) -> None:
        """Run the jobs of a workflow, each behind those that it needs: that is how they are written down."""
        for name, job in workflow["jobs"].items():
            if called := job.get("uses"):
                self.workflow_jobs(yaml.safe_load((self.hub.code / called).read_text("utf-8")))
            else:
                self.jobs[name] = _Runner(self, name, job, workflow.get("defaults", {})).run()

    def github(self) -> dict[str, Any]:
        """Return the context that steps know as `github`."""
        return {
            "event_name": self.event, "ref": self.ref, "repository": "lights/calendar", "token": "t0ken",
            "run_id": str(self.number), "server_url": "https://hub.example",
            "event": self.payload,
        }  # fmt: skip


class _Runner:
    """One job: a folder of its own, its steps one by one."""

    def __init__(self, run: Run, name: str, job: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self._run, self._name, self._job = run, name, job
        self._shell = defaults.get("run", {}).get("shell")
        self._done = Job()
        self._folder = run.hub.folder / "work" / f"{run.number}-{name}"
        self._steps: dict[str, dict[str, Any]] = {}
        self._begun = 0
        self._inputs: Mapping[str, Any] = run.inputs
        self._action_path: Path | None = None
        self._paths: list[str] = []
        self._temp = self._folder / "temp"
        needs = job.get("needs", [])
        self._needs = {one: run.jobs[one] for one in ([needs] if isinstance(needs, str) else needs)}
        self._environment: dict[str, str] = {}

    def run(self) -> Job:
        """Run the job where its condition holds."""
        if forced := self._run.results.get(self._name):
            return Job(forced)
        if not self._holds(self._job.get("if", "success()")):
            return Job("skipped")
        (self._folder / "clone").mkdir(parents=True)
        self._temp.mkdir()
        self._environment = {name: self._text(value) for name, value in self._job.get("env", {}).items()}
        self._in_order(self._job["steps"])
        self._done.outputs = {name: self._text(value) for name, value in self._job.get("outputs", {}).items()}
        return self._done

    def _in_order(self, steps: Sequence[Mapping[str, Any]]) -> None:
        for step in steps:
            if not self._holds(step.get("if", "success()")):
                continue
            if happens := self._run.before.get(step.get("name", "")):
                happens()
            outputs = self._command(step) if "run" in step else self._action(step)
            if "id" in step:
                self._steps[step["id"]] = {"outputs": outputs}

    def _command(self, step: Mapping[str, Any]) -> dict[str, str]:
        """Run a step in bash, as the runner does for `shell: bash`, and return its outputs."""
        self._begun += 1
        number = self._begun
        assert step.get("shell", self._shell) == "bash", "without it the runner's bash goes on behind a broken pipe"
        files = {name: self._temp / f"{name}-{number}" for name in ("output", "env", "path", "step_summary")}
        for file in files.values():
            file.touch()
        script = self._temp / f"{number}.sh"
        assert "${{" not in step["run"], "an expression inside a script is how strangers get their own commands in"
        script.write_text(step["run"], "utf-8")
        own = {name: self._text(value) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            [program("bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self._folder / "clone",
            env={
                **self._surroundings(),
                **{f"GITHUB_{name.upper()}": str(file) for name, file in files.items()},
                **self._environment,
                **own,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self._done.log += done.stdout
        self._done.summary += files["step_summary"].read_text("utf-8")
        self._environment |= _pairs(files["env"])
        self._paths = [*reversed(files["path"].read_text("utf-8").splitlines()), *self._paths]
        if done.returncode:
            self._done.result = "failure"
        return _pairs(files["output"])

    def _surroundings(self) -> dict[str, str]:
        plain = _plain()
        own = [] if self._run.hub.chatcal else [str(Path(sys.executable).parent)]
        path = os.pathsep.join([str(self._run.hub.folder / "bin"), *self._paths, *own, plain["PATH"]])
        _put_programs(self._run.hub.folder / "bin")
        return {
            **plain,
            "PATH": path,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REF": self._run.ref,
            "GITHUB_REPOSITORY": "lights/calendar",
            "GITHUB_RUN_ID": str(self._run.number),
            "GITHUB_WORKSPACE": str(self._folder / "clone"),
            **({"GITHUB_ACTION_PATH": str(self._action_path)} if self._action_path else {}),
            "RUNNER_TEMP": str(self._temp),
            "HUB_NOW": str(self._run.moment),
            "HUB": str(self._run.hub.folder),
            "HUB_PAGES": self._run.hub.address,
            # Nothing is fetched from anywhere else, but for what chatcal is installed from.
            **({} if self._run.hub.chatcal else dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")),
            "no_proxy": "127.0.0.1",
            **self._run.surroundings,
        }

    def _action(self, step: Mapping[str, Any]) -> dict[str, str]:
        name, _, commit = step["uses"].partition("@")
        given = {key: self._text(value) for key, value in step.get("with", {}).items()}
        if re.fullmatch(r"[\w-]+/chatcal", name):
            return self._chatcal(given, self._code(commit))
        return _ACTIONS[name](self, given)

    def _code(self, commit: str) -> Path:
        """Return the folder that holds chatcal as of a commit."""
        repository = self._run.hub.chatcal
        if repository is None:
            return ROOT
        code = self._folder / "chatcal"
        git("clone", "--quiet", "--no-checkout", repository.as_uri(), str(code), at=self._folder)
        git("checkout", "--quiet", "--detach", commit, at=code)
        return code

    def _chatcal(self, given: Mapping[str, str], code: Path) -> dict[str, str]:
        """Do what chatcal's action.yml says, as for anybody's calendar."""
        action = yaml.safe_load((code / "action.yml").read_text("utf-8"))
        assert given.keys() <= action["inputs"].keys(), "GitHub only warns of an input that there is not"
        before = self._steps, self._inputs, self._action_path
        self._steps, self._action_path = {}, code
        self._inputs = {name: one["default"] for name, one in action["inputs"].items()} | dict(given)
        steps = action["runs"]["steps"]
        self._in_order([step for step in steps if code != ROOT or step.get("name") != "Install chatcal"])
        outputs = {name: self._text(one["value"]) for name, one in action["outputs"].items()}
        self._steps, self._inputs, self._action_path = before
        return outputs

    def python(self, _given: Mapping[str, str]) -> dict[str, str]:
        return {"python-path": sys.executable}

    def checkout(self, given: Mapping[str, str]) -> dict[str, str]:
        assert given["persist-credentials"] == "false"
        clone = self._folder / "clone"
        git("init", "--quiet", at=clone)
        git("remote", "add", "origin", self._run.hub.origin.as_uri(), at=clone)
        ref = given.get("ref") or self._run.ref
        git("fetch", "--quiet", "--depth", given.get("fetch-depth", "1"), "origin", ref, at=clone)
        git("checkout", "--quiet", "--detach", "FETCH_HEAD", at=clone)
        return {}

    def set_up(self, _given: Mapping[str, str]) -> dict[str, str]:
        assert (self._folder / "clone" / "chatcal.yaml").is_file(), "a local action needs a checkout before it"
        return {}

    def upload(self, given: Mapping[str, str]) -> dict[str, str]:
        place = self._run.hub.folder / "artifacts" / given.get("name", "github-pages")
        source = self._folder / "clone" / given["path"]
        if source.is_dir() and any(source.rglob("*")):
            shutil.copytree(source, place, ignore=shutil.ignore_patterns(".*"))
        elif given.get("if-no-files-found") == "error" or place.name == "github-pages":
            self._done.result = "failure"
        return {"artifact-url": f"https://hub.example/artifacts/{place.name}"}

    def deploy(self, _given: Mapping[str, str]) -> dict[str, str]:
        hub = self._run.hub
        shutil.rmtree(hub.folder / "pages")
        shutil.copytree(hub.folder / "artifacts" / "github-pages", hub.folder / "pages")
        return {"page_url": hub.address}

    def attest(self, given: Mapping[str, str]) -> dict[str, str]:
        """Note what GitHub would sign; it refuses a pattern that matches nothing."""
        found = [list((self._folder / "clone").glob(pattern)) for pattern in given["subject-path"].split()]
        assert all(found), given
        names = sorted(path.name for paths in found for path in paths)
        (self._run.hub.folder / "attested.json").write_text(json.dumps(names), "utf-8")
        return {}

    def _holds(self, condition: str | bool) -> bool:
        text = str(condition).strip()
        text = text[3:-2] if text.startswith("${{") else text
        asks = re.search(r"\b(always|failure|cancelled|success)\(\)", text)
        return bool(self._value(text if asks else f"success() && ({text})"))

    def _text(self, value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _as_text(self._value(found[1])), str(value))

    def _value(self, expression: str) -> Any:
        # What success() asks depends on where it stands: whether the needed jobs went well, or the steps so far.
        begun = self._temp.exists()
        needed = [job.result for job in self._needs.values()]
        failed = self._done.result == "failure" if begun else "failure" in needed
        fine = not failed if begun else all(result == "success" for result in needed)
        contexts = {
            "github": self._run.github(),
            "inputs": self._inputs,
            "vars": self._run.hub.variables,
            "runner": {"temp": str(self._temp)},
            "steps": self._steps,
            "needs": {name: {"result": job.result, "outputs": job.outputs} for name, job in self._needs.items()},
        }
        asked = {"success": fine, "failure": failed, "cancelled": False, "always": True}
        return _Expression(expression, contexts, asked).value()


_ACTIONS: Mapping[str, Callable[[_Runner, Mapping[str, str]], dict[str, str]]] = {
    "actions/checkout": _Runner.checkout,
    "actions/setup-python": _Runner.python,
    "actions/upload-artifact": _Runner.upload,
    "actions/upload-pages-artifact": _Runner.upload,
    "actions/deploy-pages": _Runner.deploy,
    "actions/attest-build-provenance": _Runner.attest,
    "./.github/actions/setup": _Runner.set_up,
}


def _pairs(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


def _as_text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([\w.-]+(?:\(\))?)|(&&|\|\||==|!=|!|\(|\)))")


class _Expression:
    """An expression of the small language that the workflows keep to, being read."""

    def __init__(self, text: str, contexts: Mapping[str, Any], asked: Mapping[str, bool]) -> None:
        self._rest = [next(part for part in found if part) for found in _TOKEN.findall(text)]
        assert "".join(self._rest) == re.sub(r"\s(?=(?:[^']*'[^']*')*[^']*$)", "", text), text
        self._contexts, self._asked = contexts, asked

    def value(self) -> Any:
        """Return what it stands for."""
        found = self._either()
        assert not self._rest, self._rest
        return found

    def _next(self, *wanted: str) -> str:
        """Take the next part where it is one of these; return it, or nothing."""
        return self._rest.pop(0) if self._rest and self._rest[0] in wanted else ""

    def _either(self) -> Any:
        found = self._both()
        while self._next("||"):
            other = self._both()
            found = found or other
        return found

    def _both(self) -> Any:
        found = self._equal()
        while self._next("&&"):
            other = self._equal()
            found = found and other
        return found

    def _equal(self) -> Any:
        found = self._single()
        while sign := self._next("==", "!="):
            found = (_as_text(found) == _as_text(self._single())) is (sign == "==")
        return found

    def _single(self) -> Any:
        if self._next("!"):
            return not self._single()
        if self._next("("):
            found = self._either()
            assert self._next(")")
            return found
        part = self._rest.pop(0)
        if part.startswith("'"):
            return part[1:-1].replace("''", "'")
        return self._asked[part[:-2]] if part.endswith("()") else self._looked_up(part)

    def _looked_up(self, path: str) -> Any:
        found: Any = self._contexts
        assert path.partition(".")[0] in found, f"{path} is of a context that is not known here"
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


def _put_programs(folder: Path) -> None:
    """Put a `gh` and a `date` onto the path: the hub's, and one that knows nothing but the moment of the run."""
    folder.mkdir(exist_ok=True)
    gh = f"exec '{sys.executable}' '{Path(__file__).parent / 'fake_gh.py'}' \"$@\""
    for name, line in {"gh": gh, "date": '[ "$*" = +%s ] && echo "$HUB_NOW"'}.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        (folder / name).chmod(0o755)
