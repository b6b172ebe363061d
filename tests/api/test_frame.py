"""What every endpoint shares: one shape of errors, limits, languages, request numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from rest_framework.exceptions import ErrorDetail

from streair.core.api.errors import flatten
from streair.core.counting_cache import CountingCache
from tests.factories import CategoryFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/categories"


def test_an_address_that_leads_nowhere_is_json_in_the_readers_language(client: Client) -> None:
    vietnamese = client.get("/api/nowhere")
    english = client.get("/api/nowhere", headers={"accept-language": "en"})

    assert vietnamese.status_code == english.status_code == 404
    assert vietnamese.json()["code"] == english.json()["code"] == "not-found"
    assert english.json()["message"].isascii()
    assert not vietnamese.json()["message"].isascii()


def test_the_page_language_does_not_decide_for_the_api(client: Client) -> None:
    client.get("/en/")

    assert not client.get("/api/nowhere").json()["message"].isascii()


@pytest.mark.parametrize("path", ["/api/", "/api/categories/", "/api/%00", "/api/categories?a=%00"])
def test_odd_addresses_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_method_that_is_not_taken_says_which_are(client: Client) -> None:
    answer = client.delete(ADDRESS)

    # Nobody is signed in, and whoever is not gets to know nothing more.
    assert answer.status_code == 405
    assert answer.json()["code"] == "method-not-allowed"
    assert "GET" in answer["Allow"]


def test_limits_are_told_and_kept(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 2

    answers = [client.get(ADDRESS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[0]["RateLimit-Policy"] == "2;w=900"
    assert 0 < int(answers[2]["Retry-After"]) <= 901
    assert answers[2].json()["code"] == "too-fast"


def test_limits_are_each_persons_own(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 1
    client.get(ADDRESS)
    friend = Client()
    friend.force_login(UserFactory())

    assert client.get(ADDRESS).status_code == 429
    assert friend.get(ADDRESS).status_code == 200


def test_addresses_are_believed_only_from_our_proxies(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 1

    def ask(peer: str, claimed: str) -> int:
        return client.get(ADDRESS, REMOTE_ADDR=peer, HTTP_X_REAL_IP=claimed).status_code

    direct = [ask("203.0.113.4", f"192.0.2.{n}") for n in range(2)]
    proxied = [ask("127.0.0.1", f"192.0.2.{n}") for n in range(2)]

    assert direct == [200, 429]
    assert proxied == [200, 200]


def test_a_household_with_many_ipv6_addresses_has_one_share(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 1

    answers = [client.get(ADDRESS, REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2)]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_a_dead_cache_neither_blocks_nor_frees_anybody(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 1
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    }
    limits = caches["limits"]
    assert isinstance(limits, CountingCache)

    answers = [client.get(ADDRESS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    limits.clear()


def test_every_answer_has_a_number(client: Client) -> None:
    first, second = client.get(ADDRESS), client.get("/api/nowhere")

    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_categories_have_their_name_in_the_readers_language(client: Client) -> None:
    CategoryFactory(slug="cooking", name_vi="Nấu ăn", name_en="Cooking")

    rows = client.get(ADDRESS, headers={"accept-language": "en"}).json()

    names = {"name": "Cooking", "nameVi": "Nấu ăn", "nameEn": "Cooking"}
    assert {"slug": "cooking", **names, "coverUrl": None} in rows


def test_only_our_own_site_may_ask_from_its_pages(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://live.example.org"]

    ours = client.get(ADDRESS, headers={"origin": "https://live.example.org"})
    theirs = client.get(ADDRESS, headers={"origin": "https://evil.example"})

    assert ours["Access-Control-Allow-Origin"] == "https://live.example.org"
    assert ours["Access-Control-Allow-Credentials"] == "true"
    assert "Access-Control-Allow-Origin" not in theirs


def test_nested_errors_are_named_by_their_path() -> None:
    detail = {"links": [{}, {"url": [ErrorDetail("No.")]}], "non_field_errors": ["All of it."]}

    assert dict(flatten(detail)) == {"links.1.url": ["No."], "body": ["All of it."]}
