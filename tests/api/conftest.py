"""Every answer that a test of the API gets is compared with the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api import described


@pytest.fixture(autouse=True)
def _answers_are_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Client.request

    def request(client: Client, **environ: Any) -> Any:
        response = plain(client, **environ)
        asked = response.request
        described.check(asked["REQUEST_METHOD"], asked["PATH_INFO"], response)
        return response

    monkeypatch.setattr(Client, "request", request)
