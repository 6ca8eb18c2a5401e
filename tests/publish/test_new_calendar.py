"""A calendar of one's own: begun in an empty folder, checked, built, subscribed to, edited."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from chatcal import files, timezones
from chatcal.cli import init
from chatcal.publish import new_calendar
from tests.cli.test_cli import run
from tests.publish.test_workflows import jactionlint, schema, zizmor
from tests.support.calendars import ROOT
from tests.support.jobs import Hub, pages
from tests.support.markdown import blocks, broken_links, section
from tests.support.patience import patient
from tests.support.surroundings import unmeasured

NOW = ["--now", "2026-03-01T00:00:00Z"]
TITLE, HOME = "Chats of the Keepers", "https://lights.github.io/chats/"
ANSWERS = {"title": TITLE, "home": HOME, "hashtag": "LanternChat", "timezone": "Asia/Tokyo"}
OPTIONS = ["--title", TITLE, "--home", HOME, "--hashtag", "#LanternChat", "--timezone", "tokyo"]
CHAPTER = "schedules/lanternchat.yaml"
MEETS = "chats: [{every: Wednesday, at: 13:00}]\n"


def texts(**answers: str) -> dict[str, str]:
    """Return the files of a new calendar but for the wheel."""
    made = new_calendar.scaffold_calendar(**(answers or ANSWERS))
    return {path: octets.decode() for path, octets in made.items() if not path.endswith(".whl")}


def written(folder: Path, made: Mapping[str, bytes]) -> Path:
    """Write files into a folder, and return it."""
    files.replace_files({folder / path: octets for path, octets in made.items()})
    return folder


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a new calendar, to be looked at alone."""
    return written(tmp_path_factory.mktemp("begun"), new_calendar.scaffold_calendar(**ANSWERS))


def there(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items()}


def test_one_command_begins_a_calendar_that_has_no_mistake_and_builds(tmp_path: Path) -> None:
    folder = tmp_path / "our chats"
    done = run("-C", str(tmp_path), "init", "our chats", *OPTIONS, *NOW)
    assert done.exit_code == 0, done.output
    assert f"is in {folder}. " in done.stdout
    assert f'   chatcal -C "{folder}" check\n' in done.stdout
    assert there(folder) == new_calendar.scaffold_calendar(**ANSWERS)
    checked = run("-C", str(folder), "check", *NOW)
    assert checked.exit_code == 0
    assert checked.stderr == "2 files read: 1 notice.\n"
    assert "[profile]" in checked.stdout
    assert run("-C", str(folder), "build", *NOW).stdout.startswith("2 feeds in feeds/, 2 of them changed")
    assert b"SOURCE;VALUE=URI:https://lights.github.io/chats/all.ics" in (folder / "_site/all.ics").read_bytes()


