"""Which of the formats a document is of."""

from datetime import date

from chatcal.importers.formats.documents import ReadFile, parse_document
from chatcal.importers.formats.sigs import is_sigs, read_sigs
from chatcal.importers.formats.toml_to_ical import is_toml_to_ical, read_toml_to_ical
from chatcal.importers.formats.yaml2ical import is_yaml2ical, read_yaml2ical
from chatcal.importers.formats.yaml2ics import is_yaml2ics, read_yaml2ics
from chatcal.importers.series import ForeignCalendar, ForeignCalendarError


def read_document(content: bytes, name: str, today: date, read_file: ReadFile) -> ForeignCalendar:
    """Return the calendar of a YAML or TOML file, given with its name without the ending.

    `read_file` reads those that it includes. A meeting that does not say when it begins is looked at from today on.
    Raises ForeignCalendarError if the file is of none of the formats, or if none of its events can be read.
    """
    found = parse_document(content)
    if is_yaml2ical(found):
        return read_yaml2ical(found, name, today)
    if is_sigs(found):
        return read_sigs(found, today)
    if is_toml_to_ical(found):
        return read_toml_to_ical(found, name, read_file)
    if is_yaml2ics(found):
        return read_yaml2ics(found, name, read_file)
    raise ForeignCalendarError("it is neither an .ics file nor one of yaml2ical, yaml2ics, toml-to-ical or sigs.yaml")
