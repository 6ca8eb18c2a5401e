"""Valid chapters at random, over three years: chatcal agrees with the calculation that counts days.

Every form of phrase is generated, with exceptions, counting, ends that are known to the month or the year, single
sessions, breaks and rotas, in zones whose clocks change in unlike ways.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chatcal.english import DAYS, MONTHS
from chatcal.feed.event import build_event as event_of
from chatcal.model import Chapter, Window
from chatcal.problems import Severity, format_problems
from chatcal.publish import build
from chatcal.recurrence.sessions import compute_sessions
from chatcal.schedule.format import parse_calendar, parse_chapter
from tests.support import oracle, oracle_words

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
"""Three years: in them Kazakhstan, Morocco, Vancouver and others change their clocks in ways of their own."""

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "America/Vancouver",
    "Asia/Almaty",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Etc/UTC",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)

CALENDAR = """\
title: Lights
uid_domain: lights.example
unconfirmed_after: 18 months
breaks:
  - {from: 2025-12-24, until: 2025-12-26, reason: Holidays}
  - {from: 2026-02, until: 2026-02, chapters: [fogchat]}
"""

HOSTS = ["Ada", "Bo", "Cy"]
WORDS = ("first", "second", "third", "fourth", "fifth", "last", "second to last", "1st", "2nd", "3rd", "4th", "5th")
days = st.dates(FIRST - timedelta(days=400), LAST + timedelta(days=100))


def joined(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def some(values: tuple[str, ...], most: int = 3) -> st.SearchStrategy[str]:
    """Return a list as people write it, of one to `most` of the values."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(joined)


month_days = st.one_of(
    st.just("last day"), some(tuple(f"{number}th" for number in range(1, 32))), st.just("1st and 15th")
)
"""`3th` is read as it is meant; a hurried hand writes it."""

weekday = st.sampled_from(DAYS)
nth_weekday = st.builds("{} {}".format, some(WORDS, 2), weekday)
months = some(MONTHS)
monthly = st.one_of(nth_weekday, month_days)
of_month = st.sampled_from(["of the month", "of every month", "of each month"])

every_some = tuple(f"{number} weeks" for number in range(2, 10))
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
codes = st.lists(st.sampled_from(CODES), min_size=1, max_size=5, unique=True).map(",".join)
positions = st.sampled_from(["1", "2", "-1", "1,-1"])
intervals = st.integers(2, 13)
month_numbers = st.integers(1, 12)

PLAIN = {
    "days of the week": some(DAYS, 4),
    "every day": st.sampled_from(["day", "every day"]),
    "weekdays": st.sampled_from(["weekday", "each weekday"]),
    "nth weekday of the month": st.builds("{} {}".format, nth_weekday, of_month),
    "days of the month": st.builds("{} {}".format, month_days, of_month),
    "nth weekday of months": st.builds("{} of {}".format, nth_weekday, months),
    "days of months": st.builds("{} of {}".format, month_days, months),
    "a day of the year": st.builds("{} {}".format, st.integers(1, 28), st.sampled_from(MONTHS)),
    "a rare day": st.sampled_from(["29 February", "31 October", "30 April"]),
}
COUNTED = {
    "other week": st.builds("other {}".format, weekday),
    "weeks": st.builds("{} on {}".format, st.sampled_from(every_some), some(DAYS)),
    "other month": st.builds("{} of every other month".format, monthly),
    "nth weekday of months apart": st.builds("{} of every {} months".format, nth_weekday, intervals),
    "days of months apart": st.builds("{} of every {} months".format, month_days, intervals),
}
RRULES = {
    "rrule: weekday and day": st.builds(
        "FREQ=MONTHLY;BYDAY={};BYMONTHDAY={}".format, codes, st.integers(-31, 31).filter(bool)
    ),
    "rrule: position": st.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, codes, positions),
    "rrule: weekdays of a month": st.builds("FREQ=YEARLY;BYDAY={};BYMONTH={}".format, codes, month_numbers),
    "rrule: nth of the year": st.builds(
        "FREQ=YEARLY;BYDAY={}{}".format, st.sampled_from([1, 2, 20, -1, -7]), st.sampled_from(CODES)
    ),
    "rrule: weekly in a month": st.builds("FREQ=WEEKLY;BYDAY={};BYMONTH={}".format, codes, month_numbers),
    "rrule: daily": st.builds("FREQ=DAILY;BYDAY={};BYMONTHDAY={}".format, codes, st.integers(1, 28)),
}
COUNTED_RRULES = {
    "rrule: weeks": st.builds(
        "FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST={}".format, intervals, codes, st.sampled_from(CODES)
    ),
    "rrule: months": st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={};BYSETPOS={}".format, intervals, codes, positions),
    "rrule: days": st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(2, 20)),
    "rrule: years": st.builds(
        "FREQ=YEARLY;INTERVAL=2;BYMONTH={};BYMONTHDAY={}".format, month_numbers, st.integers(1, 28)
    ),
}
FORMS = (*PLAIN, *COUNTED, *RRULES, *COUNTED_RRULES, "dates")
excepted_phrases = st.one_of(*(PLAIN[form] for form in PLAIN if form != "every day"), months)
times = st.one_of(
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59])),
    # Where clocks change: between midnight and three in the morning.
    st.sampled_from(["00:00", "00:30", "01:15", "02:00", "02:30", "03:00"]),
)
lengths = st.sampled_from(["45min", "1h", "1h30", "23h", "48h", "2d", "1d"])
no_clocks = st.sampled_from([*oracle_words.PARTS, "unknown", "all day"])


