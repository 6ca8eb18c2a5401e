"""Rooms, coordinates, links and addresses to join at, each as it is typed."""

from collections.abc import Callable
from typing import Any

import pytest

from chatcal.model import Link
from chatcal.problems import Problem, ScheduleError
from chatcal.schedule import parser, places
from chatcal.schedule.format import parse_calendar, parse_chapter
from chatcal.schedule.nodes import Mapping


def read(reader: Callable[[Any], Any], typed: str) -> Any:
    """Return what a reader makes of a value as it is typed after `key: `."""
    node, refused = parser.parse_document("", f"key: {typed}\n".encode())
    assert not refused
    assert isinstance(node, Mapping)
    return reader(node.pairs[0][1])


def refused(reader: Callable[[Any], Any], typed: str) -> tuple[str, str]:
    """Return the code and the hint of the one problem of a value."""
    with pytest.raises(ScheduleError) as error:
        read(reader, typed)
    (problem,) = error.value.problems
    return problem.code, problem.hint


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Lamp Room, 1 Pier Road, Halifax", "Lamp Room, 1 Pier Road, Halifax"),
        ("|\n  c-base\n  Rungestr. 20,\n\n  10179 Berlin", "c-base, Rungestr. 20, 10179 Berlin"),
        ("Lamp Room\n  on the pier", "Lamp Room on the pier"),
        ("101", "101"),
        ("Online library, desk 3", "Online library, desk 3"),
        ("Zoom Room", "Zoom Room"),
        ("The old pier, map at https://lantern.example/map", "The old pier, map at https://lantern.example/map"),
        ("none", ""),
        ("None", ""),
        ('""', ""),
        ("'none'", ""),
    ],
)
def test_a_place_is_one_line_and_none_is_no_place(typed: str, place: str) -> None:
    assert read(places.read_place, typed) == place


@pytest.mark.parametrize(
    ("typed", "code", "hint"),
    [
        ("https://meet.example/lamp", "place", "Write `join: https://meet.example/lamp`."),
        ("https://maps.google.com/?q=lamp", "place", "under `links: {Map: https://maps.google.com/?q=lamp}`."),
        ("https://www.google.com/maps/place/lamp", "place", "under `links: {Map:"),
        ("https://www.openstreetmap.org/way/1", "place", "under `links: {Map:"),
        ("Online", "place", "`place: none`"),
        ("on-line", "place", "`place: none`"),
        ("Microsoft Teams Meeting", "place", "`place: none`"),
        ("Zoom-Meeting", "place", "`place: none`"),
        ("Google Meet", "place", "`place: none`"),
        ("zoom", "place", "the address to join at goes under `join`"),
        ("", "empty-value", "if there is none, delete the line"),
        ("[Lamp Room, Pier 2]", "shape", 'in one text: `place: "Lamp Room, Pier 2"`.'),
        ("{name: Lamp Room, street: Pier 2}", "shape", 'in one text: `place: "Lamp Room, Pier 2"`.'),
        ("[[1, 2]]", "shape", "Write a text after the colon."),
    ],
)
def test_what_no_map_shows_is_no_place(typed: str, code: str, hint: str) -> None:
    found, said = refused(places.read_place, typed)
    assert found == code
    assert hint in said


@pytest.mark.parametrize(
    ("typed", "join"), [("https://meet.example/lamp", "https://meet.example/lamp"), ("none", ""), ('""', "")]
)
def test_where_to_join_is_an_address_or_none(typed: str, join: str) -> None:
    assert read(places.read_join, typed) == join


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Lamp Room, 1 Pier Road, Halifax", 'Write `place: "Lamp Room, 1 Pier Road, Halifax"`.'),
        ("Room 5", 'Write `place: "Room 5"`.'),
        ("Saarbrücker Str. 24", 'Write `place: "Saarbrücker Str. 24"`.'),
        ("|\n  Pier 2\n  Halifax", 'Write `place: "Pier 2 Halifax"`.'),
        ("東京都渋谷区1-2", 'Write `place: "東京都渋谷区1-2"`.'),
        ("meet.example/lamp", "Write `https://meet.example/lamp`."),
        ("'@lanternchat'", "A handle goes under `account:`"),
        ("see https://meet.example/lamp", "Write one address, and nothing else: `https://meet.example/lamp`."),
        ("5", "Copy it from the address line"),
        ("'#lanternchat'", "Copy it from the address line"),
        ("https://x.com/hashtag/{hashtag}", "Write the whole address of this one."),
        ("Zoom", "Write the address that people open, like `https://…`; if it is not known yet, delete the line."),
        ("TBA", "Write the address that people open, like `https://…`;"),
        ("tel:+4930123456", 'Write it where people read it: `note: "Call +4930123456."`.'),
        ("(030) 123 456", 'Write it where people read it: `note: "Call (030) 123 456."`.'),
        ("https://meet.example/lamp pwd 7", "If what follows it is text, write only `https://meet.example/lamp`."),
    ],
)
def test_a_postal_address_to_join_at_is_a_place(typed: str, hint: str) -> None:
    code, said = refused(places.read_join, typed)
    assert code == "address"
    assert hint in said


