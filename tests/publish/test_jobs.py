"""The workflows do what they are for: run whole, on good days and bad ones."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path

import pytest
import yaml

from chatcal.feed import ics
from tests.support.calendars import CALENDAR, LANTERN, ROOT, at, built
from tests.support.chapters import read_sources
from tests.support.jobs import Hub, Pages, Run, git, pages

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Ubuntu, and on nothing else"),
]

FOG = """\
hashtag: fogchat
name: Fog
timezone: Europe/London
confirmed: 2024-01-01
chats: [{every: Friday, at: 20:00}]
"""
START = {
    "chatcal.yaml": CALENDAR + "collections: {sea: {title: Sea, chapters: [fogchat]}}\n",
    "schedules/lanternchat.yaml": LANTERN,
    "schedules/fogchat.yaml": FOG,
    "requirements/run.txt": "tzdata==2025.2 \\\n    --hash=sha256:0\n",
}
MOVED = LANTERN + "sessions: {2026-03-11: {moved: 2026-03-12 20:00, hosts: ['@ada_keeper', 'fixes #12 [skip ci]']}}\n"
WRONG = LANTERN.replace("13:00", "1pm")
ALL_WELL = dict.fromkeys(("build", "keep", "deploy", "verify", "report"), "success")


@pytest.fixture(scope="module")
def server() -> Iterator[Pages]:
    """Yield what stands for Pages."""
    with pages() as found:
        yield found


@pytest.fixture(scope="module")
def first(server: Pages, tmp_path_factory: pytest.TempPathFactory) -> tuple[Hub, Run]:
    """Return a hub after its first publication, and how that went."""
    hub = Hub.new(tmp_path_factory.mktemp("first") / "hub", server.address)
    server.folder = hub.folder / "pages"
    hub.push(START, "Begin")
    return hub, run(hub, "push", "2026-03-01T10:00")


@pytest.fixture
def hub(first: tuple[Hub, Run], server: Pages, tmp_path: Path) -> Hub:
    """Return a hub of this test's own, after the first publication."""
    made = first[0].copied(tmp_path / "hub")
    server.folder = made.folder / "pages"
    return made


def run(hub: Hub, event: str, moment: str, **how: object) -> Run:
    workflow = {"schedule": "nightly.yml", "pull_request": "check.yml"}.get(event, "publish.yml")
    seconds = int(at(moment).timestamp())
    if event == "pull_request":
        # Nothing in that workflow notes the moment: it takes the clock's, which tests must not.
        how["surroundings"] = {"SOURCE_DATE_EPOCH": str(seconds)}
    return hub.run(workflow, event, seconds, **how)


def night(hub: Hub, moment: str = "2026-03-02T03:43", **how: object) -> Run:
    return run(hub, "schedule", moment, **how)


def issue(hub: Hub, label: str) -> list[tuple[object, object]]:
    """Return the issues of a label: title and state."""
    return [(one["title"], one["state"]) for one in hub.issues() if one["label"] == label]


def test_the_first_publication_commits_all_feeds_and_serves_them(first: tuple[Hub, Run]) -> None:
    hub, done = first
    assert done.went() == ALL_WELL, done
    assert hub.commits() == ["Publish the feeds of 2026-03-01 10:00 UTC", "Begin"]
    feeds = hub.feeds()
    assert set(feeds) == {"all", "fogchat", "lanternchat", "sea"}
    site = hub.site()
    assert {name: site[f"{name}.ics"] for name in feeds} == feeds
    assert json.loads(site["status.json"])["built"] == "2026-03-01T10:00:00Z"
    assert json.loads(site["status.json"])["commit"] == git("rev-parse", "main~1", at=hub.origin)
    assert f"4 feeds at {hub.address} are what these schedules publish." in done.jobs["verify"].log
    assert "The feed `all` appears" in hub.message()
    attested = json.loads((hub.folder / "attested.json").read_text("utf-8"))
    assert attested == [*(f"{name}.ics" for name in sorted(feeds)), "status.json"]


