"""The sidecar's shim, as far as hooks can tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from streams import keys
from tests.factories import RoomFactory, StreamKeyFactory

Ask = Callable[..., HttpResponse]


@pytest.fixture
def key() -> str:
    """The key of a streamer with an open room."""
    key = keys.new_stream_key()
    RoomFactory(owner=StreamKeyFactory(key=key).owner)
    return key


@pytest.fixture
def ask() -> Ask:
    """Post a body to a hook as the shim does; `headers` and `address` replace its own."""

    def ask(
        hook: str,
        body: bytes,
        *,
        address: str = "127.0.0.1",
        secret: str = settings.HOOK_SECRET,
        boot: str = "boot-1",
        real_ip: str = "",
        node: str = "",
    ) -> HttpResponse:
        headers = {"host": settings.HOOK_HOST, "x-hook-secret": secret, "x-sidecar-boot": boot}
        if real_ip:
            headers["x-real-ip"] = real_ip
        answer = Client(enforce_csrf_checks=True).post(
            f"/ingest/{node}/{hook}" if node else f"/hooks/{hook}",
            body,
            content_type="application/x-www-form-urlencoded",
            headers=headers,
            REMOTE_ADDR=address,
        )
        assert isinstance(answer, HttpResponse)
        return answer

    return ask
