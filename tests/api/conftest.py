"""What the API's tests share: every answer is compared with the OpenAPI document; the endpoint of streams; numbers of viewers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.test import Client

from rooms import viewer_board
from tests.api import described
from tests.api.flv import Site


@pytest.fixture(autouse=True)
def _answers_are_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Client.request

    def request(client: Client, **environ: Any) -> Any:
        response = plain(client, **environ)
        asked = response.request
        described.check(asked["REQUEST_METHOD"], asked["PATH_INFO"], response)
        return response

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The FLV endpoint, of which nobody asks anything yet."""
    site = Site()
    yield site
    await site.runtime.stop()


@pytest.fixture
def counts() -> Any:
    """Say how many people watch; forgotten afterwards."""
    posted: dict[str, int] = {}

    def post(**numbers: int) -> None:
        posted.update(numbers)
        viewer_board.post(numbers)

    yield post
    viewer_board.post(dict.fromkeys(posted, 0))
