"""People with browsers of their own, on a whole site; complaints of their browsers fail the test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import talk
from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom, open_room
from tests.servers.publisher import publishing
from tests.servers.site import Site

# Playwright's sync API runs an event loop in this thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def browsers(browser: Browser, site: Site) -> Iterator[Browsers]:
    """Browsers for several people at once; whatever their consoles complain about fails the test."""
    opened = Browsers(browser, site.url)
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture
def room(site: Site) -> str:
    """The id of a room that waits for its stream."""
    return talk.open_room(site)


@pytest.fixture(scope="module")
def live_room(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveRoom]:
    """A room on air, for tests that only watch."""
    room = open_room(site)
    log = Path(tmp_path_factory.mktemp("publisher"), "log")
    with publishing(room.publish_url, log):
        room.wait_until("live")
        yield room
