"""Fixtures around the servers of this package; conftest.py brings them in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.servers.browser import Complaints, chromium
from tests.servers.clips import Clip
from tests.servers.media_server import MediaServer, node_media_server
from tests.servers.process import Program
from tests.servers.publisher import publisher
from tests.servers.site import Site, prepared_site, running_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A whole StreAir, shared by all tests: leave every part running as you found it."""
    with running_site() as running:
        yield running


@pytest.fixture
def start_site() -> Iterator[Callable[..., Site]]:
    """Start a StreAir for this test alone: `start_site(RATE_LIMIT_ENABLED="1")`."""
    with contextlib.ExitStack() as stack:
        yield lambda **env: stack.enter_context(running_site(**env))


@pytest.fixture
def prepare_site() -> Iterator[Callable[..., Site]]:
    """A StreAir for this test alone, of which nothing runs: tests call its commands."""
    with contextlib.ExitStack() as stack:
        yield lambda **env: stack.enter_context(prepared_site(**env))


@pytest.fixture(scope="session")
def media_server() -> Iterator[MediaServer]:
    """A Node-Media-Server, shared by all tests: use stream names of your own."""
    with node_media_server() as running:
        yield running


@pytest.fixture
def publish(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Send a clip to an RTMP address in real time: `publish(url, clip=Clip(gop_seconds=10))`."""
    with contextlib.ExitStack() as stack:

        def start(url: str, clip: Clip | None = None) -> Program:
            log = tmp_path / f"publisher-{len(list(tmp_path.iterdir()))}.log"
            return stack.enter_context(publisher(url, log, clip=clip))

        yield start


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of one module (see `chromium` why not for all)."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of the shared site, in Vietnamese; its test fails when a script or the CSP complains."""
    context = browser.new_context(base_url=site.url, locale="vi-VN")
    page = context.new_page()
    complaints = Complaints(page)
    yield page
    context.close()
    assert complaints.found == []
