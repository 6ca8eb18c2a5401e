"""A browser, and sites to open in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.pages import program, rich, served, site, write
from tests.pages.reader import FLAGS
from tests.support.calendars import NOW
from tests.support.patience import patient


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program("chromium", "google-chrome")
    expect.set_options(timeout=patient(5_000))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=patient(30_000))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def rich_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that shows all that pages can show, which knows where it is published."""
    folder = tmp_path_factory.mktemp("rich")
    write(folder, site(rich(), NOW))
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def homeless_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same site, which does not know where it is published."""
    folder = tmp_path_factory.mktemp("homeless")
    write(folder, site(rich(None), NOW))
    with served(folder) as address:
        yield address
