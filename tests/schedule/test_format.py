"""The file format: chapters and calendars as they are read, and what no table of keys can say."""

from datetime import date, time

import pytest

from chatcal.model import (
    Break,
    Calendar,
    Called,
    Chapter,
    Chat,
    DayPart,
    Duration,
    ListedDate,
    MovedTo,
    Period,
    Rota,
    Rule,
    SessionOverride,
)
from chatcal.problems import ScheduleError, Span
from chatcal.schedule.format import parse_calendar, parse_chapter

FILE = "schedules/lanternchat.yaml"
HERE = Span(FILE)
HEAD = "hashtag: lanternchat\nname: The Lantern Keepers\ntimezone: America/Toronto\n"


def chapter(text: str, file: str = FILE) -> Chapter:
    return parse_chapter(file, text.encode())


def chat(lines: str) -> Chat:
    """Return the chat of flow lines like `every: day, at: 13:00`."""
    (found,) = chapter(f"{HEAD}chats: [{{{lines}}}]\n").chats
    return found


def problems(text: str, file: str = FILE) -> list[tuple[str, int, int]]:
    """Return the code, the line and the column of what is wrong with a chapter."""
    with pytest.raises(ScheduleError) as error:
        chapter(text, file)
    return sorted((problem.code, problem.span.line, problem.span.column) for problem in error.value.problems)


def chat_problems(lines: str) -> list[tuple[str, int]]:
    """Return the code and the column of what is wrong with a chat of flow lines; they begin in column 10."""
    return [(code, column) for code, _, column in problems(f"{HEAD}chats: [{{{lines}}}]\n")]


# The example of the format, whole.
LANTERN = """\
hashtag: lanternchat            # no '#': YAML would read it as a comment
name: The Lantern Keepers
about: Lighthouse keepers and those who love them compare notes.
region: Canada
language: en
timezone: America/Toronto
website: https://lantern.example/
account: lanternchat
moderators:
  - Ada Keeper (@ada_keeper)
confirmed: 2026-03-01
doubt: The evening chat may stop in autumn.
sources:
  - https://lantern.example/chat
chats:
  - every: Wednesday
    at: 13:00
    lasts: 1h
    from: 2024-09
    until: 2025-12-31
  - every: Wednesday
    except: last Wednesday of the month
    at: 13:00
    from: 2026-01-01
  - every: last Wednesday of the month
    at: 21:00
    from: 2026-01-01
sessions:
  2026-09-30:
    topic: "Joint chat with #fogchat"
    hosts: ["Bo Light (@bolight)"]
  2026-12-23:
    cancelled: Holidays
  2026-11-04:
    moved: 2026-11-05 20:00
  2026-10-07:
    transcript: https://lantern.example/2026-10-07
breaks:
  - {from: 2026-07-20, until: 2026-08-09, reason: Summer break}
"""


def test_a_whole_chapter_is_read() -> None:
    found = chapter(LANTERN)
    assert (found.slug, found.root, found.file, found.hashtag) == ("lanternchat", "lanternchat", FILE, "lanternchat")
    assert (found.region, found.language, found.website) == ("Canada", "en", "https://lantern.example/")
    assert found.moderators == ("Ada Keeper (@ada_keeper)",)
    weekly, most, last = found.chats
    assert weekly.first == Period(date(2024, 9, 1), date(2024, 9, 30), HERE)
    assert weekly.until == Period(date(2025, 12, 31), date(2025, 12, 31), HERE)
    assert (weekly.at, weekly.lasts, most.lasts) == (time(13), Duration(minutes=60), None)
    assert most.exceptions == (Rule(freq="MONTHLY", by_day=((-1, 2),), where=HERE),)
    assert last.every == most.exceptions[0]
    assert [chat.where.line for chat in found.chats] == [16, 21, 25]
    joint, cancelled, moved, written = found.overrides
    assert (joint.topic, joint.hosts) == ("Joint chat with #fogchat", ("Bo Light (@bolight)",))
    assert cancelled == SessionOverride(slot=date(2026, 12, 23), cancelled="Holidays", where=HERE)
    assert moved.moved_to == MovedTo(date(2026, 11, 5), time(20))
    assert written.transcript == "https://lantern.example/2026-10-07"
    begins, ends = (Period(day, day, HERE) for day in (date(2026, 7, 20), date(2026, 8, 9)))
    assert found.breaks == (Break(first=begins, until=ends, reason="Summer break"),)


