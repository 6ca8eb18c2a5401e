"""`confirm` writes one date, and touches no other character."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.problems import ScheduleError
from chatcal.schedule import nodes, parser
from chatcal.schedule.editor import set_confirmed
from chatcal.schedule.format import parse_chapter
from tests.support.calendars import CALENDAR, LANTERN, NOW, sources
from tests.support.chapters import read_chapters

FILE = "schedules/lanternchat.yaml"
DAY = date(2026, 3, 1)
FOUNDING = read_chapters("founding")


def written(text: str) -> str:
    """Return the text of a chapter's file once it is confirmed; it must be read, and say the day."""
    octets = set_confirmed(FILE, text.encode(), DAY)
    day = parse_chapter(FILE, octets).confirmed
    assert day is not None
    assert day.day == DAY
    return octets.decode()


def keys(octets: bytes) -> list[str]:
    """Return the keys of a file in their order."""
    root, _ = parser.parse_document("x.yaml", octets)
    assert isinstance(root, nodes.Mapping)
    return [key.text for key, _ in root.pairs]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("confirmed: 2020-02-29", "confirmed: 2026-03-01"),
        ("confirmed:   2020-02-29   # by Ada: 2020-02-29", "confirmed:   2026-03-01   # by Ada: 2020-02-29"),
        ('confirmed: "2020-02-29"', 'confirmed: "2026-03-01"'),
        ("'confirmed' : '2020-02-29'", "'confirmed' : '2026-03-01'"),
        ("confirmed:\n  2020-02-29", "confirmed:\n  2026-03-01"),
        ("confirmed: 2026-03-01", "confirmed: 2026-03-01"),
    ],
)
def test_the_date_alone_is_another_one(line: str, becomes: str) -> None:
    before = LANTERN.replace("chats:", f"# é, 日本, 🏮\n{line}\n\n# The chats\nchats:")
    assert written(before) == before.replace(line, becomes)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "hashtag: lanternchat\nname: Lanterns\nchats: []\n",
            "hashtag: lanternchat\nname: Lanterns\nconfirmed: 2026-03-01\nchats: []\n",
            id="before the key behind it",
        ),
        pytest.param(
            "hashtag: lanternchat\nname: Lanterns\n# of two\n\n# When\n# it meets\nchats: []\n",
            "hashtag: lanternchat\nname: Lanterns\n# of two\nconfirmed: 2026-03-01\n\n# When\n# it meets\nchats: []\n",
            id="above what belongs to that key",
        ),
        pytest.param(
            "hashtag: lanternchat\nname: L\nmoderators:\n  - Ada\n  # and\n  - Bo\ndoubt: No\n",
            "hashtag: lanternchat\nname: L\nmoderators:\n  - Ada\n  # and\n  - Bo\nconfirmed: 2026-03-01\ndoubt: No\n",
            id="behind a list",
        ),
        pytest.param(
            "hashtag: lanternchat\nname: Lanterns\nabout: |\n  One\n\n  # two\n\n\n# chats:\n",
            "hashtag: lanternchat\nname: Lanterns\nabout: |\n  One\n\n  # two\nconfirmed: 2026-03-01\n\n\n# chats:\n",
            id="behind a text of many lines, at the end",
        ),
        pytest.param(
            "---\nhashtag: lanternchat\nname: Lanterns\n...\n",
            "---\nhashtag: lanternchat\nname: Lanterns\nconfirmed: 2026-03-01\n...\n",
            id="before the sign of the end",
        ),
        pytest.param(
            "# First\nchats: []\nhashtag: lanternchat\nname: Lanterns",
            "# First\nchats: []\nhashtag: lanternchat\nname: Lanterns\nconfirmed: 2026-03-01\n",
            id="behind a last line without an end",
        ),
        pytest.param(
            "  hashtag: lanternchat\n  name: Lanterns\n  # When\n  chats: []\n",
            "  hashtag: lanternchat\n  name: Lanterns\n  confirmed: 2026-03-01\n  # When\n  chats: []\n",
            id="as far in as the others",
        ),
        pytest.param(
            "# One line\n{hashtag: lanternchat, name: Lanterns}\n",
            "# One line\n{confirmed: 2026-03-01, hashtag: lanternchat, name: Lanterns}\n",
            id="within brackets",
        ),
    ],
)
def test_a_missing_line_is_added_where_the_format_has_it(before: str, after: str, end: str) -> None:
    assert written(before.replace("\n", end)) == after.replace("\n", end)


