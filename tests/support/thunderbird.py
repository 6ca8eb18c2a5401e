"""Thunderbird without a screen, subscribed to feeds over HTTP, and asked what it shows.

It is spoken to in Marionette, Mozilla's remote protocol: JSON arrays, each behind its length, over a TCP connection.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.patience import patient

_PREFERENCES = {
    "marionette.port": 0,  # any free one; it writes which into its profile
    "calendar.timezone.useSystemTimezone": False,
    "network.proxy.type": 0,
    # Without these it calls its maker, or asks things that nobody answers.
    "app.donation.eoy.version.viewed": 999,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}

_COMMON = """
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");

const once_loaded = (calendar, complaints, done) => {
  const observer = {
    QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
    onLoad() { calendar.removeObserver(observer); once_written(calendar, done); },
    onError(_, number, message) { complaints.push(`${number}: ${message}`); },
    onStartBatch() {}, onEndBatch() {}, onAddItem() {}, onModifyItem() {}, onDeleteItem() {},
    onPropertyChanged() {}, onPropertyDeleting() {},
  };
  calendar.addObserver(observer);
};

// It reads a feed into memory, then writes it into the database that it shows, and waits for the end of that nowhere.
const once_written = async (calendar, done) => {
  const every = one => one.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  const told = items => items.map(item => JSON.stringify(facts(item))).sort().join();
  for (let look = 0; look < 100; look++) {
    const [read, written] = await Promise.all([every(calendar.wrappedJSObject.mUncachedCalendar), every(calendar)]);
    if (told(read) == told(written)) { break; }
    await new Promise(wait => setTimeout(wait, 50));
  }
  done();
};

const instant = moment => moment.isDate ? moment.icalString : moment.nativeTime / 1000000;
const clock = moment => moment.isDate ? moment.icalString : moment.getInTimezone(cal.dtz.defaultTimezone).icalString;
const facts = item => ({
  uid: item.id, start: instant(item.startDate), end: instant(item.endDate),
  clock: [clock(item.startDate), clock(item.endDate)], title: item.title, status: item.status,
  description: item.getProperty("DESCRIPTION"), location: item.getProperty("LOCATION"),
});
"""

_SUBSCRIBE = """
const [uri, done] = arguments;
const created = cal.manager.createCalendar("ics", Services.io.newURI(uri));
created.name = uri;
created.readOnly = true;
created.setProperty("cache.enabled", true);
cal.manager.registerCalendar(created);
const calendar = cal.manager.getCalendarById(created.id);
once_loaded(calendar, [], () => done(calendar.id));
"""
"""Does what the dialog for a new calendar on the network does at its end, with offline support, as is its default."""

_REFRESH = """
const [id, done] = arguments;
const calendar = cal.manager.getCalendarById(id), complaints = [];
once_loaded(calendar, complaints, () => done(complaints));
calendar.refresh();
"""

_SHOWN = """
const [id, first, last, done] = arguments;
const day = text => cal.createDateTime(text.replaceAll("-", "") + "T000000Z");
const filter = Ci.calICalendar.ITEM_FILTER_TYPE_EVENT | Ci.calICalendar.ITEM_FILTER_CLASS_OCCURRENCES;
cal.manager.getCalendarById(id).getItemsAsArray(filter, 0, day(first), day(last)).then(items => done(items.map(facts)));
"""

_END = """
const [id, done] = arguments;
cal.manager.removeCalendar(cal.manager.getCalendarById(id));
done(null);
"""


@dataclass(frozen=True)
class Item:
    """An event as Thunderbird shows it."""

    uid: str
    start: datetime | date
    """An instant in UTC, or the date of an event of whole days."""
    end: datetime | date
    clock: tuple[str, str]
    """Start and end as they stand on the reader's own clock: `20260304T130000`, or `20260304` for whole days."""
    title: str
    status: str | None
    description: str | None
    location: str | None


class Thunderbird:
    """A running Thunderbird with a profile of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=patient(120))
        self._answers = self._connection.makefile("rb")
        self._number = 0
        self._receive()  # its greeting
        self._command("WebDriver:NewSession")
        self._command("Marionette:SetContext", value="chrome")
        self.version: str = self.run("arguments[0](Services.appinfo.version);")

    def subscribe(self, address: str) -> "Subscription":
        """Subscribe to the feed at an address as a reader does, and fetch it once."""
        return Subscription(self, self.run(_SUBSCRIBE, address))

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script with Thunderbird's own rights; the last of its `arguments` takes what is returned."""
        return self._command(
            "WebDriver:ExecuteAsyncScript",
            script=_COMMON + script,
            args=arguments,
            sandbox="system",
            scriptTimeout=round(patient(60_000)),
        )["value"]

    def close(self) -> None:
        """Let go of the connection."""
        self._answers.close()
        self._connection.close()

    def _command(self, name: str, **parameters: object) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return result

    def _receive(self) -> Any:
        length = b""
        while (octet := self._answers.read(1)) != b":":
            if not octet:
                raise RuntimeError("Thunderbird has hung up.")
            length += octet
        return json.loads(self._answers.read(int(length)))


@dataclass(frozen=True)
class Subscription:
    """A feed that a running Thunderbird is subscribed to."""

    program: Thunderbird
    id: str

    def refresh(self) -> list[str]:
        """Fetch the feed again, as it does by itself every half hour; return what it complains of."""
        complaints: list[str] = self.program.run(_REFRESH, self.id)
        return complaints

    def shown(self, first: date, last: date) -> list[Item]:
        """Return what it shows from the first to the last day, in UTC, sorted by start and UID."""
        found = self.program.run(_SHOWN, self.id, first.isoformat(), (last + timedelta(days=1)).isoformat())
        items = [
            Item(**one | {"start": _moment(one["start"]), "end": _moment(one["end"]), "clock": tuple(one["clock"])})
            for one in found
        ]
        return sorted(items, key=lambda one: (f"{one.start:%Y%m%d%H%M}", one.uid))

    def end(self) -> None:
        """Take the calendar away."""
        self.program.run(_END, self.id)


def _moment(told: float | str) -> datetime | date:
    return date.fromisoformat(told) if isinstance(told, str) else datetime.fromtimestamp(told, UTC)


@contextmanager
def running(program: str, folder: Path, timezone: str) -> Iterator[Thunderbird]:
    """Run Thunderbird meanwhile, from and in an empty folder, for a reader whose clock goes by a zone."""
    profile, home, log = folder / "profile", folder / "home", folder / "log"
    profile.mkdir(parents=True)
    home.mkdir()
    preferences = _PREFERENCES | {"calendar.timezone.local": timezone}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    flags = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(profile)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *flags],
            env=os.environ | {"MOZ_HEADLESS": "1", "HOME": str(home)},
            stdout=output,
            stderr=output,
            start_new_session=True,  # it starts others
        )
    try:
        thunderbird = Thunderbird(process, _port(process, profile, log))
        try:
            yield thunderbird
        finally:
            thunderbird.close()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(process: subprocess.Popen[bytes], profile: Path, log: Path) -> int:
    file = profile / "MarionetteActivePort"
    for _ in range(round(patient(1200))):
        if file.exists() and (port := file.read_text()):
            return int(port)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"Thunderbird has not started: {log.read_text(errors='replace')[-500:]}")