def test_feeds_carry_the_address_that_pages_serves_at(first: tuple[Hub, Run]) -> None:
    hub, _ = first
    assert ics.read_heading(hub.feeds()["sea"]).source == f"{hub.address}sea.ics"


def test_a_quiet_night_commits_nothing_and_only_says_that_it_was_there(hub: Hub) -> None:
    before, commits = hub.site(), hub.commits()
    done = night(hub)
    assert done.went() == ALL_WELL, done
    assert hub.commits() == commits
    assert "No feed changed." in done.jobs["keep"].log
    after = hub.site()
    # Home lists the days from today on, and so it is another page every day.
    assert {path for path in after if after[path] != before[path]} == {
        "index.html",
        "sea/index.html",
        "status.json",
        "build.json",
    }
    assert json.loads(after["status.json"])["built"] == "2026-03-02T03:43:00Z"
    assert "No difference: subscribers see no change." in done.summary
    assert issue(hub, "nightly") == []


def test_a_night_with_a_moved_session_commits_just_the_feeds_concerned_and_says_what_moved(hub: Hub) -> None:
    # Merged while the job for pushes stood still, so that the night finds it.
    hub.push({"schedules/lanternchat.yaml": MOVED}, "Move")
    done = night(hub)
    assert done.went() == ALL_WELL, done
    assert hub.commits()[:2] == ["Publish the feeds of 2026-03-02 03:43 UTC", "Move"]
    assert hub.changed() == ["feeds/all.ics", "feeds/lanternchat.ics"]
    sentence = "#lanternchat: Wed 11 Mar 13:00 moved to Thu 12 Mar 20:00 (Toronto); hosted by "
    assert f"{sentence}@ ada_keeper, fixes # 12 [ skip ci]." in hub.message()
    assert "Next of" not in hub.message()
    assert rf"- {sentence}@<!-- -->ada_keeper, fixes #<!-- -->12 \[skip ci\]." in done.summary
    assert hub.site()["lanternchat.ics"] == hub.feeds()["lanternchat"]


def test_nights_on_which_a_calendar_kept_elsewhere_is_silent_lose_nothing_and_are_counted(hub: Hub) -> None:
    before = hub.feeds()
    elsewhere = FOG.partition("chats:")[0] + "upstream: https://127.0.0.1/fog.ics\n"
    calendar = f"{START['chatcal.yaml']}upstream_hosts: [127.0.0.1]\n"
    hub.push({"schedules/fogchat.yaml": elsewhere, "chatcal.yaml": calendar}, "Follow the fog")
    first, second = night(hub), night(hub, "2026-03-04T03:43")
    why = "https://127.0.0.1/fog.ics cannot be fetched: 127.0.0.1 is at 127.0.0.1, which is not a public address."
    assert first.went() == second.went() == ALL_WELL, second
    assert f"{why} #fogchat has not been heard from since 2 March 2026, 1 night in silence" in first.summary
    assert f"{why} #fogchat has not been heard from since 2 March 2026, 3 nights in silence" in second.summary
    assert any("file=schedules/fogchat.yaml,line=5" in one for one in second.jobs["build"].annotations)
    assert hub.feeds() == before
    assert json.loads(hub.site()["status.json"])["upstream"]["fogchat"]["nights"] == 3


def test_the_months_roll_is_a_commit_that_says_so(hub: Hub) -> None:
    done = night(hub, "2026-04-01T03:43")
    assert done.went() == ALL_WELL, done
    assert len(hub.commits()) == 3
    assert hub.changed() == [f"feeds/{name}.ics" for name in ("all", "fogchat", "lanternchat", "sea")]
    assert "#lanternchat: every Wednesday from 7 Apr 2027, 13:00 (Toronto): added, 4 sessions." in hub.message()


