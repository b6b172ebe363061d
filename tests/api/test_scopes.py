"""Which scope a personal access token needs, endpoint by endpoint; an endpoint without an answer fails.

And what a token without it gets: exactly what anybody gets, whoever its owner is.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import User
from chat import services as chat
from chat.models import Scope as Ban
from rooms import services as rooms
from streair.core.api.scopes import Scope
from streams import services as streams
from tests.api.endpoints import endpoints, views
from tests.api.world import World
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# "-": not for such tokens, whatever they may do. "*": for all of them, and whoever asks is nobody in particular unless
# the token has the scope that stands behind it.
TABLE = """
POST   /api/auth/register                 -
POST   /api/auth/login                    -
POST   /api/auth/refresh                  -
POST   /api/auth/logout                   -
POST   /api/auth/logout-everywhere        -
PUT    /api/auth/password                 -
POST   /api/auth/password-reset           -
POST   /api/auth/password-reset/confirm   -
POST   /api/auth/email                    -
POST   /api/auth/email/verify             -
POST   /api/auth/email/resend             -
GET    /api/auth/sessions                 -
DELETE /api/auth/sessions/{public_id}     -
GET    /api/tokens                        -
POST   /api/tokens                        -
DELETE /api/tokens/{public_id}            -
GET    /api/users/me                      profile:read
PATCH  /api/users/me                      profile:write
DELETE /api/users/me                      -
POST   /api/users/me/restore              -
PUT    /api/users/me/avatar               profile:write
DELETE /api/users/me/avatar               profile:write
PUT    /api/users/me/banner               profile:write
DELETE /api/users/me/banner               profile:write
GET    /api/users/me/export               -
GET    /api/users/me/following            profile:read
GET    /api/users/me/stream-key           stream:read
POST   /api/users/me/stream-key           stream:write
GET    /api/users/{username}              *  profile:read
GET    /api/users/{username}/rooms        *  rooms:read
PUT    /api/users/{username}/follow       follows:write
DELETE /api/users/{username}/follow       follows:write
GET    /api/categories                    *
GET    /api/rooms                         *
POST   /api/rooms                         rooms:write
GET    /api/rooms/{room_id}               *  rooms:read
PATCH  /api/rooms/{room_id}               rooms:write
DELETE /api/rooms/{room_id}               rooms:write
GET    /api/rooms/{room_id}/messages      chat:read  rooms:read
DELETE /api/rooms/{room_id}/messages/{message_id} chat:write
GET    /api/rooms/{room_id}/audience      stream:read
GET    /api/rooms/{room_id}/held          chat:moderate
POST   /api/rooms/{room_id}/held/{held_id} chat:moderate
POST   /api/rooms/{room_id}/unlock        *  rooms:read
POST   /api/reports                       -
GET    /api/streams/check/{name}          *  rooms:read
"""


def lines() -> list[tuple[str, str, list[str]]]:
    """Return method, path and answer of every line."""
    found = [line.split() for line in TABLE.strip().splitlines()]
    return [(method, path, answer) for method, path, *answer in found]


def needed(method: str, path: str) -> str:
    """Return what the endpoint itself says, as it is written in the table."""
    scopes = getattr(views()[path], "scopes", {})
    return str(scopes[method] or "*") if method in scopes else "-"


def test_every_endpoint_says_which_scope_it_needs() -> None:
    assert {(path, method) for method, path, _answer in lines()} == endpoints()
    for method, path, answer in lines():
        assert needed(method, path) == answer[0], f"{method} {path}"


@pytest.fixture
def world() -> World:
    """Return a site where the owner's room has a password, and an administrator follows the owner."""
    world = World()
    rooms.change_room(room=world.room, visibility="password", password="open sesame")
    services.follow(world.admin, world.owner)
    return world


def bot(user: User, *scopes: str) -> Client:
    """Return a client with a token of `user` for `scopes`."""
    made = services.create_token(user, name="Bot", scopes=list(scopes), expires=None, address="")
    client = Client(raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {made.secret}"
    return client


def told(answer: Any) -> tuple[int, Any]:
    """Return what an answer says; of a ticket, whether there is one: it says when it was made."""
    body = answer.json()
    return answer.status_code, bool(body["ticket"]) if "ticket" in body else body


@pytest.mark.parametrize("who", ["owner", "moderator", "admin"])
@pytest.mark.parametrize(
    ("method", "path", "behind"),
    [(method, path, answer[-1]) for method, path, answer in lines() if len(answer) == 2],
)
def test_without_the_scope_behind_it_they_are_nobody_in_particular(
    world: World, who: str, method: str, path: str, behind: str
) -> None:
    user = getattr(world, who)
    others = [scope for scope in Scope.values if scope != behind]

    anybody = told(world.ask(Client(), method, path))
    without = told(world.ask(bot(user, *others), method, path))
    signed_in = told(world.ask(bot(user, *Scope.values), method, path))
    with_scope = told(world.ask(bot(user, *({behind, needed(method, path)} - {"*"})), method, path))

    assert without == anybody
    assert with_scope == signed_in
    differs = {"GET /api/users/{username}": {"admin"}, "GET /api/users/{username}/rooms": {"owner"}}
    # A moderator enters by a ticket, which they get for the asking.
    rest = {"owner", "moderator", "admin"}
    assert (with_scope != anybody) == (who in differs.get(f"{method} {path}", rest))


def test_the_answer_to_a_change_tells_no_more_than_reading_would() -> None:
    ada = UserFactory(username="ada", email="ada@example.org")
    answers = [
        bot(ada, "profile:write").patch("/api/users/me", {"bio": "Hi."}, "application/json"),
        bot(ada, "profile:write").delete("/api/users/me/avatar"),
    ]

    for answer in answers:
        assert answer.json()["username"] == "ada"
        private = {"email", "emailVerified", "lastLogin", "leavingSince", "streamKey"}
        assert private & set(answer.json()) == set()
        assert "isStreaming" not in answer.json()
    both = bot(ada, "profile:write", "profile:read")
    assert both.delete("/api/users/me/avatar").json()["email"] == "ada@example.org"


def test_only_a_token_for_streams_knows_its_owners_key() -> None:
    ada = UserFactory()
    rooms.open_room(owner=ada, title="Mine", visibility="unlisted")
    address = f"/api/streams/check/{streams.key_of(ada)}"
    others = [scope for scope in Scope.values if scope != "stream:read"]

    assert told(bot(ada, *others).get(address)) == told(Client().get(address))
    assert bot(ada, "stream:read").get(address).json()["isLive"] is False


def test_a_ban_holds_whatever_a_token_may_do() -> None:
    world = World()
    chat.ban(
        room=world.room,
        actor_id=world.owner.pk,
        user_id=world.stranger.pk,
        scope=Ban.ROOM,
        seconds=None,
        reason="",
    )

    answer = bot(world.stranger, "chat:read").get(world.path("/api/rooms/{room_id}"))

    assert (answer.status_code, answer.json()["code"]) == (403, "banned-from-room")
