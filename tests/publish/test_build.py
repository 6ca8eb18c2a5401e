"""Schedule files, published feeds and a moment to the files that are published next."""

import gc
import warnings
from datetime import date, datetime, timedelta

import pytest

from chatcal.feed.ics import read_feed
from chatcal.model import get_day
from chatcal.problems import FeedError
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, built, events, feeds_of, sources, value

FILES = sources(lanternchat=LANTERN)
SLOT = "lanternchat-2026-03-04"


def changed(text: str) -> dict[str, bytes | None]:
    """Return the lantern chapter with more said in its file."""
    return sources(lanternchat=LANTERN + text)


def test_there_is_a_feed_for_each_chapter_each_collection_all_and_each_former_name() -> None:
    calendar = CALENDAR + "collections: {sea: {title: Sea, chapters: [lanternchat], formerly: [ocean]}}\n"
    fog = "hashtag: fogchat\nname: Fog\nformerly: [mistchat]\n"
    feeds = built(sources(calendar, lanternchat=LANTERN, fogchat=fog))
    assert sorted(feeds) == ["all", "fogchat", "lanternchat", "mistchat", "ocean", "sea"]
    assert feeds["mistchat"] == feeds["fogchat"]
    assert feeds["ocean"] == feeds["sea"]


def test_a_former_name_serves_the_same_bytes_with_the_new_source() -> None:
    fog = "hashtag: fogchat\nname: Fog\nformerly: [mistchat]\n"
    feeds = built(sources(CALENDAR + "home: https://lights.example/\n", fogchat=fog))
    assert b"SOURCE;VALUE=URI:https://lights.example/fogchat.ics\r\n" in feeds["mistchat"]
    assert feeds["mistchat"] == feeds["fogchat"]


def test_a_combined_feed_holds_the_very_events_of_its_chapters_by_start_and_uid() -> None:
    fog = LANTERN.replace("lanternchat", "fogchat").replace("Wednesday", "weekday")
    dim = "hashtag: dimchat\nname: Dim\nchats: [{every: Wednesday, at: evening}]\n"
    feeds = built(sources(lanternchat=LANTERN, fogchat=fog, dimchat=dim))
    combined = read_feed(feeds["all"])
    its_own = {one.content for name in ("lanternchat", "fogchat", "dimchat") for one in read_feed(feeds[name])}
    assert {one.content for one in combined} == its_own
    first_wednesday = [one.uid for one in combined if "2026-03-04" in one.uid]
    assert [uid.partition("-")[0] for uid in first_wednesday] == ["dimchat", "fogchat", "lanternchat"]


def test_the_first_publication_holds_no_past() -> None:
    feed = built(FILES, at("2026-03-11T17:30"))["lanternchat"]
    # The session of 11 March is going on.
    assert read_feed(feed)[0].uid.startswith("lanternchat-2026-03-11")


def test_a_session_that_ends_this_very_second_is_still_to_come() -> None:
    assert SLOT in events(built(FILES, at("2026-03-04T19:00"))["lanternchat"])
    assert SLOT not in events(built(FILES, at("2026-03-04T19:00") + timedelta(seconds=1))["lanternchat"])


def test_an_all_day_session_has_ended_when_the_next_day_has_begun_everywhere() -> None:
    files = sources(lanternchat=LANTERN.replace("13:00", "evening"))
    assert SLOT in events(built(files, at("2026-03-05T12:00"))["lanternchat"])
    assert SLOT not in events(built(files, at("2026-03-05T12:01"))["lanternchat"])


def test_a_build_that_reads_back_its_own_output_changes_no_byte() -> None:
    first = built(FILES)
    assert built(FILES, NOW, first) == first
    assert built(FILES, at("2026-03-01T01:00"), first) == first


def test_a_month_of_quiet_nights_changes_no_byte_and_the_next_month_rolls() -> None:
    feeds = built(FILES)
    for night in range(1, 31):
        again = built(FILES, NOW + timedelta(days=night), feeds)
        assert again == feeds
    rolled = built(FILES, at("2026-04-01T00:00"), feeds)["lanternchat"]
    assert read_feed(rolled)[-1].uid.startswith("lanternchat-2027-04-28")
    assert set(read_feed(feeds["lanternchat"])) < set(read_feed(rolled))


def test_an_ended_event_stays_as_it_was_published_until_it_leaves_the_window() -> None:
    feeds = built(FILES)
    was = events(feeds["lanternchat"])[SLOT].content
    edited = sources(CALENDAR + "home: https://new.example/\n", lanternchat=LANTERN.replace("13:00", "15:00"))
    later = built(edited, at("2026-03-20T00:00"), feeds)
    assert events(later["lanternchat"])[SLOT].content == was
    assert events(later["all"])[SLOT].content == was
    in_june = built(edited, at("2026-06-30T00:00"), later)
    assert events(in_june["lanternchat"])[SLOT].content == was
    assert SLOT not in events(built(edited, at("2026-07-01T00:00"), in_june)["lanternchat"])