@pytest.mark.parametrize(
    ("typed", "geo"),
    [
        ("[52.52, 13.405]", (52.52, 13.405)),
        ("[-33, +151.]", (-33.0, 151.0)),
        ("['44.6476', \"-63.5728\"]", (44.6476, -63.5728)),
        ("[-0.00000001, 180]", (0.0, 180.0)),
        ("[1.23456789, 2]", (1.234568, 2.0)),
        ("\n- 90\n- -180", (90.0, -180.0)),
    ],
)
def test_a_point_is_latitude_and_longitude(typed: str, geo: tuple[float, float]) -> None:
    found = read(places.read_geo, typed)
    assert found == geo
    assert str(found[0]) != "-0.0"


@pytest.mark.parametrize(
    ("typed", "code", "hint"),
    [
        ("52.52, 13.405", "shape", "Write them in brackets: `[52.52, 13.405]`."),
        ("52.52", "shape", "Write latitude and longitude"),
        ("Berlin", "shape", "Write latitude and longitude"),
        ("{lat: 52.52, lon: 13.4}", "shape", "Write latitude and longitude"),
        ("[52.52]", "geo", "Write latitude and longitude"),
        ("[52,52, 13,405]", "geo", "with a point"),
        ("[52°31'N, 13°24'E]", "geo", "Write latitude and longitude"),
        ("[151.2, -33.9]", "geo", "Latitude comes first: `[-33.9, 151.2]`."),
        ("[151.2, 200]", "geo", "Write latitude and longitude"),
        ("[10, 200]", "geo", "Write latitude and longitude"),
        ("[200, 10]", "geo", "Write latitude and longitude"),
        ("[[1], 10]", "shape", "Write it alone: `1`."),
    ],
)
def test_what_is_no_point_on_earth_is_refused(typed: str, code: str, hint: str) -> None:
    found, said = refused(places.read_geo, typed)
    assert found == code
    assert hint in said


def test_links_are_names_with_addresses() -> None:
    typed = "\n  Agenda: https://lantern.example/agenda\n  'Code of conduct': https://lantern.example/conduct"
    assert read(places.read_links, typed) == (
        Link("Agenda", "https://lantern.example/agenda"),
        Link("Code of conduct", "https://lantern.example/conduct"),
    )


@pytest.mark.parametrize(
    ("typed", "code", "hint"),
    [
        ("https://lantern.example/", "shape", "`links: {Website: https://lantern.example/}`"),
        ("[https://lantern.example/]", "shape", "`links: {Agenda: https://lantern.example/agenda}`"),
        ("{Agenda: lantern.example}", "address", "Write `https://lantern.example`."),
        ("{Notes: https://a.example/, notes: https://b.example/}", "duplicate-key", "Give one of them another name"),
        ("{Agenda: 'javascript:alert(1)'}", "address", "Copy it"),
        ("{'C:\\new': https://lantern.example/}", "backslash", "Write `C:/new`"),
        (f"{{{', '.join(f'L{number}: https://lantern.example/' for number in range(21))}}}", "too-many", "Delete"),
    ],
)
def test_what_is_no_link_is_refused(typed: str, code: str, hint: str) -> None:
    found, said = refused(places.read_links, typed)
    assert found == code
    assert hint in said


CHAPTER = "hashtag: lanternchat\nname: Keepers\n"
GEO = "geo: [44.6, -63.6]"


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        (f"{CHAPTER}{GEO}\n", 3),
        (f"{CHAPTER}place: none\n{GEO}\n", 4),
        (f"{CHAPTER}chats:\n  - every: Wednesday\n    at: evening\n    {GEO}\n", 6),
        (f"{CHAPTER}sessions:\n  2026-03-04: {{{GEO}}}\n", 4),
    ],
)
def test_a_point_stands_beside_its_place(schedule: str, line: int) -> None:
    with pytest.raises(ScheduleError) as error:
        parse_chapter("schedules/lanternchat.yaml", schedule.encode())
    assert [(one.code, one.span.line) for one in error.value.problems] == [("geo", line)]
    parse_chapter("schedules/lanternchat.yaml", f"{CHAPTER}place: Lamp Room\n{GEO}\n".encode())


def test_the_calendar_has_a_place_too() -> None:
    head = "title: Lights\nuid_domain: lights.example\n"
    calendar = parse_calendar(f"{head}place: Lamp Room\n{GEO}\n".encode())
    assert (calendar.place, calendar.geo) == ("Lamp Room", (44.6, -63.6))
    with pytest.raises(ScheduleError) as error:
        parse_calendar(f"{head}{GEO}\n".encode())
    problem: Problem = error.value.problems[0]
    assert (problem.code, problem.span.line) == ("geo", 3)