def test_it_says_the_next_three_steps(tmp_path: Path) -> None:
    said = run("-C", str(tmp_path), "init", *OPTIONS).stdout
    assert [line[:2] for line in said.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert f"Write in {CHAPTER} when people meet, and where." in said
    assert f"   chatcal -C {tmp_path} check\n   chatcal -C {tmp_path} serve\n" in said
    assert "the one click: Settings > Pages > Build and deployment > Source: GitHub Actions" in said


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
@pytest.mark.parametrize("inside", ["README.md", ".github", "requirements/run.txt", "schedules"])
def test_where_something_is_in_the_way_it_names_it_and_writes_nothing(tmp_path: Path, inside: str) -> None:
    (tmp_path / inside).parent.mkdir(exist_ok=True)
    (tmp_path / inside).write_text("mine")
    (tmp_path / "chatcal.yaml").symlink_to("nowhere")
    before = there(tmp_path)
    done = run("-C", str(tmp_path), "init", *OPTIONS)
    assert done.exit_code == 2
    named = sorted(["chatcal.yaml", inside])
    assert f"Nothing was written. This exists already: {named[0]} and {named[1]}." in done.stderr
    assert there(tmp_path) == before


def test_what_is_not_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("mine")
    assert run("-C", str(tmp_path), "init", *OPTIONS).exit_code == 0
    assert (tmp_path / "LICENSE").read_text() == "mine"


def test_where_nobody_can_be_asked_it_names_every_option_that_is_missing(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "init", "--hashtag", "lanternchat", "--title", "Lights")
    assert done.exit_code == 2
    assert "Missing: --home and --timezone. There is no terminal to ask at. If you do not know the" in done.stderr
    said = run("-C", str(tmp_path), "init", *OPTIONS[:4], *OPTIONS[6:]).stderr
    assert "Missing: --hashtag. There is no terminal to ask at.\n" in said
    assert there(tmp_path) == {}


def test_a_zone_is_proposed_only_where_the_machine_names_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for named, proposed in (("Europe/Paris", "Europe/Paris"), ("UTC", None), ("Etc/UTC", None), ("EST5EDT", None)):
        monkeypatch.setenv("TZ", named)
        assert init.find_local_city() == proposed


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--title", " ", "Write a few words, in one line."),
        ("--title", "one\ntwo", "Write a few words, in one line."),
        ("--home", "https://github.com/Lights/Chats", "Its site would be at https://lights.github.io/Chats/."),
        ("--home", "https://github.com/Ada/ada.github.io.git", "Its site would be at https://ada.github.io/."),
        ("--home", "lights.example", "is not the address of a site. Write one like https://chats.example/."),
        ("--home", "https://lights.example/?a", "`home` is a folder, without `?` and `#`."),
        ("--hashtag", "lantern chat", "`lantern chat` is not a valid hashtag."),
        ("--hashtag", "チャット", "then write `hashtag: チャット` in that file"),
        ("--hashtag", "con", "Windows reserves it"),
        ("--hashtag", "all", "`all`"),
        ("--timezone", "EST", "Write `America/New_York`"),
    ],
)
def test_an_answer_that_cannot_be_is_wrong_usage(tmp_path: Path, option: str, value: str, said: str) -> None:
    done = run("-C", str(tmp_path), "init", *OPTIONS, option, value)
    assert done.exit_code == 2
    assert said in done.stderr
    assert there(tmp_path) == {}


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ('Chats: "ours" & others\' #1', 'Chats: "ours" \\& others\' #<!-- -->1'),
        ("# \\ %{home}", "# \\\\ %{home}"),
        ("<b> *of* @ada", "\\<b\\> \\*of\\* @<!-- -->ada"),
        ("'", "'"),
    ],
)
def test_a_title_may_have_any_signs(title: str, heading: str) -> None:
    made = texts(title=title, home="", hashtag="x", timezone="Etc/UTC")
    assert yaml.safe_load(made["chatcal.yaml"])["title"] == title
    assert made["README.md"].startswith(f"# {heading}\n")


@pytest.mark.parametrize(
    ("home", "uid_domain", "repository"),
    [
        ("https://lights.github.io/chats/", "lights.github.io", "https://github.com/lights/chats"),
        ("https://lights.github.io/", "lights.github.io", "https://github.com/lights/lights.github.io"),
        ("https://lights.github.io/a/b/", "lights.github.io", None),
        ("https://Lights.example:8000/chats/", "lights.example", None),
        ("https://bücher.example/", "lights-of-the-coast.chatcal.example", None),
        ("", "lights-of-the-coast.chatcal.example", None),
    ],
)
def test_what_an_address_tells_is_written_down_and_nothing_is_invented(
    home: str, uid_domain: str, repository: str | None
) -> None:
    made = texts(title="Lights of the Coast!", home=home, hashtag="lantern_chat", timezone="Etc/UTC")
    calendar = yaml.safe_load(made["chatcal.yaml"])
    assert calendar["uid_domain"] == uid_domain
    assert calendar.get("home", "") == home
    assert calendar.get("repository") == repository
    assert ("\n* @lights\n" in made[".github/CODEOWNERS"]) is (repository is not None)


def test_where_a_title_has_no_plain_letter_the_first_chapter_names_the_uids() -> None:
    made = texts(title="\u706f\u53f0", home="", hashtag="lantern_chat", timezone="Etc/UTC")
    assert yaml.safe_load(made["chatcal.yaml"])["uid_domain"] == "lantern-chat.chatcal.example"


def test_a_hashtag_in_other_letters_gives_its_file_a_plain_name() -> None:
    path, octets = new_calendar.scaffold_chapter("CaféChat")
    assert path == "schedules/cafechat.yaml"
    assert "hashtag: CaféChat\n" in octets.decode()


def test_a_chapter_states_nothing_that_was_not_said() -> None:
    made = yaml.safe_load(texts()[CHAPTER])
    assert made == {
        "hashtag": "LanternChat", "name": "LanternChat", "timezone": "Asia/Tokyo", "note": "Details pending.",
    }  # fmt: skip


