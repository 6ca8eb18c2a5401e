"""What no single field can see."""

from datetime import datetime

import pytest

from chatcal import checks
from chatcal.checks import slots
from chatcal.problems import MAX_PROBLEMS, Problem, Severity, has_errors
from chatcal.publish import build
from tests.support.calendars import CALENDAR, LANTERN, NOW, at, built, sources
from tests.support.work import count_calls

HEAD = "hashtag: {0}\nname: Keepers\ntimezone: America/Toronto\n"


def found(code: str, now: datetime = NOW, calendar: str = CALENDAR, **chapters: str) -> list[Problem]:
    """Return the problems of one code in a calendar of some chapters."""
    files = sources(calendar, **chapters)
    return [problem for problem in build.check_sources(files, {}, now) if problem.code == code]


def of(code: str, text: str, now: datetime = NOW) -> list[Problem]:
    """Return the problems of one code in the calendar of one chapter, without its head of three lines."""
    return found(code, now, lanternchat=HEAD.format("lanternchat") + text)


def places(problems: list[Problem]) -> list[tuple[int, int]]:
    return [(problem.span.line, problem.span.column) for problem in problems]


WEEKLY = "chats:\n  - every: Wednesday\n    at: 13:00\n"
ELSEWHERE = "collections:\n  north: {title: North, chapters: [lanternchat, fogchat]}\n"


def test_the_id_of_a_chat_and_the_name_of_a_chapter_give_no_two_sessions_one_uid() -> None:
    late = HEAD.format("lanternchat") + WEEKLY.replace("at: 13:00", "at: 13:00\n    id: late")
    chapters = {"lanternchat": late, "lanternchat-late": HEAD.format("ñ") + WEEKLY}
    (problem,) = [one for one in build.check_sources(sources(**chapters), {}, NOW) if one.severity is Severity.ERROR]
    assert (problem.code, problem.span.file, *places([problem])) == ("uid-twice", "schedules/lanternchat.yaml", (5, 5))
    assert "those in schedules/lanternchat-late.yaml" in problem.message
    chapters["lanternchat"] = late.replace("late", "early")
    assert not has_errors(build.check_sources(sources(**chapters), {}, NOW))


LONG = "x" * 100_000
DAILY = "chats:\n  - {every: day, at: 13:00}\n"


@pytest.mark.parametrize(
    "text",
    [
        DAILY.replace("}", f", topic: {LONG}}}"),
        DAILY.replace("}", f", title: {LONG}}}"),
        DAILY.replace("}", f", hosts: [{', '.join(map(str, range(1_000, 20_000)))}]}}"),
        DAILY.replace("}", f", join: 'https://x.com/{LONG}'}}"),
        f"{DAILY}join: https://x.com/{LONG}\n",
        f"{DAILY}breaks: [{{from: 2026-01, until: 2027, reason: {LONG}}}]\n",
        "chats:\n"
        + "".join(f"  - {{every: day, at: 13:{n}, id: a{n}, topic: {'x' * 3_000}}}\n" for n in range(10, 40)),
    ],
    ids=["topic", "title", "hosts", "join", "join of all", "reason", "chats"],
)
def test_no_text_is_repeated_until_no_program_can_read_it(text: str) -> None:
    files = sources(lanternchat=HEAD.format("lanternchat") + text)
    result = build.build_calendar(files, {}, NOW)
    assert [one.span.file for one in result.problems if one.code == "too-much-text"] == ["schedules/lanternchat.yaml"]
    assert result.files == {}


def test_a_long_text_that_is_there_once_is_no_hindrance() -> None:
    text = f"{WEEKLY}    topic: {'x' * 20_000}\nsessions:\n  2026-03-04: {{note: {LONG}}}\n"
    assert of("too-much-text", text) == []


def fog(chats: str = WEEKLY) -> str:
    return HEAD.format("fogchat") + chats


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("every: 30 February", "there is no such day"),
        ("every: 31 April", "there is no such day"),
        ("every: Monday\n    except: Monday", "`except` takes out every day"),
        ("every: Monday\n    from: 2026-03-03\n    until: 2026-03-08", "none of its days is between"),
        ("every: fifth Monday of February\n    from: 2026\n    until: 2043", "none of its days is between"),
        ("every: 30 February\n    until: 2026", "there is no such day"),
    ],
)
def test_a_chat_without_a_day_is_an_error_that_says_why(lines: str, said: str) -> None:
    (problem,) = of("never", f"chats:\n  - {lines}\n    at: 13:00\n")
    assert said in problem.message
    assert places([problem]) == [(5, 12)]


