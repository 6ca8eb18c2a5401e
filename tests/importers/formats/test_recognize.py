"""A document is of one of the formats, or of none."""

import pytest

from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import read


@pytest.mark.parametrize(
    "text", ["- a\n", "a: b\n", "events: none\n", "project: x\nschedule: y\n", "sigs: [{name: A}]\n"]
)
def test_what_is_of_none_is_refused(text: str) -> None:
    why = r"^it is neither an \.ics file nor one of yaml2ical, yaml2ics, toml-to-ical or sigs\.yaml$"
    with pytest.raises(ForeignCalendarError, match=why):
        read(text)


@pytest.mark.parametrize("text", ["events: []\n", "name = 'Zones'\n[[timezones]]\nname = 'America/New_York'\n"])
def test_what_has_no_events_says_so(text: str) -> None:
    with pytest.raises(ForeignCalendarError, match=r"^it has no events$"):
        read(text)


def test_a_file_that_includes_others_needs_them_beside_it() -> None:
    with pytest.raises(
        ForeignCalendarError, match=r"^no event can be read\. It includes a\.yml, which does not exist$"
    ):
        read("include: [a.yml]\n")
