"""docs/publishing.md, followed word for word in a calendar just begun: what the page says is done, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcal.publish import new_calendar
from tests.publish.test_new_calendar import CHAPTER, MEETS, written
from tests.support.calendars import ROOT
from tests.support.jobs import Hub, Pages, Run, git, pages, program
from tests.support.markdown import blocks, section, tables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Ubuntu, and on nothing else"),
]

PAGE = (ROOT / "docs/publishing.md").read_text("utf-8")
BEGUN = 1_772_359_200
WELL = dict.fromkeys(("build", "keep", "deploy", "verify", "report"), "success")
CALENDAR = {
    path: octets
    for path, octets in new_calendar.scaffold_calendar(
        title="Lights", home="", hashtag="lanternchat", timezone="Asia/Tokyo"
    ).items()
    if not path.endswith(".whl")
}


@pytest.fixture(scope="module")
def server() -> Iterator[Pages]:
    """Yield what stands for Pages."""
    with pages() as found:
        yield found


@pytest.fixture
def hub(server: Pages, tmp_path: Path) -> Hub:
    """Return a hub whose clone holds a calendar just begun, and in which nothing is pushed and Pages is off."""
    made = Hub.new(tmp_path / "hub", "")
    made.code = written(
        made.ada, CALENDAR | {CHAPTER: CALENDAR[CHAPTER].replace(b"note: Details pending.\n", b"") + MEETS.encode()}
    )
    server.folder = made.folder / "pages"
    return made


def steps(heading: str) -> list[str]:
    """Return the numbered steps of a section, each in one line."""
    found = re.split(r"^\d\. ", section(PAGE, heading), flags=re.M)[1:]
    return [" ".join(step.partition("\n\n")[0].split()) for step in found]


def written_down(heading: str) -> str:
    """Return the lines that a section says to write into chatcal.yaml."""
    (block,) = blocks(section(PAGE, heading), "yaml")
    assert "`chatcal.yaml`" in section(PAGE, heading)
    return block.text


def chatcal(command: str, at: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page as it stands there."""
    name, *words = command.split()
    assert name == "chatcal"
    return subprocess.run(
        [sys.executable, "-m", "chatcal", *words], cwd=at, capture_output=True, encoding="utf-8", check=False
    )


def by_hand(hub: Hub, *ticked: str, moment: int = BEGUN) -> Run:
    """Run Actions → Publish → Run workflow, with boxes ticked."""
    boxes = {name: name in ticked for name in ("allow-shrink", "rewrite-past")}
    return hub.run("publish.yml", "workflow_dispatch", moment, inputs=boxes)


def test_five_steps_lead_to_a_page_and_its_feeds(hub: Hub, server: Pages) -> None:
    write, look, put, click, run = steps("On GitHub, with GitHub Pages")
    assert write.startswith("Write into `chatcal.yaml`")
    with (hub.ada / "chatcal.yaml").open("a") as file:
        file.write(written_down("On GitHub, with GitHub Pages"))
    assert "`uid_domain`" in look
    assert "\nuid_domain: " in (hub.ada / "chatcal.yaml").read_text("utf-8")
    assert "The README has the commands." in put
    assert [
        block.text
        for block in blocks((hub.ada / "README.md").read_text("utf-8"), "console")
        if "git push" in block.text
    ]
    hub.push({}, "Begin")
    assert "Until then *Publish* stops at once and asks for it." in click
    stopped = hub.run("publish.yml", "push", BEGUN)
    assert stopped.went()["build"] == "failure"
    assert "Open Settings > Pages, and under Source choose GitHub Actions" in stopped.summary
    hub.address = server.address
    assert run.startswith("Actions → *Publish* → Run workflow.")
    assert by_hand(hub).went() == WELL
    served = hub.site()
    assert hub.address.encode() + b"all.ics" in served["index.html"]
    assert b"https://github.com/OWNER/REPO/issues/new" in served["lanternchat/index.html"]
    assert b"SUMMARY:#lanternchat chat" in served["all.ics"]


def test_what_is_published_is_looked_at_from_any_fresh_clone(hub: Hub, server: Pages, tmp_path: Path) -> None:
    hub.push({}, "Begin")
    hub.address = server.address
    assert by_hand(hub, moment=BEGUN).went() == WELL
    (command,) = (block.text for block in blocks(section(PAGE, "Looking before and after"), "console"))
    asked = command.strip().replace("https://OWNER.github.io/REPO/", hub.address)
    assert asked != command.strip()
    git("clone", "--quiet", hub.origin.as_uri(), str(tmp_path / "clone"), at=tmp_path)
    now = ["--now", "2026-03-01T12:00:00Z", "--wait", "0"]
    well = chatcal(f"{asked} {' '.join(now)}", tmp_path / "clone")
    assert (well.returncode, well.stderr) == (0, "")
    exits = {code.strip("`"): meaning for code, meaning in tables(section(PAGE, "Looking before and after"))[0]}
    assert "the site is no older than three days" in exits["0"]
    assert chatcal(f"{asked} --now 2026-03-05T12:00:00Z --wait 0", tmp_path / "clone").returncode == 1
    assert "a feed is missing" in exits["3"]
    (hub.folder / "pages/all.ics").unlink()
    assert chatcal(f"{asked} {' '.join(now)}", tmp_path / "clone").returncode == 3


