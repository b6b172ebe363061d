"""What the relay's tests share: a running hub, rooms, and a patient hypothesis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from tests.unit.streams.relay.site import Site
from tests.unit.streams.relay.studio import Studio

# On a machine that does other things meanwhile, slow is not wrong.
settings.register_profile("relay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("relay")


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    """Give a hub that runs."""
    studio = Studio()
    running = asyncio.create_task(studio.hub.run())
    yield studio
    running.cancel()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Give rooms of which none is open."""
    site = Site()
    yield site
    await site.rooms.close()
