"""One browser and one shop for all; a page that complains of anything fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser
from screenshots import NO_CHROMIUM, find_chromium, opened, served

from tests.browser.reader import Reader, Visit, reading
from tests.browser.shop import Synced, make_shop


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real browser, closed with the last of these tests: while it runs, nothing else may use asyncio."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(NO_CHROMIUM)
    with opened(chromium) as browser:
        yield browser


@pytest.fixture(scope="package")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    """The shop, synced once; not to be changed."""
    return make_shop(tmp_path_factory.mktemp("dashboards"))


@pytest.fixture(scope="package")
def url(synced: Synced) -> Iterator[str]:
    """Where the shop's dashboards are."""
    with served(synced.folders) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    """Opens a page of the shop's dashboards, or of those at another address, for a new reader.

    It waits until everything is drawn, unless there is nothing to draw; with a clock, tests can move it.
    """
    with ExitStack() as stack:
        readers: list[Reader] = []

        def come(
            address: str, at: str = url, *, is_drawn: bool = True, has_clock: bool = False, **as_who: Any
        ) -> Reader:
            reader = stack.enter_context(reading(browser, at, **as_who))
            readers.append(reader)
            if has_clock:
                reader.page.clock.install()
            reader.go(address)
            if is_drawn:
                reader.settle()
            return reader

        yield come
        assert [reader.complaints for reader in readers] == [[] for _ in readers]