def test_a_file_of_one_line_in_brackets_stays_one_line() -> None:
    assert written("{hashtag: lanternchat, name: L}") == "{confirmed: 2026-03-01, hashtag: lanternchat, name: L}"


def test_a_date_below_its_key_as_a_block_is_left_alone() -> None:
    with pytest.raises(ScheduleError) as error:
        written(LANTERN.replace("chats:", "confirmed: >-\n  2020-02-29\nchats:"))
    assert error.value.problems[0].hint == "Write it on one line: `confirmed: 2020-02-29`."


@pytest.mark.parametrize("slug", FOUNDING)
def test_in_a_real_schedule_one_line_differs_whether_it_had_one_or_not(slug: str) -> None:
    before = FOUNDING[slug]["case"]
    after = set_confirmed(f"schedules/{slug}.yaml", before, DAY)
    old, new = before.splitlines(), after.splitlines()
    (changed,) = [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    without = b"\n".join([*old[:changed], *old[changed + 1 :]]) + b"\n"
    added = set_confirmed(f"schedules/{slug}.yaml", without, DAY)
    assert [line for line in added.splitlines() if not line.startswith(b"confirmed:")] == without.splitlines()
    assert keys(added) == keys(before)


def confirm(root: Path, files: Mapping[str, bytes | None], *names: str) -> tuple[int, str, dict[str, bytes]]:
    """Return the exit code of the command in a folder with files, all that it prints, and the files after it."""
    for path, content in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(content or b"")
    arguments = ["-C", str(root), "confirm", "--now", NOW.isoformat(), *names]
    done = CliRunner().invoke(cli.run_chatcal, arguments, catch_exceptions=False)
    return done.exit_code, done.output, {path: (root / path).read_bytes() for path in files}


def test_chapters_are_known_by_any_of_their_names_and_each_is_written_once(tmp_path: Path) -> None:
    files = sources(lanternchat=LANTERN, beamchat=LANTERN.replace("lanternchat", "beamchat") + "formerly: [ray]\n")
    code, said, after = confirm(tmp_path, files, "#LanternChat", FILE, "ray")
    assert (code, said) == (0, f"{FILE}: confirmed: 2026-03-01\nschedules/beamchat.yaml: confirmed: 2026-03-01\n")
    assert after[FILE] == LANTERN.replace("chats:", "confirmed: 2026-03-01\nchats:").encode()
    assert b"\nconfirmed: 2026-03-01\n" in after["schedules/beamchat.yaml"]


def test_all_that_is_wrong_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    block = LANTERN.replace("chats:", "confirmed: >-\n  2020-02-29\nchats:").replace("lanternchat", "blockchat")
    files = sources(
        lanternchat=LANTERN, blockchat=block, fogchat=LANTERN.replace("lanternchat", "fogchat").replace("13:00", "1pm")
    )
    code, said, after = confirm(tmp_path, files, "lanternchat", "lantrenchat", "fogchat", "blockchat", "zzz")
    assert (code, after) == (2, files)
    assert [line.partition(": ")[0] for line in said.splitlines() if line.startswith("schedules/")] == [
        "schedules/blockchat.yaml:4:12",
        "schedules/fogchat.yaml:6:9",
    ]
    assert "There is no chapter `lantrenchat`. Did you mean `lanternchat`?\n" in said
    assert "There is no chapter `zzz`. There are: blockchat, fogchat, lanternchat.\nNothing was written.\n" in said


def test_an_error_in_the_chapter_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    files = sources(lanternchat=LANTERN.replace("13:00", "1pm"))
    code, said, after = confirm(tmp_path, files, "lanternchat")
    assert (code, after) == (1, files)
    assert said.startswith(f"{FILE}:6:9: error: ")
    assert said.endswith("\nNothing was written.\n")


def test_a_mistake_in_another_file_is_in_nobodys_way(tmp_path: Path) -> None:
    files = sources(lanternchat=LANTERN, fogchat="hashtag: [\n")
    assert confirm(tmp_path, files, "lanternchat")[:2] == (0, f"{FILE}: confirmed: 2026-03-01\n")


def test_without_a_readable_calendar_it_says_what_is_wrong_there(tmp_path: Path) -> None:
    files = sources(CALENDAR + "titel: x\n", lanternchat=LANTERN)
    code, said, after = confirm(tmp_path, files, "lanternchat")
    assert (code, after) == (1, files)
    assert "[unknown-key]" in said