def test_every_remark_of_a_chapter_can_be_used_as_it_stands(tmp_path: Path) -> None:
    folder = written(tmp_path, new_calendar.scaffold_calendar(**ANSWERS))
    head, _, remarks = texts()[CHAPTER].partition("note: Details pending.")
    used = head + re.sub(r"^# (?=[ a-z])", "", "note: Pending." + remarks, flags=re.M)
    (folder / CHAPTER).write_text(used, "utf-8")
    done = run("-C", str(folder), "check", *NOW)
    assert done.stderr == "2 files read: no problem.\n", done.stdout
    shown = run("-C", str(folder), "show", "lanternchat", *NOW).stdout
    assert "Wed 4 Mar 2026, 13:00 to 14:00 in Tokyo" in shown
    assert "Wed 13 Jan 2027" in shown
    (folder / CHAPTER).write_text(texts()[CHAPTER] + MEETS, "utf-8")
    assert "[pending]" in run("-C", str(folder), "check", *NOW).stdout


def test_every_remark_of_chatcal_yaml_can_be_used_as_it_stands(tmp_path: Path) -> None:
    folder = written(tmp_path, new_calendar.scaffold_calendar(**ANSWERS))
    text = re.sub(r"^# (?=[a-z]+: | +europe|collections:)", "", texts()["chatcal.yaml"], flags=re.M)
    (folder / "chatcal.yaml").write_text(text, "utf-8")
    (folder / "schedules/fogchat.yaml").write_text("hashtag: fogchat\nname: Fog\nnote: Soon.\n")
    done = run("-C", str(folder), "check", *NOW)
    assert done.exit_code == 0, done.stdout
    assert {"about", "contact", "join", "clocks", "collections"} <= yaml.safe_load(text).keys()


def test_what_both_have_is_the_same_file_here_and_there(begun: Path) -> None:
    for path in new_calendar.SHARED_FILES:
        assert (begun / path).read_bytes() == (ROOT / path).read_bytes(), path


def test_the_shared_files_are_those_that_the_wheel_takes_along() -> None:
    import tomllib

    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"] == {
        path: f"chatcal/scaffold/shared/{path}" for path in new_calendar.SHARED_FILES
    }


@pytest.mark.parametrize(
    "done",
    [
        pytest.param(lambda at: zizmor(at / ".github"), id="zizmor"),
        pytest.param(lambda at: jactionlint(*(at / ".github/workflows").glob("*.yml")), id="jactionlint"),
        pytest.param(
            lambda at: schema("github-workflows", *(at / ".github/workflows").glob("*.yml")), id="schema of workflows"
        ),
        pytest.param(
            lambda at: schema("github-actions", *(at / ".github/actions").rglob("*.yml")), id="schema of actions"
        ),
        pytest.param(lambda at: schema("dependabot", at / ".github/dependabot.yml"), id="schema of dependabot.yml"),
        pytest.param(
            lambda at: schema("github-issue-forms", *(at / ".github/ISSUE_TEMPLATE").glob("*-*.yml")),
            id="schema of issue forms",
        ),
    ],
)
def test_a_linter_finds_nothing_in_what_it_writes(
    begun: Path, done: Callable[[Path], subprocess.CompletedProcess[str]]
) -> None:
    found = done(begun)
    assert found.returncode == 0, found.stdout + found.stderr


def test_it_has_all_that_its_people_need_on_github(begun: Path) -> None:
    names = {path.relative_to(begun / ".github").as_posix() for path in (begun / ".github").rglob("*.*")}
    assert names >= {
        "ISSUE_TEMPLATE/add-a-chapter.yml", "ISSUE_TEMPLATE/cancel-or-move-a-session.yml",
        "ISSUE_TEMPLATE/correct-a-schedule.yml", "dependabot.yml", "pull_request_template.md",
    }  # fmt: skip
    ours = {path.name for path in (ROOT / ".github/workflows").glob("*.yml")}
    assert {path.name for path in (begun / ".github/workflows").glob("*.yml")} == ours - {"test.yml", "release.yml"}


def test_its_pages_lead_somewhere_and_its_settings_name_files_that_are_there(begun: Path) -> None:
    for page in begun.rglob("*.md"):
        assert not broken_links(page), page
    settings = json.loads((begun / ".vscode/settings.json").read_text())
    assert all((begun / path).is_file() for path in settings["yaml.schemas"])
    for path in ("chatcal.yaml", CHAPTER):
        modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", (begun / path).read_text("utf-8"))
        assert modeline
        assert (begun / path).parent.joinpath(modeline[1]).is_file()
        against = ["--schemafile", str((begun / path).parent / modeline[1])]
        found = subprocess.run(
            [sys.executable, "-m", "check_jsonschema", *against, str(begun / path)], capture_output=True, check=False
        )
        assert found.returncode == 0, found.stdout