def test_where_somebody_pushes_meanwhile_the_feeds_go_on_top_and_nothing_is_lost(hub: Hub) -> None:
    hub.push({"schedules/lanternchat.yaml": MOVED}, "Move")
    done = night(hub, before={"Push": lambda: hub.push({"schedules/fogchat.yaml": FOG + "about: Fog.\n"}, "Meanwhile")})
    assert done.went() == ALL_WELL, done
    assert hub.commits()[:3] == ["Publish the feeds of 2026-03-02 03:43 UTC", "Meanwhile", "Move"]
    assert hub.changed() == ["feeds/all.ics", "feeds/lanternchat.ics"]
    # What came meanwhile is published by the run of its own push.
    later = run(hub, "push", "2026-03-02T03:50")
    assert later.went() == ALL_WELL, later
    assert hub.changed() == ["feeds/fogchat.ics"]
    assert git("show", "main:schedules/fogchat.yaml", at=hub.origin).endswith("about: Fog.")


def test_where_somebody_changed_feeds_by_hand_meanwhile_it_stops_and_says_so(hub: Hub) -> None:
    hub.push({"schedules/lanternchat.yaml": MOVED}, "Move")
    served = hub.site()
    done = night(hub, before={"Push": lambda: hub.push({"feeds/lanternchat.ics": "by hand"}, "By hand")})
    assert done.went() == ALL_WELL | {"keep": "failure", "deploy": "skipped", "verify": "skipped"}, done
    assert hub.commits()[0] == "By hand"
    assert hub.site() == served
    assert "Somebody else changed feeds/ on main at the same time." in done.summary
    assert "Somebody else changed feeds/" in hub.issues()[0]["body"]


def test_a_protected_main_branch_is_named_as_what_stops_it(hub: Hub) -> None:
    hook = hub.origin / "hooks" / "pre-receive"
    hub.push({"schedules/lanternchat.yaml": MOVED}, "Move")
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed'\nexit 1\n")
    hook.chmod(0o755)
    done = run(hub, "push", "2026-03-02T12:00")
    assert done.went() == {
        "build": "success", "keep": "failure", "deploy": "skipped", "verify": "skipped", "report": "skipped",
    }  # fmt: skip
    assert "If only pull requests may change main, docs/publishing.md says what to do." in done.summary


def test_where_main_takes_no_commit_the_site_is_the_memory_and_nothing_is_committed(hub: Hub) -> None:
    hub.push({f"feeds/{name}.ics": None for name in hub.feeds()} | {"schedules/lanternchat.yaml": MOVED}, "Move")
    hub.variables["PUBLISHED"] = hub.address
    served = hub.site()
    done = night(hub)
    assert done.went() == ALL_WELL | {"keep": "skipped"}, done
    assert hub.commits()[0] == "Move"
    assert "Wed 11 Mar 13:00 moved to Thu 12 Mar 20:00 (Toronto)" in done.summary
    now = hub.site()
    assert now["fogchat.ics"] == served["fogchat.ics"]
    changed = {one.uid for one in ics.read_feed(now["lanternchat.ics"])} & {
        one.uid for one in ics.read_feed(now["lanternchat.ics"]) if one not in ics.read_feed(served["lanternchat.ics"])
    }
    assert {uid.partition("@")[0] for uid in changed} == {"lanternchat-2026-03-11"}


def test_a_night_that_fails_says_why_leaves_the_site_and_keeps_one_issue_until_all_is_well(hub: Hub) -> None:
    served, feeds = hub.site(), hub.feeds()
    hub.push({"schedules/lanternchat.yaml": WRONG}, "A mistake")
    for day in (2, 3):
        done = night(hub, f"2026-03-0{day}T03:43")
        assert done.went() == dict.fromkeys(("keep", "deploy", "verify"), "skipped") | {
            "build": "failure", "report": "success",
        }  # fmt: skip
        assert hub.site() == served
        assert hub.feeds() == feeds
        assert done.jobs["build"].annotations == [
            "::error file=schedules/lanternchat.yaml,line=6,col=9,endColumn=12,title=time::"
            "`1pm` is not a valid clock time.%0AWrite `13:00`, by the 24-hour clock."
        ]
        assert "schedules/lanternchat.yaml:6:9: error: `1pm` is not a valid clock time. [time]" in done.summary
        assert issue(hub, "nightly") == [("The nightly job fails", "OPEN")]
    body = hub.issues()[0]["body"]
    assert "schedules/lanternchat.yaml:6:9: error: `1pm` is not a valid clock time. [time]" in body
    assert "the published site and all feeds stay as they were" in body
    assert "https://hub.example/lights/calendar/actions/runs/3" in body
    hub.push({"schedules/lanternchat.yaml": LANTERN}, "Mended")
    done = run(hub, "push", "2026-03-03T09:00")
    assert done.went() == ALL_WELL, done
    assert issue(hub, "nightly") == [("The nightly job fails", "CLOSED")]