@pytest.mark.parametrize(
    "lines",
    [
        "every: 29 February",
        "every: fifth Monday of February",  # 2044 is the next
        "every: 29 February\n    until: 1973",  # 1972 was one
        "every: 29 February\n    from: 2096\n    until: 2104",
        "dates: [1999-12-31]",
    ],
)
def test_a_chat_may_be_rare_or_long_over(lines: str) -> None:
    assert of("never", f"chats:\n  - {lines}\n    at: 13:00\n") == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("every: other Wednesday\n    counting: 2026-03-05", (6, 15)),
        ("every: other Wednesday\n    from: 2026-03-05", (6, 11)),
        ("every: Wednesday\n    counting: 2026-03-05", (6, 15)),
        ("every: Wednesday\n    except: 2026-03-05", (6, 13)),
        ("every: Wednesday\n    except: [August, 2026-08-05, 2026-08-06]", (6, 34)),
        ("every: Wednesday\n    rota: {from: 2026-03-05, hosts: [A]}", (6, 18)),
        ("every: Wednesday\n    except: 2026-03-04\n    rota: {from: 2026-03-04, hosts: [A]}", (7, 18)),
    ],
)
def test_a_date_that_should_be_a_slot_and_is_none_is_an_error(lines: str, place: tuple[int, int]) -> None:
    assert places(of("no-slot", f"chats:\n  - {lines}\n    at: 13:00\n")) == [place]


def test_no_more_mistakes_of_one_kind_are_told_than_one_reads() -> None:
    days = ", ".join(f"2026-{month:02}-{day:02}" for month in range(3, 13) for day in range(1, 29))
    assert len(of("no-slot", f"{WEEKLY}    except: [{days}]\n")) == MAX_PROBLEMS
    names = ", ".join(f"fog{number}" for number in range(300))
    calendar = f"{CALENDAR}collections:\n  fogs: {{title: Fogs, chapters: [{names}]}}\n"
    assert len(found("no-chapter", calendar=calendar, lanternchat=LANTERN)) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "lines",
    [
        "every: other Wednesday\n    counting: 2026-03-04",
        "every: other Wednesday\n    from: 2026-03-04",
        "every: Wednesday\n    from: 2026-03-05",
        "every: Wednesday\n    except: [August, 2026-08-05]",
        "every: Wednesday\n    rota: {from: 2026-03-04, hosts: [A]}",
        "dates: [2026-03-05]",
    ],
)
def test_a_date_that_is_a_slot_is_right(lines: str) -> None:
    assert of("no-slot", f"chats:\n  - {lines}\n    at: 13:00\n") == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("every: Wednesday\n    except: first Sunday of the month", (6, 13)),
        ("every: Wednesday\n    except: [August, 29 February]\n    from: 2026-03-04\n    until: 2028-02-28", (6, 22)),
        ("every: first Wednesday of the month\n    except: 15th of the month", (6, 13)),
    ],
)
def test_a_phrase_that_takes_no_day_away_is_told(lines: str, place: tuple[int, int]) -> None:
    (problem,) = of("except-nothing", f"chats:\n  - {lines}\n    at: 13:00\n")
    assert (problem.severity, *places([problem])) == ("warning", place)


@pytest.mark.parametrize(
    "lines",
    [
        "every: Wednesday\n    except: last Wednesday of the month",
        "every: Wednesday\n    except: 29 February",  # 2040 is the next
        "every: Wednesday\n    except: [August, last Wednesday of August]",
        "every: Wednesday\n    except: August\n    until: 2019",
        "every: Wednesday\n    except: August\n    from: 2031-09\n    until: 2032-08-04",
    ],
)
def test_a_phrase_that_takes_a_day_away_is_right_however_rare_or_long_ago(lines: str) -> None:
    assert of("except-nothing", f"chats:\n  - {lines}\n    at: 13:00\n") == []


