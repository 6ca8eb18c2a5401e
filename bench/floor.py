"""The least that any program in Python must do for the same feeds: the floor under `feeds_job`.

Compose every file once with libyaml, expand its rules, convert to UTC, format each event once, write, read back once.
It knows the shipped schedules' few phrases by heart, checks nothing, and has no past.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from dateutil.rrule import rrulestr

FIRST, LAST = date(2026, 11, 23), date(2027, 11, 30)
_DAYS = {"Sunday": "SU", "Tuesday": "TU", "Wednesday": "WE", "Friday": "FR"}
_NUMBERS = {"first": 1, "third": 3, "last": -1}


def main(folder: Path) -> None:
    """Write the feeds of the calendar in a folder, per chapter and combined, and read each once."""
    out = folder / "floor"
    out.mkdir(exist_ok=True)
    every: list[tuple[str, str]] = []
    for file in sorted((folder / "schedules").iterdir()):
        chapter = _plain(yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader))
        events = sorted(_events(chapter))
        every += events
        _write(out / f"{file.stem}.ics", events)
    _write(out / "all.ics", sorted(every)[:1000])


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value if node else {}


def _events(chapter: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = chapter["hashtag"]
    for chat in chapter.get("chats", []):
        if "every" not in chat:
            continue
        zone = ZoneInfo(chapter.get("timezone", "UTC"))
        at, clock = chat["at"], ":" in chat["at"]
        moment = time.fromisoformat(at) if clock else time()
        rule = rrulestr(_rule(chat["every"]), dtstart=datetime.combine(FIRST - timedelta(days=7), moment))
        for slot in rule.between(datetime.combine(FIRST, time()), datetime.combine(LAST, time.max)):
            local = slot.replace(tzinfo=zone)
            start = local.astimezone(UTC)
            until = chat.get("until")
            if until and f"{slot:%Y-%m-%d}" > until:
                continue
            begin = f":{start:%Y%m%dT%H%M%SZ}" if clock else f";VALUE=DATE:{slot:%Y%m%d}"
            end = start + timedelta(hours=1)
            finish = f":{end:%Y%m%dT%H%M%SZ}" if clock else f";VALUE=DATE:{slot + timedelta(days=1):%Y%m%d}"
            clocks = ", ".join(
                f"{start.astimezone(ZoneInfo(other)):%a %H:%M} {other.rpartition('/')[2]}"
                for other in ("America/New_York", "Europe/London", "Australia/Sydney")
            )
            description = (
                f"Unconfirmed: last confirmed on 22 February 2012. {chapter.get('doubt', '')}\n"
                f"{slot:%a %d %b %H:%M} ({clocks})\nJoin: https://x.com/hashtag/{name}"
            )
            lines = [
                "BEGIN:VEVENT",
                f"UID:{name}-{slot:%Y-%m-%d}@hcsm.chatcal.example",
                "DTSTAMP:20261123T000000Z",
                "LAST-MODIFIED:20261123T000000Z",
                "SEQUENCE:3624480",
                f"DTSTART{begin}",
                f"DTEND{finish}",
                f"SUMMARY:{_text(f'#{name} chat (unconfirmed)')}",
                f"DESCRIPTION:{_text(description)}",
                f"LOCATION:https://x.com/hashtag/{name}",
                f"CATEGORIES:{_text(name)}",
                "STATUS:TENTATIVE",
                "TRANSP:TRANSPARENT",
                "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
                "END:VEVENT",
            ]
            yield f"{start:%Y%m%dT%H%M%SZ}", "\r\n".join(map(_folded, lines))


def _rule(phrase: str) -> str:
    number, _, rest = phrase.partition(" ")
    if rest:
        return f"FREQ=MONTHLY;BYDAY={_NUMBERS[number]}{_DAYS[rest.removesuffix(' of the month')]}"
    return f"FREQ=WEEKLY;BYDAY={_DAYS[phrase]}"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    return "\r\n ".join(line[start : start + 74] for start in range(0, len(line), 74))


def _write(path: Path, events: list[tuple[str, str]]) -> None:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *(octets for _, octets in events), "END:VCALENDAR", ""])
    path.write_bytes(text.encode())
    path.read_bytes().decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