def test_a_night_that_finds_another_site_than_it_published_says_so(hub: Hub, tmp_path: Path) -> None:
    hurry = tmp_path / "hurry"
    hurry.mkdir()
    # It would ask again for twelve minutes.
    (hurry / "sitecustomize.py").write_text("import time\ntime.sleep = lambda seconds: None\n")
    spoiled = hub.folder / "pages" / "sea.ics"
    done = night(
        hub,
        before={"Verify": lambda: spoiled.write_text("<!doctype html><title>Too many requests</title>")},
        surroundings={"PYTHONPATH": str(hurry)},
    )
    assert done.went() == ALL_WELL | {"verify": "failure"}, done
    assert "## Pages does not serve what was published" in done.summary
    said = hub.issues()[0]["body"]
    assert "The site was deployed, but Pages does not serve the right files." in said
    for told in (done.summary, said):
        assert "sea.ics is a web page" in told
    assert "The log of that run says why." not in said
    mended = night(hub, "2026-03-03T03:43")
    assert mended.went() == ALL_WELL, mended
    assert issue(hub, "nightly") == [("The nightly job fails", "CLOSED")]


def test_a_night_that_stops_before_it_can_say_why_leads_to_its_log(hub: Hub) -> None:
    served = hub.site()
    done = night(hub, results={"build": "failure"})
    assert done.went()["deploy"] == "skipped"
    assert hub.site() == served
    said = hub.issues()[0]["body"]
    assert "The build failed, so the published site and all feeds stay as they were." in said
    assert f"https://hub.example/lights/calendar/actions/runs/{done.number}" in said
    assert "The log of that run says why." in said


def test_a_night_that_pages_refuses_says_so(hub: Hub) -> None:
    served = hub.site()
    done = night(hub, results={"deploy": "failure"})
    assert done.went()["verify"] == "skipped"
    assert hub.site() == served
    assert "the site could not be deployed to Pages" in hub.issues()[0]["body"]


def test_where_pages_is_off_it_says_where_to_switch_it_on(hub: Hub) -> None:
    hub.address = ""
    done = night(hub)
    assert done.went()["build"] == "failure"
    said = "Pages is off. Open Settings > Pages, and under Source choose GitHub Actions; then run this again."
    assert done.jobs["build"].annotations == [f"::error title=Pages::{said}"]
    assert said in done.summary
    assert said in hub.issues()[0]["body"]


def test_what_is_not_served_where_chatcal_yaml_says_is_told_with_the_line(hub: Hub) -> None:
    hub.push({"chatcal.yaml": START["chatcal.yaml"] + "home: https://old.example/\n"}, "Another home")
    done = run(hub, "push", "2026-03-02T12:00", results={"verify": "success"})
    (said,) = [line for line in done.jobs["build"].annotations if "other-home" in line]
    assert said.startswith("::warning file=chatcal.yaml,line=6,col=1,")
    assert f"write `home: {hub.address}`" in said


def test_new_zone_data_is_used_at_once_and_the_sessions_that_it_moves_are_named(hub: Hub, tmp_path: Path) -> None:
    data = zone_data(tmp_path / "newer", {"America/Toronto": "Etc/GMT+4"})
    done = night(hub, surroundings={"PYTHONPATH": str(data)})
    assert done.went() == ALL_WELL, done
    assert hub.changed() == ["feeds/all.ics", "feeds/lanternchat.ics"]
    assert "is 17:00 UTC instead of 18:00 UTC" in done.summary
    assert "Time zone data: 2099.1. " in done.summary
    assert "is 17:00 UTC instead of 18:00 UTC" in hub.message()
    (said,) = [line for line in done.jobs["build"].annotations if "zone-data" in line]
    assert said.startswith("::warning file=schedules/lanternchat.yaml,")
    assert json.loads(hub.site()["status.json"])["tzdata"] == "2099.1"