TWO = "chats:\n  - {every: day, at: 13:00, id: noon}\n  - {every: day, at: 21:00, id: late}\nsessions:\n"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{WEEKLY}sessions: {{2026-03-05: cancelled}}", "Near it: `2026-03-04` (Wed) and `2026-03-11` (Wed)."),
        (f"{WEEKLY}    from: 2026-03-11\nsessions: {{2026-03-04: cancelled}}", "Near it: `2026-03-11` (Wed)."),
        (f"{WEEKLY}    until: 2020\nsessions: {{2026-03-04: cancelled}}", "on which a chat is due by its rule."),
        (f"{WEEKLY}sessions: {{2026-03-04 late: cancelled}}", "Write only the date."),
        (f"{TWO}  2026-03-04: cancelled", "Write `2026-03-04 noon` or `2026-03-04 late`."),
        (f"{TWO}  2026-03-04 eve: cancelled", "Write `2026-03-04 noon` or `2026-03-04 late`."),
        ("sessions: {2026-03-04: cancelled}", "This chapter has no chats. Add one under `chats:`."),
        (f"{WEEKLY}    except: March\nsessions: {{2026-03-04: cancelled}}", "Keep one of them"),
        (f"{WEEKLY}    except: 2026-03-04\nsessions: {{2026-03-04: cancelled}}", "Keep one of them"),
        (
            f"{WEEKLY}sessions: {{2026-03-04: {{moved: 2026-03-05}}, 2026-03-05: {{topic: Fog}}}}",
            "A session is moved to that day: write it under its own date, `2026-03-04`, in line 7.",
        ),
        (f"{WEEKLY}sessions: {{2026-03-05: {{moved: 2026-03-04}}}}", "moved: `2026-03-04: {moved: 2026-03-05}`."),
        (f"{WEEKLY}sessions: {{2026-03-05: {{moved: 2026-03-04 13:00}}}}", "`2026-03-04: {moved: 2026-03-05}`."),
        (f"{WEEKLY}sessions: {{2026-03-05: {{moved: 2026-03-04 9:00}}}}", "`2026-03-04: {moved: 2026-03-05 09:00}`."),
        (f"{WEEKLY}sessions: {{2026-03-05: {{moved: 2026-03-06}}}}", "Near it: `2026-03-04` (Wed)"),
        (f"{WEEKLY}sessions: {{2025-03-04: cancelled}}", "Did you mean `2026-03-04`?"),
        (f"{WEEKLY}sessions: {{2027-03-04: cancelled}}", "Did you mean `2026-03-04`?"),
        (f"{WEEKLY}sessions: {{2026-03-05: {{note: x}}}}", "`- {dates: [2026-03-05], at: 13:00}`."),
    ],
)
def test_a_change_that_meets_no_slot_gets_the_slot_that_was_meant(text: str, hint: str) -> None:
    (problem,) = of("no-slot", text)
    assert hint in problem.hint


def test_a_date_alone_means_the_chat_without_an_id() -> None:
    text = TWO.replace(", id: noon", "") + "  2026-03-04: cancelled\n  2026-03-04 late: cancelled\n"
    assert of("no-slot", text) == of("twice", text) == []


def test_a_slot_that_is_changed_twice_is_an_error_at_the_second() -> None:
    text = f"{WEEKLY}    id: noon\nsessions:\n  2026-03-04: cancelled\n  2026-03-04 noon: cancelled\n"
    (problem,) = of("twice", text)
    assert (problem.span.line, problem.message) == (10, "This slot already has an entry, in line 9.")


@pytest.mark.parametrize(
    ("change", "errors"),
    [("at: 14:00", 1), ("moved: 2026-03-05 14:00", 1), ("moved: 2026-03-05", 0), ("topic: Fog", 0)],
)
def test_a_change_to_a_clock_time_needs_a_zone(change: str, errors: int) -> None:
    text = f"hashtag: lanternchat\nname: K\n{WEEKLY.replace('13:00', 'noon').replace('noon', 'evening')}"
    text += f"sessions: {{2026-03-04: {{{change}}}}}\n"
    assert len(found("zone-missing", lanternchat=text)) == errors
    assert found("zone-missing", lanternchat=f"{text}timezone: Etc/UTC\n") == []


def test_two_chats_on_one_day_need_an_id() -> None:
    both = "chats:\n  - {every: Wednesday, at: 13:00}\n  - {every: last Wednesday of the month, at: 21:00}\n"
    (problem,) = of("uid-twice", both)
    assert problem.span.line == 6
    assert "the other begins in line 5" in problem.message
    assert of("uid-twice", both.replace("21:00", "21:00, id: late")) == []
    assert of("uid-twice", both.replace("last Wednesday", "last Tuesday")) == []
    assert len(of("uid-twice", both.replace("13:00", "13:00, id: a").replace("21:00", "21:00, id: a"))) == 1


