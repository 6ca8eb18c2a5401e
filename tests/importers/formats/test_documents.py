"""YAML and TOML of others: what is read of it, and which files it may include."""

import time

import pytest

from chatcal.importers.convert import read_foreign_file
from chatcal.importers.formats.documents import parse_document
from chatcal.importers.icalendar import MAX_FILE_BYTES
from chatcal.importers.series import ForeignCalendarError
from tests.support.imports import TODAY, made, read
from tests.support.patience import patient

TALKS = "name: Talks\ntimezone: Europe/Berlin\nevents:\n"
TALKS += "  - {summary: NAME, begin: 2026-05-06 15:00:00, duration: {hours: 1}}\n"


def test_values_stay_the_texts_that_they_are() -> None:
    assert parse_document(b"a: 0630\nb: no\nc: 2026-03-04\nd: [1, ~, null, '']\ne:\n1: {f: !tag x}\n? [g]\n: h\n") == {
        "a": "0630", "b": "no", "c": "2026-03-04", "d": ["1", None, None, ""], "e": None, "1": {"f": "x"},
    }  # fmt: skip
    assert parse_document(b"\xef\xbb\xbf# x\na = 1\nb = [1.5, true, 13:00:00]\n[c]\nd = 2026-03-04T13:00:00Z\n") == {
        "a": "1", "b": ["1.5", "True", "13:00:00"], "c": {"d": "2026-03-04T13:00:00+00:00"},
    }  # fmt: skip


def test_anchors_are_read_and_a_merge_gives_what_a_mapping_does_not_say_itself() -> None:
    text = b"a: &x {p: 1, q: 2}\nb: &y {q: 3, r: 4}\nc: {<<: *x, p: 5}\nd: {r: 6, <<: [*x, *y]}\ne: *y\nf: {<<: none}\n"
    assert parse_document(text) == {
        "a": {"p": "1", "q": "2"},
        "b": {"q": "3", "r": "4"},
        "c": {"p": "5", "q": "2"},
        "d": {"p": "1", "q": "2", "r": "6"},
        "e": {"q": "3", "r": "4"},
        "f": {},
    }


def test_anchors_within_anchors_take_no_time_and_those_within_themselves_are_refused() -> None:
    rows = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    began = time.process_time()
    assert len(parse_document("\n".join(rows).encode())) == 40
    assert time.process_time() - began < patient(5)
    with pytest.raises(ForeignCalendarError, match="nested too deep"):
        parse_document(b"a: &a [*a]\n")


@pytest.mark.parametrize("text", ["- a", "none", "", "[1, 2]", "a = b = c"])
def test_what_is_no_mapping_is_empty(text: str) -> None:
    assert parse_document(text.encode()) == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a: b\nc: [\n", "its line 3 cannot be read as YAML"),
        (b"a: 1\n---\nb: 2\n", "its line 2 cannot be read as YAML"),
        (b"a: \x00", "it cannot be read as YAML"),
        (b"a: \xff", "it is not saved as UTF-8"),
        (b"a: " + b"[" * 60 + b"]" * 60, "its lists and keys are nested too deep"),
        (b"a: " + b" " * MAX_FILE_BYTES, "it has 10,000,003 bytes, and 10,000,000 are the most"),
        (b"a: *b\n", "its line 1 cannot be read as YAML"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(ForeignCalendarError, match=f"^{why}$"):
        read_foreign_file(content, "keepers", TODAY)


def test_included_files_are_followed_from_the_file_that_names_them_each_once() -> None:
    text = "name: All\ninclude: [a/one.yml, a/../a/one.yml, b.yml]\n"
    files = {
        "a/one.yml": TALKS.replace("NAME", "One") + "include: [two.yml, ../b.yml]\n",
        "a/two.yml": TALKS.replace("NAME", "Two"),
        "b.yml": TALKS.replace("NAME", "Three").replace("Berlin", "Rome"),
    }
    found = made(text, files)
    assert "name: All\n" in found
    assert [found.count(f"title: {name}") for name in ("One", "Two", "Three")] == [1, 1, 1]
    assert "timezone: Europe/Rome\n" in found


def test_files_that_include_each_other_end() -> None:
    text = TALKS.replace("NAME", "One") + "include: [b.yml]\n"
    files = {"b.yml": TALKS.replace("NAME", "Two") + "include: [main.yml, b.yml]\n", "main.yml": text}
    found = read(text, files=files)
    assert [one.main.summary for one in found.series] == ["One", "Two"]
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../b.yml", "lies outside its folder"),
        ("a/../../b.yml", "lies outside its folder"),
        ("..", "lies outside its folder"),
        ("/etc/b.yml", "lies outside its folder"),
        ("nowhere.yml", "does not exist"),
        ("broken.yml", "cannot be read: its line 2 cannot be read as YAML"),
        ("other.yml", "is no such file"),
        ("b.ics", "is no such file"),
        ("https://talks.example/b.yml", "does not exist"),
    ],
)
def test_an_included_file_that_cannot_be_read_is_named_and_the_rest_is_imported(path: str, why: str) -> None:
    files = {"broken.yml": "a: [\n", "other.yml": "- a\n", "b.ics": "BEGIN:VCALENDAR\n"}
    found = read(TALKS + f"include: ['{path}']\n", files=files)
    assert found.remarks == (f"It includes {path}, which {why}.",)
    assert len(found.series) == 1


def test_included_files_without_events_are_named() -> None:
    found = read(TALKS + "include: [page.yml]\n", files={"page.yml": "title: A page\n"})
    assert found.remarks == ("A file that it includes has no `events`.", "Its key `title` is not read.")


def test_more_files_or_bytes_than_any_calendar_has_are_not_followed() -> None:
    many = {f"{n}.yml": TALKS.replace("NAME", f"{n}") for n in range(202)}
    found = read(f"include: [{', '.join(many)}]\n", files=many)
    assert len(found.series) == 200
    assert found.remarks == ("It includes more than 200 files; the rest was left out.",)
    large = {f"{n}.yml": TALKS + "#" * (MAX_FILE_BYTES // 2) for n in range(2)}
    found = read(f"include: [{', '.join(large)}]\n", files=large)
    assert found.remarks == ("It includes 1.yml, which makes more than 10,000,000 bytes with the others.",)


def test_a_place_of_several_lines_and_a_point_are_read() -> None:
    text = TALKS.replace("hours: 1}}", 'hours: 1}, location: "Lamp room\\nPier 1", ics: "GEO:52.5;13.4"}')
    found = read(text)
    assert [(one.main.location, one.main.geo) for one in found.series] == [("Lamp room, Pier 1", "52.5;13.4")]
    assert found.remarks == ()


@pytest.mark.slow
def test_a_file_of_ten_megabytes_is_read_whole() -> None:
    event = "  - {{summary: Talk {n}, begin: 2026-05-06 15:00:00, duration: {{hours: 1}}, description: '{text}'}}\n"
    text = "name: Talks\nevents:\n" + "".join(event.format(n=n, text="lamp " * 1_960) for n in range(1_000))
    assert MAX_FILE_BYTES * 0.95 < len(text.encode()) <= MAX_FILE_BYTES
    assert len(read(text).series) == 1_000
