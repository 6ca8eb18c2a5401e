"""Calendar programs that people use, each given the feeds: all see the same sessions, wherever they run.

What they are to see is worked out by `oracle`, which shares nothing with chatcal; what is hardest, by hand.
"""

from dataclasses import replace

import pytest

from tests.clients import PROGRAMS, SURROUNDINGS, Answer, Program, Seen, Surroundings
from tests.clients.agreement import disagreements, feeds
from tests.clients.calendars import Feed, shipped, torture
from tests.clients.table import row
from tests.pages import missing
from tests.support.calendars import ROOT
from tests.support.markdown import tables

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs/clients.md").read_text("utf-8")


def named(thing: Program | Surroundings) -> str:
    return thing.name


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=named)
@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_a_program_sees_every_session_of_every_feed_as_it_was_published(
    program: Program, surroundings: Surroundings
) -> None:
    if lack := program.missing or surroundings.missing:
        raise missing(lack)
    found = disagreements(program, surroundings)
    assert not found, "\n\n".join([f"{len(found)} disagreements", *map(str, found[:20])])


@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_the_docs_show_what_was_read(program: Program) -> None:
    """Two cells may differ: how many sessions the shipped calendar has, and the version of what Debian brings."""
    for lack in (program.missing, *(surroundings.missing for surroundings in SURROUNDINGS)):
        if lack:
            raise missing(lack)
    (shown,) = [cells for cells in table(PAGE) if cells[0] == program.name]
    _, version, tortured, _, wrong = row(program)
    assert (shown[2], shown[4]) == (tortured, wrong)
    assert shown[1] == version or not program.is_pinned


def test_the_docs_show_all_programs_and_that_they_agree() -> None:
    assert [cells[0] for cells in table(PAGE)] == [program.name for program in PROGRAMS]
    assert {cells[4] for cells in table(PAGE)} == {"0"}


def test_a_disagreement_names_the_program_the_session_and_what_was_seen_and_expected() -> None:
    """One hour late, one left out, one twice: a program that goes astray in the first feed alone."""
    first, second, third, *rest = feeds(SURROUNDINGS[1])[0].expected

    def astray(*_: object) -> Answer:
        late = replace(first, end="20260214T230000Z")
        return Answer("1", [[late, third, third, *rest], *(feed.expected for feed in feeds(SURROUNDINGS[1])[1:])])

    found = disagreements(Program("Astray", "PyPI", [], astray), SURROUNDINGS[1])
    assert [str(one) for one in found] == [
        f"Astray (Kolkata) reads {first.uid} of all.ics otherwise:\n"
        "  end seen: '20260214T230000Z'\n"
        f"  end expected: '{first.end}'",
        f"Astray (Kolkata) reads {third.uid} of all.ics otherwise:\n  seen: {third}\n  expected: None",
        f"Astray (Kolkata) reads {second.uid} of all.ics otherwise:\n  seen: None\n  expected: {second}",
    ]


def table(page: str) -> list[list[str]]:
    """Return the rows of the table of what was read."""
    return tables(page)[0]


