"""The action, run in somebody else's repository: with the code of its commit, and nothing else of this one."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.calendars import CALENDAR, LANTERN, ROOT, at
from tests.support.jobs import Hub, Run, git, pages
from tests.support.markdown import blocks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Ubuntu, and on nothing else"),
]

WORKFLOW = """\
name: Calendar
on: push
permissions: {{}}
defaults: {{run: {{shell: bash}}}}
jobs:
  build:
    runs-on: ubuntu-24.04
    permissions: {{contents: read}}
    outputs:
      site: ${{{{ steps.calendar.outputs.site }}}}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {{persist-credentials: false}}
      - id: calendar
        uses: lights/chatcal@{commit}
        with: {inputs}
      - uses: actions/upload-pages-artifact@fc324d3547104276b827a68afc52ff2a11cc49c9 # v5.0.0
        with: {{path: "${{{{ steps.calendar.outputs.site }}}}"}}
      - run: command -v python chatcal && chatcal --version
"""
FILES = {"chatcal.yaml": CALENDAR, "schedules/lanternchat.yaml": LANTERN}
MOMENT = "2026-03-01T10:00"


def run(hub: Hub, files: Mapping[str, str | None], commit: str = "0" * 40, inputs: str = "{}") -> Run:
    """Push files and a workflow to somebody's repository, and run that workflow."""
    workflow = WORKFLOW.format(commit=commit, inputs=inputs)
    hub.push({**files, ".github/workflows/calendar.yml": workflow})
    hub.code = hub.ada
    moment = int(at(MOMENT).timestamp())
    return hub.run("calendar.yml", "push", moment, surroundings={"SOURCE_DATE_EPOCH": str(moment)})


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """Return a place with somebody's empty repository."""
    return Hub.new(tmp_path / "hub", "https://lights.example/")


def test_a_calendar_is_built_and_its_site_handed_over(hub: Hub) -> None:
    done = run(hub, FILES, inputs="{home: https://lights.example/}")
    assert done.went() == {"build": "success"}, done
    assert done.jobs["build"].outputs == {"site": "./_site"}
    handed = hub.folder / "artifacts/github-pages"
    assert b"SOURCE;VALUE=URI:https://lights.example/all.ics" in (handed / "all.ics").read_bytes()
    assert "#lanternchat: every Wednesday from 4 Mar, 13:00 (Toronto): added" in done.summary


def test_a_calendar_in_a_folder_is_found_there(hub: Hub) -> None:
    done = run(hub, {f"calendar/{path}": text for path, text in FILES.items()}, inputs="{directory: calendar}")
    assert done.jobs["build"].outputs == {"site": "calendar/_site"}, done
    assert (hub.folder / "artifacts/github-pages/all.ics").is_file()


def test_a_mistake_in_a_folder_is_marked_where_it_is(hub: Hub) -> None:
    files = FILES | {"schedules/lanternchat.yaml": LANTERN.replace("13:00", "1pm")}
    done = run(hub, {f"calendar/{path}": text for path, text in files.items()}, inputs="{directory: calendar}")
    (said,) = done.jobs["build"].annotations
    assert said.startswith("::error file=calendar/schedules/lanternchat.yaml,line=6,col=9,")


def test_the_workflow_that_the_page_shows_builds_a_calendar(hub: Hub) -> None:
    page = (ROOT / "docs/editors.md").read_text("utf-8")
    (shown,) = (block.text for block in blocks(page, "yaml") if block.mark == "action")
    workflow = f"{shown}defaults: {{run: {{shell: bash}}}}\n".replace("OWNER/chatcal@SHA", f"lights/chatcal@{'0' * 40}")
    hub.push(FILES | {".github/workflows/calendar.yml": workflow})
    hub.code = hub.ada
    moment = int(at(MOMENT).timestamp())
    done = hub.run("calendar.yml", "push", moment, surroundings={"SOURCE_DATE_EPOCH": str(moment)})
    assert done.went() == {"build": "success"}, done
    assert (hub.folder / "artifacts/site/lanternchat.ics").is_file()


def test_a_mistake_is_marked_on_its_line_and_nothing_is_handed_over(hub: Hub) -> None:
    done = run(hub, FILES | {"schedules/lanternchat.yaml": LANTERN.replace("13:00", "1pm")})
    assert done.went() == {"build": "failure"}
    assert done.jobs["build"].annotations == [
        "::error file=schedules/lanternchat.yaml,line=6,col=9,endColumn=12,title=time::"
        "`1pm` is not a valid clock time.%0AWrite `13:00`, by the 24-hour clock."
    ]
    assert "## Nothing was built" in done.summary
    assert "schedules/lanternchat.yaml:6:9: error: `1pm` is not a valid clock time. [time]" in done.summary
    assert not (hub.folder / "artifacts/github-pages").exists()