def test_a_main_branch_that_takes_no_commits_goes_on_from_the_site(hub: Hub, server: Pages) -> None:
    hub.push({}, "Begin")
    hub.address = server.address
    assert by_hand(hub).went() == WELL
    published = hub.feeds()
    variable, out, once = steps("A main branch that takes no commits")
    name = re.findall(r"New repository variable: `(\w+)`", variable)[0]
    hub.variables[name] = hub.address
    assert out.startswith("Take `feeds/` out of the repository, by a pull request.")
    removed = dict.fromkeys(f"feeds/{one}.ics" for one in published)
    hub.pull_request(removed)
    surroundings = {"SOURCE_DATE_EPOCH": str(BEGUN + 60)}
    check = hub.run("check.yml", "pull_request", BEGUN + 60, surroundings=surroundings)
    assert check.went() == {"check": "success"}, check
    assert "*Check* will ask to leave `feeds/` alone" in out
    assert "Please leave `feeds/` to the publishing job" in check.summary
    hub.push(removed, "Merge")
    assert hub.run("publish.yml", "push", BEGUN + 120).went() == WELL | {"keep": "skipped"}
    assert {one: hub.site()[f"{one}.ics"] for one in published} == published
    assert hub.commits()[0] == "Merge"
    assert once.startswith("If nothing was ever published:")  # test_jobs.py has that case


def test_on_any_other_host_one_command_makes_a_folder_that_any_server_serves(
    hub: Hub, server: Pages, tmp_path: Path
) -> None:
    said = section(PAGE, "On any other host") + section(PAGE, "What the host should send")
    with (hub.ada / "chatcal.yaml").open("a") as file:
        file.write(written_down("On any other host").replace("https://chats.example/", server.address))
    (command,) = (block.text.strip() for block in blocks(said, "console"))
    built = chatcal(f"{command} --now 2026-03-01T12:00:00Z", hub.ada)
    assert built.returncode == 0, built.stderr
    before = {path: path.stat().st_mtime_ns for path in (hub.ada / "feeds").iterdir()}
    (hub.ada / "_site").rename(tmp_path / "copied")
    server.folder = tmp_path / "copied"
    assert "`chatcal verify` with that address says" in said.replace("\n", " ")
    looked = chatcal(f"chatcal verify {server.address} --now 2026-03-01T12:00:00Z --wait 0", hub.ada)
    assert looked.returncode == 0, looked.stdout
    assert "touches no feed" in said
    assert chatcal(f"{command} --now 2026-03-02T12:00:00Z", hub.ada).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in (hub.ada / "feeds").iterdir()} == before
    named = re.findall(r"`(_site/[\w.]+)`", said)
    assert named == ["_site/robots.txt", "_site/_headers"]
    for one in named:
        assert (hub.ada / one).is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="the recipe is for Linux")
@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ('{\n  "built": "2999-11-23T03:17:20Z",\n  "feeds": {}\n}\n', 0, ""),
        ('{\n  "built": "2021-11-23T03:17:20Z",\n  "feeds": {}\n}\n', 1, "days ago: the nightly job does not run.\n"),
        ('{\n  "built": "in spring"\n}\n', 3, " does not say when it was built.\n"),
        ('{\n  "built": "$(touch hacked) `touch hacked`"\n}\n', 3, " does not say when it was built.\n"),
        ("<!DOCTYPE html>", 3, " does not say when it was built.\n"),
        (None, 3, " does not say when it was built.\n"),
    ],
)
def test_the_monitor_that_the_page_shows_says_when_the_nights_have_stopped(
    tmp_path: Path, status: str | None, code: int, said: str
) -> None:
    (recipe,) = (block.text for block in blocks(PAGE, "sh") if block.mark == "monitor")
    (tmp_path / "site").mkdir()
    if status is not None:
        (tmp_path / "site/status.json").write_text(status, "utf-8")
    (tmp_path / "monitor.sh").write_text(recipe, "utf-8")
    with pages() as server:
        server.folder = tmp_path / "site"
        words = [program("sh"), "monitor.sh", server.address]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stderr
    assert done.stdout.endswith(said)
    assert bool(done.stdout) is bool(said)
    assert not (tmp_path / "hacked").exists()