def test_a_hashtag_without_meetings_is_a_chapter() -> None:
    found = chapter("hashtag: LanternChat\nname: Keepers\nnote: Details pending.\n")
    assert (found.slug, found.chats, found.overrides, found.language) == ("lanternchat", (), (), "en")


@pytest.mark.parametrize("file", ["schedules/lanternchat.yaml", "schedules/lanternchat.yml"])
def test_the_slug_is_the_name_of_the_file(file: str) -> None:
    assert chapter(HEAD, file).slug == "lanternchat"


def test_a_hashtag_of_another_script_has_any_slug() -> None:
    assert chapter("hashtag: 燈台\nname: Keepers\n").slug == "lanternchat"


def test_a_hashtag_and_a_file_of_other_names_do_not_fit() -> None:
    assert problems("hashtag: fogchat\nname: Keepers\n") == [("slug", 1, 1)]
    assert problems("hashtag: Lantern\nname: Keepers\n", "schedules/Lantern.yaml") == [("name", 1, 1)]


def test_a_bad_name_is_told_together_with_what_is_wrong_inside() -> None:
    assert problems("hashtag: con\n", "schedules/con.yaml") == [("missing-key", 1, 1), ("name", 1, 1)]
    assert problems("a: [\n", "schedules/con.yaml") == [("bracket", 1, 4), ("name", 1, 1)]


def test_a_community_without_a_hashtag_may_have_any_file_name() -> None:
    found = parse_chapter("schedules/berlin.yaml", b"name: Lamp Ladies Berlin\n")
    assert (found.slug, found.hashtag, found.label, found.full_name) == (
        "berlin", None, "Lamp Ladies Berlin", "Lamp Ladies Berlin"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "one", "many"),
    [
        ("meetup", "meetup", "meetups"),
        ("reading group", "reading group", "reading groups"),
        ("lunch", "lunch", "lunches"),
        ("party", "party", "parties"),
        ("play day", "play day", "play days"),
        ("{one: Treffen, many: Treffen}", "Treffen", "Treffen"),
        ("Café", "Café", "Cafés"),
        ("get-together", "get-together", "get-togethers"),
    ],
)
def test_what_meetings_are_called_has_a_plural(typed: str, one: str, many: str) -> None:
    head = "title: Lights\nuid_domain: lights.example\n"
    assert parse_calendar(f"{head}called: {typed}\n".encode()).called == Called(one, many)
    assert parse_calendar(head.encode()).called == Called("chat", "chats")


@pytest.mark.parametrize("typed", ["3", "'a: b'", "x" * 41, "[meetup]", "{one: Treffen}", "''", "'#x'"])
def test_what_is_no_word_for_a_meeting_is_refused(typed: str) -> None:
    with pytest.raises(ScheduleError):
        parse_calendar(f"title: Lights\nuid_domain: lights.example\ncalled: {typed}\n".encode())


def test_the_oldest_name_keeps_its_place_in_the_uids() -> None:
    assert chapter(f"{HEAD}formerly: [oldest, older]\n").root == "oldest"


def test_dates_may_have_their_times_and_stand_for_at() -> None:
    found = chat("dates: [2026-03-04 13:00, 2026-03-11 14:00]")
    assert [listed.at for listed in found.dates] == [time(13), time(14)]
    assert chat("dates: [2026-03-04], at: 13:00").dates == (ListedDate(date(2026, 3, 4), None, HERE),)


