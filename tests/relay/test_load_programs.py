"""The load programs against a server that is not ours: what they agree on is not our own mistake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.load.audience import Audience, publishing, watch
from tests.load.peers import NodeMediaServer
from tests.servers.media_server import node_media_server

pytestmark = pytest.mark.system


@pytest.fixture
def peer() -> Iterator[NodeMediaServer]:
    with node_media_server() as server:
        yield NodeMediaServer(server)


def test_stamped_streams_arrive_whole_and_with_their_delay(peer: NodeMediaServer) -> None:
    channels = peer.channels(2)

    with publishing(channels):
        watched = watch(peer, channels, Audience(6, seconds=1, settle=0.5))

    assert (watched.playing, watched.faults) == (6, 0)
    assert watched.told["delay_ms"]["frames"] >= 6 * 25
    assert watched.delay("p50") < 500
    assert watched.cpu["server"] > 0
