"""What nobody wrote stops a build before anything is lost; what somebody wrote does not."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from chatcal import cli
from chatcal.checks.guards import GUARD_CODES
from chatcal.feed.ics import read_feed, read_heading
from chatcal.problems import Problem
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, built, events, feeds_of, sources, value, without_extras

FOG = LANTERN.replace("lanternchat", "fogchat").replace("Wednesday", "Sunday")
SEA = CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat]}}\n"
BOTH = sources(SEA, lanternchat=LANTERN, fogchat=FOG)
ONE = sources(SEA, lanternchat=LANTERN)
LATER = at("2026-04-15T00:00")

SHRINKING = build.BuildOptions(allow_shrink=True)


def guards(made: build.BuildResult) -> list[Problem]:
    """Return the problems of a build that are guards."""
    return [one for one in made.problems if one.code in GUARD_CODES]


def test_a_deleted_schedule_file_stops_the_build_and_says_what_would_be_lost() -> None:
    made = build.build_calendar(ONE, built(BOTH), LATER)
    assert not made.files
    (gone,) = guards(made)
    assert gone.severity == "error"
    assert gone.message == (
        "The feed `fogchat` is published, but nothing in the schedules has that name any more: its subscribers would "
        "lose 50 coming sessions, the next on Sun 19 Apr 2026."
    )
    assert "`formerly:`" in gone.hint
    assert "--allow-shrink" in gone.hint


def test_a_clock_far_behind_the_published_feeds_stops_the_build() -> None:
    before = built(ONE, LATER)
    assert build.build_calendar(ONE, before, LATER - timedelta(days=1)).files, "machines differ by so much"
    made = build.build_calendar(ONE, before, LATER - timedelta(days=1, minutes=1))
    assert not made.files
    (behind,) = guards(made)
    assert behind.severity == "error"
    assert behind.message == (
        "The feed `all` was changed on Wed 15 Apr 2026, but the clock here says Mon 13 Apr 2026: a build would "
        "change past sessions and drop the last coming ones."
    )
    assert "SOURCE_DATE_EPOCH" in behind.hint
    (let,) = guards(build.build_calendar(ONE, before, at("2026-01-01T00:00"), SHRINKING))
    assert let.severity == "warning"


def test_allow_shrink_keeps_the_feed_with_its_ended_events_and_its_heading() -> None:
    before = built(BOTH)
    made = build.build_calendar(ONE, before, LATER, SHRINKING)
    feed = feeds_of(made)["fogchat"]
    assert [one.severity for one in guards(made)] == ["warning"]
    assert read_heading(feed) == read_heading(before["fogchat"])
    was = {slot: one for slot, one in events(before["fogchat"]).items() if one.end < LATER}
    assert events(feed) == was
    assert len(was) == 7
    assert was.items() <= events(feeds_of(made)["all"]).items()
    assert PurePosixPath("_site/fogchat.ics") in made.files


def test_the_nights_after_it_pass_without_a_word_from_anybody_and_the_last_event_stays() -> None:
    feeds = feeds_of(build.build_calendar(ONE, built(BOTH), LATER, SHRINKING))
    quiet = build.build_calendar(ONE, feeds, at("2026-04-16T00:00"))
    assert feeds_of(quiet) == feeds
    (still,) = guards(quiet)
    assert still.severity == "warning"
    assert "It stays as it is" in still.message
    after = feeds_of(build.build_calendar(ONE, feeds, at("2026-09-01T00:00")))
    (last,) = read_feed(after["fogchat"])
    assert last == list(events(feeds["fogchat"]).values())[-1]
    assert read_heading(after["fogchat"]) == read_heading(feeds["fogchat"])


def test_a_feed_with_nothing_but_coming_sessions_is_given_up_once() -> None:
    made = build.build_calendar(ONE, built(BOTH), NOW, SHRINKING)
    (left,) = read_feed(feeds_of(made)["fogchat"])
    assert value(left, "SUMMARY") == "Cancelled: #fogchat chat"
    quiet = build.build_calendar(ONE, feeds_of(made), at("2026-03-02T00:00"))
    assert feeds_of(quiet) == feeds_of(made)
    assert [one.severity for one in guards(quiet)] == ["warning"]


def test_a_collection_is_given_up_once_too_and_its_last_event_is_the_chapters() -> None:
    files = sources(lanternchat=LANTERN, fogchat=FOG)
    made = feeds_of(build.build_calendar(files, built(BOTH), NOW, SHRINKING))
    assert read_feed(made["sea"]) == read_feed(made["lanternchat"])[:1]
    assert built(files, at("2026-03-02T00:00"), made) == made
    assert read_feed(built(files, LATER, made)["sea"]) == read_feed(made["sea"])


@pytest.mark.parametrize("lost", [["fogchat"], ["all"], ["sea", "lanternchat"], ["fogchat", "lanternchat"]])
def test_a_feed_that_is_lost_is_made_again_of_what_the_others_hold(lost: list[str]) -> None:
    feeds = built(BOTH, LATER, built(BOTH))
    left = {name: octets for name, octets in feeds.items() if name not in lost}
    assert built(BOTH, LATER, left) == feeds


def test_a_former_name_takes_the_place_of_a_file() -> None:
    renamed = FOG.replace("hashtag: fogchat", "hashtag: mistchat\nformerly: [fogchat]")
    assert not guards(build.build_calendar(sources(SEA, lanternchat=LANTERN, mistchat=renamed), built(BOTH), LATER))


@pytest.mark.parametrize("calendar", [CALENDAR, SEA.replace("sea:", "ocean:")])
def test_the_name_of_a_collection_never_goes_away_either(calendar: str) -> None:
    files = sources(calendar, lanternchat=LANTERN, fogchat=FOG)
    made = build.build_calendar(files, built(BOTH), LATER)
    assert not made.files
    assert [one.span.file for one in guards(made)] == ["feeds/sea.ics"]
    shrunk = feeds_of(build.build_calendar(files, built(BOTH), LATER, SHRINKING))
    assert {one.end < LATER for one in read_feed(shrunk["sea"])} == {True}
    ended = [one.uid for one in read_feed(shrunk["all"]) if one.end < LATER]
    assert len(ended) == len(set(ended))


def test_a_former_name_that_is_dropped_is_missed() -> None:
    renamed = LANTERN.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]")
    feeds = built(sources(lampchat=renamed))
    dropped = sources(lampchat=renamed.replace("formerly: [lanternchat]\n", ""))
    assert [one.span.file for one in guards(build.build_calendar(dropped, feeds, LATER))] == ["feeds/lanternchat.ics"]


@pytest.mark.parametrize("formerly", ["[lightchat, lanternchat]", "[lightchat, lampchat, lanternchat]"])
def test_the_name_of_published_events_stays_the_oldest(formerly: str) -> None:
    renamed = LANTERN.replace("hashtag: lanternchat", f"hashtag: lampchat\nformerly: {formerly}")
    feeds = built(sources(lanternchat=LANTERN))
    (wrong,) = [one for one in build.check_sources(sources(lampchat=renamed), feeds, LATER) if one.code == "formerly"]
    assert (wrong.severity, wrong.hint.rpartition(": ")[2]) == ("error", "[lanternchat, lightchat]`.")
    # With nothing to come, no event is left that could get another name.
    assert "formerly" not in {
        one.code for one in build.check_sources(sources(lampchat=renamed), feeds, at("2028-01-01T00:00"))
    }


def test_no_schedules_at_all_stop_the_build_with_one_error() -> None:
    made = build.build_calendar(sources(), built(BOTH), LATER)
    assert not made.files
    (gone,) = guards(made)
    assert gone.severity == "error"
    assert gone.message == (
        "There is no schedule file in schedules/ for the published feeds `fogchat`, `lanternchat` and `sea`: "
        "their subscribers would lose 101 coming sessions."
    )
    shrunk = feeds_of(build.build_calendar(sources(), built(BOTH), LATER, SHRINKING))
    assert sorted(shrunk) == ["all", "fogchat", "lanternchat", "sea"]
    assert {one.end < LATER for one in read_feed(shrunk["all"])} == {True}


def test_a_calendar_that_is_begun_without_schedules_is_told_so() -> None:
    made = build.build_calendar(sources(), {}, NOW)
    assert [one.severity for one in guards(made)] == ["warning"]
    assert list(feeds_of(made)) == ["all"]


def test_of_feeds_known_by_name_only_the_number_of_sessions_is_not_said() -> None:
    (gone,) = [
        one for one in build.check_sources(ONE, {"fogchat": b"", "lanternchat": b""}, NOW) if one.code == "feed-gone"
    ]
    assert gone.message == "The feed `fogchat` is published, but nothing in the schedules has that name any more."


def test_a_file_that_cannot_be_read_may_be_what_stands_for_a_feed() -> None:
    wrong = sources(
        lampchat=LANTERN.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]\nx: y")
    )
    problems = build.check_sources(wrong, built(sources(lanternchat=LANTERN)), NOW)
    assert {one.code for one in problems if one.severity == "error"} == {"unknown-key"}


@pytest.mark.parametrize(
    "chapter",
    [
        LANTERN + "    until: 2026-03-31\n",
        LANTERN + "breaks: [{from: 2026-04-01, until: 2027-12-31}]\n",
        LANTERN.replace("13:00", "13:00\n    until: 2026-04-15") + "sessions: {2026-04-15: cancelled}\n",
        LANTERN.replace("Wednesday", "first Wednesday of the month"),
        LANTERN.replace("Wednesday", "3 weeks on Wednesday\n    counting: 2026-03-04"),
        LANTERN + "    until: 2024-12-31\n  - {every: first Wednesday of the month, at: 13:00, from: 2025-01-01}\n",
        # A file that says of no chat says that the chapter is over.
        LANTERN.partition("chats:")[0],
        LANTERN.partition("chats:")[0] + "chats: []\n",
    ],
)
def test_what_a_valid_file_says_is_consent(chapter: str) -> None:
    made = build.build_calendar(sources(SEA, lanternchat=chapter, fogchat=FOG), built(BOTH), LATER)
    assert made.files
    assert not guards(made)


@pytest.mark.parametrize(
    ("chapter", "left"),
    [
        (LANTERN + "    from: 2027-02-01\n", 13),
        # It is another chat, and not the same more rarely.
        (LANTERN.replace("Wednesday", "first Friday of the month"), 12),
        # A chat that ended long ago explains nothing.
        (LANTERN + "    until: 2024-12-31\n  - {every: first Friday of the month, at: 13:00, from: 2025-01-01}\n", 12),
        (LANTERN.replace("every: Wednesday", "dates: [2026-05-06]"), 1),
    ],
)
def test_a_chapter_that_would_lose_most_of_its_sessions_stays_as_it_was_published_with_a_question(
    chapter: str, left: int
) -> None:
    files = sources(SEA, lanternchat=chapter, fogchat=FOG.replace("13:00", "14:00"))
    feeds = built(BOTH)
    made = build.build_calendar(files, feeds, LATER)
    (lost,) = guards(made)
    assert (lost.severity, lost.code, lost.span.file) == ("error", "sessions-gone", "schedules/lanternchat.yaml")
    assert lost.message.startswith(f"#lanternchat has 51 published sessions to come, and would have {left}: its ")
    assert "`until:`" in lost.hint
    assert "--allow-shrink`. Until then its feed stays as it was published, and all others are built." in lost.hint
    asked = feeds_of(made)
    assert asked["lanternchat"] == feeds["lanternchat"]
    assert asked["fogchat"] != feeds["fogchat"]
    both = {one.uid: one for name in ("lanternchat", "fogchat") for one in read_feed(asked[name])}
    assert {one.uid: one for one in read_feed(asked["all"])} == both
    coming = json.loads(made.files[PurePosixPath("_site/lanternchat/sessions.json")])["sessions"]
    assert {"Wednesday"} == {datetime.fromisoformat(one["local_start"]).strftime("%A") for one in coming}
    assert len(coming) >= 51
    # Night after night.
    again = build.build_calendar(files, asked, LATER + timedelta(days=1))
    assert feeds_of(again) == asked
    assert guards(again)
    shrunk = build.build_calendar(files, built(BOTH), LATER, SHRINKING)
    assert [one.severity for one in guards(shrunk)] == ["warning"]
    assert not guards(build.build_calendar(files, feeds_of(shrunk), LATER + timedelta(days=1)))


@pytest.mark.parametrize(
    "chapter",
    [
        LANTERN.replace("Wednesday", "Thursday"),
        LANTERN.replace("Wednesday", "2 weeks on Wednesday\n    counting: 2026-03-04"),
        LANTERN.replace("13:00", "13:00\n    id: late"),
        LANTERN + "    until: 2026-03-25\n  - {every: first Wednesday of the month, at: 14:00, from: 2026-04-01}\n",
        LANTERN + "    until: 2026-04-30\n  - {every: first Friday of the month, at: 13:00, id: late}\n",
    ],
)
def test_an_edit_that_leaves_half_of_the_sessions_or_ends_a_chat_is_no_question(chapter: str) -> None:
    files = sources(SEA, lanternchat=chapter, fogchat=FOG)
    assert not guards(build.build_calendar(files, built(BOTH), LATER))


def test_a_chat_that_is_taken_out_is_asked_about_by_its_name() -> None:
    both = LANTERN + "  - {every: first Friday of the month, at: 13:00, id: late}\n"
    one = LANTERN.partition("chats:")[0] + "chats: [{every: first Friday of the month, at: 13:00, id: late}]\n"
    assert guards(build.build_calendar(sources(lanternchat=one), built(sources(lanternchat=both)), LATER))


def test_a_chapter_stays_where_its_events_are_of_an_older_version_and_name_no_zone() -> None:
    files = sources(lanternchat=LANTERN.replace("every: Wednesday", "dates: [2026-05-06]"))
    feeds = {name: without_extras(content) for name, content in built(sources(lanternchat=LANTERN)).items()}
    made = build.build_calendar(files, feeds, LATER)
    assert feeds_of(made)["lanternchat"] == feeds["lanternchat"]
    (first, *_) = json.loads(made.files[PurePosixPath("_site/lanternchat/sessions.json")])["sessions"]
    assert (first["timezone"], first["local_start"]) == ("America/Toronto", "2026-03-04T13:00:00-05:00")


def test_a_mistake_elsewhere_stops_the_build_all_the_same() -> None:
    files = sources(lanternchat=LANTERN.replace("every: Wednesday", "dates: [2026-05-06]"), fogchat="hashtag: 7\n")
    assert not build.build_calendar(files, built(BOTH), LATER).files


def test_a_chapter_may_lose_two_sessions_and_those_that_were_cancelled() -> None:
    few = LANTERN.replace("every: Wednesday", "dates: [2026-05-06, 2026-05-13, 2026-05-20, 2026-05-27]")
    called_off = few + "sessions: {2026-05-13: cancelled, 2026-05-20: cancelled}\n"
    one = sources(lanternchat=few.replace(", 2026-05-13, 2026-05-20, 2026-05-27", ""))
    assert guards(build.build_calendar(one, built(sources(lanternchat=few)), LATER))
    assert not guards(build.build_calendar(one, built(sources(lanternchat=called_off)), LATER))


def test_a_shorter_reach_of_the_feeds_is_no_loss() -> None:
    files = sources(SEA + "ahead: 2 months\n", lanternchat=LANTERN, fogchat=FOG)
    assert not guards(build.build_calendar(files, built(BOTH), LATER))


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "it does not begin like a calendar"),
        (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nEND:VCALENDAR\r\n",
            "another program has written it",
        ),
    ],
)
def test_a_published_feed_that_is_broken_or_not_ours_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], octets: bytes, why: str
) -> None:
    for path, text in ONE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text or b"")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "lanternchat.ics").write_bytes(octets)
    monkeypatch.setattr("sys.argv", ["chatcal", "-C", str(tmp_path), "build", "--now", "2026-03-01T00:00:00Z"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 3
    assert why in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "feeds").iterdir()] == ["lanternchat.ics"]
    assert not (tmp_path / "_site").exists()
    # `check` speaks of schedules only, and goes on.
    assert (
        CliRunner().invoke(cli.run_chatcal, ["-C", str(tmp_path), "check", "--now", "2026-03-01T00:00:00Z"]).exit_code
        == 0
    )


def test_an_empty_folder_of_feeds_beside_a_site_that_has_some_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in ONE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text or b"")

    def exit_code(*options: str) -> object:
        asked = ["chatcal", "-C", str(tmp_path), "build", "--now", "2026-03-01T00:00:00Z", *options]
        monkeypatch.setattr("sys.argv", asked)
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return stopped.value.code

    assert exit_code() == 0
    feeds = {path: path.read_bytes() for path in (tmp_path / "feeds").iterdir()}
    for feed in feeds:
        feed.unlink()
    capsys.readouterr()
    assert exit_code() == 3
    said = capsys.readouterr().err
    assert said.startswith("chatcal: feeds/ is empty, and 3 feeds are published: ")
    assert "--published" in said
    assert "--allow-shrink" in said
    assert not any(path.exists() for path in feeds)
    # What cannot be read says nothing of feeds.
    status = tmp_path / "_site" / "status.json"
    kept = status.read_bytes()
    status.write_bytes(b"{}")
    assert exit_code() == 0
    for feed in feeds:
        feed.unlink()
    status.write_bytes(kept)
    assert exit_code("--allow-shrink") == 0
    assert {path: path.read_bytes() for path in feeds} == feeds


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_a_link_in_place_of_a_published_feed_stops_everything_since_the_past_would_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calendar = tmp_path / "calendar"
    for path, octets in {**ONE, **{f"feeds/{name}.ics": feed for name, feed in built(ONE).items()}}.items():
        (calendar / path).parent.mkdir(parents=True, exist_ok=True)
        (calendar / path).write_bytes(octets or b"")
    feed = calendar / "feeds" / "lanternchat.ics"
    feed.rename(tmp_path / "elsewhere.ics")
    feed.symlink_to(tmp_path / "elsewhere.ics")
    monkeypatch.setattr("sys.argv", ["chatcal", "-C", str(calendar), "build", "--now", "2026-04-15T00:00:00Z"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 3
    assert capsys.readouterr().err == f"chatcal: A symbolic link is not followed: {feed}\n"
    assert feed.is_symlink()
    assert not (calendar / "_site").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
@pytest.mark.parametrize(
    "case",
    [
        ("chatcal.yaml", 1, ["build"]),
        ("chatcal.yaml", 1, ["check"]),
        ("chatcal.yaml", 1, ["show"]),
        ("schedules", 3, ["build"]),
        ("schedules", 3, ["check"]),
        ("schedules", 3, ["show"]),
        ("schedules", 3, ["new", "fogchat"]),
        ("feeds", 3, ["build"]),
        ("feeds", 3, ["check"]),
    ],
)
def test_a_link_in_place_of_the_calendar_or_its_folders_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[str, int, list[str]],
) -> None:
    path, code, command = case
    calendar = tmp_path / "calendar"
    (calendar / "schedules").mkdir(parents=True)
    for name, octets in ONE.items():
        (calendar / name).write_bytes(octets or b"")
    (calendar / "feeds").mkdir()
    (calendar / path).rename(tmp_path / "elsewhere")
    (calendar / path).symlink_to(tmp_path / "elsewhere")
    held = sorted(calendar.rglob("*")) + sorted(tmp_path.glob("elsewhere/*"))
    monkeypatch.setattr("sys.argv", ["chatcal", "-C", str(calendar), *command])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == code
    assert "symbolic link" in "".join(capsys.readouterr())
    assert held == sorted(calendar.rglob("*")) + sorted(tmp_path.glob("elsewhere/*"))


def advice(chapter: str, published: str = LANTERN, now: str = "2026-04-15T00:00") -> list[Problem]:
    """Return the advice on an edit of a chapter that was built on 1 March."""
    problems = build.check_sources(sources(lanternchat=chapter), built(sources(lanternchat=published)), at(now))
    return [one for one in problems if one.code in ("cancel-instead", "begins-later", "rewrites-past")]


def test_a_published_slot_under_except_should_be_cancelled() -> None:
    (found,) = advice(LANTERN.replace("13:00", "13:00\n    except: [2026-04-29]"))
    assert (found.severity, found.code, found.span.line) == ("notice", "cancel-instead", 7)
    assert found.message == (
        "The slot of Wed 29 Apr 2026 is published already, and now put under `except`: subscribers would see it vanish "
        "without a word."
    )
    assert found.hint == (
        "So that they see why, take it out here and cancel it:\nsessions:\n  2026-04-29: {cancelled: the reason}"
    )


FROM_JULY = f"{LANTERN}    from: 2026-07-01\n"


@pytest.mark.parametrize("chapter", [FROM_JULY.replace("13:00", "19:00"), FROM_JULY.replace("Wednesday", "Thursday")])
def test_a_chat_edited_in_place_that_begins_later_should_stand_beside_the_old_one(chapter: str) -> None:
    (found,) = advice(chapter)
    assert (found.severity, found.code, found.span.line) == ("notice", "begins-later", 5)
    assert found.message == (
        "This chat begins only on Wed 1 Jul 2026, and 11 published sessions before it vanish, the first on "
        "Wed 15 Apr 2026."
    )
    assert "until: 2026-06-30" in found.hint
    assert advice(chapter.replace("chats:\n", "chats:\n  - {every: Wednesday, at: 13:00, until: 2026-06-30}\n")) == []


def test_one_session_before_a_chat_that_begins_later_is_named() -> None:
    (found,) = advice(f"{LANTERN}    from: 2026-04-16\n")
    assert found.message.endswith("and the published session of Wed 15 Apr 2026 vanishes.")


@pytest.mark.parametrize(
    "chapter",
    [
        FROM_JULY.replace("chats:\n", "chats:\n  - {every: Wednesday, at: 13:00, until: 2026-04-08}\n"),
        FROM_JULY.replace("2026-07-01", "2026-04-10"),
        FROM_JULY.replace("chats:\n", "chats:\n  - {every: Wednesday, at: 13:00, id: late, until: 2026-04-08}\n")
        .replace("from: 2026-07-01", "from: 2026-07-01\n    id: noon")
        .replace("id: late, ", ""),
    ],
)
def test_a_chat_that_ended_with_a_word_lost_nothing_to_one_that_begins_later(chapter: str) -> None:
    assert [one for one in advice(chapter) if one.code == "begins-later"] == []


def test_many_slots_under_a_phrase_of_except_are_one_advice() -> None:
    (found,) = advice(LANTERN.replace("13:00", "13:00\n    except: first Wednesday of the month"))
    assert found.message.startswith("11 slots, the first on Wed 6 May 2026, are published already, and now put under")
    assert found.hint.endswith("2026-07-01: {cancelled: the reason}\n  # and 8 more")


def test_a_day_that_leaves_the_list_should_be_cancelled() -> None:
    listed = LANTERN.replace("every: Wednesday", "dates: [2026-05-01, 2026-05-08]")
    (found,) = advice(listed.replace(", 2026-05-08", ""), listed)
    assert "now no longer in `dates`" in found.message
    assert "leave it in `dates` and cancel it" in found.hint


def test_a_day_that_a_rule_loses_should_be_cancelled_with_the_id_of_its_chat() -> None:
    late = LANTERN + "  - every: Monday and Thursday\n    at: 21:00\n    id: late\n    from: 2026-05-04\n"
    found = advice(late.replace("2026-05-04", "2026-05-05"), late)
    assert [one.hint.splitlines()[-1] for one in found] == ["  2026-05-04 late: {cancelled: the reason}"]
    assert "no longer a day of the rule" in found[0].message


@pytest.mark.parametrize("end", ["", "chats: []\n", "note: It is over.\n"])
def test_a_file_without_its_chats_is_told_that_its_published_sessions_go(end: str) -> None:
    (found,) = advice(LANTERN.partition("chats:")[0] + end)
    assert found.code == "cancel-instead"
    assert "no chat any more: 51 published sessions to come would vanish" in found.message
    assert "`until:`" in found.hint
    assert advice(LANTERN.partition("chats:")[0] + "upstream: https://lantern.example/a.ics\n") == []


def test_a_rule_that_is_rarer_now_need_not_have_its_lost_days_cancelled_one_by_one() -> None:
    rarer = advice(LANTERN.replace("Wednesday", "first Wednesday of the month"))
    (found,) = (one for one in rarer if one.code == "cancel-instead")
    assert found.hint.startswith(
        "If the chat meets like this from now on, leave it. If only these days are called off,"
    )


@pytest.mark.parametrize(
    "chapter",
    [
        LANTERN,
        LANTERN + "    until: 2026-05-31\n",
        LANTERN.replace("13:00", "13:00\n    except: last Wednesday of the month")
        + "  - {every: last Wednesday of the month, at: 13:00}\n",
        LANTERN + "sessions: {2026-04-29: {moved: 2029-01-01}}\n",
        LANTERN.replace("every: Wednesday", "every: Thursday").replace("13:00", "13:00\n    from: 2026-04-15")
        + "  - {every: Wednesday, at: 13:00, until: 2026-04-14}\n",
    ],
)
def test_an_edit_that_says_what_it_means_needs_no_advice(chapter: str) -> None:
    assert advice(chapter) == []


def test_a_session_that_was_seen_cancelled_may_go() -> None:
    cancelled = LANTERN + "sessions: {2026-04-29: cancelled}\n"
    assert advice(LANTERN.replace("13:00", "13:00\n    except: 2026-04-29"), cancelled) == []


@pytest.mark.parametrize(
    ("edit", "following"), [(("13:00", "15:00"), "2026-04-15"), (("every: Wednesday", "every: Friday"), "2026-04-17")]
)
def test_a_chat_edited_in_place_should_be_ended_and_another_added(edit: tuple[str, str], following: str) -> None:
    (found,) = advice(LANTERN.replace(*edit))
    assert (found.severity, found.code, found.span.line) == ("notice", "rewrites-past", 5)
    assert found.message == (
        "This rewrites 6 past days, Wed 4 Mar 2026 to Wed 8 Apr 2026, which were published otherwise."
    )
    assert "until: 2026-04-08\n" in found.hint
    assert found.hint.endswith(f"from: {following}")


@pytest.mark.parametrize(
    "chapter",
    [
        LANTERN + "sessions:\n" + "".join(f"  2026-03-{day}: {{at: 15:00}}\n" for day in ("04", "11", "18", "25")),
        LANTERN.replace("13:00", "evening"),
        LANTERN + "    until: 2026-03-10\n",
        LANTERN + "    lasts: 2h\n",
        LANTERN + "    id: noon\n",
    ],
)
def test_corrections_of_the_past_are_no_rewriting(chapter: str) -> None:
    assert [one for one in advice(chapter) if one.code == "rewrites-past"] == []


def test_the_advice_ends_with_the_publication() -> None:
    files = sources(lanternchat=LANTERN.replace("13:00", "13:00\n    except: 2026-04-29"))
    after = built(files, LATER, built(sources(lanternchat=LANTERN)))
    assert not [one for one in build.check_sources(files, after, LATER) if one.code == "cancel-instead"]
