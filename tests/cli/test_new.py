"""`new` and `confirm`, as a person runs them."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.test_cli import run
from tests.support.calendars import CALENDAR, LANTERN

NOW = ["--now", "2026-03-01T00:00:00Z"]


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """Return the folder of a calendar of one chapter."""
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR)
    (tmp_path / "schedules/lanternchat.yaml").write_text(LANTERN)
    return tmp_path


def files(calendar: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in calendar.rglob("*.y*ml")}


def test_new_adds_a_chapter_without_a_mistake(calendar: Path) -> None:
    done = run("-C", str(calendar), "new", "#FogChat", *NOW)
    assert done.exit_code == 0
    assert done.stdout == (
        f"{calendar / 'schedules/fogchat.yaml'} is new. Write in it when people meet, and where; "
        f"`chatcal -C {calendar} check` says what is wrong.\n"
    )
    text = (calendar / "schedules/fogchat.yaml").read_text("utf-8")
    assert "hashtag: FogChat\n" in text
    assert "\n#     from: 2024-09 " in text
    assert "\n# region: Europe\n" in text
    assert "\n# timezone: America/Toronto     # the time zone of the chapter\n" in text
    checked = run("-C", str(calendar), "check", "schedules/fogchat.yaml", *NOW)
    assert checked.exit_code == 0
    assert " warning: " not in checked.stdout


@pytest.mark.parametrize(
    ("hashtag", "said"),
    [
        ("lanternchat", "Nothing was written. This exists already: schedules/lanternchat.yaml."),
        ("LanternChat", "Nothing was written. This exists already: schedules/lanternchat.yaml."),
        ("fogchat", "Nothing was written. This exists already: schedules/fogchat.yml."),
        (
            "fog chat",
            "`fog chat` is not a valid hashtag. A hashtag has letters, digits and `_`, and no spaces: `fogchat`.",
        ),
        ("oldchat", "oldchat"),
        ("all", "`all`"),
        ("nul", "Windows reserves it"),
        ("x" * 61, "at most 60"),
    ],
)
def test_new_refuses_what_is_there_already_and_what_can_be_no_chapter(calendar: Path, hashtag: str, said: str) -> None:
    (calendar / "schedules/fogchat.yml").write_text(LANTERN.replace("lanternchat", "fogchat") + "formerly: [oldchat]\n")
    before = files(calendar)
    done = run("-C", str(calendar), "new", hashtag, *NOW)
    assert done.exit_code == 2
    assert said in done.stderr
    assert files(calendar) == before


def test_new_adds_a_chapter_that_has_a_name_and_no_hashtag(calendar: Path) -> None:
    done = run("-C", str(calendar), "new", "--name", "Zoë's “Lamp”: Ladies & Co.", *NOW)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{calendar / 'schedules/zoe-s-lamp-ladies-co.yaml'} is new.")
    text = (calendar / "schedules/zoe-s-lamp-ladies-co.yaml").read_text("utf-8")
    assert "hashtag" not in text
    assert run("-C", str(calendar), "check", *NOW).exit_code == 0
    assert "Zoë's “Lamp”: Ladies & Co." in run("-C", str(calendar), "show", "Zoë's “Lamp”: Ladies & Co.", *NOW).stdout
    assert run("-C", str(calendar), "new", *NOW).exit_code == 2


def test_a_folder_beside_the_calendar_is_not_below_it(calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (calendar / "beside/sub").mkdir(parents=True)
    ours = calendar / "ours"
    ours.mkdir()
    for name in ("chatcal.yaml", "schedules"):
        (calendar / name).rename(ours / name)
    monkeypatch.chdir(ours)
    done = run("-C", "../beside", "new", "fogchat", *NOW)
    assert (done.exit_code, done.stderr.count("There is no chatcal.yaml in ../beside")) == (2, 1)
    monkeypatch.chdir(calendar / "beside")
    assert run("-C", "../ours", "new", "fogchat", *NOW).stdout.startswith(f"{ours / 'schedules/fogchat.yaml'} is new.")


def test_new_names_the_program_as_it_was_called_where_the_name_alone_would_not_run_it(
    calendar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(calendar)
    monkeypatch.setattr("sys.argv", ["../code here/chatcal"])
    assert run("new", "fogchat", *NOW).stdout == (
        "schedules/fogchat.yaml is new. Write in it when people meet, and where; "
        '`"../code here/chatcal" check` says what is wrong.\n'
    )
    (calendar / "bin").mkdir()
    program = calendar / f"bin/chatcal{'.exe' if os.name == 'nt' else ''}"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr("sys.argv", [str(program)])
    assert "; `chatcal check` says what is wrong.\n" in run("new", "mistchat", *NOW).stdout


def test_new_proposes_the_time_zone_of_most_chapters(calendar: Path) -> None:
    for name in ("fogchat", "mistchat"):
        head = f"hashtag: {name}\nname: Fog\ntimezone: Europe/Berlin\n"
        (calendar / f"schedules/{name}.yaml").write_text(f"{head}chats: [{{every: Friday, at: 13:00}}]\n")
    run("-C", str(calendar), "new", "seachat", *NOW)
    assert "\n# timezone: Europe/Berlin       # the" in (calendar / "schedules/seachat.yaml").read_text("utf-8")
    shutil.rmtree(calendar / "schedules")
    run("-C", str(calendar), "new", "seachat", *NOW)
    assert "\n# timezone: America/Toronto     # the" in (calendar / "schedules/seachat.yaml").read_text("utf-8")


def test_new_minds_no_mistake_that_was_there_before(calendar: Path) -> None:
    (calendar / "schedules/lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
    assert run("-C", str(calendar), "new", "fogchat", *NOW).exit_code == 0


def test_confirm_writes_the_day_into_each_and_says_so(calendar: Path) -> None:
    run("-C", str(calendar), "new", "fogchat", *NOW)
    done = run("-C", str(calendar), "confirm", "fogchat", "#lanternchat", *NOW)
    assert done.exit_code == 0
    assert done.stdout == (
        "schedules/fogchat.yaml: confirmed: 2026-03-01\nschedules/lanternchat.yaml: confirmed: 2026-03-01\n"
    )
    lantern = (calendar / "schedules/lanternchat.yaml").read_text()
    assert lantern == LANTERN.replace("chats:", "confirmed: 2026-03-01\nchats:")
    assert run("-C", str(calendar), "check", *NOW).exit_code == 0


def test_confirm_names_all_that_is_unknown_and_writes_nothing(calendar: Path) -> None:
    before = files(calendar)
    done = run("-C", str(calendar), "confirm", "lanternchat", "lantrenchat", "zzz", *NOW)
    assert done.exit_code == 2
    assert "There is no chapter `lantrenchat`. Did you mean `lanternchat`?\nThere is no chapter `zzz`." in done.stderr
    assert done.stderr.endswith("Nothing was written.\n")
    assert files(calendar) == before


def test_confirm_shows_the_mistakes_of_the_chapters_and_writes_nothing(calendar: Path) -> None:
    run("-C", str(calendar), "new", "fogchat", *NOW)
    (calendar / "schedules/lanternchat.yaml").write_text(LANTERN.replace("13:00", "1pm"))
    before = files(calendar)
    done = run("-C", str(calendar), "confirm", "fogchat", "lanternchat", *NOW)
    assert done.exit_code == 1
    assert "`1pm` is not a valid clock time." in done.stderr
    assert done.stderr.endswith("Nothing was written.\n")
    assert files(calendar) == before
