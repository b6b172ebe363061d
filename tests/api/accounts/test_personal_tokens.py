"""Personal access tokens: made, limited, used, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEntry, PersonalToken, User
from accounts.services import create_token
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def bot_of(user: User, *scopes: str, expires: datetime | None = None) -> App:
    made = create_token(user, name="Bot", scopes=list(scopes), expires=expires, address="")
    return App(token=made.secret)


def test_a_token_is_shown_once_and_stored_as_a_hash() -> None:
    app = App(UserFactory(username="ada"))
    body = {"name": "My  bot", "scopes": ["profile:read", "profile:read"]}

    made = app.ask("post", "tokens", body)

    assert made.status_code == 201
    secret = made.json()["token"]
    assert secret.startswith("sa_")
    assert len(secret) == 35
    (listed,) = app.ask("get", "tokens").json()
    assert (listed["name"], listed["scopes"]) == ("My bot", ["profile:read"])
    assert listed["ending"] == secret[-4:]
    assert "token" not in listed
    row = PersonalToken.objects.get()
    assert secret not in str(vars(row))
    assert App(token=secret).ask("get", "users/me").json()["username"] == "ada"
    entry = AuditEntry.objects.get(action="token.created")
    assert secret not in str(vars(entry))
    assert entry.actor_name == "ada"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "scopes": ["chat:read"]}, "name"),
        ({"name": "x" * 61, "scopes": ["chat:read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes"),
        ({"name": "x", "scopes": "chat:read"}, "scopes"),
        ({"name": "x", "scopes": ["chat:read"], "expiresAt": "2020-01-01T00:00:00Z"}, "expires"),
        ({"name": "x", "scopes": ["chat:read"], "expiresAt": "soon"}, "expiresAt"),
    ],
)
def test_tokens_that_make_no_sense_are_not_made(body: dict[str, Any], field: str) -> None:
    answer = App(UserFactory()).ask("post", "tokens", body)

    assert answer.status_code == 422
    assert [name.partition(".")[0] for name in answer.json()["errors"]] == [field]


def test_a_token_does_what_its_scopes_say_and_nothing_else() -> None:
    ada, ben = UserFactory(), UserFactory(username="ben")
    reader = bot_of(ada, "profile:read")

    assert reader.ask("get", "users/me").status_code == 200
    assert reader.ask("get", "categories").status_code == 200
    assert reader.ask("get", "users/ben").status_code == 200
    for method, path in [("patch", "users/me"), ("put", "users/ben/follow")]:
        answer = reader.ask(method, path, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert (
        bot_of(ada, "follows:write").ask("put", f"users/{ben.username}/follow").status_code == 200
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("get", "tokens"), ("post", "tokens"), ("delete", "tokens/x")),
        *(("get", "auth/sessions"), ("delete", "auth/sessions/x"), ("post", "auth/logout")),
        *(("post", "auth/logout-everywhere"), ("put", "auth/password"), ("post", "auth/email")),
        *(("post", "auth/email/resend"), ("delete", "users/me"), ("get", "users/me/export")),
        ("post", "users/me/restore"),
    ],
)
def test_no_token_opens_what_is_the_accounts_own(method: str, path: str) -> None:
    from streair.core.api.scopes import Scope

    bot = bot_of(UserFactory(), *Scope.values)

    answer = bot.ask(method, path, {})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def test_a_token_sees_the_stream_key_only_if_it_may() -> None:
    ada = UserFactory()

    without = bot_of(ada, "profile:read").ask("get", "users/me").json()
    with_it = bot_of(ada, "profile:read", "stream:read").ask("get", "users/me").json()

    assert "streamKey" not in without
    assert without["isStreaming"] is False
    assert with_it["streamKey"].startswith("sk_")


def test_a_token_expires() -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    bot = bot_of(UserFactory(), "profile:read", expires=soon)

    assert bot.ask("get", "users/me").status_code == 200
    with time_machine.travel(soon + timedelta(seconds=1), tick=False):
        assert bot.ask("get", "users/me").status_code == 401


def test_a_revoked_token_works_no_more() -> None:
    ada = UserFactory()
    bot, app = bot_of(ada, "profile:read"), App(ada)
    (row,) = app.ask("get", "tokens").json()

    assert app.ask("delete", f"tokens/{row['id']}").status_code == 204

    assert bot.ask("get", "users/me").status_code == 401
    assert app.ask("delete", f"tokens/{row['id']}").json()["code"] == "token-not-found"
    assert AuditEntry.objects.filter(action="token.revoked").exists()


def test_a_strangers_token_is_not_there() -> None:
    bot = bot_of(UserFactory(), "profile:read")
    stranger = App(UserFactory())

    assert stranger.ask("get", "tokens").json() == []
    token = PersonalToken.objects.get()
    assert stranger.ask("delete", f"tokens/{token.public_id}").status_code == 404
    assert bot.ask("get", "users/me").status_code == 200


def test_tokens_end_with_the_password() -> None:
    ada = UserFactory()
    bot, app = bot_of(ada, "profile:read"), App(ada)

    body = {"current": "secret-word", "password": "harbor-at-dawn"}
    assert app.ask("put", "auth/password", body).status_code == 200

    assert bot.ask("get", "users/me").status_code == 401


def test_its_use_is_written_down_once_a_minute(django_assert_num_queries: Any) -> None:
    bot = bot_of(UserFactory(), "follows:write")

    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        bot.ask("get", "categories", REMOTE_ADDR="203.0.113.9")
        first = PersonalToken.objects.get()
        with django_assert_num_queries(2):
            bot.ask("get", "categories")
        clock.shift(61)
        bot.ask("get", "categories")

    again = PersonalToken.objects.get()
    assert first.address == "203.0.113.9"
    assert first.used is not None
    assert again.used == first.used + timedelta(seconds=61)


def test_nobody_has_no_tokens(client: Client) -> None:
    assert client.get("/api/tokens").status_code == 401
    assert client.post("/api/tokens").status_code == 401
    assert client.delete("/api/tokens/x").status_code == 401


def test_nobody_makes_tokens_without_end() -> None:
    ada = UserFactory()
    for _ in range(50):
        bot_of(ada, "chat:read")

    answer = App(ada).ask("post", "tokens", {"name": "x", "scopes": ["chat:read"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-tokens")