def zone_data(folder: Path, other: Mapping[str, str]) -> Path:
    """Return a folder with zone data of another year, in which zones have the clocks of others."""
    with resources.as_file(resources.files("tzdata")) as real:
        shutil.copytree(real, folder / "tzdata")
    for name, clock in other.items():
        zones = folder / "tzdata" / "zoneinfo"
        shutil.copyfile(zones / clock, zones / name)
    about = folder / "tzdata-2099.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tzdata\nVersion: 2099.1\n")
    return folder


def test_a_feed_that_would_lose_its_sessions_stops_a_push_until_somebody_says_that_it_is_meant(hub: Hub) -> None:
    served = hub.site()
    hub.push({"schedules/lanternchat.yaml": None}, "Remove")
    stopped = run(hub, "push", "2026-03-02T12:00")
    assert stopped.went()["build"] == "failure"
    assert "The feed `lanternchat` is published, but nothing in the schedules has that name any more" in stopped.summary
    assert hub.site() == served
    done = run(hub, "workflow_dispatch", "2026-03-02T12:10", inputs={"allow-shrink": True, "rewrite-past": False})
    assert done.went() == ALL_WELL, done
    (last,) = ics.read_feed(hub.feeds()["lanternchat"])
    assert b"SUMMARY:Cancelled: #lanternchat chat" in last.content


def test_a_chapter_that_would_lose_most_of_its_sessions_waits_for_an_answer_and_all_others_are_published(
    hub: Hub,
) -> None:
    fewer = LANTERN.replace("every: Wednesday", "dates: [2026-05-06]")
    later = FOG.replace("20:00", "21:00")
    before, said = hub.feeds(), "published sessions to come, and would have 1: its"
    hub.push({"schedules/lanternchat.yaml": fewer, "schedules/fogchat.yaml": later}, "Fewer")
    for event, moment in (("push", "2026-03-02T12:00"), ("schedule", "2026-03-03T03:43")):
        done = run(hub, event, moment)
        assert done.went() == ALL_WELL | {"report": "failure"}, done
        assert hub.feeds()["lanternchat"] == before["lanternchat"]
        assert hub.feeds()["fogchat"] != before["fogchat"]
        assert {name: hub.site()[f"{name}.ics"] for name in before} == hub.feeds()
        assert said in done.jobs["build"].annotations[0]
        assert said in done.summary
        assert "run `chatcal build --allow-shrink`" in done.summary
        assert issue(hub, "nightly") == [("A chapter waits for an answer", "OPEN")]
    assert said in hub.issues()[0]["body"]
    done = run(hub, "workflow_dispatch", "2026-03-03T12:10", inputs={"allow-shrink": True, "rewrite-past": False})
    assert done.went() == ALL_WELL, done
    assert issue(hub, "nightly") == [("A chapter waits for an answer", "CLOSED")]
    assert night(hub, "2026-03-04T03:43").went() == ALL_WELL


def test_feeds_that_are_gone_from_the_repository_stop_a_push_before_it_publishes_new_ones(hub: Hub) -> None:
    served = hub.site()
    hub.push({f"feeds/{name}.ics": None for name in hub.feeds()}, "Tidy up")
    stopped = run(hub, "push", "2026-03-02T12:00")
    assert stopped.went()["build"] == "failure"
    assert "feeds/ is empty, and 4 feeds are published" in stopped.summary
    assert hub.site() == served


def test_the_past_is_compiled_again_only_when_somebody_says_so(hub: Hub) -> None:
    hub.push({"schedules/lanternchat.yaml": LANTERN.replace("13:00", "14:00")}, "It was at two all along")
    hours = []
    for rewrite in (False, True):
        inputs = {"allow-shrink": False, "rewrite-past": rewrite}
        assert run(hub, "workflow_dispatch", "2026-03-05T12:00", inputs=inputs).went() == ALL_WELL
        (held,) = [one for one in ics.read_feed(hub.feeds()["lanternchat"]) if "2026-03-04" in one.uid]
        assert isinstance(held.start, datetime)
        hours.append(held.start.hour)
    assert hours == [18, 19]


