"""Pages of other sites and the API, endpoint by endpoint: CLIENT_URL is let in with its cookies, nobody else is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.endpoints import endpoints
from tests.api.world import World

pytestmark = pytest.mark.django_db

OURS = "https://live.example.org"
OTHERS = [
    "https://evil.example",
    "null",
    "https://live.example.org.evil.example",
    "https://evil.example/https://live.example.org",
    "http://live.example.org",
    "https://live.example.org:8443",
    "https://LIVE.example.org@evil.example",
]
ENDPOINTS = sorted((method, path) for path, method in endpoints())
_LETS_IN = "access-control-allow-"


@pytest.fixture(autouse=True)
def _our_site(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [OURS]


def lets_in(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.items() if name.lower().startswith(_LETS_IN)}


def preflight(path: str, method: str, origin: str) -> Any:
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, content-type, x-csrftoken, x-room-ticket",
    }
    return Client().options(path, headers=headers)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_browser_that_asks_first_hears_the_same_everywhere(method: str, path: str) -> None:
    address = World().path(path)

    ours = preflight(address, method, OURS)

    assert ours.status_code == 200
    found = {name.lower(): value for name, value in lets_in(ours).items()}
    assert found[f"{_LETS_IN}origin"] == OURS
    assert found[f"{_LETS_IN}credentials"] == "true"
    assert method in found[f"{_LETS_IN}methods"]
    for header in ("authorization", "content-type", "x-csrftoken", "x-room-ticket"):
        assert header in found[f"{_LETS_IN}headers"]
    for origin in OTHERS:
        assert (
            lets_in(preflight(address, method, origin)).get("Access-Control-Allow-Origin") is None
        )


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_an_answer_is_for_pages_of_our_own_site_alone(method: str, path: str) -> None:
    world = World()

    for origin in (OURS, *OTHERS[:2]):
        answer = world.ask(Client(headers={"origin": origin}), method, path)

        expected = OURS if origin == OURS else None
        assert answer.get("Access-Control-Allow-Origin") == expected, origin
        assert "origin" in answer["Vary"].lower(), "a cache in between must not mix them up"


def test_pages_and_hooks_are_for_nobody_elses_pages() -> None:
    for path in ("/en/", "/en/sign-in/", "/hooks/publish", "/admin/login/", "/health/live"):
        assert lets_in(Client().get(path, headers={"origin": OURS})) == {}, path
