"""The newest zone files are taken out of a wheel that nobody locked: none of its code runs, and jokes are refused."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib import resources
from itertools import count
from pathlib import Path
from random import Random

import pytest

from chatcal.publish import newest_zones
from chatcal.publish.newest_zones import ZoneDataError, check_zones, install_zones, read_wheel
from chatcal.timezones import get_tzdata_version, list_zone_names, read_tzdata
from tests.support.calendars import NOW
from tests.support.laws import tzif

NEWER = f"{int(get_tzdata_version()[:4]) + 1}.1"
CODE = b"raise SystemExit('code of the wheel ran')\n"
TORONTO = "America/Toronto"


@pytest.fixture(scope="module")
def zones() -> dict[str, bytes]:
    """Return the zone files that are installed, by name."""
    folder = Path(str(resources.files("tzdata"))) / "zoneinfo"
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if "." not in name}


def wheel(zones: Mapping[str, bytes], version: str = NEWER, more: Mapping[str, bytes] | None = None) -> bytes:
    """Return a wheel like those of tzdata, whose code must not run."""
    made = {f"tzdata/zoneinfo/{name}": content for name, content in zones.items()}
    made["tzdata/__init__.py"] = made["tzdata/zoneinfo/America/__init__.py"] = made["evil.pth"] = CODE
    made[f"tzdata-{version}.dist-info/METADATA"] = f"Name: tzdata\nVersion: {version}\n".encode()
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (made | dict(more or {})).items():
            archive.writestr(name, content)
    return octets.getvalue()


@pytest.fixture
def package(tmp_path: Path, zones: Mapping[str, bytes]) -> Path:
    """Return an installed tzdata package."""
    made = tmp_path / "site" / "tzdata"
    for name, content in zones.items():
        path = made / "zoneinfo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (made / "zoneinfo" / "America" / "__init__.py").write_bytes(b"")
    about = made.parent / f"tzdata-{get_tzdata_version()}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: tzdata\nVersion: {get_tzdata_version()}\n\nText\n", "utf-8")
    return made


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_zone_files_are_taken(package: Path, zones: Mapping[str, bytes], tmp_path: Path) -> None:
    changed = {**zones, TORONTO: zones["America/Halifax"], "America/Newtown": zones["America/Toronto"]}
    odd = ("../../evil", "//evil", "America/evil.pth", "America/../../x", "America/a/b/c", "newtown")
    paths = {f"tzdata/zoneinfo/{path}": CODE for path in odd}
    (tmp_path / "tzdata.whl").write_bytes(wheel(changed, more=paths))
    before = held(tmp_path / "site")
    said = install_zones(tmp_path / "tzdata.whl", package, NOW)
    assert said == f"The zone data is now {NEWER} instead of {get_tzdata_version()}."
    after = held(tmp_path / "site")
    about = f"tzdata-{get_tzdata_version()}.dist-info/METADATA"
    assert {name for name in after if after[name] != before.get(name)} == {
        "tzdata/zoneinfo/America/Toronto", "tzdata/zoneinfo/America/Newtown", "tzdata/zones", about,
    }  # fmt: skip
    assert after[about] == f"Name: tzdata\nVersion: {NEWER}\n\nText\n".encode()
    assert b"America/Newtown\n" in after["tzdata/zones"]
    assert list_zone_names() <= {*after["tzdata/zones"].decode().split()}
    assert CODE not in after.values()


@pytest.mark.parametrize("version", ["2025.1", get_tzdata_version()])
def test_a_wheel_that_is_not_newer_changes_nothing(
    package: Path, zones: Mapping[str, bytes], tmp_path: Path, version: str
) -> None:
    (tmp_path / "tzdata.whl").write_bytes(wheel({**zones, TORONTO: zones["America/Halifax"]}, version))
    before = held(package)
    assert "is the newest" in install_zones(tmp_path / "tzdata.whl", package, NOW)
    assert held(package) == before


def without(zones: Mapping[str, bytes]) -> bytes:
    return wheel({name: content for name, content in zones.items() if name != TORONTO})


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (without, "1 zone of the data in use are not in it: America/Toronto"),
        (lambda zones: wheel({**zones, TORONTO: zones["Asia/Tokyo"]}), "in America/Toronto clocks would move by more"),
        (lambda zones: wheel({**zones, TORONTO: zones[TORONTO][:60]}), "its file of America/Toronto cannot be read"),
        (lambda zones: wheel({**zones, TORONTO: b""}), "its file of America/Toronto cannot be read"),
        (lambda zones: wheel({**zones, TORONTO: bytes(20_001)}), "a file in it has more than 20,000 bytes"),
        (lambda zones: wheel(dict.fromkeys(zones, zones[TORONTO])), "clocks would move by more than two hours"),
        (lambda zones: wheel(zones, more={f"x{number}": b"" for number in range(2_000)}), "it holds too many files"),
        (lambda zones: wheel(zones, "3"), "it names no version like 2026.1"),
        (lambda zones: wheel(zones, more={"b.dist-info/METADATA": b"Version: 2099.1\n"}), "it names no version"),
        (lambda zones: wheel(zones)[:-30], "it cannot be unpacked"),
        (lambda zones: wheel(zones)[30_000:], "it cannot be unpacked"),
    ],
    ids=count(),
)
def test_what_cannot_be_the_next_release_changes_nothing(
    package: Path, zones: Mapping[str, bytes], tmp_path: Path, make: Callable[[Mapping[str, bytes]], bytes], why: str
) -> None:
    (tmp_path / "tzdata.whl").write_bytes(make(zones))
    before = held(tmp_path / "site")
    with pytest.raises(ZoneDataError, match=why):
        install_zones(tmp_path / "tzdata.whl", package, NOW)
    assert held(tmp_path / "site") == before


def test_many_places_do_not_change_their_clocks_in_one_release() -> None:
    for number, is_much in ((60, False), (61, True)):
        ahead = {name: tzif("XST0XDT,M3.2.0,M11.1.0") for name in [f"Etc/Town{one}" for one in range(number)]}
        behind = dict.fromkeys(ahead, tzif("XST0"))
        if is_much:
            with pytest.raises(ZoneDataError, match="clocks would move in 61 zones at once"):
                check_zones(behind, ahead, NOW)
        else:
            check_zones(behind, ahead, NOW)


def test_a_broken_file_is_refused_and_never_a_surprise(zones: Mapping[str, bytes]) -> None:
    random = Random(16)  # noqa: S311 - what is broken is the same each time
    whole = zones[TORONTO]
    refused = 0
    for _ in range(300):
        octets = bytearray(whole[: random.randrange(len(whole) + 1)] if random.random() < 0.3 else whole)
        for _ in range(random.randrange(6)):
            if octets:
                octets[random.randrange(len(octets))] = random.randrange(256)
        try:
            check_zones({TORONTO: whole}, {TORONTO: bytes(octets)}, NOW)
        except ZoneDataError:
            refused += 1
    assert refused > 100
    packed = wheel({TORONTO: whole})
    for _ in range(300):
        octets = bytearray(packed)
        octets[random.randrange(len(octets))] = random.randrange(256)
        try:
            read_wheel(bytes(octets))
        except ZoneDataError:
            refused += 1


def test_the_program_says_to_the_runner_what_it_did(
    tmp_path: Path, zones: Mapping[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tzdata.whl"
    path.write_bytes(wheel(zones, get_tzdata_version()))
    done = subprocess.run(
        [sys.executable, "-m", "chatcal.publish.newest_zones", path], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.startswith("The zone data in use, 20")
    path.write_bytes(b"")
    newest_zones.main(path)
    said = capsys.readouterr().out
    assert said.startswith("::warning title=Time zones::The newest zone data is not used, but 20")
    assert said.endswith(": it cannot be unpacked.\n")
    assert read_tzdata(TORONTO) == zones[TORONTO]
