"""What Evolution's data server holds of feeds that it is subscribed to: `read.py FOLDER FEED...`, the answer as JSON.

The folder is its home: what is there from an earlier run is kept and brought up to date, as it is for a subscriber.
It runs in a D-Bus session of its own, by Debian's Python, which knows its libraries.
"""

import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SOURCE = """\
[Data Source]
DisplayName={name}
Enabled=true
Parent=webcal-stub
[Calendar]
BackendName=webcal
[Authentication]
Host=127.0.0.1
Port={port}
Method=none
[Security]
Method=none
[WebDAV Backend]
ResourcePath=/{name}
[Offline]
StaySynchronized=true
"""

AT_ONCE = 0xFFFFFFFF
"""Wait for no sign that the machine is online: loopback always is."""


def at_home(folder: Path) -> None:
    """Begin anew in a session whose programs, the data server among them, keep everything in a folder."""
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    os.environ |= {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "GSETTINGS_BACKEND": "memory",
        "GIO_USE_VFS": "local",
    }
    os.execvp("dbus-run-session", ["dbus-run-session", "--", sys.executable, "-P", *sys.argv])  # noqa: S606, S607 - this


def serve(feeds: dict[str, Path]) -> int:
    """Serve feeds by their names from a free port of loopback; return the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            octets = feeds[self.path.lstrip("/")].read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def moment(value: Any) -> str:
    """Return a moment: in UTC, or the date where it has no time."""
    if value.is_date():
        return f"{value.get_year():04}{value.get_month():02}{value.get_day():02}"
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(value.as_timet_with_zone(value.get_timezone())))


def session(event: Any, status: Any) -> dict[str, str | None]:
    """Return what an event says; `status` is what its library calls the property."""
    stated = event.get_first_property(status)
    return {
        "uid": event.get_uid(),
        "start": moment(event.get_dtstart()),
        "end": moment(event.get_dtend()),
        "summary": event.get_summary(),
        "description": event.get_description(),
        "status": stated.get_value_as_string() if stated else None,
    }


def published(octets: bytes) -> set[tuple[str, int]]:
    """Return the UIDs of a feed, each with its sequence."""
    found = re.findall(r"^UID:(.*?)\r$.*?^SEQUENCE:(\d+)", octets.replace(b"\r\n ", b"").decode(), re.M | re.S)
    return {(uid, int(sequence)) for uid, sequence in found}


def held(client: Any, feed: Path) -> list[Any]:
    """Return the events that it holds once it has taken what is published; it says nowhere when it has."""
    for _ in range(round(100 * float(os.environ.get("CHATCAL_SLOWNESS", "1")))):
        _, components = client.get_object_list_as_comps_sync("#t", None)
        events = [component.get_icalcomponent() for component in components]
        if {(event.get_uid(), event.get_sequence()) for event in events} == published(feed.read_bytes()):
            break
        time.sleep(0.1)
    return events


def main(folder: Path, feeds: list[Path]) -> None:
    """Subscribe to the feeds, or look at them again, and print what is held then."""
    (folder / "config/evolution/sources").mkdir(parents=True, exist_ok=True)
    named = {f"feed{number}": feed for number, feed in enumerate(feeds)}
    port = serve(named)
    for name in named:
        (folder / f"config/evolution/sources/{name}.source").write_text(SOURCE.format(name=name, port=port))

    import gi

    for name, version in {"EDataServer": "1.2", "ECal": "2.0", "ICalGLib": "3.0"}.items():
        gi.require_version(name, version)
    from gi.repository import ECal, EDataServer, ICalGLib

    status = ICalGLib.PropertyKind.STATUS_PROPERTY
    registry = EDataServer.SourceRegistry.new_sync(None)
    found = []
    for name, feed in named.items():
        client = ECal.Client.connect_sync(registry.ref_source(name), ECal.ClientSourceType.EVENTS, AT_ONCE, None)
        client.refresh_sync(None)
        found.append([session(event, status) for event in held(client, feed)])
    version = f"{EDataServer.EDS_MAJOR_VERSION}.{EDataServer.EDS_MINOR_VERSION}"
    print(json.dumps({"version": version, "feeds": found}))


if __name__ == "__main__":
    home = Path(sys.argv[1])
    if os.environ["HOME"] != str(home) or "XDG_CACHE_HOME" not in os.environ:
        at_home(home)
    main(home, [Path(path) for path in sys.argv[2:]])
