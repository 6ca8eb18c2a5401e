"""From an empty folder to a change that a subscriber sees, with the commands that a person types."""

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.cli.test_cli import as_program
from tests.pages import program
from tests.support.patience import patient
from tests.support.thunderbird import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Thunderbird is driven here in the way of Unix"),
]

NOW = {"SOURCE_DATE_EPOCH": "1772323200"}  # 2026-03-01T00:00:00Z
OPTIONS = ["--title", "Lights", "--home", "", "--hashtag", "lanternchat", "--timezone", "Toronto"]
MEETS = """\
chats:
  - every: Wednesday
    at: 13:00
"""


def chatcal(*words: str, cwd: Path) -> str:
    """Run chatcal, which must end well, and return what it prints."""
    done = as_program(*words, cwd=cwd, **NOW)
    assert done.returncode == 0, done.stderr
    return done.stdout


MEETUPS = ["--title", "Lamp Ladies", "--home", "", "--called", "meetup", "--hashtag", "", "--timezone", "Berlin"]
ROOMS = """\
place: Lamp Room; 1 Pier Road, 10115 Berlin
geo: [52.52, 13.405]
links:
  Sign-up: https://ladies.example/sign-up?a=1,2;3
chats:
  - every: first Wednesday of the month
    at: 19:00
  - every: third Wednesday of the month
    at: 19:00
    join: https://meet.example/lamp
sessions:
  2026-03-04: {place: Fog Room, note: Ring twice.}
  2026-05-20: {place: none}
"""


def test_meetups_in_rooms_are_begun_and_thunderbird_shows_where_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    chatcal("init", "ours", *MEETUPS, "--name", "Lamp Ladies Berlin", cwd=tmp_path)
    chapter = folder / "schedules/lamp-ladies-berlin.yaml"
    pending = "note: Details pending.          # delete this line when the days below are right\n"
    chapter.write_text(chapter.read_text("utf-8").replace(pending, ROOMS), "utf-8")
    chatcal("check", cwd=folder)
    assert chatcal("build", cwd=folder).startswith("2 feeds in feeds/, 2 of them changed")
    command = [sys.executable, "-m", "chatcal", "serve", "--port", "0"]
    serving = subprocess.Popen(command, cwd=folder, env=os.environ | NOW, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert serving.stdout is not None
        address = next(word for word in serving.stdout.readline().split() if word.startswith("http://"))
        with running(program("thunderbird"), tmp_path / "thunderbird", "Europe/Berlin") as thunderbird:
            calendar = thunderbird.subscribe(f"{address}lamp-ladies-berlin.ics")
            shown = {
                one.uid.partition("@")[0][-10:]: one for one in calendar.shown(date(2026, 3, 1), date(2026, 5, 31))
            }
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=patient(30))
    sign_up, room = "Sign-up: https://ladies.example/sign-up?a=1,2;3", "Lamp Room; 1 Pier Road, 10115 Berlin"
    online = "https://meet.example/lamp"
    assert {one.title for one in shown.values()} == {"Lamp Ladies Berlin meetup"}
    assert {day: (one.clock[0][9:], one.location, one.description) for day, one in shown.items()} == {
        "2026-03-04": ("190000", "Fog Room", f"Ring twice.\n{sign_up}\nWed 4 Mar 19:00 Berlin"),
        "2026-03-18": ("190000", room, f"{sign_up}\nWed 18 Mar 19:00 Berlin\nJoin: {online}"),
        "2026-04-01": ("190000", room, f"{sign_up}\nWed 1 Apr 19:00 Berlin"),
        "2026-04-15": ("190000", room, f"{sign_up}\nWed 15 Apr 19:00 Berlin\nJoin: {online}"),
        "2026-05-06": ("190000", room, f"{sign_up}\nWed 6 May 19:00 Berlin"),
        "2026-05-20": ("190000", online, f"{sign_up}\nWed 20 May 19:00 Berlin\nJoin: {online}"),
    }


def test_a_calendar_is_begun_subscribed_to_and_edited_and_the_subscriber_sees_the_edit(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    chatcal("init", "ours", *OPTIONS, cwd=tmp_path)
    chatcal("check", cwd=folder)
    assert chatcal("build", cwd=folder).startswith("2 feeds in feeds/, 2 of them changed")
    command = [sys.executable, "-m", "chatcal", "serve", "--port", "0"]
    serving = subprocess.Popen(command, cwd=folder, env=os.environ | NOW, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert serving.stdout is not None
        address = next(word for word in serving.stdout.readline().split() if word.startswith("http://"))
        with running(program("thunderbird"), tmp_path / "thunderbird", "Europe/Paris") as thunderbird:
            calendar = thunderbird.subscribe(f"{address}lanternchat.ics")
            assert calendar.shown(date(2026, 3, 1), date(2026, 3, 31)) == []
            chapter = folder / "schedules/lanternchat.yaml"
            chapter.write_text(chapter.read_text("utf-8").replace("note: Details pending.", MEETS), "utf-8")
            said = chatcal("diff", "feeds", ".", cwd=folder)
            assert "#lanternchat: every Wednesday from 4 Mar, 13:00 (Toronto): added" in said
            assert chatcal("build", cwd=folder).startswith("2 feeds in feeds/, 2 of them changed")
            assert calendar.refresh() == []
            shown = calendar.shown(date(2026, 3, 1), date(2026, 3, 31))
            assert [(one.start, one.title) for one in shown] == [
                (datetime(2026, 3, day, hour, tzinfo=UTC), "#lanternchat chat")
                for day, hour in ((4, 18), (11, 17), (18, 17), (25, 17))
            ]
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=patient(30))