def test_without_a_calendar_it_says_what_to_do(hub: Hub) -> None:
    done = run(hub, {"README.md": "Nothing yet.\n"})
    assert done.went() == {"build": "failure"}
    (said,) = done.jobs["build"].annotations
    assert said.startswith("::error title=chatcal::There is no chatcal.yaml in .. Check the calendar out")


@pytest.mark.parametrize("name", ["directory", "home", "published", "fetch", "allow-shrink", "rewrite-past"])
def test_what_could_be_a_command_stays_a_text(hub: Hub, name: str) -> None:
    touch = 'touch "$HUB/hacked"'
    done = run(hub, FILES, inputs=f"{{{name}: '--help $({touch}) \"; {touch}; \"'}}")
    assert not (hub.folder / "hacked").exists()
    assert (done.went() == {"build": "success"}) is (name in ("fetch", "allow-shrink", "rewrite-past"))


def test_the_boxes_that_publishing_has_are_inputs_here(hub: Hub) -> None:
    run(hub, FILES | {"schedules/fogchat.yaml": LANTERN.replace("lanternchat", "fogchat")})
    feeds = {f"feeds/{path.name}": path.read_bytes().decode() for path in (hub.folder / "artifacts").rglob("*.ics")}
    lost = run(hub, {**feeds, "schedules/fogchat.yaml": None})
    assert lost.went() == {"build": "failure"}
    assert "The feed `fogchat` is published, but nothing in the schedules has that name any more" in lost.summary
    done = run(hub, {}, inputs="{allow-shrink: true, rewrite-past: true}")
    assert done.went() == {"build": "success"}, done
    left = (hub.folder / "artifacts/github-pages/fogchat.ics").read_bytes()
    assert left.count(b"BEGIN:VEVENT") == 1
    assert b"SUMMARY:Cancelled: #fogchat chat" in left


def test_calendars_kept_elsewhere_are_asked_where_that_is_wanted(hub: Hub) -> None:
    elsewhere = "hashtag: fogchat\nname: Fog\nupstream: https://127.0.0.1/fog.ics\n"
    calendar = f"{FILES['chatcal.yaml']}upstream_hosts: [127.0.0.1]\n"
    files = FILES | {"chatcal.yaml": calendar, "schedules/fogchat.yaml": elsewhere}
    assert "is not a public address" not in run(hub, files).jobs["build"].log
    assert "is not a public address" in run(hub, {}, inputs="{fetch: true}").jobs["build"].log


def test_it_goes_on_from_a_site_that_is_the_memory(hub: Hub) -> None:
    with pages() as site:
        site.folder = hub.folder / "pages"
        first = run(hub, FILES, inputs=f"{{published: {site.address}, allow-shrink: true}}")
        assert first.went() == {"build": "success"}, first
        shutil.copytree(hub.folder / "artifacts/github-pages", site.folder, dirs_exist_ok=True)
        again = run(hub, {}, inputs=f"{{published: {site.address}}}")
        assert "No difference: subscribers see no change." in again.summary


def test_it_can_be_told_to_build_nothing(hub: Hub) -> None:
    done = run(hub, {"README.md": "Nothing yet.\n"}, inputs="{build: false}")
    assert "chatcal, version" in done.jobs["build"].log, done


def test_it_installs_the_chatcal_of_its_own_commit_and_leaves_the_python_of_the_job_alone(
    hub: Hub, tmp_path: Path
) -> None:
    code = tmp_path / "chatcal"
    code.mkdir()
    for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE", "requirements", "src", ".github", "docs"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, code / name)
    git("init", "--quiet", at=code)
    git("add", "--all", at=code)
    git("commit", "--quiet", "-m", "This one", at=code)
    commit = git("rev-parse", "HEAD", at=code)
    (code / "src/chatcal/__init__.py").write_text("raise SystemExit('of another commit')\n")
    git("commit", "--quiet", "--all", "-m", "And a later one", at=code)
    hub.chatcal = code
    # Were these taken for Python's own, then whoever proposes a file would run a program of theirs.
    hostile = dict.fromkeys(("pip.py", "venv.py", "hatchling.py", "yaml.py"), "raise SystemExit('hostile')\n")
    done = run(hub, FILES | hostile, commit)
    assert done.went() == {"build": "success"}, done
    assert (hub.folder / "artifacts/github-pages/lanternchat.ics").is_file()
    python, program, version = done.jobs["build"].log.splitlines()[-3:]
    assert "/temp/chatcal/" not in python
    assert program.endswith("/temp/chatcal/path/chatcal")
    assert version.startswith("chatcal, version ")