FROM_APRIL = "  - {every: Wednesday, at: 19:00, from: 2026-04-01}\n"


@pytest.mark.parametrize(
    ("newer", "hint"),
    [
        (FROM_APRIL, "with `until: 2026-03-31` in the chat that begins in line 5. If both are held, add"),
        (FROM_APRIL.replace("Wednesday", "first Wednesday of the month"), "with `until: 2026-03-31` in the chat"),
        (FROM_APRIL.replace("2026-04-01", "2026"), "with `until: 2025-12-31` in the chat that begins in line 5"),
        ("  - {every: first Wednesday of the month, at: 19:00}\n", "`except: first Wednesday of the month` in line 5"),
        ("  - {every: other Wednesday, counting: 2026-03-04, at: 19:00}\n", "the older its last day with `until:`"),
        ("  - {every: weekday, at: 19:00}\n", "write `except: Wednesday` in line 7, under the other"),
        ("  - {dates: [2026-03-04 19:00]}\n", "write under `sessions:` `2026-03-04: {at: 19:00}`"),
        ("  - {dates: [2026-03-04], at: evening}\n", "write under `sessions:` `2026-03-04: {at: evening}`"),
    ],
)
def test_chats_that_share_days_are_told_first_that_one_may_replace_the_other(newer: str, hint: str) -> None:
    (problem,) = of("uid-twice", WEEKLY + newer)
    assert hint in problem.hint
    assert "If both are held, add a short name" in problem.hint


def test_two_lists_of_days_that_share_one_need_an_id() -> None:
    (problem,) = of("uid-twice", "chats:\n" + "  - {dates: [2026-03-04], at: 19:00}\n" * 2)
    assert "the older its last day" in problem.hint


THURSDAYS = "  - {every: Thursday, at: 19:00, from: 2026-04-01}\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (WEEKLY + THURSDAYS, 1),
        (THURSDAYS.join(["chats:\n", WEEKLY.removeprefix("chats:\n")]), 1),
        (f"{WEEKLY}    until: 2026-03-31\n{THURSDAYS}", 0),
        (WEEKLY + THURSDAYS.replace("}", ", id: late}"), 0),
        (WEEKLY + THURSDAYS.replace("}", ", title: Late}"), 0),
        (f"{WEEKLY}    title: Early\n{THURSDAYS}", 0),
        (WEEKLY + THURSDAYS.replace("2026-04-01", "2026-02-26"), 0),
        (f"{WEEKLY}    from: 2026-04-01\n{THURSDAYS}", 0),
        (f"{WEEKLY}  - {{dates: [2026-04-02], at: 19:00}}\n", 0),
    ],
)
def test_a_chat_that_is_to_begin_beside_one_without_an_end_is_a_notice(text: str, count: int) -> None:
    found = of("goes-on", text)
    assert len(found) == count
    assert all("write there `until: 2026-03-31`" in one.hint for one in found)


def test_many_chats_of_one_id_are_compared_day_by_day_and_not_pair_by_pair() -> None:
    def check(count: int) -> int:
        names = [f"{day} {month}" for month in ("March", "May", "July", "August", "October") for day in range(1, 31)]
        text = HEAD.format("lanternchat") + "chats:\n"
        text += "".join(f"  - {{every: {name}, at: 13:00}}\n" for name in names[:count])
        project, _ = build.read_project(sources(lanternchat=text), {}, NOW)
        assert project is not None
        return count_calls(lambda: list(slots.check_shared_days(project, project.chapters["lanternchat"])))

    check(150)  # what a rule says of a year is kept
    assert check(150) < 4 * check(50)


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("at: 18:00", "add a chat, with its time, and delete this entry: `- {dates: [2026-03-06], at: 18:00}`."),
        ("at: evening", "`- {dates: [2026-03-06], at: evening}`."),
        (
            "topic: Oil",
            "with its time and all that this entry says, and delete this entry: `- {dates: [2026-03-06], at: 13:00",
        ),
    ],
)
def test_an_extra_session_keeps_the_time_of_its_entry_and_what_that_says(entry: str, hint: str) -> None:
    (problem,) = of("no-slot", f"{WEEKLY}sessions:\n  2026-03-06: {{{entry}}}\n")
    assert hint in problem.hint


