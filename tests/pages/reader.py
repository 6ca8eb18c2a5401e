"""A reader of pages: Chromium without a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.calendars import NOW
from tests.support.patience import patient

FLAGS = [
    "--no-sandbox",  # CI runs as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Without these it calls its maker at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def opened(
    browser: Browser, address: str = "", *, now: datetime = NOW, complaints: tuple[str, ...] = (), **settings: Any
) -> Iterator[Page]:
    """Yield a page of a reader whose clock stands still at `now`; it must not complain of anything else."""
    context = browser.new_context(**({"timezone_id": "Europe/Berlin", "locale": "en-GB"} | settings))
    heard: list[str] = []
    try:
        context.set_default_timeout(patient(30_000))
        page = context.new_page()
        page.clock.set_fixed_time(now)
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
        if address:
            page.goto(address)
        yield page
    finally:
        context.close()
    assert [one for one in heard if not one.startswith(complaints or ("\0",))] == []


def week_of(page: Page) -> dict[str, list[tuple[str, float, float]]]:
    """Return the bars of the week by day: the label, and where a bar begins and ends, in hours."""
    found: list[list[Any]] = page.evaluate(
        """() => [...document.querySelectorAll(".week > ol > li")].map(day => [day.querySelector("strong").textContent,
            [...day.querySelectorAll("a")].map(link => {
                const bar = link.querySelector("i").getBoundingClientRect(), all = link.getBoundingClientRect();
                const hour = x => Math.round((x - all.left) / all.width * 2400) / 100;
                return [link.textContent, hour(bar.left), hour(bar.right)];
            })])"""
    )
    return {day: [(label, first, last) for label, first, last in bars] for day, bars in found}


def list_of(page: Page) -> dict[str, tuple[str, str]]:
    """Return the listed sessions by their id: the day that they stand under, and their hours."""
    found: list[tuple[str, str, str]] = page.evaluate(
        """() => [...document.querySelectorAll("#days .session")].map(one =>
            [one.id, one.closest(".day").querySelector("h3").textContent, one.querySelector("time").textContent])"""
    )
    return {name: (day, hours) for name, day, hours in found}


def cells(page: Page) -> dict[str, str]:
    """Return what the days of the month hold, by their date."""
    found: list[tuple[str, str]] = page.evaluate(
        """() => [...document.querySelectorAll("td:not(:empty)")].map(cell => [
            cell.querySelector("time").dateTime,
            [...cell.querySelectorAll("li")].map(one => one.textContent).join(", ")])"""
    )
    return dict(found)