def test_its_readme_tells_of_commands_and_files_that_there_are(begun: Path) -> None:
    readme = (begun / "README.md").read_text("utf-8")
    words = re.findall(r"^\| `chatcal (\w+)", readme, re.M)
    known = re.findall(r"^  (\w+)  ", run("--help").stdout.partition("\nCommands:\n")[2], re.M)
    assert words
    assert set(words) <= set(known)
    (wheel,) = (begun / "requirements").glob("*.whl")
    assert f"requirements/{wheel.name}" in readme
    assert "open Settings → Pages → Build and deployment, and set Source to **GitHub Actions**" in readme


def test_the_chatcal_that_it_brings_is_the_one_that_runs(begun: Path, tmp_path: Path) -> None:
    (wheel,) = (begun / "requirements").glob("*.whl")
    setup = (begun / ".github/actions/setup/action.yml").read_text("utf-8")
    assert "install --no-deps requirements/chatcal-*.whl\n" in setup
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(tmp_path / "code"),
    ]
    subprocess.run([*pip, wheel], check=True)
    # It is another copy of the code that answers, and it makes the very same calendar, with itself in it.
    where = "import chatcal, sys; from chatcal.cli import main; print(chatcal.__file__, file=sys.stderr); main()"
    done = subprocess.run(
        [sys.executable, "-c", where, "init", "again", *OPTIONS],
        cwd=tmp_path, env=unmeasured() | {"PYTHONPATH": str(tmp_path / "code")},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "code") in done.stderr
    again = there(tmp_path / "again")
    # What importing leaves behind is none of it.
    assert not [path for path in again if "__pycache__" in path]
    assert again == there(begun)


