"""Streamers on the shared site."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers.site import Site
from tests.system.streamer import Streamer, streamers


@pytest.fixture(scope="module")
def make_streamer(site: Site) -> Iterator[Callable[[], Streamer]]:
    """Make streamers on the shared site."""
    with streamers(site) as make:
        yield make


@pytest.fixture
def streamer(make_streamer: Callable[[], Streamer]) -> Streamer:
    """A streamer with an open room."""
    return make_streamer()
