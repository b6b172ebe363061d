"""A site behind its front, one for each module of tests, and newcomers who register there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.fronted import FrontedSite, fronted_site


@pytest.fixture(scope="module")
def site() -> Iterator[FrontedSite]:
    with fronted_site(WEB_WORKERS="2") as running:
        yield running


def registered(site: FrontedSite, name: str, **headers: str) -> dict[str, str]:
    """Return the header that makes a request somebody's, who is new."""
    body = {"username": name, "email": f"{name}@example.org", "password": "a-Secret-word"}
    answer = site.ask("/api/auth/register", "POST", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}