def test_a_rota_may_be_one_or_many() -> None:
    rota = "{from: 2026-03-04, hosts: [Ada, Bo]}"
    later = rota.replace("03-04", "03-11")
    one, many = (chat(f"every: Wednesday, at: 13:00, rota: {text}").rotas for text in (rota, f"[{rota}, {later}]"))
    assert many[0] == one[0]
    assert [found.first.day for found in many] == [date(2026, 3, 4), date(2026, 3, 11)]
    assert isinstance(one[0], Rota)
    assert (one[0].first.day, one[0].hosts) == (date(2026, 3, 4), ("Ada", "Bo"))


@pytest.mark.parametrize("at", DayPart)
def test_a_chat_without_a_clock_time_needs_no_zone(at: DayPart) -> None:
    found = chapter(f"hashtag: lanternchat\nname: Keepers\nchats: [{{every: day, at: {at}}}]\n")
    assert found.chats[0].at is at


def test_a_zone_may_be_that_of_the_chat() -> None:
    text = "hashtag: lanternchat\nname: Keepers\nchats: [{every: day, at: 13:00, timezone: Etc/UTC}]\n"
    assert chapter(text).chats[0].timezone == "Etc/UTC"
    assert problems(text.replace(", timezone: Etc/UTC", "")) == [("zone-missing", 3, 9)]
    assert problems(text.replace("every: day, at: 13:00, timezone: Etc/UTC", "dates: [2026-03-04 13:00]")) == [
        ("zone-missing", 3, 9)
    ]


@pytest.mark.parametrize(
    "lines", ["every: other Tuesday, at: 13:00, from: 2026-03-03", "every: other Tuesday, at: 13:00"]
)
def test_a_rule_with_a_number_needs_a_day_that_it_counts_from(lines: str) -> None:
    if "from" in lines:
        assert chat(lines).anchor == date(2026, 3, 3)
        assert chat(f"{lines}, counting: 2026-03-10").anchor == date(2026, 3, 10)
    else:
        assert chat_problems(lines) == [("counting", 17)]
        assert chat_problems(f"{lines}, from: 2026-03") == [("counting", 17)]


def test_a_rule_that_never_meets_gets_no_day_to_count_from_as_an_example() -> None:
    like = ", like `counting: 2026-03-03` or `counting: 2026-04-03`"
    for days, examples in (("BYMONTHDAY=3", like), ("BYMONTHDAY=30;BYMONTH=2", "")):
        with pytest.raises(ScheduleError) as error:
            chat(f"rrule: FREQ=MONTHLY;INTERVAL=2;{days}, at: 13:00")
        assert f"the chat was or will be due{examples}." in (error.value.problems[0].hint or "")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("at: 13:00", [("missing-key", 9)]),
        ("every: day", [("missing-key", 9)]),
        ("at: 13:00, hosts: [A]", [("missing-key", 9)]),
        ("dates: [2026-03-04 13:00, 2026-03-05]", [("missing-key", 9)]),
        ("every: day, dates: [2026-03-04], at: 13:00", [("together", 22)]),
        ("every: day, rrule: FREQ=DAILY, at: 13:00", [("together", 22)]),
        ("dates: [2026-03-04], rrule: FREQ=DAILY, at: 13:00", [("together", 31)]),
        ("dates: [2026-03-04], at: 13:00, from: 2026, except: day", [("together", 42), ("together", 54)]),
        ("dates: [2026-03-04], at: 13:00, counting: 2026-03-04", [("together", 42)]),
        ("dates: [2026-03-04], at: 13:00, counting: unknown", [("together", 42)]),
        ("every: day, at: 13:00, counting: unknown", [("counting", 33)]),
        (
            "every: other Friday, at: 13:00, counting: unknown, rota: {from: 2026-03-06, hosts: [Ada]}",
            [("together", 61)],
        ),
        ("every: day, at: evening, lasts: 1h", [("together", 35)]),
        ("every: day, at: all day, lasts: 3h", [("length", 35)]),
        ("every: day, at: 13:00, from: 2026-03, until: 2026-02", [("until-before-from", 55)]),
    ],
)
def test_keys_of_a_chat_that_do_not_go_together_are_told(lines: str, found: list[tuple[str, int]]) -> None:
    assert chat_problems(lines) == found


