"""The OpenAPI document: where it is, and that it says all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from streair.core.api.document import TAGS
from tests.api import described
from tests.api.endpoints import endpoints
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def test_it_is_there_for_everybody_and_the_same_in_every_language(client: Client) -> None:
    vi = client.get("/api/schema/")
    en = client.get("/api/schema/", headers={"accept-language": "en"})

    assert vi.status_code == 200
    assert vi["Content-Type"] == "application/vnd.oai.openapi+json"
    assert vi.content == en.content
    assert vi.json()["openapi"].startswith("3.1.")
    assert vi.json()["info"]["version"] == settings.VERSION


def test_it_names_every_endpoint_and_method() -> None:
    told = {
        (route.template, method.upper())
        for route in described.routes()
        for method in route.operations
        if method != "parameters"
    }

    # The picture is no view of Django's.
    assert told - endpoints() == {("/api/stream-proxy/live/{id}.flv", "GET")}
    assert endpoints() - told == set()


def test_every_endpoint_has_a_name_of_its_own_a_group_and_a_summary() -> None:
    operations = [
        operation
        for route in described.routes()
        for method, operation in route.operations.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]
    groups = {tag["name"] for tag in TAGS}

    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if not re.fullmatch("[a-z]+([A-Z][a-z]*)*", name)] == []
    assert [one["operationId"] for one in operations if not one.get("summary")] == []
    assert [one["operationId"] for one in operations if not set(one["tags"]) <= groups] == []


def test_the_page_is_one_that_the_policy_allows(client: Client) -> None:
    answer = client.get("/api/docs/")

    page = read(answer)
    assert page.inline == []
    assert page.having("data-schema")[0]["data-schema"] == "/api/schema/"
    sources = [attrs.get("src") or attrs.get("href", "") for _tag, attrs in page.tags]
    assert [source for source in sources if "//" in source] == []


@pytest.mark.parametrize("name", ["api.md", "protocol.md"])
def test_the_guides_can_be_read_on_the_site(client: Client, name: str) -> None:
    answer = client.get(f"/api/docs/{name}")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.getvalue() == Path(settings.BASE_DIR, "docs", name).read_bytes()


@pytest.mark.parametrize("name", ["operations.md", "..%2fmanage.py", "%2e%2e"])
def test_nothing_else_can_be_read_there(client: Client, name: str) -> None:
    assert client.get(f"/api/docs/{name}").status_code == 404
