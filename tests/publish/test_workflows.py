"""Only GitHub runs the workflows, so here they are read: by three linters, and by a few rules."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = [ROOT / "action.yml", *sorted((ROOT / ".github/actions").glob("*/action.yml"))]
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*-*.yml"))
DEPENDABOT = ROOT / ".github/dependabot.yml"

BAD_WORKFLOW = """\
on: pull_request_target
shout: loud
jobs:
  greet:
    runs-on: ubuntu-5.04
    steps:
      - uses: actions/checkout@v7
      - run: echo "${{ github.event.pull_request.title }}"
"""


def lint(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(name, path=Path(sys.executable).parent)
    assert program, f"{name} is not installed beside {sys.executable}"
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    return lint("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *files)


def jactionlint(*files: Path) -> subprocess.CompletedProcess[str]:
    # Without shellcheck, which is on some machines and not on others.
    return lint("jactionlint", "--shellcheck=", *files)


def schema(name: str, *files: Path) -> subprocess.CompletedProcess[str]:
    return lint("check-jsonschema", "--builtin-schema", f"vendor.{name}", *files)


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


@pytest.mark.parametrize(
    "done",
    [
        pytest.param(lambda: zizmor(*WORKFLOWS, *ACTIONS, DEPENDABOT), id="zizmor"),
        pytest.param(lambda: jactionlint(*WORKFLOWS), id="jactionlint"),
        pytest.param(lambda: schema("github-workflows", *WORKFLOWS), id="schema of workflows"),
        pytest.param(lambda: schema("github-actions", *ACTIONS), id="schema of actions"),
        pytest.param(lambda: schema("dependabot", DEPENDABOT), id="schema of dependabot.yml"),
        pytest.param(lambda: schema("github-issue-forms", *FORMS), id="schema of issue forms"),
        pytest.param(
            lambda: schema("github-issue-config", FORMS[0].with_name("config.yml")), id="schema of their config"
        ),
    ],
)
def test_a_linter_finds_nothing(done: Callable[[], subprocess.CompletedProcess[str]]) -> None:
    found = done()
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_linters_do_find_what_is_bad(tmp_path: Path) -> None:
    bad = tmp_path / ".github/workflows/bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(BAD_WORKFLOW, "utf-8")
    audits = zizmor(bad).stdout
    assert "dangerous-triggers" in audits
    assert "template-injection" in audits
    assert "unpinned-uses" in audits
    rules = jactionlint(bad).stdout
    assert "unknown-runner-label" in rules
    assert "'shout' was unexpected" in schema("github-workflows", bad).stdout


def test_every_action_is_pinned_by_commit_with_its_version_beside_it() -> None:
    for file in WORKFLOWS + ACTIONS:
        for line in file.read_text("utf-8").splitlines():
            if "uses: " in line and "uses: ./" not in line:
                assert re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_grants_nothing_by_itself(file: Path) -> None:
    assert read(file)["permissions"] == {}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_job_says_what_it_may_do_and_gives_up_in_time(file: Path) -> None:
    for name, job in read(file)["jobs"].items():
        assert job["permissions"], name
        assert "timeout-minutes" in job or "uses" in job, name


def test_the_nightly_schedule_stands_alone_and_at_an_odd_minute() -> None:
    # `on` is a boolean to YAML 1.1.
    triggers = read(ROOT / ".github/workflows/nightly.yml")[True]
    assert list(triggers) == ["schedule"]
    minute, hour, *every_day = triggers["schedule"][0]["cron"].split()
    assert int(minute) % 2 == 1
    assert 0 <= int(hour) < 24
    assert every_day == ["*", "*", "*"]


def test_the_site_is_deployed_only_behind_a_build_whose_feeds_are_kept() -> None:
    publish = read(ROOT / ".github/workflows/publish.yml")
    jobs = publish["jobs"]
    assert jobs["keep"]["needs"] == "build"
    assert jobs["deploy"]["needs"] == ["build", "keep"]
    assert "needs.build.result == 'success'" in jobs["deploy"]["if"]
    assert "(needs.keep.result == 'success' || needs.keep.result == 'skipped')" in jobs["deploy"]["if"]
    assert publish["concurrency"]["cancel-in-progress"] is False


def test_what_runs_for_pull_requests_may_only_read_and_is_given_no_secret() -> None:
    for file in WORKFLOWS:
        workflow = read(file)
        if "pull_request" in workflow[True]:
            for job in workflow["jobs"].values():
                assert job["permissions"] == {"contents": "read"}
            text = file.read_text("utf-8")
            assert "secrets" not in text
            assert "github.token" not in text
            assert "--fetch" not in text


@pytest.mark.parametrize("name", ["publish", "forms"])
def test_a_job_that_may_write_runs_nothing_that_a_package_brings(name: str) -> None:
    for job in read(ROOT / f".github/workflows/{name}.yml")["jobs"].values():
        if "write" in job["permissions"].values():
            assert not [step for step in job["steps"] if "setup" in step.get("uses", "")]
            assert not [step for step in job["steps"] if re.search(r"\b(pip|python|chatcal)\b", step.get("run", ""))]


def test_what_installs_chatcal_installs_nothing_else_that_no_hash_locks() -> None:
    for file in ACTIONS:
        scripts = "".join(step.get("run", "") for step in read(file)["runs"]["steps"])
        installs = re.findall(r"^ *install (.*)$", scripts, re.M)
        assert len(installs) == scripts.count("pip install") + 1 == 2, file
        assert installs[0].startswith("--require-hashes "), file
        assert re.fullmatch(r'--no-deps --no-build-isolation (\.|"\$GITHUB_ACTION_PATH")', installs[1]), file


def test_slow_tests_run_where_their_programs_can_be_installed_and_nowhere_else() -> None:
    for name, job in read(ROOT / ".github/workflows/test.yml")["jobs"].items():
        tests = [step["run"] for step in job["steps"] if re.search(r"pytest|dev\.py|\.ci/run", step.get("run", ""))]
        if tests == ["bash .ci/run"]:
            # It installs Debian's packages, and mounts file systems.
            assert job["container"]["image"].startswith("python:"), name
            assert job["container"]["image"].endswith("-bookworm"), name
            assert "--privileged" in job["container"]["options"], name
        else:
            # Where a program is missing tests skip, which they must not where CI is set.
            (only,) = tests
            assert only.startswith("env -u CI "), name
            assert only.split()[-1] in ("quick", "versions"), name


def test_the_lowest_python_that_is_allowed_is_tested_everywhere_and_a_newer_one_too() -> None:
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"].lstrip(">=")
    jobs = read(ROOT / ".github/workflows/test.yml")["jobs"]
    for name in ("everything", "elsewhere"):
        pythons = jobs[name]["strategy"]["matrix"]["python"]
        assert lowest in pythons
        assert len(pythons) > 1
    assert {one.split("-")[0] for one in jobs["elsewhere"]["strategy"]["matrix"]["os"]} == {"macos", "windows"}


def test_nightly_hands_on_every_right_that_publish_asks_for() -> None:
    (night,) = read(ROOT / ".github/workflows/nightly.yml")["jobs"].values()
    strength = ["none", "read", "write"]
    for job in read(ROOT / ".github/workflows/publish.yml")["jobs"].values():
        for right, level in job["permissions"].items():
            assert strength.index(night["permissions"].get(right, "none")) >= strength.index(level), right


def test_only_what_publishes_asks_calendars_kept_elsewhere() -> None:
    asking = [path.name for path in WORKFLOWS if "--fetch" in path.read_text("utf-8")]
    assert asking == ["publish.yml"]


def test_what_publishes_a_release_runs_no_code_of_this_repository_and_what_builds_it_may_not_publish() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"actions": "read", "id-token": "write"}
    assert jobs["publish"]["needs"] == ["build", "attest"]
    assert jobs["publish"]["environment"]["name"] == "pypi"
    fetch, publish = jobs["publish"]["steps"]
    assert fetch["run"] == 'gh run download "$GITHUB_RUN_ID" --name dist --dir dist'
    assert publish["uses"].startswith("pypa/gh-action-pypi-publish@")
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            if "id-token" in job["permissions"]:
                assert (file.stem, name) in {
                    ("release", "attest"), ("release", "publish"), ("publish", "deploy"), ("nightly", "publish"),
                }  # fmt: skip


def test_releases_and_published_feeds_are_attested_by_jobs_that_run_no_code_of_this_repository() -> None:
    for workflow, name, subjects in (
        ("release", "attest", ["dist/*"]),
        ("publish", "deploy", ["kept/feeds/*.ics", "kept/status.json"]),
    ):
        job = read(ROOT / f".github/workflows/{workflow}.yml")["jobs"][name]
        attested = [step for step in job["steps"] if "attest-build-provenance@" in step.get("uses", "")]
        assert [step["with"]["subject-path"].split() for step in attested] == [subjects]
        assert {right for right, level in job["permissions"].items() if level == "write"} >= {
            "attestations",
            "id-token",
        }
        assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")]


@pytest.mark.skipif(sys.platform == "win32", reason="the jobs run on Ubuntu")
@pytest.mark.parametrize(("tag", "code"), [("v{}", 0), ("{}", 1), ("v{}.1", 1), ("v99.0.0", 1)])
def test_a_tag_of_another_version_is_not_released(tag: str, code: int) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    steps = read(ROOT / ".github/workflows/release.yml")["jobs"]["build"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "Compare the tag with the version"]
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, "-eo", "pipefail", "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag.format(version)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == code