@pytest.mark.parametrize(
    "lines",
    [
        "every: day, at: all day, lasts: 2d",
        "every: day, at: 13:00, lasts: 2d",
        "every: day, at: 13:00, from: 2026-03, until: 2026-03",
        "every: day, at: 13:00, from: 2026-03-04, until: 2026",
        "rrule: FREQ=DAILY, at: 13:00, from: 2026",
    ],
)
def test_keys_of_a_chat_that_go_together_are_taken(lines: str) -> None:
    assert chat(lines).where.line == 4


SESSIONS = f"{HEAD}chats: [{{every: day, at: 13:00, id: noon}}]\nsessions:\n"


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("2026-03-04: cancelled", SessionOverride(slot=date(2026, 3, 4), cancelled="", where=HERE)),
        ("2026-03-04: Canceled", SessionOverride(slot=date(2026, 3, 4), cancelled="", where=HERE)),
        ("2026-03-04: {cancelled: }", SessionOverride(slot=date(2026, 3, 4), cancelled="", where=HERE)),
        ("2026-03-04: {cancelled: Fog}", SessionOverride(slot=date(2026, 3, 4), cancelled="Fog", where=HERE)),
        ("2026-03-04 noon: {at: 14:00}", SessionOverride(slot=date(2026, 3, 4), id="noon", at=time(14), where=HERE)),
        (
            "2026-03-04: {moved: 2026-03-05, at: 14:00}",
            SessionOverride(slot=date(2026, 3, 4), moved_to=MovedTo(date(2026, 3, 5), None), at=time(14), where=HERE),
        ),
    ],
)
def test_a_slot_is_changed(line: str, change: SessionOverride) -> None:
    assert chapter(f"{SESSIONS}  {line}\n").overrides == (change,)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2026-03-04: {cancelled: Fog, moved: 2026-03-05}", ("together", 32)),
        ("2026-03-04: {moved: 2026-03-05 20:00, at: 21:00}", ("together", 41)),
        ("2026-03-04: {at: evening, lasts: 1h}", ("together", 29)),
        ("2026-03-04: {lasts: 1h, at: all day}", ("length", 16)),
        ("2026-03-04 Noon!: cancelled", ("id", 14)),
        ("4 March 2026: cancelled", ("date", 3)),
        ("2026-03-04: Fog", ("shape", 15)),
        ("2026-03-04: [Fog]", ("shape", 15)),
        ("2026-03-04:", ("empty-value", 14)),
        ("topic: Fog", ("indent", 3)),
    ],
)
def test_what_cannot_become_of_a_slot_is_told(line: str, found: tuple[str, int]) -> None:
    assert [(code, column) for code, _, column in problems(f"{SESSIONS}  {line}\n")] == [found]


def test_sessions_are_dates_and_no_list() -> None:
    assert problems(f"{HEAD}sessions: [2026-03-04]\n") == [("shape", 4, 11)]


