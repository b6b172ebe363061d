"""Whose key it is."""

from __future__ import annotations

import pytest

from streams import keys
from tests.factories import RoomFactory, StreamKeyFactory


@pytest.fixture
def key() -> str:
    """The key of a streamer with an open room."""
    key = keys.new_stream_key()
    RoomFactory(owner=StreamKeyFactory(key=key).owner)
    return key
