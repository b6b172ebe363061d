"""Every endpoint, as everybody: one line each. An endpoint without a line fails."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.endpoints import endpoints, views
from tests.api.world import ROLES, World

pytestmark = pytest.mark.django_db

# As anonymous, as the owner of what is asked about, as a stranger, as a moderator of the owner's room, as an
# administrator, and by a token of the owner's that may do everything but this.
TABLE = """
POST   /api/auth/register                 201 201 201 201 201 201
POST   /api/auth/login                    200 200 200 200 200 200
POST   /api/auth/refresh                  200 200 200 200 200 200
POST   /api/auth/logout                   401 204 204 204 204 403
POST   /api/auth/logout-everywhere        401 204 204 204 204 403
PUT    /api/auth/password                 401 200 200 200 200 403
POST   /api/auth/password-reset           202 202 202 202 202 202
POST   /api/auth/password-reset/confirm   204 204 204 204 204 204
POST   /api/auth/email                    401 202 202 202 202 403
POST   /api/auth/email/verify             204 204 204 204 204 204
POST   /api/auth/email/resend             401 202 202 202 202 403
GET    /api/auth/sessions                 401 200 200 200 200 403
DELETE /api/auth/sessions/{public_id}     401 204 404 404 404 403
GET    /api/tokens                        401 200 200 200 200 403
POST   /api/tokens                        401 201 201 201 201 403
DELETE /api/tokens/{public_id}            401 204 404 404 404 403
GET    /api/users/me                      401 200 200 200 200 403
PATCH  /api/users/me                      401 200 200 200 200 403
DELETE /api/users/me                      401 200 200 200 200 403
POST   /api/users/me/restore              401 200 200 200 200 403
PUT    /api/users/me/avatar               401 200 200 200 200 403
DELETE /api/users/me/avatar               401 200 200 200 200 403
PUT    /api/users/me/banner               401 200 200 200 200 403
DELETE /api/users/me/banner               401 200 200 200 200 403
GET    /api/users/me/export               401 200 200 200 200 403
GET    /api/users/me/following            401 200 200 200 200 403
GET    /api/users/me/stream-key           401 200 200 200 200 403
POST   /api/users/me/stream-key           401 200 200 200 200 403
GET    /api/users/{username}              200 200 200 200 200 200
GET    /api/users/{username}/rooms        200 200 200 200 200 200
PUT    /api/users/{username}/follow       401 409 200 200 200 403
DELETE /api/users/{username}/follow       401 200 200 200 200 403
GET    /api/categories                    200 200 200 200 200 200
GET    /api/rooms                         200 200 200 200 200 200
POST   /api/rooms                         401 409 201 201 201 403
GET    /api/rooms/{room_id}               200 200 200 200 200 200
PATCH  /api/rooms/{room_id}               401 200 403 403 403 403
DELETE /api/rooms/{room_id}               401 200 403 200 200 403
GET    /api/rooms/{room_id}/messages      200 200 200 200 200 403
DELETE /api/rooms/{room_id}/messages/{message_id} 401 204 403 403 204 403
GET    /api/rooms/{room_id}/held          401 200 403 200 200 403
POST   /api/rooms/{room_id}/held/{held_id} 401 204 403 204 204 403
POST   /api/rooms/{room_id}/unlock        200 200 200 200 200 200
GET    /api/rooms/{room_id}/audience      401 200 403 403 200 403
POST   /api/reports                       401 201 201 201 201 403
GET    /api/streams/check/{name}          200 200 200 200 200 200
"""


def lines() -> list[tuple[str, str, list[int]]]:
    """Return method, path and what is expected of the roles."""
    found = [line.split() for line in TABLE.strip().splitlines()]
    return [(method, path, list(map(int, numbers))) for method, path, *numbers in found]


def test_every_endpoint_has_a_line_and_every_line_an_endpoint() -> None:
    assert {(path, method) for method, path, _numbers in lines()} == endpoints()


@pytest.mark.parametrize(
    ("method", "path", "role", "expected"),
    [
        pytest.param(method, path, role, number, id=f"{method} {path} as {role}")
        for method, path, numbers in lines()
        for role, number in zip(ROLES, numbers, strict=True)
    ],
)
def test_who_may_do_what(method: str, path: str, role: str, expected: int) -> None:
    world = World()
    needed = getattr(views()[path], "scopes", {}).get(method)

    answer = world.ask(world.client(role, without=needed), method, path)

    assert answer.status_code == expected, answer.content
    if role == "token" and expected == 403:
        assert answer.json()["code"] == "scope-missing"


@pytest.mark.parametrize(
    ("method", "path", "needed", "expected"),
    [
        (method, path, needed, numbers[1])
        for method, path, numbers in lines()
        if (needed := getattr(views()[path], "scopes", {}).get(method))
    ],
)
def test_a_token_with_the_scope_alone_is_enough(
    method: str, path: str, needed: str, expected: int
) -> None:
    world = World()
    client = Client(raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.token_for(needed)}"

    assert world.ask(client, method, path).status_code == expected


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for method, path, _ in lines() if method != "GET"]
)
def test_a_form_of_another_site_does_nothing(method: str, path: str) -> None:
    world = World()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner)

    answer = world.ask(client, method, path)

    if views()[path].authentication_classes:
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf-failed")
    else:
        assert answer.status_code < 300, "it asks nobody who they are"
