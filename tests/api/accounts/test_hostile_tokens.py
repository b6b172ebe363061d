"""Tokens that are not ours, not good, or not any more: 401, never 500."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import SignIn, User
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

KEY: str = settings.SIMPLE_JWT["SIGNING_KEY"]


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(claims: dict[str, Any], *, key: str = KEY, alg: str = "HS256", **head: Any) -> str:
    return jwt.encode(claims, key, algorithm=alg, headers=head or None)


def refused(token: str) -> bool:
    """Whether an endpoint for everybody, and one for oneself, answer 401 in our shape."""
    answers = [App(token=token).ask("get", path) for path in ("categories", "users/me")]
    codes = {(answer.status_code, answer.json()["code"]) for answer in answers}
    assert all(answer["WWW-Authenticate"] == 'Bearer realm="api"' for answer in answers)
    return codes == {(401, "token-invalid")}


@pytest.fixture
def app() -> App:
    return App(UserFactory(username="ada"))


def test_a_good_token_is_let_in(app: App) -> None:
    assert app.ask("get", "users/me").status_code == 200
    assert App(token=signed(claims_of(app.token))).ask("get", "users/me").status_code == 200


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_no_algorithm_is_none(app: App, alg: str) -> None:
    body = encoded(claims_of(app.token))

    assert refused(f"{encoded({'alg': alg, 'typ': 'JWT'})}.{body}.")
    assert refused(f"{encoded({'alg': alg, 'typ': 'JWT'})}.{body}.{app.token.split('.')[2]}")


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_another_algorithm_is_refused_with_the_right_key_too(app: App, alg: str) -> None:
    assert refused(signed(claims_of(app.token), key=KEY * 2, alg=alg))
    assert refused(signed(claims_of(app.token), key=KEY, alg=alg))


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "head",
    [
        {"kid": "/dev/null"},
        {"kid": "../../../../etc/passwd"},
        {"kid": "' UNION SELECT 'x' --"},
        {"jku": "https://evil.example/keys.json"},
        {"x5u": "https://evil.example/key.pem"},
        {"jwk": {"kty": "oct", "k": "eA"}},
    ],
)
def test_keys_named_in_the_head_are_not_looked_at(app: App, head: dict[str, Any]) -> None:
    assert refused(signed(claims_of(app.token), key="x", **head))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 2**33},
        {"iat": 2**33},
        {"jti": None},
        {"token_type": None},
        {"token_type": "refresh"},
        {"sid": None},
        {"sid": "nobody-is-here"},
        {"sid": "\x00"},
        {"sub": None},
        {"sub": "1' OR '1'='1"},
        {"sub": "999999999999"},
        {"ver": None},
        {"ver": 7},
        {"ver": "x"},
    ],
)
def test_claims_that_are_not_as_we_make_them_are_refused(app: App, change: dict[str, Any]) -> None:
    claims = {**claims_of(app.token), **change}

    assert refused(signed({name: value for name, value in claims.items() if value is not None}))


def test_another_key_and_a_changed_body_are_refused(app: App) -> None:
    head, body, signature = app.token.split(".")
    changed = encoded({**claims_of(app.token), "sub": "1"})

    assert refused(signed(claims_of(app.token), key=settings.SECRET_KEY))
    assert refused(f"{head}.{changed}.{signature}")
    assert refused(f"{head}.{body}.{signature[:-4]}AAAA")


@pytest.mark.parametrize(
    "token",
    [
        *("x", "a.b.c", "..", ".", "ey.ey.ey", "null", "é", "sa_", "sa_unknown", "sa_\x7f"),
        *("x" * 64 * 1024, "sa_" + "x" * 64 * 1024, "[" * 2000 + ".a.b"),
        encoded({"alg": "HS256"}) + "." + "A" * 64 * 1024 + ".A",
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "bearer", "Bearer a b", "Bearer a,Bearer b"]
)
def test_odd_headers_are_refused(client: Client, header: str) -> None:
    answer = client.get("/api/categories", headers={"authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


def test_another_kind_of_credentials_is_none(client: Client) -> None:
    assert client.get("/api/categories", headers={"authorization": "Basic YTpi"}).status_code == 200
    assert client.get("/api/users/me", headers={"authorization": "Basic YTpi"}).status_code == 401


def test_each_token_is_good_for_its_own_purpose_only(app: App) -> None:
    assert app.tokens is not None

    assert refused(app.tokens.refresh)
    answer = App().ask("post", "auth/refresh", {"refresh": app.tokens.access})
    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


def test_an_access_token_expires(app: App) -> None:
    lifetime = settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]

    with time_machine.travel(datetime.now(UTC) + lifetime + timedelta(seconds=6), tick=False):
        assert refused(app.token)


def test_a_refresh_token_expires(app: App) -> None:
    assert app.tokens is not None
    lifetime = settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]

    with time_machine.travel(datetime.now(UTC) + lifetime + timedelta(seconds=6), tick=False):
        answer = App().ask("post", "auth/refresh", {"refresh": app.tokens.refresh})
    assert answer.status_code == 401


def delete(user: User) -> None:
    user.delete()


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_all(user: User) -> None:
    User.objects.filter(pk=user.pk).update(token_version=1)


def revoke(user: User) -> None:
    SignIn.objects.filter(user=user).update(revoked=datetime.now(UTC))


def forget(user: User) -> None:
    SignIn.objects.filter(user=user).delete()


@pytest.mark.parametrize("ending", [delete, deactivate, end_all, revoke, forget])
def test_tokens_end_with_what_they_stand_for(app: App, ending: Any) -> None:
    assert app.tokens is not None

    ending(User.objects.get(username="ada"))

    assert refused(app.token)
    answer = App().ask("post", "auth/refresh", {"refresh": app.tokens.refresh})
    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


@pytest.mark.parametrize("refresh", ["", "x", "x" * 64 * 1024, 5, None, [], {"a": 1}, "é\ud800"])
def test_odd_refresh_tokens_are_refused(refresh: Any) -> None:
    answer = App().ask("post", "auth/refresh", {"refresh": refresh})

    assert answer.status_code in {401, 422}


@pytest.mark.parametrize("body", ["", "[]", "5", "null", '"x"', "{", "[" * 10000])
@pytest.mark.parametrize("path", ["register", "login", "refresh", "password-reset", "email/verify"])
def test_odd_bodies_are_refused(client: Client, path: str, body: str) -> None:
    answer = client.post(f"/api/auth/{path}", body, content_type="application/json")

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"malformed", "invalid"}


def test_wrong_tokens_use_up_the_share_of_their_address(settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 1

    assert App(token="x").ask("get", "categories").status_code == 401
    assert App(token="x").ask("get", "categories").status_code == 429