@pytest.mark.parametrize(("begin", "is_named"), [("2026-01-01", True), ("2026-03-03", True), ("2026-03-05", False)])
def test_a_rarer_chat_may_take_the_place_of_another_if_no_day_of_its_rule_lies_before_it(
    begin: str, is_named: bool
) -> None:
    rarer = f"  - {{every: first Wednesday of the month, at: 19:00, from: {begin}}}\n"
    (problem,) = of("uid-twice", f"{WEEKLY}{rarer}")
    assert ("`except: first Wednesday of the month` in line 5" in problem.hint) is is_named
    assert "end the older the day before, with `until: 202" in problem.hint


def test_each_chat_is_told_of_the_last_before_it_that_it_shares_a_day_with() -> None:
    found = of("uid-twice", "chats:\n" + "  - {every: Wednesday, at: 13:00}\n" * 4)
    assert [problem.span.line for problem in found] == [6, 7, 8]
    assert [f"the other begins in line {line}" in one.message for line, one in enumerate(found, 5)] == [True] * 3


@pytest.mark.parametrize(
    ("calendar", "formerly", "place"),
    [
        ("collections: {all: {title: A, chapters: [lanternchat]}}", "", (5, 15, 3)),
        ("collections: {lanternchat: {title: A, chapters: [lanternchat]}}", "", (5, 15, 11)),
        ("collections: {n: {title: A, chapters: [lanternchat], formerly: [n]}}", "", (5, 65, 1)),
        ("collections: {n: {title: A, chapters: [lanternchat], formerly: [old, all]}}", "", (5, 70, 3)),
        ("collections: {n: {title: A, chapters: [lanternchat]}}", "[dim, n]", (2, 17, 1)),
        ("", "[all]", (2, 12, 3)),
        ("", "[fogchat]", (2, 12, 7)),
        ("", "[old, fog]", (2, 17, 3)),
    ],
)
def test_names_that_clash_are_errors_where_they_stand(
    calendar: str, formerly: str, place: tuple[int, int, int]
) -> None:
    head, _, rest = LANTERN.partition("\n")
    chapter = f"{head}\nformerly: {formerly}\n{rest}" if formerly else LANTERN
    other = f"{fog()}formerly: [fog]\n"
    (problem,) = found("name-clash", calendar=f"{CALENDAR}{calendar}\n", lanternchat=chapter, fogchat=other)
    assert problem.severity is Severity.ERROR
    assert (problem.span.line, problem.span.column, problem.span.width) == place


def test_a_former_name_that_stands_there_twice_is_told_at_the_second() -> None:
    (problem,) = found("twice", lanternchat=f"{LANTERN}formerly: [old, dim, old]\n")
    assert (problem.span.column, problem.span.width) == (22, 3)
    assert problem.message == "`old` is named twice."


def test_a_chapter_that_is_named_and_not_there_is_an_error() -> None:
    breaks = "breaks: [{from: 2026-08, until: 2026-08, chapters: [beaconchat]}]\n"
    calendar = f"{CALENDAR}{ELSEWHERE}{breaks}"
    near, far = found("no-chapter", calendar=calendar.replace("fogchat", "lanternchats"), lanternchat=LANTERN)
    assert near.hint == "Did you mean `lanternchat`?"
    assert far.hint == "Its file would be schedules/beaconchat.yaml."


def test_a_chapter_whose_file_has_an_error_is_not_missed() -> None:
    files = sources(f"{CALENDAR}{ELSEWHERE}", lanternchat=LANTERN, fogchat="hashtag: fogchat\n")
    assert {problem.code for problem in build.check_sources(files, {}, NOW)} & {"no-chapter", "feed-gone"} == set()


@pytest.mark.parametrize(
    ("chats", "message"),
    [
        (
            "chats: [{every: Wednesday, at: 13:00, lasts: 2h, until: 2026-03-04}, {every: day, at: 14:00, id: b}]",
            "Two sessions, of Wed 4 Mar 2026, overlap.",
        ),
        (
            "chats: [{every: Wednesday, at: 13:00, lasts: 2h}, {every: Wednesday, at: 14:00, id: b}]",
            "Two sessions, of Wed 4 Mar 2026, overlap; so do 56 more pairs.",
        ),
        (
            f"{WEEKLY}sessions: {{2026-03-04: {{moved: 2026-03-11 13:30}}}}",
            "Two sessions, of Wed 11 Mar 2026 and Wed 4 Mar 2026, overlap.",
        ),
    ],
)
def test_sessions_of_a_chapter_at_one_time_are_a_warning(chats: str, message: str) -> None:
    (problem,) = of("overlap", f"{chats}\n")
    assert (problem.message, problem.severity) == (message, Severity.WARNING)