def test_what_wants_confirming_is_asked_once_a_month(hub: Hub) -> None:
    confirmed = {"schedules/fogchat.yaml": FOG.replace("2024-01-01", "2026-04-20")}
    night(hub, "2026-03-02T03:43")
    night(hub, "2026-03-03T03:43")
    assert issue(hub, "confirm") == [("To confirm in March 2026", "OPEN")]
    assert "- [ ] `schedules/fogchat.yaml`, line 4: " in hub.issues()[0]["body"]
    night(hub, "2026-04-02T03:43")
    assert issue(hub, "confirm") == [("To confirm in April 2026", "OPEN")]
    hub.push(confirmed, "Confirm")
    night(hub, "2026-04-21T03:43")
    assert issue(hub, "confirm") == [("To confirm in April 2026", "CLOSED")]
    assert hub.issues()[0]["comments"] == ["Every coming session is confirmed."]


def test_a_checklist_that_somebody_closed_stays_closed_until_the_next_month(hub: Hub) -> None:
    night(hub, "2026-03-02T03:43")
    issues = hub.issues()
    issues[0]["state"] = "CLOSED"
    (hub.folder / "issues.json").write_text(json.dumps(issues))
    night(hub, "2026-03-03T03:43")
    assert issue(hub, "confirm") == [("To confirm in March 2026", "CLOSED")]
    night(hub, "2026-04-01T03:43")
    assert issue(hub, "confirm") == [("To confirm in March 2026", "CLOSED"), ("To confirm in April 2026", "OPEN")]


def test_a_good_pull_request_shows_what_subscribers_will_see_and_has_a_preview(hub: Hub) -> None:
    hub.pull_request({"schedules/lanternchat.yaml": MOVED})
    commits = hub.commits()
    done = run(hub, "pull_request", "2026-03-02T12:00")
    assert done.went() == {"check": "success"}, done
    assert "- #lanternchat: Wed 11 Mar 13:00 moved to Thu 12 Mar 20:00 (Toronto)" in done.summary
    assert "(https://hub.example/artifacts/preview)" in done.summary
    assert b"Thu 12 Mar" in (hub.folder / "artifacts/preview/lanternchat/index.html").read_bytes()
    assert hub.commits() == commits
    assert not [line for line in done.jobs["check"].annotations if line.startswith(("::error", "::warning"))]


def test_a_pull_request_with_a_mistake_is_red_on_the_right_line(hub: Hub) -> None:
    hub.pull_request({"schedules/lanternchat.yaml": WRONG})
    done = run(hub, "pull_request", "2026-03-02T12:00")
    assert done.went() == {"check": "failure"}
    errors = [line for line in done.jobs["check"].annotations if line.startswith("::error")]
    assert errors == [
        "::error file=schedules/lanternchat.yaml,line=6,col=9,endColumn=12,title=time::"
        "`1pm` is not a valid clock time.%0AWrite `13:00`, by the 24-hour clock."
    ]
    assert "  6 |     at: 1pm\n    |         ^^^\n" in done.summary
    assert not (hub.folder / "artifacts/preview").exists()


def test_a_pull_request_asks_no_calendar_that_is_kept_elsewhere(hub: Hub) -> None:
    elsewhere = FOG.partition("chats:")[0] + "upstream: https://127.0.0.1/fog.ics\n"
    calendar = f"{START['chatcal.yaml']}upstream_hosts: [127.0.0.1]\n"
    hub.pull_request({"schedules/fogchat.yaml": elsewhere, "chatcal.yaml": calendar})
    done = run(hub, "pull_request", "2026-03-02T12:00")
    assert done.went() == {"check": "success"}, done
    # Who asks is told that this address is not to be asked; at night it is.
    assert "cannot be fetched" not in done.jobs["check"].log + done.summary