BY_HAND = {
    # Clocks that skip an hour: the first moment after the gap.
    "zones-casablanca-2026-03-22": ("20260322T020000Z", "20260322T030000Z"),
    "zones-vancouver-2026-03-08": ("20260308T100000Z", "20260308T110000Z"),
    "zones-cairo-2026-04-24": ("20260423T220000Z", "20260423T230000Z"),
    "zones-santiago-2026-09-06": ("20260906T040000Z", "20260906T050000Z"),
    "zones-jerusalem-2026-03-27": ("20260327T000000Z", "20260327T004500Z"),
    "zones-nuuk-2026-03-28": ("20260329T010000Z", "20260329T020000Z"),
    "zones-lordhowe-2026-10-04": ("20261003T153000Z", "20261003T170000Z"),
    "zones-dublin-2026-03-29": ("20260329T010000Z", "20260329T020000Z"),
    # Clocks that show an hour twice: the first of the two.
    "zones-cairolate-2026-10-29": ("20261029T203000Z", "20261029T213000Z"),
    "zones-santiagolate-2026-04-04": ("20260405T023000Z", "20260405T033000Z"),
    "zones-jerusalemtwice-2026-10-25": ("20261024T223000Z", "20261024T233000Z"),
    "zones-nuuk-2026-10-24": ("20261025T003000Z", "20261025T013000Z"),
    "zones-lordhowetwice-2026-04-05": ("20260404T144500Z", "20260404T154500Z"),
    "zones-dublin-2026-10-25": ("20261025T003000Z", "20261025T013000Z"),
    # Offsets of quarters of an hour, and the first and the last clocks of the world.
    "zones-kathmandu-2026-07-01": ("20260630T181500Z", "20260630T191500Z"),
    "zones-apia-2026-07-04": ("20260703T231500Z", "20260704T001500Z"),
    "widths-east-2026-07-01": ("20260630T100000Z", "20260630T110000Z"),
    "widths-west-2026-07-01": ("20260702T105900Z", "20260702T110000Z"),
    # British Columbia stays on summer time from 2026 on: after 1 November it is still seven hours behind UTC.
    "zones-vancouver-2026-11-08": ("20261108T093000Z", "20261108T103000Z"),
    # Past midnight; two days that elapse, and two by the clock on the wall in the night that summer time begins.
    "widths-late-2026-04-25": ("20260426T034500Z", "20260426T051500Z"),
    "widths-two-2026-04-03": ("20260403T180000Z", "20260405T180000Z"),
    "widths-wall-2026-03-28": ("20260328T190000Z", "20260330T180000Z"),
    # A part of a day, later with a clock time: once, moved, and from a month on; and back.
    "days-dusk-2026-03-03": ("20260303", "20260304"),
    "days-dusk-2026-04-07": ("20260407T120000Z", "20260407T130000Z"),
    "days-dusk-2026-05-05": ("20260505T220000Z", "20260505T230000Z"),
    "days-dusk-2026-06-02": ("20260603", "20260604"),
    "days-dusk2-2026-07-07": ("20260707", "20260708"),
    "days-dusk2-2026-08-04": ("20260804T103000Z", "20260804T113000Z"),
    "days-fair-2026-02-27": ("20260227", "20260302"),
}


def by_name(feed: Feed) -> dict[str, Seen]:
    """Return the sessions of a feed by the first part of their UID."""
    return {one.uid.partition("@")[0]: one for one in feed.expected}


def test_what_is_expected_of_the_hardest_sessions_is_what_was_worked_out_by_hand() -> None:
    (everything,) = [feed for feed in torture() if feed.name == "all"]
    expected = by_name(everything)
    assert {name: (expected[name].start, expected[name].end) for name in BY_HAND} == BY_HAND


def test_the_feeds_that_programs_read_in_other_surroundings_hold_all_sessions() -> None:
    for calendar in (torture(), shipped()):
        (everything,) = [feed for feed in calendar if feed.name == "all"]
        assert {one for feed in calendar for one in feed.expected} == set(everything.expected)


def test_the_texts_that_programs_read_hold_every_awkward_character() -> None:
    (everything,) = [feed for feed in torture() if feed.name == "all"]
    summaries = [one.summary for one in everything.expected]
    texts = "".join([*summaries, *(one.description or "" for one in everything.expected)])
    assert set(",;\\\"':\n🏮🇺אל字\u200d\u00ad\u0301") <= set(texts)
    assert max(map(len, summaries)) >= 300
    assert any(fold_within_a_letter_would_be(one) for one in summaries)


def fold_within_a_letter_would_be(summary: str) -> bool:
    """Tell whether cutting the line after 75 octets would cut a letter in two."""
    return bool(f"SUMMARY:{summary}".encode()[75:76]) and f"SUMMARY:{summary}".encode()[75] & 0xC0 == 0x80