def test_rewriting_the_past_makes_it_that_of_the_schedule() -> None:
    feeds = built(FILES)
    edited = sources(lanternchat=LANTERN.replace("13:00", "15:00"))
    rewritten = events(built(edited, at("2026-03-20T00:00"), feeds, rewrite_past=True)["lanternchat"])
    assert rewritten[SLOT].start == at("2026-03-04T20:00")
    assert "lanternchat-2025-12-03" in rewritten


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("sessions: {2026-03-11: cancelled}\n", "SUMMARY", "Cancelled: #lanternchat chat"),
        ("sessions: {2026-03-11: {moved: 2026-03-12 20:00}}\n", "DTSTART", "20260313T000000Z"),
        ("sessions: {2026-03-11: {topic: Oil}}\n", "SUMMARY", "#lanternchat: Oil"),
    ],
)
def test_a_change_moves_the_revision_of_its_event_and_of_no_other(text: str, name: str, shown: str) -> None:
    before = events(built(FILES)["lanternchat"])
    after = events(built(changed(text), at("2026-03-02T08:30") + timedelta(seconds=59), built(FILES))["lanternchat"])
    slot = "lanternchat-2026-03-11"
    assert {uid for uid in before if before[uid] != after[uid]} == {slot}
    assert value(after[slot], name) == shown
    assert after[slot].modified == at("2026-03-02T08:30")
    assert value(after[slot], "SEQUENCE") == str((date(2026, 3, 2) - date(2020, 1, 1)).days * 24 * 60 + 8 * 60 + 30)
    assert value(after[slot], "LAST-MODIFIED") == value(after[slot], "DTSTAMP") == "20260302T083000Z"


def test_a_change_and_its_taking_back_within_a_minute_still_move_forward() -> None:
    first = built(FILES)
    second = built(changed("sessions: {2026-03-11: cancelled}\n"), NOW, first)
    third = built(FILES, NOW, second)
    moments = [events(feeds["lanternchat"])["lanternchat-2026-03-11"].modified for feeds in (first, second, third)]
    assert moments == [NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]


def test_a_session_postponed_after_its_published_end_is_there_once_at_its_new_time() -> None:
    feeds = built(FILES)
    postponed = changed("sessions: {2026-03-04: {moved: 2026-03-20 13:00}}\n")
    feed = built(postponed, at("2026-03-10T00:00"), feeds)["lanternchat"]
    found = [one for one in read_feed(feed) if one.uid.startswith(SLOT)]
    assert [one.start for one in found] == [at("2026-03-20T17:00")]


def test_a_session_moved_into_the_past_before_it_was_held_leaves_the_feed() -> None:
    moved = changed("sessions: {2026-03-11: {moved: 2026-03-05 13:00}}\n")
    feed = built(moved, at("2026-03-10T00:00"), built(FILES))["lanternchat"]
    assert "lanternchat-2026-03-11" not in events(feed)


def test_a_coming_session_that_leaves_the_schedule_leaves_the_feed() -> None:
    ended = sources(lanternchat=LANTERN + "    until: 2026-03-04\n")
    later = built(ended, at("2026-03-05T00:00"), built(FILES))["lanternchat"]
    assert list(events(later)) == [SLOT]


def test_a_renamed_chapter_keeps_its_past_its_uids_and_its_old_address() -> None:
    feeds = built(FILES)
    renamed = LANTERN.replace("hashtag: lanternchat", "hashtag: lampchat\nformerly: [lanternchat]")
    after = built(sources(lampchat=renamed), at("2026-03-20T00:00"), feeds)
    assert after["lanternchat"] == after["lampchat"]
    assert events(after["lampchat"])[SLOT].content == events(feeds["lanternchat"])[SLOT].content
    assert list(events(after["lampchat"])) == list(events(feeds["lanternchat"]))


def test_where_a_killed_build_left_two_states_the_newest_revision_counts() -> None:
    old = built(FILES)
    new = built(changed("sessions: {2026-03-11: {topic: Oil}}\n"), at("2026-03-02T00:00"), old)
    halfway = {"all": new["all"], "lanternchat": old["lanternchat"]}
    again = built(changed("sessions: {2026-03-11: {topic: Oil}}\n"), at("2026-03-02T09:00"), halfway)
    assert again == new


def test_hidden_unconfirmed_sessions_are_left_out_of_the_feeds() -> None:
    chapter = LANTERN + "confirmed: 2024-09-10\n"
    hidden = sources(CALENDAR + "unconfirmed: hide\n", lanternchat=chapter)
    assert list(events(built(hidden)["lanternchat"])) == [SLOT]


def test_a_chapter_without_chats_has_an_empty_feed() -> None:
    feed = built(sources(fogchat="hashtag: fogchat\nname: Fog\nnote: Pending.\n"))["fogchat"]
    assert read_feed(feed) == ()
    assert b"X-WR-CALNAME:#fogchat Fog\r\n" in feed


