"""Addresses that cannot work are refused before anything starts."""

from __future__ import annotations

import pytest

from deploy.addresses import Addresses
from deploy.errors import CannotStart


@pytest.mark.parametrize("ports", [(4000, 4000, 4001), (4000, 4001, 4001), (4000, 4001, 4000)])
def test_ports_must_differ(ports: tuple[int, int, int]) -> None:
    port, rtmp_port, sidecar_port = ports
    addresses = Addresses(
        port=port,
        rtmp_port=rtmp_port,
        sidecar_port=sidecar_port,
        rtmp_app="live",
        client_url="",
        rtmp_public_url="",
    )

    with pytest.raises(CannotStart, match="differ"):
        addresses.check_free()