def ends(day: date) -> st.SearchStrategy[str]:
    """Return a day as it is written where all, or no more than its month or its year, is known."""
    return st.sampled_from([day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"])


@dataclass
class Written:
    """A chapter as YAML, with the slots that its chats have by the calculation that counts days."""

    lines: list[str] = field(default_factory=list)
    slots: dict[date, list[str]] = field(default_factory=dict)
    """The ids of the chats that are due, empty for one without."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def slots_of(chat: oracle.Node, first: date, last: date) -> list[date]:
    test = oracle.chat_test(chat)
    return [day for day in oracle.days(first, last) if test(day)]


def add_chat(draw: st.DrawFn, made: Written, form: str, chat_id: str) -> None:
    """Add a chat of a form, and its slots, to a chapter."""
    chat: dict[str, object] = {}
    if form == "dates":
        listed = sorted(draw(st.lists(days, min_size=1, max_size=5, unique=True)))
        own = [draw(st.booleans()) for _ in listed]
        chat["dates"] = [f"{day} {draw(times)}" if timed else str(day) for day, timed in zip(listed, own, strict=True)]
    else:
        _recurring(draw, chat, form)
    _time(draw, chat)
    if chat_id:
        chat["id"] = chat_id
    if draw(st.booleans()):
        chat["timezone"] = draw(st.sampled_from(ZONES))
    due = slots_of(oracle.load(written(chat)), FIRST - timedelta(days=400), LAST + timedelta(days=40))
    assume(due)
    if draw(st.integers(0, 3)) == 0 and not oracle.rhythm_of(oracle.load(written(chat))):
        begins = draw(st.sampled_from(due))
        chat["rota"] = [f"{{from: {begins}, hosts: {HOSTS}}}".replace("'", "")]
    made.lines += [f"  {'  ' if at else '- '}{line}" for at, line in enumerate(written(chat).splitlines())]
    for day in due:
        made.slots.setdefault(day, []).append(chat_id)


def _recurring(draw: st.DrawFn, chat: dict[str, object], form: str) -> None:
    key = "rrule" if form.startswith("rrule") else "every"
    rule: str = draw((PLAIN | COUNTED | RRULES | COUNTED_RRULES)[form])
    chat[key] = rule
    if draw(st.booleans()):
        chat["from"] = draw(ends(draw(st.dates(FIRST - timedelta(days=400), LAST - timedelta(days=300)))))
    if form in COUNTED or form in COUNTED_RRULES:
        _count(draw, chat, partial(oracle.rrule_test if key == "rrule" else oracle.phrase_test, rule))
    if draw(st.booleans()):
        chat["until"] = draw(ends(draw(st.dates(date(2025, 6, 1), LAST + timedelta(days=100)))))
    if draw(st.booleans()):
        excepted = [draw(excepted_phrases)]
        due = slots_of(oracle.load(written(chat)), FIRST, LAST)
        if draw(st.booleans()) and due:
            excepted.append(draw(st.sampled_from(due)).isoformat())
        chat["except"] = excepted


def _count(draw: st.DrawFn, chat: dict[str, object], anchored: Callable[[date], oracle.Test]) -> None:
    """Say what a rule with a number counts from: a slot of long ago, of these years or far ahead, or `from` itself."""
    if draw(st.integers(0, 5)) == 0:
        chat["counting"] = draw(st.sampled_from(["unknown", "Unknown"]))
        return
    year = draw(st.sampled_from([1995, 2024, 2040]))
    fitting = [day for day in oracle.days(date(year, 1, 1), date(year + 2, 3, 1)) if anchored(day)(day)]
    assume(fitting)
    anchor: date = draw(st.sampled_from(fitting))
    if anchor < LAST - timedelta(days=300) and draw(st.booleans()):
        chat["from"] = anchor.isoformat()
    else:
        chat["counting"] = anchor.isoformat()


def _time(draw: st.DrawFn, chat: dict[str, object]) -> None:
    if draw(st.integers(0, 3)):
        chat["at"] = draw(times)
        if draw(st.booleans()):
            chat["lasts"] = draw(lengths)
    else:
        chat["at"] = draw(no_clocks)
        if chat["at"] == "all day" and draw(st.booleans()):
            chat["lasts"] = draw(st.sampled_from(["1d", "3d"]))


def written(chat: dict[str, object]) -> str:
    """Return a chat as YAML."""
    lines = []
    for key, value in chat.items():
        if isinstance(value, list):
            lines += [f"{key}:", *(f"  - {item}" for item in value)]
        else:
            lines.append(f"{key}: {value}")
    return "\n".join(lines)


@st.composite
def chapters(draw: st.DrawFn, form: str) -> Written:
    """Return a valid chapter called fogchat or lanternchat, whose first chat is of that form."""
    made = Written([f"hashtag: {draw(st.sampled_from(['fogchat', 'lanternchat']))}", "name: Keepers"])
    made.lines.append(f"timezone: {draw(st.sampled_from(ZONES))}")
    if draw(st.booleans()):
        made.lines.append(f"confirmed: {draw(st.dates(date(2023, 1, 1), date(2025, 6, 30)))}")
    if draw(st.integers(0, 4)) == 0:
        made.lines.append("formerly: [mistchat, lampchat]")
    made.lines.append("chats:")
    add_chat(draw, made, form, "")
    for chat_id in draw(st.sampled_from([(), ("late",), ("late", "north")])):
        add_chat(draw, made, draw(st.sampled_from(FORMS)), chat_id)
    entries = {
        _key(draw, made, slot): _entry(draw, slot)
        for slot in draw(st.lists(st.sampled_from(sorted(made.slots)), max_size=6, unique=True))
    }
    if entries:
        made.lines += ["sessions:", *(f"  {key}: {entry}" for key, entry in entries.items())]
    pauses = [_break(draw) for _ in range(draw(st.integers(0, 2)))]
    if pauses:
        made.lines += ["breaks:", *(f"  - {pause}" for pause in pauses)]
    return made


def _key(draw: st.DrawFn, made: Written, slot: date) -> str:
    return f"{slot} {draw(st.sampled_from(made.slots[slot]))}".rstrip()


def _entry(draw: st.DrawFn, slot: date) -> str:
    target = slot + timedelta(days=draw(st.integers(-40, 40)))
    return draw(
        st.sampled_from(
            [
                "cancelled",
                "{cancelled: Storm}",
                "{cancelled: }",
                f"{{moved: {target}, at: {draw(times)}}}",
                f"{{moved: {target} {draw(times)}, lasts: {draw(lengths)}}}",
                f"{{at: {draw(st.one_of(times, st.just('evening')))}}}",
                "{topic: Oil}",
                "{title: Wicks, hosts: [Di]}",
                "{}",
            ]
        )
    )


def _break(draw: st.DrawFn) -> str:
    first = draw(st.dates(FIRST, LAST))
    last = first + timedelta(days=draw(st.integers(0, 70)))
    if draw(st.booleans()):
        return f"{{from: {first}, until: {last}}}"
    return f"{{from: {first:%Y-%m}, until: {last:%Y-%m}, reason: Storms}}"


def read(made: Written) -> Chapter:
    """Return the chapter, which has no error."""
    slug = made.lines[0].split()[1]
    file = f"schedules/{slug}.yaml"
    other = b"hashtag: fogchat\nname: Fog\n"
    sources = {"chatcal.yaml": CALENDAR.encode(), "schedules/fogchat.yaml": other, file: made.text.encode()}
    problems = build.check_sources(sources, {}, datetime(2024, 1, 1, tzinfo=UTC))
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert not errors, f"{made.text}\n{format_problems(errors, sources)}"
    return parse_chapter(file, made.text.encode())


def compiled(chapter: Chapter, first: date, last: date) -> list[oracle.Expected]:
    calendar = parse_calendar(CALENDAR.encode())
    found = [
        (one, event_of(calendar, chapter, one)) for one in compute_sessions(calendar, chapter, Window(first, last))
    ]
    return [
        oracle.Expected(made.uid, made.start, made.end, made.summary, made.status, one.hosts) for one, made in found
    ]


def sessions_are_as_counted(chapter: Chapter, text: str) -> None:
    """Compare every session of three years, and who hosts it, with what counting days gives."""
    expected = oracle.expected(CALENDAR, {chapter.slug: text}, FIRST, LAST)
    found = compiled(chapter, FIRST, LAST)
    assert found == expected, text
    assert [one.hosts for one in found] == [one.hosts for one in expected], text


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=settings().max_examples // 10)
@given(st.data())
def test_chapters_at_random_have_the_sessions_that_counting_days_gives(form: str, data: st.DataObject) -> None:
    made = data.draw(chapters(form))
    sessions_are_as_counted(read(made), made.text)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_every_night_of_three_years_stands_at_the_counted_instant(zone: str) -> None:
    chats = "".join(
        f"  - {{every: day, at: '{hour}', lasts: 1d, id: {name}}}\n"
        for name, hour in {"a": "00:00", "b": "00:30", "c": "01:45", "d": "02:15", "e": "03:00"}.items()
    )
    text = f"hashtag: lanternchat\nname: Keepers\ntimezone: {zone}\nchats:\n{chats}"
    chapter = parse_chapter("schedules/lanternchat.yaml", text.encode())
    sessions_are_as_counted(chapter, text)