def test_the_jobs_can_take_chatcal_from_a_repository_instead(begun: Path, tmp_path: Path) -> None:
    (block,) = [one for one in blocks((begun / "README.md").read_text("utf-8"), "yaml") if one.mark == "action"]
    setup = (begun / ".github/actions/setup/action.yml").read_text("utf-8")
    place = tmp_path / ".github/actions/setup/action.yml"
    place.parent.mkdir(parents=True)
    step = indent(block.text, "    ").replace("COMMIT", "0" * 40)
    place.write_text(setup.partition("  steps:\n")[0] + "  steps:\n" + step, "utf-8")
    found = schema("github-actions", place)
    assert found.returncode == 0, found.stdout
    found = zizmor(place)
    assert found.returncode == 0, found.stdout
    (uses,) = yaml.safe_load(place.read_text("utf-8"))["runs"]["steps"]
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert uses["with"].keys() <= action["inputs"].keys()  # test_action.py runs it


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Ubuntu, and on nothing else")
def test_its_workflows_publish_it_check_a_pull_request_and_come_back_at_night(tmp_path: Path) -> None:
    with pages() as server:
        hub = Hub.new(tmp_path / "hub", server.address)
        hub.code = hub.ada
        server.folder = hub.folder / "pages"
        made = new_calendar.scaffold_calendar(title="Lights", home="", hashtag="lanternchat", timezone="Asia/Tokyo")
        written(hub.ada, made)
        hub.push({}, "Begin")
        # The jobs need `chatcal` on the path, and no Python that knows its packages.
        programs = tmp_path / "programs"
        programs.mkdir()
        (programs / "chatcal").symlink_to(Path(sys.executable).parent / "chatcal")
        alone = {"PATH": f"{hub.folder / 'bin'}:{programs}:/usr/bin:/bin"}
        first = hub.run("publish.yml", "push", 1_772_359_200, surroundings=alone)
        assert set(first.went().values()) == {"success"}, first
        assert f"Time zone data: {timezones.get_tzdata_version()}. " in first.summary
        assert set(hub.feeds()) == {"all", "lanternchat"}
        chapter = made[CHAPTER].decode().replace("note: Details pending.", MEETS)
        hub.pull_request({CHAPTER: chapter})
        look = hub.run("check.yml", "pull_request", 1_772_359_200, surroundings={"SOURCE_DATE_EPOCH": "1772359200"})
        assert set(look.went().values()) == {"success"}, look
        assert "#lanternchat: every Wednesday from 4 Mar, 13:00 (Tokyo): added" in look.summary
        hub.push({CHAPTER: chapter}, "It meets")
        night = hub.run("nightly.yml", "schedule", 1_772_400_000)
        assert set(night.went().values()) == {"success"}, night
        assert b"SUMMARY:#lanternchat chat" in hub.site()["lanternchat.ics"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has terminals of another kind")
def test_readme_leads_from_nothing_to_a_repository_that_could_be_published(tmp_path: Path) -> None:
    text = section((ROOT / "README.md").read_text("utf-8"), "Publish your own")
    said = {block.mark: block.text for block in blocks(text, "console")}
    assert set(said) == {"init", "look", "push"}
    clone, ours = tmp_path / "clone", tmp_path / "our-chats"
    (clone / ".venv/bin").mkdir(parents=True)
    program = f'#!/bin/sh\nexec "{sys.executable}" -m chatcal "$@"\n'
    (clone / ".venv/bin/chatcal").write_text(program)
    (clone / ".venv/bin/chatcal").chmod(0o755)
    answers = ["", "Lights", "", "", "lantern chat", "lanternchat", ""]
    questions = at_terminal(said["init"], clone, *answers, TZ="Europe/Paris")
    assert "Which city keeps that chapter's clock, like Toronto or Europe/London? [Europe/Paris]" in questions
    assert questions.count("What is the calendar called?") == 2
    assert "`lantern chat` is not a valid hashtag." in questions
    assert "[chat]" in questions
    assert "What is its first chapter called?" not in questions
    assert yaml.safe_load((ours / CHAPTER).read_text("utf-8"))["timezone"] == "Europe/Paris"
    look, serve = said["look"].splitlines()
    assert serve == ".venv/bin/chatcal -C ../our-chats serve"  # test_serve.py looks at what that shows
    at_terminal(look, clone)
    hub = Hub.new(tmp_path / "hub", "https://lights.example/")
    settings = {
        f"url.{hub.origin.as_uri()}.insteadOf": "https://github.com/OWNER/REPO.git",
        "user.name": "Ada",
        "user.email": "ada@lights.example",
    }
    numbered = list(enumerate(settings.items()))
    git = {"GIT_CONFIG_COUNT": str(len(numbered))}
    git |= {f"GIT_CONFIG_KEY_{number}": name for number, (name, _) in numbered}
    git |= {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in numbered}
    at_terminal(said["push"], clone, **git)
    assert hub.commits() == ["Begin"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has terminals of another kind")
def test_a_community_without_a_hashtag_is_asked_for_its_name(tmp_path: Path) -> None:
    answers = ["Lamp Ladies", "", "meetup", "", "", "Lamp Ladies: Berlin", "Berlin"]
    questions = at_terminal(f"{sys.executable} -m chatcal init ours", tmp_path, *answers)
    assert questions.count("What is its first chapter called?") == 2
    chapter = yaml.safe_load((tmp_path / "ours/schedules/lamp-ladies-berlin.yaml").read_text("utf-8"))
    assert "hashtag" not in chapter
    assert (chapter["name"], chapter["timezone"]) == ("Lamp Ladies: Berlin", "Europe/Berlin")
    assert yaml.safe_load((tmp_path / "ours/chatcal.yaml").read_text("utf-8"))["called"] == "meetup"


MEETUPS = ["--title", "Lamp Ladies", "--home", "", "--called", "meetup", "--hashtag", "", "--timezone", "Berlin"]


def test_nothing_that_is_written_for_meetups_says_chat_or_hashtag(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "init", *MEETUPS, "--name", "Lamp Ladies Berlin", *NOW)
    assert done.exit_code == 0
    ours = {path: octets.decode() for path, octets in there(tmp_path).items() if not path.endswith(".whl")}
    for path in ("README.md", "chatcal.yaml", "schedules/lamp-ladies-berlin.yaml"):
        prose = re.sub(r"`[^`]*`|https?:\S+|\bchats:|\bchatcal\S*|\{hashtag\}", "", ours[path])
        assert not re.search(r"\bchats?\b|hashtag", prose, re.IGNORECASE), path
    assert "schedules/lamp-ladies-berlin.yaml when people meet, and where." in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Missing: --name."),
        (["--name", ""], "Missing: --name."),
        (["--name", "東京"], "Take a plain name here"),
        (["--name", "Con"], "Windows reserves it"),
        (["--name", "X", "--called", "#meet"], "`#meet` is not a valid word for a meeting."),
        (["--hashtag", "#"], "hashtag"),
    ],
)
def test_a_chapter_without_a_hashtag_needs_a_name(tmp_path: Path, options: list[str], said: str) -> None:
    done = run("-C", str(tmp_path), "init", *MEETUPS, *options, *NOW)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not there(tmp_path)


def at_terminal(commands: str, folder: Path, *answers: str, **surroundings: str) -> str:
    """Type commands into a shell at a terminal, and answers to their questions; return what they print."""
    import pty

    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [shutil.which("bash") or "bash", "-e", "-c", commands],
            cwd=folder, env=os.environ | surroundings, stdin=theirs,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        printed, _ = process.communicate(timeout=patient(60))
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == 0, printed
    return printed
