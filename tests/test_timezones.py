"""Time zones by their names, and the name to write instead of what is none."""

import zoneinfo

import pytest

from chatcal import timezones
from chatcal.schedule import suggestions


@pytest.mark.parametrize("name", ["America/Toronto", "America/Argentina/Buenos_Aires", "Pacific/Apia", "Etc/UTC"])
def test_places_and_utc_are_names(name: str) -> None:
    assert name in timezones.list_zone_names()
    assert timezones.load_zone(name).key == name


@pytest.mark.parametrize("name", ["UTC", "GMT", "EST", "EST5EDT", "CET", "US/Eastern", "Etc/GMT+5", "Japan", "Factory"])
def test_what_is_no_place_is_no_name(name: str) -> None:
    assert name not in timezones.list_zone_names()


def test_every_name_is_in_the_zone_data_that_is_pinned() -> None:
    assert zoneinfo.TZPATH == ()
    assert timezones.list_zone_names() <= zoneinfo.available_timezones()
    for name in timezones.list_zone_names():
        assert timezones.load_zone(name).utcoffset(None) is None or name == "Etc/UTC"


def test_a_name_that_does_not_exist_has_no_zone() -> None:
    with pytest.raises(KeyError):
        timezones.load_zone("America/Tornto")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EST", "America/New_York"),
        ("edt", "America/New_York"),
        ("BST", "Europe/London"),
        ("CET", "Europe/Paris"),
        ("IST", "Asia/Kolkata"),
        ("AEDT", "Australia/Sydney"),
        ("Z", "Etc/UTC"),
        ("Eastern Standard Time", "America/New_York"),
        ("GMT Standard Time", "Europe/London"),
        ("w. europe standard time", "Europe/Berlin"),
        ("US/Eastern", "America/New_York"),
        ("us/eastern", "America/New_York"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("MEZ", "Europe/Berlin"),
        ("Japan", "Asia/Tokyo"),
        ("GB", "Europe/London"),
        ("India Standard Time", "Asia/Kolkata"),
    ],
)
def test_abbreviations_windows_names_and_old_names_get_a_place(text: str, name: str) -> None:
    assert suggestions.suggest_zone(text) == f"Write `{name}`, or the city that keeps the chapter's clock."


@pytest.mark.parametrize("text", ["UTC", "gmt"])
def test_utc_and_gmt_may_mean_a_clock_that_never_changes_or_that_of_london(text: str) -> None:
    assert "`Etc/UTC`" in suggestions.suggest_zone(text)
    assert "`Europe/London`" in suggestions.suggest_zone(text)


@pytest.mark.parametrize("text", ["UTC-5", "GMT+1", "-05:00", "+0530", "utc +5:30", "Etc/GMT+5"])
def test_an_offset_knows_nothing_of_summer_time(text: str) -> None:
    assert suggestions.suggest_zone(text).startswith("An offset knows nothing of summer time.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("toronto", "America/Toronto"),
        ("New York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("Europe/Pairs", "Europe/Paris"),
        ("America/Tornto", "America/Toronto"),
        ("Europe\\London", "Europe/London"),
        ("US/Easten", "America/New_York"),
        ("US/Pacfic", "America/Los_Angeles"),
        ("Canada/Easten", "America/Toronto"),
        ("Eastern Standrd Time", "America/New_York"),
        ("ESTT", "America/New_York"),
        ("Pacfic Time", "America/Los_Angeles"),
    ],
)
def test_cities_and_slips_get_the_name_that_is_near(text: str, name: str) -> None:
    assert suggestions.suggest_zone(text) == f"Did you mean `{name}`?"


@pytest.mark.parametrize(
    "text", ["", "zzz", "local", "time", "America/Boston", "America/Washington", "Europe/Geneva", "Delhi", "America"]
)
def test_what_is_near_nothing_gets_the_form_of_a_name(text: str) -> None:
    assert suggestions.suggest_zone(text) == (
        "Write a large city that keeps the same clock, with its continent, like `America/Toronto`."
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Netherlands", "Write `Europe/Amsterdam`, for the clock of that country."),
        ("india", "Write `Asia/Kolkata`, for the clock of that country."),
        ("Britain (UK)", "Write `Europe/London`, for the clock of that country."),
        ("UK", "Write `Europe/London`, or the city that keeps the chapter's clock."),
        (
            "USA",
            "That country has several clocks. Write a city that keeps the chapter's, like `America/New_York` or "
            "`America/Chicago` or `America/Denver` or `America/Los_Angeles`.",
        ),
        (
            "Mongolia",
            "That country has several clocks. Write a city that keeps the chapter's, like `Asia/Ulaanbaatar` or "
            "`Asia/Hovd`.",
        ),
    ],
)
def test_a_country_gets_its_clock_or_some_of_them(text: str, hint: str) -> None:
    assert suggestions.suggest_zone(text) == hint


def test_whatever_is_suggested_can_be_written() -> None:
    suggested = set(timezones.ABBREVIATIONS.values()) | set(timezones.index_zone_names().values())
    assert suggested <= timezones.list_zone_names()


def test_a_city_is_written_as_people_write_it() -> None:
    assert timezones.get_city_name("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_the_zone_data_has_a_version() -> None:
    assert timezones.get_tzdata_version()[:2] == "20"