def test_a_pull_request_that_touches_feeds_is_told_to_leave_them(hub: Hub) -> None:
    feed = hub.feeds()["lanternchat"].decode()
    hub.pull_request({"feeds/lanternchat.ics": feed.replace("SUMMARY:#lantern", "SUMMARY:#lamp")})
    done = run(hub, "pull_request", "2026-03-02T12:00")
    (said,) = [line for line in done.jobs["check"].annotations if line.startswith("::warning")]
    assert said.startswith(
        "::warning file=feeds/lanternchat.ics,title=feeds::Please leave feeds/ to the publishing job"
    )
    assert "This pull request changes 1 of the published feeds." in done.summary


def test_the_name_of_a_feed_forges_no_annotation(hub: Hub) -> None:
    hub.pull_request({"feeds/a,line=1,title=Forged::ads%0Aby.ics": "", "feeds/a::error::forged.ics": ""})
    done = run(hub, "pull_request", "2026-03-02T12:00")
    (said,) = [line for line in done.jobs["check"].annotations if "title=feeds" in line]
    assert said.startswith(
        "::warning file=feeds/a%2Cline=1%2Ctitle=Forged%3A%3Aads%250Aby.ics,title=feeds::Please leave"
    )
    errors = [line for line in done.jobs["check"].annotations if line.startswith("::error")]
    assert all(line.startswith(("::error file=feeds/a%2Cline", "::error file=feeds/a%3A%3Aerror")) for line in errors)


def test_what_sets_chatcal_up_makes_a_program_that_runs_with_newest_zone_data(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / ".github/actions/setup/action.yml").read_text("utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if "run" in step]
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "v"], check=True)
    environment = {"PATH": f"{tmp_path / 'v' / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)}
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements", "src", ".github", "docs"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    script = (
        step["run"]
        + "\nchatcal --version"
        + "\npython -c 'from chatcal.timezones import get_tzdata_version; print(get_tzdata_version())'\n"
    )
    shell = shutil.which("bash")
    assert shell
    done = subprocess.run(
        [shell, "-eo", "pipefail", "-c", script],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"The zone data .*\.\nchatcal, version \S+\n\d{4}\.\d+\n", done.stdout)


def test_where_the_site_is_the_memory_the_first_publication_is_let_through_by_hand(
    server: Pages, tmp_path: Path
) -> None:
    hub = Hub.new(tmp_path / "hub", server.address)
    server.folder = hub.folder / "pages"
    hub.variables["PUBLISHED"] = hub.address
    hub.push(START, "Begin")
    stopped = run(hub, "push", "2026-03-01T10:00")
    assert stopped.went()["build"] == "failure"
    assert "If nothing was ever published there, --allow-shrink begins with no feeds" in stopped.summary
    inputs = {"allow-shrink": True, "rewrite-past": False}
    assert run(hub, "workflow_dispatch", "2026-03-01T10:10", inputs=inputs).went() == ALL_WELL | {"keep": "skipped"}
    assert run(hub, "push", "2026-03-01T10:20").went() == ALL_WELL | {"keep": "skipped"}
    assert hub.commits() == ["Begin"]


def test_the_calendar_of_the_founding_list_is_published_by_these_very_jobs(server: Pages, tmp_path: Path) -> None:
    hub = Hub.new(tmp_path / "hub", server.address)
    server.folder = hub.folder / "pages"
    files = read_sources("founding")
    feeds = {f"feeds/{name}.ics": octets for name, octets in built(files, at("2026-11-23T00:00")).items()}
    files = {**files, **feeds, "requirements/run.txt": (ROOT / "requirements/run.txt").read_bytes()}
    hub.push({path: octets.decode() for path, octets in files.items()}, "Begin")
    kept = hub.feeds()
    done = run(hub, "push", "2026-11-23T12:00")
    assert done.went() == ALL_WELL, done
    assert kept.keys() == hub.feeds().keys()
    assert night(hub, "2026-11-24T03:43").went() == ALL_WELL
    assert len(hub.commits()) == 2
    assert issue(hub, "confirm") == [("To confirm in November 2026", "OPEN")]
