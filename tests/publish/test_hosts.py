"""docs/hosts.md: the recipes for other hosts than GitHub, run as they stand there."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import yaml

from tests.pages import program
from tests.support.calendars import CALENDAR, LANTERN, ROOT
from tests.support.jobs import pages
from tests.support.markdown import blocks
from tests.support.patience import patient
from tests.support.surroundings import unmeasured

PAGE = (ROOT / "docs/hosts.md").read_text("utf-8")
AUTHOR = {f"GIT_{who}_{what}": "ada@lights.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the recipes are for Linux")]


def recipe(mark: str) -> str:
    """Return the one block of the page with a mark."""
    languages = ("sh", "text", "ini", "nginx", "yaml")
    (found,) = (block.text for language in languages for block in blocks(PAGE, language) if block.mark == mark)
    return found


def run(*words: str | Path, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**unmeasured(), **AUTHOR, **more}
    return subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a calendar's repository on a server, with chatcal in it."""
    folder, origin = tmp_path / "our-chats", tmp_path / "origin.git"
    run(program("git"), "init", "--quiet", "--bare", "--initial-branch=main", origin, folder=tmp_path)
    run(program("git"), "clone", "--quiet", origin, folder, folder=tmp_path)
    (folder / "schedules").mkdir()
    (folder / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (folder / "schedules/lanternchat.yaml").write_text(LANTERN, "utf-8")
    (folder / ".gitignore").write_text("/.venv/\n/_site/\n/public/\n", "utf-8")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/chatcal").symlink_to(Path(sys.executable).parent / "chatcal")
    run(program("git"), "add", ".", folder=folder)
    run(program("git"), "commit", "--quiet", "--message", "Begin", folder=folder)
    assert run(program("git"), "push", "--quiet", "origin", "HEAD:main", folder=folder).returncode == 0
    return folder


@contextmanager
def nginx(settings: str, root: Path, folder: Path) -> Iterator[str]:
    """Run nginx with the page's settings for a site in `root`; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = "".join(
        f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    server = f"server {{ listen 127.0.0.1:{port};\n{settings.replace('/srv/chats', str(root))} }}"
    http = f"http {{ access_log off;\n{places}{server}\n}}\n"
    user = "user root;\n" if os.geteuid() == 0 else ""  # otherwise its workers may not look into the folder
    whole = f"{user}daemon off;\nerror_log {folder}/error.log;\npid {folder}/pid;\nevents {{}}\n{http}"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    process = subprocess.Popen([program("nginx"), "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE)
    try:
        for _ in range(round(patient(100))):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=patient(30))


def test_the_script_for_a_server_publishes_what_changes_and_is_silent(clone: Path, tmp_path: Path) -> None:
    program("rsync")
    site, script = tmp_path / "site", clone / "publish.sh"
    site.mkdir()
    script.write_text(recipe("cron"), "utf-8")

    def publish() -> subprocess.CompletedProcess[str]:
        return run(program("sh"), script, clone, site, address, folder=tmp_path)

    with nginx(recipe("nginx"), site, tmp_path) as address:
        first = publish()
        assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
        feed = site / "lanternchat.ics"
        before = feed.read_bytes(), feed.stat().st_mtime_ns
        # A quiet night: nothing is committed, and no feed is touched.
        assert (publish().stdout, feed.stat().st_mtime_ns) == ("", before[1])
        # What the host sends is what the page on publishing asks for.
        answer = requests.get(f"{address}lanternchat.ics", timeout=patient(30))
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Encoding"] == "gzip"
        again = {"If-None-Match": answer.headers["ETag"]}
        assert requests.get(f"{address}lanternchat.ics", headers=again, timeout=patient(30)).status_code == 304
        assert requests.get(f"{address}nothing", timeout=patient(30)).text == (site / "404.html").read_text("utf-8")
        # A question is printed, and what can be published is.
        fewer = LANTERN.replace("every: Wednesday", "dates: [2026-05-06]")
        (clone / "schedules/lanternchat.yaml").write_text(fewer, "utf-8")
        run(program("git"), "commit", "--quiet", "--all", "--message", "Fewer", folder=clone)
        built = (site / "status.json").read_bytes()
        asked = publish()
        assert (asked.returncode, feed.read_bytes()) == (0, before[0])
        assert "[sessions-gone]" in asked.stdout
        assert (site / "status.json").read_bytes() != built
        # A mistake is printed, for cron to send, and the site stays.
        (clone / "schedules/lanternchat.yaml").write_text("hashtag: [\n", "utf-8")
        run(program("git"), "commit", "--quiet", "--all", "--message", "A mistake", folder=clone)
        wrong = publish()
        assert wrong.returncode == 1
        assert "schedules/lanternchat.yaml:" in wrong.stdout
        assert feed.read_bytes() == before[0]
    subjects = run(program("git"), "log", "--format=%s", "origin/main", folder=clone).stdout.splitlines()
    assert [subject.partition(" of ")[0] for subject in subjects] == ["Fewer", "Publish the feeds", "Begin"]


def test_cron_and_systemd_call_the_script_as_it_asks_to_be_called(tmp_path: Path) -> None:
    call = recipe("crontab").split(maxsplit=5)[5].strip()
    (tmp_path / "chats.service").write_text(recipe("service"), "utf-8")
    (tmp_path / "chats.timer").write_text(recipe("timer"), "utf-8")
    assert f"ExecStart=/bin/{call}\n" in recipe("service")
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed.")
    # Only what it says of these files: on a machine without systemd it complains of other things.
    done = run("systemd-analyze", "verify", tmp_path / "chats.timer", folder=tmp_path)
    assert [line for line in done.stderr.splitlines() if "chats." in line] == []


def test_the_gitlab_file_keeps_gitlabs_schema(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(recipe("gitlab"), "utf-8")
    checker = Path(sys.executable).parent / "check-jsonschema"
    done = run(checker, "--builtin-schema", "vendor.gitlab-ci", tmp_path / ".gitlab-ci.yml", folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_jobs_of_the_gitlab_file_publish_a_site_that_stores_the_feeds(clone: Path, tmp_path: Path) -> None:
    jobs = yaml.safe_load(recipe("gitlab"))

    def job(name: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run(program("bash"), "-ec", "\n".join(jobs[name]["script"]), folder=clone, **variables)

    def deploy() -> Mapping[str, bytes]:
        shutil.rmtree(tmp_path / "pages", ignore_errors=True)
        (clone / "public").rename(tmp_path / "pages")
        return {path.name: path.read_bytes() for path in (tmp_path / "pages").glob("*.ics")}

    (tmp_path / "pages").mkdir()
    with pages() as server:
        server.folder = tmp_path / "pages"
        assert job("pages", CI_PAGES_URL=server.address).returncode == 3  # There is no site yet.
        assert job("pages", CI_PAGES_URL=server.address, OPTIONS="--allow-shrink").returncode == 0
        first = deploy()
        assert set(first) == {"all.ics", "lanternchat.ics"}
        assert job("pages", CI_PAGES_URL=server.address).returncode == 0
        assert deploy() == first
        assert json.loads((tmp_path / "pages/status.json").read_text("utf-8"))["feeds"].keys() == {"all", "lanternchat"}
    base = run(program("git"), "rev-parse", "HEAD", folder=clone).stdout.strip()
    look = job("check", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert look.returncode == 0, look.stdout + look.stderr
