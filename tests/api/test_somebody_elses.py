"""A stranger who knows every id of somebody else's gets nothing and changes nothing with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from streams import services as streams
from tests.api.endpoints import endpoints
from tests.api.world import World

pytestmark = pytest.mark.django_db

WRITES = sorted((method, path) for path, method in endpoints() if method != "GET")
READS = sorted(path for path, method in endpoints() if method == "GET")

# What only the owner may do with a proof that only the owner has, so that it is no trespass: passwords and links.
BY_PROOF = {
    "/api/auth/login",
    "/api/auth/refresh",
    "/api/auth/password-reset",
    "/api/auth/password-reset/confirm",
    "/api/auth/email/verify",
}
# Figures that others change rightly, and the site's own notes.
PASSED_OVER = {"auditentry", "session", "follow", "report", "logentry", "emailtoken"}


def everything_of(world: World) -> dict[str, list[dict[str, Any]]]:
    """Return all rows that belong to the owner, by model."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in apps.get_models():
        name = model._meta.model_name or ""
        if name in PASSED_OVER:
            continue
        if model is type(world.owner):
            rows = model._default_manager.filter(pk=world.owner.pk)
        elif (path := _way_to_owner(model, type(world.owner))) is not None:
            rows = model._default_manager.filter(**{path: world.owner})
        else:
            continue
        found[name] = list(rows.order_by("pk").values())
    return found


def _way_to_owner(model: type[Model], user: type[Model]) -> str | None:
    for field in model._meta.concrete_fields:
        if field.related_model is user:
            return field.name
        if field.name == "room" and field.related_model is not None:
            return "room__owner"
    return None


def ids_of(world: World) -> dict[str, Any]:
    """Return fields that a careless endpoint would believe, all of them the owner's."""
    person, room = world.owner.pk, world.room
    return {
        **dict.fromkeys(("id", "pk", "user", "userId", "user_id", "owner", "ownerId"), person),
        **dict.fromkeys(("owner_id", "streamer", "streamerId", "streamer_id", "author"), person),
        **dict.fromkeys(("roomId", "room_id", "room"), room.room_id),
        **dict.fromkeys(("isStaff", "is_staff", "is_superuser", "isFeatured", "is_featured"), True),
        **dict.fromkeys(("email_verified", "emailVerified", "is_active"), True),
        "token_version": 99,
        "username": "owner",
        "state": "ended",
        "streamKey": "sk_mine",
    }


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nothing_of_theirs_changes(method: str, path: str) -> None:
    world = World()
    key = streams.key_of(world.owner)
    if path in BY_PROOF:
        return
    before = everything_of(world)
    client = world.client("stranger")
    body = world.body(f"{method} {path}")

    plain = world.ask(client, method, path, body)
    eager = world.ask(client, method, path, {**body, **ids_of(world)})

    assert everything_of(world) == before
    world.stranger.refresh_from_db()
    assert not world.stranger.is_staff
    assert not world.stranger.is_superuser
    for answer in (plain, eager):
        assert answer.status_code < 500
        assert key.encode() not in answer.content
        assert world.owner.email.encode() not in answer.content


@pytest.mark.parametrize("path", READS)
def test_nothing_of_theirs_is_told(path: str) -> None:
    world = World()
    key = streams.key_of(world.owner)

    for role in ("anonymous", "stranger", "moderator"):
        client = world.client(role)
        for query in ("", f"?user={world.owner.pk}&userId={world.owner.pk}&owner=owner&id=1"):
            answer = client.get(world.path(path) + query)

            assert answer.status_code < 500
            secrets = (key, world.owner.email, world.tokens.refresh, world.own_token.digest)
            assert [secret for secret in secrets if secret.encode() in answer.content] == []