@pytest.mark.parametrize(
    "chats",
    [
        "chats: [{every: Wednesday, at: 13:00}, {every: Wednesday, at: 14:00, id: b}]",
        "chats: [{every: Wednesday, at: evening}, {every: Wednesday, at: 20:00, id: b}]",
        f"{WEEKLY}sessions: {{2026-03-04: {{moved: 2026-03-11}}, 2026-03-11: cancelled}}",
    ],
)
def test_sessions_that_do_not_meet_are_none(chats: str) -> None:
    assert of("overlap", f"{chats}\n") == []


def test_chapters_of_one_collection_at_one_moment_are_a_warning() -> None:
    calendar = f"{CALENDAR}{ELSEWHERE}"
    (problem,) = found("same-time", calendar=calendar, lanternchat=LANTERN, fogchat=fog())
    assert problem.message == "#lanternchat and #fogchat begin at the same moment 57 times, first on Wed 4 Mar 2026."
    later = WEEKLY.replace("13:00", "14:00")
    assert found("same-time", calendar=calendar, lanternchat=LANTERN, fogchat=fog(later)) == []
    assert found("same-time", lanternchat=LANTERN, fogchat=fog()) == []
    twice = calendar.replace("fogchat", "lanternchat")
    assert found("same-time", calendar=twice, lanternchat=LANTERN) == []
    evening = WEEKLY.replace("13:00", "evening")
    assert found("same-time", calendar=calendar, lanternchat=HEAD.format("lanternchat") + evening, fogchat=fog()) == []
    broken = sources(calendar, lanternchat=LANTERN, fogchat="hashtag: fogchat\n")
    assert "same-time" not in {problem.code for problem in build.check_sources(broken, {}, NOW)}


def test_a_time_that_the_clock_skips_or_shows_twice_is_a_warning() -> None:
    night = WEEKLY.replace("Wednesday", "Sunday")
    (gap,) = of("clock-gap", night.replace("13:00", "02:30") + "    until: 2026\n")
    assert gap.message == "On Sun 8 Mar 2026 the clock skips the time of this session; it is published for 03:00."
    assert "`2026-03-08: {at: 03:00}`" in gap.hint
    (twice,) = of("clock-overlap", night.replace("13:00", "01:30"))
    assert twice.message == "On Sun 1 Nov 2026 the clock shows 01:30 twice; this session is published for the first."
    assert "`2026-11-01: {at: 02:30}`" in twice.hint


def test_what_a_warning_says_of_the_clock_takes_it_away() -> None:
    for at_, line in (("02:30", "2026-03-08: {at: 03:00}"), ("01:30", "2026-11-01: {at: 02:30}")):
        night = WEEKLY.replace("Wednesday", "Sunday").replace("13:00", at_) + "    until: 2026\n"
        assert of("clock-gap", night) + of("clock-overlap", night)
        mended = f"{night}sessions: {{{line}}}\n"
        assert of("clock-gap", mended) + of("clock-overlap", mended) == []


def test_a_chapter_with_chats_and_nothing_ahead_is_a_warning_until_a_note_says_why() -> None:
    over = f"{WEEKLY}    until: 2026-02\n"
    assert places(of("nothing-ahead", over)) == [(5, 5)]
    assert of("nothing-ahead", f"{over}note: It has ended.\n") == []
    assert of("nothing-ahead", "note: Details pending.\n") == []
    assert of("nothing-ahead", "") == []
    assert of("nothing-ahead", over, at("2026-01-01T00:00")) == []


@pytest.mark.parametrize(
    ("until", "said"),
    [("2026-09-02", "1 coming session of #lanternchat is unconfirmed"), ("2026-09-09", "2 coming sessions of")],
)
def test_coming_sessions_that_nobody_confirmed_for_long_are_a_notice(until: str, said: str) -> None:
    confirmed = f"{WEEKLY}    until: {until}\nconfirmed: 2025-02-28\n"
    (problem,) = of("unconfirmed", confirmed)
    assert said in problem.message
    assert "which counts until 28 August 2026." in problem.message
    assert of("unconfirmed", f"{WEEKLY}    until: 2026-08\n{confirmed.split(chr(10))[-2]}\n") == []
    assert of("unconfirmed", WEEKLY) == []


