"""What the formats have in common: people, and how a calendar of many entries is read."""

import pytest

from chatcal.importers.formats.entries import split_people
from chatcal.importers.icalendar import MAX_EVENTS
from chatcal.importers.series import MAX_NAMED, ForeignCalendarError
from tests.support.imports import read


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ada Keeper, Bo Light and Cy Beam", ("Ada Keeper", "Bo Light", "Cy Beam")),
        ("Ada Keeper (ada_k), Bo Light (bo, on IRC), and Cy", ("Ada Keeper (ada_k)", "Bo Light (bo, on IRC)", "Cy")),
        ("Ada Keeper; Bo Light", ("Ada Keeper", "Bo Light")),
        ("Ada & Bo", ("Ada", "Bo")),
        ("Ada Keeper, Jr., Ada Sand", ("Ada Keeper, Jr.", "Ada Sand")),
        ("Ada and Ada", ("Ada",)),
        ("Sandy Andover", ("Sandy Andover",)),
        ("", ()),
    ],
)
def test_people_in_one_text_become_a_list(text: str, people: tuple[str, ...]) -> None:
    assert split_people(text) == people


def test_of_many_entries_and_keys_that_cannot_be_read_some_are_named_and_the_rest_is_counted() -> None:
    keys = "".join(f"k{number}: x\n" for number in range(25))
    found = read(keys + "events:\n  - {summary: Talk, begin: 2026-05-06}\n" + "  - x\n" * 25)
    named = ", ".join(f"`k{number}`" for number in range(MAX_NAMED))
    assert found.remarks == (
        *["An event: it is not a mapping."] * MAX_NAMED,
        f"{25 - MAX_NAMED} more of its entries could not be read.",
        f"Its keys {named} and {25 - MAX_NAMED} more are not read.",
    )


def test_more_events_than_any_schedule_has_are_refused() -> None:
    events = "events:\n" + "  - {summary: Talk, begin: 2026-05-06}\n" * (MAX_EVENTS + 1)
    with pytest.raises(ForeignCalendarError, match=r"^it has 5,001 events, and 5,000 are the most$"):
        read(events)
