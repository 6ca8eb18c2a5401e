"""How long who types in the search of home is kept waiting: `python -m bench.keys CHAPTERS SLOWER`.

Chromium, slowed down so many times, types two words and deletes them. For each key it prints the longest tasks of the
main thread until the next one, in milliseconds of the processor.
"""

import shutil
import sys
from datetime import UTC, datetime
from math import inf
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench import inputs
from chatcal.publish.sources import read_folder
from tests.pages import program, served, site, write
from tests.pages.reader import FLAGS

HERE = inputs.ROOT / ".bench" / "keys"
KEYS = [key for word in ("pari", "xyzzy") for key in [*word, *["Backspace"] * len(word)]]
RUNS = 3
"""Of these the best counts for each key: on a busy machine, the others have waited."""
PAUSE = 1_200
"""Milliseconds after each key, in which all is drawn that it changed."""


def main(chapters: int, slower: int) -> None:
    """Print a line for each key, and the longest task of all."""
    shutil.rmtree(HERE, ignore_errors=True)
    inputs.chapters(chapters, HERE)
    write(HERE / "_site", site(read_folder(HERE), datetime.now(UTC)))
    with served(HERE / "_site") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium", "google-chrome"), args=FLAGS)
        runs = [press_keys(browser, address, slower) for _ in range(RUNS)]
        browser.close()
    best = [min(each, key=max) for each in zip(*runs, strict=True)]
    for key, lasted in zip(KEYS, best, strict=True):
        print(f"{key:<12}", *(f"{one:4.0f}" for one in sorted(lasted, reverse=True)[:6]))
    print(f"the longest  {max(map(max, best)):4.0f}")


def press_keys(browser: Browser, address: str, slower: int) -> list[list[float]]:
    """Return how long the tasks of the main thread took, for each key."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address, wait_until="networkidle")
    page.get_by_label("Search").click()
    events = trace_keys(page, slower)
    page.close()
    keys = sorted((one["ts"], one["pid"], one["tid"]) for one in events if one["name"] == "key")
    tasks = [one for one in events if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) == keys[0][1:]]
    return [
        [one.get("tdur", 0) / 1_000 for one in tasks if begin <= one["ts"] < end]
        for (begin, *_), (end, *_) in zip(keys, [*keys[1:], (inf, 0, 0)], strict=True)
    ]


def trace_keys(page: Page, slower: int) -> list[dict[str, Any]]:
    """Press the keys, and return what Chromium tells of that time."""
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    session = page.context.new_cdp_session(page)
    session.on("Tracing.dataCollected", lambda some: events.extend(some["value"]))
    session.on("Tracing.tracingComplete", lambda end: ended.append(end))  # noqa: PLW0108 - it takes no builtin
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    wanted = {"includedCategories": ["toplevel", "blink.user_timing"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": wanted})
    for key in KEYS:
        page.evaluate("performance.mark('key'); null")
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    return events


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