@pytest.mark.parametrize(("confirmed", "found"), [("2026-03-02", 0), ("2026-03-03", 1), ("2027-03-01", 1)])
def test_nobody_confirms_a_schedule_on_a_day_that_has_not_come(confirmed: str, found: int) -> None:
    schedule = f"{WEEKLY}confirmed: {confirmed}\n"
    assert len(of("confirmed-ahead", schedule, at("2026-03-01T00:00"))) == found


def test_a_profile_that_could_say_more_is_a_notice() -> None:
    (bare,) = of("profile", "note: Soon.\n")
    assert bare.message.endswith(
        "has 0 of 6: no about, no website, no account, no moderators, no sources and no clock time."
    )
    (dated,) = of("profile", "about: x\naccount: x\nchats: [{dates: [2026-03-04 13:00]}]\n")
    assert dated.message.endswith("has 3 of 6: no website, no moderators and no sources.")
    full = "about: x\nwebsite: https://x.example\naccount: x\nmoderators: [A]\nsources: [x]\n"
    assert of("profile", full + WEEKLY) == []


def test_an_account_is_asked_only_of_a_chapter_with_a_hashtag() -> None:
    (bare,) = found("profile", lanternchat="name: Keepers\nnote: Soon.\n")
    assert bare.message == (
        "The profile of Keepers has 0 of 5: no about, no website, no moderators, no sources and no clock time."
    )


@pytest.mark.parametrize(("more", "told"), [(WEEKLY, 1), ("upstream: https://x.example/x.ics\n", 1), ("", 0)])
def test_the_note_of_a_new_file_is_a_notice_where_the_file_says_when_people_meet(more: str, told: int) -> None:
    calendar = f"{CALENDAR}upstream_hosts: [x.example]\n"
    for note, count in (("Details pending.", told), ("Details are pending.", 0)):
        chapter = f"{HEAD.format('lanternchat')}note: {note}\n{more}"
        assert len(found("pending", calendar=calendar, lanternchat=chapter)) == count


def test_a_chapter_without_a_hashtag_that_is_in_no_collection_is_called_by_its_name() -> None:
    calendar = f"{CALENDAR}collections:\n  north: {{title: North, chapters: [fogchat]}}\n"
    chapters = {"fogchat": f"{fog()}region: Canada\n", "lamps": "name: Lamp Ladies\nregion: Canada\nnote: Soon.\n"}
    (problem,) = found("no-collection", NOW, calendar, **chapters)
    assert problem.message.startswith("Lamp Ladies is in no collection; ")


def test_what_looks_at_sessions_waits_until_the_rules_of_a_chapter_are_right() -> None:
    wrong = f"{WEEKLY}sessions: {{2026-03-05: cancelled}}\n"
    files = sources(lanternchat=HEAD.format("lanternchat") + wrong, fogchat=fog())
    codes = {(problem.span.file, problem.code) for problem in build.check_sources(files, {}, NOW)}
    assert codes == {("schedules/lanternchat.yaml", "no-slot"), ("schedules/fogchat.yaml", "profile")}


def test_a_time_that_the_clock_skips_up_to_midnight_can_be_moved_to_the_next_day() -> None:
    night = WEEKLY.replace("Wednesday", "Saturday").replace("13:00", "23:30")
    nuuk = f"{night}    timezone: America/Nuuk\n    until: 2026\n"
    (gap,) = of("clock-gap", nuuk)
    assert "`2026-03-28: {moved: 2026-03-29 00:00}`" in gap.hint
    assert of("clock-gap", f"{nuuk}sessions:\n  2026-03-28: {{moved: 2026-03-29 00:00}}\n") == []
    (twice,) = of("clock-overlap", nuuk)
    assert "`2026-10-24: {moved: 2026-10-25 00:30}`" in twice.hint


def test_a_day_of_two_breaks_is_counted_once() -> None:
    text = DAILY + "breaks:\n" + "  - {from: 2000, until: 2020}\n" * 100
    assert of("too-many", text) == []
    assert of("too-many", text.replace("2000", "1970")) == []
    assert len(of("too-many", text.replace("2000", "1970") + "  - {from: 1971, until: 2199}\n")) == 1


