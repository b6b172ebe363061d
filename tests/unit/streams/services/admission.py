"""An encoder at the door, as the hooks ask for it."""

from __future__ import annotations

import pytest

from streams import services
from streams.models import Publisher

ADDRESS = "203.0.113.9"


def admit(key: str, *, client_id: int = 7, address: str = ADDRESS, node: str = "main") -> Publisher:
    return services.admit_publisher(
        key=key, address=address, client_id=client_id, boot="boot-1", encoder="obs", node=node
    )


def refusal(key: str, *, address: str = ADDRESS) -> str:
    with pytest.raises(services.Refused) as caught:
        admit(key, address=address)
    return caught.value.code