def test_a_break_may_be_all_of_a_month() -> None:
    (august,) = chapter(f"{HEAD}breaks: [{{from: 2026-08, until: 2026-08}}]\n").breaks
    assert (august.first.first, august.until.last, august.reason) == (date(2026, 8, 1), date(2026, 8, 31), "")
    assert problems(f"{HEAD}breaks: [{{from: 2026-08, until: 2026-07}}]\n") == [("until-before-from", 4, 33)]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (
            "2026-12-02 13:00",
            "Write only the date, `2026-12-02:`. If another time is meant, write below it `at: 13:00`.",
        ),
        ("2026-12-02 8pm", "Write only the date, `2026-12-02:`. If another time is meant, write below it `at: 20:00`."),
        ("2026-12-02 - 2026-12-16", "`breaks: [{from: 2026-12-02, until: 2026-12-16}]`."),
        ("2026-12", "`breaks: [{from: 2026-12, until: 2026-12}]`."),
        ("2026-12-02, 2026-12-09", "Write one day here, `2026-12-02`, and each other day in the same way."),
        ("2026-12-02 topic", "Write only the date, `2026-12-02:`, and below it, indented, `topic:` with the rest."),
        ("2026-12-02 2late", "Write lower-case letters and digits, a letter first: `late`."),
        ("2026-12-02 1-2", "Write lower-case letters and digits, a letter first: `late`."),
    ],
)
def test_what_is_no_single_day_under_sessions_says_where_it_belongs(key: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        chapter(f"{HEAD}sessions:\n  {key}: Holidays\n")
    (problem,) = error.value.problems
    assert problem.hint.endswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("off", "If it is not held, write `2026-12-02: cancelled`."),
        ("No meeting, holidays", "If it is not held, write `2026-12-02: cancelled`."),
        ("No time to die", 'Say what it is: `2026-12-02: {topic: "No time to die"}`; or `note`, `cancelled`, `moved`.'),
        ("8pm", "Write `2026-12-02: {at: 20:00}`."),
        ("Cancelled!", "Write `2026-12-02: cancelled`."),
        ("canceled (snow)", "Write `2026-12-02: {cancelled: snow}`."),
        ("'cancelled: snow'", "Write `2026-12-02: {cancelled: snow}`."),
        ("cancelled - snow, ice", 'Write `2026-12-02: {cancelled: "snow, ice"}`.'),
        ("null", "Write it below, indented: `topic: …`, `cancelled: …`, `moved: …`. Or delete the date."),
        ("moved to 8pm", "Write `2026-12-02: {moved: 2026-12-02 20:00}`."),
        ("postponed until 2026-12-03", "Write `2026-12-02: {moved: 2026-12-03}`."),
        ("2026-12-03 20:00", "Write `2026-12-02: {moved: 2026-12-03 20:00}`."),
        ("moved to Thursday", "Write below it, indented, `moved:` with the date on which it is held."),
        (
            "3/12/2026",
            "Write `2026-12-02: {moved: 2026-03-12}` if the month comes first, "
            "`2026-12-02: {moved: 2026-12-03}` if the day does.",
        ),
    ],
)
def test_a_text_in_place_of_keys_is_told_what_it_most_likely_means(text: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        chapter(f"{HEAD}sessions:\n  2026-12-02: {text}\n")
    (problem,) = error.value.problems
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("cancelled: 2026-12-02", "a session"),
        ("at: 13:00", "a chat"),
        ("called: meetup", "the calendar"),
        ("chats: [{every: day, at: '13:00', moved: 2026-12-02}]", "a session"),
        ("chats: [{every: day, at: '13:00', breaks: []}]", "the chapter"),
        ("chats: [{every: day, at: '13:00', clocks: []}]", "the calendar"),
        ("sessions: {2026-12-02: {every: day}}", "a chat"),
        ("sessions: {2026-12-02: {breaks: []}}", "the chapter"),
    ],
)
def test_a_key_of_another_part_is_told_where_it_belongs(text: str, where: str) -> None:
    with pytest.raises(ScheduleError) as error:
        chapter(f"{HEAD}{text}\n")
    (problem,) = error.value.problems
    assert problem.hint.startswith(f"This key belongs to {where}:")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("home: https://OWNER.github.io/REPO/", "Write your own in place of `OWNER` and `REPO`;"),
        ("join: 'https://x.com/hashtag/{tag}'", "Write `{hashtag}` where each chapter's hashtag belongs,"),
        ("chats: []", "This key belongs to a chapter: put it into its file in schedules/."),
        ("timezone: Europe/Berlin", "This key belongs to a chapter:"),
        ("collections: {north: {title: N, chapters: [fogchat.yaml]}}", "Here perhaps: `fogchat`."),
    ],
)
def test_what_no_calendar_says_gets_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as error:
        calendar(f"{text}\n")
    (problem,) = error.value.problems
    assert hint in problem.hint