def test_clock_changes_of_a_chapter_are_told_one_by_one_up_to_ten_and_then_counted() -> None:
    nightly = "  - {every: Sunday, at: 02:30, lasts: 10min}\n"
    many = "".join(nightly.replace("}", f", id: a{number}}}") for number in range(60))
    found = of("clock-gap", f"chats:\n{many}")
    assert len(found) == 10
    assert "to the sessions" not in found[0].message
    assert found[-1].message.endswith("So it is with 110 more sessions of this chapter.")
    assert all("So it is" not in one.message for one in found[:-1])


def test_sessions_that_overlap_are_counted_up_to_a_bound() -> None:
    daily = "  - {every: day, at: 13:00, lasts: 20d}\n"
    many = "".join(daily.replace("}", f", id: a{number}}}") for number in range(30))
    (problem,) = of("overlap", f"chats:\n{many}")
    assert "so do at least 9,999 more pairs" in problem.message


NORTH = (
    f"{CALENDAR}collections:\n  north: {{title: North, chapters: [fogchat]}}\n"
    "  beams: {title: Beams, chapters: [beamchat]}\n"
)


@pytest.mark.parametrize(
    ("mine", "other", "calendar", "count"),
    [
        ("region: Canada\n", "region: canada\n", NORTH, 1),
        ("region: Canada\nformerly: [lightchat]\n", "region: Canada\n", NORTH, 1),
        ("region: Europe\n", "region: Canada\n", NORTH, 0),
        ("", "region: Canada\n", NORTH, 0),
        ("", "", NORTH, 0),
        ("region: Mars\n", "region: Mars\n", NORTH, 0),
        ("region: Canada\n", "region: Canada\n", CALENDAR, 0),
        ("region: Canada\n", "region: Canada\n", NORTH.replace("[beamchat]", "[lanternchat]"), 0),
    ],
)
def test_a_new_chapter_that_the_collection_of_its_region_lacks_is_a_notice(
    mine: str, other: str, calendar: str, count: int
) -> None:
    beam = HEAD.format("beamchat") + "region: Mars\n"
    files = sources(calendar, lanternchat=LANTERN + mine, fogchat=fog() + other, beamchat=beam)
    problems = [one for one in build.check_sources(files, {}, NOW) if one.code == "no-collection"]
    assert len(problems) == count
    assert all("under `north`: `chapters: [fogchat, lanternchat]`" in one.hint for one in problems)
    published = {name: feed for name, feed in built(files).items() if name in ("lanternchat", "lightchat")}
    assert not [one for one in build.check_sources(files, published, NOW) if one.code == "no-collection"]


def test_the_sessions_of_very_many_chapters_are_not_held_after_their_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_MOST_HELD", 1)
    names = ["duskchat", "fogchat", "lanternchat"]
    project, _ = build.read_project(sources(**{name: LANTERN.replace("lanternchat", name) for name in names}), {}, NOW)
    assert project
    assert {one.code for one in checks.run_checks(project)} == {"profile"}
    assert len(project.sessions) == 1


@pytest.mark.parametrize(
    ("entry", "is_told"),
    [
        ("2026-03-04: {moved: 2026-03-04}", True),
        ("2026-03-04: {moved: 2026-03-04 13:00}", True),
        ("2026-03-04: {moved: 2026-03-04, at: 13:00}", True),
        ("2026-03-04: {moved: 2026-03-04 20:00}", False),
        ("2026-03-04: {moved: 2026-03-04, at: 20:00}", False),
        ("2026-03-04: {moved: 2026-03-05}", False),
        ("2026-03-04: {topic: Oil}", False),
        ("2026-03-07: {moved: 2026-03-07 18:00}", True),
        ("2026-03-07: {moved: 2026-03-07 13:00}", False),
    ],
)
def test_a_session_that_is_moved_to_where_it_is_is_told(entry: str, is_told: bool) -> None:
    chats = f"{WEEKLY}  - {{dates: [2026-03-07 18:00], at: 13:00}}\n"
    assert places(of("not-moved", f"{chats}sessions:\n  {entry}\n")) == [(9, 3)] * is_told


def test_yes_is_no_reason_of_a_cancellation() -> None:
    bare, yes, quoted = (
        build.read_project(
            sources(lanternchat=f"{LANTERN}sessions: {{2026-03-04: {{cancelled: {reason}}}}}\n"), {}, NOW
        )
        for reason in ("", "yes", "'yes'")
    )
    reasons = [one and one.chapters["lanternchat"].overrides[0].cancelled for one, _ in (bare, yes, quoted)]
    assert reasons == ["", "", "yes"]