def test_a_schedule_with_an_error_builds_nothing() -> None:
    made = build.build_calendar(sources(lanternchat=LANTERN.replace("13:00", "1pm")), built(FILES), NOW)
    assert not made.files
    assert [problem.code for problem in made.problems if problem.severity == "error"] == ["time"]


def test_a_calendar_file_with_an_error_builds_nothing_and_every_file_is_read_all_the_same() -> None:
    made = build.build_calendar(sources("title: Lights\n", lanternchat=LANTERN.replace("13:00", "1pm")), {}, NOW)
    assert not made.files
    assert [(one.span.file, one.code) for one in made.problems] == [
        ("chatcal.yaml", "missing-key"),
        ("schedules/lanternchat.yaml", "time"),
    ]


def test_a_published_feed_that_cannot_be_read_is_named() -> None:
    with pytest.raises(FeedError, match=r"feeds/lanternchat\.ics: it does not begin like a calendar"):
        build.build_calendar(FILES, {"lanternchat": b""}, NOW)


def many(count: int, chat: str = "{every: day, at: 10:00}") -> dict[str, bytes | None]:
    """Return so many chapters that meet every day."""
    text = "hashtag: c{}\nname: C\ntimezone: Etc/UTC\nnote: N.\nchats: [" + chat + "]\n"
    return sources(**{f"c{number}": text.replace("{}", str(number)) for number in range(count)})


def test_a_feed_of_over_1000_events_is_cut_at_a_months_end_with_a_warning() -> None:
    made = build.build_calendar(many(4), {}, NOW)
    feed = read_feed(feeds_of(made)["all"])
    # Four a day: 1 March to 31 October 2026 would be 980 days' events, November 1,100.
    assert len(feed) == 4 * (date(2026, 10, 31) - date(2026, 2, 28)).days == 980
    assert max(get_day(one.start) for one in feed) == date(2026, 10, 31)
    (cut,) = [problem for problem in made.problems if problem.code == "feed-cut"]
    assert "`all` would hold 1,584 events; it ends on 31 October 2026" in cut.message
    assert "`ahead:`" in cut.hint
    assert "`behind:`" in cut.hint


def test_a_feed_of_over_900000_octets_is_cut_too() -> None:
    chatty = many(2, "{every: day, at: 10:00, topic: " + "long " * 500 + "}")
    made = build.build_calendar(chatty, {}, NOW)
    assert max(len(octets) for octets in feeds_of(made).values()) <= 900_000
    assert {one.code for one in made.problems if one.severity == "warning"} == {"feed-cut"}


def test_a_feed_whose_next_month_is_too_large_keeps_its_last_bytes_and_the_others_are_built() -> None:
    last = built(many(4))
    made = build.build_calendar(many(20), last, NOW)
    feeds = feeds_of(made)
    assert feeds["all"] == last["all"]
    assert len(read_feed(feeds["c19"])) == 396
    (too_large,) = [problem for problem in made.problems if problem.code == "feed-too-large"]
    assert too_large.severity == "error"
    assert "What was published of it last stays." in too_large.message


def test_a_feed_that_was_always_too_large_is_not_published() -> None:
    assert "all" not in feeds_of(build.build_calendar(many(20), {}, NOW))


def test_links_and_folders_are_refused() -> None:
    files = FILES | {"schedules/linked.yaml": None, "schedules/old/fogchat.yaml": b"hashtag: fogchat\nname: F\n"}
    found = {(one.span.file, one.code) for one in build.check_sources(files, {}, NOW) if one.severity == "error"}
    assert found == {("schedules/linked.yaml", "link"), ("schedules/old/fogchat.yaml", "folder")}


def test_two_files_of_one_chapter_clash() -> None:
    files = FILES | {"schedules/lanternchat.yml": LANTERN.encode()}
    assert "name-clash" in {one.code for one in build.check_sources(files, {}, NOW)}


def test_every_moment_is_in_utc_whatever_zone_the_clock_gives() -> None:
    there = datetime.fromisoformat("2026-03-01T01:00+01:00")
    assert built(FILES, there) == built(FILES, NOW)


def test_a_build_holds_no_sessions_of_chapters_that_had_their_turn() -> None:
    files = sources(lanternchat=LANTERN, fogchat="hashtag: fogchat\nname: Fog\nchats: [{every: Monday, at: evening}]\n")
    project, problems = build.read_project(files, {}, NOW)
    assert project
    held = [len(project.sessions) for _ in build.build_files(project, build.BuildOptions(with_site=False), problems)]
    assert (held[0], held[-1]) == (2, 0)


def test_a_build_that_ends_early_leaves_no_file_open() -> None:
    project, problems = build.read_project(FILES, {}, NOW)
    assert project
    made = build.build_files(project, build.BuildOptions(), problems)
    assert any(path.endswith("sessions.json") for path, _ in made)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        del made
        gc.collect()
    assert not found