def test_a_key_that_is_only_misspelt_is_not_missing_too() -> None:
    assert problems("Hashtag: lanternchat\nName: Keepers\n") == [("unknown-key", 1, 1), ("unknown-key", 2, 1)]
    text = f"{HEAD}breaks:\n  - {{from: 2027-07-01, to: 2027-07-31}}\n  - {{from: 2027-08-01, foo: 2027-08-03}}\n"
    assert problems(text) == [("missing-key", 6, 5), ("unknown-key", 5, 24), ("unknown-key", 6, 24)]


def test_every_problem_of_a_file_is_told_at_once() -> None:
    text = (
        "hashtag: lanternchat\nnam: Keepers\nchats:\n  - every: Wensday\n    at: 1pm\n  - evry: day\n    topic: a #b\n"
    )
    assert problems(text) == [
        ("comment", 7, 14),
        ("phrase", 4, 12),
        ("time", 5, 9),
        ("unknown-key", 2, 1),
        ("unknown-key", 6, 5),
    ]


def calendar(text: str) -> Calendar:
    return parse_calendar(f"title: Lights\nuid_domain: lights.example\n{text}".encode())


def test_a_calendar_is_read() -> None:
    found = calendar(
        "home: https://lights.example/c\n"
        "contact: mailto:ada@lights.example\n"
        "clocks: [Europe/London]\n"
        "ahead: 2 months\nbehind: 0 months\nunconfirmed: hide\n"
        "collections:\n  north: {title: North, chapters: [a, b], formerly: [polar]}\n"
        "breaks: [{from: 2026-08, until: 2026-08, chapters: [a]}]\n"
    )
    assert (found.title, found.home, found.ahead, found.behind) == ("Lights", "https://lights.example/c/", 2, 0)
    (north,) = found.collections
    assert (north.name, north.chapters, north.formerly) == ("north", ("a", "b"), ("polar",))
    assert found.breaks[0].chapters == ("a",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("collections: [north]\n", [("shape", 3, 14)]),
        ("collections:\n  North: {title: North, chapters: [a]}\n", [("name", 4, 3)]),
        ("titel: x\n", [("unknown-key", 3, 1)]),
        ("about: #x\n", [("comment", 3, 8)]),
        ("about: #x\nahead: 1\n", [("comment", 3, 8), ("months", 4, 8)]),
        ("about: x\n<<: {ahead: 1}\n", [("anchor", 4, 1)]),
        ("about: x\nabout: y\n", [("duplicate-key", 4, 1)]),
    ],
)
def test_what_is_wrong_with_a_calendar_is_told(text: str, found: list[tuple[str, int, int]]) -> None:
    with pytest.raises(ScheduleError) as error:
        calendar(text)
    assert sorted((problem.code, problem.span.line, problem.span.column) for problem in error.value.problems) == found


def test_a_list_that_is_no_phrase_is_refused_as_such() -> None:
    assert chat_problems("every: [Monday, first Thursday of the month], at: '13:00'") == [("shape", 17)]


def test_who_writes_every_twice_is_told_of_two_chats() -> None:
    with pytest.raises(ScheduleError) as error:
        chapter(f"{HEAD}chats:\n  - every: Monday\n    every: Thursday\n    at: 13:00\n")
    (problem,) = error.value.problems
    assert problem.hint.endswith("If both are right, write another chat with the other.")
